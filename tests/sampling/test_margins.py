"""Cells from margins, and whole numbers that keep them.

Oracles: R's loglin (oracles/ipf.R), algebra for two by two, and enumeration of every rounding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from string import Formatter

import numpy as np
import pandas as pd
import pytest

from sampling import DesignError, FrameError, margin_targets, quota_cells, quota_targets, rounded_targets
from sampling.errors import TEMPLATES

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "ipf.json").read_text("utf8"))["cases"]
RULES = ["bad_margin", "margin_categories", "margins_disagree", "bad_seed", "seed_zeros", "no_rounding"]
AGE = {"15-39": 600, "40-59": 300, "60+": 100}
SEX = {"f": 510, "m": 490}


@pytest.mark.parametrize("name", ORACLE)
def test_cells_equal_loglin(name: str) -> None:
    case = ORACLE[name]
    dim = [int(one) for one in case["dim"]]
    names = [f"v{at}" for at in range(1, len(dim) + 1)]
    labels = list(product(*map(range, dim)))

    def fold(values: list[float], shape: list[int]) -> np.ndarray:
        return np.array(values).reshape(shape, order="F")

    margins = {}
    for key, axes in case["margins"].items():
        due = fold(case["due"][key], [dim[int(at) - 1] for at in axes])
        columns = tuple(names[int(at) - 1] for at in axes)
        margins[columns] = {label: due[label] for label in np.ndindex(due.shape)}
    seed = fold(case["seed"], dim)
    order = list(dict.fromkeys(column for columns in margins for column in columns))
    of = [order.index(column) for column in names]
    given = {tuple(label[names.index(c)] for c in order): seed[label] for label in labels}
    cells = quota_cells(margins, seed=given)
    assert list(cells.index.names) == order
    fitted = fold(case["fitted"], dim)
    for label in cells.index:
        assert cells[label] == pytest.approx(fitted[tuple(label[at] for at in of)], rel=1e-9, abs=1e-9)
    for columns, table in margins.items():
        sums = cells.groupby(level=list(columns)).sum()
        due = [table[label if isinstance(label, tuple) else (label,)] for label in sums.index]
        assert sums.tolist() == pytest.approx(due, rel=1e-10)


def test_two_by_two_keeps_the_seeds_odds_ratio() -> None:
    # With row sums 600 and 400, column sums 510 and 490 and odds ratio 3:
    # x (400 - 510 + x) = 3 (600 - x) (510 - x), a quadratic in x.
    cells = quota_cells(
        {"age": {"a": 600, "b": 400}, "sex": SEX},
        {("a", "f"): 3, ("a", "m"): 1, ("b", "f"): 1, ("b", "m"): 1},
    )
    roots = np.roots([1 - 3, 400 - 510 + 3 * (600 + 510), -3 * 600 * 510])
    x = next(root for root in roots if 0 < root < 510)
    assert cells["a", "f"] == pytest.approx(x, rel=1e-9)
    assert cells["a", "f"] * cells["b", "m"] / (cells["a", "m"] * cells["b", "f"]) == pytest.approx(3)


def test_without_a_seed_cells_are_independent() -> None:
    cells = quota_cells({"age": AGE, "sex": SEX})
    assert cells.name == "population" and cells.index.names == ["age", "sex"]
    for (age, sex), count in cells.items():
        assert count == pytest.approx(AGE[age] * SEX[sex] / 1000)
    one = quota_cells({"age": AGE})
    assert one.to_dict() == AGE and one.index.nlevels == 1 and one.index.name == "age"


def test_zeros_stay() -> None:
    cells = quota_cells({"age": AGE | {"85+": 0}, "sex": SEX})
    assert cells["85+"].tolist() == [0, 0] and cells.sum() == pytest.approx(1000)
    seed = dict.fromkeys(product(AGE, SEX), 1.0) | {("60+", "m"): 0.0}
    cells = quota_cells({"age": AGE, "sex": SEX}, seed)
    assert cells["60+", "m"] == 0 and cells["60+", "f"] == pytest.approx(100, rel=1e-10)
    del seed["60+", "m"]  # what the seed leaves out is 0 too
    assert quota_cells({"age": AGE, "sex": SEX}, seed).equals(cells)


def test_the_callers_data_stay() -> None:
    age, margins = dict(AGE), {"age": pd.Series(AGE), "sex": dict(SEX)}
    quota_cells(margins)
    assert margins["age"].to_dict() == age and margins["sex"] == SEX


def said(rule: str, kind: type, call: object) -> str:
    with pytest.raises(kind) as caught:
        call()  # type: ignore[operator]
    assert caught.value.rule == rule
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.chinese)
    return str(caught.value)


def test_contradictory_margins_are_refused_with_both_sums() -> None:
    text = said(
        "margins_disagree", FrameError, lambda: quota_cells({"age": AGE, "sex": {"f": 510, "m": 489}})
    )
    assert "age and sex contradict each other at (all): 1000 against 999" in text
    crossed = {("f", "x"): 300, ("f", "y"): 211, ("m", "x"): 200, ("m", "y"): 289}
    both = {("sex", "town"): crossed, "sex": SEX}
    text = said("margins_disagree", FrameError, lambda: quota_cells(both))
    assert "sex / town and sex contradict each other at f: 511 against 510" in text
    said(
        "margins_disagree", FrameError, lambda: margin_targets({"age": AGE, "sex": {"f": 510, "m": 489}}, 10)
    )
    # What a census rounds away is no contradiction; a person of a million is.
    quota_cells({"a": {"x": 1e12}, "b": {"y": 1e12 + 1}})
    said("margins_disagree", FrameError, lambda: quota_cells({"a": {"x": 1e6}, "b": {"y": 1e6 + 1}}))


def test_shared_columns_may_stand_in_another_order() -> None:
    a = {("f", "x"): 1, ("f", "y"): 2, ("m", "x"): 3, ("m", "y"): 4}
    b = {(town, sex): count for (sex, town), count in a.items()}
    cells = quota_cells({("sex", "town"): a, ("town", "sex"): b, "age": {"u": 10}})
    assert {(sex, town): count for (sex, town, _), count in cells.items()} == pytest.approx(a)


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), True, "9", None])
def test_what_is_no_count_is_refused(bad: object) -> None:
    assert "not so are m" in said("bad_margin", FrameError, lambda: quota_cells({"sex": {"f": 1, "m": bad}}))
    seed = {("f",): 1, ("m",): bad}
    assert "not so are m" in said("bad_seed", FrameError, lambda: quota_cells({"sex": SEX}, seed))


def test_other_faults_of_margins_and_seeds_are_named() -> None:
    said("bad_margin", FrameError, lambda: quota_cells({}))
    said("bad_margin", FrameError, lambda: quota_cells({"sex": {"f": 0, "m": 0}}))
    said("bad_margin", FrameError, lambda: quota_cells({("sex", "age"): {"f": 1}}))
    twice = pd.Series([1, 2], index=["f", "f"])
    said("bad_margin", FrameError, lambda: quota_cells({"sex": twice}))
    other = {("f", "x"): 510, ("w", "x"): 490}
    text = said("margin_categories", FrameError, lambda: quota_cells({"sex": SEX, ("sex", "town"): other}))
    assert "different categories of sex: m, w" in text
    assert "m / z" in said(
        "bad_seed", FrameError, lambda: quota_cells({"sex": SEX, "town": {"x": 1000}}, {("m", "z"): 1})
    )


def test_zeros_that_contradict_the_margins_are_named() -> None:
    seed = {("15-39", "f"): 1, ("40-59", "f"): 1, ("60+", "m"): 1}  # men: the 100 of 60+ alone
    text = said("seed_zeros", FrameError, lambda: quota_cells({"age": AGE, "sex": SEX}, seed))
    assert "the margins cannot be met" in text
    none = {("15-39", "f"): 1, ("40-59", "f"): 1, ("15-39", "m"): 1}
    assert "60+ should hold 100, the cells reach 0" in said(
        "seed_zeros", FrameError, lambda: quota_cells({"age": AGE, "sex": SEX}, none)
    )


# ---------------------------------------------------------------------------------- whole numbers


def enumerated(exact: np.ndarray, n: int) -> list[np.ndarray]:
    """Give every table of cells just below or above whose margins are so too, least distance first."""
    low, rest = np.floor(exact + 1e-9), []
    free = [at for at in np.ndindex(exact.shape) if abs(exact[at] - round(exact[at])) > 1e-9]
    for ups in product((0, 1), repeat=len(free)):
        table = low.copy()
        for at, up in zip(free, ups, strict=True):
            table[at] += up
        sums = [(table.sum(), float(n))]
        for axis in range(exact.ndim):
            over = tuple(one for one in range(exact.ndim) if one != axis)
            sums += list(zip(table.sum(axis=over), exact.sum(axis=over), strict=True))
        if all(abs(a - b) < 1 - 1e-9 for a, b in sums) and table.sum() == n:
            rest.append(table)
    return sorted(rest, key=lambda table: np.abs(table - exact).sum())


@pytest.mark.parametrize("seed", range(40))
def test_rounding_is_the_nearest_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = [(3, 3), (2, 5), (4, 3), (2, 2, 3)][seed % 4]
    n = int(rng.integers(5, 60))
    counts = rng.integers(0, 50, shape).astype(float) + (seed % 3 == 0)
    names = [f"v{at}" for at in range(len(shape))]
    index = pd.MultiIndex.from_tuples(list(np.ndindex(shape)), names=names)
    cells = pd.Series(counts.ravel(), index=index)
    exact = counts * n / counts.sum()
    tables = enumerated(exact, n)
    if not tables:
        said("no_rounding", DesignError, lambda: rounded_targets(cells, n))
        return
    found = rounded_targets(cells, n)
    assert found.sum() == n and found.dtype == np.int64
    mine = found.to_numpy().reshape(shape)
    assert any((mine == table).all() for table in tables)
    assert np.abs(mine - exact).sum() == pytest.approx(np.abs(tables[0] - exact).sum(), abs=1e-3)
    assert rounded_targets(cells, n).equals(found)


def test_rounding_that_is_already_whole_or_of_one_column() -> None:
    cells = quota_cells({"age": {"a": 600, "b": 400}, "sex": {"f": 500, "m": 500}})
    assert rounded_targets(cells, 10).tolist() == [3, 3, 2, 2]
    one = pd.Series({"a": 4100.0, "b": 3300.0, "c": 2600.0}).rename_axis("x")
    assert rounded_targets(one, 17).to_dict() == quota_targets(one, 17).to_dict() == {"a": 7, "b": 6, "c": 4}


def test_each_cell_for_itself_would_break_a_margin() -> None:
    # Sixteen cells of 1.25: largest remainder gives the four left to the first row, which gets 8 of 5.
    index = pd.MultiIndex.from_product([range(4), range(4)], names=["a", "b"])
    cells = pd.Series(100.0, index=index)
    assert quota_targets(cells, 20).groupby("a").sum().tolist() == [8, 4, 4, 4]
    kept = rounded_targets(cells, 20)
    assert kept.groupby("a").sum().tolist() == kept.groupby("b").sum().tolist() == [5, 5, 5, 5]


def test_a_large_table_keeps_every_margin() -> None:
    rng = np.random.default_rng(5)
    cells = quota_cells(_census(rng))
    found = rounded_targets(cells, 777)
    exact = cells * 777 / cells.sum()
    assert (abs(found - exact) < 1).all() and found.sum() == 777
    for level in cells.index.names:
        assert (abs(found.groupby(level).sum() - exact.groupby(level).sum()) < 1).all()


def _census(rng: np.random.Generator) -> dict[str, dict[int, float]]:
    shares = {name: rng.dirichlet(np.ones(size)) for name, size in (("age", 14), ("county", 9))}
    return {name: {at: 1e6 * float(one) for at, one in enumerate(each)} for name, each in shares.items()}


def test_numbers_that_cannot_be_are_refused() -> None:
    cells = quota_cells({"age": AGE, "sex": SEX})
    for n in (0, -1, 1.5, True):
        said("bad_n", DesignError, lambda n=n: rounded_targets(cells, n))
    said("bad_margin", FrameError, lambda: rounded_targets(-cells, 5))


def test_three_columns_may_have_no_rounding() -> None:
    cells, n = next(no_roundings())
    said("no_rounding", DesignError, lambda: rounded_targets(cells, n))


def no_roundings() -> Iterator[tuple[pd.Series, int]]:
    """Try tables of zeros and ones until enumeration finds no rounding."""
    index = pd.MultiIndex.from_product([range(2)] * 3, names=["a", "b", "c"])
    for chosen in product((0.0, 1.0), repeat=8):
        for n in range(1, int(sum(chosen))):
            exact = (np.array(chosen) * n / sum(chosen)).reshape(2, 2, 2)
            if not enumerated(exact, n):
                yield pd.Series(chosen, index=index), n


def test_margin_targets_are_largest_remainders() -> None:
    found = margin_targets({"age": AGE, "sex": SEX}, 7)
    # 7 x 0.6, 0.3, 0.1 = 4.2, 2.1, 0.7; 7 x 0.51, 0.49 = 3.57, 3.43.
    assert found["age"].tolist() == [4, 2, 1] and found["sex"].tolist() == [4, 3]


@pytest.mark.parametrize("rule", RULES)
def test_both_languages_tell_the_same(rule: str) -> None:
    english, chinese = (
        {name for _, name, *_ in Formatter().parse(text) if name} for text in TEMPLATES[rule][:2]
    )
    assert english == chinese


def test_a_series_goes_by_the_names_of_its_levels() -> None:
    index = pd.MultiIndex.from_tuples([("no", "yes"), ("yes", "no")], names=["tv", "car"])
    crossed = pd.Series([30, 70], index=index)
    cells = quota_cells({("car", "tv"): crossed})
    assert cells[("yes", "no")] == 30 and cells[("no", "yes")] == 70
    seeded = quota_cells({"car": {"yes": 40, "no": 60}, "tv": {"yes": 60, "no": 40}}, crossed)
    assert seeded[("yes", "no")] == pytest.approx(40) and seeded[("yes", "yes")] == 0
