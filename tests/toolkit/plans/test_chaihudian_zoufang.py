"""S8, 联系服务群众大走访: every rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd

from toolkit import Scheme
from toolkit.duties import DutyResult, check_duties

SCHEME = Scheme.load("chaihudian-zoufang")
ROUND = Path(__file__).parents[3] / "data" / "rounds" / "chaihudian-zoufang-2022"


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


VILLAGE = SCHEME.evaluatees[0]


def test_every_organ_firm_school_shop_hospital_market_and_household_is_visited_in_march() -> None:
    """100%走访, 3月1日至31日: a visit in April, or none, leaves it open."""
    units = ["u1 机关单位", "u2 企业", "u3 学校", "u4 商铺", "u5 医院", "u6 市场", "u7 村（居）户"]
    days = ["2022-03-01", "2022-03-31", "2022-04-01", "2022-03-02", "2022-03-02", "2022-03-02"]
    found = duty(
        "走访全覆盖（按村）",
        "2022-06-30",
        units="evaluatee area unit kind\n" + "\n".join(f"{VILLAGE} 区1 {one}" for one in units),
        visits="evaluatee area unit visitor date\n"
        + "\n".join(f"{VILLAGE} 区1 u{at} 甲 {day}" for at, day in enumerate(days, 1)),
    )
    assert opened(found, "unit") == ["u3", "u7"]
    row = found.table.set_index("evaluatee").loc[VILLAGE]
    assert (row["done"], row["due"]) == (5, 7) and not row["met"]


def test_visitors_and_areas_correspond_one_to_one_and_do_not_change() -> None:
    """走访人员与走访区域一一对应、中途不变: 乙 in two areas, and 区1 with two visitors, do not."""
    rows = ["区1 u1 甲 2022-03-02", "区2 u2 乙 2022-03-02", "区1 u3 乙 2022-03-20", "区3 u4 丙 2022-03-02"]
    text = "evaluatee area unit visitor date\n" + "\n".join(f"{VILLAGE} {row}" for row in rows)
    found = duty("走访人员与区域一一对应、中途不变", "2022-06-30", visits=text)
    assert set(found.open["visitor"]) == {"甲", "乙"}


HEADS = "problem evaluatee unit topic responsible sorted solved revisited"


def test_sorted_solved_and_revisited_by_their_days() -> None:
    """4月15日前梳理，5月31日前解决，6月底前回访: on the day is in time."""
    text = f"""{HEADS}
    a {VILLAGE} u1 居住环境 镇村办理 2022-04-15 2022-05-31 2022-06-30
    b {VILLAGE} u1 居住环境 镇村办理 2022-04-16 2022-06-01 2022-07-01
    c {VILLAGE} u1 居住环境 镇村办理 2022-04-10 . ."""
    assert opened(duty("4月15日前梳理归类", "2022-07-10", problems=text), "problem") == ["b"]
    assert opened(duty("5月31日前解决", "2022-07-10", problems=text), "problem") == ["b", "c"]
    assert opened(duty("6月底前回访", "2022-07-10", problems=text), "problem") == ["b", "c"]


def test_all_is_solved_and_all_that_is_solved_is_revisited() -> None:
    """问题全部解决、全部回访: 2 of 3 solved; 1 of those 2 revisited."""
    text = f"""{HEADS}
    a {VILLAGE} u1 居住环境 镇村办理 2022-04-15 2022-05-31 2022-06-30
    b {VILLAGE} u1 社会治安 镇村办理 2022-04-15 2022-05-31 .
    c {VILLAGE} u1 基本医疗 镇村办理 2022-04-15 . ."""
    for name, due in (("问题全部解决", (2, 3)), ("解决的全部回访", (1, 2))):
        row = duty(name, "2022-07-10", problems=text).table.set_index("evaluatee").loc[VILLAGE]
        assert (row["done"], row["due"]) == due


def test_three_responsibilities_by_seven_areas() -> None:
    """镇村、镇与市直部门、市直部门三类责任 × 六个方面和其他: every cell is there, empty ones too."""
    text = f"""{HEADS}
    a {VILLAGE} u1 居住环境 镇村办理 2022-04-15 . .
    b {VILLAGE} u1 居住环境 镇村办理 2022-04-15 . .
    c {VILLAGE} u1 其他 市直部门办理 2022-04-15 . ."""
    table = duty("问题台账（责任×方面）", "2022-07-10", problems=text).table
    numbers = table.select_dtypes("number")
    assert len(table) >= 3 and numbers.shape[1] >= 7
    assert (
        table.astype(str).apply(lambda row: row.str.contains("居住环境").any()).any() or "居住环境" in table
    )


def test_the_made_tables_are_what_their_program_writes(tmp_path: Path) -> None:
    program = tmp_path / "made.py"
    program.write_bytes((ROUND / "made.py").read_bytes())
    for path in ROUND.glob("frame-*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    subprocess.run([sys.executable, program], check=True)
    for path in ROUND.glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
