"""What sample sizes and their inverses are made of: checked inputs, variances of a unit, standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf, nan, sqrt
from numbers import Integral, Real
from statistics import NormalDist

from sampling.errors import DesignError

Step = tuple[str, str, str, float]  # English, Chinese, formula, value
Pair = float | tuple[float, float]

NORMAL = NormalDist()
SPREAD = ("standard deviation", "标准差")


def exact(value: float) -> Fraction:
    """Give the decimal that was typed: 0.7 is seven tenths, not the nearest binary fraction.

    >>> exact(0.7)
    Fraction(7, 10)
    """
    return Fraction(str(float(value)))


def in_range(
    where: str,
    must: str,
    value: object,
    above: float = -inf,
    below: float = inf,
    least: float = -inf,
    most: float = inf,
) -> float:
    """Give a number, or say what it must be."""
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else nan
    if not (above < number < below and least <= number <= most):
        raise DesignError("bad_number", where=where, must=must, value=value)
    return number


def whole(where: str, must: str, value: object) -> int:
    """Give a whole number of at least 1, or say what it must be."""
    number = int(value) if isinstance(value, Integral) and not isinstance(value, bool) else 0
    if number < 1:
        raise DesignError("bad_number", where=where, must=must, value=value)
    return number


# ------------------------------------------------------------------------------------------------ quantiles


def of_level(level: float, where: str) -> tuple[float, Step]:
    """Give the quantile of a two-sided level, and its step."""
    in_range(where, "0 < level < 1", level, above=0, below=1)
    z = NORMAL.inv_cdf(float(1 - (1 - exact(level)) / 2))
    return z, ("normal quantile", "正态分位数", f"z = Φ⁻¹(1 − (1 − {level:g})/2)", z)


def of_power(power: float, where: str) -> tuple[float, Step]:
    """Give the quantile of a power, and its step."""
    in_range(where, "0.5 ≤ power < 1", power, least=0.5, below=1)
    z = NORMAL.inv_cdf(power)
    return z, ("normal quantile of the power", "检验功效的正态分位数", f"z′ = Φ⁻¹({power:g})", z)


# -------------------------------------------------------------------------------------- variance of a unit


def unit_variance(sd: float | None, share: float | None, where: str) -> tuple[Fraction, Step]:
    """Give the variance among units, from its root or from a proportion."""
    if (sd is None) == (share is None):
        raise DesignError("one_of", where=where, choices="sd / share")
    if share is not None:
        in_range(where, "0 < share < 1", share, above=0, below=1)
        variance = exact(share) * (1 - exact(share))
        return variance, (*SPREAD, f"sd = √({share:g} · (1 − {share:g}))", sqrt(variance))
    assert sd is not None
    in_range(where, "sd > 0", sd, above=0)
    return exact(sd) ** 2, (*SPREAD, "sd", float(sd))


def unit_cv(mean: float | None, sd: float | None, share: float | None, where: str) -> tuple[Fraction, Step]:
    """Give the squared coefficient of variation among units."""
    if [one is None for one in (mean, sd, share)] not in ([True, True, False], [False, False, True]):
        raise DesignError("one_of", where=where, choices="mean + sd / share")
    if share is not None:
        variance, _ = unit_variance(None, share, where)
        formula, squared = f"CV = √((1 − {share:g}) / {share:g})", variance / exact(share) ** 2
    else:
        assert mean is not None and sd is not None
        if in_range(where, "mean ≠ 0", mean) == 0:
            raise DesignError("bad_number", where=where, must="mean ≠ 0", value=mean)
        variance, _ = unit_variance(sd, None, where)
        formula, squared = f"CV = {sd:g} / |{mean:g}|", variance / exact(mean) ** 2
    return squared, ("coefficient of variation of a unit", "单位的变异系数", formula, sqrt(squared))


def difference_variance(
    sd: Pair | None, share: Pair | None, correlation: float | None, where: str
) -> tuple[Fraction, Step]:
    """Give the variance of the difference of two units, or of one respondent's two ratings."""
    if (sd is None) == (share is None):
        raise DesignError("one_of", where=where, choices="sd / share")
    name, given = ("sd", sd) if share is None else ("share", share)
    two = given if isinstance(given, tuple | list) else (given, given)
    if len(two) != 2:
        raise DesignError("bad_number", where=where, must=f"{name} = (a, b)", value=given)
    pair = [
        unit_variance(one if share is None else None, one if share is not None else None, where)
        for one in two
    ]
    (first, one), (second, other) = pair
    variance = first + second
    formula = f"sd = √({one[3]:.6g}² + {other[3]:.6g}²)"
    if correlation is not None:
        in_range(where, "-1 ≤ correlation < 1", correlation, least=-1, below=1)
        both = exact(correlation) * exact(one[3] * other[3])
        variance -= 2 * both
        formula = f"{formula[:-1]} − 2 · {correlation:g} · {one[3]:.6g} · {other[3]:.6g})"
    return variance, ("standard deviation of the difference", "差的标准差", formula, sqrt(variance))


# ----------------------------------------------------------------------------------------- standard errors


@dataclass(frozen=True)
class Field:
    """What becomes of the units that are drawn."""

    population: int | None
    deff: Fraction
    valid: Fraction
    response: Fraction
    proportion: bool
    unit: Fraction
    where: str

    @property
    def raters(self) -> Fraction | None:
        """Give how many of the population rate."""
        return None if self.population is None else self.valid * self.population

    @property
    def lost(self) -> int:
        """Give 1 for a proportion, whose variance in a population has N − 1 in the divisor."""
        return int(self.proportion and self.raters is not None and self.raters > 1)

    def se(self, n: int) -> float:
        """Give the standard error (in units of the estimate for a CV) that n drawn units lead to."""
        answers = n * self.valid * self.response
        variance = self.deff * self.unit / answers
        if self.raters is not None:
            variance *= (self.raters - answers) / (self.raters - self.lost)
        return sqrt(variance)


def field_of(
    population: int | None,
    deff: float,
    valid: float,
    response: float,
    proportion: bool,
    unit: Fraction,
    where: str,
) -> Field:
    """Give the field, checked."""
    if population is not None:
        population = whole(where, "population ≥ 1", population)
    in_range(where, "deff > 0", deff, above=0)
    in_range(where, "0 < valid ≤ 1", valid, above=0, most=1)
    in_range(where, "0 < response ≤ 1", response, above=0, most=1)
    return Field(population, exact(deff), exact(valid), exact(response), proportion, unit, where)


def right_side(distance: float, se: float) -> float:
    """Give the probability that a normal estimate falls on the truth's side of a threshold."""
    return NORMAL.cdf(distance / se) if se else 1.0
