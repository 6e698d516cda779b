"""Bethel: constraints hold, nothing could be spared, and the cost is the least to a unit or so."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sampling.allocation import neyman, precision
from sampling.allocation.precision import bethel

# Four strata and three variables, made up; coefficients of variation of 2, 3 and 2 % of the totals.
UNITS = [400, 300, 200, 100]
SD = np.array([[5, 8, 10, 30], [2, 2, 9, 1], [12, 6, 3, 4]], dtype=float)
MEAN = np.array([[20, 25, 30, 60], [10, 12, 14, 9], [40, 30, 20, 10]], dtype=float)
SE = np.array([0.02, 0.03, 0.02]) * (np.array(UNITS) * MEAN).sum(axis=1)

# bethel 0.2.1 (its author's R package of the same name, in Python):
# bth(strata with squares of SD, cost, min_sample 2, min_rate 1e-6; cv, totals; eps=1e-12), bethel_sample
ROUNDED_UP = {(1, 1, 1, 1): [66, 50, 39, 57], (1, 4, 2, 9): [85, 51, 60, 43]}


def variances(numbers: Any, units: Any, sd: Any) -> NDArray[np.float64]:
    """Cochran 1977, theorem 5.3, for totals; one row a variable."""
    n, big = np.asarray(numbers, dtype=float), np.asarray(units, dtype=float)
    return np.asarray((big**2 * np.asarray(sd) ** 2 * (1 / n - 1 / big)).sum(axis=-1))


def least_by_slsqp(units: Any, sd: Any, se: Any, cost: Any, low: Any, high: Any) -> Any:
    """Solve for real numbers, in x = ln n."""
    from scipy.optimize import minimize

    units, sd, cost = np.asarray(units, float), np.asarray(sd, float), np.asarray(cost, float)
    scale = np.asarray(se) ** 2 + (units * sd**2).sum(axis=1)
    part = (units * sd) ** 2 / scale[:, None]
    keep = {"type": "ineq", "fun": lambda x: 1 - part @ np.exp(-x), "jac": lambda x: part * np.exp(-x)}
    found = minimize(
        lambda x: cost @ np.exp(x) / cost.sum(),
        np.log(high),
        jac=lambda x: cost * np.exp(x) / cost.sum(),
        bounds=[(np.log(a), np.log(b)) for a, b in zip(low, high, strict=True)],
        constraints=keep,
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-15},
    )
    assert found.success or found.status == 8, found
    return np.exp(found.x)


@pytest.mark.parametrize("cost", list(ROUNDED_UP))
def test_real_numbers_are_bethels(cost: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[NDArray[np.float64]] = []
    whole = precision._whole
    monkeypatch.setattr(
        precision, "_whole", lambda part, real, *rest: seen.append(real) or whole(part, real, *rest)
    )
    numbers = bethel(UNITS, SD, SE, cost)
    assert np.ceil(seen[0]).tolist() == ROUNDED_UP[cost]
    other = least_by_slsqp(UNITS, SD, SE, cost, [2] * 4, UNITS)
    assert seen[0] @ np.array(cost) == pytest.approx(other @ np.array(cost), rel=1e-8)
    np.testing.assert_allclose(seen[0], other, rtol=1e-6)
    # Whole numbers: at least the real least, at most what rounding up gives.
    assert seen[0] @ np.array(cost) <= np.array(numbers) @ np.array(cost) < np.array(ROUNDED_UP[cost]) @ cost
    assert (variances(numbers, UNITS, SD) <= SE**2 * (1 + 1e-12)).all()


def random_problem(seed: int, most: int = 40) -> tuple[Any, Any, Any, Any]:
    random = np.random.default_rng([20131122, seed])
    k, h = int(random.integers(1, 7)), int(random.integers(1, 30))
    units = random.integers(1, most, h)
    sd = random.gamma(1, 1, (k, h)) * (random.random((k, h)) < 0.8)
    mean = random.gamma(5, 1, (k, h))
    se = random.uniform(0.003, 0.05, k) * (units * mean).sum(axis=1)
    return units, sd, se, random.uniform(0.2, 5, h)


@pytest.mark.parametrize("seed", range(40))
def test_constraints_hold_and_no_unit_could_be_spared(seed: int) -> None:
    units, sd, se, cost = random_problem(seed)
    numbers = np.array(bethel(units.tolist(), sd, se, cost))
    low = np.minimum(2, units)
    assert (low <= numbers).all() and (numbers <= units).all()
    assert (variances(numbers, units, sd) <= se**2 * (1 + 1e-9)).all()
    for h in np.flatnonzero(numbers > low):
        fewer = numbers.copy()
        fewer[h] -= 1
        assert (variances(fewer, units, sd) > se**2 * (1 - 1e-9)).any(), h


@pytest.mark.parametrize("seed", range(12))
def test_the_cost_is_the_least_to_a_unit_of_each_stratum(seed: int) -> None:
    units, sd, se, cost = random_problem(seed)
    low = np.minimum(2, units)
    real = least_by_slsqp(units, sd, se, cost, low, units)
    numbers = np.array(bethel(units.tolist(), sd, se, cost))
    assert real @ cost * (1 - 1e-6) <= numbers @ cost < real @ cost * (1 + 1e-6) + cost.sum()


def test_beside_the_best_integers() -> None:
    """All allocations of three strata enumerated: the cheapest that meets the constraints."""
    random = np.random.default_rng(7)
    hits, worst = 0, 0.0
    for _ in range(40):
        units = random.integers(4, 16, 3)
        sd = random.gamma(2, 1, (2, 3))
        se = random.uniform(0.02, 0.1, 2) * (units * random.gamma(5, 1, (2, 3))).sum(axis=1)
        cost = random.uniform(1, 3, 3)
        every = np.array(list(itertools.product(*(range(2, n + 1) for n in units))))
        meets = [(variances(one, units, sd) <= se**2).all() for one in every]
        best = (every[meets] @ cost).min()
        ours = np.array(bethel(units.tolist(), sd, se, cost)) @ cost
        assert ours >= best - 1e-9
        hits += ours <= best + 1e-9
        worst = max(worst, float((ours - best) / cost.min()))
    assert hits >= 24 and worst < 1.5, (hits, worst)


def test_one_variable_is_neymans_allocation() -> None:
    # The total that Neyman's formula needs is 50, with no remainder: N_h S_h are 2,000, 2,000 and 1,000.
    units, sd = [400, 200, 100], [5.0, 10.0, 10.0]
    se = variances([20, 20, 10], units, sd) ** 0.5
    assert bethel(units, [sd], [se]) == neyman(50, units, sd) == [20, 20, 10]
    assert sum(bethel(units, [sd], [se * (1 - 1e-6)])) == 51  # a hair more asked, one unit more


def test_domains_are_variables_that_are_zero_elsewhere() -> None:
    # Constraints that share no stratum are solved apart.
    left, right = bethel(UNITS[:2], SD[:1, :2], [300.0]), bethel(UNITS[2:], SD[:1, 2:], [200.0])
    apart = np.array([[5, 8, 0, 0], [0, 0, 10, 30]])
    assert bethel(UNITS, apart, [300.0, 200.0]) == left + right


def test_floors_caps_and_strata_that_do_not_vary() -> None:
    assert bethel(UNITS, [[0, 0, 0, 0]], [1.0]) == [2, 2, 2, 2]
    assert bethel([400, 1, 200], [[5, 0, 0]], [1e9], at_least=3) == [3, 1, 3]
    capped = bethel(UNITS, SD, SE, at_most=63)
    assert capped == bethel(UNITS, SD, SE, at_most=63, at_least=1) and max(capped) <= 63
    assert capped[0] == 63 and sum(capped) >= sum(bethel(UNITS, SD, SE))
    assert (variances(capped, UNITS, SD) <= SE**2).all()


def test_all_units_where_nothing_less_will_do() -> None:
    assert bethel([5, 9, 1], [[1, 2, 0]], [1e-6]) == [5, 9, 1]


def test_tighter_constraints_never_cost_less() -> None:
    costs = [sum(bethel(UNITS, SD, SE * scale)) for scale in (0.5, 0.7, 0.9, 1.0, 1.3, 2.0)]
    assert costs == sorted(costs, reverse=True) and len(set(costs)) == len(costs)


def test_scale_of_variables_and_money_does_not_matter() -> None:
    expected = bethel(UNITS, SD, SE, [1, 4, 2, 9])
    by = np.array([2.0**-20, 2.0**20, 1.0])
    assert bethel(UNITS, SD * by[:, None], SE * by, np.array([1, 4, 2, 9]) * 2.0**12) == expected


def test_no_input_is_changed() -> None:
    sd, se = SD.copy(), SE.copy()
    bethel(UNITS, sd, se)
    assert (sd == SD).all() and (se == SE).all()
