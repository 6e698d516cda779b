"""What the commands of trust print, Chinese first."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.report.voids import arrow
from toolkit.report.writing import count, fixed
from toolkit.trust.rows import CHECKS

if TYPE_CHECKING:
    from toolkit.round import Round
    from toolkit.trust.check import Trust
    from toolkit.trust.void import Void

WIDTH = 100
MOST = 5


def print_void(one: Round, what: Void) -> None:
    """Print what a void changes, or would change."""
    print(void_text(one, what), end="")


def void_text(one: Round, what: Void) -> str:
    """Tell what a void changes: rows, and every place or grade that moves."""
    zh = f"{count(len(what.rows))} 行，其中计入的 {count(what.gone)} 份。"
    lines = [f"{zh} {count(len(what.rows))} rows, {count(what.gone)} sheets that count."]
    if what.come:
        zh = f"另有 {count(what.come)} 份相同的回答在别处，会转而计入。"
        lines.append(f"{zh} {count(what.come)} copies elsewhere would count instead.")
    if what.status == "provisional":
        lines.append("回答尚未收齐，按已到的计算。 Not all is in: scores of what is in.")
    most = what.table["moved"].abs()
    largest, order = most.max(), most.sort_values(ascending=False, kind="stable").index
    decimals = one.scheme.ranking.decimals
    moved = what.moved
    zh = f"得分变动最多 {fixed(largest, decimals)} 分，名次或等级变动的单位 {count(len(moved))} 个"
    lines.append(
        f"{zh}： Scores move by {fixed(largest, decimals)} at most; {len(moved)} places or grades change:"
    )
    first = [*moved.index, *(at for at in order if at not in moved.index)][: max(MOST, len(moved))]
    lines.append(_moves(what.table.loc[first], decimals))
    if what.number is None:
        lines.append(
            "还没有作废；要作废，请加 --reason、--office 和 --yes。\n"
            "Nothing is void yet: add --reason, --office and --yes to record it."
        )
    else:
        path = one.folder / "results" / "voids" / f"{what.number:03d}.csv"
        lines.append(
            f"第 {what.number} 次作废，已记入；请重新计分。 Void {what.number} recorded; score again.\n{path}"
        )
    return "\n".join(lines) + "\n"


def trust_lines(found: Trust) -> list[str]:
    """Tell the first of the list, and how many rows there are to look at."""
    lines = [
        "内部参考，不是证明，没有删除任何回答。 For internal use; no proof, nothing is deleted.",
        found.about[0],
    ]
    listed = found.interviewers
    if len(listed):
        flagged = int(listed["flagged"].sum())
        lines.append(f"访问员 {len(listed)} 名，超过界线 {flagged} 名。 {flagged} of {len(listed)} flagged.")
        for one in listed.head(max(flagged, MOST)).to_dict("records"):
            head = f"{'*' if one['flagged'] else ' '} {one['place']:>3}  {one['interviewer']}"
            lines.append(f"{head}  P = {one['p_adjusted']:.2g}  {one['chinese']}")
    counts = found.rows["check"].value_counts()
    told = [f"{zh} {count(int(counts[name]))}" for name, (zh, _) in CHECKS.items() if name in counts]
    lines.append(
        f"可逐份查看 {count(len(found.rows))} 行：{'，'.join(told)}。" if told else "没有要逐份查看的行。"
    )
    return lines


def _moves(moved: pd.DataFrame, decimals: int) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="")
    heads = [("名次", "rank"), ("等级", "grade"), ("问责", "meets")]
    shown = [(zh, name) for zh, name in heads if f"{name}_before" in moved]
    for head in ("单位", "作废份数", "得分", "变动", "标准误", *(zh for zh, _ in shown)):
        table.add_column(head, justify="left" if head == "单位" else "right")
    for line in moved.to_dict("records"):
        cells = [
            str(line["evaluatee"]),
            count(line["void"]),
            arrow(fixed(line["score_before"], decimals), fixed(line["score_after"], decimals)),
            fixed(line["moved"], decimals),
            arrow(fixed(line["se_before"], decimals), fixed(line["se_after"], decimals)),
        ]
        cells += [arrow(said(line[f"{name}_before"]), said(line[f"{name}_after"])) for _, name in shown]
        table.add_row(*cells)
    file = io.StringIO()
    Console(file=file, width=WIDTH, color_system=None, force_terminal=False, force_jupyter=False).print(table)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def said(value: object) -> str:
    """Write a place, a grade or whether a rule is met.

    >>> said(3), said(True), said(pd.NA)
    ('3', '是', '—')
    """
    if value is pd.NA or value is None or value != value:
        return "—"
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
