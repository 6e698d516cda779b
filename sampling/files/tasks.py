"""What is done with one file, on any machine: functions of plain values that give Arrow tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sampling.files.sql import FORBIDDEN, Asked, quoted

BATCH = 1 << 17


@dataclass(frozen=True)
class DuckDB:
    """What DuckDB may use of a machine.

    Parameters
    ----------
    memory : str
        Most memory for its tables and sorts, such as ``"1GB"``; what does not fit goes to files. The process
        needs about 0.5 GB besides.
    threads : int, optional
        Without it, one for each core.
    temp : str, optional
        Folder for those files, with room for about 50 bytes a unit; they are removed. Without it, the
        system's own.

    Examples
    --------
    >>> DuckDB(memory="8GB", threads=8)
    DuckDB(memory='8GB', threads=8, temp=None)
    """

    memory: str = "1GB"
    threads: int | None = None
    temp: str | None = None

    @contextmanager
    def connected(self) -> Iterator[Session]:
        """Open a database that holds nothing, and close it with its files."""
        import duckdb

        with tempfile.TemporaryDirectory(prefix="minyi-", dir=self.temp) as folder:
            settings: dict[str, Any] = {"memory_limit": self.memory, "temp_directory": folder}
            settings["preserve_insertion_order"] = False  # which would hold rows back
            if self.threads is not None:
                settings["threads"] = self.threads
            with duckdb.connect(config=settings) as connection:
                yield Session(connection)


@dataclass(frozen=True)
class Session:
    """An open database."""

    connection: Any

    def ask(self, sql: str, **tables: Any) -> Any:
        """Ask one question of files and of Arrow tables, by their names."""
        for name, table in tables.items():
            self.connection.register(name, table)
        return self.connection.sql(sql)

    def table(self, sql: str, **tables: Any) -> Any:
        """Give the answer as an Arrow table."""
        return self.ask(sql, **tables).to_arrow_table()


def totals(path: str, asked: Asked, session: Session) -> Any:
    """Count the units of each stratum, and add up their sizes.

    Returns
    -------
    pyarrow.Table
        One row for each combination of values: ``raw_0`` …, ``units``, ``faults`` (units with something
        wrong), and of each size ``low_0``, ``high_0`` and its exact sum, as texts ``sum_0_0`` ….
    """
    raws = [f"{asked.raw(one)} AS raw_{at}" for at, one in enumerate(asked.strata)]
    wrong = [asked.missing(asked.unit), *asked.id_faults().values()]
    wrong += [f"NOT {asked.good_size(one)}" for one in asked.sizes]
    found = [f"count(*) FILTER (WHERE {' OR '.join(wrong)}) AS faults"]
    for at, one in enumerate(asked.sizes):
        found += [f"min({asked.size(one)}) AS low_{at}", f"max({asked.size(one)}) AS high_{at}"]
        sums = asked.size_sums(one)
        found += [f"CAST({each} AS VARCHAR) AS sum_{at}_{part}" for part, each in enumerate(sums)]
    groups = " GROUP BY ALL" if raws else ""
    selected = ", ".join([*raws, "count(*) AS units", *found])
    return session.table(f"SELECT {selected} FROM {asked.table([path])}{groups}")


def candidates(
    path: str, asked: Asked, condition: str, limits: Sequence[str], cells: Any, session: Session
) -> Any:
    """Give the units that may be drawn, by their lottery numbers.

    Parameters
    ----------
    condition : str
        On ``h``, the number as hexadecimal text, on ``size_0`` … and on ``limits``.
    limits : sequence of str
        Columns of ``cells``, the table of strata, that the condition needs.

    Returns
    -------
    pyarrow.Table
        ``cell``, ``id``, ``row`` (in the file) and the sizes ``size_0`` ….
    """
    sizes = [f"size_{at}" for at in range(len(asked.sizes))]
    inner = [f"{asked.of_cell(one, cells)} AS {one}" for one in ("cell", *limits)]
    inner += [f"{asked.id_text()} AS id", "t.file_row_number AS row"]
    inner += [f"{asked.size(one)} AS {name}" for one, name in zip(asked.sizes, sizes, strict=True)]
    read = f"SELECT {', '.join(inner)} FROM {asked.joined([path])}"
    numbered = f"SELECT *, sha256({quoted(asked.prefix)} || id) AS h FROM ({read})"
    kept = ", ".join(["cell", "id", "row", *sizes])
    return session.table(f"SELECT {kept} FROM ({numbered}) WHERE {condition}", k=cells)


def large_sizes(path: str, asked: Asked, column: str, cells: Any, session: Session) -> Any:
    """Count the sizes from ``reach`` of each stratum upwards: ``cell``, ``size`` and ``units``."""
    cell, reach, size = asked.of_cell("cell", cells), asked.of_cell("reach", cells), asked.size(column)
    return session.table(
        f"SELECT {cell} AS cell, {size} AS size, count(*) AS units FROM {asked.joined([path])} "
        f"WHERE {size} >= {reach} GROUP BY ALL",
        k=cells,
    )


def sorted_lines(paths: Sequence[str], asked: Asked, cells: Any, session: Session) -> Iterator[Any]:
    """Give the lines of files in order, in batches: ``key``, what they sort by, and the ``rest``."""
    key, rest = asked.line()
    sql = (
        f"SELECT key, rest FROM (SELECT {key} AS key, {rest} AS rest FROM {asked.joined(paths)}) ORDER BY key"
    )
    yield from session.ask(sql, k=cells).to_arrow_reader(BATCH)


def lines_with(path: str, asked: Asked, ids: Any, cells: Any, session: Session) -> Any:
    """Give the lines of some ids, a table of one column ``id``, in any order: ``key`` and ``rest``."""
    key, rest = asked.line()
    some = f"{asked.joined([path])} WHERE {asked.id_text()} IN (SELECT id FROM wanted)"
    return session.table(f"SELECT {key} AS key, {rest} AS rest FROM {some}", k=cells, wanted=ids)


def rows_with(path: str, asked: Asked, ids: Any, session: Session) -> Any:
    """Give where some ids stand: ``id`` and ``row`` (in the file)."""
    text = asked.id_text()
    some = f"{asked.table([path])} WHERE {text} IN (SELECT id FROM wanted)"
    return session.table(f"SELECT {text} AS id, t.file_row_number AS row FROM {some}", wanted=ids)


def faults(path: str, asked: Asked, session: Session) -> Any:
    """Say what is wrong: one row with, of each fault, how many rows have it, the first, and its value."""
    tests = {"id_missing": (asked.missing(asked.unit), asked.unit)}
    tests |= {f"id_{name}": (test, asked.unit) for name, test in asked.id_faults().items()}
    for at, one in enumerate(asked.sizes):
        tests[f"size_{at}"] = (f"NOT {asked.good_size(one)}", one)
    for at, one in enumerate(asked.strata):
        tests[f"stratum_{at}_missing"] = (asked.missing(one), one)
        if asked.kinds[one] == "text":
            tests[f"stratum_{at}_empty"] = (f"{asked.raw(one)} = ''", one)
            tests[f"stratum_{at}_forbidden"] = (f"regexp_matches({asked.raw(one)}, {quoted(FORBIDDEN)})", one)
    found = []
    for name, (test, column) in tests.items():
        only = f"FILTER (WHERE {test})"
        found += [f"count(*) {only} AS {name}", f"min(t.file_row_number) {only} AS {name}_row"]
        found.append(f"arg_min_null({asked.raw(column)}, t.file_row_number) {only} AS {name}_value")
        if name.startswith("size"):
            found.append(f"arg_min({asked.id_text()}, t.file_row_number) {only} AS {name}_unit")
    return session.table(f"SELECT {', '.join(found)} FROM {asked.table([path])}")
