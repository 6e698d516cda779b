"""Scores and places with one part, or the answers of one unit, left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.columns import numeric, required
from scoring.composite.compose import Composed
from scoring.composite.leaves import Scored
from scoring.domains import domains_of
from scoring.errors import EstimateError
from scoring.group import Official, columns_of
from scoring.rank.places import places_of_rows
from scoring.scale import Scale
from scoring.sensitivity.linear import Linear
from scoring.survey import Survey
from scoring.variance import Floats


def leave_parts_out(found: Composed) -> pd.DataFrame:
    """Score again without each part, the others of its level keeping their proportions.

    Parameters
    ----------
    found : Composed
        Arithmetic throughout; who has no composite is left out.

    Returns
    -------
    DataFrame
        For each part that has others beside it, and each evaluatee: ``left_out``, ``of``, ``evaluatee``,
        ``score``, ``place`` and ``change`` of place (above 0: nearer the top).

    Raises
    ------
    EstimateError
        A part is geometric; an evaluatee with a composite lacks a part.

    Examples
    --------
    0.7 × 80 + 0.3 × 60 = 74 is ahead of 71.8, but without the first part 60 is behind 76.

    >>> from scoring import Part, compose, figures
    >>> table = pd.DataFrame({"evaluatee": ["甲", "乙"], "群众": [80.0, 70.0], "代表": [60.0, 76.0]})
    >>> found = compose(Part("综合", parts=(Part("群众", 0.7), Part("代表", 0.3))), [figures(table)])
    >>> without = leave_parts_out(found)
    >>> without[["left_out", "evaluatee", "score", "place", "change"]].to_numpy().tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['群众', '甲', 60.0, 2, -1], ['群众', '乙', 76.0, 1, 1],
     ['代表', '甲', 80.0, 1, 0], ['代表', '乙', 70.0, 2, 0]]
    """
    whole = Linear.of("leave_parts_out", found)
    nodes = [node for node in whole.nodes if not np.isnan(node.rest).any()]
    # Without the part its level is the rest alone: rest - (w own + (1 - w) rest) = w (rest - own).
    moves = [node.above * node.weight * (node.rest - node.own) for node in nodes]
    scores = whole.whole + np.array(moves).reshape(len(nodes), whole.whole.size)
    left = pd.DataFrame({"left_out": [node.name for node in nodes], "of": [node.of for node in nodes]})
    return _table(left, whole.evaluatees, scores, whole.whole)


def leave_units_out(
    survey: Survey,
    indicators: Mapping[str, Sequence[str]],
    scale: Scale,
    column: str,
    *,
    scores: Scored,
    by: str = "evaluatee",
    full_mark: float = 100.0,
    official: Official = "design",
    composite: tuple[Composed, str] | None = None,
) -> pd.DataFrame:
    """Score a group again without the answers of each unit of a column: an interviewer, a town.

    Weights stay as they are: they are not adjusted again without the unit. Its answers' sums are taken
    off those of all, so that no answer is read twice.

    Parameters
    ----------
    survey, indicators, scale, by, full_mark, official
        As ``group_scores`` took them.
    column : str
        Of units; a row where it is empty belongs to none and always counts.
    scores : GroupScores, PartScores, ...
        What ``group_scores`` gave: its evaluatees and estimates.
    composite : (Composed, str), optional
        A composite and the name of this group in it: scores and places are then the composite's.

    Returns
    -------
    DataFrame
        For each unit and evaluatee: ``left_out``, ``of`` (the column), ``evaluatee``, ``score``, ``place``
        and ``change`` of place (above 0: nearer the top). Who has no valid answer to an indicator without
        the unit has no score and no place; for the places of the others it keeps its score.

    Raises
    ------
    AnswerError
        There is no such column.
    EstimateError
        The scores are not those of this survey; the composite has no such part, is geometric or has other
        evaluatees.

    Examples
    --------
    Ratings 9 and 5 by two interviewers, 8 and 8: 70 and 80. Without the second, 90 and 80. Made up.

    >>> from scoring.group import group_scores
    >>> rows = [("甲", "员1", 9.0), ("甲", "员2", 5.0), ("乙", "员1", 8.0), ("乙", "员2", 8.0)]
    >>> survey = Survey(pd.DataFrame(rows, columns=["evaluatee", "who", "q1"]))
    >>> asked, scale = {"甲": ["q1"], "乙": ["q1"]}, Scale(0, 10)
    >>> scores = group_scores(survey, asked, scale)
    >>> without = leave_units_out(survey, asked, scale, "who", scores=scores)
    >>> without[["left_out", "evaluatee", "score", "place", "change"]].to_numpy().tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['员1', '乙', 80.0, 1, 0], ['员1', '甲', 50.0, 2, 0],
     ['员2', '乙', 80.0, 2, -1], ['员2', '甲', 90.0, 1, 1]]
    """
    where = "leave_units_out"
    unit, units = pd.factorize(required(survey.table, column, where=where), sort=True)
    domains = domains_of(survey.table, by)
    evaluatees = [str(one) for one in domains.labels[by]]
    columns = columns_of(indicators)
    asked = np.array([[one in indicators[who] for one in columns] for who in evaluatees])
    values = numeric(survey.table, columns, finite=False)
    weights = np.ones(len(values)) if official == "plain" else survey.weights
    without = _scores_without(
        values, domains.codes, asked, scale.points(full_mark), scale.low, weights, (unit, len(units))
    )
    now, without = without[-1], without[:-1]
    given = dict(zip(scores.evaluatees, scores.estimate.tolist(), strict=True))
    same = set(evaluatees) == set(given)
    if not same or not np.allclose(now, [given[one] for one in evaluatees], rtol=0, atol=1e-6):
        raise EstimateError("other_scores", where=where)
    left = pd.DataFrame({"left_out": units.astype(str), "of": column})
    if composite is None:
        return _table(left, evaluatees, without, now)
    found, part = composite
    whole = Linear.of(where, found)
    node = next((node for node in whole.nodes if node.name == part), None)
    if node is None:
        raise EstimateError("unknown_names", where=f"{where}: composite", names=part)
    if set(whole.evaluatees) - set(evaluatees):
        odd = sorted(set(whole.evaluatees) - set(evaluatees))[0]
        raise EstimateError("not_by_all", where=where, evaluatee=odd)
    at = [evaluatees.index(one) for one in whole.evaluatees]
    if not np.allclose(node.own, now[at], rtol=0, atol=1e-6):
        raise EstimateError("other_scores", where=f"{where}: composite")
    moved = whole.whole + node.above * node.weight * (without - now)[:, at]
    return _table(left, whole.evaluatees, moved, whole.whole)


def _scores_without(
    values: Floats,
    domain: NDArray[np.intp],
    asked: NDArray[np.bool_],
    points: Floats,
    low: int,
    weights: Floats,
    units: tuple[NDArray[np.intp], int],
) -> Floats:
    """Give scores (V + 1, D) without each of V units, and of all: indicator by indicator, from sums."""
    unit, size = units
    shape = (len(asked), size + 1)
    cell = domain * (size + 1) + np.where(unit < 0, size, unit)
    total = np.zeros((size + 1, len(asked)))
    for k in range(values.shape[1]):
        valid = ~np.isnan(values[:, k]) & asked[domain, k]
        here, weight = cell[valid], weights[valid]
        # A rating off the scale only comes with scores of another scale, which are refused.
        rating = np.clip(values[valid, k] - low, 0, points.size - 1).astype(np.intp)
        brought = points[rating]
        mass, gain = (
            _others(np.bincount(here, one, shape[0] * shape[1]).reshape(shape).astype(np.float64))
            for one in (weight, weight * brought)
        )
        # Where a unit has all the answers, exactly 0 is left: the sum of its own and zeros, less its own.
        mean = np.divide(gain, mass, out=np.full_like(gain, np.nan), where=mass > 0)
        total += np.where(asked[:, k], mean, 0.0)
    result: Floats = total / asked.sum(axis=1)
    return result


def _others(sums: Floats) -> Floats:
    """Turn the sums of units and of no unit (D, V + 1) into those of all but each, and of all: (V + 1, D)."""
    whole = sums.sum(axis=1)
    result: Floats = (whole[:, None] - sums).T
    result[-1] = whole
    return result


def _table(left: pd.DataFrame, evaluatees: list[str], scores: Floats, now: Floats) -> pd.DataFrame:
    gone = np.isnan(scores)
    after = places_of_rows(np.where(gone, now, scores))
    size = len(evaluatees)
    table = left.loc[left.index.repeat(size)].reset_index(drop=True)
    table["evaluatee"] = np.tile(np.asarray(evaluatees, dtype=object), len(left))
    table["score"] = scores.ravel()
    empty = gone.ravel()
    table["place"] = pd.Series(after.ravel()).astype("Int64").mask(empty)
    table["change"] = pd.Series((places_of_rows(now[None]) - after).ravel()).astype("Int64").mask(empty)
    return table
