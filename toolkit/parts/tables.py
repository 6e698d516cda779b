"""Tables that offices keep, as a round hands them to the parts of a score: checked, numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from toolkit.duties.judge import tables_of
from toolkit.duties.read import duty_table_faults
from toolkit.errors import Fault, RoundError, fault
from toolkit.parts.kinds import Completed, Figures, Inspections, ScorePart
from toolkit.scheme import Scheme

EVENTS, PERIODS = "events", "periods"
OCCASION = "occasion"
PERIOD_COLUMNS = ("period", "kind", "year", "missing")


@dataclass(frozen=True)
class Due:
    """What a table must hold."""

    columns: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()  # where the column is there
    of_evaluatees: bool = True


def tables_due(scheme: Scheme) -> dict[str, Due]:
    """Give the tables that a scheme's scores are made of, by name."""
    found: dict[str, Due] = {}
    for part in every_part(scheme):
        source = part.source
        if isinstance(source, Inspections):
            item = ("item",) if source.items else ()
            found[source.table] = Due(("evaluatee", *item, "points"), ("points",), (OCCASION,))
        elif isinstance(source, Completed):
            found[source.table] = Due(("evaluatee", "item", "done", "due"), ("done", "due"))
        elif isinstance(source, Figures):
            found[source.table] = Due(("evaluatee", source.column), (source.column,))
    if known_events(scheme):
        found[EVENTS] = Due(("evaluatee", "event"), ("count", "points"))
    return found | {PERIODS: Due(("period",), of_evaluatees=False)}


def table_names(scheme: Scheme) -> list[str]:
    """Name the tables that a round of a scheme takes in."""
    checked = [name for duty in scheme.duties for name in tables_of(duty)]
    return list(dict.fromkeys([*tables_due(scheme), *checked, *scheme.tables]))


def every_part(scheme: Scheme) -> tuple[ScorePart, ...]:
    """Give the parts of all classes."""
    return (*scheme.parts, *(part for each in scheme.classes for part in each.parts))


def known_events(scheme: Scheme) -> tuple[str, ...]:
    """Name the events that a rule counts."""
    rules = [*scheme.events, *(rule for part in every_part(scheme) for rule in part.events)]
    named = [rule.event for rule in rules if hasattr(rule, "event") and rule.kind != "per_respondent"]
    return tuple(dict.fromkeys([*named, *(one for limit in scheme.case_limits for one in limit.events)]))


def with_cases(scheme: Scheme, tables: Mapping[str, pd.DataFrame], event: str) -> set[str]:
    """Name the evaluatees with at least one case of an event."""
    if EVENTS not in tables:
        return set()
    given = as_numbers(scheme, EVENTS, tables[EVENTS])
    some = given["count"].fillna(1) > 0 if "count" in given else True
    return set(given.loc[(given["event"] == event) & some, "evaluatee"])


def renamed(scheme: Scheme, name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give a table with our names in place of the office's heads."""
    own = scheme.tables.get(name)
    return table if own is None else table.rename(columns=own.columns)


def table_faults(scheme: Scheme, name: str, table: pd.DataFrame) -> Iterator[Fault]:
    """Say everything that is wrong with a table of offices; rows as the file counts them."""
    yield from duty_table_faults(scheme.duties, name, table, scheme.evaluatees)
    due = tables_due(scheme).get(name)
    if due is None:
        return
    lacking = [column for column in due.columns if column not in table]
    if lacking:
        told = {"table": name, "columns": "、".join(lacking), "found": "、".join(map(str, table.columns))}
        yield fault("", "table_columns", **told)
        return
    rows = table.index.to_numpy() + 2
    for column in (*due.columns, *(one for one in due.filled if one in table)):
        for at in np.flatnonzero(table[column].isna().to_numpy()):
            yield fault("", "table_empty", row=int(rows[at]), column=column)
    if due.of_evaluatees:
        said = table["evaluatee"]
        for at in np.flatnonzero((said.notna() & ~said.isin(scheme.evaluatees)).to_numpy()):
            found = str(said.iloc[at])
            near = "、".join(get_close_matches(found, scheme.evaluatees, n=3, cutoff=0.0))
            yield fault("", "table_evaluatee", row=int(rows[at]), found=found, near=near)
    for column in due.numbers:
        if column in table:
            bad = table[column].notna() & pd.to_numeric(table[column], errors="coerce").isna()
            for at in np.flatnonzero(bad.to_numpy()):
                yield fault(
                    "", "table_number", row=int(rows[at]), column=column, found=table[column].iloc[at]
                )
    if name == EVENTS:
        known = known_events(scheme)
        for at in np.flatnonzero((table["event"].notna() & ~table["event"].isin(known)).to_numpy()):
            told = {"found": table["event"].iloc[at], "known": "、".join(known)}
            yield fault("", "event_unknown", row=int(rows[at]), **told)


def as_numbers(scheme: Scheme, name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give a table with the columns that hold numbers as such."""
    due = tables_due(scheme)[name]
    return table.assign(**{c: pd.to_numeric(table[c]) for c in due.numbers if c in table})


@dataclass(frozen=True)
class Periods:
    """The periods of a round in order of time.

    Attributes
    ----------
    table : DataFrame
        A row for each: ``period``, ``kind``, ``year`` and ``missing`` (why it was not held; empty where it
        was), all text.
    """

    table: pd.DataFrame

    @property
    def held(self) -> list[str]:
        """Periods that took place."""
        return self.table.loc[self.table["missing"] == "", "period"].tolist()

    def of_kinds(self, kinds: tuple[str, ...], held: bool = True) -> list[str]:
        """Give the periods of some kinds; without kinds, all."""
        wanted = self.table["kind"].isin(kinds) if kinds else pd.Series(True, self.table.index)
        there = self.table["missing"] == "" if held else True
        return self.table.loc[wanted & there, "period"].tolist()


def periods_of(scheme: Scheme, tables: Mapping[str, pd.DataFrame]) -> Periods:
    """Read which periods there are; without a table of them, those of the other tables as they come.

    Raises
    ------
    RoundError
        A period stands there twice, or in a table and not among the periods, or it was not held and there
        are rows of it; a period that was held has no row anywhere; there is no table of them, and some kinds
        alone count.
    """
    of_parts = {part.source.table for part in every_part(scheme) if hasattr(part.source, "table")}
    seen = [
        table["period"].dropna() for name, table in tables.items() if name in of_parts and "period" in table
    ]
    there = list(dict.fromkeys(one for column in seen for one in column))
    kinds = {*scheme.periods.average, *scheme.periods.streaks}
    if PERIODS not in tables and kinds and there:
        raise RoundError(PERIODS, [fault("", "no_table", table=PERIODS)])
    if PERIODS not in tables:
        columns = dict.fromkeys(PERIOD_COLUMNS[1:], "")
        return Periods(pd.DataFrame({"period": there}, dtype=object).assign(**columns))
    given = tables[PERIODS]
    told = pd.DataFrame({name: given.get(name, "") for name in PERIOD_COLUMNS}).fillna("")
    found = Periods(told.map(str.strip).reset_index(drop=True))
    names, missing = found.table["period"], set(found.table["period"]) - set(found.held)
    faults = [fault("", "period_twice", period=one) for one in names[names.duplicated()].unique()]
    faults += [fault("", "period_undeclared", period=one) for one in there if one not in set(names)]
    faults += [fault("", "period_not_held", period=one) for one in there if one in missing]
    faults += [fault("", "period_without_rows", period=one) for one in found.held if one not in there]
    absent = sorted(kinds - set(found.table["kind"]))
    faults += [fault("", "period_kind", kind=one) for one in absent]
    if faults:
        raise RoundError(PERIODS, faults)
    return found
