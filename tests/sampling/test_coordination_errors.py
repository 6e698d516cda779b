"""Everything that can be wrong with samples that know of each other, in English and Chinese."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pandas as pd
import pytest

from sampling import (
    AtMost,
    Bernoulli,
    DesignError,
    FrameError,
    Multistage,
    SimpleRandom,
    Spread,
    apart,
    assign_areas,
    draw,
    listed,
    overlap,
    overlap_costs,
    pair_teams,
    rotated,
    share_out,
    together,
)
from tests.sampling.coordinated import BY_VILLAGE, HOMES, clients, one, spread

FIRST = one(HOMES, 5, "k", "first")
OTHER = one(HOMES[:39], 5, "k", "other", coordinate=together(FIRST))
LISTS = clients()
TOWNS = draw(pd.DataFrame({"town": [*"xy"]}), SimpleRandom(n=2), key="k", name="t", unit="town")
IN_TOWNS = pd.concat([HOMES.assign(town=town) for town in "xy"], ignore_index=True)
INSIDE = one(IN_TOWNS, 3, "k", "inside", within=TOWNS)
CAPPED = one(LISTS["教育"], 3, "k", "capped", coordinate=AtMost(1, "教育"))
PEOPLE = pd.DataFrame({"id": range(4), "office": [*"aaab"]})
ERRORS: list[tuple[str, Callable[[], object], str, str]] = [
    ("no_samples", apart, "apart: no sample is given", "没有给出要与之错开的样本"),
    (
        "other_lottery",
        lambda: apart(FIRST, one(HOMES, 5, "k", "b")),
        "'first' and 'b' are not of one",
        "“first”和“b”",
    ),
    ("other_lottery", lambda: apart(FIRST, OTHER), "one lottery and one list", "同一份名单"),
    (
        "other_list",
        lambda: one(HOMES[1:], 3, "k", "b", coordinate=apart(FIRST)),
        "not the list that 'first' was drawn from",
        "这不是“first”所用的名单",
    ),
    (
        "other_key",
        lambda: one(HOMES, 3, "x", "b", coordinate=apart(FIRST)),
        "'first' was drawn",
        "“first”用的是另一把",
    ),
    (
        "not_places",
        lambda: together(draw(HOMES, Bernoulli(0.5), key="k", name="b", unit="id")),
        "draw b: only simple random samples (in strata or not) share places; this one is bernoulli/1.",
        "这个样本是 bernoulli/1",
    ),
    (
        "not_places",
        lambda: rotated(one(FIRST.units, 2, "k", "draw 2", after=FIRST), 0.5),
        "draw 2",
        "draw 2",
    ),
    ("bad_rotation", lambda: rotated(FIRST, 0.0), "it is 0.0", "现在是 0.0"),
    (
        "places_taken",
        lambda: one(HOMES, 36, "k", "b", coordinate=apart(FIRST)),
        "draw b: 36 units asked, but other samples hold 5 of the 40 in the list",
        "要抽 36 个，但名单 40 个中已有 5 个归其他样本",
    ),
    (
        "bad_coordinate",
        lambda: one(HOMES, 3, "k", "b", coordinate=FIRST),
        "coordinate must be",
        "coordinate 必须是",
    ),
    (
        "coordinate_method",
        lambda: draw(HOMES, Bernoulli(0.5), key="k", name="b", unit="id", coordinate=apart(FIRST)),
        "this draw has Bernoulli",
        "这次抽样用的是 Bernoulli",
    ),
    (
        "coordinate_method",
        lambda: draw(
            HOMES,
            Multistage({"village": SimpleRandom(n=1), "id": SimpleRandom(n=1)}),
            key="k",
            name="b",
            unit="id",
            coordinate=apart(FIRST),
        ),
        "this draw has Multistage",
        "这次抽样用的是 Multistage",
    ),
    (
        "coordinate_method",
        lambda: one(FIRST.units, 3, "k", "b", after=FIRST, coordinate=apart(FIRST)),
        "this draw has after=",
        "这次抽样用的是 after=",
    ),
    (
        "coordinate_reserve",
        lambda: draw(
            LISTS["教育"],
            SimpleRandom(n=3, reserve=0.5),
            key="k",
            name="b",
            unit="id",
            coordinate=AtMost(1, "教育"),
        ),
        "a draw with AtMost has no reserves",
        "用 AtMost 的抽样没有备用样本",
    ),
    (
        "bad_most",
        lambda: AtMost(0, "教育"),
        "AtMost: most must be a whole number of at least 1; it is 0.",
        "现在是 0",
    ),
    ("bad_list_name", lambda: listed({"a;b": HOMES}, "id"), "'a;b' does", "“a;b”不行"),
    (
        "column_there",
        lambda: listed(LISTS, "id"),
        "list 教育: there is a column 'lists' already",
        "已有“lists”列",
    ),
    (
        "no_column",
        lambda: listed({"a": HOMES}, "person"),
        "list a: column 'person' is needed",
        "需要“person”列",
    ),
    (
        "bad_lists",
        lambda: one(LISTS["教育"], 3, "k", "b", coordinate=AtMost(1, "公安")),
        "draw b: 'lists' of unit \"0\" must name each of its lists once, and '公安' among them; it is",
        "单位“0”的“lists”要把所在名单各写一次，并包括“公安”；现为“教育”",
    ),
    (
        "too_few_stay",
        lambda: one(LISTS["民政"], 20, "k", "b", coordinate=AtMost(1, "民政")),
        "draw b: 20 units asked; of the 20 in the list",
        "每人最多进 1 份名单，名单 20 个中只留下",
    ),
    ("not_among", lambda: Spread(("a", "b"), "c", "x"), "and 'c' too; it is a, b", "并包括“c”；现为 a, b"),
    (
        "too_many_recused",
        lambda: one(
            HOMES.assign(recused=["a"] * 38 + ["-"] * 2),
            3,
            "k",
            "b",
            coordinate=Spread(("a",), "a", "x", "recused"),
        ),
        "draw b: 3 units asked for 'a'; 2 of 40 are not recused",
        "40 个中不回避的只有 2 个",
    ),
    (
        "overlap_method",
        lambda: overlap({"a": draw(HOMES, Bernoulli(0.5), key="k", name="b", unit="id")}, HOMES),
        "draw b: expected overlaps are known for equal chances in one stage; this sample is bernoulli/1.",
        "这个样本是 bernoulli/1",
    ),
    (
        "bad_number",
        lambda: overlap_costs(10, 11, 3, 1, 0),
        "overlap_costs: 1 ≤ n ≤ size",
        "overlap_costs：",
    ),
    (
        "duplicate_ids",
        lambda: overlap({"a": INSIDE}, IN_TOWNS),
        'first "0" (rows 1 and 41)',
        "第一个是“0”（第 1 行和第 41 行）",
    ),
    (
        "other_strata",
        lambda: draw(HOMES, BY_VILLAGE, key="k", name="b", unit="id", coordinate=rotated(FIRST, 0.5)),
        "draw b: places of 'first' were counted in strata of —; use the same.",
        "draw b：“first”的名次是按 — 分层数的；请用同样的层。",
    ),
    (
        "at_most_before",
        lambda: one(LISTS["教育"], 2, "k", "b", after=CAPPED),
        "draw b: nothing can be drawn in or after 'capped', whose units were capped by AtMost (after=).",
        "draw b：“capped”用 AtMost 限制过名单，不能再在其中或其后抽样（after=）。",
    ),
    (
        "unlike_spread",
        lambda: overlap({"甲": spread(HOMES, 3, "k")["甲"], "乙": spread(HOMES, 4, "k")["乙"]}, HOMES),
        "lottery delegates: samples spread under one lottery need the same list, strata, n and among",
        "“甲”和“乙”不同",
    ),
    (
        "odd_people",
        lambda: pair_teams(PEOPLE[:3], key="k", name="t", unit="id", office="office"),
        "teams t: 3 people make no teams of two. Add or leave out one.",
        "3 人不能两人一组",
    ),
    (
        "one_office",
        lambda: pair_teams(PEOPLE, key="k", name="t", unit="id", office="office"),
        "teams t: 3 of 4 are of 'a'; teams of two offices need half at most.",
        "4 人中有 3 人来自“a”",
    ),
    (
        "no_team",
        lambda: share_out(
            pd.DataFrame({"id": [1, 2], "village": [*"ab"]}),
            pd.DataFrame({"team": [1], "village": ["a"]}),
            key="k",
            name="t",
            unit="id",
            team="team",
            by="village",
        ),
        "assignment t / b: 1 units have no team",
        "assignment t / b：1 个单位没有组可分",
    ),
    (
        "areas_teams",
        lambda: assign_areas(
            pd.DataFrame({"team": [1, 2], "office": [*"ab"]}),
            pd.DataFrame({"area": ["x"]}),
            key="k",
            name="t",
            area="area",
            office="office",
        ),
        "areas t: there are 1 areas and 2 teams; each team gets one.",
        "有 1 个片区、2 个组",
    ),
    (
        "no_way",
        lambda: assign_areas(
            pd.DataFrame({"team": [1], "office": ["a"]}),
            pd.DataFrame({"area": ["x"], "own": ["a"]}),
            key="k",
            name="t",
            area="area",
            office="office",
            barred="own",
        ),
        "areas t: none of 1,048,576 random orders keeps to what is barred. Bar less.",
        "试了 1,048,576 次随机排列",
    ),
    (
        "duplicate_ids",
        lambda: pair_teams(PEOPLE.assign(id=[1, 2, 1, 3]), key="k", name="t", unit="id", office="office"),
        'first "1" (rows 1 and 3)',
        "第一个是“1”（第 1 行和第 3 行）",
    ),
]


@pytest.mark.parametrize(("rule", "call", "english", "chinese"), ERRORS)
def test_says_what_is_wrong(rule: str, call: Callable[[], object], english: str, chinese: str) -> None:
    with pytest.raises((DesignError, FrameError)) as caught:
        call()
    assert caught.value.rule == rule
    assert english in str(caught.value) and chinese in caught.value.chinese


def test_errors_come_whole_from_another_process() -> None:
    error = DesignError("odd_people", where="teams t", count=3)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.chinese, again.rule) == (str(error), error.chinese, error.rule)
