"""Places of estimates, of one set or of many at once, with what becomes of ties."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, overload

import numpy as np
import numpy.typing as npt

from scoring.errors import EstimateError
from scoring.rank.checks import Floats, class_rows, estimates, one_each

Ranks = npt.NDArray[np.int64]
Ties = Literal["min", "dense", "average", "ordinal"]
RowTies = Literal["min", "max", "dense"]

TIE: Final = 1e-9
"""Estimates this near to each other are tied."""

TIES: Final = ("min", "dense", "average", "ordinal")


@overload
def ranks(
    estimate: npt.ArrayLike,
    ties: Literal["min", "dense", "ordinal"] = "min",
    tolerance: float = TIE,
    *,
    by: npt.ArrayLike | None = None,
    break_by: Sequence[npt.ArrayLike] = (),
    names: Sequence[str] | None = None,
) -> Ranks: ...
@overload
def ranks(
    estimate: npt.ArrayLike,
    ties: Literal["average"],
    tolerance: float = TIE,
    *,
    by: npt.ArrayLike | None = None,
    break_by: Sequence[npt.ArrayLike] = (),
    names: Sequence[str] | None = None,
) -> Floats: ...
def ranks(
    estimate: npt.ArrayLike,
    ties: Ties = "min",
    tolerance: float = TIE,
    *,
    by: npt.ArrayLike | None = None,
    break_by: Sequence[npt.ArrayLike] = (),
    names: Sequence[str] | None = None,
) -> Ranks | Floats:
    """Rank estimates; 1 is the best, that is the highest.

    Parameters
    ----------
    estimate : array_like, shape (p,)
        Finite numbers, higher is better.
    ties : {"min", "dense", "average", "ordinal"}
        "min": 1 + the number of units greater by more than `tolerance` (1, 1, 3).
        "dense": 1 + the number of different "min" ranks before the unit's own (1, 1, 2).
        "average": 1 + the number of greater units + half the number of tied ones (1.5, 1.5, 3).
        "ordinal": no two alike; units of the same "min" rank are ordered by `break_by`.
        None depends on the order of the units. In a chain, where each is within the tolerance of the
        next but the ends are not, every unit is compared with every other, so the ends are not tied.
    tolerance : float
        Not negative; a difference up to it is a tie.
    by : array_like, shape (p,), optional
        Class of each unit: each class is ranked apart.
    break_by : sequence of array_like, each of shape (p,)
        For "ordinal" only: what decides between tied units, the first first; higher is better, within the
        same tolerance.
    names : sequence of str, optional
        What the units are called in a message; their positions, counted from 0, otherwise.

    Returns
    -------
    ndarray, shape (p,)
        Of int; of float for "average".

    Raises
    ------
    EstimateError
        `estimate` is empty, not one-dimensional or not finite; unknown `ties`; `tolerance` negative; `by`,
        `break_by` or `names` of another length; a unit without a class; `break_by` without "ordinal"; units
        that are still tied after `break_by`, by name.

    Examples
    --------
    >>> score = [88.1, 84.2, 84.2, 79.9]
    >>> ranks(score).tolist()
    [1, 2, 2, 4]
    >>> ranks(score, ties="dense").tolist()  # as in published tables: two are 2nd, the next is 3rd
    [1, 2, 2, 3]
    >>> ranks(score, ties="average").tolist()
    [1.0, 2.5, 2.5, 4.0]
    >>> ranks(score, ties="ordinal", break_by=[[70, 80, 90, 60]]).tolist()
    [1, 3, 2, 4]
    >>> ranks(score, by=["district", "district", "city", "city"]).tolist()
    [1, 2, 1, 2]
    """
    values = estimates("ranks: estimate", estimate)
    if ties not in TIES:
        raise EstimateError("unknown_ties", where="ranks: ties", known=", ".join(TIES), value=ties)
    if not 0.0 <= tolerance < math.inf:
        raise EstimateError("bad_tolerance", where="ranks: tolerance", value=tolerance)
    if len(break_by) and ties != "ordinal":
        raise EstimateError("break_without_ordinal", where="ranks: break_by", value=ties)
    breakers = [one_each(f"ranks: break_by[{at}]", each, values.size) for at, each in enumerate(break_by)]
    called = np.array([str(name) for name in (range(values.size) if names is None else names)])
    if called.size != values.size:
        raise EstimateError("other_length", where="ranks: names", found=called.size, units=values.size)
    result = np.empty(values.size)
    for here in class_rows("ranks", by, values.size):
        if ties == "average":
            result[here] = _average(values[here], tolerance)
        elif ties == "ordinal":
            keys = [_min(each[here], tolerance) for each in (values, *breakers)]
            result[here] = _ordinal(keys, called[here])
        else:
            place = _min(values[here], tolerance)
            result[here] = place if ties == "min" else np.unique(place, return_inverse=True)[1] + 1
    return result if ties == "average" else result.astype(np.int64)


def places_of_rows(values: Floats, ties: RowTies = "min") -> Ranks:
    """Rank the units of each row of many, as of draws: 1 for the highest of the last axis.

    "min" and "dense" are those of `ranks`; with "max" tied units take the last place they share. Every two
    units of a row are compared, as there: differences up to `TIE` are ties.

    Parameters
    ----------
    values : ndarray of float, shape (..., p)
        Higher is better; no NaN.
    ties : {"min", "max", "dense"}

    Returns
    -------
    ndarray of int, shape (..., p)

    Examples
    --------
    >>> tied = np.array([[9.0, 8.0, 8.0, 7.0]])
    >>> [places_of_rows(tied, ties).tolist()[0] for ties in ("min", "max", "dense")]
    [[1, 2, 2, 4], [1, 3, 3, 4], [1, 2, 2, 3]]
    """
    units = values.shape[-1]
    order = np.argsort(-values, axis=-1)
    down = np.take_along_axis(values, order, axis=-1)
    place = np.empty(values.shape, dtype=np.int64)
    place[:] = np.arange(1, units + 1)
    for apart in range(1, units):  # in a row that falls, units so far apart are tied only if nearer ones are
        better, worse = down[..., :-apart], down[..., apart:]
        tied = worse >= better - TIE if ties == "max" else better <= worse + TIE
        if not tied.any():
            break
        if ties == "max":
            place[..., :-apart] += tied
        else:
            place[..., apart:] -= tied
    if ties == "dense":
        new = np.ones_like(place)
        new[..., 1:] = place[..., 1:] > place[..., :-1]
        place = new.cumsum(axis=-1)
    result = np.empty_like(place)
    np.put_along_axis(result, order, place, axis=-1)
    return result


def within(values: Floats, last: int, ties: RowTies) -> npt.NDArray[np.bool_]:
    """Whose place of `places_of_rows` is at most ``last``: (m, p), by values (m, p); sorts nothing if it can.

    >>> tied = np.array([[9.0, 8.0, 8.0, 7.0]])
    >>> [within(tied, 2, ties).tolist()[0] for ties in ("min", "max", "dense")]
    [[True, True, True, False], [True, False, False, False], [True, True, True, False]]
    """
    units = values.shape[1]
    if last <= 0:
        return np.zeros(values.shape, dtype=np.bool_)
    if last >= units:
        return np.ones(values.shape, dtype=np.bool_)
    if ties == "dense":
        return np.asarray(places_of_rows(values, ties) <= last)
    nth = last - 1 if ties == "min" else last
    bar = -np.partition(-values, nth, axis=1)[:, nth, None]
    # Fewer than `last` are greater, or at most `last` are as good: the value that decides it is enough.
    return np.asarray(values + TIE >= bar if ties == "min" else values - TIE > bar)


def _min(estimate: Floats, tolerance: float) -> Ranks:
    """1 + the number of units greater by more than the tolerance."""
    ascending = np.sort(estimate)
    greater = estimate.size - np.searchsorted(ascending, estimate + tolerance, side="right")
    return greater.astype(np.int64) + 1


def _average(estimate: Floats, tolerance: float) -> Floats:
    """1 + the number of greater units + half the number of tied ones: both counted from either end."""
    from_bottom = _min(-estimate, tolerance)
    result: Floats = (_min(estimate, tolerance) + (estimate.size + 1 - from_bottom)) / 2.0
    return result


def _ordinal(keys: list[Ranks], names: npt.NDArray[np.str_]) -> Ranks:
    """Order units by the first key (p,), ties by the next, and so on; none may stay tied."""
    order = np.lexsort(keys[::-1])
    sorted_keys = np.stack(keys, axis=1)[order]
    tied = (sorted_keys[1:] == sorted_keys[:-1]).all(axis=1)
    if tied.any():
        first = int(tied.argmax())
        last = first + 1 + int(np.append(~tied[first:], True).argmax())
        raise EstimateError(
            "still_tied", where="ranks: break_by", names=", ".join(names[np.sort(order[first:last])])
        )
    result = np.empty(order.size, dtype=np.int64)
    result[order] = np.arange(1, order.size + 1)
    return result
