"""Digit preference: ratings that an interviewer's sheets have more often than the others'."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.quality.excess import Excess, profile_excess
from scoring.quality.sheets import Sheets
from scoring.variance import Floats

LEAST = 0.02
"""A rating of fewer of the answers is counted together with its neighbour."""


@dataclass(frozen=True)
class Digits:
    """How the ratings of interviewers are spread over the scale, against those of the others.

    Attributes
    ----------
    found : Excess
        Over all ratings at once.
    df : int
        Dimensions compared.
    low, high : ndarray of int, shape (V,)
        The rating, or ratings counted together, most in excess.
    share, expected : ndarray of float, shape (V,)
        Of the answers, with that rating.
    """

    found: Excess
    df: int
    low: Floats
    high: Floats
    share: Floats
    expected: Floats


def digit_preference(sheets: Sheets) -> pd.DataFrame:
    """Compare the spread of each interviewer's ratings over the scale with that of the others.

    Parameters
    ----------
    sheets : Sheets

    Returns
    -------
    DataFrame
        ``interviewer``, ``n`` (sheets compared), ``statistic`` (quadratic form over its degrees of freedom,
        honest differences taken out), ``df``, ``p``, ``digit`` (text: the rating most in excess; "0-6" for
        several counted together since rare), ``share`` of the answers, ``expected``; the least p first.

    Notes
    -----
    Shares of ratings are counted per sheet, beside those of sheets with the same mean: a high level is no
    preference. Their covariance is that of shuffled sheets, so answers of one respondent that are alike do
    not make it significant; see ``profile_excess``.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> rows = [("甲", 5, 7)] * 6 + [("乙", 6, 6), ("乙", 5, 7), ("乙", 6, 6)] * 2
    >>> rows += [("丙", 6, 6), ("丙", 7, 5)] * 3
    >>> table = pd.DataFrame(rows, columns=["员", "q1", "q2"])
    >>> read = read_ratings(table, ["q1", "q2"], Scale(5, 8))
    >>> found = digit_preference(Sheets.of(table, read, Scale(5, 8), interviewer="员"))
    >>> found[["interviewer", "digit", "share"]].to_numpy().tolist()[0]
    ['甲', '5', 0.5]
    """
    found = digit_excess(sheets)
    digit = [f"{a:g}" if a == b else f"{a:g}-{b:g}" for a, b in zip(found.low, found.high, strict=True)]
    table = pd.DataFrame(
        {
            "interviewer": sheets.interviewers,
            "n": found.found.n,
            "statistic": found.found.z**2,
            "df": found.df,
            "p": found.found.p,
            "digit": pd.Series(digit, dtype=object),
            "share": found.share,
            "expected": found.expected,
        }
    )
    return table.sort_values("p", kind="stable", ignore_index=True)


def digit_excess(sheets: Sheets) -> Digits:
    """Compare, as arrays."""
    values = sheets.values
    ratings = np.arange(sheets.low, sheets.high + 1)
    valid = sheets.valid
    share = np.stack([(values == one).sum(axis=1) for one in ratings], axis=1).astype(np.float64)
    share = np.divide(share, valid[:, None], out=np.full(share.shape, np.nan), where=valid[:, None] > 0)
    group = _grouped(np.nanmean(share, axis=0) if (valid > 0).any() else np.zeros(ratings.size))
    groups = int(group.max(initial=0)) + 1
    feature = share @ np.eye(groups)[group]
    among = (sheets.interviewer, sheets.stratum, len(sheets.interviewers))
    found = profile_excess(_beside_level(feature, sheets.means), *among)
    over = np.where(np.isnan(found.observed), 0.0, found.observed - found.expected)
    plain = profile_excess(feature, *among).observed
    # In standard errors of a share, so that common ratings do not always come first.
    common = (
        np.clip(np.nanmean(feature, axis=0), 1e-9, 1 - 1e-9) if (valid > 0).any() else np.full(groups, 0.5)
    )
    at = (over / np.sqrt(common * (1 - common))).argmax(axis=1)
    first = np.array([ratings[group == one].min() for one in range(groups)], dtype=np.float64)
    last = np.array([ratings[group == one].max() for one in range(groups)], dtype=np.float64)
    rows = np.arange(at.size)
    return Digits(found, groups - 1, first[at], last[at], plain[rows, at], plain[rows, at] - over[rows, at])


def _beside_level(feature: Floats, means: Floats) -> Floats:
    """Take off what sheets of the same mean, to half a point, have: high ratings are no preference."""
    level = np.rint(2 * np.nan_to_num(means))
    result: Floats = feature - pd.DataFrame(feature).groupby(level).transform("mean").to_numpy()
    return result


def _grouped(share: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Number the ratings from the lowest, rare neighbours with one number."""
    group, held, numbers = 0, 0.0, []
    for one in share:
        numbers.append(group)
        held += float(one)
        if held >= LEAST:
            group, held = group + 1, 0.0
    result = np.array(numbers, dtype=np.intp)
    if held > 0 and group > 0:  # what is left at the top joins the last group
        result[result == group] = group - 1
    return np.minimum(result, max(group - 1, 0))
