"""Composites and their degrees of freedom, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from scoring import EstimateError
from scoring.composite.groups import composite, satterthwaite
from scoring.group import GroupScores

EVALUATEES = ["甲", "乙", "丙"]


def group(estimate: list[float], cov: list[list[float]], df: list[float], **changes: object) -> GroupScores:
    values = np.array(estimate)
    return GroupScores(
        **{  # type: ignore[arg-type]
            "evaluatees": EVALUATEES,
            "estimate": values,
            "plain": values,
            "design": values,
            "cov": np.array(cov),
            "df": np.array(df),
            "n": np.full(len(values), 9),
            "means": values[:, None] / 10,
            "points": values[:, None],
            "shares": np.column_stack([values / 100, 1 - values / 100]),
            "shares_se": np.column_stack([values / 1000, values / 1000]),
            **changes,
        }
    )


CITIZENS = group([80, 70, 60], [[4, 1, 0], [1, 5, 2], [0, 2, 6]], [10, 20, 30])
DELEGATES = group([90, 50, 70], [[9, 3, 1], [3, 8, 0], [1, 0, 7]], [4, 5, 6])
WEIGHTS = [0.6, 0.4]


def test_estimates_and_covariances_add_up() -> None:
    found = composite([CITIZENS, DELEGATES], WEIGHTS)
    assert found.evaluatees == EVALUATEES
    np.testing.assert_allclose(
        found.estimate, [0.6 * 80 + 0.4 * 90, 0.6 * 70 + 0.4 * 50, 0.6 * 60 + 0.4 * 70]
    )
    expected = [  # 0.36 × citizens + 0.16 × delegates
        [0.36 * 4 + 0.16 * 9, 0.36 * 1 + 0.16 * 3, 0.16 * 1],
        [0.36 * 1 + 0.16 * 3, 0.36 * 5 + 0.16 * 8, 0.36 * 2],
        [0.16 * 1, 0.36 * 2, 0.36 * 6 + 0.16 * 7],
    ]
    np.testing.assert_allclose(found.cov, expected, rtol=1e-12)


def test_shares_add_up_with_their_errors() -> None:
    found = composite([CITIZENS, DELEGATES], WEIGHTS)
    np.testing.assert_allclose(found.shares[0], [0.6 * 0.8 + 0.4 * 0.9, 0.6 * 0.2 + 0.4 * 0.1], rtol=1e-12)
    np.testing.assert_allclose(found.shares_se[0], [np.hypot(0.6 * 0.08, 0.4 * 0.09)] * 2, rtol=1e-12)


def test_degrees_of_freedom_are_those_of_satterthwaite() -> None:
    # 甲: parts 0.36 × 4 = 1.44 with 10 and 0.16 × 9 = 1.44 with 4: 2.88² / (1.44²/10 + 1.44²/4).
    found = composite([CITIZENS, DELEGATES], WEIGHTS)
    assert found.df[0] == pytest.approx(2.88**2 / (1.44**2 / 10 + 1.44**2 / 4), rel=1e-12)
    assert found.df[0] == pytest.approx(4 / (1 / 10 + 1 / 4), rel=1e-12)
    # 丙: 2.16 with 30 and 1.12 with 6.
    assert found.df[2] == pytest.approx((2.16 + 1.12) ** 2 / (2.16**2 / 30 + 1.12**2 / 6), rel=1e-12)


def test_degrees_of_freedom_of_a_difference() -> None:
    # 甲 - 乙: citizens 4 + 5 - 2 = 7 with min(10, 20), delegates 9 + 8 - 6 = 11 with min(4, 5).
    found = composite([CITIZENS, DELEGATES], WEIGHTS)
    a, b = 0.36 * 7, 0.16 * 11
    assert found.pair_df[0, 1] == pytest.approx((a + b) ** 2 / (a**2 / 10 + b**2 / 4), rel=1e-12)
    assert found.pair_df[1, 0] == found.pair_df[0, 1]


def test_one_group_keeps_its_degrees_of_freedom() -> None:
    found = composite([CITIZENS], [0.5])
    np.testing.assert_allclose(found.df, [10, 20, 30], rtol=1e-12)
    np.testing.assert_allclose(found.cov, 0.25 * CITIZENS.cov, rtol=1e-12)


def test_a_census_adds_no_uncertainty_about_its_variance() -> None:
    census = group([80, 70, 60], [[0, 0, 0]] * 3, [np.inf] * 3)
    found = composite([CITIZENS, census], WEIGHTS)
    np.testing.assert_allclose(found.df, [10, 20, 30], rtol=1e-12)
    # With an error known exactly, 0.16 × 9: (1.44 + 1.44)² / (1.44²/10).
    known = group([80, 70, 60], [[9, 0, 0], [0, 9, 0], [0, 0, 9]], [np.inf] * 3)
    assert composite([CITIZENS, known], WEIGHTS).df[0] == pytest.approx(2.88**2 / (1.44**2 / 10), rel=1e-12)


@pytest.mark.parametrize(
    ("variances", "df", "expected"),
    [
        ([1, 1], [10, 10], 20),
        ([3, 1], [5, 2], 16 / (9 / 5 + 1 / 2)),
        ([0, 0], [np.inf, np.inf], np.inf),  # no error at all
        ([0, 0], [0, 5], np.inf),
        ([0, 2], [0, 5], 5),  # one answer: no spread, no degrees; it takes none from the other
        ([1, 2], [0, 5], 0),  # an error of which nothing is known
    ],
)
def test_satterthwaite_by_hand(variances: list[float], df: list[float], expected: float) -> None:
    found = satterthwaite([np.array([float(v)]) for v in variances], [np.array([float(d)]) for d in df])
    np.testing.assert_allclose(found, [expected], rtol=1e-12)


def test_one_group_may_fix_a_difference_exactly() -> None:
    fixed = group([80, 70, 60], [[4, 4, 0], [4, 4, 0], [0, 0, 6]], [3, 3, 3])
    found = composite([CITIZENS, fixed], WEIGHTS)
    assert found.pair_df[0, 1] == pytest.approx(10, rel=1e-12)  # citizens' min(10, 20) alone


def test_every_group_must_rate_every_evaluatee() -> None:
    other = group([90, 50, 70], DELEGATES.cov.tolist(), [4, 5, 6], evaluatees=["甲", "乙", "丁"])
    with pytest.raises(EstimateError) as caught:
        composite([CITIZENS, other], WEIGHTS)
    assert str(caught.value) == (
        "composite: '丁' is not rated by all groups. Collect the missing answers or leave it out."
    )
    assert caught.value.chinese == (
        "composite：被评单位“丁”没有得到所有调查对象的评分。请补充调查或去掉该单位。"
    )
