"""A round under two locks: commit, freeze, reveal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from toolkit.errors import Fault, RoundError, fault
from toolkit.files import file_digest, write_json, write_text
from toolkit.locks import (
    COMMITMENT,
    FRAMES,
    HOW,
    PROTOCOL,
    REVEAL,
    SECRET,
    algorithms_of,
    digest_list,
    fits,
    frame_digests,
    new_secret,
    plain_number,
    read_digest_list,
    software,
    text_digest,
    two_lock_key,
)
from toolkit.round.draws import RoundDraws
from toolkit.samples import write_samples


@dataclass(frozen=True)
class RoundLocks(RoundDraws):
    """A round whose key nobody can choose; see ``toolkit.locks``."""

    def commit(self, *, public: str, form: str = "") -> str:
        """Make a secret, and the commitment to publish before the frames are frozen.

        The secret stays in ``private/secret.txt``, readable by its owner alone, until ``reveal``. Give
        nobody a copy of the folder before then.

        Parameters
        ----------
        public : str
            Which public number will be taken: whose, of what date, which digits in what order.
        form : str, optional
            How it will be written, where 0 stands for any one digit and all else for itself:
            ``"00 00 00 00 00 00 / 00"``. Without it, who reveals may choose among ways to write it.

        Returns
        -------
        str
            The SHA-256 of ``locks/commitment.json``. Publish it, and the file.

        Raises
        ------
        RoundError
            The round has a commitment or is drawn, or ``public`` or ``form`` says nothing.
        """
        told, written = " ".join(public.split()), plain_number(form)
        if self.steps("draw"):
            self._refuse("drawn_already")
        if self.steps("commit") or (self.folder / SECRET).exists():
            self._refuse("committed_already")
        if not told or (form and "0" not in written) or not written.isprintable():
            self._refuse("no_public")
        self._refuse_scheme()
        secret = new_secret(self.folder / SECRET)
        commitment = {
            "locks": PROTOCOL,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "scheme": self.scheme.id,
            "scheme_sha256": file_digest(self.folder / "scheme.toml"),
            "secret_sha256": text_digest(secret),
            "public": told,
            "form": written,
            "software": software(),
            "algorithms": algorithms_of(self.scheme),
            "how": HOW,
        }
        write_json(self.folder / COMMITMENT, commitment)
        digest = file_digest(self.folder / COMMITMENT)
        self.note("commit", sha256=digest, public=told)
        return digest

    def freeze(self) -> str:
        """Fix the frames: list the SHA-256 of every file in ``frames/``.

        Every sample is drawn once with a key that decides nothing and thrown away, so that what is wrong
        with a frame comes to light while it can still be mended.

        Returns
        -------
        str
            The SHA-256 of ``locks/frames.sha256``. Publish it, and the file, before the public number
            is known.

        Raises
        ------
        RoundError
            There is no commitment, it or the scheme has changed, a frame is missing, or the frames are
            frozen already: a second freeze would let one fit the lists to the number.
        FrameError, DesignError
            A frame cannot be drawn from.
        """
        self._refuse_uncommitted()
        if self.steps("freeze"):
            self._refuse("frozen_already")
        found = list(self._commitment_faults())
        if found:
            raise RoundError(self.folder.name, found)
        digests = frame_digests(self.folder)
        with TemporaryDirectory() as folder:
            place = Path(folder) / "samples"
            place.mkdir()
            write_samples(self.scheme, self._lists(), "minyi rehearsal", place)
        write_text(self.folder / FRAMES, digest_list(digests))
        digest = file_digest(self.folder / FRAMES)
        self.note("freeze", sha256=digest, files=len(digests))
        return digest

    def reveal(self, number: str) -> dict[str, int]:
        """Open both locks: draw every sample with the key that secret and public number make.

        Secret, number and key go to ``locks/reveal.json``, to be published; the private file is removed.

        Parameters
        ----------
        number : str
            The public number, as announced.

        Returns
        -------
        dict
            Units drawn, by draw.

        Raises
        ------
        RoundError
            Nothing is committed or frozen, commitment, scheme, algorithms, frames or secret are not those
            committed and frozen, the number is empty or not written as announced, another number was revealed
            before, or the round is drawn.
        """
        self._refuse_uncommitted()
        if not self.steps("freeze"):
            self._refuse("not_frozen")
        if self.steps("draw"):
            self._refuse("drawn_already")
        found = [*self._commitment_faults(), *self._frame_faults()]
        if found:
            raise RoundError(self.folder.name, found)
        commitment, secret = self._commitment(), self._secret()
        plain = plain_number(number)
        if not plain or not plain.isprintable():
            self._refuse("public_number", found=number)
        if commitment["form"] and not fits(plain, commitment["form"]):
            self._refuse("public_form", found=plain, form=commitment["form"])
        opened = self.steps("reveal")
        if opened and opened[0]["number"] != plain:
            self._refuse("revealed_already", due=opened[0]["number"])
        if secret is None or text_digest(secret) != commitment["secret_sha256"]:
            self._refuse("lock_secret", file=SECRET)
        fixed = {name: self.steps(name)[-1]["sha256"] for name in ("commit", "freeze")}
        key = two_lock_key(str(secret), fixed["commit"], fixed["freeze"], plain)
        # Whatever could still be refused comes first: once the secret is out, there is no other number.
        frames = self._lists()
        if not opened:
            self.note("reveal", number=plain)
        write_json(
            self.folder / REVEAL,
            {
                "locks": PROTOCOL,
                "secret": secret,
                "commitment_sha256": fixed["commit"],
                "frames_sha256": fixed["freeze"],
                "number": plain,
                "key": key,
            },
        )
        counts = self._draw(key, frames, number=plain)
        private = self.folder / SECRET
        private.unlink()
        if not any(private.parent.iterdir()):  # who is who may lie beside it
            private.parent.rmdir()
        return counts

    def lock_differences(self) -> Iterator[str]:
        """Repeat the chain from commitment to key, and name what does not hold.

        Yields
        ------
        str
            One sentence for each difference; none for a round with one key and no locks.
        """
        if not self.steps("commit"):
            if (self.folder / "locks").exists():
                yield "journal.jsonl: there are locks, but no step tells of a commitment"
            return
        yield from (one.english for one in self._commitment_faults())
        if not self.steps("freeze"):
            yield f"{FRAMES}: there is a commitment, but the frames were not frozen"
            return
        yield from (one.english for one in self._frame_faults())
        order = [step for step in self._order() if step in ("commit", "freeze", "draw")]
        if order != ["commit", "freeze", "draw"]:
            yield f"journal.jsonl: the steps are {', '.join(order)}, not commit, freeze, draw"
        yield from self._reveal_differences()

    def _reveal_differences(self) -> Iterator[str]:
        try:
            said, commitment = json.loads((self.folder / REVEAL).read_text("utf8")), self._commitment()
            secret, number = str(said["secret"]), str(said["number"])
            due, form = commitment["secret_sha256"], commitment["form"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            yield f"{REVEAL}: cannot be used: {error!r}"
            return
        fixed = {name: self.steps(name)[-1]["sha256"] for name in ("commit", "freeze")}
        if text_digest(secret) != due:
            yield f"{REVEAL}: the secret is not the one that was committed"
        if number != plain_number(number) or (form and not fits(number, form)):
            yield f"{REVEAL}: the number {number!r} is not written as announced"
        key = two_lock_key(secret, fixed["commit"], fixed["freeze"], number)
        said_of = {"commitment_sha256": fixed["commit"], "frames_sha256": fixed["freeze"], "key": key}
        for name, value in said_of.items():
            if said.get(name) != value:
                yield f"{REVEAL}: {name} is {said.get(name)!r}; the locks give {value!r}"
        for step in self.steps("draw"):
            if step["key"] != key:
                yield f"journal.jsonl: drawn with the key {step['key']!r}; the locks give {key!r}"
        for name in ("reveal", "draw"):
            for said_number in (step.get("number") for step in self.steps(name)):
                if said_number != number:
                    yield f"journal.jsonl: the {name} says the number {said_number!r}, {REVEAL} {number!r}"

    def _commitment(self) -> Any:
        return json.loads((self.folder / COMMITMENT).read_text(encoding="utf8"))

    def _secret(self) -> str | None:
        path = self.folder / SECRET
        return path.read_text(encoding="utf8").strip() if path.is_file() else None

    def _commitment_faults(self) -> Iterator[Fault]:
        """Say what is no longer as it was committed."""
        path = self.folder / COMMITMENT
        if not path.is_file() or file_digest(path) != self.steps("commit")[-1]["sha256"]:
            yield fault("", "lock_file", file=COMMITMENT)
            return
        commitment = self._commitment()
        scheme = file_digest(self.folder / "scheme.toml")
        if scheme != commitment["scheme_sha256"]:
            yield fault("", "lock_scheme", found=scheme, due=commitment["scheme_sha256"])
        elif algorithms_of(self.scheme) != commitment["algorithms"]:
            found, due = algorithms_of(self.scheme), commitment["algorithms"]
            names = ", ".join(name for name in found | due if found.get(name) != due.get(name))
            yield fault("", "lock_algorithms", names=names, software=commitment["software"])

    def _frame_faults(self) -> Iterator[Fault]:
        """Say which frames are no longer as they were frozen."""
        path = self.folder / FRAMES
        if not path.is_file() or file_digest(path) != self.steps("freeze")[-1]["sha256"]:
            yield fault("", "lock_file", file=FRAMES)
            return
        frozen, now = read_digest_list(path.read_text(encoding="utf8")), frame_digests(self.folder)
        for name in sorted(frozen.keys() | now.keys()):
            if name not in now:
                yield fault("", "frame_gone", file=name)
            elif name not in frozen:
                yield fault("", "frame_late", file=name)
            elif frozen[name] != now[name]:
                yield fault("", "frame_changed", file=name)

    def _order(self) -> list[str]:
        text = (self.folder / "journal.jsonl").read_text(encoding="utf8")
        return [json.loads(line)["step"] for line in text.split("\n") if line]

    def _refuse_scheme(self) -> None:
        """Refuse a scheme that is no longer the one the round was created with."""
        digest = file_digest(self.folder / "scheme.toml")
        due = self.steps("create")[-1]["sha256"]
        if digest != due:
            self._refuse("lock_scheme", found=digest, due=due)

    def _refuse_uncommitted(self) -> None:
        if not self.steps("commit"):
            self._refuse("not_committed")

    def _refuse(self, rule: str, **found: Any) -> None:
        raise RoundError(self.folder.name, [fault("", rule, **found)])
