"""Every design and every allocation is told in words, in both languages: what a reader of a plan sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from sampling import (
    PPS,
    Balanced,
    Bernoulli,
    Bethel,
    CostOptimal,
    Equal,
    Neyman,
    Poisson,
    Power,
    PPSWithReplacement,
    Proportional,
    SimpleRandom,
    SpatiallyBalanced,
    Stratified,
    Systematic,
)
from sampling.allocation.declared import ALLOCATIONS
from sampling.designs import PPSMethod
from scoring.scale import Label, Scale
from toolkit import Scheme
from toolkit.words import PLAN, design_in_words

TOLD: list[tuple[Any, str, str]] = [
    (Bernoulli(0.1), "每个单位各以 0.1 的概率独立抽取", "each unit for itself with probability 0.1"),
    (
        Systematic(5, order=("office",), circular=True),
        "循环等距抽取 5 个（按科室排序）",
        "circular systematic, 5 (in order of 科室)",
    ),
    (
        PPS(4, "people", method="sampford"),
        "按“人口”成比例（PPS，Sampford 法）抽取 4 个",
        "with probability proportional to 人口 (Sampford's method), 4",
    ),
    (
        PPS(4, "people", order=("office",), method="pivotal"),
        "按“人口”成比例（PPS，枢轴法）抽取 4 个（按科室排序）",
        "with probability proportional to 人口 (pivotal method), 4 (in order of 科室)",
    ),
    (
        PPSWithReplacement(4, "people"),
        "按“人口”成比例有放回抽取 4 个",
        "with probability proportional to 人口 and replacement, 4",
    ),
    (
        Poisson(4, "people"),
        "每个单位按“人口”成比例的概率独立抽取，平均 4 个",
        "each unit for itself with probability proportional to 人口, on average 4",
    ),
    (
        Balanced(4, on=("people", "x"), size="people"),
        "平衡抽取 4 个，使 人口、x 的加权总量与名单一致（概率与“人口”成比例）",
        "balanced on 人口, x, 4 (with probability proportional to 人口)",
    ),
    (SpatiallyBalanced(4, over=("x", "y")), "按 x、y 散开抽取 4 个", "spread out over x, y, 4"),
    (
        Stratified("office", SimpleRandom(Equal(20, at_most=9))),
        "按科室分层，层内简单随机抽取共 20 个，各层一样多，每层至少 2 个、至多 9 个",
        "stratified by 科室, within strata simple random, 20 in all, as many in each, at least 2, at most 9",
    ),
    (
        Stratified("office", SimpleRandom(Neyman(20, of="people"))),
        "按科室分层，层内简单随机抽取共 20 个，按单位数 × 人口的标准差分配（Neyman），每层至少 2 个",
        "stratified by 科室, within strata simple random, 20 in all, after Neyman by the spread of 人口, "
        "at least 2 in each",
    ),
    (
        Stratified("office", SimpleRandom(CostOptimal(of={"a": 1.0}, cost="people", budget=900))),
        "按科室分层，层内简单随机抽取总费用不超过 900，按给定值的标准差和人口的费用分配，每层至少 2 个",
        "stratified by 科室, within strata simple random, for a budget of 900, by the spread of stated "
        "values and the cost 人口, at least 2 in each",
    ),
    (
        Stratified("office", SimpleRandom(Power(20, of="x", size="people", power=0.3))),
        "按科室分层，层内简单随机抽取共 20 个，按人口的 0.3 次方 × x的变异系数分配，每层至少 2 个",
        "stratified by 科室, within strata simple random, 20 in all, by 人口 to the power 0.3 and the "
        "variation of x, at least 2 in each",
    ),
    (
        Stratified("office", SimpleRandom(Bethel(cv={"x": 0.02}, by="office", by_cv={"people": 0.1}))),
        "按科室分层，层内简单随机抽取"
        "用最少的费用使变异系数不超过：x 2%、people (office) 10%（Bethel），每层至少 2 个",
        "stratified by 科室, within strata simple random, the cheapest that keep coefficients of "
        "variation within x 2%, people (office) 10% (Bethel), at least 2 in each",
    ),
    (
        Stratified("office", SimpleRandom(Proportional(20))),
        "按科室分层，层内简单随机抽取共 20 个，按单位数分配，每层至少 2 个",
        "stratified by 科室, within strata simple random, 20 in all, in proportion to the number of units, "
        "at least 2 in each",
    ),
]


@pytest.mark.parametrize(("design", "chinese", "english"), TOLD, ids=[repr(one[0])[:40] for one in TOLD])
def test_a_design_is_told(design: Any, chinese: str, english: str) -> None:
    names = {"people": "人口", "office": "科室"}
    assert design_in_words(design, "zh", names) == chinese
    assert design_in_words(design, "en", names) == english


def test_every_kind_has_words() -> None:
    assert {*ALLOCATIONS, *get_args(PPSMethod)} <= set(PLAN)


@pytest.mark.parametrize(
    ("rule", "chinese", "english"),
    [
        ("error", "停止计算，指明该层", "stops the scoring"),
        ("adjust", "与全体均值之差估计（偏谨慎）", "difference from the mean of all"),
        ("certainty", "该层不计误差（偏乐观）", "adds no error"),
        ("average", "取其他层的平均", "average error of the others"),
    ],
)
def test_what_becomes_of_a_lonely_unit_is_told(rule: Any, chinese: str, english: str, small: Scheme) -> None:
    scheme = replace(small, lonely_psu=rule)
    assert chinese in scheme.in_words("zh") and english in scheme.in_words("en")


@pytest.mark.parametrize(
    ("scale", "chinese", "english"),
    [
        (Scale(1, 5, best="low"), "每项 1—5 分，1 最好", "(1 counts 100, 5 counts 0)"),
        (
            Scale(0, 1, (Label("不满意", 0, 0, 30), Label("满意", 1, 1, 85.5))),
            "按等次计分：不满意 0 计 30 分、满意 1 计 85.5 分。",
            "counted by its label: 不满意 0 counts 30, 满意 1 counts 85.5.",
        ),
    ],
)
def test_a_scale_is_told_as_it_counts(scale: Scale, chinese: str, english: str, small: Scheme) -> None:
    scheme = replace(small, scale=scale)
    assert chinese in scheme.in_words("zh") and english in scheme.in_words("en")
