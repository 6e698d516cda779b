"""Unequal probabilities with fixed size, balanced on known totals: the cube method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sampling.lottery import Stream
from sampling.select.equal import Positions

NOTHING = 1e-12  # a sum this small beside its terms is rounding
CLOSED = 1e-11  # a probability this near 0 or 1 has arrived there
FREE = -1


def cube(prob: NDArray[np.float64], balance: NDArray[np.float64], stream: Stream) -> Positions:
    """Draw a sample whose weighted totals of known variables are, nearly, those of the frame.

    The cube method of Deville and Tillé (2004). Flight: all probabilities move together, at random and
    without drift, along a line on which no Horvitz–Thompson total changes, until one more is 0 or 1
    (fast version of Chauvet and Tillé 2006: only few units are in the air at once). Landing: when no such
    line is left, the last variable is dropped, then the next before it; the size is kept to the end.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities in (0, 1), summing to a whole number n.
    balance : ndarray of float, shape (N, q)
        Variables to balance on, the most important first; q may be 0. The size need not be among them.
        Variables that others add up to, constants and zeros do no harm.
    stream : Stream
        Of its numbers the first N put the units in order (smallest first; ties by position). The next
        N decide the moves: the unit that came last goes up if u is below down / (up + down), the steps
        that are possible either way.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, ascending.

    Notes
    -----
    Each move leaves the expectation of every probability as it was, so inclusion probabilities are the
    stated ones; rounding moves them by less than 1e-9. Exactly n units are drawn. The total of x / prob
    over the sample differs from the total of x by what the landing moves: at most q + 1 units are in the
    air then, so with n much larger than q the sample is nearly balanced.
    Joint probabilities have no formula.

    Lines are found by elimination in a fixed order of operations, so that every machine takes the same. A
    step costs about (q + 1)² operations; 100,000 units with q = 5 take about five seconds.

    Examples
    --------
    A tenth of 500, of which an x is known that sums to 125,250; the sample says nearly so.

    >>> x = np.arange(1.0, 501.0)
    >>> sample = cube(np.full(500, 0.1), x[:, None], Stream([1, 2]))
    >>> len(sample), round(float((x[sample] / 0.1).sum()))
    (50, 125590)
    """
    order = np.argsort(stream.numbers(len(prob)), kind="stable")
    moves = iter(stream.numbers(len(prob)).tolist())
    columns = _independent(np.column_stack([np.ones(len(prob)), balance / prob[:, None]]))
    chance = prob.tolist()
    units = order.tolist()
    for count in range(columns.shape[1], 0, -1):
        units = _flight(chance, columns[:, :count], units, moves)
    # One unit may be left, 0 or 1 but for rounding, since the sum of all is whole.
    return np.flatnonzero(np.array(chance) > 0.5)


def _independent(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take from each column what those before it say, and leave out those of which nothing is left.

    What is balanced by the first k columns stays the same, for every k.
    """
    kept: list[tuple[NDArray[np.float64], int]] = []
    for original in columns.T:
        column, terms = original.copy(), np.abs(original)
        for earlier, unit in kept:
            part = column[unit] * earlier
            column -= part
            terms += np.abs(part)
        column[np.abs(column) <= NOTHING * terms] = 0.0
        unit = int(np.abs(column).argmax())
        if column[unit]:
            kept.append((column / column[unit], unit))
    return np.column_stack([column for column, _ in kept])


class _Base:
    """Units in the air with independent columns, and the elimination that turns those into unit vectors.

    ``inverse`` is kept transposed, so that sums run over its rows one after the other: numpy adds those in
    their order on every machine.
    """

    def __init__(self, columns: NDArray[np.float64]) -> None:
        self.columns = columns
        self.rows = columns.shape[1]
        self.inverse = np.eye(self.rows)
        self.unit = [FREE] * self.rows  # whose column is the unit vector of this row

    def reduce(self, unit: int) -> NDArray[np.float64]:
        """Give a unit's column in terms of the base, sums that are only rounding set to zero."""
        terms = self.inverse * self.columns[unit, :, None]
        sums: NDArray[np.float64] = np.add.reduce(terms, axis=0)
        sums[np.abs(sums) <= NOTHING * np.add.reduce(np.abs(terms), axis=0)] = 0.0
        return sums

    def free_row(self, column: NDArray[np.float64]) -> int:
        """Give the free row where a column is largest, or −1 where the base already spans it."""
        if FREE not in self.unit:
            return -1
        size = np.where(np.array(self.unit) == FREE, np.abs(column), 0.0)
        row = int(size.argmax())
        return row if size[row] > 0 else -1

    def enter(self, unit: int, row: int, column: NDArray[np.float64]) -> None:
        pivot = self.inverse[:, row] / column[row]
        self.inverse -= pivot[:, None] * column
        self.inverse[:, row] = pivot
        self.unit[row] = unit


def _flight(
    chance: list[float], columns: NDArray[np.float64], units: list[int], moves: Iterator[float]
) -> list[int]:
    """Move until the columns of the units in the air are independent; give those units in their order."""
    base = _Base(columns)
    waiting = units[::-1]
    while waiting:
        unit = waiting.pop()
        column = base.reduce(unit)
        row = base.free_row(column)
        if row >= 0:
            base.enter(unit, row, column)
            continue
        used = column.nonzero()[0].tolist()
        line = [(unit, 1.0), *((base.unit[row], -column.item(row)) for row in used)]
        closed = _move(chance, line, next(moves))
        left = [row for row in used if base.unit[row] in closed]
        for row in left:
            base.unit[row] = FREE
        if unit not in closed:
            base.enter(unit, max(left, key=np.abs(column).item), column)
    air = set(base.unit)
    return [unit for unit in units if unit in air]


def _move(chance: list[float], line: list[tuple[int, float]], number: float) -> set[int]:
    """Move probabilities along a line, up or down, as far as they go; give those that arrive at 0 or 1."""
    above, below = [], []
    for unit, slope in line:
        ways = (1.0 - chance[unit]) / slope, -chance[unit] / slope
        above.append(max(ways))
        below.append(-min(ways))
    up, down = min(above), min(below)
    step = up if number < down / (up + down) else -down
    closed = set()
    for unit, slope in line:
        chance[unit] += step * slope
        if not CLOSED <= chance[unit] <= 1.0 - CLOSED:
            closed.add(unit)
            chance[unit] = float(round(chance[unit]))
    return closed
