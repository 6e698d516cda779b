"""What a scheme's scores are made of beside a survey, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scoring.points.rules import AsDecided, PerCase, PerLevel, Rule, ScoreLimit, TotalLimit
from toolkit.parts.kinds import Completed, Figures, Inspections, ScorePart, Start, counted_rules
from toolkit.respondent_rule import PerRespondent, per_respondent_in_words
from toolkit.scheme import Scheme

Language = Literal["zh", "en"]

PARTS = ("得分由以下部分组成", "Scores are made of")
EVENTS = ("对综合得分的增减", "What events do to the whole")
FEWER = {
    "error": ("不足的停止计算", "fewer stop the scoring"),
    "average": ("不足的按已有的平均", "who has fewer is averaged over those"),
    "leave_out": ("不足的没有这一部分", "who has fewer lacks the part"),
}
ERROR = {
    "none": ("，检查即全部，没有误差", ", all there are: no error"),
    "sample": (
        "，检查视为从许多次中抽出，均值的误差按各自各期的散布算",
        ", taken as drawn from many: the mean has an error, from each one's own spread",
    ),
    "pooled": (
        "，检查视为从许多次中抽出，均值的误差按全类各期的散布合算",
        ", taken as drawn from many: the mean has an error, from the spread over the whole class",
    ),
}
LACKING = {
    "error": ("缺一部分的停止计算", "who lacks a part stops the scoring"),
    "reweight": ("缺一部分的，其余部分按比例放大", "who lacks a part has the others in proportion"),
    "leave_out": ("缺一部分的没有得分", "who lacks a part has no score"),
    "zero": ("缺的部分计 0 分", "a part that is lacking counts 0"),
}
DUE_NOTHING = {
    "error": ("没有应办事项时停止计算", "nothing due stops the scoring"),
    "full": ("没有应办事项的计满分", "a task of which nothing is due counts in full"),
    "zero": ("没有应办事项的计 0 分", "a task of which nothing is due counts 0"),
}
BEYOND = {
    "error": ("超额时停止计算", "more done than due stops the scoring"),
    "full": ("超额的计满分", "more done than due counts in full"),
    "counts": ("超额的按比例多计", "more done than due counts more"),
}


def parts_in_words(scheme: Scheme, language: Language) -> Iterator[str]:
    """Tell parts, events, periods and limits of cases, a line each; nothing where there are none."""
    at = ("zh", "en").index(language)
    shared = [("", scheme.parts)] if scheme.parts else []
    colon = ("：", ": ")[at]
    own = [(f"{each.name}{colon}", each.parts) for each in scheme.classes if each.parts]
    for whose, parts in (*shared, *own):
        yield f"{whose}{PARTS[at]}{('；', '; ')[at]}{LACKING[scheme.lacking_part][at]}"
        for part in parts:
            yield f"  {_part(part, at)}"
            yield from (f"    {rule_in_words(rule, language)}" for rule in counted_rules(part.events))
    if scheme.events:
        yield EVENTS[at]
        for one in scheme.events:
            if isinstance(one, PerRespondent):
                yield f"  {per_respondent_in_words(scheme, one, language)}"
            else:
                yield f"  {rule_in_words(one, language)}"
    if scheme.periods.average:
        kinds = "、".join(scheme.periods.average)
        yield (f"均值只计“{kinds}”类的各期", f"Only periods of the kind {kinds} are averaged")[at]
    if scheme.periods.streaks:
        kinds = "、".join(scheme.periods.streaks)
        yield (f"连续与累计只看“{kinds}”类的各期", f"Streaks count periods of the kind {kinds} alone")[at]
    if scheme.periods.awards == "each":
        yield ("奖惩按各期名次", "Awards follow the places of each period")[at]
    for limit in scheme.case_limits:
        events = "、".join(limit.events)
        yield (
            f"{events}合计 {limit.at_least} 件及以上：{limit.consequence}",
            f"{limit.at_least} or more cases of {events} together: {limit.consequence}",
        )[at]
    if scheme.counts_into is not None:
        name, points = scheme.counts_into.name, scheme.counts_into.points
        counting = scheme.counts_into.classes
        whose = "、".join(one.name for one in scheme.classes if one.id in counting)
        zh = "原文未载分值" if points == "unstated" else f"满分计 {points:g} 分"
        left = "the plan leaves the points out"
        en = left if points == "unstated" else f"{points:g} points for the full mark"
        only = (f"（只有{whose}）", f" ({whose} alone)")[at] if whose else ""
        yield (f"计入{name}{only}：{zh}", f"Counts into {name}{only}: {en}")[at]


def _part(part: ScorePart, at: int) -> str:
    source, weight = part.source, f"{part.weight * 100:.10g}%"
    told = ("调查得分", "the survey")
    if isinstance(source, Inspections):
        items = "、".join(f"{one.name} {one.points:g}" for one in source.items)
        of = (
            f"（{items}；只查部分项目的按所查项目的满分折算）",
            f" ({items}; some of them count on their own full mark)",
        )
        error = ERROR[source.error]
        told = (
            f"检查得分{of[0] if items else ''}，至少 {source.average.at_least} 期，取各期均值{error[0]}",
            f"points of inspections{of[1] if items else ''}, "
            f"the mean of at least {source.average.at_least}{error[1]}",
        )
        told = _both(told, FEWER[source.average.fewer])
    elif isinstance(source, Completed):
        items = "、".join(f"{one.name} {one.points:g}" for one in source.items)
        told = (
            f"任务得分＝分值×已办÷应办（{items}）",
            f"tasks: points × done / due ({items})",
        )
        told = _both(_both(told, DUE_NOTHING[source.nothing_due]), BEYOND[source.beyond])
    elif isinstance(source, Start):
        told = (f"起始 {source.value:g} 分", f"a start of {source.value:g}")
    elif isinstance(source, Figures):
        told = (
            f"由表 {source.table} 的 {source.column} 给出",
            f"given in the table {source.table}, {source.column}",
        )
    return (f"{part.name} {weight}：{told[0]}", f"{part.name} {weight}: {told[1]}")[at]


def _both(a: tuple[str, str], b: tuple[str, str]) -> tuple[str, str]:
    return f"{a[0]}；{b[0]}", f"{a[1]}; {b[1]}"


def rule_in_words(rule: Rule, language: Language) -> str:
    """Tell a rule of points.

    Examples
    --------
    >>> rule_in_words(PerCase("通报批评", -1), "zh"), rule_in_words(PerCase("通报批评", -1, most=3), "en")
    ('通报批评：每次 -1 分', '通报批评: -1 for each case, 3 at most')
    """
    at = ("zh", "en").index(language)
    after = ("（不影响名次）", " (places do not follow it)")[at] if rule.when == "after" else ""
    if isinstance(rule, TotalLimit | ScoreLimit):
        what = ("增减合计", "all events together") if isinstance(rule, TotalLimit) else ("得分", "the score")
        low = "" if rule.low is None else (f"不低于 {rule.low:g}", f"at least {rule.low:g}")[at]
        high = "" if rule.high is None else (f"不高于 {rule.high:g}", f"at most {rule.high:g}")[at]
        ends = ("、", ", ")[at].join(one for one in (low, high) if one)
        return f"{what[at]} {ends}{after}"
    colon = ("：", ": ")[at]
    if isinstance(rule, PerCase):
        told = (f"每次 {rule.points:+g} 分", f"{rule.points:+g} for each case")[at]
    elif isinstance(rule, PerLevel):
        levels = ("、", ", ")[at].join(f"{one.name} {one.points:+g}" for one in rule.levels)
        told = (f"每次按级别 {levels} 分", f"for each case by level {levels}")[at]
    elif isinstance(rule, AsDecided):
        low, high = f"{rule.low:+g}", f"{rule.high:+g}"
        told = (f"按决定，{low} 至 {high} 分", f"as decided, {low} to {high}")[at]
    else:
        most = "" if rule.score is None else f"{rule.score:g}"
        score = most and (f"得分至多 {most}", f"a score of {most} at most")[at]
        grade = "" if rule.grade is None else (f"至多评为{rule.grade}", f"{rule.grade} at best")[at]
        ends = ("、", ", ")[at].join(one for one in (score, grade) if one)
        return f"{rule.event}{colon}{('一票否决，', 'veto, ')[at]}{ends}{after}"
    most = "" if rule.most is None else (f"，合计至多 {rule.most:g} 分", f", {rule.most:g} at most")[at]
    return f"{rule.event}{colon}{told}{most}{after}"
