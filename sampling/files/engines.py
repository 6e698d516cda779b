"""Where the work on files is done: in this process, or by the workers of a Dask cluster."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from sampling.errors import DesignError
from sampling.files.progress import bar, watched
from sampling.files.source import needed
from sampling.files.sql import Asked
from sampling.files.tasks import DuckDB, Session, sorted_lines

SPACING = 4096  # one key of so many says where ranges begin
RANGE = 1 << 20  # lines that a worker sorts at a time
AHEAD = 4  # ranges that wait for those before


class Engine(Protocol):
    """What a place of work can do."""

    def each(self, task: Callable[..., Any], files: Sequence[str], *given: Any) -> list[Any]:
        """Do a task with every file; give the answers in the order of the files."""

    def lines(self, files: Sequence[str], asked: Asked, cells: Any, count: int) -> Iterator[Any]:
        """Give the lines of all files in order, in Arrow batches of ``key`` and ``rest``."""


def engine_of(given: Any, where: str) -> Engine:
    """Give the place of work that was asked for."""
    if given is None or isinstance(given, DuckDB):
        return Here(given or DuckDB())
    if all(hasattr(given, one) for one in ("submit", "gather", "map")):
        needed(where, "distributed")
        return Cluster(given)
    raise DesignError("bad_engine", where=where, found=type(given).__name__)


class Here:
    """This process."""

    def __init__(self, machine: DuckDB) -> None:
        self._machine = machine

    def each(self, task: Callable[..., Any], files: Sequence[str], *given: Any) -> list[Any]:
        """One file after the other; DuckDB uses all threads for each."""
        with self._machine.connected() as session:
            return [task(file, *given, session) for file in watched(files, task.__name__, len(files))]

    def lines(self, files: Sequence[str], asked: Asked, cells: Any, count: int) -> Iterator[Any]:
        """Sort all lines at once, in files where memory does not suffice."""
        with bar("sorted lines", count) as shown, self._machine.connected() as session:
            for batch in sorted_lines(files, asked, cells, session):
                yield batch
                shown.update(batch.num_rows)


class Cluster:
    """The workers of a Dask client, who all see the files under the same paths.

    Lines are sorted file by file, cut at the same keys, and put together range by range: no worker and
    no client holds more than a file or a range at a time, besides what Dask keeps between.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._machine = DuckDB(threads=1)

    def each(self, task: Callable[..., Any], files: Sequence[str], *given: Any) -> list[Any]:
        """Every file where there is room."""
        futures = [self._submit(_alone, self._machine, task, file, *given) for file in files]
        return self._watched(futures, task.__name__)

    def lines(self, files: Sequence[str], asked: Asked, cells: Any, count: int) -> Iterator[Any]:
        """Sort ranges of keys, and fetch one after the other."""
        import pyarrow as pa

        runs = [self._submit(_alone, self._machine, _sorted_run, file, asked, cells) for file in files]
        some = self._watched([self._submit(_some_keys, run) for run in runs], "sorted files")
        keys = sorted(key for one in some for key in one)
        ranges = max(count // RANGE, 1)
        borders = [keys[len(keys) * at // ranges] for at in range(1, ranges)]
        pieces = [self._submit(_cut, run, borders) for run in runs]
        del runs  # the cluster forgets what nobody waits for
        waiting: deque[Any] = deque()
        with bar("sorted lines", count) as shown:
            for at in range(ranges + AHEAD):
                if at < ranges:
                    waiting.append(self._submit(_merged, [self._submit(_piece, one, at) for one in pieces]))
                if at >= AHEAD and waiting:
                    for batch in pa.ipc.open_stream(waiting.popleft().result()):
                        yield batch
                        shown.update(batch.num_rows)

    def _submit(self, task: Callable[..., Any], *given: Any) -> Any:
        return self._client.submit(task, *given, pure=False)

    def _watched(self, futures: list[Any], what: str) -> list[Any]:
        import distributed

        completed: Any = distributed.as_completed
        with bar(what, len(futures)) as shown:
            for _ in completed(futures):
                shown.update()
        return list(self._client.gather(futures))


def _packed(table: Any) -> bytes:
    """Give a table as bytes, of a part only the part."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _alone(machine: DuckDB, task: Callable[..., Any], path: str, *given: Any) -> Any:
    """Do a task with a database of its own."""
    with machine.connected() as session:
        return task(path, *given, session)


def _sorted_run(path: str, asked: Asked, cells: Any, session: Session) -> Any:
    import pyarrow as pa

    schema = pa.schema([("key", pa.string()), ("rest", pa.string())])
    batches = sorted_lines([path], asked, cells, session)
    return pa.Table.from_batches(list(batches), schema).combine_chunks()


def _some_keys(run: Any) -> list[str]:
    return [run.column("key")[at].as_py() for at in range(0, len(run), SPACING)]


class _Keys(Sequence[bytes]):
    """Sorted keys as a sequence of bytes, which need not be made all at once."""

    def __init__(self, column: Any) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, at: Any) -> Any:
        return self._column[at].as_py()


def _cut(run: Any, borders: list[str]) -> list[bytes]:
    """Cut sorted lines at borders; text sorts by code point, as UTF-8 does."""
    keys = _Keys(run.column("key"))
    ends = [0, *(bisect_left(keys, border) for border in borders), len(run)]
    return [_packed(run.slice(a, b - a)) for a, b in zip(ends, ends[1:], strict=False)]


def _piece(pieces: list[bytes], at: int) -> bytes:
    return pieces[at]


def _merged(parts: list[bytes]) -> bytes:
    import pyarrow as pa

    return _packed(pa.concat_tables([pa.ipc.open_stream(one).read_all() for one in parts]).sort_by("key"))
