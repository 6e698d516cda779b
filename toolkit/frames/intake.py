"""Lists in: taken in as they came, their headings confirmed, a version taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from toolkit.errors import Fault, RoundError
from toolkit.errors import fault as of_round
from toolkit.frames.errors import fault
from toolkit.frames.fields import EVALUATEE, UNUSED, needs_of, person_keys
from toolkit.frames.private import write_private
from toolkit.frames.register import (
    RAW,
    Opened,
    Sent,
    State,
    changes_between,
    chosen,
    digest,
    opened,
    refuse_drawn,
    state_of,
)
from toolkit.frames.rows import COLUMNS, table_of
from toolkit.progress import watched
from toolkit.round.draws import RoundDraws

CHANGES = ["change", "sheet", "cell", "fields"]


@dataclass(frozen=True)
class Listed:
    """What is known of a list before it is closed.

    Attributes
    ----------
    sent : Sent
    mapping : DataFrame
        ``heading``, ``field`` ("" is not used), ``label`` and ``source``: "own" (confirmed by this office's
        user before), "others", "known" (a synonym), "".
    tables : DataFrame
        ``place``, ``rows``, ``hidden``.
    rows, set_aside : int or None
        Rows read, and of these set aside; None as long as the mapping lacks a field.
    findings : DataFrame
        See ``toolkit.frames.rows.Finding``.
    changes : DataFrame
        Against the former version: ``change``, ``sheet``, ``cell``, ``fields``.
    waiting : tuple of Fault
        What the user has still to decide.
    blind : bool
        Whether hidden rows and broken formulas of this kind of file cannot be seen.
    same : tuple of str
        Other lists in force whose file is this very file.
    before : bool
        Whether this very file is in force already, so that nothing was done.
    """

    sent: Sent
    mapping: pd.DataFrame
    tables: pd.DataFrame
    rows: int | None
    set_aside: int | None
    findings: pd.DataFrame
    changes: pd.DataFrame
    waiting: tuple[Fault, ...]
    blind: bool
    same: tuple[str, ...] = ()
    before: bool = False

    def __str__(self) -> str:
        if self.before:
            return f"{self.sent.name}: this very file is in force already"
        aside = "" if self.set_aside is None else f", {self.set_aside:,} set aside"
        rows = f"{self.tables['rows'].sum():,} rows in {len(self.tables)} tables"
        return f"{self.sent.name}: version {self.sent.version}, {rows}{aside}"


def add(
    round: RoundDraws,
    file: str | Path,
    *,
    frame: str,
    office: str,
    cases: int | None = None,
    heads: Mapping[str, str] | None = None,
) -> Listed:
    """Take in a list that an office sent; the file is kept as it came, and replaces a former version.

    Parameters
    ----------
    round : Round
    file : str or Path
        Excel of any kind, or text.
    frame : str
        Name of a frame of the scheme.
    office : str
        Who sent it; where each evaluatee has its own list, the evaluatee.
    cases : int, optional
        The caseload that the office declares, to hold the list against.
    heads : mapping of str to str, optional
        Fields of headings that are not known; "" for headings that are not used.

    Returns
    -------
    Listed
        With ``before`` when this very file is in force already.

    Raises
    ------
    RoundError
        The file cannot be read, a table has no known headings (every place is named), the office is no
        evaluatee, what would be headings is a row of data, a needed heading is missing while a former version
        has it, or the sample is drawn. Nothing is kept then.
    """
    refuse_drawn(round)
    needs, path, state = needs_of(round.scheme, frame), Path(file), state_of(round)
    if not path.is_file():
        raise RoundError(path.name, [of_round("", "no_such_file", file=path)])
    _refuse_fields(needs.fields, heads or {}, path.name)
    data = path.read_bytes()
    versions = state.sent.get((frame, office), ())
    came = [step for step in round.steps("frames-add") if step["frame"] == frame]
    number = 1 + max((step["version"] for step in came if step["office"] == office), default=0)
    kept = f"{state.came + 1:03d}-{path.name}"
    sent = Sent(frame, office, number, kept, path.name, digest(data), cases, dict(heads or {}))
    last = versions[-1] if versions else None
    new = dict(heads or {}).items() - (last.heads.items() if last else set())
    if last and last.sha256 == sent.sha256 and cases in (None, last.cases) and not new:
        return replace(listed(round, opened(round, state, last)), before=True)
    if cases is None and last:
        sent = replace(sent, cases=last.cases)
    found = opened(round, state, sent, data)
    if needs.each and office not in round.scheme.evaluatees and EVALUATEE not in found.mapping.values():
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(office, round.scheme.evaluatees, 3, 0.0))
        raise RoundError(path.name, [fault("", "office_unknown", office=office, near=near)])
    parts = {part for head in found.mapping for part in head.split("/")}  # of headings over two rows
    _refuse_heads(found, heads or {}, parts)
    former = _former(round, state, last) if last else None
    if former and found.lacking and not former.lacking:
        stays = fault("", "stays", office=office, frame=frame, version=former.sent.version)
        raise RoundError(path.name, [*found.lacking, stays])
    result = listed(round, found, former)
    write_private(round.folder / RAW / kept, data)
    what = {"frame": frame, "office": office, "version": number, "file": kept, "name": path.name}
    round.note("frames-add", **what, sha256=sent.sha256, cases=sent.cases, heads=dict(sent.heads))
    return result


def _former(round: RoundDraws, state: State, sent: Sent) -> Opened | None:
    """Open the version that is replaced; None where that cannot be, for headings are told anew meanwhile."""
    try:
        return opened(round, state, sent)
    except RoundError:
        return None


def listed(round: RoundDraws, found: Opened, former: Opened | None = None) -> Listed:
    """Say what is known of a list."""
    mapping = pd.DataFrame(
        [
            (head, to, found.needs.label(to) if to else "", found.sources[head])
            for head, to in found.mapping.items()
        ],
        columns=["heading", "field", "label", "source"],
    )
    tables = pd.DataFrame(
        [(table.place, len(table.rows), len(table.hidden)) for table in found.tables],
        columns=["place", "rows", "hidden"],
    )
    rows = aside = None
    findings = pd.DataFrame(columns=COLUMNS)
    changes = pd.DataFrame(columns=CHANGES)
    if not found.lacking:
        reading = found.read(round)
        rows, aside = len(reading.rows), int(reading.rows["_out"].sum())
        findings = table_of(reading.findings)
        if former and not former.lacking:
            changes = changes_between(former.read(round).rows, reading.rows, found.needs)
    waiting = (*found.lacking, *found.waiting)
    blind = any(table.page.blind for table in found.tables)
    others = (one for one in state_of(round).in_force if one.sha256 == found.sent.sha256)
    same = tuple(one.who for one in others if one.who != found.sent.who)
    return Listed(found.sent, mapping, tables, rows, aside, findings, changes, waiting, blind, same)


def show(round: RoundDraws, office: str, frame: str | None = None) -> Listed:
    """Say what is known of the list of an office that is in force; nothing is written."""
    state = state_of(round)
    return listed(round, opened(round, state, chosen(round, state, office, frame)))


def map_heads(
    round: RoundDraws,
    office: str,
    frame: str | None = None,
    *,
    fields: Mapping[str, str] | None = None,
    person: str | None = None,
    hidden: str | None = None,
) -> Listed:
    """Confirm which heading of a list is which field; what is not said stays as proposed.

    Parameters
    ----------
    round : Round
    office : str
    frame : str, optional
        Where the office sent lists for several frames.
    fields : mapping of str to str, optional
        Heading to field; "" for one that is not used.
    person : str, optional
        Which fields tell a person, first come first used: ``id_card,number,name+phone`` or some of these.
    hidden : "keep" or "leave-out", optional
        What becomes of hidden rows; to be decided anew for every version that has some.

    Returns
    -------
    Listed

    Raises
    ------
    RoundError
        A heading or field is not known, a needed field is missing or told twice, or hidden rows are
        undecided.
    """
    refuse_drawn(round)
    state = state_of(round)
    found = opened(round, state, chosen(round, state, office, frame))
    return listed(round, _confirm(round, found, fields or {}, person, hidden))


def _confirm(
    round: RoundDraws, found: Opened, said: Mapping[str, str], person: str | None, hidden: str | None
) -> Opened:
    office = found.sent.office
    _refuse_heads(found, said, found.mapping)
    _refuse_fields(found.needs.fields, said, found.sent.name)
    mapping = dict(found.mapping) | dict(said)
    keys = found.person if person is None else person_keys(person)
    decided = hidden or found.hidden
    sources = dict.fromkeys(mapping, "own")
    found = replace(found, mapping=mapping, sources=sources, person=keys, confirmed=True, hidden=decided)
    faults = [*found.lacking, *found.waiting]
    if faults:
        raise RoundError(found.sent.name, faults)
    what = {"frame": found.sent.frame, "office": office, "sha256": found.sent.sha256}
    round.note("frames-map", **what, heads=mapping, person=list(keys), hidden=decided)
    return found


def waiting(round: RoundDraws) -> list[str]:
    """Name the lists that wait for the user."""
    state = state_of(round)
    return [sent.who for sent in state.in_force if _waits(opened(round, state, sent))]


def _waits(found: Opened) -> bool:
    return bool(found.lacking or found.waiting)


def accept_all(round: RoundDraws) -> list[str]:
    """Confirm the proposals of every list that waits; the good ones stand even where others are refused.

    Returns
    -------
    list of str
        The lists that were confirmed.

    Raises
    ------
    RoundError
        Some cannot be confirmed; every reason is told, after the lists that were confirmed.
    """
    refuse_drawn(round)
    state, faults, done = state_of(round), list[Fault](), list[str]()
    for sent in watched(state.in_force, "reading lists", len(state.in_force)):
        try:
            found = opened(round, state, sent)
            if _waits(found):
                _confirm(round, found, {}, None, None)
                done.append(sent.who)
        except RoundError as error:
            faults += error.faults
    if faults:
        first = [fault("", "others_refused", done="、".join(done))] if done else []
        raise RoundError(round.folder.name, [*first, *faults])
    return done


def drop(round: RoundDraws, office: str, frame: str | None = None, *, reason: str, by: str) -> Sent | None:
    """Take back the version of a list that is in force; the former one is in force again.

    Parameters
    ----------
    round : Round
    office : str
    frame : str, optional
        Where the office sent lists for several frames.
    reason, by : str
        Why, and who decided.

    Returns
    -------
    Sent or None
        The version now in force.

    Raises
    ------
    RoundError
        There is no such list, the reason is empty, or the sample is drawn.
    """
    refuse_drawn(round)
    round._reasoned(reason, by)
    sent = chosen(round, state_of(round), office, frame)
    what = {"frame": sent.frame, "office": office, "version": sent.version}
    round.note("frames-drop", **what, reason=reason, by=by)
    versions = state_of(round).sent[sent.frame, office]
    return versions[-1] if versions else None


def _refuse_heads(found: Opened, said: Mapping[str, str], there: Collection[str]) -> None:
    """Refuse headings that are in none of the list's tables: they would stand in the journal."""
    office, known = found.sent.office, "、".join(found.mapping)
    strange = [one for one in said if one not in there and one not in found.mapping]
    if strange:
        faults = [fault("", "no_head", office=office, head=one, known=known) for one in strange]
        raise RoundError(found.sent.name, faults)


def _refuse_fields(known: tuple[str, ...], said: Mapping[str, str], name: str) -> None:
    wrong = [one for one in said.values() if one != UNUSED and one not in known]
    if wrong:
        names = ", ".join(known)
        raise RoundError(name, [fault("", "no_field", field=one, known=names) for one in wrong])
