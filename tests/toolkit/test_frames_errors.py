"""Every message of lists is given by something that can go wrong, in both languages. People are made up."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from typing import Any

import openpyxl
import pandas as pd
import pytest

from toolkit import Round, RoundError, frames
from toolkit.frames.cells import read_pages
from toolkit.frames.errors import TEMPLATES
from toolkit.frames.private import refuse_collisions
from toolkit.frames.terminal import pairs

FILES = Path(__file__).parents[1] / "scenarios" / "frames"
HEADS = "编号,姓名,身份证号,电话,乡镇\n"
DATA = {"模拟甲": "name", "东01镇": "town"}
GOOD = HEADS + "A1,模拟甲,,13800000011,东01镇\n"


class Bench:
    """A round without its users, and what may be sent to it."""

    def __init__(self, make: Callable[..., Round], folder: Path) -> None:
        self.one, self.folder = make(users=None), folder

    def add(self, text: str | bytes, office: str = "县教育局", frame: str = "users", **what: Any) -> Any:
        path = self.folder / f"{office}.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return frames.add(self.one, path, frame=frame, office=office, **what)

    def map(self, text: str | bytes, **what: Any) -> Any:
        self.add(text)
        return frames.map_heads(self.one, "县教育局", **what)

    def close(self, text: str, **what: Any) -> Any:
        self.map(text)
        return frames.close(self.one, **what)

    def found(self, text: str | bytes) -> pd.DataFrame:
        self.map(text)
        return frames.check(self.one).findings


def book(*lines: list[Any], merge: str = "", hide: int = 0, hide_column: str = "") -> bytes:
    made = openpyxl.Workbook()
    for line in [HEADS.strip().split(","), *lines]:
        made.active.append(line)
    if merge:
        made.active.merge_cells(merge)
    if hide:
        made.active.row_dimensions[hide].hidden = True
    if hide_column:
        made.active.column_dimensions[hide_column].hidden = True
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def two_lists(bench: Bench) -> Any:
    bench.add(GOOD)
    (bench.one.folder / "frames" / "staff.csv").unlink()
    bench.add("编号,姓名,层级,科室\n1,模拟乙,县级,1\n", frame="staff")
    return frames.map_heads(bench.one, "县教育局")


def lose_the_secret(bench: Bench) -> Any:
    bench.close(GOOD).secret.unlink()
    return frames.close(bench.one)


def draw_open(bench: Bench) -> Any:
    bench.add(GOOD)
    return bench.one.draw("k")


def add_when_drawn(bench: Bench) -> Any:
    bench.one.note("draw", key="k", units={}, frames={})
    return bench.add(GOOD)


def one_of_two(bench: Bench) -> Any:
    bench.add(GOOD)
    bench.add("姓名,乡镇\n模拟甲,东01镇\n", office="县公安局")
    return frames.accept_all(bench.one)


def bad_size(bench: Bench) -> Any:
    (bench.one.folder / "frames" / "towns.csv").unlink()
    bench.add("区县,乡镇,人口\n东县,东01镇,约三千\n", office="县统计局", frame="towns")
    frames.map_heads(bench.one, "县统计局")
    return frames.check(bench.one).findings


def bad_cases(bench: Bench) -> Any:
    bench.add(GOOD)
    (bench.folder / "c.csv").write_text("单位,名单,件数\n县教育局,users,约三百\n", encoding="utf8")
    return frames.check(bench.one, bench.folder / "c.csv")


def by_hand(bench: Bench) -> Any:
    (bench.one.folder / "frames" / "users.csv").write_text("id\n1\n")
    return bench.close(GOOD)


ERRORS: dict[str, Callable[[Bench], Any]] = {
    "empty": lambda bench: bench.add(""),
    "password": lambda bench: bench.add((FILES / "locked.xlsx").read_bytes()),
    "web_page": lambda bench: bench.add("<html>"),
    "unreadable": lambda bench: read_pages(b"PK\x03\x04", "x"),
    "no_heads": lambda bench: bench.add("a,b\n1,2\n3,4\n"),
    "data_heads": lambda bench: bench.add("模拟甲,东01镇\n模拟乙,东01镇\n", heads=DATA),
    "stays": lambda bench: (bench.map(GOOD), bench.add("姓名,乡镇\n模拟甲,东01镇\n")),
    "others_refused": one_of_two,
    "no_table": lambda bench: bench.add("无\n"),
    "second_table": lambda bench: bench.add(
        GOOD + "\n代码,户名,证,联络,片区\n1,模拟乙,,13800000012,东01镇\n"
    ),
    "no_such_frame": lambda bench: bench.add(GOOD, frame="clients"),
    "office_unknown": lambda bench: bench.add(GOOD, office="县教育居"),
    "no_list": lambda bench: frames.map_heads(bench.one, "县教育局"),
    "which_frame": two_lists,
    "no_head": lambda bench: bench.map(GOOD, fields={"颜色": "name"}),
    "no_field": lambda bench: bench.map(GOOD, fields={"姓名": "colour"}),
    "no_pair": lambda bench: pairs(["姓名"]),
    "no_person": lambda bench: bench.map(GOOD, person="name"),
    "same_field": lambda bench: bench.map(GOOD, fields={"编号": "name"}),
    "lacks_field": lambda bench: bench.map(GOOD, fields={"乡镇": ""}),
    "lacks_person": lambda bench: bench.map(GOOD, fields={"编号": "", "身份证号": "", "电话": ""}),
    "hidden_undecided": lambda bench: bench.map(book(["A1", "模拟甲", "", "", "东01镇"], hide=2)),
    "not_confirmed": lambda bench: (bench.add(GOOD), frames.close(bench.one)),
    "nothing_in": lambda bench: frames.check(bench.one),
    "faults_open": lambda bench: bench.close(HEADS + "A1,模拟甲,,,\n"),
    "by_hand": by_hand,
    "open": draw_open,
    "drawn": add_when_drawn,
    "secret_lost": lose_the_secret,
    "collision": lambda bench: refuse_collisions(["P"] * 2, ["number"] * 2, ["a", "b"], "x"),
    "cases": bad_cases,
}
FOUND: dict[str, tuple[Any, str, str]] = {  # a file (or what sends it), the cell, what is told of it
    "long_number": (book([511623198001011000, "模拟甲", "", "", "东01镇"]), "A2", "more than 15 digits"),
    "shortened": (HEADS + "5.1E+17,模拟甲,,,东01镇\n", "A2", "Excel has shortened"),
    "as_date": (book([pd.Timestamp("2013-03-12"), "模拟甲", "", "", "东01镇"]), "A2", "taken for a date"),
    "fraction": (book([1.5, "模拟甲", "", "", "东01镇"]), "A2", "a number with decimals"),
    "error_value": (book(["A1", "模拟甲", "", "", "#REF!"]), "E2", "the formula gives #REF!"),
    "not_computed": (book(["A1", "模拟甲", "", "", "=B2"]), "E2", "a formula whose result"),
    "blank": (HEADS + "A1,模拟甲,,,\n", "E2", "town is missing"),
    "not_in_list": (HEADS + "A1,模拟甲,,,东99镇\n", "E2", "there is no such town; the nearest are 东09镇"),
    "no_identity": (HEADS + ",模拟甲,,,东01镇\n", "B2", "nothing here tells a person"),
    "merged_person": (
        book(["A1", "甲", "", "", "东01镇"], ["A2", None, "", "", "东01镇"], merge="B2:B3"),
        "B2",
        "merged over several rows",
    ),
    "merged_across": (
        book(["A1", None, "", "", "东01镇"], merge="A2:B2"),
        "A2",
        "merged over several columns",
    ),
    "differs": (GOOD + "A1,模拟甲,,,东02镇\n", "A2", "the same person as in A3, but town differs"),
    "twice": (GOOD + "A1,模拟甲,,,东01镇\n", "A3", "the same person as in A2; counted once"),
    "id_card": (HEADS + "A1,模拟甲,110105194912310021,,东01镇\n", "C2", "the check digit does not fit"),
    "phone": (HEADS + "A1,模拟甲,,12,东01镇\n", "D2", "no telephone number"),
    "zeros": (
        book(["01", "模拟甲", "", "", "东01镇"], [2, "模拟乙", "", "", "东01镇"]),
        "A3",
        "a leading 0 may be lost",
    ),
    "unread": (GOOD + "合计,1人,,,\n", "A3", "not read as a row of the list"),
    "hidden_column": (book(["A1", "模拟甲", "", "", "东01镇"], hide_column="B"), "B1", "a hidden column"),
    "no_heading": (f"{HEADS.strip()},\nA1,模拟甲,,,东01镇,x\n", "F2", "a column without a heading"),
    "no_size": (bad_size, "C2", "population is no number above 0"),
    "no_evaluatee": ("被评单位,编号,乡镇\n县教育居,A1,东01镇\n", "A2", "no evaluatee of this scheme"),
}


@pytest.fixture
def bench(make_round: Callable[..., Round], tmp_path: Path) -> Bench:
    return Bench(make_round, tmp_path)


def fits(rule: str, text: str, language: int) -> bool:
    parts = re.split(r"\{.*?\}", TEMPLATES[rule][language])
    return re.search(".*".join(map(re.escape, parts)), text, re.DOTALL) is not None


@pytest.mark.parametrize("rule", ERRORS)
def test_what_stops_a_step_is_told_in_both_languages(rule: str, bench: Bench) -> None:
    with pytest.raises(RoundError) as caught:
        ERRORS[rule](bench)
    assert rule in [one.rule for one in caught.value.faults]
    assert fits(rule, str(caught.value), 0) and fits(rule, caught.value.chinese, 1)


@pytest.mark.parametrize("rule", FOUND)
def test_what_is_wrong_with_a_cell_is_told_with_its_place(rule: str, bench: Bench) -> None:
    text, cell, words = FOUND[rule]
    found = text(bench) if callable(text) else bench.found(text)
    own = found[found["rule"] == rule].iloc[0]
    assert own["cell"] == cell and words in own["english"]
    assert fits(rule, own["chinese"], 1) and own["todo"] == TEMPLATES[rule][2] != ""


def test_every_template_is_raised_by_a_case() -> None:
    assert set(ERRORS) | set(FOUND) == set(TEMPLATES)


@pytest.mark.parametrize("rule", TEMPLATES)
def test_both_languages_tell_the_same_facts(rule: str) -> None:
    english, chinese = (
        {name.removesuffix("_zh") for _, name, *_ in Formatter().parse(text) if name}
        for text in TEMPLATES[rule][:2]
    )
    assert english == chinese
    assert re.search("[\u4e00-\u9fff]", TEMPLATES[rule][1])
    assert not re.search("[\u4e00-\u9fff]", TEMPLATES[rule][0].replace("名单", ""))
