"""Gaps between modes against statsmodels' cluster-robust regression; units against the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from scoring import Scale, mode_gaps, unit_answers
from scoring.quality.units import holm
from tests.scoring.quality.made import sheets


def test_gaps_as_statsmodels() -> None:
    """Oracle: OLS with towns as dummies, errors clustered by interviewer, times V / (V - 1) alone."""
    import statsmodels.formula.api as smf

    random = np.random.default_rng(1)
    n = 400
    who, town = random.integers(0, 12, n), random.integers(0, 5, n)
    mode = random.choice(["面访", "电话", "网络"], n)
    y = np.clip(7 + (mode == "面访") + random.normal(size=12)[who] + random.normal(size=n), 0, 10)
    found = mode_gaps(sheets(y[:, None], interviewer=who.astype(str), stratum=town, mode=mode))
    assert found[["first", "second"]].to_numpy().tolist() == [
        ["电话", "网络"],
        ["电话", "面访"],
        ["网络", "面访"],
    ]
    row = found.iloc[2]
    used = mode != "电话"
    table = pd.DataFrame({"y": 10 * y, "x": (mode == "网络").astype(float), "town": town.astype(str)})[used]
    model = smf.ols("y ~ x + town", table)
    groups = pd.factorize(who[used])[0]
    plain = model.fit()
    robust = model.fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False, "df_correction": False}
    )
    clusters = np.unique(groups).size
    se = float(robust.bse["x"]) * np.sqrt(clusters / (clusters - 1))
    assert row["difference"] == pytest.approx(float(plain.params["x"])) and row["se"] == pytest.approx(se)
    assert row["deff"] == pytest.approx((se / float(plain.bse["x"])) ** 2)
    assert row["p"] == pytest.approx(2 * t(clusters - 1).sf(abs(row["difference"]) / se))
    assert row["interviewers"] == clusters and row["n_first"] == (mode == "网络").sum()


def test_modes_of_different_towns_cannot_be_compared() -> None:
    values = np.arange(8.0)[:, None]
    found = mode_gaps(sheets(values, stratum=[0] * 4 + [1] * 4, channel=["a"] * 4 + ["b"] * 4), by="channel")
    assert found["n_first"].iloc[0] == 0 and np.isnan(found["difference"].iloc[0])


def test_the_best_rating_is_up() -> None:
    found = mode_gaps(sheets([[1.0], [5.0]], Scale(1, 5, best="low"), mode=["a", "b"]))
    assert found["difference"].iloc[0] == 100.0


def test_a_coached_town_is_flagged_and_few_honest_ones() -> None:
    """Invariant: at 5 % over both checks of 30 towns, 3 to 8 % of honest rounds are expected to flag any."""
    flagged, found_top, found_known = 0, 0, 0
    for seed in range(100):
        random = np.random.default_rng([7, seed])
        town = np.repeat(np.arange(30), 40)
        level = 7.5 + random.normal(0, 0.3, 30)[town] + random.normal(0, 1.2, 1200)
        values = np.clip(np.rint(level[:, None] + random.normal(size=(1200, 6))), 0, 10)
        values[random.random(values.shape) < 0.06] = np.nan
        clean = unit_answers(sheets(values), town)
        flagged += bool(clean[["flagged_top", "flagged_dont_know"]].any(axis=None))
        if seed < 20:
            coached = values.copy()
            coached[town == 4] = np.where(
                random.random((40, 6)) < 0.6, 10, np.nan_to_num(values[town == 4], nan=9)
            )
            first = unit_answers(sheets(coached), town).iloc[0]
            found_top += first["unit"] == 4 and first["flagged_top"]
            found_known += first["dont_know"] == 0 and first["flagged_dont_know"]
    assert flagged <= 11  # binomial(100, 5 %): above in 0.4 %
    assert found_top == 20 and found_known >= 15


def test_holm_leaves_out_what_is_not_told() -> None:
    """Oracle: statsmodels' multipletests."""
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(3).random(20) ** 3
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])
    np.testing.assert_allclose(holm(np.insert(p, 4, np.nan))[[3, 5]], holm(p)[[3, 4]])
