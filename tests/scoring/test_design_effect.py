"""Design effects equal R survey 4.1.1's svymean(deff = ) (tests/oracles/derived.R) to 1e-9."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, Survey, design_effects

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "derived.json").read_text(encoding="utf8"))["designs"]
CASES = [(design, name) for design in R for name in R[design]["effects"]]


@pytest.mark.parametrize(("design", "name"), CASES)
def test_equals_r(design: str, name: str) -> None:
    expected = R[design]["effects"][name]
    table = pd.read_csv(ORACLES / R[design]["data"])
    if "api00" in table:
        table["high"] = (table["api00"] > 650) * 1.0
    survey = Survey(table, **R[design]["roles"])
    found = design_effects(survey, list(dict.fromkeys(expected["variable"])), by=expected["by"])
    assert found["variable"].tolist() == expected["variable"]
    assert found["n"].tolist() == expected["n"]
    np.testing.assert_allclose(found["deff"], expected["deff"], rtol=1e-9)
    np.testing.assert_allclose(found["deff_replace"], expected["deff_replace"], rtol=1e-9)
    np.testing.assert_allclose(
        found["n_effective"], np.array(expected["n"]) / expected["deff_replace"], rtol=1e-9
    )


def test_a_simple_random_sample_has_none() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"y": rng.normal(size=50), "w": 4.0, "N": 200})
    drawn = design_effects(Survey(table, weight="w", population="N"), "y")  # without replacement
    large = design_effects(Survey(table, weight="w"), "y")  # as from an infinite population
    np.testing.assert_allclose(drawn["deff"], 1, rtol=1e-12)
    np.testing.assert_allclose(large[["deff_replace", "n_effective"]], [[1, 50]], rtol=1e-12)


def test_rows_without_weight_do_not_count() -> None:
    table = pd.DataFrame({"y": [1.0, 2.0, 4.0, 9.0], "w": [2.0, 3.0, 4.0, 0.0], "home": [1, 2, 3, 3]})
    with_them = design_effects(Survey(table, weight="w", psu="home"), "y")
    without = design_effects(Survey(table.iloc[:3], weight="w", psu="home"), "y")
    pd.testing.assert_frame_equal(with_them, without)


def test_is_not_a_number_where_there_is_nothing_to_compare() -> None:
    table = pd.DataFrame({"same": [3.0, 3.0, 3.0], "y": [1.0, 2.0, 4.0]})
    found = design_effects(Survey(table), ["same", "y"])
    assert found["deff_replace"].isna().tolist() == [True, False]
    assert found["deff"].isna().all()  # weights of 1 count no population (R: infinite)
    with pytest.raises(AnswerError, match="come from one sampled unit"):
        design_effects(Survey(table.assign(home=[1, 1, 2], y=[np.nan, 2.0, np.nan]), psu="home"), "y")


def test_equal_answers_have_no_design_effect_whatever_is_rounded() -> None:
    table = pd.DataFrame({"y": 7.1, "w": np.random.default_rng(1).uniform(1, 3, 90), "g": np.arange(90) % 9})
    found = design_effects(Survey(table, weight="w"), "y", by="g")
    assert found[["deff", "deff_replace", "n_effective"]].isna().all(axis=None)
