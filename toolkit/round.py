"""A round of evaluation as a folder: scheme, frames, samples, answers, journal, results."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sampling import Census, FrameError, Sample, draw
from sampling.designs import Design, method_of, number_of
from toolkit.answers import Answers, joined, parse_answers, read_answers, respondent_faults
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
from toolkit.progress import watched
from toolkit.scheme import Draw, Group, Scheme
from toolkit.scores import Drawn, Scores, score

EACH = ""


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
            for one, samples in self._draws(key, frames):
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

    def _draws(
        self, key: str, frames: Mapping[str, pd.DataFrame]
    ) -> Iterator[tuple[Draw, dict[str, Sample]]]:
        for group in self.scheme.groups:
            within: Sample | None = None
            for one in group.draws:
                lists = self.lists(frames[one.frame], one)
                samples = {
                    evaluatee: draw(
                        table,
                        design_of(group, one, len(table)),
                        key=key,
                        name=self.draw_name(one, evaluatee),
                        unit=one.unit,
                        within=within,
                    )
                    for evaluatee, table in watched(lists.items(), f"drawing {one.name}", len(lists))
                }
                within = samples.get(EACH)
                yield one, samples

    def draw_name(self, one: Draw, evaluatee: str) -> str:
        """Give the name under which a draw has its own lottery numbers."""
        return "/".join(filter(None, [self.scheme.id, one.name, evaluatee]))

    def lists(self, frame: pd.DataFrame, one: Draw) -> dict[str, pd.DataFrame]:
        """Give the lists to draw from: one for each evaluatee, or one for all under an empty name."""
        if not one.per_evaluatee:
            return {EACH: merged(frame, one.unit) if one.merge_rows else frame}
        if "evaluatee" not in frame:
            columns = ", ".join(frame.columns)
            raise FrameError("no_column", where=f"frame {one.frame}", column="evaluatee", columns=columns)
        lists = dict(iter(frame.fillna({"evaluatee": ""}).groupby("evaluatee", sort=False)))
        found = [
            fault("", "no_frame", name=f"{one.frame}/{name}", folder="frames")
            for name in self.scheme.evaluatees
            if name not in lists
        ]
        found += [
            fault("", "frame_evaluatee", frame=one.frame, count=len(rows), found=name)
            for name, rows in lists.items()
            if name not in self.scheme.evaluatees
        ]
        if found:
            raise RoundError(self.folder.name, found)
        return {
            name: merged(lists[name], one.unit) if one.merge_rows else lists[name]
            for name in self.scheme.evaluatees
        }

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
        return {group.id: self._drawn(group) for group in self.scheme.groups}

    def _drawn(self, group: Group) -> Drawn:
        one = group.draws[-1]
        samples = dict(self.samples(one))
        if not one.per_evaluatee:
            return Drawn(samples[EACH].units, samples[EACH].roles)
        parts = [sample.units.assign(evaluatee=name) for name, sample in samples.items()]
        units = pd.concat(parts, ignore_index=True)
        roles = dict(max(samples.values(), key=_told).roles)
        last = len(roles["psu"]) - 1
        inner = roles["stratum"][last]
        own = units["evaluatee"] if inner is None else units["evaluatee"] + " / " + units[inner]
        units["evaluatee_stratum"] = own
        text = units.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in units.dtypes]]
        units = units.astype(dict.fromkeys(text, "category"))
        roles["stratum"] = [*roles["stratum"][:last], "evaluatee_stratum"]
        return Drawn(units, roles)

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
        lines = journal.read_text(encoding="utf8").splitlines() if journal.is_file() else []
        return [line for line in map(json.loads, lines) if line["step"] == step]


def merged(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Merge the rows of a unit into one; where they differ, their values are joined by 、.

    >>> seats = pd.DataFrame({"person": ["a", "b", "a"], "body": ["x", "x", "y"]})
    >>> merged(seats, "person").to_dict("list")
    {'person': ['a', 'b'], 'body': ['x、y', 'x']}
    """
    if unit not in frame:
        raise FrameError("no_column", where="frame", column=unit, columns=", ".join(frame.columns))

    def together(values: pd.Series) -> str:
        return "、".join(sorted({str(value) for value in values.dropna()}))

    twice = frame[unit].duplicated(keep=False)
    once = frame[~twice]
    several = frame[twice].groupby(unit, sort=False).agg(together).reset_index()
    return pd.concat([once, several], ignore_index=True).sort_values(unit, ignore_index=True)[
        list(frame.columns)
    ]


def design_of(group: Group, one: Draw, units: int) -> Design:
    """Take a short list whole where the scheme says so."""
    number = number_of(method_of(one.design))
    asked = getattr(number, "total", number)
    short = group.short_frame == "take_all" and isinstance(asked, int) and units <= asked
    return Census() if short else one.design


def _told(sample: Sample) -> int:
    """Count the roles a sample tells; one that took a short list whole tells fewer than its design."""
    columns = [*sample.roles["stratum"], *sample.roles.get("prob", ())]
    return sum(column is not None for column in columns)
