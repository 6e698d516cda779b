"""Quantiles, limits and errors equal R survey 4.1.1's svyquantile (tests/oracles/quantiles.R) to 1e-9.

R's own rule "math" goes wrong where q is below the share of the least answer, and at ties of F with q; there
the oracle is the rule's definition, which R takes as a function (tests/oracles/README.md).
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError, Survey, calibrate, jackknife, mean, quantile
from scoring.domains import domains_of
from scoring.quantiles import Distribution
from scoring.variance import Floats

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "quantiles.json").read_text(encoding="utf8"))["designs"]
CASES = [(design, part) for design in R for part in ("all", "by", "by_80")]


def table_of(design: str) -> pd.DataFrame:
    table = pd.read_csv(ORACLES / R[design]["data"])
    return table.assign(rating=(table["api00"] / 100).round()) if "api00" in table else table


def survey_of(design: str) -> Survey:
    return Survey(table_of(design), **R[design]["roles"])


def floats(values: list[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values])


@pytest.mark.parametrize(("design", "part"), CASES)
def test_equals_r(design: str, part: str) -> None:
    expected = R[design]["rules"]["definition"][part]
    variables, q = list(dict.fromkeys(expected["variable"])), expected["q"][:5]
    level = 0.8 if part == "by_80" else 0.95
    found = quantile(survey_of(design), variables, q, by=expected.get("by"), level=level)
    table = found.table
    assert table["variable"].tolist() == expected["variable"]
    assert table["q"].tolist() == expected["q"]
    assert table["df"].tolist() == expected["degf"]
    by_math = R[design]["rules"]["math"][part]
    for name in ("estimate", "low", "high", "se"):
        np.testing.assert_allclose(table[name], floats(expected[name]), rtol=1e-9, atol=1e-12)
        agree = np.isclose(floats(by_math[name]), floats(expected[name]), rtol=1e-12, equal_nan=True)
        assert agree.mean() > 0.8  # R's own rule is the same but for its two mistakes
    np.testing.assert_allclose(np.sqrt(np.diag(found.cov)), table["se"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("part", ["all", "by"])
@pytest.mark.parametrize("design", [one for one in R if "jackknife" in R[one]])
def test_under_replicates_equals_r(design: str, part: str) -> None:
    # svyquantile of as.svrepdesign(type = "JKn" or "JK1"): squares around the replicates' mean, R's default
    expected = R[design]["jackknife"]["definition"][part]
    first = {name: role[0] if isinstance(role, list) else role for name, role in R[design]["roles"].items()}
    made = jackknife(Survey(table_of(design), **first))  # R takes the first stage alone without a word
    made = replace(made, replicates=replace(made.replicates, centre="mean"))
    variables, q = list(dict.fromkeys(expected["variable"])), expected["q"][:5]
    table = quantile(made, variables, q, by=expected.get("by")).table
    if part == "all":  # R counts the rank of the weights of each domain
        assert table["df"].tolist() == expected["degf"]
        for name in ("estimate", "low", "high", "se"):
            np.testing.assert_allclose(table[name], floats(expected[name]), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(table["estimate"], floats(expected["estimate"]), rtol=1e-9)


def test_covariance_of_quantiles_is_the_correlation_of_the_shares_times_the_errors() -> None:
    table, q = table_of("clus1"), [0.25, 0.5, 0.75]
    roles = R["clus1"]["roles"]
    found = quantile(Survey(table, **roles), ["api00", "enroll"], q)
    names = []
    for row in found.table.itertuples():
        names.append(f"{row.variable} {row.q}")
        table[names[-1]] = (
            (table[row.variable] <= row.estimate).where(table[row.variable].notna()).astype(float)
        )
    shares = mean(Survey(table, **roles), names).cov
    errors = np.sqrt(np.diag(shares))
    se = found.table["se"].to_numpy()
    np.testing.assert_allclose(found.cov, shares / np.outer(errors, errors) * np.outer(se, se), rtol=1e-9)


def test_one_share_makes_no_column_and_domains_are_told_apart() -> None:
    survey = survey_of("strat")
    one = quantile(survey, "api00", by="stype").table
    assert list(one)[:3] == ["stype", "variable", "estimate"]
    for stype, estimate in zip(one["stype"], one["estimate"], strict=True):
        values = np.sort(survey.table.loc[survey.table["stype"] == stype, "api00"])
        assert estimate == values[values.size // 2 - 1]  # equal weights, an even number: the lower middle


def test_a_domain_of_small_weight_is_found_among_large_ones() -> None:
    rng = np.random.default_rng(7)
    table = pd.DataFrame({"g": np.repeat(["a", "b", "c"], 4000), "y": rng.integers(0, 1000, 12000)})
    table["w"] = rng.uniform(1, 3, 12000) * np.repeat([1e5, 1e-3, 1e5], 4000)
    found = quantile(Survey(table, weight="w"), "y", [0.1, 0.5, 0.9], by="g").table
    for g, part in table.groupby("g"):
        part = part.sort_values("y")
        share = part["w"].cumsum() / part["w"].sum()
        least = [part["y"][share >= q].iloc[0] for q in (0.1, 0.5, 0.9)]
        assert found.loc[found["g"] == g, "estimate"].tolist() == least


def test_rows_without_weight_or_answer_do_not_count() -> None:
    table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 5.0, 9.0, np.nan], "w": [1, 1, 1, 1, 1, 0, 1.0]})
    found = quantile(Survey(table, weight="w"), "y", [0.2, 0.21, 0.99]).table
    assert found["estimate"].tolist() == [1.0, 2.0, 5.0]
    census = quantile(Survey(table.iloc[:5].assign(N=5), population="N"), "y").table
    assert census[["estimate", "se", "low", "high"]].to_numpy().tolist() == [[3.0, 0.0, 3.0, 3.0]]


@pytest.mark.parametrize("size", [3, 7, 10, 29, 49])
def test_a_share_reached_up_to_rounding_is_reached(size: int) -> None:
    table = pd.DataFrame({"y": np.arange(1.0, size + 1), "w": 1 / size})
    q = [k / size for k in range(1, size)]
    assert quantile(Survey(table, weight="w"), "y", q).table["estimate"].tolist() == list(range(1, size))


def test_shares_beyond_all_answers_stay_in_the_domain() -> None:
    domains = domains_of(pd.DataFrame({"g": ["a", "a", "b"]}), "g")
    answers = Distribution.of(np.array([4.0, 2.0, 7.0]), np.ones(3), domains)
    assert [answers.quantile(share).tolist() for share in (-np.inf, 0, 1, np.inf)] == [
        [2, 7],
        [2, 7],
        [4, 7],
        [4, 7],
    ]


def test_a_limit_beyond_the_answers_is_not_a_number() -> None:
    table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "g": [1, 1, 1, 2, 2, 3]})
    found = quantile(Survey(table), "y", 0.9).table.iloc[0]
    assert (found["estimate"], found["low"]) == (6.0, 6.0)  # all lie at 6 or below: F has no error there
    lower = quantile(Survey(table), "y", 0.8).table.iloc[
        0
    ]  # F = 5/6, se sqrt(5/36/5), t 2.571: 0.405 to 1.262
    assert (lower["estimate"], lower["low"]) == (5.0, 3.0)
    assert np.isnan(lower["high"]) and np.isnan(lower["se"])
    alone = quantile(Survey(table.iloc[:4], psu="g", stratum="g", lonely="adjust"), "y").table.iloc[0]
    assert alone["df"] == 0 and np.isnan(alone["low"]) and np.isnan(alone["high"])


def test_says_what_is_wrong() -> None:
    table = pd.DataFrame(
        {"y": [1.0, 2.0, 4.0], "x": [1.0, 2.0, 9.0], "g": ["a", "b", "b"], "none": [np.nan, 1, 2]}
    )
    survey = Survey(table)
    for q in (0, 1, 1.5, [0.5, -1], [], [[0.5]]):
        with pytest.raises(EstimateError, match="above 0 and below 1"):
            quantile(survey, "y", q)
    with pytest.raises(EstimateError, match="must lie between 0 and 1; it is 95"):
        quantile(survey, "y", level=95)
    with pytest.raises(EstimateError, match="by-column 'q' has the name"):
        quantile(Survey(table.assign(q="a")), "y", by="q")
    with pytest.raises(AnswerError, match=r"no valid answer to 'none' \(g a\)"):
        quantile(survey, "none", by="g")
    with pytest.raises(AnswerError, match="no valid answer to 'empty'"):
        quantile(Survey(table.assign(empty=np.nan)), "empty")
    with pytest.raises(AnswerError, match=r"no valid answer to 'y' \(g a\)"):
        quantile(Survey(table.assign(w=[0, 1, 1]), weight="w"), "y", by="g")
    turned = calibrate(survey, {"x": 2.0}, keep_negative=True)
    with pytest.raises(AnswerError, match="no weight may be negative; row 3"):
        quantile(turned, "y")
