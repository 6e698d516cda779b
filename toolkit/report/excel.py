"""Sheets of tables as an Excel workbook: how they look, not what they say."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from toolkit.report.writing import NONE

Value = str | int | float | None
Align = Literal["left", "center", "right"]
Style = Callable[..., Any]

TEXT, PROSE, WHOLE = "@", "General", "#,##0"  # Excel shows #### for more than 255 characters under @
FONT = {  # charset 134 lets a machine without it choose another Chinese font
    "font_name": "Microsoft YaHei",
    "font_size": 10,
    "font_family": 2,
    "font_charset": 134,
    "font_scheme": "none",  # a theme's font would take its place
}
LINE = 16.5  # points, a line of that font
AIR, BUTTON = 1.5, 2.0  # characters: beside a text, and of a filter's button
WIDEST_HEAD = 14  # characters, after which a head is wrapped
LONGEST_NAME = 31  # of a sheet, as Excel counts: in UTF-16 units
UNDATED = datetime(1980, 1, 1)  # the same inputs give the same bytes
GREY, SOFT = "#D9D9D9", "#F2F2F2"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    head : str
    form : str
        An Excel number format: ``TEXT``, ``PROSE``, ``WHOLE``, "0.00" …
    align : "left", "center" or "right"
    widest : int
        Characters, a Chinese one counting two, after which text is wrapped.
    """

    head: str
    form: str = TEXT
    align: Align = "left"
    widest: int = 44


@dataclass(frozen=True)
class Table:
    """A table: text, numbers, or None for an empty cell; a number that is not finite is shown as —."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    caption: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook.

    Attributes
    ----------
    name : str
        Of the tab; what Excel does not take is left out.
    title : str
        The first line.
    about : str
        What the sheet holds, for the list of sheets.
    tables : tuple of Table
        A sheet with one table has filters, and its heads stay in sight.
    frozen : int
        Columns that stay in sight.
    """

    name: str
    title: str
    about: str
    tables: tuple[Table, ...]
    frozen: int = 0


def workbook_bytes(sheets: Sequence[Sheet], title: str, notices: Sequence[str] = ()) -> bytes:
    """Write sheets as the bytes of an ``.xlsx`` file; the same sheets give the same bytes.

    Text is text, whatever it begins with: there are no formulas, links or macros in the file.

    Parameters
    ----------
    sheets : sequence of Sheet
    title : str
        Of the file's properties.
    notices : sequence of str
        Lines that stand on every sheet and every printed page, under the title.

    Examples
    --------
    >>> import pandas as pd
    >>> table = Table((Column("单位"), Column("得分", "0.00")), (("=1+1", 90.5), ("乙局", float("nan"))))
    >>> data = workbook_bytes([Sheet("排名", "排名表", "", (table,))], "测评")
    >>> pd.read_excel(io.BytesIO(data), header=1, engine="calamine").to_numpy().tolist()
    [['=1+1', 90.5], ['乙局', '—']]
    """
    import xlsxwriter

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": dict(FONT),  # xlsxwriter adds to it
        "default_row_height": round(LINE * 4 / 3),
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties(
        {
            "title": plain(title),
            "subject": "；".join(notices),
            "author": "民意 Minyi",
            "created": UNDATED,
        }
    )
    style = _styles(book)
    for sheet in sheets:
        _write(book.add_worksheet(sheet_name(sheet.name)), sheet, notices, style)
    book.close()
    return file.getvalue()


def sheet_name(name: str) -> str:
    """Make a name that Excel takes for a sheet: 31 characters, none of ``[ ] : * ? / \\``.

    >>> sheet_name("排名1 甲类/乙类"), len(sheet_name("甲" * 40))
    ('排名1 甲类 乙类', 31)
    """
    kept = "".join(" " if letter in "[]:*?/\\" else letter for letter in plain(name))
    while len(kept.encode("utf-16-le")) > 2 * LONGEST_NAME:
        kept = kept[:-1]
    return kept.strip("' ")


def plain(text: str) -> str:
    """Put a space for each character that has no print: names and properties take none."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _styles(book: Any) -> Style:
    @cache
    def style(**properties: Any) -> Any:
        return book.add_format({"valign": "top", **properties})

    return style


# --- a sheet ---------------------------------------------------------------------------------------------


def _write(page: Any, sheet: Sheet, notices: Sequence[str], style: Style) -> None:
    widths = _widths(sheet.tables)
    for at, width in enumerate(widths):
        page.set_column(at, at, width, style())
    row = _line(page, 0, sheet.title, widths, style(bold=True, font_size=13, text_wrap=True), large=True)
    for notice in notices:
        row = _line(page, row, notice, widths, style(bold=True, text_wrap=True))
    alone = len(sheet.tables) == 1
    top = row
    for table in sheet.tables:
        if not alone:
            row += 1
        if table.caption:
            row = _line(page, row, table.caption, widths, style(bold=True, text_wrap=True))
        top = row + 1 if alone else top
        row = _table(page, row, table, widths, style, alone)
        for note in table.notes:
            row = _line(page, row, note, widths, style(text_wrap=True, font_color="#595959"))
    page.freeze_panes(top, sheet.frozen)
    page.repeat_rows(0, top - 1)
    page.ignore_errors({"number_stored_as_text": f"A1:{_column_letters(len(widths) - 1)}{row + 1}"})
    _print_setup(page)


def _print_setup(page: Any) -> None:
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&9&A&R&9第 &P 页，共 &N 页")


def _table(page: Any, row: int, table: Table, widths: Sequence[float], style: Style, filters: bool) -> int:
    """Write a table from a row on, and give the row after it."""
    _heads(page, row, table, widths, style, filters)
    for down, values in enumerate(table.rows, row + 1):
        lines = 1
        for at, (column, value) in enumerate(zip(table.columns, values, strict=True)):
            _cell(page, down, at, value, _body(column, style))
            if isinstance(value, str):
                lines = max(lines, _lines(value, widths[at]))
        page.set_row(down, LINE * lines + (4 if lines > 1 else 0))
    end = row + len(table.rows)
    if filters:
        page.autofilter(row, 0, end, len(table.columns) - 1)
    return end + 1


def _heads(page: Any, row: int, table: Table, widths: Sequence[float], style: Style, filters: bool) -> None:
    lines = 1
    for at, column in enumerate(table.columns):
        lines = max(lines, _lines(column.head, widths[at] - BUTTON * filters))
        look = {"num_format": TEXT, "align": column.align, "valign": "vcenter", "text_wrap": True}
        page.write_string(row, at, column.head, style(bold=True, bg_color=SOFT, top=1, bottom=1, **look))
    page.set_row(row, LINE * lines + 4)


def _body(column: Column, style: Style) -> Any:
    look = {"num_format": column.form, "align": column.align, "text_wrap": column.form in (TEXT, PROSE)}
    return style(bottom=1, bottom_color=GREY, **look)


def _cell(page: Any, row: int, at: int, value: Value, look: Any) -> None:
    if value is None:
        page.write_blank(row, at, None, look)
    elif isinstance(value, str):
        page.write_string(row, at, value, look)
    elif math.isfinite(value):
        page.write_number(row, at, value, look)
    else:
        page.write_string(row, at, NONE, look)


def _line(page: Any, row: int, text: str, widths: Sequence[float], look: Any, large: bool = False) -> int:
    """Write a line across all columns, and give the row after it."""
    page.merge_range(row, 0, row, len(widths) - 1, "", look)
    page.write_string(row, 0, text, look)
    scale = 1.4 if large else 1.0
    page.set_row(row, scale * LINE * _lines(text, sum(widths) / scale) + 3)
    return row + 1


# --- widths ----------------------------------------------------------------------------------------------


def letters(text: str) -> float:
    """Count a text's width in characters: a Chinese one counts two, one that fonts disagree on 1.5.

    >>> letters("甲A"), letters("“甲”")
    (3.0, 5.0)
    """
    widths = {"W": 2.0, "F": 2.0, "A": 1.5}
    return sum(widths.get(unicodedata.east_asian_width(letter), 1.0) for letter in text)


def _widths(tables: Sequence[Table]) -> list[float]:
    count = max(len(table.columns) for table in tables)
    widths = [8.0] * count
    for table in tables:
        extra = AIR + BUTTON * (len(tables) == 1)
        for at, column in enumerate(table.columns):
            head = min(max(map(letters, column.head.split("\n"))), WIDEST_HEAD) + extra
            body = (letters(line) for row in table.rows for line in _text(row[at]).split("\n"))
            widths[at] = max(widths[at], head, min(max(body, default=0), column.widest) + AIR)
    return widths


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _lines(text: str, width: float) -> int:
    return sum(max(1, math.ceil(letters(part) / width)) for part in text.split("\n"))


def _column_letters(at: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(at))
