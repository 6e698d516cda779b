"""Small groups: what of a result may be shown, so that nothing tells what a few people said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.disclosure import suppress

if TYPE_CHECKING:
    from toolkit.scheme import Scheme
    from toolkit.scores import Scores

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
NO_ERROR = 1e-12
OF_GROUP, OF_ERROR = ["estimate", "n", "counted", "plain", "design"], ["se", "df"]
OF_ANSWERS = ["mean", "points", "valid", "dont_know", "refused", "blank"]
SHOWN_OF_RESPONSE = ("group", "evaluatee", "planned")

RULE = (
    "小范围隐去：某类对象对某单位的有效回答不足 {least} 人的，得分、指标均值和回答份数不公布，以“*”代替；"
    "能由综合得分和权重推出的，另隐去一类；综合得分、名次和误差仍按全部回答计算。",
    "Small groups: where fewer than {least} people of a group answer validly on an evaluatee, its "
    "score, means and counts are not shown but *; a second group is hidden where the composite would tell "
    "the first. Composites, places and errors are of all answers.",
)
NOTE = (
    "* 有效回答不足 {least} 人的不公布；为使它不能由综合得分和权重推出，有的另隐去一类对象、一项指标"
    "或一个误差。综合得分、名次和误差按全部回答计算。",
    "* Not shown where fewer than {least} people answered validly; further ones are hidden where the "
    "composite and the weights would tell these. Composites, places and errors are of all answers.",
)
FEW = (
    "全部有效回答合计也不足 {least} 人、综合得分仍然公布的单位：{names}。",
    "All valid answers together are of fewer than {least} people, and the composite is shown all the same: "
    "{names}.",
)
ALWAYS = (
    "  计划人数就不足的，得分一律不公布：{names}。",
    "  planned with fewer, so never shown: {names}.",
)
INTERNAL = (
    "网页报告、工作簿和终端上的排名表已隐去小范围的数字，可以公布；本轮文件夹中 results 的 CSV 含全部数字，"
    "answers 含逐份回答，只供内部核对和 minyi verify，不得公布。"
)


@dataclass(frozen=True)
class Cells:
    """What is hidden of a result.

    Attributes
    ----------
    groups : DataFrame of bool
        By evaluatee (rows) and group (columns).
    errors : DataFrame of bool
        In the same way: those groups, and others whose errors alone are hidden.
    answers : ndarray of bool
        For each row of ``Scores.answers``: the indicators of hidden groups, and single ones.
    few : tuple of str
        Evaluatees of whom all groups together are too few.
    """

    groups: pd.DataFrame
    errors: pd.DataFrame
    answers: Bools
    few: tuple[str, ...]


def hides_swap(scores: Scores, first: str, second: str) -> bool:
    """Whether the weights at which two evaluatees swap would tell a hidden score of one of them.

    The weight of a group at which they swap gives the difference of their scores by that group.
    """
    return bool(scores.hidden.groups.loc[[first, second]].to_numpy().any())


def hidden_cells(scores: Scores) -> Cells:
    """Choose what of a result is hidden, by the scheme's ``small_groups``.

    A reader knows each composite and the weights, and that a group's score is the mean of its indicators.
    A group counts as many people as answer validly on the indicator that most do. Where a group is hidden,
    so are its indicators. Which others are hidden with it, ``scoring.suppress`` chooses: those of the fewest
    people. A group that is a census, whose members everybody knows, is held to the same number.

    The composite's error is published too, so group errors are linked like scores; one that is 0, as
    a full census's, hides no other. Where no other group has an error, that of a small one follows
    from the composite's, which stays: it tells how far its few people differ, not what they said.

    Parameters
    ----------
    scores : Scores

    Returns
    -------
    Cells
        Nothing where the scheme has no ``small_groups``.
    """
    scheme, tally = scores.scheme, scores.answers
    names = [group.id for group in scheme.groups]
    rows = pd.Index(scheme.evaluatees, name="evaluatee")
    if scheme.small_groups is None:
        nothing = pd.DataFrame(False, index=rows, columns=names)
        return Cells(nothing, nothing, np.zeros(len(tally), dtype=bool), ())
    least = scheme.small_groups.hide_below
    most = tally.groupby(["group", "evaluatee"], observed=True)["valid"].max()
    people = np.array([most[name].reindex(rows).to_numpy(dtype=np.int64) for name in names]).T
    few = people.sum(axis=1) < least
    groups = np.repeat(few[:, None], len(names), axis=1)
    small = np.flatnonzero((people < least).any(axis=1) & ~few)
    both = np.hstack([people, _behind_errors(scores, people, least)])[small]
    weights = np.array([group.weight for group in scheme.groups])
    linked = np.kron(np.eye(2), weights) * np.hstack([np.ones_like(weights), weights])
    found = _each(linked, both, least, np.tile(np.arange(len(names)), 2))
    groups[small] = found[:, : len(names)]
    errors = groups.copy()
    errors[small] |= found[:, len(names) :]
    hidden, unsure = (pd.DataFrame(one, index=rows, columns=names) for one in (groups, errors))
    at = rows.get_indexer(pd.Index(tally["evaluatee"].astype(str)))
    of_group = groups[at, pd.Index(names).get_indexer(pd.Index(tally["group"].astype(str)))]
    answers = of_group.copy()
    valid, width = tally["valid"].to_numpy(dtype=np.int64), _widths(scheme)[at]
    for size in np.unique(width):  # rows of one group and evaluatee stand together, an indicator each
        part = np.flatnonzero(width == size).reshape(-1, size)
        part = part[~of_group[part[:, 0]] & (valid[part] < least).any(axis=1)]
        answers[part] = _each(np.ones((1, int(size))), valid[part], least, np.zeros(int(size)))
    return Cells(hidden, unsure, answers, tuple(rows[few]))


def as_shown(scores: Scores) -> Scores:
    """Give scores with nothing but NaN where something is hidden; totals, places and errors stay.

    Parameters
    ----------
    scores : Scores

    Returns
    -------
    Scores
        The same scores where the scheme hides nothing.
    """
    if scores.scheme.small_groups is None:
        return scores
    cells = scores.hidden
    table, indicators = scores.table.copy(), scores.indicators.copy()
    by_group, names = cells.groups.loc[table["evaluatee"]], [group.id for group in scores.scheme.groups]
    table[names] = table[names].mask(by_group.to_numpy())
    lost = scores.answers[cells.answers]
    for name, part in lost.groupby("indicator", observed=True):
        keys = pd.MultiIndex.from_frame(part[["group", "evaluatee"]].astype(str))
        rows = pd.MultiIndex.from_frame(indicators[["group", "evaluatee"]].astype(str)).isin(keys)
        indicators[name] = indicators[name].mask(rows)
    tally = scores.answers.astype(dict.fromkeys(OF_ANSWERS[2:], "Int64"))
    tally.loc[cells.answers, OF_ANSWERS[2:]] = pd.NA
    tally.loc[cells.answers, OF_ANSWERS[:2]] = np.nan
    response = scores.response
    counts = [str(name) for name in response if name not in SHOWN_OF_RESPONSE]
    return replace(
        scores,
        table=table,
        groups=_masked(_masked(scores.groups, OF_GROUP, cells.groups), OF_ERROR, cells.errors),
        indicators=indicators,
        answers=tally,
        labels=_of_few(scores.labels, cells.few),
        satisfaction=_of_few(scores.satisfaction, cells.few),
        response=_masked(response, counts, cells.groups) if len(response) else response,
    )


def rule_told(scheme: Scheme, language: str = "zh") -> list[str]:
    """Tell the scheme's rule of small groups in words; nothing where it has none."""
    rule = scheme.small_groups
    if rule is None:
        return []
    never = [group.name for group in scheme.groups if group.valid < rule.hide_below]
    told = [RULE[language == "en"].format(least=rule.hide_below)]
    return told + [ALWAYS[language == "en"].format(names="、".join(never))] * bool(never)


def notes_told(scores: Scores, language: str = "zh", evaluatee: str | None = None) -> list[str]:
    """Say what * stands for; nothing where nothing is hidden, of all or of one evaluatee."""
    rule, cells = scores.scheme.small_groups, scores.hidden
    own = np.ones(len(scores.answers), dtype=bool)
    if evaluatee is not None:
        own = (scores.answers["evaluatee"] == evaluatee).to_numpy()
    if rule is None or not (cells.answers & own).any():
        return []
    notes = [NOTE[language == "en"].format(least=rule.hide_below)]
    named = [one for one in cells.few if evaluatee in (None, one)]
    if named:
        names = ("、", ", ")[language == "en"].join(named)
        notes.append(FEW[language == "en"].format(least=rule.hide_below, names=names))
    return notes


def _behind_errors(scores: Scores, people: NDArray[np.int64], least: int) -> NDArray[np.int64]:
    """Count the people behind each group's error; nobody, where the error is known to be 0."""
    names = [group.id for group in scores.scheme.groups]
    se = scores.groups.pivot(index="evaluatee", columns="group", values="se")
    none = se.loc[list(scores.scheme.evaluatees), names].to_numpy(dtype=np.float64) <= NO_ERROR
    census = np.array([group.is_census and group.population == "finite" for group in scores.scheme.groups])
    behind = np.where(none & (census | (people >= least)), 0, people)
    return np.where(behind.sum(axis=1, keepdims=True) < least, 0, behind)


def _each(relation: Floats, people: NDArray[np.int64], least: int, shared: NDArray[Any]) -> Bools:
    """Choose for every row of people, the same for the same."""
    if not len(people):
        return np.zeros(people.shape, dtype=bool)
    kinds, of = np.unique(people, axis=0, return_inverse=True)
    return np.array([suppress(relation, one, least, shared=shared) for one in kinds])[of.ravel()]


def _widths(scheme: Scheme) -> NDArray[np.int64]:
    return np.array([len(scheme.indicators[one]) for one in scheme.evaluatees])


def hidden_rows(table: pd.DataFrame, hidden: pd.DataFrame) -> Bools:
    """Tell which rows are of a hidden group and evaluatee; one that a result leaves out has no score."""
    rows = hidden.index.get_indexer(pd.Index(table["evaluatee"].astype(str)))
    at = hidden.columns.get_indexer(pd.Index(table["group"].astype(str)))
    return np.asarray(hidden.to_numpy()[rows, at] & (rows >= 0) & (at >= 0), dtype=bool)


def _of_few(table: pd.DataFrame, few: tuple[str, ...]) -> pd.DataFrame:
    """Hide the shares of evaluatees of whom all groups together are too few."""
    if not few or table.empty:
        return table
    lost, shown = table["evaluatee"].isin(few), table.copy()
    for name in shown.columns.intersection(["share", "se", "low", "high"]):
        shown[name] = table[name].mask(lost)
    return shown


def _masked(table: pd.DataFrame, columns: list[str], hidden: pd.DataFrame) -> pd.DataFrame:
    lost, changed = pd.Series(hidden_rows(table, hidden), index=table.index), table.copy()
    for name in columns:
        changed[name] = table[name].mask(lost)
    return changed
