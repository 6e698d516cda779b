"""The report: one self-contained page in Chinese, for the screen and for A4 paper."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sampling.designs import columns_read
from toolkit.files import write_text
from toolkit.report.facts import RoundFacts, round_facts
from toolkit.report.method import ALIKE, DIGESTS, SHARES, counted, method_steps, stages, terms
from toolkit.report.plot import caterpillar, figure_svg
from toolkit.report.ranking import Standing, standing
from toolkit.report.rendered import rendered
from toolkit.report.review import accountable_rows, award_rows, chance_note, grade_rows, trail_rows
from toolkit.report.satisfied import satisfaction_cells, satisfaction_shown
from toolkit.report.tables import (
    RATES,
    RATES_TOLD,
    SATISFIED,
    GroupResponse,
    group_counts,
    group_responses,
    label_shares,
    reserves_told,
    satisfied_labels,
    share_error,
)
from toolkit.report.writing import (
    HIDDEN,
    NONE,
    STATUS,
    count,
    counts,
    fixed,
    notices,
    or_hidden,
    percent,
    span,
    tags,
    weight,
)
from toolkit.rule_words import rules_in_words
from toolkit.scheme import EvaluateeClass, Group, Scheme
from toolkit.scores import Scores
from toolkit.small_groups import INTERNAL, notes_told
from toolkit.words import rule_in_words

if TYPE_CHECKING:
    from toolkit.round import Round

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
    scheme, internal = scores.scheme, scores.status == "provisional"
    declared = satisfaction_shown(scores)
    content = {
        "scheme": scheme,
        "facts": facts,
        "made": "；".join(notices(made, scores.status)),
        "tags": tags(made, scores.status),
        "internal": internal,
        "status": STATUS[scores.status],
        "left_out": scores.left_out,
        "responses": [_response(one) for one in group_responses(scores)],
        "rates": RATES,
        "rates_told": RATES_TOLD,
        "set_aside": scores.set_aside,
        "unworked": scores.unworked,
        "reserves": reserves_told(scores),
        "trail": trail_rows(scores),
        "rule": rule_in_words(scheme),
        "accountable": accountable_rows(scores),
        "awards": award_rows(scores),
        "chance_note": chance_note(scores),
        "rules": list(rules_in_words(scheme.grading, scheme.awards, "zh")),
        "groups": [_group(scheme, group) for group in scheme.groups],
        "sheets": [_sheets(scores, group) for group in scheme.groups],
        "made_of": _made_of(scores),
        "results": [_result(scores, each, made) for each in scheme.classes],
        "labels": scheme.scale.labels,
        "satisfied": SATISFIED if satisfied_labels(scheme) and declared is None else "",
        "declared": declared,
        "terms": terms(scheme),
        "counted": counted(scheme),
        "alike": ALIKE,
        "hidden": notes_told(scores),
        "publishable": INTERNAL if scheme.small_groups else "",
        "shares": SHARES,
        "digests": DIGESTS,
        "method": method_steps(scores, gaps="表 3"),
        "level": weight(scheme.level),
        "weight": weight,
        "count": count,
        "span": span,
    }
    return rendered("page.html", content)


# --- the plan and the answers ----------------------------------------------------------------------------


def _group(scheme: Scheme, group: Group) -> dict[str, Any]:
    read = [name for draw in group.draws for name in columns_read(draw.design)]
    names = scheme.column_names
    return {
        "name": group.name,
        "valid": count(group.valid),
        "weight": weight(group.weight),
        "draws": stages(scheme, group),
        "columns": [name for name in dict.fromkeys(read) if name not in names],
    }


def _columns(scores: Scores) -> list[str]:
    """Name the columns of what scores are made of, over all classes."""
    return list(dict.fromkeys(name for each in scores.scheme.classes for name in scores.made_of(each.id)))


def _made_of(scores: Scores) -> list[dict[str, str]]:
    """Give the heads of those columns: groups with their weights, then parts with theirs."""
    scheme = scores.scheme
    told = {group.id: (group.name, group.weight) for group in scheme.groups}
    told |= {
        part.name: (part.name, part.weight) for each in scheme.classes for part in scheme.parts_of(each.id)
    }
    return [{"name": told[one][0], "weight": weight(told[one][1])} for one in _columns(scores)]


def _sheets(scores: Scores, group: Group) -> dict[str, Any]:
    found = group_counts(scores, group)
    return {
        "name": group.name,
        "planned": count(found.planned),
        "counted": counts(found.counted),
        "valid": counts(found.valid),
        "short": count(found.short) if found.short else NONE,
        "official": found.official,
        "gap": "" if found.gap is None else fixed(found.gap, scores.scheme.ranking.decimals),
        "at": found.at,
    }


def _response(one: GroupResponse) -> dict[str, Any]:
    return {
        "name": one.name,
        "drawn": counts(one.drawn),
        "reserves": counts(one.reserves) if any(one.reserves) or not one.reserves else NONE,
        "rates": [span(percent(low), percent(high)) if one.drawn else HIDDEN for low, high in one.rates],
    }


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
    declared: tuple[str, ...]
    may_change: str


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
        "grades": grade_rows(scores, each.id),
        "best": fixed(table["score"].iloc[0], decimals),
        "worst": fixed(table["score"].iloc[-1], decimals),
        "margins": span(fixed(table["margin"].min(), decimals), fixed(table["margin"].max(), decimals)),
        "sure": "、".join(sure),
        "sure_count": count(len(sure)),
        "share_se": percent(share_error(scores, each)),
        "figure": base64.b64encode(svg.encode()).decode("ascii"),
    }


def _rows(scores: Scores, here: Standing) -> list[Row]:
    decimals = scores.scheme.ranking.decimals
    shares, declared = label_shares(scores), satisfaction_cells(satisfaction_shown(scores))
    table = scores.table.set_index("evaluatee")
    chance = table.get("may_change")
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
                groups=tuple(or_hidden(fixed(line[name], decimals)) for name in _columns(scores)),
                alike=alike,
                cut=cut,
                shares=tuple(or_hidden(percent(one)) for one in shares.table.loc[who]),
                satisfied="" if shares.satisfied is None else or_hidden(percent(shares.satisfied[who])),
                declared=declared.get(str(who), ()),
                may_change="" if chance is None else percent(chance[who], 0),
            )
        )
    return rows
