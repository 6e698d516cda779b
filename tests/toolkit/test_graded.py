"""Grades, awards and penalties of a round: from the scheme's rules to the report, with how sure they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from scoring import AtPlaces, Awards, Grade, Grading, TopPlaces, TopShare
from toolkit import Round, Scheme, Scores
from toolkit.errors import RoundError, SchemeError
from toolkit.files import write_table
from toolkit.report.facts import round_facts
from toolkit.report.page import render
from toolkit.report.workbook import CHANCE, workbook

SMALL = Path(__file__).parents[1] / "scenarios" / "small.toml"
GRADES = Grading(
    (
        Grade("优秀", at_least=75, gate=TopPlaces(1), requires=("通过验收",)),
        Grade("良好", at_least=75),
        Grade("其他", capped_if=("一票否决",)),
    )
)
AWARDS = Awards(
    (AtPlaces("first", 1, "通报表扬", (5000,)), AtPlaces("last", 1, "通报批评", ("unstated",))),
    ties="all",
    both_ends="neither",
)


def graded(one: Round, conditions: pd.DataFrame | None = None, grading: Grading = GRADES) -> Round:
    scheme = replace(one.scheme, grading=grading, awards=AWARDS)
    if conditions is not None:
        conditions.to_csv(one.folder / "conditions.csv", index=False)
    return replace(one, scheme=scheme)


def said(scheme: Scheme, passed: tuple[str, ...] = (), vetoed: tuple[str, ...] = ()) -> pd.DataFrame:
    rows = [
        (name, "是" if name in passed else "否", " 是" if name in vetoed else "否")
        for name in scheme.evaluatees
    ]
    return pd.DataFrame(rows, columns=["evaluatee", "通过验收", "一票否决"])


def best_of(scores: Scores) -> dict[str, str]:
    first = scores.table[scores.table["rank"] == 1]
    return dict(zip(first["class"], first["evaluatee"], strict=True))


def test_grades_follow_scores_places_and_conditions(played: Round) -> None:
    scores = played.score()
    best, table = best_of(scores), scores.table.set_index("evaluatee")
    line = float(table["score"].sort_values().iloc[-3])  # three reach it
    plan = replace(
        GRADES, grades=tuple(replace(g, at_least=line) if g.at_least else g for g in GRADES.grades)
    )
    found = (
        graded(played, said(played.scheme, tuple(table.index)), plan).score().grades.set_index("evaluatee")
    )
    for name, score in table["score"].items():
        due = "其他" if score < line else "优秀" if name in best.values() else "良好"
        assert found.loc[name, "grade"] == due
    good = next(name for name in best.values() if table.loc[name, "score"] >= line)
    vetoed = graded(played, said(played.scheme, (good,), (good,)), plan).score()
    own = vetoed.grades.set_index("evaluatee").loc[good]
    assert (own["grade"], own["conditions"]) == ("其他", "一票否决")
    assert "因“一票否决”不得评为良好" in own["statement"]
    assert vetoed.explain(good).steps.set_index("step").loc["grade", "working"] == own["statement"]
    failed = graded(played, said(played.scheme), plan).score().grades.set_index("evaluatee")
    assert (
        failed.loc[good, "grade"] == "良好"
        and "优秀要求“通过验收”，尚未满足" in failed.loc[good, "statement"]
    )


def test_chances_add_up_and_a_small_class_says_that_its_prior_is_flat(played: Round) -> None:
    plain = Grading((Grade("优秀", 76, gate=TopShare(0.4, "ceil")), Grade("其他")))
    found = graded(played, grading=plain).score().grades
    assert found[["chance: 优秀", "chance: 其他"]].sum(axis=1).to_numpy() == pytest.approx(1.0)
    own = [line[f"chance: {line['grade']}"] for line in found.to_dict("records")]
    assert found["chance"].tolist() == own
    small = found["class"].map(found["class"].value_counts()) < 3
    assert small.any() and not small.all()
    assert found["prior"].tolist() == ["flat prior, uncalibrated" if one else "class prior" for one in small]
    assert found["statement"].str.contains("平先验，未校准").tolist() == small.tolist()


@pytest.mark.parametrize(("prior", "said_so"), [("class prior", "正态分布"), ("flat", "平先验")])
def test_page_and_workbook_name_the_prior_that_was_used(played: Round, prior: str, said_so: str) -> None:
    one = graded(played, said(played.scheme))
    scores = one.score()
    scores.grades["prior"] = prior
    note = next(text for text in ("大致呈正态分布", "用平先验") if said_so in text)
    page = render(scores, round_facts(one), made=True)
    assert note in page and ("大致呈正态分布" in page) == (prior == "class prior")
    sheet = openpyxl.load_workbook(BytesIO(workbook(scores, round_facts(one), made=True)))["等级"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert any(note in str(cell.value) for cell in cells)
    assert {cell.number_format for cell in cells if cell.value in (0, 1) and cell.column > 5} == {CHANCE}
    columns = {cell.value: cell.column - 1 for cell in cells}
    rows = [[cell.value for cell in row] for row in sheet.iter_rows() if isinstance(row[1].value, int)]
    assert [row[1] for row in rows] == [1, 2, 3, 1, 2] and columns["名次"] == 1


def test_awards_go_by_place_and_name_who_cannot_be_told_apart(played: Round) -> None:
    scores = graded(played, said(played.scheme)).score()
    found = scores.awards
    listed = found[found["listed"]]
    best = best_of(scores)
    first = listed[listed["consequence"] == "通报表扬"]
    assert dict(zip(first["class"], first["evaluatee"], strict=True)) == best
    assert first["shown"].tolist() == ["+5,000"] * len(best)
    last = listed[listed["consequence"] == "通报批评"]
    assert (last["shown"] == "金额原文未载").all()
    table = scores.table.set_index("evaluatee")
    for line in found[~found["listed"]].to_dict("records"):
        assert line["statement"].startswith("不在") and "难分高下" in line["statement"]
        assert table.loc[line["evaluatee"], "rank_low"] < table.loc[line["evaluatee"], "rank_high"]


def test_the_report_and_the_workbook_show_both(played: Round) -> None:
    one = graded(played, said(played.scheme, passed=tuple(played.scheme.evaluatees)))
    scores = one.score()
    for name in ("grades", "awards", "conditions"):
        assert (one.folder / "results" / f"{name}.csv").is_file()
    text = render(scores, round_facts(one), made=True)
    for each in one.scheme.classes:
        assert f"{each.name}：等级" in text
    assert "奖惩：名次在内的单位" in text and "优秀：得分不低于 75；名次在前 1 名；须“通过验收”" in text
    book = openpyxl.load_workbook(BytesIO(workbook(scores, round_facts(one), made=True)))
    for sheet, column, due in (
        ("等级", "等级", scores.grades["grade"]),
        ("奖惩", "奖惩", scores.awards["consequence"]),
    ):
        rows = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
        head = next(row for row in rows if column in row)
        at = head.index(column)
        shown = [row[at] for row in rows[rows.index(head) + 1 :]][: len(due)]
        assert sorted(one or "" for one in shown) == sorted(due)


def test_a_graded_round_is_proven_until_a_condition_changes(played: Round) -> None:
    names = tuple(played.scheme.evaluatees)
    plan = replace(GRADES, grades=tuple(replace(g, at_least=g.at_least and 1.0) for g in GRADES.grades))
    one = graded(played, said(played.scheme, names), plan)
    scores = one.score()
    assert scores.grades["next_grade"].isna().any() and len(scores.awards)  # empty cells, true and false
    assert one.verify() == []
    one.seal(office="县委")
    assert one.verify() == []
    found = graded(one, said(played.scheme, names[1:]), plan).verify()
    assert (
        f"results/conditions.csv: {names[0]}, 通过验收: True is written, scoring again gives False" in found
    )
    assert "conditions.csv: not the file that was sealed" in found


def test_a_scheme_without_them_shows_nothing(played: Round) -> None:
    scores = played.score()
    assert scores.grades.empty and scores.awards.empty and played.scheme.grading is None
    assert "等级" not in render(scores, round_facts(played), made=True).split('id="method"')[0]


def test_a_provisional_result_waits_for_conditions(played: Round) -> None:
    scores = graded(played).score(provisional=True)
    assert scores.grades.empty and "等级：外部条件（conditions.csv）还没有填报" in scores.left_out
    with pytest.raises(
        RoundError, match="write conditions.csv in the round's folder, with the columns"
    ) as caught:
        graded(played).score()
    assert "evaluatee, 通过验收, 一票否决；现有 —" in caught.value.chinese


def test_a_provisional_result_says_nothing_of_a_class_that_is_not_all_there(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    few = sheets[(sheets["group"] != "staff") | (sheets["evaluatee"] != "县公安局")]
    write_table(tmp_path / "a.csv", few)
    drawn.collect(tmp_path / "a.csv")
    scores = graded(drawn, said(drawn.scheme)).score(provisional=True)
    assert set(scores.table["class"]) == {"departments", "services"}
    assert set(scores.grades["class"]) == set(scores.awards["class"]) == {"services"}
    assert scores.left_out[-1] == "部门类：还有单位没有得分，暂不评等级和奖惩"


WRONG: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str, str]] = {
    "condition": (
        lambda table: table.assign(通过验收=["", *table["通过验收"][1:]]),
        "row 2: '通过验收' of '{first}' must be 是 or 否; it is ''",
        "第 2 行：'{first}' 的 '通过验收' 须填 是 或 否，现为 ''",
    ),
    "condition_rows": (
        lambda table: table.iloc[1:],
        "each evaluatee needs one row; {first} have none or several",
        "每个被评单位应有一行；没有或多于一行的有 {first}",
    ),
    "no_evaluatee": (
        lambda table: pd.concat([table, table.iloc[:1].assign(evaluatee="无此单位")]),
        "'无此单位' is no evaluatee of this scheme",
        "本方案没有被评单位 '无此单位'",
    ),
    "conditions_file": (
        lambda table: table.drop(columns="一票否决"),
        "with the columns evaluatee, 通过验收, 一票否决; it has evaluatee, 通过验收",
        "列为 evaluatee, 通过验收, 一票否决；现有 evaluatee, 通过验收",
    ),
}


@pytest.mark.parametrize("rule", WRONG)
def test_conditions_that_are_wrong_are_named(played: Round, rule: str) -> None:
    spoil, english, chinese = WRONG[rule]
    one = graded(played, spoil(said(played.scheme)))
    with pytest.raises(RoundError) as caught:
        one.score()
    first = played.scheme.evaluatees[0]
    assert english.format(first=first) in str(caught.value)
    assert chinese.format(first=first) in caught.value.chinese
    assert [each.rule for each in caught.value.faults] == [rule]


def test_two_files_of_conditions_are_refused(played: Round) -> None:
    one = graded(played, said(played.scheme))
    said(played.scheme).to_excel(one.folder / "conditions.xlsx", index=False)
    with pytest.raises(RoundError, match="conditions.csv, conditions.xlsx both stand") as caught:
        one.score()
    assert "请只留一份" in caught.value.chinese
    assert [each.rule for each in caught.value.faults] == ["conditions_twice"]


RULES = """
[[grading.grades]]
name = "优秀"
at_least = 85
gate = { kind = "top_places", places = 1 }

[[grading.grades]]
name = "其他"

[awards]
ties = "all"
both_ends = "first"
rules = [{ end = "first", places = 1, consequence = "奖励", amounts = [5000] }]
"""


@pytest.mark.parametrize(
    ("old", "new", "path", "english"),
    [
        ('kind = "top_places", ', "", "grading.grades[0].gate.kind", "must be one of top_places, top_share"),
        ('name = "其他"', 'name = "其他"\nat_least = 3', "grading", "the last grade, '其他', takes all"),
        ("places = 1, cons", "places = 0, cons", "awards", "must be a whole number of at least 1; it is 0"),
        ("[5000]", '["many"]', "awards.rules[0].amounts[0]", "must be a number; it is 'many'"),
    ],
)
def test_wrong_rules_are_named_with_their_path(old: str, new: str, path: str, english: str) -> None:
    text = SMALL.read_text(encoding="utf8")
    scheme = Scheme.read(text + RULES)
    assert scheme.grading is not None and scheme.awards is not None
    with pytest.raises(SchemeError) as caught:
        Scheme.read(text + RULES.replace(old, new))
    found: list[Any] = [each for each in caught.value.faults if each.path == path]
    assert any(english in each.english for each in found)


LADDER = """
[[streaks]]
end = "last"
places = 1
missing = "skip"
within = "year"
after_last = "restart"
steps = [{ times = 2, consequence = "约谈" }, { times = 3, consequence = "问责", counting = "cumulative" }]
"""


@pytest.mark.parametrize(
    ("old", "new", "path", "english"),
    [
        (
            "places = 1",
            "places = 3",
            "streaks[0].places",
            "must be from 1 to the 2 units of the smallest class; it is 3",
        ),
        ("times = 3", "times = 2", "streaks[0]", "they are [2, 2]"),
        (
            '"skip"',
            '"pause"',
            "streaks[0].missing",
            "must be one of 'break', 'skip' or 'count'; it is 'pause'",
        ),
        ("after_last", "after_lst", "streaks[0].after_lst", "'after_last' may be meant"),
    ],
)
def test_a_wrong_rule_of_streaks_is_named_with_its_path(old: str, new: str, path: str, english: str) -> None:
    text = SMALL.read_text(encoding="utf8")
    assert len(Scheme.read(text + LADDER).streaks) == 1
    with pytest.raises(SchemeError) as caught:
        Scheme.read(text + LADDER.replace(old, new))
    assert any(english in each.english for each in caught.value.faults if each.path == path)


def test_a_rule_of_streaks_is_told_in_both_languages() -> None:
    scheme = Scheme.read(SMALL.read_text(encoding="utf8") + LADDER)
    assert (
        "各类后 1 名\n  连续 2 次：约谈\n  累计 3 次：问责\n"
        "  没有名次或不可比的一轮跳过不计；每年重新计数；达到最后一档后重新计数" in scheme.in_words("zh")
    )
    assert (
        "the last 1 of each class\n  2 in a row: 约谈\n  3 in all: 问责\n"
        "  a round without a place, or not comparable, is skipped; "
        "counted anew each year; after the last step counting starts anew" in scheme.in_words("en")
    )


def test_amounts_are_told_to_the_last_digit() -> None:
    rule = Awards((AtPlaces("first", 2, "奖励", (1234567, 12345.67)),), ties="all", both_ends="neither")
    scheme = replace(Scheme.load(str(SMALL)), awards=rule)
    assert "前 2 名：奖励（由前起依次 +1,234,567、+12,345.67）" in scheme.in_words("zh")
    assert "the first 2: 奖励 (+1,234,567, +12,345.67)" in scheme.in_words("en")


def test_rules_are_told_in_both_languages() -> None:
    share = Grade("先进", 75, "out", TopShare(0.3, "floor"))
    plan = Grading((share, Grade("其他", capped_if=("一票否决",))), ties="dense", places_among="eligible")
    two = Awards((AtPlaces("last", 2, "处罚", (-5000, "unstated")),), ties="share", both_ends="last")
    scheme = replace(Scheme.load(str(SMALL)), grading=plan, awards=two)
    chinese, english = scheme.in_words("zh"), scheme.in_words("en")
    assert "名次只在符合分数和条件的单位中计，并列的只占一个名次\n" in chinese
    assert "  先进：得分高于 75；名次在本类前 30%（舍去小数）\n" in chinese
    assert "  其他：有“一票否决”的至多评为本等" in chinese
    assert (
        "并列的平分，同时在前后两端的只算后端\n  后 2 名：处罚（由后起依次 -5,000、金额原文未载）" in chinese
    )
    assert "  先进: a score above 75; in the best 30% of the class (rounded down)" in english
    assert (
        "who ties shares, who is at both ends counts at the last\n  the last 2: 处罚 (-5,000, 金额原文未载)"
        in english
    )
