"""Which shipped scheme is nearest to a plan: what schemes' scores come from, and what else they have."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from scoring.points.rules import Veto
from toolkit.parts.kinds import Completed, Figures, Inspections, Start
from toolkit.parts.tables import every_part, known_events
from toolkit.resources import shipped
from toolkit.scheme import Scheme


def _from(kind: type) -> Callable[[Scheme], bool]:
    return lambda scheme: any(isinstance(part.source, kind) for part in every_part(scheme))


def _vetoes(scheme: Scheme) -> bool:
    rules = [*scheme.events, *(rule for part in every_part(scheme) for rule in part.events)]
    return any(isinstance(rule, Veto) for rule in rules)


def _awards(scheme: Scheme) -> bool:
    return any(scheme.awards_of(each.id) is not None for each in scheme.classes)


SOURCES: dict[str, tuple[str, Callable[[Scheme], bool]]] = {
    "survey": ("问卷调查", lambda scheme: bool(scheme.groups)),
    "inspections": ("检查打分", _from(Inspections)),
    "tasks": ("任务完成比例", _from(Completed)),
    "cases": ("起始分逐件扣减", _from(Start)),
    "figures": ("别的部门给的分数", _from(Figures)),
    "visits": ("走访等工作要求", lambda scheme: bool(scheme.duties)),
}
"""What a plan's scores come from; of visits, what people are obliged to do."""

OTHERS: dict[str, tuple[str, Callable[[Scheme], bool]]] = {
    "classes": ("分类排名", lambda scheme: len(scheme.classes) > 1),
    "events": ("事件加减分", lambda scheme: bool(known_events(scheme))),
    "veto": ("一票否决", _vetoes),
    "grades": ("等级", lambda scheme: scheme.grading is not None),
    "awards": ("按名次奖惩", _awards),
    "streaks": ("多次排前排后", lambda scheme: bool(scheme.streaks)),
    "samples": ("抽样检查核查", lambda scheme: bool(scheme.samples)),
}
WORDS = {name: words for name, (words, _) in {**SOURCES, **OTHERS}.items()}


@dataclass(frozen=True)
class Known:
    """A shipped scheme and what it has."""

    scheme: Scheme
    features: frozenset[str]

    @property
    def told(self) -> str:
        """The scheme in a line."""
        has = "、".join(words for name, words in WORDS.items() if name in self.features)
        return f"{self.scheme.id}  {self.scheme.title}：{has}"


def features(scheme: Scheme) -> frozenset[str]:
    """Name what a scheme's scores come from and what it has.

    >>> sorted(features(Scheme.load("guangan-2013")))
    ['classes', 'survey']
    """
    return frozenset(name for name, (_, has) in {**SOURCES, **OTHERS}.items() if has(scheme))


def shipped_schemes() -> list[Known]:
    """Give all shipped schemes, by name."""
    names = sorted(one.name for one in shipped("schemes").iterdir() if one.name.endswith(".toml"))
    schemes = [Scheme.load(name.removesuffix(".toml")) for name in names]
    return [Known(one, features(one)) for one in schemes]


def nearest(asked: Collection[str], known: Collection[Known]) -> Known | None:
    """Choose the scheme that lacks least of what is asked: first of sources, then of the rest.

    Of those the one that has least beyond; of equal ones the first by name. None where no scheme has any of
    the sources, or of what else is asked where no source is.
    """
    sources = set(asked) & set(SOURCES) or set(asked)
    fit = [one for one in known if sources & one.features]
    if not fit:
        return None
    return min(
        fit,
        key=lambda one: (
            len(sources - one.features),
            len(set(asked) - one.features),
            len(one.features - set(asked)),
            one.scheme.id,
        ),
    )
