"""A round of evaluation as a folder: scheme, frames, samples, answers, journal, results."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sampling import Sample
from toolkit.answers import Answers, joined, parse_answers, read_answers, respondent_faults
from toolkit.drawing import EACH, draw_all, gather
from toolkit.errors import RoundError, fault
from toolkit.files import (
    file_digest,
    read_own_table,
    read_table,
    write_bytes,
    write_json,
    write_table,
    write_text,
)
from toolkit.scheme import Draw, Scheme
from toolkit.scores import Drawn, Scores, score


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

    def collect(self, file: str | Path) -> int:
        """Take in a file of answers; the raw file is kept as it came.

        Parameters
        ----------
        file : str or Path
            CSV or Excel with ``group``, ``respondent``, ``evaluatee`` and the indicators.

        Returns
        -------
        int
            Sheets taken in; 0 when this very file was taken in before.

        Raises
        ------
        RoundError
            With all faults of the file; nothing is taken in then.
        """
        path = Path(file)
        raw = read_table(path)
        digest = file_digest(path)
        taken = self.steps("collect")
        if digest in {step["sha256"] for step in taken}:
            return 0
        drawn = {name: one.units for name, one in self.drawn().items()}
        sheets, faults = read_answers(raw, self.scheme, path.name)
        faults += respondent_faults(sheets, self.answers() if taken else None, drawn, self.scheme)
        if faults:
            raise RoundError(path.name, faults)
        kept = f"{len(taken) + 1:03d}-{path.name}"
        write_bytes(self.folder / "answers" / "raw" / kept, path.read_bytes())
        count = sum(len(one.table) for one in sheets.values())
        self.note("collect", file=kept, sha256=digest, sheets=count)
        return count

    def answers(self) -> dict[str, Answers]:
        """Read all answers taken in, by group."""
        steps = self.steps("collect")
        if not steps:
            raise RoundError(self.folder.name, [fault("", "no_answers")])
        raw = self.folder / "answers" / "raw"
        return reduce(
            joined,
            (parse_answers(read_table(raw / step["file"]), self.scheme, step["file"]) for step in steps),
        )

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

    def score(self) -> Scores:
        """Score and rank everyone, and write the results.

        Returns
        -------
        Scores
        """
        answers = self.answers()
        scores = score(self.scheme, self.drawn(), answers)
        results = self.folder / "results"
        write_table(results / "scores.csv", scores.table)
        write_table(results / "groups.csv", scores.groups)
        write_table(results / "indicators.csv", scores.indicators)
        write_table(results / "labels.csv", scores.labels)
        for step in self.steps("collect"):  # the very files that were scored stay beside the scores
            raw = self.folder / "answers" / "raw" / step["file"]
            write_bytes(results / "answers" / step["file"], raw.read_bytes())
        self.note("score", sha256=file_digest(results / "scores.csv"))
        return scores

    def verify(self) -> list[str]:
        """Draw everything again, score everything again, and name what differs.

        Returns
        -------
        list of str
            Empty when the round is proven.
        """
        from toolkit.proof import round_differences

        return list(round_differences(self))

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
