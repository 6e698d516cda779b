"""Streaks over rounds: who was among the first or last how often, by stable codes and a stated rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.consequence import Ladder, in_places, ladder_of
from toolkit.comparison.crosswalk import NOT_COMPARABLE, RECLASSED, Crosswalk, Entry
from toolkit.comparison.errors import fault
from toolkit.comparison.linking import Side
from toolkit.comparison.years import year_of
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
    years : tuple of int
    """

    table: pd.DataFrame
    among: pd.DataFrame
    rule: Ladder
    rounds: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def now(self) -> pd.DataFrame:
        """What the last round brings."""
        return self.table[self.table["round"] == self.rounds[-1]]


def streaks(
    rounds: Sequence[Round],
    crosswalk: str | Path | Crosswalk | None = None,
    *,
    rule: Ladder | None = None,
    years: Sequence[int] | None = None,
) -> Streaks:
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
    rule : Ladder, optional
        By default the last round's scheme's ``streaks``.
    years : sequence of int, optional
        Of the rounds; by default as their names tell.

    Returns
    -------
    Streaks

    Raises
    ------
    RoundError
        There is no rule, or fewer than two rounds; they are not in order of time; or all faults of the
        crosswalk.
    """
    if len(rounds) < 2:
        raise RoundError("streaks", [fault("few_rounds", needed=2, found=len(rounds))])
    ladder = rule or rounds[-1].scheme.streaks
    if ladder is None:
        raise RoundError(rounds[-1].folder.name, [fault("no_streak_rule")])
    walk = Crosswalk.of(crosswalk)
    when = tuple(years or (year_of(one) for one in rounds))
    if list(when) != sorted(when) or len(when) != len(rounds):
        raise RoundError(rounds[-1].folder.name, [fault("years_order", found=", ".join(map(str, when)))])
    places = [one.scores().table for one in rounds]
    names = tuple(one.folder.name for one in rounds)
    return counted(ladder, [one.scheme for one in rounds], places, walk, when, names)


def counted(
    rule: Ladder,
    schemes: Sequence[Scheme],
    places: Sequence[pd.DataFrame],
    crosswalk: Crosswalk,
    years: Sequence[int],
    rounds: Sequence[str],
) -> Streaks:
    """Count over rounds that are read and scored already; as ``streaks``.

    Parameters
    ----------
    rule : Ladder
    schemes : sequence of Scheme
    places : sequence of DataFrame
        Of each round: ``evaluatee``, ``class`` and ``rank``.
    crosswalk : Crosswalk
    years : sequence of int
    rounds : sequence of str
        Names, each its own.
    """
    sides = [Side.of(scheme, crosswalk, year) for scheme, year in zip(schemes, years, strict=True)]
    last = sides[-1]
    codes = list(last.units)
    among = pd.DataFrame(np.nan, index=list(rounds), columns=codes)
    why: dict[str, list[tuple[str, str]]] = {code: [] for code in codes}
    for side, table, name in zip(sides, places, rounds, strict=True):
        hit = in_places(table["rank"], rule.places, end=rule.end, by=table["class"])
        hits = dict(zip(table["evaluatee"], hit.tolist(), strict=True))
        for code in codes:
            reason = _not_told(code, side, last)
            if reason is None:
                among.loc[name, code] = float(hits[side.units[code][0].name])
            else:
                why[code].append((f"{name}：{reason[0]}", f"{name}: {reason[1]}"))
    found = ladder_of(rule, among, year=list(years))
    called = {code: "＋".join(one.name for one in last.units[code]) for code in codes}
    year_of_round = dict(zip(rounds, years, strict=True))
    table = found.rename(columns={"unit": "code"})
    table.insert(0, "year", table["round"].map(year_of_round))
    table.insert(3, "evaluatee", table["code"].map(called))
    wide = among.T.rename_axis("code").reset_index()
    wide.insert(1, "evaluatee", wide["code"].map(called))
    wide["why"] = ["；".join(zh for zh, _ in why[code]) for code in codes]
    wide["why_en"] = ["; ".join(en for _, en in why[code]) for code in codes]
    return Streaks(table, wide, rule, tuple(rounds), tuple(years))


def _not_told(code: str, side: Side, last: Side) -> tuple[str, str] | None:
    """Say why a unit has no place of a round that counts for it now."""
    some, now = side.units.get(code, []), last.units[code]
    rows: list[Entry] = [*some, *now]
    notes = "；".join(dict.fromkeys(one.note for one in rows if one.note))
    because = (f"（{notes}）", f" ({notes})") if notes else ("", "")
    if not some:
        return f"没有这个单位{because[0]}", f"there was no such unit{because[1]}"
    if any(NOT_COMPARABLE in one.rules for one in some) or (
        side is not last and any(NOT_COMPARABLE in one.rules for one in now)
    ):
        return f"对照表写明不可比{because[0]}", f"the crosswalk says it is not comparable{because[1]}"
    if len(some) > 1:
        return f"当时是几个单位{because[0]}", f"it was several units then{because[1]}"
    classes = {
        one.classes[one.scheme.class_of(each.name).id] for one, each in ((side, some[0]), (last, now[0]))
    }
    if len(classes) > 1 and not any(RECLASSED in one.rules for one in rows):
        return f"当时在另一类{because[0]}", f"it was in another class{because[1]}"
    return None
