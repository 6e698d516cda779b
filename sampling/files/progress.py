"""Progress where a person watches a terminal, of what takes more than two seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

Item = TypeVar("Item")
PATIENCE = 2.0
LONG = 2_000_000  # lines, whose sorting shows nothing before it is done


def bar(what: str, total: int | None, unit: str = "") -> Any:
    """Open a bar, which shows once two seconds have gone; at once if it will surely take longer."""
    from tqdm import tqdm

    delay = 0.0 if total is not None and total > LONG else PATIENCE
    return tqdm(total=total, desc=what, unit=unit, unit_scale=True, delay=delay, leave=False, disable=None)


def watched(items: Iterable[Item], what: str, total: int | None) -> Iterator[Item]:
    """Go through items.

    >>> list(watched([1, 2], "counting", 2))
    [1, 2]
    """
    with bar(what, total) as shown:
        for one in items:
            yield one
            shown.update()
