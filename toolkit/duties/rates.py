"""Rates with their numerators and denominators, and counts by two columns."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from toolkit.duties.context import Context, count_by, judged, share
from toolkit.duties.kinds import Cross, Rate

Tables = tuple[pd.DataFrame, pd.DataFrame]


def rate(duty: Rate, given: Context) -> Tables:
    """Divide what was counted; the work list names those below the aim, with how many they lack."""
    above, below = counted(duty, given)
    found = share(above, below)
    aim = Fraction(str(duty.aim))  # as written, so that 7 of 100 meets 0.07
    met = judged(above * aim.denominator >= below * aim.numerator, below)
    told = pd.DataFrame({"done": above, "due": below, "rate": found, "met": met}).reset_index()
    return told, told[(~met.fillna(True)).to_numpy(bool)].drop(columns="met")


def counted(duty: Rate, given: Context) -> tuple[pd.Series, pd.Series]:
    """Count numerator and denominator for everybody."""
    tables = [given.rows(one) for one in (duty.numerator, duty.denominator)]
    whom = given.whom(duty.by, *tables)
    if duty.distinct:
        tables = [table.drop_duplicates([duty.by, *duty.distinct]) for table in tables]
    above, below = (count_by(table, duty.by, whom) for table in tables)
    return above, below


def cross(duty: Cross, given: Context) -> Tables:
    """Count rows by two columns, every stated value with a row or a column of its own."""
    rows = given.rows(duty.rows)
    down, across = duty.down, duty.across
    found = pd.crosstab(rows[down.column], rows[across.column])
    found = found.reindex(index=down.values, columns=across.values, fill_value=0).astype(np.int64)
    found = found.rename_axis(index=down.column, columns=None)
    return found.assign(total=found.sum(axis=1)).reset_index(), rows.iloc[:0]
