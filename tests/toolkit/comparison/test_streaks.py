"""Streaks over years by stable codes.

Oracle: histories written out by hand; who is last is read off the places.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scoring import Ladder, Step
from tests.toolkit.comparison.made import SMALL, crosswalk
from toolkit import Round, Scheme, streaks
from toolkit.comparison.order import Missing, ordered
from toolkit.comparison.streaks import Streaks, counted
from toolkit.scheme import EvaluateeClass

NAMES = ("2011", "2012", "2013")


def rule(missing: Any = "break", within: Any = "always") -> Ladder:
    steps = (Step(1, "通报"), Step(2, "约谈"), Step(3, "问责", "cumulative", loses_awards=True))
    return Ladder("last", 1, steps, missing, within=within, after_last="repeat")


def year(**classes: str) -> tuple[Scheme, pd.DataFrame]:
    """Give classes of units, a letter each, best first."""
    of = tuple(
        EvaluateeClass(one, one, "队", True, ("态度",), tuple(units)) for one, units in classes.items()
    )
    rows = [(one, unit, place) for one, units in classes.items() for place, unit in enumerate(units, 1)]
    return replace(SMALL, classes=of), pd.DataFrame(rows, columns=["class", "evaluatee", "rank"])


def over(
    years: Sequence[tuple[Scheme, pd.DataFrame]], *rows: Sequence[Any], what: Ladder | None = None
) -> Streaks:
    schemes, places = zip(*years, strict=True)
    slots = ordered(list(NAMES), [[one] for one in NAMES])
    return counted(what or rule(), schemes, places, crosswalk(*rows), slots)


def now(found: Streaks) -> dict[str, tuple[int, int, str]]:
    lines = found.now[["code", "in_a_row", "in_all", "consequence"]].itertuples(index=False)
    return {str(line[0]): (int(line[1]), int(line[2]), str(line[3])) for line in lines}


def test_a_unit_that_keeps_its_name_climbs() -> None:
    found = over([year(k="abc"), year(k="bac"), year(k="abc")])
    assert now(found) == {"c": (3, 3, "问责")}
    assert found.table[["year", "round", "consequence"]].to_numpy().tolist() == [
        [2011, "2011", "通报"],
        [2012, "2012", "约谈"],
        [2013, "2013", "问责"],
    ]
    assert found.now["loses_awards"].tolist() == [True]


def test_a_new_name_carries_on_by_its_code_alone() -> None:
    years = [year(k="abo"), year(k="abo"), year(k="abn")]
    assert now(over(years)) == {"n": (1, 1, "通报")}
    rows = [("单位", "U", "o", "", 2012), ("单位", "U", "n", 2013)]
    found = over(years, *rows)
    assert now(found) == {"U": (3, 3, "问责")}
    assert found.now["evaluatee"].tolist() == ["n"]


@pytest.mark.parametrize(
    ("missing", "due"), [("break", (1, 2, "通报")), ("skip", (2, 2, "约谈")), ("count", (3, 3, "问责"))]
)
def test_what_a_year_that_is_not_comparable_does_is_the_rules_to_say(
    missing: str, due: tuple[int, int, str]
) -> None:
    rows = [
        ("单位", "U", "c", "", 2011),
        ("单位", "U", "c", 2012, 2012, "不可比", "", "只评了半年"),
        ("单位", "U", "c", 2013),
    ]
    found = over([year(k="abc")] * 3, *rows, what=rule(missing))
    assert now(found)["U"] == due
    line = found.among.set_index("code").loc["U"]
    assert line[list(NAMES)].tolist()[::2] == [1.0, 1.0] and pd.isna(line["2012"])
    assert line["why"] == "2012：对照表写明不可比（只评了半年）"


def test_who_was_several_units_has_no_place_of_then_and_the_last_of_then_is_no_other() -> None:
    """c was last, and merged with a into m: nobody else becomes the last of 2011 and 2012."""
    years = [year(k="abc"), year(k="abc"), year(k="bm")]
    rows = [("单位", "M", one, "", 2012, "按份额", 1) for one in "ac"] + [("单位", "M", "m", 2013)]
    found = over(years, *rows)
    assert now(found) == {"M": (1, 1, "通报")}
    among = found.among.set_index("code")[list(NAMES)]
    assert among.loc["b"].tolist() == [0.0, 0.0, 0.0] and among.loc["M"].isna().tolist() == [
        True,
        True,
        False,
    ]
    assert among.index.tolist() == ["b", "M"]


def test_parts_of_a_split_unit_carry_on_its_places_where_it_is_said() -> None:
    years = [year(k="abo"), year(k="abo"), year(k="abpq")]
    rows = [("单位", code, "o", "", 2012, "沿用") for code in "PQ"]
    rows += [("单位", "P", "p", 2013), ("单位", "Q", "q", 2013)]
    found = over(years, *rows)
    assert now(found) == {"Q": (3, 3, "问责")}
    assert found.among.set_index("code").loc["P", list(NAMES)].tolist() == [1.0, 1.0, 0.0]


def test_places_of_another_class_count_where_the_change_is_called_comparable() -> None:
    years = [year(k="abc", l="xyz"), year(k="abc", l="xyz"), year(k="ab", l="xyzc")]
    assert now(over(years)) == {"b": (1, 1, "通报"), "c": (1, 1, "通报")}
    assert now(over(years, ("单位", "c", "c", "", "", "换类")))["c"] == (3, 3, "问责")
    found = over(years).among.set_index("code")
    assert found.loc["c", "why_en"] == "2011: it was in another class; 2012: it was in another class"


@pytest.mark.parametrize(("missing", "due"), [("break", (1, 2, "通报")), ("skip", (2, 2, "约谈"))])
def test_a_round_declared_not_held_stands_in_the_order_and_the_rule_says_what_it_does(
    missing: str, due: tuple[int, int, str]
) -> None:
    """c was last in 2011 and 2013; 2012 was not held."""
    absent = Missing("2012", 2012, "机构改革", "县考核办")
    slots = ordered(["2011", "2013"], [["2011"], ["2013"]], [absent], "year")
    schemes, places = zip(year(k="abc"), year(k="abc"), strict=True)
    found = counted(rule(missing), schemes, places, crosswalk(), slots)
    assert now(found) == {"c": due}
    assert found.rounds == NAMES and found.among["2012"].isna().all()
    assert found.not_held == ("2012 没有举行：机构改革（县考核办）",)


def test_two_ladders_of_one_plan_count_side_by_side(played_folder: Path, tmp_path: Path) -> None:
    """S3: three times first is commended, three times last brings self-criticism; here twice."""
    places = [shutil.copytree(played_folder, tmp_path / f"测评-{year}") for year in (2023, 2024)]
    step = '{{ times = 2, consequence = "{}" }}'
    more = "".join(
        f'[[streaks]]\nend = "{end}"\nplaces = 1\nmissing = "skip"\nwithin = "always"\n'
        f'after_last = "repeat"\nsteps = [{step.format(what)}]\n'
        for end, what in (("first", "通报表扬"), ("last", "公开检讨"))
    )
    text = (places[1] / "scheme.toml").read_text(encoding="utf-8")
    (places[1] / "scheme.toml").write_text(f"{text}\n{more}", encoding="utf-8")
    rounds = [Round.open(place) for place in places]
    best, worst = streaks(rounds)
    table = rounds[1].scores().table
    assert sorted(best.now["evaluatee"]) == sorted(table.loc[table["rank"] == 1, "evaluatee"])
    assert set(best.now["consequence"]) == {"通报表扬"} and set(worst.now["consequence"]) == {"公开检讨"}
    told = rounds[1].scheme.in_words("zh")
    assert "各类前 1 名\n  连续 2 次：通报表扬" in told and "各类后 1 名\n  连续 2 次：公开检讨" in told


def test_each_year_may_count_anew() -> None:
    assert now(over([year(k="abc")] * 3, what=rule(within="year"))) == {"c": (1, 1, "通报")}


def test_rounds_count_by_the_last_schemes_rule_and_published_places(
    played_folder: Path, tmp_path: Path
) -> None:
    places = [shutil.copytree(played_folder, tmp_path / f"测评-{year}") for year in (2023, 2024)]
    for place in places:
        text = (place / "scheme.toml").read_text(encoding="utf-8")
        more = '[[streaks]]\nend = "last"\nplaces = 1\nmissing = "break"\n'
        more += 'within = "always"\nafter_last = "repeat"\n'
        more += 'steps = [{ times = 2, consequence = "约谈" }]\n'
        (place / "scheme.toml").write_text(f"{text}\n{more}", encoding="utf-8")
    rounds = [Round.open(place) for place in places]
    (found,) = streaks(rounds)
    table = rounds[1].scores().table
    last = table[table["rank"] == table.groupby("class")["rank"].transform("max")]["evaluatee"]
    assert sorted(found.now["evaluatee"]) == sorted(last) and found.years == (2023, 2024)
    assert (found.now["in_a_row"] == 2).all()
