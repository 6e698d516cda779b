"""Streaks over rounds, ladders, and how likely streaks are."""

from __future__ import annotations

import itertools
import tomllib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter
from scipy import stats

from scoring import (
    EstimateError,
    Ladder,
    Step,
    draws_of_rounds,
    ladder,
    ladder_of,
    streak_chance_given_data,
    streak_chance_if_all_equal,
)
from scoring.consequence import in_places

NAN = np.nan


def rule(*steps: Step, **change: Any) -> Ladder:
    stated = {"end": "last", "places": 1, "missing": "break", "within": "always", "after_last": "repeat"}
    return Ladder(**{**stated, **change}, steps=steps or (Step(2, "警告"),))


def told(what: Ladder, last: str, years: str = "") -> list[tuple[int, int, int, int]]:
    """Round (from 1), in a row, in all and step of a unit that is last (x), not (o) or missing (.)."""
    place = {"x": 3.0, "o": 1.0, ".": NAN}
    other = {"x": 1.0, "o": 3.0, ".": 3.0}
    table = pd.DataFrame(
        {
            "it": [place[one] for one in last],
            "other": [other[one] for one in last],
            "third": [2.0] * len(last),
        },
        index=range(1, len(last) + 1),
    )
    found = ladder(what, table, year=list(years) or None)
    found = found[found["unit"] == "it"]
    return list(found[["round", "in_a_row", "in_all", "step"]].itertuples(index=False, name=None))


def test_in_a_row() -> None:
    # Each case by hand: when a second last place in a row brings the only step.
    assert told(rule(), "xx") == [(2, 2, 2, 1)]
    assert told(rule(), "xox") == []
    assert told(rule(), "xxxo") == [(2, 2, 2, 1), (3, 3, 3, 1)]


def test_in_all() -> None:
    assert told(rule(Step(2, "警告", "cumulative")), "xoxox") == [(3, 1, 2, 1), (5, 1, 3, 1)]


@pytest.mark.parametrize(
    ("missing", "found"),
    [("break", []), ("skip", [(3, 2, 2, 1)]), ("count", [(2, 2, 2, 1), (3, 3, 3, 1)])],
)
def test_a_round_that_is_missing(missing: str, found: list[Any]) -> None:
    assert told(rule(missing=missing), "x.x") == found


def test_a_missing_round_never_counts_in_all_unless_it_is_said_to() -> None:
    for missing, count in (("break", 2), ("skip", 2), ("count", 3)):
        assert told(rule(Step(2, "警告", "cumulative"), missing=missing), "x.x")[-1][2] == count


def test_years_start_anew() -> None:
    assert told(rule(within="year"), "xxx", years="aab") == [(2, 2, 2, 1)]
    assert told(rule(within="year"), "oxx", years="aab") == []
    assert told(rule(within="always"), "oxx", years="aab") == [(3, 2, 2, 1)]
    cumulative = Step(2, "警告", "cumulative")
    assert told(rule(cumulative, within="year"), "xoxx", years="aabb") == [(4, 2, 2, 1)]


def test_after_the_last_step() -> None:
    assert [row[0] for row in told(rule(after_last="repeat"), "xxxxx")] == [2, 3, 4, 5]
    assert [row[0] for row in told(rule(after_last="restart"), "xxxxx")] == [2, 4]


def test_the_highest_step_reached_applies() -> None:
    # S5, "three times" read as three in all: first, second in a row, not, third in all, not, fourth.
    steps = (Step(1, "通报批评"), Step(2, "警告"), Step(3, "问责", "cumulative"))
    assert [(at, step) for at, _, _, step in told(rule(*steps), "xxoxox")] == [(1, 1), (2, 2), (4, 3), (6, 3)]
    # Read as three in a row, the fourth round is a first one again.
    steps = (*steps[:2], Step(3, "问责"))
    assert [(at, step) for at, _, _, step in told(rule(*steps), "xxoxxx")] == [
        (1, 1),
        (2, 2),
        (4, 1),
        (5, 2),
        (6, 3),
    ]


def test_counts_equal_those_of_plain_lists() -> None:
    # 300 random histories; runs by itertools.groupby, totals by counting.
    rng = np.random.default_rng(6)
    places = np.stack([rng.permutation(5) + 1 for _ in range(300)])
    table = pd.DataFrame(places, columns=[*"abcde"])
    found = ladder(rule(Step(1, "通报批评")), table).set_index(["round", "unit"])
    for unit in "abcde":
        last = (table[unit] == 5).tolist()
        at = 0
        for is_last, group in itertools.groupby(last):
            for length, _ in enumerate(group, 1):
                if is_last:
                    assert found.loc[(at, unit), "in_a_row"] == length
                    assert found.loc[(at, unit), "in_all"] == sum(last[: at + 1])
                at += 1
    assert len(found) == 300


def test_the_first_places_and_classes() -> None:
    # S3: three times among the top three, commended; two classes of four.
    table = pd.DataFrame([[1, 2, 3, 4, 4, 3, 2, 1]] * 3, columns=[*"abcdefgh"])
    what = rule(Step(3, "通报表扬"), end="first", places=3)
    found = ladder(what, table, by=[1, 1, 1, 1, 2, 2, 2, 2])
    assert found["unit"].tolist() == [*"abcfgh"]
    assert found["round"].tolist() == [2] * 6
    assert found["consequence"].tolist() == ["通报表扬"] * 6
    assert not found["loses_awards"].any()


def test_who_ties_is_among_them_however_ties_are_numbered() -> None:
    for tied in ([1, 2, 2, 4], [1, 2, 2, 3], [1, 2.5, 2.5, 4]):
        assert in_places(tied, 2, end="first").tolist() == [True, True, True, False]
        assert in_places(tied, 2, end="last").tolist() == [False, True, True, True]
        assert in_places(tied, 1, end="last").tolist() == [False, False, False, True]


def test_units_without_a_place_count_for_nobody() -> None:
    assert in_places([1, NAN, 3, 2], 2, end="last").tolist() == [False, False, True, True]
    assert in_places([NAN, NAN], 1, end="first").tolist() == [False, False]


def test_in_places_equals_counting_pair_by_pair() -> None:
    rng = np.random.default_rng(2)
    place = np.where(rng.random((40, 9)) < 0.1, NAN, rng.integers(1, 7, (40, 9)))
    for places in (1, 3):
        beyond = (place[:, None, :] > place[:, :, None]).sum(axis=2)
        np.testing.assert_array_equal(
            in_places(place, places, end="last"), (beyond < places) & ~np.isnan(place)
        )


def test_a_scheme_file_holds_the_ladder() -> None:
    text = """
    end = "last"
    places = 3
    missing = "break"
    within = "year"
    after_last = "repeat"
    steps = [
        { times = 1, consequence = "通报批评" },
        { times = 3, consequence = "问责", counting = "cumulative", loses_awards = true },
    ]
    """
    read = TypeAdapter(Ladder).validate_python(tomllib.loads(text))
    steps = (Step(1, "通报批评"), Step(3, "问责", "cumulative", True))
    assert read == rule(*steps, places=3, within="year")


TWO = pd.DataFrame({"a": [1, 2], "b": [2, 1]})


@pytest.mark.parametrize(
    ("key", "message", "what", "places", "year"),
    [
        ("unknown_choice", "ladder: end: .* it is 'bottom'", rule(end="bottom"), TWO, None),
        ("unknown_choice", "ladder: missing: must be one of break, skip, count", rule(missing=""), TWO, None),
        ("unknown_choice", "ladder: within: must be one of year, always", rule(within="月"), TWO, None),
        ("unknown_choice", "ladder: after_last: ", rule(after_last="stop"), TWO, None),
        ("unknown_choice", r"steps\[0\].counting: ", rule(Step(1, "", "in all")), TWO, None),  # type: ignore[arg-type]
        ("steps_not_rising", r"they are \[2, 2\]", rule(Step(2, ""), Step(2, "")), TWO, None),
        ("steps_not_rising", r"they are \[0\]", rule(Step(0, "")), TWO, None),
        ("places_out_of_class", "3 places are asked for of a class of 2", rule(places=3), TWO, None),
        (
            "places_out_of_class",
            "2 places are asked for of a class of 1",
            rule(places=2),
            TWO.assign(a=[None, 2]),
            None,
        ),
        ("place_beyond_class", "a place is 9, and the class has 2 units", rule(), TWO.assign(a=[1, 9]), None),
        ("no_rounds", r"its shape is \(0, 2\)", rule(), TWO.iloc[:0], None),
        ("not_a_place", r"row 1, column 0 \(from 0\) is 0.0", rule(), TWO.replace({"a": {2: 0}}), None),
        ("not_numbers", "ladder: places: must be numbers", rule(), TWO.replace({"a": {2: "二"}}), None),
        ("no_years", "the year of each round is needed", rule(within="year"), TWO, None),
        ("years_of_rounds", "2 rounds have 1 years", rule(within="year"), TWO, [2013]),
    ],
)
def test_refusals(key: str, message: str, what: Ladder, places: pd.DataFrame, year: Any) -> None:
    with pytest.raises(EstimateError, match=message) as caught:
        ladder(what, places.astype(object), year=year)
    assert caught.value.rule == key
    assert caught.value.chinese != str(caught.value)


@pytest.mark.parametrize("missing", ["break", "skip", "count"])
def test_who_was_among_the_last_may_be_told_in_place_of_places(missing: Any) -> None:
    # Oracle: `ladder` on places that make the same units last.
    what = rule(Step(2, "警告"), Step(4, "问责", "cumulative"), missing=missing)
    for history in ("x.xx", "xx.x", ".xox", "xxxx", "oo.."):
        among = pd.DataFrame(
            {"it": [{"x": 1, "o": 0, ".": None}[one] for one in history]}, index=[1, 2, 3, 4]
        )
        found = ladder_of(what, among)[["round", "in_a_row", "in_all", "step"]]
        assert list(found.itertuples(index=False, name=None)) == told(what, history)


def test_what_cannot_be_among_or_not_is_refused() -> None:
    among = pd.DataFrame({"a": [1, 0], "b": [0, 2]})
    with pytest.raises(EstimateError, match=r"row 1, column 1 \(from 0\) is 2.0") as caught:
        ladder_of(rule(), among)
    assert caught.value.rule == "not_among"
    with pytest.raises(EstimateError, match=r"its shape is \(0, 2\)"):
        ladder_of(rule(), among.iloc[:0])
    with pytest.raises(EstimateError, match="they are \\[0\\]"):
        ladder_of(rule(Step(0, "")), among)


def test_a_ladder_without_steps_is_refused() -> None:
    with pytest.raises(EstimateError, match=r"they are \[\]"):
        ladder(Ladder("last", 1, (), "break", "always", "repeat"), TWO)


# ------------------------------------------------------------------------------------------------ chances


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("counting", ["consecutive", "cumulative"])
def test_chance_if_all_equal_is_that_of_all_histories(times: int, counting: Any) -> None:
    # Every history of six rounds laid out, with shares that differ by round.
    share = [0.1, 0.3, 0.25, 0.5, 0.2, 0.4]
    due = 0.0
    for history in itertools.product([True, False], repeat=6):
        chance = np.prod([p if hit else 1 - p for p, hit in zip(share, history, strict=True)])
        runs = [len(list(group)) for hit, group in itertools.groupby(history) if hit]
        best = max(runs, default=0) if counting == "consecutive" else sum(history)
        due += chance * (best >= times)
    assert streak_chance_if_all_equal(share, times, counting=counting) == pytest.approx(due, rel=1e-12)


def test_chance_if_all_equal_in_closed_form() -> None:
    # (k/n)^m for m rounds in a row; a binomial tail in all.
    assert streak_chance_if_all_equal([3 / 43] * 4, 4) == pytest.approx((3 / 43) ** 4, rel=1e-12)
    for rounds, times in ((12, 3), (52, 6)):
        found = streak_chance_if_all_equal([0.1] * rounds, times, counting="cumulative")
        assert found == pytest.approx(stats.binom.sf(times - 1, rounds, 0.1), rel=1e-10)
    assert streak_chance_if_all_equal([0.5] * 2, 3) == 0


def scores(gap: float, rounds: int = 3, seed: int = 0) -> np.ndarray:
    one = ([80.0 + gap, 80.0, 100.0], np.diag([0.5, 0.5, 1e-8]))
    return draws_of_rounds([one] * rounds, draws=20_000, seed=seed)


def test_chance_given_data_is_the_product_over_independent_rounds() -> None:
    # Phi(gap) in each round, since the difference has a standard error of 1; the third unit is far ahead.
    for gap in (0.0, 0.7):
        found = streak_chance_given_data(scores(gap), 1, end="last")
        due = [stats.norm.cdf(-gap) ** 3, stats.norm.cdf(gap) ** 3, 0]
        np.testing.assert_allclose(found, due, atol=4 * 0.5 / np.sqrt(20_000))


@pytest.mark.parametrize("counting", ["consecutive", "cumulative"])
def test_chance_given_data_of_some_of_the_rounds(counting: Any) -> None:
    # Each round alike: the chance is that of `streak_chance_if_all_equal` with Phi(gap) for the share.
    found = streak_chance_given_data(scores(0.7, 5), 1, end="last", times=3, counting=counting)[1]
    due = streak_chance_if_all_equal([stats.norm.cdf(0.7)] * 5, 3, counting=counting)
    assert found == pytest.approx(due, abs=4 * 0.5 / np.sqrt(20_000))


def test_chance_given_data_of_first_places_in_classes() -> None:
    found = streak_chance_given_data(scores(9.0), 1, end="first", by=["a", "a", "b"])
    np.testing.assert_allclose(found, [1, 0, 1], atol=1e-3)


def test_given_draws_may_be_dependent_between_rounds() -> None:
    # The same draws in both rounds: the chance of both is the chance of one.
    one = scores(0.7, 1)
    both = np.concatenate([one, one], axis=1)
    np.testing.assert_array_equal(
        streak_chance_given_data(both, 1, end="last"), streak_chance_given_data(one, 1, end="last")
    )


def test_rounds_are_drawn_apart_and_the_same_again() -> None:
    first = scores(0.0)
    np.testing.assert_array_equal(first, scores(0.0))
    assert abs(np.corrcoef(first[:, 0, 0], first[:, 1, 0])[0, 1]) < 0.03
    assert not np.array_equal(first, scores(0.0, seed=9))


@pytest.mark.parametrize(
    ("key", "message", "action"),
    [
        ("not_a_share", "one is 1.5", lambda: streak_chance_if_all_equal([1.5], 1)),
        ("no_estimates", "share: must be", lambda: streak_chance_if_all_equal([], 1)),
        ("below_one", "times: must be", lambda: streak_chance_if_all_equal([0.5], 0)),
        ("unknown_choice", "counting", lambda: streak_chance_if_all_equal([0.5], 1, counting="all")),  # type: ignore[arg-type]
        ("not_draws", r"\(draws, rounds, units\)", lambda: streak_chance_given_data([[1]], 1, end="last")),
        ("below_one", "times", lambda: streak_chance_given_data([[[1]]], 1, end="last", times=0)),
        ("unknown_choice", "in_places: end", lambda: streak_chance_given_data([[[1]]], 1, end="top")),  # type: ignore[arg-type]
        ("no_rounds", "draws_of_rounds", lambda: draws_of_rounds([])),
        (
            "other_length",
            "draws_of_rounds: must have one value for each of the 1 units; it has 2",
            lambda: draws_of_rounds([([1], [[1]]), ([1, 2], np.eye(2))]),
        ),
    ],
)
def test_chances_refuse(key: str, message: str, action: Any) -> None:
    with pytest.raises(EstimateError, match=message) as caught:
        action()
    assert caught.value.rule == key
