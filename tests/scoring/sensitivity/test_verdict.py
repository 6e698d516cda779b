"""Verdicts: each ground alone decides, from composites made up for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

from scoring import (
    Composed,
    EstimateError,
    Leaves,
    Part,
    VerdictRule,
    compose,
    figures,
    leave_parts_out,
    place_verdicts,
    swap_weights,
)
from tests.scoring.sensitivity import made

PLAN = Part("综合", parts=(Part("甲项", 0.5), Part("乙项", 0.5)))


def sure(first: list[float], second: list[float]) -> Composed:
    names = [f"单位{at}" for at in range(1, len(first) + 1)]
    return compose(PLAN, [figures(pd.DataFrame({"evaluatee": names, "甲项": first, "乙项": second}))])


def unsure(gap: float, df: float = np.inf, cov: float = 0.0) -> Composed:
    """Two units a gap apart on both parts, of composite variance 1 each."""
    names, estimate = ("单位1", "单位2"), np.array([[80.0 + gap, 80.0]])
    error = 4 * np.array([[1.0, cov], [cov, 1.0]])
    survey = Leaves(("甲项",), names, estimate, error.reshape(1, 2, 1, 2), np.full((1, 2), df))
    done = figures(pd.DataFrame({"evaluatee": names, "乙项": estimate[0]}))
    return compose(PLAN, [survey, done])


@pytest.mark.parametrize(
    ("gap", "verdict"), [(0.9, "coin toss"), (1.0, "close"), (2.3, "close"), (2.4, "safe")]
)
def test_chances_alone(gap: float, verdict: str) -> None:
    # sqrt 2 × quantiles of the normal: 0.6745 → 0.954 and 1.6449 → 2.326
    said = place_verdicts(unsure(gap))
    assert said["verdict"].tolist() == [verdict] * 2
    np.testing.assert_allclose(said["chance"], norm.cdf(-gap / np.sqrt(2)), rtol=1e-12)
    assert said["weights"].isna().all() and said["moved_by"].tolist() == [(), ()]


def test_chances_are_students_with_the_covariance() -> None:
    chance = place_verdicts(unsure(1.5, 4.0, 0.5))["chance"]
    np.testing.assert_allclose(chance, t(4).cdf(-1.5), rtol=1e-9)  # variance 1 + 1 - 2 × 0.5


def test_no_degrees_of_freedom_tell_nothing() -> None:
    assert place_verdicts(unsure(5.0, 0.0))["chance"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(("step", "verdict"), [(0.009, "coin toss"), (0.011, "close"), (0.06, "close")])
def test_weights_alone(step: float, verdict: str) -> None:
    # Gaps 10 and -b cancel at weights 0.5 -+ step: 10 (0.5 - step) = b (0.5 + step); distance sqrt 2 step.
    b = 10 * (0.5 - step) / (0.5 + step)
    said = place_verdicts(sure([90, 80], [70, 70 + b]))
    np.testing.assert_allclose(said["weights"], np.sqrt(2) * step, rtol=1e-9)
    assert said["verdict"].tolist() == [verdict] * 2 and said["chance"].tolist() == [0, 0]


def test_close_weights_alone() -> None:
    # Gaps 1.875, 1.875 and -20 count 0.9, 0.9 and -0.8: 1 in all, above 0 without any one of them. Less their
    # mean they are 7.2917, 7.2917 and -14.5833, of length 17.861, so the distance is 0.056.
    parts = (Part("甲项", 0.48), Part("乙项", 0.48), Part("丙项", 0.04))
    table = pd.DataFrame(
        {"evaluatee": ["单位1", "单位2"], "甲项": [71.875, 70], "乙项": [71.875, 70], "丙项": [60, 80.0]}
    )
    said = place_verdicts(compose(Part("综合", parts=parts), [figures(table)]))
    np.testing.assert_allclose(said["weights"], 1 / 17.861, rtol=1e-4)
    assert said["verdict"].tolist() == ["close"] * 2 and said["moved_by"].tolist() == [(), ()]


def test_leaving_out_alone() -> None:
    found = sure([90, 80], [70, 72])  # distance sqrt 2 / 3 = 0.47, but without the first part 70 < 72
    assert place_verdicts(found)["verdict"].tolist() == ["close", "close"]
    assert place_verdicts(found)["moved_by"].tolist() == [("甲项",), ("甲项",)]
    ahead = sure([90, 80], [73, 72])
    assert place_verdicts(ahead)["verdict"].tolist() == ["safe", "safe"]
    units = pd.DataFrame({"left_out": "员1", "evaluatee": ["单位1", "单位2"], "change": [1, pd.NA]})
    said = place_verdicts(ahead, [units])
    assert said["verdict"].tolist() == ["close", "safe"]
    assert said["moved_by"].tolist() == [("员1",), ()]


def test_the_worse_neighbour_decides() -> None:
    found = made.whole()
    said = place_verdicts(found).set_index("evaluatee")
    swaps = swap_weights(found).nearest.set_index(["first", "second"])["distance"]
    assert said["weights"]["乙"] == min(swaps["丙", "乙"], swaps["乙", "甲"])
    moved = leave_parts_out(found).query("change != 0").groupby("evaluatee")["left_out"].agg(tuple)
    assert said.loc[moved.index, "moved_by"].tolist() == moved.tolist()
    assert said.index.tolist() == ["丙", "乙", "甲", "丁"] and said["place"].tolist() == [1, 2, 3, 4]


def test_ties_are_coin_tosses() -> None:
    said = place_verdicts(sure([90, 80, 50], [70, 80, 50]))
    assert said["place"].tolist() == [1, 1, 3]
    assert said["verdict_zh"].tolist() == ["难分", "难分", "稳固"]
    assert said["chance"].tolist() == [0.5, 0.5, 0.0]


def test_reasons_in_words() -> None:
    said = place_verdicts(sure([90, 80], [73, 72]))
    assert said["reason"][0] == (
        "probability below 0.01 (flat prior) that it and 单位2 are truly the other way round; "
        "no weights swap it with a neighbour; its place stays whatever is left out"
    )
    assert said["reason_zh"][0] == (
        "与单位2真实先后相反的概率小于 0.01（平坦先验）；任何权重都不会使其与邻位互换；去掉任何一项名次都不变"
    )
    units = pd.DataFrame({"left_out": [f"员{at}" for at in range(5)], "evaluatee": "单位1", "change": 1})
    said = place_verdicts(sure([90, 80], [73, 72]), [units])
    assert said["reason"][0].endswith("its place changes without 员0, 员1, 员2 and 2 more")
    assert said["reason_zh"][0].endswith("去掉“员0”“员1”“员2”等 5 项后名次变动")


def test_a_single_place_is_safe() -> None:
    said = place_verdicts(sure([90], [70]))
    assert said[["verdict", "reason_zh"]].to_numpy().tolist() == [["safe", "没有其他名次"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"toss_chance": 0.6},
        {"close_chance": 0.0},
        {"close_chance": 0.3},
        {"toss_weights": -0.1},
        {"toss_weights": 0.08},
    ],
)
def test_odd_thresholds_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(EstimateError) as error:
        VerdictRule(**wrong)
    assert error.value.rule == "verdict_rule"
