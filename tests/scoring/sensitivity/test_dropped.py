"""By how much leaving out sheets at random moves a score. Oracle: enumeration of all that can be left out."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from scoring.errors import EstimateError
from scoring.sensitivity.dropped import drop_error

POINTS = np.array([[60.0, 80], [90, 70], [100, 100], [20, 40], [70, 70], [50, 90], [80, 30], [0, 60]])


def enumerated(points: np.ndarray, weights: np.ndarray, dropped: int) -> float:
    """The standard deviation of the change over every choice of sheets."""

    def score(rows: list[int]) -> float:
        part, mass = points[rows], np.where(np.isnan(points[rows]), 0.0, weights[rows][:, None])
        return float((np.nansum(part * mass, axis=0) / mass.sum(axis=0)).mean())

    everyone = list(range(len(points)))
    now = score(everyone)
    moves = [score([i for i in everyone if i not in gone]) - now for gone in combinations(everyone, dropped)]
    return float(np.sqrt(np.mean(np.square(moves))))


@pytest.mark.parametrize("dropped", [1, 3, 6])
def test_equal_weights_and_whole_sheets_are_exact(dropped: int) -> None:
    # sqrt of the mean square over all choices, whose mean change is 0
    found = drop_error(POINTS, np.ones(8), dropped)
    assert found == pytest.approx(enumerated(POINTS, np.ones(8), dropped), rel=1e-12)
    # weights count by their proportions only
    assert found == pytest.approx(drop_error(POINTS, np.full(8, 7.0), dropped), rel=1e-12)


def test_missing_answers_and_weights_are_near() -> None:
    # The linear approximation, against enumeration: two copies of everyone leave little else.
    points = np.vstack([POINTS, POINTS + np.linspace(-5, 5, 8)[:, None]])
    points[[1, 4, 9], [0, 1, 1]] = np.nan
    weights = np.where(np.arange(16) % 4 == 0, 4.0, 1.0)
    found = drop_error(points, weights, 2)
    assert found == pytest.approx(enumerated(points, weights, 2), rel=0.03)
    assert found != pytest.approx(enumerated(points, np.ones(16), 2), rel=0.3)


@pytest.mark.parametrize("dropped", [0, 7, 8])
def test_nothing_left_out_or_almost_all_is_refused(dropped: int) -> None:
    with pytest.raises(EstimateError, match=f"{dropped} of 8 sheets") as error:
        drop_error(POINTS, np.ones(8), dropped)
    assert error.value.rule == "dropped_sheets"
    assert f"8 份中去掉 {dropped} 份" in error.value.chinese
