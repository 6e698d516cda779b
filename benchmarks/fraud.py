"""Is an interviewer who makes interviews up at the top of the list, and who is honest left in peace? Made up.

    python benchmarks/fraud.py [--rounds 100] [--honest 400] [--only own] [--quick]

A made round has 60 interviewers, four in each of 15 towns, with 40 to 60 interviews each about ten
evaluatees: six ratings 0-10 from a person's satisfaction (towns, evaluatees, interviewers and persons
differ) and the question's own; 18 % of honest people straight-line, 10 % use 0, 5, 8 and 10 alone, 4 % of the
answers are 不了解; interviewers differ in level (icc 0.03 of sheets' means), in how many straight-line or
do not know, in how much their people's answers spread and in speed. One of them makes 40 interviews up:

own      copies his own earlier sheets, one or two answers changed
         subtle: three answers changed
others   copies others' sheets, none or one answer changed
         subtle: two answers changed
invent   invents ratings of 7-9, everybody knows everything
         subtle: ratings of 6-10, some 不了解
straight one answer to all, most of them 10
         subtle: 40 % of them so, the others real ones helped by one or two points
quick    draws each answer from the question's distribution by itself, and takes four minutes, or does two
         interviews at a time; subtle: answers correlate by a quarter, in nine minutes

Told for each: how often he is first, in the first three, and marked; with times and without.
"more" is the same beside 40 honest interviews of his own. Honest rounds have no fraud: how often anybody is
marked, which is to be the level (5 %), in rounds like these and in others. Rounds are seeded.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring import Ratings, Scale, Sheets, State, interviewer_list

Floats = NDArray[np.float64]
SCALE = Scale(0, 10)
FAKED = 40
LEAST_MINUTES = 5.0


@dataclass(frozen=True)
class Setting:
    """What made rounds are like."""

    interviewers: int = 60
    in_town: int = 4
    fewest: int = 40
    most: int = 60
    items: int = 6
    icc: float = 0.03
    straight: float = 0.18
    level: float = 7.6
    unknown: float = 0.04
    unlike: float = 1.0
    """How much interviewers differ in everything but level: 1 as told above."""


@dataclass(frozen=True)
class Made:
    """A made round: arrays of n sheets."""

    ratings: Floats
    unknown: NDArray[np.bool_]
    town: NDArray[np.intp]
    who: NDArray[np.intp]
    start: Floats
    end: Floats


def made(rng: np.random.Generator, setting: Setting, more: int | None = None) -> Made:
    """Make an honest round; the first interviewer has ``more`` interviews if told. Times are minutes."""
    size, items = setting.interviewers, setting.items
    count = rng.integers(setting.fewest, setting.most + 1, size)
    count[0] = count[0] if more is None else more
    who = np.repeat(np.arange(size), count)
    town = who // setting.in_town
    n = who.size
    person = rng.normal(0, 1.2, n)
    apart = np.sqrt(setting.icc / (1 - setting.icc) * (1.2**2 + 1.1**2 / items))
    unlike = setting.unlike
    mine = rng.normal(0, apart, size)[who]
    level = setting.level + rng.normal(0, 0.3, int(town.max()) + 1)[town] + mine + person
    level += rng.normal(0, 0.4, 10)[rng.integers(0, 10, n)]
    spread = 1.1 * np.exp(rng.normal(0, 0.08 * unlike, size))[who]
    question = rng.normal(0, 0.35, items)
    answer = level[:, None] + question + spread[:, None] * rng.normal(0, 1, (n, items))
    lines = rng.random(n) < _logistic(_logit(setting.straight) + unlike * rng.normal(0, 0.35, size)[who])
    answer[lines] = level[lines, None]
    ratings = np.clip(np.rint(answer), 0, 10)
    coarse = rng.random(n) < 0.1
    marks = np.array([0.0, 5.0, 8.0, 10.0])
    ratings[coarse] = marks[np.abs(ratings[coarse][..., None] - marks).argmin(axis=-1)]
    shy = _logit(setting.unknown) + unlike * rng.normal(0, 0.4, size)[who] + rng.normal(0, 0.8, n)
    unknown = rng.random((n, items)) < _logistic(shy)[:, None]
    start, end = _times(rng, who, unlike)
    return Made(ratings, unknown, town, who, start, end)


def _times(rng: np.random.Generator, who: NDArray[np.intp], unlike: float) -> tuple[Floats, Floats]:
    """Give starts and ends in minutes: ten interviews a day one after the other, a few clocks wrong."""
    n, size = who.size, int(who.max()) + 1
    minutes = np.exp(np.log(12) + unlike * rng.normal(0, 0.2, size)[who] + rng.normal(0, 0.35, n))
    place = np.arange(n) - np.searchsorted(who, np.arange(size))[who]
    block = np.unique(who * 1000 + place // 10, return_inverse=True)[1]
    step = minutes + 2 + rng.exponential(12, n)
    run = np.cumsum(step)
    first = np.searchsorted(block, np.arange(int(block.max()) + 1))
    start = run - step - (run - step)[first][block] + place // 10 * 1440 + 510 + rng.uniform(0, 60, size)[who]
    start -= np.where(rng.random(n) < 0.005, 30, 0)
    return start, start + minutes


def own(rng: np.random.Generator, one: Made, rows: NDArray[np.intp], subtle: bool) -> Made:
    """Copy his own honest sheets, some answers changed."""
    honest = np.setdiff1d(np.flatnonzero(one.who == 0), rows)
    return _copied(rng, one, rows, honest, (3, 3) if subtle else (1, 2))


def others(rng: np.random.Generator, one: Made, rows: NDArray[np.intp], subtle: bool) -> Made:
    """Copy sheets of other interviewers that began before."""
    return _copied(rng, one, rows, np.flatnonzero(one.who > 0), (2, 2) if subtle else (0, 1))


def _copied(
    rng: np.random.Generator,
    one: Made,
    rows: NDArray[np.intp],
    sources: NDArray[np.intp],
    changed: tuple[int, int],
) -> Made:
    # Each copies what was there before it, if anything was.
    in_time = sources[np.argsort(one.start[sources])]
    before = np.maximum(np.searchsorted(one.start[in_time], one.start[rows]), 1)
    source = in_time[(rng.random(rows.size) * before).astype(np.intp)]
    sheets = one.ratings[source].copy()
    many = rng.integers(changed[0], changed[1] + 1, rows.size)
    chosen = rng.random(sheets.shape).argsort(axis=1).argsort(axis=1) < many[:, None]
    by = rng.choice([-2, -1, 1, 2], sheets.shape, p=[0.15, 0.35, 0.35, 0.15])
    other = np.where((sheets + by > 10) | (sheets + by < 0), sheets - by, sheets + by)
    ratings, unknown = one.ratings.copy(), one.unknown.copy()
    ratings[rows] = np.where(chosen, other, sheets)
    unknown[rows] = one.unknown[source] & ~chosen
    return replace(one, ratings=ratings, unknown=unknown)


def invent(rng: np.random.Generator, one: Made, rows: NDArray[np.intp], subtle: bool) -> Made:
    """Invent ratings from the middle upwards."""
    ratings, unknown = one.ratings.copy(), one.unknown.copy()
    shape = (rows.size, ratings.shape[1])
    if subtle:
        ratings[rows] = rng.choice([6, 7, 8, 9, 10], shape, p=[0.1, 0.25, 0.35, 0.2, 0.1])
    else:
        ratings[rows] = rng.choice([7, 8, 9], shape, p=[0.3, 0.45, 0.25])
    unknown[rows] = rng.random(shape) < (0.02 if subtle else 0.0)
    return replace(one, ratings=ratings, unknown=unknown)


def straight(rng: np.random.Generator, one: Made, rows: NDArray[np.intp], subtle: bool) -> Made:
    """Give one answer to everything, most of them the best."""
    ratings, unknown = one.ratings.copy(), one.unknown.copy()
    line = rng.choice([8, 9, 10], rows.size, p=[0.15, 0.25, 0.6]).astype(float)
    if subtle:
        lined = rng.random(rows.size) < 0.4
        helped = np.clip(ratings[rows] + rng.choice([1, 2], (rows.size, 1)), 0, 10)
        ratings[rows] = np.where(lined[:, None], line[:, None], helped)
    else:
        ratings[rows] = line[:, None]
        unknown[rows] = False
    return replace(one, ratings=ratings, unknown=unknown)


def quick(rng: np.random.Generator, one: Made, rows: NDArray[np.intp], subtle: bool) -> Made:
    """Draw plausible answers item by item, in little time."""
    ratings, start, end = one.ratings.copy(), one.start.copy(), one.end.copy()
    person = rng.normal(0, 1, rows.size)
    for k in range(ratings.shape[1]):
        column = np.sort(one.ratings[:, k])
        place = rng.normal(0, 1, rows.size)
        if subtle:
            place = np.sqrt(0.75) * place + 0.5 * person
        ratings[rows, k] = column[(_normal(place) * column.size).astype(np.intp).clip(0, column.size - 1)]
    minutes = np.exp(np.log(9 if subtle else 4) + rng.normal(0, 0.3, rows.size))
    if not subtle:
        pairs = rng.random(rows.size) < 0.3
        pairs[0] = False
        start[rows] = np.where(pairs, start[np.maximum(rows - 1, 0)] + 2, start[rows])
    end[rows] = start[rows] + minutes
    return replace(one, ratings=ratings, start=start, end=end)


WAYS: dict[str, Callable[[np.random.Generator, Made, NDArray[np.intp], bool], Made]] = {
    "own": own,
    "others": others,
    "invent": invent,
    "straight": straight,
    "quick": quick,
}


def sheets_of(one: Made, timed: bool) -> Sheets:
    """Give a made round as sheets, compared within towns."""
    table = pd.DataFrame({"town": one.town, "interviewer": [f"{at:02d}" for at in one.who]})
    epoch = pd.Timestamp("2013-09-02")
    table["started"] = epoch + pd.to_timedelta(np.rint(one.start * 60), unit="s")
    table["ended"] = epoch + pd.to_timedelta(np.rint(one.end * 60), unit="s")
    ratings = pd.DataFrame(np.where(one.unknown, np.nan, one.ratings))
    state = pd.DataFrame(np.where(one.unknown, int(State.DONT_KNOW), int(State.RATED)))
    times = {"started": "started", "ended": "ended"} if timed else {}
    return Sheets.of(
        table, Ratings(ratings, state), SCALE, interviewer="interviewer", stratum="town", **times
    )


def with_fraud(
    rng: np.random.Generator, setting: Setting, way: str, subtle: bool, beside: int | None
) -> Made:
    """Make a round whose first interviewer made 40 interviews up, beside some honest ones if told."""
    count = None if beside is None else FAKED + beside
    if way == "own" and beside is None:
        count = FAKED + 10
    one = made(rng, setting, count)
    mine = np.flatnonzero(one.who == 0)
    return WAYS[way](rng, one, mine[-FAKED:], subtle)


def place(found: pd.DataFrame) -> tuple[int, bool, bool]:
    """Give the first interviewer's place, whether he is marked, and whether any other is."""
    at = found["interviewer"].eq("00")
    return (
        int(found.loc[at, "place"].iloc[0]),
        bool(found.loc[at, "flagged"].iloc[0]),
        bool(found.loc[~at, "flagged"].any()),
    )


Task = tuple[Setting, str, bool, int | None, int]


def fraud_round(task: Task) -> list[tuple[int, bool, bool]]:
    """Give place and marks with times and without."""
    setting, way, subtle, beside, seed = task
    kind = list(WAYS).index(way) * 4 + 2 * subtle + (beside is not None)
    one = with_fraud(np.random.default_rng([seed, kind]), setting, way, subtle, beside)
    return [
        place(interviewer_list(sheets_of(one, timed), LEAST_MINUTES if timed else None).table)
        for timed in (True, False)
    ]


def honest_round(task: tuple[Setting, int]) -> list[Floats]:
    """Give the p of everybody in a round without fraud, with times and without."""
    setting, seed = task
    one = made(np.random.default_rng([seed, 99]), setting)
    return [
        interviewer_list(sheets_of(one, timed), LEAST_MINUTES if timed else None).table["p"].to_numpy()
        for timed in (True, False)
    ]


USUAL = Setting()
OTHERS: dict[str, Setting] = {
    "as above": USUAL,
    "icc 0.00": replace(USUAL, icc=0.0),
    "icc 0.08": replace(USUAL, icc=0.08),
    "all alike": replace(USUAL, unlike=0.0, icc=0.0),
    "twice as unlike": replace(USUAL, unlike=2.0),
    "2 % straight-line": replace(USUAL, straight=0.02),
    "40 % straight-line": replace(USUAL, straight=0.4),
    "no 不了解": replace(USUAL, unknown=1e-9),
    "3 questions": replace(USUAL, items=3),
    "8 questions": replace(USUAL, items=8),
    "level 9.3": replace(USUAL, level=9.3),
    "5 to 120 interviews": replace(USUAL, fewest=5, most=120),
    "20 interviewers": replace(USUAL, interviewers=20),
    "30 towns of 2": replace(USUAL, in_town=2),
    "one town": replace(USUAL, in_town=60),
}


def fraud(run: Callable[..., Iterable[object]], rounds: range, setting: Setting, ways: list[str]) -> None:
    """Print how often the one who makes interviews up is found."""
    print(f"{'':24}{'with times':^36}{'without':^36}")
    print(f"{'way':24}" + 2 * f"{'first':>8}{'first 3':>9}{'marked':>9}{'others':>8}  ")
    for subtle, beside in ((False, None), (False, FAKED), (True, None)):
        for way in ways:
            tasks = [(setting, way, subtle, beside, seed) for seed in rounds]
            found = np.array(list(run(fraud_round, tasks)), dtype=np.float64)  # rounds, times, 3
            label = way + (" subtle" if subtle else "") + (" more" if beside else "")
            line = f"{label:24}"
            for at in range(2):
                where, marked, else_ = found[:, at].T
                shares = ((where == 1).mean(), (where <= 3).mean(), marked.mean(), else_.mean())
                line += "{:8.0%}{:9.0%}{:9.0%}{:8.0%}  ".format(*shares)
            print(line, flush=True)


def honest(run: Callable[..., Iterable[object]], rounds: range, settings: dict[str, Setting]) -> None:
    """Print how often anybody is marked where nobody cheats, and how often single p are small."""
    print(f"{'without fraud':24}{'with times':^36}{'without':^36}")
    print(f"{'':24}" + 2 * f"{'anybody':>9}{'p<.05':>8}{'p<.01':>8}{'p<.001':>9}  ")
    for name, setting in settings.items():
        found = list(run(honest_round, [(setting, seed) for seed in rounds]))
        line = f"{name:24}"
        for at in range(2):
            p = [one[at] for one in found]  # type: ignore[index]
            anybody = np.mean([one.min() * one.size <= 0.05 for one in p])
            everybody = np.concatenate(p)
            line += f"{anybody:9.1%}" + "".join(f"{(everybody < c).mean():8.2%}" for c in (0.05, 0.01))
            line += f"{(everybody < 0.001).mean():9.3%}  "
        print(line, flush=True)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="seed of the first round")
    parser.add_argument("--honest", type=int, default=400)
    parser.add_argument("--items", type=int, default=6)
    parser.add_argument("--only", choices=[*WAYS, "honest", "fraud"])
    parser.add_argument("--setting", choices=list(OTHERS))
    given = parser.parse_args()
    start = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:

        def run(action: Callable[..., object], tasks: list[object]) -> Iterable[object]:
            return pool.map(action, tasks, chunksize=5)

        ways = [given.only] if given.only in WAYS else list(WAYS)
        if given.only != "honest" and given.rounds:
            fraud(
                run, range(given.first, given.first + given.rounds), replace(USUAL, items=given.items), ways
            )
        if given.only in (None, "honest") and given.honest:
            honest(
                run,
                range(given.first, given.first + given.honest),
                {given.setting: OTHERS[given.setting]} if given.setting else OTHERS,
            )
    print(f"{time.perf_counter() - start:.0f} s")


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _logistic(value: Floats) -> Floats:
    result: Floats = 1 / (1 + np.exp(-value))
    return result


def _normal(value: Floats) -> Floats:
    from scipy.special import ndtr

    result: Floats = ndtr(value)
    return result


if __name__ == "__main__":
    main()
