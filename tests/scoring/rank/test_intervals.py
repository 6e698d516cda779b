"""Joint rank intervals from overlapping intervals, and ranks of counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scoring import EstimateError, joint_intervals, rank_sets, rank_sets_of_counts, rank_sets_of_intervals

ORACLES = Path(__file__).parents[2] / "oracles"
TRAVEL = pd.read_csv(ORACLES / "kww_travel_time_2011.csv")
PARTIES = json.loads((ORACLES / "multinomial_rank_sets.json").read_text(encoding="utf-8"))


def travel_sets(assuming: Any, decimals: int = 1) -> pd.DataFrame:
    """Rank sets of states, the shortest time first: ends rounded as the authors print them."""
    se = TRAVEL["MOE.1dec"] / stats.norm.ppf(0.95)  # a margin of error is at 90 %
    low, high = joint_intervals(-TRAVEL["Estimate.1dec"], se, 0.9, assuming=assuming)
    return rank_sets_of_intervals(np.round(low, decimals), np.round(high, decimals))


def test_travel_times_of_klein_wright_and_wieczorek() -> None:
    # L and U of their table, 90 %, independent estimates: equal, all 51.
    found = travel_sets("independent")
    assert found["low"].tolist() == TRAVEL["L"].tolist()
    assert found["high"].tolist() == TRAVEL["U"].tolist()


def test_bonferroni_and_unrounded_ends_are_not_what_they_print() -> None:
    # Four ends of each side move with Bonferroni, five without the rounding to one decimal.
    expected = TRAVEL[["L", "U"]].to_numpy()
    assert (travel_sets("anything").to_numpy() != expected).sum(axis=0).tolist() == [4, 4]
    assert (travel_sets("independent", 12).to_numpy() != expected).sum(axis=0).tolist() == [5, 5]


@pytest.mark.parametrize(("assuming", "each"), [("independent", 0.95 ** (1 / 4)), ("anything", 1 - 0.05 / 4)])
def test_intervals_have_the_level_of_their_class(assuming: Any, each: float) -> None:
    # Student's t at that level, by scipy; class b has one unit, so the whole level.
    low, high = joint_intervals(
        [80, 70, 60, 50, 40],
        [1, 2, 3, 0, 5],
        df=[4, 12, np.inf, 7, 3],
        assuming=assuming,
        by=["a", "a", "a", "a", "b"],
    )
    tail = (1 - each) / 2
    reach = [stats.t.isf(tail, 4), 2 * stats.t.isf(tail, 12), 3 * stats.norm.isf(tail), 0]
    np.testing.assert_allclose(high - [80, 70, 60, 50, 40], [*reach, 5 * stats.t.isf(0.025, 3)], rtol=1e-9)
    np.testing.assert_allclose(low + high, [160, 140, 120, 100, 80], rtol=1e-12)


def test_one_df_for_all() -> None:
    one, each = (joint_intervals([1, 2], [1, 1], df=df) for df in (5, [5, 5]))
    np.testing.assert_array_equal(one, each)


def test_touching_intervals_lie_apart_and_equal_points_are_tied() -> None:
    assert rank_sets_of_intervals([2, 1], [3, 2]).to_numpy().tolist() == [[1, 1], [2, 2]]
    assert rank_sets_of_intervals([2, 2], [2, 2]).to_numpy().tolist() == [[1, 2], [1, 2]]
    # A point at the low end of an interval lies below what is inside.
    assert rank_sets_of_intervals([2, 2], [2, 3]).to_numpy().tolist() == [[2, 2], [1, 1]]


def test_classes_are_ranked_apart() -> None:
    found = rank_sets_of_intervals([9, 1, 5, 3], [10, 2, 6, 5.5], by=["a", "b", "a", "b"])
    assert found.to_numpy().tolist() == [[1, 1], [2, 2], [2, 2], [1, 1]]


def test_sets_are_wider_than_those_of_differences() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        estimate, se = rng.normal(0, 4, 12), rng.uniform(0.5, 1.5, 12)
        wide = rank_sets_of_intervals(*joint_intervals(estimate, se, assuming="independent"))
        narrow = rank_sets(estimate, np.diag(se**2))
        assert (wide["low"] <= narrow["low"]).all()
        assert (wide["high"] >= narrow["high"]).all()


@pytest.mark.parametrize(
    ("rule", "message", "change"),
    [
        ("no_estimates", "joint_intervals: estimate", {"estimate": [], "se": []}),
        ("other_length", "se: must have one value for each of the 2 units; it has 3", {"se": [1, 1, 1]}),
        ("negative_error", "se: .* at position 1 it is -1.0", {"se": [1, -1]}),
        ("estimate_not_finite", "joint_intervals: se", {"se": [1, np.nan]}),
        ("bad_level", "joint_intervals: level", {"level": 90}),
        ("unknown_choice", "assuming: must be one of independent, anything", {"assuming": "nothing"}),
        ("df_not_above_0", "df: must be above 0; at position 0 it is 0.0", {"df": [0, 9]}),
    ],
)
def test_intervals_refuse(rule: str, message: str, change: dict[str, Any]) -> None:
    options: dict[str, Any] = {"estimate": [3.0, 1.0], "se": [1.0, 1.0]} | change
    with pytest.raises(EstimateError, match=message) as caught:
        joint_intervals(**options)
    assert caught.value.rule == rule
    assert caught.value.chinese.startswith("joint_intervals: ")


def test_upside_down_is_refused() -> None:
    with pytest.raises(EstimateError) as caught:
        rank_sets_of_intervals([1, 5], [2, 4])
    assert str(caught.value).endswith("at position 1 they are 5.0 and 4.0. Swap or correct them.")
    assert caught.value.chinese.endswith("位置 1 是 5.0 和 4.0。请对调或改正。")


# ------------------------------------------------------------------------------------------------- counts


def test_counts_of_csranks_multinom() -> None:
    found = rank_sets_of_counts(PARTIES["counts"], 0.95)
    assert found["low"].tolist() == PARTIES["L"]
    assert found["rank"].tolist() == PARTIES["rank"]
    assert found["high"].tolist() == PARTIES["U"]


@pytest.mark.parametrize("seed", range(6))
def test_counts_are_holm_on_binomial_tests(seed: int) -> None:
    # scipy's exact binomial test of every ordered pair, Holm (1979) one at a time.
    counts = np.random.default_rng(seed).integers(0, 40, 7) * np.array([1, 1, 0, 1, 1, 1, 1])
    tail = {
        (j, k): stats.binomtest(int(counts[j]), int(counts[j] + counts[k]), alternative="greater").pvalue
        for j in range(7)
        for k in range(7)
        if j != k and counts[j] + counts[k] > 0
    }
    low, high = np.ones(7, int), np.full(7, 7)
    for position, (j, k) in enumerate(sorted(tail, key=lambda pair: tail[pair])):
        if tail[j, k] * (42 - position) > 0.05:
            break
        low[k] += 1
        high[j] -= 1
    found = rank_sets_of_counts(counts)
    assert found[["low", "high"]].to_numpy().tolist() == np.transpose([low, high]).tolist()
    assert low.max() > 1


def test_counts_hold_together() -> None:
    # Shares known: all true ranks in their sets in at least 95 % less 3 binomial errors of 400 samples.
    rng, shares = np.random.default_rng(3), np.array([0.3, 0.3, 0.2, 0.1, 0.1])
    held = 0
    for counts in rng.multinomial(150, shares, 400):
        found = rank_sets_of_counts(counts)
        held += bool((found["low"] <= [1, 1, 3, 4, 4]).all() and (found["high"] >= [2, 2, 3, 5, 5]).all())
    assert held >= 400 * 0.95 - 3 * np.sqrt(400 * 0.95 * 0.05)


def test_one_answer_and_unnamed_answers() -> None:
    assert rank_sets_of_counts([5]).to_numpy().tolist() == [[1, 1, 1]]
    assert rank_sets_of_counts([0, 30, 0]).to_numpy().tolist() == [[2, 2, 3], [1, 1, 1], [2, 2, 3]]


@pytest.mark.parametrize(
    ("rule", "message", "counts"),
    [
        ("not_a_count", "at position 1 there is -1.0", [3, -1]),
        ("not_a_count", "at position 0 there is 2.5", [2.5, 1]),
        ("nothing_counted", "all counts are 0", [0, 0]),
        ("no_estimates", "must be a list of one number or more", []),
        ("estimate_not_finite", "must be finite", [1, np.nan]),
    ],
)
def test_counts_refuse(rule: str, message: str, counts: list[float]) -> None:
    with pytest.raises(EstimateError, match=message) as caught:
        rank_sets_of_counts(counts)
    assert caught.value.rule == rule
    assert caught.value.chinese.startswith("rank_sets_of_counts")
