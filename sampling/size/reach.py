"""What a given sample size reaches: the inverses of ``sampling.size``; and design effects."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sampling.errors import DesignError
from sampling.size.terms import (
    Pair,
    difference_variance,
    field_of,
    in_range,
    of_level,
    of_power,
    right_side,
    unit_cv,
    unit_variance,
    whole,
)


def margin_of(
    n: int,
    *,
    sd: float | None = None,
    share: float | None = None,
    level: float = 0.95,
    population: int | None = None,
    deff: float = 1.0,
    valid: float = 1.0,
    response: float = 1.0,
) -> float:
    """Give the margin of error that ``n`` drawn units are expected to lead to.

    Parameters
    ----------
    n : int
        Units drawn; n · response · valid of them are expected to rate.
    sd, share, level, population, deff, valid, response
        As in ``size_for_margin``.

    Returns
    -------
    float
        Half the width of the interval, in the unit of ``sd`` or as a share.

    Raises
    ------
    DesignError
        A value is out of its range.

    Examples
    --------
    1,400 users with a standard deviation of 20 points:

    >>> round(margin_of(1400, sd=20), 2)
    1.05
    """
    where = "margin_of"
    z, _ = of_level(level, where)
    unit, _ = unit_variance(sd, share, where)
    field = field_of(population, deff, valid, response, share is not None, unit, where)
    return z * field.se(_drawn(n, population, where))


def cv_of(
    n: int,
    *,
    mean: float | None = None,
    sd: float | None = None,
    share: float | None = None,
    population: int | None = None,
    deff: float = 1.0,
    valid: float = 1.0,
    response: float = 1.0,
) -> float:
    """Give the coefficient of variation that ``n`` drawn units are expected to lead to.

    Parameters and errors are those of ``size_for_cv`` and ``margin_of``.

    Examples
    --------
    >>> round(cv_of(400, mean=80, sd=20), 4)
    0.0125
    """
    where = "cv_of"
    unit, _ = unit_cv(mean, sd, share, where)
    field = field_of(population, deff, valid, response, share is not None, unit, where)
    return field.se(_drawn(n, population, where))


def difference_of(
    n: int,
    *,
    sd: Pair | None = None,
    share: Pair | None = None,
    correlation: float | None = None,
    power: float = 0.8,
    level: float = 0.95,
    population: int | None = None,
    deff: float = 1.0,
    valid: float = 1.0,
    response: float = 1.0,
) -> float:
    """Give the smallest true difference of two evaluatees that ``n`` drawn units are likely to show.

    Parameters and errors are those of ``size_for_difference`` and ``margin_of``.

    Examples
    --------
    With 1,400 users each and a standard deviation of 20 points, then with the same users for both:

    >>> round(difference_of(1400, sd=20), 2), round(difference_of(1400, sd=20, correlation=0.5), 2)
    (2.12, 1.5)
    """
    where = "difference_of"
    z, _ = of_level(level, where)
    found, _ = of_power(power, where)
    unit, _ = difference_variance(sd, share, correlation, where)
    field = field_of(population, deff, valid, response, share is not None, unit, where)
    return (z + found) * field.se(_drawn(n, population, where))


def sure_of(
    n: int,
    distance: float,
    *,
    sd: float | None = None,
    share: float | None = None,
    population: int | None = None,
    deff: float = 1.0,
    valid: float = 1.0,
    response: float = 1.0,
) -> float:
    """Give the probability that the grade is right, ``distance`` from its threshold, with ``n`` drawn units.

    Parameters and errors are those of ``size_for_grade`` and ``margin_of``.

    Examples
    --------
    >>> round(sure_of(1400, 0.5, sd=20), 3)
    0.825
    """
    where = "sure_of"
    in_range(where, "distance > 0", distance, above=0)
    unit, _ = unit_variance(sd, share, where)
    field = field_of(population, deff, valid, response, share is not None, unit, where)
    return right_side(distance, field.se(_drawn(n, population, where)))


def _drawn(n: int, population: int | None, where: str) -> int:
    number = whole(where, "n ≥ 1", n)
    if population is not None and number > population:
        raise DesignError("bad_number", where=where, must="n ≤ population", value=n)
    return number


# -------------------------------------------------------------------------------------------- design effects


def deff_of_clusters(size: float, rho: float) -> float:
    """Give the design effect of clusters: 1 + (m − 1) ρ (Kish 1965, 5.4).

    Parameters
    ----------
    size : float
        Answers for each cluster, on average.
    rho : float
        Correlation within clusters, at least −1/(m − 1).

    Returns
    -------
    float

    Raises
    ------
    DesignError
        A value is out of its range.

    Examples
    --------
    >>> deff_of_clusters(40, 0.02)
    1.78
    """
    where = "deff_of_clusters"
    in_range(where, "size ≥ 1", size, least=1)
    least = -1 / (size - 1) if size > 1 else -1.0
    in_range(where, "-1/(size - 1) < rho ≤ 1", rho, above=least, most=1)
    return 1 + (size - 1) * rho


def deff_of_weights(weights: ArrayLike) -> float:
    """Give the design effect of unequal weights: n Σ w² / (Σ w)² (Kish 1965, 11.7; 1992).

    It is what weights cost that have nothing to do with the answers, 1 plus their squared coefficient of
    variation; it may be multiplied by that of clusters.

    Parameters
    ----------
    weights : array_like, shape (n,)
        Above 0.

    Returns
    -------
    float

    Raises
    ------
    DesignError
        There are no weights, or one is not above 0.

    Examples
    --------
    >>> deff_of_weights([1, 1, 1, 1]), deff_of_weights([1, 3])
    (1.0, 1.25)
    """
    where = "deff_of_weights"
    values = np.asarray(weights, dtype=np.float64).ravel()
    bad = values[~((values > 0) & np.isfinite(values))]
    if bad.size or not values.size:
        raise DesignError(
            "bad_number", where=where, must="weights > 0", value=bad[0].item() if bad.size else []
        )
    values = values / values.mean()
    return float((values * values).mean())
