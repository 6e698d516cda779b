"""A round's reserves in replicates: released whole, recorded with the reason, worked to the end.

Oracles: the receipts' own lottery order; counting by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sampling import replicates
from toolkit import Round, RoundError, Scheme
from toolkit.counters import progress_lines
from toolkit.files import write_table
from toolkit.report import write_report

SMALL = (Path(__file__).parents[1] / "scenarios" / "small.toml").read_text(encoding="utf8")
WHO = {"reason": "联系不上", "office": "县统计局"}


def changed(*pairs: tuple[str, str]) -> str:
    text = SMALL
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


USERS = (
    ('unit = "id"\nwithin = "towns"', 'unit = "id"\nreplicate = 2\nwithin = "towns"'),
    (
        'kind = "simple_random"\nn = { kind = "self',
        'kind = "simple_random"\nreserve = 0.8\nn = { kind = "self',
    ),
)
PANEL = (
    ("merge_rows = true\n", "merge_rows = true\nreplicate = 3\n"),
    ('{ kind = "simple_random", n = 20 }', '{ kind = "simple_random", n = 20, reserve = 0.5 }'),
)


@pytest.fixture
def make(make_round: Callable[..., Round], tmp_path: Path) -> Callable[..., Round]:
    def start(*pairs: tuple[str, str]) -> Round:
        path = tmp_path / "s.toml"
        path.write_text(changed(*pairs), encoding="utf8")
        one = make_round(scheme=path)
        one.draw("k")
        return one

    return start


def test_a_replicate_is_released_whole_in_every_stratum(make: Callable[..., Round]) -> None:
    one, whom = make(*USERS), "县教育局"
    sample = one.sample("users", whom)
    of = replicates(sample, 2)
    assert of.max() >= 2
    for k in (1, 2):
        count = one.release("users", k, evaluatee=whom, **WHO)
        units = one.drawn()["users"].units.query("evaluatee == @whom")
        assert set(units["id"].astype(str)) == set(sample.units["id"][of <= k].astype(str))
        assert count == int(((of > 0) & (of <= k)).sum())
        step = one.steps("release")[-1]
        assert (step["replicates"], step["size"], step["reason"]) == (k, 2, "联系不上")
        assert sum(number for _, number in step["released"]) == count
        by_town = units.groupby("psu", observed=True).agg(
            n=("id", "size"), N=("population_2", "first"), p=("stage_prob_2", "first")
        )
        assert by_town["p"].to_numpy() == pytest.approx((by_town["n"] / by_town["N"]).to_numpy())
    with pytest.raises(RoundError, match="would be taken back"):
        one.release("users", 1, evaluatee=whom, **WHO)
    assert one.verify() == []


def test_a_list_without_strata_has_replicates_too(make: Callable[..., Round]) -> None:
    one = make(*PANEL)
    assert one.release("delegates", 2, **WHO) == 6
    units = one.drawn()["delegates"].units
    assert len(units) == 26 and units["prob"].unique().tolist() == [26 / 50]
    assert one.release("delegates", 4, **WHO) == 10  # the fourth has one unit left
    with pytest.raises(Exception, match="cannot release 5"):
        one.release("delegates", 5, **WHO)
    assert one.steps("release")[-1]["released"] == [[[], 10]]
    assert json.loads(json.dumps(one.steps("release"))) == one.steps("release")
    assert one.verify() == []


def test_the_response_rate_is_final_when_all_drawn_are_worked(
    make: Callable[..., Round], people: Any, tmp_path: Path
) -> None:
    one = make(*PANEL)
    one.release("delegates", 1, **WHO)
    spare = one.drawn()["delegates"].units.query("role == 'reserve'")["person"].astype(str).tolist()
    parts = []
    for group in one.scheme.groups:
        units = one.drawn()[group.id].units.rename(columns={group.draws[-1].unit: "respondent"})
        on = ["respondent", "evaluatee"] if group.draws[-1].per_evaluatee else ["respondent"]
        own = people.answers[people.answers["group"] == group.id]
        parts.append(own.merge(units[on].astype(str), on=on))
    sheets = pd.concat(parts, ignore_index=True)
    write_table(tmp_path / "a.csv", sheets[~sheets["respondent"].isin(spare[:2])])
    one.collect(tmp_path / "a.csv")
    # Two of three reserves have no sheet on any of five evaluatees.
    assert one.unworked() == {"users": 0, "staff": 0, "delegates": 10, "inspectors": 0}
    lines = list(progress_lines(one.scheme, one.progress(), one.unworked()))
    assert [line for line in lines if "not final" in line] == [
        "  抽中的还有 10 份既无回答也无接触记录，应答率还不是最终的。 "
        "Of 10 drawn nothing is known yet: the response rate is not final."
    ]
    scores = one.score()
    assert scores.unworked == 10
    page = write_report(one, scores, tmp_path / "p.html").read_text("utf8")
    assert "抽中的还有 10 份既无回答也无接触记录，以上应答率还不是最终的。" in page
    contacts = pd.DataFrame(
        {"group": "delegates", "respondent": spare[:2], "disposition": ["拒访", "情况不明"]}
    )
    write_table(tmp_path / "c.csv", contacts)
    one.contacts(tmp_path / "c.csv")
    assert one.unworked()["delegates"] == 0
    scores = one.score()
    assert scores.unworked == 0 and one.verify() == []
    assert "应答率还不是最终的" not in write_report(one, scores, tmp_path / "p.html").read_text("utf8")


def test_the_key_is_told_in_words_and_needs_reserves() -> None:
    words = Scheme.read(changed(*PANEL))
    assert "；备用样本按抽签顺序每层 3 个一批，整批启用" in words.in_words()
    assert "released whole, in replicates of 3 in each stratum in lottery order" in words.in_words("en")
    for pairs in ([PANEL[0]], [(PANEL[0][0], PANEL[0][1].replace("3", "0")), PANEL[1]]):
        with pytest.raises(Exception, match="replicates are of at least 1 unit, and need reserves"):
            Scheme.read(changed(*pairs))
