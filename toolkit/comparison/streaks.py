"""Streaks over rounds: who was among the first or last how often, by stable codes and a stated rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.consequence import Ladder, in_places, ladder_of
from toolkit.comparison.crosswalk import Crosswalk
from toolkit.comparison.errors import fault
from toolkit.comparison.linking import Side, not_told
from toolkit.comparison.order import Absent, Slot, in_order, not_held
from toolkit.errors import RoundError
from toolkit.scheme import Scheme

if TYPE_CHECKING:
    from toolkit.round import Round


@dataclass(frozen=True)
class Streaks:
    """Who was among the first or last, and what follows.

    Attributes
    ----------
    table : DataFrame
        A row for each unit and round that a step applies to: ``year``, ``round``, ``code``, ``evaluatee``
        (its name in the last round), ``in_a_row``, ``in_all``, ``step``, ``consequence``, ``loses_awards``.
    among : DataFrame
        A row for each unit of the last round, a column for each round: 1 for among them, 0 for not, empty
        for not there or not comparable; before them ``code``, ``evaluatee``, and after them ``why`` of what
        is empty, in Chinese, and ``why_en``.
    rule : Ladder
    rounds : tuple of str
        In order of time, with those declared not held.
    years : tuple of int
    not_held : tuple of str
        What is said of rounds that were not held, in Chinese.
    """

    table: pd.DataFrame
    among: pd.DataFrame
    rule: Ladder
    rounds: tuple[str, ...]
    years: tuple[int, ...]
    not_held: tuple[str, ...] = ()

    @property
    def now(self) -> pd.DataFrame:
        """What the last round brings; nothing where it was not held."""
        return self.table[self.table["round"] == self.rounds[-1]]


def streaks(
    rounds: Sequence[Round],
    crosswalk: str | Path | Crosswalk | None = None,
    *,
    rule: Ladder | Sequence[Ladder] | None = None,
    years: Sequence[int | str] | None = None,
    missing: Absent = None,
) -> tuple[Streaks, ...]:
    """Count over rounds who was among the first or last of its class, as the published places say.

    Each round's own units and classes tell who was among them; codes carry it on. A unit has no place that
    counts in a round in which it was not there, in which it was several units that merged since, or in
    another class than now where the crosswalk does not call that comparable (换类); the rule's ``missing``
    says what such a round does. A part of a unit that was split carries on its past where the crosswalk
    says so (沿用).

    Parameters
    ----------
    rounds : sequence of Round
        In order of time.
    crosswalk : str, Path or Crosswalk, optional
        Without it, what has the same name is the same.
    rule : Ladder or sequence of Ladder, optional
        By default the last round's scheme's ``streaks``.
    years : sequence of int or str, optional
        Of the rounds, 2013, 2013-05 or 2013-W07; by default as their names tell.
    missing : str, Path, DataFrame or sequence of Missing, optional
        Rounds that were not held: see ``toolkit.comparison.order``. Nobody has a place in them.

    Returns
    -------
    tuple of Streaks
        One for each ladder.

    Raises
    ------
    RoundError
        There is no rule, or fewer than two rounds; they are not in order of time, or one that is due is
        neither there nor declared; or all faults of the crosswalk.
    """
    slots = in_order(rounds, years, missing)
    given = rounds[-1].scheme.streaks if rule is None else rule
    ladders = (given,) if isinstance(given, Ladder) else tuple(given)
    if not ladders:
        raise RoundError(rounds[-1].folder.name, [fault("no_streak_rule")])
    walk = Crosswalk.of(crosswalk)
    places = [one.scores().table for one in rounds]
    schemes = [one.scheme for one in rounds]
    return tuple(counted(one, schemes, places, walk, slots) for one in ladders)


def counted(
    rule: Ladder,
    schemes: Sequence[Scheme],
    places: Sequence[pd.DataFrame],
    crosswalk: Crosswalk,
    slots: Sequence[Slot],
) -> Streaks:
    """Count over rounds that are read and scored already; as ``streaks``.

    Parameters
    ----------
    rule : Ladder
    schemes : sequence of Scheme
    places : sequence of DataFrame
        Of each round: ``evaluatee``, ``class`` and ``rank``.
    crosswalk : Crosswalk
    slots : sequence of Slot
        All rounds in order of time, each name its own.
    """
    held = [one for one in slots if one.held is not None]
    rounds, years = [one.name for one in slots], [one.year for one in slots]
    sides = [Side.of(scheme, crosswalk, one.year) for scheme, one in zip(schemes, held, strict=True)]
    last = sides[-1]
    codes = list(last.units)
    among = pd.DataFrame(np.nan, index=rounds, columns=codes)
    why: dict[str, list[tuple[str, str]]] = {code: [one.told for one in slots if one.told] for code in codes}
    for side, table, name in zip(sides, places, [one.name for one in held], strict=True):
        hit = in_places(table["rank"], rule.places, end=rule.end, by=table["class"])
        hits = dict(zip(table["evaluatee"], hit.tolist(), strict=True))
        for code in codes:
            reason = not_told(code, side, last)
            if reason is None:
                among.loc[name, code] = float(hits[side.units[code][0].name])
            else:
                why[code].append((f"{name}：{reason[0]}", f"{name}: {reason[1]}"))
    found = ladder_of(rule, among, year=years)
    called = {code: "＋".join(one.name for one in last.units[code]) for code in codes}
    year_of_round = dict(zip(rounds, years, strict=True))
    table = found.rename(columns={"unit": "code"})
    table.insert(0, "year", table["round"].map(year_of_round))
    table.insert(3, "evaluatee", table["code"].map(called))
    wide = among.T.rename_axis("code").reset_index()
    wide.insert(1, "evaluatee", wide["code"].map(called))
    wide["why"] = ["；".join(zh for zh, _ in why[code]) for code in codes]
    wide["why_en"] = ["; ".join(en for _, en in why[code]) for code in codes]
    return Streaks(table, wide, rule, tuple(rounds), tuple(years), not_held(slots))
