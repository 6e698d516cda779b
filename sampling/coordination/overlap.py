"""How many units samples share: what was to be expected, and what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.cells import cells_of, read_frame
from sampling.columns import Positions
from sampling.coordination.apply import Coordinate, columns_of, coordinate_from
from sampling.coordination.lists import AtMost
from sampling.coordination.places import Places
from sampling.coordination.spread import Spread, expected_overlaps
from sampling.designs import design_from
from sampling.errors import DesignError
from sampling.frame import canonical_text, refuse_repeated
from sampling.parents import parents_from
from sampling.sample import Sample

EQUAL_CHANCES = ("simple-random", "systematic/1", "circular-systematic/1", "census/1")
Key = tuple[str, ...]
Chain = Callable[[int, tuple[int, ...]], NDArray[np.float64]]
Interval = tuple[int, int, int]  # units of the list, places passed over, places taken


@dataclass(frozen=True)
class _Listed:
    """A sample with all units it could have drawn."""

    ids: list[str]
    cell: NDArray[np.intp]
    rate: NDArray[np.float64]  # the chance of a unit that stays on the list, 0 for others
    places: dict[Key, Interval]
    coordinate: Coordinate | None
    lottery: tuple[str, str, str, int]
    frame: str
    drawn: frozenset[str]


def overlap(samples: Mapping[str, Sample], frames: Mapping[str, pd.DataFrame] | pd.DataFrame) -> pd.DataFrame:
    """Count the units that each two samples share, beside how many were to be expected.

    Parameters
    ----------
    samples : mapping of str to Sample
        Of equal chances within strata: simple random (coordinated or not), systematic, census.
    frames : mapping of str to DataFrame, or DataFrame
        The frame each was drawn from, by the same names, or one for all. An id means the same unit in
        all of them.

    Returns
    -------
    DataFrame
        A row for each pair: ``a``, ``b``, the drawn units ``n_a`` and ``n_b``, ``on_both`` lists,
        ``expected`` and ``actual``.

    Raises
    ------
    DesignError
        A sample has unequal chances, is of several stages in one frame or of two phases.

    Notes
    -----
    What is expected holds before the key is known, given the lists. Samples of one lottery share what
    their places share; of lists that differ, the expected number integrates over the place of a common
    unit among all others. Of a ``Spread`` it follows from how many have which load (none where units
    are recused: NaN). For ``AtMost`` it is given who stays on which list. Other samples are
    independent.

    Examples
    --------
    >>> from sampling import SimpleRandom, draw, overlap, rotated
    >>> people = pd.DataFrame({"id": range(100)})
    >>> old = draw(people, SimpleRandom(n=10), key="k", name="2024", unit="id")
    >>> new = draw(people, SimpleRandom(n=10), key="k", name="2025", unit="id", coordinate=rotated(old, 0.3))
    >>> overlap({"2024": old, "2025": new}, people).to_numpy().tolist()
    [['2024', '2025', 10, 10, 100, 7.0, 7]]
    """
    listed = {
        name: _listed(name, one, frames if isinstance(frames, pd.DataFrame) else frames[name])
        for name, one in samples.items()
    }
    names, codes = list(listed), _codes([one.ids for one in listed.values()])
    spread = cache(expected_overlaps)  # the same for thousands of pairs
    found = []
    for a, b in combinations(range(len(names)), 2):
        mine, other = listed[names[a]], listed[names[b]]
        _, at, there = np.intersect1d(codes[a], codes[b], assume_unique=True, return_indices=True)
        expected = _expected(mine, other, at, there, spread)
        sizes = len(mine.drawn), len(other.drawn), at.size
        found.append((names[a], names[b], *sizes, expected, len(mine.drawn & other.drawn)))
    columns = ["a", "b", "n_a", "n_b", "on_both", "expected", "actual"]
    return pd.DataFrame(found, columns=columns)


def _codes(ids: list[list[str]]) -> list[NDArray[np.intp]]:
    """Give whole numbers for ids: thousands of pairs are joined faster."""
    if not ids:
        return []
    codes = pd.factorize(np.concatenate([np.array(one, dtype=object) for one in ids]))[0]
    return np.split(codes, np.cumsum([len(one) for one in ids])[:-1])


def loads(samples: Mapping[str, Sample]) -> pd.Series:
    """Count in how many of the samples units are.

    Parameters
    ----------
    samples : mapping of str to Sample

    Returns
    -------
    Series of int
        How many units are in so many samples, by that number; units in none are not counted.

    Examples
    --------
    >>> from sampling import Spread, SimpleRandom, draw, loads
    >>> people = pd.DataFrame({"id": range(10)})
    >>> spread = {one: Spread(("A", "B", "C"), one, "d") for one in "ABC"}
    >>> samples = {
    ...     name: draw(people, SimpleRandom(n=4), key="k", name=name, unit="id", coordinate=one)
    ...     for name, one in spread.items()
    ... }
    >>> loads(samples).to_dict()
    {1: 8, 2: 2}
    """
    times = Counter(one for sample in samples.values() for one in _drawn(sample))
    counts = Counter(times.values())
    return pd.Series({load: counts[load] for load in sorted(counts)}, name="units", dtype=np.int64)


def _drawn(sample: Sample) -> frozenset[str]:
    unit, prob = sample.receipt["unit"], sample.receipt["added"]["prob"]
    counted = sample.units.loc[sample.units[prob].notna(), unit]
    return frozenset(canonical_text(counted, unit, f"sample {sample.receipt['name']}"))


def _listed(name: str, sample: Sample, frame: pd.DataFrame) -> _Listed:
    receipt = sample.receipt
    where = f"draw {receipt['name']}"
    if not receipt["algorithm"].startswith(EQUAL_CHANCES) or "after" in receipt or "before" in receipt:
        raise DesignError("overlap_method", where=where, algorithm=receipt["algorithm"])
    coordinate, parents = coordinate_from(receipt), parents_from(receipt)
    design = design_from(receipt["design"])
    read = read_frame(frame, design, receipt["unit"], parents, where, columns_of(coordinate))
    said = {(*one["parents"], *one["stratum"]): one for one in receipt["cells"]}
    released = {(*one["parents"], *one["stratum"]): one["units"] for one in receipt.get("released", ())}
    ids_of, cells_at, rates, places = [], [], [], dict[Key, Interval]()
    for number, cell in enumerate(cells_of(read, design, parents)):
        place = (*cell.parents, *cell.stratum)
        ids, n = read.ids[cell.at], len(said[place]["drawn"]) + released.get(place, 0)
        stays = np.ones(ids.size, dtype=bool)
        if isinstance(coordinate, AtMost):
            lists = read.texts(coordinate.lists).take(cell.at)
            stays = coordinate.staying(receipt["key"], ids, lists, where)
        elif isinstance(coordinate, Spread) and coordinate.recused is not None:
            step = coordinate.among.index(coordinate.here)
            stays = ~coordinate.barred(read.texts(coordinate.recused).take(cell.at))[step]
        rates.append(np.where(stays, n / max(int(stays.sum()), 1), 0.0))
        cells_at.append(np.full(ids.size, number, dtype=np.intp))
        ids_of += read.ids_at(cell.at)
        begin = coordinate.begin(place, ids.size) if isinstance(coordinate, Places) else 0
        places[place] = (ids.size, begin, n)
    shared = ("places", receipt["name"], receipt["key"], receipt["stage"])
    if isinstance(coordinate, Places):
        shared = ("places", coordinate.lottery, coordinate.key, coordinate.stage)
    elif isinstance(coordinate, Spread):
        shared = ("spread", coordinate.lottery, receipt["key"], receipt["stage"])
    refuse_repeated(ids_of, where)  # in other parents: whether they are one person nobody can tell
    units = np.concatenate(cells_at), np.concatenate(rates)
    return _Listed(ids_of, *units, places, coordinate, shared, receipt["frame"]["sha256"], _drawn(sample))


def _expected(mine: _Listed, other: _Listed, at: Positions, there: Positions, spread: Chain) -> float:
    if mine.lottery != other.lottery:
        return float((mine.rate[at] * other.rate[there]).sum())
    if isinstance(mine.coordinate, Spread):
        return _expected_spread(mine, other, spread)
    counts = Counter(zip(mine.cell[at].tolist(), other.cell[there].tolist(), strict=True))
    a, b = list(mine.places.values()), list(other.places.values())
    return sum(shared_places(a[i], b[j], common) for (i, j), common in counts.items())


def _expected_spread(mine: _Listed, other: _Listed, spread: Chain) -> float:
    a, b = mine.coordinate, other.coordinate
    assert isinstance(a, Spread) and isinstance(b, Spread)
    if mine.frame != other.frame or mine.places != other.places or a.among != b.among:
        raise DesignError("unlike_spread", where=f"lottery {a.lottery}", a=a.here, b=b.here)
    if a.recused is not None:
        return float("nan")
    at = a.among.index(a.here), a.among.index(b.here)
    each = len(a.among)
    return float(sum(spread(size, (n,) * each)[at] for size, _, n in mine.places.values()))


def shared_places(a: Interval, b: Interval, common: int) -> float:
    """Give the expected number of common units that two samples of one lottery share.

    Parameters
    ----------
    a, b : tuple of int
        Of each list: its units N, the places passed over, the places taken.
    common : int
        Units on both lists.

    Returns
    -------
    float
        Of one and the same list the number itself, since both places are fixed.

    Notes
    -----
    A common unit's number is u. Before it stand k ~ Bin(common − 1, u) common units and, independently,
    Bin(N − common, u) others on either list; the two samples have it where both places fit. Integrated
    over u by Gauss and Legendre's rule in pieces.

    Examples
    --------
    >>> shared_places((100, 0, 10), (100, 3, 10), 100)
    7.0
    """
    if common == 0:
        return 0.0
    if a[0] == b[0] == common:
        inside = np.zeros(2 * common + 2, dtype=np.int64)
        for begin, end in (*_linear(a), *_linear(b)):
            inside[begin] += 1
            inside[end] -= 1
        return float((np.cumsum(inside) == 2).sum())
    from scipy.stats import binom

    pieces = int(np.clip(np.sqrt(common), 32, 400))
    nodes, weights = np.polynomial.legendre.leggauss(8)
    u = ((np.arange(pieces)[:, None] + (nodes + 1) / 2) / pieces).ravel()
    mass = np.tile(weights / 2, pieces) / pieces
    width = int(np.ceil(9 * np.sqrt(common) / 2)) + 9
    total = 0.0
    for begin in range(0, u.size, 64):
        here = u[begin : begin + 64, None]
        middle = np.floor((common - 1) * here).astype(np.int64)
        k = middle + np.arange(-width, width + 1)
        chance = binom.pmf(k, common - 1, here)
        for one in (a, b):
            fits = np.zeros_like(chance)
            for low, high in _linear(one):
                fits += binom.cdf(high - 1 - k, one[0] - common, here) - binom.cdf(
                    low - 1 - k, one[0] - common, here
                )
            chance *= fits
        total += float(mass[begin : begin + 64] @ chance.sum(axis=1))
    return common * total


def _linear(one: Interval) -> list[tuple[int, int]]:
    """Cut places that go round the list into those up to its end and those from its beginning."""
    size, skip, n = one
    end = skip + n
    return [(skip, end)] if end <= size else [(skip, size), (0, end - size)]
