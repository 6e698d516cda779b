"""What is decided about a round: answers made void, reviewed, contested, sealed; and its proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from toolkit.errors import RoundError, fault, no_evaluatee
from toolkit.files import read_own_table
from toolkit.round.results import RoundResults
from toolkit.trust.void import Void, compared, recorded, rows_listed, rows_of_interviewer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from toolkit.contests import Contest
    from toolkit.trust.backcheck import Backcheck
    from toolkit.trust.check import Trust


@dataclass(frozen=True)
class Round(RoundResults):
    """One round of a scheme, kept in a folder.

    ``scheme.toml`` (a frozen copy), ``frames/`` (lists as the offices sent them), ``samples/`` (a CSV
    and a receipt for each draw), ``answers/raw/`` (as they came), ``journal.jsonl`` (every step) and
    ``results/``.

    Attributes
    ----------
    folder : Path
    scheme : Scheme
    """

    # --- can the answers be trusted -------------------------------------------------------------------

    def trust(self, say: Callable[[str, str], None] | None = None) -> Trust:
        """Say what to look at before the answers are trusted; nothing is deleted, and nothing is written.

        Parameters
        ----------
        say : function, optional
            Told three times what is being done, in English and Chinese.

        Returns
        -------
        Trust
            Interviewers worst first, rows, evaluatees and towns, interviewer effects, bursts.

        Raises
        ------
        RoundError
            There are no answers yet.
        """
        from toolkit.trust.check import trust

        return trust(self, say)

    def backcheck(self, per_interviewer: int, *, share: float = 0.0, key: str | None = None) -> Backcheck:
        """Draw so many interviews of every interviewer to ask about again, with a receipt.

        Parameters
        ----------
        per_interviewer : int
            Interviews of each; of who has no more, all.
        share : float
            Where this comes to more: of all interviews, spread in proportion to each interviewer's.
        key : str, optional
            Decides the lottery numbers. Without it a fresh one that nobody could have known before.

        Returns
        -------
        Backcheck

        Raises
        ------
        RoundError
            No answer says who asked, the numbers are not such, or the result is sealed.
        """
        from toolkit.trust.backcheck import draw_backcheck

        self._refuse_sealed()
        return draw_backcheck(self, per_interviewer, share, key)

    def returned(self, file: str | Path) -> int:
        """Take in a list of a back-check that came back filled in; a later one goes before an earlier one.

        Returns
        -------
        int
            Lines in which somebody was reached.

        Raises
        ------
        RoundError
            With all faults of the file; or the result is sealed.
        """
        from toolkit.trust.backcheck import take_returned

        self._refuse_sealed()
        return take_returned(self, Path(file))

    # --- void answers ---------------------------------------------------------------------------------

    def try_void(self, *, interviewer: str | None = None, rows: pd.DataFrame | None = None) -> Void:
        """Show scores and places with and without some answers; nothing is written.

        Parameters
        ----------
        interviewer : str, optional
            All that this interviewer brought.
        rows : DataFrame, optional
            Instead: ``file`` (its name in ``answers/raw``), ``row`` and, where the file has several
            worksheets, ``sheet``; more columns may stand beside them.

        Returns
        -------
        Void

        Raises
        ------
        RoundError
            Neither or both are said, there is no such interviewer or row, or the rest cannot be scored.
        """
        if (interviewer is None) == (rows is None):
            raise RoundError(self.folder.name, [fault("", "void_how")])
        raw = self._rows()
        found = self._admit(raw) if len(raw) else self.admitted()
        if interviewer is not None:
            meant = rows_of_interviewer(self, found, interviewer)
        else:
            meant = rows_listed(self, found, pd.DataFrame() if rows is None else rows)
        return compared(self, raw, found, meant)

    def void(
        self,
        *,
        interviewer: str | None = None,
        rows: pd.DataFrame | None = None,
        reason: str,
        office: str,
    ) -> Void:
        """Make answers void: they are withdrawn, and what that changes is kept in ``results/voids``.

        The files stay as they came; ``restore`` takes it back. The next ``score`` goes without them.

        Parameters
        ----------
        interviewer, rows : optional
            As in ``try_void``.
        reason, office : str
            Why, and who decided; both are published, so that the reason names no interviewer.

        Returns
        -------
        Void

        Raises
        ------
        RoundError
            As ``try_void``; the reason or office is empty or names an interviewer, or the result is sealed.
        """
        self._refuse_sealed()
        self._reasoned(reason, office)
        what = self.try_void(interviewer=interviewer, rows=rows)
        return replace(what, number=recorded(self, what, interviewer, reason, office))

    def restore(self, number: int, *, reason: str, office: str) -> int:
        """Take a void back: its answers count again as they did, with the next ``score``.

        Parameters
        ----------
        number : int
            As ``void`` gave it.
        reason, office : str
            Why, and who decided.

        Returns
        -------
        int
            Sheets that counted before the void.

        Raises
        ------
        RoundError
            There is no such void, it was taken back already, the reason or office is empty, or the result
            is sealed.
        """
        self._refuse_sealed()
        self._reasoned(reason, office)
        gone = {step["void"] for step in self.steps("restore")}
        voids = {step["number"]: step for step in self.steps("void") if step["number"] not in gone}
        if number not in voids:
            known = ", ".join(map(str, voids)) or "—"
            raise RoundError(self.folder.name, [fault("", "no_such_void", found=number, known=known)])
        self.note("restore", void=number, reason=reason, office=office)
        return int(voids[number]["sheets"])

    # --- review and seal ------------------------------------------------------------------------------

    def change(self, evaluatee: str, points: float, *, reason: str, office: str) -> None:
        """Enter a change that the review makes to an evaluatee's score; the next ``score`` applies it.

        Parameters
        ----------
        evaluatee : str
        points : float
            Added to the composite; below 0 to take points off.
        reason, office : str
            Why, and who decided.

        Raises
        ------
        UnknownNameError
            There is no such evaluatee.
        RoundError
            Nothing is scored yet, the points are 0, no number or leave the scale, the reason or office is
            empty, or the result is sealed.
        """
        self._refuse_sealed()
        if evaluatee not in self.scheme.evaluatees:
            raise no_evaluatee(self.folder.name, evaluatee, self.scheme.evaluatees)
        if not np.isfinite(points) or points == 0:
            raise RoundError(self.folder.name, [fault("", "no_points", found=points)])
        self._reasoned(reason, office)
        self._refuse_off_scale(evaluatee, points)
        self.note("change", evaluatee=evaluatee, points=float(points), reason=reason, office=office)

    def _refuse_off_scale(self, evaluatee: str, points: float) -> None:
        path, full = self.folder / "results" / "scores.csv", self.scheme.full_mark
        if not path.is_file():
            raise RoundError(self.folder.name, [fault("", "not_scored")])
        table = read_own_table(path).set_index("evaluatee")
        column = "surveyed" if "surveyed" in table else "estimate"
        made = sum(one.points for one in self.changes() if one.evaluatee == evaluatee)
        score = float(str(table.loc[evaluatee, column])) + made
        if not -1e-9 <= score + points <= full + 1e-9:
            found = {"evaluatee": evaluatee, "points": points, "score": round(score, 2), "full": full}
            raise RoundError(self.folder.name, [fault("", "change_off_scale", **found)])

    def seal(self, *, office: str) -> str:
        """Score, report, and close the round: the formal result.

        Afterwards nothing can be collected, withdrawn or changed, unless the round is opened again with
        a reason.

        Parameters
        ----------
        office : str
            Who seals.

        Returns
        -------
        str
            The SHA-256 of ``results/seal.json``, which lists the SHA-256 of every file of the round and
            of the journal so far. Publish it.

        Raises
        ------
        RoundError
            The round cannot be scored, or is sealed already.
        """
        from toolkit.seal import seal

        self._refuse_sealed()
        self._reasoned("seal", office)
        return seal(self, office)

    def reopen(self, *, reason: str, office: str) -> None:
        """Open a sealed round again; the seal and the reason stay in the journal.

        Raises
        ------
        RoundError
            Nothing is sealed, or the reason or office is empty.
        """
        if not self.sealed:
            raise RoundError(self.folder.name, [fault("", "not_sealed")])
        self._reasoned(reason, office)
        self.note("reopen", reason=reason, office=office)

    def contest(
        self,
        evaluatee: str,
        *,
        office: str,
        grounds: str,
        received: str | date,
        due: str | date,
        group: str | None = None,
        interviewer: str | None = None,
        file: str | None = None,
        rows: str | Path | pd.DataFrame | None = None,
        own: bool = False,
    ) -> Contest:
        """Record an objection to a place; a sealed result can be objected to, and stays sealed.

        Without ``group``, ``interviewer``, ``file`` or ``rows`` it is a request to count again; with several
        of the first three, the answers of which all hold are disputed.

        Parameters
        ----------
        evaluatee : str
            Who objects.
        office : str
            Its office that wrote, to which the reply goes.
        grounds : str
            Why, in words that are printed in the reply: no code of a respondent or interviewer.
        received, due : str or date
            When it came and when the answer is due, like "2013-11-04". Working days are not worked out.
        group, interviewer, file : str, optional
            Answers that should not count.
        rows : str, Path or DataFrame, optional
            A list of them instead: ``file`` (its name in ``answers/raw``), ``row``, and ``sheet`` of a
            workbook.
        own : bool
            Only answers on this evaluatee, not those on the others.

        Returns
        -------
        Contest
            ``recount``, ``reply`` and ``close`` follow.

        Raises
        ------
        UnknownNameError
            There is no such evaluatee.
        RoundError
            Nothing is scored yet; who, why or a date is missing or wrong; no answer is meant.
        """
        from toolkit.contests.contest import open_contest
        from toolkit.contests.disputed import Disputed

        which = Disputed(group, interviewer, file, rows, own)
        told: dict[str, Any] = {"office": office, "grounds": grounds, "received": received, "due": due}
        return open_contest(self, evaluatee, disputed=which, **told)

    def contests(self, today: date | None = None) -> pd.DataFrame:
        """List the objections: who, by when, how far each is, and whether its answer is overdue.

        Parameters
        ----------
        today : date, optional
            The day on which an open one is overdue or not.

        Returns
        -------
        DataFrame
            ``number``, ``evaluatee``, ``office``, ``received``, ``due``, ``disputed`` rows, ``status``,
            ``outcome``, ``overdue``.
        """
        from toolkit.contests.contest import contest_table

        return contest_table(self, today)

    def verify(self) -> list[str]:
        """Draw everything again, score everything again, and name what differs.

        Returns
        -------
        list of str
            Empty when the round is proven.
        """
        from toolkit.proof import round_differences

        return list(round_differences(self))

    def plot(self) -> Figure:
        """Draw the answers of every group against the plan, over the evaluatees."""
        from toolkit.plot import round_figure

        return round_figure(self)

    def __repr__(self) -> str:
        from toolkit.show import round_line

        return round_line(self)

    def _repr_html_(self) -> str:
        from toolkit.show import round_html

        return round_html(self)
