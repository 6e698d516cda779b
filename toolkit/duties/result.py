"""What the check of a duty comes to, and how it shows itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from sampling.show import MOST_ROWS, Html, escaped, grey, heading, rest, table, together
from toolkit.duties.kinds import Cross, Duty, Every, OneToOne

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

HEADS = {
    "evaluatee": "单位",
    "unit": "户",
    "visitor": "走访人员",
    "area": "区域",
    "team": "走访单位",
    "due": "应做",
    "need": "最少",
    "done": "已做",
    "rate": "比率",
    "met": "做到",
    "least": "不少于",
    "most": "不多于",
    "visited": "走访户",
    "overlaps": "重复户",
    "first": "首次",
    "last": "末次",
    "of_left": "所走区域数",
    "of_right": "走访人员数",
    "exempt": "免计",
    "kept": "按期",
    "broken": "未按期",
    "overdue": "逾期未办",
    "running": "未到期",
    "found": "发现",
    "cured": "已整改",
    "total": "合计",
    "state": "状态",
    "due_day": "到期日",
    "days_off": "差天数",
    "lacks": "还差",
    "from": "自",
    "to": "至",
}
NOUNS = {"evaluatee": ("个单位", "evaluatees"), "visitor": ("名走访人员", "visitors")}
MET = {True: "✓ 是", False: "✗ 否"}


@dataclass(frozen=True)
class DutyResult:
    """A duty as it stood at the end of a day.

    Attributes
    ----------
    duty : Duty
    as_of : date
    table : DataFrame
        One row for everybody the duty is told by: numbers, a rate where there is one (missing for 0 of 0),
        and ``met`` (missing where nothing was due yet). Of ``Cross``, the counts.
    open : DataFrame
        The work list: rows or units that lack, with the columns of their table. It tells who is who: not for
        publication.
    made : bool
        Whether the tables are made up.
    """

    duty: Duty
    as_of: date
    table: pd.DataFrame = field(repr=False)
    open: pd.DataFrame = field(repr=False)
    made: bool = False

    @property
    def met(self) -> bool | None:
        """Whether everybody did as due; None where nothing was due yet, or nothing is asked."""
        judged = self.table["met"].dropna() if "met" in self.table else pd.Series(dtype=bool)
        return bool(judged.all()) if len(judged) else None

    @property
    def chinese(self) -> str:
        """The result in a line of Chinese."""
        return self._told(0)

    @property
    def english(self) -> str:
        """The result in a line of English; the duty's name stays in the plan's words."""
        return self._told(1)

    def _told(self, at: int) -> str:
        head = ("模拟数据：", "Made up: ")[at] if self.made else ""
        head += f"{self.duty.name}{('（截至 {}）：', ' (as of {}): ')[at].format(self.as_of)}"
        if isinstance(self.duty, Cross):
            total = self.table["total"].sum()
            return head + (f"共 {total:,} 条。", f"{total:,} rows.")[at]
        judged = self.table["met"].dropna()
        zh, en = self._noun()
        all_of, good, work = len(judged), int(judged.sum()), len(self.open)
        nothing = len(self.table) - all_of
        texts = (
            f"{all_of:,} {zh}中 {good:,} {zh[0]}做到；清单 {work:,} 条",
            f"{good:,} of {all_of:,} {en} did as due; {work:,} on the work list",
        )
        none = (f"；另有 {nothing:,} {zh[0]}暂无应做的", f"; {nothing:,} more had nothing due yet")
        return head + texts[at] + (none[at] if nothing else "") + ("。", ".")[at]

    def _noun(self) -> tuple[str, str]:
        """What a row of the table is of."""
        if isinstance(self.duty, OneToOne):
            return "对", "pairs"
        if isinstance(self.duty, Every) and len(self.duty.who) > 1:
            return "个", "units"
        return NOUNS.get(str(self.table.columns[0]), ("个", "units"))

    def shown(self) -> pd.DataFrame:
        """Give the table as people read it: Chinese heads, rates in percent, who falls short first."""
        told = self.table
        if "met" in told:
            told = told.sort_values("met", kind="stable", na_position="last")
            told = told.assign(met=told["met"].map(MET).fillna("—"))
        if "rate" in told:
            told = told.assign(rate=told["rate"].map("{:.1%}".format).where(told["rate"].notna(), "—"))
        days = told.select_dtypes("datetime")
        return told.assign(**days.apply(lambda one: one.dt.strftime("%Y-%m-%d"))).rename(columns=HEADS)

    def work(self, heads: Mapping[str, str]) -> pd.DataFrame:
        """Give the work list as people read it, with Chinese heads.

        Parameters
        ----------
        heads : mapping of str to str
            What offices call the columns: ``columns_called(scheme.tables, {})`` of ``toolkit.duties.words``.
        """
        days = self.open.select_dtypes("datetime")
        texts = {str(name): days[name].dt.strftime("%Y-%m-%d") for name in days}
        written = self.open.assign(**texts)
        told = written.astype(object).where(written.notna(), "—")
        if "state" in told:
            told = told.assign(state=told["state"].map(HEADS))
        return told.rename(columns={**HEADS, **heads}).reset_index(drop=True)

    def plot(self) -> Figure:
        """Draw the rates, a bar each, with numerators and denominators; see ``duty_figure``."""
        from toolkit.duties.plot import duty_figure

        return duty_figure(self)

    def __repr__(self) -> str:
        return self.chinese

    def _repr_html_(self) -> str:
        told = self.shown()
        rows = list(told.head(MOST_ROWS).itertuples(index=False, name=None))
        body = table([str(one) for one in told.columns], rows)
        return together(heading(self.chinese), grey(self.english), body, rest(len(told) - MOST_ROWS))


@dataclass(frozen=True)
class DutiesReport:
    """All duties of a round.

    Attributes
    ----------
    results : tuple of DutyResult
    waiting : mapping of str to tuple of str
        Duties that could not be checked yet, with the tables that were not taken in.
    """

    results: tuple[DutyResult, ...]
    waiting: Mapping[str, tuple[str, ...]]

    def __iter__(self) -> Iterator[DutyResult]:
        return iter(self.results)

    def __getitem__(self, name: str) -> DutyResult:
        return {one.duty.name: one for one in self.results}[name]

    def lines(self) -> list[str]:
        """Tell every duty in a line of Chinese and one of English."""
        told = [line for one in self.results for line in (one.chinese, f"  {one.english}")]
        for name, tables in self.waiting.items():
            told.append(f"{name}：尚未收入表 {'、'.join(tables)}，未核。")
            told.append(f"  {name}: not checked; not taken in yet: {', '.join(tables)}.")
        return told

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        waiting = self.lines()[2 * len(self.results) :]
        notes = [Html(f"<div>{escaped(line)}</div>") for line in waiting]
        return together(*(Html(one._repr_html_()) for one in self.results), *notes)
