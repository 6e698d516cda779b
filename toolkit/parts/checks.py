"""What is wrong with the parts of a scheme's scores, beyond single keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from scoring.composite.part import Part
from scoring.consequence import check_awards
from scoring.errors import EstimateError
from scoring.points.inspections import refuse_items
from scoring.points.rules import refuse_faulty
from toolkit.errors import Fault, RoundError, fault
from toolkit.parts.kinds import PointRule, ScorePart, Surveyed, counted_rules, respondent_rules
from toolkit.respondent_rule import PerRespondent, per_respondent_faults


def refuse_parts(where: str, *schemes: Any) -> None:
    """Refuse schemes whose scores are not a survey's alone, where only those can be told of.

    Raises
    ------
    RoundError
        Naming each such scheme.
    """
    found = [fault("", "survey_alone", scheme=one.id) for one in schemes if one.has_tables]
    if found:
        raise RoundError(where, found)


def has_other_scores(scheme: Any) -> bool:
    """Tell whether a scheme can do without a survey."""
    of_classes = any(getattr(each, "parts", ()) for each in getattr(scheme, "classes", ()))
    return of_classes or any(getattr(scheme, name, ()) for name in ("parts", "duties", "samples"))


def _part_faults(scheme: Any) -> Iterator[Fault]:
    """Say what is wrong with parts: names, weights, items, events, a survey that is not there."""
    lists = [("parts", scheme.parts)]
    lists += [(f"classes[{at}].parts", each.parts) for at, each in enumerate(scheme.classes)]
    columns = {group.id for group in scheme.groups}
    for path, parts in lists:
        if parts:
            tree = Part(path, parts=tuple(Part(one.name, one.weight) for one in parts))
            yield from _refused(path, tree.checked)
        for at, part in enumerate(parts):
            yield from _one_part(f"{path}[{at}]", part, bool(columns))
            if part.name in columns or part.name in RESULT_COLUMNS:
                yield fault(f"{path}[{at}].name", "reserved", name=part.name)
    if columns:
        for at, each in enumerate(scheme.classes):
            parts = each.parts or scheme.parts
            surveys = sum(isinstance(part.source, Surveyed) for part in parts)
            if parts and surveys != 1:
                yield fault(f"classes[{at}]", "survey_parts", name=each.name, count=surveys)


RESULT_COLUMNS = {
    *("class", "evaluatee", "score", "estimate", "se", "low", "high", "df"),
    *("rank", "rank_low", "rank_high", "places", "margin", "surveyed", "change", "may_change"),
}


def _one_part(path: str, part: ScorePart, surveyed: bool) -> Iterator[Fault]:
    if isinstance(part.source, Surveyed) and not surveyed:
        yield fault(f"{path}.source", "no_survey")
    average = getattr(part.source, "average", None)
    if average is not None and average.at_least < 1:
        yield fault(f"{path}.source.average.at_least", "positive", found=average.at_least)
    for rule in respondent_rules(part.events):
        yield fault(f"{path}.events", "respondent_part", event=rule.event)
    yield from _refused(f"{path}.events", lambda: refuse_faulty(counted_rules(part.events)))


def _item_faults(scheme: Any) -> Iterator[Fault]:
    for path, parts in [("parts", scheme.parts)] + [
        (f"classes[{at}].parts", each.parts) for at, each in enumerate(scheme.classes)
    ]:
        for at, part in enumerate(parts):
            items = getattr(part.source, "items", ())
            if items:
                yield from _refused(
                    f"{path}[{at}].source.items", partial(refuse_items, items, scheme.full_mark)
                )


def _event_faults(scheme: Any) -> Iterator[Fault]:
    """Say what is wrong with events of the whole, and events that two parts of one class count."""
    yield from _refused("events", lambda: refuse_faulty(counted_rules(scheme.events)))
    for at, rule in enumerate(scheme.events):
        if isinstance(rule, PerRespondent):
            yield from per_respondent_faults(scheme, rule, f"events[{at}]")
    if scheme.events and not (scheme.parts or scheme.groups or any(each.parts for each in scheme.classes)):
        yield fault("events", "events_of_nothing")
    for at, each in enumerate(scheme.classes):
        parts = each.parts or scheme.parts
        names = _counted(scheme.events) + [name for part in parts for name in _counted(part.events)]
        for name, times in Counter(names).items():
            if times > 1:
                yield fault(f"classes[{at}]", "event_counted_twice", event=name, name=each.name)


def _counted(rules: Sequence[PointRule]) -> list[str]:
    """Name the events whose points the rules count; a veto may have an event of another rule."""
    return [str(getattr(rule, "event")) for rule in rules if hasattr(rule, "event") and rule.kind != "veto"]  # noqa: B009


def _class_awards(scheme: Any) -> Iterator[Fault]:
    for at, each in enumerate(scheme.classes):
        if each.awards is not None:
            yield from _refused(f"classes[{at}].awards", partial(check_awards, each.awards))
            for number, rule in enumerate(each.awards.rules):
                if rule.places > len(each.evaluatees):
                    path = f"classes[{at}].awards.rules[{number}].places"
                    yield fault(path, "bottom_places", units=len(each.evaluatees), found=rule.places)


def _limit_faults(scheme: Any) -> Iterator[Fault]:
    for at, limit in enumerate(scheme.case_limits):
        if limit.at_least < 1:
            yield fault(f"case_limits[{at}].at_least", "positive", found=limit.at_least)
        if not limit.events:
            yield fault(f"case_limits[{at}].events", "none_given", name="events")


def _into_faults(scheme: Any) -> Iterator[Fault]:
    ids = [each.id for each in scheme.classes]
    for one in getattr(scheme.counts_into, "classes", ()):
        if one not in ids:
            yield fault("counts_into.classes", "no_class", found=one, known=", ".join(ids))


def _table_faults(scheme: Any) -> Iterator[Fault]:
    for name, table in scheme.tables.items():
        for column, times in Counter(table.columns.values()).items():
            if times > 1:
                yield fault(f"tables.{name}.columns", "repeats", name=column, count=times)


def _refused(path: str, check: Callable[[], object]) -> Iterator[Fault]:
    """Give what a rule of ``scoring`` says is wrong with itself."""
    try:
        check()
    except EstimateError as error:
        yield fault(path, "rule", text=str(error).rstrip("."), text_zh=error.chinese.rstrip("。"))


PART_CHECKS: tuple[Callable[[Any], Iterator[Fault]], ...] = (
    _part_faults,
    _item_faults,
    _event_faults,
    _class_awards,
    _limit_faults,
    _into_faults,
    _table_faults,
)
