"""The crosswalk: which units, indicators, groups and classes of different years are the same, by codes.

A table, CSV or Excel, because offices fill it in Excel; one row says one thing, so that a new year adds rows
and two versions differ in the rows that changed. A row that stays true needs no change from year to year.

======== ====== ==========================================================================================
项目      what    单位 evaluatee, 指标 indicator, 对象 group, 类别 class, 量表 scale
代码      code    stable: it stays when the name changes
名称      name    as in the scheme of those years (a group's or a class's id or name)
自 至     from, to  first and last year of the name, both counted in; empty for open
规则      rule    see ``RULES``
份额      share   with 按份额, such as people served
说明      note    why; shown with what is not comparable
======== ====== ==========================================================================================

What no row names is itself in every year.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import combinations
from math import inf, isfinite
from pathlib import Path
from typing import Final

import pandas as pd

from toolkit.comparison.errors import fault
from toolkit.errors import Fault, RoundError
from toolkit.files import read_table

CHINESE: Final = ("项目", "代码", "名称", "自", "至", "规则", "份额", "说明")
ENGLISH: Final = ("what", "code", "name", "from", "to", "rule", "share", "note")
HEADS: Final = dict(zip(CHINESE, ENGLISH, strict=True))
ZH: Final = {english: chinese for chinese, english in HEADS.items()}
WHAT: Final = {"单位": "evaluatee", "指标": "indicator", "对象": "group", "类别": "class", "量表": "scale"}
WHAT_ZH: Final = {english: chinese for chinese, english in WHAT.items()}

SHARES, ANSWERS, CARRIES_ON = "shares", "answers", "carries_on"
RECLASSED, NOT_COMPARABLE = "reclassed", "not_comparable"
LINEAR, OWN_DRAWS, SAME_TOWNS, ONE_LIST = "linear", "own_draws", "same_towns", "one_list"
WORDS: Final = {
    "按份额": SHARES,
    "按答卷": ANSWERS,
    "沿用": CARRIES_ON,
    "换类": RECLASSED,
    "不可比": NOT_COMPARABLE,
    "线性": LINEAR,
    "各抽": OWN_DRAWS,
    "同批": SAME_TOWNS,
    "同一名单": ONE_LIST,
}
RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "evaluatee": (SHARES, ANSWERS, CARRIES_ON, RECLASSED, NOT_COMPARABLE),
    "indicator": (NOT_COMPARABLE,),
    "group": (OWN_DRAWS, SAME_TOWNS, ONE_LIST, NOT_COMPARABLE),
    "class": (),
    "scale": (LINEAR, NOT_COMPARABLE),
}


@dataclass(frozen=True)
class Entry:
    """A row of the crosswalk.

    Attributes
    ----------
    row : int
        Of the file.
    what, code, name : str
    first, last : float
        Years; infinite where open.
    rules : frozenset of str
    share : float
        NaN where none is given.
    note : str
    """

    row: int
    what: str
    code: str
    name: str
    first: float
    last: float
    rules: frozenset[str]
    share: float
    note: str

    def holds(self, year: int) -> bool:
        """Whether the row is true in a year."""
        return self.first <= year <= self.last


@dataclass(frozen=True)
class Crosswalk:
    """What is the same in different years.

    Attributes
    ----------
    name : str
        Of the file, for messages.
    entries : tuple of Entry
    """

    name: str = "crosswalk"
    entries: tuple[Entry, ...] = ()

    @classmethod
    def load(cls, file: str | Path) -> Crosswalk:
        """Read a crosswalk, CSV or Excel.

        Raises
        ------
        RoundError
            The file cannot be read, or with all its faults.
        """
        path = Path(file)
        return cls.read(read_table(path), path.name)

    @classmethod
    def of(cls, source: str | Path | Crosswalk | None) -> Crosswalk:
        """Give a crosswalk as it is, from its file, or for nothing one that says nothing."""
        if source is None:
            return cls()
        return source if isinstance(source, Crosswalk) else cls.load(source)

    @classmethod
    def read(cls, table: pd.DataFrame, name: str = "crosswalk") -> Crosswalk:
        """Read a crosswalk from a table of text, with Chinese or English heads.

        Examples
        --------
        Two offices become one: its past is theirs, weighted by the people whom each served.

        >>> table = pd.DataFrame(
        ...     [["单位", "D07", "卫生局", "", "2012", "按份额", "600"],
        ...      ["单位", "D07", "计生委", "", "2012", "按份额", "400"],
        ...      ["单位", "D07", "卫计委", "2013", "", "", ""]],
        ...     columns=["项目", "代码", "名称", "自", "至", "规则", "份额"])
        >>> found = Crosswalk.read(table)
        >>> [[(one.name, one.share) for one in found.at("evaluatee", year)["D07"]] for year in (2012, 2013)]
        [[('卫生局', 600.0), ('计生委', 400.0)], [('卫计委', nan)]]
        """
        rows = table.rename(columns=lambda head: HEADS.get(str(head).strip(), str(head).strip()))
        missing = [head for head in ("what", "code", "name") if head not in rows]
        if missing:
            told = ", ".join(f"{ZH[one]} {one}" for one in missing)
            raise RoundError(name, [fault("columns", file=name, missing=told)])
        rows = rows.reindex(columns=list(HEADS.values())).astype(object).fillna("").astype(str)
        lines = [int(at) + 2 for at in table.index]
        cells = [{str(head): text.strip() for head, text in one.items()} for one in rows.to_dict("records")]
        faults: list[Fault] = []
        entries = [_entry(row, line, faults) for row, line in zip(lines, cells, strict=True)]
        found = cls(name, tuple(one for one in entries if one is not None))
        faults += _clashes(found.entries)
        if faults:
            raise RoundError(name, faults)
        return found

    def at(self, what: str, year: int) -> dict[str, list[Entry]]:
        """Give the rows of a kind that hold in a year, by code."""
        found: dict[str, list[Entry]] = {}
        for one in self.entries:
            if one.what == what and one.holds(year):
                found.setdefault(one.code, []).append(one)
        return found

    def codes(self, what: str, year: int, names: Iterable[Sequence[str]]) -> dict[str, list[Entry]]:
        """Give the codes of everything of a kind that a round has, in its order.

        Parameters
        ----------
        what : str
        year : int
        names : iterable of list of str
            What each is called: its id, then other names it may go by.

        Returns
        -------
        dict of list of Entry
            By code; the entries' names are ids. What has no row has its id as code.

        Raises
        ------
        RoundError
            With all names that the round does not have, and all of its names that the rows of other years
            have and this year's lack.
        """
        known = [list(one) for one in names]
        ids = {alias: one[0] for one in known for alias in reversed(one)}
        listed = {one.name for one in self.entries if one.what == what}
        held = [one for one in self.entries if one.what == what and one.holds(year)]
        told = {"what": what, "what_zh": WHAT_ZH[what], "year": year}
        faults = [
            fault("unknown_name", row=one.row, found=one.name, near=_near(one.name, ids), **told)
            for one in held
            if one.name not in ids
        ]
        there = {ids[one.name] for one in held if one.name in ids}
        lost = [one for one in known if one[0] not in there and listed & set(one)]
        faults += [fault("not_covered", name=one[0], **told) for one in lost]
        if faults:
            raise RoundError(self.name, faults)
        found: dict[str, list[Entry]] = {}
        of: dict[str, list[Entry]] = {}
        for one in held:
            of.setdefault(ids[one.name], []).append(one)
        for name, *_ in known:
            alone = Entry(0, what, name, name, -inf, inf, frozenset(), float("nan"), "")
            for one in of.get(name, [alone]):
                here = replace(one, name=name)
                found.setdefault(one.code, []).append(here)
        return found


def _near(found: str, names: Iterable[str]) -> str:
    return ", ".join(get_close_matches(found, list(names), n=3, cutoff=0.0)) or "—"


def _entry(row: int, line: Mapping[str, str], faults: list[Fault]) -> Entry | None:
    """Read a row; what is wrong with it is added to the faults."""
    before = len(faults)
    what = WHAT.get(line["what"], line["what"])
    if what not in RULES:
        faults.append(fault("what", row=row, found=line["what"], known=_both(WHAT_ZH)))
        return None
    needed = () if what == "scale" else ("code", "name")
    faults += [fault("empty", row=row, column=one, column_zh=ZH[one]) for one in needed if not line[one]]
    first, last = (_year(line[key], key, row, open_, faults) for key, open_ in (("from", -inf), ("to", inf)))
    if first > last:
        faults.append(fault("years_fall", row=row, first=f"{first:.0f}", last=f"{last:.0f}"))
    told = line["rule"]
    for mark in "、，,；;":
        told = told.replace(mark, " ")
    rules = frozenset(WORDS.get(one, one) for one in told.split())
    known = {english: chinese for chinese, english in WORDS.items() if english in RULES[what]}
    for one in sorted(rules - set(known)):
        names = {"what": what, "what_zh": WHAT_ZH[what], "known": _both(known) or "—"}
        faults.append(fault("rule", row=row, found=one, **names))
    share = _number(line["share"])
    wrong = bool(line["share"]) and not (isfinite(share) and share > 0)
    if wrong or (SHARES in rules) != bool(line["share"]):
        faults.append(fault("share", row=row, found=line["share"]))
    if len(faults) > before:
        return None
    return Entry(row, what, line["code"], line["name"], first, last, rules, share, line["note"])


def _both(names: Mapping[str, str]) -> str:
    return ", ".join(f"{chinese} {english}" for english, chinese in names.items())


def _year(text: str, column: str, row: int, open_: float, faults: list[Fault]) -> float:
    if not text:
        return open_
    value = _number(text)
    if not (isfinite(value) and value == int(value) and 1900 <= value <= 2200):
        faults.append(fault("year", row=row, column=column, column_zh=ZH[column], found=text))
        return open_
    return value


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "")) if text else float("nan")
    except ValueError:
        return float("nan")


def _clashes(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Name rows that say two things of the same years: one code with two names, or a name with two codes."""
    by_code: dict[tuple[str, str], list[Entry]] = {}
    by_name: dict[tuple[str, str], list[Entry]] = {}
    for one in entries:
        if one.what != "scale":
            by_code.setdefault((one.what, one.code), []).append(one)
            by_name.setdefault((one.what, one.name), []).append(one)
    for some in by_code.values():
        for a, b in _overlapping(some):
            here = {"row": a.row, "other": b.row, "code": a.code, **_first_year(a, b)}
            if a.name == b.name:
                yield fault("same_twice", name=a.name, **here)
            elif not (a.what == "evaluatee" and _one_rule(a, b, (SHARES, ANSWERS, NOT_COMPARABLE))):
                yield fault("merge_rule", a=a.name, b=b.name, **here)
    for some in by_name.values():
        for a, b in _overlapping(some):
            ruled = all(one.rules & {CARRIES_ON, NOT_COMPARABLE} for one in (a, b))
            if a.code != b.code and not (a.what == "evaluatee" and ruled):
                here = {"row": a.row, "other": b.row, **_first_year(a, b)}
                yield fault("split_rule", name=a.name, a=a.code, b=b.code, **here)


def _overlapping(some: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    for a, b in combinations(some, 2):
        if max(a.first, b.first) <= min(a.last, b.last):
            yield a, b


def _one_rule(a: Entry, b: Entry, rules: Sequence[str]) -> bool:
    return any(rule in a.rules and rule in b.rules for rule in rules)


def _first_year(a: Entry, b: Entry) -> dict[str, str]:
    """Give a year in which two rows clash."""
    year = max(a.first, b.first)
    year = year if isfinite(year) else min(a.last, b.last)
    found = isfinite(year)
    return {
        "year": f"{year:.0f}" if found else "every year",
        "year_zh": f" {year:.0f} 年" if found else "各年",
    }
