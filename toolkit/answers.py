"""Answer sheets: text checked against the scheme, told apart by group."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.group import columns_of
from scoring.ratings.read import State as State
from scoring.ratings.read import rating_codes
from toolkit.errors import Fault, RoundError, fault
from toolkit.scheme import Group, Scheme

HEADS = {"对象类别": "group", "编号": "respondent", "被评单位": "evaluatee"}
KEYS = ["group", "respondent", "evaluatee"]
PARADATA = {
    "访问员": "interviewer",
    "方式": "mode",
    "渠道": "channel",
    "设备": "device",
    "开始时间": "started",
    "结束时间": "ended",
}
"""How an answer came, where the files say it."""


def code(text: str) -> str:
    """Write a code of an interviewer in one way.

    >>> code(" 员０７ ")
    '员07'
    """
    return " ".join(unicodedata.normalize("NFKC", str(text)).split())


def codes(column: pd.Series) -> pd.Series:
    """Write codes in one way."""
    at, found = pd.factorize(column.to_numpy())
    one = np.array([*map(code, found), ""], dtype=object)
    return pd.Series(one[at], index=column.index)


@dataclass(frozen=True)
class Answers:
    """One group's answer sheets.

    Attributes
    ----------
    table : DataFrame
        ``evaluatee``, ``respondent`` and the rating columns as numbers, NaN where there is no valid
        answer; one row per sheet.
    state : ndarray of int8, shape (rows, K)
        What became of each question, a ``State``, in the order of the rating columns.
    """

    table: pd.DataFrame
    state: NDArray[np.int8]

    @property
    def dont_know(self) -> NDArray[np.bool_]:
        """Which answers are 不了解, shape (rows, K)."""
        return np.asarray(self.state == State.DONT_KNOW)

    @property
    def not_due(self) -> NDArray[np.bool_]:
        """Which answers nobody waits for: 不了解, and what was not shown; shape (rows, K)."""
        return np.isin(self.state, (State.DONT_KNOW, State.NOT_ASKED))


@dataclass(frozen=True)
class Finding:
    """What is wrong with one row: its position, the column, what stands there, and why it is no answer."""

    at: int
    column: str
    found: str
    fault: Fault


@dataclass(frozen=True)
class Checked:
    """Rows of answers against the scheme.

    Attributes
    ----------
    rows : DataFrame
        ``row`` (in its file) and the key columns as text.
    group, evaluatee : ndarray of int, shape (n,)
        Their places in the scheme, -1 for unknown.
    values : ndarray of float, shape (n, K)
    state : ndarray of int8, shape (n, K)
    findings : list of Finding
    """

    rows: pd.DataFrame
    group: NDArray[np.intp]
    evaluatee: NDArray[np.intp]
    values: NDArray[np.float64]
    state: NDArray[np.int8]
    findings: list[Finding]

    def answers(self, scheme: Scheme, keep: NDArray[np.bool_]) -> dict[str, Answers]:
        """Give the kept rows, by group."""
        columns = columns_of(scheme.indicators)
        found = {}
        for code, group in enumerate(scheme.groups):
            at = np.flatnonzero(keep & (self.group == code))
            values, state = self.values[at], self.state[at]
            if scheme.dont_know.removed_per == "respondent":
                values[(state == State.DONT_KNOW).any(axis=1)] = np.nan
            table = pd.DataFrame(values, columns=columns, index=at)
            table.insert(0, "respondent", self.rows["respondent"].to_numpy()[at])
            names = pd.Index(scheme.evaluatees)
            whom = pd.Categorical.from_codes(self.evaluatee[at], categories=names)
            table.insert(0, "evaluatee", pd.Series(whom, index=table.index))
            found[group.id] = Answers(table, state)
        return found


def parse_answers(raw: pd.DataFrame, scheme: Scheme, file: str) -> dict[str, Answers]:
    """Read the sheets of all groups, or say everything that is wrong with them.

    Parameters
    ----------
    raw : DataFrame
        Text: ``group`` (id or name), ``respondent``, ``evaluatee`` and the indicators; the index
        counts the file's rows from 0, below a head.
    scheme : Scheme
    file : str
        For messages.

    Raises
    ------
    RoundError
        With all faults.
    """
    rows = raw.rename(columns=HEADS)
    faults = column_faults(rows, scheme, file)
    if faults:
        raise RoundError(file, faults)
    checked = check_rows(rows.assign(row=raw.index.to_numpy() + 2), scheme)
    if checked.findings:
        raise RoundError(file, [one.fault for one in checked.findings])
    return checked.answers(scheme, np.ones(len(rows), dtype=bool))


def column_faults(rows: pd.DataFrame, scheme: Scheme, place: str) -> list[Fault]:
    """Name columns that repeat, and those that the evaluatees in the rows need and are not there."""
    found = [
        fault("", "repeated_column", file=place, column=column, count=2)
        for column in rows.columns[rows.columns.duplicated()]
    ]
    asked = scheme.indicators
    there = set(rows["evaluatee"]) if "evaluatee" in rows and not found else set[str]()
    needed = columns_of({one: columns for one, columns in asked.items() if one in there})
    missing = [column for column in [*KEYS, *needed] if column not in rows.columns]
    if missing:
        found.append(fault("", "answers_columns", file=place, missing=", ".join(missing)))
    return found


def check_rows(rows: pd.DataFrame, scheme: Scheme) -> Checked:
    """Read rows of text against the scheme: who, whom, and every rating.

    Parameters
    ----------
    rows : DataFrame
        Text: ``row`` (a number), ``group`` (id or name), ``respondent``, ``evaluatee`` and indicators.
    scheme : Scheme

    Returns
    -------
    Checked
    """
    columns = columns_of(scheme.indicators)
    lines = rows["row"].to_numpy()
    keys = pd.DataFrame({"row": lines, **{key: _plain(rows[key]) for key in KEYS}})
    names, known = scheme.group_codes, scheme.groups_told
    codes, found = pd.factorize(keys["group"])
    group = np.array([names.get(one, -1) for one in found], dtype=np.intp)[codes]
    evaluatee = pd.Index(scheme.evaluatees).get_indexer(pd.Index(keys["evaluatee"])).astype(np.intp)
    findings = [
        Finding(at, "group", found, fault("", "unknown_group", row=lines[at], found=found, known=known))
        for at, found in _where(group < 0, keys["group"])
    ]
    findings += [
        Finding(at, "evaluatee", found, fault("", "unknown_evaluatee", row=lines[at], found=found))
        for at, found in _where(evaluatee < 0, keys["evaluatee"])
    ]
    values, state, odd = _ratings(rows, columns, scheme, lines)
    asked = np.array([[c in scheme.indicators[one] for c in columns] for one in scheme.evaluatees])
    unasked = ~asked[evaluatee] & (evaluatee >= 0)[:, None]
    findings += odd + [
        Finding(
            int(at),
            columns[k],
            str(rows[columns[k]].iloc[at]),
            fault("", "not_asked", row=lines[at], column=columns[k], evaluatee=keys["evaluatee"].iloc[at]),
        )
        for at, k in np.argwhere(unasked & (state < State.BLANK))
    ]
    state[unasked] = State.NOT_ASKED
    return Checked(keys, group, evaluatee, values, state, sorted(findings, key=lambda one: one.at))


def _plain(column: pd.Series) -> NDArray[Any]:
    """Text without outer blanks, in the one form of Unicode that ids have."""
    codes, found = pd.factorize(column)
    texts = [unicodedata.normalize("NFC", str(one)).strip() for one in found]
    return np.array([*texts, ""], dtype=object)[codes]


def _where(wrong: NDArray[np.bool_], column: pd.Series) -> Iterator[tuple[int, str]]:
    values = column.to_numpy()
    for at in np.flatnonzero(wrong).tolist():
        yield at, str(values[at])


def _ratings(
    rows: pd.DataFrame, columns: Sequence[str], scheme: Scheme, lines: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.int8], list[Finding]]:
    """Read every rating; a whole number that a program wrote as 9.0, or in full width, is that number."""
    scale = scheme.scale
    words = "、".join([*scale.dont_know, *scale.refused])
    values = np.full((len(rows), len(columns)), np.nan)
    state = np.full(values.shape, State.BLANK, dtype=np.int8)
    findings = []
    for k, column in enumerate(columns):
        if column not in rows:
            continue
        values[:, k], state[:, k] = rating_codes(rows[column], scale)
        for at in np.flatnonzero(state[:, k] < 0).tolist():
            what = str(rows[column].iloc[at])
            given = {"row": lines[at], "column": column, "found": what, "words": words}
            found_fault = fault("", "rating", low=scale.low, high=scale.high, **given)
            findings.append(Finding(at, column, what, found_fault))
    return values, state, findings


def places(table: pd.DataFrame, drawn: pd.DataFrame, group: Group, scheme: Scheme) -> NDArray[np.intp]:
    """Give each sheet's row in the sample, -1 for none."""
    draw = group.draws[-1]
    if not draw.per_evaluatee:
        found = pd.Index(drawn[draw.unit]).get_indexer(pd.Index(table["respondent"]))
        return np.asarray(found, dtype=np.intp)
    size = len(scheme.evaluatees)
    units = pd.Index(drawn[draw.unit].unique())
    whom = pd.Categorical(drawn["evaluatee"], categories=list(scheme.evaluatees)).codes
    have = units.get_indexer(pd.Index(drawn[draw.unit])).astype(np.int64) * size + whom
    who = units.get_indexer(pd.Index(table["respondent"])).astype(np.int64)
    asked = np.where(who < 0, -1, who * size + table["evaluatee"].cat.codes.to_numpy())
    return np.asarray(pd.Index(have).get_indexer(pd.Index(asked)), dtype=np.intp)


def completed(scheme: Scheme, group: Group, drawn: pd.DataFrame, answers: Answers) -> Answers:
    """Add an empty sheet for every drawn respondent and evaluatee that has none, after those that came."""
    evaluatees, size = list(scheme.evaluatees), len(scheme.evaluatees)
    ids, names = pd.factorize(drawn[group.draws[-1].unit].astype(str))
    if group.draws[-1].per_evaluatee:
        whom_due = pd.Index(evaluatees).get_indexer(pd.Index(drawn["evaluatee"].astype(str)))
        due = ids.astype(np.int64) * size + whom_due
    else:
        due = (ids.astype(np.int64)[:, None] * size + np.arange(size)).ravel()
    who = pd.Index(names).get_indexer(pd.Index(answers.table["respondent"])).astype(np.int64)
    absent = due[~np.isin(due, who * size + answers.table["evaluatee"].cat.codes.to_numpy())]
    columns = answers.table.columns[2:]
    sheets = pd.DataFrame(np.nan, index=range(len(absent)), columns=columns)
    whom = pd.Categorical.from_codes(absent % size, categories=pd.Index(evaluatees))
    sheets.insert(0, "respondent", np.asarray(names, dtype=object)[absent // size])
    sheets.insert(0, "evaluatee", pd.Series(whom, index=sheets.index))
    asked = np.array([[c in scheme.indicators[one] for c in columns] for one in evaluatees])
    blank = np.where(asked, State.BLANK, State.NOT_ASKED)[whom.codes]
    table = pd.concat([answers.table, sheets], ignore_index=True) if len(absent) else answers.table
    return Answers(table, np.vstack([answers.state, blank.astype(np.int8)]))
