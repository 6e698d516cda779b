"""How likely every grade, and every place, is for every unit."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.grade.inputs import Floats, Units, conditions_of, freedom_of, units_of
from scoring.grade.levels import levels
from scoring.grade.posterior import LEAST_DF, LEAST_UNITS, class_draws, flat_draws
from scoring.grade.rules import Grading, check_grading
from scoring.rank.checks import covariance, random_seed, square
from scoring.rank.places import within

Rows = npt.NDArray[np.intp]
Prior = Literal["class", "flat"]

LABELS: dict[str, str] = {
    "class": "class prior",
    "flat": "flat prior, uncalibrated",
}


@dataclass(frozen=True)
class Chances:
    """Probabilities by unit, and what they rest on.

    Attributes
    ----------
    table : DataFrame
        One row a unit, in the given order: ``class`` (with ``by``), then a column for each grade, or for each
        number of places asked for. The columns are named after the prior, so that a printed table shows it.
    prior : str
        "class prior", or "flat prior, uncalibrated".
    calibrated : bool
        Whether events given a probability come true that often: they do, within 5 points, where the true
        scores of a class spread at least twice as far as their errors (``benchmarks/grade_calibration.py``;
        see ``spread``). False for the flat prior.
    spread : DataFrame
        One row a class: ``units``, ``error`` (root mean square standard error), and under the class prior the
        posterior median of ``spread``, the standard deviation of the true scores, with its 2.5 % and 97.5 %
        points ``low`` and ``high``.
    """

    table: pd.DataFrame
    prior: str
    calibrated: bool
    spread: pd.DataFrame

    def _repr_html_(self) -> str:
        return f"<p>{self.prior}</p>{self.table.round(3)._repr_html_()}"  # type: ignore[operator]


def grade_chances(
    rule: Grading,
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    df: float | npt.ArrayLike | None = None,
    by: npt.ArrayLike | None = None,
    conditions: pd.DataFrame | None = None,
    prior: Prior = "class",
    draws: int = 10_000,
    seed: int = 0,
) -> Chances:
    """Give the probability of every grade for every unit, given the estimates and their covariance.

    True scores of a class are drawn together, shared errors and all, and each draw is graded by the rule as
    if it were the result: thresholds, and gates on the places within the draw. Outside conditions are
    known.

    Parameters
    ----------
    rule : Grading
    estimate : array_like of float, shape (p,)
        If a Series, its index names the units.
    cov : array_like of float, shape (p, p)
        Covariance of the estimates, in their order.
    df : float or array_like of shape (p,), optional
        Degrees of freedom of each estimate's variance; infinite where not given.
    by : array_like, shape (p,), optional
        The class of each unit. Classes are graded apart; without it all are one class.
    conditions : DataFrame, optional
        As for ``grades``.
    prior : {"class", "flat"}
        "class": the normal hierarchical model, within each class: true scores theta ~ N(mu, tau²), estimates
        given them N(theta, cov), mu and tau flat, tau integrated over (Rubin 1981; Morris 1983; Gelman 2006).
        Errors of few degrees of freedom count with the variance of their Student t, df / (df - 2) times as
        large. "flat": theta is the estimate plus an error, Student t where df is finite; uncalibrated, for it
        forgets that who looks best has, on average, been lucky. In a class of three to five units a flat tau
        may be very large, so that there the class prior is little else than the flat one (Gelman 2006).
    draws : int
        The error of a probability of one half is 0.005 with 10,000.
    seed : int
        From 0 to 2**128 - 1. The draws of a class depend on nothing but the seed, and not on the order of its
        units.

    Returns
    -------
    Chances

    Raises
    ------
    EstimateError
        As for ``grades``; ``cov`` or ``df`` of another shape, or impossible; under the class prior a class
        of fewer than 3 units, or an estimate with 2 degrees of freedom or fewer; ``draws`` or ``seed`` out
        of range.

    Examples
    --------
    Eleven units at 90, 88, ... 70, with errors of 2. The first has just reached 优秀; by the flat prior
    that is a toss-up. By hand for its class: the estimates' variance is 44, of which 4 is error; so tau² is
    about 40, the first shrinks to 80 + 10 × 40/44 = 89.1 with variance 4 × 40/44 + (4/44)² × 44/11 = 3.67,
    and is at least 90 with probability Phi(-0.91 / 1.92) = 0.32; a little more as tau might be larger.

    >>> from scoring.grade.rules import Grade
    >>> rule = Grading((Grade("优秀", 90), Grade("良好", 80), Grade("合格", 60), Grade("不合格")))
    >>> score = pd.Series(np.arange(90.0, 69.0, -2.0), [*"甲乙丙丁戊己庚辛壬癸子"])
    >>> flat = grade_chances(rule, score, 4.0 * np.eye(11), prior="flat")
    >>> flat.table.loc[["甲", "己"]].round(1).to_numpy().tolist(), flat.prior
    ([[0.5, 0.5, 0.0, 0.0], [0.0, 0.5, 0.5, 0.0]], 'flat prior, uncalibrated')
    >>> given_class = grade_chances(rule, score, 4.0 * np.eye(11))
    >>> given_class.table.loc[["甲", "己"]].round(2).to_numpy().tolist(), given_class.prior
    ([[0.34, 0.66, 0.0, 0.0], [0.0, 0.5, 0.5, 0.0]], 'class prior')
    """
    check_grading(rule)
    where = "grade_chances"
    units = units_of(f"{where}: estimate", estimate, by)
    held = conditions_of(rule, conditions, units)

    parts = []
    for spread, here, true in _drawn(where, units, cov, df, prior, draws, seed):
        got = levels(rule, true, {name: flags[here] for name, flags in held.items()})
        each = [(got == level).mean(axis=0) for level in range(len(rule.grades))]
        parts.append((spread, here, np.stack(each, axis=1)))
    return _gathered(units, prior, parts, rule.names)


def place_chances(
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    first: int | Sequence[int] = 1,
    df: float | npt.ArrayLike | None = None,
    by: npt.ArrayLike | None = None,
    prior: Prior = "class",
    draws: int = 10_000,
    seed: int = 0,
) -> Chances:
    """Give the probability that a unit is truly among the ``first`` so many of its class.

    Parameters
    ----------
    first : int or sequence of int
        Numbers of places, each at least 1: 3 asks whether a unit is third or better.

    The other parameters, and errors, are those of ``grade_chances``. Ties, of draws without error, share the
    best place.

    Returns
    -------
    Chances
        A column for each number of ``first``.

    Examples
    --------
    Three estimates, independent, two of them alike: who is first is open between those two.

    >>> found = place_chances([80.0, 80.0, 60.0], np.eye(3), first=[1, 2], prior="flat")
    >>> found.table.round(1).to_numpy().tolist()
    [[0.5, 1.0], [0.5, 1.0], [0.0, 0.0]]
    """
    where = "place_chances"
    units = units_of(f"{where}: estimate", estimate, by)
    asked: list[int] = [first] if isinstance(first, int | np.integer) else list(first)
    if not asked or not all(isinstance(k, int | np.integer) and k >= 1 for k in asked):
        raise EstimateError("bad_first", where=f"{where}: first", value=first)

    parts = []
    for spread, here, true in _drawn(where, units, cov, df, prior, draws, seed):
        each = [within(true, int(k), "min").mean(axis=0) for k in asked]
        parts.append((spread, here, np.stack(each, axis=1)))
    return _gathered(units, prior, parts, [int(k) for k in asked])


def true_score_draws(
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    df: float | npt.ArrayLike | None = None,
    by: npt.ArrayLike | None = None,
    prior: Prior = "class",
    draws: int = 10_000,
    seed: int = 0,
) -> Floats:
    """Draw what the true scores may be, together within each class: (draws, p).

    Parameters and errors are those of ``grade_chances``. Between classes the draws mean nothing together.

    Examples
    --------
    >>> drawn = true_score_draws([80.0, 70.0, 60.0], np.diag([4.0, 4.0, 0.0]), prior="flat")
    >>> drawn.shape, drawn.mean(axis=0).round(), drawn.std(axis=0).round(1)
    ((10000, 3), array([80., 70., 60.]), array([2., 2., 0.]))
    """
    where = "true_score_draws"
    units = units_of(f"{where}: estimate", estimate, by)
    parts = list(_drawn(where, units, cov, df, prior, draws, seed))
    result = np.empty((draws, units.values.size))
    for _, here, true in parts:
        result[:, here] = true
    return result


def _drawn(
    where: str,
    units: Units,
    cov: npt.ArrayLike,
    df: float | npt.ArrayLike | None,
    prior: Prior,
    draws: int,
    seed: int,
) -> Iterator[tuple[dict[str, Any], Rows, Floats]]:
    """Yield for each class its spread, its rows (p,), and draws of its true scores (draws, p)."""
    matrix = square(f"{where}: cov", cov, units.values.size)
    freedom = freedom_of(f"{where}: df", df, units, matrix)
    check_prior(where, prior)
    _check_simulation(where, draws, seed)
    for name, rows in units.rows():
        if prior == "class":
            check_class(where, units, name, rows, freedom)
        here = rows[_best_first(units.values[rows], np.diag(matrix)[rows])]
        block = covariance(f"{where}: cov", matrix, here)
        spread: dict[str, Any] = {} if name is None else {"class": name}
        spread |= {"units": here.size, "error": float(np.sqrt(np.diag(block).mean()))}
        if prior == "class":
            true, tau = class_draws(units.values[here], block, freedom[here], draws, seed)
            middle, low, high = np.quantile(tau, [0.5, 0.025, 0.975]).tolist()
            spread |= {"spread": middle, "low": low, "high": high}
        else:
            true = flat_draws(units.values[here], block, freedom[here], draws, seed)
        yield spread, here, true


def _gathered(
    units: Units, prior: Prior, parts: list[tuple[dict[str, Any], Rows, Floats]], columns: Sequence[Any]
) -> Chances:
    """Put the classes' shares of draws (p, columns) together."""
    found = np.empty((units.values.size, len(columns)))
    for _, here, shares in parts:
        found[here] = shares
    table = units.frame()
    table[[*columns]] = found
    table.columns.name = LABELS[prior]
    return Chances(table, LABELS[prior], prior == "class", pd.DataFrame([spread for spread, _, _ in parts]))


def check_prior(where: str, prior: str) -> None:
    """Refuse an unknown prior."""
    if prior not in LABELS:
        raise EstimateError("unknown_choice", where=f"{where}: prior", known=", ".join(LABELS), value=prior)


def _check_simulation(where: str, draws: int, seed: int) -> None:
    """Refuse draws and seeds out of range."""
    if not isinstance(draws, int | np.integer) or draws < 1:
        raise EstimateError("number_of_draws", where=f"{where}: draws", value=draws)
    random_seed(where, seed)


def check_class(where: str, units: Units, name: Hashable, rows: Rows, freedom: Floats) -> None:
    """Refuse a class that the class prior cannot take."""
    if rows.size < LEAST_UNITS:
        shown = "all" if name is None else name
        raise EstimateError("small_class", where=where, name=shown, units=rows.size, least=LEAST_UNITS)
    few = rows[freedom[rows] <= LEAST_DF]
    if few.size:
        raise EstimateError(
            "few_df", where=where, unit=units.index[few[0]], value=freedom[few[0]], least=LEAST_DF
        )


def _best_first(estimate: Floats, variance: Floats) -> Rows:
    """Units from best to worst, ties by variance, but for rounding: (p,), (p,) to (p,)."""
    return np.lexsort((np.round(variance, 9), -np.round(estimate, 9)))
