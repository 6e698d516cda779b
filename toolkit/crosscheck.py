"""Whether the lists of a round fit together, before anything is drawn from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from sampling import AtLeastShare, Quota, Stratified
from sampling.designs import method_of, number_of
from toolkit.drawing import last_strata
from toolkit.errors import Fault, fault
from toolkit.frames.fields import PERSON, needs_of, plain_head
from toolkit.scheme import Scheme

# Of what an office's list may say of a person, what must not reach a sample: it is copied and published.
WHO = ("name", "id_card", "phone", "phone2", "address")


def stray_rows(scheme: Scheme, frames: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Name the units above that rows of a later stage tell, and that no frame of that stage has.

    Such rows could never be drawn, and nothing in the sample would show it.

    Parameters
    ----------
    scheme : Scheme
    frames : mapping of str to DataFrame

    Yields
    ------
    Fault
        One for each unknown unit of a frame.
    """
    for group in scheme.groups:
        for at, one in enumerate(group.draws[1:], 1):
            above, here = frames[group.draws[at - 1].frame], frames[one.frame]
            units = [each.unit for each in group.draws[:at]]
            columns = [unit for unit in units if unit in here and unit in above]
            if units[-1] not in columns:
                continue  # the draw names the missing column
            told, known = here[columns].apply(_plain), above[columns].apply(_plain)
            told = told[(told != "").all(axis=1)]  # the draw names the blank ones
            stray = told[~pd.MultiIndex.from_frame(told).isin(pd.MultiIndex.from_frame(known))]
            for unit, rows in stray.groupby(columns, sort=False):
                found = " / ".join(map(str, unit))
                where = {"frame": one.frame, "column": units[-1], "above": group.draws[at - 1].frame}
                yield fault("", "stray", found=found, count=len(rows), row=int(rows.index[0]) + 2, **where)


def strange_shares(scheme: Scheme, frames: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Name the strata of evaluatees' own lists whose shares are stated, and that no list has.

    One list may well lack a stratum; all of them together lack a misspelt one.
    """
    for one in scheme.draws:
        number = None if isinstance(one.design, Quota) else number_of(method_of(one.design))
        if not (
            one.per_evaluatee and isinstance(one.design, Stratified) and isinstance(number, AtLeastShare)
        ):
            continue
        known = last_strata(one.design, frames[one.frame])
        strange = [name for name in number.shares if name not in known]
        if strange and known:
            told = {"found": "、".join(strange), "known": "、".join(sorted(known))}
            yield fault("", "strange_shares", draw=one.name, frame=one.frame, **told)


def unknown_recused(
    scheme: Scheme, frames: Mapping[str, pd.DataFrame], recusals: pd.DataFrame
) -> Iterator[Fault]:
    """Name the recused who are on no list of their group: they would stay drawable under another id.

    Parameters
    ----------
    scheme : Scheme
    frames : mapping of str to DataFrame
    recusals : DataFrame
        As ``RoundDraws.recusals`` reads it.

    Yields
    ------
    Fault
        One for each such row.
    """
    for group in scheme.groups:
        one, own = group.draws[-1], recusals[recusals["group"] == group.id]
        if group.is_quota or one.unit not in frames[one.frame]:
            continue
        lost = own[~_plain(own["respondent"]).isin(_plain(frames[one.frame][one.unit]))]
        for row, respondent in lost["respondent"].items():
            yield fault("", "recusal_nobody", row=int(str(row)) + 2, found=respondent, frame=one.frame)


def telling_columns(scheme: Scheme, frame: str, table: pd.DataFrame) -> list[str]:
    """Give the columns of a frame that tell who a person is; columns that the scheme reads are its own.

    >>> scheme = Scheme.load("guangan-2013")
    >>> telling_columns(scheme, "staff", pd.DataFrame(columns=["id", "姓名", "手机 号码", "made"]))
    ['姓名', '手机 号码']
    """
    read = {c for one in scheme.assignments if one.teams == frame for c in one.columns}
    if frame in {one.frame for one in scheme.draws}:
        needs = needs_of(scheme, frame)
        if not needs.personal:
            return []
        read |= {needs.unit, *needs.columns, *needs.optional}
    heads = {plain_head(head) for field in WHO for head in PERSON[field].split()}
    return [one for one in table.columns if one not in read and plain_head(one) in heads]


def _plain(ids: pd.Series) -> pd.Series:
    """Write ids in the one way in which draws compare them."""
    return ids.fillna("").astype(str).str.normalize("NFC")
