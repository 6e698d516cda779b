"""What rests on few people is not shown, nor follows from what is; totals keep it. Answers are made up."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from scoring import SmallGroups
from toolkit import Round, Scheme, SchemeError, Scores
from toolkit.files import write_table
from toolkit.report.facts import round_facts
from toolkit.report.method import method_steps
from toolkit.report.page import render
from toolkit.report.stability import write_stability
from toolkit.report.tables import group_counts, group_responses, reserves_told
from toolkit.report.terminal import league_lines
from toolkit.report.workbook import workbook
from toolkit.small_groups import hidden_cells, hidden_rows, hides_swap

FEW = "县图书馆"  # two of its staff answer
GROUPS = ["users", "staff", "delegates", "inspectors"]


def with_rule(scores: Scores, least: int = 5) -> Scores:
    return replace(scores, scheme=replace(scores.scheme, small_groups=SmallGroups(least)))


@pytest.fixture(scope="module")
def few_round(
    drawn_folder: Path, all_sheets: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Round:
    """The small round, in which two of the staff of one evaluatee answer: never to be changed."""
    import shutil

    folder = tmp_path_factory.mktemp("few")
    one = Round.open(shutil.copytree(drawn_folder, folder / "round"))
    staff = (all_sheets["group"] == "staff") & (all_sheets["evaluatee"] == FEW)
    lost = staff & (staff.cumsum() > 2)
    write_table(folder / "answers.csv", all_sheets[~lost])
    one.collect(folder / "answers.csv")
    return one


@pytest.fixture(scope="module")
def whole(few_round: Round) -> Scores:
    """Its scores without the rule."""
    return few_round.scores(few_round.admitted(), False)


@pytest.fixture(scope="module")
def scores(whole: Scores) -> Scores:
    return with_rule(whole)


def sheets_of_book(scores: Scores, few_round: Round) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook(scores, round_facts(few_round), True)))
    return {page.title: list(page.values) for page in book}


# --- what is hidden --------------------------------------------------------------------------------------


def test_two_people_are_hidden_and_the_smallest_other_group_with_them(scores: Scores) -> None:
    hidden = scores.hidden.groups
    assert hidden.loc[FEW].to_dict() == dict(zip(GROUPS, [False, True, False, True], strict=True))
    assert not hidden.drop(FEW).to_numpy().any()


def test_the_error_of_a_census_hides_no_other_error(scores: Scores) -> None:
    # The inspectors answered in full, so their error is 0: the users' or delegates' goes with the staff's.
    errors, se = scores.hidden.errors.loc[FEW], scores.groups.set_index(["group", "evaluatee"])["se"]
    assert se["inspectors", FEW] < 1e-12 < se["staff", FEW]
    assert errors.sum() == 3
    assert errors["staff"] and errors["inspectors"]
    assert (~errors & ~scores.hidden.groups.loc[FEW]).sum() == 1
    shown = scores.shown.groups.set_index(["group", "evaluatee"])
    alone = next(one for one in GROUPS if errors[one] and not scores.hidden.groups.loc[FEW, one])
    assert np.isnan(shown.loc[(alone, FEW), "se"])
    assert np.isfinite(shown.loc[(alone, FEW), "estimate"])


def test_what_is_shown_leaves_hidden_scores_undetermined(scores: Scores) -> None:
    """Other scores of the hidden groups, with other indicators, give everything that is shown."""
    weights = np.array([group.weight for group in scores.scheme.groups])
    shown = scores.shown.groups.pivot(index="evaluatee", columns="group", values="estimate")[GROUPS]
    true = scores.groups.pivot(index="evaluatee", columns="group", values="estimate")[GROUPS]
    lost = np.isnan(shown.loc[FEW].to_numpy())
    moved = true.loc[FEW].to_numpy().copy()
    moved[lost] += np.array([1 / weights[lost][0], -1 / weights[lost][1]])  # 20 points for the staff
    assert weights @ moved == pytest.approx(scores.table.set_index("evaluatee").loc[FEW, "estimate"])
    np.testing.assert_array_equal(moved[~lost], shown.loc[FEW].to_numpy()[~lost])
    means = scores.shown.indicators.set_index(["group", "evaluatee"])
    for group in np.array(GROUPS)[lost]:
        assert means.loc[(group, FEW)].isna().all()


def test_totals_places_and_errors_are_those_of_all_answers(scores: Scores, whole: Scores) -> None:
    columns = [name for name in whole.table if name not in GROUPS]
    pd.testing.assert_frame_equal(scores.shown.table[columns], whole.table[columns])
    pd.testing.assert_frame_equal(scores.shown.labels, whole.labels)
    np.testing.assert_array_equal(scores.shown.cov, whole.cov)


def test_without_the_rule_nothing_is_hidden_and_nothing_is_said(whole: Scores, few_round: Round) -> None:
    assert whole.shown is whole
    assert not hidden_cells(whole).groups.to_numpy().any()
    page = render(whole, round_facts(few_round), True)
    assert "小范围隐去" not in page and "不得公布" not in page
    assert "*" not in {
        value for rows in sheets_of_book(whole, few_round).values() for row in rows for value in row
    }
    assert "小范围" not in whole.scheme.in_words()


def test_what_is_enough_is_shown(scores: Scores, whole: Scores) -> None:
    # Five inspectors are five: with a least of 6 they go everywhere, and the staff of 9 (or 6) with them.
    assert not with_rule(whole, 5).hidden.groups["inspectors"].drop(FEW).any()
    many = with_rule(whole, 6).hidden.groups
    assert many["inspectors"].all()
    assert many["staff"].all()
    assert not many["users"].any()


def test_an_indicator_of_few_is_hidden_with_another_and_the_group_stays(
    panel_scores: Callable[..., Scores],
) -> None:
    # Six members; two rate 态度 of 甲: with the group's score 效率 would tell it, so of three one more goes.
    rows = [[["8" if i < 2 else "不了解", "7", str(i)], ["5", "6", "7"]] for i in range(6)]
    scores = panel_scores(
        ("甲", "乙"),
        (0.5, rows),
        (0.5, rows),
        indicators=("态度", "效率", "公开"),
        small_groups=SmallGroups(5),
    )
    lost = scores.answers[scores.hidden.answers]
    assert lost[["group", "evaluatee", "indicator"]].to_numpy().tolist() == [
        [group, "甲", name] for group in ("panel0", "panel1") for name in ("态度", "效率")
    ]
    assert not scores.hidden.groups.to_numpy().any()
    shown = scores.shown.indicators.set_index(["group", "evaluatee"])
    assert shown.isna().to_numpy().tolist() == [[True, True, False], [False] * 3] * 2
    counts = scores.shown.answers[["valid", "dont_know", "refused", "blank"]]
    np.testing.assert_array_equal(counts.isna().all(axis=1), scores.hidden.answers)
    told = str(scores.explain("甲"))
    assert "态度  有效 *  不了解 *  拒答 *  空白 *  均值 *" in told
    assert "10 ÷ 10" not in told and "(* + * + 2.5000) ÷ 3" in told


def test_two_indicators_of_the_same_few_do_not_hide_each_other(panel_scores: Callable[..., Scores]) -> None:
    # Three of six rate 态度 and 效率: the sum of both would follow, of three people, so 公开 goes too.
    rows = [[["8", "7", str(i)] if i < 3 else ["不了解", "不了解", str(i)]] for i in range(6)]
    names = ("态度", "效率", "公开")
    scores = panel_scores(("甲",), (1.0, rows), indicators=names, small_groups=SmallGroups(5))
    assert scores.hidden.answers.tolist() == [True, True, True]
    assert not scores.hidden.groups.to_numpy().any()


def test_people_are_those_of_the_indicator_that_most_answer(panel_scores: Callable[..., Scores]) -> None:
    # Six sheets with an answer, but each indicator has three: no indicator may be shown, so not the score.
    halves = [[["8", "不了解"] if i % 2 else ["不了解", "7"]] for i in range(6)]
    full = [[["8", "6"]] for _ in range(9)]
    scores = panel_scores(("甲",), (0.5, halves), (0.3, full), (0.2, full), small_groups=SmallGroups(5))
    assert scores.groups["n"].tolist() == [6, 9, 9]
    assert scores.hidden.groups.to_numpy().tolist() == [[True, True, False]]


def test_an_evaluatee_of_whom_all_are_few_is_named(panel_scores: Callable[..., Scores]) -> None:
    two = [[["8", "7"]] for _ in range(2)]
    scores = panel_scores(("甲",), (0.5, two), (0.5, two), small_groups=SmallGroups(5))
    assert scores.hidden.few == ("甲",)
    assert scores.hidden.groups.to_numpy().all()
    assert scores.shares("c").isna().all(axis=None)
    assert np.isfinite(scores.shown.table["score"]).all()
    assert "不足 5 人、综合得分仍然公布的单位：甲。" in str(scores.explain("甲"))


# --- where it is shown -----------------------------------------------------------------------------------


def test_the_league_and_the_page_show_a_star(scores: Scores, few_round: Round) -> None:
    league = scores.league("departments").set_index("evaluatee")
    assert np.isnan(league.loc[FEW, ["staff", "inspectors"]].astype(float)).all()
    assert league.notna().sum().sum() == league.size - 2
    page = render(scores, round_facts(few_round), True)
    row = next(line for line in page.splitlines() if FEW in line and 'class="n"' in line and "<tr" in line)
    assert row.count("<td>*</td>") == 2
    assert "有效回答不足 5 人的不公布" in page
    assert "不得公布" in page
    assert len(re.findall(r"<td>\*</td>", page)) == 2


def test_no_number_of_a_hidden_group_is_anywhere_in_page_or_workbook(
    scores: Scores, whole: Scores, few_round: Round
) -> None:
    parts = sheets_of_book(scores, few_round)
    groups = {(row[1], row[2]): row[3:] for row in parts["各类对象得分"]}
    assert groups[FEW, "职工"] == ("*", "*", 9, "*", "*", "*", "*")
    assert groups[FEW, "监察员"][0] == "*"
    means = {(row[0], row[1]): row[2:] for row in parts["指标"]}
    assert means[FEW, "职工"] == ("*", "*", "*", None)
    response = {(row[0], row[1]): row[2:] for row in parts["应答率"]}
    assert set(response["职工", FEW][1:]) == {"*"}
    assert "*" not in response["职工", "县教育局"]
    counts = {row[0]: row[1:] for row in parts["回收"]}
    assert counts["职工"][1:5] == (9, 9, 9, 9)  # not 2, though one evaluatee is short
    assert counts["职工"][5] == 1
    hidden = whole.groups[(whole.groups["group"] == "staff") & (whole.groups["evaluatee"] == FEW)]
    number = f"{hidden['estimate'].iloc[0]:.2f}"
    assert number not in render(scores, round_facts(few_round), True)
    assert number in render(whole, round_facts(few_round), True)


def test_ranges_of_counts_and_rates_leave_hidden_ones_out(scores: Scores, whole: Scores) -> None:
    staff = scores.scheme.groups[1]
    assert (group_counts(whole, staff).valid[0], group_counts(scores, staff).valid[0]) == (2, 9)
    assert group_responses(whole)[1].rates[0][0] < group_responses(scores)[1].rates[0][0]


def test_a_group_that_a_result_leaves_out_has_nothing_to_hide(scores: Scores) -> None:
    rows = pd.DataFrame({"group": ["staff", "staff", "later"], "evaluatee": [FEW, "新单位", FEW]})
    assert hidden_rows(rows, scores.hidden.groups).tolist() == [True, False, False]
    last = scores.hidden.groups | True  # what is not found must not be read off the last row or column
    assert hidden_rows(rows, last).tolist() == [True, False, False]


def test_how_far_a_few_reserves_moved_a_score_is_not_told(scores: Scores, whole: Scores) -> None:
    moved = pd.DataFrame(
        {"evaluatee": [FEW], "score": [80.0], "score_without": [79.0], "rank": [1], "rank_without": [2]}
    )
    assert f"最多相差 1.00 分（{FEW}）" in reserves_told(replace(whole, reserves=moved))
    assert FEW not in reserves_told(replace(scores, reserves=moved))


def test_what_weighting_changes_is_told_of_evaluatees_shown_whole(scores: Scores, whole: Scores) -> None:
    # With the others known, the gap of an evaluatee tells how far two weighted answers differ.
    groups = whole.groups.copy()
    groups.loc[(groups["group"] == "staff") & (groups["evaluatee"] == FEW), "design"] += 60.0

    def told(one: Scores) -> str:
        return next(
            step.text for step in method_steps(replace(one, groups=groups), "表") if step.title == "是否加权"
        )

    assert f"（{FEW}）" in told(whole)
    assert FEW not in told(scores) and "综合得分最多相差" in told(scores)
    assert "综合得分最多相差" not in told(with_rule(whole, 6))  # none is shown whole


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_explanation_tells_no_hidden_number(scores: Scores, whole: Scores, language: Any) -> None:
    told, open_ = scores.explain(FEW, language), whole.explain(FEW, language)
    own = whole.groups[whole.groups["evaluatee"] == FEW].set_index("group")
    for group in ("staff", "inspectors"):
        steps = told.steps[told.steps["group"] == group]
        assert steps.loc[steps["step"] != "group", "value"].isna().all()
        for number in (own.loc[group, "estimate"], own.loc[group, "se"]):
            if number > 1e-12:
                assert f"{number:.4f}" in str(open_)
                assert f"{number:.4f}" not in str(told)
    # Nor the whole error with more digits than are published, nor its parts.
    steps = told.steps.set_index("step")
    assert steps.loc[["variance", "se", "df"], "value"].isna().all()
    assert set(steps.loc[["variance", "se", "df"], "working"]) == {"*"}
    assert f"{whole.table.set_index('evaluatee').loc[FEW, 'se']:.4f}" not in str(told)
    assert told.notes and told.notes[0] in str(told) and told.notes[0] in told._repr_html_()
    shown = set(scores.scheme.evaluatees) - set(scores.answers.loc[scores.hidden.answers, "evaluatee"])
    assert shown
    for one in shown:
        assert str(scores.explain(one, language)) == str(whole.explain(one, language))


def test_the_terminal_shows_no_group(scores: Scores, whole: Scores) -> None:
    assert league_lines(scores) == league_lines(whole)


# --- the rule in a scheme --------------------------------------------------------------------------------


def test_a_scheme_says_it_in_words_and_names_groups_planned_too_small(small: Scheme) -> None:
    text = small.text.replace(
        "valid_answers = 82\n", "valid_answers = 82\nsmall_groups = { hide_below = 6 }\n"
    )
    scheme = Scheme.read(text)
    assert scheme.small_groups == SmallGroups(6)
    assert "不足 6 人的" in scheme.in_words()
    assert "计划人数就不足的，得分一律不公布：监察员。" in scheme.in_words()
    assert "fewer than 6 people" in scheme.in_words("en")
    with pytest.raises(SchemeError, match="small_groups.hide_under"):
        Scheme.read(text.replace("hide_below", "hide_under"))


# --- what rests on it elsewhere --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def few_with_rule(few_round: Round, tmp_path_factory: pytest.TempPathFactory) -> Round:
    import shutil

    one = Round.open(shutil.copytree(few_round.folder, tmp_path_factory.mktemp("rule") / "round"))
    return replace(one, scheme=replace(one.scheme, small_groups=SmallGroups(5)))


def test_weights_of_a_swap_tell_no_hidden_score(few_with_rule: Round, tmp_path: Path) -> None:
    found = few_with_rule.stability()
    text = write_stability(found, tmp_path / "page.html", made=True).read_text("utf8")
    within = found.swaps[found.swaps["found"] == "within"]
    assert (within[["first", "second"]] == FEW).any(axis=None)
    for row in within.itertuples():
        hides = FEW in (row.first, row.second)
        assert hides_swap(found.scores, str(row.first), str(row.second)) == hides
        assert (f">{100 * row.swap:.1f}%<" in text) == (not hides)
    assert '<td class="r n">*</td>' in text and "互换的权重会把它推出来" in text


def test_a_letter_tells_no_number_of_a_hidden_group(few_with_rule: Round) -> None:
    few_with_rule.score()
    objection = few_with_rule.contest(
        FEW, office="模拟办", grounds="（模拟）请重算", received="2024-11-04", due="2024-11-18"
    )
    objection.recount()
    text = objection.reply("upheld", because="（模拟）", office="模拟办", on="2024-11-15").path.read_text(
        "utf8"
    )
    groups = few_with_rule.scores().groups.set_index(["group", "evaluatee"])
    staff = groups.loc[("staff", FEW)]
    assert staff["n"] == 2 and "职工 2 份" not in text and "职工 * 份" in text
    assert f"{staff['estimate']:.2f}" not in text
    weights = text[text.index("附件 2　名次的依据") :]
    assert weights.count('<td class="r">*</td>') >= len(GROUPS)
