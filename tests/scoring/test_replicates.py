"""Replicates against closed forms: of totals they give the linearised variance, or a stated formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import (
    AnswerError,
    EstimateError,
    Survey,
    bootstrap,
    brr,
    calibrate,
    jackknife,
    mean,
    post_stratify,
    rake,
    replicate_weights,
    successive_differences,
    total,
)
from scoring.group import group_scores
from scoring.replicate import replicates as inner
from scoring.replicate.hadamard import hadamard
from scoring.replicate.multipliers import redrawn
from scoring.scale import Scale

ORACLES = Path(__file__).parents[1] / "oracles"
STRATA = pd.read_csv(ORACLES / "apistrat.csv", dtype={"cds": str})
CLUSTERS = pd.read_csv(ORACLES / "apiclus1.csv", dtype={"cds": str})
BOTH = pd.read_csv(ORACLES / "apistrat2.csv", dtype={"cds": str})
STRATIFIED = Survey(STRATA, weight="pw", stratum="stype", population="fpc")
CLUSTERED = Survey(CLUSTERS, weight="pw", psu="dnum", population="fpc")
NAMES = ["api00", "api99_na", "enroll"]


def pairs(strata: int = 5) -> Survey:
    """Made-up answers: two PSUs of three answers in each stratum, two domains that reach into all."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"h": np.repeat(np.arange(strata), 6), "psu": np.tile(np.repeat([1, 2], 3), strata)})
    table["y"] = rng.normal(7, 2, len(table))
    return Survey(table.assign(w=rng.uniform(1, 3, len(table)), d=[*"aab"] * 2 * strata), "w", "h", "psu")


@pytest.mark.parametrize("survey", [STRATIFIED, CLUSTERED], ids=["strata", "clusters"])
def test_a_jackknife_of_totals_is_their_linearised_variance(survey: Survey) -> None:
    for by in (None, "stype"):
        np.testing.assert_allclose(
            total(jackknife(survey), NAMES, by).cov, total(survey, NAMES, by).cov, rtol=1e-9, atol=1e-3
        )


@pytest.mark.parametrize("rho", [0.0, 0.3])
@pytest.mark.parametrize("strata", [1, 2, 3, 4, 11, 27])
def test_balanced_half_samples_of_totals_give_their_linearised_variance(strata: int, rho: float) -> None:
    survey = pairs(strata)
    found, expected = total(brr(survey, rho), "y", by="d"), total(survey, "y", by="d")
    np.testing.assert_allclose(found.cov, expected.cov, rtol=1e-9)
    pd.testing.assert_frame_equal(found.table, expected.table, rtol=1e-9)


def test_successive_differences_of_totals_give_the_circular_sum_of_each_stratum() -> None:
    survey = STRATIFIED
    expected = 0.0
    for _, part in STRATA.groupby("stype"):
        z = (part["pw"] * part["enroll"]).to_numpy()
        fraction = len(part) / part["fpc"].iloc[0]
        expected += (1 - fraction) / 2 * ((z - np.roll(z, -1)) ** 2).sum()
    found = total(successive_differences(survey), "enroll")
    assert found.cov[0, 0] == pytest.approx(expected, rel=1e-9)


def test_certain_units_are_looked_through() -> None:
    # The first PSU was certain and two of its four rows were drawn; of PSUs b to d, two of six.
    table = pd.DataFrame({"psu": [*"aabbccdd"], "y": [1.0, 3.0, 2.0, 2.0, 5.0, 6.0, 9.0, 3.0]})
    table["p"] = table["psu"].map({"a": 1.0}).fillna(0.5)
    first = table["psu"] == "a"
    table["row"], table["q"] = range(8), np.where(first, 0.5, 1.0)
    survey = Survey(table, psu=["psu", "row"], prob=["p", "q"])
    found = total(jackknife(survey), "y")
    np.testing.assert_allclose(found.cov, total(survey, "y").cov, rtol=1e-9)
    # by hand: 2 (1 - 1/2) s² of a, 3 (1 - 1/2) s² of the totals 4, 11, 12 of the others
    assert found.cov[0, 0] == pytest.approx(2 * 0.5 * 2 + 3 * 0.5 * 19)
    assert found.table["df"].tolist() == [3.0]


def test_rows_that_never_vary_count_in_every_replicate() -> None:
    table = pd.DataFrame({"h": [*"aabbb"], "N": [2, 2, 9, 9, 9], "y": [5.0, 7.0, 1.0, 2.0, 6.0]})
    survey = Survey(table, stratum="h", population="N")
    assert jackknife(survey).replicates.unit.tolist() == [-1, -1, 0, 1, 2]
    np.testing.assert_allclose(total(jackknife(survey), "y").cov, total(survey, "y").cov, rtol=1e-9)
    # by hand: means without one of 1, 2, 6 that stand for themselves, their weight taken over
    left = np.array([(12 + 1.5 * (9 - one)) / 5 for one in (1, 2, 6)])
    expected = (1 - 3 / 9) * 2 / 3 * ((left - 21 / 5) ** 2).sum()
    assert mean(jackknife(survey), "y").cov[0, 0] == pytest.approx(expected)


def test_bootstrap_multipliers_have_the_moments_of_the_design() -> None:
    # Multinomial: each PSU's multiplier has mean 1, variance (1 - f), covariance -(1 - f)/(n - 1).
    stratum = np.array([0, 1, 0, 1, 1, 0, 0])
    fraction = np.array([0.2, 0.5])[stratum]
    made = redrawn(stratum, fraction, 200_000, seed=5)
    assert np.abs(made.mean(axis=1) - 1).max() < 4 / np.sqrt(200_000)
    n = np.array([4, 3])[stratum]
    due = np.where(stratum[:, None] == stratum, -(1 - fraction) / (n - 1), 0.0)
    np.fill_diagonal(due, 1 - fraction)
    assert np.abs(np.cov(made, bias=True) - due).max() < 6 * np.sqrt(2 / 200_000)


def test_bootstrap_draws_what_the_raw_words_say_and_more_replicates_keep_the_first() -> None:
    stratum = np.array([0, 1, 0, 1, 0])
    few, many = (redrawn(stratum, np.zeros(5), count, seed=9) for count in (3, 400_000))
    np.testing.assert_array_equal(few, many[:, :3])
    words = [int(word) >> 11 for word in np.random.Philox(key=9).random_raw(9)]
    for replicate in range(3):
        times = [0] * 5
        for at, (members, n) in enumerate([([0, 2, 4], 3), ([0, 2, 4], 3), ([1, 3], 2)]):
            times[members[words[3 * replicate + at] * n >> 53]] += 1
        expected = [one * [1.5, 2.0][h] for one, h in zip(times, stratum, strict=True)]
        np.testing.assert_allclose(few[:, replicate], expected)


def test_bootstrap_errors_of_means_come_near_the_linearised() -> None:
    found = mean(bootstrap(STRATIFIED, 4000, seed=1), NAMES, by="stype").table["se"]
    assert np.abs(found / mean(STRATIFIED, NAMES, by="stype").table["se"] - 1).max() < 0.06  # 5 / sqrt(2 R)


def test_given_weights_repeat_the_replicates_they_came_from() -> None:
    made = jackknife(STRATIFIED)
    columns = {f"r{at}": made.replicates.weights(made.weights, at) for at in range(made.replicates.count)}
    table = pd.concat([STRATA, pd.DataFrame(columns)], axis=1)
    given = replicate_weights(
        Survey(table, weight="pw"), list(columns), scale=1, rscales=made.replicates.rscales.tolist()
    )
    for by in (None, "stype"):
        np.testing.assert_allclose(
            mean(given, NAMES, by).cov, mean(made, NAMES, by).cov, rtol=1e-9, atol=1e-9
        )
    assert mean(given, "api00").table["df"].tolist() == [len(STRATA) - 3]  # rank: n less one for each stratum
    factors = pd.concat([STRATA, pd.DataFrame(columns).div(STRATA["pw"], axis=0)], axis=1)
    again = replicate_weights(
        Survey(factors, weight="pw"),
        list(columns),
        scale=1,
        rscales=made.replicates.rscales.tolist(),
        combined=False,
    )
    np.testing.assert_allclose(mean(again, NAMES).cov, mean(made, NAMES).cov, rtol=1e-9)


def test_a_centre_of_their_mean_takes_out_how_far_it_is_from_the_estimate() -> None:
    columns = {f"r{at}": np.random.default_rng(at).uniform(1, 3, len(STRATA)) for at in range(6)}
    survey = Survey(STRATA.assign(**columns), weight="pw")
    parts = [
        mean(replicate_weights(survey, list(columns), scale=2, centre=one), "api00")
        for one in ("estimate", "mean")
    ]
    own = [np.average(STRATA["api00"], weights=weights) for weights in columns.values()]
    apart = np.mean(own) - np.average(STRATA["api00"], weights=STRATA["pw"])
    assert parts[0].cov[0, 0] - parts[1].cov[0, 0] == pytest.approx(2 * 6 * apart**2)
    assert parts[1].cov[0, 0] == pytest.approx(2 * 6 * np.var(own))


def test_sums_are_the_same_by_few_large_units_or_many_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = mean(jackknife(STRATIFIED), NAMES, by="stype").cov
    monkeypatch.setattr(inner, "DENSE_CELLS", 10)
    np.testing.assert_allclose(mean(jackknife(STRATIFIED), NAMES, by="stype").cov, dense, rtol=1e-9)


def test_scores_take_the_replicates_of_their_linearised_values() -> None:
    table = STRATA.assign(
        q=(STRATA["api00"] // 100), evaluatee=STRATA["stype"].map({"E": "甲", "H": "乙", "M": "甲"})
    )
    survey = Survey(table, "pw", "stype", population="fpc")
    asked, scale = {"甲": ["q"], "乙": ["q"]}, Scale(0, 10)
    found, due = (group_scores(one, asked, scale) for one in (jackknife(survey), survey))
    np.testing.assert_allclose(found.cov, due.cov, rtol=1e-9, atol=1e-12)
    successive = group_scores(successive_differences(survey), asked, scale)
    assert (np.abs(np.diag(successive.cov) / np.diag(due.cov) - 1) > 1e-3).all()


def test_calibration_holds_in_every_replicate() -> None:
    made = jackknife(replace(STRATIFIED, table=STRATA.assign(half=STRATA["row"] % 2)))
    types = {"E": 4421, "H": 755, "M": 1018}
    for survey in (
        post_stratify(made, "stype", types),
        rake(made, {"stype": types, "half": {0: 2194, 1: 4000}}),
        calibrate(made, {"stype": types}),
    ):
        for at in (0, 100):
            weights = survey.replicates.weights(survey.weights, at)
            found = pd.Series(weights).groupby(STRATA["stype"]).sum()
            np.testing.assert_allclose(found, pd.Series(types), rtol=1e-9)
    # Cells that are the strata take over what each stratum's mean tells: nothing is left to calibrate.
    np.testing.assert_allclose(
        mean(post_stratify(made, "stype", types), NAMES).cov, mean(made, NAMES).cov, rtol=1e-3
    )


def test_a_domain_of_one_unit_is_refused_under_replicates_too() -> None:
    with pytest.raises(AnswerError, match=r"\(d a\) come from one sampled unit"):
        mean(successive_differences(Survey(TABLE)), "y", by="d")


@pytest.mark.parametrize("least", [1, 2, 3, 5, 13, 21, 29, 41, 93])
def test_hadamard_matrices_are_orthogonal(least: int) -> None:
    made = hadamard(least)
    assert set(np.unique(made)) <= {-1.0, 1.0}
    np.testing.assert_array_equal(made.T @ made, len(made) * np.eye(len(made)))
    assert least <= len(made) <= least + 8 and (made[:, 0] == 1).all()


TABLE = pd.DataFrame({"y": [1.0, 2.0, 4.0, 5.0], "h": [*"aabb"], "w": [0.0, 1.0, 1.0, 1.0], "N": 9, "one": 1})
TABLE = TABLE.assign(
    r1=[1.0, 2, 0, 1], r2=[0.0, 1, 2, 1], gap=[None, 1.0, 1, 1], p=[0.2, 0.3, 0.2, 0.2], d=[*"abbb"]
)
REFUSALS: dict[str, tuple[Callable[[], Any], str]] = {
    "later_stages": (
        lambda: jackknife(Survey(BOTH, "weight", ["stratum", None], ["psu", "ssu"], ["fpc1", "fpc2"])),
        "units within the PSUs vary too",
    ),
    "nothing_varies": (lambda: bootstrap(Survey(TABLE.assign(N=4), population="N")), "every unit is certain"),
    "lonely_replicate": (
        lambda: jackknife(Survey(TABLE.iloc[:3], stratum="h", lonely="adjust")),
        'stratum "b" has one sampled unit',
    ),
    "unequal_in_stratum": (lambda: bootstrap(Survey(TABLE, stratum="h", prob="p")), 'stratum "a"'),
    "not_pairs": (lambda: brr(Survey(TABLE)), r'"\(all\)" has 4, as have 1 strata'),
    "finite_pairs": (
        lambda: brr(Survey(TABLE, stratum="h", population="N")),
        "Leave population and prob out",
    ),
    "bad_rho": (lambda: brr(Survey(TABLE, stratum="h"), rho=1), "below 1; it is 1"),
    "bad_replicates": (lambda: bootstrap(Survey(TABLE), 1), "at least 2; found 1"),
    "bad_seed": (lambda: bootstrap(Survey(TABLE), seed=-1), "it is -1"),
    "bad_scales": (
        lambda: replicate_weights(Survey(TABLE), ["r1", "r2"], scale=1, rscales=[1]),
        "rscales 2 numbers",
    ),
    "bad_df": (
        lambda: replicate_weights(Survey(TABLE), ["r1", "r2"], scale=1, df=float("nan")),
        "must be above 0; they are nan",
    ),
    "unknown_choice": (
        lambda: replicate_weights(Survey(TABLE), ["r1", "r2"], scale=1, centre="median"),  # type: ignore[arg-type]
        "one of estimate, mean; it is 'median'",
    ),
    "weight_from_nothing": (
        lambda: replicate_weights(Survey(TABLE, "w"), ["r1", "r2"], scale=1),
        "row 1 has weight 0",
    ),
    "not_replicated": (
        lambda: jackknife(post_stratify(Survey(TABLE), "h", {"a": 2, "b": 3})),
        "the survey has calibrated weights",
    ),
    "lost_in_replicate": (lambda: mean(jackknife(Survey(TABLE)), "y", by="d"), "in replicate 1 an estimate"),
    "not_numbers": (
        lambda: replicate_weights(Survey(TABLE), ["r1", "gap"], scale=1),
        "column 'gap': must be numbers; row 1 has none",
    ),
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_refuses_and_says_why(rule: str) -> None:
    call, message = REFUSALS[rule]
    with pytest.raises(EstimateError, match=message) as caught:
        call()
    assert caught.value.rule == rule
    assert caught.value.chinese != str(caught.value)


@pytest.mark.parametrize("again", [jackknife, bootstrap, successive_differences, brr])
def test_replicates_are_made_once(again: Callable[[Survey], Survey]) -> None:
    with pytest.raises(EstimateError, match="the survey has replicates"):
        again(jackknife(Survey(TABLE, stratum="h")))


@pytest.mark.parametrize(
    "wrong", [{"scale": np.inf}, {"scale": np.nan}, {"scale": 1, "df": 0}, {"scale": 1, "df": -3}]
)
def test_scales_and_degrees_of_freedom_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(EstimateError, match="must be above 0"):
        replicate_weights(Survey(TABLE), ["r1", "r2"], **wrong)  # type: ignore[arg-type]


def test_too_few_columns_of_weights() -> None:
    with pytest.raises(EstimateError, match="at least 2; found 1"):
        replicate_weights(Survey(TABLE), ["r1"], scale=1)
