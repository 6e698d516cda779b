"""Sets that hold each on its own, for the one unit that asks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from scoring import normals, rank_sets


def example(seed: int, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Estimates about one to three standard errors apart, with unequal variances and correlations."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(units, units))
    return rng.normal(0, 2.5 * units, units), root @ root.T + np.diag(rng.uniform(0.2, 3, units))


def ends(estimate: Any, cov: Any, **options: Any) -> list[list[int]]:
    return rank_sets(estimate, cov, joint=False, **options)[["low", "high"]].to_numpy().tolist()


def dunnett(level: float, others: int) -> float:
    """Bar of the largest |Z_k - Z_0| / sqrt(2), k = 1 .. others, independent: by numerical integration."""

    z = np.linspace(-9, 9, 20_001)
    density = stats.norm.pdf(z)

    def chance(bar: float) -> float:
        reach = stats.norm.cdf(z + bar * np.sqrt(2)) - stats.norm.cdf(z - bar * np.sqrt(2))
        return float(integrate.trapezoid(reach**others * density, z))

    low, high = 1.0, 6.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) < level else (low, middle)
    return middle


@pytest.mark.parametrize("level", [0.9, 0.95])
@pytest.mark.parametrize("units", [3, 10, 40])
def test_first_bar_is_dunnetts(units: int, level: float) -> None:
    # The unit asked for is compared with each other one; all others are far apart from each other, so that
    # joint sets would need a higher bar. Dunnett (1955), two-sided, known variance.
    bar = dunnett(level, units - 1)
    if (units, level) == (10, 0.95):
        assert bar == pytest.approx(2.69, abs=0.01)  # Dunnett's table: 9 treatments, infinite df: 2.69
    ahead = np.zeros(units)
    ahead[0] = np.sqrt(2) * bar
    assert ends(1.02 * ahead, np.eye(units), level=level)[0] == [1, 1]
    assert ends(0.98 * ahead, np.eye(units), level=level)[0] == [1, units]


@pytest.mark.parametrize("seed", range(8))
def test_sets_equal_the_plain_definition(seed: int) -> None:
    # The draws of the joint sets; the 2 (p - 1) one-sided claims of one unit, every step anew.
    estimate, cov = example(seed, 7)
    order = np.argsort(-estimate)
    estimate, cov = estimate[order], cov[np.ix_(order, order)]
    draws = np.vstack(list(normals.normals(999, 7, seed))) @ np.linalg.cholesky(cov).T
    expected = []
    for unit in range(7):
        pairs = [(unit, k) for k in range(7) if k != unit] + [(k, unit) for k in range(7) if k != unit]
        error = {(j, k): np.sqrt(cov[j, j] + cov[k, k] - 2 * cov[j, k]) for j, k in pairs}
        proven: set[tuple[int, int]] = set()
        while True:
            still = [pair for pair in pairs if pair not in proven]
            largest = np.max([(draws[:, j] - draws[:, k]) / error[j, k] for j, k in still], axis=0)
            bar = np.sort(largest)[949]
            new = {(j, k) for j, k in still if (estimate[j] - estimate[k]) / error[j, k] > bar}
            if not new:
                break
            proven |= new
        low = 1 + sum(k == unit for _, k in proven)
        expected.append([low, 7 - sum(j == unit for j, _ in proven)])
    assert ends(estimate, cov, draws=999, seed=seed) == expected
    assert expected != [[1, 7]] * 7


@pytest.mark.parametrize("seed", range(5))
def test_few_df_is_holm_over_the_pairs_of_one_unit(seed: int) -> None:
    estimate, cov = example(seed, 9)
    df = np.random.default_rng(seed).uniform(5, 60, (9, 9))
    df = np.triu(df, 1) + np.triu(df, 1).T
    expected = []
    for j in range(9):
        tail = {}
        for k in range(9):
            if k != j:
                t = (estimate[j] - estimate[k]) / np.sqrt(cov[j, j] + cov[k, k] - 2 * cov[j, k])
                tail[k] = 2 * stats.t.sf(abs(t), df[j, k])
        low, high = 1, 9
        for position, k in enumerate(sorted(tail, key=lambda one: tail[one])):
            if tail[k] * (8 - position) > 0.05:
                break
            low += estimate[k] > estimate[j]
            high -= estimate[k] < estimate[j]
        expected.append([low, high])
    assert ends(estimate, cov, df=df) == expected
    assert expected != [[1, 9]] * 9


@pytest.mark.parametrize("df", [None, 25.0])
@pytest.mark.parametrize("seed", range(6))
def test_each_lies_in_the_joint_set(seed: int, df: float | None) -> None:
    estimate, cov = example(seed, 15)
    joint, each = rank_sets(estimate, cov, df=df), rank_sets(estimate, cov, df=df, joint=False)
    assert (each["low"] >= joint["low"]).all()
    assert (each["high"] <= joint["high"]).all()
    assert ((each["low"] <= each["rank"]) & (each["rank"] <= each["high"])).all()


def test_alone_a_smaller_gap_is_sure() -> None:
    # Two-sided t with 12 degrees of freedom: 0.05 / 5 for the pairs of one of six, 0.05 / 15 for all pairs.
    alone, all_pairs = (stats.t.isf(0.025 / pairs, 12) * np.sqrt(2) for pairs in (5, 15))
    estimate = [(alone + all_pairs) / 2, 0, 0, 0, 0, 0]
    assert ends(estimate, np.eye(6), df=12)[0] == [1, 1]
    assert rank_sets(estimate, np.eye(6), df=12)["high"][0] == 6


@pytest.mark.parametrize("df", [None, 9.0])
def test_units_without_error_are_ordered_exactly(df: float | None) -> None:
    estimate = [5.0, 5.0 + 1e-6, 5.0 + 1e-6 + 1e-10, 4.0]
    assert ends(estimate, np.zeros((4, 4)), df=df) == [[3, 3], [1, 2], [1, 2], [4, 4]]
    shared = np.array([1.0, 0.0, 1.0, 1.0])
    cov = np.outer(shared, shared) * 0.3 + np.diag([0, 2.0, 0, 0])
    assert ends([7.0, 7.1, 7.0, 6.9999], cov, df=df) == [[1, 3], [1, 4], [1, 3], [3, 4]]


def test_one_unit_and_equal_units() -> None:
    assert ends([3.0], [[2.0]]) == [[1, 1]]
    assert ends([5.0] * 4, np.eye(4)) == [[1, 4]] * 4


@pytest.mark.parametrize("df", [None, 12.0])
def test_relabelling_units_relabels_sets(df: float | None) -> None:
    estimate, cov = example(4, 8)
    new = np.random.default_rng(1).permutation(8)
    found = np.array(ends(estimate, cov, df=df))
    assert ends(estimate[new], cov[np.ix_(new, new)], df=df) == found[new].tolist()


def test_each_set_holds_but_not_all_together() -> None:
    # Ten units truly alike, known errors: each set misses in at most 5 %, some set far more often.
    rng = np.random.default_rng(11)
    tables = [np.array(ends(rng.normal(size=10), np.eye(10), draws=2000, seed=at)) for at in range(300)]
    held = np.array([(table == [1, 10]).all(axis=1) for table in tables])
    assert held.mean() >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 300)
    assert held.all(axis=1).mean() < 0.9
