"""What a report says of answers made void: how many, by whom, why, and what it changed; no interviewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.files import read_own_table
from toolkit.report.writing import count, fixed

if TYPE_CHECKING:
    from toolkit.round import Round

KEPT = {"rank": "名次", "grade": "等级", "meets": "问责"}
MEETS = {"True": "是", "False": "否"}
MOST = 10


@dataclass(frozen=True)
class VoidRow:
    """An evaluatee before and after a void, as printed."""

    evaluatee: str
    void: str
    score: str
    moved: str
    se: str
    rank: str
    others: str


@dataclass(frozen=True)
class VoidFacts:
    """Answers made void at one time.

    Attributes
    ----------
    number : int
    day : str
    sheets : int
        That counted until then.
    office, reason : str
    restored : str
        When, by whom and why it was taken back; empty where it stands.
    told : str
        What it changed, in a sentence.
    rows : tuple of VoidRow
        The evaluatees whose place, grade or standing under the rule changed, then those whose scores moved
        most.
    """

    number: int
    day: str
    sheets: int
    office: str
    reason: str
    restored: str
    told: str
    rows: tuple[VoidRow, ...]


def void_facts(one: Round) -> tuple[VoidFacts, ...]:
    """Gather what a round made void, with the tables of before and after that were kept."""
    back = {step["void"]: step for step in one.steps("restore")}
    return tuple(_facts(one, step, back.get(step["number"])) for step in one.steps("void"))


def _facts(one: Round, step: dict[str, Any], back: dict[str, Any] | None) -> VoidFacts:
    table = read_own_table(one.folder / "results" / "voids" / f"{step['number']:03d}.csv")
    decimals = one.scheme.ranking.decimals
    moved = pd.to_numeric(table["moved"]).abs()
    kept = [name for name in KEPT if f"{name}_before" in table]
    changed = pd.concat([table[f"{name}_before"] != table[f"{name}_after"] for name in kept], axis=1).any(
        axis=1
    )
    order = moved.sort_values(ascending=False, kind="stable").index
    first = [*table.index[changed], *(at for at in order if not changed[at] and moved[at] > 0)]
    first = first[: max(MOST, int(changed.sum()))]
    told = f"{count(int(changed.sum()))} 个单位的名次或等级因此变动，"
    told += f"得分变动最多 {fixed(moved.max(), decimals)} 分"
    if step["come"]:
        told += f"；别处相同的 {count(step['come'])} 份转而计入"
    if step["status"] == "provisional":
        told += "（按作废时已到的回答计算）"
    gone = "" if back is None else f"{back['at'][:10]} 恢复，由{back['office']}决定：{back['reason']}"
    return VoidFacts(
        step["number"],
        step["at"][:10],
        step["sheets"],
        step["office"],
        step["reason"],
        gone,
        told,
        tuple(_row(line, kept, decimals) for line in table.loc[first].to_dict("records")),
    )


def _row(line: dict[Any, str], kept: list[str], decimals: int) -> VoidRow:
    def both(name: str, places: int) -> str:
        return arrow(*(fixed(float(line[f"{name}_{end}"] or "nan"), places) for end in ("before", "after")))

    others = [(KEPT[name], line[f"{name}_before"], line[f"{name}_after"]) for name in kept if name != "rank"]
    return VoidRow(
        evaluatee=line["evaluatee"],
        void=count(int(line["void"])),
        score=both("score", decimals),
        moved=fixed(float(line["moved"] or "nan"), decimals),
        se=both("se", decimals),
        rank=arrow(line["rank_before"] or "—", line["rank_after"] or "—"),
        others="；".join(
            f"{name} {arrow(MEETS.get(was, was) or '—', MEETS.get(now, now) or '—')}"
            for name, was, now in others
        ),
    )


def arrow(before: str, after: str) -> str:
    """Write a change, or the one value that stays.

    >>> arrow("3", "4"), arrow("3", "3")
    ('3 → 4', '3')
    """
    return before if before == after else f"{before} → {after}"
