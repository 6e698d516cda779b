"""The drawn units of the stage before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Parents:
    """The drawn units of the stage before, as a next stage needs them.

    Attributes
    ----------
    name : str
        Name of their draw.
    columns : tuple of str
        The frame columns that tell them, first stage first.
    table : DataFrame
        ``parent_1`` … (their ids as text), ``prob`` and the columns of their stages.
    kinds : list of dict
        For each of their stages, whether it was ``stratified`` and had ``unequal`` probabilities.
    """

    name: str
    columns: tuple[str, ...]
    table: pd.DataFrame
    kinds: list[dict[str, bool]]

    @property
    def ids(self) -> list[tuple[str, ...]]:
        names = [f"parent_{at + 1}" for at in range(len(self.columns))]
        return list(zip(*(self.table[name].tolist() for name in names), strict=True))

    @property
    def stage_columns(self) -> list[str]:
        return [c for c in self.table.columns if c != "prob" and not c.startswith("parent_")]


def parents_from(receipt: Mapping[str, Any]) -> Parents | None:
    """Give the parents a receipt was drawn within."""
    within = receipt["within"]
    if within is None:
        return None
    return Parents(
        within["name"], tuple(within["columns"]), pd.DataFrame(within["drawn"]), list(within["kinds"])
    )
