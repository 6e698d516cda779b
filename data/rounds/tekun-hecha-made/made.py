"""Make up (模拟) a quarter of applications for support and their verification; the very same bytes each run.

No row here is of a real person or township: applications and supported persons are codes. Run from the
repository's root: ``python data/rounds/tekun-hecha-made/made.py``.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.demo import made_up
from toolkit.workdays import add_workdays

HERE = Path(__file__).parent
KEY = "特困核查 2022 第二季度（模拟）"
TOWNSHIPS = {"01乡": 21, "02乡": 14, "03乡": 9, "04镇": 26, "05镇": 17, "06街道": 11}
FIRST = date(2022, 4, 1)


def main() -> None:
    """Write lists to draw from, and the tables as the offices would keep them."""
    chance = np.random.default_rng(20220401)
    applications = _applications(chance)
    supported = pd.DataFrame(
        [(f"供{town[:2]}-{at:03d}", town) for town, count in TOWNSHIPS.items() for at in range(1, 3 * count)],
        columns=["编号", "乡镇"],
    )
    frames = {"applications": applications, "supported": supported}
    for name, table in frames.items():
        frame = table.rename(columns={"编号": "id", "乡镇": "township"})[["id", "township"]]
        _write(f"frame-{name}", frame)
    drawn = _drawn()
    left = drawn["抽查"][drawn["抽查"]["township"] != "03乡"]  # one township's verification was never done
    done = [FIRST + timedelta(days=int(at)) for at in chance.integers(10, 80, len(left))]
    found = chance.choice(["属实", "属实", "属实", "部分不实"], len(left))
    columns = {"编号": left["id"], "乡镇": left["township"], "核实日期": done, "结论": found}
    _write("applications", applications)
    _write("verifications", pd.DataFrame(columns))
    _write("notices", _notices(chance, applications))
    _write("objections", _objections())
    _write("supported", supported)
    checked = drawn["年度抽查"]
    days = [FIRST + timedelta(days=int(at)) for at in chance.integers(30, 85, len(checked))]
    spot = {"编号": checked["id"], "乡镇": checked["township"], "抽查日期": days}
    _write("spot_checks", pd.DataFrame(spot))


def _drawn() -> dict[str, pd.DataFrame]:
    """Draw as the round does, to know whom it verifies."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        one = made_up("tekun", "tekun-hecha", folder)
        for name in ("applications", "supported"):
            text = (HERE / f"frame-{name}.csv").read_bytes()
            (one.folder / "frames" / f"{name}.csv").write_bytes(text)
        one.draw(KEY)
        return {name: one.sample(name).units for name in ("抽查", "年度抽查")}


def _applications(chance: np.random.Generator) -> pd.DataFrame:
    rows = []
    for town, count in TOWNSHIPS.items():
        for at in range(1, count + 1):
            accepted = _after(FIRST, int(chance.integers(1, 30)))
            slow = 14 if (town, at) in {("01乡", 4), ("05镇", 9)} else int(chance.integers(3, 11))
            inquired = _after(accepted, slow)
            submitted = _after(inquired, 1)
            late = 13 if (town, at) == ("04镇", 20) else int(chance.integers(2, 11))
            decided = _after(submitted, late)
            refused = chance.random() < 0.15 or (town, at) == ("06街道", 3)
            wait = 5 if refused and town == "06街道" else int(chance.integers(1, 4))
            told: date | str = _after(decided, wait) if refused else ""
            result = "不予批准" if refused else "批准"
            rows.append(
                (f"申{town[:2]}-{at:03d}", town, accepted, inquired, submitted, decided, result, told)
            )
    columns = ["编号", "乡镇", "受理日期", "调查完成", "报县日期", "决定日期", "决定", "告知日期"]
    return pd.DataFrame(rows, columns=columns)


def _notices(chance: np.random.Generator, applications: pd.DataFrame) -> pd.DataFrame:
    rows = []
    own = applications[applications["决定"] == "批准"]
    for at, line in enumerate(own.itertuples(index=False)):
        number, town, up = line[0], line[1], line[5]
        long = 5 if at in (12, 40) else int(chance.integers(7, 10))
        rows.append((number, town, "首次", up, up + timedelta(days=long)))
        if at in (7, 33):  # an objection was upheld: put up again
            again = up + timedelta(days=20)
            rows.append((number, town, "异议后再次", again, again + timedelta(days=7)))
    return pd.DataFrame(rows, columns=["编号", "乡镇", "公示", "张贴日期", "撤下日期"])


def _objections() -> pd.DataFrame:
    spans = [("给予供养", 8), ("给予供养", 10), ("终止供养", 15), ("终止供养", 12), ("给予供养", 11)]
    rows = []
    for at, (matter, days) in enumerate(spans, 1):
        received = _after(date(2022, 5, 16), at)
        town = list(TOWNSHIPS)[at % len(TOWNSHIPS)]
        rows.append((f"异{at:02d}", town, matter, received, _after(received, days)))
    rows.append(("异06", "02乡", "终止供养", date(2022, 6, 1), ""))
    return pd.DataFrame(rows, columns=["编号", "乡镇", "事项", "收到日期", "处理日期"])


def _after(start: date, days: int) -> date:
    return pd.Timestamp(add_workdays(np.datetime64(start), days).item()).date()


def _write(name: str, table: pd.DataFrame) -> None:
    table.to_csv(HERE / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


if __name__ == "__main__":
    main()
