"""The tables of a page: where headings stand, what belongs to them, what is read by nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from toolkit.errors import Fault
from toolkit.frames.cells import Cell, Page, address, column_letters
from toolkit.frames.clean import DASHES, id_text, text_of
from toolkit.frames.errors import fault

Known = Callable[[str], str | None]
SUMS = re.compile(r"(合计|总计|小计|共计|注[：:\d]|说明[：:]|填表|制表|审核|单位负责人|联系人[：:])")
FEWEST_HEADS = 2
DEEPEST_HEAD = 3  # rows
FIRST_ROWS = 20
ID_LIKE = re.compile(r"\d{7,}X?")


@dataclass(frozen=True)
class Table:
    """A table of a page; rows and columns count from 0.

    Attributes
    ----------
    page : Page
    top : int
        The first row of its headings.
    heads : tuple of str
        Unique; those over two rows are joined by "/".
    columns : tuple of int
    rows : tuple of int
        That hold anything, without lines that are no rows of the table.
    """

    page: Page
    top: int
    heads: tuple[str, ...]
    columns: tuple[int, ...]
    rows: tuple[int, ...]

    @property
    def hidden(self) -> tuple[int, ...]:
        """Rows that Excel does not show."""
        return self.rows if self.page.hidden else tuple(r for r in self.rows if r in self.page.hidden_rows)

    @property
    def place(self) -> str:
        """Name its cells as Excel does.

        >>> Table(Page("名单", []), 1, ("姓名", "电话"), (1, 2), (2, 3)).place
        '名单!B2:C4'
        """
        last = self.rows[-1] if self.rows else self.top
        area = f"{address(self.top, self.columns[0])}:{address(last, self.columns[-1])}"
        return f"{self.page.name}!{area}" if self.page.name else area


@dataclass(frozen=True)
class Found:
    """What stands on a page: tables, lines that are nobody's row, and what stops the reading."""

    tables: list[Table]
    unread: list[Cell]
    faults: list[Fault]


def find_tables(page: Page, known: Known, where: str) -> Found:
    """Find the tables of a page by their headings, one under another or side by side.

    A row with two known headings begins a table. Headings that are merged over two rows are joined. Bands
    of columns apart from each other are tables of their own where they repeat a heading, or have their
    headings on other rows; otherwise the gap is a blank column of one table.

    Parameters
    ----------
    page : Page
    known : callable
        Gives the field of a heading ("" if it is not used), None where the heading is unknown.
    where : str
        The file's name and the page's, for messages.
    """
    bands = _bands(page)
    heads_of = [_head_rows(page, band, known) for band in bands]
    whole = [_head_rows(page, range(a[0], b[-1] + 1), known) for a, b in pairwise(bands)]
    joined: list[list[int]] = []
    for at, band in enumerate(bands):
        if joined and _one_table(page, joined[-1], band, heads_of[at], whole[at - 1], known):
            joined[-1] = [*joined[-1], *range(joined[-1][-1] + 1, band[0]), *band]
        else:
            joined.append(list(band))
    found = Found([], [], [])
    for band in joined:
        rows = _head_rows(page, band, known) or _lonely_head(page, band, known)
        if rows:
            _read_band(page, band, rows, known, where, found)
        else:
            _leave_band(page, band, where, found)
    return found


def data_row(table: Table, usual: Sequence[bool]) -> bool:
    """Whether what was taken for headings is somebody's row: they hold an id, or a cell that comes below.

    Parameters
    ----------
    table : Table
    usual : sequence of bool
        Whether a heading is one of those that lists have; two of them are headings, whatever comes below.
    """
    parts = [head.split("#")[0].split("/") for head in table.heads]
    if any(ID_LIKE.fullmatch(DASHES.sub("", id_text(part))) for one in parts for part in one):
        return True
    if sum(usual) >= FEWEST_HEADS:
        return False
    for head, column, known in zip(table.heads, table.columns, usual, strict=True):
        below = [re.sub(r"\s+", "", text_of(table.page.cells[row][column])) for row in table.rows]
        like = re.search(r"\d", head) is not None and _shape(head) in map(_shape, below[:FIRST_ROWS])
        if not known and (head in below or like):
            return True
    return False


def _shape(text: str) -> str:
    """Write every digit as 9: A01 is like A02."""
    return re.sub(r"\d", "9", id_text(text))


def _bands(page: Page) -> list[list[int]]:
    """Runs of columns that hold anything."""
    used = [at for at in range(len(page.cells[0])) if any(row[at] is not None for row in page.cells)]
    bands: list[list[int]] = []
    for at in used:
        if bands and bands[-1][-1] == at - 1:
            bands[-1].append(at)
        else:
            bands.append([at])
    return bands


def _texts(page: Page, row: int, band: Sequence[int]) -> list[str]:
    return [str(cell) for at in band if (cell := page.cells[row][at]) is not None]


def _head_rows(page: Page, band: Sequence[int], known: Known) -> list[int]:
    """Rows with two headings that are known, all cells of them text."""
    rows = []
    for at, line in enumerate(page.cells):
        cells = [line[column] for column in band if line[column] is not None]
        if len(cells) < FEWEST_HEADS or not all(isinstance(cell, str) for cell in cells):
            continue
        if sum(known(cell) is not None for cell in cells) >= FEWEST_HEADS:
            rows.append(at)
    return rows


def _lonely_head(page: Page, band: Sequence[int], known: Known) -> list[int]:
    """Give the only heading of a list that has one column."""
    for at in range(len(page.cells) - 1):
        cells = _texts(page, at, band)
        if len(cells) == 1 and known(cells[0]):
            column = next(c for c in band if page.cells[at][c] is not None)
            if page.cells[at + 1][column] is not None:
                return [at]
    return []


def _one_table(
    page: Page, left: Sequence[int], right: Sequence[int], own: list[int], both: list[int], known: Known
) -> bool:
    """Whether a band goes on with the table to its left, over a blank column."""
    if own and _head_rows(page, left, known) and own != _head_rows(page, left, known):
        return False
    for row in both or own:
        fields = [[known(text) for text in _texts(page, row, band)] for band in (left, right)]
        if not any(one is not None for one in fields[1]):
            return False
        repeats = {one for one in fields[0] if one} & {one for one in fields[1] if one}
        return bool(fields[0]) and not repeats - {"phone", "phone2"}
    return False


def _leave_band(page: Page, band: Sequence[int], where: str, found: Found) -> None:
    """Refuse a table without headings; list single lines as unread."""
    lines = [at for at in range(len(page.cells)) if _texts(page, at, band)]
    if sum(len(_texts(page, at, band)) > 1 for at in lines) > 1:
        found.faults.append(_no_heads(page, lines[0], band, where, "no_heads"))
    else:
        found.unread.extend((at, _first(page, at, band)) for at in lines)


def _no_heads(page: Page, row: int, band: Sequence[int], where: str, rule: str) -> Fault:
    column = _first(page, row, band)
    return fault("", rule, cell=f"{where}{address(row, column)}")  # the cell may be a person: not shown


def _first(page: Page, row: int, band: Sequence[int]) -> int:
    return next(at for at in band if page.cells[row][at] is not None)


def _read_band(
    page: Page, band: Sequence[int], rows: list[int], known: Known, where: str, found: Found
) -> None:
    blocks = list(_blocks(page, band, rows))
    above = [at for at in range(blocks[0][0]) if _texts(page, at, band)]
    data_like = [at for at in above if len(_texts(page, at, band)) > 1 and not _is_line(page, at, band)]
    if len(data_like) > 2:
        found.faults.append(_no_heads(page, data_like[0], band, where, "no_heads"))
    ends = [top for top, _ in blocks[1:]] + [len(page.cells)]
    for (top, bottom), end in zip(blocks, ends, strict=True):
        for columns in _side_by_side(page, band, top, bottom):
            table = _table(page, columns, top, bottom, end, known, where, found)
            if table:
                found.tables.append(table)


def _blocks(page: Page, band: Sequence[int], rows: list[int]) -> Iterator[tuple[int, int]]:
    """Give the first and last row of each table's headings."""
    done = -1
    for row in rows:
        if row <= done:
            continue
        top = bottom = row
        over = [one for one in page.merged if one[1] in band]
        for r0, _, r1, _ in over:
            if r0 <= row <= r1 and 0 < r1 - r0 < DEEPEST_HEAD:
                top, bottom = min(top, r0), max(bottom, r1)
        wide = [(c0, c1) for r0, c0, r1, c1 in over if r0 == row == r1 and c1 > c0]
        if wide and bottom == row and row + 1 < len(page.cells):
            below = {at: page.cells[row + 1][at] for at in band if page.cells[row + 1][at] is not None}
            under = [at for at in below if any(c0 <= at <= c1 for c0, c1 in wide)]
            plain = all(isinstance(one, str) and not re.search(r"\d", one) for one in below.values())
            if under and plain and (row + 1 in rows or len(under) == len(below)):
                bottom = row + 1
        wide_above = any(r0 == row - 1 == r1 and c1 > c0 for r0, c0, r1, c1 in over)
        if wide_above and top == row and row - 1 > done and len(_texts(page, row - 1, band)) > 1:
            top = row - 1
        done = bottom
        yield top, bottom


def _side_by_side(page: Page, band: Sequence[int], top: int, bottom: int) -> list[list[int]]:
    """Split columns where the first heading comes again."""
    parts: list[list[int]] = []
    first = ""
    for at in band:
        text = "/".join(_head(page, at, top, bottom))
        if not parts or (text and text == first and not _same_span(page, top, parts[-1][0], at)):
            parts.append([])
            first = text
        parts[-1].append(at)
        first = first or text
    return parts


def _same_span(page: Page, row: int, one: int, other: int) -> bool:
    return any(r0 <= row <= r1 and c0 <= one and other <= c1 for r0, c0, r1, c1 in page.merged)


def _head(page: Page, column: int, top: int, bottom: int) -> list[str]:
    texts = list[str]()
    for row in range(top, bottom + 1):
        cell = page.cells[row][column]
        for r0, c0, r1, c1 in page.merged:
            if cell is None and r0 <= row <= r1 and c0 <= column <= c1:
                cell = page.cells[r0][c0]
        text = re.sub(r"\s+", "", str(cell)) if cell is not None else ""
        if text and text not in texts:
            texts.append(text)
    return texts


def _table(
    page: Page, band: list[int], top: int, bottom: int, end: int, known: Known, where: str, found: Found
) -> Table | None:
    body = [at for at in range(bottom + 1, end) if any(page.cells[at][column] is not None for column in band)]
    heads, columns, seen = list[str](), list[int](), dict[str, int]()
    for column in band:
        text = "/".join(_head(page, column, top, bottom))
        holds = any(page.cells[at][column] is not None for at in body)
        own = any(page.cells[row][column] is not None for row in range(top, bottom + 1))
        if not holds and not own:
            continue
        text = text or f"（无表头）{column_letters(column)}"
        seen[text] = seen.get(text, 0) + 1
        heads.append(text if seen[text] == 1 else f"{text}#{seen[text]}")
        columns.append(column)
    if not columns:
        return None
    used = [at for at, head in zip(columns, heads, strict=True) if known(head) or known(head) is None]
    digits = [
        at for at, head in zip(columns, heads, strict=True) if known(head) in ("id_card", "phone", "number")
    ]
    rows, before = list[int](), bottom
    for at in body:
        line = page.cells[at]
        filled = [line[column] for column in used if line[column] is not None]
        if not filled:
            pass  # a number of the row and nothing else
        elif _is_line(page, at, used, columns) and len(used) > 1:
            found.unread.append((at, _first(page, at, columns)))
            continue  # a title may stand above another table: the gap stays open
        elif at > before + 1 and _looks_like_heads(line, digits, filled, known):
            found.faults.append(_no_heads(page, at, band, where, "second_table"))
            break
        else:
            rows.append(at)
        before = at
    return Table(page, top, tuple(heads), tuple(columns), tuple(rows))


def _is_line(page: Page, row: int, columns: Sequence[int], all_columns: Sequence[int] = ()) -> bool:
    """Whether a line is a title, a sum or a note rather than a row of the table."""
    texts = _texts(page, row, columns)
    wide = any(r0 == row and c1 > c0 and c0 in columns for r0, c0, _, c1 in page.merged)
    first = _texts(page, row, all_columns or columns)[0].strip()
    alone = len(texts) == 1 and (len(columns) > 2 or wide)
    return alone or bool(SUMS.match(first)) or all("：" in text or ":" in text for text in texts)


def _looks_like_heads(line: list[Any], digits: list[int], filled: list[Any], known: Known) -> bool:
    """Whether a line after a gap has words where ids and telephones should be."""
    words = [line[at] for at in digits if line[at] is not None]
    return (
        len(filled) > 1
        and bool(words)
        and all(isinstance(word, str) and not re.search(r"\d", word) for word in words)
        and all(isinstance(one, str) for one in filled)
    )
