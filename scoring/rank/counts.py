"""Rank sets of shares that add up to one: who is named how often.

Source: S. Bazylik, M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm (2021), "Finite- and Large-Sample
Inference for Ranks using Multinomial Data with an Application to Ranking Political Parties", NBER Working
Paper 29519, doi:10.3386/w29519.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.rank.checks import confidence, estimates
from scoring.rank.places import ranks
from scoring.rank.simultaneous import holm


def rank_sets_of_counts(counts: npt.ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Joint confidence sets for the ranks of answers of which each respondent names one; exact in any sample.

    For the complaint named most often, say. "j is named more often than k" is tested on those who named one
    of the two: were both alike, j's count among them would be binomial with one half. Holm (1979) over all
    ordered pairs. It stands for a simple random sample with replacement, every answer counting once; where
    answers have weights, use `share` and `rank_sets`.

    Parameters
    ----------
    counts : array_like, shape (p,)
        How often each answer was named; whole, not negative, not all 0.
    level : float
        Joint confidence, between 0 and 1.

    Returns
    -------
    DataFrame
        Columns rank (1 is named most often; ties share the lowest), low and high, integers; one row an
        answer, in the given order.

    Raises
    ------
    EstimateError
        Counts empty, negative, not whole or all 0; `level` out of range.

    Examples
    --------
    By hand: 9 against 1 has the probability (10 + 1) / 2^10 = 0.0107, under 0.05 / 2, the bar for the first
    of two ordered pairs; 8 against 2 has (45 + 10 + 1) / 2^10 = 0.0547.

    >>> rank_sets_of_counts([9, 1])[["low", "high"]].to_numpy().tolist()
    [[1, 1], [2, 2]]
    >>> rank_sets_of_counts([8, 2])[["low", "high"]].to_numpy().tolist()
    [[1, 2], [1, 2]]
    """
    from scipy.special import betainc

    where = "rank_sets_of_counts"
    named = estimates(f"{where}: counts", counts)
    wrong = np.flatnonzero((named < 0) | (named != np.floor(named)))
    if wrong.size:
        raise EstimateError("not_a_count", where=where, value=named[wrong[0]], position=wrong[0])
    if not named.any():
        raise EstimateError("nothing_counted", where=where)
    confidence(where, level)
    of_both = named[:, None] + named[None, :]
    # P(X >= c) of a binomial (n, 1/2) is the incomplete beta integral of (c, n - c + 1); at c = 0 it is 1.
    at_least = np.maximum(named[:, None], 1.0)
    p_values = np.where(named[:, None] > 0, betainc(at_least, of_both - at_least + 1.0, 0.5), 1.0)
    pairs = ~np.eye(named.size, dtype=np.bool_)
    better = np.zeros_like(pairs)
    better[pairs] = holm(p_values[pairs], level)
    return pd.DataFrame(
        {
            "rank": ranks(named),
            "low": 1 + better.sum(axis=0),
            "high": named.size - better.sum(axis=1),
        }
    )
