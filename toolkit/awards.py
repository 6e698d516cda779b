"""Awards and penalties by place in words: who gets what, how sure that is, and who cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring import AtPlaces, Awards, award_chances, awards, open_ranks, ranks
from toolkit.placing import published

COLUMNS = [
    "name",
    "consequence",
    "place",
    "shown",
    "rank_low",
    "rank_high",
    "listed",
    "sure",
    "chance",
    "rivals",
    "statement",
    "statement_en",
]

ENDS = {"first": ("前", "first"), "last": ("后", "last")}

# By whether the unit is listed, and whether the sampling error leaves no doubt.
SENTENCES = {
    (True, True): (
        "{consequence}：位列{end} {places} 名，名次区间 {span}：抽样误差不改变这一结论{chance}。",
        "{consequence}: among the {end_en} {places}; places {span}: the sampling error leaves no "
        "doubt{chance_en}.",
    ),
    (True, False): (
        "{consequence}：位列{end} {places} 名，但名次区间为 {span}：抽样误差容许它不在{end} {places} 名，"
        "与{rivals}难分高下{chance}。",
        "{consequence}: among the {end_en} {places}, but its places are {span}: the sampling error allows "
        "that it is not; it cannot be told apart from {rivals_en}{chance_en}.",
    ),
    (False, False): (
        "不在{end} {places} 名，但名次区间为 {span}：抽样误差容许它在{end} {places} 名，与{rivals}难分高下。",
        "Not among the {end_en} {places}, but its places are {span}: the sampling error allows that it is; "
        "it cannot be told apart from {rivals_en}.",
    ),
}

# Equal as published, though surely apart before rounding: a matter of the tie rule, not of the error.
BY_TIE = {
    True: (
        "{consequence}：按公布的得分和并列规则位列{end} {places} 名；未取舍时名次区间为 {span}{chance}。",
        "{consequence}: among the {end_en} {places} by published scores and the tie rule; before rounding "
        "its places are {span}{chance_en}.",
    ),
    False: (
        "按公布的得分和并列规则不在{end} {places} 名；未取舍时名次区间为 {span}。",
        "Not among the {end_en} {places} by published scores and the tie rule; before rounding its places "
        "are {span}.",
    ),
}


def awarded(
    rule: Awards,
    names: Sequence[str],
    score: npt.ArrayLike,
    sure: npt.ArrayLike,
    *,
    by: npt.ArrayLike | None = None,
    draws: npt.ArrayLike | None = None,
    withdrawn: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Say who gets what by place, how sure that is, and who misses it by no more than the sampling error.

    Parameters
    ----------
    rule : Awards
    names : sequence of str, length p
    score : array_like, shape (p,)
        What places follow.
    sure : array_like of bool, shape (p, p)
        `scoring.sure_differences` of the scores, with the same `by`.
    by : array_like, shape (p,), optional
        Class of each unit.
    draws : array_like, shape (S, p), optional
        `scoring.draws_given_data`, for the probability that the unit truly is among the places.
    withdrawn : array_like of bool, shape (p,), optional
        Units that lost their awards.

    Returns
    -------
    DataFrame
        For each rule the units listed, then those not listed whose set of places reaches there: ``name``,
        ``consequence`` and ``shown`` (empty for the latter), ``place`` (from the rule's end), ``rank_low``,
        ``rank_high``, ``listed``, ``sure``, ``chance`` (NaN without draws), ``rivals`` (on the other side of
        the edge, whom it cannot be told apart from) and ``statement``, in English ``statement_en``.

    Raises
    ------
    EstimateError
        As `scoring.awards` and `scoring.open_ranks`.

    Examples
    --------
    >>> from scoring import AtPlaces, sure_differences
    >>> rule = Awards((AtPlaces("first", 1, "奖励", (5000,)),), ties="all", both_ends="neither")
    >>> score = [90.0, 89.5, 80.0]
    >>> table = awarded(rule, ["甲", "乙", "丙"], score, sure_differences(score, np.eye(3)))
    >>> print(*table["statement"], sep="\\n")
    奖励：位列前 1 名，但名次区间为 1–2：抽样误差容许它不在前 1 名，与乙难分高下。
    不在前 1 名，但名次区间为 1–2：抽样误差容许它在前 1 名，与甲难分高下。
    """
    called, values = np.array([str(name) for name in names]), np.asarray(score, dtype=np.float64)
    table = awards(rule, values, by=by, withdrawn=withdrawn)
    table["chance"] = np.nan if draws is None else award_chances(rule, table, draws, by=by)["chance"]
    claims = np.asarray(sure)
    sets = open_ranks(claims, by=by).to_numpy()
    group = np.zeros(values.size) if by is None else pd.factorize(np.asarray(by))[0]
    same = group[:, None] == group[None, :]
    undecided = same & ~(claims | claims.T) & ~np.eye(values.size, dtype=np.bool_)
    # Sets counted from the other end: the last of n is the first from there.
    from_last = 1 + same.sum(axis=1)[:, None] - sets[:, ::-1]
    rows = []
    for at, one in enumerate(rule.rules):
        listed = table[table["rule"] == at].set_index("unit")
        inside = np.isin(np.arange(values.size), listed.index)
        place = ranks(values if one.end == "first" else -values, by=by)
        low, high = (sets if one.end == "first" else from_last).T
        near = np.flatnonzero(~inside & (low <= one.places) & (place > one.places))
        for unit in [*listed.index, *near[np.argsort(place[near], kind="stable")]]:
            is_listed, is_sure = bool(inside[unit]), bool(inside[unit] and high[unit] <= one.places)
            others = undecided[unit] & (inside != is_listed)
            rivals = called[others if others.any() else undecided[unit]]
            row = {
                "name": called[unit],
                "consequence": one.consequence if is_listed else "",
                "place": place[unit],
                "shown": listed["shown"].get(unit, ""),
                "rank_low": sets[unit, 0],
                "rank_high": sets[unit, 1],
                "listed": is_listed,
                "sure": is_sure,
                "chance": listed["chance"].get(unit, np.nan),
                "rivals": "" if is_sure else "、".join(rivals),
            }
            rows.append(row | _statements(one, row, ", ".join(rivals)))
    return pd.DataFrame(rows, columns=COLUMNS)


def without_error(found: pd.DataFrame) -> pd.DataFrame:
    """Tell awards of scores that have no sampling error: who is listed is so for certain, nobody else may be.

    Parameters
    ----------
    found : DataFrame
        What ``awarded`` gives.
    """
    listed = found[found["listed"].astype(bool)].reset_index(drop=True)
    chinese = [f"{one}：得分没有抽样误差。" for one in listed["consequence"]]
    english = [f"{one}: the score has no sampling error." for one in listed["consequence"]]
    return listed.assign(sure=True, rivals="", statement=chinese, statement_en=english)


def _statements(one: AtPlaces, row: dict[str, Any], rivals: str) -> dict[str, str]:
    low, high, chance = row["rank_low"], row["rank_high"], row["chance"]
    shown = "" if np.isnan(chance) else _rounded(chance)
    end, end_en = ENDS[one.end]
    words = {
        "consequence": one.consequence,
        "end": end,
        "end_en": end_en,
        "places": one.places,
        "span": f"{low}" if low == high else f"{low}–{high}",
        "rivals": row["rivals"],
        "rivals_en": rivals,
        "chance": f"（确在其中的概率 {shown}，平先验，未校准）" if shown else "",
        "chance_en": f" (probability {shown}; flat prior, uncalibrated)" if shown else "",
    }
    by_tie = not row["sure"] and not rivals
    texts = BY_TIE[row["listed"]] if by_tie else SENTENCES[row["listed"], row["sure"]]
    chinese, english = (text.format(**words) for text in texts)
    return {"statement": chinese, "statement_en": english}


def _rounded(chance: float) -> str:
    """Round to two decimals, but never to a certainty that draws cannot give.

    >>> [_rounded(chance) for chance in (0.0, 0.004, 0.975, 0.996)]
    ['<0.01', '<0.01', '0.98', '>0.99']
    """
    if chance > 0.99:
        return ">0.99"
    return "<0.01" if chance < 0.01 else f"{published(np.array([chance]), 2)[0]:.2f}"
