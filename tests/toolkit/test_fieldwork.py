"""Made-up fieldwork does to the answers what it says, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from toolkit import Scheme
from toolkit.answers import Answers, State, parse_answers
from toolkit.fieldwork import Fieldwork, go_into_the_field
from toolkit.scores import Drawn
from toolkit.simulate import Population, make_answers, make_population


@pytest.fixture(scope="module")
def population(small: Scheme) -> Population:
    return make_population(small, seed=11)


@pytest.fixture(scope="module")
def drawn(population: Population) -> dict[str, Drawn]:
    """Every third person of each list; which design does not matter here."""
    found = {}
    for group in population.scheme.groups:
        people = population.people(group)
        found[group.id] = Drawn(people.iloc[::3].reset_index(drop=True), {})
    return found


def sent(
    population: Population, drawn: dict[str, Drawn], **how: Any
) -> tuple[dict[str, Drawn], dict[str, Answers]]:
    return go_into_the_field(population, drawn, Fieldwork(**how), "a seed")


def means(answers: Answers) -> pd.Series:
    return answers.table.iloc[:, 2:].mean(axis=1)


def test_without_losses_the_answers_are_those_of_a_file(
    population: Population, drawn: dict[str, Drawn]
) -> None:
    lists, answers = sent(population, drawn)
    raw = make_answers(population, {name: one.units for name, one in drawn.items()})
    for group, due in parse_answers(raw, population.scheme, "x").items():
        assert lists[group].units.equals(drawn[group].units)
        pd.testing.assert_frame_equal(
            answers[group].table.reset_index(drop=True),
            due.table.reset_index(drop=True),
            check_dtype=False,
            check_categorical=False,
        )
        np.testing.assert_array_equal(answers[group].state, due.state)


def test_the_same_seed_repeats_and_another_does_not(population: Population, drawn: dict[str, Drawn]) -> None:
    how = Fieldwork({"users": 0.5}, by_satisfaction=0.3, choice=0.2, interviewer=0.5)
    one, two, other = (
        go_into_the_field(population, drawn, how, seed)[1]["users"] for seed in ("a", "a", "b")
    )
    pd.testing.assert_frame_equal(one.table, two.table)
    assert len(one.table) != len(other.table) or not one.table.equals(other.table)


def test_so_many_answer_as_is_said_whatever_they_would_say(
    population: Population, drawn: dict[str, Drawn]
) -> None:
    whole = sent(population, drawn)[1]
    part = sent(population, drawn, response={"users": 0.6, "delegates": 0.5})[1]
    n = len(whole["users"].table)
    assert len(part["users"].table) / n == pytest.approx(0.6, abs=4 * np.sqrt(0.24 / n))
    members = [one["delegates"].table["respondent"].nunique() for one in (part, whole)]
    assert members[0] / members[1] == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / members[1]))
    assert len(part["delegates"].table) == 5 * members[0]  # a member fills in the whole sheet or none
    assert len(part["staff"].table) == len(whole["staff"].table)
    mean, all_of = means(part["users"]), means(whole["users"])
    assert mean.mean() == pytest.approx(all_of.mean(), abs=4 * all_of.std() / np.sqrt(len(mean)))


def test_the_satisfied_answer_more_often_where_that_is_said(
    population: Population, drawn: dict[str, Drawn]
) -> None:
    whole = sent(population, drawn)[1]["users"].table.set_index("respondent")
    own = means(sent(population, drawn)[1]["users"]).to_numpy()
    part = sent(population, drawn, response={"users": 0.6}, by_satisfaction=1.0)[1]["users"].table
    comes = whole.index.isin(part["respondent"])
    # Log-odds of answering rise by 1 for each point: compare who is a point above and below the mean.
    high, low = comes[own > own[own > 0].mean() + 0.5], comes[own < own[own > 0].mean() - 0.5]
    gap = np.log(high.mean() / (1 - high.mean())) - np.log(low.mean() / (1 - low.mean()))
    points = own[own > own[own > 0].mean() + 0.5].mean() - own[own < own[own > 0].mean() - 0.5].mean()
    assert gap == pytest.approx(points, rel=0.2)


def test_interviewers_pick_as_many_in_each_place_and_who_likes_more(
    population: Population, drawn: dict[str, Drawn]
) -> None:
    lists, answers = sent(population, drawn, choice=0.5)
    for group in ("staff", "delegates", "inspectors"):
        assert lists[group].units.equals(drawn[group].units)
    mine, due = lists["users"].units, drawn["users"].units
    places = ["evaluatee", "town"]
    people = population.frames["users"].set_index("id")
    found = people.loc[mine["id"], places].value_counts()
    assert found.sort_index().equals(due[places].value_counts().sort_index())
    assert mine["id"].is_unique
    assert mine[places].equals(due[places])  # a picked person stands in the place of one drawn there
    gain = means(answers["users"]).mean() - means(sent(population, drawn)[1]["users"]).mean()
    assert gain > 0.2
    level = sent(population, drawn, choice=0.0)[1]["users"]
    assert means(level).mean() == pytest.approx(means(sent(population, drawn)[1]["users"]).mean(), abs=0.03)


def test_an_interviewer_colours_all_answers_of_one_place_alike(
    population: Population, drawn: dict[str, Drawn]
) -> None:
    plain, answers = sent(population, drawn)[1], sent(population, drawn, interviewer=1.0)[1]
    for group in ("staff", "delegates", "inspectors"):
        pd.testing.assert_frame_equal(answers[group].table, plain[group].table)
    np.testing.assert_array_equal(answers["users"].state, plain["users"].state)
    move = (answers["users"].table.iloc[:, 2:] - plain["users"].table.iloc[:, 2:]).where(
        plain["users"].table.iloc[:, 2:].isin(range(3, 8))  # away from the ends of the scale
    )
    place = drawn["users"].units[["evaluatee", "town"]].agg(" ".join, axis=1)
    by_place = move.mean(axis=1).groupby(place.to_numpy()).agg(["mean", "count"])
    by_place = by_place[by_place["count"] >= 5]
    assert by_place["mean"].std() == pytest.approx(1.0, abs=0.35)
    values = answers["users"].table.iloc[:, 2:].to_numpy()
    assert (np.nanmin(values), np.nanmax(values)) == (0, 10)
    assert (answers["users"].state[:, 0] == State.RATED).any()
