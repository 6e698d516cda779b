"""Every message of objections is given by something that can go wrong, in both languages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from typing import Any

import pandas as pd
import pytest

from toolkit import Round, RoundError
from toolkit.contests.contest import find_contest
from toolkit.contests.errors import TEMPLATES
from toolkit.errors import UnknownNameError
from toolkit.files import write_table

OPENED: dict[str, Any] = {
    "office": "县公安局办公室",
    "grounds": "有的回答不实",
    "received": "2024-11-04",
    "due": "2024-11-18",
}


class Bench:
    """A scored round, and what may be done with it."""

    def __init__(self, one: Round, folder: Path) -> None:
        self.one, self.folder = one, folder

    def open(self, **what: Any) -> Any:
        return self.one.contest("县公安局", **OPENED | what)

    def recounted(self) -> Any:
        contest = self.open()
        contest.recount()
        return contest

    def closed(self) -> Any:
        contest = self.open()
        contest.close(on="2024-11-16", office="县测评办", withdrawn=True)
        return contest

    def drawn(self) -> Round:
        (self.one.folder / "journal.jsonl").write_text(
            "".join(
                line
                for line in (self.one.folder / "journal.jsonl").read_text("utf8").splitlines(keepends=True)
                if '"step": "score"' not in line
            ),
            "utf8",
        )
        return self.one

    def spoilt(self) -> Any:
        results = self.one.folder / "results" / "scores.csv"
        results.write_text(results.read_text("utf-8-sig").replace("县公安局", "县公安处"), "utf-8-sig")
        contest = self.one.contest("县教育局", **OPENED)
        contest.recount()
        return contest

    def changed(self) -> Any:
        contest = self.recounted()
        self.one.change("县公安局", 1.0, reason="模拟", office="模拟")
        self.one.score()
        contest.recount()
        return contest


def rows(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


def listed(bench: Bench) -> Any:
    write_table(bench.folder / "list.csv", rows(file=["001-answers.csv"], row=[1]))
    return bench.open(rows=bench.folder / "list.csv")


CASES: dict[str, tuple[Callable[[Bench], Any], str, str]] = {
    "no_result": (
        lambda bench: bench.drawn().contest("县公安局", **OPENED),
        "there is no result to object to yet: score first",
        "还没有可以提出异议的结果：请先计分",
    ),
    "who_and_why": (
        lambda bench: bench.open(grounds=" "),
        "say which office objects, and on what grounds",
        "请写明提出异议的单位和理由",
    ),
    "day": (
        lambda bench: bench.open(due="11月18日"),
        "due: '11月18日' is no date; write it like 2013-11-04",
        "due：'11月18日' 不是日期；请写成 2013-11-04 的样子",
    ),
    "due_before": (
        lambda bench: bench.open(due="2024-11-03"),
        "the answer is due 2024-11-03, before the objection came (2024-11-04); give a later date",
        "答复期限 2024-11-03 早于收到异议的日期 2024-11-04；请改为之后的日期",
    ),
    "names_somebody": (
        lambda bench: bench.open(grounds="D01 号代表有过节"),
        "grounds holds 'D01', the code of a respondent or interviewer, and is printed in a letter that",
        "grounds中有'D01'，是受访者或访问员的编号",
    ),
    "rows_alone": (
        lambda bench: bench.open(group="users", rows=rows(file=["a"], row=[2])),
        "name the answers either by a list of rows, or by group, interviewer and file",
        "有异议的回答，或用清单 rows 指明，或用 group、interviewer、file 指明，不能都写",
    ),
    "list_columns": (
        lambda bench: bench.open(rows=rows(文件=["a"], row=[2])),
        "the list needs the columns file and row (sheet where a workbook has several); it has 文件, row",
        "清单须有 file、row 两列（工作簿有多个工作表的另有 sheet）；现有 文件, row",
    ),
    "list_row": (
        listed,
        "line 2 of the list: 001-answers.csv / 1 is no row of the answers taken in",
        "清单第 2 行：001-answers.csv / 1 不是已收回答中的行",
    ),
    "nothing_meant": (
        lambda bench: bench.open(interviewer="员99", own=True),
        "no answer that was taken in is meant by interviewer '员99' (县公安局); without any of these it is",
        "interviewer '员99' (县公安局) 没有指到任何一份已收的回答",
    ),
    "no_contest": (
        lambda bench: find_contest(bench.one, 3),
        "there is no objection 3; there are —",
        "没有第 3 号异议；现有 —",
    ),
    "closed": (
        lambda bench: bench.closed().reply("upheld"),
        "objection 1 is closed: nothing is added to it",
        "第 1 号异议已经办结，不能再改",
    ),
    "not_recounted": (
        lambda bench: bench.open().reply("upheld"),
        "objection 1 is not recounted yet: recount, then reply",
        "第 1 号异议还没有复算：请先复算再答复",
    ),
    "not_replied": (
        lambda bench: bench.recounted().close(on="2024-11-16", office="县测评办"),
        "objection 1 has no reply yet: reply, then close",
        "第 1 号异议还没有答复：请先答复再办结",
    ),
    "not_proven": (
        lambda bench: bench.spoilt().reply("upheld"),
        "the round does not repeat (1 differences; see minyi verify): mend that before a reply says it does",
        "本轮重抽重算与记录不符（1 处，见 minyi verify）：请先查清，再作答复",
    ),
    "not_corrected": (
        lambda bench: bench.recounted().reply("corrected"),
        "no result of '县公安局' was corrected since the objection came: reopen the round if it is sealed, ",
        "收到异议以后，'县公安局' 的结果没有更正过",
    ),
    "corrected_meanwhile": (
        lambda bench: bench.changed().reply("upheld"),
        "the result of '县公安局' was 61.98 / 2 when the objection came, and is 62.98 / 2: the outcome is a",
        "收到异议时 '县公安局' 的结果是 61.98 / 2，现在是 62.98 / 2：结论应是更正",
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_what_stops_a_step_is_told_in_both_languages(rule: str, played: Round, tmp_path: Path) -> None:
    case, english, chinese = CASES[rule]
    with pytest.raises(RoundError) as caught:
        case(Bench(played, tmp_path))
    assert [one.rule for one in caught.value.faults] == [rule]
    assert english in str(caught.value) and chinese in caught.value.chinese


def test_who_is_not_evaluated_cannot_object(played: Round) -> None:
    with pytest.raises(UnknownNameError, match="no evaluatee of this scheme"):
        played.contest("县卫生局", **OPENED)


def test_nothing_is_noted_of_what_is_refused(played: Round, tmp_path: Path) -> None:
    before = shutil.copytree(played.folder, tmp_path / "before")
    for what in ({"due": "2024-11-03"}, {"interviewer": "员99"}, {"grounds": "D01"}):
        with pytest.raises(RoundError):
            played.contest("县公安局", **OPENED | what)
    journal = "journal.jsonl"
    assert (before / journal).read_bytes() == (played.folder / journal).read_bytes()
    assert not (played.folder / "contests").exists()


def test_every_template_is_raised_by_a_case() -> None:
    assert set(CASES) == set(TEMPLATES)


@pytest.mark.parametrize("rule", TEMPLATES)
def test_both_languages_tell_the_same_facts(rule: str) -> None:
    english, chinese = ({name for _, name, *_ in Formatter().parse(text) if name} for text in TEMPLATES[rule])
    assert english == chinese
    assert re.search("[\u4e00-\u9fff]", TEMPLATES[rule][1])
    assert not re.search("[\u4e00-\u9fff]", TEMPLATES[rule][0])
