"""Duties from the scheme file to the work list: keys, faults, words, tables taken in, the command."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from toolkit import Round, RoundError, Scheme, SchemeError
from toolkit.cli import check as check_command
from toolkit.cli import duties as duties_command
from toolkit.errors import Fault
from toolkit.files import read_table

HEAD = """
id = "visits"
title = "入户走访"
place = "某街道"
full_mark = 100
level = 0.95

[ranking]
rank_on = "published"
decimals = 2
ties = "min"

[[classes]]
id = "villages"
name = "村"
evaluatees = ["东村", "西村"]
"""
# One duty of each kind, as plans S5–S11 have them.
DUTIES = """
[calendar]
years = [2027]
holidays = [2027-01-01]
workdays = [2027-01-02]

[[duties]]
kind = "coverage"
name = "走访30%农户"
units = { table = "households", where = { kind = ["老党员", "困难群众"] } }
visits = { table = "visits", date = "date", since = 2022-03-01, until = 2022-06-30 }
least = 0.3

[[duties]]
kind = "load"
name = "每人60户"
rows = { table = "visits" }
least = 60
most = 90
roster = { table = "people" }

[[duties]]
kind = "apart"
name = "不重户"
rows = { table = "visits" }

[[duties]]
kind = "one_to_one"
name = "一一对应"
rows = { table = "visits" }

[[duties]]
kind = "every"
name = "每季走访"
rows = { table = "visits" }
each = "quarter"
times = 1
count = "days"
since = 2021-01-01
until = 2021-12-31
partial = "counts"
who = ["evaluatee", "unit"]
roster = { table = "households" }

[[duties]]
kind = "within"
name = "不少于30分钟"
rows = { table = "visits" }
column = "minutes"
least = 30
exempt = { channel = ["电话", "短信"] }

[[duties]]
kind = "within"
name = "16:30前返回"
rows = { table = "days" }
column = "back"
latest = 16:30:00
by = "visitor"

[[duties]]
kind = "deadline"
name = "限期办结"
rows = { table = "problems" }
start = "found"
days_by = { column = "size", days = { "一般" = 15, "较大" = 30 } }

[[duties]]
kind = "deadline"
name = "公示7天"
rows = { table = "notices" }
start = "up"
done = "down"
days = 7
count = "calendar"
bound = "at_least"
last_day = "next_workday"
no_start = "left_out"

[[duties]]
kind = "deadline"
name = "5月底前解决"
rows = { table = "problems" }
on = 2022-05-31

[[duties]]
kind = "deadline"
name = "按期整改"
rows = { table = "problems" }
on_column = "due"

[[duties]]
kind = "escalation"
name = "督办"
rows = { table = "problems" }
first = "限期整改"
then = [{ name = "通报批评", after = "due" }, { name = "问责", after = "again" }]

[[duties]]
kind = "rate"
name = "回访率"
numerator = { table = "problems", where = { called = ["是"] } }
denominator = { table = "problems" }
distinct = ["id"]

[[duties]]
kind = "cross"
name = "分类"
rows = { table = "problems" }
down = { column = "responsible", values = ["镇村", "市直"] }
across = { column = "area", values = ["社会治安", "其他"] }

[tables.households]
columns = { "户号" = "unit", "类别" = "kind" }

[column_names]
size = "规模"
again = "二次期限"
due = "期限"
"""
WORDS = """\
责任（按各单位的工作台账核对）
  走访30%农户：表「households」（类别为老党员、困难群众）中的单位+户号，各单位至少有 30%（个数进为整数）见于表「visits」（日期 2022-03-01—2022-06-30）
  每人60户：表「visits」中，每个走访人员不同的单位+户号不少于 60、不多于 90 个；人员以表「people」为准
  不重户：表「visits」中，同一单位+户号只能有一个走访单位
  一一对应：表「visits」中，走访人员与区域一一对应，中途不变
  每季走访：表「visits」中，每个单位+户号每季度不少于 1 天（2021-01-01—2021-12-31，首尾不满一期的也算一期）；名单以表「households」为准
  不少于30分钟：表「visits」中，每行的分钟不少于 30；channel为电话、短信的不限；没有填写的算不符合
  16:30前返回：表「days」中，每行的back不晚于 16:30；没有填写的算不符合
  限期办结：表「problems」中，办结日不晚于发现日后的第 N 个工作日（N 看规模：一般 15、较大 30）（开始的当日不计入）
  公示7天：表「notices」中，down不早于up后的第 7 天（开始的当日不计入），最后一日是休息日的顺延到下一个工作日；没有开始日期的不计
  5月底前解决：表「problems」中，办结日不晚于 2022-05-31
  按期整改：表「problems」中，办结日不晚于该行的期限
  督办：表「problems」中的问题，自发现日起限期整改 → 过了期限仍无整改日的通报批评 → 过了二次期限仍无整改日的问责
  回访率：各单位：表「problems」（called为是） ÷ 表「problems」（不同的id），目标 100%；0 除以 0 不算
  分类：表「problems」按responsible（镇村、市直）和区域（社会治安、其他）计数，2 × 2 格
  工作日按国务院办公厅的放假安排，方案另定放假 1 天、上班 1 天，并自定 2027 年
"""  # noqa: E501


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(SchemeError) as told:
        Scheme.read(HEAD + text)
    return list(told.value.faults)


def told(text: str) -> list[tuple[str, str]]:
    return [(one.rule, str(one)) for one in faults_of(text)]


def test_every_kind_is_read_and_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "visits.toml"
    path.write_text(HEAD + DUTIES, encoding="utf8")
    check_command(str(path))
    assert WORDS in capsys.readouterr().out
    check_command(str(path), language="en")
    english = capsys.readouterr().out
    assert "Duties (checked on the tables that offices keep)" in english
    assert (
        "限期办结: in table 'problems', done is not after the end of (一般 15、较大 30 by 规模) "
        "working days from found (the day it starts on does not count)" in english
    )
    assert "16:30前返回: in table 'days', back of every row is not after 16:30" in english


def test_a_scheme_without_duties_says_nothing_of_them() -> None:
    assert "责任（按" not in Scheme.load("guangan-2013").in_words()


WRONG: list[tuple[str, str, str, str]] = [
    ("least = 0.3", "least = 30", "duty_share", "duties[0].least: must be above 0 and at most 1; it is 30.0"),
    (
        "least = 60\nmost = 90",
        "least = 90\nmost = 60",
        "duty_limits",
        "duties[1]: needs a lower or an upper limit of one kind, in order (least, most); "
        "it has least = 90, most = 60",
    ),
    (
        "latest = 16:30:00",
        "latest = 16:30:00\nleast = 5",
        "duty_limits",
        "duties[6]: needs a lower or an upper limit of one kind, in order (least, most, earliest, latest); "
        "it has least = 5.0, latest = 16:30:00",
    ),
    (
        "latest = 16:30:00",
        "",
        "duty_limits",
        "duties[6]: needs a lower or an upper limit of one kind, in order (least, most, earliest, latest); "
        "it has —",
    ),
    (
        "on = 2022-05-31",
        'on = 2022-05-31\non_column = "due"',
        "duty_term",
        "duties[9]: needs exactly one of days, days_by, on, on_column; it has on, on_column",
    ),
    ('start = "up"', "", "duty_start", "duties[8].start: days are counted from a day: name its column"),
    (
        'count = "calendar"',
        "",
        "duty_last_day",
        "duties[8].last_day: only a term of calendar days can end on a day off: "
        'write count = "calendar", or leave last_day out',
    ),
    (
        'date = "date", since',
        "since",
        "duty_undated",
        "duties[0].visits.date: since and until need a column of days: name it",
    ),
    (
        "until = 2021-12-31",
        "until = 2020-12-31",
        "duty_span",
        "duties[4].until: until (2020-12-31) is before since (2021-01-01)",
    ),
    (
        "workdays = [2027-01-02]",
        "workdays = [2027-01-01]",
        "calendar_both",
        "calendar: 2027-01-01 stands under holidays and under workdays. Leave it in one",
    ),
    ("times = 1", "times = 0", "positive", "duties[4].times: must be above 0; it is 0"),
    ("days = 7", "days = 0", "positive", "duties[8].days: must be above 0; it is 0"),
    ('一般" = 15', '一般" = 0', "positive", "duties[7].days_by.days.一般: must be above 0; it is 0"),
    (
        '{ called = ["是"] }',
        "{ called = [] }",
        "none_given",
        "duties[12].numerator.where.called: at least one is needed in called",
    ),
    (
        'distinct = ["id"]',
        "aim = 0",
        "duty_share",
        "duties[12].aim: must be above 0 and at most 1; it is 0.0",
    ),
    ('name = "分类"', 'name = "督办"', "repeats", "duties.name: must be unique; '督办' stands 2 times"),
    (
        'name = "问责"',
        'name = "通报批评"',
        "repeats",
        "duties[11].then: must be unique; '通报批评' stands 2 times",
    ),
    (
        '["社会治安", "其他"]',
        '["其他", "其他"]',
        "repeats",
        "duties[13].across.values: must be unique; '其他' stands 2 times",
    ),
    (
        '"area", values',
        '"responsible", values',
        "repeats",
        "duties[13].across.column: must be unique; 'responsible' stands 2 times",
    ),
    ('who = ["evaluatee", "unit"]', "who = []", "none_given", "duties[4].who: at least one is needed in who"),
]


@pytest.mark.parametrize(("good", "bad", "rule", "english"), WRONG)
def test_a_fault_of_a_duty_is_told_with_its_path(good: str, bad: str, rule: str, english: str) -> None:
    assert DUTIES.count(good) == 1
    assert told(DUTIES.replace(good, bad)) == [(rule, english)]


def test_kinds_and_keys_of_duties_are_closed() -> None:
    kinds = "apart, coverage, cross, deadline, escalation, every, load, one_to_one, rate, within"
    wrong = DUTIES.replace('kind = "apart"', 'kind = "aprt"').replace('column = "back"', 'colum = "back"')
    assert dict(told(wrong)) == {
        "one_of": f"duties[2].kind: must be one of {kinds}; it is 'aprt'",
        "required": "duties[6].column: is required",
        "misspelt_key": "duties[6].colum: 'colum' is no known key; 'column' may be meant",
    }


# --- a round ---------------------------------------------------------------------------------------------

TINY = """
[tables.visits]
columns = { "村" = "evaluatee", "户号" = "unit", "日期" = "date" }

[[duties]]
kind = "coverage"
name = "走访一半"
units = { table = "households" }
visits = { table = "visits", date = "date" }
least = 0.5

[[duties]]
kind = "rate"
name = "回访率"
numerator = { table = "calls" }
denominator = { table = "visits" }
"""
HOUSEHOLDS = "evaluatee,unit\n东村,1\n东村,2\n西村,1\n西村,2\n"
VISITS = "村,户号,日期\n东村,1,2022/3/1\n西村,1,2022年7月1日\n"


@pytest.fixture
def one(tmp_path: Path) -> Round:
    scheme = tmp_path / "tiny.toml"
    scheme.write_text(HEAD + TINY, encoding="utf8")
    return Round.create("r", scheme, tmp_path)


def send(one: Round, name: str, text: str) -> int:
    path = one.folder.parent / f"{name}.csv"
    path.write_text(text, encoding="utf8")
    return one.take(name, path)


def test_duties_are_checked_on_the_tables_taken_in(one: Round) -> None:
    assert send(one, "households", HOUSEHOLDS) == 4
    assert send(one, "visits", VISITS) == 2
    found = one.duties(date(2022, 6, 30))
    assert found["走访一半"].table["done"].tolist() == [1, 0]
    assert found["走访一半"].open.values.tolist() == [["西村", "1"], ["西村", "2"]]
    assert found["走访一半"].chinese == "走访一半（截至 2022-06-30）：2 个单位中 1 个做到；清单 2 条。"
    # the rate waits for the table of calls, and says so
    assert found.waiting == {"回访率": ("calls",)}
    assert found.lines()[2:] == [
        "回访率：尚未收入表 calls，未核。",
        "  回访率: not checked; not taken in yet: calls.",
    ]
    assert "回访率：尚未收入表 calls" in found._repr_html_()
    assert one.duties(date(2022, 7, 1))["走访一半"].met is True
    assert not one.made


def test_what_is_wrong_with_a_table_is_told_when_it_comes(one: Round) -> None:
    with pytest.raises(RoundError) as caught:
        send(one, "visits", VISITS.replace("2022/3/1", "3月1日").replace("西村", "北村"))
    # both duties read the table; each fault is told once
    assert [fault.rule for fault in caught.value.faults] == ["table_evaluatee", "duty_date"]
    assert "row 2: date must be a day such as 2022-03-05; it is '3月1日'" in str(caught.value)
    assert not one.tables()


def test_the_command_prints_every_duty_and_writes_tables_and_work_lists(
    one: Round, capsys: pytest.CaptureFixture[str]
) -> None:
    send(one, "households", HOUSEHOLDS)
    send(one, "visits", VISITS)
    one.note("make", what="visits")
    duties_command(one.folder, as_of="2022-06-30")
    out = capsys.readouterr().out
    assert "模拟数据：走访一半（截至 2022-06-30）：2 个单位中 1 个做到；清单 2 条。" in out
    assert "Made up: 走访一半 (as of 2022-06-30): 1 of 2 evaluatees did as due; 2 on the work list." in out
    folder = one.folder / "private" / "duties" / "2022-06-30"
    assert sorted(path.name for path in folder.iterdir()) == ["01-模拟.csv", "01-清单-模拟.csv"]
    work = read_table(folder / "01-清单-模拟.csv")
    pd.testing.assert_frame_equal(work, one.table("households")[2:].set_axis([0, 1]), check_dtype=False)
    assert read_table(folder / "01-模拟.csv")["做到"].tolist() == ["✗ 否", "✓ 是"]


def test_a_round_without_duties_and_a_day_that_is_none_are_refused(one: Round, tmp_path: Path) -> None:
    with pytest.raises(RoundError) as caught:
        duties_command(one.folder, as_of="6月30日")
    assert [fault.rule for fault in caught.value.faults] == ["no_day"]
    assert str(caught.value) == "r: '6月30日' is no day; write it as 2022-06-30."
    bare = Round.create("bare", "guangan-2013", tmp_path)
    with pytest.raises(RoundError) as caught:
        duties_command(bare.folder, as_of="2022-06-30")
    assert [fault.rule for fault in caught.value.faults] == ["no_duties"]


def test_tables_of_visits_are_not_among_the_results(tmp_path: Path) -> None:
    """Who visited which household is for the work lists; only what is scored is kept beside the scores."""
    scheme = tmp_path / "scored.toml"
    part = '[[parts]]\nname = "督查"\nweight = 1\nsource = { kind = "figures", table = "figures" }\n'
    scheme.write_text(HEAD + TINY + part, encoding="utf8")
    one = Round.create("s", scheme, tmp_path)
    send(one, "visits", VISITS)
    send(one, "figures", "evaluatee,score\n东村,90\n西村,80\n")
    one.score()
    kept = sorted(path.name for path in (one.folder / "results" / "tables").iterdir())
    assert kept == ["002-figures.csv"]
