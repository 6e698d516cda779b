"""What follows from places over periods and from cases: streaks, awards of each period, limits of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.consequence import awards, ladder
from toolkit.parts.tables import EVENTS, Periods, as_numbers
from toolkit.placing import classes_of, published
from toolkit.scheme import Scheme

STREAKS = [
    "rule",
    "period",
    "class",
    "evaluatee",
    "in_a_row",
    "in_all",
    "step",
    "consequence",
    "loses_awards",
]
AWARDS = ["period", "class", "evaluatee", "consequence", "place", "tied", "amount", "shown", "withdrawn"]
CASES = ["class", "evaluatee", "events", "cases", "at_least", "consequence"]


@dataclass(frozen=True)
class Followed:
    """What follows from periods and cases.

    Attributes
    ----------
    streaks : DataFrame
        A row for each period and evaluatee that a step applies to: ``rule`` (its position among the
        scheme's), ``period``, ``class``, ``evaluatee``, ``in_a_row``, ``in_all``, ``step``, ``consequence``,
        ``loses_awards``.
    awards : DataFrame
        Of each period, where the scheme gives awards by period: ``period``, ``class``, ``evaluatee``,
        ``consequence``, ``place``, ``tied``, ``amount``, ``shown``, ``withdrawn``.
    cases : DataFrame
        Who reaches a limit of cases: ``class``, ``evaluatee``, ``events``, ``cases``, ``at_least``,
        ``consequence``.
    counts : DataFrame
        What each score counts in another assessment: ``evaluatee`` and ``points``; empty where nothing, or
        where the plan leaves the points out.
    """

    streaks: pd.DataFrame
    awards: pd.DataFrame
    cases: pd.DataFrame
    counts: pd.DataFrame

    @property
    def losing(self) -> list[str]:
        """Evaluatees that lose their awards by a streak."""
        return self.streaks.loc[self.streaks["loses_awards"].astype(bool), "evaluatee"].unique().tolist()


def followed(
    scheme: Scheme,
    table: pd.DataFrame,
    by_period: pd.DataFrame,
    periods: Periods,
    tables: Mapping[str, pd.DataFrame],
) -> Followed:
    """Tell what follows.

    Parameters
    ----------
    scheme : Scheme
    table : DataFrame
        The scores' table.
    by_period : DataFrame
        Places of each period.
    periods : Periods
    tables : mapping of str to DataFrame
    """
    runs = streaks_of(scheme, by_period, periods)
    lost = set(runs.loc[runs["loses_awards"].astype(bool), "evaluatee"])
    each = _awards(scheme, by_period, lost) if scheme.periods.awards == "each" else None
    return Followed(
        streaks=runs,
        awards=pd.DataFrame(columns=AWARDS) if each is None else each,
        cases=_cases(scheme, tables),
        counts=_counts(scheme, table),
    )


def streaks_of(scheme: Scheme, by_period: pd.DataFrame, periods: Periods) -> pd.DataFrame:
    """Count who was among the first or last again, over the periods that count for streaks.

    A period that was not held stands in its place in time, and nobody has a place in it.
    """
    if not scheme.streaks or not len(by_period):
        return pd.DataFrame(columns=STREAKS)
    order = periods.of_kinds(scheme.periods.streaks, held=False)
    wide = by_period.pivot(index="period", columns="evaluatee", values="rank")
    places = wide.reindex(index=order, columns=list(scheme.evaluatees)).astype(np.float64)
    of = classes_of(scheme)
    years = periods.table.set_index("period")["year"].reindex(order)
    year = years.tolist() if (years != "").any() else [0] * len(order)  # a round is one year
    found = [
        ladder(rule, places, by=of, year=year)
        .rename(columns={"round": "period", "unit": "evaluatee"})
        .assign(rule=at)
        for at, rule in enumerate(scheme.streaks)
    ]
    joined = pd.concat(found, ignore_index=True)
    joined["class"] = joined["evaluatee"].map(dict(zip(scheme.evaluatees, of, strict=True)))
    return joined[STREAKS]


def _awards(scheme: Scheme, by_period: pd.DataFrame, lost: set[str]) -> pd.DataFrame:
    rows = []
    for (period, class_id), part in by_period.groupby(["period", "class"], sort=False):
        rule = scheme.awards_of(str(class_id))
        if rule is None:
            continue
        names = part["evaluatee"].to_numpy()
        found = awards(rule, -part["rank"].to_numpy(dtype=np.float64), withdrawn=np.isin(names, list(lost)))
        told = found.assign(evaluatee=names[found["unit"].to_numpy()], period=str(period))
        rows.append(told.assign(**{"class": str(class_id)})[AWARDS])
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=AWARDS)


def _cases(scheme: Scheme, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    if EVENTS not in tables or not scheme.case_limits:
        return pd.DataFrame(columns=CASES)
    given = as_numbers(scheme, EVENTS, tables[EVENTS])
    count = given["count"].fillna(1) if "count" in given else pd.Series(1, given.index)
    of = dict(zip(scheme.evaluatees, classes_of(scheme), strict=True))
    rows = []
    for limit in scheme.case_limits:
        own = given["event"].isin(limit.events)
        sums = count[own].groupby(given.loc[own, "evaluatee"]).sum().reindex(list(scheme.evaluatees)).dropna()
        reached = sums[sums >= limit.at_least]
        told = {
            "events": "、".join(limit.events),
            "at_least": limit.at_least,
            "consequence": limit.consequence,
        }
        names = reached.index.tolist()
        told = {"class": [of[name] for name in names], "evaluatee": names}
        told["cases"] = reached.to_numpy().astype(np.int64)
        one = pd.DataFrame(told).assign(events="、".join(limit.events), at_least=limit.at_least)
        rows.append(one.assign(consequence=limit.consequence))
    return pd.concat(rows, ignore_index=True)[CASES]


def _counts(scheme: Scheme, table: pd.DataFrame) -> pd.DataFrame:
    rule = scheme.counts_into
    if rule is None or not isinstance(rule.points, int | float):
        return pd.DataFrame(columns=["evaluatee", "points"])
    if rule.classes:
        table = table[table["class"].isin(rule.classes)].reset_index(drop=True)
    points = published(table["score"].to_numpy() / scheme.full_mark * rule.points, scheme.ranking.decimals)
    return pd.DataFrame({"evaluatee": table["evaluatee"], "points": points})
