"""Declared allocations in a draw: each gives the numbers of its array function on the strata's own values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from sampling import (
    PPS,
    DesignError,
    Proportional,
    Sample,
    SelfWeighting,
    SimpleRandom,
    Stratified,
    Systematic,
    draw,
    verify,
)
from sampling.allocation import cost_optimal, neyman, power
from sampling.allocation.declared import Bethel, CostOptimal, Equal, Neyman, Number, Power
from sampling.allocation.numbers import spread_of
from sampling.allocation.precision import bethel
from sampling.designs import columns_read, design_from, size_columns, value_columns

# Made up: four strata, two counties of two kinds each; last year's score runs below zero in one.
RANDOM = np.random.default_rng(1122)
STRATA = {("岳池县", "镇"): 60, ("岳池县", "乡"): 40, ("武胜县", "镇"): 30, ("武胜县", "乡"): 20}
FRAME = pd.DataFrame(
    [
        (f"{county}{kind}{i}", county, kind, RANDOM.normal(5 * at, 2 + 3 * at), 3 + i % 7, 10.0 * (1 + at))
        for at, ((county, kind), n) in enumerate(STRATA.items())
        for i in range(n)
    ],
    columns=["id", "county", "kind", "before", "people", "fare"],
)
CELLS = FRAME.groupby(["county", "kind"])  # in the order of a draw's cells
UNITS = CELLS.size().tolist()
SD = CELLS["before"].std().tolist()  # pandas, N − 1
MEAN = CELLS["before"].mean().tolist()
LABELS = [" / ".join(name) for name in CELLS.groups]


def drawn(number: Any, frame: pd.DataFrame = FRAME, **options: Any) -> Sample:
    return draw(
        frame, Stratified(("county", "kind"), SimpleRandom(n=number)), key="k", name="n", unit="id", **options
    )


def counts(sample: Sample) -> list[int]:
    return [len(cell["drawn"]) for cell in sample.receipt["cells"]]


def test_equal() -> None:
    assert counts(drawn(Equal(48))) == [12] * 4
    assert UNITS == [40, 60, 20, 30]
    assert counts(drawn(Equal(100))) == [27, 27, 20, 26]  # 80 left for three: 26.67 each


def test_neyman_follows_the_columns_standard_deviations() -> None:
    numbers = counts(drawn(Neyman(50, of="before")))
    assert numbers == neyman(50, UNITS, SD, at_least=2)
    assert numbers != counts(drawn(Proportional(50)))


def test_neyman_follows_stated_standard_deviations() -> None:
    stated = dict(zip(LABELS, SD, strict=True))
    assert counts(drawn(Neyman(50, of=stated))) == counts(drawn(Neyman(50, of="before")))


def test_cost_optimal_by_total_and_by_budget() -> None:
    fares = CELLS["fare"].mean().tolist()
    by_total = counts(drawn(CostOptimal(of="before", cost="fare", total=50)))
    assert by_total == cost_optimal(UNITS, SD, fares, total=50, at_least=2)
    assert by_total != counts(drawn(Neyman(50, of="before")))
    by_budget = counts(drawn(CostOptimal(of="before", cost="fare", budget=900)))
    assert by_budget == cost_optimal(UNITS, SD, fares, budget=900, at_least=2)
    assert 860 < np.dot(by_budget, fares) <= 900
    stated = dict(zip(LABELS, fares, strict=True))
    assert counts(drawn(CostOptimal(of="before", cost=stated, total=50))) == by_total


def test_a_cost_that_differs_within_a_stratum_counts_by_its_mean() -> None:
    means = CELLS["people"].mean().tolist()
    numbers = counts(drawn(CostOptimal(of="before", cost="people", budget=300)))
    assert numbers == cost_optimal(UNITS, SD, means, budget=300, at_least=2)


def test_power_of_sums_and_coefficients_of_variation() -> None:
    size = CELLS["people"].sum().tolist()
    cv = [s / abs(m) for s, m in zip(SD, MEAN, strict=True)]
    for exponent in (0, 0.5, 1):
        expected = power(50, UNITS, size, cv, exponent, at_least=2)
        assert counts(drawn(Power(50, of="before", size="people", power=exponent))) == expected
    stated = dict(zip(LABELS, cv, strict=True))
    assert counts(drawn(Power(50, of=stated, size="people"))) == power(50, UNITS, size, cv, at_least=2)
    alike = FRAME.assign(before=0)  # nothing varies, so no mean is needed
    assert counts(drawn(Power(50, of="before", size="people"), alike)) == counts(drawn(Proportional(50)))


def spread_se(numbers: list[int], inside: list[int]) -> float:
    rows = [(UNITS[at], SD[at], numbers[at]) for at in inside]
    return float(sum(big**2 * s**2 * (1 / n - 1 / big) for big, s, n in rows) ** 0.5)


def test_bethel_for_the_whole_and_for_domains() -> None:
    total = FRAME["before"].sum()
    whole = counts(drawn(Bethel(cv={"before": 0.1})))
    assert whole == bethel(UNITS, [SD], [0.1 * total])
    assert spread_se(whole, [0, 1, 2, 3]) <= 0.1 * total

    both = counts(drawn(Bethel(cv={"before": 0.1, "people": 0.05}, by="county", by_cv={"before": 0.11})))
    sums = FRAME.groupby("county")["before"].sum()  # sorted as the cells are
    own = [[s if at < 2 else 0 for at, s in enumerate(SD)], [s if at > 1 else 0 for at, s in enumerate(SD)]]
    se = [0.1 * total, 0.05 * FRAME["people"].sum(), *(0.11 * sums.abs())]
    assert both == bethel(UNITS, [SD, CELLS["people"].std().tolist(), *own], se)
    assert spread_se(both, [0, 1]) <= se[2] and spread_se(both, [2, 3]) <= se[3]
    assert sum(both) > sum(whole)

    costs = dict(zip(LABELS, [1.0, 9.0, 1.0, 9.0], strict=True))
    assert counts(drawn(Bethel(cv={"before": 0.1}, cost=costs))) == bethel(
        UNITS, [SD], [0.1 * total], [1, 9, 1, 9]
    )


def test_floors_and_caps_reach_every_allocation() -> None:
    kinds: list[Any] = [
        Equal(60, at_least=12, at_most=17),
        Proportional(60, at_least=12, at_most=17),
        Neyman(60, of="before", at_least=12, at_most=17),
        CostOptimal(of="before", cost="fare", total=60, at_least=12, at_most=17),
        Power(60, of="before", size="people", at_least=12, at_most=17),
        Bethel(cv={"before": 0.097}, at_least=12, at_most=17),
    ]
    for kind in kinds:
        numbers = counts(drawn(kind))
        assert min(numbers) >= 12 and max(numbers) <= 17, kind
        assert isinstance(kind, Bethel) or sum(numbers) == 60
        free = counts(drawn(replace(kind, at_least=2, at_most=None)))
        assert isinstance(kind, Equal) or (min(free) < 12 and max(free) > 17), kind  # so both were felt
    with pytest.raises(DesignError, match="at most 26"):  # the only way it is felt
        drawn(Equal(99, at_most=26))


# ----------------------------------------------------------------------------------- strata of one, and zeros


def test_a_stratum_that_does_not_vary_gets_its_floor() -> None:
    flat = FRAME.assign(before=FRAME["before"].where(FRAME["kind"] == "镇", 0.1))
    numbers = dict(zip(LABELS, counts(drawn(Neyman(50, of="before"), flat)), strict=True))
    assert numbers["岳池县 / 乡"] == numbers["武胜县 / 乡"] == 2
    flat = FRAME.assign(before=0.1)
    assert counts(drawn(Neyman(50, of="before"), flat)) == counts(drawn(Proportional(50)))


def test_a_stratum_of_one_is_taken() -> None:
    frame = pd.concat([FRAME, FRAME.iloc[:1].assign(id="一", kind="街道")], ignore_index=True)
    sample = drawn(Neyman(50, of="before"), frame)
    assert sample.units.loc[sample.units["kind"] == "街道", "prob"].tolist() == [1.0]


def test_spread_is_that_of_the_textbook() -> None:
    values = FRAME["before"].to_numpy()
    assert spread_of(values) == pytest.approx(np.std(values, ddof=1), rel=1e-14)
    assert spread_of(values + 1e9) == pytest.approx(
        np.std(values, ddof=1), rel=1e-6
    )  # no squares of large numbers
    assert spread_of(np.full(3, 0.1)) == 0.0  # exactly, though 0.3 / 3 is no 0.1


# -------------------------------------------------------------------------------------------- within parents


def parents_and_people() -> tuple[Sample, pd.DataFrame]:
    towns = pd.DataFrame({"town": list("ABCDE"), "people": [40, 20, 60, 30, 60]})
    first = draw(towns, PPS(n=3, size="people"), key="k", name="towns", unit="town")
    rows = [
        (f"{t}{i}", t, float(i % (2 + at)) * (-1) ** i)
        for at, (t, n) in enumerate(zip(towns["town"], towns["people"], strict=True))
        for i in range(n)
    ]
    return first, pd.DataFrame(rows, columns=["id", "town", "before"])


def test_within_parents_units_count_what_they_stand_for() -> None:
    # The second stage adds Σ N_i² S_i² / (p_i² n_i) to the variance of a total: n_i as N_i S_i / p_i.
    first, people = parents_and_people()
    second = draw(people, SimpleRandom(n=Neyman(20, of="before")), key="k", name="p", unit="id", within=first)
    got = second.units["town"].value_counts().to_dict()
    prob = dict(zip(first.units["town"], first.units["prob"], strict=True))
    inside = people[people["town"].isin(prob)].groupby("town")["before"]
    towns = list(inside.groups)
    shares = [sd / prob[t] for t, sd in zip(towns, inside.std(), strict=True)]
    assert [got[t] for t in towns] == neyman(20, inside.size().tolist(), shares, at_least=2)
    plain = neyman(20, inside.size().tolist(), inside.std().tolist(), at_least=2)
    assert [got[t] for t in towns] != plain  # so the probabilities matter here
    stated = dict(zip(towns, inside.std().tolist(), strict=True))
    again = draw(people, SimpleRandom(n=Neyman(20, of=stated)), key="k", name="p", unit="id", within=first)
    assert again.units["town"].value_counts().to_dict() == got


def test_self_weighting_may_be_capped() -> None:
    first, people = parents_and_people()
    design = SimpleRandom(n=SelfWeighting(25, at_most=9))
    second = draw(people, design, key="k", name="p", unit="id", within=first)
    assert sorted(second.units["town"].value_counts()) == [8, 8, 9]


# ------------------------------------------------------------------------------------------- plain data


KINDS: list[Any] = [
    Equal(40, at_most=15),
    Neyman(40, of="before"),
    Neyman(40, of=dict(zip(LABELS, [1.0, 2.0, 3.0, 4.5], strict=True))),
    CostOptimal(of="before", cost="fare", budget=900.0),
    Power(40, of="before", size="people"),
    Bethel(cv={"before": 0.1}, by="county", by_cv={"before": 0.15}),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.kind)
def test_receipts_verify_and_rebuild_the_design(kind: Any) -> None:
    sample = drawn(kind)
    receipt = json.loads(json.dumps(sample.receipt))
    assert receipt == sample.receipt
    assert design_from(receipt["design"]) == Stratified(("county", "kind"), SimpleRandom(n=kind))
    shuffled = FRAME.sample(frac=1, random_state=1)
    assert verify(Sample(sample.units, sample.roles, receipt), shuffled).ok
    read = set(receipt["frame"]["columns"]) - {"id", "county", "kind"}
    assert read == {c for c in ("before", "people", "fare") if f"'{c}'" in repr(kind)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.kind)
def test_a_changed_measure_is_seen(kind: Any) -> None:
    sample = drawn(kind)
    changed = FRAME.assign(before=FRAME["before"].where(FRAME.index != 77, 1.0))
    assert verify(sample, changed).ok == (
        kind.kind == "equal" or isinstance(getattr(kind, "of", None), Mapping)
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.kind)
def test_plain_data_of_a_scheme_give_the_allocation(kind: Any) -> None:
    adapter: Any = TypeAdapter(Number)
    plain = {name: value for name, value in asdict(kind).items() if value is not None}
    assert adapter.validate_python(plain) == kind


def test_what_a_design_reads() -> None:
    both = Stratified("county", PPS(n=Neyman(9, of="people"), size="people"))
    assert size_columns(both) == ("people",) and value_columns(both) == ()  # the stricter reading holds
    design = Stratified("county", Systematic(n=Bethel({"a": 0.1}, "fare", by_cv={"b": 0.1}), order=("c",)))
    assert columns_read(design) == ("county", "c", "fare", "a", "b")
    assert (size_columns(design), value_columns(design)) == (("fare",), ("a", "b"))
