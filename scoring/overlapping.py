"""Covariance of scores from overlapping samples of one population: each evaluatee has raters of its own.

Samples a and b of n_a and n_b from the same N units have n_ab in common. Given these numbers, and drawn so
that only chance tells units apart, totals of the linearised values z have in each stratum the covariance

    n_a n_b K_ab S_ab,     K_ab = n_ab / (n_a n_b) - 1/N

(Tam 1984), S_ab the population's covariance of the two values, known from the common raters. Where they are
fewer than 20 (and not all), it comes from the correlation of all pairs together (of the same two columns of
z), each weighing as many as its common raters less one. Where no two samples have raters in common nothing
is known of it; it is then taken as 1, so that the variance of a difference is rather too large.

On the diagonal it is the variance of a simple random sample; a lone unit counts its own deviation from the
mean of all. K is positive semidefinite (a Gram matrix), S, each element of which rests on raters of its own,
need not be: then its negative eigenvalues are set to 0, its variances kept, and the largest change of a
correlation told. The product is positive semidefinite again (Schur).

Populations may differ a little, as by raters who are recused from one evaluatee: 1/N is then 1/sqrt(N_a N_b).

References
----------
Tam, S. M. (1984). On covariances from overlapping samples. The American Statistician 38(4), 288-289.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import EstimateError
from scoring.variance import Codes, Floats, Stage

FEW_COMMON = 20
LARGEST_GAP = 0.2  # between the populations of a stratum, of the larger


@dataclass(frozen=True)
class Overlap:
    """The covariance of overlapping samples, and what had to be changed for it.

    Attributes
    ----------
    cov : ndarray of float, shape (D K, D K)
    shift : float
        The largest change of a correlation that made S positive semidefinite; 0 where it was.
    """

    cov: Floats
    shift: float


def overlap_covariance(
    stage: Stage, sample: Codes, unit: Codes, stratum: Codes, z: Floats, domain: Codes, domains: int
) -> Overlap:
    """Estimate the covariance of totals of row values, each in its row's domain.

    Parameters
    ----------
    stage : Stage
        Its units are those of every sample apart, its strata those of every sample apart.
    sample, unit, stratum : ndarray of int, shape (n,)
        Each row's sample; its unit and stratum, over all samples.
    z : ndarray of float, shape (n, K)
        Row values, weighted.
    domain : ndarray of int, shape (n,)
        Each within one sample.
    domains : int

    Returns
    -------
    Overlap

    Raises
    ------
    EstimateError
        A domain reaches into several samples; the populations of a stratum differ by more than a fifth.

    Examples
    --------
    Raters 0-2 and 1-3 of ten, two in common: K = 2/9 - 1/10, S = 1/2 of s² = 1 each.

    >>> stage = Stage(np.arange(6), np.array([0, 0, 0, 1, 1, 1]), np.full(6, 0.3), np.ones(6))
    >>> rater, of = np.array([0, 1, 2, 1, 2, 3]), np.array([0, 0, 0, 1, 1, 1])
    >>> z = np.array([[1.0], [2.0], [3.0], [2.0], [4.0], [3.0]]) / 3
    >>> overlap_covariance(stage, of, rater, np.zeros(6, dtype=int), z, of, 2).cov.round(4).tolist()
    [[0.2333, 0.1222], [0.1222, 0.2333]]
    """
    width = z.shape[1]
    samples = int(sample.max()) + 1
    first = np.full(domains, -1, dtype=np.intp)
    first[domain[::-1]] = sample[::-1]
    if (first[domain] != sample).any():
        raise EstimateError("domain_of_samples", where="survey")
    of = np.repeat(np.where(first < 0, 0, first), width)
    cov = np.zeros((domains * width,) * 2)
    shift = 0.0
    for h in range(int(stratum.max()) + 1):
        rows = np.flatnonzero(stratum == h)
        _, place = np.unique(unit[rows], return_inverse=True)
        size = int(place.max()) + 1
        cell = place * domains + domain[rows]
        sums = [np.bincount(cell, weights=column, minlength=size * domains) for column in z[rows].T]
        totals = np.column_stack(sums).reshape(size, domains * width).astype(np.float64)
        member = np.zeros((size, samples))
        member[place, sample[rows]] = 1
        share = np.zeros(samples)  # n / N of every sample
        share[sample[rows]] = stage.prob[stage.unit[rows]]
        population = np.divide(share, member.sum(axis=0), out=np.zeros(samples), where=share > 0)
        known = population[population > 0]
        if known.size and known.min() < (1 - LARGEST_GAP) * known.max():
            sizes = 1 / known
            raise EstimateError("other_populations", where="survey", a=sizes.min(), b=sizes.max())
        kinds = np.tile(np.arange(width), domains)
        part, moved = _stratum(totals, member, share, of, kinds)
        cov += part
        shift = max(shift, moved)
    return Overlap(cov, shift)


def _stratum(totals: Floats, member: Floats, share: Floats, of: Codes, kinds: Codes) -> tuple[Floats, float]:
    """Give one stratum's part; ``of`` tells each column's sample, ``kinds`` its column of z."""
    common: Floats = member.T @ member
    counts = np.diag(common)
    present = counts[of] > 0
    ours = of[present]
    totals = totals[:, present]
    n_ab = common[np.ix_(ours, ours)]
    sums: Floats = (totals.T @ member)[:, ours]
    spread = (totals.T @ totals - sums * sums.T / np.maximum(n_ab, 1)) / np.maximum(n_ab - 1, 1)
    own = np.eye(ours.size, dtype=bool)
    lone = (counts[ours] == 1) & (share[ours] < 1)
    spread[own] = np.where(lone, (totals**2).sum(axis=0), np.diag(spread))
    sd = np.sqrt(np.maximum(np.diag(spread), 0.0))
    scale = np.outer(sd, sd)
    few = n_ab < np.minimum(FEW_COMMON, np.minimum(counts[ours][:, None], counts[ours]))
    weight = np.where((ours[:, None] != ours) & (n_ab > 1), n_ab - 1, 0.0)
    spread = np.where(few, _pooled(weight, spread, scale, kinds[present]) * scale, spread)
    spread, shift = semidefinite(spread)
    inverse = share[ours] / counts[ours]  # 1/N of every sample
    k = n_ab / np.outer(counts[ours], counts[ours]) - np.sqrt(np.outer(inverse, inverse))
    result = np.zeros((of.size, of.size))
    result[np.ix_(present, present)] = np.outer(counts[ours], counts[ours]) * k * spread
    return result, shift


def _pooled(weight: Floats, spread: Floats, scale: Floats, kinds: Codes) -> Floats:
    """Give the correlation of every two columns from all pairs of samples with raters in common."""
    one_hot = np.eye(int(kinds.max()) + 1)[kinds]
    known = one_hot.T @ (weight * scale) @ one_hot
    together = one_hot.T @ (weight * spread) @ one_hot
    unknown = np.eye(len(known))
    found = np.divide(together, known, out=unknown, where=known > 0)
    result: Floats = np.clip(found, -1.0, 1.0)[np.ix_(kinds, kinds)]
    return result


def semidefinite(matrix: Floats) -> tuple[Floats, float]:
    """Set negative eigenvalues of the correlations to 0 and keep the variances; tell the largest change.

    >>> fixed, shift = semidefinite(np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]))
    >>> bool(np.linalg.eigvalsh(fixed).min() > -1e-12), fixed.diagonal().round(12).tolist(), round(shift, 3)
    (True, [1.0, 1.0, 1.0], 0.4)
    """
    sd = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    scale = np.outer(sd, sd)
    correlation = np.divide(matrix, scale, out=np.zeros_like(matrix), where=scale > 0)
    values, vectors = np.linalg.eigh(correlation)
    if values.size == 0 or values[0] >= -1e-12 * max(float(values[-1]), 1.0):
        return matrix, 0.0
    fixed = (vectors * np.maximum(values, 0.0)) @ vectors.T
    root = np.sqrt(np.maximum(np.diag(fixed), 0.0))
    outer = np.outer(root, root)
    fixed = np.divide(fixed, outer, out=np.zeros_like(fixed), where=outer > 0)
    result: NDArray[np.float64] = fixed * scale
    return result, float(np.abs(fixed - correlation).max())
