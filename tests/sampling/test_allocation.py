"""How totals are spread: hand examples, and properties that hold for all of them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import PPS, DesignError, Proportional, Sample, SelfWeighting, SimpleRandom, Stratified, draw
from sampling.allocation import allocate

MANY = [1000, 1000, 1000]
steady = settings(deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("total", "share", "available", "at_least", "expected"),
    [
        (12, [5, 3, 2], MANY, 0, [6, 4, 2]),  # 6, 3.6, 2.4: one left, to .6
        (10, [1, 1, 1], MANY, 0, [4, 3, 3]),  # ties to the earlier
        (11, [1, 1, 1], MANY, 0, [4, 4, 3]),
        (7, [3, 1, 1], MANY, 0, [4, 2, 1]),  # 4.2, 1.4, 1.4: the tie of .4 to the earlier
        (20, [98, 1, 1], MANY, 2, [16, 2, 2]),  # floors of 2; 16 left
        (20, [98, 1, 1], [1000, 1000, 1], 2, [17, 2, 1]),  # the floor cannot exceed the list
        (30, [8, 1, 1], [10, 100, 100], 0, [10, 10, 10]),  # 24 wanted, 10 there; 20 left, evenly
        (30, [8, 2, 1], [10, 12, 100], 0, [10, 12, 8]),  # then 13.33 wanted, 12 there
        (12, [5, 3, 2], [4, 100, 100], 4, [4, 4, 4]),
        (6, [1, 2, 3], [1, 2, 3], 0, [1, 2, 3]),  # everything
        (3, [0.1, 0.2, 0.3], MANY, 1, [1, 1, 1]),
    ],
)
def test_allocation_by_hand(
    total: int, share: list[float], available: list[int], at_least: int, expected: list[int]
) -> None:
    assert allocate(total, share, available, at_least) == expected


@st.composite
def problems(draw: st.DrawFn) -> tuple[int, list[float], list[int], int]:
    cells = draw(st.integers(1, 7))
    share = draw(st.lists(st.floats(2**-6, 1000, width=32), min_size=cells, max_size=cells))
    available = draw(st.lists(st.integers(1, 40), min_size=cells, max_size=cells))
    at_least = draw(st.integers(0, 6))
    least = sum(min(at_least, units) for units in available)
    return draw(st.integers(least, sum(available))), share, available, at_least


@steady
@given(problems())
def test_numbers_sum_to_the_total_within_their_bounds(
    problem: tuple[int, list[float], list[int], int],
) -> None:
    total, share, available, at_least = problem
    numbers = allocate(total, share, available, at_least)
    assert sum(numbers) == total
    assert all(min(at_least, units) <= n <= units for n, units in zip(numbers, available, strict=True))


@steady
@given(problems())
def test_a_larger_share_of_as_many_units_never_gets_less(
    problem: tuple[int, list[float], list[int], int],
) -> None:
    total, share, available, at_least = problem
    numbers = allocate(total, share, available, at_least)
    for a in range(len(share)):
        for b in range(len(share)):
            if share[a] > share[b] and available[a] >= available[b]:
                assert numbers[a] >= numbers[b]


@steady
@given(problems())
def test_numbers_off_their_bounds_follow_the_shares_to_within_one(
    problem: tuple[int, list[float], list[int], int],
) -> None:
    # All are the share times one rate, cut to their bounds, then rounded: the rates that each number
    # allows, (n - 1, n + 1) / share, must meet; at a bound, the rate may lie beyond.
    total, share, available, at_least = problem
    numbers = allocate(total, share, available, at_least)
    low, high = Fraction(0), None
    for n, units, part in zip(numbers, available, map(Fraction, share), strict=True):
        if n > min(at_least, units):
            low = max(low, Fraction(n - 1) / part)
        if n < units:
            top = Fraction(n + 1) / part
            high = top if high is None else min(high, top)
    assert high is None or low < high


@steady
@given(problems(), st.integers(-20, 20))
def test_only_ratios_of_shares_matter(problem: tuple[int, list[float], list[int], int], power: int) -> None:
    total, share, available, at_least = problem
    scaled = [value * 2.0**power for value in share]  # exact
    assert allocate(total, scaled, available, at_least) == allocate(total, share, available, at_least)


@pytest.mark.parametrize(("total", "at_least"), [(5, 2), (31, 1)])
def test_an_impossible_total_is_refused(total: int, at_least: int) -> None:
    with pytest.raises(DesignError) as caught:
        allocate(total, [1, 1, 1], [10, 10, 10], at_least)
    assert str(caught.value) == (
        f"allocation: a total of {total} cannot be spread over 3 strata holding 30 units with at least "
        f"{at_least} in each. Change the total or at_least."
    )
    assert caught.value.chinese == (
        f"allocation：总量 {total} 无法分到 3 个层（共 30 个单位，每层至少 {at_least} 个）。"
        "请改总量或每层下限。"
    )


# ---------------------------------------------------------------------------------------- in a draw


def counties(sizes: dict[str, int]) -> pd.DataFrame:
    rows = [(f"{county}-{i}", county, 10 * len(county) + i) for county, n in sizes.items() for i in range(n)]
    return pd.DataFrame(rows, columns=["id", "county", "people"])


def drawn_by(sample: Sample, column: str) -> dict[str, int]:
    return sample.units[column].value_counts().to_dict()


def test_proportional_follows_the_units_of_the_strata() -> None:
    frame = counties({"A": 50, "B": 30, "C": 20})
    sample = draw(frame, Stratified("county", SimpleRandom(n=Proportional(12))), key="k", name="n", unit="id")
    assert drawn_by(sample, "county") == {"A": 6, "B": 4, "C": 2}  # 6, 3.6, 2.4


def test_proportional_follows_a_column_where_told() -> None:
    frame = pd.DataFrame({"id": list("abcdefgh"), "county": list("AAAABBBB"), "people": [1] * 4 + [3] * 4})
    design = Stratified("county", SimpleRandom(n=Proportional(4, size="people", at_least=1)))
    sample = draw(frame, design, key="k", name="n", unit="id")
    assert drawn_by(sample, "county") == {"A": 1, "B": 3}  # 4 : 12


def test_proportional_takes_small_strata_whole() -> None:
    frame = counties({"A": 50, "B": 1})
    design = Stratified("county", SimpleRandom(n=Proportional(10, at_least=3)))
    assert drawn_by(draw(frame, design, key="k", name="n", unit="id"), "county") == {"A": 9, "B": 1}


def towns_and_people(sizes: dict[str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    towns = pd.DataFrame({"town": list(sizes), "people": list(sizes.values())})
    people = pd.DataFrame(
        [(f"{town}{i}", town) for town, n in sizes.items() for i in range(n)], columns=["id", "town"]
    )
    return towns, people


def test_self_weighting_gives_equal_weights_after_equal_chances() -> None:
    # All towns are taken, so shares are 40 : 20 : 60 of 12, that is 4, 2 and 6.
    towns, people = towns_and_people({"A": 40, "B": 20, "C": 60})
    first = draw(towns, SimpleRandom(n=3), key="k", name="towns", unit="town")
    second = draw(people, SimpleRandom(n=SelfWeighting(12)), key="k", name="people", unit="id", within=first)
    assert drawn_by(second, "town") == {"A": 4, "B": 2, "C": 6}
    assert second.units["weight"].tolist() == pytest.approx([10.0] * 12, rel=1e-12)


def test_self_weighting_makes_up_for_unequal_chances() -> None:
    # PPS: N / p is the same for every town, so each gives 4, and every weight is 10 × 210 / (3 × 4).
    sizes = {"A": 40, "B": 20, "C": 60, "D": 30, "E": 60}
    towns, people = towns_and_people(sizes)
    first = draw(towns, PPS(n=3, size="people"), key="k", name="towns", unit="town")
    assert first.units["prob"].nunique() > 1
    second = draw(people, SimpleRandom(n=SelfWeighting(12)), key="k", name="people", unit="id", within=first)
    assert set(drawn_by(second, "town").values()) == {4}
    assert second.units["weight"].tolist() == pytest.approx([210 / 12] * 12, rel=1e-12)


def test_self_weighting_stays_equal_where_no_list_is_exhausted() -> None:
    # D has 3 people but stands for 100: it is taken whole, and the others share the rest equally.
    towns = pd.DataFrame({"town": list("ABCD"), "people": [100, 100, 100, 100]})
    people = towns_and_people({"A": 40, "B": 40, "C": 40, "D": 3})[1]
    first = draw(towns, SimpleRandom(n=4), key="k", name="towns", unit="town")
    design = SimpleRandom(n=SelfWeighting(63, at_least=3))
    second = draw(people, design, key="k", name="people", unit="id", within=first).units
    assert second["town"].value_counts().to_dict() == {"A": 20, "B": 20, "C": 20, "D": 3}
    np.testing.assert_allclose(second.loc[second["town"] != "D", "weight"], 2.0, rtol=1e-12)


def test_self_weighting_weights_differ_by_rounding_alone() -> None:
    sizes = {f"T{i}": 20 + 7 * i for i in range(12)}
    towns, people = towns_and_people(sizes)
    first = draw(towns, PPS(n=5, size="people", order=("people",)), key="k", name="towns", unit="town")
    second = draw(people, SimpleRandom(n=SelfWeighting(43)), key="k", name="people", unit="id", within=first)
    numbers = drawn_by(second, "town")
    prob = dict(zip(first.units["town"], first.units["prob"], strict=True))
    rate = 43 / sum(sizes[town] / prob[town] for town in numbers)
    for town, n in numbers.items():
        assert abs(n - rate * sizes[town] / prob[town]) < 1
