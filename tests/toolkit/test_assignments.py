"""What was drawn, given out to teams: a plan's sentences counted by hand, proven, and refused where wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from toolkit import Round, Scheme
from toolkit.errors import RoundError, SchemeError, UnknownNameError
from toolkit.proof import round_differences
from toolkit.report.receipt import render_receipt

HEAD = """
id = "visits"
title = "走访与督查（虚构）"
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
name = "homes"
frame = "homes"
unit = "户号"
per_evaluatee = true
design = { kind = "simple_random", n = { kind = "at_least_share", share = 0.3 } }
[[samples]]
name = "areas"
frame = "areas"
unit = "area"
design = { kind = "census" }
"""
VISITS = """
[[assignments]]
name = "who-visits"
draw = "homes"
teams = "teams"
team = "team"
by = "evaluatee"
"""
INSPECTIONS = """
[[assignments]]
name = "who-inspects"
draw = "areas"
teams = "members"
team = "member"
pair_by = "office"
"""
# 甲村 has 3 teams and 31 homes, 乙村 2 and 20; home 1 of each village has the same number
HOMES = pd.DataFrame(
    [("甲村", f"{at}号") for at in range(1, 32)] + [("乙村", f"{at}号") for at in range(1, 21)],
    columns=["evaluatee", "户号"],
)
TEAMS = pd.DataFrame(
    [("甲村", "一组"), ("甲村", "二组"), ("甲村", "三组"), ("乙村", "四组"), ("乙村", "五组")],
    columns=["evaluatee", "team"],
)
MEMBERS = pd.DataFrame([(f"督{at:02d}", f"单位{at % 6}") for at in range(18)], columns=["member", "office"])
AREAS = pd.DataFrame({"area": [f"片区{at}" for at in range(1, 10)]})


def made(folder: Path, text: str = HEAD + VISITS + INSPECTIONS, members: pd.DataFrame = MEMBERS) -> Round:
    path = folder / "visits.toml"
    path.write_text(text, encoding="utf8")
    one = Round.create("r", path, folder)
    for name, table in (("homes", HOMES), ("areas", AREAS), ("teams", TEAMS), ("members", members)):
        table.to_csv(one.folder / "frames" / f"{name}.csv", index=False)
    return one


@pytest.fixture
def drawn(tmp_path: Path) -> Round:
    one = made(tmp_path)
    one.draw("a key")
    return one


def test_the_homes_of_a_village_are_split_between_its_teams_without_overlap(drawn: Round) -> None:
    """S6: ceil(0.3 × 31) = 10 homes of 甲村 as 4, 3, 3; 6 of 乙村 as 3, 3; nobody is visited by two teams."""
    found = drawn.assignment("who-visits")
    assert not found.duplicated(["evaluatee", "户号"]).any()
    loads = found.groupby("evaluatee")["team"].value_counts()
    assert sorted(loads["甲村"]) == [3, 3, 4] and sorted(loads["乙村"]) == [3, 3]
    assert set(loads["甲村"].index) == {"一组", "二组", "三组"}
    for village in ("甲村", "乙村"):
        own = found.loc[found["evaluatee"] == village, "户号"]
        assert set(own) == set(drawn.sample("homes", village).units["户号"])


def test_nine_teams_of_two_from_different_offices_have_an_area_each(drawn: Round) -> None:
    """S5: nine teams of two, the two from different units, and areas at random."""
    pairs = pd.read_csv(drawn.folder / "samples" / "who-inspects.teams.csv", dtype=str)
    assert sorted(pairs["member"]) == sorted(MEMBERS["member"])
    assert (pairs.groupby("team").size() == 2).all() and pairs["team"].nunique() == 9
    assert (pairs.groupby("team")["office"].nunique() == 2).all()
    found = drawn.assignment("who-inspects")
    assert sorted(found["area"]) == sorted(AREAS["area"])
    assert sorted(found["team"]) == sorted(pairs["team"].unique())


def test_it_is_repeated_from_the_files_and_what_was_changed_is_named(drawn: Round) -> None:
    assert list(round_differences(drawn)) == []
    for name in ("who-visits.csv", "who-inspects.teams.csv", "who-inspects.receipt.json"):
        path = drawn.folder / "samples" / name
        text = path.read_text("utf-8-sig")
        path.write_text(text.replace("一组", "二组").replace("督01", "督99").replace('"1"', '"8"'), "utf8")
        assert list(round_differences(drawn)) == [
            f"samples/{name}: not what the sample, the teams and the key give"
        ]
        path.write_text(text, "utf-8-sig" if name.endswith("csv") else "utf8")
    (drawn.folder / "samples" / "who-visits.csv").unlink()
    assert any("who-visits.csv: cannot be compared" in one for one in round_differences(drawn))


def test_another_key_gives_other_teams(tmp_path: Path, drawn: Round) -> None:
    (tmp_path / "b").mkdir()
    other = made(tmp_path / "b")
    other.draw("another key")
    assert not other.assignment("who-inspects").equals(drawn.assignment("who-inspects"))


def test_two_locks_freeze_the_teams_too(tmp_path: Path) -> None:
    one = made(tmp_path)
    one.commit(public="福彩3D")
    one.freeze()
    assert "frames/teams.csv" in (one.folder / "locks" / "frames.sha256").read_text("utf8")
    one.reveal("123")
    assert list(round_differences(one)) == []
    page = render_receipt(one)
    assert "督0" not in page and "单位1" not in page  # loads are told, and nobody's name
    assert "分派 who-visits：抽样 homes 抽中的 16 个，抽签分给 5 个组，每组 3—4 个" in page
    assert "分派 who-inspects：抽样 areas 抽中的 9 个，抽签分给 9 个组，每组 1 个" in page
    said = json.loads((one.folder / "locks" / "commitment.json").read_text("utf8"))["algorithms"]
    assert said["who-visits"] == ["share-out/1"]
    assert said["who-inspects"] == ["pair-teams/1", "share-out/1"]


def test_an_unannounced_sample_is_given_out_under_its_own_key(tmp_path: Path) -> None:
    one = made(tmp_path, (HEAD + VISITS + INSPECTIONS).replace('"户号"', '"户号"\nunannounced = true'))
    one.draw("a key")
    key = one.steps("draw")[-1]["own_keys"]["homes"]
    assert key in (one.folder / "samples" / "who-visits.receipt.json").read_text("utf8")
    assert list(round_differences(one)) == []


def test_it_is_told_in_words() -> None:
    scheme = Scheme.read(HEAD + VISITS + INSPECTIONS)
    chinese, english = scheme.in_words(), scheme.in_words("en")
    assert (
        "分派 who-visits：抽样 homes 抽中的，抽签分给名单 teams 的各组（只分给被评单位相同的组）" in chinese
    )
    assert "两人一组，先抽签编组，两人的office不同" in chinese and "各组个数最多差一个" in chinese
    assert "none to two teams, loads equal to within one" in english


FAULTS: dict[str, Callable[[Path], object]] = {
    "assigned_draw": lambda _: Scheme.read(HEAD + VISITS.replace('draw = "homes"', 'draw = "houses"')),
    "assigned_pairs": lambda _: Scheme.read(HEAD + VISITS + 'pair_by = "office"'),
    "assigned_name": lambda _: Scheme.read(HEAD + VISITS.replace("who-visits", "areas")),
    "file_name": lambda _: Scheme.read(HEAD + VISITS.replace("who-visits", "../who")),
    "no_such_assignment": lambda folder: made(folder).assignment("whose"),
    "not_drawn": lambda folder: made(folder).assignment("who-visits"),
    "no_frame": lambda folder: made(folder, HEAD + VISITS.replace('"teams"', '"nobody"')).draw("k"),
    "frame_tells": lambda folder: made(folder, members=MEMBERS.assign(姓名="某")).draw("k"),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_what_cannot_be_is_refused(rule: str, tmp_path: Path) -> None:
    with pytest.raises((RoundError, SchemeError, UnknownNameError)) as caught:
        FAULTS[rule](tmp_path)
    assert rule in {one.rule for one in caught.value.faults}
    assert str(caught.value) != caught.value.chinese


def test_reserves_are_not_given_out() -> None:
    text = HEAD.replace("share = 0.3 }", "share = 0.3 }, reserve = 1")
    with pytest.raises(SchemeError) as caught:
        Scheme.read(text + VISITS)
    assert [one.rule for one in caught.value.faults] == ["assigned_draw"]
