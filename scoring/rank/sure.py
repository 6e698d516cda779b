"""Which units are surely better than which: the differences that the error does not explain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from scoring.errors import EstimateError
from scoring.rank.checks import (
    Flags,
    Floats,
    Positions,
    class_rows,
    covariance,
    estimates,
    freedom,
    freedom_needed,
    simulation,
    square,
)
from scoring.rank.places import TIE
from scoring.rank.simultaneous import holm, step_down, step_down_each, two_sided

FEW_DF: Final = 200
"""Below this many degrees of freedom, of any pair, sets come from Holm with Student t, not from normal draws.

Many pairs need extreme quantiles, where Student t falls much more slowly than the normal. At the two-sided
5e-5 that a thousand pairs need, the normal's critical value is exceeded 2.9 times too often with 60 degrees
of freedom, still 1.4 times with 200.
"""

ZERO_VARIANCE: Final = 1e-10
"""A difference has no variance if this is at most so large a share of its two variances' sum."""


@dataclass(frozen=True)
class Differences:
    """The differences within a class, its units sorted from best to worst; pairs stand above the diagonal.

    Attributes
    ----------
    units : ndarray of int, shape (p,)
        Positions of the sorted units.
    known : ndarray of bool, shape (p, p)
        Which units are better without a test: the difference has no variance.
    tested : ndarray of bool, shape (p, p)
    statistic, inverse : ndarray of float, shape (p, p)
        Studentised difference; 1 / its standard error, 0 where untested.
    freedom : ndarray of float, shape (p, p)
    cov : ndarray of float, shape (p, p)
    """

    units: Positions
    known: Flags
    tested: Flags
    statistic: Floats
    inverse: Floats
    freedom: Floats
    cov: Floats

    @property
    def few(self) -> bool:
        """Whether Holm with Student t decides, not a simulation."""
        one_at_most = np.count_nonzero(self.tested) <= 1
        return bool(one_at_most or (self.freedom[self.tested] < FEW_DF).any())


def differences(
    where: str,
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    df: float | npt.ArrayLike | None,
    by: npt.ArrayLike | None,
) -> Iterator[Differences]:
    """Check the input and yield the differences of each class."""
    values = estimates(f"{where}: estimate", estimate)
    matrix = square(f"{where}: cov", cov, values.size)
    allowed = freedom(where, df, values.size)
    for here in class_rows(where, by, values.size):
        block = covariance(f"{where}: cov", matrix, here)
        best_first = _order(values[here], np.diag(block))
        centre, block, units = (
            values[here][best_first],
            block[np.ix_(best_first, best_first)],
            here[best_first],
        )
        # Ties count as no difference at all, so above the diagonal no difference is negative.
        gap = centre[:, None] - centre[None, :]
        gap[np.abs(gap) <= TIE] = 0.0
        gap = np.triu(gap)

        variance = np.diag(block)
        total = variance[:, None] + variance[None, :]
        spread = total - 2.0 * block
        tested = np.triu(spread > ZERO_VARIANCE * total, 1)
        needed = np.zeros_like(tested)
        needed[np.ix_(best_first, best_first)] = tested | tested.T
        freedom_needed(where, allowed, here, needed)

        inverse = np.zeros_like(spread)
        inverse[tested] = 1.0 / np.sqrt(spread[tested])
        yield Differences(
            units=units,
            known=np.triu(~tested, 1) & (gap > 0.0),
            tested=tested,
            statistic=gap * inverse,
            inverse=inverse,
            freedom=allowed[np.ix_(units, units)],
            cov=block,
        )


def _order(estimate: Floats, variance: Floats) -> Positions:
    """Units from best to worst, ties by variance: (p,), (p,) to (p,).

    Rounded first, for noise in the last digits, which differs between machines, must not change the order.
    """
    behind = np.round(estimate.max() - estimate, 9)
    share = np.round(variance / max(float(variance.max()), np.finfo(float).tiny), 9)
    return np.lexsort((share, behind))


def sure_differences(
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
    df: float | npt.ArrayLike | None = None,
    *,
    by: npt.ArrayLike | None = None,
) -> Flags:
    """Tell which units are surely better than which, all pairs of a class judged together.

    With probability `level`, up to the approximation of the estimates, none of these claims is wrong.
    `rank_sets` are what these claims leave open: have both from one simulation with `open_ranks`.

    Parameters
    ----------
    estimate, cov, level, draws, seed, df, by
        As in `rank_sets`, whose notes tell the method.

    Returns
    -------
    ndarray of bool, shape (p, p)
        True where the row's unit is surely better than the column's; False between classes.

    Raises
    ------
    EstimateError
        As `rank_sets`.

    Examples
    --------
    By hand: the differences have a standard error of 1, three pairs are compared, so the bar is that of
    Tukey's studentised range, 3.31 / √2 = 2.34. 90 is 6 ahead of 84; 84 is only 1 ahead of 83.

    >>> import numpy as np
    >>> from scoring import open_ranks
    >>> sure = sure_differences([84, 90, 83], np.diag([0.5, 0.5, 0.5]))
    >>> sure.astype(int).tolist()
    [[0, 0, 0], [1, 0, 1], [0, 0, 0]]
    >>> open_ranks(sure)
       low  high
    0    2     3
    1    1     1
    2    2     3
    >>> undecided_pairs(sure).tolist()
    [[0, 2]]
    """
    where = "sure_differences"
    values = estimates(f"{where}: estimate", estimate)
    result = np.zeros((values.size, values.size), dtype=np.bool_)
    simulation(where, level, draws, seed)
    for one in differences(where, values, cov, df, by):
        result[np.ix_(one.units, one.units)] = joint_claims(one, level, draws, seed)
    return result


def joint_claims(one: Differences, level: float, draws: int, seed: int) -> Flags:
    """Which units of a class are surely better than which, all judged together: (p, p), sorted."""
    better = one.known.copy()
    if one.few:
        p_values = two_sided(one.statistic[one.tested], one.freedom[one.tested])
        better[one.tested] = holm(p_values, level)
    else:
        better |= step_down(one.statistic, one.inverse, one.cov, level, draws, seed)
    return better


def claims_of_each(one: Differences, level: float, draws: int, seed: int) -> Flags:
    """Which units of a class differ surely from unit j, in row j, judged for j alone: (p, p), sorted."""
    known = one.known | one.known.T
    if not one.few:
        return known | step_down_each(one.statistic, one.inverse, one.cov, level, draws, seed)
    p_values = np.full(one.statistic.shape, np.nan)
    p_values[one.tested] = two_sided(one.statistic[one.tested], one.freedom[one.tested])
    return known | holm(np.fmin(p_values, p_values.T), level)


def undecided_pairs(sure: npt.ArrayLike, *, by: npt.ArrayLike | None = None) -> Positions:
    """List the pairs of a class of which neither unit is surely better: 难分高下.

    Parameters
    ----------
    sure : array_like of bool, shape (p, p)
        From `sure_differences`.
    by : array_like, shape (p,), optional
        Class of each unit, as given there.

    Returns
    -------
    ndarray of int, shape (m, 2)
        Positions, the lower first, in rising order.

    Raises
    ------
    EstimateError
        `sure` is no square matrix; `by` of another length or with a gap.

    Examples
    --------
    >>> sure = [[False, True, True], [False, False, False], [False, False, False]]
    >>> undecided_pairs(sure).tolist()
    [[1, 2]]
    """
    claims = square_claims("undecided_pairs", sure)
    open_pairs = np.zeros_like(claims)
    for here in class_rows("undecided_pairs", by, len(claims)):
        open_pairs[np.ix_(here, here)] = True
    return np.argwhere(np.triu(open_pairs & ~(claims | claims.T), 1))


def square_claims(where: str, sure: npt.ArrayLike) -> Flags:
    """Check a matrix of claims."""
    claims = np.asarray(sure)
    if claims.dtype != np.bool_ or claims.ndim != 2 or claims.shape[0] != claims.shape[1] or not claims.size:
        found = f"{claims.dtype} of shape {claims.shape}"
        raise EstimateError("not_claims", where=f"{where}: sure", found=found)
    return claims
