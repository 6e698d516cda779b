"""Close the frames: what the draws read, with pseudonyms; who they are stays private."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from toolkit.errors import Fault, RoundError
from toolkit.files import file_digest, write_bytes
from toolkit.frames.check import Checked, check
from toolkit.frames.errors import fault
from toolkit.frames.fields import EVALUATEE, FrameNeeds
from toolkit.frames.private import SECRET, pseudonyms, refuse_collisions, secret_of, write_private
from toolkit.frames.register import refuse_drawn
from toolkit.round.draws import RoundDraws

CONTACTS = "private/contacts"
TOLD = ("name", "phone", "phone2", "address", "service", "date")


@dataclass(frozen=True)
class Closed:
    """The frames as they were closed.

    Attributes
    ----------
    frames : DataFrame
        ``frame``, ``lists``, ``rows``, ``persons``, ``left_out`` (rows that were set aside) and ``missing``
        (evaluatees without a list).
    secret_made : bool
        Whether the secret of the pseudonyms was made now: back it up.
    secret : Path
    """

    frames: pd.DataFrame
    secret_made: bool
    secret: Path


def close(round: RoundDraws, *, leave_out: bool = False, reason: str = "", by: str = "") -> Closed:
    """Write the frames of all lists, with pseudonyms in place of ids, for the draws to read.

    Names, telephones and addresses go to ``private/contacts``, with the pseudonym, for field lists. Both
    are sorted by pseudonym, so that the order of an office's list tells nothing.

    Parameters
    ----------
    round : Round
    leave_out : bool
        Close without the rows that are set aside; with a reason and who decided.
    reason, by : str

    Returns
    -------
    Closed

    Raises
    ------
    RoundError
        A mapping is not confirmed, hidden rows are undecided, rows are set aside, a file that was put into
        ``frames/`` by hand is in the way, the secret is gone, or the sample is drawn; nothing is written.
    """
    refuse_drawn(round)
    checked = check(round, write=False)
    faults = [*checked.waiting, *(() if leave_out else _open_faults(checked))]
    if leave_out and not faults:
        round._reasoned(reason, by)
    frames = [str(one) for one in dict.fromkeys(checked.lists["frame"])]
    faults += [fault("", "by_hand", file=one) for frame in frames for one in _by_hand(round, frame)]
    if faults:
        raise RoundError(round.folder.name, faults)
    secret, made = secret_of(round) if any(checked.needs[one].personal for one in frames) else (b"", False)
    tables = {frame: _tables(checked, frame, secret, round.folder.name) for frame in frames}
    for frame in {one for step in round.steps("frames-close") for one in step["frames"]} - set(frames):
        (round.folder / "frames" / f"{frame}.csv").unlink(missing_ok=True)  # its lists were taken back
        (round.folder / CONTACTS / f"{frame}.csv").unlink(missing_ok=True)
    noted, lines = {}, []
    for frame, (table, contacts) in tables.items():
        if contacts is not None:
            data = contacts.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
            write_private(round.folder / CONTACTS / f"{frame}.csv", data)
        path = round.folder / "frames" / f"{frame}.csv"
        write_bytes(path, table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
        own = checked.lists[checked.lists["frame"] == frame]
        needs, left = checked.needs[frame], int(own["set_aside"].sum())
        there = set(table[EVALUATEE]) if needs.each else set(round.scheme.evaluatees)
        missing = [one for one in round.scheme.evaluatees if one not in there]
        persons = int(table[needs.unit].nunique())
        lines.append((frame, len(own), len(table), persons, left, "、".join(missing)))
        noted[frame] = {"sha256": file_digest(path), "rows": len(table), "left_out": left}
    round.note("frames-close", frames=noted, reason=reason, by=by)
    columns = ["frame", "lists", "rows", "persons", "left_out", "missing"]
    return Closed(pd.DataFrame(lines, columns=columns), made, round.folder / SECRET)


def _open_faults(checked: Checked) -> list[Fault]:
    open_lists = checked.lists[checked.lists["set_aside"] > 0]
    columns = ["office", "frame", "set_aside"]
    return [
        fault("", "faults_open", office=office, frame=frame, count=count)
        for office, frame, count in open_lists[columns].itertuples(index=False, name=None)
    ]


def _by_hand(round: RoundDraws, frame: str) -> list[str]:
    """Files that a draw would read as this frame, and that were not written here."""
    folder = round.folder / "frames"
    steps = round.steps("frames-close")
    written = {step["frames"][frame]["sha256"] for step in steps if frame in step["frames"]}
    found = [folder / f"{frame}.csv", folder / f"{frame}.xlsx", *sorted((folder / frame).glob("*"))]
    files = [one for one in found if one.is_file() and not one.name.startswith((".", "~$"))]
    ours = folder / f"{frame}.csv"
    return [
        one.relative_to(round.folder).as_posix()
        for one in files
        if not (one == ours and file_digest(one) in written)
    ]


def _tables(
    checked: Checked, frame: str, secret: bytes, name: str
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Give the frame to draw from, and its contacts."""
    needs: FrameNeeds = checked.needs[frame]
    rows = checked.rows[(checked.rows["_frame"] == frame) & checked.rows["_counts"].astype(bool)]
    rows = rows.reset_index(drop=True)
    kept = [one for one in needs.columns if one != EVALUATEE]
    kept += [one for one in needs.optional if (rows[one] != "").any()]
    each = [EVALUATEE] if needs.each else []
    if not needs.personal:
        return rows[[*each, needs.unit, *kept]], None
    made = pseudonyms(secret, rows["_kind"], rows["_identity"])
    refuse_collisions(made, rows["_kind"], rows["_identity"], name)
    heads = pd.concat([rows[each], pd.Series(made, name=needs.unit, index=rows.index)], axis=1)
    order = [*each, needs.unit, *kept]
    table = pd.concat([heads, rows[kept]], axis=1).sort_values(order, kind="stable")
    came = ["_office", *TOLD, "_file", "_sheet", "_row"]
    contacts = pd.concat([heads, rows[came].rename(columns=lambda one: one.removeprefix("_"))], axis=1)
    return table.reset_index(drop=True), contacts.sort_values([*each, needs.unit], kind="stable")


def pending(round: RoundDraws) -> bool:
    """Whether lists came or changed since the frames were closed."""
    steps = [line["step"] for line in round.journal() if line["step"].startswith("frames-")]
    return bool(steps) and steps[-1] != "frames-close"
