"""Lists, and samples that know of each other, made up for tests of coordination."""

from __future__ import annotations

import pandas as pd

from sampling import (
    Sample,
    SimpleRandom,
    Spread,
    Stratified,
    draw,
    listed,
)

HOMES = pd.DataFrame({"id": range(40), "village": [*"ab"] * 20})
BY_VILLAGE = Stratified("village", SimpleRandom(n=6))


def one(frame: pd.DataFrame, n: int, key: str, name: str, **more: object) -> Sample:
    return draw(frame, SimpleRandom(n=n), key=key, name=name, unit="id", **more)  # type: ignore[arg-type]


def ids(sample: Sample) -> set[object]:
    return set(sample.units["id"])


def clients() -> dict[str, pd.DataFrame]:
    names = {"教育": range(40), "公安": range(20, 60), "民政": range(10, 30)}
    return listed({name: pd.DataFrame({"id": held}) for name, held in names.items()}, "id")


def spread(
    frame: pd.DataFrame, n: int, key: str, among: str = "甲乙丙", recused: str | None = None
) -> dict[str, Sample]:
    return {
        name: one(frame, n, key, name, coordinate=Spread(tuple(among), name, "delegates", recused))
        for name in among
    }
