"""Times of interviews: too short, overlapping, impossible."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scoring.errors import AnswerError
from scoring.quality.sheets import Sheets

MINUTE = np.timedelta64(1, "m")


def timing(sheets: Sheets, least_minutes: float | None = None) -> pd.DataFrame:
    """Tell how long each interview took and whether its times are possible.

    Parameters
    ----------
    sheets : Sheets
        With ``started`` and ``ended``; where a time is missing nothing is said.
    least_minutes : float, optional
        The plan's minimum; without it no interview is too short.

    Returns
    -------
    DataFrame
        A row for each sheet: ``minutes``, ``too_short``, ``before_start`` (it ends before it starts),
        ``overlaps`` (it starts while another one of the interviewer's, begun before it, still went on),
        ``overlaps_with`` (that one's label, or None), ``gap_minutes`` (from the end of all his earlier ones
        of the day to this start; below 0 where they overlap, NaN for the first of a day).

    Raises
    ------
    AnswerError
        There are no times; the minimum is not above 0.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> table = pd.DataFrame({"员": ["甲", "甲", "甲"], "q1": [9, 8, 7]})
    >>> day = pd.to_datetime("2013-09-02 09:00")
    >>> table["始"] = day + pd.to_timedelta([0, 10, 40], unit="min")
    >>> table["终"] = day + pd.to_timedelta([20, 13, 60], unit="min")
    >>> read = read_ratings(table, "q1", Scale(0, 10))
    >>> sheets = Sheets.of(table, read, Scale(0, 10), interviewer="员", started="始", ended="终")
    >>> timing(sheets, 5)[["minutes", "too_short", "overlaps_with", "gap_minutes"]].to_numpy().tolist()
    [[20.0, False, None, nan], [3.0, True, 0, -10.0], [20.0, False, None, 20.0]]
    """
    sheets.needs("timing", started=sheets.started, ended=sheets.ended)
    if least_minutes is not None and not least_minutes > 0:
        told = {"name": "least_minutes", "must": "above 0", "chinese": "大于 0", "value": least_minutes}
        raise AnswerError("quality_number", where="timing", **told)
    assert sheets.started is not None and sheets.ended is not None
    minutes = (sheets.ended - sheets.started) / MINUTE
    short = np.zeros(minutes.size, dtype=bool) if least_minutes is None else minutes < least_minutes
    other, gap = _before(sheets)
    labels = np.append(np.asarray(sheets.index, dtype=object), np.array([None]))
    return pd.DataFrame(
        {
            "minutes": minutes,
            "too_short": short & (minutes >= 0),
            "before_start": minutes < 0,
            "overlaps": other >= 0,
            "overlaps_with": pd.Series(labels[other], index=sheets.index, dtype=object),
            "gap_minutes": gap,
        },
        index=sheets.index,
    )


def _before(sheets: Sheets) -> tuple[Any, Any]:
    """Give for each interview an earlier one still going on (-1: none), and minutes since all had ended."""
    assert sheets.started is not None and sheets.ended is not None
    n = sheets.started.size
    other, gap = np.full(n, -1, dtype=np.intp), np.full(n, np.nan)
    told = ~np.isnat(sheets.started) & ~np.isnat(sheets.ended) & (sheets.interviewer >= 0)
    told &= sheets.ended >= sheets.started
    rows = np.flatnonzero(told)
    rows = rows[np.lexsort((sheets.ended[rows], sheets.started[rows], sheets.interviewer[rows]))]
    if not rows.size:
        return other, gap
    who, start = sheets.interviewer[rows], sheets.started[rows].astype(np.int64)
    end = sheets.ended[rows].astype(np.int64)
    # One running maximum for all: later interviewers are lifted above the ends of those before.
    base = start.min()
    lift = who * (end.max() - base + 1)
    latest = np.maximum.accumulate(end - base + lift)
    holder = np.maximum.accumulate(np.where(end - base + lift == latest, np.arange(rows.size), 0))
    same = who[1:] == who[:-1]
    since = start[1:] - base + lift[1:] - latest[:-1]
    other[rows[1:]] = np.where(since < 0, rows[holder[:-1]], -1)  # never another's, which is lifted
    day = sheets.started[rows].astype("datetime64[D]")
    gap[rows[1:]] = np.where(same & (day[1:] == day[:-1]), since / 60e6, np.nan)
    return other, gap


def interviews_per_day(sheets: Sheets) -> pd.DataFrame:
    """Count the interviews of each interviewer and day, the most first.

    Parameters
    ----------
    sheets : Sheets
        With ``started``; ``ended`` is optional.

    Returns
    -------
    DataFrame
        ``interviewer``, ``day``, ``interviews``, ``minutes`` (sum; NaN without ends), ``first`` and
        ``last`` start.

    Raises
    ------
    AnswerError
        There are no times.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> table = pd.DataFrame({"员": ["甲", "甲", "乙"], "q1": [9, 8, 7]})
    >>> table["始"] = pd.to_datetime(["2013-09-02 09:00", "2013-09-02 09:30", "2013-09-03 10:00"])
    >>> read = read_ratings(table, "q1", Scale(0, 10))
    >>> sheets = Sheets.of(table, read, Scale(0, 10), interviewer="员", started="始")
    >>> interviews_per_day(sheets)[["interviewer", "interviews"]].to_numpy().tolist()
    [['甲', 2], ['乙', 1]]
    """
    sheets.needs("interviews_per_day", started=sheets.started)
    assert sheets.started is not None
    told = (sheets.interviewer >= 0) & ~np.isnat(sheets.started)
    minutes = np.full(told.size, np.nan)
    if sheets.ended is not None:
        minutes = (sheets.ended - sheets.started) / MINUTE
    table = pd.DataFrame(
        {
            "interviewer": sheets.names_of(sheets.interviewer),
            "day": pd.Series(sheets.started).dt.normalize(),
            "started": sheets.started,
            "minutes": minutes,
        }
    )[told]
    days = table.groupby(["interviewer", "day"]).agg(
        interviews=("started", "size"),
        minutes=("minutes", lambda column: column.sum(min_count=1)),
        first=("started", "min"),
        last=("started", "max"),
    )
    return days.reset_index().sort_values(
        ["interviews", "interviewer"], ascending=[False, True], ignore_index=True
    )
