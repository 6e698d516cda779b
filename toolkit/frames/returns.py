"""The 名单退回单: a workbook for an office, with every cell to mend or to look at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.frames.private import write_private
from toolkit.frames.register import Sent
from toolkit.report.excel import PROSE, TEXT, WHOLE, Column, Sheet, Table, workbook_bytes
from toolkit.round.draws import RoundDraws

RETURNS = "private/frames/returns"
HEADS = (
    Column("工作表", PROSE, widest=16),
    Column("单元格", TEXT),
    Column("表头", PROSE, widest=20),
    Column("现有内容", TEXT, widest=28),
    Column("问题", PROSE, widest=46),
    Column("怎么办", PROSE, widest=40),
)
PARTS = (
    ("须更正", "这些行暂不计入，请逐格更正。"),
    ("请核对", "这些行照常计入，只请核对；确实无误的，不必处理。"),
    ("未读入", "这些行、列没有作为名单读入；是合计、说明的，不必处理。"),
)
UNREAD = ("unread", "no_heading")
HOW = (
    "请在原表上更正后整份重新报送，不要只报更正的行；新表收到后替换旧表，旧表存档。",
    "编号、身份证号、电话所在的列，请先设为“文本”格式再录入。",
    "本单含个人信息，请按规定传送和保管，办完即销毁。",
)


def write_return(
    round: RoundDraws, sent: Sent, findings: pd.DataFrame, line: pd.Series[Any], told: pd.DataFrame
) -> Path:
    """Write the workbook that goes back to an office.

    Parameters
    ----------
    round : Round
    sent : Sent
    findings : DataFrame
        Of this list.
    line : Series
        Of the list, as in ``Checked.lists``.
    told : DataFrame
        Signs of this list.

    Returns
    -------
    Path
        In the round's private folder, for its owner alone.
    """
    sheets = [_summary(round, sent, findings, line, told), *_sheets(findings)]
    notices = ("模拟数据",) if round.made else ()
    data = workbook_bytes(sheets, f"名单退回单 {sent.office}", notices)
    path = _path(round, sent.office, sent.frame, sent.version)
    write_private(path, data)
    return path


def take_away_others(round: RoundDraws, kept: Collection[Path]) -> None:
    """Delete the workbooks of versions that are no longer in force, or have nothing to mend any more."""
    for step in round.steps("frames-add"):
        path = _path(round, step["office"], step["frame"], step["version"])
        if path not in kept:
            path.unlink(missing_ok=True)


def _path(round: RoundDraws, office: str, frame: str, version: int) -> Path:
    office = re.sub(r'[/\\:*?"<>|\s]', "_", office)
    return round.folder / RETURNS / f"名单退回单-{office}-{frame}-v{version}.xlsx"


def _summary(
    round: RoundDraws, sent: Sent, findings: pd.DataFrame, line: pd.Series[Any], told: pd.DataFrame
) -> Sheet:
    group = next(
        group for group in round.scheme.drawn_groups for one in group.draws if one.frame == sent.frame
    )
    facts = [
        ("单位", sent.office),
        ("名单", f"{group.name}（{sent.frame}）"),
        ("文件", f"{sent.name}，第 {sent.version} 版"),
        ("读入", f"{line['rows']:,} 行，其中计入 {line['counted']:,} 行，待更正 {line['set_aside']:,} 行"),
    ]
    if not pd.isna(line["cases"]):
        facts.append(("申报办件", f"{line['cases']:,} 件"))
    kinds = findings.groupby(["out", "rule", "todo"], sort=False).size().reset_index(name="count")
    kinds = kinds.sort_values(["out", "count"], ascending=False)
    first = dict(zip(findings["rule"], findings["chinese"], strict=True))
    order = kinds[["out", "rule", "todo", "count"]].itertuples(index=False, name=None)
    rows = tuple(
        (part_of(out, rule), _kind(rule, first[rule]), int(count), todo) for out, rule, todo, count in order
    )
    heads = (
        Column("类别", PROSE),
        Column("问题", PROSE, widest=46),
        Column("处", WHOLE, "center"),
        Column("怎么办", PROSE, widest=46),
    )
    tables = [
        Table((Column("项目", PROSE), Column("内容", PROSE, widest=46)), tuple(facts)),
        Table(heads, rows, caption="问题汇总"),
    ]
    if len(told):
        texts = [
            text if sign.startswith("without_") else f"{text}（{share:.1%}）"
            for sign, text, share in zip(told["sign"], told["statement"], told["share"], strict=True)
        ]
        lines = tuple((str(at), text) for at, text in enumerate(texts, 1))
        note = "这些情况不一定是错，只请说明。"
        tables.append(
            Table((Column("序号", PROSE), Column("名单的整体情况", PROSE)), lines, "请说明", (note,))
        )
    how = tuple((str(at), one) for at, one in enumerate(HOW, 1))
    tables.append(Table((Column("序号", PROSE), Column("怎样重新报送", PROSE, widest=46)), how))
    title = f"名单退回单：{sent.office}"
    return Sheet("汇总", title, "", tuple(tables))


def _kind(rule: str, text: str) -> str:
    """Say a kind of finding without what one cell of it says."""
    general = {
        "differs": "同一个人有几行，内容不同",
        "twice": "同一个人有几行，只计一次",
        "id_card": "身份证号不对",
        "not_in_list": "所填的名称不存在",
    }
    return general.get(rule, text)


def part_of(out: bool, rule: str) -> str:
    """Name the sheet of a finding."""
    return PARTS[0][0] if out else PARTS[2][0] if rule in UNREAD else PARTS[1][0]


def _sheets(findings: pd.DataFrame) -> Iterator[Sheet]:
    parts = [part_of(out, rule) for out, rule in zip(findings["out"], findings["rule"], strict=True)]
    for name, about in PARTS:
        own = findings[[part == name for part in parts]]
        if len(own):
            columns = ["sheet", "cell", "head", "found", "chinese", "todo"]
            rows = tuple(map(tuple, own[columns].to_numpy().tolist()))
            yield Sheet(name, f"{name}：{about}", about, (Table(HEADS, rows),), 2)
