"""The mean over rounds: its error, places, rounds that do not count.

Oracles: formulas of means and variances written out; draws from a population whose every mean is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring.points.inspections import Average
from tests.toolkit.comparison.made import Panel, crosswalk, year_of_panels
from toolkit import RoundError
from toolkit.comparison.average import RoundsAverage, averaged
from toolkit.comparison.basis import Material
from toolkit.comparison.order import Missing, ordered
from toolkit.scores import score

TWO = {"类": (("甲局", "乙局"), ("态度",))}
ONE_LIST = ("对象", "panel", "panel", "", "", "同一名单")
OWN = ("对象", "panel", "panel", "", "", "各抽")


def year(sheets: Any, members: str = "abcd", classes: Any = TWO, **given: Any) -> Material:
    """Give a year of a panel: (members, evaluatees) of ratings of one indicator, 10 points each."""
    return year_of_panels(classes, Panel(np.asarray(sheets)[:, :, None], members=[*members], **given))


def mean(
    years: Sequence[Material], *rows: Sequence[Any], missing: Sequence[Missing] = (), **given: Any
) -> RoundsAverage:
    names = [f"{2011 + at}" for at in range(len(years) + len(missing))]
    names = [one for one in names if one not in {gone.name for gone in missing}]
    slots = ordered(names, [[one] for one in names], missing)
    scores = [score(one.scheme, one.drawn, one.answers) for one in years]
    return averaged(slots, scores, years, crosswalk(*rows), **given)


LAST_ALONE = (
    ("对象", "panel", "panel", "", 2012, "同一名单"),
    ("对象", "panel", "panel", 2013, "", "各抽"),
)

A = [[6, 5], [8, 5], [7, 6], [9, 8]]
B = [[9, 5], [8, 7], [9, 6], [6, 9]]


def variance(values: Any) -> Any:
    """Of the mean of a simple random sample from a very large population, on 100 points."""
    return np.var(np.asarray(values) * 10.0, axis=0, ddof=1) / len(values)


def test_independent_rounds_average_with_half_the_mean_variance() -> None:
    found = mean([year(A), year(B, "wxyz")], OWN).table
    assert found["estimate"].tolist() == pytest.approx([77.5, 63.75])  # (75+80)/2, (60+67.5)/2
    assert found["se"].tolist() == pytest.approx(np.sqrt((variance(A) + variance(B)) / 4).tolist())
    a, b = variance(A)[0] / 4, variance(B)[0] / 4
    assert found["df"][0] == pytest.approx((a + b) ** 2 / (a**2 / 3 + b**2 / 3))  # Satterthwaite
    assert found["rank"].tolist() == [1, 2]
    assert found[["2011", "2012"]].to_numpy().tolist() == [[75.0, 80.0], [60.0, 67.5]]


def test_the_same_persons_with_the_same_answers_tell_no_more_than_one_round() -> None:
    """Covariance of the two rounds is their variance: the mean of both is as unsure as one."""
    found = mean([year(A), year(A)], ONE_LIST)
    assert found.shared and found.table["se"].tolist() == pytest.approx(np.sqrt(variance(A)).tolist())
    assert found.table["df"].tolist() == [3.0, 3.0]  # the fewer of both, for they are not independent
    assert found.cov[0, 1] == pytest.approx(np.cov(np.asarray(A).T * 10.0)[0, 1] / 4)


def test_same_persons_with_other_answers_bring_the_covariance_of_their_answers() -> None:
    found = mean([year(A), year(B)], ONE_LIST).table
    whole = np.asarray(A) + np.asarray(B)  # the mean of both rounds is the mean of persons' half sums
    assert found["se"].tolist() == pytest.approx(np.sqrt(variance(whole / 2)).tolist())


def test_weights_count_and_a_third_round_of_its_own_adds_its_own_error() -> None:
    found = mean([year(A), year(B), year(A, "wxyz")], *LAST_ALONE, weights=[1, 1, 2]).table
    assert found["estimate"][0] == pytest.approx(75 / 4 + 80 / 4 + 75 / 2)
    both = variance((np.asarray(A) + np.asarray(B)) / 4)
    assert found["se"].tolist() == pytest.approx(np.sqrt(both + variance(np.asarray(A) / 2)).tolist())


def test_linked_rounds_are_one_part_of_the_degrees_of_freedom() -> None:
    """Two linked rounds and one of its own."""
    years = [year(A), year(B), year(A, "wxyz")]
    found = mean(years, *LAST_ALONE).table
    both = variance((np.asarray(A) + np.asarray(B)) / 3.0)
    own = variance(np.asarray(A) / 3.0)
    assert found["se"].tolist() == pytest.approx(np.sqrt(both + own).tolist())
    assert found["df"].tolist() == pytest.approx(((both + own) ** 2 / (both**2 / 3 + own**2 / 3)).tolist())


def test_a_unit_counts_with_the_rounds_it_has_as_the_rule_says() -> None:
    """丙局 is new in 2012: its mean is that of one round, of the two that 甲局 has."""
    three = {"类": (("甲局", "丙局"), ("态度",))}
    years = [year(A), year(B, "wxyz", three)]
    found = mean(years, OWN, rule=Average(2, "average")).table.set_index("evaluatee")
    assert found.loc["丙局", "estimate"] == pytest.approx(67.5) and found.loc["丙局", "rounds"] == 1
    assert found.loc["丙局", "se"] == pytest.approx(np.sqrt(variance(B)[1]))
    assert found.loc["甲局", "estimate"] == pytest.approx(77.5)
    assert found.loc["丙局", "why"] == "2011：没有这个单位"
    left = mean(years, OWN, rule=Average(2, "leave_out"))
    line = left.table.set_index("evaluatee").loc["丙局"]
    assert pd.isna(line["score"]) and pd.isna(line["rank"]) and left.cov.shape == (1, 1)
    with pytest.raises(RoundError, match="丙局 has 1 rounds that count, and the average needs 2"):
        mean(years, OWN, rule=Average(2, "error"))


def test_a_round_not_held_counts_for_nobody_and_is_told() -> None:
    gone = Missing("2012", 2012, "机构改革", "县考核办")
    found = mean([year(A), year(B, "wxyz")], OWN, missing=[gone], rule=Average(2, "error"))
    assert found.table["estimate"].tolist() == pytest.approx([77.5, 63.75])
    assert found.rounds[["round", "held", "reason", "weight"]].to_numpy().tolist() == [
        ["2011", True, "", 0.5],
        ["2012", False, "机构改革", 0.0],
        ["2013", True, "", 0.5],
    ]
    assert found.table["2012"].isna().all()
    assert found.table["why"].tolist() == ["2012 没有举行：机构改革（县考核办）"] * 2
    with pytest.raises(RoundError, match="average needs 3"):
        mean([year(A), year(B, "wxyz")], OWN, missing=[gone], rule=Average(3, "error"))


def test_places_follow_what_the_scheme_ranks() -> None:
    """Printed without decimals 乙局 and 甲局 are equal; unrounded they are not."""
    close = [[7, 7], [8, 8], [7, 7], [9, 8]]
    first, second = year(close), year(close, "wxyz")
    rules = replace(first.scheme.ranking, rank_on="unrounded", decimals=0)
    scores = []
    for rule in (rules, replace(rules, rank_on="published")):
        years = [replace(one, scheme=replace(one.scheme, ranking=rule)) for one in (first, second)]
        scores.append(mean(years, OWN).table)
    assert scores[0]["rank"].tolist() == [1, 2]
    assert scores[0]["estimate"].tolist() == pytest.approx([77.5, 75.0])
    assert scores[1]["estimate"].tolist() == [78.0, 75.0]  # of scores as printed


def test_scores_of_office_tables_have_no_error_and_are_averaged_all_the_same() -> None:
    """Without a survey there is no sample: the mean is exact, and so is its place."""
    years = [year(A), year(B, "wxyz")]
    scores = [score(one.scheme, one.drawn, one.answers) for one in years]
    exact = [replace(one, cov=one.cov * 0, table=one.table.assign(se=0.0, df=np.inf)) for one in scores]
    slots = ordered(["2011", "2012"], [["2011"], ["2012"]])
    found = averaged(slots, exact, [None, None], crosswalk())
    assert found.table["estimate"].tolist() == pytest.approx([77.5, 63.75])
    assert found.table["se"].tolist() == [0.0, 0.0] and found.table["low"].tolist() == pytest.approx(
        [77.5, 63.75]
    )
    assert found.table[["rank", "rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1, 1], [2, 2, 2]]


def test_what_cannot_be_averaged_is_an_error() -> None:
    years = [year(A), year(B, "wxyz")]
    with pytest.raises(RoundError, match="weights must be 2 numbers above 0; they are 1, 0"):
        mean(years, OWN, weights=[1, 0])
    other = replace(years[0], scheme=replace(years[0].scheme, full_mark=10.0))
    with pytest.raises(RoundError, match="its full mark is 10, that of the last round 100"):
        mean([other, years[1]], OWN)
    with pytest.raises(RoundError, match="both rounds have the same drawn units"):
        mean([year(A), year(A)])


def test_the_error_is_that_of_the_draws() -> None:
    """A panel of 24 of 60, of whom 20 stay for the second year; persons answer much alike in both.

    Of simple random samples that share 20 the variance of the average is known:
    (a S₁² + a S₂² + 2 c S₁₂) / 4, a = 1/24 - 1/60, c = 20/576 - 1/60. Sampling error of the mean estimate
    over 60 draws of six evaluatees about √(2/23)/√360 = 2 %, of the empirical variance √(2/360) = 7 %. Were
    the covariance between the years left out, it would be too small by two fifths.
    """
    rng = np.random.default_rng(20261122)
    people = rng.integers(1, 10, size=(60, 6))
    later = np.clip(people + rng.integers(-1, 2, size=people.shape), 0, 10)
    names = tuple(f"{one}局" for one in "甲乙丙丁戊己")
    a, c = 1 / 24 - 1 / 60, 20 / 576 - 1 / 60
    s = [np.cov(10.0 * people[:, e], 10.0 * later[:, e]) for e in range(6)]
    exact = np.array([(a * (one[0, 0] + one[1, 1]) + 2 * c * one[0, 1]) / 4 for one in s])
    alone = np.array([a * (one[0, 0] + one[1, 1]) / 4 for one in s])
    assert (exact / alone).min() > 1.5
    truth = 5.0 * (people.mean(axis=0) + later.mean(axis=0))
    errors, told = [], []
    for _ in range(60):
        order = rng.permutation(60)
        years = [
            year_of_panels(
                {"类": (names, ("态度",))},
                Panel(ratings[chosen][:, :, None], members=[f"p{one:02}" for one in chosen], population=60.0),
            )
            for ratings, chosen in ((people, order[:24]), (later, order[4:28]))
        ]
        found = mean(years, ONE_LIST)
        order_of = found.table.set_index("evaluatee")["estimate"].reindex(list(names))
        errors.append(order_of.to_numpy() - truth)
        told.append(np.diag(found.cov))
    assert np.mean(told) / exact.mean() == pytest.approx(1, abs=0.08)
    assert np.mean(np.square(errors)) / exact.mean() == pytest.approx(1, abs=0.25)
