"""The command line: a whole round by commands, and errors that read as sentences in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.toolkit.conftest import Ran
from toolkit import Round
from toolkit.files import write_table

ROOT = Path(__file__).parents[2]
# The commands read sys.argv, as they do outside of tests; cyclopts warns of it inside.
pytestmark = pytest.mark.filterwarnings("ignore:Cyclopts application invoked without tokens")
SMALL = str(ROOT / "tests" / "scenarios" / "small.toml")


def told_in_both_languages(ran: Ran, chinese: str, english: str) -> bool:
    """Whether a command failed with our message alone: Chinese first, then English."""
    return (
        ran.code == 1
        and ran.out == ""
        and re.search(f"{chinese}.*\n.*{english}", ran.err, re.DOTALL) is not None
        and "Traceback" not in ran.err
    )


def test_a_round_by_commands(
    minyi: Callable[..., Ran], people: Any, sheets_of: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    folder = tmp_path / "各轮 测评"
    made = minyi("create", "小型 2024", "--scheme", SMALL, "--folder", folder)
    place = folder / "小型 2024"
    assert made.code == 0 and made.err == ""
    assert made.out.count("towns, users, staff, delegates, inspectors") == 2  # in both languages
    assert made.out.count(str(place / "frames")) == 2 and "--commit --public" in made.out
    again = minyi("create", "小型 2024", "--scheme", SMALL, "--folder", folder)
    assert told_in_both_languages(again, "已存在", "exists already") and "Round.open" not in again.err
    for name, frame in people.frames.items():
        write_table(place / "frames" / f"{name}.csv", frame)
    drawn = minyi("draw", place, "--key", "公开的钥匙")
    assert drawn.out.splitlines() == [
        "towns: 12",
        "users: 240",
        "staff: 42",
        "delegates: 20",
        "inspectors: 5",
        str(place / "samples" / "receipt.html"),
    ]
    sheets = sheets_of(Round.open(place))
    write_table(tmp_path / "一.csv", sheets.iloc[:100])
    write_table(tmp_path / "二.csv", sheets.iloc[100:])
    taken = minyi("collect", place, tmp_path / "一.csv", tmp_path / "二.csv")
    rest = len(sheets) - 100
    assert taken.out.splitlines() == [
        "001-一.csv：计入 100 份，另列 0 行。 100 sheets admitted, 0 rows set aside.",
        f"002-二.csv：计入 {rest} 份，另列 0 行。 {rest} sheets admitted, 0 rows set aside.",
    ]
    scored = minyi("score", place)
    assert scored.code == 0
    assert all(name in scored.out for name in ("部门类", "服务行业类", "县教育局", "电信公司"))
    reports = [place / "results" / "report.xlsx", place / "results" / "report.html"]
    assert scored.out.splitlines()[-2:] == [str(path) for path in reports]
    assert all(path.stat().st_size > 10_000 for path in reports)
    proven = minyi("verify", place)
    assert (proven.code, proven.out) == (
        0,
        "每次抽样、每个分数都能重现。 Every draw and every score repeats.\n",
    )


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "被评单位 5 个，分 2 类"), ("en", "5 evaluatees in 2")]
)
def test_check_tells_a_scheme_in_words(minyi: Callable[..., Ran], language: str, words: str) -> None:
    told = minyi("check", SMALL, "--language", language)
    assert told.code == 0 and words in told.out
    assert ("被评单位 79 个" in minyi("check", "guangan-2013").out) is True


def test_check_tells_every_fault(minyi: Callable[..., Ran], tmp_path: Path) -> None:
    text = Path(SMALL).read_text(encoding="utf-8")
    text = text.replace("weight = 0.10", "weight = 0.05").replace("level = 0.95", "level = 2")
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    ran = minyi("check", tmp_path / "x.toml")
    assert ran.code == 1 and ran.out == ""
    assert sorted(ran.err.splitlines()) == sorted(
        [
            "x.toml: groups[3].weight：权重之和必须为 1，现为 0.95。",
            "x.toml: level：必须在 0 和 1 之间，现为 2.0。",
            "x.toml: groups[3].weight: weights must sum to 1; they sum to 0.95.",
            "x.toml: level: must be between 0 and 1; it is 2.0.",
        ]
    )


def test_a_scheme_that_is_not_there(minyi: Callable[..., Ran]) -> None:
    assert told_in_both_languages(minyi("check", "guangan-2031"), "没有方案", "there is no scheme")


def test_create_over_a_round(minyi: Callable[..., Ran], played: Round) -> None:
    ran = minyi("create", played.folder.name, "--scheme", SMALL, "--folder", played.folder.parent)
    assert told_in_both_languages(ran, "已存在", "exists already")


@pytest.mark.parametrize("command", ["draw", "collect", "score", "verify"])
def test_a_folder_that_is_no_round(minyi: Callable[..., Ran], command: str, tmp_path: Path) -> None:
    more = {"draw": ["--key", "k"], "collect": ["a.csv"]}.get(command, [])
    ran = minyi(command, tmp_path, *more)
    assert told_in_both_languages(ran, "不是一轮测评", "is no round")


def test_draw_twice(minyi: Callable[..., Ran], drawn: Round) -> None:
    ran = minyi("draw", drawn.folder, "--key", "another")
    assert told_in_both_languages(ran, "再抽就成了挑选", "a second draw would let one choose")


def test_a_frame_that_cannot_be_drawn_from(
    minyi: Callable[..., Ran], make_round: Callable[..., Round], people: Any
) -> None:
    towns = people.frames["towns"].assign(population="unknown")
    ran = minyi("draw", make_round(towns=towns).folder, "--key", "k")
    assert told_in_both_languages(ran, "必须是正数", "must be a positive number")


def test_more_asked_than_there_are(
    minyi: Callable[..., Ran], make_round: Callable[..., Round], people: Any
) -> None:
    few = people.frames["delegates"].iloc[:12]
    ran = minyi("draw", make_round(delegates=few).folder, "--key", "k")
    assert told_in_both_languages(ran, "要抽 20 个，名单只有 12 个", "20 units asked, 12 in the frame")


def test_answers_with_faults(
    minyi: Callable[..., Ran], drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    sheets.loc[3, "依法履职"] = "11"
    write_table(tmp_path / "a.csv", sheets)
    ran = minyi("collect", drawn.folder, tmp_path / "a.csv")
    listed, good = drawn.folder / "answers" / "set_aside" / "001-a.csv", len(sheets) - 1
    assert ran.code == 0 and ran.out.splitlines() == [
        f"001-a.csv：计入 {good} 份，另列 1 行。 {good} sheets admitted, 1 rows set aside.",
        "  第 5 行，依法履职：'11' 不是 0 到 10 的整数，也不是 不了解、拒答",
        "  row 5, 依法履职: '11' is no whole number from 0 to 10, nor 不了解、拒答",
        f"  全部见 All in: {listed}",
    ]
    ran = minyi("collect", drawn.folder, tmp_path / "lost.csv")
    assert told_in_both_languages(ran, "没有文件", "there is no file")


def test_a_good_file_before_a_bad_one_stays_taken_in(
    minyi: Callable[..., Ran], drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    write_table(tmp_path / "a.csv", sheets)
    ran = minyi("collect", drawn.folder, tmp_path / "a.csv", tmp_path / "lost.csv")
    assert ran.code == 1 and f"{len(sheets):,} sheets admitted" in ran.out
    assert len(drawn.steps("collect")) == 1


def test_score_without_answers(minyi: Callable[..., Ran], drawn: Round) -> None:
    assert told_in_both_languages(minyi("score", drawn.folder), "还没有回答", "no answers yet")


def test_score_where_a_stratum_has_one_respondent(
    minyi: Callable[..., Ran], drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    units = drawn.sample("staff", "县公安局").units
    gone = set(units.query("level == '县级'")["id"].iloc[1:])
    write_table(tmp_path / "a.csv", sheets[~sheets["respondent"].isin(gone)])
    minyi("collect", drawn.folder, tmp_path / "a.csv")
    ran = minyi("score", drawn.folder)
    assert told_in_both_languages(ran, "只抽到一个单位", "has one sampled unit")


def test_review_and_seal_by_commands(
    minyi: Callable[..., Ran], drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    write_table(tmp_path / "half.csv", sheets.iloc[::2])
    write_table(tmp_path / "rest.csv", sheets.iloc[1::2])
    place, who = drawn.folder, ("--office", "县纠风办（模拟）")
    minyi("collect", place, tmp_path / "half.csv")
    ran = minyi("score", place, "--provisional")
    assert ran.code == 0
    internal = place / "results" / "provisional"
    assert ran.out.splitlines()[-2:] == [str(internal / "report.xlsx"), str(internal / "report.html")]
    assert "内部参考" in (internal / "report.html").read_text(encoding="utf8")
    minyi("collect", place, tmp_path / "rest.csv")
    early = minyi("change", place, "县教育局", "--reason", "信访属实", *who, "--", "-1.5")
    assert told_in_both_languages(early, "请先计分", "score first")
    minyi("score", place)
    assert minyi("change", place, "县教育局", "--reason", "信访属实", *who, "--", "-1.5").code == 0
    ran = minyi("change", place, "县教育居", "1", "--reason", "x", *who)
    assert told_in_both_languages(ran, "最接近的是 县教育局", "the nearest names are 县教育局")
    ran = minyi("seal", place, *who)
    assert ran.out.splitlines()[-1] == Round.open(place).steps("seal")[-1]["sha256"]
    assert minyi("verify", place).code == 0
    assert told_in_both_languages(minyi("seal", place, *who), "已封存", "is sealed")
    assert minyi("score", place).code == 0 and minyi("verify", place).code == 0
    assert minyi("reopen", place, "--reason", "申请复核", *who).code == 0
    ran = minyi("withdraw", place, "001-half.csv", "--row", "2", "--reason", "代答", *who)
    assert ran.code == 0 and len(Round.open(place).admitted().set_aside) == 1


def test_a_round_that_is_not_proven(minyi: Callable[..., Ran], played: Round) -> None:
    path = played.folder / "results" / "scores.csv"
    path.write_bytes(path.read_bytes().replace("县公安局".encode(), "县财政局".encode()))
    ran = minyi("verify", played.folder)
    assert told_in_both_languages(
        ran, "results/scores.csv", "县财政局 is written, scoring again gives 县公安局"
    )


def test_a_place_that_cannot_be_written_to(minyi: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ran = minyi("create", "r", "--scheme", SMALL, "--folder", tmp_path / "file")
    assert told_in_both_languages(ran, "文件不能读写", "cannot be read or written")


def test_a_command_that_lacks_its_words_says_which(minyi: Callable[..., Ran], drawn: Round) -> None:
    ran = minyi("draw", drawn.folder)
    assert ran.code == 1 and "--key" in ran.err


def test_python_m_toolkit_is_the_same_command() -> None:
    command = [sys.executable, "-X", "utf8", "-m", "toolkit", "check", "guangan-2031"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert len(ran.stderr.splitlines()) == 2 and "没有方案" in ran.stderr


@pytest.mark.parametrize("number", ["1.5", "1e1", "二"])
def test_what_is_counted_is_not_rounded(minyi: Callable[..., Ran], drawn: Round, number: str) -> None:
    before = drawn.journal()
    released = minyi("release", drawn.folder, "staff", number, "--reason", "x", "--office", "y")
    assert released.code == 2 and f"{number} is no whole number" in released.err + released.out
    taken = minyi("withdraw", drawn.folder, "a.csv", "--reason", "x", "--office", "y", "--row", number)
    assert taken.code == 2 and "Invalid value for --row" in taken.err
    assert drawn.journal() == before


def test_stability_by_command(minyi: Callable[..., Ran], played: Round) -> None:
    ran = minyi("stability", played.folder, "--within", 0.02)
    page = played.folder / "results" / "stability" / "stability.html"
    assert (ran.code, ran.out.splitlines()[-1]) == (0, str(page))
    assert "上下 2 个百分点" in page.read_text("utf8")
    assert told_in_both_languages(minyi("stability", played.folder, "--within=-0.1"), "权重", "weight")
    page.unlink()
    played.seal(office="县统计局")
    assert minyi("stability", played.folder).code == 0 and not page.exists()
