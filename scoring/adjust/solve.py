"""Factors that bring weighted totals to their targets, on arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from scoring.adjust.residuals import dense, scaled
from scoring.variance import Codes, Floats

Method = Literal["linear", "raking", "logit"]
Bounds = tuple[float, float]
CLOSE = 1e-13  # of a total, where a search ends
ENOUGH = 1e-10  # where rounding lets it come no closer
DEPENDENT = 1e-11  # of a column's sum of squares, left by the columns before it


@dataclass(frozen=True)
class Found:
    """Factors, and how far their totals are off.

    Attributes
    ----------
    factor : ndarray of float, shape (n,)
    off : ndarray of float, shape (p,)
        Total reached less target.
    ok : bool
    steps : int
    """

    factor: Floats
    off: Floats
    ok: bool
    steps: int


def proportional(weight: Floats, codes: Sequence[Codes], targets: Sequence[Floats], most: int) -> Found:
    """Scale weights to one margin after another until all hold (Deming and Stephan 1940).

    Parameters
    ----------
    weight : ndarray of float, shape (n,)
    codes : sequence of ndarray of int, shape (n,)
        Each row's cell, one array a margin.
    targets : sequence of ndarray of float
        Each margin's counts.
    most : int
        Sweeps over all margins after which to stop.
    """
    factor = np.ones(weight.size)
    size = max(float(target.sum()) for target in targets)
    worst, sweeps = np.inf, 0
    while worst > CLOSE * size and sweeps < most:
        sweeps += 1
        for code, target in zip(codes, targets, strict=True):
            now = np.bincount(code, weights=weight * factor, minlength=target.size)
            factor = factor * (target / now)[code]
        off = [
            np.bincount(code, weights=weight * factor, minlength=target.size) - target
            for code, target in zip(codes, targets, strict=True)
        ]
        worst = max(float(np.abs(one).max()) for one in off)
    return Found(factor, np.concatenate(off), worst <= ENOUGH * size, sweeps)


def dependent(x: Any, weight: Floats) -> tuple[list[int], dict[int, Floats]]:
    """Find the columns that are sums of multiples of columns before them.

    Returns
    -------
    kept : list of int
    combined : dict
        Of each other column: its coefficients on the kept ones before it.
    """
    gram = dense(x.T @ scaled(x, weight))
    size = np.sqrt(np.diag(gram))
    safe = np.where(size > 0, size, 1.0)
    gram = gram / np.outer(safe, safe)
    kept: list[int] = []
    combined: dict[int, Floats] = {}
    factor = np.zeros_like(gram)  # Cholesky's, row by row of the kept columns
    for column in range(len(gram)):
        count = len(kept)
        lower = factor[:count, :count]
        row = _forward(lower, gram[kept, column]) if count else np.zeros(0)
        left = gram[column, column] - row @ row
        if left > DEPENDENT:
            factor[count, :count], factor[count, count] = row, np.sqrt(left)
            kept.append(column)
        else:
            inside = np.linalg.solve(lower.T, row) if count else row
            combined[column] = inside * safe[column] / safe[kept]
    return kept, combined


def _forward(lower: Floats, right: Floats) -> Floats:
    from scipy.linalg import solve_triangular

    return np.asarray(solve_triangular(lower, right, lower=True))


def factors(
    x: Any, weight: Floats, totals: Floats, method: Method, bounds: Bounds | None, most: int
) -> Found:
    """Find g = F(x b) with ``sum_i weight_i g_i x_i = totals`` (Deville and Särndal 1992).

    F is 1 + u ("linear"), exp u ("raking"), both cut at the bounds, or the logistic curve between them.
    The equations are the gradient of a convex function, which Newton's steps go down.
    """
    curve, slope, area = _functions(method, bounds)
    magnitude = dense(abs(x).T @ weight) + np.abs(totals)
    size = np.where(magnitude > 0, magnitude, 1.0)
    whole = dense(x.T @ scaled(x, weight))
    ridge = 1e-10 * np.diag(np.diag(whole))  # where every row of a column is at a bound

    def off(u: Floats) -> Floats:
        return dense(x.T @ (weight * curve(u))) - totals

    def height(beta: Floats, u: Floats) -> float:
        return float(weight @ area(u) - totals @ beta)

    beta = np.zeros(totals.size)
    u = np.zeros(weight.size)
    with np.errstate(over="ignore", invalid="ignore"):
        missed, level, steps = off(u), height(beta, u), 0
        while steps < most and np.abs(missed / size).max() > CLOSE:
            steps += 1
            hessian = dense(x.T @ scaled(x, weight * slope(u))) + ridge
            step = -np.linalg.solve(hessian, missed)
            down = float(missed @ step)
            near = bool(np.abs(missed / size).max() < 1e-6)  # height is then flat but for rounding
            length = 1.0
            while length > 1e-12:
                tried = beta + length * step
                now = x @ tried
                reached, found = off(now), height(tried, now)
                better = np.abs(reached / size).max() < np.abs(missed / size).max()
                if np.isfinite(reached).all() and (better if near else found <= level + 1e-4 * length * down):
                    break
                length /= 2
            else:
                break
            beta, u, missed, level = tried, now, reached, found
    return Found(curve(u), missed, bool(np.abs(missed / size).max() <= ENOUGH), steps)


Function = Callable[[Floats], Floats]


def _functions(method: Method, bounds: Bounds | None) -> tuple[Function, Function, Function]:
    """Give F, its derivative and its integral."""
    from scipy.special import expit

    low, high = bounds if bounds is not None else (-np.inf, np.inf)
    if method == "logit":
        rate = (high - low) / ((1 - low) * (high - 1))
        shift = np.log((1 - low) / (high - 1))

        def share(u: Floats) -> Floats:
            return np.asarray(expit(rate * u + shift))

        return (
            lambda u: low + (high - low) * share(u),
            lambda u: (high - low) * rate * share(u) * (1 - share(u)),
            lambda u: low * u + (high - low) / rate * np.logaddexp(0, rate * u + shift),
        )
    if method == "linear":

        def cut(u: Floats) -> Floats:
            return np.clip(u, low - 1, high - 1)

        return (
            lambda u: 1 + cut(u),
            lambda u: (cut(u) == u).astype(np.float64),
            lambda u: u + cut(u) ** 2 / 2 + (u - cut(u)) * cut(u),
        )
    with np.errstate(divide="ignore"):
        ends = np.log(max(low, 0.0)), np.log(high)

    def bounded(u: Floats) -> Floats:
        return np.clip(u, *ends)

    return (
        lambda u: np.exp(bounded(u)),
        lambda u: np.where(bounded(u) == u, np.exp(bounded(u)), 0.0),
        lambda u: np.exp(bounded(u)) * (1 + u - bounded(u)),
    )


def reachable(x: Any, weight: Floats, totals: Floats, bounds: Bounds) -> bool:
    """Tell whether any factors within the bounds reach the totals, by linear programming."""
    from scipy.optimize import linprog

    active = np.flatnonzero(weight > 0)
    columns = scaled(x, weight)[active].T
    size = np.where(np.abs(totals) > 0, np.abs(totals), 1.0)
    found = linprog(
        np.zeros(active.size),
        A_eq=scaled(columns, 1 / size),
        b_eq=totals / size,
        bounds=(max(bounds[0], 0.0), None if np.isinf(bounds[1]) else bounds[1]),
        method="highs",
    )
    return bool(found.status == 0)
