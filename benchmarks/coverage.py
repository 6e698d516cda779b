"""Are the errors right? One made-up population, every sample redrawn with many keys.

    python benchmarks/coverage.py --keys 200 --processes 2

For each class and for all: how often the 95 % intervals hold the population's score (among those who
would answer validly), the mean of the estimated variances over the variance of the estimates between
keys, how often all true places of a class lie in their sets at once, and how wide the sets are.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np
import pandas as pd

from scoring import ranks
from toolkit import Scheme
from toolkit.answers import parse_answers
from toolkit.drawing import draw_all, gather
from toolkit.scores import score
from toolkit.simulate import Population, compare_truth, make_answers, make_population

SCHEME = "guangan-2013"


@cache
def population() -> Population:
    """Make up the population, once in each process."""
    return make_population(Scheme.load(SCHEME))


def one_round(key: str) -> pd.DataFrame:
    """Draw, answer and score under one key; give estimates, intervals and places beside the truth."""
    made = population()
    scheme = made.scheme
    drawn = {}
    for group, draw, samples in draw_all(scheme, made.frames, key):
        if draw == group.draws[-1]:
            drawn[group.id] = gather(group, samples)
    sheets = make_answers(made, {name: one.units for name, one in drawn.items()})
    scores = score(scheme, drawn, parse_answers(sheets, scheme, "made"))
    table = scores.table.drop(columns=["estimate", "low", "high"]).merge(compare_truth(scores, made))
    true_place = table.groupby("class")["truth"].transform(
        lambda values: pd.Series(ranks(values), values.index)
    )
    held = table["rank_low"].le(true_place) & table["rank_high"].ge(true_place)
    return table.assign(key=key, held=held)


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Gather the rounds of all keys into one row for each class, and one for all."""
    by_unit = rounds.groupby(["class", "evaluatee"], sort=False).agg(
        inside=("inside", "mean"),
        bias=("estimate", "mean"),
        truth=("truth", "first"),
        variance=("se", lambda values: float(np.mean(values**2))),
        empirical=("estimate", "var"),
    )
    joint = rounds.groupby(["class", "key"], sort=False)["held"].all()
    width = (rounds["rank_high"] - rounds["rank_low"] + 1).groupby(rounds["class"], sort=False).mean()
    rows = []
    for name in [*rounds["class"].unique(), "all"]:
        units = by_unit if name == "all" else by_unit.loc[name]
        sets = joint if name == "all" else joint.loc[name]
        rows.append(
            {
                "class": name,
                "evaluatees": len(units),
                "intervals hold": units["inside"].mean(),
                "variance ratio": units["variance"].sum() / units["empirical"].sum(),
                "mean bias": (units["bias"] - units["truth"]).mean(),
                "places all hold": sets.mean(),
                "mean set width": width.mean() if name == "all" else width[name],
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Run and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--keys", type=int, default=200)
    arguments.add_argument("--processes", type=int, default=2)
    chosen = arguments.parse_args()
    start = time.monotonic()
    keys = [f"coverage-{at:04d}" for at in range(chosen.keys)]
    rounds = []
    with ProcessPoolExecutor(chosen.processes) as pool:
        for done, table in enumerate(pool.map(one_round, keys), 1):
            rounds.append(table)
            print(f"\r{done}/{len(keys)} keys, {time.monotonic() - start:.0f} s ", end="", flush=True)
    print()
    print(summary(pd.concat(rounds, ignore_index=True)).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
