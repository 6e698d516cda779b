"""Count answer sheets: how many count towards the plan, and what became of every answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.group import columns_of
from toolkit.answers import Answers, State
from toolkit.scheme import Group, Scheme

Counts = NDArray[np.int64]


def counted_sheets(scheme: Scheme, answers: Answers) -> Counts:
    """Count each evaluatee's sheets that count towards the plan.

    A sheet counts if it has a valid answer; one that only says 不了解, if the scheme says so.

    Returns
    -------
    ndarray of int, shape (E,)
        In the scheme's order of evaluatees.
    """
    valid = answers.table.iloc[:, 2:].notna().to_numpy()
    counts = valid | answers.dont_know if scheme.dont_know.counts_as_answer else valid
    return _by_evaluatee(scheme, answers, np.asarray(counts.any(axis=1))[:, None])[:, 0]


def tally(
    scheme: Scheme,
    group: Group,
    answers: Answers,
    means: NDArray[np.float64],
    points: NDArray[np.float64],
) -> pd.DataFrame:
    """Count what became of every answer that one group's sheets ask for.

    Parameters
    ----------
    scheme : Scheme
    group : Group
    answers : Answers
        Of the group.
    means, points : ndarray of float, shape (E, K)
        Mean ratings, and what they count of the full mark on average, in the scheme's order of evaluatees
        and in the order of the rating columns.

    Returns
    -------
    DataFrame
        ``group``, ``evaluatee``, ``indicator``, ``mean``, ``points``, ``valid``, ``dont_know`` (removed for
        不了解; with the whole sheet, where the scheme removes it), ``refused`` and ``blank``: the four counts
        add up to the evaluatee's sheets.
    """
    is_valid = answers.table.iloc[:, 2:].notna().to_numpy()
    removed = answers.dont_know
    if scheme.dont_know.removed_per == "respondent":
        removed = np.broadcast_to(np.asarray(removed.any(axis=1))[:, None], removed.shape)
    valid = _by_evaluatee(scheme, answers, is_valid)
    dont_know = _by_evaluatee(scheme, answers, removed)
    refused = _by_evaluatee(scheme, answers, (answers.state == State.REFUSED) & ~removed)
    blank = _by_evaluatee(scheme, answers, (answers.state == State.BLANK) & ~removed)
    column_at = {column: k for k, column in enumerate(columns_of(scheme.indicators))}
    rows = [(e, one, i) for e, one in enumerate(scheme.evaluatees) for i in scheme.indicators[one]]
    e = np.array([row[0] for row in rows])
    k = np.array([column_at[row[2]] for row in rows])
    return pd.DataFrame(
        {
            "group": group.id,
            "evaluatee": [row[1] for row in rows],
            "indicator": [row[2] for row in rows],
            "mean": means[e, k],
            "points": points[e, k],
            "valid": valid[e, k],
            "dont_know": dont_know[e, k],
            "refused": refused[e, k],
            "blank": blank[e, k],
        }
    )


def _by_evaluatee(scheme: Scheme, answers: Answers, flags: NDArray[np.bool_]) -> Counts:
    """Count flags (sheets, K) by evaluatee, shape (E, K)."""
    codes = answers.table["evaluatee"].cat.codes.to_numpy()
    size = len(scheme.evaluatees)
    columns = [np.bincount(codes[flag], minlength=size) for flag in flags.T]
    return np.column_stack(columns).astype(np.int64)
