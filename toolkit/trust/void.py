"""Answers made void, with a reason: which rows, and what scores and places are with and without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scoring import AnswerError
from toolkit.accountable import accountable
from toolkit.answers import code, codes
from toolkit.errors import RoundError, fault
from toolkit.files import write_table
from toolkit.intake import Admitted, Withdrawal, withdrawals
from toolkit.scores import Scores

if TYPE_CHECKING:
    from toolkit.round import Round

PLACE = ["file", "sheet", "row"]
LIST_HEADS = {"文件": "file", "工作表": "sheet", "行": "row"}
SCORED = {"score": "score", "se": "se", "rank": "rank"}
MOST_KNOWN = 30


@dataclass(frozen=True)
class Void:
    """Rows of answers that are void, or would be, and what that changes.

    Attributes
    ----------
    rows : DataFrame
        ``file``, ``sheet``, ``row``, ``interviewer``, and ``counted``: whether it counted until then.
    table : DataFrame
        One row per evaluatee: ``class``, ``evaluatee``, ``void`` (sheets that counted), then ``score``,
        ``se`` and ``rank`` with ``_before`` and ``_after``, and ``moved`` (points). Where the scheme has
        grades, ``grade`` likewise; where it has a rule of low satisfaction, ``meets``.
    come : int
        Sheets that count only now: copies of void ones that stand elsewhere.
    status : str
        Of the scores that are compared, as in ``Scores``; "provisional" where not enough is in to score.
    number : int or None
        Under which number it is recorded; None while it is only tried.
    """

    rows: pd.DataFrame
    table: pd.DataFrame
    come: int
    status: str
    number: int | None = None

    @property
    def gone(self) -> int:
        """Sheets that counted and no longer do."""
        return int(self.rows["counted"].sum())

    @property
    def moved(self) -> pd.DataFrame:
        """The evaluatees whose place, grade or standing under the rule changes."""
        ends = [str(name) for name in self.table if str(name).endswith("_before")]
        pairs = [name.removesuffix("_before") for name in ends]
        changed = np.zeros(len(self.table), dtype=bool)
        for name in (one for one in pairs if one not in ("score", "se")):
            before, after = self.table[f"{name}_before"], self.table[f"{name}_after"]
            changed |= ((before != after) & (before.notna() | after.notna())).to_numpy()
        return self.table[changed]


def rows_of_interviewer(one: Round, found: Admitted, interviewer: str) -> pd.DataFrame:
    """Give all rows of an interviewer that are not withdrawn yet, whether they count or not.

    A copy that is set aside today would count tomorrow if the row it repeats were void and it were not.
    """
    origin = _standing(found)
    who = origin["interviewer"]
    meant = origin[who == code(interviewer)]
    if meant.empty:
        known = [name for name in dict.fromkeys(who) if name]
        more = f" … ({len(known)})" if len(known) > MOST_KNOWN else ""
        told = "、".join(known[:MOST_KNOWN]) + more or "—"
        raise RoundError(one.folder.name, [fault("", "no_interviewer", found=interviewer, known=told)])
    return meant


def rows_listed(one: Round, found: Admitted, table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows that a table names by ``file``, ``row`` and, where it is needed, ``sheet``."""
    named = table.rename(columns=LIST_HEADS).fillna("")
    missing = [name for name in ("file", "row") if name not in named]
    if missing:
        lacking = fault("", "answers_columns", file="--list", missing=", ".join(missing))
        raise RoundError(one.folder.name, [lacking])
    numbers = pd.to_numeric(named["row"], errors="coerce")
    sheet = named["sheet"].astype(str) if "sheet" in named else pd.Series("", named.index)
    asked = pd.DataFrame({"file": named["file"].astype(str), "row": numbers, "asked": sheet})
    meant = _standing(found).assign(at=lambda rows: rows.index).merge(asked, on=["file", "row"])
    meant = meant[(meant["asked"] == "") | (meant["asked"] == meant["sheet"])]
    strange = asked.merge(meant[["file", "row", "asked"]], how="left", indicator=True)
    strange = strange[strange["_merge"] == "left_only"]
    if len(strange):
        first = strange.iloc[0]
        told = {"count": len(strange), "file": first["file"], "row": named["row"].iloc[strange.index[0]]}
        raise RoundError(one.folder.name, [fault("", "void_rows", **told)])
    pages = meant[meant["asked"] == ""].groupby(["file", "row"])["sheet"].unique()
    several = pages[pages.map(len) > 1]
    if len(several):
        file, row = several.index[0]
        pages_of = ", ".join(several.iloc[0])
        doubtful = fault("", "several_sheets", row=int(row), file=file, sheets=pages_of)
        raise RoundError(one.folder.name, [doubtful])
    return meant.drop_duplicates("at").set_index("at").drop(columns="asked")


def compared(one: Round, raw: pd.DataFrame, found: Admitted, rows: pd.DataFrame) -> Void:
    """Score with and without some rows, and set both beside each other.

    Parameters
    ----------
    one : Round
    raw : DataFrame
        Every row of every file, as text.
    found : Admitted
        The same, admitted.
    rows : DataFrame
        The rows of ``found.origin`` that would be void.
    """
    left = one.admit_without(raw, withdrawals(rows))
    try:
        before, after = one.scores(found), one.scores(left)
    except (RoundError, AnswerError):  # not enough is in yet
        before, after = one.scores(found, True), one.scores(left, True)
    counted, counts = _counted(found), _counted(left)
    told = rows[[*PLACE, "interviewer"]].assign(counted=rows.index.isin(counted.index))
    gone = counted.loc[told.index[told["counted"]]].value_counts()
    table = _beside(before, after)
    table.insert(2, "void", table["evaluatee"].map(gone).fillna(0).astype(np.int64))
    come = int((~counts.index.isin(counted.index)).sum())
    return Void(told.reset_index(drop=True), table, come, before.status)


def _standing(found: Admitted) -> pd.DataFrame:
    """Give the rows that nobody took back."""
    back = pd.MultiIndex.from_frame(found.set_aside.loc[found.set_aside["rule"] == "withdrawn", PLACE])
    return found.origin[~pd.MultiIndex.from_frame(found.origin[PLACE]).isin(back)]


def _counted(found: Admitted) -> pd.Series:
    """Give the evaluatee of every row that counts."""
    return pd.concat([one.table["evaluatee"].astype(str) for one in found.answers.values()])


def _beside(before: Scores, after: Scores) -> pd.DataFrame:
    tables = []
    for scores in (before, after):
        table = scores.table[["class", "evaluatee", *SCORED]].set_index("evaluatee")
        if scores.scheme.grading is not None and len(scores.grades):
            table["grade"] = scores.grades.set_index("evaluatee")["grade"]
        if scores.scheme.low_satisfaction_rule.kind != "unstated":
            meets = accountable(scores).set_index("evaluatee")["meets"]
            table["meets"] = meets.reindex(table.index).fillna(False).astype(bool)
        tables.append(table)
    first, second = tables
    names = first.index.union(second.index, sort=False)
    both: dict[str, Any] = {"class": first["class"].combine_first(second["class"]).reindex(names)}
    for column in first.columns[1:]:
        for table, end in ((first, "before"), (second, "after")):
            own = table[column].reindex(names) if column in table else pd.Series(pd.NA, names)
            both[f"{column}_{end}"] = own.astype("Int64") if column == "rank" else own
    told = pd.DataFrame(both)
    told.insert(3, "moved", told["score_after"] - told["score_before"])
    return told.rename_axis("evaluatee").reset_index()[["class", "evaluatee", *told.columns[1:]]]


def recorded(one: Round, what: Void, interviewer: str | None, reason: str, office: str) -> int:
    """Write the table of before and after, and one line into the journal that takes the rows back."""
    told = what.rows["interviewer"].unique()
    named = [name for name in codes(pd.Series(told, dtype=object)) if _says(code(reason), name)]
    if named:
        raise RoundError(one.folder.name, [fault("", "reason_names", found="、".join(named))])
    number = len(one.steps("void")) + 1
    write_table(one.folder / "results" / "voids" / f"{number:03d}.csv", what.table)
    rows = [
        {"file": each.file, "sheet": each.sheet, "rows": list(each.rows or ())}
        for each in withdrawals(what.rows)
    ]
    sheets = {"sheets": what.gone, "come": what.come, "status": what.status}
    who = {"interviewer": interviewer} if interviewer else {}
    one.note("void", number=number, **sheets, **who, rows=rows, reason=reason, office=office)
    return number


def _says(reason: str, name: str) -> bool:
    """Tell whether a reason holds a code, and not as part of a longer number or word of Latin letters.

    >>> _says("核实员07未入户", "员07"), _says("2007年", "07"), _says("1 份", "1")
    (True, False, False)
    """
    if len(name) < 2:
        return False
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])", reason) is not None


def void_withdrawals(voids: Sequence[dict[str, Any]], restored: Sequence[int]) -> list[Withdrawal]:
    """Give what the journal's voids take back, but for those that were restored."""
    return [
        Withdrawal(each["file"], one["reason"], one["office"], tuple(each["rows"]), each["sheet"])
        for one in voids
        if one["number"] not in restored
        for each in one["rows"]
    ]
