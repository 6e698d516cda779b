"""Multipliers of PSUs' weights, on arrays: strata of PSUs in, one column a replicate out."""

from __future__ import annotations

import numpy as np

from scoring.replicate.hadamard import hadamard
from scoring.variance import Codes, Floats

AT_ONCE = 1_000_000  # random words drawn at a time


def leave_one_out(stratum: Codes) -> Floats:
    """Leave each PSU out once, and let the others of its stratum take its weight: shape (P, P).

    >>> leave_one_out(np.array([0, 0, 1, 1, 1])).tolist()[:3]
    [[0.0, 2.0, 1.0, 1.0, 1.0], [2.0, 0.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 1.5, 1.5]]
    """
    n = np.bincount(stratum)[stratum]
    made = np.where(stratum[:, None] == stratum, n / np.maximum(n - 1, 1), 1.0)
    np.fill_diagonal(made, 0.0)
    return made


def half_samples(stratum: Codes, rho: float) -> Floats:
    """Raise one of two PSUs in each stratum to 2 - rho and lower the other to rho, in balance: shape (P, R).

    >>> half_samples(np.array([0, 1, 0, 1]), 0.0).tolist()
    [[2.0, 0.0, 2.0, 0.0], [2.0, 0.0, 0.0, 2.0], [0.0, 2.0, 0.0, 2.0], [0.0, 2.0, 2.0, 0.0]]
    """
    signs = hadamard(int(stratum.max()) + 2)[:, 1:]  # the column of ones would keep a PSU in all halves
    second = np.zeros(stratum.size, dtype=bool)
    second[np.unique(stratum, return_index=True)[1]] = True
    return np.asarray(1 + (1 - rho) * signs[:, stratum].T * np.where(second, 1.0, -1.0)[:, None])


def redrawn(stratum: Codes, fraction: Floats, replicates: int, seed: int) -> Floats:
    """Draw n - 1 of each stratum's n PSUs again, with replacement, and rescale: shape (P, R).

    A PSU drawn r times has ``1 + sqrt(1 - f) (r n / (n - 1) - 1)``, f the sampling fraction (Rao and Wu 1988;
    Rao, Wu and Yue 1992). Of each raw word w of Philox the top 53 bits u choose the PSU number
    ``floor(n u / 2^53)`` of the stratum, replicate by replicate, so more replicates keep the first ones.

    Parameters
    ----------
    stratum : ndarray of int, shape (P,)
    fraction : ndarray of float, shape (P,)
        Sampling fraction of each PSU's stratum; 0 for an infinite population.
    replicates : int
    seed : int
    """
    n = np.bincount(stratum)
    order = np.argsort(stratum, kind="stable")
    starts = np.concatenate([[0], np.cumsum(n)[:-1]])
    which = np.repeat(np.arange(n.size), n - 1)
    span, start = n[which].astype(np.float64), starts[which]
    words = np.random.Philox(key=seed)
    times = np.empty((replicates, stratum.size))
    step = max(AT_ONCE // max(which.size, 1), 1)
    for at in range(0, replicates, step):
        rows = min(step, replicates - at)
        share = (words.random_raw(rows * which.size) >> np.uint64(11)).reshape(rows, which.size) * 2.0**-53
        # A share next to 1 may round up to n itself.
        drawn = start + np.minimum(share * span, span - 1).astype(np.intp)
        drawn += np.arange(rows)[:, None] * stratum.size
        times[at : at + rows] = np.bincount(drawn.ravel(), minlength=rows * stratum.size).reshape(rows, -1)
    back = np.empty_like(order)
    back[order] = np.arange(order.size)
    scale = np.sqrt(1 - fraction)
    grown = (n / np.maximum(n - 1, 1))[stratum]
    return np.asarray((1 + scale * (times[:, back] * grown - 1)).T)


def successive(stratum: Codes, fraction: Floats) -> Floats:
    """Move each PSU against the next of its stratum, the last against the first: shape (P, R).

    With the PSUs' rows of a Hadamard matrix a and b = the next one's, the multiplier is
    ``1 + 2^(-3/2) (a_r - b_r)`` (Fay and Train 1995); scaled by 4 / R the variance of a total is
    ``1/2 sum (t_i - t_(i+1))²`` in each stratum. Finite populations take ``sqrt(1 - f)`` of the move.

    Parameters
    ----------
    stratum, fraction
        As ``redrawn``; PSUs in the order in which they are compared.
    """
    order = np.argsort(stratum, kind="stable")
    sorted_stratum = stratum[order]
    row = np.empty(stratum.size, dtype=np.intp)
    row[order] = np.arange(stratum.size)
    last = np.append(sorted_stratum[1:] != sorted_stratum[:-1], True)
    first = np.flatnonzero(np.append(True, last[:-1]))
    following = np.arange(1, stratum.size + 1)
    following[last] = first
    signs = hadamard(stratum.size + 1).T[1:]
    apart = signs[row] - signs[following[row]]
    return np.asarray(1 + 2**-1.5 * np.sqrt(1 - fraction)[:, None] * apart)
