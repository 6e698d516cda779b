"""Unequal probabilities with fixed size, spread in space: the local pivotal method."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.lottery import Stream
from sampling.select.duels import masses
from sampling.select.equal import Positions

NEAR = 8  # neighbours looked up at once; no draw depends on it
SURE = 1 - 1e-12  # what the tree leaves out may be nearer than it thinks by its rounding

_Row = list[tuple[float, int]]  # squared distance and spot, nearest first


def local_pivotal(prob: NDArray[np.float64], at: NDArray[np.float64], stream: Stream) -> Positions:
    """Let neighbours duel, so that units near each other are seldom drawn together.

    Local pivotal method 2 of Grafström, Lundström and Schelin (2012). While units are open: a unit is
    picked, all with the same chance; it meets its nearest open neighbour in a duel as in
    `sampling.select.duels.pivotal`, the picked one as survivor (a), the neighbour as challenger (b); who
    has probability 0 or 1 afterwards is open no more.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities in (0, 1), summing to a whole number n.
    at : ndarray of float, shape (N, d)
        Coordinates. Distance is Euclidean: scale columns of different units before.
    stream : Stream
        Of its numbers the first N pick: number k of the m open units, in the order in which a unit that
        closes is replaced by the last, where k = floor(u m). The next N decide the duels: the
        neighbour wins if u is below its chance.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, ascending.

    Notes
    -----
    Inclusion probabilities are exact within 1e-15, for probabilities are added as whole numbers
    (`sampling.select.duels.masses`) and each duel leaves their expectation as it was; exactly n units are
    drawn. Joint probabilities have no formula; those of neighbours are near zero, so no variance estimator
    is without bias (use one of local differences).

    The nearest is by the sum of squared differences in floating point, column after column; ties go to the
    first position. It is found through a k-d tree, whose own rounding decides nothing. Many
    units at one spot are no burden. One step follows the other: 100,000 units take about five seconds.

    Examples
    --------
    Four villages on a line, two near each other at each end: one is drawn at each end.

    >>> at = np.array([[0.0], [1.0], [10.0], [11.0]])
    >>> local_pivotal(np.full(4, 0.5), at, Stream([1, 2]))
    array([0, 2])
    """
    size = len(prob)
    whole, one = masses(prob, round(float(np.cumsum(prob)[-1])))
    mass = whole.tolist()
    picks, duels = stream.numbers(size).tolist(), stream.numbers(size).tolist()
    open_units = [unit for unit in range(size) if mass[unit] < one]
    place = {unit: k for k, unit in enumerate(open_units)}
    nearest = _Nearest(at, open_units)
    for pick, duel in zip(picks, duels, strict=True):
        if not open_units:
            break
        survivor = open_units[int(pick * len(open_units))]
        challenger = nearest.of(survivor)
        a, b = mass[survivor], mass[challenger]
        wins = duel < (b / (a + b) if a + b < one else (one - a) / (2 * one - a - b))
        winner, loser = (challenger, survivor) if wins else (survivor, challenger)
        mass[winner], mass[loser] = min(a + b, one), max(a + b - one, 0)
        for unit in (winner, loser):
            if mass[unit] in (0, one):
                nearest.close(unit)
                last = open_units.pop()
                if last != unit:
                    open_units[place[unit]] = last
                    place[last] = place[unit]
    return np.flatnonzero(np.array(mass, dtype=np.int64) == one)


class _Nearest:
    """The nearest open unit of each, ties to the first position."""

    def __init__(self, at: NDArray[np.float64], units: list[int]) -> None:
        spots, spot = np.unique(at, axis=0, return_inverse=True)
        self._spots = spots
        self._spot: list[int] = spot.reshape(-1).tolist()
        self._open: list[list[int]] = [[] for _ in spots]
        for unit in units:
            self._open[self._spot[unit]].append(unit)
        self._left = sum(map(bool, self._open))
        self._plant()

    def of(self, unit: int) -> int:
        spot = self._spot[unit]
        here = self._open[spot]
        if len(here) > 1:
            return here[here[0] == unit]
        row = self._row[spot]
        others, sure = self._table[row], self._reach[row]
        count = NEAR + 1
        while True:
            best, first = None, -1
            for distance, other in others:
                if best is not None and distance > best:
                    break
                units = self._open[other]
                if units and other != spot and (best is None or units[0] < first):
                    best, first = distance, units[0]
            if best is not None and best < sure:
                return first
            count *= 4
            rows, reach = self._look_up(self._planted[row : row + 1], count)
            others, sure = rows[0], reach[0]

    def close(self, unit: int) -> None:
        here = self._open[self._spot[unit]]
        del here[bisect_left(here, unit)]
        if not here:
            self._left -= 1
            if 2 * self._left < len(self._planted) > NEAR:
                self._plant()

    def _plant(self) -> None:
        from scipy.spatial import cKDTree

        self._planted = np.flatnonzero([bool(units) for units in self._open])
        self._row = dict(zip(self._planted.tolist(), range(len(self._planted)), strict=True))
        self._tree: Any = cKDTree(self._spots[self._planted])
        self._table, self._reach = self._look_up(self._planted, NEAR + 1)

    def _look_up(
        self, spots: NDArray[np.intp], count: int
    ) -> tuple[list[list[tuple[float, int]]], list[float]]:
        """Give the planted spots near each by distance, and up to which distance they are all there are."""
        count = min(count, len(self._planted))
        points = self._spots[spots]
        near = self._planted[self._tree.query(points, k=[*range(1, count + 1)])[1]]
        squares = np.zeros(near.shape)
        for column in range(points.shape[1]):
            apart = self._spots[near, column] - points[:, column, None]
            squares += apart * apart
        order = np.argsort(squares, axis=1, kind="stable")
        near, squares = np.take_along_axis(near, order, 1), np.take_along_axis(squares, order, 1)
        everything = count == len(self._planted)
        reach = np.full(len(spots), np.inf) if everything else squares[:, -1] * SURE
        table = [list(zip(*row, strict=True)) for row in zip(squares.tolist(), near.tolist(), strict=True)]
        return table, reach.tolist()
