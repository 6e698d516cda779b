"""Grades, awards and penalties of a result, by the scheme's rules, and how sure each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray

from scoring import Grading, draws_given_data, grade_chances, grades, sure_differences
from scoring.grade.posterior import LEAST_DF, LEAST_UNITS
from toolkit.awards import awarded, without_error
from toolkit.grading import grades_in_words

if TYPE_CHECKING:
    from toolkit.scores import Scores

HEADS = ("class", "evaluatee", "score", "rank")


def graded(scores: Scores) -> pd.DataFrame:
    """Grade every evaluatee by its published score, its place and the outside conditions.

    Chances are those under a prior for the class; where a class is too small for it or an error has too few
    degrees of freedom, under a flat prior, which the statement says.

    Returns
    -------
    DataFrame
        ``class``, ``evaluatee``, ``score``, ``rank``, ``grade``, ``chance`` (of this grade), ``prior``; what
        keeps it from ``next_grade``: ``short``, ``last_place`` and ``conditions``; ``statement`` in Chinese
        and English (``statement_en``); then the chance of each grade, ``chance: 优秀``. No row where the
        scheme has no grades, or a provisional result their outside conditions not yet; none of a class
        of which a provisional result leaves a unit out.

    Raises
    ------
    EstimateError
        An outside condition is not known of an evaluatee.
    """
    rule, at = scores.scheme.grading_and_vetoes, of_whole_classes(scores)
    table = scores.table.iloc[at].set_index("evaluatee")
    if rule is None or not at.size or (rule.conditions and scores.conditions is None):
        return pd.DataFrame(columns=[*HEADS, "grade", "chance", "statement", "statement_en"])
    of = table["class"].to_numpy()
    parts = [_of_class(scores, rule, at[of == one]) for one in dict.fromkeys(of)]
    return pd.concat(parts, ignore_index=True)


def _of_class(scores: Scores, rule: Grading, at: NDArray[np.intp]) -> pd.DataFrame:
    """Grade the evaluatees of one class, which stand at some rows of the scores."""
    table = scores.table.iloc[at].set_index("evaluatee")
    conditions = None if scores.conditions is None else scores.conditions.loc[table.index]
    found = grades(rule, table["score"], conditions=conditions, rank_on=-table["rank"].to_numpy())
    df = table["df"].to_numpy(dtype=np.float64)
    small = len(table) < LEAST_UNITS or bool((df <= LEAST_DF).any())
    chances = grade_chances(
        rule,
        table["estimate"],
        scores.cov[np.ix_(at, at)],
        df=df,
        conditions=conditions,
        prior="flat" if small else "class",
    )
    half = (table["high"] - table["low"]).to_numpy() / 2
    words = grades_in_words(rule, found, chances, half, scores.scheme.ranking.decimals)
    own = chances.table[list(rule.names)].to_numpy()
    kept = found[["grade", "next_grade", "short", "last_place", "conditions"]]
    result = pd.concat([table[["class", "score", "rank"]], kept, words], axis=1)
    result.insert(4, "chance", own[np.arange(len(own)), [rule.names.index(one) for one in found["grade"]]])
    result.insert(5, "prior", chances.prior)
    each = pd.DataFrame(own, table.index, [f"chance: {name}" for name in rule.names])
    result = pd.concat([result, each], axis=1).rename_axis("evaluatee").reset_index()
    return result[["class", *[name for name in result if name != "class"]]]


def given(scores: Scores) -> pd.DataFrame:
    """Tell who is awarded or penalised by place, how sure that is, and who misses it within the error.

    Returns
    -------
    DataFrame
        ``class``, ``evaluatee``, ``score``, ``rank``, then what ``toolkit.awards.awarded`` tells. No row
        where the scheme has no awards; none of a class of which a provisional result leaves a unit out.
    """
    at = of_whole_classes(scores)
    parts = [_given_in_class(scores, each.id, at) for each in scores.scheme.classes]
    found = [part for part in parts if part is not None]
    if not found:
        return pd.DataFrame(columns=[*HEADS, "consequence", "shown", "statement", "statement_en"])
    return pd.concat(found, ignore_index=True)


def _given_in_class(scores: Scores, class_id: str, whole: NDArray[np.intp]) -> pd.DataFrame | None:
    rule = scores.scheme.awards_of(class_id)
    if scores.scheme.periods.awards == "each":  # awards of periods stand with the periods
        return None
    at = whole[(scores.table["class"].iloc[whole] == class_id).to_numpy()]
    if rule is None or not at.size:
        return None
    table, cov = scores.table.iloc[at], scores.cov[np.ix_(at, at)]
    estimate, pair_df = table["estimate"].to_numpy(), scores.pair_df[np.ix_(at, at)]
    sure = sure_differences(estimate, cov, level=scores.scheme.level, df=pair_df)
    df = float(table["df"].min())
    certain = not cov.any()
    draws = None if certain else draws_given_data(estimate, cov, df=df if np.isfinite(df) else None)
    lost = [] if scores.assessed is None else scores.assessed.follows.losing
    names = table["evaluatee"].tolist()
    found = awarded(
        rule, names, -table["rank"], sure, draws=draws, withdrawn=np.isin(names, lost) if lost else None
    )
    if certain:
        found = without_error(found)
    own = table.set_index("evaluatee")[["class", "score", "rank"]].loc[found["name"]].reset_index()
    told = own.rename(columns={"name": "evaluatee"})[list(HEADS)]
    return pd.concat([told, found.drop(columns=["name"])], axis=1)


def of_whole_classes(scores: Scores) -> npt.NDArray[np.intp]:
    """Give the rows of the scores whose class is all there: places in a part of a class say nothing."""
    if "may_change" not in scores.table:
        return np.arange(len(scores.table))
    return np.flatnonzero(scores.table["may_change"].notna())
