"""The review of a preliminary result: changes of points, each with its reason, in a trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from toolkit.errors import RoundError, fault
from toolkit.placing import after_ranking, place_of, placed, published
from toolkit.scores import TRAIL, Scores

OWN_COLUMNS = (  # of a table of scores; the others are what the scores are made of
    *("class", "evaluatee", "score", "estimate", "se", "low", "high", "df"),
    *("rank", "rank_low", "rank_high"),
)


@dataclass(frozen=True)
class Change:
    """Points that a review adds to an evaluatee's composite or takes from it, and who decided why."""

    evaluatee: str
    points: float
    reason: str
    office: str


def reviewed(scores: Scores, changes: Sequence[Change]) -> Scores:
    """Apply changes one after another; each leaves score and place before and after in the trail.

    A change moves a score as it stands, so that its sampling error stays what it was; places and rank
    sets are formed anew from the changed scores.

    Parameters
    ----------
    scores : Scores
    changes : sequence of Change

    Raises
    ------
    RoundError
        A change would leave the scale: below 0 or above the full mark.
    """
    if not changes:
        return scores
    scheme, estimate = scores.scheme, scores.table["estimate"].to_numpy(dtype=np.float64, copy=True)
    made, columns = scores.assessed, [name for name in scores.table if name not in OWN_COLUMNS]
    own = scores.table[columns]
    late = np.zeros_like(estimate) if made is None else made.late
    place, trail = place_of(scheme, estimate - late, own), []
    for one in changes:
        at = scheme.evaluatees.index(one.evaluatee)
        before, rank_before = estimate[at], place[at]
        estimate[at] = before + one.points
        if not -1e-9 <= estimate[at] <= scheme.full_mark + 1e-9:
            found = {"evaluatee": one.evaluatee, "points": one.points, "score": round(float(before), 2)}
            raise RoundError(scheme.id, [fault("", "change_off_scale", full=scheme.full_mark, **found)])
        place = place_of(scheme, estimate - late, own)
        shown = published(np.array([before, estimate[at]]), scheme.ranking.decimals)
        told = (one.evaluatee, one.points, one.reason, one.office, *shown.tolist())
        trail.append((*told, int(rank_before), int(place[at])))
    df = scores.table["df"].to_numpy(dtype=np.float64)
    cov = scores.cov if made is None else made.cov_to_rank
    table = placed(scheme, estimate - late, cov, df, scores.pair_df, own)
    if made is not None:
        table = after_ranking(scheme, table, estimate, scores.cov)
    surveyed = scores.table["estimate"]
    return replace(
        scores,
        table=table.assign(surveyed=surveyed, change=estimate - surveyed),
        trail=pd.DataFrame(trail, columns=TRAIL),
        status="reviewed",
    )
