"""Walk a design over files: count, allocate, and draw from candidates as from a frame in memory."""

from __future__ import annotations

from math import ceil, inf, sqrt
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.allocation.declared import columns_guiding
from sampling.allocation.numbers import numbers_of
from sampling.assemble import assembled
from sampling.cells import Cell, Counted, Reading
from sampling.columns import encoded
from sampling.designs import (
    Bernoulli,
    Design,
    Multistage,
    Poisson,
    SimpleRandom,
    columns_read,
    method_of,
    number_of,
    size_columns,
    strata_columns,
)
from sampling.errors import DesignError, FrameError
from sampling.files.certainty import Shares, shares_of
from sampling.files.counting import Counts, counted
from sampling.files.engines import engine_of
from sampling.files.reading import FilesReading, candidates_of
from sampling.files.source import Source, opened
from sampling.files.sql import Asked, kind_of
from sampling.files.tasks import candidates
from sampling.frame import refuse_no_column
from sampling.lottery import Lottery, Tickets
from sampling.methods import METHODS, NEGLIGIBLE, Drawn, known, reserve_share, share_of
from sampling.sample import Sample
from sampling.select import poisson

FROM_FILES = (SimpleRandom, Bernoulli, Poisson)
WORD = 1 << 64
SLACK = 1e-9  # of a probability, for the first look; the last word has the code for frames in memory


def draw_files(
    path: str | PathLike[str], design: Design | Multistage, key: str, name: str, unit: str, engine: Any = None
) -> tuple[Sample, Reading]:
    """Draw from a Parquet file, or a folder of them, the sample that a frame in memory would give.

    Files are read once to count, once for lottery numbers, once for the digest of the frame, and
    where units were drawn. See ``sampling.draw`` for parameters and errors.

    Returns
    -------
    Sample, Reading
        The reading holds candidates, and gives lines on demand.

    Notes
    -----
    What differs from a frame in memory: where a frame has several faults, another may be named; sizes
    are numbers from 1e-28 to 1e28, whole ones up to 2^53; ids and strata are texts, numbers or truth values.
    """
    where = f"draw {name}"
    if isinstance(design, Multistage):
        raise DesignError("not_from_files", where=where, found="Multistage")
    method = _method_from_files(design, where)
    lottery = Lottery(key, name, 1)
    reserve_share(method, where)  # what is wrong with it is said before any file is read
    place = engine_of(engine, where)
    source = opened(path, where)
    asked = _asked(source, design, unit, lottery, where)
    counts = counted(source, asked, place, where)
    nobody = np.empty(0, dtype=np.intp)
    cells = []
    for one in counts.strata:
        sums = dict(zip(asked.sizes, map(float, one.sums), strict=True))
        cells.append(Cell((), one.texts, nobody, Counted(one.units, sums)))
    none = FilesReading(list(asked.names), encoded([]), {}, {}, nobody, source, asked, place, None, where)
    numbers = numbers_of(cells, design, none, None, where)
    read, cells, drawn = _drawn(none, cells, counts, method, numbers, lottery)
    sample = assembled(source.take, read, cells, drawn, numbers, design=design, unit=unit, lottery=lottery)
    return sample, read


def _method_from_files(design: Design, where: str) -> Any:
    """Give the method, or refuse what cannot be drawn from files."""
    method = known(method_of(design), where)
    if not isinstance(method, FROM_FILES):
        raise DesignError("not_from_files", where=where, found=type(method).__name__)
    number = number_of(method)
    if columns_guiding(number)[1]:
        raise DesignError("not_from_files", where=where, found=f"{type(number).__name__} by a column")
    return method


def _asked(source: Source, design: Design, unit: str, lottery: Lottery, where: str) -> Asked:
    names = (unit, *(one for one in columns_read(design) if one != unit))
    refuse_no_column(source.columns, names, where)
    if not source.rows:
        raise FrameError("empty_frame", where=where)
    sizes, strata = size_columns(design), strata_columns(design)
    kinds = {one: kind_of(source, one, where) for one in (*names, *strata)}
    kinds |= {one: kind_of(source, one, where, number=True) for one in sizes}
    return Asked(tuple(source.schema.names), kinds, names, strata, sizes, lottery.prefix("order", []))


def _drawn(
    none: FilesReading, cells: list[Cell], counts: Counts, method: Any, numbers: list[int], lottery: Lottery
) -> tuple[FilesReading, list[Cell], list[Drawn]]:
    """Find candidates, and draw from them."""
    source, asked = none.source, none.asked
    shares: list[Shares] = []
    if isinstance(method, Poisson):
        shares = shares_of(source, asked, method.size, counts, numbers, none.engine)
        _refuse_negligible(none, cells, counts, shares, method.size)
    times = 1.0
    while True:
        condition, limits = _limits(method, asked, counts, numbers, shares, times)
        k = counts.table(source, asked, **limits)
        tables = none.engine.each(candidates, source.files, asked, condition, list(limits), k)
        read, cells = candidates_of(none, cells, tables, k)
        drawn = []
        for at, (cell, n) in enumerate(zip(cells, numbers, strict=True)):
            tickets = Tickets(lottery, (), cell.stratum, read.ids[cell.at])
            if shares:
                drawn.append(_by_size(read.sizes[method.size][cell.at], shares[at], tickets))
            else:
                drawn.append(METHODS[type(method)].select(cell, method, n, read, tickets))
        if not isinstance(method, SimpleRandom) or all(picked.size == prob.size for picked, prob in drawn):
            return read, cells, drawn
        times *= 4.0  # by a rare chance there were too few small numbers


def _limits(
    method: Any, asked: Asked, counts: Counts, numbers: list[int], shares: list[Shares], times: float
) -> tuple[str, dict[str, list[Any]]]:
    """Say which lottery numbers are small enough to look at; none that is drawn may be missed."""
    units = [one.units for one in counts.strata]
    if isinstance(method, Bernoulli):
        return "h < below", {"below": [_hex(float(method.rate))] * len(units)}
    if isinstance(method, SimpleRandom):
        asked_for = [
            n + min(share_of(n, method.reserve), size - n) for n, size in zip(numbers, units, strict=True)
        ]
        parts = [(n + 8 * sqrt(n) + 16) * times / size for n, size in zip(asked_for, units, strict=True)]
        return "h < below", {"below": list(map(_hex, parts))}
    place = asked.sizes.index(method.size)
    rates = [one.left / float(one.total) * (1 + SLACK) if one.left else 0.0 for one in shares]
    tops = [
        rate * min(one.high[place], share.certain)
        for rate, one, share in zip(rates, counts.strata, shares, strict=True)
    ]
    size, number = f"size_{place}", "CAST('0x' || substr(h, 1, 13) AS UBIGINT)"
    return f"{size} >= certain OR (h < below AND {number} <= {size} * rate * {float(1 << 52)!r})", {
        "certain": [one.certain for one in shares],
        "below": list(map(_hex, tops)),
        "rate": rates,
    }


def _hex(part: float) -> str:
    """Give a text above the hexadecimal digests of all numbers below ``part``.

    >>> _hex(0.5), _hex(1.0)
    ('8000000000000001', 'g')
    """
    word = ceil(part * WORD) + 1 if part < 1 else WORD
    return f"{word:016x}" if word < WORD else "g"


def _by_size(size: NDArray[np.float64], share: Shares, tickets: Tickets) -> Drawn:
    """Draw by Poisson sampling, with the probabilities of ``sampling.probabilities.with_certain``."""
    prob = np.ones(size.size)
    rest = size < share.certain
    if share.left:
        prob[rest] = share.left * size[rest] / float(share.total)
    picked = poisson(tickets.numbers(), prob)
    return picked, prob[picked]


def _refuse_negligible(
    none: FilesReading, cells: list[Cell], counts: Counts, shares: list[Shares], column: str
) -> None:
    """Refuse a unit that could as well not be there, as a frame in memory does."""
    source, asked = none.source, none.asked
    place = asked.sizes.index(column)
    for at, (cell, share, one) in enumerate(zip(cells, shares, counts.strata, strict=True)):
        low = one.low[place]
        prob = share.left * low / float(share.total) if low < share.certain else 1.0
        if prob < NEGLIGIBLE:
            least = [low if other == at else -inf for other in range(len(cells))]
            k = counts.table(source, asked, least=least)
            tables = none.engine.each(candidates, source.files, asked, f"size_{place} = least", ["least"], k)
            first = min(one for table in tables for one in table.column("id").to_pylist())
            raise FrameError(
                "negligible_size",
                where=cell.where(none.where),
                column=column,
                value=low,
                unit=first,
                prob=prob,
            )
