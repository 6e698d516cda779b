"""The commands ``minyi frames …``: lists in, from the files of offices to the frames that are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import cyclopts

from toolkit.whole import Whole

app = cyclopts.App(name="frames", help="Lists in: files of offices become frames, ids become pseudonyms.")


@app.command
def add(
    round: Path,
    file: Path,
    *,
    frame: str,
    office: str,
    cases: Whole | None = None,
    set: list[str] | None = None,
) -> None:
    """Take in a list as it came; a later file of the same office replaces it.

    Parameters
    ----------
    round
        The round's folder.
    file
        Excel of any kind, or CSV.
    frame
        The frame's name in the scheme, such as users.
    office
        Who sent it.
    cases
        The caseload that the office declares.
    set
        heading=field, for a heading that is not known; may be given several times.
    """
    from toolkit.frames import intake
    from toolkit.frames.terminal import pairs, print_listed
    from toolkit.round import Round

    one = Round.open(round)
    print_listed(intake.add(one, file, frame=frame, office=office, cases=cases, heads=pairs(set)), one.folder)


@app.command
def map(
    round: Path,
    *,
    office: str | None = None,
    frame: str | None = None,
    set: list[str] | None = None,
    person: str | None = None,
    hidden: Literal["keep", "leave-out"] | None = None,
    accept: bool = False,
) -> None:
    """Show which heading is which field, or confirm it: with --accept, --set, --person or --hidden.

    Parameters
    ----------
    round
        The round's folder.
    office
        Whose list; without it, --accept confirms every proposal that is complete.
    frame
        Where the office sent lists for several frames.
    set
        heading=field, or heading= for one that is not used; may be given several times.
    person
        What tells a person, first come first used: id_card,number,name+phone or some of these.
    hidden
        Whether hidden rows count.
    accept
        Confirm the rest as proposed.
    """
    from toolkit.frames import intake
    from toolkit.frames.terminal import pairs, print_listed
    from toolkit.round import Round

    one = Round.open(round)
    if office is None:
        names = intake.accept_all(one) if accept else intake.waiting(one)
        for name in names:
            print(f"已确认 Confirmed: {name}" if accept else name)
        if not names:
            print("没有待确认的名单。 No list waits to be confirmed.")
    elif accept or set or person or hidden:
        done = intake.map_heads(one, office, frame, fields=pairs(set), person=person, hidden=hidden)
        print_listed(done, one.folder)
    else:
        print_listed(intake.show(one, office, frame), one.folder)


@app.command
def check(round: Path, *, cases: Path | None = None) -> None:
    """Check all lists, and write a 名单退回单 for each office with something to mend.

    Parameters
    ----------
    round
        The round's folder.
    cases
        A table of the caseloads that offices declared: 单位, 名单, 件数.
    """
    from toolkit.frames.check import check as check_all
    from toolkit.frames.terminal import print_checked
    from toolkit.round import Round

    one = Round.open(round)
    print_checked(check_all(one, cases), one.folder)


@app.command
def drop(round: Path, *, office: str, frame: str | None = None, reason: str, by: str) -> None:
    """Take back the version of a list that is in force; the former one is in force again.

    Parameters
    ----------
    round
        The round's folder.
    office
        Whose list.
    frame
        Where the office sent lists for several frames.
    reason
        Why.
    by
        Who decided.
    """
    from toolkit.frames import intake
    from toolkit.round import Round

    now = intake.drop(Round.open(round), office, frame, reason=reason, by=by)
    zh, en = (f"第 {now.version} 版", f"version {now.version}") if now else ("无", "none")
    print(f"{office}：已撤回；现行版本：{zh}。 Taken back; in force: {en}.")


@app.command
def close(round: Path, *, leave_out: bool = False, reason: str = "", by: str = "") -> None:
    """Write the frames with pseudonyms in place of ids; who they are goes to the round's private folder.

    Parameters
    ----------
    round
        The round's folder.
    leave_out
        Close without the rows that are set aside.
    reason
        Why.
    by
        Who decided.
    """
    from toolkit.frames.close import close as close_all
    from toolkit.frames.terminal import print_closed
    from toolkit.round import Round

    one = Round.open(round)
    print_closed(close_all(one, leave_out=leave_out, reason=reason, by=by), one.folder)
