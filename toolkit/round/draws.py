"""What a round draws: frames in, samples with receipts out, reserves released."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sampling import Sample, loads, overlap, release
from toolkit.drawing import EACH, NO_RECUSALS, RECUSALS, lists_of
from toolkit.errors import Fault, RoundError, UnknownNameError, fault, no_evaluatee
from toolkit.files import file_digest, read_own_table, read_table
from toolkit.round.folder import RoundFolder
from toolkit.samples import quotas, read_sample, worked, write_samples
from toolkit.scheme import Draw


@dataclass(frozen=True)
class RoundDraws(RoundFolder):
    """A round's frames and samples."""

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
            A frame is missing, was edited after it was closed, tells who persons are, or has rows in units
            that the frame above lacks; a recused person is on no list; the round is drawn already, or has two
            locks. All such faults of lists are named at once.
        FrameError, DesignError
            A frame cannot be drawn from.
        """
        if self.steps("commit"):
            raise RoundError(self.folder.name, [fault("", "two_locks")])
        if not self.scheme.draws:
            raise RoundError(self.folder.name, [fault("", "no_samples")])
        if self.steps("draw"):
            raise RoundError(self.folder.name, [fault("", "drawn_already")])
        return self._draw(key, self._lists())

    def _draw(self, key: str, frames: dict[str, pd.DataFrame], **said: Any) -> dict[str, int]:
        """Draw every sample; ``said`` goes to the journal beside the key."""
        sent = self.folder / "frames"
        files = {
            path.relative_to(sent).as_posix(): file_digest(path)
            for path in sorted(sent.rglob("*"))
            if path.is_file()
        }
        own = {one.name: secrets.token_hex(16) for one in self.scheme.samples if one.unannounced}
        counts = write_samples(self.scheme, frames, key, self.folder / "samples", own)
        keys = {"own_keys": own} if own else {}
        self.note("draw", key=key, units=counts, frames=files, **keys, **said)
        return counts

    def _lists(self) -> dict[str, pd.DataFrame]:
        """Give all that is drawn from, once the offices' lists are closed and all lists fit together."""
        from toolkit.crosscheck import strange_shares, stray_rows, unknown_recused
        from toolkit.frames.close import pending
        from toolkit.frames.errors import fault as of_lists

        if pending(self):
            raise RoundError(self.folder.name, [of_lists("", "open")])
        edited = list(self._edited())
        if edited:
            raise RoundError(self.folder.name, edited)
        frames, recusals = self.frames(), self.recusals()
        found = [*self._telling(frames), *stray_rows(self.scheme, frames)]
        found += strange_shares(self.scheme, frames)
        found += unknown_recused(self.scheme, frames, recusals)
        if found:
            raise RoundError(self.folder.name, found)
        return {**frames, RECUSALS: recusals}

    def _closed(self) -> dict[str, Any]:
        """Give what ``frames close`` wrote last, by frame."""
        steps = self.steps("frames-close")
        return dict(steps[-1]["frames"]) if steps else {}

    def _edited(self) -> Iterator[Fault]:
        """Name the frames that are no longer as ``frames close`` wrote them."""
        for name, told in self._closed().items():
            ours, found = self.folder / "frames" / f"{name}.csv", self._frame_files(name)
            wrong = [path for path in found if path != ours or file_digest(path) != told["sha256"]]
            for path in wrong if found else [ours]:
                yield fault("", "frame_edited", file=path.relative_to(self.folder).as_posix())

    def _telling(self, frames: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
        """Name the columns of frames put there by hand that tell who persons are."""
        from toolkit.crosscheck import telling_columns

        closed = self._closed()
        for name, table in frames.items():
            columns = [] if name in closed else telling_columns(self.scheme, name, table)
            if columns:
                yield fault("", "frame_tells", frame=name, columns="、".join(columns))

    def frames(self) -> dict[str, pd.DataFrame]:
        """Read every frame of the scheme, all cells as text."""
        return {name: self.frame(name) for name in self.scheme.frame_names}

    def frame(self, name: str) -> pd.DataFrame:
        """Read a frame from one file, or from all files of a folder."""
        folder, found = self.folder / "frames", self._frame_files(name)
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

    def _frame_files(self, name: str) -> list[Path]:
        folder = self.folder / "frames"
        found = [path for path in (folder / f"{name}.csv", folder / f"{name}.xlsx") if path.is_file()]
        return found + sorted(
            path for path in (folder / name).glob("*") if not path.name.startswith((".", "~$"))
        )

    def recusals(self) -> pd.DataFrame:
        """Read who must not rate whom: ``frames/recusals`` (CSV or Excel), where there is one.

        Returns
        -------
        DataFrame
            ``group``, ``respondent``, ``evaluatee`` and ``reason``, one row a pair.

        Raises
        ------
        RoundError
            A column is missing, or a group or evaluatee is not of the scheme; all such rows are named.
        """
        folder = self.folder / "frames"
        found = [one for one in (folder / f"{RECUSALS}.csv", folder / f"{RECUSALS}.xlsx") if one.is_file()]
        if not found:
            return NO_RECUSALS
        try:
            table = read_table(found[0]).fillna("")
        except RoundError as error:
            if found[0].stat().st_size and [one.rule for one in error.faults] == ["empty_file"]:
                return NO_RECUSALS  # headings alone: nobody is recused
            raise
        missing = [one for one in NO_RECUSALS if one not in table]
        if missing:
            due = ", ".join(NO_RECUSALS.columns)
            seen = fault("", "frame_columns", file=found[0].name, found=", ".join(table.columns), due=due)
            raise RoundError(self.folder.name, [seen])
        groups = [group.id for group in self.scheme.groups]
        wrong = [
            fault("", "recusal", row=row + 1, found=value, what=what, what_zh=zh)
            for column, known, what, zh in (
                ("group", groups, "group", "组"),
                ("evaluatee", self.scheme.evaluatees, "evaluatee", "被评单位"),
            )
            for row, value in zip(table.index + 1, table[column], strict=True)
            if value not in known
        ]
        if wrong:
            raise RoundError(found[0].name, wrong)
        return table[list(NO_RECUSALS)].reset_index(drop=True)

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

    def assignment(self, name: str) -> pd.DataFrame:
        """Read which team has which units: the rows of a sample and ``team``.

        Raises
        ------
        UnknownNameError
            There is no such assignment.
        """
        known = [one.name for one in self.scheme.assignments]
        if name not in known:
            told = {"found": name, "known": ", ".join(known) or "—"}
            raise UnknownNameError(self.folder.name, [fault("", "no_such_assignment", **told)])
        if not self.steps("draw"):
            raise RoundError(self.folder.name, [fault("", "not_drawn")])
        return read_own_table(self.folder / "samples" / f"{name}.csv")

    def overlap(self, name: str) -> pd.DataFrame:
        """Count the respondents that the samples of each two evaluatees share, beside the number expected.

        Parameters
        ----------
        name : str
            A draw with a sample for each evaluatee.

        Returns
        -------
        DataFrame
            As ``sampling.overlap`` gives it.

        Raises
        ------
        UnknownNameError
            There is no such draw.
        DesignError
            Chances are not equal in strata.
        """
        self._draw_of(name, self.scheme.evaluatees[0])
        group, one = next((g, one) for g in self.scheme.drawn_groups for one in g.draws if one.name == name)
        lists = lists_of(self.scheme, group, one, self.frame(one.frame), self.recusals())
        return overlap(dict(self.samples(one)), lists)

    def loads(self, name: str) -> pd.Series:
        """Count in how many evaluatees' samples of a draw respondents are, as ``sampling.loads`` does."""
        return loads(dict(self.samples(self._draw_of(name, self.scheme.evaluatees[0]))))

    def samples(self, one: Draw) -> Iterator[tuple[str, Sample]]:
        """Read the samples of a draw as they were written, by evaluatee."""
        for evaluatee in self.scheme.evaluatees if one.per_evaluatee else (EACH,):
            yield evaluatee, read_sample(self.folder / "samples", one, evaluatee)

    def _draw_of(self, name: str, evaluatee: str) -> Draw:
        draws = {one.name: one for one in self.scheme.draws}
        quota = [one.name for one, _ in quotas(self.scheme)]
        if name not in draws or name in quota:
            known = ", ".join(one for one in draws if one not in quota)
            raise UnknownNameError(self.folder.name, [fault("", "no_such_draw", found=name, known=known)])
        if not self.steps("draw"):
            raise RoundError(self.folder.name, [fault("", "not_drawn")])
        whom = self.scheme.evaluatees if draws[name].per_evaluatee else (EACH,)
        if evaluatee not in whom:
            raise no_evaluatee(self.folder.name, evaluatee, whom)
        return draws[name]

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
            How many in all, as ``sampling.release`` takes it; never fewer than before. Where the scheme
            gives the draw replicates, how many of these.
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
        what: dict[str, Any] = {"draw": name, "evaluatee": evaluatee}
        if one.replicate is not None:
            what |= {"replicates": _plain(released), "size": one.replicate}
            cells = release(sample, released, size=one.replicate).receipt["released"]
            # In units: what a list is worked by stays clear whatever becomes of the scheme.
            released = {(*cell["parents"], *cell["stratum"]): cell["units"] for cell in cells}
        if isinstance(released, Mapping):
            told = _plain(released)
        now = worked_ids(release(sample, released), one.unit)
        before = self.released().get((name, evaluatee))
        lost = set() if before is None else worked_ids(worked(sample, before), one.unit) - now
        if lost:
            raise RoundError(self.folder.name, [fault("", "released_less", count=len(lost))])
        self.note("release", **what, released=told, reason=reason, office=office)
        main = worked_ids(worked(sample, 0), one.unit)
        return len(now - main)

    def released(self) -> dict[tuple[str, str], Any]:
        """Give what was released last of every list, by draw and evaluatee."""
        return {(step["draw"], step["evaluatee"]): step["released"] for step in self.steps("release")}


def _plain(released: int | float | Mapping[Any, int]) -> Any:
    """Write what is released as the journal can hold it."""
    if not isinstance(released, Mapping):
        return released
    return [[list(k) if isinstance(k, tuple) else [k], int(v)] for k, v in released.items()]


def worked_ids(sample: Sample, unit: str) -> set[str]:
    """Give the ids of a sample's units with those of their parents."""
    within = sample.receipt["within"]
    columns = [*(within["columns"] if within else []), unit]
    return set(sample.units[columns].astype(str).agg("\x1f".join, axis=1))
