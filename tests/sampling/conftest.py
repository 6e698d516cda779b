"""Every sample that a design can draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from math import comb, prod
from typing import Any

import numpy as np
import pytest

from sampling.lottery import Tickets


@pytest.fixture
def every(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], Iterator[tuple[float, Any]]]:
    """Give every outcome of simple random draws with its probability, by trying all lots in turn."""

    def outcomes(draws: Callable[[], Any]) -> Iterator[tuple[float, Any]]:
        script: list[int] = []
        asked: list[tuple[int, int]] = []

        def smallest(self: Tickets, count: int, first: object = None) -> Any:
            at = script[len(asked)] if len(asked) < len(script) else 0
            asked.append((at, comb(len(self.ids), count)))
            return np.array([*combinations(range(len(self.ids)), count)][at], dtype=np.intp)

        monkeypatch.setattr(Tickets, "smallest", smallest)
        while True:
            outcome = draws()
            yield 1 / prod(ways for _, ways in asked), outcome
            while asked and asked[-1][0] + 1 == asked[-1][1]:
                asked.pop()
            if not asked:
                return
            script[:] = [at for at, _ in asked]
            script[-1] += 1
            asked.clear()

    return outcomes
