"""The one list: combining p-values, who is marked, in words; planted fraud and honest rounds, small."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.fraud import USUAL, WAYS, made, place, sheets_of, with_fraud
from scoring import digit_preference, interviewer_list
from scoring.quality.listing import together
from scoring.quality.reasons import REASONS
from tests.scoring.quality.made import sheets

FEWER = replace(USUAL, interviewers=32, icc=0.02)


def test_together_as_written_out_and_in_the_tail() -> None:
    """Oracle: Liu and Xie's formula; invariant: with normal signals correlated 0.7, 0.1 % comes in 0.1 %."""
    from scipy.special import ndtr

    p = np.random.default_rng(1).random((6, 50)) * 0.98
    mean = np.tan((0.5 - p) * np.pi).mean(axis=0)
    np.testing.assert_allclose(together(p), 0.5 - np.arctan(mean) / np.pi, rtol=1e-10)
    assert together(np.array([[1e-200], [0.5]]))[0] == pytest.approx(2e-200)
    assert together(np.array([[np.nan, np.nan], [0.2, np.nan]]))[0] == pytest.approx(0.2)
    random = np.random.default_rng(2)
    shared = random.normal(size=(1, 400_000))
    found = together(ndtr(np.sqrt(0.7) * shared + np.sqrt(0.3) * random.normal(size=(8, 400_000))))
    assert 0.0007 < (found < 0.001).mean() < 0.0013


def test_being_fine_in_one_signal_excuses_nothing() -> None:
    assert together(np.array([[1e-4], [1.0], [1.0]]))[0] < 4e-4


@pytest.mark.parametrize("way", WAYS)
def test_planted_fraud_is_first(way: str) -> None:
    """Invariant: of 4 made rounds with 32 interviewers, first in 3 at least (100 rounds: fraud.py)."""
    found = []
    for seed in range(4):
        one = with_fraud(np.random.default_rng([41, seed]), FEWER, way, False, None)
        found.append(place(interviewer_list(sheets_of(one, True), 5.0).table)[0])
    assert sum(at == 1 for at in found) >= 3, found


def test_honest_interviewers_are_left_in_peace() -> None:
    """Invariant: at 20 % over 32 interviewers, 10 rounds mark anybody in 2 on average; above 6 in 0.1 %."""
    marked = 0
    for seed in range(10):
        one = made(np.random.default_rng([42, seed]), FEWER)
        marked += bool(interviewer_list(sheets_of(one, False), level=0.2).table["flagged"].any())
    assert marked <= 6


def test_the_list_tells_reasons_and_takes_out_who_is_marked() -> None:
    one = with_fraud(np.random.default_rng([43, 1]), FEWER, "straight", False, None)
    found = interviewer_list(sheets_of(one, True), 5.0)
    first = found.table.iloc[0]
    assert first["interviewer"] == "00" and first["flagged"] and first["signal"] in ("straight", "top")
    assert "全卷同分的答卷占" in first["chinese"] and "one answer to everything" in first["english"]
    assert found.table["place"].tolist() == list(range(1, 33))
    assert found.table["p_adjusted"].is_monotonic_increasing
    assert set(found.signals["signal"]) == set(REASONS)
    assert found.signals["interviewer"].iloc[:: len(REASONS)].tolist() == found.table["interviewer"].tolist()
    short = found.signals[found.signals["signal"] == "too_short"]
    assert short["p"].isna().all() and short["observed"].between(0, 1).all()
    # The three others of his town are compared as if he had never been there.
    rest = sheets_of(one, True).without(0)
    again = interviewer_list(rest, 5.0)
    told = found.table.set_index("interviewer")["p"].drop("00")
    np.testing.assert_allclose(told, again.table.set_index("interviewer")["p"].loc[told.index])
    assert "概率约为 5%" in found.chinese and "about 5%" in found.english


def test_who_cannot_be_compared_is_told() -> None:
    random = np.random.default_rng(4)
    who = np.repeat(["a", "b", "c", "d"], [10, 10, 3, 9])
    town = np.repeat([0, 0, 0, 1], [10, 10, 3, 9])
    one = sheets(random.integers(0, 11, (32, 4)), interviewer=who, stratum=town)
    found = interviewer_list(one)
    assert found.left_out[["interviewer", "n"]].to_numpy().tolist() == [["c", 3], ["d", 0]]
    assert sorted(found.table["interviewer"]) == ["a", "b"]
    nobody = interviewer_list(one, least_interviews=50)
    assert nobody.table.empty and len(nobody.left_out) == 4


def test_order_of_rows_does_not_matter() -> None:
    one = sheets_of(made(np.random.default_rng(5), replace(FEWER, interviewers=12)), True)
    random = np.random.default_rng(6).permutation(len(one.index))
    mixed = replace(
        one,
        **{
            name: getattr(one, name)[random]
            for name in ("index", "values", "state", "interviewer", "stratum", "started", "ended")
        },
    )
    told, again = interviewer_list(one), interviewer_list(mixed)
    assert told.table["interviewer"].tolist() == again.table["interviewer"].tolist()
    np.testing.assert_allclose(told.table["p"], again.table["p"], rtol=1e-9)


def test_digits_are_told_beside_the_level() -> None:
    """Made: 25 interviewers, one whose people use 5 and 8 alone, one whose people rate two points higher."""
    random = np.random.default_rng(7)
    who = np.repeat(np.arange(25), 40)
    level = 6.5 + random.normal(0, 1, 1000) + 2.0 * (who == 3)
    values = np.clip(np.rint(level[:, None] + random.normal(size=(1000, 6))), 0, 10)
    values[who == 9] = np.where(values[who == 9] >= 7, 8, 5)
    found = digit_preference(sheets(values, interviewer=[f"{at:02d}" for at in who]))
    assert found["interviewer"].iloc[0] == "09" and found["p"].iloc[0] < 1e-6
    assert found["digit"].iloc[0] in ("5", "8") and found["share"].iloc[0] > 0.4
    assert found.set_index("interviewer").loc["03", "p"] > 0.001
