"""Made-up fieldwork on a made-up population: who answers, who is chosen, who asks.

Everything here is made up. It serves to see what a plan's errors cover, and what they do not: answers
missing at random they cover; answers missing because of what they would have been, respondents chosen by
interviewers, and interviewers who colour the answers they do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from scoring.group import columns_of
from toolkit.answers import Answers, State
from toolkit.scheme import Group
from toolkit.scores import Drawn
from toolkit.simulate import BLANK, DONT_KNOW, NOT_ASKED, Chance, Population, worst_first

Floats = NDArray[np.float64]
Ratings = NDArray[np.int8]
STATES = {DONT_KNOW: State.DONT_KNOW, BLANK: State.BLANK, NOT_ASKED: State.NOT_ASKED}


@dataclass(frozen=True)
class Fieldwork:
    """How answers come in.

    Attributes
    ----------
    response : mapping of str to float
        By group, the share of drawn respondents who answer; 1 where not given.
    by_satisfaction : float
        What one point of a respondent's own mean rating adds to the log-odds of answering, around the
        group's mean; 0 where answering has nothing to do with the answers.
    choice : float
        For groups with a list of each evaluatee in each place: what one point of a person's own mean
        rating adds to the log-chances of being picked by an interviewer who only has a number to fill;
        None where the drawn persons are asked.
    interviewer : float
        Standard deviation, in points of the scale, of what an interviewer adds to every rating. One
        interviewer asks for one evaluatee in one place; panels fill in their own sheets.
    """

    response: Mapping[str, float] = field(default_factory=dict)
    by_satisfaction: float = 0.0
    choice: float | None = None
    interviewer: float = 0.0


def go_into_the_field(
    population: Population, drawn: Mapping[str, Drawn], how: Fieldwork, seed: str
) -> tuple[dict[str, Drawn], dict[str, Answers]]:
    """Give the respondents of each group and the answers that come in.

    Parameters
    ----------
    population : Population
    drawn : mapping of str to Drawn
        By group.
    how : Fieldwork
    seed : str
        Another seed is another fieldwork.

    Returns
    -------
    drawn : dict of Drawn
        As given, or with the persons whom interviewers picked in the places of those drawn.
    answers : dict of Answers
    """
    chance = Chance(f"{population.seed} {seed}")
    lists, answers = {}, {}
    for group in population.scheme.groups:
        lists[group.id], answers[group.id] = _group(population, group, drawn[group.id], how, chance)
    return lists, answers


def _group(
    population: Population, group: Group, drawn: Drawn, how: Fieldwork, chance: Chance
) -> tuple[Drawn, Answers]:
    scheme, draw = population.scheme, group.draws[-1]
    people = population.people(group)
    ratings = population.ratings[group.id]
    own = _means(ratings)
    at = pd.Index(people[draw.unit]).get_indexer(pd.Index(drawn.units[draw.unit].astype(str)))
    places = [column for column in ("evaluatee", "town") if column in people]
    if how.choice is not None and len(places) == 2:
        at = _picked(people[places], at, own, how.choice, chance, group.id)
        drawn = Drawn(drawn.units.assign(**{draw.unit: people[draw.unit].to_numpy()[at]}), drawn.roles)
    odds = logit(np.minimum(how.response.get(group.id, 1.0), 1 - 1e-12))
    centred = np.nan_to_num(own[at] - np.nanmean(own))
    comes = chance.uniform(f"{group.id} comes", at.size) < expit(odds + how.by_satisfaction * centred)
    at = at[comes]
    made = ratings[at]
    if how.interviewer and len(places) == 2:
        asked_by = people.iloc[at].groupby(places, sort=False, observed=True).ngroup().to_numpy()
        steps = scheme.scale.high - scheme.scale.low
        colour = how.interviewer * chance.normal(f"{group.id} interviewer", asked_by.max() + 1)[asked_by]
        made = _coloured(made, colour, chance.uniform(f"{group.id} rounding", *made.shape), steps)
    who = people[draw.unit].to_numpy()[at]
    if draw.per_evaluatee:
        whom = people["evaluatee"].to_numpy()[at]
    else:
        whom = np.tile(np.array(scheme.evaluatees, dtype=object), len(who))
        who = np.repeat(who, len(scheme.evaluatees))
    made = made.reshape(len(who), -1)
    state = np.full(made.shape, State.RATED, dtype=np.int8)
    for code, one in STATES.items():
        state[made == code] = one
    values = np.where(state == State.RATED, worst_first(scheme.scale)[made], np.nan)
    table = pd.DataFrame(values, columns=columns_of(scheme.indicators))
    table.insert(0, "respondent", who)
    of = pd.Categorical(whom, categories=list(scheme.evaluatees))
    table.insert(0, "evaluatee", pd.Series(of, index=table.index))
    return drawn, Answers(table, state)


def _means(ratings: Ratings) -> Floats:
    """Each person's own mean rating; NaN for who rates nothing."""
    flat = ratings.reshape(len(ratings), -1)
    count = (flat >= 0).sum(axis=1)
    total = np.where(flat >= 0, flat, 0).sum(axis=1, dtype=np.float64)
    result: Floats = np.divide(total, count, out=np.full(len(flat), np.nan), where=count > 0)
    return result


def _picked(
    people: pd.DataFrame, at: NDArray[np.intp], own: Floats, pull: float, chance: Chance, name: str
) -> NDArray[np.intp]:
    """Pick, in each place, as many persons as were drawn there, with chances that follow their ratings."""
    cell = people.groupby(list(people.columns), sort=False, observed=True).ngroup().to_numpy()
    wanted = np.bincount(cell[at], minlength=cell.max() + 1)
    rows = np.flatnonzero(wanted[cell] > 0)
    gumbel = -np.log(-np.log(chance.uniform(f"{name} picked", rows.size)))
    liked = pull * np.nan_to_num(own[rows] - np.nanmean(own)) + gumbel
    order = rows[np.lexsort((-liked, cell[rows]))]
    starts = np.cumsum(np.bincount(cell[order], minlength=wanted.size)) - np.bincount(
        cell[order], minlength=wanted.size
    )
    rank = np.arange(order.size) - starts[cell[order]]
    chosen = order[rank < wanted[cell[order]]]  # cell by cell
    result = np.empty(at.size, dtype=np.intp)
    result[np.argsort(cell[at], kind="stable")] = chosen
    return result


def _coloured(made: Ratings, colour: Floats, rounding: Floats, high: int) -> Ratings:
    moved = np.floor(made + colour[:, None] + rounding)  # rounds up as often as the fraction says
    return np.where(made >= 0, np.clip(moved, 0, high), made).astype(np.int8)
