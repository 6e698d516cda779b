"""At least a share of every stratum: exact decimals, other shares for some, by hand."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pandas as pd
import pytest

from sampling import AtLeastShare, DesignError, SimpleRandom, Stratified, Systematic, draw, verify


def homes() -> pd.DataFrame:
    """Three homes of one kind and eleven of another in village x; ten of the other in y."""
    kinds = [*"ooo", *"n" * 11, *"n" * 10]
    return pd.DataFrame({"id": range(24), "village": ["x"] * 14 + ["y"] * 10, "kind": kinds})


@pytest.mark.parametrize("percent", range(1, 101))
def test_every_share_in_whole_percent_is_rounded_up_exactly(percent: int) -> None:
    """Against fractions; ceil of floats draws one too many of 100 at 7 %, for one."""
    share = percent / 100
    for units in (1, 7, 10, 11, 100, 333):
        assert AtLeastShare(share).of(units) == ceil(Fraction(percent, 100) * units)


def test_strata_have_their_shares() -> None:
    """ceil(0.3 × 11) = 4 and ceil(0.3 × 10) = 3 of the others, all three of the kind with share 1."""
    number = AtLeastShare(0.3, {"o": 1.0})
    sample = draw(
        homes(), Stratified(("village", "kind"), SimpleRandom(n=number)), key="k", name="h", unit="id"
    )
    assert sample.units.groupby(["village", "kind"]).size().to_dict() == {
        ("x", "n"): 4,
        ("x", "o"): 3,
        ("y", "n"): 3,
    }
    assert sample.units.groupby("kind")["prob"].first().to_dict() == {"n": 4 / 11, "o": 1.0}
    assert sample.units["weight"].sum() == pytest.approx(24)
    assert verify(sample, homes().sample(frac=1, random_state=1))
    assert len(draw(homes(), Systematic(n=AtLeastShare(0.5)), key="k", name="h", unit="id").units) == 12


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        (AtLeastShare(0.0), "bad_share"),
        (AtLeastShare(1.1), "bad_share"),
        (AtLeastShare(0.3, {"n": True}), "bad_share"),
        (AtLeastShare(0.3, {"烈属": 1.0}), "no_such_stratum"),
    ],
)
def test_a_share_that_cannot_be_is_refused(number: AtLeastShare, rule: str) -> None:
    design = Stratified(("village", "kind"), SimpleRandom(n=number))
    with pytest.raises(DesignError) as caught:
        draw(homes(), design, key="k", name="h", unit="id")
    assert caught.value.rule == rule
    assert str(caught.value) != caught.value.chinese
