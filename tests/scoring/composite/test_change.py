"""Changes between rounds: by hand, against differences within members, and by simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError, Survey, change, mean, round_change
from scoring.composite.compose import PartScores
from scoring.composite.groups import composite
from scoring.group import group_scores
from scoring.scale import Scale


def scores(names: str, estimate: list[float], variance: list[float], df: float = 20.0) -> PartScores:
    size = len(names)
    cov = np.diag(variance) + 0.5 * (1 - np.eye(size))
    return PartScores(
        "综合", list(names), np.array(estimate), cov, np.full(size, df), np.full((size, size), df)
    )


NOW, BEFORE = scores("甲乙丙", [80, 70, 90], [3, 4, 5], 30), scores("丁丙甲", [60, 85, 76], [6, 7, 2], 20)


def test_independent_rounds_add_their_covariances() -> None:
    found = change(NOW, BEFORE)
    assert found.table["evaluatee"].tolist() == ["甲", "丙"]
    assert found.table[["now", "before", "change"]].to_numpy().tolist() == [[80, 76, 4], [90, 85, 5]]
    np.testing.assert_allclose(found.cov, [[3 + 2, 1], [1, 5 + 7]])
    np.testing.assert_allclose(found.table["se"], np.sqrt([5, 12]))
    # Satterthwaite: 5² / (3²/30 + 2²/20) = 50, and 12² / (5²/30 + 7²/20).
    np.testing.assert_allclose(found.table["df"], [50, 144 / (25 / 30 + 49 / 20)])
    # t of 50 degrees at 97.5 %: 2.00856 (R 4.2.2 qt(0.975, 50)).
    assert found.table["high"][0] == pytest.approx(4 + 2.008559 * 5**0.5, rel=1e-6)


def test_evaluatees_of_one_round_are_named() -> None:
    found = change(NOW, BEFORE)
    assert (found.only_now, found.only_before) == (("乙",), ("丁",))


def test_what_rounds_share_is_taken_off() -> None:
    shared = np.array([[0.1, 0.2, 2.0], [9e-3, 0, 0], [0.3, 4.0, 0.4]])  # 甲乙丙 by 丁丙甲
    found = change(NOW, BEFORE, shared=shared)
    np.testing.assert_allclose(found.cov, [[5 - 4, 1 - 0.2 - 0.4], [1 - 0.4 - 0.2, 12 - 8]])
    assert found.table["df"].tolist() == [20, 20]


def test_scores_of_groups_and_composites_can_be_compared() -> None:
    rng = np.random.default_rng(3)
    made = [pd.DataFrame({"evaluatee": list("甲乙") * 20, "q": rng.integers(0, 11, 40) * 1.0}) for _ in "ab"]
    groups = [group_scores(Survey(one), {"甲": ["q"], "乙": ["q"]}, Scale(0, 10)) for one in made]
    found = change(groups[1], groups[0])
    np.testing.assert_allclose(found.cov, groups[0].cov + groups[1].cov)
    whole = [composite([one], [1.0]) for one in groups]
    np.testing.assert_allclose(change(whole[1], whole[0]).table["change"], found.table["change"])


def test_a_panel_that_stays_has_the_error_of_its_members_changes() -> None:
    # The same twenty of fifty in both rounds: the mean of differences, (1 - n/N) s² / n, either way.
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"member": np.tile(range(20), 4), "round": np.repeat([1, 2], 40), "N": 50})
    table = table.assign(evaluatee=np.tile(np.repeat(["甲", "乙"], 20), 2))
    table["q"] = rng.normal(70, 5, 80) + 8 * rng.normal(size=20)[table["member"]]
    for options in ({}, {"overlapping": "sample"}):
        sample = table["round"].astype(str) + table["evaluatee"]
        survey = Survey(table.assign(sample=sample), psu="member", population="N", **options)
        found = round_change(mean(survey, "q", by=["round", "evaluatee"]), now=2, before=1)
        wide = table.pivot_table(index="member", columns=["evaluatee", "round"], values="q")
        moved = pd.DataFrame({one: wide[one][2] - wide[one][1] for one in ("乙", "甲")})
        assert found.table["evaluatee"].tolist() == ["乙", "甲"]
        np.testing.assert_allclose(found.table["change"], moved.mean())
        expected = np.cov(moved.T) / 20 * (1 - 20 / 50)
        np.testing.assert_allclose(np.diag(found.cov), np.diag(expected), rtol=1e-9)
        if not options:
            np.testing.assert_allclose(found.cov, expected, rtol=1e-9)
        assert found.table["df"].tolist() == [19, 19]


def test_a_rotated_panel_has_the_error_that_redrawn_panels_show() -> None:
    # A made-up population of 200 over two rounds; 40 rate, of whom 28 stay. 500 panels are drawn.
    rng = np.random.default_rng(12)
    lasting = rng.normal(70, 8, 200)
    truth = np.column_stack([lasting + rng.normal(0, 4, 200), lasting + 2 + rng.normal(0, 4, 200)])
    moved, told = [], []
    for _ in range(500):
        order = rng.permutation(200)
        who = np.concatenate([order[:40], order[12:52]])
        made = pd.DataFrame({"round": np.repeat([0, 1], 40), "member": who, "evaluatee": "甲", "N": 200})
        made["q"] = truth[who, made["round"]]
        survey = Survey(made, psu="member", population="N", overlapping="round")
        found = round_change(mean(survey, "q", by=["round", "evaluatee"]), now=1, before=0)
        moved.append(found.table["change"].item())
        told.append(found.cov.item())
    assert np.mean(moved) == pytest.approx((truth[:, 1] - truth[:, 0]).mean(), abs=0.2)
    assert np.mean(told) == pytest.approx(np.var(moved), rel=0.2)  # of 500 panels, known within 6.3 %
    apart = 2 * truth.var(axis=0, ddof=1).mean() / 40 * 0.8
    assert np.mean(told) < 0.6 * apart  # two samples of their own would be far less sure


RESULT = mean(
    Survey(pd.DataFrame({"round": [1, 1, 2, 2], "evaluatee": "甲", "q": [1.0, 2, 3, 4], "p": 1.0})),
    ["q", "p"],
    by=["round", "evaluatee"],
)
ONE = mean(
    Survey(pd.DataFrame({"round": [1, 1, 2, 2], "evaluatee": "甲", "q": [1.0, 2, 3, 4]})),
    "q",
    by=["round", "evaluatee"],
)


@pytest.mark.parametrize(
    ("call", "error", "english", "chinese"),
    [
        (
            lambda: change(scores("甲", [1], [1]), scores("乙", [1], [1])),
            EstimateError,
            "change: no evaluatee is in both rounds. Check their names.",
            "change：没有同时在两轮中的被评单位。请核对名称。",
        ),
        (
            lambda: change(NOW, BEFORE, shared=np.zeros((3, 2))),
            EstimateError,
            "shared: must have a row for each evaluatee of now and a column for each of before, (3, 3);",
            "shared：每行对应本轮一个被评单位，每列对应上轮一个，应为 (3, 3)，现在是 (3, 2)。请改正。",
        ),
        (
            lambda: change(NOW, BEFORE, shared=np.full((3, 3), np.nan)),
            EstimateError,
            "shared: must be numbers; a value is not finite.",
            "shared：必须是数字",
        ),
        (
            lambda: change(NOW, BEFORE, shared=np.full((3, 3), 3.0)),
            EstimateError,
            "shared: the covariance 3.0 of '甲' now and '甲' before is larger than their variances allow.",
            "shared：本轮“甲”与上轮“甲”的协方差 3.0 超出了两者方差所允许的范围。请检查估计方法。",
        ),
        (
            lambda: round_change(ONE, now=3, before=1),
            EstimateError,
            "change: there is no round 3; there are 1, 2. Name one of them.",
            "change：没有“3”这一轮，现有 1, 2。请写其中之一。",
        ),
        (
            lambda: round_change(RESULT, now=2, before=1),
            EstimateError,
            "change: estimates must be of one variable, by 'round' and 'evaluatee' alone. Estimate it so.",
            "change：只能是一个变量，按“round”和“evaluatee”估计。请这样估计。",
        ),
        (
            lambda: round_change(ONE, now=2, before=1, rounds="year"),
            AnswerError,
            "change: column 'year' is needed",
            "change：需要“year”列",
        ),
    ],
)
def test_says_what_cannot_be_compared(call: Any, error: type, english: str, chinese: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(english)
    assert caught.value.chinese.startswith(chinese)
