"""An evaluation scheme: a plan on paper as data, read from TOML, all its faults told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import TypeAdapter, ValidationError

from sampling.designs import Census, Design, Quota
from scoring.composite.part import Missing
from scoring.consequence import Awards, Ladder, LowSatisfaction, Unstated
from scoring.disclosure import SmallGroups
from scoring.grade.rules import Grading
from scoring.points.inspections import Average
from scoring.points.rules import Veto
from scoring.scale import Scale
from scoring.sensitivity.verdict import VerdictRule
from toolkit.assignments import Assignment
from toolkit.duties.kinds import Duty
from toolkit.errors import Fault, SchemeError, fault
from toolkit.faults import kind_faults, pydantic_faults, usable
from toolkit.parts.kinds import (
    CaseLimit,
    CountsInto,
    OfficeTable,
    PeriodRules,
    PointRule,
    ScorePart,
    Surveyed,
)
from toolkit.resources import shipped_scheme
from toolkit.rounds_rule import RoundsDue
from toolkit.satisfaction_rule import Satisfaction
from toolkit.workdays import Calendar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Config = dict[str, str]
KEYS = ("group", "respondent", "evaluatee")
RESERVED = {
    *KEYS,
    *("class", "score", "estimate", "se", "low", "high", "df", "rank", "rank_low", "rank_high"),
    *("places", "margin", "surveyed", "change", "may_change"),
}
FORBID: Config = {"extra": "forbid"}
SURVEY = (
    *("valid_answers", "systematic_variance", "no_answers", "low_satisfaction_rule"),
    *("scale", "dont_know", "groups"),
)
OF_CLASS = ("conducted_by", "same_survey", "indicators")


@dataclass(frozen=True)
class EvaluateeClass:
    """Evaluatees that are rated on the same indicators and ranked among themselves.

    Parameters
    ----------
    id, name : str
    conducted_by : str
    same_survey : bool
        Whether the scheme's survey holds here too; with `indicators` asked for where there is a survey.
    indicators, evaluatees : tuple of str
    parts : tuple of ScorePart
        What the scores of this class are made of, where it is not what the scheme says of all.
    awards : Awards, optional
        The awards of this class, where they are not those of all.
    """

    id: str
    name: str
    conducted_by: str = ""
    same_survey: Literal[True] = True
    indicators: tuple[str, ...] = ()
    evaluatees: tuple[str, ...] = ()
    parts: tuple[ScorePart, ...] = ()
    awards: Awards | None = None
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Draw:
    """One draw of a group: which frame, what unit, by what design.

    Parameters
    ----------
    name : str
        Its own name in the scheme.
    frame : str
        Name of the file or folder under the round's ``frames/``.
    unit : str
        Column of unit ids.
    design : Design
    within : str, optional
        The draw whose units this one goes into.
    per_evaluatee : bool
        Whether each evaluatee has its own list, told by the frame's column ``evaluatee``.
    merge_rows : bool
        Whether rows of one unit are merged into one before the draw.
    at_most : int, optional
        From how many evaluatees' lists one unit may be drawn; ids tell the same person on all of them.
    replicate : int, optional
        Reserves of each stratum come in replicates of so many, which are released whole.
    unannounced : bool
        Whether nobody may know beforehand who is drawn: the draw has a key of its own, made when the round
        is drawn and told to nobody until the check is over. Of samples beside the groups alone.
    """

    name: str
    frame: str
    unit: str
    design: Design | Quota
    within: str | None = None
    per_evaluatee: bool = False
    merge_rows: bool = False
    at_most: int | None = None
    replicate: int | None = None
    unannounced: bool = False
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Group:
    """A group of respondents.

    Parameters
    ----------
    id, name : str
    weight : float
        Share of the composite.
    valid : int
        Valid answers planned for each evaluatee.
    draws : tuple of Draw
        First stage first; the last gives the respondents.
    official : "plain" or "design"
        Whether each valid answer counts the same, or with its design weight.
    population : "finite" or "infinite"
        Whether the frames are all there is, or stand for more.
    short_frame : "error" or "take_all"
        What to do where a list has fewer units than asked.
    overlap : "same" or "spread", optional
        For a group with one list: the same respondents rate every evaluatee on one sheet, or each
        evaluatee has its own of the list (``per_evaluatee``), everybody rating equally many to within one.
    adjust_by : list of str, optional
        Columns of the sample that tell, within each evaluatee, the cells in which respondents take over
        the weight of those who did not answer; an empty list makes one cell of each evaluatee.
    over_quota : "count" or "set_aside", optional
        For a quota: whether sheets beyond a full cell's target count (as they do where nothing is said), or
        are set aside in the order in which they came.
    """

    id: str
    name: str
    weight: float
    valid: int
    draws: tuple[Draw, ...]
    official: Literal["plain", "design"]
    population: Literal["finite", "infinite"]
    short_frame: Literal["error", "take_all"]
    overlap: Literal["same", "spread"] | None = None
    adjust_by: tuple[str, ...] | None = None
    over_quota: Literal["count", "set_aside"] | None = None
    __pydantic_config__: ClassVar[Config] = FORBID

    @property
    def is_census(self) -> bool:
        return all(isinstance(draw.design, Census) for draw in self.draws)

    @property
    def own_lists(self) -> bool:
        """Whether the frame holds a list for each evaluatee."""
        return self.draws[-1].per_evaluatee and self.overlap != "spread"

    @property
    def is_quota(self) -> bool:
        return isinstance(self.draws[-1].design, Quota)


def _as_group(one: Draw) -> Group:
    """Give a sample that is no group of respondents the form in which groups are drawn and proven.

    It has no id: who is recused from a group of the sample's name is not recused from the sample.
    """
    return Group("", one.name, 0.0, 0, (one,), "plain", "finite", "error")


@dataclass(frozen=True)
class Response:
    """Shares of the questions from which on a sheet is complete, or partial; below it is a break-off."""

    complete: float = 0.8
    partial: float = 0.5
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class InterviewRules:
    """What the plan says of interviews, for checks of the answers; nothing here changes a score.

    Parameters
    ----------
    least_minutes : float, optional
        The shortest interview; without it none is too short.
    level : float
        Chance that the list of interviewers to look at names anybody in a round where all are honest.
    """

    least_minutes: float | None = None
    level: float = 0.05
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class DontKnow:
    """What becomes of 不了解."""

    removed_per: Literal["indicator", "respondent"]
    counts_as_answer: bool
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Ranking:
    """How places follow from scores.

    Parameters
    ----------
    rank_on : "unrounded" or "published"
        What is compared: scores as they are, or as they are printed.
    decimals : int
        Of what is printed.
    ties : "min", "dense" or "ordinal"
        Equal scores share the better place; share it, and the next follows on; or are told apart.
    break_by : tuple of str
        Groups whose scores tell equal ones apart under "ordinal", the first first.
    """

    rank_on: Literal["unrounded", "published"]
    decimals: int
    ties: Literal["min", "dense", "ordinal"]
    break_by: tuple[str, ...] = ()
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Unclear:
    """A point the plan leaves open: the key that settles it here, what is open, how we read it."""

    key: str
    open: str
    reading: str
    __pydantic_config__: ClassVar[Config] = FORBID


@dataclass(frozen=True)
class Scheme:
    """An evaluation plan as data.

    Read one with ``Scheme.load``; fields are the keys of the TOML file. Those of a survey (``SURVEY``) must
    be there where the scheme has a survey; a scheme without one has other ``parts``.
    """

    id: str
    title: str
    place: str
    full_mark: float
    level: float
    ranking: Ranking
    classes: tuple[EvaluateeClass, ...]
    valid_answers: int = 0
    systematic_variance: Literal["srs"] = "srs"
    no_answers: Literal["error"] = "error"
    low_satisfaction_rule: LowSatisfaction = Unstated()
    scale: Scale = Scale(0, 10)
    dont_know: DontKnow = DontKnow("indicator", True)
    groups: tuple[Group, ...] = ()
    samples: tuple[Draw, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    parts: tuple[ScorePart, ...] = ()
    lacking_part: Missing = "error"
    events: tuple[PointRule, ...] = ()
    periods: PeriodRules = PeriodRules()
    case_limits: tuple[CaseLimit, ...] = ()
    counts_into: CountsInto | None = None
    tables: dict[str, OfficeTable] = field(default_factory=dict)
    duties: tuple[Duty, ...] = ()
    calendar: Calendar = Calendar()
    lonely_psu: Literal["error", "adjust", "certainty", "average"] = "error"
    grading: Grading | None = None
    awards: Awards | None = None
    verdict: VerdictRule = VerdictRule()
    streaks: tuple[Ladder, ...] = ()
    rounds: RoundsDue = RoundsDue()
    average: Average | None = None
    satisfaction: Satisfaction | None = None
    small_groups: SmallGroups | None = None
    response: Response = Response()
    interviews: InterviewRules = InterviewRules()
    unclear: tuple[Unclear, ...] = ()
    column_names: dict[str, str] = field(default_factory=dict)
    text: str = field(default="", repr=False, compare=False)
    __pydantic_config__: ClassVar[Config] = FORBID

    @classmethod
    def load(cls, source: str | Path) -> Scheme:
        """Read a scheme.

        Parameters
        ----------
        source : str or Path
            A bare name is a scheme shipped with Minyi; anything with a folder or ``.toml`` is a file.

        Raises
        ------
        SchemeError
            The file cannot be read, or with all its faults, each with its path.

        Examples
        --------
        >>> scheme = Scheme.load("guangan-2013")
        >>> len(scheme.evaluatees), [group.weight for group in scheme.groups]
        (79, [0.65, 0.05, 0.2, 0.1])
        """
        is_file = isinstance(source, Path) or source.endswith(".toml") or "/" in source or "\\" in source
        name = Path(source).name if is_file else f"{source}.toml"
        try:
            text = Path(source).read_text(encoding="utf-8-sig") if is_file else shipped_scheme(str(source))
        except (FileNotFoundError, IsADirectoryError, PermissionError):
            raise SchemeError(name, [fault("", "no_file", source=source)]) from None
        except UnicodeDecodeError as error:
            raise SchemeError(name, [fault("", "not_utf8", at=error.start)]) from None
        return cls.read(text, name)

    @classmethod
    def read(cls, text: str, name: str = "scheme.toml") -> Scheme:
        """Read a scheme from the text of a TOML file; ``name`` is for messages."""
        from toolkit.scheme_checks import scheme_faults

        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SchemeError(name, [fault("", "not_toml", error=error)]) from None
        if "text" in data:
            raise SchemeError(name, [fault("text", "unknown_key", key="text")])
        found = [*_survey_faults(data), *kind_faults(data)]
        try:
            scheme: Scheme = TypeAdapter(cls).validate_python({**data, "text": text})
        except ValidationError as error:
            found += pydantic_faults(error, data, cls)
            scheme = usable(cls, data)
        told = {one.path for one in found}
        found += [one for one in scheme_faults(scheme) if one.path not in told]
        if found:
            raise SchemeError(name, found)
        return scheme

    def parts_of(self, class_id: str) -> tuple[ScorePart, ...]:
        """Give what the scores of a class are made of; the survey alone where nothing is said."""
        own = next(each.parts for each in self.classes if each.id == class_id)
        alone = (ScorePart("survey", 1.0, Surveyed()),) if self.groups else ()
        return own or self.parts or alone

    def awards_of(self, class_id: str) -> Awards | None:
        """Give the awards of a class: its own, else those of all."""
        own = next(each.awards for each in self.classes if each.id == class_id)
        return own or self.awards

    @property
    def grading_and_vetoes(self) -> Grading | None:
        """The grades, with those that a veto's event leaves at best (一票否决)."""
        if self.grading is None:
            return None
        parts = (*self.parts, *(part for each in self.classes for part in each.parts))
        rules = [*self.events, *(rule for part in parts for rule in part.events)]
        vetoes = [rule for rule in rules if isinstance(rule, Veto) and rule.grade is not None]
        if not vetoes:
            return self.grading
        capped = [
            replace(
                grade,
                capped_if=(*grade.capped_if, *(one.event for one in vetoes if one.grade == grade.name)),
            )
            for grade in self.grading.grades
        ]
        return replace(self.grading, grades=tuple(capped))

    @property
    def drawn_groups(self) -> tuple[Group, ...]:
        """All that is drawn: the groups of respondents, then each other sample as a group of its own."""
        return (*self.groups, *map(_as_group, self.samples))

    @property
    def draws(self) -> tuple[Draw, ...]:
        """Every draw of the scheme, in order."""
        return tuple(one for group in self.drawn_groups for one in group.draws)

    @property
    def frame_names(self) -> tuple[str, ...]:
        """Name every frame that is drawn from, then those of teams."""
        teams = [one.teams for one in self.assignments]
        return tuple(dict.fromkeys([*(one.frame for one in self.draws), *teams]))

    @property
    def has_tables(self) -> bool:
        """Whether scores need more than the survey."""
        return bool(self.parts or self.events or any(each.parts for each in self.classes))

    @property
    def has_scores(self) -> bool:
        """Whether anybody is scored; a plan may have duties and draws alone."""
        return bool(self.groups) or self.has_tables

    @property
    def evaluatees(self) -> tuple[str, ...]:
        """All evaluatees, class by class."""
        return tuple(one for each in self.classes for one in each.evaluatees)

    @property
    def indicators(self) -> dict[str, tuple[str, ...]]:
        """The indicators of every evaluatee."""
        return {one: each.indicators for each in self.classes for one in each.evaluatees}

    @property
    def group_codes(self) -> dict[str, int]:
        """The place of each group, by its name and by its id."""
        names = {group.name: at for at, group in enumerate(self.groups)}
        return names | {group.id: at for at, group in enumerate(self.groups)}

    @property
    def groups_told(self) -> str:
        """All groups in a line, for messages."""
        return "、".join(f"{group.id} ({group.name})" for group in self.groups)

    @property
    def cell_columns(self) -> tuple[str, ...]:
        """Columns of the answers that tell quota cells."""
        designs = [group.draws[-1].design for group in self.groups]
        return tuple(dict.fromkeys(c for one in designs if isinstance(one, Quota) for c in one.by))

    def class_of(self, evaluatee: str) -> EvaluateeClass:
        """Give the class of an evaluatee."""
        return next(each for each in self.classes if evaluatee in each.evaluatees)

    def in_words(self, language: Literal["zh", "en"] = "zh") -> str:
        """Tell the plan in words."""
        from toolkit.words import scheme_in_words

        return scheme_in_words(self, language)

    def plot(self) -> Figure:
        """Draw each group's weight beside the answers planned of it."""
        from toolkit.plot import scheme_figure

        if not self.groups:
            raise SchemeError(self.id, [fault("groups", "no_survey_here")])
        return scheme_figure(self)

    def __repr__(self) -> str:
        from toolkit.show import scheme_line

        return scheme_line(self)

    def _repr_html_(self) -> str:
        from toolkit.show import scheme_html

        return scheme_html(self)


def _survey_faults(data: dict[str, Any]) -> Iterator[Fault]:
    """Name the keys of a survey that a scheme with a survey, or with nothing else, lacks."""
    given = data.get("classes")
    classes = [each if isinstance(each, dict) else {} for each in given] if isinstance(given, list) else []
    other = {"parts", "duties", "samples"} & set(data) or any("parts" in each for each in classes)
    if not other or "groups" in data:
        yield from (fault(key, "required") for key in SURVEY if key not in data)
        for at, each in enumerate(classes):
            if each:
                yield from (fault(f"classes[{at}].{key}", "required") for key in OF_CLASS if key not in each)
