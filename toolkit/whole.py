"""Whole numbers on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import cyclopts


def _whole(_: object, tokens: Sequence[cyclopts.Token]) -> int:
    """Read a whole number; by itself the command line would round what is none."""
    found = tokens[0].value
    if not re.fullmatch(r"\d+", found):
        raise ValueError(f"{found}：应为整数。 {found} is no whole number.")
    return int(found)


Whole = Annotated[int, cyclopts.Parameter(converter=_whole)]
