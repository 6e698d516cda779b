"""Weights and numbers that are settled beside the draw: reserves that are released, and quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sampling.allocation import allocate
from sampling.draw import has_reserves
from sampling.errors import DesignError, FrameError
from sampling.frame import canonical_text
from sampling.methods import share_of
from sampling.parents import parents_from
from sampling.sample import Sample

MOST_NAMED = 10

# ---------------------------------------------------------------------------------------- reserves


def release(sample: Sample, released: int | float | Mapping[Any, int], *, size: int | None = None) -> Sample:
    """Count the first reserves of each stratum as drawn.

    A list worked in lottery order is no quota: who is reached does not decide who is asked. With n main
    units and k released reserves of N the sample is the n + k smallest lottery numbers, so each unit has
    the probability (n + k)/N, times those of the stages before. That takes k to be settled without
    looking at answers or at who was drawn. Where it follows how many were met, (n + k)/N is nearly right in
    large strata only: of 12 units, half of whom can be met, with 3 main units and 2 more where fewer than 2
    were met, those who can be met are worked with probability 0.346, the others 0.321, and stated is 0.333
    on average. All n + k count in the response rate, those who were not met too.

    Parameters
    ----------
    sample : Sample
        As it was drawn, with reserves.
    released : int, float or mapping
        How many reserves count: a whole number, in every stratum; a share from 0.0 to 1.0 of each
        stratum's reserves, rounded up; or whole numbers by stratum, 0 where none is given. A stratum is
        named by its parents' ids and its own values: one text, or a tuple of several.
    size : int, optional
        The reserves of each stratum come in replicates of so many, as ``replicates`` cuts them;
        ``released`` then counts replicates, and each is released whole. A stratum that has fewer
        replicates than others is released to its end.

    Returns
    -------
    Sample
        The main units and the released reserves, with their probabilities and weights; the reserves
        that were not released are left out. The receipt says under ``released`` how many of each
        stratum; ``verify`` proves the result like any other.

    Raises
    ------
    DesignError
        The sample has no reserves, or they were released before; a stratum is unknown or has fewer.

    Examples
    --------
    Two of six, and as many reserves; with one released the probability is 3/6.

    >>> from sampling import SimpleRandom, draw, verify
    >>> frame = pd.DataFrame({"id": list("abcdef")})
    >>> sample = draw(frame, SimpleRandom(n=2, reserve=1), key="k", name="demo", unit="id")
    >>> sample.units[["id", "role", "order", "prob"]].round(3).to_numpy().tolist()
    [['a', 'main', 1, 0.333], ['e', 'main', 2, 0.333], ['c', 'reserve', 3, nan], ['b', 'reserve', 4, nan]]
    >>> worked = release(sample, 1)
    >>> worked.units[["id", "role", "prob", "weight"]].to_numpy().tolist()
    [['a', 'main', 0.5, 2.0], ['e', 'main', 0.5, 2.0], ['c', 'reserve', 0.5, 2.0]]
    >>> print(verify(worked, frame))
    demo: the draw repeats exactly.
    """
    receipt = sample.receipt
    where = f"draw {receipt['name']}"
    if not has_reserves(receipt) or "released" in receipt:
        raise DesignError("no_reserves", where=where)
    available = [len(cell["reserve"]) for cell in receipt["cells"]]
    if size is None:
        return with_released(sample, _numbers(receipt["cells"], released, available, where))
    _refuse_size(size, where)
    parts = [ceil(one / size) for one in available]
    if _is_whole(released):  # in every stratum, as far as it goes
        most = max(parts)
        asked = _numbers(receipt["cells"], released, [most] * len(parts), where)
    else:
        asked = _numbers(receipt["cells"], released, parts, where)
    return with_released(sample, [min(k * size, one) for k, one in zip(asked, available, strict=True)])


def replicates(sample: Sample, size: int) -> pd.Series:
    """Cut the reserves of each stratum, in lottery order, into replicates of ``size``.

    A replicate is released whole, and everyone in it is worked to the end, met or not: then the main units
    and the released replicates are a simple random sample of each stratum, with probability (n + k)/N. To
    stop inside a replicate, once enough have answered, would favour who is easily met.

    Parameters
    ----------
    sample : Sample
        As it was drawn, with reserves.
    size : int
        Units of a stratum in a replicate; its last may have fewer.

    Returns
    -------
    Series of int
        Beside ``sample.units``: 0 for main units, 1 for the first replicate, and so on.

    Raises
    ------
    DesignError
        The sample has no reserves, or the size is no whole number of at least 1.

    Examples
    --------
    >>> from sampling import SimpleRandom, draw
    >>> frame = pd.DataFrame({"id": list("abcdefghi")})
    >>> sample = draw(frame, SimpleRandom(n=3, reserve=1.0), key="k", name="demo", unit="id")
    >>> replicates(sample, 2).tolist()
    [0, 0, 0, 1, 1, 2]
    >>> release(sample, 1, size=2).units["prob"].round(3).unique().tolist()  # (3 + 2) / 9
    [0.556]
    """
    where = f"draw {sample.receipt['name']}"
    if not has_reserves(sample.receipt):
        raise DesignError("no_reserves", where=where)
    _refuse_size(size, where)
    cells = sample.receipt["cells"]
    beyond = [place - len(cells[at]["drawn"]) for at, place in _places(sample)]
    numbers = [0 if one < 0 else 1 + one // size for one in beyond]
    return pd.Series(numbers, index=sample.units.index, name="replicate", dtype=np.int64)


def with_released(sample: Sample, numbers: Sequence[int]) -> Sample:
    """Count so many reserves of each of the receipt's cells as drawn."""
    receipt = sample.receipt
    cells, parents = receipt["cells"], parents_from(receipt)
    sizes = [len(cell["drawn"]) + k for cell, k in zip(cells, numbers, strict=True)]
    places = _places(sample)
    rows = np.array([row for row, (at, place) in enumerate(places) if place < sizes[at]])
    cell_of = [places[row][0] for row in rows]
    stage = np.array([size / cell["units"] for size, cell in zip(sizes, cells, strict=True)])[cell_of]
    prob = stage
    if parents is not None:
        above = dict(zip(parents.ids, parents.table["prob"].tolist(), strict=True))
        prob = stage * np.array([above[tuple(cells[at]["parents"])] for at in cell_of])
    mark = "" if receipt["stage"] == 1 else f"_{receipt['stage']}"
    values = {"prob": prob, "weight": 1.0 / prob, f"stage_prob{mark}": stage}
    units = sample.units.iloc[rows].reset_index(drop=True)
    units = units.assign(**{receipt["added"][column]: one for column, one in values.items()})
    said = [
        {"parents": cell["parents"], "stratum": cell["stratum"], "units": int(k)}
        for cell, k in zip(cells, numbers, strict=True)
    ]
    return Sample(units, sample.roles, {**receipt, "released": said})


def _places(sample: Sample) -> list[tuple[int, int]]:
    """Give each unit's cell, and its place in the cell's lottery order."""
    receipt = sample.receipt
    where, parents = f"draw {receipt['name']}", parents_from(receipt)
    listed = {
        (*cell["parents"], unit): (at, place)
        for at, cell in enumerate(receipt["cells"])
        for place, unit in enumerate([*cell["drawn"], *cell.get("reserve", [])])
    }
    columns = [*(() if parents is None else parents.columns), receipt["unit"]]
    names = list(zip(*(canonical_text(sample.units[c], c, where) for c in columns), strict=True))
    strange = [name for name in names if name not in listed]
    if strange:
        raise DesignError("strange_unit", where=where, count=len(strange), unit=" / ".join(strange[0]))
    return [listed[name] for name in names]


def _refuse_size(size: object, where: str) -> None:
    if not _is_whole(size) or int(str(size)) < 1:
        raise DesignError("bad_replicate", where=where, found=size)


def _numbers(
    cells: Sequence[Mapping[str, Any]],
    released: int | float | Mapping[Any, int],
    available: Sequence[int],
    where: str,
) -> list[int]:
    """Give how many reserves, or replicates, are released in each cell, or say what cannot be."""
    if isinstance(released, float) and 0 <= released <= 1:
        return [share_of(size, released) for size in available]
    names = [(*cell["parents"], *cell["stratum"]) for cell in cells]
    asked: dict[tuple[str, ...], Any]
    if isinstance(released, Mapping):
        asked = {_name(key, where): number for key, number in released.items()}
    else:
        asked = dict.fromkeys(names, released)
    sizes = dict(zip(names, available, strict=True))
    bad = [
        f"{number!r} in {' / '.join(name) or '(all)'} ({sizes.get(name, 'no stratum')})"
        for name, number in asked.items()
        if name not in sizes or not _is_whole(number) or not 0 <= number <= sizes[name]
    ]
    if bad:
        raise DesignError("bad_release", where=where, found=_some(bad))
    return [int(asked.get(name, 0)) for name in names]


def _is_whole(number: object) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _name(key: object, where: str) -> tuple[str, ...]:
    values = list(key) if isinstance(key, tuple) else [key]
    return tuple(canonical_text(pd.Series(values, dtype=object), "released", where)) if values else ()


def _some(found: Sequence[str]) -> str:
    more = [f"… and {len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
    return ", ".join([*found[:MOST_NAMED], *more])


# ------------------------------------------------------------------------------------------ quotas


def pseudo_weights(
    cells: pd.Series | pd.DataFrame | ArrayLike, counts: Mapping[Any, float] | pd.Series
) -> NDArray[np.float64]:
    """Give the pseudo-weights N_cell / n_cell of a quota sample.

    A quota sample has no inclusion probabilities: interviewers chose whom to ask until each cell was
    full. The weights, and every error computed with them, hold only under an **assumption that nothing
    in the data can check: within a cell, whom the interviewer chose is as good as random.** Print it
    wherever such an error is printed.

    Parameters
    ----------
    cells : Series, DataFrame or array, length n
        Each respondent's cell; of a DataFrame, all its columns together.
    counts : mapping or Series
        Population count of each cell, by the cell's label; for several columns by the tuple of labels
        (a Series then has one index level for each).

    Returns
    -------
    ndarray of float, shape (n,)
        Their sum in a cell is its population count.

    Raises
    ------
    FrameError
        A count is no number above 0 or is given twice; a respondent's cell has no count; a cell of the
        population has no respondent. All such cells are named.

    References
    ----------
    Deville, J.-C. (1991). A theory of quota surveys. Survey Methodology 17(2), 163-181.

    Examples
    --------
    >>> pseudo_weights(["f", "f", "f", "m"], {"f": 600, "m": 500})
    array([200., 200., 200., 500.])
    """
    where = "pseudo_weights"
    sizes = _counts(counts, where)
    labels = _labels(cells)
    found = Counter(labels)
    _refuse("unknown_cells", [label for label in found if label not in sizes], where)
    _refuse("empty_cells", [label for label in sizes if label not in found], where)
    return np.array([sizes[label] / found[label] for label in labels], dtype=np.float64)


def quota_targets(counts: Mapping[Any, float] | pd.Series, n: int, at_least: int = 0) -> pd.Series:
    """Spread ``n`` interviews over cells in proportion to their population, by largest remainder.

    Parameters
    ----------
    counts : mapping or Series
        Population count of each cell.
    n : int
        Interviews in all cells together.
    at_least : int
        Fewest in a cell. A cell that is asked of nobody cannot be weighted afterwards.

    Returns
    -------
    Series of int
        Indexed by cell, in the order of ``counts``; they sum to ``n``.

    Raises
    ------
    FrameError
        A count is no number above 0, or is given twice.
    DesignError
        n is no whole number, the floors exceed it, or it exceeds the population.

    Examples
    --------
    Ten over 55, 30 and 15 per cent: 5.5, 3 and 1.5; the tie of remainders goes to the earlier cell.

    >>> quota_targets({"urban": 5500, "town": 3000, "village": 1500}, 10).to_dict()
    {'urban': 6, 'town': 3, 'village': 1}
    """
    where = "quota_targets"
    sizes = _counts(counts, where)
    if not _is_whole(n) or n < 1:
        raise DesignError("bad_n", where=where, n=n)
    numbers = allocate(int(n), list(sizes.values()), [int(one) for one in sizes.values()], at_least, where)
    index = counts.index if isinstance(counts, pd.Series) else _index(list(sizes))
    return pd.Series(numbers, index=index, name="target", dtype=np.int64)


def _index(labels: list[Any]) -> pd.Index:
    several = all(isinstance(label, tuple) for label in labels)
    return pd.MultiIndex.from_tuples(labels) if several else pd.Index(labels)


def _counts(counts: Mapping[Any, float] | pd.Series, where: str) -> dict[Any, float]:
    pairs = [(label, count) for label, count in counts.items()]
    times, seen = Counter(label for label, _ in pairs), dict(pairs)
    bad = [label for label, count in seen.items() if times[label] > 1 or not _is_positive(count)]
    _refuse("bad_counts", bad, where)
    return seen


def _is_positive(count: object) -> bool:
    if isinstance(count, bool) or not isinstance(count, int | float | np.integer | np.floating):
        return False
    return 0 < float(count) < np.inf


def _labels(cells: pd.Series | pd.DataFrame | ArrayLike) -> list[Any]:
    if isinstance(cells, pd.DataFrame) and cells.shape[1] == 1:
        return cells.iloc[:, 0].tolist()
    if isinstance(cells, pd.DataFrame):
        return list(cells.itertuples(index=False, name=None))
    return pd.Series(cells).tolist()


def _refuse(rule: str, cells: Sequence[Any], where: str) -> None:
    if cells:
        names = [" / ".join(map(str, cell)) if isinstance(cell, tuple) else str(cell) for cell in cells]
        raise FrameError(rule, where=where, count=len(cells), cells=", ".join(names))
