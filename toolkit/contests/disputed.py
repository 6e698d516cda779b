"""Which answers an objection says should not count."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.answers import code
from toolkit.contests.errors import fault
from toolkit.errors import RoundError
from toolkit.files import read_table
from toolkit.scheme import Scheme

PLACE = ["file", "sheet", "row"]


@dataclass(frozen=True)
class Disputed:
    """How the disputed answers are named; nothing for a request to count again.

    Parameters
    ----------
    group, interviewer, file : str, optional
        Answers of which all that is given holds.
    rows : Path or DataFrame, optional
        A list of rows instead: ``file`` (its name in ``answers/raw``), ``row``, and ``sheet`` where a
        workbook has several.
    own : bool
        Only answers on the evaluatee that objects; otherwise on all.
    """

    group: str | None = None
    interviewer: str | None = None
    file: str | None = None
    rows: str | Path | pd.DataFrame | None = None
    own: bool = False

    @property
    def named(self) -> dict[str, str]:
        """What is given, without a list."""
        given = {"group": self.group, "interviewer": self.interviewer, "file": self.file}
        return {name: value for name, value in given.items() if value is not None}


def disputed_rows(which: Disputed, rows: pd.DataFrame, scheme: Scheme, evaluatee: str) -> pd.DataFrame:
    """Find the disputed rows among all that were taken in.

    Parameters
    ----------
    which : Disputed
    rows : DataFrame
        Text, as ``answer_rows`` gives it, of all files.
    scheme : Scheme
    evaluatee : str
        Who objects.

    Returns
    -------
    DataFrame
        ``file``, ``sheet`` and ``row`` of each; none for a request to count again.

    Raises
    ------
    RoundError
        A list stands beside other names; it lacks a column, or names rows that are not there; nothing that
        was taken in is meant.
    """
    if not which.named and which.rows is None:
        return rows.loc[rows.index[:0], PLACE].reset_index(drop=True)
    if which.named and which.rows is not None:
        raise RoundError(scheme.id, [fault("rows_alone")])
    if which.rows is not None:
        meant = _listed(which.rows, rows, scheme)
        told = "rows"
    else:
        meant = _named(which, rows, scheme)
        told = ", ".join(f"{name} {value!r}" for name, value in which.named.items())
    if which.own:
        meant &= _plain(rows["evaluatee"]) == evaluatee
        told += f" ({evaluatee})"
    if not meant.any():
        raise RoundError(scheme.id, [fault("nothing_meant", meant=told)])
    return rows.loc[meant, PLACE].reset_index(drop=True)


def stand_at(found: pd.DataFrame, origin: pd.DataFrame) -> NDArray[np.intp]:
    """Give the positions in ``Admitted.origin`` at which some rows stand."""
    return np.flatnonzero(_keys(origin).isin(_keys(found)))


def _named(which: Disputed, rows: pd.DataFrame, scheme: Scheme) -> NDArray[np.bool_]:
    meant = np.ones(len(rows), dtype=bool)
    for name, value in which.named.items():
        wanted = code(value) if name == "interviewer" else _plain(pd.Series([value])).iloc[0]
        said = _plain(rows[name] if name in rows else pd.Series("", rows.index))
        if name == "group":
            codes = scheme.group_codes
            meant &= (said.map(codes) == codes.get(wanted, -1)).to_numpy()
        else:
            meant &= np.asarray(said == wanted)
    return meant


def _listed(given: str | Path | pd.DataFrame, rows: pd.DataFrame, scheme: Scheme) -> NDArray[np.bool_]:
    table = given if isinstance(given, pd.DataFrame) else read_table(Path(given))
    name = scheme.id if isinstance(given, pd.DataFrame) else Path(given).name
    if not {"file", "row"} <= set(table.columns):
        raise RoundError(name, [fault("list_columns", found=", ".join(map(str, table.columns)))])
    wanted = table.assign(sheet=table.get("sheet", "")).fillna({"sheet": ""})
    keys = _keys(wanted)
    strange = np.flatnonzero(~keys.isin(_keys(rows)))
    if strange.size:
        told = [" / ".join(str(part) for part in keys[at] if part) for at in strange.tolist()]
        lines = zip(strange.tolist(), told, strict=True)
        raise RoundError(name, [fault("list_row", line=at + 2, found=one) for at, one in lines])
    return np.asarray(_keys(rows).isin(keys))


def _keys(table: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table[PLACE].astype(str))


def _plain(said: pd.Series) -> pd.Series:
    return said.fillna("").astype(str).str.normalize("NFC").str.strip()


SHORT = 3  # a code of fewer letters, or of so many digits, may stand in any text by chance


def codes_in(text: str, codes: Sequence[str]) -> Iterator[str]:
    """Give the codes of respondents or interviewers that a text holds.

    What is shorter than three letters, or a number of fewer than five digits, is passed over: it would be
    found in any text.

    >>> list(codes_in("员07经手的回答，30份", ["员07", "D0001", "30", "1"]))
    ['员07']
    >>> list(codes_in("员０７经手", ["员07"]))
    ['员07']
    """
    ways = [unicodedata.normalize(form, text) for form in ("NFC", "NFKC")]  # 员０７ is 员07
    for one in codes:
        told = len(one) >= SHORT and not (one.isdigit() and len(one) < SHORT + 2)
        if told and any(one in way for way in ways):
            yield one
