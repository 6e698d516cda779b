"""Answer sheets: read as text, checked against the scheme and the sample, told apart by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.group import columns_of
from toolkit.errors import Fault, RoundError, fault
from toolkit.scheme import Group, Scheme

HEADS = {"对象类别": "group", "编号": "respondent", "被评单位": "evaluatee"}
KEYS = ["group", "respondent", "evaluatee"]


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
    raw = raw.rename(columns=HEADS)
    columns = columns_of(scheme.indicators)
    missing = [column for column in [*KEYS, *columns] if column not in raw.columns]
    if missing:
        raise RoundError(file, [fault("", "answers_columns", file=file, missing=", ".join(missing))])
    names = {group.name: group.id for group in scheme.groups} | {
        group.id: group.id for group in scheme.groups
    }
    group_code, group_values = pd.factorize(raw["group"].fillna(""))
    group_of = np.array([names.get(value, "") for value in group_values], dtype=object)
    evaluatee = pd.Categorical(raw["evaluatee"].fillna(""), categories=list(scheme.evaluatees))
    faults = []
    for row in np.flatnonzero(np.isin(group_code, np.flatnonzero(group_of == ""))):
        found = raw["group"].iloc[row]
        known = ", ".join(group.id for group in scheme.groups)
        faults.append(fault("", "unknown_group", row=row + 2, found=found, known=known))
    for row in np.flatnonzero(evaluatee.codes < 0):
        faults.append(fault("", "unknown_evaluatee", row=row + 2, found=raw["evaluatee"].iloc[row]))
    values, dont_know, found_faults = _ratings(raw, columns, scheme)
    faults += found_faults
    if not faults:
        faults += _unasked(values, dont_know, evaluatee, columns, scheme)
    if faults:
        raise RoundError(file, faults)
    table = pd.DataFrame(values, columns=columns)
    table.insert(0, "respondent", raw["respondent"].to_numpy())
    table.insert(0, "evaluatee", pd.Series(evaluatee))
    return {
        group.id: _of_group(table, dont_know, group_code, np.flatnonzero(group_of == group.id), scheme)
        for group in scheme.groups
    }


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
                    row=row + 2,
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
    evaluatee: pd.Categorical,
    columns: list[str],
    scheme: Scheme,
) -> list[Fault]:
    asked = np.array([[c in scheme.indicators[one] for c in columns] for one in scheme.evaluatees])
    wrong = (~np.isnan(values) | dont_know) & ~asked[evaluatee.codes]
    return [
        fault(
            "", "not_asked", row=row + 2, column=columns[k], evaluatee=scheme.evaluatees[evaluatee.codes[row]]
        )
        for row, k in np.argwhere(wrong)
    ]


def check_respondents(
    sheets: Mapping[str, Answers],
    before: Mapping[str, Answers] | None,
    drawn: Mapping[str, pd.DataFrame],
    scheme: Scheme,
    file: str,
) -> None:
    """Refuse sheets from nobody in the sample, and a second sheet of one respondent for one evaluatee."""
    faults = []
    for group in scheme.groups:
        table = sheets[group.id].table
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
    if faults:
        raise RoundError(file, faults)


def joined(first: Mapping[str, Answers], second: Mapping[str, Answers]) -> dict[str, Answers]:
    """Put the sheets of two files together, group by group."""
    return {
        group: Answers(
            pd.concat([one.table, second[group].table]), np.vstack([one.dont_know, second[group].dont_know])
        )
        for group, one in first.items()
    }


def as_text(answers: Mapping[str, Answers], word: str) -> pd.DataFrame:
    """Give all sheets as text, as they are kept beside the results."""
    parts = []
    for group, one in answers.items():
        table = one.table.reset_index(drop=True)
        part = pd.DataFrame(
            {"group": group, "respondent": table["respondent"], "evaluatee": table["evaluatee"].astype(str)}
        )
        for k, column in enumerate(table.columns[2:]):
            values = table[column].to_numpy()
            texts = np.where(np.isnan(values), "", np.nan_to_num(values).astype(np.int64).astype(str))
            part[column] = np.where(one.dont_know[:, k], word, texts)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


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
