"""The method told in words follows the scheme's keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sampling import SpatiallyBalanced
from scoring.scale import Label, Scale
from toolkit import Round, Scheme, Scores
from toolkit.report.method import counted, method_steps, stages, terms
from toolkit.scheme import DontKnow, Ranking
from toolkit.scores import score


@pytest.fixture(scope="module")
def scores(played_folder: Path) -> Scores:
    one = Round.open(played_folder)
    return score(one.scheme, one.drawn(), one.answers())


def told(scores: Scores, scheme: Scheme) -> dict[str, str]:
    steps = method_steps(replace(scores, scheme=scheme), gaps="别处")
    return {one.title: "\n".join([one.text, one.formula, one.after, *one.points]) for one in steps}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Ranking("unrounded", 2, "min"), "按未舍入的综合得分由高到低排列，并列的取较前的名次；得分公布 2 位"),
        (
            Ranking("published", 1, "dense"),
            "按公布的综合得分由高到低排列，并列的名次相同，其后顺延；得分公布 1 位",
        ),
    ],
)
def test_places(scores: Scores, rule: Ranking, words: str) -> None:
    assert words in told(scores, replace(scores.scheme, ranking=rule))["名次"]


@pytest.mark.parametrize(
    ("rule", "removed", "counts"),
    [
        (DontKnow("indicator", True), "每项指标先剔除“不了解”、拒答和空白", "只答“不了解”的也计入"),
        (DontKnow("respondent", False), "有一项答“不了解”的，整份剔除", "只答“不了解”的不计入"),
    ],
)
def test_what_becomes_of_dont_know(scores: Scores, rule: DontKnow, removed: str, counts: str) -> None:
    scheme = replace(scores.scheme, dont_know=rule)
    assert removed in told(scores, scheme)["每类对象的得分"]
    assert counts in counted(scheme)


@pytest.mark.parametrize(
    ("scale", "formula"),
    [
        (Scale(1, 5, best="low"), "得分 ＝ 100 ÷ 4 ×（5 － 各项指标均值的平均）"),
        (Scale(-2, 2), "得分 ＝ 100 ÷ 4 ×（各项指标均值的平均 － （-2））"),
        (
            Scale(0, 1, (Label("不满意", 0, 0, 30), Label("满意", 1, 1, 85.5))),
            "得分 ＝ 各项指标计分均值的平均",
        ),
    ],
)
def test_what_ratings_count(scores: Scores, scale: Scale, formula: str) -> None:
    step = told(scores, replace(scores.scheme, scale=scale))["每类对象的得分"]
    assert formula in step
    assert ("按等次计分（不满意 30 分、满意 85.5 分）" in step) == scale.has_values


def test_scale_and_level(scores: Scores) -> None:
    low = replace(scores.scheme.scale, low=1, high=5)
    scheme = replace(scores.scheme, scale=low, full_mark=50, level=0.9)
    assert "得分 ＝ 50 ÷ 4 ×（各项指标均值的平均 － 1）" in told(scores, scheme)["每类对象的得分"]
    assert "保证 90% 的把握" in told(scores, scheme)["名次区间"]
    assert dict(terms(scheme))["抽样误差"].endswith("± 后是 90% 区间的半宽。")
    assert "满分 50 分" in dict(terms(scheme))["综合得分"]


def test_error_names_the_groups(scores: Scores) -> None:
    text = told(scores, scores.scheme)["抽样误差"]
    assert "“服务对象”的误差含每一个抽样阶段" in text
    assert "；“服务对象”、“职工”、“代表委员”按有限总体计算" in text
    assert "“代表委员”、“监察员”由同一批人评所有单位" in text
    assert "等距抽样没有无偏的误差公式，“职工”按简单随机抽样近似" in text
    assert "“监察员”全部调查，没有抽样误差" in text
    spread = replace(scores.scheme.groups[1].draws[0], design=SpatiallyBalanced(n=2, over=("x",)))
    groups = (scores.scheme.groups[0], replace(scores.scheme.groups[1], draws=(spread,)))
    groups += scores.scheme.groups[2:]
    text = told(scores, replace(scores.scheme, groups=groups))["抽样误差"]
    assert "“职工”用平衡或散开的样本，误差按概率相同而不平衡、不散开的抽样近似" in text
    assert "等距抽样没有" not in text
    groups = tuple(replace(one, population="infinite") for one in scores.scheme.groups)
    text = told(scores, replace(scores.scheme, groups=groups))["抽样误差"]
    assert "“服务对象”、“职工”、“代表委员”、“监察员”的名单看作代表更多的人" in text
    assert "有限总体" not in text and "全部调查" not in text


def test_weighting_names_the_groups(scores: Scores) -> None:
    text = told(scores, scores.scheme)["是否加权"]
    assert "“服务对象”、“代表委员”、“监察员”的均值中，每份有效回答同等计算。" in text
    assert "“职工”的均值按抽样设计加权。" in text and text.rstrip().endswith("各类对象的差别见别处。")


def test_stages_are_numbered_where_there_are_several(scores: Scores) -> None:
    users, _, delegates, inspectors = (stages(scores.scheme, one) for one in scores.scheme.groups)
    assert users[0].startswith("第 1 阶段：按county分层")
    assert users[1].startswith("第 2 阶段：各单位名单内")
    assert delegates == ("简单随机抽取 20 个（同一人的多行先合并）",)
    assert inspectors == ("全部调查",)
