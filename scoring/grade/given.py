"""The grade each unit gets, and why not a higher one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.grade.inputs import Flags, conditions_of, units_of
from scoring.grade.levels import allowed, levels, reaches, through
from scoring.grade.rules import Grading, check_grading
from scoring.rank.checks import one_each
from scoring.rank.places import places_of_rows


def grades(
    rule: Grading,
    score: npt.ArrayLike,
    by: npt.ArrayLike | None = None,
    conditions: pd.DataFrame | None = None,
    rank_on: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Give every unit the best grade of which it meets everything, and say what keeps it from the next.

    Parameters
    ----------
    rule : Grading
    score : array_like of float, shape (p,)
        The scores that are compared with thresholds, rounded if the plan compares published scores. If a
        Series, its index names the units.
    by : array_like, shape (p,), optional
        The class of each unit; gates count places within a class. Without it all are one class.
    conditions : DataFrame, optional
        A column of true or false for each outside condition of the rule; rows in the order of the units, or
        under their names if ``score`` names them.
    rank_on : array_like of float, shape (p,), optional
        What places follow, higher better, if not the scores: unrounded scores, or places with a minus sign.

    Returns
    -------
    DataFrame
        One row a unit, in the given order: ``class`` (with ``by``), ``score``, ``grade``, ``place`` in its
        class, and what keeps it from ``next_grade``, the one above (missing for the best): ``short``, the
        points that its score is short of the threshold (NaN where it meets it; 0 if the boundary is out),
        ``last_place``, the last that the gate lets in (missing where the unit passes it or there is none),
        and ``conditions``, the outside conditions in its way (those required that do not hold, those that
        cap it), joined by 、.

    Raises
    ------
    EstimateError
        See ``check_grading``; no unit; a number that is not finite; a class or an outside condition that is
        not known of a unit.

    Examples
    --------
    Plan S2: 甲 is fourth at 91, so 良好; 乙 has not passed the city's acceptance; 丙 failed the province's;
    己 is 12 points short of 合格.

    >>> from scoring.grade.rules import Grade, TopPlaces
    >>> villages = Grading(
    ...     (
    ...         Grade("优秀", at_least=90, gate=TopPlaces(3), requires=("通过省级验收", "通过市级验收")),
    ...         Grade("良好", at_least=80),
    ...         Grade("合格", at_least=60, boundary="in"),
    ...         Grade("不合格", capped_if=("未通过省级验收",)),
    ...     )
    ... )
    >>> score = pd.Series({"甲": 91.0, "乙": 96.0, "丙": 93.0, "丁": 92.0, "戊": 60.0, "己": 48.0})
    >>> accepted = pd.DataFrame(False, score.index, villages.conditions)
    >>> accepted.loc[["甲", "丁", "戊", "己"], ["通过省级验收", "通过市级验收"]] = True
    >>> accepted.loc["乙", "通过省级验收"] = accepted.loc["丙", "未通过省级验收"] = True
    >>> found = grades(villages, score, conditions=accepted)
    >>> found[["grade", "place", "next_grade", "short", "last_place", "conditions"]].to_dict("index")["甲"]
    {'grade': '良好', 'place': 4, 'next_grade': '优秀', 'short': nan, 'last_place': 3, 'conditions': ''}
    >>> found["grade"].tolist()
    ['良好', '良好', '不合格', '优秀', '合格', '不合格']
    >>> found["short"].tolist()
    [nan, nan, nan, nan, 20.0, 12.0]
    >>> found["conditions"].tolist()
    ['', '通过市级验收', '未通过省级验收', '', '', '']
    """
    check_grading(rule)
    units = units_of("grades: score", score, by)
    follow = units.values if rank_on is None else one_each("grades: rank_on", rank_on, units.values.size)
    held = conditions_of(rule, conditions, units)

    size = units.values.size
    level = np.empty(size, dtype=np.int64)
    place = np.empty(size, dtype=np.int64)
    short = np.full(size, np.nan)
    last_place = pd.array([pd.NA] * size, dtype="Int64")
    missing = np.full(size, "", dtype=object)
    for _, here in units.rows():
        values, ranked = units.values[None, here], follow[None, here]
        known = {name: flags[here] for name, flags in held.items()}
        level[here] = levels(rule, values, known, ranked)[0]
        place[here] = places_of_rows(ranked, rule.ties)[0]
        for above, grade in enumerate(rule.grades[:-1]):
            next_up = level[here] == above + 1
            reached, free = reaches(grade, values)[0], allowed(rule, above, known, here.size)
            if grade.at_least is not None:
                lacking = np.maximum(grade.at_least - values[0], 0.0)
                short[here] = np.where(next_up & ~reached, lacking, short[here])
            if grade.gate is not None:
                eligible = reached & free
                shut = ~through(rule, grade, ranked, eligible[None])[0]
                if rule.places_among == "eligible":
                    shut &= eligible
                last_place[here[next_up & shut]] = grade.gate.last_place(here.size)
            barred = _in_the_way(rule, above, known, here.size)
            missing[here] = np.where(next_up & ~free, barred, missing[here])

    table = units.frame()
    table["score"] = units.values
    table["grade"] = np.array(rule.names, dtype=object)[level]
    table["place"] = place
    table["next_grade"] = np.array([None, *rule.names], dtype=object)[level]
    table["short"] = short
    table["last_place"] = last_place
    table["conditions"] = missing
    return table


def _in_the_way(rule: Grading, level: int, held: dict[str, Flags], units: int) -> npt.NDArray[np.object_]:
    """Name for each unit the outside conditions that keep it from a grade: (p,)."""
    required = {name: ~held[name] for name in rule.grades[level].requires}
    caps = {name: held[name] for worse in rule.grades[level + 1 :] for name in worse.capped_if}
    text = np.full(units, "", dtype=object)
    for name, bars in (required | caps).items():
        text[bars] += np.where(text[bars] == "", name, "、" + name).astype(object)
    return text
