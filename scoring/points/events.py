"""A table of events, checked against the rules and counted by evaluatee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.columns import required
from scoring.errors import AnswerError, several
from scoring.points.rules import AsDecided, EventRule, Fault, PerCase, PerLevel, Rule, Veto
from scoring.points.tables import bad_rows, name_of, place_of
from scoring.variance import Floats


@dataclass(frozen=True)
class Events:
    """Events of the scores' rows.

    Attributes
    ----------
    event : ndarray of str, shape (n,)
    row : ndarray of int, shape (n,)
        The score that each event belongs to.
    count : ndarray of int, shape (n,)
    level : ndarray of str, shape (n,)
    amount : ndarray of float, shape (n,)
        Points decided for each case, NaN for none.
    reason, date : ndarray of str, shape (n,)
    size : int
        Number of scores.
    """

    event: NDArray[np.object_]
    row: NDArray[np.intp]
    count: NDArray[np.int64]
    level: NDArray[np.object_]
    amount: Floats
    reason: NDArray[np.object_]
    date: NDArray[np.object_]
    size: int

    @classmethod
    def of(cls, table: pd.DataFrame, keys: Sequence[str], rows: pd.Index, rules: Sequence[Rule]) -> Events:
        """Read a table, or say everything that is wrong with it."""
        for column in (*keys, "event"):
            required(table, column, where="events")
        counts = _numbers(table, "count", 1.0)
        whole = np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts))
        places = place_of(table, keys)
        row = rows.get_indexer(places)
        found = cls(
            event=_texts(table, "event"),
            row=np.asarray(row, dtype=np.intp),
            count=np.where(whole, counts, 0).astype(np.int64),
            level=_texts(table, "level"),
            amount=_numbers(table, "points", np.nan),
            reason=_texts(table, "reason"),
            date=_texts(table, "date"),
            size=len(rows),
        )
        faults: list[Fault] = [
            ("event_of_nobody", {"row": int(at) + 1, "found": name_of(places[int(at)])})
            for at in np.flatnonzero(found.row < 0)
        ]
        if "count" in table:
            faults += bad_rows(~whole, "event_count", table["count"])
        faults += found._rule_faults(rules)
        if faults:
            raise several(AnswerError, "events", sorted(faults, key=lambda one: int(one[1]["row"])))
        return found

    def counts(self, event: str) -> NDArray[np.int64]:
        """Count the cases of an event, shape (size,)."""
        here = self.event == event
        found = np.bincount(self.row[here], weights=self.count[here], minlength=self.size)
        return found.astype(np.int64)

    def points(self, rule: EventRule) -> Floats:
        """Add up the points of a rule's cases, shape (size,)."""
        here = self.event == rule.event
        if isinstance(rule, PerCase):
            each = np.full(here.sum(), rule.points)
        elif isinstance(rule, PerLevel):
            worth = {level.name: level.points for level in rule.levels}
            each = np.array([worth[one] for one in self.level[here]], dtype=np.float64)
        else:
            each = self.amount[here]
        found = np.bincount(self.row[here], weights=each * self.count[here], minlength=self.size)
        return found.astype(np.float64)

    def reasons(self, event: str, rows: NDArray[np.intp]) -> list[str]:
        """Give dates and reasons of an event's cases for some scores, each once."""
        told = (self.reason != "") | (self.date != "")
        found: dict[int, dict[str, None]] = {}
        for at in np.flatnonzero((self.event == event) & (self.count > 0) & told):
            found.setdefault(int(self.row[at]), {})[f"{self.date[at]} {self.reason[at]}".strip()] = None
        return ["；".join(found.get(int(row), ())) for row in rows]

    def _rule_faults(self, rules: Sequence[Rule]) -> Iterator[Fault]:
        by_event = {rule.event: rule for rule in rules if isinstance(rule, EventRule)}
        vetoes = [rule.event for rule in rules if isinstance(rule, Veto)]
        known = "、".join(dict.fromkeys([*by_event, *vetoes]))
        events = pd.Series(self.event)
        yield from bad_rows(
            ~events.isin([*by_event, *vetoes]).to_numpy(), "event_unknown", events, known=known
        )
        for event, rule in by_event.items():
            here = self.event == event
            told = {"event": event}
            if isinstance(rule, PerLevel):
                levels = [level.name for level in rule.levels]
                odd = here & ~pd.Series(self.level).isin(levels).to_numpy()
                yield from bad_rows(
                    odd, "event_level", pd.Series(self.level), known="、".join(levels), **told
                )
            if isinstance(rule, AsDecided):
                odd = here & ~((self.amount >= rule.low) & (self.amount <= rule.high))
                bounds = {"low": rule.low, "high": rule.high}
                yield from bad_rows(odd, "event_points", pd.Series(self.amount), **bounds, **told)
                yield from bad_rows(
                    here & (self.reason == ""), "event_reason", pd.Series(self.reason), **told
                )


def _texts(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    if column not in table:
        return np.full(len(table), "", dtype=object)
    values = table[column]
    return np.asarray(
        values.astype(object).where(values.notna(), "").map(lambda one: str(one).strip()), dtype=object
    )


def _numbers(table: pd.DataFrame, column: str, otherwise: float) -> Floats:
    if column not in table:
        return np.full(len(table), otherwise)
    return pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
