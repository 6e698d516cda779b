"""Sample sizes: textbook numbers, enumerated samples, and round trips with what a size reaches."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from math import ceil, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.errors import DesignError
from sampling.size import SizePlan, size_for_cv, size_for_difference, size_for_grade, size_for_margin
from sampling.size.reach import cv_of, deff_of_clusters, deff_of_weights, difference_of, margin_of, sure_of

TWO = 0.9544997361036416  # 2 Φ(2) − 1: the textbooks' z of 2
Z = 1.959963984540054  # R 4.2.2: qnorm(0.975), 16 digits
steady = settings(deadline=None, derandomize=True)


def value(plan: SizePlan, step: str) -> float:
    return float(plan.steps.set_index("step").loc[step, "value"])


# --------------------------------------------------------------------------------------- from textbooks


def test_a_proportion_with_and_without_a_finite_population() -> None:
    # Cochran 1977, 4.4: p = q = 50 %, d = 5 %, t = 2 give n₀ = 400; N = 3,200: 400 / (1 + 399/3200) = 356.
    plan = size_for_margin(0.05, share=0.5, level=TWO)
    assert value(plan, "simple random sample, endless population") == pytest.approx(400, abs=1e-9)
    assert size_for_margin(0.05, share=0.5, level=TWO, population=3200).n == 356
    # The usual ones at 95 %: 1.959964² / 4 / d², rounded up.
    assert [size_for_margin(d, share=0.5).n for d in (0.05, 0.03, 0.02)] == [385, 1068, 2401]


def test_a_mean_of_points() -> None:
    assert size_for_margin(1, sd=20).n == ceil((Z * 20) ** 2) == 1537
    # In tenths, the scale from 0 to 10, the same.
    assert size_for_margin(0.1, sd=2).n == 1537
    n0 = (Z * 20) ** 2
    assert size_for_margin(1, sd=20, population=3000).n == ceil(n0 / (1 + n0 / 3000)) == 1017


def test_a_coefficient_of_variation() -> None:
    assert size_for_cv(0.05, mean=1, sd=2).n == 1600  # (2 / 0.05)², exactly, as decimals
    assert size_for_cv(0.05, mean=-1, sd=2).n == 1600
    assert size_for_cv(0.1, share=0.2).n == 400  # 0.8 / 0.2 / 0.01
    assert size_for_cv(0.1, share=0.2, population=1000).n == 286  # 400 / (1 + 399/1000) = 285.9


def test_a_difference_agrees_with_statsmodels() -> None:
    from statsmodels.stats.power import NormalIndPower

    for d, power, level in [(3, 0.8, 0.95), (5, 0.9, 0.95), (2, 0.95, 0.9)]:
        other = NormalIndPower().solve_power(d / 20, power=power, alpha=1 - level)
        plan = size_for_difference(d, sd=20, power=power, level=level)
        first = value(plan, "simple random sample, endless population")
        assert first == pytest.approx(other, rel=1e-4)  # statsmodels adds the wrong direction's 1e-6
        assert plan.n == ceil(first)


def test_a_difference_of_two_shares_and_of_the_same_respondents() -> None:
    from scipy.stats import norm

    both = norm.ppf(0.975) + norm.ppf(0.8)
    apart = size_for_difference(0.1, share=(0.6, 0.7))
    assert apart.n == ceil(both**2 * (0.24 + 0.21) / 0.01)
    same = size_for_difference(0.1, share=(0.6, 0.7), correlation=0.4)
    assert same.n == ceil(both**2 * (0.24 + 0.21 - 0.8 * sqrt(0.24 * 0.21)) / 0.01)
    assert size_for_difference(3, sd=20, correlation=0).n == size_for_difference(3, sd=20).n
    assert size_for_difference(3, sd=(20, 10)).n == ceil(both**2 * 500 / 9)
    assert "for each evaluatee" in apart.steps["step"].iloc[-1]
    assert "for each evaluatee" not in same.steps["step"].iloc[-1]
    # Power one half: the margin of the difference is the difference itself.
    assert size_for_difference(2, sd=20, power=0.5).n == size_for_margin(2, sd=20 * sqrt(2)).n


def test_a_grade_is_right_as_often_as_said() -> None:
    from scipy.stats import norm

    plan = size_for_grade(2, sd=20, sure=0.9)
    assert plan.n == ceil((norm.ppf(0.9) * 10) ** 2) == 165
    assert plan.achieved == pytest.approx(norm.cdf(2 / (20 / sqrt(165))), rel=1e-12)
    # Simulated: 20,000 samples of 165 answers from 72 ± 20 points, threshold 70 (seed 1).
    means = np.random.default_rng(1).normal(72, 20 / sqrt(165), 20_000)
    assert np.mean(means > 70) == pytest.approx(plan.achieved, abs=4 * sqrt(0.09 / 20_000))


# ------------------------------------------------------------------------------------------- enumerated


def means_of(values: list[float], n: int) -> list[float]:
    return [sum(one) / n for one in itertools.combinations(values, n)]


def test_margins_of_all_samples_of_a_small_population() -> None:
    values = [3.0, 5.0, 5.0, 8.0, 10.0, 1.0, 7.0]
    for n in range(1, 8):
        margin = margin_of(n, sd=float(np.std(values, ddof=1)), population=7)
        assert margin == pytest.approx(Z * np.std(means_of(values, n)), rel=1e-12, abs=1e-12)
    says = [1.0, 1, 1, 0, 0, 0, 0, 0]  # a proportion of 3/8
    for n in range(1, 9):
        margin = margin_of(n, share=0.375, population=8)
        assert margin == pytest.approx(Z * np.std(means_of(says, n)), rel=1e-12, abs=1e-12)


def test_who_does_not_know_is_no_part_of_the_population() -> None:
    # Eight people, two of whom cannot rate: all samples of four with three raters, as many as expected.
    values: list[float | None] = [3, 5, 8, 10, 1, 7, None, None]
    means = []
    for one in itertools.combinations(values, 4):
        rated = [value for value in one if value is not None]
        if len(rated) == 3:
            means.append(sum(rated) / 3)
    sd = float(np.std([value for value in values if value is not None], ddof=1))
    assert margin_of(4, sd=sd, population=8, valid=0.75) == pytest.approx(Z * np.std(means), rel=1e-12)


def test_respondents_are_a_smaller_sample_of_the_same_population() -> None:
    assert margin_of(600, sd=20, population=1000, response=0.5) == margin_of(300, sd=20, population=1000)


def test_the_design_effect_comes_before_the_finite_population() -> None:
    # Six villages of three; whole villages drawn. deff = M S_b² / S² is the same for any number of villages,
    # and with it before the finite population the variance is exact up to the census.
    villages = [[1.0, 2, 2], [4, 5, 3], [9, 8, 9], [5, 5, 6], [2, 3, 1], [7, 7, 9]]
    every = np.concatenate(villages)
    means = [float(np.mean(one)) for one in villages]
    deff = float(3 * np.var(means, ddof=1) / np.var(every, ddof=1))
    assert deff > 2
    for drawn in range(1, 7):
        margin = margin_of(3 * drawn, sd=float(np.std(every, ddof=1)), population=18, deff=deff)
        assert margin == pytest.approx(Z * np.std(means_of(means, drawn)), rel=1e-12, abs=1e-12)
    se = float(np.std(means_of(means, 4)))
    assert (
        size_for_margin(Z * se * (1 + 1e-9), sd=float(np.std(every, ddof=1)), population=18, deff=deff).n
        == 12
    )


# --------------------------------------------------------------------------------------------- the steps


def test_every_step_is_shown_and_follows_from_the_last() -> None:
    plan = size_for_margin(0.05, share=0.4, population=3200, deff=1.5, valid=0.9, response=0.7)
    steps = dict(zip(plan.steps["step"], plan.steps["value"], strict=True))
    n0 = (Z / 0.05) ** 2 * 0.24
    n1 = 1.5 * n0
    n2 = n1 / (1 + (n1 - 1) / 2880)
    expected = {
        "normal quantile": Z,
        "standard deviation": sqrt(0.24),
        "simple random sample, endless population": n0,
        "design effect": n1,
        "finite population": n2,
        "valid answers": ceil(n2),
        "respondents": ceil(n2) / 0.9,
        "units to draw": ceil(ceil(n2) / 0.9 / 0.7),
    }
    assert list(steps) == list(expected)
    for step, number in expected.items():
        assert steps[step] == pytest.approx(number, rel=1e-12), step
    assert (plan.answers, plan.n) == (steps["valid answers"], steps["units to draw"])
    assert plan.steps["formula"].tolist()[2:5] == [
        "n₀ = (z · sd / 0.05)²",
        "n₁ = 1.5 · n₀",
        "n₂ = n₁ / (1 + (n₁ − 1) / (0.9 · 3,200))",
    ]
    assert (
        "n₂ = n₁ / (1 + n₁ / (1 · 500))" in size_for_margin(1, sd=5, population=500).steps["formula"].tolist()
    )
    assert plan.steps["chinese"].str.contains(r"[\u4e00-\u9fff]").all()


def test_decimals_are_what_was_typed() -> None:
    # 21 answers over 0.7 are 30 people; in binary 21 / 0.7 is 30.000000000000004.
    assert ceil(21 / 0.7) == 31
    plan = size_for_cv(0.1, mean=1, sd=1, deff=0.21, response=0.7)
    assert (plan.answers, plan.n) == (21, 30)
    assert size_for_cv(0.1, mean=3, sd=0.9).n == 9  # (0.3 / 0.1)²


def test_a_plan_shows_itself(shown: Callable[[Any], Any]) -> None:
    plan = size_for_margin(0.05, share=0.5, population=3200, deff=1.5, valid=0.9, response=0.7)
    assert repr(plan) == "SizePlan(n=764, answers=481, achieved=0.04994)"
    page = shown(plan)
    assert "764 units to draw" in page.text and "481 valid answers; reaches 0.04994" in page.text
    assert [
        "simple random sample, endless population 无限总体简单随机样本",
        "n₀ = (z · sd / 0.05)²",
        "384.146",
    ] in page.rows
    assert ["units to draw 抽取单位", "respondents / 0.7, rounded up", "764"] in page.rows
    large = shown(size_for_margin(0.0001581, share=0.5)).rows
    assert ["finite population 有限总体", "n₂ = n₁", "38,421,335"] in large  # 38,421,334.99


# ------------------------------------------------------------------------------------------- round trips

FIELDS = st.fixed_dictionaries(
    {
        "deff": st.sampled_from([0.8, 1.0, 1.3, 2.5]),
        "valid": st.sampled_from([1.0, 0.93, 0.7]),
        "response": st.sampled_from([1.0, 0.85, 0.41]),
        "population": st.one_of(st.none(), st.integers(1, 100_000)),
    }
)
SPREADS = st.one_of(
    st.builds(lambda p: {"share": p}, st.sampled_from([0.03, 0.3, 0.5, 0.88])),
    st.builds(lambda s: {"sd": s}, st.sampled_from([0.02, 0.3, 0.5])),
)


def checked_plan(make: Callable[..., SizePlan], of: Callable[..., float], asked: float, **given: Any) -> None:
    """A plan meets what was asked by just so many answers, and says what its inverse says."""
    field = {name: given[name] for name in ("deff", "valid", "response", "population")}
    population = field["population"]
    try:
        plan = make(asked, **given)
    except DesignError as error:
        assert error.rule == "beyond_population"
        assert of(population, **given) > asked * (1 - 1e-9)  # not even all of them reach it
        return
    assert population is None or plan.n <= population
    assert plan.achieved == of(plan.n, **given) <= asked * (1 + 1e-12)
    rate = Fraction(str(field["valid"])) * Fraction(str(field["response"]))
    if plan.n != population:
        assert (plan.n - 1) * rate < plan.answers <= plan.n * rate
    bare = {**given, "valid": 1.0, "response": 1.0}
    if plan.answers > 1 and (field["valid"] == 1 or population is None):
        assert of(plan.answers - 1, **bare) > asked * (1 - 1e-12)


@steady
@given(st.floats(0.004, 0.4), SPREADS, FIELDS, st.sampled_from([0.8, 0.95, 0.99]))
def test_margins_go_round(margin: float, spread: Any, field: Any, level: float) -> None:
    checked_plan(size_for_margin, margin_of, margin, level=level, **spread, **field)


@steady
@given(st.floats(0.01, 0.4), SPREADS, FIELDS)
def test_coefficients_of_variation_go_round(cv: float, spread: Any, field: Any) -> None:
    mean = {"mean": 0.7} if "sd" in spread else {}
    checked_plan(size_for_cv, cv_of, cv, **mean, **spread, **field)


@steady
@given(
    st.floats(0.01, 0.4),
    SPREADS,
    FIELDS,
    st.sampled_from([None, -0.5, 0.0, 0.7]),
    st.sampled_from([0.5, 0.8]),
)
def test_differences_go_round(
    d: float, spread: Any, field: Any, correlation: float | None, power: float
) -> None:
    checked_plan(
        size_for_difference, difference_of, d, correlation=correlation, power=power, **spread, **field
    )


@steady
@given(st.floats(0.004, 0.3), SPREADS, FIELDS, st.sampled_from([0.6, 0.9, 0.99]))
def test_grades_go_round(distance: float, spread: Any, field: Any, sure: float) -> None:
    # In terms of the probability of the wrong side, so that smaller is better as elsewhere.
    def wrong(n: int, **given: Any) -> float:
        return 1 - sure_of(n, distance, **given)

    def make(asked: float, **given: Any) -> SizePlan:
        plan = size_for_grade(distance, sure=sure, **given)
        return SizePlan(plan.n, plan.answers, 1 - plan.achieved, plan.steps)

    checked_plan(make, wrong, (1 - sure) * (1 + 1e-9), **spread, **field)


@steady
@given(st.floats(0.01, 0.2), SPREADS, st.sampled_from([1.0, 0.9]), st.sampled_from([1.0, 0.6]))
def test_more_is_never_less(margin: float, spread: Any, valid: float, response: float) -> None:
    def n(margin: float, **given: Any) -> int:
        return size_for_margin(margin, **{**spread, "valid": valid, "response": response, **given}).n

    base = n(margin)
    assert n(margin / 1.1) >= base and n(margin, level=0.99) >= base and n(margin, deff=1.2) >= base
    assert n(margin, valid=valid / 2) >= base and n(margin, response=response / 2) >= base
    sizes = [n(margin, population=many) for many in (10**5, 10**6, 10**9)]
    assert sizes == sorted(sizes) and sizes[-1] <= base


def test_a_census_is_the_most_that_is_asked() -> None:
    assert size_for_margin(1e-9, sd=20, population=50).n == 50
    assert size_for_margin(1e-9, share=0.5, population=50).achieved == 0
    assert sure_of(50, 1, sd=20, population=50) == 1
    # Rounding alone does not ask for one more than there are: 8.1 raters, all of ten people.
    plan = size_for_margin(1e-6, sd=20, population=10, valid=0.81)
    assert (plan.n, plan.answers) == (10, 9)


# -------------------------------------------------------------------------------------- design effects


def test_design_effects() -> None:
    assert deff_of_clusters(1, 0.3) == 1 and deff_of_clusters(20, 0.05) == pytest.approx(1.95)
    assert deff_of_clusters(5, -0.2) == pytest.approx(0.2)
    weights = np.array([1.0, 2.0, 5.0, 0.5])
    # n Σ w² / (Σ w)², and 1 + CV².
    assert deff_of_weights(weights) == pytest.approx(4 * 30.25 / 8.5**2, rel=1e-14)
    assert deff_of_weights(weights) == pytest.approx(1 + (weights.std() / weights.mean()) ** 2, rel=1e-14)
    assert deff_of_weights([7]) == 1 and weights.tolist() == [1.0, 2.0, 5.0, 0.5]
