"""The rows of a list under a mapping: fields made alike, and everything wrong, cell by cell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from math import inf
from typing import Any

import pandas as pd

from sampling.frame import numbers
from toolkit.frames.cells import NOT_COMPUTED, Cell, Page, address
from toolkit.frames.clean import WHY, id_card, id_text, name_text, phone, spoilt, text_of
from toolkit.frames.errors import TEMPLATES, fault
from toolkit.frames.fields import EVALUATEE, IDENTITIES, FrameNeeds
from toolkit.frames.tables import Table

IDS = ("number", "id_card", "phone", "phone2")
TELLS_PERSON = (*IDS, "name")
# The columns of our own; with "_", for a scheme may call its columns office, row or kind.
OWN = ("_sheet", "_row", "_cell", "_hidden", "_kind", "_identity", "_out")


@dataclass(frozen=True)
class Finding:
    """One thing about a cell.

    Attributes
    ----------
    sheet, cell, head, found : str
        Where, under which heading, and what stands there.
    rule : str
    english, chinese, todo : str
        What is wrong, and what the office shall do (in Chinese).
    out : bool
        Whether its row is set aside until it is mended; otherwise it is only told.
    row : int
        Of the page, from 0.
    """

    sheet: str
    cell: str
    head: str
    found: str
    rule: str
    english: str
    chinese: str
    todo: str
    out: bool
    row: int


COLUMNS = [one.name for one in fields(Finding)]


@dataclass(frozen=True)
class Reading:
    """The rows of a list and what was found in it.

    Attributes
    ----------
    rows : DataFrame
        ``_sheet``, ``_row`` (as Excel counts), ``_cell`` (that tells the person), ``_hidden``, ``_kind`` and
        ``_identity`` (of the person; empty where there is none), ``_out``, and every field of the frame as
        text.
    findings : tuple of Finding
    """

    rows: pd.DataFrame
    findings: tuple[Finding, ...]


def finding(
    page: Page, at: Cell, head: str, rule: str, found: Any = "", out: bool = False, **told: Any
) -> Finding:
    """Fill in what a rule says of a cell."""
    said = fault("", rule, **told)
    where = address(*at)
    shown = text_of(found)[:60]
    return Finding(
        page.name, where, head, shown, rule, said.english, said.chinese, TEMPLATES[rule][2], out, at[0]
    )


def read_rows(
    tables: Sequence[Table],
    mapping: Mapping[str, str],
    needs: FrameNeeds,
    office: str,
    keys: Sequence[str] = IDENTITIES,
    evaluatees: Collection[str] = (),
    allowed: Mapping[str, Collection[str]] | None = None,
    leave_hidden: bool = False,
) -> Reading:
    """Read the rows of all tables of a list.

    Parameters
    ----------
    tables : sequence of Table
    mapping : mapping of str to str
        Heading to field; "" is not used.
    needs : FrameNeeds
    office : str
        The evaluatee of every row, where the list does not say one.
    keys : sequence of str
        Which fields tell a person; the first that a row has, does.
    evaluatees : collection of str
        Of the scheme.
    allowed : mapping of str to collection of str, optional
        Units of the stages above, by column.
    leave_hidden : bool
        Whether hidden rows are left out.

    Returns
    -------
    Reading
    """
    parts, findings = [], list[Finding]()
    for table in tables:
        one = _TableRows(table, mapping, needs, leave_hidden)
        part = one.read(office, keys, evaluatees, allowed or {})
        parts.append(part)
        findings += one.findings
    columns = [*OWN, *needs.fields]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    order = {page: at for at, page in enumerate(dict.fromkeys(table.page.name for table in tables))}
    findings.sort(key=lambda one: (order.get(one.sheet, 0), one.row))
    return Reading(rows, tuple(findings))


class _TableRows:
    """Reads one table, column by column."""

    def __init__(
        self, table: Table, mapping: Mapping[str, str], needs: FrameNeeds, leave_hidden: bool
    ) -> None:
        self.page, self.needs = table.page, needs
        hidden = set(table.hidden)
        self.rows = [row for row in table.rows if not (leave_hidden and row in hidden)]
        self.hidden = [row in hidden for row in self.rows]
        self.place = {row: at for at, row in enumerate(self.rows)}
        pairs = list(zip(table.heads, table.columns, strict=True))
        self.column = {mapping[head]: at for head, at in pairs if mapping.get(head)}
        self.head = {at: head for head, at in pairs}
        self.findings: list[Finding] = []
        self.out = [False] * len(self.rows)
        for head, at in pairs:
            filled = (row for row in table.rows if self.page.cells[row][at] is not None)
            if head.startswith("（无表头）") and not mapping.get(head) and (row := next(filled, -1)) >= 0:
                self.tell(row, at, "no_heading")
        for head, at in pairs:
            if mapping.get(head) and at in self.page.hidden_columns:
                self.tell(table.top, at, "hidden_column")
        self.raw = {
            field: [self.page.cells[row][at] for row in self.rows] for field, at in self.column.items()
        }
        self._merged()
        self._broken()

    def tell(
        self, row: int, column: int, rule: str, out: bool = False, found: Any = None, **told: Any
    ) -> None:
        shown = self.page.cells[row][column] if found is None else found
        self.findings.append(
            finding(self.page, (row, column), self.head.get(column, ""), rule, shown, out, **told)
        )
        if out and row in self.place:
            self.out[self.place[row]] = True

    def _merged(self) -> None:
        """Fill merged cells downwards, as people read them; not where they tell a person."""
        field_at = {at: field for field, at in self.column.items()}
        for r0, c0, r1, c1 in self.page.merged:
            inside = [row for row in range(r0, r1 + 1) if row in self.place]
            used = [at for at in range(c0, c1 + 1) if at in field_at]
            if not inside or not used:
                continue
            if c1 > c0 and len(used) > 1:
                for row in inside:
                    self.tell(row, used[0], "merged_across", out=True, found=self.page.cells[r0][c0])
            elif r1 > r0 and field_at[used[0]] in TELLS_PERSON:
                for row in inside:
                    self.tell(row, used[0], "merged_person", out=True, found=self.page.cells[r0][c0])
            elif r1 > r0:
                for row in inside:
                    self.raw[field_at[used[0]]][self.place[row]] = self.page.cells[r0][c0]

    def _broken(self) -> None:
        matters = {*TELLS_PERSON, *self.needs.needed}
        for (row, column), shown in self.page.broken.items():
            field = next((field for field, at in self.column.items() if at == column), "")
            if field and row in self.place:
                told = {} if shown == NOT_COMPUTED else {"value": shown}
                rule = "not_computed" if shown == NOT_COMPUTED else "error_value"
                self.tell(row, column, rule, out=field in matters, **told)
                self.raw[field][self.place[row]] = None

    def _texts(self, field: str) -> list[str]:
        """Give a field as text; ids and telephones that cannot be what was typed come empty."""
        if field not in self.raw:
            return [""] * len(self.rows)
        values = self.raw[field]
        texts = [text_of(value) for value in values]
        if field in IDS or field == self.needs.unit:
            for at, value in enumerate(values):
                rule = spoilt(value)
                if rule:
                    shown = f"{value:.5E}" if rule == "long_number" else None
                    self.tell(self.rows[at], self.column[field], rule, out="phone" not in field, found=shown)
                    texts[at] = ""
        return texts

    def read(
        self,
        office: str,
        keys: Sequence[str],
        evaluatees: Collection[str],
        allowed: Mapping[str, Collection[str]],
    ) -> pd.DataFrame:
        found = {field: self._texts(field) for field in self.needs.fields}
        if self.needs.personal:
            self._clean(found)
            kind, identity, cell = self._persons(found, office, keys)
        else:
            kind = ["unit"] * len(self.rows)
            identity = found[self.needs.unit]
            cell = [address(row, self.column[self.needs.unit]) for row in self.rows]
        if self.needs.each:
            self._evaluatees(found, office, evaluatees)
        for field in self.needs.needed:
            self._needed(field, found[field], allowed.get(field))
        own = {
            "_sheet": self.page.name,
            "_row": [row + 1 for row in self.rows],
            "_cell": cell,
            "_hidden": self.hidden,
            "_kind": kind,
            "_identity": identity,
            "_out": self.out,
        }
        return pd.DataFrame(own | found)

    def _clean(self, found: dict[str, list[str]]) -> None:
        cards = [id_card(text) if text else ("", "") for text in found["id_card"]]
        for at, (_, why) in enumerate(cards):
            if why:
                english, chinese = WHY[why]
                self.tell(self.rows[at], self.column["id_card"], "id_card", why=english, why_zh=chinese)
        found["id_card"] = [number for number, _ in cards]
        found["number"] = [id_text(text) for text in found["number"]]
        self._zeros()
        for field in ("phone", "phone2"):
            numbers = [phone(text) if text else ("", True) for text in found[field]]
            for at, (_, good) in enumerate(numbers):
                if not good:
                    self.tell(self.rows[at], self.column[field], "phone")
            found[field] = [number if good else "" for number, good in numbers]

    def _zeros(self) -> None:
        values = self.raw.get("number", [])
        if any(isinstance(value, str) and id_text(value).startswith("0") for value in values):
            bare = [at for at, value in enumerate(values) if isinstance(value, int | float)]
            for at in bare:
                self.tell(self.rows[at], self.column["number"], "zeros")

    def _persons(
        self, found: Mapping[str, list[str]], office: str, keys: Sequence[str]
    ) -> tuple[list[str], list[str], list[str]]:
        """Tell who stands on each row; an office's own number is of that office and frame alone."""
        kinds, identities, cells = [], [], []
        for at, row in enumerate(self.rows):
            kind = identity = ""
            for key in keys:
                if key == "name+phone":
                    name, dialled = found["name"][at], found["phone"][at] or found["phone2"][at]
                    identity = f"{name_text(name)}\x1f{dialled}" if name and dialled else ""
                else:
                    value = found[key][at]
                    own = f"{office}\x1f{self.needs.frame}\x1f" if key == "number" else ""
                    identity = own + value if value else ""
                if identity:
                    kind = key
                    break
            field = "name" if kind in ("", "name+phone") else kind
            column = self.column.get(field, min(self.head))
            if not identity and not self.out[at]:
                self.tell(row, column, "no_identity", out=True)
            kinds.append(kind)
            identities.append(identity)
            cells.append(address(row, column))
        return kinds, identities, cells

    def _evaluatees(self, found: dict[str, list[str]], office: str, known: Collection[str]) -> None:
        texts = [text or (office if office in known else "") for text in found[EVALUATEE]]
        for at, text in enumerate(texts):
            if text not in known:
                column = self.column.get(EVALUATEE, min(self.head))
                self.tell(self.rows[at], column, "no_evaluatee", out=True)
        found[EVALUATEE] = texts

    def _needed(self, field: str, texts: Sequence[str], allowed: Collection[str] | None) -> None:
        column = self.column[field]
        told, near = {"field": field, "field_zh": self.needs.label(field)}, dict[str, str]()
        sizes = numbers(pd.Series(texts, dtype=str)) if field in self.needs.sizes else ()
        for at, text in enumerate(texts):
            row = self.rows[at]
            if not text:
                if self.page.broken.get((row, column)) is None and not spoilt(self.page.cells[row][column]):
                    self.tell(row, column, "blank", out=True, **told)
            elif allowed is not None and text not in allowed:
                near[text] = near.get(text) or "、".join(get_close_matches(text, allowed)) or "—"
                self.tell(row, column, "not_in_list", out=True, near=near[text], **told)
            elif field in self.needs.sizes and not 0 < float(sizes[at]) < inf:
                self.tell(row, column, "no_size", out=True, **told)


def unread(page: Page, cells: Sequence[Cell]) -> Iterator[Finding]:
    """Tell of lines that nobody reads."""
    for row, column in cells:
        line = " ".join(filter(None, map(text_of, page.cells[row])))
        yield finding(page, (row, column), "", "unread", line)


def table_of(findings: Sequence[Finding]) -> pd.DataFrame:
    """Give findings as a table."""
    return pd.DataFrame([[getattr(one, name) for name in COLUMNS] for one in findings], columns=COLUMNS)


def repeats(rows: pd.DataFrame, needs: FrameNeeds) -> tuple[pd.Series, dict[int, tuple[str, int, str]]]:
    """Find rows of one person in one list.

    Parameters
    ----------
    rows : DataFrame
        Of one frame, as ``Reading.rows``, with an index from 0; rows set aside do not count.
    needs : FrameNeeds

    Returns
    -------
    Series of bool
        Rows that count.
    dict
        By row: the rule ("twice" or "differs"), the other row, and the field that differs.
    """
    counts = ~rows["_out"].astype(bool)
    if needs.merge:
        return counts, {}
    key = ["evaluatee", "_kind", "_identity"] if needs.each else ["_kind", "_identity"]
    good = rows[counts]
    several = good[good.duplicated(key, keep=False)]
    said = [one for one in (*needs.columns, *needs.optional) if one != EVALUATEE and one in rows]
    found, groups = dict[int, tuple[str, int, str]](), dict[tuple[str, ...], list[int]]()
    for at, who in zip(several.index.tolist(), several[key].itertuples(index=False, name=None), strict=True):
        groups.setdefault(who, []).append(at)
    lines = several[said].itertuples(index=False, name=None)
    values = dict(zip(several.index.tolist(), lines, strict=True))
    for same in groups.values():
        told = list(zip(*(values[at] for at in same), strict=True))
        differ = next((one for one, each in zip(said, told, strict=True) if len(set(each)) > 1), "")
        for at in same if differ else same[1:]:
            found[at] = ("differs" if differ else "twice", same[1] if at == same[0] else same[0], differ)
    counts[list(found)] = False
    return counts, found
