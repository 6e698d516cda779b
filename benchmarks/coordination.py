"""Do coordinated samples share what they state? Many draws of small made-up lists, each with its own key.

    python benchmarks/coordination.py --draws 10000

For each case the mean overlap of its samples beside the expected one, z-values (the largest of those that
can vary), how far a load ever was from what is stated, and the largest z-value of a unit's mean of
indicator / stated probability, which is 1 where the probabilities are right.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from tqdm import tqdm

from sampling import (
    AtMost,
    Proportional,
    Sample,
    SimpleRandom,
    Spread,
    Stratified,
    apart,
    draw,
    listed,
    overlap,
    rotated,
)

MOST_EXPECTED = 1000
Samples = dict[str, Sample]
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Case:
    """Lists, how to draw from them under a key, and what no draw may break.

    ``loads`` says of the numbers of samples a unit is in, over all units, whether they are as stated.
    """

    frames: Frames
    draw: Callable[[str], Samples]
    loads: Callable[[np.ndarray], bool]
    by_key: bool = (
        False  # whether what is expected depends on the key; then of 1,000 keys only, as it takes long
    )


@dataclass(frozen=True)
class Found:
    """What came of many draws."""

    expected: pd.Series
    actual: pd.Series
    z_overlap: float
    z_prob: float
    loads_kept: bool


def _homes(size: int = 30) -> pd.DataFrame:
    return pd.DataFrame({"id": range(size), "village": np.arange(size) % 2})


def _teams() -> Case:
    homes = _homes()

    def samples(key: str) -> Samples:
        design = Stratified("village", SimpleRandom(n=5))
        first = draw(homes, design, key=key, name="team 1", unit="id")
        second = draw(homes, design, key=key, name="team 2", unit="id", coordinate=apart(first))
        third = draw(homes, design, key=key, name="team 3", unit="id", coordinate=apart(first, second))
        return {"1": first, "2": second, "3": third}

    return Case(dict.fromkeys("123", homes), samples, lambda loads: bool((loads == 1).all()))


def _panel() -> Case:
    old, new = _homes(), pd.concat([_homes()[4:], _homes(36)[30:]], ignore_index=True)

    def samples(key: str) -> Samples:
        design = Stratified("village", SimpleRandom(n=5))
        first = draw(old, design, key=key, name="2024", unit="id")
        second = draw(old, design, key=key, name="2025", unit="id", coordinate=rotated(first, 0.4))
        third = draw(new, design, key=key, name="2026", unit="id", coordinate=rotated(second, 0.4))
        return {"2024": first, "2025": second, "2026": third}

    return Case({"2024": old, "2025": old, "2026": new}, samples, lambda loads: bool((loads <= 3).all()))


def _clients(most: int) -> Case:
    names = {"教育": range(120), "公安": range(48, 160), "民政": range(24, 96)}
    frames = listed({name: pd.DataFrame({"id": ids}) for name, ids in names.items()}, "id")

    def samples(key: str) -> Samples:
        return {
            name: draw(frame, SimpleRandom(n=6), key=key, name=name, unit="id", coordinate=AtMost(most, name))
            for name, frame in frames.items()
        }

    return Case(frames, samples, lambda loads: bool((loads <= most).all()), by_key=True)


def _delegates(recused: bool) -> Case:
    among = tuple("甲乙丙丁戊")
    people = _homes(22).assign(recused=["甲;丙", "乙", *["-"] * 20])

    def samples(key: str) -> Samples:
        found = {}
        for one in among:
            spread = Spread(among, one, "delegates", "recused" if recused else None)
            found[one] = draw(people, SimpleRandom(n=9), key=key, name=one, unit="id", coordinate=spread)
        return found

    frames = dict.fromkeys(among, people)
    # Without recusals loads are L or L + 1. Of the three, two are one person's (L - 2 at least), and one
    # person could take all three places (L + 4 at most).
    most = 6 if recused else 1
    return Case(frames, samples, lambda loads: bool(np.ptp(loads) <= most))


def _two_phases() -> Case:
    people = pd.DataFrame({"id": range(40), "part": [*"ab"] * 20, "size": [1, 5] * 20})

    def samples(key: str) -> Samples:
        design = Stratified("part", SimpleRandom(n=Proportional(18, size="size")))
        first = draw(people, design, key=key, name="first", unit="id")
        return {"2": draw(first.units, SimpleRandom(n=6), key=key, name="second", unit="id", after=first)}

    return Case({"2": people}, samples, lambda loads: True)


CASES: dict[str, Callable[[], Case]] = {
    "three teams apart": _teams,
    "a panel rotated, its list changing": _panel,
    "at most one of three lists": lambda: _clients(1),
    "at most two of three lists": lambda: _clients(2),
    "spread over five": lambda: _delegates(recused=False),
    "spread, some recused": lambda: _delegates(recused=True),
    "a second phase": _two_phases,
}


def repeat(name: str, draws: int, show: bool = False) -> Found:
    """Draw a case many times and compare what came with what is stated."""
    case = CASES[name]()
    ids = sorted({one for frame in case.frames.values() for one in frame["id"].tolist()})
    row = {one: at for at, one in enumerate(ids)}
    names = list(case.frames)
    ratio = np.zeros((len(names), len(ids)))
    squares = np.zeros_like(ratio)
    off, kept, expected = [], True, np.empty(0)
    for at in tqdm(range(draws), desc=name, leave=False, disable=None if show else True):
        samples = case.draw(f"key {at}")
        load = np.zeros(len(ids), dtype=int)
        for which, one in enumerate(samples.values()):
            rows = [row[unit] for unit in one.units["id"].tolist()]
            load[rows] += 1
            value = one.units["weight"].to_numpy()
            ratio[which, rows] += value
            squares[which, rows] += value**2
        kept = kept and case.loads(load)
        if case.by_key and at >= MOST_EXPECTED:
            continue
        if len(samples) > 1 and (at == 0 or case.by_key):
            expected = overlap(samples, case.frames)["expected"].to_numpy(dtype=float)
        drawn = [set(one.units["id"].tolist()) for one in samples.values()]
        off.append(np.stack([expected, [len(a & b) for a, b in combinations(drawn, 2)]], axis=1))
    barred = [
        set(frame.loc[frame.get("recused", frame["id"]).map(str).str.contains(name), "id"])
        for name, frame in case.frames.items()
    ]
    can_be = np.array(
        [
            [one in set(frame["id"]) - gone for one in ids]
            for frame, gone in zip(case.frames.values(), barred, strict=True)
        ]
    )
    found = np.stack(off)
    difference = found[:, :, 1] - found[:, :, 0]
    z_overlap = _largest(difference.mean(axis=0), difference.std(axis=0), len(off))
    mean = ratio / draws
    z_prob = _largest((mean - 1)[can_be], np.sqrt(squares / draws - mean**2)[can_be], draws)
    return Found(
        pd.Series(found[:, :, 0].mean(axis=0)),
        pd.Series(found[:, :, 1].mean(axis=0)),
        z_overlap,
        z_prob,
        kept,
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("names", nargs="*", choices=[*CASES, []])
    asked = parser.parse_args()
    names = asked.names or list(CASES)
    print(f"{asked.draws:,} draws a case, each with its own key; made-up lists")
    print(f"{'':<38}{'overlap: stated':>20}{'came':>20}{'z':>7}{'z of chances':>14}  loads")
    with ProcessPoolExecutor(asked.processes) as pool:
        for name, one in zip(names, pool.map(repeat, names, [asked.draws] * len(names)), strict=True):
            stated, came = (
                " ".join(f"{value:.3g}" for value in part[:4]) for part in (one.expected, one.actual)
            )
            kept = "as stated" if one.loads_kept else "NOT as stated"
            print(
                f"{name:<38}{stated:>20}{came:>20}{one.z_overlap:7.2f}{one.z_prob:14.2f}  {kept}", flush=True
            )


def _largest(off: np.ndarray, sd: np.ndarray, draws: int) -> float:
    """Give the largest z-value; infinite where what never varies is not as stated."""
    known = ~np.isnan(off)
    off, sd = np.abs(off[known]), sd[known]
    if not off.size:
        return 0.0
    z = np.where(sd > 1e-9, off * np.sqrt(draws) / np.maximum(sd, 1e-12), np.where(off < 1e-9, 0.0, np.inf))
    return float(z.max())


if __name__ == "__main__":
    main()
