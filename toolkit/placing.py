"""From scores and their covariance to places, class by class."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.estimate import interval
from scoring.rank import rank_sets, ranks
from toolkit.scheme import Scheme

Floats = NDArray[np.float64]


def published(values: Floats, decimals: int) -> Floats:
    """Round half up, as 四舍五入 does by hand: what binary sums lack of a half, below 1e-9, is made up.

    >>> published(np.array([2.675, 0.65 * 56.8 + 0.05 * 79.1 + 0.2 * 93.3 + 0.1 * 91]), 2).tolist()
    [2.68, 68.64]
    """
    step = Decimal(1).scaleb(-decimals)
    return np.array(
        [
            float(Decimal(repr(round(v, 9))).quantize(step, ROUND_HALF_UP)) if np.isfinite(v) else v
            for v in values.tolist()
        ]
    )


def placed(scheme: Scheme, estimate: Floats, cov: Floats, df: Floats, pair_df: Floats) -> pd.DataFrame:
    """Give every evaluatee its published score, interval, place and rank set.

    Parameters
    ----------
    scheme : Scheme
    estimate : ndarray of float, shape (E,)
        Unrounded scores, in the scheme's order.
    cov : ndarray of float, shape (E, E)
    df : ndarray of float, shape (E,)
    pair_df : ndarray of float, shape (E, E)

    Returns
    -------
    DataFrame
        ``class``, ``evaluatee``, ``score``, ``estimate``, ``se``, ``low``, ``high``, ``df``, ``rank``,
        ``rank_low``, ``rank_high``.
    """
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
    low, high = interval(estimate, se, df, scheme.level)
    rank = place_of(scheme, estimate)
    sets = np.empty((len(estimate), 2), dtype=np.int64)
    for here in class_rows(scheme):
        block = np.ix_(here, here)
        found = rank_sets(estimate[here], cov[block], level=scheme.level, df=pair_df[block])
        sets[here, 0] = np.minimum(found["low"], rank[here])
        sets[here, 1] = np.maximum(found["high"], rank[here])
    return pd.DataFrame(
        {
            "class": [each.id for each in scheme.classes for _ in each.evaluatees],
            "evaluatee": list(scheme.evaluatees),
            "score": published(estimate, scheme.ranking.decimals),
            "estimate": estimate,
            "se": se,
            "low": low,
            "high": high,
            "df": df,
            "rank": rank,
            "rank_low": sets[:, 0],
            "rank_high": sets[:, 1],
        }
    )


def place_of(scheme: Scheme, estimate: Floats) -> NDArray[np.int64]:
    """Give every evaluatee's place in its class, by unrounded or published scores as the scheme says."""
    by = published(estimate, scheme.ranking.decimals) if scheme.ranking.rank_on == "published" else estimate
    result = np.empty(len(estimate), dtype=np.int64)
    for here in class_rows(scheme):
        result[here] = ranks(by[here], ties=scheme.ranking.ties)
    return result


def class_rows(scheme: Scheme) -> list[NDArray[np.intp]]:
    """Give the positions of each class among all evaluatees."""
    ends = np.cumsum([0, *(len(each.evaluatees) for each in scheme.classes)])
    return [np.arange(a, b) for a, b in zip(ends[:-1], ends[1:], strict=True)]
