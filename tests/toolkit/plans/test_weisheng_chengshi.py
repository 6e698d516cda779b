"""S4, 国家卫生城市量化考评: every rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from toolkit import Scheme
from toolkit.parts.assess import Assessed, assess

SCHEME = Scheme.load("weisheng-chengshi")
ROUND = Path(__file__).parents[3] / "data" / "rounds" / "weisheng-chengshi-made"
ITEMS = {each.id: [item.name for item in each.parts[0].source.items] for each in SCHEME.classes}  # type: ignore[union-attr]


def tasks(months: int = 1, **done: float) -> pd.DataFrame:
    """Give every unit the same share of every task in each month: 90 of 100, but those that are named."""
    rows = [
        (unit, f"{month}月", item, str(done.get(f"_{unit}", 90.0)), "100")
        for month in range(1, months + 1)
        for each in SCHEME.classes
        for unit in each.evaluatees
        for item in ITEMS[each.id]
    ]
    return pd.DataFrame(rows, columns=["evaluatee", "period", "item", "done", "due"])


def scored(table: pd.DataFrame, *events: tuple[str, str, str, int]) -> tuple[pd.Series, Assessed]:
    given = pd.DataFrame(events, columns=["evaluatee", "period", "event", "count"]).astype({"count": str})
    found = assess(SCHEME, {"tasks": table, "events": given})
    assert found.assessed is not None
    return found.table.set_index("evaluatee")["estimate"], found.assessed


def test_a_task_counts_its_points_times_done_over_due() -> None:
    """各项得分＝该项分值×完成率: 30 × 6/12 + 30 × 40/40 + 25 × 80/100 + 15 × 20/20 = 80."""
    table = tasks()
    own = table["evaluatee"] == "01街道"
    table.loc[own, "done"], table.loc[own, "due"] = ["6", "40", "80", "20"], ["12", "40", "100", "20"]
    assert scored(table)[0]["01街道"] == pytest.approx(80.0)


def test_the_month_with_nothing_due_counts_in_full_as_our_reading_says() -> None:
    """30 + 0.9 × 70 = 93."""
    table = tasks()
    own = (table["evaluatee"] == "01街道") & (table["item"] == "旱厕改造")
    table.loc[own, ["done", "due"]] = "0"
    assert scored(table)[0]["01街道"] == pytest.approx(93.0)


@pytest.mark.parametrize(
    ("event", "count", "due"),
    [("检查第一名", 2, 94), ("基础资料缺失或隐瞒", 1, 88), ("通报批评", 3, 84), ("发现旱厕", 5, 80)],
)
def test_events_add_and_take_two_points_each(event: str, count: int, due: float) -> None:
    """第一名每次加2分；资料缺失或隐瞒每项、通报批评每次、旱厕每座各扣2分; from 90."""
    assert scored(tasks(), ("01街道", "1月", event, count))[0]["01街道"] == pytest.approx(due)


def test_the_three_classes_are_ranked_apart() -> None:
    """三类分别排名: the best of each class is first, whatever the other classes score."""
    found = assess(SCHEME, {"tasks": tasks(_02街道=95.0, _03局=80.0, _签04=99.0)}).table
    best = found[found["rank"] == 1].groupby("class")["evaluatee"].agg(list).to_dict()
    assert best["subdistricts"] == ["02街道"] and best["pledged"] == ["签04"]
    assert found.set_index("evaluatee").loc["03局", "rank"] == 8


def money(class_id: str, units: str, done: str) -> dict[str, str]:
    shares = {f"_{unit}": float(one) for unit, one in zip(units.split(), done.split(), strict=True)}
    table = scored(tasks(**shares))[1].follows.awards
    own = table[table["class"] == class_id]
    return dict(zip(own["evaluatee"], own["shown"], strict=True))


def test_money_of_the_subdistricts() -> None:
    """街道第一名奖5000元，末名罚5000元."""
    found = money("subdistricts", "01街道 02街道 03街道 04街道", "91 95 92 80")
    assert found == {"02街道": "+5,000", "04街道": "-5,000"}


def test_money_of_the_departments() -> None:
    """前两名奖5000、3000元；后两名罚5000、3000元, the last 5,000 by our reading."""
    units = " ".join(f"{at:02d}局" for at in range(1, 9))
    found = money("departments", units, "99 98 97 96 95 94 93 92")
    assert found == {"01局": "+5,000", "02局": "+3,000", "08局": "-5,000", "07局": "-3,000"}


def test_money_of_the_pledged_units_with_an_amount_the_source_lost() -> None:
    """前三名奖3000、（原文缺）、1000元；后三名罚3000、2000、1000元."""
    units = " ".join(f"签{at:02d}" for at in range(1, 11))
    found = money("pledged", units, "99 98 97 96 95 94 93 92 91 90")
    first = {"签01": "+3,000", "签02": "金额原文未载", "签03": "+1,000"}
    assert found == first | {"签10": "-3,000", "签09": "-2,000", "签08": "-1,000"}


def test_two_that_tie_share_what_their_places_bring() -> None:
    """Our reading: (5000 + 3000) / 2 = 4,000 each."""
    units = " ".join(f"{at:02d}局" for at in range(1, 9))
    found = money("departments", units, "99 99 97 96 95 94 93 92")
    assert found["01局"] == found["02局"] == "+4,000"


def test_money_is_given_each_month_and_the_year_is_the_mean_of_the_months() -> None:
    table = tasks(months=2)
    table.loc[(table["evaluatee"] == "02街道") & (table["period"] == "1月"), "done"] = "100"
    table.loc[(table["evaluatee"] == "03街道") & (table["period"] == "2月"), "done"] = "98"
    score, found = scored(table)
    assert score[["02街道", "03街道"]].tolist() == pytest.approx([95.0, 94.0])
    own = found.follows.awards.query("`class` == 'subdistricts' and consequence == '奖励'")
    assert own[["period", "evaluatee"]].to_numpy().tolist() == [["1月", "02街道"], ["2月", "03街道"]]


def test_the_made_tables_are_what_their_program_writes(tmp_path: Path) -> None:
    program = tmp_path / "made.py"
    program.write_bytes((ROUND / "made.py").read_bytes())
    subprocess.run([sys.executable, program], check=True)
    for path in ROUND.glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
