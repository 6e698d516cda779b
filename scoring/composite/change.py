"""What changed since the last round, and how sure that is."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.columns import required
from scoring.composite.groups import satterthwaite
from scoring.composite.leaves import Scored
from scoring.errors import EstimateError
from scoring.estimate import Estimates
from scoring.interval import interval
from scoring.variance import Floats


@dataclass(frozen=True)
class Change:
    """Changes of the evaluatees that are in both rounds.

    Attributes
    ----------
    table : DataFrame
        ``evaluatee``, ``now``, ``before``, ``change``, ``se``, ``low``, ``high`` and ``df``, in the order
        of the round now.
    cov : ndarray of float, shape (rows, rows)
        Covariance of the changes.
    only_now, only_before : tuple of str
        Evaluatees of one round alone: nothing is said of their change.
    """

    table: pd.DataFrame
    cov: Floats
    only_now: tuple[str, ...]
    only_before: tuple[str, ...]


def change(now: Scored, before: Scored, shared: npt.ArrayLike | None = None, level: float = 0.95) -> Change:
    """Give the change of every evaluatee between two rounds, ``now - before``, with its error.

    Parameters
    ----------
    now, before : GroupScores, Composite, PartScores, ...
        Scores with their covariance, on one scale.
    shared : array of float, shape (D now, D before), optional
        Covariance of the scores of now with those of before, where respondents are in both rounds;
        without it the rounds are independent. The covariance of the changes is
        ``V_now + V_before - shared - shared'``.
    level : float

    Returns
    -------
    Change
        Degrees of freedom of independent rounds after Satterthwaite; of rounds that share respondents the
        fewer of the two, since their variances are not independent.

    Raises
    ------
    EstimateError
        No evaluatee is in both rounds; ``shared`` has another shape, or is larger than the variances
        allow.

    Examples
    --------
    80 and 76 with variances 3 and 2: 4 with variance 5; with a covariance of 2 between the rounds 1.

    >>> from scoring.composite.compose import PartScores
    >>> one = np.ones((1, 1))
    >>> now = PartScores("综合", ["甲局"], 80 * one[0], 3 * one, 30 * one[0], 30 * one)
    >>> before = PartScores("综合", ["甲局"], 76 * one[0], 2 * one, 20 * one[0], 20 * one)
    >>> change(now, before).cov.tolist(), change(now, before, shared=[[2.0]]).cov.tolist()
    ([[5.0]], [[1.0]])
    >>> change(now, before).table[["change", "df"]].to_numpy().tolist()  # 5² / (3²/30 + 2²/20)
    [[4.0, 50.0]]
    """
    both = [one for one in now.evaluatees if one in set(before.evaluatees)]
    if not both:
        raise EstimateError("no_evaluatee_in_both", where="change")
    new, old = ([list(one.evaluatees).index(who) for who in both] for one in (now, before))
    cov_new, cov_old = now.cov[np.ix_(new, new)], before.cov[np.ix_(old, old)]
    own_new, own_old = np.diag(cov_new), np.diag(cov_old)
    df_new, df_old = now.df[new], before.df[old]
    cov = cov_new + cov_old
    if shared is None:
        df = satterthwaite([own_new, own_old], [df_new, df_old])
    else:
        cross = _cross(shared, now, before)[np.ix_(new, old)]
        large = np.argwhere(np.abs(cross) > np.sqrt(np.outer(own_new, own_old)) * (1 + 1e-9) + 1e-12)
        if len(large):
            a, b = (both[at] for at in large[0])
            raise EstimateError("shared_too_large", where="shared", a=a, b=b, value=cross[tuple(large[0])])
        cov = cov - cross - cross.T
        df = np.minimum(np.where(own_new > 0, df_new, np.inf), np.where(own_old > 0, df_old, np.inf))
    moved = now.estimate[new] - before.estimate[old]
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
    low, high = interval(moved, se, df, level)
    scores = {"now": now.estimate[new], "before": before.estimate[old], "change": moved}
    error = {"se": se, "low": low, "high": high, "df": df}
    return Change(
        table=pd.DataFrame({"evaluatee": both, **scores, **error}),
        cov=cov,
        only_now=tuple(one for one in now.evaluatees if one not in both),
        only_before=tuple(one for one in before.evaluatees if one not in both),
    )


def round_change(
    result: Estimates,
    now: Hashable,
    before: Hashable,
    rounds: str = "round",
    evaluatee: str = "evaluatee",
    level: float = 0.95,
) -> Change:
    """Give the changes between two rounds that were estimated together, with what their samples share.

    Parameters
    ----------
    result : Estimates
        Of one variable by the columns of rounds and evaluatees.
    now, before : value of the column of rounds
    rounds, evaluatee : str
    level : float

    Returns
    -------
    Change

    Raises
    ------
    AnswerError
        There is no such column.
    EstimateError
        A round is not there; or there are several variables, or other columns.

    Examples
    --------
    A panel of which a part is replaced each year: the members who stay make the change surer than two
    samples of their own. Made-up ratings.

    >>> from scoring import Survey, mean
    >>> rows = [(2012, "甲", 1, 60), (2012, "甲", 2, 70), (2012, "甲", 3, 90), (2012, "甲", 4, 80),
    ...         (2013, "甲", 2, 75), (2013, "甲", 3, 95), (2013, "甲", 4, 85), (2013, "甲", 5, 60)]
    >>> table = pd.DataFrame(rows, columns=["round", "evaluatee", "member", "q"]).assign(N=40)
    >>> panel = Survey(table, psu="member", population="N", overlapping="round")
    >>> result = mean(panel, "q", by=["round", "evaluatee"])
    >>> result.cov.round(1).tolist()  # of three in common (3/16 - 1/40) × 100, the covariance of theirs
    [[37.5, 16.2], [16.2, 50.2]]
    >>> moved = round_change(result, now=2013, before=2012)
    >>> moved.table[["now", "before", "change", "se"]].round(2).to_numpy().tolist()
    [[78.75, 75.0, 3.75, 7.43]]
    """
    column = required(result.table, rounds, where="change")
    required(result.table, evaluatee, where="change")
    if result.table["variable"].nunique() != 1 or result.table.duplicated([rounds, evaluatee]).any():
        raise EstimateError("one_by_round", where="change", rounds=rounds, evaluatee=evaluatee)
    found = [np.flatnonzero(column == one) for one in (now, before)]
    for at, one in zip(found, (now, before), strict=True):
        if not at.size:
            known = ", ".join(map(str, column.unique()))
            raise EstimateError("no_such_round", where="change", found=one, known=known)
    new, old = found
    shared = np.asarray(result.cov)[np.ix_(new, old)]
    return change(_Round.of(result, new, evaluatee), _Round.of(result, old, evaluatee), shared, level)


@dataclass(frozen=True)
class _Round:
    """The estimates of one round."""

    evaluatees: list[str]
    estimate: Floats
    cov: Floats
    df: Floats

    @classmethod
    def of(cls, result: Estimates, at: npt.NDArray[np.intp], evaluatee: str) -> _Round:
        rows = result.table.iloc[at]
        values = [rows[name].to_numpy(dtype=np.float64) for name in ("estimate", "df")]
        names = [str(one) for one in rows[evaluatee]]
        return cls(names, values[0], np.asarray(result.cov)[np.ix_(at, at)], values[1])


def _cross(shared: npt.ArrayLike, now: Scored, before: Scored) -> Floats:
    values = np.asarray(shared, dtype=np.float64)
    expected = (len(now.evaluatees), len(before.evaluatees))
    if values.shape != expected:
        raise EstimateError("shared_shape", where="shared", found=values.shape, expected=expected)
    if not np.isfinite(values).all():
        raise EstimateError("not_numbers", where="shared", found="a value is not finite")
    return values
