"""Quotas from margins, counters of cells and margins, sheets beyond a full cell.

Oracles: counting by hand; `quota_cells` and `rounded_targets`, which have oracles of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling import FrameError, Quota, quota_cells, rounded_targets
from toolkit import Round, RoundError, Scheme
from toolkit.cli import progress as progress_command
from toolkit.counters import progress_lines
from toolkit.files import write_table
from toolkit.quota import quota_sheet
from toolkit.report.method import method_steps

SMALL = (Path(__file__).parents[1] / "scenarios" / "small.toml").read_text(encoding="utf8")
QUOTA = """
[[groups]]
id = "street"
name = "街头居民"
weight = 0.10
valid = 12
official = "design"
population = "finite"
short_frame = "error"
{over}
[[groups.draws]]
name = "street"
frame = "residents"
unit = "id"
per_evaluatee = true
design = {{ kind = "quota", n = 12, by = ["age_group", "sex"] }}
"""
MARGINS = pd.DataFrame(
    {
        "margin": ["age_group", "age_group", "sex", "sex"],
        "category": ["15-39", "40+", "男", "女"],
        "population": [700, 500, 650, 550],
    }
)
CELLS = pd.DataFrame(
    {"age_group": ["15-39", "15-39", "40+", "40+"], "sex": ["男", "女"] * 2, "population": [300] * 4}
)
Make = Callable[..., Round]


def scheme_text(over: str = "") -> str:
    at = SMALL.index('[[groups]]\nid = "inspectors"')
    rest = SMALL[at:]
    return (
        SMALL[:at].replace("valid_answers = 82", "valid_answers = 89")
        + QUOTA.format(over=over)
        + rest[rest.index("[[unclear]]") :]
    )


@pytest.fixture
def start(make_round: Make, tmp_path: Path) -> Callable[..., Round]:
    def make(over: str = "", residents: pd.DataFrame = CELLS, name: str = "一") -> Round:
        path = tmp_path / f"{name}.toml"
        path.write_text(scheme_text(over), encoding="utf8")
        one = make_round(name, scheme=path, residents=residents)
        one.draw("k")
        return one

    return make


def sheets(one: Round, cells: dict[tuple[str, str], int], name: str = "p") -> pd.DataFrame:
    """So many passers-by in each cell for 县教育局, all of whom rate 7."""
    rows = []
    for (age, sex), count in cells.items():
        for number in range(count):
            rows.append(
                {"group": "street", "respondent": f"{name}{age}{sex}{number}", "evaluatee": "县教育局"}
                | {"age_group": age, "sex": sex}
                | dict.fromkeys(one.scheme.indicators["县教育局"], "7")
            )
    return pd.DataFrame(rows)


def take(one: Round, table: pd.DataFrame, tmp_path: Path, name: str) -> Any:
    write_table(tmp_path / name, table)
    return one.collect(tmp_path / name)


# ---------------------------------------------------------------------------------- from margins


def test_cells_and_targets_follow_from_margins(start: Callable[..., Round]) -> None:
    one = start(residents=MARGINS)
    sheet = pd.read_csv(one.folder / "samples" / "street.csv")
    cells = quota_cells({"age_group": {"15-39": 700, "40+": 500}, "sex": {"男": 650, "女": 550}})
    assert sheet[["age_group", "sex"]].to_numpy().tolist() == [list(label) for label in cells.index]
    # 700 x 650 / 1200 and so on: independence.
    assert sheet["population"].tolist() == pytest.approx(
        [700 * 65 / 120, 700 * 55 / 120, 500 * 65 / 120, 500 * 55 / 120]
    )
    assert sheet["target"].tolist() == rounded_targets(cells, 12).tolist()
    assert sheet.groupby("age_group")["target"].sum().tolist() == [7, 5]
    assert abs(sheet.groupby("sex")["target"].sum()["男"] - 6.5) < 1 and sheet["target"].sum() == 12
    assert one.verify() == []
    text = (
        (one.folder / "frames" / "residents.csv")
        .read_text("utf-8-sig")
        .replace("700", "701")
        .replace("500", "499")
    )
    (one.folder / "frames" / "residents.csv").write_text(text, "utf8")
    assert one.verify() == ["samples/street.csv: not the cells and targets that the frame residents gives"]


def test_targets_from_margins_keep_the_margins() -> None:
    # Sixteen cells of 1.25 of 20: each cell by itself would give the first row 8 instead of 5.
    lines = [(name, str(at), "25") for name in ("a", "b") for at in range(4)]
    frame = pd.DataFrame(lines, columns=["margin", "category", "population"])
    sheet = quota_sheet(frame, Quota(20, ("a", "b")), "residents")
    assert (
        sheet.groupby("a")["target"].sum().tolist() == sheet.groupby("b")["target"].sum().tolist() == [5] * 4
    )


def test_margins_that_contradict_or_do_not_fit_are_refused(start: Callable[..., Round]) -> None:
    with pytest.raises(FrameError, match="contradict each other at .all.: 1200 against 1201"):
        start(residents=MARGINS.replace(550, 551), name="二")
    with pytest.raises(RoundError, match="sex, town stand on one side only"):
        start(residents=MARGINS.replace("sex", "town"), name="三")


# ------------------------------------------------------------------------------------- counters


def test_counters_of_cells_margins_and_all(start: Callable[..., Round], tmp_path: Path) -> None:
    one = start()
    came = {("15-39", "男"): 5, ("15-39", "女"): 2, ("40+", "男"): 3}
    take(one, sheets(one, came), tmp_path, "a.csv")
    table = one.progress()
    own = table[(table["group"] == "street") & (table["evaluatee"] == "县教育局")].set_index(["what", "cell"])
    told = own[["target", "done", "left", "over"]].T.to_dict("list")
    assert told == {
        ("cell", "15-39 / 男"): [3, 5, 0, 2],
        ("cell", "15-39 / 女"): [3, 2, 1, 0],
        ("cell", "40+ / 男"): [3, 3, 0, 0],
        ("cell", "40+ / 女"): [3, 0, 3, 0],
        ("margin", "age_group = 15-39"): [6, 7, 1, 2],
        ("margin", "age_group = 40+"): [6, 3, 3, 0],
        ("margin", "sex = 男"): [6, 8, 0, 2],
        ("margin", "sex = 女"): [6, 2, 4, 0],
        ("all", ""): [12, 10, 4, 2],
    }
    others = table[(table["group"] == "street") & (table["evaluatee"] == "县公安局")]
    assert (others["done"] == 0).all() and (others["left"] == others["target"]).all()
    plain = table[table["group"] == "delegates"]
    assert plain["what"].tolist() == ["all"] * 5 and plain["target"].tolist() == [20] * 5
    assert plain["left"].tolist() == [20] * 5


def test_a_sheet_without_a_rating_fills_nothing(start: Callable[..., Round], tmp_path: Path) -> None:
    one = start('over_quota = "set_aside"')
    table = sheets(one, {("40+", "女"): 5})
    asked = list(one.scheme.indicators["县教育局"])
    table.loc[:1, asked] = "拒答"  # the first two, who therefore leave the room to the other three
    take(one, table, tmp_path, "a.csv")
    assert one.admitted().set_aside.empty
    line = one.progress().query("what == 'cell' and evaluatee == '县教育局' and cell == '40+ / 女'").iloc[0]
    assert (line["done"], line["left"], line["over"]) == (3, 0, 0)


@pytest.mark.parametrize("over", ["", 'over_quota = "count"', 'over_quota = "set_aside"'])
def test_a_key_decides_whether_sheets_beyond_a_full_cell_count(
    start: Callable[..., Round], tmp_path: Path, over: str
) -> None:
    one = start(over)
    first = take(one, sheets(one, {("40+", "女"): 2}), tmp_path, "a.csv")
    second = take(one, sheets(one, {("40+", "女"): 3}, "q"), tmp_path, "b.csv")
    aside = "set_aside" in over
    assert (first.sheets, second.sheets) == (2, 1 if aside else 3)
    found = one.admitted()
    assert len(found.answers["street"].table) == (3 if aside else 5)
    line = one.progress().query("evaluatee == '县教育局' and cell == '40+ / 女'").iloc[0]
    assert (line["target"], line["done"], line["left"], line["over"]) == (3, 3 if aside else 5, 0, 2)
    if not aside:
        assert found.set_aside.empty
        return
    late = found.set_aside
    assert late[["file", "row", "respondent", "rule"]].to_numpy().tolist() == [
        ["002-b.csv", 3, "q40+女1", "over_quota"],
        ["002-b.csv", 4, "q40+女2", "over_quota"],
    ]
    assert late["why"].iloc[0] == "row 3: '县教育局' has its 3 of 40+ / 女 already; beyond the quota"
    # A file of nothing else is kept all the same, and when others are withdrawn its sheets count.
    third = take(one, sheets(one, {("40+", "女"): 1}, "r"), tmp_path, "c.csv")
    assert third.sheets == 0 and (one.folder / "answers" / "raw" / third.file).is_file()
    one.withdraw("001-a.csv", reason="重录", office="县统计局")
    counted = one.admitted().answers["street"].table["respondent"].astype(str).tolist()
    assert counted == ["q40+女0", "q40+女1", "q40+女2"]


def test_quotas_that_set_aside_score_and_verify(
    start: Callable[..., Round], sheets_of: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    one = start('over_quota = "set_aside"', MARGINS)
    quota = pd.read_csv(one.folder / "samples" / "street.csv")
    cells = {(a, s): int(t) + 1 for a, s, t in quota[["age_group", "sex", "target"]].itertuples(index=False)}
    rng = np.random.default_rng(3)
    parts = []
    for evaluatee, asked in one.scheme.indicators.items():
        own = sheets(one, cells, evaluatee).assign(evaluatee=evaluatee)
        own[["依法履职", "办事效率", "清正廉洁", "服务质量"]] = ""
        for column in asked:
            own[column] = rng.integers(3, 10, len(own)).astype(str)
        parts.append(own)
    lists = {group.id: one.lists()[group.id] for group in one.scheme.groups if not group.is_quota}
    short = Round(one.folder, Scheme.read(SMALL))
    rest = sheets_of(_without_inspectors(short), lists)
    take(one, pd.concat([rest, *parts], ignore_index=True).fillna(""), tmp_path, "a.csv")
    scores = one.score()
    counts = one.progress().query("what == 'cell'")
    assert (counts["done"] == counts["target"]).all() and (counts["over"] == 1).all()
    assert scores.set_aside == 5 * 4
    told = "的单元人口不是普查数，而是由各边际按相互独立推算的（迭代比例拟合）"
    points = [point for step in method_steps(scores, gaps="x") for point in step.points]
    assert scores.fitted == ("street",) and any(told in point for point in points)
    plain = [point for step in method_steps(replace(scores, fitted=()), gaps="x") for point in step.points]
    assert not any("迭代比例拟合" in point for point in plain)
    assert one.verify() == []


def _without_inspectors(one: Round) -> Round:
    return Round(one.folder, replace(one.scheme, groups=one.scheme.groups[:3]))


def test_the_key_is_told_in_words_and_is_for_quotas_alone(start: Callable[..., Round]) -> None:
    one = start('over_quota = "set_aside"')
    assert "配额单元满额以后的回答按收到的先后另列，不计入。" in one.scheme.in_words()
    assert "set aside, in the order in which they came" in one.scheme.in_words("en")
    assert "count too" in Scheme.read(scheme_text('over_quota = "count"')).in_words("en")
    with pytest.raises(Exception, match="only a quota has full cells"):
        Scheme.read(SMALL.replace('id = "delegates"\n', 'id = "delegates"\nover_quota = "count"\n'))


def test_who_is_furthest_behind_stands_first(
    start: Callable[..., Round], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = start()
    take(one, sheets(one, {("15-39", "男"): 5, ("15-39", "女"): 2, ("40+", "男"): 1}), tmp_path, "a.csv")
    lines = list(progress_lines(one.scheme, one.progress()))
    head = next(at for at, line in enumerate(lines) if line.startswith("街头居民"))
    assert lines[head] == "街头居民 street：8 / 60，还缺 54，超出 2。 54 to do, 2 over."
    own = [line for line in lines[head + 1 :] if "县教育局" in line]
    assert own == [f"  县教育局 · {cell} / 3" for cell in ("40+ / 女：0", "40+ / 男：1", "15-39 / 女：2")]
    assert lines[-2:] == own[1:] and len(lines) == head + 1 + 1 + 16 + 2
    progress_command(one.folder)
    printed = list(progress_lines(one.scheme, one.progress(), one.unworked()))
    assert capsys.readouterr().out.splitlines() == printed
    assert [line for line in printed if "not final" not in line] == lines


def test_a_list_shorter_than_the_plan_lacks_nobody(played: Round) -> None:
    staff = played.progress().query("group == 'staff'").set_index("evaluatee")
    # 县图书馆 has 6 staff, 9 are planned: all 6 are drawn, and all 6 answered.
    assert staff.loc["县图书馆", ["target", "done", "left", "over"]].tolist() == [6, 6, 0, 0]
    assert staff["target"].drop("县图书馆").tolist() == [9] * 4
    lines = list(progress_lines(played.scheme, played.progress()))
    assert any(line.startswith("职工 staff：42 / 42，还缺 0") for line in lines)
