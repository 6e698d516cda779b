"""Every step from the answers to one evaluatee's score and place, with its numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from scoring.rank import TIE
from toolkit.errors import no_evaluatee
from toolkit.parts.assess import Assessed
from toolkit.parts.explained import part_rows
from toolkit.placing import published
from toolkit.report.writing import HIDDEN, count, fixed, or_hidden, percent, span
from toolkit.scheme import Group, Scheme
from toolkit.scores import Scores
from toolkit.small_groups import notes_told
from toolkit.words import Language
from toolkit.words import percent as share

COUNTS = ("valid", "dont_know", "refused", "blank")
INSIDE = ("score", "period", "event", "mean", "weighted")
LEAST_DIGITS, MOST_DIGITS = 4, 9  # ``published`` takes what differs by less than 1e-9 for the same

TEXT: dict[str, tuple[str, str]] = {
    "head": (
        "{evaluatee}：{score} 分，第 {rank} 名（{name}，{units} 个单位；{title}）",
        "{evaluatee}: {score}, place {rank} ({name}, {units} evaluatees; {title})",
    ),
    "valid": ("有效", "valid"),
    "dont_know": ("不了解", "don't know"),
    "refused": ("拒答", "refused"),
    "blank": ("空白", "blank"),
    "mean": ("均值", "mean"),
    "group": ("{name}（占 {weight}）", "{name} (weight {weight})"),
    "weighted_mean": ("{mean}（按抽样设计加权）", "{mean} (weighted by the design)"),
    "score": ("得分", "score"),
    "weighted": ("× 权重", "× weight"),
    "composite": ("综合得分", "composite"),
    "change": ("复核变更", "change in review"),
    "changed": (
        "{before} {points:+g} = {after}（{reason}；{office}）",
        "{before} {points:+g} = {after} ({reason}; {office})",
    ),
    "published": ("公布得分", "published"),
    "rounding": (
        "{exact} → {score}（四舍五入，{decimals} 位小数）",
        "{exact} → {score} (half up, {decimals} decimals)",
    ),
    "rank": ("名次", "place"),
    "grade": ("等级", "grade"),
    "above_min": ("{units} 个单位中 {above} 个更高", "{above} of {units} are higher"),
    "above_ordinal": ("{units} 个单位中 {above} 个更高", "{above} of {units} are higher"),
    "above_dense": (
        "{units} 个单位中 {above} 个更高，占 {before} 个名次",
        "{above} of {units} are higher, on {before} places",
    ),
    "tied": ("，{tied} 个与它并列", ", {tied} tie with it"),
    "place": ("{above}{tied}：第 {rank} 名（{on}；{ties}）", "{above}{tied}: place {rank} ({on}; {ties})"),
    "unrounded": ("按未舍入的得分", "on unrounded scores"),
    "rounded": ("按公布的得分", "on published scores"),
    "min": ("并列取较前的名次", "ties share the better place"),
    "dense": ("并列的名次相同，其后顺延", "ties share a place, the next follows on"),
    "ordinal": ("同分的依次比较{groups}的得分", "ties are told apart by the scores of {groups}"),
    "variance": ("方差：{name}", "variance: {name}"),
    "part": ("{weight}² × {se}² = {part}，占 {share}", "{weight}² × {se}² = {part}, {share} of all"),
    "se": ("标准误", "standard error"),
    "df": ("自由度", "degrees of freedom"),
    "no_error": ("没有抽样误差：得分不由抽样得来", "no sampling error: the score comes from no sample"),
    "no_limit": ("∞（正态分布）", "∞ (the normal distribution)"),
    "interval": ("{level}区间", "{level} interval"),
    "places": ("名次区间", "places possible"),
    "sure": (
        "{places}（{level}的把握下，全类的真实名次同时落在各自的区间内）",
        "{places} (with {level} confidence all true places of the class lie in their ranges at once)",
    ),
    "alike": ("单凭名次区间分不出先后", "not told apart by these ranges"),
    "one": ("{name}（第 {rank} 名）", "{name} (place {rank})"),
    "nobody": ("没有：名次区间不与任何单位重叠", "nobody: no other range of places meets its own"),
    "comma": ("、", ", "),
}  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """How one evaluatee came to its score and place.

    Attributes
    ----------
    evaluatee : str
    head : str
        The outcome in a sentence.
    steps : DataFrame
        One row per step, in order: ``step`` (``group``, ``answers``, ``score``, ``weighted``,
        ``composite``, ``change`` (of a review), ``published``, ``rank``, ``variance``, ``se``, ``df``,
        ``interval``, ``places``, ``alike``), ``group``, ``indicator``, ``label`` (what the step gives, in
        words), ``valid``, ``dont_know``, ``refused`` and ``blank`` answers of an indicator, ``working``
        (the step with its numbers) and ``value`` (its unrounded result). What the scheme's
        ``small_groups`` hides is * in words and missing as a number.
    language : "zh" or "en"
    notes : tuple of str
        What * stands for, where something is hidden.
    """

    evaluatee: str
    head: str
    steps: pd.DataFrame
    language: Language = "zh"
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from toolkit.show import explanation_html

        return explanation_html(self)


def explain(scores: Scores, evaluatee: str, language: Language = "zh") -> Explanation:
    """Show every step from the answers to an evaluatee's score and place.

    Means of indicators that count every answer the same are written as the fraction they are; other
    numbers with as many digits as a calculator needs to come to the published score.

    Parameters
    ----------
    scores : Scores
    evaluatee : str
    language : "zh" or "en"

    Returns
    -------
    Explanation

    Raises
    ------
    UnknownNameError
        There is no such evaluatee; the nearest names are told.
    """
    scheme = scores.scheme
    if evaluatee not in scheme.evaluatees:
        raise no_evaluatee(scheme.id, evaluatee, scheme.evaluatees)
    case = _Case.of(scores, evaluatee, language)
    rows = [*_score_rows(case), *_place_rows(case), *_error_rows(case)]
    steps = pd.DataFrame([{**BLANK, **row} for row in rows])
    kinds = dict.fromkeys(COUNTS, "Int64")
    head = case.say(
        "head",
        evaluatee=evaluatee,
        score=fixed(case.row["score"], scheme.ranking.decimals),
        rank=case.row["rank"],
        name=scheme.class_of(evaluatee).name,
        units=len(case.rivals) + 1,
        title=scheme.title,
    )
    notes = tuple(notes_told(scores, language, evaluatee))
    return Explanation(evaluatee, head, steps.astype(kinds), language, notes)


Row = dict[Hashable, Any]
BLANK: Row = {
    **dict.fromkeys(("step", "group", "indicator", "label"), ""),
    **dict.fromkeys(COUNTS),
    "working": "",
    "value": np.nan,
}


@dataclass(frozen=True)
class _Case:
    """What the scores hold of one evaluatee.

    Attributes
    ----------
    row : dict
        Its row of the table.
    rivals : DataFrame
        The rows of the others in its class, best first.
    groups : list of (Group, dict, list of dict)
        With its rows of ``groups`` and of ``answers``.
    surveyed : float
        Its unrounded composite before any change of a review.
    changes : list of dict
        Its rows of the trail.
    digits : int
        Decimals of intermediate numbers.
    grade : list of dict
        Its row of the grades, where the scheme has them.
    """

    scheme: Scheme
    language: Language
    row: Row
    rivals: pd.DataFrame
    groups: list[tuple[Group, Row, list[Row]]]
    surveyed: float
    changes: list[Row]
    digits: int
    grade: list[Row]
    assessed: Assessed | None

    @classmethod
    def of(cls, scores: Scores, evaluatee: str, language: Language) -> _Case:
        scheme, table, shown = scores.scheme, scores.shown.table, scores.shown
        row = table[table["evaluatee"] == evaluatee].to_dict("records")[0]
        peers = table[table["class"] == row["class"]].sort_values(["rank", "evaluatee"])
        own, answers = (
            frame[frame["evaluatee"] == evaluatee].to_dict("records")
            for frame in (shown.groups, shown.answers)
        )
        groups = [
            (group, one, [each for each in answers if each["group"] == group.id])
            for group, one in zip(scheme.groups, own, strict=True)
        ]
        made = scores.assessed
        rivals = peers[peers["evaluatee"] != evaluatee]
        surveyed = float(scores.surveyed[evaluatee])
        changes = scores.trail[scores.trail["evaluatee"] == evaluatee].to_dict("records")
        digits = LEAST_DIGITS if made else _digits(scheme, row, groups, surveyed, changes)
        grades = scores.grades[scores.grades["evaluatee"] == evaluatee].to_dict("records")
        return cls(scheme, language, row, rivals, groups, surveyed, changes, digits, grades, made)

    def say(self, sentence: str, **values: Any) -> str:
        return TEXT[sentence]["zh en".split().index(self.language)].format(**values)

    def number(self, value: float) -> str:
        return or_hidden(fixed(value, self.digits))

    @property
    def hides(self) -> bool:
        """Whether a group is hidden: then its error would follow from the others' and the whole."""
        return any(np.isnan(own["estimate"]) for _, own, _ in self.groups)


def _digits(
    scheme: Scheme,
    row: Row,
    groups: Sequence[tuple[Group, Row, list[Row]]],
    surveyed: float,
    changes: Sequence[Row],
) -> int:
    """Find how many decimals lead from any line of the working to the published score."""
    decimals = scheme.ranking.decimals
    for digits in range(max(LEAST_DIGITS, decimals + 2), MOST_DIGITS):
        if any(pd.isna(one["points"]) for _, _, answers in groups for one in answers):
            return digits  # what is hidden cannot be worked out again
        moved = sum((Fraction(repr(one["points"])) for one in changes), Fraction(0))
        ways = [moved + Fraction(fixed(surveyed, digits)), moved, moved, moved]
        for group, own, answers in groups:
            weight = Fraction(repr(group.weight))
            ways[1] += weight * sum(_points(scheme, one, digits) for one in answers) / len(answers)
            ways[2] += weight * Fraction(fixed(own["estimate"], digits))
            ways[3] += Fraction(fixed(group.weight * own["estimate"], digits))
        if (published(np.array([float(way) for way in ways]), decimals) == row["score"]).all():
            return digits
    return MOST_DIGITS


def _points(scheme: Scheme, one: Row, digits: int) -> Fraction:
    """What an indicator's printed mean counts of the full mark."""
    scale = scheme.scale
    if scale.has_values:
        return Fraction(fixed(one["points"], digits))
    mean = Fraction(fixed(one["mean"], digits))
    above = mean - scale.low if scale.best == "high" else scale.high - mean
    return Fraction(repr(scheme.full_mark)) / (scale.high - scale.low) * above


def _score_working(scheme: Scheme, answers: Sequence[Row], digits: int) -> str:
    """Write a group's score as the plan computes it from the printed means."""
    scale, full = scheme.scale, f"{scheme.full_mark:g}"
    low, high = (f"({end})" if end < 0 else str(end) for end in (scale.low, scale.high))
    means = [or_hidden(fixed(one["points" if scale.has_values else "mean"], digits)) for one in answers]
    if scale.has_values:
        return f"({' + '.join(means)}) ÷ {len(means)}"
    if scale.best == "low":
        means = [f"({high} − {mean})" for mean in means]
    elif scale.low:
        means = [f"({mean} − {low})" for mean in means]
    return f"{full} ÷ ({high} − {low}) × ({' + '.join(means)}) ÷ {len(means)}"


def _score_rows(case: _Case) -> Iterator[Row]:
    """Give the answers, each group's score, and the composite."""
    scheme, number = case.scheme, case.number
    for group, own, answers in case.groups:
        label = case.say("group", name=group.name, weight=share(group.weight))
        yield {"step": "group", "group": group.id, "label": label, "value": group.weight}
        for one in answers:
            counts = {name: one[name] for name in ("indicator", *COUNTS)}
            working = _mean(case, group, one)
            yield {"step": "answers", "group": group.id, "label": one["indicator"], **counts} | {
                "working": working,
                "value": one["points" if scheme.scale.has_values else "mean"],
            }
        working = f"{_score_working(scheme, answers, case.digits)} = {number(own['estimate'])}"
        if np.isnan(own["estimate"]):
            working = HIDDEN
        yield _row(case, "score", working, own["estimate"], group)
        part = group.weight * own["estimate"]
        working = f"{number(own['estimate'])} × {share(group.weight)} = {number(part)}"
        yield _row(case, "weighted", working, part, group)
    exact = number(case.surveyed)
    if case.assessed is None:
        parts = " + ".join(number(group.weight * own["estimate"]) for group, own, _ in case.groups)
        yield _row(case, "composite", f"{parts} = {exact}", case.surveyed)
    else:
        yield from part_rows(case.assessed, scheme, str(case.row["evaluatee"]), case.language, number, share)
    score = case.surveyed
    for change in case.changes:
        before, score = number(score), score + change["points"]
        told = {name: change[name] for name in ("points", "reason", "office")}
        yield _row(case, "change", case.say("changed", before=before, after=number(score), **told), score)
    exact = number(case.row["estimate"])
    decimals = scheme.ranking.decimals
    shown = fixed(case.row["score"], decimals)
    rounding = case.say("rounding", exact=exact, score=shown, decimals=decimals)
    yield _row(case, "published", rounding, case.row["score"])


def _mean(case: _Case, group: Group, one: Row) -> str:
    has_values = case.scheme.scale.has_values
    mean = case.number(one["points" if has_values else "mean"])
    if pd.isna(one["valid"]):
        return HIDDEN
    if group.official == "design":
        return case.say("weighted_mean", mean=mean)
    if has_values:  # of each label so many answers times what it is worth: values may have decimals
        return f"{case.number(one['points'] * one['valid'])} ÷ {count(one['valid'])} = {mean}"
    # Ratings are whole numbers, so their sum is what the mean lost to division.
    return f"{count(round(one['mean'] * one['valid']))} ÷ {count(one['valid'])} = {mean}"


def _place_rows(case: _Case) -> Iterator[Row]:
    rule = case.scheme.ranking
    column = "score" if rule.rank_on == "published" else "estimate"
    ahead = case.rivals[column].to_numpy() - case.row[column]
    above, tied = int((ahead > TIE).sum()), int((np.abs(ahead) <= TIE).sum())
    rank = case.row["rank"]
    names = {group.id: group.name for group in case.scheme.groups}
    working = case.say(
        "place",
        above=case.say(f"above_{rule.ties}", units=len(ahead) + 1, above=above, before=rank - 1),
        tied=case.say("tied", tied=tied) if tied else "",
        rank=rank,
        on=case.say("rounded" if rule.rank_on == "published" else "unrounded"),
        ties=case.say(rule.ties, groups="、".join(names[one] for one in rule.break_by)),
    )
    yield _row(case, "rank", working, rank)


def _error_rows(case: _Case) -> Iterator[Row]:
    """Give the variance by group, the interval, and the places it leaves open."""
    row, decimals = case.row, case.scheme.ranking.decimals
    if case.assessed is not None:
        yield from _whole_error(case)
        sampled = row["se"] > 0 or (case.rivals["se"] > 0).any()
        yield from _place_range(case) if sampled else _grade_rows(case)
        return
    parts = [((group.weight * own["se"]) ** 2, own["df"]) for group, own, _ in case.groups]
    whole = sum(part for part, _ in parts)
    for (group, own, _), (part, _) in zip(case.groups, parts, strict=True):
        working = case.say(
            "part",
            weight=f"{group.weight:.10g}",
            se=fixed(own["se"], 4),
            part=fixed(part, 6),
            share=percent(part / whole if whole > 0 else np.nan),
        )
        if case.hides:  # the shares of the others, and the whole, would tell the hidden part
            working, part = HIDDEN, np.nan
        label = case.say("variance", name=group.name)
        yield _row(case, "variance", working, part, group) | {"label": label}
    if case.hides:
        yield from _hidden_errors(case)
        yield from _place_range(case)
        return
    total = " + ".join(fixed(part, 6) for part, _ in parts)
    yield _row(case, "se", f"√({total}) = {fixed(row['se'], 4)}", row["se"])
    loads = [f"{fixed(part, 6)}² ÷ {df:g}" for part, df in parts if part > 0 and np.isfinite(df)]
    freedom = f"{fixed(whole, 6)}² ÷ ({' + '.join(loads)}) = {fixed(row['df'], 1)}"
    limited = np.isfinite(row["df"])
    yield _row(case, "df", freedom if limited else case.say("no_limit"), row["df"])
    half = row["high"] - row["estimate"]
    ends = span(fixed(row["low"], decimals), fixed(row["high"], decimals))
    times = fixed(half / row["se"] if row["se"] > 0 else 0.0, 4)
    working = f"{case.number(row['estimate'])} ± {times} × {fixed(row['se'], 4)} = {ends}"
    level = share(case.scheme.level)
    yield _row(case, "interval", working, half) | {"label": case.say("interval", level=level)}
    yield from _place_range(case)


def _whole_error(case: _Case) -> Iterator[Row]:
    """Give the error of a score that is not a survey's alone, and the interval."""
    row, decimals = case.row, case.scheme.ranking.decimals
    if not row["se"] > 0:
        yield _row(case, "se", case.say("no_error"), 0.0)
        return
    yield _row(case, "se", fixed(row["se"], 4), row["se"])
    limited = np.isfinite(row["df"])
    yield _row(case, "df", fixed(row["df"], 1) if limited else case.say("no_limit"), row["df"])
    half = row["high"] - row["estimate"]
    ends = span(fixed(row["low"], decimals), fixed(row["high"], decimals))
    working = (
        f"{case.number(row['estimate'])} ± {fixed(half / row['se'], 4)} × {fixed(row['se'], 4)} = {ends}"
    )
    level = share(case.scheme.level)
    yield _row(case, "interval", working, half) | {"label": case.say("interval", level=level)}


def _hidden_errors(case: _Case) -> Iterator[Row]:
    """Give the interval as it is published, and nothing from which a hidden group's error follows."""
    row, decimals = case.row, case.scheme.ranking.decimals
    half = row["high"] - row["estimate"]
    ends = span(fixed(row["low"], decimals), fixed(row["high"], decimals))
    yield _row(case, "se", HIDDEN)
    yield _row(case, "df", HIDDEN)
    working = f"{case.number(row['estimate'])} ± {fixed(half, decimals)} = {ends}"
    label = case.say("interval", level=share(case.scheme.level))
    yield _row(case, "interval", working, published(np.array([half]), decimals)[0]) | {"label": label}


def _place_range(case: _Case) -> Iterator[Row]:
    """Give the places that the error leaves open, who shares them, and the grade."""
    row, level = case.row, share(case.scheme.level)
    places = span(str(row["rank_low"]), str(row["rank_high"]))
    yield _row(case, "places", case.say("sure", places=places, level=level))
    near = case.rivals[
        (case.rivals["rank_low"] <= row["rank_high"]) & (case.rivals["rank_high"] >= row["rank_low"])
    ]
    names = [
        case.say("one", name=name, rank=rank)
        for name, rank in zip(near["evaluatee"], near["rank"], strict=True)
    ]
    yield _row(case, "alike", case.say("comma").join(names) or case.say("nobody"), len(names))
    yield from _grade_rows(case)


def _grade_rows(case: _Case) -> Iterator[Row]:
    for line in case.grade:
        yield _row(
            case, "grade", line["statement" if case.language == "zh" else "statement_en"], line["chance"]
        )


def _row(case: _Case, step: str, working: str, value: float = np.nan, group: Group | None = None) -> Row:
    label = case.say(step) if step not in ("variance", "interval") else ""
    return {
        "step": step,
        "group": group.id if group else "",
        "label": label,
        "working": working,
        "value": float(value),
    }


def _lines(one: Explanation) -> Iterator[str]:
    """Write an explanation as text, indicators in columns."""
    at = "zh en".split().index(one.language)
    heads = {name: TEXT[name][at] for name in (*COUNTS, "mean")}
    colon = "：" if one.language == "zh" else ": "
    rows = one.steps.to_dict("records")
    answers = [row for row in rows if row["step"] == "answers"]
    room = max((_width(row["label"]) for row in answers), default=0)
    written = {name: [_count(row[name]) for row in answers] for name in COUNTS}
    widths = {name: max(map(len, texts), default=0) for name, texts in written.items()}
    yield one.head
    for row in rows:
        if row["step"] in ("group", "part", "composite"):
            yield ""
        if row["step"] in ("group", "part"):
            yield row["label"]
        elif row["step"] == "answers":
            counts = "  ".join(f"{heads[name]} {_count(row[name]):>{widths[name]}}" for name in widths)
            padded = row["label"] + " " * (room - _width(row["label"]))
            yield f"  {padded}  {counts}  {heads['mean']} {row['working']}"
        else:
            indent = "  " if row["step"] in INSIDE else ""
            yield f"{indent}{row['label']}{colon}{row['working']}"
    if one.notes:
        yield from ("", *one.notes)


def _count(number: Any) -> str:
    return HIDDEN if pd.isna(number) else count(number)


def _width(text: str) -> int:
    """Count the columns of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
