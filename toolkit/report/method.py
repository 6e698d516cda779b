"""How the scores are made, in words: for the page and the workbook alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sampling.designs import Balanced, SpatiallyBalanced, Systematic, method_of
from scoring.scale import Scale
from toolkit.parts.words import parts_in_words
from toolkit.report.tables import largest_gap
from toolkit.report.writing import fixed, span, weight
from toolkit.scheme import Group, Scheme
from toolkit.scores import Scores
from toolkit.small_groups import rule_told
from toolkit.words import design_in_words

SHARES = "占有效评分的比例，先按指标、再按调查对象的权重综合。"
ALIKE = "“区间重叠的名次”含本单位自己；“—”是与同类每个单位的区间都不重叠。"
DIGESTS = (
    "名单指纹是编号和抽样所用各列逐行排序后的摘要；编号或这些列改动任何一处，指纹就不同。"
    "抽样凭据在本轮文件夹的 samples 中。"
)


@dataclass(frozen=True)
class Step:
    """A step of the computation: what is done, the formula, and what more there is to say."""

    title: str
    text: str = ""
    formula: str = ""
    after: str = ""
    points: tuple[str, ...] = ()


def terms(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """Explain the words of the league tables.

    Parameters
    ----------
    scheme : Scheme

    Returns
    -------
    tuple of (term, meaning)
    """
    level = weight(scheme.level)
    return (
        ("综合得分", f"{_whole(scheme)}，满分 {scheme.full_mark:g} 分。"),
        ("抽样误差", f"只调查了一部分人，换一批人得分会略有不同；± 后是 {level} 区间的半宽。"),
        ("名次区间", f"在 {level} 的把握下，同类全部单位的真实名次同时落在各自的名次区间内。"),
        ("区间重叠", "两个单位的名次区间有重叠：单凭名次区间分不出先后。"),
    )


def _whole(scheme: Scheme) -> str:
    return "各部分得分的加权和，加减事件的分" if scheme.has_tables else "各类调查对象得分的加权和"


def counted(scheme: Scheme) -> str:
    """Say which answers count towards the plan, which are valid, and what the two ways of scoring are."""
    also = "也计入" if scheme.dont_know.counts_as_answer else "不计入"
    return (
        f"“计入”是计划份数所数的回答，只答{_unsure(scheme)}的{also}；“含有效评分”指至少一项指标打了分。"
        "“两种计分”指每份有效回答同等计算和按抽样设计加权。"
    )


def stages(scheme: Scheme, group: Group) -> tuple[str, ...]:
    """Tell how a group is drawn, stage by stage."""
    told = []
    for draw in group.draws:
        where = "各单位名单内" if draw.per_evaluatee else ""
        where = "各单位从同一名单内" if group.overlap == "spread" else where
        merged = "（同一人的多行先合并）" if draw.merge_rows else ""
        told.append(f"{where}{design_in_words(draw.design, names=scheme.column_names)}{merged}")
    return tuple(f"第 {at} 阶段：{one}" for at, one in enumerate(told, 1)) if len(told) > 1 else tuple(told)


def method_steps(scores: Scores, gaps: str) -> tuple[Step, ...]:
    """Tell how scores, errors and places were computed.

    Parameters
    ----------
    scores : Scores
    gaps : str
        Where the reader finds each group's difference between the two ways of scoring.
    """
    return (
        _group_score(scores.scheme),
        _composite(scores),
        _weighting(scores, gaps),
        _error(scores),
        _places(scores.scheme),
        _sets(scores.scheme),
        *(Step("小范围隐去", text) for text in rule_told(scores.scheme)[:1]),
    )


def _group_score(scheme: Scheme) -> Step:
    unsure, scale = _unsure(scheme), scheme.scale
    if scheme.dont_know.removed_per == "indicator":
        removed = f"每项指标先剔除{unsure}、拒答和空白，"
    else:
        removed = f"有一项答{unsure}的，整份剔除；拒答和空白不计。"
    if scale.has_values:
        worth = "、".join(f"{one.name} {one.value:g} 分" for one in scale.labels)
        return Step(
            "每类对象的得分",
            f"{removed}余下的有效评分按等次计分（{worth}）求均值；再把各项指标的均值简单平均。",
            "得分 ＝ 各项指标计分均值的平均",
        )
    return Step(
        "每类对象的得分",
        f"{removed}对余下的有效评分求均值；再把各项指标的均值简单平均，折算成 {scheme.full_mark:g} 分制。",
        f"得分 ＝ {scheme.full_mark:g} ÷ {scale.high - scale.low} ×（{_above(scale)}）",
    )


def _above(scale: Scale) -> str:
    """How far the mean of the indicators is from the worst rating."""
    low, high = (f"（{end}）" if end < 0 else str(end) for end in (scale.low, scale.high))
    if scale.best == "low":
        return f"{high} － 各项指标均值的平均"
    return f"各项指标均值的平均{f' － {low}' if scale.low else ''}"


def _composite(scores: Scores) -> Step:
    """Write the composite as the sum it is, and the first class's best as an example."""
    scheme, more = scores.scheme, scores.scheme.ranking.decimals + 2
    if scores.assessed is not None:  # parts.html beside the report shows every number
        lines = tuple(line.strip() for line in parts_in_words(scheme, "zh"))
        groups = " ＋ ".join(f"{group.name} × {weight(group.weight)}" for group in scheme.groups)
        return Step("综合得分", formula=f"调查得分 ＝ {groups}", points=lines)
    sums = " ＋ ".join(f"{group.name} × {weight(group.weight)}" for group in scheme.groups)
    best = scores.league(scheme.classes[0].id).iloc[0]["evaluatee"]
    line = scores.table.set_index("evaluatee").loc[best]
    parts = (f"{fixed(line[group.id], more)} × {weight(group.weight)}" for group in scheme.groups)
    example = f"{' ＋ '.join(parts)} ≈ {fixed(scores.surveyed[best], scheme.ranking.decimals)}"
    return Step("综合得分", formula=f"综合得分 ＝ {sums}", after=f"例如{best}：{example}。")


def _weighting(scores: Scores, gaps: str) -> Step:
    groups = scores.scheme.groups
    plain = _names([group for group in groups if group.official == "plain"])
    design = _names([group for group in groups if group.official == "design"])
    text = (f"{plain}的均值中，每份有效回答同等计算。" if plain else "") + (
        f"{design}的均值按抽样设计加权。" if design else ""
    )
    if not _all_shown(scores) or scores.assessed is not None:
        return Step("是否加权", f"{text}各类对象的差别见{gaps}。")
    points, at = _composite_gap(scores)
    return Step(
        "是否加权",
        f"{text}各类对象全部按抽样设计加权时，综合得分最多相差 {points} 分（{at}）；各类对象的差别见{gaps}。",
    )


def _composite_gap(scores: Scores) -> tuple[str, str]:
    """Find where weighting all groups by the design would move a composite most."""
    # Of a hidden group, what weighting changes would tell what its few people said.
    table = scores.groups[scores.groups["evaluatee"].isin(_all_shown(scores))]
    sums = table.pivot(index="evaluatee", columns="group", values="design")
    design = sum(sums[group.id] * group.weight for group in scores.scheme.groups)
    surveyed = scores.surveyed[_all_shown(scores)]
    gap, at = largest_gap(surveyed, pd.Series(design).loc[surveyed.index])
    return fixed(gap, scores.scheme.ranking.decimals), str(surveyed.index[at])


def _all_shown(scores: Scores) -> list[str]:
    hidden = scores.hidden.groups.any(axis=1)
    return [one for one in scores.surveyed.index if not hidden[one]]


def _error(scores: Scores) -> Step:
    scheme = scores.scheme
    census = [group for group in scheme.groups if group.is_census and group.population == "finite"]
    finite = [group for group in scheme.groups if group.population == "finite" and group not in census]
    staged = [group for group in scheme.groups if len(group.draws) > 1]
    same = [group for group in scheme.groups if group.overlap == "same"]
    infinite = [group for group in scheme.groups if group.population == "infinite"]
    text = "按实际的抽样设计计算"
    if staged:
        text += f"，{_names(staged)}的误差含每一个抽样阶段"
    if finite:
        text += f"；{_names(finite)}按有限总体计算，抽中的人占名单越多，误差越小"
    text += "。"
    if same:
        text += f"{_names(same)}由同一批人评所有单位，单位之间的得分因此相关，比较时已计入。"
    spread = [group for group in scheme.groups if group.overlap == "spread"]
    if spread:
        text += (
            f"{_names(spread)}中各单位由同一名单内各自抽出的人评议，每人评的单位数相差不超过一个（回避及递补者除外）；"
            "有人同评两个单位，比较时已按共同评议的人数计入（Tam 1984）。"
        )
    if infinite:
        text += f"{_names(infinite)}的名单看作代表更多的人，按无限总体计算。"
    return Step("抽样误差", text, points=_error_points(scores, census))


def _error_points(scores: Scores, census: Sequence[Group]) -> tuple[str, ...]:
    systematic = [
        group
        for group in scores.scheme.groups
        if any(isinstance(method_of(draw.design), Systematic) for draw in group.draws)
    ]
    df = sorted(value for value in scores.table["df"].tolist() if math.isfinite(value))
    points = []
    if systematic:
        points.append(f"等距抽样没有无偏的误差公式，{_names(systematic)}按简单随机抽样近似。")
    balanced = [
        group
        for group in scores.scheme.groups
        if any(isinstance(method_of(draw.design), Balanced | SpatiallyBalanced) for draw in group.draws)
    ]
    if balanced:
        points.append(
            f"{_names(balanced)}用平衡或散开的样本，误差按概率相同而不平衡、不散开的抽样近似，通常偏大。"
        )
    if census:
        points.append(
            f"{_names(census)}全部调查，没有抽样误差；有人漏答或拒答时，另计漏答带来的误差，"
            f"假定是否漏答与评分无关。答{_unsure(scores.scheme)}不算漏答。"
        )
    freedom = (
        f"，综合得分的自由度按 Satterthwaite 近似，为 {span(fixed(df[0], 0), fixed(df[-1], 0))}" if df else ""
    )
    quotas = [group for group in scores.scheme.groups if group.is_quota]
    if quotas:
        points.append(
            f"{_names(quotas)}按配额由调查员选人，没有入样概率：按设计加权时，每人按单元人口 ÷ 单元人数加权，"
            "误差按单元内简单随机抽样计算，假定单元内选谁与评分无关；这一假定无法由数据检验。"
        )
    fitted = [group for group in quotas if group.id in scores.fitted]
    if fitted:
        points.append(
            f"{_names(fitted)}的单元人口不是普查数，而是由各边际按相互独立推算的（迭代比例拟合）；"
            "这一假定也无法由数据检验。"
        )
    adjusted = [group for group in scores.scheme.groups if group.adjust_by is not None]
    if adjusted:
        points.append(
            f"{_names(adjusted)}中未答者的权数由同一单元的答者承担，误差包括未答带来的部分；"
            "假定同一单元内是否作答与评分无关。"
        )
    lonely = {
        "adjust": "其误差按该份与全体均值之差估计，偏于谨慎",
        "certainty": "该层不计误差，偏于乐观",
        "average": "其误差取其他层的平均",
    }
    if scores.scheme.lonely_psu != "error":
        points.append(f"某层只有一份有效样本时，{lonely[scores.scheme.lonely_psu]}。")
    points.append(f"区间用 t 分布{freedom}。")
    points.append("抽样误差不含名单不全、拒答者与答者不同、代答、录入等差错。")
    return tuple(points)


def _places(scheme: Scheme) -> Step:
    rule = scheme.ranking
    on = "按未舍入的综合得分" if rule.rank_on == "unrounded" else "按公布的综合得分"
    names = {group.id: group.name for group in scheme.groups}
    ties = {
        "min": "并列的取较前的名次",
        "dense": "并列的名次相同，其后顺延",
        "ordinal": f"同分的依次比较{'、'.join(names[one] for one in rule.break_by)}的得分",
    }[rule.ties]
    return Step("名次", f"各类分别{on}由高到低排列，{ties}；得分公布 {rule.decimals} 位小数，四舍五入。")


def _sets(scheme: Scheme) -> Step:
    level = weight(scheme.level)
    return Step(
        "名次区间",
        f"同类单位两两比较，全部比较合在一起保证 {level} 的把握：有几个单位肯定更好，名次最前只能到它们之后；"
        "有几个单位肯定更差，名次最后也在它们之前。方法见 Mogstad、Romano、Shaikh、Wilhelm（2024）。"
        f"名次区间是一类单位一起成立的，不是单个单位的 {level} 区间。",
    )


def _names(groups: Sequence[Group]) -> str:
    return "、".join(f"“{group.name}”" for group in groups)


def _unsure(scheme: Scheme) -> str:
    return f"“{'”“'.join(scheme.scale.dont_know)}”"
