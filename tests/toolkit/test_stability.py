"""What places rest on: held against rounds scored again with other weights and without some answers."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import bisect

from toolkit import Round, Scheme, SchemeError, Scores
from toolkit.answers import Answers
from toolkit.composed import composed
from toolkit.errors import UnknownNameError
from toolkit.files import read_own_table
from toolkit.intake import Admitted
from toolkit.report.stability import write_stability
from toolkit.report.terminal import verdict_lines
from toolkit.scores import score
from toolkit.stability import ANYONE, Stability, stability

CLASSES = ("departments", "services")


@pytest.fixture(scope="module")
def scored(played_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scores, Admitted]:
    """A round in which a review gave points, and users were visited by interviewers who differ."""
    import shutil

    one = Round.open(shutil.copytree(played_folder, tmp_path_factory.mktemp("stable") / "played"))
    one.change("县教育局", -1.5, reason="模拟", office="模拟办")
    admitted = one.admitted()
    table = admitted.origin.copy()
    users = admitted.answers["users"].table
    kind = users.iloc[:, 2:].mean(axis=1).rank(pct=True) * 3.99  # who is visited by whom tells the answers
    table.loc[users.index, "interviewer"] = [f"员{int(one)}" for one in kind]
    return one.scores(admitted), replace(admitted, origin=table)


@pytest.fixture(scope="module")
def found(scored: tuple[Scores, Admitted]) -> Stability:
    return stability(*scored)


def again(scheme: Scheme, admitted: Admitted, weights: dict[str, float]) -> pd.Series:
    """Score the round anew with other weights of the groups, by evaluatee."""
    groups = tuple(replace(group, weight=weights[group.name]) for group in scheme.groups)
    varied = score(replace(scheme, groups=groups), admitted.drawn, admitted.answers)
    return varied.table.set_index("evaluatee")["estimate"]


def test_swap_weights_are_those_of_bisection_over_rounds_scored_again(
    scored: tuple[Scores, Admitted], found: Stability
) -> None:
    scores, admitted = scored
    points = scores.table.set_index("evaluatee")["change"]
    now = {group.name: group.weight for group in scores.scheme.groups}
    held = 0
    for row in found.swaps[found.swaps["found"] == "within"].itertuples():

        def gap(weight: float, row: Any = row) -> float:
            keep = (1 - weight) / (1 - now[row.part])
            weights = {name: weight if name == row.part else w * keep for name, w in now.items()}
            estimate = again(scores.scheme, admitted, weights) + points
            return float(estimate[row.first] - estimate[row.second])

        assert gap(row.weight) == pytest.approx(row.gap, abs=1e-9)
        assert row.swap == pytest.approx(bisect(gap, 1e-9, 1 - 1e-9, xtol=1e-9), abs=1e-8)
        held += 1
    assert held >= 3
    assert (points["县教育局"], np.abs(points).sum()) == (-1.5, 1.5)


def test_pairs_of_the_swaps_are_neighbours_in_place(
    scored: tuple[Scores, Admitted], found: Stability
) -> None:
    for each in CLASSES:
        order = scored[0].table[scored[0].table["class"] == each].sort_values("rank")["evaluatee"].tolist()
        own = found.swaps[found.swaps["class"] == each]
        assert own[["first", "second"]].drop_duplicates().to_numpy().tolist() == [
            list(pair) for pair in pairwise(order)
        ]


def test_a_group_left_out_is_a_round_without_its_weight(
    scored: tuple[Scores, Admitted], found: Stability
) -> None:
    scores, admitted = scored
    points = scores.table.set_index("evaluatee")["change"]
    gone = scores.scheme.groups[0]
    rest = 1 - gone.weight
    weights = {g.name: 0.0 if g is gone else g.weight / rest for g in scores.scheme.groups}
    expected = again(scores.scheme, admitted, weights) + points
    own = found.left_out[(found.left_out["kind"] == "group") & (found.left_out["left_out"] == gone.name)]
    assert len(own) == len(expected)
    np.testing.assert_allclose(own["score"].astype(float), expected[own["evaluatee"]], atol=1e-9)


def test_an_indicator_left_out_is_a_round_that_did_not_ask_it(
    scored: tuple[Scores, Admitted], found: Stability
) -> None:
    scores, admitted = scored
    own = found.left_out[found.left_out["kind"] == "indicator"]
    points = scores.table.set_index("evaluatee")["change"]
    one = scores.scheme.classes[0]
    gone = one.indicators[-1]
    kept = replace(one, indicators=one.indicators[:-1])
    scheme = replace(scores.scheme, classes=(kept,))
    answers = {name: only(given, kept.evaluatees, gone) for name, given in admitted.answers.items()}
    drawn = {name: listed(of, kept.evaluatees) for name, of in admitted.drawn.items()}
    expected = score(scheme, drawn, answers).table.set_index("evaluatee")["estimate"] + points
    part = own[(own["class"] == one.id) & (own["left_out"] == gone)]
    np.testing.assert_allclose(
        part["score"].astype(float), expected[part["evaluatee"]].astype(float), atol=1e-9
    )


def only(answers: Answers, evaluatees: tuple[str, ...], gone: str) -> Answers:
    keep = answers.table["evaluatee"].isin(evaluatees).to_numpy()
    columns = [c for c in answers.table.columns[2:] if c != gone and answers.table.loc[keep, c].notna().any()]
    table = answers.table.loc[keep, ["evaluatee", "respondent", *columns]]
    whom = pd.Categorical(table["evaluatee"].astype(str), categories=list(evaluatees))
    state = answers.state[keep][:, answers.table.columns[2:].isin(columns)]
    return Answers(table.assign(evaluatee=whom), state)


def listed(drawn: Any, evaluatees: tuple[str, ...]) -> Any:
    if "evaluatee" not in drawn.units:
        return drawn
    units = drawn.units[drawn.units["evaluatee"].isin(evaluatees)].reset_index(drop=True)
    return replace(drawn, units=units.assign(evaluatee=units["evaluatee"].astype(str)))


@pytest.mark.parametrize("kind", ["town", "interviewer"])
def test_a_unit_left_out_is_a_round_without_its_answers(
    scored: tuple[Scores, Admitted], found: Stability, kind: str
) -> None:
    scores, admitted = scored
    points = scores.table.set_index("evaluatee")["change"]
    own = found.left_out[found.left_out["kind"] == kind]
    users = admitted.answers["users"]
    if kind == "town":
        units = admitted.drawn["users"].units
        told = users.table["respondent"].map(dict(zip(units["id"], units["town"], strict=True)))
    else:
        told = admitted.origin.loc[users.table.index, "interviewer"]
    assert set(own["left_out"]) == set(told)
    for one in sorted(set(told))[:3]:
        keep = (told != one).to_numpy()
        rest = {**admitted.answers, "users": Answers(users.table[keep], users.state[keep])}
        scheme = replace(scores.scheme, lonely_psu="adjust")  # estimates alone are compared
        expected = score(scheme, admitted.drawn, rest).table.set_index("evaluatee")["estimate"] + points
        part = own[own["left_out"] == one]
        np.testing.assert_allclose(
            part["score"].astype(float), expected[part["evaluatee"]].astype(float), atol=1e-9
        )


def test_a_published_reason_names_no_interviewer(found: Stability) -> None:
    moved = found.verdicts["moved_by"].explode().dropna().astype(str)
    assert (moved == ANYONE).any() and not moved.str.startswith("员").any()
    assert not found.verdicts[["reason", "reason_zh"]].stack().str.contains("员[0-9]").any()


def test_verdicts_have_the_places_of_the_scheme(scored: tuple[Scores, Admitted], found: Stability) -> None:
    scores = scored[0]
    places = found.verdicts.set_index("evaluatee")["place"]
    assert places.to_dict() == scores.table.set_index("evaluatee")["rank"].to_dict()
    shares = found.places.groupby("evaluatee")["share"].sum()
    np.testing.assert_allclose(shares, 1.0)


def test_the_widths_of_varied_weights_end_at_zero(scored: tuple[Scores, Admitted]) -> None:
    wide = stability(*scored, within=1.0)
    assert wide.within == 1.0
    assert wide.places["share"].between(0, 1).all()


def test_stability_is_written_and_a_sealed_round_keeps_its_files(played: Round) -> None:
    found = played.stability()
    folder = played.folder / "results" / "stability"
    written = read_own_table(folder / "verdicts.csv")
    assert written["verdict_zh"].tolist() == found.verdicts["verdict_zh"].tolist()
    played.seal(office="县统计局")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    played.stability()
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert played.verify() == []


def test_an_unknown_class_is_named(scored: tuple[Scores, Admitted]) -> None:
    with pytest.raises(UnknownNameError, match="departments"):
        composed(scored[0], "部门")


def test_answers_without_interviewers_leave_out_towns_alone(played: Round) -> None:
    kinds = set(played.stability().left_out["kind"])
    assert kinds == {"group", "indicator", "town"}


def test_the_page_tells_every_place_and_no_interviewer(
    scored: tuple[Scores, Admitted], found: Stability, tmp_path: Path
) -> None:
    path = write_stability(found, tmp_path / "page.html", made=True)
    text = html.unescape(path.read_text("utf8"))
    for row in found.verdicts.itertuples():
        assert re.search(
            rf'<td class="n">{row.evaluatee}</td>.{{0,60}}{row.score:.2f}.{{0,60}}{row.verdict_zh}', text
        )
    assert "少一个town" in text or "少一个乡镇" in text
    assert "少一名访问员" in text and "员0" not in text
    assert text.count("演示：名单与回答均为模拟数据") > len(found.scores.scheme.classes)
    swaps = found.swaps[found.swaps["found"] == "within"]["swap"]
    assert all(f">{100 * one:.1f}%<" in text for one in swaps)


def test_the_terminal_counts_verdicts_in_both_languages(found: Stability) -> None:
    lines = verdict_lines(found, top=1)
    assert len(lines) == 2 * len(CLASSES)
    own = found.verdicts[found.verdicts["class"] == CLASSES[0]]
    for zh, en in (("稳固", "safe"), ("接近", "close"), ("难分", "coin toss")):
        assert f"{zh} {en} {(own['verdict'] == en).sum()}" in lines[0]
    assert own["reason_zh"].iloc[0] in lines[1]


def test_a_scheme_states_from_where_on_a_place_is_close(scored: tuple[Scores, Admitted]) -> None:
    scores, admitted = scored
    text = scores.scheme.text.replace(
        "[scale]", "[verdict]\nclose_chance = 1e-9\nclose_weights = 9.0\n\n[scale]", 1
    )
    scheme = Scheme.read(text)
    found = stability(replace(scores, scheme=scheme), admitted)
    assert "safe" not in set(found.verdicts["verdict"])
    assert "1e-09" in scheme.in_words("zh") and "close at 1e-09 and 9" in scheme.in_words("en")
    assert "难分；" not in scores.scheme.in_words("zh")
    with pytest.raises(SchemeError, match="close_chance <= toss_chance") as raised:
        Scheme.read(text.replace("close_chance = 1e-9", "close_chance = 0.4"))
    assert "请改正阈值" in raised.value.chinese
    with pytest.raises(SchemeError, match="close_chanse"):
        Scheme.read(text.replace("close_chance", "close_chanse"))
