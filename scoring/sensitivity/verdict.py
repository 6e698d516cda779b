"""A verdict in words for each place: safe, close, or a coin toss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtr

from scoring.composite.compose import Composed, PartScores
from scoring.errors import EstimateError
from scoring.rank.places import TIE, ranks
from scoring.sensitivity.leave_out import leave_parts_out
from scoring.sensitivity.linear import Linear
from scoring.sensitivity.swap import nearest_tie

WORDS: Final = (("safe", "稳固"), ("close", "接近"), ("coin toss", "难分"))

NAMED: Final = 3
"""So many of what was left out are named in a reason, the others counted."""


@dataclass(frozen=True)
class VerdictRule:
    """From where on a place is close, and from where on a coin toss. The thresholds are choices.

    Parameters
    ----------
    toss_chance, close_chance : float
        The least probability that the place and a neighbour are truly the other way round. 0.25: the
        data speak for the order three to one, or less. 0.05: the usual one-sided level.
    toss_weights, close_weights : float
        The largest distance (Euclidean, weights of sum 1) of weights that swap the two. Moving a share
        s from one weight to another is a distance of 1.41 s: 0.014 is one hundredth moved, within which
        weights are rounded, and 0.071 five hundredths, about what weights agreed on differ by.

    Raises
    ------
    EstimateError
        Not 0 < close_chance <= toss_chance <= 0.5, or not 0 <= toss_weights <= close_weights.
    """

    toss_chance: float = 0.25
    close_chance: float = 0.05
    toss_weights: float = 0.014
    close_weights: float = 0.071
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        chances = 0 < self.close_chance <= self.toss_chance <= 0.5
        if not (chances and 0 <= self.toss_weights <= self.close_weights):
            raise EstimateError("verdict_rule", where="verdict", found=self)

    def degree(self, chance: float, weights: float, moved: bool) -> int:
        """Give 0 for safe, 1 for close, 2 for a coin toss; no distance of weights (NaN) counts as far."""
        if chance >= self.toss_chance or weights <= self.toss_weights:
            return 2
        return int(chance >= self.close_chance or weights <= self.close_weights or moved)


def place_verdicts(
    found: Composed, left_out: Sequence[pd.DataFrame] = (), rule: VerdictRule | None = None
) -> pd.DataFrame:
    """Say of each place whether it is safe, close or a coin toss.

    A place is a coin toss if, with the neighbour above or below, the probability that the two are truly
    the other way round is at least ``toss_chance``, or weights at most ``toss_weights`` away swap them.
    It is close if that holds with ``close_chance`` and ``close_weights``, or if leaving out a part, or
    one of the units in ``left_out``, changes the place. Otherwise it is safe. Those who are not neighbours
    are not looked at.

    Parameters
    ----------
    found : Composed
        Arithmetic throughout; who has no composite is left out.
    left_out : sequence of DataFrame
        Of ``leave_units_out`` with this composite; parts are left out in any case.
    rule : VerdictRule, optional

    Returns
    -------
    DataFrame
        By rank: ``place``, ``evaluatee``, ``score``, ``verdict`` and ``verdict_zh``; ``neighbour``, that with
        the larger ``chance`` of being truly the other way round; ``weights``, the smallest change that
        swaps it with a neighbour (NaN where none does); ``moved_by``, what left out changes the place;
        ``reason`` and ``reason_zh``.

    Raises
    ------
    EstimateError
        A part is geometric; an evaluatee with a composite lacks a part.

    Notes
    -----
    With a flat prior the true difference of two composites, given their gap G with error s, is Student's t
    about G (normal where the degrees of freedom are infinite), so that the chance is ``T(-G / s)``. Places
    are chosen by the estimates, which the flat prior does not allow for.

    Examples
    --------
    A gap of 2.2 with error 4 by citizens' scores alone: normal chance Φ(-0.55) = 0.29. Made up.

    >>> from scoring import Leaves, Part, compose, figures
    >>> citizens = Leaves(("群众",), ("甲", "乙"), np.array([[80.0, 70.0]]),
    ...     np.diag([16 / 0.98, 16 / 0.98]).reshape(1, 2, 1, 2), np.full((1, 2), np.inf))
    >>> others = figures(pd.DataFrame({"evaluatee": ["甲", "乙"], "代表": [60.0, 76.0]}))
    >>> plan = Part("综合", parts=(Part("群众", 0.7), Part("代表", 0.3)))
    >>> said = place_verdicts(compose(plan, [citizens, others]))
    >>> said[["evaluatee", "verdict", "verdict_zh", "chance", "weights"]].round(2).to_numpy().tolist()
    [['甲', 'coin toss', '难分', 0.29, 0.12], ['乙', 'coin toss', '难分', 0.29, 0.12]]
    >>> print(said["reason_zh"][0])
    与乙真实先后相反的概率为 0.29（平坦先验）；使其与邻位互换的最小权重变动为 0.120；去掉“群众”后名次变动
    """
    rule = VerdictRule() if rule is None else rule
    whole = Linear.of("place_verdicts", found)
    order = np.argsort(-whole.whole, kind="stable").tolist()
    beside: dict[int, list[tuple[float, float, str]]] = {at: [] for at in order}
    for a, b in pairwise(order):
        chance = _chance(found.whole, int(whole.at[a]), int(whole.at[b]))
        gaps = whole.scores[:, a] - whole.scores[:, b]
        tie = nearest_tie(whole.weights, gaps)
        distance = float(np.sqrt(((tie - whole.weights) ** 2).sum()))
        beside[a].append((chance, distance, whole.evaluatees[b]))
        beside[b].append((chance, distance, whole.evaluatees[a]))
    moved = _moved([leave_parts_out(found), *left_out])
    rank = ranks(whole.whole)
    rows: list[dict[str, Any]] = []
    for at in order:
        who = whole.evaluatees[at]
        by = moved.get(who, [])
        chance, _, neighbour = max(beside[at], key=lambda one: one[0], default=(0.0, 0.0, ""))
        distances = [distance for _, distance, _ in beside[at] if not np.isnan(distance)]
        distance = min(distances, default=np.nan)
        english, chinese = WORDS[rule.degree(chance, distance, bool(by))]
        reasons = _reasons(chance, neighbour, distance, by)
        rows.append(
            {
                "place": int(rank[at]),
                "evaluatee": who,
                "score": whole.whole[at],
                "verdict": english,
                "verdict_zh": chinese,
                "neighbour": neighbour,
                "chance": chance,
                "weights": distance,
                "moved_by": tuple(by),
                "reason": reasons[0],
                "reason_zh": reasons[1],
            }
        )
    return pd.DataFrame(rows)


def _chance(scores: PartScores, a: int, b: int) -> float:
    """Give the probability that a, whose estimate is not below b's, is truly below."""
    gap = scores.estimate[a] - scores.estimate[b]
    variance = scores.cov[a, a] + scores.cov[b, b] - 2 * scores.cov[a, b]
    df = scores.pair_df[a, b]
    if abs(gap) <= TIE:
        return 0.5
    if variance <= 0:
        return 0.0
    if not df > 0:
        return 0.5
    at = -gap / np.sqrt(variance)
    return float(ndtr(at) if np.isinf(df) else stdtr(df, at))


def _moved(tables: Sequence[pd.DataFrame]) -> dict[str, list[str]]:
    """Give for each evaluatee what changes its place when left out."""
    result: dict[str, list[str]] = {}
    for table in tables:
        for row in table[table["change"].fillna(0) != 0].itertuples():
            result.setdefault(str(row.evaluatee), []).append(str(row.left_out))
    return result


def _reasons(chance: float, neighbour: str, distance: float, by: Sequence[str]) -> tuple[str, str]:
    """Say in English and Chinese what the verdict rests on."""
    if not neighbour:
        return "there is no other place", "没有其他名次"
    told = ("below 0.01", "小于 0.01") if chance < 0.005 else (f"{chance:.2f}", f"为 {chance:.2f}")
    english = [f"probability {told[0]} (flat prior) that it and {neighbour} are truly the other way round"]
    chinese = [f"与{neighbour}真实先后相反的概率{told[1]}（平坦先验）"]
    if np.isnan(distance):
        english.append("no weights swap it with a neighbour")
        chinese.append("任何权重都不会使其与邻位互换")
    else:
        english.append(f"the smallest change of weights that swaps it with a neighbour is {distance:.3f}")
        chinese.append(f"使其与邻位互换的最小权重变动为 {distance:.3f}")
    if by:
        more = len(by) - NAMED
        english.append(
            f"its place changes without {', '.join(by[:NAMED])}" + (f" and {more} more" if more > 0 else "")
        )
        chinese.append(
            f"去掉{''.join(f'“{one}”' for one in by[:NAMED])}"
            + (f"等 {len(by)} 项" if more > 0 else "")
            + "后名次变动"
        )
    else:
        english.append("its place stays whatever is left out")
        chinese.append("去掉任何一项名次都不变")
    return "; ".join(english), "；".join(chinese)
