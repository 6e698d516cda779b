"""The pivotal method: every duel's outcome enumerated with its exact chance, and a plain loop beside it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc

from sampling.probabilities import certain_units
from sampling.select.duels import BLOCK, ONE, masses, pivotal

steady = settings(deadline=None, derandomize=True)
BELOW_ONE = 1 - 2.0**-53


def chance(a: Fraction, b: Fraction) -> Fraction:
    """The challenger's chance to win, as the docstring of pivotal states it."""
    return b / (a + b) if a + b < 1 else (1 - a) / (2 - a - b)


def plain(order: Sequence[int], prob: Sequence[Fraction], wins: Sequence[bool]) -> tuple[list[int], Fraction]:
    """The method as Deville and Tillé tell it, one duel after the other; with the chance of these wins."""
    drawn, likely = [], Fraction(1)
    survivor, a = -1, Fraction(0)
    for unit in order:
        b = prob[unit]
        if a == 0:
            survivor, a = unit, b
            likely *= wins[unit]  # nobody to duel with
            continue
        p = chance(a, b)
        likely *= p if wins[unit] else 1 - p
        winner, loser = (unit, survivor) if wins[unit] else (survivor, unit)
        if a + b < 1:
            survivor, a = winner, a + b
        else:
            drawn.append(winner)
            survivor, a = loser, a + b - 1
    return sorted(drawn, key=list(order).index), likely


def samples(
    order: Sequence[int], size: Sequence[float], n: int
) -> Iterator[tuple[list[int], list[int], Fraction]]:
    """For every outcome of the duels: our sample, the plain one, and the outcome's exact chance."""
    total = sum(map(Fraction, size))
    prob = [n * Fraction(one) / total for one in size]
    for bits in product([False, True], repeat=len(size)):
        numbers = np.where(bits, 0.0, BELOW_ONE)
        expected, likely = plain(order, prob, bits)
        if likely:
            ours = pivotal(np.array(order), np.array(size, dtype=float), n, numbers)
            yield ours.tolist(), expected, likely


DESIGNS = [
    ([1, 1, 1, 1, 1], 1),  # one interval
    ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 2),  # 0.2 × 5 ends on a whole number, twice
    ([1, 1, 1, 1, 1, 1], 4),  # 2/3: every other unit crosses
    ([3, 2, 4, 1, 5, 3, 2], 3),
    ([7, 1, 1, 7, 1, 1, 7, 1], 3),  # large units cross again and again: a survivor lives through many
    ([9, 8, 9, 8, 9, 8, 9], 6),
]


@pytest.mark.parametrize(("size", "n"), DESIGNS)
def test_every_outcome_is_the_plain_loops_and_chances_are_exact(size: list[int], n: int) -> None:
    total = sum(size)
    for order in [list(range(len(size))), np.random.default_rng(2).permutation(len(size)).tolist()]:
        found: dict[int, Fraction] = defaultdict(Fraction)
        everything = Fraction(0)
        for ours, expected, likely in samples(order, size, n):
            assert ours == expected
            assert len(set(ours)) == n
            everything += likely
            for unit in ours:
                found[unit] += likely
        assert everything == 1
        assert [found[i] for i in range(len(size))] == [Fraction(n * one, total) for one in size]


def test_joint_probabilities_are_chauvets_for_equal_sizes_that_fill_intervals() -> None:
    # Chauvet (2012): intervals of five equal units are strata, one drawn from each.
    joint: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    for ours, _, likely in samples(range(10), [1] * 10, 2):
        for pair in combinations(ours, 2):
            joint[pair] += likely
    assert joint == {(i, j): Fraction(1, 25) for i in range(5) for j in range(5, 10)}


def test_a_number_equal_to_the_chance_does_not_win() -> None:
    assert pivotal(np.arange(2), np.ones(2), 1, np.array([0.0, 0.5])).tolist() == [0]
    assert pivotal(np.arange(2), np.ones(2), 1, np.array([0.0, np.nextafter(0.5, 0)])).tolist() == [1]


def test_sizes_of_which_n_times_the_total_leaves_64_bits_draw_the_same() -> None:
    rng, size = np.random.default_rng(3), np.array([3.0, 2, 4, 3, 3, 3, 2])
    for _ in range(200):
        numbers = rng.random(7)
        small, large = (pivotal(np.arange(7), size * scale, 4, numbers) for scale in (1, 2.0**57))
        assert small.tolist() == large.tolist()


@steady
@given(st.data())
def test_samples_of_whole_sizes_are_the_plain_loops(data: st.DataObject) -> None:
    size = data.draw(st.lists(st.integers(1, 40), min_size=2, max_size=40))
    fitting = [n for n in range(1, len(size)) if n * max(size) < sum(size)]
    if not fitting:
        return
    n = data.draw(st.sampled_from(fitting))
    order = data.draw(st.permutations(range(len(size))))
    numbers = np.random.default_rng(data.draw(st.integers(0, 99))).random(len(size))
    prob = [Fraction(n * one, sum(size)) for one in size]
    expected, _ = loop(order, prob, numbers)
    ours = pivotal(np.array(order), np.array(size, dtype=float), n, numbers)
    assert ours.tolist() == expected


def loop(order: Sequence[int], prob: Sequence[Fraction], numbers: np.ndarray) -> tuple[list[int], Fraction]:
    """The plain loop with lottery numbers: each challenger's own number decides its duel."""
    cumulated, wins = Fraction(0), [False] * len(prob)
    for unit in order:
        a = cumulated % 1
        wins[unit] = a == 0 or bool(numbers[unit] < float(chance(a, prob[unit])))
        cumulated += prob[unit]
    return plain(order, prob, wins)


@pytest.mark.parametrize("seed", range(3))
def test_blocks_do_not_change_a_draw(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 2 * BLOCK + 1000
    size = rng.integers(1, 9, count)
    n = [3, 1000, count // 2][seed]  # with n = 3 survivors live through whole blocks
    numbers = rng.random(count)
    order = rng.permutation(count)
    ours = pivotal(order, size.astype(float), n, numbers)
    # The plain loop in whole numbers, since fractions take minutes here.
    total, a, survivor, drawn = int(size.sum()), 0, -1, []
    for place, unit in enumerate(order.tolist()):
        b = n * int(size[unit])
        if a + b < total:
            wins = numbers[unit] < b / (a + b)
            survivor, a = (place if wins else survivor), a + b
        else:
            wins = numbers[unit] < (total - a) / (2 * total - a - b)
            drawn.append(place if wins else survivor)
            survivor, a = (survivor if wins else place), a + b - total
    assert ours.tolist() == order[sorted(drawn)].tolist()


# ---------------------------------------------------------------------------------------------- masses


def stated(size: np.ndarray, n: int) -> list[Fraction]:
    total = sum(map(Fraction, size.tolist()))
    return [n * Fraction(one) / total for one in size.tolist()]


def assert_masses(size: np.ndarray, n: int) -> None:
    mass, one = masses(size, n)
    assert int(sum(mass.tolist())) == n * one
    assert mass.min() >= 1
    assert mass.max() <= one
    off = [abs(Fraction(m, one) - prob) for m, prob in zip(mass.tolist(), stated(size, n), strict=True)]
    assert max(off) < 1e-15


@steady
@given(
    st.lists(st.floats(2.0**-40, 2.0**40) | st.sampled_from([0.1, 0.2, 0.7, 1e17]), min_size=2, max_size=30),
    st.data(),
)
def test_masses_of_any_sizes_sum_to_n_and_are_the_probabilities(
    size: list[float], data: st.DataObject
) -> None:
    values = np.array(size)
    n = data.draw(st.integers(1, len(size) - 1))
    certain = certain_units(values, n)
    left = n - int(certain.sum())
    if left:
        assert_masses(values[~certain], left)


@pytest.mark.parametrize(
    ("size", "n"),
    [
        ([0.2] * 10, 2),
        ([0.1] * 1000, 37),
        ([1.0, 3e-16], 1),  # one is nearly certain
        ([1.0, *[1e-17] * 1000], 1),
        ([1.0, 1.0, 1e-15], 2),
        ([1e-300, 1.0, 1.0], 1),  # no chance to speak of, still above 0
        ([1e-17, 1.0], 1),
        ([1.0, 1 + 2.0**-52, 1e-16], 2),  # the second is above 1 by rounding
        ([2.0**61, 2.0**61, 3.0], 1),  # whole, but too large for 64 bits
        ([2.0**60] * 17, 1),
        ([2.0**52 - 1, 2.0**52 - 3, 2.0**52 - 7, 1.0], 3),
    ],
)
def test_masses_at_the_edges(size: list[float], n: int) -> None:
    assert_masses(np.array(size), n)


def test_masses_of_many_sizes_of_a_tenth() -> None:
    # A plain sum of 400,000 tenths errs by 4e-12 of itself: the exact sum of fractions is the oracle.
    size = np.where(np.arange(400_000) % 3 == 0, 0.1, 0.7)
    mass, one = masses(size, 1000)
    assert one == ONE
    assert sum(mass.tolist()) == 1000 * one
    groups = Fraction(int((size == 0.1).sum())), Fraction(int((size == 0.7).sum()))
    total = groups[0] * Fraction(0.1) + groups[1] * Fraction(0.7)
    for value in (0.1, 0.7):
        expected = float(1000 * Fraction(value) / total)
        np.testing.assert_allclose(mass[size == value] / one, expected, rtol=1e-15, atol=0)


@steady
@given(st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=60), st.data())
def test_exactly_n_different_units_of_any_sizes(size: list[float], data: st.DataObject) -> None:
    values = np.array(size)
    n = data.draw(st.integers(1, len(size) - 1))
    certain = certain_units(values, n)
    order = np.flatnonzero(~certain)
    left = n - int(certain.sum())
    if not left:
        return
    numbers = np.random.default_rng(data.draw(st.integers(0, 99))).random(len(size))
    for extreme in (numbers, np.zeros(len(size)), np.full(len(size), BELOW_ONE)):
        before = values.copy(), extreme.copy()
        drawn = pivotal(order, values, left, extreme).tolist()
        assert drawn == sorted(set(drawn))
        assert len(drawn) == left
        assert not certain[drawn].any()
        assert (values == before[0]).all() and (extreme == before[1]).all()


# ------------------------------------------------------------------------------------------ simulation


def wald(indicators: np.ndarray, prob: np.ndarray) -> tuple[float, int]:
    """(mean − prob)' (covariance of the mean)⁻ (mean − prob) and its degrees of freedom."""
    gap = indicators.mean(axis=0) - prob
    values, vectors = np.linalg.eigh(np.cov(indicators.T) / len(indicators))
    keep = values > values.max() * 1e-9
    return float((((vectors.T @ gap)[keep]) ** 2 / values[keep]).sum()), int(keep.sum())


@pytest.mark.parametrize("randomised", [False, True])
def test_wald_gate(randomised: bool) -> None:
    rng = np.random.default_rng(41)
    size = np.array([2.3, 0.4, 1.7, 1.1, 3.9, 0.8, 2.2, 1.3])
    prob = 3 * size / size.sum()
    indicators = np.zeros((4000, size.size))
    for row in indicators:
        order = rng.permutation(size.size) if randomised else np.arange(size.size)
        row[pivotal(order, size, 3, rng.random(size.size))] = 1
    statistic, df = wald(indicators, prob)
    assert df == size.size - 1  # the size is fixed
    assert chdtrc(df, statistic) > 1e-3
    shifted, _ = wald(indicators, prob + np.array([0.05, -0.05, *[0] * 6]))
    assert chdtrc(df, shifted) < 1e-6  # the gate closes on probabilities that are not the stated ones


def test_a_million_units_take_a_moment() -> None:
    rng = np.random.default_rng(5)
    size, numbers = rng.integers(1, 1000, 10**6).astype(float), rng.random(10**6)
    start = time.process_time()
    assert len(set(pivotal(np.arange(10**6), size, 10_000, numbers).tolist())) == 10_000
    assert time.process_time() - start < 0.8  # 0.05 s; a Python loop takes over 1 s
