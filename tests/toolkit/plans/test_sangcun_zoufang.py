"""S9, 送温暖、大走访: every rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd

from toolkit import Scheme
from toolkit.duties import DutyResult, check_duties
from toolkit.parts.assess import assess

SCHEME = Scheme.load("sangcun-zoufang")
ROUND = Path(__file__).parents[3] / "data" / "rounds" / "sangcun-zoufang-made"


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


def test_every_grid_worker_visits_at_least_60_households() -> None:
    """每名网格员走访不少于60户: 60 are enough, 59 and a second visit to one of them are not, none shows."""
    rows = [f"网1 a{at} 2016-11-02" for at in range(60)]
    rows += [f"网2 b{at} 2016-11-02" for at in range(59)] + ["网2 b0 2016-11-03"]
    found = duty(
        "每名网格员走访不少于60户",
        "2016-11-30",
        visits="visitor unit date\n" + "\n".join(rows),
        workers="visitor\n网1\n网2\n网3",
    )
    assert opened(found, "visitor") == ["网2", "网3"]
    assert found.table.set_index("visitor")["done"].to_dict() == {"网1": 60, "网2": 59, "网3": 0}


def test_back_by_half_past_four() -> None:
    """每天16:30前返回: 16:30 is in time, 16:31 is not."""
    text = "visitor date back\n网1 2016-11-02 16:30\n网2 2016-11-02 16:31\n网3 2016-11-02 9:05"
    assert opened(duty("每天16:30前返回", "2016-11-30", returns=text), "visitor") == ["网2"]


LEDGER = """id evaluatee aim person complete due struck_off revisited
a 01所 x 责1 是 2016-11-10 2016-11-10 2016-11-12
b 01所 x 责1 是 2016-11-10 2016-11-11 2016-11-12
c 01所 x . 否 2016-11-10 . .
d 02所 x 责2 是 2016-11-29 2016-11-20 ."""


def test_struck_off_by_the_ledgers_date() -> None:
    """建立台账，办结一件、销号一件: on the day is in time; a day later, or never, is not."""
    assert opened(duty("按台账时限办结销号", "2016-11-30", ledger=LEDGER)) == ["b", "c"]


def test_the_ledger_says_department_deadline_aim_and_person() -> None:
    row = (
        duty("台账写明责任部门、时限、目标和责任人", "2016-11-30", ledger=LEDGER)
        .table.set_index("evaluatee")
        .loc["01所"]
    )
    assert (row["done"], row["due"]) == (2, 3)


def test_the_inspection_room_revisits_what_was_struck_off() -> None:
    """督查室回访: both of 01所, none of 02所."""
    table = duty("督查室回访", "2016-11-30", ledger=LEDGER).table.set_index("evaluatee")
    assert table.loc[["01所", "02所"], ["done", "due"]].to_numpy().tolist() == [[2, 2], [0, 1]]


def test_the_survey_counts_into_the_annual_assessment_class_by_class() -> None:
    """满意度结果计入部门、办公室、村年度考核; how much is not said."""
    rows = [(one, str(80 + at)) for at, one in enumerate(SCHEME.evaluatees)]
    found = assess(SCHEME, {"satisfaction": pd.DataFrame(rows, columns=["evaluatee", "score"])}).table
    assert found.groupby("class")["rank"].max().to_dict() == {"departments": 4, "offices": 3, "villages": 6}
    assert SCHEME.counts_into is not None and SCHEME.counts_into.points == "unstated"


def test_the_made_tables_are_what_their_program_writes(tmp_path: Path) -> None:
    program = tmp_path / "made.py"
    program.write_bytes((ROUND / "made.py").read_bytes())
    for path in ROUND.glob("frame-*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    subprocess.run([sys.executable, program], check=True)
    for path in ROUND.glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
