"""Streaks over rounds: who was among the first or last how often, and the ladder of what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.rank.checks import Flags, Floats, class_rows, numbers

Config = dict[str, str]
Counts = npt.NDArray[np.int64]

COUNTING: Final = ("consecutive", "cumulative")


@dataclass(frozen=True)
class Step:
    """What being among the first or last a number of times brings.

    Parameters
    ----------
    times : int
    consequence : str
        In the plan's words: 通报批评, 黄牌警告, 问责.
    counting : {"consecutive", "cumulative"}
        In a row, or in all.
    loses_awards : bool
        Whether the unit loses its awards of the year as well.
    """

    times: int
    consequence: str
    counting: Literal["consecutive", "cumulative"] = "consecutive"
    loses_awards: bool = False
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Ladder:
    """Steps for being among the first or last of a class again and again.

    Parameters
    ----------
    end : {"first", "last"}
    places : int
        How many are meant, counted from that end; who ties with one of them is among them.
    steps : tuple of Step
        Times rise from step to step. In a round that counts, the highest step reached applies.
    missing : {"break", "skip", "count"}
        A round in which the unit has no place. "break": it ends what is in a row. "skip": as if it had not
        been. "count": as if the unit had been among them.
    within : {"year", "always"}
        Whether counting starts anew each year.
    after_last : {"repeat", "restart"}
        After the last step: it applies again each further time, or counting starts anew.
    """

    end: Literal["first", "last"]
    places: int
    steps: tuple[Step, ...]
    missing: Literal["break", "skip", "count"]
    within: Literal["year", "always"]
    after_last: Literal["repeat", "restart"]
    kind: Literal["ladder"] = "ladder"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


def ladder(
    rule: Ladder,
    places: pd.DataFrame,
    *,
    by: npt.ArrayLike | None = None,
    year: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """Tell what each round brings to those who are among the first or last again.

    Parameters
    ----------
    rule : Ladder
    places : DataFrame, shape (R, p)
        A row for each round in order of time, a column for each unit: places within the class, 1 for the
        best, empty where the unit was not placed.
    by : array_like, shape (p,), optional
        Class of each unit.
    year : sequence, length R, optional
        Year of each round; needed where the rule counts within a year.

    Returns
    -------
    DataFrame
        A row for each round and unit that a step applies to, in order of time: ``round`` and ``unit`` (labels
        of the table), ``in_a_row``, ``in_all``, ``step`` (from 1), ``consequence``, ``loses_awards``.

    Raises
    ------
    EstimateError
        No rounds or units; a place that is below 1 or no number; more places than a class has units; steps
        that do not rise or a word that is not known; years missing or of another length.

    Examples
    --------
    Plan S5: the bottom three of a month are criticised in a circular, two in a row bring a warning, three
    times, here read as three in all, accountability. Unit d is among the last three in months 1, 2, 4 and 5.

    >>> steps = (Step(1, "通报批评"), Step(2, "警告"), Step(3, "问责", "cumulative"))
    >>> s5 = Ladder("last", 3, steps, missing="break", within="year", after_last="repeat")
    >>> months = pd.DataFrame(
    ...     [[int(place) for place in month] for month in "123456 125436 234156 123456 123546".split()],
    ...     index=[1, 2, 3, 4, 5], columns=[*"abcdef"])
    >>> found = ladder(s5, months, year=[2013] * 5)
    >>> found.loc[found["unit"] == "d", ["round", "in_a_row", "in_all", "consequence"]].to_numpy().tolist()
    [[1, 1, 1, '通报批评'], [2, 2, 2, '警告'], [4, 1, 3, '问责'], [5, 2, 4, '问责']]

    Plan S3: three times last brings public self-criticism and the loss of the year's awards.

    >>> step = Step(3, "公开检讨", "cumulative", loses_awards=True)
    >>> s3 = Ladder("last", 1, (step,), missing="skip", within="year", after_last="repeat")
    >>> weeks = pd.DataFrame(
    ...     {"东社区": [1, 2, 1, 1, 2], "西社区": [2, 1, 2, None, 1], "南社区": [3, 3, None, 2, 3]})
    >>> ladder(s3, weeks, year=[2013] * 5)[["round", "unit", "in_all", "loses_awards"]].to_numpy().tolist()
    [[3, '南社区', 3, True], [4, '南社区', 4, True]]
    """
    where = "ladder"
    table = numbers(f"{where}: places", places)
    _check(table, f"{where}: places")
    check_ladder(rule)
    hit = in_places(table, rule.places, end=rule.end, by=by)
    return _climbed(rule, hit, np.isnan(table), year, places)


def ladder_of(rule: Ladder, among: pd.DataFrame, *, year: Sequence[Any] | None = None) -> pd.DataFrame:
    """Tell the same as ``ladder`` where it is known already who was among the first or last of each round.

    So it can be where units join, leave, merge or change class from round to round: who is among the last
    of a round is then a matter of that round's own units.

    Parameters
    ----------
    rule : Ladder
        Its ``end`` and ``places`` have been used.
    among : DataFrame, shape (R, p)
        A row for each round in order of time, a column for each unit: 1 for among them, 0 for not, empty for
        a round in which the unit has no place that can be told.
    year : sequence, length R, optional
        Year of each round; needed where the rule counts within a year.

    Returns
    -------
    DataFrame
        As that of ``ladder``.

    Raises
    ------
    EstimateError
        No rounds or units; a cell is neither 1 nor 0 nor empty; the rule or the years are wrong.

    Examples
    --------
    Last in 2011 and 2013, not to be told in 2012: two in a row where that year is skipped.

    >>> among = pd.DataFrame({"甲": [1, None, 1]}, index=[2011, 2012, 2013])
    >>> for missing in ("skip", "break"):
    ...     rule = Ladder("last", 1, (Step(2, "问责"),), missing, within="always", after_last="repeat")
    ...     print(ladder_of(rule, among)[["round", "unit", "in_a_row", "consequence"]].to_numpy().tolist())
    [[2013, '甲', 2, '问责']]
    []
    """
    where = "ladder"
    table = numbers(f"{where}: among", among)
    _check(np.ones_like(table), f"{where}: among")
    check_ladder(rule)
    wrong = np.argwhere(~np.isin(table, (0, 1)) & ~np.isnan(table))
    if len(wrong):
        at, unit = wrong[0]
        raise EstimateError("not_among", where=f"{where}: among", value=table[at, unit], row=at, unit=unit)
    return _climbed(rule, table == 1, np.isnan(table), year, among)


def _climbed(
    rule: Ladder, hit: Flags, missing: Flags, year: Sequence[Any] | None, labels: pd.DataFrame
) -> pd.DataFrame:
    in_a_row, in_all, step = climb(rule, hit, missing, _new_years(rule, year, len(hit)))
    round_at, unit_at = np.nonzero(step)
    which = step[round_at, unit_at] - 1
    return pd.DataFrame(
        {
            "round": np.asarray(labels.index)[round_at],
            "unit": np.asarray(labels.columns)[unit_at],
            "in_a_row": in_a_row[round_at, unit_at],
            "in_all": in_all[round_at, unit_at],
            "step": which + 1,
            "consequence": np.array([one.consequence for one in rule.steps], dtype=object)[which],
            "loses_awards": np.array([one.loses_awards for one in rule.steps])[which],
        }
    )


def in_places(
    place: npt.ArrayLike, places: int, *, end: Literal["first", "last"], by: npt.ArrayLike | None = None
) -> Flags:
    """Tell who is among the first or last `places` of a class: fewer than so many are beyond.

    So it does not depend on how ties are numbered: who ties with one of them is among them.

    Parameters
    ----------
    place : array_like, shape (..., p)
        Places, 1 for the best, NaN for a unit that has none and counts for nobody.
    places : int
    end : {"first", "last"}
    by : array_like, shape (p,), optional
        Class of each unit.

    Returns
    -------
    ndarray of bool, shape (..., p)

    Raises
    ------
    EstimateError
        A class, or those of it who have a place, are fewer than `places`, or `places` is below 1; a place is
        beyond the class; `by` of another length or with a gap.

    Examples
    --------
    >>> in_places([1, 2, 2, 4], 2, end="first").tolist()
    [True, True, True, False]
    >>> in_places([1, 2, 2, 4], 2, end="last").tolist()
    [False, True, True, True]
    """
    table = numbers("in_places: place", place)
    if end not in ("first", "last"):
        raise EstimateError("unknown_choice", where="in_places: end", known="first, last", value=end)
    from_end = table if end == "first" else -table
    result = np.zeros(table.shape, dtype=np.bool_)
    for here in class_rows("in_places", by, table.shape[-1]):
        if not 1 <= places <= here.size:
            raise EstimateError("places_out_of_class", where="in_places", places=places, units=here.size)
        part = from_end[..., here]
        there = (~np.isnan(part)).sum(axis=-1)
        few = there[(there > 0) & (there < places)]
        if few.size:  # all who are there would be among the first and the last at once
            raise EstimateError("places_out_of_class", where="in_places", places=places, units=few.flat[0])
        beyond = np.abs(part[np.abs(part) > here.size])
        if beyond.size:
            found = {"value": beyond.flat[0], "units": here.size}
            raise EstimateError("place_beyond_class", where="in_places", **found)
        # How many stand before each value, by sorting: NaN sorts last, behind every place.
        order = np.argsort(part, axis=-1, kind="stable")
        ascending = np.take_along_axis(part, order, axis=-1)
        starts = np.ones(part.shape, dtype=np.bool_)
        starts[..., 1:] = ascending[..., 1:] != ascending[..., :-1]
        before = np.maximum.accumulate(np.where(starts, np.arange(here.size), 0), axis=-1)
        inside = np.empty(part.shape, dtype=np.bool_)
        np.put_along_axis(inside, order, before < places, axis=-1)
        result[..., here] = inside & ~np.isnan(part)
    return result


def climb(rule: Ladder, hit: Flags, missing: Flags, new_year: Flags) -> tuple[Counts, Counts, Counts]:
    """Count hits in a row and in all, and the step reached: (R, p) each, 0 for no step.

    hit and missing (R, p); new_year (R,) tells in which rounds counting starts anew.
    """
    in_a_row, in_all, step = (np.zeros(hit.shape, dtype=np.int64) for _ in range(3))
    times = np.array([one.times for one in rule.steps])
    consecutive = np.array([one.counting == "consecutive" for one in rule.steps])
    run, total = np.zeros((2, hit.shape[1]), dtype=np.int64)
    for at in range(len(hit)):
        if new_year[at]:
            run, total = np.zeros_like(run), np.zeros_like(total)
        counts = hit[at] | (missing[at] if rule.missing == "count" else False)
        stays = missing[at] if rule.missing == "skip" else np.zeros_like(counts)
        run = np.where(counts, run + 1, np.where(stays, run, 0))
        total = total + counts
        reached = np.where(consecutive[:, None], run, total) >= times[:, None]
        highest = (reached * np.arange(1, times.size + 1)[:, None]).max(axis=0)
        in_a_row[at], in_all[at], step[at] = run, total, np.where(counts, highest, 0)
        if rule.after_last == "restart":
            done = step[at] == times.size
            run, total = np.where(done, 0, run), np.where(done, 0, total)
    return in_a_row, in_all, step


def _new_years(rule: Ladder, year: Sequence[Any] | None, rounds: int) -> Flags:
    if rule.within == "always":
        return np.zeros(rounds, dtype=np.bool_)
    if year is None:
        raise EstimateError("no_years", where="ladder: year")
    values = pd.Series(list(year))
    if len(values) != rounds:
        raise EstimateError("years_of_rounds", where="ladder: year", found=len(values), rounds=rounds)
    result: Flags = (values != values.shift()).to_numpy()
    return result


def _check(table: Floats, where: str) -> None:
    if table.ndim != 2 or not table.size:
        raise EstimateError("no_rounds", where=where, shape=table.shape)
    wrong = np.argwhere((table < 1) | np.isinf(table))
    if len(wrong):
        at, unit = wrong[0]
        raise EstimateError("not_a_place", where=where, value=table[at, unit], row=at, unit=unit)


def check_ladder(rule: Ladder) -> None:
    """Say what is wrong with a ladder, whatever the rounds are.

    Raises
    ------
    EstimateError
        Steps that do not rise, or a word that is not known.
    """
    where = "ladder"
    for name, value, known in (
        ("end", rule.end, ("first", "last")),
        ("missing", rule.missing, ("break", "skip", "count")),
        ("within", rule.within, ("year", "always")),
        ("after_last", rule.after_last, ("repeat", "restart")),
        *((f"steps[{at}].counting", one.counting, COUNTING) for at, one in enumerate(rule.steps)),
    ):
        if value not in known:
            raise EstimateError(
                "unknown_choice", where=f"{where}: {name}", known=", ".join(known), value=value
            )
    times = [one.times for one in rule.steps]
    if not times or times[0] < 1 or any(a >= b for a, b in zip(times, times[1:], strict=False)):
        raise EstimateError("steps_not_rising", where=f"{where}: steps", times=times)
