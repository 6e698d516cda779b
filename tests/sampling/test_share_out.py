"""Units given out to teams: each once, loads equal to within one, every team with the same chance.

Oracles: counts by hand, SHA-256 by hashlib as the docstring states the rule, and 1/k for k teams.
"""

from __future__ import annotations

from hashlib import sha256

import pandas as pd
import pytest

from sampling import FrameError, share_out

HOMES = pd.DataFrame({"id": [f"h{at:02d}" for at in range(11)], "village": ["东村"] * 7 + ["西村"] * 4})
TEAMS = pd.DataFrame({"team": ["一组", "二组", "三组", "三组"], "village": ["东村", "东村", "东村", "西村"]})


def shared(units: pd.DataFrame, teams: pd.DataFrame, key: str = "k", **more: str) -> pd.DataFrame:
    return share_out(units, teams, key=key, name="visits", unit="id", team="team", **more)


def test_every_unit_has_one_team_and_loads_differ_by_one_at_most() -> None:
    teams = pd.DataFrame({"team": [f"t{at}" for at in range(4)]})
    found = shared(HOMES, teams)
    assert sorted(found["id"]) == HOMES["id"].tolist()
    assert sorted(found["team"].value_counts()) == [2, 3, 3, 3]  # 11 = 4 × 2 + 3


def test_teams_visit_units_of_their_own_village_only() -> None:
    """7 homes of 东村 for three teams: 3, 2, 2; all 4 of 西村 for the one that is there."""
    found = shared(HOMES, TEAMS, by="village")
    loads = found.groupby("village")["team"].value_counts()
    assert sorted(loads["东村"]) == [2, 2, 3]
    assert loads["西村"].to_dict() == {"三组": 4}


def test_the_rule_by_hand() -> None:
    """Units and teams in the order of their SHA-256, dealt in turn."""

    def order(purpose: str, ids: list[str]) -> list[str]:
        return sorted(
            ids, key=lambda one: sha256(f"k\x1f{purpose}\x1fvisits\x1f1\x1f西村\x1f{one}".encode()).digest()
        )

    teams = pd.DataFrame({"team": ["甲", "乙", "丙"], "village": "西村"})
    homes = HOMES[HOMES["village"] == "西村"]
    units, turn = order("order", homes["id"].tolist()), order("team", ["甲", "乙", "丙"])
    due = {unit: turn[at % 3] for at, unit in enumerate(units)}
    found = shared(homes, teams, by="village")
    assert dict(zip(found["id"], found["team"], strict=True)) == due


def test_the_order_of_rows_decides_nothing() -> None:
    again = shared(HOMES[::-1], TEAMS[::-1], by="village")
    pd.testing.assert_frame_equal(again, shared(HOMES, TEAMS, by="village"))


def test_every_team_has_the_same_chance_of_a_unit_and_of_the_odd_one() -> None:
    """5 homes for two teams, 400 keys: each 1/2 within five standard errors, 5 × √(0.25 / 400) = 0.125."""
    homes, teams = HOMES[:5], pd.DataFrame({"team": ["a", "b"]})
    found = [shared(homes, teams, key=str(at)).set_index("id")["team"] for at in range(400)]
    share = (pd.DataFrame(found) == "a").mean()
    more = sum((one == "a").sum() == 3 for one in found) / 400
    assert ((share - 0.5).abs() < 0.125).all() and abs(more - 0.5) < 0.125


def test_a_column_of_the_same_name_is_kept() -> None:
    found = shared(HOMES.assign(team="上年的组"), pd.DataFrame({"team": ["a"]}))
    assert (found["team"] == "上年的组").all() and (found["drawn_team"] == "a").all()


def test_a_unit_or_a_team_that_stands_twice_is_refused() -> None:
    with pytest.raises(FrameError, match="assignment visits"):
        shared(pd.concat([HOMES, HOMES[:1]]), TEAMS)
    with pytest.raises(FrameError, match="assignment visits"):
        shared(HOMES, TEAMS)
