"""The page that says of every place what it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.files import write_text
from toolkit.report.rendered import rendered
from toolkit.report.writing import HIDDEN, MADE, NONE, STATUS, fixed, percent, span, weight
from toolkit.scheme import EvaluateeClass
from toolkit.scores import Scores
from toolkit.small_groups import hides_swap
from toolkit.stability import Stability

KINDS = {"group": "一类对象", "indicator": "一项指标", "interviewer": "一名访问员"}
VERDICTS = ("稳固", "接近", "难分")
SELDOM = 0.01
LITTLE = 0.1
"""A weight that brings less than this of the variation of places is not named."""


def write_stability(found: Stability, path: str | Path, made: bool) -> Path:
    """Write what places rest on as one self-contained HTML page.

    Parameters
    ----------
    found : Stability
    path : str or Path
    made : bool
        Whether frames or answers are made up.

    Returns
    -------
    Path
    """
    scores, scheme = found.scores, found.scores.scheme
    kinds = list(dict.fromkeys(found.left_out["kind"]))
    content = {
        "title": scheme.title,
        "status": STATUS[scores.status],
        "made": MADE if made else "",
        "classes": [_class(found, each, kinds) for each in scheme.classes],
        "kinds": [KINDS.get(kind, f"一个{scheme.column_names.get(kind, kind)}") for kind in kinds],
        "groups": [{"name": group.name, "weight": weight(group.weight)} for group in scheme.groups],
        "within": f"{100 * found.within:g}",
        "varied": len(found.places) > 0,
        "people": "interviewer" in kinds,
        "hidden": HIDDEN if bool(scores.hidden.groups.to_numpy().any()) else "",
        "rule": scheme.verdict,
    }
    target = Path(path)
    write_text(target, rendered("stability.html", content))
    return target


def _class(found: Stability, each: EvaluateeClass, kinds: list[str]) -> dict[str, Any]:
    scheme = found.scores.scheme
    verdicts, swaps, left_out, places, sobol = (
        table[table["class"] == each.id] for table in found.tables.values()
    )
    decimals = scheme.ranking.decimals
    extent = {
        key: span(str(places.min()), str(places.max()))
        for key, places in left_out.dropna(subset="place").groupby(["evaluatee", "kind"])["place"]
    }
    varied = {who: _shares(own) for who, own in places.groupby("evaluatee")}
    rows = [
        {
            "place": row["place"],
            "evaluatee": row["evaluatee"],
            "score": fixed(row["score"], decimals),
            "verdict": row["verdict_zh"],
            "chance": "<1%" if row["chance"] < SELDOM / 2 else percent(row["chance"], 0),
            "weights": fixed(row["weights"], 3),
            "varied": varied.get(row["evaluatee"], ""),
            "left_out": [extent.get((row["evaluatee"], kind), NONE) for kind in kinds],
        }
        for row in verdicts.to_dict("records")
    ]
    pairs = _pairs(found.scores, swaps)
    neighbours = max(len(rows) - 1, 0)
    return {
        "name": each.name,
        "rows": rows,
        "counts": [sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS],
        "varied": len(places) > 0,
        "pairs": pairs,
        "sure": neighbours - len(pairs),
        "drivers": _drivers(sobol),
    }


def _shares(own: pd.DataFrame) -> str:
    """Write the place that varied weights give most often, and the places that are not rare."""
    often = own[own["share"] >= SELDOM]
    most = own.sort_values("share").iloc[-1]
    told = span(str(often["place"].min()), str(often["place"].max()))
    return told if len(often) == 1 else f"{told}，多为 {most['place']}（{percent(most['share'], 0)}）"


def _pairs(scores: Scores, swaps: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the neighbours that some weight of one group alone makes swap, with that weight of each."""
    scheme, pairs = scores.scheme, []
    for (first, second), own in swaps.groupby(["first", "second"], sort=False):
        within = own[own["found"] == "within"].set_index("part")["swap"]
        if len(within):
            told = [percent(within[g.name]) if g.name in within else NONE for g in scheme.groups]
            if hides_swap(scores, str(first), str(second)):
                told = [HIDDEN] * len(told)
            gap = fixed(float(own["gap"].iloc[0]), scheme.ranking.decimals)
            pairs.append({"first": first, "second": second, "gap": gap, "swaps": told})
    return pairs


def _drivers(sobol: pd.DataFrame) -> str:
    """Name whose weights move places most, by the mean total index over those whose place moves."""
    if "moves" not in sobol:
        return ""
    total = sobol[(sobol["moves"] == "place") & sobol["total"].notna()].groupby("part", sort=False)["total"]
    means = total.mean().sort_values(ascending=False)
    return "、".join(f"{name}（{fixed(value, 2)}）" for name, value in means.items() if value >= LITTLE)
