"""Make up (模拟) twelve weeks of cadres in six villages; every run writes the very same bytes.

No row here is of a real village, household or person: all are codes. Run from the repository's root:
``python data/rounds/fang-minqing-made/made.py``.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
VILLAGES = [f"{at:02d}村" for at in range(1, 7)]
HOUSEHOLDS = [42, 35, 51, 28, 46, 33]
FIRST, WEEKS = date(2014, 3, 3), 12
ABSENT = {("干04", 5), ("干04", 6), ("干11", 9)}  # weeks with two days only
UNVISITED = {"03村": 4}  # households left out
UNREPORTED = {("05村", 7)}


def main() -> None:
    """Write the tables as the offices would keep them."""
    chance = np.random.default_rng(20140303)
    cadres = pd.DataFrame(
        [(f"干{2 * at + one + 1:02d}", village) for at, village in enumerate(VILLAGES) for one in range(2)],
        columns=["干部", "村"],
    )
    _write("cadres", cadres)
    _write("village_days", _days(chance, cadres))
    reports = [
        (village, FIRST + timedelta(days=7 * week + 4))
        for week in range(WEEKS)
        for village in VILLAGES
        if (village, week) not in UNREPORTED
    ]
    _write("reports", pd.DataFrame(reports, columns=["村", "报送日期"]))
    checks = [(village, date(2014, month, 20)) for month in (3, 4, 5) for village in VILLAGES]
    _write("checks", pd.DataFrame(checks, columns=["村", "检查日期"]))
    homes = [
        (village, f"{village[:2]}-{at:02d}")
        for village, count in zip(VILLAGES, HOUSEHOLDS, strict=True)
        for at in range(1, count + 1)
    ]
    households = pd.DataFrame(homes, columns=["村", "户号"])
    _write("households", households)
    _write("visits", _visits(chance, households, cadres))
    _write("matters", _matters(chance))


def _days(chance: np.random.Generator, cadres: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for week in range(WEEKS):
        for who, village in cadres.itertuples(index=False):
            count = 2 if (who, week) in ABSENT else int(chance.choice([3, 3, 4]))
            for at in sorted(chance.choice(5, size=count, replace=False)):
                rows.append((who, village, FIRST + timedelta(days=int(7 * week + at))))
    return pd.DataFrame(rows, columns=["干部", "村", "日期"])


def _visits(chance: np.random.Generator, households: pd.DataFrame, cadres: pd.DataFrame) -> pd.DataFrame:
    own = {village: part["干部"].tolist() for village, part in cadres.groupby("村")}
    rows = []
    for village, part in households.groupby("村", sort=False):
        homes = part["户号"].tolist()
        for at, home in enumerate(homes):
            if at >= len(homes) - UNVISITED.get(str(village), 0):
                continue
            day = FIRST + timedelta(days=int(chance.integers(0, 7 * WEEKS - 3)))
            rows.append((village, home, str(chance.choice(own[village])), day))
    return pd.DataFrame(rows, columns=["村", "户号", "干部", "日期"])


def _matters(chance: np.random.Generator) -> pd.DataFrame:
    rows = []
    for at in range(1, 61):
        raised = FIRST + timedelta(days=int(chance.integers(0, 60)))
        settled: date | str = raised + timedelta(days=int(chance.integers(2, 18)))
        back: date | str = raised + timedelta(days=int(chance.integers(19, 24)))
        opinion = str(chance.choice(["满意", "满意", "满意", "满意", "基本满意", "不满意"]))
        if at in (9, 31, 44):
            settled, back, opinion = "", "", ""
        if at in (17, 52):
            back, opinion = "", ""
        rows.append((f"事{at:02d}", VILLAGES[at % 6], raised, settled, back, opinion))
    return pd.DataFrame(rows, columns=["编号", "村", "反映日期", "落实日期", "回访日期", "评价"])


def _write(name: str, table: pd.DataFrame) -> None:
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
