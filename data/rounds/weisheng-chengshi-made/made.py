"""Make up (模拟) three months of a city's sanitation tasks; every run writes the very same bytes.

No figure here is of a real office. Run from the repository's root:
``python data/rounds/weisheng-chengshi-made/made.py``.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
MONTHS = ["3月", "4月", "5月"]
TASKS = {
    "街道": {"旱厕改造": 12, "背街小巷整治": 40, "垃圾清运": 90, "除“四害”": 20},
    "局": {"重点任务": 15, "包保路段": 30},
    "签": {"责任区卫生": 25, "健康教育": 8},
}
UNITS = {
    "街道": [f"{at:02d}街道" for at in range(1, 5)],
    "局": [f"{at:02d}局" for at in range(1, 9)],
    "签": [f"签{at:02d}" for at in range(1, 11)],
}
EVENTS = [
    ("02街道", "3月", "检查第一名", 1, "省级暗访第一（模拟）"),
    ("02街道", "4月", "检查第一名", 1, "市级检查第一（模拟）"),
    ("03街道", "4月", "发现旱厕", 3, "城乡结合部（模拟）"),
    ("04街道", "5月", "通报批评", 1, "垃圾积存（模拟）"),
    ("05局", "3月", "基础资料缺失或隐瞒", 2, "台账缺两项（模拟）"),
    ("08局", "5月", "通报批评", 1, "包保路段脏乱（模拟）"),
    ("签07", "4月", "基础资料缺失或隐瞒", 1, "健康教育无记录（模拟）"),
]


def main() -> None:
    """Write the tables as an office would keep them."""
    chance = np.random.default_rng(20150301)
    rows = []
    for month in MONTHS:
        for kind, units in UNITS.items():
            level = chance.uniform(0.75, 1.0, len(units))
            for unit, own in zip(units, level, strict=True):
                for task, usual in TASKS[kind].items():
                    due = int(usual + chance.integers(-3, 4))
                    done = int(chance.binomial(due, own))
                    rows.append((unit, month, task, done, due))
    tasks = pd.DataFrame(rows, columns=["单位", "月份", "任务", "已完成", "应完成"])
    twins = tasks["单位"].isin(["03局", "04局"]) & (tasks["月份"] == "5月")  # two that tie for a place
    tasks.loc[twins, ["已完成", "应完成"]] = [[14, 14], [30, 30]] * 2
    none = (tasks["单位"] == "01街道") & (tasks["任务"] == "旱厕改造") & (tasks["月份"] == "5月")
    tasks.loc[none, ["已完成", "应完成"]] = 0  # all its dry toilets are gone: nothing is due
    _write("tasks", tasks)
    _write("events", pd.DataFrame(EVENTS, columns=["单位", "月份", "事项", "次数", "事由"]))
    months = pd.DataFrame({"月份": MONTHS, "类别": "月", "年度": 2015, "未考评原因": ""})
    _write("periods", months)


def _write(name: str, table: pd.DataFrame) -> None:
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
