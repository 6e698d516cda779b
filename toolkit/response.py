"""Response: what became of every drawn respondent, by group and evaluatee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.response import DISPOSITIONS, response_rates
from toolkit.answers import Answers, State, completed, places
from toolkit.drawing import NO_RECUSALS
from toolkit.errors import RoundError, fault
from toolkit.intake import LABELS
from toolkit.scheme import Group, Scheme
from toolkit.scores import INELIGIBLE, Drawn

SHOWN = ["RR1", "RR2", "RR3", "COOP1", "REF1", "CON1"]
CHINESE = {
    "完成": "complete",
    "部分完成": "partial",
    "拒访": "refusal",
    "中途拒绝": "refusal",
    "未联系上": "noncontact",
    "其他未答": "other",
    "情况不明": "unknown",
    "不合格": "ineligible",
}
CONTACT_KEYS = ["group", "respondent", "evaluatee", "disposition"]


def response_table(
    scheme: Scheme,
    drawn: Mapping[str, Drawn],
    answers: Mapping[str, Answers],
    contacts: pd.DataFrame,
    recusals: pd.DataFrame = NO_RECUSALS,
) -> pd.DataFrame:
    """Set planned against valid answers, and give the response rates.

    A drawn respondent is complete, partial or a break-off (counted as refusal) by the share of the
    questions it answered, as the scheme's ``response`` says; 不了解 is an answer. Who sent no sheet is
    what the last contact says, and unknown where nobody wrote one down. A member of a panel is ineligible
    for the evaluatees it is recused from.

    Parameters
    ----------
    scheme : Scheme
    drawn : mapping of str to Drawn
        By group; released reserves are among the drawn.
    answers : mapping of str to Answers
        By group.
    contacts : DataFrame
        ``group``, ``respondent``, ``evaluatee`` (empty for all) and ``disposition``, in order of time.
    recusals : DataFrame, optional
        ``group``, ``respondent``, ``evaluatee``: who must not rate whom.

    Returns
    -------
    DataFrame
        One row per group and evaluatee: ``planned``, ``drawn``, ``reserves`` released among them,
        AAPOR's seven dispositions, RR1, RR2, RR3, COOP1, REF1, CON1, and ``RR1_weighted`` by the design.
        A quota group has no drawn list and no rates.
    """
    parts = []
    for group in scheme.groups:
        if group.is_quota:
            n = _sheets_by_evaluatee(scheme, answers[group.id])
            parts.append(pd.DataFrame({"evaluatee": scheme.evaluatees, "complete": n}).assign(group=group.id))
            continue
        units = _dispositions(scheme, group, drawn[group.id], answers[group.id], contacts, recusals)
        plain = response_rates(units, by="evaluatee").set_index("evaluatee")
        weighted = response_rates(units, by="evaluatee", weight="weight").set_index("evaluatee")
        table = plain[[*DISPOSITIONS, *SHOWN]].assign(
            RR1_weighted=weighted["RR1"],
            drawn=units.groupby("evaluatee").size(),
            reserves=units["reserve"].groupby(units["evaluatee"]).sum().astype(int),
        )
        parts.append(table.loc[list(scheme.evaluatees)].reset_index().assign(group=group.id))
    table = pd.concat(parts, ignore_index=True)
    table["planned"] = table["group"].map({group.id: group.valid for group in scheme.groups})
    front = ["group", "evaluatee", "planned", "drawn", "reserves"]
    return table.reindex(columns=[*front, *DISPOSITIONS, *SHOWN, "RR1_weighted"])


def unworked(
    scheme: Scheme,
    drawn: Mapping[str, Drawn],
    answers: Mapping[str, Answers],
    contacts: pd.DataFrame,
    recusals: pd.DataFrame = NO_RECUSALS,
) -> dict[str, int]:
    """Count the drawn of whom nothing is known yet: neither a sheet nor a contact, nor a recusal.

    Released reserves are among the drawn. A response rate is final when there are none: until then it
    depends on who was worked first.

    Returns
    -------
    dict of str to int
        By group that has a drawn list; respondents, once for each evaluatee they are to rate.
    """
    found = {}
    for group in scheme.groups:
        if not group.is_quota:
            units = _dispositions(scheme, group, drawn[group.id], answers[group.id], contacts, recusals)
            found[group.id] = int((~units["worked"]).sum())
    return found


def _sheets_by_evaluatee(scheme: Scheme, answers: Answers) -> Any:
    codes = answers.table["evaluatee"].cat.codes.to_numpy()
    valid = answers.table.iloc[:, 2:].notna().any(axis=1).to_numpy()
    return np.bincount(codes[valid], minlength=len(scheme.evaluatees))


def _dispositions(
    scheme: Scheme,
    group: Group,
    drawn: Drawn,
    answers: Answers,
    contacts: pd.DataFrame,
    recusals: pd.DataFrame,
) -> pd.DataFrame:
    """Give every drawn respondent of every evaluatee its disposition."""
    sent = len(answers.table)
    whole = completed(scheme, group, drawn.units, answers)
    asked = (whole.state != State.NOT_ASKED).sum(axis=1)
    said = (whole.state <= State.DONT_KNOW).sum(axis=1)
    share = said / np.maximum(asked, 1)
    rule = scheme.response
    code = np.select([share >= rule.complete, share >= rule.partial], ["complete", "partial"], "refusal")
    units = whole.table[["evaluatee", "respondent"]].astype({"evaluatee": str}).assign(disposition=code)
    last = _last_contact(units, contacts[contacts["group"] == group.id])
    last = last.replace({"complete": "other", "partial": "other"})  # met, but no sheet counts
    absent = np.arange(len(units)) >= sent
    worked = ~absent | last.notna().to_numpy()
    units["disposition"] = units["disposition"].mask(absent, last.fillna("unknown"))
    own = recusals[recusals["group"] == group.id]
    pairs = pd.MultiIndex.from_frame(own[["evaluatee", "respondent"]])
    barred = pd.MultiIndex.from_frame(units[["evaluatee", "respondent"]]).isin(pairs)
    units["disposition"] = units["disposition"].mask(barred, "ineligible")
    worked |= barred
    rows = places(whole.table, drawn.units, group, scheme)
    roles = drawn.units["role"].to_numpy() if "role" in drawn.units else np.full(len(drawn.units), "main")
    weight = drawn.units[drawn.roles["weight"]].to_numpy(dtype=np.float64)
    return units.assign(weight=weight[rows], reserve=roles[rows] == "reserve", worked=worked)


def with_ineligible(scheme: Scheme, drawn: Mapping[str, Drawn], contacts: pd.DataFrame) -> dict[str, Drawn]:
    """Mark the drawn who, as their last contact says, are not eligible."""
    found = dict(drawn)
    for group in scheme.groups:
        own = contacts[contacts["group"] == group.id]
        if group.adjust_by is None or own.empty:
            continue
        one, units = group.draws[-1], drawn[group.id].units
        keys = units[[one.unit]].astype(str).set_axis(["respondent"], axis=1)
        keys.insert(0, "evaluatee", units["evaluatee"].astype(str) if one.per_evaluatee else "")
        last = _last_contact(keys, own if one.per_evaluatee else own[own["evaluatee"] == ""])
        marked = units.assign(**{INELIGIBLE: (last == "ineligible").to_numpy()})
        found[group.id] = replace(drawn[group.id], units=marked)
    return found


def _last_contact(units: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    """Give what is said last of each respondent; what is said for one evaluatee goes before the rest."""
    if own.empty:
        return pd.Series(np.nan, units.index, dtype=object)
    to_all = own[own["evaluatee"] == ""].drop_duplicates("respondent", keep="last")
    to_one = own[own["evaluatee"] != ""].drop_duplicates(["evaluatee", "respondent"], keep="last")
    keys = pd.MultiIndex.from_frame(units[["evaluatee", "respondent"]])
    last = to_one.set_index(["evaluatee", "respondent"])["disposition"].astype(object).reindex(keys)
    general = units["respondent"].map(to_all.set_index("respondent")["disposition"].astype(object))
    return last.set_axis(units.index).combine_first(general)


def _is_drawn(rows: pd.DataFrame, group: Group, drawn: Mapping[str, Drawn]) -> NDArray[np.bool_]:
    """Tell whose respondent was drawn: for the evaluatee, where one is given and lists differ."""
    if group.is_quota:
        return np.zeros(len(rows), dtype=bool)
    units, one = drawn[group.id].units, group.draws[-1]
    anywhere = rows["respondent"].isin(units[one.unit].astype(str)).to_numpy()
    if not one.per_evaluatee:
        return anywhere
    listed = pd.MultiIndex.from_arrays([units[one.unit].astype(str), units["evaluatee"].astype(str)])
    here = pd.MultiIndex.from_frame(rows[["respondent", "evaluatee"]]).isin(listed)
    return np.where((rows["evaluatee"] == "").to_numpy(), anywhere, here)


def read_contacts(table: pd.DataFrame, scheme: Scheme, drawn: Mapping[str, Drawn], file: str) -> pd.DataFrame:
    """Read a file of what became of drawn respondents, or say everything that is wrong with it.

    Parameters
    ----------
    table : DataFrame
        Text: ``group`` (对象类别), ``respondent`` (编号), ``disposition`` (处理结果, AAPOR's codes or 完成,
        部分完成, 拒访, 中途拒绝, 未联系上, 其他未答, 情况不明, 不合格) and, where it is of one evaluatee,
        ``evaluatee`` (被评单位).
    scheme : Scheme
    drawn : mapping of str to Drawn
    file : str
        For messages.

    Raises
    ------
    RoundError
        With all faults of the file.
    """
    rows = table.rename(columns=LABELS | {"处理结果": "disposition"})
    rows = rows.assign(evaluatee=rows.get("evaluatee", "")).fillna("")
    missing = [column for column in CONTACT_KEYS if column not in rows]
    if missing:
        raise RoundError(file, [fault("", "answers_columns", file=file, missing=", ".join(missing))])
    rows = rows[CONTACT_KEYS].apply(lambda column: column.str.normalize("NFC").str.strip())
    code = rows["group"].map(scheme.group_codes).fillna(-1).astype(np.intp).to_numpy()
    group = np.array([*(one.id for one in scheme.groups), ""], dtype=object)[code]
    disposition = rows["disposition"].replace(CHINESE)
    told = np.zeros(len(rows), dtype=bool)
    for at, one in enumerate(scheme.groups):
        told[code == at] = _is_drawn(rows[code == at], one, drawn)
    known, codes = scheme.groups_told, ", ".join(DISPOSITIONS)
    wrong = {
        "unknown_group": (code < 0, "group", {"known": known}),
        "not_in_sample": ((code >= 0) & ~told, "respondent", {}),
        "unknown_evaluatee": (~rows["evaluatee"].isin(["", *scheme.evaluatees]), "evaluatee", {}),
        "disposition": (~disposition.isin(DISPOSITIONS), "disposition", {"known": codes}),
    }
    faults = []
    for rule, (which, column, more) in wrong.items():
        for line in np.flatnonzero(which).tolist():
            what = {"row": rows.index[line] + 2, "found": rows[column].iloc[line], **more}
            if rule == "not_in_sample":
                what |= {"evaluatee": rows["evaluatee"].iloc[line], "group": group[line]}
            faults.append(fault("", rule, **what))
    if faults:
        raise RoundError(file, faults)
    found: pd.DataFrame = rows.assign(group=group, disposition=disposition)
    return found
