"""S6, 走千村进万户 (湖田街道): every rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from toolkit import Scheme
from toolkit.duties import DutyResult, check_duties
from toolkit.parts.assess import assess
from toolkit.scores import Scores

SCHEME = Scheme.load("hutian-zoufang")
HOUSES = "evaluatee unit kind place\n"
VISITS = "evaluatee unit team role date channel minutes\n"
PROBLEMS = "id evaluatee service size on_the_spot reported planned finished called_back call_channel\n"


def scored(*events: tuple[str, str, int]) -> Scores:
    table = pd.DataFrame(events, columns=["evaluatee", "event", "count"]).astype(str)
    return assess(SCHEME, {"events": table})


def duty(name: str, as_of: str = "2022-11-15", **tables: str) -> DutyResult:
    """Check one duty on tables written as text: heads, then a row a line; ``.`` is an empty cell."""
    read = {}
    for table, text in tables.items():
        head, *rows = [line.split() for line in text.strip().splitlines()]
        read[table] = pd.DataFrame(rows, columns=head).replace(".", None)
    own = [one for one in SCHEME.duties if one.name == name]
    return check_duties(own, read, as_of=date.fromisoformat(as_of), evaluatees=SCHEME.evaluatees)[0]


def met(result: DutyResult, village: str) -> bool:
    return bool(result.table.set_index("evaluatee").loc[village, "met"])


@pytest.mark.parametrize("event", ["未走访", "虚假走访", "未整改", "虚假整改", "整改不彻底"])
def test_each_case_takes_one_point_of_a_thousand(event: str) -> None:
    """起始1000分，每件扣1分: 2 cases leave 998; who has none keeps 1,000."""
    score = scored(("01村", event, 2)).table.set_index("evaluatee")["score"]
    assert (score["01村"], score["02村"]) == (998, 1000)


def test_cases_add_up_and_nobody_falls_below_zero() -> None:
    """扣完为止: 1000 − 2 − 1 − 1 = 996; 600 + 500 cases leave 0, not −100."""
    found = scored(
        *[("01村", "未走访", 2), ("01村", "虚假走访", 1), ("01村", "未整改", 1)],
        *[("02村", "未走访", 600), ("02村", "未整改", 500)],
    )
    score = found.table.set_index("evaluatee")["score"]
    assert (score["01村"], score["02村"]) == (996, 0)


def test_three_cases_bring_an_interview() -> None:
    """3件及以上约谈, together; 意见建议虚假记录 counts and takes no point: 1000 − 1 = 999, 3 cases."""
    found = scored(
        *[("01村", "未整改", 1), ("01村", "意见建议虚假记录", 2)],
        *[("02村", "未走访", 1), ("02村", "虚假整改", 1)],
    )
    cases = found.assessed.follows.cases
    assert cases[["evaluatee", "cases"]].to_numpy().tolist() == [["01村", 3]]
    assert "约谈" in cases["consequence"].iloc[0]
    assert found.table.set_index("evaluatee").loc["01村", "score"] == 999


def test_the_annual_assessment_has_no_points_stated() -> None:
    """计入年度考核，分值没有给出: nothing is converted, and the words say so."""
    assert scored().assessed.follows.counts.empty
    assert "计入年度考核：原文未载分值" in SCHEME.in_words()


def test_thirty_per_cent_of_households() -> None:
    """不少于30%: of 5 that is 2 (1.5 rounded up). A call counts, a note and a July visit do not."""
    houses = HOUSES + "\n".join(f"01村 {at} 一般户 村" for at in range(1, 6))
    first = "01村 1 甲 驻村单位 2022-06-30 上门 30\n"
    enough = VISITS + first + "01村 2 甲 驻村单位 2022-06-01 电话 5"
    name = "驻村单位走访不少于30%的户"
    assert met(duty(name, households=houses, visits=enough), "01村")
    for other in ("驻村单位 2022-06-01 留条 .", "驻村单位 2022-07-01 上门 40", "网格员 2022-06-01 上门 40"):
        few = VISITS + first + f"01村 2 甲 {other}"
        assert not met(duty(name, households=houses, visits=few), "01村")


@pytest.mark.parametrize("kind", ["老党员", "困难群众", "孤寡老人", "留守儿童", "上访老户"])
def test_key_persons_are_always_visited(kind: str) -> None:
    """五类重点人员必访: one household of the kind left out is one too many; ordinary ones may be."""
    houses = HOUSES + f"01村 1 {kind} 村\n01村 2 {kind} 村\n01村 3 一般户 村"
    one = VISITS + "01村 1 甲 驻村单位 2022-05-01 上门 30"
    found = duty("五类重点人员户必访", households=houses, visits=one)
    assert found.open["unit"].tolist() == ["2"]
    both = one + "\n01村 2 甲 驻村单位 2022-05-02 上门 30"
    assert met(duty("五类重点人员户必访", households=houses, visits=both), "01村")


def test_secretaries_and_grid_workers_reach_every_household() -> None:
    """社区书记走遍每户; 网格员覆盖其余: 1 by the team, 2 by the grid worker, 3 by nobody."""
    houses = HOUSES + "01社区 1 一般户 社区\n01社区 2 一般户 社区\n01社区 3 一般户 社区\n01村 1 一般户 村"
    visits = VISITS + "\n".join(
        [
            "01社区 1 甲 驻村单位 2022-05-01 上门 30",
            "01社区 2 . 网格员 2022-05-01 上门 30",
            *(f"01社区 {at} . 社区书记 2022-11-0{at} 上门 30" for at in (1, 2)),
        ]
    )
    rest = duty("其余各户网格员全覆盖", households=houses, visits=visits)
    assert rest.open[["evaluatee", "unit"]].to_numpy().tolist() == [["01社区", "3"], ["01村", "1"]]
    year = duty("社区书记一年走遍每户", households=houses, visits=visits)
    assert year.open[["evaluatee", "unit"]].to_numpy().tolist() == [["01社区", "3"]]


def test_no_household_is_visited_by_two_teams() -> None:
    """不得重户: the same team twice is none; a grid worker after a team is none either."""
    row = "01村 1 {} {} 2022-05-01 上门 30\n"
    own = VISITS + row.format("甲", "驻村单位") * 2 + row.format(".", "网格员")
    assert met(duty("不同单位走访不得重户", visits=own), "01村")
    assert not met(duty("不同单位走访不得重户", visits=own + row.format("乙", "驻村单位")), "01村")


def test_a_visit_lasts_thirty_minutes() -> None:
    """每户不少于30分钟: 30 is enough, 29 not; a call or a message may be short."""
    row = "01村 1 甲 驻村单位 2022-05-01 {} {}\n"
    enough = VISITS + row.format("上门", 30) + row.format("电话", 5) + row.format("短信", 1)
    assert met(duty("每户走访不少于30分钟", visits=enough), "01村")
    assert not met(duty("每户走访不少于30分钟", visits=enough + row.format("上门", 29)), "01村")


def test_a_plan_within_five_working_days() -> None:
    """5个工作日内制定方案: told on Friday 29 April 2022; 1–4 May are days off and the 7th is worked.

    So the five are 5, 6, 7, 9, 10 May. What was solved on the spot needs no plan.
    """
    problems = PROBLEMS + "\n".join(
        [
            "1 01村 病有良医 一般 否 2022-04-29 2022-05-10 . . .",
            "2 02村 病有良医 一般 否 2022-04-29 2022-05-11 . . .",
            "3 03村 病有良医 一般 是 2022-04-29 . 2022-04-29 . .",
        ]
    )
    found = duty("不能当场解决的5个工作日内制定方案", problems=problems)
    assert found.open["evaluatee"].tolist() == ["02村"]


@pytest.mark.parametrize(
    ("size", "last", "late"),
    # told on Monday 4 July 2022, no holidays until September: 3, 6 and 12 weeks; 中秋 on Monday 12 September
    [
        ("一般", "2022-07-25", "2022-07-26"),
        ("较大", "2022-08-15", "2022-08-16"),
        ("特大", "2022-09-27", "2022-09-28"),
    ],
)
def test_terms_of_fifteen_thirty_and_sixty_working_days(size: str, last: str, late: str) -> None:
    """一般15、较大30、特大60个工作日内办结: on the last day in time, the day after late."""
    problems = PROBLEMS + f"1 01村 病有良医 {size} 否 2022-07-04 . {last} . .\n"
    problems += f"2 02村 病有良医 {size} 否 2022-07-04 . {late} . ."
    found = duty("一般15、较大30、特大60个工作日内办结", problems=problems)
    assert found.open["evaluatee"].tolist() == ["02村"]


def test_mended_by_august_and_called_back_by_october() -> None:
    """8月上旬前整改、10月上旬前回访; a call-back is by visit, telephone or message, of every problem."""
    problems = PROBLEMS + "\n".join(
        [
            "1 01村 病有良医 一般 否 2022-06-01 . 2022-08-10 2022-10-10 电话",
            "2 02村 病有良医 一般 否 2022-06-01 . 2022-08-11 2022-10-11 短信",
            "3 02村 病有良医 一般 否 2022-06-01 . 2022-06-10 . .",
        ]
    )
    assert duty("8月上旬前整改完毕", problems=problems).open["id"].tolist() == ["2"]
    assert sorted(duty("10月上旬前回访", problems=problems).open["id"]) == ["2", "3"]
    rate = duty("第二轮回访率", problems=problems).table.set_index("evaluatee")
    assert rate.loc["02村", ["done", "due"]].tolist() == [1, 2]
    counts = duty("问题分类", problems=problems).table.set_index("service")
    assert counts.loc["病有良医", ["一般", "total"]].tolist() == [3, 3]
