"""Response rates against AAPOR's formulas written out, by group, weighted, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError, response_rates

CODES = ["complete", "partial", "refusal", "noncontact", "other", "unknown", "ineligible"]
COUNTS = {"市教育局": [61, 7, 23, 13, 5, 17, 11], "市公安局": [40, 2, 9, 3, 1, 4, 2]}
RATES = ["e", *(f"RR{i}" for i in range(1, 7)), "COOP1", "COOP2", "REF1", "REF2", "CON1", "CON2"]


def units(counts: dict[str, list[int]]) -> pd.DataFrame:
    rows = [
        (one, code)
        for one, list_ in counts.items()
        for code, n in zip(CODES, list_, strict=True)
        for _ in range(n)
    ]
    return pd.DataFrame(rows, columns=["evaluatee", "disposition"]).sample(frac=1, random_state=4)


def written_out(I: float, P: float, R: float, NC: float, O: float, U: float, X: float) -> list[float]:  # noqa: E741
    """AAPOR Standard Definitions, 10th edition 2023, with UH + UO in one and e by proportional allocation."""
    e = (I + P + R + NC + O) / (I + P + R + NC + O + X)
    return [
        e,
        I / ((I + P) + (R + NC + O) + U),
        (I + P) / ((I + P) + (R + NC + O) + U),
        I / ((I + P) + (R + NC + O) + e * U),
        (I + P) / ((I + P) + (R + NC + O) + e * U),
        I / ((I + P) + (R + NC + O)),
        (I + P) / ((I + P) + (R + NC + O)),
        I / ((I + P) + R + O),
        (I + P) / ((I + P) + R + O),
        R / ((I + P) + (R + NC + O) + U),
        R / ((I + P) + (R + NC + O) + e * U),
        ((I + P) + R + O) / ((I + P) + R + O + NC + U),
        ((I + P) + R + O) / ((I + P) + R + O + NC + e * U),
    ]


def test_rates_are_the_formulas_group_by_group() -> None:
    found = response_rates(units(COUNTS), by="evaluatee")
    assert found.columns.tolist() == ["evaluatee", *CODES, *RATES]
    assert found["evaluatee"].tolist() == sorted(COUNTS)
    for _, row in found.iterrows():
        counts = COUNTS[row["evaluatee"]]
        assert row[CODES].tolist() == counts
        np.testing.assert_allclose(row[RATES].to_numpy(float), written_out(*counts), rtol=1e-14)


def test_all_together_is_one_group_with_its_own_e() -> None:
    counts = np.sum(list(COUNTS.values()), axis=0)
    found = response_rates(units(COUNTS))
    assert found[CODES].to_numpy().tolist() == [counts.tolist()]
    np.testing.assert_allclose(found[RATES].to_numpy()[0], written_out(*counts), rtol=1e-14)


def test_weighted_rates_are_of_sums_of_weights_and_counts_stay_counts() -> None:
    table = units(COUNTS)
    table["w"] = np.random.default_rng(2).uniform(1, 9, len(table))
    found = response_rates(table, by=["evaluatee"], weight="w")
    for _, row in found.iterrows():
        mine = table[table["evaluatee"] == row["evaluatee"]]
        sums = mine.groupby("disposition")["w"].sum()
        np.testing.assert_allclose(row[RATES].to_numpy(float), written_out(*sums[CODES]), rtol=1e-12)
        assert row[CODES].tolist() == COUNTS[row["evaluatee"]]
    plain = response_rates(units(COUNTS), by="evaluatee")
    same = response_rates(table.assign(w=3), by="evaluatee", weight="w")
    np.testing.assert_allclose(same[RATES].to_numpy(), plain[RATES].to_numpy(), rtol=1e-14)


def test_two_by_columns_tell_the_groups() -> None:
    table = units(COUNTS).assign(sex=lambda t: np.resize(["f", "m"], len(t)))
    found = response_rates(table, by=["evaluatee", "sex"])
    assert found[["evaluatee", "sex"]].to_numpy().tolist() == [[e, s] for e in sorted(COUNTS) for s in "fm"]
    assert found[CODES].to_numpy().sum() == len(table)


@pytest.mark.parametrize(
    ("counts", "nan"),
    [
        ([0, 0, 0, 0, 0, 3, 0], {"e", "RR3", "RR4", "RR5", "RR6", "COOP1", "COOP2", "REF2", "CON2"}),
        ([0, 0, 0, 2, 0, 0, 0], {"COOP1", "COOP2"}),
        ([0, 0, 0, 0, 0, 0, 4], set(RATES) - {"e"}),  # nobody is eligible: e is 0
        ([1, 0, 0, 0, 0, 0, 0], set()),
    ],
)
def test_a_rate_of_nothing_is_nan(counts: list[int], nan: set[str]) -> None:
    [row] = response_rates(units({"x": counts}))[RATES].to_dict("records")
    assert {name for name, value in row.items() if np.isnan(value)} == nan


def test_the_table_is_left_alone() -> None:
    table = units(COUNTS)
    before = table.copy(deep=True)
    response_rates(table, by="evaluatee")
    pd.testing.assert_frame_equal(table, before)


# ------------------------------------------------------------------------------- what is refused

GOOD = pd.DataFrame({"disposition": ["complete", "refusal", "refusal"], "w": 1.0, "e": list("aab")})
KNOWN = ", ".join(CODES)
CASES: list[tuple[str, Callable[[], Any], str, str]] = [
    (
        "bad_disposition",
        lambda: response_rates(GOOD.assign(disposition=["Complete", "拒访", "拒访"])),
        f"dispositions: codes are {KNOWN}; found also 'Complete' (1), '拒访' (2). Recode them.",
        f"dispositions：处理结果代码只能是 {KNOWN}；另有 'Complete' (1), '拒访' (2)。请重新编码。",
    ),
    (
        "missing_value",
        lambda: response_rates(GOOD.assign(disposition=["complete", None, float("nan")])),
        "dispositions: 'disposition' must not be empty; 2 are, first in row 2. Fill it in or remove the row.",
        "dispositions：“disposition”不能为空；有 2 处，第一处在第 2 行。请补上或删去该行。",
    ),
    (
        "no_column",
        lambda: response_rates(GOOD.rename(columns={"disposition": "result"})),
        "dispositions: column 'disposition' is needed; the table has result, w, e. Rename or add the column.",
        "dispositions：需要“disposition”列，表中只有 result, w, e。请改列名或补上该列。",
    ),
    (
        "no_column",
        lambda: response_rates(GOOD, by="town"),
        "dispositions: column 'town' is needed; the table has disposition, w, e. Rename or add the column.",
        "dispositions：需要“town”列，表中只有 disposition, w, e。请改列名或补上该列。",
    ),
    (
        "no_rows",
        lambda: response_rates(GOOD.iloc[:0]),
        "dispositions: the table has no rows. Check the file or the filter that made it.",
        "dispositions：表中没有数据。请检查文件或筛选条件。",
    ),
    (
        "bad_weight",
        lambda: response_rates(GOOD.assign(w=[1, -2, 1]), weight="w"),
        "dispositions: weights must be numbers of at least 0; 'w' has -2 in row 2. Correct it.",
        "dispositions：权数必须是不小于 0 的数；“w”第 2 行是 -2。请改正。",
    ),
    (
        "by_hides_result",
        lambda: response_rates(GOOD, by="e"),
        "by: by-column 'e' has the name of a column of the result. Rename it.",
        "by：分组列“e”与结果中的列同名。请改名。",
    ),
]


@pytest.mark.parametrize(("rule", "call", "english", "chinese"), CASES, ids=[case[0] for case in CASES])
def test_says_what_is_wrong_in_both_languages(
    rule: str, call: Callable[[], Any], english: str, chinese: str
) -> None:
    with pytest.raises((AnswerError, EstimateError)) as caught:
        call()
    assert (caught.value.rule, str(caught.value), caught.value.chinese) == (rule, english, chinese)
