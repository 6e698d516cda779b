"""Selection methods against exact arithmetic: every start counted, no simulation."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import DesignError, FrameError, inclusion_probabilities
from sampling.probabilities import certain_units
from sampling.select import pps_systematic, simple_random, systematic

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "sampling_pps.json").read_text(encoding="utf-8"))
ONE = 2**53
steady = settings(deadline=None, derandomize=True)
STARTS = st.integers(0, ONE - 1)


def chances(select: Callable[[int], np.ndarray], cuts: set[Fraction], units: int) -> list[Fraction]:
    """Each unit's exact probability when u = start / 2^53 is uniform on [0, 1).

    The sample is the same between two cuts, so it is drawn at the first and last start of each piece.
    """
    ends = sorted({cut for cut in cuts if 0 < cut < 1} | {Fraction(0), Fraction(1)})
    chance = [Fraction(0)] * units
    for low, high in pairwise(ends):
        first, last = ceil(low * ONE), ceil(high * ONE) - 1
        if first > last:
            continue  # narrower than one start
        sample = select(first).tolist()
        assert sample == select(last).tolist() == select((first + last) // 2).tolist()
        assert len(set(sample)) == len(sample)
        for unit in sample:
            chance[unit] += high - low
    return chance


# ------------------------------------------------------------------------------------------ systematic


@steady
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), STARTS)
def test_systematic_takes_floor_of_u_plus_i_times_the_interval(sizes: tuple[int, int], start: int) -> None:
    units, n = sizes
    u = Fraction(start, ONE)
    expected = [floor((u + i) * Fraction(units, n)) for i in range(n)]
    assert systematic(np.arange(units), n, start).tolist() == expected


@pytest.mark.parametrize(("units", "n"), [(12, 4), (7, 3), (10, 9), (5, 5), (11, 1), (13, 8)])
def test_systematic_gives_every_unit_n_over_n(units: int, n: int) -> None:
    cuts = {Fraction(k * n, units) - i for k in range(units + 1) for i in range(n)}
    found = chances(lambda start: systematic(np.arange(units), n, start), cuts, units)
    assert found == [Fraction(n, units)] * units


def test_systematic_follows_the_list_order() -> None:
    order = np.array([4, 2, 0, 1, 3])
    assert systematic(order, 2, ONE // 2).tolist() == [2, 1]  # positions floor(1.25), floor(3.75)


def test_simple_random_takes_the_first_of_the_order() -> None:
    assert simple_random(np.array([3, 1, 0, 2]), 2).tolist() == [3, 1]


# ------------------------------------------------------------------------------------------------- PPS


def pps_cuts(size: Sequence[float], n: int, order: Sequence[int]) -> set[Fraction]:
    """Where in u the end of a unit meets a point of selection."""
    prob = inclusion_probabilities(size, n)
    rest = [i for i in order if prob[i] < 1]
    left = n - int((prob == 1).sum())
    total = sum((Fraction(size[i]) for i in rest), Fraction(0))
    cuts, end = set(), Fraction(0)
    for unit in rest:
        end += Fraction(size[unit])
        cuts |= {end * left / total - i for i in range(left)}
    return cuts


def assert_pps_exact(size: Sequence[float], n: int, order: Sequence[int]) -> None:
    values, listed = np.array(size, dtype=float), np.array(order)
    select = lambda start: pps_systematic(listed, values, n, start)  # noqa: E731
    found = chances(select, pps_cuts(values.tolist(), n, order), len(size))
    expected = inclusion_probabilities(values, n)
    np.testing.assert_allclose([float(one) for one in found], expected, rtol=0, atol=1e-12)
    assert [one == 1 for one in found] == (expected == 1).tolist()


@pytest.mark.parametrize(
    ("size", "n"),
    [
        ([5, 4, 3, 2, 1], 2),
        ([90, 12, 25, 8, 40, 31, 17, 22, 9, 28], 5),  # one certain
        ([500, 400, 30, 20, 10, 1], 3),  # two certain
        ([1000, 100, 10, 1], 3),  # one certain, then another of the rest
        ([1, 1, 1, 1], 4),  # all certain
        ([0.1, 0.7, 2.5, 1e-3, 3.25], 2),  # floats are exact fractions
        ([3, 3, 3, 3, 3, 3, 3], 3),
    ],
)
def test_pps_chances_are_the_stated_probabilities(size: list[float], n: int) -> None:
    assert_pps_exact(size, n, range(len(size)))
    assert_pps_exact(size, n, np.random.default_rng(1).permutation(len(size)).tolist())


@steady
@given(st.data())
def test_pps_chances_of_any_list_are_the_stated_probabilities(data: st.DataObject) -> None:
    whole = data.draw(st.booleans())
    one = st.integers(1, 500) if whole else st.floats(2**-6, 500, width=32)
    size = data.draw(st.lists(one, min_size=1, max_size=8))
    n = data.draw(st.integers(1, len(size)))
    assert_pps_exact(size, n, data.draw(st.permutations(range(len(size)))))


def test_pps_gives_the_sample_in_list_order() -> None:
    order = np.array([3, 0, 2, 1])
    assert pps_systematic(order, np.array([9.0, 9, 9, 9]), 4, 0).tolist() == [3, 0, 2, 1]


@pytest.mark.parametrize("case", R["inclusion"])
def test_inclusion_probabilities_equal_r(case: str) -> None:
    # R sampling 2.9, inclusionprobabilities(): tests/oracles/sampling_pps.R
    expected = R["inclusion"][case]
    size = expected.get("size")
    if size is None:
        size = pd.read_csv(ORACLES / expected["data"])[expected["column"]]
    found = inclusion_probabilities(size, expected["n"])
    np.testing.assert_allclose(found, expected["pik"], rtol=1e-9)
    assert int((found == 1).sum()) == expected["certain"]
    assert found.sum() == pytest.approx(expected["n"], rel=1e-12)


@steady
@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=30), st.data())
def test_inclusion_probabilities_sum_to_n_and_follow_size(size: list[float], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(size)))
    prob = inclusion_probabilities(size, n)
    assert prob.sum() == pytest.approx(n, rel=1e-9)
    assert ((prob >= 0) & (prob <= 1)).all()
    order = np.argsort(size)
    assert (np.diff(prob[order]) >= 0).all()
    rest = prob < 1
    share = prob[rest] / np.array(size)[rest]
    np.testing.assert_allclose(share, share[:1].repeat(share.size), rtol=1e-9)


def test_certainty_is_decided_exactly() -> None:
    # 2 × 50 reaches 50 + 50 + 1e-20 in floating point but not in truth, so no unit is certain.
    assert certain_units([50, 50, 1e-20], 2).tolist() == [False, False, False]
    assert inclusion_probabilities([50, 50, 1e-20], 2).tolist() == [1, 1, 2e-20 / 100]
    # In floating point 0.1 + 0.2 + 0.3 is 0.6000000000000001 and 2 × 0.3 is 0.6; the doubles themselves
    # sum to 0.6 + 1.7e-17 and twice the third is 0.6 - 2.2e-17. Twice 0.3000000000000001 does reach.
    assert certain_units([0.1, 0.2, 0.3], 2).tolist() == [False, False, False]
    assert certain_units([0.1, 0.2, 0.3000000000000001], 2).tolist() == [False, False, True]


@steady
@given(
    st.lists(st.floats(1e-6, 1e6) | st.sampled_from([0.1, 0.2, 0.3, 0.7]), min_size=1, max_size=12),
    st.integers(1, 12),
)
def test_certain_units_are_those_of_fractions(size: list[float], n: int) -> None:
    n = min(n, len(size))
    certain = [False] * len(size)
    while True:
        left = n - sum(certain)
        total = sum(
            (Fraction(value) for value, taken in zip(size, certain, strict=True) if not taken), Fraction(0)
        )
        more = [
            not taken and left * Fraction(value) >= total for value, taken in zip(size, certain, strict=True)
        ]
        if not left or not any(more):
            break
        certain = [a or b for a, b in zip(certain, more, strict=True)]
    assert certain_units(size, n).tolist() == certain


@pytest.mark.parametrize("n", [0, -1, 2.5, float("nan"), "2", None])
def test_inclusion_probabilities_need_a_whole_n(n: object) -> None:
    with pytest.raises(DesignError) as caught:
        inclusion_probabilities([1, 2, 3], n)  # type: ignore[arg-type]
    assert str(caught.value) == f"sizes: n must be a whole number of at least 1; it is {n!r}."
    assert caught.value.chinese == f"sizes：样本量必须是不小于 1 的整数，现在是 {n!r}。"


def test_inclusion_probabilities_need_n_units() -> None:
    with pytest.raises(DesignError, match="^sizes: 4 units asked, 3 in the frame"):
        inclusion_probabilities([1, 2, 3], 4)


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_inclusion_probabilities_need_positive_sizes(bad: float) -> None:
    with pytest.raises(FrameError) as caught:
        inclusion_probabilities([1, 2, bad, bad], 2)
    assert str(caught.value) == (
        f"sizes: size 'size' must be a positive number; 2 are not, first {bad!r} of unit \"2\" (row 3). "
        "Correct it or leave the unit out."
    )
