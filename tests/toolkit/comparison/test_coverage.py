"""The interval of a change holds the truth at its rate, and its error is the spread of the changes.

Oracle: simulation. A made-up population whose opinions move stays; samples of both years are drawn again and
again: each year's own towns, the same towns in both years, and one panel of persons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling import PPS, SimpleRandom, Stratified, draw
from tests.toolkit.comparison.made import SMALL, crosswalk
from toolkit.answers import parse_answers
from toolkit.comparison.basis import Material
from toolkit.comparison.linking import link
from toolkit.comparison.years import changed
from toolkit.scheme import Draw, EvaluateeClass, Group
from toolkit.scores import Drawn, Scores, score

NAMES, TIMES = ("甲局", "乙局", "丙局"), 40


@dataclass(frozen=True)
class People:
    towns: pd.DataFrame
    persons: pd.DataFrame
    then: Any
    now: Any

    @property
    def truth(self) -> Any:
        return 10 * (self.now.mean(axis=0) - self.then.mean(axis=0))


@pytest.fixture(scope="module")
def people() -> People:
    """Sixty towns that differ, and moved apart a little; persons keep their temper."""
    rng = np.random.default_rng(1)
    size = rng.integers(40, 120, 60)
    town = np.repeat(np.arange(60), size)
    place, temper = rng.normal(0, 0.9, 60), rng.normal(0, 1.2, (town.size, 1))
    moved = place + rng.normal(0, 0.4, 60)
    level, change = np.array([7.0, 6.5, 7.2]), np.array([0.3, 0.0, -0.4])

    def year(mean: Any, towns: Any) -> Any:
        latent = mean + towns[town][:, None] + temper + rng.normal(0, 0.8, (town.size, 3))
        return np.clip(np.rint(latent), 0, 10)

    names = np.array([f"t{i:02d}" for i in range(60)])
    persons = pd.DataFrame({"person": [f"p{i:05d}" for i in range(town.size)], "town": names[town]})
    towns = pd.DataFrame({"town": names, "size": size})
    return People(towns, persons, year(level, place), year(level + change, moved))


def material(people: People, units: pd.DataFrame, roles: Any, ratings: Any) -> Material:
    draws = (Draw("people", "people", "person", SimpleRandom(len(units))),)
    group = Group("g", "g", 1.0, len(units), draws, "design", "finite", "error", "same")
    of = EvaluateeClass("类", "类", "队", True, ("态度",), NAMES)
    scheme = replace(SMALL, classes=(of,), groups=(group,), lonely_psu="adjust")
    ids = units["person"].to_numpy()
    rows = ratings[pd.Index(people.persons["person"]).get_indexer(pd.Index(ids))]
    sheets = {"group": "g", "respondent": np.repeat(ids, 3), "evaluatee": np.tile(NAMES, len(ids))}
    raw = pd.DataFrame({**sheets, "态度": rows.ravel().astype(int).astype(str)})
    return Material(scheme, {"g": Drawn(units, roles)}, parse_answers(raw, scheme, "made"))


def samples(people: People, how: str, key: str, rng: np.random.Generator) -> tuple[Material, Material]:
    def towns(year: str) -> Any:
        return draw(people.towns, PPS(12, size="size"), key=key, name=f"towns {year}", unit="town")

    def persons(within: Any, year: str) -> Any:
        frame = people.persons[people.persons["town"].isin(within.units["town"])]
        design = Stratified("town", SimpleRandom(8))
        found = draw(frame, design, key=key, name=f"persons {year}", unit="person", within=within)
        return found.units, found.roles

    if how == "同一名单":
        chosen = people.persons.iloc[rng.choice(len(people.persons), 120, replace=False)]
        panel = chosen.assign(N=float(len(people.persons)), w=1.0)
        roles = {"weight": "w", "stratum": [None], "psu": ["person"], "population": ["N"]}
        return tuple(material(people, panel, roles, one) for one in (people.then, people.now))
    first = towns("then")
    second = first if how == "同批" else towns("now")
    then, now = persons(first, "then"), persons(second, "now")
    return material(people, *then, people.then), material(people, *now, people.now)


@pytest.mark.parametrize("how", ["各抽", "同批", "同一名单"])
def test_the_interval_of_a_change_holds_the_truth_at_its_rate(people: People, how: str) -> None:
    rng = np.random.default_rng(2)
    scores: Scores | None = None
    walk, inside, told, found = crosswalk(("对象", "g", "g", "", "", how)), [], [], []
    for time in range(TIMES):
        then, now = samples(people, how, f"{how} {time}", rng)
        links = link(then.scheme, now.scheme, walk, (2012, 2013))
        scores = scores or score(now.scheme, now.drawn, now.answers)  # as published: not looked at here
        table = changed(links, (then, now), (scores, scores)).table
        inside.append(table["low"].le(people.truth) & table["high"].ge(people.truth))
        told.append(table["se"] ** 2)
        found.append(table["change"])
    # Of 40 samples the spread is known to about 11 %; units share samples.
    ratio = np.sqrt(np.mean(told, axis=0).mean() / np.var(found, axis=0, ddof=1).mean())
    assert 0.78 < ratio < 1.28
    assert np.mean(inside) > 0.87
