"""Units that were drawn, given out to teams by lottery: each to one team, loads equal to within one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sampling.assemble import free_name
from sampling.errors import DesignError
from sampling.frame import canonical_text, refuse_no_column, refuse_repeated
from sampling.lottery import Lottery, lottery_order


def share_out(
    units: pd.DataFrame,
    teams: pd.DataFrame,
    *,
    key: str,
    name: str,
    unit: str,
    team: str,
    by: str | None = None,
) -> pd.DataFrame:
    """Give every unit to one team by lottery, so that the loads of the teams differ by one at most.

    Parameters
    ----------
    units : DataFrame
        One row per unit, such as the units of a sample.
    teams : DataFrame
        One row per team; with ``by``, one for each team and place.
    key, name : str
        Decide the lottery numbers, as in ``draw``; who has them and both tables gets the same result.
    unit, team : str
        Columns of ids of units and of teams; with ``by`` they may repeat in other places.
    by : str, optional
        Column of both tables: units go only to teams with the same value, such as those of their village,
        and loads are equal to within one there.

    Returns
    -------
    DataFrame
        The rows of ``units`` by place and team, in lottery order, and ``team`` (another name where the
        units have such a column).

    Raises
    ------
    FrameError
        A column is missing, an id is bad or repeats.
    DesignError
        Units have no team.

    Notes
    -----
    In each place units and teams stand in the order of their lottery numbers, and the units are dealt to the
    teams in turn; so every unit goes to every team with the same chance, and lots say who has one more.

    Examples
    --------
    >>> homes = pd.DataFrame({"id": list("abcde")})
    >>> teams = pd.DataFrame({"team": ["一组", "二组"]})
    >>> share_out(homes, teams, key="k", name="visits", unit="id", team="team").to_numpy().tolist()
    [['d', '一组'], ['e', '一组'], ['c', '二组'], ['a', '二组'], ['b', '二组']]
    """
    where = f"assignment {name}"
    refuse_no_column(units.columns, [unit, *([] if by is None else [by])], where)
    refuse_no_column(teams.columns, [team, *([] if by is None else [by])], f"{where}: teams")
    ids, own = canonical_text(units[unit], unit, where), canonical_text(teams[team], team, where)
    places = [""] * len(ids) if by is None else canonical_text(units[by], by, where)
    theirs = [""] * len(own) if by is None else canonical_text(teams[by], by, where)
    lottery = Lottery(key, name)
    there, parts = _rows_of(theirs), []
    for place, at in sorted(_rows_of(places).items()):
        parents, here = [] if by is None else [place], f"{where} / {place}" if by else where
        if place not in there:
            raise DesignError("no_team", where=here, count=len(at))
        turn = _in_order(lottery, "team", parents, [own[one] for one in there[place]], here)
        order = _in_order(lottery, "order", parents, [ids[one] for one in at], here)
        dealt = [turn[one % len(turn)] for one in range(len(order))]
        known = dict(zip((ids[one] for one in at), at, strict=True))
        part = units.iloc[[known[one] for one in order]].assign(**{free_name("team", units): dealt})
        parts.append(part.iloc[np.argsort(np.array(dealt, dtype=object), kind="stable")])
    return pd.concat(parts, ignore_index=True) if parts else units.assign(**{free_name("team", units): ""})


def _rows_of(places: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, place in enumerate(places):
        found.setdefault(place, []).append(at)
    return found


def _in_order(lottery: Lottery, purpose: str, parents: list[str], ids: list[str], where: str) -> list[str]:
    refuse_repeated(ids, where)
    ids = sorted(ids)
    return [ids[at] for at in lottery_order(lottery.digests(purpose, parents, ids), ids)]
