"""Functions and contrasts equal those of R survey 4.1.1's svycontrast (tests/oracles/derived.R) to 1e-9."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import EstimateError, Estimates, Survey, contrast, derive, difference, mean, quantile, share

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "derived.json").read_text(encoding="utf8"))["designs"]
DESIGNS = [design for design in R if "functions" in R[design]]
BOTH = ["api00", "api99"]
SMOOTH = {
    "gap": lambda m: m["api00"] - m["api99"],
    "growth": lambda m: m["api00"] / m["api99"],
    "rate": lambda m: 100 * np.log(m["api00"] / m["api99"]),
    "size": lambda m: np.sqrt(m["api00"] * m["api99"]),
}
CALLS: dict[str, Callable[[Survey], Estimates]] = {
    "linear": lambda s: derive(
        mean(s, BOTH), {"gap": SMOOTH["gap"], "middle": lambda m: (m["api00"] + m["api99"]) / 2}
    ),
    "smooth": lambda s: derive(mean(s, BOTH), SMOOTH),
    "domains": lambda s: contrast(
        mean(s, "api00", by="stype"),
        {
            "E-H": {"E": 1, "H": -1},
            "E-M": {"E": 1, "M": -1},
            "H-M": {"H": 1, "M": -1},
            "E-mean of H and M": {"E": 1, "H": -0.5, "M": -0.5},
        },
    ),
    "smooth_by": lambda s: derive(
        mean(s, BOTH, by="stype"), {"gap": SMOOTH["gap"], "growth": SMOOTH["growth"]}
    ),
}


def survey_of(design: str) -> Survey:
    return Survey(pd.read_csv(ORACLES / R[design]["data"]), **R[design]["roles"])


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("call", CALLS)
def test_equals_r(design: str, call: str) -> None:
    expected = R[design]["functions"][call]
    found = CALLS[call](survey_of(design))
    names = found.table["contrast" if call == "domains" else "variable"]
    if call == "smooth_by":
        names = found.table["stype"] + "_" + names
    assert names.tolist() == expected["name"]
    cov = np.array(expected["vcov"])
    pair = np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
    np.testing.assert_allclose(found.table["estimate"], expected["estimate"], rtol=1e-9)
    np.testing.assert_allclose((found.cov - cov) / pair, 0, atol=1e-9)
    np.testing.assert_allclose(found.table["se"], np.sqrt(np.diag(cov)), rtol=1e-9)


def test_gives_the_fewest_degrees_of_freedom_and_answers_that_it_rests_on() -> None:
    survey = survey_of("strat")  # R's degf: E 83, H 43, M 42 of api99_na; its n: 84, 44, 43
    means = mean(survey, ["api00", "api99_na"], by="stype")
    found = derive(means, {"one": lambda m: 2 * m["api00"], "two": lambda m: m["api00"] - m["api99_na"]})
    assert found.table["df"].tolist() == [99, 83, 49, 43, 49, 42]
    assert found.table["n"].tolist() == [100, 84, 50, 44, 50, 43]
    between = difference(means, "E", "M").table
    assert between["contrast"].tolist() == ["E - M", "E - M"]
    assert between["df"].tolist() == [49, 42]
    assert between["n"].tolist() == [50, 43]


def test_derivatives_are_right_where_complex_numbers_do_not_go() -> None:
    means = mean(survey_of("clus1"), BOTH)  # their gap is positive: abs() and maximum() are the gap itself
    gap = derive(means, {"gap": lambda m: m["api00"] - m["api99"]})
    for function in (
        lambda m: np.abs(m["api00"] - m["api99"]),
        lambda m: np.real(m["api00"] - m["api99"]),
        lambda m: np.maximum(m["api00"] - m["api99"], 0),
        lambda m: np.array([float(x) for x in np.atleast_1d(m["api00"] - m["api99"])]),
    ):
        found = derive(means, {"gap": function})
        np.testing.assert_allclose(found.cov, gap.cov, rtol=1e-8)
    constant = derive(means, {"none": lambda m: 7.0}).table
    assert constant[["estimate", "se", "df", "n"]].to_numpy().tolist() == [[7.0, 0.0, np.inf, 0]]


def test_reads_shares_by_their_value_and_quantiles_by_variable_and_share() -> None:
    survey = survey_of("strat")
    parts = derive(share(survey, "stype"), {"no primary": lambda m: m["H"] + m["M"]}).table
    np.testing.assert_allclose(parts["estimate"], (755 + 1018) / 6194, rtol=1e-7)
    spread = derive(
        quantile(survey, "api00", [0.25, 0.75], by="stype"),
        {"middle half": lambda m: m["api00", 0.75] - m["api00", 0.25]},
    ).table
    both = quantile(survey, "api00", [0.25, 0.75], by="stype").table["estimate"].to_numpy().reshape(3, 2)
    assert spread["estimate"].tolist() == (both[:, 1] - both[:, 0]).tolist()
    apart = difference(quantile(survey, "api00", [0.25, 0.75], by="stype"), "E", "H").table
    assert apart["q"].tolist() == [0.25, 0.75]
    assert apart["estimate"].tolist() == (both[0] - both[1]).tolist()


def test_domains_of_several_columns_are_told_by_their_values_together() -> None:
    survey = survey_of("nhanes")
    means = mean(survey, "HI_CHOL", by=["race", "agecat"])
    table = means.table.set_index(["race", "agecat"])["estimate"]
    found = difference(means, (2, 4), (1, 3)).table
    assert found["contrast"].tolist() == ["2 4 - 1 3"]
    assert found["estimate"].tolist() == [table[2, 4] - table[1, 3]]
    assert difference(means, (2, 4), (2, 4)).table[["estimate", "se"]].to_numpy().tolist() == [[0.0, 0.0]]


def test_says_what_is_wrong() -> None:
    means = mean(survey_of("strat"), BOTH, by="stype")

    def derived(function: Callable[[Any], Any], level: float = 0.95) -> Callable[[], Estimates]:
        return lambda: derive(means, {"f": function}, level=level)

    for call, text in (
        (derived(lambda m: m["api01"]), "'api01', which is not among the estimates 'api00', 'api99'"),
        (derived(lambda m: m["api00"] if m["api00"] > 600 else 0), "Write it with numpy"),
        (derived(lambda m: m["api00"] - m["api00"].mean()), "depends on others"),
        (derived(lambda m: np.log(m["api00"] - 640)), r"must give finite numbers; \(H\) has nan"),
        (derived(lambda m: m["api00"], level=95), "must lie between 0 and 1; it is 95"),
        (lambda: difference(means, "E", "X"), "'X' is no domain of the result; those are E, H, M"),
        (lambda: contrast(means, {"a": {"E": np.nan}}), "the weight of 'E' is nan"),
        (
            lambda: difference(mean(survey_of("strat"), BOTH), "E", "H"),
            r"those are none \(estimate with by\)",
        ),
    ):
        with pytest.raises(EstimateError, match=text):
            call()


def test_an_unknown_error_matters_only_where_it_is_used() -> None:
    """Limits beyond all answers leave the errors of C's median and of A's and B's 0.95 quantiles unknown."""
    values = np.random.default_rng(6).normal(size=83)
    table = pd.DataFrame({"g": ["A"] * 40 + ["B"] * 40 + ["C"] * 3, "y": values})
    weights = {"A - B": {"A": 1, "B": -1}, "A - C": {"A": 1, "C": -1}}
    medians = quantile(Survey(table), "y", by="g")
    assert medians.table["se"].isna().tolist() == [False, False, True]
    found = contrast(medians, weights)
    np.testing.assert_allclose(found.cov[0, 0], medians.cov[0, 0] + medians.cov[1, 1] - 2 * medians.cov[0, 1])
    assert np.isnan(found.cov[[0, 1, 1], [1, 0, 1]]).all()
    quantiles = quantile(Survey(table), "y", [0.5, 0.95], by="g")
    assert quantiles.table["se"].isna().tolist() == [False, True, False, True, True, False]
    middle = derive(
        quantiles, {"middle": lambda m: m["y", 0.5], "reach": lambda m: m["y", 0.95] - m["y", 0.5]}
    )
    np.testing.assert_allclose(middle.cov[[0, 0], [0, 2]], quantiles.cov[[0, 0], [0, 2]])
    assert middle.table["se"].isna().tolist() == [False, True, False, True, True, True]


def test_reading_across_domains_shows_though_the_first_and_the_last_are_highest() -> None:
    table = pd.DataFrame({"y": [1.0, 3.0, 0.0, 1.0, 1.0, 3.0], "g": [*"aabbcc"]})
    with pytest.raises(EstimateError) as caught:
        derive(mean(Survey(table), "y", by="g"), {"to the best": lambda m: m["y"] - m["y"].max()})
    assert caught.value.rule == "across_domains"
