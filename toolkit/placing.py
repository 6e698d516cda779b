"""From scores and their covariance to places, class by class."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.interval import interval
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


def placed(
    scheme: Scheme, estimate: Floats, cov: Floats, df: Floats, pair_df: Floats, groups: pd.DataFrame
) -> pd.DataFrame:
    """Give every evaluatee its published score, interval, place and rank set.

    Parameters
    ----------
    scheme : Scheme
    estimate : ndarray of float, shape (E,)
        Unrounded scores, in the scheme's order.
    cov : ndarray of float, shape (E, E)
    df : ndarray of float, shape (E,)
    pair_df : ndarray of float, shape (E, E)
    groups : DataFrame, E rows
        Each group's scores, a column called by its id.

    Returns
    -------
    DataFrame
        ``class``, ``evaluatee``, ``score``, ``estimate``, ``se``, ``low``, ``high``, ``df``, ``rank``,
        ``rank_low``, ``rank_high``, then the groups' scores.
    """
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
    low, high = interval(estimate, se, df, scheme.level)
    rank, of = place_of(scheme, estimate, groups), classes_of(scheme)
    sets = rank_sets(estimate, cov, level=scheme.level, df=pair_df, by=of)
    return pd.DataFrame(
        {
            "class": of,
            "evaluatee": list(scheme.evaluatees),
            "score": published(estimate, scheme.ranking.decimals),
            "estimate": estimate,
            "se": se,
            "low": low,
            "high": high,
            "df": df,
            "rank": rank,
            "rank_low": np.minimum(sets["low"], rank),
            "rank_high": np.maximum(sets["high"], rank),
            **{name: groups[name].to_numpy() for name in groups},
        }
    )


def after_ranking(scheme: Scheme, table: pd.DataFrame, estimate: Floats, cov: Floats) -> pd.DataFrame:
    """Give the table with the scores after the events that do not change places."""
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
    low, high = interval(estimate, se, table["df"].to_numpy(dtype=np.float64), scheme.level)
    shown = published(estimate, scheme.ranking.decimals)
    return table.assign(score=shown, estimate=estimate, se=se, low=low, high=high)


def place_of(scheme: Scheme, estimate: Floats, groups: pd.DataFrame) -> NDArray[np.int64]:
    """Give every evaluatee's place in its class, by unrounded or published scores as the scheme says.

    Raises
    ------
    EstimateError
        Equal scores are to be told apart, and the groups' scores are equal too.
    """
    rule = scheme.ranking

    def compared(values: Floats) -> Floats:
        return published(values, rule.decimals) if rule.rank_on == "published" else values

    breakers = [compared(groups[name].to_numpy(dtype=np.float64)) for name in rule.break_by]
    of, names = classes_of(scheme), scheme.evaluatees
    return ranks(compared(estimate), ties=rule.ties, by=of, break_by=breakers, names=names)


def classes_of(scheme: Scheme) -> NDArray[np.str_]:
    """Give the class of every evaluatee."""
    return np.array([each.id for each in scheme.classes for _ in each.evaluatees])


def class_rows(scheme: Scheme) -> list[NDArray[np.intp]]:
    """Give the positions of each class among all evaluatees."""
    ends = np.cumsum([0, *(len(each.evaluatees) for each in scheme.classes)])
    return [np.arange(a, b) for a, b in zip(ends[:-1], ends[1:], strict=True)]
