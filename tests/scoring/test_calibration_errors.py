"""What calibration refuses, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, Survey, calibrate, mean, post_stratify, rake, trim
from scoring.group import group_scores
from scoring.scale import Scale

SIX = pd.DataFrame(
    {
        "sex": [*"ffmfmm"],
        "town": [*"aabbab"],
        "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "double": [2.0, 4.0, 6.0, 8.0, 10.0, 12.0],
        "word": ["1", "2", "three", "4", "5", "6"],
        "gap": [1.0, None, 3.0, 4.0, 5.0, 6.0],
        "side": ["l", "l", "r", None, "r", "l"],
    }
)
PLAIN = Survey(SIX)
SEX = {"f": 10, "m": 20}


def both_cells() -> Survey:
    return Survey(SIX.assign(came=[1, 1, 1, 1, 1, 0], cell="all"), responded="came", cell="cell")


REFUSALS: dict[str, list[tuple[Callable[[], Any], str]]] = {
    "no_column": [(lambda: post_stratify(PLAIN, "age", SEX), "column 'age' is needed")],
    "missing_value": [
        (
            lambda: post_stratify(PLAIN, "side", {"l": 1, "r": 2}),
            "'side' must not be empty; 1 are, first in row 4",
        ),
        (lambda: calibrate(PLAIN, {"gap": 9}), "'gap' must not be empty; 1 are, first in row 2"),
    ],
    "bad_count": [
        (
            lambda: post_stratify(PLAIN, "sex", {"f": -1, "m": 2}),
            '"f" must have a finite number, .* it is -1',
        ),
        (lambda: post_stratify(PLAIN, "sex", {"f": 1, "m": np.nan}), '"m" .* it is nan'),
        (lambda: post_stratify(PLAIN, "sex", {"f": 1, "m": "many"}), "it is 'many'"),
        (lambda: calibrate(PLAIN, {"x": np.inf}), '"x" must have a finite number'),
        (lambda: calibrate(PLAIN, {"(1)": 0}), "it is 0"),
        (lambda: rake(PLAIN, {"sex": pd.Series({"f": -1.5, "m": 2})}), "it is -1.5"),
        (lambda: calibrate(PLAIN, {"x": None}), "it is None"),
    ],
    "no_counts": [
        (lambda: post_stratify(PLAIN, "sex", {"f": 0, "m": 0}), "counts of sex: nothing is known"),
        (lambda: rake(PLAIN, {}), "margins: nothing is known"),
        (lambda: calibrate(PLAIN, {}), "totals: nothing is known"),
    ],
    "counts_columns": [
        (
            lambda: post_stratify(PLAIN, "sex", pd.DataFrame({"sex": [*"fm"], "n": 1, "pct": 1})),
            "has the columns sex and one of counts; this one has sex, n, pct",
        ),
        (lambda: post_stratify(PLAIN, "sex", pd.DataFrame({"n": [1]})), "this one has n"),
    ],
    "cell_width": [(lambda: post_stratify(PLAIN, ["sex", "town"], SEX), 'cell "f" does not name')],
    "cell_twice": [
        (
            lambda: post_stratify(PLAIN, "sex", pd.DataFrame({"sex": [*"fmf"], "n": 1})),
            'cell "f" has two counts',
        )
    ],
    "cell_without_count": [
        (lambda: post_stratify(PLAIN, "sex", {"f": 10}), '3 respondents are in cell "m"'),
        (lambda: rake(PLAIN, {"town": {"a": 3, "b": 0}}), 'counts of town: 3 respondents are in cell "b"'),
    ],
    "cell_without_rows": [
        (
            lambda: post_stratify(PLAIN, "sex", SEX | {"x": 4000, "y": 1}),
            'cell "x" counts 4,000 in the population and no respondent; such cells: 2',
        )
    ],
    "contradiction": [
        (
            lambda: rake(PLAIN, {"sex": SEX, "town": {"a": 10, "b": 21}}),
            "sex and town contradict each other: their counts add up to 30 and 31",
        ),
        (
            lambda: calibrate(PLAIN, {"(1)": 29, "sex": SEX}),
            r"sex and \(1\) contradict each other: their counts add up to 30 and 29",
        ),
        (
            lambda: rake(
                PLAIN,
                {
                    "sex": SEX,
                    ("sex", "town"): {("f", "a"): 6, ("f", "b"): 5, ("m", "a"): 9, ("m", "b"): 10},
                },
            ),
            'sex and sex / town contradict each other: their counts of "f" add up to 10 and 11',
        ),
    ],
    "implied_total": [
        (
            # of columns, not of categories that share any: x is the rows' number, told by both margins
            lambda: calibrate(
                Survey(pd.DataFrame({"a": [*"uuvv"], "b": [*"pqqq"], "c": [*"rsss"]})),
                {"a": {"u": 5, "v": 5}, "b": {"p": 2, "q": 8}, "c": {"r": 3, "s": 7}},
            ),
            "c = r is told by b, which imply the total 2; it is given as 3",
        )
    ],
    "collinear": [
        (
            lambda: calibrate(PLAIN, {"(1)": 30, "x": 100, "double": 200}),
            r"column 'double' is told by the auxiliaries before it \(x\)",
        )
    ],
    "auxiliary_not_number": [
        (lambda: calibrate(PLAIN, {"word": 100}), "column 'word' has one total.*row 3 has 'three'")
    ],
    "bad_bounds": [
        (lambda: calibrate(PLAIN, {"(1)": 6}, "logit"), "bounds: must be two numbers"),
        (lambda: calibrate(PLAIN, {"(1)": 6}, bounds=(0, 2)), r"they are \(0, 2\)"),
        (lambda: calibrate(PLAIN, {"(1)": 6}, bounds=(0.5, 0.9)), "above 1"),
        (lambda: calibrate(PLAIN, {"(1)": 6}, bounds=(0.5,)), "must be two numbers"),  # type: ignore[arg-type]
    ],
    "unknown_choice": [
        (lambda: calibrate(PLAIN, {"(1)": 6}, "cubic"), "method: must be one of linear, raking, logit"),  # type: ignore[arg-type]
        (lambda: rake(PLAIN, {"sex": SEX}, residuals="none"), "residuals: must be one of"),  # type: ignore[arg-type]
    ],
    "out_of_reach": [
        (
            lambda: calibrate(PLAIN, {"(1)": 6, "x": 33}, "logit", (0.8, 1.25)),
            "no factors from 0.8 to 1.25 of the weights reach all totals; .* x is off by -",
        ),
        (lambda: calibrate(PLAIN, {"(1)": 6, "x": 33}, "linear", (0.8, 1.25)), "no factors from 0.8 to 1.25"),
        (lambda: calibrate(PLAIN, {"(1)": 6, "x": 37}, "raking"), "no factors from 0 to inf .* is off by"),
        (
            # f lives in a, m in b alone, but the towns' counts are otherwise
            lambda: rake(
                Survey(pd.DataFrame({"sex": [*"ffmm"], "town": [*"aabb"]})),
                {"sex": SEX, "town": {"a": 15, "b": 15}},
            ),
            "after 5000 steps of raking (sex|town) = . is off by",
        ),
    ],
    "not_converged": [
        (
            # m in town a must vanish for the margins to hold: the limit of the sweeps, never reached
            lambda: rake(
                Survey(pd.DataFrame({"sex": [*"fmmf"], "town": [*"aabb"], "w": 1}).iloc[:3]),
                {"sex": {"f": 10, "m": 20}, "town": {"a": 10, "b": 20}},
            ),
            "raking came to no end in 5000 steps; .* Factors from 0 to inf that reach all totals exist",
        )
    ],
    "negative_weights": [
        (lambda: calibrate(PLAIN, {"(1)": 6, "x": 33}), "2 weights fall to 0 or below, first in row 1: -"),
    ],
    "calibrated_already": [
        (
            lambda: rake(post_stratify(PLAIN, "sex", SEX), {"town": {"a": 10, "b": 20}}),
            "weights are post-stratified already",
        ),
        (lambda: post_stratify(rake(PLAIN, {"sex": SEX}), "sex", SEX), "weights are raked already"),
        (
            lambda: calibrate(calibrate(PLAIN, {"(1)": 9}), {"(1)": 9}),
            r"weights are calibrated \(linear\) already",
        ),
    ],
    "trim_calibrated": [
        (
            lambda: trim(post_stratify(PLAIN, "sex", SEX), high=5),
            "are post-stratified; after trimming the totals no longer hold",
        )
    ],
    "trim_with_cells": [(lambda: trim(both_cells(), high=1.1), "weights are adjusted in cells")],
    "bad_limits": [
        (lambda: trim(PLAIN), "they are None and None"),
        (lambda: trim(PLAIN, 3, 2), "they are 3 and 2"),
        (lambda: trim(PLAIN, low=-1), "they are -1 and None"),
    ],
    "limits_too_narrow": [
        (lambda: trim(PLAIN, high=0.9), "no weights from None to 0.9 keep the sum, since their mean is 1"),
        (lambda: trim(Survey(SIX, weight="x"), 3.6, 3.7), "their mean is 3.5"),
        (lambda: trim(Survey(SIX.iloc[[0, 5]], weight="x"), 2, 4), "their mean is 3.5"),
    ],
    "plain_when_calibrated": [
        (
            lambda: group_scores(
                post_stratify(Survey(SIX.assign(evaluatee="A")), "sex", SEX),
                {"A": ["x"]},
                Scale(0, 10),
                official="plain",
            ),
            "weights are post-stratified, which plain scores",
        )
    ],
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_refuses_with_the_reason(rule: str) -> None:
    for call, text in REFUSALS[rule]:
        with pytest.raises(ValueError, match=text) as caught:
            call()
        assert caught.value.rule == rule  # type: ignore[attr-defined]
        assert any("\u4e00" <= one <= "\u9fff" for one in caught.value.chinese)  # type: ignore[attr-defined]


def test_negative_weights_may_be_kept() -> None:
    after = calibrate(PLAIN, {"(1)": 6, "x": 33}, keep_negative=True)
    assert (after.weights < 0).sum() == 2 and after.weights @ SIX["x"] == pytest.approx(33)


def test_bad_answers_still_say_so() -> None:
    with pytest.raises(AnswerError, match="no valid answer"):
        mean(post_stratify(Survey(SIX.assign(none=np.nan)), "sex", SEX), "none")
