"""Gaps between modes and channels."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.quality.sheets import Sheets
from scoring.variance import Floats


def mode_gaps(sheets: Sheets, by: Literal["mode", "channel"] = "mode") -> pd.DataFrame:
    """Compare the scores that modes, or channels, bring within strata.

    Parameters
    ----------
    sheets : Sheets
        Its stratum is what is held equal: the evaluatee, the town.
    by : "mode" or "channel"

    Returns
    -------
    DataFrame
        A row for each pair: ``first``, ``second``, ``n_first``, ``n_second`` (sheets in strata with both),
        ``interviewers``, ``difference`` (first less second, points of 100, best up), ``se``, ``df``, ``p``,
        ``deff``.
        NaN where no stratum has both.

    Raises
    ------
    AnswerError
        No mode is told.

    Notes
    -----
    The slope of sheets' means on the mode, strata's means taken off both; its variance sums the residuals
    of each interviewer first (a sandwich, times V / (V - 1)), with V - 1 degrees of freedom, a sheet without
    an interviewer counting as its own. ``deff`` compares it with the variance were all sheets independent.
    The people whom a mode reaches may differ: a gap need not come from how the question was put.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> rows = [("面访", 9), ("面访", 7), ("网络", 6), ("网络", 6)]
    >>> table = pd.DataFrame(rows, columns=["方式", "q1"])
    >>> read = read_ratings(table, "q1", Scale(0, 10))
    >>> found = mode_gaps(Sheets.of(table, read, Scale(0, 10), mode="方式"))
    >>> found[["first", "second", "difference"]].to_numpy().tolist()
    [['网络', '面访', -20.0]]
    """
    column = sheets.mode if by == "mode" else sheets.channel
    sheets.needs("mode_gaps", **{by: column})
    assert column is not None
    score = 100 * (sheets.means - sheets.low) / (sheets.high - sheets.low)
    score = score if sheets.best == sheets.high else 100 - score
    names = sorted(one for one in set(column.tolist()) if one)
    rows = []
    for first, second in combinations(names, 2):
        used = np.isfinite(score) & ((column == first) | (column == second))
        cluster = np.where(
            sheets.interviewer >= 0, sheets.interviewer, len(sheets.interviewers) + np.arange(used.size)
        )
        gap = _gap(score[used], (column == first)[used], sheets.stratum[used], cluster[used])
        rows.append({"first": first, "second": second, **gap})
    columns = ["n_first", "n_second", "interviewers", "difference", "se", "df", "p", "deff"]
    return pd.DataFrame(rows, columns=["first", "second", *columns])


def _gap(
    score: Floats, first: NDArray[np.bool_], stratum: NDArray[np.intp], cluster: NDArray[np.intp]
) -> dict[str, float]:
    from scipy.special import stdtr

    size = np.bincount(stratum)
    ones = np.bincount(stratum, first)
    both = ((ones > 0) & (ones < size))[stratum]
    score, first, stratum, cluster = score[both], first[both], stratum[both], cluster[both]
    interviewers = np.unique(cluster).size
    told = {"n_first": int(first.sum()), "n_second": int((~first).sum()), "interviewers": interviewers}
    names = ("difference", "se", "df", "p", "deff")
    if not first.any():
        return told | dict.fromkeys(names, np.nan)
    x, y = _within(first.astype(np.float64), stratum), _within(score, stratum)
    square = float(x @ x)
    slope = float(x @ y) / square
    rest = y - slope * x
    sums = np.bincount(np.unique(cluster, return_inverse=True)[1], x * rest)
    df = interviewers - 1
    if df < 1:
        return told | dict(zip(names, (slope, np.nan, 0, np.nan, np.nan), strict=True))
    variance = float(sums @ sums) / square**2 * interviewers / df
    free = score.size - np.unique(stratum).size - 1
    plain = float(rest @ rest) / free / square if free > 0 else np.nan
    se = float(np.sqrt(variance))
    p = 2 * float(stdtr(df, -abs(slope) / se)) if se > 0 else np.nan
    return told | dict(zip(names, (slope, se, df, p, variance / plain if plain > 0 else np.nan), strict=True))


def _within(values: Floats, stratum: NDArray[np.intp]) -> Floats:
    size = np.maximum(np.bincount(stratum), 1)
    result: Floats = values - (np.bincount(stratum, values) / size)[stratum]
    return result
