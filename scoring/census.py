"""The error of a census: nothing was sampled, but answers may be missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.domains import Domains
from scoring.errors import EstimateError
from scoring.variance import Floats


def census_covariance(
    values: Floats,
    valid: NDArray[np.bool_],
    due: NDArray[np.bool_],
    respondents: NDArray[np.intp],
    domains: Domains,
    rate: Floats,
) -> Floats:
    """Give the covariance that missing answers leave in the means of a census.

    The mean of item k over those who answer misses the mean over those due by ``sum_i a_ik y_ik``
    with ``a_ik = answers_ik / r_k - due_ik / N_k``. Taking answers as missing at random among those
    due, two items' misses have covariance ``S_kl sum_i a_ik a_il``; where everyone is due this is
    ``S_kl (r_kl / (r_k r_l) - 1 / N)``. S is the covariance of the ratings, from deviations that are
    0 where there is no answer, over ``sqrt((r_k - 1)(r_l - 1))``; so the result is never indefinite.
    Answers of 不了解 are not due.

    Parameters
    ----------
    values : ndarray of float, shape (n, K, G)
        What each answer brings to each of G quantities.
    valid, due : ndarray of bool, shape (n, K)
        Answers that are there, and that are due.
    respondents : ndarray of int, shape (n,)
    domains : Domains
        Evaluatees of the rows, D of them.
    rate : ndarray of float, shape (D, K)
        What a mean counts in the score.

    Returns
    -------
    ndarray of float, shape (D G, D G)

    Examples
    --------
    Three members, one blank: S = 2, r = 2, N = 3; the variance is 2 (1/2 - 1/3) = 1/3.

    >>> import pandas as pd
    >>> from scoring.domains import domains_of
    >>> domains = domains_of(pd.DataFrame({"evaluatee": ["A"] * 3}), "evaluatee")
    >>> ratings = np.array([6.0, 8.0, np.nan]).reshape(3, 1, 1)
    >>> valid, due = np.array([[True], [True], [False]]), np.ones((3, 1), bool)
    >>> census_covariance(ratings, valid, due, np.arange(3), domains, np.ones((1, 1))).round(4)
    array([[0.3333]])
    """
    size, width, quantities = len(domains.labels), values.shape[1], values.shape[2]
    missing = due & ~valid
    result = np.zeros((size * quantities, size * quantities))
    if not missing.any():
        return result
    members = int(respondents.max()) + 1
    wide = np.zeros((members, size, width, quantities))
    seen, asked = np.zeros((members, size, width)), np.zeros((members, size, width))
    wide[respondents, domains.codes] = np.where((valid & due)[:, :, None], values, 0.0)
    seen[respondents, domains.codes] = valid & due
    asked[respondents, domains.codes] = due
    # Items that nobody leaves blank miss nothing.
    items = np.argwhere((asked > seen).any(axis=0))
    at, k = items.T
    answered, expected = seen[:, at, k], asked[:, at, k]
    r, n = answered.sum(axis=0), expected.sum(axis=0)
    if (r < 2).any():
        evaluatee = " / ".join(map(str, domains.labels.iloc[int(at[np.flatnonzero(r < 2)[0]])]))
        raise EstimateError("too_few_answers", where="census", evaluatee=evaluatee)
    y = wide[:, at, k]
    deviation = (y - y.sum(axis=0) / r[:, None]) * answered[:, :, None] / np.sqrt(r - 1)[:, None]
    missed = answered / r - expected / n
    together = missed.T @ missed
    load = np.zeros((len(items), size))
    load[np.arange(len(items)), at] = rate[at, k]
    blocks = result.reshape(size, quantities, size, quantities)
    for g in range(quantities):
        for h in range(quantities):
            blocks[:, g, :, h] = load.T @ ((deviation[:, :, g].T @ deviation[:, :, h]) * together) @ load
    return result
