"""How many to ask: for a margin, a coefficient of variation, a difference, a grade; every step shown.

Quantiles are of the normal distribution, with the standard deviation taken as known; where an interval will
use Student's t, a small sample needs about z²/2 answers more (two at 95 %). Proportions use Wald's variance
p(1 − p), which is too small near 0 and 1. The steps in their order (Cochran 1977, chapter 4; Kish 1965, 8.2):

1. n₀ answers of a simple random sample from an endless population.
2. n₁ = deff · n₀, where deff is the variance over that of a simple random sample of as many answers
   *from the same population*, as Kish defines it. So it comes before the finite population: n₂ never
   exceeds N. (To multiply at the end instead is cautious, and may ask more people than there are.)
3. n₂ = n₁ / (1 + n₁/N′), for a proportion n₁ / (1 + (n₁ − 1)/N′), whose variance in the population is
   N′/(N′ − 1) p(1 − p). N′ = valid · N: who answers 不了解 is no part of what is estimated.
4. Answers: n₂ rounded up. Respondents: answers over ``valid``. Units to draw: respondents over
   ``response``, rounded up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

import pandas as pd

from sampling.errors import DesignError
from sampling.size.terms import (
    NORMAL,
    Field,
    Pair,
    Step,
    difference_variance,
    exact,
    field_of,
    in_range,
    of_level,
    of_power,
    right_side,
    unit_cv,
    unit_variance,
)

LAST = ("units to draw", "抽取单位")
EACH = ("units to draw for each evaluatee", "每个被评单位的抽取单位")


@dataclass(frozen=True)
class SizePlan:
    """How many units to draw, and how that comes about.

    Attributes
    ----------
    n : int
        Units to draw, or invitations; of independent samples, in each.
    answers : int
        Valid answers that are needed of them.
    achieved : float
        What ``n`` is expected to reach: the margin, the coefficient of variation, the smallest
        difference found with the power asked, or the probability of the right grade.
    steps : DataFrame
        One row a step: ``step``, ``chinese``, ``formula``, ``value``.
    """

    n: int
    answers: int
    achieved: float
    steps: pd.DataFrame

    def __repr__(self) -> str:
        return f"SizePlan(n={self.n}, answers={self.answers}, achieved={self.achieved:.4g})"

    def _repr_html_(self) -> str:
        from sampling.show import size_html

        return size_html(self)


def size_for_margin(
    margin: float,
    *,
    sd: float | None = None,
    share: float | None = None,
    level: float = 0.95,
    population: int | None = None,
    deff: float = 1.0,
    valid: float = 1.0,
    response: float = 1.0,
) -> SizePlan:
    """Give the sample size for a margin of error, half of the interval's width.

    Parameters
    ----------
    margin : float
        In the unit of ``sd`` (points of a score from 0 to 100, or of a mean from 0 to 10), or of a share.
    sd, share : float
        One of the two: the standard deviation among units, or the expected proportion (0.5 is the
        cautious guess), with sd = √(p(1 − p)).
    level : float
        Confidence of the interval.
    population : int, optional
        Units there are, for the finite population correction.
    deff : float
        Design effect, such as ``deff_of_clusters`` times ``deff_of_weights``.
    valid : float
        Share of the respondents who rate, and do not answer 不了解. Those belong to nobody's score; who
        refuses the item does, and counts in ``response``.
    response : float
        Share of the units drawn who respond.

    Returns
    -------
    SizePlan

    Raises
    ------
    DesignError
        A value is out of its range; more units are needed than there are.

    Examples
    --------
    Five percentage points at 95 % (n₀ = 1.96² · 0.25 / 0.05² = 384.1), among 3,200 people.

    >>> size_for_margin(0.05, share=0.5)
    SizePlan(n=385, answers=385, achieved=0.04994)
    >>> plan = size_for_margin(0.05, share=0.5, population=3200, deff=1.5, valid=0.9, response=0.7)
    >>> plan
    SizePlan(n=764, answers=481, achieved=0.04994)
    >>> for step, value in plan.steps.tail(5)[["step", "value"]].itertuples(index=False):
    ...     print(f"{step:18}{value:6.1f}")
    design effect      576.2
    finite population  480.3
    valid answers      481.0
    respondents        534.4
    units to draw      764.0
    """
    where = "size_for_margin"
    in_range(where, "margin > 0", margin, above=0)
    z, row = of_level(level, where)
    unit, spread = unit_variance(sd, share, where)
    field = field_of(population, deff, valid, response, share is not None, unit, where)
    first = (exact(z) / exact(margin)) ** 2 * unit
    return _plan([row, spread], f"n₀ = (z · sd / {margin:g})²", first, lambda se: z * se, field)


def size_for_cv(
    cv: float,
    *,
    mean: float | None = None,
    sd: float | None = None,
    share: float | None = None,
    population: int | None = None,
    deff: float = 1.0,
    valid: float = 1.0,
    response: float = 1.0,
) -> SizePlan:
    """Give the sample size for a coefficient of variation: standard error over estimate.

    Parameters
    ----------
    cv : float
        Of the estimate, such as 0.02.
    mean, sd, share : float
        The expected mean and the standard deviation, or the expected proportion.
    population, deff, valid, response
        As in ``size_for_margin``.

    Returns
    -------
    SizePlan

    Raises
    ------
    DesignError
        As in ``size_for_margin``.

    Examples
    --------
    A unit's own coefficient of variation is 20/80 = 0.25, and (0.25 / 0.02)² = 156.25.

    >>> size_for_cv(0.02, mean=80, sd=20)
    SizePlan(n=157, answers=157, achieved=0.01995)
    """
    where = "size_for_cv"
    in_range(where, "cv > 0", cv, above=0)
    unit, row = unit_cv(mean, sd, share, where)
    field = field_of(population, deff, valid, response, share is not None, unit, where)
    return _plan([row], f"n₀ = (CV / {cv:g})²", unit / exact(cv) ** 2, lambda se: se, field)


def size_for_difference(
    difference: float,
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
) -> SizePlan:
    """Give the sample size that tells two evaluatees apart whose true scores differ by so much.

    Parameters
    ----------
    difference : float
        Of the true scores, in the unit of ``sd`` or of ``share``.
    sd, share : float or (float, float)
        As in ``size_for_margin``; two where the evaluatees differ in it.
    correlation : float, optional
        Without it, the evaluatees have independent samples, each of ``n`` (and each population has
        ``population`` units). With it, the same ``n`` respondents rate both, and their two ratings
        correlate so.
    power : float
        At least 0.5: the probability that the difference is found significant, in its direction. With
        0.5 the margin of the difference equals the difference.
    level : float
        1 minus the error of the two-sided test.
    population, deff, valid, response
        As in ``size_for_margin``; ``deff`` is that of the difference, and ``valid`` with the same
        respondents the share who rate both.

    Returns
    -------
    SizePlan
        ``achieved`` is the smallest difference found with the power asked.

    Raises
    ------
    DesignError
        As in ``size_for_margin``.

    Examples
    --------
    (1.96 + 0.8416)² · 2 · 20² / 3² = 697.7; people who rate both alike help.

    >>> size_for_difference(3, sd=20)
    SizePlan(n=698, answers=698, achieved=2.999)
    >>> size_for_difference(3, sd=20, correlation=0.6)
    SizePlan(n=280, answers=280, achieved=2.995)
    """
    where = "size_for_difference"
    in_range(where, "difference > 0", difference, above=0)
    z, row = of_level(level, where)
    found, second = of_power(power, where)
    unit, spread = difference_variance(sd, share, correlation, where)
    field = field_of(population, deff, valid, response, share is not None, unit, where)
    first = ((exact(z) + exact(found)) / exact(difference)) ** 2 * unit
    formula = f"n₀ = ((z + z′) · sd / {difference:g})²"
    plan = _plan([row, second, spread], formula, first, lambda se: (z + found) * se, field)
    if correlation is not None:
        return plan
    steps = plan.steps.copy()
    steps.loc[steps.index[-1], ["step", "chinese"]] = EACH
    return replace(plan, steps=steps)


def size_for_grade(
    distance: float,
    *,
    sure: float = 0.95,
    sd: float | None = None,
    share: float | None = None,
    population: int | None = None,
    deff: float = 1.0,
    valid: float = 1.0,
    response: float = 1.0,
) -> SizePlan:
    """Give the sample size with which a grade is right: the estimate falls on the truth's side.

    Parameters
    ----------
    distance : float
        Of the true score from the threshold of the grade, in the unit of ``sd`` or of ``share``.
    sure : float
        Above 0.5: the probability that the estimate lies on the same side of the threshold.
    sd, share, population, deff, valid, response
        As in ``size_for_margin``.

    Returns
    -------
    SizePlan
        ``achieved`` is the probability of the right side.

    Raises
    ------
    DesignError
        As in ``size_for_margin``.

    Examples
    --------
    (1.645 · 20 / 2)² = 270.6.

    >>> size_for_grade(2, sd=20)
    SizePlan(n=271, answers=271, achieved=0.9501)
    """
    where = "size_for_grade"
    in_range(where, "distance > 0", distance, above=0)
    in_range(where, "0.5 < sure < 1", sure, above=0.5, below=1)
    z = NORMAL.inv_cdf(sure)
    unit, spread = unit_variance(sd, share, where)
    field = field_of(population, deff, valid, response, share is not None, unit, where)
    row = ("normal quantile", "正态分位数", f"z = Φ⁻¹({sure:g})", z)
    first = (exact(z) / exact(distance)) ** 2 * unit
    formula = f"n₀ = (z · sd / {distance:g})²"
    return _plan([row, spread], formula, first, lambda se: right_side(distance, se), field)


# --------------------------------------------------------------------------- from n₀ to the units drawn


def _plan(
    rows: Sequence[Step], formula: str, first: Fraction, reached: Callable[[float], float], field: Field
) -> SizePlan:
    """Take the steps from an endless population to the units drawn."""
    raters = field.raters
    second = field.deff * first
    third = second
    if raters is not None:
        third = second / (1 + (second - field.lost) / raters)
    answers = ceil(third)
    respondents = answers / field.valid
    n = ceil(respondents / field.response)
    if field.population is not None and n > field.population:
        if third / field.valid / field.response > field.population:
            best = reached(field.se(field.population))
            found = dict(n=n, population=field.population, best=best)
            raise DesignError("beyond_population", where=field.where, **found)
        n = field.population  # it was the rounding alone that went beyond
    steps = [
        *rows,
        ("simple random sample, endless population", "无限总体简单随机样本", formula, float(first)),
        ("design effect", "设计效应", f"n₁ = {float(field.deff):g} · n₀", float(second)),
        ("finite population", "有限总体", _finite(field), float(third)),
        ("valid answers", "有效回答", "n₂ rounded up", float(answers)),
        ("respondents", "应答者", f"valid answers / {float(field.valid):g}", float(respondents)),
        (*LAST, f"respondents / {float(field.response):g}, rounded up", float(n)),
    ]
    table = pd.DataFrame(steps, columns=["step", "chinese", "formula", "value"])
    return SizePlan(n, answers, reached(field.se(n)), table)


def _finite(field: Field) -> str:
    if field.population is None:
        return "n₂ = n₁"
    top = "(n₁ − 1)" if field.lost else "n₁"
    return f"n₂ = n₁ / (1 + {top} / ({float(field.valid):g} · {field.population:,}))"
