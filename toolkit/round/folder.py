"""A round as a folder: its scheme, and the journal of every step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from toolkit.errors import RoundError, fault
from toolkit.files import file_digest, write_text
from toolkit.scheme import Scheme


@dataclass(frozen=True)
class RoundFolder:
    """The folder of a round, and what its journal says."""

    folder: Path
    scheme: Scheme

    @classmethod
    def create(cls, name: str, scheme: str | Path, folder: str | Path = "out") -> Self:
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
    def start(cls, name: str, scheme: Scheme, folder: str | Path = "out") -> Self:
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
    def open(cls, folder: str | Path) -> Self:
        """Open a round that was started before."""
        place = Path(folder)
        if not (place / "scheme.toml").is_file():
            raise RoundError(place.name, [fault("", "no_round", folder=place)])
        return cls(place, Scheme.load(place / "scheme.toml"))

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
        return [line for line in self.journal() if line["step"] == step]

    def journal(self) -> list[dict[str, Any]]:
        """Give all lines of the journal, oldest first."""
        journal = self.folder / "journal.jsonl"
        text = journal.read_text(encoding="utf8") if journal.is_file() else ""
        return [json.loads(line) for line in text.split("\n") if line]  # a key may hold other line breaks
