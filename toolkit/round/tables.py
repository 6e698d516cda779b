"""A round's tables of offices: taken in as they came, checked, given back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from toolkit.duties import DutiesReport, check_duties, tables_of
from toolkit.errors import RoundError, fault
from toolkit.files import file_digest, read_table, write_bytes
from toolkit.parts.tables import renamed, table_faults, table_names
from toolkit.round.answers import RoundAnswers

RAW = ("tables", "raw")


@dataclass(frozen=True)
class RoundTables(RoundAnswers):
    """A round's tables: inspections, tasks, events, visits, problems, periods."""

    def take(self, name: str, file: str | Path) -> int:
        """Take in a table that an office keeps; several files of one name add up.

        Parameters
        ----------
        name : str
            Of the scheme's tables; ``events`` and ``periods`` among them.
        file : str or Path
            CSV or Excel; the raw file is kept as it came under ``tables/raw``.

        Returns
        -------
        int
            Rows taken in; 0 when this very file was taken in before.

        Raises
        ------
        RoundError
            The scheme has no such table; or with everything that is wrong with the file: nothing is taken
            in then. Or the result is sealed.
        """
        self._refuse_sealed()
        path, known = Path(file), table_names(self.scheme)
        if name not in known:
            told = {"table": name, "known": ", ".join(known)}
            raise RoundError(self.folder.name, [fault("", "table_unknown", **told)])
        table = renamed(self.scheme, name, read_table(path))
        digest, there = file_digest(path), self._taken(name)
        if digest in {step["sha256"] for step in there}:
            return 0
        faults = list(table_faults(self.scheme, name, table))
        if faults:
            raise RoundError(path.name, faults)
        kept = f"{len(self.steps('take')) + 1:03d}-{path.name}"
        write_bytes(self.folder.joinpath(*RAW, kept), path.read_bytes())
        self.note("take", table=name, file=kept, sha256=digest, rows=len(table))
        return len(table)

    def give_back(self, file: str, *, reason: str, office: str) -> int:
        """Take a file of a table out again; it stays in ``tables/raw`` and the journal.

        Parameters
        ----------
        file : str
            Its name in ``tables/raw``.
        reason, office : str
            Why, and who decided.

        Returns
        -------
        int
            Rows given back.

        Raises
        ------
        RoundError
            There is no such file, the reason or the office is empty, or the result is sealed.
        """
        self._refuse_sealed()
        self._reasoned(reason, office)
        gone = {step["file"] for step in self.steps("give-back")}
        there = {step["file"]: step for step in self.steps("take") if step["file"] not in gone}
        if file not in there:
            known = ", ".join(there) or "—"
            raise RoundError(self.folder.name, [fault("", "no_such_answers", file=file, known=known)])
        self.note("give-back", file=file, reason=reason, office=office)
        return int(there[file]["rows"])

    def table(self, name: str) -> pd.DataFrame:
        """Give a table with all its files, every cell as text, with the names that rules use for heads.

        Raises
        ------
        RoundError
            Nothing of it was taken in.
        """
        steps = self._taken(name)
        if not steps:
            raise RoundError(self.folder.name, [fault("", "no_table", table=name)])
        parts = [
            renamed(self.scheme, name, read_table(self.folder.joinpath(*RAW, step["file"]))) for step in steps
        ]
        return pd.concat(parts, ignore_index=True)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give all tables that were taken in, by name."""
        names = dict.fromkeys(step["table"] for step in self.steps("take"))
        return {name: self.table(name) for name in names if self._taken(name)}

    def duties(self, as_of: date) -> DutiesReport:
        """Check the scheme's duties on the tables taken in, as things stood at the end of a day.

        Parameters
        ----------
        as_of : date
            What is dated later is read as not done yet.

        Returns
        -------
        DutiesReport
            Every duty whose tables are all there; the others are named, with the tables they wait for.

        Raises
        ------
        RoundError
            With everything in the tables that does not fit together.
        """
        tables = self.tables()
        lacking = {
            one.name: tuple(name for name in tables_of(one) if name not in tables)
            for one in self.scheme.duties
        }
        there = [one for one in self.scheme.duties if not lacking[one.name]]
        scheme = self.scheme
        results = check_duties(
            there, tables, as_of=as_of, calendar=scheme.calendar, evaluatees=scheme.evaluatees
        )
        waiting = {name: some for name, some in lacking.items() if some}
        return DutiesReport(tuple(replace(one, made=self.made) for one in results), waiting)

    def _taken(self, name: str) -> list[dict[str, str]]:
        gone = {step["file"] for step in self.steps("give-back")}
        return [step for step in self.steps("take") if step["table"] == name and step["file"] not in gone]
