"""What a plan says its scores are made of, as a scheme file holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.points.inspections import Average, Item
from scoring.points.rules import AsDecided, PerCase, PerLevel, Rule, ScoreLimit, TotalLimit, Veto
from toolkit.respondent_rule import PerRespondent

Config = dict[str, str]
FORBID: Config = {"extra": "forbid"}
PointRule = PerCase | PerLevel | AsDecided | TotalLimit | ScoreLimit | Veto | PerRespondent


@dataclass(frozen=True)
class Surveyed:
    """The composite of the groups of respondents."""

    kind: Literal["survey"] = "survey"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Inspections:
    """Points that inspections gave, averaged over the periods.

    Parameters
    ----------
    table : str
        One row per inspected item: ``evaluatee``, ``period`` where there are several, ``item`` where there
        are items, and its ``points``. Where one period has several inspections of an evaluatee, a column
        ``occasion`` (their dates, say) tells them apart, and the period's score is their mean.
    items : tuple of Item
        Their points sum to the full mark; of a period with some of them, points got of points to get count.
        Without items a row holds the points of the full mark.
    average : Average
        Over how many periods at least, and what becomes of who has fewer.
    error : "none", "sample" or "pooled"
        Whether the inspections are all there is, or days drawn from many: then their mean has an error, from
        how far each evaluatee's own inspections differ, or ("pooled") from how far those of the whole class
        do, taken as equally unsteady. With four inspections each, own spreads tell next to nothing of places.
    """

    table: str = "inspections"
    items: tuple[Item, ...] = ()
    average: Average = Average()
    error: Literal["none", "sample", "pooled"] = "none"
    kind: Literal["inspections"] = "inspections"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Completed:
    """Tasks, each counting its points times what is done of what is due, averaged over the periods.

    Parameters
    ----------
    items : tuple of Item
        The tasks; their points sum to the full mark.
    nothing_due, beyond
        As in ``scoring.Completion``.
    table : str
        One row per task: ``evaluatee``, ``period`` where there are several, ``item``, ``done``, ``due``.
    average : Average
    """

    items: tuple[Item, ...]
    nothing_due: Literal["error", "full", "zero"]
    beyond: Literal["error", "full", "counts"]
    table: str = "tasks"
    average: Average = Average()
    kind: Literal["completion"] = "completion"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Start:
    """The same points for everybody, from which events take."""

    value: float
    kind: Literal["start"] = "start"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Figures:
    """Scores that another office gives, averaged over the periods where there are several.

    Parameters
    ----------
    table : str
        One row per evaluatee (and ``period``), with the column of scores.
    column : str
    average : Average
    """

    table: str
    column: str = "score"
    average: Average = Average()
    kind: Literal["figures"] = "figures"
    __pydantic_config__: ClassVar[Config] = FORBID


Source = Surveyed | Inspections | Completed | Start | Figures


@dataclass(frozen=True)
class ScorePart:
    """A part of the score.

    Parameters
    ----------
    name : str
    weight : float
        The weights of a class's parts sum to 1.
    source : Surveyed, Inspections, Completed, Start or Figures
    events : tuple of rules
        What events do to this part; in each period, where it has periods.
    """

    name: str
    weight: float
    source: Source
    events: tuple[PointRule, ...] = ()
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class PeriodRules:
    """Which kinds of periods (周, 月) count for what; the table ``periods`` tells each period's kind.

    Parameters
    ----------
    average : tuple of str
        Kinds that are averaged; without it all.
    streaks : tuple of str
        Kinds whose places count for streaks; without it all.
    awards : "whole" or "each"
        Whether awards follow the places of the whole, or those of each period.
    """

    average: tuple[str, ...] = ()
    streaks: tuple[str, ...] = ()
    awards: Literal["whole", "each"] = "whole"
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class CaseLimit:
    """What so many cases of some events bring, beside any points: 累计3件及以上的，约谈.

    Parameters
    ----------
    events : tuple of str
        Counted together.
    at_least : int
    consequence : str
        In the plan's words.
    """

    events: tuple[str, ...]
    at_least: int
    consequence: str
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class CountsInto:
    """What the score counts in another assessment.

    Parameters
    ----------
    name : str
    points : float or "unstated"
        For the full mark; "unstated" where the plan leaves it out.
    classes : tuple of str
        Ids of the classes whose scores count so; without it all.
    """

    name: str
    points: float | Literal["unstated"]
    classes: tuple[str, ...] = ()
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class OfficeTable:
    """A table that an office keeps, with its own heads.

    Parameters
    ----------
    columns : dict of str to str
        The office's head to the name that rules use: ``{"村" = "evaluatee"}``.
    """

    columns: dict[str, str]
    __pydantic_config__: ClassVar[Config] = FORBID


KINDS: dict[str, type] = {
    "survey": Surveyed,
    "inspections": Inspections,
    "completion": Completed,
    "start": Start,
    "figures": Figures,
}
POINT_KINDS: dict[str, type] = {
    "per_case": PerCase,
    "per_level": PerLevel,
    "as_decided": AsDecided,
    "total_limit": TotalLimit,
    "score_limit": ScoreLimit,
    "veto": Veto,
    "per_respondent": PerRespondent,
}


def counted_rules(rules: Sequence[PointRule]) -> list[Rule]:
    """Give the rules with cases in place of respondents, as they stand once those are counted."""
    return [rule.as_cases if isinstance(rule, PerRespondent) else rule for rule in rules]


def respondent_rules(rules: Sequence[PointRule]) -> tuple[PerRespondent, ...]:
    """Give those of the rules whose cases the survey itself tells."""
    return tuple(rule for rule in rules if isinstance(rule, PerRespondent))
