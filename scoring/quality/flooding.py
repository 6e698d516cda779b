"""Open links flooded: bursts of sheets, many from one device, runs of identical ones."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from scoring.errors import AnswerError
from scoring.quality.sheets import Sheets
from scoring.quality.straight import is_straight
from scoring.quality.units import holm
from scoring.variance import Floats

AROUND = 12
"""Windows on either side of a window from which its rate is told."""

By = Literal["channel", "device", "mode"]


def bursts(
    sheets: Sheets, window_minutes: float = 10, by: By | None = None, level: float = 0.05
) -> pd.DataFrame:
    """Find the fullest window of time, against the rate around it.

    Parameters
    ----------
    sheets : Sheets
        With ``started``.
    window_minutes : float
    by : "channel", "device", "mode", optional
        Sheets are counted for each of its values apart; those without are left out.
    level : float
        The chance that any is flagged though sheets come evenly.

    Returns
    -------
    DataFrame
        For each value: ``by``, ``first`` and ``last`` start in the window, ``count``, ``expected`` (from the
        rate around), ``p``, ``flagged`` (Holm over the values); the least p first.

    Raises
    ------
    AnswerError
        No starting times, or none of ``by``, are told; a number is out of its range.

    Notes
    -----
    A scan over the windows that begin with a sheet (Naus 1982). Given the sheets in the window and the 12
    windows before and after, each of the others falls into it with probability 1/25 if they come evenly
    there; the binomial probability is multiplied by the number of windows. The rate is that of the same
    hours, so a busy morning is no burst; people answering together in a hall are one.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> minutes = [*range(0, 600, 20), *(305 + np.arange(12) / 2)]
    >>> times = pd.to_datetime("2013-09-02") + pd.to_timedelta(minutes, unit="min")
    >>> table = pd.DataFrame({"q1": 9, "始": times})
    >>> sheets = Sheets.of(table, read_ratings(table, "q1", Scale(0, 10)), Scale(0, 10), started="始")
    >>> bursts(sheets)[["count", "flagged"]].to_numpy().tolist()
    [[12, True]]
    """
    from scipy.special import bdtrc

    sheets.needs("bursts", started=sheets.started)
    for name, value, fine, must, chinese in (
        ("window_minutes", window_minutes, window_minutes > 0, "above 0", "大于 0"),
        ("level", level, 0 < level < 1, "between 0 and 1", "在 0 与 1 之间"),
    ):
        if not fine:
            told = {"name": name, "value": value, "must": must, "chinese": chinese}
            raise AnswerError("quality_number", where="bursts", **told)
    assert sheets.started is not None
    column = np.full(len(sheets.index), "", dtype=object) if by is None else getattr(sheets, by)
    if by is not None:
        sheets.needs("bursts", **{by: column})
    used = ~np.isnat(sheets.started) & ((column != "") | (by is None))
    times = sheets.started.astype("datetime64[us]").astype(np.int64) / 60e6
    rows = []
    for one, at in pd.Series(times[used]).groupby(column[used]).groups.items():
        line: Floats = np.sort(times[used][np.asarray(at)])
        end = np.searchsorted(line, line + window_minutes)
        count = end - np.searchsorted(line, line)
        begin = np.searchsorted(line, line - AROUND * window_minutes)
        around = np.searchsorted(line, line + (AROUND + 1) * window_minutes) - begin
        share = 1 / (2 * AROUND + 1)
        # P(Bin(around - 1, share) >= count - 1): the sheet that begins the window is given.
        chance = np.where(count > 1, bdtrc(np.maximum(count - 2, 0), np.maximum(around - 1, 1), share), 1.0)
        best = int(np.lexsort((-count, chance))[0])
        first = int(np.searchsorted(line, line[best]))
        where = np.array([line[first], line[end[best] - 1]]) * 60e6
        ends = pd.to_datetime(np.rint(where).astype(np.int64), unit="us")
        expected = share * float(around[best])
        p = min(float(chance[best]) * line.size, 1.0)
        rows.append((one, ends[0], ends[1], int(count[best]), expected, p))
    table = pd.DataFrame(rows, columns=["by", "first", "last", "count", "expected", "p"])
    table["flagged"] = holm(table["p"].to_numpy(dtype=np.float64)) <= level
    return table.sort_values("p", kind="stable", ignore_index=True)


def same_device(sheets: Sheets, least: int = 3) -> pd.DataFrame:
    """List devices from which several sheets came.

    Parameters
    ----------
    sheets : Sheets
        With ``device``.
    least : int

    Returns
    -------
    DataFrame
        ``device``, ``sheets``, ``identical`` (the most sheets of it with the same answers), ``first``,
        ``last`` (start; NaT without times); the most identical first.

    Raises
    ------
    AnswerError
        No devices are told.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> table = pd.DataFrame({"机": ["x", "x", "x", "y"], "q1": [9, 9, 8, 9]})
    >>> read = read_ratings(table, "q1", Scale(0, 10))
    >>> found = same_device(Sheets.of(table, read, Scale(0, 10), device="机"))
    >>> found[["device", "sheets", "identical"]].to_numpy().tolist()
    [['x', 3, 2]]
    """
    sheets.needs("same_device", device=sheets.device)
    assert sheets.device is not None
    started = (
        np.full(len(sheets.index), np.datetime64("NaT", "us")) if sheets.started is None else sheets.started
    )
    table = pd.DataFrame({"device": sheets.device, "answers": _patterns(sheets), "started": started})
    table = table[table["device"] != ""]
    equal = table.groupby(["device", "answers"]).size().groupby("device").max()
    found = table.groupby("device").agg(
        sheets=("answers", "size"), first=("started", "min"), last=("started", "max")
    )
    found.insert(1, "identical", equal)
    found = found[found["sheets"] >= least].reset_index()
    return found.sort_values(["identical", "sheets"], ascending=False, kind="stable", ignore_index=True)


def identical_runs(sheets: Sheets, least: int = 3) -> pd.DataFrame:
    """List series of sheets with the same answers, one after the other.

    Parameters
    ----------
    sheets : Sheets
        In time where all starting times are told, else in the order of the table; for each interviewer
        apart, and, of those without one, for each channel.
    least : int
        Sheets in a series.

    Returns
    -------
    DataFrame
        ``row`` and ``last_row`` (labels of the first and the last), ``interviewer`` ("" where not told),
        ``length``, ``answers`` (as text, "-" where there is no rating), ``straight``, ``p``: chance of such a
        series anywhere, were sheets in random order; the least first.

    Notes
    -----
    With the share π of the pattern among the other sheets, series of at least L begin
    ``n (1 - π) π^L`` times on average, and p is 1 - exp of minus that.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> table = pd.DataFrame({"q1": [9, 8, 8, 8, 8, 7], "q2": [9, 7, 7, 7, 7, 9]})
    >>> read = read_ratings(table, ["q1", "q2"], Scale(0, 10))
    >>> found = identical_runs(Sheets.of(table, read, Scale(0, 10)))
    >>> found[["row", "last_row", "length", "answers"]].to_numpy().tolist()
    [[1, 4, 4, '8 7']]
    """
    n = len(sheets.index)
    pattern = _patterns(sheets)
    channel = np.zeros(n, dtype=np.intp) if sheets.channel is None else pd.factorize(sheets.channel)[0]
    series = np.where(sheets.interviewer >= 0, sheets.interviewer, len(sheets.interviewers) + channel)
    timed = sheets.started is not None and not np.isnat(sheets.started).any()
    time = np.zeros(n) if sheets.started is None or not timed else sheets.started
    order = np.lexsort((np.arange(n), time, series))
    new = np.ones(n, dtype=bool)
    new[1:] = (pattern[order][1:] != pattern[order][:-1]) | (series[order][1:] != series[order][:-1])
    start = np.flatnonzero(new)
    length = np.diff(np.append(start, n))
    some = (sheets.valid > 0)[order][start] & (length >= least)
    start, length = start[some], length[some]
    first, last = order[start], order[start + length - 1]
    others = np.bincount(pattern)[pattern[first]] - length if n else np.zeros(0)
    share = np.minimum((others + 1) / (n - length + 1), 0.999) if n else others
    labels = np.asarray(sheets.index, dtype=object)
    table = pd.DataFrame(
        {
            "row": labels[first],
            "last_row": labels[last],
            "interviewer": sheets.names_of(sheets.interviewer[first]),
            "length": length,
            "answers": [_told(row) for row in sheets.values[first]],
            "straight": is_straight(sheets, 2)[first],
            "p": -np.expm1(-n * (1 - share) * share**length),
        }
    )
    return table.sort_values("p", kind="stable", ignore_index=True)


def _patterns(sheets: Sheets) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Number the different sheets."""
    found: np.ndarray[tuple[int], np.dtype[np.intp]] = np.unique(sheets.answers, axis=0, return_inverse=True)[
        1
    ].reshape(-1)
    return found


def _told(row: Floats) -> str:
    return " ".join("-" if np.isnan(one) else f"{one:g}" for one in row)
