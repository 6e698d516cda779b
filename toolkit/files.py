"""Tables in and out: CSV and Excel read as text, files written whole or not at all."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.errors import RoundError, fault


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV or the first sheet of an Excel file, every cell as text, empty cells missing.

    CSV is UTF-8 (with or without a byte order mark) or else GB18030.

    Raises
    ------
    RoundError
        The type or the encoding is not known, or there are no rows.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        data = path.read_bytes()
        encoding = _encoding(data, path.name)
        table: pd.DataFrame = pd.read_csv(
            io.BytesIO(data), encoding=encoding, dtype=str, keep_default_na=False, na_values=[""]
        )
    elif suffix == ".xlsx":
        table = pd.read_excel(path, dtype=str, engine="calamine", keep_default_na=False, na_values=[""])
    else:
        raise RoundError(path.name, [fault("", "file_type", file=path.name)])
    table.columns = [str(column).strip() for column in table.columns]
    if not len(table):
        raise RoundError(path.name, [fault("", "empty_file", file=path.name)])
    return table


def _encoding(data: bytes, name: str) -> str:
    try:
        data.decode("utf-8")
        return "utf-8-sig"
    except UnicodeDecodeError as error:
        at = error.start
    try:
        data.decode("gb18030")
        return "gb18030"
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
