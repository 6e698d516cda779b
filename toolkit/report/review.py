"""What a report says of the review and of accountability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.grade.chances import LABELS
from toolkit.accountable import accountable
from toolkit.placing import published
from toolkit.report.writing import fixed
from toolkit.scores import Scores


@dataclass(frozen=True)
class TrailRow:
    """A change of the review, as printed."""

    evaluatee: str
    points: str
    before: str
    after: str
    ranks: str
    reason: str
    office: str


@dataclass(frozen=True)
class AccountableRow:
    """An evaluatee that falls under the rule of low satisfaction, or that the error leaves in doubt."""

    class_name: str
    evaluatee: str
    score: str
    meets: bool
    statement: str


@dataclass(frozen=True)
class GradeRow:
    """An evaluatee's grade, as printed."""

    rank: str
    evaluatee: str
    score: str
    grade: str
    statement: str


@dataclass(frozen=True)
class AwardRow:
    """An evaluatee that is awarded or penalised by place, or that misses it within the error."""

    class_name: str
    evaluatee: str
    rank: str
    consequence: str
    shown: str
    statement: str


def trail_rows(scores: Scores) -> list[TrailRow]:
    """Give the changes of the review in order."""
    decimals = scores.scheme.ranking.decimals
    return [
        TrailRow(
            str(one["evaluatee"]),
            f"{published(np.array([one['points']]), decimals)[0]:+.{decimals}f}",
            fixed(one["score_before"], decimals),
            fixed(one["score_after"], decimals),
            f"{one['rank_before']} → {one['rank_after']}",
            str(one["reason"]),
            str(one["office"]),
        )
        for one in scores.trail.to_dict("records")
    ]


def grade_rows(scores: Scores, of: str) -> list[GradeRow]:
    """Give the grades of a class, best first; none where the scheme has no grades."""
    table = scores.grades[scores.grades["class"] == of].sort_values(["rank", "evaluatee"])
    decimals = scores.scheme.ranking.decimals
    return [
        GradeRow(
            str(one["rank"]),
            str(one["evaluatee"]),
            fixed(one["score"], decimals),
            str(one["grade"]),
            str(one["statement"]),
        )
        for one in table.to_dict("records")
    ]


PRIORS = {
    True: "假定本类各单位真正的得分大致呈正态分布。得分差距相对抽样误差越小，它越不准。",
    False: "有的类别单位太少，或误差的自由度太小，所以用平先验，只看各单位自己的得分和误差，未经校准。",
}


def chance_note(scores: Scores) -> str:
    """Say what a grade's chance means, and by which prior; nothing where there are no grades."""
    if not len(scores.grades):
        return ""
    by_class = bool((scores.grades["prior"] == LABELS["class"]).all())
    return f"“把握”是真正的得分和名次属于该等级的概率：{PRIORS[by_class]}"


def award_rows(scores: Scores) -> list[AwardRow]:
    """Give whom the scheme's awards and penalties reach, class by class."""
    names = {each.id: each.name for each in scores.scheme.classes}
    order = list(names)
    found = sorted(scores.awards.to_dict("records"), key=lambda one: order.index(one["class"]))
    return [
        AwardRow(
            names[one["class"]],
            str(one["evaluatee"]),
            str(one["rank"]),
            str(one["consequence"]),
            str(one["shown"]),
            str(one["statement"]),
        )
        for one in found
    ]


def accountable_rows(scores: Scores) -> list[AccountableRow]:
    """Give whom the scheme's rule names, and whom the sampling error leaves in doubt."""
    names = {each.id: each.name for each in scores.scheme.classes}
    decimals = scores.scheme.ranking.decimals
    return [
        AccountableRow(
            names[one["class"]],
            str(one["evaluatee"]),
            fixed(one["score"], decimals),
            bool(one["meets"]),
            str(one["statement"]),
        )
        for one in accountable(scores).to_dict("records")
    ]
