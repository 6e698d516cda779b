"""Make up (模拟) a year of household visits in ten villages and communities; the same bytes every run.

No household, visit or case here is real. Run from the repository's root:
``python data/rounds/hutian-zoufang-2022-made/made.py``.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
PLACES = [*(f"{at:02d}村" for at in range(1, 8)), *(f"{at:02d}社区" for at in range(1, 4))]
EACH, KEY = 30, 5  # households of a place, the first of them with key persons
KINDS = ["老党员", "困难群众", "孤寡老人", "留守儿童", "上访老户"]
SERVICES = "劳有厚得/弱有众扶 住有宜居 病有良医 幼有善育/学有优教 老有颐养 民有文乐 安有保全 其他".split()
FIRST = date(2022, 3, 1)
HOUSE = ["村（社区）", "户号"]
EVENTS = [
    ("03村", "未走访", 2, "抽查两户均说没有来过", "2022-07-12"),
    ("03村", "虚假走访", 1, "走访日该户全家在外", "2022-07-12"),
    ("03村", "意见建议虚假记录", 1, "记录的意见本人不知情", "2022-07-15"),
    ("01社区", "整改不彻底", 1, "下水道修了一半", "2022-10-18"),
    ("01社区", "意见建议虚假记录", 2, "两份记录字句相同", "2022-07-15"),
    ("05村", "未整改", 2, "路灯未装；水管未修", "2022-10-19"),
    ("02村", "虚假整改", 1, "报办结而未动工", "2022-10-19"),
]


def main() -> None:
    """Write the tables as an office would keep them."""
    chance = np.random.default_rng(20220301)
    _write("households", _households())
    _write("visits", _visits(chance))
    _write("problems", _problems(chance))
    _write("events", pd.DataFrame(EVENTS, columns=["村（社区）", "情形", "件数", "说明", "认定日期"]))


def _households() -> pd.DataFrame:
    rows = [
        (place, f"{at:03d}", KINDS[at - 1] if at <= KEY else "一般户", "村" if "村" in place else "社区")
        for place in PLACES
        for at in range(1, EACH + 1)
    ]
    return pd.DataFrame(rows, columns=[*HOUSE, "类别", "村或社区"])


def _visits(chance: np.random.Generator) -> pd.DataFrame:
    """Give the teams' ten households of each place, the grid workers' others, the secretaries' all."""
    rows = []

    def visit(place: str, at: int, team: str, role: str, days: int) -> None:
        day = FIRST + timedelta(days=int(chance.integers(0, days)))
        channel = "上门" if chance.random() < 0.9 else "电话"
        minutes = int(chance.integers(30, 60)) if channel == "上门" else int(chance.integers(4, 15))
        rows.append((place, f"{at:03d}", team, role, day, channel, minutes))

    for number, place in enumerate(PLACES, 1):
        own = [*range(1, KEY + 1), *(KEY + 1 + chance.permutation(EACH - KEY)[:5])]
        for at in own[: 8 if place == "06村" else 10]:
            if place == "04村" and at in (3, 5):
                continue  # two with key persons are left to the grid workers
            visit(place, at, f"驻村单位{number:02d}{'甲' if at % 2 else '乙'}", "驻村单位", 122)
        if place == "04村":
            own = [one for one in own if one not in (3, 5)]
            for at in [one for one in range(6, EACH + 1) if one not in own][:2]:
                own.append(at)
                visit(place, at, f"驻村单位{number:02d}甲", "驻村单位", 122)
        if place == "07村":
            for at in (1, 4):  # the other team came as well
                visit(place, at, f"驻村单位{number:02d}{'乙' if at % 2 else '甲'}", "驻村单位", 122)
        seen = set(own[: 8 if place == "06村" else len(own)])
        for at in [one for one in range(1, EACH + 1) if one not in seen]:
            if (place, at) not in (("02村", 17), ("02村", 23)):
                visit(place, at, "", "网格员", 122)
        if "社区" in place:
            for at in range(1, EACH + 1 if place != "03社区" else EACH - 3):
                visit(place, at, "", "社区书记", 240)
    columns = [*HOUSE, "走访单位", "走访身份", "日期", "方式", "分钟"]
    table = pd.DataFrame(rows, columns=columns)
    short = table.index[(table["方式"] == "上门") & (table["村（社区）"] == "05村")][[2, 7, 11]]
    return table.assign(分钟=table["分钟"].where(~table.index.isin(short), [15] * len(table)))


def _problems(chance: np.random.Generator) -> pd.DataFrame:
    rows = []
    for at in range(1, 61):
        place, service = str(chance.choice(PLACES)), str(chance.choice(SERVICES))
        size = str(chance.choice(["一般", "较大", "特大"], p=[0.7, 0.25, 0.05]))
        told = FIRST + timedelta(days=int(chance.integers(0, 60)))
        spot = size == "一般" and chance.random() < 0.4
        took = {"一般": 14, "较大": 30, "特大": 60}[size]
        planned: date | str = "" if spot else told + timedelta(days=int(chance.integers(1, 6)))
        finished: date | str = told if spot else told + timedelta(days=7 + int(chance.integers(0, took)))
        if at in (13, 41) and not spot:
            planned, finished = told + timedelta(days=15), told + timedelta(days=18)
        if at == 22:
            place, service, size, spot, finished = "05村", "住有宜居", "一般", False, ""
            planned = told + timedelta(days=3)
        asked: date | str = date(2022, 9, 1) + timedelta(days=int(chance.integers(0, 35)))
        channel, opinion = str(chance.choice(["上门", "电话", "短信"])), "满意"
        if chance.random() < 0.12:
            opinion = "不满意"
        if at in (22, 37):
            asked, channel, opinion = "", "", ""
        flag = "是" if spot else "否"
        rows.append(
            (f"事{at:03d}", place, service, size, flag, told, planned, finished, asked, channel, opinion)
        )
    heads = "编号 村（社区） 对应服务 大小 当场解决 反映日期 方案日期 办结日期 回访日期 回访方式 群众评价"
    return pd.DataFrame(rows, columns=heads.split())


def _write(name: str, table: pd.DataFrame) -> None:
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
