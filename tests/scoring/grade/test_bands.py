"""Who differs from its class by more than its members usually do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import EstimateError, class_bands

ORACLES = json.loads((Path(__file__).parents[2] / "oracles" / "grade.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("data", ["schools", "made_up"])
def test_the_spread_of_independent_estimates_is_that_of_dersimonian_and_laird(data: str) -> None:
    # Oracle: R metafor 3.8.1, rma(method = "DL")$tau2 and the mean of rma(method = "EE").
    one = ORACLES[data]
    found = class_bands(one["y"], np.diag(one["v"]), winsorise=0)
    np.testing.assert_allclose(found["spread"] ** 2, one["spread"]["tau2"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["mean"], one["spread"]["mean"], rtol=1e-9)


def test_scores_far_from_the_class_are_pulled_in_before_its_spread_is_estimated() -> None:
    # By hand: variance 1, mean 0; z as given. A tenth of the 11 at each end is one: -20 and 22 become the
    # next, -1 and 2 (numpy's quantiles at 0.1 and 0.9 of 11 values are the second and the tenth).
    z = np.array([-20.0, -1, -1, -1, -1, 0, 0, 0, 0, 2, 22])
    assert z.sum() == 0
    found = class_bands(80 + z, np.eye(11))
    square = 5 * 1 + 2 * 4
    assert (found["spread"] ** 2).tolist() == pytest.approx([(square - 10) / 10] * 11)
    plain = class_bands(80 + z, np.eye(11), winsorise=0)
    assert (plain["spread"] ** 2).tolist() == pytest.approx([(4 + 4 + 400 + 484 - 10) / 10] * 11)
    # Pulled in, those two stand out from the class; otherwise they hide each other.
    assert found["band"].tolist() == ["much worse", *["as expected"] * 9, "much better"]
    assert plain["band"].tolist()[0] == "worse" and plain["band"].tolist()[-1] == "better"


def test_z_has_the_standard_deviation_of_what_it_measures() -> None:
    # Made-up classes of the model itself: with the spread known z of each unit has variance 1. tau is
    # estimated; so 60 units, unequal errors in common, no winsorising, and 5 % of room.
    rng = np.random.default_rng(1)
    variance, load = rng.uniform(1, 9, 60), rng.normal(size=(60, 2))
    cov = np.diag(variance) + load @ load.T
    root = np.linalg.cholesky(cov)
    drawn = [80 + rng.normal(0, 4, 60) + root @ rng.normal(size=60) for _ in range(300)]
    found = [class_bands(y, cov, winsorise=0) for y in drawn]
    assert np.mean([(one["z"] ** 2).mean() for one in found]) == pytest.approx(1, rel=0.05)


def test_the_spread_of_correlated_estimates_is_unbiased() -> None:
    # Exact: tau² is linear in y y', so its mean over y ~ N(., V + 16 I) is that over the columns of a root of
    # V + 16 I, p^1/2 times as large. With k times that matrix it is k (16 + r) - r, r = tr(M V) / tr(M).
    rng = np.random.default_rng(2)
    load = rng.normal(size=(8, 2))
    cov = np.diag(rng.uniform(1, 9, 8)) + load @ load.T
    columns = np.linalg.cholesky(cov + 16 * np.eye(8)).T * np.sqrt(8)

    def mean_spread(times: float) -> float:
        found = [class_bands(np.sqrt(times) * y, cov, winsorise=0)["spread"].iloc[0] ** 2 for y in columns]
        assert min(found) > 0
        return float(np.mean(found))

    slope = mean_spread(1001) - mean_spread(1000)
    assert slope - (1000 * slope - mean_spread(1000)) == pytest.approx(16, rel=1e-6)


def test_an_error_that_all_share_moves_nobody() -> None:
    y = np.array([70.0, 78, 80, 81, 83, 95])
    alone, shared = (class_bands(y, 4 * np.eye(6) + common, winsorise=0)["z"] for common in (0, 9))
    np.testing.assert_allclose(shared, alone, rtol=1e-9)


def test_limits_belong_to_the_outer_band() -> None:
    # By hand: with a very exact class about 0 and one unit of variance 1, z of that unit is its score.
    cov = np.diag([1e-12] * 4 + [1.0])
    for score, band in [
        (-3.0, "much worse"),
        (-2.99, "worse"),
        (-2.0, "worse"),
        (-1.99, "as expected"),
        (0.0, "as expected"),
        (1.99, "as expected"),
        (2.0, "better"),
        (2.99, "better"),
        (3.0, "much better"),
    ]:
        found = class_bands([0.0, 0.0, 0.0, 0.0, score], cov, winsorise=0.25)
        assert found["z"].iloc[-1] == pytest.approx(score, abs=1e-9)
        assert found["band"].iloc[-1] == band


def test_classes_stand_apart_under_their_names() -> None:
    y = pd.Series([70.0, 90, 71, 92, 72, 94], [*"甲乙丙丁戊己"])
    found = class_bands(y, np.eye(6), by=["s", "t"] * 3)
    assert found["mean"].tolist() == [71, 92] * 3
    assert found.columns.tolist() == ["class", "estimate", "mean", "spread", "z", "band"]
    assert found.index.tolist() == [*"甲乙丙丁戊己"]
    alone = class_bands(y.iloc[1::2], np.eye(3))
    np.testing.assert_allclose(found["z"].iloc[1::2], alone["z"])


REFUSED: dict[str, tuple[Any, str]] = {
    "bad_winsorise": (lambda: class_bands([1.0, 2, 3], np.eye(3), winsorise=0.5), "below 0.5; it is 0.5"),
    "no_variance": (
        lambda: class_bands(pd.Series([1.0, 2], ["甲", "乙"]), np.diag([1, 0])),
        "of '乙' has no",
    ),
    "class_of_few": (
        lambda: class_bands([1.0, 2, 3], np.eye(3), by=["a", "a", "b"]),
        "class 'a' has 2 units",
    ),
    "estimate_not_finite": (lambda: class_bands([1.0, np.nan], np.eye(2)), "class_bands: estimate"),
    "cov_shape": (lambda: class_bands([1.0], np.eye(2)), "class_bands: cov"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_tells_no_band_is_refused(rule: str) -> None:
    call, message = REFUSED[rule]
    with pytest.raises(EstimateError, match=message) as caught:
        call()
    assert caught.value.rule == rule
    assert caught.value.chinese != str(caught.value)
