"""Low satisfaction: who falls under the rule, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.rank.places import TIE
from scoring.variance import Floats

Config = dict[str, str]


@dataclass(frozen=True)
class Unstated:
    """The plan does not say what low satisfaction is: nobody is held to account."""

    kind: Literal["unstated"] = "unstated"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Below:
    """Low is a published score below ``score``."""

    score: float
    kind: Literal["below"] = "below"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Bottom:
    """Low are the last ``places`` of a class; who ties with one of them is among them."""

    places: int
    kind: Literal["bottom"] = "bottom"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


LowSatisfaction = Unstated | Below | Bottom


def low_satisfaction(
    rule: Below | Bottom,
    *,
    score: npt.ArrayLike,
    estimate: npt.ArrayLike,
    se: npt.ArrayLike,
    df: npt.ArrayLike,
    place_low: npt.ArrayLike,
    place_high: npt.ArrayLike,
    level: float = 0.95,
) -> pd.DataFrame:
    """Tell for the units of one class whether they fall under a rule, and how sure that is.

    Under ``Below`` the verdict is sure when the one-sided interval at ``level`` lies on the same side of
    the line as the published score; ``chance`` is the probability that the true score is below the line
    given the estimate and a flat prior, Student's t: it is not calibrated for the class.
    Under ``Bottom`` it is sure when the whole set of places lies on the same side; sets that hold jointly
    at ``level`` make all these verdicts hold jointly.

    Parameters
    ----------
    rule : Below or Bottom
    score : array of float, shape (p,)
        Scores that are published, or that places follow.
    estimate, se, df : array of float, shape (p,)
    place_low, place_high : array of int, shape (p,)
        Sets of places, 1 for the best.
    level : float

    Returns
    -------
    DataFrame
        One row per unit: ``meets`` (falls under the rule), ``sure`` (the sampling error leaves no other
        verdict) and ``chance`` (NaN under ``Bottom``).

    Raises
    ------
    EstimateError
        The rule asks for more places than there are units, or for less than one.

    Examples
    --------
    Three units; the second is last, but its places reach to 2, so that it may not be the last.

    >>> places = {"place_low": [1, 2, 1], "place_high": [2, 3, 3]}
    >>> values = {"score": [80, 61, 70], "estimate": [80, 61, 70], "se": [2, 2, 6], "df": [30, 30, 30]}
    >>> low_satisfaction(Bottom(1), **values, **places)[["meets", "sure"]].to_numpy().tolist()
    [[False, True], [True, False], [False, False]]
    >>> low_satisfaction(Below(65), **values, **places).round(3).to_numpy().tolist()
    [[False, True, 0.0], [True, True, 0.973], [False, False, 0.206]]
    """
    values = [np.asarray(one, dtype=np.float64) for one in (score, estimate, se, df, place_low, place_high)]
    shown, centre, error, freedom, best, worst = values
    if isinstance(rule, Bottom):
        if not 1 <= rule.places <= shown.size:
            raise EstimateError("bad_places", where="consequence", places=rule.places, units=shown.size)
        worse: Floats = (shown[:, None] > shown[None, :] + TIE).sum(axis=1).astype(np.float64)
        meets = worse < rule.places
        line = shown.size - rule.places
        sure = np.where(meets, best > line, worst <= line)
        return pd.DataFrame({"meets": meets, "sure": sure, "chance": np.nan})
    from scipy.special import stdtr

    gap = rule.score - centre
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error > 0, gap / error, np.where(gap > 0, np.inf, -np.inf))
    chance = np.where(np.isinf(freedom), stdtr(1e10, ratio), stdtr(np.maximum(freedom, 1e-9), ratio))
    chance = np.where(np.isinf(ratio), (ratio > 0).astype(np.float64), chance)
    meets = shown < rule.score - TIE
    return pd.DataFrame(
        {"meets": meets, "sure": np.where(meets, chance, 1 - chance) >= level, "chance": chance}
    )
