"""What is made void: the rows that are meant, what that changes, and the way back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from toolkit import Round, RoundError
from toolkit.cli import app
from toolkit.files import read_own_table, write_table
from toolkit.report.facts import round_facts
from toolkit.report.page import render
from toolkit.trust.void import Void

WHY = {"reason": "回访时受访人说没有人来过", "office": "县统计局"}


def visited(sheets: pd.DataFrame) -> pd.DataFrame:
    """Six interviewers take the users' sheets in turn."""
    users = (sheets["group"] == "users").to_numpy()
    return sheets.assign(访问员=[f"员{1 + i % 6:02d}" if here else "" for i, here in enumerate(users)])


@pytest.fixture
def fielded(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> Round:
    write_table(tmp_path / "a.csv", visited(sheets))
    drawn.collect(tmp_path / "a.csv")
    return drawn


def rows_of(sheets: pd.DataFrame, who: str) -> list[int]:
    return (sheets.index[visited(sheets)["访问员"] == who] + 2).tolist()


def test_before_and_after_are_the_scores_with_and_without(fielded: Round, sheets: pd.DataFrame) -> None:
    before, journal = fielded.scores().table, fielded.journal()
    what = fielded.try_void(interviewer=" 员０３ ")
    assert fielded.journal() == journal and not (fielded.folder / "results" / "voids").exists()
    assert what.rows["row"].tolist() == rows_of(sheets, "员03") and what.gone == len(what.rows)
    table = what.table.set_index("evaluatee")
    mine = visited(sheets).query("访问员 == '员03'")["evaluatee"].value_counts()
    assert table["void"].to_dict() == mine.to_dict()
    fielded.void(interviewer="员03", **WHY)
    after = fielded.scores().table
    for told, scored in (("before", before), ("after", after)):
        for name in ("score", "se", "rank"):
            assert table[f"{name}_{told}"].tolist() == scored[name].tolist()
    assert table["moved"].to_numpy() == pytest.approx((after["score"] - before["score"]).to_numpy())
    kept = read_own_table(fielded.folder / "results" / "voids" / "001.csv")
    assert kept["score_after"].astype(float).tolist() == after["score"].tolist()


def test_a_void_is_taken_back_and_everything_counts_again(fielded: Round) -> None:
    before = fielded.scores().table
    assert fielded.void(interviewer="员03", **WHY).number == 1
    assert fielded.void(interviewer="员04", **WHY).number == 2
    assert fielded.restore(1, reason="核实无误", office="县统计局") == len(
        fielded.steps("void")[0]["rows"][0]["rows"]
    )
    left = set(fielded.admitted().origin.loc[fielded.answers()["users"].table.index, "interviewer"])
    assert left == {"员01", "员02", "员03", "员05", "员06"}
    fielded.restore(2, reason="核实无误", office="县统计局")
    pd.testing.assert_frame_equal(fielded.scores().table, before)
    for number in (2, 7):
        with pytest.raises(RoundError) as caught:
            fielded.restore(number, reason="核实无误", office="县统计局")
        assert caught.value.faults[0].rule == "no_such_void"


def test_the_copies_of_an_interviewer_go_too_and_those_elsewhere_are_told(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    told = visited(sheets)
    mine = told[told["访问员"] == "员03"]
    write_table(tmp_path / "a.csv", pd.concat([told, mine.iloc[:5], mine.iloc[:3].assign(访问员="员05")]))
    drawn.collect(tmp_path / "a.csv")
    what = drawn.try_void(interviewer="员03")
    assert (len(what.rows), what.gone, what.come) == (len(mine) + 5, len(mine), 3)


def test_a_list_names_rows_in_the_words_of_either_language(fielded: Round, sheets: pd.DataFrame) -> None:
    rows = rows_of(sheets, "员03")
    whole = fielded.try_void(interviewer="员03")
    listed = pd.DataFrame({"file": "001-a.csv", "row": rows, "why": "x"})
    for table in (listed, listed.rename(columns={"file": "文件", "row": "行"}).assign(工作表="")):
        found = fielded.try_void(rows=table)
        pd.testing.assert_frame_equal(found.rows, whole.rows)
        pd.testing.assert_frame_equal(found.table, whole.table)


@pytest.mark.parametrize("row", [1, 99999, "x"])
def test_a_list_with_a_row_that_is_not_there_is_refused(fielded: Round, row: object) -> None:
    listed = pd.DataFrame({"file": "001-a.csv", "row": [2, row]})
    with pytest.raises(RoundError) as caught:
        fielded.try_void(rows=listed)
    assert caught.value.faults[0].rule == "void_rows"
    assert f"row {row}" in str(caught.value) and f"第 {row} 行" in caught.value.chinese


def test_rows_that_stand_on_two_worksheets_need_the_worksheet(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        sheets.iloc[:50].to_excel(book, sheet_name="一", index=False)
        sheets.iloc[50:].to_excel(book, sheet_name="二", index=False)
    drawn.collect(tmp_path / "two.xlsx")
    listed = pd.DataFrame({"file": "001-two.xlsx", "row": [2, 3]})
    with pytest.raises(RoundError) as caught:
        drawn.try_void(rows=listed)
    assert caught.value.faults[0].rule == "several_sheets"
    found = drawn.try_void(rows=listed.assign(sheet="二")).rows
    assert found[["sheet", "row"]].to_numpy().tolist() == [["二", 2], ["二", 3]]


def test_what_cannot_be_void_is_refused_and_nothing_is_noted(fielded: Round) -> None:
    journal = fielded.journal()
    cases = {
        "no_interviewer": {"interviewer": "员77"},
        "void_how": {"interviewer": "员03", "rows": pd.DataFrame()},
        "answers_columns": {"rows": pd.DataFrame({"file": ["001-a.csv"]})},
        "reason_needed": {"interviewer": "员03", "office": " "},
        "reason_names": {"interviewer": "员03", "reason": "员０３没有入户"},
    }
    for rule, what in cases.items():
        with pytest.raises(RoundError) as caught:
            fielded.void(**(WHY | what))  # type: ignore[arg-type]
        assert caught.value.faults[0].rule == rule
        assert str(caught.value) != caught.value.chinese
    assert fielded.journal() == journal


def test_a_sealed_round_makes_nothing_void(fielded: Round) -> None:
    fielded.void(interviewer="员03", **WHY)
    fielded.seal(office="县统计局")
    assert fielded.verify() == []
    for step in (lambda: fielded.void(interviewer="员04", **WHY), lambda: fielded.restore(1, **WHY)):
        with pytest.raises(RoundError) as caught:
            step()
        assert caught.value.faults[0].rule == "sealed"


def test_before_all_is_in_what_is_in_is_compared(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", visited(sheets)[sheets["group"] != "staff"])
    drawn.collect(tmp_path / "a.csv")
    what = drawn.try_void(interviewer="员03")
    assert what.status == "provisional"
    assert what.table["score_before"].tolist() == drawn.scores(provisional=True).table["score"].tolist()


def test_the_report_tells_a_void_and_no_interviewer(fielded: Round) -> None:
    fielded.void(interviewer="员03", **WHY)
    fielded.void(interviewer="员04", **(WHY | {"reason": "时间重叠"}))
    fielded.restore(2, reason="钟表有误", office="监察局")
    scores = fielded.score()
    page = render(scores, round_facts(fielded), made=False)
    assert "作废的答卷" in page and WHY["reason"] in page and "由监察局决定：钟表有误" in page
    assert "员0" not in page
    table = read_own_table(fielded.folder / "results" / "voids" / "001.csv").set_index("evaluatee")
    most = table["moved"].astype(float).abs().idxmax()
    line = f"{table.at[most, 'score_before']} → {table.at[most, 'score_after']}"
    assert line.replace(".0 ", ".00 ") in page or line in page
    assert "作废的答卷" not in render(scores, replace_voids(fielded), made=False)


def replace_voids(one: Round):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(round_facts(one), voids=())


def test_who_moves_is_told_by_place_and_grade() -> None:
    table = pd.DataFrame(
        {
            "evaluatee": list("abcd"),
            "rank_before": pd.array([1, 2, 3, None], dtype="Int64"),
            "rank_after": pd.array([1, 3, 2, None], dtype="Int64"),
            "grade_before": ["优", "优", "良", None],
            "grade_after": ["良", "优", "良", None],
            "score_before": [1.0, 2.0, 3.0, 4.0],
            "score_after": [1.5, 2.5, 3.5, 4.5],
        }
    )
    empty = pd.DataFrame({"counted": [True, False]})
    what = Void(empty, table, 0, "preliminary")
    assert what.moved["evaluatee"].tolist() == ["a", "b", "c"] and what.gone == 1


def run(capsys: pytest.CaptureFixture[str], *tokens: str) -> str:
    app([*tokens], result_action="return_value")
    return capsys.readouterr().out


def test_the_command_shows_first_and_records_with_yes(
    fielded: Round, sheets: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(fielded.folder)
    said = ("--reason", WHY["reason"], "--office", WHY["office"])
    shown = run(capsys, "void", folder, "--interviewer", "员03", *said)
    assert "还没有作废" in shown and "Nothing is void yet" in shown and not fielded.steps("void")
    assert "县教育局" in shown and "→" in shown
    done = run(capsys, "void", folder, "--interviewer", "员03", *said, "--yes")
    assert "第 1 次作废" in done and len(fielded.steps("void")) == 1
    write_table(
        tmp_path / "rows.csv", pd.DataFrame({"文件": ["001-a.csv"], "行": [rows_of(sheets, "员04")[0]]})
    )
    run(capsys, "void", folder, "--list", str(tmp_path / "rows.csv"), *said, "--yes")
    run(capsys, "void", folder, "001-a.csv", "--row", str(rows_of(sheets, "员04")[1]), *said, "--yes")
    assert [step["rows"][0]["rows"] for step in fielded.steps("void")[1:]] == [
        [row] for row in rows_of(sheets, "员04")[:2]
    ]
    told = run(capsys, "restore", folder, "1", "--reason", "核实无误", "--office", "县统计局")
    assert "第 1 次作废已恢复" in told
    for tokens in (["001-a.csv"], ["--row", "2"], ["--interviewer", "员04", "--sheet", "一"], []):
        with pytest.raises(RoundError) as caught:
            app(["void", folder, *tokens, *said], result_action="return_value")
        assert caught.value.faults[0].rule == "void_how"
