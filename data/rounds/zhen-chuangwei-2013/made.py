"""Make up (模拟) a year of sanitation inspections of 33 villages; every run writes the very same bytes.

No figure here is of a real village. Run from the repository's root:
``python data/rounds/zhen-chuangwei-2013/made.py``.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
VILLAGES = [f"{at:02d}村" for at in range(1, 34)]
ROUTINE, SPECIAL = ["第一季度", "第二季度", "第三季度", "第四季度"], "7月专项"
TOLD = {  # the year's story, in the order of the quarters
    "07村": [96, 95, 94, 95],
    "15村": [94, 95, 93, 94],
    "22村": [95, 92, 94, 95],  # ties with 15村
    "18村": [91, 92, 93, 93],  # loses its 优秀 by deductions
    "28村": [92, 91, 90, 94],
    "31村": [82, 85, 83, 84],  # fails the province's acceptance
    "09村": [62, 58, 61, 59],  # exactly 60
    "26村": [57, 55, 60, 58],
}
MISSED = ("20村", "第三季度")  # it was inspected in July instead


def main() -> None:
    """Write the tables as an office would keep them."""
    chance = np.random.default_rng(20130102)
    level = chance.normal(80, 5, len(VILLAGES)).clip(64, 88)
    points = (level[:, None] + chance.normal(0, 2.5, (len(VILLAGES), 4))).round().clip(50, 90)
    quarters = pd.DataFrame(points.astype(int), VILLAGES, ROUTINE)
    for village, own in TOLD.items():
        quarters.loc[village] = own
    late = quarters[ROUTINE[:2]].mean(axis=1).nsmallest(8).index.union([MISSED[0]])
    july = (quarters.loc[late, ROUTINE[1]] + chance.integers(0, 6, len(late))).rename(SPECIAL)
    july["09村"] = 60
    rows = pd.concat([quarters, july.to_frame()], axis=1).stack().dropna().astype(int).rename("得分")
    table = rows.rename_axis(["村", "期次"]).reset_index()
    table = table[~((table["村"] == MISSED[0]) & (table["期次"] == MISSED[1]))]
    order = {name: at for at, name in enumerate([*ROUTINE[:2], SPECIAL, *ROUTINE[2:]])}
    save("inspections", table.sort_values("期次", key=lambda column: column.map(order), kind="stable"))
    save(
        "events",
        pd.DataFrame(
            [
                ("18村", "第二季度", "市委市政府批评", 1, "", "（模拟）主干道两侧垃圾未清"),
                ("18村", "第二季度", "市创卫办通报批评", 1, "", "（模拟）整改回复逾期"),
                ("28村", "第三季度", "新闻媒体曝光", 1, "", "（模拟）河道漂浮物"),
                ("12村", "第一季度", "市创卫办通报批评", 2, "", "（模拟）两次通报"),
                ("26村", "第四季度", "其他扣分", 1, -3, "（模拟）露天焚烧垃圾"),
            ],
            columns=["村", "期次", "事项", "次数", "每次分值", "事由"],
        ),
    )
    kinds = [
        ("第一季度", "日常督查", ""),
        ("第二季度", "日常督查", ""),
        ("7月专项", "专项督查", ""),
        ("第三季度", "日常督查", ""),
        ("10月专项", "专项督查", "（模拟）省级验收期间停查"),
        ("第四季度", "日常督查", ""),
    ]
    periods = pd.DataFrame(kinds, columns=["期次", "类别", "未开展原因"])
    save("periods", periods.assign(年度=2013)[["期次", "类别", "年度", "未开展原因"]])
    province = ["否" if one in ("31村", "26村") else "是" for one in VILLAGES]
    city = ["否" if one in ("15村", "31村", "26村") else "是" for one in VILLAGES]
    failed = ["否" if one == "是" else "是" for one in province]
    told = {"evaluatee": VILLAGES, "通过省级验收": province, "通过市级验收": city, "未通过省级验收": failed}
    save("conditions", pd.DataFrame(told))


def save(name: str, table: pd.DataFrame) -> None:
    """Write UTF-8 with a byte order mark, which Excel needs for Chinese, and the same line ends anywhere."""
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
