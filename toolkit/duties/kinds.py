"""What a plan obliges people to do, as a scheme file holds it: ``[[duties]]``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Day
from datetime import time as Clock
from typing import ClassVar, Literal

Config = dict[str, str]
FORBID: Config = {"extra": "forbid"}
Where = dict[str, tuple[str, ...]]
UNIT = ("evaluatee", "unit")


@dataclass(frozen=True)
class Rows:
    """Rows of a table that an office keeps.

    Parameters
    ----------
    table : str
    where : dict of str to list of str
        Only rows whose column has one of these values: ``{ kind = ["老党员", "困难群众"] }``.
    date : str, optional
        A column of dates; rows after the day the duty is judged at are left out.
    since, until : date, optional
        Only rows dated from, and up to and with, these days.
    """

    table: str
    where: Where = field(default_factory=dict)
    date: str | None = None
    since: Day | None = None
    until: Day | None = None
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Coverage:
    """So great a share of the units is visited: 走访不少于 30% 的农户.

    Parameters
    ----------
    name : str
        In the plan's words.
    units : Rows
        All units due, one row each.
    visits : Rows
    least : float
        Share of the units; the number due is rounded up to whole units.
    unit : tuple of str
        Columns that together tell a unit, in both tables.
    by : str
        Column of the units for whom shares are told.
    """

    name: str
    units: Rows
    visits: Rows
    least: float
    unit: tuple[str, ...] = UNIT
    by: str = "evaluatee"
    kind: Literal["coverage"] = "coverage"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Load:
    """Each visitor has at least, or at most, so many different units: 每名网格员走访不少于 60 户.

    Parameters
    ----------
    name : str
    rows : Rows
    least, most : int, optional
        At least one of them.
    unit : tuple of str
    by : str
        Column of the visitors.
    roster : Rows, optional
        A table of all visitors, so that who has no unit shows.
    """

    name: str
    rows: Rows
    least: int | None = None
    most: int | None = None
    unit: tuple[str, ...] = UNIT
    by: str = "visitor"
    roster: Rows | None = None
    kind: Literal["load"] = "load"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Apart:
    """No unit is visited by several teams: 不同走访单位不得重复走访同一户."""

    name: str
    rows: Rows
    team: str = "team"
    unit: tuple[str, ...] = UNIT
    by: str = "evaluatee"
    kind: Literal["apart"] = "apart"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class OneToOne:
    """One visitor to one area and one area to one visitor, all the time: 一一对应、中途不变."""

    name: str
    rows: Rows
    left: str = "visitor"
    right: str = "area"
    date: str = "date"
    kind: Literal["one_to_one"] = "one_to_one"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Every:
    """Everybody, or every unit, so many times in each day, week, month and the like: 每季度至少走访一次.

    Parameters
    ----------
    name : str
    rows : Rows
    each : "day", "two_days", "week", "ten_days", "month" or "quarter"
        Of the calendar; ten days are the 1st–10th, 11th–20th and the rest of a month. Two days are counted
        from ``since``, whatever days off there are between.
    times : int
    count : "days" or "rows"
        Whether several visits of a day count once, or each.
    since, until : Day
    partial : "counts" or "left_out"
        What becomes of a first or last period that ``since`` and ``until`` cut short.
    who : tuple of str
        Columns that together tell whom the duty is of, or which unit.
    date : str
    roster : Rows, optional
        All of them, so that who has none at all shows.
    """

    name: str
    rows: Rows
    each: Literal["day", "two_days", "week", "ten_days", "month", "quarter"]
    times: int
    count: Literal["days", "rows"]
    since: Day
    until: Day
    partial: Literal["counts", "left_out"]
    who: tuple[str, ...] = ("visitor",)
    date: str = "date"
    roster: Rows | None = None
    kind: Literal["every"] = "every"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Within:
    """A number or a time of day of each row lies within limits: 每户不少于 30 分钟; 16:30 前返回.

    Parameters
    ----------
    name : str
    rows : Rows
    column : str
    least, most : float, optional
        Limits of a number; either these,
    earliest, latest : time, optional
        or those of a time of day.
    exempt : dict, optional
        Rows the limits do not bind: ``{ channel = ["电话", "短信"] }``.
    empty : "fails" or "left_out"
        What a row without a value is.
    by : str
    """

    name: str
    rows: Rows
    column: str
    least: float | None = None
    most: float | None = None
    earliest: Clock | None = None
    latest: Clock | None = None
    exempt: Where = field(default_factory=dict)
    empty: Literal["fails", "left_out"] = "fails"
    by: str = "evaluatee"
    kind: Literal["within"] = "within"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class DaysBy:
    """Days that depend on a column's value: 一般 15, 较大 30, 特大 60."""

    column: str
    days: dict[str, int]
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Deadline:
    """From one day to another in so many days, by a date, or for at least so many days.

    The day it starts on does not count (民法典第201条); what is done on the last day is in time.

    Parameters
    ----------
    name : str
    rows : Rows
    done : str
        Column of the day it was done; empty while it is open.
    start : str, optional
        Column of the day that days are counted from.
    days : int, optional
        The term: this, or ``days_by``, or ``on``, or ``on_column``.
    days_by : DaysBy, optional
        Days that a column tells.
    on : date, optional
        The last day for all rows.
    on_column : str, optional
        Column of each row's own last day.
    count : "workdays" or "calendar"
        What the days are.
    last_day : "as_it_falls" or "next_workday"
        Whether calendar days that end on a day off end on the next working day (民法典第203条).
    bound : "at_most" or "at_least"
        Whether it must be done in the term, or kept up until its end (公示 7 天).
    no_start : "error" or "left_out"
        What a row without a start is.
    by : str
    """

    name: str
    rows: Rows
    done: str = "done"
    start: str | None = None
    days: int | None = None
    days_by: DaysBy | None = None
    on: Day | None = None
    on_column: str | None = None
    count: Literal["workdays", "calendar"] = "workdays"
    last_day: Literal["as_it_falls", "next_workday"] = "as_it_falls"
    bound: Literal["at_most", "at_least"] = "at_most"
    no_start: Literal["error", "left_out"] = "error"
    by: str = "evaluatee"
    kind: Literal["deadline"] = "deadline"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Level:
    """A step of an escalation: reached when the problem is not cured by the day in ``after``."""

    name: str
    after: str
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Escalation:
    """What becomes of a problem that is not cured: 限期整改 → 通报批评 → 问责.

    Parameters
    ----------
    name : str
    rows : Rows
        One row per problem.
    found : str
        Column of the day it was found.
    first : str
        What happens to every problem found: 限期整改.
    then : tuple of Level
        Steps that follow in order, each once the day in its column has passed without a cure; a step whose
        day is empty is not reached.
    cured : str
        Column of the day it was cured; empty while it is open.
    by : str
    """

    name: str
    rows: Rows
    first: str
    then: tuple[Level, ...]
    found: str = "found"
    cured: str = "cured"
    by: str = "evaluatee"
    kind: Literal["escalation"] = "escalation"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Rate:
    """A rate with its numerator and denominator, and its aim: 到户率、回访率、落实率、满意率.

    Parameters
    ----------
    name : str
    numerator, denominator : Rows
        A row whose ``date`` is empty is one that has not come yet: problems solved of problems found, say.
    aim : float
        0 of 0 is no rate, and neither meets nor misses it.
    distinct : tuple of str
        Columns that tell what is counted once; without it every row counts.
    by : str
    """

    name: str
    numerator: Rows
    denominator: Rows
    aim: float = 1.0
    distinct: tuple[str, ...] = ()
    by: str = "evaluatee"
    kind: Literal["rate"] = "rate"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Listed:
    """A column and all the values it may have."""

    column: str
    values: tuple[str, ...]
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Cross:
    """Rows counted by two columns: three responsibilities by seven areas; a value not stated is a fault."""

    name: str
    rows: Rows
    down: Listed
    across: Listed
    kind: Literal["cross"] = "cross"
    __pydantic_config__: ClassVar[Config] = FORBID


Duty = Coverage | Load | Apart | OneToOne | Every | Within | Deadline | Escalation | Rate | Cross
DUTIES: dict[str, type] = {
    "coverage": Coverage,
    "load": Load,
    "apart": Apart,
    "one_to_one": OneToOne,
    "every": Every,
    "within": Within,
    "deadline": Deadline,
    "escalation": Escalation,
    "rate": Rate,
    "cross": Cross,
}
