"""镇创卫督查考核 (S2): each rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from scoring.errors import AnswerError
from toolkit import Scheme
from toolkit.parts.assess import assess
from toolkit.scores import Scores

PLAN = Scheme.load("zhen-chuangwei")
VILLAGES = list(PLAN.evaluatees)
OTHERS = {name: 62.0 + at / 2 for at, name in enumerate(VILLAGES[5:])}  # 06村 62, 07村 62.5, … 33村 75.5
FIVE = {"01村": 70.0, "02村": 70.25, "03村": 70.75, "04村": 71.25, "05村": 71.75}
EVENTS = ["evaluatee", "period", "event", "count", "points", "reason"]


def played(
    own: dict[str, list[float]], *events: tuple[Any, ...], failed: dict[str, str] | None = None
) -> Scores:
    """Score a year in which every village without points of its own has the same in all four inspections."""
    points = {name: [each] * 4 for name, each in (FIVE | OTHERS).items()} | own
    rows = [(name, f"第{at}次", str(one)) for name, each in points.items() for at, one in enumerate(each, 1)]
    tables = {"inspections": pd.DataFrame(rows, columns=["evaluatee", "period", "points"])}
    if events:
        tables["events"] = pd.DataFrame(events, columns=EVENTS).astype("string").astype(object)
    passed = {
        one: [(failed or {}).get(name) != one for name in VILLAGES]
        for one in ("通过省级验收", "通过市级验收")
    }
    conditions = pd.DataFrame(passed, index=pd.Index(VILLAGES, name="evaluatee"))
    conditions["未通过省级验收"] = ~conditions["通过省级验收"]
    return replace(assess(PLAN, tables), conditions=conditions)


def of(scores: Scores, column: str = "score") -> dict[str, Any]:
    return dict(zip(scores.table["evaluatee"], scores.table[column], strict=True))


def grade(scores: Scores) -> dict[str, str]:
    return dict(zip(scores.grades["evaluatee"], scores.grades["grade"], strict=True))


def test_inspection_score_less_its_deductions():
    """“受到市委、市政府批评的每次扣2分，市创卫办通报批评的每次扣1分”: 92 − 2 − 1 = 89, in its own."""
    scores = played(
        {"01村": [92, 80, 80, 80]},
        ("01村", "第1次", "市委市政府批评", 1, None, ""),
        ("01村", "第1次", "市创卫办通报批评", 1, None, ""),
    )
    periods = scores.assessed.periods.query("evaluatee == '01村'").set_index("period")["score"]
    assert periods.to_dict() == {"第1次": 89, "第2次": 80, "第3次": 80, "第4次": 80}
    assert of(scores)["01村"] == 82.25  # (89 + 80 + 80 + 80) / 4


def test_exposed_in_the_news():
    """“新闻曝光的每次扣1分”: twice in one inspection, 90 − 2 = 88; (88 + 90 + 90 + 90) / 4 = 89.5."""
    scores = played({"01村": [90] * 4}, ("01村", "第1次", "新闻媒体曝光", 2, None, ""))
    assert of(scores)["01村"] == 89.5


def test_other_cases_as_decided_with_a_reason():
    """“其他视情况扣分”: 4 points decided, 90 − 4 = 86; (86 + 90 + 90 + 90) / 4 = 89. No points are added."""
    scores = played({"01村": [90] * 4}, ("01村", "第1次", "其他扣分", 1, -4, "垃圾堆积"))
    assert of(scores)["01村"] == 89
    assert scores.assessed.events["reason"].tolist() == ["垃圾堆积"]
    for points, reason in ((1, "整洁"), (-11, "垃圾堆积"), (-4, "")):  # none added, at most 10, a reason
        with pytest.raises(AnswerError):
            played({"01村": [90] * 4}, ("01村", "第1次", "其他扣分", 1, points, reason))


def test_mean_of_the_inspections():
    """“年度得分为各次督查的平均分”: (92 + 88 + 90 + 94) / 4 = 91; a fifth of 96 makes it 460 / 5 = 92."""
    assert of(played({"01村": [92, 88, 90, 94]}))["01村"] == 91
    assert of(played({"01村": [92, 88, 90, 94, 96]}))["01村"] == 92


def test_at_least_four_inspections():
    """“每年督查不少于4次”: three are too few, and the village is named."""
    with pytest.raises(AnswerError, match="'01村' has 3 rounds, and 4 are needed"):
        played({"01村": [92, 88, 90]})


def test_error_of_four_inspections():
    """Squares of 20 about the mean of 01村, 0 of the other 32: over 33 × 3 degrees of freedom, over 4."""
    found = played({"01村": [92, 88, 90, 94]}).assessed.parts.set_index("evaluatee")
    assert found.loc["01村", "se"] == pytest.approx((20 / (33 * 3) / 4) ** 0.5)


def test_excellent_is_accepted_and_in_the_top_three_and_at_least_90():
    """“优秀：通过省、市验收，年度排名前三，90分以上”; “良好：80分以上”."""
    best = {"01村": [98] * 4, "02村": [96] * 4, "03村": [90] * 4}
    assert list(grade(played(best)).values())[:3] == ["优秀"] * 3
    fourth = grade(played(best | {"04村": [90.01] * 4}))  # 90.01 is third, 90 is fourth
    assert [fourth[name] for name in ("04村", "03村")] == ["优秀", "良好"]
    below = grade(played(best | {"03村": [89.99] * 4}))
    assert below["03村"] == "良好"  # third, not 90
    tied = grade(played(best | {"04村": [90] * 4}))  # two share third place
    assert [tied[name] for name in ("03村", "04村")] == ["优秀", "优秀"]


def test_acceptance():
    """“未通过省级验收的为不合格”, whatever the score; the city's alone keeps a village from 优秀."""
    best = {"01村": [98] * 4, "02村": [96] * 4}
    assert grade(played(best, failed={"01村": "通过省级验收"}))["01村"] == "不合格"
    assert grade(played(best, failed={"01村": "通过市级验收"}))["01村"] == "良好"


@pytest.mark.parametrize(("points", "name"), [(80, "良好"), (79.99, "合格"), (60, "合格"), (59.99, "不合格")])
def test_thresholds(points, name):
    """“80分以上良好，60分以上合格，60分以下不合格”; exactly 60 is both in the text, and 合格 here."""
    assert grade(played({"01村": [points] * 4}))["01村"] == name


def test_all_33_are_ranked_and_the_ends_have_consequences():
    """“对33个村委会排名，先进的通报表扬，落后的问责”: three and three; ties share the better place."""
    scores = played({"01村": [98] * 4, "02村": [98] * 4, "03村": [90] * 4, "04村": [61] * 4})
    places = of(scores, "rank")
    assert [places[name] for name in ("01村", "02村", "03村", "33村", "04村")] == [1, 1, 3, 4, 33]
    given = scores.awards[scores.awards["consequence"] != ""].groupby("consequence")["evaluatee"].agg(set)
    assert given["通报表扬"] == {"01村", "02村", "03村"}
    assert given["问责"] == {"04村", "06村", "07村"}  # 61, 62 and 62.5
