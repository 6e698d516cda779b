"""Rules as published results use them, each from a scheme file of a few lines, with scores added up by hand.

Label values 100/70/30/0, thresholds 85/75/60, the best 30 % of a class with 75 points and more,
dense places (two offices 2nd, the next 3rd), a share of satisfaction with and without 不了解.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from toolkit import Scheme, Scores
from toolkit.answers import parse_answers
from toolkit.scores import Drawn, score

# A panel of four rates offices on one question, one letter for each: A 100, B 70, C 30, D 0, - 不了解.
LETTERS = {"A": "4", "B": "3", "C": "2", "D": "1", "-": "不了解"}
SCHEME = """
id = "practice"
title = "模拟方案"
place = "某市"
valid_answers = 4
full_mark = 100
level = 0.95
systematic_variance = "srs"
no_answers = "error"
low_satisfaction_rule = {{ kind = "unstated" }}
{more}
[scale]
low = 1
high = 4
labels = [
    {{ name = "不满意", low = 1, high = 1, value = 0 }},
    {{ name = "一般", low = 2, high = 2, value = 30 }},
    {{ name = "基本满意", low = 3, high = 3, value = 70 }},
    {{ name = "满意", low = 4, high = 4, value = 100 }},
]
dont_know = ["不了解"]
refused = ["拒答"]

[dont_know]
removed_per = "indicator"
counts_as_answer = true

[ranking]
rank_on = "published"
decimals = 2
ties = "dense"

[[classes]]
id = "offices"
name = "单位"
conducted_by = "调查队"
same_survey = true
indicators = ["总体"]
evaluatees = [{offices}]

[[groups]]
id = "panel"
name = "代表"
weight = 1.0
valid = 4
official = "plain"
population = "finite"
short_frame = "error"
overlap = "same"

[[groups.draws]]
name = "panel"
frame = "panel"
unit = "person"
design = {{ kind = "census" }}
"""
MEMBERS = ["m1", "m2", "m3", "m4"]


def scores_of(said: Mapping[str, str], more: str = "") -> Scores:
    """Score offices, each rated by the letters of four members."""
    scheme = Scheme.read(SCHEME.format(more=more, offices=", ".join(f'"{one}"' for one in said)))
    rows = [
        ("panel", who, office, LETTERS[letter])
        for office, letters in said.items()
        for who, letter in zip(MEMBERS, letters, strict=True)
    ]
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "总体"])
    units = pd.DataFrame({"person": MEMBERS, "N": 4.0, "w": 1.0})
    drawn = Drawn(units, {"weight": "w", "psu": ["person"], "population": ["N"]})
    return score(scheme, {"panel": drawn}, parse_answers(raw, scheme, "x"))


def test_labels_count_what_the_plan_says() -> None:
    found = scores_of({"甲": "ABCD", "乙": "AAAB", "丙": "BB--", "丁": "CCCC"})
    # (100 + 70 + 30 + 0) / 4 = 50; (3 × 100 + 70) / 4 = 92.5; both who rate say 70; all say 30.
    assert found.table["score"].tolist() == [50.0, 92.5, 70.0, 30.0]


def test_two_offices_second_and_the_next_third() -> None:
    found = scores_of({"甲": "AAAA", "乙": "AAAB", "丙": "AABA", "丁": "BBBB"})
    assert found.table["score"].tolist() == [100.0, 92.5, 92.5, 70.0]
    assert found.table["rank"].tolist() == [1, 2, 2, 3]


THRESHOLDS = """
[grading]
grades = [
    { name = "优秀", at_least = 85 },
    { name = "良好", at_least = 75 },
    { name = "合格", at_least = 60 },
    { name = "不合格" },
]
ties = "min"
places_among = "class"
"""


@pytest.mark.parametrize(
    ("boundary", "grades"),
    [
        # AABB 85, AAAC 82.5, AAAD 75, BBBA 77.5, BBAD 60, AACD 57.5.
        ("", ["优秀", "良好", "良好", "良好", "合格", "不合格"]),
        ("out", ["良好", "良好", "合格", "良好", "不合格", "不合格"]),
    ],
)
def test_thresholds_of_85_75_and_60_and_who_stands_just_on_one(boundary: str, grades: list[str]) -> None:
    said = {"甲": "AABB", "乙": "AAAC", "丙": "AAAD", "丁": "BBBA", "戊": "BBAD", "己": "AACD"}
    text = THRESHOLDS.replace(" },\n", f', boundary = "{boundary}" }},\n') if boundary else THRESHOLDS
    found = scores_of(said, text)
    assert found.table["score"].tolist() == [85.0, 82.5, 75.0, 77.5, 60.0, 57.5]
    assert found.grades.set_index("evaluatee").loc[list(said), "grade"].tolist() == grades


BEST = """
[grading]
grades = [
    { name = "先进", at_least = 75, gate = { kind = "top_share", share = 0.3, whole = "floor" } },
    { name = "其他" },
]
ties = "min"
places_among = "class"
"""
TEN = [f"单位{number}" for number in range(1, 11)]


@pytest.mark.parametrize(
    ("letters", "best"),
    [
        # 30 % of ten is three. 100, 92.5, 85, 77.5: the fourth has 75 points and no place.
        (["AAAA", "AAAB", "AABB", "ABBB", "BBBB", "BBBC", "BBCC", "BCCC", "CCCC", "CCCD"], 3),
        # 100, 92.5, 70: the third has the place and not the points.
        (["AAAA", "AAAB", "BBBB", "BBBC", "BBCC", "BCCC", "CCCC", "CCCD", "CCDD", "CDDD"], 2),
    ],
)
def test_the_best_30_percent_with_75_points_and_more(letters: list[str], best: int) -> None:
    found = scores_of(dict(zip(TEN, letters, strict=True)), BEST).grades.set_index("evaluatee")["grade"]
    assert found.loc[TEN].tolist() == ["先进"] * best + ["其他"] * (10 - best)


@pytest.mark.parametrize(("base", "due"), [("valid", [1.0, 0.5]), ("with_dont_know", [0.5, 0.5])])
def test_satisfaction_with_and_without_who_does_not_know(base: str, due: list[float]) -> None:
    more = f'[satisfaction]\nlabels = ["满意", "基本满意"]\nbase = "{base}"\n'
    found = scores_of({"甲": "AB--", "乙": "ABCD"}, more).satisfaction
    # 甲: 2 of the 2 who rate, 2 of all 4; 乙: 2 of 4 either way.
    assert found.loc[found["base"] == base, "share"].tolist() == due


def test_a_share_needs_its_labels_named_by_the_plan() -> None:
    more = '[satisfaction]\nlabels = ["满意"]\nbase = "valid"\n'
    found = scores_of({"甲": "ABBB", "乙": "AABD"}, more).satisfaction  # 基本满意 does not count
    assert found.loc[found["base"] == "valid", "share"].tolist() == [0.25, 0.5]
