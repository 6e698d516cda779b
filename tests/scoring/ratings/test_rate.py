"""Points, boxes, rates and indices: by hand, and against means of what answers bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError, Survey, mean, ratio
from scoring.ratings.rate import index_score, satisfaction_rate, top_box_share
from scoring.ratings.rescale import has_label, rescaled, top_box, weighted_index
from scoring.scale import Label, Scale

TEN = Scale(
    0, 10, (Label("不满意", 0, 5), Label("基本满意", 6, 7), Label("满意", 8, 10)), not_asked=("未出示",)
)
WORDS = ["9", "7", "3", "不了解", "拒答", "", "未出示", "8"]


def panel() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Made-up sheets: thirty of ninety members in two strata, each with a sheet on A and on B."""
    rng = np.random.default_rng(11)
    table = pd.DataFrame({"evaluatee": np.tile(["A", "B"], 30), "member": np.repeat(range(30), 2)})
    table = table.assign(h=table["member"] % 2, N=45, w=table["member"] % 3 + 1.0)
    for name in ("q1", "q2", "q3"):
        table[name] = rng.choice(WORDS, 60)
    return table, {"psu": "member", "stratum": "h", "population": "N", "weight": "w"}


def test_levels_agree() -> None:
    # The rate against a mean of 0 and 1 made by hand, and against the ratio of two totals.
    table, roles = panel()
    states = {"valid": [], "with_dont_know": ["不了解"], "asked": ["不了解", "拒答", ""]}
    for base, others in states.items():
        found = satisfaction_rate(Survey(table, **roles), "q1", TEN, ["基本满意", "满意"], "evaluatee", base)
        inside = table["q1"].isin(["9", "7", "3", "8", *others])
        hit = table["q1"].isin(["9", "7", "8"])
        made = table.assign(y=hit.astype(float).where(inside), one=1.0, hit=hit.astype(float).where(inside))
        expected = mean(Survey(made, **roles), "y", by="evaluatee")
        np.testing.assert_array_equal(found.cov, expected.cov)
        for name in ("estimate", "se", "low", "high", "df", "n"):
            np.testing.assert_array_equal(found.table[name], expected.table[name])
        same = ratio(Survey(made, **roles), "hit", "one", by="evaluatee")
        np.testing.assert_allclose(found.cov, same.cov, rtol=1e-9)
        assert found.table["n"].tolist() == inside.groupby(table["evaluatee"]).sum().tolist()
        assert found.table["variable"].tolist() == ["q1", "q1"]


def test_rates_by_hand() -> None:
    # 9, 7, 8 of 9, 7, 3, 8; of those and one 不了解; of those, a refusal and a blank. 未出示 is in no base.
    survey = Survey(pd.DataFrame({"q": WORDS}))
    expected = {"valid": (3 / 4, 4), "with_dont_know": (3 / 5, 5), "asked": (3 / 7, 7)}
    for base, (rate, n) in expected.items():
        found = satisfaction_rate(survey, "q", TEN, ["基本满意", "满意"], base=base).table
        assert found["estimate"].tolist() == pytest.approx([rate], rel=1e-12)
        assert found["n"].tolist() == [n]
        # s²/n of 0 and 1: p (1 - p) / (n - 1) in a sample without design where everyone is in the base;
        # rows outside it widen the error only by the factor rows/(rows - 1).
        assert found["se"].item() ** 2 == pytest.approx(rate * (1 - rate) / n * 8 / 7, rel=1e-12)
    top = top_box_share(survey, "q", TEN, 8, base="with_dont_know").table
    assert top["estimate"].tolist() == pytest.approx([2 / 5])


def test_who_did_not_respond_is_in_no_base() -> None:
    table = pd.DataFrame({"q": ["9", "3", "不了解", ""], "came": [1, 1, 1, 0], "cell": "all", "N": 8})
    survey = Survey(table, population="N", responded="came", cell="cell")
    found = satisfaction_rate(survey, "q", TEN, "满意", base="asked").table
    assert found[["estimate", "n"]].to_numpy().tolist() == [[pytest.approx(1 / 3), 3]]


def test_the_labels_of_rows_do_not_matter() -> None:
    table = pd.DataFrame({"q": ["9", "3", "不了解"]}, index=[4, 4, 1])
    assert satisfaction_rate(Survey(table), "q", TEN, "满意", base="asked").table[
        "estimate"
    ].item() == pytest.approx(1 / 3)
    assert table["q"].tolist() == ["9", "3", "不了解"]


def test_the_top_box_lies_at_the_best_end() -> None:
    table = Survey(pd.DataFrame({"q": [1, 2, 3, 5]}))
    assert top_box_share(table, "q", Scale(1, 5, best="low"), 2).table["estimate"].item() == 0.5
    assert top_box_share(table, "q", Scale(1, 5), 2).table["estimate"].item() == 0.75


def test_the_index_of_acsi_by_hand() -> None:
    # Weights of the State of Ohio's ACSI; means 8.4, 7.9, 7.5: (.3885 × 7.4 + .3190 × 6.9 + .2925 × 6.5) / 9.
    weights = {"overall": 0.3885, "expected": 0.3190, "ideal": 0.2925}
    ratings = {"overall": [8, 9, 8, 9, 8], "expected": [8, 8, 8, 8, 7.5], "ideal": [7, 8, 7, 8, 7.5]}
    points = (np.array([np.mean(one) for one in ratings.values()]) - 1) / 9 * 100
    assert weighted_index(points, list(weights.values())).item() == pytest.approx(77.525, rel=1e-12)


def test_the_index_is_a_linear_map_of_means() -> None:
    table, roles = panel()
    table = table.replace(dict.fromkeys(["不了解", "拒答", "", "未出示"], np.nan))
    numbers = table.assign(**{q: pd.to_numeric(table[q]) + 1 for q in ("q1", "q2", "q3")})
    weights = {"q1": 2.0, "q2": 1.0, "q3": 1.0}
    found = index_score(Survey(numbers, **roles), weights, Scale(1, 11), by="evaluatee")
    means = mean(Survey(numbers, **roles), list(weights), by="evaluatee")
    # (sum w mean - sum w) / (10 sum w) × 100
    by_hand = (means.table["estimate"].to_numpy().reshape(2, 3) @ [2, 1, 1] - 4) / 40 * 100
    np.testing.assert_allclose(found.table["estimate"], by_hand, rtol=1e-12)
    to = np.kron(np.eye(2), np.array([2, 1, 1]) / 4) * 10
    np.testing.assert_allclose(found.cov, to @ means.cov @ to.T, rtol=1e-12)
    some = numbers[["q1", "q2", "q3"]].notna().any(axis=1)
    assert found.table["n"].tolist() == some.groupby(table["evaluatee"]).sum().tolist()
    assert found.table["df"].tolist() == [n - 2 for n in found.table["n"]]
    np.testing.assert_allclose(found.table["high"] + found.table["low"], 2 * found.table["estimate"])


def test_arrays_keep_their_shape_and_their_gaps() -> None:
    values = np.array([[6.0, np.nan], [10, 0]])
    np.testing.assert_array_equal(rescaled(values, TEN), [[60, np.nan], [100, 0]])
    np.testing.assert_array_equal(top_box(values, TEN, 6), [[1, np.nan], [1, 0]])
    np.testing.assert_array_equal(has_label(values, TEN, "基本满意"), [[1, np.nan], [0, 0]])


SURVEY = Survey(pd.DataFrame({"evaluatee": list("AAB"), "q": ["9", "3", "不了解"]}))


@pytest.mark.parametrize(
    ("call", "error", "english", "chinese"),
    [
        (
            lambda: satisfaction_rate(SURVEY, "q", TEN, "满意", by="evaluatee"),
            AnswerError,
            "survey: no valid answer to 'q' (evaluatee B)",
            "没有有效回答",
        ),
        (
            lambda: satisfaction_rate(SURVEY, "q", TEN, "很好"),
            EstimateError,
            "labels: '很好' is no label of the scale; those are 不满意、基本满意、满意. Name one of them.",
            "labels：量表没有标签“很好”，现有 不满意、基本满意、满意。请写其中之一。",
        ),
        (
            lambda: satisfaction_rate(SURVEY, "q", TEN, []),
            EstimateError,
            "labels: '' is no label",
            "没有标签",
        ),
        (
            lambda: satisfaction_rate(SURVEY, "q", TEN, "满意", base="all"),  # type: ignore[arg-type]
            EstimateError,
            "base: must be one of valid, with_dont_know, asked; it is 'all'.",
            "base：只能是 valid, with_dont_know, asked 之一",
        ),
        (
            lambda: top_box_share(SURVEY, "q", TEN, 11),
            EstimateError,
            "box: must be a rating of the scale, from 0 to 10; it is 11. Choose one of these.",
            "box：必须是量表中 0 到 10 的分值，现在是 11。请从中选择。",
        ),
        (
            lambda: index_score(SURVEY, {"q": -1.0}, TEN),
            EstimateError,
            "weights: weights must be finite, not below 0 and not all 0; they are [-1.0]. Correct them.",
            "weights：权数必须是有限数，不小于 0，且不全为 0；现在是 [-1.0]。请改正。",
        ),
        (lambda: index_score(SURVEY, {"q": 0.0}, TEN), EstimateError, "weights: weights must", "权数必须"),
        (
            lambda: rescaled([[1, 2], [3, 10.5]], TEN),
            EstimateError,
            "values: ratings must be whole numbers from 0 to 10",
            "第 2 行是 10.5",
        ),
        (lambda: top_box(np.inf, TEN, 9), EstimateError, "values: ratings must be", "是 inf"),
    ],
)
def test_says_what_cannot_be_counted(call: Any, error: type, english: str, chinese: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(english)
    assert chinese in caught.value.chinese
