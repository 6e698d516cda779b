"""What a plan may declare of grades, and what contradicts itself."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from scoring import EstimateError, Grade, Grading, TopPlaces, TopShare, grades

S2 = Grading(
    (
        Grade("优秀", at_least=90, gate=TopPlaces(3), requires=("通过省级验收", "通过市级验收")),
        Grade("良好", at_least=80),
        Grade("合格", at_least=60),
        Grade("不合格", capped_if=("未通过省级验收",)),
    )
)


@pytest.mark.parametrize("share", ["0.1", "0.2", "0.29", "0.3", "0.333", "0.5", "0.55", "0.7", "1.0"])
def test_a_share_becomes_the_number_one_gets_by_hand(share: str) -> None:
    # Oracle: exact fractions; in binary 0.7 × 10 is above 7 and 0.29 × 100 below 29.
    for units in range(1, 121):
        exact = Fraction(share) * units
        due = {
            "floor": math.floor(exact),
            "ceil": math.ceil(exact),
            "round": math.floor(exact + Fraction(1, 2)),
        }
        assert {how: TopShare(float(share), how).last_place(units) for how in due} == due


def test_a_scheme_file_holds_a_rule_as_plain_tables() -> None:
    written = {
        "grades": [
            {
                "name": "优秀",
                "at_least": 90,
                "gate": {"kind": "top_places", "places": 3},
                "requires": ["通过省级验收", "通过市级验收"],
            },
            {"name": "良好", "at_least": 80},
            {"name": "合格", "at_least": 60},
            {"name": "不合格", "capped_if": ["未通过省级验收"]},
        ]
    }
    read = TypeAdapter(Grading)
    assert read.validate_python(written) == S2
    written["grades"][0]["gate"] = {"kind": "top_share", "share": 0.3, "whole": "floor"}
    assert read.validate_python(written).grades[0].gate == TopShare(0.3, "floor")
    with pytest.raises(ValidationError, match="whole"):  # the plan must say how 30 % becomes a number
        read.validate_python({"grades": [{"name": "A", "gate": {"kind": "top_share", "share": 0.3}}]})
    with pytest.raises(ValidationError, match="at_most"):
        read.validate_python({"grades": [{"name": "A", "at_most": 3}]})


def of(*given: Grade, **more: Any) -> Grading:
    return Grading((*given, Grade("C")), **more)


A, B = Grade("A", 90), Grade("B", 80)

REFUSED: dict[str, list[tuple[Grading, str]]] = {
    "grade_asks_nothing": [
        (Grading((Grade("好", 90), Grade("中"), Grade("差"))), "'中' asks for nothing, so that nobody"),
        (Grading((Grade("好", capped_if=("否决",)), Grade("差"))), "'好' asks for nothing"),
    ],
    "condition_name": [(of(Grade("A", 90, requires=("",))), "'A' has an outside condition without a name")],
    "grade_names": [
        (Grading(()), "the names are none"),
        (of(A, Grade("A", 80)), "the names are A、A、C"),
        (of(Grade("", 80)), "the names are 、C"),
    ],
    "last_grade": [
        (Grading((A, Grade("B", 60))), "'B', takes all who are left"),
        (Grading((A, Grade("B", gate=TopPlaces(9)))), "'B'"),
        (Grading((A, Grade("B", requires=("x",)))), "'B'"),
    ],
    "threshold_number": [
        (of(Grade("A", math.nan)), "at_least of 'A' .* it is nan"),
        (of(Grade("A", math.inf)), "it is inf"),
    ],
    "thresholds_order": [
        (of(B, A), "'B' has 80, 'A' below it 90"),
        (of(A, Grade("B", 90)), "'A' has 90, 'B' below it 90"),
        (of(A, Grade("M"), Grade("B", 95)), "'A' has 90, 'B' below it 95"),
        (of(A, Grade("B", 90, boundary="out")), "'A' has 90"),
    ],
    "gates_order": [
        (of(Grade("A", gate=TopShare(0.5, "floor")), Grade("B", gate=TopShare(0.2, "floor"))), "gate of 'B'"),
        (of(Grade("A", gate=TopPlaces(3)), Grade("B", gate=TopPlaces(2))), "better|'A'"),
    ],
    "bad_gate": [
        (of(Grade("A", gate=TopPlaces(0))), "gate of 'A' lets in 0"),
        (of(Grade("A", gate=TopPlaces(2.5))), "lets in 2.5"),  # type: ignore[arg-type]
        (of(Grade("A", gate=TopShare(0.0, "floor"))), "lets in 0.0"),
        (of(Grade("A", gate=TopShare(30, "floor"))), "lets in 30"),
    ],
    "unknown_choice": [
        (of(A, ties="average"), "grades: ties: .* min, max, dense; it is 'average'"),
        (of(A, places_among="all"), "places_among: .* class, eligible"),
        (of(Grade("A", 90, boundary="on")), "boundary of A: .* in, out"),  # type: ignore[arg-type]
        (of(Grade("A", gate=TopShare(0.3, "up"))), "whole of A: .* floor, round, ceil"),  # type: ignore[arg-type]
    ],
}


@pytest.mark.parametrize("rule", REFUSED)
def test_grades_that_contradict_each_other_are_refused(rule: str) -> None:
    for grading, message in REFUSED[rule]:
        with pytest.raises(EstimateError, match=message) as caught:
            grades(grading, [80.0])
        assert caught.value.rule == rule
        assert caught.value.chinese != str(caught.value)


def test_equal_thresholds_are_good_where_the_better_grade_asks_for_more() -> None:
    # Both at 90: the first two places, or whoever passed, or above it; else B.
    for asks_more in (
        Grade("A", 90, gate=TopPlaces(2)),
        Grade("A", 90, requires=("x",)),
        Grade("A", 90, boundary="out"),
    ):
        rule = of(asks_more, Grade("B", 90))
        found = grades(rule, [90.0, 90.0, 89.0], conditions=pd.DataFrame({"x": [False] * 3}))
        assert found["grade"].tolist() == (["A", "A", "C"] if asks_more.gate else ["B", "B", "C"])
