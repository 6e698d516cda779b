"""Probabilities by size from counts: which units are certain, without holding the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, nextafter

from sampling.files.counting import Counts
from sampling.files.engines import Engine
from sampling.files.source import Source
from sampling.files.sql import Asked
from sampling.files.tasks import large_sizes

FURTHER = 2  # sizes this much below what is certain are fetched too, should more become certain


@dataclass(frozen=True)
class Shares:
    """How a stratum's probabilities follow size.

    Attributes
    ----------
    left : int
        Units to draw besides those that are certain.
    total : Fraction
        Sum of the sizes of the units that are not certain.
    certain : float
        Least size that is certain; infinity if none is.
    """

    left: int
    total: Fraction
    certain: float


def shares_of(
    source: Source, asked: Asked, column: str, counts: Counts, numbers: Sequence[int], engine: Engine
) -> list[Shares]:
    """Give for each stratum what ``sampling.probabilities.with_certain`` finds, exactly the same.

    Sizes from a threshold upwards suffice: as units become certain, the threshold for the next falls.
    Those above the first are ``n`` at most.
    """
    place = asked.sizes.index(column)
    shares = [Shares(n, one.sums[place], inf) for n, one in zip(numbers, counts.strata, strict=True)]
    highs = [Fraction(one.high[place]) for one in counts.strata]
    open_ = {at for at, one in enumerate(shares) if one.left * highs[at] >= one.total}
    while open_:
        # Nothing below is asked for again, since totals and thresholds only fall.
        reach = [inf] * len(shares)
        for at in open_:
            reach[at] = nextafter(float(shares[at].total / shares[at].left / FURTHER), 0.0)
        k = counts.table(source, asked, reach=reach)
        found: dict[int, dict[float, int]] = {at: {} for at in open_}
        for table in engine.each(large_sizes, source.files, asked, column, k):
            for row in table.to_pylist():
                cell = found[row["cell"]]
                cell[row["size"]] = cell.get(row["size"], 0) + row["units"]
        still = set()
        for at in open_:
            start = Shares(numbers[at], counts.strata[at].sums[place], inf)
            shares[at] = _settled(start, found[at])
            if shares[at].left and shares[at].total / shares[at].left < Fraction(reach[at]):
                still.add(at)
        open_ = still
    return shares


def _settled(start: Shares, sizes: dict[float, int]) -> Shares:
    """Take sizes as certain while the number left times a size reaches the sum of the rest."""
    now = start
    while now.left:
        new = [size for size in sizes if size < now.certain and now.left * Fraction(size) >= now.total]
        if not new:
            return now
        units = sum(sizes[one] for one in new)
        now = Shares(now.left - units, now.total - sum(Fraction(one) * sizes[one] for one in new), min(new))
    return now
