"""Duties in time: deadlines, and what becomes of a problem that is not cured."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.duties.context import Context, count_by, judged, share
from toolkit.duties.kinds import Deadline, Escalation
from toolkit.duties.read import read_days
from toolkit.workdays import add_workdays, next_workday, workdays_between

Tables = tuple[pd.DataFrame, pd.DataFrame]
Days = npt.NDArray[np.datetime64]
STATES = ("kept", "broken", "overdue", "running")


def deadline(duty: Deadline, given: Context) -> Tables:
    """Judge every row: kept, broken (done late, or ended early), overdue and still open, or running."""
    rows = given.rows(duty.rows)
    whom = given.whom(duty.by, rows)
    if duty.start is not None:
        rows = rows[read_days(rows[duty.start]) <= given.as_of]  # those begun; NaT compares as False
    due = last_days(duty, rows, given)
    done = read_days(rows[duty.done])
    done = np.where(done <= given.as_of, done, np.datetime64("NaT"))
    still = np.isnat(done)
    if duty.bound == "at_most":
        cases, names = [still & (due < given.as_of), still, done <= due], ["overdue", "running", "kept"]
    else:
        cases, names = [still & (due > given.as_of), still, done >= due], ["running", "kept", "kept"]
    state = np.select(cases, names, "broken")
    counts = {name: count_by(rows[state == name], duty.by, whom) for name in STATES}
    ended = counts["kept"] + counts["broken"] + counts["overdue"]
    met = judged(counts["kept"] == ended, ended)
    told = pd.DataFrame(counts | {"rate": share(counts["kept"], ended), "met": met}).reset_index()
    until = np.where(still, given.as_of, done)
    from_to = (due, until) if duty.bound == "at_most" else (until, due)
    by_workdays = duty.count == "workdays" and (duty.days is not None or duty.days_by is not None)
    bad = np.isin(state, ("broken", "overdue"))
    days = partial(workdays_between, calendar=given.calendar) if by_workdays else calendar_days
    work = rows.assign(due_day=due, state=state)[bad]
    work = work.assign(days_off=days(from_to[0][bad], from_to[1][bad]))
    return told, work.sort_values(["state", "days_off"], ascending=False, kind="stable")


def last_days(duty: Deadline, rows: pd.DataFrame, given: Context) -> Days:
    """Give the last day of each row's term."""
    if duty.on is not None:
        return np.full(len(rows), np.datetime64(duty.on), "datetime64[D]")
    if duty.on_column is not None:
        return read_days(rows[duty.on_column])
    assert duty.start is not None  # the scheme's check has seen to it
    start = read_days(rows[duty.start])
    if duty.days_by is not None:
        number = rows[duty.days_by.column].map(duty.days_by.days).to_numpy(np.int64)
    else:
        number = np.full(len(rows), duty.days, np.int64)
    if duty.count == "workdays":
        return add_workdays(start, number, given.calendar)
    due = start + number.astype("timedelta64[D]")
    return next_workday(due, given.calendar) if duty.last_day == "next_workday" else due


def calendar_days(start: Days, end: Days) -> npt.NDArray[np.int64]:
    """Count the days from one day to another."""
    return (end - start).astype(np.int64)


def escalation(duty: Escalation, given: Context) -> Tables:
    """Give the step that every problem has reached: cured ones stay at the step they had when cured."""
    rows = given.rows(duty.rows)
    whom = given.whom(duty.by, rows)
    rows = rows[read_days(rows[duty.found]) <= given.as_of]
    cured = read_days(rows[duty.cured])
    is_open = ~(cured <= given.as_of)
    end = np.where(is_open, given.as_of, cured)
    after = [read_days(rows[one.after]) for one in duty.then]
    passed = np.array([end > day for day in after]).reshape(len(after), len(rows))
    reached = np.logical_and.accumulate(passed).sum(axis=0)  # a step comes only after the one before
    names = np.array([duty.first, *(one.name for one in duty.then)], dtype=object)
    counts = {str(name): count_by(rows[reached == at], duty.by, whom) for at, name in enumerate(names)}
    found = count_by(rows, duty.by, whom)
    closed = count_by(rows[~is_open], duty.by, whom)
    in_time = judged(counts[duty.first] == found, found)
    told = pd.DataFrame({"found": found, "cured": closed} | counts | {"met": in_time}).reset_index()
    days = np.array([*after, np.full(len(rows), np.datetime64("NaT"))], "datetime64[D]")
    work = rows.assign(
        step=names[reached],
        next_step=np.append(names[1:], "")[reached],
        next_after=days[reached, np.arange(len(rows))],
    )
    return told, work[is_open].assign(at=reached[is_open]).sort_values(
        "at", ascending=False, kind="stable"
    ).drop(columns="at")
