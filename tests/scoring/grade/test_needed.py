"""The score that makes a grade sure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scoring import EstimateError, Grade, Grading, TopPlaces, grade_chances, score_needed
from scoring.grade.needed import ClassChance
from scoring.grade.posterior import Posterior

RULE = Grading((Grade("A", 90), Grade("B", 80, gate=TopPlaces(3)), Grade("C", 60), Grade("D")))
LINES = {"A": 90.0, "B": 80.0, "C": 60.0}
MONTE_CARLO = 4 * np.sqrt(0.95 * 0.05 / 10_000)


def made_up(seed: int, units: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Estimates about 80 and a covariance with errors in common."""
    rng = np.random.default_rng(seed)
    load = rng.normal(size=(units, 3))
    return 80 + rng.normal(0, 5, units), np.diag(rng.uniform(1, 9, units)) + load @ load.T


def test_by_the_flat_prior_it_is_the_threshold_and_a_margin_of_student_t() -> None:
    y, cov = made_up(1)
    df = np.array([3.0, 5, 9, 20, 50, 200, np.inf])
    found = score_needed(RULE, y, cov, df=df, prior="flat", level=0.9)
    se = np.sqrt(np.diag(cov))
    due = [line + stats.t.ppf(0.9, f) * s for s, f in zip(se, df, strict=True) for line in LINES.values()]
    np.testing.assert_allclose(found["needed"], due, rtol=1e-12)
    chance = [
        stats.t.sf((line - e) / s, f) for e, s, f in zip(y, se, df, strict=True) for line in LINES.values()
    ]
    np.testing.assert_allclose(found["chance"], chance, rtol=1e-9)
    assert found["sure"].tolist() == (found["chance"] >= 0.9).tolist()
    assert set(found["sure"]) == {True, False}
    assert set(found["prior"]) == {"flat prior, uncalibrated"}


@pytest.mark.parametrize("seed", [2, 3])
def test_by_the_class_prior_a_unit_with_the_needed_score_is_sure(seed: int) -> None:
    # Oracle: grade_chances with the unit's estimate put at the needed score, the others' left.
    y, cov = made_up(seed)
    cov *= np.linspace(0.1, 1, 7)[:, None] ** 0.5 * np.linspace(0.1, 1, 7) ** 0.5
    df = np.array([4.0, 8, 20, 50, 100, np.inf, np.inf])
    found = score_needed(RULE, y, cov, df=df)
    for unit in range(7):
        for grade, line in LINES.items():
            row = found[(found["unit"] == unit) & (found["grade"] == grade)].iloc[0]
            moved = y.copy()
            moved[unit] = row["needed"]
            only = Grading((Grade("over", line), Grade("under")))
            chance = grade_chances(only, moved, cov, df=df).table.loc[unit, "over"]
            assert chance == pytest.approx(0.95, abs=MONTE_CARLO)
            as_is = grade_chances(only, y, cov, df=df).table.loc[unit, "over"]
            assert row["chance"] == pytest.approx(as_is, abs=0.02)


def test_the_chance_at_another_score_is_that_of_the_model_fitted_to_it() -> None:
    y, cov = made_up(4)
    lines = np.array([90.0, 80.0])
    quick = ClassChance.of(Posterior.of(y, cov), y, lines)
    score = np.array([[70.0 + 3 * unit, 95.0 - unit] for unit in range(7)])
    found = quick(score)
    for unit in range(7):
        for at in range(2):
            moved = y.copy()
            moved[unit] = score[unit, at]
            # The grid of tau follows the estimates; so the two agree as far as the grids do.
            again = ClassChance.of(Posterior.of(moved, cov), moved, lines)(
                np.repeat(moved[:, None], 2, axis=1)
            )
            assert found[unit, at] == pytest.approx(again[unit, at], abs=2e-6)


@pytest.mark.parametrize("units", [3, 5, 11])
def test_a_higher_score_never_makes_a_grade_less_sure(units: int) -> None:
    for seed in range(4):
        y, cov = made_up(seed, units)
        chance = ClassChance.of(Posterior.of(y, cov), y, np.array([90.0, 80.0, 60.0]))
        line = [chance(np.full((units, 3), score)) for score in np.linspace(30, 130, 101)]
        assert (np.diff(line, axis=0) > -1e-9).all()


def test_in_a_low_class_a_high_grade_takes_a_higher_score() -> None:
    # All others near 70: 90 has to be exceeded by more than the flat prior says; 50 by less.
    y, cov = np.array([90.0, 71, 70, 69, 72, 68, 70]), 4 * np.eye(7)
    rule = Grading((Grade("A", 80), Grade("B", 62), Grade("C")))
    wanted = ["unit", "grade", "needed"]
    given_class = score_needed(rule, y, cov)[wanted].set_index(wanted[:2])["needed"]
    flat = score_needed(rule, y, cov, prior="flat")[wanted].set_index(wanted[:2])["needed"]
    assert (given_class.xs("A", level=1) > flat.xs("A", level=1)).all()
    assert (given_class.xs("B", level=1)[1:] < flat.xs("B", level=1)[1:]).all()


def test_without_error_the_threshold_is_enough() -> None:
    y = np.array([90.0, 89.99, 70.0, 60.0])
    for prior in ("class", "flat"):
        found = score_needed(RULE, y, np.zeros((4, 4)), prior=prior)  # type: ignore[arg-type]
        assert found["needed"].tolist() == [90, 80, 60] * 4
        assert found["chance"].tolist() == [1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1]
    cov = np.diag([0.0, 4, 4, 4])
    assert score_needed(RULE, y, cov)["needed"].tolist()[:3] == [90, 80, 60]


def test_the_table_names_unit_class_and_grade() -> None:
    y = pd.Series([90.0, 80, 70, 60, 50, 40], [*"甲乙丙丁戊己"])
    found = score_needed(RULE, y, np.eye(6), by=["s", "t"] * 3)
    assert found.columns.tolist() == [
        *("class", "unit", "grade", "at_least", "estimate", "chance", "needed", "sure", "prior")
    ]
    assert found["unit"].tolist() == [unit for unit in y.index for _ in LINES]
    assert found["grade"].tolist() == [*LINES] * 6
    assert found["class"].tolist()[:6] == ["s"] * 3 + ["t"] * 3
    alone = score_needed(RULE, y.iloc[::2], np.eye(3))
    np.testing.assert_allclose(found.loc[found["class"] == "s", "needed"], alone["needed"], rtol=1e-9)
    assert score_needed(Grading((Grade("all"),)), y, np.eye(6)).empty


REFUSED: dict[str, tuple[Any, str]] = {
    "bad_level": (lambda: score_needed(RULE, [1.0, 2, 3], np.eye(3), level=95), "level: .* it is 95"),
    "small_class": (lambda: score_needed(RULE, [1.0, 2], np.eye(2)), "score_needed: class 'all' has 2 units"),
    "few_df": (lambda: score_needed(RULE, [1.0, 2, 3], np.eye(3), df=1), "error of 0 has 1 degrees"),
    "unknown_choice": (lambda: score_needed(RULE, [1.0], np.eye(1), prior="x"), "it is 'x'"),
    "cov_shape": (lambda: score_needed(RULE, [1.0], np.eye(2)), "score_needed: cov"),
    "grade_names": (lambda: score_needed(Grading(()), [1.0], np.eye(1)), "the names are none"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_tells_no_score_is_refused(rule: str) -> None:
    call, message = REFUSED[rule]
    with pytest.raises(EstimateError, match=message) as caught:
        call()
    assert caught.value.rule == rule
