"""Scales: what ratings count, by hand, and everything that can be wrong with one."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from scoring import EstimateError, Survey, mean, rank_sets
from scoring.group import group_scores
from scoring.scale import Label, Scale

# Label values of a published plan: 很满意 100, 满意 85, 基本满意 70, 不满意 30.
WORTH = (
    Label("不满意", 0, 5, 30),
    Label("基本满意", 6, 7, 70),
    Label("满意", 8, 9, 85),
    Label("很满意", 10, 10, 100),
)
SCALES = {
    "1 to 5": Scale(1, 5),
    "5 to 1": Scale(1, 5, best="low"),
    "-3 to 3": Scale(-3, 3),
    "3 to -3": Scale(-3, 3, best="low"),
    "1 to 10": Scale(1, 10),
    "0 to 100": Scale(0, 100),
    "values": Scale(0, 10, WORTH),
}


@pytest.mark.parametrize(
    ("scale", "full", "expected"),
    [
        (Scale(1, 5), 100, [0, 25, 50, 75, 100]),
        (Scale(1, 5, best="low"), 100, [100, 75, 50, 25, 0]),
        (Scale(-3, 3), 60, [0, 10, 20, 30, 40, 50, 60]),
        (Scale(-1, 1, best="low"), 1, [1, 0.5, 0]),
        (Scale(0, 10, WORTH), 100, [30] * 6 + [70, 70, 85, 85, 100]),
    ],
)
def test_points_by_hand(scale: Scale, full: float, expected: list[float]) -> None:
    assert scale.points(full).tolist() == expected


@pytest.mark.parametrize("name", SCALES)
def test_group_scores_are_means_of_points(name: str) -> None:
    # Scores, errors and covariances against those of points put in place of ratings, a survey of two strata.
    scale = SCALES[name]
    rng = np.random.default_rng(6)
    columns = ["q1", "q2"]
    ratings = pd.DataFrame(rng.integers(scale.low, scale.high + 1, (80, 2)).astype(float), columns=columns)
    ratings = ratings.mask(rng.random((80, 2)) < 0.2)
    frame = pd.DataFrame(
        {"evaluatee": np.resize(["A", "B"], 80), "h": np.arange(80) // 40, "w": rng.uniform(1, 3, 80)}
    )
    member = {"psu": "member", "stratum": "h", "weight": "w"}
    frame["member"] = np.arange(80) // 2  # everyone rates A and B
    found = group_scores(
        Survey(pd.concat([frame, ratings], axis=1), **member), {"A": columns, "B": columns}, scale
    )
    worth = {float(r): p for r, p in zip(range(scale.low, scale.high + 1), scale.points(), strict=True)}
    points = ratings.map(lambda one: worth.get(one, np.nan))
    means = mean(Survey(pd.concat([frame, points], axis=1), **member), columns, by="evaluatee")
    to = np.kron(np.eye(2), [0.5, 0.5])
    np.testing.assert_allclose(found.estimate, to @ means.table["estimate"], rtol=1e-12)
    np.testing.assert_allclose(found.cov, to @ means.cov @ to.T, rtol=1e-9)
    raw = mean(Survey(pd.concat([frame, ratings], axis=1), **member), columns, by="evaluatee")
    np.testing.assert_allclose(found.means.ravel(), raw.table["estimate"], rtol=1e-12, atol=1e-12)


def test_the_end_that_is_best_turns_scores_and_ranks_around() -> None:
    # 1 is best: means 1.5 and 4.5 count 100 × (5 - 1.5)/4 = 87.5 and 12.5; turned, the other way.
    table = pd.DataFrame({"evaluatee": list("AABB"), "q": [1.0, 2, 4, 5]})
    low, high = (
        group_scores(Survey(table), {"A": ["q"], "B": ["q"]}, Scale(1, 5, best=best))
        for best in ("low", "high")
    )
    assert low.estimate.tolist() == [87.5, 12.5]
    assert high.estimate.tolist() == [12.5, 87.5]
    np.testing.assert_array_equal(low.cov, high.cov)
    assert low.means.tolist() == high.means.tolist() == [[1.5], [4.5]]
    assert rank_sets(low.estimate, low.cov)["rank"].tolist() == [1, 2]


@pytest.mark.parametrize("census", [False, True])
def test_a_mirrored_scale_gives_what_mirrored_ratings_give(census: bool) -> None:
    # Everything alike, 6 - rating where 1 is best; also for a census with gaps, whose error comes from them.
    rng = np.random.default_rng(9)
    ratings = rng.integers(1, 6, (40, 2)).astype(float)
    ratings[rng.random((40, 2)) < 0.2] = np.nan
    labels = (Label("差", 1, 2), Label("好", 3, 5))
    mirrored = (Label("差", 4, 5), Label("好", 1, 3))
    asked = {"A": ["q1", "q2"], "B": ["q1", "q2"]}
    options = {"census_dont_know": np.zeros((40, 2), dtype=bool)} if census else {}
    found = [
        group_scores(
            Survey(pd.DataFrame(values, columns=["q1", "q2"]).assign(evaluatee=list("AB") * 20)),
            asked,
            scale,
            **options,
        )
        for values, scale in (
            (ratings, Scale(1, 5, labels)),
            (6 - ratings, Scale(1, 5, mirrored, best="low")),
        )
    ]
    for name in ("estimate", "cov", "df", "n", "shares", "shares_se"):
        np.testing.assert_allclose(getattr(found[0], name), getattr(found[1], name), rtol=1e-12)
    np.testing.assert_allclose(found[0].means, 6 - found[1].means, rtol=1e-12)


@pytest.mark.parametrize(
    ("scale", "rule", "english", "chinese"),
    [
        (Scale(5, 1), "scale_empty", "the scale goes from 5 to 1.", "量表从 5 到 1"),
        (Scale(0, 2, (Label("差", 0, 0), Label("好", 2, 2))), "", "rating 1 has no label", "分值 1 没有标签"),
        (
            Scale(0, 1, (Label("差", 0, 1), Label("好", 1, 1))),
            "",
            "rating 1 has the labels 差, 好",
            "分值 1 有多个标签",
        ),
        (
            Scale(0, 1, (Label("差", 0, 0), Label("好", 1, 2))),
            "",
            "label 好 goes from 1 to 2",
            "“好”从 1 到 2，不在量表",
        ),
        (
            Scale(0, 1, (Label("好", 0, 0), Label("好", 1, 1))),
            "",
            "label 好 stands there twice",
            "“好”出现了两次",
        ),
        (
            Scale(0, 1, (Label("差", 0, 0, 0), Label("好", 1, 1))),
            "",
            "labels 差 have a value and 好 have none",
            "标签“差”有分值，“好”没有",
        ),
        (
            Scale(0, 1, (Label("差", 0, 0, 70), Label("好", 1, 1, 30))),
            "",
            "label 好 is better than 差 and counts less, 30.0 to 70.0",
            "“好”好于“差”，分值却更低（30.0 对 70.0）",
        ),
        (
            Scale(0, 1, (Label("好", 0, 0, 30), Label("差", 1, 1, 70)), best="low"),
            "",
            "label 好 is better than 差",
            "“好”好于“差”",
        ),
        (Scale(0, 9, refused=("9",)), "", "'9' stands for several things", "“9”在分值和词语中有几种意思"),
        (
            Scale(0, 9, refused=("不了解",)),
            "",
            "'不了解' stands for several",
            "“不了解”在分值和词语中有几种意思",
        ),
    ],
)
def test_says_what_is_wrong_with_a_scale(scale: Scale, rule: str, english: str, chinese: str) -> None:
    with pytest.raises(EstimateError, match="^scale: 1 faults:\n- " + re.escape(english)) as caught:
        scale.checked()
    assert caught.value.rule == "several"
    assert chinese in caught.value.chinese
    with pytest.raises(EstimateError):
        group_scores(Survey(pd.DataFrame({"evaluatee": "A", "q": [0.0, 1]})), {"A": ["q"]}, scale)
    assert len(scale.faults()) == 1


def test_says_all_that_is_wrong_at_once() -> None:
    scale = Scale(0, 2, (Label("差", 0, 0, 0), Label("好", 2, 2)), refused=("1",))
    with pytest.raises(EstimateError, match="^scale: 3 faults:\n- rating 1.*\n- labels.*\n- '1'") as caught:
        scale.points()
    assert caught.value.chinese.count("\n- ") == 3


def test_a_label_counts_no_more_than_the_full_mark() -> None:
    with pytest.raises(
        EstimateError, match="^scale: label 基本满意 counts 70.*full mark 60. Correct"
    ) as caught:
        Scale(0, 10, WORTH).points(60)
    assert caught.value.chinese == "scale：标签“基本满意”计 70 分，不在 0 到满分 60 之间。请改正其一。"


def test_a_scheme_file_can_hold_a_scale() -> None:
    adapter = TypeAdapter(Scale)
    read = adapter.validate_python(
        {"low": 1, "high": 2, "best": "low", "labels": [{"name": "好", "low": 1, "high": 2, "value": 70}]}
    )
    assert read == Scale(1, 2, (Label("好", 1, 2, 70.0),), best="low")
    for wrong in ({"best": "up"}, {"worst": 1}):
        with pytest.raises(ValidationError):
            adapter.validate_python({"low": 1, "high": 2, **wrong})
