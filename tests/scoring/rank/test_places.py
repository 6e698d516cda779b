"""Places, and what becomes of ties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import EstimateError, ranks
from scoring.rank.places import TIE, places_of_rows, within

NINE = [9, 9, 8, 7, 7, 1]


def test_one_is_highest() -> None:
    assert ranks([71.3, 84.2, 79.9, 88.1]).tolist() == [4, 2, 3, 1]


@pytest.mark.parametrize(
    ("ties", "expected"),
    [("min", [1, 1, 3, 4, 4, 6]), ("dense", [1, 1, 2, 3, 3, 4]), ("average", [1.5, 1.5, 3, 4.5, 4.5, 6])],
)
def test_ties(ties: Any, expected: list[float]) -> None:
    found = ranks(NINE, ties)
    assert found.tolist() == expected
    assert found.dtype == (np.float64 if ties == "average" else np.int64)


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ("min", [1, 1, 2, 3]),
        ("dense", [1, 1, 2, 3]),
        # 1 + greater + half the tied: one is tied with the first, two with each inner one.
        ("average", [1.5, 2.0, 3.0, 3.5]),
    ],
)
def test_a_chain_compares_every_two_units(ties: Any, expected: list[float]) -> None:
    # Each is within 1 of the next; by hand, greater by more than 1: none, none, the first, the first two.
    chain = np.array([3.0, 2.4, 1.8, 1.2])
    assert ranks(chain, ties, tolerance=1.0).tolist() == expected
    assert ranks(chain[::-1], ties, tolerance=1.0).tolist() == expected[::-1]


def test_tolerance() -> None:
    assert ranks([80.0 + 1e-10, 80.0]).tolist() == [1, 1]
    assert ranks([80.0 + 1e-8, 80.0]).tolist() == [1, 2]
    assert ranks([80.0 + 1e-10, 80.0], tolerance=0).tolist() == [1, 2]
    assert ranks([80.0 + 1e-10, 80.0], "average").tolist() == [1.5, 1.5]


@pytest.mark.parametrize("ties", ["min", "dense", "average"])
def test_agrees_with_pandas(ties: Any) -> None:
    values = np.random.default_rng(4).integers(0, 30, 60) / 10
    assert ranks(values, ties).tolist() == pd.Series(values).rank(method=ties, ascending=False).tolist()


def test_average_places_always_add_up() -> None:
    # Every tied pair shares one place between its two, also in chains: the sum stays that of 1 to p.
    values = np.random.default_rng(7).uniform(0, 10, 50)
    assert len(set(ranks(values, "average", tolerance=0.4).tolist())) < 100
    assert ranks(values, "average", tolerance=0.4).sum() == pytest.approx(50 * 51 / 2)


def test_ordinal_follows_the_breakers_in_their_order() -> None:
    # By hand: 9, 9 by the first breaker; 7, 7 tie in it too, so by the second.
    first, second = [70, 80, 0, 50, 50, 0], [9, 0, 0, 1, 2, 0]
    assert ranks(NINE, "ordinal", break_by=[first, second]).tolist() == [2, 1, 3, 5, 4, 6]
    assert ranks(NINE, "ordinal", break_by=[second, first]).tolist() == [1, 2, 3, 5, 4, 6]


def test_ordinal_needs_no_breaker_without_ties() -> None:
    assert ranks([3.0, 1.0, 2.0], "ordinal").tolist() == [1, 3, 2]


def test_breakers_tie_within_the_tolerance_too() -> None:
    with pytest.raises(EstimateError) as caught:
        ranks([9.0, 9.0], "ordinal", break_by=[[5.0, 5.0 + 1e-12]])
    assert caught.value.rule == "still_tied"


def test_who_stays_tied_is_named() -> None:
    names = ["市教育局", "市公安局", "市民政局", "市司法局"]
    with pytest.raises(EstimateError) as caught:
        ranks([9, 8, 9, 9], "ordinal", break_by=[[1, 9, 0, 1]], names=names)
    assert str(caught.value).startswith("ranks: break_by: 市教育局, 市司法局 are still tied.")
    assert "市教育局, 市司法局 仍然并列" in caught.value.chinese


def test_classes_are_ranked_apart() -> None:
    rng = np.random.default_rng(9)
    values, by = rng.integers(0, 9, 40) / 4, rng.choice(list("abc"), 40)
    for ties in ("min", "dense", "average"):
        found = ranks(values, ties, by=by)
        for name in "abc":
            assert found[by == name].tolist() == ranks(values[by == name], ties).tolist()


def test_ordinal_in_classes_does_not_break_ties_between_classes() -> None:
    assert ranks([5, 5, 4, 4], "ordinal", by=["a", "b", "a", "b"]).tolist() == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("rule", "message", "change"),
    [
        (
            "unknown_ties",
            "ranks: ties: must be one of min, dense, average, ordinal; it is 'max'",
            {"ties": "max"},
        ),
        ("bad_tolerance", "ranks: tolerance: must be a number not below 0; it is -1", {"tolerance": -1}),
        ("bad_tolerance", "it is nan", {"tolerance": float("nan")}),
        ("estimate_not_finite", "ranks: estimate: must be finite", {"estimate": [np.nan]}),
        ("break_without_ordinal", "only where places are ordinal; ties is 'min'", {"break_by": [[1, 2]]}),
        ("still_tied", "ranks: break_by: 0, 1 are still tied", {"estimate": [1, 1], "ties": "ordinal"}),
        ("other_length", "names: must have one value for each of the 2 units; it has 1", {"names": ["a"]}),
        ("other_length", "by: must have one value for each of the 2 units; it has 3", {"by": [1, 1, 2]}),
        ("other_length", r"break_by\[0\]: .* it has 1", {"ties": "ordinal", "break_by": [[1]]}),
        ("no_class", "by: every unit needs a class; 1 have none, first at position 1", {"by": ["a", None]}),
        ("no_class", "1 have none, first at position 0", {"by": [np.nan, "a"]}),
    ],
)
def test_refusals(rule: str, message: str, change: dict[str, Any]) -> None:
    options: dict[str, Any] = {"estimate": [3.0, 1.0]} | change
    with pytest.raises(EstimateError, match=message) as caught:
        ranks(**options)
    assert caught.value.rule == rule
    assert caught.value.chinese.startswith("ranks: ")


def rows_with_ties() -> list[Any]:
    """Rows of many draws: of few values, of many, and chains of which only neighbours are tied."""
    rng = np.random.default_rng(4)
    whole = rng.integers(0, 9, (50, 9)).astype(float)
    chains = rng.integers(0, 9, (50, 9)) * 0.6 * TIE + rng.integers(0, 3, (50, 9))
    return [whole, rng.normal(80, 3, (50, 43)), chains]


@pytest.mark.parametrize("ties", ["min", "dense"])
def test_places_of_rows_are_those_of_ranks(ties: Any) -> None:
    for rows in rows_with_ties():
        expected = [ranks(row, ties=ties).tolist() for row in rows]
        assert places_of_rows(rows, ties).tolist() == expected
        assert places_of_rows(rows.reshape(5, 10, -1), ties).reshape(50, -1).tolist() == expected


def test_with_max_tied_units_take_the_last_place_they_share() -> None:
    for rows in rows_with_ties():
        expected = [[sum(other >= own - TIE for other in row) for own in row] for row in rows]
        assert places_of_rows(rows, "max").tolist() == expected


@pytest.mark.parametrize("ties", ["min", "max", "dense"])
def test_units_within_a_place_are_those_placed_so_far(ties: Any) -> None:
    for rows in rows_with_ties():
        found = places_of_rows(rows, ties)
        for last in range(rows.shape[1] + 2):
            let_in = within(rows, last, ties)
            assert (let_in == (found <= last)).all()
            assert ties != "max" or (let_in.sum(axis=1) <= last).all()
