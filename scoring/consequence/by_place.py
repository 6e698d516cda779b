"""Awards, penalties, commendation and criticism by place in a class."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.rank.checks import Flags, Floats, class_rows, estimates
from scoring.rank.places import ranks

Amount = float | Literal["unstated"]
Config = dict[str, str]

UNSTATED: Final = "金额原文未载"
"""Shown where the plan leaves an amount out."""

WITHDRAWN: Final = "取消"
"""Shown where an award is lost."""

COLUMNS: Final = ["unit", "rule", "end", "consequence", "place", "tied", "amount", "shown", "withdrawn"]


@dataclass(frozen=True)
class AtPlaces:
    """What the first or the last places of a class bring.

    Parameters
    ----------
    end : {"first", "last"}
    places : int
        How many, counted from that end.
    consequence : str
        In the plan's words: 奖励, 通报表扬, 通报批评.
    amounts : tuple of float or "unstated"
        Money for each place, from that end inwards; "unstated" where the plan leaves it out. Empty where
        no money is due.
    """

    end: Literal["first", "last"]
    places: int
    consequence: str
    amounts: tuple[Amount, ...] = ()
    kind: Literal["at_places"] = "at_places"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Awards:
    """Awards and penalties by place, with what the plan says, or we choose, where places are not clear.

    Parameters
    ----------
    rules : tuple of AtPlaces
    ties : {"all", "share"}
        Units that tie for a place. "all": each gets what that place brings, and who ties for the last place
        that counts is among them. "share": together they get what their places bring, in equal parts.
    both_ends : {"first", "last", "neither"}
        What a unit keeps that is among the first and the last at once, as in a small class.
    """

    rules: tuple[AtPlaces, ...]
    ties: Literal["all", "share"]
    both_ends: Literal["first", "last", "neither"]
    kind: Literal["awards"] = "awards"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


def awards(
    rule: Awards,
    score: npt.ArrayLike,
    *,
    by: npt.ArrayLike | None = None,
    withdrawn: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Tell who gets what by place.

    Parameters
    ----------
    rule : Awards
    score : array_like, shape (p,)
        What places follow, higher is better; differences up to 1e-9 are ties.
    by : array_like, shape (p,), optional
        Class of each unit.
    withdrawn : array_like of bool, shape (p,), optional
        Units that lost their awards, by a ladder's step, say. Places do not move up for them; penalties
        stay.

    Returns
    -------
    DataFrame
        A row for each unit under a rule, rule by rule, best place first: ``unit`` (position), ``rule``
        (position), ``end``, ``consequence``, ``place`` (from that end; ties share the lowest), ``tied``
        (units that share it), ``amount`` (NaN where there is none or the plan leaves it out), ``shown`` (the
        amount in words) and ``withdrawn``.

    Raises
    ------
    EstimateError
        Scores empty or not finite; `by` or `withdrawn` of another length; a rule with no places, with
        another number of amounts than places, or with a word that is not known.

    Examples
    --------
    Plan S4: of four sub-districts the first gets 5,000 and the last pays as much.

    >>> money = (AtPlaces("first", 1, "奖励", (5000,)), AtPlaces("last", 1, "处罚", (-5000,)))
    >>> districts = Awards(money, ties="all", both_ends="neither")
    >>> show = ["unit", "consequence", "place", "shown"]
    >>> awards(districts, [91.0, 88.5, 93.2, 90.1])[show].to_numpy().tolist()
    [[2, '奖励', 1, '+5,000'], [1, '处罚', 1, '-5,000']]

    Two that tie for the first place share 5,000 and 3,000; the pledged units' middle amount is lost in
    the source.

    >>> first_two = Awards((AtPlaces("first", 2, "奖励", (5000, 3000)),), "share", "neither")
    >>> awards(first_two, [93, 93, 80])["shown"].tolist()
    ['+4,000', '+4,000']
    >>> pledged = Awards((AtPlaces("first", 3, "奖励", (3000, "unstated", 1000)),), "all", "neither")
    >>> awards(pledged, [70, 95, 90, 80])[["unit", "shown"]].to_numpy().tolist()
    [[1, '+3,000'], [2, '金额原文未载'], [3, '+1,000']]

    Plan S2: the best villages of the year are commended in a circular; here the first two.

    >>> circular = Awards((AtPlaces("first", 2, "通报表扬"),), ties="all", both_ends="neither")
    >>> awards(circular, [88, 95, 91])[["unit", "consequence"]].to_numpy().tolist()
    [[1, '通报表扬'], [2, '通报表扬']]

    Plan S7: the three best grids of level three and of level four, 400 yuan each.

    >>> grids = Awards((AtPlaces("first", 3, "优秀网格", (400, 400, 400)),), "all", "neither")
    >>> awards(grids, [9, 8, 7, 6, 5, 4, 3, 2], by=[3, 3, 3, 3, 4, 4, 4, 4])["unit"].tolist()
    [0, 4, 1, 5, 2, 6]
    """
    values = estimates("awards: score", score)
    check_awards(rule)
    lost = np.zeros(values.size, dtype=np.bool_)
    if withdrawn is not None:
        lost = np.asarray(withdrawn, dtype=np.bool_)
        if lost.shape != values.shape:
            found = lost.size
            raise EstimateError("other_length", where="awards: withdrawn", found=found, units=values.size)
    parts = [
        part for at, one in enumerate(rule.rules) for part in _listed(at, one, rule.ties, values, by, lost)
    ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(parts, ignore_index=True)
    table = table[~_dropped(table, rule.both_ends)]
    return table.sort_values(["rule", "place", "unit"], ignore_index=True)[COLUMNS]


def check_awards(rule: Awards) -> None:
    """Refuse words that are not known, and amounts that do not fit the places.

    Raises
    ------
    EstimateError
    """
    for name, value, known in (
        ("ties", rule.ties, ("all", "share")),
        ("both_ends", rule.both_ends, ("first", "last", "neither")),
        *((f"rules[{at}].end", one.end, ("first", "last")) for at, one in enumerate(rule.rules)),
    ):
        if value not in known:
            raise EstimateError(
                "unknown_choice", where=f"awards: {name}", known=", ".join(known), value=value
            )
    for at, one in enumerate(rule.rules):
        where = f"awards: rules[{at}]"
        if isinstance(one.places, bool) or not isinstance(one.places, int) or one.places < 1:
            raise EstimateError("below_one", where=f"{where}.places", value=one.places)
        if one.amounts and len(one.amounts) != one.places:
            found = {"places": one.places, "amounts": len(one.amounts)}
            raise EstimateError("amounts_of_places", where=f"{where}.amounts", **found)
        for amount in one.amounts:
            if amount != "unstated" and not (isinstance(amount, int | float) and math.isfinite(amount)):
                raise EstimateError("amount_not_finite", where=f"{where}.amounts", value=amount)


def _listed(
    at: int, one: AtPlaces, ties: str, score: Floats, by: npt.ArrayLike | None, lost: Flags
) -> list[pd.DataFrame]:
    """Give a table for each class of who is under a rule."""
    result = []
    for here in class_rows("awards", by, score.size):
        place = ranks(score[here] if one.end == "first" else -score[here])
        tied = np.bincount(place, minlength=here.size + 1)[place]
        hit = np.flatnonzero(place <= one.places)
        taken = lost[here[hit]] & (one.end == "first")
        amount, unstated = _amounts(one, place[hit], tied[hit], ties)
        shown = np.where(unstated, UNSTATED, [worded(value) for value in amount.tolist()])
        result.append(
            pd.DataFrame(
                {
                    "unit": here[hit],
                    "rule": at,
                    "end": one.end,
                    "consequence": one.consequence,
                    "place": place[hit],
                    "tied": tied[hit],
                    "amount": np.where(taken & (unstated | ~np.isnan(amount)), 0.0, amount),
                    "shown": np.where(taken, WITHDRAWN, shown),
                    "withdrawn": taken,
                }
            )
        )
    return result


def _amounts(
    one: AtPlaces, place: npt.NDArray[np.int64], tied: npt.NDArray[np.int64], ties: str
) -> tuple[Floats, Flags]:
    """Give the amount of each listed unit (m,), NaN where there is none, and where the plan leaves it out."""
    if not one.amounts:
        return np.full(place.size, np.nan), np.zeros(place.size, dtype=np.bool_)
    missing = np.array([amount == "unstated" for amount in one.amounts])
    money = np.array([0.0 if amount == "unstated" else amount for amount in one.amounts])
    until = place + (tied if ties == "share" else 1)
    # Sums from the first place on, nothing being due beyond the last; a group's sum is a difference of two.
    reach = int(until.max(initial=1))
    sums = np.append(0.0, np.cumsum(np.append(money, np.zeros(max(reach - money.size, 0)))))
    holes = np.append(0, np.cumsum(np.append(missing, np.zeros(max(reach - missing.size, 0)))))
    unstated = holes[until - 1] > holes[place - 1]
    amount = (sums[until - 1] - sums[place - 1]) / (until - place)
    return np.where(unstated, np.nan, amount), unstated


def worded(amount: float) -> str:
    """Write an amount with its sign, to the cent where it is not whole; nothing where it is NaN.

    >>> worded(1234567), worded(-5000), worded(0.5)
    ('+1,234,567', '-5,000', '+0.50')
    """
    if np.isnan(amount):
        return ""
    return f"{amount:+,.2f}".removesuffix(".00")


def _dropped(table: pd.DataFrame, keep: str) -> Flags:
    """Which rows fall away because their unit is among the first and the last."""
    ends = table.groupby("unit")["end"].transform("nunique")
    result: Flags = ((ends == 2) & (table["end"] != keep)).to_numpy()
    return result
