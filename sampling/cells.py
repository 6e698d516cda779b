"""What a draw reads of a frame, and the cells it draws in: the strata of each parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.columns import (
    Category,
    Positions,
    Utf8,
    blocks,
    byte_keys,
    category,
    category_of,
    decoded,
    encoded,
    has_control_characters,
    joined_lines,
    size_category,
    size_digits,
    unit_ids,
)
from sampling.designs import Design, columns_read, size_columns, strata_columns, value_columns
from sampling.errors import FrameError
from sampling.frame import finite_values, positive_sizes, refuse_no_column
from sampling.lottery import SEPARATOR
from sampling.parents import Parents

Names = tuple[str, ...]
LARGEST_COUNTED = 1 << 22
SHORT = 1 << 16


@dataclass(frozen=True)
class Reading:
    """What the design reads of a frame, in the order of its lines (so of its ids).

    Attributes
    ----------
    names : list of str
        The columns of a line: the unit id, the parents, then the others.
    ids : ndarray of bytes, shape (N,)
        Unit ids.
    categories : dict of Category
        Parents, and columns that are neither ids nor sizes.
    sizes : dict of ndarray of float, shape (N,)
    rows : ndarray of int, shape (N,)
        Where each unit stands in the frame.
    """

    names: list[str]
    ids: Utf8
    categories: dict[str, Category]
    sizes: dict[str, NDArray[np.float64]]
    rows: Positions

    def ids_at(self, at: Positions) -> list[str]:
        """Give some unit ids as text."""
        return decoded(self.ids[at])

    def texts(self, column: str) -> Category:
        """Give any column that was read as texts."""
        if column in self.categories:
            return self.categories[column]
        if column in self.sizes:
            return size_category(self.sizes[column])
        return category_of(np.arange(self.ids.size, dtype=np.intp), decoded(self.ids))

    @property
    def units(self) -> int:
        """How many units the frame has."""
        return self.ids.size

    def lines_with(self, ids: Sequence[str]) -> Iterator[bytes]:
        """Give lines among which are those of some ids, in blocks."""
        return self.lines()

    def lines(self) -> Iterator[bytes]:
        """Give the lines of the frame in blocks, in order, each line ended by a line feed."""
        tables = {name: encoded(one.texts) for name, one in self.categories.items()}
        for block in blocks(self.ids.size):
            columns = [self.ids[block]]
            for name in self.names[1:]:
                if name in self.sizes:
                    columns.append(size_digits(self.sizes[name][block]))
                elif name in tables:
                    columns.append(tables[name][self.categories[name].codes[block]])
                else:
                    columns.append(self.ids[block])
            yield joined_lines(columns, SEPARATOR)

    def texts_of_lines(self) -> Iterator[str]:
        """Give the lines of the frame as text, in order."""
        return (line for block in self.lines() for line in block.decode().split("\n")[:-1])


@dataclass(frozen=True)
class Counted:
    """What is known of all units of a cell where only some were read: their number, and sums of columns."""

    units: int
    sums: Mapping[str, float]


@dataclass(frozen=True)
class Cell:
    """The units of one stratum of one parent: positions in what was read."""

    parents: Names
    stratum: Names
    at: Positions
    counted: Counted | None = None

    @property
    def units(self) -> int:
        """How many units it has."""
        return len(self.at) if self.counted is None else self.counted.units

    def where(self, draw: str) -> str:
        label = " / ".join((*self.parents, *self.stratum))
        return f"{draw} / stratum {label}" if label else draw


def read_frame(
    frame: pd.DataFrame, design: Design, unit: str, parents: Parents | None, where: str, more: Names = ()
) -> Reading:
    """Read and check the columns of a design, and more; rows of undrawn parents are no part of the frame."""
    above = () if parents is None else parents.columns
    names = list(dict.fromkeys([unit, *above, *columns_read(design), *more]))
    rows, read = rows_of_drawn(frame, names, parents, where)

    def given(column: str) -> pd.Series:
        return frame[column] if parents is None else frame[column].iloc[rows]

    ids = unit_ids(given(unit), unit, where, rows)
    sizes = {c: positive_sizes(given(c), c, ids, where, rows) for c in size_columns(design)}
    sizes |= {c: finite_values(given(c), c, ids, where, rows) for c in value_columns(design)}
    for column in names[1:]:
        if column not in sizes and column not in read and column != unit:
            read[column] = category(given(column), column, where, rows)
    order = _line_order(ids, [read[column] for column in above], len(names) > 1, rows, where)
    if order is None:
        return Reading(names, ids, read, sizes, rows)
    return Reading(
        names,
        ids[order],
        {column: one.take(order) for column, one in read.items()},
        {column: values[order] for column, values in sizes.items()},
        rows[order],
    )


def rows_of_drawn(
    frame: pd.DataFrame, names: Sequence[str], parents: Parents | None, where: str
) -> tuple[Positions, dict[str, Category]]:
    """Give the rows of drawn parents (all, where there are none) and their parents' ids.

    Raises
    ------
    FrameError
        One of the named columns is missing, a parent's id is bad, a drawn parent has no rows, or
        no rows are left.
    """
    refuse_no_column(frame.columns, names, where)
    rows = np.arange(len(frame), dtype=np.intp)
    read: dict[str, Category] = {}
    if parents is not None:
        read = {c: category(frame[c], c, where, rows, exact=True) for c in parents.columns}
        rows = _of_drawn(list(read.values()), parents, where)
        read = {column: one.take(rows) for column, one in read.items()}
    if not rows.size:
        raise FrameError("empty_frame", where=where)
    return rows, read


def _of_drawn(above: list[Category], parents: Parents, where: str) -> Positions:
    """Give the rows whose parents were drawn, and refuse a drawn parent without rows."""
    drawn = set(parents.ids)
    if not above[0].codes.size:
        found, code = [], np.empty(0, dtype=np.intp)
    else:
        places, code = _places(above)
        found = [tuple(one.texts[at] for one, at in zip(above, place, strict=True)) for place in places]
    absent = sorted(drawn - set(found))
    if absent:
        parent = " / ".join(absent[0])
        raise FrameError("undrawn_parent", where=where, count=len(absent), parent=parent)
    return np.flatnonzero(np.array([place in drawn for place in found], dtype=bool)[code])


def _line_order(
    ids: Utf8, above: list[Category], more: bool, rows: Positions, where: str
) -> Positions | None:
    """Give the order of the frame's lines, None where they stand in it; ids may repeat in other parents."""
    if not above and bool((ids[1:] > ids[:-1]).all()) and not has_control_characters(ids):
        return None
    keys = byte_keys(ids)
    plain = keys is not None and not any(char < " " for one in above for text in one.texts for char in text)
    if keys is None or not plain:
        texts = list(zip(decoded(ids), *([one.texts[at] for at in one.codes] for one in above), strict=True))
        lines = [SEPARATOR.join(text) + (SEPARATOR if more else "") for text in texts]
        order = np.array(sorted(range(len(lines)), key=lines.__getitem__), dtype=np.intp)
        same = np.array([lines[a] == lines[b] for a, b in zip(order, order[1:], strict=False)], dtype=bool)
    else:
        columns = [*keys, *(one.codes for one in above)]
        if _ascending(columns):
            return None
        order = np.argsort(keys[0]) if len(columns) == 1 else np.lexsort(columns[::-1])
        same = np.ones(max(rows.size - 1, 0), dtype=bool)
        for column in columns:
            there = column[order]
            same &= there[1:] == there[:-1]
    if same.any():
        twice = np.flatnonzero(np.r_[False, same] | np.r_[same, False])
        raise _repeated(ids, above, order[twice], rows, where)
    return order


def _ascending(columns: Sequence[NDArray[Any]]) -> bool:
    """Tell whether every row sorts behind the one before, by the first column, then the next."""
    rows = columns[0].size - 1
    behind, same = np.zeros(rows, dtype=bool), np.ones(rows, dtype=bool)
    for column in columns:
        behind |= same & (column[1:] > column[:-1])
        same &= column[1:] == column[:-1]
    return bool(behind.all())


def _repeated(ids: Utf8, above: list[Category], at: Positions, rows: Positions, where: str) -> FrameError:
    at = np.sort(at)
    seen: dict[tuple[object, ...], int] = {}
    repeats = []
    for row, name in zip(
        rows[at].tolist(), zip(decoded(ids[at]), *(one.codes[at] for one in above), strict=True), strict=True
    ):
        if name in seen:
            repeats.append((name[0], seen[name] + 1, row + 1))
        seen.setdefault(name, row)
    first, row_a, row_b = repeats[0]
    return FrameError("duplicate_ids", where=where, count=len(repeats), first=first, row_a=row_a, row_b=row_b)


def _places(columns: list[Category]) -> tuple[list[tuple[int, ...]], Positions]:
    """Number the distinct rows of several columns, in the order of their texts."""
    sizes = [len(one.texts) for one in columns]
    code, kinds = columns[0].codes, sizes[0]
    firsts = [columns[0].codes]
    for one, size in zip(columns[1:], sizes[1:], strict=True):
        if kinds * size > LARGEST_COUNTED:
            _, code = np.unique(code, return_inverse=True)
            kinds = int(code.max()) + 1
        code, kinds = code * size + one.codes, kinds * size
        firsts.append(one.codes)
    if kinds <= LARGEST_COUNTED:
        used = np.flatnonzero(np.bincount(code, minlength=kinds))
        rank = np.zeros(kinds, dtype=np.intp)
        rank[used] = np.arange(used.size)
        code = rank[code]
    else:
        used, code = np.unique(code, return_inverse=True)
    first = first_rows(code, used.size)
    return list(zip(*(codes[first].tolist() for codes in firsts), strict=True)), code


def first_rows(code: Positions, kinds: int) -> Positions:
    """Give each code's first row; every code below ``kinds`` is used.

    >>> first_rows(np.array([1, 0, 1]), 2).tolist()
    [1, 0]
    """
    first = np.empty(kinds, dtype=np.intp)
    first[code[::-1]] = np.arange(code.size - 1, -1, -1)
    return first


def cells_of(read: Reading, design: Design, parents: Parents | None) -> list[Cell]:
    """Split what was read into the strata of each parent, in the order of their names."""
    above = () if parents is None else parents.columns
    names = [*above, *(c for c in strata_columns(design) if c not in above)]
    if not names:
        return [Cell((), (), np.arange(read.ids.size, dtype=np.intp))]
    columns = [read.texts(name) for name in names]
    places, code = _places(columns)
    # Short codes are sorted by their digits, in linear time.
    order = np.argsort(code.astype(np.uint16) if len(places) <= SHORT else code, kind="stable")
    ends = np.cumsum(np.bincount(code))
    cut = len(above)
    cells = []
    for place, at in zip(places, np.split(order, ends[:-1]), strict=True):
        texts = tuple(one.texts[code] for one, code in zip(columns, place, strict=True))
        cells.append(Cell(texts[:cut], texts[cut:], at))
    return cells
