"""What is wrong with the duties of a scheme, beyond single keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from toolkit.duties.kinds import (
    Coverage,
    Cross,
    Deadline,
    Escalation,
    Every,
    Listed,
    Load,
    Rate,
    Rows,
    Within,
)
from toolkit.errors import Fault, fault

TERMS = ("days", "days_by", "on", "on_column")
COLUMNS = ("unit", "who")  # columns that together tell somebody: at least one


def _duty_faults(scheme: Any) -> Iterator[Fault]:
    for name, times in Counter(one.name for one in scheme.duties).items():
        if times > 1:
            yield fault("duties.name", "repeats", name=name, count=times)
    for at, duty in enumerate(scheme.duties):
        path = f"duties[{at}]"
        for each in fields(duty):
            value = getattr(duty, each.name)
            if isinstance(value, Rows):
                yield from _rows_faults(f"{path}.{each.name}", value)
            if isinstance(value, Listed):
                yield from _listed_faults(f"{path}.{each.name}.values", value)
            if each.name in COLUMNS and not value:
                yield fault(f"{path}.{each.name}", "none_given", name=each.name)
        if type(duty) in OWN:
            yield from OWN[type(duty)](path, duty)


def _rows_faults(path: str, rows: Rows) -> Iterator[Fault]:
    for column, values in rows.where.items():
        if not values:
            yield fault(f"{path}.where.{column}", "none_given", name=column)
    if (rows.since or rows.until) and rows.date is None:
        yield fault(f"{path}.date", "duty_undated")
    yield from _span_faults(path, rows)


def _span_faults(path: str, one: Any) -> Iterator[Fault]:
    if one.since and one.until and one.since > one.until:
        yield fault(f"{path}.until", "duty_span", since=one.since, until=one.until)


def _listed_faults(path: str, listed: Listed) -> Iterator[Fault]:
    if not listed.values:
        yield fault(path, "none_given", name="values")
    for name, times in Counter(listed.values).items():
        if times > 1:
            yield fault(path, "repeats", name=name, count=times)


def _share_faults(path: str, duty: Any) -> Iterator[Fault]:
    key = "least" if isinstance(duty, Coverage) else "aim"
    if not 0 < getattr(duty, key) <= 1:
        yield fault(f"{path}.{key}", "duty_share", found=getattr(duty, key))


def _limit_faults(path: str, duty: Load | Within) -> Iterator[Fault]:
    names = ("least", "most", "earliest", "latest") if isinstance(duty, Within) else ("least", "most")
    said = {name: limit for name in names if (limit := getattr(duty, name)) is not None}
    pairs = [set(said) <= {"least", "most"}, set(said) <= {"earliest", "latest"}]
    low, high = said.get("least", said.get("earliest")), said.get("most", said.get("latest"))
    if not said or not any(pairs) or (low is not None and high is not None and low > high):
        found = ", ".join(f"{name} = {limit}" for name, limit in said.items()) or "—"
        yield fault(path, "duty_limits", names=", ".join(names), found=found)


def _every_faults(path: str, duty: Every) -> Iterator[Fault]:
    if duty.times < 1:
        yield fault(f"{path}.times", "positive", found=duty.times)
    yield from _span_faults(path, duty)


def _deadline_faults(path: str, duty: Deadline) -> Iterator[Fault]:
    said = [name for name in TERMS if getattr(duty, name) is not None]
    if len(said) != 1:
        yield fault(path, "duty_term", names=", ".join(TERMS), found=", ".join(said) or "—")
        return
    numbered = said[0] in ("days", "days_by")
    if numbered and duty.start is None:
        yield fault(f"{path}.start", "duty_start")
    days = duty.days_by.days if duty.days_by else {"": duty.days}
    for value, number in days.items():
        if numbered and number is not None and number < 1:
            yield fault(
                f"{path}.{said[0]}.days.{value}" if value else f"{path}.days", "positive", found=number
            )
    if not days:
        yield fault(f"{path}.days_by.days", "none_given", name="days")
    if duty.last_day == "next_workday" and not (numbered and duty.count == "calendar"):
        yield fault(f"{path}.last_day", "duty_last_day")


def _escalation_faults(path: str, duty: Escalation) -> Iterator[Fault]:
    if not duty.then:
        yield fault(f"{path}.then", "none_given", name="then")
    for name, times in Counter([duty.first, *(one.name for one in duty.then)]).items():
        if times > 1:
            yield fault(f"{path}.then", "repeats", name=name, count=times)


def _cross_faults(path: str, duty: Cross) -> Iterator[Fault]:
    if duty.down.column == duty.across.column:
        yield fault(f"{path}.across.column", "repeats", name=duty.across.column, count=2)


def _calendar_faults(scheme: Any) -> Iterator[Fault]:
    for day in sorted(set(scheme.calendar.holidays) & set(scheme.calendar.workdays)):
        yield fault("calendar", "calendar_both", day=day)


OWN: dict[type, Callable[[str, Any], Iterator[Fault]]] = {
    Coverage: _share_faults,
    Rate: _share_faults,
    Load: _limit_faults,
    Within: _limit_faults,
    Every: _every_faults,
    Deadline: _deadline_faults,
    Escalation: _escalation_faults,
    Cross: _cross_faults,
}
DUTY_CHECKS: tuple[Callable[[Any], Iterator[Fault]], ...] = (_duty_faults, _calendar_faults)
