"""A class in league order: which units cannot be told apart, and where a clear line falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.report.writing import NONE, runs
from toolkit.scores import Scores


@dataclass(frozen=True)
class Standing:
    """A class's league table with what its rank sets say of neighbours.

    Attributes
    ----------
    table : DataFrame
        ``Scores.league``, best first.
    alike : list of str
        For each row, the places whose rank sets overlap its own, its own place included; — for none.
    cut : list of bool
        For each row, whether every rank set above it ends before every rank set from it on begins.
    """

    table: pd.DataFrame
    alike: list[str]
    cut: list[bool]


def standing(scores: Scores, of: str) -> Standing:
    """Put a class in league order and compare its rank sets.

    Parameters
    ----------
    scores : Scores
    of : str
        The class's id.
    """
    table = scores.league(of)
    own = scores.table[scores.table["class"] == of].set_index("evaluatee").loc[table["evaluatee"]]
    low, high = own["rank_low"].to_numpy(), own["rank_high"].to_numpy()
    place = table["rank"].tolist()
    alike = []
    for at in range(len(table)):
        near = np.flatnonzero((low <= high[at]) & (high >= low[at]))
        alike.append(runs((place[i] for i in near), among=place) if near.size > 1 else NONE)
    cut = [False] + [bool(high[:at].max() < low[at:].min()) for at in range(1, len(table))]
    return Standing(table, alike, cut)
