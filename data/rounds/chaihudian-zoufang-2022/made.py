"""Make up (模拟) a spring of visits: who was visited, what was heard and solved; always the same bytes.

No figure here is of a real place, no code of a real person. From the repository's root:
``python data/rounds/chaihudian-zoufang-2022/made.py``.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
VILLAGES, SEAT = [f"{at:02d}村" for at in range(1, 9)], "镇驻地"
AT_SEAT = {"机关单位": 7, "企业": 6, "学校": 2, "商铺": 9, "医院": 1, "市场": 1}
TOPICS = ["居住环境", "社会治安", "基本医疗", "文体生活", "基础教育", "社会帮扶", "其他"]
RESPONSIBLE = ["镇村办理", "镇与市直部门共同办理", "市直部门办理"]
MISSED = ["05村 户07", "05村 户11", "镇驻地 企业4"]  # never visited
LATE = {"05村 户19": "2022-04-02", "02村 商铺2": "2022-04-06"}  # visited, but not in March
CHANGED = ("03村", "A06", "W06", "W19", "2022-03-18")  # a visitor who was changed midway


def main() -> None:
    """Write the tables as an office would keep them."""
    chance = np.random.default_rng(20220301)
    units = listed()
    save("units", units)
    visits = visited(units, chance)
    save("visits", visits)
    save("problems", problems(visits, chance))


def listed() -> pd.DataFrame:
    """Everybody to be visited: two areas in each village, two at the town's seat."""
    rows = []
    for at, village in enumerate(VILLAGES):
        rows += [
            (village, f"A{2 * at + 1 + (house > 10):02d}", "村（居）户", f"户{house:02d}")
            for house in range(1, 21)
        ]
        rows += [(village, f"A{2 * at + shop:02d}", "商铺", f"商铺{shop}") for shop in (1, 2)]
    for area, kinds in (("A17", ("机关单位", "学校", "医院")), ("A18", ("企业", "商铺", "市场"))):
        rows += [(SEAT, area, kind, f"{kind}{at}") for kind in kinds for at in range(1, AT_SEAT[kind] + 1)]
    return pd.DataFrame(rows, columns=["村", "区域", "类别", "走访对象"])


def visited(units: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    """One visit each in March, but for those named above; the visitor of area A07 is W07."""
    days = np.datetime64("2022-03-01") + np.sort(chance.integers(0, 31, len(units)))
    table = units.drop(columns="类别").assign(走访日期=chance.permutation(days).astype(str))
    table.insert(3, "走访人员", "W" + table["区域"].str[1:])
    key = table["村"] + " " + table["走访对象"]
    table["走访日期"] = key.map(LATE).fillna(table["走访日期"])
    village, area, first, second, since = CHANGED
    table.loc[(table["区域"] == area) & (table["走访日期"] >= since), "走访人员"] = second
    return table[~key.isin(MISSED)].sort_values("走访日期", kind="stable")


def problems(visits: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    """36 problems that visits brought; most are solved by May, many visited again by 10 June."""
    number = 36
    heard = visits.iloc[np.sort(chance.choice(len(visits), number, replace=False))]
    topic = chance.choice(TOPICS, number, p=[0.33, 0.1, 0.14, 0.1, 0.09, 0.16, 0.08])
    responsible = chance.choice(RESPONSIBLE, number, p=[0.6, 0.25, 0.15])
    hard = np.array([RESPONSIBLE.index(one) for one in responsible])
    table = pd.DataFrame(
        {
            "问题编号": [f"P{at:02d}" for at in range(1, number + 1)],
            "村": heard["村"].to_numpy(),
            "走访对象": heard["走访对象"].to_numpy(),
            "方面": topic,
            "责任": responsible,
            "梳理日期": (np.datetime64("2022-04-01") + chance.integers(0, 15, number)).astype(str),
        }
    )
    solved = np.datetime64("2022-04-18") + chance.integers(0, 34, number) + 4 * hard
    again = solved + chance.integers(2, 25, number)
    now = np.datetime64("2022-06-10")  # the day the office handed its tables over
    table["解决日期"] = np.where(solved <= now, solved.astype(str), "")
    table["回访日期"] = np.where(again <= now, again.astype(str), "")
    table.loc[11, ["责任", "方面", "解决日期", "回访日期"]] = [
        "市直部门办理",
        "基本医疗",
        "",
        "",
    ]  # still open
    table.loc[23, ["责任", "方面", "解决日期", "回访日期"]] = ["镇与市直部门共同办理", "居住环境", "", ""]
    table.loc[29, ["解决日期", "回访日期"]] = ["2022-06-03", ""]  # solved, three days late
    table.loc[4, "梳理日期"] = "2022-04-18"  # sorted after 15 April
    return table


def save(name: str, table: pd.DataFrame) -> None:
    """Write a table that opens right in a spreadsheet."""
    HERE.joinpath(f"{name}.csv").write_bytes(("\ufeff" + table.to_csv(index=False)).encode("utf-8"))


if __name__ == "__main__":
    main()
