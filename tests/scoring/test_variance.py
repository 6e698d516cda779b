"""Variances of stages against R, against a double loop over units, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import AnswerError, Survey, mean, ratio, share, total

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "sampling_pps.json").read_text(encoding="utf-8"))
TWO_STAGE = pd.DataFrame(R["two_stage"]["rows"])
ROLES: dict[str, Any] = {
    "weight": "weight",
    "stratum": ["stratum", None],
    "psu": ["psu", "ssu"],
    "population": [None, "M"],
    "prob": ["pi", None],
}


# ----------------------------------------------------------------------------------- other programs


@pytest.mark.parametrize("case", R["varest"])
def test_unequal_probabilities_equal_varest_of_r(case: str) -> None:
    # R sampling 2.9, varest(): Deville's variance of Horvitz-Thompson totals; sampling_pps.R
    expected = R["varest"][case]
    names = expected["variable"]
    table = pd.DataFrame(expected["y"]).assign(pi=expected["pik"], w=1 / np.array(expected["pik"]))
    found = total(Survey(table, weight="w", prob="pi"), names)
    np.testing.assert_allclose(found.table["estimate"], expected["total"], rtol=1e-9)
    np.testing.assert_allclose(found.cov, expected["cov"], rtol=1e-9)


@pytest.mark.parametrize("statistic", ["total", "mean", "mean_by_g"])
def test_two_stages_equal_the_hand_example(statistic: str) -> None:
    # sampling_pps.R, two_stage: V = sum_h V1_h + sum_i pi_i V2_i, with a certain and an exhausted unit
    expected = R["two_stage"][statistic]
    survey = Survey(TWO_STAGE.assign(units=1.0), **ROLES)
    if statistic == "total":
        found = total(survey, ["y1", "y2", "units"])
    else:
        found = mean(survey, ["y1", "y2"], by="g" if statistic == "mean_by_g" else None)
    order = [0, 2, 1, 3] if statistic == "mean_by_g" else slice(None)  # R goes by variable, we by domain
    vcov = np.array(expected["vcov"])
    np.testing.assert_allclose(found.table["estimate"].iloc[order], expected["estimate"], rtol=1e-9)
    np.testing.assert_allclose(found.table["se"].iloc[order], expected["se"], rtol=1e-9)
    np.testing.assert_allclose(found.cov[order][:, order], vcov, rtol=1e-9, atol=1e-9 * np.abs(vcov).max())


# --------------------------------------------------------------------- a double loop over all units


@dataclass(frozen=True)
class Case:
    survey: Survey
    z: np.ndarray
    domain: np.ndarray
    domains: int


def random_rows(
    rng: np.random.Generator, kinds: list[str], stratified: list[bool], stage: int = 0
) -> list[dict[str, float]]:
    """Rows of a random sample: 1 to 3 strata a unit, 2 to 4 units a stratum, ids repeating everywhere."""
    if stage == len(kinds):
        return [{} for _ in range(rng.integers(1, 3))]
    found = []
    for stratum in range(rng.integers(1, 4) if stratified[stage] else 1):
        units = int(rng.integers(2, 5))
        prob = np.where(rng.random(units) < 0.3, 1.0, rng.uniform(0.05, 0.95, units))
        if (prob < 1).sum() == 1:
            prob[:] = 1.0
        population = units + int(rng.choice([0, 1, 7]))
        for unit in range(units):
            own = {f"s{stage}": stratum, f"u{stage}": unit, f"p{stage}": prob[unit], f"N{stage}": population}
            found += [own | row for row in random_rows(rng, kinds, stratified, stage + 1)]
    return found


@st.composite
def cases(draw: st.DrawFn) -> Case:
    stages = draw(st.integers(1, 3))
    kinds = draw(
        st.lists(st.sampled_from(["infinite", "finite", "unequal"]), min_size=stages, max_size=stages)
    )
    stratified = draw(st.lists(st.booleans(), min_size=stages, max_size=stages))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    table = pd.DataFrame(random_rows(rng, kinds, stratified))
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)

    def columns(letter: str, kind: str) -> list[str | None]:
        return [f"{letter}{at}" if kinds[at] == kind else None for at in range(stages)]

    survey = Survey(
        table,
        stratum=[f"s{at}" if stratified[at] else None for at in range(stages)],
        psu=[f"u{at}" for at in range(stages)],
        population=columns("N", "finite"),
        prob=columns("p", "unequal"),
    )
    domains = draw(st.integers(1, 4))
    spread = draw(st.sampled_from(["rows", "first units", "last units", "first strata"]))
    if spread == "rows":
        domain = rng.integers(0, domains, len(table))
    else:  # every unit of a stage lies in one domain, but strata may have several
        last = {"first strata": 0, "first units": 1, "last units": stages}[spread]
        path = ["s0"] + [f"{letter}{at}" for at in range(last) for letter in "su"]
        place = table.groupby(path).ngroup().to_numpy()
        domain = rng.integers(0, domains, place.max() + 1)[place]
    return Case(survey, rng.normal(3, 2, (len(table), draw(st.integers(1, 2)))), domain, domains)


def double_loop(case: Case) -> np.ndarray:
    """The definition, one unit and one pair of totals at a time."""
    table, width = case.survey.table, case.z.shape[1]
    strata, psus, populations, probs = (
        list(one) for one in (case.survey.stratum, case.survey.psu, case.survey.population, case.survey.prob)
    )
    result = np.zeros((case.domains * width, case.domains * width))

    def totals(rows: list[int]) -> np.ndarray:
        found = np.zeros(case.domains * width)
        for row in rows:
            for k in range(width):
                found[case.domain[row] * width + k] += case.z[row, k]
        return found

    def add(rows: list[int], stage: int, above: float) -> None:
        if stage == len(psus):
            return
        groups: dict[Any, dict[Any, list[int]]] = {}
        for row in rows:
            stratum = table[strata[stage]][row] if strata[stage] else ""
            groups.setdefault(stratum, {}).setdefault(table[psus[stage]][row], []).append(row)
        for units in groups.values():
            pi = []
            for inside in units.values():
                if probs[stage]:
                    pi.append(table[probs[stage]][inside[0]])
                elif populations[stage]:
                    pi.append(len(units) / table[populations[stage]][inside[0]])
                else:
                    pi.append(0.0)
            left = [1 - one for one in pi]
            if sum(left) > 0:
                a = [one / sum(left) for one in left]
                t = [totals(inside) for inside in units.values()]
                center = sum(one * values for one, values in zip(a, t, strict=True))
                c = above / (1 - sum(one**2 for one in a))
                for one, values in zip(left, t, strict=True):
                    for i in range(len(center)):
                        for j in range(len(center)):
                            result[i, j] += c * one * (values[i] - center[i]) * (values[j] - center[j])
            for one, inside in zip(pi, units.values(), strict=True):
                add(inside, stage + 1, above * one)

    add(list(range(len(table))), 0, 1.0)
    return result


@pytest.mark.parametrize("cells", [1, 40, 4_000_000])
def test_covariance_equals_a_double_loop(cells: int) -> None:
    @settings(deadline=None, derandomize=True, max_examples=120)
    @given(cases())
    def check(case: Case) -> None:
        expected = double_loop(case)
        found = case.survey.covariance(case.z, case.domain, case.domains)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10 * max(np.abs(expected).max(), 1))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scoring.variance.DENSE_CELLS", cells)
        check()


@settings(deadline=None, derandomize=True, max_examples=60)
@given(cases())
def test_units_in_one_domain_and_units_in_several_give_the_same(case: Case) -> None:
    # A row of 0 in another domain moves no total, but takes the way of units that span domains.
    table, domains = case.survey.table, case.domains + 1
    z = np.vstack([case.z, np.zeros((1, case.z.shape[1]))])
    domain = np.append(case.domain, case.domains)
    spanning = Survey(
        pd.concat([table, table.iloc[:1]], ignore_index=True),
        stratum=case.survey.stratum,
        psu=case.survey.psu,
        population=case.survey.population,
        prob=case.survey.prob,
    )
    found = spanning.covariance(z, domain, domains)
    width = case.domains * case.z.shape[1]
    expected = case.survey.covariance(case.z, case.domain, case.domains)
    np.testing.assert_allclose(found[:width, :width], expected, rtol=1e-9, atol=1e-9)
    assert not found[width:].any()


def test_covariance_of_domains_in_one_stratum_by_hand() -> None:
    # Totals (1, 0), (2, 0), (0, 4) of three units of six: (1 - 3/6) 3/2 × sums of centred products.
    table = pd.DataFrame({"N": [6, 6, 6]})
    found = Survey(table, population="N").covariance(np.array([[1.0], [2], [4]]), np.array([0, 0, 1]), 2)
    centred = np.array([[1, 0], [2, 0], [0, 4]]) - np.array([1, 4 / 3])
    np.testing.assert_allclose(found, 0.5 * 1.5 * centred.T @ centred, rtol=1e-12)


def test_ids_of_units_are_read_within_their_stratum() -> None:
    table = pd.DataFrame({"h": list("aabb"), "u": [1, 2, 1, 2], "y": [1.0, 3, 5, 11]})
    by_hand = 2 * ((1 - 3) ** 2 / 2) + 2 * ((5 - 11) ** 2 / 2)  # n/(n-1) × sum of squares, a stratum
    assert total(Survey(table, stratum="h", psu="u"), "y").cov.item() == pytest.approx(by_hand, rel=1e-12)


# ------------------------------------------------------------------------------ degrees of freedom


def test_degrees_of_freedom_look_through_certain_units() -> None:
    # A: 5 - 1. B: three open towns - 1; town 1 is certain, so a stratum whose 6 people are the units.
    assert mean(Survey(TWO_STAGE, **ROLES), "y1").table["df"].tolist() == [4 + 2 + 5]


def test_degrees_of_freedom_count_what_a_domain_reaches() -> None:
    # g = 1 is answered in A1-A5 (5 - 1), in the open B2 and B3 (2 - 1), by three of certain B1 (3 - 1);
    # g = 2 in A1, A2, A4, A5 (4 - 1), B2-B4 (3 - 1), by three of B1 (3 - 1).
    assert mean(Survey(TWO_STAGE, **ROLES), "y1", by="g").table["df"].tolist() == [7, 7]


def test_degrees_of_freedom_are_infinite_where_all_is_certain() -> None:
    table = pd.DataFrame({"y": [1.0, 2, 3], "N": 3})
    found = mean(Survey(table, population="N"), "y").table
    assert found[["df", "se", "low", "high"]].iloc[0].tolist() == [np.inf, 0, 2, 2]


def test_degrees_of_freedom_of_units_certain_through_two_stages() -> None:
    # Both towns certain; in the first all three people are, in the second two of nine.
    table = pd.DataFrame({"t": list("aaabb"), "i": range(5), "p": 1.0, "M": [3, 3, 3, 9, 9], "y": range(5)})
    survey = Survey(table, psu=["t", "i"], prob=["p", None], population=[None, "M"])
    assert mean(survey, "y").table["df"].tolist() == [1]
    assert mean(survey, "y", by="t").table["df"].tolist() == [np.inf, 1]


# ---------------------------------------------------------------------------------- what is refused

SHEETS = pd.DataFrame(
    {
        "town": ["九龙", "九龙", "石垭", "石垭"],
        "id": [1, 2, 1, 2],
        "w": [2.0, 2.0, 3.0, 3.0],
        "N": [8, 8, 9, 9],
        "T": 5,
        "p": [0.5, 0.5, 0.25, 0.25],
        "q1": [8.0, 7.0, np.nan, np.nan],
    }
)
HAS = "town, id, w, N, T, p, q1"
Call = Callable[[], Any]


def sheets(column: str, *values: object) -> pd.DataFrame:
    return SHEETS.assign(**{column: pd.Series(values, dtype=object)})


def two(table: pd.DataFrame, **roles: Any) -> Survey:
    return Survey(table, **({"psu": ["town", "id"], "population": ["T", "N"]} | roles))


def no_column(column: str) -> tuple[str, str]:
    return (
        f"survey: column {column!r} is needed; the table has {HAS}. Rename or add the column.",
        f"survey：需要“{column}”列，表中只有 {HAS}。请改列名或补上该列。",
    )


def missing(column: str, count: int, row: int) -> tuple[str, str]:
    return (
        f"survey: {column!r} must not be empty; {count} are, first in row {row}. "
        "Fill it in or remove the row.",
        f"survey：“{column}”不能为空；有 {count} 处，第一处在第 {row} 行。请补上或删去该行。",
    )


def bad_weight(value: object, row: int) -> tuple[str, str]:
    return (
        f"survey: weights must be numbers of at least 0; 'w' has {value} in row {row}. Correct it.",
        f"survey：权数必须是不小于 0 的数；“w”第 {row} 行是 {value}。请改正。",
    )


def stages(role: str, given: int, told: int) -> tuple[str, str]:
    return (
        f"survey: {role} has {given} columns, psu tells {told} stages. Give at most one for each stage.",
        f"survey：{role} 有 {given} 列，而 psu 只有 {told} 个阶段。请每阶段至多给一列。",
    )


def not_constant(column: str, name: str, a: object, b: object, row: int) -> tuple[str, str]:
    return (
        f'survey: {column!r} must be the same in all rows of "{name}"; it is {a}, in row {row} {b}. '
        "Correct it.",
        f"survey：“{column}”在“{name}”各行必须一致；先是 {a}，第 {row} 行是 {b}。请改正。",
    )


def below(name: str, sample: int, population: object, column: str) -> tuple[str, str]:
    return (
        f'survey: stratum "{name}" has {sample} units in the sample and a population of {population}. '
        f"Correct column {column!r}.",
        f"survey：层“{name}”样本有 {sample} 个单位，总体却只有 {population} 个。请改正“{column}”列。",
    )


def bad_prob(row: int, value: object) -> tuple[str, str]:
    return (
        f"survey: probabilities in 'p' must be above 0 and at most 1; row {row} has {value}.",
        f"survey：“p”中的概率必须大于 0 且不大于 1；第 {row} 行是 {value}。",
    )


def lonely(name: str) -> tuple[str, str]:
    return (
        f'survey: stratum "{name}" has one sampled unit (certain ones apart) and more in the population, so '
        "its variance cannot be estimated. Merge it with another stratum.",
        f"survey：层“{name}”（必中单位除外）只抽到一个单位而总体不止一个，无法估计方差。请与其他层合并。",
    )


def no_answer(variable: str, domain: str) -> tuple[str, str]:
    return (
        f"survey: no valid answer to {variable!r}{domain}. Leave it out or collect more.",
        f"survey：“{variable}”{domain}没有有效回答。请去掉或补充调查。",
    )


ONE_IN_SHIYA = SHEETS.iloc[:3]
CASES: dict[str, list[tuple[Call, tuple[str, str]]]] = {
    "no_column": [
        (lambda: Survey(SHEETS, weight="weight"), no_column("weight")),
        (lambda: Survey(SHEETS, stratum="h"), no_column("h")),
        (lambda: Survey(SHEETS, psu="village"), no_column("village")),
        (lambda: Survey(SHEETS, population="pop"), no_column("pop")),
        (lambda: Survey(SHEETS, prob="pi"), no_column("pi")),
        (lambda: mean(Survey(SHEETS), "q9"), no_column("q9")),
        (lambda: mean(Survey(SHEETS), "q1", by="sex"), no_column("sex")),
        (lambda: share(Survey(SHEETS), "label"), no_column("label")),
    ],
    "no_rows": [
        (
            lambda: Survey(SHEETS.iloc[:0]),
            (
                "survey: the table has no rows. Check the file or the filter that made it.",
                "survey：表中没有数据。请检查文件或筛选条件。",
            ),
        )
    ],
    "missing_value": [
        (lambda: Survey(sheets("town", "九龙", None, None, "石垭"), psu="town"), missing("town", 2, 2)),
        (lambda: Survey(SHEETS.astype({"q1": "category"}), stratum="q1"), missing("q1", 2, 3)),
        (lambda: Survey(sheets("N", 8, 8, 9, None), population="N"), missing("N", 1, 4)),
        (lambda: Survey(sheets("N", 8, "many", 9, 9), population="N"), missing("N", 1, 2)),
        (
            lambda: mean(Survey(sheets("town", "九龙", "九龙", None, "石垭")), "w", by="town"),
            missing("town", 1, 3),
        ),
    ],
    "bad_weight": [
        (lambda: Survey(sheets("w", 2, -1, 3, -2), weight="w"), bad_weight(-1, 2)),
        (lambda: Survey(sheets("w", 2, 2, None, 3), weight="w"), bad_weight(None, 3)),
        (lambda: Survey(sheets("w", 2, 2, 3, "heavy"), weight="w"), bad_weight("heavy", 4)),
        (lambda: Survey(sheets("w", float("inf"), 2, 3, 3), weight="w"), bad_weight("inf", 1)),
    ],
    "no_weight": [
        (
            lambda: Survey(SHEETS.assign(w=0), weight="w"),
            (
                "survey: all weights in 'w' are 0. Give rows that count a weight.",
                "survey：“w”中的权数全为 0。请给有效的行填上权数。",
            ),
        )
    ],
    "stages": [
        (lambda: Survey(SHEETS, psu="id", stratum=["town", "town"]), stages("stratum", 2, 1)),
        (lambda: Survey(SHEETS, population=["N", "N"]), stages("population", 2, 1)),
        (lambda: two(SHEETS, prob=["p", None, None]), stages("prob", 3, 2)),
    ],
    "no_psu": [
        (
            lambda: Survey(SHEETS, psu=["town", None]),
            (
                "survey: psu has no column for stage 2 of 2. Give one for each stage.",
                "survey：psu 共 2 个阶段，第 2 阶段没有列。请每阶段给一列。",
            ),
        )
    ],
    "not_constant": [
        (
            lambda: Survey(SHEETS.assign(N=[8, 10, 9, 9]), stratum="town", population="N"),
            not_constant("N", "九龙", 8.0, 10.0, 2),
        ),
        (lambda: two(SHEETS.assign(T=[5, 5, 5, 6])), not_constant("T", "(all)", 5.0, 6.0, 4)),
        (lambda: two(SHEETS.assign(N=[8, 8, 9, 7])), not_constant("N", "石垭", 9.0, 7.0, 4)),
        (
            lambda: two(SHEETS.assign(h="甲", p=[0.5, 0.5, 0.3, 0.2]), stratum=["h"], prob=["p", None]),
            not_constant("p", "甲 / 石垭", 0.3, 0.2, 4),
        ),
    ],
    "population_below_sample": [
        (
            lambda: Survey(SHEETS.assign(N=[8, 8, 1, 1]), stratum="town", population="N"),
            below("石垭", 2, 1.0, "N"),
        ),
        (lambda: Survey(SHEETS.assign(N=3), population="N"), below("(all)", 4, 3.0, "N")),
        (lambda: two(SHEETS.assign(N=[1, 1, 9, 9])), below("九龙", 2, 1.0, "N")),
    ],
    "bad_prob": [
        (lambda: Survey(sheets("p", 0.5, 0, 0.5, 0.5), prob="p"), bad_prob(2, 0.0)),
        (lambda: Survey(sheets("p", 0.5, 0.5, 1.5, 0.5), prob="p"), bad_prob(3, 1.5)),
        (lambda: Survey(sheets("p", None, 0.5, 0.5, 0.5), prob="p"), bad_prob(1, "nan")),
    ],
    "not_a_psu": [
        (
            lambda: Survey(SHEETS, psu="T", independent="town"),
            (
                "survey: independent names 'town', which is no psu column; those are T. Name one of them.",
                "survey：independent 写了 'town'，它不是 psu 列；psu 列有 T。请写其中之一。",
            ),
        )
    ],
    "lonely_psu": [
        (lambda: Survey(SHEETS.iloc[:1]), lonely("(all)")),
        (lambda: Survey(ONE_IN_SHIYA, stratum="town"), lonely("石垭")),
        (lambda: Survey(ONE_IN_SHIYA, stratum="town", population="N"), lonely("石垭")),
        (lambda: Survey(SHEETS, psu="T"), lonely("(all)")),
        (lambda: two(ONE_IN_SHIYA), lonely("石垭")),
        (
            lambda: two(ONE_IN_SHIYA.assign(h="甲"), stratum=["h"], population=["T", "N"]),
            lonely("甲 / 石垭"),
        ),
        (lambda: Survey(sheets("p", 1, 1, 1, 0.9), prob="p"), lonely("(all)")),  # three are certain
    ],
    "no_answer": [
        (lambda: mean(Survey(SHEETS), "q1", by="town"), no_answer("q1", " (town 石垭)")),
        (lambda: mean(Survey(SHEETS.iloc[2:]), "q1"), no_answer("q1", "")),
        (
            lambda: mean(Survey(SHEETS.assign(w=[0, 0, 1, 1], q1=5.0), weight="w"), "q1", by=["town", "T"]),
            no_answer("q1", " (town 九龙, T 5)"),
        ),
        (lambda: total(Survey(SHEETS), "q1", by="town"), no_answer("q1", " (town 石垭)")),
        (lambda: ratio(Survey(SHEETS), "q1", "w", by="town"), no_answer("q1/w", " (town 石垭)")),
        (lambda: share(Survey(SHEETS.iloc[2:]), "q1"), no_answer("q1", "")),
        (lambda: share(Survey(SHEETS), "q1", by="town"), no_answer("7.0", " (town 石垭)")),
    ],
}


@pytest.mark.parametrize(
    ("rule", "call", "texts"),
    [
        pytest.param(rule, call, texts, id=f"{rule}-{at}")
        for rule, cases_of in CASES.items()
        for at, (call, texts) in enumerate(cases_of)
    ],
)
def test_says_where_and_what_in_both_languages(rule: str, call: Call, texts: tuple[str, str]) -> None:
    with pytest.raises(AnswerError) as caught:
        call()
    assert (str(caught.value), caught.value.chinese, caught.value.rule) == (*texts, rule)


def test_lonely_units_taken_from_the_mean_of_all_equal_r() -> None:
    # tests/oracles/survey_lonely.R: options(survey.lonely.psu = "adjust"), at both stages.
    expected = json.loads((ORACLES / "survey_lonely.json").read_text(encoding="utf8"))
    table = pd.read_csv(ORACLES / "apistrat2.csv")
    table = table[(table["stratum"] == "odd") | (table["psu"] == 1)]
    single = (table["stratum"] == "odd") & table["psu"].isin([2, 4]) & (table["ssu"] > 1)
    table = table[~single].reset_index(drop=True)
    assert len(table) == expected["rows"]
    roles: dict[str, Any] = {
        "weight": "weight",
        "stratum": ["stratum", None],
        "psu": ["psu", "ssu"],
        "population": ["fpc1", "fpc2"],
    }
    with pytest.raises(AnswerError, match="has one sampled unit"):
        Survey(table, **roles)
    survey = Survey(table, lonely="adjust", **roles)
    found = mean(survey, ["api00", "api99"])
    np.testing.assert_allclose(found.table["estimate"], expected["means"], rtol=1e-9)
    np.testing.assert_allclose(found.cov, expected["means_cov"], rtol=1e-9)
    by = mean(survey, ["api00"], by=["stype"])
    np.testing.assert_allclose(by.table["estimate"], expected["by_stype"], rtol=1e-9)
    np.testing.assert_allclose(by.cov, expected["by_stype_cov"], rtol=1e-9)
    np.testing.assert_allclose(total(survey, ["enroll"]).cov, [[expected["total_var"][0]]], rtol=1e-9)


def test_a_lonely_unit_below_an_infinite_population_is_no_fault() -> None:
    # The towns stand for infinitely many, so their people add nothing: variance 2/1 × sum of squares.
    found = total(two(ONE_IN_SHIYA, population=[None, "N"]), "w")
    assert found.cov.item() == pytest.approx(2 * ((4 - 3.5) ** 2 + (3 - 3.5) ** 2), rel=1e-12)


def test_a_whole_population_of_one_unit_is_no_fault() -> None:
    table = pd.DataFrame({"h": list("aab"), "N": [4, 4, 1], "y": [1.0, 3, 50]})
    found = total(Survey(table, stratum="h", population="N"), "y")
    assert found.cov.item() == pytest.approx((1 - 2 / 4) * 2 / 1 * 2, rel=1e-12)


# ---------------------------------------------------------------------------- units drawn independently


@pytest.mark.parametrize("domains", ["own", "shared"])
def test_the_variance_of_poisson_samples_is_right_on_average(domains: str) -> None:
    # All 2^4 samples: V = sum (1 - pi)/pi t_d t_e', and its estimate has that expectation, covariances too.
    prob = np.array([0.2, 0.5, 0.7, 0.9])
    values = np.array([3.0, 1.0, 4.0, 5.0])
    other = values if domains == "own" else 2.0 - values
    frame = pd.DataFrame({"id": range(4), "p": prob, "w": 1 / prob, "g": ["a", "b", "a", "b"], "y": values})
    if domains == "shared":  # each unit has an answer about both, as a panel member has
        frame = pd.concat([frame.assign(g="a"), frame.assign(g="b", y=other)], ignore_index=True)
    expected = np.zeros((2, 2))
    for drawn in np.ndindex(2, 2, 2, 2):
        chance = np.prod(np.where(drawn, prob, 1 - prob))
        rows = np.flatnonzero(np.array(drawn)[frame["id"]])
        part = frame.iloc[rows]
        if not len(part):
            continue
        if set(part["g"]) != {"a", "b"}:  # an estimate of 0, and so is its variance, in what is not there
            present = ["a", "b"].index(part["g"].iloc[0])
            found = np.zeros((2, 2))
            survey = Survey(part, weight="w", psu="id", prob="p", independent="id")
            found[present, present] = total(survey, "y").cov[0, 0]
        else:
            survey = Survey(part, weight="w", psu="id", prob="p", independent="id")
            found = total(survey, "y", by="g").cov
        expected += chance * found
    totals = np.zeros((4, 2))
    np.add.at(totals, (frame["id"], (frame["g"] == "b").astype(int)), frame["y"])
    true = (totals * ((1 - prob) / prob)[:, None]).T @ totals
    np.testing.assert_allclose(expected, true, rtol=1e-12)


def test_degrees_of_freedom_of_a_poisson_sample_rest_on_all_its_units() -> None:
    table = pd.DataFrame({"id": range(5), "p": 0.5, "y": [1.0, 2.0, 3.0, 4.0, 9.0]})
    survey = Survey(table, psu="id", prob="p", independent="id")
    z = table["y"].to_numpy()
    found = survey.satterthwaite(z, np.zeros(5, dtype=np.intp), 1, np.ones(5, dtype=bool))
    assert found.tolist() == [4.0]  # one stratum of five units
    assert survey.covariance(z[:, None], np.zeros(5, dtype=np.intp), 1)[0, 0] == 0.5 * (z**2).sum()
