"""Answers as people send them: encodings, forms, damaged ids, a process killed at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from toolkit import Round, RoundError
from toolkit.files import write_table
from toolkit.intake import Withdrawal, answer_rows

Sheets = Callable[[Round], pd.DataFrame]


def same_answers(one: Round, sheets: pd.DataFrame) -> None:
    """All sheets count, each with its own values."""
    for group, answers in one.answers().items():
        due = sheets[sheets["group"] == group].set_index(["respondent", "evaluatee"])
        found = answers.table.astype({"evaluatee": str}).set_index(["respondent", "evaluatee"])
        assert len(found) == len(due) > 0
        columns = list(found.columns)
        numbers = due[columns].apply(pd.to_numeric, errors="coerce").astype(float)
        pd.testing.assert_frame_equal(found.sort_index(), numbers.sort_index(), check_index_type=False)


# ---------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_three_encodings_say_the_same(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "a.csv").write_bytes(sheets.to_csv(index=False).encode(encoding))
    assert drawn.collect(tmp_path / "a.csv").sheets == len(sheets)
    same_answers(drawn, sheets)


def test_another_encoding_is_refused_with_its_byte(drawn: Round, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("group,respondent".encode("utf-16"))
    with pytest.raises(RoundError, match=r"a\.csv is neither UTF-8 nor GB18030 \(byte 0\)"):
        drawn.collect(tmp_path / "a.csv")


@pytest.mark.parametrize("text", ["", "\n\n", "group,respondent,evaluatee\n"])
def test_an_empty_file_is_refused(drawn: Round, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(RoundError, match=r"a\.csv has no rows"):
        drawn.collect(tmp_path / "a.csv")
    assert drawn.steps("collect") == []


# -------------------------------------------------------------------------------------- forms


def forms(sheets: pd.DataFrame, path: Path, *, lines: bool) -> None:
    """One worksheet for each delegate, two tables on it: one for each set of indicators."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for who, own in sheets.groupby("respondent", sort=False):
        page = book.create_sheet(f"第{len(book.sheetnames) + 1}张" if lines else who)
        page.append(["满意度测评表（模拟）"])
        if lines:
            page.append(["编号：", who])
            page.append(["对象类别: 代表委员"])
        page.append([])
        for first in (["县教育局", "县公安局", "县图书馆"], ["县邮政局", "电信公司"]):
            rows = own.set_index("evaluatee").loc[first]
            asked = [c for c in rows.columns if c not in ("group", "respondent") and (rows[c] != "").any()]
            page.append(["被评单位", *asked])
            for whom, row in rows.iterrows():
                page.append([whom, *(int(v) if str(v).isdigit() else v for v in row[asked])])
            page.append([])
    book.save(path)


@pytest.mark.parametrize("lines", [True, False])
def test_a_form_for_each_delegate_reads_as_the_table_does(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path, lines: bool
) -> None:
    mine = sheets[sheets["group"] == "delegates"]
    forms(mine, tmp_path / "代表.xlsx", lines=lines)
    found = drawn.collect(tmp_path / "代表.xlsx", group=None if lines else "delegates")
    assert (found.sheets, len(found.set_aside)) == (len(mine), 0)
    write_table(tmp_path / "rest.csv", sheets[sheets["group"] != "delegates"])
    drawn.collect(tmp_path / "rest.csv")
    same_answers(drawn, sheets)


def test_a_form_as_csv_says_its_respondent_above_the_table(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    mine = sheets[sheets["group"] == "delegates"]
    who = mine["respondent"].iloc[0]
    own = mine[mine["respondent"] == who]
    text = f"满意度测评表（模拟）\n编号,{who}\n对象类别,delegates\n\n"
    text += (
        own.drop(columns=["group", "respondent"])
        .rename(columns={"evaluatee": "被评单位"})
        .to_csv(index=False)
    )
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    assert drawn.collect(tmp_path / "a.csv").sheets == 5
    rows = answer_rows(tmp_path / "a.csv", drawn.scheme)
    assert rows["respondent"].unique().tolist() == [who]
    assert rows["row"].tolist() == [6, 7, 8, 9, 10]


def test_how_an_answer_came_is_kept_with_its_row(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> None:
    table = sheets.assign(访问员="员07", 开始时间="2024-09-05 10:30", mode="电话")
    write_table(tmp_path / "a.csv", table)
    drawn.collect(tmp_path / "a.csv")
    same_answers(drawn, sheets)
    found = drawn.admitted()
    for group, answers in found.answers.items():
        own = found.origin.loc[answers.table.index]
        assert (own["row"] - 2).tolist() == sheets.index[sheets["group"] == group].tolist()
        told = own[["file", "interviewer", "started", "mode", "channel"]].drop_duplicates()
        assert told.to_numpy().tolist() == [["001-a.csv", "员07", "2024-09-05 10:30", "电话", ""]]


def test_an_interviewer_written_in_two_ways_is_one(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    ways = ["员07", " 员０７"] * len(sheets)
    write_table(tmp_path / "a.csv", sheets.assign(访问员=ways[: len(sheets)]))
    drawn.collect(tmp_path / "a.csv")
    assert set(drawn.admitted().origin["interviewer"]) == {"员07"}
    asked = {"office": "模拟办", "grounds": "模拟", "received": "2024-11-04", "due": "2024-11-18"}
    drawn.score()
    objection = drawn.contest("县教育局", interviewer="员０７", **asked)
    assert len(objection.disputed()) == len(sheets)


def test_a_form_says_above_its_table_how_it_came(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> None:
    mine = sheets[sheets["group"] == "delegates"]
    own = mine[mine["respondent"] == mine["respondent"].iloc[0]]
    table = own.rename(columns={"evaluatee": "被评单位"}).drop(columns=["group", "respondent"])
    above = f"编号,{own['respondent'].iloc[0]}\n开始时间：2024-09-05 10:30,访问员,员07\n"
    (tmp_path / "a.csv").write_text(above + table.to_csv(index=False), encoding="utf8")
    rows = answer_rows(tmp_path / "a.csv", drawn.scheme, "delegates")
    assert rows[["started", "interviewer"]].drop_duplicates().to_numpy().tolist() == [
        ["2024-09-05 10:30", "员07"]
    ]


def test_scores_without_rows_are_those_of_a_round_that_withdrew_them(
    played: Round, all_sheets: pd.DataFrame
) -> None:
    file, who = played.steps("collect")[0]["file"], all_sheets["respondent"]
    rows = tuple((all_sheets.index[who == who[all_sheets["group"] == "delegates"].iloc[0]] + 2).tolist())
    journal, before = played.journal(), played.scores().table
    without = played.scores_without([Withdrawal(file, "模拟", "县统计局", rows)]).table
    assert played.journal() == journal
    assert not without["estimate"].equals(before["estimate"])
    played.withdraw(file, rows=rows, reason="模拟", office="县统计局")
    pd.testing.assert_frame_equal(played.scores().table, without)


def test_a_bad_cell_of_a_form_is_named_with_its_worksheet(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    mine = sheets[sheets["group"] == "delegates"].copy()
    mine.iloc[0, mine.columns.get_loc("清正廉洁")] = "七"
    who, whom = mine.iloc[0][["respondent", "evaluatee"]]
    forms(mine, tmp_path / "代表.xlsx", lines=False)
    found = drawn.collect(tmp_path / "代表.xlsx", group="delegates")
    assert found.sheets == len(mine) - 1
    line = found.set_aside.iloc[0]
    assert (line["sheet"], line["column"], line["found"], line["rule"]) == (who, "清正廉洁", "七", "rating")
    assert (line["respondent"], line["evaluatee"]) == (who, whom)


def test_a_worksheet_without_a_table_is_listed_not_dropped(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        sheets.to_excel(book, sheet_name="回收", index=False)
        pd.DataFrame({"备注": ["另有三份在路上"]}).to_excel(book, sheet_name="说明", index=False)
    found = drawn.collect(tmp_path / "a.xlsx")
    assert found.sheets == len(sheets)
    assert set(found.set_aside["sheet"]) == {"说明"}
    assert found.set_aside.iloc[-1]["why"] == "row 1: '备注' is no evaluatee of this scheme"


def test_every_worksheet_with_a_table_counts(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        for name, part in sheets.groupby("group", sort=False):
            part.to_excel(book, sheet_name=str(name), index=False)
    assert drawn.collect(tmp_path / "a.xlsx").sheets == len(sheets)
    same_answers(drawn, sheets)


# ---------------------------------------------------------------------- ids that Excel damages


def test_ids_damaged_by_excel_are_set_aside_with_what_may_have_happened(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    users = sheets[sheets["group"] == "users"].reset_index(drop=True)
    was = users["respondent"].tolist()
    assert was[0].startswith("01")
    users = users.astype({"respondent": object})
    users.loc[0, "respondent"] = int(was[0])  # leading zero lost
    users.loc[1, "respondent"] = 511623198001011234  # 18 digits: Excel keeps 15
    users.loc[2, "respondent"] = "2013-03-12 00:00:00"
    users.to_excel(tmp_path / "a.xlsx", index=False)
    found = drawn.collect(tmp_path / "a.xlsx")
    assert found.sheets == len(users) - 3
    assert found.set_aside[["row", "rule"]].to_numpy().tolist() == [
        [2, "id_as_number"],
        [3, "shortened_id"],
        [4, "id_as_date"],
    ]
    assert found.set_aside["why"].tolist()[:2] == [
        f"row 2: '{int(was[0])}' is not in the sample; Excel may have made it of '{was[0]}'. "
        "Make the column text",
        "row 3: '5.11623E+17' is an id that Excel has shortened; make the column text and enter it again",
    ]


def test_rows_set_aside_count_once_they_are_sent_again_corrected(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    wrong = sheets.copy()
    wrong.loc[[3, 7], "依法履职"] = ["11", "7.5"]
    write_table(tmp_path / "a.csv", wrong)
    write_table(tmp_path / "更正.csv", sheets.iloc[[3, 7]])
    assert drawn.collect(tmp_path / "a.csv").sheets == len(sheets) - 2
    assert drawn.collect(tmp_path / "更正.csv").sheets == 2
    same_answers(drawn, sheets)


# -------------------------------------------------------------------------------- withdrawing


def test_a_file_withdrawn_can_be_sent_again(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", sheets)
    drawn.collect(tmp_path / "a.csv")
    drawn.withdraw("001-a.csv", reason="调查员未到场", office="县统计局")
    assert sum(len(one.table) for one in drawn.answers().values()) == 0
    assert drawn.admitted().set_aside["rule"].tolist() == ["withdrawn"] * len(sheets)
    assert (drawn.folder / "answers" / "raw" / "001-a.csv").is_file()
    assert drawn.steps("withdraw")[0]["reason"] == "调查员未到场"
    assert drawn.collect(tmp_path / "a.csv").sheets == len(sheets)
    same_answers(drawn, sheets)


# ------------------------------------------------------------------------------------ kill -9

COLLECT = """
import sys
from pathlib import Path
from toolkit import Round
print("ready", flush=True)
sys.stdin.readline()
Round.open(sys.argv[1]).collect(Path(sys.argv[2]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_killed_import_leaves_the_round_as_it_was(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    write_table(tmp_path / "a.csv", sheets.iloc[:100])
    write_table(tmp_path / "b.csv", sheets.iloc[100:])
    drawn.collect(tmp_path / "a.csv")

    def run(wait: float | None) -> float:
        """Collect in a process of its own, killed after a while; give the time it took."""
        command = [sys.executable, "-c", COLLECT, str(drawn.folder), str(tmp_path / "b.csv")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        ) as child:
            assert child.stdin and child.stdout and child.stdout.readline() == b"ready\n"
            start = time.monotonic()
            child.stdin.write(b"\n")
            child.stdin.flush()
            if wait is not None:
                time.sleep(wait)
                child.kill()
            child.wait()
            return time.monotonic() - start

    journal = (drawn.folder / "journal.jsonl").read_bytes()
    raw = drawn.folder / "answers" / "raw"
    whole = run(None)
    after = (drawn.folder / "journal.jsonl").read_bytes()
    assert len(drawn.steps("collect")) == 2
    outcomes = set()
    for moment in np.random.default_rng(7).uniform(0, 1.05 * whole, 20):
        (drawn.folder / "journal.jsonl").write_bytes(journal)
        for path in (raw / "002-b.csv", drawn.folder / "answers" / "set_aside" / "002-b.csv"):
            path.unlink(missing_ok=True)
        run(float(moment))
        taken = len(drawn.steps("collect"))
        outcomes.add(taken)
        assert taken in (1, 2)
        kept = sum(len(one.table) for one in drawn.answers().values())
        assert kept == (100 if taken == 1 else len(sheets))
        assert drawn.collect(tmp_path / "b.csv").sheets == (len(sheets) - 100 if taken == 1 else 0)
        same_answers(drawn, sheets)
        assert [step["file"] for step in drawn.steps("collect")] == ["001-a.csv", "002-b.csv"]
    assert 1 in outcomes
    assert len(after) > len(journal)


def test_two_forms_under_each_other_are_of_two_respondents(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    mine = sheets[sheets["group"] == "delegates"]
    first, second = mine["respondent"].drop_duplicates().iloc[:2]
    text = ""
    for who in (first, second):
        own = mine[mine["respondent"] == who].drop(columns=["group", "respondent"])
        table = own.rename(columns={"evaluatee": "被评单位"}).to_csv(index=False)
        text += f"编号,{who}\n对象类别：代表委员\n{table}\n"
    (tmp_path / "两张.csv").write_text(text, encoding="utf8")
    found = drawn.collect(tmp_path / "两张.csv")
    assert (found.sheets, len(found.set_aside)) == (10, 0)
    table = drawn.answers()["delegates"].table.astype({"evaluatee": str})
    kept = table.set_index(["respondent", "evaluatee"]).sort_index()
    due = mine[mine["respondent"].isin([first, second])].set_index(["respondent", "evaluatee"])
    for column in kept.columns:
        numbers = pd.to_numeric(due[column], errors="coerce").sort_index()
        assert kept[column].to_numpy() == pytest.approx(numbers.to_numpy(), nan_ok=True)


@pytest.mark.parametrize("what", [{"rows": [99999]}, {"sheet": "没有"}])
def test_withdrawing_what_is_not_there_is_refused(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path, what: dict[str, object]
) -> None:
    write_table(tmp_path / "a.csv", sheets)
    drawn.collect(tmp_path / "a.csv")
    with pytest.raises(RoundError, match=r"no row of 001-a\.csv is meant"):
        drawn.withdraw("001-a.csv", reason="x", office="y", **what)  # type: ignore[arg-type]
    assert drawn.withdraw("001-a.csv", reason="x", office="y", rows=[2, 3]) == 2


def test_a_row_of_several_worksheets_needs_its_worksheet(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        for name, part in sheets.groupby("group", sort=False):
            part.to_excel(book, sheet_name=str(name), index=False)
    drawn.collect(tmp_path / "a.xlsx")
    with pytest.raises(RoundError, match=r"row 2 stands on several worksheets .*: users, staff"):
        drawn.withdraw("001-a.xlsx", reason="x", office="y", rows=[2])
    assert drawn.withdraw("001-a.xlsx", reason="x", office="y", rows=[2], sheet="staff") == 1
    assert drawn.admitted().set_aside["sheet"].tolist() == ["staff"]


def test_the_same_file_again_says_so(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", sheets)
    assert "admitted" in str(drawn.collect(tmp_path / "a.csv"))
    assert str(drawn.collect(tmp_path / "a.csv")) == "a.csv: this very file was taken in before"
