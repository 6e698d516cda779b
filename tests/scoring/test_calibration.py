"""Calibrated weights and the variance they give, against R, the definition row by row, and repeated draws."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import (
    Estimates,
    Survey,
    calibrate,
    mean,
    post_stratify,
    rake,
    ratio,
    share,
    total,
    trim,
)
from scoring.adjust import residuals
from scoring.adjust.residuals import calibrated_parts
from scoring.domains import domains_of
from scoring.estimate import means_of
from scoring.group import group_scores
from scoring.scale import Scale

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "calibration.json").read_text(encoding="utf8"))
DESIGNS = R["designs"]


def survey_of(design: str) -> Survey:
    plan = DESIGNS[design]
    table = pd.read_csv(ORACLES / plan["data"], dtype={"cds": str})
    return Survey(table.assign(**R["columns"][plan["data"].removesuffix(".csv")]), **plan["roles"])


def known(design: str) -> dict[str, Any]:
    """What is known of the population, cells of two columns by tuple."""
    share_of = DESIGNS[design]["share"]
    found: dict[str, Any] = {}
    for name, value in R["population"].items():
        if isinstance(value, dict):
            keys = [tuple(key.split(" ")) if "_" in name else key for key in value]
            found[name] = dict(zip(keys, [share_of * one for one in value.values()], strict=True))
        else:
            found[name] = share_of * value
    return found


def with_type(known: dict[str, Any]) -> dict[str, Any]:
    return {"stype": known["stype"], "api99": known["api99"]}


METHODS: dict[str, Callable[[Survey, dict[str, Any], Any], Survey]] = {
    "post": lambda s, k, _: post_stratify(s, "stype", k["stype"]),
    "post2": lambda s, k, _: post_stratify(s, ["stype", "sch.wide"], k["stype_sch.wide"]),
    "rake": lambda s, k, _: rake(s, {"stype": k["stype"], "sch.wide": k["sch.wide"]}, residuals="sweeps"),
    "rake2": lambda s, k, _: rake(
        s, {"stype": k["stype"], ("sch.wide", "awards"): k["sch.wide_awards"]}, residuals="sweeps"
    ),
    "raking_margins": lambda s, k, _: rake(s, {"stype": k["stype"], "sch.wide": k["sch.wide"]}),
    "linear": lambda s, k, _: calibrate(s, {"(1)": k["rows"], "api99": k["api99"]}),
    "linear2": lambda s, k, _: calibrate(s, with_type(k) | {"meals": k["meals"]}, keep_negative=True),
    "raking": lambda s, k, _: calibrate(s, with_type(k), "raking"),
    "linear_bounds": lambda s, k, b: calibrate(s, with_type(k), "linear", b),
    "raking_bounds": lambda s, k, b: calibrate(s, with_type(k), "raking", b),
    "logit": lambda s, k, b: calibrate(s, with_type(k), "logit", b),
}
CALLS: dict[str, Callable[[Survey], Estimates]] = {
    "mean": lambda s: mean(s, ["api00", "enroll"]),
    "mean_na": lambda s: mean(s, "api99_na"),
    "total": lambda s: total(s, ["api00", "enroll"]),
    "ratio": lambda s: ratio(s, "api00", "meals"),
    "mean_by": lambda s: mean(s, ["api00", "api99_na", "enroll"], by="stype"),
    "total_by": lambda s: total(s, ["api00", "enroll"], by="awards"),
}


def calibrated(design: str, method: str) -> Survey:
    bounds = DESIGNS[design]["methods"][method].get("bounds")
    return METHODS[method](survey_of(design), known(design), bounds)


# ----------------------------------------------------------------------------------- R survey 4.1.1


@pytest.mark.parametrize("written_out", [True, False])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("design", DESIGNS)
def test_equals_r(design: str, method: str, written_out: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # postStratify(), rake(), calibrate() of R survey 4.1.1: tests/oracles/calibration.R
    if not written_out:  # as in large tables
        monkeypatch.setattr(residuals, "WRITTEN_OUT", 1)
    expected = DESIGNS[design]["methods"][method]
    survey = calibrated(design, method)
    np.testing.assert_allclose(survey.weights, expected["weights"], rtol=1e-9)
    for name, call in CALLS.items():
        result, vcov = call(survey), np.atleast_2d(expected[name]["vcov"])
        np.testing.assert_allclose(result.table["estimate"], expected[name]["estimate"], rtol=1e-9)
        np.testing.assert_allclose(result.table["se"], np.sqrt(np.diag(vcov)), rtol=1e-9)
        size = np.sqrt(np.outer(np.diag(vcov), np.diag(vcov)))
        np.testing.assert_allclose(result.cov / size, vcov / size, atol=1e-9)


@pytest.mark.parametrize("design", DESIGNS)
def test_bounds_hold_some_weights(design: str) -> None:
    """Else the tests above would not tell bounds from none."""
    before = survey_of(design).weights
    for method in ("linear_bounds", "raking_bounds"):
        low, high = DESIGNS[design]["methods"][method]["bounds"]
        factor = calibrated(design, method).weights / before
        assert (factor < low * (1 + 1e-9)).any() and (factor > high * (1 - 1e-9)).any()


@pytest.mark.parametrize("case", R["trimmed"])
def test_trimmed_weights_equal_r(case: str) -> None:
    plan = R["trimmed"][case]
    survey = survey_of("strat2")
    result = trim(survey, plan["lower"], plan["upper"], strict=plan["strict"])
    np.testing.assert_allclose(result.weights, plan["weights"], rtol=1e-12)
    assert result.weights.sum() == pytest.approx(survey.weights.sum())
    assert not np.allclose(result.weights, survey.weights)


# ------------------------------------------------------------------------- the definition, row by row


def with_cells(design: str) -> Survey:
    """The survey of a design, some of which did not respond."""
    survey = survey_of(design)
    table, roles = survey.table, dict(DESIGNS[design]["roles"])
    came = (table["row"] % 5 != 2) & (table["row"] % 7 != 4)
    if design == "clus1":  # whole clusters, the units of the last stage
        came = table["dnum"] % 4 != 1
    answers = table[["api00", "api99_na", "enroll"]].where(came)
    table = table.assign(**answers, came=came, cell=np.where(table["dnum"] % 2, "odd", "even"))
    return Survey(table, **roles, responded="came", cell="cell")


def residuals_by_lstsq(survey: Survey, before: Survey, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """w (u - x b), b the regression of u = z / w on x under the weights before."""
    active = before.weights > 0
    root = np.sqrt(before.weights[active])
    u = z[active] / survey.weights[active, None]
    b = np.linalg.lstsq(x[active] * root[:, None], u * root[:, None], rcond=None)[0]
    result = np.zeros_like(z)
    result[active] = survey.weights[active, None] * (u - x[active] @ b)
    return result


@pytest.mark.parametrize("written_out", [True, False])
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("cells", [False, True])
def test_variance_is_that_of_the_residuals(
    design: str, cells: bool, written_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The residuals of every domain written out as columns, whose covariance the survey before gives.
    if not written_out:
        monkeypatch.setattr(residuals, "WRITTEN_OUT", 1)
    before = with_cells(design) if cells else survey_of(design)
    facts = known(design)
    after = calibrate(before, with_type(facts), "raking")
    table = before.table
    x = np.column_stack([table["stype"] == one for one in "EHM"] + [table["api99"]]).astype(float)
    np.testing.assert_allclose(after.weights @ x, [*facts["stype"].values(), facts["api99"]], rtol=1e-9)
    names = ["api00", "api99_na", "enroll"]
    domains = domains_of(table, "awards")
    values = table[names].to_numpy(dtype=float)
    means = means_of(values)
    z = means.linearised(after.weights, domains, *means.estimate(after.weights, domains))
    columns = np.hstack([z * (domains.codes == one)[:, None] for one in range(2)])
    everyone = np.zeros(len(table), dtype=np.intp)
    expected = before.covariance(residuals_by_lstsq(after, before, x, columns), everyone, 1)
    found = mean(after, names, by="awards")
    np.testing.assert_allclose(found.cov, expected, rtol=1e-8, atol=1e-12 * np.abs(expected).max())
    counts = np.ones(len(table), dtype=bool) & (after.weights > 0)
    parts = [calibrated_parts(after, z[:, k], domains.codes, 2, counts) for k in range(3)]
    for k, one in enumerate(parts):
        whole = np.zeros(2)
        for variance, units, of in one:
            assert (units > 0).any()
            whole += np.bincount(of, weights=variance, minlength=2)
        np.testing.assert_allclose(whole, np.diag(expected)[k::3], rtol=1e-8)
    assert np.isfinite(after.satterthwaite(z[:, 0], domains.codes, 2, counts)).all()


def test_satterthwaite_of_one_stratum_counts_its_units() -> None:
    # One stratum, one domain: V² / (V² / (m - 1)), m = 6.
    table = pd.DataFrame({"sex": [*"fffmmm"], "y": [1.0, 2, 4, 3, 7, 8]})
    after = post_stratify(Survey(table), "sex", {"f": 10, "m": 30})
    zeros = np.zeros(6, dtype=np.intp)
    z = after.weights * table["y"].to_numpy()
    assert after.satterthwaite(z, zeros, 1, np.ones(6, dtype=bool)) == pytest.approx(5)


def test_satterthwaite_counts_all_units_of_strata_that_a_domain_does_not_reach() -> None:
    # Domain 0 lies in stratum a; its residuals vary in b too. V² / (V_a² / (m_a - 1) + V_b² / (3 - 1)).
    table = pd.DataFrame({"h": [*"aaaaaabbb"], "sex": [*"fmfmfmfmm"], "y": [1.0, 5, 2, 7, 9, 3, 4, 4, 6]})
    before = Survey(table, stratum="h")
    after = post_stratify(before, "sex", {"f": 40, "m": 30})
    codes = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    inside = codes == 0
    z = after.weights * table["y"].to_numpy()
    x = np.column_stack([table["sex"] == one for one in "fm"]).astype(float)
    own = residuals_by_lstsq(after, before, x, (z * inside)[:, None])
    zeros = np.zeros(9, dtype=np.intp)
    a, b = (before.covariance(own * (table["h"] == one).to_numpy()[:, None], zeros, 1)[0, 0] for one in "ab")
    found = after.satterthwaite(z, codes, 2, np.ones(9, dtype=bool))
    assert found[0] == pytest.approx((a + b) ** 2 / (a**2 / 3 + b**2 / 2))


@pytest.mark.parametrize("written_out", [True, False])
@pytest.mark.parametrize("how", ["independent", "lonely"])
def test_units_without_a_common_mean(how: str, written_out: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # Poisson sampling, and strata of one unit under lonely="adjust", take deviations from 0.
    if not written_out:
        monkeypatch.setattr(residuals, "WRITTEN_OUT", 1)
    table = survey_of("strat").table
    table["alone"] = np.where(table["row"] < 4, table["row"], 0)
    table["unit"], table["p"] = table["row"], 1 / table["pw"]
    roles: dict[str, Any] = {
        "independent": {"psu": "unit", "prob": "p", "independent": "unit"},
        "lonely": {"stratum": "alone", "lonely": "adjust"},
    }[how]
    before = Survey(table, weight="pw", **roles)
    after = calibrate(before, with_type(known("strat")), "raking")
    x = np.column_stack([table["stype"] == one for one in "EHM"] + [table["api99"]]).astype(float)
    z = after.weights[:, None] * table[["api00", "enroll"]].to_numpy()
    expected = before.covariance(
        residuals_by_lstsq(after, before, x, z), np.zeros(len(table), dtype=np.intp), 1
    )
    np.testing.assert_allclose(total(after, ["api00", "enroll"]).cov, expected, rtol=1e-9)


def test_what_is_known_has_no_error() -> None:
    survey = survey_of("clus2")
    facts = known("clus2")
    after = calibrate(survey, with_type(facts), "logit", (0.5, 2))
    result = total(after, "api99").table
    assert result["estimate"].tolist() == pytest.approx([facts["api99"]])
    assert result["se"].iloc[0] < 1e-9 * total(survey, "api99").table["se"].iloc[0]
    counts = share(after, "stype").table
    np.testing.assert_allclose(counts["estimate"], np.array([*facts["stype"].values()]) / facts["rows"])
    np.testing.assert_allclose(counts["se"], 0, atol=1e-12)


def test_everyone_responding_is_as_without_cells() -> None:
    plain = survey_of("strat")
    full = Survey(
        plain.table.assign(came=True, cell="all"), **DESIGNS["strat"]["roles"], responded="came", cell="cell"
    )
    margins = {"sch.wide": known("strat")["sch.wide"], "awards": {"Yes": 4167, "No": 2027}}
    one, other = mean(rake(plain, margins), "api00"), mean(rake(full, margins), "api00")
    np.testing.assert_allclose(one.cov, other.cov, rtol=1e-12)


def test_raking_by_sweeps_and_weighted_agree_where_weights_are_equal() -> None:
    # Of equal weights both regressions are the same; ten sweeps come as near as the margins are apart.
    survey, facts = survey_of("clus1"), known("clus1")
    margins = {"stype": facts["stype"], "sch.wide": facts["sch.wide"]}
    one, other = (mean(rake(survey, margins, residuals=how), "api00") for how in ("weighted", "sweeps"))
    np.testing.assert_allclose(one.cov, other.cov, rtol=1e-9)
    assert calibrated("strat", "rake").weights == pytest.approx(calibrated("strat", "raking_margins").weights)
    ses = [mean(calibrated("strat", m), "enroll").table["se"].iloc[0] for m in ("rake", "raking_margins")]
    assert abs(ses[0] / ses[1] - 1) > 1e-4


# ----------------------------------------------------------------------------------- forms and frozenness


def test_counts_may_be_given_in_any_form() -> None:
    survey, cells = survey_of("strat"), known("strat")["stype_sch.wide"]
    by = ["stype", "sch.wide"]
    expected = post_stratify(survey, by, cells).weights
    series = pd.Series(cells).rename_axis(by)
    for counts in (
        pd.Series(cells),
        series,
        series.reorder_levels([1, 0]).sort_index(),
        series.rename("people").reset_index(),
        cells | {("E", "unknown"): 0},
    ):
        np.testing.assert_allclose(post_stratify(survey, by, counts).weights, expected)
    np.testing.assert_allclose(calibrate(survey, {tuple(by): cells}).weights, expected)


def test_the_survey_given_is_not_changed() -> None:
    survey = survey_of("strat")
    weights, table = survey.weights.copy(), survey.table.copy()
    cov = mean(survey, "api00").cov
    after = post_stratify(survey, "sch.wide", known("strat")["sch.wide"])
    trimmed = trim(survey, high=40)
    assert survey.calibration is None and after.calibration is not None
    np.testing.assert_array_equal(survey.weights, weights)
    pd.testing.assert_frame_equal(survey.table, table)
    np.testing.assert_array_equal(mean(survey, "api00").cov, cov)
    assert trimmed.weight == "pw_trimmed" and trimmed.table["pw_trimmed"].max() <= 40 + weights.max()


def test_redundant_levels_are_left_out_and_reached() -> None:
    survey, facts = survey_of("clus1"), known("clus1")
    totals = {
        "(1)": facts["rows"],
        "stype": facts["stype"],
        "sch.wide": facts["sch.wide"],
        "meals": facts["meals"],
    }
    after = calibrate(survey, totals, "raking")
    again = calibrate(survey, dict(reversed(totals.items())), "raking")
    assert after.calibration is not None and after.calibration.x.shape[1] == 5
    np.testing.assert_allclose(after.weights, again.weights, rtol=1e-9)
    np.testing.assert_allclose(after.calibration.margins["after"], after.calibration.margins["target"])
    np.testing.assert_allclose(mean(after, "api00").cov, mean(again, "api00").cov, rtol=1e-9)


def test_rows_without_weight_are_not_read() -> None:
    table = pd.DataFrame(
        {"sex": ["f", "m", None], "x": [1.0, 3.0, None], "y": [1.0, 2.0, 9.0], "w": [1, 1, 0]}
    )
    survey = Survey(table, weight="w")
    assert post_stratify(survey, "sex", {"f": 3, "m": 5}).weights.tolist() == [3, 5, 0]
    assert calibrate(survey, {"(1)": 8, "x": 18}).weights.tolist() == pytest.approx([3, 5, 0])


def test_trimming_without_spreading_only_cuts() -> None:
    survey = Survey(pd.DataFrame({"w": [0.0, 1.0, 5.0, 9.0], "w_trimmed": 0}), weight="w")
    result = trim(survey, 2, 6, redistribute=False)
    assert result.weights.tolist() == [0, 2, 5, 6] and result.weight == "w_trimmed_"


def test_group_scores_use_calibrated_weights() -> None:
    # Ratings 2 and 8 of two women and 4 of one man, who are one and three: mean (1 × 5 + 3 × 4) / 4 of 10.
    table = pd.DataFrame({"evaluatee": "A", "sex": [*"ffm"], "q": [2.0, 8.0, 4.0]})
    survey = post_stratify(Survey(table), "sex", {"f": 1, "m": 3})
    result = group_scores(survey, {"A": ["q"]}, Scale(0, 10))
    expected = mean(survey, "q")
    assert result.estimate.tolist() == pytest.approx([42.5])
    assert result.cov[0, 0] == pytest.approx(100 * expected.cov[0, 0])
    # Deviations of ±3 with weights of 1/2 each, over 4: 3/2 × 2 × (3/2)² / 4², times 100.
    assert result.cov[0, 0] == pytest.approx(100 * 3 / 2 * 2 * 1.5**2 / 16)
