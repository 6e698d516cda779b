"""Strata of one sampled unit under each rule equal R survey 4.1.1 (tests/oracles/derived.R) to 1e-9."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, Survey, mean, total

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "derived.json").read_text(encoding="utf8"))["lonely"]
RULES = ["adjust", "certainty", "average"]


def survey_of(design: str, rule: Any) -> Survey:
    expected = R[design]
    table = pd.read_csv(ORACLES / expected["data"], dtype={"cds": str})
    if design == "nhanes":
        table = table[~(table["SDMVSTRA"].isin([75, 80]) & (table["SDMVPSU"] == 2))]
    else:
        table = table.set_index("row", drop=False).loc[expected["kept"]]
    return Survey(table.assign(**(expected["made"] or {})), lonely=rule, **expected["roles"])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("design", R)
def test_equals_r(design: str, rule: str) -> None:
    if (design, rule) == ("strat2", "average"):
        assert R[design][rule]["mean"]["vcov"][0] == [None, None]  # R has no variance either
        with pytest.raises(AnswerError, match="no strata of the first stage") as caught:
            survey_of(design, rule)
        assert caught.value.rule == "lonely_average" and "lonely='adjust'" in caught.value.chinese
        return
    survey = survey_of(design, rule)
    for expected in R[design][rule].values():
        estimator = {"mean": mean, "total": total}[expected["kind"]]
        found = estimator(survey, expected["columns"], by=expected["by"])
        np.testing.assert_allclose(found.table["estimate"], expected["estimate"], rtol=1e-9)
        cov = np.array(expected["vcov"])
        pair = np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
        np.testing.assert_allclose((found.cov - cov) / np.where(pair > 0, pair, 1), 0, atol=1e-9)


def test_rules_differ_where_a_stratum_is_lonely() -> None:
    variances = [mean(survey_of("areas", rule), "api00").cov[0, 0] for rule in RULES]
    assert variances[1] < variances[2] != variances[0]


def test_no_other_rule_is_taken() -> None:
    with pytest.raises(AnswerError, match="must be one of error, adjust, certainty, average; it is 'remove'"):
        survey_of("areas", "remove")


def test_all_strata_lonely_leave_nothing_to_average() -> None:
    table = pd.DataFrame({"h": [*"ab"], "y": [1.0, 2.0]})
    with pytest.raises(AnswerError, match='stratum "a" has one sampled unit and more'):
        Survey(table, stratum="h", lonely="average")
    assert mean(Survey(table, stratum="h", lonely="certainty"), "y").cov.tolist() == [[0.0]]
