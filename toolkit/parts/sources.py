"""One part's scores from its table: by period where there are several, after its events, averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scoring.composite.leaves import Leaves
from scoring.points.adjust import adjusted
from scoring.points.completion import Completion, completion_scores
from scoring.points.inspections import Average, Checks, Item, averaged, check_scores
from scoring.points.tables import keys_of
from scoring.variance import Floats
from toolkit.errors import RoundError, fault
from toolkit.parts.kinds import Completed, Figures, Inspections, PointRule, ScorePart, Start, counted_rules
from toolkit.parts.tables import EVENTS, OCCASION, Periods, as_numbers
from toolkit.scheme import Scheme

WHOLE_ITEM = "得分"  # of an inspection without items
NO_PERIODS = ["part", "evaluatee", "period", "base", "score"]


@dataclass(frozen=True)
class PartResult:
    """A part's scores and how they came about.

    Attributes
    ----------
    leaves : Leaves
        The scores, with their covariance.
    periods : DataFrame
        ``part``, ``evaluatee``, ``period``, ``base`` (before events) and ``score``; no row without periods.
    trail : DataFrame
        What events did: ``part``, ``evaluatee``, ``period`` and the columns of ``scoring.adjusted``.
    """

    leaves: Leaves
    periods: pd.DataFrame
    trail: pd.DataFrame


Tables = Mapping[str, pd.DataFrame]
Base = tuple[pd.DataFrame, Average, str]


def part_scores(
    part: ScorePart,
    scheme: Scheme,
    names: Sequence[str],
    tables: Tables,
    periods: Periods,
) -> PartResult:
    """Score one part that comes from a table, for some evaluatees.

    Parameters
    ----------
    part : ScorePart
        Of any source but a survey.
    scheme : Scheme
    names : sequence of str
        The evaluatees of the classes that have this part.
    tables : mapping of str to DataFrame
    periods : Periods

    Raises
    ------
    RoundError
        A table is not there, or events lack the periods that the part has.
    AnswerError
        With everything that is wrong with points, tasks or events.
    """
    base, average, error = SOURCES[type(part.source)](part.source, scheme, names, tables)
    keys = [one for one in ("evaluatee", "round") if one in base]
    events = events_of(part.events, names, tables, scheme, part.name if "round" in base else None)
    found = adjusted(base[[*keys, "score"]], events, counted_rules(part.events))
    whole = found.table[keys].assign(base=found.table["score"], score=found.table["adjusted"])
    trail = found.trail.assign(part=part.name)
    if "round" not in whole:
        return PartResult(
            _leaves(part.name, names, whole, None, "none"), pd.DataFrame(columns=NO_PERIODS), trail
        )
    counted = whole[whole["round"].isin(periods.of_kinds(scheme.periods.average))]
    mean = averaged(counted[["evaluatee", "round", "score"]], average)
    told = whole.rename(columns={"round": "period"}).assign(part=part.name)[NO_PERIODS]
    trail = trail.rename(columns={"round": "period"})
    return PartResult(_leaves(part.name, names, mean, counted, error), told, trail)


def events_of(
    rules: Sequence[PointRule],
    names: Sequence[str],
    tables: Tables,
    scheme: Scheme,
    periodic: str | None,
) -> pd.DataFrame:
    """Give the events that some rules count, of some evaluatees; ``periodic`` names a part with periods."""
    columns = ["evaluatee", "event", *(["round"] if periodic else [])]
    named = {rule.event for rule in rules if hasattr(rule, "event")}
    if EVENTS not in tables or not named:
        return pd.DataFrame(columns=columns)
    given = as_numbers(scheme, EVENTS, tables[EVENTS])
    own = given[given["event"].isin(named) & given["evaluatee"].isin(names)]
    if not periodic:
        return own.drop(columns="period", errors="ignore")
    if "period" not in own or own["period"].isna().any():
        rows = own.index if "period" not in own else own.index[own["period"].isna()]
        told = ", ".join(str(row + 2) for row in rows[:5])
        if len(own):
            raise RoundError(EVENTS, [fault("", "event_period", part=periodic, rows=told)])
        return pd.DataFrame(columns=columns)
    return own.rename(columns={"period": "round"})


def _inspected(source: Inspections, scheme: Scheme, names: Sequence[str], tables: Tables) -> Base:
    table = _own(source.table, scheme, names, tables)
    items = source.items or (Item(WHOLE_ITEM, scheme.full_mark),)
    given = table if source.items else table.assign(item=WHOLE_ITEM)
    checks = Checks(items, scheme.full_mark)
    found = _occasions(given, checks) if OCCASION in given else check_scores(given, checks)
    return found, source.average, source.error


def _occasions(table: pd.DataFrame, checks: Checks) -> pd.DataFrame:
    """Score every occasion, and average those of one evaluatee and period, each counting the same."""
    keys = keys_of(table, "checks")
    names = [*keys[1:], OCCASION]
    code = table.groupby(names, sort=False, dropna=False).ngroup()  # two periods may name occasions alike
    scores = check_scores(table.assign(round=code), checks)
    if "round" in keys:
        of_period = table["round"].groupby(code).first()
        scores["round"] = scores["round"].map(of_period)
    return scores.groupby(keys, sort=False)["score"].mean().reset_index()


def _completed(source: Completed, scheme: Scheme, names: Sequence[str], tables: Tables) -> Base:
    rule = Completion(source.items, scheme.full_mark, source.nothing_due, source.beyond)
    return completion_scores(_own(source.table, scheme, names, tables), rule), source.average, "none"


def _started(source: Start, scheme: Scheme, names: Sequence[str], tables: Tables) -> Base:
    return pd.DataFrame({"evaluatee": list(names), "score": source.value}), Average(), "none"


def _given(source: Figures, scheme: Scheme, names: Sequence[str], tables: Tables) -> Base:
    table = _own(source.table, scheme, names, tables)
    keys = [one for one in ("evaluatee", "round") if one in table]
    return table[keys].assign(score=table[source.column]), source.average, "none"


SOURCES: dict[type, Callable[[Any, Scheme, Sequence[str], Tables], Base]] = {
    Inspections: _inspected,
    Completed: _completed,
    Start: _started,
    Figures: _given,
}


def _own(name: str, scheme: Scheme, names: Sequence[str], tables: Tables) -> pd.DataFrame:
    """Give the rows of a table that are about some evaluatees, in the words of ``scoring``."""
    if name not in tables:
        raise RoundError(name, [fault("", "no_table", table=name)])
    given = as_numbers(scheme, name, tables[name])
    own = given[given["evaluatee"].isin(names)].rename(columns={"period": "round"})
    return own.reset_index(drop=True)


def _leaves(
    name: str, names: Sequence[str], scores: pd.DataFrame, sample: pd.DataFrame | None, error: str
) -> Leaves:
    size = len(names)
    estimate = scores.set_index("evaluatee")["score"].reindex(list(names)).to_numpy(dtype=np.float64)
    cov, df = np.zeros((size, size)), np.full(size, np.inf)
    if sample is not None and error != "none":
        wide = sample.pivot(index="evaluatee", columns="round", values="score").reindex(list(names))
        cov, df = sampled(wide.to_numpy(dtype=np.float64), pooled=error == "pooled")
    return Leaves((name,), tuple(names), estimate[None], cov.reshape(1, size, 1, size), df[None])


def sampled(values: Floats, pooled: bool = False) -> tuple[Floats, Floats]:
    """Give the covariance of means over inspections, taken as drawn from many, and degrees of freedom.

    With ``n_a`` inspections of evaluatee a: ``cov_ab = sum_p z_ap z_bp``, where
    ``z_ap = (x_ap - mean_a) / sqrt(n_a (n_a - 1))``, and 0 where a was not inspected: the usual s²/n of each
    mean, and the covariance of means over the same inspections.

    Parameters
    ----------
    values : ndarray of float, shape (E, P)
        NaN where there was none.
    pooled : bool
        Whether all are taken as equally unsteady and independent: the variance is then ``s² / n_a`` with
        ``s² = sum_ap (x_ap - mean_a)² / sum_a (n_a - 1)``, which has the sum's degrees of freedom.

    Examples
    --------
    92, 88, 90 and 94: s² = 20/3, so s²/n = 5/3.

    >>> cov, df = sampled(np.array([[92.0, 88, 90, 94]]))
    >>> cov.round(4).tolist(), df.tolist()
    ([[1.6667]], [3.0])

    90 and 92, and 70 and 74: s² = (2 + 8) / 2 = 5, so 2.5 for each mean, with 2 degrees of freedom.

    >>> cov, df = sampled(np.array([[90.0, 92], [70, 74]]), pooled=True)
    >>> cov.tolist(), df.tolist()
    ([[2.5, 0.0], [0.0, 2.5]], [2.0, 2.0])
    """
    n = np.isfinite(values).sum(axis=1)
    mean = np.nansum(values, axis=1) / np.maximum(n, 1)
    off = np.where(np.isfinite(values), values - mean[:, None], 0.0)
    if pooled:
        freedom = float(np.maximum(n - 1, 0).sum())
        spread = (off**2).sum() / max(freedom, 1.0)
        return np.diag(spread / np.maximum(n, 1)), np.full(n.size, freedom)
    z = off / np.sqrt(np.maximum(n * (n - 1), 1))[:, None]
    return z @ z.T, np.maximum(n - 1, 0).astype(np.float64)
