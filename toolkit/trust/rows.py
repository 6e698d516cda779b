"""Rows of answers to look at, each with what is odd about it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scoring import identical_runs, near_duplicates, straight_lining, timing
from toolkit.scheme import Scheme
from toolkit.trust.void import PLACE

if TYPE_CHECKING:
    from toolkit.trust.check import Part

COLUMNS = ["check", *PLACE, "group", "respondent", "evaluatee", "interviewer", "what", "what_en"]
CHECKS = {
    "before_start": ("结束早于开始", "ends before it starts"),
    "overlap": ("访问时间重叠", "overlaps in time"),
    "too_short": ("短于方案规定", "shorter than the plan's minimum"),
    "twin": ("与另一份几乎相同", "nearly the same as another"),
    "run": ("接连相同", "a series of the same"),
    "straight": ("全卷同分", "one answer to everything"),
}
MANY_ITEMS = 12
LIKELY = 0.01


def rows_to_look_at(
    scheme: Scheme, wholes: Sequence[Part], parts: Sequence[Part], odd: pd.DataFrame
) -> pd.DataFrame:
    """List the rows that a check names.

    Sheets of one answer to everything are common among honest people: they are listed where there are at
    least 12 questions, and of interviewers who have far more of them than the others have.

    Parameters
    ----------
    scheme : Scheme
    wholes, parts : sequence of Part
        Each group whole, and taken apart by the number of questions.
    odd : DataFrame
        Signals of interviewers (``interviewer``, ``group``, ``items``, ``signal``) beyond chance.

    Returns
    -------
    DataFrame
        ``check``, ``file``, ``sheet``, ``row``, ``group``, ``respondent``, ``evaluatee``, ``interviewer``,
        ``what`` and ``what_en``.
    """
    found = [*(table for each in wholes for table in _times(scheme, each))]
    found += [table for part in parts for table in (*_twins(scheme, part), *_runs(scheme, part))]
    found += [table for part in parts for table in _straight(scheme, part, odd)]
    found = [table for table in found if len(table)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _rows(part: Part, labels: Any, check: str, what: Any, what_en: Any) -> pd.DataFrame:
    own = part.table.loc[labels, [*PLACE, "respondent", "evaluatee", "interviewer"]].reset_index(drop=True)
    words = {"what": np.asarray(what, dtype=object), "what_en": np.asarray(what_en, dtype=object)}
    told: pd.DataFrame = own.assign(check=check, group=part.group, **words).reindex(columns=COLUMNS)
    return told


def _place(part: Part, labels: Any) -> tuple[pd.Series, pd.Series]:
    """Say in Chinese and English where rows stand: file and row, and the worksheet where there is one."""
    own = part.table.loc[labels, PLACE].reset_index(drop=True)
    where = own["file"] + own["sheet"].where(own["sheet"] == "", " / " + own["sheet"])
    row = own["row"].astype(str)
    return where + " 第 " + row + " 行", where + " row " + row


def _times(scheme: Scheme, each: Part) -> Iterator[pd.DataFrame]:
    timed = each.table["started"].notna() & each.table["ended"].notna()
    if not timed.any():
        return
    part = each.only(timed.to_numpy())
    least = scheme.interviews.least_minutes
    found = timing(part.sheets(scheme, ()), least)
    minutes = found["minutes"].round(1).astype(str)
    for check, column in (("before_start", "before_start"), ("too_short", "too_short")):
        at = found.index[found[column].to_numpy(dtype=bool)]
        zh: Any = CHECKS[check][0]
        en: Any = CHECKS[check][1]
        if check == "too_short":
            zh = minutes[at] + f" 分钟，方案规定不少于 {least or 0:g} 分钟"
            en = minutes[at] + f" minutes; the plan asks for {least or 0:g}"
        yield _rows(part, at, check, zh, en)
    at = found.index[found["overlaps"].to_numpy(dtype=bool)]
    if len(at):
        zh_of, en_of = _place(part, found.loc[at, "overlaps_with"].tolist())
        zh, en = "开始时，" + zh_of + "的访问还没有结束", "begins before another has ended: " + en_of
        yield _rows(part, at, "overlap", zh, en)


def _twins(scheme: Scheme, part: Part) -> Iterator[pd.DataFrame]:
    if len(part.table) < 2:
        return
    found = near_duplicates(part.sheets(scheme))
    if found.empty:
        return
    same = found["equal"].astype(str) + "/" + found["items"].astype(str)
    zh_of, en_of = _place(part, found["twin"].tolist())
    whose = np.where(found["same_interviewer"], "同一访问员 ", " ")
    zh = "与" + whose + zh_of + "有 " + same + " 题相同"
    yield _rows(part, found["row"].tolist(), "twin", zh, same + " answers equal those of " + en_of)


def _runs(scheme: Scheme, part: Part) -> Iterator[pd.DataFrame]:
    found = identical_runs(part.sheets(scheme))
    found = found[found["p"] < LIKELY]
    if found.empty:
        return
    length = found["length"].astype(str).reset_index(drop=True)
    zh_of, en_of = _place(part, found["last_row"].tolist())
    zh = "起接连 " + length + " 份回答相同，到 " + zh_of
    yield _rows(part, found["row"].tolist(), "run", zh, length + " in a row are the same, to " + en_of)


def _straight(scheme: Scheme, part: Part, odd: pd.DataFrame) -> Iterator[pd.DataFrame]:
    found = straight_lining(part.sheets(scheme, ()))
    keep = np.array(found["straight"], dtype=bool)
    if part.items < MANY_ITEMS:
        who = odd[odd["signal"].isin(["straight", "top"])] if len(odd) else odd.assign(signal="", group="")
        who = who[(who["group"] == part.group) & (who["items"] == part.items)] if len(who) else who
        keep &= part.table["interviewer"].isin(who["interviewer"]).to_numpy()
    if not keep.any():
        return
    at = found.index[keep]
    valid, mean = found.loc[at, "valid"].astype(str), found.loc[at, "mean"].map("{:g}".format)
    yield _rows(
        part, at, "straight", valid + " 题都是 " + mean + " 分", "all " + valid + " answers are " + mean
    )
