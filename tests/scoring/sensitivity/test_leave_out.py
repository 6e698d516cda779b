"""Parts and units left out: composites and groups scored again without them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scoring import (
    AnswerError,
    Composed,
    EstimateError,
    Label,
    Part,
    Scale,
    Survey,
    compose,
    figures,
    leaf,
    leave_parts_out,
    leave_units_out,
    ranks,
)
from scoring.group import GroupScores, Official, group_scores
from tests.scoring.sensitivity import made

WORDS = (Label("不满意", 1, 2, 20), Label("一般", 3, 3, 65), Label("满意", 4, 5, 100))
SCALE = Scale(1, 5, WORDS)
ASKED = {"甲": ["q1", "q2"], "乙": ["q2", "q3"], "丙": ["q1", "q2", "q3"]}


def survey() -> Survey:
    rng = np.random.default_rng(8)
    table = pd.DataFrame(rng.integers(1, 6, (240, 3)).astype(float), columns=["q1", "q2", "q3"])
    table = table.mask(rng.random(table.shape) < 0.15)
    table["evaluatee"] = rng.choice(["甲", "乙", "丙"], 240)
    table["interviewer"] = pd.Series(rng.choice(["员1", "员2", "员3", "员4"], 240)).mask(
        rng.random(240) < 0.1
    )
    return Survey(table.assign(w=rng.uniform(0.5, 3, 240)), weight="w")


def scored(given: Survey, official: Official = "design") -> GroupScores:
    return group_scores(given, ASKED, SCALE, official=official)


def without(given: Survey, value: str) -> Survey:
    return replace(given, table=given.table[given.table["interviewer"] != value].reset_index(drop=True))


def test_parts_left_out_are_composites_of_the_others() -> None:
    found = leave_parts_out(made.whole())
    group, *others = made.TREE.parts
    trees = {
        "群众": (0.25 / 0.4, 0.15 / 0.4),
        "代表": (0.6 / 0.75, 0.15 / 0.75),
        "任务": (0.6 / 0.85, 0.25 / 0.85),
    }
    before = made.whole().whole.estimate
    for name, weights in trees.items():
        kept = [part for part in made.TREE.parts if part.name != name]
        tree = Part("综合", parts=tuple(replace(p, weight=w) for p, w in zip(kept, weights, strict=True)))
        again = made.whole(tree, made.TABLE[["evaluatee", *tree.leaves]]).whole.estimate
        check(found[found["left_out"] == name], again, before)
    for name, other in (("窗口", "热线"), ("热线", "窗口")):
        tree = replace(made.TREE, parts=(replace(group, parts=(Part(other),)), *others))
        again = made.whole(tree, made.TABLE.drop(columns=name)).whole.estimate
        check(found[found["left_out"] == name], again, before)
    assert len(found) == 5 * 4 and (found["change"] != 0).sum() >= 4


def check(rows: pd.DataFrame, again: np.ndarray, before: np.ndarray) -> None:
    np.testing.assert_allclose(rows["score"], again, rtol=1e-12)
    np.testing.assert_array_equal(rows["place"], ranks(again))
    np.testing.assert_array_equal(rows["change"], ranks(before) - ranks(again))


def test_a_part_without_others_cannot_be_left_out() -> None:
    tree = Part("综合", parts=(Part("甲组", 0.4, (Part("窗口"),)), Part("热线", 0.6)))
    found = leave_parts_out(made.whole(tree, made.TABLE[["evaluatee", "窗口", "热线"]]))
    assert found["left_out"].unique().tolist() == ["甲组", "热线"]


@pytest.mark.parametrize("official", ["design", "plain"])
def test_units_left_out_are_groups_scored_again_without_their_rows(official: Official) -> None:
    given = survey()
    scores = scored(given, official)
    found = leave_units_out(given, ASKED, SCALE, "interviewer", scores=scores, official=official)
    assert found["left_out"].unique().tolist() == ["员1", "员2", "员3", "员4"]
    for value, rows in found.groupby("left_out"):
        assert rows["evaluatee"].tolist() == scores.evaluatees
        check(rows, scored(without(given, str(value)), official).estimate, scores.estimate)
    assert (found["of"] == "interviewer").all()


def combined(group: GroupScores) -> Composed:
    done = figures(pd.DataFrame({"evaluatee": ["丙", "甲", "乙"], "任务": [60.0, 64.0, 66.0]}))
    return compose(Part("综合", parts=(Part("群众", 0.7), Part("任务", 0.3))), [done, leaf("群众", group)])


def test_units_left_out_move_the_composite() -> None:
    given = survey()
    scores = scored(given)
    whole = combined(scores)
    found = leave_units_out(given, ASKED, SCALE, "interviewer", scores=scores, composite=(whole, "群众"))
    for value, rows in found.groupby("left_out"):
        again = combined(scored(without(given, str(value)))).whole
        assert rows["evaluatee"].tolist() == again.evaluatees == ["丙", "甲", "乙"]
        check(rows, again.estimate, whole.whole.estimate)


def test_who_has_no_answers_left_has_no_place_and_moves_nobody() -> None:
    # 甲 9 twice, 乙 8 and 6, 丙 5 twice: 90, 70, 50. Without 员1 nobody rated 甲, and 乙 has 60.
    rows = [
        ("甲", "员1", 9.0, 0.1),
        ("甲", "员1", 9.0, 0.1),
        ("乙", "员1", 8.0, 0.3),
        ("乙", "员2", 6.0, 0.3),
        ("丙", "员2", 5.0, 0.7),
        ("丙", "员2", 5.0, 0.7),
    ]
    given = Survey(pd.DataFrame(rows, columns=["evaluatee", "who", "q", "w"]), weight="w")
    asked = {one: ["q"] for one in "甲乙丙"}
    scores = group_scores(given, asked, Scale(0, 10))
    found = leave_units_out(given, asked, Scale(0, 10), "who", scores=scores)
    first = found[found["left_out"] == "员1"].set_index("evaluatee")
    assert first["score"].isna().to_dict() == {"丙": False, "乙": False, "甲": True}
    assert first.loc[["乙", "丙"], "place"].tolist() == [2, 3] and first["place"].isna()["甲"]
    assert first.loc[["乙", "丙"], "change"].tolist() == [0, 0] and first["change"].isna()["甲"]
    assert first.loc["乙", "score"] == pytest.approx(60, rel=1e-12)


def test_scores_of_other_answers_are_refused() -> None:
    given = survey()
    scores = scored(given)
    for wrong in (without(given, "员1"), replace(given, weight=None)):
        with pytest.raises(EstimateError, match="not those of this survey") as error:
            leave_units_out(wrong, ASKED, SCALE, "interviewer", scores=scores)
        assert error.value.rule == "other_scores"
    with pytest.raises(EstimateError, match="not those of this survey"):
        leave_units_out(given, ASKED, Scale(2, 4), "interviewer", scores=scores)
    other = replace(scores, estimate=scores.estimate + 1)
    with pytest.raises(EstimateError) as error:
        leave_units_out(
            given, ASKED, SCALE, "interviewer", scores=scores, composite=(combined(other), "群众")
        )
    assert error.value.rule == "other_scores"


def test_unknown_parts_evaluatees_and_columns_are_refused() -> None:
    given = survey()
    scores = scored(given)
    with pytest.raises(EstimateError) as error:
        leave_units_out(
            given, ASKED, SCALE, "interviewer", scores=scores, composite=(combined(scores), "代表")
        )
    assert error.value.rule == "unknown_names"
    with pytest.raises(AnswerError) as missing:
        leave_units_out(given, ASKED, SCALE, "town", scores=scores)
    assert "town" in str(missing.value)
    table = pd.DataFrame({"evaluatee": ["丙", "甲", "乙", "丁"], "群众": 70.0, "任务": 60.0})
    tree = Part("综合", parts=(Part("群众", 0.7), Part("任务", 0.3)))
    with pytest.raises(EstimateError) as error:
        leave_units_out(
            given,
            ASKED,
            SCALE,
            "interviewer",
            scores=scores,
            composite=(compose(tree, [figures(table)]), "群众"),
        )
    assert error.value.rule == "not_by_all"
