"""How much memory a benchmark took."""

from __future__ import annotations

import sys


def peak_megabytes() -> float:
    """Give the peak memory of this process; not known on Windows."""
    try:
        import resource
    except ImportError:
        return float("nan")
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
