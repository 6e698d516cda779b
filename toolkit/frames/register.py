"""The lists of a round: every version that came, the headings that users confirmed, what is in force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.errors import Fault, RoundError
from toolkit.errors import fault as of_round
from toolkit.files import read_table
from toolkit.frames.cells import Cell, Page, address, read_pages
from toolkit.frames.errors import fault
from toolkit.frames.fields import IDENTITIES, FrameNeeds, field_of, needs_of, propose
from toolkit.frames.rows import Finding, Reading, read_rows, unread
from toolkit.frames.tables import Table, data_row, find_tables
from toolkit.round.draws import RoundDraws

RAW = "private/frames/raw"
LONGEST_HEAD = 40
STEPS = ("frames-add", "frames-map", "frames-drop", "frames-close")


@dataclass(frozen=True)
class Sent:
    """One version of an office's list, as it came.

    Attributes
    ----------
    frame, office : str
    version : int
        From 1, of this office and frame.
    file : str
        Its name in ``private/frames/raw``.
    name : str
        What the office called it.
    sha256 : str
    cases : int or None
        The caseload that the office declared.
    heads : dict of str to str
        Headings that were named when it was taken in.
    """

    frame: str
    office: str
    version: int
    file: str
    name: str
    sha256: str
    cases: int | None = None
    heads: Mapping[str, str] = field(default_factory=dict)

    @property
    def who(self) -> str:
        """Name the list."""
        return f"{self.office} {self.frame}"


@dataclass(frozen=True)
class Confirmed:
    """A mapping as a user confirmed it."""

    frame: str
    office: str
    sha256: str
    heads: Mapping[str, str]
    person: tuple[str, ...]
    hidden: str | None


@dataclass(frozen=True)
class State:
    """What the journal says of lists, oldest first."""

    sent: Mapping[tuple[str, str], Sequence[Sent]]
    confirmed: Sequence[Confirmed]
    came: int

    @property
    def in_force(self) -> list[Sent]:
        """The last version of every list."""
        return [versions[-1] for versions in self.sent.values() if versions]


def state_of(round: RoundDraws) -> State:
    """Replay the journal of a round."""
    sent: dict[tuple[str, str], list[Sent]] = {}
    confirmed, came = list[Confirmed](), 0
    for line in round.journal():
        if line["step"] not in STEPS[:3]:
            continue
        at = (line["frame"], line["office"])
        if line["step"] == "frames-add":
            names = ("version", "file", "name", "sha256", "cases", "heads")
            sent.setdefault(at, []).append(Sent(*at, **{name: line[name] for name in names}))
            came += 1
        elif line["step"] == "frames-map":
            told = {name: line[name] for name in ("sha256", "heads", "hidden")}
            confirmed.append(Confirmed(*at, person=tuple(line["person"]), **told))
        else:
            sent[at] = [one for one in sent[at] if one.version != line["version"]]
    return State(sent, confirmed, came)


@dataclass(frozen=True)
class Opened:
    """A list with its tables found.

    Attributes
    ----------
    sent : Sent
    needs : FrameNeeds
    tables : tuple of Table
    unread : tuple
        Pages and cells of lines that belong to no table.
    mapping : dict of str to str
        Heading to field: as confirmed, or else as proposed.
    sources : dict of str to str
        Where each was proposed from.
    person : tuple of str
        Which fields tell a person.
    confirmed : bool
        Whether a user confirmed exactly these headings.
    hidden : str or None
        "keep" or "leave-out", once decided.
    """

    sent: Sent
    needs: FrameNeeds
    tables: tuple[Table, ...]
    unread: tuple[tuple[Page, list[Cell]], ...]
    mapping: Mapping[str, str]
    sources: Mapping[str, str]
    person: tuple[str, ...]
    confirmed: bool
    hidden: str | None

    @property
    def hidden_rows(self) -> list[str]:
        """Name the hidden rows."""
        rows = [(table.page.name, row + 1) for table in self.tables for row in table.hidden]
        return [f"{sheet}!{row}" if sheet else str(row) for sheet, row in rows]

    @property
    def lacking(self) -> list[Fault]:
        """What of the mapping stands against reading the rows."""
        return list(mapping_faults(self.sent, self.tables, self.mapping, self.needs, self.person))

    @property
    def waiting(self) -> list[Fault]:
        """What the user has still to decide."""
        told = {"office": self.sent.office, "frame": self.sent.frame}
        found = [] if self.confirmed else [fault("", "not_confirmed", **told)]
        if self.hidden_rows and self.hidden is None:
            rows = self.hidden_rows
            where = f"{self.sent.name}!{rows[0]}"
            count = len(rows)
            found.append(fault("", "hidden_undecided", office=told["office"], count=count, cell=where))
        return found

    def read(self, round: RoundDraws, allowed: Mapping[str, Any] | None = None) -> Reading:
        """Read the rows; those hidden are left out only where that was decided."""
        reading = read_rows(
            self.tables,
            self.mapping,
            self.needs,
            self.sent.office,
            self.person,
            set(round.scheme.evaluatees),
            allowed_units(round, self.needs) if allowed is None else allowed,
            self.hidden == "leave-out",
        )
        lines: list[Finding] = [one for page, cells in self.unread for one in unread(page, cells)]
        return Reading(reading.rows, (*reading.findings, *lines))


def raw_data(round: RoundDraws, sent: Sent) -> bytes:
    """Read a version as it came."""
    return (round.folder / RAW / sent.file).read_bytes()


def opened(round: RoundDraws, state: State, sent: Sent, data: bytes | None = None) -> Opened:
    """Find the tables of a list, and propose or recall its mapping.

    Raises
    ------
    RoundError
        The file cannot be read, or has a table without known headings; every such place is named.
    """
    needs = needs_of(round.scheme, sent.frame)
    own = [one for one in state.confirmed if (one.frame, one.office) == (sent.frame, sent.office)]
    others = [one for one in state.confirmed if one.frame == sent.frame and one.office != sent.office]
    before = {head: to for one in own for head, to in one.heads.items()} | dict(sent.heads)
    said_last = dict[str, dict[str, str]]()
    for one in others:
        said_last.setdefault(one.office, {}).update(one.heads)
    # What one office does not use (often a second heading of one field) another may well need.
    elsewhere = {head: to for heads in said_last.values() for head, to in heads.items() if to}

    @cache
    def known(text: str) -> str | None:
        if len(text) > LONGEST_HEAD:
            return None
        head = re.sub(r"\s+", "", text)
        for said in (before, elsewhere):
            if head in said:
                return said[head]
        return field_of(head, needs.synonyms)

    tables, left, faults = list[Table](), list[tuple[Page, list[Cell]]](), list[Fault]()
    for page in read_pages(raw_data(round, sent) if data is None else data, sent.name):
        where = f"{sent.name}!{page.name}!" if page.name else f"{sent.name}!"
        found = find_tables(page, known, where)
        for table in found.tables:
            usual = [field_of(head, needs.synonyms) is not None for head in table.heads]
            if data_row(table, usual):
                cell = f"{where}{address(table.top, table.columns[0])}"
                faults.append(fault("", "data_heads", cell=cell))
        tables += found.tables
        faults += found.faults
        left.append((page, found.unread))
    if not tables and not faults:
        faults = [fault("", "no_table")]
    if faults:
        raise RoundError(sent.name, faults)
    mapping, sources = dict[str, str](), dict[str, str]()
    for table in tables:
        for head, (to, source) in propose(table.heads, needs, before, elsewhere).items():
            if not mapping.get(head):
                mapping[head], sources[head] = to, source
    same = [one for one in own if set(mapping) <= set(one.heads)]
    if same:
        mapping = {head: same[-1].heads[head] for head in mapping}
        sources = dict.fromkeys(mapping, "own")
    decided = [one.hidden for one in own if one.sha256 == sent.sha256 and one.hidden]
    person = own[-1].person if own else IDENTITIES
    last = decided[-1] if decided else None
    return Opened(sent, needs, tuple(tables), tuple(left), mapping, sources, person, bool(same), last)


def mapping_faults(
    sent: Sent, tables: Sequence[Table], mapping: Mapping[str, str], needs: FrameNeeds, person: Sequence[str]
) -> Iterator[Fault]:
    """Name what a mapping lacks or says twice, table by table."""
    for table in tables:
        fields = [mapping[head] for head in table.heads]
        where = {"office": sent.office, "sheet": table.place}
        for one in dict.fromkeys(filter(None, fields)):
            if fields.count(one) > 1:
                heads = "、".join(head for head in table.heads if mapping[head] == one)
                yield fault("", "same_field", field=one, heads=heads, **where)
        for one in needs.needed:
            if one not in fields:
                yield fault(
                    "", "lacks_field", field=f"{one} ({needs.label(one)})", frame=needs.frame, **where
                )
        has = set(fields)
        if "name" in has and has & {"phone", "phone2"}:
            has.add("name+phone")
        if needs.personal and not has & set(person):
            yield fault("", "lacks_person", **where)


def allowed_units(round: RoundDraws, needs: FrameNeeds) -> dict[str, set[str]]:
    """Give the units of the stages above, where their frames are there already."""
    found = {}
    for column, frame in needs.parents.items():
        try:
            table = round.frame(frame)
        except RoundError:
            continue
        if column in table:
            found[column] = set(table[column].dropna().astype(str).str.strip())
    return found


def refuse_drawn(round: RoundDraws) -> None:
    """Refuse to change lists once they are frozen or drawn from."""
    if round.steps("draw"):
        raise RoundError(round.folder.name, [fault("", "drawn")])
    if round.steps("freeze"):
        raise RoundError(round.folder.name, [of_round("", "lists_frozen")])


def chosen(round: RoundDraws, state: State, office: str, frame: str | None) -> Sent:
    """Find the list of an office that is in force.

    Raises
    ------
    RoundError
        There is none, or there are several and no frame is said.
    """
    own = [one for one in state.in_force if one.office == office and frame in (None, one.frame)]
    if not own:
        known = ", ".join(one.who for one in state.in_force) or "—"
        raise RoundError(round.folder.name, [fault("", "no_list", office=office, known=known)])
    if len(own) > 1:
        known = ", ".join(one.frame for one in own)
        raise RoundError(round.folder.name, [fault("", "which_frame", office=office, known=known)])
    return own[0]


def digest(data: bytes) -> str:
    """Give the SHA-256 of bytes."""
    return sha256(data).hexdigest()


def read_cases(round: RoundDraws, file: Path) -> dict[tuple[str, str], int]:
    """Read the caseloads that offices declared: a table of 单位 (office), 名单 (frame) and 件数 (cases).

    Raises
    ------
    RoundError
        With every line that cannot be read.
    """
    names = {"单位": "office", "名单": "frame", "件数": "cases", "办件量": "cases"}
    table = read_table(file).rename(columns=names)
    found, faults = dict[tuple[str, str], int](), list[Fault]()
    table = table.reindex(columns=["office", "frame", "cases"]).fillna("")
    for at, (office, frame, cases) in zip(table.index, table.to_numpy().tolist(), strict=True):
        if office and frame and re.fullmatch(r"0*[1-9]\d*", cases.strip()):
            found[frame.strip(), office.strip()] = int(cases)
        else:
            told = " / ".join((office, frame, cases))
            faults.append(fault("", "cases", file=file.name, row=at + 2, found=told))
    if faults:
        raise RoundError(file.name, faults)
    return found


def changes_between(old: pd.DataFrame, new: pd.DataFrame, needs: FrameNeeds) -> pd.DataFrame:
    """Say which persons of a list were added, are gone, or are told otherwise.

    Returns
    -------
    DataFrame
        ``change`` ("added", "gone", "changed"), ``sheet``, ``cell`` (of the new list; of the old where gone)
        and ``fields`` that differ.
    """
    said = list(needs.fields)
    columns = ["_kind", "_identity", *(["evaluatee"] if needs.each else [])]

    def keyed(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str, str, tuple[str, ...]]]:
        keys = map(tuple, rows[columns].to_numpy().tolist())
        values = map(tuple, rows[said].to_numpy().tolist())
        yield from zip(keys, rows["_sheet"], rows["_cell"], values, strict=True)

    lines, before = [], dict[tuple[str, ...], list[tuple[str, ...]]]()
    for key, _, _, row in keyed(old):
        before.setdefault(key, []).append(row)
    for key, sheet, cell, row in keyed(new):
        if key not in before:
            lines.append(("added", sheet, cell, ""))
        elif row not in before[key]:
            pairs = zip(said, before[key][0], row, strict=True)
            differ = "、".join(needs.label(one) for one, a, b in pairs if a != b)
            lines.append(("changed", sheet, cell, differ))
    here = {key for key, *_ in keyed(new)}
    lines += [("gone", sheet, cell, "") for key, sheet, cell, _ in keyed(old) if key not in here]
    return pd.DataFrame(lines, columns=["change", "sheet", "cell", "fields"])
