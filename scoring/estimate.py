"""Estimates from a survey, with the covariance of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.columns import Names, listed, numeric, required
from scoring.domains import Domains, domains_of
from scoring.errors import AnswerError, EstimateError
from scoring.interval import interval, logit_interval
from scoring.survey import Survey
from scoring.variance import Codes, Floats

Freedom = Literal["counted", "satterthwaite"]
Limits = Literal["t", "logit"]


@dataclass(frozen=True)
class Estimates:
    """Estimates and their covariance.

    Attributes
    ----------
    table : DataFrame
        The by-columns, ``variable``, ``estimate``, ``se``, ``low``, ``high``, ``df`` and ``n`` (valid
        answers); domains in sorted order, variables as given.
    cov : ndarray of float, shape (rows, rows)
        Covariance of all estimates, in the table's order.
    """

    table: pd.DataFrame
    cov: Floats


def mean(
    survey: Survey,
    variables: Names,
    by: Names | None = None,
    level: float = 0.95,
    *,
    df: Freedom = "counted",
    limits: Limits = "t",
) -> Estimates:
    """Estimate means, each over its own valid answers.

    Parameters
    ----------
    survey : Survey
    variables : str or list of str
        Numeric columns; a missing value is no answer to that variable alone.
    by : str or list of str, optional
        Columns that tell the domains.
    level : float
        Confidence level of ``low`` and ``high``, which use Student's t.
    df : "counted" or "satterthwaite"
        Degrees of freedom: contributing PSUs less strata, as R's ``degf``; or those of the variance's parts
        (``Survey.satterthwaite``), which are fewer where some strata bring most of it.
    limits : "t" or "logit"
        On the scale of the estimate; or, for shares, on that of log odds, so that they stay between 0 and 1.

    Returns
    -------
    Estimates

    Raises
    ------
    AnswerError
        A column is missing, or a domain has no valid answer.
    EstimateError
        The level does not lie between 0 and 1, a column is not numeric, a by-column has the name of a column
        of the result; or "logit" is asked of what is no share.

    Notes
    -----
    Linearised value of row i for the mean of y: ``w_i o_i (y_i - ybar) / sum_j w_j o_j``, with o 1
    for valid answers (Woodruff 1971; Binder 1983).

    Examples
    --------
    Four of ten, 1 to 4: s² = 5/3, variance 5/3 / 4 × (1 - 4/10) = 0.25.

    >>> table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "N": 10})
    >>> mean(Survey(table, population="N"), "y").table[["estimate", "se", "df"]].round(9).to_numpy().tolist()
    [[2.5, 0.5, 3.0]]
    """
    names = listed(variables)
    domains = domains_of(survey.table, by)
    values = numeric(survey.table, names)
    return estimated(survey, domains, names, means_of(values), level, df, limits)


def total(survey: Survey, variables: Names, by: Names | None = None, level: float = 0.95) -> Estimates:
    """Estimate totals; a missing value adds nothing.

    Parameters, returns and errors are those of ``mean``.

    Examples
    --------
    The example of ``mean`` with weights 10/4: the total is 25, its error 10 × 0.5.

    >>> table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "N": 10, "w": 2.5})
    >>> result = total(Survey(table, weight="w", population="N"), "y").table
    >>> result[["estimate", "se"]].round(9).to_numpy().tolist()
    [[25.0, 5.0]]
    """
    names = listed(variables)
    domains = domains_of(survey.table, by)
    values = numeric(survey.table, names)
    valid: NDArray[np.bool_] = ~np.isnan(values)
    return estimated(survey, domains, names, Quotients(np.where(valid, values, 0.0), None, valid), level)


def ratio(
    survey: Survey, numerator: str, denominator: str, by: Names | None = None, level: float = 0.95
) -> Estimates:
    """Estimate the ratio of two totals over the rows that answer both.

    Parameters, returns and errors are those of ``mean``; the variable is called
    ``numerator/denominator``.

    Examples
    --------
    >>> table = pd.DataFrame({"y": [2.0, 4.0, 6.0], "x": [1.0, 2.0, 3.0]})
    >>> ratio(Survey(table), "y", "x").table[["variable", "estimate", "se"]].to_numpy().tolist()
    [['y/x', 2.0, 0.0]]
    """
    names = [f"{numerator}/{denominator}"]
    domains = domains_of(survey.table, by)
    values = numeric(survey.table, [numerator, denominator])
    valid: NDArray[np.bool_] = ~np.isnan(values.sum(axis=1, keepdims=True))
    values = np.where(valid, values, 0.0)
    quotient = Quotients(values[:, :1], values[:, 1:], valid, "zero_denominator")
    return estimated(survey, domains, names, quotient, level)


def share(
    survey: Survey,
    variable: str,
    by: Names | None = None,
    level: float = 0.95,
    *,
    df: Freedom = "counted",
    limits: Limits = "t",
) -> Estimates:
    """Estimate the share of each value of a column, over rows that have one.

    Parameters, returns and errors are those of ``mean``; ``variable`` in the table is the value. With few
    answers ``limits = "logit"`` is nearer to what the level says, and stays between 0 and 1.

    Examples
    --------
    >>> table = pd.DataFrame({"label": ["good", "bad", "good", "good"]})
    >>> share(Survey(table), "label").table[["variable", "estimate"]].to_numpy().tolist()
    [['bad', 0.25], ['good', 0.75]]
    """
    column = required(survey.table, variable)
    refuse_strays(survey, column.notna().to_numpy()[:, None], [variable])
    codes, found = pd.factorize(column, sort=True)  # categories in their order, as domains are
    names = list(found)
    if not names:
        raise AnswerError("no_answer", where="survey", variable=variable, domain="")
    domains = domains_of(survey.table, by)
    values = np.where(codes[:, None] < 0, np.nan, codes[:, None] == np.arange(len(names)))
    return estimated(survey, domains, names, means_of(values), level, df, limits)


@dataclass(frozen=True)
class Quotients:
    """Statistics that are one total over another, or a total: all that is read of the answers.

    Attributes
    ----------
    top : ndarray of float, shape (n, K)
        What each row brings to the numerators, 0 where it has no valid answer.
    bottom : ndarray of float, shape (n, K) or (n, 1), or None
        The same of the denominators; None for totals.
    valid : ndarray of bool, shape (n, K)
    empty : str
        Rule of the error where a denominator adds up to 0.
    """

    top: Floats
    bottom: Floats | None
    valid: NDArray[np.bool_]
    empty: Literal["no_answer", "zero_denominator"] = "no_answer"

    def estimate(self, weights: Floats, domains: Domains) -> tuple[Floats, Floats]:
        """Give the estimates and their denominators, shape (D, K) or (D, 1) for the latter."""
        tops = domains.sums(self.top * weights[:, None])
        if self.bottom is None:
            return tops, np.ones((len(tops), 1))
        bottoms = domains.sums(self.bottom * weights[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            return tops / bottoms, bottoms

    def linearised(self, weights: Floats, domains: Domains, estimate: Floats, bottom: Floats) -> Floats:
        """Give each row's linearised values, shape (n, K)."""
        if self.bottom is None:
            return self.top * weights[:, None]
        # Columns are contiguous, here and in the sums over them.
        residual = self.top - _gathered(estimate, domains.codes) * self.bottom
        residual *= weights[:, None] / _gathered(bottom, domains.codes)
        return residual

    def replicated(self, survey: Survey, domains: Domains) -> Floats:
        """Give the estimates of every replicate, shape (R, D K)."""
        replicates = survey.replicates
        assert replicates is not None
        parts = [self.top] if self.bottom is None else [self.top, self.bottom]
        weighted = np.concatenate([part.T * survey.weights for part in parts]).T
        totals = replicates.totals(weighted, domains.codes, len(domains.labels))
        width = self.top.shape[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            found = totals if self.bottom is None else totals[:, :width] / totals[:, width:]
        return found.transpose(0, 2, 1).reshape(len(found), -1)


def _gathered(values: Floats, codes: Codes) -> Floats:
    """Give every row its domain's values, (D, K) to (n, K) with contiguous columns."""
    return np.take(np.ascontiguousarray(values.T), codes, axis=1).T


def means_of(values: Floats) -> Quotients:
    """Means over each column's own valid values; NaN for none."""
    valid: NDArray[np.bool_] = ~np.isnan(values)
    if valid.all():
        return Quotients(values, np.ones((len(values), 1)), valid)
    return Quotients(np.where(valid, values, 0.0), valid.astype(np.float64), valid)


def refuse_strays(survey: Survey, valid: NDArray[np.bool_], names: Sequence[str]) -> None:
    """Name the first answer, of valid ones with shape (n, K), of a row that did not respond."""
    if survey.response is None:
        return
    strays = np.argwhere(valid & ~survey.response.responded[:, None])
    if strays.size:
        row, k = strays[0]
        raise AnswerError("answer_without_response", where="survey", row=row + 1, variable=names[k])


def _refuse_empty(rule: str, size: Floats | Codes, domains: Domains, names: Sequence[Any]) -> None:
    """Name the first estimate that rests on nothing."""
    empty = np.argwhere(size == 0)
    if empty.size:
        at, k = empty[0]
        of = domains.name(int(at))
        name = str(names[int(k)])
        raise AnswerError(rule, where="survey", variable=name, domain=f" ({of})" if of else "")


def _refuse_single(
    survey: Survey, domains: Domains, valid: NDArray[np.bool_], df: Floats, names: Sequence[Any]
) -> None:
    """Name the first quotient that rests on one unit: its deviations add up to 0, which is no error."""
    for k in np.flatnonzero((df <= 1).any(axis=0)).tolist():
        single = single_units(survey, domains, valid[:, k])
        if single.size:
            of = domains.name(int(single[0]))
            told = {"variable": str(names[k]), "domain": f" ({of})" if of else "", "count": single.size}
            raise AnswerError("single_unit", where="survey", **told)


def single_units(survey: Survey, domains: Domains, counts: NDArray[np.bool_]) -> Codes:
    """Give the domains of which all rows that count lie in one sampled unit, and not a certain one.

    Of weights that came without a design nothing is known.
    """
    if survey.replicates is not None and survey.replicates.df is not None:
        return np.empty(0, dtype=np.intp)
    counts = counts & (survey.weights > 0)
    psus, _ = survey.contributing(domains.codes, len(domains.labels), counts)
    certain = np.bincount(domains.codes, counts & (survey.effective[0] < 0), len(domains.labels))
    return np.flatnonzero((psus == 1) & (certain == 0))


def estimated(
    survey: Survey,
    domains: Domains,
    names: Sequence[Any],
    statistics: Quotients,
    level: float,
    freedom: Freedom = "counted",
    limits: Limits = "t",
) -> Estimates:
    """Estimate, with the covariance of the survey's design or of its replicates."""
    if not 0 < level < 1:
        raise EstimateError("bad_level", where="level", value=level)
    own = {"variable", "estimate", "se", "low", "high", "df", "n"} & set(domains.labels.columns)
    if own:
        raise EstimateError("by_hides_result", where="by", column=sorted(own)[0])
    for name, value, known in (("df", freedom, Freedom), ("limits", limits, Limits)):
        if value not in get_args(known):
            raise AnswerError("unknown_choice", where=name, value=value, known=", ".join(get_args(known)))
    valid = statistics.valid
    refuse_strays(survey, valid, [str(name) for name in names])
    count, width = len(domains.labels), len(names)
    everyone = bool(valid.all())
    if everyone:
        n = np.repeat(np.bincount(domains.codes, minlength=count)[:, None], width, axis=1)
    else:
        n = domains.sums(valid.astype(np.float64)).astype(np.int64)
    estimate, bottom = statistics.estimate(survey.weights, domains)
    _refuse_empty("no_answer", n, domains, names)
    _refuse_empty(statistics.empty, bottom, domains, names)
    if survey.replicates is None or freedom == "satterthwaite":
        z = statistics.linearised(survey.weights, domains, estimate, bottom)
    if survey.replicates is None:
        cov = survey.covariance(z, domains.codes, count)
    else:
        cov = survey.replicates.covariance(statistics.replicated(survey, domains), estimate.ravel())
    counts = valid & (survey.weights != 0)[:, None]  # who has no weight tells no degrees of freedom
    if freedom == "satterthwaite":
        each = [survey.satterthwaite(z[:, k], domains.codes, count, counts[:, k]) for k in range(width)]
    else:
        masks = counts.T[:1] if everyone else counts.T
        each = [survey.degrees_of_freedom(domains.codes, count, mask) for mask in masks]
    df = np.column_stack(each * (width // len(each)))
    if statistics.bottom is not None:
        _refuse_single(survey, domains, valid, df, names)
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
    flat = estimate.ravel()
    if limits == "logit" and ((flat < 0) | (flat > 1)).any():
        at = int(np.flatnonzero((flat < 0) | (flat > 1))[0])
        raise EstimateError("not_shares", where="limits", variable=str(names[at % width]), value=flat[at])
    low, high = (interval if limits == "t" else logit_interval)(flat, se, df.ravel(), level)
    table = domains.labels.loc[domains.labels.index.repeat(width)].reset_index(drop=True)
    table["variable"] = list(names) * count
    table = table.assign(estimate=flat, se=se, low=low, high=high, df=df.ravel(), n=n.ravel())
    return Estimates(table, cov)
