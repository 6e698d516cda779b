"""What can give an interviewer away: one feature of sheets each, compared with the others of the stratum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.quality.digits import digit_excess
from scoring.quality.excess import Excess, Kind, Side, excess
from scoring.quality.matches import count_matches
from scoring.quality.sheets import Sheets
from scoring.quality.straight import is_straight, response_spread
from scoring.quality.times import timing
from scoring.quality.twins import copied_elsewhere, order_in_time, other_rank, own_chance, own_nearness
from scoring.quality.units import top_share
from scoring.ratings.read import State
from scoring.variance import Codes, Floats


@dataclass(frozen=True)
class Signal:
    """A feature of all interviewers, compared.

    Attributes
    ----------
    name : str
    found : Excess
    observed, expected : ndarray of float, shape (V,)
        In the units in which it is told: a share, points, minutes.
    side : "high", "low" or "both"
    """

    name: str
    found: Excess
    observed: Floats
    expected: Floats
    side: Side


def signals(sheets: Sheets, least_minutes: float | None = None) -> Iterator[Signal]:
    """Give every signal that these sheets allow."""
    straight = is_straight(sheets, 3)
    yield _share("straight", sheets, np.where(sheets.valid >= 3, straight, np.nan), "high")
    top = top_share(sheets)
    yield _compared("top", sheets, top, None, "high", "part")
    unknown = sheets.state == State.DONT_KNOW
    if unknown.any():
        asked = (sheets.state != State.NOT_ASKED).any(axis=1)
        yield _share("dont_know", sheets, np.where(asked, unknown.any(axis=1), np.nan), "low")
    spread = np.where(straight, np.nan, response_spread(sheets.values))
    yield _compared("spread", sheets, spread**2, spread, "both", "size")
    apart = _distance(sheets)
    yield _compared("range", sheets, apart**2, apart, "low", "size")
    digits = digit_excess(sheets)
    yield Signal("digits", digits.found, digits.share, digits.expected, "high")
    matches = count_matches(sheets.answers, sheets.interviewer, order_in_time(sheets))
    rare = own_chance(matches)
    near = scores_of_ranks(own_nearness(matches))
    yield _number("twin_own", sheets, near, np.where(np.isnan(rare), rare, rare <= 0.1), "high")
    place = other_rank(matches)
    copied = copied_elsewhere(matches)
    yield _number("twin_other", sheets, copied, np.where(np.isnan(place), place, place > 0.9), "high")
    if sheets.started is None or sheets.ended is None:
        return
    times = timing(sheets, least_minutes)
    minutes = times["minutes"].to_numpy(dtype=np.float64)
    possible = np.where(minutes >= 0, minutes, np.nan)
    if np.isfinite(possible).any():
        yield _number("short", sheets, scores_of_ranks(possible, sheets.stratum), possible, "low")
    if least_minutes is not None:
        few = _share("too_short", sheets, np.where(np.isnan(possible), np.nan, times["too_short"]), "high")
        # Told, not judged: how many are short says what "short" does, and varies too unevenly to judge.
        yield replace(few, found=replace(few.found, p=np.full(few.found.p.size, np.nan)))
    odd = (times["overlaps"] | times["before_start"]).to_numpy(dtype=np.float64)
    if odd.any():
        yield _share("overlap", sheets, np.where(np.isnan(minutes), np.nan, odd), "high")


def scores_of_ranks(values: Floats, group: Codes | None = None) -> Floats:
    """Turn values into normal scores of their ranks, in each group if told; ties share a rank, NaN stays.

    Examples
    --------
    >>> scores_of_ranks(np.array([3.0, 1.0, np.nan, 2.0])).round(3).tolist()
    [0.967, -0.967, nan, 0.0]
    """
    from scipy.special import ndtri

    column = pd.Series(values)
    ranked = column if group is None else column.groupby(group)
    size = column.count() if group is None else ranked.transform("count")
    result: Floats = ndtri(((ranked.rank(method="average") - 0.5) / size).to_numpy(dtype=np.float64))
    return result


def _share(name: str, sheets: Sheets, feature: Floats | NDArray[np.object_], side: Side) -> Signal:
    return _compared(name, sheets, np.asarray(feature, dtype=np.float64), None, side, "share")


def _number(name: str, sheets: Sheets, feature: Floats, told: Floats, side: Side) -> Signal:
    return _compared(name, sheets, feature, np.asarray(told, dtype=np.float64), side, "number")


def _compared(
    name: str, sheets: Sheets, feature: Floats, told: Floats | None, side: Side, kind: Kind
) -> Signal:
    units = len(sheets.interviewers)
    found = excess(feature, sheets.interviewer, sheets.stratum, units, side, kind)
    # Ranks are compared; what is told is the mean of the thing itself.
    plain = found if told is None else excess(told, sheets.interviewer, sheets.stratum, units, side)
    return Signal(name, found, plain.observed, plain.expected, side)


def _distance(sheets: Sheets) -> Floats:
    """Give how far each sheet's mean, its stratum's taken off, is from the interviewer's own."""
    means, who = sheets.means, sheets.interviewer
    told = (who >= 0) & np.isfinite(means)
    off = _centred(np.where(told, means, np.nan), sheets.stratum)
    return np.abs(_centred(off, who))


def _centred(values: Floats, group: Codes) -> Floats:
    column = pd.Series(values)
    result: Floats = (column - column.groupby(group).transform("mean")).to_numpy(dtype=np.float64)
    return result
