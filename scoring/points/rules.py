"""What events do to scores, as a plan states it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar, Literal

from scoring.errors import EstimateError, several

Config = dict[str, str]
When = Literal["before", "after"]
Fault = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class PerCase:
    """Every case of an event adds the same points, or takes them where they are below 0.

    Parameters
    ----------
    event : str
    points : float
    most : float, optional
        The most that all cases of one evaluatee bring together, added or taken.
    when : "before" or "after"
        Before the ranking, or after it: then places follow the score without these points.
    """

    event: str
    points: float
    most: float | None = None
    when: When = "before"
    kind: Literal["per_case"] = "per_case"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class EventLevel:
    """A level of an event (区, 市, 省, 国家), and the points of a case."""

    name: str
    points: float
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class PerLevel:
    """Every case of an event adds or takes the points of its level; ``most`` and ``when`` as ``PerCase``."""

    event: str
    levels: tuple[EventLevel, ...]
    most: float | None = None
    when: When = "before"
    kind: Literal["per_level"] = "per_level"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class AsDecided:
    """Every case brings the points that were decided for it, with a reason, from ``low`` to ``high``.

    ``most`` and ``when`` are as for ``PerCase``.
    """

    event: str
    low: float
    high: float
    most: float | None = None
    when: When = "before"
    kind: Literal["as_decided"] = "as_decided"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class TotalLimit:
    """What all events up to here brought together is kept from ``low`` to ``high``."""

    low: float | None = None
    high: float | None = None
    when: When = "before"
    kind: Literal["total_limit"] = "total_limit"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class ScoreLimit:
    """The score is kept from ``low`` to ``high``: not below 0, not above the full mark."""

    low: float | None = None
    high: float | None = None
    when: When = "before"
    kind: Literal["score_limit"] = "score_limit"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Veto:
    """One case of an event is enough (一票否决): the score is ``score`` at most, the grade ``grade`` at most.

    At least one of the two is stated.
    """

    event: str
    score: float | None = None
    grade: str | None = None
    when: When = "before"
    kind: Literal["veto"] = "veto"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


EventRule = PerCase | PerLevel | AsDecided
Limit = TotalLimit | ScoreLimit
Rule = EventRule | Limit | Veto


def in_order(rules: Sequence[Rule]) -> list[Rule]:
    """Give the rules in the order in which they work: those before the ranking first, each as stated."""
    return [rule for when in ("before", "after") for rule in rules if rule.when == when]


def refuse_faulty(rules: Sequence[Rule]) -> None:
    """Say everything that is wrong with the rules."""
    faults = list(_faults(rules))
    if faults:
        raise several(EstimateError, "rules", faults)


def _faults(rules: Sequence[Rule]) -> Iterator[Fault]:
    counting = [rule for rule in rules if isinstance(rule, EventRule)]
    for event, times in Counter(rule.event for rule in counting).items():
        if times > 1:
            yield "event_twice", {"event": event, "times": times}
    for rule in rules:
        if isinstance(rule, EventRule):
            yield from _event_faults(rule)
        elif isinstance(rule, Veto):
            if rule.score is None and rule.grade is None:
                yield "veto_of_nothing", {"event": rule.event}
            if rule.score is not None and not isfinite(rule.score):
                yield "points_not_finite", {"name": rule.event}
        else:
            bounds = [one for one in (rule.low, rule.high) if one is not None]
            if not bounds or not all(map(isfinite, bounds)) or bounds != sorted(bounds):
                yield "limit_bounds", {"rule": rule.kind, "low": rule.low, "high": rule.high}
    yield from _raised_again(rules)


def _raised_again(rules: Sequence[Rule]) -> Iterator[Fault]:
    """Name events that could lift a score above what a veto before them left it."""
    veto: Veto | None = None
    for rule in in_order(rules):
        if isinstance(rule, Veto):
            veto = rule if rule.score is not None else veto
        elif veto is not None and isinstance(rule, EventRule) and _most_points(rule) > 0:
            yield "veto_undone", {"event": rule.event, "veto": veto.event}


def _most_points(rule: EventRule) -> float:
    if isinstance(rule, PerCase):
        return rule.points
    return rule.high if isinstance(rule, AsDecided) else max((one.points for one in rule.levels), default=0.0)


def _event_faults(rule: EventRule) -> Iterator[Fault]:
    if rule.most is not None and not (isfinite(rule.most) and rule.most > 0):
        yield "most_not_positive", {"event": rule.event, "most": rule.most}
    if isinstance(rule, PerCase):
        points = [rule.points]
    elif isinstance(rule, AsDecided):
        points = [rule.low, rule.high]
        if rule.low > rule.high:
            yield "limit_bounds", {"rule": rule.event, "low": rule.low, "high": rule.high}
    else:
        points = [level.points for level in rule.levels]
        names = [level.name for level in rule.levels]
        if not names or len(set(names)) < len(names):
            yield "levels_unlike", {"event": rule.event, "levels": "、".join(names)}
    if not all(map(isfinite, points)):
        yield "points_not_finite", {"name": rule.event}
