"""S7, 四联五到位 (双凫铺镇): every rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from toolkit import Scheme
from toolkit.duties import DutyResult, check_duties
from toolkit.parts.assess import Assessed, assess

SCHEME = Scheme.load("shuangfupu-silian")
CLASSES = {each.id: each.evaluatees for each in SCHEME.classes}


def halves(second: bool = False, **points: list[float]) -> Assessed:
    """Score inspections: in each class the points given, else 90, 89, … in order; autumn as below."""
    rows = []
    for name, members in CLASSES.items():
        first = points.get(name, [90.0 - at for at in range(len(members))])
        for at, who in enumerate(members):
            rows.append((who, "上半年", "2021-03-01", first[at]))
            if second:  # the order turns round
                rows.append((who, "下半年", "2021-09-01", 60.0 + at))
    table = pd.DataFrame(rows, columns=["evaluatee", "period", "occasion", "points"]).astype(str)
    found = assess(SCHEME, {"inspections": table}).assessed
    assert found is not None
    return found


def winners(found: Assessed, consequence: str, period: str = "上半年") -> list[str]:
    own = found.follows.awards.query("consequence == @consequence and period == @period")
    return own["evaluatee"].tolist()


def duty(name: str, as_of: str = "2021-12-31", **tables: str) -> DutyResult:
    """Check one duty on tables written as text: heads, then a row a line."""
    read = {}
    for table, text in tables.items():
        head, *rows = [line.split() for line in text.strip().splitlines()]
        read[table] = pd.DataFrame(rows, columns=head)
    own = [one for one in SCHEME.duties if one.name == name]
    return check_duties(own, read, as_of=date.fromisoformat(as_of), evaluatees=SCHEME.evaluatees)[0]


def counts(result: DutyResult) -> list[tuple[int, int]]:
    return list(zip(result.table["due"], result.table["done"], strict=True))


def test_six_best_grids_three_of_each_level() -> None:
    """优秀网格6个：三级网格3个、四级网格3个, whatever the other level's points are."""
    found = halves(grids_4=[50, 49, 48, 47, 46, 45])
    assert winners(found, "优秀网格") == ["三01", "三02", "三03", "四01", "四02", "四03"]


def test_four_pioneers_and_eight_cadres_of_four_hundred_yuan_each() -> None:
    """先锋网格员4名、优秀联点干部8名，每名400元: 6 + 4 + 8 = 18 awards are 7,200 yuan."""
    found = halves()
    assert winners(found, "先锋网格员") == ["网01", "网02", "网03", "网04"]
    assert winners(found, "优秀联点干部") == [f"干{at:02d}" for at in range(1, 9)]
    assert set(found.follows.awards["amount"]) == {400.0}
    assert found.follows.awards["amount"].sum() == 7200


def test_awards_twice_a_year_by_the_places_of_each_half() -> None:
    """年中、年终各评一次: in autumn the order turns round, and the year's mean counts for neither."""
    found = halves(second=True)
    assert winners(found, "先锋网格员") == ["网01", "网02", "网03", "网04"]
    assert winners(found, "先锋网格员", "下半年") == ["网08", "网07", "网06", "网05"]


def test_who_ties_for_the_last_award_gets_as_much() -> None:
    """Our reading: 末位并列的都评. Four and five are equal: five awards; "share" would halve the fourth."""
    found = halves(workers=[90, 89, 88, 87, 87, 80, 79, 78])
    assert winners(found, "先锋网格员") == ["网01", "网02", "网03", "网04", "网05"]
    paid = found.follows.awards.query("consequence == '先锋网格员'")["amount"]
    assert paid.tolist() == [400, 400, 400, 400, 400]


def test_six_points_of_the_villages_annual_assessment() -> None:
    """计6分: a village of 90 gets 90 / 100 × 6 = 5.4; grids, workers and cadres none."""
    into = halves(villages=[90, 80, 75, 70, 50]).follows.counts
    assert into.to_numpy().tolist() == [
        [name, points] for name, points in zip(CLASSES["villages"], [5.4, 4.8, 4.5, 4.2, 3.0], strict=True)
    ]


def test_a_cadre_has_one_grid_and_ten_households() -> None:
    """干部每人联一个网格、10户重点户: 甲 as due, 乙 two grids, 丙 nine households, 丁 none."""
    people = "visitor role\n" + "\n".join(f"{one} 联点干部" for one in "甲乙丙丁")
    rows = [f"甲 联点干部 三01 {at}" for at in range(10)]
    rows += [f"乙 联点干部 三0{1 + at // 9} {20 + at}" for at in range(10)]
    rows += [f"丙 联点干部 三03 {40 + at}" for at in range(9)]
    links = "visitor role grid unit\n" + "\n".join(rows)
    grid = duty("干部每人联一个网格", people=people, links=links)
    assert grid.table["met"].tolist() == [True, False, True, False]
    ten = duty("干部联10户重点户", people=people, links=links)
    assert ten.table["done"].tolist() == [10, 10, 9, 0]
    assert ten.table["met"].tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("name", "role", "numbers", "met"),
    [
        ("村干部联2至3户重点户", "村干部", [1, 2, 3, 4], [False, True, True, False]),
        ("党员联10至15户", "党员", [9, 10, 15, 16], [False, True, True, False]),
    ],
)
def test_village_cadres_and_members(name: str, role: str, numbers: list[int], met: list[bool]) -> None:
    """村干部2至3户; 党员10至15户: both ends are in."""
    people = "visitor role\n" + "\n".join(f"{at} {role}" for at in range(4))
    rows = [f"{at} {role} 三01 {at}-{one}" for at, number in enumerate(numbers) for one in range(number)]
    links = "visitor role grid unit\n" + "\n".join(rows)
    assert duty(name, people=people, links=links).table["met"].tolist() == met


def test_a_visit_each_quarter_and_a_contact_each_month() -> None:
    """每季度至少走访一次、每月至少线上联系一次: 甲 calls household 1 in January and visits it in May."""
    links = "visitor role grid unit\n甲 党员 三01 1\n甲 党员 三01 2"
    visits = "visitor unit date channel\n甲 1 2021-01-31 微信\n甲 1 2021-05-01 上门"
    assert counts(duty("每季度至少走访一次", "2021-06-30", links=links, visits=visits)) == [(2, 1), (2, 0)]
    assert counts(duty("每月至少线上联系一次", "2021-06-30", links=links, visits=visits)) == [(6, 1), (6, 0)]


def test_a_grid_each_week_and_an_inspection_each_month() -> None:
    """网格每周走访: weeks from Monday 4 January 2021. 每月至少督查一次: in January, not in February."""
    patrols = "grid date\n三01 2021-01-10\n三01 2021-01-11"
    assert counts(duty("网格每周走访", "2021-01-24", patrols=patrols)) == [(3, 2)]
    found = duty(
        "每月至少督查一次", "2021-02-28", inspections="evaluatee occasion points\n01村 2021-01-05 90"
    )
    assert counts(found)[0] == (2, 1)


def test_scheduling_every_ten_days_and_a_review_each_quarter() -> None:
    """旬调度、季讲评: January's first and last ten days have theirs, the middle none; a review in March."""
    meetings = "meeting date\n旬调度 2021-01-10\n旬调度 2021-01-31\n季讲评 2021-03-31"
    ten = duty("旬调度", "2021-01-31", meetings=meetings)
    assert counts(ten) == [(3, 2)]
    assert ten.open["from"].astype(str).tolist() == ["2021-01-11"]
    assert counts(duty("季讲评", "2021-03-31", meetings=meetings)) == [(1, 1)]
