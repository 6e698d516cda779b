"""A receipt: the plain data from which a draw can be repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sampling.cells import Reading
from sampling.designs import Design, Multistage
from sampling.errors import DesignError
from sampling.frame import fingerprints, frame_digest
from sampling.lottery import Lottery
from sampling.parents import Parents

VERSION = "minyi-receipt/1"
LARGEST_FINGERPRINTED = 100_000
FIELDS = "name key stage unit algorithm design within frame roles added cells".split()


def make_receipt(
    *,
    lottery: Lottery,
    unit: str,
    design: Design,
    algorithm: str,
    read: Reading,
    parents: Parents | None,
    roles: Mapping[str, Any],
    added: Mapping[str, str],
    cells: Sequence[Mapping[str, Any]],
    coordinate: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Gather a draw's receipt.

    The frame is named by the SHA-256 of its sorted lines (the id and the columns read, joined by
    U+001F). Frames of up to 100,000 units also leave the first eight hexadecimal digits of each
    line's SHA-256, in the order of the lines, so that a line that changed can be named.
    """
    return {
        "receipt": VERSION,
        "name": lottery.name,
        "key": lottery.key,
        "stage": lottery.stage,
        "unit": unit,
        "algorithm": algorithm,
        "design": plain_design(design),
        **({} if coordinate is None else {"coordinate": dict(coordinate)}),
        "within": None
        if parents is None
        else {
            "name": parents.name,
            "columns": list(parents.columns),
            "kinds": parents.kinds,
            "drawn": parents.table.to_dict("records"),
        },
        "frame": {
            "units": read.units,
            "columns": read.names,
            "sha256": frame_digest(read.lines()),
            "fingerprints": "".join(fingerprints(read.texts_of_lines()))
            if read.units <= LARGEST_FINGERPRINTED
            else None,
        },
        "roles": dict(roles),
        "added": dict(added),
        "cells": [dict(cell) for cell in cells],
    }


def plain_design(design: Design | Multistage) -> Any:
    """Give a design as plain data.

    >>> from sampling import SimpleRandom
    >>> plain_design(SimpleRandom(n=2))
    {'n': 2, 'reserve': 0.0, 'kind': 'simple_random'}
    """
    return json.loads(json.dumps(asdict(design), default=int))


def standing_units(receipt: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """Give the units that a sample should have, each with its parents: those drawn and those released."""
    released = {(*cell["parents"], *cell["stratum"]): cell["units"] for cell in receipt.get("released", ())}
    return {
        (*cell["parents"], one)
        for cell in receipt["cells"]
        for one in [
            *cell["drawn"],
            *cell.get("reserve", [])[: released.get((*cell["parents"], *cell["stratum"]))],
        ]
    }


def stage_receipts(receipt: Mapping[str, Any], design: Any, where: str) -> list[Mapping[str, Any]]:
    """Give the receipt of every stage, each with its own design, or say that they are damaged."""
    if not isinstance(design, Multistage):
        return [receipt]
    designs = receipt["design"]["stages"]
    before: list[Mapping[str, Any]] = receipt.get("before") or []
    whole = len(before) == len(designs) - 1 and receipt["unit"] in designs
    if not whole or any(set(FIELDS) - set(one) for one in before):
        raise DesignError("damaged_receipt", where=where, field="before")
    return [*before, {**receipt, "design": designs[receipt["unit"]]}]
