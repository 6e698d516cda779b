"""An evaluation scheme: a plan on paper as data, read from TOML, all its faults told at once."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import TypeAdapter, ValidationError

from sampling.designs import Census, Design, Quota, SimpleRandom, method_of, number_of
from scoring.consequence import Awards, Bottom, LowSatisfaction, check_awards
from scoring.errors import EstimateError
from scoring.grade.rules import Grading, check_grading
from scoring.scale import Scale
from toolkit.errors import Fault, SchemeError, fault
from toolkit.faults import kind_faults, pydantic_faults, usable
from toolkit.resources import shipped_scheme

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


@dataclass(frozen=True)
class EvaluateeClass:
    """Evaluatees that are rated on the same indicators and ranked among themselves."""

    id: str
    name: str
    conducted_by: str
    same_survey: Literal[True]
    indicators: tuple[str, ...]
    evaluatees: tuple[str, ...]
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


@dataclass(frozen=True)
class Response:
    """Shares of the questions from which on a sheet is complete, or partial; below it is a break-off."""

    complete: float = 0.8
    partial: float = 0.5
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

    Read one with ``Scheme.load``; fields are the keys of the TOML file.
    """

    id: str
    title: str
    place: str
    valid_answers: int
    full_mark: float
    level: float
    systematic_variance: Literal["srs"]
    no_answers: Literal["error"]
    low_satisfaction_rule: LowSatisfaction
    scale: Scale
    dont_know: DontKnow
    ranking: Ranking
    classes: tuple[EvaluateeClass, ...]
    groups: tuple[Group, ...]
    lonely_psu: Literal["error", "adjust", "certainty", "average"] = "error"
    grading: Grading | None = None
    awards: Awards | None = None
    response: Response = Response()
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
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SchemeError(name, [fault("", "not_toml", error=error)]) from None
        if "text" in data:
            raise SchemeError(name, [fault("text", "unknown_key", key="text")])
        found = list(kind_faults(data))
        try:
            scheme: Scheme = TypeAdapter(cls).validate_python({**data, "text": text})
        except ValidationError as error:
            found += pydantic_faults(error, data, cls)
            scheme = usable(cls, data)
        told = {one.path for one in found}
        found += [one for one in _faults(scheme) if one.path not in told]
        if found:
            raise SchemeError(name, found)
        return scheme

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

        return scheme_figure(self)

    def __repr__(self) -> str:
        from toolkit.show import scheme_line

        return scheme_line(self)

    def _repr_html_(self) -> str:
        from toolkit.show import scheme_html

        return scheme_html(self)


Check = Callable[[], Iterator[Fault]]


def _faults(scheme: Scheme) -> Iterator[Fault]:
    """What single keys cannot show: sums, repeats, references.

    Of a scheme with wrong keys, which were told, only the parts that fit are given; a check that needs
    another is left out.
    """
    for check in _checks(scheme):
        try:
            yield from check()
        except (AttributeError, TypeError):
            if isinstance(scheme, Scheme):
                raise


def _checks(scheme: Scheme) -> Iterator[Check]:
    classes, groups = getattr(scheme, "classes", ()), getattr(scheme, "groups", ())
    yield partial(_repeats, "groups.name", lambda: [group.name for group in groups])
    yield partial(_repeats, "classes.name", lambda: [each.name for each in classes])
    yield partial(_name_faults, scheme)
    yield partial(_weight_faults, scheme)
    yield partial(_valid_faults, scheme)
    yield partial(_repeats, "classes", lambda: [each.id for each in classes])
    yield partial(_repeats, "groups", lambda: [group.id for group in groups])
    yield partial(
        _repeats, "classes.evaluatees", lambda: [one for each in classes for one in each.evaluatees]
    )
    yield partial(_repeats, "groups.draws", lambda: [draw.name for group in groups for draw in group.draws])
    for at, each in enumerate(classes):
        yield partial(_class_faults, each, f"classes[{at}]")
    for at, group in enumerate(groups):
        yield partial(_group_faults, group, f"groups[{at}]")
    yield partial(_label_faults, scheme)
    yield partial(_rule_faults, "grading", check_grading, scheme)
    yield partial(_rule_faults, "awards", check_awards, scheme)
    yield partial(_range_faults, scheme)
    for at, point in enumerate(getattr(scheme, "unclear", ())):
        yield partial(_unclear_faults, scheme, point, f"unclear[{at}].key")


def _weight_faults(scheme: Scheme) -> Iterator[Fault]:
    weights = [group.weight for group in scheme.groups]
    for at, weight in enumerate(weights):
        if not weight > 0:
            yield fault(f"groups[{at}].weight", "positive", found=weight)
    if weights and abs(sum(weights) - 1) > 1e-9:
        yield fault(f"groups[{len(weights) - 1}].weight", "weights_sum", found=f"{sum(weights):.10g}")


def _valid_faults(scheme: Scheme) -> Iterator[Fault]:
    for name in ("classes", "groups"):
        if getattr(scheme, name, None) == ():
            yield fault(name, "none_given", name=name)
    valid = sum(group.valid for group in scheme.groups)
    if valid != scheme.valid_answers:
        yield fault("valid_answers", "valid_sum", stated=scheme.valid_answers, found=valid)


def _repeats(path: str, names: Callable[[], list[str]]) -> Iterator[Fault]:
    for name, count in Counter(names()).items():
        if count > 1 and isinstance(name, str):
            yield fault(path, "repeats", name=name, count=count)


def _class_faults(each: EvaluateeClass, path: str) -> Iterator[Fault]:
    if not each.evaluatees:
        yield fault(f"{path}.evaluatees", "empty_class", name=each.id)
    if not each.indicators:
        yield fault(f"{path}.indicators", "no_indicators", name=each.id)
    yield from _repeats(f"{path}.indicators", lambda: list(each.indicators))


def _group_faults(group: Group, path: str) -> Iterator[Fault]:
    if not group.draws:
        yield fault(f"{path}.draws", "none_given", name="draws")
        return
    before = None
    for at, draw in enumerate(group.draws):
        if draw.within != before:
            yield fault(f"{path}.draws[{at}].within", "within", found=draw.within, due=before)
        if draw.per_evaluatee and at < len(group.draws) - 1:
            yield fault(f"{path}.draws[{at}].per_evaluatee", "stage_each")
        if draw.replicate is not None and not (
            draw.replicate >= 1 and getattr(method_of(draw.design), "reserve", 0) > 0
        ):
            yield fault(f"{path}.draws[{at}].replicate", "replicate", found=draw.replicate)
        before = draw.name
    if group.adjust_by is not None and group.official != "design":
        yield fault(f"{path}.adjust_by", "adjust_plain")
    if group.is_quota and (len(group.draws) > 1 or group.adjust_by is not None):
        yield fault(f"{path}.draws", "quota_alone")
    if group.over_quota is not None and not group.is_quota:
        yield fault(f"{path}.over_quota", "over_plain")
    if group.is_quota and not group.draws[-1].per_evaluatee:
        yield fault(f"{path}.draws[{len(group.draws) - 1}].per_evaluatee", "quota_each")
    last = group.draws[-1]
    if last.per_evaluatee == (group.overlap == "same"):
        yield fault(f"{path}.overlap", "overlap", found=group.overlap)
    method = method_of(last.design)
    simple = isinstance(method, SimpleRandom) and not method.reserve
    alone = len(group.draws) == 1 and group.adjust_by is None
    if group.overlap == "spread" and not (simple and alone and last.at_most is None):
        yield fault(f"{path}.overlap", "spread_design")
    for at, draw in enumerate(group.draws):
        if draw.at_most is not None and not (draw.per_evaluatee and simple and draw.at_most >= 1):
            yield fault(f"{path}.draws[{at}].at_most", "at_most_design", found=draw.at_most)
    design = group.draws[-1].design
    asked = number_of(method_of(design))
    total = getattr(asked, "total", asked)
    plain = not isinstance(asked, int) or method_of(design) == design
    if total is not None and plain and total != group.valid:
        yield fault(f"{path}.valid", "valid_draw", stated=group.valid, found=total)


def _label_faults(scheme: Scheme) -> Iterator[Fault]:
    for text in Scale.label_faults(scheme.scale):
        yield fault("scale.labels", "labels", found=text)
    yield from _repeats("scale.labels", lambda: [label.name for label in scheme.scale.labels])
    ratings = {str(one) for one in range(scheme.scale.low, scheme.scale.high + 1)}
    words = [*scheme.scale.dont_know, *scheme.scale.refused, *getattr(scheme.scale, "not_asked", ())]
    for word in words:
        if word in ratings:
            yield fault("scale.dont_know", "word_is_rating", word=word)
    yield from _repeats("scale.dont_know", lambda: words)
    for at, label in enumerate(scheme.scale.labels):
        if label.value is not None and not 0 <= label.value <= scheme.full_mark:
            yield fault(f"scale.labels[{at}].value", "label_value", found=label.value, full=scheme.full_mark)


def _name_faults(scheme: Scheme) -> Iterator[Fault]:
    """Names that would hide a column of the results, or lead out of the round's folder."""
    for at, group in enumerate(scheme.groups):
        if group.id in RESERVED:
            yield fault(f"groups[{at}].id", "reserved", name=group.id)
        for number, draw in enumerate(group.draws):
            for key in ("name", "frame"):
                if not _is_file_name(getattr(draw, key)):
                    path = f"groups[{at}].draws[{number}].{key}"
                    yield fault(path, "file_name", name=getattr(draw, key))
    for at, each in enumerate(scheme.classes):
        for number, evaluatee in enumerate(each.evaluatees):
            if not _is_file_name(evaluatee):
                yield fault(f"classes[{at}].evaluatees[{number}]", "file_name", name=evaluatee)
        for indicator in each.indicators:
            if indicator in KEYS:
                yield fault(f"classes[{at}].indicators", "reserved", name=indicator)
    if not _is_file_name(scheme.id):
        yield fault("id", "file_name", name=scheme.id)


def _is_file_name(name: str) -> bool:
    return bool(name.strip()) and not name.startswith(".") and not set(name) & set('/\\:*?"<>|\x1f\n\r')


def _range_faults(scheme: Scheme) -> Iterator[Fault]:
    full_mark = getattr(scheme, "full_mark", 100)
    if not full_mark > 0:
        yield fault("full_mark", "positive", found=full_mark)
    low_rule, sizes = scheme.low_satisfaction_rule, [len(each.evaluatees) for each in scheme.classes]
    if isinstance(low_rule, Bottom) and sizes and not 1 <= low_rule.places <= min(sizes):
        found = {"units": min(sizes), "found": low_rule.places}
        yield fault("low_satisfaction_rule.places", "bottom_places", **found)
    rule = getattr(scheme, "response", Response())
    if not 0 < rule.partial <= rule.complete <= 1:
        yield fault("response.partial", "response", partial=rule.partial, complete=rule.complete)
    low, high = getattr(scheme.scale, "low", 0), getattr(scheme.scale, "high", 1)
    if low >= high:
        yield fault("scale.high", "scale", low=low, high=high)
    level, decimals = getattr(scheme, "level", 0.95), getattr(scheme.ranking, "decimals", 2)
    if not 0 < level < 1:
        yield fault("level", "level", found=level)
    if decimals < 0:
        yield fault("ranking.decimals", "negative", found=decimals)
    breakers, groups = getattr(scheme.ranking, "break_by", ()), [group.id for group in scheme.groups]
    if (scheme.ranking.ties == "ordinal") != bool(breakers):
        yield fault(
            "ranking.break_by", "break_by", found=", ".join(breakers) or "—", ties=scheme.ranking.ties
        )
    for name in breakers:
        if name not in groups:
            yield fault("ranking.break_by", "break_group", found=name, known=", ".join(groups))


def _rule_faults(path: str, check: Callable[[Any], None], scheme: Scheme) -> Iterator[Fault]:
    """What a rule of ``scoring`` says is wrong with itself."""
    rule = getattr(scheme, path, None)
    try:
        if rule is not None:
            check(rule)
    except EstimateError as error:
        yield fault(path, "rule", english=str(error).rstrip("."), chinese=error.chinese.rstrip("。"))


def _unclear_faults(scheme: Scheme, point: Unclear, path: str) -> Iterator[Fault]:
    if not _reaches(scheme, point.key):
        yield fault(path, "no_such_key", key=point.key)


def _reaches(value: Any, key: str) -> bool:
    """Tell whether a path such as ``groups.staff.draws.0.design`` leads to a key, or may do so."""
    for step in key.split("."):
        if is_dataclass(value):
            if step not in {one.name for one in fields(value)}:
                return False
            value = getattr(value, step)
        elif isinstance(value, SimpleNamespace):
            value = getattr(value, step)
        elif isinstance(value, tuple):
            named = [one for one in value if getattr(one, "id", getattr(one, "name", None)) == step]
            if named:
                value = named[0]
            elif step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                return any(isinstance(one, SimpleNamespace) for one in value)
        else:
            return False
    return True
