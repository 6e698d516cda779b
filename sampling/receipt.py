"""A receipt: the plain data from which a draw can be repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sampling.cells import Reading
from sampling.designs import Design
from sampling.frame import fingerprints, frame_digest
from sampling.lottery import Lottery
from sampling.parents import Parents

VERSION = "minyi-receipt/1"
LARGEST_FINGERPRINTED = 100_000


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
        "design": json.loads(json.dumps(asdict(design), default=int)),
        "within": None
        if parents is None
        else {
            "name": parents.name,
            "columns": list(parents.columns),
            "kinds": parents.kinds,
            "drawn": parents.table.to_dict("records"),
        },
        "frame": {
            "units": read.ids.size,
            "columns": read.names,
            "sha256": frame_digest(read.lines()),
            "fingerprints": "".join(fingerprints(read.texts_of_lines()))
            if read.ids.size <= LARGEST_FINGERPRINTED
            else None,
        },
        "roles": dict(roles),
        "added": dict(added),
        "cells": [dict(cell) for cell in cells],
    }
