"""Frames read in columns, against Python's own text: sorted lines, str, hashlib."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import Census, FrameError, SimpleRandom, Stratified, draw
from sampling.columns import category, decoded, digits, encoded, unit_ids
from sampling.frame import canonical_text

steady = settings(deadline=None, derandomize=True)
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\n\r\x1f\0", exclude_categories=["Cs"])
ANY_TEXT = st.text(CHARACTERS, min_size=1, max_size=12)
# Few letters, so that ids begin alike and lie within each other; "\t" sorts before the separator.
CLOSE_TEXT = st.text(st.sampled_from("ab0é\t"), min_size=1, max_size=40)
TEXTS = st.one_of(st.lists(ANY_TEXT, min_size=1), st.lists(CLOSE_TEXT, min_size=1))


@steady
@given(TEXTS, st.sampled_from([object, "str", "category"]))
def test_a_digest_is_that_of_sorted_lines(texts: list[str], dtype: str) -> None:
    ids = pd.Series(texts, dtype=object)
    same = canonical_text(ids, "id", "frame")  # normal form C may make two ids one
    ids = ids[~pd.Series(same).duplicated()]
    frame = pd.DataFrame({"id": ids.astype(dtype), "level": [f"L{at % 3}" for at in range(len(ids))]})
    design = Stratified("level", Census())
    sample = draw(frame, design, key="k", name="n", unit="id")
    names = canonical_text(frame["id"], "id", "frame")
    lines = sorted(f"{one}\x1f{level}" for one, level in zip(names, frame["level"], strict=True))
    expected = sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    assert sample.receipt["frame"]["sha256"] == expected
    assert sample.receipt["frame"]["fingerprints"] == "".join(
        sha256(line.encode()).hexdigest()[:8] for line in lines
    )
    found = [(cell["stratum"][0], one) for cell in sample.receipt["cells"] for one in cell["drawn"]]
    by_stratum = sorted((line.split("\x1f")[1], at, line.split("\x1f")[0]) for at, line in enumerate(lines))
    assert found == [(level, one) for level, _, one in by_stratum]


@steady
@given(st.lists(st.integers(0, 10**15 - 1), min_size=1))
def test_digits_are_those_of_python(values: list[int]) -> None:
    assert decoded(digits(np.array(values))) == [str(value) for value in values]


@pytest.mark.parametrize("low", [0, 7, 99, 123_456_789, 4_294_967_295, 10**14])
def test_digits_of_many_numbers_near_each_other(low: int) -> None:
    values = np.repeat(np.arange(low, low + 3), 500)
    assert decoded(digits(values)) == [str(value) for value in values.tolist()]


@steady
@given(st.lists(ANY_TEXT))
def test_encoded_text_comes_back(texts: list[str]) -> None:
    assert decoded(encoded(texts)) == texts


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([3, 1, 2]),
        pd.Series([3.0, 1.0, 2.0]),
        pd.Series([3, 1, 2], dtype="Int64"),
        pd.Series([3, 1, 2], dtype=np.uint8),
        pd.Series(["3", "1", "2"]),
        pd.Series(["3", 1, 2.0], dtype=object),
        pd.Series(["3", "1", "2"], dtype="category"),
        pd.Series([3, 1, 2], dtype="category"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_ids_of_any_type_are_the_same_text(column: pd.Series) -> None:
    assert unit_ids(column, "id", "frame", np.arange(3)).tolist() == [b"3", b"1", b"2"]
    assert category(column, "id", "frame", np.arange(3)).texts == ["1", "2", "3"]


@pytest.mark.parametrize("value", [-7, 10**15, 10**18, True])
def test_whole_ids_beyond_the_short_way_are_their_text(value: int) -> None:
    found = unit_ids(pd.Series([value]), "id", "frame", np.arange(1))
    assert decoded(found) == [str(value)]


def test_a_fault_is_counted_in_all_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sampling.columns.BLOCK", 2)
    frame = pd.DataFrame({"id": ["a", "", "b", "", "c"]})
    with pytest.raises(FrameError, match=r"'id' must not be empty; 2 are, first in row 2"):
        draw(frame, SimpleRandom(n=1), key="k", name="n", unit="id")


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"id": [f"单位{at}" for at in range(20)] + ["z"], "level": [*"xyz"] * 7})
    design = Stratified("level", SimpleRandom(n=2))
    whole = draw(frame, design, key="k", name="n", unit="id")
    monkeypatch.setattr("sampling.columns.BLOCK", 2)
    monkeypatch.setattr("sampling.lottery.BLOCK", 2)
    parts = draw(frame, design, key="k", name="n", unit="id")
    assert parts.receipt == whole.receipt
    pd.testing.assert_frame_equal(parts.units, whole.units, check_exact=True)


def test_a_zero_byte_is_refused() -> None:
    with pytest.raises(FrameError, match="control characters"):
        draw(pd.DataFrame({"id": ["a", "b\0"]}), SimpleRandom(n=1), key="k", name="n", unit="id")
