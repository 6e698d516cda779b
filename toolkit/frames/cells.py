"""Files as they come: Excel of any kind or delimited text, as pages of raw cells, with what is hidden."""

from __future__ import annotations

import codecs
import csv
import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from toolkit.errors import RoundError
from toolkit.frames.errors import fault

Cell = tuple[int, int]
Span = tuple[int, int, int, int]
BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NOT_COMPUTED = "="
Seen = tuple[frozenset[int], frozenset[int], dict[Cell, str]]  # hidden rows and columns, broken cells
NOTHING: Seen = (frozenset(), frozenset(), {})
MOST_COLUMNS = 16384
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LOCKED = "EncryptedPackage".encode("utf-16-le")  # an .xlsx with a password, in an OLE file
# Only pages that have one of these are parsed cell by cell.
TELLS = (
    *(b'hidden="1', b"hidden='1", b'hidden="t', b"hidden='t"),
    *(b'zeroHeight="1', b"zeroHeight='1", b'zeroHeight="t', b"zeroHeight='t"),
    *(b' ht="0', b" ht='0", b' width="0', b" width='0"),
    *(b't="e"', b"t='e'", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/"),
)
LETTERS = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True)
class Page:
    """A worksheet, or the whole of a text file.

    Attributes
    ----------
    name : str
        Empty for a text file.
    cells : list of list
        From A1; empty cells are None.
    merged : tuple of Span
        First row and column, last row and column, from 0.
    hidden_rows, hidden_columns : frozenset of int
    hidden : bool
        The whole page.
    broken : dict
        Cells (row, column) whose formula has gone wrong, with what they show, or ``NOT_COMPUTED``.
    blind : bool
        Whether this kind of file does not let us see hidden rows and broken formulas.
    """

    name: str
    cells: list[list[Any]]
    merged: tuple[Span, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    broken: Mapping[Cell, str] = field(default_factory=dict)
    blind: bool = False


def read_pages(data: bytes, name: str) -> list[Page]:
    """Read a file by what it is, not by what it is called.

    Parameters
    ----------
    data : bytes
        Excel (.xlsx, .xlsm, .xlsb, .xls), OpenDocument, or text with commas, tabs or semicolons in UTF-8,
        UTF-16 or GB18030.
    name : str
        What to call it in messages.

    Returns
    -------
    list of Page
        Worksheets only, in the order of the workbook; blank ones are left out.

    Raises
    ------
    RoundError
        The file is empty, has a password, is a web page, or cannot be read.

    Examples
    --------
    >>> [page.cells for page in read_pages("姓名,电话\\n模拟甲,138".encode("gb18030"), "x.xls")]
    [[['姓名', '电话'], ['模拟甲', '138']]]
    """
    if not data.strip():
        raise RoundError(name, [fault("", "empty")])
    if data[:4] == OLE and LOCKED in data:
        raise RoundError(name, [fault("", "password")])
    if data[:4] in (ZIP, OLE):
        pages = _workbook(data, name)
    else:
        pages = [Page("", _text_cells(data, name))]
    pages = [page for page in pages if any(any(cell is not None for cell in row) for row in page.cells)]
    if not pages:
        raise RoundError(name, [fault("", "empty")])
    return pages


def address(row: int, column: int) -> str:
    """Name a cell as Excel does.

    >>> address(16, 2), address(0, 27)
    ('C17', 'AB1')
    """
    return f"{column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """Name a column as Excel does."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _workbook(data: bytes, name: str) -> list[Page]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        seen = _seen(data) if data[:2] == b"PK" else None
        pages = []
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            cells = [
                [None if isinstance(cell, str) and not cell.strip() else cell for cell in row]
                for row in sheet.to_python(skip_empty_area=False)
            ]
            spans = tuple((r0, c0, r1, c1) for (r0, c0), (r1, c1) in sheet.merged_cell_ranges or ())
            rows, columns, broken = (seen or {}).get(about.name, NOTHING)
            cells = _with_room(cells, broken)
            hidden = about.visible != SheetVisibleEnum.Visible
            blind = seen is None
            pages.append(Page(about.name, cells, spans, rows, columns, hidden, broken, blind))
        return pages
    except PasswordError:
        raise RoundError(name, [fault("", "password")]) from None
    except (
        CalamineError,
        zipfile.BadZipFile,
        ElementTree.ParseError,
        expat.ExpatError,
        KeyError,
        ValueError,
    ) as error:
        raise RoundError(name, [fault("", "unreadable", error=str(error).strip())]) from None


def _with_room(cells: list[list[Any]], broken: Mapping[Cell, str]) -> list[list[Any]]:
    """Show broken cells as what they are: they come empty, and their page may end before them."""
    if not broken:
        return cells
    for (row, column), shown in broken.items():
        while len(cells) <= row:
            cells.append([])
        cells[row] += [None] * (column + 1 - len(cells[row]))
        cells[row][column] = shown
    width = max(map(len, cells), default=0)
    return [row + [None] * (width - len(row)) for row in cells]


# --- what Excel hides, from the XML --------------------------------------------------------------------


def _seen(data: bytes) -> dict[str, Seen] | None:
    """Give the hidden rows and columns and the broken cells of each sheet; None where it is no .xlsx."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = {one.lower(): one for one in parts.namelist()}
        if "xl/workbook.xml" not in names:
            return None
        book = ElementTree.fromstring(parts.read(names["xl/workbook.xml"]))
        links = ElementTree.fromstring(parts.read(names["xl/_rels/workbook.xml.rels"]))
        targets = {one.get("Id"): one.get("Target", "") for one in links}
        found = {}
        for one in book.iter():
            if _tag(one) != "sheet":
                continue
            link = next((value for key, value in one.attrib.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if path.lower() in names:
                found[one.get("name", "")] = _seen_on(parts.read(names[path.lower()]))
    return found


def _seen_on(xml: bytes) -> Seen:
    if not any(one in xml for one in TELLS):
        return NOTHING
    parser, reader = expat.ParserCreate(), _SheetReader()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(xml, True)
    return frozenset(reader.rows), frozenset(reader.columns), reader.broken


class _SheetReader:
    """Reads the XML of a sheet element by element; a cell may leave out where it stands."""

    def __init__(self) -> None:
        self.rows, self.columns, self.broken = set[int](), set[int](), dict[Cell, str]()
        self.row, self.column, self.hide_all = -1, -1, False
        self.kind, self.formula, self.value = "", False, ""
        self.inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        get, tag = attributes.get, name.rpartition(":")[2]
        if tag == "c":
            self.column = _column(get("r"), self.column)
            self.kind, self.formula, self.value = get("t", ""), False, ""
        elif tag == "f":
            self.formula = True
        elif tag == "v":
            self.inside = self.formula or self.kind == "e"
        elif tag == "row":
            self.row, self.column = int(get("r", str(self.row + 2))) - 1, -1
            shown = get("hidden")
            if _is_true(shown) or _is_zero(get("ht")) or (self.hide_all and shown is None):
                self.rows.add(self.row)
        elif tag == "col" and (_is_true(get("hidden")) or _is_zero(get("width"))):
            first, last = int(get("min", "1")), int(get("max", "1"))
            self.columns |= set(range(first - 1, min(last, MOST_COLUMNS)))
        elif tag == "sheetFormatPr":
            self.hide_all = _is_true(get("zeroHeight"))

    def text(self, text: str) -> None:
        if self.inside:
            self.value += text

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "v":
            self.inside = False
        elif tag == "c" and self.kind == "e":
            self.broken[self.row, self.column] = self.value or "#"
        elif tag == "c" and self.formula and not self.value and self.kind not in ("str", "inlineStr"):
            self.broken[self.row, self.column] = NOT_COMPUTED


def _column(reference: str | None, before: int) -> int:
    match = LETTERS.fullmatch(reference or "")
    if not match:
        return before + 1
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    return column - 1


def _tag(one: ElementTree.Element) -> str:
    return one.tag.rpartition("}")[2]


def _is_true(text: str | None) -> bool:
    return text in ("1", "true")


def _is_zero(text: str | None) -> bool:
    return text is not None and float(text) == 0


# --- text ------------------------------------------------------------------------------------------------


def _text_cells(data: bytes, name: str) -> list[list[Any]]:
    text = _decoded(data, name)
    if text.lstrip().startswith("<"):
        raise RoundError(name, [fault("", "web_page")])
    if re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise RoundError(name, [fault("", "unreadable", error="control characters")])
    head = text[:20_000]
    delimiter = max(",\t;", key=lambda one: (head.count(one), one == ","))
    try:
        rows = [
            [cell if cell.strip() else None for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise RoundError(name, [fault("", "unreadable", error=str(error))]) from None
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def _decoded(data: bytes, name: str) -> str:
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
    for mark, encoding in BOMS:
        if data.startswith(mark):
            encodings = (encoding,)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            pass
    raise RoundError(name, [fault("", "unreadable", error="neither UTF-8 nor GB18030")])
