"""Are the errors right? One made-up population; samples redrawn with many keys, fieldwork redone.

    python benchmarks/coverage.py --keys 200 --others 60 --processes 2

The population is fixed, and truth is its score among those who would answer validly. For each class and
for all: how often the 95 % intervals hold the truth, the mean of the estimated variances over the mean
square error and over the variance of the estimates between keys, how often all true places of a class
lie in their sets at once, how often each does, and how wide the sets are.

The first table is under nonresponse at random. The others have no pass line: they show what sampling
errors do not cover.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from scoring import ranks
from toolkit import Scheme
from toolkit.drawing import draw_all, gather
from toolkit.fieldwork import Fieldwork, go_into_the_field
from toolkit.scores import Scores, score
from toolkit.simulate import Population, compare_truth, make_population

SCHEME = "guangan-2013"
RESPONSE = {"users": 0.8, "staff": 0.9, "delegates": 0.75, "inspectors": 0.95}
SCENARIOS = {
    "nonresponse at random": Fieldwork(RESPONSE),
    "informative nonresponse": Fieldwork(RESPONSE, by_satisfaction=0.3),
    "biased quota choice": Fieldwork(RESPONSE, choice=0.3),
    "interviewer effects": Fieldwork(RESPONSE, interviewer=0.5),
}


@cache
def population() -> Population:
    """Make up the population, once in each process."""
    return make_population(Scheme.load(SCHEME))


def one_round(key: str, scenarios: int) -> pd.DataFrame:
    """Draw, answer and score under one key, in the first scenarios."""
    made = population()
    drawn = {}
    for group, draw, samples in draw_all(made.scheme, made.frames, key):
        if draw == group.draws[-1]:
            drawn[group.id] = gather(group, samples)
    parts = []
    for name, how in list(SCENARIOS.items())[:scenarios]:
        scores = score(made.scheme, *go_into_the_field(made, drawn, how, f"{name} {key}"))
        parts.append(beside_truth(scores, made).assign(scenario=name, key=key))
    return pd.concat(parts, ignore_index=True)


def beside_truth(scores: Scores, made: Population) -> pd.DataFrame:
    """Give estimates, intervals and places beside the truth."""
    table = scores.table.drop(columns=["estimate", "low", "high"]).merge(compare_truth(scores, made))
    true_place = table.groupby("class")["truth"].transform(
        lambda values: pd.Series(ranks(values), values.index)
    )
    held = table["rank_low"].le(true_place) & table["rank_high"].ge(true_place)
    return table.assign(held=held)


def summary(rounds: pd.DataFrame) -> pd.DataFrame:
    """Gather the rounds of all keys into one row for each class, and one for all."""
    rounds = rounds.assign(square=(rounds["estimate"] - rounds["truth"]) ** 2, error=rounds["se"] ** 2)
    by_unit = rounds.groupby(["class", "evaluatee"], sort=False).agg(
        inside=("inside", "mean"),
        held=("held", "mean"),
        bias=("estimate", "mean"),
        truth=("truth", "first"),
        variance=("error", "mean"),
        square=("square", "mean"),
        empirical=("estimate", "var"),
    )
    joint = rounds.groupby(["class", "key"], sort=False)["held"].all()
    width = (rounds["rank_high"] - rounds["rank_low"] + 1).groupby(rounds["class"], sort=False).mean()
    each_width = (rounds["rank_high"] - rounds["rank_low"] + 1).mean()
    rows = []
    for name in [*rounds["class"].unique(), "all"]:
        units = by_unit if name == "all" else by_unit.loc[name]
        sets = joint if name == "all" else joint.loc[name]
        rows.append(
            {
                "class": name,
                "evaluatees": len(units),
                "intervals hold": units["inside"].mean(),
                "variance / empirical": units["variance"].sum() / units["empirical"].sum(),
                "variance / square error": units["variance"].sum() / units["square"].sum(),
                "mean bias": (units["bias"] - units["truth"]).mean(),
                "places each hold": units["held"].mean(),
                "places all hold": sets.mean(),
                "mean set width": each_width if name == "all" else width[name],
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Run and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--keys", type=int, default=200)
    arguments.add_argument("--others", type=int, default=60, help="keys for the tables without a pass line")
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--save", type=Path, help="a CSV file for every key's estimates")
    chosen = arguments.parse_args()
    start = time.monotonic()
    keys = [f"coverage-{at:04d}" for at in range(chosen.keys)]
    scenarios = [len(SCENARIOS) if at < chosen.others else 1 for at in range(chosen.keys)]
    parts = []
    with ProcessPoolExecutor(chosen.processes) as pool:
        for done, table in enumerate(pool.map(one_round, keys, scenarios), 1):
            parts.append(table)
            print(f"\r{done}/{len(keys)} keys, {time.monotonic() - start:.0f} s ", end="", flush=True)
    print()
    rounds = pd.concat(parts, ignore_index=True)
    if chosen.save:
        rounds.to_csv(chosen.save, index=False)
    spread = np.sqrt(0.95 * 0.05 / (chosen.keys * rounds["evaluatee"].nunique()))
    print(f"simulation error of a coverage of 95 % over all, were intervals independent: {spread:.4f}")
    for name in SCENARIOS:
        print(f"\n{name}, {rounds.loc[rounds['scenario'] == name, 'key'].nunique()} keys")
        print(summary(rounds[rounds["scenario"] == name]).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
