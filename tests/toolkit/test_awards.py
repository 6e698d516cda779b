"""Awards in words."""

from __future__ import annotations

import numpy as np
import pytest

from scoring import AtPlaces, Awards, draws_given_data, sure_differences
from toolkit.awards import COLUMNS, awarded

FIRST = AtPlaces("first", 1, "奖励", (5000,))
LAST = AtPlaces("last", 2, "通报批评")
NAMES = ["甲局", "乙局", "丙局", "丁局", "戊局"]


def plan(*rules: AtPlaces) -> Awards:
    return Awards(rules, ties="all", both_ends="neither")


def told(rule: Awards, score: list[float], se: float = 1.0, **options: object) -> list[tuple[str, str, str]]:
    cov = np.eye(len(score)) * se**2
    table = awarded(rule, NAMES[: len(score)], score, sure_differences(score, cov), **options)
    assert list(table.columns) == COLUMNS
    return list(table[["name", "statement", "statement_en"]].itertuples(index=False, name=None))


def test_what_the_error_leaves_in_doubt_is_said_on_both_sides_of_the_edge() -> None:
    # Gaps of 3.5 and 3 between the last three are below the bar (2.7 times 1.41), their sum is above it.
    assert told(plan(LAST), [99, 85, 66.5, 63, 60]) == [
        (
            "戊局",
            "通报批评：位列后 2 名，名次区间 4–5：抽样误差不改变这一结论。",
            "通报批评: among the last 2; places 4–5: the sampling error leaves no doubt.",
        ),
        (
            "丁局",
            "通报批评：位列后 2 名，但名次区间为 3–5：抽样误差容许它不在后 2 名，与丙局难分高下。",
            "通报批评: among the last 2, but its places are 3–5: the sampling error allows that it is not; "
            "it cannot be told apart from 丙局.",
        ),
        (
            "丙局",
            "不在后 2 名，但名次区间为 3–4：抽样误差容许它在后 2 名，与丁局难分高下。",
            "Not among the last 2, but its places are 3–4: the sampling error allows that it is; "
            "it cannot be told apart from 丁局.",
        ),
    ]


def test_equal_as_published_but_surely_apart_is_not_laid_to_the_error() -> None:
    sure = sure_differences([80.04, 80.02, 70.0], np.zeros((3, 3)))
    shared = awarded(plan(FIRST), NAMES[:3], [-1, -1, -3], sure)["statement"].tolist()
    assert shared[1] == "奖励：按公布的得分和并列规则位列前 1 名；未取舍时名次区间为 2。"
    told_apart = awarded(plan(FIRST), NAMES[:3], [-2, -1, -3], sure)[["name", "statement"]]
    assert told_apart.to_numpy().tolist() == [
        ["乙局", "奖励：按公布的得分和并列规则位列前 1 名；未取舍时名次区间为 2。"],
        ["甲局", "按公布的得分和并列规则不在前 1 名；未取舍时名次区间为 1。"],
    ]


def test_the_chance_names_its_prior() -> None:
    score = [99.0, 85.0]
    found = told(plan(FIRST), score, draws=draws_given_data(score, np.eye(2)))
    assert found == [
        (
            "甲局",
            "奖励：位列前 1 名，名次区间 1：抽样误差不改变这一结论（确在其中的概率 >0.99，平先验，未校准）。",
            "奖励: among the first 1; places 1: the sampling error leaves no doubt "
            "(probability >0.99; flat prior, uncalibrated).",
        )
    ]


def test_two_that_tie_for_the_award_are_each_others_rivals() -> None:
    found = told(plan(FIRST), [90.0, 90.0, 60.0])
    assert [name for name, _, _ in found] == ["甲局", "乙局"]
    assert found[0][1].endswith("抽样误差容许它不在前 1 名，与乙局难分高下。")
    assert found[1][1].endswith("与甲局难分高下。")


def test_table() -> None:
    score = [90.0, 89.5, 60.0, 50.0]
    sure = sure_differences(score, np.eye(4), by=[1, 1, 2, 2])
    table = awarded(plan(FIRST), NAMES[:4], score, sure, by=[1, 1, 2, 2])
    assert table["name"].tolist() == ["甲局", "丙局", "乙局"]
    assert table["shown"].tolist() == ["+5,000", "+5,000", ""]
    assert table["place"].tolist() == [1, 1, 2]
    assert table["listed"].tolist() == [True, True, False]
    assert table["sure"].tolist() == [False, True, False]
    assert table["rivals"].tolist() == ["乙局", "", "甲局"]
    assert table[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 2], [1, 1], [1, 2]]
    assert table["chance"].isna().all()


@pytest.mark.parametrize("score", [[5.0, 4.0], [4.0, 4.0]])
def test_who_is_first_and_last_at_once_is_not_listed(score: list[float]) -> None:
    rule = plan(AtPlaces("first", 2, "奖励"), AtPlaces("last", 2, "批评"))
    assert awarded(rule, NAMES[:2], score, np.zeros((2, 2), bool)).empty
