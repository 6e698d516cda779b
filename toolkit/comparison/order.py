"""Rounds in order of time, with those that were declared not held: none is left out unsaid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.comparison.errors import fault
from toolkit.errors import Fault, RoundError
from toolkit.files import read_table
from toolkit.rounds_rule import Every, Period, between, period_in, period_name

if TYPE_CHECKING:
    from toolkit.round import Round

HEADS = {"轮次": "round", "年份": "year", "原因": "reason", "单位": "office"}
YEAR = re.compile(r"(19|20)\d\d")
ORDER = ["round", "year", "held", "reason", "office"]


@dataclass(frozen=True)
class Missing:
    """A round that was not held.

    Attributes
    ----------
    name : str
    year : int
    reason, office : str
        Why, and who decided it.
    """

    name: str
    year: int
    reason: str
    office: str


@dataclass(frozen=True)
class Slot:
    """A place in the order of rounds.

    Attributes
    ----------
    name : str
        Of the round's folder, or as declared.
    period : tuple of int
        Year; with the month or the week where rounds are due so often.
    held : int, optional
        Position among the rounds held; none for one that was not.
    reason, office : str
        Of one that was not held.
    """

    name: str
    period: Period
    held: int | None
    reason: str = ""
    office: str = ""

    @property
    def year(self) -> int:
        return self.period[0]

    @property
    def told(self) -> tuple[str, str] | None:
        """What is said of a round that was not held, in Chinese and English."""
        if self.held is not None:
            return None
        why = f"{self.reason}（{self.office}）"
        return f"{self.name} 没有举行：{why}", f"{self.name} was not held: {why}"


Absent = str | Path | pd.DataFrame | Sequence[Missing] | None


def missing_rounds(source: Absent) -> tuple[Missing, ...]:
    """Read which rounds were not held: a table with 轮次, 年份, 原因, 单位 (round, year, reason, office).

    Parameters
    ----------
    source : str, Path, DataFrame of text, sequence of Missing, or None
        CSV or Excel. ``round`` is its name, such as 2013-05 or 2013-W07 where rounds are due so often;
        ``reason`` says why it was not held and ``office`` who decided so.

    Raises
    ------
    RoundError
        The file cannot be read; or with all its faults.

    Examples
    --------
    >>> heads = ["轮次", "年份", "原因", "单位"]
    >>> missing_rounds(pd.DataFrame([["2012", "2012", "机构改革", "县考核办"]], columns=heads))
    (Missing(name='2012', year=2012, reason='机构改革', office='县考核办'),)
    """
    if source is None:
        return ()
    if isinstance(source, str | Path):
        table, name = read_table(Path(source)), Path(source).name
    elif isinstance(source, pd.DataFrame):
        table, name = source, "missing"
    else:
        return tuple(source)
    rows = table.rename(columns=lambda head: HEADS.get(str(head).strip(), str(head).strip()))
    zh = {english: chinese for chinese, english in HEADS.items()}
    lacking = [f"{zh[one]} {one}" for one in zh if one not in rows]
    if lacking:
        raise RoundError(name, [fault("missing_columns", missing="、".join(lacking))])
    rows = rows[list(zh)].fillna("").astype(str).apply(lambda column: column.str.strip())
    rows = rows[(rows != "").any(axis=1)]
    faults: list[Fault] = []
    for line in rows.itertuples():
        at = int(line.Index) + 2
        empty = [one for one in zh if not getattr(line, one)]
        faults += [fault("missing_empty", row=at, column=one, column_zh=zh[one]) for one in empty]
        if line.year and not YEAR.fullmatch(line.year):
            faults.append(fault("missing_year", row=at, found=line.year))
    if faults:
        raise RoundError(name, faults)
    return tuple(Missing(one.round, int(one.year), one.reason, one.office) for one in rows.itertuples())


def in_order(
    rounds: Sequence[Round],
    years: Sequence[int | str] | None = None,
    missing: Absent = None,
) -> tuple[Slot, ...]:
    """Put rounds in order of time, with those that were not held; by the last round's scheme.

    Parameters
    ----------
    rounds : sequence of Round
        In order of time.
    years : sequence of int or str, optional
        Of the rounds, 2013, 2013-05 or 2013-W07; by default as the names of folders and schemes tell.
    missing : str, Path, DataFrame or sequence of Missing, optional

    Raises
    ------
    RoundError
        Fewer than two rounds; not in order of time; a name that tells no period; or a round that was due by
        the scheme's ``rounds.every`` is neither there nor declared.
    """
    absent = missing_rounds(missing)
    if len(rounds) < 2:
        raise RoundError("rounds", [fault("few_rounds", needed=2, found=len(rounds))])
    if years is not None and len(years) != len(rounds):
        raise RoundError(rounds[-1].folder.name, [fault("years_number", found=len(years), due=len(rounds))])
    names = [one.folder.name for one in rounds]
    told = (
        [(str(one),) for one in years]
        if years is not None
        else [(one.folder.name, one.scheme.id) for one in rounds]
    )
    return ordered(names, told, absent, rounds[-1].scheme.rounds.every)


def ordered(
    names: list[str],
    told: Sequence[Sequence[str]],
    missing: Sequence[Missing] = (),
    every: Every | None = None,
) -> tuple[Slot, ...]:
    """Put rounds in order by their names; as ``in_order``.

    Parameters
    ----------
    names : list of str
    told : sequence of sequence of str
        Of each round, the words that may tell its period, the first first.
    missing : sequence of Missing
    every : "year", "month" or "week", optional

    Examples
    --------
    >>> absent = Missing("2012", 2012, "机构改革", "县考核办")
    >>> [one.held for one in ordered(["a-2011", "a-2013"], [["a-2011"], ["a-2013"]], [absent], "year")]
    [0, None, 1]
    >>> ordered(["a-2011", "a-2013"], [["a-2011"], ["a-2013"]], every="year")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    toolkit.errors.RoundError: a-2013: between the rounds there is none of 2012, ...
    """
    kind: Every = every or "year"
    faults: list[Fault] = []
    slots: list[Slot] = []
    for at, (name, words) in enumerate(zip(names, told, strict=True)):
        period = next((one for word in words if (one := period_in(word, kind)) is not None), None)
        if period is None:
            rule = "no_year" if kind == "year" else "no_period"
            more = {} if kind == "year" else {"example": EXAMPLES[kind]}
            faults.append(fault(rule, found=", ".join(dict.fromkeys(words)), **more))
        else:
            own = name if names.count(name) == 1 else f"{name} ({at + 1})"
            slots.append(Slot(own, period, at))
    if faults:
        raise RoundError(names[-1], faults)
    periods = [one.period for one in slots]
    # without `every` several rounds of a year follow each other as they are given
    if periods != sorted(periods) or (every and len(set(periods)) < len(periods)):
        found = ", ".join(period_name(one, kind) for one in periods)
        raise RoundError(names[-1], [fault("years_order", found=found)])
    seen = {one.period for one in slots}
    for gone in missing:
        when = period_in(gone.name, kind) if kind != "year" else (gone.year,)
        named = period_in(gone.name, "year")
        if when is None or when[0] != gone.year or (kind == "year" and named not in (None, when)):
            faults.append(fault("missing_period", name=gone.name, year=gone.year, example=EXAMPLES[kind]))
        elif when in seen:
            faults.append(fault("missing_held", name=gone.name, period=period_name(when, kind)))
        else:
            seen.add(when)
            slots.append(Slot(gone.name, when, None, gone.reason, gone.office))
    slots.sort(key=lambda one: one.period)
    if every and not faults:
        gaps = [p for a, b in zip(slots, slots[1:], strict=False) for p in between(a.period, b.period, every)]
        if gaps:
            some = "、".join(period_name(one, every) for one in gaps)
            faults.append(fault("round_gap", periods=some, every=every, every_zh=EVERY_ZH[every]))
    if faults:
        raise RoundError(names[-1], faults)
    return tuple(slots)


EXAMPLES: dict[Every, str] = {"year": "2013", "month": "2013-05", "week": "2013-W07"}
EVERY_ZH: dict[Every, str] = {"year": "年", "month": "月", "week": "周"}


def order_table(slots: Sequence[Slot]) -> pd.DataFrame:
    """Give the rounds in order: ``round``, ``year``, ``held``, ``reason`` and ``office``."""
    rows = [(one.name, one.year, one.held is not None, one.reason, one.office) for one in slots]
    return pd.DataFrame(rows, columns=ORDER)


def not_held(slots: Sequence[Slot]) -> tuple[str, ...]:
    """Tell the rounds that were not held in Chinese, a sentence each."""
    return tuple(one.told[0] for one in slots if one.told)
