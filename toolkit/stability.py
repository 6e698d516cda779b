"""What places rest on: each weight, indicator, group, town and interviewer varied or left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring import Survey, leave_parts_out, leave_units_out, place_verdicts, swap_weights, weight_sensitivity
from scoring.composite.compose import PartScores
from toolkit.answers import places
from toolkit.composed import composed
from toolkit.intake import Admitted
from toolkit.progress import watched
from toolkit.scheme import Group
from toolkit.scores import Scores, group_sheets

WITHIN = 0.05
"""How far weights are varied: what evaluators who argue over weights differ by."""

ANYONE = "某一名访问员"


@dataclass(frozen=True)
class Stability:
    """What the places of a round rest on; every table names the ``class``.

    Attributes
    ----------
    verdicts : DataFrame
        By place: ``place``, ``evaluatee``, ``score``, ``verdict`` (``verdict_zh``: 稳固, 接近, 难分),
        ``neighbour``, ``chance``, ``weights``, ``moved_by``, ``reason`` and ``reason_zh``, as
        ``scoring.place_verdicts`` gives them.
    swaps : DataFrame
        For neighbours in place, and each group: the ``weight`` now, that at which the two ``swap``, and
        the ``change``, as in ``scoring.swap_weights``.
    left_out : DataFrame
        ``kind`` ("group", "indicator", or the column of a unit such as "town" or "interviewer"), what is
        ``left_out``, ``evaluatee``, ``score``, ``place`` and ``change`` of place.
    places : DataFrame
        ``share`` of each ``place`` of each ``evaluatee`` when all weights vary at once.
    sobol : DataFrame
        How much of that variation each group's weight brings: ``first`` and ``total`` indices.
    within : float
        How far each weight was varied.
    scores : Scores
        What was varied.
    """

    verdicts: pd.DataFrame
    swaps: pd.DataFrame
    left_out: pd.DataFrame
    places: pd.DataFrame
    sobol: pd.DataFrame
    within: float
    scores: Scores

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by the names of their files."""
        names = ("verdicts", "swaps", "left_out", "places", "sobol")
        return {name: getattr(self, name) for name in names}


def stability(scores: Scores, admitted: Admitted, within: float = WITHIN, seed: int = 0) -> Stability:
    """Say of every place what it rests on.

    Parameters
    ----------
    scores : Scores
    admitted : Admitted
        The answers that were scored.
    within : float
        How far each group's weight is varied up and down; a weight below it is varied from 0 to twice
        itself. 0: not varied, and the tables ``places`` and ``sobol`` are empty.
    seed : int
        Of the varied weights.

    Returns
    -------
    Stability

    Notes
    -----
    Town and interviewer are left out of their own group of respondents; weights stay as they are. Points
    of a review stay whatever is varied. The verdicts are of ``scoring.place_verdicts``, with the places
    of the scheme's own rule.
    """
    scheme = scores.scheme
    units = pd.concat([_nothing(), *_units_left_out(scores, admitted)], ignore_index=True)
    found: dict[str, list[pd.DataFrame]] = {
        name: [] for name in ("verdicts", "swaps", "left_out", "places", "sobol")
    }
    for each in watched(scheme.classes, "varying weights", len(scheme.classes)):
        of_groups, of_indicators = (composed(scores, each.id, by) for by in ("groups", "indicators"))
        without = [
            leave_parts_out(of_groups).assign(kind="group"),
            leave_parts_out(of_indicators).assign(kind="indicator"),
            units[units["class"] == each.id].drop(columns="class"),
        ]
        weights = {group.name: min(within, group.weight) for group in scheme.groups}
        tables = {
            "verdicts": _by_scheme(
                scores, place_verdicts(of_groups, [_named(one) for one in without[1:]], scheme.verdict)
            ),
            "swaps": swap_weights(of_groups).single.drop(columns="of"),
            "left_out": pd.concat(without, ignore_index=True)[_nothing().columns[1:]],
        }
        if within and len(scheme.groups) > 1:
            varied = weight_sensitivity(of_groups, weights, seed=seed)
            tables |= {"places": varied.places, "sobol": varied.sobol.drop(columns="of")}
        for name, table in tables.items():
            found[name].append(table.assign(**{"class": each.id})[["class", *table.columns]])
    empty = {"places": ["class", "evaluatee", "place", "share"], "sobol": ["class", "evaluatee"]}
    whole = {
        name: pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=empty[name])
        for name, parts in found.items()
    }
    return Stability(**whole, within=within, scores=scores)


def _by_scheme(scores: Scores, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Give the places of the scheme's rule, which may be by published scores or with other ties."""
    own = scores.table.set_index("evaluatee").loc[verdicts["evaluatee"]]
    told = verdicts.assign(place=own["rank"].to_numpy(), score=own["score"].to_numpy())
    return told.sort_values("place", kind="stable", ignore_index=True)


def _nothing() -> pd.DataFrame:
    columns = ["class", "kind", "left_out", "evaluatee", "score", "place", "change"]
    return pd.DataFrame(columns=columns)


def _named(left_out: pd.DataFrame) -> pd.DataFrame:
    """Keep one line for each evaluatee that an interviewer moves: a published reason tells nobody's code."""
    by_person = left_out["kind"] == "interviewer"
    moves = left_out["change"].fillna(0) != 0
    once = left_out[by_person & moves].drop_duplicates("evaluatee").assign(left_out=ANYONE)
    return pd.concat([left_out[~by_person], once], ignore_index=True)


def _units_left_out(scores: Scores, admitted: Admitted) -> Iterator[pd.DataFrame]:
    """Leave out each town and interviewer of every group that has them."""
    scheme = scores.scheme
    for group in scheme.groups:
        drawn, answers = admitted.drawn[group.id], admitted.answers[group.id]
        units = [draw.unit for draw in group.draws[:-1] if draw.unit in drawn.units]
        told = admitted.origin.loc[answers.table.index, "interviewer"]
        columns = [*units, *(["interviewer"] if (told != "").any() else [])]
        if not columns:
            continue
        sheets = group_sheets(scheme, group, drawn, answers)
        at = places(sheets.table, drawn.units, group, scheme)
        of = {unit: drawn.units[unit].to_numpy(dtype=object)[at] for unit in units}
        if "interviewer" in columns:
            of["interviewer"] = _by_sheet(answers.table, told, sheets.table)
        for column, values in of.items():
            table = sheets.table.assign(**{column: values})
            for each in scheme.classes:
                yield leave_units_out(
                    Survey(table, lonely=scheme.lonely_psu, **sheets.roles),
                    scheme.indicators,
                    scheme.scale,
                    column,
                    scores=_scored(scores, group),
                    full_mark=scheme.full_mark,
                    official=group.official,
                    composite=(composed(scores, each.id), group.name),
                ).assign(kind=column, **{"class": each.id})


def _by_sheet(sheets: pd.DataFrame, told: pd.Series, rows: pd.DataFrame) -> NDArray[np.object_]:
    """Give what is told of sheets to rows of the same respondent and evaluatee; None where it is not."""
    own, asked = (
        pd.MultiIndex.from_frame(table[["respondent", "evaluatee"]].astype(str)) for table in (sheets, rows)
    )
    at = own.get_indexer(asked)
    names = told.to_numpy(dtype=object)[at]
    names[(at < 0) | (names == "")] = None
    return np.asarray(names, dtype=object)


def _scored(scores: Scores, group: Group) -> PartScores:
    """A group's scores as they were published; their errors are not read."""
    own = scores.groups[scores.groups["group"] == group.id]
    size = len(own)
    none = np.full((size, size), np.nan)
    estimate = own["estimate"].to_numpy(dtype=np.float64)
    return PartScores(group.name, own["evaluatee"].astype(str).tolist(), estimate, none, none[0], none)
