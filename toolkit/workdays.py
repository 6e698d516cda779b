"""Working days in China: official holidays and make-up days, and what a scheme says of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from toolkit.errors import RoundError, fault

Days = npt.NDArray[np.datetime64]
Counts = npt.NDArray[np.int64]
MONDAY = np.datetime64("1970-01-05")


@dataclass(frozen=True)
class Calendar:
    """What a scheme adds to the official calendar, or says otherwise: its table ``[calendar]``.

    Parameters
    ----------
    years : tuple of int
        Years the official calendar lacks and whose days off and make-up days all stand here.
    holidays : tuple of date
        Days off that would be working days.
    workdays : tuple of date
        Working days that would be off, such as Saturdays worked for a long holiday.
    """

    years: tuple[int, ...] = ()
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


OFFICIAL = Calendar()


def is_workday(days: npt.ArrayLike, calendar: Calendar = OFFICIAL) -> npt.NDArray[np.bool_]:
    """Tell which days are working days.

    Parameters
    ----------
    days : array of datetime64
    calendar : Calendar
        What it says goes before the official calendar (国务院办公厅's notices, by ``chinese_calendar``).

    Raises
    ------
    RoundError
        Neither calendar knows a year.

    Examples
    --------
    >>> is_workday(["2022-01-28", "2022-01-29", "2022-01-31"])  # Friday, Saturday worked, New Year's Eve
    array([ True,  True, False])
    """
    asked = np.asarray(days, dtype="datetime64[D]")
    works, known = _flags(asked, calendar)
    _refuse(asked[~known])
    return works


def add_workdays(start: npt.ArrayLike, number: npt.ArrayLike, calendar: Calendar = OFFICIAL) -> Days:
    """Give the last day of a term of working days: the day it starts on does not count (开始的当日不计入).

    Parameters
    ----------
    start : array of datetime64
        NaT gives NaT.
    number : array of int
        At least 1.

    Raises
    ------
    RoundError
        The term runs into a year that neither calendar knows.

    Examples
    --------
    A Thursday; Saturday and Sunday were worked, 31 January to 6 February was Spring Festival:

    >>> str(add_workdays("2022-01-27", 5)[()])
    '2022-02-08'
    """
    starts, numbers = np.broadcast_arrays(np.asarray(start, "datetime64[D]"), np.asarray(number, np.int64))
    found = np.full(starts.shape, np.datetime64("NaT"), "datetime64[D]")
    real = ~np.isnat(starts)
    if not real.any():
        return found
    first = starts[real].min()
    spare = 60 + 2 * len(calendar.holidays)  # more than any run of days off
    span = np.arange(first, starts[real].max() + 3 * numbers.max() + spare)
    works, known = _flags(span, calendar)
    open_days = np.flatnonzero(works)
    at = (starts[real] - first).astype(np.int64)
    wanted = np.searchsorted(open_days, at, side="right") + numbers[real] - 1
    end = open_days[np.minimum(wanted, len(open_days) - 1)] if len(open_days) else np.zeros_like(at)
    end = np.where(wanted < len(open_days), end, len(span) - 1)
    dark = np.concatenate([[0], np.cumsum(~known)])
    lost = dark[end + 1] > dark[at + 1]
    if lost.any():
        unknown = np.flatnonzero(~known)
        _refuse(span[unknown[np.searchsorted(unknown, at[lost], side="right")]])
    found[real] = span[end]
    return found


def next_workday(days: npt.ArrayLike, calendar: Calendar = OFFICIAL) -> Days:
    """Give each day itself where it is a working day, else the next that is one (民法典第203条).

    Examples
    --------
    >>> next_workday(["2022-10-01", "2022-10-09"]).astype(str).tolist()
    ['2022-10-08', '2022-10-09']
    """
    asked = np.asarray(days, dtype="datetime64[D]")
    return add_workdays(asked - np.timedelta64(1, "D"), 1, calendar)


def workdays_between(start: npt.ArrayLike, end: npt.ArrayLike, calendar: Calendar = OFFICIAL) -> Counts:
    """Count the working days after ``start`` up to and with ``end``; 0 where either is NaT or end is before.

    Examples
    --------
    >>> int(workdays_between("2022-01-27", "2022-02-08")[()])
    5
    """
    starts, ends = np.broadcast_arrays(np.asarray(start, "datetime64[D]"), np.asarray(end, "datetime64[D]"))
    counted = np.zeros(starts.shape, np.int64)
    real = ends > starts  # NaT compares as False
    if real.any():
        first = starts[real].min()
        works = is_workday(np.arange(first + 1, ends[real].max() + 1), calendar)
        until = np.concatenate([[0], np.cumsum(works)])
        counted[real] = until[(ends[real] - first).astype(int)] - until[(starts[real] - first).astype(int)]
    return counted


def _flags(days: Days, calendar: Calendar) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which days are working days, and of which that is known."""
    from chinese_calendar.constants import holidays, workdays

    def among(some: object) -> npt.NDArray[np.bool_]:
        return np.isin(days, np.array(sorted(some), dtype="datetime64[D]"))  # type: ignore[call-overload]

    weekday = (days - MONDAY).astype(np.int64) % 7 < 5
    works = among(workdays) | (weekday & ~among(holidays))
    own = among(calendar.workdays) | among(calendar.holidays)
    works = np.where(own, among(calendar.workdays), works)
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    known = own | np.isin(years, [*{day.year for day in holidays}, *calendar.years])
    return works & known, known


def _refuse(unknown: Days) -> None:
    years = sorted(set((unknown.astype("datetime64[Y]").astype(np.int64) + 1970).tolist()))
    if years:
        raise RoundError("calendar", [fault("", "calendar_year", year=year) for year in years])
