"""The fast sort against numpy's stable one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.sorting import ascending


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.floats(0, 1e300) | st.sampled_from([0.1, 0.1 + 2**-56, 0.5, -0.0]), min_size=1, max_size=40)
)
def test_equals_the_stable_sort(values: list[float]) -> None:
    array = np.array(values)
    assert ascending(array).tolist() == np.argsort(array, kind="stable").tolist()
    assert array.tolist() == values


@pytest.mark.parametrize("digits", [2, 17])
def test_equals_the_stable_sort_for_many(digits: int) -> None:
    values = np.random.default_rng(3).lognormal(0, 2, 50_000).round(digits)
    close = np.concatenate([values, np.nextafter(values, 9e9)])  # differ in the last bit only
    np.testing.assert_array_equal(ascending(close), np.argsort(close, kind="stable"))
