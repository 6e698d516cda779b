"""Reports of a scored round: a page, a workbook, a figure, lines for the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.report.assessed import write_assessed
from toolkit.report.page import write_report
from toolkit.report.plot import caterpillar
from toolkit.report.workbook import write_workbook

if TYPE_CHECKING:
    from toolkit.round import Round
    from toolkit.scores import Scores


def write_all(one: Round, scores: Scores, folder: Path) -> list[Path]:
    """Write page and workbook of what a round has: of its survey, of its other parts, or of both."""
    found: list[Path] = []
    if scores.assessed is not None:
        found += write_assessed(one, scores, folder)
    if one.scheme.groups:
        found.append(write_workbook(one, scores, folder / "report.xlsx"))
        found.append(write_report(one, scores, folder / "report.html"))
    return found


__all__ = ["caterpillar", "write_all", "write_assessed", "write_report", "write_workbook"]
