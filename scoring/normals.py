"""Uniform and normal draws that every machine repeats."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]

PIVOT: Final = 1e-13
"""A unit of which earlier units leave at most this share of the variance is taken as given by them."""

BLOCK: Final = 2**16
"""Numbers simulated at once: few enough that differences stay in the processor's cache."""


def normals(draws: int, units: int, seed: int) -> Iterator[Floats]:
    """Yield blocks (m, units) of standard normals, a draw a row, from Philox4x64-10 keyed by seed.

    Each is the normal quantile of one of `uniforms`.
    """
    words = np.random.Philox(key=seed)
    most = max(256, BLOCK // units)
    for start in range(0, draws, most):
        rows = min(most, draws - start)
        yield ndtri(uniforms(words, rows * units)).reshape(rows, units)


def uniforms(words: np.random.Philox, size: int) -> Floats:
    """Give uniform numbers above 0 and below 1: of a word w, ((w >> 11) + 0.5) 2**-53.

    numpy promises the raw words of a bit generator, not the output of its distributions.
    """
    drawn = ((words.random_raw(size) >> np.uint64(11)) + 0.5) * 2.0**-53
    # The last of the 2**53 values rounds up to 1, which has no finite quantile.
    result: Floats = np.minimum(drawn, 1.0 - 2.0**-53)
    return result


def factor(cov: Floats) -> Floats:
    """Lower triangular F (p, p) with F F' = cov, positive semidefinite: Cholesky that skips empty pivots.

    Unlike eigenvectors it has no free signs, and unlike pivoted Cholesky no order that rounding could
    change, so draws agree between machines.
    """
    units = cov.shape[0]
    scale = np.sqrt(np.diag(cov))
    scale[scale == 0.0] = 1.0
    rest = cov / np.outer(scale, scale)
    lower = np.zeros_like(rest)
    for unit in range(units):
        pivot = rest[unit, unit]
        if pivot <= PIVOT:
            continue
        column = rest[unit:, unit] / math.sqrt(pivot)
        lower[unit:, unit] = column
        rest[unit:, unit:] -= np.outer(column, column)
    result: Floats = lower * scale[:, None]
    return result
