"""Empirical chances of drawing against what is stated: 1,600 samples, keys fixed, so never flaky.

Each key draws 40 copies of a frame of 12 units, one stratum a copy. The gate is p > 1e-4.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sampling import (
    PPS,
    Balanced,
    Bernoulli,
    Poisson,
    PPSWithReplacement,
    SimpleRandom,
    SpatiallyBalanced,
    Stratified,
    Systematic,
    draw,
    inclusion_probabilities,
)
from sampling.designs import ALONG_A_LIST, PPSMethod
from sampling.select import pareto_probabilities

KEYS, COPIES, UNITS = 40, 40, 12
SIZES = np.array([40, 3, 5, 8, 2, 9, 4, 7, 6, 1, 3, 5])  # the first is certain for n = 4
LEVELS = np.array(list("aaaaabbbbccc"))
FRAME = pd.DataFrame(
    {
        "id": [f"{copy}-{unit}" for copy in range(COPIES) for unit in range(UNITS)],
        "copy": np.repeat(np.arange(COPIES), UNITS),
        "unit": np.tile(np.arange(UNITS), COPIES),
        "size": np.tile(SIZES, COPIES),
        "level": np.tile(LEVELS, COPIES),
    }
)


def computed(prob: np.ndarray, method: str) -> np.ndarray:
    """Pareto's own probabilities, which test_ordering.py holds to enumerations; others have prob."""
    if method == "pareto":
        prob[prob < 1] = pareto_probabilities(prob[prob < 1])
    return prob


BY_COPY: dict[str, tuple[Any, np.ndarray]] = {
    "simple random": (Stratified("copy", SimpleRandom(n=5)), np.full(UNITS, 5 / 12)),
    "systematic": (Stratified("copy", Systematic(n=5, order=("unit",))), np.full(UNITS, 5 / 12)),
    "stratified": (
        Stratified(("copy", "level"), SimpleRandom(n=2)),
        np.array([2 / 5] * 5 + [2 / 4] * 4 + [2 / 3] * 3),
    ),
    "pps in random order": (Stratified("copy", PPS(n=4, size="size")), inclusion_probabilities(SIZES, 4)),
    "bernoulli": (Stratified("copy", Bernoulli(rate=0.3)), np.full(UNITS, 0.3)),
    "circular": (Stratified("copy", Systematic(n=5, order=("unit",), circular=True)), np.full(UNITS, 5 / 12)),
    "poisson": (Stratified("copy", Poisson(n=4, size="size")), inclusion_probabilities(SIZES, 4)),
    "with replacement": (Stratified("copy", PPSWithReplacement(n=4, size="size")), 4 * SIZES / SIZES.sum()),
    "balanced": (Stratified("copy", Balanced(n=5, on=("unit",))), np.full(UNITS, 5 / 12)),
    "spread": (Stratified("copy", SpatiallyBalanced(n=4, over=("unit",))), np.full(UNITS, 4 / 12)),
    "spread by size": (
        Stratified("copy", SpatiallyBalanced(n=4, over=("unit",), size="size")),
        inclusion_probabilities(SIZES, 4),
    ),
    **{
        f"{method} by size{along}": (
            Stratified("copy", PPS(n=4, size="size", order=order, method=method)),
            computed(inclusion_probabilities(SIZES, 4), method),
        )
        for method in get_args(PPSMethod)
        if method != "systematic"
        for along, order in [("", ())] + ([(" along the list", ("unit",))] if method in ALONG_A_LIST else [])
    },
}


def samples(design: Any) -> np.ndarray:
    """One row a sample: how often each of the 12 units is in it."""
    found = np.zeros((KEYS, COPIES, UNITS), dtype=np.int64)
    for at in range(KEYS):
        units = draw(FRAME, design, key=f"key {at}", name="gate", unit="id").units
        np.add.at(found[at], (units["copy"], units["unit"]), 1)
    return found.reshape(-1, UNITS)


def wald(found: np.ndarray, prob: np.ndarray) -> float:
    """The p-value of the mean indicators against prob, by the indicators' own covariance."""
    miss = found.mean(axis=0) - prob
    values, vectors = np.linalg.eigh(np.cov(found.T.astype(float)))
    free = values > 1e-9
    along = vectors.T @ miss
    np.testing.assert_allclose(along[~free], 0, atol=1e-9)  # what never varies is exact
    return float(stats.chi2.sf(len(found) * (along[free] ** 2 / values[free]).sum(), free.sum()))


@pytest.mark.parametrize("case", BY_COPY)
def test_units_are_drawn_as_often_as_stated(case: str) -> None:
    design, prob = BY_COPY[case]
    assert wald(samples(design), prob) > 1e-4


def test_the_gate_sees_a_probability_that_is_off_by_a_twelfth() -> None:
    design, prob = BY_COPY["simple random"]
    off = prob.copy()
    off[:2] += [1 / 12, -1 / 12]
    assert wald(samples(design), off) < 1e-4


def test_all_samples_of_a_simple_random_draw_are_as_likely() -> None:
    # C(6, 3) = 20 samples of the first half of each copy.
    frame = FRAME[FRAME["unit"] < 6]
    counts = dict.fromkeys(combinations(range(6), 3), 0)
    pairs = np.zeros((6, 6))
    for at in range(KEYS):
        units = draw(
            frame, Stratified("copy", SimpleRandom(n=3)), key=f"key {at}", name="gate", unit="id"
        ).units
        for _, part in units.groupby("copy"):
            one = tuple(sorted(part["unit"]))
            counts[one] += 1
            pairs[np.ix_(one, one)] += 1
    assert len(counts) == 20
    assert stats.chisquare(list(counts.values())).pvalue > 1e-4
    # Each pair has probability (3 × 2) / (6 × 5) = 1/5; a count of 1,600 then has sd 16.
    assert (np.abs(pairs[np.triu_indices(6, 1)] / 1600 - 0.2) < 4.5 * np.sqrt(0.2 * 0.8 / 1600)).all()


def test_systematic_samples_are_as_likely_as_the_lengths_of_their_starts() -> None:
    # N = 12, n = 5: the cuts of u are the fractional parts of 5k/12, so 12 samples, 1/12 each.
    found = samples(BY_COPY["systematic"][0])
    _, counts = np.unique(found, axis=0, return_counts=True)
    assert len(counts) == 12
    assert stats.chisquare(counts).pvalue > 1e-4
