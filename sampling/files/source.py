"""A folder of Parquet files as one frame: its columns, its rows by number, without reading it whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.errors import DesignError, FrameError
from sampling.files.progress import watched

PACKAGES = ("duckdb", "pyarrow")


def needed(where: str, *packages: str) -> None:
    """Refuse to go on without packages that the extra ``large`` installs."""
    from importlib.util import find_spec

    missing = [one for one in packages if find_spec(one) is None]
    if missing:
        raise DesignError("needs_package", where=where, packages=", ".join(missing))


@dataclass(frozen=True)
class Source:
    """Parquet files with the same columns, in the order of their paths.

    Attributes
    ----------
    files : tuple of str
    counts : tuple of int
        Rows of each.
    schema : pyarrow.Schema
    columns : tuple of str
        Those that pandas gives; a written index is none of them.
    """

    files: tuple[str, ...]
    counts: tuple[int, ...]
    schema: Any
    columns: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(self.counts)

    @property
    def firsts(self) -> tuple[int, ...]:
        """Where each file's first row stands in the whole frame, counted from 0."""
        return (0, *accumulate(self.counts))[:-1]

    def take(self, at: NDArray[np.intp]) -> pd.DataFrame:
        """Give some rows of the frame, as ``pd.read_parquet(folder).iloc[at]`` would, numbered anew.

        Columns have the types they have in the whole frame: whole numbers with a blank anywhere are
        floats. The categories of a categorical column are those of the groups of rows that were read.
        """
        import pyarrow as pa

        order = np.argsort(at, kind="stable")
        tables = list(watched(self._taken(at[order]), "rows", None))
        table = pa.concat_tables([self.schema.empty_table(), *tables]).unify_dictionaries()
        blank = self._with_blanks() if self.rows else set()
        if blank:
            first = table.slice(0, 1) if len(table) else next(self._taken(np.zeros(1, dtype=np.intp)))
            for place, field in enumerate(self.schema):
                if field.name in blank:
                    first = first.set_column(place, field, pa.nulls(1, field.type))
            table = pa.concat_tables([table, first]).unify_dictionaries()
        frame = _as_pandas(table)
        back = np.empty(at.size, dtype=np.intp)
        back[order] = np.arange(at.size)
        return frame.iloc[back].reset_index(drop=True)

    def _taken(self, at: NDArray[np.intp]) -> Iterator[Any]:
        """Give the rows at ascending places, one table for each group of rows that holds any."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        for path, first, count in zip(self.files, self.firsts, self.counts, strict=True):
            here = at[np.searchsorted(at, first) : np.searchsorted(at, first + count)] - first
            if not here.size:
                continue
            with pq.ParquetFile(path) as file:
                end = 0
                for group in range(file.num_row_groups):
                    start, end = end, end + file.metadata.row_group(group).num_rows
                    rows = here[np.searchsorted(here, start) : np.searchsorted(here, end)] - start
                    if rows.size:  # column by column, so that a wide group need not fit
                        columns = [
                            file.read_row_group(group, columns=[name]).column(name).take(pa.array(rows))
                            for name in self.schema.names
                        ]
                        yield pa.Table.from_arrays(columns, schema=self.schema)

    def _with_blanks(self) -> set[str]:
        """Name the columns with a blank in any file, which decides what pandas makes of them."""
        import pyarrow.parquet as pq

        found: set[str] = set()
        for path in self.files:
            with pq.ParquetFile(path) as file:
                places = {file.metadata.schema.column(at).path: at for at in range(file.metadata.num_columns)}
                for name in {*self.schema.names} & {*places} - found:
                    for group in range(file.num_row_groups):
                        stated = file.metadata.row_group(group).column(places[name]).statistics
                        if stated is not None and stated.has_null_count:
                            blanks = stated.null_count
                        else:
                            blanks = file.read_row_group(group, columns=[name]).column(name).null_count
                        if blanks:
                            found.add(name)
                            break
        return found


def _as_pandas(table: Any) -> pd.DataFrame:
    """Make of a table what pandas makes of it in a file."""
    import pyarrow.parquet as pq

    buffer = BytesIO()
    pq.write_table(table, buffer)
    buffer.seek(0)
    return pd.read_parquet(buffer, engine="pyarrow")


def opened(path: str | os.PathLike[str], where: str) -> Source:
    """Open a Parquet file, or a folder of them, and check that they are of one kind.

    Raises
    ------
    FrameError
        There is no Parquet file; one cannot be read, or has other columns than the first.
    """
    needed(where, *PACKAGES)
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = Path(path).expanduser().absolute()
    files = [place]
    if place.is_dir():
        files = sorted((one for one in place.iterdir() if one.name[0] not in "_."), key=str)
    strange = [one for one in files if not one.is_file() or one.suffix != ".parquet"]
    if strange or not files:
        raise FrameError("no_parquet", where=where, path=path, found=strange[0].name if strange else "—")
    schema, counts = None, []
    for file in watched(files, "files", len(files)):
        try:
            with pq.ParquetFile(file) as one:
                counts.append(one.metadata.num_rows)
                its = one.schema_arrow
        except (pa.ArrowException, OSError) as error:
            raise FrameError("bad_parquet", where=where, file=file.name, fault=error) from None
        schema = its if schema is None else schema
        if not schema.equals(its):
            ours, theirs = ([f"{one.name}: {one.type}" for one in fields] for fields in (schema, its))
            differing = [pair for pair in zip(theirs, ours, strict=False) if pair[0] != pair[1]]
            b, a = differing[0] if differing else (f"{len(theirs)} columns", f"{len(ours)} columns")
            raise FrameError("unlike_files", where=where, file=file.name, b=b, first=files[0].name, a=a)
    assert schema is not None
    columns = tuple(_as_pandas(schema.empty_table()).columns)
    return Source(tuple(map(str, files)), tuple(counts), schema, columns)
