"""Confidence limits of estimates, and of shares."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit, stdtrit

from scoring.variance import Floats


def interval(estimate: Floats, se: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    """Give confidence limits by Student's t; infinite degrees of freedom give the normal's, none no limit.

    >>> low, high = interval(np.array([10.0]), np.array([1.0]), np.array([np.inf]), 0.95)
    >>> round(float(high[0]), 3)
    11.96
    """
    quantile = np.where(df > 0, stdtrit(np.clip(df, 1e-3, 1e10), 0.5 + level / 2), np.inf)
    reach = np.where(se > 0, quantile, 0.0) * se
    return estimate - reach, estimate + reach


def logit_interval(estimate: Floats, se: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    """Give confidence limits of shares that stay between 0 and 1.

    Parameters
    ----------
    estimate, se, df : ndarray of float, one shape
        Shares, their errors, and degrees of freedom (infinite ones give the normal's limits).
    level : float
        Confidence level.

    Returns
    -------
    low, high : ndarray of float
        An estimate without error is its own limit, so is one of 0 or 1.

    Notes
    -----
    Student's t on the log odds, whose error is se / (p (1 - p)), and back: R's
    ``svyciprop(method = "logit")`` (Korn and Graubard 1999).

    Examples
    --------
    Log odds of 0.1 are -2.197, their error 0.04 / 0.09 = 0.444: -3.068 and -1.326 with the normal's 1.96.
    The plain interval is 0.022 to 0.178.

    >>> low, high = logit_interval(np.array([0.1]), np.array([0.04]), np.array([np.inf]), 0.95)
    >>> print(low.round(3), high.round(3))
    [0.044] [0.21]
    """
    inside = (estimate > 0) & (estimate < 1)
    share = np.where(inside, estimate, 0.5)
    low, high = interval(logit(share), np.where(inside, se, 0.0) / (share * (1 - share)), df, level)
    return np.where(inside, expit(low), estimate), np.where(inside, expit(high), estimate)
