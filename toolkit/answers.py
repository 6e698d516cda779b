"""Answer sheets: read as text, checked against the scheme and the sample, told apart by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.group import columns_of
from toolkit.errors import Fault, RoundError, fault
from toolkit.files import read_table
from toolkit.scheme import Group, Scheme

HEADS = {"对象类别": "group", "编号": "respondent", "被评单位": "evaluatee"}
KEYS = ["group", "respondent", "evaluatee"]


def sheets_as_text(path: Path) -> pd.DataFrame:
    """Read a file of answers with our names for its key columns, blanks as empty text."""
    return read_table(path).rename(columns=HEADS).fillna("")


@dataclass(frozen=True)
class Answers:
    """One group's answer sheets.

    Attributes
    ----------
    table : DataFrame
        ``evaluatee``, ``respondent`` and the rating columns as numbers, NaN where there is no valid
        answer; one row per sheet, the index counting the file's rows from 0.
    dont_know : ndarray of bool, shape (rows, K)
        Which answers are 不了解, in the order of the rating columns.
    """

    table: pd.DataFrame
    dont_know: NDArray[np.bool_]


def parse_answers(raw: pd.DataFrame, scheme: Scheme, file: str) -> dict[str, Answers]:
    """Read the sheets of all groups, or say everything that is wrong with the file.

    Parameters
    ----------
    raw : DataFrame
        Text: ``group`` (id or name), ``respondent``, ``evaluatee`` and the indicators.
    scheme : Scheme
    file : str
        For messages.

    Raises
    ------
    RoundError
        With all faults of the file.
    """
    sheets, faults = read_answers(raw, scheme, file)
    if faults:
        raise RoundError(file, faults)
    return sheets


def read_answers(raw: pd.DataFrame, scheme: Scheme, file: str) -> tuple[dict[str, Answers], list[Fault]]:
    """Read the sheets as far as they go, and give what is wrong with the file; as ``parse_answers``."""
    raw = raw.rename(columns=HEADS)
    columns = columns_of(scheme.indicators)
    found = [
        fault("", "repeated_column", file=file, column=column, count=2)
        for column in raw.columns[raw.columns.duplicated()]
    ]
    missing = [column for column in [*KEYS, *columns] if column not in raw.columns]
    if missing:
        found.append(fault("", "answers_columns", file=file, missing=", ".join(missing)))
    if found:
        raise RoundError(file, found)
    lines = raw.index.to_numpy() + 2
    names = {group.name: group.id for group in scheme.groups} | {
        group.id: group.id for group in scheme.groups
    }
    group_code, group_values = pd.factorize(raw["group"].fillna(""))
    group_of = np.array([names.get(value, "") for value in group_values], dtype=object)
    known_evaluatees = pd.Index(scheme.evaluatees)
    whom = known_evaluatees.get_indexer(pd.Index(raw["evaluatee"].fillna("")))
    evaluatee = pd.Categorical.from_codes(whom, categories=known_evaluatees)
    faults = []
    known = ", ".join(group.id for group in scheme.groups)
    for row in np.flatnonzero(np.isin(group_code, np.flatnonzero(group_of == ""))):
        what = group_values[group_code[row]]
        faults.append(fault("", "unknown_group", row=lines[row], found=what, known=known))
    for row in np.flatnonzero(evaluatee.codes < 0):
        what = raw["evaluatee"].fillna("").iloc[row]
        faults.append(fault("", "unknown_evaluatee", row=lines[row], found=what))
    values, dont_know, rating_faults = _ratings(raw, columns, scheme)
    faults += rating_faults + _unasked(values, dont_know, evaluatee, columns, scheme, lines)
    table = pd.DataFrame(values, columns=columns, index=raw.index)
    table.insert(0, "respondent", raw["respondent"].fillna(""))
    table.insert(0, "evaluatee", pd.Series(evaluatee, index=raw.index))
    sheets = {
        group.id: _of_group(table, dont_know, group_code, np.flatnonzero(group_of == group.id), scheme)
        for group in scheme.groups
    }
    return sheets, faults


def _of_group(
    table: pd.DataFrame,
    dont_know: NDArray[np.bool_],
    code: NDArray[np.intp],
    codes: NDArray[np.intp],
    scheme: Scheme,
) -> Answers:
    rows = np.flatnonzero(np.isin(code, codes))
    part, unknown = table.iloc[rows].copy(), dont_know[rows]
    if scheme.dont_know.removed_per == "respondent":
        part.iloc[np.flatnonzero(unknown.any(axis=1)), 2:] = np.nan
    return Answers(part, unknown)


def _ratings(
    raw: pd.DataFrame, columns: list[str], scheme: Scheme
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[Fault]]:
    scale = scheme.scale
    allowed = {str(rating): float(rating) for rating in range(scale.low, scale.high + 1)}
    empty = {"", *scale.dont_know, *scale.refused}
    words = ", ".join([*scale.dont_know, *scale.refused, "blank"])
    values = np.full((len(raw), len(columns)), np.nan)
    dont_know = np.zeros(values.shape, dtype=bool)
    faults = []
    for k, column in enumerate(columns):
        codes, found = pd.factorize(raw[column])
        texts = [str(one).strip() for one in found]
        values[:, k] = np.array([*(allowed.get(text, np.nan) for text in texts), np.nan])[codes]
        dont_know[:, k] = np.array([*(text in scale.dont_know for text in texts), False])[codes]
        bad = [code for code, text in enumerate(texts) if text not in allowed and text not in empty]
        for row in np.flatnonzero(np.isin(codes, bad)) if bad else ():
            what = raw[column].iloc[row]
            faults.append(
                fault(
                    "",
                    "rating",
                    row=int(raw.index[int(row)]) + 2,
                    column=column,
                    found=what,
                    low=scale.low,
                    high=scale.high,
                    words=words,
                )
            )
    return values, dont_know, faults


def _unasked(
    values: NDArray[np.float64],
    dont_know: NDArray[np.bool_],
    evaluatee: pd.Categorical[str],
    columns: list[str],
    scheme: Scheme,
    lines: NDArray[np.int64],
) -> list[Fault]:
    asked = np.array([[c in scheme.indicators[one] for c in columns] for one in scheme.evaluatees])
    wrong = (~np.isnan(values) | dont_know) & ~asked[evaluatee.codes] & (evaluatee.codes >= 0)[:, None]
    return [
        fault(
            "",
            "not_asked",
            row=lines[row],
            column=columns[k],
            evaluatee=scheme.evaluatees[evaluatee.codes[row]],
        )
        for row, k in np.argwhere(wrong)
    ]


def respondent_faults(
    sheets: Mapping[str, Answers],
    before: Mapping[str, Answers] | None,
    drawn: Mapping[str, pd.DataFrame],
    scheme: Scheme,
) -> list[Fault]:
    """Name sheets from nobody in the sample, and a second sheet of one respondent for one evaluatee."""
    faults = []
    for group in scheme.groups:
        table = sheets[group.id].table
        table = table[table["evaluatee"].notna()]
        row_of = table.index.to_numpy() + 2
        place = places(table, drawn[group.id], group, scheme)
        who, whom = table["respondent"].to_numpy(), table["evaluatee"].to_numpy()
        for at in np.flatnonzero(place < 0):
            faults.append(
                fault("", "not_in_sample", row=row_of[at], found=who[at], evaluatee=whom[at], group=group.id)
            )
        key = place.astype(np.int64) * len(scheme.evaluatees) + table["evaluatee"].cat.codes.to_numpy()
        first = pd.Series(np.arange(key.size)).groupby(key).transform("min").to_numpy()
        for at in np.flatnonzero((first != np.arange(key.size)) & (place >= 0)):
            other = row_of[first[at]]
            faults.append(
                fault("", "answered_twice", row=row_of[at], other=other, found=who[at], evaluatee=whom[at])
            )
        if before is not None:
            old = before[group.id].table
            there = places(old, drawn[group.id], group, scheme).astype(np.int64) * len(scheme.evaluatees)
            known = np.isin(key, there + old["evaluatee"].cat.codes.to_numpy()) & (place >= 0)
            for at in np.flatnonzero(known):
                faults.append(fault("", "answered_before", row=row_of[at], found=who[at], evaluatee=whom[at]))
    return faults


def joined(first: Mapping[str, Answers], second: Mapping[str, Answers]) -> dict[str, Answers]:
    """Put the sheets of two files together, group by group."""
    return {
        group: Answers(
            pd.concat([one.table, second[group].table]), np.vstack([one.dont_know, second[group].dont_know])
        )
        for group, one in first.items()
    }


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
