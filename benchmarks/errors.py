"""What errors of scores cost: 474 means with all their covariances, linearised and by bootstrap; rank sets.

    python benchmarks/errors.py [--runs 5] [--slow]

159,185 made-up answer sheets, 79 evaluatees rated on 6 indicators, 3,792 PSUs in 48 strata that each reach
into most evaluatees. Each figure is of a process of its own, with what its peak memory grew by after the data
and the imports; beside it the floor (numpy by hand, codes and arrays ready) and, where installed, svy and
R's survey. --slow adds R's bootstrap, which takes minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.memory import peak_megabytes

ROWS, EVALUATEES, PSUS, STRATA, REPLICATES = 159_185, 79, 3_792, 48, 500
ITEMS = [f"q{k + 1}" for k in range(6)]

R_SCRIPT = """
suppressMessages(library(survey))
t <- read.csv(commandArgs(TRUE)[1])
slow <- commandArgs(TRUE)[2] == "slow"
d <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, fpc = ~N, data = t, nest = TRUE)
f <- ~q1 + q2 + q3 + q4 + q5 + q6
told <- function(what, s) cat(sprintf("%s\\t%.3f\\n", what, s))
told("survey: means with errors by svyby", system.time(svyby(f, ~evaluatee, d, svymean))[["elapsed"]])
told("survey: the same with covariances",
     system.time(svyby(f, ~evaluatee, d, svymean, covmat = TRUE))[["elapsed"]])
if (slow) told("survey: 500 bootstrap replicates",
     system.time(svyby(f, ~evaluatee, as.svrepdesign(d, type = "subbootstrap", replicates = 500), svymean,
                       covmat = TRUE))[["elapsed"]])
gc_max <- sum(gc()[, 6])
cat(sprintf("survey: peak of R itself, MB\\t%.0f\\n", gc_max))
"""


def made_up() -> pd.DataFrame:
    """Make up the answers."""
    rng = np.random.default_rng(1)
    whom, psu = np.arange(ROWS) % EVALUATEES, rng.integers(0, PSUS, ROWS)
    true = 7 + rng.normal(0, 0.3, EVALUATEES)[whom] + rng.normal(0, 0.5, PSUS)[psu]
    ratings = np.clip(np.rint(true[:, None] + rng.normal(0, 2, (ROWS, len(ITEMS)))), 0, 10)
    names = np.array([f"部门{one + 1:02d}" for one in range(EVALUATEES)])
    table = pd.DataFrame(ratings, columns=ITEMS).assign(evaluatee=names[whom], psu=psu, stratum=psu % STRATA)
    return table.assign(w=rng.uniform(1, 3, ROWS), N=400)


def ours(table: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """Give what is timed of ours."""
    from scoring import Survey, bootstrap, mean, rank_sets

    def survey() -> Survey:
        return Survey(table, weight="w", stratum="stratum", psu="psu", population="N")

    def linearised() -> object:
        return mean(survey(), ITEMS, by="evaluatee")

    def replicated() -> object:
        return mean(bootstrap(survey(), REPLICATES), ITEMS, by="evaluatee")

    found = mean(survey(), ITEMS[:1], by="evaluatee")
    estimate = found.table["estimate"].to_numpy()
    return {
        "means": linearised,
        "bootstrap": replicated,
        "rank sets": lambda: rank_sets(estimate, found.cov, draws=10_000),
    }


def by_hand(table: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """Give the floor: the same sums on arrays that are ready, without covariances for the bootstrap."""
    values = np.ascontiguousarray(table[ITEMS].to_numpy().T)
    weight = table["w"].to_numpy()
    whom, psu = pd.factorize(table["evaluatee"])[0], table["psu"].to_numpy()
    cell = psu * EVALUATEES + whom
    order = np.argsort(np.arange(PSUS) % STRATA, kind="stable")

    def totals() -> np.ndarray:
        made = np.empty((7, PSUS * EVALUATEES))
        made[6] = np.bincount(cell, weight, minlength=PSUS * EVALUATEES)
        for k in range(6):
            made[k] = np.bincount(cell, weight * values[k], minlength=PSUS * EVALUATEES)
        return made.reshape(7, PSUS, EVALUATEES)

    def linearised() -> np.ndarray:
        parts = totals()
        sums = parts.sum(axis=1)
        means = sums[:6] / sums[6]
        z = (parts[:6] - means[:, None] * parts[6]) / sums[6]
        z = z[:, order].reshape(6, STRATA, -1, EVALUATEES)
        z = z - z.mean(axis=2, keepdims=True)
        flat = z.reshape(6, PSUS, EVALUATEES).transpose(1, 0, 2).reshape(PSUS, -1)
        return flat.T @ flat

    def replicated() -> np.ndarray:
        parts = totals()
        rng = np.random.default_rng(0)
        size = PSUS // STRATA
        times = rng.multinomial(size - 1, np.full(size, 1 / size), (REPLICATES, STRATA)) * size / (size - 1)
        sums = times.reshape(REPLICATES, -1) @ parts[:, order].transpose(1, 0, 2).reshape(PSUS, -1)
        sums = sums.reshape(REPLICATES, 7, EVALUATEES)
        return (sums[:, :6] / sums[:, 6:]).std(axis=0)

    return {"by hand: means": linearised, "by hand: bootstrap": replicated}


def by_svy(table: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """Give what is timed of svy."""
    import polars
    import svy

    frame = polars.DataFrame({name: table[name].to_numpy() for name in table})

    def sample() -> Any:
        return svy.Sample(frame, svy.Design(stratum="stratum", psu="psu", wgt="w"))

    def replicated() -> object:
        made = sample().weighting.create_bs_wgts(n_reps=REPLICATES, rstate=1)
        return (made or sample()).estimation.mean(ITEMS, by="evaluatee", method="replication")

    return {
        "svy: means": lambda: sample().estimation.mean(ITEMS, by="evaluatee"),
        "svy: bootstrap": replicated,
    }


KINDS = {
    **dict.fromkeys(("means", "bootstrap", "rank sets"), ours),
    **dict.fromkeys(("by hand: means", "by hand: bootstrap"), by_hand),
    **dict.fromkeys(("svy: means", "svy: bootstrap"), by_svy),
}
TOLD = {
    "means": "474 means, errors, full covariance",
    "by hand: means": "  floor: numpy by hand, codes ready",
    "svy: means": "  svy: the same without covariance between evaluatees",
    "bootstrap": "500 bootstrap replicates of them, full covariance",
    "by hand: bootstrap": "  floor: numpy by hand, no covariance",
    "svy: bootstrap": "  svy: the same",
    "rank sets": "rank sets of 79, 10,000 draws",
}


def one(name: str, runs: int) -> None:
    """Time one thing in this process, and print it as JSON."""
    action = KINDS[name](made_up())[name]
    before = peak_megabytes()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    grown = peak_megabytes() - before
    print(json.dumps({"first": seconds[0], "median": median(seconds), "grown": grown}))


def r_peers(slow: bool) -> list[tuple[str, str]]:
    """Time R's survey on the same data."""
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder, "data.csv"), Path(folder, "peer.R")
        made_up().to_csv(data, index=False)
        script.write_text(R_SCRIPT, encoding="utf8")
        command = ["Rscript", "--vanilla", str(script), str(data), "slow" if slow else "quick"]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [tuple(line.split("\t")) for line in told.splitlines()]  # type: ignore[misc]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--one", choices=KINDS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one, asked.runs)
        return
    here = Path(__file__).resolve()
    env = dict(os.environ, PYTHONPATH=str(here.parent.parent))
    print(f"{ROWS:,} made-up sheets, {EVALUATEES} evaluatees, {len(ITEMS)} indicators, {PSUS:,} PSUs")
    for name, words in TOLD.items():
        if name.startswith("svy") and not find_spec("svy"):
            continue
        runs = 1 if name == "svy: bootstrap" else asked.runs
        command = [sys.executable, str(here), "--one", name, "--runs", str(runs)]
        found = json.loads(
            subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
        )
        more = f"(first {found['first']:.3f} s; {found['grown']:,.0f} MB more)"
        print(f"{words:<56}{found['median']:8.3f} s  {more}", flush=True)
    if shutil.which("Rscript"):
        for what, taken in r_peers(asked.slow):
            print(f"  {what:<54}{taken:>8}", flush=True)


if __name__ == "__main__":
    main()
