"""The stages of sampling, read from the columns of a table that tell them, and what varies in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import pandas as pd

from scoring.columns import column_codes, numbers, refuse_missing
from scoring.errors import AnswerError
from scoring.variance import Codes, Floats, Lonely, Stage, first_rows, paired

Columns = str | Sequence[str | None] | None


def read_stages(
    table: pd.DataFrame,
    stratum: Columns,
    psu: Columns,
    population: Columns,
    prob: Columns,
    *,
    independent: Columns = None,
    lonely: str = "error",
    overlapping: str | None = None,
) -> tuple[Stage, ...]:
    """Read the stages, first to last, and refuse what they cannot be.

    Parameters
    ----------
    table, stratum, psu, population, prob, independent, lonely, overlapping
        Those of ``Survey``.

    Raises
    ------
    AnswerError
    """
    rules = ("error", *get_args(Lonely))
    if lonely not in rules:
        raise AnswerError("unknown_choice", where="survey: lonely", value=lonely, known=", ".join(rules))
    count = 1 if psu is None or isinstance(psu, str) else max(len(psu), 1)
    psus = _per_stage(psu, count, "psu")
    strata = _per_stage(stratum, count, "stratum")
    populations = _per_stage(population, count, "population")
    probs = _per_stage(prob, count, "prob")
    alone = [independent] if isinstance(independent, str) else independent or ()
    for name in alone:
        if name is None or name not in psus:
            known = ", ".join(one for one in psus if one is not None)
            raise AnswerError("not_a_psu", where="survey", name=name, known=known)
    path, outer = [], np.zeros(len(table), dtype=np.intp)
    if overlapping is not None:
        if count > 1 or psus[0] is None or alone or any(one is not None for one in probs):
            raise AnswerError("overlapping_stages", where="survey")
        path = [overlapping]  # the columns that tell a unit of the stage before
        outer = column_codes(table, overlapping)
    above = np.ones(len(table))
    stages = []
    for at in range(count):
        path = path + [column for column in [strata[at]] if column is not None]
        own = path + [column for column in [psus[at]] if column is not None]
        inner = outer if strata[at] is None else paired(outer, column_codes(table, str(strata[at])))
        if psus[at] is None and count == 1:
            unit = np.arange(len(table), dtype=np.intp)
        elif psus[at] is None:
            raise AnswerError("no_psu", where="survey", stage=at + 1, stages=count)
        else:
            unit = paired(inner, column_codes(table, str(psus[at])))
        first = first_rows(unit)
        chance = _stage_prob(table, unit, inner[first], first, populations[at], probs[at], path, own)
        by_itself = psus[at] is not None and psus[at] in alone
        # Below an infinite population no later stage counts.
        if not by_itself and (above > 0).any():
            _check_lonely(lonely, at, inner[first], chance, first, table, path)
        path = own
        rule: Lonely = "adjust" if lonely == "error" else lonely  # type: ignore[assignment]
        stages.append(Stage(unit, inner[first], chance, above[first], by_itself, rule))
        above = above * chance[unit]
        outer = unit
    return tuple(stages)


def open_units(stages: Sequence[Stage]) -> tuple[Codes, Codes, Codes]:
    """Look through certain units: give each row its first unit that was drawn by chance.

    Returns
    -------
    unit, stratum : ndarray of int, shape (n,)
        Numbers that no two units, or strata, of any stages share; -1 for rows certain at every stage.
    stage : ndarray of int, shape (n,)
        Position of the unit's stage; the number of stages for rows certain at every stage.
    """
    rows = stages[0].unit.size
    unit = np.full(rows, -1, dtype=np.intp)
    stratum = np.full(rows, -1, dtype=np.intp)
    at = np.full(rows, len(stages), dtype=np.intp)
    units = strata = 0
    for number, stage in enumerate(stages):
        here = (unit < 0) & (stage.prob[stage.unit] < 1)
        unit[here] = stage.unit[here] + units
        stratum[here] = stage.stratum[stage.unit[here]] + strata
        at[here] = number
        units += stage.prob.size
        strata += int(stage.stratum.max()) + 1
    return unit, stratum, at


def _per_stage(columns: Columns, stages: int, name: str) -> list[str | None]:
    given = [columns] if isinstance(columns, str) or columns is None else list(columns)
    if len(given) > stages:
        raise AnswerError("stages", where="survey", role=name, given=len(given), stages=stages)
    return given + [None] * (stages - len(given))


def _stage_prob(
    table: pd.DataFrame,
    unit: Codes,
    stratum: Codes,
    first: Codes,
    population: str | None,
    prob: str | None,
    path: list[str],
    own: list[str],
) -> Floats:
    if prob is not None:
        values = numbers(table, prob)
        bad = np.flatnonzero(~((values > 0) & (values <= 1)))
        if bad.size:
            raise AnswerError("bad_prob", where="survey", column=prob, row=bad[0] + 1, value=values[bad[0]])
        _constant(values, unit, prob, table, own)
        return values[first]
    if population is None:
        return np.zeros(first.size)
    values = numbers(table, population)
    refuse_missing(np.flatnonzero(~np.isfinite(values)), population)
    _constant(values, stratum[unit], population, table, path)
    sampled = np.bincount(stratum)[stratum]
    short = np.flatnonzero(~(values[first] >= sampled))
    if short.size:
        row = int(first[short[0]])
        raise AnswerError(
            "population_below_sample",
            where="survey",
            name=place_of(table, path, row),
            sample=sampled[short[0]],
            population=values[row],
            column=population,
        )
    return np.asarray(sampled / values[first], dtype=np.float64)


def place_of(table: pd.DataFrame, path: list[str], row: int) -> str:
    """Name what a row lies in by the values of the columns that tell it."""
    return " / ".join(str(table[column].iloc[row]) for column in path) or "(all)"


def _constant(values: Floats, codes: Codes, column: str, table: pd.DataFrame, path: list[str]) -> None:
    firsts = values[first_rows(codes)[codes]]
    bad = np.flatnonzero(values != firsts)
    if bad.size:
        row = int(bad[0])
        raise AnswerError(
            "not_constant",
            where="survey",
            column=column,
            name=place_of(table, path, row),
            a=firsts[row],
            b=values[row],
            row=row + 1,
        )


def _check_lonely(
    rule: str, at: int, stratum: Codes, prob: Floats, first: Codes, table: pd.DataFrame, path: list[str]
) -> None:
    """A stratum whose variance would rest on one unit; certain units bring none."""
    open_units = np.bincount(stratum, weights=prob < 1)
    lonely = np.flatnonzero(open_units == 1)
    if not lonely.size or rule in ("adjust", "certainty"):
        return
    row = int(first[np.flatnonzero(stratum == lonely[0])[0]])
    name = place_of(table, path, row)
    if rule == "error":
        raise AnswerError("lonely_psu", where="survey", name=name)
    if at > 0 or not (open_units > 1).any():
        raise AnswerError("lonely_average", where="survey", name=name)
