"""S5, 省级卫生城市督查 (抚州): every rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd

from toolkit import Scheme
from toolkit.duties import DutyResult, check_duties
from toolkit.parts.assess import assess

SCHEME = Scheme.load("fuzhou-chuangwei")
AREAS = SCHEME.evaluatees


def places(*months: str) -> dict[str, pd.DataFrame]:
    """Give inspections in which the areas named are last in each month; a month "—" was not held."""
    rows, declared = [], []
    for at, last in enumerate(months, 3):
        declared.append((f"{at}月", "月", "2014", "防汛" if last == "—" else ""))
        rows += [
            (area, f"{at}月", f"2014-0{at}-02", str(60 if area[:2] in last.split() else 90))
            for area in AREAS
            if last != "—"
        ]
    return {
        "inspections": pd.DataFrame(rows, columns=["evaluatee", "period", "occasion", "points"]),
        "periods": pd.DataFrame(declared, columns=["period", "kind", "year", "missing"]),
    }


def consequences(tables: dict[str, pd.DataFrame], area: str, scheme: Scheme = SCHEME) -> list[str]:
    told = assess(scheme, tables).assessed.follows.streaks
    return told.loc[told["evaluatee"] == area, "consequence"].tolist()


def duty(name: str, as_of: str = "2014-07-31", **tables: str) -> DutyResult:
    """Check one duty on tables written as text: heads, then a row a line; ``.`` is an empty cell."""
    read = {
        table: pd.DataFrame([line.split() for line in text.strip().splitlines()[1:]]).set_axis(
            text.strip().splitlines()[0].split(), axis=1
        )
        for table, text in tables.items()
    }
    tables_ = {table: one.replace(".", None) for table, one in read.items()}
    own = [one for one in SCHEME.duties if one.name == name]
    return check_duties(own, tables_, as_of=date.fromisoformat(as_of), evaluatees=AREAS)[0]


def test_a_month_is_the_mean_of_its_occasions() -> None:
    """Our reading, 一个月各次取平均: (90 + 80) / 2 = 85 and 95, in all (85 + 95) / 2 = 90, not 88.33."""
    tables = places("02 03 04", "02 03 04")
    own = tables["inspections"].query("evaluatee != '01片区'")
    extra = pd.DataFrame(
        [("01片区", "3月", "2014-03-02", "90"), ("01片区", "3月", "2014-03-04", "80"),
         ("01片区", "4月", "2014-04-02", "95")],
        columns=own.columns,
    )  # fmt: skip
    found = assess(SCHEME, tables | {"inspections": pd.concat([own, extra])})
    assert found.table.set_index("evaluatee").loc["01片区", "score"] == 90
    months = found.assessed.periods.set_index(["evaluatee", "period"])["score"]
    assert (months["01片区", "3月"], months["01片区", "4月"]) == (85, 95)


def test_first_time_among_the_last_three_a_circular() -> None:
    """每月比较，后三名：第一次通报批评. Nine others have nothing to fear."""
    told = assess(SCHEME, places("01 02 03")).assessed.follows.streaks
    assert told[["evaluatee", "consequence"]].to_numpy().tolist() == [
        [area, "通报批评"] for area in ("01片区", "02片区", "03片区")
    ]


def test_two_in_a_row_a_warning() -> None:
    """连续两次警告: twice with a month between is no more than a circular again."""
    assert consequences(places("01 02 03", "01 04 05"), "01片区") == ["通报批评", "警告"]
    assert consequences(places("01 02 03", "04 05 06", "01 02 04"), "01片区") == ["通报批评", "通报批评"]


def test_three_times_accountability() -> None:
    """三次问责: in a row or not; a fourth time again. The other reading is one word in the file."""
    gap = places("01 02 03", "01 02 03", "04 05 06", "01 07 08", "01 07 08")
    assert consequences(gap, "01片区") == ["通报批评", "警告", "问责", "问责"]
    text = SCHEME.text.replace('counting = "cumulative"', 'counting = "consecutive"')
    assert consequences(gap, "01片区", Scheme.read(text)) == ["通报批评", "警告", "通报批评", "警告"]


def test_a_month_that_was_not_held_does_not_break_a_run() -> None:
    """Our reading: 停一个月，前后两个月算连续; with "break" the second is the first of a new run."""
    held = places("01 02 03", "—", "01 04 05")
    assert consequences(held, "01片区") == ["通报批评", "警告"]
    text = SCHEME.text.replace('missing = "skip"', 'missing = "break"')
    assert consequences(held, "01片区", Scheme.read(text)) == ["通报批评", "通报批评"]


def test_who_ties_with_the_last_three_is_among_them() -> None:
    """Four areas share the last 60 points: all four are told."""
    told = assess(SCHEME, places("01 02 03 04")).assessed.follows.streaks
    assert told["evaluatee"].tolist() == ["01片区", "02片区", "03片区", "04片区"]


def test_teams_of_two_from_different_units() -> None:
    """督查组每组2人，交叉编组: the second team's two come from one unit, the third has three members."""
    teams = "team member office\n一 a 甲\n一 b 乙\n二 c 甲\n二 d 甲\n三 e 甲\n三 f 乙\n三 g 乙"
    assert duty("每组2人", teams=teams).table["met"].tolist() == [True, True, False]
    crossed = duty("交叉编组：同组2人来自不同单位", teams=teams)
    assert crossed.table["met"].tolist() == [True, False, True]


def test_inspections_every_two_days_then_daily() -> None:
    """每两天督查一次: 1–2 and 3–4 March have one, 5–6 none. 迎检期间每天: 22 July has one, 23 July none."""
    head = "team occasion evaluatee"
    march = duty(
        "每两天督查一次",
        "2014-03-06",
        inspections=f"{head}\n一 2014-03-02 01片区\n一 2014-03-03 02片区",
        teams="team\n一",
    )
    assert march.table[["due", "done"]].to_numpy().tolist() == [[3, 2]]
    july = duty(
        "迎检期间每天督查", "2014-07-23", inspections=f"{head}\n一 2014-07-22 01片区", teams="team\n一"
    )
    assert july.table[["due", "done"]].to_numpy().tolist() == [[2, 1]]


def test_a_report_within_one_day() -> None:
    """督查后1天内报告: on the next day in time, on the one after late."""
    found = duty(
        "督查后1天内报告",
        inspections="team occasion reported\n一 2014-03-01 2014-03-02\n二 2014-03-01 2014-03-03",
    )
    assert found.table["met"].tolist() == [True, False]


def test_orders_each_week_and_a_circular_each_month() -> None:
    """每周一份限期整改通知书、每月一期通报: four whole weeks, 3–30 March; one lacks."""
    papers = "paper date\n" + "\n".join(
        [f"限期整改通知书 2014-03-{day}" for day in ("03", "10", "24")] + ["督查通报 2014-03-31"]
    )
    weekly = duty("每周一份限期整改通知书", "2014-03-31", papers=papers)
    assert weekly.table[["due", "done"]].to_numpy().tolist() == [[4, 3]]
    assert weekly.open["from"].astype(str).tolist() == ["2014-03-17"]
    monthly = duty("每月一期督查通报", "2014-03-31", papers=papers)
    assert monthly.table[["due", "done"]].to_numpy().tolist() == [[1, 1]]


def test_a_problem_is_ordered_then_told_then_accounted_for() -> None:
    """首次发现限期整改，逾期通报批评，仍不整改问责: the last day is still in time."""
    problems = """
evaluatee found due second_due cured
01片区 2014-03-01 2014-03-08 . 2014-03-08
02片区 2014-03-01 2014-03-08 2014-03-15 2014-03-10
03片区 2014-03-01 2014-03-08 2014-03-15 .
"""
    found = duty("发现问题的整改", "2014-03-16", problems=problems)
    told = found.table.set_index("evaluatee")[["限期整改", "通报批评", "问责"]]
    assert told.loc[list(AREAS[:3])].to_numpy().tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert found.open["evaluatee"].tolist() == ["03片区"]
    earlier = duty("发现问题的整改", "2014-03-15", problems=problems)
    assert earlier.table.set_index("evaluatee").loc["03片区", "通报批评"] == 1
