"""Make up (模拟) half a year of linking cadres to households; every run writes the very same bytes.

No village, grid, household or person here is real. Run from the repository's root:
``python data/rounds/shuangfupu-silian-2021-made/made.py``.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
FIRST, LAST = date(2021, 1, 1), date(2021, 6, 30)
VILLAGES = [f"{at:02d}村" for at in range(1, 6)]
GRIDS = [*(f"三{at:02d}" for at in range(1, 6)), *(f"四{at:02d}" for at in range(1, 7))]
WORKERS, CADRES = [f"网{at:02d}" for at in range(1, 9)], [f"干{at:02d}" for at in range(1, 11)]
LINKED = dict.fromkeys(CADRES, 10) | {"干09": 9}  # one household too few
LINKED |= {"村干01": 2, "村干02": 4, "村干03": 3, "村干04": 2, "党01": 12, "党02": 9}


def main() -> None:
    """Write the tables as an office would keep them."""
    chance = np.random.default_rng(20210101)
    links = _links()
    people = links[["人员", "身份"]].drop_duplicates()
    _write("people", people)
    _write("links", links)
    _write("visits", _visits(chance, links))
    _write("patrols", _patrols(chance))
    _write("inspections", _inspections(chance))
    halves = pd.DataFrame({"半年": ["上半年", "下半年"], "类别": "半年", "年": 2021})
    _write("periods", halves.assign(未评原因=["", "还没有到"]))
    days = [date(2021, month, day) for month in range(1, 7) for day in (8, 18, 27)]
    talks = [
        ("旬调度", one) for one in days if one != date(2021, 2, 18)
    ]  # none in the days after the new year
    _write(
        "meetings",
        pd.DataFrame([*talks, ("季讲评", date(2021, 3, 30)), ("季讲评", LAST)], columns=["会议", "日期"]),
    )


def _links() -> pd.DataFrame:
    rows, unit = [], 0
    for at, (who, size) in enumerate(LINKED.items()):
        role = "联点干部" if who in CADRES else ("村干部" if who[0] == "村" else "党员")
        for one in range(size):
            unit += 1
            grid = GRIDS[(at + (who == "干05" and one > 7)) % len(GRIDS)]  # 干05 goes to two grids
            rows.append((who, role, grid, f"户{unit:03d}"))
    return pd.DataFrame(rows, columns=["人员", "身份", "网格", "户号"])


def _visits(chance: np.random.Generator, links: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for who, unit in zip(links["人员"], links["户号"], strict=True):
        for month in range(1, 7):
            day = date(2021, month, int(chance.integers(1, 29)))
            if (who, month) != ("干06", 5):  # nobody was called in May
                rows.append((who, unit, day, "电话" if chance.random() < 0.4 else "微信"))
        for begin in (0, 3):
            month, day = begin + int(chance.integers(1, 4)), int(chance.integers(1, 29))
            if (who, begin) != ("干02", 3) or unit not in ("户011", "户014", "户017"):
                rows.append((who, unit, date(2021, month, day), "上门"))
    table = pd.DataFrame(rows, columns=["人员", "户号", "日期", "方式"])
    return table.sort_values(["日期", "户号"], kind="stable")


def _patrols(chance: np.random.Generator) -> pd.DataFrame:
    mondays = [date(2021, 1, 4) + timedelta(days=7 * at) for at in range(26)]
    rows = [
        (grid, monday + timedelta(days=int(chance.integers(0, 5))))
        for monday in mondays
        for grid in GRIDS
        if (grid, monday.month) != ("四04", 6) or monday.day < 10
    ]
    return pd.DataFrame(rows, columns=["网格", "日期"])


def _inspections(chance: np.random.Generator) -> pd.DataFrame:
    names = [*VILLAGES, *GRIDS, *WORKERS, *CADRES]
    level = np.clip(chance.normal(87, 4, len(names)), 76, 96)
    points = np.clip(np.rint(level[:, None] + chance.normal(0, 2, (len(names), 6))), 60, 100).astype(int)
    table = pd.DataFrame(points, names, range(1, 7))
    last = table.loc[CADRES].mean(axis=1).sort_values(ascending=False).index[7:9]
    table.loc[last[1]] = table.loc[last[0], [2, 1, 4, 3, 6, 5]].to_numpy()  # the eighth and the ninth tie
    rows = [
        (name, "上半年", date(2021, month, 10 + at % 15), table.at[name, month])
        for month in range(1, 7)
        for at, name in enumerate(names)
        if (name, month) != ("04村", 4)
    ]
    return pd.DataFrame(rows, columns=["对象", "半年", "督查日期", "得分"])


def _write(name: str, table: pd.DataFrame) -> None:
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
