"""Replicates equal R survey 4.1.1 (tests/oracles/replicates.R) to 1e-9."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import (
    Estimates,
    Survey,
    brr,
    calibrate,
    jackknife,
    mean,
    post_stratify,
    ratio,
    replicate_weights,
    share,
    successive_differences,
    total,
)
from scoring.variance import Floats

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "replicates.json").read_text(encoding="utf8"))
CASES, CALIBRATED = R["cases"], R["calibrated"]
GIVEN = [name for name in CASES if "multipliers_by_psu" in CASES[name] or "multipliers_by_row" in CASES[name]]
JACKKNIVES = [name for name in CASES if name.endswith(("_jk1", "_jkn"))]
HALVES = ["scd_brr", "scd_fay"]
SUCCESSIVE = ["clus1_successive", "strat2_successive"]


def survey_of(case: dict[str, Any]) -> Survey:
    return Survey(pd.read_csv(ORACLES / case["data"], dtype={"cds": str}), **case["roles"])


def given(case: dict[str, Any], centre: Any) -> Survey:
    survey = survey_of(case)
    if "multipliers_by_psu" in case:
        roles = [one for one in (case["roles"]["stratum"], case["roles"]["psu"]) if one is not None]
        psu = survey.table.groupby(roles, sort=False).ngroup().to_numpy()
        factors = np.array(case["multipliers_by_psu"])[psu]
    else:
        factors = np.array(case["multipliers_by_row"])
    names = [f"r{at}" for at in range(case["replicates"])]
    if case["combined"]:
        factors = factors * survey.weights[:, None]
    table = pd.concat([survey.table, pd.DataFrame(factors, columns=names)], axis=1)
    return replicate_weights(
        Survey(table, weight=case["roles"]["weight"]),
        names,
        scale=case["scale"],
        rscales=np.broadcast_to(case["rscales"], len(names)).tolist(),
        centre=centre,
        combined=case["combined"],
    )


def estimated(survey: Survey, expected: dict[str, Any]) -> Estimates:
    columns, by = expected["columns"], expected["by"]
    if expected["kind"] == "ratio":
        return ratio(survey, *columns, by=by)
    if expected["kind"] == "share":
        return share(survey, *columns, by=by)
    return {"mean": mean, "total": total}[expected["kind"]](survey, columns, by=by)


def agree(survey: Survey, case: dict[str, Any], which: str, only: tuple[str, ...] = ()) -> None:
    for name, expected in case["results"].items():
        if only and expected["kind"] not in only:
            continue
        found = estimated(survey, expected)
        assert found.table["variable"].astype(str).str.removesuffix(".0").tolist() == expected["variable"]
        if expected["by"] is not None:
            of = found.table[expected["by"]].astype(str).agg(" ".join, axis=1)
            assert of.tolist() == expected["domain"]
        np.testing.assert_allclose(found.table["estimate"], expected["estimate"], rtol=1e-9, err_msg=name)
        near(found, np.array(expected[which]), name)


def near(found: Estimates, cov: Floats, name: str) -> None:
    """Compare relative to the errors of each pair; what calibration fixes has the rounding of its size."""
    error, size = np.sqrt(np.diag(cov)), np.abs(found.table["estimate"].to_numpy())
    rounding = 1e-13 * (np.outer(size, error) + np.outer(error, size) + 1e-13 * np.outer(size, size))
    off = np.abs(found.cov - cov)
    assert (off <= 1e-9 * np.outer(error, error) + rounding).all(), (name, found.cov, cov)


@pytest.mark.parametrize(("centre", "which"), [("mean", "vcov"), ("estimate", "vcov_mse")])
@pytest.mark.parametrize("name", GIVEN)
def test_given_weights_equal_r(name: str, centre: str, which: str) -> None:
    survey = given(CASES[name], centre)
    agree(survey, CASES[name], which)
    assert survey.replicates.df == CASES[name]["degf"]


@pytest.mark.parametrize("name", JACKKNIVES)
def test_jackknives_of_the_design_equal_r(name: str) -> None:
    case = CASES[name]
    made = jackknife(survey_of(case))
    agree(made, case, "vcov_mse")
    assert mean(made, case["results"]["mean"]["columns"][:1]).table["df"].tolist() == [case["degf"]]


@pytest.mark.parametrize("name", HALVES)
def test_half_samples_equal_r(name: str) -> None:
    # Statistics that are not linear depend on the Hadamard matrix, of which there are several.
    agree(brr(survey_of(CASES[name]), CASES[name].get("rho", 0.0)), CASES[name], "vcov_mse", ("total",))
    plain = mean(brr(survey_of(CASES[name]), CASES[name].get("rho", 0.0)), "alive", by="ESA")
    near(plain, np.array(CASES[name]["results"]["mean_by"]["vcov_mse"]), name)


@pytest.mark.parametrize("name", SUCCESSIVE)
def test_successive_differences_equal_r(name: str) -> None:
    agree(successive_differences(survey_of(CASES[name])), CASES[name], "vcov_mse", ("total",))


@pytest.mark.parametrize("name", CALIBRATED)
def test_calibrated_replicates_equal_r(name: str) -> None:
    case = CALIBRATED[name]
    if case["type"] == "Fay":  # half-samples of strata that R merges are not made here, but read
        made = given(CASES[name.removesuffix("_post")], "estimate")
    else:
        made = jackknife(survey_of(case))
    known = case["known"]
    if case["method"] == "post":
        cells = [tuple(one.split(" ")) for one in known["cells"]]
        columns = known["columns"]
        kind = made.table[columns[0]].dtype.type
        keys = [one[0] if len(columns) == 1 else tuple(map(kind, one)) for one in cells]
        survey = post_stratify(made, columns, dict(zip(keys, known["counts"], strict=True)))
    else:
        totals = dict(zip(case["totals"]["names"], case["totals"]["values"], strict=True))
        whole = totals.pop("(Intercept)")
        others = {one.removeprefix("stype"): value for one, value in totals.items() if one != "api99"}
        types = {"E": whole - sum(others.values()), **others}
        survey = calibrate(made, {"stype": types, "api99": totals["api99"]}, method=case["method"])
    if "weights" in case:
        np.testing.assert_allclose(survey.weights, case["weights"], rtol=1e-9)
        found = np.column_stack(
            [survey.replicates.weights(survey.weights, at) for at in range(len(case["rscales"]))]
        )
        np.testing.assert_allclose(found, case["replicate_weights"], rtol=1e-9, atol=1e-9)
    agree(survey, case, "vcov_mse")
