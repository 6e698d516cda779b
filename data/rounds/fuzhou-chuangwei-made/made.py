"""Make up (模拟) five months of a city's sanitation inspections; every run writes the very same bytes.

No figure here is of a real area, office or person. Run from the repository's root:
``python data/rounds/fuzhou-chuangwei-made/made.py``.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
AREAS = [f"{at:02d}片区" for at in range(1, 13)]
TEAMS = [f"第{one}组" for one in "一二三四五六七八九"]
MONTHS = {3: "3月", 4: "4月", 6: "6月", 7: "7月"}
FIRST, DAILY, LAST = date(2014, 3, 1), date(2014, 7, 22), date(2014, 7, 31)
LOW = {3: ["09片区", "04片区", "07片区"], 4: ["09片区", "12片区", "02片区"]}  # the story: who is last when
LOW |= {6: ["09片区", "12片区", "04片区"], 7: ["04片区", "05片区", "08片区"]}
MISSED = [  # two-day spans, by their first day
    ("第六组", date(2014, 4, 10)),
    ("第六组", date(2014, 4, 12)),
    ("第二组", date(2014, 6, 19)),
]
NO_NOTICE = date(2014, 4, 21)  # the week without an order to rectify
NAMES = (
    "背街小巷垃圾未清 占道经营 旱厕未改 农贸市场污水 河道漂浮物 工地围挡破损 小广告未清 公厕无人保洁".split()
)


def main() -> None:
    """Write the tables as an office would keep them."""
    chance = np.random.default_rng(20140301)
    _write("teams", _teams())
    _write("inspections", _inspections(chance))
    _write("problems", _problems(chance))
    months = pd.DataFrame({"月份": ["3月", "4月", "5月", "6月", "7月"], "类别": "月", "年": 2014})
    _write("periods", months.assign(未开展原因=["", "", "全市防汛，督查组抽调（模拟）", "", ""]))
    _write("papers", _papers())


def _teams() -> pd.DataFrame:
    """Give nine teams of two; the pair of the fifth comes from one office, against the plan."""
    offices = [(f"单位{at:02d}", f"单位{(at + 4) % 9 + 1:02d}") for at in range(1, 10)]
    offices[4] = ("单位05", "单位05")
    rows = [
        (team, f"督{2 * at + one + 1:02d}", office)
        for at, (team, pair) in enumerate(zip(TEAMS, offices, strict=True))
        for one, office in enumerate(pair)
    ]
    return pd.DataFrame(rows, columns=["督查组", "组员", "单位"])


def _inspections(chance: np.random.Generator) -> pd.DataFrame:
    level = dict(zip(AREAS, chance.uniform(84, 92, len(AREAS)), strict=True))
    rows = []
    begins = [FIRST + timedelta(days=at) for at in range(0, (DAILY - FIRST).days - 1, 2)]
    begins += [DAILY + timedelta(days=at) for at in range((LAST - DAILY).days + 1)]
    for begin in begins:
        day = begin if begin >= DAILY else begin + timedelta(days=int(chance.integers(0, 2)))
        areas = chance.permutation(AREAS)[: len(TEAMS)]
        noise, late = chance.normal(0, 2.5, len(TEAMS)), chance.random(len(TEAMS))
        if day.month not in MONTHS:
            continue
        for at, (team, area) in enumerate(zip(TEAMS, areas, strict=True)):
            if (team, begin) in MISSED:
                continue
            low = 9 if area in LOW[day.month] else 0
            points = int(np.clip(np.rint(level[area] - low + noise[at]), 50, 100))
            wait = 1 if late[at] > 0.02 else 3
            rows.append((area, MONTHS[day.month], day, team, points, day + timedelta(days=wait)))
    return pd.DataFrame(rows, columns=["片区", "月份", "督查日期", "督查组", "得分", "报告日期"])


def _problems(chance: np.random.Generator) -> pd.DataFrame:
    """Give problems, most of them cured in time; those of 09片区 go on."""
    rows = []
    for at in range(1, 61):
        found = FIRST + timedelta(days=int(chance.integers(0, 150)))
        if found.month not in MONTHS:
            found = date(2014, 6, found.day)
        area, problem = str(chance.choice(AREAS)), str(chance.choice(NAMES))
        due, took = found + timedelta(days=7), int(chance.integers(1, 7))
        second: date | str = ""
        cured: date | str = found + timedelta(days=took)
        if at % 12 == 0:  # overdue, told in a circular, cured before the second date
            second, cured = due + timedelta(days=7), due + timedelta(days=4)
        if at in (17, 33):  # never cured
            area, found = "09片区", date(2014, 6, 3 + at % 5)
            due = found + timedelta(days=7)
            second, cured = due + timedelta(days=7), ""
        rows.append((f"问{at:03d}", area, problem, found, due, second, cured))
    table = pd.DataFrame(
        rows, columns=["编号", "片区", "问题", "发现日期", "整改期限", "通报后期限", "整改日期"]
    )
    return table.sort_values(["发现日期", "编号"], kind="stable")


def _papers() -> pd.DataFrame:
    mondays = [date(2014, 3, 3) + timedelta(days=7 * at) for at in range(22)]
    weekly = [("限期整改通知书", one) for one in mondays if one != NO_NOTICE and one.month != 5]
    monthly = [("督查通报", date(2014, month, 28)) for month in MONTHS]
    return pd.DataFrame([*weekly, *monthly], columns=["文种", "印发日期"])


def _write(name: str, table: pd.DataFrame) -> None:
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
