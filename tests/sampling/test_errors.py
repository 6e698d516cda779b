"""Everything that can be wrong with a frame or a design, word for word, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest

from sampling import (
    PPS,
    Balanced,
    Bernoulli,
    DesignError,
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
    pseudo_weights,
    quota_targets,
    release,
    verify,
)
from sampling.designs import PPSMethod
from sampling.errors import TEMPLATES

HERE = Path(__file__)
CLIENTS = pd.DataFrame(
    {
        "id": ["S-1", "S-2", "S-3", "S-4", "S-5"],
        "county": ["岳池县", "岳池县", "武胜县", "武胜县", "武胜县"],
        "people": [5, 3, 2, 8, 1],
    }
)
HAS = "id, county, people"


def clients(design: Any, frame: pd.DataFrame = CLIENTS, **options: Any) -> Sample:
    return draw(frame, design, **({"key": "k", "name": "clients", "unit": "id"} | options))


def with_(column: str, *values: object) -> pd.DataFrame:
    """The clients with the last values of a column put in its place."""
    kept = CLIENTS[column].tolist()[: 5 - len(values)]
    return CLIENTS.assign(**{column: pd.Series([*kept, *values], dtype=object)})


def inside(frame: pd.DataFrame) -> Callable[[], Sample]:
    """A second stage in the first county that is drawn."""
    counties = pd.DataFrame({"county": ["岳池县", "武胜县"]})
    first = draw(counties, SimpleRandom(n=2), key="k", name="counties", unit="county")
    return lambda: clients(SimpleRandom(n=1), frame, within=first)


def receipt_of(**changes: Any) -> Callable[[], Any]:
    sample = clients(SimpleRandom(n=2))
    receipt = {
        field: value for field, value in {**sample.receipt, **changes}.items() if changes.get(field) != "drop"
    }
    return lambda: verify(Sample(sample.units, sample.roles, receipt), CLIENTS)


def no_column(column: str) -> tuple[str, str]:
    return (
        f"draw clients: column {column!r} is needed; the frame has {HAS}. Rename or add the column.",
        f"draw clients：需要“{column}”列，名单只有 {HAS}。请改列名或补上该列。",
    )


def missing(column: str, count: int, row: int) -> tuple[str, str]:
    return (
        f"draw clients: {column!r} must not be empty; {count} are, first in row {row}. "
        "Fill it in or remove the row.",
        f"draw clients：“{column}”不能为空；有 {count} 处，第一处在第 {row} 行。请补上或删去该行。",
    )


def bad_size(count: int, value: object, unit: str, row: int) -> tuple[str, str]:
    return (
        f"draw clients: size 'people' must be a positive number; {count} are not, first {value!r} of unit "
        f'"{unit}" (row {row}). Correct it or leave the unit out.',
        f"draw clients：规模“people”必须是正数；有 {count} 个不是，第一个是单位“{unit}”（第 {row} 行）的 "
        f"{value!r}。请改正或去掉该单位。",
    )


def float_id(value: float) -> tuple[str, str]:
    return (
        f"draw clients: 'id' holds the number {value!r}, which is no whole number below 10^15. "
        "Read the file with ids as text.",
        f"draw clients：“id”里是数字 {value!r}，不是 10^15 以内的整数。读文件时请把编号当作文本。",
    )


def forbidden(column: str, row: int, value: str) -> tuple[str, str]:
    return (
        f"draw clients: {column!r} must not hold control characters (U+001F, line breaks); row {row} does: "
        f"{value!r}. Clean the value.",
        f"draw clients：“{column}”不能含控制字符（U+001F、换行）；第 {row} 行有：{value!r}。请清理。",
    )


def bad_n(field: str, n: object) -> tuple[str, str]:
    return (
        f"draw clients{field}: n must be a whole number of at least 1; it is {n!r}.",
        f"draw clients{field}：样本量必须是不小于 1 的整数，现在是 {n!r}。",
    )


def bad_total(total: int, cells: int, at_least: int) -> tuple[str, str]:
    return (
        f"draw clients: a total of {total} cannot be spread over {cells} strata holding 5 units with at "
        f"least {at_least} in each. Change the total or at_least.",
        f"draw clients：总量 {total} 无法分到 {cells} 个层（共 5 个单位，每层至少 {at_least} 个）。"
        "请改总量或每层下限。",
    )


def too_many(where: str, asked: int, available: int) -> tuple[str, str]:
    return (
        f"{where}: {asked} units asked, {available} in the frame. Lower n or merge the stratum.",
        f"{where}：要抽 {asked} 个，名单只有 {available} 个。请减少样本量或合并层。",
    )


def bad_design(found: object) -> tuple[str, str]:
    known = (
        "SimpleRandom, Bernoulli, Systematic, PPS, PPSWithReplacement, Poisson, Balanced, SpatiallyBalanced, "
        "Census"
    )
    return (
        f"draw clients: {found!r} does not say how a stratum is drawn. Use one of {known}.",
        f"draw clients：{found!r} 没有说明每层怎样抽。请用 {known} 之一。",
    )


def damaged(field: str) -> tuple[str, str]:
    return (
        f"receipt clients: {field!r} is missing or cannot be used. Take the receipt as it was written.",
        f"receipt clients：缺少 {field!r} 或其内容不能用。请用原来的凭证。",
    )


def bad_reserve(reserve: object) -> tuple[str, str]:
    return (
        "draw clients: reserve must be a number of at least 0, such as 0.5 for one reserve on two units; it "
        f"is {reserve!r}.",
        f"draw clients：reserve 必须是不小于 0 的数，如 0.5 表示每两个单位一个候补，现在是 {reserve!r}。",
    )


def bad_release(found: str) -> tuple[str, str]:
    return (
        f"draw clients: cannot release {found}. Give a whole number for every stratum, a share from 0.0 to "
        "1.0, or a number for some of them by name.",
        f"draw clients：不能启用：{found}。请给每层一个整数、0.0 到 1.0 的比例，或按名称给某些层一个数。",
    )


def bad_counts(where: str, cells: str) -> tuple[str, str]:
    return (
        f"{where}: population counts must be numbers above 0, one for each cell; not so are {cells}. "
        "Correct or merge them.",
        f"{where}：每个单元须有一个大于 0 的总体数；以下不是：{cells}。请改正或合并。",
    )


NO_RESERVES = (
    "draw clients: it has no reserves, or they were released before. "
    "Release from the sample as it was drawn.",
    "draw clients：没有候补单位，或已经启用过。请从最初抽出的样本启用。",
)


def reserved() -> Sample:
    """One of two and one of three clients, with a reserve each."""
    return clients(Stratified("county", SimpleRandom(n=1, reserve=1)))


def touched_reserve() -> Sample:
    sample = reserved()
    return Sample(sample.units.replace({"id": dict.fromkeys(HAS_IDS, "X")}), sample.roles, sample.receipt)


HAS_IDS = ["S-1", "S-2"]
ONE, BY_SIZE = SimpleRandom(n=1), PPS(n=1, size="people")
NESTED = Stratified("county", ONE)
LISTS = pd.concat([CLIENTS.assign(county="邻水县"), CLIENTS])  # the first five rows are of no drawn county
Call = Callable[[], Any]
CASES: dict[str, list[tuple[Call, tuple[str, str]]]] = {
    "no_column": [
        (lambda: clients(ONE, unit="编号"), no_column("编号")),
        (lambda: clients(Stratified("town", ONE)), no_column("town")),
        (lambda: clients(PPS(n=1, size="staff")), no_column("staff")),
        (lambda: clients(Systematic(n=1, order=("grade",))), no_column("grade")),
        (lambda: clients(SimpleRandom(n=Proportional(2, size="staff"))), no_column("staff")),
        (
            inside(CLIENTS.drop(columns="county").assign(town="x")),
            (
                "draw clients: column 'county' is needed; the frame has id, people, town. "
                "Rename or add the column.",
                "draw clients：需要“county”列，名单只有 id, people, town。请改列名或补上该列。",
            ),
        ),
    ],
    "empty_frame": [
        (
            lambda: clients(ONE, CLIENTS.iloc[:0]),
            (
                "draw clients: the frame has no units. Check the file or the filter that made it.",
                "draw clients：名单里没有任何单位。请检查文件或筛选条件。",
            ),
        )
    ],
    "duplicate_ids": [
        (
            lambda: clients(ONE, with_("id", "S-2", "S-1", "S-2")),
            (
                'draw clients: unit id must be unique; 3 repeat, first "S-2" (rows 2 and 3). '
                "Remove the duplicate or give it its own id.",
                "draw clients：编号必须唯一；有 3 个重复，第一个是“S-2”（第 2 行和第 3 行）。"
                "请删去重复的，或给它自己的编号。",
            ),
        ),
        (
            lambda: clients(ONE, with_("id", 7, "7", 8.0)),  # one id in two types
            (
                'draw clients: unit id must be unique; 1 repeat, first "7" (rows 3 and 4). '
                "Remove the duplicate or give it its own id.",
                "draw clients：编号必须唯一；有 1 个重复，第一个是“7”（第 3 行和第 4 行）。"
                "请删去重复的，或给它自己的编号。",
            ),
        ),
        (
            inside(pd.concat([LISTS, CLIENTS.iloc[[3]]])),
            (
                'draw clients: unit id must be unique; 1 repeat, first "S-4" (rows 9 and 11). '
                "Remove the duplicate or give it its own id.",
                "draw clients：编号必须唯一；有 1 个重复，第一个是“S-4”（第 9 行和第 11 行）。"
                "请删去重复的，或给它自己的编号。",
            ),
        ),
    ],
    "missing_value": [
        (lambda: clients(ONE, with_("id", None, "S-4", float("nan"))), missing("id", 2, 3)),
        (lambda: clients(ONE, with_("id", "", "S-5")), missing("id", 1, 4)),
        (lambda: clients(Stratified("county", ONE), with_("county", pd.NA)), missing("county", 1, 5)),
        (inside(LISTS.assign(id=[*"abcdefg", None, "h", None])), missing("id", 2, 8)),
        (inside(LISTS.assign(id=[*"abcdefg", "", "h", "i"])), missing("id", 1, 8)),
    ],
    "float_id": [
        (lambda: clients(ONE, with_("id", 7.5)), float_id(7.5)),
        (lambda: clients(ONE, with_("id", 1e15)), float_id(1e15)),
        (lambda: clients(ONE, CLIENTS.assign(id=[1, 2, 3, 4, 0.5])), float_id(0.5)),
    ],
    "forbidden_character": [
        (lambda: clients(ONE, with_("id", "a\x1fb")), forbidden("id", 5, "a\x1fb")),
        (lambda: clients(ONE, with_("id", "a\nb", "c")), forbidden("id", 4, "a\nb")),
        (lambda: clients(NESTED, with_("county", "x\r")), forbidden("county", 5, "x\r")),
        (inside(LISTS.assign(id=[*"abcdefg", "x\n", "h", "i"])), forbidden("id", 8, "x\n")),
    ],
    "bad_size": [
        (lambda: clients(BY_SIZE, with_("people", None, 0)), bad_size(2, None, "S-4", 4)),
        (lambda: clients(BY_SIZE, with_("people", "many")), bad_size(1, "many", "S-5", 5)),
        (lambda: clients(BY_SIZE, CLIENTS.assign(people=[1, 0, 2, 3, -4])), bad_size(2, 0, "S-2", 2)),
        (lambda: clients(BY_SIZE, CLIENTS.assign(people=[1, 2, 2, 3, -0.5])), bad_size(1, -0.5, "S-5", 5)),
        (
            lambda: clients(BY_SIZE, CLIENTS.assign(people=[1, 2, 2, float("inf"), 1])),
            bad_size(1, float("inf"), "S-4", 4),
        ),
        (
            lambda: clients(SimpleRandom(n=Proportional(3, size="people")), with_("people", 0)),
            bad_size(1, 0, "S-5", 5),
        ),
        (
            lambda: draw(
                LISTS.assign(people=[1] * 7 + [0] * 3),
                BY_SIZE,
                key="k",
                name="clients",
                unit="id",
                within=draw(CLIENTS[["county"]][1:3], SimpleRandom(n=2), key="k", name="c", unit="county"),
            ),
            bad_size(3, 0, "S-3", 8),
        ),
    ],
    "too_many_asked": [
        (lambda: clients(SimpleRandom(n=6)), too_many("draw clients", 6, 5)),
        (
            lambda: clients(Stratified("county", Systematic(n=3))),
            too_many("draw clients / stratum 岳池县", 3, 2),
        ),
        (
            lambda: clients(Stratified(("county", "people"), PPS(n=2, size="people"))),
            too_many("draw clients / stratum 岳池县 / 3", 2, 1),
        ),
        (
            lambda: clients(
                SimpleRandom(n=3),
                within=draw(CLIENTS[["county"]][1:3], SimpleRandom(n=2), key="k", name="c", unit="county"),
            ),
            too_many("draw clients / stratum 岳池县", 3, 2),
        ),
    ],
    "bad_n": [
        (lambda: clients(SimpleRandom(n=0)), bad_n("", 0)),
        (lambda: clients(PPS(n=-2, size="people")), bad_n("", -2)),
        (lambda: clients(SimpleRandom(n=True)), bad_n("", True)),
        (lambda: clients(Systematic(n=2.0)), bad_n("", 2.0)),  # type: ignore[arg-type]
        (lambda: clients(SimpleRandom(n="2")), bad_n("", "2")),  # type: ignore[arg-type]
        (lambda: clients(SimpleRandom(n=Proportional(2.5))), bad_n(": total", 2.5)),  # type: ignore[arg-type]
        (lambda: clients(SimpleRandom(n=Proportional(0))), bad_n(": total", 0)),
        (lambda: clients(SimpleRandom(n=SelfWeighting(4, at_least=0))), bad_n(": at_least", 0)),
        (
            lambda: quota_targets({"f": 5}, 2.5),  # type: ignore[arg-type]
            (
                "quota_targets: n must be a whole number of at least 1; it is 2.5.",
                "quota_targets：样本量必须是不小于 1 的整数，现在是 2.5。",
            ),
        ),
    ],
    "bad_total": [
        (lambda: clients(Stratified("county", SimpleRandom(n=Proportional(6)))), bad_total(6, 2, 2)),
        (
            lambda: clients(Stratified("county", SimpleRandom(n=Proportional(4, at_least=3)))),
            bad_total(4, 2, 3),
        ),
    ],
    "no_parents": [
        (
            lambda: clients(SimpleRandom(n=SelfWeighting(4))),
            (
                "draw clients: SelfWeighting spreads units over the units drawn before; "
                "give them with within=.",
                "draw clients：自加权分配要用到上一阶段的样本，请用 within= 给出。",
            ),
        )
    ],
    "undrawn_parent": [
        (
            inside(CLIENTS.assign(county="岳池县")),
            (
                'draw clients: 1 of the drawn units have no rows, first "武胜县". Add their lists.',
                "draw clients：抽中的单位有 1 个没有名单，第一个是“武胜县”。请补上。",
            ),
        ),
        (
            inside(CLIENTS.assign(county="邻水县")),
            (
                'draw clients: 2 of the drawn units have no rows, first "岳池县". Add their lists.',
                "draw clients：抽中的单位有 2 个没有名单，第一个是“岳池县”。请补上。",
            ),
        ),
    ],
    "bad_design": [
        (lambda: clients(Stratified("people", NESTED)), bad_design(NESTED)),  # type: ignore[arg-type]
        (lambda: clients("census"), bad_design("census")),
    ],
    "bad_key": [
        (
            lambda: clients(ONE, key="a\x1fb"),
            (
                "draw clients: the key must be text without U+001F and not empty; it is 'a\\x1fb'.",
                "draw clients：key 必须是非空文本且不含 U+001F，现在是 'a\\x1fb'。",
            ),
        ),
        (
            lambda: clients(ONE, name=""),
            (
                "draw : the name must be text without U+001F and not empty; it is ''.",
                "draw ：name 必须是非空文本且不含 U+001F，现在是 ''。",
            ),
        ),
    ],
    "bad_receipt": [
        (
            receipt_of(receipt="minyi-receipt/2"),
            (
                "receipt clients: this version reads receipts of 'minyi-receipt/1'; this one says "
                "'minyi-receipt/2'. Verify it with the version that wrote it.",
                "receipt clients：本版本只读 'minyi-receipt/1' 的抽样凭证，这份写的是 'minyi-receipt/2'。"
                "请用出具它的版本核验。",
            ),
        )
    ],
    "damaged_receipt": [
        *((receipt_of(**{field: "drop"}), damaged(field)) for field in ("key", "frame", "cells")),
        (receipt_of(design={"kind": "lottery", "n": 2}), damaged("design")),
        (receipt_of(design={"kind": "simple_random", "number": 2}), damaged("design")),
        (receipt_of(design="simple_random"), damaged("design")),
        (receipt_of(design={}), damaged("design")),
        (receipt_of(released=3), damaged("released")),
        (receipt_of(released=[{"parents": [], "stratum": []}]), damaged("released")),
        (receipt_of(released=[{"parents": [], "stratum": [], "units": "one"}]), damaged("released")),
    ],
    "bad_reserve": [
        (lambda value=value: clients(SimpleRandom(n=1, reserve=value)), bad_reserve(value))
        for value in (-0.5, True, "1", None, float("nan"), float("inf"))
    ],
    "unreleased": [
        (
            lambda: draw(CLIENTS, ONE, key="k", name="visits", unit="people", within=reserved()),
            (
                "draw clients: it has reserves, so its probabilities are not settled. Release some of them, "
                "or none: release(sample, 0).",
                "draw clients：含有候补单位，入样概率未定。"
                "请先启用候补，一个也不启用时用 release(sample, 0)。",
            ),
        )
    ],
    "no_reserves": [
        (lambda: release(clients(ONE), 0), NO_RESERVES),
        (lambda: release(release(reserved(), 1), 0), NO_RESERVES),
    ],
    "strange_unit": [
        (
            lambda: release(touched_reserve(), 1),
            (
                'draw clients: 2 units of the sample are not in its receipt, first "X". '
                "Take the sample as it was drawn.",
                "draw clients：样本中有 2 个单位不在抽样凭证里，第一个是“X”。请用最初抽出的样本。",
            ),
        )
    ],
    "bad_release": [
        (lambda: release(reserved(), 2), bad_release("2 in 岳池县 (1), 2 in 武胜县 (1)")),
        (lambda: release(reserved(), -1), bad_release("-1 in 岳池县 (1), -1 in 武胜县 (1)")),
        (lambda: release(reserved(), True), bad_release("True in 岳池县 (1), True in 武胜县 (1)")),
        (lambda: release(reserved(), 1.5), bad_release("1.5 in 岳池县 (1), 1.5 in 武胜县 (1)")),
        (
            lambda: release(reserved(), {"武胜县": 1, "邻水县": 0, "岳池县": 0.5}),  # type: ignore[dict-item]
            bad_release("0 in 邻水县 (no stratum), 0.5 in 岳池县 (1)"),
        ),
        (lambda: release(clients(SimpleRandom(n=3, reserve=1)), 3), bad_release("3 in (all) (2)")),
    ],
    "unknown_cells": [
        (
            lambda: pseudo_weights(["f", "m", "x", "y", "x"], {"f": 1, "m": 2}),
            (
                "pseudo_weights: 2 cells of the sample have no population count: x, y. "
                "Add their counts or recode them.",
                "pseudo_weights：样本中有 2 个单元没有总体数：x, y。请补上或重新编码。",
            ),
        ),
    ],
    "bad_counts": [
        (
            lambda: pseudo_weights(
                ["f"], {"f": 0, "m": -2, "x": None, "y": "7", "z": 7, "u": True, "v": 1e999}
            ),
            bad_counts("pseudo_weights", "f, m, x, y, u, v"),
        ),
        (
            lambda: quota_targets(pd.Series([5, 6, 7], index=["f", "m", "f"]), 3),
            bad_counts("quota_targets", "f"),
        ),
    ],
    "empty_cells": [
        (
            lambda: pseudo_weights(["f", "f"], {"f": 9, "m": 5, "x": 0.5}),
            (
                "pseudo_weights: 2 cells of the population have nobody in the sample: m, x. "
                "Merge each with a similar cell.",
                "pseudo_weights：总体中有 2 个单元在样本中没有人：m, x。请与相近的单元合并。",
            ),
        ),
        (
            lambda: pseudo_weights(pd.DataFrame({"sex": ["f"], "age": [1]}), {("f", 1): 9, ("m", 1): 5}),
            (
                "pseudo_weights: 1 cells of the population have nobody in the sample: m / 1. "
                "Merge each with a similar cell.",
                "pseudo_weights：总体中有 1 个单元在样本中没有人：m / 1。请与相近的单元合并。",
            ),
        ),
    ],
}
CASES |= {
    "bad_value": [
        (
            lambda: clients(SpatiallyBalanced(n=2, over=("x",)), CLIENTS.assign(x=[1, 2, "?", None, 5])),
            (
                "draw clients: 'x' must be a number; 2 are not, first '?' of unit \"S-3\" (row 3). "
                "Correct it or leave the unit out.",
                "draw clients：“x”必须是数字；有 2 个不是，第一个是单位“S-3”（第 3 行）的 '?'。"
                "请改正或去掉该单位。",
            ),
        )
    ],
    "negligible_size": [
        (
            lambda method=method: clients(
                Stratified("county", method), CLIENTS.assign(people=[1e-15, 3, 2, 8, 1])
            ),
            (
                "draw clients / stratum 岳池县: size 'people' of unit \"S-1\" is 1e-15, so small beside the "
                "others that its inclusion probability is 3.33e-16. Correct it or leave the unit out.",
                "draw clients / stratum 岳池县：单位“S-1”的规模“people”是 1e-15，"
                "与其他单位相比太小，入样概率只有 3.33e-16。请改正或去掉该单位。",
            ),
        )
        for method in (
            *(PPS(n=1, size="people", method=one) for one in get_args(PPSMethod)),
            Poisson(n=1, size="people"),
            Balanced(n=1, on=("people",), size="people"),
        )
    ],
    "bad_rate": [
        (
            lambda rate=rate: Bernoulli(rate),
            (
                f"Bernoulli: rate must be a number above 0 and at most 1; it is {rate!r}.",
                f"Bernoulli：rate 必须大于 0 且不大于 1，现在是 {rate!r}。",
            ),
        )
        for rate in (0, 1.5, float("nan"), True, "0.5")
    ],
    "no_columns": [
        (
            lambda: Stratified([], ONE),
            (
                "Stratified: 'by' names no column. Name at least one.",
                "Stratified：“by”没有写列名。请至少写一列。",
            ),
        ),
        (
            lambda: SpatiallyBalanced(n=2, over=()),
            (
                "SpatiallyBalanced: 'over' names no column. Name at least one.",
                "SpatiallyBalanced：“over”没有写列名。请至少写一列。",
            ),
        ),
        (
            lambda: Balanced(n=2, on=()),
            (
                "Balanced: 'on' names no column. Name at least one.",
                "Balanced：“on”没有写列名。请至少写一列。",
            ),
        ),
    ],
    "not_columns": [
        (
            lambda make=make: make(),
            (
                f"{where}: {field!r} must be the name of a column, or a list of names; it is {found!r}.",
                f"{where}：“{field}”必须是列名，或列名的列表，现在是 {found!r}。",
            ),
        )
        for make, where, field, found in (
            (lambda: Balanced(5, on=5), "Balanced", "on", 5),
            (lambda: SpatiallyBalanced(5, over={"x"}), "SpatiallyBalanced", "over", {"x"}),
            (lambda: PPS(5, "people", order=5), "PPS", "order", 5),
            (lambda: Systematic(5, order=("a", 1)), "Systematic", "order", ("a", 1)),
            (lambda: Stratified(None, ONE), "Stratified", "by", None),
        )
    ],
    "not_a_column": [
        (
            lambda make=make: make(),
            (
                f"{where}: 'size' must be the name of a column; it is {found!r}.",
                f"{where}：“size”必须是列名，现在是 {found!r}。",
            ),
        )
        for make, where, found in (
            (lambda: PPS(5, ["people"]), "PPS", ["people"]),
            (lambda: Poisson(5, None), "Poisson", None),
            (lambda: PPSWithReplacement(5, 1), "PPSWithReplacement", 1),
            (lambda: Balanced(5, on=("x",), size=1), "Balanced", 1),
            (lambda: SpatiallyBalanced(5, over=("x",), size=1), "SpatiallyBalanced", 1),
        )
    ],
    "column_twice": [
        (
            lambda: Balanced(5, on=("x", "y", "x")),
            (
                "Balanced: 'on' names a column twice: x, y, x. Name each once.",
                "Balanced：“on”有列名重复：x, y, x。每列只写一次。",
            ),
        )
    ],
    "not_a_bool": [
        (
            lambda: Systematic(5, circular="no"),
            (
                "Systematic: 'circular' must be true or false; it is 'no'.",
                "Systematic：“circular”只能是真或假，现在是 'no'。",
            ),
        )
    ],
    "not_stages": [
        (
            lambda: Multistage(None),
            (
                "Multistage: the stages must be a table of units and their designs; they are None.",
                "Multistage：各阶段必须写成“单位列名：设计”的表，现在是 None。",
            ),
        )
    ],
    "bad_pps_method": [
        (
            lambda: PPS(n=2, size="people", method="random"),
            (
                f"PPS: 'random' is no method of PPS. Use one of {', '.join(get_args(PPSMethod))}.",
                f"PPS：PPS 没有 'random' 这种方法。请用 {', '.join(get_args(PPSMethod))} 之一。",
            ),
        )
    ],
    "no_list": [
        (
            lambda: PPS(n=2, size="people", order=("county",), method="sampford"),
            (
                "PPS: 'sampford' does not go along a list, so order has no meaning. Leave it out, or use one "
                "of systematic, pivotal, chromy.",
                "PPS：'sampford' 不沿名单抽取，order 没有意义。"
                "请去掉，或用 systematic, pivotal, chromy 之一。",
            ),
        )
    ],
    "drawn_again": [
        (
            lambda: draw(
                CLIENTS,
                ONE,
                key="k",
                name="visits",
                unit="people",
                within=clients(PPSWithReplacement(n=40, size="people")),
            ),
            (
                "draw clients: it was drawn with replacement, and each draw of a unit would need units of "
                "its own inside it. Draw without replacement what other units are drawn in.",
                "draw clients：这是有放回抽样，每抽中一次都要有自己的下级单位。"
                "要在其中再抽样的单位，请用不放回抽样。",
            ),
        )
    ],
}
FRAME_RULES = {
    "bad_value",
    "negligible_size",
    "no_column",
    "empty_frame",
    "duplicate_ids",
    "missing_value",
    "float_id",
    "forbidden_character",
    "bad_size",
    "undrawn_parent",
    "unknown_cells",
    "bad_counts",
    "empty_cells",
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
    with pytest.raises(FrameError if rule in FRAME_RULES else DesignError) as caught:
        call()
    assert (str(caught.value), caught.value.chinese, caught.value.rule) == (*texts, rule)
    assert isinstance(caught.value, ValueError)


def test_every_template_is_raised_above_or_beside() -> None:
    beside = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py") if path != HERE
    )
    elsewhere = {rule for rule in TEMPLATES if f'"{rule}"' in beside}
    assert set(CASES) | elsewhere == set(TEMPLATES)
