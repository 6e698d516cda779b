"""Points that events add to scores or take from them, every change in a trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import AnswerError, EstimateError, several
from scoring.points.events import Events
from scoring.points.rules import Rule, ScoreLimit, TotalLimit, Veto, in_order, refuse_faulty
from scoring.points.tables import keys_of, place_of, scores_of
from scoring.variance import Floats

TRAIL = ["step", "rule", "event", "when", "count", "counted", "points", "before", "after", "reason"]


@dataclass(frozen=True)
class Adjusted:
    """Scores after events, and how they came about.

    Attributes
    ----------
    table : DataFrame
        One row per row of the scores: ``evaluatee`` (and ``round``), ``score`` as it was, ``to_rank``
        after the rules before the ranking, ``adjusted`` after all; ``limited``, whether a limit or a veto
        set the score; ``grade_at_most``, the grades that vetoes allow at most, empty for none.
    trail : DataFrame
        One row per rule that had a case or changed a score: ``evaluatee`` (and ``round``), ``step``,
        ``rule``, ``event``, ``when``, ``count`` of cases, ``counted`` (points by the count alone), ``points``
        (what the score moved by), ``before``, ``after`` and ``reason``.
    cov_to_rank, cov : ndarray of float, shape (rows, rows), or None
        Covariance of ``to_rank`` and of ``adjusted``, where one of the scores was given.
    """

    table: pd.DataFrame
    trail: pd.DataFrame
    cov_to_rank: Floats | None
    cov: Floats | None


def adjusted(
    scores: pd.DataFrame,
    events: pd.DataFrame,
    rules: Sequence[Rule],
    cov: npt.ArrayLike | None = None,
) -> Adjusted:
    """Apply rules to scores one after another, those before the ranking first.

    Points that events bring have no sampling error: the covariance passes through. A score that a limit
    or a veto sets stands there whatever the sample had been: its slope, and so its variance, is 0. That
    holds for scores well beyond the limit; of one within its error of the limit it says too little
    (``limited`` tells which are set).

    Parameters
    ----------
    scores : DataFrame
        ``evaluatee``, ``score`` and, where there are several rounds, ``round``; each once.
    events : DataFrame
        One row per event: ``evaluatee``, ``event``; ``round`` where the scores have it; ``count`` of cases,
        without it 1; ``level`` for ``PerLevel``; ``points`` of each case and ``reason`` for ``AsDecided``.
        A ``reason`` of any other event, and a ``date``, go into the trail.
    rules : sequence of PerCase, PerLevel, AsDecided, TotalLimit, ScoreLimit, Veto
        Every event has a rule; a veto may have an event of its own or that of another rule.
    cov : array of float, shape (rows, rows), optional
        Covariance of the scores, in their order.

    Returns
    -------
    Adjusted

    Raises
    ------
    AnswerError
        With everything that is wrong with scores and events.
    EstimateError
        With everything that is wrong with the rules; or ``cov`` does not fit.

    Examples
    --------
    S2, an inspection of 92 points: criticised once by the city's committee (-2), twice in a circular of its
    office (-1 each), and 3 points for a case as it requires: 92 - 2 - 2 - 3 = 85.

    >>> from scoring import AsDecided, EventLevel, PerCase, PerLevel
    >>> rules = (PerCase("市委市政府批评", -2), PerCase("通报批评", -1), AsDecided("其他", -5, 0))
    >>> scores = pd.DataFrame({"evaluatee": ["甲村", "乙村"], "score": [92.0, 88.0]})
    >>> events = pd.DataFrame(
    ...     [("甲村", "通报批评", 2, None, ""), ("甲村", "市委市政府批评", 1, None, "三月检查"),
    ...      ("甲村", "其他", 1, -3, "垃圾堆积")],
    ...     columns=["evaluatee", "event", "count", "points", "reason"])
    >>> found = adjusted(scores, events, rules)
    >>> found.table["adjusted"].tolist()
    [85.0, 88.0]
    >>> found.trail[["step", "event", "count", "points", "before", "after", "reason"]].to_numpy().tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [[1, '市委市政府批评', 1, -2.0, 92.0, 90.0, '三月检查'], [2, '通报批评', 2, -2.0, 90.0, 88.0, ''],
     [3, '其他', 1, -3.0, 88.0, 85.0, '垃圾堆积']]

    S3, praise at the district's and the province's inspection: 95 + 1 + 3 = 99. S6, a village starts at
    1,000: 2 households not visited and 1 visit made up leave 997. A veto (一票否决) sets the score to 0.

    >>> levels = tuple(EventLevel(name, at) for at, name in enumerate(["区", "市", "省", "国家"], 1))
    >>> praise = pd.DataFrame({"evaluatee": "甲社区", "event": "表扬", "level": ["区", "省"]})
    >>> week = pd.DataFrame({"evaluatee": ["甲社区"], "score": [95.0]})
    >>> adjusted(week, praise, (PerLevel("表扬", levels),)).table["adjusted"].tolist()
    [99.0]
    >>> village = pd.DataFrame({"evaluatee": ["甲村"], "score": [1000.0]})
    >>> cases = pd.DataFrame({"evaluatee": "甲村", "event": ["未走访", "虚假走访"], "count": [2, 1]})
    >>> rules = (PerCase("未走访", -1), PerCase("虚假走访", -1), ScoreLimit(low=0))
    >>> adjusted(village, cases, rules).table["adjusted"].tolist()
    [997.0]
    >>> adjusted(village, cases, (*rules, Veto("虚假走访", score=0))).table["adjusted"].tolist()
    [0.0]
    """
    refuse_faulty(rules)
    keys = keys_of(scores, "scores")
    start, faults = scores_of(scores, keys, "scores")
    if faults:
        raise several(AnswerError, "scores", faults)
    rows = place_of(scores, keys)
    counted = Events.of(events, keys, rows, rules)
    walk = _Walk(start, counted)
    for step, rule in enumerate(in_order(rules), 1):
        walk.take(step, rule)
    trail = pd.concat(walk.trail, ignore_index=True) if walk.trail else pd.DataFrame(columns=["row", *TRAIL])
    at = trail.pop("row").to_numpy(dtype=np.intp)
    named = scores[keys].iloc[at].reset_index(drop=True)
    table = (
        scores[keys]
        .reset_index(drop=True)
        .assign(
            score=start,
            to_rank=walk.to_rank,
            adjusted=walk.score,
            limited=walk.slope == 0,
            grade_at_most=["、".join(dict.fromkeys(one)) for one in walk.grades],
        )
    )
    given = None if cov is None else _covariance(cov, len(start))
    return Adjusted(
        table=table,
        trail=pd.concat([named, trail], axis=1),
        cov_to_rank=None if given is None else given * np.outer(walk.slope_to_rank, walk.slope_to_rank),
        cov=None if given is None else given * np.outer(walk.slope, walk.slope),
    )


def limited(
    values: npt.ArrayLike, low: float | None = None, high: float | None = None
) -> tuple[Floats, Floats]:
    """Keep values from ``low`` to ``high``; the slope is 0 for those that had to be moved, 1 for others.

    >>> kept, slope = limited([-3.0, 0.0, 50.0], low=0)
    >>> kept.tolist(), slope.tolist()
    ([0.0, 0.0, 50.0], [0.0, 1.0, 1.0])
    """
    given = np.asarray(values, dtype=np.float64)
    kept = np.clip(given, -np.inf if low is None else low, np.inf if high is None else high)
    return kept, (kept == given).astype(np.float64)


class _Walk:
    """Scores as they stand, step by step."""

    def __init__(self, start: Floats, events: Events) -> None:
        self.score, self.to_rank = start.copy(), start.copy()
        self.slope, self.slope_to_rank = np.ones_like(start), np.ones_like(start)
        self.brought = np.zeros_like(start)  # by all events so far
        self.grades: list[list[str]] = [[] for _ in start]
        self.trail: list[pd.DataFrame] = []
        self.events = events

    def take(self, step: int, rule: Rule) -> None:
        before = self.score
        event = "" if isinstance(rule, TotalLimit | ScoreLimit) else rule.event
        count = self.events.counts(event) if event else np.zeros(len(before), dtype=np.int64)
        counted = np.zeros_like(before)
        if isinstance(rule, ScoreLimit):
            self.score, slope = limited(before, rule.low, rule.high)
            self.slope = self.slope * slope
        elif isinstance(rule, TotalLimit):
            kept, _ = limited(self.brought, rule.low, rule.high)
            self.score, self.brought = before + (kept - self.brought), kept
        elif isinstance(rule, Veto):
            self._veto(rule, count > 0)
        else:
            counted = self.events.points(rule)
            most = np.inf if rule.most is None else rule.most
            points = np.clip(counted, -most, most)
            self.score, self.brought = before + points, self.brought + points
        if rule.when == "before":
            self.to_rank, self.slope_to_rank = self.score, self.slope
        rows = np.flatnonzero((count > 0) | (self.score != before))
        if rows.size:
            told = {"row": rows, "step": step, "rule": rule.kind, "event": event, "when": rule.when}
            moved = {"count": count[rows], "counted": counted[rows], "points": (self.score - before)[rows]}
            ends = {"before": before[rows], "after": self.score[rows]}
            reasons = self.events.reasons(event, rows)
            self.trail.append(pd.DataFrame({**told, **moved, **ends, "reason": reasons}))

    def _veto(self, rule: Veto, hit: npt.NDArray[np.bool_]) -> None:
        if rule.score is not None:
            set_to = hit & (self.score > rule.score)
            self.score = np.where(set_to, rule.score, self.score)
            self.slope = np.where(set_to, 0.0, self.slope)
        if rule.grade is not None:
            for row in np.flatnonzero(hit):
                self.grades[row].append(rule.grade)


def _covariance(cov: npt.ArrayLike, size: int) -> Floats:
    values = np.asarray(cov, dtype=np.float64)
    if values.shape != (size, size):
        raise EstimateError("cov_shape", where="cov", shape=values.shape, units=size)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise EstimateError("cov_not_finite", where="cov", row=row, column=column, value=values[row, column])
    return values
