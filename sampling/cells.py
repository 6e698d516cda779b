"""What a draw reads of a frame, and the cells it draws in: the strata of each parent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.designs import (
    PPS,
    Design,
    Proportional,
    columns_read,
    method_of,
    number_of,
    strata_columns,
)
from sampling.errors import FrameError
from sampling.frame import canonical_text, frame_lines, positive_sizes, size_text
from sampling.receipt import Parents
from sampling.select import Positions

Names = tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What the design reads of a frame, in the order of its lines (so of its ids)."""

    names: list[str]
    ids: list[str]
    texts: dict[str, list[str]]
    sizes: dict[str, NDArray[np.float64]]
    rows: Positions
    lines: list[str]


@dataclass(frozen=True)
class Cell:
    """The units of one stratum of one parent: positions in what was read."""

    parents: Names
    stratum: Names
    at: Positions

    def where(self, draw: str) -> str:
        label = " / ".join((*self.parents, *self.stratum))
        return f"{draw} / stratum {label}" if label else draw


def read_frame(
    frame: pd.DataFrame, design: Design, unit: str, parents: Parents | None, where: str
) -> Reading:
    """Read and check the columns of a design; rows of undrawn parents are no part of the frame."""
    above = () if parents is None else parents.columns
    names = [unit, *above, *(c for c in columns_read(design) if c not in (unit, *above))]
    for column in names:
        if column not in frame.columns:
            raise FrameError(
                "no_column", where=where, column=column, columns=", ".join(map(str, frame.columns))
            )
    rows = np.arange(len(frame), dtype=np.intp)
    texts = {column: canonical_text(frame[column], column, where, exact=True) for column in above}
    if parents is not None:
        drawn = set(parents.ids)
        found = list(zip(*texts.values(), strict=True))
        keep = np.fromiter((one in drawn for one in found), dtype=bool, count=len(found))
        absent = sorted(drawn - set(found))
        if absent:
            parent = " / ".join(absent[0])
            raise FrameError("undrawn_parent", where=where, count=len(absent), parent=parent)
        rows = np.flatnonzero(keep)
        texts = {column: [values[i] for i in rows] for column, values in texts.items()}
    if not rows.size:
        raise FrameError("empty_frame", where=where)
    part = frame.iloc[rows]
    ids = texts.get(unit) or canonical_text(part[unit], unit, where, exact=True, rows=rows)
    numeric = _size_columns(design)
    sizes = {column: positive_sizes(part[column], column, ids, where, rows) for column in numeric}
    for column in names:
        if column in sizes:
            texts[column] = size_text(sizes[column])
        elif column not in texts:
            own = column == unit
            texts[column] = ids if own else canonical_text(part[column], column, where, rows=rows)
    lines = frame_lines([texts[column] for column in names])
    order = np.array(sorted(range(len(lines)), key=lines.__getitem__), dtype=np.intp)
    names_of_units = list(zip(*(texts[c] for c in (*above, unit)), strict=True))
    if len(set(names_of_units)) < len(names_of_units):
        raise _repeated(names_of_units, rows, where)
    return Reading(
        names,
        [ids[i] for i in order],
        {column: [values[i] for i in order] for column, values in texts.items()},
        {column: values[order] for column, values in sizes.items()},
        rows[order],
        [lines[i] for i in order],
    )


def _repeated(names: list[Names], rows: Positions, where: str) -> FrameError:
    seen: dict[Names, int] = {}
    repeats = []
    for name, row in zip(names, rows.tolist(), strict=True):
        if name in seen:
            repeats.append((name[-1], seen[name] + 1, row + 1))
        seen.setdefault(name, row)
    first, row_a, row_b = repeats[0]
    return FrameError("duplicate_ids", where=where, count=len(repeats), first=first, row_a=row_a, row_b=row_b)


def _size_columns(design: Design) -> Names:
    method, number = method_of(design), number_of(method_of(design))
    of_number = (number.size,) if isinstance(number, Proportional) and number.size is not None else ()
    return tuple(dict.fromkeys(((method.size,) if isinstance(method, PPS) else ()) + of_number))


def cells_of(read: Reading, design: Design, parents: Parents | None) -> list[Cell]:
    """Split what was read into the strata of each parent, in the order of their names."""
    above = () if parents is None else parents.columns
    columns = [*above, *(c for c in strata_columns(design) if c not in above)]
    if not columns:
        return [Cell((), (), np.arange(len(read.ids), dtype=np.intp))]
    places: dict[Names, list[int]] = {}
    for at, place in enumerate(zip(*(read.texts[c] for c in columns), strict=True)):
        places.setdefault(place, []).append(at)
    cut = len(above)
    return [Cell(place[:cut], place[cut:], np.array(at)) for place, at in sorted(places.items())]
