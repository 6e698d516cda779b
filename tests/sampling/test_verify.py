"""A sample that was touched does not verify, and what was touched is named."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sampling import PPS, Census, Proportional, Sample, SimpleRandom, Stratified, Systematic, draw, verify

TOWNS = pd.DataFrame(
    {
        "town": [
            "九龙",
            "石垭",
            "坪滩",
            "顾县",
            "罗渡",
            "苟角",
            "中和",
            "裕民",
            "镇裕",
            "白庙",
            "酉溪",
            "同兴",
        ],
        "county": ["岳池县"] * 7 + ["武胜县"] * 5,
        "people": [52, 14, 31, 27, 40, 18, 9, 22, 35, 13, 26, 17],
    }
)
DESIGN = Stratified("county", PPS(n=2, size="people"))
PEOPLE = pd.DataFrame([(str(i), town) for town in TOWNS["town"] for i in range(6)], columns=["id", "town"])


def towns(design: Any = DESIGN) -> Sample:
    return draw(TOWNS, design, key="k", name="towns", unit="town")


def people() -> Sample:
    return draw(PEOPLE, SimpleRandom(n=3), key="k", name="people", unit="id", within=towns())


DRAWN = towns().units["town"].tolist()
UNDRAWN = [one for one in TOWNS["town"] if one not in DRAWN]


def put(table: pd.DataFrame, unit: str, column: str, value: object) -> pd.DataFrame:
    return table.assign(**{column: table[column].astype(object).mask(table["town"] == unit, value)})


def with_units(sample: Sample, units: pd.DataFrame) -> Sample:
    return Sample(units, sample.roles, sample.receipt)


def with_receipt(sample: Sample, **changes: Any) -> Sample:
    return Sample(sample.units, sample.roles, {**copy.deepcopy(sample.receipt), **changes})


def differences(sample: Sample, frame: pd.DataFrame = TOWNS) -> str:
    found = verify(sample, frame)
    assert not found
    assert found.ok is False
    return "\n".join(found.differences)


# --------------------------------------------------------------------------------- nothing touched


@pytest.mark.parametrize(
    "design",
    [
        DESIGN,
        SimpleRandom(n=4),
        Systematic(n=5, order=("county", "people")),
        PPS(n=4, size="people", order=("people",)),
        Stratified(("county",), SimpleRandom(n=Proportional(6, size="people"))),
        Census(),
    ],
)
def test_an_untouched_sample_verifies(design: Any) -> None:
    sample = towns(design)
    found = verify(sample, TOWNS)
    assert found.differences == ()
    assert found
    assert str(found) == "towns: the draw repeats exactly."
    again = Sample(sample.units, json.loads(json.dumps(sample.roles)), json.loads(json.dumps(sample.receipt)))
    assert verify(again, TOWNS.sample(frac=1, random_state=1)).ok


def test_an_untouched_second_stage_verifies_through_json() -> None:
    sample = people()
    again = Sample(sample.units, sample.roles, json.loads(json.dumps(sample.receipt)))
    assert verify(again, PEOPLE).ok
    assert verify(with_units(sample, sample.units[::-1]), PEOPLE).ok


# ------------------------------------------------------------------------------- the frame touched


@pytest.mark.parametrize("unit", [DRAWN[0], UNDRAWN[0]])
def test_a_changed_id_in_the_frame_is_named(unit: str) -> None:
    found = differences(towns(), put(TOWNS, unit, "town", "新镇"))
    assert 'frame: unit "新镇" is not in the frame that was drawn, or not with these values' in found
    assert "frame: 1 of the 12 lines that were drawn from are not in this frame" in found
    assert (f'unit "{unit}" stands in the sample, not in the frame' in found) == (unit in DRAWN)


@pytest.mark.parametrize("unit", [DRAWN[1], UNDRAWN[1]])
@pytest.mark.parametrize(("column", "value"), [("people", 1000), ("county", "华蓥市")])
def test_a_changed_value_in_the_frame_is_named(unit: str, column: str, value: object) -> None:
    old = TOWNS.set_index("town").loc[unit, column]
    frame = pd.concat([put(TOWNS, unit, column, value), *[TOWNS.assign(town="X", county="华蓥市")[:1]]])
    frame = frame if column == "county" else frame[frame["town"] != "X"]
    found = differences(towns(), frame)
    assert f'frame: unit "{unit}" is not in the frame that was drawn, or not with these values' in found
    own = f'unit "{unit}": {column} is {str(old)!r} in the sample, {str(value)!r} in the frame'
    assert (own in found) == (unit in DRAWN)


@pytest.mark.parametrize("unit", [DRAWN[2], UNDRAWN[2]])
def test_a_removed_unit_is_counted_and_named_if_drawn(unit: str) -> None:
    found = differences(towns(), TOWNS[TOWNS["town"] != unit])
    assert "frame: 1 of the 12 lines that were drawn from are not in this frame" in found
    assert (f'unit "{unit}" stands in the sample, not in the frame' in found) == (unit in DRAWN)


def test_an_added_unit_is_named() -> None:
    new = pd.DataFrame({"town": ["新镇"], "county": ["武胜县"], "people": [1]})
    found = differences(towns(), pd.concat([TOWNS, new]))
    assert 'frame: unit "新镇" is not in the frame that was drawn, or not with these values' in found
    assert "lines that were drawn from" not in found
    assert "stratum 武胜县: the receipt says 5 units, repeating gives 6" in found


def test_both_digests_are_shown() -> None:
    sample = towns()
    said = sample.receipt["frame"]["sha256"]
    frame = put(TOWNS, UNDRAWN[0], "people", 15.5)
    done = draw(frame, DESIGN, key="k", name="towns", unit="town").receipt["frame"]["sha256"]
    assert f"frame: its digest is {done}, the receipt says {said}" in differences(sample, frame)


def test_a_frame_too_large_for_fingerprints_is_told_by_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sampling.receipt.LARGEST_FINGERPRINTED", 11)
    sample = towns()
    assert sample.receipt["frame"]["fingerprints"] is None
    assert verify(sample, TOWNS).ok
    found = differences(sample, put(TOWNS, UNDRAWN[0], "people", 15))
    assert "frame: its digest is" in found
    assert "is not in the frame that was drawn" not in found


def test_a_frame_that_cannot_be_drawn_from_says_why() -> None:
    found = differences(towns(), put(TOWNS, DRAWN[0], "people", "many"))
    assert found.startswith(
        "the draw cannot be repeated: draw towns: size 'people' must be a positive number"
    )


# ------------------------------------------------------------------------------ the sample touched


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("weight", 1.5, "weight is 1.5 in the sample, repeating gives "),
        ("prob", 0.5, "prob is 0.5 in the sample, repeating gives "),
        ("stratum", "x", "stratum is x in the sample, repeating gives "),
        ("population", 8, "population is 8 in the sample, repeating gives "),
        ("stage_prob", 1, "stage_prob is 1 in the sample, repeating gives "),
        ("role", "reserve", "role is reserve in the sample, repeating gives main"),
        ("people", 99, "people is '99' in the sample, "),
        ("people", None, "people is 'nan' in the sample, "),
        ("county", "华蓥市", "county is '华蓥市' in the sample, "),
    ],
)
def test_a_changed_value_in_the_sample_is_named(column: str, value: object, said: str) -> None:
    sample = towns()
    touched = with_units(sample, put(sample.units, DRAWN[0], column, value))
    assert f'unit "{DRAWN[0]}": {said}' in differences(touched)


def test_the_last_bit_of_a_weight_counts() -> None:
    sample = towns()
    touched = sample.units.copy()
    touched.loc[0, "weight"] = np.nextafter(touched.loc[0, "weight"], 0)
    assert touched["weight"].dtype == sample.units["weight"].dtype
    assert f'unit "{DRAWN[0]}": weight is ' in differences(with_units(sample, touched))


def test_a_swapped_unit_is_named_on_both_sides() -> None:
    sample = towns()
    [other] = TOWNS[TOWNS["town"] == UNDRAWN[0]].to_dict("records")
    units = sample.units.copy()
    for column, value in other.items():
        units[column] = units[column].astype(object)
        units.loc[0, column] = value
    found = differences(with_units(sample, units))
    assert f'unit "{UNDRAWN[0]}" stands in the sample, not in the receipt' in found
    assert f'unit "{DRAWN[0]}" stands in the receipt, not in the sample' in found


def test_a_unit_left_out_or_repeated_is_named() -> None:
    sample = towns()
    left_out = with_units(sample, sample.units[1:])
    assert differences(left_out) == f'unit "{DRAWN[0]}" stands in the receipt, not in the sample'
    twice = with_units(sample, pd.concat([sample.units, sample.units[:1]]))
    assert differences(twice) == f'unit "{DRAWN[0]}" stands 2 times in the sample'


@pytest.mark.parametrize("column", ["weight", "stratum"])
def test_a_column_left_out_is_named(column: str) -> None:
    sample = towns()
    touched = with_units(sample, sample.units.drop(columns=column))
    assert differences(touched) == f"the sample has no column {column!r}"


def test_a_frame_column_left_out_of_the_sample_is_named() -> None:
    sample = towns()
    found = differences(with_units(sample, sample.units.drop(columns="people")))
    assert found.startswith("the draw cannot be repeated: sample towns: column 'people' is needed")


def test_changed_roles_are_named() -> None:
    sample = towns()
    touched = Sample(sample.units, {**sample.roles, "population": [None]}, sample.receipt)
    assert differences(touched).startswith("roles: the sample says {")


def test_a_unit_of_a_second_stage_is_named_with_its_parent() -> None:
    sample = people()
    units = sample.units.copy()
    town, one = units.loc[0, "town"], units.loc[0, "id"]
    units.loc[0, "weight"] = 1.0
    found = differences(with_units(sample, units), PEOPLE)
    assert found.startswith(f'unit "{one}" of {town}: weight is 1.0 in the sample, repeating gives ')


# ----------------------------------------------------------------------------- the receipt touched


def swapped(receipt: dict[str, Any]) -> list[dict[str, Any]]:
    cells = copy.deepcopy(receipt["cells"])
    for cell in cells:
        cell["drawn"] = [UNDRAWN[0] if one == DRAWN[0] else one for one in cell["drawn"]]
    return cells


RECEIPTS: list[tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = [
    (lambda r: {"key": "K"}, " is drawn on repeating, but does not stand in the receipt"),
    (lambda r: {"name": "town"}, " is drawn on repeating, but does not stand in the receipt"),
    (
        lambda r: {"design": {**r["design"], "method": {**r["design"]["method"], "n": 3}}},
        " is drawn on repeating, but does not stand in the receipt",
    ),
    (
        lambda r: {"design": {"kind": "simple_random", "n": 4}},
        "algorithm: the receipt says 'pps-random-systematic/1', repeating gives 'simple-random/1'",
    ),
    (
        lambda r: {"design": {"kind": "simple_random", "n": 4}},
        "columns: the receipt says ['town', 'county', 'people'], repeating gives ['town']",
    ),
    (lambda r: {"algorithm": "pps-systematic/1"}, "algorithm: the receipt says 'pps-systematic/1', "),
    (lambda r: {"stage": 2}, "stage: the receipt says 2, repeating gives 1"),
    (lambda r: {"roles": {}}, "roles: the receipt says {}, repeating gives "),
    (lambda r: {"frame": {**r["frame"], "sha256": "0" * 64}}, f"the receipt says {'0' * 64}"),
    (lambda r: {"frame": {**r["frame"], "units": 13}}, "frame: its digest is "),
    (lambda r: {"cells": swapped(r)}, f'unit "{UNDRAWN[0]}" stands in the receipt, but repeating does not'),
    (lambda r: {"cells": swapped(r)}, f'unit "{DRAWN[0]}" is drawn on repeating, but does not stand in'),
    (
        lambda r: {"cells": [{**r["cells"][0], "units": 50}, r["cells"][1]]},
        "stratum 岳池县: the receipt says 50 units, repeating gives 7",
    ),
    (
        lambda r: {"cells": [{**r["cells"][0], "stratum": ["x"]}, r["cells"][1]]},
        "stratum x: the receipt says 7 units, repeating gives None",
    ),
]


@pytest.mark.parametrize(("change", "said"), RECEIPTS)
def test_a_changed_receipt_is_named(change: Callable[[dict[str, Any]], dict[str, Any]], said: str) -> None:
    sample = towns()
    assert said in differences(with_receipt(sample, **change(sample.receipt)))


def test_a_changed_parent_in_the_receipt_is_named() -> None:
    sample = people()
    within = copy.deepcopy(sample.receipt["within"])
    within["drawn"][0]["prob"] /= 2
    found = differences(with_receipt(sample, within=within), PEOPLE)
    assert "weight is" in found
    within["drawn"][0]["parent_1"] = UNDRAWN[0]
    found = differences(with_receipt(sample, within=within), PEOPLE)
    assert f"of {UNDRAWN[0]} is drawn on repeating, but does not stand in the receipt" in found


def test_only_the_first_differences_are_printed() -> None:
    found = verify(with_receipt(towns(), key="K"), TOWNS.assign(people=TOWNS["people"] + 1))
    text = str(found).splitlines()
    assert text[0] == f"towns: {len(found.differences)} differences"
    assert len(found.differences) > 20
    assert text[-1] == f"- … and {len(found.differences) - 20} more"
    assert len(text) == 22


# ------------------------------------------------------------------------------------- any one cell

SAMPLE = towns()
steady = settings(deadline=None, derandomize=True, max_examples=150)
any_size = st.one_of(
    st.integers(-5, 10**6), st.floats(0.5, 1e6), st.sampled_from([None, "", "x", float("nan")])
)


def unchanged(column: str, old: object, new: object) -> bool:
    if column == "people":
        return isinstance(new, int | float) and float(new) == old
    return unicodedata.normalize("NFC", str(new)) == old


@steady
@given(st.integers(0, 11), st.sampled_from(["town", "people"]), st.booleans(), st.data())
def test_no_changed_id_or_size_verifies(row: int, column: str, in_frame: bool, data: st.DataObject) -> None:
    table = TOWNS if in_frame else SAMPLE.units
    row = row % len(table)
    new = data.draw(
        any_size if column == "people" else st.one_of(st.text(), st.sampled_from(TOWNS["town"].tolist()))
    )
    assume(not unchanged(column, table[column].iloc[row], new))
    touched = table.astype({column: object})
    touched.loc[row, column] = new
    if in_frame:
        assert not verify(SAMPLE, touched).ok
    else:
        assert not verify(with_units(SAMPLE, touched), TOWNS).ok
