"""Scores from tables of offices: every rule on numbers that a person can check by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring.errors import AnswerError
from toolkit import Round, Scheme
from toolkit.errors import RoundError, SchemeError
from toolkit.parts.assess import assess
from toolkit.parts.sources import sampled
from toolkit.parts.tables import table_faults
from toolkit.proof import round_differences
from toolkit.review import Change, reviewed

HEAD = """
id = "tiny"
title = "小型考评"
place = "某镇"
full_mark = 100
level = 0.95
[ranking]
rank_on = "published"
decimals = 2
ties = "min"
[[classes]]
id = "villages"
name = "村"
evaluatees = ["甲村", "乙村", "丙村"]
"""
INSPECTED = """
[[parts]]
name = "督查"
weight = 1
source = { kind = "inspections", error = "none" }
events = [
  { kind = "per_case", event = "通报批评", points = -1 },
  { kind = "veto", event = "弄虚作假", score = 0 },
]
"""


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """Give a table as a round reads it: every cell as text, empty ones missing."""
    text = [[None if cell is None else str(cell) for cell in row] for row in rows]
    return pd.DataFrame(text, columns=columns.split())


def year(**scores: list[float]) -> pd.DataFrame:
    rows = [(name, f"{at}月", one) for name, each in scores.items() for at, one in enumerate(each, 1)]
    return frame("evaluatee period points", *rows)


VILLAGES = year(甲村=[92, 88], 乙村=[95, 97], 丙村=[70, 80])


def estimates(text: str, **tables: pd.DataFrame) -> dict[str, float]:
    found = assess(Scheme.read(HEAD + text), tables)
    return dict(zip(found.table["evaluatee"], found.table["estimate"], strict=True))


def test_a_score_is_the_mean_of_the_inspections_after_their_deductions() -> None:
    """甲村 92 and 88, the second criticised twice in a circular: (92 + 88 - 2) / 2 = 89."""
    events = frame("evaluatee period event count", ("甲村", "2月", "通报批评", 2))
    found = estimates(INSPECTED, inspections=VILLAGES, events=events)
    assert found == {"甲村": 89.0, "乙村": 96.0, "丙村": 75.0}


def test_a_veto_sets_the_score_of_its_period() -> None:
    """乙村 falsified in January: (0 + 97) / 2 = 48.5."""
    events = frame("evaluatee period event", ("乙村", "1月", "弄虚作假"))
    assert estimates(INSPECTED, inspections=VILLAGES, events=events)["乙村"] == 48.5


def test_parts_are_weighted_and_an_event_of_the_whole_comes_after_them() -> None:
    """0.7 × 90 + 0.3 × 80 = 87, less 0.4 for each of 5 cases: 85."""
    text = (
        'events = [ { kind = "per_case", event = "投诉", points = -0.4 } ]\n'
        + HEAD
        + """
[[parts]]
name = "督查"
weight = 0.7
source = { kind = "inspections" }
[[parts]]
name = "实绩"
weight = 0.3
source = { kind = "figures", table = "work", column = "完成率" }
"""
    )
    work = frame("evaluatee 完成率", ("甲村", 80), ("乙村", 90), ("丙村", 100))
    events = frame("evaluatee event count", ("甲村", "投诉", 5))
    found = assess(Scheme.read(text), {"inspections": VILLAGES, "work": work, "events": events})
    assert found.table["estimate"].round(9).tolist() == [85.0, 94.2, 82.5]
    assert found.assessed is not None
    parts = found.assessed.parts
    assert parts.loc[parts["evaluatee"] == "甲村", "score"].tolist() == [90.0, 80.0]


@pytest.mark.parametrize(("lacking", "expected"), [("reweight", 90.0), ("zero", 63.0)])
def test_who_lacks_a_part_is_dealt_with_as_the_scheme_says(lacking: str, expected: float) -> None:
    """甲村 has 90 of the inspections and no figure: 90 alone, or 0.7 × 90 + 0.3 × 0 = 63."""
    text = (
        f'lacking_part = "{lacking}"\n'
        + HEAD
        + """
[[parts]]
name = "督查"
weight = 0.7
source = { kind = "inspections" }
[[parts]]
name = "实绩"
weight = 0.3
source = { kind = "figures", table = "work" }
"""
    )
    work = frame("evaluatee score", ("乙村", 90), ("丙村", 100))
    found = assess(Scheme.read(text), {"inspections": VILLAGES, "work": work}).table
    assert found["estimate"].iloc[0] == pytest.approx(expected)


def test_tasks_count_their_points_times_done_over_due() -> None:
    """60 × 9/12 + 40 × 50/50 = 85; nothing due counts in full: 60 + 20 = 80."""
    text = """
[[parts]]
name = "任务"
weight = 1
[parts.source]
kind = "completion"
items = [ { name = "旱厕", points = 60 }, { name = "清运", points = 40 } ]
nothing_due = "full"
beyond = "error"
"""
    rows = [("甲村", "旱厕", 9, 12), ("甲村", "清运", 50, 50), ("乙村", "旱厕", 0, 0), ("乙村", "清运", 1, 2)]
    rows += [("丙村", "旱厕", 0, 5), ("丙村", "清运", 0, 5)]
    tasks = frame("evaluatee item done due", *rows)
    assert estimates(text, tasks=tasks) == {"甲村": 85.0, "乙村": 80.0, "丙村": 0.0}


def test_a_start_loses_points_by_case_and_so_many_cases_have_a_consequence_of_their_own() -> None:
    """100 − 1 for each of 2 + 1 cases = 97; three cases reach the limit of three, two do not."""
    text = """
[[parts]]
name = "走访"
weight = 1
source = { kind = "start", value = 100 }
events = [
  { kind = "per_case", event = "未走访", points = -1 },
  { kind = "per_case", event = "虚假走访", points = -1 },
  { kind = "score_limit", low = 0 },
]
[[case_limits]]
events = ["未走访", "虚假走访"]
at_least = 3
consequence = "约谈"
"""
    rows = [("甲村", "未走访", 2), ("甲村", "虚假走访", 1), ("乙村", "未走访", 2), ("丙村", "未走访", 150)]
    events = frame("evaluatee event count", *rows)
    found = assess(Scheme.read(HEAD + text), {"events": events})
    assert found.table["estimate"].tolist() == [97.0, 98.0, 0.0]
    assert found.assessed is not None
    cases = found.assessed.follows.cases
    assert cases[["evaluatee", "cases", "consequence"]].to_numpy().tolist() == [
        ["甲村", 3, "约谈"],
        ["丙村", 150, "约谈"],
    ]


def test_means_of_inspections_taken_as_drawn_have_the_error_of_means() -> None:
    """92, 88, 90, 94: s² / 4 = 5/3; the difference to another village has that of paired differences."""
    values = np.array([[92.0, 88, 90, 94], [90.0, 89, 91, 90]])
    cov, df = sampled(values)
    assert cov[0, 0] == pytest.approx(5 / 3) and df.tolist() == [3.0, 3.0]
    paired = np.var(values[0] - values[1], ddof=1) / 4
    assert cov[0, 0] + cov[1, 1] - 2 * cov[0, 1] == pytest.approx(paired)
    found = assess(Scheme.read(HEAD + INSPECTED.replace('"none"', '"sample"')), {"inspections": VILLAGES})
    assert found.cov[0, 0] == pytest.approx(np.var([92, 88], ddof=1) / 2)


def test_pooled_errors_take_the_spread_of_the_whole_class() -> None:
    """88 and 92, 95 and 97, 70 and 80: s² = (8 + 2 + 50) / 3 = 20, so 10 for each mean, with 3 df."""
    found = assess(Scheme.read(HEAD + INSPECTED.replace('"none"', '"pooled"')), {"inspections": VILLAGES})
    assert np.diag(found.cov).round(9).tolist() == [10.0] * 3
    assert found.table["df"].tolist() == [3.0] * 3
    chance = np.random.default_rng(4)
    drawn = [sampled(chance.normal(80, 3, (33, 4)), pooled=True)[0][0, 0] for _ in range(400)]
    assert np.mean(drawn) == pytest.approx(9 / 4, abs=4 * np.std(drawn) / 20)


PERIODS = frame(
    "period kind year missing",
    ("1月", "月", "2013", None),
    ("2月", "月", "2013", "汛情停查"),
    ("3月", "月", "2013", None),
    ("4月", "月", "2013", None),
)
STREAKS = """
[[streaks]]
end = "last"
places = 1
missing = "%s"
within = "year"
after_last = "repeat"
[[streaks.steps]]
times = 1
consequence = "通报批评"
[[streaks.steps]]
times = 2
consequence = "警告"
[[streaks.steps]]
times = 3
consequence = "问责"
counting = "cumulative"
loses_awards = true
"""


@pytest.mark.parametrize(("missing", "third"), [("break", "通报批评"), ("skip", "警告")])
def test_streaks_go_over_periods_and_a_missing_one_acts_as_declared(missing: str, third: str) -> None:
    """丙村 is last in 1, 3 and 4; February was not held: it breaks the row, or is skipped."""
    months = [
        (name, f"{at}月", at * 2 + bonus)
        for name, bonus in (("甲村", 40), ("乙村", 20), ("丙村", 0))
        for at in (1, 3, 4)
    ]
    text = HEAD + INSPECTED + STREAKS % missing
    tables = {"inspections": frame("evaluatee period points", *months), "periods": PERIODS}
    found = assess(Scheme.read(text), tables).assessed
    assert found is not None
    runs = found.follows.streaks
    assert runs["evaluatee"].tolist() == ["丙村"] * 3
    assert runs["consequence"].tolist() == ["通报批评", third, "问责"]
    assert found.follows.losing == ["丙村"]
    assert found.declared["missing"].tolist() == ["", "汛情停查", "", ""]


def test_awards_by_period_follow_its_places_by_class() -> None:
    """First place of each month +5,000; 丙村 is first in no month."""
    text = """
[awards]
rules = [ { end = "first", places = 1, consequence = "奖励", amounts = [5000] } ]
ties = "all"
both_ends = "neither"
[periods]
awards = "each"
"""
    found = assess(Scheme.read(HEAD + INSPECTED + text), {"inspections": VILLAGES})
    assert found.assessed is not None
    given = found.assessed.follows.awards
    assert given[["period", "evaluatee", "amount"]].to_numpy().tolist() == [
        ["1月", "乙村", 5000.0],
        ["2月", "乙村", 5000.0],
    ]
    assert not len(found.awards)


def test_only_the_kinds_of_periods_that_count_are_averaged() -> None:
    """Weeks of 100, months of 90 and 80: the mean of the months is 85."""
    rows = [(name, f"{at}周", 100) for name in ("甲村", "乙村", "丙村") for at in (1, 2)]
    rows += [(name, f"{at}月", 100 - 10 * at) for name in ("甲村", "乙村", "丙村") for at in (1, 2)]
    kinds = frame("period kind", ("1周", "周"), ("2周", "周"), ("1月", "月"), ("2月", "月"))
    text = INSPECTED + '[periods]\naverage = ["月"]\n'
    found = estimates(text, inspections=frame("evaluatee period points", *rows), periods=kinds)
    assert set(found.values()) == {85.0}


def test_a_veto_on_the_grade_caps_it_and_says_so() -> None:
    text = (
        INSPECTED.replace("score = 0", 'grade = "合格"')
        + """
[grading]
grades = [ { name = "优秀", at_least = 90 }, { name = "合格", at_least = 60 }, { name = "不合格" } ]
"""
    )
    scheme = Scheme.read(HEAD + text)
    assert scheme.grading_and_vetoes is not None
    assert [grade.capped_if for grade in scheme.grading_and_vetoes.grades] == [(), ("弄虚作假",), ()]


def test_scores_without_a_sampling_error_say_so() -> None:
    """乙村 is first; its score is no sample's, so nothing is said of chances."""
    text = """
[grading]
grades = [ { name = "优秀", at_least = 95 }, { name = "其他" } ]
[awards]
rules = [ { end = "first", places = 1, consequence = "通报表扬" } ]
ties = "all"
both_ends = "neither"
"""
    found = assess(Scheme.read(HEAD + INSPECTED + text), {"inspections": VILLAGES})
    assert found.grades["statement"].tolist() == [
        "其他（得分没有抽样误差）；离优秀差 5.00 分",
        "优秀（得分没有抽样误差）",
        "其他（得分没有抽样误差）；离优秀差 20.00 分",
    ]
    assert found.awards[["evaluatee", "statement"]].to_numpy().tolist() == [
        ["乙村", "通报表扬：得分没有抽样误差。"]
    ]


def test_points_that_come_after_the_ranking_leave_places_alone() -> None:
    """乙村 96, 甲村 90; ten points after the ranking make 甲村 100 and leave it second."""
    text = (
        'events = [ { kind = "per_case", event = "表扬", points = 10, when = "after" } ]\n' + HEAD + INSPECTED
    )
    events = frame("evaluatee event", ("甲村", "表扬"))
    found = assess(Scheme.read(text), {"inspections": VILLAGES, "events": events}).table
    assert found["estimate"].tolist() == [100.0, 96.0, 75.0]
    assert found["rank"].tolist() == [2, 1, 3]


def test_a_review_keeps_the_parts_and_what_comes_after_the_ranking() -> None:
    """甲村 is at 90 for its place and 100 with what comes after; 乙村 at 96 loses five: 91 is still first."""
    after = 'events = [ { kind = "per_case", event = "表扬", points = 10, when = "after" } ]\n'
    text = after + HEAD + INSPECTED.replace("weight = 1", "weight = 0.5")
    text += '[[parts]]\nname = "实绩"\nweight = 0.5\nsource = { kind = "figures", table = "work" }\n'
    work = frame("evaluatee score", ("甲村", 90), ("乙村", 96), ("丙村", 75))
    tables = {"inspections": VILLAGES, "work": work, "events": frame("evaluatee event", ("甲村", "表扬"))}
    found = reviewed(assess(Scheme.read(text), tables), [Change("乙村", -5.0, "复核", "创卫办")]).table
    assert found["estimate"].tolist() == [100.0, 91.0, 75.0]
    assert found["rank"].tolist() == [2, 1, 3]
    assert found["实绩"].tolist() == [90.0, 96.0, 75.0]


def test_what_the_score_counts_elsewhere_is_its_share_of_the_points() -> None:
    """90 of 100 are 5.4 of 6 points."""
    text = '[counts_into]\nname = "年度考核"\npoints = 6\n'
    found = assess(Scheme.read(HEAD + INSPECTED + text), {"inspections": VILLAGES}).assessed
    assert found is not None
    assert found.follows.counts["points"].tolist() == [5.4, 5.76, 4.5]


def test_what_counts_elsewhere_may_be_the_score_of_some_classes_alone() -> None:
    """Villages and grids are ranked both; 90 of 100 are 5.4 of 6 points, those of a grid count nowhere."""
    grids = '[[classes]]\nid = "grids"\nname = "网格"\nevaluatees = ["三01"]\n'
    into = '[counts_into]\nname = "年度考核"\npoints = 6\nclasses = ["villages"]\n'
    text = HEAD + grids + INSPECTED + into
    scheme = Scheme.read(text)
    found = assess(scheme, {"inspections": pd.concat([VILLAGES, year(三01=[99])])}).assessed
    assert found.follows.counts.to_numpy().tolist() == [["甲村", 5.4], ["乙村", 5.76], ["丙村", 4.5]]
    assert "计入年度考核（只有村）：满分计 6 分" in scheme.in_words()
    with pytest.raises(SchemeError, match="no class 'towns'; there are villages, grids"):
        Scheme.read(text.replace('classes = ["villages"]', 'classes = ["towns"]'))


# --- a round's tables ------------------------------------------------------------------------------------


@pytest.fixture
def village_round(tmp_path: Path) -> Round:
    own = '[tables.inspections]\ncolumns = { "村" = "evaluatee", "期次" = "period", "得分" = "points" }\n'
    scheme = tmp_path / "tiny.toml"
    scheme.write_text(HEAD + INSPECTED + own, encoding="utf8")
    return Round.create("r", scheme, tmp_path)


def sent(round: Round, name: str, text: str) -> Path:
    path = round.folder.parent / name
    path.write_text(text, encoding="utf8")
    return path


GOOD = "村,期次,得分\n甲村,1月,92\n乙村,1月,95\n丙村,1月,70\n"


def test_tables_are_kept_as_they_came_add_up_and_can_be_given_back(village_round: Round) -> None:
    one = sent(village_round, "一月.csv", GOOD)
    assert village_round.take("inspections", one) == 3
    assert village_round.take("inspections", one) == 0
    assert village_round.take("inspections", sent(village_round, "二月.csv", GOOD.replace("1月", "2月"))) == 3
    assert (village_round.folder / "tables" / "raw" / "001-一月.csv").read_bytes() == one.read_bytes()
    assert list(village_round.table("inspections")["period"]) == ["1月"] * 3 + ["2月"] * 3
    assert village_round.give_back("002-二月.csv", reason="重复", office="创卫办") == 3
    assert len(village_round.table("inspections")) == 3
    scores = village_round.score()
    assert scores.league("村")["score"].tolist() == [95.0, 92.0, 70.0]
    assert (village_round.folder / "results" / "parts.csv").is_file()
    assert "92.0000" in str(scores.explain("甲村"))


def test_a_round_of_tables_is_sealed_and_proven(village_round: Round) -> None:
    village_round.take("inspections", sent(village_round, "一月.csv", GOOD))
    village_round.score()
    village_round.change("甲村", 2.0, reason="复核", office="创卫办")
    village_round.seal(office="创卫办")
    assert list(round_differences(village_round)) == []
    assert village_round.score().table["score"].tolist() == [94.0, 95.0, 70.0]
    raw = village_round.folder / "tables" / "raw" / "001-一月.csv"
    raw.write_text(GOOD.replace("92", "91"), encoding="utf8")
    told = "\n".join(round_differences(village_round))
    assert "tables/raw/001-一月.csv: not the file that was taken in" in told
    assert "scores.csv: 甲村" in told


FAULTS: dict[str, Callable[[Round], object]] = {
    "table_unknown": lambda one: one.take("visits", sent(one, "a.csv", GOOD)),
    "no_table": lambda one: one.score(),
    "table_columns": lambda one: one.take("inspections", sent(one, "a.csv", "村,期次\n甲村,1月\n")),
    "table_empty": lambda one: one.take("inspections", sent(one, "a.csv", GOOD + "丙村,2月,\n")),
    "table_evaluatee": lambda one: one.take("inspections", sent(one, "a.csv", GOOD + "甲庄,2月,1\n")),
    "table_number": lambda one: one.take("inspections", sent(one, "a.csv", GOOD + "甲村,2月,优\n")),
    "event_unknown": lambda one: one.take("events", sent(one, "a.csv", "evaluatee,event\n甲村,表扬\n")),
    "event_period": lambda one: scored(one, events="evaluatee,event\n甲村,通报批评\n"),
    "period_twice": lambda one: scored(one, periods="period,kind\n1月,月\n1月,月\n"),
    "period_undeclared": lambda one: scored(one, periods="period,kind\n2月,月\n"),
    "period_not_held": lambda one: scored(one, periods="period,kind,missing\n1月,月,停\n"),
    "period_without_rows": lambda one: scored(one, periods="period,kind\n1月,月\n2月,月\n"),
    "no_score": lambda one: assess(
        Scheme.read('lacking_part = "leave_out"\n' + HEAD + INSPECTED), {"inspections": VILLAGES[:4]}
    ),
    "period_kind": lambda one: assess(
        Scheme.read(HEAD + INSPECTED + '[periods]\naverage = ["季"]\n'),
        {"inspections": VILLAGES, "periods": PERIODS[:1]},
    ),
    "no_survey_here": lambda one: one.collect(sent(one, "a.csv", GOOD)),
    "survey_alone": lambda one: one.stability(),
    "provisional_survey": lambda one: one.score(provisional=True),
}


def scored(one: Round, **tables: str) -> None:
    one.take("inspections", sent(one, "一月.csv", GOOD))
    for name, text in tables.items():
        one.take(name, sent(one, f"{name}.csv", text))
    one.score()


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_of_a_table_is_told_in_both_languages(rule: str, village_round: Round) -> None:
    with pytest.raises(RoundError) as caught:
        FAULTS[rule](village_round)
    assert rule in {one.rule for one in caught.value.faults}
    assert str(caught.value) != caught.value.chinese


def test_all_faults_of_a_table_come_at_once_with_the_rows_of_the_file(village_round: Round) -> None:
    bad = "村,期次,得分\n甲村,1月,92\n甲庄,1月,x\n丙村,1月,\n"
    with pytest.raises(RoundError) as caught:
        village_round.take("inspections", sent(village_round, "a.csv", bad))
    told = str(caught.value)
    assert "row 3: '甲庄'" in told and "row 3: points" in told and "row 4: points is empty" in told
    assert not village_round.steps("take")


TWICE = 'events = [ { kind = "per_case", event = "通报批评", points = -1 } ]\n'
SCHEME_FAULTS = {
    "survey_parts": None,  # see test_published
    "no_survey": HEAD + INSPECTED.replace('"inspections", error = "none"', '"survey"'),
    "events_of_nothing": None,
    "event_counted_twice": 'events = [ { kind = "per_case", event = "通报批评", points = -1 } ]\n'
    + HEAD
    + INSPECTED,
    "reserved": HEAD + INSPECTED.replace('"督查"', '"score"'),
    "rule": HEAD + INSPECTED.replace("weight = 1", "weight = 0.5"),
    "positive": HEAD + INSPECTED.replace('error = "none"', "average = { at_least = 0 }"),
}


@pytest.mark.parametrize("rule", [rule for rule, text in SCHEME_FAULTS.items() if text])
def test_a_fault_of_parts_is_told_with_its_path(rule: str) -> None:
    text = SCHEME_FAULTS[rule]
    assert text is not None
    with pytest.raises(SchemeError) as caught:
        Scheme.read(text)
    assert rule in {one.rule for one in caught.value.faults}


def test_several_inspections_of_one_period_are_averaged_within_it():
    """By hand: 甲村's 3月 is (90 + 80) / 2 = 85, with 4月's 95 a mean of 90, not (90 + 80 + 95) / 3."""
    table = frame(
        "evaluatee period occasion points",
        *[("甲村", "3月", "一", 90), ("甲村", "3月", "二", 80), ("甲村", "4月", "一", 95)],
        *[("乙村", "3月", "一", 70), ("乙村", "4月", "一", 80), ("丙村", "4月", "一", 60)],
        ("丙村", "3月", "二", 50),
    )
    scores = assess(Scheme.read(HEAD + INSPECTED), {"inspections": table})
    assert scores.table.set_index("evaluatee")["score"].to_dict() == {"甲村": 90, "乙村": 75, "丙村": 55}
    detail = scores.assessed.detail.set_index(["evaluatee", "period"])["base"]
    assert detail["甲村", "3月"] == 85
    again = table.assign(occasion=["一"] * 4 + ["二"] * 3)
    with pytest.raises(AnswerError, match="甲村 / 0"):
        assess(Scheme.read(HEAD + INSPECTED), {"inspections": again})


def test_an_inspection_without_its_occasion_is_named():
    table = frame("evaluatee period occasion points", ("甲村", "3月", None, 90))
    faults = [one.english for one in table_faults(Scheme.read(HEAD + INSPECTED), "inspections", table)]
    assert len(faults) == 1 and "occasion" in faults[0]


def test_kinds_that_count_need_the_table_that_tells_them():
    scheme = Scheme.read(HEAD + INSPECTED + '[periods]\naverage = ["月"]\n')
    with pytest.raises(RoundError, match="'periods' is not there"):
        assess(scheme, {"inspections": VILLAGES})
