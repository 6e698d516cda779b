"""Reserves against enumeration and repeated draws, what proves them, quotas and their weights."""

from __future__ import annotations

import copy
import io
import json
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sampling import (
    PPS,
    Proportional,
    Sample,
    SimpleRandom,
    Stratified,
    draw,
    pseudo_weights,
    quota_targets,
    release,
    verify,
)
from scoring import Survey, total

TOWNS = pd.DataFrame(
    {
        "town": [f"T{i:02d}" for i in range(20)],
        "county": ["岳池县"] * 9 + ["武胜县"] * 7 + ["华蓥市"] * 4,
        "people": [9, 10, 33, 4, 52, 7, 18, 21, 6, 25, 12, 3, 44, 8, 15, 27, 20, 15, 30, 14],
    }
)
PEOPLE = pd.DataFrame([(f"{i}", town) for town in TOWNS["town"] for i in range(8)], columns=["id", "town"])


def towns(design: Any, key: str = "k") -> Sample:
    return draw(TOWNS, design, key=key, name="towns", unit="town")


def by_county(reserve: float, n: Any = 3) -> Sample:
    return towns(Stratified("county", SimpleRandom(n=n, reserve=reserve)))


def people(reserve: float = 1, key: str = "k") -> Sample:
    first = draw(TOWNS, Stratified("county", PPS(n=2, size="people")), key=key, name="towns", unit="town")
    design = SimpleRandom(n=3, reserve=reserve)
    return draw(PEOPLE, design, key=key, name="people", unit="id", within=first)


def number(*fields: str) -> int:
    return int.from_bytes(sha256("\x1f".join(fields).encode()).digest(), "big")


# ------------------------------------------------------------------------------------- as drawn


@pytest.mark.parametrize("reserve", [0.25, 1, 2.0])
def test_main_units_are_those_without_reserves(reserve: float) -> None:
    for design, other in (
        (SimpleRandom(n=5), SimpleRandom(n=5, reserve=reserve)),
        (Stratified("county", SimpleRandom(n=3)), Stratified("county", SimpleRandom(n=3, reserve=reserve))),
        (
            Stratified("county", SimpleRandom(n=Proportional(9))),
            Stratified("county", SimpleRandom(n=Proportional(9), reserve=reserve)),
        ),
    ):
        plain, drawn = towns(design), towns(other)
        main = drawn.units[drawn.units["role"] == "main"].drop(columns="order").reset_index(drop=True)
        pd.testing.assert_frame_equal(main, plain.units, check_exact=True)
        assert (drawn.roles, drawn.receipt["algorithm"]) == (plain.roles, plain.receipt["algorithm"])
        for with_, without in zip(drawn.receipt["cells"], plain.receipt["cells"], strict=True):
            assert {**with_, "reserve": 0} == {**without, "reserve": 0}


def test_no_reserve_leaves_the_sample_as_it_was() -> None:
    found = towns(SimpleRandom(n=5, reserve=0))
    pd.testing.assert_frame_equal(found.units, towns(SimpleRandom(n=5)).units, check_exact=True)
    assert "order" not in found.units
    assert "reserve" not in found.receipt["cells"][0]
    assert found.units["role"].eq("main").all()


def test_reserves_are_the_next_lottery_numbers_in_their_order() -> None:
    # From the published definition of a lottery number; 3 main and 2 reserves a county, the last has one.
    found = by_county(0.5).units
    for county, part in TOWNS.groupby("county"):
        lottery = sorted(part["town"], key=lambda one: number("k", "order", "towns", "1", one))[:5]
        mine = found[found["county"] == county]
        assert mine["town"].tolist() == lottery
        assert mine["order"].tolist() == list(range(1, len(lottery) + 1))
        assert mine["role"].tolist() == ["main"] * 3 + ["reserve"] * (len(lottery) - 3)
    assert found["role"].eq("reserve").sum() == 2 + 2 + 1


@pytest.mark.parametrize(
    ("n", "reserve", "expected"),
    [
        (3, 0.1, 1),
        (10, 0.1, 1),
        (10, 0.3, 3),
        (3, 1 / 3, 1),
        (10, 0.31, 4),
        (4, 1, 4),
        (6, 2, 12),
        (6, 9, 14),
    ],
)
def test_reserves_are_rounded_up_as_far_as_the_list_reaches(n: int, reserve: float, expected: int) -> None:
    found = towns(SimpleRandom(n=n, reserve=reserve)).units
    assert found["role"].tolist() == ["main"] * n + ["reserve"] * expected


def test_a_share_is_the_decimal_that_was_typed() -> None:
    # 0.07 × 100 is 7.000000000000001 in binary.
    frame = pd.DataFrame({"town": range(120)})
    found = draw(frame, SimpleRandom(n=100, reserve=0.07), key="k", name="towns", unit="town")
    assert found.units["role"].eq("reserve").sum() == 7


def test_reserves_have_no_probability_and_no_survey() -> None:
    found = by_county(1)
    wait = found.units["role"] == "reserve"
    assert found.units.loc[wait, ["prob", "weight", "stage_prob"]].isna().all(axis=None)
    assert found.units.loc[~wait, ["prob", "weight", "stage_prob"]].notna().all(axis=None)
    with pytest.raises(ValueError, match="weights must be numbers"):
        Survey(found.units, **found.roles)


def test_a_column_called_order_keeps_its_name() -> None:
    frame = TOWNS.assign(order=range(20))
    found = draw(frame, SimpleRandom(n=2, reserve=1), key="k", name="towns", unit="town")
    assert found.receipt["added"]["order"] == "drawn_order"
    worked = release(found, 1)
    assert worked.units["drawn_order"].tolist() == [1, 2, 3]
    assert verify(worked, frame).ok


# -------------------------------------------------------------------------------------- released

RELEASES = [
    (0, {"岳池县": 0, "武胜县": 0, "华蓥市": 0}),
    (1, {"岳池县": 1, "武胜县": 1, "华蓥市": 1}),
    (0.5, {"岳池县": 2, "武胜县": 2, "华蓥市": 1}),
    (1.0, {"岳池县": 3, "武胜县": 3, "华蓥市": 1}),
    ({"岳池县": 3, "武胜县": 0}, {"岳池县": 3, "武胜县": 0, "华蓥市": 0}),
    ({("岳池县",): np.int64(2), ("华蓥市",): 1}, {"岳池县": 2, "武胜县": 0, "华蓥市": 1}),
]


@pytest.mark.parametrize(("released", "expected"), RELEASES)
def test_a_release_counts_the_first_reserves_as_drawn(released: Any, expected: dict[str, int]) -> None:
    drawn = by_county(1)
    before, receipt = drawn.units.copy(deep=True), copy.deepcopy(drawn.receipt)
    found = release(drawn, released)
    for county, k in expected.items():
        size = int((TOWNS["county"] == county).sum())
        mine = found.units[found.units["county"] == county]
        listed = drawn.units[drawn.units["county"] == county]
        assert mine["town"].tolist() == listed["town"].tolist()[: 3 + k]
        for column in ("prob", "stage_prob"):
            assert mine[column].tolist() == [(3 + k) / size] * (3 + k)
        assert mine["weight"].tolist() == [1 / ((3 + k) / size)] * (3 + k)
    said = {one["stratum"][0]: one["units"] for one in found.receipt["released"]}
    assert said == expected
    assert found.roles == drawn.roles
    assert {**found.receipt, "released": 0} == {**receipt, "released": 0}
    pd.testing.assert_frame_equal(drawn.units, before, check_exact=True)
    assert drawn.receipt == receipt


def test_a_release_of_all_or_none_is_the_larger_or_smaller_draw() -> None:
    for released, n in ((0, 4), (2, 6), (4, 8)):
        found = release(towns(SimpleRandom(n=4, reserve=1)), released)
        whole = towns(SimpleRandom(n=n))
        columns = list(whole.units.columns.drop("role"))
        pd.testing.assert_frame_equal(found.units[columns], whole.units[columns], check_exact=True)


def test_a_release_in_a_second_stage_keeps_the_parents_chances() -> None:
    drawn = people()
    some = drawn.units["town"].iloc[0]
    found = release(drawn, {some: 2})
    for town, part in found.units.groupby("town"):
        n = 5 if town == some else 3
        assert len(part) == n
        assert part["stage_prob_2"].tolist() == [n / 8] * n
        assert part["prob"].tolist() == (n / 8 * part["stage_prob"]).tolist()
    assert found.roles["psu"] == ["psu", "psu_2"]
    assert np.isfinite(total(Survey(found.units.assign(y=1.0), **found.roles), "y").cov.item())
    assert verify(found, PEOPLE).ok


def test_released_units_can_be_the_parents_of_a_next_stage() -> None:
    found = release(towns(SimpleRandom(n=4, reserve=0.5)), 1)
    second = draw(PEOPLE, SimpleRandom(n=2), key="k", name="people", unit="id", within=found)
    assert second.units["prob"].tolist() == [5 / 20 * (2 / 8)] * 10
    assert "order" not in second.receipt["within"]["drawn"][0]
    assert verify(second, PEOPLE).ok


def test_released_units_are_drawn_as_often_as_stated() -> None:
    # 4,000 samples of 12, two main and three reserves of which two are released: 4/12 each; p > 1e-4.
    copies, keys = 40, 100
    frame = pd.DataFrame({"id": [f"{c}-{u}" for c in range(copies) for u in range(12)]})
    frame["copy"], frame["unit"] = np.repeat(range(copies), 12), np.tile(range(12), copies)
    counts = {size: np.zeros(12) for size in (2, 4, 5)}
    for at in range(keys):
        design = Stratified("copy", SimpleRandom(n=2, reserve=1.5))
        drawn = draw(frame, design, key=f"key {at}", name="gate", unit="id")
        for size in counts:
            worked = release(drawn, size - 2)
            assert worked.units["prob"].eq(size / 12).all()
            counts[size] += worked.units["unit"].value_counts().reindex(range(12), fill_value=0)
    for size, found in counts.items():
        # A unit's count is binomial (4000, f); with fixed size the chi-square has 11 degrees of freedom.
        f = size / 12
        value = ((found - 4000 * f) ** 2).sum() / (4000 * f * (1 - f)) * 11 / 12
        assert stats.chi2.sf(value, 11) > 1e-4


# ------------------------------------------------------------------------------------------ proof


def through_files(sample: Sample) -> Sample:
    """Written and read again, as a round keeps its samples."""
    text = sample.units.to_csv(index=False)
    units = pd.read_csv(io.StringIO(text), dtype={"town": str, "id": str, "psu": str, "psu_2": str})
    return Sample(units, json.loads(json.dumps(sample.roles)), json.loads(json.dumps(sample.receipt)))


@pytest.mark.parametrize("released", [None, 0, 1, 1.0, {"岳池县": 2}])
def test_drawn_and_released_samples_verify_through_files(released: Any) -> None:
    sample = by_county(1) if released is None else release(by_county(1), released)
    assert verify(sample, TOWNS).differences == ()
    assert verify(through_files(sample), TOWNS.sample(frac=1, random_state=1)).differences == ()


def test_a_sample_read_from_a_file_can_be_released() -> None:
    found = release(through_files(people()), 1)
    assert verify(found, PEOPLE).differences == ()
    again = release(
        Sample(people().units.sample(frac=1, random_state=1), people().roles, people().receipt), 1
    )
    pd.testing.assert_frame_equal(
        again.units.sort_values(["town", "order"], ignore_index=True),
        release(people(), 1).units.sort_values(["town", "order"], ignore_index=True),
        check_exact=True,
    )


def differences(sample: Sample, **receipt: Any) -> str:
    touched = Sample(sample.units, sample.roles, {**copy.deepcopy(sample.receipt), **receipt})
    return "\n".join(verify(touched, TOWNS).differences)


def test_what_was_touched_is_named() -> None:
    drawn = by_county(1)
    listed = drawn.units[drawn.units["county"] == "岳池县"]["town"].tolist()

    def with_units(sample: Sample, units: pd.DataFrame) -> str:
        return differences(Sample(units, sample.roles, sample.receipt))

    def cells(change: Any) -> list[dict[str, Any]]:
        found = copy.deepcopy(drawn.receipt["cells"])
        change(next(cell for cell in found if cell["stratum"] == ["岳池县"]))
        return found

    def swap(cell: dict[str, Any]) -> None:
        cell["drawn"][2], cell["reserve"][0] = cell["reserve"][0], cell["drawn"][2]

    said = differences(drawn, cells=cells(swap))
    assert f'unit "{listed[2]}" is reserve 4 in the receipt, repeating gives main 3' in said
    assert f'unit "{listed[3]}" is main 3 in the receipt, repeating gives reserve 4' in said
    said = differences(drawn, cells=cells(lambda cell: cell["reserve"].reverse()))
    assert f'unit "{listed[3]}" is reserve 6 in the receipt, repeating gives reserve 4' in said
    said = differences(drawn, cells=cells(lambda cell: cell["reserve"].pop()))
    assert f'unit "{listed[5]}" is drawn on repeating, but does not stand in the receipt' in said
    at = drawn.units.index[drawn.units["town"] == listed[4]][0]
    for column, value, text in (
        ("order", 4, "order is 4 in the sample, repeating gives 5"),
        ("role", "main", "role is main in the sample, repeating gives reserve"),
        ("prob", 0.5, "prob is 0.5 in the sample, repeating gives nan"),
    ):
        units = drawn.units.copy()
        units.loc[at, column] = value
        assert with_units(drawn, units) == f'unit "{listed[4]}": {text}'
    assert with_units(drawn, drawn.units.drop(index=at)) == (
        f'unit "{listed[4]}" stands in the receipt, not in the sample'
    )


def test_a_release_that_is_not_the_stated_one_is_named() -> None:
    worked = release(by_county(1), {"岳池县": 1})
    listed = by_county(1).units.query("county == '岳池县'")["town"].tolist()
    more = release(by_county(1), {"岳池县": 2})
    said = differences(Sample(more.units, worked.roles, worked.receipt))
    assert f'unit "{listed[4]}" stands in the sample, but was not released' in said
    assert "weight is" in said
    said = differences(Sample(worked.units, worked.roles, more.receipt))
    assert f'unit "{listed[4]}" stands in the receipt, not in the sample' in said
    assert "prob is" in said
    beyond = [{**one, "units": 9} for one in worked.receipt["released"]]
    assert "released: the receipt says" in differences(worked, released=beyond)
    plain = towns(SimpleRandom(n=5))
    said = differences(plain, released=[{"parents": [], "stratum": [], "units": 1}])
    assert said.startswith("released: the receipt says [{'parents': [], 'stratum': [], 'units': 1}]")


def test_a_receipt_of_before_there_were_reserves_still_verifies() -> None:
    # Written by the version before SimpleRandom had reserves; kept byte for byte.
    receipt = json.loads(
        '{"receipt": "minyi-receipt/1", "name": "2013/old", "key": "announced", "stage": 1, "unit": "town", '
        '"algorithm": "simple-random/1", "design": {"by": "county", "method": {"n": 2, "kind": '
        '"simple_random"}, "kind": "stratified"}, "within": null, "frame": {"units": 8, "columns": ["town", '
        '"county"], "sha256": "2fc7ba47495f1ed6e16a0fa3e17303d1995874a4a1ed47e64ccead745b64d166", '
        '"fingerprints": "3fa0269be2cc9e0ba0e899af132a8f1278545ffdaac997f7fa22d962ec08288c"}, "roles": '
        '{"weight": "weight", "stratum": ["stratum"], "psu": ["psu"], "population": ["population"]}, '
        '"added": {"prob": "prob", "weight": "weight", "role": "role", "stratum": "stratum", "psu": "psu", '
        '"population": "population", "stage_prob": "stage_prob"}, "cells": [{"parents": [], "stratum": '
        '["x"], "units": 4, "drawn": ["C", "A"]}, {"parents": [], "stratum": ["y"], "units": 4, "drawn": '
        '["H", "G"]}]}'
    )
    units = pd.read_csv(
        io.StringIO(
            "town,county,prob,weight,role,stratum,psu,population,stage_prob\n"
            "C,x,0.5,2.0,main,x,C,4,0.5\nA,x,0.5,2.0,main,x,A,4,0.5\n"
            "H,y,0.5,2.0,main,y,H,4,0.5\nG,y,0.5,2.0,main,y,G,4,0.5\n"
        )
    )
    frame = pd.DataFrame({"town": list("ABCDEFGH"), "county": list("xxxxyyyy")})
    assert verify(Sample(units, receipt["roles"], receipt), frame).differences == ()


# ----------------------------------------------------------------------------------------- quotas


def test_pseudo_weights_are_population_over_sample() -> None:
    cells = pd.Series(["f", "m", "f", "f", "m", "x"])
    expected = [300 / 3, 50 / 2, 300 / 3, 300 / 3, 50 / 2, 7]
    for counts in ({"f": 300, "m": 50, "x": 7}, pd.Series({"x": 7, "m": 50, "f": 300})):
        for form in (cells, cells.tolist(), cells.to_numpy(), cells.to_frame(), cells.astype("category")):
            assert pseudo_weights(form, counts).tolist() == expected


def test_pseudo_weights_of_several_columns_go_by_all_of_them() -> None:
    table = pd.DataFrame({"sex": list("fmfm"), "age": [1, 1, 2, 1]})
    counts = pd.DataFrame({"sex": list("ffm"), "age": [1, 2, 1], "n": [10, 20, 30]}).set_index(
        ["sex", "age"]
    )["n"]
    with pytest.raises(ValueError, match="f / 2"):
        pseudo_weights(table.iloc[[0, 1, 3]], counts)
    assert pseudo_weights(table, counts).tolist() == [10, 15, 20, 15]
    assert pseudo_weights(table, {("f", 1): 10, ("f", 2): 20, ("m", 1): 30}).tolist() == [10, 15, 20, 15]


def test_targets_follow_counts_by_largest_remainder() -> None:
    # 17 × 41, 33, 26 per cent: 6.97, 5.61, 4.42.
    counts = {"a": 4100, "b": 3300, "c": 2600}
    assert quota_targets(counts, 17).to_dict() == {"a": 7, "b": 6, "c": 4}
    assert quota_targets(pd.Series(counts), 17).index.tolist() == list("abc")
    assert quota_targets({"a": 9900, "b": 100}, 10).tolist() == [10, 0]
    assert quota_targets({"a": 9900, "b": 100}, 10, at_least=1).tolist() == [9, 1]
    assert quota_targets({"a": 3, "b": 100}, 100).tolist() == [3, 97]
    crossed = quota_targets({("f", 1): 10, ("m", 1): 30}, 4)
    assert crossed.to_dict() == {("f", 1): 1, ("m", 1): 3}
    assert crossed.index.nlevels == 2
