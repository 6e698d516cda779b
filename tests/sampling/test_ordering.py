"""Pareto sampling: its probabilities against the recursion over units, a closed form, and draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling import inclusion_probabilities
from sampling.lottery import Stream
from sampling.select import ordering
from sampling.select.ordering import pareto, pareto_probabilities, pareto_targets

SIX = np.array([0.2, 0.2, 0.5, 0.5, 0.8, 0.8])  # n = 3
steady = settings(deadline=None, derandomize=True, max_examples=40)


def recursion(prob: np.ndarray, k: int) -> float:
    """P(fewer than n others rank below k), integrated over k's lottery number by Gauss-Legendre.

    Unit k ranks at t when its number is F_k(t); the count of the others below t is added up unit by
    unit (Rosén 1997, section 4; Aires 1999 organises the same recursion for all k at once).
    """
    n = round(prob.sum())
    odds = np.delete(prob / (1 - prob), k)
    own = prob[k] / (1 - prob[k])
    spread = np.sqrt((prob * (1 - prob)).sum())
    # log t outside [-width, width]: the count is below n, or not, but for 1e-17
    width = 13 / spread if spread > 5 else 45.0
    nodes, weights = np.polynomial.legendre.leggauss(60)
    ends = np.linspace(-width, width, 3 if spread > 5 else 61)
    half = np.diff(ends)[:, None] / 2
    t = np.exp((ends[:-1, None] + half * (1 + nodes)).ravel())
    inside = np.zeros((t.size, n))
    inside[:, 0] = 1.0
    for one in odds:
        chance = (one * t / (1 + one * t))[:, None]
        inside = inside * (1 - chance) + np.pad(inside, ((0, 0), (1, 0)))[:, :-1] * chance
    number = own * t / (1 + own * t)
    found = (half * weights).ravel() @ (number * (1 - number) * inside.sum(axis=1))
    t = np.exp(-width)
    return float(found + own * t / (1 + own * t))  # all numbers smaller still


@pytest.mark.parametrize(
    "prob",
    [
        SIX,
        [0.3, 0.7],
        [0.4, 0.9, 0.7],
        np.linspace(0.46, 0.54, 12),
        [0.5, 0.45, 0.6, 0.25, 0.2],
        [0.01, 0.02, 0.07, 0.1, 0.3, 0.5],
        [0.99, 0.98, 0.9, 0.13],
        [1e-9, 1e-6, 0.4, 0.6 - 1e-9 - 1e-6],
        [1 - 1e-9, 1 - 1e-7, 0.5, 0.5 + 1e-9 + 1e-7],
    ],
)
def test_equals_the_recursion_for_few_units(prob: list[float] | np.ndarray) -> None:
    values = np.array(prob)
    found = pareto_probabilities(values)
    np.testing.assert_allclose(found, [recursion(values, k) for k in range(values.size)], rtol=1e-11)


@pytest.mark.parametrize(("n", "spread"), [(200, 0.7), (30, 1.2)])
def test_equals_the_recursion_for_two_thousand(n: int, spread: float) -> None:
    prob = inclusion_probabilities(np.random.default_rng(4).lognormal(0, spread, 2000), n)
    prob = prob[prob < 1]
    found = pareto_probabilities(prob)
    assert ordering._compress(np.log(prob / (1 - prob))).logit.size < 1500  # nodes stand for most units
    for k in (int(prob.argmin()), 17, int(prob.argmax())):
        assert found[k] == pytest.approx(recursion(prob, k), rel=1e-11)


@pytest.mark.parametrize("share", [0.5 + 1e-4, 0.6, 0.9, 0.999, 1 - 1e-9])
def test_one_of_two_units_has_a_closed_form(share: float) -> None:
    # integral of F_1 dF_2 with F = o t / (1 + o t) and r = o_1 / o_2: r (r - 1 - log r) / (r - 1)^2
    r = (share / (1 - share)) ** 2
    found = pareto_probabilities(np.array([share, 1 - share]))
    # near r = 1 the closed form itself loses digits
    assert found[0] == pytest.approx(
        r * (r - 1 - np.log(r)) / (r - 1) ** 2, rel=1e-7 if share < 0.51 else 1e-12
    )
    assert found.sum() == pytest.approx(1, rel=1e-13)


@pytest.mark.parametrize(("n", "spread"), [(3, 0.8), (500, 1.0), (6000, 0.5)])
def test_nodes_give_what_the_units_themselves_give(
    n: int, spread: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    prob = inclusion_probabilities(np.random.default_rng(5).lognormal(0, spread, 8000), n)
    prob = prob[prob < 1]
    found = pareto_probabilities(prob)
    monkeypatch.setattr(ordering, "FEW", 10**9)
    np.testing.assert_allclose(found, pareto_probabilities(prob), rtol=1e-12)


@steady
@given(st.lists(st.floats(1e-4, 1.0), min_size=2, max_size=30), st.floats(0, 1))
def test_sums_to_n_and_targets_come_out(size: list[float], share: float) -> None:
    prob = inclusion_probabilities(size, 1 + int(share * (len(size) - 2)))
    prob = prob[prob < 1]
    n = round(prob.sum())
    assume(n and prob.max() < 1 - 1e-9)
    found = pareto_probabilities(prob)
    assert found.sum() == pytest.approx(n, rel=1e-12)
    assert ((found > 0) & (found < 1)).all()
    nominal = pareto_targets(prob)
    assert nominal.sum() == pytest.approx(n, rel=1e-12)
    np.testing.assert_allclose(pareto_probabilities(nominal), prob, rtol=1e-11, atol=1e-14)


def test_targets_that_do_not_settle_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "ROUNDS", 2)
    with pytest.raises(ArithmeticError, match="pareto_targets: no settled result after 2 rounds"):
        pareto_targets(SIX)


def test_odds_times_a_constant_are_the_same_design() -> None:
    odds = 1.1 * SIX / (1 - SIX)
    scaled = odds / (1 + odds)  # sums to 3.08
    np.testing.assert_allclose(pareto_probabilities(scaled), pareto_probabilities(SIX), rtol=1e-12)


def test_equal_probabilities_stay() -> None:
    np.testing.assert_allclose(pareto_probabilities(np.full(900, 1 / 3)), 1 / 3, rtol=1e-13)
    np.testing.assert_allclose(pareto_targets(np.full(9, 1 / 3)), 1 / 3, rtol=1e-13)


def test_takes_the_n_smallest_and_the_first_of_equals() -> None:
    numbers = np.array([0.1, 0.5, 0.7, 0.5])
    # u/(1-u) (1-p)/p: 0.444, 1.5, 1.556, 0.25
    prob = np.array([0.2, 0.4, 0.6, 0.8])
    assert [pareto(prob, numbers, n).tolist() for n in (1, 2, 3, 4)] == [[3], [0, 3], [0, 1, 3], [0, 1, 2, 3]]
    assert pareto(np.full(5, 0.4), np.array([0.3, 0.1, 0.3, 0.3, 0.9]), 3).tolist() == [0, 1, 2]
    assert pareto(np.full(5, 0.4), np.zeros(5), 2).tolist() == [0, 1]
    assert numbers.tolist() == [0.1, 0.5, 0.7, 0.5] and prob.tolist() == [0.2, 0.4, 0.6, 0.8]


def wald(found: np.ndarray, prob: np.ndarray) -> float:
    """P-value of the inclusion frequencies, by the covariance of the indicators (rank N - 1)."""
    gap = found.mean(axis=0) - prob
    return float(stats.chi2(5).sf(len(found) * gap @ np.linalg.pinv(np.cov(found.T), hermitian=True) @ gap))


def test_draws_have_the_computed_probabilities_and_not_the_nominal() -> None:
    numbers = Stream([31, 1]).numbers(6 * 30_000).reshape(-1, 6)
    found = np.zeros(numbers.shape)
    for row, drawn in zip(found, numbers, strict=True):
        row[pareto(SIX, drawn, 3)] = 1
    assert wald(found, pareto_probabilities(SIX)) > 1e-3
    assert wald(found, SIX) < 1e-4
    nominal = pareto_targets(SIX)
    for row, drawn in zip(found, numbers, strict=True):
        row[:] = 0
        row[pareto(nominal, drawn, 3)] = 1
    assert wald(found, SIX) > 1e-3
