"""Ranks, and how sure they are.

`ranks` orders estimates; `rank_sets` says which ranks the data leave open, for all units at once.

Source of the sets: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm (2024), "Inference for Ranks with
Applications to Mobility across Neighbourhoods and Academic Achievements across Countries", Review of
Economic Studies 91, 476-518, doi:10.1093/restud/rdad006. Step-down: J. P. Romano and M. Wolf (2005), "Exact
and Approximate Stepdown Methods for Multiple Hypothesis Testing", JASA 100, 94-108.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.simultaneous import PIVOT, holm, nth_draw, step_down

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ranks = npt.NDArray[np.int64]

TIE: Final = 1e-9
"""Estimates this near to each other are tied."""

FEW_DF: Final = 200
"""Below this many degrees of freedom, of any pair, sets come from Holm with Student t, not from normal draws.

Many pairs need extreme quantiles, where Student t falls much more slowly than the normal. At the two-sided
5e-5 that a thousand pairs need, the normal's critical value is exceeded 2.9 times too often with 60 degrees
of freedom, still 1.4 times with 200.
"""

ZERO_VARIANCE: Final = 1e-10
"""A difference has no variance if this is at most so large a share of its two variances' sum."""

ASYMMETRY: Final = 1e-8
"""The largest difference between a matrix and its transpose, as a share, that passes for rounding."""

NEGATIVE: Final = 1e-8
"""The largest negative eigenvalue of cov, scaled to correlations, that passes for rounding."""


def _min(estimate: Floats, tolerance: float) -> Ranks:
    """1 + the number of units greater by more than the tolerance."""
    ascending = np.sort(estimate)
    greater = estimate.size - np.searchsorted(ascending, estimate + tolerance, side="right")
    return greater.astype(np.int64) + 1


def _dense(estimate: Floats, tolerance: float) -> Ranks:
    """1 + the number of different "min" ranks before the unit's own."""
    _, place = np.unique(_min(estimate, tolerance), return_inverse=True)
    return place.reshape(-1).astype(np.int64) + 1


TIES: Final[dict[str, Callable[[Floats, float], Ranks]]] = {"min": _min, "dense": _dense}
"""Tie rules: (estimate (p,), tolerance) to ranks (p,)."""


def ranks(estimate: npt.ArrayLike, ties: Literal["min", "dense"] = "min", tolerance: float = TIE) -> Ranks:
    """Rank estimates; 1 is the best, that is the highest.

    Parameters
    ----------
    estimate : array_like, shape (p,)
        Finite numbers, higher is better.
    ties : {"min", "dense"}
        "min": 1 + the number of units greater by more than `tolerance` (1, 1, 3).
        "dense": 1 + the number of different "min" ranks before the unit's own (1, 1, 2).
        Neither depends on the order of the units. In a chain, where each is within the tolerance of the
        next but the ends are not, every unit is compared with every other, so the ends are not tied.
    tolerance : float
        Not negative; a difference up to it is a tie.

    Returns
    -------
    ndarray of int, shape (p,)

    Raises
    ------
    EstimateError
        `estimate` is empty, not one-dimensional or not finite; unknown `ties`; `tolerance` negative.

    Examples
    --------
    >>> ranks([88.1, 84.2, 84.2, 79.9]).tolist()
    [1, 2, 2, 4]
    >>> ranks([88.1, 84.2, 84.2, 79.9], ties="dense").tolist()
    [1, 2, 2, 3]
    """
    values = _estimates("ranks", estimate)
    if ties not in TIES:
        raise EstimateError("unknown_ties", where="ranks: ties", known=", ".join(TIES), value=ties)
    if not 0.0 <= tolerance < math.inf:
        raise EstimateError("bad_tolerance", where="ranks: tolerance", value=tolerance)
    return TIES[ties](values, float(tolerance))


def rank_sets(
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
    df: float | npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Joint confidence sets for all ranks; 1 is the best, that is the highest.

    With probability `level`, up to the normal (or Student t) approximation of the estimates, all true ranks
    lie in their sets together; units that are truly tied have all the ranks they share in theirs. Unit k
    adds 1 to the low end of unit j's set if it is surely better, and takes 1 from the high end if it is
    surely worse. What is sure is tested on all studentised differences together; each step leaves out the
    claims already proven and lowers the bar for the others (step-down).

    Parameters
    ----------
    estimate : array_like, shape (p,)
        Finite numbers, higher is better. Differences up to 1e-9 are ties.
    cov : array_like, shape (p, p)
        Covariance matrix of the estimates, in their order. Negative eigenvalues within rounding
        (`NEGATIVE`) are set to zero.
    level : float
        Joint confidence, between 0 and 1.
    draws : int
        Normal vectors simulated, at least level / (1 - level).
    seed : int
        Of the simulation, from 0 to 2**128 - 1; the same seed gives the same draws.
    df : None, float or array_like of shape (p, p)
        Degrees of freedom of each difference's variance: one number for all, or a symmetric matrix whose
        diagonal is not read; infinite where the variance is known. None stands for infinite.

    Returns
    -------
    DataFrame
        Columns rank (ties share the lowest), low and high, integers; one row a unit, in the given order.

    Raises
    ------
    EstimateError
        `estimate` is empty, not one-dimensional or not finite; `cov` is not of shape (p, p), not finite,
        not symmetric or not positive semidefinite; `level`, `draws` or `seed` out of range; `df` of another
        shape, not symmetric, or not positive for a pair it is needed for.

    Notes
    -----
    *Many degrees of freedom* (all pairs `FEW_DF` or more). The bar is the quantile of the largest
    studentised difference of draws from N(0, cov), over the ordered pairs still open: once "j is better
    than k" is proven that claim leaves, "k is better than j" stays, so that wrong directions count as errors
    too (Mogstad, Romano, Shaikh and Wilhelm 2024, two-sided, as in their R package csranks). At the first
    step this is the quantile of the largest absolute difference. The quantile is the draw with number
    ceil(level (draws + 1)) from below, which keeps the level for any number of draws, and at least 0. Its
    Monte Carlo error is 0.01 to 0.02 standard errors of a difference (10,000 draws, level 0.95): another
    seed may decide otherwise a difference that close to it.

    *Few* (any pair below `FEW_DF`, or a single pair). Holm over all pairs with two-sided Student t
    p-values, each pair with its own degrees of freedom: no draws, the same result always. The claims of
    the rejected pairs go in the direction seen. Holm does not use the correlation between differences, so
    sets are usually wider.

    *Differences without variance* (at most `ZERO_VARIANCE` of the sum of the two variances) are not tested
    but known: beyond 1e-9 the better unit is surely better, else neither is.

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
    """
    values = _estimates("rank_sets", estimate)
    matrix = _covariance(cov, values.size)
    _check_simulation(level, draws, seed)

    best_first = _order(values, np.diag(matrix))
    values, matrix = values[best_first], matrix[np.ix_(best_first, best_first)]
    # Ties count as no difference at all, so above the diagonal no difference is negative.
    difference = values[:, None] - values[None, :]
    difference[np.abs(difference) <= TIE] = 0.0
    difference = np.triu(difference)

    variance = np.diag(matrix)
    total = variance[:, None] + variance[None, :]
    spread = total - 2.0 * matrix
    tested = np.triu(spread > ZERO_VARIANCE * total, 1)
    freedom = _freedom(df, best_first, tested)

    better = ~tested & (difference > 0.0)  # known without a test
    inverse = np.zeros_like(spread)
    inverse[tested] = 1.0 / np.sqrt(spread[tested])
    statistic = difference * inverse
    if np.count_nonzero(tested) <= 1 or bool((freedom[tested] < FEW_DF).any()):
        better[tested] = holm(statistic[tested], freedom[tested], level)
    else:
        better |= step_down(statistic, inverse, matrix, level, draws, seed)

    low = np.empty(values.size, dtype=np.int64)
    high = np.empty_like(low)
    low[best_first] = 1 + better.sum(axis=0)
    high[best_first] = values.size - better.sum(axis=1)
    place = np.empty_like(low)
    place[best_first] = ranks(values)
    return pd.DataFrame({"rank": place, "low": low, "high": high})


def _order(estimate: Floats, variance: Floats) -> npt.NDArray[np.intp]:
    """Units from best to worst, ties by variance: (p,), (p,) to (p,).

    Rounded first, for noise in the last digits, which differs between machines, must not change the order.
    """
    behind = np.round(estimate.max() - estimate, 9)
    share = np.round(variance / max(float(variance.max()), np.finfo(float).tiny), 9)
    return np.lexsort((share, behind))


def _numbers(where: str, values: npt.ArrayLike) -> Floats:
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise EstimateError("not_numbers", where=where, found=fault) from fault


def _estimates(where: str, estimate: npt.ArrayLike) -> Floats:
    """Check the estimates: (p,), p at least 1, all finite."""
    where = f"{where}: estimate"
    values = _numbers(where, estimate)
    if values.ndim != 1 or values.size == 0:
        raise EstimateError("no_estimates", where=where, shape=values.shape)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        found = {"count": bad.size, "size": values.size, "value": values[bad[0]], "position": bad[0]}
        raise EstimateError("estimate_not_finite", where=where, **found)
    return values


def _covariance(cov: npt.ArrayLike, units: int) -> Floats:
    """Check the covariance (p, p); return it symmetric, negative eigenvalues within rounding set to zero."""
    where = "rank_sets: cov"
    matrix = _numbers(where, cov)
    if matrix.shape != (units, units):
        raise EstimateError("cov_shape", where=where, shape=matrix.shape, units=units)
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise EstimateError("cov_not_finite", where=where, row=row, column=column, value=matrix[row, column])
    largest = float(np.abs(matrix).max())
    if largest == 0.0:
        return matrix
    # The floor keeps a variance that is zero but for rounding from looking like wild correlations.
    scale = np.sqrt(np.maximum(np.diag(matrix), NEGATIVE * largest))
    correlation = matrix / np.outer(scale, scale)
    skew = np.abs(correlation - correlation.T)
    if skew.max() > ASYMMETRY:
        row, column = np.unravel_index(int(skew.argmax()), skew.shape)
        _not_symmetric(where, matrix, int(row), int(column))
    correlation = (correlation + correlation.T) / 2.0
    roots, vectors = np.linalg.eigh(correlation)
    if roots[0] < -NEGATIVE:
        raise EstimateError("cov_not_semidefinite", where=where, value=roots[0])
    if roots[0] < -PIVOT:
        # The product has no free signs, so it is the same on every machine up to rounding.
        correlation = (vectors * np.maximum(roots, 0.0)) @ vectors.T
    np.fill_diagonal(correlation, np.maximum(np.diag(correlation), 0.0))
    result: Floats = correlation * np.outer(scale, scale)
    return result


def _not_symmetric(where: str, matrix: Floats, row: int, column: int) -> NoReturn:
    found = {"row": row, "column": column, "value": matrix[row, column], "mirror": matrix[column, row]}
    raise EstimateError("not_symmetric", where=where, **found)


def _check_simulation(level: float, draws: int, seed: int) -> None:
    if not 0.0 < level < 1.0:
        raise EstimateError("bad_level", where="rank_sets: level", value=level)
    least = math.ceil(level / (1.0 - level) - 1e-9)
    if not isinstance(draws, int | np.integer) or nth_draw(level, int(draws)) > draws:
        raise EstimateError("bad_draws", where="rank_sets: draws", value=draws, least=least)
    if not isinstance(seed, int | np.integer) or not 0 <= int(seed) < 2**128:
        raise EstimateError("bad_seed", where="rank_sets: seed", value=seed)


def _freedom(df: float | npt.ArrayLike | None, order: npt.NDArray[np.intp], tested: Flags) -> Floats:
    """Degrees of freedom of every pair (p, p), units in `order`; checked where tested (p, p)."""
    where = "rank_sets: df"
    freedom = _numbers(where, np.inf if df is None else df)
    if freedom.ndim == 0:
        freedom = np.full(tested.shape, float(freedom))
    if freedom.shape != tested.shape:
        raise EstimateError("df_shape", where=where, shape=freedom.shape, units=len(tested))
    needed = np.zeros_like(tested)
    needed[np.ix_(order, order)] = tested | tested.T
    wrong = np.argwhere(needed & ~(freedom > 0.0))
    if len(wrong):
        row, column = wrong[0]
        found = {"row": row, "column": column, "value": freedom[row, column]}
        raise EstimateError("df_not_positive", where=where, **found)
    uneven = np.argwhere(needed & ~np.isclose(freedom, freedom.T, rtol=ASYMMETRY, atol=0.0))
    if len(uneven):
        _not_symmetric(where, freedom, *uneven[0])
    return freedom[np.ix_(order, order)]
