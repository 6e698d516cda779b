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
from sampling.columns import bytes_used
from sampling.designs import (
    ALONG_A_LIST,
    PPS,
    Balanced,
    Bernoulli,
    Census,
    Method,
    Poisson,
    PPSWithReplacement,
    SimpleRandom,
    SpatiallyBalanced,
    Systematic,
)
from sampling.errors import DesignError, FrameError
from sampling.frame import list_order_key
from sampling.lottery import Stream, Tickets, fractions
from sampling.probabilities import exact_sum, with_certain
from sampling.select import (
    Positions,
    bernoulli,
    brewer,
    chromy,
    circular_systematic,
    conditional_poisson,
    cube,
    local_pivotal,
    pareto,
    pareto_probabilities,
    pivotal,
    poisson,
    pps_systematic,
    pps_with_replacement,
    sampford,
    simple_random,
    systematic,
    tille,
)

NEGLIGIBLE = 1e-15
LONGEST_WHOLE = 16  # so many digits a float may round
DIGITS = [0, *range(ord("0"), ord("9") + 1)]
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
    independent : bool
        Whether each unit is drawn for itself, so that their number is left to chance.
    replaced : bool
        Whether a unit can be drawn again.
    """

    select: Callable[[Cell, Any, int, Reading, Tickets], Drawn]
    algorithm: Callable[[Any], str]
    independent: bool = False
    replaced: bool = False


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
        if column == read.names[0] and column not in read.categories and column not in read.sizes:
            ids = read.ids[cell.at][result]
            if ids.itemsize < LONGEST_WHOLE and not np.delete(bytes_used(ids), DIGITS).any():
                result = result[np.argsort(ids.astype(np.int64), kind="stable")]
                continue
        one = read.texts(column)
        used, code = np.unique(one.codes[cell.at], return_inverse=True)
        key = list_order_key([one.texts[at] for at in used])
        _, rank = np.unique(np.asarray(key), return_inverse=True)
        result = result[np.argsort(rank[code][result], kind="stable")]
    return result


def _simple_random(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    more = min(share_of(n, method.reserve), cell.units - n)
    prob = np.repeat([n / cell.units, np.nan], [n, more])  # a reserve has none until it is released
    return simple_random(tickets.smallest(n + more), n + more), prob


def _bernoulli(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    picked = bernoulli(tickets.numbers(), method.rate)
    return picked, np.full(picked.size, float(method.rate))


def _systematic(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    select = circular_systematic if method.circular else systematic
    picked = select(list_order(cell, method.order, read), n, tickets.start())
    return picked, np.full(n, n / cell.at.size)


def _by_size(
    cell: Cell, column: str, n: int, read: Reading, tickets: Tickets
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give probabilities by size, and certain units, or name a unit that could as well not be there."""
    size = read.sizes[column][cell.at]
    prob, certain = with_certain(size, n)
    least = int(np.argmin(prob))
    if prob[least] < NEGLIGIBLE:
        raise FrameError(
            "negligible_size",
            where=cell.where(f"draw {tickets.lottery.name}"),
            column=column,
            value=size[least].item(),
            unit=tickets.ids[least].decode(),
            prob=prob[least].item(),
        )
    return prob, certain


def _pps(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    size = read.sizes[method.size][cell.at]
    prob, certain = _by_size(cell, method.size, n, read, tickets)
    if method.method == "systematic":
        order = list_order(cell, method.order, read) if method.order else tickets.order()
        picked = pps_systematic(order, size, n, tickets.start(), certain)
        return picked, prob[picked]
    rest = np.flatnonzero(prob < 1)
    left = n - (prob.size - rest.size)
    if not left:
        return np.flatnonzero(prob == 1), np.ones(n)
    chosen = prob == 1
    if method.method in ("pivotal", "chromy"):
        first, last = tickets.words(0, 3) if not method.order else (None, tickets.words(3)[0])
        order = list_order(cell, method.order, read) if first is None else tickets.order(first)
        order = order[~chosen[order]]
        if method.method == "pivotal":
            chosen[pivotal(order, size, left, fractions(last))] = True
        else:
            chosen[chromy(order, size, left, fractions(last), tickets.start())] = True
    elif method.method == "pareto":
        chosen[rest[pareto(prob[rest], tickets.numbers()[rest], left)]] = True
        prob[rest] = pareto_probabilities(prob[rest])
    else:
        chosen[rest[BY_STREAM[method.method](prob[rest], tickets.stream())]] = True
    picked = np.flatnonzero(chosen)
    return picked, prob[picked]


def _pps_with_replacement(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    size = read.sizes[method.size][cell.at]
    picked = pps_with_replacement(size, n, tickets.stream())
    return picked, n * size[picked] / exact_sum(size)


def _poisson(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    prob, _ = _by_size(cell, method.size, n, read, tickets)
    picked = poisson(tickets.numbers(), prob)
    return picked, prob[picked]


def _balanced(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    return _spread_out(cell, method, n, read, tickets, method.on, cube)


def _spread(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    return _spread_out(cell, method, n, read, tickets, method.over, local_pivotal)


def _spread_out(
    cell: Cell,
    method: Any,
    n: int,
    read: Reading,
    tickets: Tickets,
    columns: Names,
    select: Callable[[NDArray[np.float64], NDArray[np.float64], Stream], Positions],
) -> Drawn:
    if method.size is None:
        prob = np.full(cell.at.size, n / cell.at.size)
    else:
        prob, _ = _by_size(cell, method.size, n, read, tickets)
    values = np.column_stack([read.sizes[one][cell.at] for one in columns])
    rest = np.flatnonzero(prob < 1)
    chosen = prob == 1
    if rest.size:
        chosen[rest[select(prob[rest], values[rest], tickets.stream())]] = True
    picked = np.flatnonzero(chosen)
    return picked, prob[picked]


def _census(cell: Cell, method: Any, n: int, read: Reading, tickets: Tickets) -> Drawn:
    return np.arange(n, dtype=np.intp), np.ones(n)


def _pps_algorithm(method: Any) -> str:
    drawn = "" if method.order or method.method not in ALONG_A_LIST else "random-"
    prefix = "pps-" if method.method == "systematic" else ""
    return f"{prefix}{drawn}{method.method.replace('_', '-')}/1"


BY_STREAM: dict[str, Callable[[NDArray[np.float64], Stream], Positions]] = {
    "sampford": sampford,
    "conditional_poisson": conditional_poisson,
    "tille": tille,
    "brewer": brewer,
}
METHODS: dict[type, Entry] = {
    SimpleRandom: Entry(_simple_random, lambda _: "simple-random/1"),
    Bernoulli: Entry(_bernoulli, lambda _: "bernoulli/1", independent=True),
    Systematic: Entry(_systematic, lambda one: "circular-systematic/1" if one.circular else "systematic/1"),
    PPS: Entry(_pps, _pps_algorithm),
    PPSWithReplacement: Entry(_pps_with_replacement, lambda _: "pps-with-replacement/1", replaced=True),
    Poisson: Entry(_poisson, lambda _: "poisson/1", independent=True),
    Balanced: Entry(_balanced, lambda _: "cube/1"),
    SpatiallyBalanced: Entry(_spread, lambda _: "local-pivotal/1"),
    Census: Entry(_census, lambda _: "census/1"),
}


def known(method: Method, where: str) -> Method:
    """Give a method of the table, or refuse what is none."""
    if type(method) not in METHODS:
        names = ", ".join(one.__name__ for one in METHODS)
        raise DesignError("bad_design", where=where, found=method, known=names)
    return method
