"""What a draw depends on and what it does not; whole draws repeated from the published definition."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from math import floor
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from sampling import (
    PPS,
    Balanced,
    Bernoulli,
    Census,
    FrameError,
    Multistage,
    Poisson,
    PPSWithReplacement,
    Proportional,
    Sample,
    SelfWeighting,
    SimpleRandom,
    SpatiallyBalanced,
    Stratified,
    Systematic,
    draw,
    inclusion_probabilities,
    verify,
)
from sampling.designs import ALONG_A_LIST, PPSMethod
from sampling.select import pareto_probabilities
from scoring import Survey, mean, total
from toolkit.files import read_table

TOWNS = pd.DataFrame(
    {
        "town": range(1, 25),
        "county": ["岳池县"] * 10 + ["武胜县"] * 8 + ["华蓥市"] * 6,
        "level": (["镇"] * 5 + ["乡"] * 3) * 3,
        "people": [9, 10, 33, 4, 52, 7, 18, 21, 6, 250, 12, 3, 44, 8, 15, 27, 61, 5, 90, 14, 2, 11, 48, 70],
    }
)
DESIGNS = {
    "simple random": SimpleRandom(n=7),
    "systematic": Systematic(n=7),
    "systematic in order": Systematic(n=7, order=("county", "people")),
    "pps": PPS(n=5, size="people"),
    "pps in order": PPS(n=5, size="people", order=("level", "people")),
    "census": Census(),
    "bernoulli": Bernoulli(rate=0.5),
    "circular": Systematic(n=7, order=("people",), circular=True),
    "pivotal": PPS(n=5, size="people", method="pivotal"),
    "pivotal in order": PPS(n=5, size="people", order=("level", "people"), method="pivotal"),
    **{
        method: PPS(n=5, size="people", method=method)
        for method in get_args(PPSMethod)
        if method not in ALONG_A_LIST
    },
    "poisson": Poisson(n=9, size="people"),
    "balanced": Balanced(n=8, on=("people",)),
    "balanced by size": Balanced(n=5, on=("people",), size="people"),
    "spread": SpatiallyBalanced(n=6, over=("people",)),
    "spread by size": SpatiallyBalanced(n=6, over=("people",), size="people"),
    "stratified": Stratified("county", SimpleRandom(n=3)),
    "stratified systematic": Stratified(("county", "level"), Systematic(n=1)),
    "stratified pps": Stratified("county", PPS(n=3, size="people")),
    "proportional": Stratified("county", SimpleRandom(n=Proportional(9))),
    "proportional to size": Stratified("level", Systematic(n=Proportional(9, size="people"))),
}
AGAIN = {"with replacement": PPSWithReplacement(n=9, size="people")}
EVERY = DESIGNS | AGAIN
every_design = pytest.mark.parametrize("design", EVERY.values(), ids=EVERY.keys())
once_each = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())


def drawn(frame: pd.DataFrame, design: Any, name: str = "towns", key: str = "k") -> Sample:
    return draw(frame, design, key=key, name=name, unit="town")


def assert_same(one: Sample, two: Sample) -> None:
    """Same ids, probabilities and receipt, bit for bit."""
    pd.testing.assert_frame_equal(one.stages, two.stages, check_exact=True)
    for column in ("prob", "weight", "stage_prob"):
        assert one.units[column].to_numpy().tobytes() == two.units[column].to_numpy().tobytes()
    assert one.roles == two.roles
    assert json.dumps(one.receipt, ensure_ascii=False) == json.dumps(two.receipt, ensure_ascii=False)


# --------------------------------------------------------------------------- what does not matter


@every_design
@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_does_not_matter(design: Any, seed: int) -> None:
    shuffled = TOWNS.sample(frac=1, random_state=seed)
    assert (shuffled["town"].to_numpy() != TOWNS["town"].to_numpy()).any()
    assert_same(drawn(shuffled, design), drawn(TOWNS, design))


@every_design
def test_pieces_put_together_draw_the_same(design: Any) -> None:
    pieces = [TOWNS.iloc[15:], TOWNS.iloc[:4], TOWNS.iloc[4:15]]
    whole = pd.concat([piece.reset_index(drop=True) for piece in pieces])
    assert whole.index.has_duplicates
    assert_same(drawn(whole, design), drawn(TOWNS, design))


@every_design
@pytest.mark.parametrize(
    ("ids", "sizes"),
    [("float64", "float64"), ("str", "str"), ("object", "object"), ("Int64", "Float64"), ("int8", "float32")],
)
def test_types_of_numbers_do_not_matter(design: Any, ids: str, sizes: str) -> None:
    other = TOWNS.astype({"town": ids, "people": sizes, "county": "category"})
    assert_same(drawn(other, design), drawn(TOWNS, design))


def test_ids_of_mixed_types_are_their_text() -> None:
    mixed: list[object] = [float(one) if one % 3 == 0 else str(one) for one in TOWNS["town"]]
    mixed[0] = 1
    other = TOWNS.assign(town=pd.Series(mixed, dtype=object))
    assert_same(drawn(other, SimpleRandom(n=7)), drawn(TOWNS, SimpleRandom(n=7)))


def csv_types(path: Path) -> pd.DataFrame:
    return pd.read_csv(path)


def csv_text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str)


def excel_types(path: Path) -> pd.DataFrame:
    return pd.read_excel(path, engine="calamine")


READERS: list[tuple[str, Callable[[Path], pd.DataFrame]]] = [
    (".csv", csv_types),
    (".csv", csv_text),
    (".csv", read_table),
    (".xlsx", excel_types),
    (".xlsx", read_table),
]


@pytest.mark.parametrize(("suffix", "read"), READERS)
def test_the_file_does_not_matter(suffix: str, read: Callable[[Path], pd.DataFrame], tmp_path: Path) -> None:
    frame = TOWNS.assign(people=TOWNS["people"] + 0.1)
    path = tmp_path / f"towns{suffix}"
    if suffix == ".csv":
        frame.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        frame.to_excel(path, index=False, engine="xlsxwriter")
    found = read(path)
    for design in DESIGNS.values():
        assert_same(drawn(found, design), drawn(frame, design))


@pytest.mark.parametrize(
    "method",
    [
        SimpleRandom(n=2),
        Systematic(n=2),
        Systematic(n=2, order=("people",)),
        PPS(n=2, size="people"),
        PPS(n=2, size="people", order=("level",)),
        Census(),
    ],
)
def test_another_stratum_moves_no_other(method: Any) -> None:
    # 邻水县 comes last of the counties by code point, 一县 first.
    new = pd.DataFrame({"town": [90, 91, 0, -1], "county": ["邻水县"] * 2 + ["一县"] * 2, "people": 40})
    more = pd.concat([TOWNS, new.assign(level="镇")])
    small = drawn(TOWNS, Stratified("county", method))
    large = drawn(more, Stratified("county", method))
    old = large.stages[large.stages["stratum"].isin(TOWNS["county"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(old, small.stages, check_exact=True)
    cells = [one for one in large.receipt["cells"] if one["stratum"][0] in set(TOWNS["county"])]
    assert cells == small.receipt["cells"]
    assert len(large.receipt["cells"]) == 5


@once_each
def test_inputs_are_left_alone(design: Any) -> None:
    frame = TOWNS.sample(frac=1, random_state=2)
    before = frame.copy(deep=True)
    sample = drawn(frame, design)
    units, receipt = sample.units.copy(deep=True), copy.deepcopy(sample.receipt)
    people = pd.DataFrame({"id": range(48), "town": [1 + i // 2 for i in range(48)]})
    people_before = people.copy(deep=True)
    second = draw(people, SimpleRandom(n=1), key="k", name="people", unit="id", within=sample)
    verify(second, people)
    verify(sample, frame)
    pd.testing.assert_frame_equal(frame, before, check_exact=True)
    pd.testing.assert_frame_equal(people, people_before, check_exact=True)
    pd.testing.assert_frame_equal(sample.units, units, check_exact=True)
    assert sample.receipt == receipt


# ------------------------------------------------------------------------------- what does matter


@pytest.mark.parametrize("other", [{"name": "2014"}, {"key": "K"}])
def test_other_names_and_keys_draw_independently(other: dict[str, str]) -> None:
    # Two independent draws of half of 400 share 100 on average, with a standard deviation of 5.
    frame = pd.DataFrame({"town": range(400)})
    one = set(drawn(frame, SimpleRandom(n=200)).stages["psu"])
    two = set(drawn(frame, SimpleRandom(n=200), **other).stages["psu"])
    assert 75 < len(one & two) < 125


def test_strata_of_one_draw_have_their_own_starts() -> None:
    frame = pd.DataFrame({"town": range(1000), "county": [i // 10 for i in range(1000)]})
    sample = drawn(frame, Stratified("county", Systematic(n=1, order=("town",))))
    digit = sample.units["town"] % 10
    assert digit.value_counts().reindex(range(10), fill_value=0).between(1, 25).all()  # 10 each, sd 3


# ------------------------------------------------------------ draws repeated from the definition


def number(*fields: str) -> Fraction:
    digest = sha256(unicodedata.normalize("NFC", "\x1f".join(fields)).encode()).digest()
    return Fraction(int.from_bytes(digest, "big") >> 203, 2**53)


def lottery(ids: list[str], *fields: str) -> list[str]:
    return sorted(ids, key=lambda one: number("k", "order", "towns", *fields, one))


def points(ends: list[Fraction], n: int, u: Fraction) -> list[int]:
    """Where n points at equal intervals fall among cumulated sizes: point t falls in [before, end)."""
    at = [(u + i) * ends[-1] / n for i in range(n)]
    return [next(j for j, end in enumerate(ends) if point < end) for point in at]


def cumulated(sizes: list[int]) -> list[Fraction]:
    return [Fraction(int(one)) for one in np.cumsum(sizes)]


def test_simple_random_is_the_smallest_numbers() -> None:
    ids = [str(one) for one in TOWNS["town"]]
    found = drawn(TOWNS, SimpleRandom(n=7))
    assert found.stages["psu"].tolist() == lottery(ids, "1")[:7]
    assert found.receipt["cells"][0]["drawn"] == lottery(ids, "1")[:7]


def test_stratified_systematic_counts_along_the_ordered_list() -> None:
    design = Stratified(("county", "level"), Systematic(n=2, order=("people",)))
    found = drawn(TOWNS, design)
    for (county, level), part in TOWNS.groupby(["county", "level"]):
        listed = part.sort_values("people")["town"].tolist()
        u = number("k", "start", "towns", "1", county, level)
        expected = [str(listed[floor((u + i) * len(listed) / 2)]) for i in range(2)]
        mine = found.stages[found.stages["stratum"] == f"{county} / {level}"]
        assert mine["psu"].tolist() == expected
        assert mine["prob"].tolist() == [2 / len(listed)] * 2


def test_systematic_without_order_goes_by_id_as_text() -> None:
    listed = sorted(str(one) for one in TOWNS["town"])  # "1", "10", "11" …
    u = number("k", "start", "towns", "1", "")
    expected = [listed[floor((u + i) * 24 / Fraction(7))] for i in range(7)]
    assert drawn(TOWNS, Systematic(n=7)).stages["psu"].tolist() == expected


@pytest.mark.parametrize(("numbers", "first"), [(["10", "9", "8"], "8"), (["10", "9a", "8"], "10")])
def test_a_column_goes_by_number_only_where_all_are_numbers(numbers: list[str], first: str) -> None:
    frame = pd.DataFrame({"town": list("abc"), "nr": numbers})
    listed = drawn(frame, Systematic(n=3, order=("nr",))).units
    assert listed["nr"].iloc[0] == first


def test_ties_of_the_order_go_by_id() -> None:
    frame = pd.DataFrame({"town": ["c", "a", "b", "z"], "nr": [1, 1, 1, 0]})
    assert drawn(frame, Systematic(n=4, order=("nr",))).units["town"].tolist() == ["z", "a", "b", "c"]


@pytest.mark.parametrize("order", [(), ("level", "people")])
def test_pps_points_along_the_cumulated_sizes(order: tuple[str, ...]) -> None:
    # 250 of 820 is certain (5 × 250 > 820); four of the others follow, none above 570 / 4.
    found = drawn(TOWNS, PPS(n=5, size="people", order=order))
    rest = TOWNS[TOWNS["people"] < 250]
    assert rest["people"].sum() == 570
    people = dict(zip(rest["town"].astype(str), rest["people"], strict=True))
    if order:
        listed = rest.sort_values(list(order))["town"].astype(str).tolist()
    else:
        listed = lottery(list(people), "1")
    u = number("k", "start", "towns", "1", "")
    at = points(cumulated([people[one] for one in listed]), 4, u)
    expected = {listed[j]: 4 * people[listed[j]] / 570 for j in at} | {"10": 1.0}
    assert dict(zip(found.stages["psu"], found.stages["prob"], strict=True)) == expected


def test_a_census_takes_everyone_with_weight_one() -> None:
    found = drawn(TOWNS, Census())
    assert sorted(found.units["town"]) == TOWNS["town"].tolist()
    assert found.units["weight"].eq(1).all()


def test_the_frame_digest_is_of_sorted_lines_of_what_was_read() -> None:
    receipt = drawn(TOWNS, Stratified("county", PPS(n=2, size="people", order=("level",)))).receipt
    assert receipt["frame"]["columns"] == ["town", "county", "level", "people"]
    lines = sorted("\x1f".join(map(str, row)) for row in TOWNS.itertuples(index=False))
    digest = sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    assert receipt["frame"]["sha256"] == digest
    marks = "".join(sha256(line.encode()).hexdigest()[:8] for line in lines)
    assert receipt["frame"]["fingerprints"] == marks
    assert receipt["frame"]["units"] == 24


@pytest.mark.parametrize(
    ("design", "algorithm"),
    [
        (SimpleRandom(n=1), "simple-random/1"),
        (Stratified("level", Systematic(n=1)), "systematic/1"),
        (PPS(n=1, size="people"), "pps-random-systematic/1"),
        (PPS(n=1, size="people", order=("town",)), "pps-systematic/1"),
        (Census(), "census/1"),
    ],
)
def test_an_algorithm_has_its_id(design: Any, algorithm: str) -> None:
    receipt = drawn(TOWNS, design).receipt
    assert (receipt["receipt"], receipt["algorithm"]) == ("minyi-receipt/1", algorithm)


# ------------------------------------------------------------------------------------ what it states


def test_stated_are_probability_weight_and_population() -> None:
    found = drawn(TOWNS, Stratified("county", PPS(n=3, size="people"))).units
    for county, part in TOWNS.groupby("county"):
        prob = dict(zip(part["town"], inclusion_probabilities(part["people"], 3), strict=True))
        mine = found[found["county"] == county]
        assert mine["prob"].tolist() == pytest.approx([prob[one] for one in mine["town"]], rel=1e-14)
        assert mine["population"].tolist() == [len(part)] * 3
        assert mine["stratum"].tolist() == [county] * 3
    assert found["weight"].tolist() == (1 / found["prob"]).tolist()
    assert found["stage_prob"].tolist() == found["prob"].tolist()
    assert found["role"].eq("main").all()


def test_columns_of_the_frame_keep_their_names() -> None:
    frame = TOWNS.assign(weight="heavy", stratum="rock")
    found = drawn(frame, Stratified("county", SimpleRandom(n=2)))
    assert found.units["weight"].eq("heavy").all()
    assert found.roles["weight"] == "drawn_weight"
    assert found.roles["stratum"] == ["drawn_stratum"]
    assert found.stages["weight"].tolist() == found.units["drawn_weight"].tolist()
    assert Survey(found.units, **found.roles).weights.sum() == pytest.approx(24, rel=1e-12)


SIMPLE = {"weight": "weight", "stratum": [None], "psu": ["psu"], "population": ["population"]}


@pytest.mark.parametrize(
    ("design", "expected"),
    [
        (SimpleRandom(n=3), SIMPLE),
        (Systematic(n=3), SIMPLE),
        (Census(), SIMPLE),
        (PPS(n=3, size="people"), SIMPLE | {"prob": ["stage_prob"]}),
        (Stratified("county", SimpleRandom(n=3)), SIMPLE | {"stratum": ["stratum"]}),
    ],
)
def test_roles_of_one_stage(design: Any, expected: dict[str, Any]) -> None:
    assert drawn(TOWNS, design).roles == expected


# ------------------------------------------------------------------------------------- two stages

M = {str(town): 5 + 3 * (town % 4) for town in TOWNS["town"]}
PEOPLE = pd.DataFrame(
    [(f"{i}", int(town), i % 2) for town, units in M.items() for i in range(units)],
    columns=["id", "town", "sex"],
)
FIRST = Stratified("county", PPS(n=3, size="people"))


def two_stages() -> tuple[Sample, Sample]:
    towns = drawn(TOWNS, FIRST)
    people = draw(PEOPLE, SimpleRandom(n=4), key="k", name="people", unit="id", within=towns)
    return towns, people


def test_probabilities_of_two_stages_multiply() -> None:
    towns, people = two_stages()
    first = dict(zip(towns.units["town"], towns.units["prob"], strict=True))
    assert people.units["town"].value_counts().to_dict() == dict.fromkeys(first, 4)
    for row in people.units.itertuples():
        assert row.prob == first[row.town] * (4 / M[str(row.town)])
        assert row.weight == 1 / row.prob
        assert (row.stage_prob, row.stage_prob_2) == (first[row.town], 4 / M[str(row.town)])
        assert (row.psu, row.psu_2, row.population_2) == (str(row.town), row.id, M[str(row.town)])


def test_each_parent_has_its_own_lottery() -> None:
    _, people = two_stages()
    for cell in people.receipt["cells"]:
        [town] = cell["parents"]
        ids = PEOPLE.loc[PEOPLE["town"] == int(town), "id"].tolist()
        smallest = sorted(ids, key=lambda one: number("k", "order", "people", "2", town, one))[:4]
        assert cell["drawn"] == smallest


def test_starts_of_a_second_stage_name_the_parent_and_the_stratum() -> None:
    towns = drawn(TOWNS, FIRST)
    design = Stratified("sex", Systematic(n=1))
    people = draw(PEOPLE, design, key="k", name="people", unit="id", within=towns)
    for cell in people.receipt["cells"]:
        [town], [sex] = cell["parents"], cell["stratum"]
        listed = sorted(
            PEOPLE.loc[(PEOPLE["town"] == int(town)) & (PEOPLE["sex"] == int(sex)), "id"].astype(str)
        )
        u = number("k", "start", "people", "2", town, sex)
        assert cell["drawn"] == [listed[floor(u * len(listed))]]


def test_roles_of_two_stages() -> None:
    towns, people = two_stages()
    assert people.roles == {
        "weight": "weight",
        "stratum": ["stratum", None],
        "psu": ["psu", "psu_2"],
        "population": ["population", "population_2"],
        "prob": ["stage_prob", None],
    }
    by_town = draw(
        PEOPLE, Stratified("town", SimpleRandom(n=4)), key="k", name="people", unit="id", within=towns
    )
    assert by_town.roles == people.roles  # the parents are no strata
    assert by_town.stages.equals(people.stages)
    by_sex = draw(
        PEOPLE, Stratified("sex", SimpleRandom(n=2)), key="k", name="people", unit="id", within=towns
    )
    assert by_sex.roles["stratum"] == ["stratum", "stratum_2"]


def test_a_two_stage_sample_goes_straight_into_a_survey() -> None:
    # The formula of tests/oracles/sampling_pps.R, from the frames and the drawn ids alone.
    towns, people = two_stages()
    y = np.random.default_rng(8).uniform(0, 10, len(people.units))
    found = total(Survey(people.units.assign(y=y), **people.roles), "y")
    expected, estimate = 0.0, 0.0
    for _, part in TOWNS.groupby("county"):
        chances = dict(zip(part["town"], inclusion_probabilities(part["people"], 3), strict=True))
        at = [town for town in towns.units["town"] if town in chances]
        pi = np.array([chances[town] for town in at])
        size = np.array([M[str(town)] for town in at])
        values = np.array([y[(people.units["town"] == town).to_numpy()] for town in at])
        z = values * (size / 4 / pi)[:, None]
        t, a = z.sum(axis=1), (1 - pi) / (1 - pi).sum()
        expected += ((1 - pi) * (t - (a * t).sum()) ** 2).sum() / (1 - (a**2).sum())
        expected += (pi * (1 - 4 / size) * 4 * z.var(axis=1, ddof=1)).sum()
        estimate += z.sum()
    assert found.table["estimate"].item() == pytest.approx(estimate, rel=1e-12)
    assert found.cov.item() == pytest.approx(expected, rel=1e-9)


def test_every_design_goes_straight_into_a_survey() -> None:
    for design in EVERY.values():
        if design == DESIGNS["stratified systematic"]:
            continue  # one unit a stratum has no variance
        sample = drawn(TOWNS, design)
        result = mean(Survey(sample.units, **sample.roles), "people")
        assert np.isfinite(result.cov).all()
        assert (result.cov.item() > 0) == (design != Census())


def test_a_third_stage_multiplies_on() -> None:
    _, people = two_stages()
    visits = pd.DataFrame(
        [(v, row.town, row.id) for row in PEOPLE.itertuples() for v in range(3)],
        columns=["visit", "town", "id"],
    )
    found = draw(visits, SimpleRandom(n=2), key="k", name="visits", unit="visit", within=people)
    assert found.roles["psu"] == ["psu", "psu_2", "psu_3"]
    assert found.roles["prob"] == ["stage_prob", None, None]
    assert found.receipt["within"]["columns"] == ["town", "id"]
    stages = found.stages
    product = stages["stage_prob"] * stages["stage_prob_2"] * stages["stage_prob_3"]
    np.testing.assert_allclose(stages["prob"], product, rtol=1e-14)
    assert stages["stage_prob_3"].eq(2 / 3).all()
    assert verify(found, visits).ok


def test_lists_of_units_that_were_not_drawn_do_not_matter() -> None:
    towns, people = two_stages()
    extra = pd.DataFrame({"id": ["x", "x"], "town": [999, 999], "sex": [None, None]})
    more = pd.concat([extra, PEOPLE])
    assert_same(draw(more, SimpleRandom(n=4), key="k", name="people", unit="id", within=towns), people)


def test_self_weighting_in_a_draw_spreads_its_total() -> None:
    towns = drawn(TOWNS, FIRST)
    people = draw(PEOPLE, SimpleRandom(n=SelfWeighting(40)), key="k", name="p", unit="id", within=towns)
    assert len(people.units) == 40


def test_strata_that_would_be_written_alike_keep_apart() -> None:
    frame = pd.DataFrame({"id": range(6), "a": ["x / y", "x"] * 3, "b": ["z", "y / z"] * 3})
    sample = draw(frame, Stratified(("a", "b"), SimpleRandom(n=2)), key="k", name="n", unit="id")
    assert sorted(set(sample.units["stratum"])) == ["x / y // z", "x // y / z"]


def test_draws_with_replacement_are_named_apart_from_every_drawn_id() -> None:
    frame = pd.DataFrame({"id": ["T1", "T1 (2)", "T3"], "size": [10, 10, 1]})
    for at in range(20):
        sample = draw(frame, PPSWithReplacement(6, "size"), key="k", name=f"n{at}", unit="id")
        assert not sample.units["psu"].duplicated().any()
        assert verify(sample, frame)


@pytest.mark.parametrize("values", [pd.date_range("2020-01-01", periods=24), [True] * 24])
@pytest.mark.parametrize(
    "design", [PPS(5, "x"), Poisson(5, "x"), Balanced(5, on=("x",)), SpatiallyBalanced(5, over=("x",))]
)
def test_dates_and_truth_values_are_no_numbers(design: Any, values: Any) -> None:
    with pytest.raises(FrameError, match="24 are not"):
        drawn(TOWNS.assign(x=values), design)


@every_design
@pytest.mark.parametrize("dtype", [None, str])
def test_a_sample_written_and_read_again_verifies(design: Any, dtype: Any, tmp_path: Path) -> None:
    sample = drawn(TOWNS, design)
    sample.units.to_csv(tmp_path / "sample.csv", index=False)
    read = pd.read_csv(tmp_path / "sample.csv", dtype=dtype)
    assert verify(Sample(read, sample.roles, sample.receipt), TOWNS).differences == ()


def test_the_last_digits_of_computed_probabilities_may_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame(
        {"id": range(72), "town": np.repeat(TOWNS["town"], 3), "people": np.repeat(TOWNS["people"], 3)}
    )
    pareto = PPS(5, "people", method="pareto")
    alone = drawn(TOWNS, pareto)
    staged = draw(frame, Multistage({"town": pareto, "id": SimpleRandom(2)}), key="k", name="n", unit="id")
    for factor, same in ((1 + 4e-16, True), (1 + 1e-6, False)):
        monkeypatch.setattr(
            "sampling.methods.pareto_probabilities", lambda p, f=factor: pareto_probabilities(p) * f
        )
        assert bool(verify(alone, TOWNS)) == same
        assert bool(verify(staged, frame)) == same
