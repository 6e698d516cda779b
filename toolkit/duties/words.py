"""Duties in words, a line each, for ``minyi check``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.duties import kinds
from toolkit.duties.kinds import Duty, Rows, Where
from toolkit.parts.kinds import OfficeTable
from toolkit.workdays import Calendar

Language = Literal["zh", "en"]
Pair = tuple[str, str]

HEAD = ("责任（按各单位的工作台账核对）", "Duties (checked on the tables that offices keep)")
COLUMNS = {
    "evaluatee": "单位",
    "unit": "户",
    "visitor": "走访人员",
    "area": "区域",
    "team": "走访单位",
    "date": "日期",
    "minutes": "分钟",
    "start": "开始日",
    "done": "办结日",
    "found": "发现日",
    "cured": "整改日",
}
EACH = {
    "day": ("每天", "day"),
    "two_days": ("每两天", "two days"),
    "week": ("每周", "week"),
    "ten_days": ("每旬", "ten days"),
    "month": ("每月", "month"),
    "quarter": ("每季度", "quarter"),
}
COUNTED = {"days": ("天", "day(s)"), "rows": ("次", "time(s)")}
PARTIAL = {
    "counts": ("首尾不满一期的也算一期", "a period cut short counts as one"),
    "left_out": ("首尾不满一期的不算", "a period cut short is left out"),
}
EMPTY = {
    "fails": ("没有填写的算不符合", "a row without a value fails"),
    "left_out": ("没有填写的不计", "a row without a value is left out"),
}
DAYS = {"workdays": ("个工作日", "working days"), "calendar": ("天", "days")}
FROM = ("（开始的当日不计入）", " (the day it starts on does not count)")
NEXT = ("，最后一日是休息日的顺延到下一个工作日", ", ending on the next working day where the last is off")
NO_START = ("；没有开始日期的不计", "; rows without a start are left out")
CALENDAR = (
    "工作日按国务院办公厅的放假安排，方案另定放假 {off} 天、上班 {on} 天{years}",
    "Working days follow the official calendar; the scheme adds {off} days off and {on} worked{years}",
)


def duties_in_words(
    duties: Sequence[Duty], calendar: Calendar, language: Language, names: Mapping[str, str]
) -> Iterator[str]:
    """Tell every duty in a line; ``names`` are what the scheme calls columns.

    Examples
    --------
    >>> from toolkit.duties import Load, Rows
    >>> duty = Load("每人60户", Rows("visits", {"role": ("网格员",)}), least=60)
    >>> for line in duties_in_words([duty], Calendar(), "zh", {"role": "身份"}):
    ...     print(line)
    责任（按各单位的工作台账核对）
      每人60户：表「visits」（身份为网格员）中，每个走访人员不同的单位+户不少于 60 个
    """
    if not duties:
        return
    at = ("zh", "en").index(language)
    yield HEAD[at]
    say = _Say(at, {**(COLUMNS if at == 0 else {}), **names})
    for duty in duties:
        yield f"  {duty.name}{('：', ': ')[at]}{TOLD[type(duty)](duty, say)[at]}"
    if calendar != Calendar():
        years = "、".join(map(str, calendar.years))
        told = (f"，并自定 {years} 年", f", and the whole of {years}")[at] if years else ""
        yield "  " + CALENDAR[at].format(off=len(calendar.holidays), on=len(calendar.workdays), years=told)


def columns_called(tables: Mapping[str, OfficeTable], names: Mapping[str, str]) -> dict[str, str]:
    """Give what columns are called: as the scheme says, else as offices head them."""
    heads = {ours: head for one in tables.values() for head, ours in one.columns.items()}
    return {**heads, **names}


@dataclass(frozen=True)
class _Say:
    """Names of columns, and the rows of tables, in one language."""

    at: int
    names: Mapping[str, str]

    def column(self, name: str) -> str:
        return self.names.get(name, name)

    def columns(self, names: tuple[str, ...]) -> str:
        return "+".join(map(self.column, names))

    def where(self, where: Where) -> str:
        joint = (("为", "；"), (" = ", "; "))[self.at]
        return joint[1].join(
            f"{self.column(name)}{joint[0]}{'、'.join(some)}" for name, some in where.items()
        )

    def rows(self, rows: Rows, undated: bool = False) -> str:
        """Tell which rows; with ``undated``, that those without their date do not count."""
        told = [self.where(rows.where)] if rows.where else []
        if undated and rows.date:
            told.append((f"有{self.column(rows.date)}的", f"with {self.column(rows.date)}")[self.at])
        if rows.since or rows.until:
            told.append(f"{self.column(str(rows.date))} {rows.since or ''}—{rows.until or ''}")
        inside = ("；", "; ")[self.at].join(told)
        head = (f"表「{rows.table}」", f"table {rows.table!r}")[self.at]
        return head + ((f"（{inside}）", f" ({inside})")[self.at] if inside else "")


def _limits(low: Any, high: Any) -> Pair:
    """Tell limits of a number or a time of day."""
    low, high = (
        one.strftime("%H:%M") if hasattr(one, "strftime") else f"{one:g}" if one is not None else None
        for one in (low, high)
    )
    zh = [f"不少于 {low}"] * (low is not None) + [f"不多于 {high}"] * (high is not None)
    en = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)
    return "、".join(zh), " and ".join(en)


def _coverage(duty: kinds.Coverage, say: _Say) -> Pair:
    units, visits, unit = say.rows(duty.units), say.rows(duty.visits), say.columns(duty.unit)
    share, by = f"{100 * duty.least:.10g}%", say.column(duty.by)
    return (
        f"{units}中的{unit}，各{by}至少有 {share}（个数进为整数）见于{visits}",
        f"of the {unit} in {units}, for each {by} at least {share} (rounded up) are in {visits}",
    )


def _load(duty: kinds.Load, say: _Say) -> Pair:
    zh, en = _limits(duty.least, duty.most)
    rows, unit, by = say.rows(duty.rows), say.columns(duty.unit), say.column(duty.by)
    zh_all, en_all = ("", "")
    if duty.roster is not None:
        zh_all, en_all = (
            f"；人员以{say.rows(duty.roster)}为准",
            f"; all of them are in {say.rows(duty.roster)}",
        )
    return (
        f"{rows}中，每个{by}不同的{unit}{zh} 个{zh_all}",
        f"in {rows}, each {by} has {en} different {unit}{en_all}",
    )


def _apart(duty: kinds.Apart, say: _Say) -> Pair:
    rows, unit, team = say.rows(duty.rows), say.columns(duty.unit), say.column(duty.team)
    return f"{rows}中，同一{unit}只能有一个{team}", f"in {rows}, one {unit} has one {team} only"


def _one_to_one(duty: kinds.OneToOne, say: _Say) -> Pair:
    rows, left, right = say.rows(duty.rows), say.column(duty.left), say.column(duty.right)
    return (
        f"{rows}中，{left}与{right}一一对应，中途不变",
        f"in {rows}, {left} and {right} are one to one, and never change",
    )


def _every(duty: kinds.Every, say: _Say) -> Pair:
    rows, who, (zh, en) = say.rows(duty.rows), say.columns(duty.who), EACH[duty.each]
    zh_what, en_what = COUNTED[duty.count]
    zh_cut, en_cut = PARTIAL[duty.partial]
    zh_all, en_all = ("", "")
    if duty.roster is not None:
        zh_all, en_all = (
            f"；名单以{say.rows(duty.roster)}为准",
            f"; all of them are in {say.rows(duty.roster)}",
        )
    span = f"{duty.since}—{duty.until}"
    return (
        f"{rows}中，每个{who}{zh}不少于 {duty.times} {zh_what}（{span}，{zh_cut}）{zh_all}",
        f"in {rows}, each {who} at least {duty.times} {en_what} every {en} ({span}; {en_cut}){en_all}",
    )


def _within(duty: kinds.Within, say: _Say) -> Pair:
    low = duty.earliest if duty.least is None else duty.least
    high = duty.latest if duty.most is None else duty.most
    (zh, en), (zh_empty, en_empty) = _limits(low, high), EMPTY[duty.empty]
    if duty.earliest or duty.latest:
        zh = zh.replace("不少于", "不早于").replace("不多于", "不晚于")
        en = en.replace("at least", "not before").replace("at most", "not after")
    rows, column, exempt = say.rows(duty.rows), say.column(duty.column), say.where(duty.exempt)
    zh_free, en_free = (f"；{exempt}的不限", f"; {exempt} are free") if exempt else ("", "")
    return (
        f"{rows}中，每行的{column}{zh}{zh_free}；{zh_empty}",
        f"in {rows}, {column} of every row is {en}{en_free}; {en_empty}",
    )


def _deadline(duty: kinds.Deadline, say: _Say) -> Pair:
    rows, done = say.rows(duty.rows), say.column(duty.done)
    least = duty.bound == "at_least"
    zh_done, en_done = (f"{done}不早于", "not before") if least else (f"{done}不晚于", "not after")
    head = (f"{rows}中，{zh_done}", f"in {rows}, {done} is {en_done} ")
    if duty.on is not None:
        return f"{head[0]} {duty.on}", f"{head[1]}{duty.on}"
    if duty.on_column is not None:
        own = say.column(duty.on_column)
        return f"{head[0]}该行的{own}", f"{head[1]}the row's own {own}"
    zh_days, en_days = DAYS[duty.count]
    start = say.column(str(duty.start))
    if duty.days_by is not None:
        each, by = duty.days_by.days.items(), say.column(duty.days_by.column)
        number = "、".join(f"{value} {days}" for value, days in each)
        zh_n, en_n = f"N {zh_days}（N 看{by}：{number}）", f"({number} by {by}) {en_days}"
    else:
        zh_n, en_n = f"{duty.days} {zh_days}", f"{duty.days} {en_days}"
    ends = NEXT if duty.last_day == "next_workday" else ("", "")
    begun = NO_START if duty.no_start == "left_out" else ("", "")
    return (
        f"{head[0]}{start}后的第 {zh_n}{FROM[0]}{ends[0]}{begun[0]}",
        f"{head[1]}the end of {en_n} from {start}{FROM[1]}{ends[1]}{begun[1]}",
    )


def _escalation(duty: kinds.Escalation, say: _Say) -> Pair:
    rows, found, cured = say.rows(duty.rows), say.column(duty.found), say.column(duty.cured)
    zh = " → ".join(f"过了{say.column(one.after)}仍无{cured}的{one.name}" for one in duty.then)
    en = " → ".join(f"{one.name} if not {cured} by {say.column(one.after)}" for one in duty.then)
    return (
        f"{rows}中的问题，自{found}起{duty.first} → {zh}",
        f"problems in {rows}: {duty.first} from {found} → {en}",
    )


def _rate(duty: kinds.Rate, say: _Say) -> Pair:
    above, below = (say.rows(one, undated=True) for one in (duty.numerator, duty.denominator))
    aim = f"{100 * duty.aim:.10g}%"
    distinct, by = say.columns(duty.distinct), say.column(duty.by)
    zh_what, en_what = (f"不同的{distinct}", f"different {distinct}") if distinct else ("行数", "rows")
    return (
        f"各{by}：{above} ÷ {below}（{zh_what}），目标 {aim}；0 除以 0 不算",
        f"for each {by}, {above} ÷ {below} ({en_what}), aim {aim}; 0 of 0 is no rate",
    )


def _cross(duty: kinds.Cross, say: _Say) -> Pair:
    rows, down, across = say.rows(duty.rows), duty.down, duty.across
    size = f"{len(down.values)} × {len(across.values)}"
    names = say.column(down.column), say.column(across.column)
    return (
        f"{rows}按{names[0]}（{'、'.join(down.values)}）和{names[1]}"
        f"（{'、'.join(across.values)}）计数，{size} 格",
        f"{rows} counted by {names[0]} ({'、'.join(down.values)}) and {names[1]} "
        f"({'、'.join(across.values)}), {size} cells",
    )


TOLD: dict[type, Callable[[Any, _Say], Pair]] = {
    kinds.Coverage: _coverage,
    kinds.Load: _load,
    kinds.Apart: _apart,
    kinds.OneToOne: _one_to_one,
    kinds.Every: _every,
    kinds.Within: _within,
    kinds.Deadline: _deadline,
    kinds.Escalation: _escalation,
    kinds.Rate: _rate,
    kinds.Cross: _cross,
}
