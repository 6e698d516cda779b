"""Made-up data: the same on every machine, with a truth that is theirs, and marked as made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring.group import columns_of
from toolkit import RoundError, Scheme
from toolkit.simulate import (
    BLANK,
    DONT_KNOW,
    MADE,
    NOT_ASKED,
    Chance,
    Population,
    make_answers,
    make_population,
)

# What the generator gave when these tests were written: results that were published rest on it.
NUMBERS = [0.7922087600810832, 0.2575585389619914, 0.14483026682564665, 0.6872300198062]
REGISTERS = [6506, 8902, 8686, 9914, 12610]
SUMS = {"users": 858530, "staff": 16783, "delegates": 94050, "inspectors": 1440}


@pytest.fixture(scope="module")
def population(small: Scheme) -> Population:
    return make_population(small, seed=11)


def digest(population: Population) -> str:
    """One digest of every frame and every answer."""
    whole = sha256()
    for name, frame in sorted(population.frames.items()):
        whole.update(name.encode() + frame.to_csv(index=False).encode())
    for name, ratings in sorted(population.ratings.items()):
        whole.update(name.encode() + repr(ratings.shape).encode() + ratings.tobytes())
    return whole.hexdigest()


def first_people(population: Population, count: int) -> dict[str, pd.DataFrame]:
    """The first of every list, as if they had been drawn."""
    found = {}
    for group in population.scheme.groups:
        draw = group.draws[-1]
        people = population.frames[draw.frame].drop_duplicates(draw.unit)
        found[group.id] = (
            people.groupby("evaluatee").head(count) if draw.per_evaluatee else people.head(count)
        )
    return found


def test_the_same_seed_gives_the_same_data_and_another_gives_others(
    small: Scheme, population: Population
) -> None:
    again = make_population(small, seed=11)
    assert digest(again) == digest(population)
    assert again.truth.equals(population.truth)
    assert digest(make_population(small, seed=12)) != digest(population)


def test_the_generators_numbers_never_change() -> None:
    numbers = Chance(2013).uniform("users 市教育局", 4)
    assert numbers.tolist() == NUMBERS
    assert ((numbers > 0) & (numbers < 1)).all()


def test_the_made_up_data_never_change(population: Population) -> None:
    users = population.frames["users"]
    assert users.groupby("evaluatee", sort=False).size().tolist() == REGISTERS
    assert {name: int(ratings.clip(0).sum()) for name, ratings in population.ratings.items()} == SUMS


def test_a_name_gives_the_same_numbers_whatever_else_is_drawn() -> None:
    one, other = Chance(1), Chance(1)
    one.uniform("before", 1000)
    assert one.uniform("x", 2, 3).tolist() == other.uniform("x", 2, 3).tolist()
    assert one.uniform("x", 6).reshape(2, 3).tolist() == other.uniform("x", 2, 3).tolist()
    assert one.uniform("x", 3).tolist() != one.uniform("y", 3).tolist()


def test_the_numbers_are_spread_as_they_should_be() -> None:
    uniform, normal = Chance(1).uniform("u", 20000), Chance(1).normal("n", 20000)
    assert np.histogram(uniform, 10, (0, 1))[0].min() > 1850
    assert abs(normal.mean()) < 0.03 and abs(normal.std() - 1) < 0.03
    assert {Chance(1).whole(str(i), 3, 5) for i in range(50)} == {3, 4, 5}


def test_the_truth_is_that_of_all_who_would_answer_validly(population: Population) -> None:
    scheme = population.scheme
    columns = columns_of(scheme.indicators)
    truth = population.truth.set_index("evaluatee")
    for at, (name, indicators) in enumerate(scheme.indicators.items()):
        composite = 0.0
        for group in scheme.groups:
            draw, ratings = group.draws[-1], population.ratings[group.id]
            if draw.per_evaluatee:
                mine = (population.frames[draw.frame]["evaluatee"] == name).to_numpy()
                sheets = ratings[mine]
            else:
                sheets = ratings[:, at]
            means = []
            for indicator in indicators:
                answers = sheets[:, columns.index(indicator)].astype(float)
                means.append(answers[answers >= 0].mean())
            score = 100 / 10 * sum(means) / len(means)
            assert truth.loc[name, group.id] == pytest.approx(score, rel=1e-12)
            composite += group.weight * score
        assert truth.loc[name, "composite"] == pytest.approx(composite, rel=1e-12)


def test_nobody_answers_what_is_not_asked(population: Population) -> None:
    columns = columns_of(population.scheme.indicators)
    staff, people = population.ratings["staff"], population.frames["staff"]["evaluatee"]
    asked = np.array([[c in population.scheme.indicators[one] for c in columns] for one in people])
    assert (staff[~asked] == NOT_ASKED).all() and not (staff[asked] == NOT_ASKED).any()
    for ratings in population.ratings.values():
        assert set(np.unique(ratings)) <= {*range(11), DONT_KNOW, BLANK, NOT_ASKED}
    assert (staff == DONT_KNOW).any() and (staff == BLANK).any()


def test_every_frame_and_every_sheet_says_that_it_is_made_up(population: Population) -> None:
    tables = [*population.frames.values(), make_answers(population, first_people(population, 3))]
    assert len(tables) == 6
    for table in tables:
        assert len(table) and set(table["made"]) == {MADE} == {"模拟"}


def test_the_sheets_of_the_drawn_say_what_the_population_would_answer(population: Population) -> None:
    scheme = population.scheme
    columns = columns_of(scheme.indicators)
    drawn = first_people(population, 20)
    sheets = make_answers(population, drawn)
    assert list(sheets.columns) == ["group", "respondent", "evaluatee", *columns, "made"]
    assert len(sheets) == 20 * 5 + (12 + 4 * 20) + 20 * 5 + 15 * 5  # the library has a staff of 12
    word = {DONT_KNOW: "不了解", BLANK: "", NOT_ASKED: ""} | {rating: str(rating) for rating in range(11)}
    for group in scheme.groups:
        draw = group.draws[-1]
        people = population.frames[draw.frame].drop_duplicates(draw.unit).reset_index(drop=True)
        row_of: Mapping[Any, Any] = dict(zip(people[draw.unit], people.index, strict=True))
        for sheet in sheets[sheets["group"] == group.id].to_dict("records"):
            made = population.ratings[group.id][row_of[sheet["respondent"]]]
            if draw.per_evaluatee:
                assert people["evaluatee"][row_of[sheet["respondent"]]] == sheet["evaluatee"]
            else:
                made = made[scheme.evaluatees.index(sheet["evaluatee"])]
            assert [sheet[column] for column in columns] == [word[rating] for rating in made.tolist()]


def test_frames_have_what_the_scheme_needs(population: Population) -> None:
    frames = population.frames
    towns = frames["towns"]
    assert towns["town"].is_unique and (towns["population"] > 0).all()
    for _, users in frames["users"].groupby("evaluatee"):
        assert users["town"].value_counts().reindex(towns["town"]).min() >= 2
        assert users["id"].is_unique
    counties = frames["users"][["town", "county"]].drop_duplicates().set_index("town")["county"]
    assert counties.to_dict() == towns.set_index("town")["county"].to_dict()
    seats = frames["delegates"]["person"].value_counts()
    assert set(seats) == {1, 2} and len(seats) == 1100


def test_a_frame_that_cannot_be_made_up_is_named(small: Scheme) -> None:
    group = small.groups[3]
    strange = replace(group, draws=(replace(group.draws[0], frame="villages"),))
    with pytest.raises(RoundError, match="no frame 'villages'"):
        make_population(replace(small, groups=(*small.groups[:3], strange)))
