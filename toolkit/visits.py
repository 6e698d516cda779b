"""Made-up visits: who asked the made-up users, and when; their answers stay as they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.simulate import Chance, Population

FIRST_DAY = np.datetime64("2013-09-02T08:00", "s")
PER_DAY, DAYS = 12, 22
ODD_ONE, EVERY, TOO_EARLY = 13, 3, 6 * 60
NUMBERED = 3  # digits
VISIT = ["interviewer", "mode", "started", "ended"]


def with_visits(
    population: Population, respondents: Mapping[str, pd.DataFrame], sheets: pd.DataFrame
) -> pd.DataFrame:
    """Say of made-up answer sheets who asked, how, and from when to when, where people are visited.

    Of a group whose respondents have a town, the sheets of each town are dealt at random to as many
    interviewers as they need at 12 visits a day on 22 days, some quicker than others. The thirteenth has
    impossible times, so that ``minyi trust`` finds something: every third visit of a day begins
    before the last has ended.

    Parameters
    ----------
    population : Population
    respondents : mapping of str to DataFrame
        By group, the drawn people.
    sheets : DataFrame
        As ``make_answers`` gives them for these.

    Returns
    -------
    DataFrame
        The sheets with ``interviewer``, ``mode``, ``started`` and ``ended`` before ``made``; empty for
        groups that are not visited.
    """
    scheme, chance = population.scheme, Chance(population.seed)
    told = pd.DataFrame("", index=sheets.index, columns=VISIT, dtype=object)
    hired = 0
    for group in scheme.groups:
        people = respondents[group.id]
        if not group.own_lists or "town" not in people:
            continue
        at = np.flatnonzero(sheets["group"] == group.id)
        visits = _visits(chance, group.id, people["town"].to_numpy(), hired)
        told.iloc[at] = visits.to_numpy()
        hired += visits["interviewer"].nunique()
    return pd.concat([sheets.drop(columns="made"), told, sheets["made"]], axis=1)


def _visits(chance: Chance, name: str, towns: NDArray[np.object_], hired: int) -> pd.DataFrame:
    """Deal the visits of a group, in the order of its people, to interviewers and days."""
    town, order = pd.factorize(towns)[0], chance.uniform(f"{name} visits", len(towns))
    dealt = pd.Series(order).groupby(town).rank(method="first").to_numpy().astype(np.int64) - 1
    staff = -(-np.bincount(town) // (PER_DAY * DAYS))
    first = np.concatenate([[0], np.cumsum(staff)[:-1]])
    who = first[town] + dealt % staff[town]
    nth = dealt // staff[town]
    frame = pd.DataFrame({"who": who, "day": nth // PER_DAY, "nth": nth})
    speed = np.exp(0.2 * chance.normal(f"{name} speed", int(staff.sum())))
    length = np.rint(60 * (4 + 8 * np.exp(0.35 * chance.normal(f"{name} length", len(towns)))) * speed[who])
    gap = np.rint(60 * (3 + 20 * chance.uniform(f"{name} gap", len(towns))))
    late = np.rint(60 * 90 * chance.uniform(f"{name} morning", len(towns)))
    gap = np.where(frame["nth"] % PER_DAY == 0, late, gap)
    odd = (who + hired == ODD_ONE - 1) & (frame["nth"] % PER_DAY % EVERY == EVERY - 1)
    gap = np.where(odd, -TOO_EARLY, gap)
    frame = frame.assign(length=length, whole=gap + length).sort_values(["who", "nth"])
    ended = frame.groupby(["who", "day"])["whole"].cumsum().sort_index().to_numpy()
    day = FIRST_DAY + (frame["day"].sort_index().to_numpy() * 86_400).astype("timedelta64[s]")
    end = day + ended.astype("timedelta64[s]")
    start = end - length.astype("timedelta64[s]")
    digits = max(NUMBERED, len(str(hired + int(staff.sum()))))
    names = np.array(
        [f"员{i:0{digits}d}" for i in range(hired + 1, hired + 1 + int(staff.sum()))], dtype=object
    )
    written = {"started": _text(start), "ended": _text(end)}
    return pd.DataFrame({"interviewer": names[who], "mode": "面访", **written})[VISIT]


def _text(times: NDArray[np.datetime64]) -> NDArray[np.object_]:
    return np.char.replace(np.datetime_as_string(times, unit="s"), "T", " ").astype(object)
