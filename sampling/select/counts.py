"""Sizes as whole numbers of a machine word, so that cumulated sizes carry no rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH = 60


def size_counts(size: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give sizes as whole numbers whose total is about 2^60 at most.

    Whole sizes stay as they are. Others are multiplied by one power of two and rounded: a size
    changes by 2^-60 of the total at most, and not at all where all have few enough binary digits.

    Parameters
    ----------
    size : ndarray of float, shape (N,)
        Positive sizes.

    Returns
    -------
    ndarray of int64, shape (N,)
        At least 1 each.

    Examples
    --------
    >>> size_counts(np.array([50.0, 30.0]))
    array([50, 30])
    >>> counts = size_counts(np.array([0.5, 0.25]))
    >>> int(counts[0] / counts[1]), int(counts.sum()) <= 2**60
    (2, True)
    """
    total = np.cumsum(size)[-1]
    if total < 2.0**WIDTH and bool((np.floor(size) == size).all()):
        return size.astype(np.int64)
    scaled = np.ldexp(size, WIDTH - int(np.frexp(total)[1]))
    return np.maximum(np.rint(scaled), 1).astype(np.int64)
