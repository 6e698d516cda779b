"""What a report says of the review and of accountability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
