"""What evaluatees share of their respondents, from the scheme's keys to the score: all people are made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.toolkit.conftest import SMALL, People
from toolkit import Round, Scheme
from toolkit.errors import RoundError, SchemeError
from toolkit.report.method import method_steps
from toolkit.report.receipt import render_receipt
from toolkit.simulate import make_answers, make_population

Make = Callable[..., Round]
Sheets = Callable[..., pd.DataFrame]
SPREAD = [
    (
        'valid = 20\nofficial = "plain"\noverlap = "same"',
        'valid = 20\nofficial = "plain"\noverlap = "spread"',
    ),
    ('name = "delegates"\nframe', 'name = "delegates"\nper_evaluatee = true\nframe'),
]
AT_MOST = [('within = "towns"\nper_evaluatee = true', 'within = "towns"\nper_evaluatee = true\nat_most = 4')]


def variant(tmp_path: Path, changes: list[tuple[str, str]]) -> Path:
    text = SMALL.read_text(encoding="utf8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "variant.toml"
    path.write_text(text, encoding="utf8")
    return path


def collected(one: Round, answers: pd.DataFrame, tmp_path: Path) -> pd.DataFrame:
    path = tmp_path / "answers.csv"
    answers.to_csv(path, index=False)
    return one.collect(path).set_aside


def test_delegates_spread_over_evaluatees_are_drawn_scored_and_proven(
    make_round: Make, sheets_of: Sheets, tmp_path: Path
) -> None:
    one = make_round(scheme=variant(tmp_path, SPREAD))
    one.draw("k")
    samples = dict(one.samples(one.scheme.groups[2].draws[0]))
    load = Counter(who for sample in samples.values() for who in sample.units["person"])
    assert [len(sample.units) for sample in samples.values()] == [20] * 5
    assert set(load.values()) == {2} and len(load) == 50  # 5 × 20 = 2 × 50
    assert one.loads("delegates").to_dict() == {2: 50}
    table = one.overlap("delegates")
    # Of 50, 20 and 20 more; the third takes the 10 that are left and 10 of 40.
    assert table["expected"].iloc[:2].tolist() == [0, 5] and table["actual"].sum() == 50
    refused = collected(one, sheets_of(one), tmp_path)
    assert refused.empty
    scores = one.score()
    own = scores.groups[scores.groups["group"] == "delegates"]
    assert (own["df"] == 19).all() and (own["counted"] == 20).all()
    assert one.verify() == []
    assert "相差不超过一个（回避及递补者除外）" in one.scheme.in_words()
    assert "but for recusals and those who take their places" in one.scheme.in_words("en")
    steps = method_steps(scores, gaps="x")
    assert any("相差不超过一个（回避及递补者除外）" in step.text for step in steps)


def test_a_sample_drawn_alone_instead_of_spread_is_named(make_round: Make, tmp_path: Path) -> None:
    one = make_round(scheme=variant(tmp_path, SPREAD))
    one.draw("k")
    receipt = one.folder / "samples" / "delegates" / "县公安局.receipt.json"
    text = receipt.read_text(encoding="utf8")
    assert '"lottery": "small/delegates"' in text
    receipt.write_text(
        text.replace('"lottery": "small/delegates"', '"lottery": "small/other"'), encoding="utf8"
    )
    assert any("coordinate: the receipt says" in found for found in one.verify())


def test_nobody_is_drawn_from_more_lists_than_the_scheme_says(
    make_round: Make, people: People, tmp_path: Path
) -> None:
    users = people.frames["users"].assign(id=lambda table: table["id"].str[2:])
    one = make_round(scheme=variant(tmp_path, AT_MOST), users=users)
    one.draw("k")
    drawn = [
        who
        for _, sample in one.samples(one.scheme.groups[0].draws[1])
        for who in zip(sample.units["town"], sample.units["id"], strict=True)
    ]
    assert len(drawn) == 5 * 48
    ids = Counter(who for _, who in drawn)
    assert max(ids.values()) <= 4
    sample = one.sample("users", "县公安局")
    assert sample.roles["prob"][2] is not None and "lists" in sample.units
    assert one.verify() == []
    assert "每人至多进 4 个单位的名单" in one.scheme.in_words()
    # The number worked out must be one that decided: those of coordinated samples go by another name.
    page = render_receipt(one)
    assert "small/users/" not in page and "一个抽签号怎样算" in page


def test_who_is_recused_is_not_drawn_and_a_panel_members_answers_are_set_aside(
    make_round: Make, people: People, sheets_of: Sheets, tmp_path: Path
) -> None:
    staff = people.frames["staff"]
    whom = staff.loc[staff["evaluatee"] == "县公安局", "id"].iloc[:3].tolist()
    pairs = [("staff", who, "县公安局", "本单位负责人（虚构）") for who in whom]
    pairs.append(("inspectors", "J2", "县公安局", "曾任职（虚构）"))
    table = pd.DataFrame(pairs, columns=["group", "respondent", "evaluatee", "reason"])
    one = make_round(recusals=table)
    one.draw("k")
    assert not set(one.sample("staff", "县公安局").units["id"]) & set(whom)
    refused = collected(one, sheets_of(one), tmp_path)
    own = refused[refused["rule"] == "recused"]
    assert own[["respondent", "evaluatee"]].to_numpy().tolist() == [["J2", "县公安局"]]
    assert (
        "曾任职（虚构）" in own["why_zh"].iloc[0]
        and "is recused from rating '县公安局'" in own["why"].iloc[0]
    )
    # The pair is not open, and not missing: 4 of 4 who may rate have answered.
    inspectors = one.response().set_index(["group", "evaluatee"]).loc["inspectors"]
    assert inspectors["drawn"].tolist() == [5] * 5
    assert inspectors[["complete", "ineligible", "unknown"]].loc["县公安局"].tolist() == [4, 1, 0]
    assert inspectors["RR1"].tolist() == [1.0] * 5
    assert one.unworked()["inspectors"] == 0
    plan = one.progress().query("group == 'inspectors'").set_index("evaluatee")
    assert plan.loc["县公安局", ["target", "done", "left"]].tolist() == [4, 4, 0]
    assert plan["target"].drop("县公安局").tolist() == [5] * 4
    scores = one.score()
    assert scores.response.equals(one.response()) and scores.unworked == 0
    panel = scores.groups[scores.groups["group"] == "inspectors"].set_index("evaluatee")
    assert panel["counted"].to_dict() == {
        "县教育局": 5,
        "县公安局": 4,
        "县图书馆": 5,
        "县邮政局": 5,
        "电信公司": 5,
    }
    assert one.verify() == []


def test_recused_delegates_are_passed_over_where_samples_are_spread(make_round: Make, tmp_path: Path) -> None:
    pairs = [("delegates", who, "县公安局", "负责人（虚构）") for who in ("D01", "D02", "D07")]
    table = pd.DataFrame(pairs, columns=["group", "respondent", "evaluatee", "reason"])
    one = make_round(scheme=variant(tmp_path, SPREAD), recusals=table)
    one.draw("k")
    sample = one.sample("delegates", "县公安局")
    assert not set(sample.units["person"]) & {"D01", "D02", "D07"}
    assert np.allclose(sample.units["prob"], 20 / 47) and one.verify() == []


def test_recusals_that_nobody_can_place_are_all_named(make_round: Make) -> None:
    table = pd.DataFrame([["staff", "S1", "县卫生局", ""], ["guests", "S1", "县公安局", ""]])
    table = table.set_axis(["group", "respondent", "evaluatee", "reason"], axis=1)
    one = make_round(recusals=table)
    with pytest.raises(RoundError) as caught:
        one.draw("k")
    assert [each.rule for each in caught.value.faults] == ["recusal", "recusal"]
    assert "row 3: 'guests' is no group of the scheme" in str(caught.value)
    assert "第 2 行：“县卫生局”不是方案中的被评单位" in caught.value.chinese
    one = make_round("none", recusals=table.iloc[:0])
    assert one.recusals().empty and list(one.recusals()) == list(table)
    one.draw("k")  # headings alone: nobody is recused
    assert one.verify() == []
    one = make_round("blank")
    (one.folder / "frames" / "recusals.csv").write_bytes(b"")
    with pytest.raises(RoundError, match="recusals.csv has no rows"):
        one.draw("k")
    one = make_round("missing", recusals=pd.DataFrame({"group": ["staff"], "respondent": ["S1"]}))
    with pytest.raises(RoundError, match="recusals.csv"):
        one.draw("k")


@pytest.mark.parametrize(
    ("rule", "changes", "english", "chinese"),
    [
        (
            "spread_design",
            [*SPREAD, ('simple_random", n = 20', 'systematic", n = 20')],
            "groups[2].overlap: members are spread over the evaluatees by one simple random draw",
            "groups[2].overlap：分散评议的组只能有一次简单随机抽样",
        ),
        (
            "at_most_design",
            [
                ('name = "staff"\nframe', 'name = "staff"\nat_most = 2\nframe'),
            ],
            "groups[1].draws[0].at_most: at_most needs a list for each evaluatee",
            "groups[1].draws[0].at_most：at_most 要求各单位各有名单",
        ),
    ],
)
def test_says_what_cannot_be_shared(
    tmp_path: Path, rule: str, changes: list[tuple[str, str]], english: str, chinese: str
) -> None:
    with pytest.raises(SchemeError) as caught:
        Scheme.load(variant(tmp_path, changes))
    assert [each.rule for each in caught.value.faults] == [rule]
    assert english in str(caught.value) and chinese in caught.value.chinese


def test_a_population_can_be_made_up_for_spread_delegates(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "data/schemes/guangan-2013.toml").read_text(encoding="utf8")
    text = text.replace(
        'overlap = "same"                      # one sheet: the same 580 rate every evaluatee',
        'overlap = "spread"',
    )
    text = text.replace(
        'unit = "person"\nmerge_rows = true ', 'unit = "person"\nper_evaluatee = true\nmerge_rows = true '
    )
    text = text.replace(
        '{ kind = "systematic", n = 580, order = ["body"] }', '{ kind = "simple_random", n = 580 }'
    )
    path = tmp_path / "spread.toml"
    path.write_text(text, encoding="utf8")
    scheme = Scheme.load(path)
    population = make_population(scheme)
    group = scheme.groups[2]
    whom = pd.DataFrame(
        {"person": population.frames["delegates"]["person"].unique()[:10], "evaluatee": scheme.evaluatees[3]}
    )
    drawn = {
        each.id: whom if each is group else pd.DataFrame({each.draws[-1].unit: [], "evaluatee": []})
        for each in scheme.groups
    }
    made = make_answers(population, drawn)
    assert made["evaluatee"].tolist() == [scheme.evaluatees[3]] * 10 and (made["group"] == "delegates").all()
