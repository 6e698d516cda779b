"""Sheets with one answer to everything."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.quality.sheets import Sheets
from scoring.variance import Floats


def straight_lining(sheets: Sheets, least_items: int = 3) -> pd.DataFrame:
    """Tell how even the answers of each sheet are.

    Honest people straight-line often on scales of satisfaction: one sheet proves nothing. What counts is an
    interviewer's excess over the others of the stratum (``interviewer_list``).

    Parameters
    ----------
    sheets : Sheets
    least_items : int
        Valid answers a sheet needs to be called straight.

    Returns
    -------
    DataFrame
        A row for each sheet: ``valid`` answers, ``longstring`` (the longest run of equal valid answers, in
        the order of the questions; a missing one breaks it), ``irv`` (standard deviation of the valid
        answers, n - 1; NaN below two), ``mean``, ``straight`` (all equal), ``top`` (all the best).

    Notes
    -----
    Longstring: Johnson (2005). IRV: Dunn, Heggestad, Shanock and Theilgard (2018).

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> table = pd.DataFrame([[9, 9, 9, 9], [10, 10, 10, "不了解"], [7, 9, 9, 8]], columns=list("abcd"))
    >>> sheets = Sheets.of(table, read_ratings(table, list("abcd"), Scale(0, 10)), Scale(0, 10))
    >>> straight_lining(sheets)[["valid", "longstring", "straight", "top"]].to_numpy().tolist()
    [[4, 4, True, False], [3, 3, True, True], [4, 2, False, False]]
    """
    values, valid = sheets.values, sheets.valid
    straight = is_straight(sheets, least_items)
    return pd.DataFrame(
        {
            "valid": valid,
            "longstring": _longest(values),
            "irv": response_spread(values),
            "mean": sheets.means,
            "straight": straight,
            "top": straight & (sheets.means == sheets.best),
        },
        index=sheets.index,
    )


def is_straight(sheets: Sheets, least_items: int) -> NDArray[np.bool_]:
    """Tell which sheets have as many valid answers, all equal."""
    high = np.where(np.isnan(sheets.values), -np.inf, sheets.values).max(axis=1, initial=-np.inf)
    low = np.where(np.isnan(sheets.values), np.inf, sheets.values).min(axis=1, initial=np.inf)
    result: NDArray[np.bool_] = (sheets.valid >= max(least_items, 1)) & (high == low)
    return result


def response_spread(values: Floats) -> Floats:
    """Give the standard deviation (n - 1) of the valid answers of each row, NaN below two.

    Examples
    --------
    >>> response_spread(np.array([[1.0, 3.0, np.nan], [2.0, np.nan, np.nan]])).round(3).tolist()
    [1.414, nan]
    """
    valid = ~np.isnan(values)
    count = valid.sum(axis=1)
    enough = count > 1
    mean = np.divide(np.nansum(values, axis=1), count, out=np.zeros(count.size), where=enough)
    squares = np.where(valid, values - mean[:, None], 0.0) ** 2
    result: Floats = np.divide(squares.sum(axis=1), count - 1, out=np.full(count.size, np.nan), where=enough)
    return np.sqrt(result)


def _longest(values: Floats) -> NDArray[np.intp]:
    """Give the longest run of equal valid answers, a step of a question at a time."""
    longest = np.zeros(len(values), dtype=np.intp)
    run = np.zeros(len(values), dtype=np.intp)
    for k in range(values.shape[1]):
        equal = values[:, k] == values[:, k - 1] if k else np.zeros(len(values), dtype=bool)
        run = np.where(np.isnan(values[:, k]), 0, np.where(equal, run + 1, 1))
        longest = np.maximum(longest, run)
    return longest
