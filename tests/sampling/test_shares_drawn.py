"""A share of every stratum drawn inside drawn units, by size, from files, weak spots more often: by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sampling import (
    PPS,
    AtLeastShare,
    Sample,
    SimpleRandom,
    Stratified,
    draw,
    verify,
)

KINDS = ["老党员", "困难群众", "孤寡老人", "留守儿童", "上访老户"]


def drawn(sizes: dict[str, int], number: AtLeastShare, **more: Any) -> Sample:
    names = [name for name, n in sizes.items() for _ in range(n)]
    frame = pd.DataFrame({"id": [f"h{at:03d}" for at in range(len(names))], "stratum": names})
    return draw(frame, Stratified("stratum", SimpleRandom(number, **more)), key="k", name="n", unit="id")


def counts(sample: Sample) -> dict[str, int]:
    return {cell["stratum"][0]: len(cell["drawn"]) for cell in sample.receipt["cells"]}


def test_weak_spots_are_drawn_more_often_with_their_probabilities() -> None:
    found = drawn({"weak": 10, "usual": 20}, AtLeastShare(0.2, {"weak": 0.6}))
    assert counts(found) == {"weak": 6, "usual": 4}
    weights = found.units.groupby("stratum")["weight"].agg(["unique", "sum"])
    assert weights["unique"].map(list).to_dict() == {"weak": [10 / 6], "usual": [20 / 4]}
    np.testing.assert_allclose(weights["sum"].to_dict()["weak"], 10)


def test_key_persons_are_always_visited_and_the_rest_at_least_three_in_ten() -> None:
    """S6: at least 30 % of every village's households, five kinds of key persons always."""
    rows = [("东村", kind) for kind in KINDS for _ in range(2)] + [("东村", "其他")] * 41
    rows += [("西村", "老党员")] * 3 + [("西村", "其他")] * 10
    frame = pd.DataFrame(rows, columns=["village", "kind"]).assign(id=lambda t: range(len(t)))
    number = AtLeastShare(0.3, dict.fromkeys(KINDS, 1.0))
    design = Stratified(("village", "kind"), SimpleRandom(number))
    found = draw(frame, design, key="k", name="homes", unit="id")
    # 东村 10 key households of 51 and ⌈12.3⌉ = 13 others; 西村 3 of 13 and 3; ⌈0.3 × 51⌉ = 16, ⌈0.3 × 13⌉ = 4
    assert found.units["village"].value_counts().to_dict() == {"东村": 23, "西村": 6}
    key = found.units[found.units["kind"] != "其他"]
    assert len(key) == 13 and (key["weight"] == 1).all()
    assert verify(found, frame).differences == ()
    assert verify(found, frame[frame["id"] != key["id"].iloc[0]]).differences != ()


def test_the_share_holds_in_every_unit_drawn_before() -> None:
    homes = pd.DataFrame({"id": range(31), "village": ["a"] * 10 + ["b"] * 11 + ["c"] * 10})
    villages = pd.DataFrame({"village": ["a", "b", "c"]})
    above = draw(villages, SimpleRandom(n=2), key="k", name="v", unit="village")
    design = SimpleRandom(AtLeastShare(0.3))
    found = draw(homes, design, key="k", name="h", unit="id", within=above)
    due = {"a": 3, "b": 4, "c": 3}
    assert found.units["village"].value_counts().to_dict() == {
        one: due[one] for one in above.units["village"]
    }


def test_by_size_within_strata() -> None:
    frame = pd.DataFrame({"id": range(20), "stratum": ["a"] * 10 + ["b"] * 10, "people": range(1, 21)})
    design = Stratified("stratum", PPS(AtLeastShare(0.3, {"a": 1.0}), size="people"))
    found = draw(frame, design, key="k", name="n", unit="id")
    assert counts(found) == {"a": 10, "b": 3}
    assert (found.units.loc[found.units["stratum"] == "a", "weight"] == 1).all()


def test_files_give_the_same_sample(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [f"h{at:03d}" for at in range(21)], "stratum": ["a"] * 10 + ["b"] * 11})
    frame.to_parquet(tmp_path / "homes.parquet")
    design = Stratified("stratum", SimpleRandom(AtLeastShare(0.3, {"a": 1.0})))
    there = draw(tmp_path / "homes.parquet", design, key="k", name="n", unit="id")
    assert (
        there.units["id"].tolist() == draw(frame, design, key="k", name="n", unit="id").units["id"].tolist()
    )
    assert counts(there) == {"a": 10, "b": 4}
