"""Objections: steps in the journal, recounts held against rounds scored again, and the letter.

The people and their answers are made up. Oracles: a round from which the disputed rows were really
withdrawn; answers really changed by as many points as a recount says are needed; counts of the file.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import AtPlaces, Awards, Grade, Grading
from scoring.consequence import Below
from toolkit import Round, RoundError
from toolkit.contests import Contest, Recount
from toolkit.contests.contest import find_contest
from toolkit.contests.recount import compared
from toolkit.contests.terminal import recount_lines
from toolkit.files import file_digest, read_own_table, write_table
from toolkit.report.letter import render_letter
from toolkit.seal import seal_differences

WHO = "县公安局"
OPENED: dict[str, Any] = {
    "office": "县公安局办公室",
    "grounds": "有的回答不实，不应计入。",
    "received": "2024-11-04",
    "due": "2024-11-18",
}
NUMBERS = ["score", "estimate", "se", "low", "high", "rank", "rank_low", "rank_high"]


@pytest.fixture(scope="module")
def visited(drawn_folder: Path, all_sheets: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scored round whose users were visited by six interviewers, one partial: never to be changed."""
    folder = tmp_path_factory.mktemp("contests")
    one = Round.open(shutil.copytree(drawn_folder, folder / "round"))
    sheets = all_sheets.copy()
    users = np.flatnonzero(sheets["group"] == "users")
    sheets["访问员"] = ""
    sheets.loc[users, "访问员"] = [f"员{at % 6 + 1:02d}" for at in range(users.size)]
    columns = ["依法履职", "办事效率", "清正廉洁"]
    for whom, said in ((WHO, "0"), ("县图书馆", "10")):
        bent = ((sheets["访问员"] == "员03") & (sheets["evaluatee"] == whom)).to_numpy()
        sheets.loc[bent, columns] = sheets.loc[bent, columns].where(sheets[columns] == "不了解", said)
    for name, part in (("users.csv", sheets.iloc[users]), ("others.csv", sheets.drop(index=users))):
        write_table(folder / name, part)
        one.collect(folder / name)
    one.note("make", what="answers", seed=7)
    one.score()
    return one.folder


@pytest.fixture
def one(visited: Path, tmp_path: Path) -> Round:
    return Round.open(shutil.copytree(visited, tmp_path / "round"))


@pytest.fixture(scope="module")
def found(visited: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Contest, Recount]:
    """An objection to the answers of one interviewer, recounted."""
    one = Round.open(shutil.copytree(visited, tmp_path_factory.mktemp("found") / "round"))
    contest = one.contest(WHO, **OPENED, interviewer="员03")
    return contest, contest.recount()


def rows_of(one: Round) -> pd.DataFrame:
    """All rows of the two files, with file and row as they stand there; users' file first."""
    parts = []
    for path in sorted((one.folder / "answers" / "raw").iterdir()):
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        parts.append(table.assign(file=path.name, row=np.arange(len(table)) + 2))
    return pd.concat(parts, ignore_index=True)


# --- which answers, which steps --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        ({}, lambda rows: rows["file"] == "nothing"),
        ({"interviewer": "员03"}, lambda rows: rows["访问员"] == "员03"),
        (
            {"interviewer": "员03", "own": True},
            lambda rows: (rows["访问员"] == "员03") & (rows["evaluatee"] == WHO),
        ),
        ({"group": "职工"}, lambda rows: rows["group"] == "staff"),
        (
            {"group": "staff", "own": True},
            lambda rows: (rows["group"] == "staff") & (rows["evaluatee"] == WHO),
        ),
        ({"file": "002-others.csv"}, lambda rows: rows["file"] == "002-others.csv"),
        (
            {"file": "002-others.csv", "group": "inspectors"},
            lambda rows: rows["group"] == "inspectors",
        ),
        ({"rows": pd.DataFrame({"file": ["001-users.csv"] * 2, "row": [5, 7]})}, None),
    ],
)
def test_the_disputed_are_those_that_all_names_fit(one: Round, named: dict[str, Any], wanted: Any) -> None:
    contest = one.contest(WHO, **OPENED, **named)
    got = set(zip(contest.disputed()["file"], contest.disputed()["row"].astype(int), strict=True))
    rows = rows_of(one)
    due = rows[wanted(rows)] if wanted else named["rows"]
    assert got == set(zip(due["file"], due["row"], strict=True))
    assert contest.opened["disputed"] == len(due) and (len(due) > 0 or not named)


def test_a_list_of_rows_is_read_from_a_file(one: Round, tmp_path: Path) -> None:
    write_table(tmp_path / "list.csv", pd.DataFrame({"file": ["001-users.csv"], "row": [9]}))
    contest = one.contest(WHO, **OPENED, rows=tmp_path / "list.csv")
    assert contest.disputed().to_numpy().tolist() == [["001-users.csv", "", "9"]]


def test_every_step_is_in_the_journal_and_in_the_list(one: Round) -> None:
    first = one.contest(WHO, **OPENED, interviewer="员03")
    second = one.contest("县教育局", **OPENED | {"received": date(2024, 11, 5), "due": "2024-11-10"})
    assert (first.number, second.number, second.status) == (1, 2, "open")
    first.recount()
    assert first.status == "recounted"
    first.reply("upheld", because="回访属实。", office="县测评办", on="2024-11-15")
    assert (first.status, first.outcome) == ("replied", "upheld")
    first.close(on="2024-11-16", office="县测评办")
    listed = one.contests(today=date(2024, 11, 12))
    assert listed[
        ["number", "evaluatee", "disputed", "status", "outcome", "overdue"]
    ].to_numpy().tolist() == [
        [1, WHO, 40, "closed", "upheld", False],
        [2, "县教育局", 0, "open", "", True],
    ]
    assert one.contests(today=date(2024, 11, 10))["overdue"].tolist() == [False, False]  # on the day itself
    steps = [(line["step"], line["number"]) for line in one.journal() if "contest" in line["step"]]
    assert steps == [
        ("contest", 1),
        ("contest", 2),
        ("contest-recount", 1),
        ("contest-reply", 1),
        ("contest-close", 1),
    ]
    assert first.opened | OPENED == first.opened and first.opened["result"] == {
        "score": float(one.scores().table.set_index("evaluatee").loc[WHO, "score"]),
        "rank": int(one.scores().table.set_index("evaluatee").loc[WHO, "rank"]),
    }
    assert one.verify() == []


def test_a_late_close_is_overdue_and_a_withdrawn_objection_needs_no_reply(one: Round) -> None:
    contest = one.contest(WHO, **OPENED)
    contest.close(on="2024-11-19", office="县测评办", withdrawn=True)
    line = one.contests(today=date(2024, 11, 1)).iloc[0]
    assert (line["status"], line["outcome"], line["overdue"]) == ("closed", "withdrawn", True)


def test_a_new_recount_asks_for_a_new_reply(one: Round) -> None:
    contest = one.contest(WHO, **OPENED)
    contest.recount()
    contest.reply("upheld")
    contest.recount()
    with pytest.raises(RoundError, match="reply, then close"):
        contest.close(on="2024-11-16", office="县测评办")


# --- the recount -----------------------------------------------------------------------------------------


def test_without_is_a_round_from_which_the_rows_were_withdrawn(
    found: tuple[Contest, Recount], one: Round
) -> None:
    rows = rows_of(one)
    gone = rows.loc[rows["访问员"] == "员03", "row"].tolist()
    assert one.withdraw("001-users.csv", rows=gone, reason="模拟", office="模拟") == 40
    due = one.scores().table.set_index("evaluatee")
    table = found[1].table.set_index("evaluatee")
    now = found[1].scores.table.set_index("evaluatee")
    np.testing.assert_allclose(table[NUMBERS].astype(float), now[NUMBERS].astype(float), atol=1e-9)
    np.testing.assert_allclose(
        table[[f"{name}_without" for name in NUMBERS]].astype(float), due[NUMBERS].astype(float), atol=1e-9
    )
    np.testing.assert_allclose(table["change"], due["estimate"] - now["estimate"], atol=1e-9)
    assert (table["moved"] == (due["rank"] != now["rank"])).all() and table["moved"].any()


def test_dropped_counts_rows_and_sheets(found: tuple[Contest, Recount], one: Round) -> None:
    rows = rows_of(one)
    users = rows["group"] == "users"
    theirs, own = rows["访问员"] == "员03", rows["evaluatee"] == WHO
    due = ["users", theirs.sum(), theirs.sum(), (theirs & own).sum(), (users & own).sum()]
    assert found[1].dropped.to_numpy().tolist() == [due]
    assert found[1].own["change"] > 3 * found[1].drop_se > 0  # they were made harsh


def test_drop_error_is_what_random_removals_move(found: tuple[Contest, Recount], one: Round) -> None:
    # Oracle: 8 of the 48 user sheets left out at random 400 times, their plain means scored by hand.
    rows = rows_of(one)
    own = rows[(rows["group"] == "users") & (rows["evaluatee"] == WHO)]
    said = own[["依法履职", "办事效率", "清正廉洁"]].apply(pd.to_numeric, errors="coerce").to_numpy()
    rng = np.random.default_rng(1)
    now = np.nanmean(said, axis=0).mean()
    moves = [0.4 * 10 * (np.nanmean(said[rng.permutation(48)[8:]], axis=0).mean() - now) for _ in range(400)]
    assert found[1].drop_se == pytest.approx(np.sqrt(np.mean(np.square(moves))), rel=0.12)


def test_so_many_sheets_a_point_higher_pass_the_neighbour(found: tuple[Contest, Recount], one: Round) -> None:
    # Oracle: users' sheets really raised by a point, their means by hand; one sheet fewer does not do.
    recounted, rows = found[1], rows_of(one)
    ahead = recounted.needed[(recounted.needed["gap"] > 0) & (recounted.needed["group"] == "users")].iloc[0]
    estimate = recounted.scores.table.set_index("evaluatee")["estimate"]
    gap = estimate[ahead["neighbour"]] - estimate[WHO]
    own = rows[(rows["group"] == "users") & (rows["evaluatee"] == WHO)]
    said = own[["依法履职", "办事效率", "清正廉洁"]].apply(pd.to_numeric, errors="coerce").to_numpy()
    said = said[np.argsort(np.isnan(said).any(axis=1), kind="stable")]  # whole sheets first
    assert ahead["gap"] == pytest.approx(gap) and (said[:, 0].size, ahead["of"]) == (48, 46)

    def gained(sheets: int) -> float:
        raised = said.copy()
        raised[:sheets] += 1
        return 0.4 * 10 * float((np.nanmean(raised, axis=0) - np.nanmean(said, axis=0)).mean())

    many = int(ahead["sheets"])
    assert not np.isnan(said[:many]).any() and gained(many) > gap >= gained(many - 1)


def test_grades_and_consequences_are_compared(one: Round) -> None:
    scores = one.scores()
    line = float(scores.table.set_index("evaluatee").loc[WHO, "score"])
    scheme = replace(
        one.scheme,
        grading=Grading((Grade("优秀", line + 0.5), Grade("其他"))),
        awards=Awards((AtPlaces("first", 1, "通报表扬", (5000,)),), ties="all", both_ends="neither"),
        low_satisfaction_rule=Below(line + 0.5),
    )
    ruled = replace(one, scheme=scheme)
    ruled.score()
    contest = ruled.contest(WHO, **OPENED, interviewer="员03")
    found = contest.recount()
    own, table = found.own, found.table.set_index("evaluatee")
    assert (own["grade"], own["grade_without"]) == ("其他", "优秀")
    assert own["consequences"] == "低满意度问责" and own["consequences_without"] in ("", "通报表扬")
    first = table[table["rank"] == 1].index
    assert all("通报表扬" in table.loc[name, "consequences"] for name in first)
    letter = contest.reply("upheld").path.read_text("utf8")
    assert '<td class="c">优秀</td>' in letter and "名次、等级、奖惩" in letter


def test_what_cannot_be_scored_without_is_said(one: Round) -> None:
    contest = one.contest(WHO, **OPENED, group="inspectors")
    found = contest.recount()
    assert found.without is None and "inspectors" in found.why and np.isnan(found.drop_se)
    assert "不计这些回答便不能计分" in contest.reply("upheld").path.read_text("utf8")
    assert not compared(found.scores, None)["moved"].any()


def test_nothing_disputed_is_a_count_again(one: Round) -> None:
    contest = one.contest(WHO, **OPENED)
    found = contest.recount()
    assert found.without is None and not found.why and found.dropped.empty
    text = contest.reply("upheld").path.read_text("utf8")
    assert "要求重新计算" in text and "不计有异议的回答" not in text


# --- a sealed result -------------------------------------------------------------------------------------


def test_an_objection_changes_nothing_that_is_sealed(one: Round) -> None:
    digest = one.seal(office="测评办")
    before = {path: file_digest(path) for path in sorted(one.folder.rglob("*")) if path.is_file()}
    contest = one.contest(WHO, **OPENED, interviewer="员03")
    contest.recount()
    contest.reply("upheld")
    contest.close(on="2024-11-16", office="测评办")
    journal = one.folder / "journal.jsonl"
    assert {path: file_digest(path) for path in before if path != journal} == {
        path: digest for path, digest in before.items() if path != journal
    }
    assert one.sealed and list(seal_differences(one)) == [] and one.verify() == []
    assert digest in contest.folder.joinpath("reply.html").read_text("utf8")


def test_files_of_an_objection_are_proven(one: Round) -> None:
    contest = one.contest(WHO, **OPENED, interviewer="员03")
    contest.recount()
    letter = contest.reply("upheld").path
    letter.write_text(letter.read_text("utf8").replace("维持", "更正"), "utf8")
    (contest.folder / "disputed.csv").unlink()
    assert one.verify() == [
        "contests/01/disputed.csv: is not there",
        "contests/01/reply.html: not the file that was written",
    ]


def test_a_correction_is_made_before_it_is_told(one: Round) -> None:
    one.seal(office="测评办")
    contest = one.contest(WHO, **OPENED, interviewer="员03")
    found = contest.recount()
    with pytest.raises(RoundError, match="reopen the round if it is sealed"):
        contest.reply("corrected")
    one.reopen(reason="异议成立", office="测评办")
    with pytest.raises(RoundError, match="withdraw answers or change points, and score"):
        contest.reply("corrected")
    listed = contest.disputed()
    one.withdraw("001-users.csv", rows=listed["row"].astype(int).tolist(), reason="回访不实", office="测评办")
    one.score()
    with pytest.raises(RoundError, match="the outcome is a correction"):
        contest.reply("upheld")
    one.seal(office="测评办")
    text = contest.reply("corrected", because="回访不实。").path.read_text("utf8")
    own = found.own
    assert (
        f"原结果（{own['score']:.2f} 分、第 {own['rank']} 名）予以更正："
        f"更正后得 {own['score_without']:.2f} 分、列第 {own['rank_without']} 名。回访不实。" in text
    )
    assert "（更正以前）" in text and f">{own['score']:.2f}<" in text
    assert contest.outcome == "corrected" and one.verify() == []
    again = contest.recount()
    assert (again.own["score"], again.own["rank"]) == (own["score_without"], own["rank_without"])
    text = contest.reply("corrected").path.read_text("utf8")  # what it tells now is what was corrected
    assert "更正以前" not in text and f"原结果（{own['score']:.2f} 分" in text


# --- the letter ------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """What the letter says, without its font and its digests."""
    return re.sub(r"\b[0-9a-f]{64}\b", "", re.sub(r"base64,[^)]*", "", text))


def test_the_letter_identifies_nobody(found: tuple[Contest, Recount], one: Round) -> None:
    # All codes of respondents that were drawn or answered, and of interviewers.
    text = plain(found[0].reply("upheld", because="回访属实。").path.read_text("utf8"))
    rows = rows_of(one)
    codes = set(rows["respondent"]) | set(rows["访问员"]) - {""}
    for group, each in one.lists().items():
        codes |= set(
            each.units[next(g for g in one.scheme.groups if g.id == group).draws[-1].unit].astype(str)
        )
    assert len(codes) > 300 and {"员03", "J1"} <= codes
    words = set(re.findall(r"[A-Za-z0-9\u4e00-\u9fff-]+", text)) | set(re.findall(r"[A-Za-z0-9-]+", text))
    assert not codes & words and "员0" not in text
    assert "演示：名单与回答均为模拟数据" in text


def test_others_are_named_only_where_results_are_published(found: tuple[Contest, Recount]) -> None:
    contest, recounted = found
    others = [name for name in recounted.table["evaluatee"] if name != WHO]
    hidden = plain(contest.reply("upheld").path.read_text("utf8"))
    named = plain(contest.reply("upheld", name_others=True).path.read_text("utf8"))
    assert not [name for name in others if name in hidden]
    assert {name for name in others if name in named} >= set(recounted.needed["neighbour"])
    scores = recounted.table.set_index("evaluatee")["score"]
    for name in set(recounted.needed["neighbour"]):
        assert f"{scores[name]:.2f} 分" in named and f"{scores[name]:.2f} 分" not in hidden


def test_the_letter_tells_the_swap_thresholds_and_the_steps(found: tuple[Contest, Recount]) -> None:
    contest, recounted = found
    text = plain(contest.reply("upheld", name_others=True).path.read_text("utf8"))
    inside = recounted.swaps[recounted.swaps["found"] == "within"]
    assert len(inside) >= 1 and all(f'<td class="r">{swap:.1%}</td>' in text for swap in inside["swap"])
    assert text.count("不会</td>") == (recounted.swaps["found"] != "within").sum()
    steps = recounted.scores.explain(WHO).steps
    for line in steps.loc[steps["step"] != "alike", "working"]:
        assert line.replace("“", "“") in text
    own = recounted.own
    assert f"{own['score']:.2f} 分、第 {own['rank']} 名" in text
    assert f"得分变动 +{own['change']:.2f} 分" in text
    assert "http" not in text and "<script" not in text and "src=" not in text


def test_answers_of_few_people_are_not_told_by_difference(one: Round) -> None:
    rows = rows_of(one)
    own = rows[(rows["group"] == "users") & (rows["evaluatee"] == WHO)]
    for many, told in ((4, False), (5, True)):
        contest = one.contest(WHO, **OPENED, rows=own.iloc[::9].head(many)[["file", "row"]])
        found = contest.recount()
        text = plain(contest.reply("upheld").path.read_text("utf8"))
        assert (f">{found.own['score_without']:.2f}<" in text) is told
        assert ("就能反推个人的回答" in text) is not told
        assert ("得分变动" in text) is told and found.own["change"] != 0
    left = one.contest(WHO, **OPENED, rows=own.iloc[2:][["file", "row"]])  # two are left
    found = left.recount()
    assert "就能反推个人的回答" in left.reply("upheld").path.read_text("utf8") or found.without is None


def test_the_digest_of_all_receipts_is_what_its_command_prints(found: tuple[Contest, Recount]) -> None:
    facts = json.loads((found[0].folder / "letter.json").read_text("utf8"))
    command, here = facts["proof"]["command"], found[0].round.folder
    printed = subprocess.run(["bash", "-c", command], cwd=here, capture_output=True, text=True, check=True)
    assert printed.stdout.split()[0] == facts["proof"]["receipts"]
    assert sum(1 for _ in (here / "samples").rglob("*.receipt.json")) == int(facts["proof"]["samples"]) > 10
    text = html.unescape(found[0].reply("upheld").path.read_text("utf8"))
    assert command in text and facts["proof"]["receipts"] in text


def test_what_is_written_on_it_is_escaped_and_what_is_not_known_left_open(
    found: tuple[Contest, Recount],
) -> None:
    facts = json.loads((found[0].folder / "letter.json").read_text("utf8"))
    told = {"because": "<b>因</b>", "office": "", "on": "", "reference": ""}
    text = render_letter(facts, "upheld", None, False, told)
    assert "&lt;b&gt;因&lt;/b&gt;" in text and "<b>因" not in text
    assert "年　　月　　日" in text and "〔　　　　〕" in text and 'class="blank"' in text
    told |= {"office": "县测评办", "on": "2024-11-05", "reference": "县评函〔2024〕3号"}
    text = render_letter(facts, "upheld", None, False, told)
    assert "2024年11月5日" in text and "县评函〔2024〕3号" in text and 'class="blank"' not in text
    assert text == render_letter(facts, "upheld", None, False, told)


def test_the_terminal_tells_both_results(found: tuple[Contest, Recount]) -> None:
    contest, recounted = found
    own, lines = recounted.own, recount_lines(recounted, contest)
    for name, head in (("", "全部回答 all answers"), ("_without", "不计有异议的 without the disputed")):
        score, rank = own[f"score{name}"], own[f"rank{name}"]
        assert any(line.startswith(f"{head}：{score:.2f} ± ") and f"第 {rank} 名" in line for line in lines)
    many = len(recounted.moved)
    told = f"变动 +{own['change']:.2f} 分，{many} 个单位名次、等级或奖惩不同。"
    assert f"{told} Change +{own['change']:.2f}; {many} move." in lines
    assert not any("员0" in line for line in lines)


def test_a_notebook_shows_the_letter_without_annexes(found: tuple[Contest, Recount]) -> None:
    letter = found[0].reply("upheld")
    shown = letter._repr_html_()
    assert shown.count("<h1>") == 1 and "复核结果" in shown and "<h3>" not in shown
    assert repr(letter) == "Letter(01/reply.html)"
    assert repr(found[0]) == "Contest(1: 县公安局, replied, upheld)"
    own = found[1].own
    assert repr(found[1]).startswith(f"Recount('{WHO}': {own['score']:g}, place {own['rank']} → ")


def test_an_unknown_number_is_refused_and_a_closed_one_recounts_without_writing(one: Round) -> None:
    contest = one.contest(WHO, **OPENED)
    contest.recount()
    contest.reply("upheld")
    contest.close(on="2024-11-16", office="县测评办")
    before = (one.folder / "journal.jsonl").read_text("utf8")
    assert find_contest(one, 1).recount().differences == ()
    assert (one.folder / "journal.jsonl").read_text("utf8") == before
    assert read_own_table(contest.folder / "compared.csv")["evaluatee"].tolist() == list(
        one.scheme.evaluatees
    )
