"""How a total is spread over strata.

All spread a real solution of ``share times one rate, cut to floor and cap``, then make it whole: fractions
go to the largest remainders, ties to the earlier stratum. After Neyman's or the cost-optimal rule that is not
always the integer allocation of least variance (Wright 2012 gives that one); it is the rule that can be
checked by hand, and all allocations here share it. The difference is a unit or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from math import inf, isfinite, lcm, nan, sqrt
from numbers import Integral, Real
from typing import Any

from sampling.errors import DesignError

Numbers = Sequence[int | float | Fraction | Decimal]
WHERE = "allocation"


def allocate(
    total: int,
    share: Numbers,
    available: Sequence[int],
    at_least: int = 0,
    where: str = WHERE,
    at_most: int | None = None,
) -> list[int]:
    """Spread a total in proportion to shares, between a floor and a cap or what there is.

    The numbers follow ``share`` except where that would fall below the floor or beyond what is
    available; fractions go to the largest remainders, ties to the earlier stratum. All arithmetic is
    exact.

    Parameters
    ----------
    total : int
        Units in all strata together.
    share : sequence of float, length H
        At least 0; only their ratios matter. A stratum with share 0 gets its floor, and more only when
        all others are full: what is left then goes to such strata in proportion to their units.
    available : sequence of int, length H
        Units in each stratum.
    at_least : int
        Floor; a stratum with fewer units is taken whole.
    at_most : int, optional
        Cap, the same for every stratum.

    Returns
    -------
    list of int, length H
        They sum to ``total``.

    Raises
    ------
    DesignError
        The floors exceed the total, or the total what is available under the cap; a share is negative.

    Examples
    --------
    Shares of 5, 3 and 2 in ten of 12 give 6, 3.6 and 2.4; the largest remainder is the second's.

    >>> allocate(12, [5, 3, 2], [100, 100, 100])
    [6, 4, 2]
    >>> allocate(12, [5, 3, 2], [4, 100, 100], at_least=4)
    [4, 4, 4]
    >>> allocate(12, [5, 3, 2], [100, 100, 100], at_most=5)
    [5, 4, 3]
    """
    low, high = bounds(available, at_least, at_most, where)
    if not _whole(total):
        raise DesignError("bad_n", where=where, n=total)
    if not sum(low) <= total <= sum(high):
        found: dict[str, Any] = dict(total=total, cells=len(low), available=sum(available), at_least=at_least)
        if at_most is None:
            raise DesignError("bad_total", where=where, **found)
        raise DesignError("bad_total_capped", where=where, at_most=at_most, **found)
    exact = _scaled(checked(share, "share", len(low), where))
    numbers, rest = _cut(int(total), exact, low, high, [1] * len(low), available)
    for h in _by_remainder(rest)[: total - sum(numbers)]:
        numbers[h] += 1
    return numbers


def equal(
    total: int,
    available: Sequence[int],
    at_least: int = 0,
    where: str = WHERE,
    at_most: int | None = None,
) -> list[int]:
    """Give every stratum the same number, as far as its units reach; they give way to the others.

    Examples
    --------
    >>> equal(10, [100, 2, 100])
    [4, 2, 4]
    """
    return allocate(total, [1] * len(available), available, at_least, where, at_most)


def neyman(
    total: int,
    available: Sequence[int],
    sd: Numbers,
    at_least: int = 0,
    where: str = WHERE,
    at_most: int | None = None,
) -> list[int]:
    """Spread a total in proportion to N_h S_h: the least variance of a total or mean (Neyman 1934).

    Parameters
    ----------
    total, available, at_least, at_most
        As in ``allocate``.
    sd : sequence of float, length H
        Standard deviation in each stratum, with N_h − 1 in the divisor. A stratum with 0 gets its floor.

    Returns
    -------
    list of int, length H

    Raises
    ------
    DesignError
        As in ``allocate``; a standard deviation is missing or negative.

    Notes
    -----
    For simple random samples in the strata (Cochran 1977, 5.5). Where the optimum would exceed a
    stratum, that is taken whole and the rest are spread anew (5.8).

    Examples
    --------
    N_h S_h are 2,000, 2,000 and 1,000.

    >>> neyman(50, [400, 200, 100], [5, 10, 10])
    [20, 20, 10]
    """
    parts = _products(available, checked(sd, "sd", len(available), where))
    return allocate(total, parts, available, at_least, where, at_most)


def cost_optimal(
    available: Sequence[int],
    sd: Numbers,
    cost: Numbers,
    *,
    total: int | None = None,
    budget: float | None = None,
    at_least: int = 0,
    where: str = WHERE,
    at_most: int | None = None,
) -> list[int]:
    """Spread a total, or spend a budget, in proportion to N_h S_h / √c_h: the least variance for the money.

    Parameters
    ----------
    available : sequence of int, length H
        Units in each stratum.
    sd : sequence of float, length H
        Standard deviation in each stratum.
    cost : sequence of float, length H
        Above 0: what one unit costs in each stratum.
    total, budget : int, float
        One of the two: the units, or the money, in all strata together.
    at_least, at_most : int
        As in ``allocate``.

    Returns
    -------
    list of int, length H
        They sum to ``total``, or cost no more than ``budget``: the exact solution is rounded down, then
        one more goes to the largest remainders in turn wherever the money left pays for it.

    Raises
    ------
    DesignError
        Both or none of total and budget; a value is bad; the total or the budget does not fit the floors.

    Notes
    -----
    Cochran 1977, 5.5, theorem 5.6.

    Examples
    --------
    N_h S_h / √c_h are 1,000, 2,000 and 1,000; 40 units in that proportion cost 1,480.

    >>> cost_optimal([400, 200, 100], [25, 40, 40], [100, 16, 16], total=40)
    [10, 20, 10]
    >>> cost_optimal([400, 200, 100], [25, 40, 40], [100, 16, 16], budget=1480)
    [10, 20, 10]
    """
    if (total is None) == (budget is None):
        raise DesignError("one_of", where=where, choices="total / budget")
    prices = checked(cost, "cost", len(available), where, above=True)
    spread = checked(sd, "sd", len(available), where)
    # Roots and quotients are rounded as IEEE 754 says, so the same on any machine.
    parts = [
        float(part) / sqrt(price) for part, price in zip(_products(available, spread), prices, strict=True)
    ]
    if total is not None:
        return allocate(total, parts, available, at_least, where, at_most)
    money = one_number(budget, "budget ≥ 0", where)
    low, high = bounds(available, at_least, at_most, where)
    least = _spent(low, prices)
    if money < least:
        found: dict[str, Any] = dict(at_least=at_least, cells=len(low), least=float(least))
        raise DesignError("bad_budget", where=where, budget=budget, **found)
    *scaled, purse = _scaled([*prices, money])
    exact = _scaled(checked(parts, "N S / √cost", len(low), where))
    numbers, rest = _cut(purse, exact, low, high, scaled, available)
    purse -= sum(n * price for n, price in zip(numbers, scaled, strict=True))
    for h in _by_remainder(rest):
        if scaled[h] <= purse:
            numbers[h] += 1
            purse -= scaled[h]
    return numbers


def power(
    total: int,
    available: Sequence[int],
    size: Numbers,
    cv: Numbers,
    exponent: float = 0.5,
    at_least: int = 0,
    where: str = WHERE,
    at_most: int | None = None,
) -> list[int]:
    """Spread a total in proportion to X_h^a · CV_h: between good strata and a good whole (Bankier 1988).

    Parameters
    ----------
    total, available, at_least, at_most
        As in ``allocate``.
    size : sequence of float, length H
        Above 0: the importance X_h of each stratum, such as its people.
    cv : sequence of float, length H
        Coefficient of variation S_h / |mean_h| in each stratum.
    exponent : float
        The power a, from 0 to 1. With 1 and a size that is the variable's own total it is Neyman's
        allocation; with 0 the strata come out with about the same coefficient of variation.

    Returns
    -------
    list of int, length H

    Raises
    ------
    DesignError
        As in ``allocate``; a size or a coefficient of variation is bad.

    Notes
    -----
    Bankier, M. D. (1988), Power allocations: determining sample sizes for subnational areas, The
    American Statistician 42, 174–177. Powers are computed in decimals, the same on any machine.

    Examples
    --------
    Roots of 900, 100 and 25 are 30, 10 and 5.

    >>> power(45, [900, 100, 25], [900, 100, 25], [1, 1, 1], exponent=0.5)
    [30, 10, 5]
    """
    exact = one_number(exponent, "0 ≤ power ≤ 1", where, 1)
    importance = checked(size, "size", len(available), where, above=True)
    spread = checked(cv, "cv", len(available), where)
    with localcontext() as context:
        context.prec = 28
        raised = [_decimal(value) ** _decimal(exact) for value in importance]
    parts = [float(value) * float(part) for value, part in zip(raised, spread, strict=True)]
    return allocate(total, parts, available, at_least, where, at_most)


# ------------------------------------------------------------------------------------------ shared steps


def bounds(
    available: Sequence[int], at_least: int, at_most: int | None, where: str
) -> tuple[list[int], list[int]]:
    """Give the fewest and the most units of each stratum."""
    if at_most is not None and not (_whole(at_most) and at_most >= at_least):
        raise DesignError("bad_bounds", where=where, at_least=at_least, at_most=at_most)
    low = [min(at_least, units) for units in available]
    high = [units if at_most is None else min(at_most, units) for units in available]
    return low, high


def checked(
    values: Numbers,
    name: str,
    cells: int,
    where: str,
    above: bool = False,
    strata: Sequence[str] | None = None,
) -> list[Fraction]:
    """Give values as exact fractions, or say which is not at least 0 (with ``above``: not above 0)."""
    if len(values) != cells:
        raise DesignError("bad_length", where=where, name=name, found=len(values), cells=cells)
    for at, value in enumerate(values):
        number = isinstance(value, Real | Decimal) and not isinstance(value, bool) and isfinite(value)
        if not (number and (value > 0 if above else value >= 0)):
            must = f"{name} {'>' if above else '≥'} 0"
            called = at + 1 if strata is None else strata[at]
            raise DesignError("bad_stratum_value", where=where, must=must, value=value, stratum=called)
    return [Fraction(value) for value in values]


def one_number(value: object, must: str, where: str, most: float = inf) -> Fraction:
    """Give a number from 0 to ``most`` as an exact fraction, or say that it is none."""
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else nan
    if not (isfinite(number) and 0 <= number <= most):
        raise DesignError("bad_number", where=where, must=must, value=value)
    return Fraction(number)


def _whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _products(available: Sequence[int], sd: Sequence[Fraction]) -> list[Fraction]:
    return [units * spread for units, spread in zip(available, sd, strict=True)]


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _spent(numbers: Sequence[int], prices: Sequence[Fraction]) -> Fraction:
    return sum((n * price for n, price in zip(numbers, prices, strict=True)), Fraction(0))


def _scaled(values: Sequence[Fraction]) -> list[int]:
    """Give whole numbers in the same ratios: arithmetic with them is exact and fast."""
    unit = lcm(*(value.denominator for value in values))
    return [value.numerator * (unit // value.denominator) for value in values]


def _by_remainder(rest: Sequence[int]) -> list[int]:
    """Order the strata whose share was rounded down by what they lost, ties by their place."""
    return sorted((h for h, left in enumerate(rest) if left), key=lambda h: (-rest[h], h))


def _cut(
    left: int,
    share: Sequence[int],
    low: Sequence[int],
    high: Sequence[int],
    cost: Sequence[int],
    units: Sequence[int],
) -> tuple[list[int], list[int]]:
    """Cut ``rate times share`` to the bounds, at the rate where all together cost what there is.

    Returns the numbers rounded down, and what each lost by it, in a unit they have in common.
    """
    numbers, rest = list(high), [0] * len(high)
    free = list(range(len(numbers)))
    # Whichever bound is broken by more in sum stays broken in the solution, so those units are fixed.
    while free:
        basis = share if any(share[h] for h in free) else units
        weight = sum(cost[h] * basis[h] for h in free)  # the rate is left / weight
        if not weight:
            break
        over = [h for h in free if left * basis[h] > high[h] * weight]
        under = [h for h in free if left * basis[h] < low[h] * weight]
        surplus = sum(cost[h] * (left * basis[h] - high[h] * weight) for h in over)
        lack = sum(cost[h] * (low[h] * weight - left * basis[h]) for h in under)
        fixed = set[int]()
        if surplus >= lack:
            fixed.update(over)
        if lack >= surplus:
            fixed.update(under)
            for h in under:
                numbers[h] = low[h]
        if not fixed:
            for h in free:
                numbers[h], rest[h] = divmod(left * basis[h], weight)
            break
        left -= sum(cost[h] * numbers[h] for h in fixed)
        free = [h for h in free if h not in fixed]
    return numbers, rest
