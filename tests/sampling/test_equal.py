"""Circular systematic selection: every list length, every n, every start."""

from __future__ import annotations

import numpy as np
import pytest

from sampling.select.equal import circular_systematic

ONE = 2**53


def edges(unit: int, count: int) -> list[int]:
    """First and last start that point at a unit: u = start / 2^53 in [unit / N, (unit + 1) / N)."""
    return [-(-unit * ONE // count), -(-(unit + 1) * ONE // count) - 1]


@pytest.mark.parametrize("count", range(1, 24))
def test_circular_takes_n_different_units_and_each_at_n_of_the_starts(count: int) -> None:
    for n in range(1, count + 1):
        times = np.zeros(count, dtype=int)
        for unit in range(count):
            low, high = (
                circular_systematic(np.arange(count), n, start).tolist() for start in edges(unit, count)
            )
            assert low == high == sorted({(unit + i * (count // n)) % count for i in range(n)})
            assert len(low) == n
            times[low] += 1
        assert times.tolist() == [n] * count  # of N starts: probability n / N


def test_circular_follows_the_list_order() -> None:
    order = np.array([4, 2, 0, 1, 3])
    assert circular_systematic(order, 2, ONE - 1).tolist() == [2, 3]  # places 4 and 6 - 5 = 1
    assert order.tolist() == [4, 2, 0, 1, 3]


def test_circular_start_is_exact_where_floats_are_not() -> None:
    # floor(start N / 2^53) for a start below 2^53 never reaches N, however large N is
    count = 10_000_019
    assert circular_systematic(np.arange(count), 1, ONE - 1).tolist() == [count - 1]
    third = -(-ONE * 3_333_333 // count)
    assert circular_systematic(np.arange(count), 1, third).tolist() == [3_333_333]
    assert circular_systematic(np.arange(count), 1, third - 1).tolist() == [3_333_332]
