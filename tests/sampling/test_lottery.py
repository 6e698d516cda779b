"""Lottery numbers, computed again from their published definition with hashlib alone."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling import DesignError, SimpleRandom, draw
from sampling.lottery import Lottery, lottery_order, numbers

NFC, NFD = "Zoë-é", unicodedata.normalize("NFD", "Zoë-é")


def published(*fields: str) -> Fraction:
    """The definition: first 53 bits, over 2^53, of SHA-256 of the fields joined by U+001F, UTF-8, NFC."""
    text = unicodedata.normalize("NFC", "\x1f".join(fields))
    return Fraction(int.from_bytes(sha256(text.encode("utf-8")).digest(), "big") >> (256 - 53), 2**53)


@pytest.mark.parametrize("key", ["k", "2013年广安", NFD])
@pytest.mark.parametrize("name", ["towns", "2013/市教育局/users", NFD])
@pytest.mark.parametrize("parents", [(), ("岳池县",), ("岳池县", "九龙镇")])
def test_a_number_is_the_first_53_bits_of_the_joined_fields(
    key: str, name: str, parents: tuple[str, ...]
) -> None:
    ids = ["T1", "九龙镇", "1", "é", "a b"]
    stage = 1 + len(parents)
    found = numbers(Lottery(key, name, stage).digests("order", parents, ids))
    expected = [published(key, "order", name, str(stage), *parents, one) for one in ids]
    assert [Fraction(value) for value in found.tolist()] == expected


def test_all_four_words_are_the_digest() -> None:
    words = Lottery("k", "towns").digests("order", [], ["九龙镇"])
    digest = sha256("k\x1forder\x1ftowns\x1f1\x1f九龙镇".encode()).digest()
    assert words.astype(">u8").tobytes() == digest


def test_no_ids_give_no_numbers() -> None:
    assert Lottery("k", "towns").digests("order", [], []).shape == (0, 4)


@pytest.mark.parametrize(
    "other",
    [
        ("K", "order", "towns", 1, (), "T1"),
        ("k", "start", "towns", 1, (), "T1"),
        ("k", "order", "town", 1, (), "T1"),
        ("k", "order", "towns", 2, (), "T1"),
        ("k", "order", "towns", 1, ("p",), "T1"),
        ("k", "order", "towns", 1, (), "T2"),
    ],
)
def test_every_field_counts(other: tuple[Any, ...]) -> None:
    key, purpose, name, stage, parents, one = other
    base = Lottery("k", "towns").digests("order", [], ["T1"])
    assert (Lottery(key, name, stage).digests(purpose, parents, [one]) != base).all()


def test_fields_do_not_run_together() -> None:
    a = Lottery("k", "towns", 2).digests("order", ["ab"], ["c"])
    b = Lottery("k", "towns", 2).digests("order", ["a"], ["bc"])
    assert (a != b).all()


@pytest.mark.parametrize(
    ("parents", "stratum", "fields"),
    [
        ((), (), ("1", "")),
        ((), ("岳池县",), ("1", "岳池县")),
        ((), ("岳池县", "乡"), ("1", "岳池县", "乡")),
        (("T1",), (), ("2", "T1", "")),
        (("T1",), ("乡",), ("2", "T1", "乡")),
    ],
)
def test_a_start_is_the_number_of_its_stratum(
    parents: tuple[str, ...], stratum: tuple[str, ...], fields: tuple[str, ...]
) -> None:
    start = Lottery("k", "towns", int(fields[0])).start(parents, stratum)
    assert Fraction(start, 2**53) == published("k", "start", "towns", *fields)


def test_units_stand_in_order_of_their_numbers() -> None:
    ids = [f"单位{i}" for i in range(200)]
    order = lottery_order(Lottery("k", "n").digests("order", [], ids), ids)
    by_definition = sorted(ids, key=lambda one: published("k", "order", "n", "1", one))
    assert [ids[i] for i in order] == by_definition


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([[7, 0, 0, 1], [7, 0, 0, 0], [3, 9, 9, 9]], ["c", "b", "a"]),  # by the last word
        ([[7, 2, 0, 0], [7, 1, 9, 9], [7, 1, 9, 8]], ["c", "b", "a"]),  # by the words between
        ([[2**64 - 1, 0, 0, 0], [2**64 - 2, 0, 0, 0], [0, 0, 0, 0]], ["c", "b", "a"]),  # same 53 bits
    ],
)
def test_ties_go_by_the_whole_digest(words: list[list[int]], expected: list[str]) -> None:
    order = lottery_order(np.array(words, dtype=np.uint64), ["a", "b", "c"])
    assert [["a", "b", "c"][i] for i in order] == expected


def test_ties_of_whole_digests_go_by_id() -> None:
    ids = ["丙", "b", "a"]
    order = lottery_order(np.full((3, 4), 5, dtype=np.uint64), ids)
    assert [ids[i] for i in order] == ["a", "b", "丙"]  # by code point


def test_composed_and_decomposed_text_draw_the_same() -> None:
    composed = pd.DataFrame({"id": [f"é{i}" for i in range(30)]})
    decomposed = composed.map(lambda one: unicodedata.normalize("NFD", one))
    assert (composed != decomposed).all(axis=None)
    one = draw(composed, SimpleRandom(n=9), key=NFC, name=NFC, unit="id")
    two = draw(decomposed, SimpleRandom(n=9), key=NFD, name=NFD, unit="id")
    pd.testing.assert_frame_equal(one.stages, two.stages)
    assert one.receipt["frame"] == two.receipt["frame"]


@pytest.mark.parametrize("value", ["a\x1fb", "", 7, None])
@pytest.mark.parametrize("field", ["key", "name"])
def test_key_and_name_must_be_text_without_the_separator(field: str, value: Any) -> None:
    fields = {"key": "k", "name": "towns", field: value}
    with pytest.raises(DesignError) as caught:
        Lottery(**fields)
    where = f"draw {fields['name']}"
    assert (
        str(caught.value)
        == f"{where}: the {field} must be text without U+001F and not empty; it is {value!r}."
    )
    assert caught.value.chinese == f"{where}：{field} 必须是非空文本且不含 U+001F，现在是 {value!r}。"
