"""What is asked of Parquet files, in SQL that gives the same texts and numbers as a frame in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sampling.errors import FrameError
from sampling.files.source import Source
from sampling.frame import LARGEST_FLOAT_ID
from sampling.lottery import SEPARATOR

LEAST, LARGEST = 1e-28, 1e28  # whose sums are exact in 128 bits
LARGEST_WHOLE = 2**53
PLACES = 53  # binary digits of a fraction that one sum takes
PARTS = 3
FORBIDDEN = f"[{SEPARATOR}\\n\\r\\x00]"


@dataclass(frozen=True)
class Asked:
    """What a design reads of files; plain values, so that it can be sent to other machines.

    Attributes
    ----------
    columns : tuple of str
        All columns of a file.
    kinds : dict of str
        For each column read: text, whole, real or truth.
    names : tuple of str
        The columns of a line, the unit id first.
    strata, sizes : tuple of str
    prefix : str
        What stands before the id in the text of a lottery number.
    """

    columns: tuple[str, ...]
    kinds: dict[str, str]
    names: tuple[str, ...]
    strata: tuple[str, ...]
    sizes: tuple[str, ...]
    prefix: str

    @property
    def unit(self) -> str:
        return self.names[0]

    def raw(self, column: str) -> str:
        """Name a column by its place, which no other column shares in any case of letters."""
        return f"t.c{self.columns.index(column)}"

    def table(self, files: Sequence[str]) -> str:
        """Give files as one table ``t``."""
        named = ", ".join(f"c{at}" for at in range(len(self.columns)))
        listed = ", ".join(map(quoted, files))
        return f"read_parquet([{listed}], hive_partitioning = false) AS t({named})"

    def id_text(self) -> str:
        """Give the id as its canonical text."""
        raw, kind = self.raw(self.unit), self.kinds[self.unit]
        if kind == "text":
            return f"nfc_normalize({raw})"
        return f"CAST(TRY_CAST({raw} AS BIGINT) AS VARCHAR)" if kind == "real" else f"CAST({raw} AS VARCHAR)"

    def missing(self, column: str) -> str:
        """Tell a blank."""
        raw = self.raw(column)
        return f"({raw} IS NULL OR isnan({raw}))" if self.kinds[column] == "real" else f"({raw} IS NULL)"

    def id_faults(self) -> dict[str, str]:
        """Tell, by name, each thing that can be wrong with an id that is there."""
        raw, kind = self.raw(self.unit), self.kinds[self.unit]
        if kind == "text":
            return {"empty": f"{raw} = ''", "forbidden": f"regexp_matches({raw}, {quoted(FORBIDDEN)})"}
        if kind == "real":
            low = f"abs({raw}) < {LARGEST_FLOAT_ID}"
            return {"float": f"NOT isnan({raw}) AND NOT ({low} AND trunc({raw}) = {raw})"}
        return {}

    def good_size(self, column: str) -> str:
        """Tell a size that is a positive number, and not too large or small to be added up exactly."""
        raw = self.raw(column)
        if self.kinds[column] == "whole":
            return f"coalesce({raw} BETWEEN 1 AND {LARGEST_WHOLE}, false)"
        return f"coalesce({raw} BETWEEN {LEAST!r} AND {LARGEST!r}, false)"

    def size(self, column: str) -> str:
        """Give a size as a float."""
        return f"CAST({self.raw(column)} AS DOUBLE)"

    def size_text(self, column: str) -> str:
        """Give a size as ``sampling.frame.size_text`` does."""
        raw, size = self.raw(column), self.size(column)
        if self.kinds[column] == "whole":
            return f"CAST({raw} AS VARCHAR)"
        whole = f"CAST(CAST({size} AS HUGEINT) AS VARCHAR)"
        return f"CASE WHEN trunc({size}) = {size} THEN {whole} ELSE CAST({size} AS VARCHAR) END"

    def size_sums(self, column: str) -> list[str]:
        """Give the sum of a size exactly: of whole numbers, then of 53 binary places more, and so on."""
        if self.kinds[column] == "whole":
            return [f"sum(CASE WHEN {self.good_size(column)} THEN CAST({self.raw(column)} AS BIGINT) END)"]
        left = f"CASE WHEN {self.good_size(column)} THEN {self.size(column)} ELSE 0.0 END"
        sums = []
        for _ in range(PARTS + 1):
            sums.append(f"sum(CAST(floor({left}) AS HUGEINT))")
            left = f"(({left}) - floor({left})) * {2.0**PLACES!r}"
        return sums

    def joined(self, files: Sequence[str]) -> str:
        """Join files with the table ``k`` of strata, where there are any."""
        if not self.strata:
            return self.table(files)
        equal = " AND ".join(f"{self.raw(one)} = k.raw_{at}" for at, one in enumerate(self.strata))
        return f"{self.table(files)} JOIN k ON {equal}"

    def of_cell(self, name: str, cells: Any) -> str:
        """Give a value of a unit's stratum; without strata it is one for all."""
        if self.strata:
            return f"k.{name}"
        value = cells.column(name)[0].as_py()
        if isinstance(value, int):
            return str(value)
        return quoted(value) if isinstance(value, str) else f"CAST('{value!r}' AS DOUBLE)"

    def line(self) -> tuple[str, str]:
        """Give what lines sort by, and the rest of a line."""
        others = [
            self.size_text(one) if one in self.sizes else f"k.text_{self.strata.index(one)}"
            for one in self.names[1:]
        ]
        mark = f"chr({ord(SEPARATOR)})"
        if not others:
            return self.id_text(), "''"
        return f"{self.id_text()} || {mark}", f" || {mark} || ".join(others)


def quoted(text: str) -> str:
    """Write a text in SQL, whatever it holds.

    >>> quoted("it's"), quoted("a")
    ("decode('\\\\x69\\\\x74\\\\x27\\\\x73'::BLOB)", "'a'")
    """
    if text.isprintable() and text.isascii() and not {"'", "\\"} & {*text}:
        return f"'{text}'"
    return "decode('" + "".join(f"\\x{byte:02x}" for byte in text.encode()) + "'::BLOB)"


def kind_of(source: Source, column: str, where: str, number: bool = False) -> str:
    """Say of what kind a column is, or that it cannot be read from files."""
    import pyarrow.types as types

    found = source.schema.field(column).type
    held = found.value_type if types.is_dictionary(found) else found
    if types.is_integer(held):
        return "whole"
    if types.is_float32(held) or types.is_float64(held):
        return "real"
    if not number and (types.is_string(held) or types.is_large_string(held)):
        return "text"
    if not number and types.is_boolean(held):
        return "truth"
    raise FrameError("column_type", where=where, column=column, found=found)
