"""What a report says of a round beside its scores: how it was drawn, and how to prove it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from toolkit.frames.fields import needs_of
from toolkit.report.voids import VoidFacts, void_facts
from toolkit.round import Round
from toolkit.scheme import Draw, Group, Scheme


@dataclass(frozen=True)
class DrawFacts:
    """One draw of the scheme as it was carried out.

    Attributes
    ----------
    name : str
        The name that enters the lottery numbers; with one list for each evaluatee, the evaluatee's
        name follows it.
    algorithms : tuple of str
    lists : int
        Lists drawn from.
    units, drawn : int
        Units on the lists and units drawn, over all lists.
    sha256 : str or None
        The frame's digest on the receipt; None where each evaluatee has its own.
    above : str
        What the units of the stage above are called, where lists were drawn from in these alone.
    unannounced : bool
        Whether it has a key of its own, which is not told here.
    """

    name: str
    algorithms: tuple[str, ...]
    lists: int
    units: int
    drawn: int
    sha256: str | None
    above: str = ""
    unannounced: bool = False


@dataclass(frozen=True)
class File:
    """A file and the SHA-256 of its bytes; sheets, where it holds answers."""

    name: str
    sha256: str
    sheets: int | None = None


@dataclass(frozen=True)
class RoundFacts:
    """What a report needs of a round.

    Attributes
    ----------
    made : bool
        Whether frames or answers are made up.
    key : str
        The key of all draws.
    draws : tuple of DrawFacts
    frames, answers : tuple of File
        Lists drawn from, and answers taken in.
    public, number : str
        Which public number was announced, and what it was; empty for one key without locks.
    voids : tuple of VoidFacts
        Answers made void, in order.
    """

    made: bool
    key: str
    draws: tuple[DrawFacts, ...]
    frames: tuple[File, ...] = ()
    answers: tuple[File, ...] = ()
    public: str = ""
    number: str = ""
    voids: tuple[VoidFacts, ...] = ()


def round_facts(one: Round) -> RoundFacts:
    """Gather a round's facts from its journal and its receipts.

    Parameters
    ----------
    one : Round
        Drawn, with answers.
    """
    step = one.steps("draw")[-1]
    return RoundFacts(
        made=one.made,
        key=step["key"],
        draws=tuple(
            _draw_facts(one.scheme, group, each, one.folder / "samples")
            for group in one.scheme.drawn_groups
            if not group.is_quota
            for each in group.draws
        ),
        frames=tuple(File(name, digest) for name, digest in sorted(step["frames"].items())),
        answers=tuple(File(each["file"], each["sha256"], each["sheets"]) for each in one.steps("collect")),
        public="".join(each["public"] for each in one.steps("commit")[-1:]),
        number=step.get("number", ""),
        voids=void_facts(one),
    )


def _draw_facts(scheme: Scheme, group: Group, one: Draw, samples: Path) -> DrawFacts:
    places = [f"{one.name}/{name}" for name in scheme.evaluatees] if one.per_evaluatee else [one.name]
    algorithms, units, drawn, digests = set[str](), 0, 0, list[str]()
    for place in places:
        receipt = json.loads((samples / f"{place}.receipt.json").read_text(encoding="utf8"))
        algorithms.add(receipt["algorithm"])
        units += receipt["frame"]["units"]
        drawn += sum(len(cell["drawn"]) for cell in receipt["cells"])
        digests.append(receipt["frame"]["sha256"])
    return DrawFacts(
        name=f"{scheme.id}/{one.name}",
        algorithms=tuple(sorted(algorithms)),
        lists=len(places),
        units=units,
        drawn=drawn,
        sha256=None if one.per_evaluatee and group.own_lists else digests[0],
        above="、".join(
            needs_of(scheme, one.frame).label(each.unit) for each in group.draws if each.name == one.within
        ),
        unannounced=one.unannounced,
    )
