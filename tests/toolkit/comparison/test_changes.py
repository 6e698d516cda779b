"""Changes from round to round and from the first to the last.

Oracles: formulas of differences of means; the comparison of two years, whose own tests stand beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.toolkit.comparison.made import compared, crosswalk
from tests.toolkit.comparison.test_average import LAST_ALONE, ONE_LIST, OWN, A, B, variance, year
from toolkit.comparison.basis import Material
from toolkit.comparison.changes import RoundChanges, changes
from toolkit.comparison.order import Missing, ordered
from toolkit.parts.kinds import ScorePart, Surveyed
from toolkit.scores import score

NUMBERS = ["then", "now", "change", "se", "low", "high", "df"]


def over(
    years: Sequence[Material],
    *rows: Sequence[Any],
    names: Sequence[str] = ("2011", "2012", "2013"),
    missing: Sequence[Missing] = (),
    every: Any = None,
    parts: bool = False,
) -> RoundChanges:
    slots = ordered(list(names[: len(years)]), [[one] for one in names[: len(years)]], missing, every)
    scores = [score(one.scheme, one.drawn, one.answers) for one in years]
    if parts:  # the survey as the one part: another way to the same scores
        own = (ScorePart("survey", 1.0, Surveyed()),)
        scores = [replace(one, scheme=replace(one.scheme, parts=own)) for one in scores]
    return changes(slots, scores, years, crosswalk(*rows))


def test_each_round_with_the_next_and_the_first_with_the_last() -> None:
    found = over([year(A), year(B), year(A, "wxyz")], *LAST_ALONE)
    assert found.table[["from", "to"]].drop_duplicates().to_numpy().tolist() == [
        ["2011", "2012"],
        ["2012", "2013"],
        ["2011", "2013"],
    ]
    first, second, whole = (
        own.reset_index(drop=True) for _, own in found.table.groupby(["from", "to"], sort=False)
    )
    assert first["change"].tolist() == pytest.approx([5.0, 7.5])
    same = np.asarray(B) - np.asarray(A)  # the same persons: the change is the mean of their changes
    assert first["se"].tolist() == pytest.approx(np.sqrt(variance(same)).tolist())
    assert second["change"].tolist() == pytest.approx([-5.0, -7.5])
    assert second["se"].tolist() == pytest.approx(np.sqrt(variance(A) + variance(B)).tolist())
    assert whole["change"].tolist() == pytest.approx([0.0, 0.0])
    assert whole["se"].tolist() == pytest.approx(np.sqrt(2 * variance(A)).tolist())


def test_two_rounds_are_the_comparison_of_years() -> None:
    found = over([year(A), year(B)], ONE_LIST, names=("2012", "2013")).table
    pd.testing.assert_frame_equal(found[NUMBERS], compared(year(A), year(B), ONE_LIST).table[NUMBERS])


@pytest.mark.parametrize("row", [ONE_LIST, OWN])
def test_scores_of_parts_are_subtracted_with_what_their_surveys_share(row: tuple[str, ...]) -> None:
    years = [year(A), year(B) if row is ONE_LIST else year(B, "wxyz")]
    plain, parts = over(years, row), over(years, row, parts=True)
    pd.testing.assert_frame_equal(plain.table[[*NUMBERS, "verdict"]], parts.table[[*NUMBERS, "verdict"]])
    assert parts.basis["zh"].tolist()[0].startswith("得分不全来自调查")


def test_rounds_of_one_year_stay_apart_and_one_not_held_is_told() -> None:
    """Two months of one year, with the same persons; the month between was not held."""
    gone = Missing("2013-02", 2013, "防汛", "县考核办")
    months = ("2013-01", "2013-03")
    found = over([year(A), year(B)], ONE_LIST, names=months, missing=[gone], every="month")
    same = np.asarray(B) - np.asarray(A)
    assert found.table["se"].tolist() == pytest.approx(np.sqrt(variance(same)).tolist())
    assert found.rounds["held"].tolist() == [True, False, True]
    assert found.not_held == ("2013-02 没有举行：防汛（县考核办）",)


def test_who_is_not_in_both_rounds_has_no_change() -> None:
    three = {"类": (("甲局", "丙局"), ("态度",))}
    for parts in (False, True):
        found = over([year(A), year(B, "wxyz", three)], OWN, parts=parts).table.set_index("evaluatee")
        assert found.loc["丙局", "verdict"] == "不可比" and pd.isna(found.loc["丙局", "change"])
        assert "没有这个单位" in str(found.loc["丙局", "why"])
        assert found.loc["甲局", "change"] == pytest.approx(5.0)
