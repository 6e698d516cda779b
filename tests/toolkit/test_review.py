"""Provisional, reviewed, sealed: every change leaves a trail, and a seal holds every file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy.special import ndtr

from scoring import AnswerError
from scoring.consequence import Below, Bottom, Unstated
from toolkit import Round, RoundError, Scheme
from toolkit.accountable import accountable
from toolkit.answers import parse_answers
from toolkit.errors import UnknownNameError
from toolkit.files import write_table
from toolkit.provisional import chances, provisional, still_to_come
from toolkit.report import write_report, write_workbook
from toolkit.report.terminal import league_lines
from toolkit.review import Change, reviewed
from toolkit.scores import TRAIL, score

OFFICE = "县纠风办"


# ------------------------------------------------------------------------------------- review


def test_a_change_moves_the_score_and_the_places_and_leaves_a_trail(played: Round) -> None:
    before = played.score()
    line = before.table.set_index("evaluatee")
    last = before.league("departments").iloc[-1]["evaluatee"]
    played.change(last, 30.0, reason="核实信访3件，原扣分有误", office=OFFICE)
    played.change(last, -1.5, reason="逾期未办结1件", office="县监察局")
    after = played.score()
    now = after.table.set_index("evaluatee")
    assert (before.status, after.status) == ("preliminary", "reviewed")
    assert now.loc[last, "estimate"] == pytest.approx(line.loc[last, "estimate"] + 28.5, abs=1e-9)
    assert now.loc[last, ["se", "df"]].tolist() == line.loc[last, ["se", "df"]].tolist()
    assert now.loc[last, "rank"] == 1
    others = [one for one in line.index if one != last]
    assert now.loc[others, "score"].tolist() == line.loc[others, "score"].tolist()
    first, second = after.trail.to_dict("records")
    start = line.loc[last, "score"]
    assert list(after.trail.columns) == TRAIL
    assert first == {
        "evaluatee": last,
        "points": 30.0,
        "reason": "核实信访3件，原扣分有误",
        "office": OFFICE,
        "score_before": start,
        "score_after": pytest.approx(start + 30, abs=0.011),
        "rank_before": 3,
        "rank_after": 1,
    }
    assert (second["score_before"], second["rank_before"], second["office"]) == (
        first["score_after"],
        1,
        "县监察局",
    )
    assert (now["surveyed"] + now["change"]).tolist() == pytest.approx(now["estimate"].tolist(), abs=1e-9)
    written = pd.read_csv(played.folder / "results" / "trail.csv")
    assert written["points"].tolist() == [30.0, -1.5]
    assert played.verify() == []


def test_a_change_in_the_trail_that_was_edited_is_named(played: Round) -> None:
    played.change("县教育局", -2.0, reason="信访属实", office=OFFICE)
    played.score()
    path = played.folder / "results" / "trail.csv"
    path.write_bytes(path.read_bytes().replace("信访属实".encode(), "无".encode()))
    assert any("results/trail.csv" in one and "信访属实" in one for one in played.verify())


def test_without_changes_nothing_changes(played: Round) -> None:
    scores = played.score()
    assert reviewed(scores, []) is scores
    there_and_back = reviewed(
        scores, [Change("县教育局", 2.0, "误录", OFFICE), Change("县教育局", -2.0, "更正", OFFICE)]
    )
    columns = list(scores.table.columns)
    pd.testing.assert_frame_equal(there_and_back.table[columns], scores.table, rtol=1e-12)


def test_an_evaluatee_misspelt_is_guessed(played: Round) -> None:
    with pytest.raises(
        UnknownNameError, match="is no evaluatee of this scheme; the nearest names are 县公安局"
    ):
        played.change("县公安居", 1.0, reason="x", office="y")
    assert played.changes() == []


# --------------------------------------------------------------------------------------- seal


def test_a_seal_stands_for_every_file_of_the_round(played: Round) -> None:
    digest = played.seal(office=OFFICE)
    path = played.folder / "results" / "seal.json"
    assert digest == sha256(path.read_bytes()).hexdigest() == played.steps("seal")[-1]["sha256"]
    listed = json.loads(path.read_text(encoding="utf8"))["files"]
    there = {one.relative_to(played.folder).as_posix() for one in played.folder.rglob("*") if one.is_file()}
    assert set(listed) == there - {"results/seal.json", "journal.jsonl"}
    assert all(sha256((played.folder / name).read_bytes()).hexdigest() == listed[name] for name in listed)
    assert played.sealed and played.verify() == []


def test_the_same_round_has_the_same_result_files_sealed_twice(played: Round, tmp_path: Path) -> None:
    other = Round.open(shutil.copytree(played.folder, tmp_path / "twin" / "played"))
    for one in (played, other):
        one.seal(office=OFFICE)
    seals = [
        json.loads((one.folder / "results" / "seal.json").read_text(encoding="utf8"))
        for one in (played, other)
    ]
    assert seals[0]["files"] == seals[1]["files"]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("results/groups.csv", "results/groups.csv: not the file that was sealed"),
        ("results/report.html", "results/report.html: not the file that was sealed"),
        ("samples/delegates.receipt.json", "samples/delegates.receipt.json: not the file that was sealed"),
        ("answers/raw/001-answers.csv", "answers/raw/001-answers.csv: not the file that was sealed"),
    ],
)
def test_a_file_touched_after_the_seal_is_named(played: Round, file: str, said: str) -> None:
    played.seal(office=OFFICE)
    path = played.folder / file
    path.write_bytes(path.read_bytes() + b"\n")
    assert said in played.verify()


def test_a_file_lost_or_put_in_after_the_seal_is_named(played: Round) -> None:
    played.seal(office=OFFICE)
    (played.folder / "results" / "labels.csv").unlink()
    (played.folder / "results" / "note.txt").write_text("x", encoding="utf8")
    said = played.verify()
    assert "results/labels.csv: was sealed, but is not there" in said
    assert "results/note.txt: was not there when the result was sealed" in said


def test_a_journal_rewritten_after_the_seal_is_named(played: Round) -> None:
    played.change("县教育局", -2.0, reason="信访属实", office=OFFICE)
    played.seal(office=OFFICE)
    journal = played.folder / "journal.jsonl"
    journal.write_text(journal.read_text(encoding="utf8").replace("信访属实", "无"), encoding="utf8")
    assert any("lines are not those that were sealed" in one for one in played.verify())


def test_a_seal_edited_is_named(played: Round) -> None:
    played.seal(office=OFFICE)
    path = played.folder / "results" / "seal.json"
    path.write_bytes(path.read_bytes().replace(OFFICE.encode(), "某办".encode()))
    assert "results/seal.json: not the list that was sealed" in played.verify()


def test_after_the_seal_nothing_enters_until_it_is_opened_with_a_reason(
    played: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    played.seal(office=OFFICE)
    write_table(tmp_path / "late.csv", sheets.iloc[:1])
    steps: list[Callable[[], Any]] = [
        lambda: played.collect(tmp_path / "late.csv"),
        lambda: played.withdraw("001-answers.csv", reason="x", office="y"),
        lambda: played.change("县教育局", 1.0, reason="x", office="y"),
        lambda: played.seal(office=OFFICE),
    ]
    before = {path: path.read_bytes() for path in played.folder.rglob("*") if path.is_file()}
    for step in steps:
        with pytest.raises(RoundError, match="sealed; reopen the round with a reason first"):
            step()
    assert played.score().status == "formal"
    assert {path: path.read_bytes() for path in played.folder.rglob("*") if path.is_file()} == before
    played.reopen(reason="县公安局申请复核", office=OFFICE)
    played.change("县公安局", 0.5, reason="复核属实", office=OFFICE)
    played.seal(office=OFFICE)
    assert played.verify() == []
    assert [step["reason"] for step in played.steps("reopen")] == ["县公安局申请复核"]


# -------------------------------------------------------------------------------- provisional


def part_of(sheets: pd.DataFrame, share: float, seed: int = 1) -> pd.DataFrame:
    panel = sheets["group"].isin(["delegates", "inspectors"])
    who = sheets["group"] + sheets["respondent"].astype(str) + sheets["evaluatee"].where(~panel, "")
    cell = sheets["group"] + sheets["evaluatee"].where(~panel, "")
    chosen = who.drop_duplicates().groupby(cell).sample(frac=share, random_state=seed)
    return sheets[who.isin(chosen)]


def test_a_provisional_result_scores_what_is_in_and_stands_apart(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    write_table(tmp_path / "a.csv", part_of(sheets[sheets["group"] != "inspectors"], 0.7))
    drawn.collect(tmp_path / "a.csv")
    scores = drawn.score(provisional=True)
    assert scores.status == "provisional"
    assert scores.left_out[0] == "监察员：还没有回答；其余各类的权重按比例放大"
    weights = {group.id: group.weight for group in scores.scheme.groups}
    rest = sum(group.weight for group in drawn.scheme.groups if group.id != "inspectors")
    assert weights == {
        group.id: pytest.approx(group.weight / rest) for group in drawn.scheme.groups if group.id in weights
    }
    assert set(weights) == {"users", "staff", "delegates"}
    assert scores.table["may_change"].between(0, 1).all()
    assert not (drawn.folder / "results" / "scores.csv").exists()
    assert (drawn.folder / "results" / "provisional" / "scores.csv").is_file()
    assert drawn.steps("provisional") and not drawn.steps("score")
    again = drawn.score(provisional=True)
    assert again.table["may_change"].tolist() == scores.table["may_change"].tolist()


def test_an_evaluatee_whose_answers_come_from_one_town_alone_is_left_out_and_named(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    units, towns = drawn.sample("users", "县教育局").units, drawn.sample("towns").units
    by_chance = units["town"].isin(towns.loc[towns["prob"] < 1, "town"])
    town = units.loc[by_chance, "town"].value_counts().index[0]
    there = units.loc[units["town"] == town, "id"].astype(str)
    own = (sheets["group"] == "users") & (sheets["evaluatee"] == "县教育局")
    kept = sheets[~own | sheets["respondent"].astype(str).isin(there)]
    assert (own & sheets["respondent"].astype(str).isin(there)).sum() >= 2
    write_table(tmp_path / "a.csv", kept)
    drawn.collect(tmp_path / "a.csv")
    with pytest.raises(AnswerError, match="about 县教育局 come from one sampled unit"):
        drawn.score()
    scores = drawn.score(provisional=True)
    assert scores.left_out == ("县教育局：回答都来自同一个抽样单位",)
    assert "县教育局" not in set(scores.table["evaluatee"])


def test_an_evaluatee_that_has_too_little_is_left_out_and_named(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    few = sheets[(sheets["group"] != "staff") | (sheets["evaluatee"] != "县公安局")]
    write_table(tmp_path / "a.csv", few)
    drawn.collect(tmp_path / "a.csv")
    scores = drawn.score(provisional=True)
    assert scores.left_out == ("县公安局：职工的有效回答不足 2 份",)
    assert scores.table["evaluatee"].tolist() == ["县教育局", "县图书馆", "县邮政局", "电信公司"]
    assert scores.table.groupby("class")["rank"].max().tolist() == [2, 2]
    # Who is left out may yet take any place of its class: no chance is given there, not 0 %.
    assert scores.table["may_change"].isna().tolist() == [True, True, False, False]
    assert league_lines(scores)[0] == "尚未计入 Not in it yet：县公安局：职工的有效回答不足 2 份"
    page = write_report(drawn, scores, tmp_path / "p.html").read_text("utf8")
    assert page.count("<td>—</td></tr>") == 2 and page.count("<td>0%</td></tr>") == 2
    book = openpyxl.load_workbook(write_workbook(drawn, scores, tmp_path / "p.xlsx"))
    cells = {row[2].value: row[-1].value for row in book["排名1 部门类"].iter_rows() if row[2].value}
    assert cells["县教育局"] in ("—", None) and cells["县图书馆"] in ("—", None)


def test_once_all_planned_answers_are_in_no_place_will_change(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    write_table(tmp_path / "a.csv", sheets)
    drawn.collect(tmp_path / "a.csv")
    found, final = drawn.score(provisional=True).table, drawn.score().table
    assert found["may_change"].tolist() == [0.0] * 5
    assert found["rank"].tolist() == final["rank"].tolist()
    assert found["score"].tolist() == final["score"].tolist()


def test_scores_move_as_far_as_said_until_the_answers_are_complete(
    drawn: Round, sheets: pd.DataFrame
) -> None:
    """The mean square between the score of a random 70 % of the answers and of all is the variance said."""
    scheme, lists = drawn.scheme, drawn.drawn()
    final = score(scheme, lists, parse_answers(sheets, scheme, "x")).table["estimate"].to_numpy()
    square, said = np.zeros((60, 5)), np.zeros((60, 5))
    for seed in range(60):
        part = parse_answers(part_of(sheets, 0.7, seed), scheme, "x")
        found = provisional(scheme, lists, part, draws=2)
        assert found.left_out == ()
        square[seed] = (found.table["estimate"].to_numpy() - final) ** 2
        for group in scheme.groups:
            moves = still_to_come(scheme, group, lists[group.id], part[group.id])
            said[seed] += group.weight**2 * np.diag(moves)
    # Five variances on 60 parts each: their pooled ratio has an error of about sqrt(2 / 60 / 5) = 0.08.
    assert 0.75 < square.mean() / said.mean() < 1.25


def test_the_chance_of_two_to_change_places_is_that_of_their_difference(small: Scheme) -> None:
    estimate = np.array([70.0, 60, 50, 81, 80])
    moves = np.diag([0.0, 0, 0, 1.0, 3.0])
    moves[3, 4] = moves[4, 3] = 0.5
    found = chances(small, estimate, moves, 40_000)
    due = float(ndtr(-1 / np.sqrt(1 + 3 - 2 * 0.5)))  # P(N(1, 3) < 0)
    assert found[:3].tolist() == [0, 0, 0]
    assert found[3:] == pytest.approx([due, due], abs=4 * np.sqrt(due * (1 - due) / 40_000))


# ----------------------------------------------------------------------------- accountability


def test_accountability_names_whom_the_rule_names_and_whom_the_error_leaves_in_doubt(played: Round) -> None:
    scores = played.score()
    assert isinstance(played.scheme.low_satisfaction_rule, Unstated)
    assert accountable(scores).empty
    scheme = replace(played.scheme, low_satisfaction_rule=Bottom(1))
    found = accountable(replace(scores, scheme=scheme)).set_index("evaluatee")
    table = scores.table.set_index("evaluatee")
    for name, each in (("departments", 3), ("services", 2)):
        part = table[table["class"] == name]
        last = part.index[part["rank"] == each].tolist()
        assert found[(found["class"] == name) & found["meets"]].index.tolist() == last
        doubt = part.index[(part["rank"] < each) & (part["rank_high"] == each)]
        assert set(found[(found["class"] == name) & ~found["meets"]].index) == set(doubt)
    for evaluatee, line in found.iterrows():
        low, high = table.loc[evaluatee, ["rank_low", "rank_high"]]
        size = (table["class"] == line["class"]).sum()
        assert line["sure"] == (low == high == size if line["meets"] else False)
        assert f"{low}–{high}" in line["statement"] or low == high
        assert ("容许" in line["statement"]) == (not line["sure"])


def test_accountability_below_a_line_gives_the_chance(played: Round) -> None:
    scores = played.score()
    middle = float(scores.table["estimate"].median())
    scheme = replace(played.scheme, low_satisfaction_rule=Below(round(middle, 1)))
    found = accountable(replace(scores, scheme=scheme))
    due = scores.table[scores.table["score"] < round(middle, 1)]["evaluatee"]
    assert set(found[found["meets"]]["evaluatee"]) == set(due)
    assert found["chance"].between(0, 1).all()
    assert all(
        f"{chance:.3f}" in text for chance, text in zip(found["chance"], found["statement"], strict=True)
    )
