"""A scheme told in words, in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, Literal

from sampling.allocation.declared import AtLeastShare, Bethel, CostOptimal
from sampling.designs import (
    PPS,
    Bernoulli,
    Census,
    Design,
    Proportional,
    Quota,
    Stratified,
    Systematic,
    number_of,
)
from scoring.scale import Label
from scoring.sensitivity.verdict import VerdictRule
from toolkit.assignments import assignments_in_words
from toolkit.duties.words import columns_called, duties_in_words
from toolkit.parts.words import parts_in_words
from toolkit.rounds_rule import rounds_in_words
from toolkit.rule_words import rules_in_words, streaks_in_words
from toolkit.satisfaction_rule import satisfaction_in_words
from toolkit.scheme import Draw, InterviewRules, Scheme
from toolkit.small_groups import rule_told

Language = Literal["zh", "en"]
NO_NAMES: Mapping[str, str] = MappingProxyType({})

PLAN: dict[str, tuple[str, str]] = {
    "head": ("{title}（{id}）", "{title} ({id})"),
    "place": ("地点：{place}", "Place: {place}"),
    "size": (
        "被评单位 {units} 个，分 {classes} 类；每个单位 {valid} 份有效回答，来自 {groups} 类对象。",
        "{units} evaluatees in {classes} classes; {valid} valid answers for each, from {groups} groups.",
    ),
    "size_alone": ("被评单位 {units} 个，分 {classes} 类。", "Evaluatees: {units}; classes: {classes}."),
    "class_unranked": ("  {name}：{units} 个", "  {name}: {units}"),
    "no_scores": ("方案不打分、不排名。", "The plan scores and ranks nobody."),
    "class_alone": ("  {name}：{units} 个，单独排名", "  {name}: {units}, ranked apart"),
    "levels": (
        "区间和名次区间的置信水平为 {level}。",
        "The confidence level of intervals and ranges of places is {level}.",
    ),
    "classes": ("被评单位", "Evaluatees"),
    "class": (
        "  {name}：{units} 个，{indicators} 项指标（{names}），{by}组织，单独排名",
        "  {name}: {units}, {indicators} indicators ({names}), conducted by {by}, ranked apart",
    ),
    "scale": ("评分", "Ratings"),
    "scale_steps": (
        "  每项 {low}—{high} 分：{labels}。{empty} 先剔除（{per}），再算每项均值，各项平均后折成 {mark} 分。",
        "  Each indicator {low}–{high}: {labels}. {empty} is removed first ({per}); the mean of each indicator over "
        "its valid answers, averaged over the indicators, is put on a scale of {mark}.",
    ),
    "scale_low_best": (
        "  每项 {low}—{high} 分，{low} 最好：{labels}。{empty} 先剔除（{per}），再算每项均值，各项平均后折成 {mark} 分"
        "（{low} 折成 {mark}，{high} 折成 0）。",
        "  Each indicator {low}–{high}, {low} is best: {labels}. {empty} is removed first ({per}); the mean of each "
        "indicator over its valid answers, averaged over the indicators, is put on a scale of {mark} ({low} counts "
        "{mark}, {high} counts 0).",
    ),
    "scale_values": (
        "  每项 {low}—{high} 分，按等次计分：{labels}。{empty} 先剔除（{per}），再算每项计分的均值，各项平均（满分 {mark}）。",
        "  Each indicator {low}–{high}, counted by its label: {labels}. {empty} is removed first ({per}); the mean of "
        "each indicator over its valid answers is averaged over the indicators (full mark {mark}).",
    ),
    "worth": ("计 {value:g} 分", "counts {value:g}"),
    "indicator": ("按指标", "per indicator"),
    "respondent": ("整份", "with the whole sheet"),
    "groups": ("调查对象", "Respondents"),
    "group": (
        "  {name}：{valid} 人，占 {weight}。{official}{population}",
        "  {name}: {valid}, weight {weight}. {official}{population}",
    ),
    "interviews": (
        "访问：{least}核查访问员时，全体都诚实的一轮里有人被列入的机会不超过 {level}。",
        "Interviews: {least}in a round where all are honest, the chance that anybody is listed is at most {level}.",
    ),
    "least_minutes": ("不少于 {minutes:g} 分钟；", "at least {minutes:g} minutes; "),
    "plain": ("每份有效回答同等计算。", "Every valid answer counts the same. "),
    "design": ("按抽样设计加权。", "Answers are weighted by the design. "),
    "finite": ("名单即全体，误差按有限总体计。", "The lists are all there is; errors use the finite population."),
    "infinite": ("名单代表更多的人，误差按无限总体计。", "The lists stand for more; errors use an infinite population."),
    "samples": ("另抽的样本", "Samples beside"),
    "draw": ("    抽样 {name}：从名单 {frame}{each}，{how}。", "    draw {name}: from frame {frame}{each}, {how}."),
    "each": ("（每个单位各一份）", " (one list for each evaluatee)"),
    "spread": (
        "  分散评议：各单位从同一名单各抽各的人，每人评的单位数相差不超过一个（回避及递补者除外）。",
        "  spread: each evaluatee has its own sample of one list, everybody rating equally many to within one (but for recusals and those who take their places).",
    ),
    "at_most": ("，每人至多进 {most} 个单位的名单", ", nobody on the lists of more than {most} evaluatees"),
    "merged": ("（同一人的多行合并）", " (rows of one person merged)"),
    "census": ("全部调查", "take everyone"),
    "simple_random": ("简单随机抽取{n}", "simple random, {n}"),
    "systematic": ("随机起点等距抽取{n}{order}", "systematic from a random start, {n}{order}"),
    "systematic_circular": ("循环等距抽取{n}{order}", "circular systematic, {n}{order}"),
    "bernoulli": ("每个单位各以 {rate} 的概率独立抽取", "each unit for itself with probability {rate}"),
    "pps": ("按“{size}”成比例（PPS）抽取{n}", "with probability proportional to {size}, {n}"),
    "pps_other": (
        "按“{size}”成比例（PPS，{how}）抽取{n}{order}",
        "with probability proportional to {size} ({how}), {n}{order}",
    ),
    "pivotal": ("枢轴法", "pivotal method"),
    "chromy": ("Chromy 序贯法", "Chromy's sequential method"),
    "sampford": ("Sampford 法", "Sampford's method"),
    "conditional_poisson": ("条件泊松法，熵最大", "conditional Poisson, maximum entropy"),
    "tille": ("Tillé 剔除法", "Tillé's elimination"),
    "brewer": ("Brewer 法", "Brewer's method"),
    "pareto": ("帕累托法", "Pareto"),
    "pps_with_replacement": (
        "按“{size}”成比例有放回抽取{n}",
        "with probability proportional to {size} and replacement, {n}",
    ),
    "poisson": (
        "每个单位按“{size}”成比例的概率独立抽取，平均{n}",
        "each unit for itself with probability proportional to {size}, on average {n}",
    ),
    "balanced": (
        "平衡抽取{n}，使 {columns} 的加权总量与名单一致{by_size}",
        "balanced on {columns}, {n}{by_size}",
    ),
    "spatially_balanced": ("按 {columns} 散开抽取{n}{by_size}", "spread out over {columns}, {n}{by_size}"),
    "by_size": ("（概率与“{size}”成比例）", " (with probability proportional to {size})"),
    "ordered": ("（按{columns}排序）", " (in order of {columns})"),
    "stratified": ("按{by}分层，层内{inner}", "stratified by {by}, within strata {inner}"),
    "number": ("每层 {n} 个", "{n} in each"),
    "total": (" {n} 个", "{n}"),
    "proportional": (
        "共 {total} 个，按{size}分配，每层至少 {at_least} 个",
        "{total} in all, in proportion to {size}, at least {at_least} in each",
    ),
    "units": ("单位数", "the number of units"),
    "self_weighting": (
        "共 {total} 个，按自加权分配，每处至少 {at_least} 个",
        "{total} in all, so that weights are equal, at least {at_least} in each",
    ),
    "at_least_share": (
        "每层不少于 {share}（进为整数）{others}",
        "at least {share} of each, rounded up{others}",
    ),
    "other_shares": ("，其中 {others}", ", but {others}"),
    "equal": (
        "共 {total} 个，各层一样多，每层至少 {at_least} 个",
        "{total} in all, as many in each, at least {at_least}",
    ),
    "neyman": (
        "共 {total} 个，按单位数 × {of}的标准差分配（Neyman），每层至少 {at_least} 个",
        "{total} in all, after Neyman by the spread of {of}, at least {at_least} in each",
    ),
    "cost_optimal": (
        "{whole}，按{of}的标准差和{cost}的费用分配，每层至少 {at_least} 个",
        "{whole}, by the spread of {of} and the cost {cost}, at least {at_least} in each",
    ),
    "whole_total": ("共 {total} 个", "{total} in all"),
    "whole_budget": ("总费用不超过 {budget}", "for a budget of {budget}"),
    "power": (
        "共 {total} 个，按{size}的 {power} 次方 × {of}的变异系数分配，每层至少 {at_least} 个",
        "{total} in all, by {size} to the power {power} and the variation of {of}, at least {at_least} in each",
    ),
    "bethel": (
        "用最少的费用使变异系数不超过：{cv}（Bethel），每层至少 {at_least} 个",
        "the cheapest that keep coefficients of variation within {cv} (Bethel), at least {at_least} in each",
    ),
    "unannounced": (
        "；不打招呼：抽样时另造一把随机钥匙，检查完以前不告诉任何人",
        "; unannounced: with a random key of its own, told to nobody until the check is over",
    ),
    "capped": ("、至多 {at_most} 个", ", at most {at_most}"),
    "stated": ("给定值", "stated values"),
    "adjusted": (
        "  无回答：每个单位按{cells}分单元，答者承担未答者的权数",
        "  nonresponse: within each evaluatee in cells of {cells}, who answers takes over the weight of who does not",
    ),
    "adjusted_whole": (
        "  无回答：每个单位内，答者承担未答者的权数",
        "  nonresponse: within each evaluatee, who answers takes over the weight of who does not",
    ),
    "quota": (
        "配额 {n} 份，按{by}分单元，各单元按{size}分配；由调查员选人，没有入样概率",
        "a quota of {n} in cells of {by}, in proportion to {size}; interviewers choose, so there are no "
        "inclusion probabilities",
    ),
    "replicate": (
        "；备用样本按抽签顺序每层 {size} 个一批，整批启用",
        "; reserves are released whole, in replicates of {size} in each stratum in lottery order",
    ),
    "over_count": (
        "  配额单元满额以后的回答照样计入。",
        "  sheets beyond a full quota cell count too",
    ),
    "over_set_aside": (
        "  配额单元满额以后的回答按收到的先后另列，不计入。",
        "  sheets beyond a full quota cell are set aside, in the order in which they came",
    ),
    "reserve": ("，每 1 个正式样本另抽 {share:g} 个备用样本", ", with {share:g} reserves for each"),
    "composite": (
        "综合得分 = {terms}。区间和名次区间的置信水平为 {level}。",
        "Composite = {terms}. Intervals and rank sets at {level}.",
    ),
    "ranking": (
        "公布 {decimals} 位小数，{on}排名；并列{ties}。",
        "Published with {decimals} decimals, places on {on} scores; ties take the {ties} rank.",
    ),
    "lonely_error": (
        "某层只有一份有效样本时停止计算，指明该层。",
        "A stratum with one sampled unit out of several stops the scoring and is named.",
    ),
    "lonely_adjust": (
        "某层只有一份有效样本时，其误差按与全体均值之差估计（偏谨慎）。",
        "A stratum with one sampled unit out of several counts its difference from the mean of all (cautious).",
    ),
    "lonely_certainty": (
        "某层只有一份有效样本时，该层不计误差（偏乐观）。",
        "A stratum with one sampled unit out of several adds no error (bold).",
    ),
    "lonely_average": (
        "某层只有一份有效样本时，其误差取其他层的平均。",
        "A stratum with one sampled unit out of several takes the average error of the others.",
    ),
    "verdict": (
        "名次：与邻位真实先后相反的概率不低于 {toss_chance:g}、或权重余地不超过 {toss_weights:g} 为难分；"
        "不低于 {close_chance:g}、或不超过 {close_weights:g}、或少了什么名次会变为接近；否则为稳固。",
        "Places: a coin toss where the chance that it and a neighbour are the other way round is {toss_chance:g} or "
        "more, or weights {toss_weights:g} away swap them; close at {close_chance:g} and {close_weights:g}, or where "
        "the place changes when something is left out; otherwise safe.",
    ),
    "unstated": (
        "低满意度问责：方案没有给出办法，不作判定。",
        "Low satisfaction: the plan gives no rule, so nobody is held to account.",
    ),
    "below": (
        "低满意度问责：公布得分低于 {score:g} 分的单位。",
        "Low satisfaction: a published score below {score:g}.",
    ),
    "bottom": (
        "低满意度问责：每类最后 {places} 名（与其并列的在内）。",
        "Low satisfaction: the last {places} of each class, with those that tie with them.",
    ),
    "unrounded": ("按未舍入的分数", "unrounded"),
    "published": ("按公布的分数", "published"),
    "min": ("取较前的名次", "better (min)"),
    "dense": ("名次相同，其后顺延", "same, dense"),
    "ordinal": ("依次比较{groups}的得分", "place that the scores of {groups} tell: never the same"),
    "unclear": ("方案没有写明之处，本文件的读法", "What the plan leaves open, and how this file reads it"),
    "point": ("  {open}\n    → {reading}（{key}）", "  {open}\n    → {reading} ({key})"),
}  # fmt: skip


def scheme_in_words(scheme: Scheme, language: Language = "zh") -> str:
    """Tell a scheme in words.

    Names, labels and the open points stay in the scheme's own language.

    Examples
    --------
    >>> from toolkit.scheme import Scheme
    >>> text = scheme_in_words(Scheme.load("guangan-2013"))
    >>> text.splitlines()[2]
    '被评单位 79 个，分 4 类；每个单位 2015 份有效回答，来自 4 类对象。'
    """
    say = _speaker(language)
    lines = [say("head", title=scheme.title, id=scheme.id), say("place", place=scheme.place)]
    lines += [*_evaluatees_in_words(scheme, say, language), *_survey_in_words(scheme, say, language)]
    if scheme.samples:
        lines += ["", say("samples")]
        lines += [draw_in_words(one, language, scheme.column_names) for one in scheme.samples]
    lines += assignments_in_words(scheme, language)
    rule, called = scheme.ranking, {group.id: group.name for group in scheme.groups}
    called_columns = columns_called(scheme.tables, scheme.column_names)
    breakers = "、".join(called[one] for one in rule.break_by)
    lines += [
        "",
        *parts_in_words(scheme, language),
        *_composite_in_words(scheme, say),
        say("ranking", decimals=rule.decimals, on=say(rule.rank_on), ties=say(rule.ties, groups=breakers))
        if scheme.has_scores
        else say("no_scores"),
        *([say(f"lonely_{scheme.lonely_psu}"), rule_in_words(scheme, language)] if scheme.groups else []),
        *([say("verdict", **asdict(scheme.verdict))] if scheme.verdict != VerdictRule() else []),
        *satisfaction_in_words(scheme.satisfaction, language),
        *rules_in_words(scheme.grading, scheme.awards, language),
    ]
    for each in scheme.classes:
        if each.awards is not None:
            lines += [f"{each.name}", *(f"  {line}" for line in rules_in_words(None, each.awards, language))]
    lines += [
        *streaks_in_words(scheme.streaks, language),
        *rounds_in_words(scheme, language),
        *duties_in_words(scheme.duties, scheme.calendar, language, called_columns),
        *_interviews_in_words(scheme, say),
        *rule_told(scheme, language),
    ]
    if scheme.unclear:
        lines += ["", say("unclear")]
        lines += [say("point", open=one.open, reading=one.reading, key=one.key) for one in scheme.unclear]
    return "\n".join(lines)


def _evaluatees_in_words(scheme: Scheme, say: Callable[..., str], language: Language) -> list[str]:
    comma = "、" if language == "zh" else ", "
    units, classes = len(scheme.evaluatees), len(scheme.classes)
    if not scheme.groups:
        lines = [say("size_alone", units=units, classes=classes), "", say("classes")]
        rule = "class_alone" if scheme.has_scores else "class_unranked"
        return lines + [say(rule, name=one.name, units=len(one.evaluatees)) for one in scheme.classes]
    valid, groups = scheme.valid_answers, len(scheme.groups)
    lines = [say("size", units=units, classes=classes, valid=valid, groups=groups), "", say("classes")]
    for each in scheme.classes:
        told = {"units": len(each.evaluatees), "indicators": len(each.indicators)}
        names = comma.join(each.indicators)
        lines.append(say("class", name=each.name, names=names, by=each.conducted_by, **told))
    return lines


def _survey_in_words(scheme: Scheme, say: Callable[..., str], language: Language) -> list[str]:
    """Tell the ratings and the groups; nothing where there is no survey."""
    if not scheme.groups:
        return []
    scale, comma = scheme.scale, "、" if language == "zh" else ", "
    labels = comma.join(_label_in_words(one, say) for one in scale.labels)
    kind = "values" if scale.has_values else "low_best" if scale.best == "low" else "steps"
    lines = [
        "",
        say("scale"),
        say(
            f"scale_{kind}",
            low=scale.low,
            high=scale.high,
            labels=labels,
            empty=comma.join(scale.dont_know),
            per=say(scheme.dont_know.removed_per),
            mark=f"{scheme.full_mark:g}",
        ),
        "",
        say("groups"),
    ]
    for group in scheme.groups:
        lines.append(
            say(
                "group",
                name=group.name,
                valid=group.valid,
                weight=percent(group.weight),
                official=say(group.official),
                population=say(group.population),
            )
        )
        if group.adjust_by is not None:
            cells = comma.join(scheme.column_names.get(one, one) for one in group.adjust_by)
            lines.append(say("adjusted", cells=cells) if cells else say("adjusted_whole"))
        shown = (
            group.draws if group.own_lists else [replace(draw, per_evaluatee=False) for draw in group.draws]
        )
        lines += [draw_in_words(draw, language, scheme.column_names) for draw in shown]
        if group.overlap == "spread":
            lines.append(say("spread"))
        if group.is_quota and group.over_quota is not None:
            lines.append(say(f"over_{group.over_quota}"))
    return lines


def _composite_in_words(scheme: Scheme, say: Callable[..., str]) -> list[str]:
    if not scheme.has_scores:
        return []
    terms = " + ".join(f"{group.name}×{percent(group.weight)}" for group in scheme.groups)
    level = percent(scheme.level)
    return [say("composite", terms=terms, level=level)] if scheme.groups else [say("levels", level=level)]


def _interviews_in_words(scheme: Scheme, say: Callable[..., str]) -> list[str]:
    """Tell what the plan says of interviews; nothing where it says nothing."""
    rules = scheme.interviews
    if rules == InterviewRules():
        return []
    least = "" if rules.least_minutes is None else say("least_minutes", minutes=rules.least_minutes)
    return [say("interviews", least=least, level=percent(rules.level))]


def _label_in_words(label: Label, say: Callable[..., str]) -> str:
    ratings = str(label.low) if label.low == label.high else f"{label.low}–{label.high}"
    worth = "" if label.value is None else f" {say('worth', value=label.value)}"
    return f"{label.name} {ratings}{worth}"


def rule_in_words(scheme: Scheme, language: Language = "zh") -> str:
    """Tell the rule of low satisfaction in words."""
    rule = scheme.low_satisfaction_rule
    return str(_speaker(language)(rule.kind, **asdict(rule)))


def draw_in_words(draw: Draw, language: Language = "zh", names: Mapping[str, str] = NO_NAMES) -> str:
    """Tell one draw in words."""
    say = _speaker(language)
    each = (say("each") if draw.per_evaluatee else "") + (say("merged") if draw.merge_rows else "")
    how = design_in_words(draw.design, language, names)
    if draw.replicate is not None:
        how += say("replicate", size=draw.replicate)
    if draw.at_most is not None:
        how += say("at_most", most=draw.at_most)
    if draw.unannounced:
        how += say("unannounced")
    return str(say("draw", name=draw.name, frame=draw.frame, each=each, how=how))


def design_in_words(
    design: Design | Quota, language: Language = "zh", names: Mapping[str, str] = NO_NAMES
) -> str:
    """Tell a design in words, with other names for columns that have one.

    >>> from sampling import Systematic
    >>> design_in_words(Stratified("level", Systematic(n=20, order=("office",))), "en")
    'stratified by level, within strata systematic from a random start, 20 in each (in order of office)'
    """
    say = _speaker(language)
    comma = "、" if language == "zh" else ", "
    if isinstance(design, Quota):
        by = comma.join(names.get(column, column) for column in design.by)
        return str(say("quota", n=design.n, by=by, size=names.get(design.size, design.size)))
    if isinstance(design, Stratified):
        columns = (design.by,) if isinstance(design.by, str) else design.by
        by = comma.join(names.get(column, column) for column in columns)
        inner = _method(design.method, say, comma, "number", names)
        return str(say("stratified", by=by, inner=inner))
    return _method(design, say, comma, "total", names)


def _method(method: Any, say: Any, comma: str, plain: str, names: Mapping[str, str]) -> str:
    if isinstance(method, Census):
        return str(say("census"))
    if isinstance(method, Bernoulli):
        return str(say("bernoulli", rate=method.rate))
    number = number_of(method)
    n = say(plain, n=number) if isinstance(number, int) else _number(number, say, comma, names)
    order = getattr(method, "order", ())
    ordered = say("ordered", columns=comma.join(names.get(one, one) for one in order)) if order else ""
    column = getattr(method, "size", None)
    size = "" if column is None else names.get(column, column)
    reserve = getattr(method, "reserve", 0.0)
    columns = comma.join(names.get(one, one) for one in getattr(method, "on", getattr(method, "over", ())))
    by_size = say("by_size", size=size) if size else ""
    kind, how = method.kind, ""
    if isinstance(method, PPS) and method.method != "systematic":
        kind, how = "pps_other", say(method.method)
    if isinstance(method, Systematic) and method.circular:
        kind = "systematic_circular"
    told = str(say(kind, n=n, order=ordered, size=size, how=how, columns=columns, by_size=by_size))
    return told + (str(say("reserve", share=reserve)) if reserve else "")


def _number(number: Any, say: Any, comma: str, names: Mapping[str, str]) -> str:
    """Tell how a total is spread over the strata."""

    def column(value: Any) -> str:
        return names.get(value, value) if isinstance(value, str) else str(say("stated"))

    told: dict[str, Any] = {**asdict(number)}
    told |= {name: column(told[name]) for name in ("of", "cost", "size") if told.get(name) is not None}
    if isinstance(number, Proportional) and number.size is None:
        told["size"] = say("units")
    if isinstance(number, CostOptimal):
        told["whole"] = say("whole_budget" if number.total is None else "whole_total", **told)
    if isinstance(number, Bethel):
        every = {**number.cv, **{f"{name} ({number.by})": cv for name, cv in (number.by_cv or {}).items()}}
        told["cv"] = comma.join(f"{column(name)} {percent(cv)}" for name, cv in every.items())
    if isinstance(number, AtLeastShare):
        told["share"] = percent(number.share)
        others = comma.join(f"{name} {percent(share)}" for name, share in number.shares.items())
        told["others"] = say("other_shares", others=others) if others else ""
        return str(say(number.kind, **told))
    capped = "" if number.at_most is None else say("capped", at_most=number.at_most)
    return str(say(number.kind, **told)) + str(capped)


def percent(share: float) -> str:
    """Give a share in percent, with all its digits.

    >>> percent(0.07), percent(0.125)
    ('7%', '12.5%')
    """
    return f"{100 * share:.10g}%"


def _speaker(language: Language) -> Any:
    at = 0 if language == "zh" else 1

    def say(sentence: str, **values: Any) -> str:
        given: Mapping[str, Any] = values
        return PLAN[sentence][at].format(**given)

    return say
