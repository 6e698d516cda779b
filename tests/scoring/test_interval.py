"""Limits of shares equal R survey 4.1.1's svyciprop (tests/oracles/derived.R) to 1e-9."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError, Survey, mean, share
from scoring.interval import interval, logit_interval

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "derived.json").read_text(encoding="utf8"))["designs"]
CASES = [(design, name) for design in R for name in R[design]["intervals"]]


@pytest.mark.parametrize(("design", "name"), CASES)
def test_equals_r(design: str, name: str) -> None:
    expected = R[design]["intervals"][name]
    given = [np.array(expected[key]) for key in ("estimate", "se", "degf")]
    # R's "logit" is a model's, whose iterations stop early; "xlogit" is the same interval without a model
    for method, limits, within in (
        ("xlogit", logit_interval, 1e-9),
        ("logit", logit_interval, 1e-8),
        ("mean", interval, 1e-9),
    ):
        low, high = limits(*given, expected["level"])
        np.testing.assert_allclose(low, expected[method]["low"], rtol=within)
        np.testing.assert_allclose(high, expected[method]["high"], rtol=within)


def test_stays_between_nothing_and_everything() -> None:
    share = np.array([0.0, 1.0, 0.3, 0.001, 0.3])
    low, high = logit_interval(share, np.array([0.0, 0.0, 0.0, 0.01, 0.1]), np.array([5, 5, 5, 2, 0.0]), 0.95)
    np.testing.assert_allclose(low[:3], share[:3], rtol=1e-14)
    np.testing.assert_allclose(high[:3], share[:3], rtol=1e-14)
    assert 0 < low[3] < 0.001 < high[3] < 1
    assert (low[4], high[4]) == (0, 1)  # no degrees of freedom, no limit


def test_shares_take_the_limits_and_degrees_of_freedom_that_are_asked() -> None:
    # Two strata of PSUs, the second with most of the variance and two units only.
    table = pd.DataFrame({"h": [*"aaaaaaaabb"], "y": [1, 0, 1, 1, 1, 0, 1, 1, 0, 1]})
    table["w"] = np.where(table["h"] == "a", 1.0, 9.0)
    survey = Survey(table, weight="w", stratum="h")
    plain = share(survey, "y").table
    found = share(survey, "y", df="satterthwaite", limits="logit").table
    assert plain["df"].tolist() == [8, 8] and plain["se"].tolist() == found["se"].tolist()
    # variances of the strata: 8 s²/26² with s² = 3/14, and 2 × 81 s²/26² with s² = 1/2
    parts = np.array([8 * 3 / 14, 81.0])
    assert found["df"].to_numpy() == pytest.approx(parts.sum() ** 2 / (parts[0] ** 2 / 7 + parts[1] ** 2))
    values = [found[name].to_numpy() for name in ("estimate", "se", "df")]
    for side, due in zip(("low", "high"), logit_interval(*values, 0.95), strict=True):
        np.testing.assert_allclose(found[side], due)
    assert mean(survey, "y", limits="logit").table["high"].iloc[0] < 1


def test_log_odds_are_of_shares_and_choices_are_named() -> None:
    survey = Survey(pd.DataFrame({"y": [0.5, 3.0, 2.0]}))
    with pytest.raises(EstimateError, match="'logit' is for shares from 0 to 1; 'y' is 1.83333") as caught:
        mean(survey, "y", limits="logit")
    assert "“y”是 1.83333" in caught.value.chinese
    with pytest.raises(AnswerError, match="df: must be one of counted, satterthwaite; it is 'few'"):
        mean(survey, "y", df="few")  # type: ignore[arg-type]
    with pytest.raises(AnswerError, match="limits: must be one of t, logit; it is 'beta'"):
        mean(survey, "y", limits="beta")  # type: ignore[arg-type]
