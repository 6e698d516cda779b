"""What is counted before anything is drawn: strata with their units and exact sums, or what is wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from sampling.cells import Names
from sampling.errors import FrameError
from sampling.files.engines import Engine
from sampling.files.source import Source
from sampling.files.sql import PLACES, Asked
from sampling.files.tasks import faults, totals
from sampling.frame import checked_texts, size_text


@dataclass(frozen=True)
class Stratum:
    """What is known of the units of a stratum; of each size the sum, least and largest."""

    texts: Names
    units: int
    sums: tuple[Fraction, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Counts:
    """The strata, in the order of their texts, and which values tell them.

    Attributes
    ----------
    strata : list of Stratum
    raws : list of tuple
        Every combination of values as they stand in the files; two can be one text.
    texts : list of tuple of str
        Their texts.
    cells : list of int
        Their strata.
    """

    strata: list[Stratum]
    raws: list[tuple[Any, ...]]
    texts: list[Names]
    cells: list[int]

    def table(self, source: Source, asked: Asked, **limits: Sequence[Any]) -> Any:
        """Give the Arrow table ``k`` that files are joined with; ``limits`` has a value for each stratum."""
        import pyarrow as pa

        columns: dict[str, Any] = {}
        for at, name in enumerate(asked.strata):
            kind = source.schema.field(name).type
            held = kind.value_type if pa.types.is_dictionary(kind) else kind
            columns[f"raw_{at}"] = pa.array([raw[at] for raw in self.raws], held)
            columns[f"text_{at}"] = pa.array([text[at] for text in self.texts], pa.string())
        columns["cell"] = pa.array(self.cells, pa.int32())
        for limit, values in limits.items():
            columns[limit] = pa.array([values[cell] for cell in self.cells])
        return pa.table(columns)


def counted(source: Source, asked: Asked, engine: Engine, where: str) -> Counts:
    """Count all files, and refuse what a frame in memory would be refused for.

    Raises
    ------
    FrameError
        As ``sampling.cells.read_frame``, with the row in the whole frame; repeated ids are found later.
    """
    found: dict[tuple[Any, ...], Stratum] = {}
    wrong = False
    for table in engine.each(totals, source.files, asked):
        for row in table.to_pylist():
            if row["units"]:
                raw = tuple(row[f"raw_{at}"] for at in range(len(asked.strata)))
                one = _stratum(row, asked)
                found[raw] = _both(found[raw], one) if raw in found else one
                wrong |= bool(row["faults"])
    if not found:
        raise FrameError("empty_frame", where=where)
    raws = list(found)
    if wrong or any(one is None or one != one for raw in raws for one in raw):
        raise _fault(source, asked, engine, where)
    try:
        columns = [
            _texts(asked, one, [raw[at] for raw in raws], where) for at, one in enumerate(asked.strata)
        ]
    except FrameError:
        raise _fault(source, asked, engine, where) from None
    texts: list[Names] = list(zip(*columns, strict=True)) if columns else [()]
    merged: dict[Names, Stratum] = {}
    for raw, text in zip(raws, texts, strict=True):
        merged[text] = _both(merged[text], found[raw]) if text in merged else found[raw]
    places = {text: at for at, text in enumerate(sorted(merged))}
    strata = [Stratum(text, one.units, one.sums, one.low, one.high) for text, one in sorted(merged.items())]
    return Counts(strata, raws, texts, [places[text] for text in texts])


def _stratum(row: dict[str, Any], asked: Asked) -> Stratum:
    sizes = range(len(asked.sizes))
    sums = []
    for at, column in enumerate(asked.sizes):
        parts = [row[f"sum_{at}_{part}"] for part in range(len(asked.size_sums(column)))]
        sums.append(sum(Fraction(int(one or 0), 1 << PLACES * part) for part, one in enumerate(parts)))
    low, high = (tuple(float(row[f"{end}_{at}"] or 0) for at in sizes) for end in ("low", "high"))
    return Stratum((), row["units"], tuple(map(Fraction, sums)), low, high)


def _both(a: Stratum, b: Stratum) -> Stratum:
    return Stratum(
        (),
        a.units + b.units,
        tuple(x + y for x, y in zip(a.sums, b.sums, strict=True)),
        tuple(map(min, a.low, b.low)),
        tuple(map(max, a.high, b.high)),
    )


def _texts(asked: Asked, column: str, values: list[Any], where: str) -> list[str]:
    if column in asked.sizes:
        return size_text(np.array(values, dtype=np.float64))
    every = np.arange(len(values), dtype=np.intp)
    return checked_texts(values, every, column, where, column == asked.unit, every)


def _fault(source: Source, asked: Asked, engine: Engine, where: str) -> FrameError:
    """Say the first thing that is wrong, in the order in which a frame in memory is read."""
    rows = [table.to_pylist()[0] for table in engine.each(faults, source.files, asked)]

    def stated(name: str) -> dict[str, Any]:
        """Give the count, the first row (from 1) and its values; no count where nothing is wrong."""
        count = sum(row.get(name, 0) for row in rows)
        if not count:
            return {}
        first, row = next(pair for pair in zip(source.firsts, rows, strict=True) if pair[1][name])
        value, unit = row[f"{name}_value"], row.get(f"{name}_unit")
        return {"count": count, "row": first + row[f"{name}_row"] + 1, "value": value, "unit": unit}

    def of_text(part: str, column: str) -> FrameError | None:
        for name in ("missing", "float", "empty", "forbidden"):
            found = stated(f"{part}_{name}")
            if not found:
                continue
            count, row, value = found["count"], found["row"], found["value"]
            if name == "float":
                return FrameError("float_id", where=where, column=column, value=value)
            if name == "forbidden":
                value = unicodedata.normalize("NFC", value)
                return FrameError("forbidden_character", where=where, column=column, row=row, value=value)
            return FrameError("missing_value", where=where, column=column, count=count, row=row)
        return None

    error = of_text("id", asked.unit)
    for at, column in enumerate(asked.sizes):
        found = {} if error else stated(f"size_{at}")
        if found:
            value = float("nan") if found["value"] is None else found["value"]
            error = FrameError("bad_size", where=where, column=column, **{**found, "value": value})
    for at, column in enumerate(asked.strata):
        if error is None and column not in asked.sizes:
            error = of_text(f"stratum_{at}", column)
    assert error is not None, "a fault was counted, so one is found"
    return error
