"""Chromy's sequential selection with probability proportional to size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sampling.lottery import BITS
from sampling.select.counts import size_counts
from sampling.select.equal import Positions


def chromy(
    order: Positions,
    size: NDArray[np.float64],
    n: int,
    numbers: NDArray[np.float64],
    start: int | None = None,
) -> Positions:
    """Go along the list and keep the count drawn at the expected count, rounded down or up.

    Along the list the expected hits n size / total are cumulated; with I their whole part and F
    their fraction after a unit, the count drawn is I + 1 with probability F and else I. The unit is
    drawn or not so that this holds after every unit (Chromy 1979; SAS SURVEYSELECT, PPS_SEQ): with F
    and F' the fractions before and after it,

    - F' > F: a count above I stays there, one at I goes above with probability (F' - F) / (1 - F);
    - F' <= F (the unit completes a hit): one at I stays, one above I stays above with F' / F.

    Inclusion probabilities are exact: whole numbers decide, but for the last bit of a product with a
    lottery number. Along a list taken as it is, the design is that of ordered pivotal sampling
    (Chauvet 2019), and units close to each other have joint probability 0. With ``start``, the list
    is a circle and begins at a unit drawn with probability proportional to size, as Chromy advises:
    then joint probabilities are positive. Ten million units take a second and a half.

    Parameters
    ----------
    order : ndarray of int, shape (N,)
        Positions in list order.
    size : ndarray of float, shape (N,)
        Positive sizes, by position; n times each is less than their total (units that are not
        certain).
    n : int
        Below N.
    numbers : ndarray of float, shape (N,)
        Lottery numbers in [0, 1), by position.
    start : int, optional
        Random whole number below 2^53, which says where to begin; without it, at the first.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, in list order.

    Examples
    --------
    Expected hits 0.8, 0.6, 0.6. Unit 0: 0.9 is not below 0.8. Unit 1 completes a hit and the count
    is at 0: drawn. Unit 2 completes the second.

    >>> chromy(np.arange(3), np.array([4.0, 3.0, 3.0]), 2, np.array([0.9, 0.5, 0.5]))
    array([1, 2])
    """
    counts, first, turned = size_counts(size), 0, order
    if start is not None:
        ends = np.cumsum(counts[order])
        first = int(np.searchsorted(ends, start * int(ends[-1]) >> BITS, side="right"))
        turned = np.roll(order, -first)
    completes, goes = _moves(counts[turned], n, numbers[turned])
    # a unit that completes a hit can only end being above, any other only begin it: the last one rules
    last = np.where(completes != goes, np.arange(goes.size), 0)
    above = goes[np.maximum.accumulate(last, out=last)]
    was = np.concatenate([[False], above[:-1]])
    drawn = np.where(completes, above | ~was, above & ~was)
    found: Positions = order[np.roll(drawn, first)]
    return found


def _moves(
    counts: NDArray[np.int64], n: int, number: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which units complete a hit, and which ones move the count above or leave it there."""
    after, total = _fractions(counts, n)
    before = np.concatenate([[0], after[:-1]])
    completes = after <= before
    goes = np.where(completes, number * before < after, number * (total - before) < after - before)
    return completes, goes


def _fractions(counts: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], int]:
    """Give n times the cumulated counts modulo their total, exactly, and the total (at most 2^61)."""
    ends = np.cumsum(counts)
    total = int(ends[-1])
    hits = (ends * (n / total)).astype(np.int64)  # off by one at most
    rest = ends * np.int64(n) - hits * np.int64(total)  # wraps around, and back
    rest[rest < 0] += total
    rest[rest >= total] -= total
    return rest, total
