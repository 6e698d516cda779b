"""From tables of offices, and a survey where there is one, to scores, places and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scoring.composite.compose import Composed, PartScores, compose
from scoring.composite.leaves import leaf
from scoring.composite.part import Part
from scoring.points.adjust import Adjusted, adjusted
from scoring.variance import Floats
from toolkit.errors import RoundError, fault
from toolkit.parts.follow import Followed, followed
from toolkit.parts.kinds import PointRule, ScorePart, Surveyed, counted_rules, respondent_rules
from toolkit.parts.sources import PartResult, events_of, part_scores
from toolkit.parts.tables import Periods, periods_of
from toolkit.per_respondent import Cases
from toolkit.placing import after_ranking, classes_of, placed, published
from toolkit.scheme import EvaluateeClass, Scheme
from toolkit.scores import Scores

WHOLE = "综合"
GROUPS = ["group", "evaluatee", "estimate", "se", "df", "n", "counted", "plain", "design"]
LABELS = ["evaluatee", "label", "share", "se"]
COUNTS = ["group", "evaluatee", "indicator", "mean", "points", "valid", "dont_know", "refused", "blank"]


@dataclass(frozen=True)
class Assessed:
    """What scores are made of beside answers, and what follows from them beside grades and awards.

    Attributes
    ----------
    parts : DataFrame
        One row per evaluatee and part: ``class``, ``evaluatee``, ``part``, ``weight`` (with which it counts
        for this evaluatee), ``score`` and ``se``.
    events : DataFrame
        What events did, in order: ``evaluatee``, ``part`` (empty for the whole), ``period``, ``event``,
        ``rule``, ``when``, ``count``, ``points``, ``before``, ``after``, ``reason``.
    periods : DataFrame
        One row per evaluatee and period: ``class``, ``evaluatee``, ``period``, ``kind``, ``score`` of the
        parts that have periods, and ``rank``.
    detail : DataFrame
        One row per part, evaluatee and period: ``part``, ``evaluatee``, ``period``, ``base`` (before events),
        ``score``, and whether it is ``counted`` in the mean.
    declared : DataFrame
        The periods in order: ``period``, ``kind``, ``year``, ``missing`` (why it was not held).
    late : ndarray of float, shape (E,)
        Points that came after the ranking, in the table's order: places do not follow them.
    cov_to_rank : ndarray of float, shape (E, E)
        Covariance of the scores that places follow.
    follows : Followed
        Streaks, awards of each period, what so many cases bring, what counts elsewhere.
    """

    parts: pd.DataFrame
    events: pd.DataFrame
    periods: pd.DataFrame
    detail: pd.DataFrame
    declared: pd.DataFrame
    late: Floats
    cov_to_rank: Floats
    follows: Followed

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Give what there is by the names of the files it is written to."""
        found = {
            "parts": self.parts,
            "events": self.events,
            "periods": self.periods,
            "period_parts": self.detail,
            "periods_declared": self.declared,
            "streaks": self.follows.streaks,
            "period_awards": self.follows.awards,
            "cases": self.follows.cases,
            "counts_into": self.follows.counts,
        }
        return {name: table for name, table in found.items() if len(table)}


def assess(
    scheme: Scheme,
    tables: Mapping[str, pd.DataFrame],
    survey: Scores | None = None,
    cases: Cases | None = None,
) -> Scores:
    """Score and rank every evaluatee by its parts.

    Parameters
    ----------
    scheme : Scheme
    tables : mapping of str to DataFrame
        By name, as text, with the names that rules use for heads.
    survey : Scores, optional
        What the survey came to, where a part is one.
    cases : Cases, optional
        What the scheme's rules count from the survey itself, where it has such rules.

    Returns
    -------
    Scores
        With ``assessed``.

    Raises
    ------
    RoundError
        A table is missing, or an evaluatee has no score.
    AnswerError, EstimateError
        With everything that is wrong with a table or a rule.
    """
    periods = periods_of(scheme, tables)
    results = [_of_class(scheme, each, tables, periods, survey) for each in scheme.classes]
    base = np.concatenate([one.whole.estimate for one in results])
    if np.isnan(base).any():
        names = [one for one, value in zip(scheme.evaluatees, base, strict=True) if np.isnan(value)]
        raise RoundError(scheme.id, [fault("", "no_score", names="、".join(names))])
    df = np.concatenate([one.whole.df for one in results])
    cov, pair_df = _joined(scheme, results, survey)
    start = pd.DataFrame({"evaluatee": list(scheme.evaluatees), "score": base})
    weight = np.concatenate([one.survey_weight for one in results])
    after = _after_events(scheme, start, tables, cov, cases, weight)
    assert after.cov is not None and after.cov_to_rank is not None
    shown = _groups_and_parts(scheme, results, survey)
    to_rank = after.table["to_rank"].to_numpy(dtype=np.float64)
    table = placed(scheme, to_rank, after.cov_to_rank, df, pair_df, shown)
    table = after_ranking(scheme, table, after.table["adjusted"].to_numpy(dtype=np.float64), after.cov)
    trail = pd.concat([*(one.trail for one in results), after.trail.assign(part="")], ignore_index=True)
    by_period = _periods(scheme, results, periods.table)
    found = Assessed(
        parts=pd.concat([one.parts for one in results], ignore_index=True),
        events=_told(trail),
        periods=by_period,
        detail=_detail(results, periods.of_kinds(scheme.periods.average)),
        declared=periods.table,
        late=after.table["adjusted"].to_numpy(dtype=np.float64) - to_rank,
        cov_to_rank=after.cov_to_rank,
        follows=followed(scheme, table, by_period, periods, tables),
    )
    whole = survey or _without_answers(scheme, table, after.cov, pair_df)
    return replace(whole, table=table, cov=after.cov, pair_df=pair_df, assessed=found)


def _after_events(
    scheme: Scheme,
    start: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    cov: Floats,
    cases: Cases | None,
    weight: Floats,
) -> Adjusted:
    """Apply the events of the whole; cases from the survey bring its error, and share it with the score.

    Points that a limit of all events has set do not move with the sample, as of a score that one has set.
    """
    rules = counted_rules(scheme.events)
    named: list[PointRule] = [one for one in scheme.events if one not in respondent_rules(scheme.events)]
    events = events_of(named, scheme.evaluatees, tables, scheme, None)
    if cases is None:
        return adjusted(start, events, rules, cov)
    of_survey = cases.events(scheme.evaluatees)
    if len(events):
        given = events if "count" in events else events.assign(count=1)
        of_survey = pd.concat([given, of_survey], ignore_index=True)
    events = of_survey
    found = adjusted(start, events, rules, cov)
    set_ = found.trail.loc[found.trail["rule"] == "total_limit", "evaluatee"]
    moves = ~np.isin(np.array(scheme.evaluatees), set_.to_numpy())
    _, own, cross = cases.brought(("before",), moves)
    _, own_all, cross_all = cases.brought(where=moves)
    with_score, with_score_all = cross * weight, cross_all * weight
    return replace(
        found,
        cov_to_rank=adjusted(start, events, rules, cov + own + with_score + with_score.T).cov_to_rank,
        cov=adjusted(start, events, rules, cov + own_all + with_score_all + with_score_all.T).cov,
    )


def _without_answers(scheme: Scheme, table: pd.DataFrame, cov: Floats, pair_df: Floats) -> Scores:
    return Scores(
        scheme=scheme,
        table=table,
        cov=cov,
        pair_df=pair_df,
        groups=pd.DataFrame(columns=GROUPS),
        indicators=pd.DataFrame(columns=["group", "evaluatee"]),
        labels=pd.DataFrame(columns=LABELS),
        answers=pd.DataFrame(columns=COUNTS),
    )


@dataclass(frozen=True)
class _ClassResult:
    """A class's composite, in the class's order."""

    whole: PartScores
    survey_weight: Floats
    parts: pd.DataFrame
    periods: pd.DataFrame
    trail: pd.DataFrame


def _of_class(
    scheme: Scheme,
    each: EvaluateeClass,
    tables: Mapping[str, pd.DataFrame],
    periods: Periods,
    survey: Scores | None,
) -> _ClassResult:
    names, plan = list(each.evaluatees), scheme.parts_of(each.id)
    results: list[PartResult] = []
    sources = []
    for part in plan:
        if isinstance(part.source, Surveyed):
            sources.append(leaf(part.name, _survey_part(part.name, names, scheme, survey)))
        else:
            results.append(part_scores(part, scheme, names, tables, periods))
            sources.append(results[-1].leaves)
    tree = Part(WHOLE, parts=tuple(Part(one.name, one.weight) for one in plan), missing=scheme.lacking_part)
    found = compose(tree, sources)
    order = [found.whole.evaluatees.index(one) for one in names]
    weight = np.zeros(len(names))
    for part in plan:
        if isinstance(part.source, Surveyed):
            weight = found.counted[part.name][order]
    return _ClassResult(
        whole=_reordered(found.whole, order),
        survey_weight=weight,
        parts=_parts(each, plan, found, order),
        periods=pd.concat([one.periods for one in results], ignore_index=True) if results else pd.DataFrame(),
        trail=pd.concat([one.trail for one in results], ignore_index=True) if results else pd.DataFrame(),
    )


def _survey_part(name: str, names: Sequence[str], scheme: Scheme, survey: Scores | None) -> PartScores:
    if survey is None:
        raise RoundError(scheme.id, [fault("", "no_answers")])
    at = survey.table.set_index("evaluatee").index.get_indexer(pd.Index(names))
    both, own = np.ix_(at, at), survey.table.iloc[at]
    estimate, df = (own[column].to_numpy(dtype=np.float64) for column in ("estimate", "df"))
    return PartScores(name, list(names), estimate, survey.cov[both], df, survey.pair_df[both])


def _reordered(one: PartScores, order: list[int]) -> PartScores:
    both = np.ix_(order, order)
    names = [one.evaluatees[at] for at in order]
    return PartScores(one.name, names, one.estimate[order], one.cov[both], one.df[order], one.pair_df[both])


def _parts(
    each: EvaluateeClass, plan: Sequence[ScorePart], found: Composed, order: list[int]
) -> pd.DataFrame:
    rows = [
        pd.DataFrame(
            {
                "class": each.id,
                "evaluatee": list(each.evaluatees),
                "part": part.name,
                "weight": found.counted[part.name][order],
                "score": found.scores[part.name].estimate[order],
                "se": found.scores[part.name].se[order],
            }
        )
        for part in plan
    ]
    return pd.concat(rows, ignore_index=True)


def _joined(scheme: Scheme, results: Sequence[_ClassResult], survey: Scores | None) -> tuple[Floats, Floats]:
    """Join the classes' covariances; between classes only the survey moves scores together."""
    of = classes_of(scheme)
    weight = np.concatenate([one.survey_weight for one in results])
    size = len(of)
    cov = np.zeros((size, size)) if survey is None else survey.cov * np.outer(weight, weight)
    pair_df = np.full((size, size), np.inf) if survey is None else survey.pair_df.copy()
    for each, one in zip(scheme.classes, results, strict=True):
        here = np.flatnonzero(of == each.id)
        cov[np.ix_(here, here)], pair_df[np.ix_(here, here)] = one.whole.cov, one.whole.pair_df
    return cov, pair_df


def _groups_and_parts(scheme: Scheme, results: Sequence[_ClassResult], survey: Scores | None) -> pd.DataFrame:
    """Give the columns beside the score: each group's, then each part's that is no group's name."""
    names = pd.Index(scheme.evaluatees)
    found = pd.DataFrame(index=names)
    if survey is not None:
        own = survey.table.set_index("evaluatee")
        found = own.loc[names, [group.id for group in scheme.groups]]
    parts = pd.concat([one.parts for one in results])
    wide = parts.pivot(index="evaluatee", columns="part", values="score").reindex(names)
    order = [one for one in dict.fromkeys(parts["part"]) if len(wide.columns) > 1]
    return pd.concat([found, wide[order]], axis=1).reset_index(drop=True)


def _periods(scheme: Scheme, results: Sequence[_ClassResult], declared: pd.DataFrame) -> pd.DataFrame:
    """Give each period's scores and places: of the parts that have periods, by their weights."""
    columns = ["class", "evaluatee", "period", "kind", "score", "rank"]
    tables = []
    for each, one in zip(scheme.classes, results, strict=True):
        if not len(one.periods):
            continue
        weights = {part.name: part.weight for part in scheme.parts_of(each.id)}
        own = one.periods.assign(weight=one.periods["part"].map(weights))
        own["points"] = own["score"] * own["weight"]
        parts = own.groupby("part")["weight"].first()
        sums = own.groupby(["period", "evaluatee"], sort=False).agg(
            points=("points", "sum"), weight=("weight", "sum"), parts=("part", "nunique")
        )
        whole = sums[sums["parts"] == len(parts)]  # with a part missing it has no score in the period
        score = (whole["points"] / whole["weight"]).rename("score").reset_index()
        tables.append(score.assign(**{"class": each.id}))
    if not tables:
        return pd.DataFrame(columns=columns)
    found = pd.concat(tables, ignore_index=True)
    found["rank"] = _period_ranks(scheme, found)
    kinds = declared.set_index("period")["kind"]
    found["kind"] = found["period"].map(kinds)
    place = {one: at for at, one in enumerate(declared["period"])}
    found["at"] = found["period"].map(place)
    ordered = found.sort_values(["at", "class", "rank"], kind="stable")
    return ordered.drop(columns="at")[columns].reset_index(drop=True)


def _detail(results: Sequence[_ClassResult], counted: Sequence[str]) -> pd.DataFrame:
    found = [one.periods for one in results if len(one.periods)]
    empty = pd.DataFrame(columns=["part", "evaluatee", "period", "base", "score"])
    whole = pd.concat(found, ignore_index=True) if found else empty
    return whole.assign(counted=whole["period"].isin(counted))


def _period_ranks(scheme: Scheme, found: pd.DataFrame) -> Floats:
    rule = scheme.ranking
    score = found["score"].to_numpy(dtype=np.float64)
    compared = published(score, rule.decimals) if rule.rank_on == "published" else score.round(9)
    ties = "dense" if rule.ties == "dense" else "min"
    by = [found["class"], found["period"]]
    return pd.Series(compared).groupby(by).rank(method=ties, ascending=False).to_numpy().astype(np.int64)


def _told(trail: pd.DataFrame) -> pd.DataFrame:
    columns = [
        "evaluatee",
        "part",
        "period",
        "event",
        "rule",
        "when",
        "count",
        "points",
        "before",
        "after",
        "reason",
    ]
    found = trail.reindex(columns=columns)
    texts = {name: found[name].astype(object).where(found[name].notna(), "") for name in ("period", "part")}
    return found.assign(**texts)
