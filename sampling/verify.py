"""Draw again from a receipt and name what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import pandas as pd

from sampling.coordination.apply import Coordinate, coordinate_from
from sampling.designs import design_from
from sampling.differences import Key, all_differences, released_numbers
from sampling.draw import draw_after, draw_stages, joined
from sampling.errors import DesignError, FrameError
from sampling.parents import parents_from
from sampling.phases import FirstPhase, first_phase_from
from sampling.receipt import FIELDS, VERSION, stage_receipts
from sampling.sample import Sample
from sampling.weights import with_released

MOST_NAMED = 20


@dataclass(frozen=True)
class Verification:
    """What came of drawing again.

    Attributes
    ----------
    name : str
        The draw.
    differences : tuple of str
        One sentence for each thing that differs; none when the sample is proven. A Verification is
        true when it has none.
    """

    name: str
    differences: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.differences

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if self.ok:
            return f"{self.name}: the draw repeats exactly."
        shown = [*self.differences[:MOST_NAMED]]
        if len(self.differences) > MOST_NAMED:
            shown.append(f"… and {len(self.differences) - MOST_NAMED} more")
        return "\n".join(
            [f"{self.name}: {len(self.differences)} differences", *(f"- {one}" for one in shown)]
        )

    def __repr__(self) -> str:
        found = f"{len(self.differences):,} differences" if self.differences else "repeats exactly"
        return f"Verification({self.name!r}: {found})"

    def _repr_html_(self) -> str:
        from sampling.show import verification_html

        return verification_html(self)


def verify(sample: Sample, frame: pd.DataFrame | str | PathLike[str], engine: Any = None) -> Verification:
    """Repeat a draw from its receipt on a frame, and compare everything.

    Named are: units of the frame that were changed or added since, units whose values differ from
    those in the sample, units that the repeated draw has and the sample has not, and the other way
    round, and probabilities that differ. A sample with reserves is compared in their order too, and
    one of which reserves were released as it then stands. Of several stages in one frame every one is
    repeated and compared.

    Parameters
    ----------
    sample : Sample
    frame : DataFrame, str or path
        The frame as it is said to have been; a path as in ``draw``.
    engine : DuckDB or dask.distributed.Client, optional
        As in ``draw``.

    Returns
    -------
    Verification

    Raises
    ------
    DesignError
        The receipt is of another version or damaged.

    Examples
    --------
    >>> from sampling import SimpleRandom, draw
    >>> frame = pd.DataFrame({"id": ["a", "b", "c"]})
    >>> sample = draw(frame, SimpleRandom(n=2), key="k", name="demo", unit="id")
    >>> print(verify(sample, frame))
    demo: the draw repeats exactly.
    >>> verify(sample, frame.replace("a", "x")).differences[0]
    'frame: unit "x" is not in the frame that was drawn, or not with these values'
    """
    receipt = sample.receipt
    where = f"receipt {receipt.get('name', '?')}"
    if receipt.get("receipt") != VERSION:
        raise DesignError("bad_receipt", where=where, found=receipt.get("receipt"), version=VERSION)
    for field in FIELDS:
        if field not in receipt:
            raise DesignError("damaged_receipt", where=where, field=field)
    try:
        design = design_from(receipt["design"])
    except (AttributeError, KeyError, TypeError):
        raise DesignError("damaged_receipt", where=where, field="design") from None
    released = _released(receipt, where)
    stages, first = stage_receipts(receipt, design, where), _first(receipt, where)
    coordinate = _coordinate(receipt, where)
    name, unit = receipt["name"], receipt["unit"]
    try:
        if isinstance(frame, str | PathLike):
            from sampling.files import draw_files

            if first is not None or stages[0]["within"] is not None:
                found = "within=" if first is None else "after="
                raise DesignError("not_from_files", where=f"draw {name}", found=found)
            done = [draw_files(frame, design, receipt["key"], name, unit, engine)]
        elif first is not None:
            done = [draw_after(frame, design, receipt["key"], name, unit, first)]
        else:
            parents = parents_from(stages[0])
            done = draw_stages(frame, design, receipt["key"], name, unit, parents, coordinate)
        again = joined([one for one, _ in done], design)
        if released is not None:
            again = with_released(again, released_numbers(again.receipt["cells"], released))
        differences = all_differences(sample, again, stages, done, released)
    except (FrameError, DesignError) as error:
        return Verification(receipt["name"], (f"the draw cannot be repeated: {error}",))
    return Verification(receipt["name"], tuple(dict.fromkeys(differences)))


def _first(receipt: Mapping[str, Any], where: str) -> FirstPhase | None:
    try:
        return first_phase_from(receipt) if "after" in receipt else None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DesignError("damaged_receipt", where=where, field="after") from None


def _coordinate(receipt: Mapping[str, Any], where: str) -> Coordinate | None:
    try:
        return coordinate_from(receipt)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DesignError("damaged_receipt", where=where, field="coordinate") from None


def _released(receipt: Mapping[str, Any], where: str) -> dict[Key, int] | None:
    """Give how many reserves of each stratum a receipt says were released; None before any release."""
    if "released" not in receipt:
        return None
    try:
        return {(*one["parents"], *one["stratum"]): int(one["units"]) for one in receipt["released"]}
    except (KeyError, TypeError, ValueError):
        raise DesignError("damaged_receipt", where=where, field="released") from None
