"""Selection with equal probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sampling.lottery import BITS

Positions = NDArray[np.intp]


def simple_random(order: Positions, n: int) -> Positions:
    """Take the first n of the lottery order.

    >>> simple_random(np.array([2, 0, 1]), 2)
    array([2, 0])
    """
    return order[:n]


def systematic(order: Positions, n: int, start: int) -> Positions:
    """Take every (N/n)-th of an ordered list from a random start.

    With u = start / 2^53 the i-th is at position floor((u + i) N / n) of the list, so that every
    unit has probability n/N even where N/n is no whole number.

    Parameters
    ----------
    order : ndarray of int, shape (N,)
        Positions in list order.
    n : int
        At most N.
    start : int
        Random whole number below 2^53.

    Examples
    --------
    A list of 5, 2 to draw, u = 1/2: positions floor(1.25) and floor(3.75).

    >>> systematic(np.arange(5), 2, 2**52)
    array([1, 3])
    """
    points = [((start + (i << BITS)) * len(order)) // (n << BITS) for i in range(n)]
    return order[points]


def circular_systematic(order: Positions, n: int, start: int) -> Positions:
    """Take every k-th unit around an ordered list from a random unit, k = floor(N/n).

    The list is a circle: after its last unit comes its first (Lahiri 1951). The interval is N/n
    rounded down and not to the nearest whole number: (n - 1) k < N, so that the n units differ for
    every N and n, while rounding up may meet a unit again (N = 8, n = 5, k = 2: places 0, 2, 4, 6
    and 0). Each unit belongs to the samples of n of the N starts, so it has probability n/N.

    Parameters
    ----------
    order : ndarray of int, shape (N,)
        Positions in list order.
    n : int
        At most N.
    start : int
        Random whole number below 2^53; the first unit's place is floor(start N / 2^53).

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, in list order.

    Examples
    --------
    A list of 5, 2 to draw, k = 2, from place floor(0.8 · 5) = 4: places 4 and 6 - 5 = 1.

    >>> circular_systematic(np.arange(5), 2, int(0.8 * 2**53) + 1)
    array([1, 4])
    """
    count = len(order)
    places = ((start * count >> BITS) + count // n * np.arange(n)) % count
    return order[np.sort(places)]
