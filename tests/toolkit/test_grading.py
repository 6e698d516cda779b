"""Grades in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring import Grade, Grading, TopPlaces, grade_chances, grades
from toolkit.grading import grades_in_words

RULE = Grading(
    (
        Grade("优秀", 90, gate=TopPlaces(1), requires=("通过市级验收",)),
        Grade("良好", 80),
        Grade("不合格", capped_if=("未通过省级验收",)),
    )
)
SCORE = pd.Series({"甲": 95.0, "乙": 92.0, "丙": 89.5, "丁": 85.0, "戊": 94.0, "己": 70.0})
HELD = pd.DataFrame({"通过市级验收": True, "未通过省级验收": False}, SCORE.index)
HELD.loc["乙", "通过市级验收"] = False
HELD.loc["戊", "未通过省级验收"] = True


def test_every_hindrance_is_told_in_both_languages() -> None:
    # Oracle: the rule read by hand. Errors of 0.01 leave chances of 0 or 1; 1.0 is as far as errors reach.
    chances = grade_chances(RULE, SCORE, 1e-4 * np.eye(6), conditions=HELD, prior="flat")
    found = grades_in_words(RULE, grades(RULE, SCORE, conditions=HELD), chances, margin=1.0)
    sure = "（把握 >99%，平先验，未校准）"
    assert found["statement"].to_dict() == {
        "甲": f"优秀{sure}",
        "乙": f"良好{sure}；优秀只取前 1 名，现列第 3；优秀要求“通过市级验收”，尚未满足",
        "丙": f"良好{sure}；离优秀差 0.5 分，在抽样误差之内；优秀只取前 1 名，现列第 4",
        "丁": f"良好{sure}；离优秀差 5.0 分，不在抽样误差之内；优秀只取前 1 名，现列第 5",
        "戊": f"不合格{sure}；因“未通过省级验收”不得评为良好",
        "己": f"不合格{sure}；离良好差 10.0 分，不在抽样误差之内",
    }
    assert found["statement_en"]["乙"] == (
        "良好 (chance >99%; flat prior, uncalibrated); 优秀 goes to the first 1, this is number 3; "
        "优秀 requires '通过市级验收', which does not hold"
    )
    assert found["statement_en"]["戊"].endswith("'未通过省级验收' rules 良好 out")
    assert "0.5 points short of 优秀, within the sampling error" in found["statement_en"]["丙"]


def test_the_chance_is_that_of_the_grade_the_unit_has() -> None:
    rule = Grading((Grade("A", 80), Grade("B")))
    score = [81.0, 79.5, 82.0, 78.5]
    chances = grade_chances(rule, score, np.eye(4))
    found = grades_in_words(rule, grades(rule, score), chances, margin=1.0)["statement"]
    due = [chances.table.loc[at, name] for at, name in enumerate("ABAB")]
    assert [text.split("）")[0][1:] for text in found] == [f"（把握 {chance:.0%}" for chance in due]
    assert "平先验" not in found[0]


def test_a_condition_may_hold_a_comma_of_its_own() -> None:
    plan = Grading(
        (Grade("优秀", 90, requires=("通过省、市验收", "无事故")), Grade("其他", capped_if=("停业、歇业",)))
    )
    score = pd.Series({"甲": 95.0, "乙": 85.0, "丙": 70.0})
    held = pd.DataFrame(False, score.index, plan.conditions)
    held.loc["乙", "停业、歇业"] = held.loc["丙", "无事故"] = True
    found = grades(plan, score, conditions=held)
    chances = grade_chances(plan, score, np.eye(3), conditions=held)
    said = grades_in_words(plan, found, chances, margin=1.0)["statement"]
    both = "优秀要求“通过省、市验收”，尚未满足；优秀要求“无事故”，尚未满足"
    assert said["甲"].endswith(f"）；{both}")
    assert said["乙"].endswith(f"{both}；因“停业、歇业”不得评为优秀")
    assert said["丙"].endswith("抽样误差之内；优秀要求“通过省、市验收”，尚未满足")


def test_a_score_just_at_a_threshold_that_is_out_is_not_0_points_short() -> None:
    plan = Grading((Grade("优秀", 90, boundary="out"), Grade("其他")))
    score = pd.Series({"甲": 90.0, "乙": 89.0, "丙": 85.0})
    chances = grade_chances(plan, score, np.eye(3))
    said = grades_in_words(plan, grades(plan, score), chances, margin=2.0)
    assert said.loc["甲", "statement"].endswith("；优秀要求得分高于 90，现正好 90")
    assert said.loc["甲", "statement_en"].endswith("; 优秀 takes a score above 90, this is just 90")
    assert said.loc["乙", "statement"].endswith("；离优秀差 1.0 分，在抽样误差之内")
