"""Rules as published results use them, each from a scheme file of a few lines, with scores added up by hand.

Label values 100/70/30/0, thresholds 85/75/60, the best 30 % of a class with 75 points and more,
dense places (two offices 2nd, the next 3rd), a share of satisfaction with and without 不了解.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from toolkit import Scheme, SchemeError, Scores
from toolkit.answers import Answers, parse_answers
from toolkit.parts.assess import assess
from toolkit.parts.kinds import respondent_rules
from toolkit.per_respondent import respondent_cases
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


def practice(
    said: Mapping[str, str], more: str = "", members: float = 4.0
) -> tuple[Scheme, dict[str, Drawn], dict[str, Answers]]:
    """Give a scheme of some offices, each rated by the letters of four: all there are, or drawn of more."""
    text = SCHEME.format(offices=", ".join(f'"{one}"' for one in said)) + more
    if members > 4:
        text = text.replace('kind = "census"', 'kind = "simple_random", n = 4')
    scheme = Scheme.read(text)
    rows = [
        ("panel", who, office, LETTERS[letter])
        for office, letters in said.items()
        for who, letter in zip(MEMBERS, letters, strict=True)
    ]
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "总体"])
    units = pd.DataFrame({"person": MEMBERS, "N": members, "w": members / 4})
    drawn = Drawn(units, {"weight": "w", "psu": ["person"], "population": ["N"]})
    return scheme, {"panel": drawn}, parse_answers(raw, scheme, "x")


def scores_of(said: Mapping[str, str], more: str = "") -> Scores:
    """Score offices by what a panel of four says, all there are."""
    return score(*practice(said, more))


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


EACH = """
[[parts]]
name = "调查"
weight = 0.7
source = { kind = "survey" }

[[parts]]
name = "工作"
weight = 0.3
source = { kind = "figures", table = "work" }

[[events]]
kind = "per_respondent"
event = "不满意"
labels = ["不满意"]
on = "any"
points = -0.4

[[events]]
kind = "per_respondent"
event = "满意"
labels = ["满意"]
on = "any"
points = 0.1

[[events]]
kind = "veto"
event = "重大事故"
score = 59

"""


def with_points(said: Mapping[str, str], text: str, members: float = 4.0, **tables: pd.DataFrame) -> Scores:
    """Score what a panel of four says together with tables of offices, as a round does."""
    scheme, drawn, answers = practice(said, text, members)
    cases = respondent_cases(scheme, drawn, answers, respondent_rules(scheme.events))
    return assess(scheme, tables, score(scheme, drawn, answers), cases)


def test_each_dissatisfied_respondent_takes_points_and_each_satisfied_one_adds_some() -> None:
    work = pd.DataFrame({"evaluatee": ["甲", "乙", "丙"], "score": ["90", "80", "100"]})
    accident = pd.DataFrame({"evaluatee": ["丙"], "event": ["重大事故"]})
    found = with_points({"甲": "ABDD", "乙": "AAAB", "丙": "AAAA"}, EACH, work=work, events=accident)
    # 甲: 0.7 × 42.5 + 0.3 × 90 = 56.75; two say D, one A: −0.8 + 0.1. 乙: 0.7 × 92.5 + 24 = 88.75, three A.
    # 丙: 100 and four A, 100.4; one accident leaves 59.
    assert found.table["score"].tolist() == pytest.approx([56.05, 89.05, 59.0])
    assert found.assessed is not None
    told = found.assessed.events.query("evaluatee == '甲'")[["event", "count", "points"]]
    assert told.to_numpy().tolist() == [["不满意", 2, pytest.approx(-0.8)], ["满意", 1, pytest.approx(0.1)]]
    assert found.table["se"].tolist() == pytest.approx([0, 0, 0])  # a census


def test_who_counts_among_the_dissatisfied_is_as_much_by_chance_as_the_score() -> None:
    work = pd.DataFrame({"evaluatee": ["甲", "乙"], "score": ["90", "80"]})
    found = with_points({"甲": "ABDD", "乙": "AAAB"}, EACH, members=12.0, work=work)
    # What each member brings: 0.7 / 4 of the label's value, and the points: A 17.5 + 0.1, B 12.25, D −0.4.
    # Four of twelve at random: 4² (1 - 4 / 12) s² / 4.
    jia, yi = np.array([17.6, 12.25, -0.4, -0.4]), np.array([17.6, 17.6, 17.6, 12.25])
    due = np.cov(jia, yi) * 4 * (1 - 4 / 12)
    np.testing.assert_allclose(found.cov, due, rtol=1e-10)
    assert found.table["se"].tolist() == pytest.approx(np.sqrt(np.diag(due)).tolist())


@pytest.mark.parametrize("when", ["before", "after"])
def test_points_after_the_ranking_leave_places_and_bring_their_error_to_the_score(when: str) -> None:
    text = EACH.replace("points = -0.4", f'points = -30\nwhen = "{when}"')
    work = pd.DataFrame({"evaluatee": ["甲", "乙"], "score": ["90", "80"]})
    found = with_points({"甲": "AAAD", "乙": "BBBB"}, text, members=12.0, work=work).table
    # 甲: 0.7 × 75 + 27 + 0.3 = 79.8, less 30 for one D; 乙: 0.7 × 70 + 24 = 73.
    assert found["score"].tolist() == pytest.approx([49.8, 73.0])
    assert found["rank"].tolist() == ([2, 1] if when == "before" else [1, 2])
    each = np.array([17.6, 17.6, 17.6, -30.0])
    assert found["se"][0] == pytest.approx(np.sqrt(np.var(each, ddof=1) * 4 * (1 - 4 / 12)))


def test_points_after_the_ranking_leave_places_as_sure_as_they_were() -> None:
    text = EACH.split('[[events]]\nkind = "veto"')[0].replace("points = -0.4", 'points = 40\nwhen = "after"')
    work = pd.DataFrame({"evaluatee": ["甲", "乙"], "score": ["90", "90"]})
    found = with_points({"甲": "ABBB", "乙": "CDDD"}, text, members=12.0, work=work).table
    # Each member puts 甲 70 points above 乙, so no draw turns them; three D of 乙 come after.
    assert found[["rank", "rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1, 1], [2, 2, 2]]
    assert found["score"].tolist() == pytest.approx([0.7 * 77.5 + 27 + 0.1, 0.7 * 7.5 + 27 + 120])


def test_points_that_a_limit_of_all_events_sets_do_not_move_with_the_sample() -> None:
    limit = '[[events]]\nkind = "total_limit"\nlow = -0.5\n\n'
    text = EACH.replace('[[events]]\nkind = "veto"', limit + '[[events]]\nkind = "veto"')
    work = pd.DataFrame({"evaluatee": ["甲", "乙"], "score": ["90", "80"]})
    found = with_points({"甲": "ABDD", "乙": "AAAB"}, text, members=12.0, work=work).table
    assert found["score"].tolist() == pytest.approx([56.25, 89.05])  # −0.7 becomes −0.5
    value = 0.7 / 4 * np.array([100.0, 70, 0, 0])
    assert found["se"][0] == pytest.approx(np.sqrt(np.var(value, ddof=1) * 4 * (1 - 4 / 12)))


def test_the_rule_is_checked_and_told_with_the_scheme() -> None:
    scheme = practice({"甲": "AAAA"}, EACH)[0]
    line = "不满意：每有一人有一项评为“不满意”，扣 0.4 分；按有效问卷计人数，抽样误差计入得分的误差"
    assert line in scheme.in_words()
    assert "takes 0.4" in scheme.in_words("en")
    for old, new, path in (
        ('labels = ["不满意"]', 'labels = ["差"]', "events[0].labels: '差' is no label"),
        ('on = "any"', 'on = "每项"', "events[0].on: must be 'any', 'all' or an indicator"),
        ("points = -0.4", "point = -0.4", "events[0].point: 'point' is no known key; 'points' may be meant"),
    ):
        with pytest.raises(SchemeError) as caught:
            practice({"甲": "AAAA"}, EACH.replace(old, new, 1))
        assert any(path in str(one) for one in caught.value.faults)
    inside = EACH.replace("[[events]]", "[[parts.events]]")
    with pytest.raises(SchemeError) as caught:
        practice({"甲": "AAAA"}, inside)
    assert {one.rule for one in caught.value.faults} == {"respondent_part"}
