"""Chromy's method: all lottery numbers counted out, against ordered pivotal sampling in fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import floor

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling.lottery import Stream
from sampling.select.sequential import _fractions, chromy

ONE = 2**53
Chances = dict[frozenset[int], Fraction]
steady = settings(deadline=None, derandomize=True, max_examples=60)


def pivotal(prob: list[Fraction]) -> Chances:
    """Every sample of ordered pivotal sampling: the unit in hand meets the next (Deville and Tillé 1998).

    Chauvet (2019, "Chromy sampling is pivotal"): along a fixed list, Chromy's design is this one.
    """
    found: Chances = {}

    def meet(hand: int, left: Fraction, at: int, drawn: frozenset[int], chance: Fraction) -> None:
        if chance == 0:
            return
        if at == len(prob):
            assert left in (0, 1)
            drawn = drawn | {hand} if left else drawn
            found[drawn] = found.get(drawn, Fraction(0)) + chance
            return
        one = prob[at]
        both = left + one
        if both < 1:
            meet(hand, both, at + 1, drawn, chance * left / both)
            meet(at, both, at + 1, drawn, chance * one / both)
        else:
            meet(at, both - 1, at + 1, drawn | {hand}, chance * (1 - one) / (2 - both))
            meet(hand, both - 1, at + 1, drawn | {at}, chance * (1 - left) / (2 - both))

    meet(0, prob[0], 1, frozenset(), Fraction(1))
    return found


def thresholds(prob: list[Fraction]) -> list[Fraction]:
    """Chromy's conditional probability at each unit (1979, section 3): of going, or staying, above."""
    given_: list[Fraction] = []
    total = Fraction(0)
    for one in prob:
        before, after = total - floor(total), total + one - floor(total + one)
        given_.append((after - before) / (1 - before) if after > before else after / before)
        total += one
    return given_


def counted(size: list[int], n: int, start: int | None = None) -> Chances:
    """The design of the code in place 0..N-1: just below and above every threshold, by its weight."""
    first = 0
    if start is not None:
        first = next(k for k in range(len(size)) if sum(size[: k + 1]) > Fraction(start * sum(size), ONE))
    places = [(first + k) % len(size) for k in range(len(size))]
    cuts = thresholds([Fraction(n * size[k], sum(size)) for k in places])
    found: Chances = {}
    for below in product([True, False], repeat=len(size)):
        weight = Fraction(1)
        numbers = np.zeros(len(size))
        for place, cut, is_below in zip(places, cuts, below, strict=True):
            weight *= cut if is_below else 1 - cut
            numbers[place] = float(cut) - 1e-12 if is_below else min(float(cut) + 1e-12, 1 - 2**-53)
        if weight:
            sample = chromy(np.arange(len(size)), np.array(size, dtype=float), n, numbers, start)
            assert sample.size == n and (np.diff(sample) > 0).all()
            key = frozenset(sample.tolist())
            found[key] = found.get(key, Fraction(0)) + weight
    return found


def inclusion(chances: Chances, units: int) -> list[Fraction]:
    return [sum((c for drawn, c in chances.items() if k in drawn), Fraction(0)) for k in range(units)]


@pytest.mark.parametrize(
    ("size", "n"),
    [
        ([3, 5, 8, 11, 15, 18], 3),
        ([18, 3, 15, 8, 11, 5], 3),
        ([1, 1, 1, 1, 1, 1], 2),  # whole cumulated hits
        ([2, 1, 1, 3, 2, 2, 1], 4),
        ([9, 1], 1),
        ([7, 8, 9, 7], 3),
    ],
)
def test_the_design_is_ordered_pivotal(size: list[int], n: int) -> None:
    prob = [Fraction(n * one, sum(size)) for one in size]
    expected = pivotal(prob)
    assert inclusion(expected, len(size)) == prob
    assert counted(size, n) == expected


@steady
@given(st.lists(st.integers(1, 30), min_size=2, max_size=6), st.integers(1, 5), st.integers(0, ONE - 1))
def test_any_list_from_any_start_has_the_stated_chances(size: list[int], n: int, start: int) -> None:
    assume(n * max(size) < sum(size))
    assert inclusion(counted(size, n, start), len(size)) == [Fraction(n * one, sum(size)) for one in size]


def test_random_start_makes_every_pair_possible() -> None:
    size, n = [3, 2, 4, 2, 3, 2], 3
    total = sum(size)
    joint: dict[tuple[int, int], Fraction] = {}
    plain: dict[tuple[int, int], Fraction] = {}
    before = 0
    for one in size:
        first, last = -(-before * ONE // total), -(-(before + one) * ONE // total) - 1
        found = counted(size, n, first)
        assert found == counted(size, n, last)  # a unit is first for exactly its share of the starts
        for drawn, chance in found.items():
            for pair in combinations(sorted(drawn), 2):
                joint[pair] = joint.get(pair, Fraction(0)) + chance * Fraction(one, total)
        before += one
    for drawn, _ in counted(size, n).items():
        plain |= dict.fromkeys(combinations(sorted(drawn), 2), Fraction(1))
    assert len(joint) == 15 and len(plain) < 15


def test_list_order_is_followed_and_numbers_go_with_their_unit() -> None:
    size, numbers = np.array([4.0, 3.0, 3.0]), np.array([0.9, 0.5, 0.5])
    assert chromy(np.arange(3), size, 2, numbers).tolist() == [1, 2]
    order = np.array([2, 0, 1])
    assert chromy(order, size[[1, 2, 0]], 2, numbers[[1, 2, 0]]).tolist() == [0, 1]
    # begun at the last place: units 1, 0 and 2 of the list in that turn, given in list order
    assert chromy(np.array([0, 2, 1]), size, 2, numbers, ONE - 1).tolist() == [2, 1]
    assert (size.tolist(), numbers.tolist()) == ([4, 3, 3], [0.9, 0.5, 0.5])


def test_a_number_equal_to_the_chance_is_not_below_it() -> None:
    # chances 1/2, 0, 1/2, 0 of going above: with numbers of 1/2 the second of each pair is drawn
    assert chromy(np.arange(4), np.ones(4), 2, np.full(4, 0.5)).tolist() == [1, 3]
    assert chromy(np.arange(4), np.ones(4), 2, np.full(4, 0.5 - 2**-54)).tolist() == [0, 2]
    # fractions 0.8, 0.4, 0: unit 1 stays above, and is drawn, with chance 0.4 / 0.8
    size = np.array([4.0, 3.0, 3.0])
    assert chromy(np.arange(3), size, 2, np.array([0.1, 0.5, 0.9])).tolist() == [0, 2]
    assert chromy(np.arange(3), size, 2, np.array([0.1, 0.5 - 2**-54, 0.9])).tolist() == [0, 1]


def test_the_count_keeps_to_the_expected_along_a_long_list() -> None:
    # invariant of the definition: the count after every unit is the cumulated expected hits, down or up
    generator = np.random.default_rng(2)
    for size in (np.floor(generator.lognormal(9, 1, 30_000)) + 1, generator.lognormal(0, 1, 30_000)):
        order = generator.permutation(30_000)
        chosen = np.zeros(30_000, dtype=bool)
        chosen[chromy(order, size, 700, generator.random(30_000))] = True
        gap = np.cumsum(chosen[order]) - np.cumsum(700 * size[order] / size.sum())
        assert np.abs(gap).max() < 1 and chosen.sum() == 700


@steady
@given(st.lists(st.integers(1, 2**56), min_size=1, max_size=16), st.integers(1, 10**7))
@example([2**55, 2**56 + 1], 3)  # 3 * 2^55 is one short of the total: as floats, equal
def test_cumulated_hits_are_exact_where_64_bits_overflow(counts: list[int], n: int) -> None:
    rest, total = _fractions(np.array(counts), n)
    assert total == sum(counts)
    assert rest.tolist() == [n * sum(counts[: k + 1]) % total for k in range(len(counts))]


def test_inclusion_passes_the_gate() -> None:
    size = np.random.default_rng(8).lognormal(0, 0.7, 30)
    prob = 9 * size / size.sum()
    assert prob.max() < 1
    found = np.zeros((4_000, 30))
    stream = Stream([21, 1])
    for row in found:
        start = int(stream.numbers(1)[0] * ONE)
        row[chromy(np.arange(30), size, 9, stream.numbers(30), start)] = 1
    gap = found.mean(axis=0) - prob
    wald = len(found) * gap @ np.linalg.pinv(np.cov(found.T), hermitian=True) @ gap
    assert stats.chi2(29).sf(wald) > 1e-3
