"""Which ranks the data leave open, for each unit or for all at once.

Source of the sets: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm (2024), "Inference for Ranks with
Applications to Mobility across Neighbourhoods and Academic Achievements across Countries", Review of
Economic Studies 91, 476-518, doi:10.1093/restud/rdad006. Step-down: J. P. Romano and M. Wolf (2005), "Exact
and Approximate Stepdown Methods for Multiple Hypothesis Testing", JASA 100, 94-108.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.rank.checks import Flags, class_rows, estimates, simulation
from scoring.rank.places import ranks
from scoring.rank.sure import claims_of_each, differences, joint_claims, square_claims


def rank_sets(
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
    df: float | npt.ArrayLike | None = None,
    *,
    by: npt.ArrayLike | None = None,
    joint: bool = True,
) -> pd.DataFrame:
    """Confidence sets for ranks; 1 is the best, that is the highest.

    With probability `level`, up to the normal (or Student t) approximation of the estimates, all true ranks
    of a class lie in their sets together; units that are truly tied have all the ranks they share in theirs.
    Unit k adds 1 to the low end of unit j's set if it is surely better, and takes 1 from the high end if it
    is surely worse. What is sure is tested on all studentised differences together; each step leaves out the
    claims already proven and lowers the bar for the others (step-down).

    Parameters
    ----------
    estimate : array_like, shape (p,)
        Finite numbers, higher is better. Differences up to 1e-9 are ties.
    cov : array_like, shape (p, p)
        Covariance matrix of the estimates, in their order. Negative eigenvalues within rounding
        (1e-8 of the correlations) are set to zero.
    level : float
        Confidence, between 0 and 1.
    draws : int
        Normal vectors simulated, at least level / (1 - level).
    seed : int
        Of the simulation, from 0 to 2**128 - 1; the same seed gives the same draws.
    df : None, float or array_like of shape (p, p)
        Degrees of freedom of each difference's variance: one number for all, or a symmetric matrix whose
        diagonal is not read; infinite where the variance is known. None stands for infinite.
    by : array_like, shape (p,), optional
        Class of each unit. Classes are ranked apart: sets hold together within each class, and nothing
        between classes is read of `cov` and `df`.
    joint : bool
        True: the sets of a class hold together, as a published table needs. False: each set holds on its
        own, for the one unit that asks for its rank; narrower, and of many such sets some are wrong.

    Returns
    -------
    DataFrame
        Columns rank (ties share the lowest), low and high, integers; one row a unit, in the given order.

    Raises
    ------
    EstimateError
        `estimate` is empty, not one-dimensional or not finite; `cov` is not of shape (p, p), not finite,
        not symmetric or not positive semidefinite; `level`, `draws` or `seed` out of range; `df` of another
        shape, not symmetric, or not positive for a pair it is needed for; `by` of another length or with a
        gap.

    Notes
    -----
    *Many degrees of freedom* (all pairs 200 or more). The bar is the quantile of the largest studentised
    difference of draws from N(0, cov), over the ordered pairs still open: once "j is better than k" is
    proven that claim leaves, "k is better than j" stays, so that wrong directions count as errors too
    (Mogstad, Romano, Shaikh and Wilhelm 2024, two-sided, as in their R package csranks). At the first step
    this is the quantile of the largest absolute difference. The quantile is the draw with number
    ceil(level (draws + 1)) from below, which keeps the level for any number of draws, and at least 0. Its
    Monte Carlo error is 0.01 to 0.02 standard errors of a difference (10,000 draws, level 0.95): another
    seed may decide otherwise a difference that close to it.

    *Few* (any pair below 200, or a single pair). Holm over all pairs with two-sided Student t p-values, each
    pair with its own degrees of freedom: no draws, the same result always. The claims of the rejected pairs
    go in the direction seen. Holm does not use the correlation between differences, so sets are usually
    wider. That wrong directions are covered too is proven for independent tests (J. P. Shaffer 1980, Annals
    of Statistics 8, 1342-1347) and simulated for differences in `benchmarks/rank_coverage.py`.

    *Each on its own* (joint=False). The same, over the pairs of one unit at a time.

    *Differences without variance* (at most 1e-10 of the sum of the two variances) are not tested but known:
    beyond 1e-9 the better unit is surely better, else neither is.

    The draws do not depend on the order of the units (units are first sorted from best to worst, ties by
    variance), nor on numpy's generators beyond the raw words of Philox.

    Examples
    --------
    >>> import numpy as np
    >>> score = [90.0, 84.0, 83.5, 70.0]
    >>> rank_sets(score, np.diag([0.5, 0.5, 0.5, 0.5]))
       rank  low  high
    0     1    1     1
    1     2    2     3
    2     3    2     3
    3     4    4     4
    >>> shared = 0.49 * np.ones((4, 4)) + 0.01 * np.eye(4)
    >>> rank_sets(score, shared)[["low", "high"]].to_numpy().tolist()
    [[1, 1], [2, 2], [3, 3], [4, 4]]
    >>> rank_sets(score, np.diag([0.5, 0.5, 0.5, 0.5]), by=["city", "town", "town", "city"])
       rank  low  high
    0     1    1     1
    1     1    1     2
    2     2    1     2
    3     2    2     2

    By hand: a difference has a standard error of 1. With six pairs together the bar is Tukey's 2.57; with
    the three pairs of one unit it is Dunnett's 2.35, so a gap of 2.45 is sure for the unit that asks alone.

    >>> rank_sets([92.45, 90, 90, 90], np.diag([0.5] * 4))[["low", "high"]].to_numpy().tolist()
    [[1, 4], [1, 4], [1, 4], [1, 4]]
    >>> rank_sets([92.45, 90, 90, 90], np.diag([0.5] * 4), joint=False).loc[0].tolist()
    [1, 1, 1]
    """
    where = "rank_sets"
    values = estimates(f"{where}: estimate", estimate)
    simulation(where, level, draws, seed)
    ends = np.empty((2, values.size), dtype=np.int64)
    for one in differences(where, values, cov, df, by):
        if joint:
            better = joint_claims(one, level, draws, seed)
            worse = better
        else:
            # Row j holds the claims of unit j: to the right of the diagonal it is the better one.
            apart = claims_of_each(one, level, draws, seed)
            better, worse = np.triu(apart), np.tril(apart).T
        ends[0, one.units] = 1 + worse.sum(axis=0)
        ends[1, one.units] = one.units.size - better.sum(axis=1)
    return pd.DataFrame({"rank": ranks(values, by=by), "low": ends[0], "high": ends[1]})


def open_ranks(sure: npt.ArrayLike, *, by: npt.ArrayLike | None = None) -> pd.DataFrame:
    """Give the ranks that sure differences leave open: the sets of `rank_sets` without a second simulation.

    Parameters
    ----------
    sure : array_like of bool, shape (p, p)
        From `sure_differences`.
    by : array_like, shape (p,), optional
        Class of each unit, as given there.

    Returns
    -------
    DataFrame
        Columns low and high, integers; one row a unit.

    Raises
    ------
    EstimateError
        `sure` is no square matrix of bool; `by` of another length or with a gap.

    Examples
    --------
    >>> sure = np.array([[False, True, True], [False, False, False], [False, False, False]])
    >>> open_ranks(sure)
       low  high
    0    1     1
    1    2     3
    2    2     3
    """
    claims = square_claims("open_ranks", sure)
    return pd.DataFrame(
        {"low": 1 + claims.sum(axis=0), "high": _sizes("open_ranks", by, len(claims)) - claims.sum(axis=1)}
    )


def could_be_top(sets: pd.DataFrame, places: int, *, by: npt.ArrayLike | None = None) -> Flags:
    """Tell which units could be among the first `places` of their class: their set reaches there.

    Of joint sets, all units that truly are among them are told, with the sets' confidence, for all numbers
    of places and both ends at once. It is the tau-best set of Mogstad et al. (2024), and equals csranks'
    `cstaubest`: the low ends of joint sets rest on the same one-sided claims.

    Parameters
    ----------
    sets : DataFrame
        With columns low and high, of `rank_sets` or `open_ranks`.
    places : int
        From 1 to the units of the smallest class.
    by : array_like, shape (p,), optional
        Class of each unit, as given there.

    Returns
    -------
    ndarray of bool, shape (p,)

    Raises
    ------
    EstimateError
        A class has fewer units than `places`, or `places` is below 1; `by` of another length or with a gap.

    Examples
    --------
    >>> sets = pd.DataFrame({"low": [1, 2, 2, 4], "high": [1, 3, 3, 4]})
    >>> could_be_top(sets, 2).tolist()
    [True, True, True, False]
    >>> could_be_bottom(sets, 2).tolist()
    [False, True, True, True]
    """
    _check_places("could_be_top", places, by, len(sets))
    result: Flags = sets["low"].to_numpy() <= places
    return result


def could_be_bottom(sets: pd.DataFrame, places: int, *, by: npt.ArrayLike | None = None) -> Flags:
    """Tell which units could be among the last `places` of their class: their set reaches there.

    As `could_be_top`, from the other end: csranks' `cstauworst`.

    Parameters
    ----------
    sets, places, by
        As in `could_be_top`.

    Returns
    -------
    ndarray of bool, shape (p,)

    Raises
    ------
    EstimateError
        As `could_be_top`.

    Examples
    --------
    >>> sets = pd.DataFrame({"low": [1, 1, 1, 1], "high": [1, 2, 2, 1]})
    >>> could_be_bottom(sets, 1, by=["a", "b", "b", "a"]).tolist()
    [False, True, True, False]
    """
    size = _check_places("could_be_bottom", places, by, len(sets))
    result: Flags = sets["high"].to_numpy() > size - places
    return result


def _sizes(where: str, by: npt.ArrayLike | None, units: int) -> npt.NDArray[np.int64]:
    """Give the number of units in each unit's class: (p,)."""
    result = np.empty(units, dtype=np.int64)
    for here in class_rows(where, by, units):
        result[here] = here.size
    return result


def _check_places(where: str, places: int, by: npt.ArrayLike | None, units: int) -> npt.NDArray[np.int64]:
    size = _sizes(where, by, units)
    if not 1 <= places <= size.min(initial=units):
        raise EstimateError("places_out_of_class", where=where, places=places, units=size.min(initial=units))
    return size
