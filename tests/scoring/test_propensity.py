"""Response propensity against R, and what is refused of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import Survey, mean, response_propensity
from scoring.adjust.propensity import _classes

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "calibration.json").read_text(encoding="utf8"))
NAMES = ["stype", "sch.wide", "api99"]


def asked() -> pd.DataFrame:
    table = pd.read_csv(ORACLES / "apistrat.csv").assign(**R["columns"]["apistrat"])
    return table.assign(responded=R["propensity"]["responded"])


@pytest.mark.parametrize("model", ["glm", "svyglm"])
def test_equals_r(model: str) -> None:
    # glm() of R 4.2.2 and svyglm() of survey 4.1.1: tests/oracles/calibration.R
    expected = R["propensity"][model]
    result = response_propensity(asked(), NAMES, weight="pw" if model == "svyglm" else None)
    np.testing.assert_allclose(result.coefficients["estimate"], expected["coefficients"], rtol=1e-9)
    np.testing.assert_allclose(result.probability, expected["fitted"], rtol=1e-9)
    names = result.coefficients["column"] + result.coefficients["level"]
    assert ["(Intercept)", *names[1:]] == expected["names"]


def test_classes_are_of_equal_size_and_make_cells() -> None:
    table = asked()
    result = response_propensity(table, NAMES, weight="pw", classes=4)
    assert result.cell.value_counts().sort_index().tolist() == [50, 50, 50, 50]
    for one in range(1, 4):
        assert (
            result.probability[result.cell == one].max() <= result.probability[result.cell == one + 1].min()
        )
    answers = table["api00"].where(table["responded"] == 1)
    table = table.assign(cell=result.cell, api00=answers)
    survey = Survey(table, weight="pw", stratum="stype", population="fpc", responded="responded", cell="cell")
    expected = table["pw"] * table["responded"] / table["cell"].map(result.classes.set_index("cell")["rate"])
    np.testing.assert_allclose(survey.weights, expected)
    assert mean(survey, "api00").table["se"].iloc[0] > 0


def test_alike_rows_are_in_one_class() -> None:
    table = pd.DataFrame({"age": [*"oooooyyy"], "responded": [1, 0, 0, 0, 0, 1, 1, 0]}, index=range(10, 18))
    result = response_propensity(table, "age")
    assert result.cell.to_dict() == dict.fromkeys(range(10, 15), 1) | dict.fromkeys(range(15, 18), 2)
    assert result.probability.round(9).tolist() == [0.2] * 5 + [round(2 / 3, 9)] * 3


def test_rows_that_differ_by_rounding_are_alike() -> None:
    chances = pd.Series([0.3, 0.1 + 0.2, 0.5])
    assert chances[0] != chances[1] and _classes(chances, 3).tolist() == [1, 1, 2]


def test_rows_without_weight_do_not_count_for_the_model() -> None:
    table = pd.DataFrame({"age": [*"ooyyyy"], "responded": [1, 0, 1, 1, 0, 0], "w": [1, 1, 1, 1, 1, 0]})
    result = response_propensity(table, "age", weight="w")
    assert result.probability.round(9).tolist() == [0.5] * 2 + [round(2 / 3, 9)] * 4


EIGHT = pd.DataFrame(
    {
        "responded": [0, 0, 0, 1, 1, 0, 1, 1],
        "age": [20.0, 30, 40, 50, 60, 45, 70, 80],
        "mixed": [20.0, 30, 60, 50, 40, 45, 70, 20],
        "sex": [*"ffmmfmfm"],
        "all": [*"aabbbbbb"],
        "gap": [1.0, None, 1, 1, 1, 1, 1, 2],
        "odd": [1, 0, 2, 1, 1, 0, 1, 0],
        "none": 0,
        "w": [1.0, 1, 1, 1, 1, 1, 1, -1],
    }
).assign(again=lambda t: 2 * t["mixed"] + 1)
REFUSALS: dict[str, list[tuple[Callable[[], Any], str]]] = {
    "no_column": [(lambda: response_propensity(EIGHT, "town"), "propensity: column 'town' is needed")],
    "missing_value": [
        (lambda: response_propensity(EIGHT, "gap"), "'gap' must not be empty; 1 are, first in row 2")
    ],
    "bad_response": [
        (lambda: response_propensity(EIGHT, "sex", "odd"), "'odd' must be true or false; row 3 has 2")
    ],
    "bad_weight": [(lambda: response_propensity(EIGHT, "sex", weight="w"), "has -1.0 in row 8")],
    "one_outcome": [(lambda: response_propensity(EIGHT, "sex", "none"), "'none' is False in all rows")],
    "bad_classes": [
        (
            lambda: response_propensity(EIGHT, "sex", classes=1),
            "classes: must be a whole number of at least 2",
        ),
        (lambda: response_propensity(EIGHT, "sex", classes=2.5), "it is 2.5"),  # type: ignore[arg-type]
    ],
    "collinear": [
        (lambda: response_propensity(EIGHT, ["mixed", "again"]), r"'again' is told by .* \(mixed\)"),
        (lambda: response_propensity(EIGHT, "none"), r"'none' is told by .* \(the constant\)"),
    ],
    "separated": [
        (lambda: response_propensity(EIGHT, "all"), "all = a tells without error who did not respond")
    ],
    "propensity_separated": [
        # who responded is 50 or older: a threshold, not a level
        (
            lambda: response_propensity(EIGHT, ["age", "sex"]),
            "some combination of age, sex tells without error",
        ),
    ],
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_refuses_with_the_reason(rule: str) -> None:
    for call, text in REFUSALS[rule]:
        with pytest.raises(ValueError, match=text) as caught:
            call()
        assert caught.value.rule == rule  # type: ignore[attr-defined]
        assert any("\u4e00" <= one <= "\u9fff" for one in caught.value.chinese)  # type: ignore[attr-defined]


def test_a_model_that_does_not_converge_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.adjust.propensity.STEPS", 1)
    with pytest.raises(ValueError, match="came to no end in 1 steps"):
        response_propensity(EIGHT, "mixed")


def test_statsmodels_is_loaded_only_when_needed() -> None:
    import subprocess
    import sys

    code = "import sys, scoring; sys.exit('statsmodels' in sys.modules or 'scipy.optimize' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ORACLES.parents[1]).returncode == 0


def test_the_propensity_shows_itself(shown: Callable[[Any], Any]) -> None:
    page = shown(response_propensity(asked(), NAMES))
    assert "200 rows" in page.text and ["cell", "rows", "responded", "probability", "rate"] in page.rows
