"""An objection to a place, from the day it came to the day it is closed; every step is in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from toolkit.contests.disputed import PLACE, Disputed, codes_in, disputed_rows
from toolkit.contests.errors import fault
from toolkit.contests.recount import Recount, recount, standing_of
from toolkit.errors import RoundError, no_evaluatee
from toolkit.files import file_digest, read_own_table, write_json, write_table

if TYPE_CHECKING:
    from toolkit.report.letter import Letter
    from toolkit.round import Round

Outcome = Literal["upheld", "corrected"]
OUTCOMES = {"upheld": "维持原结果", "corrected": "更正", "withdrawn": "申请撤回"}
STATUS = {"open": "待复算", "recounted": "待答复", "replied": "待办结", "closed": "已办结"}
DONE = {
    "contest": "open",
    "contest-recount": "recounted",
    "contest-reply": "replied",
    "contest-close": "closed",
}
FOLDER = "contests"
LISTED = ["number", "evaluatee", "office", "received", "due", "disputed", "status", "outcome", "overdue"]


@dataclass(frozen=True)
class Contest:
    """An objection, kept under ``contests/`` of the round; the journal has its steps.

    Attributes
    ----------
    round : Round
    number : int
        From 1, in the order in which objections came.
    """

    round: Round
    number: int

    @property
    def opened(self) -> dict[str, Any]:
        """The journal's line with which it began."""
        return self._steps("contest")[0]

    @property
    def evaluatee(self) -> str:
        """Who objects."""
        return str(self.opened["evaluatee"])

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.round.folder / FOLDER / f"{self.number:02d}"

    @property
    def status(self) -> str:
        """ "open", "recounted", "replied" or "closed"."""
        steps = [line["step"] for line in self.round.journal() if line.get("number") == self.number]
        return DONE[[step for step in steps if step in DONE][-1]]

    @property
    def outcome(self) -> str:
        """ "upheld", "corrected", "withdrawn", or empty while there is no reply."""
        steps = [*self._steps("contest-reply"), *self._steps("contest-close")]
        return str(steps[-1]["outcome"]) if steps else ""

    def recount(self) -> Recount:
        """Recompute with and without the disputed answers, and keep what was found.

        Nothing that is sealed or scored changes. ``compared.csv`` and ``letter.json``, from which the reply
        is written, stand in the contest's folder, for internal use. Of a closed contest nothing is written.

        Raises
        ------
        RoundError
            The round cannot be scored.
        """
        from toolkit.contests.facts import letter_facts

        found = recount(self.round, self.evaluatee, self.disputed())
        if self.status == "closed":
            return found
        compared, facts = self.folder / "compared.csv", self.folder / "letter.json"
        write_table(compared, found.table)
        write_json(facts, letter_facts(self, found))
        own = found.own
        self._note(
            "contest-recount",
            rank=int(own["rank"]),
            rank_without=None if found.without is None else int(own["rank_without"]),
            differences=len(found.differences),
            files={path.name: file_digest(path) for path in (compared, facts)},
        )
        return found

    def reply(
        self,
        outcome: Outcome,
        *,
        because: str = "",
        office: str = "",
        on: str | date | None = None,
        reference: str = "",
        name_others: bool | None = None,
    ) -> Letter:
        """Write the 复核答复函 from the last recount.

        Parameters
        ----------
        outcome : "upheld" or "corrected"
            A reply changes nothing: a correction is made first, by ``reopen`` where the result is sealed,
            ``withdraw`` or ``change``, and ``score``.
        because : str
            Why, in a sentence or two of Chinese, printed with the outcome.
        office, on, reference
            Who replies, the day, and the letter's number; left open on paper where they are not given.
        name_others : bool, optional
            Whether other evaluatees are named with their scores; by default once a result was sealed, that is
            published.

        Returns
        -------
        Letter
            Its ``path`` is to be printed; a notebook shows it without its annexes.

        Raises
        ------
        RoundError
            It is closed or not recounted; the round does not repeat; the outcome is not what was done; a
            text names a respondent or an interviewer.
        """
        from toolkit.report.letter import write_letter

        self._refuse_closed()
        if not self._steps("contest-recount"):
            self._refuse("not_recounted", number=self.number)
        count = self._steps("contest-recount")[-1]["differences"]
        if count:
            self._refuse("not_proven", count=count)
        corrected = self._corrected(outcome)
        printed = {"because": because, "office": office, "reference": reference}
        if any(printed.values()):
            _refuse_codes(self.round, self.round._rows(), printed)
        day = "" if on is None else _day("on", on, self.round).isoformat()
        others = bool(self.round.steps("seal")) if name_others is None else name_others
        told = {
            "because": because.strip(),
            "office": office.strip(),
            "on": day,
            "reference": reference.strip(),
        }
        path = self.folder / "reply.html"
        letter = write_letter(self.folder / "letter.json", path, outcome, corrected, others, told)
        files = {path.name: file_digest(path)}
        self._note("contest-reply", outcome=outcome, name_others=others, **told, files=files)
        return letter

    def close(self, *, on: str | date, office: str, withdrawn: bool = False) -> None:
        """Close the objection: the reply was delivered, or the objection withdrawn.

        Parameters
        ----------
        on : str or date
        office : str
            Who closes it.
        withdrawn : bool
            The evaluatee took its objection back.

        Raises
        ------
        RoundError
            It is closed already, or has no reply and was not withdrawn.
        """
        self._refuse_closed()
        if not withdrawn and self.status != "replied":
            self._refuse("not_replied", number=self.number)
        if not office.strip():
            self._refuse("who_and_why")
        outcome = "withdrawn" if withdrawn else self.outcome
        self._note("contest-close", outcome=outcome, on=_day("on", on, self.round).isoformat(), office=office)

    def disputed(self) -> pd.DataFrame:
        """Give the rows that should not count, as they were when the objection came."""
        path = self.folder / "disputed.csv"
        if not self.opened["disputed"]:
            return pd.DataFrame(columns=PLACE)
        return read_own_table(path)

    def line(self, today: date) -> dict[str, Any]:
        """Give its line in the list of objections."""
        opened, status = self.opened, self.status
        kept = {name: opened[name] for name in ("evaluatee", "office", "received", "due", "disputed")}
        late = status != "closed" and today > date.fromisoformat(opened["due"])
        closed = [date.fromisoformat(step["on"]) for step in self._steps("contest-close")]
        late |= any(day > date.fromisoformat(opened["due"]) for day in closed)
        return {"number": self.number, **kept, "status": status, "outcome": self.outcome, "overdue": late}

    def _corrected(self, outcome: Outcome) -> dict[str, Any] | None:
        """Give the result when the objection came and now, where it was corrected; refuse another outcome."""
        before, now = self.opened["result"], standing_of(self.round, self.evaluatee)
        if outcome == "corrected" and before == now:
            self._refuse("not_corrected", evaluatee=self.evaluatee)
        if outcome == "upheld" and before != now:
            told = [f"{one['score']:g} / {one['rank']}" for one in (before, now)]
            self._refuse("corrected_meanwhile", evaluatee=self.evaluatee, before=told[0], now=told[1])
        return {"before": before, "now": now} if outcome == "corrected" else None

    def _steps(self, step: str) -> list[dict[str, Any]]:
        return [line for line in self.round.steps(step) if line["number"] == self.number]

    def _note(self, step: str, **what: Any) -> None:
        self.round.note(step, number=self.number, **what)

    def _refuse_closed(self) -> None:
        if self.status == "closed":
            self._refuse("closed", number=self.number)

    def _refuse(self, rule: str, **found: Any) -> None:
        raise RoundError(self.round.folder.name, [fault(rule, **found)])

    def __repr__(self) -> str:
        outcome = f", {self.outcome}" if self.outcome else ""
        return f"Contest({self.number}: {self.evaluatee}, {self.status}{outcome})"


def open_contest(
    one: Round,
    evaluatee: str,
    *,
    office: str,
    grounds: str,
    received: str | date,
    due: str | date,
    disputed: Disputed,
) -> Contest:
    """Record an objection; see ``Round.contest``."""
    if evaluatee not in one.scheme.evaluatees:
        raise no_evaluatee(one.folder.name, evaluatee, one.scheme.evaluatees)
    if not one.steps("score"):
        raise RoundError(one.folder.name, [fault("no_result")])
    if not office.strip() or not grounds.strip():
        raise RoundError(one.folder.name, [fault("who_and_why")])
    came, by = _day("received", received, one), _day("due", due, one)
    if by < came:
        raise RoundError(one.folder.name, [fault("due_before", due=by, received=came)])
    came_in = one._rows()
    _refuse_codes(one, came_in, {"grounds": grounds, "office": office})
    rows = disputed_rows(disputed, came_in, one.scheme, evaluatee)
    contest = Contest(one, len(one.steps("contest")) + 1)
    path, files = contest.folder / "disputed.csv", {}
    if len(rows):
        write_table(path, rows)
        files = {path.name: file_digest(path)}
    else:
        contest.folder.mkdir(parents=True, exist_ok=True)
    one.note(
        "contest",
        number=contest.number,
        evaluatee=evaluatee,
        office=office.strip(),
        grounds=grounds.strip(),
        received=came.isoformat(),
        due=by.isoformat(),
        result=standing_of(one, evaluatee),
        sealed=one.sealed,
        disputed=len(rows),
        named=disputed.named | ({"rows": "list"} if disputed.rows is not None else {}),
        own=disputed.own,
        files=files,
    )
    return contest


def find_contest(one: Round, number: int) -> Contest:
    """Give an objection by its number."""
    known = [step["number"] for step in one.steps("contest")]
    if number not in known:
        told = ", ".join(map(str, known)) or "—"
        raise RoundError(one.folder.name, [fault("no_contest", found=number, known=told)])
    return Contest(one, number)


def contest_table(one: Round, today: date | None = None) -> pd.DataFrame:
    """List all objections; see ``Round.contests``."""
    day = today or date.today()
    return pd.DataFrame(
        [Contest(one, step["number"]).line(day) for step in one.steps("contest")], columns=LISTED
    )


def contest_differences(one: Round) -> list[str]:
    """Name the files of objections that are no longer as they were written."""
    due: dict[str, str] = {}
    for step in one.journal():
        if step["step"].partition("-")[0] == "contest":
            folder = f"{FOLDER}/{step['number']:02d}"
            due |= {f"{folder}/{name}": digest for name, digest in step.get("files", {}).items()}
    found = []
    for name, digest in due.items():
        path = one.folder / name
        if not path.is_file():
            found.append(f"{name}: is not there")
        elif file_digest(path) != digest:
            found.append(f"{name}: not the file that was written")
    return found


def _day(name: str, found: str | date, one: Round) -> date:
    if isinstance(found, date):
        return found
    try:
        return date.fromisoformat(found.strip())
    except ValueError:
        raise RoundError(one.folder.name, [fault("day", name=name, found=found)]) from None


def _refuse_codes(one: Round, rows: pd.DataFrame, texts: dict[str, str]) -> None:
    """Refuse texts of the letter that hold the code of a respondent or interviewer."""
    columns = [rows[name] for name in ("respondent", "interviewer") if name in rows]
    drawn = [units.units[group.draws[-1].unit].astype(str) for group, units in _lists(one)]
    codes = pd.unique(pd.concat([*columns, *drawn]).str.normalize("NFC").str.strip()).tolist()
    found = [
        fault("names_somebody", name=name, found=code)
        for name, text in texts.items()
        for code in list(codes_in(text, codes))[:1]
    ]
    if found:
        raise RoundError(one.folder.name, found)


def _lists(one: Round) -> list[tuple[Any, Any]]:
    lists = one.lists()
    return [(group, lists[group.id]) for group in one.scheme.groups if group.id in lists]
