"""The numbers that the page and the workbook both show: counts of answers, groups' scores, label shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.interval import interval
from toolkit.placing import published
from toolkit.scheme import EvaluateeClass, Group, Scheme
from toolkit.scores import Scores

SATISFIED = "满意"
SAME = 1e-9


@dataclass(frozen=True)
class GroupCounts:
    """A group's answers over all evaluatees, and what weighting would change.

    Attributes
    ----------
    planned : int
        Valid answers planned for each evaluatee.
    counted, valid : tuple of int
        The fewest and the most sheets of an evaluatee that count towards the plan, and that have a valid
        answer, among those that are shown; none where the scheme's ``small_groups`` hides all.
    short : int
        Evaluatees with fewer counted sheets than planned.
    official : str
        How answers are weighed, in words.
    gap : float or None
        The largest difference between the plain and the design score; None where there is none.
    at : str
        The evaluatee with that difference; empty where there is none.
    """

    planned: int
    counted: tuple[int, ...]
    valid: tuple[int, ...]
    short: int
    official: str
    gap: float | None
    at: str


def group_counts(scores: Scores, group: Group) -> GroupCounts:
    """Tell a group's answers: planned, counted, valid, and what weighting would change.

    Parameters
    ----------
    scores : Scores
    group : Group
        Of the same scheme.
    """
    whole = scores.groups[scores.groups["group"] == group.id]
    part = scores.shown.groups[scores.groups["group"] == group.id].dropna(subset="n")
    gap, at = largest_gap(part["plain"], part["design"])
    differs = gap > SAME
    return GroupCounts(
        planned=group.valid,
        counted=ends(part["counted"]),
        valid=ends(part["n"]),
        short=int((whole["counted"] < group.valid).sum()),
        official="同等计算" if group.official == "plain" else "按设计加权",
        gap=gap if differs else None,
        at=str(part["evaluatee"].iloc[at]) if differs else "",
    )


def ends(counts: pd.Series) -> tuple[int, ...]:
    """Give the smallest and the largest count, none of none.

    >>> ends(pd.Series([20, 12])), ends(pd.Series([], dtype=int))
    ((12, 20), ())
    """
    return (int(counts.min()), int(counts.max())) if len(counts) else ()


def largest_gap(a: pd.Series, b: pd.Series) -> tuple[float, int]:
    """Find the largest difference between two series, and the row where it is; 0 of none.

    >>> largest_gap(pd.Series([1.0, 2.0]), pd.Series([1.0, 1.5]))
    (0.5, 1)
    """
    gaps = np.abs(a.to_numpy(dtype=np.float64) - b.to_numpy(dtype=np.float64))
    if not len(gaps):
        return 0.0, 0
    at = int(gaps.argmax())
    return float(gaps[at]), at


@dataclass(frozen=True)
class GroupResponse:
    """What became of a group's drawn respondents, over all evaluatees.

    Attributes
    ----------
    name : str
    drawn, reserves : tuple of int
        The fewest and the most of an evaluatee that is shown; reserves are the released ones among the drawn.
    rates : tuple of (float, float)
        The lowest and the highest RR1, RR2, COOP1 and CON1 of an evaluatee.
    """

    name: str
    drawn: tuple[int, ...]
    reserves: tuple[int, ...]
    rates: tuple[tuple[float, float], ...]


RATES = ("RR1", "RR2", "COOP1", "CON1")
RATES_TOLD = (
    "应答率按 AAPOR 标准定义：RR1 只数完成的，RR2 连部分完成的也数；"
    "COOP1 是接触到的人中完成的比例，CON1 是接触率。"
    "没有接触记录的未答者按“情况不明”计入分母；启用的备用样本都计入。配额没有应答率。"
)


def reserves_told(scores: Scores) -> str:
    """Say what released reserves change; empty where none were released."""
    table = scores.reserves
    if table.empty:
        return ""
    if table["score_without"].isna().any():
        return "启用的备用样本都已计入；只用正式样本还不能计分。"
    if scores.scheme.small_groups is not None:  # how far a few reserves moved a score tells what they said
        return "启用的备用样本都已计入。"
    gap, at = largest_gap(table["score"], table["score_without"])
    moved = int((table["rank"] != table["rank_without"]).sum())
    points = (
        f"{published(np.array([gap]), scores.scheme.ranking.decimals)[0]:.{scores.scheme.ranking.decimals}f}"
    )
    return (
        f"启用的备用样本都已计入。只用正式样本时，综合得分最多相差 {points} 分"
        f"（{table['evaluatee'].iloc[at]}），"
        f"名次不同的有 {moved} 个单位；逐个见 results/reserves.csv。"
    )


def group_responses(scores: Scores) -> list[GroupResponse]:
    """Tell the response of every group that was drawn."""
    found = []
    for group in scores.scheme.groups:
        if group.is_quota or scores.response.empty:
            continue
        response = scores.shown.response
        part = response[response["group"] == group.id].dropna(subset="drawn")
        rates = tuple((float(part[name].min()), float(part[name].max())) for name in RATES)
        found.append(GroupResponse(group.name, ends(part["drawn"]), ends(part["reserves"]), rates))
    return found


def group_table(scores: Scores) -> pd.DataFrame:
    """Give every group's score of every evaluatee with its error, as published.

    Parameters
    ----------
    scores : Scores

    Returns
    -------
    DataFrame
        One row per group and evaluatee, in the order of ``Scores.groups``: ``group``, ``evaluatee``,
        ``score``, ``margin`` (half the interval at the scheme's level), ``counted``, ``n``, ``plain``
        and ``design``; scores on the scale of the full mark, NaN where hidden.
    """
    table, decimals = scores.shown.groups, scores.scheme.ranking.decimals
    estimate, se, df = (table[name].to_numpy(dtype=np.float64) for name in ("estimate", "se", "df"))
    low, high = interval(estimate, se, df, scores.scheme.level)
    shown = {"score": estimate, "margin": (high - low) / 2}
    shown |= {name: table[name].to_numpy(dtype=np.float64) for name in ("plain", "design")}
    rounded = {name: published(values, decimals) for name, values in shown.items()}
    columns = ["group", "evaluatee", "score", "margin", "counted", "n", "plain", "design"]
    return table.assign(**rounded)[columns]


@dataclass(frozen=True)
class LabelShares:
    """The shares of the labels among valid answers, unrounded.

    Attributes
    ----------
    table : DataFrame
        A row for each evaluatee, a column for each label, worst first.
    satisfied : Series or None
        The sum from 满意 upwards; None where the scale has no such label.
    """

    table: pd.DataFrame
    satisfied: pd.Series | None


def label_shares(scores: Scores) -> LabelShares:
    """Gather the shares of the labels by evaluatee.

    Parameters
    ----------
    scores : Scores
    """
    names = [label.name for label in scores.scheme.scale.labels]
    table = scores.shown.labels.pivot(index="evaluatee", columns="label", values="share")[names]
    good = satisfied_labels(scores.scheme)
    return LabelShares(table, table[good].sum(axis=1, skipna=False) if good else None)


def satisfied_labels(scheme: Scheme) -> list[str]:
    """Name the labels from 满意 upwards, whichever end of the scale is best and however they are listed.

    None where the scale has no such label.
    """
    scale = scheme.scale
    bar = next((label.low for label in scale.labels if label.name == SATISFIED), None)
    if bar is None:
        return []
    up = scale.best == "high"
    return [label.name for label in scale.labels if (label.low >= bar if up else label.low <= bar)]


def share_error(scores: Scores, each: EvaluateeClass) -> float:
    """Give the largest standard error of a label's share in a class."""
    return float(scores.labels.loc[scores.labels["evaluatee"].isin(each.evaluatees), "se"].max())
