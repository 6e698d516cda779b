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
