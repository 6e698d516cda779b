"""Limits of shares equal R survey 4.1.1's svyciprop (tests/oracles/derived.R) to 1e-9."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from scoring.estimate import interval
from scoring.interval import logit_interval

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
