"""Make up (模拟) half a year of checks in ten communities; every run writes the very same bytes.

No figure here is of a real community. Run from the repository's root:
``python data/rounds/shequ-chuangwei-made/made.py``.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
UNITS = [f"{at:02d}社区" for at in range(1, 11)]
ITEMS = {
    "组织档案管理": 10,
    "背街小巷整治": 25,
    "室内外卫生": 20,
    "庭院卫生": 20,
    "健康教育": 10,
    "除“四害”工作": 15,
}
MONTHS = ["1月", "2月", "3月", "4月", "5月", "6月"]
MISSING = {"2月": "春节假期，月考未进行（模拟）", "第06周": "春节假期（模拟）"}
EVENTS = [
    ("03社区", "1月", "表扬", "市", 1, "市爱卫会通报（模拟）"),
    ("03社区", "4月", "表扬", "省", 1, "省级暗访通报（模拟）"),
    ("07社区", "3月", "批评", "区", 2, "区督查通报（模拟）"),
    ("07社区", "5月", "批评", "市", 1, "市媒体曝光（模拟）"),
    ("05社区", "第10周", "表扬", "区", 1, "区简报（模拟）"),
    ("09社区", "第12周", "批评", "国家", 1, "国家暗访反馈（模拟）"),
]


def main() -> None:
    """Write the tables as an office would keep them."""
    chance = np.random.default_rng(20160101)
    level = dict(zip(UNITS, np.linspace(0.93, 0.78, len(UNITS))[chance.permutation(len(UNITS))], strict=True))
    level |= {"03社区": 0.95, "07社区": 0.74}
    weeks = [f"第{at:02d}周" for at in range(1, 27)]
    rows = []
    for week in weeks:
        drawn = chance.choice(6, size=int(chance.integers(1, 4)), replace=False)
        checked = [list(ITEMS)[at] for at in sorted(drawn)]
        if week not in MISSING:
            rows += _checks(chance, level, week, checked)
    for month in MONTHS:
        if month not in MISSING:
            rows += _checks(chance, level, month, list(ITEMS))
    _write("inspections", pd.DataFrame(rows, columns=["社区", "期次", "项目", "得分"]))
    _write("events", pd.DataFrame(EVENTS, columns=["社区", "期次", "事项", "级别", "次数", "来源"]))
    order = [(week, "周") for week in weeks] + [(month, "月") for month in MONTHS]
    periods = pd.DataFrame(order, columns=["期次", "类别"]).assign(年度=2016)
    _write("periods", periods.assign(未考评原因=periods["期次"].map(MISSING).fillna("")))
    _write("problems", _problems(chance))


def _checks(
    chance: np.random.Generator, level: dict[str, float], period: str, items: list[str]
) -> list[tuple[str, str, str, float]]:
    rows = []
    for unit in UNITS:
        for item in items:
            halves = np.rint(2 * chance.normal(level[unit], 0.05) * ITEMS[item])
            rows.append((unit, period, item, float(np.clip(halves / 2, 0, ITEMS[item]))))
    return rows


def _problems(chance: np.random.Generator) -> pd.DataFrame:
    rows = []
    for at in range(1, 31):
        found = date(2016, 1, 4) + timedelta(days=int(chance.integers(0, 160)))
        due = found + timedelta(days=5)
        cured: date | str = found + timedelta(days=int(chance.integers(1, 6)))
        if at in (8, 21):
            cured = due + timedelta(days=3)
        if at == 26:
            cured = ""
        rows.append((f"问{at:02d}", str(chance.choice(UNITS)), str(chance.choice(list(ITEMS))), due, cured))
    return pd.DataFrame(rows, columns=["编号", "社区", "问题", "整改期限", "整改日期"])


def _write(name: str, table: pd.DataFrame) -> None:
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
