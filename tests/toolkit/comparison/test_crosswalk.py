"""The crosswalk file: what it says, and everything that is wrong with it at once.

Oracles: the rows as they are written, and the rules of the module's table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling import Census
from scoring.points.inspections import Average
from scoring.scale import Scale
from tests.toolkit.comparison.made import SMALL, Panel, compared, crosswalk, year_of_panels
from toolkit import Crosswalk, Round, RoundError, compare, compare_years, streaks
from toolkit.comparison.average import averaged
from toolkit.comparison.basis import Material
from toolkit.comparison.draft import draft
from toolkit.comparison.errors import TEMPLATES
from toolkit.comparison.linking import Side
from toolkit.comparison.order import Missing, missing_rounds, ordered
from toolkit.files import write_table
from toolkit.scores import Drawn, score

U = "单位"


def rules_of(caught: pytest.ExceptionInfo[RoundError]) -> list[str]:
    return [one.rule for one in caught.value.faults]


def test_rows_hold_in_their_years_and_names_may_be_english_or_chinese(tmp_path: Path) -> None:
    rows = [
        [U, "D1", "旧局", "", "2012", ""],
        [U, "D1", "新局", "2013", "", ""],
        ["对象", "G", "users", "", "", "同批"],
    ]
    table = pd.DataFrame(rows, columns=["项目", "代码", "名称", "自", "至", "规则"])
    write_table(tmp_path / "对照.csv", table)
    table.to_excel(tmp_path / "对照.xlsx", index=False)
    english = table.replace({"单位": "evaluatee", "对象": "group", "同批": "same_towns"})
    write_table(
        tmp_path / "walk.csv", english.set_axis(["what", "code", "name", "from", "to", "rule"], axis=1)
    )
    for name in ("对照.csv", "对照.xlsx", "walk.csv"):
        found = Crosswalk.load(tmp_path / name)
        for year, held in ((2011, "旧局"), (2012, "旧局"), (2013, "新局"), (2014, "新局")):
            assert [one.name for one in found.at("evaluatee", year)["D1"]] == [held]
        assert found.at("group", 2012)["G"][0].rules == {"same_towns"}


FAULTS: list[tuple[str, list[Sequence[Any]], str]] = [
    ("what", [("机构", "D1", "甲局")], "row 2: '机构' is none of 单位|evaluatee|指标|indicator"),
    ("empty", [(U, "", "甲局")], "row 2: code is empty"),
    ("empty", [(U, "D1", "")], "row 2: name is empty"),
    ("year", [(U, "D1", "甲局", "12年")], "row 2: from must be a year such as 2013 or empty; it is '12年'"),
    ("years_fall", [(U, "D1", "甲局", 2014, 2012)], "row 2: it begins in 2014, after it ends in 2012"),
    ("rule", [(U, "D1", "甲局", "", "", "线性")], "row 2: 'linear' is no rule for evaluatee"),
    ("share", [(U, "D1", "甲局", "", "", "按份额")], "with the rule shares and only then; it is ''"),
    ("share", [(U, "D1", "甲局", "", "", "", 600)], "only then; it is '600'"),
    ("share", [(U, "D1", "甲局", "", "", "按份额", -1)], "it is '-1'"),
    ("same_twice", [(U, "D1", "甲局", "", 2013), (U, "D1", "甲局", 2013)], "has '甲局' twice in 2013"),
    ("merge_rule", [(U, "D1", "甲局", "", 2013), (U, "D1", "乙局", 2013)], "both '甲局' and '乙局' in 2013"),
    (
        "merge_rule",
        [(U, "D1", "甲局", "", "", "按份额", 1), (U, "D1", "乙局", "", "", "按答卷")],
        "code 'D1' has both '甲局' and '乙局' in every year",
    ),
    ("merge_rule", [("指标", "Q", "态度"), ("指标", "Q", "效率")], "code 'Q' has both"),
    ("split_rule", [(U, "D1", "甲局"), (U, "D2", "甲局")], "'甲局' has both codes 'D1' and 'D2'"),
    ("split_rule", [(U, "D1", "甲局", "", "", "沿用"), (U, "D2", "甲局")], "'甲局' has both codes"),
    ("split_rule", [("指标", "Q", "态度"), ("指标", "R", "态度")], "'态度' has both codes 'Q' and 'R'"),
]


@pytest.mark.parametrize(("rule", "rows", "told"), FAULTS)
def test_a_fault_names_its_row(rule: str, rows: list[Sequence[Any]], told: str) -> None:
    with pytest.raises(RoundError) as caught:
        crosswalk(*rows)
    assert rules_of(caught) == [rule]
    assert all(part in str(caught.value) for part in told.split("|"))
    assert re.search("第 2 行", caught.value.chinese)


def test_all_faults_are_told_at_once_and_years_that_do_not_overlap_are_none() -> None:
    with pytest.raises(RoundError) as caught:
        crosswalk(*(row for _, rows, _ in FAULTS[:7] for row in rows))
    assert rules_of(caught) == ["what", "empty", "empty", "year", "years_fall", "rule", "share"]
    crosswalk((U, "D1", "甲局", "", 2012), (U, "D1", "乙局", 2013))
    crosswalk((U, "D1", "甲局", "", 2012), (U, "D2", "甲局", 2013))
    crosswalk((U, "D1", "甲局", "", "", "不可比"), (U, "D2", "甲局", "", "", "沿用、换类"))


def test_a_file_without_its_columns_says_which() -> None:
    with pytest.raises(RoundError, match="lacks the columns 代码 code, 名称 name"):
        Crosswalk.read(pd.DataFrame({"项目": [U]}), "对照.csv")


def test_names_that_a_round_lacks_and_years_that_rows_leave_out_are_told_together() -> None:
    walk = crosswalk((U, "D1", "县教育居"), (U, "D2", "县公安局", "", 2011), ("指标", "Q", "依法旅职"))
    with pytest.raises(RoundError) as caught:
        Side.of(SMALL, walk, 2012)
    assert rules_of(caught) == ["unknown_name", "not_covered", "unknown_name"]
    text = str(caught.value)
    assert "row 2: there is no evaluatee '县教育居' in 2012; the nearest names are 县教育局" in text
    assert "evaluatee '县公安局' is in the round of 2012, and its rows leave that year out" in text
    Side.of(SMALL, crosswalk((U, "D1", "县教育居", "", 2011)), 2012)  # of another year: not looked at


def test_groups_and_classes_go_by_id_or_name() -> None:
    side = Side.of(SMALL, crosswalk(("对象", "G1", "服务对象"), ("类别", "K1", "services")), 2012)
    assert list(side.groups) == ["G1", "staff", "delegates", "inspectors"]
    assert side.groups["G1"].id == "users" and side.classes == {
        "departments": "departments",
        "services": "K1",
    }


def test_a_draft_can_be_read_and_leaves_open_what_one_year_alone_has() -> None:
    classes = (
        replace(SMALL.classes[0], evaluatees=("县教育局", "县公安局", "县文化局")),
        replace(SMALL.classes[1], indicators=("办事效率", "服务水平")),
    )
    table = draft(SMALL, replace(SMALL, classes=classes), (2012, 2013))
    walk = Crosswalk.read(table)
    open_rows = table[(table["自"] != "") | (table["至"] != "")]
    assert open_rows[["名称", "自", "至"]].to_numpy().tolist() == [
        ["服务水平", "2013", ""],
        ["服务质量", "", "2012"],
        ["县文化局", "2013", ""],
        ["县图书馆", "", "2012"],
    ]
    assert table["代码"].is_unique and len(walk.at("evaluatee", 2012)) == len(walk.at("evaluatee", 2013)) == 5
    assert all(one.note == "" for one in walk.entries)  # what is to be done is not taken for a reason


# --- every message ------------------------------------------------------------------------------------------

RATINGS = np.full((4, 1, 1), 7.0) + np.arange(4)[:, None, None] % 2


def one_year(id: str = "panel", members: str = "abcd") -> Material:
    return year_of_panels({"类": (("甲局",), ("态度",))}, Panel(RATINGS, id=id, members=[*members]))


def with_roles(made: Material, **roles: Any) -> Material:
    each = made.drawn["panel"]
    units = each.units.assign(town=[*"ABAB"], p=0.5)
    return replace(made, drawn={"panel": Drawn(units, {**each.roles, **roles})})


def towns(then: Material, now: Material) -> None:
    compared(then, now, ("对象", "panel", "panel", "", "", "同批"))


def _absent(*cells: str) -> pd.DataFrame:
    return pd.DataFrame([cells], columns=["轮次", "年份", "原因", "单位"])


def _order(names: list[str], every: Any, missing: list[tuple[str, int]], _: Round) -> None:
    absent = [Missing(name, year, "机构改革", "县考核办") for name, year in missing]
    ordered(names, [[one] for one in names], absent, every)


ORDERS: dict[str, tuple[list[str], Any, list[tuple[str, int]]]] = {
    "no_period": (["2013-01", "2013"], "month", []),
    "round_gap": (["2013-01", "2013-04"], "month", [("2013年2月", 2013)]),
    "missing_period": (["2013-01", "2013-03"], "month", [("二月", 2013)]),
    "missing_held": (["2013-W01", "2013-W02"], "week", [("2013年第2周", 2013)]),
}


def _mean(given: dict[str, Any], row: Sequence[Any], one: Round) -> None:
    """Average two years of which the first has something changed."""
    years = [one_year(), one_year()]
    years[0] = replace(years[0], scheme=replace(years[0].scheme, **given.get("scheme", {})))
    scores = [score(one.scheme, one.drawn, one.answers) for one in years]
    slots = ordered(["2012", "2013"], [["2012"], ["2013"]])
    more = {key: value for key, value in given.items() if key != "scheme"}
    averaged(slots, scores, years, crosswalk(row), **more)


ALIKE = ("对象", "panel", "panel", "", "", "同一名单")
MEANS: dict[str, tuple[dict[str, Any], Sequence[Any]]] = {
    "few_averaged": ({"rule": Average(3)}, ALIKE),
    "round_weights": ({"weights": [1.0]}, ALIKE),
    "full_marks": ({"scheme": {"full_mark": 10.0}}, ALIKE),
    "shared_scales": ({"scheme": {"scale": Scale(0, 11)}}, ALIKE),
}
TWO_STAGES = {"stratum": [None, None], "psu": ["town", "person"], "population": [None, None]}
CASES: dict[str, Callable[[Round], object]] = {
    "columns": lambda _: Crosswalk.read(pd.DataFrame({"项目": [U]})),
    "unknown_name": lambda _: Side.of(SMALL, crosswalk((U, "D1", "县教育居")), 2012),
    "not_covered": lambda _: Side.of(SMALL, crosswalk((U, "D1", "县教育局", 2013)), 2012),
    "no_year": lambda one: compare_years(one, one),
    "years_order": lambda one: compare_years(one, one, years=(2013, 2013)),
    "few_rounds": lambda one: streaks([one]),
    "no_streak_rule": lambda one: streaks([one, one], years=(2012, 2013)),
    **{rule: partial(_order, *given) for rule, given in ORDERS.items()},
    "missing_columns": lambda _: missing_rounds(pd.DataFrame({"轮次": ["2012"]})),
    "missing_empty": lambda _: missing_rounds(_absent("2012", "2012", " ", "县考核办")),
    "missing_year": lambda _: missing_rounds(_absent("2012", "去年", "机构改革", "县考核办")),
    "years_number": lambda one: streaks([one, one], years=(2012,)),
    **{rule: partial(_mean, *given) for rule, given in MEANS.items()},
    "no_common_group": lambda _: compared(one_year("old"), one_year("new")),
    "all_the_same": lambda _: compared(one_year(), one_year()),
    "not_one_list": lambda _: compared(
        with_roles(one_year(), **TWO_STAGES), one_year(), ("对象", "panel", "panel", "", "", "同一名单")
    ),
    "not_same_towns": lambda _: towns(one_year(), one_year()),
    "few_schemes": lambda one: compare(one, []),
    "other_key": lambda one: compare(one, replace(one.scheme, groups=one.scheme.groups[:3])),
    "not_collected": lambda one: compare(
        one,
        replace(
            one.scheme, classes=(replace(one.scheme.classes[0], indicators=("满意",)), one.scheme.classes[1])
        ),
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_what_cannot_be_compared_is_told_in_both_languages(rule: str, drawn: Round) -> None:
    with pytest.raises(RoundError) as caught:
        CASES[rule](drawn)
    assert rule in rules_of(caught)
    assert str(caught.value) != caught.value.chinese


def test_every_template_is_raised() -> None:
    assert {rule for rule, *_ in FAULTS} | set(CASES) == set(TEMPLATES)


@pytest.mark.parametrize("rule", TEMPLATES)
def test_both_languages_tell_the_same_facts(rule: str) -> None:
    english, chinese = (
        {name.removesuffix("_zh") for _, name, *_ in Formatter().parse(text) if name}
        for text in TEMPLATES[rule]
    )
    assert english == chinese
    assert re.search("[\u4e00-\u9fff]", TEMPLATES[rule][1])
    assert not re.search("[\u4e00-\u9fff]", TEMPLATES[rule][0])


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ({}, TWO_STAGES, "one round has no several stages"),
        (TWO_STAGES, {**TWO_STAGES, "psu": ["person", "town"]}, "of one round alone: A, B, a"),
        (TWO_STAGES, {**TWO_STAGES, "prob": ["p", None]}, "their probabilities differ"),
        (TWO_STAGES, {"stratum": [None] * 3, "psu": ["town", "w", "person"]}, "the numbers of stages differ"),
    ],
)
def test_samples_in_the_same_towns_are_held_to_it(
    then: dict[str, Any], now: dict[str, Any], told: str
) -> None:
    old, new = (with_roles(one_year(), **some) if some else one_year() for some in (then, now))
    with pytest.raises(RoundError, match=told):
        towns(old, new)


def test_the_same_census_is_no_sign_of_a_shared_sample_and_one_drawn_apart_may_be_said() -> None:
    made = one_year()
    group = replace(made.scheme.groups[0], population="finite")
    draws = (replace(group.draws[0], design=Census()),)
    census = replace(made, scheme=replace(made.scheme, groups=(replace(group, draws=draws),)))
    census.drawn["panel"].units["N"] = 4.0
    assert compared(census, census).table["comparable"].all()
    assert (
        compared(one_year(), one_year(), ("对象", "panel", "panel", "", "", "各抽")).table["comparable"].all()
    )
