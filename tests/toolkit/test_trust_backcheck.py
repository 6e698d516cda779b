"""回访复核: drawn from every interviewer, proven, blind to what was said, and compared when it comes back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from toolkit import Round, RoundError
from toolkit.cli import app
from toolkit.files import read_own_table, read_table, write_table
from toolkit.trust.backcheck import QUESTIONS, agreement

DAY = "2024-09-05"
SIZES = {"员01": 2, "员02": 10, "员03": 100}


def visited(sheets: pd.DataFrame) -> pd.DataFrame:
    """Users' sheets go to three interviewers: two sheets, ten, and a hundred."""
    users = np.flatnonzero(sheets["group"] == "users")
    who = np.full(len(sheets), "", dtype=object)
    who[users[:112]] = np.repeat(list(SIZES), list(SIZES.values()))
    asked = who != ""
    return sheets.assign(
        访问员=who,
        开始时间=np.where(asked, f"{DAY} 10:00", ""),
        结束时间=np.where(asked, "10:12", ""),
    )


@pytest.fixture(scope="module")
def fielded_folder(
    drawn_folder: Path, all_sheets: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("fielded")
    one = Round.open(shutil.copytree(drawn_folder, folder / "fielded"))
    write_table(folder / "a.csv", visited(all_sheets))
    one.collect(folder / "a.csv")
    return one.folder


@pytest.fixture
def fielded(fielded_folder: Path, tmp_path: Path) -> Round:
    return Round.open(shutil.copytree(fielded_folder, tmp_path / "fielded"))


@pytest.mark.parametrize(
    ("share", "due"),
    [
        (0.0, {"员01": 2, "员02": 3, "员03": 3}),  # of who has no more, all
        (0.25, {"员01": 2, "员02": 3, "员03": 23}),  # 28 of 112; what floors do not take follows the sizes
    ],
)
def test_every_interviewer_is_checked(fielded: Round, share: float, due: dict[str, int]) -> None:
    found = fielded.backcheck(3, share=share)
    assert found.table["访问员"].value_counts().to_dict() == due
    assert fielded.verify() == []


def test_a_fresh_key_decides_who_is_drawn_and_a_given_one_repeats(fielded: Round) -> None:
    fielded.backcheck(5)
    tables = [fielded.backcheck(5, key="k" if given else None).table for given in (False, False, True)]
    first, second, third = ({*table["编号"]} for table in tables)
    assert first != second and second != third
    keys = [step["key"] for step in fielded.steps("backcheck")]
    assert len(set(keys)) == 4 and keys[-1] == "k" and all(len(key) == 32 for key in keys[:3])


def test_the_list_tells_nothing_of_what_was_said(fielded: Round, all_sheets: pd.DataFrame) -> None:
    found = fielded.backcheck(3)
    table = read_table(found.folder / "list.csv").fillna("")
    asked = ["是否受访", "受访日期", "约几分钟", "回答1", "回答2", "回答3", "备注"]
    assert (table[asked] == "").all(axis=None) and DAY not in (found.folder / "list.csv").read_text(
        "utf-8-sig"
    )
    recorded = read_own_table(found.folder / "recorded.csv")
    assert set(recorded["minutes"]) == {"12.0"}
    sheets = visited(all_sheets).set_index(["respondent", "evaluatee"])
    for line in recorded.to_dict("records"):
        own = sheets.loc[(line["respondent"], line["evaluatee"])]
        indicators = fielded.scheme.indicators[line["evaluatee"]]
        questions = [line[f"question_{n}"] for n in range(1, QUESTIONS + 1)]
        assert [one for one in questions if one] == list(indicators)  # the small scheme asks three or two
        for n, name in enumerate(indicators, 1):
            assert line[f"said_{n}"] == (own[name] or "未答")


def test_three_of_more_questions_are_chosen_by_lot(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    """A delegate's sheet has 13 questions on five evaluatees; three of them are asked again."""
    mine = sheets["group"] == "delegates"
    write_table(tmp_path / "a.csv", sheets[mine].assign(访问员="员09"))
    drawn.collect(tmp_path / "a.csv")
    recorded = read_own_table(drawn.backcheck(20).folder / "recorded.csv")
    assert len(recorded) == 20
    known = {f"{who}：{name}" for who, names in drawn.scheme.indicators.items() for name in names}
    asked = recorded[[f"question_{n}" for n in (1, 2, 3)]]
    assert set(asked.to_numpy().ravel()) <= known and asked.nunique(axis=1).eq(3).all()
    assert len(set(asked.to_numpy().ravel())) > 10
    told = sheets[mine].set_index(["respondent", "evaluatee"])
    for line in recorded.to_dict("records"):
        for n in (1, 2, 3):
            who, name = line[f"question_{n}"].split("：")
            assert line[f"said_{n}"] == told.loc[(line["respondent"], who), name]


def filled(one: Round, change: Callable[[pd.DataFrame], None], path: Path) -> Path:
    """Fill the list in as if everybody remembered everything, and then change it."""
    folder = one.folder / "backchecks" / "001"
    table, recorded = read_table(folder / "list.csv").fillna(""), read_own_table(folder / "recorded.csv")
    table["是否受访"], table["受访日期"], table["约几分钟"] = "是", "2024年9月5日", "10"
    for n in range(1, QUESTIONS + 1):
        table[f"回答{n}"] = recorded[f"said_{n}"].to_numpy()
    change(table)
    write_table(path, table)
    return path


def test_what_comes_back_is_set_beside_what_was_recorded(fielded: Round, tmp_path: Path) -> None:
    fielded.backcheck(3)

    def change(table: pd.DataFrame) -> None:
        second = table.index[table["访问员"] == "员02"]
        table.loc[second[0], "是否受访"] = "否"
        third = table.index[table["访问员"] == "员03"]
        table.loc[third[0], "受访日期"] = "2024-09-08"
        table.loc[third[0], "约几分钟"] = "2"
        recorded = pd.to_numeric(table.loc[third[1:], "回答1"], errors="coerce")
        table.loc[third[1], "回答1"] = (
            str(int((recorded.iloc[0] + 5) % 11)) if recorded.notna().iloc[0] else "3"
        )
        table.loc[third[2], "是否受访"] = ""

    assert fielded.returned(filled(fielded, change, tmp_path / "back.csv")) == 7
    table, lines = agreement(fielded)
    found = table.set_index("interviewer")
    assert table["interviewer"].tolist() == ["员02", "员03", "员01"]  # not met, then answers far apart
    assert found["drawn"].to_dict() == {"员01": 2, "员02": 3, "员03": 3}
    assert found["reached"].to_dict() == {"员01": 2, "员02": 3, "员03": 2}
    assert found["not_met"].to_dict() == {"员01": 0, "员02": 1, "员03": 0}
    assert found["day_differs"].to_dict() == {"员01": 0, "员02": 0, "员03": 1}
    assert found["far"].to_dict() == {"员01": 0, "员02": 0, "员03": 1}
    assert found["recorded"].to_dict() == {"员01": 12, "员02": 12, "员03": 12}
    assert found["minutes"].to_dict() == {"员01": 10, "员02": 10, "员03": 6}
    assert (found["answers"] - found["same"]).to_dict() == {"员01": 0, "员02": 0, "员03": 1}
    assert sorted(lines["what"]) == ["受访人说没有受访", "回答相差较远", "日期不符"]
    assert fielded.verify() == []


def test_a_later_return_goes_before_and_voids_change_nothing_of_it(fielded: Round, tmp_path: Path) -> None:
    fielded.backcheck(3)
    for word in ("否", "是"):
        path = filled(
            fielded, partial(pd.DataFrame.insert, loc=0, column="x", value=""), tmp_path / f"{word}.csv"
        )
        write_table(path, read_table(path).assign(是否受访=word))
        fielded.returned(path)
    fielded.returned(tmp_path / "是.csv")  # the very file again
    assert len(fielded.steps("backcheck-returned")) == 2
    before = agreement(fielded)[0]
    assert before["met"].sum() == 8 and before["not_met"].sum() == 0
    fielded.void(interviewer="员02", reason="x", office="y")
    pd.testing.assert_frame_equal(agreement(fielded)[0], before)


def test_the_workbook_comes_back_as_it_went_out(fielded: Round, tmp_path: Path) -> None:
    folder = fielded.backcheck(3).folder
    book = openpyxl.load_workbook(folder / "list.xlsx")
    cells = [[cell.value for cell in line] for line in book.active.iter_rows()]
    assert cells[0][0] == "回访复核名单" and "内部参考" in cells[1][0] and DAY not in str(cells)
    head = next(at for at, line in enumerate(cells) if line[0] == "回访批次")
    column = cells[head].index("是否受访") + 1
    for row in range(head + 2, head + 10):
        book.active.cell(row, column, "是")
    book.active.cell(head + 10, column, None)
    book.save(tmp_path / "back.xlsx")
    assert fielded.returned(tmp_path / "back.xlsx") == 8
    book.active.cell(head + 3, column, "也许")
    book.save(tmp_path / "bad.xlsx")
    with pytest.raises(RoundError, match=f"row {head + 3}, 是否受访: '也许'"):
        fielded.returned(tmp_path / "bad.xlsx")


def test_a_list_with_faults_is_refused_whole(fielded: Round, tmp_path: Path) -> None:
    fielded.backcheck(3)

    def change(table: pd.DataFrame) -> None:
        table.loc[0, "是否受访"] = "也许"
        table.loc[1, "受访日期"] = "前天"
        table.loc[2, "约几分钟"] = "半小时"
        table.loc[3, "回答1"] = "11"
        table.loc[4, "序号"] = "99"

    path = filled(fielded, change, tmp_path / "back.csv")
    with pytest.raises(RoundError) as caught:
        fielded.returned(path)
    told = {(one.rule, one.english.split(":")[0]) for one in caught.value.faults}
    assert told == {
        ("backcheck_line", "row 6"),
        ("backcheck_cell", "row 2, 是否受访"),
        ("backcheck_cell", "row 3, 受访日期"),
        ("backcheck_cell", "row 4, 约几分钟"),
        ("backcheck_cell", "row 5, 回答1"),
    }
    assert not fielded.steps("backcheck-returned")
    write_table(path, read_table(path).drop(columns="是否受访"))
    with pytest.raises(RoundError, match="是否受访"):
        fielded.returned(path)


def test_what_cannot_be_drawn_is_refused(played: Round, fielded: Round, tmp_path: Path) -> None:
    cases = [
        ("nobody_asked", lambda: played.backcheck(3)),
        ("no_backcheck", lambda: agreement(played)),
        ("positive", lambda: fielded.backcheck(0)),
        ("level", lambda: fielded.backcheck(1, share=1.5)),
        ("backcheck_how", lambda: app(["backcheck", str(fielded.folder)], result_action="return_value")),
    ]
    for rule, step in cases:
        with pytest.raises(RoundError) as caught:
            step()
        assert caught.value.faults[0].rule == rule and str(caught.value) != caught.value.chinese
    played.seal(office="x")
    for sealed in (lambda: played.backcheck(3), lambda: played.returned(tmp_path / "x.csv")):
        with pytest.raises(RoundError) as caught:
            sealed()
        assert caught.value.faults[0].rule == "sealed"


def test_an_edited_back_check_is_found_out(fielded: Round) -> None:
    folder = fielded.backcheck(3).folder
    path = folder / "sample.csv"
    text = path.read_text("utf-8-sig")
    table = read_own_table(path)
    other = next(
        one for one in read_own_table(folder / "frame.csv")["interview"] if one not in set(table["interview"])
    )
    path.write_text(text.replace(table["interview"].iloc[-1], other), "utf-8-sig")
    assert any(one.startswith("backchecks/001: ") for one in fielded.verify())


def test_the_command_draws_and_takes_in(
    fielded: Round, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app(["backcheck", str(fielded.folder), "--per-interviewer", "2"], result_action="return_value")
    assert "3 名访问员，6 次访问" in capsys.readouterr().out
    path = filled(fielded, lambda table: None, tmp_path / "back.csv")
    app(["backcheck", str(fielded.folder), "--returned", str(path)], result_action="return_value")
    assert "联系上 6 人" in capsys.readouterr().out
