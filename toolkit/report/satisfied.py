"""The declared share of satisfaction as the page and the workbook show it: its base, and others beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from toolkit.report.writing import HIDDEN, or_hidden, percent, span, weight
from toolkit.satisfaction_rule import satisfaction_in_words
from toolkit.scores import Scores

HEADS = {"valid": "占有效评分", "with_dont_know": "计入不了解", "asked": "计入全部未答"}
NOTE = (
    "{rule}公布的是“{base}”一列；另列其他口径，可见口径带来的差别。区间按 {level} 的置信水平，"
    "只计抽样误差；比例为 0 或 100% 的不另给区间。"
)


@dataclass(frozen=True)
class SatisfactionShown:
    """The columns of the share of satisfaction.

    Attributes
    ----------
    base : str
        The head of the scheme's own base.
    others : tuple of str
        The heads of the other bases.
    decimals : int
        Of the percentages.
    table : DataFrame
        By evaluatee: ``share``, ``low``, ``high``, and a share for each other base; NaN where the
        scheme's ``small_groups`` hides it.
    note : str
    """

    base: str
    others: tuple[str, ...]
    decimals: int
    table: pd.DataFrame
    note: str


def satisfaction_shown(scores: Scores) -> SatisfactionShown | None:
    """Gather what is shown of satisfaction; None where the scheme declares none."""
    rule, found = scores.scheme.satisfaction, scores.shown.satisfaction
    if rule is None or found.empty:
        return None
    own = found[found["base"] == rule.base].set_index("evaluatee")[["share", "low", "high"]]
    others = [base for base in rule.bases if base != rule.base]
    wide = found.pivot(index="evaluatee", columns="base", values="share")[others]
    base = HEADS[rule.base]
    told = "".join(satisfaction_in_words(rule))
    note = NOTE.format(rule=told, base=base, level=weight(scores.scheme.level))
    return SatisfactionShown(base, tuple(HEADS[one] for one in others), rule.decimals, own.join(wide), note)


def satisfaction_cells(found: SatisfactionShown | None) -> dict[str, tuple[str, ...]]:
    """Write each evaluatee's share, its interval, and the shares on other bases."""
    if found is None:
        return {}
    places = found.decimals
    return {
        str(who): (
            or_hidden(percent(share, places)),
            HIDDEN if pd.isna(share) else span(percent(low, places), percent(high, places)),
            *(or_hidden(percent(one, places)) for one in others),
        )
        for who, share, low, high, *others in found.table.itertuples()
    }
