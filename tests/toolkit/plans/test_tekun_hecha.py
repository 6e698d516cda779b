"""S10, 特困人员供养核查: every rule on numbers that a person can check by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from toolkit import Round, Scheme
from toolkit.duties import DutyResult, check_duties

SCHEME = Scheme.load("tekun-hecha")
ROUND = Path(__file__).parents[3] / "data" / "rounds" / "tekun-hecha-made"


def duty(name: str, as_of: str, **tables: str) -> DutyResult:
    """Check one duty on tables written as text: heads, then a row a line; ``.`` is an empty cell."""
    read = {}
    for table, text in tables.items():
        lines = [line.split() for line in text.strip().splitlines()]
        read[table] = pd.DataFrame(lines[1:], columns=lines[0]).replace(".", None)
    own = [one for one in SCHEME.duties if one.name == name]
    assert len(own) == 1
    day = date.fromisoformat(as_of)
    return check_duties(own, read, as_of=day, evaluatees=SCHEME.evaluatees)[0]


def opened(found: DutyResult, column: str = "id") -> list[str]:
    return sorted(found.open[column].astype(str))


HEADS = "id evaluatee accepted inquired submitted decided result told"


@pytest.fixture
def drawn(tmp_path: Path) -> Round:
    one = Round.create("r", "tekun-hecha", tmp_path)
    towns = [("01乡", 10), ("02乡", 11), ("03乡", 1)]
    rows = [(f"{town}{at}", town) for town, count in towns for at in range(count)]
    frame = pd.DataFrame(rows, columns=["id", "township"])
    for name in ("applications", "supported"):
        frame.to_csv(one.folder / "frames" / f"{name}.csv", index=False)
    one.draw("a key")
    return one


def test_at_least_three_tenths_of_the_applications_are_drawn(drawn: Round) -> None:
    """按不低于30%的比例随机抽查: 3 of 10, 4 of 11 (3.3 rounded up), 1 of 1."""
    counts = drawn.sample("抽查").units.groupby("township").size()
    assert counts.to_dict() == {"01乡": 3, "02乡": 4, "03乡": 1}


def test_those_supported_are_spot_checked_every_year(drawn: Round) -> None:
    """对供养对象每年抽查; a tenth by our reading: 1 of 10, 2 of 11, 1 of 1."""
    counts = drawn.sample("年度抽查").units.groupby("township").size()
    assert counts.to_dict() == {"01乡": 1, "02乡": 2, "03乡": 1}


def test_verified_of_the_applications() -> None:
    """3 of 10 are enough, 2 are not."""
    rows = "\n".join(f"a{at} 01乡" for at in range(10)) + "\n" + "\n".join(f"b{at} 02乡" for at in range(10))
    done = [f"a{at} 01乡 2022-05-01" for at in range(3)] + [f"b{at} 02乡 2022-05-01" for at in range(2)]
    tables = {"applications": f"id evaluatee\n{rows}"}
    tables["verifications"] = "id evaluatee date\n" + "\n".join(done)
    found = duty("申请抽查核实不低于30%", "2022-06-30", **tables)
    met = found.table.set_index("evaluatee")["met"]
    assert bool(met["01乡"]) and not bool(met["02乡"])


@pytest.mark.parametrize(
    ("name", "start", "done", "last"),
    [
        ("乡镇10个工作日内调查核实", "accepted", "inquired", "2022-05-13"),
        ("县级10个工作日内作出决定", "submitted", "decided", "2022-05-13"),
    ],
)
def test_ten_working_days(name: str, start: str, done: str, last: str) -> None:
    """10个工作日内: 28, 29 April, then 5, 6, 7 (a Saturday, worked), 9, 10, 11, 12 and 13 May 2022."""
    cells = dict.fromkeys(HEADS.split(), ".") | {"evaluatee": "01乡", start: "2022-04-27"}
    rows = [
        cells | {"id": "in_time", done: last},
        cells | {"id": "late", done: "2022-05-16"},
        cells | {"id": "open"},
    ]
    text = HEADS + "\n" + "\n".join(" ".join(row[head] for head in HEADS.split()) for row in rows)
    assert opened(duty(name, "2022-06-30", applications=text)) == ["late", "open"]


def test_a_refusal_is_told_within_three_days() -> None:
    """不予批准的，3日内告知; from Friday 10 June the third working day is Wednesday 15 June."""
    row = "01乡 . . . 2022-06-10"
    lines = [f"a {row} 不予批准 2022-06-15", f"b {row} 不予批准 2022-06-16", f"c {row} 批准 ."]
    text = HEADS + "\n" + "\n".join(lines)
    assert opened(duty("不予批准的3个工作日内告知", "2022-06-30", applications=text)) == ["b"]


def test_a_notice_is_public_for_seven_days_and_again_after_an_objection() -> None:
    """公示7天: put up on 1 June, it may come down on the 8th; the second notice is a row of its own."""
    text = """id evaluatee round up down
    a 01乡 首次 2022-06-01 2022-06-08
    b 01乡 首次 2022-06-01 2022-06-07
    a 01乡 再次 2022-06-10 2022-06-12"""
    found = duty("公示不少于7天", "2022-06-30", notices=text)
    assert sorted(found.open["round"]) == ["再次", "首次"] and opened(found) == ["a", "b"]


def test_objections_are_settled_within_ten_or_fifteen_working_days() -> None:
    """给予供养的10个工作日、终止供养的15个工作日: from 6 June to 20 and 27 June 2022."""
    text = """id evaluatee matter received settled
    a 01乡 给予供养 2022-06-06 2022-06-20
    b 01乡 给予供养 2022-06-06 2022-06-21
    c 01乡 终止供养 2022-06-06 2022-06-27
    d 01乡 终止供养 2022-06-06 2022-06-28"""
    found = duty("异议在10（给予）或15（终止）个工作日内处理", "2022-06-30", objections=text)
    assert opened(found) == ["b", "d"]


def test_the_made_tables_are_what_their_program_writes(tmp_path: Path) -> None:
    program = tmp_path / "made.py"
    program.write_bytes((ROUND / "made.py").read_bytes())
    for path in ROUND.glob("frame-*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    own = os.environ | {"PYTHONPATH": str(ROUND.parents[2])}  # it draws as the round does
    subprocess.run([sys.executable, program], check=True, env=own)
    for path in ROUND.glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
