"""What comes back to a round: answers, and what became of those who did not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from toolkit.answers import KEYS, Answers
from toolkit.counters import progress_table
from toolkit.drawing import gather
from toolkit.errors import Fault, RoundError, fault
from toolkit.files import file_digest, read_table, write_bytes, write_table
from toolkit.intake import SET_ASIDE, Admitted, Intake, Withdrawal, admit, answer_rows
from toolkit.response import CONTACT_KEYS, read_contacts, response_table, unworked
from toolkit.round.locks import RoundLocks
from toolkit.samples import read_quota, worked
from toolkit.scores import Drawn
from toolkit.trust.void import void_withdrawals

KEPT = ["answered_again", "answered_differently", "over_quota"]  # rows that are well but do not count


@dataclass(frozen=True)
class RoundAnswers(RoundLocks):
    """A round's answers and contacts."""

    def collect(self, file: str | Path, group: str | None = None) -> Intake:
        """Take in a file of answers; the raw file is kept as it came.

        Good rows count; every other row is set aside with the reason, in
        ``answers/set_aside/`` beside the file's name.

        Parameters
        ----------
        file : str or Path
            CSV or Excel: a table of respondents and evaluatees, or forms; see ``toolkit.intake``.
        group : str, optional
            The group of the whole file, where it does not say one.

        Returns
        -------
        Intake
            With no sheets when this very file was taken in before.

        Raises
        ------
        RoundError
            The file cannot be read, or no row of it can be used; nothing is taken in then.
        """
        path = Path(file)
        self._refuse_sealed()
        if not self.scheme.groups:
            raise RoundError(self.folder.name, [fault("", "no_survey_here")])
        rows = answer_rows(path, self.scheme, group)
        digest = file_digest(path)
        taken, gone = self.steps("collect"), self._withdrawn()
        whole = {one.file for one in gone if one.rows is None and one.sheet is None}
        if digest in {step["sha256"] for step in taken if step["file"] not in whole}:
            return Intake(path.name, 0, pd.DataFrame(columns=SET_ASIDE), before=True)
        kept = f"{len(taken) + 1:03d}-{path.name}"
        rows = pd.concat([*([self._rows()] if taken else []), rows.assign(file=kept)])
        found = self._admit(rows)
        sheets = found.sheets.get(kept, 0)
        set_aside = found.set_aside[found.set_aside["file"] == kept].reset_index(drop=True)
        if not sheets and not set_aside["rule"].isin(KEPT).any():
            reasons = [Fault("", *pair) for pair in zip(set_aside["why"], set_aside["why_zh"], strict=True)]
            raise RoundError(path.name, [fault("", "no_row_usable", file=path.name), *reasons])
        write_bytes(self.folder / "answers" / "raw" / kept, path.read_bytes())
        write_table(self.folder / "answers" / "set_aside" / f"{Path(kept).stem}.csv", set_aside)
        lines = len(set_aside[["sheet", "row"]].drop_duplicates())
        self.note("collect", file=kept, sha256=digest, sheets=sheets, set_aside=lines, group=group)
        return Intake(kept, sheets, set_aside)

    def withdraw(
        self,
        file: str,
        *,
        reason: str,
        office: str,
        rows: Sequence[int] | None = None,
        sheet: str | None = None,
    ) -> int:
        """Take back a file of answers or some of its rows; they stay in ``answers/raw`` and the journal.

        Parameters
        ----------
        file : str
            Its name in ``answers/raw``.
        reason, office : str
            Why, and who decided.
        rows : list of int, optional
            Rows of the file; without it, all of them.
        sheet : str, optional
            Worksheet of the rows, where the file has several.

        Returns
        -------
        int
            Rows taken back.

        Raises
        ------
        RoundError
            There is no such file or row, a row stands on several worksheets, the reason or the office is
            empty, or the result is sealed.
        """
        self._refuse_sealed()
        known = [step["file"] for step in self.steps("collect")]
        if file not in known:
            names = ", ".join(known) or "—"
            raise RoundError(self.folder.name, [fault("", "no_such_answers", file=file, known=names)])
        self._reasoned(reason, office)
        chosen = None if rows is None else [int(row) for row in rows]
        step = next(step for step in self.steps("collect") if step["file"] == file)
        raw = self.folder / "answers" / "raw" / file
        there = answer_rows(raw, self.scheme, step["group"], file)
        meant = there if chosen is None else there[there["row"].isin(chosen)]
        meant = meant if sheet is None else meant[meant["sheet"] == sheet]
        if meant.empty:
            raise RoundError(self.folder.name, [fault("", "nothing_withdrawn", file=file)])
        if chosen is not None and sheet is None:
            pages = meant.groupby("row")["sheet"].unique()
            several = pages[pages.map(len) > 1]
            if len(several):
                told = {"row": several.index[0], "file": file, "sheets": ", ".join(several.iloc[0])}
                raise RoundError(self.folder.name, [fault("", "several_sheets", **told)])
        self.note("withdraw", file=file, rows=chosen, sheet=sheet, reason=reason, office=office)
        return len(meant)

    def admitted(self) -> Admitted:
        """Read all answers taken in: those that count, by group, and the rows set aside with the reason."""
        if not self.scheme.groups:
            raise RoundError(self.folder.name, [fault("", "no_survey_here")])
        if not self.steps("collect"):
            raise RoundError(self.folder.name, [fault("", "no_answers")])
        return self._admit(self._rows())

    def answers(self) -> dict[str, Answers]:
        """Read all answers that count, by group."""
        return self.admitted().answers

    def _rows(self) -> pd.DataFrame:
        """Every row of every file of answers, as text."""
        raw = self.folder / "answers" / "raw"
        parts = [
            answer_rows(raw / step["file"], self.scheme, step["group"], step["file"])
            for step in self.steps("collect")
        ]
        return pd.concat(parts) if parts else pd.DataFrame(columns=[*KEYS, *self.scheme.cell_columns])

    def _admit(
        self, rows: pd.DataFrame, reserves: bool = True, without: Sequence[Withdrawal] = ()
    ) -> Admitted:
        lists, sheets = self.lists(reserves), self._quota_sheets()
        withdrawn = [*self._withdrawn(), *without]
        return admit(rows, lists, self.scheme, withdrawn, sheets, self.recusals())

    def _quota_sheets(self) -> dict[str, pd.DataFrame]:
        samples = self.folder / "samples"
        return {
            group.id: read_quota(samples, group.draws[-1]) for group in self.scheme.groups if group.is_quota
        }

    def _withdrawn(self) -> list[Withdrawal]:
        single = [
            Withdrawal(
                step["file"],
                step["reason"],
                step["office"],
                None if step["rows"] is None else tuple(step["rows"]),
                step["sheet"],
            )
            for step in self.steps("withdraw")
        ]
        restored = [step["void"] for step in self.steps("restore")]
        return single + void_withdrawals(self.steps("void"), restored)

    def drawn(self) -> dict[str, Drawn]:
        """Give the respondents of every group: the drawn, and of a quota those who answered in a cell."""
        lists = self.lists()
        if len(lists) < len(self.scheme.groups) and self.steps("collect"):
            return self.admitted().drawn
        return lists

    def lists(self, reserves: bool = True) -> dict[str, Drawn]:
        """Read the drawn respondents of every group but quotas, released reserves among them.

        Parameters
        ----------
        reserves : bool
            Without them, the main units alone.
        """
        if not self.steps("draw"):
            raise RoundError(self.folder.name, [fault("", "not_drawn")])
        released, found = self.released() if reserves else {}, {}
        for group in self.scheme.groups:
            one = group.draws[-1]
            if not group.is_quota:
                own = {
                    name: worked(sample, released.get((one.name, name), 0))
                    for name, sample in self.samples(one)
                }
                found[group.id] = gather(group, own)
        return found

    def contacts(self, file: str | Path) -> int:
        """Take in a file of what became of drawn respondents; later lines go before earlier ones.

        Parameters
        ----------
        file : str or Path
            CSV or Excel; see ``toolkit.response.read_contacts``.

        Returns
        -------
        int
            Lines taken in; 0 when this very file was taken in before.

        Raises
        ------
        RoundError
            With all faults of the file; nothing is taken in then.
        """
        path = Path(file)
        self._refuse_sealed()
        taken, digest = self.steps("contacts"), file_digest(path) if path.is_file() else ""
        table = read_table(path)
        if digest in {step["sha256"] for step in taken}:
            return 0
        found = read_contacts(table, self.scheme, self.lists(), path.name)
        kept = f"{len(taken) + 1:03d}-{path.name}"
        write_bytes(self.folder / "answers" / "contacts" / kept, path.read_bytes())
        self.note("contacts", file=kept, sha256=digest, lines=len(found))
        return len(found)

    def progress(self) -> pd.DataFrame:
        """Count what is done, left and over of every plan, cell and margin; see ``toolkit.counters``."""
        return progress_table(self.scheme, self._quota_sheets(), self.admitted(), self.recusals())

    def unworked(self) -> dict[str, int]:
        """Count by group the drawn of whom nothing is known yet; see ``toolkit.response.unworked``."""
        found = self.admitted()
        return unworked(self.scheme, found.drawn, found.answers, self._contacts(), self.recusals())

    def response(self, admitted: Admitted | None = None) -> pd.DataFrame:
        """Set planned against valid answers, with response rates; see ``toolkit.response``."""
        found = admitted or self.admitted()
        return response_table(self.scheme, found.drawn, found.answers, self._contacts(), self.recusals())

    def _contacts(self) -> pd.DataFrame:
        folder, steps = self.folder / "answers" / "contacts", self.steps("contacts")
        drawn = self.lists() if steps else {}
        parts = [
            read_contacts(read_table(folder / step["file"]), self.scheme, drawn, step["file"])
            for step in steps
        ]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CONTACT_KEYS)
