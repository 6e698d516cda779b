"""Joint inclusion probabilities of conditional Poisson and Sampford sampling.

Both follow from P(S without k and l = c), S the size of a Poisson sample, for all k and l at once: a
product of matrices over the points of the characteristic function. Nothing is a difference of nearly
equal numbers, as in the usual formula (w_k π_l - w_l π_k) / (w_k - w_l), where units are alike.
"""

from __future__ import annotations

import numpy as np

from sampling.poisson_binomial import Complexes, Floats, size_distribution, turns
from sampling.select.entropy import conditional_poisson_odds


def conditional_poisson_joint(prob: Floats, odds: Floats | None = None) -> Floats:
    """Compute the probabilities of two units together in ``conditional_poisson``.

    π_kl = p_k p_l P(S without k and l = n-2) / P(S = n), with p = w/(1+w) (Chen, Dempster and Liu 1994).

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities, inside (0, 1), that sum to a whole number n.
    odds : ndarray of float, shape (N,), optional
        ``conditional_poisson_odds(prob)``, where known.

    Returns
    -------
    ndarray of float, shape (N, N)
        Symmetric; ``prob`` on the diagonal.

    Examples
    --------
    Equal probabilities make it a simple random sample: n (n-1) / N / (N-1).

    >>> conditional_poisson_joint(np.array([0.5, 0.5, 0.5, 0.5])).round(6)[0]
    array([0.5     , 0.166667, 0.166667, 0.166667])
    """
    count = round(float(prob.sum()))
    weights = conditional_poisson_odds(prob) if odds is None else odds
    p = weights / (1.0 + weights)
    size = size_distribution(p)
    without = 1.0 / (1.0 + p[:, None] * turns(size.angles))
    pairs = real_product(without * size.terms(count - 2), without)
    return finished(prob, p, pairs / size.chance(count))


def sampford_joint(prob: Floats) -> Floats:
    """Compute the probabilities of two units together in ``sampford``.

    p(s) is in proportion to the probability of s in Poisson sampling times Σ_j (1-π_j) over j in s. So
    π_kl is in proportion to π_k π_l times (2 - π_k - π_l) P(S without k and l = n-2) + Σ_j π_j (1-π_j)
    P(S without j, k and l = n-3), j ≠ k, l, and the whole is Σ_j π_j (1-π_j) P(S without j = n-1)
    (Sampford 1967).

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities, inside (0, 1), that sum to a whole number n.

    Returns
    -------
    ndarray of float, shape (N, N)
        Symmetric; ``prob`` on the diagonal.

    Examples
    --------
    >>> sampford_joint(np.array([0.5, 0.5, 0.5, 0.5])).round(6)[0]
    array([0.5     , 0.166667, 0.166667, 0.166667])
    """
    count = round(float(prob.sum()))
    size = size_distribution(prob)
    without = 1.0 / (1.0 + prob[:, None] * turns(size.angles))
    third = (prob * (1.0 - prob))[:, None] * without  # j in s, as the unit that stands before the rest
    total = third.sum(axis=0)
    two, three = size.terms(count - 2), size.terms(count - 3)
    # each unit of the pair brings its own 1 - π and takes itself out of the sum over the third
    own = ((1.0 - prob)[:, None] * two - third * three) * without
    half = real_product(own + without * (three * total / 2.0), without)
    whole = float((size.terms(count - 1) * total).real.sum())
    return finished(prob, prob, (half + half.T) / whole)


def real_product(left: Complexes, right: Complexes) -> Floats:
    """Give the real part of left times right transposed."""
    return np.asarray(left.real @ right.real.T - left.imag @ right.imag.T)


def finished(prob: Floats, p: Floats, pairs: Floats) -> Floats:
    """Give both units their probabilities; rounding leaves neither asymmetry nor values below 0."""
    if round(float(prob.sum())) == 1:
        return np.diag(prob)  # no pairs, not even of 1e-18
    joint = p[:, None] * p * np.maximum((pairs + pairs.T) / 2.0, 0.0)
    np.fill_diagonal(joint, prob)
    return joint
