"""How many units a Poisson sample draws, against adding the units one by one."""

from __future__ import annotations

import numpy as np
import pytest

from sampling import poisson_binomial
from sampling.poisson_binomial import reach, size_distribution, without_one


def added(prob: np.ndarray) -> np.ndarray:
    """Oracle: chances of 0 … N units, one unit after the other; only sums of positive numbers."""
    chances = np.ones(1)
    for p in prob:
        chances = np.append(chances * (1 - p), 0) + np.append(0, chances * p)
    return chances


FEW = np.array([0.5, 0.5, 0.9999, 1e-9, 0.3, 0.999999])
MANY = np.random.default_rng(1).beta(0.3, 2.0, 3000)


@pytest.mark.parametrize("prob", [FEW[:1], FEW[:2], FEW, MANY], ids=["one", "two", "few", "many"])
def test_chances_of_sizes_equal_adding_one_by_one(prob: np.ndarray) -> None:
    size = size_distribution(prob, window=2)
    found = [size.chance(count) for count in range(-1, len(prob) + 2)]
    np.testing.assert_allclose(found, [0, *added(prob), 0], rtol=0, atol=2e-16 * max(1, len(prob) ** 0.5))


@pytest.mark.parametrize("prob", [FEW, MANY], ids=["few", "many"])
def test_chances_without_a_unit_equal_adding_the_others(prob: np.ndarray) -> None:
    count = round(prob.sum())
    fewer, same = without_one(prob, size_distribution(prob), count)
    for unit in (0, 1, 2, int(prob.argmax()), int(prob.argmin())):
        others = added(np.delete(prob, unit))
        np.testing.assert_allclose([fewer[unit], same[unit]], others[count - 1 : count + 1], rtol=1e-13)


def test_blocks_of_units_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = size_distribution(MANY)
    count = round(whole.mean)
    expected = without_one(MANY, whole, count)
    monkeypatch.setattr(poisson_binomial, "BLOCK", 1000 * len(whole.phi))  # three blocks
    np.testing.assert_allclose(size_distribution(MANY).phi, whole.phi, rtol=1e-12)
    np.testing.assert_allclose(without_one(MANY, whole, count), expected, rtol=1e-12)


def test_sizes_that_the_points_cannot_tell_have_no_chance() -> None:
    size = size_distribution(MANY)
    assert size.points < len(MANY)
    near, far = round(size.mean), round(size.mean + size.points / 2 + 1)
    assert size.chance(near) > 0.01
    assert size.chance(far) == 0
    assert added(MANY)[far] < 1e-5  # the oracle agrees, roughly: one window is for the middle only


@pytest.mark.parametrize("prob", [np.full(400, 0.1), np.full(400, 1e-3), MANY], ids=["tenth", "rare", "many"])
def test_sizes_out_of_reach_are_rarer_than_exp_minus_40(prob: np.ndarray) -> None:
    distance = np.abs(np.arange(len(prob) + 1) - prob.sum())
    far = reach(float((prob * (1 - prob)).sum()))
    assert 0 <= added(prob)[distance >= far].sum() < 2 * np.exp(-40)
