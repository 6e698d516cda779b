"""Progress where a person watches a terminal; little or nothing elsewhere, so that outputs stay the same."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


def watched(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """Go through items, with a bar on a terminal.

    >>> list(watched([1, 2], "counting"))
    [1, 2]
    """
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=what, total=total, console=Console(stderr=True), transient=True)


@contextmanager
def steps(count: int) -> Iterator[Callable[[str, str], None]]:
    """Number the steps of a long command on standard error, with the seconds since the start."""
    started, done = time.monotonic(), 0

    def say(english: str, chinese: str) -> None:
        nonlocal done
        done += 1
        seconds = time.monotonic() - started
        print(f"[{done}/{count}] {seconds:4.0f} s  {chinese} · {english}", file=sys.stderr, flush=True)

    yield say
