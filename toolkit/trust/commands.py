"""The commands ``minyi trust``, ``backcheck``, ``void`` and ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cyclopts

from toolkit.errors import RoundError, fault
from toolkit.whole import Whole


def trust(round: Path, *, to: Path | None = None) -> None:
    """Say what to look at before the answers are trusted: a page and tables. Nothing is deleted.

    Parameters
    ----------
    round
        The round's folder.
    to
        Where to write; without it results/trust in the round, unless this is sealed.
    """
    from toolkit.progress import steps
    from toolkit.round import Round
    from toolkit.trust.page import write_trust
    from toolkit.trust.terminal import trust_lines

    one = Round.open(round)
    if to is None and one.sealed:
        raise RoundError(one.folder.name, [fault("", "sealed_trust")])
    with steps(5) as say:
        found = one.trust(say)
        say("writing page and tables", "写页面和表")
        page = write_trust(found, to or one.folder / "results" / "trust")
        say("done", "完成")
    print("\n".join(trust_lines(found)))
    print(page)


def backcheck(
    round: Path,
    *,
    per_interviewer: Whole | None = None,
    share: float = 0.0,
    key: str | None = None,
    returned: Path | None = None,
) -> None:
    """Draw interviews of every interviewer to ask about again (回访复核), or take in the list that came back.

    Parameters
    ----------
    round
        The round's folder.
    per_interviewer
        Interviews of each interviewer; of who has no more, all.
    share
        Where this comes to more: of all interviews, such as 0.05.
    key
        Decides the lottery; without it a fresh one that nobody could know.
    returned
        The list, filled in.
    """
    from toolkit.progress import steps
    from toolkit.round import Round

    one = Round.open(round)
    if (per_interviewer is None) == (returned is None):
        raise RoundError(one.folder.name, [fault("", "backcheck_how")])
    if returned is not None:
        count = one.returned(returned)
        print(f"{returned}：联系上 {count:,} 人。 {count:,} reached. minyi trust {round}")
        return
    with steps(2) as say:
        say("reading the interviews", "读取访问")
        found = one.backcheck(per_interviewer or 0, share=share, key=key)
        say("done", "完成")
    count, of = len(found.table), found.table["访问员"].nunique()
    print(f"第 {found.number} 批回访：{of:,} 名访问员，{count:,} 次访问。 {count:,} interviews of {of:,}.")
    print(f"名单 List: {found.folder / 'list.xlsx'}")
    print("recorded.csv 是原来的回答，不要带去。 recorded.csv holds the first answers: leave it here.")


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
