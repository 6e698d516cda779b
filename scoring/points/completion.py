"""Scores from tasks: each counts its points times the share that is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from scoring.columns import numbers, required
from scoring.errors import AnswerError, several
from scoring.points.inspections import Item, refuse_items, repeated_items
from scoring.points.tables import Fault, bad_rows, keys_of, name_of, place_of

Config = dict[str, str]


@dataclass(frozen=True)
class Completion:
    """Tasks, each with its points, counted by what is done of what is due.

    Parameters
    ----------
    items : tuple of Item
        The tasks; their points sum to the full mark.
    full_mark : float
    nothing_due : "error", "full" or "zero"
        What a task counts of which nothing is due: it is an error, all its points, or none.
    beyond : "error", "full" or "counts"
        What a task counts of which more is done than is due: it is an error, its points, or more.
    """

    items: tuple[Item, ...]
    full_mark: float = 100.0
    nothing_due: Literal["error", "full", "zero"] = "error"
    beyond: Literal["error", "full", "counts"] = "error"
    kind: Literal["completion"] = "completion"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


def completion_scores(table: pd.DataFrame, rule: Completion) -> pd.DataFrame:
    """Score tasks: points × done / due, summed.

    Parameters
    ----------
    table : DataFrame
        One row per task: ``evaluatee``, ``round`` where there are several, ``item``, ``done`` and ``due``.
        Every evaluatee (in every round) has every task.
    rule : Completion

    Returns
    -------
    DataFrame
        One row per evaluatee (and round), in order of appearance: ``score``, and a column of points for
        each task.

    Raises
    ------
    AnswerError
        With everything that is wrong: unknown, missing or repeated tasks, counts below 0, nothing due or
        more done than is due where the rule says so.
    EstimateError
        The tasks' points do not sum to the full mark, or two have one name.

    Examples
    --------
    S4, two tasks of 60 and 40 points (made up): 60 × 9/12 + 40 × 50/50 = 85.

    >>> rule = Completion((Item("旱厕改造", 60), Item("垃圾清运", 40)))
    >>> tasks = pd.DataFrame({"evaluatee": "甲街道", "item": ["旱厕改造", "垃圾清运"]})
    >>> tasks = tasks.assign(done=[9, 50], due=[12, 50])
    >>> completion_scores(tasks, rule).to_numpy().tolist()
    [['甲街道', 85.0, 45.0, 40.0]]
    """
    refuse_items(rule.items, rule.full_mark)
    keys = keys_of(table, "completion")
    items = required(table, "item", where="completion").astype(str)
    done, due = (numbers(table, name, "completion") for name in ("done", "due"))
    names = [item.name for item in rule.items]
    worth = np.array([item.points for item in rule.items])
    sound = np.isfinite(done) & np.isfinite(due) & (done >= 0) & (due >= 0)
    faults: list[Fault] = bad_rows(
        ~items.isin(names).to_numpy(), "item_unknown", items, known="、".join(names)
    )
    faults += bad_rows(~sound, "done_and_due", table["done"].astype(str) + " / " + table["due"].astype(str))
    if rule.nothing_due == "error":
        faults += bad_rows(sound & (due == 0), "nothing_due", items)
    if rule.beyond == "error":
        over = sound & (due > 0) & (done > due)
        faults += bad_rows(over, "beyond_due", items)
    faults += repeated_items(table, keys)
    code, places = pd.factorize(place_of(table, keys))
    at = pd.Index(names).get_indexer(pd.Index(items))
    there = np.zeros((len(places), len(names)), dtype=bool)
    there[code[at >= 0], at[at >= 0]] = True
    faults += [
        ("item_missing", {"name": name_of(places[who]), "item": names[what]})
        for who, what in np.argwhere(~there)
    ]
    if faults:
        raise several(AnswerError, "completion", faults)
    share = np.where(rule.nothing_due == "full", np.ones_like(due), 0.0)
    share = np.divide(done, due, out=share, where=due > 0)
    if rule.beyond != "counts":
        share = np.minimum(share, 1.0)
    points = np.zeros(there.shape)
    points[code, at] = worth[at] * share
    first = np.unique(code, return_index=True)[1]
    found = table[keys].iloc[first].reset_index(drop=True).assign(score=points.sum(axis=1))
    return pd.concat([found, pd.DataFrame(points, columns=names)], axis=1)
