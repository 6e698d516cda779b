"""Answers as they stand on sheets, words or numbers, read as ratings and as kinds of missing."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.columns import listed, required
from scoring.errors import AnswerError, several
from scoring.scale import Scale
from scoring.variance import Floats

States = NDArray[np.int8]


class State(IntEnum):
    """What became of a question."""

    RATED = 0
    DONT_KNOW = 1
    REFUSED = 2
    BLANK = 3
    NOT_ASKED = 4


@dataclass(frozen=True)
class Ratings:
    """Answers read by a scale.

    Attributes
    ----------
    values : DataFrame of float
        The ratings, NaN where there is none; rows and columns as given.
    state : DataFrame of int
        What became of each question, a ``State``.
    """

    values: pd.DataFrame
    state: pd.DataFrame

    def counts(self) -> pd.DataFrame:
        """Count the answers of every kind: a row for each column read, a column for each state."""
        return pd.DataFrame(
            {one.name.lower(): (self.state == one).sum() for one in State}, index=self.state.columns
        )


def read_ratings(table: pd.DataFrame, columns: str | Sequence[str], scale: Scale) -> Ratings:
    """Read columns of words and numbers by a scale.

    A whole number may be a number (9, 9.0) or text ("9", "9.0", full-width "９", on a scale with negative
    ratings "+3" and "−3"). Where every label names one rating, its name is read as that rating. The words
    of the scale tell what else became of a question; nothing, or NaN, is a blank.

    Parameters
    ----------
    table : DataFrame
    columns : str or list of str
    scale : Scale

    Returns
    -------
    Ratings

    Raises
    ------
    AnswerError
        A column is missing; or what stands there is neither rating nor word, every such text told.
    EstimateError
        The scale is faulty.

    Examples
    --------
    >>> table = pd.DataFrame({"q1": [9, "９", "不了解", "", None], "q2": ["7.0", "拒答", 10, 0, "未出示"]})
    >>> read = read_ratings(table, ["q1", "q2"], Scale(0, 10, not_asked=("未出示",)))
    >>> read.values["q1"].tolist(), read.state["q2"].tolist()
    ([9.0, 9.0, nan, nan, nan], [0, 2, 0, 0, 4])
    >>> read.counts().loc["q1"].to_dict()
    {'rated': 2, 'dont_know': 1, 'refused': 0, 'blank': 2, 'not_asked': 0}
    """
    scale.checked()
    names = listed(columns)
    read, faults = {}, []
    words = "、".join([*scale.dont_know, *scale.refused, *scale.not_asked])
    for name in names:
        column = required(table, name, where="ratings")
        read[name] = rating_codes(column, scale)
        odd = np.flatnonzero(read[name][1] < 0)
        codes, found = pd.factorize(column.iloc[odd])
        for code, text in enumerate(found):
            at = np.flatnonzero(codes == code)
            told = {"count": len(at), "found": str(text), "column": name, "row": int(odd[at[0]]) + 1}
            faults.append(("unread_answers", {**told, "low": scale.low, "high": scale.high, "words": words}))
    if faults:
        raise several(AnswerError, "ratings", faults)
    index = table.index
    return Ratings(
        pd.DataFrame({name: values for name, (values, _) in read.items()}, index=index),
        pd.DataFrame({name: state for name, (_, state) in read.items()}, index=index),
    )


def rating_codes(column: pd.Series, scale: Scale) -> tuple[Floats, States]:
    """Read one column: ratings, NaN for none, and states, -1 for what is neither rating nor word.

    Parameters
    ----------
    column : Series of length n
    scale : Scale

    Returns
    -------
    values : ndarray of float, shape (n,)
    state : ndarray of int8, shape (n,)

    Examples
    --------
    >>> values, state = rating_codes(pd.Series(["2", "拒答", "二"]), Scale(1, 5))
    >>> values.tolist(), state.tolist()
    ([2.0, nan, nan], [0, 2, -1])
    """
    allowed = _ratings_in_words(scale)
    states = dict.fromkeys(scale.dont_know, State.DONT_KNOW) | dict.fromkeys(scale.refused, State.REFUSED)
    states |= dict.fromkeys(scale.not_asked, State.NOT_ASKED)
    states |= dict.fromkeys(allowed, State.RATED) | {"": State.BLANK}
    codes, found = pd.factorize(column)
    texts = [(_plain(one), str(one).strip()) for one in found]
    ratings = [allowed.get(text, allowed.get(raw, np.nan)) for text, raw in texts]
    kinds = [states.get(text, states.get(raw, -1)) for text, raw in texts]
    values = np.array([*ratings, np.nan], dtype=np.float64)[codes]
    return values, np.array([*kinds, State.BLANK], dtype=np.int8)[codes]


def _ratings_in_words(scale: Scale) -> dict[str, float]:
    """Every text that stands for a rating."""
    ratings = range(scale.low, scale.high + 1)
    found = {f"{rating}{end}": float(rating) for rating in ratings for end in ("", ".0")}
    if scale.low < 0:
        found |= {f"+{text}": rating for text, rating in found.items() if rating > 0}
    if scale.labels and all(label.low == label.high for label in scale.labels):
        found |= {label.name: float(label.low) for label in scale.labels}
    return found


def _plain(value: Any) -> str:
    """Text in half width, without outer blanks, its minus sign the one of the keyboard."""
    return unicodedata.normalize("NFKC", str(value)).strip().replace("\u2212", "-")
