"""Any design on any frame: drawn as stated and proven, or refused in our own words; nothing between."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sampling import (
    PPS,
    Balanced,
    Bernoulli,
    Census,
    DesignError,
    FrameError,
    Poisson,
    PPSWithReplacement,
    Proportional,
    Sample,
    SimpleRandom,
    SpatiallyBalanced,
    Stratified,
    Systematic,
    draw,
    inclusion_probabilities,
    verify,
)
from sampling.designs import ALONG_A_LIST, PPSMethod, method_of

steady = settings(
    deadline=None, derandomize=True, max_examples=250, suppress_health_check=[HealthCheck.too_slow]
)

TEXT = st.text(st.characters(codec="utf-8"), max_size=4)
IDS = st.one_of(
    st.lists(st.integers(-9, 10**16), max_size=12),
    st.lists(TEXT, max_size=12),
    st.lists(st.one_of(TEXT, st.integers(0, 9), st.floats(), st.none()), max_size=8),
    st.integers(1, 40).map(lambda n: [f"S{at:03d}" for at in range(n)]),
    st.integers(1, 40).map(lambda n: list(range(n))),
)
SIZES = st.one_of(
    st.integers(1, 50),
    st.floats(1e-3, 1e6),
    st.sampled_from([1e-300, 1e300, 10**15, 0.1, 0.2, 0.3]),
)
ODD_SIZES = st.one_of(
    SIZES, st.sampled_from([0, -1, None, np.nan, np.inf, "12", "x", True]), st.floats(allow_nan=True)
)
VALUES = st.one_of(st.integers(-5, 5), st.floats(-1e6, 1e6))
NUMBERS = st.one_of(st.integers(1, 6), st.integers(1, 40), st.builds(Proportional, st.integers(1, 20)))
ODD_NUMBERS = st.one_of(NUMBERS, st.sampled_from([0, -1, 2.0, 1.5, True, None, "3", 10**9]))


@st.composite
def frames(draw_: Any) -> pd.DataFrame:
    ids = draw_(IDS)
    many = len(ids)
    odd = draw_(st.integers(0, 3)) == 0

    def column(values: Any) -> pd.Series:
        listed = draw_(st.lists(values, min_size=many, max_size=many))
        return pd.Series(listed, dtype=None if len(set(map(type, listed))) == 1 else object)

    strata = st.one_of(st.sampled_from("ab"), st.sampled_from([1, 2.0, "c", None] if odd else [1, 2.0, "c"]))
    return pd.DataFrame(
        {
            "id": pd.Series(ids, dtype=None if len(set(map(type, ids))) == 1 else object),
            "stratum": column(strata),
            "size": column(ODD_SIZES if odd else SIZES),
            "x": column(ODD_SIZES if odd else VALUES),
            "y": column(VALUES),
        }
    )


@st.composite
def designs(draw_: Any) -> Any:
    n = draw_(ODD_NUMBERS if draw_(st.integers(0, 4)) == 0 else NUMBERS)
    order = draw_(st.sampled_from([(), ("x",), ("stratum", "size"), ("id",)]))
    pps = draw_(st.sampled_from(get_args(PPSMethod)))
    size = draw_(st.sampled_from([None, "size"]))
    method = draw_(
        st.sampled_from(
            [
                SimpleRandom(n, reserve=draw_(st.sampled_from([0.0, 0.5]))),
                Bernoulli(draw_(st.floats(0.01, 1))),
                Systematic(n, order, circular=draw_(st.booleans())),
                PPS(n, "size", order if pps in ALONG_A_LIST else (), pps),
                PPSWithReplacement(n, "size"),
                Poisson(n, "size"),
                Balanced(n, draw_(st.sampled_from([("x",), ("x", "y"), ("y", "size")])), size),
                SpatiallyBalanced(n, draw_(st.sampled_from([("x",), ("x", "y")])), size),
                Census(),
            ]
        )
    )
    by = draw_(st.sampled_from([None, "stratum", ("stratum", "y"), "nothing"]))
    return method if by is None else Stratified(by, method)


@steady
@given(frames(), designs())
def test_a_draw_is_as_stated_or_refused_in_our_words(frame: pd.DataFrame, design: Any) -> None:
    before = frame.copy(deep=True)
    try:
        sample = draw(frame, design, key="k", name="n", unit="id")
    except (FrameError, DesignError) as error:
        assert error.chinese
        pd.testing.assert_frame_equal(frame, before, check_exact=True)
        return
    pd.testing.assert_frame_equal(frame, before, check_exact=True)
    assert_sane(sample, frame, design)


def assert_sane(sample: Sample, frame: pd.DataFrame, design: Any) -> None:
    method, stages = method_of(design), sample.stages
    assert verify(sample, frame)
    main = stages[stages["role"] == "main"]
    prob = main["prob"].to_numpy()
    assert (prob > 0).all() and np.isfinite(main["weight"]).all()
    np.testing.assert_allclose(main["weight"] * prob, 1, rtol=1e-12)
    assert (prob <= 1).all() or isinstance(method, PPSWithReplacement)
    assert sum(cell["units"] for cell in sample.receipt["cells"]) == len(frame)
    assert not stages["psu"].duplicated().any()
    if isinstance(method, Poisson | Bernoulli):
        return
    drawn = {tuple(cell["stratum"]): len(cell["drawn"]) for cell in sample.receipt["cells"]}
    if isinstance(method, Census):
        assert len(stages) == len(frame)
    elif isinstance(method.n, Proportional):
        assert sum(drawn.values()) == method.n.total
    else:
        assert set(drawn.values()) == {method.n}
    if isinstance(method, PPSWithReplacement):
        return
    for _, part in main.groupby("stratum"):
        n, population = len(part), part["population"].iloc[0]
        if getattr(method, "size", None) is None:
            np.testing.assert_allclose(part["prob"], n / population, rtol=1e-12)
    if isinstance(method, PPS) and not isinstance(design, Stratified) and method.method != "pareto":
        size = pd.to_numeric(frame["size"]).to_numpy(dtype=float)
        stated = dict(zip(frame["id"].map(str), inclusion_probabilities(size, len(main)), strict=True))
        found = dict(zip(sample.units["id"].map(str), prob, strict=True))
        for one, chance in found.items():
            np.testing.assert_allclose(chance, stated[one], rtol=1e-9)
