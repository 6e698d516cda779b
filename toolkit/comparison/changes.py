"""The change of every unit from round to round, and from the first to the last, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from scoring.composite.change import change
from scoring.composite.compose import PartScores
from toolkit.comparison.average import refuse_rounds, sides_of
from toolkit.comparison.basis import Material
from toolkit.comparison.crosswalk import Crosswalk
from toolkit.comparison.linking import Side, link, not_told
from toolkit.comparison.order import Absent, Slot, in_order, not_held, order_table
from toolkit.comparison.shared import Floats, in_scores, shared_covariance
from toolkit.comparison.years import NONE, changed, verdicts
from toolkit.scheme import Scheme
from toolkit.scores import Scores

if TYPE_CHECKING:
    from toolkit.round import Round

COLUMNS = [
    *("from", "to", "class", "code", "evaluatee", "then", "now", "change", "se", "low", "high", "df"),
    *("verdict", "why", "why_en"),
]
AS_SCORED = (
    "得分不全来自调查：按各轮自己的方案计算的得分相减",
    "scores are not of surveys alone: those that each round's own scheme gives are subtracted",
)


@dataclass(frozen=True)
class RoundChanges:
    """Changes over rounds.

    Attributes
    ----------
    table : DataFrame
        One row per pair of rounds and unit: ``from`` and ``to`` (each round and the next that was held, then
        the first and the last), ``class``, ``code``, ``evaluatee``; unrounded ``then``, ``now``, ``change``
        with ``se``, ``low``, ``high``, ``df``; ``verdict`` (上升 up, 下降 down, 难分 too close to call,
        不可比 not comparable), ``why`` and ``why_en``.
    rounds : DataFrame
        All rounds in order of time, as in ``RoundsAverage``.
    basis : DataFrame
        ``from``, ``to``, ``zh`` and ``en``: what each pair was put on, a sentence a row.
    scheme : Scheme
        Of the last round.
    not_held : tuple of str
    made : bool
    """

    table: pd.DataFrame
    rounds: pd.DataFrame
    basis: pd.DataFrame
    scheme: Scheme
    not_held: tuple[str, ...]
    made: bool


def change_of_rounds(
    rounds: Sequence[Round],
    crosswalk: str | Path | Crosswalk | None = None,
    *,
    missing: Absent = None,
    years: Sequence[int | str] | None = None,
    rules_of: Literal["this", "last"] = "this",
) -> RoundChanges:
    """Give every unit's change between each round and the next, and between the first and the last.

    Two rounds of surveys alone are compared on their common basis, as by ``compare_years``. Where scores have
    other parts, those of each round's own scheme are subtracted; the surveys in them share what the
    crosswalk says.

    Parameters
    ----------
    rounds : sequence of Round
        In order of time.
    crosswalk : str, Path or Crosswalk, optional
    missing : str, Path, DataFrame or sequence of Missing, optional
        Rounds that were not held: see ``toolkit.comparison.order``.
    years : sequence of int or str, optional
        Of the rounds; by default as their names tell.
    rules_of : "this" or "last"
        Whose rules hold on the common basis: those of the later round of the two, or of the earlier.

    Returns
    -------
    RoundChanges

    Raises
    ------
    RoundError
        As of ``compare_years``, and of ``toolkit.comparison.order``.
    """
    slots = in_order(rounds, years, missing)
    walk = Crosswalk.of(crosswalk)
    read = [one.admitted() if one.scheme.groups else None for one in rounds]
    material = [
        Material.of(one, found) if one.scheme.groups else None
        for one, found in zip(rounds, read, strict=True)
    ]
    scores = [one.scores(found) for one, found in zip(rounds, read, strict=True)]
    return changes(slots, scores, material, walk, rules_of, any(one.made for one in rounds))


def changes(
    slots: Sequence[Slot],
    scores: Sequence[Scores],
    material: Sequence[Material | None],
    crosswalk: Crosswalk,
    rules_of: Literal["this", "last"] = "this",
    made: bool = False,
) -> RoundChanges:
    """Compare rounds that are read and scored already; as ``change_of_rounds``."""
    held = [one for one in slots if one.held is not None]
    pairs = [(at, at + 1) for at in range(len(held) - 1)]
    if len(held) > 2:
        pairs.append((0, len(held) - 1))
    tables, basis = [], []
    for a, b in pairs:
        then, now, ends = material[a], material[b], (held[a], held[b])
        alone = not (scores[a].scheme.has_tables or scores[b].scheme.has_tables)
        if alone and then is not None and now is not None:
            links = link(
                scores[a].scheme,
                scores[b].scheme,
                crosswalk,
                (ends[0].year, ends[1].year),
                (ends[0].name, ends[1].name),
            )
            found = changed(links, (then, now), (scores[a], scores[b]), rules_of)
            table, told = found.table, found.basis
            table = table.assign(
                evaluatee=table["evaluatee"].where(table["evaluatee"] != "", table["evaluatee_then"])
            )
        else:
            table, told = _as_scored(ends, (scores[a], scores[b]), (then, now), crosswalk), (AS_SCORED,)
        where = {"from": ends[0].name, "to": ends[1].name}
        tables.append(table.assign(**where)[COLUMNS])
        basis.append(pd.DataFrame(told, columns=["zh", "en"]).assign(**where)[["from", "to", "zh", "en"]])
    return RoundChanges(
        pd.concat(tables, ignore_index=True),
        order_table(slots),
        pd.concat(basis, ignore_index=True),
        scores[-1].scheme,
        not_held(slots),
        made,
    )


def _as_scored(
    ends: tuple[Slot, Slot],
    scores: tuple[Scores, Scores],
    material: tuple[Material | None, Material | None],
    crosswalk: Crosswalk,
) -> pd.DataFrame:
    schemes = [one.scheme for one in scores]
    refuse_rounds(schemes, ends)
    old, new = sides_of(schemes, ends, crosswalk)
    rows = []
    for code, some in new.units.items():
        why = not_told(code, old, new) or not_told(code, new, new) or ("", "")
        called = "＋".join(one.name for one in some)
        rows.append((new.scheme.class_of(some[0].name).id, code, called, NONE, *why))
    table = pd.DataFrame(rows, columns=["class", "code", "evaluatee", "verdict", "why", "why_en"])
    at = np.flatnonzero(table["why"] == "")
    for name in ("then", "now", "change", "se", "low", "high", "df"):
        table[name] = np.nan
    if not at.size:
        return table
    codes = table.loc[at, "code"].tolist()
    before, rows_then = _under_codes(scores[0], old, codes)
    after, rows_now = _under_codes(scores[1], new, codes)
    shared = None
    if material[0] is not None and material[1] is not None:
        whole = shared_covariance((old, new), (material[0], material[1]), crosswalk)
        if whole is not None:
            shared = in_scores(whole, *scores)[np.ix_(rows_then, rows_now)].T
    moved = change(after, before, shared, level=schemes[1].level)
    found = moved.table.rename(columns={"before": "then"}).set_index(at)
    columns = ["then", "now", "change", "se", "low", "high", "df"]
    table.loc[at, columns] = found[columns]
    table.loc[at, "verdict"] = verdicts(found)
    return table


def _under_codes(scores: Scores, side: Side, codes: Sequence[str]) -> tuple[PartScores, list[int]]:
    place = {name: at for at, name in enumerate(scores.table["evaluatee"])}
    rows = [place[side.units[code][0].name] for code in codes]
    both, own = np.ix_(rows, rows), scores.table.iloc[rows]
    estimate, df = (_numbers(own[column]) for column in ("estimate", "df"))
    return PartScores(side.label, list(codes), estimate, scores.cov[both], df, scores.pair_df[both]), rows


def _numbers(column: pd.Series) -> Floats:
    return column.to_numpy(dtype=np.float64)
