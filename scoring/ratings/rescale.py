"""What ratings count: arrays of ratings in, arrays of points or of hits out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scoring.columns import listed
from scoring.errors import EstimateError
from scoring.scale import Scale
from scoring.variance import Floats


def rescaled(values: npt.ArrayLike, scale: Scale, full_mark: float = 100.0) -> Floats:
    """Give what ratings count of the full mark.

    Parameters
    ----------
    values : array of float, any shape
        Ratings, NaN for no answer.
    scale : Scale
    full_mark : float

    Returns
    -------
    ndarray of float, shape of values
        NaN where there is no answer.

    Raises
    ------
    EstimateError
        A value is no rating of the scale; or the scale is faulty.

    Examples
    --------
    From -3 to 3 the rating 0 counts half. Where 1 is best of 5, 2 counts 100 × (5 - 2) / (5 - 1) = 75.

    >>> rescaled([-3, 0, 3, np.nan], Scale(-3, 3)).tolist()
    [0.0, 50.0, 100.0, nan]
    >>> rescaled([1, 2, 5], Scale(1, 5, best="low")).tolist()
    [100.0, 75.0, 0.0]

    With label values (基本满意 = 70, 不满意 = 30, as published plans have them):

    >>> from scoring.scale import Label
    >>> words = (Label("不满意", 0, 5, 30), Label("基本满意", 6, 7, 70), Label("满意", 8, 10, 100))
    >>> rescaled([2, 6, 7, 9], Scale(0, 10, words)).tolist()
    [30.0, 70.0, 70.0, 100.0]
    """
    points = scale.points(full_mark)
    ratings, given = _ratings(values, scale)
    result = np.full(ratings.shape, np.nan)
    result[given] = points[(ratings[given] - scale.low).astype(np.intp)]
    return result


def top_box(values: npt.ArrayLike, scale: Scale, box: int) -> Floats:
    """Tell which ratings are at least as good as ``box``: 1, 0, or NaN for no answer.

    Parameters
    ----------
    values : array of float, any shape
        Ratings, NaN for no answer.
    scale : Scale
    box : int
        The worst rating in the box.

    Returns
    -------
    ndarray of float, shape of values

    Raises
    ------
    EstimateError
        A value, or ``box``, is no rating of the scale.

    Examples
    --------
    The top two boxes of 1 to 5, and of a scale on which 1 is best:

    >>> top_box([5, 4, 3, np.nan], Scale(1, 5), 4).tolist()
    [1.0, 1.0, 0.0, nan]
    >>> top_box([1, 2, 3], Scale(1, 5, best="low"), 2).tolist()
    [1.0, 1.0, 0.0]
    """
    scale.checked()
    if isinstance(box, bool) or box not in range(scale.low, scale.high + 1):
        raise EstimateError("no_box", where="box", low=scale.low, high=scale.high, value=box)
    ratings, given = _ratings(values, scale)
    hits = ratings >= box if scale.best == "high" else ratings <= box
    return np.where(given, hits.astype(np.float64), np.nan)


def has_label(values: npt.ArrayLike, scale: Scale, labels: str | Sequence[str]) -> Floats:
    """Tell which ratings carry one of some labels: 1, 0, or NaN for no answer.

    Parameters
    ----------
    values : array of float, any shape
    scale : Scale
    labels : str or list of str

    Returns
    -------
    ndarray of float, shape of values

    Raises
    ------
    EstimateError
        A value is no rating of the scale, or a name is no label of it.

    Examples
    --------
    >>> from scoring.scale import Label
    >>> words = (Label("不满意", 0, 5), Label("基本满意", 6, 7), Label("满意", 8, 10))
    >>> has_label([2, 6, 9, np.nan], Scale(0, 10, words), ["基本满意", "满意"]).tolist()
    [0.0, 1.0, 1.0, nan]
    """
    scale.checked()
    names = listed(labels)
    known = {label.name: label for label in scale.labels}
    for name in names or [""]:
        if name not in known:
            told = "、".join(known) or "-"
            raise EstimateError("no_such_label", where="labels", found=name, known=told)
    ratings, given = _ratings(values, scale)
    hits = np.zeros(ratings.shape, dtype=bool)
    for name in names:
        hits |= (ratings >= known[name].low) & (ratings <= known[name].high)
    return np.where(given, hits.astype(np.float64), np.nan)


def weighted_index(points: npt.ArrayLike, weights: npt.ArrayLike) -> Floats:
    """Give the weighted mean of several questions' points: ``sum w_k points_k / sum w_k``.

    Questions rated 1 to 10 and put on 100 points give the index of ACSI,
    ``(sum w_k mean_k - sum w_k) / (9 sum w_k) × 100``.

    Parameters
    ----------
    points : array of float, shape (..., K)
    weights : array of float, shape (K,)
        Finite, none negative, not all 0.

    Returns
    -------
    ndarray of float, shape (...)

    Raises
    ------
    EstimateError
        Weights that cannot be used.

    References
    ----------
    National Quality Research Center (2005). American Customer Satisfaction Index (ACSI): Methodology
    Report. University of Michigan.

    Examples
    --------
    Means 8.4, 7.9 and 7.5 with weights 0.3885, 0.3190 and 0.2925, which sum to 1:
    (0.3885 × 7.4 + 0.3190 × 6.9 + 0.2925 × 6.5) / 9 × 100 = 77.525.

    >>> weighted_index((np.array([8.4, 7.9, 7.5]) - 1) / 9 * 100, [0.3885, 0.3190, 0.2925]).round(3).item()
    77.525
    """
    importance = np.asarray(weights, dtype=np.float64)
    if not (np.isfinite(importance).all() and (importance >= 0).all() and importance.any()):
        raise EstimateError("bad_importance", where="weights", found=importance.tolist())
    result: Floats = np.asarray(points, dtype=np.float64) @ (importance / importance.sum())
    return result


def _ratings(values: npt.ArrayLike, scale: Scale) -> tuple[Floats, npt.NDArray[np.bool_]]:
    ratings = np.asarray(values, dtype=np.float64)
    given: npt.NDArray[np.bool_] = ~np.isnan(ratings)
    fits = (ratings >= scale.low) & (ratings <= scale.high) & (ratings == np.floor(ratings))
    odd = np.argwhere(given & ~fits)
    if len(odd):
        at = tuple(odd[0].tolist())
        found = {"column": "values", "value": ratings[at], "row": at[0] + 1 if at else 1}
        raise EstimateError("bad_rating", where="values", low=scale.low, high=scale.high, **found)
    return ratings, given
