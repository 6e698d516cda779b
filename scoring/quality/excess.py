"""What an interviewer has more, or less, of than the others of his strata, honest differences allowed for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.variance import Codes, Floats

Kind = Literal["number", "share", "part", "size"]
Side = Literal["high", "low", "both"]


@dataclass(frozen=True)
class Excess:
    """One thing of V interviewers (or other units) compared with that of the others in their strata.

    Attributes
    ----------
    n : ndarray of int, shape (V,)
        Sheets compared: those of strata where another interviewer has some too.
    observed, expected : ndarray of float, shape (V,)
        Mean over these sheets, and what it would be were they like those of the others.
    z : ndarray of float, shape (V,)
        Their difference in standard errors, honest differences between interviewers included.
    p : ndarray of float, shape (V,)
        Probability of one as far out, on the side asked for; NaN where nothing is compared.
    between : float
        Standard deviation of honest differences between interviewers.
    """

    n: NDArray[np.intp]
    observed: Floats
    expected: Floats
    z: Floats
    p: Floats
    between: float


def excess(
    feature: Floats, unit: Codes, stratum: Codes, units: int, side: Side, kind: Kind = "number"
) -> Excess:
    """Compare the mean of a feature of sheets between the units of each stratum.

    Parameters
    ----------
    feature : ndarray of float, shape (n,)
        NaN leaves a sheet out.
    unit, stratum : ndarray of int, shape (n,)
        A unit of -1 leaves a sheet out.
    units : int
        Their number V.
    side : "high", "low" or "both"
        What is suspicious.
    kind : "number", "share", "part" or "size"
        A number of any kind; 0 or 1; a number from 0 to 1; squares, whose mean is a variance.

    Returns
    -------
    Excess

    Notes
    -----
    With the deviations e of sheets from their stratum's mean, ``d_v = Σ e / Σ_g n_vg (1 - n_vg/N_g)`` is
    the difference of unit v from the others, and ``s_v²``, the variance it has when units are shuffled
    among the sheets of each stratum, is exact. Honest units differ by more: by ``τ²``, found so that the
    d_v² / (s_v² + τ²), cut off at their 95th percentile, have the mean they should (Spiegelhalter 2005's
    random effects, made robust so that a few dishonest ones do not hide themselves). p is Student's t with
    units - 1 degrees of freedom, or of a number the larger tail of Pearson's curve with the skewness
    of shuffling: what one sheet in thousands has is far out, and somebody has it. Shares near 0 are skewed:
    theirs is the beta-binomial (for a part the beta) distribution of that mean and variance, τ² in
    proportion to π (1 - π), half of the probability of what is observed counted (mid-p); of a rare event,
    one more at the rate of all is added to what the others of the stratum have. Means of squares are
    compared by their cube roots, which are nearly normal.

    Examples
    --------
    Three of the first one's four, one of the eight others and one more at about the rate of all.

    >>> feature, unit = np.array([1.0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]), np.repeat([0, 1, 2], 4)
    >>> found = excess(feature, unit, np.zeros(12, dtype=int), 3, "high", "share")
    >>> found.observed.tolist(), found.expected.round(3).tolist()
    ([0.75, 0.25, 0.0], [0.143, 0.378, 0.5])
    """
    told = (unit >= 0) & np.isfinite(feature)
    sums = _Sums.of(feature[told, None], unit[told], stratum[told], units)
    compared = sums.info > 0
    effect = np.divide(sums.total[:, 0], sums.info, out=np.zeros(units), where=compared)
    error = np.divide(sums.variance, sums.info**2, out=np.zeros(units), where=compared)
    observed = np.divide(sums.sheets[:, 0], sums.n, out=np.full(units, np.nan), where=sums.n > 0)
    if kind in ("share", "part"):
        return _share(sums, observed, observed - effect, None if kind == "share" else error, side)
    expected = observed - effect
    if kind == "size":
        least = 0.01 * np.nanmax(observed, initial=1e-300)
        middle = np.maximum(np.where(compared, expected, 1.0), least)
        effect = np.where(compared, np.cbrt(np.where(compared, observed, 1.0)) - np.cbrt(middle), 0.0)
        # Relative variance of squares, pooled: one unit's large squares must not excuse themselves.
        error = np.where(
            error > 0, sums.relative * np.cbrt(middle) ** 2 / (9 * np.where(compared, sums.info, 1.0)), 0.0
        )
    tau = between(lambda t: _ratio(effect**2, error + t), compared & (error > 0), 1)
    z = np.where(effect < 0, -1.0, 1.0) * np.sqrt(_ratio(effect**2, error + tau))
    high, low = _student(z, int(compared.sum()) - 1)
    if kind == "number":  # a rare thing in one sheet is far out for Student's t, and no wonder
        total = (error + tau) * sums.info**2
        skew = np.divide(sums.third, total**1.5, out=np.zeros(units), where=compared & (total > 0))
        high = np.where(z > 0, np.maximum(high, pearson_tail(z, skew)), high)
        low = np.where(z < 0, np.maximum(low, pearson_tail(-z, -skew)), low)
    p = np.where(compared, _sided(high, low, side), np.nan)
    return Excess(sums.n, observed, expected, z, p, float(np.sqrt(tau)))


def pearson_tail(z: Floats, skew: Floats) -> Floats:
    """Give the probability of more than z under Pearson's type III curve of variance 1 and a skewness.

    The usual curve for permutation distributions of which three moments are known (Mielke and Berry 2007).
    0 where the skewness is not positive: the tail is then no longer than the normal's.

    Examples
    --------
    Of skewness 2 it is the exponential distribution, moved by 1: e^-3 beyond 2.

    >>> pearson_tail(np.array([2.0, 2.0]), np.array([2.0, -2.0])).round(6).tolist()
    [0.049787, 0.0]
    """
    from scipy.special import gammaincc

    shape = 4 / np.where(skew > 0, skew, 1.0) ** 2
    at = np.maximum(shape + z * np.sqrt(shape), 0.0)
    result: Floats = np.where(skew > 0, gammaincc(shape, at), 0.0)
    return result


def _share(sums: _Sums, observed: Floats, expected: Floats, error: Floats | None, side: Side) -> Excess:
    """Compare shares: of 0 and 1 without ``error``, of parts with it."""
    compared = sums.info > 0
    n = np.where(compared, sums.n, 1).astype(np.float64)
    info = np.where(compared, sums.info, 0.5)
    others = info * n / (n - info)  # one stratum: N - n
    events = np.where(compared, sums.sheets[:, 0], 0.0)
    rate = (events.sum() - events + 0.5) / (n[compared].sum() - n + 1)
    added = 1 / np.clip(rate, 1e-12, None)
    mean = np.where(compared, expected, 0.5) * others + rate * added
    mean = np.clip(mean / (others + added), 0.1 / (others + added), 1 - 0.1 / (others + added))
    spread = mean * (1 - mean)
    effect = np.where(compared, observed, mean) - mean
    base = spread * (1 / n + 1 / (others + added)) if error is None else np.maximum(error, 1e-12)
    rho = between(lambda t: _ratio(effect**2, base + t * spread), compared, 1)
    variance = base + rho * spread
    z = effect / np.sqrt(variance)
    if error is None:
        high, low = _beta_binomial(events, mean, n, variance)
    else:
        high, low = _beta(np.where(compared, observed, mean), mean, variance)
    p = np.where(compared, _sided(high, low, side), np.nan)
    expected = np.where(compared, mean, np.nan)
    return Excess(sums.n, observed, expected, np.where(compared, z, 0.0), p, float(np.sqrt(rho)))


def profile_excess(feature: Floats, unit: Codes, stratum: Codes, units: int) -> Excess:
    """Compare means of several features at once: ``observed`` and ``expected`` have shape (V, F).

    The quadratic form of the differences in the covariance that shuffling gives (pooled over strata)
    is χ² with as many degrees of freedom as the features have dimensions. Honest differences come on top:
    along each principal axis of that covariance their own τ², found as in ``excess``. ``z`` is the root of
    the form per degree of freedom.

    Parameters
    ----------
    feature : ndarray of float, shape (n, F)
    unit, stratum : ndarray of int, shape (n,)
    units : int

    Returns
    -------
    Excess

    Examples
    --------
    >>> feature = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1], [0, 1], [1, 0]])
    >>> found = profile_excess(feature, np.array([0, 0, 1, 1, 2, 2]), np.zeros(6, dtype=int), 3)
    >>> found.observed[0].tolist(), found.expected[0].round(9).tolist()
    ([1.0, 0.0], [0.25, 0.75])
    """
    told = (unit >= 0) & np.isfinite(feature).all(axis=1)
    sums = _Sums.of(feature[told], unit[told], stratum[told], units)
    compared = sums.info > 0
    info = np.where(compared, sums.info, 1.0)
    effect = np.where(compared[:, None], sums.total / info[:, None], 0.0)
    roots, axes = np.linalg.eigh(sums.covariance)
    kept = roots > 1e-9 * roots.max(initial=0.0)
    size = int(kept.sum())
    observed = np.full(effect.shape, np.nan)
    np.divide(sums.sheets, sums.n[:, None], out=observed, where=sums.n[:, None] > 0)
    if not size:
        nothing = np.where(compared, 1.0, np.nan)
        return Excess(sums.n, observed, observed - effect, np.zeros(units), nothing, 0.0)
    white = effect @ axes[:, kept] / np.sqrt(roots[kept]) * np.sqrt(info)[:, None]
    form = np.zeros(units)
    for along in white.T:
        tau = between(partial(_form, along**2, info), compared, 1)
        form += _form(along**2, info, tau)
    p = _fisher(form / size, size, size * (int(compared.sum()) - 1))
    z = np.sqrt(form / size)
    return Excess(sums.n, observed, observed - effect, z, np.where(compared, p, np.nan), np.nan)


def _form(squares: Floats, info: Floats, tau: float) -> Floats:
    result: Floats = squares / (1 + tau * info)
    return result


def between(forms: Callable[[float], Floats], used: NDArray[np.bool_], df: int) -> float:
    """Find the excess variance with which forms, cut off, have the mean of a χ² that is cut off so.

    Parameters
    ----------
    forms : callable
        From the variance to ndarray of shape (V,), each the smaller the larger the variance.
    used : ndarray of bool, shape (V,)
    df : int
        Degrees of freedom of the χ².

    Returns
    -------
    float
        0 where the forms vary no more than they should.

    Examples
    --------
    >>> squares = np.array([0.1, 0.6, 4.0, 2.2, 8.0, 0.0, 1.0, 300.0])
    >>> round(between(lambda t: squares / (1 + t), np.full(8, True), 1), 2)
    3.59
    """
    from scipy.special import chdtr, chdtri

    if not used.any():
        return 0.0
    most = float(chdtri(df, 0.05))
    # E min(X, c) = E(X; X < c) + c P(X > c), and x f_k(x) = k f_{k+2}(x)
    target = df * chdtr(df + 2, most) + most * 0.05

    def above(variance: float) -> bool:
        return bool(np.minimum(forms(variance)[used], most).mean() > target)

    if not above(0.0):
        return 0.0
    low, high = 0.0, 1e-8
    while above(high) and high < 1e8:
        low, high = high, high * 4
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) else (low, middle)
    return high


@dataclass(frozen=True)
class _Sums:
    n: NDArray[np.intp]
    """Sheets compared (V,)."""
    sheets: Floats
    """Sums over them (V, F)."""
    total: Floats
    """Sums of deviations from strata (V, F)."""
    info: Floats
    """Σ n (1 - n/N) (V,)."""
    variance: Floats
    """Of ``total`` of the first feature under shuffling (V,)."""
    third: Floats
    """Third central moment of ``total`` of the first feature under shuffling (V,)."""
    covariance: Floats
    """Of the features within strata, pooled (F, F)."""
    relative: float
    """Variance of the first feature over its squared mean, within strata, pooled."""

    @staticmethod
    def of(feature: Floats, unit: Codes, stratum: Codes, units: int) -> _Sums:
        strata = int(stratum.max(initial=-1)) + 1
        cells, cell = np.unique(unit * strata + stratum, return_inverse=True)
        of_unit, of_stratum = np.divmod(cells, max(strata, 1))
        size = np.bincount(stratum, minlength=strata).astype(np.float64)
        n = np.bincount(cell, minlength=cells.size)
        rest = 1 - n / size[of_stratum]
        mean = _added(feature, stratum, strata) / np.maximum(size, 1)[:, None]
        deviation = feature - mean[stratum]
        counted = (rest > 0)[cell]
        squares = np.bincount(stratum, deviation[:, 0] ** 2, strata)
        spread = np.divide(squares, size - 1, out=np.zeros(strata), where=size > 1)
        cubes = np.bincount(stratum, deviation[:, 0] ** 3, strata)
        pairs = (size - 1) * (size - 2)
        third = np.divide(cubes * size, pairs, out=np.zeros(strata), where=pairs > 0)
        inside = deviation[counted]
        df = max(int(counted.sum()) - np.unique(stratum[counted]).size, 1)
        return _Sums(
            n=np.bincount(of_unit, n * (rest > 0), units).astype(np.intp),
            sheets=_added(np.where(counted[:, None], feature, 0.0), unit, units),
            total=_added(deviation, unit, units),
            info=np.bincount(of_unit, n * rest, units).astype(np.float64),
            variance=np.bincount(of_unit, spread[of_stratum] * n * rest, units).astype(np.float64),
            third=np.bincount(of_unit, third[of_stratum] * n * rest * (2 * rest - 1), units).astype(
                np.float64
            ),
            covariance=inside.T @ inside / df,
            relative=float(squares.sum() / max((mean[:, 0] ** 2 * (size - 1)).sum(), 1e-300)),
        )


def _added(values: Floats, codes: Codes, size: int) -> Floats:
    result: Floats = np.empty((size, values.shape[1]))
    for at in range(values.shape[1]):
        result[:, at] = np.bincount(codes, values[:, at], size)
    return result


def _ratio(above: Floats, below: Floats) -> Floats:
    result: Floats = np.divide(above, below, out=np.zeros(above.size), where=below > 0)
    return result


def _student(z: Floats, df: int) -> tuple[Floats, Floats]:
    from scipy.special import stdtr

    low: Floats = stdtr(max(df, 1), z)
    high: Floats = stdtr(max(df, 1), -z)
    return high, low


def _fisher(ratio: Floats, above: int, below: int) -> Floats:
    from scipy.special import fdtrc

    result: Floats = fdtrc(above, max(below, 1), ratio)
    return result


def _sided(high: Floats, low: Floats, side: Side) -> Floats:
    if side == "both":
        result: Floats = np.minimum(1.0, 2 * np.minimum(high, low))
        return result
    return high if side == "high" else low


def _beta(observed: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    from scipy.special import betainc

    size = np.maximum(mean * (1 - mean) / variance - 1, 0.05)
    low: Floats = betainc(mean * size, (1 - mean) * size, np.clip(observed, 0.0, 1.0))
    high: Floats = betainc((1 - mean) * size, mean * size, np.clip(1 - observed, 0.0, 1.0))
    return high, low


def _beta_binomial(events: Floats, mean: Floats, n: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Give the mid-p of counts, high and low, for shares of that mean and variance."""
    from scipy.special import betaln, gammaln

    rho = np.clip((n * variance / (mean * (1 - mean)) - 1) / np.maximum(n - 1, 1), 1e-6, 0.95)
    a, b = mean * (1 / rho - 1), (1 - mean) * (1 / rho - 1)
    count = np.arange(int(n.max(initial=1)) + 1)
    left = n[:, None] - count
    inside = left >= 0
    left = np.where(inside, left, 0)
    log = gammaln(n + 1)[:, None] - gammaln(count + 1.0) - gammaln(left + 1.0)
    log += betaln(count + a[:, None], left + b[:, None]) - betaln(a, b)[:, None]
    mass = np.where(inside, np.exp(np.where(inside, log, 0.0)), 0.0)
    at = np.rint(events).astype(np.intp)
    here = mass[np.arange(n.size), at] / 2
    high = np.where(count > at[:, None], mass, 0.0).sum(axis=1) + here
    low = np.where(count < at[:, None], mass, 0.0).sum(axis=1) + here
    return high, low
