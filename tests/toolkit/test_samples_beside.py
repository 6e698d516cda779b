"""Samples that are no group of respondents: at least a share, some always, drawn and proven as any."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sampling import verify
from toolkit import Round, Scheme
from toolkit.drawing import NO_RECUSALS, lists_of
from toolkit.errors import RoundError, SchemeError
from toolkit.proof import round_differences
from toolkit.report.receipt import render_receipt

SCHEME = """
id = "visits"
title = "入户走访（虚构）"
place = "某街道"
full_mark = 100
level = 0.95
[ranking]
rank_on = "published"
decimals = 2
ties = "min"
[[classes]]
id = "villages"
name = "村"
evaluatees = ["甲村", "乙村"]
[[samples]]
name = "households"
frame = "households"
unit = "id"
[samples.design]
kind = "stratified"
by = ["village", "kind"]
[samples.design.method]
kind = "simple_random"
n = { kind = "at_least_share", share = 0.3, shares = { "孤寡老人" = 1 } }
"""


def households() -> pd.DataFrame:
    """11 households of 甲村, two of them of a kind that is always visited; 10 of 乙村."""
    rows = [(f"a{at:02d}", "甲村", "孤寡老人" if at < 2 else "一般") for at in range(13)]
    rows += [(f"b{at:02d}", "乙村", "一般") for at in range(10)]
    return pd.DataFrame(rows, columns=["id", "village", "kind"])


@pytest.fixture
def visited(tmp_path: Path) -> Round:
    path = tmp_path / "visits.toml"
    path.write_text(SCHEME, encoding="utf8")
    one = Round.create("r", path, tmp_path)
    households().to_csv(one.folder / "frames" / "households.csv", index=False)
    return one


def test_at_least_three_tenths_are_drawn_and_some_kinds_always(visited: Round) -> None:
    """ceil(0.3 × 11) = 4 of the others of 甲村, ceil(0.3 × 10) = 3 of 乙村, both 孤寡老人 for certain."""
    assert visited.draw("a key") == {"households": 2 + 4 + 3}
    units = visited.sample("households").units
    drawn = units.groupby(["village", "kind"]).size().to_dict()
    assert drawn == {("甲村", "一般"): 4, ("甲村", "孤寡老人"): 2, ("乙村", "一般"): 3}
    prob = units.groupby(["village", "kind"])["prob"].first()
    assert prob[("甲村", "孤寡老人")] == 1.0
    assert prob[("甲村", "一般")] == pytest.approx(4 / 11)
    assert list(round_differences(visited)) == []


def test_the_sample_can_be_verified_and_an_edited_list_is_named(visited: Round) -> None:
    visited.draw("a key")
    sample = visited.sample("households")
    assert verify(sample, households())
    assert not verify(sample, households().iloc[1:])
    words = visited.scheme.in_words()
    assert "另抽的样本" in words and "每层不少于 30%（进为整数），其中 孤寡老人 100%" in words


def test_a_sample_beside_the_groups_is_no_quota() -> None:
    text = SCHEME.replace('unit = "id"', 'unit = "id"\nat_most = 2\nper_evaluatee = true')
    with pytest.raises(SchemeError) as caught:
        Scheme.read(text)
    assert "sample_design" in {one.rule for one in caught.value.faults}


OWN_LISTS = SCHEME.replace('unit = "id"', 'unit = "id"\nper_evaluatee = true').replace(
    'by = ["village", "kind"]', 'by = "kind"'
)


def own_lists(tmp_path: Path, text: str = OWN_LISTS) -> Round:
    """A list for each village; of 乙村 no household is always visited."""
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "visits.toml"
    path.write_text(text, encoding="utf8")
    one = Round.create("own", path, tmp_path)
    table = households().rename(columns={"village": "evaluatee"})
    table.to_csv(one.folder / "frames" / "households.csv", index=False)
    return one


def test_a_village_without_a_kind_that_is_always_visited_has_its_share_all_the_same(tmp_path: Path) -> None:
    """Both 孤寡老人 and ceil(0.3 × 11) = 4 others of 甲村; 乙村 has none of them, ceil(0.3 × 10) = 3."""
    one = own_lists(tmp_path)
    assert one.draw("a key") == {"households": 2 + 4 + 3}
    assert one.sample("households", "甲村").units["kind"].value_counts().to_dict() == {
        "一般": 4,
        "孤寡老人": 2,
    }
    assert len(one.sample("households", "乙村").units) == 3
    assert list(round_differences(one)) == []


def test_a_kind_that_no_list_has_is_a_misspelt_one(tmp_path: Path) -> None:
    one = own_lists(tmp_path, OWN_LISTS.replace('"孤寡老人" = 1', '"孤寡者" = 1'))
    with pytest.raises(RoundError) as caught:
        one.draw("a key")
    assert {each.rule for each in caught.value.faults} == {"strange_shares"}
    assert "孤寡者" in caught.value.chinese and "一般、孤寡老人" in caught.value.chinese


def test_who_is_recused_from_a_group_stays_in_a_sample_of_its_name() -> None:
    scheme = Scheme.read(OWN_LISTS)
    group, lists = scheme.drawn_groups[0], households().rename(columns={"village": "evaluatee"})
    recusals = pd.DataFrame([("households", "a01", "甲村", "亲属")], columns=list(NO_RECUSALS.columns))
    found = lists_of(scheme, group, group.draws[0], lists, recusals)
    assert "a01" in set(found["甲村"]["id"])


UNANNOUNCED = SCHEME.replace('unit = "id"', 'unit = "id"\nunannounced = true')


def test_the_published_key_does_not_tell_whom_an_unannounced_check_visits(tmp_path: Path) -> None:
    drawn = []
    for at in range(8):
        one = own_lists(tmp_path / str(at), UNANNOUNCED.replace('"village"', '"evaluatee"'))
        one.draw("a key")
        step = one.steps("draw")[-1]
        own = step["own_keys"]["households"]
        receipt = one.sample("households").receipt
        assert receipt["key"] == own != step["key"] and len(own) == 32
        assert list(round_differences(one)) == []
        drawn.append(tuple(sorted(one.sample("households").units["id"])))
        page = render_receipt(one)
        assert own not in page and "不打招呼" in page and "No lock is on that key" in page
        assert "抽签号怎样算" not in page and not any(f">{unit}<" in page for unit in drawn[-1])
    # C(11, 4) × C(10, 3) = 39,600 samples are equally likely: eight alike, one in 10^32
    assert len(set(drawn)) > 1
    assert "不打招呼" in Scheme.read(UNANNOUNCED).in_words()


def test_an_unannounced_sample_drawn_with_another_key_than_the_journal_says_is_named(tmp_path: Path) -> None:
    one = own_lists(tmp_path, UNANNOUNCED.replace('"village"', '"evaluatee"'))
    one.draw("a key")
    journal = one.folder / "journal.jsonl"
    own = one.steps("draw")[-1]["own_keys"]["households"]
    journal.write_text(journal.read_text("utf8").replace(own, "0" * 32), encoding="utf8")
    assert any(text.startswith("visits/households: key:") for text in round_differences(one))


def test_under_two_locks_an_unannounced_sample_keeps_its_own_key(tmp_path: Path) -> None:
    one = own_lists(tmp_path, UNANNOUNCED.replace('"village"', '"evaluatee"'))
    one.commit(public="福彩3D")
    one.freeze()
    one.reveal("123")
    said = json.loads((one.folder / "locks" / "reveal.json").read_text("utf8"))
    assert one.sample("households").receipt["key"] not in said.values()
    assert list(round_differences(one)) == []


def test_groups_are_not_drawn_unannounced() -> None:
    scheme = Scheme.load("guangan-2013")
    text = scheme.text.replace('name = "towns"\n', 'name = "towns"\nunannounced = true\n', 1)
    assert text != scheme.text
    with pytest.raises(SchemeError) as caught:
        Scheme.read(text)
    assert [one.rule for one in caught.value.faults] == ["unannounced"]


def test_replicates_of_a_sample_need_reserves() -> None:
    with pytest.raises(SchemeError) as caught:
        Scheme.read(SCHEME.replace('unit = "id"', 'unit = "id"\nreplicate = 3'))
    assert [one.rule for one in caught.value.faults] == ["replicate"]


def test_a_scheme_without_scores_says_so(visited: Round) -> None:
    with pytest.raises(RoundError) as caught:
        visited.score()
    assert {one.rule for one in caught.value.faults} == {"no_scores"}


def test_a_scheme_without_samples_draws_none(tmp_path: Path) -> None:
    text = (
        SCHEME[: SCHEME.index("[[samples]]")]
        + """
[[parts]]
name = "起始"
weight = 1
source = { kind = "start", value = 100 }
"""
    )
    path = tmp_path / "none.toml"
    path.write_text(text, encoding="utf8")
    with pytest.raises(SchemeError):
        Scheme.load(path).plot()
    with pytest.raises(RoundError) as caught:
        Round.create("r", path, tmp_path).draw("k")
    assert {one.rule for one in caught.value.faults} == {"no_samples"}
