"""Sets of several classes, sure differences and who could be first or last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import (
    EstimateError,
    could_be_bottom,
    could_be_top,
    open_ranks,
    rank_sets,
    sure_differences,
    undecided_pairs,
)

CSRANKS = json.loads((Path(__file__).parents[2] / "oracles" / "rank_sets.json").read_text(encoding="utf-8"))


def example(units: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(units, units))
    cov = root @ root.T + np.diag(rng.uniform(0.2, 3, units))
    return rng.normal(0, 2.5 * units, units), cov, rng.permutation(np.resize(["c", "a", "b"], units))


@pytest.mark.parametrize("joint", [True, False])
@pytest.mark.parametrize("df", [None, 20.0])
def test_classes_are_judged_apart(df: float | None, joint: bool) -> None:
    estimate, cov, by = example(14)
    freedom = None if df is None else np.full((14, 14), df)
    found = rank_sets(estimate, cov, df=freedom, by=by, joint=joint)
    pd.testing.assert_index_equal(found.index, pd.RangeIndex(14))
    for name in "abc":
        here = np.flatnonzero(by == name)
        assert here.size > 2
        block = np.ix_(here, here)
        alone = rank_sets(estimate[here], cov[block], df=df, joint=joint)
        pd.testing.assert_frame_equal(found.iloc[here].reset_index(drop=True), alone)


def test_nothing_between_classes_is_read() -> None:
    estimate, cov, by = example(9)
    apart = by[:, None] != by[None, :]
    holes = np.where(apart, np.nan, cov)
    pd.testing.assert_frame_equal(rank_sets(estimate, holes, by=by), rank_sets(estimate, cov, by=by))


def test_positions_in_messages_are_the_callers() -> None:
    cov = np.eye(4)
    cov[1, 3] = 0.5
    with pytest.raises(EstimateError, match=r"\(1, 3\) is 0.5 but \(3, 1\) is 0.0"):
        rank_sets([1, 2, 3, 4], cov, by=["a", "b", "a", "b"])
    cov[1, 3] = np.nan
    with pytest.raises(EstimateError, match="row 1, column 3 is nan"):
        rank_sets([1, 2, 3, 4], cov, by=["a", "b", "a", "b"])
    df = np.full((4, 4), 9.0)
    df[1, 3] = df[3, 1] = 0
    with pytest.raises(EstimateError, match=r"df: must be above 0; \(1, 3\) is 0.0"):
        rank_sets([1, 2, 3, 4], np.eye(4), df=df, by=["a", "b", "a", "b"])
    df[1, 3] = 8.0
    df[3, 1] = 7.0
    with pytest.raises(EstimateError, match=r"\(1, 3\) is 8.0 but \(3, 1\) is 7.0"):
        rank_sets([1, 2, 3, 4], np.eye(4), df=df, by=["a", "b", "a", "b"])


def test_one_unit_in_each_class() -> None:
    found = rank_sets([3.0, 1.0], np.eye(2), by=["a", "b"])
    assert found.to_numpy().tolist() == [[1, 1, 1], [1, 1, 1]]


# ---------------------------------------------------------------------------------------- sure differences


@pytest.mark.parametrize("df", [None, 20.0])
@pytest.mark.parametrize("classes", [False, True])
def test_sets_are_what_sure_differences_leave_open(df: float | None, classes: bool) -> None:
    estimate, cov, by = example(14)
    by_class = by if classes else None
    sure = sure_differences(estimate, cov, df=df, by=by_class)
    expected = rank_sets(estimate, cov, df=df, by=by_class)[["low", "high"]]
    pd.testing.assert_frame_equal(open_ranks(sure, by=by_class), expected)
    assert (estimate[:, None] > estimate[None, :])[sure].all()
    if classes:
        assert not sure[by[:, None] != by[None, :]].any()
        assert sure.any()


def test_sure_differences_of_csranks() -> None:
    # Which units lie above which follows from csranks' step-down ends here: 88.1 is above all, 66 below
    # five; the sums of rows and columns are its ends.
    sure = sure_differences(CSRANKS["estimate"], CSRANKS["independent"]["cov"], level=0.95)
    assert (1 + sure.sum(axis=0)).tolist() == CSRANKS["independent"]["stepdown_low"]
    assert (8 - sure.sum(axis=1)).tolist() == CSRANKS["independent"]["stepdown_high"]
    assert sure[5].tolist() == [True] * 5 + [False] + [True] * 2


def test_undecided_pairs_stay_in_their_class() -> None:
    sure = sure_differences([9.0, 5.0, 5.1, 1.0], np.eye(4) * 0.01, by=["a", "a", "b", "b"])
    assert undecided_pairs(sure, by=["a", "a", "b", "b"]).tolist() == []
    sure = sure_differences([9.0, 5.0, 5.1, 1.0], np.eye(4) * 0.01)
    assert undecided_pairs(sure).tolist() == [[1, 2]]
    equal = sure_differences([5.0] * 3, np.eye(3))
    assert undecided_pairs(equal).tolist() == [[0, 1], [0, 2], [1, 2]]


def test_exact_pairs_are_decided_without_error() -> None:
    # Units 0, 2, 3 share all their error: 0 and 2 tie, 3 is 0.0001 below; unit 1 has its own.
    shared = np.array([1.0, 0.0, 1.0, 1.0])
    cov = np.outer(shared, shared) * 0.3 + np.diag([0, 2.0, 0, 0])
    for df in (None, 9.0):
        sure = sure_differences([7.0, 7.1, 7.0, 6.9999], cov, df=df)
        assert np.argwhere(sure).tolist() == [[0, 3], [2, 3]]
        assert undecided_pairs(sure).tolist() == [[0, 1], [0, 2], [1, 2], [1, 3]]


# -------------------------------------------------------------------------------------- first and last few


@pytest.mark.parametrize("case", ["independent", "correlated"])
def test_top_and_bottom_of_csranks(case: str) -> None:
    # cstaubest and cstauworst with tau = 2; the file counts units from 1.
    expected = CSRANKS[case]
    assert expected["same_for_5_seeds"]["top"]
    assert expected["same_for_5_seeds"]["bot"]
    sets = rank_sets(CSRANKS["estimate"], expected["cov"], level=CSRANKS["level"])
    assert (1 + np.flatnonzero(could_be_top(sets, 2))).tolist() == expected["could_be_top_2"]
    assert (1 + np.flatnonzero(could_be_bottom(sets, 2))).tolist() == expected["could_be_bottom_2"]


def test_top_of_units_without_error_has_exactly_those_and_their_ties() -> None:
    for joint in (True, False):
        sets = rank_sets([5.0, 9.0, 7.0, 7.0, 1.0], np.zeros((5, 5)), joint=joint)
        assert could_be_top(sets, 1).tolist() == [False, True, False, False, False]
        assert could_be_top(sets, 2).tolist() == [False, True, True, True, False]
        assert could_be_bottom(sets, 1).tolist() == [False, False, False, False, True]
        assert could_be_bottom(sets, 3).tolist() == [True, False, True, True, True]


def test_bottom_counts_from_the_size_of_the_class() -> None:
    sets = pd.DataFrame({"low": [1, 1, 2, 3, 1], "high": [2, 2, 2, 3, 1]})
    by = ["a", "b", "b", "b", "a"]
    assert could_be_bottom(sets, 1, by=by).tolist() == [True, False, False, True, False]
    assert could_be_top(sets, 1, by=by).tolist() == [True, True, False, False, True]


@pytest.mark.parametrize("which", [could_be_top, could_be_bottom])
@pytest.mark.parametrize("places", [0, 3])
def test_more_places_than_a_class_has_are_refused(which: Any, places: int) -> None:
    sets = pd.DataFrame({"low": [1, 1, 2, 1, 1], "high": [2, 2, 2, 3, 2]})
    with pytest.raises(EstimateError) as caught:
        which(sets, places, by=["a", "b", "b", "b", "a"])
    assert caught.value.rule == "places_out_of_class"
    where = which.__name__
    assert (
        str(caught.value) == f"{where}: {places} places are asked for of a class of 2 units. Ask for 1 to 2."
    )
    assert caught.value.chinese == f"{where}：有一类只有 2 个单位，却要取 {places} 名。请取 1 到 2 名。"


@pytest.mark.parametrize("which", [open_ranks, undecided_pairs])
@pytest.mark.parametrize("sure", [[[0, 1], [0, 0]], [[True, False]], [True], np.zeros((0, 0), bool)])
def test_what_are_no_claims_is_refused(which: Any, sure: Any) -> None:
    with pytest.raises(EstimateError) as caught:
        which(sure)
    assert caught.value.rule == "not_claims"
    assert f"{which.__name__}: sure: must be a square matrix of true and false" in str(caught.value)
    assert "必须是真假值的方阵" in caught.value.chinese
