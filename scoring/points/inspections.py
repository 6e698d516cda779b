"""Scores from inspections: of some of several items, and their mean over the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from scoring.columns import numbers, required
from scoring.errors import AnswerError, EstimateError, several
from scoring.points.tables import Fault, bad_rows, keys_of, name_of, place_of, scores_of

Config = dict[str, str]


@dataclass(frozen=True)
class Item:
    """An item of a check or a list of tasks, and its points."""

    name: str
    points: float
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Checks:
    """Checks of one or several of some items, put on the full mark of all.

    Parameters
    ----------
    items : tuple of Item
        Their points sum to the full mark.
    full_mark : float
    """

    items: tuple[Item, ...]
    full_mark: float = 100.0
    kind: Literal["checks"] = "checks"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Average:
    """The mean over rounds, of at least so many.

    Parameters
    ----------
    at_least : int
    fewer : "error", "average" or "leave_out"
        What happens to an evaluatee with fewer: it is an error, it counts with those it has, or it gets
        no score.
    """

    at_least: int = 1
    fewer: Literal["error", "average", "leave_out"] = "error"
    kind: Literal["average"] = "average"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


def check_scores(table: pd.DataFrame, rule: Checks) -> pd.DataFrame:
    """Score checks: what the checked items got, of what they can get, on the full mark.

    Parameters
    ----------
    table : DataFrame
        One row per checked item: ``evaluatee``, ``round`` where there are several, ``item`` and the
        ``points`` it got.
    rule : Checks

    Returns
    -------
    DataFrame
        One row per evaluatee (and round), in order of appearance: ``score``, ``items`` checked, and the
        points they can get, ``out_of``.

    Raises
    ------
    AnswerError
        With everything that is wrong: unknown or repeated items, points below 0 or above the item's.
    EstimateError
        The items' points do not sum to the full mark, or two items have one name.

    Examples
    --------
    S3, a week in which two of six items were checked (points of the items are our choice): 18 of 20 and
    9 of 10, so 27/30 of 100.

    >>> names = ["组织档案管理", "背街小巷整治", "室内外卫生", "庭院卫生", "健康教育", "除“四害”工作"]
    >>> rule = Checks(tuple(Item(one, at) for one, at in zip(names, [10, 20, 20, 20, 10, 20])))
    >>> week = pd.DataFrame({"evaluatee": "甲社区", "item": ["背街小巷整治", "健康教育"], "points": [18, 9]})
    >>> check_scores(week, rule).to_numpy().tolist()
    [['甲社区', 90.0, 2, 30.0]]
    """
    refuse_items(rule.items, rule.full_mark)
    keys = keys_of(table, "checks")
    items = required(table, "item", where="checks").astype(str)
    got = numbers(table, "points", "checks")
    worth = {item.name: item.points for item in rule.items}
    faults: list[Fault] = bad_rows(
        ~items.isin(worth).to_numpy(), "item_unknown", items, known="、".join(worth)
    )
    most = items.map(worth).to_numpy(dtype=np.float64, na_value=np.nan)
    off = ~((got >= 0) & (got <= most)) & ~np.isnan(most)
    faults += [
        (
            "item_points",
            {**told, "item": items.iloc[int(told["row"]) - 1], "most": most[int(told["row"]) - 1]},
        )
        for _, told in bad_rows(off, "item_points", table["points"])
    ]
    faults += repeated_items(table, keys)
    if faults:
        raise several(AnswerError, "checks", faults)
    code, place = pd.factorize(place_of(table, keys))
    sums = [np.bincount(code, weights=values) for values in (got, most)]
    first = np.unique(code, return_index=True)[1]
    return (
        table[keys]
        .iloc[first]
        .reset_index(drop=True)
        .assign(score=rule.full_mark * sums[0] / sums[1], items=np.bincount(code), out_of=sums[1])
    )


def averaged(scores: pd.DataFrame, rule: Average | None = None) -> pd.DataFrame:
    """Average every evaluatee's scores over its rounds.

    Scores with a sampling error are averaged by ``compose``, each round a part.

    Parameters
    ----------
    scores : DataFrame
        ``evaluatee``, ``round`` and ``score``; each evaluatee once in a round.
    rule : Average, optional

    Returns
    -------
    DataFrame
        One row per evaluatee, in order of appearance: ``score`` (NaN where left out) and ``rounds``.

    Raises
    ------
    AnswerError
        With everything that is wrong: a score that is no number, two of one round, too few rounds.
    EstimateError
        The rule asks for less than one round.

    Examples
    --------
    S2, at least four inspections a year: (92 + 88 + 90 + 94) / 4 = 91.

    >>> year = pd.DataFrame({"evaluatee": "甲村", "round": [1, 2, 3, 4], "score": [92, 88, 90, 94]})
    >>> averaged(year, Average(at_least=4)).to_numpy().tolist()
    [['甲村', 91.0, 4]]
    >>> averaged(year[:3], Average(at_least=4))
    Traceback (most recent call last):
    scoring.errors.AnswerError: averages: 1 faults:
    - '甲村' has 3 rounds, and 4 are needed. Complete them, or state what happens to fewer.
    """
    rule = Average() if rule is None else rule
    if isinstance(rule.at_least, bool) or rule.at_least < 1:
        raise EstimateError("bad_at_least", where="at_least", value=rule.at_least)
    required(scores, "round", where="averages")
    keys = keys_of(scores, "averages")
    values, faults = scores_of(scores, keys, "averages")
    code, names = pd.factorize(scores["evaluatee"].astype(str))
    rounds = np.bincount(code)
    few = rounds < rule.at_least
    if rule.fewer == "error":
        for at in np.flatnonzero(few):
            found = {"name": names[int(at)], "rounds": int(rounds[at]), "least": rule.at_least}
            faults.append(("too_few_rounds", found))
    if faults:
        raise several(AnswerError, "averages", faults)
    mean = np.bincount(code, weights=values) / rounds
    if rule.fewer == "leave_out":
        mean = np.where(few, np.nan, mean)
    return pd.DataFrame({"evaluatee": names, "score": mean, "rounds": rounds})


def refuse_items(items: tuple[Item, ...], full_mark: float) -> None:
    """Say what is wrong with a list of items: it must name each once and sum to the full mark."""
    names = [item.name for item in items]
    faults: list[Fault] = [
        ("item_named_twice", {"item": one}) for one in dict.fromkeys(names) if names.count(one) > 1
    ]
    bad = [item for item in items if not (np.isfinite(item.points) and item.points > 0)]
    faults += [("item_worth", {"item": item.name, "points": item.points}) for item in bad]
    whole = sum(item.points for item in items)
    if not bad and abs(whole - full_mark) > 1e-9:
        faults.append(("items_sum", {"sum": whole, "full": full_mark}))
    if faults:
        raise several(EstimateError, "items", faults)


def repeated_items(table: pd.DataFrame, keys: list[str]) -> list[Fault]:
    """Name every item that an evaluatee has twice."""
    twice = table[table.duplicated([*keys, "item"])].drop_duplicates([*keys, "item"])
    return [
        ("item_twice", {"name": name_of(place), "item": item})
        for place, item in zip(place_of(twice, keys), twice["item"], strict=True)
    ]
