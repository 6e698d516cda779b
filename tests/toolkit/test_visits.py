"""Made-up visits leave the answers as they are, fit into days, and deal each town's sheets at random."""

import pandas as pd
import pytest

from toolkit import Scheme
from toolkit.simulate import Population, make_answers, make_population
from toolkit.visits import ODD_ONE, PER_DAY, VISIT, with_visits

Made = tuple[pd.DataFrame, pd.DataFrame, dict[str, pd.DataFrame]]


@pytest.fixture(scope="module")
def made(small: Scheme) -> Made:
    population: Population = make_population(small, seed=11)
    drawn = {}
    for group in small.groups:
        unit = group.draws[-1].unit
        people = population.frames[group.draws[-1].frame].drop_duplicates(unit)
        drawn[group.id] = people.groupby("evaluatee").head(4000) if group.own_lists else people.head(9)
    sheets = make_answers(population, drawn)
    return sheets, with_visits(population, drawn, sheets), drawn


def test_the_answers_stay_as_they_are(made: Made) -> None:
    sheets, told, _ = made
    pd.testing.assert_frame_equal(told.drop(columns=VISIT), sheets)
    assert list(told.columns[-5:]) == [*VISIT, "made"]


def test_only_those_who_have_a_town_are_visited(made: Made) -> None:
    _, told, _ = made
    visited = told["group"] == "users"
    assert (told.loc[visited, VISIT] != "").all(axis=None) and (told.loc[~visited, VISIT] == "").all(
        axis=None
    )


def visits(made: Made) -> pd.DataFrame:
    _, told, drawn = made
    own = told[told["group"] == "users"].reset_index(drop=True)
    times = {name: pd.to_datetime(own[name]) for name in ("started", "ended")}
    return own.assign(town=drawn["users"]["town"].to_numpy(), **times).sort_values(["interviewer", "started"])


def test_but_for_one_nobody_is_in_two_places_at_once_or_works_beyond_a_day(made: Made) -> None:
    own = visits(made)
    last = own.groupby("interviewer")["ended"].shift()
    early = own.loc[own["started"] < last, "interviewer"]
    assert set(early) == {f"员{ODD_ONE:03d}"} and len(early) > 50
    assert (own["ended"] > own["started"]).all()
    assert (own["started"].dt.date == own["ended"].dt.date).all()
    assert own.groupby(["interviewer", own["started"].dt.date]).size().max() == PER_DAY
    assert own.groupby("interviewer")["town"].nunique().max() == 1


def test_an_interviewer_goes_to_all_evaluatees_of_a_town(made: Made) -> None:
    """Dealt at random: shares of evaluatees differ between a town's interviewers by chance alone."""
    from scipy.stats import chi2_contingency

    own = visits(made)
    values = []
    for _, town in own.groupby("town"):
        table = pd.crosstab(town["interviewer"], town["evaluatee"])
        if len(table) > 1:
            values.append(chi2_contingency(table).pvalue)
    assert len(values) == 8 and min(values) > 0.001
