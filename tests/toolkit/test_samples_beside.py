"""Samples that are no group of respondents: at least a share, some always, drawn and proven as any."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sampling import verify
from toolkit import Round, Scheme
from toolkit.errors import RoundError, SchemeError
from toolkit.proof import round_differences

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
