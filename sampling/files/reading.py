"""A frame in files as what a draw reads: candidates that are held, and lines that are streamed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.cells import Cell, Reading
from sampling.columns import encoded
from sampling.errors import FrameError
from sampling.files.engines import Engine
from sampling.files.source import Source
from sampling.files.sql import Asked
from sampling.files.tasks import lines_with, rows_with
from sampling.lottery import SEPARATOR

MOST_NAMED = 1_000_000  # of repeated ids, whose rows are looked up


@dataclass(frozen=True)
class FilesReading(Reading):
    """A frame in files: what is held are the candidates, and the rest is counted or streamed."""

    source: Source
    asked: Asked
    engine: Engine
    cells: Any
    where: str

    @property
    def units(self) -> int:
        return self.source.rows

    def lines(self) -> Iterator[bytes]:
        """Give all lines in order, and refuse repeated ids."""
        import pyarrow as pa
        import pyarrow.compute as pc

        last, count = None, 0
        twice: set[str] = set()
        for batch in self.engine.lines(self.source.files, self.asked, self.cells, self.units):
            keys = batch.column("key")
            keys = keys if last is None else pa.concat_arrays([last, keys])
            last = keys.slice(len(keys) - 1)
            same = pc.equal(keys.slice(1), keys.slice(0, len(keys) - 1))
            if pc.any(same).as_py():
                count += pc.sum(same).as_py()
                if len(twice) < MOST_NAMED:
                    twice |= {one.removesuffix(SEPARATOR) for one in keys.slice(1).filter(same).to_pylist()}
            yield _text(batch)
        if count:
            raise self._repeated(count, twice)

    def lines_with(self, ids: Sequence[str]) -> Iterator[bytes]:
        import pyarrow as pa

        wanted = pa.table({"id": pa.array(list(ids), pa.string())})
        for table in self.engine.each(lines_with, self.source.files, self.asked, wanted, self.cells):
            yield from map(_text, table.to_batches())

    def _repeated(self, count: int, twice: set[str]) -> FrameError:
        import pyarrow as pa

        wanted = pa.table({"id": pa.array(sorted(twice), pa.string())})
        tables = self.engine.each(rows_with, self.source.files, self.asked, wanted)
        places = sorted(
            (first + row["row"] + 1, row["id"])
            for first, table in zip(self.source.firsts, tables, strict=True)
            for row in table.to_pylist()
        )
        seen: dict[str, int] = {}
        for row_b, one in places:
            if one in seen:
                found = dict(count=count, first=one, row_a=seen[one], row_b=row_b)
                return FrameError("duplicate_ids", where=self.where, **found)
            seen[one] = row_b
        raise AssertionError("an id that repeats stands in two rows")


def _text(batch: Any) -> bytes:
    """Join keys and rests to lines, each ended by a line feed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lines = pc.binary_join_element_wise(batch.column("key"), batch.column("rest"), "\n", "").cast(
        pa.large_string()
    )
    _, offsets, held = lines.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)
    return (
        bytes(memoryview(held)[ends[lines.offset] : ends[lines.offset + len(lines)]]) if len(lines) else b""
    )


def candidates_of(
    none: FilesReading, cells: list[Cell], tables: list[Any], k: Any
) -> tuple[FilesReading, list[Cell]]:
    """Put the candidates of all files in the order of lines."""
    ids: list[str] = [one for table in tables for one in table.column("id").to_pylist()]

    def gathered(column: str, kind: Any) -> NDArray[Any]:
        parts = [table.column(column).to_numpy().astype(kind) for table in tables]
        return np.concatenate(parts)

    mark = SEPARATOR if len(none.names) > 1 else ""
    keys = [(one + mark).encode() for one in ids]
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)
    firsts = np.repeat(none.source.firsts, [len(table) for table in tables])
    rows = (gathered("row", np.intp) + firsts)[order]
    sizes = {one: gathered(f"size_{at}", np.float64)[order] for at, one in enumerate(none.asked.sizes)}
    read = FilesReading(
        none.names,
        encoded([ids[at] for at in order.tolist()]),
        {},
        sizes,
        rows,
        none.source,
        none.asked,
        none.engine,
        k,
        none.where,
    )
    cell_of = gathered("cell", np.intp)[order]
    by_cell = np.argsort(cell_of, kind="stable")
    parts = np.split(by_cell, np.cumsum(np.bincount(cell_of, minlength=len(cells)))[:-1])
    return read, [Cell((), one.stratum, at, one.counted) for one, at in zip(cells, parts, strict=True)]
