"""Draws repeated from docs/proof.md with hashlib, fractions and a plain loop, nothing of ours between."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling import PPS, Bernoulli, Poisson, Stratified, Systematic, draw
from sampling.lottery import Lottery

KEY, NAME, ONE = "公开的钥匙", "2013/乡镇", 2**53
TOWNS = pd.DataFrame(
    {
        "town": [f"T{at:02d}" for at in range(30)],
        "county": ["岳池县"] * 17 + ["武胜县"] * 13,
        "people": [9, 10, 33, 4, 52, 7, 18, 21, 6, 250, 12, 3, 44, 8, 15, 27, 61, 5, 90, 14, 2, 11, 48, 70]
        + [31, 8, 8, 25, 40, 16],
    }
)


def digest(*fields: str) -> bytes:
    return sha256("\x1f".join(fields).encode()).digest()


def first53(text: bytes) -> int:
    return int.from_bytes(text[:8], "big") >> 11


def lottery_number(town: str) -> Fraction:
    return Fraction(first53(digest(KEY, "order", NAME, "1", town)), ONE)


def duel_number(town: str) -> Fraction:
    return Fraction(first53(digest(KEY, "order", NAME, "1", town)[24:]), ONE)


def start(county: str) -> int:
    return first53(digest(KEY, "start", NAME, "1", county))


def probabilities(sizes: dict[str, int], n: int) -> dict[str, Fraction]:
    """While some size × (units still to draw) reaches the sum of sizes left, all such are certain."""
    certain: set[str] = set()
    while True:
        left = n - len(certain)
        total = sum(size for town, size in sizes.items() if town not in certain)
        more = {t for t, size in sizes.items() if t not in certain and left * size >= total}
        if not more:
            return {
                town: Fraction(1) if town in certain else Fraction(left * size, total)
                for town, size in sizes.items()
            }
        certain |= more


def duels(listed: list[str], prob: dict[str, Fraction]) -> set[str]:
    drawn, survivor, mass = set(), "", Fraction(0)
    for town in listed:
        a, b = mass, prob[town]
        if not a:
            survivor, mass = town, b
            continue
        wins = duel_number(town) < (b / (a + b) if a + b < 1 else (1 - a) / (2 - a - b))
        if a + b < 1:
            survivor = town if wins else survivor
            mass = a + b
        else:
            drawn.add(town if wins else survivor)
            survivor = survivor if wins else town
            mass = a + b - 1
    return drawn


def repeated(design: Any, county: str) -> set[str]:
    """Draw one county by the words of the page."""
    part = TOWNS[TOWNS["county"] == county]
    sizes = dict(zip(part["town"], part["people"].tolist(), strict=True))
    if isinstance(design, Bernoulli):
        return {town for town in sizes if lottery_number(town) < Fraction(design.rate)}
    n = design.n
    if isinstance(design, Systematic):
        listed = sorted(sizes, key=lambda town: (sizes[town], town))
        first = start(county) * len(listed) // ONE
        return {listed[(first + at * (len(listed) // n)) % len(listed)] for at in range(n)}
    prob = probabilities(sizes, n)
    if isinstance(design, Poisson):
        return {town for town in sizes if lottery_number(town) < prob[town]}
    certain = {town for town in sizes if prob[town] == 1}
    by_list = sorted(sizes, key=lambda town: (sizes[town], town))
    by_lottery = sorted(sizes, key=lambda town: digest(KEY, "order", NAME, "1", town))
    rest = [town for town in (by_list if design.order else by_lottery) if town not in certain]
    if design.method == "pareto":
        odds = {t: lottery_number(t) * (1 - prob[t]) / (prob[t] * (1 - lottery_number(t))) for t in rest}
        return certain | set(sorted(rest, key=odds.__getitem__)[: n - len(certain)])
    return certain | duels(rest, prob)


DESIGNS: dict[str, Any] = {
    "bernoulli": Bernoulli(0.4),
    "circular": Systematic(5, order=("people",), circular=True),
    "poisson": Poisson(5, "people"),
    "pivotal in lottery order": PPS(5, "people", method="pivotal"),
    "pivotal along the list": PPS(5, "people", order=("people",), method="pivotal"),
    "pareto": PPS(5, "people", method="pareto"),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_draw_is_what_the_page_says(name: str) -> None:
    design = DESIGNS[name]
    sample = draw(TOWNS, Stratified("county", design), key=KEY, name=NAME, unit="town")
    for county in ("岳池县", "武胜县"):
        drawn = set(sample.units.loc[sample.units["county"] == county, "town"])
        assert drawn == repeated(design, county)
        assert 0 < len(drawn) < 13


def test_the_stream_is_philox_keyed_by_the_digest() -> None:
    words = np.frombuffer(digest(KEY, "stream", NAME, "2", "岳池县", "九龙镇")[:16], dtype=">u8")
    raw = np.random.Philox(key=words.astype(np.uint64)).random_raw(7)
    stream = Lottery(KEY, NAME, 2).stream(["岳池县"], ["九龙镇"])
    found = np.concatenate([stream.numbers(3), stream.numbers(4)])  # one after the other
    assert [Fraction(value) for value in found.tolist()] == [Fraction(int(one) >> 11, ONE) for one in raw]
