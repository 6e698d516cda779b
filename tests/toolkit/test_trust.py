"""Can the answers be trusted: what was planted is found, in its rows and by its interviewer."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from toolkit import Round, RoundError, Scheme
from toolkit.cli import app
from toolkit.files import read_own_table, write_table
from toolkit.scheme import InterviewRules
from toolkit.trust.check import Trust
from toolkit.trust.page import render_trust, write_trust

START = pd.Timestamp("2024-09-02 08:00")
USERS = 240
CHEAT, EARLY, TEXT = "员03", "员05", "九月五日上午"


def visited(sheets: pd.DataFrame) -> pd.DataFrame:
    """Ten interviewers, 24 sheets each; the third's are all of the best rating.

    The fifth begins a visit before the last has ended, ends one before it began, has one of a minute, and
    one whose time cannot be read. A link brings the staff's sheets: a dozen of them within two minutes, three
    from one device.
    """
    found = sheets.assign(访问员="", 开始时间="", 结束时间="", 渠道="", 设备="")
    users = np.flatnonzero(sheets["group"] == "users")
    assert len(users) == USERS
    who, turn = np.arange(USERS) % 10, np.arange(USERS) // 10
    begin = START + pd.to_timedelta(turn * 20 + 60 * 24 * (turn // 12), unit="min")
    found.loc[users, "访问员"] = [f"员{one + 1:02d}" for one in who]
    found.loc[users, "开始时间"] = begin.strftime("%Y年%m月%d日 %H:%M")
    found.loc[users, "结束时间"] = (begin + pd.to_timedelta(10 + who % 3, unit="min")).strftime("%H:%M")
    best = found["访问员"] == CHEAT
    found.loc[best, list(sheets.columns[3:])] = found.loc[best, list(sheets.columns[3:])].where(
        lambda cells: cells == "", "10"
    )
    early = users[who == 4]
    found.loc[early[1], "开始时间"] = "2024/9/2 8:05"
    found.loc[early[3], "结束时间"] = "8:01"
    found.loc[early[5], "结束时间"] = (begin[50] + pd.Timedelta(minutes=1)).strftime("%H:%M")
    found.loc[early[7], "开始时间"] = TEXT
    staff = np.flatnonzero(sheets["group"] == "staff")
    minutes = np.where(
        np.arange(len(staff)) < 12, 600 + np.arange(len(staff)) / 6, 15 + 30.0 * np.arange(len(staff))
    )
    came = START + pd.to_timedelta(minutes, unit="min")
    found.loc[staff, "渠道"], found.loc[staff, "开始时间"] = "链接", came.strftime("%Y-%m-%d %H:%M:%S")
    found.loc[staff[:3], "设备"] = "x7"
    return found


@pytest.fixture(scope="module")
def fielded_folder(
    drawn_folder: Path, all_sheets: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("trust")
    one = Round.open(shutil.copytree(drawn_folder, folder / "trust"))
    text = (one.folder / "scheme.toml").read_text("utf-8")
    rules = "[interviews]\nleast_minutes = 8\n\n[scale]"
    (one.folder / "scheme.toml").write_text(text.replace("[scale]", rules, 1), "utf-8")
    one = Round.open(one.folder)
    write_table(folder / "a.csv", visited(all_sheets))
    one.collect(folder / "a.csv")
    return one.folder


@pytest.fixture
def fielded(fielded_folder: Path, tmp_path: Path) -> Round:
    return Round.open(shutil.copytree(fielded_folder, tmp_path / "trust"))


@pytest.fixture(scope="module")
def found(fielded_folder: Path) -> Trust:
    return Round.open(fielded_folder).trust()


def test_who_cheats_is_first_of_the_one_list(found: Trust) -> None:
    table = found.interviewers
    assert table["interviewer"].iloc[0] == CHEAT and table["flagged"].iloc[0]
    assert "最高分" in table["chinese"].iloc[0]
    assert sorted(table["interviewer"]) == [f"员{one:02d}" for one in range(1, 11)]
    assert (table["n"] <= 24).all() and table["n"].sum() > 200
    assert table["p"].is_monotonic_increasing
    # Holm: the smallest p counts ten times, the next nine times, never below the one before
    holm = np.minimum(np.maximum.accumulate(table["p"].to_numpy() * np.arange(10, 0, -1)), 1)
    assert table["p_adjusted"].to_numpy() == pytest.approx(holm)
    assert table["flagged"].tolist() == (holm <= 0.05).tolist()


def test_the_list_rests_on_sheets_of_three_questions_and_of_two(found: Trust) -> None:
    """Cauchy's combination of the two lists, by its formula."""
    signals = found.signals
    assert set(zip(signals["group"], signals["items"], strict=True)) == {("users", 3), ("users", 2)}
    chance = signals.assign(cut=signals["p"].clip(upper=0.99)).dropna(subset="p")
    tangent = np.tan((0.5 - chance["cut"]) * np.pi)
    parts = tangent.groupby([chance["interviewer"], chance["items"]]).mean()
    each = 0.5 - np.arctan(parts) / np.pi
    whole = np.tan((0.5 - each.clip(upper=0.99)) * np.pi).groupby("interviewer").mean()
    p = 0.5 - np.arctan(whole) / np.pi
    table = found.interviewers.set_index("interviewer")["p"]
    assert table.to_numpy() == pytest.approx(p[table.index].to_numpy(), rel=1e-6)


def test_impossible_times_are_named_with_their_rows(found: Trust, all_sheets: pd.DataFrame) -> None:
    mine = np.flatnonzero(visited(all_sheets)["访问员"] == EARLY) + 2
    for check, nth, what in (
        ("overlap", 1, f"开始时，001-a.csv 第 {mine[0]} 行的访问还没有结束"),
        ("before_start", 3, "结束早于开始"),
        ("too_short", 5, "1.0 分钟，方案规定不少于 8 分钟"),
    ):
        rows = found.rows[found.rows["check"] == check]
        assert rows[["file", "row", "interviewer", "what"]].to_numpy().tolist() == [
            ["001-a.csv", mine[nth], EARLY, what]
        ]
    unread = found.unread
    assert set(unread["row"]) == {mine[7]} and TEXT in set(unread["found"])


def test_straight_sheets_of_few_questions_are_listed_only_of_who_has_far_more(found: Trust) -> None:
    rows = found.rows[(found.rows["check"] == "straight") & (found.rows["group"] == "users")]
    assert set(rows["interviewer"]) == {CHEAT} and len(rows) > 10
    assert set(rows["what"]) == {"3 题都是 10 分"}


def test_interviewers_are_compared_where_they_worked(found: Trust) -> None:
    told = found.groups.set_index("group")
    assert told.loc["users", "interviewers"] == 10 and told.loc["staff", "interviewers"] == 0
    assert "乡镇" in told.loc["users", "strata"] and "被评单位" in told.loc["users", "strata"]
    assert found.effects["group"].tolist() == ["users"] and found.effects["interviewers"].tolist() == [10]
    assert set(found.units["by"]) == {"evaluatee", "parent"}
    assert found.days.groupby("interviewer")["interviews"].sum().max() <= 24


def test_what_came_by_a_link_is_looked_through_for_bursts(found: Trust) -> None:
    assert found.bursts[["group", "by", "count", "flagged"]].to_numpy().tolist() == [
        ["staff", "链接", 12, True]
    ]
    page = render_trust(found)
    assert "职工：没有结束时间" in page and "难以归于巧合" in page and "同一设备 x7 交来 3 份" in page
    assert found.devices[["group", "device", "sheets"]].to_numpy().tolist() == [["staff", "x7", 3]]


def test_checks_and_unreadable_times_change_no_score(fielded: Round) -> None:
    text = (fielded.folder / "answers" / "raw" / "001-a.csv").read_text("utf-8-sig")
    assert TEXT in text
    before = fielded.scores().table
    fielded.trust()
    pd.testing.assert_frame_equal(fielded.scores().table, before)


def test_without_interviewers_and_times_the_page_says_what_is_not_done(played: Round, tmp_path: Path) -> None:
    found = played.trust()
    assert found.interviewers.empty and found.bursts.empty and found.days.empty and found.unread.empty
    page = render_trust(found)
    for told in ("没有写明访问员", "没有开始时间", "方案没有写最短时长", "还没有做"):
        assert told in page


def test_the_page_says_first_what_it_is_not(found: Trust, tmp_path: Path) -> None:
    path = write_trust(found, tmp_path / "trust")
    page = path.read_text("utf-8")
    body = page[page.index("<body>") :]
    heads = ["内部参考", "没有删除任何一份回答", "不是造假的证明", found.about[0], "一、访问员"]
    assert [body.index(one) for one in heads] == sorted(body.index(one) for one in heads)
    assert CHEAT in body and "模拟" not in body and 'src="http' not in page
    assert (
        read_own_table(tmp_path / "trust" / "interviewers.csv")["interviewer"].tolist()
        == found.interviewers["interviewer"].tolist()
    )
    assert not (tmp_path / "trust" / "backcheck.csv").exists()
    assert render_trust(replace(found, made=True)).count("模拟数据") >= 3
    again = write_trust(replace(found, rows=found.rows.iloc[:0]), tmp_path / "trust")
    assert again == path and not (tmp_path / "trust" / "rows.csv").exists()


def test_what_came_back_of_a_back_check_stands_on_the_page(fielded: Round, tmp_path: Path) -> None:
    folder = fielded.backcheck(2).folder
    assert "名单还没有交回" in render_trust(fielded.trust())
    table = read_own_table(folder / "list.csv")
    write_table(tmp_path / "b.csv", table.assign(是否受访=np.where(table["访问员"] == CHEAT, "否", "是")))
    fielded.returned(tmp_path / "b.csv")
    found = fielded.trust()
    assert found.backcheck["interviewer"].iloc[0] == CHEAT and found.backcheck["not_met"].tolist()[:2] == [
        2,
        0,
    ]
    page = render_trust(found)
    assert "名单还没有交回" not in page and "没有受访" in page


def test_rows_to_look_at_can_be_made_void(fielded: Round) -> None:
    rows = fielded.trust().rows
    straight = rows[rows["check"] == "straight"]
    what = fielded.try_void(rows=straight)
    assert what.gone == len(straight) and what.table["moved"].abs().max() > 0


def test_the_command_writes_the_page_unless_the_round_is_sealed(
    fielded: Round, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app(["trust", str(fielded.folder)], result_action="return_value")
    told = capsys.readouterr()
    assert CHEAT in told.out and "内部参考" in told.out and "比较访问员" in told.err
    assert (fielded.folder / "results" / "trust" / "trust.html").is_file()
    fielded.seal(office="县统计局")
    with pytest.raises(RoundError) as caught:
        app(["trust", str(fielded.folder)], result_action="return_value")
    assert caught.value.faults[0].rule == "sealed_trust"
    app(["trust", str(fielded.folder), "--to", str(tmp_path / "x")], result_action="return_value")
    assert (tmp_path / "x" / "trust.html").is_file()
    assert [one for one in fielded.verify() if "not the scheme" not in one] == []  # this one was changed


def test_what_the_plan_says_of_interviews_is_told_and_checked(fielded: Round, small: Scheme) -> None:
    assert "访问：不少于 8 分钟；" in fielded.scheme.in_words() and "至多" not in small.in_words()
    assert "at least 8 minutes" in fielded.scheme.in_words("en")
    assert "访问：" not in small.in_words()
    strict = replace(small, interviews=InterviewRules(level=0.01))
    assert "不超过 1%" in strict.in_words()
