"""Designs, samples and verifications show themselves: rightly, quietly, and the same on every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling import (
    PPS,
    Balanced,
    Bernoulli,
    Census,
    Multistage,
    Poisson,
    PPSWithReplacement,
    Proportional,
    Quota,
    Sample,
    SelfWeighting,
    SimpleRandom,
    SpatiallyBalanced,
    Stratified,
    Systematic,
    Verification,
    draw,
    verify,
)
from sampling.allocation.declared import AtLeastShare, Bethel, CostOptimal, Equal, Neyman, Power
from sampling.designs import KINDS

Shown = Callable[[Any], Any]
Overlaps = Callable[[Any], list[tuple[str, str]]]
ODD = '<b>&"x"'

DESIGNS = [
    Proportional(20, size="people"),
    SelfWeighting(30, at_least=3),
    Equal(40, at_most=9),
    Neyman(40, of={"县": 1.5, ODD: 0.8}),
    CostOptimal(of="去年得分", cost="fare", budget=5000.0),
    Power(40, of="去年得分", size="people"),
    Bethel(cv={"去年得分": 0.02}, by="县", by_cv={"去年得分": 0.05}),
    AtLeastShare(0.3, {ODD: 1.0}),
    SimpleRandom(n=4),
    Systematic(n=4, order=("office", "grade")),
    PPS(n=SelfWeighting(9), size="人口"),
    Bernoulli(rate=0.1),
    PPSWithReplacement(n=4, size="人口"),
    Poisson(n=4, size="人口"),
    Balanced(n=4, on=("人口", "office")),
    SpatiallyBalanced(n=4, over=("x", "y"), size="人口"),
    Census(),
    Quota(n=12, by=("age_group", "sex")),
    Multistage({"镇": Stratified("县", PPS(n=4, size="人口")), ODD: SimpleRandom(n=20)}),
    Stratified(("县", ODD), PPS(n=Proportional(35, at_least=3), size="人口", order=("grade",))),
]


def towns(strata: int, each: int = 4) -> pd.DataFrame:
    """Strata of growing size, first one unit more than ``each``."""
    counties = [f"模拟{at:03d}县" for at in range(strata) for _ in range(each + 1 + at % 3)]
    return pd.DataFrame({"town": [f"t{at}" for at in range(len(counties))], "county": counties})


def sample_of(strata: int) -> Sample:
    design = Stratified("county", SimpleRandom(n=3))
    return draw(towns(strata), design, key="公开的<钥匙>", name="2013/towns", unit="town")


# ------------------------------------------------------------------------------------------- designs


def test_every_kind_of_design_shows_itself() -> None:
    assert {type(one) for one in DESIGNS} == set(KINDS.values())


@pytest.mark.parametrize("design", DESIGNS, ids=lambda one: one.kind)
def test_a_design_shows_its_parameters(design: Any, shown: Shown) -> None:
    page = shown(design)
    assert page.text.startswith(type(design).__name__)
    assert "kind" not in page.text and "``" not in page.text
    assert "None" not in page.text and "()" not in page.text


def test_parts_of_a_design_stand_inside(shown: Shown) -> None:
    page = shown(DESIGNS[-1])
    cells = [cell for row in page.rows for cell in row]
    assert cells[:2] == ["by", f"县, {ODD}"]
    assert ["total", "35"] in page.rows and ["at_least", "3"] in page.rows and ["size", "人口"] in page.rows
    assert "PPS" in cells and "Proportional" in cells


# ------------------------------------------------------------------------------------------- samples


def test_a_sample_shows_units_drawn_and_in_the_frame(shown: Shown) -> None:
    frame, sample = towns(6), sample_of(6)
    page = shown(sample)
    # By another way: counting rows of the frame and of the sample.
    units, drawn = frame["county"].value_counts(), sample.units["county"].value_counts()
    expected = [
        [county, str(drawn[county]), str(units[county]), f"{100 * drawn[county] / units[county]:.1f}%"]
        for county in sorted(units.index)
    ]
    at = page.rows.index(["stratum", "drawn", "in frame", "share"])
    assert page.rows[at + 1 :] == expected
    facts = dict(row for row in page.rows[:at] if len(row) == 2)
    assert facts["key"] == "公开的<钥匙>"
    assert facts["algorithm"] == "simple-random/1"
    assert facts["roles"] == "weight: weight; stratum: stratum; psu: psu; population: population"
    digest = sample.receipt["frame"]["sha256"]
    assert facts["frame sha256"] == f"{digest[:12]}…" and digest not in page.text
    assert f"Sample 2013/towns 18 of {len(frame)} units" in page.text
    assert "more" not in page.text


def test_a_sample_shows_twenty_strata_and_counts_the_rest(shown: Shown) -> None:
    page = shown(sample_of(35))
    assert sum("%" in row[-1] for row in page.rows) == 20
    assert page.text.endswith("… and 15 more")


def test_a_second_stage_says_what_it_is_within(shown: Shown) -> None:
    first = draw(towns(2), SimpleRandom(n=2), key="k", name="towns", unit="town")
    lists = pd.DataFrame(
        {"town": np.repeat(first.units["town"], 5), "id": [*"abcdefghij"], "sex": [*"fm"] * 5}
    )
    second = draw(
        lists, Stratified("sex", SimpleRandom(n=1)), key="k", name="people", unit="id", within=first
    )
    page = shown(second)
    assert ["within", "towns"] in page.rows
    strata = [row[0] for row in page.rows if row[-1].endswith("%")]
    assert strata == [f"{town} / {sex}" for town in sorted(first.units["town"]) for sex in "fm"]
    facts = dict(row for row in page.rows if len(row) == 2)
    assert "stratum: —, stratum_2" in facts["roles"]


def test_names_that_are_html_are_shown_as_they_are(shown: Shown) -> None:
    frame = pd.DataFrame({ODD: ["<i>1", "<i>2", "<i>3"], "s": [ODD, ODD, "b"]})
    sample = draw(frame, Stratified("s", SimpleRandom(n=1)), key="k", name=f"{ODD}/d", unit=ODD)
    page = shown(sample)
    assert page.text.startswith(f"Sample {ODD}/d") and [ODD, "1", "2", "50.0%"] in page.rows


def test_a_sample_is_one_line_of_text() -> None:
    assert (
        repr(sample_of(6))
        == str(sample_of(6))
        == "Sample('2013/towns': 18 of 36 units in 6 strata, simple-random/1)"
    )
    assert repr(Sample(pd.DataFrame(), {}, {})) == "Sample(None: 0 of 0 units, None)"


# ------------------------------------------------------------------------------------- verifications


def test_a_verification_shows_what_differs(shown: Shown) -> None:
    sample = sample_of(6)
    assert shown(verify(sample, towns(6))).text == "2013/towns the draw repeats exactly"
    page = shown(Verification(ODD, (f"unit {ODD}",)))
    assert page.text.startswith(f"{ODD} 1 difference") and page.rows == [[f"unit {ODD}"]]
    page = shown(Verification("d", tuple(f"unit {at}" for at in range(23))))
    assert "23 differences" in page.text and page.text.endswith("… and 3 more")
    assert [row[0] for row in page.rows] == [f"unit {at}" for at in range(20)]


def test_a_verification_is_one_line_of_text() -> None:
    assert repr(Verification("d", ())) == "Verification('d': repeats exactly)"
    assert repr(Verification("d", ("unit",) * 1200)) == "Verification('d': 1,200 differences)"


# ------------------------------------------------------------------------------------------- figures


@pytest.mark.parametrize("strata", [1, 6, 35])
def test_a_sample_is_drawn_with_a_dot_for_every_stratum(strata: int, overlaps: Overlaps) -> None:
    sample = sample_of(strata)
    figure = sample.plot()
    assert overlaps(figure) == []
    share = 100 * sample.units.groupby("county").size() / towns(strata).groupby("county").size()
    (dots,) = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert dots.get_xdata().tolist() == pytest.approx(share.tolist())
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert [text for text in texts if text.startswith("模拟")] == share.index.tolist()


def test_a_sample_of_too_many_strata_is_cut(overlaps: Overlaps) -> None:
    figure = sample_of(75).plot()
    assert overlaps(figure) == []
    assert sum(text.get_text().startswith("模拟") for text in figure.axes[0].texts) == 60
    assert "and 15 more strata" in figure.axes[0].get_xlabel()


def test_long_and_odd_names_find_room(overlaps: Overlaps) -> None:
    long = "𠀀$x_1$" + "国家电网四川省电力公司广安电业局" * 4
    frame = pd.DataFrame({"id": [*"abcd"], "s": [long, long, "b", "b"]})
    sample = draw(frame, Stratified("s", SimpleRandom(n=1)), key="k", name=long, unit="id")
    design = Stratified((long, "b$x$"), PPS(n=SelfWeighting(100), size=long, order=(long, long, long)))
    for figure in (sample.plot(), design.plot()):
        assert overlaps(figure) == []
        texts = [*figure.axes[0].texts, figure.axes[0].xaxis.label]
        assert any("〓$x_1$国家" in text.get_text() for text in texts)
        assert not any(text.get_parse_math() for text in texts if "$" in text.get_text())


@pytest.mark.parametrize("design", [one for one in DESIGNS if hasattr(one, "plot")], ids=lambda one: one.kind)
def test_a_design_is_drawn_as_a_tree(design: Any, overlaps: Overlaps) -> None:
    figure = design.plot()
    assert overlaps(figure) == []
    texts = [text.get_text() for text in figure.axes[0].texts]
    boxes, lines = len(figure.axes[0].patches), len(figure.axes[0].lines)
    # Frame and method; with strata three of them between, each joined to both.
    # Of two stages the second hangs on the method of the first.
    due = {Stratified: (5, 6), Multistage: (6, 7)}
    assert (boxes, lines) == due.get(type(design), (2, 1))
    assert texts[0] == "frame"


def test_figures_leave_no_trace() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    figure = sample_of(3).plot()
    assert figure._repr_png_() == figure._repr_png_()  # type: ignore[attr-defined]
    Census().plot()
    assert dict(mpl.rcParams) == before
