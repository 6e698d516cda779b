"""Comparisons as Excel workbooks: the league table with last year's place; places under several schemes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.comparison.schemes import STEPS, SchemeChange
from toolkit.comparison.streaks import Streaks
from toolkit.comparison.years import YearChange
from toolkit.report.excel import PROSE, Column, Sheet, Table, Value, workbook_bytes
from toolkit.report.writing import notices, rounded, weight
from toolkit.scheme import EvaluateeClass, Scheme

ABOUT = "上年名次是上年公布的名次；“共同口径”各列是两年都按同一口径重新计算的，可以直接比较。"
PLACES = "共同口径的名次只在本类两年可比的单位中排。"


def years_workbook(found: YearChange) -> bytes:
    """Give the league tables with last year's place, class by class, as a workbook's bytes."""
    scheme = found.scores.scheme
    sheets = [_basis(found)]
    for number, each in enumerate(scheme.classes, 1):
        title = f"{scheme.title}：{each.name}排名表（与 {found.years[0]} 年相比）"
        about = f"{each.name}：今年名次、上年名次，按共同口径计算的两年得分、变化和判断。"
        sheets.append(Sheet(f"排名{number} {each.name}", title, about, (_league(found, each),), frozen=3))
    gone = found.table[found.table["evaluatee"] == ""]
    if len(gone):
        columns = (Column("代码"), Column(f"{found.years[0]} 年单位"), Column("原因", PROSE, widest=80))
        rows = tuple(gone[["code", "evaluatee_then", "why"]].itertuples(index=False, name=None))
        title = f"{found.years[0]} 年有、{found.years[1]} 年没有的单位"
        sheets.append(Sheet("不再有的单位", title, title, (Table(columns, rows),)))
    sheets[0] = _with_contents(sheets)
    title = f"{scheme.title}：与 {found.years[0]} 年相比{'（模拟数据）' if found.made else ''}"
    return workbook_bytes(sheets, title, notices(found.made, found.scores.status))


def _basis(found: YearChange) -> Sheet:
    columns = (Column("共同口径", "0"), Column("内容", PROSE, widest=110))
    rows = tuple((number, zh) for number, (zh, _) in enumerate(found.basis, 1))
    scheme = found.scores.scheme
    title = f"{scheme.title}：与 {found.years[0]} 年相比"
    return Sheet("说明", title, "两年怎样放到同一口径上。", (Table(columns, rows, notes=(ABOUT, PLACES)),))


def _with_contents(sheets: Sequence[Sheet]) -> Sheet:
    """Put the list of sheets under the first sheet's own table; one table keeps filters, two do not."""
    first = sheets[0]
    rows = tuple((one.name, one.about) for one in sheets[1:])
    listed = Table((Column("工作表", PROSE), Column("内容", PROSE, widest=110)), rows)
    return Sheet(first.name, first.title, first.about, (*first.tables, listed))


def _league(found: YearChange, each: EvaluateeClass) -> Table:
    scheme = found.scores.scheme
    form, (then, now) = _form(scheme), found.years
    columns = (
        Column("名次", "0", "center"),
        Column("上年\n名次", "0", "center"),
        Column("单位"),
        Column("综合\n得分", form, "center"),
        Column("抽样\n误差±", form, "center"),
        *(Column(f"{group.name}\n{weight(group.weight)}", form, "center") for group in scheme.groups),
        Column(f"共同口径\n{then} 年得分", form, "center"),
        Column(f"共同口径\n{now} 年得分", form, "center"),
        Column("变化", f"+{form};-{form};{form}", "center"),
        Column("变化的\n误差±", form, "center"),
        Column("判断", align="center"),
        Column(f"共同口径\n{then} 年名次", "0", "center"),
        Column(f"共同口径\n{now} 年名次", "0", "center"),
        Column(f"{then} 年单位和说明", PROSE, widest=50),
    )
    numbers = ("score", "margin", *(group.id for group in scheme.groups), "then", "now", "change")
    rows = tuple(
        (
            int(line["rank"]),
            _whole(line["rank_then"]),
            str(line["evaluatee"]),
            *(_number(line[name], scheme) for name in numbers),
            _number(line["change_margin"], scheme),
            str(line["verdict"]),
            _whole(line["place_then"]),
            _whole(line["place_now"]),
            _note(line),
        )
        for line in found.league(each.id).to_dict("records")
    )
    return Table(columns, rows, notes=(ABOUT, PLACES, *(zh for zh, _ in found.basis[-1:])))


def _note(line: dict[Any, Any]) -> str:
    then = str(line["evaluatee_then"])
    before = "" if then in ("", line["evaluatee"]) or "＋" in then else then
    return "；".join(one for one in (before, str(line["why"])) if one)


def _whole(value: Any) -> Value:
    return None if pd.isna(value) else int(value)


def _number(value: Any, scheme: Scheme) -> Value:
    return None if pd.isna(value) else rounded(float(value), scheme.ranking.decimals)


def _form(scheme: Scheme) -> str:
    decimals = scheme.ranking.decimals
    return f"0.{'0' * decimals}" if decimals else "0"


# --- one round under several schemes -----------------------------------------------------------------------


def schemes_workbook(own: Scheme, changes: Sequence[SchemeChange], made: bool, status: str) -> bytes:
    """Give who moves under each scheme, and why, as a workbook's bytes."""
    sheets = [sheet for number, one in enumerate(changes, 1) for sheet in _scheme_sheets(own, one, number)]
    title = f"{own.title}：换一个方案计算{'（模拟数据）' if made else ''}"
    return workbook_bytes(sheets, title, notices(made, status))


def _scheme_sheets(own: Scheme, one: SchemeChange, number: int) -> list[Sheet]:
    form, classes = _form(own), {each.id: each.name for each in own.classes}
    graded = "grade" in one.table and "grade_other" in one.table
    columns = (
        Column("类别"),
        Column("单位"),
        Column("原得分", form, "center"),
        Column("原名次", "0", "center"),
        Column("新得分", form, "center"),
        Column("新名次", "0", "center"),
        Column("名次变动", "+0;-0;0", "center"),
        Column("在原名次\n区间内", align="center"),
        *((Column("原等级", align="center"), Column("新等级", align="center")) if graded else ()),
        Column("原因（依次替换各项规则）", PROSE, widest=80),
    )
    order = one.table.assign(far=-one.table["moved"].abs()).sort_values(["far"], kind="stable")
    rows = tuple(
        (
            classes[line["class"]],
            line["evaluatee"],
            *(_number(line["score"], own), int(line["rank"])),
            *(_number(line["score_other"], own), int(line["rank_other"])),
            int(line["moved"]),
            "是" if line["open"] else "否",
            *((str(line["grade"]), str(line["grade_other"])) if graded else ()),
            line["why"],
        )
        for line in order.to_dict("records")
    )
    keys = dict.fromkeys(one.steps["key"])
    told = "、".join(STEPS[key][0] for key in keys) or "两个方案没有影响得分和名次的不同"
    notes = (
        f"按这个顺序逐项替换：{told}。换一个顺序，各项所占的部分可能不同，合计不变。",
        "名次变动为负是名次靠前。“在原名次区间内”为“是”的，原方案下抽样误差本来就容许这个名次。",
    )
    about = f"同样的回答按方案“{one.scheme.title}”（{one.scheme.id}）计算，名次变动多的在前。"
    title = f"{own.title}（{own.id}）改按 {one.scheme.title}（{one.scheme.id}）"
    return [
        Sheet(f"方案{number} {one.scheme.id}", title, about, (Table(columns, rows, notes=notes),), frozen=2)
    ]


# --- streaks -----------------------------------------------------------------------------------------------


def streaks_workbook(ladders: Sequence[Streaks], title: str, made: bool) -> bytes:
    """Give who was among the first or last in which round, and what follows, as a workbook's bytes."""
    numbers = [""] if len(ladders) == 1 else [str(at) for at in range(1, len(ladders) + 1)]
    sheets = [
        sheet
        for number, one in zip(numbers, ladders, strict=True)
        for sheet in _ladder_sheets(one, title, number)
    ]
    return workbook_bytes(sheets, f"{title}：连续与累计", notices(made, "formal"))


def _ladder_sheets(found: Streaks, title: str, number: str) -> list[Sheet]:
    from toolkit.rule_words import streaks_in_words

    rule = (*streaks_in_words([found.rule], "zh"), *found.not_held)
    end = {"first": "前", "last": "后"}[found.rule.end]
    heads = (Column("代码"), Column("单位"), *(Column(one, align="center") for one in found.rounds))
    said = {1.0: f"{end} {found.rule.places} 名内", 0.0: "—"}
    rows = tuple(
        (
            str(line["code"]),
            str(line["evaluatee"]),
            *(said.get(line[one], "不计") for one in found.rounds),
            str(line["why"]),
        )
        for line in found.among.to_dict("records")
    )
    each = Table((*heads, Column("不计的原因", PROSE, widest=60)), rows, notes=rule)
    columns = (
        Column("轮次"),
        Column("单位"),
        Column("连续", "0", "center"),
        Column("累计", "0", "center"),
        Column("后果", PROSE),
        Column("取消当年\n评优评先", align="center"),
    )
    steps = tuple(
        (
            str(line["round"]),
            str(line["evaluatee"]),
            int(line["in_a_row"]),
            int(line["in_all"]),
            str(line["consequence"]),
            "是" if line["loses_awards"] else "否",
        )
        for line in found.table.to_dict("records")
    )
    what = "达到哪一档、后果是什么；一行一轮一个单位。"
    who = f"前 {found.rule.places} 名" if found.rule.end == "first" else f"后 {found.rule.places} 名"
    head, inside = f"{title}：{who}的连续与累计", f"{title}：各轮是否在{who}内"
    return [
        Sheet(f"后果{number}", head, what, (Table(columns, steps, notes=rule),), frozen=2),
        Sheet(f"各轮{number}", inside, f"各单位在各轮是否在{who}内。", (each,), frozen=2),
    ]
