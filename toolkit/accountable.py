"""Accountability for low satisfaction: whom the scheme's rule names, and how sure that is, in words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from scoring.consequence import Below, Bottom, Unstated, low_satisfaction
from toolkit.placing import class_rows, published
from toolkit.scores import Scores

COLUMNS = ["class", "evaluatee", "score", "rank", "meets", "sure", "chance", "statement", "statement_en"]

BOTTOM = {
    (True, True): (
        "位列后 {places} 名，名次区间 {span}：抽样误差不改变这一结论。",
        "Among the last {places}; places {span}: the sampling error leaves no doubt.",
    ),
    (True, False): (
        "位列后 {places} 名，但名次区间为 {span}：抽样误差容许它不在后 {places} 名。",
        "Among the last {places}, but its places are {span}: the sampling error allows that it is not.",
    ),
    (False, False): (
        "不在后 {places} 名，但名次区间为 {span}：抽样误差容许它在后 {places} 名。",
        "Not among the last {places}, but its places are {span}: the sampling error allows that it is.",
    ),
}
BELOW = {
    (True, True): (
        "得分低于 {line} 分，抽样误差之外仍然低于（低于该线的概率 {chance}，平先验，未校准）。",
        "Below {line}, beyond the sampling error (chance to be below {chance}; flat prior, uncalibrated).",
    ),
    (True, False): (
        "得分低于 {line} 分，但差距在抽样误差之内（低于该线的概率 {chance}，平先验，未校准）。",
        "Below {line}, but within the sampling error (chance to be below {chance}; flat prior, "
        "uncalibrated).",
    ),
    (False, False): (
        "得分不低于 {line} 分，但差距在抽样误差之内（低于该线的概率 {chance}，平先验，未校准）。",
        "Not below {line}, but within the sampling error (chance to be below {chance}; flat prior, "
        "uncalibrated).",
    ),
}


def accountable(scores: Scores) -> pd.DataFrame:
    """Name the evaluatees that the scheme's rule holds to account, and those the error leaves in doubt.

    Parameters
    ----------
    scores : Scores

    Returns
    -------
    DataFrame
        ``class``, ``evaluatee``, ``score``, ``rank``, ``meets`` (the rule), ``sure``, ``chance`` (to be
        below the line; NaN for places) and a ``statement`` of how sure it is, in Chinese and English
        (``statement_en``). Worst first within a class; no row where the plan states no rule.
    """
    scheme = scores.scheme
    rule = scheme.low_satisfaction_rule
    if isinstance(rule, Unstated):
        return pd.DataFrame(columns=COLUMNS)
    by_published = scheme.ranking.rank_on == "published" or isinstance(rule, Below)
    parts = []
    for here in class_rows(scheme):
        part = scores.table.iloc[here].reset_index(drop=True)
        found = low_satisfaction(
            Bottom(min(rule.places, len(here))) if isinstance(rule, Bottom) else rule,
            score=part["score" if by_published else "estimate"],
            estimate=part["estimate"],
            se=part["se"],
            df=part["df"],
            place_low=part["rank_low"],
            place_high=part["rank_high"],
            level=scheme.level,
        )
        both = pd.concat([part, found], axis=1)
        named = both[both["meets"] | ~both["sure"]].sort_values(
            ["rank", "evaluatee"], ascending=[False, True]
        )
        parts.append(named)
    table = pd.concat(parts, ignore_index=True)
    words = [_statement(rule, row) for row in table.to_dict("records")]
    told = pd.DataFrame(words, columns=["statement", "statement_en"], index=table.index)
    return pd.concat([table, told], axis=1)[COLUMNS]


def _statement(rule: Below | Bottom, row: Mapping[Hashable, Any]) -> tuple[str, str]:
    verdict = (bool(row["meets"]), bool(row["sure"]))
    if isinstance(rule, Below):
        chance = published(np.array([row["chance"]]), 3)[0]
        zh, en = BELOW[verdict]
        found = {"line": f"{rule.score:g}", "chance": f"{chance:.3f}"}
    else:
        low, high = row["rank_low"], row["rank_high"]
        zh, en = BOTTOM[verdict]
        found = {"places": str(rule.places), "span": f"{low}" if low == high else f"{low}–{high}"}
    return zh.format(**found), en.format(**found)
