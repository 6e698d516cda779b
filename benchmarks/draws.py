"""What drawing from ten million units costs, beside its floors and, where installed, R and svy.

    python benchmarks/draws.py [--rows 10000000] [--n 100000] [--slow]

Methods are timed on arrays, given their numbers. Draws with receipts run each in a process of its own, so
that its peak memory is its own, beside the time of the lottery numbers alone in that process. ``--slow``
adds the peers that take minutes (svy's Brewer, R's pivotal). All data are made up.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.memory import peak_megabytes

STRATA = 500
PAIRS = 3
DRAWS = ("stratified", "simple random", "pps systematic", "random pivotal", "poisson")
R_SCRIPT = """
suppressMessages(library(sampling))
N <- {rows}; n <- {n}; set.seed(1)
size <- sample(1:999, N, TRUE)
stratum <- sort(sample(1:{strata}, N, TRUE))
say <- function(what, call) cat(what, system.time(call)[["elapsed"]], sep = "\\t", fill = TRUE)
frame <- data.frame(stratum = stratum)
say("stratified", strata(frame, "stratum", rep(n / {strata}, {strata}), method = "srswor"))
prob <- inclusionprobabilities(size, n)
say("pps systematic", UPsystematic(prob))
if ({slow}) say("pivotal", UPpivotal(prob))
"""


def frame_of(rows: int) -> pd.DataFrame:
    """Make up a frame: ids, 500 strata, sizes from 1 to 999."""
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "id": np.arange(10_000_001, 10_000_001 + rows),
            "stratum": rng.integers(0, STRATA, rows, dtype=np.int16),
            "size": rng.integers(1, 1000, rows, dtype=np.int16),
        }
    )


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def best(action: Callable[[], object], runs: int = 3) -> float:
    return min(seconds(action) for _ in range(runs))


def design(name: str, n: int) -> Any:
    from sampling import PPS, Poisson, SimpleRandom, Stratified

    return {
        "stratified": Stratified("stratum", SimpleRandom(n=n // STRATA)),
        "simple random": SimpleRandom(n=n),
        "pps systematic": PPS(n=n, size="size"),
        "random pivotal": PPS(n=n, size="size", method="pivotal"),
        "poisson": Poisson(n=n, size="size"),
    }[name]


def one_draw(name: str, rows: int, n: int) -> None:
    """Draw with a receipt and compute the lottery numbers alone, in turn; print medians and the memory.

    A shared machine hashes up to 1.6 times slower in one minute than in the next: single runs of the two
    do not compare.
    """
    from sampling import draw
    from sampling.columns import unit_ids
    from sampling.lottery import Lottery

    frame = frame_of(rows)
    drawn = partial(draw, frame, design(name, n), key="k", name="bench", unit="id")
    drawing, lottery = [seconds(drawn)], []
    peak = peak_megabytes()
    ids = unit_ids(frame["id"], "id", "bench", np.arange(rows))
    for _ in range(PAIRS):
        lottery.append(seconds(lambda: Lottery("k", "bench").words("order", [], ids, [0])))
        drawing.append(seconds(drawn))
    print(json.dumps({"draw": median(drawing), "lottery": median(lottery), "peak": peak}))


def in_own_process(name: str, rows: int, n: int) -> dict[str, float]:
    here = Path(__file__).resolve()
    env = dict(os.environ, PYTHONPATH=str(here.parent.parent))
    command = [sys.executable, str(here), "--one", name, "--rows", str(rows), "--n", str(n)]
    found = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return dict(json.loads(found.stdout))


def methods(frame: pd.DataFrame, n: int) -> Iterator[tuple[str, float]]:
    """Time the methods on arrays, given their numbers, and what numpy and pandas need at least."""
    from sampling.lottery import Stream, smallest
    from sampling.select import pivotal, poisson, pps_systematic

    stream = Stream([1, 2])
    numbers = stream.numbers(len(frame))
    words = (numbers * 2.0**53).astype(np.uint64)
    codes = frame["stratum"].to_numpy()
    size = frame["size"].to_numpy(dtype=np.float64)
    order = np.arange(size.size)

    def stratified() -> list[np.ndarray]:
        by_stratum = np.argsort(codes.astype(np.uint16), kind="stable")
        parts = np.split(by_stratum, np.cumsum(np.bincount(codes))[:-1])
        return [at[smallest(words[at], n // STRATA)] for at in parts]

    yield "stratified in 500 strata", best(stratified)
    yield "  floor: pandas groupby.sample", seconds(lambda: frame.groupby("stratum").sample(n // STRATA))
    yield "pps systematic", best(lambda: pps_systematic(order, size, n, 2**52))
    step = size.sum() / n
    points = (np.arange(n) + 0.5) * step
    yield "  floor: numpy cumsum and searchsorted", best(lambda: np.searchsorted(np.cumsum(size), points))
    yield "ordered pivotal", best(lambda: pivotal(order, size, n, numbers))
    yield "  floor: a Python loop", seconds(lambda: pivotal_loop(n * size / size.sum(), numbers))
    prob = n * size / size.sum()
    yield "poisson", best(lambda: poisson(numbers, prob))


def pivotal_loop(prob: np.ndarray, numbers: np.ndarray) -> list[int]:
    """Duel by duel, in floating point."""
    mass, survivor, drawn = 0.0, -1, []
    for at, (own, number) in enumerate(zip(prob.tolist(), numbers.tolist(), strict=True)):
        both = mass + own
        if both < 1:
            if number * both < own:
                survivor = at
            mass = both
        else:
            if number * (2 - both) < 1 - mass:
                drawn.append(at)
            else:
                drawn.append(survivor)
                survivor = at
            mass = both - 1
    return drawn


def fixed_size(rows: int = 1_000_000, n: int = 10_000) -> Iterator[tuple[str, float]]:
    """Time the methods of any pairs: 10,000 of a million."""
    from sampling import inclusion_probabilities
    from sampling.lottery import Stream
    from sampling.select import brewer, conditional_poisson, sampford, tille

    prob = inclusion_probabilities(np.random.default_rng(2).integers(1, 1000, rows), n)
    for select in (sampford, conditional_poisson, tille, brewer):
        yield f"{select.__name__}: {n:,} of {rows:,}", seconds(lambda s=select: s(prob, Stream([1, 2])))


def svy_peers(frame: pd.DataFrame, n: int, slow: bool) -> Iterator[tuple[str, float]]:
    import polars as pl
    import svy

    table = pl.DataFrame({column: frame[column].to_numpy() for column in frame})
    by_size = svy.Sample(table, svy.Design(mos="size"))

    yield (
        "  svy: stratified",
        seconds(lambda: svy.Sample(table).sampling.srs(n // STRATA, by="stratum", rstate=1)),
    )
    yield "  svy: pps systematic", seconds(lambda: by_size.sampling.pps_sys(n, rstate=1))
    if slow:
        yield "  svy: Brewer", seconds(lambda: by_size.sampling.pps_brewer(n, rstate=1))


def r_peers(rows: int, n: int, slow: bool) -> Iterator[tuple[str, float]]:
    script = R_SCRIPT.format(rows=rows, n=n, strata=STRATA, slow=str(slow).upper())
    found = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True)
    if found.returncode:
        print(f"  R did not run: {found.stderr.strip().splitlines()[-1]}")
        return
    for line in found.stdout.splitlines():
        what, taken = line.strip().split("\t")
        yield f"  R: {what}", float(taken)


def report(what: str, taken: float) -> None:
    print(f"{what:<60} {taken:8.2f} s", flush=True)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--one", choices=DRAWS)
    asked = parser.parse_args()
    if asked.one:
        one_draw(asked.one, asked.rows, asked.n)
        return
    bench(asked.rows, asked.n, asked.slow)


def bench(rows: int = 10_000_000, n: int = 100_000, slow: bool = False) -> None:
    """Time everything and print it."""
    print(f"{n:,} of {rows:,} made-up units, with receipts, each in a process of its own")
    for name in DRAWS:
        one = in_own_process(name, rows, n)
        report(f"draw {name}", one["draw"])
        times = one["draw"] / one["lottery"]
        print(f"  its lottery numbers {one['lottery']:.2f} s: {times:.2f} times; peak {one['peak']:,.0f} MB")
    print("methods on arrays, given their numbers")
    frame = frame_of(rows)
    for what, taken in methods(frame, n):
        report(what, taken)
    if find_spec("svy"):
        for what, taken in svy_peers(frame, n, slow):
            report(what, taken)
    del frame
    if shutil.which("Rscript"):
        for what, taken in r_peers(rows, n, slow):
            report(what, taken)
    for what, taken in fixed_size():
        report(what, taken)


if __name__ == "__main__":
    main()
