"""Weights at which evaluatees swap: by bisection over composites scored again, and by enumeration."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import bisect

from scoring import EstimateError, Part, swap_weights
from scoring.sensitivity.swap import nearest_tie
from tests.scoring.sensitivity import made

EVERY = list(combinations(made.NAMES, 2))


def test_single_weights_are_those_of_bisection_over_composites_scored_again() -> None:
    found = swap_weights(made.whole(), EVERY).single
    assert len(found) == len(EVERY) * 5
    within = 0
    for row in found.itertuples():

        def again(weight: float, row=row) -> float:  # type: ignore[no-untyped-def]
            return made.gap(made.whole(made.reweighted(made.TREE, row.part, weight)), row.first, row.second)

        low, high = again(1e-9), again(1 - 1e-9)  # a weight of a plan is above 0
        assert (row.found == "within") == (low * high < 0)
        assert row.gap == pytest.approx(made.gap(made.whole(), row.first, row.second), rel=1e-12)
        if low * high < 0:
            within += 1
            assert row.swap == pytest.approx(bisect(again, 1e-9, 1 - 1e-9, xtol=1e-14), abs=1e-11)
            assert row.change == pytest.approx(row.swap - row.weight, abs=1e-12)
        elif row.found == "outside":  # the line through both ends is 0 there
            assert low + (high - low) * row.swap == pytest.approx(0, abs=1e-6)
    assert within >= 8


def test_no_weight_swaps_who_is_as_far_ahead_on_the_part_as_on_the_others() -> None:
    table = made.TABLE.copy()
    table.loc[1, ["窗口", "热线", "代表", "任务"]] = (
        table.loc[0, ["窗口", "热线", "代表", "任务"]].astype(float) - 3
    )
    found = swap_weights(made.whole(table=table), [("甲", "乙")])
    assert set(found.single["found"]) == {"none"} and found.single["swap"].isna().all()
    assert found.nearest["distance"].isna().all()  # three ahead everywhere


def test_an_only_part_has_no_other_weight() -> None:
    tree = Part("综合", parts=(Part("甲组", 0.4, (Part("窗口"),)), Part("热线", 0.6)))
    found = swap_weights(made.whole(tree, made.TABLE[["evaluatee", "窗口", "热线"]]), [("甲", "乙")]).single
    assert found.set_index("part")["found"].to_dict() == {"甲组": "within", "热线": "within", "窗口": "none"}


def test_without_pairs_they_are_the_neighbours_in_rank() -> None:
    # 0.42 窗口 + 0.18 热线 + 0.25 代表 + 0.15 任务: 甲 81.63, 乙 81.89, 丙 82.49, 丁 67.32
    found = swap_weights(made.whole()).nearest
    assert found[["first", "second"]].to_numpy().tolist() == [["丙", "乙"], ["乙", "甲"], ["甲", "丁"]]
    np.testing.assert_allclose(found["gap"], [0.60, 0.26, 14.31], atol=1e-9)


def test_nearest_weights_are_those_of_all_supports_enumerated() -> None:
    rng = np.random.default_rng(5)
    edge = none = 0
    for _ in range(300):
        weights, gaps = rng.dirichlet(np.ones(4) * 0.7), rng.normal(0.8, 1.0, 4)
        best = np.full(4, np.nan)
        for kept in chain.from_iterable(combinations(range(4), size) for size in range(1, 5)):
            # Lagrange: v = w + a + b g on the support, with sum 1 and gap 0.
            part, own = gaps[list(kept)], weights[list(kept)]
            left = np.array([[len(kept), part.sum()], [part.sum(), part @ part]])
            if abs(np.linalg.det(left)) < 1e-12:
                continue
            a, b = np.linalg.solve(left, [1 - own.sum(), -own @ part])
            tried = np.zeros(4)
            tried[list(kept)] = own + a + b * part
            nearer = np.isnan(best[0]) or ((tried - weights) ** 2).sum() < ((best - weights) ** 2).sum()
            if tried.min() >= -1e-12 and nearer:
                best = tried
        edge += bool((best == 0).any())
        none += bool(np.isnan(best).any())
        np.testing.assert_allclose(nearest_tie(weights, gaps), best, atol=1e-9)
    assert edge > 30 and none > 30


def test_composites_scored_with_the_nearest_weights_are_equal() -> None:
    found = swap_weights(made.whole(), EVERY).nearest.dropna()
    assert len(found)
    for row in found.to_dict("records"):
        weights = np.array([row[name] for name in made.TREE.leaves])
        assert weights.sum() == pytest.approx(1, abs=1e-12)
        if weights.min() > 0:
            assert made.gap(made.flat(weights), row["first"], row["second"]) == pytest.approx(0, abs=1e-9)
        assert row["distance"] == pytest.approx(np.linalg.norm(weights - [0.42, 0.18, 0.25, 0.15]), rel=1e-12)


def test_points_beyond_the_parts_stay_whatever_the_weights() -> None:
    found = made.whole(made.flat(np.array([0.4, 0.2, 0.2, 0.2])).tree)
    points = np.array([0.0, 2.0, -1.5, 0.0])
    whole = replace(found.whole, estimate=found.whole.estimate + points)
    reviewed = replace(found, scores={**found.scores, found.tree.name: whole})
    swaps = swap_weights(reviewed, EVERY)
    parts = made.TABLE.set_index("evaluatee")
    added = dict(zip(made.NAMES, points, strict=True))
    for row in swaps.nearest.dropna().to_dict("records"):
        score = {
            name: parts.loc[name] @ pd.Series(row)[parts.columns].astype(float) + added[name]
            for name in added
        }
        assert score[row["first"]] == pytest.approx(score[row["second"]], abs=1e-9)
    assert swaps.nearest["distance"].notna().sum() >= 3
    for row in swaps.single[swaps.single["found"] == "within"].to_dict("records"):
        again = made.whole(made.reweighted(found.tree, row["part"], row["swap"]))
        gap = made.gap(again, row["first"], row["second"]) + added[row["first"]] - added[row["second"]]
        assert gap == pytest.approx(0, abs=1e-9)


def test_a_gap_of_zero_on_one_part_alone_is_reached_there() -> None:
    # Every other part is ahead: only all weight on the part without a gap makes the two equal.
    np.testing.assert_allclose(
        nearest_tie(np.array([0.2, 0.5, 0.3]), np.array([0.0, 4.0, 9.0])), [1, 0, 0], atol=1e-9
    )


def test_equal_composites_need_no_change() -> None:
    weights, gaps = np.array([0.5, 0.25, 0.25]), np.array([1.0, -2.0, 0.0])
    np.testing.assert_array_equal(nearest_tie(weights, gaps), weights)


def test_products_are_refused() -> None:
    product = replace(made.TREE, parts=(replace(made.TREE.parts[0], how="geometric"), *made.TREE.parts[1:]))
    with pytest.raises(EstimateError, match="the parts of '群众' are multiplied") as error:
        swap_weights(made.whole(product))
    assert error.value.rule == "weights_in_product"


def test_who_lacks_a_part_is_refused_and_who_lacks_the_composite_left_out() -> None:
    table = made.TABLE.copy()
    table.loc[1, "任务"] = np.nan
    with pytest.raises(EstimateError, match="'乙' lacks '任务'") as error:
        swap_weights(made.whole(replace(made.TREE, missing="reweight"), table))
    assert error.value.rule == "weights_of_missing"
    found = swap_weights(made.whole(replace(made.TREE, missing="leave_out"), table)).nearest
    assert found[["first", "second"]].to_numpy().tolist() == [["丙", "甲"], ["甲", "丁"]]


@pytest.mark.parametrize(
    ("pairs", "rule"), [([("甲", "戊")], "unknown_names"), ([("甲", "甲")], "not_a_pair")]
)
def test_odd_pairs_are_refused(pairs: list[tuple[str, str]], rule: str) -> None:
    with pytest.raises(EstimateError) as error:
        swap_weights(made.whole(), pairs)
    assert error.value.rule == rule
