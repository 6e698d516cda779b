"""The score a unit needs for its grade to be sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from scoring.grade.chances import LABELS, Prior, check_class, check_prior
from scoring.grade.inputs import Floats, freedom_of, units_of
from scoring.grade.posterior import Posterior, widened
from scoring.grade.rules import Grading, check_grading
from scoring.rank.checks import confidence, covariance, square
from scoring.rank.places import TIE

HALVINGS: Final = 45
"""Of the bracket; enough for a millionth of a point."""


def score_needed(
    rule: Grading,
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    df: float | npt.ArrayLike | None = None,
    by: npt.ArrayLike | None = None,
    prior: Prior = "class",
    level: float = 0.95,
) -> pd.DataFrame:
    """Give the score at which a unit's true score reaches a threshold with probability ``level``.

    Parameters
    ----------
    rule : Grading
        Its thresholds count; gates and outside conditions do not.
    estimate, cov, df, by, prior
        As for ``grade_chances``.
    level : float

    Returns
    -------
    DataFrame
        For every unit, in the given order, a row for each grade with a threshold, best first: ``class``
        (with ``by``), ``unit``, ``grade``, ``at_least``, ``estimate``, ``chance`` (that the true score
        reaches the threshold, given the estimate), ``needed``, ``sure`` (the estimate is ``needed`` or
        more) and ``prior``.

    Raises
    ------
    EstimateError
        As for ``grade_chances``; ``level`` not between 0 and 1.

    Notes
    -----
    The unit's standard error stays what it is. Flat prior: threshold + t(level, df) × se. Class prior: the
    other units' scores stay what they are, and the spread and the mean of the class are estimated anew with
    the score in question.

    Examples
    --------
    An error of 0.85: to be 95 % sure of 90 by the flat prior takes 90 + 1.645 × 0.85 = 91.4.

    >>> from scoring.grade.rules import Grade
    >>> rule = Grading((Grade("优秀", 90), Grade("良好", 80), Grade("其他")))
    >>> found = score_needed(rule, [92.0], [[0.85**2]], prior="flat").round(1)
    >>> found[["grade", "needed", "sure"]].to_numpy().tolist()
    [['优秀', 91.4, True], ['良好', 81.4, True]]
    """
    check_grading(rule)
    where = "score_needed"
    units = units_of(f"{where}: estimate", estimate, by)
    matrix = square(f"{where}: cov", cov, units.values.size)
    freedom = freedom_of(f"{where}: df", df, units, matrix)
    check_prior(where, prior)
    confidence(where, level)
    asked = [(grade.name, float(grade.at_least)) for grade in rule.grades if grade.at_least is not None]
    thresholds = np.array([threshold for _, threshold in asked])

    shape = (units.values.size, thresholds.size)
    chance, needed = np.empty(shape), np.empty(shape)
    for name, here in units.rows():
        block = covariance(f"{where}: cov", matrix, here)
        error = np.sqrt(np.diag(block))[:, None]
        score = np.broadcast_to(units.values[here, None], (here.size, thresholds.size))
        if prior == "class":
            check_class(where, units, name, here, freedom)
            model = Posterior.of(units.values[here], widened(block, freedom[here]))
            reached = ClassChance.of(model, units.values[here], thresholds)
            chance[here] = reached(score)
            needed[here] = _solved(reached, thresholds, error, level)
        else:
            chance[here] = _flat_chance(score - thresholds, error, freedom[here, None])
            needed[here] = thresholds + error * _t_quantile(freedom[here, None], level)

    each = np.repeat(np.arange(units.values.size), thresholds.size)
    table = units.frame().iloc[each].reset_index(drop=True)
    table["unit"] = units.index[each]
    table["grade"] = [name for name, _ in asked] * units.values.size
    table["at_least"] = np.tile(thresholds, units.values.size)
    table["estimate"] = units.values[each]
    table["chance"] = chance.ravel()
    table["needed"] = needed.ravel()
    table["sure"] = table["estimate"] >= table["needed"] - TIE
    table["prior"] = LABELS[prior]
    return table


@dataclass(frozen=True)
class ClassChance:
    """P(theta_j >= c | y) under the class prior, as a function of unit j's own score, the others' held.

    Given tau (g values), with y_j moved by d: the posterior mean of theta_j moves by ``slope`` d, its
    standard deviation ``sd`` stays, and the generalised square of the residuals that tells how likely tau
    is grows by 2 d ``residual`` + d² ``curve``.

    Attributes
    ----------
    model : Posterior
    estimate : ndarray of float, shape (p,)
    thresholds : ndarray of float, shape (t,)
    square : ndarray of float, shape (g,)
    residual, curve, mean, slope, sd : ndarray of float, shape (g, p)
    """

    model: Posterior
    estimate: Floats
    thresholds: Floats
    square: Floats
    residual: Floats
    curve: Floats
    mean: Floats
    slope: Floats
    sd: Floats

    @classmethod
    def of(cls, model: Posterior, estimate: Floats, thresholds: Floats) -> ClassChance:
        """Work out what does not depend on the score: with S = V + tau² I and P = S^-1 less its mean part."""
        precision, vectors, roots = model.precision, model.vectors, model.roots
        ones = vectors.sum(axis=0)
        apart = (estimate - model.centre(estimate)[:, None]) @ vectors * precision
        inverse_ones = (precision * ones) @ vectors.T  # S^-1 1
        pull = (roots * precision * ones) @ vectors.T  # V S^-1 1
        total = model.mean_precision[:, None]
        squares = vectors.T**2
        own = (roots * precision * model.tau[:, None] ** 2) @ squares
        return cls(
            model,
            estimate,
            thresholds,
            square=(apart**2 / precision).sum(axis=1),
            residual=apart @ vectors.T,
            curve=precision @ squares - inverse_ones**2 / total,
            mean=estimate - (roots * apart) @ vectors.T,
            slope=1.0 - (roots * precision) @ squares + pull * inverse_ones / total,
            sd=np.sqrt(np.maximum(own + pull**2 / total, 0.0)),
        )

    def __call__(self, score: Floats) -> Floats:
        """Give the probability that the true score reaches each threshold, at a score for each: (p, t)."""
        moved = score - self.estimate[:, None]
        grown = 2.0 * moved * self.residual[:, :, None] + moved**2 * self.curve[:, :, None]
        weight = self.model.weights(self.model.log_density(self.square[:, None, None] + grown))
        gap = self.mean[:, :, None] + self.slope[:, :, None] * moved - self.thresholds
        result: Floats = np.minimum((weight * ndtr(_ratio(gap, self.sd[:, :, None]))).sum(axis=0), 1.0)
        return result


def _solved(chance: ClassChance, thresholds: Floats, error: Floats, level: float) -> Floats:
    """Find the scores (p, t) at which the chance reaches the level: a bracket about the threshold, halved."""
    low = np.broadcast_to(thresholds, (error.size, thresholds.size)).copy()
    high = low.copy()
    known = np.broadcast_to(error <= TIE, low.shape)  # without error a score is sure at the threshold itself
    step = np.broadcast_to(np.maximum(error, TIE), low.shape).copy()
    while (short := ~known & (chance(high) < level)).any():
        high[short] += step[short]
        step[short] *= 2.0
    step = np.broadcast_to(np.maximum(error, TIE), low.shape).copy()
    while (beyond := ~known & (chance(low) >= level)).any():
        low[beyond] -= step[beyond]
        step[beyond] *= 2.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        enough = chance(middle) >= level
        high, low = np.where(enough & ~known, middle, high), np.where(enough | known, low, middle)
    return high


def _flat_chance(gap: Floats, error: Floats, freedom: Floats) -> Floats:
    ratio = _ratio(gap, error)
    known = np.isinf(freedom)
    result: Floats = np.where(known, ndtr(ratio), stdtr(np.where(known, 1.0, freedom), ratio))
    return result


def _ratio(gap: Floats, error: Floats) -> Floats:
    """Gap over error; without error infinite, and positive where the gap is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = gap / error
    result: Floats = np.where(error > 0.0, ratio, np.where(gap >= -TIE, np.inf, -np.inf))
    return result


def _t_quantile(freedom: Floats, level: float) -> Floats:
    known = np.isinf(freedom)
    result: Floats = np.where(known, ndtri(level), stdtrit(np.where(known, 1.0, freedom), level))
    return result
