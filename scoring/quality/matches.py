"""How many answers sheets have in common, counted without going through all pairs where items are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from scoring.variance import Codes, Floats

Counts = NDArray[np.int64]

FEW_ITEMS = 8
"""Up to here all 2^K subsets of the items are sorted; above, blocks of all pairs are compared."""

BLOCK = 4_000_000
"""Pairs compared at once."""


@dataclass(frozen=True)
class Matches:
    """For each sheet, how many others have how many answers in common with it.

    Attributes
    ----------
    own : ndarray of int, shape (n, K + 1)
        Other sheets of the same interviewer with exactly m equal answers.
    others : ndarray of int, shape (n, K + 1)
        Sheets of other interviewers.
    earlier : ndarray of int, shape (n, K + 1)
        Those of ``others`` that came before, where an order is given; else ``others``.
    common : ndarray of float, shape (n,)
        How many of ``earlier`` should be equal in all, judged by those that are in all but two.
    """

    own: Counts
    others: Counts
    earlier: Counts
    common: Floats

    @property
    def best_own(self) -> NDArray[np.intp]:
        """Most equal answers with an own sheet, -1 without one, shape (n,)."""
        return _best(self.own)

    @property
    def best_other(self) -> NDArray[np.intp]:
        """Most equal answers with an earlier sheet of another interviewer, -1 without one, shape (n,)."""
        return _best(self.earlier)

    @property
    def rarity(self) -> Floats:
        """Share of the others' sheets with at least m answers equal to those of a sheet, shape (n, K + 1).

        The sheet itself counts as one more that is equal, so that no share is 0.
        """
        at_least = np.cumsum(self.others[:, ::-1], axis=1)[:, ::-1]
        result: Floats = (at_least + 1) / (self.others.sum(axis=1) + 1)[:, None]
        return result


def count_matches(answers: Codes, interviewer: Codes, order: Codes | None = None) -> Matches:
    """Count for every sheet the equal answers with the others.

    Parameters
    ----------
    answers : ndarray of int, shape (n, K)
        Not negative; kinds of missing are answers of their own.
    interviewer : ndarray of int, shape (n,)
        -1 for none: such a sheet is another's, and has no own.
    order : ndarray of int, shape (n,), optional
        Places in time, for ``earlier``: a copy comes after what it copies.

    Returns
    -------
    Matches

    Notes
    -----
    With few items the number of sheets that agree on all of a subset is the size of a group; its sums over
    the subsets of t items are ``Σ_m C(m, t) N_m``, which is solved for the N_m. ``common`` carries the sizes
    of the groups that agree on K - 2 items to K with the frequencies of the two further answers among all
    sheets whose other answers have the same sum, straight ones apart. With many items it is the sum of
    ``64 ** (share of equal answers)`` over sheets.

    Examples
    --------
    >>> answers = np.array([[1, 2, 3], [1, 2, 4], [1, 2, 3], [5, 2, 3]])
    >>> found = count_matches(answers, np.array([0, 0, 1, 1]))
    >>> found.own.tolist()[0], found.others.tolist()[0], found.best_other.tolist()
    ([0, 0, 1, 0], [0, 0, 1, 1], [3, 2, 3, 2])
    """
    n, items = answers.shape
    if items <= FEW_ITEMS:
        return _grouped(answers, interviewer, order)
    own, others, earlier = (np.zeros((n, items + 1), dtype=np.int64) for _ in range(3))
    for rows, equal in equal_blocks(answers):
        same = (interviewer[rows, None] == interviewer) & (interviewer[rows, None] >= 0)
        itself = np.arange(n) == rows[:, None]
        cell = np.arange(rows.size)[:, None] * (items + 1) + equal
        for counts, of in ((own, same & ~itself), (others, ~same & ~itself)):
            counts[rows] = np.bincount(cell[of], minlength=rows.size * (items + 1)).reshape(rows.size, -1)
        if order is not None:
            before = cell[~same & (order < order[rows, None])]
            earlier[rows] = np.bincount(before, minlength=rows.size * (items + 1)).reshape(rows.size, -1)
    earlier = others if order is None else earlier
    return Matches(own, others, earlier, earlier @ 64.0 ** (np.arange(items + 1) / items))


def equal_blocks(answers: Codes) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int16]]]:
    """Give blocks of rows and how many answers each has in common with every sheet, shape (rows, n)."""
    n, items = answers.shape
    small = answers.astype(np.int16)
    for start in range(0, n, max(BLOCK // max(n, 1), 1)):
        rows = np.arange(start, min(start + max(BLOCK // max(n, 1), 1), n))
        equal = np.zeros((rows.size, n), dtype=np.int16)
        for k in range(items):
            equal += small[rows, k, None] == small[:, k]
        yield rows, equal


def _grouped(answers: Codes, interviewer: Codes, order: Codes | None) -> Matches:
    n, items = answers.shape
    kinds = int(answers.max(initial=0)) + 1
    told, whose = interviewer >= 0, int(interviewer.max(initial=0)) + 2
    own, everyone, earlier = (np.zeros((n, items + 1), dtype=np.int64) for _ in range(3))
    in_time = None if order is None else np.unique(order, return_inverse=True)[1].astype(np.int64)
    common = np.zeros(n)
    for size in range(items + 1):
        for subset in combinations(range(items), size):
            key = np.zeros(n, dtype=np.int64)
            for k in subset:
                key = key * kinds + answers[:, k]
            key = np.unique(key, return_inverse=True)[1]
            mine = np.unique(key * whose + interviewer, return_inverse=True)[1]
            everyone[:, size] += np.bincount(key)[key]
            own[:, size] += np.where(told, np.bincount(mine)[mine], 1)
            if in_time is None:
                here = np.bincount(key)[key] - np.where(told, np.bincount(mine)[mine], 1)
            else:
                here = _before(key, in_time) - np.where(told, _before(mine, in_time), 0)
                earlier[:, size] += here
            if size == max(items - 2, 0):
                common += here * _continued(answers, subset, kinds)
    own_exactly, all_exactly = _solved(own), _solved(everyone)
    own_exactly[:, items] -= 1  # itself
    all_exactly[:, items] -= 1
    others = all_exactly - own_exactly
    return Matches(own_exactly, others, others if order is None else _solved(earlier), common)


def _continued(answers: Codes, subset: tuple[int, ...], kinds: int) -> Floats:
    """Give the chance of a sheet's answers outside the subset, given the sum of those inside."""
    chance = np.ones(len(answers))
    inside = list(subset)
    for k in range(answers.shape[1]):
        if k in subset:
            continue
        part = answers[:, inside]
        straight = (part == part[:, :1]).all(axis=1) if inside else np.zeros(len(answers), dtype=bool)
        given = np.unique(2 * part.sum(axis=1) + straight, return_inverse=True)[1]
        both = given * kinds + answers[:, k]
        # Itself left out, half an answer more for each kind.
        count = np.bincount(both)[both] - 1 + 0.5
        chance *= count / (np.bincount(given)[given] - 1 + 0.5 * kinds)
        inside.append(k)
    return chance


def _before(key: NDArray[np.intp], time: Counts) -> Counts:
    """Count the rows of the same key at earlier times; those at the same time are not before."""
    stamp = key * (int(time.max(initial=0)) + 1) + time
    at, size = np.unique(stamp, return_inverse=True, return_counts=True)[1:]
    before = np.cumsum(size) - size  # in the order of keys, then of time
    of_key = np.bincount(key)
    result: Counts = before[at] - (np.cumsum(of_key) - of_key)[key]
    return result


def _solved(sums: Counts) -> Counts:
    items = sums.shape[1] - 1
    inverse = np.array(
        [[(-1) ** (t - m) * comb(t, m) if t >= m else 0 for m in range(items + 1)] for t in range(items + 1)]
    )
    result: Counts = sums @ inverse
    return result


def _best(counts: Counts) -> NDArray[np.intp]:
    some = counts > 0
    best = counts.shape[1] - 1 - np.argmax(some[:, ::-1], axis=1)
    result: NDArray[np.intp] = np.where(some.any(axis=1), best, -1)
    return result
