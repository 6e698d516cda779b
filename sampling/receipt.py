"""A receipt: the plain data from which a draw can be repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from sampling.designs import Design
from sampling.frame import fingerprints, frame_digest
from sampling.lottery import Lottery

VERSION = "minyi-receipt/1"
LARGEST_FINGERPRINTED = 100_000


@dataclass(frozen=True)
class Parents:
    """The drawn units of the stage before, as a next stage needs them.

    Attributes
    ----------
    name : str
        Name of their draw.
    columns : tuple of str
        The frame columns that tell them, first stage first.
    table : DataFrame
        ``parent_1`` … (their ids as text), ``prob`` and the columns of their stages.
    kinds : list of dict
        For each of their stages, whether it was ``stratified`` and had ``unequal`` probabilities.
    """

    name: str
    columns: tuple[str, ...]
    table: pd.DataFrame
    kinds: list[dict[str, bool]]

    @property
    def ids(self) -> list[tuple[str, ...]]:
        names = [f"parent_{at + 1}" for at in range(len(self.columns))]
        return list(zip(*(self.table[name].tolist() for name in names), strict=True))

    @property
    def stage_columns(self) -> list[str]:
        return [c for c in self.table.columns if c != "prob" and not c.startswith("parent_")]


def make_receipt(
    *,
    lottery: Lottery,
    unit: str,
    design: Design,
    algorithm: str,
    columns: Sequence[str],
    lines: Sequence[str],
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
            "units": len(lines),
            "columns": list(columns),
            "sha256": frame_digest(lines),
            "fingerprints": "".join(fingerprints(lines)) if len(lines) <= LARGEST_FINGERPRINTED else None,
        },
        "roles": dict(roles),
        "added": dict(added),
        "cells": [dict(cell) for cell in cells],
    }


def parents_from(receipt: Mapping[str, Any]) -> Parents | None:
    """Give the parents a receipt was drawn within."""
    within = receipt["within"]
    if within is None:
        return None
    return Parents(
        within["name"], tuple(within["columns"]), pd.DataFrame(within["drawn"]), list(within["kinds"])
    )
