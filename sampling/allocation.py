"""How a total is spread over strata."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sampling.errors import DesignError


def allocate(
    total: int, share: Sequence[float], available: Sequence[int], at_least: int = 0, where: str = "allocation"
) -> list[int]:
    """Spread a total in proportion to shares, between a floor and what there is.

    The numbers follow ``share`` except where that would fall below the floor or beyond what is
    available; fractions go to the largest remainders, ties to the earlier stratum. All arithmetic is
    exact.

    Parameters
    ----------
    total : int
        Units in all strata together.
    share : sequence of float, length H
        Positive; only their ratios matter.
    available : sequence of int, length H
        Units in each stratum.
    at_least : int
        Floor; a stratum with fewer units is taken whole.

    Returns
    -------
    list of int, length H
        They sum to ``total``.

    Raises
    ------
    DesignError
        The floors exceed the total, or the total what is available.

    Examples
    --------
    Shares of 5, 3 and 2 in ten of 12 give 6, 3.6 and 2.4; the largest remainder is the second's.

    >>> allocate(12, [5, 3, 2], [100, 100, 100])
    [6, 4, 2]
    >>> allocate(12, [5, 3, 2], [4, 100, 100], at_least=4)
    [4, 4, 4]
    """
    low = [min(at_least, units) for units in available]
    if sum(low) > total or sum(available) < total:
        raise DesignError(
            "bad_total", where=where, total=total, cells=len(low), available=sum(available), at_least=at_least
        )
    exact = [Fraction(value) for value in share]
    quota = [Fraction(0)] * len(exact)
    free = set(range(len(exact)))
    left = Fraction(total)
    # Whichever bound is broken by more in sum stays broken in the solution, so those units are fixed.
    while free:
        rate = left / sum(exact[h] for h in free)
        over = {h for h in free if rate * exact[h] > available[h]}
        under = {h for h in free if rate * exact[h] < low[h]}
        surplus = sum((rate * exact[h] - available[h] for h in over), Fraction(0))
        lack = sum((low[h] - rate * exact[h] for h in under), Fraction(0))
        fixed = (over if surplus >= lack else set()) | (under if lack >= surplus else set())
        for h in fixed:
            quota[h] = Fraction(available[h] if h in over else low[h])
            left -= quota[h]
        if not fixed:
            for h in free:
                quota[h] = rate * exact[h]
            break
        free -= fixed
    numbers = [int(value) for value in quota]
    by_remainder = sorted(range(len(quota)), key=lambda h: (numbers[h] - quota[h], h))
    for h in by_remainder[: total - sum(numbers)]:
        numbers[h] += 1
    return numbers
