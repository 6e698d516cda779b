"""Joint rank intervals from intervals of scores that overlap or not.

Source: M. Klein, T. Wright and J. Wieczorek (2020), "A Joint Confidence Region for an Overall Ranking of
Populations", Journal of the Royal Statistical Society C 69, 589-606, doi:10.1111/rssc.12402.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.rank.checks import Floats, class_rows, confidence, estimates, one_each

ASSUMING = ("independent", "anything")


def joint_intervals(
    estimate: npt.ArrayLike,
    se: npt.ArrayLike,
    level: float = 0.95,
    df: npt.ArrayLike | None = None,
    *,
    assuming: Literal["independent", "anything"] = "anything",
    by: npt.ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """Intervals that hold all true scores of a class together.

    Each of K intervals has the level ``level ** (1 / K)`` where estimates are independent, and
    ``1 - (1 - level) / K`` (Bonferroni), little more, whatever their dependence.

    Parameters
    ----------
    estimate, se : array_like, shape (p,)
        Standard errors are finite and not negative.
    level : float
        Joint confidence, between 0 and 1.
    df : array_like, shape (p,) or a number, optional
        Degrees of freedom, for Student's t; without them the errors are known, or infinite.
    assuming : {"anything", "independent"}
        Of the estimates: shared towns or panels make them dependent.
    by : array_like, shape (p,), optional
        Class of each unit; intervals hold together within each class.

    Returns
    -------
    low, high : ndarray of float, shape (p,)

    Raises
    ------
    EstimateError
        Estimates or errors empty, not finite or of another length; a negative error; `level` out of range;
        `df` not positive; another word for `assuming`; `by` of another length or with a gap.

    Examples
    --------
    By hand: 0.95 ** (1/2) = 0.9747, of which the two-sided normal quantile is 2.236.

    >>> low, high = joint_intervals([80, 70], [1, 2], assuming="independent")
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([77.764, 65.527], [82.236, 74.473])
    """
    where = "joint_intervals"
    centre = estimates(f"{where}: estimate", estimate)
    error = one_each(f"{where}: se", se, centre.size)
    if (error < 0).any():
        at = int((error < 0).argmax())
        raise EstimateError("negative_error", where=f"{where}: se", value=error[at], position=at)
    confidence(where, level)
    if assuming not in ASSUMING:
        known = ", ".join(ASSUMING)
        raise EstimateError("unknown_choice", where=f"{where}: assuming", known=known, value=assuming)
    freedom = np.broadcast_to(np.asarray(np.inf if df is None else df, dtype=np.float64), centre.shape)
    if not (freedom > 0).all():
        at = int((~(freedom > 0)).argmax())
        raise EstimateError("df_not_above_0", where=f"{where}: df", value=freedom[at], position=at)

    from scipy.special import ndtri, stdtrit

    size = np.empty(centre.size)
    for here in class_rows(where, by, centre.size):
        size[here] = here.size
    miss = 1.0 - level ** (1.0 / size) if assuming == "independent" else (1.0 - level) / size
    known_error = np.isinf(freedom)
    t = stdtrit(np.where(known_error, 1.0, freedom), 1.0 - miss / 2.0)
    reach = np.where(known_error, -ndtri(miss / 2.0), t) * error
    return centre - reach, centre + reach


def rank_sets_of_intervals(
    low: npt.ArrayLike, high: npt.ArrayLike, *, by: npt.ArrayLike | None = None
) -> pd.DataFrame:
    """Rank sets from intervals that hold all true scores together; 1 is the best, that is the highest.

    A unit is surely better than another if its interval lies above the other's; intervals that touch lie
    apart, unless both are the same single point. The sets hold whenever the intervals do, so with their
    joint confidence (Klein, Wright and Wieczorek 2020). Anyone can repeat it by eye on published intervals,
    but it asks for more than a difference needs: sets are wider than those of `rank_sets`.

    Parameters
    ----------
    low, high : array_like, shape (p,)
        Ends of the intervals. Where they were rounded for print, the sets are those that readers find, and
        the confidence is that of the rounded intervals.
    by : array_like, shape (p,), optional
        Class of each unit; classes are ranked apart.

    Returns
    -------
    DataFrame
        Columns low and high, integers; one row a unit, in the given order.

    Raises
    ------
    EstimateError
        Ends empty, not finite or of another length; an interval whose low end is above its high end; `by`
        of another length or with a gap.

    Examples
    --------
    By hand: the first lies above the others, which overlap.

    >>> rank_sets_of_intervals([80, 70, 74], [84, 76, 80])
       low  high
    0    1     1
    1    2     3
    2    2     3
    """
    where = "rank_sets_of_intervals"
    bottom = estimates(f"{where}: low", low)
    top = one_each(f"{where}: high", high, bottom.size)
    if (bottom > top).any():
        at = int((bottom > top).argmax())
        raise EstimateError("upside_down", where=where, low=bottom[at], high=top[at], position=at)
    ends = np.empty((2, bottom.size), dtype=np.int64)
    for here in class_rows(where, by, bottom.size):
        lower, upper = bottom[here], top[here]
        same_point = (
            (lower == upper)[:, None] & (lower == upper)[None, :] & (lower[:, None] == lower[None, :])
        )
        better = (lower[:, None] >= upper[None, :]) & ~same_point
        ends[0, here] = 1 + better.sum(axis=0)
        ends[1, here] = here.size - better.sum(axis=1)
    return pd.DataFrame({"low": ends[0], "high": ends[1]})
