"""Weights at which two evaluatees swap, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from scoring.composite.compose import Composed
from scoring.errors import EstimateError
from scoring.sensitivity.linear import Linear, Node
from scoring.variance import Floats

HALVINGS: Final = 200
"""Far more than the bits of a float: only which weights fall to 0 is taken from the bisection."""

EVEN: Final = 1e-12
"""Scores whose gaps differ by at most this share of the largest gap are the same for every weight."""


@dataclass(frozen=True)
class Swaps:
    """Where pairs of evaluatees swap.

    Attributes
    ----------
    single : DataFrame
        One weight varied: ``first``, ``second``, ``gap`` (of the composites), ``part``, ``of``, ``weight``,
        ``swap`` (the weight at which the two are equal, NaN for none), ``change`` and ``found``: "within"
        0 and 1, "outside" them, or "none".
    nearest : DataFrame
        All weights varied: ``first``, ``second``, ``gap``, ``distance`` (NaN where no weights make the two
        equal) and a column for each given part, its weight in the whole when they are.
    """

    single: pd.DataFrame
    nearest: pd.DataFrame


def swap_weights(found: Composed, pairs: Sequence[tuple[str, str]] | None = None) -> Swaps:
    """Find the weights at which two evaluatees have the same composite; beyond them they swap.

    One weight t alone, the others of the same level keeping their proportions: the gap of the composites
    is ``G + A (t - w) (g - h)``, with G the gap now, w the weight now, A the weight in the whole of
    what the part belongs to, g the gap on the part and h that on the others together. It is 0 at
    ``t = w - G / (A (g - h))``.

    All weights v of the given parts in the whole: the v nearest to those now (Euclidean distance) with
    ``v >= 0``, ``sum v = 1`` and ``sum v_p g_p = 0``.

    Parameters
    ----------
    found : Composed
        Arithmetic throughout; who has no composite is left out.
    pairs : sequence of (str, str), optional
        Names of evaluatees; without it every two neighbours in rank, the higher first.

    Returns
    -------
    Swaps

    Raises
    ------
    EstimateError
        A part is geometric; an evaluatee with a composite lacks a part; a pair has an unknown name or one
        name twice.

    Examples
    --------
    80 and 70 by citizens, 60 and 76 by delegates: with 0.7 for citizens 74 and 71.8. Equal where
    10 t = 16 (1 - t), t = 16/26. The nearest weights are these, √2 × (0.7 - 16/26) away.

    >>> from scoring import Part, compose, figures
    >>> table = pd.DataFrame({"evaluatee": ["甲", "乙"], "群众": [80.0, 70.0], "代表": [60.0, 76.0]})
    >>> plan = Part("综合", parts=(Part("群众", 0.7), Part("代表", 0.3)))
    >>> swaps = swap_weights(compose(plan, [figures(table)]))
    >>> swaps.single[["part", "weight", "swap", "found"]].round(4).to_numpy().tolist()
    [['群众', 0.7, 0.6154, 'within'], ['代表', 0.3, 0.3846, 'within']]
    >>> swaps.nearest[["gap", "distance", "群众", "代表"]].round(4).to_numpy().tolist()
    [[2.2, 0.1197, 0.6154, 0.3846]]
    """
    whole = Linear.of("swap_weights", found)
    single: list[dict[str, Any]] = []
    nearest: list[dict[str, Any]] = []
    for a, b in _positions(whole, pairs):
        both = {"first": whole.evaluatees[a], "second": whole.evaluatees[b]}
        gap = float(whole.whole[a] - whole.whole[b])
        single += [{**both, "gap": gap, **_alone(node, a, b, gap)} for node in whole.nodes]
        tie = nearest_tie(whole.weights, whole.scores[:, a] - whole.scores[:, b])
        distance = float(np.sqrt(((tie - whole.weights) ** 2).sum()))
        parts = dict(zip(whole.leaves, tie.tolist(), strict=True))
        nearest.append({**both, "gap": gap, "distance": distance, **parts})
    varied = ["part", "of", "weight", "swap", "change", "found"]
    return Swaps(
        pd.DataFrame(single, columns=["first", "second", "gap", *varied]),
        pd.DataFrame(nearest, columns=["first", "second", "gap", "distance", *whole.leaves]),
    )


def nearest_tie(weights: Floats, gaps: Floats) -> Floats:
    """Give the weights nearest to those now at which gaps cancel; NaN where none do.

    Parameters
    ----------
    weights : ndarray of float, shape (P,)
        Not below 0, of sum 1.
    gaps : ndarray of float, shape (P,)
        First less second, on each part.

    Returns
    -------
    ndarray of float, shape (P,)

    Notes
    -----
    The solution is ``max(w - a g - b, 0)`` for some a and b. By a bisection over a one sees which weights
    are above 0; the weights themselves then follow in closed form.

    Examples
    --------
    Gaps 1, 0 and -3 at weights 0.9, 0.1 and 0: the gap is 0.9. Less their mean, the gaps are (5, 2, -7)/3 of
    square 26/3, and the step is 0.9 × 3/26 times them.

    >>> nearest_tie(np.array([0.9, 0.1, 0.0]), np.array([1.0, 0.0, -3.0])).round(4).tolist()
    [0.7269, 0.0308, 0.2423]
    """
    gap = float(weights @ gaps)
    if abs(gap) <= EVEN * np.abs(gaps).max():
        return weights.copy()
    if gap < 0:
        gaps = -gaps
    if gaps.min() > 0:
        return np.full(weights.size, np.nan)
    low, high = 0.0, 1.0 / np.abs(gaps).max()
    while gaps @ _on_simplex(weights - high * gaps) > 0 and high < 1e300:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if gaps @ _on_simplex(weights - middle * gaps) > 0 else (low, middle)
    rough = _on_simplex(weights - high * gaps)
    kept = rough > EVEN
    centred = gaps[kept] - gaps[kept].mean()
    square = centred @ centred
    if square <= (EVEN * np.abs(gaps).max()) ** 2:
        return rough
    start = weights[kept] + (1.0 - weights[kept].sum()) / kept.sum()
    exact = np.zeros(weights.size)
    exact[kept] = start - (start @ gaps[kept]) / square * centred
    return exact if exact.min() >= 0 else rough


def _on_simplex(values: Floats) -> Floats:
    """Give the point of the simplex nearest to values (P,): all less a number, cut off at 0."""
    ordered = np.sort(values)[::-1]
    over = (np.cumsum(ordered) - 1.0) / np.arange(1, values.size + 1)
    result: Floats = np.maximum(values - over[np.flatnonzero(ordered > over)[-1]], 0.0)
    return result


def _positions(whole: Linear, pairs: Sequence[tuple[str, str]] | None) -> list[tuple[int, int]]:
    if pairs is None:
        return list(pairwise(np.argsort(-whole.whole, kind="stable").tolist()))
    for pair in pairs:
        for name in pair:
            if name not in whole.evaluatees:
                raise EstimateError("unknown_names", where="swap_weights: pairs", names=name)
        if len(set(pair)) != 2 or len(pair) != 2:
            raise EstimateError("not_a_pair", where="swap_weights: pairs", found=tuple(pair))
    return [(whole.evaluatees.index(a), whole.evaluatees.index(b)) for a, b in pairs]


def _alone(node: Node, a: int, b: int, gap: float) -> dict[str, Any]:
    own, rest = node.own[a] - node.own[b], node.rest[a] - node.rest[b]
    slope = node.above * (own - rest)  # NaN for an only part, whose weight is 1 whatever one does
    named = {"part": node.name, "of": node.of, "weight": node.weight}
    if not abs(slope) > EVEN * max(abs(own), abs(rest)):
        return {**named, "swap": np.nan, "change": np.nan, "found": "none"}
    change = -gap / slope
    swap = node.weight + change
    found = "within" if 0 <= swap <= 1 else "outside"
    return {**named, "swap": swap, "change": change, "found": found}
