"""Composites as trees: by hand, against the sum of groups, against replicate draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy.stats import t as student

from scoring import (
    EstimateError,
    Leaves,
    Part,
    Survey,
    aggregate,
    compose,
    figures,
    leaf,
    leaves,
    mean,
    rank_sets,
)
from scoring.composite.groups import composite
from scoring.group import group_scores
from scoring.scale import Scale

RNG = np.random.default_rng(4)
NAMES = ["乙", "丙", "甲"]


def panel(seed: int) -> pd.DataFrame:
    """Made-up sheets: twenty of sixty members, in two strata, rate everyone on two indicators, with gaps."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.integers(0, 11, (60, 2)).astype(float), columns=["q1", "q2"])
    table = table.mask(rng.random((60, 2)) < 0.125)
    return table.assign(
        evaluatee=np.tile(NAMES, 20), member=np.repeat(range(20), 3), h=np.repeat([0, 1], 30), N=30
    )


def survey(seed: int) -> Survey:
    return Survey(panel(seed), psu="member", stratum="h", population="N")


def joint(names: tuple[str, ...], estimate: np.ndarray, cov: np.ndarray, df: float = 20.0) -> Leaves:
    size = estimate.shape
    return Leaves(names, tuple("甲乙丙丁"[: size[1]]), estimate, cov.reshape(size * 2), np.full(size, df))


def spread(size: int, scale: float) -> np.ndarray:
    root = np.random.default_rng(size).normal(0, scale, (size, size))
    return root @ root.T / size


# -------------------------------------------------------------------------------------- arithmetic


def test_a_flat_tree_of_independent_parts_is_the_sum_of_groups() -> None:
    rated = {one: ["q1", "q2"] for one in NAMES}
    groups = [group_scores(survey(seed), rated, Scale(0, 10)) for seed in (1, 2, 3)]
    expected = composite(groups, [0.65, 0.25, 0.1])
    tree = Part("综合", parts=(Part("a", 0.65), Part("b", 0.25), Part("c", 0.1)))
    found = compose(tree, [leaf(name, group) for name, group in zip("abc", groups, strict=True)]).whole
    assert found.evaluatees == expected.evaluatees
    for name in ("estimate", "cov", "df", "pair_df"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12, err_msg=name)
    for part, group in zip("abc", groups, strict=True):
        one = compose(tree, [leaf(name, g) for name, g in zip("abc", groups, strict=True)]).scores[part]
        np.testing.assert_array_equal(one.cov, group.cov)
        np.testing.assert_allclose(one.df, group.df, rtol=1e-12)


def test_indicators_of_one_panel_give_the_covariance_of_its_scores() -> None:
    # Leaves that move together: means by evaluatee and indicator, against group_scores of the same sheets.
    rated = {one: ["q1", "q2"] for one in NAMES}
    expected = group_scores(survey(5), rated, Scale(0, 10))
    means = leaves(mean(survey(5), ["q1", "q2"], by="evaluatee"))
    found = compose(Part("组", parts=(Part("q1", 0.5), Part("q2", 0.5))), [means]).whole
    np.testing.assert_allclose(10 * found.estimate, expected.estimate, rtol=1e-12)
    np.testing.assert_allclose(100 * found.cov, expected.cov, rtol=1e-10)
    assert not np.allclose(expected.cov, np.diag(np.diag(expected.cov)))  # the members are shared


def test_deep_trees_count_products_of_weights() -> None:
    tree = Part(
        "总",
        parts=(
            Part("x", 0.4, (Part("a", 0.25), Part("y", 0.75, (Part("b", 0.5), Part("c", 0.5))))),
            Part("d", 0.6),
        ),
    )
    values, cov = RNG.uniform(60, 90, (4, 3)), spread(12, 2)
    found = compose(tree, [joint(("a", "b", "c", "d"), values, cov)])
    weights = np.array([0.1, 0.15, 0.15, 0.6])
    to = np.kron(weights, np.eye(3))
    np.testing.assert_allclose(found.whole.estimate, weights @ values, rtol=1e-12)
    np.testing.assert_allclose(found.whole.cov, to @ cov @ to.T, rtol=1e-10)
    inner = np.kron([0, 0.5, 0.5, 0], np.eye(3))
    np.testing.assert_allclose(found.scores["y"].cov, inner @ cov @ inner.T, rtol=1e-10)
    assert list(found.scores) == ["总", "x", "a", "y", "b", "c", "d"]
    steps = found.steps("乙").set_index("part")
    assert steps["depth"].tolist() == [0, 1, 2, 2, 3, 3, 1]
    assert steps["of"].tolist() == ["", "总", "x", "x", "y", "y", "总"]
    for name in ("总", "x", "y"):  # every step can be done by hand from those below it
        below = steps[steps["of"] == name]
        assert steps.loc[name, "estimate"] == pytest.approx((below["counted"] * below["estimate"]).sum())
    np.testing.assert_allclose(steps["se"]["总"] ** 2, found.whole.cov[1, 1], rtol=1e-12)


def test_figures_have_no_error_and_take_no_degrees_of_freedom() -> None:
    table = pd.DataFrame({"evaluatee": ["乙", "甲", "丙"], "完成率": [90.0, 80, 70]})
    group = group_scores(survey(1), {one: ["q1"] for one in NAMES}, Scale(0, 10))
    tree = Part("综合", parts=(Part("q", 0.7), Part("完成率", 0.3)))
    found = compose(tree, [leaf("q", group), figures(table)])
    at = [["乙", "甲", "丙"].index(one) for one in group.evaluatees]
    np.testing.assert_allclose(
        found.whole.estimate, 0.7 * group.estimate + 0.3 * np.array([90.0, 80, 70])[at]
    )
    np.testing.assert_allclose(found.whole.cov, 0.49 * group.cov, rtol=1e-12)
    np.testing.assert_allclose(found.whole.df, group.df, rtol=1e-12)
    assert np.isinf(found.scores["完成率"].df).all()
    shown = found.whole.table()
    reach = student.ppf(0.975, group.df) * shown["se"]
    np.testing.assert_allclose(shown["high"] - shown["estimate"], reach, rtol=1e-9)
    sets = rank_sets(found.whole.estimate, found.whole.cov, df=found.whole.pair_df)
    assert sorted(sets["rank"]) == [1, 2, 3]


def test_degrees_of_freedom_by_hand() -> None:
    # Variances 0.5² × 4 = 1 on 10 and 0.5² × 8 = 2 on 5 degrees: 3² / (1/10 + 4/5) = 10. The two parts of
    # the first source move together: one term, on the fewer of 10 and 30.
    one = np.ones((1, 1))
    both = Leaves(
        ("a", "b"), ("甲",), 80 * np.ones((2, 1)), np.full((2, 1, 2, 1), 4.0), np.array([[10.0], [30]])
    )
    last = Leaves(("c",), ("甲",), 80 * one, np.full((1, 1, 1, 1), 8.0), 5 * one)
    tree = Part("总", parts=(Part("x", 0.5, (Part("a", 0.5), Part("b", 0.5))), Part("c", 0.5)))
    composed = compose(tree, [both, last])
    assert [composed.scores[name].df.item() for name in "abc"] == pytest.approx([10, 30, 5])
    found = composed.whole
    np.testing.assert_allclose([found.cov.item(), found.df.item()], [3, 10], rtol=1e-12)


# --------------------------------------------------------------------------------------- geometric


def test_arithmetic_and_geometric_means_of_coinr_by_hand() -> None:
    # COINr a_amean(1:10, 10:1) = 220/55; a_gmean(c(2, 8, 4), c(1, 1, 2)) = (2 × 8 × 4²)^(1/4) = 4; and NA
    # left out with its weight: a_amean(c(1, NA, 4), c(1, 5, 2)) = 9/3.
    assert aggregate(np.arange(1.0, 11)[:, None], np.arange(10.0, 0, -1)).value.item() == pytest.approx(4)
    assert aggregate([[2.0], [8], [4]], [1, 1, 2], "geometric").value.item() == pytest.approx(4)
    gap = aggregate([[1.0], [np.nan], [4]], [1, 5, 2], missing="reweight")
    assert gap.value.item() == pytest.approx(3)
    np.testing.assert_allclose(gap.counted.ravel(), [1 / 3, 0, 2 / 3])


TREE = Part(
    "总",
    how="geometric",
    parts=(
        Part("x", 0.4, (Part("a", 0.3), Part("b", 0.7))),
        Part("y", 0.6, (Part("c", 0.5), Part("d", 0.5)), "geometric"),
    ),
)


def test_the_covariance_is_that_of_numerical_slopes() -> None:
    values, cov = RNG.uniform(60, 90, (4, 3)), spread(12, 2)

    def whole(flat: np.ndarray) -> np.ndarray:
        a, b, c, d = flat.reshape(4, 3)
        return (0.3 * a + 0.7 * b) ** 0.4 * (c**0.5 * d**0.5) ** 0.6

    slopes = np.array(
        [(whole(values.ravel() + 1e-6 * e) - whole(values.ravel() - 1e-6 * e)) / 2e-6 for e in np.eye(12)]
    )
    found = compose(TREE, [joint(("a", "b", "c", "d"), values, cov)]).whole
    np.testing.assert_allclose(found.estimate, whole(values.ravel()), rtol=1e-12)
    np.testing.assert_allclose(found.cov, slopes.T @ cov @ slopes, rtol=1e-6)


def test_the_covariance_is_that_of_replicate_draws() -> None:
    values, cov = np.array([[70.0, 85], [90, 60], [65, 75], [80, 88]]), spread(8, 1.5)
    draws = np.random.default_rng(8).multivariate_normal(values.ravel(), cov, 200_000).reshape(-1, 4, 2)
    a, b, c, d = np.moveaxis(draws, 1, 0)
    simulated = np.cov(((0.3 * a + 0.7 * b) ** 0.4 * (c**0.5 * d**0.5) ** 0.6).T)
    found = compose(TREE, [joint(("a", "b", "c", "d"), values, cov)]).whole
    # Draws leave a covariance uncertain by sqrt(0.77 × 0.41 / 200,000) = 0.0013.
    np.testing.assert_allclose(found.cov, simulated, atol=0.005)


# ----------------------------------------------------------------------------------------- missing


def gaps(rule: Any) -> tuple[Part, list[Leaves]]:
    """甲 lacks b; 乙 is in no table of figures; 丁 lacks all of x."""
    tree = Part(
        "总",
        parts=(Part("x", 0.8, (Part("a", 0.75), Part("b", 0.25)), missing=rule), Part("f", 0.2)),
        missing="reweight",
    )
    values = np.array([[80.0, 60, 70, np.nan], [np.nan, 80, 90, np.nan]])
    rated = joint(("a", "b"), values, np.kron(np.diag([4.0, 16]), np.eye(4)))
    return tree, [rated, figures(pd.DataFrame({"evaluatee": ["甲", "丙", "丁"], "f": [100.0, 90, 50]}))]


@pytest.mark.parametrize(
    ("rule", "x", "whole", "variance"),
    [
        # x: 甲 a alone; 乙 0.75 × 60 + 0.25 × 80; 丙 75; whole: 乙 x alone, 丁 f alone.
        ("reweight", [80, 65, 75, np.nan], [84, 65, 78, 50], [0.64 * 4, 3.25, 0.64 * 3.25, 0]),
        ("leave_out", [np.nan, 65, 75, np.nan], [100, 65, 78, 50], [0, 3.25, 0.64 * 3.25, 0]),
        ("zero", [60, 65, 75, 0], [68, 65, 78, 10], [0.64 * 0.5625 * 4, 3.25, 0.64 * 3.25, 0]),
    ],
)
def test_a_missing_part_follows_the_rule(
    rule: str, x: list[float], whole: list[float], variance: list[float]
) -> None:
    tree, sources = gaps(rule)
    found = compose(tree, sources)
    np.testing.assert_allclose(found.scores["x"].estimate, x, rtol=1e-12)
    np.testing.assert_allclose(found.whole.estimate, whole, rtol=1e-12)
    np.testing.assert_allclose(np.diag(found.whole.cov), variance, rtol=1e-12)
    told = set(map(tuple, found.missing.itertuples(index=False)))
    expected = {
        ("甲", "b", "x", rule),
        ("丁", "a", "x", rule),
        ("丁", "b", "x", rule),
        ("乙", "f", "总", "reweight"),
    }
    lacks = {
        (one, "x", "总", "reweight") for one, value in zip("甲乙丙丁", x, strict=True) if np.isnan(value)
    }
    assert told == expected | lacks
    if rule == "reweight":
        assert found.counted["a"].tolist() == [1, 0.75, 0.75, 0]
        assert found.counted["x"].tolist() == [0.8, 1, 0.8, 0]


def test_who_lacks_the_whole_has_no_error_either() -> None:
    tree, sources = gaps("leave_out")
    found = compose(Part("总", parts=tree.parts, missing="leave_out"), sources).whole
    np.testing.assert_array_equal(np.isnan(found.estimate), [True, True, False, True])
    np.testing.assert_array_equal(np.isnan(found.cov), ~np.outer(*[np.array([0, 0, 1, 0], bool)] * 2))
    assert np.isnan(found.df).tolist() == [True, True, False, True]
    assert found.table()["se"].notna().tolist() == [False, False, True, False]


def test_a_missing_part_is_an_error_unless_a_rule_is_stated() -> None:
    tree, sources = gaps("error")
    with pytest.raises(EstimateError) as caught:
        compose(tree, sources)
    assert str(caught.value) == (
        "composite: 3 faults:\n"
        "- '丁' has no 'a', a part of 'x'. Complete it, or state a rule for missing parts.\n"
        "- '甲' has no 'b', a part of 'x'. Complete it, or state a rule for missing parts.\n"
        "- '丁' has no 'b', a part of 'x'. Complete it, or state a rule for missing parts."
    )
    assert "- 被评单位“甲”缺少“x”中的“b”。请补上，或规定缺项的处理办法。" in caught.value.chinese


# ---------------------------------------------------------------------------------- what is refused

ONE = joint(("a", "b"), np.array([[80.0], [0.0]]), np.zeros((2, 2)))
FLAT = Part("总", parts=(Part("a", 0.5), Part("b", 0.5)))


@pytest.mark.parametrize(
    ("tree", "sources", "texts"),
    [
        (
            Part("总", parts=(Part("x", 0.9, (Part("a", 0.5), Part("b", 0.4))), Part("c", 0.2))),
            [ONE],
            [
                (
                    "weights of the parts of '总' sum to 1.1. Let them sum to 1.",
                    "“总”各组成部分的权重合计是 1.1。",
                ),
                ("weights of the parts of 'x' sum to 0.9.", "“x”各组成部分的权重合计是 0.9。"),
            ],
        ),
        (
            Part("总", parts=(Part("a", -0.5), Part("b", float("nan")))),
            [ONE],
            [
                ("the weight of 'a' must be a number above 0; it is -0.5.", "“a”的权重必须是大于 0 的数"),
                ("the weight of 'b' must be a number above 0; it is nan.", "“b”的权重"),
            ],
        ),
        (
            Part("总", parts=(Part("a", 0.5), Part("a", 0.5))),
            [ONE],
            [("'a' names 2 parts.", "有 2 个组成部分都叫“a”")],
        ),
        (
            Part("总", parts=FLAT.parts, how="geometric", missing="zero"),
            [ONE],
            [
                (
                    "'总' is a product, in which a missing part cannot count 0.",
                    "“总”是几何平均，缺少的部分不能计 0",
                )
            ],
        ),
        (
            Part("总", parts=(Part("a", 0.5), Part("c", 0.5))),
            [ONE, ONE],
            [
                ("'c' has neither scores nor parts.", "“c”既没有得分，也没有组成部分"),
                ("scores are given for 'b', which is no part", "给出了“b”的得分"),
                ("scores are given for 'b', which is no part", "给出了“b”的得分"),
                ("'a' has scores of several sources.", "“a”有多个来源的得分"),
                ("'b' has scores of several sources.", "“b”有多个来源的得分"),
            ],
        ),
        (
            Part("总", parts=FLAT.parts, how="geometric"),
            [ONE],
            [
                (
                    "'甲' has 0.0 in 'b', and the parts of '总' are multiplied.",
                    "“甲”的“b”是 0.0，而“总”取几何平均",
                )
            ],
        ),
    ],
)
def test_says_all_that_cannot_be_composed(
    tree: Part, sources: list[Leaves], texts: list[tuple[str, str]]
) -> None:
    with pytest.raises(EstimateError) as caught:
        compose(tree, sources)
    for language, text in enumerate((str(caught.value), caught.value.chinese)):
        lines = text.splitlines()[1:]
        assert len(lines) == len(texts)
        for line, expected in zip(lines, texts, strict=True):
            assert expected[language] in line


def test_says_what_is_no_source() -> None:
    square = np.zeros((1, 1, 1, 1))
    with pytest.raises(EstimateError, match=r"^leaves: parts and evaluatees number \(1, 1\)") as caught:
        Leaves(("a",), ("甲",), np.zeros(1), square, np.ones((1, 1)))
    assert "组成部分与被评单位的个数是 (1, 1)" in caught.value.chinese
    with pytest.raises(EstimateError, match="not finite"):
        Leaves(("a",), ("甲",), np.ones((1, 1)), square * np.nan, np.ones((1, 1)))
    with pytest.raises(EstimateError, match="'甲' is there twice") as caught:
        figures(pd.DataFrame({"evaluatee": ["甲", "甲"], "f": [1.0, 2]}))
    assert "“甲”出现了两次" in caught.value.chinese
    with pytest.raises(EstimateError, match="figures: must be numbers"):
        figures(pd.DataFrame({"evaluatee": ["甲"], "f": ["九十"]}))
    with pytest.raises(ValueError, match="'evaluatee' must not be empty; 1 are, first in row 2"):
        figures(pd.DataFrame({"evaluatee": ["甲", None], "f": [1.0, 2]}))
    with pytest.raises(
        EstimateError, match="^leaves: estimates must be by 'evaluatee' alone.*there are 6 rows"
    ) as caught:
        leaves(mean(survey(1), "q1", by=["evaluatee", "h"]))
    assert "估计值只能按“evaluatee”分组" in caught.value.chinese
    with pytest.raises(EstimateError, match="^steps: there is no 戊") as caught:
        compose(FLAT, [ONE]).steps("戊")
    assert caught.value.chinese == "steps：没有“戊”。请改正名称。"
    with pytest.raises(
        EstimateError, match="^aggregate: parts of a product must be above 0; part 1 of unit 0 is -2.0"
    ) as caught:
        aggregate([[1.0], [-2.0]], [1, 1], "geometric")
    assert "单位 0 的部分 1 是 -2.0" in caught.value.chinese


def test_a_scheme_file_can_hold_a_tree() -> None:
    adapter = TypeAdapter(Part)
    plain = {
        "name": "总",
        "how": "geometric",
        "parts": [{"name": "x", "weight": 1, "parts": [{"name": "a"}]}],
    }
    assert adapter.validate_python(plain) == Part(
        "总", how="geometric", parts=(Part("x", 1.0, (Part("a"),)),)
    )
    for wrong in ({"how": "sum"}, {"missing": "ignore"}, {"note": "?"}):
        with pytest.raises(ValidationError):
            adapter.validate_python({"name": "总", **wrong})


def test_a_composite_that_some_lack_can_be_a_part_of_another() -> None:
    """As if the tree were one: 0.5 × 0.5 (40 + 50) + 0.5 × 80 = 62.5, variance (1 + 1) / 16."""
    cov = np.zeros((2, 2, 2, 2))
    cov[[0, 1, 1], [0, 0, 1], [0, 1, 1], [0, 0, 1]] = 1.0
    given = Leaves(
        ("a", "b"), ("A", "B"), np.array([[40.0, np.nan], [50.0, 60.0]]), cov, np.full((2, 2), 9.0)
    )
    inner = compose(Part("c", parts=(Part("a", 0.5), Part("b", 0.5)), missing="leave_out"), [given]).whole
    done = Leaves(
        ("d",), ("A", "B"), np.array([[80.0, 90.0]]), np.zeros((1, 2, 1, 2)), np.full((1, 2), np.inf)
    )
    tree = Part("e", parts=(Part("c", 0.5), Part("d", 0.5)), missing="leave_out")
    found = compose(tree, [leaf("c", inner), done]).whole
    np.testing.assert_allclose(found.estimate, [62.5, np.nan])
    np.testing.assert_allclose(found.cov, [[0.125, np.nan], [np.nan, np.nan]])
