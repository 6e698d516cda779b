"""Draws with replacement: each number's unit exactly, and the expected number of hits."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling.lottery import Stream
from sampling.select.counts import size_counts
from sampling.select.replacement import pps_with_replacement

ONE = 2**53
steady = settings(deadline=None, derandomize=True)


class Given:
    """A stream of numbers that are chosen."""

    def __init__(self, whole: list[int]) -> None:
        self.whole = whole

    def numbers(self, count: int) -> np.ndarray:
        now, self.whole = self.whole[:count], self.whole[count:]
        return np.array(now) / float(ONE)


def pointed(size: np.ndarray, whole: list[int]) -> list[int]:
    return pps_with_replacement(size, len(whole), cast(Stream, Given(whole))).tolist()


@steady
@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=9))
def test_a_unit_is_hit_by_exactly_its_share_of_the_numbers(size: list[int]) -> None:
    # floor(z T / 2^53) lies in [end before, end) for z from ceil(2^53 before / T): first and last z
    total, before = sum(size), 0
    for unit, one in enumerate(size):
        first = -(-before * ONE // total)
        last = -(-(before + one) * ONE // total) - 1
        if first <= last:
            assert pointed(np.array(size, dtype=float), [last, first]) == [unit, unit]
        before += one


def test_hits_are_sorted_and_repeat() -> None:
    assert pointed(np.array([1.0, 2.0, 1.0]), [ONE - 1, 0, ONE // 2, 1, ONE // 4]) == [0, 0, 1, 1, 2]


def test_expected_hits_are_n_times_the_share() -> None:
    size, n = np.array([5.0, 1, 2, 8, 4]), 4
    stream = Stream([6, 1])
    hits = np.array([np.bincount(pps_with_replacement(size, n, stream), minlength=5) for _ in range(20_000)])
    gap = hits.mean(axis=0) - n * size / size.sum()
    wald = len(hits) * gap @ np.linalg.pinv(np.cov(hits.T)) @ gap
    assert stats.chi2(4).sf(wald) > 1e-3
    # independent draws: covariance of a multinomial, -n p q off the diagonal
    p = size / size.sum()
    np.testing.assert_allclose(np.cov(hits.T), n * (np.diag(p) - np.outer(p, p)), atol=0.03)


def test_whole_sizes_are_counted_as_they_are() -> None:
    assert size_counts(np.array([3.0, 2.0**59, 1.0])).tolist() == [3, 2**59, 1]


@steady
@given(st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=20))
def test_counts_of_any_sizes_keep_their_shares(size: list[float]) -> None:
    counts = size_counts(np.array(size)).tolist()
    total, exact = sum(counts), [Fraction(one) for one in size]
    assert total <= 2**60 + len(size)
    for count, one in zip(counts, exact, strict=True):
        assert abs(Fraction(count, total) - one / sum(exact)) <= Fraction(len(size) + 1, 2**59)


@pytest.mark.parametrize("size", [[1e-300, 2e-300], [1e300, 2e300], [2.0**60, 2.0**61]])
def test_counts_of_extreme_sizes(size: list[float]) -> None:
    low, high = size_counts(np.array(size)).tolist()
    assert high == 2 * low


def test_a_size_lost_beside_another_still_counts_one() -> None:
    assert size_counts(np.array([1e-30, 1.5])).tolist()[0] == 1


def test_counts_round_to_the_nearest() -> None:
    # total 1 has exponent 1, so sizes are times 2^59: 1.7e-17 becomes 9.8, 0.1 a whole number
    assert size_counts(np.array([1.7e-17, 0.1, 0.9])).tolist() == [10, int(0.1 * 2**59), int(0.9 * 2**59)]
