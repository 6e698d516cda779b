"""Joint probabilities of the ordered pivotal method against every outcome of its duels."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.joint.pivotal import pivotal_joint
from sampling.select.duels import pivotal

steady = settings(deadline=None, derandomize=True)
State = tuple[int, frozenset[int]]


def enumerated(prob: list[Fraction]) -> list[list[Fraction]]:
    """Joint probabilities from the chance of every survivor with every set of units drawn before."""
    states: dict[State, Fraction] = {(-1, frozenset()): Fraction(1)}
    a = Fraction(0)
    for unit, b in enumerate(prob):
        after: dict[State, Fraction] = defaultdict(Fraction)
        for (survivor, drawn), likely in states.items():
            if a + b < 1:
                wins = b / (a + b)
                after[unit, drawn] += likely * wins
                after[survivor, drawn] += likely * (1 - wins)
            else:
                wins = (1 - a) / (2 - a - b)
                after[survivor, drawn | {unit}] += likely * wins
                after[unit, drawn | {survivor}] += likely * (1 - wins)
        a = (a + b) % 1
        states = {state: likely for state, likely in after.items() if likely}
        if a == 0:  # nobody is left
            merged: dict[State, Fraction] = defaultdict(Fraction)
            for (_, drawn), likely in states.items():
                merged[-1, drawn] += likely
            states = merged
    joint = [[Fraction(0)] * len(prob) for _ in prob]
    for (_, drawn), likely in states.items():
        for i, j in product(drawn, repeat=2):
            joint[i][j] += likely
    return joint


def assert_joint(prob: list[Fraction]) -> None:
    expected = enumerated(prob)
    found = pivotal_joint(np.array([float(one) for one in prob]))
    np.testing.assert_allclose(found, np.array(expected, dtype=float), rtol=0, atol=1e-14)
    assert [expected[i][i] for i in range(len(prob))] == prob  # the oracle's own check


@pytest.mark.parametrize(
    ("size", "n"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 2),  # 0.2 × 5 ends on a whole number
        ([1, 1, 1, 1, 1, 1], 4),
        ([7, 1, 1, 7, 1, 1, 7, 1], 3),  # survivors live through many intervals
        ([9, 8, 9, 8, 9, 8, 9], 6),
        ([3, 2, 4, 1, 5, 3, 2, 6, 2], 1),
    ],
)
def test_joint_probabilities_equal_enumeration(size: list[int], n: int) -> None:
    assert_joint([Fraction(n * one, sum(size)) for one in size])


@steady
@given(st.lists(st.integers(1, 30), min_size=2, max_size=9), st.data())
def test_joint_probabilities_of_any_list_equal_enumeration(size: list[int], data: st.DataObject) -> None:
    fitting = [n for n in range(1, len(size)) if n * max(size) < sum(size)]
    if fitting:
        n = data.draw(st.sampled_from(fitting))
        assert_joint([Fraction(n * one, sum(size)) for one in size])


def test_they_are_those_of_the_draw() -> None:
    # Every outcome of the duels of `pivotal` itself, forced by numbers just below or above the chances.
    size, n = np.array([3.0, 2, 4, 1, 5, 3, 2, 4]), 3
    prob = n * size / size.sum()
    cumulated = np.cumsum(n * size) - n * size
    a, b = (cumulated % size.sum()) / size.sum(), prob
    chance = np.where(a + b < 1, b / (a + b), (1 - a) / (2 - a - b))
    found = np.zeros((8, 8))
    for wins in product([True, False], repeat=8):
        sample = pivotal(np.arange(8), size, n, np.where(wins, 0.0, 1 - 2.0**-53))
        found[np.ix_(sample, sample)] += np.prod(np.where(wins, chance, 1 - chance))
    np.testing.assert_allclose(pivotal_joint(prob), found, rtol=0, atol=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_rows_of_a_long_list_sum_to_n_times_prob(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size, n = rng.lognormal(size=800), [2, 50, 300][seed]
    while (n * size >= size.sum()).any():
        size = np.minimum(size, 0.9 * size.sum() / n)
    prob = n * size / size.sum()
    joint = pivotal_joint(prob)
    assert (joint == joint.T).all()
    assert (joint >= 0).all()
    assert (joint <= np.minimum(prob, prob[:, None]) + 1e-14).all()
    np.testing.assert_allclose(joint.sum(axis=1), n * prob, rtol=1e-11)  # fixed size
    # Units inside one interval of the cumulated probabilities are never drawn together.
    end = np.cumsum(prob)
    inside = np.floor(end) == np.floor(end - prob)
    alike = (np.floor(end)[:, None] == np.floor(end)) & inside & inside[:, None]
    np.fill_diagonal(alike, False)
    assert alike.any()
    assert (joint[alike] == 0).all()


def test_certain_and_impossible_units_stand_aside() -> None:
    inner = pivotal_joint(np.array([0.4, 0.7, 0.9]))
    joint = pivotal_joint(np.array([0.4, 1.0, 0.7, 0.0, 0.9]))
    np.testing.assert_array_equal(joint[np.ix_([0, 2, 4], [0, 2, 4])], inner)
    np.testing.assert_array_equal(joint[1], [0.4, 1.0, 0.7, 0.0, 0.9])
    np.testing.assert_array_equal(joint[3], np.zeros(5))
    np.testing.assert_array_equal(pivotal_joint(np.ones(3)), np.ones((3, 3)))
