"""Teams of two from different offices, and the areas they inspect, by lottery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.errors import DesignError
from sampling.frame import canonical_text, refuse_no_column, refuse_repeated
from sampling.lottery import Lottery

TRIES = 1 << 20
BLOCK = 1 << 10


def pair_teams(people: pd.DataFrame, *, key: str, name: str, unit: str, office: str) -> pd.DataFrame:
    """Put people into teams of two from different offices, every such pairing with the same chance.

    Parameters
    ----------
    people : DataFrame
        One row per person.
    key, name : str
        Decide the lottery numbers, as in ``draw``; who has them and the list gets the same teams.
    unit, office : str
        Columns of ids and of offices.

    Returns
    -------
    DataFrame
        The rows of ``people`` and ``team``, from 1; both members of a team follow each other.

    Raises
    ------
    FrameError
        A column is missing, an id is bad or repeats.
    DesignError
        Their number is odd, or one office has more than half of them.

    Notes
    -----
    The stream of the draw gives everybody, in the order of ids, a number; the first two in the order of
    numbers are a team, the next two, and so on. If any team is of one office, everybody gets the next
    number. Among the pairings that remain all are equally likely.

    Examples
    --------
    >>> people = pd.DataFrame({"who": list("abcd"), "office": ["甲", "甲", "乙", "乙"]})
    >>> teams = pair_teams(people, key="k", name="teams", unit="who", office="office")
    >>> teams[["team", "who"]].to_numpy().tolist()
    [[1, 'a'], [1, 'c'], [2, 'b'], [2, 'd']]
    """
    where = f"teams {name}"
    ids, order = _ids(people, unit, where)
    offices = _column(people, office, where)
    if len(ids) % 2 or not ids:
        raise DesignError("odd_people", where=where, count=len(ids))
    most, count = Counter(offices).most_common(1)[0]
    if 2 * count > len(ids):
        raise DesignError("one_office", where=where, office=most, count=count, people=len(ids))
    code = pd.factorize(np.array(offices, dtype=object)[order])[0]
    row = _first_that(
        lambda place: (code[place[:, 0::2]] != code[place[:, 1::2]]).all(axis=1), len(ids), key, name, where
    )
    pairs = np.sort(row.reshape(-1, 2), axis=1)
    pairs = pairs[np.argsort(pairs[:, 0])]
    found = people.iloc[order[pairs.ravel()]].reset_index(drop=True)
    return found.assign(team=np.repeat(np.arange(1, len(pairs) + 1), 2))


def assign_areas(
    teams: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    key: str,
    name: str,
    area: str,
    office: str,
    barred: str | None = None,
) -> pd.DataFrame:
    """Give each team an area by lottery; none inspects an area of a member's own office.

    Parameters
    ----------
    teams : DataFrame
        As ``pair_teams`` gives it: ``team`` and the members' offices.
    areas : DataFrame
        One row per area, as many as there are teams.
    key, name : str
        Decide the lottery numbers.
    area, office : str
        Columns of the areas' ids, and of offices in ``teams``.
    barred : str, optional
        Column of ``areas`` with the office whose members must not inspect it, empty for none.

    Returns
    -------
    DataFrame
        ``team`` and ``area``, and the other columns of ``areas``.

    Raises
    ------
    FrameError
        A column is missing, an id is bad or repeats.
    DesignError
        There are not as many areas as teams, or no assignment without a barred one was found.

    Examples
    --------
    >>> teams = pd.DataFrame({"team": [1, 1, 2, 2], "office": ["甲", "乙", "丙", "丁"]})
    >>> areas = pd.DataFrame({"area": ["东", "西"], "own": ["甲", ""]})
    >>> found = assign_areas(teams, areas, key="k", name="areas", area="area", office="office", barred="own")
    >>> found[["team", "area"]].to_numpy().tolist()
    [[1, '西'], [2, '东']]
    """
    where = f"areas {name}"
    ids, order = _ids(areas, area, where)
    numbers = teams["team"].drop_duplicates().tolist()
    if len(ids) != len(numbers):
        raise DesignError("areas_teams", where=where, areas=len(ids), teams=len(numbers))
    offices = teams.groupby("team", sort=False)[office].agg(set)
    own = [None] * len(ids) if barred is None else areas[barred].tolist()
    refused = np.array([[own[at] in offices[team] for at in order] for team in numbers], dtype=bool)
    each = np.arange(len(numbers))
    row = _first_that(lambda place: (~refused[each, place]).all(axis=1), len(ids), key, name, where)
    found = areas.iloc[order[row]].reset_index(drop=True)
    found.insert(0, "team", numbers)
    return found


def _ids(table: pd.DataFrame, column: str, where: str) -> tuple[list[str], NDArray[np.intp]]:
    """Give ids, none twice, and their order."""
    ids = _column(table, column, where)
    refuse_repeated(ids, where)
    return ids, np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.intp)


def _column(table: pd.DataFrame, column: str, where: str) -> list[str]:
    refuse_no_column(table.columns, [column], where)
    return canonical_text(table[column], column, where)


def _first_that(
    fits: Callable[[NDArray[np.intp]], Any], size: int, key: str, name: str, where: str
) -> NDArray[np.intp]:
    """Give the first random order that fits."""
    stream = Lottery(key, name).stream([], [])
    for _ in range(TRIES // BLOCK):
        place = np.argsort(stream.numbers(BLOCK * size).reshape(BLOCK, size), axis=1, kind="stable")
        good = np.flatnonzero(fits(place))
        if good.size:
            result: NDArray[np.intp] = place[good[0]]
            return result
    raise DesignError("no_way", where=where, tries=TRIES)
