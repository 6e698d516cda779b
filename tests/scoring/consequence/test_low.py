"""Who falls under a rule of low satisfaction, and how sure that is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scoring import EstimateError, rank_sets
from scoring.consequence import Below, Bottom, low_satisfaction

THREE = {"estimate": [80.0, 61.0, 70.0], "se": [2.0, 2.0, 6.0], "df": [30.0, 8.0, np.inf]}


def judged(rule: Below | Bottom, score: list[float], low: list[int], high: list[int], **more: float) -> list:
    found = low_satisfaction(rule, score=score, **THREE, place_low=low, place_high=high, **more)
    return found[["meets", "sure"]].to_numpy().tolist()


def test_below_is_judged_on_the_published_score_and_its_chance_on_the_estimate() -> None:
    score, low, high = [80.0, 61.0, 65.0], [1, 2, 1], [2, 3, 3]
    found = low_satisfaction(Below(65), score=score, **THREE, place_low=low, place_high=high)
    assert found["meets"].tolist() == [False, True, False]  # 65 is not below 65
    # P(truth < 65) = F_df((65 - estimate) / se), Student's t (df infinite: normal).
    due = [stats.t.cdf(-7.5, 30), stats.t.cdf(2, 8), stats.norm.cdf(-5 / 6)]
    np.testing.assert_allclose(found["chance"], due, rtol=1e-9)
    assert found["sure"].tolist() == [True, True, False]


def test_sure_follows_the_level() -> None:
    score, low, high = [80.0, 61.0, 70.0], [1, 2, 1], [2, 3, 3]
    assert stats.t.cdf(2, 8) == pytest.approx(0.95974, abs=1e-5)
    assert judged(Below(65), score, low, high, level=0.95)[1] == [True, True]
    assert judged(Below(65), score, low, high, level=0.97)[1] == [True, False]


def test_without_error_the_verdict_is_sure() -> None:
    values = {"score": [64.99, 65.0], "estimate": [64.99, 65.0], "se": [0.0, 0.0], "df": [np.inf] * 2}
    found = low_satisfaction(Below(65), **values, place_low=[2, 1], place_high=[2, 1])
    assert found.to_numpy().tolist() == [[True, True, 1.0], [False, True, 0.0]]


def test_the_last_places_and_who_ties_with_them() -> None:
    score = [80.0, 61.0, 61.0]
    assert [m for m, _ in judged(Bottom(1), score, [1, 2, 2], [1, 3, 3])] == [False, True, True]
    assert [m for m, _ in judged(Bottom(2), score, [1, 2, 2], [1, 3, 3])] == [False, True, True]
    assert [m for m, _ in judged(Bottom(2), [80.0, 61.0, 70.0], [1, 2, 1], [2, 3, 3])] == [False, True, True]


@pytest.mark.parametrize(
    ("low", "high", "sure"), [([1, 3, 1], [2, 3, 2], True), ([1, 2, 1], [3, 3, 3], False)]
)
def test_a_place_is_sure_when_its_whole_set_is(low: list[int], high: list[int], sure: bool) -> None:
    assert [s for _, s in judged(Bottom(1), [80.0, 61.0, 70.0], low, high)] == [sure] * 3


def test_sure_verdicts_hold_jointly_as_the_rank_sets_do() -> None:
    # 400 made-up results of known truth: all sure verdicts hold in at least 95 % less 3 binomial errors.
    rng, truth, held = np.random.default_rng(5), np.array([62.0, 64.0, 65.0, 70.0]), 0
    cov = np.diag([1.0, 1.0, 1.0, 1.0])
    last = truth == truth.min()
    for estimate in rng.multivariate_normal(truth, cov, 400):
        sets = rank_sets(estimate, cov, draws=1000)
        found = low_satisfaction(
            Bottom(1),
            score=estimate,
            estimate=estimate,
            se=np.ones(4),
            df=np.full(4, np.inf),
            place_low=sets["low"],
            place_high=sets["high"],
        )
        held += bool((found["meets"] == last)[found["sure"]].all())
    assert held >= 400 * 0.95 - 3 * np.sqrt(400 * 0.95 * 0.05)


@pytest.mark.parametrize("places", [0, 4])
def test_more_places_than_units_are_refused(places: int) -> None:
    with pytest.raises(EstimateError) as caught:
        judged(Bottom(places), [80.0, 61.0, 70.0], [1, 2, 1], [2, 3, 3])
    assert str(caught.value) == (f"consequence: the last {places} of 3 units are asked for. Ask for 1 to 3.")
    assert caught.value.chinese == f"consequence：要取 3 个单位中的后 {places} 名。请取 1 到 3 名。"
