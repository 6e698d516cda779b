"""The commands ``minyi contest …``: an objection to a place, from the day it came to the reply."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import cyclopts

from toolkit.whole import Whole

app = cyclopts.App(name="contest", help="Objections to a place: recorded, recomputed, answered.")


@app.command(name="open")
def open_(
    round: Path,
    evaluatee: str,
    *,
    office: str,
    grounds: str,
    received: str,
    due: str,
    group: str | None = None,
    interviewer: str | None = None,
    file: str | None = None,
    rows: Path | None = None,
    own: Annotated[bool, cyclopts.Parameter(negative=())] = False,
) -> None:
    """Record an objection; without --group, --interviewer, --file or --rows it asks to count again.

    Parameters
    ----------
    round
        The round's folder.
    evaluatee
        Who objects.
    office
        Its office that wrote, to which the reply goes.
    grounds
        Why; printed in the reply, so without codes of respondents or interviewers.
    received
        When it came, like 2013-11-04.
    due
        When the answer is due. Working days are not worked out.
    group
        Answers that should not count: of this group.
    interviewer
        Of this interviewer.
    file
        Of this file in answers/raw.
    rows
        Or a list of them: CSV or Excel with file, row and, for workbooks, sheet.
    own
        Only answers on this evaluatee.
    """
    from toolkit.round import Round

    made = Round.open(round).contest(
        evaluatee,
        office=office,
        grounds=grounds,
        received=received,
        due=due,
        group=group,
        interviewer=interviewer,
        file=file,
        rows=rows,
        own=own,
    )
    count = made.opened["disputed"]
    told = (
        (f"有异议的回答 {count:,} 行", f"{count:,} rows disputed")
        if count
        else ("要求重新计算", "count again")
    )
    print(f"第 {made.number} 号异议：{evaluatee}，{told[0]}，{made.opened['due']} 前答复。", end=" ")
    print(f"Objection {made.number}: {told[1]}, due {made.opened['due']}.")


@app.command
def recount(round: Path, number: Whole) -> None:
    """Recompute with and without the disputed answers; nothing that is scored or sealed changes.

    Parameters
    ----------
    round
        The round's folder.
    number
        Of the objection.
    """
    from toolkit.contests.contest import find_contest
    from toolkit.contests.terminal import recount_lines
    from toolkit.round import Round

    contest = find_contest(Round.open(round), number)
    print("\n".join(recount_lines(contest.recount(), contest)))


@app.command
def reply(
    round: Path,
    number: Whole,
    *,
    outcome: Literal["upheld", "corrected"],
    because: str = "",
    office: str = "",
    on: str | None = None,
    reference: str = "",
    name_others: bool | None = None,
) -> None:
    """Write the 复核答复函 from the last recount; a reply changes nothing, so correct first, then reply.

    Parameters
    ----------
    round
        The round's folder.
    number
        Of the objection.
    outcome
        upheld 维持, or corrected 更正.
    because
        Why, in a sentence or two of Chinese, printed with the outcome.
    office
        Who replies; left open on paper where it is not given.
    on
        The day of the letter.
    reference
        The letter's number.
    name_others
        Whether others are named with their scores; by default once a result was sealed.
    """
    from toolkit.contests.contest import find_contest
    from toolkit.round import Round

    contest = find_contest(Round.open(round), number)
    letter = contest.reply(
        outcome, because=because, office=office, on=on, reference=reference, name_others=name_others
    )
    print(letter.path)


@app.command
def close(
    round: Path,
    number: Whole,
    *,
    on: str,
    office: str,
    withdrawn: Annotated[bool, cyclopts.Parameter(negative=())] = False,
) -> None:
    """Close an objection: the reply was delivered, or the objection withdrawn.

    Parameters
    ----------
    round
        The round's folder.
    number
        Of the objection.
    on
        The day.
    office
        Who closes it.
    withdrawn
        The evaluatee took its objection back.
    """
    from toolkit.contests.contest import OUTCOMES, find_contest
    from toolkit.round import Round

    contest = find_contest(Round.open(round), number)
    contest.close(on=on, office=office, withdrawn=withdrawn)
    print(f"第 {number} 号异议已办结：{OUTCOMES[contest.outcome]}。 Closed: {contest.outcome}.")


@app.command(name="list")
def list_(round: Path) -> None:
    """List all objections, and which answers are overdue.

    Parameters
    ----------
    round
        The round's folder.
    """
    from toolkit.contests.terminal import list_lines
    from toolkit.round import Round

    print("\n".join(list_lines(Round.open(round).contests())))
