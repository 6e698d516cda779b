"""A contested place recomputed: with and without the disputed answers, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scoring import AnswerError, EstimateError
from scoring.sensitivity.dropped import drop_error
from toolkit.accountable import accountable
from toolkit.answers import places
from toolkit.contests.disputed import stand_at
from toolkit.errors import RoundError
from toolkit.files import read_own_table
from toolkit.intake import Admitted, withdrawals
from toolkit.scheme import Group
from toolkit.scores import Scores
from toolkit.stability import stability

if TYPE_CHECKING:
    from toolkit.round import Round

COMPARED = ["score", "estimate", "se", "low", "high", "rank", "rank_low", "rank_high"]
NEEDED = ["neighbour", "rank", "gap", "group", "sheets", "of"]


@dataclass(frozen=True)
class Recount:
    """What a recount of one evaluatee's place found.

    Attributes
    ----------
    evaluatee : str
    scores : Scores
        With all answers.
    without : Scores or None
        Without the disputed ones; None where none are disputed, or where nothing can be scored then.
    why : str
        Why nothing can be scored without them, in Chinese; empty otherwise.
    dropped : DataFrame
        By group with disputed answers: ``disputed`` rows, those that ``counted``, and of these those on
        this evaluatee (``own``), among all its sheets (``of``).
    table : DataFrame
        Every evaluatee, with ``class``, ``evaluatee`` and, with all answers and ``_without``: ``score``,
        ``estimate``, ``se``, ``low``, ``high``, ``rank``, ``rank_low``, ``rank_high``, ``grade`` and
        ``consequences`` (awards, accountability); ``change`` of the estimate, and whether a place,
        grade or consequence ``moved``.
    drop_se : float
        By how much its score would move (a standard deviation) if as many of its sheets, drawn at random,
        were left out; NaN where none are, or where leaving out changes the weights of the others.
    counts : DataFrame
        Its answers by group: ``planned``, ``drawn``, ``complete``, ``partial``, ``RR1``, ``valid`` sheets.
    set_aside : Series
        Rows on it that do not count, by rule.
    verdict : dict
        Its place in words: ``verdict``, ``verdict_zh``, ``reason``, ``reason_zh``, ``chance``, ``weights``.
    swaps : DataFrame
        With the neighbour above and the one below: ``neighbour``, ``part``, ``weight``, ``swap``, ``found``.
    left_out : DataFrame
        Its place without each group, indicator, town, interviewer: ``kind``, ``left_out``, ``place``,
        ``change``.
    needed : DataFrame
        What the neighbour above lies ahead, and the one below behind: ``neighbour``, ``rank``, ``gap``, and
        for each ``group`` how many of its ``sheets`` (``of`` all) would have to say a point more, or less,
        on every indicator.
    differences : tuple of str
        What does not repeat when all is drawn and scored again.
    """

    evaluatee: str
    scores: Scores
    without: Scores | None
    why: str
    dropped: pd.DataFrame
    table: pd.DataFrame
    drop_se: float
    counts: pd.DataFrame
    set_aside: pd.Series
    verdict: dict[str, Any]
    swaps: pd.DataFrame
    left_out: pd.DataFrame
    needed: pd.DataFrame
    differences: tuple[str, ...]

    @property
    def own(self) -> pd.Series:
        """The row of ``table`` of this evaluatee."""
        return self.table[self.table["evaluatee"] == self.evaluatee].iloc[0]

    @property
    def moved(self) -> pd.DataFrame:
        """The rows of ``table`` whose place, grade or consequence is another without the answers."""
        return self.table[self.table["moved"]].reset_index(drop=True)

    def __repr__(self) -> str:
        own, places_of = self.own, self.without is not None
        told = f"{own['score']:g}, place {own['rank']}"
        after = f" → {own['score_without']:g}, place {own['rank_without']}" if places_of else ""
        return f"Recount({self.evaluatee!r}: {told}{after}; {self.verdict['verdict']})"


def recount(one: Round, evaluatee: str, gone: pd.DataFrame) -> Recount:
    """Recompute an evaluatee's place with and without some rows of answers; nothing is written.

    The rows are left out as ``Round.withdraw`` would: an answer that did not count for their sake, such as
    the second of two that say the same, counts without them.

    Parameters
    ----------
    one : Round
        Scored.
    evaluatee : str
    gone : DataFrame
        ``file``, ``sheet`` and ``row``; none to count again only.
    """
    admitted = one.admitted()
    scores = one.scores(admitted)
    without, why = None, ""
    if len(gone):
        try:
            without = one.scores_without(withdrawals(gone, "contested", "contested"))
        except (RoundError, AnswerError, EstimateError) as error:
            why = error.chinese
    rests = stability(scores, admitted, within=0.0)
    verdicts, swaps, left_out = (
        table[table["class"] == scores.scheme.class_of(evaluatee).id]
        for table in (rests.verdicts, rests.swaps, rests.left_out)
    )
    disputed = stand_at(gone, admitted.origin)
    dropped = _dropped(scores, admitted, disputed, one._rows()["group"].to_numpy(), evaluatee)
    return Recount(
        evaluatee=evaluatee,
        scores=scores,
        without=without,
        why=why,
        dropped=dropped,
        table=compared(scores, without),
        drop_se=_drop_se(scores, admitted, disputed, evaluatee),
        counts=_counts(scores, evaluatee),
        set_aside=_set_aside(admitted, evaluatee),
        verdict={str(k): v for k, v in verdicts[verdicts["evaluatee"] == evaluatee].iloc[0].items()},
        swaps=_swaps(swaps, evaluatee),
        left_out=left_out[left_out["evaluatee"] == evaluatee].reset_index(drop=True)[
            ["kind", "left_out", "place", "change"]
        ],
        needed=_needed(scores, evaluatee),
        differences=tuple(one.verify()),
    )


def compared(scores: Scores, without: Scores | None) -> pd.DataFrame:
    """Set every evaluatee's result with all answers beside that without some; see ``Recount.table``."""
    now = _told(scores)
    after = _told(without) if without is not None else now.assign(**dict.fromkeys(now.columns, np.nan))
    both = pd.concat([now, after.add_suffix("_without")], axis=1)
    both["change"] = both["estimate_without"] - both["estimate"]
    same = [now[name] == after[name] for name in ("rank", "grade", "consequences")]
    both["moved"] = ~np.logical_and.reduce(same) if without is not None else False
    both.insert(0, "class", scores.table.set_index("evaluatee")["class"])
    return both.reset_index()


def _told(scores: Scores) -> pd.DataFrame:
    told = scores.table.set_index("evaluatee")[COMPARED]
    grades = scores.grades.set_index("evaluatee")["grade"]
    listed = scores.awards[scores.awards["listed"]] if len(scores.awards) else scores.awards
    given = listed.groupby("evaluatee")["consequence"].agg("、".join)
    low = accountable(scores)
    held = pd.Series("低满意度问责", index=low.loc[low["meets"].astype(bool), "evaluatee"], dtype=object)
    consequences = pd.concat([given, held]).groupby(level=0).agg("、".join)
    return told.assign(
        grade=grades.reindex(told.index).fillna("").to_numpy(),
        consequences=consequences.reindex(told.index).fillna("").to_numpy(),
    )


def _dropped(
    scores: Scores, admitted: Admitted, disputed: np.ndarray, group_of: np.ndarray, evaluatee: str
) -> pd.DataFrame:
    """Count the disputed rows of each group."""
    scheme = scores.scheme
    code = pd.Series(group_of[disputed]).str.strip().map(scheme.group_codes).to_numpy()
    lines = []
    for at, group in enumerate(scheme.groups):
        sheets = admitted.answers[group.id].table
        counted, own = sheets.index.isin(disputed), (sheets["evaluatee"] == evaluatee).to_numpy()
        rows = int((code == at).sum())
        told = (rows, int(counted.sum()), int((counted & own).sum()), int(own.sum()))
        lines += [(group.id, *told)] if rows else []
    return pd.DataFrame(lines, columns=["group", "disputed", "counted", "own", "of"])


def _drop_se(scores: Scores, admitted: Admitted, disputed: np.ndarray, evaluatee: str) -> float:
    """Add up over the groups what leaving out as many sheets at random would move."""
    scheme, variance, any_gone = scores.scheme, 0.0, False
    indicators = list(scheme.indicators[evaluatee])
    for group in scheme.groups:
        drawn, answers = admitted.drawn[group.id], admitted.answers[group.id]
        of_it = answers.table[(answers.table["evaluatee"] == evaluatee).to_numpy()]
        sheets = of_it[of_it[indicators].notna().any(axis=1).to_numpy()]
        gone = int(sheets.index.isin(disputed).sum())
        if not gone:
            continue
        if group.is_quota or group.adjust_by is not None or gone > len(sheets) - 2:
            return float("nan")
        weights = np.ones(len(sheets))
        if group.official == "design":
            at = places(sheets, drawn.units, group, scheme)
            weights = drawn.units[drawn.roles["weight"]].to_numpy(dtype=np.float64)[at]
        variance += (group.weight * drop_error(_points(scores, sheets[indicators]), weights, gone)) ** 2
        any_gone = True
    return float(np.sqrt(variance)) if any_gone else float("nan")


def _points(scores: Scores, ratings: pd.DataFrame) -> np.ndarray:
    """Give what ratings count of the full mark, NaN where there is none."""
    scale, said = scores.scheme.scale, ratings.to_numpy(dtype=np.float64)
    at = np.where(np.isnan(said), scale.low, said).astype(np.intp) - scale.low
    return np.where(np.isnan(said), np.nan, scale.points(scores.scheme.full_mark)[at])


def _counts(scores: Scores, evaluatee: str) -> pd.DataFrame:
    response = scores.response[scores.response["evaluatee"] == evaluatee].set_index("group")
    own = scores.groups[scores.groups["evaluatee"] == evaluatee].set_index("group")
    columns = ["planned", "drawn", "complete", "partial", "RR1"]
    return response[columns].assign(valid=own["n"]).reset_index()


def _set_aside(admitted: Admitted, evaluatee: str) -> pd.Series:
    rows = admitted.set_aside[admitted.set_aside["evaluatee"] == evaluatee]
    return rows.drop_duplicates(["file", "sheet", "row"])["rule"].value_counts().sort_index()


def _swaps(swaps: pd.DataFrame, evaluatee: str) -> pd.DataFrame:
    """Keep the pairs with the evaluatee, and name the other."""
    own = swaps[(swaps["first"] == evaluatee) | (swaps["second"] == evaluatee)]
    other = own["second"].where(own["first"] == evaluatee, own["first"])
    kept = ["part", "weight", "swap", "found"]
    return own[kept].assign(neighbour=other)[["neighbour", *kept]].reset_index(drop=True)


def neighbours(scores: Scores, evaluatee: str) -> list[dict[str, Any]]:
    """Give the rows of the one just above and the one just below in the class, where there are such."""
    table = scores.table[scores.table["class"] == scores.scheme.class_of(evaluatee).id]
    table = table.sort_values(["rank", "estimate", "evaluatee"], ascending=[True, False, True])
    order = table["evaluatee"].tolist()
    at = order.index(evaluatee)
    return [{str(k): v for k, v in table.iloc[i].items()} for i in (at - 1, at + 1) if 0 <= i < len(order)]


def _needed(scores: Scores, evaluatee: str) -> pd.DataFrame:
    scheme, table = scores.scheme, scores.table.set_index("evaluatee")
    own = scores.answers[scores.answers["evaluatee"] == evaluatee]
    lines = []
    for other in neighbours(scores, evaluatee):
        gap = other["estimate"] - table.loc[evaluatee, "estimate"]
        for group in scheme.groups:
            valid = own.loc[own["group"] == group.id, "valid"].to_numpy(dtype=np.float64)
            sheets = _sheets(scores, group, valid, abs(gap))
            of = int(valid.max()) if valid.size else 0
            lines.append((other["evaluatee"], other["rank"], gap, group.id, sheets, of))
    return pd.DataFrame(lines, columns=NEEDED)


def _sheets(scores: Scores, group: Group, valid: np.ndarray, gap: float) -> float:
    """How many of a group's sheets would have to say a point more on every indicator to pass a gap."""
    scale = scores.scheme.scale
    if scale.has_values or not valid.size or not valid.all():
        return float("nan")
    step = group.weight * scores.scheme.full_mark / (scale.high - scale.low) * float((1 / valid).mean())
    return float(np.floor(gap / step + 1e-9) + 1)


def standing_of(one: Round, evaluatee: str) -> dict[str, Any]:
    """Give the published score and the place, as they were scored last."""
    table = read_own_table(one.folder / "results" / "scores.csv").set_index("evaluatee")
    return {
        "score": float(str(table.loc[evaluatee, "score"])),
        "rank": int(str(table.loc[evaluatee, "rank"])),
    }
