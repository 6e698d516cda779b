"""Who gets what by place, and with what chance it goes to the right unit."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from scoring import AtPlaces, Awards, EstimateError, award_chances, awards, draws_given_data, rank_sets
from scoring.consequence.by_place import COLUMNS

FIRST_TWO = AtPlaces("first", 2, "奖励", (5000, 3000))
LAST_TWO = AtPlaces("last", 2, "处罚", (-5000, -3000))


def plan(*rules: AtPlaces, ties: Any = "all", both_ends: Any = "neither") -> Awards:
    return Awards(rules, ties, both_ends)


def given(rule: Awards, score: Any, **options: Any) -> list[tuple[int, int, str]]:
    """Unit, place and what is shown, row by row."""
    table = awards(rule, score, **options)
    assert list(table.columns) == COLUMNS
    return list(table[["unit", "place", "shown"]].itertuples(index=False, name=None))


def test_first_and_last_of_s4_departments() -> None:
    # S4: city departments, first two +5,000 and +3,000, last two -5,000 and -3,000.
    found = given(plan(FIRST_TWO, LAST_TWO), [81, 92, 77, 85, 90, 79, 83, 80])
    assert found == [(1, 1, "+5,000"), (4, 2, "+3,000"), (2, 1, "-5,000"), (5, 2, "-3,000")]


@pytest.mark.parametrize(
    ("score", "all_of_it", "shared"),
    [
        # Two first: 5,000 each, nobody is second; or (5,000 + 3,000) / 2.
        ([9, 9, 8, 7], [(0, 1, "+5,000"), (1, 1, "+5,000")], [(0, 1, "+4,000"), (1, 1, "+4,000")]),
        # Two second, one of them beyond the last award: 3,000 each; or (3,000 + 0) / 2.
        (
            [9, 8, 8, 7],
            [(0, 1, "+5,000"), (1, 2, "+3,000"), (2, 2, "+3,000")],
            [(0, 1, "+5,000"), (1, 2, "+1,500"), (2, 2, "+1,500")],
        ),
        # Three first: (5,000 + 3,000 + 0) / 3.
        (
            [9, 9, 9, 7],
            [(0, 1, "+5,000"), (1, 1, "+5,000"), (2, 1, "+5,000")],
            [(0, 1, "+2,666.67"), (1, 1, "+2,666.67"), (2, 1, "+2,666.67")],
        ),
    ],
)
def test_ties(score: list[float], all_of_it: list[Any], shared: list[Any]) -> None:
    assert given(plan(FIRST_TWO), score) == all_of_it
    assert given(plan(FIRST_TWO, ties="share"), score) == shared
    # From the other end the same, with the penalties.
    mirrored = [(unit, place, shown.replace("+", "-")) for unit, place, shown in shared]
    assert given(plan(LAST_TWO, ties="share"), np.negative(score)) == mirrored


def test_what_is_shared_adds_up_to_what_the_plan_pays() -> None:
    rng = np.random.default_rng(4)
    rule = plan(AtPlaces("first", 4, "奖励", (400, 300, 200, 100)), ties="share")
    for _ in range(50):
        score = rng.integers(0, 6, 12)
        assert awards(rule, score)["amount"].sum() == pytest.approx(1000)


def test_an_amount_the_plan_leaves_out_is_shown_as_such() -> None:
    rule = AtPlaces("first", 3, "奖励", (3000, "unstated", 1000))
    table = awards(plan(rule), [5, 9, 7, 6])
    assert table["shown"].tolist() == ["+3,000", "金额原文未载", "+1,000"]
    np.testing.assert_array_equal(table["amount"], [3000, np.nan, 1000])
    # A share of what is not known is not known.
    assert given(plan(rule, ties="share"), [9, 9, 7, 5])[0] == (0, 1, "金额原文未载")
    assert given(plan(rule, ties="share"), [9, 7, 6, 6])[-1] == (3, 3, "+500")


def test_a_list_without_money() -> None:
    # S2: the best are commended in a circular.
    table = awards(plan(AtPlaces("first", 3, "通报表扬")), [5, 9, 7, 6])
    assert table["consequence"].tolist() == ["通报表扬"] * 3
    assert table["unit"].tolist() == [1, 2, 3]
    assert table["amount"].isna().all()
    assert table["shown"].tolist() == [""] * 3


@pytest.mark.parametrize(("both_ends", "kept"), [("first", [0, 1]), ("last", [1, 2]), ("neither", [])])
def test_nobody_is_rewarded_and_punished_at_once(both_ends: Any, kept: list[int]) -> None:
    # Three units, two awards and two penalties: the one in the middle would have both. Two units: both would.
    rule = plan(FIRST_TWO, LAST_TWO, both_ends=both_ends)
    table = awards(rule, [9, 8, 7])
    middle = table[table["unit"] == 1]
    assert middle["end"].tolist() == ([both_ends] if kept else [])
    assert set(table.loc[table["unit"] == 0, "end"]) == {"first"}
    assert set(table.loc[table["unit"] == 2, "end"]) == {"last"}
    assert awards(rule, [9, 8])["end"].tolist() == [both_ends] * (2 if kept else 0)


def test_classes_are_apart() -> None:
    by = ["a", "b", "a", "b", "b", "a"]
    found = given(plan(FIRST_TWO), [1, 5, 3, 7, 6, 2], by=by)
    assert found == [(2, 1, "+5,000"), (3, 1, "+5,000"), (4, 2, "+3,000"), (5, 2, "+3,000")]


def test_who_lost_its_awards_gets_none_but_pays() -> None:
    rule = plan(FIRST_TWO, LAST_TWO)
    table = awards(rule, [9, 8, 7, 6], withdrawn=[True, False, False, True])
    assert table["shown"].tolist() == ["取消", "+3,000", "-5,000", "-3,000"]
    assert table["amount"].tolist() == [0, 3000, -5000, -3000]
    assert table["withdrawn"].tolist() == [True, False, False, False]


def test_nobody_under_any_rule() -> None:
    assert awards(plan(), [1, 2]).empty


def test_a_scheme_file_holds_the_rule() -> None:
    text = """
    ties = "share"
    both_ends = "neither"
    [[rules]]
    end = "first"
    places = 3
    consequence = "奖励"
    amounts = [3000, "unstated", 1000]
    """
    read = TypeAdapter(Awards).validate_python(tomllib.loads(text))
    assert read == plan(AtPlaces("first", 3, "奖励", (3000, "unstated", 1000)), ties="share")
    for wrong in ("tied = 1", 'both_ends = "both"'):
        with pytest.raises(ValidationError):
            TypeAdapter(Awards).validate_python({**tomllib.loads(text), **tomllib.loads(wrong)})


@pytest.mark.parametrize(
    ("rule", "message", "wrong"),
    [
        ("unknown_choice", "awards: ties: must be one of all, share; it is 'none'", plan(ties="none")),
        ("unknown_choice", "awards: both_ends: .* it is 'both'", plan(both_ends="both")),
        ("unknown_choice", r"rules\[0\].end: .* it is 'top'", plan(AtPlaces("top", 1, ""))),  # type: ignore[arg-type]
        ("below_one", r"rules\[1\].places: .* it is 0", plan(FIRST_TWO, AtPlaces("last", 0, ""))),
        ("below_one", r"rules\[0\].places: .* it is True", plan(AtPlaces("last", True, ""))),
        ("below_one", r"rules\[0\].places: .* it is 1.5", plan(AtPlaces("last", 1.5, ""))),  # type: ignore[arg-type]
        (
            "amount_not_finite",
            "must be a finite number.* it is inf",
            plan(AtPlaces("first", 1, "", (float("inf"),))),
        ),
        ("amount_not_finite", "it is 'much'", plan(AtPlaces("first", 1, "", ("much",)))),  # type: ignore[arg-type]
        ("amounts_of_places", r"rules\[0\].amounts: 3 places have 2", plan(AtPlaces("first", 3, "", (2, 1)))),
    ],
)
def test_rules_that_are_refused(rule: str, message: str, wrong: Awards) -> None:
    with pytest.raises(EstimateError, match=message) as caught:
        awards(wrong, [1, 2, 3])
    assert caught.value.rule == rule
    assert caught.value.chinese.startswith("awards: ")


@pytest.mark.parametrize(
    ("rule", "message", "options"),
    [
        ("no_estimates", "awards: score", {"score": []}),
        ("estimate_not_finite", "awards: score", {"score": [1, np.nan]}),
        ("other_length", "awards: withdrawn: .* it has 1", {"withdrawn": [True]}),
        ("other_length", "awards: by: .* it has 1", {"by": ["a"]}),
    ],
)
def test_scores_that_are_refused(rule: str, message: str, options: dict[str, Any]) -> None:
    with pytest.raises(EstimateError, match=message) as caught:
        awards(plan(FIRST_TWO), **{"score": [2, 1], **options})
    assert caught.value.rule == rule


# ------------------------------------------------------------------------------------------------ chances


def chances(rule: Awards, score: Any, cov: Any, **options: Any) -> pd.DataFrame:
    draws = draws_given_data(score, cov, draws=40_000)
    return award_chances(rule, awards(rule, score, **options), draws, **options)


def test_chance_of_two_units_is_that_of_their_difference() -> None:
    # Normal: P(first truly ahead) = Phi(gap / se of the difference), with the covariance.
    cov = np.array([[2.0, 0.8], [0.8, 1.0]])
    found = chances(plan(AtPlaces("first", 1, "奖励", (1,)), AtPlaces("last", 1, "罚", (-1,))), [81, 80], cov)
    due = stats.norm.cdf(1 / np.sqrt(1.4))
    np.testing.assert_allclose(found["chance"], [due, due], atol=4 * 0.5 / np.sqrt(40_000))
    np.testing.assert_array_equal(found["chance"], found["chance_place"])


def test_among_the_places_is_likelier_than_the_place() -> None:
    # Four alike: each is among the first two with probability 1/2, holds one given place with 1/4.
    found = chances(plan(FIRST_TWO), [80 + 1e-7, 80, 80 - 1e-7, 80 - 2e-7], np.eye(4))
    np.testing.assert_allclose(found["chance"], [0.5, 0.5], atol=0.01)
    np.testing.assert_allclose(found["chance_place"], [0.25, 0.25], atol=0.01)
    # Tied for both places: the place is one of the two they share.
    found = chances(plan(FIRST_TWO, ties="share"), [80, 80, 70, 60], np.eye(4) * 1e-6)
    np.testing.assert_allclose(found["chance_place"], [1, 1])


def test_without_error_awards_are_certain_ties_included() -> None:
    found = chances(plan(FIRST_TWO, LAST_TWO), [9, 9, 5, 4], np.zeros((4, 4)))
    assert found["chance"].tolist() == [1, 1, 1, 1]
    assert found["chance_place"].tolist() == [1, 1, 1, 1]
    # Both are truly first where they truly tie.
    found = chances(plan(AtPlaces("first", 1, "奖励", (1,))), [9, 9, 5], np.zeros((3, 3)))
    assert found[["unit", "chance"]].to_numpy().tolist() == [[0, 1], [1, 1]]


def test_chances_are_of_the_class() -> None:
    by = ["a", "b", "a", "b"]
    found = chances(plan(AtPlaces("last", 1, "罚", (-1,))), [5, 50, 1, 10], np.eye(4) * 1e-6, by=by)
    assert found["unit"].tolist() == [2, 3]
    assert found["chance"].tolist() == [1, 1]


def test_the_prior_stands_beside_the_chances() -> None:
    draws = draws_given_data([2, 1], np.eye(2), draws=10)
    table = awards(plan(FIRST_TWO), [2, 1])
    assert award_chances(plan(FIRST_TWO), table, draws)["prior"].tolist() == ["flat, uncalibrated"] * 2
    named = award_chances(plan(FIRST_TWO), table, draws, prior="class")
    assert named["prior"].tolist() == ["class"] * 2


def test_joint_sets_and_chances_agree_on_what_is_certain() -> None:
    score, cov = np.array([90.0, 80, 70, 60]), np.eye(4) * 0.1
    assert rank_sets(score, cov)["high"].tolist() == [1, 2, 3, 4]
    assert chances(plan(FIRST_TWO, LAST_TWO), score, cov)["chance"].min() == 1


def test_draws_have_mean_covariance_and_tails_of_student() -> None:
    cov = np.array([[4.0, 1.0], [1.0, 2.0]])
    draws = draws_given_data([80, 70], cov, draws=200_000)
    np.testing.assert_allclose(draws.mean(axis=0), [80, 70], atol=0.02)
    np.testing.assert_allclose(np.cov(draws.T), cov, atol=0.06)
    few = (draws_given_data([0, 0], cov, df=5, draws=200_000) / [2, np.sqrt(2)]).T
    for unit in few:
        assert stats.kstest(unit, stats.t(5).cdf).statistic < 0.005
    # One chi-square for all units: large errors come together, so squares go together (normal: 0.125 ** 2).
    assert np.corrcoef(np.minimum(few**2, 9))[0, 1] > 0.2
    np.testing.assert_array_equal(draws_given_data([1, 2], cov, df=np.inf), draws_given_data([1, 2], cov))


@pytest.mark.parametrize(
    ("rule", "message", "options"),
    [
        ("cov_shape", "draws_given_data: cov", {"cov": np.eye(3)}),
        ("below_one", "draws_given_data: draws", {"draws": 0}),
        ("bad_seed", "draws_given_data: seed", {"seed": -1}),
        ("df_not_above_0", "draws_given_data: df", {"df": 0}),
    ],
)
def test_draws_that_are_refused(rule: str, message: str, options: dict[str, Any]) -> None:
    with pytest.raises(EstimateError, match=message) as caught:
        draws_given_data(**{"estimate": [2, 1], "cov": np.eye(2), **options})
    assert caught.value.rule == rule


@pytest.mark.parametrize("scores", [np.zeros(2), np.zeros((0, 2)), np.array([[np.nan, 1]])])
def test_chances_need_draws(scores: Any) -> None:
    table = awards(plan(FIRST_TWO), [2, 1])
    with pytest.raises(EstimateError, match=r"award_chances: scores: .* \(draws, units\)") as caught:
        award_chances(plan(FIRST_TWO), table, scores)
    assert caught.value.rule == "not_draws"
    assert "（draws, units）" in caught.value.chinese
