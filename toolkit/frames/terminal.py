"""What the commands of lists print, in both languages; persons are not named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from toolkit.errors import Fault, RoundError
from toolkit.frames.check import Checked
from toolkit.frames.close import Closed
from toolkit.frames.errors import fault
from toolkit.frames.intake import Listed
from toolkit.frames.private import WARNING
from toolkit.frames.register import RAW
from toolkit.frames.returns import RETURNS, part_of
from toolkit.report.excel import letters

MOST = 8
SOURCES = {"own": "本单位上次确认", "others": "其他单位确认过", "known": "常见表头", "": "未识别"}
CHANGES = {"added": ("新增", "added"), "gone": ("减少", "gone"), "changed": ("改动", "changed")}


def pairs(said: Sequence[str] | None) -> dict[str, str]:
    """Read heading=field.

    >>> pairs(["联系电话=phone", "备注="])
    {'联系电话': 'phone', '备注': ''}
    """
    wrong = [one for one in said or () if "=" not in one]
    if wrong:
        raise RoundError("--set", [fault("", "no_pair", found=one) for one in wrong])
    return {one.rpartition("=")[0].strip(): one.rpartition("=")[2].strip() for one in said or ()}


def print_listed(one: Listed, folder: Path) -> None:
    """Print what is known of a list."""
    sent = one.sent
    if one.before:
        print(f"{sent.name}：这份文件此前已收，仍然有效。 This very file is in force already.")
    else:
        zh, en = f"{sent.name}：{sent.who} 第 {sent.version} 版", f"version {sent.version}"
        print(f"{zh}，原件存于 {folder / RAW / sent.file}。 {en}.")
    if one.same:
        lists = "、".join(one.same)
        print(f"  注意：与 {lists} 的文件完全相同，请核对。 Same SHA-256 as {lists}: check whose list it is.")
    _rows([("表 table", "行 rows", "隐藏 hidden"), *_texts(one.tables)])
    mapping = [
        (row["heading"], row["field"] or "—", row["label"] or "不用", SOURCES[row["source"]])
        for row in one.mapping.to_dict("records")
    ]
    _rows([("表头 heading", "字段 field", "", "来源 source"), *mapping])
    if one.rows is not None:
        print(f"读入 {one.rows:,} 行，其中待更正 {one.set_aside:,} 行。", end=" ")
        print(f"{one.rows:,} rows, {one.set_aside:,} set aside.")
    for kind, count in one.changes["change"].value_counts().items():
        zh, en = CHANGES[str(kind)]
        print(f"  与上一版相比{zh} {count:,} 行。 {count:,} {en}.")
    by_rule = one.findings.groupby(["out", "rule"], sort=False)
    for (out, rule), part in sorted(by_rule, key=lambda each: not each[0][0]):
        first, name = part.iloc[0], part_of(bool(out), str(rule))
        place = "!".join(filter(None, [sent.name, first["sheet"], first["cell"]]))
        print(f"  {name} {len(part):,}：{place} {first['chinese']}\n    {place}: {first['english']}")
    if one.blind:
        print("  这种文件看不到隐藏行和公式错误；要查，请另存为 .xlsx。", end=" ")
        print("Hidden rows and broken formulas cannot be seen in this kind of file; .xlsx shows them.")
    _waiting(one.waiting)


def print_checked(one: Checked, folder: Path) -> None:
    """Print what all lists come to."""
    lines = [
        (str(row[0]), str(row[1]), *(f"{n:,}" for n in row[2:]))
        for row in one.lists[["frame", "office", "rows", "counted", "set_aside", "told"]].itertuples(
            index=False, name=None
        )
    ]
    _rows([("名单", "单位", "行", "计入", "待更正", "请核对或未读入"), *lines])
    if len(one.signs):
        print("名单可能经过挑选的迹象，只供核对 Signs of a chosen list, to be looked at:")
    whole = one.signs["sign"].str.startswith("without_")
    for row in one.signs[~whole].to_dict("records"):
        print(f"  {row['frame']} {row['office']}：{row['statement']}（{row['share']:.1%}）")
        print(f"    {row['statement_en']} ({row['share']:.1%})")
    for (frame, _), part in one.signs[whole].groupby(["frame", "sign"], sort=False):
        first, offices = part.iloc[0], "、".join(part["office"])
        print(f"  {frame} {offices}：{first['statement']}\n    {first['statement_en']}")
    if len(one.shared):
        most = one.shared.sort_values("persons", ascending=False, kind="stable").head(MOST)
        total = one.shared["persons"].sum()
        print(
            f"同时在两个单位名单中的人次 {total:,}，最多的 Persons in the lists of two offices, most first:"
        )
        for row in most.to_dict("records"):
            print(f"  {row['frame']} {row['office']} · {row['other']}：{row['persons']:,}")
    if one.returns:
        print(f"名单退回单 {len(one.returns)} 份 Workbooks to send back: {folder / RETURNS}")
    _waiting(one.waiting)


def print_closed(one: Closed, folder: Path) -> None:
    """Print the frames as they were closed, and warn of the secret."""
    for row in one.frames.to_dict("records"):
        zh = f"{row['frame']}：{row['lists']} 份名单，{row['rows']:,} 行，{row['persons']:,} 个编号"
        en = f"{row['lists']} lists, {row['rows']:,} rows, {row['persons']:,} ids"
        print(f"{zh}，未计入 {row['left_out']:,} 行。 {en}, {row['left_out']:,} left out.")
        if row["missing"]:
            print(f"  还缺 Still missing: {row['missing']}")
    if one.secret_made:
        print(*(text.format(path=one.secret) for text in WARNING), sep="\n")


def _waiting(faults: Sequence[Fault]) -> None:
    if faults:
        print("待决定 To be decided:")
    for one in faults[:MOST]:
        print(f"  {one.chinese}\n  {one.english}")
    if len(faults) > MOST:
        print(f"  ……另有 {len(faults) - MOST} 项 and {len(faults) - MOST} more")


def _texts(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in table.itertuples(index=False, name=None)]


def _rows(lines: Sequence[Sequence[str]]) -> None:
    """Print columns side by side, a Chinese character taking two places."""
    widths = [max(int(letters(line[at])) for line in lines) for at in range(len(lines[0]))]
    for line in lines:
        cells = (text + " " * (width - int(letters(text))) for text, width in zip(line, widths, strict=True))
        print("  " + "  ".join(cells).rstrip())
