"""Two phases: what the second states and proves, and an error that equals R's and is right on average."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling import (
    PPS,
    Bernoulli,
    Census,
    DesignError,
    FrameError,
    Multistage,
    Poisson,
    PPSWithReplacement,
    Sample,
    SimpleRandom,
    Stratified,
    Systematic,
    draw,
    release,
    verify,
)
from scoring import AnswerError, Survey, mean, total

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "twophase_drawn.json").read_text(encoding="utf8"))["designs"]
spec = importlib.util.spec_from_file_location("twophase_drawn", ORACLES / "twophase_drawn.py")
assert spec is not None and spec.loader is not None
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)

FRAME = pd.DataFrame({"id": range(60), "town": np.arange(60) // 5, "size": 1 + np.arange(60) % 7})
FRAME["y"] = (FRAME["id"] * 37 % 11).astype(float)
ANSWERS = np.array(["yes", "no", "unsure"])
TWO = SimpleRandom(n=2)
BY = Stratified("answer", TWO)


def one(design: Any = None, name: str = "one", frame: pd.DataFrame = FRAME) -> Sample:
    return draw(frame, design or SimpleRandom(n=24), key="k", name=name, unit="id")


def learnt(first: Sample) -> pd.DataFrame:
    """The units of a first phase with what they answered, by a rule of their ids."""
    return first.units.assign(answer=ANSWERS[first.units["id"].astype(int) % 3])


def two(table: pd.DataFrame, first: Sample, design: Any = BY, **options: Any) -> Sample:
    return draw(table, design, **({"key": "k", "name": "two", "unit": "id", "after": first} | options))


def asked(second: Sample, table: pd.DataFrame, **options: Any) -> Survey:
    """Both phases' rows, where only the second phase's units were asked for y."""
    rows = second.phases(table)
    return Survey(rows.assign(y=rows["y"].where(rows["phase_drawn"])), **second.roles, **options)


FIRSTS = {
    "simple": SimpleRandom(n=24),
    "stratified": Stratified("size", SimpleRandom(n=4)),
    "by size": PPS(n=24, size="size"),
    "independent": Poisson(n=26, size="size"),
    "clusters": Multistage({"town": SimpleRandom(n=6), "id": SimpleRandom(n=4)}),
    "clusters by size": Multistage({"town": PPS(n=6, size="town_size"), "id": Census()}),
}
SIZED = FRAME.assign(town_size=1 + FRAME["town"])
every_first = pytest.mark.parametrize("design", FIRSTS.values(), ids=FIRSTS.keys())


# ------------------------------------------------------------------------------------ what it states


@every_first
def test_probabilities_multiply_and_the_first_phase_stays(design: Any) -> None:
    first = one(design, frame=SIZED)
    table = learnt(first)
    second = two(table, first)
    assert len(second.units) == 6 and second.units["answer"].value_counts().eq(2).all()
    assert not second.units.columns.has_duplicates
    known = table.set_index("id")
    sizes = table["answer"].value_counts()
    for row in second.units.itertuples():
        assert row.phase_prob == 2 / sizes[row.answer]
        assert row.prob == known["prob"][row.id] * row.phase_prob
        assert row.weight == 1 / row.prob
        assert row.first_weight == known["weight"][row.id]
        assert (row.phase_stratum, row.phase_population) == (row.answer, sizes[row.answer])
    stages = [c for c in first.stages if c not in ("prob", "weight", "role")]
    given = known.loc[second.units["id"], stages].reset_index(drop=True)
    pd.testing.assert_frame_equal(second.units[stages], given, check_exact=True)


@every_first
def test_all_rows_of_the_first_phase_go_into_a_survey(design: Any) -> None:
    first = one(design, frame=SIZED)
    table = learnt(first)
    second = two(table, first)
    rows = second.phases(table)
    assert len(rows) == len(table) and rows["id"].tolist() == table["id"].tolist()
    assert set(rows.loc[rows["phase_drawn"], "id"]) == set(second.units["id"])
    assert rows["first_weight"].tolist() == table["weight"].tolist()
    assert rows["phase_stratum"].tolist() == table["answer"].tolist()
    survey = asked(second, table, lonely="adjust")
    whole = Survey(first.units, **first.roles, lonely="adjust")
    assert len(survey.stages) == len(whole.stages)
    for mine, its in zip(survey.stages, whole.stages, strict=True):
        np.testing.assert_array_equal(mine.prob, its.prob)
        np.testing.assert_array_equal(mine.above, its.above)
    # The drawn take over the first-phase weight of their stratum; equal weights give 1 / prob.
    by = pd.Series(survey.weights).groupby(rows["answer"]).sum()
    assert by.to_dict() == pytest.approx(table.groupby("answer")["weight"].sum().to_dict(), rel=1e-12)
    if table["weight"].nunique() == 1:
        final = dict(zip(second.units["id"], second.units["weight"], strict=True))
        assert survey.weights.tolist() == pytest.approx([final.get(i, 0.0) for i in rows["id"]], rel=1e-12)


def test_units_alone_are_no_survey_of_two_phases() -> None:
    first = one()
    second = two(learnt(first), first)
    with pytest.raises(AnswerError, match="phase_drawn"):
        Survey(second.units, **second.roles)


def test_lots_are_the_smallest_numbers_of_a_stage_of_their_own() -> None:
    first = one()
    table = learnt(first)
    second = two(table, first, name="one")  # even under the name of the first phase
    for cell in second.receipt["cells"]:
        ids = table.loc[table["answer"] == cell["stratum"][0], "id"].astype(str)
        number = {i: sha256(f"k\x1forder\x1fone\x1f2\x1f{i}".encode()).hexdigest() for i in ids}
        assert cell["drawn"] == sorted(number, key=number.__getitem__)[:2]
    assert second.receipt["stage"] == 2


def test_a_second_phase_without_strata_is_one_cell() -> None:
    first = one()
    table = first.units[["id", "y"]]
    second = two(table, first, Systematic(n=5, order=("y",)))
    assert second.units["phase_stratum"].tolist() == ["(all)"] * 5
    assert verify(second, table).ok
    result = mean(asked(second, table), "y")
    assert result.table["estimate"].item() == pytest.approx(second.units["y"].mean(), rel=1e-12)


def same(a: Sample, b: Sample) -> None:
    pd.testing.assert_frame_equal(a.stages, b.stages, check_exact=True)
    assert json.dumps(a.receipt) == json.dumps(b.receipt)
    assert a.roles == b.roles


def test_rows_types_and_further_columns_of_the_table_do_not_matter(tmp_path: Path) -> None:
    first = one(FIRSTS["clusters"])
    table = learnt(first)
    second = two(table, first)
    table.to_csv(tmp_path / "first.csv", index=False)
    for other in (
        table[["id", "answer"]],
        table.sample(frac=1, random_state=1),
        table.astype({"id": str, "psu": "category"}),
        pd.read_csv(tmp_path / "first.csv"),
        pd.read_csv(tmp_path / "first.csv", dtype=str),
    ):
        same(two(other, first), second)
        assert verify(second, other).ok
        rows = second.phases(other)
        order = rows["id"].astype(int).tolist()
        due = second.phases(table).set_index("id").loc[order]
        for column in ("first_weight", "psu", "psu_2", "population", "phase_stratum", "phase_drawn"):
            assert rows[column].tolist() == due[column].tolist()


def test_a_phase_may_stratify_by_what_the_first_phase_added() -> None:
    first = one(FIRSTS["stratified"])
    table = learnt(first)
    second = two(table, first, Stratified(("stratum", "population"), TWO))
    assert second.units["stratum"].tolist() == second.units["drawn_stratum"].tolist()
    assert second.roles["stratum"] == ["drawn_stratum"]
    assert verify(second, table).ok
    rows = second.phases(table)
    assert rows["stratum"].tolist() == rows["drawn_stratum"].tolist() == table["stratum"].tolist()
    assert Survey(rows, **second.roles).weights.sum() == pytest.approx(60, rel=1e-12)


def test_columns_of_the_table_keep_their_names() -> None:
    first = one(frame=FRAME.assign(weight=55, phase_drawn="mine"))
    table = learnt(first).assign(phase_prob="own", first_weight=3)
    second = two(table, first)
    assert second.units["weight"].eq(55).all() and second.units["phase_prob"].eq("own").all()
    assert second.receipt["added"]["weight"] == "drawn_weight"
    assert second.roles["responded"] == "drawn_phase_drawn"
    rows = second.phases(table)
    assert rows["weight"].eq(55).all() and rows["phase_drawn"].eq("mine").all()
    assert Survey(rows, **second.roles).weights.sum() == pytest.approx(60, rel=1e-12)


def test_a_released_first_phase_counts_as_it_stands() -> None:
    first = release(one(SimpleRandom(n=18, reserve=0.5)), 6)
    second = two(learnt(first), first)
    assert second.units["first_weight"].eq(60 / 24).all()
    assert verify(second, learnt(first)).ok


def test_nothing_given_is_changed() -> None:
    first = one()
    table, units, receipt = learnt(first), first.units.copy(deep=True), json.dumps(first.receipt)
    before = table.copy(deep=True)
    second = two(table, first)
    second.phases(table)
    verify(second, table)
    pd.testing.assert_frame_equal(table, before, check_exact=True)
    pd.testing.assert_frame_equal(first.units, units, check_exact=True)
    assert json.dumps(first.receipt) == receipt


def test_shows_what_it_came_after(shown: Any) -> None:
    first = one()
    page = shown(two(learnt(first), first))
    assert ["after", "one"] in page.rows
    assert repr(two(learnt(first), first)) == "Sample('two': 6 of 24 units in 3 strata, simple-random/1)"


# ------------------------------------------------------------------------------------- the variance


def by_domain(statistic: Any, name: str) -> tuple[list[float], list[float]]:
    """Estimates and standard errors of everyone, of the even towns, and of county z."""
    rows, second = oracle.phases(name)
    found = []
    for inside in (rows["id"] >= 0, rows["town"] % 2 == 0, rows["county"] == "z"):
        survey = Survey(rows.assign(inside=np.where(inside, "in", "out")), **second.roles)
        table = statistic(survey, "y", by=["inside"]).table.set_index("inside")
        found.append((table.loc["in", "estimate"], table.loc["in", "se"]))
    return [a for a, _ in found], [b for _, b in found]


@pytest.mark.parametrize("name", ["srs", "strata"])
@pytest.mark.parametrize("statistic", [total, mean])
def test_equals_r_twophase(statistic: Any, name: str) -> None:
    # tests/oracles/twophase_drawn.R: survey 4.1.1, twophase(method = "full"), on these very draws.
    due = R[name]
    assert due["survey"]
    estimates, errors = by_domain(statistic, name)
    kind = statistic.__name__
    assert estimates == pytest.approx(due[kind], rel=1e-12)
    assert errors == pytest.approx(np.sqrt(np.diag(due[f"{kind}_vcov"])), rel=1e-9)


@pytest.mark.parametrize("name", R)
def test_units_carry_the_weights_of_r_twophase(name: str) -> None:
    units = oracle.phases(name)[1].units
    due = dict(zip(R[name]["id"], R[name]["weight"], strict=True))
    assert dict(zip(units["id"], units["weight"], strict=True)) == pytest.approx(due, rel=1e-12)


@pytest.mark.parametrize("name", ["clusters", "crossing", "unequal"])
def test_differs_from_r_where_strata_cross_the_first_phase(name: str) -> None:
    # The estimates are R's where first-phase weights are equal. The variance is not its double sum over
    # pairs, which is without bias and may be negative (it is here, for the total of "clusters"), but one
    # that is right for large strata and never negative.
    estimates, errors = by_domain(mean, name)
    assert estimates == pytest.approx(R[name]["mean"], rel=1e-12 if name == "clusters" else 0.02)
    assert errors == pytest.approx(np.sqrt(np.diag(R[name]["mean_vcov"])), rel=0.15)
    assert np.isfinite(by_domain(total, name)[1]).all()
    assert (np.diag(R[name]["total_vcov"])[0] < 0) == (name == "clusters")


def test_the_variance_is_right_over_every_sample_of_two_phases(every: Any) -> None:
    # Five of six persons, of whom two or three say yes; then two of each answer.
    frame = pd.DataFrame({"id": range(6), "answer": [*"yyynnn"], "y": [1.0, 4.0, 9.0, 2.0, 3.0, 7.0]})

    def both() -> Any:
        first = one(SimpleRandom(n=5), frame=frame)
        second = two(first.units, first)
        return total(asked(second, first.units), "y")

    found = [(p, result.table["estimate"].item(), result.cov.item()) for p, result in every(both)]
    assert len(found) == 18  # 6 first phases, then 3 of the larger stratum
    p, estimate, variance = np.array(found).T
    assert p.sum() == pytest.approx(1, rel=1e-12)
    assert p @ estimate == pytest.approx(26, rel=1e-12)
    assert p @ variance == pytest.approx(p @ (estimate - 26) ** 2, rel=1e-12)


# ------------------------------------------------------------------------------------------- proof

FIRST = one()
TABLE = learnt(FIRST)
SECOND = two(TABLE, FIRST)
UNIT = SECOND.units["id"].iloc[0]
OTHER = next(i for i in TABLE["id"] if i not in set(SECOND.units["id"]))


@every_first
def test_an_untouched_second_phase_verifies_through_json(design: Any) -> None:
    first = one(design, frame=SIZED)
    second = two(learnt(first), first)
    again = Sample(second.units[::-1], second.roles, json.loads(json.dumps(second.receipt)))
    assert verify(again, learnt(first).sample(frac=1, random_state=2)).differences == ()


def answered(unit: object, answer: str) -> pd.DataFrame:
    return TABLE.assign(answer=TABLE["answer"].mask(TABLE["id"] == unit, answer))


@pytest.mark.parametrize("unit", [UNIT, OTHER])
def test_a_changed_answer_is_named(unit: object) -> None:
    found = "\n".join(verify(SECOND, answered(unit, "maybe")).differences)
    assert "cannot be repeated" in found and "stratum maybe: 2 units asked, 1 in the frame" in found
    old = TABLE.set_index("id")["answer"][unit]
    new = next(one for one in ANSWERS if one != old)
    found = "\n".join(verify(SECOND, answered(unit, new)).differences)
    assert f'frame: unit "{unit}" is not in the frame that was drawn, or not with these values' in found
    assert (f"unit \"{unit}\": answer is '{old}' in the sample, '{new}' in the frame" in found) == (
        unit == UNIT
    )


def test_a_missing_row_cannot_be_repeated() -> None:
    (found,) = verify(SECOND, TABLE[TABLE["id"] != OTHER]).differences
    assert found.startswith(
        f'the draw cannot be repeated: draw two: 1 units that "one" drew have no row, first "{OTHER}"'
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("prob", 0.5),
        ("weight", 1.0),
        ("first_weight", 2.0),
        ("phase_prob", 1.0),
        ("phase_stratum", "x"),
        ("psu", "x"),
    ],
)
def test_a_touched_value_of_the_sample_is_named(column: str, value: object) -> None:
    units = SECOND.units.astype({column: object})
    units.loc[0, column] = value
    found = verify(Sample(units, SECOND.roles, SECOND.receipt), TABLE).differences
    assert any(
        one.startswith(f'unit "{UNIT}": {column} is {value} in the sample, repeating gives ') for one in found
    )


def touched(change: Callable[[Any], object]) -> list[str]:
    receipt = json.loads(json.dumps(SECOND.receipt))
    change(receipt)
    return list(verify(Sample(SECOND.units, SECOND.roles, receipt), TABLE).differences)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r["after"]["drawn"].pop(), "the draw cannot be repeated: draw two: 1 rows are of no unit"),
        (lambda r: r["after"].update(stage=2), "stage: the receipt says 2, repeating gives 3"),
        (lambda r: r["after"].update(name="x"), ""),
        (lambda r: r["after"]["drawn"][0].update(prob=0.9), "'prob' is what \"one\" added, but unit"),
        (
            lambda r: r["after"]["roles"].update(stratum=["psu"]),
            "roles: the receipt says {'weight': 'first_weight'",
        ),
        (lambda r: r["cells"][0]["drawn"].__setitem__(0, str(OTHER)), "stands in the receipt, but repeating"),
        (lambda r: r["added"].update(prob="weight"), "added: the receipt says"),
        (
            lambda r: r["design"].update(kind="multistage", stages={"id": r["design"]["method"]}, before=[]),
            None,
        ),
    ],
)
def test_a_touched_receipt_is_named(change: Callable[[Any], object], said: str | None) -> None:
    if said is None:
        with pytest.raises(DesignError, match="'before' is missing"):
            touched(lambda r: (change(r), r["design"]["stages"].update(x=r["design"]["method"])))
    elif said:
        assert any(said in one for one in touched(change)), touched(change)
    else:  # the first phase's name is its label only; its own receipt proves it
        assert touched(change) == []


@pytest.mark.parametrize("after", [None, 3, {}, {"drawn": []}, {"name": "one", "drawn": [{"prob": 1}]}])
def test_a_damaged_first_phase_is_refused(after: object) -> None:
    with pytest.raises(DesignError, match="receipt two: 'after' is missing or cannot be used"):
        touched(lambda r: r.update(after=after))


# ------------------------------------------------------------------------------------------- errors

TOWNS = draw(FRAME[["town"]].drop_duplicates(), SimpleRandom(n=4), key="k", name="towns", unit="town")


def repeated() -> Sample:
    """A first phase whose ids repeat in other towns."""
    frame = FRAME.assign(id=FRAME["id"] % 5)
    return draw(frame, Census(), key="k", name="one", unit="id", within=TOWNS)


def second_phase(found: str, where: str = "draw two") -> tuple[str, str]:
    return (
        f"{where}: a second phase cannot be joined with {found}. Draw it with after= alone, by a design of "
        "one stage, from a draw that is no second phase; and nothing within it.",
        f"{where}：第二相不能与 {found} 合用。请只用 after=，用单阶段设计，从不是第二相的样本里抽；"
        "其中也不再抽下一阶段。",
    )


def unequal(found: str) -> tuple[str, str]:
    return (
        f"draw two: {found} does not draw a fixed number with equal chances in each stratum, which the "
        "variance of a second phase rests on. Use SimpleRandom, Systematic or Census.",
        f"draw two：{found} 不是在每层等概率抽固定个数，而第二相的方差要以此为据。"
        "请用 SimpleRandom、Systematic 或 Census。",
    )


def other(column: str, unit: object, a: object, b: object) -> tuple[str, str]:
    return (
        f'draw two: {column!r} is what "one" added, but unit "{unit}" has {a!r} and not {b!r}. '
        "Take the column as it was drawn, or rename yours.",
        f"draw two：“{column}”是“one”加的列，但单位“{unit}”是 {a!r}，不是 {b!r}。"
        "请用抽样时的列，或给自己的列改名。",
    )


AT = TABLE["id"].iloc[0]
Call = Callable[[], Any]
CASES: dict[str, list[tuple[Call, tuple[str, str]]]] = {
    "second_phase": [
        (lambda: two(TABLE, FIRST, within=TOWNS), second_phase("within=")),
        (lambda: two(TABLE, FIRST, Multistage({"id": TWO})), second_phase("Multistage")),
        (lambda: two(SECOND.units, SECOND), second_phase("after= 'two'")),
        (
            lambda: draw(FRAME, TWO, key="k", name="three", unit="y", within=SECOND),
            second_phase("within= 'two'", "draw three"),
        ),
    ],
    "phase_unit": [
        (
            lambda: two(TABLE, FIRST, unit="town"),
            (
                "draw two: the first phase drew units 'id', so the second cannot draw units 'town'. "
                "Draw the same units.",
                "draw two：第一相抽的是“id”，第二相不能抽“town”。请抽同样的单位。",
            ),
        )
    ],
    "phase_reserve": [
        (
            lambda: two(TABLE, FIRST, SimpleRandom(n=2, reserve=1)),
            (
                "draw two: a second phase has no reserves. Leave them out.",
                "draw two：第二相没有候补。请去掉。",
            ),
        )
    ],
    "unequal_phase": [
        (lambda: two(TABLE, FIRST, Stratified("answer", PPS(n=2, size="size"))), unequal("PPS")),
        (lambda: two(TABLE, FIRST, Bernoulli(rate=0.5)), unequal("Bernoulli")),
        (lambda: two(TABLE, FIRST, PPSWithReplacement(n=4, size="size")), unequal("PPSWithReplacement")),
    ],
    "not_in_phase": [
        (
            lambda: two(pd.concat([TABLE, TABLE[:2].assign(id=["x", "z"])]), FIRST),
            (
                'draw two: 2 rows are of no unit that "one" drew, first "x" (row 25). Leave them out.',
                "draw two：有 2 行不是“one”抽中的单位，第一个是“x”（第 25 行）。请去掉。",
            ),
        )
    ],
    "missing_in_phase": [
        (
            lambda: two(TABLE[TABLE["id"] != OTHER], FIRST),
            (
                f'draw two: 1 units that "one" drew have no row, first "{OTHER}". '
                "Add them, each in some stratum.",
                f"draw two：“one”抽中的单位有 1 个没有行，第一个是“{OTHER}”。请补上，并归入某一层。",
            ),
        )
    ],
    "other_in_phase": [
        (lambda: two(TABLE.assign(weight=7), FIRST), other("weight", AT, 7, 2.5)),
        (lambda: two(TABLE.assign(population="many"), FIRST), other("population", AT, "many", 60)),
        (lambda: two(TABLE.assign(psu=None), FIRST), other("psu", AT, None, str(AT))),
        (lambda: two(TABLE.assign(stratum="z"), FIRST), other("stratum", AT, "z", "")),
        (lambda: SECOND.phases(TABLE.assign(weight=7)), other("weight", AT, 7, 2.5)),
    ],
    "no_phases": [
        (
            lambda: FIRST.phases(TABLE),
            (
                "draw one: it is not of two phases: its own rows are what its roles tell. "
                "Score sample.units.",
                "draw one：不是两相样本，roles 说的就是它自己的行。请直接用 sample.units 计分。",
            ),
        )
    ],
    "other_rows": [
        (
            lambda: SECOND.phases(answered(OTHER, "no" if OTHER % 3 != 1 else "yes")),
            (
                "draw two: these are not the values that were drawn from. "
                "verify(sample, table) names what differs.",
                "draw two：这些不是抽样时的值。verify(sample, table) 会指出不同之处。",
            ),
        )
    ],
    "not_a_sample": [
        (
            lambda: two(TABLE, FIRST.units),  # type: ignore[arg-type]
            (
                "draw two: after= takes a whole sample as draw gave it, not its units; it is a DataFrame.",
                "draw two：after= 要给 draw 得出的整个样本，不是其中的 units；现在是 DataFrame。",
            ),
        )
    ],
    "lost_unit": [
        (
            lambda: two(TABLE, Sample(FIRST.units[1:], FIRST.roles, FIRST.receipt)),
            (
                f'draw one: 1 units that were drawn are not in the sample, first "{AT}". '
                "Take the sample as it was drawn.",
                f"draw one：抽中的单位有 1 个不在样本里，第一个是“{AT}”。请用最初抽出的样本。",
            ),
        )
    ],
    "no_column": [
        (
            lambda: two(TABLE[["answer"]], FIRST),
            (
                "draw two: column 'id' is needed; the frame has answer. Rename or add the column.",
                "draw two：需要“id”列，名单只有 answer。请改列名或补上该列。",
            ),
        )
    ],
    "unreleased": [
        (
            lambda: two(TABLE, one(SimpleRandom(n=3, reserve=1))),
            (
                "draw one: it has reserves, so its probabilities are not settled. Release some of them, "
                "or none: release(sample, 0).",
                "draw one：含有候补单位，入样概率未定。请先启用候补，一个也不启用时用 release(sample, 0)。",
            ),
        )
    ],
    "duplicate_ids": [
        (
            lambda: two(repeated().units, repeated(), TWO),
            (
                'draw one: unit id must be unique; 15 repeat, first "0" (rows 1 and 6). '
                "Remove the duplicate or give it its own id.",
                "draw one：编号必须唯一；有 15 个重复，第一个是“0”（第 1 行和第 6 行）。"
                "请删去重复的，或给它自己的编号。",
            ),
        ),
        (
            lambda: two(pd.concat([TABLE, TABLE[:1]]), FIRST),
            (
                f'draw two: unit id must be unique; 1 repeat, first "{AT}" (rows 1 and 25). '
                "Remove the duplicate or give it its own id.",
                f"draw two：编号必须唯一；有 1 个重复，第一个是“{AT}”（第 1 行和第 25 行）。"
                "请删去重复的，或给它自己的编号。",
            ),
        ),
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
    assert (str(caught.value), caught.value.chinese, caught.value.rule) == (*texts, rule)
