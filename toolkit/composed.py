"""A class's scores as a composite of groups, or of indicators: what sensitivity varies."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from scoring.composite.compose import Composed, PartScores
from scoring.composite.part import Part
from toolkit.scores import Scores

By = Literal["groups", "indicators"]


def composed(scores: Scores, of: str, by: By = "groups") -> Composed:
    """Give a class's composite with the parts it is made of.

    Parameters
    ----------
    scores : Scores
    of : str
        The class's id or name.
    by : "groups" or "indicators"
        The groups of respondents with the plan's weights; or the indicators, each the weighted mean of what
        the groups say of it, all with the same weight.

    Returns
    -------
    Composed
        The whole has its covariance, and the points that a review added; parts have scores alone, and no
        errors.

    Raises
    ------
    UnknownNameError
        There is no such class.
    """
    scheme = scores.scheme
    chosen = scores.class_called(of)
    here = np.flatnonzero((scores.table["class"] == chosen.id).to_numpy())
    table = scores.table.iloc[here]
    evaluatees = table["evaluatee"].astype(str).tolist()
    if by == "groups":
        weights = {group.name: group.weight for group in scheme.groups}
        parts = {group.name: table[group.id] for group in scheme.groups}
    else:
        weights = {name: 1 / len(chosen.indicators) for name in chosen.indicators}
        parts = _indicators(scores, evaluatees)
    tree = Part(
        f"composite of {chosen.id}", parts=tuple(Part(name, weight) for name, weight in weights.items())
    )
    found = {tree.name: _whole(scores, tree.name, here)}
    found |= {name: _part(name, evaluatees, parts[name].to_numpy(dtype=np.float64)) for name in weights}
    same = np.ones(len(here))
    counted = {tree.name: same} | {name: weight * same for name, weight in weights.items()}
    missing = pd.DataFrame(columns=["evaluatee", "part", "of", "rule"])
    return Composed(tree, found, counted, missing)


def _indicators(scores: Scores, evaluatees: list[str]) -> dict[str, pd.Series]:
    """What each indicator counts of the full mark, over the groups."""
    weights = {group.id: group.weight for group in scores.scheme.groups}
    own = scores.answers[scores.answers["evaluatee"].isin(evaluatees)]
    brought = own["points"] * own["group"].map(weights)
    wide = brought.groupby([own["evaluatee"], own["indicator"]], observed=True).sum().unstack()
    return {str(name): column for name, column in wide.loc[evaluatees].items()}


def _whole(scores: Scores, name: str, here: np.ndarray[tuple[int], np.dtype[np.intp]]) -> PartScores:
    both = np.ix_(here, here)
    table = scores.table.iloc[here]
    return PartScores(
        name,
        table["evaluatee"].astype(str).tolist(),
        table["estimate"].to_numpy(dtype=np.float64),
        scores.cov[both],
        table["df"].to_numpy(dtype=np.float64),
        scores.pair_df[both],
    )


def _part(
    name: str, evaluatees: list[str], estimate: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> PartScores:
    size = len(evaluatees)
    none = np.full((size, size), np.nan)
    return PartScores(name, evaluatees, estimate, none, np.full(size, np.nan), none)
