"""The commands ``minyi trust``, ``backcheck``, ``void`` and ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cyclopts

from toolkit.errors import RoundError, fault
from toolkit.whole import Whole


def void(
    round: Path,
    file: str | None = None,
    *,
    interviewer: str | None = None,
    list: Path | None = None,
    row: list[Whole] | None = None,
    sheet: str | None = None,
    reason: str = "",
    office: str = "",
    yes: Annotated[bool, cyclopts.Parameter(negative=())] = False,
) -> None:
    """Show scores and places with and without some answers; with --yes, make these void.

    Parameters
    ----------
    round
        The round's folder.
    file
        A file in answers/raw; say its rows with --row.
    interviewer
        All that this interviewer brought.
    list
        CSV or Excel that names rows: file, row and, where it is needed, sheet.
    row
        A row of the file; may be given several times.
    sheet
        Worksheet of the rows.
    reason
        Why; it is published, and names no interviewer.
    office
        Who decided.
    yes
        Record it.
    """
    import pandas as pd

    from toolkit.files import read_table
    from toolkit.progress import steps
    from toolkit.round import Round
    from toolkit.trust.terminal import print_void

    one = Round.open(round)
    told = [interviewer is not None, list is not None, file is not None and bool(row)]
    if sum(told) != 1 or told[2] != (file is not None or bool(row) or sheet is not None):
        raise RoundError(one.folder.name, [fault("", "void_how")])
    rows = None
    if list is not None:
        rows = read_table(list)
    elif file is not None:
        rows = pd.DataFrame({"file": file, "sheet": sheet or "", "row": [*(row or ())]})
    with steps(2) as say:
        say("scoring with and without these answers", "分别计算有、无这些回答的得分")
        if yes:
            what = one.void(interviewer=interviewer, rows=rows, reason=reason, office=office)
        else:
            what = one.try_void(interviewer=interviewer, rows=rows)
        say("done", "完成")
    print_void(one, what)


def restore(round: Path, number: Whole, *, reason: str, office: str) -> None:
    """Take a void back: its answers count again.

    Parameters
    ----------
    round
        The round's folder.
    number
        Of the void.
    reason
        Why.
    office
        Who decided.
    """
    from toolkit.round import Round

    count = Round.open(round).restore(number, reason=reason, office=office)
    print(f"第 {number} 次作废已恢复，{count:,} 份重新计入；请重新计分。", end=" ")
    print(f"Void {number} is taken back, {count:,} sheets count again; score again.")
