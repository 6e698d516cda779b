"""What the checks of duties share: the tables, the day they are judged at, who is told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.duties.kinds import Rows
from toolkit.duties.read import chosen, read_days
from toolkit.workdays import Calendar


@dataclass(frozen=True)
class Context:
    """Cleaned tables, and the day up to which they are read."""

    tables: Mapping[str, pd.DataFrame]
    as_of: np.datetime64
    calendar: Calendar
    evaluatees: tuple[str, ...]

    def rows(self, rows: Rows) -> pd.DataFrame:
        """Give the rows that count at the day of judgement."""
        table = chosen(self.tables[rows.table], rows.where)
        if rows.date is None:
            return table
        day = read_days(table[rows.date])
        kept = day <= self.as_of
        kept &= day >= np.datetime64(rows.since) if rows.since else True
        kept &= day <= np.datetime64(rows.until) if rows.until else True
        return table[kept]

    def whom(self, by: str, *tables: pd.DataFrame) -> pd.Index:
        """Name those who are told of: every evaluatee, or who stands in the tables, in their order."""
        seen = pd.concat([table[by] for table in tables]).drop_duplicates()
        first = pd.Series(self.evaluatees if by == "evaluatee" else (), dtype="str")
        index: pd.Index = pd.Index(pd.concat([first, seen]).drop_duplicates(), name=by)
        return index


def count_by(table: pd.DataFrame, by: str, whom: pd.Index) -> pd.Series:
    """Count the rows of each."""
    return table[by].value_counts().reindex(whom, fill_value=0).astype(np.int64)


def judged(met: pd.Series, due: pd.Series) -> pd.Series:
    """Give whether it was met, missing where nothing was due."""
    return met.astype("boolean").where(due > 0)


def share(done: pd.Series, due: pd.Series) -> pd.Series:
    """Give done of due; 0 of 0 is no share."""
    return done / due.where(due > 0).astype(np.float64)
