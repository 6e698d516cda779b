"""Points of events: by hand after the plans, covariance, the trail, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from scoring import (
    AnswerError,
    AsDecided,
    EstimateError,
    EventLevel,
    PerCase,
    PerLevel,
    ScoreLimit,
    TotalLimit,
    Veto,
    adjusted,
    limited,
)
from scoring.points.rules import Rule

LEVELS = tuple(EventLevel(name, at) for at, name in enumerate(["区", "市", "省", "国家"], 1))
TAKEN = tuple(EventLevel(level.name, -level.points) for level in LEVELS)


def scores(**values: float) -> pd.DataFrame:
    return pd.DataFrame({"evaluatee": list(values), "score": list(values.values())})


def events(*rows: tuple[Any, ...], columns: str = "evaluatee event count") -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


# ------------------------------------------------------------------------------- plans, by hand


def test_deductions_of_s2() -> None:
    # 甲: 95 - 1 × 2 - 3 × 1 - 2 × 1 - 4 = 84; 乙: 80; 丙: 60 - 1 = 59.
    rules = (PerCase("批评", -2), PerCase("通报", -1), PerCase("曝光", -1), AsDecided("其他", -10, 0))
    rows = [
        ("甲", "批评", 1, None, ""),
        ("甲", "通报", 2, None, "一季度"),
        ("甲", "通报", 1, None, "二季度"),
        ("甲", "曝光", 2, None, ""),
        ("甲", "其他", 1, -4, "秸秆焚烧"),
        ("丙", "曝光", 1, None, ""),
        ("乙", "曝光", 0, None, "误报"),
    ]
    found = adjusted(
        scores(甲=95, 乙=80, 丙=60), events(*rows, columns="evaluatee event count points reason"), rules
    )
    assert found.table["adjusted"].tolist() == [84, 80, 59]
    assert found.table["to_rank"].tolist() == [84, 80, 59]
    assert found.cov is None
    shown = found.trail[
        ["evaluatee", "step", "rule", "event", "count", "points", "before", "after", "reason"]
    ]
    assert shown.to_numpy().tolist() == [
        ["甲", 1, "per_case", "批评", 1, -2, 95, 93, ""],
        ["甲", 2, "per_case", "通报", 3, -3, 93, 90, "一季度；二季度"],
        ["甲", 3, "per_case", "曝光", 2, -2, 90, 88, ""],
        ["丙", 3, "per_case", "曝光", 1, -1, 60, 59, ""],
        ["甲", 4, "as_decided", "其他", 1, -4, 88, 84, "秸秆焚烧"],
    ]


def test_levels_of_s3_by_round() -> None:
    # Week 1: 90 + 1 + 2 × 3 = 97; week 2: 80 - 4 = 76.
    table = pd.DataFrame({"evaluatee": "甲", "round": [1, 2], "score": [90.0, 80.0]})
    rows = [("甲", 1, "表扬", "区", 1), ("甲", 1, "表扬", "省", 2), ("甲", 2, "批评", "国家", 1)]
    made = events(*rows, columns="evaluatee round event level count")
    found = adjusted(table, made, (PerLevel("表扬", LEVELS), PerLevel("批评", TAKEN)))
    assert found.table["adjusted"].tolist() == [97, 76]
    assert found.trail[["evaluatee", "round", "count", "points"]].to_numpy().tolist() == [
        ["甲", 1, 3, 7],
        ["甲", 2, 1, -4],
    ]


def test_a_start_value_of_s6_does_not_fall_below_0() -> None:
    rules = (PerCase("未走访", -1), PerCase("虚假整改", -1), ScoreLimit(low=0))
    made = events(("甲", "未走访", 3), ("甲", "虚假整改", 1), ("乙", "未走访", 1001))
    found = adjusted(scores(甲=1000, 乙=1000, 丙=1000), made, rules)
    assert found.table["adjusted"].tolist() == [996, 0, 1000]
    assert found.table["limited"].tolist() == [False, True, False]
    last = found.trail.iloc[-1]
    assert last[["evaluatee", "rule", "points", "before", "after"]].tolist() == [
        "乙",
        "score_limit",
        1,
        -1,
        0,
    ]


def test_caps_of_an_event_and_in_total() -> None:
    # Praise at most 5, criticism at most 3, in all from -2 to 4: 甲 5 - 1 = 4 of 6; 乙 -3 becomes -2; 丙 +1.
    rules = (PerCase("表扬", 2, most=5), PerCase("批评", -1, most=3), TotalLimit(-2, 4))
    made = events(("甲", "表扬", 3), ("乙", "批评", 7), ("丙", "表扬", 1), ("丙", "批评", 1))
    found = adjusted(scores(甲=50, 乙=50, 丙=50), made, rules)
    assert found.table["adjusted"].tolist() == [54, 48, 51]
    trail = found.trail.set_index(["evaluatee", "rule", "event"])
    assert trail.loc[("甲", "per_case", "表扬"), ["counted", "points"]].tolist() == [6, 5]
    assert trail.loc[("甲", "total_limit", ""), ["count", "counted", "points"]].tolist() == [0, 0, -1]
    assert trail.loc[("乙", "per_case", "批评"), ["counted", "points"]].tolist() == [-7, -3]
    again = adjusted(scores(甲=50, 乙=50, 丙=50), made, (*rules, TotalLimit(-2, 4)))  # has nothing left to do
    pd.testing.assert_frame_equal(again.trail, found.trail)
    assert not found.table["limited"].any()  # limits of points leave the error as it is


def test_a_veto_sets_score_and_grade() -> None:
    rules = (
        PerCase("事故", -5),
        Veto("事故", score=0),
        Veto("信访", grade="良好"),
        Veto("信访", score=59, grade="合格"),
    )
    made = events(("甲", "事故", 2), ("乙", "信访", 1), ("丙", "信访", 0), ("丁", "信访", 1))
    found = adjusted(scores(甲=90, 乙=90, 丙=90, 丁=40), made, rules)
    assert found.table["adjusted"].tolist() == [0, 59, 90, 40]
    assert found.table["grade_at_most"].tolist() == ["", "良好、合格", "", "良好、合格"]
    assert found.table["limited"].tolist() == [True, True, False, False]


def test_points_after_the_ranking_leave_the_score_to_rank() -> None:
    # Places by 90 - 2; the score shown has 3 more. Rules before the ranking work first.
    rules = (PerCase("加分", 3, when="after"), ScoreLimit(high=92, when="after"), PerCase("扣分", -2))
    found = adjusted(
        scores(甲=90, 乙=91),
        events(("甲", "加分", 1), ("甲", "扣分", 1), ("乙", "加分", 1)),
        rules,
        np.eye(2),
    )
    assert found.table["to_rank"].tolist() == [88, 91]
    assert found.table["adjusted"].tolist() == [91, 92]
    assert found.trail["event"].tolist() == ["扣分", "加分", "加分", ""]
    assert found.trail["when"].tolist() == ["before", "after", "after", "after"]
    assert found.trail["step"].tolist() == [1, 2, 2, 3]
    np.testing.assert_array_equal(found.cov_to_rank, np.eye(2))
    np.testing.assert_array_equal(found.cov, np.diag([1, 0]))


# ------------------------------------------------------------------------------------ invariants


def test_the_trail_adds_up() -> None:
    rng = np.random.default_rng(2)
    names = [f"v{at}" for at in range(12)]
    table = pd.DataFrame(
        {"evaluatee": np.repeat(names, 3), "round": np.tile([1, 2, 3], 12), "score": rng.uniform(0, 100, 36)}
    )
    made = pd.DataFrame({"evaluatee": rng.choice(names, 80), "round": rng.integers(1, 4, 80)})
    made = made.assign(
        event=rng.choice(["a", "b", "c"], 80),
        count=rng.integers(0, 4, 80),
        level=rng.choice(list("区市省"), 80),
    )
    rules = (
        PerCase("a", -3, most=7),
        PerLevel("b", LEVELS),
        Veto("c", score=50),
        TotalLimit(-6, 5),
        ScoreLimit(0, 100),
    )
    found = adjusted(table, made, rules)
    assert ((found.trail["after"] - found.trail["before"]) - found.trail["points"]).abs().max() < 1e-12
    moved = found.trail.groupby(["evaluatee", "round"])["points"].sum()
    by = found.table.set_index(["evaluatee", "round"])
    np.testing.assert_allclose(by["score"] + moved.reindex(by.index, fill_value=0), by["adjusted"])
    for _, part in found.trail.groupby(["evaluatee", "round"]):  # each step begins where the last one ended
        assert part["before"].iloc[1:].tolist() == part["after"].iloc[:-1].tolist()
    shuffled = adjusted(table, made.sample(frac=1, random_state=1), rules)
    pd.testing.assert_frame_equal(found.table, shuffled.table)
    pd.testing.assert_frame_equal(found.trail.drop(columns="reason"), shuffled.trail.drop(columns="reason"))


def test_the_covariance_passes_through_but_for_scores_that_are_set() -> None:
    # Draws of scores, adjusted one by one: 甲 is far above its limit, 丙 vetoed, 乙 free.
    cov = np.array([[4.0, 1, 1], [1, 9, 2], [1, 2, 4]])
    rules = (PerCase("a", -2), ScoreLimit(high=100), Veto("v", score=0))
    made = events(("甲", "a", 1), ("乙", "a", 3), ("丙", "v", 1))
    found = adjusted(scores(甲=130, 乙=80, 丙=70), made, rules, cov)
    draws = np.random.default_rng(1).multivariate_normal([130, 80, 70], cov, 2000)
    moved = np.column_stack([np.minimum(draws[:, 0] - 2, 100), draws[:, 1] - 6, np.zeros(2000)])
    np.testing.assert_array_equal(found.table["adjusted"], [100, 74, 0])
    np.testing.assert_array_equal(found.cov, np.diag([0, 9, 0]))
    np.testing.assert_allclose(np.cov(moved.T), found.cov, atol=1.0)
    np.testing.assert_array_equal(found.cov_to_rank, found.cov)


def test_a_score_at_its_limit_is_not_set_by_it() -> None:
    kept, slope = limited(np.array([-0.1, 0, 100, 100.1]), 0, 100)
    assert (kept.tolist(), slope.tolist()) == ([0, 0, 100, 100], [0, 1, 1, 0])
    assert limited([5.0])[0].tolist() == [5]


def test_dates_stand_before_reasons() -> None:
    rows = [
        ("甲", "a", "3月5日", "垃圾"),
        ("甲", "a", "3月9日", None),
        ("甲", "a", None, "垃圾"),
        ("甲", "a", None, "垃圾"),
    ]
    found = adjusted(scores(甲=90), events(*rows, columns="evaluatee event date reason"), (PerCase("a", -1),))
    assert found.trail[["count", "reason"]].to_numpy().tolist() == [[4, "3月5日 垃圾；3月9日；垃圾"]]
    with pytest.raises(AnswerError, match="'a' is decided case by case"):
        made = events(("甲", "a", "3月5日", -1), columns="evaluatee event date points")
        adjusted(scores(甲=90), made, (AsDecided("a", -1, 0),))


def test_without_events_nothing_moves() -> None:
    found = adjusted(scores(甲=90), events(), (PerCase("a", 1), ScoreLimit(0, 100)))
    assert found.table["adjusted"].tolist() == [90]
    assert found.trail.empty
    assert list(found.trail)[:3] == ["evaluatee", "step", "rule"]


def test_tables_are_not_changed() -> None:
    table, made = scores(甲=90), events(("甲", "a", 1))
    adjusted(table, made, (PerCase("a", -1), ScoreLimit(0, 80)))
    assert table["score"].tolist() == [90]
    assert list(made) == ["evaluatee", "event", "count"]


# ------------------------------------------------------------------------------------- refusals


def test_says_everything_that_is_wrong_with_events() -> None:
    rules = (PerCase("a", -1), PerLevel("b", LEVELS), AsDecided("d", -5, 0), Veto("v", score=0))
    rows = [
        ("甲", "a", -1, None, None, ""),
        ("甲", "a", 1.5, None, None, ""),
        ("戊", "a", 1, None, None, ""),
        ("甲", "x", 1, None, None, ""),
        ("甲", "b", 1, None, "县", ""),
        ("甲", "b", 1, None, None, ""),
        ("甲", "d", 1, -6, None, "重大"),
        ("甲", "d", 1, None, None, "不明"),
        ("甲", "d", 1, -1, None, None),
        ("甲", "v", "两次", None, None, ""),
    ]
    made = events(*rows, columns="evaluatee event count points level reason")
    with pytest.raises(AnswerError) as caught:
        adjusted(scores(甲=90), made, rules)
    assert str(caught.value).splitlines() == [
        "events: 10 faults:",
        "- row 1: cases must be a whole number of at least 0; it is -1. Correct it.",
        "- row 2: cases must be a whole number of at least 0; it is 1.5. Correct it.",
        "- row 3: there is no score of '戊'. Correct the name.",
        "- row 4: no rule counts 'x'; there are rules for a、b、d、v. Correct the event, or state its rule.",
        "- row 5: 'b' has no level '县'; its levels are 区、市、省、国家. Correct it.",
        "- row 6: 'b' has no level ''; its levels are 区、市、省、国家. Correct it.",
        "- row 7: points of 'd' must lie from -5 to 0; they are -6.0. Correct them.",
        "- row 8: points of 'd' must lie from -5 to 0; they are nan. Correct them.",
        "- row 9: 'd' is decided case by case, so that it needs a reason. Give it.",
        "- row 10: cases must be a whole number of at least 0; it is '两次'. Correct it.",
    ]
    chinese = caught.value.chinese
    assert chinese.startswith(
        "events：有 10 处要改：\n- 第 1 行：次数必须是不小于 0 的整数，现在是 -1。请改正。"
    )
    for text in (
        "没有“戊”的得分",
        "没有关于“x”的规则",
        "“b”没有“县”这一级",
        "必须在 -5 到 0 之间",
        "“d”逐案决定，必须写明理由",
    ):
        assert text in chinese


@pytest.mark.parametrize(
    ("rules", "texts"),
    [
        (
            (PerCase("a", -1), PerLevel("a", LEVELS)),
            [("2 rules count the cases of 'a'. Keep one.", "有 2 条规则都对“a”计分")],
        ),
        (
            (PerCase("a", float("nan"), most=0), AsDecided("d", 0, -5)),
            [
                (
                    "the most that 'a' may bring must be above 0; it is 0.",
                    "“a”的累计上限必须大于 0，现在是 0",
                ),
                ("points of 'a' must be finite numbers.", "“a”的分值必须是有限数"),
                (
                    "limits of 'd' are 0 and -5. Give at least one, the low one first.",
                    "“d”的下限和上限是 0 和 -5",
                ),
            ],
        ),
        (
            (ScoreLimit(), TotalLimit(5, -5), ScoreLimit(low=float("inf"))),
            [
                ("limits of 'score_limit' are None and None.", "“score_limit”的下限和上限是 None 和 None"),
                ("limits of 'total_limit' are 5 and -5.", "“total_limit”的下限和上限是 5 和 -5"),
                ("limits of 'score_limit' are inf and None.", "“score_limit”的下限和上限是 inf 和 None"),
            ],
        ),
        (
            (
                PerLevel("a", ()),
                PerLevel("b", (LEVELS[0], LEVELS[0])),
                Veto("v"),
                Veto("w", score=float("nan")),
            ),
            [
                ("levels of 'a' are ''.", "“a”的级别是“”"),
                ("levels of 'b' are '区、区'.", "“b”的级别是“区、区”"),
                (
                    "the veto of 'v' states neither a score nor a grade.",
                    "“v”的一票否决既没有写得分，也没有写等级",
                ),
                ("points of 'w' must be finite numbers.", "“w”的分值必须是有限数"),
            ],
        ),
    ],
)
def test_says_everything_that_is_wrong_with_rules(
    rules: tuple[Rule, ...], texts: list[tuple[str, str]]
) -> None:
    with pytest.raises(EstimateError) as caught:
        adjusted(scores(甲=90), events(), rules)
    for language, text in enumerate((str(caught.value), caught.value.chinese)):
        lines = text.splitlines()[1:]
        assert len(lines) == len(texts)
        for line, expected in zip(lines, texts, strict=True):
            assert expected[language] in line


def test_says_what_is_wrong_with_scores() -> None:
    table = pd.DataFrame({"evaluatee": ["甲", "乙", "甲"], "score": [90, np.nan, 80]})
    with pytest.raises(AnswerError) as caught:
        adjusted(table, events(), ())
    assert str(caught.value).splitlines() == [
        "scores: 2 faults:",
        "- 甲 is there 2 times. Give it once.",
        "- row 2: the score of 乙 must be a finite number; it is nan. Correct it, or leave the row out.",
    ]
    assert "“甲”出现了 2 次" in caught.value.chinese
    assert "“乙”的得分必须是有限数" in caught.value.chinese
    with pytest.raises(AnswerError, match="甲 / 1 is there 2 times"):
        adjusted(
            pd.DataFrame({"evaluatee": ["甲", "甲"], "round": [1, 1], "score": [9, 8]}),
            events(columns="evaluatee round event"),
            (),
        )
    with pytest.raises(AnswerError, match="scores: column 'score' is needed"):
        adjusted(pd.DataFrame({"evaluatee": ["甲"]}), events(), ())
    with pytest.raises(AnswerError, match="scores: 'evaluatee' must not be empty; 1 are, first in row 1"):
        adjusted(pd.DataFrame({"evaluatee": [None], "score": [9]}), events(), ())
    with pytest.raises(AnswerError, match="events: column 'event' is needed"):
        adjusted(scores(甲=90), pd.DataFrame({"evaluatee": ["甲"]}), ())
    with pytest.raises(AnswerError, match="events: column 'round' is needed"):
        adjusted(scores(甲=90).assign(round=1), events(), ())


@pytest.mark.parametrize(
    ("cov", "text"), [(np.eye(2), "must have a row and a column"), ([[np.nan]], "must be finite")]
)
def test_says_what_is_wrong_with_the_covariance(cov: Any, text: str) -> None:
    with pytest.raises(EstimateError, match=f"^cov: {text}"):
        adjusted(scores(甲=90), events(), (), cov)


def test_a_scheme_file_can_hold_rules() -> None:
    adapter = TypeAdapter(tuple[Rule, ...])
    plain = [
        {"kind": "per_level", "event": "表扬", "levels": [{"name": "区", "points": 1}]},
        {"kind": "veto", "event": "事故", "score": 0, "when": "after"},
        {"kind": "score_limit", "low": 0},
    ]
    expected = (PerLevel("表扬", (LEVELS[0],)), Veto("事故", 0, when="after"), ScoreLimit(0))
    assert adapter.validate_python(plain) == expected
    with pytest.raises(ValidationError):
        adapter.validate_python([{"kind": "veto", "event": "事故", "points": 0}])


def test_no_bonus_undoes_a_veto() -> None:
    scores = pd.DataFrame({"evaluatee": ["甲村"], "score": [92.0]})
    cases = pd.DataFrame({"evaluatee": ["甲村", "甲村"], "event": ["事故", "表彰"], "count": [1, 1]})
    veto, bonus = Veto("事故", score=59), PerCase("表彰", 5)
    assert adjusted(scores, cases, (bonus, veto)).table["adjusted"].tolist() == [59.0]
    for rules in ((veto, bonus), (veto, replace(bonus, when="after"))):
        with pytest.raises(EstimateError, match="'表彰' adds points after the veto '事故'") as caught:
            adjusted(scores, cases, rules)
        assert "会使否决落空" in caught.value.chinese
    assert adjusted(scores, cases, (veto, PerCase("表彰", -5))).table["adjusted"].tolist() == [54.0]
