"""Estimates and covariances equal R survey 4.1.1 (tests/oracles/survey_api.R) to 1e-9."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError, Scale, Survey, index_score, mean, ratio, share, total
from scoring.group import group_scores

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "survey_api.json").read_text(encoding="utf8"))["designs"]
BY_STYPE = {"by": "stype"}
CALLS = {
    "mean": lambda s: mean(s, ["api00", "api99"]),
    "mean_na": lambda s: mean(s, "api99_na"),
    "total": lambda s: total(s, "enroll"),
    "share": lambda s: share(s, "stype"),
    "ratio": lambda s: ratio(s, "api00", "api99"),
    "mean_by": lambda s: mean(s, "api00", **BY_STYPE),
    "mean_na_by": lambda s: mean(s, "api99_na", **BY_STYPE),
    "total_by": lambda s: total(s, "enroll", **BY_STYPE),
    "ratio_by": lambda s: ratio(s, "api00", "api99", **BY_STYPE),
    "joint_own_by": lambda s: mean(s, ["api00", "api99_na", "enroll"], **BY_STYPE),
}


def survey_of(design: str) -> Survey:
    table = pd.read_csv(ORACLES / R[design]["data"], dtype={"cds": str})
    return Survey(table, **R[design]["roles"])


@pytest.mark.parametrize("design", R)
@pytest.mark.parametrize("call", CALLS)
def test_equals_r(design: str, call: str) -> None:
    expected = R[design][call]
    result = CALLS[call](survey_of(design))
    table = result.table.assign(row=range(len(result.table)))
    if expected["domain"] is not None:  # R orders by variable, we by domain
        table = table.set_index(["variable", "stype"]).loc[
            list(zip(expected["variable"], expected["domain"], strict=True))
        ]
    vcov = np.array(expected["vcov"])
    scale = max(np.abs(vcov).max(), 1e-12)
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-9)
    np.testing.assert_allclose(
        result.cov[np.ix_(table["row"], table["row"])] / scale, vcov / scale, atol=1e-9
    )
    np.testing.assert_allclose(table["se"], np.sqrt(np.diag(vcov)), rtol=1e-9, atol=1e-7 * np.sqrt(scale))


@pytest.mark.parametrize("design", R)
def test_degrees_of_freedom_equal_those_of_r_on_the_domain(design: str) -> None:
    counts = R[design]["counts"]
    whole = mean(survey_of(design), "api00").table["df"].tolist()
    by_type = mean(survey_of(design), "api99_na", by="stype").table.set_index("stype")["df"]
    assert whole == [counts["all"]["degf"]]
    assert {k: by_type[k] for k in "EHM"} == {k: counts["stype_api99_na"][k]["degf"] for k in "EHM"}


def test_order_of_rows_changes_no_estimate() -> None:
    roles = R["strat2_fpc"]["roles"]
    table = survey_of("strat2_fpc").table
    first = mean(Survey(table, **roles), ["api00", "enroll"], by="stype")
    second = mean(Survey(table.sample(frac=1, random_state=3), **roles), ["api00", "enroll"], by="stype")
    np.testing.assert_allclose(first.cov, second.cov, rtol=1e-10, atol=1e-10)


def test_says_what_an_estimate_cannot_be_made_of() -> None:
    table = pd.DataFrame({"y": [1.0, 2.0, 4.0], "n": ["a", "b", "b"], "word": ["7", "不了解", "8"]})
    for call, text in (
        (lambda: mean(Survey(table), "y", level=95), "must lie between 0 and 1; it is 95"),
        (lambda: mean(Survey(table), "y", by="n"), "by-column 'n' has the name of a column of the result"),
        (lambda: mean(Survey(table), "word"), "column 'word': must be numbers"),
        (lambda: mean(Survey(table.assign(y=np.inf)), "y"), "a value is infinite"),
    ):
        with pytest.raises(EstimateError, match=text):
            call()


HOMES = pd.DataFrame({"home": [1, 1, 2, 3], "d": [*"aabb"], "y": [1.0, 3.0, 2.0, 6.0], "N": 4})
HOMES["x"] = [1.0, None, None, None]


@pytest.mark.parametrize("estimator", [mean, lambda *given, **more: ratio(given[0], "y", "N", **more)])
def test_a_domain_of_one_unit_has_no_error_and_says_so(estimator: Any) -> None:
    # Deviations from the domain's own mean add up to 0 in its only unit: 0 would pass for no error at all.
    with pytest.raises(
        AnswerError, match=r"\(d a\) come from one sampled unit, .* domains like this: 1"
    ) as caught:
        estimator(Survey(HOMES, psu="home"), "y", by="d")
    assert "（" not in caught.value.chinese and "(d a)的有效回答全部来自一个抽样单位" in caught.value.chinese
    with pytest.raises(AnswerError, match="'x' come from one sampled unit"):
        mean(Survey(HOMES), "x")
    assert total(Survey(HOMES, psu="home"), "y", by="d").table["se"].gt(0).all()  # a total has an error


def test_a_unit_that_is_certain_has_no_error_to_tell() -> None:
    table = HOMES.assign(N=[1, 1, 9, 9], h=[*"aabb"])
    found = mean(Survey(table, stratum="h", psu="home", population="N"), "y", by="d").table
    assert found["se"].tolist()[0] == 0 and found["df"].tolist() == [np.inf, 1.0]


@pytest.mark.parametrize(
    ("column", "names"),
    [
        (pd.Series(["b", "a", "b", None], dtype="string"), ["a", "b"]),
        (pd.Series([True, False, True, None], dtype="boolean"), [False, True]),
        (pd.Series(["b", "a", "b", None], dtype=pd.CategoricalDtype(["z", "b", "a"])), ["b", "a"]),
        (pd.Series(["b", 7, "b", None], dtype=object), [7, "b"]),
    ],
)
def test_shares_of_columns_of_every_type(column: pd.Series, names: list[object]) -> None:
    """One of three and two of three, by counting; values in the order of domains."""
    found = share(Survey(pd.DataFrame({"v": column})), "v").table
    assert found["variable"].tolist() == names
    shares = dict(zip(found["variable"], found["estimate"], strict=True))
    assert shares[column[0]] == pytest.approx(2 / 3) and shares[column[1]] == pytest.approx(1 / 3)
    assert found["n"].tolist() == [3, 3]


def test_rows_without_weight_have_no_degrees_of_freedom() -> None:
    """R survey 4.1.1: degf(svydesign(~1, strata = ~h, weights = ~w)) is 2; of g = 1 and 2 it is 0 and 1."""
    columns = {"y": [1.0, 2, 3, 4, 6, 9], "w": [0, 0, 1, 1, 2, 1], "g": [1, 2, 1, 2, 1, 2], "h": [*"aaabbb"]}
    survey = Survey(pd.DataFrame(columns), weight="w", stratum="h")
    assert mean(survey, "y").table["df"].tolist() == [2]
    assert mean(survey, "y", by="g").table["df"].tolist() == [0, 1]


def test_rows_without_weight_add_none_after_satterthwaite() -> None:
    """One of a stratum's four has weight 0: as many degrees of freedom as units with weight, less 1."""
    table = pd.DataFrame({"y": [1.0, 2, 4, 9], "w": [1.0, 1, 1, 0]})
    assert mean(Survey(table, weight="w"), "y", df="satterthwaite").table["df"].tolist() == [2]
    scale = Scale(0, 10)
    sheets = table.assign(evaluatee="A")
    found = [
        group_scores(Survey(sheets, weight="w"), {"A": ["y"]}, scale, official=one).df[0]
        for one in ("design", "plain")
    ]
    np.testing.assert_allclose(found, [2, 3])
    read = index_score(Survey(table, weight="w"), {"y": 1}, scale)
    assert read.table["df"].tolist() == [2]
