"""Scores that a composite is made of, each source with the covariance of all its scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from scoring.columns import refuse_missing, required
from scoring.errors import EstimateError
from scoring.estimate import Estimates
from scoring.variance import Floats


class Scored(Protocol):
    """Scores of evaluatees with their covariance: those of a group, a composite or a part of one."""

    @property
    def evaluatees(self) -> list[str]: ...
    @property
    def estimate(self) -> Floats: ...
    @property
    def cov(self) -> Floats: ...
    @property
    def df(self) -> Floats: ...


@dataclass(frozen=True)
class Leaves:
    """Scores of one source, on one or several parts; independent of the scores of other sources.

    Attributes
    ----------
    names : tuple of str, length L
        Parts.
    evaluatees : tuple of str, length D
    estimate : ndarray of float, shape (L, D)
        NaN where an evaluatee has no score.
    cov : ndarray of float, shape (L, D, L, D)
        Covariance of all these scores.
    df : ndarray of float, shape (L, D)
    """

    names: tuple[str, ...]
    evaluatees: tuple[str, ...]
    estimate: Floats
    cov: Floats
    df: Floats

    def __post_init__(self) -> None:
        size = (len(self.names), len(self.evaluatees))
        shapes = [self.estimate.shape, self.cov.shape, self.df.shape]
        if shapes != [size, size * 2, size]:
            raise EstimateError("leaves_shape", where="leaves", size=size, found=shapes)
        if np.isinf(self.estimate).any() or not np.isfinite(self.cov).all():
            raise EstimateError("not_numbers", where="leaves", found="a score or a covariance is not finite")
        for names in (self.names, self.evaluatees):
            twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
            if twice:
                raise EstimateError("named_twice", where="leaves", name=twice[0])


def leaf(name: str, scored: Scored) -> Leaves:
    """Take one part's scores from a group's or a composite's.

    Parameters
    ----------
    name : str
        The part.
    scored : GroupScores, Composite, PartScores, ...

    Returns
    -------
    Leaves
    """
    size = len(scored.evaluatees)
    estimate = np.asarray(scored.estimate, dtype=np.float64)
    lacks = np.isnan(estimate)  # who lacks the part has neither error nor covariance
    cov = np.where(lacks[:, None] | lacks, 0.0, np.asarray(scored.cov, dtype=np.float64))
    return Leaves(
        names=(name,),
        evaluatees=tuple(map(str, scored.evaluatees)),
        estimate=estimate.reshape(1, size),
        cov=cov.reshape(1, size, 1, size),
        df=np.where(lacks, np.inf, np.asarray(scored.df, dtype=np.float64)).reshape(1, size),
    )


def leaves(result: Estimates, by: str = "evaluatee") -> Leaves:
    """Take estimates by evaluatee as the scores of as many parts as there are variables.

    Parameters
    ----------
    result : Estimates
        Of one or several variables by one column.
    by : str
        That column.

    Returns
    -------
    Leaves
        With the covariance of all variables and evaluatees.

    Raises
    ------
    AnswerError
        There is no such column.
    EstimateError
        The estimates are by other columns as well.

    Examples
    --------
    >>> from scoring import Survey, mean
    >>> table = pd.DataFrame({"evaluatee": list("AABB"), "q1": [70.0, 90, 50, 60], "q2": [60.0, 80, 70, 70]})
    >>> found = leaves(mean(Survey(table), ["q1", "q2"], by="evaluatee"))
    >>> found.names, found.evaluatees, found.estimate.tolist()
    (('q1', 'q2'), ('A', 'B'), [[80.0, 55.0], [70.0, 70.0]])
    """
    who, what = pd.factorize(required(result.table, by, where="leaves").astype(str))
    which, names = pd.factorize(result.table["variable"].astype(str))
    at = np.full((len(names), len(what)), -1)
    at[which, who] = np.arange(len(result.table))
    if len(result.table) != at.size or (at < 0).any():
        raise EstimateError("leaves_by", where="leaves", by=by, rows=len(result.table))
    flat = at.ravel()
    return Leaves(
        names=tuple(names),
        evaluatees=tuple(what),
        estimate=result.table["estimate"].to_numpy(dtype=np.float64)[at],
        cov=np.asarray(result.cov, dtype=np.float64)[np.ix_(flat, flat)].reshape(at.shape * 2),
        df=result.table["df"].to_numpy(dtype=np.float64)[at],
    )


def figures(table: pd.DataFrame, evaluatee: str = "evaluatee") -> Leaves:
    """Take figures that have no sampling error (任务完成率), a column for each part.

    Parameters
    ----------
    table : DataFrame
        One row per evaluatee; empty where a figure is missing.
    evaluatee : str
        Column of evaluatees.

    Returns
    -------
    Leaves
        With variance 0.

    Raises
    ------
    AnswerError, EstimateError
        The column of evaluatees is missing or empty somewhere; a figure is no number; an evaluatee is
        there twice.

    Examples
    --------
    >>> figures(pd.DataFrame({"evaluatee": ["A", "B"], "任务完成率": [96.5, None]})).estimate.tolist()
    [[96.5, nan]]
    """
    names = [str(name) for name in table.columns if name != evaluatee]
    who = required(table, evaluatee, where="figures")
    refuse_missing(np.flatnonzero(who.isna()), evaluatee, "figures")
    try:
        values = table.drop(columns=evaluatee).to_numpy(dtype=np.float64, na_value=np.nan).T
    except (TypeError, ValueError) as error:
        raise EstimateError("not_numbers", where="figures", found=error) from None
    size = values.shape
    evaluatees = tuple(who.astype(str))
    return Leaves(tuple(names), evaluatees, values, np.zeros(size * 2), np.full(size, np.inf))
