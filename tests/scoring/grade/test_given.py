"""Who gets which grade, and why not a higher one."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import EstimateError, Grade, Grading, TopPlaces, TopShare, grades
from scoring.grade.levels import levels

NAMES = ["甲", "乙", "丙", "丁", "戊"]


def by_hand(rule: Grading, score: list[float], held: pd.DataFrame) -> list[str]:
    """The rule read word by word, one unit after the other."""
    got = []
    for me, own in enumerate(score):
        for level, grade in enumerate(rule.grades):
            if not good(rule, level, me, score, held):
                continue
            if grade.gate is not None:
                if rule.places_among == "eligible":
                    field = [s for i, s in enumerate(score) if good(rule, level, i, score, held)]
                else:
                    field = list(score)
                better = [s for s in field if s > own + 1e-9]
                place = {
                    "min": 1 + len(better),
                    "max": sum(s >= own - 1e-9 for s in field),
                    "dense": 1 + len({1 + sum(t > s + 1e-9 for t in field) for s in better}),
                }[rule.ties]
                if place > grade.gate.last_place(len(score)):
                    continue
            got.append(grade.name)
            break
    return got


def good(rule: Grading, level: int, unit: int, score: list[float], held: pd.DataFrame) -> bool:
    """Whether a unit meets all of a grade but its gate."""
    grade = rule.grades[level]
    if grade.at_least is not None:
        gap = score[unit] - grade.at_least
        if gap < -1e-9 or (grade.boundary == "out" and gap <= 1e-9):
            return False
    capped = [name for worse in rule.grades[level + 1 :] for name in worse.capped_if]
    return all(held[name].iloc[unit] for name in grade.requires) and not any(
        held[n].iloc[unit] for n in capped
    )


@pytest.mark.parametrize(
    ("ties", "among", "seed"), [*itertools.product(["min", "max", "dense"], ["class", "eligible"], [1, 2])]
)
def test_every_unit_has_the_grade_that_the_rule_gives_word_by_word(ties: Any, among: Any, seed: int) -> None:
    # Oracle: by_hand. Scores are whole, so that ties and scores at a threshold are many.
    rng = np.random.default_rng(seed)
    seen = set()
    for _ in range(40):
        units = int(rng.integers(1, 12))
        rule = Grading(
            (
                Grade("A", 8, gate=TopPlaces(int(rng.integers(1, 5))), requires=("x", "y")),
                Grade("B", 6, boundary="out", gate=TopShare(0.6, "round")),
                Grade("C", 3, capped_if=("y",)),
                Grade("D", capped_if=("z",)),
            ),
            ties,
            among,
        )
        score = rng.integers(0, 11, units).astype(float).tolist()
        held = pd.DataFrame(
            {name: rng.random(units) < share for name, share in zip("xyz", (0.8, 0.5, 0.2), strict=True)}
        )
        found = grades(rule, score, conditions=held)["grade"].tolist()
        assert found == by_hand(rule, score, held)
        seen |= set(found)
    assert seen >= {"B", "C", "D"}


def test_draws_are_graded_as_single_results_are() -> None:
    rng = np.random.default_rng(3)
    rule = Grading((Grade("A", 8, gate=TopPlaces(2)), Grade("B", 5, gate=TopShare(0.5, "ceil")), Grade("C")))
    drawn = rng.integers(0, 11, (200, 7)).astype(float)
    each = [grades(rule, row)["grade"].tolist() for row in drawn]
    assert np.array(rule.names)[levels(rule, drawn, {})].tolist() == each


def test_classes_are_placed_apart_and_the_order_of_rows_stays() -> None:
    rule = Grading((Grade("A", gate=TopShare(0.5, "floor")), Grade("B")))
    score, by = [70.0, 95.0, 60.0, 94.0, 50.0, 93.0], ["s", "t", "s", "t", "s", "t"]
    found = grades(rule, score, by=by)
    assert found["class"].tolist() == by
    assert found["place"].tolist() == [1, 1, 2, 2, 3, 3]
    assert found["grade"].tolist() == ["A", "A", "B", "B", "B", "B"]
    assert found["last_place"].tolist() == [pd.NA, pd.NA, 1, 1, 1, 1]


def test_best_fifth_next_half_and_the_rest() -> None:
    # Eleven units: 20 % is 2.2, 70 % is 7.7; rounded 2 and 8.
    rule = Grading(
        (
            Grade("优秀", gate=TopShare(0.2, "round")),
            Grade("良好", gate=TopShare(0.7, "round")),
            Grade("一般"),
        )
    )
    found = grades(rule, np.arange(11.0))
    assert found["grade"].value_counts().to_dict() == {"良好": 6, "一般": 3, "优秀": 2}


def test_places_of_those_who_may_have_the_grade_move_up_where_the_rule_says_so() -> None:
    first_two = (Grade("A", 80, gate=TopPlaces(2), requires=("x",)), Grade("B"))
    score, held = [95.0, 90.0, 85.0, 70.0], pd.DataFrame({"x": [True, False, True, True]})
    assert grades(Grading(first_two), score, conditions=held)["grade"].tolist() == ["A", "B", "B", "B"]
    moved = grades(Grading(first_two, places_among="eligible"), score, conditions=held)
    assert moved["grade"].tolist() == ["A", "B", "A", "B"]
    # Who may not have the grade is not told of its gate, and 70 is short of its threshold.
    assert moved["last_place"].isna().all()
    assert moved["short"].fillna(-1).tolist() == [-1, -1, -1, 10]


def test_places_may_follow_other_numbers_than_the_scores() -> None:
    rule = Grading((Grade("A", 90, gate=TopPlaces(1)), Grade("B")))
    assert grades(rule, [90.0, 90.0])["grade"].tolist() == ["A", "A"]
    found = grades(rule, [90.0, 90.0], rank_on=[90.002, 90.004])
    assert found[["grade", "place"]].to_numpy().tolist() == [["B", 2], ["A", 1]]


def test_why_not_higher_names_every_hindrance_at_once() -> None:
    rule = Grading(
        (Grade("A", 90, gate=TopPlaces(1), requires=("x", "y")), Grade("B", 60), Grade("C", capped_if=("z",)))
    )
    held = pd.DataFrame({"x": [True, False, True], "y": [True, False, True], "z": [False, False, True]})
    found = grades(rule, [95.0, 88.5, 94.0], conditions=held)
    assert found["grade"].tolist() == ["A", "B", "C"]
    assert found["next_grade"].isna().tolist() == [True, False, False]
    assert found["next_grade"].tolist()[1:] == ["A", "B"]
    assert found["short"].fillna(-1).tolist() == [-1, 1.5, -1]
    assert found["last_place"].fillna(-1).tolist() == [-1, 1, -1]
    assert found["conditions"].tolist() == ["", "x、y", "z"]


def test_a_score_at_a_threshold_that_is_out_is_short_of_nothing_and_still_out() -> None:
    rule = Grading((Grade("合格", 60, boundary="out"), Grade("不合格")))
    found = grades(rule, [60.0, 60.01])
    assert found["grade"].tolist() == ["不合格", "合格"]
    assert found["short"].tolist()[0] == 0.0


def test_conditions_come_under_the_units_names_in_any_order() -> None:
    rule = Grading((Grade("A", requires=("x",)), Grade("B")))
    score = pd.Series(range(5), NAMES, dtype=float)
    held = pd.DataFrame({"x": [1, 0, 0, 1, 0]}, NAMES)
    found = grades(rule, score, conditions=held.loc[["丁", "甲", "戊", "丙", "乙"]])
    assert found["grade"].to_dict() == {"甲": "A", "乙": "B", "丙": "B", "丁": "A", "戊": "B"}


RULE = Grading((Grade("A", 8, requires=("x",)), Grade("B")))
SCORE = pd.Series([9.0, 9.0, 1.0, 2.0, 3.0], NAMES)
HELD = pd.DataFrame({"x": [True, None, True, False, True]}, NAMES)

REFUSED: dict[str, list[tuple[Any, str]]] = {
    "no_estimates": [(lambda: grades(RULE, []), "shape is \\(0,\\)")],
    "estimate_not_finite": [
        (lambda: grades(RULE, [1.0, np.nan]), "1 of 2 are not, first nan at position 1"),
        (lambda: grades(RULE, SCORE.where(SCORE > 1)), "position 丙"),
        (
            lambda: grades(RULE, SCORE, rank_on=[1, 2, np.nan, 4, 5], conditions=HELD),
            "rank_on: .* position 2",
        ),
    ],
    "not_numbers": [(lambda: grades(RULE, ["good"]), "must be numbers")],
    "no_class": [
        (lambda: grades(RULE, SCORE, by=["a", "a", None, "a", "a"]), "1 have none, first at position 丙")
    ],
    "other_length": [
        (lambda: grades(RULE, SCORE, by=["a"]), "by: must have one value for each of the 5 units; it has 1"),
        (lambda: grades(RULE, [1.0], rank_on=[1.0, 2.0], conditions=HELD), "rank_on: .* 1 units; it has 2"),
    ],
    "no_column": [
        (lambda: grades(RULE, SCORE), "column 'x' is needed"),
        (lambda: grades(RULE, SCORE, conditions=pd.DataFrame({"y": True}, NAMES)), "the table has y"),
    ],
    "condition_unknown": [
        (lambda: grades(RULE, SCORE, conditions=HELD), "'x' holds for '乙' .* it is None"),
        (lambda: grades(RULE, SCORE, conditions=HELD.drop("乙")), "'x' holds for '乙'"),
        (lambda: grades(RULE, [9.0], conditions=pd.DataFrame({"x": ["是"]})), "for 0 must be .* it is '是'"),
    ],
    "condition_rows": [
        (lambda: grades(RULE, [1.0, 2.0], conditions=HELD), "2 units have scores, the table has 5 rows"),
        (lambda: grades(RULE, SCORE, conditions=pd.concat([HELD, HELD])), "has 10 rows"),
    ],
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_cannot_be_graded_is_refused(rule: str) -> None:
    for call, message in REFUSED[rule]:
        with pytest.raises(EstimateError, match=message) as caught:
            call()
        assert caught.value.rule == rule
        assert caught.value.chinese != str(caught.value)
