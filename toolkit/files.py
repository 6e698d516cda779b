"""Tables in and out: CSV and Excel read as text, files written whole or not at all."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from python_calamine import CalamineError

from toolkit.errors import RoundError, fault

LARGEST_EXCEL_NUMBER = 10**15


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV or the first sheet of an Excel file, every cell as text, empty cells missing.

    CSV is UTF-8 (with or without a byte order mark) or else GB18030. Blank rows and blank columns
    without a name are left out; the index says where a row stood: 0 is the file's row 2.

    Raises
    ------
    RoundError
        The file, its type or its encoding is not known, it is no table, or it has no rows.
    """
    if not path.is_file():
        raise RoundError(path.name, [fault("", "no_such_file", file=path)])
    reader = {".csv": _csv_cells, ".xlsx": _excel_cells}.get(path.suffix.lower())
    if reader is None:
        raise RoundError(path.name, [fault("", "file_type", file=path.name)])
    try:
        cells = reader(path).dropna(how="all")
    except (pd.errors.ParserError, CalamineError) as error:
        why = str(error).strip()
        raise RoundError(path.name, [fault("", "unreadable", file=path.name, error=why)]) from None
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


def read_own_table(path: Path) -> pd.DataFrame:
    """Read a CSV that ``write_table`` wrote: every cell as text, empty cells as empty text."""
    return pd.read_csv(path, dtype=str, na_filter=False, encoding="utf-8-sig")


def _csv_cells(path: Path) -> pd.DataFrame:
    text = _decoded(path.read_bytes(), path.name)
    body = text.lstrip("\r\n")
    if not body:
        return pd.DataFrame()
    cells: pd.DataFrame = pd.read_csv(
        io.BytesIO(body.encode()),  # pandas reads text files a piece at a time, four times slower
        header=None,
        dtype=str,
        keep_default_na=False,
        na_values=[""],
        skip_blank_lines=False,
    )
    cells.index += text[: len(text) - len(body)].count("\n")
    return cells


def _excel_cells(path: Path) -> pd.DataFrame:
    cells = pd.read_excel(
        path, header=None, dtype=object, engine="calamine", keep_default_na=False, na_values=[""]
    )
    long = cells.map(lambda one: isinstance(one, int | float) and abs(one) >= LARGEST_EXCEL_NUMBER)
    found = [
        fault("", "long_number", file=path.name, row=row + 1, column=cells.iat[0, column])
        for row, column in np.argwhere(long.to_numpy(dtype=bool))
    ]
    if found:
        raise RoundError(path.name, found)
    return cells.astype(str).where(cells.notna())


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
