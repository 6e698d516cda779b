"""All lists of a round together: faults, repeats within and across offices, signs; and what goes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from toolkit.errors import Fault, RoundError
from toolkit.frames.errors import TEMPLATES, fault
from toolkit.frames.fields import FrameNeeds, frame_names
from toolkit.frames.register import Opened, Sent, allowed_units, opened, read_cases, state_of
from toolkit.frames.returns import take_away_others, write_return
from toolkit.frames.rows import COLUMNS, OWN, Finding, Reading, repeats, table_of
from toolkit.frames.signs import shared_persons, signs
from toolkit.progress import watched
from toolkit.round.draws import RoundDraws

LISTS = ["frame", "office", "file", "version", "rows", "counted", "set_aside", "told", "cases", "waiting"]


@dataclass(frozen=True)
class Checked:
    """What the lists of a round come to.

    Attributes
    ----------
    lists : DataFrame
        A line for each list in force: ``frame``, ``office``, ``file``, ``version``, ``rows``, ``counted``,
        ``set_aside`` (until they are mended), ``told`` (findings that set nothing aside), ``cases``
        (declared), ``waiting`` (for the user).
    findings : DataFrame
        ``frame``, ``office`` and the attributes of ``toolkit.frames.rows.Finding``.
    shared : DataFrame
        Persons in lists of several offices: ``frame``, ``office``, ``other``, ``persons``.
    signs : DataFrame
        See ``toolkit.frames.signs.signs``.
    waiting : tuple of Fault
    returns : tuple of Path
        The workbooks that go back to offices.
    rows : DataFrame
        Every row with its person, as ``toolkit.frames.rows.Reading.rows``, with ``_frame``, ``_office``,
        ``_file`` and ``_counts``: private.
    needs : dict of FrameNeeds
        By frame.
    """

    lists: pd.DataFrame
    findings: pd.DataFrame
    shared: pd.DataFrame
    signs: pd.DataFrame
    waiting: tuple[Fault, ...]
    returns: tuple[Path, ...]
    rows: pd.DataFrame
    needs: Mapping[str, FrameNeeds]

    def __repr__(self) -> str:
        counted, aside = self.lists["counted"].sum(), self.lists["set_aside"].sum()
        return (
            f"Checked({len(self.lists)} lists: {counted:,} rows count, {aside:,} set aside, "
            f"{len(self.signs)} signs)"
        )


def check(round: RoundDraws, cases: str | Path | None = None, write: bool = True) -> Checked:
    """Check every list in force, and write a 名单退回单 for each office with something to mend or look at.

    Older ones, of versions that are not in force or lists without findings, are taken away.

    Parameters
    ----------
    round : Round
    cases : str or Path, optional
        A table of the caseloads that offices declared: 单位, 名单, 件数.
    write : bool
        Without it, no workbook is written.

    Returns
    -------
    Checked

    Raises
    ------
    RoundError
        No list came in yet, or the table of caseloads has faults.
    """
    state = state_of(round)
    if not state.in_force:
        raise RoundError(round.folder.name, [fault("", "nothing_in")])
    declared = {(one.frame, one.office): one.cases for one in state.in_force if one.cases}
    declared |= read_cases(round, Path(cases)) if cases else {}
    order = {name: at for at, name in enumerate(frame_names(round.scheme))}
    sent = sorted(state.in_force, key=lambda one: order[one.frame])
    allowed: dict[str, dict[str, set[str]]] = {}
    read, needs, waiting = list[tuple[Opened, Reading | None]](), dict[str, FrameNeeds](), list[Fault]()
    for one in watched(sent, "reading lists", len(sent)):
        found = opened(round, state, one)
        needs[one.frame] = found.needs
        if one.frame not in allowed:
            allowed[one.frame] = allowed_units(round, found.needs)
        stops = found.lacking
        waiting += [*stops, *found.waiting]
        read.append((found, None if stops else found.read(round, allowed[one.frame])))
    rows, findings = _together(read, needs)
    good = rows[rows["_counts"].astype(bool)]
    personal = [name for name, one in needs.items() if one.personal]
    lists = {(str(f), str(o)): part for (f, o), part in good.groupby(["_frame", "_office"], sort=False)}
    told = signs(lists, needs, declared)
    table = _lists(read, rows, findings, declared)
    shared = shared_persons(good[good["_frame"].isin(personal)])
    result = Checked(table, findings, shared, told, tuple(waiting), (), rows, needs)
    return replace(result, returns=_send_back(round, result, [one for one, _ in read])) if write else result


def _together(
    read: list[tuple[Opened, Reading | None]], needs: Mapping[str, FrameNeeds]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put all rows and findings together, and find the repeats frame by frame."""
    parts, told = [], []
    for found, reading in read:
        if reading is not None:
            at = {"frame": found.sent.frame, "office": found.sent.office}
            own = {"_frame": found.sent.frame, "_office": found.sent.office, "_file": found.sent.name}
            parts.append(reading.rows.assign(**own))
            told.append(table_of(reading.findings).assign(**at))
    heads = ["_frame", "_office", "_file", *OWN]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=heads)
    rows["_counts"] = ~rows["_out"].astype(bool)
    for frame, part in rows.groupby("_frame", sort=False):
        counts, found_at = repeats(part, needs[str(frame)])
        rows.loc[part.index, "_counts"] = counts
        lines = _repeats_told(part, found_at, needs[str(frame)])
        told.append(
            table_of(lines).assign(frame=str(frame), office=part.loc[list(found_at), "_office"].tolist())
        )
    columns = ["frame", "office", *COLUMNS]
    some = [one for one in told if len(one)]
    findings = pd.concat(some) if some else pd.DataFrame(columns=columns)
    order = ["frame", "office", "sheet", "row"]
    return rows, findings.sort_values(order, kind="stable", ignore_index=True)[columns]


def _repeats_told(
    rows: pd.DataFrame, found: Mapping[int, tuple[str, int, str]], needs: FrameNeeds
) -> list[Finding]:
    """Say which row tells the same person."""
    columns = ["_office", "_file", "_sheet", "_cell", "_kind", "_identity", "_row"]
    at = dict(zip(rows.index.tolist(), rows[columns].itertuples(index=False, name=None), strict=True))
    lines = []
    for one, (rule, other, field) in found.items():
        office, file, sheet, cell, kind, identity, row = at[one]
        place = "!".join(filter(None, at[other][2:4]))
        if at[other][:2] != (office, file):
            place = f"{at[other][0]} {at[other][1]}!{place}"
        said = {"field": field, "field_zh": needs.label(field)} if rule == "differs" else {}
        told = fault("", rule, other=place, **said)
        head = needs.label("name" if kind == "name+phone" else kind) if needs.personal else ""
        shown = identity.split("\x1f")[-1 if kind == "number" else 0]
        todo, out = TEMPLATES[rule][2], rule == "differs"
        lines.append(
            Finding(sheet, cell, head, shown, rule, told.english, told.chinese, todo, out, int(row) - 1)
        )
    return lines


def _lists(
    read: list[tuple[Opened, Reading | None]],
    rows: pd.DataFrame,
    findings: pd.DataFrame,
    cases: Mapping[tuple[str, str], int],
) -> pd.DataFrame:
    lines = []
    for found, _ in read:
        own = rows[(rows["_frame"] == found.sent.frame) & (rows["_office"] == found.sent.office)]
        told = _of(findings, found.sent)
        out = told["out"].astype(bool)
        bad = int(own["_out"].astype(bool).sum() + (told["rule"] == "differs").sum())
        waits = "；".join(one.chinese for one in (*found.lacking, *found.waiting))
        sent = found.sent
        counts = (len(own), int(own["_counts"].sum()), bad, int((~out).sum()))
        declared = cases.get((sent.frame, sent.office))
        lines.append((sent.frame, sent.office, sent.name, sent.version, *counts, declared, waits))
    return pd.DataFrame(lines, columns=LISTS).astype({"cases": "Int64"})


def _of(table: pd.DataFrame, sent: Sent) -> pd.DataFrame:
    return table[(table["frame"] == sent.frame) & (table["office"] == sent.office)]


def _send_back(round: RoundDraws, checked: Checked, read: list[Opened]) -> tuple[Path, ...]:
    paths = []
    for found in read:
        own = _of(checked.findings, found.sent)
        if len(own):
            line = _of(checked.lists, found.sent).iloc[0]
            paths.append(write_return(round, found.sent, own, line, _of(checked.signs, found.sent)))
    take_away_others(round, paths)
    return tuple(paths)
