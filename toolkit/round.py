"""A round of evaluation as a folder: scheme, frames, samples, answers, journal, results."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sampling import Sample, release
from toolkit.answers import KEYS, Answers
from toolkit.drawing import EACH, gather
from toolkit.errors import Fault, RoundError, UnknownNameError, fault
from toolkit.files import (
    file_digest,
    read_table,
    write_bytes,
    write_table,
    write_text,
)
from toolkit.intake import SET_ASIDE, Admitted, Intake, Withdrawal, admit, answer_rows
from toolkit.quota import as_drawn, respondents
from toolkit.response import CONTACT_KEYS, read_contacts, response_table
from toolkit.review import Change, reviewed
from toolkit.samples import quotas, read_quota, read_sample, worked, write_samples
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
        counts = write_samples(self.scheme, frames, key, self.folder / "samples")
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
        rows = pd.concat([*([self._rows()] if taken else []), rows.assign(file=kept)])
        found = self._admit(rows)
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

    def _admit(self, rows: pd.DataFrame, reserves: bool = True) -> Admitted:
        return admit(rows, self.drawn(rows, reserves), self.scheme, self._withdrawn())

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

    # --- samples --------------------------------------------------------------------------------------

    def drawn(self, rows: pd.DataFrame | None = None, reserves: bool = True) -> dict[str, Drawn]:
        """Read the drawn respondents of every group, released reserves among them.

        Parameters
        ----------
        rows : DataFrame, optional
            The rows of answers, where they are read already: respondents of a quota are known by them.
        reserves : bool
            Without them, the main units alone.
        """
        if not self.steps("draw"):
            raise RoundError(self.folder.name, [fault("", "not_drawn")])
        samples, released = self.folder / "samples", self.released() if reserves else {}
        found = {}
        for group in self.scheme.groups:
            one = group.draws[-1]
            if group.is_quota:
                given = self._rows() if rows is None else rows
                found[group.id] = as_drawn(
                    respondents(given, read_quota(samples, one), group, self.scheme), group
                )
            else:
                own = {
                    name: worked(sample, released.get((one.name, name), 0))
                    for name, sample in self.samples(one)
                }
                found[group.id] = gather(group, own)
        return found

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
        UnknownNameError
            There is no such draw or evaluatee.
        """
        one = self._draw_of(name, evaluatee)
        return read_sample(self.folder / "samples", one, evaluatee)

    def samples(self, one: Draw) -> Iterator[tuple[str, Sample]]:
        """Read the samples of a draw as they were written, by evaluatee."""
        for evaluatee in self.scheme.evaluatees if one.per_evaluatee else (EACH,):
            yield evaluatee, read_sample(self.folder / "samples", one, evaluatee)

    def _draw_of(self, name: str, evaluatee: str) -> Draw:
        draws = {one.name: one for group in self.scheme.groups for one in group.draws}
        quota = [one.name for one, _ in quotas(self.scheme)]
        if name not in draws or name in quota:
            known = ", ".join(one for one in draws if one not in quota)
            raise UnknownNameError(self.folder.name, [fault("", "no_such_draw", found=name, known=known)])
        whom = self.scheme.evaluatees if draws[name].per_evaluatee else (EACH,)
        if evaluatee not in whom:
            near = ", ".join(get_close_matches(evaluatee, whom, n=3, cutoff=0.0)) or "—"
            raise UnknownNameError(self.folder.name, [fault("", "no_evaluatee", found=evaluatee, near=near)])
        return draws[name]

    # --- response -------------------------------------------------------------------------------------

    def release(
        self,
        name: str,
        released: int | float | Mapping[Any, int],
        *,
        evaluatee: str = EACH,
        reason: str,
        office: str,
    ) -> int:
        """Release reserves of a list that is worked in lottery order; they all count from then on.

        Parameters
        ----------
        name : str
            The draw's name in the scheme.
        released : int, float or mapping
            How many in all, as ``sampling.release`` takes it; never fewer than before.
        evaluatee : str
            Where each evaluatee has its own list.
        reason, office : str
            Why, and who decided.

        Returns
        -------
        int
            Reserves now released.

        Raises
        ------
        RoundError
            Fewer are asked than were released before, or the result is sealed.
        DesignError
            The sample has no reserves, or not so many.
        """
        self._refuse_sealed()
        self._reasoned(reason, office)
        one = self._draw_of(name, evaluatee)
        sample = read_sample(self.folder / "samples", one, evaluatee)
        told: Any = released
        if isinstance(released, Mapping):
            told = [[list(k) if isinstance(k, tuple) else [k], int(v)] for k, v in released.items()]
        now = worked_ids(release(sample, released), one.unit)
        before = self.released().get((name, evaluatee))
        lost = set() if before is None else worked_ids(worked(sample, before), one.unit) - now
        if lost:
            raise RoundError(self.folder.name, [fault("", "released_less", count=len(lost))])
        what = {"draw": name, "evaluatee": evaluatee, "released": told}
        self.note("release", **what, reason=reason, office=office)
        main = worked_ids(worked(sample, 0), one.unit)
        return len(now - main)

    def released(self) -> dict[tuple[str, str], Any]:
        """Give what was released last of every list, by draw and evaluatee."""
        return {(step["draw"], step["evaluatee"]): step["released"] for step in self.steps("release")}

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
        found = read_contacts(table, self.scheme, self._drawn_lists(), path.name)
        kept = f"{len(taken) + 1:03d}-{path.name}"
        write_bytes(self.folder / "answers" / "contacts" / kept, path.read_bytes())
        self.note("contacts", file=kept, sha256=digest, lines=len(found))
        return len(found)

    def response(self, admitted: Admitted | None = None) -> pd.DataFrame:
        """Set planned against valid answers, with response rates; see ``toolkit.response``."""
        found = admitted or self.admitted()
        return response_table(self.scheme, found.drawn, found.answers, self._contacts())

    def _contacts(self) -> pd.DataFrame:
        folder, drawn = self.folder / "answers" / "contacts", self._drawn_lists()
        parts = [
            read_contacts(read_table(folder / step["file"]), self.scheme, drawn, step["file"])
            for step in self.steps("contacts")
        ]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CONTACT_KEYS)

    def _drawn_lists(self) -> dict[str, Drawn]:
        """The drawn respondents, without asking who answered."""
        return self.drawn(
            pd.DataFrame(columns=["group", "respondent", "evaluatee", *self.scheme.cell_columns])
        )

    # --- scores ---------------------------------------------------------------------------------------

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
        for name, table in self.result_tables(scores, admitted).items():
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

        found = admitted or self.admitted()
        response = response_table(self.scheme, found.drawn, found.answers, self._contacts())
        if provisional:
            return replace(score_what_is_in(self.scheme, found.drawn, found.answers), response=response)
        scores = score(self.scheme, found.drawn, found.answers)
        return replace(reviewed(scores, self.changes()), response=response)

    def without_reserves(self) -> pd.DataFrame:
        """Score the main units alone beside all that counts.

        Returns
        -------
        DataFrame
            ``class``, ``evaluatee``, and score, se and rank with and without the released reserves.
        """
        whole = self.scores().table
        found = self._admit(self._rows(), reserves=False)
        main = reviewed(score(self.scheme, found.drawn, found.answers), self.changes()).table
        columns = ["score", "se", "rank"]
        both = whole[["class", "evaluatee", *columns]].assign(**{f"{c}_without": main[c] for c in columns})
        return both

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
            The points are 0 or no number, the reason or office is empty, or the result is sealed.
        """
        self._refuse_sealed()
        if evaluatee not in self.scheme.evaluatees:
            near = ", ".join(get_close_matches(evaluatee, self.scheme.evaluatees, 3, 0.0)) or "—"
            found = fault("", "no_evaluatee", found=evaluatee, near=near)
            raise UnknownNameError(self.folder.name, [found])
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

    def result_tables(self, scores: Scores, admitted: Admitted) -> dict[str, pd.DataFrame]:
        """Give the tables of a result by the names of their files."""
        found = {
            "scores": scores.table,
            "groups": scores.groups,
            "indicators": scores.indicators,
            "labels": scores.labels,
            "counts": scores.answers,
            "response": scores.response,
            "trail": scores.trail,
            "set_aside": admitted.set_aside,
        }
        if self.released() and scores.status != "provisional":
            found["reserves"] = self.without_reserves()
        return found

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


def worked_ids(sample: Sample, unit: str) -> set[str]:
    """Give the ids of a sample's units with those of their parents."""
    within = sample.receipt["within"]
    columns = [*(within["columns"] if within else []), unit]
    return set(sample.units[columns].astype(str).agg("\x1f".join, axis=1))
