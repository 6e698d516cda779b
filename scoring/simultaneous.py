"""Which differences are sure when all are judged at once, on arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PIVOT: Final = 1e-13
"""A unit of which earlier units leave at most this share of the variance is taken as given by them."""

BLOCK: Final = 2**16
"""Numbers simulated at once: few enough that differences stay in the processor's cache."""


def holm(statistic: Floats, freedom: Floats, level: float) -> Flags:
    """Which of n pairs differ: Holm on two-sided p-values of t statistics (n,) with freedom (n,)."""
    upper = np.abs(statistic)
    known = np.isinf(freedom)
    tail = np.where(known, ndtr(-upper), stdtr(np.where(known, 1.0, freedom), -upper))
    order = np.argsort(tail, kind="stable")
    passed = 2.0 * tail[order] * np.arange(order.size, 0, -1) <= 1.0 - level
    rejected = np.zeros(order.size, dtype=np.bool_)
    rejected[order] = np.logical_and.accumulate(passed)
    return rejected


def step_down(statistic: Floats, inverse: Floats, cov: Floats, level: float, draws: int, seed: int) -> Flags:
    """Which units are surely better than which: (p, p), above the diagonal, units sorted best first.

    statistic (p, p) and inverse (p, p, 1 / standard error of the difference, 0 where untested) are read
    above the diagonal only. There all statistics are positive or 0, so that the reverse claims, below the
    diagonal, are never rejected: their maximum is computed once and stays in the comparison at every step.
    """
    units = statistic.shape[0]
    nth = nth_draw(level, draws)
    factor = _factor(cov)
    upper = np.empty(draws)  # largest of the claims above the diagonal
    reverse = np.empty(draws)  # largest of those below
    kept: list[Floats] = []
    done = 0
    for normal in _normals(draws, units, seed):
        deviation = factor @ normal.T
        block = slice(done, done + normal.shape[0])
        upper[block], reverse[block] = _extremes(deviation, inverse)
        kept.append(deviation[:, upper[block] > reverse[block]])
        done = block.stop

    # As claims leave, a draw's maximum falls, but not below its reverse; so the bar never falls below the
    # reverses' own quantile, and draws under either can be left as they are.
    floor = np.partition(reverse, nth - 1)[nth - 1]
    can_fall = upper > reverse
    kept_matters = upper[can_fall] > floor
    deviations = np.concatenate(kept, axis=1)[:, kept_matters]
    matters = np.flatnonzero(can_fall)[kept_matters]

    rejected = np.zeros_like(statistic, dtype=np.bool_)
    while True:
        bar = np.partition(np.maximum(upper, reverse), nth - 1)[nth - 1]
        now: Flags = statistic > bar
        if (now == rejected).all() or not (inverse[~now] > 0.0).any():
            return now
        rejected = now
        upper[matters] = _extremes(deviations, np.where(now, 0.0, inverse))[0]


def nth_draw(level: float, draws: int) -> int:
    """Which draw, from the lowest, is the quantile; less a hair first, for rounding above a whole number."""
    return math.ceil(level * (draws + 1) - 1e-9)


def _extremes(deviation: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    """Largest (z_j - z_k) inverse_jk over j < k, and largest of its opposite, of z (p, m): (m,) and (m,).

    At least 0: pairs with inverse 0 are out.
    """
    upper = np.zeros(deviation.shape[1])
    lowest = np.zeros(deviation.shape[1])
    for unit in range(deviation.shape[0] - 1):
        weight = inverse[unit, unit + 1 :, None]
        if weight.any():
            scaled = deviation[unit] - deviation[unit + 1 :]
            scaled *= weight
            np.maximum(upper, scaled.max(axis=0), out=upper)
            np.minimum(lowest, scaled.min(axis=0), out=lowest)
    return upper, -lowest


def _normals(draws: int, units: int, seed: int) -> Iterator[Floats]:
    """Yield blocks (m, units) of standard normals, a draw a row, from Philox4x64-10 keyed by seed.

    A word w gives the uniform ((w >> 11) + 0.5) 2**-53 and its normal quantile. numpy promises the raw words
    of a bit generator, not the output of its distributions.
    """
    words = np.random.Philox(key=seed)
    most = max(256, BLOCK // units)
    for start in range(0, draws, most):
        rows = min(most, draws - start)
        uniform = ((words.random_raw(rows * units) >> np.uint64(11)) + 0.5) * 2.0**-53
        # The last of the 2**53 values rounds up to 1, which has no finite quantile.
        yield ndtri(np.minimum(uniform, 1.0 - 2.0**-53)).reshape(rows, units)


def _factor(cov: Floats) -> Floats:
    """Lower triangular F (p, p) with F F' = cov, positive semidefinite: Cholesky that skips empty pivots.

    Unlike eigenvectors it has no free signs, and unlike pivoted Cholesky no order that rounding could
    change, so draws agree between machines.
    """
    units = cov.shape[0]
    scale = np.sqrt(np.diag(cov))
    scale[scale == 0.0] = 1.0
    rest = cov / np.outer(scale, scale)
    factor = np.zeros_like(rest)
    for unit in range(units):
        pivot = rest[unit, unit]
        if pivot <= PIVOT:
            continue
        column = rest[unit:, unit] / math.sqrt(pivot)
        factor[unit:, unit] = column
        rest[unit:, unit:] -= np.outer(column, column)
    result: Floats = factor * scale[:, None]
    return result
