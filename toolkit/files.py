"""Tables in and out: CSV and Excel read as text, files written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from python_calamine import CalamineError

from toolkit.errors import RoundError, fault

LARGEST_EXCEL_NUMBER = 10**15
MOST_ABOVE = 100


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV or the first sheet of an Excel file, every cell as text, empty cells missing.

    CSV is UTF-8 (with or without a byte order mark) or else GB18030. Blank rows and blank columns
    without a name are left out; the index says where a row stood: 0 is the file's row 2.

    Raises
    ------
    RoundError
        The file, its type or its encoding is not known, it is no table, or it has no rows.
    """
    cells = next(iter(_cells(path, every=False).values()), pd.DataFrame()).dropna(how="all")
    if len(cells) < 2:
        raise RoundError(path.name, [fault("", "empty_file", file=path.name)])
    heads = cells.iloc[0].fillna("").str.strip()
    table = cells.iloc[1:].set_axis(heads.tolist(), axis=1)
    table.index = table.index - 1
    table = table.loc[:, (heads != "").to_numpy() | table.notna().any().to_numpy()]
    repeated = [(name, count) for name, count in Counter(table.columns).items() if count > 1]
    if repeated:
        found = [fault("", "repeated_column", file=path.name, column=n, count=c) for n, c in repeated]
        raise RoundError(path.name, found)
    return table


def read_cells(path: Path) -> dict[str, pd.DataFrame]:
    """Read a CSV, or every worksheet of an Excel file, as bare cells of text, empty cells missing.

    Numbers that Excel has rounded, of more than 15 digits, are given as Excel shows them, 1.2E+17, so
    that nobody takes them for what was typed.

    Returns
    -------
    dict of DataFrame
        By worksheet (a CSV's name is empty); the index counts the file's rows from 0, blank rows are
        left out.

    Raises
    ------
    RoundError
        The file, its type or its encoding is not known, or it is no table.
    """
    return {sheet: cells.dropna(how="all") for sheet, cells in _cells(path, every=True).items()}


def read_own_table(path: Path) -> pd.DataFrame:
    """Read a CSV that ``write_table`` wrote: every cell as text, empty cells as empty text."""
    if not path.is_file():
        raise RoundError(path.name, [fault("", "no_such_file", file=path)])
    return pd.read_csv(path, dtype=str, na_filter=False, encoding="utf-8-sig")


def _csv_cells(path: Path, ragged: bool) -> pd.DataFrame:
    text = _decoded(path.read_bytes(), path.name)
    body = text.lstrip("\r\n")
    if not body:
        return pd.DataFrame()
    # The lines above a form have fewer cells than its table; pandas takes the width of the first line.
    width = max(map(len, csv.reader(body.splitlines()[:MOST_ABOVE]))) if ragged else None
    cells: pd.DataFrame = pd.read_csv(
        io.BytesIO(body.encode()),  # pandas reads text files a piece at a time, four times slower
        header=None,
        names=None if width is None else list(range(width)),
        dtype=str,
        keep_default_na=False,
        na_values=[""],
        skip_blank_lines=False,
    )
    cells.index += text[: len(text) - len(body)].count("\n")
    return cells


def _cells(path: Path, every: bool) -> dict[str, pd.DataFrame]:
    """Read every worksheet, with long numbers shortened, or the first, with long numbers refused."""
    if not path.is_file():
        raise RoundError(path.name, [fault("", "no_such_file", file=path)])
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise RoundError(path.name, [fault("", "file_type", file=path.name)])
    if not path.stat().st_size:
        raise RoundError(path.name, [fault("", "empty_file", file=path.name)])
    try:
        return {"": _csv_cells(path, ragged=every)} if kind == ".csv" else _excel_cells(path, every)
    except (pd.errors.ParserError, CalamineError) as error:
        why = str(error).strip()
        raise RoundError(path.name, [fault("", "unreadable", file=path.name, error=why)]) from None


def _excel_cells(path: Path, every: bool) -> dict[str, pd.DataFrame]:
    sheets = pd.read_excel(
        path,
        sheet_name=None if every else [0],
        header=None,
        dtype=object,
        engine="calamine",
        keep_default_na=False,
        na_values=[""],
    )
    found = {}
    for sheet, cells in sheets.items():
        long = cells.map(lambda one: isinstance(one, int | float) and abs(one) >= LARGEST_EXCEL_NUMBER)
        if long.any(axis=None):
            cells = _shortened(cells, long) if every else _refuse_long(path, cells, long)
        found[str(sheet)] = cells.astype(str).where(cells.notna())
    return found


def _refuse_long(path: Path, cells: pd.DataFrame, long: pd.DataFrame) -> NoReturn:
    raise RoundError(
        path.name,
        [
            fault("", "long_number", file=path.name, row=row + 1, column=cells.iat[0, column])
            for row, column in np.argwhere(long.to_numpy(dtype=bool))
        ],
    )


def _shortened(cells: pd.DataFrame, long: pd.DataFrame) -> pd.DataFrame:
    return cells.mask(long, cells.map(lambda one: f"{one:.5E}" if isinstance(one, int | float) else one))


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        raise RoundError(name, [fault("", "encoding", file=name, at=at)]) from None


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all, with line feeds on every system."""
    write_bytes(path, text.encode())


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a CSV as UTF-8 with a byte order mark, which Excel needs to show Chinese."""
    write_bytes(path, table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write plain data as JSON, one line for each key; floats keep every bit."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in data.items()]
    write_text(path, "{\n" + ",\n".join(lines) + "\n}\n")


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file's bytes."""
    return sha256(path.read_bytes()).hexdigest()
