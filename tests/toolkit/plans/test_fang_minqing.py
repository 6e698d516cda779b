"""S11, 访民情、促和谐: every rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd

from toolkit import Scheme
from toolkit.duties import DutyResult, check_duties

SCHEME = Scheme.load("fang-minqing")
ROUND = Path(__file__).parents[3] / "data" / "rounds" / "fang-minqing-made"


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


def test_three_village_days_a_week() -> None:
    """每周驻村不少于3天: Monday to Wednesday are three; two visits on one day are one."""
    days = ["干1 01村 2014-03-03", "干1 01村 2014-03-04", "干1 01村 2014-03-05"]
    days += ["干2 01村 2014-03-03", "干2 01村 2014-03-04", "干2 01村 2014-03-04"]
    found = duty(
        "干部每周驻村不少于3天",
        "2014-03-09",
        village_days="visitor evaluatee date\n" + "\n".join(days),
        cadres="visitor evaluatee\n干1 01村\n干2 01村\n干3 02村",
    )
    assert opened(found, "visitor") == ["干2", "干3"]


def test_a_report_each_week_and_a_check_each_month() -> None:
    """每周一报、每月一查."""
    some = [one for one in SCHEME.evaluatees if one != "03村"]
    reports = "evaluatee date\n" + "\n".join(f"{one} 2014-03-07" for one in some)
    cadres = "visitor evaluatee\n" + "\n".join(f"干{one} {one}" for one in SCHEME.evaluatees)
    first = duty("每周一报", "2014-03-10", reports=reports, cadres=cadres)
    assert opened(first, "evaluatee") == ["03村"]
    checks = "evaluatee date\n" + "\n".join(f"{one} 2014-03-31" for one in some)
    assert opened(duty("每月一查", "2014-04-01", checks=checks, cadres=cadres), "evaluatee") == ["03村"]


def test_the_rate_of_households_visited() -> None:
    """到户率＝走访户数÷总户数: two of three; a household visited twice counts once."""
    found = duty(
        "到户率",
        "2014-05-31",
        households="evaluatee unit\n01村 a\n01村 b\n01村 c",
        visits="evaluatee unit date\n01村 a 2014-03-04\n01村 a 2014-03-05\n01村 b 2014-03-05",
    )
    row = found.table.set_index("evaluatee").loc["01村"]
    assert (row["done"], row["due"]) == (2, 3) and not row["met"] and opened(found, "unit") == ["c"]


MATTERS = """id evaluatee raised settled called_back opinion
a 01村 2014-03-04 2014-03-10 2014-03-20 满意
b 01村 2014-03-04 2014-03-10 2014-03-20 基本满意
c 01村 2014-03-04 2014-03-10 . .
d 01村 2014-03-04 . . ."""


def rate(name: str, as_of: str = "2014-05-31") -> tuple[int, int]:
    row = duty(name, as_of, matters=MATTERS).table.set_index("evaluatee").loc["01村"]
    return int(row["done"]), int(row["due"])


def test_the_other_three_rates_with_their_numerators_and_denominators() -> None:
    """回访率 2/4, 落实率 3/4, 满意率 1/2 (of those called back; 基本满意 does not count by our reading)."""
    assert rate("回访率") == (2, 4)
    assert rate("落实率") == (3, 4)
    assert rate("满意率") == (1, 2)


def test_what_has_not_happened_yet_does_not_count() -> None:
    """On 12 March nobody has been called back: 0 of 4, and no rate of satisfaction."""
    assert rate("回访率", "2014-03-12") == (0, 4)
    assert rate("满意率", "2014-03-12") == (0, 0)


def test_the_four_rates_aim_at_100_per_cent_and_nobody_is_scored() -> None:
    aims = [
        getattr(one, "aim", getattr(one, "least", None)) for one in SCHEME.duties if one.name.endswith("率")
    ]
    assert aims == [1.0] * 4
    assert not SCHEME.parts and "方案不打分、不排名" in SCHEME.in_words()


def test_the_made_tables_are_what_their_program_writes(tmp_path: Path) -> None:
    program = tmp_path / "made.py"
    program.write_bytes((ROUND / "made.py").read_bytes())
    for path in ROUND.glob("frame-*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    subprocess.run([sys.executable, program], check=True)
    for path in ROUND.glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
