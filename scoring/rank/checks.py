"""What estimates, covariances, degrees of freedom and classes must be before they are ranked."""

from __future__ import annotations

import math
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.normals import PIVOT
from scoring.rank.simultaneous import nth_draw

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]

ASYMMETRY: Final = 1e-8
"""The largest difference between a matrix and its transpose, as a share, that passes for rounding."""

NEGATIVE: Final = 1e-8
"""The largest negative eigenvalue of cov, scaled to correlations, that passes for rounding."""


def numbers(where: str, values: npt.ArrayLike) -> Floats:
    """Give values as a new array of floats."""
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise EstimateError("not_numbers", where=where, found=fault) from fault


def estimates(where: str, values: npt.ArrayLike) -> Floats:
    """Check estimates: (p,), p at least 1, all finite."""
    result = numbers(where, values)
    if result.ndim != 1 or result.size == 0:
        raise EstimateError("no_estimates", where=where, shape=result.shape)
    bad = np.flatnonzero(~np.isfinite(result))
    if bad.size:
        found = {"count": bad.size, "size": result.size, "value": result[bad[0]], "position": bad[0]}
        raise EstimateError("estimate_not_finite", where=where, **found)
    return result


def one_each(where: str, values: npt.ArrayLike, units: int) -> Floats:
    """Check estimates that go with `units` others."""
    result = estimates(where, values)
    if result.size != units:
        raise EstimateError("other_length", where=where, found=result.size, units=units)
    return result


def class_rows(where: str, by: npt.ArrayLike | None, units: int) -> list[Positions]:
    """Give the positions of each class, in the order in which classes appear; without `by` there is one."""
    if by is None:
        return [np.arange(units)]
    given = np.asarray(by, dtype=object)  # as text, an empty class would become the class "nan"
    if given.shape != (units,):
        raise EstimateError("other_length", where=f"{where}: by", found=given.size, units=units)
    codes, names = pd.factorize(given)
    missing = np.flatnonzero(codes < 0)
    if missing.size:
        raise EstimateError("no_class", where=f"{where}: by", count=missing.size, position=missing[0])
    return [np.flatnonzero(codes == code) for code in range(len(names))]


def square(where: str, cov: npt.ArrayLike, units: int) -> Floats:
    """Give a covariance matrix as floats; its shape must be (units, units)."""
    matrix = numbers(where, cov)
    if matrix.shape != (units, units):
        raise EstimateError("cov_shape", where=where, shape=matrix.shape, units=units)
    return matrix


def covariance(where: str, whole: Floats, here: Positions) -> Floats:
    """Check the block of a covariance matrix at positions `here`, (p,) to (p, p).

    It comes back symmetric, negative eigenvalues within rounding set to zero.
    """
    matrix = whole[np.ix_(here, here)]
    if not np.isfinite(matrix).all():
        row, column = here[np.argwhere(~np.isfinite(matrix))[0]]
        raise EstimateError("cov_not_finite", where=where, row=row, column=column, value=whole[row, column])
    largest = float(np.abs(matrix).max())
    if largest == 0.0:
        return matrix
    # The floor keeps a variance that is zero but for rounding from looking like wild correlations.
    scale = np.sqrt(np.maximum(np.diag(matrix), NEGATIVE * largest))
    correlation = matrix / np.outer(scale, scale)
    skew = np.abs(correlation - correlation.T)
    if skew.max() > ASYMMETRY:
        _not_symmetric(where, whole, here[list(np.unravel_index(int(skew.argmax()), skew.shape))])
    correlation = (correlation + correlation.T) / 2.0
    if not _positive(correlation):
        roots, vectors = np.linalg.eigh(correlation)
        if roots[0] < -NEGATIVE:
            raise EstimateError("cov_not_semidefinite", where=where, value=roots[0])
        if roots[0] < -PIVOT:
            # The product has no free signs, so it is the same on every machine up to rounding.
            correlation = (vectors * np.maximum(roots, 0.0)) @ vectors.T
    np.fill_diagonal(correlation, np.maximum(np.diag(correlation), 0.0))
    result: Floats = correlation * np.outer(scale, scale)
    return result


def _positive(matrix: Floats) -> bool:
    """Whether a symmetric matrix is positive definite: far quicker to see than eigenvalues."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True


def _not_symmetric(where: str, matrix: Floats, at: Positions) -> NoReturn:
    row, column = at
    found = {"row": row, "column": column, "value": matrix[row, column], "mirror": matrix[column, row]}
    raise EstimateError("not_symmetric", where=where, **found)


def simulation(where: str, level: float, draws: int, seed: int) -> None:
    """Check the settings of a simulation whose quantile at `level` is wanted."""
    confidence(where, level)
    least = math.ceil(level / (1.0 - level) - 1e-9)
    if not isinstance(draws, int | np.integer) or nth_draw(level, int(draws)) > draws:
        raise EstimateError("bad_draws", where=f"{where}: draws", value=draws, least=least)
    random_seed(where, seed)


def confidence(where: str, level: float) -> None:
    """Check a level of confidence."""
    if not 0.0 < level < 1.0:
        raise EstimateError("bad_level", where=f"{where}: level", value=level)


def random_seed(where: str, seed: int) -> None:
    """Check a seed of Philox."""
    if not isinstance(seed, int | np.integer) or not 0 <= int(seed) < 2**128:
        raise EstimateError("bad_seed", where=f"{where}: seed", value=seed)


def freedom(where: str, df: float | npt.ArrayLike | None, units: int) -> Floats:
    """Give the degrees of freedom of every pair, (units, units), yet unchecked."""
    where = f"{where}: df"
    result = numbers(where, np.inf if df is None else df)
    if result.ndim == 0:
        result = np.full((units, units), float(result))
    if result.shape != (units, units):
        raise EstimateError("df_shape", where=where, shape=result.shape, units=units)
    return result


def freedom_needed(where: str, whole: Floats, here: Positions, needed: Flags) -> None:
    """Check the degrees of freedom of the pairs of positions `here` that are needed (p, p), symmetric."""
    where, part = f"{where}: df", whole[np.ix_(here, here)]
    wrong = np.argwhere(needed & ~(part > 0.0))
    if len(wrong):
        row, column = here[wrong[0]]
        raise EstimateError("df_not_positive", where=where, row=row, column=column, value=whole[row, column])
    uneven = np.argwhere(needed & ~np.isclose(part, part.T, rtol=ASYMMETRY, atol=0.0))
    if len(uneven):
        _not_symmetric(where, whole, here[uneven[0]])
