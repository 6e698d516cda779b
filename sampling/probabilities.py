"""Inclusion probabilities in proportion to size."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from math import fsum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sampling.errors import DesignError, FrameError

NEAR = 1e-9
LARGEST_EXACT = 2.0**53
BLOCK = 1 << 16


def checked_sizes(size: ArrayLike, where: str = "sizes") -> NDArray[np.float64]:
    """Give the sizes as floats, or say which is no positive number."""
    sizes = np.asarray(size, dtype=np.float64)
    bad = np.flatnonzero(~(np.isfinite(sizes) & (sizes > 0)))
    if bad.size:
        at = int(bad[0])
        raise FrameError(
            "bad_size",
            where=where,
            column="size",
            count=bad.size,
            value=sizes[at].item(),
            unit=at,
            row=at + 1,
        )
    return sizes


def certain_units(size: ArrayLike, n: int) -> NDArray[np.bool_]:
    """Tell which units are taken for certain: while n times a share of what is left reaches 1, it is.

    Parameters
    ----------
    size : array_like, shape (N,)
        Positive sizes.
    n : int
        Sample size, at most N.

    Returns
    -------
    ndarray of bool, shape (N,)

    Examples
    --------
    >>> certain_units([50, 30, 10, 10], 2)
    array([ True, False, False, False])
    >>> certain_units([50, 30, 10, 10], 3)
    array([ True,  True, False, False])
    """
    sizes = checked_sizes(size)
    where = "sizes"
    if not isinstance(n, int | float | np.number) or n < 1 or n != n // 1:
        raise DesignError("bad_n", where=where, n=n)
    if n > sizes.size:
        raise DesignError("too_many_asked", where=where, asked=n, available=sizes.size)
    certain = np.zeros(sizes.size, dtype=bool)
    while True:
        left = n - int(certain.sum())
        new = _reaching(sizes, ~certain, left)
        if not new.any():
            return certain
        certain |= new


def _reaching(sizes: NDArray[np.float64], free: NDArray[np.bool_], left: int) -> NDArray[np.bool_]:
    """Tell which free units have ``left`` times their size at or above the sum of the free, exactly."""
    if not left:
        return np.zeros_like(free)
    total = exact_sum(sizes[free])
    over = left * sizes - total
    reach = free & (over >= 0)
    near = np.flatnonzero(free & (np.abs(over) <= NEAR * total))
    if near.size and not (_is_whole(sizes) and max(total, left * float(sizes[near].max())) < LARGEST_EXACT):
        whole = sum(map(Fraction, sizes[free].tolist()), Fraction(0))
        reach[near] = [left * Fraction(value) >= whole for value in sizes[near].tolist()]
    return reach


def _is_whole(sizes: NDArray[np.float64]) -> bool:
    return bool((np.floor(sizes) == sizes).all())


def exact_sum(values: NDArray[np.float64]) -> float:
    """Give the sum rounded once, the same in any order and on any machine.

    >>> exact_sum(np.array([1e16, 1.0, -1e16]))
    1.0
    """
    if _is_whole(values) and float(np.abs(values).sum()) < LARGEST_EXACT:
        return float(values.sum())
    blocks = (values[at : at + BLOCK].tolist() for at in range(0, values.size, BLOCK))
    return fsum(chain.from_iterable(blocks))


def inclusion_probabilities(size: ArrayLike, n: int) -> NDArray[np.float64]:
    """Give the inclusion probabilities of a fixed-size sample, in proportion to size.

    Units that would exceed 1 are certain, and the rest share what is left, until none exceeds 1
    (Särndal, Swensson and Wretman 1992, section 3.6.2; R ``sampling::inclusionprobabilities``).

    Parameters
    ----------
    size : array_like, shape (N,)
        Positive sizes.
    n : int
        Sample size, at most N.

    Returns
    -------
    ndarray of float, shape (N,)
        They sum to n; certain units have exactly 1.

    Raises
    ------
    FrameError
        A size is missing, zero or negative.
    DesignError
        n is no whole number, below 1, or above N.

    Examples
    --------
    >>> inclusion_probabilities([50, 30, 10, 10], 2)
    array([1. , 0.6, 0.2, 0.2])
    """
    return with_certain(size, n)[0]


def with_certain(size: ArrayLike, n: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give the inclusion probabilities, and which units are certain.

    >>> with_certain([50, 30, 10, 10], 2)[1]
    array([ True, False, False, False])
    """
    certain = certain_units(size, n)
    sizes = np.asarray(size, dtype=np.float64)
    prob = np.ones(sizes.size)
    left = n - int(certain.sum())
    if left:
        prob[~certain] = left * sizes[~certain] / exact_sum(sizes[~certain])
    return prob, certain
