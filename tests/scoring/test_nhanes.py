"""Estimates under nhanes, mu284 and scd equal R survey 4.1.1 (tests/oracles/nhanes.R) to 1e-9."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import Estimates, Survey, mean, ratio, share, total

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "nhanes.json").read_text(encoding="utf8"))["designs"]
CASES = [(design, result) for design in R for result in R[design]["results"]]


def survey_of(design: str) -> Survey:
    return Survey(pd.read_csv(ORACLES / R[design]["data"]), **R[design]["roles"])


def estimated(survey: Survey, expected: dict[str, Any]) -> Estimates:
    columns, by = expected["columns"], expected["by"]
    if expected["kind"] == "ratio":
        return ratio(survey, *columns, by=by)
    if expected["kind"] == "share":
        return share(survey, *columns, by=by)
    return {"mean": mean, "total": total}[expected["kind"]](survey, columns, by=by)


@pytest.mark.parametrize(("design", "name"), CASES)
def test_equals_r(design: str, name: str) -> None:
    expected = R[design]["results"][name]
    found = estimated(survey_of(design), expected)
    table = found.table
    assert table["variable"].astype(str).str.removesuffix(".0").tolist() == expected["variable"]
    if expected["by"] is not None:
        assert table[expected["by"]].astype(str).agg(" ".join, axis=1).tolist() == expected["domain"]
    cov = np.array(expected["vcov"])
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-9)
    # relative to the errors of the pair, as a covariance may be nearly zero
    pair = np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
    np.testing.assert_allclose((found.cov - cov) / np.where(pair > 0, pair, 1), 0, atol=1e-9)
    assert table["df"].tolist() == expected["degf"]
