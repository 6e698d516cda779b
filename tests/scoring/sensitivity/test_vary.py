"""Weights varied: against closed forms, integrals over a grid and the exact weights of a swap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from scoring import Composed, EstimateError, Part, compose, figures, swap_weights, weight_sensitivity
from scoring.errors import SUBJECTS
from tests.scoring.sensitivity import made

TABLE = pd.DataFrame({"evaluatee": ["甲", "乙"], "群众": [80.0, 70.0], "代表": [60.0, 76.0]})
DRAWS = 20_000


def two() -> Composed:
    return compose(Part("综合", parts=(Part("群众", 0.7), Part("代表", 0.3))), [figures(TABLE)])


def of(table: pd.DataFrame, evaluatee: str, moves: str) -> pd.DataFrame:
    return table[(table["evaluatee"] == evaluatee) & (table["moves"] == moves)].set_index("part")


def share(table: pd.DataFrame, evaluatee: str, place: int) -> float:
    return float(table.query("evaluatee == @evaluatee and place == @place")["share"].sum())


def near(found: float, expected: float) -> bool:
    """Whether a share of draws is within four standard errors of a probability."""
    return abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / DRAWS)


def test_sobol_indices_of_a_linear_index_are_the_closed_form() -> None:
    found = made.flat(np.array([0.4, 0.2, 0.25, 0.15]))
    reach = {"窗口": 0.1, "热线": 0.15, "代表": 0.05}
    result = weight_sensitivity(found, reach, normalise=False, draws=1, power=13)
    for at, who in enumerate(made.NAMES):
        # The variance of r u x with u uniform within ±1 is r² x² / 3.
        parts = np.array([(reach.get(name, 0.0) * made.TABLE[name][at]) ** 2 for name in found.tree.leaves])
        indices = of(result.sobol, who, "score")
        assert indices.index.tolist() == found.tree.leaves
        np.testing.assert_allclose(indices["first"], parts / parts.sum(), atol=2e-3)
        np.testing.assert_allclose(indices["total"], parts / parts.sum(), atol=2e-3)


def test_sobol_indices_of_weights_divided_by_their_sum_are_those_of_a_grid() -> None:
    middle = (np.arange(1000) + 0.5) / 1000 * 0.4 - 0.2
    u, v = np.meshgrid(0.7 + middle, 0.3 + middle, indexing="ij")
    score = (u * 80 + v * 60) / (u + v)
    place = 1.0 + (u * 10 < v * 16)
    result = weight_sensitivity(two(), 0.2, draws=1, power=14).sobol
    for moves, y in (("score", score), ("place", place)):
        indices = of(result, "甲", moves)
        first = [y.mean(axis=1).var() / y.var(), y.mean(axis=0).var() / y.var()]
        np.testing.assert_allclose(indices["first"], first, atol=0.015)
        np.testing.assert_allclose(indices["total"], 1 - np.array(first[::-1]), atol=0.015)


def test_shares_of_places_are_the_probability_that_weights_swap() -> None:
    # u < 1.6 v for u in 0.5..0.9 and v in 0.1..0.5: a triangle of 0.1875 by 0.3 in a square of 0.4².
    expected = 0.1875 * 0.3 / 2 / 0.16
    found = weight_sensitivity(two(), 0.2, draws=DRAWS, power=1).places
    assert near(share(found, "甲", 2), expected) and share(found, "甲", 2) == share(found, "乙", 1)
    np.testing.assert_allclose(found.groupby("evaluatee")["share"].sum(), 1, rtol=1e-12)


def test_dirichlet_weights_of_two_parts_are_beta() -> None:
    found = weight_sensitivity(two(), concentration=30, draws=DRAWS, power=1).places
    assert near(share(found, "甲", 2), beta(21, 9).cdf(16 / 26))


@pytest.mark.parametrize("part", ["窗口", "代表"])
def test_one_weight_of_a_tree_swaps_where_swap_weights_says(part: str) -> None:
    table = made.TABLE.iloc[[1, 2]]  # 乙 and 丙
    whole = made.whole(table=table)
    row = swap_weights(whole, [("丙", "乙")]).single.set_index("part").loc[part]
    # Beside others of sum 1 - w a weight u becomes u / (u + 1 - w); 丙 is first on this side of the swap.
    at = (1 - row["weight"]) * row["swap"] / (1 - row["swap"])
    expected = 0.5 + abs(row["weight"] - at) / 0.4
    assert 0.1 < expected < 0.9
    found = weight_sensitivity(whole, {part: 0.2}, draws=DRAWS, power=3)
    assert near(share(found.places, "丙", 1), expected)
    np.testing.assert_allclose(of(found.sobol, "丙", "score")["total"].drop(part), 0, atol=1e-12)


def test_weights_that_do_not_vary_move_nothing() -> None:
    found = weight_sensitivity(made.whole(), 0.0, draws=50, power=3)
    assert found.places[["evaluatee", "place", "share"]].to_numpy().tolist() == [
        ["甲", 3, 1.0],
        ["乙", 2, 1.0],
        ["丙", 1, 1.0],
        ["丁", 4, 1.0],
    ]
    assert found.sobol[["first", "total"]].isna().all(axis=None)


def test_a_seed_repeats_its_draws() -> None:
    one, same, other = (weight_sensitivity(made.whole(), 0.1, seed=seed, power=4) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one.places, same.places, check_exact=True)
    pd.testing.assert_frame_equal(one.sobol, same.sobol, check_exact=True)
    assert not one.places.equals(other.places) and not one.sobol.equals(other.sobol)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({}, "one_way_to_vary"),
        ({"within": 0.1, "concentration": 9.0}, "one_way_to_vary"),
        ({"concentration": 0.0}, "bad_concentration"),
        ({"within": 0.31}, "bad_reach"),
        ({"within": {"代表": -0.1}}, "bad_reach"),
        ({"within": {"职工": 0.1}}, "unknown_names"),
        ({"within": 0.1, "draws": 0}, "bad_draw_count"),
        ({"within": 0.1, "power": 25}, "bad_draw_count"),
        ({"within": 0.1, "seed": -1}, "bad_seed"),
    ],
)
def test_odd_ways_to_vary_are_refused(given: dict[str, Any], rule: str) -> None:
    with pytest.raises(EstimateError) as error:
        weight_sensitivity(two(), **given)
    assert error.value.rule == rule


def test_scores_without_parts_have_no_weights() -> None:
    with pytest.raises(EstimateError) as error:
        weight_sensitivity(made.whole(Part("窗口"), made.TABLE[["evaluatee", "窗口"]]), 0.1)
    assert error.value.rule == "no_parts"


def test_no_rule_has_two_messages() -> None:
    rules = [rule for subject in SUBJECTS for rule in subject.TEMPLATES]
    assert sorted(set(rules)) == sorted(rules)
