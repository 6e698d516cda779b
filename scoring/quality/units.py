"""Jumps in best ratings, and no 不了解 at all, of an evaluatee, a town, a list against the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from scoring.errors import AnswerError
from scoring.quality.excess import excess
from scoring.quality.sheets import Sheets
from scoring.ratings.read import State
from scoring.variance import Floats


def unit_answers(
    sheets: Sheets, units: pd.Series | Sequence[Any] | np.ndarray[Any, Any], level: float = 0.05
) -> pd.DataFrame:
    """Compare units' shares of best ratings and of 不了解 with those of the others in their strata.

    Far more best ratings than the others', or nobody at all who does not know, may be coaching; it may be
    a good town as well.

    Parameters
    ----------
    sheets : Sheets
        Its stratum is what units are compared within; none where the units are the strata themselves.
    units : Series, array or list of length n
        The unit of each sheet; missing ones are left out.
    level : float
        The chance that any of the units is flagged for one of the two without cause.

    Returns
    -------
    DataFrame
        ``unit``, ``n`` (sheets compared), ``top_share`` (mean over sheets of the share of best ratings),
        ``top_expected``, ``top_z``, ``top_p``, ``dont_know`` (answers), ``dont_know_share`` (of
        the sheets, with any), ``dont_know_expected``, ``dont_know_p``, ``flagged_top``,
        ``flagged_dont_know`` (Holm over the units); the least p first.

    Raises
    ------
    AnswerError
        The units are not one for each sheet; the level is not between 0 and 1.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> random = np.random.default_rng(5)
    >>> table = pd.DataFrame(random.integers(6, 11, (300, 4)), columns=list("abcd"))
    >>> towns = np.repeat([f"镇{at}" for at in range(10)], 30)
    >>> table.loc[towns == "镇3", "a":"c"] = 10
    >>> sheets = Sheets.of(table, read_ratings(table, list("abcd"), Scale(0, 10)), Scale(0, 10))
    >>> unit_answers(sheets, towns)[["unit", "flagged_top", "flagged_dont_know"]].to_numpy().tolist()[:2]
    [['镇3', True, False], ['镇9', False, False]]
    """
    if len(units) != len(sheets.index):
        rows = len(sheets.index)
        raise AnswerError("quality_units", where="unit_answers", rows=rows, found=len(units))
    if not 0 < level < 1:
        told = {"name": "level", "must": "between 0 and 1", "chinese": "在 0 与 1 之间", "value": level}
        raise AnswerError("quality_number", where="unit_answers", **told)
    code, names = pd.factorize(np.asarray(units, dtype=object), sort=True)
    code = code.astype(np.intp)
    size = len(names)
    share = top_share(sheets)
    top = excess(share, code, sheets.stratum, size, "high", "part")
    unknown = sheets.state == State.DONT_KNOW
    asked = (sheets.state != State.NOT_ASKED).any(axis=1)
    feature = np.where(asked, unknown.any(axis=1), np.nan).astype(np.float64)
    known = excess(feature, code, sheets.stratum, size, "low", "share")
    known_p = known.p if unknown.any() else np.where(np.isnan(known.p), np.nan, 1.0)
    count = np.bincount(code[code >= 0], unknown.sum(axis=1)[code >= 0], size).astype(np.intp)
    table = pd.DataFrame(
        {
            "unit": names,
            "n": top.n,
            "top_share": top.observed,
            "top_expected": top.expected,
            "top_z": top.z,
            "top_p": top.p,
            "dont_know": count,
            "dont_know_share": known.observed,
            "dont_know_expected": np.maximum(known.expected, 0.0),
            "dont_know_p": known_p,
            "flagged_top": _holm_flags(top.p, level / 2),
            "flagged_dont_know": _holm_flags(known_p, level / 2),
        }
    )
    least = table[["top_p", "dont_know_p"]].min(axis=1)
    return table.iloc[np.argsort(least.fillna(2.0).to_numpy(), kind="stable")].reset_index(drop=True)


def top_share(sheets: Sheets) -> Floats:
    """Give the share of best ratings among the valid answers of each sheet, NaN without any."""
    valid = sheets.valid
    best = (sheets.values == sheets.best).sum(axis=1)
    result: Floats = np.divide(best, valid, out=np.full(valid.size, np.nan), where=valid > 0)
    return result


def holm(p: Floats) -> Floats:
    """Adjust p-values by Holm's rule; NaN stays and does not count.

    Examples
    --------
    >>> holm(np.array([0.02, np.nan, 0.01, 0.5])).tolist()
    [0.04, nan, 0.03, 0.5]
    """
    told = np.flatnonzero(~np.isnan(p))
    order = told[np.argsort(p[told], kind="stable")]
    result = np.full(p.size, np.nan)
    result[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(order.size, 0, -1)), 1.0)
    return result


def _holm_flags(p: Floats, level: float) -> np.ndarray[Any, Any]:
    adjusted = holm(p)
    return np.where(np.isnan(adjusted), False, adjusted <= level).astype(bool)
