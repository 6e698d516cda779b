"""A round of evaluation as a folder: scheme, frames, samples, answers, journal, results."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sampling import Sample
from toolkit.answers import Answers
from toolkit.drawing import EACH, draw_all, gather
from toolkit.errors import Fault, RoundError, fault
from toolkit.files import (
    file_digest,
    read_own_table,
    read_table,
    write_bytes,
    write_json,
    write_table,
    write_text,
)
from toolkit.intake import SET_ASIDE, Admitted, Intake, Withdrawal, admit, answer_rows
from toolkit.review import Change, reviewed
from toolkit.scheme import Draw, Scheme
from toolkit.scores import Drawn, Scores, score

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Round:
    """One round of a scheme, kept in a folder.

    ``scheme.toml`` (a frozen copy), ``frames/`` (lists as the offices sent them), ``samples/`` (a CSV
    and a receipt for each draw), ``answers/raw/`` (as they came), ``journal.jsonl`` (every step) and
    ``results/``.

    Attributes
    ----------
    folder : Path
    scheme : Scheme
    """

    folder: Path
    scheme: Scheme

    @classmethod
    def create(cls, name: str, scheme: str | Path, folder: str | Path = "out") -> Round:
        """Start a round in ``folder/name``.

        Parameters
        ----------
        name : str
            The round's own folder.
        scheme : str or Path
            A bare name is a shipped scheme, a path is a file.
        folder : str or Path
            Where rounds are kept.

        Raises
        ------
        RoundError
            The folder exists.
        SchemeError
            The scheme has faults.
        """
        return cls.start(name, Scheme.load(scheme), folder)

    @classmethod
    def start(cls, name: str, scheme: Scheme, folder: str | Path = "out") -> Round:
        """Start a round of a scheme that is loaded already; as ``create``."""
        place = Path(folder) / name
        if place.exists():
            raise RoundError(name, [fault("", "round_exists", folder=place)])
        for part in ("frames", "samples", "answers/raw", "results"):
            (place / part).mkdir(parents=True)
        write_text(place / "scheme.toml", scheme.text)
        made = cls(place, scheme)
        made.note("create", scheme=scheme.id, sha256=file_digest(place / "scheme.toml"))
        return made

    @classmethod
    def open(cls, folder: str | Path) -> Round:
        """Open a round that was started before."""
        place = Path(folder)
        if not (place / "scheme.toml").is_file():
            raise RoundError(place.name, [fault("", "no_round", folder=place)])
        return cls(place, Scheme.load(place / "scheme.toml"))

    # --- draw -----------------------------------------------------------------------------------------

    def draw(self, key: str) -> dict[str, int]:
        """Draw every sample of the scheme from the frames, and write each with its receipt.

        Parameters
        ----------
        key : str
            Decides all lottery numbers; state it (or its digest) before the frames are closed.

        Returns
        -------
        dict
            Units drawn, by draw.

        Raises
        ------
        RoundError
            A frame is missing, or the round is drawn already.
        FrameError, DesignError
            A frame cannot be drawn from.
        """
        if self.steps("draw"):
            raise RoundError(self.folder.name, [fault("", "drawn_already")])
        frames = self.frames()
        sent = self.folder / "frames"
        files = {
            path.relative_to(sent).as_posix(): file_digest(path)
            for path in sorted(sent.rglob("*"))
            if path.is_file()
        }
        parts = self.folder / "samples.part"
        shutil.rmtree(parts, ignore_errors=True)
        counts = {}
        try:
            for _, one, samples in draw_all(self.scheme, frames, key):
                for evaluatee, sample in samples.items():
                    place = parts / one.name / evaluatee if evaluatee else parts / one.name
                    write_table(place.with_name(place.name + ".csv"), sample.units)
                    write_json(place.with_name(place.name + ".receipt.json"), sample.receipt)
                counts[one.name] = sum(len(sample.units) for sample in samples.values())
        except BaseException:
            shutil.rmtree(parts, ignore_errors=True)
            raise
        shutil.rmtree(self.folder / "samples")
        parts.rename(self.folder / "samples")
        self.note("draw", key=key, units=counts, frames=files)
        return counts

    def frames(self) -> dict[str, pd.DataFrame]:
        """Read every frame of the scheme, all cells as text."""
        return {one.frame: self.frame(one.frame) for group in self.scheme.groups for one in group.draws}

    def frame(self, name: str) -> pd.DataFrame:
        """Read a frame from one file, or from all files of a folder."""
        folder = self.folder / "frames"
        found = [path for path in (folder / f"{name}.csv", folder / f"{name}.xlsx") if path.is_file()]
        found += sorted(path for path in (folder / name).glob("*") if not path.name.startswith((".", "~$")))
        if not found:
            raise RoundError(self.folder.name, [fault("", "no_frame", name=name, folder=folder)])
        tables = [read_table(path) for path in found]
        usual = Counter(frozenset(table.columns) for table in tables).most_common(1)[0][0]
        columns = ", ".join(next(table for table in tables if usual == set(table.columns)).columns)
        odd = [
            fault("", "frame_columns", file=path.name, found=", ".join(table.columns), due=columns)
            for path, table in zip(found, tables, strict=True)
            if usual != set(table.columns)
        ]
        if odd:
            raise RoundError(self.folder.name, odd)
        return pd.concat(tables, ignore_index=True)

    # --- answers --------------------------------------------------------------------------------------

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
        rows = answer_rows(path, self.scheme, group)
        digest = file_digest(path)
        taken, gone = self.steps("collect"), self._withdrawn()
        whole = {one.file for one in gone if one.rows is None and one.sheet is None}
        if digest in {step["sha256"] for step in taken if step["file"] not in whole}:
            return Intake(path.name, 0, pd.DataFrame(columns=SET_ASIDE))
        kept = f"{len(taken) + 1:03d}-{path.name}"
        before = [self._rows(step) for step in taken]
        found = admit(pd.concat([*before, rows.assign(file=kept)]), self._lists(), self.scheme, gone)
        sheets = found.sheets.get(kept, 0)
        set_aside = found.set_aside[found.set_aside["file"] == kept].reset_index(drop=True)
        if not sheets and not (set_aside["rule"] == "answered_again").any():
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
    ) -> None:
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
            Worksheet of the rows.

        Raises
        ------
        RoundError
            There is no such file, the reason or the office is empty, or the result is sealed.
        """
        self._refuse_sealed()
        known = [step["file"] for step in self.steps("collect")]
        if file not in known:
            names = ", ".join(known) or "—"
            raise RoundError(self.folder.name, [fault("", "no_such_answers", file=file, known=names)])
        self._reasoned(reason, office)
        chosen = None if rows is None else [int(row) for row in rows]
        self.note("withdraw", file=file, rows=chosen, sheet=sheet, reason=reason, office=office)

    def admitted(self) -> Admitted:
        """Read all answers taken in: those that count, by group, and the rows set aside with the reason."""
        steps = self.steps("collect")
        if not steps:
            raise RoundError(self.folder.name, [fault("", "no_answers")])
        rows = pd.concat([self._rows(step) for step in steps])
        return admit(rows, self._lists(), self.scheme, self._withdrawn())

    def answers(self) -> dict[str, Answers]:
        """Read all answers that count, by group."""
        return self.admitted().answers

    def _rows(self, step: Mapping[str, Any]) -> pd.DataFrame:
        path = self.folder / "answers" / "raw" / step["file"]
        return answer_rows(path, self.scheme, step["group"], step["file"])

    def _lists(self) -> dict[str, pd.DataFrame]:
        return {name: one.units for name, one in self.drawn().items()}

    def _withdrawn(self) -> list[Withdrawal]:
        return [
            Withdrawal(
                step["file"],
                step["reason"],
                step["office"],
                None if step["rows"] is None else tuple(step["rows"]),
                step["sheet"],
            )
            for step in self.steps("withdraw")
        ]

    @property
    def sealed(self) -> bool:
        """Whether a formal result stands sealed."""
        return len(self.steps("seal")) > len(self.steps("reopen"))

    def _refuse_sealed(self) -> None:
        if self.sealed:
            raise RoundError(self.folder.name, [fault("", "sealed")])

    def _reasoned(self, reason: str, office: str) -> None:
        if not reason.strip() or not office.strip():
            raise RoundError(self.folder.name, [fault("", "reason_needed")])

    # --- scores ---------------------------------------------------------------------------------------

    def drawn(self) -> dict[str, Drawn]:
        """Read the drawn respondents of every group."""
        if not self.steps("draw"):
            raise RoundError(self.folder.name, [fault("", "not_drawn")])
        return {group.id: gather(group, dict(self.samples(group.draws[-1]))) for group in self.scheme.groups}

    def sample(self, name: str, evaluatee: str = EACH) -> Sample:
        """Read one sample: its units are the list to hand out, its receipt the proof.

        Parameters
        ----------
        name : str
            The draw's name in the scheme.
        evaluatee : str
            Where each evaluatee has its own list.

        Raises
        ------
        KeyError
            There is no such draw or evaluatee.
        """
        draws = {draw.name: draw for group in self.scheme.groups for draw in group.draws}
        one = draws[name]
        if evaluatee not in (self.scheme.evaluatees if one.per_evaluatee else (EACH,)):
            raise KeyError(evaluatee)
        return self._read_sample(one, evaluatee)

    def samples(self, one: Draw) -> Iterator[tuple[str, Sample]]:
        """Read the samples of a draw as they were written, by evaluatee."""
        for evaluatee in self.scheme.evaluatees if one.per_evaluatee else (EACH,):
            yield evaluatee, self._read_sample(one, evaluatee)

    def _read_sample(self, one: Draw, evaluatee: str) -> Sample:
        folder = self.folder / "samples"
        place = folder / one.name / evaluatee if evaluatee else folder / one.name
        receipt = json.loads(place.with_name(place.name + ".receipt.json").read_text(encoding="utf8"))
        units = read_own_table(place.with_name(place.name + ".csv"))
        for plain, column in receipt["added"].items():
            if plain.startswith(("prob", "weight", "population", "stage_prob")):
                units[column] = units[column].astype(np.float64)
        return Sample(units, receipt["roles"], receipt)

    def score(self, provisional: bool = False) -> Scores:
        """Score and rank everyone, apply the changes of the review, and write the results.

        Parameters
        ----------
        provisional : bool
            Score what is in, for internal use: see ``toolkit.provisional``. Written apart, under
            ``results/provisional``; changes of a review are not in it.

        Returns
        -------
        Scores
            When the round is sealed, the formal result again; nothing is written then.
        """
        admitted = self.admitted()
        scores = self.scores(admitted, provisional)
        if self.sealed and not provisional:
            return replace(scores, status="formal")
        results = self.folder / "results" / "provisional" if provisional else self.folder / "results"
        for name, table in result_tables(scores, admitted).items():
            write_table(results / f"{name}.csv", table)
        for step in self.steps("collect"):  # the very files that were scored stay beside the scores
            raw = self.folder / "answers" / "raw" / step["file"]
            write_bytes(results / "answers" / step["file"], raw.read_bytes())
        kind = "provisional" if provisional else "score"
        self.note(kind, sha256=file_digest(results / "scores.csv"))
        return scores

    def scores(self, admitted: Admitted | None = None, provisional: bool = False) -> Scores:
        """Score as ``score`` does, and write nothing."""
        from toolkit.provisional import provisional as score_what_is_in

        answers = (admitted or self.admitted()).answers
        if provisional:
            return score_what_is_in(self.scheme, self.drawn(), answers)
        return reviewed(score(self.scheme, self.drawn(), answers), self.changes())

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
        RoundError
            There is no such evaluatee, the points are 0 or no number, the reason or office is empty,
            or the result is sealed.
        """
        self._refuse_sealed()
        if evaluatee not in self.scheme.evaluatees:
            meant = ", ".join(get_close_matches(evaluatee, self.scheme.evaluatees, 3, 0.4)) or "—"
            found = fault("", "no_such_evaluatee", found=evaluatee, meant=meant)
            raise RoundError(self.folder.name, [found])
        if not np.isfinite(points) or points == 0:
            raise RoundError(self.folder.name, [fault("", "no_points", found=points)])
        self._reasoned(reason, office)
        self.note("change", evaluatee=evaluatee, points=float(points), reason=reason, office=office)

    def changes(self) -> list[Change]:
        """Give the changes of the review, oldest first."""
        return [
            Change(step["evaluatee"], step["points"], step["reason"], step["office"])
            for step in self.steps("change")
        ]

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

    def verify(self) -> list[str]:
        """Draw everything again, score everything again, and name what differs.

        Returns
        -------
        list of str
            Empty when the round is proven.
        """
        from toolkit.proof import round_differences

        return list(round_differences(self))

    # --- show -----------------------------------------------------------------------------------------

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

    # --- journal --------------------------------------------------------------------------------------

    @property
    def made(self) -> bool:
        """Whether frames or answers of this round are made up."""
        return bool(self.steps("make"))

    def note(self, step: str, **what: Any) -> None:
        """Write a line into the journal."""
        line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "step": step, **what}
        journal = self.folder / "journal.jsonl"
        before = journal.read_text(encoding="utf8") if journal.is_file() else ""
        write_text(journal, before + json.dumps(line, ensure_ascii=False) + "\n")

    def steps(self, step: str) -> list[dict[str, Any]]:
        """Give the journal's lines of one kind of step, oldest first."""
        journal = self.folder / "journal.jsonl"
        text = journal.read_text(encoding="utf8") if journal.is_file() else ""
        lines = map(json.loads, filter(None, text.split("\n")))  # a key may hold other line breaks
        return [line for line in lines if line["step"] == step]


def result_tables(scores: Scores, admitted: Admitted) -> dict[str, pd.DataFrame]:
    """Give the tables of a result by the names of their files."""
    return {
        "scores": scores.table,
        "groups": scores.groups,
        "indicators": scores.indicators,
        "labels": scores.labels,
        "counts": scores.answers,
        "trail": scores.trail,
        "set_aside": admitted.set_aside,
    }
