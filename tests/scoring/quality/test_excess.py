"""Interviewers against the others: moments by enumeration, tails by scipy, levels by simulation."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy import stats

from scoring.quality.excess import (
    _beta,
    _beta_binomial,
    _Sums,
    between,
    excess,
    pearson_tail,
    profile_excess,
)

ZEROS = np.zeros(7, dtype=np.intp)


def test_variance_is_that_of_all_shuffles() -> None:
    """Oracle: all 7! orders of the sheets of one stratum, a second stratum beside it."""
    feature = np.array([1.0, 4.0, 2.0, 8.0, 3.0, 3.0, 9.0, 5.0, 6.0])
    unit = np.array([0, 0, 0, 1, 1, 2, 2, 3, 3])
    stratum = np.array([0] * 7 + [1] * 2)
    found = excess(feature, unit, stratum, 4, "high")
    differences = []
    for order in permutations(range(7)):
        mixed = feature[list(order)]
        differences.append([mixed[unit[:7] == v].mean() - mixed[unit[:7] != v].mean() for v in range(3)])
    spread = np.std(differences, axis=0)
    effect = [feature[:7][unit[:7] == v].mean() - feature[:7][unit[:7] != v].mean() for v in range(3)]
    np.testing.assert_allclose(found.observed[:3] - found.expected[:3], effect)
    tau = between(lambda t: np.array(effect) ** 2 / (spread**2 + t), np.full(3, True), 1)
    np.testing.assert_allclose(found.z[:3], effect / np.sqrt(spread**2 + tau), rtol=1e-6)
    np.testing.assert_allclose(found.p[:3], stats.t(2).sf(found.z[:3]), rtol=1e-9)
    assert found.n.tolist() == [3, 2, 2, 0] and np.isnan(found.p[3])  # alone in its stratum


def test_third_moments_are_those_of_all_samples() -> None:
    """Oracle: all 21 × 10 ways to choose two of seven and three of five sheets."""
    chance = np.random.default_rng(1)
    one, other = chance.exponential(size=7), chance.exponential(size=5)
    unit = np.array([0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1])
    sums = _Sums.of(np.concatenate([one, other])[:, None], unit, np.repeat([0, 1], [7, 5]), 2)
    first = np.array([part.sum() for part in map(np.array, combinations(one - one.mean(), 2))])
    second = np.array([part.sum() for part in map(np.array, combinations(other - other.mean(), 3))])
    total = (first[:, None] + second).ravel()
    np.testing.assert_allclose(sums.variance[0], (total**2).mean(), rtol=1e-12)
    np.testing.assert_allclose(sums.third[0], (total**3).mean(), rtol=1e-12)


def test_pearsons_curve_is_scipys() -> None:
    z, skew = np.array([-0.5, 0.0, 1.0, 5.8]), np.array([0.3, 1.0, 2.5, 5.6])
    np.testing.assert_allclose(pearson_tail(z, skew), stats.pearson3.sf(z, skew), rtol=1e-9)


def test_one_sheet_in_a_thousand_marks_nobody() -> None:
    """Somebody has it: one of his 30 of 1,200 sheets, which has probability 0.025 under shuffling."""
    feature = np.zeros(1200)
    feature[17] = 3.2
    found = excess(feature, np.repeat(np.arange(40), 30), np.zeros(1200, dtype=int), 40, "high")
    assert found.p.argmin() == 0 and stats.t(39).sf(found.z[0]) < 1e-6
    assert 0.002 < found.p[0] < 0.025


def test_the_cut_off_mean_is_that_of_chi_squares() -> None:
    """Oracle: chi-squares 2.5 times too large say 1.5 more; one wild form changes little."""
    squares = stats.chi2(3).ppf((np.arange(4000) + 0.5) / 4000) * 2.5
    used = np.full(4000, True)
    assert between(lambda t: squares / (1 + t), used, 3) == pytest.approx(1.5, rel=2e-3)
    squares[::100] = 1e9
    assert between(lambda t: squares / (1 + t), used, 3) < 1.65
    assert between(lambda t: squares / 9 / (1 + t), used, 3) == 0.0


def test_beta_tails_are_scipys() -> None:
    n, mean, variance = np.array([20.0, 7.0]), np.array([0.1, 0.6]), np.array([0.02, 0.09])
    events = np.array([5.0, 2.0])
    rho = (n * variance / (mean * (1 - mean)) - 1) / (n - 1)
    law = stats.betabinom(n.astype(int), mean * (1 / rho - 1), (1 - mean) * (1 / rho - 1))
    np.testing.assert_allclose(law.var() / n**2, variance)
    high, low = _beta_binomial(events, mean, n, variance)
    np.testing.assert_allclose(high, law.sf(events) + law.pmf(events) / 2, rtol=1e-9)
    np.testing.assert_allclose(high + low, 1.0, rtol=1e-9)
    size = mean * (1 - mean) / variance - 1
    high, low = _beta(events / n, mean, variance)
    np.testing.assert_allclose(high, stats.beta(mean * size, (1 - mean) * size).sf(events / n), rtol=1e-9)
    np.testing.assert_allclose(high + low, 1.0, rtol=1e-9)


def test_sides_are_mirrored() -> None:
    random = np.random.default_rng(2)
    feature, unit = random.normal(size=60), np.repeat(np.arange(6), 10)
    stratum = np.zeros(60, dtype=np.intp)
    high = excess(feature, unit, stratum, 6, "high")
    low = excess(-feature, unit, stratum, 6, "low")
    both = excess(feature, unit, stratum, 6, "both")
    np.testing.assert_allclose(high.p, low.p)
    np.testing.assert_allclose(both.p, 2 * np.minimum(high.p, 1 - high.p))


@pytest.mark.parametrize("kind", ["number", "share", "part", "size"])
@pytest.mark.parametrize("unlike", [0.0, 0.5])
def test_honest_differences_are_allowed_for(kind: str, unlike: float) -> None:
    """Invariant: p uniform, 150 rounds of 40 units in strata of 4: 5 % and 1 % come about as often."""
    random = np.random.default_rng(17)
    unit = np.repeat(np.arange(40), random.integers(20, 60, 40))
    stratum, p = unit // 4, []
    for _ in range(150):
        shift = unlike * random.normal(size=40)[unit] + 0.5 * random.normal(size=10)[stratum]
        noise = random.normal(size=unit.size)
        feature = {
            "number": shift + noise,
            "share": (random.random(unit.size) < 1 / (1 + np.exp(2 - shift))).astype(float),
            "part": random.binomial(6, 1 / (1 + np.exp(1 - shift - 0.7 * noise))) / 6,
            "size": (np.exp(shift / 3) * noise) ** 2,
        }[kind]
        p.append(excess(feature, unit, stratum, 40, "high", kind).p)  # type: ignore[arg-type]
    told = np.concatenate(p)
    assert 0.03 < (told < 0.05).mean() < 0.065 and 0.002 < (told < 0.01).mean() < 0.017


def test_profiles_of_units_alike_are_chi_squares() -> None:
    random = np.random.default_rng(5)
    unit = np.repeat(np.arange(30), 40)
    p = []
    for _ in range(120):
        feature = np.eye(5)[random.choice(5, unit.size, p=[0.1, 0.2, 0.3, 0.2, 0.2])]
        p.append(profile_excess(feature, unit, unit // 3, 30).p)
    told = np.concatenate(p)
    # Below the level: the most that τ² finds along five axes is taken for honest.
    assert 0.015 < (told < 0.05).mean() < 0.06 and (told < 0.01).mean() < 0.014


def test_a_preference_stands_out_beside_honest_ones() -> None:
    random = np.random.default_rng(6)
    unit = np.repeat(np.arange(30), 40)
    shares = random.dirichlet([60, 60, 60], 30)
    shares[7] = [0.85, 0.1, 0.05]
    feature = np.eye(3)[(random.random(unit.size)[:, None] > shares.cumsum(axis=1)[unit]).sum(axis=1)]
    found = profile_excess(feature, unit, np.zeros(unit.size, dtype=np.intp), 30)
    assert found.p.argmin() == 7 and found.p[7] < 1e-4 and np.sort(found.p)[1] > 1e-3
