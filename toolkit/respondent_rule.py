"""A plan's rule of cases that are counted from the survey itself: what it says, its faults, its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, ClassVar, Literal

from scoring.points.rules import PerCase
from toolkit.errors import Fault, fault

if TYPE_CHECKING:
    from toolkit.scheme import Scheme

Config = dict[str, str]
Language = Literal["zh", "en"]
ON = ("any", "all")


@dataclass(frozen=True)
class PerRespondent:
    """Every respondent with one of some labels on the sheet adds points, or takes them (−0.4 per 不满意).

    Parameters
    ----------
    event : str
        What the plan calls it.
    labels : tuple of str
        Of the scale.
    on : str
        ``"any"``: one indicator so rated is enough; ``"all"``: every indicator that the sheet rates; or
        an indicator's name. Without a valid rating a sheet is no case.
    points : float
        Of each such respondent.
    groups : tuple of str
        Ids of the groups whose respondents count; empty for all.
    most : float, optional
        The most that all cases of one evaluatee bring together, added or taken.
    when : "before" or "after"
        Before the ranking, or after it.
    """

    event: str
    labels: tuple[str, ...]
    on: str
    points: float
    groups: tuple[str, ...] = ()
    most: float | None = None
    when: Literal["before", "after"] = "before"
    kind: Literal["per_respondent"] = "per_respondent"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    @property
    def as_cases(self) -> PerCase:
        """The rule once its cases are counted."""
        return PerCase(self.event, self.points, self.most, self.when)


def per_respondent_faults(scheme: Scheme, rule: PerRespondent, path: str) -> Iterator[Fault]:
    """Name what is wrong with a rule of cases counted from the survey.

    Parameters
    ----------
    scheme : Scheme
    rule : PerRespondent
    path : str
        Where it stands in the file.
    """
    if not scheme.groups:
        yield fault(path, "needs_survey")
        return
    yield from label_faults(scheme, rule.labels, f"{path}.labels")
    asked = dict.fromkeys(name for each in scheme.classes for name in each.indicators)
    if rule.on not in (*ON, *asked):
        yield fault(f"{path}.on", "respondent_on", found=rule.on, known=", ".join(asked))
    if not isfinite(rule.points):
        yield fault(f"{path}.points", "respondent_points", found=rule.points)
    if rule.most is not None and not rule.most > 0:
        yield fault(f"{path}.most", "positive", found=rule.most)
    known = [group.id for group in scheme.groups]
    yield from _repeats(rule.groups, f"{path}.groups")
    for name in dict.fromkeys(rule.groups):
        if name not in known:
            yield fault(f"{path}.groups", "break_group", found=name, known=", ".join(known))
    for group in scheme.groups:
        if group.adjust_by is not None and group.id in (rule.groups or known):
            yield fault(f"{path}.groups", "respondent_cells", found=group.id)


def label_faults(scheme: Scheme, labels: Sequence[str], path: str) -> Iterator[Fault]:
    """Name labels that a rule cannot mean: none, one twice, or one that the scale lacks."""
    if not labels:
        yield fault(path, "none_given", name="labels")
    yield from _repeats(labels, path)
    known = [label.name for label in scheme.scale.labels]
    for name in dict.fromkeys(labels):
        if name not in known:
            yield fault(path, "no_label", found=name, known=", ".join(known) or "—")


def _repeats(names: Sequence[str], path: str) -> Iterator[Fault]:
    for name, count in Counter(names).items():
        if count > 1:
            yield fault(path, "repeats", name=name, count=count)


# --- in words --------------------------------------------------------------------------------------------

SHEET = {
    "any": ("有一项评为{labels}", "who rates any indicator {labels}"),
    "all": ("所评各项都评为{labels}", "who rates {labels} throughout"),
    "": ("“{on}”评为{labels}", "who rates {on!r} {labels}"),
}
CASES = (
    "{event}：{whom}每有一人{sheet}，{way} {points:g} 分{most}{after}；"
    "按有效问卷计人数，抽样误差计入得分的误差",
    "{event}: each respondent{whom} {sheet} {way} {points:g}{most}{after}; counted over valid sheets, and "
    "the sampling error is part of the score's",
)
WAY = {True: ("加", "adds"), False: ("扣", "takes")}
MOST = ("，至多 {most:g} 分", ", at most {most:g}")
AFTER = ("，排名以后计", ", after the ranking")


def per_respondent_in_words(scheme: Scheme, rule: PerRespondent, language: Language = "zh") -> str:
    """Tell a rule of cases counted from the survey in words."""
    at = ("zh", "en").index(language)
    called = {group.id: group.name for group in scheme.groups}
    names = ("、", ", ")[at].join(called.get(one, one) for one in rule.groups)
    whom = "" if not names else (f"{names}中", f" of {names}")[at]
    sheet = SHEET[rule.on if rule.on in ON else ""][at].format(
        on=rule.on, labels=labels_told(rule.labels, at)
    )
    return CASES[at].format(
        event=rule.event,
        whom=whom,
        sheet=sheet,
        way=WAY[rule.points >= 0][at],
        points=abs(rule.points),
        most="" if rule.most is None else MOST[at].format(most=rule.most),
        after=AFTER[at] if rule.when == "after" else "",
    )


def labels_told(labels: Sequence[str], at: int) -> str:
    """Tell labels in Chinese (0) or English (1)."""
    return ("“{}”".format("”或“".join(labels)), " or ".join(labels))[at]
