"""By how much a score moves when sheets that are like the others are left out."""

from __future__ import annotations

import numpy as np

from scoring.errors import EstimateError
from scoring.variance import Floats


def drop_error(points: Floats, weights: Floats, dropped: int) -> float:
    """Give the standard deviation of the change of a score when sheets drawn at random are left out.

    The yardstick for leaving out chosen sheets: a change of many times this is not what leaving out any as
    many would bring. It says nothing of why they differ.

    Parameters
    ----------
    points : ndarray of float, shape (n, K)
        What each sheet gives on each indicator; NaN where it gives nothing. A score is the mean over the
        indicators of the weighted means over their valid answers.
    weights : ndarray of float, shape (n,)
        Of the sheets; they stay as they are.
    dropped : int
        How many of the n.

    Returns
    -------
    float

    Raises
    ------
    EstimateError
        Not at least one sheet is left out, or not at least two are left.

    Notes
    -----
    With ``u_i = 1/K sum_k w_i o_ik (p_ik - mean_k) / sum_j w_j o_jk`` (o: valid), of sum 0, leaving out a
    simple random part R of m changes the score by about ``-n/(n - m) sum_R u_i``, whose variance is
    ``n m / (n - m) S²`` with ``S² = sum u_i² / (n - 1)``. Exact for one indicator, equal weights and no
    missing answers; otherwise the linear approximation.

    Examples
    --------
    Sheets 60, 80 and 100, one of them left out: the mean moves by 10, 0 or -10.

    >>> round(drop_error(np.array([[60.0], [80.0], [100.0]]), np.ones(3), 1), 4), round((200 / 3) ** 0.5, 4)
    (8.165, 8.165)
    """
    n = len(points)
    if not (0 < dropped <= n - 2):
        raise EstimateError("dropped_sheets", where="drop_error", dropped=dropped, sheets=n)
    valid = ~np.isnan(points)
    mass = np.where(valid, weights[:, None], 0.0)
    share = mass / mass.sum(axis=0)
    given = np.where(valid, points, 0.0)
    moves = (share * (given - (share * given).sum(axis=0))).mean(axis=1)
    return float(np.sqrt(n * dropped / (n - dropped) * (moves @ moves) / (n - 1)))
