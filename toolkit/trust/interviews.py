"""The answers that count, one row for each interview, with who asked, how and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.group import columns_of
from toolkit.answers import PARADATA, Answers, State, codes, places
from toolkit.intake import Admitted
from toolkit.scheme import Group, Scheme
from toolkit.trust.times import read_times
from toolkit.trust.void import PLACE

TIMES = ("started", "ended")
WORDS = [name for name in PARADATA.values() if name not in TIMES]
PARENT = "parent"


@dataclass(frozen=True)
class Interviews:
    """One group's interviews.

    Attributes
    ----------
    group : Group
    table : DataFrame
        One row per interview: ``interview`` (its id), ``file``, ``sheet``, ``row``, ``respondent``,
        ``evaluatee`` (empty where one sheet rates many), ``parent`` (the unit of the stage above, such as
        the town; empty where there is none), ``interviewer``, ``mode``, ``channel`` and ``device`` (text),
        ``started`` and ``ended`` (NaT where they are not told or cannot be read).
    values : ndarray of float, shape (n, K)
        The ratings. Where an interview is of one evaluatee, its first indicator, its second and so on; where
        it is of many, those of the first evaluatee, then those of the next.
    state : ndarray of int8, shape (n, K)
        A ``State`` each.
    items : ndarray of str
        What each column asks: of an interview of one evaluatee shape (E, K), by the scheme's order of
        evaluatees; of one of many shape (K,), an evaluatee and an indicator.
    """

    group: Group
    table: pd.DataFrame
    values: NDArray[np.float64]
    state: NDArray[np.int8]
    items: NDArray[np.object_]


def interviews_of(scheme: Scheme, found: Admitted) -> tuple[dict[str, Interviews], pd.DataFrame]:
    """Read the interviews of every group that has answers.

    Parameters
    ----------
    scheme : Scheme
    found : Admitted

    Returns
    -------
    dict of Interviews
        By group.
    DataFrame
        Times that stand in the files and cannot be read: ``file``, ``sheet``, ``row``, ``column``, ``found``.
    """
    origin = found.origin
    times = {"started": read_times(origin["started"])}
    times["ended"] = read_times(origin["ended"], times["started"])
    unread = [
        origin.loc[(origin[name].str.strip() != "") & times[name].isna(), [*PLACE, name]]
        .rename(columns={name: "found"})
        .assign(column=name)
        for name in TIMES
    ]
    told = origin[PLACE].assign(**{name: codes(origin[name]) for name in WORDS}, **times)
    parts = {
        group.id: _interviews(scheme, group, found, told)
        for group in scheme.groups
        if len(found.answers[group.id].table)
    }
    return parts, pd.concat(unread)[[*PLACE, "column", "found"]].reset_index(drop=True)


def _interviews(scheme: Scheme, group: Group, found: Admitted, told: pd.DataFrame) -> Interviews:
    answers = found.answers[group.id]
    rows = answers.table[["respondent", "evaluatee"]].astype({"evaluatee": str})
    rows = rows.join(told.loc[rows.index])
    values, state = _by_place(scheme, answers)
    names = np.full((len(scheme.evaluatees), values.shape[1]), "", dtype=object)
    for at, indicators in enumerate(scheme.indicators.values()):
        names[at, : len(indicators)] = indicators
    rows[PARENT] = _parents(scheme, group, found)
    if group.draws[-1].per_evaluatee:
        rows["interview"] = group.id + "/" + rows["evaluatee"] + "/" + rows["respondent"]
        table = rows.reset_index(drop=True)
        return Interviews(group, _ordered(table), values, state, names)
    who, people = pd.factorize(rows["respondent"])
    whom = answers.table["evaluatee"].cat.codes.to_numpy()
    wide = np.full((len(people), len(scheme.evaluatees), values.shape[1]), np.nan)
    became = np.full(wide.shape, State.NOT_ASKED, dtype=np.int8)
    wide[who, whom], became[who, whom] = values, state
    flat, flat_state = wide.reshape(len(people), -1), became.reshape(len(people), -1)
    asked = (flat_state != State.NOT_ASKED).any(axis=0)
    table = rows.drop_duplicates("respondent").reset_index(drop=True)
    ends = rows.groupby(who)["ended"].max().to_numpy()
    table = table.assign(evaluatee="", interview=group.id + "/" + table["respondent"], ended=ends)
    items = (np.array(scheme.evaluatees, dtype=object)[:, None] + "：" + names).ravel()
    return Interviews(group, _ordered(table), flat[:, asked], flat_state[:, asked], items[asked])


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    return table[["interview", *PLACE, "respondent", "evaluatee", PARENT, *WORDS, *TIMES]]


def _by_place(scheme: Scheme, answers: Answers) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Put each evaluatee's indicators side by side, its first in the first column."""
    columns = columns_of(scheme.indicators)
    most = max(len(each.indicators) for each in scheme.classes)
    place = np.full((len(scheme.evaluatees), most), -1, dtype=np.intp)
    for number, indicators in enumerate(scheme.indicators.values()):
        place[number, : len(indicators)] = [columns.index(one) for one in indicators]
    at = place[answers.table["evaluatee"].cat.codes.to_numpy()]
    ratings = answers.table[columns].to_numpy(dtype=np.float64)
    values = np.where(at < 0, np.nan, np.take_along_axis(ratings, at.clip(0), axis=1))
    state = np.where(at < 0, State.NOT_ASKED, np.take_along_axis(answers.state, at.clip(0), axis=1))
    return values, state.astype(np.int8)


def _parents(scheme: Scheme, group: Group, found: Admitted) -> NDArray[np.object_]:
    """Give the unit of the stage above that each row's respondent was drawn in."""
    units, rows = found.drawn[group.id].units, found.answers[group.id].table
    above = [draw.unit for draw in group.draws[:-1] if draw.unit in units]
    if not above:
        return np.full(len(rows), "", dtype=object)
    at = places(rows, units, group, scheme)
    return np.asarray(units[above[-1]].astype(str).to_numpy()[at], dtype=object)
