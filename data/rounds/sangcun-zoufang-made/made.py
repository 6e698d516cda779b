"""Make up (模拟) a month of household visits in a town; every run writes the very same bytes.

No row here is of a real household or person: all are codes. Run from the repository's root:
``python data/rounds/sangcun-zoufang-made/made.py``.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
UNITS = [f"{at:02d}所" for at in range(1, 5)] + [f"{at:02d}办" for at in range(1, 4)]
UNITS += [f"{at:02d}村" for at in range(1, 7)]
WORKERS = [f"网{at:02d}" for at in range(1, 9)]
HOMES = {"网03": 52, "网07": 58, "网08": 0}  # who has fewer than 60; the last has none at all
FIRST = date(2016, 11, 1)


def main() -> None:
    """Write the tables as the offices would keep them."""
    chance = np.random.default_rng(20161101)
    scores = np.round(chance.normal(88, 4, len(UNITS)), 1)
    _write("satisfaction", pd.DataFrame({"单位": UNITS, "满意度": scores}))
    _write("workers", pd.DataFrame({"网格员": WORKERS}))
    visits, returns = [], []
    for at, who in enumerate(WORKERS):
        homes = HOMES.get(who, int(chance.integers(60, 70)))
        days = np.sort(chance.integers(0, 20, homes))
        for one, day in enumerate(days, 1):
            visits.append((who, f"户{at + 1}{one:03d}", FIRST + timedelta(days=int(day))))
        if homes:  # one home seen twice counts once
            visits.append((who, f"户{at + 1}001", FIRST + timedelta(days=20)))
        for day in np.unique(days):
            late = chance.random() < 0.04
            back = "16:50" if late else f"{int(chance.integers(15, 17))}:{int(chance.integers(0, 30)):02d}"
            returns.append((who, FIRST + timedelta(days=int(day)), back))
    _write("visits", pd.DataFrame(visits, columns=["网格员", "户号", "日期"]))
    _write("returns", pd.DataFrame(returns, columns=["网格员", "日期", "返回时间"]))
    _write("ledger", _ledger(chance))


def _ledger(chance: np.random.Generator) -> pd.DataFrame:
    rows = []
    for at in range(1, 41):
        due = FIRST + timedelta(days=int(chance.integers(8, 28)))
        done: date | str = due - timedelta(days=int(chance.integers(0, 6)))
        seen: date | str = due + timedelta(days=1)
        whole = "否" if at in (5, 22) else "是"
        if at in (11, 30):
            done = due + timedelta(days=3)
            seen = done + timedelta(days=1)
        if at == 36:
            done, seen = "", ""
        if at == 18:
            seen = ""
        person = f"责{at % 9 + 1:02d}" if whole == "是" else ""
        rows.append((f"账{at:02d}", UNITS[at % 4], f"目标{at:02d}", person, whole, due, done, seen))
    return pd.DataFrame(
        rows,
        columns=["编号", "责任部门", "目标", "责任人", "要素齐全", "时限", "销号日期", "回访日期"],
    )


def _write(name: str, table: pd.DataFrame) -> None:
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
