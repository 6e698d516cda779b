"""Answer sheets with who asked, when and how: what every check reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.columns import required
from scoring.errors import AnswerError
from scoring.ratings.read import Ratings, State, States
from scoring.scale import Scale
from scoring.variance import Codes, Floats

Names = str | Sequence[str] | None


@dataclass(frozen=True)
class Sheets:
    """Sheets of the same K questions; made with ``Sheets.of``.

    Attributes
    ----------
    index : Index of length n
        Labels of the rows, by which everything found is told.
    values : ndarray of float, shape (n, K)
        Ratings, NaN where there is none.
    state : ndarray of int8, shape (n, K)
        What became of each question, a ``State``.
    low, high : int
        Ends of the scale.
    best : int
        The best rating: ``high``, or ``low`` where the scale says so.
    interviewer : ndarray of int, shape (n,)
        Number of the interviewer, -1 where none is told.
    interviewers : ndarray of str, shape (V,)
    stratum : ndarray of int, shape (n,)
        Number of the stratum in which interviewers are compared.
    mode, channel, device : ndarray of str, shape (n,), or None
        "" where not told.
    started, ended : ndarray of datetime64, shape (n,), or None
        NaT where not told.
    """

    index: pd.Index
    values: Floats
    state: States
    low: int
    high: int
    best: int
    interviewer: Codes
    interviewers: NDArray[Any]
    stratum: Codes
    mode: NDArray[Any] | None = None
    channel: NDArray[Any] | None = None
    device: NDArray[Any] | None = None
    started: NDArray[np.datetime64] | None = None
    ended: NDArray[np.datetime64] | None = None

    @staticmethod
    def of(
        table: pd.DataFrame,
        ratings: Ratings,
        scale: Scale,
        *,
        interviewer: str | None = None,
        stratum: Names = None,
        mode: str | None = None,
        channel: str | None = None,
        device: str | None = None,
        started: str | None = None,
        ended: str | None = None,
    ) -> Sheets:
        """Read sheets from a table and its ratings.

        Parameters
        ----------
        table : DataFrame
            A row for each sheet, its index without repeats.
        ratings : Ratings
            Of the same index: all questions and no other.
        scale : Scale
        interviewer, mode, channel, device : str, optional
            Columns of text; empty or missing where not told.
        stratum : str or list of str, optional
            Columns within which interviewers are compared: the town where several work in each, the
            evaluatee where each works for many. Without any, all are compared with all.
        started, ended : str, optional
            Columns of datetime64.

        Returns
        -------
        Sheets

        Raises
        ------
        AnswerError
            A column is missing or no time; the index repeats or is not that of the ratings.

        Examples
        --------
        >>> from scoring import read_ratings
        >>> table = pd.DataFrame({"员": ["甲", "甲", ""], "q1": [9, 8, 9], "q2": ["不了解", 8, 9]})
        >>> scale = Scale(0, 10)
        >>> sheets = Sheets.of(table, read_ratings(table, ["q1", "q2"], scale), scale, interviewer="员")
        >>> sheets.interviewer.tolist(), sheets.values.tolist()
        ([0, 0, -1], [[9.0, nan], [8.0, 8.0], [9.0, 9.0]])
        """
        where = "Sheets.of"
        _check_index(table, ratings, where)
        found, names = _codes(table, interviewer, where)
        strata = [stratum] if isinstance(stratum, str) else list(stratum or ())
        group = np.zeros(len(table), dtype=np.intp)
        for one in strata:
            codes = pd.factorize(required(table, one, where))[0]
            group = pd.factorize(group * (codes.max(initial=0) + 2) + codes + 1)[0]
        return Sheets(
            index=table.index,
            values=ratings.values.to_numpy(dtype=np.float64),
            state=ratings.state.to_numpy(dtype=np.int8),
            low=scale.low,
            high=scale.high,
            best=scale.high if scale.best == "high" else scale.low,
            interviewer=found,
            interviewers=names,
            stratum=group.astype(np.intp),
            mode=_text(table, mode, where),
            channel=_text(table, channel, where),
            device=_text(table, device, where),
            started=_times(table, started, where),
            ended=_times(table, ended, where),
        )

    @property
    def valid(self) -> NDArray[np.intp]:
        """Number of ratings of each sheet, shape (n,)."""
        result: NDArray[np.intp] = (~np.isnan(self.values)).sum(axis=1)
        return result

    @property
    def means(self) -> Floats:
        """Mean rating of each sheet, NaN without any, shape (n,)."""
        count = self.valid
        result: Floats = np.divide(
            np.nansum(self.values, axis=1), count, out=np.full(count.size, np.nan), where=count > 0
        )
        return result

    @property
    def answers(self) -> NDArray[np.intp]:
        """Each answer as a number, every kind of missing with one of its own, shape (n, K)."""
        kinds = len(State)
        rated = np.nan_to_num(self.values - self.low).astype(np.intp) + kinds
        return np.where(np.isnan(self.values), self.state, rated).astype(np.intp)

    def without(self, interviewer: int) -> Sheets:
        """Leave out the sheets of an interviewer; the numbers of the others stay."""
        kept = self.interviewer != interviewer
        found: dict[str, Any] = {
            one.name: None if (value := getattr(self, one.name)) is None else value[kept]
            for one in fields(self)
            if one.name not in ("low", "high", "best", "interviewers")
        }
        return replace(self, **found)

    def names_of(self, codes: Codes) -> NDArray[Any]:
        """Give the names of interviewers by number, "" for -1."""
        found: NDArray[Any] = np.append(self.interviewers, np.array([""], dtype=object))[codes]
        return found

    def needs(self, where: str, **given: object) -> None:
        """Refuse to go on without a column."""
        lacking = [name for name, column in given.items() if column is None]
        if lacking:
            raise AnswerError("quality_lacks", where=where, needed=", ".join(lacking))


def _check_index(table: pd.DataFrame, ratings: Ratings, where: str) -> None:
    if not table.index.is_unique:
        repeats = int(table.index.duplicated().sum())
        raise AnswerError(
            "quality_index", where=where, found=f"{repeats} labels repeat", chinese=f"有 {repeats} 个索引重复"
        )
    if not ratings.values.index.equals(table.index):
        raise AnswerError("quality_index", where=where, found="they differ", chinese="两者不同")


def _text(table: pd.DataFrame, column: str | None, where: str) -> NDArray[Any] | None:
    if column is None:
        return None
    values = required(table, column, where)
    return values.astype(object).where(values.notna(), "").astype(str).to_numpy(dtype=object)


def _codes(table: pd.DataFrame, column: str | None, where: str) -> tuple[Codes, NDArray[Any]]:
    """Number the texts of a column in their order; -1 where empty."""
    text = _text(table, column, where)
    if text is None:
        return np.full(len(table), -1, dtype=np.intp), np.array([], dtype=object)
    told = pd.Series(text, dtype=object)
    codes, names = pd.factorize(told.where(told != ""), sort=True)
    return codes.astype(np.intp), np.asarray(names, dtype=object)


def _times(table: pd.DataFrame, column: str | None, where: str) -> NDArray[np.datetime64] | None:
    if column is None:
        return None
    values = required(table, column, where)
    if not pd.api.types.is_datetime64_dtype(values):
        raise AnswerError("quality_time", where=where, column=column, found=str(values.dtype))
    return values.to_numpy(dtype="datetime64[us]")
