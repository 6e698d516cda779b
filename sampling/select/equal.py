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
