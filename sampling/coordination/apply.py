"""Draw the cells of one frame so that the sample keeps to what it shares with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sampling.cells import Cell, Names, Reading
from sampling.coordination.lists import AtMost
from sampling.coordination.places import Places, in_places, places_from
from sampling.coordination.spread import Spread, spread_out
from sampling.designs import Design, SimpleRandom, method_of, strata_columns
from sampling.errors import DesignError
from sampling.lottery import Lottery, Tickets
from sampling.methods import Drawn, share_of

Coordinate = Places | AtMost | Spread
ALGORITHMS: dict[type, str] = {
    Places: "simple-random-places/1",
    AtMost: "simple-random-at-most/1",
    Spread: "simple-random-spread/1",
}


def coordinate_from(receipt: Mapping[str, Any]) -> Coordinate | None:
    """Give what a receipt says that the draw keeps to."""
    said = receipt.get("coordinate")
    if said is None:
        return None
    given = {name: value for name, value in said.items() if name != "kind"}
    if said["kind"] == "places":
        return places_from(said, receipt["key"])
    if said["kind"] == "at_most":
        return AtMost(**given)
    return Spread(**{**given, "among": tuple(said["among"])})


def refuse_other(coordinate: Coordinate, design: Design, key: str, where: str) -> None:
    """Refuse what cannot be drawn together with others."""
    method = method_of(design)
    if not isinstance(coordinate, Coordinate):
        raise DesignError("bad_coordinate", where=where, found=coordinate)
    if not isinstance(method, SimpleRandom):
        raise DesignError("coordinate_method", where=where, found=type(method).__name__)
    if isinstance(coordinate, Places) and coordinate.key != key:
        raise DesignError("other_key", where=where, lottery=coordinate.lottery)
    if isinstance(coordinate, Places) and coordinate.strata not in (None, strata_columns(design)):
        columns = ", ".join(coordinate.strata or ()) or "—"
        raise DesignError("other_strata", where=where, lottery=coordinate.lottery, columns=columns)
    if not isinstance(coordinate, Places) and method.reserve:
        raise DesignError("coordinate_reserve", where=where, found=type(coordinate).__name__)


def columns_of(coordinate: Coordinate | None) -> Names:
    """Give the columns that a draw reads besides those of its design."""
    if isinstance(coordinate, AtMost):
        return (coordinate.lists,)
    if isinstance(coordinate, Spread) and coordinate.recused is not None:
        return (coordinate.recused,)
    return ()


def draw_coordinated(
    coordinate: Coordinate,
    cells: Sequence[Cell],
    asked: Sequence[int],
    reserve: float,
    read: Reading,
    lottery: Lottery,
    where: str,
) -> tuple[list[Cell], list[Drawn]]:
    """Give the cells as far as they could be drawn from, and what was drawn of each."""
    found = []
    for cell, n in zip(cells, asked, strict=True):
        here = cell.where(where)
        if isinstance(coordinate, Places):
            found.append((cell, _places(coordinate, cell, n, reserve, read, here)))
        elif isinstance(coordinate, AtMost):
            found.append(_at_most(coordinate, cell, n, read, lottery, here))
        else:
            found.append(_spread(coordinate, cell, n, read, lottery, here))
    return [cell for cell, _ in found], [drawn for _, drawn in found]


def _places(coordinate: Places, cell: Cell, n: int, reserve: float, read: Reading, where: str) -> Drawn:
    size = cell.at.size
    place = (*cell.parents, *cell.stratum)
    skip, taken = coordinate.begin(place, size), coordinate.taken.get(place, 0)
    if taken + n > size:
        raise DesignError("places_taken", where=where, asked=n, taken=taken, available=size)
    count = n + min(share_of(n, reserve), size - taken - n)
    shared = Lottery(coordinate.key, coordinate.lottery, coordinate.stage)
    tickets = Tickets(shared, cell.parents, cell.stratum, read.ids[cell.at])
    order = tickets.smallest(skip + count) if skip + count <= size else tickets.order()
    picked = in_places(order, skip, count) if skip + count > size else order[skip:]
    return picked, np.repeat([n / size, np.nan], [n, count - n])


def _at_most(
    coordinate: AtMost, cell: Cell, n: int, read: Reading, lottery: Lottery, where: str
) -> tuple[Cell, Drawn]:
    ids = read.ids[cell.at]
    lists = read.texts(coordinate.lists).take(cell.at)
    stays = coordinate.staying(lottery.key, ids, lists, where)
    staying = np.flatnonzero(stays)
    if staying.size < n:
        raise DesignError(
            "too_few_stay",
            where=where,
            asked=n,
            available=staying.size,
            units=ids.size,
            most=coordinate.most,
        )
    tickets = Tickets(lottery, cell.parents, cell.stratum, ids[staying])
    return replace(cell, at=cell.at[staying]), (tickets.smallest(n), np.full(n, n / staying.size))


def _spread(
    coordinate: Spread, cell: Cell, n: int, read: Reading, lottery: Lottery, where: str
) -> tuple[Cell, Drawn]:
    barred = (
        None
        if coordinate.recused is None
        else coordinate.barred(read.texts(coordinate.recused).take(cell.at))
    )
    step = coordinate.among.index(coordinate.here)
    free = np.arange(cell.at.size) if barred is None else np.flatnonzero(~barred[step])
    if free.size < n:
        raise DesignError(
            "too_many_recused",
            where=where,
            asked=n,
            available=free.size,
            units=cell.at.size,
            here=coordinate.here,
        )
    stream = replace(lottery, name=coordinate.lottery).stream(cell.parents, cell.stratum)
    picked = spread_out(stream, cell.at.size, n, step + 1, barred)
    place = np.searchsorted(free, picked)
    return replace(cell, at=cell.at[free]), (place, np.full(n, n / free.size))
