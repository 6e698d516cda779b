"""Duties, each by hand against the plan's sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from io import StringIO
from typing import Any

import pandas as pd
import pytest

from toolkit import RoundError
from toolkit.duties import (
    Apart,
    Coverage,
    Cross,
    DaysBy,
    Deadline,
    Duty,
    DutyResult,
    Escalation,
    Every,
    Level,
    Listed,
    Load,
    OneToOne,
    Rate,
    Rows,
    Within,
    check_duties,
)

VILLAGES = ("东村", "西村", "南村")


def table(text: str) -> pd.DataFrame:
    """A table of text, as a round gives it; a dot is an empty cell."""
    return pd.read_csv(StringIO(text.strip()), sep=r"\s+", dtype="str", na_values=".", keep_default_na=False)


def check(duty: Duty, as_of: str = "2022-06-30", **tables: Any) -> DutyResult:
    given = {name: table(text) for name, text in tables.items()}
    return check_duties([duty], given, as_of=date.fromisoformat(as_of), evaluatees=VILLAGES)[0]


def column(result: DutyResult, name: str) -> list[Any]:
    """A column as plain values, None for what is missing."""
    return [None if pd.isna(one) else one for one in result.table[name]]


# 7 households in 东村, 3 in 西村, none listed in 南村.
UNITS = """
evaluatee unit kind
东村 1 老党员
东村 2 一般
东村 3 一般
东村 4 孤寡老人
东村 5 一般
东村 6 一般
东村 7 一般
西村 1 一般
西村 2 一般
西村 3 上访老户
"""
VISITS = """
evaluatee unit role team channel date
东村 1 书记 甲 上门 2022-03-01
东村 1 网格员 乙 上门 2022-03-08
东村 2 网格员 甲 上门 2022-03-09
西村 1 网格员 丙 电话 2022-03-09
西村 1 网格员 丙 上门 2022-07-01
西村 3 书记 丙 上门 2022-03-10
"""
KEY_PERSONS = {"kind": ("老党员", "困难群众", "孤寡老人", "留守儿童", "上访老户")}


def test_coverage_of_thirty_per_cent_of_households() -> None:
    """S6: 走访不少于 30% 的农户. 30 % of 7 is 2.1: 3 are due, two were visited; of 3 it is 1."""
    duty = Coverage("走访30%", Rows("units"), Rows("visits"), 0.3)
    found = check(duty, units=UNITS, visits=VISITS)
    assert found.table.columns.tolist() == ["evaluatee", "due", "need", "done", "rate", "met"]
    assert column(found, "evaluatee") == ["东村", "西村", "南村"]
    assert column(found, "due") == [7, 3, 0]
    assert column(found, "need") == [3, 1, 0]
    assert column(found, "done") == [2, 2, 0]
    assert column(found, "rate") == [2 / 7, 2 / 3, None]
    assert column(found, "met") == [False, True, None]
    # the work list: who lacks, and which of its households nobody has seen
    assert found.open["unit"].tolist() == ["3", "4", "5", "6", "7"]
    assert set(found.open["evaluatee"]) == {"东村"}
    assert found.met is False
    assert found.chinese == (
        "走访30%（截至 2022-06-30）：2 个单位中 1 个做到；清单 5 条；另有 1 个暂无应做的。"
    )
    assert found.english == (
        "走访30% (as of 2022-06-30): 1 of 2 evaluatees did as due; "
        "5 on the work list; 1 more had nothing due yet."
    )


def test_the_number_due_is_exact_before_it_is_rounded_up() -> None:
    """0.07 × 100 is 7.000000000000001 in floating point; 7 % of 100 households are 7, not 8."""
    units = "evaluatee unit\n" + "\n".join(f"东村 {at}" for at in range(100))
    found = check(
        Coverage("7%", Rows("units"), Rows("visits"), 0.07), units=units, visits="evaluatee unit\n东村 1"
    )
    assert column(found, "need")[0] == 7


def test_key_persons_are_all_visited_and_the_secretary_goes_everywhere() -> None:
    """S6: 五类重点人员必访; 书记走遍每户. 4 号 (孤寡老人) was not seen; the secretary saw 1 and 1."""
    always = Coverage("五类必访", Rows("units", KEY_PERSONS), Rows("visits"), 1)
    found = check(always, units=UNITS, visits=VISITS)
    assert column(found, "due") == [2, 1, 0]
    assert column(found, "met") == [False, True, None]
    assert found.open["unit"].tolist() == ["4"]
    secretary = Coverage("书记走遍", Rows("units"), Rows("visits", {"role": ("书记",)}), 1)
    assert column(check(secretary, units=UNITS, visits=VISITS), "done") == [1, 1, 0]


def test_visits_count_up_to_the_day_and_within_the_phase() -> None:
    """S8: visits 3月1–31日; a visit after that day, or after the day of judgement, is none."""
    units = "evaluatee unit\n西村 1"
    for rows, as_of, done in [
        (Rows("visits", {"channel": ("上门",)}, "date"), "2022-06-30", 0),
        (Rows("visits", {"channel": ("上门",)}, "date"), "2022-07-01", 1),
        (Rows("visits", {"channel": ("上门",)}, "date", until=date(2022, 3, 31)), "2022-07-01", 0),
        (Rows("visits", {}, "date", since=date(2022, 3, 10)), "2022-06-30", 0),
        (Rows("visits", {}, "date", since=date(2022, 3, 9), until=date(2022, 3, 9)), "2022-06-30", 1),
    ]:
        visits = "\n".join(line for line in VISITS.splitlines() if not line.startswith(("东村", "西村 3")))
        found = check(Coverage("走访", Rows("units"), rows, 1), as_of, units=units, visits=visits)
        assert column(found, "done")[1] == done, (rows, as_of)


def test_every_grid_worker_visits_at_least_so_many_households() -> None:
    """S9: 每名网格员走访不少于 60 户 (here 2); seen twice is one; who has none shows by the roster."""
    visits = "evaluatee unit visitor\n东村 1 W1\n东村 1 W1\n西村 1 W1\n东村 2 W2\n东村 2 W2"
    roster = "visitor role\nW3 网格员\nW2 网格员\nW9 镇干部"
    duty = Load("每人2户", Rows("visits"), least=2, roster=Rows("people", {"role": ("网格员",)}))
    found = check(duty, visits=visits, people=roster)
    assert column(found, "visitor") == ["W3", "W2", "W1"]
    assert column(found, "done") == [0, 1, 2]
    assert column(found, "met") == [False, False, True]
    assert found.open["visitor"].tolist() == ["W3", "W2"]
    assert found.met is False


def test_a_load_between_two_limits() -> None:
    """S7: 村干部联系 2—3 户."""
    links = "evaluatee unit visitor\n" + "\n".join(
        f"东村 {unit} {visitor}"
        for visitor, units in {"A": "1", "B": "12", "C": "123", "D": "1234"}.items()
        for unit in units
    )
    found = check(Load("2—3户", Rows("links"), least=2, most=3), links=links)
    assert column(found, "done") == [1, 2, 3, 4]
    assert column(found, "met") == [False, True, True, False]


def test_teams_do_not_fall_on_one_household() -> None:
    """S6: 不同走访单位不得重复走访同一户: 甲 and 乙 were both at 东村 1; 丙 twice at 西村 1 is no overlap."""
    found = check(Apart("不重户", Rows("visits")), visits=VISITS)
    assert column(found, "visited") == [2, 2, 0]
    assert column(found, "overlaps") == [1, 0, 0]
    assert column(found, "met") == [False, True, None]
    assert found.open[["evaluatee", "unit", "teams", "who"]].values.tolist() == [["东村", "1", 2, "甲、乙"]]


def test_visitors_and_areas_are_one_to_one_all_the_time() -> None:
    """S8: 人员与片区一一对应，中途不变: area Y was handed from B to C on 20 March; A keeps X."""
    visits = """
visitor area date
A X 2022-03-01
A X 2022-03-30
B Y 2022-03-02
C Y 2022-03-20
D Z 2022-07-02
"""
    found = check(OneToOne("一一对应", Rows("visits")), visits=visits)
    assert found.table[["visitor", "area", "of_left", "of_right"]].values.tolist() == [
        ["A", "X", 1, 1],
        ["B", "Y", 1, 2],
        ["C", "Y", 1, 2],
    ]
    assert column(found, "met") == [True, False, False]
    assert found.open["first"].astype(str).tolist() == ["2022-03-02", "2022-03-20"]
    assert found.chinese == "一一对应（截至 2022-06-30）：3 对中 1 对做到；清单 2 条。"
    assert found.english == "一一对应 (as of 2022-06-30): 1 of 3 pairs did as due; 2 on the work list."
    assert found.shown()["首次"].tolist() == ["2022-03-02", "2022-03-20", "2022-03-01"]


THREE_DAYS: dict[str, Any] = {
    "each": "week",
    "times": 3,
    "since": date(2022, 3, 2),
    "until": date(2022, 3, 20),
}


def test_three_village_days_a_week() -> None:
    """S11: 每周驻村三天. From Wednesday 2 March: whole weeks 7–13 and 14–20; the cut one is a key of its own.

    A: 7, 8, 8, 9 March are three days; 14, 15, 15 are two. B: none in the first week.
    """
    visits = "visitor date\n" + "\n".join(
        [f"A 2022-03-{day}" for day in ("07", "08", "08", "09", "14", "15", "15")]
        + [f"B 2022-03-{day}" for day in ("14", "16", "20", "21")]
    )
    whole = Every("驻村三天", Rows("visits"), count="days", partial="left_out", **THREE_DAYS)
    found = check(whole, visits=visits)
    assert column(found, "due") == [2, 2]
    assert column(found, "done") == [1, 1]
    assert found.open[["visitor", "done", "lacks"]].values.tolist() == [["A", 2, 1], ["B", 0, 3]]
    assert found.open["from"].astype(str).tolist() == ["2022-03-14", "2022-03-07"]
    assert found.open["to"].astype(str).tolist() == ["2022-03-20", "2022-03-13"]
    cut = Every("驻村三天", Rows("visits"), count="rows", partial="counts", **THREE_DAYS)
    found = check(cut, visits=visits)
    assert column(found, "due") == [3, 3]
    # every row counts now, so that the two on 15 March fill A's week
    assert found.open["from"].astype(str).tolist() == ["2022-03-02", "2022-03-02", "2022-03-07"]
    # a week is judged once it is over: on Saturday 19 March the third is still running
    assert column(check(cut, "2022-03-19", visits=visits), "due") == [2, 2]
    assert column(check(cut, "2022-03-20", visits=visits), "due") == [3, 3]


@pytest.mark.parametrize(
    ("each", "due"),
    # January to March 2021: a quarter; 3 months; 9 times ten days; weeks of 4 January to 28 March; 90 days
    [("quarter", 1), ("month", 3), ("ten_days", 9), ("week", 12), ("day", 90), ("two_days", 45)],
)
def test_each_household_of_the_roster_in_every_period(each: Any, due: int) -> None:
    """S7: 每季度至少走访一次, 每月线上联系一次, 十天一调度: household 2 was never seen and shows."""
    duty = Every(
        *("定期走访", Rows("visits"), each, 1, "days", date(2021, 1, 1), date(2021, 3, 31), "left_out"),
        who=("evaluatee", "unit"),
        roster=Rows("units"),
    )
    visits = "evaluatee unit date\n东村 1 2021-02-11"
    found = check(duty, visits=visits, units="evaluatee unit\n东村 1\n东村 2")
    assert column(found, "due") == [due, due]
    assert column(found, "done") == [1, 0]
    assert found.open["unit"].eq("2").sum() == due
    done = int(due == 1)  # household 1 was seen in one period
    assert f"：2 个中 {done} 个做到" in found.chinese
    assert f": {done} of 2 units did as due" in found.english


def test_every_two_days_from_the_first() -> None:
    """S5: 每两天督查一次. 2–3, 4–5, 6–7 and, cut short, 8 March: the 3rd and the 4th are two periods."""
    span = {"since": date(2014, 3, 2), "until": date(2014, 3, 8)}
    duty = Every("每两天", Rows("visits"), "two_days", 1, "rows", partial="left_out", **span)
    found = check(duty, visits="visitor date\n一组 2014-03-03\n一组 2014-03-04\n一组 2014-03-08")
    assert (column(found, "due"), column(found, "done")) == ([3], [2])
    assert found.open["from"].astype(str).tolist() == ["2014-03-06"]
    cut = Every("每两天", Rows("visits"), "two_days", 1, "rows", partial="counts", **span)
    found = check(cut, visits="visitor date\n一组 2014-03-03\n一组 2014-03-04\n一组 2014-03-08")
    assert (column(found, "due"), column(found, "done")) == ([4], [3])


def test_a_visit_lasts_thirty_minutes_unless_by_telephone() -> None:
    """S6: 每户不少于 30 分钟；不能见面的电话、短信. 30 is enough, 29.5 not, none written fails."""
    visits = """
evaluatee minutes channel
东村 30 上门
东村 29.5 上门
东村 5 电话
西村 45 上门
西村 . 上门
"""
    duty = Within("30分钟", Rows("visits"), "minutes", least=30, exempt={"channel": ("电话", "短信")})
    found = check(duty, visits=visits)
    assert column(found, "exempt") == [1, 0, 0]
    assert column(found, "due") == [2, 2, 0]
    assert column(found, "done") == [1, 1, 0]
    assert column(found, "met") == [False, False, None]
    assert found.open["minutes"].fillna("—").tolist() == ["29.5", "—"]
    lenient = Within("30分钟", Rows("visits"), "minutes", least=30, most=44, empty="left_out")
    found = check(lenient, visits=visits)
    assert column(found, "due") == [3, 1, 0]
    assert column(found, "done") == [1, 0, 0]


def test_back_by_half_past_four() -> None:
    """S9: 每日 16:30 前返回: 16:30 is in time, 16:31 is not."""
    days = "evaluatee back\n东村 16:30\n东村 9：05\n西村 16:31\n西村 07:59:30"
    found = check(Within("16:30前", Rows("days"), "back", latest=time(16, 30)), days=days)
    assert column(found, "done") == [2, 1, 0]
    both = Within("时段", Rows("days"), "back", earliest=time(8), latest=time(16, 30))
    assert column(check(both, days=days), "done") == [2, 0, 0]


SIZES = DaysBy("size", {"一般": 15, "较大": 30, "特大": 60})


def test_working_days_by_the_size_of_a_problem() -> None:
    """S6: 一般问题 15 个工作日, 较大 30, 特大 60 办结. From Thursday 28 April 2022:

    30 April – 4 May off, 7 May worked: 29 April (1), 5–7 May (4), 9–13 (9), 16–20 (14), Monday 23 May (15).
    Done on it is in time, the day after is late; open ones are judged on the day asked for.
    """
    problems = """
evaluatee size start done
东村 一般 2022-04-28 2022-05-23
东村 一般 2022-04-28 2022-05-24
东村 一般 2022-04-28 .
西村 较大 2022-04-28 .
西村 一般 2022-04-28 2022-06-01
西村 一般 2022-05-27 .
"""
    duty = Deadline("限期办结", Rows("problems"), start="start", days_by=SIZES)
    found = check(duty, "2022-05-26", problems=problems)
    assert found.table.columns.tolist() == [
        "evaluatee",
        "kept",
        "broken",
        "overdue",
        "running",
        "rate",
        "met",
    ]
    assert found.table.iloc[0].tolist() == ["东村", 1, 1, 1, 0, 1 / 3, False]
    # of 西村: 30 days end in June; what was done on 1 June is open on 26 May; the last was not found yet
    assert column(found, "overdue") == [1, 1, 0]
    assert column(found, "running") == [0, 1, 0]
    assert column(found, "kept") == [1, 0, 0]
    work = found.open[["evaluatee", "state", "days_off"]].values.tolist()
    assert work == [["东村", "overdue", 3], ["西村", "overdue", 3], ["东村", "broken", 1]]
    assert set(found.open["due_day"].astype(str)) == {"2022-05-23"}
    assert column(check(duty, "2022-05-23", problems=problems), "running") == [2, 2, 0]


def test_a_public_notice_stays_up_seven_days() -> None:
    """S10: 公示期不少于 7 天 (calendar days): up on 1 June, the seventh day after is 8 June."""
    notices = "evaluatee up down\n东村 2022-06-01 2022-06-08\n东村 2022-06-01 2022-06-07\n西村 2022-06-01 ."
    duty = Deadline(*("公示7天", Rows("notices"), "down", "up", 7), count="calendar", bound="at_least")
    found = check(duty, "2022-06-07", notices=notices)
    assert column(found, "broken") == [1, 0, 0]
    assert column(found, "running") == [1, 1, 0]  # that of 8 June is not down yet either
    assert found.open["days_off"].tolist() == [1]
    found = check(duty, "2022-06-08", notices=notices)
    assert column(found, "kept") == [1, 1, 0]
    assert column(found, "met") == [False, True, None]


@pytest.mark.parametrize(("last_day", "kept"), [("as_it_falls", 0), ("next_workday", 1)])
def test_calendar_days_that_end_on_a_day_off(last_day: Any, kept: int) -> None:
    """民法典第203条: 最后一日是法定休假日的，以次日为最后一日: 1 October 2022 becomes the 8th."""
    cases = "evaluatee start done\n东村 2022-09-24 2022-10-08"
    duty = Deadline("7日内", Rows("cases"), start="start", days=7, count="calendar", last_day=last_day)
    found = check(duty, "2022-10-31", cases=cases)
    assert column(found, "kept")[0] == kept


def test_a_fixed_day_and_each_row_s_own() -> None:
    """S8: 5月31日前解决; S5: 限期整改 by the day of the row's own order."""
    problems = (
        "evaluatee done order\n东村 2022-05-31 2022-05-10\n东村 . 2022-06-30\n西村 2022-06-01 2022-06-01"
    )
    found = check(Deadline("5月底前", Rows("problems"), on=date(2022, 5, 31)), problems=problems)
    assert column(found, "kept") == [1, 0, 0]
    assert column(found, "overdue") == [1, 0, 0]
    assert column(found, "broken") == [0, 1, 0]
    assert found.open["days_off"].tolist() == [30, 1]
    found = check(Deadline("限期", Rows("problems"), on_column="order"), problems=problems)
    assert column(found, "kept") == [0, 1, 0]
    assert column(found, "running") == [1, 0, 0]


def test_a_term_that_never_began_is_left_out_where_the_plan_says_so() -> None:
    """S10: objections are settled within 10 working days; a case without an objection has no term."""
    cases = "evaluatee objected done\n东村 . .\n东村 2022-06-01 2022-06-02"
    term: dict[str, Any] = {"start": "objected", "days": 10}
    found = check(Deadline("异议", Rows("cases"), **term, no_start="left_out"), cases=cases)
    assert column(found, "kept") == [1, 0, 0]
    with pytest.raises(RoundError, match="cases: row 2: objected is empty"):
        check(Deadline("异议", Rows("cases"), **term), cases=cases)


def test_what_becomes_of_a_problem_that_is_not_cured() -> None:
    """S5: 首次发现限期整改；逾期通报批评；仍未整改的问责. On 30 June:

    1 cured on its last day; 2 cured after it: circular; 3 open past both days; 4 open, within its term;
    5 open past the first day, with no second day set; 6 was not found yet;
    7 has no first day, so no step after the first.
    """
    problems = """
evaluatee id found due again cured
东村 1 2022-05-01 2022-05-10 2022-05-20 2022-05-10
东村 2 2022-05-01 2022-05-10 2022-05-20 2022-05-15
东村 3 2022-05-01 2022-05-10 2022-05-20 .
西村 4 2022-06-25 2022-07-05 . .
西村 5 2022-06-01 2022-06-10 . 2022-07-03
南村 6 2022-07-01 2022-07-10 . .
南村 7 2022-06-01 . 2022-06-20 .
"""
    steps = (Level("通报批评", "due"), Level("问责", "again"))
    duty = Escalation("督办", Rows("problems"), "限期整改", steps)
    found = check(duty, problems=problems)
    assert found.table.columns.tolist() == [
        "evaluatee",
        "found",
        "cured",
        "限期整改",
        "通报批评",
        "问责",
        "met",
    ]
    assert found.table.iloc[0].tolist() == ["东村", 3, 2, 1, 1, 1, False]
    assert found.table.iloc[1].tolist() == ["西村", 2, 0, 1, 1, 0, False]
    assert column(found, "found")[2] == 1
    after = found.open["next_after"]
    work = found.open.assign(next_after=after.astype("str").astype(object).where(after.notna(), None))
    assert work[["id", "step", "next_step", "next_after"]].values.tolist() == [
        ["3", "问责", "", None],
        ["5", "通报批评", "问责", None],
        ["4", "限期整改", "通报批评", "2022-07-05"],
        ["7", "限期整改", "通报批评", None],
    ]
    assert column(check(duty, "2022-05-10", problems=problems), "限期整改") == [3, 0, 0]
    assert column(check(duty, "2022-05-11", problems=problems), "通报批评") == [2, 0, 0]


def test_a_rate_with_numerator_and_denominator_and_zero_of_zero() -> None:
    """S11: 到户率、满意率 aimed at 100 %: 东村 2 of 3 calls satisfied, 西村 1 of 1, 南村 no call: no rate."""
    calls = "evaluatee satisfied\n东村 是\n东村 是\n东村 否\n西村 是"
    duty = Rate("满意率", Rows("calls", {"satisfied": ("是",)}), Rows("calls"))
    found = check(duty, calls=calls)
    assert column(found, "done") == [2, 1, 0]
    assert column(found, "due") == [3, 1, 0]
    assert column(found, "rate") == [2 / 3, 1.0, None]
    assert column(found, "met") == [False, True, None]
    assert found.open["evaluatee"].tolist() == ["东村"]
    assert column(check(Rate("满意率", duty.numerator, duty.denominator, 2 / 3), calls=calls), "met")[0]


def test_a_rate_that_is_just_its_aim_meets_it() -> None:
    """7 of 100 is 7 %, though 0.07 × 100 is 7.000000000000001 in floating point."""
    calls = "evaluatee solved\n" + "东村 是\n" * 7 + "东村 否\n" * 93
    duty = Rate("落实率", Rows("calls", {"solved": ("是",)}), Rows("calls"), 0.07)
    assert check(duty, calls=calls).met is True


def test_a_rate_of_two_tables_counts_each_household_once() -> None:
    """S11: 到户率 = households visited of all: 东村 2 of 7 though visited three times."""
    duty = Rate("到户率", Rows("visits"), Rows("units"), distinct=("unit",))
    assert column(check(duty, units=UNITS, visits=VISITS), "done") == [2, 2, 0]
    assert column(check(duty, units=UNITS, visits=VISITS), "due") == [7, 3, 0]


RESPONSIBLE = Listed("responsible", ("镇村", "镇与市直", "市直"))
AREAS = Listed("area", ("居住环境", "社会治安", "基本医疗", "文体生活", "基础教育", "社会帮扶", "其他"))


def test_a_rate_counts_what_has_its_date_by_the_day_judged() -> None:
    """S8: all solved. Of 4 problems 2 are solved by 30 June, 1 in July, 1 is not dated: 2 of 4."""
    duty = Rate("全部解决", Rows("problems", date="done"), Rows("problems"))
    problems = "evaluatee done\n东村 2022-05-30\n东村 2022-06-30\n东村 2022-07-01\n东村 ."
    assert column(check(duty, "2022-06-30", problems=problems), "rate")[0] == 0.5
    assert column(check(duty, "2022-07-31", problems=problems), "rate")[0] == 0.75


def test_problems_by_responsibility_and_area() -> None:
    """S8: 三类责任 × 七个方面: all 21 cells stand there, and the total of each line."""
    problems = "responsible area\n镇村 居住环境\n镇村 居住环境\n市直 其他\n镇村 社会治安"
    found = check(Cross("分类", Rows("problems"), RESPONSIBLE, AREAS), problems=problems)
    assert found.table.columns.tolist() == ["responsible", *AREAS.values, "total"]
    assert found.table.iloc[:, 1:].values.tolist() == [
        [2, 1, 0, 0, 0, 0, 0, 3],
        [0] * 8,
        [0, 0, 0, 0, 0, 0, 1, 1],
    ]
    assert found.met is None
    assert found.chinese == "分类（截至 2022-06-30）：共 4 条。"
    assert found.english == "分类 (as of 2022-06-30): 4 rows."


def test_all_that_is_wrong_with_the_tables_is_told_at_once() -> None:
    duties: list[Duty] = [
        Every("驻村", Rows("visits"), count="days", partial="counts", who=("evaluatee",), **THREE_DAYS),
        Within("16:30前", Rows("visits"), "back", latest=time(16, 30)),
        Within("30分钟", Rows("visits"), "minutes", least=30),
        Cross("分类", Rows("problems"), RESPONSIBLE, AREAS),
        Load("每人", Rows("people"), least=1),
        Load("每人", Rows("links"), least=1),
    ]
    tables = {
        "visits": table(
            "evaluatee date back minutes\n东村 3月2日 25:00 半小时\n北村 2022-02-30 8:00 9\n. 2022/3/2 8:00 9"
        ),
        "problems": table("responsible area\n村 居住环境"),
        "people": table("visitor unit\nA 1"),
    }
    with pytest.raises(RoundError) as told:
        check_duties(duties, tables, as_of=date(2022, 6, 30), evaluatees=VILLAGES)
    assert {one.rule for one in told.value.faults} == {
        *("table_empty", "table_evaluatee", "table_number", "table_columns", "no_table"),
        *("duty_date", "duty_clock", "duty_value"),
    }
    english = str(told.value).splitlines()
    assert english[0] == "duties: visits: row 4: evaluatee is empty. Fill it in."
    assert english[1].startswith("duties: visits: row 3: '北村' is not an evaluatee of this scheme")
    assert english[2:] == [
        "duties: visits: row 2: date must be a day such as 2022-03-05; it is '3月2日'.",
        "duties: visits: row 3: date must be a day such as 2022-03-05; it is '2022-02-30'.",
        "duties: visits: row 2: back must be a time of day such as 16:30; it is '25:00'.",
        "duties: visits: row 2: minutes must be a number; it is '半小时'.",
        "duties: problems: row 2: responsible must be one of 镇村、镇与市直、市直; it is '村'.",
        "duties: people: the table 'people' lacks the columns evaluatee; it has visitor、unit. "
        "Name them so, or write under [tables.people] what the office calls them.",
        "duties: the table 'links' is not there: take it in first (minyi take ROUND links FILE).",
    ]
    assert "duties: visits：第 2 行：back 应为时刻，如 16:30，现为 '25:00'。" in told.value.chinese
    assert "第 2 行：date 应为日期，如 2022-03-05，现为 '3月2日'" in told.value.chinese
    assert "第 2 行：responsible 只能是 镇村、镇与市直、市直 之一，现为 '村'" in told.value.chinese


JOINT: list[tuple[str, Duty, dict[str, str], str, str]] = [
    (
        "duty_twice",
        Coverage("走访", Rows("units"), Rows("visits"), 1),
        {"units": "evaluatee unit\n东村 1\n东村 1", "visits": "evaluatee unit\n东村 1"},
        "duties: units: row 3: the unit '东村 1' stands there twice. Leave one row.",
        "duties: units：第 3 行：'东村 1' 重复出现。请只留一行。",
    ),
    (
        "duty_unlisted",
        Coverage("走访", Rows("units"), Rows("visits"), 1),
        {"units": "evaluatee unit\n东村 1", "visits": "evaluatee unit\n东村 1\n西村 1"},
        "duties: visits: row 3: the unit '西村 1' is not in the table 'units'. "
        "Mend it here, or add it there.",
        "duties: visits：第 3 行：'西村 1' 不在表 'units' 中。请改正，或补入该表。",
    ),
    (
        "duty_order",
        Deadline("限期", Rows("cases"), start="start", days=5),
        {"cases": "evaluatee start done\n东村 2022-05-05 2022-05-04"},
        "duties: cases: row 2: done (2022-05-04) is before start (2022-05-05). Mend one of them.",
        "duties: cases：第 2 行：done（2022-05-04）早于 start（2022-05-05）。请改正其一。",
    ),
    (
        "duty_order",
        Escalation("督办", Rows("cases"), "整改", (Level("通报", "due"), Level("问责", "again"))),
        {"cases": "evaluatee found due again cured\n东村 2022-05-05 2022-05-15 2022-05-10 ."},
        "duties: cases: row 2: again (2022-05-10) is before due (2022-05-15). Mend one of them.",
        "duties: cases：第 2 行：again（2022-05-10）早于 due（2022-05-15）。请改正其一。",
    ),
    (
        "duty_over",
        Rate("到户率", Rows("visits"), Rows("units")),
        {"units": "evaluatee unit\n东村 1", "visits": "evaluatee unit\n东村 1\n东村 1"},
        "duties: 到户率: 东村 has 2 of 1, more than all. "
        "Mend the tables, or count each unit once (distinct).",
        "duties：到户率：东村 有 2，超过总数 1。请改正有关的表，或每户只计一次（distinct）。",
    ),
]


@pytest.mark.parametrize(("rule", "duty", "tables", "english", "chinese"), JOINT)
def test_what_no_single_cell_shows_is_told(
    rule: str, duty: Duty, tables: dict[str, str], english: str, chinese: str
) -> None:
    with pytest.raises(RoundError) as told:
        check(duty, **tables)
    assert [one.rule for one in told.value.faults] == [rule]
    assert str(told.value) == english
    assert told.value.chinese == chinese


def test_a_result_shows_who_falls_short_first_and_nobody_s_household() -> None:
    found = check(Coverage("走访30%", Rows("units"), Rows("visits"), 0.3), units=UNITS, visits=VISITS)
    html = found._repr_html_()
    assert html.index("东村") < html.index("西村") < html.index("南村")
    assert "28.6%" in html
    assert "✗ 否" in html
    assert found.shown().columns.tolist() == ["单位", "应做", "最少", "已做", "比率", "做到"]
    assert "孤寡老人" not in html
    assert repr(found) == found.chinese


def test_rates_are_drawn_with_their_numbers_and_what_has_none_is_told() -> None:
    """2 of 3 and 1 of 1, the one who falls short in black; a village without a call has a dash."""
    calls = {"calls": "evaluatee ok\n东村 是\n东村 是\n东村 否\n西村 是"}
    found = check(Rate("满意率", Rows("calls", {"ok": ("是",)}), Rows("calls")), **calls)
    axes = found.plot().axes[0]
    told = [one.get_text() for one in axes.texts]
    assert {"2 ÷ 3", "1 ÷ 1", "0 ÷ 0", "66.7%", "100.0%", "—"} <= set(told)
    assert [round(one.get_width(), 1) for one in axes.patches] == [66.7, 100.0, 0.0]
    assert [one.get_facecolor()[0] for one in axes.patches] == [0.0, 0.4, 0.4]
    assert "模拟" not in axes.get_title() and "模拟" in replace(found, made=True).plot().axes[0].get_title()
    loads = check(Load("每人1户", Rows("calls"), least=1, unit=("ok",), by="evaluatee"), **calls)
    with pytest.raises(RoundError) as caught:
        loads.plot()
    assert [one.rule for one in caught.value.faults] == ["duty_no_rate"]
    assert "每人1户 has no rate to draw." in str(caught.value)


def test_a_work_list_writes_days_without_a_time() -> None:
    rows = "visitor area date\n甲 一区 2022-03-02\n乙 一区 2022-03-20"
    found = check(OneToOne("一一对应", Rows("visits", date="date")), visits=rows)
    assert found.work({})["首次"].tolist() == ["2022-03-02", "2022-03-20"]


def test_a_work_list_has_the_offices_heads() -> None:
    duty = Deadline("5月底前解决", Rows("problems"), on=date(2022, 5, 31))
    found = check(duty, problems="evaluatee done\n东村 .\n西村 2022-06-02\n西村 2022-05-31")
    told = found.work({"evaluatee": "村", "done": "解决日期"})
    assert told.columns.tolist() == ["村", "解决日期", "到期日", "状态", "差天数"]
    assert told.values.tolist()[0][1] == "—" and told["状态"].tolist() == ["逾期未办", "未按期"]
    assert told["差天数"].tolist() == [30, 2]  # to 30 June, and from 31 May to 2 June
