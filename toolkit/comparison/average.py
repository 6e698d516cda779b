"""The mean of several rounds of one plan: of every evaluatee, with its error, place and rank set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.composite.groups import satterthwaite
from scoring.interval import interval
from scoring.points.inspections import Average
from scoring.rank import rank_sets, ranks
from toolkit.comparison.basis import Material
from toolkit.comparison.crosswalk import Crosswalk
from toolkit.comparison.errors import fault
from toolkit.comparison.linking import Side, not_told
from toolkit.comparison.order import Absent, Slot, in_order, not_held, order_table
from toolkit.comparison.shared import in_scores, shared_covariance
from toolkit.errors import Fault, RoundError
from toolkit.placing import published
from toolkit.scheme import Scheme
from toolkit.scores import Scores

if TYPE_CHECKING:
    from toolkit.round import Round

Floats = NDArray[np.float64]
Crossed = Mapping[tuple[int, int], Floats]
UNSTATED = Average(1, "leave_out")


@dataclass(frozen=True)
class RoundsAverage:
    """The mean of every unit over rounds.

    Attributes
    ----------
    table : DataFrame
        One row per unit of the last round, class by class: ``class``, ``code``, ``evaluatee``; ``score`` (as
        published), ``estimate``, ``se``, ``low``, ``high``, ``df``, ``rank``, ``rank_low``, ``rank_high``
        within the class, empty where it has no average; ``rounds`` that count for it; its published score in
        each round, a column called by the round, empty where that does not count; ``why`` and ``why_en``.
    cov : ndarray of float, shape (A, A)
        Covariance of the averages, of the units that have one, in the table's order.
    rounds : DataFrame
        All rounds in order of time: ``round``, ``year``, ``held``, ``reason`` and ``office`` of one that was
        not, and the ``weight`` of each.
    rule : Average
    scheme : Scheme
        Of the last round, whose ranking, classes and level hold.
    not_held : tuple of str
    shared : bool
        Whether any two rounds share respondents or towns, by the crosswalk.
    made : bool
    """

    table: pd.DataFrame
    cov: Floats
    rounds: pd.DataFrame
    rule: Average
    scheme: Scheme
    not_held: tuple[str, ...]
    shared: bool
    made: bool

    def __repr__(self) -> str:
        told = self.table["score"].notna().sum()
        return f"{int(self.rounds['held'].sum())} 轮平均：{told} 个单位有平均分"


def average_rounds(
    rounds: Sequence[Round],
    crosswalk: str | Path | Crosswalk | None = None,
    weights: Sequence[float] | None = None,
    missing: Absent = None,
    *,
    rule: Average | None = None,
    years: Sequence[int | str] | None = None,
) -> RoundsAverage:
    """Average every unit's scores over rounds.

    Each round counts as its own scheme scores and its review left it: unrounded, or as published where the
    last scheme ranks what is published. A unit's score of a round does not count where the unit was not
    there, was several that merged since, or cannot be compared (``toolkit.comparison.streaks`` reads it the
    same way); its other rounds then count by their weights. A round that was not held counts for nobody.

    Parameters
    ----------
    rounds : sequence of Round
        In order of time.
    crosswalk : str, Path or Crosswalk, optional
        Without it, what has the same name is the same, and the rounds' samples are independent.
    weights : sequence of float, optional
        Of the rounds; by default equal.
    missing : str, Path, DataFrame or sequence of Missing, optional
        Rounds that were not held: see ``toolkit.comparison.order``.
    rule : Average, optional
        By default the last scheme's ``average``; where that says nothing, one round is enough.
    years : sequence of int or str, optional
        Of the rounds, 2013, 2013-05 or 2013-W07; by default as their names tell.

    Returns
    -------
    RoundsAverage

    Raises
    ------
    RoundError
        The order of rounds, the crosswalk, or the rounds' samples are not as they must be; full marks
        differ; or too few rounds, of all units or, where the rule says so, of any.
    """
    slots = in_order(rounds, years, missing)
    walk = Crosswalk.of(crosswalk)
    read = [one.admitted() if one.scheme.groups else None for one in rounds]
    material = [
        Material.of(one, found) if one.scheme.groups else None
        for one, found in zip(rounds, read, strict=True)
    ]
    scores = [one.scores(found) for one, found in zip(rounds, read, strict=True)]
    stated = rule or rounds[-1].scheme.average or UNSTATED
    return averaged(slots, scores, material, walk, stated, weights, any(one.made for one in rounds))


def averaged(
    slots: Sequence[Slot],
    scores: Sequence[Scores],
    material: Sequence[Material | None],
    crosswalk: Crosswalk,
    rule: Average = UNSTATED,
    weights: Sequence[float] | None = None,
    made: bool = False,
) -> RoundsAverage:
    """Average rounds that are read and scored already; as ``average_rounds``."""
    held = [one for one in slots if one.held is not None]
    schemes = [one.scheme for one in scores]
    last = schemes[-1]
    refuse_rounds(schemes, held, weights)
    each = np.ones(len(held)) if weights is None else np.asarray(weights, dtype=np.float64)
    sides = sides_of(schemes, held, crosswalk)
    cross = _crossed(sides, material, scores, crosswalk)
    names = [one for of in last.classes for one in of.evaluatees]
    code_of = {one.name: code for code, some in sides[-1].units.items() for one in some}
    codes = list(dict.fromkeys(code_of[name] for name in names))
    why: dict[str, list[tuple[str, str]]] = {code: [one.told for one in slots if one.told] for code in codes}
    at = np.full((len(held), len(codes)), -1)
    for row, (side, one) in enumerate(zip(sides, held, strict=True)):
        place = {name: here for here, name in enumerate(scores[row].table["evaluatee"])}
        for column, code in enumerate(codes):
            reason = not_told(code, side, sides[-1])
            if reason is None:
                at[row, column] = place[side.units[code][0].name]
            else:
                why[code].append((f"{one.name}：{reason[0]}", f"{one.name}: {reason[1]}"))
    counts = (at >= 0).sum(axis=0)
    short = counts < rule.at_least
    called = ["＋".join(one.name for one in sides[-1].units[code]) for code in codes]
    if short.all() or (rule.fewer == "error" and short.any()):
        raise RoundError(last.id, [_too_few(called[i], counts[i], rule) for i in np.flatnonzero(short)])
    kept = np.flatnonzero((counts > 0) & ~(short & (rule.fewer == "leave_out")))
    of = np.array([last.class_of(sides[-1].units[code][0].name).id for code in codes])
    found, cov = _mean(last, scores, at[:, kept], each, cross, of[kept], [called[i] for i in kept])
    table = pd.DataFrame({"class": of, "code": codes, "evaluatee": called})
    table = table.join(found.set_index(kept)).assign(rounds=counts)
    for one in slots:
        own = np.full(len(codes), np.nan)
        if one.held is not None:
            row = at[one.held]
            own = np.where(row >= 0, scores[one.held].table["score"].to_numpy()[row], np.nan)
        table[one.name] = own
    table["why"] = ["；".join(zh for zh, _ in why[code]) for code in codes]
    table["why_en"] = ["; ".join(en for _, en in why[code]) for code in codes]
    order = order_table(slots)
    order["weight"] = [0.0 if one.held is None else each[one.held] / each.sum() for one in slots]
    ranked = table.astype(dict.fromkeys(("rank", "rank_low", "rank_high"), "Int64"))
    return RoundsAverage(ranked, cov, order, rule, last, not_held(slots), bool(cross), made)


def _too_few(name: str, found: int, rule: Average) -> Fault:
    return fault("few_averaged", name=name, found=int(found), needed=rule.at_least)


def refuse_rounds(
    schemes: Sequence[Scheme], held: Sequence[Slot], weights: Sequence[float] | None = None
) -> None:
    """Say what keeps rounds from being put together: full marks that differ, wrong weights."""
    faults: list[Fault] = []
    if weights is not None:
        values = np.asarray(weights, dtype=np.float64)
        if len(values) != len(held) or not (np.isfinite(values) & (values > 0)).all():
            told = ", ".join(f"{one:g}" for one in values)
            faults.append(fault("round_weights", found=told, due=len(held)))
    faults += [
        fault("full_marks", name=one.name, found=scheme.full_mark, due=schemes[-1].full_mark)
        for one, scheme in zip(held, schemes, strict=True)
        if scheme.full_mark != schemes[-1].full_mark
    ]
    if faults:
        raise RoundError(held[-1].name, faults)


def sides_of(schemes: Sequence[Scheme], held: Sequence[Slot], crosswalk: Crosswalk) -> list[Side]:
    """Find the codes of every round, which is called by its own name."""
    sides: list[Side] = []
    faults: list[Fault] = []
    for scheme, one in zip(schemes, held, strict=True):
        try:
            sides.append(Side.of(scheme, crosswalk, one.year, one.name))
        except RoundError as error:
            faults += error.faults
    if faults:
        raise RoundError(crosswalk.name, faults)
    return sides


def _crossed(
    sides: Sequence[Side],
    material: Sequence[Material | None],
    scores: Sequence[Scores],
    crosswalk: Crosswalk,
) -> dict[tuple[int, int], Floats]:
    """Give the covariances between rounds that share anything, (E earlier, E later)."""
    found = {}
    for late in range(len(sides)):
        for early in range(late):
            a, b = material[early], material[late]
            if a is None or b is None:
                continue
            own = shared_covariance((sides[early], sides[late]), (a, b), crosswalk)
            if own is not None:
                found[early, late] = in_scores(own, scores[early], scores[late])
    return found


def _mean(
    scheme: Scheme,
    scores: Sequence[Scores],
    at: NDArray[np.intp],
    weights: Floats,
    cross: Crossed,
    of: NDArray[np.str_],
    names: Sequence[str],
) -> tuple[pd.DataFrame, Floats]:
    """Average the units' scores; `at` (rounds, units) tells their rows in each round, -1 for none."""
    there = at >= 0
    share = np.where(there, weights[:, None], 0.0)
    share = share / share.sum(axis=0)
    estimate = _over(scores, "score" if scheme.ranking.rank_on == "published" else "estimate", at, share)
    size = at.shape[1]
    cov, variances, dfs, pair_variances, pair_dfs = np.zeros((size, size)), [], [], [], []
    for rounds in _linked(len(scores), cross):
        own, df, pair_df = _of_linked(rounds, scores, at, share, cross)
        cov += own
        variance = np.maximum(np.diag(own), 0.0)
        variances.append(variance)
        dfs.append(df)
        pair_variances.append(np.maximum(variance[:, None] + variance[None, :] - 2 * own, 0.0))
        pair_dfs.append(pair_df)
    df = satterthwaite(variances, dfs)
    pair_df = satterthwaite(pair_variances, pair_dfs)
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
    low, high = interval(estimate, se, df, scheme.level)
    decimals = scheme.ranking.decimals
    by_print = scheme.ranking.rank_on == "published"
    breakers = [_over(scores, one, at, share) for one in scheme.ranking.break_by]
    rank = ranks(
        published(estimate, decimals) if by_print else estimate,
        ties=scheme.ranking.ties,
        by=of,
        break_by=[published(one, decimals) if by_print else one for one in breakers],
        names=list(names),
    )
    sets = rank_sets(estimate, cov, level=scheme.level, df=pair_df, by=of)
    found = pd.DataFrame(
        {
            "score": published(estimate, decimals),
            "estimate": estimate,
            "se": se,
            "low": low,
            "high": high,
            "df": df,
            "rank": rank,
            "rank_low": np.minimum(sets["low"], rank),
            "rank_high": np.maximum(sets["high"], rank),
        }
    )
    return found, cov


def _over(scores: Sequence[Scores], column: str, at: NDArray[np.intp], share: Floats) -> Floats:
    values = [
        np.where(rows >= 0, one.table[column].to_numpy(dtype=np.float64)[rows], 0.0)
        for one, rows in zip(scores, at, strict=True)
    ]
    return np.asarray((np.array(values) * share).sum(axis=0))


def _linked(rounds: int, cross: Crossed) -> list[list[int]]:
    """Put rounds that share anything together, also over a third.

    >>> _linked(4, {(0, 1): np.ones(1), (1, 3): np.ones(1)})
    [[0, 1, 3], [2]]
    """
    label = list(range(rounds))
    for a, b in cross:
        label = [label[a] if one == label[b] else one for one in label]
    return [[at for at in range(rounds) if label[at] == one] for one in dict.fromkeys(label)]


def _of_linked(
    rounds: Sequence[int], scores: Sequence[Scores], at: NDArray[np.intp], share: Floats, cross: Crossed
) -> tuple[Floats, Floats, Floats]:
    """Give what rounds that hang together bring: covariance, degrees of freedom of each and of pairs.

    Their variances are not independent: the fewest degrees of freedom hold, as for a change.
    """
    size = at.shape[1]
    cov = np.zeros((size, size))
    df, pair_df = np.full(size, np.inf), np.full((size, size), np.inf)
    for one in rounds:
        rows, weight = np.maximum(at[one], 0), share[one]
        cov += scores[one].cov[np.ix_(rows, rows)] * np.outer(weight, weight)
        own = scores[one].table["df"].to_numpy(dtype=np.float64)[rows]
        own = np.where((weight > 0) & (np.diag(scores[one].cov)[rows] > 0), own, np.inf)
        df = np.minimum(df, own)
        both = (weight[:, None] > 0) & (weight[None, :] > 0)
        alone = np.minimum(own[:, None], own[None, :])  # of a pair of which one alone has this round
        pair_df = np.minimum(pair_df, np.where(both, scores[one].pair_df[np.ix_(rows, rows)], alone))
    for (a, b), own in cross.items():
        if a in rounds:
            part = own[np.ix_(np.maximum(at[a], 0), np.maximum(at[b], 0))] * np.outer(share[a], share[b])
            cov += part + part.T
    return cov, df, pair_df
