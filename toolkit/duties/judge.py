"""Check duties on the tables that offices keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from toolkit.duties import kinds
from toolkit.duties.context import Context
from toolkit.duties.kinds import Coverage, Deadline, Duty, Escalation, Rate
from toolkit.duties.rates import counted, cross, rate
from toolkit.duties.read import chosen, cleaned, joined_key, need_faults, needs_of, read_days
from toolkit.duties.result import DutyResult
from toolkit.duties.terms import deadline, escalation
from toolkit.duties.visits import apart, coverage, every, load, one_to_one, within
from toolkit.errors import Fault, RoundError, fault
from toolkit.workdays import OFFICIAL, Calendar

CHECKS: dict[type, Callable[[Any, Context], tuple[pd.DataFrame, pd.DataFrame]]] = {
    kinds.Coverage: coverage,
    kinds.Load: load,
    kinds.Apart: apart,
    kinds.OneToOne: one_to_one,
    kinds.Every: every,
    kinds.Within: within,
    kinds.Deadline: deadline,
    kinds.Escalation: escalation,
    kinds.Rate: rate,
    kinds.Cross: cross,
}


def check_duties(
    duties: Sequence[Duty],
    tables: Mapping[str, pd.DataFrame],
    *,
    as_of: date,
    calendar: Calendar = OFFICIAL,
    evaluatees: Sequence[str] = (),
) -> tuple[DutyResult, ...]:
    """Check duties as things stood at the end of a day.

    Parameters
    ----------
    duties : sequence of duties
    tables : mapping of str to DataFrame
        Every cell text, as offices keep them; see ``Round.table``.
    as_of : date
        What is dated later is read as not done yet.
    calendar : Calendar
        Days off and make-up days beside the official ones.
    evaluatees : sequence of str
        All of them, so that those without a row show; another name in a column ``evaluatee`` is a fault.

    Returns
    -------
    tuple of DutyResult
        One for each duty, in their order.

    Raises
    ------
    RoundError
        With everything that is wrong with all tables: one is not there, lacks columns, has cells that cannot
        be read, units that stand twice or nowhere; a term runs into a year no calendar knows.

    Examples
    --------
    >>> from toolkit.duties import Coverage, Rows
    >>> units = pd.DataFrame({"evaluatee": ["东村"] * 4, "unit": ["1", "2", "3", "4"]})
    >>> duty = Coverage("走访 30%", Rows("units"), Rows("visits"), 0.3)
    >>> tables = {"units": units, "visits": units.iloc[[0]]}
    >>> check_duties([duty], tables, as_of=date(2022, 6, 30))[0].table
      evaluatee  due  need  done  rate    met
    0        东村    4     2     1  0.25  False
    """
    faults = [one for duty in duties for one in _table_faults(duty, tables, evaluatees)]
    if not faults:
        clean = {name: cleaned(table) for name, table in tables.items()}
        given = Context(clean, np.datetime64(as_of, "D"), calendar, tuple(evaluatees))
        faults = [one for duty in duties for one in _joint_faults(duty, given)]
    if faults:
        raise RoundError("duties", list(dict.fromkeys(faults)))
    return tuple(DutyResult(duty, as_of, *_judged(duty, given)) for duty in duties)


def tables_of(duty: Duty) -> list[str]:
    """Name the tables a duty is checked on."""
    return list(dict.fromkeys(need.rows.table for need in needs_of(duty)))


def _judged(duty: Duty, given: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    told, work = CHECKS[type(duty)](duty, given)
    return told, work.reset_index(drop=True)


def _table_faults(
    duty: Duty, tables: Mapping[str, pd.DataFrame], evaluatees: Sequence[str]
) -> Iterator[Fault]:
    for need in needs_of(duty):
        name = need.rows.table
        if name not in tables:
            yield fault("", "no_table", table=name)
        else:
            yield from need_faults(need, tables[name], evaluatees)


def _joint_faults(duty: Duty, given: Context) -> Iterator[Fault]:
    """Say what no single cell shows: units twice or nowhere, days out of order, rates beyond all."""
    if isinstance(duty, Coverage):
        yield from _unit_faults(duty, given)
    elif isinstance(duty, Deadline) and duty.start is not None:
        yield from _order_faults(duty.rows, duty.start, duty.done, given)
    elif isinstance(duty, Escalation):
        days = [duty.found, *(one.after for one in duty.then)]
        for earlier, later in [(duty.found, duty.cured), *zip(days[:-1], days[1:], strict=True)]:
            yield from _order_faults(duty.rows, earlier, later, given)
    elif isinstance(duty, Rate):
        above, below = counted(duty, given)
        for who in above.index[above > below]:
            yield fault("", "duty_over", name=duty.name, who=who, above=above[who], below=below[who])


def _unit_faults(duty: Coverage, given: Context) -> Iterator[Fault]:
    units = chosen(given.tables[duty.units.table], duty.units.where)
    key = joined_key(units, duty.unit)
    for at in np.flatnonzero(key.duplicated().to_numpy()).tolist():
        unit = " ".join(units[list(duty.unit)].iloc[at])
        yield fault(duty.units.table, "duty_twice", row=int(units.index[at]) + 2, unit=unit)
    visits = chosen(given.tables[duty.visits.table], duty.visits.where)
    listed = joined_key(given.tables[duty.units.table], duty.unit)
    for at in np.flatnonzero(~joined_key(visits, duty.unit).isin(listed).to_numpy()).tolist():
        told = {"unit": " ".join(visits[list(duty.unit)].iloc[at]), "units": duty.units.table}
        yield fault(duty.visits.table, "duty_unlisted", row=int(visits.index[at]) + 2, **told)


def _order_faults(of: kinds.Rows, earlier: str, later: str, given: Context) -> Iterator[Fault]:
    rows = chosen(given.tables[of.table], of.where)
    for at in np.flatnonzero(read_days(rows[later]) < read_days(rows[earlier])).tolist():
        told = {"later": later, "found": rows[later].iloc[at], "earlier": earlier}
        before = rows[earlier].iloc[at]
        yield fault(of.table, "duty_order", row=int(rows.index[at]) + 2, before=before, **told)
