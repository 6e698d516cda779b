"""Several stages in one frame: the same as one stage after the other, proven, and with the right variance."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from sampling import (
    PPS,
    Bernoulli,
    Census,
    DesignError,
    FrameError,
    Multistage,
    PPSWithReplacement,
    Proportional,
    Sample,
    SelfWeighting,
    SimpleRandom,
    Stratified,
    Systematic,
    draw,
    release,
    verify,
)
from sampling.designs import design_from
from scoring import Survey, mean, total


def country() -> pd.DataFrame:
    """Made-up persons in households in villages in towns in counties; villages and households repeat ids."""
    rows = []
    for t in range(12):
        for v in range(3 + t % 3):
            for h in range(3 + (t + v) % 4):
                for p in range(2 + (t + v + h) % 3):
                    row = {"county": "岳武华"[t % 3] + "县", "town": t + 1, "village": f"村{v}", "house": h}
                    row |= {"people": [900, 40, 55, 300, 62, 71, 80, 20, 95, 33, 47, 58][t]}
                    row |= {"homes": 3 + (t + v) % 4, "sex": "男女"[p % 2], "age": 20 + (7 * len(rows)) % 60}
                    rows.append(row | {"id": len(rows) + 1})
    return pd.DataFrame(rows).sample(frac=1, random_state=3).reset_index(drop=True)


PEOPLE = country()
TOWNS = Stratified("county", PPS(n=3, size="people"))
VILLAGES = PPS(n=2, size="homes", order=("homes",))
DESIGNS = {
    "two": {"town": TOWNS, "id": SimpleRandom(n=4)},
    "two, census last": {"town": Systematic(n=5, order=("county", "people")), "id": Census()},
    "two, census first": {"county": Census(), "id": Stratified(("sex", "town"), SimpleRandom(n=1))},
    "two, proportional": {"town": SimpleRandom(n=6), "id": Stratified("sex", Systematic(n=Proportional(40)))},
    "three": {"town": TOWNS, "village": SimpleRandom(n=2), "id": Systematic(n=2, order=("age",))},
    "three, by size": {
        "county": SimpleRandom(n=2),
        "town": PPS(n=2, size="people"),
        "id": PPS(n=3, size="age"),
    },
    "four": {"town": TOWNS, "village": VILLAGES, "house": Systematic(n=2), "id": SimpleRandom(n=1)},
    "four, self-weighting": {
        "town": TOWNS,
        "village": SimpleRandom(n=SelfWeighting(22)),
        "house": SimpleRandom(n=SelfWeighting(60, at_least=1)),
        "id": Stratified("sex", SimpleRandom(n=SelfWeighting(130, at_least=1))),
    },
    "two, sizes left to chance": {"town": Bernoulli(rate=0.6), "id": Bernoulli(rate=0.4)},
    "three, of the other methods": {
        "town": Stratified("county", PPS(n=3, size="people", method="pivotal")),
        "village": PPS(n=2, size="homes", method="sampford"),
        "id": PPSWithReplacement(n=4, size="age"),
    },
    "one": {"id": Stratified("county", SimpleRandom(n=3))},
    "size is a unit": {"size": PPS(n=3, size="people"), "id": PPS(n=2, size="age")},
    "reserves": {"town": TOWNS, "id": SimpleRandom(n=2, reserve=0.5)},
}
every_design = pytest.mark.parametrize("stages", DESIGNS.values(), ids=DESIGNS.keys())


def frame_of(stages: dict[str, Any]) -> pd.DataFrame:
    return PEOPLE.rename(columns={"town": "size"}) if "size" in stages else PEOPLE


def drawn(stages: Any, frame: pd.DataFrame | None = None, **options: Any) -> Sample:
    frame = frame_of(stages) if frame is None else frame
    return draw(frame, Multistage(stages), **({"key": "k", "name": "people", "unit": "id"} | options))


def one_by_one(stages: dict[str, Any]) -> list[Sample]:
    """Draw stage by stage, each from the distinct rows of the columns that are the same in its units."""
    frame = frame_of(stages)
    samples: list[Sample] = []
    for at, (unit, design) in enumerate(stages.items()):
        cut = list(stages)[: at + 1]
        same = [column for column in frame if (frame.groupby(cut)[column].nunique() == 1).all()]
        table = frame[same].drop_duplicates()
        within = samples[-1] if samples else None
        samples.append(draw(table, design, key="k", name="people", unit=unit, within=within))
    return samples


# ---------------------------------------------------------------------- one after the other is the same


@every_design
def test_equals_drawing_one_stage_after_the_other(stages: dict[str, Any]) -> None:
    sample, alone = drawn(stages), one_by_one(stages)
    pd.testing.assert_frame_equal(sample.units, alone[-1].units[sample.units.columns], check_exact=True)
    assert sample.roles == alone[-1].roles
    receipt = copy.deepcopy(sample.receipt)
    assert receipt.pop("before") == [one.receipt for one in alone[:-1]]
    assert list(receipt["design"]["stages"]) == list(stages)
    assert design_from(receipt["design"]) == Multistage(stages)
    receipt["design"] = receipt["design"]["stages"]["id"]
    assert receipt == alone[-1].receipt


@every_design
def test_probabilities_multiply_and_the_weights_reach_the_survey(stages: dict[str, Any]) -> None:
    sample = drawn(stages)
    if "reserves" in str(stages) or getattr(stages["id"], "reserve", 0):
        sample = release(sample, 1)
    own = [f"stage_prob{'' if at == 1 else f'_{at}'}" for at in range(1, len(stages) + 1)]
    product = sample.units[own].prod(axis=1)
    np.testing.assert_allclose(sample.units["prob"], product, rtol=1e-14)
    survey = Survey(sample.units, **sample.roles, lonely="adjust")
    assert len(survey.stages) == len(stages)
    np.testing.assert_array_equal(survey.weights, sample.units["weight"])


@pytest.mark.parametrize("seed", range(2))
@every_design
def test_order_and_types_of_rows_do_not_matter(stages: dict[str, Any], seed: int) -> None:
    frame = frame_of(stages)
    odd = pd.Series(
        [str(one) if at % 2 else float(one) for at, one in enumerate(frame["people"])], dtype=object
    )
    other = frame.assign(people=odd, house=frame["house"].astype(float)).sample(frac=1, random_state=seed)
    one, two = drawn(stages, other), drawn(stages)
    pd.testing.assert_frame_equal(one.stages, two.stages, check_exact=True)
    assert json.dumps(one.receipt) == json.dumps(two.receipt)


def test_nothing_given_is_changed() -> None:
    frame, stages = PEOPLE.copy(deep=True), dict(DESIGNS["four"])
    design = Multistage(stages)
    sample = draw(frame, design, key="k", name="people", unit="id")
    verify(sample, frame)
    pd.testing.assert_frame_equal(frame, PEOPLE, check_exact=True)
    stages["town"] = Census()
    assert design == Multistage(DESIGNS["four"])


def test_rows_of_undrawn_units_matter_to_no_later_stage() -> None:
    sample = drawn(DESIGNS["four"])
    out = ~PEOPLE["town"].isin(sample.units["town"])
    assert out.any()
    other = PEOPLE.assign(homes=PEOPLE["homes"].where(~out), id=PEOPLE["id"].where(~out))
    pd.testing.assert_frame_equal(drawn(DESIGNS["four"], other).stages, sample.stages, check_exact=True)
    assert verify(sample, other).ok


def test_goes_on_within_and_inside_other_draws() -> None:
    towns = draw(
        PEOPLE[["town", "county", "people"]].drop_duplicates(), TOWNS, key="k", name="people", unit="town"
    )
    lists = PEOPLE[PEOPLE["town"].isin(towns.units["town"])]  # lists that exist in drawn towns only
    inner = {"village": VILLAGES, "house": Systematic(n=2), "id": SimpleRandom(n=1)}
    mixed = drawn(inner, lists, within=towns)
    pd.testing.assert_frame_equal(mixed.stages, drawn(DESIGNS["four"]).stages, check_exact=True)
    assert verify(mixed, lists).ok
    houses = draw(
        PEOPLE.drop(columns=["id", "sex", "age"]).drop_duplicates(),
        Multistage({unit: one for unit, one in DESIGNS["four"].items() if unit != "id"}),
        key="k",
        name="people",
        unit="house",
    )
    last = draw(PEOPLE, SimpleRandom(n=1), key="k", name="people", unit="id", within=houses)
    pd.testing.assert_frame_equal(last.stages, mixed.stages, check_exact=True)


def test_reserves_of_the_last_stage_are_released() -> None:
    sample = drawn(DESIGNS["reserves"])
    assert (sample.units["role"] == "reserve").sum() == 9
    worked = release(sample, 1)
    assert worked.units["stage_prob_2"].tolist() == (3 / worked.units["population_2"]).tolist()
    assert verify(worked, PEOPLE).ok


# ------------------------------------------------------------------------------------------------- proof


@every_design
def test_an_untouched_sample_verifies_through_json(stages: dict[str, Any]) -> None:
    sample, frame = drawn(stages), frame_of(stages)
    again = Sample(sample.units[::-1], sample.roles, json.loads(json.dumps(sample.receipt)))
    assert verify(again, frame.sample(frac=1, random_state=1)).differences == ()


SAMPLE = drawn(DESIGNS["four"])
FIRST = int(SAMPLE.units["town"].iloc[0])
OUT = int(PEOPLE.loc[~PEOPLE["town"].isin(SAMPLE.units["town"]), "town"].iloc[0])


def touched(
    change: Callable[[Any], object], sample: Sample = SAMPLE, frame: pd.DataFrame = PEOPLE
) -> list[str]:
    """Verify with a receipt that was changed."""
    receipt = json.loads(json.dumps(sample.receipt))
    change(receipt)
    return list(verify(Sample(sample.units, sample.roles, receipt), frame).differences)


@pytest.mark.parametrize("town", [FIRST, OUT])
def test_a_changed_size_of_a_first_stage_is_named(town: int) -> None:
    frame = PEOPLE.assign(people=PEOPLE["people"].mask(PEOPLE["town"] == town, 81))
    old = PEOPLE.loc[PEOPLE["town"] == town, "people"].iloc[0]
    found = "\n".join(verify(SAMPLE, frame).differences)
    assert (
        f'stage town: frame: unit "{town}" is not in the frame that was drawn, or not with these values'
        in found
    )
    own = f"stage town: unit \"{town}\": people is '{old}' in the sample, '81' in the frame"
    assert (own in found) == (town == FIRST)


def test_a_changed_middle_stage_is_named() -> None:
    village = SAMPLE.units["village"].iloc[0]
    here = (PEOPLE["town"] == FIRST) & (PEOPLE["village"] == village)
    found = verify(SAMPLE, PEOPLE.assign(homes=PEOPLE["homes"].mask(here, 9))).differences
    old = PEOPLE.loc[here, "homes"].iloc[0]
    assert (
        f"stage village: unit \"{village}\" of {FIRST}: homes is '{old}' in the sample, '9' in the frame"
        in found
    )
    assert not any(one.startswith("stage town") for one in found)


def test_a_new_person_in_a_drawn_house_is_named_at_the_last_stage_alone() -> None:
    row = PEOPLE[PEOPLE["id"] == SAMPLE.units["id"].iloc[0]].assign(id="new")
    found = verify(SAMPLE, pd.concat([PEOPLE, row])).differences
    assert found[0] == 'frame: unit "new" is not in the frame that was drawn, or not with these values'
    assert not any(one.startswith("stage") for one in found)


def test_an_added_town_is_named_at_its_stage() -> None:
    row = PEOPLE[PEOPLE["town"] == OUT].head(1).assign(town=99, id="new")
    found = "\n".join(verify(SAMPLE, pd.concat([PEOPLE, row])).differences)
    assert 'stage town: frame: unit "99" is not in the frame that was drawn' in found
    assert "stage town: stratum" in found and "repeating gives 5" in found


def test_a_frame_that_varies_in_a_unit_cannot_be_repeated() -> None:
    frame = PEOPLE.assign(people=PEOPLE["people"].where(PEOPLE.index > 0, 5))
    (found,) = verify(SAMPLE, frame).differences
    assert found.startswith(
        "the draw cannot be repeated: draw people / stage town: 'people' must be the same"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda r: r["before"][0]["cells"][0]["drawn"].__setitem__(0, str(OUT)),
            f'stage town: unit "{OUT}" stands in the receipt, but repeating does not draw it',
        ),
        (
            lambda r: r["before"][1]["cells"][0].update(units=9),
            "stage village: stratum 1: the receipt says 9 units, repeating gives 3",
        ),
        (
            lambda r: r["before"][1].update(key="K"),
            "stage village: key: the receipt says 'K', repeating gives 'k'",
        ),
        (
            lambda r: r["before"][1].update(stage=1),
            "stage village: stage: the receipt says 1, repeating gives 2",
        ),
        (lambda r: r["before"][0].update(receipt="x"), "stage town: receipt: the receipt says 'x', "),
        (
            lambda r: r["before"][0]["design"].update(by="town"),
            "stage town: design: the receipt says {'by': 'town'",
        ),
        (lambda r: r["before"][0]["frame"].update(sha256="0"), "stage town: frame: its digest is "),
        (
            lambda r: r["before"][2]["within"]["drawn"][0].update(prob=0.123),
            "stage house: within: the receipt says {'parent_1': '1', 'parent_2': ",
        ),
        (lambda r: r["within"]["drawn"].pop(), "within: repeating gives {'parent_1': "),
        (lambda r: r["within"].update(name="x"), "name: the receipt says 'x', repeating gives 'people'"),
        (lambda r: r["within"].update(drawn=[]), "within: repeating gives {'parent_1': "),
        (lambda r: r.update(within=None), "within: the receipt says None, repeating gives {"),
        (
            lambda r: r["cells"][0]["drawn"].append("x"),
            "stands in the receipt, but repeating does not draw it",
        ),
    ],
)
def test_a_touched_receipt_is_named(change: Callable[[Any], object], said: str) -> None:
    assert any(said in one for one in touched(change)), touched(change)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda r: r.pop("before"), "before"),
        (lambda r: r["before"].pop(), "before"),
        (lambda r: r["before"][0].pop("cells"), "before"),
        (lambda r: r.update(unit="sex"), "before"),
        (lambda r: r["design"].pop("stages"), "design"),
        (lambda r: r["design"].update(stages=3), "design"),
    ],
)
def test_a_damaged_receipt_is_refused(change: Callable[[Any], object], field: str) -> None:
    with pytest.raises(DesignError, match=f"receipt people: {field!r} is missing or cannot be used"):
        touched(change)


def test_a_touched_weight_is_named() -> None:
    units = SAMPLE.units.assign(weight=SAMPLE.units["weight"].where(SAMPLE.units.index > 0, 1.5))
    (found,) = verify(Sample(units, SAMPLE.roles, SAMPLE.receipt), PEOPLE).differences
    assert "weight is 1.5 in the sample, repeating gives" in found


def test_a_drawn_unit_with_none_drawn_inside_it_is_refused() -> None:
    # Its total of 0 would be missing from the variance between towns.
    stages = {"town": Bernoulli(rate=0.6), "id": Bernoulli(rate=0.03)}
    with pytest.raises(DesignError) as caught:
        drawn(stages)
    assert caught.value.rule == "none_inside"
    assert "units drawn before with none drawn inside, first" in str(caught.value)
    assert "恰好一个也没抽到" in caught.value.chinese


# ------------------------------------------------------------- the variance, over every possible sample


# Each county, and the persons in each village of each of its towns: two towns are drawn of every county,
# two villages of every town (or the one it has), two persons of every village.
POPULATIONS: dict[str, tuple[list[list[list[int]]], int, Any]] = {
    # In county 0 both towns are certain: one has three villages, the other is taken whole.
    "total": ([[[2, 2, 2], [2, 2]], [[2, 2, 3], [2, 3], [2, 2]]], 2, total),
    # Equal sizes, so that the mean is linear and its variance without bias too.
    "mean, persons vary": ([[[3], [3], [3]]], 1, mean),
    "mean, villages vary": ([[[2, 2, 2], [2, 2, 2], [2, 2, 2]]], 2, mean),
}


@pytest.mark.parametrize(("counties", "villages", "statistic"), POPULATIONS.values(), ids=POPULATIONS.keys())
def test_the_variance_is_right_over_every_sample_of_three_stages(
    counties: list[list[list[int]]], villages: int, statistic: Any, every: Any
) -> None:
    rows = [
        (f"c{c}", f"{c}{t}", f"v{v}")
        for c, towns in enumerate(counties)
        for t, town in enumerate(towns)
        for v, persons in enumerate(town)
        for _ in range(persons)
    ]
    frame = pd.DataFrame(rows, columns=["county", "town", "village"])
    frame["id"] = range(len(frame))
    y = np.random.default_rng(5).integers(0, 11, len(frame)).astype(float)
    frame["y"] = y + 3 * frame["town"].astype("category").cat.codes
    two = SimpleRandom(n=2)
    design = Multistage({"town": Stratified("county", two), "village": SimpleRandom(n=villages), "id": two})
    chances, estimates, variances = [], [], []
    for chance, sample in every(lambda: draw(frame, design, key="k", name="all", unit="id")):
        found = statistic(Survey(sample.units, **sample.roles), "y")
        chances.append(chance)
        estimates.append(found.table["estimate"].item())
        variances.append(found.cov.item())
    p, estimate = np.array(chances), np.array(estimates)
    assert p.sum() == pytest.approx(1, rel=1e-12)
    truth = frame["y"].sum() if statistic is total else frame["y"].mean()
    assert p @ estimate == pytest.approx(truth, rel=1e-12)
    assert p @ (estimate - truth) ** 2 > 0
    assert p @ np.array(variances) == pytest.approx(p @ (estimate - truth) ** 2, rel=1e-10)


# ------------------------------------------------------------------------------------------- as plain data


TOML = """
kind = "multistage"
[stages.town]
kind = "stratified"
by = "county"
method = { kind = "pps", n = 4, size = "population" }
[stages.id]
kind = "simple_random"
n = { kind = "self_weighting", total = 100 }
"""
TYPED = Multistage(
    {"town": Stratified("county", PPS(n=4, size="population")), "id": SimpleRandom(n=SelfWeighting(100))}
)


def test_reads_from_toml_in_order() -> None:
    adapter = TypeAdapter(Multistage)
    read = adapter.validate_python(tomllib.loads(TOML))
    assert read == TYPED and list(read.stages) == ["town", "id"]
    assert adapter.validate_json(adapter.dump_json(TYPED)) == TYPED
    with pytest.raises(ValidationError):
        adapter.validate_python({"stages": {}, "order": 1})
    with pytest.raises(ValidationError):
        adapter.validate_python({"stages": {"id": {"kind": "quota", "n": 1, "by": ["sex"]}}})


def test_shows_its_stages(shown: Any, overlaps: Any) -> None:
    page = shown(TYPED)
    assert ["size", "population"] in page.rows and ["total", "100"] in page.rows
    text = page.text
    assert (
        text.index("town") < text.index("county") < text.index("SimpleRandom") < text.index("SelfWeighting")
    )
    figure = Multistage(DESIGNS["four, self-weighting"]).plot()
    assert overlaps(figure) == []
    heads = [
        text.get_text()
        for text in figure.axes[0].texts
        if ": " in text.get_text() and "in" in text.get_text()
    ]
    assert [one for one in heads if "each" in one] == [
        "town in each stratum: PPS",
        "village in each town: SimpleRandom",
        "house in each village: SimpleRandom",
        "id in each house and stratum: SimpleRandom",
    ]
    page = shown(SAMPLE)
    assert ["stage town", "9 of 12 units, pps-random-systematic/1"] in page.rows
    assert ["stage house", "36 of 82 units, systematic/1"] in page.rows


# -------------------------------------------------------------------------------------------------- errors


def counties(**options: Any) -> Sample:
    frame = pd.DataFrame({"county": ["岳县", "武县", "华县"]})
    return draw(frame, SimpleRandom(n=2), **({"key": "k", "name": "c", "unit": "county"} | options))


def cut(rows: Any, **renamed: str) -> Sample:
    sample = counties()
    return Sample(sample.units.iloc[rows].replace(renamed), sample.roles, sample.receipt)


ONE = SimpleRandom(n=1)
SMALL = pd.DataFrame(
    {"id": [1, 2, 3, 4], "town": ["a", "b", "b", "a"], "people": [7, 5, 5, 7], "county": ["x", "y", "y", "x"]}
)
BY = Stratified("county", PPS(n=1, size="people"))


def small(design: Any = BY, unit: str = "id", **columns: Any) -> Sample:
    frame = SMALL.assign(**{name: pd.Series(values, dtype=object) for name, values in columns.items()})
    return draw(frame, Multistage({"town": design, "id": ONE}), key="k", name="d", unit=unit)


def varies(
    column: str, count: int, unit: str, a: object, row_a: int, b: object, row_b: int
) -> tuple[str, str]:
    return (
        f"draw d / stage town: {column!r} must be the same in all rows of a unit; {count} units differ, "
        f'first "{unit}" ({a!r} in row {row_a}, {b!r} in row {row_b}). '
        "Correct it or give the units their own ids.",
        f"draw d / stage town：同一单位各行的“{column}”必须相同；有 {count} 个单位不同，第一个是“{unit}”"
        f"（第 {row_a} 行是 {a!r}，第 {row_b} 行是 {b!r}）。请改正，或给这些单位各自的编号。",
    )


def last_stage(stages: str, unit: str) -> tuple[str, str]:
    return (
        f"draw people: the stages are {stages}; the last must be the unit {unit!r}. "
        "Name it last, or draw that unit.",
        f"draw people：各阶段是 {stages}；最后一个必须是抽样单位“{unit}”。请把它放在最后，或改抽样单位。",
    )


def not_a_sample(found: str) -> tuple[str, str]:
    return (
        f"draw people: within= takes a whole sample as draw gave it, not its units; it is a {found}.",
        f"draw people：within= 要给 draw 得出的整个样本，不是其中的 units；现在是 {found}。",
    )


def begins(rule: str, where: str) -> tuple[str, str]:
    return (f"{rule}|{where}: ", f"{rule}|{where}：")


Call = Callable[[], Any]
CASES: dict[str, list[tuple[Call, tuple[str, str]]]] = {
    "last_stage": [
        (lambda: drawn({"id": ONE, "town": ONE}), last_stage("id, town", "id")),
        (lambda: drawn({"town": ONE, "id": ONE}, unit="sex"), last_stage("town, id", "sex")),
        (lambda: drawn({}), last_stage("{}", "id")),
    ],
    "early_reserve": [
        (
            lambda: drawn({"town": Stratified("county", SimpleRandom(n=1, reserve=1)), "id": ONE}),
            (
                "draw people / stage town: only the last stage can have reserves. Leave them out here.",
                "draw people / stage town：只有最后一个阶段可以有候补。请在这里去掉。",
            ),
        )
    ],
    "varies_in_unit": [
        (lambda: small(people=[7, 5, 6, 8]), varies("people", 2, "b", 5, 2, 6, 3)),
        (lambda: small(people=[7, 5, 5, None]), varies("people", 1, "a", 7, 1, None, 4)),
        (lambda: small(county=["x", "y", "07", "x"]), varies("county", 1, "b", "y", 2, "07", 3)),
        (lambda: small(county=["x", "07", 7, "x"]), varies("county", 1, "b", "07", 2, 7, 3)),
        (
            lambda: draw(
                pd.concat([SMALL.assign(county="z"), SMALL]).assign(people=[1] * 6 + [2, 1]),
                Multistage({"town": PPS(n=1, size="people"), "id": ONE}),
                key="k",
                name="d",
                unit="id",
                within=draw(SMALL[["county"]][1:2], ONE, key="k", name="c", unit="county"),
            ),
            varies("people", 1, "y / b", 1, 6, 2, 7),
        ),
    ],
    "unit_before": [
        (
            lambda: drawn({"county": ONE, "id": ONE}, within=counties()),
            (
                "draw people / stage county: the units 'county' were drawn at a stage before. "
                "Name the units to draw inside them.",
                "draw people / stage county：“county”在前面的阶段已经抽过。请写要在其中抽取的单位。",
            ),
        )
    ],
    "not_a_sample": [
        (lambda: drawn({"id": ONE}, within=counties().units), not_a_sample("DataFrame")),
        (lambda: drawn({"id": ONE}, within="counties"), not_a_sample("str")),
    ],
    "none_drawn": [
        (
            lambda: drawn({"county": Bernoulli(rate=1e-9), "id": ONE}),
            (
                "draw people: it drew no units, so there is nothing to draw from. "
                "Raise its rate, or draw a fixed number.",
                "draw people：一个单位也没有抽中，没有可以再抽的。请提高抽取概率，或抽固定个数。",
            ),
        )
    ],
    "lost_unit": [
        (
            lambda: drawn({"id": ONE}, within=cut([0])),
            (
                'draw c: 1 units that were drawn are not in the sample, first "华县". '
                "Take the sample as it was drawn.",
                "draw c：抽中的单位有 1 个不在样本里，第一个是“华县”。请用最初抽出的样本。",
            ),
        ),
    ],
    "strange_unit": [
        (lambda: drawn({"id": ONE}, within=cut([0, 1], 华县="新县")), begins("strange_unit", "draw c"))
    ],
    # What other rules say names the stage too.
    "no_column": [
        (lambda: small(PPS(n=1, size="staff")), begins("no_column", "draw d / stage town")),
        (lambda: drawn({"towns": ONE, "id": ONE}), begins("no_column", "draw people / stage towns")),
    ],
    "missing_value": [
        (lambda: small(town=["a", "b", None, "a"]), begins("missing_value", "draw d / stage town")),
        (lambda: small(county=[None, "y", "y", "x"]), begins("missing_value", "draw d / stage town")),
    ],
    "float_id": [(lambda: small(town=[1.5, 2, 2, 1.5]), begins("float_id", "draw d / stage town"))],
    "bad_size": [(lambda: small(people=[7, 0, 0, 7]), begins("bad_size", "draw d / stage town"))],
    "too_many_asked": [
        (lambda: small(SimpleRandom(n=3)), begins("too_many_asked", "draw d / stage town")),
        (
            lambda: drawn({"town": TOWNS, "id": SimpleRandom(n=99)}),
            begins("too_many_asked", "draw people / stage id / stratum 1"),
        ),
    ],
    "bad_design": [(lambda: small("census"), begins("bad_design", "draw d / stage town"))],
    "no_parents": [
        (lambda: small(SimpleRandom(n=SelfWeighting(2))), begins("no_parents", "draw d / stage town"))
    ],
    "empty_frame": [
        (
            lambda: drawn({"town": ONE, "id": ONE}, PEOPLE[:0]),
            begins("empty_frame", "draw people / stage town"),
        )
    ],
}


@pytest.mark.parametrize(
    ("rule", "call", "texts"),
    [
        pytest.param(rule, call, texts, id=f"{rule}-{at}")
        for rule, cases in CASES.items()
        for at, (call, texts) in enumerate(cases)
    ],
)
def test_says_where_and_what_in_both_languages(rule: str, call: Call, texts: tuple[str, str]) -> None:
    with pytest.raises((FrameError, DesignError)) as caught:
        call()
    assert caught.value.rule == rule
    found = (str(caught.value), caught.value.chinese)
    if texts[0].startswith(rule):
        assert all(one.startswith(text.split("|")[1]) for one, text in zip(found, texts, strict=True)), found
    else:
        assert found == texts


def test_a_bad_size_is_named_by_its_row_in_the_whole_frame() -> None:
    with pytest.raises(FrameError, match=r'1 are not, first 0 of unit "b" \(row 2\)'):
        small(people=[7, 0, 0, 7])
    frame = pd.concat([SMALL.assign(county="z"), SMALL.assign(county="y", people=[7, 0, 0, 7])])
    within = draw(SMALL[["county"]][1:2], ONE, key="k", name="c", unit="county")
    with pytest.raises(FrameError, match=r'1 are not, first 0 of unit "b" \(row 6\)'):
        drawn({"town": PPS(n=1, size="people"), "id": ONE}, frame, within=within)
