"""League tables for the terminal: the top and the bottom of every class."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.sensitivity.verdict import WORDS
from toolkit.report.writing import count, fixed, notices, span, weight
from toolkit.scores import Scores

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from toolkit.intake import Intake
    from toolkit.stability import Stability

PLAIN_WIDTH = 80


def league_lines(
    scores: Scores, top: int = 3, bottom: int = 3, made: bool = False, width: int = PLAIN_WIDTH
) -> list[str]:
    """Tell the top and the bottom of every class as lines of text.

    Parameters
    ----------
    scores : Scores
    top, bottom : int
        Rows from either end; a class that has no more is shown whole.
    made : bool
        Whether frames or answers are made up; every class then says so.
    width : int
        Columns of the terminal, a Chinese character taking two.

    Returns
    -------
    list of str
    """
    from rich.console import Console
    from rich.text import Text

    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, force_terminal=False, force_jupyter=False)
    for told in scores.left_out:
        console.print(Text(_plain(f"尚未计入 Not in it yet：{told}")))
    for each in scores.scheme.classes:
        console.print(_heading(each.name, len(each.evaluatees), notices(made, scores.status)))
        console.print(_table(scores, each.id, top, bottom))
        console.print()
    return [line.rstrip() for line in file.getvalue().splitlines()]


def print_leagues(scores: Scores, top: int = 3, bottom: int = 3, made: bool = False) -> None:
    """Print the top and the bottom of every class, as wide as the terminal.

    Parameters
    ----------
    scores : Scores
    top, bottom : int
        Rows from either end.
    made : bool
        Whether frames or answers are made up.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else PLAIN_WIDTH
    print("\n".join(league_lines(scores, top, bottom, made, width)))


def verdict_lines(found: Stability, top: int = 3) -> list[str]:
    """Tell how many places of every class are safe, and the verdict of the first, in both languages.

    Parameters
    ----------
    found : Stability
    top : int
        Places from the top that are told each.

    Returns
    -------
    list of str
    """
    lines = []
    for each in found.scores.scheme.classes:
        own = found.verdicts[found.verdicts["class"] == each.id]
        told = own[["verdict", "verdict_zh"]].value_counts().to_dict()
        counts = [f"{zh} {en} {told.get((en, zh), 0)}" for en, zh in WORDS]
        lines.append(f"{each.name}：{'，'.join(counts)}")
        lines += [
            f"  {row.place} {row.evaluatee}：{row.verdict_zh} {row.verdict}；{row.reason_zh}"
            for row in own.head(top).itertuples()
        ]
    return lines


def print_intake(intake: Intake, folder: Path, most: int = 5) -> None:
    """Print what came of a file of answers, and the first reasons for rows set aside, in both languages."""
    if intake.before:
        print(f"{intake.file}：这份文件此前已收，不再计入。 This very file was taken in before.")
        return
    rows = len(intake.set_aside[["sheet", "row"]].drop_duplicates())
    print(f"{intake.file}：计入 {count(intake.sheets)} 份，另列 {count(rows)} 行。", end=" ")
    print(f"{count(intake.sheets)} sheets admitted, {count(rows)} rows set aside.")
    for line in intake.set_aside.head(most).to_dict("records"):
        place = f"{line['sheet']}: " if line["sheet"] else ""
        print(f"  {place}{line['why_zh']}\n  {place}{line['why']}")
    if rows:
        listed = folder / "answers" / "set_aside" / f"{Path(intake.file).stem}.csv"
        print(f"  全部见 All in: {listed}")


def _heading(name: str, units: int, told: tuple[str, ...]) -> Text:
    from rich.text import Text

    return Text(f"{_plain(name)}（{count(units)} 个单位）" + "".join(f"\n{one}" for one in told))


def _table(scores: Scores, of: str, top: int, bottom: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    league, decimals = scores.league(of), scores.scheme.ranking.decimals
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="")
    for head, side in (("名次", "right"), ("名次区间", "right"), ("单位", "left"), ("得分", "right")):
        table.add_column(head, justify=side, no_wrap=head != "单位", overflow="fold")  # type: ignore[arg-type]
    table.add_column(f"{weight(scores.scheme.level)}区间", justify="right", no_wrap=True)
    hidden = max(len(league) - top - bottom, 0)
    for at, row in enumerate(league.to_dict("records")):
        if at == top and hidden:
            table.add_row("", "", f"（略 {count(hidden)} 个）", "", "")
        if top <= at < top + hidden:
            continue
        interval = span(fixed(row["low"], decimals), fixed(row["high"], decimals))
        cells = (
            str(row["rank"]),
            str(row["places"]),
            str(row["evaluatee"]),
            fixed(row["score"], decimals),
            interval,
        )
        table.add_row(*(Text(_plain(cell)) for cell in cells))
    return table


def _plain(text: str) -> str:
    """Keep to characters that every terminal shows in one known width, and none that command it."""
    return "".join(letter if letter.isprintable() else " " for letter in text).replace("–", "-")
