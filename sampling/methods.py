"""The table of methods: how each kind of design draws one cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.cells import Cell, Names, Reading
from sampling.designs import PPS, Census, Method, SimpleRandom, Systematic
from sampling.errors import DesignError
from sampling.frame import list_order_key
from sampling.lottery import Tickets
from sampling.probabilities import inclusion_probabilities
from sampling.select import Positions, pps_systematic, simple_random, systematic

Drawn = tuple[Positions, NDArray[np.float64]]


@dataclass(frozen=True)
class Entry:
    """How a kind of design is drawn.

    Attributes
    ----------
    select : callable
        Takes the cell, the method, n, what was read and the cell's tickets; gives the positions drawn
        in the cell and their inclusion probabilities.
    algorithm : callable
        Gives the id of the algorithm, whose meaning never changes.
    """

    select: Callable[[Cell, Any, int, Reading, Tickets], Drawn]
    algorithm: Callable[[Any], str]


def share_of(number: int, share: float) -> int:
    """Give a share of a number, rounded up; 0.07 is the decimal, not the nearest binary fraction.

    >>> share_of(100, 0.07)
    7
    """
    return ceil(number * Fraction(str(float(share))))


def reserve_share(method: Method, where: str) -> float:
    """Give the reserves a method asks for each unit, or say what is wrong with them."""
    share = method.reserve if isinstance(method, SimpleRandom) else 0.0
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < np.inf:
        raise DesignError("bad_reserve", where=where, reserve=share)
    return share


def list_order(cell: Cell, order: Names, read: Reading) -> Positions:
    """Order a cell by columns; what ties keeps the order of ids, since cells stand in it."""
    result = np.arange(cell.at.size, dtype=np.intp)
    for column in reversed(order):
        one = read.texts(column)
        used, code = np.unique(one.codes[cell.at], return_inverse=True)
        key = list_order_key([one.texts[at] for at in used])
        _, rank = np.unique(np.asarray(key), return_inverse=True)
        result = result[np.argsort(rank[code][result], kind="stable")]
    return result


def _simple_random(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    more = min(share_of(n, method.reserve), cell.at.size - n)
    prob = np.repeat([n / cell.at.size, np.nan], [n, more])  # a reserve has none until it is released
    return simple_random(tickets.smallest(n + more), n + more), prob


def _systematic(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    order = list_order(cell, method.order, read)
    return systematic(order, n, tickets.start()), np.full(n, n / cell.at.size)


def _pps(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    size = read.sizes[method.size][cell.at]
    order = list_order(cell, method.order, read) if method.order else tickets.order()
    picked = pps_systematic(order, size, n, tickets.start())
    return picked, inclusion_probabilities(size, n)[picked]


def _census(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    return np.arange(n, dtype=np.intp), np.ones(n)


METHODS: dict[type, Entry] = {
    SimpleRandom: Entry(_simple_random, lambda _: "simple-random/1"),
    Systematic: Entry(_systematic, lambda _: "systematic/1"),
    PPS: Entry(_pps, lambda method: "pps-systematic/1" if method.order else "pps-random-systematic/1"),
    Census: Entry(_census, lambda _: "census/1"),
}
