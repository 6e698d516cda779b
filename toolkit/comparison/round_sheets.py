"""Means and changes over rounds as Excel workbooks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from toolkit.comparison.average import RoundsAverage
from toolkit.comparison.changes import RoundChanges
from toolkit.report.excel import PROSE, Column, Sheet, Table, Value, workbook_bytes
from toolkit.report.writing import notices, rounded, weight
from toolkit.rounds_rule import average_in_words
from toolkit.scheme import Scheme

SHARED = "各轮样本有共同的人或乡镇的，已计入两轮之间的协方差；其余各轮按互相独立计算。"
APART = "各轮样本互相独立。"
WHO = "某轮不计的单位，按其余各轮的权重平均。"


def average_workbook(found: RoundsAverage) -> bytes:
    """Give the averages class by class, and the rounds they are of, as a workbook's bytes."""
    title = f"{found.scheme.title}：各轮平均"
    notes = (*average_in_words(found.rule, "zh"), WHO, SHARED if found.shared else APART, *found.not_held)
    sheets = [_order(found.rounds, title, notes)]
    for number, each in enumerate(found.scheme.classes, 1):
        own = found.table[found.table["class"] == each.id].sort_values("rank", kind="stable")
        about = f"{each.name}：各轮得分的平均、误差和名次。"
        table = _averages(found, own, notes)
        sheets.append(
            Sheet(f"平均{number} {each.name}", f"{title}（{each.name}）", about, (table,), frozen=2)
        )
    made = "（模拟数据）" if found.made else ""
    return workbook_bytes(sheets, f"{title}{made}", notices(found.made, "formal"))


def changes_workbook(found: RoundChanges) -> bytes:
    """Give the changes of each pair of rounds, and what they were put on, as a workbook's bytes."""
    title = f"{found.scheme.title}：各轮变化"
    sheets = [_order(found.rounds, title, found.not_held)]
    classes = {each.id: each.name for each in found.scheme.classes}
    form = _form(found.scheme)
    columns = (
        Column("类别"),
        Column("单位"),
        *(Column(head, form, "center") for head in ("前一轮", "后一轮")),
        Column("变化", f"+{form};-{form};{form}", "center"),
        Column("变化的\n误差±", form, "center"),
        Column("判断", align="center"),
        Column("说明", PROSE, widest=60),
    )
    for number, ((first, last), own) in enumerate(found.table.groupby(["from", "to"], sort=False), 1):
        basis = found.basis[(found.basis["from"] == first) & (found.basis["to"] == last)]
        rows = tuple(
            (
                classes.get(line["class"], line["class"]),
                line["evaluatee"],
                *(_number(line[name], found.scheme) for name in ("then", "now", "change")),
                _number((line["high"] - line["low"]) / 2, found.scheme),
                line["verdict"],
                line["why"],
            )
            for line in own.to_dict("records")
        )
        about = f"{first} 到 {last}：每个单位的变化和误差。"
        table = Table(columns, rows, notes=(*basis["zh"], *found.not_held))
        sheets.append(Sheet(f"变化{number}", f"{title}（{first} 到 {last}）", about, (table,), frozen=2))
    made = "（模拟数据）" if found.made else ""
    return workbook_bytes(sheets, f"{title}{made}", notices(found.made, "formal"))


def _order(rounds: pd.DataFrame, title: str, notes: tuple[str, ...]) -> Sheet:
    weighted = "weight" in rounds
    columns = (
        Column("轮次"),
        Column("年份", "0", "center"),
        Column("是否举行", align="center"),
        *((Column("权重", align="center"),) if weighted else ()),
        Column("没有举行的原因", PROSE, widest=60),
        Column("决定单位"),
    )
    rows = tuple(
        (
            line["round"],
            int(line["year"]),
            "举行" if line["held"] else "没有举行",
            *((weight(line["weight"]) if line["held"] else "",) if weighted else ()),
            line["reason"],
            line["office"],
        )
        for line in rounds.to_dict("records")
    )
    return Sheet("各轮", title, "各轮按时间排列，没有举行的也在其中。", (Table(columns, rows, notes=notes),))


def _averages(found: RoundsAverage, own: pd.DataFrame, notes: tuple[str, ...]) -> Table:
    form = _form(found.scheme)
    order = found.rounds.to_dict("records")
    heads = [one["round"] if one["held"] else f"{one['round']}\n没有举行" for one in order]
    columns = (
        Column("名次", "0", "center"),
        Column("单位"),
        Column("平均分", form, "center"),
        Column("抽样\n误差±", form, "center"),
        Column("误差容许\n的名次", align="center"),
        Column("计入\n轮数", "0", "center"),
        *(Column(head, form, "center") for head in heads),
        Column("不计的原因", PROSE, widest=60),
    )
    rows = tuple(
        (
            None if pd.isna(line["rank"]) else int(line["rank"]),
            line["evaluatee"],
            _number(line["score"], found.scheme),
            _number((line["high"] - line["low"]) / 2, found.scheme),
            "" if pd.isna(line["rank"]) else f"{line['rank_low']}–{line['rank_high']}",
            int(line["rounds"]),
            *(_number(line[one["round"]], found.scheme) for one in order),
            line["why"],
        )
        for line in own.to_dict("records")
    )
    return Table(columns, rows, notes=notes)


def _number(value: Any, scheme: Scheme) -> Value:
    return None if pd.isna(value) else rounded(float(value), scheme.ranking.decimals)


def _form(scheme: Scheme) -> str:
    decimals = scheme.ranking.decimals
    return f"0.{'0' * decimals}" if decimals else "0"
