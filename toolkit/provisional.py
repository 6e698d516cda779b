"""A provisional result: what is in is scored, and every place says how likely it is to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring import AnswerError, Survey
from scoring.group import group_scores
from scoring.rank.places import places_of_rows
from toolkit.answers import Answers
from toolkit.errors import RoundError, fault
from toolkit.placing import class_rows, place_of
from toolkit.scheme import EvaluateeClass, Group, Scheme
from toolkit.scores import Drawn, Scores, empty_cells, score

Floats = NDArray[np.float64]
FEWEST = 2


def provisional(
    scheme: Scheme, drawn: Mapping[str, Drawn], answers: Mapping[str, Answers], draws: int = 10_000
) -> Scores:
    """Score what is in, and give each place's chance to change when the planned answers are complete.

    Groups without any answer are left out, their weight spread over the others; evaluatees for which a
    group has fewer than two valid answers to an indicator are left out. Both are named in ``left_out``.

    The chance rests on one assumption, that the answers still to come are like those that are in: the
    answers in are then a simple random part of the planned ones, the final score moves from the present
    one with variance ``(1 - m/n) s²/m`` for m of n answers, jointly over evaluatees with common
    respondents, and the chance is the share of 10,000 simulated moves (seeded, so always the same) that
    give another place. What a missing group will bring is not in it.

    Returns
    -------
    Scores
        With ``may_change`` in the table, and the status "provisional".

    Raises
    ------
    RoundError
        Nothing can be scored yet.
    """
    part, left_out = _what_is_in(scheme, drawn, answers)
    while True:
        inside = {group.id: _only(answers[group.id], part) for group in part.groups}
        units = {group.id: _listed(drawn[group.id], group, part) for group in part.groups}
        try:
            scores = score(part, units, inside)
            break
        except AnswerError as error:
            if error.rule != "single_unit_scores":
                raise
            part = _without(part, error.found["names"])
            left_out += tuple(f"{one}：回答都来自同一个抽样单位" for one in error.found["names"])
    moves = np.zeros(scores.cov.shape)
    for group in part.groups:
        moves += group.weight**2 * still_to_come(part, group, units[group.id], inside[group.id])
    own = scores.table[[group.id for group in part.groups]]
    chance = chances(part, scores.table["estimate"].to_numpy(dtype=np.float64), moves, draws, own)
    sizes = {each.id: len(each.evaluatees) for each in scheme.classes}
    short = [each.id for each in part.classes if len(each.evaluatees) < sizes[each.id]]
    chance[scores.table["class"].isin(short).to_numpy()] = np.nan
    if scheme.grading is not None or scheme.awards is not None:
        names = [each.name for each in scheme.classes if each.id in short]
        left_out += tuple(f"{name}：还有单位没有得分，暂不评等级和奖惩" for name in names)
    return replace(
        scores,
        table=scores.table.assign(may_change=chance),
        status="provisional",
        left_out=left_out,
    )


def _without(part: Scheme, names: Sequence[str]) -> Scheme:
    """Leave evaluatees out of a scheme, and classes of which nobody is left."""
    classes = [
        replace(each, evaluatees=tuple(one for one in each.evaluatees if one not in names))
        for each in part.classes
    ]
    left = tuple(each for each in classes if each.evaluatees)
    if not left:
        raise RoundError(part.id, [fault("", "too_few_answers", fewest=FEWEST)])
    return replace(part, classes=left)


def _what_is_in(
    scheme: Scheme, drawn: Mapping[str, Drawn], answers: Mapping[str, Answers]
) -> tuple[Scheme, tuple[str, ...]]:
    """Give the part of a scheme that can be scored, and name the rest."""
    groups = [group for group in scheme.groups if answers[group.id].table.iloc[:, 2:].notna().any(axis=None)]
    out = [
        f"{group.name}：还没有回答；其余各类的权重按比例放大"
        for group in scheme.groups
        if group not in groups
    ]
    if not groups:
        raise RoundError(scheme.id, [fault("", "no_answers")])
    share = sum(group.weight for group in groups)
    out += [f"{group.name}：收齐之前不作无回答调整" for group in groups if group.adjust_by is not None]
    groups = [replace(group, weight=group.weight / share, adjust_by=None) for group in groups]
    few = {
        one: [group.name for group in groups if _fewest(answers[group.id], one, indicators) < FEWEST]
        for one, indicators in scheme.indicators.items()
    }
    out += [f"{one}：{'、'.join(names)}的有效回答不足 {FEWEST} 份" for one, names in few.items() if names]
    for group in groups:
        for one, cells in empty_cells(scheme, group, drawn[group.id], answers[group.id]).items():
            if not few[one]:
                out.append(f"{one}：{group.name}的配额单元 {'、'.join(cells)} 还没有人")
            few[one].append(group.name)
    classes: list[EvaluateeClass] = []
    for each in scheme.classes:
        inside = tuple(one for one in each.evaluatees if not few[one])
        if inside:
            classes.append(replace(each, evaluatees=inside))
    if not classes:
        raise RoundError(scheme.id, [fault("", "too_few_answers", fewest=FEWEST)])
    there = tuple(name for name in scheme.ranking.break_by if any(name == group.id for group in groups))
    ties = scheme.ranking.ties if there or scheme.ranking.ties != "ordinal" else "min"
    ranking = replace(scheme.ranking, break_by=there, ties=ties)
    return (
        replace(scheme, groups=tuple(groups), classes=tuple(classes), ranking=ranking, lonely_psu="adjust"),
        tuple(out),
    )


def _fewest(answers: Answers, evaluatee: str, indicators: tuple[str, ...]) -> int:
    own = answers.table.loc[answers.table["evaluatee"] == evaluatee, list(indicators)]
    return int(own.notna().sum().min())


def _only(answers: Answers, part: Scheme) -> Answers:
    keep = answers.table["evaluatee"].isin(part.evaluatees).to_numpy()
    table = answers.table[keep]
    whom = pd.Categorical(table["evaluatee"].astype(str), categories=list(part.evaluatees))
    own = answers.table.columns[2:]
    kept = [column for column in own if any(column in each.indicators for each in part.classes)]
    state = answers.state[np.ix_(keep, own.isin(kept))]
    return Answers(
        table[["respondent", *kept]].assign(evaluatee=whom)[["evaluatee", "respondent", *kept]], state
    )


def _listed(drawn: Drawn, group: Group, part: Scheme) -> Drawn:
    if not group.draws[-1].per_evaluatee:
        return drawn
    units = drawn.units[drawn.units["evaluatee"].isin(part.evaluatees)].reset_index(drop=True)
    return Drawn(units.assign(evaluatee=units["evaluatee"].astype(str)), drawn.roles, drawn.cells)


def still_to_come(scheme: Scheme, group: Group, drawn: Drawn, answers: Answers) -> Floats:
    """Covariance of how far the group's scores will move until the planned answers are complete.

    Whoever is on the list, released reserves too, may still answer; of a quota, as many as planned.
    """
    each = group.draws[-1].per_evaluatee
    stratum = answers.table["evaluatee"].astype(str) if each else pd.Series("", answers.table.index)
    n = answers.table.groupby(stratum)["respondent"].nunique()
    lists = drawn.units["evaluatee"].astype(str).value_counts() if each else {"": len(drawn.units)}
    planned = n.clip(lower=group.valid if group.is_quota else pd.Series(lists).reindex(n.index))
    survey = Survey(
        pd.concat([answers.table, stratum.rename("of list"), stratum.map(planned).rename("planned")], axis=1),
        stratum="of list",
        psu="respondent",
        population="planned",
        lonely="adjust",
    )
    found = group_scores(survey, scheme.indicators, scheme.scale, full_mark=scheme.full_mark)
    order = [found.evaluatees.index(one) for one in scheme.evaluatees]
    return found.cov[np.ix_(order, order)]


def chances(
    scheme: Scheme, estimate: Floats, moves: Floats, draws: int, groups: pd.DataFrame | None = None
) -> Floats:
    """Give each place's chance to change when scores move with a covariance: the share of simulated moves.

    What tells equal scores apart (``groups``, as in ``place_of``) stays as it is.
    """
    groups = pd.DataFrame(index=range(estimate.size)) if groups is None else groups
    now = place_of(scheme, estimate, groups)
    last = place_of(scheme, np.zeros_like(estimate), groups)  # among equals
    chance = np.zeros(estimate.size)
    for here in class_rows(scheme):
        roots, vectors = np.linalg.eigh(moves[np.ix_(here, here)])
        key = sha256(f"provisional\x1f{scheme.id}".encode()).digest()
        stream = np.random.Generator(np.random.Philox(key=np.frombuffer(key[:16], dtype="<u8")))
        steps = stream.standard_normal((draws, here.size)) @ (vectors * np.sqrt(np.maximum(roots, 0.0))).T
        moved = estimate[here] + steps
        if scheme.ranking.rank_on == "published":
            step = 10.0**-scheme.ranking.decimals
            moved = np.floor(moved / step + 0.5 + 1e-9) * step
            if scheme.ranking.ties == "ordinal":
                moved -= 0.5 * step * last[here] / here.size
        ties = scheme.ranking.ties
        chance[here] = (places_of_rows(moved, "min" if ties == "ordinal" else ties) != now[here]).mean(axis=0)
    return chance
