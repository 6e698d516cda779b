"""What a plan says of grades: thresholds, gates on places, outside conditions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import ClassVar, Final, Literal

from scoring.errors import EstimateError

Config = dict[str, str]

ROUNDED: Final = {"floor": ROUND_FLOOR, "round": ROUND_HALF_UP, "ceil": ROUND_CEILING}


@dataclass(frozen=True)
class TopPlaces:
    """The gate of the first ``places`` of a class."""

    places: int
    kind: Literal["top_places"] = "top_places"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def last_place(self, units: int) -> int:
        """Give the last place that the gate lets in, whatever the size of the class."""
        return self.places


@dataclass(frozen=True)
class TopShare:
    """The gate of the best ``share`` of a class.

    Parameters
    ----------
    share : float
        Above 0, at most 1. Shares of several grades count from the top: the best 20 %, then the next 50 %
        are 0.2 and 0.7.
    whole : {"floor", "round", "ceil"}
        How a share of the class becomes a whole number of units; "round" takes a half up. Plans rarely say
        it.

    Examples
    --------
    30 % of 14 units is 4.2, of 11 units 3.3, of 43 units 12.9.

    >>> [TopShare(0.3, "floor").last_place(units) for units in (14, 11, 43)]
    [4, 3, 12]
    >>> [TopShare(0.3, "round").last_place(units) for units in (14, 11, 43)]
    [4, 3, 13]
    >>> [TopShare(0.3, "ceil").last_place(units) for units in (14, 11, 43)]
    [5, 4, 13]
    """

    share: float
    whole: Literal["floor", "round", "ceil"]
    kind: Literal["top_share"] = "top_share"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def last_place(self, units: int) -> int:
        """Give the last place that the gate lets in, 0 for none, in decimals as one would by hand."""
        return int((Decimal(str(self.share)) * units).quantize(Decimal(1), ROUNDED[self.whole]))


Gate = TopPlaces | TopShare


@dataclass(frozen=True)
class Grade:
    """One grade, and what a unit must meet to get it.

    Parameters
    ----------
    name : str
    at_least : float, optional
        The threshold of the score.
    boundary : {"in", "out"}
        Whether a score exactly at the threshold is in the grade.
    gate : TopPlaces or TopShare, optional
        The places that may have the grade.
    requires : tuple of str
        Outside conditions that must all hold.
    capped_if : tuple of str
        Outside conditions any of which leaves a unit with this grade at best, whatever its score.
    """

    name: str
    at_least: float | None = None
    boundary: Literal["in", "out"] = "in"
    gate: Gate | None = None
    requires: tuple[str, ...] = ()
    capped_if: tuple[str, ...] = ()
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Grading:
    """The grades of a plan; a unit gets the best of which it meets everything.

    Parameters
    ----------
    grades : tuple of Grade
        Best first. The last takes all who are left, so it asks for nothing.
    ties : {"min", "max", "dense"}
        Which place tied units have at a gate. "min": the best they share, so that all of them pass or none.
        "max": the last they share, so that none passes if not all fit. "dense": ties take one place together.
    places_among : {"class", "eligible"}
        Whom a gate's places count: the whole class; or those who meet the grade's threshold and outside
        conditions, so that the next move up for one who does not. A share is of the class either way.

    Examples
    --------
    Plan S2 of SCHEMES.md, a sanitation drive in 33 villages. It calls a score of exactly 60 both 合格 and
    不合格; here it is 合格 (``boundary="in"``). One of at least 90 that is not in the top three is 良好, the
    next grade it meets.

    >>> villages = Grading(
    ...     (
    ...         Grade("优秀", at_least=90, gate=TopPlaces(3), requires=("通过省级验收", "通过市级验收")),
    ...         Grade("良好", at_least=80),
    ...         Grade("合格", at_least=60, boundary="in"),
    ...         Grade("不合格", capped_if=("未通过省级验收",)),
    ...     )
    ... )
    >>> villages.conditions
    ('通过省级验收', '通过市级验收', '未通过省级验收')

    The best 30 % of a class and at least 75, then 60; the plan does not say how 30 % becomes a number:

    >>> best = Grade("好", at_least=75, gate=TopShare(0.3, "floor"))
    >>> offices = Grading((best, Grade("中", at_least=60), Grade("差")))
    """

    grades: tuple[Grade, ...]
    ties: Literal["min", "max", "dense"] = "min"
    places_among: Literal["class", "eligible"] = "class"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the grades, best first."""
        return tuple(grade.name for grade in self.grades)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Outside conditions that the grades name, each once."""
        return tuple(dict.fromkeys(c for grade in self.grades for c in (*grade.requires, *grade.capped_if)))


def check_grading(rule: Grading) -> None:
    """Refuse grades that contradict each other.

    Raises
    ------
    EstimateError
        No grade, or a name twice; thresholds that are no numbers, or do not fall from grade to grade (equal
        ones are allowed where the better grade asks for more than the score); gates that do not widen, or
        let nobody in; a condition without a name; a last grade that asks for something, another that asks for
        nothing; an unknown choice.
    """
    where = "grades"
    names = rule.names
    if not names or len(set(names)) < len(names) or not all(names):
        raise EstimateError("grade_names", where=where, names="、".join(names) or "none")
    for key, value, known in (
        ("ties", rule.ties, ("min", "max", "dense")),
        ("places_among", rule.places_among, ("class", "eligible")),
    ):
        _check_choice(key, value, known)
    last = rule.grades[-1]
    if last.at_least is not None or last.gate is not None or last.requires:
        raise EstimateError("last_grade", where=where, name=last.name)
    before: Grade | None = None
    for grade in rule.grades:
        _check_choice(f"boundary of {grade.name}", grade.boundary, ("in", "out"))
        if grade.gate is not None:
            _check_gate(grade.name, grade.gate)
        if grade.at_least is None:
            continue
        if not math.isfinite(grade.at_least):
            raise EstimateError("threshold_number", where=where, name=grade.name, value=grade.at_least)
        if before is not None and not _above(before, grade):
            raise EstimateError(
                "thresholds_order",
                where=where,
                better=before.name,
                high=before.at_least,
                worse=grade.name,
                low=grade.at_least,
            )
        before = grade
    for kind in (TopPlaces, TopShare):
        gates = [(grade.name, grade.gate) for grade in rule.grades if isinstance(grade.gate, kind)]
        for (better, narrow), (worse, wide) in zip(gates[:-1], gates[1:], strict=True):
            if _size(wide) < _size(narrow):
                raise EstimateError("gates_order", where=where, better=better, worse=worse)
    for grade in rule.grades:
        if not all((*grade.requires, *grade.capped_if)):
            raise EstimateError("condition_name", where=where, name=grade.name)
    for grade in rule.grades[:-1]:
        if grade.at_least is None and grade.gate is None and not grade.requires:
            raise EstimateError("grade_asks_nothing", where=where, name=grade.name)


def _check_choice(where: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise EstimateError("unknown_choice", where=f"grades: {where}", known=", ".join(known), value=value)


def _check_gate(name: str, gate: Gate) -> None:
    if isinstance(gate, TopShare):
        _check_choice(f"whole of {name}", gate.whole, tuple(ROUNDED))
        good = 0.0 < gate.share <= 1.0
    else:
        good = isinstance(gate.places, int) and gate.places >= 1
    if not good:
        raise EstimateError("bad_gate", where="grades", name=name, value=_size(gate))


def _size(gate: Gate) -> float:
    return gate.share if isinstance(gate, TopShare) else gate.places


def _above(better: Grade, worse: Grade) -> bool:
    """Whether the better grade's threshold is higher, or the same and the grade asks for more."""
    high, low = better.at_least, worse.at_least
    assert high is not None and low is not None
    stricter = better.boundary == "out" and worse.boundary == "in"
    asks_more = better.gate is not None or bool(better.requires) or stricter
    return high > low or (high == low and asks_more)
