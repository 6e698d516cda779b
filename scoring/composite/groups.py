"""From groups to the composite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.errors import EstimateError
from scoring.group import GroupScores
from scoring.variance import Floats


@dataclass(frozen=True)
class Composite:
    """The weighted sum of the groups' scores.

    Attributes
    ----------
    evaluatees : list of str, length D
    estimate : ndarray of float, shape (D,)
    cov : ndarray of float, shape (D, D)
    df : ndarray of float, shape (D,)
        Satterthwaite degrees of freedom of each composite.
    pair_df : ndarray of float, shape (D, D)
        Satterthwaite degrees of freedom of each difference.
    shares, shares_se : ndarray of float, shape (D, L)
        Composite shares of the labels, and their error.
    """

    evaluatees: list[str]
    estimate: Floats
    cov: Floats
    df: Floats
    pair_df: Floats
    shares: Floats
    shares_se: Floats


def composite(groups: Sequence[GroupScores], weights: Sequence[float]) -> Composite:
    """Add up independent groups: ``sum_g w_g S_g`` with covariance ``sum_g w_g² V_g``.

    Degrees of freedom after Satterthwaite (1946): ``V² / sum_g (v_g² / df_g)`` with v_g the group's
    part of V.

    Parameters
    ----------
    groups : sequence of GroupScores
        All of the same evaluatees.
    weights : sequence of float

    Returns
    -------
    Composite

    Raises
    ------
    EstimateError
        Groups score different evaluatees.
    """
    evaluatees = groups[0].evaluatees
    for group in groups[1:]:
        if group.evaluatees != evaluatees:
            odd = sorted(set(group.evaluatees) ^ set(evaluatees))
            raise EstimateError("not_by_all", where="composite", evaluatee=odd[0])
    parts = [weight**2 * group.cov for weight, group in zip(weights, groups, strict=True)]
    cov = np.sum(parts, axis=0)
    own = [np.diag(part) for part in parts]
    apart = [difference_variance(part) for part in parts]
    pair = [np.minimum(group.df[:, None], group.df[None, :]) for group in groups]
    return Composite(
        evaluatees=list(evaluatees),
        estimate=np.sum([w * group.estimate for w, group in zip(weights, groups, strict=True)], axis=0),
        cov=cov,
        df=satterthwaite(own, [group.df for group in groups]),
        pair_df=satterthwaite(apart, pair),
        shares=np.sum([w * group.shares for w, group in zip(weights, groups, strict=True)], axis=0),
        shares_se=np.sqrt(
            np.sum([w**2 * group.shares_se**2 for w, group in zip(weights, groups, strict=True)], axis=0)
        ),
    )


def difference_variance(cov: Floats) -> Floats:
    own = np.diag(cov)
    return np.maximum(own[:, None] + own[None, :] - 2 * cov, 0.0)


def satterthwaite(variances: Sequence[Floats], df: Sequence[Floats]) -> Floats:
    """Give the degrees of freedom of a sum of independent variance estimates.

    Examples
    --------
    Two parts of 1 with 10 degrees each: 2² / (1/10 + 1/10) = 20.

    >>> satterthwaite([np.array([1.0]), np.array([1.0])], [np.array([10.0]), np.array([10.0])])
    array([20.])
    """
    whole: Floats = np.sum(variances, axis=0)
    loads = []
    for variance, freedom in zip(variances, df, strict=True):
        without = np.where(variance > 0, np.inf, 0.0)  # a part without error brings none, whatever its df
        loads.append(np.divide(variance**2, freedom, out=without, where=freedom > 0))
    load = np.sum(loads, axis=0)
    result: Floats = np.divide(whole**2, load, out=np.full_like(whole, np.inf), where=load > 0)
    return result
