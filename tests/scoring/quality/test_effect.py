"""Interviewers' share of the variance against ANOVA, statsmodels, R's nlme and lme4, and shuffles."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from scoring import interviewer_effect
from tests.scoring.quality.made import sheets

R = json.loads((Path(__file__).parents[2] / "oracles" / "interviewers.json").read_text("utf-8"))


def test_balanced_data_give_the_anova_estimator() -> None:
    """Oracle: (B - W) / (B + (m - 1) W), and the REML likelihood ratio written out from B and W."""
    random = np.random.default_rng(1)
    y = 5 + random.normal(size=(12, 8)) + random.normal(0, 0.6, (12, 1))
    found = interviewer_effect(sheets(y.reshape(-1, 1), interviewer=np.repeat(np.arange(12).astype(str), 8)))
    between, within = 8 * y.mean(axis=1).var(ddof=1), y.var(axis=1, ddof=1).mean()
    assert found.icc == pytest.approx((between - within) / (between + 7 * within), abs=1e-6)
    assert found.within == pytest.approx(within, rel=1e-6)
    assert found.between == pytest.approx((between - within) / 8, rel=1e-5)
    assert found.deff == pytest.approx(1 + 7 * found.icc) and found.mean_interviews == 8
    pooled = (11 * between + 84 * within) / 95
    gain = 95 * np.log(pooled) - 11 * np.log(between) - 84 * np.log(within)
    assert found.p == pytest.approx(chi2(1).sf(gain) / 2, rel=1e-4)
    # Fisher 1925: the large-sample error of an intraclass correlation.
    fisher = (1 - found.icc) * (1 + 7 * found.icc) * np.sqrt(2 / (8 * 7 * 11))
    assert found.icc_se == pytest.approx(fisher, rel=0.15)


def test_as_nlme_and_lme4() -> None:
    at = np.arange(120)
    who = (at * at + at // 5) % 9
    y = 7 + (at * 37 % 11) % 5 / 2 + who % 4 / 3 + at % 3 / 2
    found = interviewer_effect(sheets(y[:, None], interviewer=who.astype(str), stratum=at % 3))
    for program, digits in (("nlme", 1e-5), ("lme4", 1e-5)):
        assert found.between == pytest.approx(R[f"{program}_between"], rel=digits)
        assert found.within == pytest.approx(R[f"{program}_within"], rel=digits)
    assert found.p == pytest.approx(chi2(1).sf(R["chi"]) / 2, rel=1e-5)


def test_as_statsmodels() -> None:
    from statsmodels.formula.api import mixedlm

    random = np.random.default_rng(2)
    who, town = random.integers(0, 15, 400), random.integers(0, 6, 400)
    y = random.normal(size=400) + 0.4 * random.normal(size=15)[who] + random.normal(size=6)[town]
    found = interviewer_effect(sheets(y[:, None], interviewer=who.astype(str), stratum=town))
    table = pd.DataFrame({"y": y, "who": who, "town": town.astype(str)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = mixedlm("y ~ town", table, groups="who").fit(reml=True)
    assert found.between == pytest.approx(float(fit.cov_re.iloc[0, 0]), rel=1e-3)
    assert found.within == pytest.approx(float(fit.scale), rel=1e-4)


def test_no_effect_is_zero_and_shuffles_agree() -> None:
    """Invariant: of 200 rounds without effect half have icc 0, and p and shuffles are small in 5 %."""
    random = np.random.default_rng(3)
    zero, small, shuffled = 0, 0, 0
    for at in range(200):
        one = sheets(random.normal(size=(90, 1)), interviewer=np.repeat(np.arange(9).astype(str), 10))
        found = interviewer_effect(one, permutations=39, seed=at)
        zero, small = zero + (found.icc == 0), small + (found.p <= 0.05)
        shuffled += (found.p_permutation or 1) <= 0.05
    assert 85 < zero < 135 and 2 < small < 20 and 2 < shuffled < 20
    assert found.p_permutation == interviewer_effect(one, 39, seed=199).p_permutation


def test_where_everyone_has_a_town_nothing_can_be_told() -> None:
    town = np.repeat(np.arange(6), 10)
    values = np.random.default_rng(4).normal(size=(60, 1))
    found = interviewer_effect(sheets(values, interviewer=town.astype(str), stratum=town))
    assert found.confounded and np.isnan(found.icc) and found.alone == 1.0
    assert "混在一起" in found.chinese and "cannot be told" in found.english
    half = np.where(np.arange(60) % 2, town, 9)
    found = interviewer_effect(sheets(values, interviewer=half.astype(str), stratum=town))
    assert not found.confounded and found.alone == 0.0
    one_alone = np.where(town < 3, half, town)
    found = interviewer_effect(sheets(values, interviewer=one_alone.astype(str), stratum=town))
    assert not found.confounded and found.alone == pytest.approx(0.5) and "50%" in found.chinese
