"""Checks, averages over inspections and completion ratios: by hand after the plans, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from scoring import (
    AnswerError,
    Average,
    Checks,
    Completion,
    EstimateError,
    Item,
    averaged,
    check_scores,
    completion_scores,
)

SIX = tuple(Item(name, points) for name, points in zip("档街室庭健害", [10, 20, 20, 20, 10, 20], strict=True))
TWO = (Item("旱厕", 60), Item("清运", 40))


def checks(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["evaluatee", "round", "item", "points"])


def tasks(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["evaluatee", "item", "done", "due"])


def lines(caught: pytest.ExceptionInfo[Any]) -> list[str]:
    return str(caught.value).splitlines()[1:]


# ------------------------------------------------------------------------------------- checks (S3)


def test_a_partial_week_is_put_on_the_full_mark() -> None:
    # Week 1 of 乙: 17 of 20; of 甲 (18 + 8)/30; week 2 of 甲 all six: 9 + 18 + 19 + 15 + 10 + 16 = 87.
    rows = [("乙", 1, "室", 17), ("甲", 1, "街", 18), ("甲", 1, "健", 8)]
    rows += [("甲", 2, item.name, got) for item, got in zip(SIX, [9, 18, 19, 15, 10, 16], strict=True)]
    found = check_scores(checks(*rows), Checks(SIX))
    assert found[["evaluatee", "round"]].to_numpy().tolist() == [["乙", 1], ["甲", 1], ["甲", 2]]
    np.testing.assert_allclose(found["score"], [85, 26 / 30 * 100, 87])
    assert found["items"].tolist() == [1, 2, 6]
    assert found["out_of"].tolist() == [20, 30, 100]


def test_says_everything_that_is_wrong_with_checks() -> None:
    rows = [
        ("甲", 1, "街", 21),
        ("甲", 1, "绿", 5),
        ("甲", 1, "健", -1),
        ("甲", 2, "健", np.nan),
        ("甲", 1, "街", 3),
    ]
    with pytest.raises(AnswerError) as caught:
        check_scores(checks(*rows), Checks(SIX))
    assert lines(caught) == [
        "- row 2: there is no item '绿'; there are 档、街、室、庭、健、害. Correct it.",
        "- row 1: '街' can get from 0 to 20 points; it has 21.0. Correct it.",
        "- row 3: '健' can get from 0 to 10 points; it has -1.0. Correct it.",
        "- row 4: '健' can get from 0 to 10 points; it has nan. Correct it.",
        "- 甲 / 1 has '街' several times. Give it once.",
    ]
    for text in ("没有“绿”这一项", "“街”可得 0 到 20 分", "“甲 / 1”的“街”有多行"):
        assert text in caught.value.chinese


def test_says_everything_that_is_wrong_with_items() -> None:
    with pytest.raises(EstimateError) as caught:
        check_scores(checks(), Checks((Item("a", 50), Item("a", 40))))
    assert lines(caught) == [
        "- two items are called 'a'. Rename or join them.",
        "- points of the items sum to 90, not to the full mark 100. Correct either.",
    ]
    assert "有两项都叫“a”" in caught.value.chinese
    assert "各项分值合计 90，不等于满分 100" in caught.value.chinese
    with pytest.raises(EstimateError) as caught:
        completion_scores(tasks(), Completion((Item("a", 100), Item("b", 0))))
    assert lines(caught) == [
        "- points of the item 'b' must be above 0; they are 0. Correct them, or leave it out."
    ]
    assert "“b”的分值必须大于 0" in caught.value.chinese


# ---------------------------------------------------------------------------------- averages (S2)

YEAR = pd.DataFrame(
    {"evaluatee": ["乙"] * 2 + ["甲"] * 4, "round": [1, 2, 1, 2, 3, 4], "score": [70.0, 80, 92, 88, 90, 94]}
)


@pytest.mark.parametrize(("fewer", "second"), [("average", 75.0), ("leave_out", np.nan)])
def test_too_few_inspections_follow_the_rule(fewer: Any, second: float) -> None:
    found = averaged(YEAR, Average(at_least=4, fewer=fewer))
    assert found["evaluatee"].tolist() == ["乙", "甲"]
    np.testing.assert_array_equal(found["score"], [second, 91])
    assert found["rounds"].tolist() == [2, 4]


def test_says_everything_that_is_wrong_with_rounds() -> None:
    with pytest.raises(AnswerError) as caught:
        averaged(YEAR.assign(round=[1, 1, 1, 2, 3, 4], score=[70, 80, 92, None, 90, 94]), Average(at_least=5))
    assert lines(caught) == [
        "- 乙 / 1 is there 2 times. Give it once.",
        "- row 4: the score of 甲 / 2 must be a finite number; it is nan. Correct it, or leave the row out.",
        "- '乙' has 2 rounds, and 5 are needed. Complete them, or state what happens to fewer.",
        "- '甲' has 4 rounds, and 5 are needed. Complete them, or state what happens to fewer.",
    ]
    assert "“乙”只有 2 轮，至少要 5 轮" in caught.value.chinese
    with pytest.raises(
        EstimateError, match="^at_least: must be a whole number of at least 1; it is 0."
    ) as caught:
        averaged(YEAR, Average(at_least=0))
    assert caught.value.chinese == "at_least：必须是不小于 1 的整数，现在是 0。请改正。"
    with pytest.raises(AnswerError, match="averages: column 'round' is needed"):
        averaged(YEAR.drop(columns="round"))


# -------------------------------------------------------------------------------- completion (S4)


def test_tasks_count_by_what_is_done_of_what_is_due() -> None:
    # 甲: 60 × 9/12 + 40 × 1 = 85; 乙: 60 × 0 + 40 × 1/4 = 10.
    made = tasks(("甲", "旱厕", 9, 12), ("乙", "清运", 5, 20), ("甲", "清运", 50, 50), ("乙", "旱厕", 0, 7))
    found = completion_scores(made, Completion(TWO))
    assert found.to_numpy().tolist() == [["甲", 85, 45, 40], ["乙", 10, 0, 10]]
    assert list(found) == ["evaluatee", "score", "旱厕", "清运"]


@pytest.mark.parametrize(
    ("nothing_due", "beyond", "score"), [("full", "full", 100), ("zero", "full", 40), ("zero", "counts", 50)]
)
def test_nothing_due_and_more_than_due_follow_the_rule(nothing_due: Any, beyond: Any, score: float) -> None:
    made = tasks(("甲", "旱厕", 0, 0), ("甲", "清运", 10, 8))
    assert completion_scores(made, Completion(TWO, 100, nothing_due, beyond))["score"].tolist() == [score]


def test_months_are_scored_apart() -> None:
    made = tasks(("甲", "旱厕", 1, 2), ("甲", "清运", 1, 1), ("甲", "旱厕", 2, 2), ("甲", "清运", 1, 1))
    found = completion_scores(made.assign(round=[1, 1, 2, 2]), Completion(TWO))
    assert found[["round", "score"]].to_numpy().tolist() == [[1, 70], [2, 100]]


def test_says_everything_that_is_wrong_with_tasks() -> None:
    rows = [
        ("甲", "旱厕", -1, 12),
        ("甲", "清运", 5, 4),
        ("乙", "清运", 0, 0),
        ("乙", "清运", 1, 1),
        ("丙", "绿", 1, 1),
    ]
    with pytest.raises(AnswerError) as caught:
        completion_scores(tasks(*rows), Completion(TWO))
    assert lines(caught) == [
        "- row 5: there is no item '绿'; there are 旱厕、清运. Correct it.",
        "- row 1: done and due must be numbers of at least 0; they are -1 / 12. Correct them.",
        "- row 3: nothing is due of '清运'. Correct it, or state what it counts then.",
        "- row 2: more is done than is due of '清运'. Correct it, or state what it counts then.",
        "- 乙 has '清运' several times. Give it once.",
        "- 乙 has no '旱厕'. Give what is done and due.",
        "- 丙 has no '旱厕'. Give what is done and due.",
        "- 丙 has no '清运'. Give what is done and due.",
    ]
    for text in (
        "必须是不小于 0 的数，现在是 -1 / 12",
        "“清运”应完成数是 0",
        "“清运”已完成数大于应完成数",
        "“乙”缺少“旱厕”",
    ):
        assert text in caught.value.chinese


def test_a_scheme_file_can_hold_the_rules() -> None:
    adapter = TypeAdapter(Checks | Average | Completion)
    assert adapter.validate_python({"kind": "average", "at_least": 4}) == Average(4)
    plain = {"kind": "completion", "items": [{"name": "旱厕", "points": 100}], "beyond": "full"}
    assert adapter.validate_python(plain) == Completion((Item("旱厕", 100.0),), beyond="full")
