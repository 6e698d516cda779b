"""Which units of two rounds can be compared, on what, and why others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

from scoring.scale import Scale
from toolkit.comparison.crosswalk import (
    ANSWERS,
    LINEAR,
    NOT_COMPARABLE,
    RECLASSED,
    SHARES,
    Crosswalk,
    Entry,
)
from toolkit.comparison.errors import fault
from toolkit.errors import Fault, RoundError
from toolkit.scheme import Group, Scheme

NO_RULE = ""


@dataclass(frozen=True)
class Why:
    """Why something cannot be compared, in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Unit:
    """A unit under its stable code.

    Attributes
    ----------
    code : str
    then, now : tuple of Entry
        What it was called and is called; several where units were merged.
    class_then, class_now : str
        Ids of the schemes' classes.
    asked : tuple of str
        Codes of the indicators on which all of its names are rated in both rounds.
    whole : int
        Indicators on which it is rated now.
    why : Why, optional
        Why it is not comparable.
    """

    code: str
    then: tuple[Entry, ...]
    now: tuple[Entry, ...]
    class_then: str
    class_now: str
    asked: tuple[str, ...]
    whole: int
    why: Why | None = None

    @property
    def by_answers(self) -> bool:
        """Whether merged units count by their answers."""
        return any(ANSWERS in one.rules for one in (*self.then, *self.now))


@dataclass(frozen=True)
class Side:
    """A round's names and their codes.

    Attributes
    ----------
    year : int
    label : str
        What the round is called in messages and tables: its year, or its name where a year has several.
    scheme : Scheme
    units : dict of list of Entry
        By code.
    indicators, classes : dict of str
        Codes by the scheme's name or id.
    groups : dict of Group
        By code.
    rules : dict of str
        Of the groups, by code: how the samples of the two rounds hang together.
    dropped : dict of str
        What the crosswalk says is not comparable of indicators and groups, by name: the note.
    """

    year: int
    label: str
    scheme: Scheme
    units: dict[str, list[Entry]]
    indicators: dict[str, str]
    classes: dict[str, str]
    groups: dict[str, Group]
    rules: dict[str, str]
    dropped: dict[str, str]

    @classmethod
    def of(cls, scheme: Scheme, crosswalk: Crosswalk, year: int, label: str | None = None) -> Side:
        """Find the codes of everything in a scheme.

        Raises
        ------
        RoundError
            With all names of the crosswalk that the scheme lacks in that year, and those that the crosswalk
            leaves out in that year alone.
        """
        names: dict[str, list[tuple[str, ...]]] = {
            "evaluatee": [(one,) for one in scheme.evaluatees],
            "indicator": [(one,) for one in dict.fromkeys(q for c in scheme.classes for q in c.indicators)],
            "class": [(one.id, one.name) for one in scheme.classes],
            "group": [(one.id, one.name) for one in scheme.groups],
        }
        found: dict[str, dict[str, list[Entry]]] = {}
        faults: list[Fault] = []
        for what, some in names.items():
            try:
                found[what] = crosswalk.codes(what, year, some)
            except RoundError as error:
                faults += error.faults
        if faults:
            raise RoundError(crosswalk.name, faults)
        flat = {what: {one.name: one for some in found[what].values() for one in some} for what in names}
        bad = [
            one
            for what in ("indicator", "group")
            for one in flat[what].values()
            if NOT_COMPARABLE in one.rules
        ]
        out = {(one.what, one.name) for one in bad}
        groups = {each.id: each for each in scheme.groups}
        kept = [one for one in flat["group"].values() if ("group", one.name) not in out]
        return cls(
            year=year,
            label=str(year) if label is None else label,
            scheme=scheme,
            units=found["evaluatee"],
            indicators={
                name: one.code for name, one in flat["indicator"].items() if ("indicator", name) not in out
            },
            classes={name: one.code for name, one in flat["class"].items()},
            groups={one.code: groups[one.name] for one in kept},
            rules={one.code: next(iter(sorted(one.rules)), NO_RULE) for one in kept},
            dropped={one.name: one.note for one in bad},
        )

    @property
    def called(self) -> str:
        """The round in a Chinese sentence."""
        return f"{self.year} 年" if self.label == str(self.year) else f"{self.label} "

    def asked(self, name: str) -> tuple[str, ...]:
        """Give the codes of a unit's comparable indicators, in the scheme's order."""
        return tuple(self.indicators[q] for q in self.scheme.indicators[name] if q in self.indicators)


@dataclass(frozen=True)
class Links:
    """Two rounds linked by codes.

    Attributes
    ----------
    then, now : Side
    units : tuple of Unit
        In the order of the scheme now; units that are gone last.
    groups : tuple of str
        Codes of the groups in both.
    scale : Scale, optional
        On which both rounds' ratings are put; none where their scales cannot be compared.
    """

    then: Side
    now: Side
    units: tuple[Unit, ...]
    groups: tuple[str, ...]
    scale: Scale | None

    @property
    def comparable(self) -> list[Unit]:
        return [unit for unit in self.units if unit.why is None]

    def rule(self, group: str) -> str:
        """Tell how the samples of a group hang together, as either year's row says; empty for no row."""
        return self.now.rules[group] or self.then.rules[group]


def link(
    then: Scheme,
    now: Scheme,
    crosswalk: Crosswalk,
    years: tuple[int, int],
    labels: tuple[str | None, str | None] = (None, None),
) -> Links:
    """Link two rounds.

    Raises
    ------
    RoundError
        The crosswalk does not fit the schemes; or no group of respondents is in both.
    """
    found: list[Side] = []
    faults: list[Fault] = []
    for scheme, year, label in zip((then, now), years, labels, strict=True):
        try:
            found.append(Side.of(scheme, crosswalk, year, label))
        except RoundError as error:
            faults += error.faults
    if faults:
        raise RoundError(crosswalk.name, faults)
    old, new = found
    groups = tuple(code for code in new.groups if code in old.groups)
    if not groups:
        raise RoundError(crosswalk.name, [fault("no_common_group")])
    scale = common_scale(then.scale, now.scale, scale_rules(crosswalk, years))
    codes = dict.fromkeys([*new.units, *old.units])
    units = tuple(_unit(code, old, new, scale) for code in codes)
    return Links(old, new, units, groups, scale)


def scale_rules(crosswalk: Crosswalk, years: tuple[int, int]) -> set[str]:
    """Give what is said of the scales of either year; a row without years holds always."""
    rows = [one for one in crosswalk.entries if one.what == "scale" and any(map(one.holds, years))]
    return {rule for one in rows for rule in one.rules}


def common_scale(then: Scale, now: Scale, rules: set[str]) -> Scale | None:
    """Give the scale that both rounds' ratings can be put on without loss, or none.

    The same scale, with the same values, stays as it is. Others are comparable only where ``linear`` is
    declared: both run in equal steps from their worst rating to their best, so that both are whole ratings
    of a scale with as many steps as the least common multiple of theirs. Values of labels do not count then.

    Examples
    --------
    1 to 5 has 4 steps, 0 to 10 has 10: 20 steps. 3 of 1 to 5 is 10 of 20, and so is 5 of 0 to 10.

    >>> common_scale(Scale(1, 5), Scale(0, 10), {"linear"})
    ... # doctest: +ELLIPSIS
    Scale(low=0, high=20, labels=(), ...
    >>> common_scale(Scale(1, 5), Scale(0, 10), set()) is None
    True
    """
    if NOT_COMPARABLE in rules:
        return None
    alike = (then.low, then.high, then.best) == (now.low, now.high, now.best)
    if alike and then.points().tolist() == now.points().tolist():
        return now if now.has_values else Scale(now.low, now.high, best=now.best)
    if LINEAR not in rules:
        return None
    return Scale(0, lcm(then.high - then.low, now.high - now.low))


def _unit(code: str, old: Side, new: Side, scale: Scale | None) -> Unit:
    then, now = tuple(old.units.get(code, ())), tuple(new.units.get(code, ()))
    class_then, class_now = _class(old, then), _class(new, now)
    shown = now or then
    side = new if now else old
    every = [set(old.asked(one.name)) for one in then] + [set(new.asked(one.name)) for one in now]
    common = set.intersection(*every) if then and now else set[str]()
    asked = tuple(q for q in side.asked(shown[0].name) if q in common)
    whole = len(side.scheme.indicators[shown[0].name])
    why = _why(old, new, then, now, (class_then, class_now), asked, scale)
    return Unit(code, then, now, class_then, class_now, asked, whole, why)


def _class(side: Side, some: tuple[Entry, ...]) -> str:
    return side.scheme.class_of(some[0].name).id if some else ""


def _classes(side: Side, some: tuple[Entry, ...]) -> set[str]:
    return {side.classes[side.scheme.class_of(one.name).id] for one in some}


def _why(
    old: Side,
    new: Side,
    then: tuple[Entry, ...],
    now: tuple[Entry, ...],
    classes: tuple[str, str],
    asked: tuple[str, ...],
    scale: Scale | None,
) -> Why | None:
    rows = (*then, *now)
    notes = "；".join(dict.fromkeys(one.note for one in rows if one.note))
    because = (f"：{notes}", f": {notes}") if notes else ("", "")
    declared = [one for one in rows if NOT_COMPARABLE in one.rules]
    if declared:
        return Why(f"对照表写明不可比{because[0]}", f"the crosswalk says it is not comparable{because[1]}")
    if not then:
        return Why(
            f"{old.called}没有这个单位{because[0]}", f"there was no such unit in {old.label}{because[1]}"
        )
    if not now:
        return Why(
            f"{new.called}没有这个单位{because[0]}", f"there is no such unit in {new.label}{because[1]}"
        )
    if scale is None:
        a, b = (f"{one.scheme.scale.low}–{one.scheme.scale.high}" for one in (old, new))
        return Why(
            f"两年量表不同（{a} 和 {b}），对照表没有写明可以线性换算",
            f"the scales differ ({a} and {b}), and the crosswalk does not say that they are linear",
        )
    if len(_classes(old, then) | _classes(new, now)) > 1 and not any(RECLASSED in one.rules for one in rows):
        a, b = (
            next((each.name for each in side.scheme.classes if each.id == at), at)
            for side, at in zip((old, new), classes, strict=True)
        )
        return Why(
            f"类别变了（{a}、{b}），对照表没有写明换类后可比",
            f"the class changed ({a}, {b}), and the crosswalk does not say that it is comparable",
        )
    if not asked:
        return Why("两年没有共同的指标", "the two rounds have no indicator in common")
    return None


def not_told(code: str, side: Side, last: Side) -> tuple[str, str] | None:
    """Say why a unit has no place of a round that counts for it now."""
    some, now = side.units.get(code, []), last.units[code]
    rows = [*some, *now]
    notes = "；".join(dict.fromkeys(one.note for one in rows if one.note))
    because = (f"（{notes}）", f" ({notes})") if notes else ("", "")
    if not some:
        return f"没有这个单位{because[0]}", f"there was no such unit{because[1]}"
    if any(NOT_COMPARABLE in one.rules for one in some) or (
        side is not last and any(NOT_COMPARABLE in one.rules for one in now)
    ):
        return f"对照表写明不可比{because[0]}", f"the crosswalk says it is not comparable{because[1]}"
    if len(some) > 1:
        return f"当时是几个单位{because[0]}", f"it was several units then{because[1]}"
    classes = {
        one.classes[one.scheme.class_of(each.name).id] for one, each in ((side, some[0]), (last, now[0]))
    }
    if len(classes) > 1 and not any(RECLASSED in one.rules for one in rows):
        return f"当时在另一类{because[0]}", f"it was in another class{because[1]}"
    return None


def shares(some: tuple[Entry, ...]) -> list[float]:
    """Give what each of a unit's names counts where shares are stated; equal counts for one name alone.

    >>> nan = float("nan")
    >>> a = Entry(2, "evaluatee", "D1", "甲", 0, 9, frozenset({"shares"}), 600.0, "")
    >>> b = Entry(3, "evaluatee", "D1", "乙", 0, 9, frozenset({"shares"}), 400.0, "")
    >>> shares((a, b))
    [0.6, 0.4]
    """
    given = [one.share if SHARES in one.rules else 1.0 for one in some]
    return [one / sum(given) for one in given]
