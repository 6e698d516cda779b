"""Lists of persons in: from the files of many offices to frames with pseudonyms, each step provable.

``add`` takes a file as it came, ``map_heads`` confirms which heading is which field, ``check`` looks at all
lists together and writes what goes back to offices, ``close`` writes the frames that a round draws from.
"""

from toolkit.frames.check import Checked, check
from toolkit.frames.close import Closed, close
from toolkit.frames.intake import Listed, accept_all, add, drop, map_heads, show, waiting

__all__ = [
    "Checked",
    "Closed",
    "Listed",
    "accept_all",
    "add",
    "check",
    "close",
    "drop",
    "map_heads",
    "show",
    "waiting",
]
