"""The diagnosis of weights, by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import Survey, calibrate, post_stratify, weight_diagnostics


def test_diagnoses_weights_by_hand() -> None:
    # Weights 1, 1, 2, 4 of four rows: 4 × 22 / 64; the row without weight does not count.
    table = pd.DataFrame({"w": [1.0, 1, 2, 4, 0], "sex": [*"ffmmm"]})
    result = weight_diagnostics(Survey(table, weight="w"))
    facts = result.table.iloc[0]
    assert facts[["rows", "sum", "mean", "low", "high"]].tolist() == [4, 8, 2, 1, 4]
    assert facts["deff"] == pytest.approx(88 / 64)
    assert facts["n_effective"] == pytest.approx(256 / 88)
    assert facts["cv"] == pytest.approx(np.std([1, 1, 2, 4]) / 2)
    assert result.quantiles["weight"].iloc[[0, 4, -1]].tolist() == [1, 1.5, 4]
    by = weight_diagnostics(Survey(table, weight="w"), by="sex").table
    assert by["sex"].tolist() == ["f", "m"] and by["rows"].tolist() == [2, 2]
    assert by["deff"].tolist() == pytest.approx([1, 2 * 20 / 36])
    assert result.margins.empty and list(result.quantiles) == ["share", "weight"]


def test_diagnoses_calibrated_weights(shown: Callable[[Any], Any]) -> None:
    table = pd.DataFrame({"sex": [*"ffmm"], "w": [1.0, 3, 2, 2]})
    survey = post_stratify(Survey(table, weight="w"), "sex", {"f": 8, "m": 12})
    result = weight_diagnostics(survey)
    assert result.margins.to_numpy().tolist() == [["sex", "f", 2, 4, 8, 8], ["sex", "m", 2, 4, 12, 12]]
    assert result.table[["g_low", "g_high"]].to_numpy().tolist() == [[2, 3]]
    assert result.quantiles.iloc[[0, -1]][["weight", "before", "g"]].to_numpy().tolist() == [
        [2, 1, 2],
        [6, 3, 3],
    ]
    page = shown(result)
    assert "post-stratified, 4 rows" in page.text
    assert ["sex", "m", "2", "4", "12", "12"] in page.rows


def test_diagnoses_weights_at_their_bounds() -> None:
    # x is 1 to 4 under weights 1, known to total 12: g = 1 + b x would be 0.8, ..., is cut at 1.15.
    table = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]})
    survey = calibrate(Survey(table), {"x": 11.2}, bounds=(0.5, 1.15))
    facts = weight_diagnostics(survey).table.iloc[0]
    expected = np.clip(survey.weights, 0.5, 1.15)
    assert facts["at_low"] == 0 and facts["at_high"] == np.isclose(expected, 1.15).mean() > 0
    assert facts["weight_at_high"] == pytest.approx(expected[expected > 1.149].sum() / expected.sum())


def test_diagnoses_adjustment_for_nonresponse() -> None:
    table = pd.DataFrame({"came": [1, 1, 0, 1], "cell": "a", "w": 3.0})
    result = weight_diagnostics(Survey(table, weight="w", responded="came", cell="cell"))
    assert result.table["rows"].tolist() == [3]
    assert result.quantiles[["weight", "before", "g"]].iloc[0].tolist() == pytest.approx([4, 3, 4 / 3])


def test_long_tables_are_cut(shown: Callable[[Any], Any]) -> None:
    table = pd.DataFrame({"town": [f"t{k:03d}" for k in range(100)], "y": 1.0})
    survey = post_stratify(Survey(table), "town", dict.fromkeys(table["town"], 2))
    assert "… and 60 more" in shown(weight_diagnostics(survey)).text
