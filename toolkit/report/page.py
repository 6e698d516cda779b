"""The report: one self-contained page in Chinese, for the screen and for A4 paper."""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sampling.designs import Systematic, columns_read, method_of
from toolkit.files import write_text
from toolkit.report.facts import RoundFacts, round_facts
from toolkit.report.fonts import subset_font
from toolkit.report.plot import caterpillar, figure_svg
from toolkit.report.ranking import Standing, standing
from toolkit.report.writing import MADE, NONE, count, counts, fixed, percent, span, weight
from toolkit.scheme import Draw, EvaluateeClass, Group, Scheme
from toolkit.scores import Scores
from toolkit.words import design_in_words

if TYPE_CHECKING:
    from jinja2 import Template

    from toolkit.round import Round

SATISFIED = "满意"
SAME = 1e-9
LARGE = 30


def write_report(round: Round, scores: Scores, path: str | Path, made: bool | None = None) -> Path:
    """Write the report of a scored round as one self-contained HTML page.

    Parameters
    ----------
    round : Round
        Drawn, with answers.
    scores : Scores
        Of this round.
    path : str or Path
        The file to write.
    made : bool, optional
        Whether frames or answers are made up, which the page then says wherever it shows results; by
        default as the round's journal says.

    Returns
    -------
    Path
        The file.
    """
    facts = round_facts(round)
    target = Path(path)
    write_text(target, render(scores, facts, facts.made if made is None else made))
    return target


def render(scores: Scores, facts: RoundFacts, made: bool) -> str:
    """Give the page; the same scores and facts give the same text.

    Parameters
    ----------
    scores : Scores
    facts : RoundFacts
    made : bool
        Whether frames or answers are made up.
    """
    scheme = scores.scheme
    template = _template()
    content = {
        "scheme": scheme,
        "facts": facts,
        "made": MADE if made else "",
        "groups": [_group(scheme, group) for group in scheme.groups],
        "sheets": [_sheets(scores, group) for group in scheme.groups],
        "results": [_result(scores, each, made) for each in scheme.classes],
        "labels": scheme.scale.labels,
        "satisfied": SATISFIED if _satisfied(scheme) else "",
        "method": _method(scores),
        "level": weight(scheme.level),
        "weight": weight,
        "count": count,
        "span": span,
    }
    text = html.unescape(template.render(content, font=""))
    return template.render(content, font=base64.b64encode(subset_font(text)).decode("ascii"))


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    room = Environment(
        loader=PackageLoader("toolkit.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return room.get_template("page.html")


# --- the plan and the answers ----------------------------------------------------------------------------


def _group(scheme: Scheme, group: Group) -> dict[str, Any]:
    read = [name for draw in group.draws for name in columns_read(draw.design)]
    names = scheme.column_names
    return {
        "name": group.name,
        "valid": count(group.valid),
        "weight": weight(group.weight),
        "draws": [_sentence(draw, names) for draw in group.draws],
        "columns": [name for name in dict.fromkeys(read) if name not in names],
    }


def _sentence(draw: Draw, names: Mapping[str, str]) -> str:
    where = "各单位名单内" if draw.per_evaluatee else ""
    merged = "（同一人的多行先合并）" if draw.merge_rows else ""
    return f"{where}{design_in_words(draw.design, names=names)}{merged}"


def _sheets(scores: Scores, group: Group) -> dict[str, Any]:
    """Tell a group's answers: planned, counted, valid, and what weighting would change."""
    part = scores.groups[scores.groups["group"] == group.id]
    gap, at = _largest_gap(part["plain"], part["design"])
    short = int((part["counted"] < group.valid).sum())
    return {
        "name": group.name,
        "planned": count(group.valid),
        "counted": counts(part["counted"].tolist()),
        "valid": counts(part["n"].tolist()),
        "short": count(short) if short else NONE,
        "official": "同等计算" if group.official == "plain" else "按设计加权",
        "gap": fixed(gap, scores.scheme.ranking.decimals) if gap > SAME else "",
        "at": str(part["evaluatee"].iloc[at]),
    }


def _largest_gap(a: pd.Series, b: pd.Series) -> tuple[float, int]:
    gaps = np.abs(a.to_numpy(dtype=np.float64) - b.to_numpy(dtype=np.float64))
    at = int(gaps.argmax())
    return float(gaps[at]), at


# --- results ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A line of the league table, as printed."""

    rank: str
    places: str
    evaluatee: str
    score: str
    margin: str
    interval: str
    groups: tuple[str, ...]
    alike: str
    cut: bool
    shares: tuple[str, ...]
    satisfied: str


def _result(scores: Scores, each: EvaluateeClass, made: bool) -> dict[str, Any]:
    here = standing(scores, each.id)
    table, decimals = here.table, scores.scheme.ranking.decimals
    svg = figure_svg(caterpillar(scores, each.id, made))
    sure = [str(row.rank) for row in table.itertuples() if str(row.places) == str(row.rank)]
    return {
        "id": each.id,
        "name": each.name,
        "units": count(len(table)),
        "large": len(table) > LARGE,
        "rows": _rows(scores, here),
        "best": fixed(table["score"].iloc[0], decimals),
        "worst": fixed(table["score"].iloc[-1], decimals),
        "margins": span(fixed(table["margin"].min(), decimals), fixed(table["margin"].max(), decimals)),
        "sure": "、".join(sure),
        "sure_count": count(len(sure)),
        "share_se": percent(scores.labels.loc[scores.labels["evaluatee"].isin(each.evaluatees), "se"].max()),
        "figure": base64.b64encode(svg.encode()).decode("ascii"),
    }


def _rows(scores: Scores, here: Standing) -> list[Row]:
    scheme, decimals = scores.scheme, scores.scheme.ranking.decimals
    shares = scores.labels.set_index(["evaluatee", "label"])["share"]
    names = [label.name for label in scheme.scale.labels]
    good = _satisfied(scheme)
    rows = []
    for line, alike, cut in zip(here.table.to_dict("records"), here.alike, here.cut, strict=True):
        who = line["evaluatee"]
        rows.append(
            Row(
                rank=str(line["rank"]),
                places=str(line["places"]),
                evaluatee=str(who),
                score=fixed(line["score"], decimals),
                margin=fixed(line["margin"], decimals),
                interval=span(fixed(line["low"], decimals), fixed(line["high"], decimals)),
                groups=tuple(fixed(line[group.id], decimals) for group in scheme.groups),
                alike=alike,
                cut=cut,
                shares=tuple(percent(shares[who, name]) for name in names),
                satisfied=percent(sum(shares[who, name] for name in good)) if good else "",
            )
        )
    return rows


def _satisfied(scheme: Scheme) -> list[str]:
    """Name the labels from 满意 upwards; none where the scale has no such label."""
    names = [label.name for label in scheme.scale.labels]
    return names[names.index(SATISFIED) :] if SATISFIED in names else []


# --- the method ------------------------------------------------------------------------------------------


def _method(scores: Scores) -> dict[str, Any]:
    scheme = scores.scheme
    systematic = [
        group
        for group in scheme.groups
        if any(isinstance(method_of(draw.design), Systematic) for draw in group.draws)
    ]
    finite_census = [group for group in scheme.groups if group.is_census and group.population == "finite"]
    df = sorted(value for value in scores.table["df"].tolist() if math.isfinite(value))
    return {
        "terms": " ＋ ".join(f"{group.name} × {weight(group.weight)}" for group in scheme.groups),
        "example": _example(scores),
        "plain": _names([group for group in scheme.groups if group.official == "plain"]),
        "design": _names([group for group in scheme.groups if group.official == "design"]),
        "gap": _composite_gap(scores),
        "finite": _names(
            [one for one in scheme.groups if one.population == "finite" and one not in finite_census]
        ),
        "stages": _names([group for group in scheme.groups if len(group.draws) > 1]),
        "same": _names([group for group in scheme.groups if group.overlap == "same"]),
        "infinite": _names([group for group in scheme.groups if group.population == "infinite"]),
        "systematic": _names(systematic),
        "census": _names(finite_census),
        "df": span(fixed(df[0], 0), fixed(df[-1], 0)) if df else "",
    }


def _names(groups: Sequence[Group]) -> str:
    return "、".join(f"“{group.name}”" for group in groups)


def _example(scores: Scores) -> dict[str, str]:
    """Write the first class's best composite as the sum it is."""
    scheme, more = scores.scheme, scores.scheme.ranking.decimals + 2
    best = scores.league(scheme.classes[0].id).iloc[0]
    line = scores.table.set_index("evaluatee").loc[best["evaluatee"]]
    terms = (f"{fixed(line[group.id], more)} × {weight(group.weight)}" for group in scheme.groups)
    return {
        "evaluatee": str(best["evaluatee"]),
        "sum": f"{' ＋ '.join(terms)} ≈ {fixed(line['score'], scheme.ranking.decimals)}",
    }


def _composite_gap(scores: Scores) -> dict[str, str]:
    """Find where weighting all groups by the design would move a composite most."""
    sums = scores.groups.pivot(index="evaluatee", columns="group", values="design")
    design = sum(sums[group.id] * group.weight for group in scores.scheme.groups)
    table = scores.table.set_index("evaluatee")
    gap, at = _largest_gap(table["estimate"], pd.Series(design).loc[table.index])
    return {"points": fixed(gap, scores.scheme.ranking.decimals), "evaluatee": str(table.index[at])}
