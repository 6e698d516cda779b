"""The fewest units that meet precision for several variables at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sampling.allocation.arrays import WHERE, bounds, checked
from sampling.errors import DesignError

Floats = NDArray[np.float64]

GAP = 1e-10  # how far from the least cost the real solution may be, relatively
MOST_ROUNDS = 20_000
NOISE = 1e-12  # of sums of floats, where a constraint is met exactly


def bethel(
    available: Sequence[int],
    sd: ArrayLike,
    se: ArrayLike,
    cost: ArrayLike | None = None,
    at_least: int = 2,
    where: str = WHERE,
    at_most: int | None = None,
    names: Sequence[str] | None = None,
) -> list[int]:
    """Give the cheapest numbers with which every estimated total is as sure as asked.

    Parameters
    ----------
    available : sequence of int, length H
        Units in each stratum, N_h.
    sd : array_like, shape (K, H)
        Standard deviation of each variable in each stratum, with N_h − 1 in the divisor. A variable of a
        domain has 0 in the strata outside it.
    se : array_like, shape (K,)
        Above 0: the largest standard error allowed to each estimated total, in its own unit. A
        coefficient of variation times the total.
    cost : array_like, shape (H,), optional
        Above 0: what a unit costs in each stratum; without it, units are counted.
    at_least : int
        Floor, at least 1; a stratum with fewer units is taken whole.
    at_most : int, optional
        Cap, the same for every stratum.
    names : sequence of str, length K, optional
        What the variables are called in messages.

    Returns
    -------
    list of int, length H
        All constraints hold, and none could spare a unit of any stratum above its floor.

    Raises
    ------
    DesignError
        A constraint is out of reach under the cap; a value is bad.

    Notes
    -----
    Least Σ c_h n_h with Σ_h N_h² S_jh² (1/n_h − 1/N_h) ≤ se_j² for every variable j, simple random samples
    in the strata (Bethel 1989, Sample allocation in multivariate surveys, Survey Methodology 15, 47–57).
    With prices λ_j of the constraints, n_h = √(Σ_j λ_j a_jh / c_h) cut to its bounds, and each price is
    multiplied by the square of how far its constraint is missed (Chromy 1987), until the cost is within
    1e-10 of the least possible, which the prices prove (duality). Then numbers are rounded up, and a unit is
    taken back wherever all constraints still hold, first where rounding cost most. The result costs less
    than one unit of every stratum more than the least. Only + − × ÷ √ in a fixed order are used, so that it
    is the same on any machine.

    Examples
    --------
    One variable alone is Neyman's allocation: N_h S_h are 2,000, 2,000 and 1,000, in all 5,000; without
    the finite population 5,000² / 50 would be the variance.

    >>> se = (5000**2 / 50 - (400 * 5**2 + 200 * 10**2 + 100 * 10**2)) ** 0.5
    >>> bethel([400, 200, 100], [[5, 10, 10]], [se])
    [20, 20, 10]
    >>> bethel([400, 200, 100], [[5, 10, 10], [1, 1, 9]], [se, 250])
    [19, 19, 14]
    """
    checked(available, "available", len(available), where, above=True)
    units = np.asarray(available, dtype=np.float64)
    spread = np.atleast_2d(np.asarray(sd, dtype=np.float64))
    called = [str(at + 1) for at in range(len(spread))] if names is None else list(names)
    for name, row in zip(called, spread, strict=True):
        checked(row.tolist(), f"sd of {name}", units.size, where)
    allowed = np.atleast_1d(np.asarray(se, dtype=np.float64))
    checked(allowed.tolist(), "se", len(spread), where, above=True)
    prices = np.ones(units.size) if cost is None else np.asarray(cost, dtype=np.float64)
    checked(prices.tolist(), "cost", units.size, where, above=True)
    if at_least < 1:
        raise DesignError("bad_n", where=f"{where}: at_least", n=at_least)
    low, high = (np.array(one, dtype=np.float64) for one in bounds(available, at_least, at_most, where))
    scale = allowed**2 + _sums(units * spread**2)
    part = (units * spread) ** 2 / scale[:, None]  # Σ_h part_jh / n_h must not exceed 1
    _reachable(part, scale, high, allowed, called, where)
    part = part[_sums(part / low) > 1]
    if not len(part):
        return [int(n) for n in low]
    return _whole(part, _least(part, prices, low, high), prices, low, high)


def _sums(rows: Floats) -> Floats:
    """Add along the strata from the first to the last, the same on any machine."""
    return np.cumsum(rows, axis=-1)[..., -1]


def _least(part: Floats, prices: Floats, low: Floats, high: Floats) -> Floats:
    """Solve for real numbers."""
    price = _sums(np.sqrt(part * prices)) ** 2 / len(part)
    n = low
    for _ in range(MOST_ROUNDS):
        weighted = np.cumsum(price[:, None] * part, axis=0)[-1]
        n = np.clip(np.sqrt(weighted / prices), low, high)
        missed = _sums(part / n)
        gap = _sums(price * np.abs(missed - 1))
        if missed.max() <= 1 + GAP and gap <= GAP * _sums(n * prices):
            break
        price = price * missed**2
    return n


def _whole(part: Floats, real: Floats, prices: Floats, low: Floats, high: Floats) -> list[int]:
    """Round up, then take a unit back wherever all constraints still hold."""
    n = np.ceil(real)
    while (_sums(part / n) > 1 + NOISE).any():  # the real solution may miss by a hair
        n = np.minimum(n + 1, high)
    held = _sums(part / n)
    order = np.argsort(-(n - real) * prices, kind="stable").tolist()
    spared = True
    while spared:  # one unit of a stratum at a time, so that none gives what others could
        spared = False
        for h in order:
            if n[h] > low[h]:
                fewer = held + part[:, h] * (1 / (n[h] - 1) - 1 / n[h])
                if (fewer <= 1 + NOISE).all():
                    n[h] -= 1
                    held, spared = fewer, True
    return [int(value) for value in n]


def _reachable(
    part: Floats, scale: Floats, high: Floats, allowed: Floats, called: Sequence[str], where: str
) -> None:
    """Say which constraint the caps put out of reach."""
    held = _sums(part / high)
    bad = np.flatnonzero(held > 1 + NOISE)
    if bad.size:
        at = int(bad[0])
        best = float(np.sqrt((held[at] - 1) * scale[at] + allowed[at] ** 2))
        raise DesignError(
            "out_of_reach", where=where, name=called[at], asked=float(allowed[at]), best=best, count=bad.size
        )
