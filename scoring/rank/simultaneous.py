"""Which differences are sure when many are judged at once, on arrays.

Units are sorted from best to worst, so that statistics above the diagonal are positive or 0.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtr

from scoring.normals import factor, normals

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def two_sided(statistic: Floats, freedom: Floats) -> Floats:
    """P-values of t statistics, each with its own degrees of freedom."""
    upper = np.abs(statistic)
    known = np.isinf(freedom)
    tail = np.where(known, ndtr(-upper), stdtr(np.where(known, 1.0, freedom), -upper))
    result: Floats = 2.0 * tail
    return result


def holm(p_values: Floats, level: float) -> Flags:
    """Which claims of each row (..., n) Holm (1979) rejects, the rows apart; NaN stands for no claim."""
    order = np.argsort(p_values, axis=-1, kind="stable")
    claims = (~np.isnan(p_values)).sum(axis=-1, keepdims=True)
    left = claims - np.arange(p_values.shape[-1])
    passed = np.take_along_axis(p_values, order, axis=-1) * left <= 1.0 - level
    rejected = np.zeros(p_values.shape, dtype=np.bool_)
    np.put_along_axis(rejected, order, np.logical_and.accumulate(passed, axis=-1), axis=-1)
    return rejected


def step_down(statistic: Floats, inverse: Floats, cov: Floats, level: float, draws: int, seed: int) -> Flags:
    """Which units are surely better than which: (p, p), above the diagonal, all pairs judged together.

    statistic (p, p) and inverse (p, p, 1 / standard error of the difference, 0 where untested) are read
    above the diagonal only. There all statistics are positive or 0, so that the reverse claims, below the
    diagonal, are never rejected: their maximum is computed once and stays in the comparison at every step.
    """
    units = statistic.shape[0]
    nth = nth_draw(level, draws)
    lower = factor(cov)
    upper = np.empty(draws)  # largest of the claims above the diagonal
    reverse = np.empty(draws)  # largest of those below
    blocks: list[Floats] = []
    done = 0
    for normal in normals(draws, units, seed):
        deviation = lower @ normal.T
        block = slice(done, done + normal.shape[0])
        upper[block], reverse[block] = _extremes(deviation, inverse)
        blocks.append(deviation)
        done = block.stop

    matters = _matters(upper, reverse, nth)
    deviations = np.concatenate(blocks, axis=1)[:, matters]

    rejected = np.zeros_like(statistic, dtype=np.bool_)
    while True:
        bar = _quantile(np.maximum(upper, reverse), nth)
        now: Flags = statistic > bar
        if (now == rejected).all() or not (inverse[~now] > 0.0).any():
            return now
        rejected = now
        upper[matters] = _extremes(deviations, np.where(now, 0.0, inverse))[0]


def step_down_each(
    statistic: Floats, inverse: Floats, cov: Floats, level: float, draws: int, seed: int
) -> Flags:
    """Which units differ surely from unit j, in row j: (p, p), each row judged apart from the others.

    As in `step_down`, of whose draws these are; only the pairs of unit j count in row j.
    """
    units = statistic.shape[0]
    nth = nth_draw(level, draws)
    deviations = factor(cov) @ np.concatenate(list(normals(draws, units, seed))).T
    statistic, inverse = statistic + statistic.T, inverse + inverse.T
    rejected = np.zeros_like(statistic, dtype=np.bool_)
    for unit in range(units):
        others = np.flatnonzero(inverse[unit] > 0.0)
        if not others.size:
            continue
        direction = np.where(others > unit, 1.0, -1.0) * inverse[unit, others]
        claims = (deviations[unit] - deviations[others]) * direction[:, None]
        upper = np.maximum(claims.max(axis=0), 0.0)
        reverse = np.maximum(-claims.min(axis=0), 0.0)
        matters = _matters(upper, reverse, nth)
        claims = claims[:, matters]
        open_claims = np.ones(others.size, dtype=np.bool_)
        while open_claims.any():
            bar = _quantile(np.maximum(upper, reverse), nth)
            still = statistic[unit, others] <= bar
            if (still == open_claims).all():
                break
            open_claims = still
            upper[matters] = np.maximum(claims[still].max(axis=0, initial=0.0), 0.0)
        rejected[unit, others] = ~open_claims
    return rejected


def nth_draw(level: float, draws: int) -> int:
    """Which draw, from the lowest, is the quantile; less a hair first, for rounding above a whole number."""
    return math.ceil(level * (draws + 1) - 1e-9)


def _quantile(values: Floats, nth: int) -> float:
    return float(np.partition(values, nth - 1)[nth - 1])


def _matters(upper: Floats, reverse: Floats, nth: int) -> Flags:
    """Which draws (draws,) can fall as claims leave, and lower the bar when they do.

    A draw's maximum does not fall below its reverse; so the bar never falls below the reverses' own
    quantile, and draws under either can be left as they are.
    """
    result: Flags = (upper > reverse) & (upper > _quantile(reverse, nth))
    return result


def _extremes(deviation: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    """Largest (z_j - z_k) inverse_jk over j < k, and largest of its opposite, of z (p, m): (m,) and (m,).

    At least 0: pairs with inverse 0 are out.
    """
    upper = np.zeros(deviation.shape[1])
    lowest = np.zeros(deviation.shape[1])
    room = np.empty_like(deviation)
    for unit in range(deviation.shape[0] - 1):
        weight = inverse[unit, unit + 1 :, None]
        if weight.any():
            scaled = np.subtract(deviation[unit], deviation[unit + 1 :], out=room[unit + 1 :])
            scaled *= weight
            np.maximum(upper, scaled.max(axis=0), out=upper)
            np.minimum(lowest, scaled.min(axis=0), out=lowest)
    return upper, -lowest
