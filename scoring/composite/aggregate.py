"""Parts put together, for all evaluatees at once: values in, value and slopes out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.composite.part import How, Missing
from scoring.errors import EstimateError
from scoring.variance import Floats


@dataclass(frozen=True)
class Aggregated:
    """What parts give together.

    Attributes
    ----------
    value : ndarray of float, shape (D,)
        NaN where it is missing.
    slope : ndarray of float, shape (P, D)
        Derivative of the value with respect to each part; 0 where either is missing.
    counted : ndarray of float, shape (P, D)
        The weight with which each part counts; 0 where it is missing.
    """

    value: Floats
    slope: Floats
    counted: Floats


def aggregate(
    values: npt.ArrayLike, weights: npt.ArrayLike, how: How = "arithmetic", missing: Missing = "leave_out"
) -> Aggregated:
    """Put parts together for each of D units.

    Parameters
    ----------
    values : array of float, shape (P, D)
        NaN where a unit lacks a part.
    weights : array of float, shape (P,)
        Above 0; they count in proportion.
    how : "arithmetic" or "geometric"
        ``sum w x / sum w``, or ``prod x^(w / sum w)`` with slopes ``w / sum w × value / x``.
    missing : "reweight", "leave_out", "zero" or "error"
        As ``Part`` says; "error" is raised by ``compose``, here it leaves out.

    Returns
    -------
    Aggregated

    Raises
    ------
    EstimateError
        A part of a product is not above 0.

    Examples
    --------
    The example of COINr's ``a_amean(1:10, 10:1)``: 220/55 = 4. The geometric mean of 4 and 9 is 6, with
    slopes 6/(2 × 4) and 6/(2 × 9).

    >>> aggregate(np.arange(1.0, 11)[:, None], np.arange(10.0, 0, -1)).value.round(9).tolist()
    [4.0]
    >>> product = aggregate([[4.0], [9.0]], [1, 1], "geometric")
    >>> product.value.round(9).tolist(), product.slope.round(9).tolist()
    ([6.0], [[0.75], [0.333333333]])

    Without the second of two parts of weight 0.6 and 0.4:

    >>> values = [[80.0], [np.nan]]
    >>> [aggregate(values, [0.6, 0.4], missing=one).value.item() for one in ("reweight", "leave_out", "zero")]
    [80.0, nan, 48.0]
    """
    given = np.asarray(values, dtype=np.float64)
    share = np.asarray(weights, dtype=np.float64)[:, None] / np.sum(weights)
    there = ~np.isnan(given)
    if how == "geometric" and (given[there] <= 0).any():
        part, unit = np.argwhere(there & (given <= 0))[0]
        raise EstimateError("not_positive", where="aggregate", part=part, unit=unit, value=given[part, unit])
    counted = np.where(there, share, 0.0)
    whole = counted.sum(axis=0)
    lacks = ~there.all(axis=0) if missing in ("error", "leave_out") else np.zeros(whole.shape, dtype=bool)
    if missing == "reweight":
        lacks = whole == 0
        counted = counted / np.where(lacks, 1.0, whole)
    filled = np.where(there, given, 1.0)
    if how == "arithmetic":
        value, slope = (counted * filled).sum(axis=0), counted
    else:
        value = np.exp((counted * np.log(filled)).sum(axis=0))
        slope = counted * value / filled
    return Aggregated(
        np.where(lacks, np.nan, value), np.where(lacks, 0.0, slope), np.where(lacks, 0.0, counted)
    )
