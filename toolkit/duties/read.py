"""What tables must hold for a duty to be checked, and how their text is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.duties.kinds import (
    Apart,
    Coverage,
    Cross,
    Deadline,
    Escalation,
    Every,
    Load,
    OneToOne,
    Rate,
    Rows,
    Where,
    Within,
)
from toolkit.errors import Fault, fault

Days = npt.NDArray[np.datetime64]
DATE = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$"
CLOCK = r"^(?:.*[ T])?(\d{1,2})[:：](\d{2})(?:[:：]\d{2}(?:\.\d+)?)?$"
JOINT = "\x1f"  # stands in no cell, so that joined cells tell units apart


@dataclass(frozen=True)
class Need:
    """What a duty reads of some rows of a table."""

    rows: Rows
    filled: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    stated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    undated: bool = False  # whether a row without the rows' date is one that has not come yet

    @property
    def columns(self) -> list[str]:
        own = (self.rows.date,) if self.rows.date else ()
        all_of = (
            *self.rows.where,
            *own,
            *self.filled,
            *self.dates,
            *self.numbers,
            *self.clocks,
            *self.stated,
        )
        return list(dict.fromkeys(all_of))


def _coverage(duty: Coverage) -> list[Need]:
    return [Need(duty.units, (duty.by, *duty.unit)), Need(duty.visits, duty.unit)]


def _load(duty: Load) -> list[Need]:
    return [Need(duty.rows, (duty.by, *duty.unit)), *_roster(duty.roster, (duty.by,))]


def _every(duty: Every) -> list[Need]:
    dated = Need(duty.rows, (*duty.who, duty.date), (duty.date,))
    return [dated, *_roster(duty.roster, duty.who)]


def _roster(roster: Rows | None, columns: tuple[str, ...]) -> list[Need]:
    return [] if roster is None else [Need(roster, columns)]


def _within(duty: Within) -> list[Need]:
    kind = "clocks" if is_clock(duty) else "numbers"
    column: dict[str, Any] = {kind: (duty.column,)}
    return [Need(duty.rows, (duty.by, *duty.exempt), **column)]


def _deadline(duty: Deadline) -> list[Need]:
    start = (duty.start,) if duty.start else ()
    own = (duty.on_column,) if duty.on_column else ()
    filled = (duty.by, *own, *(start if duty.no_start == "error" else ()))
    stated = {duty.days_by.column: tuple(duty.days_by.days)} if duty.days_by else {}
    return [Need(duty.rows, filled, (*start, *own, duty.done), stated=stated)]


def _escalation(duty: Escalation) -> list[Need]:
    dates = (duty.found, *(one.after for one in duty.then), duty.cured)
    return [Need(duty.rows, (duty.by, duty.found), dates)]


def _cross(duty: Cross) -> list[Need]:
    return [Need(duty.rows, stated={one.column: one.values for one in (duty.down, duty.across)})]


NEEDS: dict[type, Callable[[Any], list[Need]]] = {
    Coverage: _coverage,
    Load: _load,
    Apart: lambda duty: [Need(duty.rows, (duty.by, duty.team, *duty.unit))],
    OneToOne: lambda duty: [Need(duty.rows, (duty.left, duty.right, duty.date), (duty.date,))],
    Every: _every,
    Within: _within,
    Deadline: _deadline,
    Escalation: _escalation,
    Rate: lambda duty: [
        Need(one, (duty.by, *duty.distinct), undated=True) for one in (duty.numerator, duty.denominator)
    ],
    Cross: _cross,
}


def needs_of(duty: Any) -> list[Need]:
    """Give what a duty reads."""
    return NEEDS[type(duty)](duty)


def duty_table_faults(
    duties: Sequence[Any], name: str, table: pd.DataFrame, evaluatees: Sequence[str]
) -> Iterator[Fault]:
    """Say everything that is wrong with one table for all the duties that read it, each thing once."""
    needs = [need for duty in duties for need in needs_of(duty) if need.rows.table == name]
    yield from dict.fromkeys(one for need in needs for one in need_faults(need, table, evaluatees))


def is_clock(duty: Within) -> bool:
    """Whether the limits are times of day."""
    return duty.earliest is not None or duty.latest is not None


def cleaned(table: pd.DataFrame) -> pd.DataFrame:
    """Give a table whose cells are text without blanks around them, empty ones missing."""
    text: pd.DataFrame = table.apply(
        lambda one: one.astype("str").where(one.notna()).str.strip().replace("", np.nan)
    )
    return text


def read_days(text: pd.Series) -> Days:
    """Read days as offices write them: 2022-03-05, 2022/3/5, 2022.3.5, 2022年3月5日, with or without a time.

    Examples
    --------
    >>> read_days(pd.Series(["2022/3/5", "2022年3月5日", "2022-03-05 14:30", "3月5日"])).astype(str).tolist()
    ['2022-03-05', '2022-03-05', '2022-03-05', 'NaT']
    """
    parts = text.astype("str").str.extract(DATE)
    joined = parts[0] + "-" + parts[1].str.zfill(2) + "-" + parts[2].str.zfill(2)
    read = pd.to_datetime(joined, format="%Y-%m-%d", errors="coerce")
    return read.to_numpy().astype("datetime64[D]")


def read_minutes(text: pd.Series) -> npt.NDArray[np.float64]:
    """Read times of day as minutes after midnight.

    Examples
    --------
    >>> read_minutes(pd.Series(["16:30", "2016-05-03 09:05:00", "25:00"])).tolist()
    [990.0, 545.0, nan]
    """
    parts = text.astype("str").str.extract(CLOCK).apply(pd.to_numeric)
    fits = (parts[0] < 24) & (parts[1] < 60)
    minutes: npt.NDArray[np.float64] = (parts[0] * 60 + parts[1]).where(fits).to_numpy(np.float64)
    return minutes


def joined_key(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Join the columns that together tell a unit."""
    return reduce(lambda left, right: left + JOINT + right, (table[one].astype("str") for one in columns))


def chosen(table: pd.DataFrame, where: Where) -> pd.DataFrame:
    """Give the rows whose columns have one of the values named."""
    for column, values in where.items():
        table = table[table[column].isin(values)]
    return table


def need_faults(need: Need, table: pd.DataFrame, evaluatees: Sequence[str]) -> Iterator[Fault]:
    """Say everything that is wrong with a table for one need; rows as the file counts them."""
    name = need.rows.table
    lacking = [column for column in need.columns if column not in table]
    if lacking:
        told = {"columns": "、".join(lacking), "found": "、".join(map(str, table.columns))}
        yield fault(name, "table_columns", table=name, **told)
        return
    rows = chosen(cleaned(table), need.rows.where)

    def each(column: str, wrong: Any, rule: str, **told: Any) -> Iterator[Fault]:
        for at in np.flatnonzero(np.asarray(wrong)).tolist():
            found = rows[column].iloc[at]
            near = "、".join(get_close_matches(str(found), evaluatees, n=3, cutoff=0.0))
            place = {"row": int(rows.index[at]) + 2, "column": column}
            yield fault(name, rule, **place, found=found, near=near, **told)

    day = (need.rows.date,) if need.rows.date else ()
    for column in dict.fromkeys([*need.filled, *need.stated, *(() if need.undated else day)]):
        yield from each(column, rows[column].isna(), "table_empty")
    if "evaluatee" in need.filled and evaluatees:
        yield from each(
            "evaluatee",
            rows["evaluatee"].notna() & ~rows["evaluatee"].isin(evaluatees),
            "table_evaluatee",
        )
    for column in dict.fromkeys([*need.dates, *day]):
        yield from each(column, rows[column].notna() & np.isnat(read_days(rows[column])), "duty_date")
    for column in need.numbers:
        number = pd.to_numeric(rows[column], errors="coerce")
        yield from each(column, rows[column].notna() & number.isna(), "table_number")
    for column in need.clocks:
        yield from each(column, rows[column].notna() & np.isnan(read_minutes(rows[column])), "duty_clock")
    for column, values in need.stated.items():
        wrong = rows[column].notna() & ~rows[column].isin(values)
        yield from each(column, wrong, "duty_value", known="、".join(values))
