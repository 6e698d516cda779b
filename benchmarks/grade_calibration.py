"""Do grades that are given a probability come true that often? Made-up classes of known truth.

    python benchmarks/grade_calibration.py

True scores of a class of 11, 14 or 43 units spread about its centre, ``ratio`` times as far as the errors
of their estimates (2 points, unequal, correlated by 0.2). Five grades have four thresholds, 0.8 spreads
apart, and the best one's gate lets in the first three; the centre of a class lies anywhere within 1.5
spreads of 80, the middle of the thresholds ("any"), or there exactly ("80"). Every probability that
``grade_chances`` gives to a grade of a unit goes into one of ten bins; beside the mean of a bin stands how
often the unit truly had the grade. Classes, errors and draws are seeded: the same figures every time.

In points (percent): "worst bin" is the largest difference in a bin of at least 1,000 probabilities; "overall"
the mean of the differences, weighted by their numbers; "best: said, came" the mean probability of the best
grade for units whose estimates have it, beside how often they truly have. Errors estimated with 30 degrees of
freedom, and classes whose truths are not normal, stand below the others.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import block_diag

from scoring import Grade, Grading, TopPlaces, grade_chances
from scoring.grade.levels import levels

Floats = NDArray[np.float64]
Shape = Callable[[np.random.Generator, int], Floats]
Kind = tuple[Shape, int, float, int | None, str]
Setting = tuple[Kind, int, int]

ERROR = 2.0
CENTRE = 80.0
SHARED = 0.2
"""Correlation of the errors of any two units."""

BINS = 10
LEAST = 1_000
"""Fewer probabilities in a bin tell too little: their simulation error is above 1.5 points."""

AT_ONCE = 400
"""Units graded in one call, whole classes."""

PRIORS = ("class", "flat")


def normal(rng: np.random.Generator, units: int) -> Floats:
    """Give standard normal truths."""
    return rng.standard_normal(units)


def skewed(rng: np.random.Generator, units: int) -> Floats:
    """Give truths with a long tail of good ones: exponential, mean 0, standard deviation 1."""
    return rng.standard_exponential(units) - 1.0


def clusters(rng: np.random.Generator, units: int) -> Floats:
    """Give two groups, two thirds high, one third low, mean 0, standard deviation 1."""
    high = rng.random(units) < 2 / 3
    inner = 0.3
    apart = np.sqrt((1 - inner**2) / (2 / 9))
    return np.where(high, apart / 3, -2 * apart / 3) + inner * rng.standard_normal(units)


SHAPES: list[Shape] = [normal, skewed, clusters]


def grading(spread: float) -> Grading:
    """Give grades with thresholds 1.2 and 0.4 spreads above the middle and below it."""
    lines = [CENTRE + spread * at for at in (1.2, 0.4, -0.4, -1.2)]
    best = Grade("A", lines[0], gate=TopPlaces(3))
    return Grading((best, *(Grade(n, line) for n, line in zip("BCD", lines[1:], strict=True)), Grade("E")))


def simulated(setting: Setting) -> pd.DataFrame:
    """Give for both priors each probability and whether it came true: prior, chance, true, best."""
    (shape, units, ratio, df, centre), classes, draws = setting
    rng = np.random.default_rng([units, round(10 * ratio), df or 0, SHAPES.index(shape)])
    spread = ratio * ERROR
    rule = grading(spread)
    correlation = SHARED + (1 - SHARED) * np.eye(units)
    root = np.linalg.cholesky(correlation)
    together = max(1, AT_ONCE // units)
    parts = []
    for seed in range(-(-classes // together)):
        middle = rng.uniform(-1.5, 1.5, (together, 1)) if centre == "any" else 0.0
        truth = CENTRE + spread * (middle + np.array([shape(rng, units) for _ in range(together)]))
        se = ERROR * np.sqrt(rng.uniform(0.5, 1.5, truth.shape))
        estimate = truth + se * (rng.standard_normal(truth.shape) @ root.T)
        told = se if df is None else se * np.sqrt(rng.chisquare(df, truth.shape) / df)
        cov = block_diag(*(correlation * np.outer(own, own) for own in told))
        by = np.repeat(np.arange(together), units)
        grade = np.arange(len(rule.grades))
        true = levels(rule, truth, {}).reshape(-1, 1) == grade
        best = levels(rule, estimate, {}).reshape(-1, 1) == 0
        for prior in PRIORS:
            found = grade_chances(
                rule, estimate.ravel(), cov, df=df, by=by, prior=prior, draws=draws, seed=seed
            )
            chance = found.table[list(rule.names)].to_numpy()
            one = {"chance": chance.ravel(), "true": true.ravel(), "best": (best & (grade == 0)).ravel()}
            parts.append(pd.DataFrame(one).assign(prior=prior))
    return pd.concat(parts, ignore_index=True)


def bins(one: pd.DataFrame) -> pd.DataFrame:
    """Set the mean of each bin beside how often it came true."""
    at = np.minimum((one["chance"] * BINS).astype(int), BINS - 1)
    found = one.groupby(at).agg(number=("true", "size"), said=("chance", "mean"), came=("true", "mean"))
    return found.assign(off=100 * (found["came"] - found["said"]))


def summary(many: pd.DataFrame) -> dict[str, float]:
    """Give the worst bin, the mean difference, and the best grade's chance beside how often it came true."""
    found = bins(many)
    best = many[many["best"]]
    return {
        "worst bin": float(found.loc[found["number"] >= LEAST, "off"].abs().max()),
        "overall": float(np.average(found["off"].abs(), weights=found["number"])),
        "best: said": 100 * float(best["chance"].mean()),
        "came": 100 * float(best["true"].mean()),
    }


def main() -> None:
    """Run and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--probabilities", type=int, default=30_000, help="of each setting and prior")
    arguments.add_argument("--draws", type=int, default=1_000)
    arguments.add_argument("--processes", type=int, default=2)
    chosen = arguments.parse_args()
    start = time.monotonic()
    kinds: list[Kind] = [
        *((normal, units, ratio, None, "any") for ratio in (1.0, 2.0, 3.0) for units in (11, 14, 43)),
        *((normal, units, 2.0, None, "80") for units in (11, 43)),
        *((normal, units, ratio, 30, "any") for ratio in (1.0, 2.0, 3.0) for units in (11, 43)),
        *((shape, units, 2.0, None, "any") for shape in (skewed, clusters) for units in (11, 43)),
    ]
    settings = [(kind, chosen.probabilities // (5 * kind[1]), chosen.draws) for kind in kinds]
    # For the processes, which start afresh: threads of several get in each other's way.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(chosen.processes, get_context("spawn")) as pool:
        results = list(pool.map(simulated, settings))
    rows = []
    for (shape, units, ratio, df, centre), found in zip(kinds, results, strict=True):
        row: dict[str, object] = {"truth": shape.__name__, "centre": centre, "df": df or "inf"}
        row |= {"ratio": ratio, "units": units}
        for prior in PRIORS:
            told = summary(found[found["prior"] == prior])
            row |= {f"{prior} {name}": value for name, value in told.items()}
        rows.append(row)
    with pd.option_context("display.width", 240):
        print(pd.DataFrame(rows).round(1).to_string(index=False))
    for title, wanted in (
        ("spread at least twice the error", lambda ratio: ratio >= 2),
        ("spread as large as the error", lambda ratio: ratio == 1),
    ):
        pooled = pd.concat(
            [
                found
                for kind, found in zip(kinds, results, strict=True)
                if kind[0] is normal and wanted(kind[2])
            ]
        )
        for prior in PRIORS:
            shown = bins(pooled[pooled["prior"] == prior])
            shown[["said", "came"]] *= 100
            print(f"\nnormal classes, {title}: {prior} prior\n{shown.round(1).to_string()}")
    print(f"\n{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
