"""A composite as what it is in its weights: sums of parts, read off its tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scoring.composite.compose import Composed
from scoring.composite.part import Part
from scoring.errors import EstimateError
from scoring.variance import Floats

ADDED: Final = 1e-9
"""What the whole may differ by from the sum of its parts, as a share of it, and be rounding."""


@dataclass(frozen=True)
class Node:
    """A part among the parts of what it is part of.

    Attributes
    ----------
    name, of : str
    weight : float
        Among the parts of ``of``, which sum to 1.
    above : float
        With which ``of`` counts in the whole.
    own, rest : ndarray of float, shape (D,)
        Scores of the part, and of the others of ``of`` in their proportions; NaN where there are none.
    """

    name: str
    of: str
    weight: float
    above: float
    own: Floats
    rest: Floats


@dataclass(frozen=True)
class Linear:
    """A composite of evaluatees that lack no part.

    Attributes
    ----------
    at : ndarray of int, shape (D,)
        Their positions in the composite.
    evaluatees : list of str, length D
    whole : ndarray of float, shape (D,)
    nodes : list of Node
    leaves : list of str, length P
    weights : ndarray of float, shape (P,)
        With which the given scores count in the whole.
    scores : ndarray of float, shape (P, D)
        The given scores; where the whole has points beyond its parts (a review's), with these points.
    """

    at: np.ndarray[tuple[int], np.dtype[np.intp]]
    evaluatees: list[str]
    whole: Floats
    nodes: list[Node]
    leaves: list[str]
    weights: Floats
    scores: Floats

    @classmethod
    def of(cls, where: str, found: Composed) -> Linear:
        """Read a composite; who has none is not ranked and is left out."""
        for part in found.tree.walk():
            if part.how == "geometric" and len(part.parts) > 1:
                raise EstimateError("weights_in_product", where=where, part=part.name)
        at = np.flatnonzero(~np.isnan(found.whole.estimate))
        names = found.tree.leaves
        scores = np.array([found.scores[name].estimate[at] for name in names])
        lacks = np.argwhere(np.isnan(scores))
        evaluatees = [found.whole.evaluatees[one] for one in at]
        if len(lacks):
            leaf, who = lacks[0]
            raise EstimateError(
                "weights_of_missing", where=where, evaluatee=evaluatees[who], part=names[leaf]
            )
        share = _shares(found.tree, 1.0)
        nodes = [
            _node(found, part, child, share[part.name], at)
            for part in found.tree.walk()
            for child in part.parts
        ]
        weights = np.array([share[name] for name in names])
        whole = found.whole.estimate[at]
        added = whole - weights @ scores
        if np.abs(added).max(initial=0.0) > ADDED * np.abs(whole).max(initial=1.0):
            scores = scores + added  # weights sum to 1, so that whatever they are these points are added
        return cls(at, evaluatees, whole, nodes, names, weights, scores)


def _shares(part: Part, share: float) -> dict[str, float]:
    result = {part.name: share}
    whole = sum(child.weight for child in part.parts)
    for child in part.parts:
        result |= _shares(child, share * child.weight / whole)
    return result


def _node(
    found: Composed, part: Part, child: Part, above: float, at: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> Node:
    others = [one for one in part.parts if one is not child]
    other = sum(one.weight for one in others)
    rest = np.full(at.size, np.nan)
    if others:
        rest = np.sum([one.weight / other * found.scores[one.name].estimate[at] for one in others], axis=0)
    own = found.scores[child.name].estimate[at]
    return Node(child.name, part.name, child.weight / (child.weight + other), above, own, rest)
