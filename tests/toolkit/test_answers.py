"""Good rows of a file of answers count; every other row is set aside with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from toolkit import Round, RoundError, Scheme
from toolkit.answers import State, parse_answers
from toolkit.files import write_table
from toolkit.intake import Intake

Sheets = Callable[[Round], pd.DataFrame]
KNOWN = "users (服务对象)、staff (职工)、delegates (代表委员)、inspectors (监察员)"


@pytest.fixture
def collect(drawn: Round, tmp_path: Path) -> Callable[..., Intake]:
    def run(table: pd.DataFrame, name: str = "回收 答卷.csv") -> Intake:
        write_table(tmp_path / name, table)
        return drawn.collect(tmp_path / name)

    return run


def refused(collect: Callable[..., Intake], drawn: Round, table: pd.DataFrame) -> list[str]:
    """What a file is refused with, in English; nothing of it may stay."""
    before = drawn.steps("collect")
    with pytest.raises(RoundError) as caught:
        collect(table)
    assert drawn.steps("collect") == before
    assert len(list((drawn.folder / "answers" / "raw").iterdir())) == len(before)
    assert caught.value.name == "回收 答卷.csv"
    return [one.english for one in caught.value.faults]


def aside(collect: Callable[..., Intake], drawn: Round, table: pd.DataFrame, rows: int = 1) -> list[str]:
    """Why rows of a file are set aside, in English; all other rows count, and none is lost."""
    found = collect(table)
    assert found.sheets == len(table) - rows
    assert sum(len(one.table) for one in drawn.answers().values()) == len(table) - rows
    listed = pd.read_csv(drawn.folder / "answers" / "set_aside" / "001-回收 答卷.csv", dtype=str)
    assert listed["why"].tolist() == found.set_aside["why"].tolist()
    assert set(listed["file"]) == {"001-回收 答卷.csv"}
    assert listed["row"].nunique() == rows
    assert drawn.steps("collect")[-1]["set_aside"] == rows
    return found.set_aside["why"].tolist()


def wrong(table: pd.DataFrame, column: str, value: str | None, row: int = 10) -> pd.DataFrame:
    """Change one cell; ``row`` is the row of the file, whose header is row 1."""
    table = table.copy()
    table.loc[row - 2, column] = value
    return table


# --------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("group", ["路人", "Users", "服务 对象"])
def test_an_unknown_group_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame, group: str
) -> None:
    assert aside(collect, drawn, wrong(sheets, "group", group)) == [
        f"row 10: group {group!r} is none of {KNOWN}"
    ]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("group", f"row 10: group '' is none of {KNOWN}"),
        ("evaluatee", "row 10: '' is no evaluatee of this scheme"),
        ("respondent", "row 10: '' is not in the users sample for '县教育局'"),
    ],
)
def test_a_blank_where_a_sheet_says_whose_it_is_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame, column: str, message: str
) -> None:
    assert aside(collect, drawn, wrong(sheets, column, None)) == [message]


def test_an_unknown_evaluatee_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    assert aside(collect, drawn, wrong(sheets, "evaluatee", "县财政局")) == [
        "row 10: '县财政局' is no evaluatee of this scheme"
    ]


def test_a_respondent_who_was_not_drawn_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame, people: Any
) -> None:
    mine = drawn.sample("users", "县教育局").units["id"]
    every = people.frames["users"].query("evaluatee == '县教育局'")["id"]
    undrawn = sorted(set(every) - set(mine))[0]
    assert aside(collect, drawn, wrong(sheets, "respondent", undrawn)) == [
        f"row 10: {undrawn!r} is not in the users sample for '县教育局'"
    ]


def test_a_respondent_drawn_for_another_evaluatee_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    other = drawn.sample("users", "电信公司").units["id"].iloc[0]
    assert aside(collect, drawn, wrong(sheets, "respondent", other)) == [
        f"row 10: {other!r} is not in the users sample for '县教育局'"
    ]


@pytest.mark.parametrize("rating", ["11", "-1", "7.5", "10.5", "七", "07", "1e1", "满意", "不 了解", "？"])
def test_what_is_no_rating_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame, rating: str
) -> None:
    assert aside(collect, drawn, wrong(sheets, "办事效率", rating)) == [
        f"row 10, 办事效率: {rating!r} is no whole number from 0 to 10, nor 不了解、拒答"
    ]


@pytest.mark.parametrize("answer", ["8", "不了解"])
def test_an_answer_to_an_indicator_that_was_not_asked_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame, answer: str
) -> None:
    assert aside(collect, drawn, wrong(sheets, "服务质量", answer)) == [
        "row 10: '服务质量' is no indicator of '县教育局', yet it is answered"
    ]


def test_a_second_sheet_in_the_same_file_is_named_with_both_rows(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    last, who = len(sheets) + 2, sheets["respondent"][8]
    assert aside(collect, drawn, pd.concat([sheets, sheets.iloc[[8]]])) == [
        f"row {last}: {who!r} answers for '县教育局' as in row 10 of 001-回收 答卷.csv; counted once"
    ]


def test_two_sheets_that_differ_count_neither_until_one_is_withdrawn(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    last, who = len(sheets) + 2, sheets["respondent"][8]
    other = sheets.iloc[[8]].assign(依法履职="0", 办事效率="拒答")
    said = "answers for '县教育局' otherwise than in row {} of 001-回收 答卷.csv; "
    said += "neither counts until one is withdrawn"
    assert aside(collect, drawn, pd.concat([sheets, other]), rows=2) == [
        f"row 10: {who!r} {said.format(last)}",
        f"row {last}: {who!r} {said.format(10)}",
    ]
    drawn.withdraw("001-回收 答卷.csv", rows=[10], reason="补录", office="县统计局")
    kept = drawn.admitted()
    mine = kept.answers["users"].table.query("respondent == @who and evaluatee == '县教育局'")
    assert mine["依法履职"].tolist() == [0]
    assert kept.set_aside[["row", "why"]].to_numpy().tolist() == [[10, "withdrawn by 县统计局: 补录"]]


def test_a_panel_member_may_answer_once_for_each_evaluatee(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    panel = sheets[sheets["group"] == "delegates"].reset_index(drop=True)
    who = panel["respondent"][0]
    assert panel["respondent"].tolist().count(who) == 5
    rows = panel.index[(panel["respondent"] == who) & (panel["evaluatee"] == "县公安局")]
    moved = wrong(panel, "evaluatee", "县教育局", int(rows[0]) + 2)
    found = aside(collect, drawn, moved, rows=2)
    assert [f"{who!r} answers for '县教育局' otherwise" in one for one in found] == [True] * 2
    drawn.withdraw("001-回收 答卷.csv", reason="录错", office="县统计局")
    assert collect(panel).sheets == 100


def test_a_second_sheet_in_a_later_file_is_named_with_its_row(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    assert collect(sheets.iloc[:100], "first.csv").sheets == 100
    who, whom = sheets["respondent"][99], sheets["evaluatee"][99]
    later = collect(sheets.iloc[99:], "second.csv")
    assert later.sheets == len(sheets) - 100
    assert later.set_aside["why"].tolist() == [
        f"row 2: {who!r} answers for {whom!r} as in row 101 of 001-first.csv; counted once"
    ]
    assert sum(len(one.table) for one in drawn.answers().values()) == len(sheets)


@pytest.mark.parametrize("turned", [False, True])
def test_what_counts_does_not_depend_on_the_order_of_the_files(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame, turned: bool
) -> None:
    parts = [sheets.iloc[:60], wrong(sheets, "依法履职", "3", 52).iloc[50:]]
    for number, part in enumerate(parts[::-1] if turned else parts):
        collect(part, f"{number}.csv")
    kept = pd.concat([one.table for one in drawn.answers().values()])
    assert len(kept) == len(sheets) - 1  # the sheet in row 52 was told in two ways
    assert len(drawn.admitted().set_aside) == 9 + 2
    key = ["respondent", "evaluatee"]
    due = sheets.drop(index=50)[key].astype(str).sort_values(key).to_numpy().tolist()
    assert kept[key].astype(str).sort_values(key).to_numpy().tolist() == due


def test_the_very_same_file_again_is_nothing_new(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    assert collect(sheets).sheets == len(sheets)
    before = {path: path.read_bytes() for path in drawn.folder.rglob("*") if path.is_file()}
    assert collect(sheets).sheets == 0
    assert collect(sheets, "another name.csv").sheets == 0
    assert {path: path.read_bytes() for path in drawn.folder.rglob("*") if path.is_file()} == before


def test_every_fault_is_told_at_once_with_the_rows_of_the_file(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    table = sheets
    table = wrong(table, "group", "路人", 2)
    table = wrong(table, "evaluatee", "县财政局", 3)
    table = wrong(table, "respondent", "没有此人", 4)
    table = wrong(table, "依法履职", "11", 5)
    table = wrong(table, "清正廉洁", "七", 5)
    table = wrong(table, "服务质量", "7", 6)
    table = pd.concat([table, table.iloc[[7]]])
    who = sheets["respondent"][7]
    assert sorted(aside(collect, drawn, table, rows=6)) == sorted(
        [
            f"row 2: group '路人' is none of {KNOWN}",
            "row 3: '县财政局' is no evaluatee of this scheme",
            "row 4: '没有此人' is not in the users sample for '县教育局'",
            "row 5, 依法履职: '11' is no whole number from 0 to 10, nor 不了解、拒答",
            "row 5, 清正廉洁: '七' is no whole number from 0 to 10, nor 不了解、拒答",
            "row 6: '服务质量' is no indicator of '县教育局', yet it is answered",
            f"row {len(sheets) + 2}: {who!r} answers for '县教育局' as in row 9 of "
            "001-回收 答卷.csv; counted once",
        ]
    )


def test_blank_lines_do_not_shift_the_rows_in_messages(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    lines = wrong(sheets, "依法履职", "11", 10).to_csv(index=False).splitlines()
    lines.insert(4, "")
    lines.insert(2, ",,,,,,")
    (tmp_path / "x.csv").write_text("\n".join(lines), encoding="utf-8")
    found = drawn.collect(tmp_path / "x.csv").set_aside
    assert found[["row", "column", "found"]].to_numpy().tolist() == [[12, "依法履职", "11"]]


@pytest.mark.parametrize("column", ["group", "respondent", "evaluatee", "服务质量"])
def test_a_missing_column_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame, column: str
) -> None:
    shown = "evaluatee (被评单位)" if column == "evaluatee" else column
    assert refused(collect, drawn, sheets.drop(columns=column)) == [
        f"file 回收 答卷.csv lacks the columns {shown}"
    ]


def test_a_column_under_both_its_names_is_named(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame
) -> None:
    assert refused(collect, drawn, sheets.assign(对象类别=sheets["group"])) == [
        "回收 答卷.csv: column 'group' stands 2 times"
    ]


def test_answers_before_the_draw_are_refused(make_round: Callable[..., Round], tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("group,respondent,evaluatee\nusers,b,c\n", encoding="utf-8")
    with pytest.raises(RoundError, match="draw first"):
        make_round().collect(tmp_path / "x.csv")


# ------------------------------------------------------------------------------ what is taken in


def test_a_file_is_kept_as_it_came_under_a_number(
    collect: Callable[..., Intake], drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    collect(sheets)
    kept = drawn.folder / "answers" / "raw" / "001-回收 答卷.csv"
    assert kept.read_bytes() == (tmp_path / "回收 答卷.csv").read_bytes()
    assert drawn.steps("collect")[0]["sheets"] == len(sheets)


def test_groups_may_be_named_in_chinese_and_heads_too(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path, small: Scheme
) -> None:
    chinese = sheets.replace({"group": {group.id: group.name for group in small.groups}})
    heads = {"group": "对象类别", "respondent": "编号", "evaluatee": "被评单位"}
    chinese.rename(columns=heads).to_excel(tmp_path / "答卷.xlsx", index=False)
    assert drawn.collect(tmp_path / "答卷.xlsx").sheets == len(sheets)
    plain = parse_answers(sheets, small, "x")
    for group, one in drawn.answers().items():
        assert len(one.table) == (sheets["group"] == group).sum() > 0
        pd.testing.assert_frame_equal(one.table, plain[group].table)
        np.testing.assert_array_equal(one.state, plain[group].state)


def one_evaluatee(ratings: list[tuple[str | None, str | None, str | None]]) -> pd.DataFrame:
    names = ["依法履职", "办事效率", "清正廉洁"]
    table = pd.DataFrame(ratings, columns=names)
    table.insert(0, "evaluatee", "县教育局")
    table.insert(0, "respondent", [f"u{i}" for i in range(len(ratings))])
    table.insert(0, "group", "users")
    return table.assign(服务质量=None)


def test_dont_know_refused_and_blank_are_told_apart(small: Scheme) -> None:
    raw = one_evaluatee([("0", "10", " 7 "), ("不了解", "拒答", None), ("5", "不了解", "")])
    users = parse_answers(raw, small, "x")["users"]
    values = users.table[["依法履职", "办事效率", "清正廉洁"]].to_numpy()
    np.testing.assert_array_equal(values, [[0, 10, 7], [np.nan] * 3, [5, np.nan, np.nan]])
    rated, unknown, refusal, blank, unasked = State
    assert users.state.tolist() == [
        [rated] * 3 + [unasked],
        [unknown, refusal, blank, unasked],
        [rated, unknown, blank, unasked],
    ]
    assert users.dont_know[:, :3].tolist() == [[False] * 3, [True, False, False], [False, True, False]]


@pytest.mark.parametrize(
    ("text", "rating"), [("9.0", 9), ("10.0", 10), ("８", 8), (" 7 ", 7), ("\u30000", 0)]
)
def test_a_whole_number_written_otherwise_is_that_number(small: Scheme, text: str, rating: int) -> None:
    users = parse_answers(one_evaluatee([(text, "1", "1")]), small, "x")["users"]
    assert users.table["依法履职"].tolist() == [rating]


def test_dont_know_removes_one_answer_or_the_whole_sheet_as_the_scheme_says(small: Scheme) -> None:
    raw = one_evaluatee([("0", "10", "7"), ("不了解", "4", "4"), ("5", "拒答", None)])
    whole = replace(small, dont_know=replace(small.dont_know, removed_per="respondent"))
    rated = {
        name: parse_answers(raw, scheme, "x")["users"].table[["依法履职", "办事效率", "清正廉洁"]].to_numpy()
        for name, scheme in (("indicator", small), ("respondent", whole))
    }
    nan = np.nan
    np.testing.assert_array_equal(rated["indicator"], [[0, 10, 7], [nan, 4, 4], [5, nan, nan]])
    np.testing.assert_array_equal(rated["respondent"], [[0, 10, 7], [nan, nan, nan], [5, nan, nan]])


@pytest.mark.parametrize(("counts_as_answer", "due"), [("true", 47), ("false", 46)])
def test_a_sheet_of_dont_know_counts_towards_the_plan_as_the_scheme_says(
    make_round: Callable[..., Round], sheets_of: Sheets, tmp_path: Path, counts_as_answer: str, due: int
) -> None:
    text = (Path(__file__).parents[1] / "scenarios" / "small.toml").read_text(encoding="utf-8")
    text = text.replace("counts_as_answer = true", f"counts_as_answer = {counts_as_answer}")
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    one = make_round(scheme=tmp_path / "s.toml")
    one.draw("k")
    table = sheets_of(one)
    rows = table.index[(table["group"] == "users") & (table["evaluatee"] == "县公安局")]
    asked = ["依法履职", "办事效率", "清正廉洁"]
    table.loc[rows, asked] = "6"
    table.loc[rows[0], asked] = "不了解"  # counts where the scheme says so
    table.loc[rows[1], asked] = ["拒答", None, "拒答"]  # never counts
    write_table(tmp_path / "a.csv", table)
    one.collect(tmp_path / "a.csv")
    groups = one.score().groups
    line = groups[(groups["group"] == "users") & (groups["evaluatee"] == "县公安局")].iloc[0]
    assert len(rows) == 48
    assert (line["counted"], line["n"]) == (due, 46)
    assert line["estimate"] == pytest.approx(60)
