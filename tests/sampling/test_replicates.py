"""Reserves in replicates: cut in lottery order, released whole, with the probabilities that are stated.

Oracles: the receipt's own order, (n + k)/N by hand, counts over repeated draws, hypergeometric chances.
"""

from __future__ import annotations

from math import comb

import numpy as np
import pandas as pd
import pytest

from sampling import DesignError, Sample, SimpleRandom, Stratified, draw, release, replicates, verify

FRAME = pd.DataFrame(
    [(f"{name}{at:02d}", name) for name, size in (("x", 12), ("y", 9), ("z", 4)) for at in range(size)],
    columns=["id", "stratum"],
)
DESIGN = Stratified("stratum", SimpleRandom(n=3, reserve=1.0))


def drawn(key: str = "k", design: object = DESIGN, frame: pd.DataFrame = FRAME) -> Sample:
    return draw(frame, design, key=key, name="r", unit="id")  # type: ignore[arg-type]


def test_replicates_are_cut_in_lottery_order_stratum_by_stratum() -> None:
    sample = drawn()
    found = sample.units.assign(replicate=replicates(sample, 2))
    for cell in sample.receipt["cells"]:
        own = found[found["stratum"] == cell["stratum"][0]].set_index("id")["replicate"]
        assert own[cell["drawn"]].tolist() == [0, 0, 0]
        assert own[cell["reserve"]].tolist() == [1, 1, 2][: len(cell["reserve"])]
    # z has 4 units: 3 main and 1 reserve, so one replicate of one.
    assert found.groupby("stratum")["replicate"].max().to_dict() == {"x": 2, "y": 2, "z": 1}
    shuffled = Sample(sample.units.iloc[::-1], sample.roles, sample.receipt)
    assert replicates(shuffled, 2).to_dict() == replicates(sample, 2).to_dict()


@pytest.mark.parametrize(("k", "more"), [(0, (0, 0, 0)), (1, (2, 2, 1)), (2, (3, 3, 1))])
def test_released_replicates_count_as_so_many_units(k: int, more: tuple[int, int, int]) -> None:
    sample = drawn()
    worked = release(sample, k, size=2)
    units = worked.units
    assert set(units["id"]) == set(sample.units["id"][replicates(sample, 2) <= k])
    due = {
        name: (3 + m) / size for (name, size), m in zip({"x": 12, "y": 9, "z": 4}.items(), more, strict=True)
    }
    assert units.groupby("stratum")["prob"].unique().map(list).to_dict() == {n: [p] for n, p in due.items()}
    same = release(sample, dict(zip("xyz", more, strict=True)))
    assert worked.receipt == same.receipt and worked.units.equals(same.units)
    assert verify(worked, FRAME).differences == ()


def test_replicates_may_be_released_by_stratum_or_share() -> None:
    sample = drawn()
    by_name = release(sample, {"x": 2, "y": 1}, size=2).units["stratum"].value_counts()
    assert by_name.to_dict() == {"x": 6, "y": 5, "z": 3}
    # Half of two replicates is one; half of z's one, rounded up, is one.
    half = release(sample, 0.5, size=2).units["stratum"].value_counts()
    assert half.to_dict() == {"x": 5, "y": 5, "z": 4}
    assert len(release(sample, 1.0, size=2).units) == len(sample.units)


def said(rule: str, call: object) -> str:
    with pytest.raises(DesignError) as caught:
        call()  # type: ignore[operator]
    assert caught.value.rule == rule and max(caught.value.chinese) >= "\u4e00"
    return str(caught.value)


def test_what_cannot_be_released_is_refused() -> None:
    sample = drawn()
    for size in (0, -1, 1.5, True, "2"):
        text = said("bad_replicate", lambda size=size: release(sample, 1, size=size))
        assert text == f"draw r: a replicate needs a whole number of units of at least 1; it is {size!r}."
        said("bad_replicate", lambda size=size: replicates(sample, size))
    said("bad_release", lambda: release(sample, 3, size=2))
    said("bad_release", lambda: release(sample, {"z": 2}, size=2))
    said("bad_release", lambda: release(sample, {"w": 1}, size=2))
    said("no_reserves", lambda: replicates(drawn(design=Stratified("stratum", SimpleRandom(n=3))), 2))


def test_units_are_worked_as_often_as_stated() -> None:
    """600 draws of benchmarks/replicates.py, which does 10,000: 5/12 in x, 5/9 in y, 4/4 in z."""
    draws, counts = 600, pd.Series(0, index=FRAME["id"])
    for number in range(draws):
        counts[release(drawn(f"often {number}"), 1, size=2).units["id"]] += 1
    due = FRAME["stratum"].map({"x": 5 / 12, "y": 5 / 9, "z": 1.0}).to_numpy()
    assert (counts[-4:] == draws).all()
    z = (counts.to_numpy() / draws - due)[:-4] / np.sqrt(due * (1 - due) / draws)[:-4]
    assert np.abs(z).max() < 4  # 21 units: by chance once in 750


def test_probabilities_where_release_follows_contacts_are_what_the_docstring_says() -> None:
    # 12 units, 6 can be met, 3 main. A unit outside the main sample is 4th or 5th with 2/9; two more are
    # released where at most one of the 3, drawn from the 11 others, can be met.
    def worked(met_others: int) -> float:
        few = sum(comb(met_others, m) * comb(11 - met_others, 3 - m) for m in (0, 1)) / comb(11, 3)
        return 3 / 12 + 9 / 12 * 2 / 9 * few

    assert (round(worked(5), 3), round(worked(6), 3)) == (0.346, 0.321)
    stated = 3 / 12 + 2 / 12 * sum(comb(6, m) * comb(6, 3 - m) for m in (0, 1)) / comb(12, 3)
    assert round(stated, 3) == 0.333 and (worked(5) + worked(6)) / 2 == pytest.approx(stated)
    assert all(text in str(release.__doc__) for text in ("0.346", "0.321", "0.333"))
