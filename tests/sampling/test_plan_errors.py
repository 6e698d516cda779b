"""Everything that can be wrong with a sample size or an allocation, word for word, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from sampling import DesignError, FrameError, Proportional, SimpleRandom, Stratified, draw
from sampling.allocation import allocate, cost_optimal, equal, neyman, power
from sampling.allocation.declared import Bethel, CostOptimal, Equal, Neyman, Power
from sampling.allocation.precision import bethel
from sampling.errors import TEMPLATES
from sampling.size import size_for_cv, size_for_difference, size_for_grade, size_for_margin
from sampling.size.reach import cv_of, deff_of_clusters, deff_of_weights, difference_of, margin_of, sure_of

CLIENTS = pd.DataFrame(
    {
        "id": ["S-1", "S-2", "S-3", "S-4", "S-5"],
        "county": ["岳池县", "岳池县", "武胜县", "武胜县", "武胜县"],
        "score": [5, -3, 2, 8, 1],
        "people": [5, 3, 2, 8, 1],
    }
)
BOTH = {"岳池县": 1.0, "武胜县": 2.0}


def clients(number: Any, frame: pd.DataFrame = CLIENTS, **options: Any) -> Callable[[], Any]:
    design = Stratified("county", SimpleRandom(n=number))
    return lambda: draw(frame, design, **({"key": "k", "name": "clients", "unit": "id"} | options))


def inside(number: Any) -> Callable[[], Any]:
    counties = pd.DataFrame({"county": ["岳池县", "武胜县"]})
    first = draw(counties, SimpleRandom(n=2), key="k", name="counties", unit="county")
    design = SimpleRandom(n=number)
    return lambda: draw(CLIENTS, design, key="k", name="clients", unit="id", within=first)


CASES: dict[str, tuple[Callable[[], Any], str, str]] = {
    "bad_total_capped": (
        clients(Proportional(5, at_most=2)),
        "draw clients: a total of 5 cannot be spread over 2 strata holding 5 units with at least 2 and at "
        "most 2 in each. Change the total, at_least or at_most.",
        "draw clients：总量 5 无法分到 2 个层（共 5 个单位，每层至少 2 个、至多 2 个）。"
        "请改总量或每层的下限、上限。",
    ),
    "bad_bounds": (
        clients(Equal(4, at_least=3, at_most=2)),
        "draw clients: at_most is 2, at_least 3; the cap must be a whole number no smaller than the floor. "
        "Change one of them.",
        "draw clients：每层上限是 2，下限是 3；上限必须是不小于下限的整数。请改其中之一。",
    ),
    "bad_budget": (
        clients(CostOptimal(of="score", cost=BOTH, budget=5)),
        "draw clients: a budget of 5 does not pay for at least 2 in each of 2 strata, which cost 6. Raise "
        "the budget or lower at_least.",
        "draw clients：预算 5 不够 2 个层每层至少 2 个，那要 6。请增加预算或降低每层下限。",
    ),
    "bad_length": (
        lambda: neyman(9, [50, 50, 50], [1, 2]),
        "allocation: 2 values of sd for 3 strata. Give one for each.",
        "allocation：sd 有 2 个值，层有 3 个。请每层给一个。",
    ),
    "bad_stratum_value": (
        clients(Neyman(4, of={"岳池县": 1.0, "武胜县": -2.0})),
        "draw clients: of ≥ 0 is needed; it is -2.0 in stratum 武胜县. Correct it.",
        "draw clients：要求 of ≥ 0，层 武胜县 是 -2.0。请改正。",
    ),
    "out_of_reach": (
        clients(Bethel(cv={"people": 0.01}, at_most=2)),
        "draw clients: 1 of the constraints cannot be met within at_most, first people: a standard error of "
        "0.19 is asked, 4.637 is the best. Raise at_most or allow more.",
        "draw clients：在 at_most 之内有 1 项精度达不到，第一项是 people：要求标准误 0.19，最好只能到 4.637。"
        "请提高 at_most 或放宽要求。",
    ),
    "one_of": (
        lambda: size_for_margin(3),
        "size_for_margin: give one of sd / share, and only one.",
        "size_for_margin：请在 sd / share 中给出一个，且只给一个。",
    ),
    "bad_number": (
        lambda: size_for_margin(3, sd=20, level=95),
        "size_for_margin: 0 < level < 1 is needed; it is 95.",
        "size_for_margin：要求 0 < level < 1，现在是 95。",
    ),
    "beyond_population": (
        lambda: size_for_margin(1, sd=20, population=1000, response=0.5),
        "size_for_margin: 1,212 units would have to be drawn of 1,000; all of them together reach 1.24. Ask "
        "for less precision, or raise the response.",
        "size_for_margin：需要抽 1,212 个，总体只有 1,000 个；全部调查也只能达到 1.24。"
        "请放宽精度或提高应答率。",
    ),
    "bad_value": (
        clients(Neyman(4, of="score"), CLIENTS.assign(score=[5, None, 2, "好", 1])),
        "draw clients: 'score' must be a number; 2 are not, first None of unit \"S-2\" (row 2). Correct it "
        "or leave the unit out.",
        "draw clients：“score”必须是数字；有 2 个不是，第一个是单位“S-2”（第 2 行）的 None。"
        "请改正或去掉该单位。",
    ),
    "no_cv": (
        clients(Power(4, of="score", size="people"), CLIENTS.assign(score=[3, -3, 2, 8, 1])),
        "draw clients / stratum 岳池县: score adds up to 0, so it has no coefficient of variation. Use "
        "another measure.",
        "draw clients / stratum 岳池县：score 合计为 0，没有变异系数。请换一个指标。",
    ),
    "stated_strata": (
        clients(Neyman(4, of={"岳池县": 1.0, "武胜": 2.0})),
        "draw clients: of must be stated for every stratum and for no other; missing are 武胜县; unknown are "
        "武胜. "
        "Correct the names.",
        "draw clients：of 须给出每一层的值，且不多给；缺少 武胜县；不认识 武胜。请改正名称。",
    ),
    "column_or_stated": (
        clients(Neyman(4, of=3.0)),  # type: ignore[arg-type]
        "draw clients: of must be a column of the frame or a value for each stratum by name; it is 3.0.",
        "draw clients：of 须是名单的一列，或按层名给出的值，现在是 3.0。",
    ),
    "column_to_cv": (
        clients(Bethel(cv=0.02)),  # type: ignore[arg-type]
        'draw clients: cv must say a coefficient of variation for each column, such as {"score": 0.02}; it '
        "is 0.02.",
        'draw clients：cv 须按列给出变异系数，如 {"score": 0.02}，现在是 0.02。',
    ),
    "by_no_stratum": (
        clients(Bethel(cv={}, by="kind", by_cv={"people": 0.1})),
        "draw clients: by='kind' is no column of the strata (county), so its domains have no numbers of "
        "their own. Stratify by it too.",
        "draw clients：by='kind' 不是分层用的列（county），无法对这些子总体分别定数。请也按它分层。",
    ),
    "bethel_within": (
        inside(Bethel(cv={"people": 0.1})),
        "draw clients: Bethel plans the precision of a whole survey; it cannot be used within drawn units. "
        "Use SelfWeighting or Neyman.",
        "draw clients：Bethel 用于整个调查的精度，不能用在抽中的单位之内。请用 SelfWeighting 或 Neyman。",
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_words(rule: str) -> None:
    call, english, chinese = CASES[rule]
    with pytest.raises(FrameError if rule == "bad_value" else DesignError) as caught:
        call()
    assert caught.value.rule == rule and rule in TEMPLATES
    assert (str(caught.value), caught.value.chinese) == (english, chinese)


SIZE: list[tuple[Callable[[], Any], str]] = [
    (lambda: size_for_margin(0, sd=20), "margin > 0 is needed; it is 0"),
    (lambda: size_for_margin(float("nan"), sd=20), "margin > 0"),
    (lambda: size_for_margin(True, sd=20), "margin > 0 is needed; it is True"),
    (lambda: size_for_margin("3", sd=20), "margin > 0 is needed; it is '3'"),  # type: ignore[arg-type]
    (lambda: size_for_margin(3, sd=0), "sd > 0"),
    (lambda: size_for_margin(3, sd=float("inf")), "sd > 0"),
    (lambda: size_for_margin(3, share=1), "0 < share < 1"),
    (lambda: size_for_margin(3, sd=20, share=0.5), "one of sd / share"),
    (lambda: size_for_margin(3, sd=20, deff=0), "deff > 0"),
    (lambda: size_for_margin(3, sd=20, valid=0), "0 < valid ≤ 1"),
    (lambda: size_for_margin(3, sd=20, valid=1.01), "0 < valid ≤ 1"),
    (lambda: size_for_margin(3, sd=20, response=90), "0 < response ≤ 1"),
    (lambda: size_for_margin(3, sd=20, population=0), "population ≥ 1"),
    (lambda: size_for_margin(3, sd=20, population=9.5), "population ≥ 1"),  # type: ignore[arg-type]
    (lambda: size_for_cv(0, share=0.5), "cv > 0"),
    (lambda: size_for_cv(0.1, sd=2), "one of mean \\+ sd / share"),
    (lambda: size_for_cv(0.1, mean=0, sd=2, share=0.1), "one of mean \\+ sd / share"),
    (lambda: size_for_cv(0.1, mean=0, sd=2), "mean ≠ 0"),
    (lambda: size_for_difference(-1, sd=2), "difference > 0"),
    (lambda: size_for_difference(1, sd=2, share=0.1), "one of sd / share"),
    (lambda: size_for_difference(1, sd=(2, 3, 4)), r"sd = \(a, b\)"),  # type: ignore[arg-type]
    (lambda: size_for_difference(1, sd=2, power=0.4), "0.5 ≤ power < 1"),
    (lambda: size_for_difference(1, sd=2, correlation=1), "-1 ≤ correlation < 1"),
    (lambda: size_for_grade(0, sd=2), "distance > 0"),
    (lambda: size_for_grade(1, sd=2, sure=0.5), "0.5 < sure < 1"),
    (lambda: margin_of(0, sd=2), "n ≥ 1"),
    (lambda: margin_of(12, sd=2, population=11), "n ≤ population"),
    (lambda: cv_of(1.5, share=0.5), "n ≥ 1"),  # type: ignore[arg-type]
    (lambda: difference_of(5, sd=2, level=0), "0 < level < 1"),
    (lambda: sure_of(5, -1, sd=2), "distance > 0"),
    (lambda: deff_of_clusters(0.5, 0.1), "size ≥ 1"),
    (lambda: deff_of_clusters(3, 1.1), "rho ≤ 1"),
    (lambda: deff_of_clusters(3, -0.6), "< rho"),
    (lambda: deff_of_weights([1, 0]), "weights > 0 is needed; it is 0.0"),
    (lambda: deff_of_weights([]), "weights > 0"),
]


@pytest.mark.parametrize("at", range(len(SIZE)))
def test_no_size_from_nonsense(at: int) -> None:
    call, words = SIZE[at]
    with pytest.raises(DesignError, match=words):
        call()


SPREAD: list[tuple[Callable[[], Any], str]] = [
    (lambda: allocate(5.5, [1, 1], [9, 9]), "whole number"),  # type: ignore[arg-type]
    (lambda: allocate(5, [1, -1], [9, 9]), "share ≥ 0 is needed; it is -1 in stratum 2"),
    (lambda: allocate(5, [1, float("nan")], [9, 9]), "share ≥ 0"),
    (lambda: allocate(5, [1, None], [9, 9]), "share ≥ 0"),  # type: ignore[list-item]
    (lambda: equal(9, [2, 3]), "a total of 9"),
    (lambda: equal(9, [20, 30], at_most=2.5), "at_most is 2.5"),  # type: ignore[arg-type]
    (lambda: cost_optimal([9, 9], [1, 1], [1, 1]), "one of total / budget"),
    (lambda: cost_optimal([9, 9], [1, 1], [1, 1], total=3, budget=3), "one of total / budget"),
    (lambda: cost_optimal([9, 9], [1, 1], [1, 0], total=3), "cost > 0"),
    (lambda: cost_optimal([9, 9], [1, 1], [1, 1], budget=float("inf")), "budget ≥ 0"),
    (lambda: power(4, [9, 9], [1, 1], [1, 1], exponent=1.5), "0 ≤ power ≤ 1"),
    (lambda: power(4, [9, 9], [1, 0], [1, 1]), "size > 0"),
    (lambda: bethel([9, 9], [[1, 1]], [0]), "se > 0"),
    (lambda: bethel([9, 9], [[1, 1]], [1, 2]), "2 values of se"),
    (lambda: bethel([9, 9], [[1, -1]], [1]), "sd of 1 ≥ 0"),
    (lambda: bethel([9, 0], [[1, 1]], [1]), "available > 0"),
    (lambda: bethel([9, 9], [[1, 1]], [1], at_least=0), "at_least: n must be"),
    (clients(Equal(0)), "draw clients: total: n must be"),
    (clients(Equal(4, at_least=0)), "draw clients: at_least: n must be"),
    (clients(Neyman(None, of="score")), "n must be a whole number"),  # type: ignore[arg-type]
    (clients(CostOptimal(of="score", cost="people")), "one of total / budget"),
    (clients(CostOptimal(of="score", cost="score", total=4)), "size 'score' must be a positive number"),
    (
        clients(CostOptimal(of="score", cost={"岳池县": 0, "武胜县": 1}, total=4)),
        "cost > 0 .* stratum 岳池县",
    ),
    (clients(Power(4, of="score", size="people", power=2)), "0 ≤ power ≤ 1"),
    (clients(Neyman(4, of="points")), "column 'points' is needed"),
    (clients(Neyman(4, of="score"), CLIENTS.assign(score=1e200)), "'score' must be a number"),
    (clients(Bethel(cv={"score": 0})), "cv of score ≥ 1e-09 is needed; it is 0"),
    (clients(Bethel(cv={})), "one of cv / by"),
    (clients(Bethel(cv={"score": 0.1}, by="county")), "one of cv / by"),
    (clients(Bethel(cv={"score": 0.1}, by_cv={"score": 0.1})), "one of cv / by"),
    (
        clients(Bethel(cv={}, by="county", by_cv={"score": 0.1}), CLIENTS.assign(score=[3, -3, 1, 2, 3])),
        r"score \(岳池县\) adds up to 0",
    ),
]


@pytest.mark.parametrize("at", range(len(SPREAD)))
def test_no_numbers_from_nonsense(at: int) -> None:
    call, words = SPREAD[at]
    with pytest.raises((DesignError, FrameError), match=words):
        call()
