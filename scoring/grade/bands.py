"""Bands about the class's mean, wide enough for the spread that a class has anyway.

Over-dispersed z-scores, an alternative to grades by thresholds: it asks who differs from the class by more
than its members usually do.

Sources: D. J. Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in
Medicine 24, 1185-1202; D. Spiegelhalter, C. Sherlaw-Johnson, M. Bardsley, I. Blunt, C. Wood and O. Grigg
(2012), "Statistical methods for healthcare regulation: rating, screening and surveillance", JRSS A 175,
1-47 (additive over-dispersion from winsorised z-scores); R. DerSimonian and N. Laird (1986), "Meta-analysis
in clinical trials", Controlled Clinical Trials 7, 177-188.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.grade.inputs import Floats, units_of
from scoring.rank.checks import covariance, square

BANDS: Final = ("much worse", "worse", "as expected", "better", "much better")
LIMITS: Final = (-3.0, -2.0, 2.0, 3.0)
LEAST_UNITS: Final = 3


def class_bands(
    estimate: npt.ArrayLike, cov: npt.ArrayLike, by: npt.ArrayLike | None = None, winsorise: float = 0.1
) -> pd.DataFrame:
    """Tell who differs from its class by more than errors and the usual spread of the class explain.

    Parameters
    ----------
    estimate : array_like of float, shape (p,)
        If a Series, its index names the units.
    cov : array_like of float, shape (p, p)
        Covariance of the estimates; none may be without variance.
    by : array_like, shape (p,), optional
        The class of each unit; without it all are one class.
    winsorise : float
        The share of z-scores at each end that are pulled in before the spread is estimated, so that those who
        stand out do not hide themselves; 0 pulls none. At least 0, below a half.

    Returns
    -------
    DataFrame
        One row a unit, in the given order: ``class`` (with ``by``), ``estimate``, ``mean`` (of its class,
        weighted by 1 / variance), ``spread`` (tau, the standard deviation of true scores beyond their
        errors), ``z`` and ``band``: "much worse" (z at most -3), "worse" (at most -2), "as expected",
        "better" (at least 2), "much better" (at least 3).

    Raises
    ------
    EstimateError
        No unit, or fewer than 3 in a class; an estimate without variance; ``cov`` or ``winsorise``
        impossible.

    Notes
    -----
    With weights w_j = 1 / V_jj and the mean m they give, z_j = (y_j - m) / sqrt(V_jj) are winsorised at
    their quantiles (numpy's and R's default ones) and squared: Q. Were there no spread, Q of correlated
    estimates would be tr(M V) on average, M = W - W 11' W / sum w; each unit of tau² adds tr(M). So tau² =
    (Q - tr(M V)) / tr(M), at least 0: DerSimonian and Laird's where the estimates are independent, tr(M V)
    = p - 1. Then z_j = (y_j - m) / sd(y_j - m), whose variance counts the error of the mean, its share of
    y_j, errors in common, and tau²; so what is common to all (a shared town) moves nobody. As in the
    sources no Q is added for what winsorising takes away, and tau is taken as known.

    Examples
    --------
    Five units with variance 1, at 74, 79, 80, 81, 86 and so 80 on average: without winsorising Q = 74, tau² =
    (74 - 4) / (5 - 1) = 17.5, and the best is z = 6 / sqrt(18.5 × 4/5) = 1.56 from the mean: as expected.

    >>> found = class_bands([74.0, 79.0, 80.0, 81.0, 86.0], np.eye(5), winsorise=0)
    >>> (found["spread"] ** 2).round(9).iloc[-1], found["z"].round(2).iloc[-1], found["band"].iloc[-1]
    (np.float64(17.5), np.float64(1.56), 'as expected')

    Thirty units that differ by no more than their errors, and one that does:

    >>> found = class_bands([*np.tile([79.0, 80.0, 81.0], 10), 90.0], np.eye(31))
    >>> found["band"].value_counts().to_dict(), found["spread"].max().round(1)
    ({'as expected': 30, 'much better': 1}, np.float64(0.0))
    """
    where = "class_bands"
    units = units_of(f"{where}: estimate", estimate, by)
    matrix = square(f"{where}: cov", cov, units.values.size)
    if not 0.0 <= winsorise < 0.5:
        raise EstimateError("bad_winsorise", where=where, value=winsorise)
    flat = np.flatnonzero(np.diag(matrix) <= 0.0)
    if flat.size:
        raise EstimateError("no_variance", where=where, unit=units.index[flat[0]])

    table = units.frame()
    table["estimate"] = units.values
    table[["mean", "spread", "z"]] = np.nan
    found = np.empty((units.values.size, 3))
    for name, here in units.rows():
        if here.size < LEAST_UNITS:
            shown = "all" if name is None else name
            raise EstimateError("class_of_few", where=where, name=shown, units=here.size, least=LEAST_UNITS)
        found[here] = _standing(units.values[here], covariance(f"{where}: cov", matrix, here), winsorise)
    table[["mean", "spread", "z"]] = found
    outwards = found[:, 2] + np.sign(found[:, 2]) * 1e-9  # a limit belongs to its outer band
    table["band"] = np.array(BANDS, dtype=object)[(outwards[:, None] > np.array(LIMITS)).sum(axis=1)]
    return table


def _standing(estimate: Floats, cov: Floats, winsorise: float) -> Floats:
    """Give mean, spread and z of one class: (p, 3)."""
    variance = np.diag(cov)
    weight = 1.0 / variance
    share = weight / weight.sum()
    mean = float(share @ estimate)
    plain = (estimate - mean) / np.sqrt(variance)
    low, high = np.quantile(plain, [winsorise, 1.0 - winsorise])
    square = float((np.clip(plain, low, high) ** 2).sum())
    # tr(M V) and tr(M): the trace of W V is p, that of W less its mean part the sum of w (1 - share).
    expected = estimate.size - float(weight @ cov @ weight) / float(weight.sum())
    spread = max(0.0, (square - expected) / float((weight * (1.0 - share)).sum()))

    common = cov @ share
    error = variance - 2.0 * common + float(share @ common)
    apart = spread * (1.0 - 2.0 * share + float(share @ share))
    deviation = np.sqrt(np.maximum(error + apart, 0.0))
    gap = estimate - mean
    z = np.divide(gap, deviation, out=np.zeros_like(gap), where=deviation > 0.0)
    return np.column_stack([np.full(gap.size, mean), np.full(gap.size, np.sqrt(spread)), z])
