"""Tables of scores and of what is counted for evaluatees, row by row, or everything wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.columns import numbers, refuse_missing, required
from scoring.variance import Floats

Fault = tuple[str, dict[str, Any]]


def keys_of(table: pd.DataFrame, where: str) -> list[str]:
    """Give the columns that tell whose score a row is: ``evaluatee``, and ``round`` where there is one."""
    names = ["evaluatee", "round"] if "round" in table else ["evaluatee"]
    for name in names:
        missing = required(table, name, where=where).isna().to_numpy()
        refuse_missing(np.flatnonzero(missing).astype(np.intp), name, where)
    return names


def place_of(table: pd.DataFrame, keys: Sequence[str]) -> pd.Index:
    """Give each row's evaluatee, or evaluatee and round."""
    if len(keys) == 1:
        return pd.Index(table[keys[0]].astype(str))
    return pd.MultiIndex.from_arrays([table[keys[0]].astype(str), table[keys[1]]])


def name_of(place: Any) -> str:
    """Name an evaluatee, or evaluatee and round."""
    return " / ".join(map(str, place)) if isinstance(place, tuple) else str(place)


def repeated(table: pd.DataFrame, keys: Sequence[str]) -> list[Fault]:
    """Name every repeated row."""
    twice = place_of(table, keys)
    return [
        ("row_twice", {"name": name_of(one), "times": int((twice == one).sum())})
        for one in twice[twice.duplicated()].unique()
    ]


def scores_of(table: pd.DataFrame, keys: Sequence[str], where: str) -> tuple[Floats, list[Fault]]:
    """Give the column ``score``, and what is wrong with it."""
    values = numbers(table, "score", where)
    faults: list[Fault] = repeated(table, keys)
    for row in np.flatnonzero(~np.isfinite(values)).tolist():
        found = {"row": row + 1, "name": name_of(place_of(table, keys)[row])}
        faults.append(("score_not_number", {**found, "found": table["score"].tolist()[row]}))
    return values, faults


def bad_rows(wrong: NDArray[np.bool_], rule: str, column: pd.Series, **told: Any) -> list[Fault]:
    """Tell one fault for every wrong row: its number and what stands there."""
    found = column.tolist()  # plain numbers, as messages show them
    return [(rule, {"row": row + 1, "found": found[row], **told}) for row in np.flatnonzero(wrong).tolist()]
