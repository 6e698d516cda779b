"""Systematic selection with probability proportional to size, in exact whole numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sampling.lottery import BITS
from sampling.probabilities import certain_units
from sampling.select.equal import Positions

LARGEST_SUM = 2.0**62


def whole_sizes(size: NDArray[np.float64]) -> NDArray[np.int64] | NDArray[np.object_]:
    """Scale sizes by one power of two so that all are whole; a float is exactly such a fraction.

    Returns
    -------
    ndarray of int64 or of Python's unbounded int, shape (N,)
        The latter where the sum could be too large for the former.

    Examples
    --------
    >>> whole_sizes(np.array([1.5, 2.0]))
    array([3, 4], dtype=object)
    >>> whole_sizes(np.array([3.0, 4.0]))
    array([3, 4])
    """
    if bool((np.floor(size) == size).all()):
        if float(size.sum()) < LARGEST_SUM:
            return size.astype(np.int64)
        return np.array([int(value) for value in size.tolist()], dtype=object)
    fractions = [Fraction(value) for value in size.tolist()]
    scale = max(fraction.denominator for fraction in fractions)
    return np.array([int(fraction * scale) for fraction in fractions], dtype=object)


def pps_systematic(
    order: Positions,
    size: NDArray[np.float64],
    n: int,
    start: int,
    certain: NDArray[np.bool_] | None = None,
) -> Positions:
    """Take certain units, then go along the cumulated sizes of the rest at equal intervals.

    Parameters
    ----------
    order : ndarray of int, shape (N,)
        Positions in list order.
    size : ndarray of float, shape (N,)
        Positive sizes, by position.
    n : int
        At most N.
    start : int
        Random whole number below 2^53.
    certain : ndarray of bool, shape (N,), optional
        ``certain_units(size, n)``, where it is known.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, in list order.

    Examples
    --------
    Sizes 50, 30, 10, 10 and n = 2: the first is certain; one of the rest is left, u = 1/2 points at
    25 of their 50, inside the first 30.

    >>> pps_systematic(np.arange(4), np.array([50.0, 30.0, 10.0, 10.0]), 2, 2**52)
    array([0, 1])
    """
    certain = certain_units(size, n) if certain is None else certain
    rest = order[~certain[order]] if certain.any() else order
    left = n - int(certain.sum())
    if not left:
        return order[certain[order]]
    ends = np.cumsum(whole_sizes(size[rest]))
    total = int(ends[-1])
    points = [((start + (i << BITS)) * total) // (left << BITS) for i in range(left)]
    picked = rest[np.searchsorted(ends, np.array(points, dtype=ends.dtype), side="right")]
    if left == n:
        return picked
    chosen = certain.copy()
    chosen[picked] = True
    return order[chosen[order]]
