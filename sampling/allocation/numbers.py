"""From a declared number to the count of units in each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite, sqrt
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sampling.allocation.arrays import allocate, checked, cost_optimal, equal, neyman, power
from sampling.allocation.declared import (
    AtLeastShare,
    Bethel,
    CostOptimal,
    Equal,
    Neyman,
    Power,
    Proportional,
    SelfWeighting,
)
from sampling.allocation.precision import bethel
from sampling.designs import (
    Bernoulli,
    Census,
    Design,
    PPSWithReplacement,
    method_of,
    number_of,
    strata_columns,
)
from sampling.errors import DesignError

if TYPE_CHECKING:
    from sampling.cells import Cell, Reading
    from sampling.parents import Parents

Floats = NDArray[np.float64]
MOST_NAMED = 10
LEAST_CV = 1e-9  # below, floats could not tell it from a census


@dataclass(frozen=True)
class _Cells:
    """The cells of a draw, and what was read of them."""

    cells: Sequence[Cell]
    available: list[int]
    columns: tuple[str, ...]
    sizes: Mapping[str, Floats]
    parents: Parents | None
    where: str

    def values(self, column: str) -> list[Floats]:
        return [self.sizes[column][cell.at] for cell in self.cells]

    def sums(self, column: str) -> list[float]:
        return [
            fsum(self.sizes[column][cell.at].tolist()) if cell.counted is None else cell.counted.sums[column]
            for cell in self.cells
        ]

    @property
    def lift(self) -> list[float]:
        """Give how many units of the whole a unit of each cell stands for before this stage."""
        if self.parents is None:
            return [1.0] * len(self.cells)
        prob = dict(zip(self.parents.ids, self.parents.table["prob"].tolist(), strict=True))
        return [1 / prob[cell.parents] for cell in self.cells]

    @property
    def labels(self) -> list[str]:
        return [" / ".join((*cell.parents, *cell.stratum)) for cell in self.cells]


def numbers_of(
    cells: Sequence[Cell], design: Design, read: Reading, parents: Parents | None, where: str
) -> list[int]:
    """Give how many units to draw in each cell.

    Parameters
    ----------
    cells : sequence of Cell
        The strata of each parent: ``at``, the positions of its units in what was read, ``parents``,
        ``stratum`` and ``where(draw)``.
    design : Design
        Says the number: an allocation, or a whole number for every cell.
    read : Reading
        ``sizes[column]``, floats, for the columns an allocation reads.
    parents : Parents or None
        The drawn units of the stage before.
    where : str
        The draw, for messages.

    Returns
    -------
    list of int
        One for each cell.

    Raises
    ------
    DesignError
        The number does not fit the cells; a stratum lacks a value that the allocation needs.
    """
    method = method_of(design)
    available = [cell.units for cell in cells]
    if isinstance(method, Census | Bernoulli):
        return available
    number: Any = number_of(method)
    if type(number) in _SPREAD:
        if not isinstance(number, AtLeastShare):
            _at_least_one(number.at_least, f"{where}: at_least")
        if getattr(number, "total", None) is not None:
            _at_least_one(number.total, f"{where}: total")
        found = _Cells(cells, available, strata_columns(design), read.sizes, parents, where)
        return _SPREAD[type(number)](number, found)
    n = _at_least_one(number, where)
    for cell in cells:
        if cell.units < n and not isinstance(method, PPSWithReplacement):
            raise DesignError("too_many_asked", where=cell.where(where), asked=n, available=cell.units)
    return [n] * len(cells)


def spread_of(values: Floats) -> float:
    """Give the standard deviation with N − 1 in the divisor, the same on any machine; 0 for one unit.

    >>> spread_of(np.array([1.0, 2.0, 3.0])), spread_of(np.array([7.0]))
    (1.0, 0.0)
    """
    if values.size < 2 or values.min() == values.max():
        return 0.0
    off = values - fsum(values.tolist()) / values.size
    return sqrt(fsum((off * off).tolist()) / (values.size - 1))


def _at_least_one(number: object, where: str) -> int:
    if isinstance(number, bool) or not isinstance(number, Integral) or number < 1:
        raise DesignError("bad_n", where=where, n=number)
    return int(number)


# -------------------------------------------------------------------------- one function an allocation


def _proportional(number: Proportional, found: _Cells) -> list[int]:
    share = list(map(float, found.available)) if number.size is None else found.sums(number.size)
    return allocate(number.total, share, found.available, number.at_least, found.where, number.at_most)


def _self_weighting(number: SelfWeighting, found: _Cells) -> list[int]:
    if found.parents is None:
        raise DesignError("no_parents", where=found.where)
    prob = dict(zip(found.parents.ids, found.parents.table["prob"].tolist(), strict=True))
    share = [len(cell.at) / prob[cell.parents] for cell in found.cells]
    return allocate(number.total, share, found.available, number.at_least, found.where, number.at_most)


def _at_least_share(number: AtLeastShare, found: _Cells) -> list[int]:
    for name, share in {"share": number.share, **number.shares}.items():
        plain = isinstance(share, Real) and not isinstance(share, bool)
        if not plain or not 0 < share <= 1:
            raise DesignError("bad_share", where=f"{found.where}: {name}", share=share)
    last = [cell.stratum[-1] if cell.stratum else "" for cell in found.cells]
    strange = [name for name in number.shares if name not in last]
    if strange:
        raise DesignError("no_such_stratum", where=found.where, names="、".join(strange))
    return [number.of(units, of) for units, of in zip(found.available, last, strict=True)]


def _equal(number: Equal, found: _Cells) -> list[int]:
    return equal(number.total, found.available, number.at_least, found.where, number.at_most)


def _neyman(number: Neyman, found: _Cells) -> list[int]:
    sd = _lifted_spreads(number.of, found)
    return neyman(number.total, found.available, sd, number.at_least, found.where, number.at_most)


def _cost_optimal(number: CostOptimal, found: _Cells) -> list[int]:
    return cost_optimal(
        found.available,
        _lifted_spreads(number.of, found),
        _costs(number.cost, found),
        total=number.total,
        budget=number.budget,
        at_least=number.at_least,
        where=found.where,
        at_most=number.at_most,
    )


def _power(number: Power, found: _Cells) -> list[int]:
    if isinstance(number.of, str):
        cv = [
            _relative(values, number.of, cell.where(found.where))
            for cell, values in zip(found.cells, found.values(number.of), strict=True)
        ]
    else:
        cv = _stated(number.of, "of", found)
    size = found.sums(number.size)
    bounds = number.at_least, found.where, number.at_most
    return power(number.total, found.available, size, cv, number.power, *bounds)


def _bethel(number: Bethel, found: _Cells) -> list[int]:
    if found.parents is not None:
        raise DesignError("bethel_within", where=found.where)
    if number.by is not None and number.by not in found.columns:
        columns = ", ".join(found.columns)
        raise DesignError("by_no_stratum", where=found.where, by=number.by, columns=columns)
    for name, asked in (("cv", number.cv), ("by_cv", number.by_cv or {})):
        if not isinstance(asked, Mapping):
            raise DesignError("column_to_cv", where=found.where, name=name, value=asked)
    if (number.by is None) != (not number.by_cv) or not (number.cv or number.by_cv):
        raise DesignError("one_of", where=found.where, choices="cv / by + by_cv / cv + by + by_cv")
    whole = {"": list(range(len(found.cells)))}
    domains: dict[str, list[int]] = {}
    if number.by is not None:
        place = found.columns.index(number.by)
        for at, cell in enumerate(found.cells):
            domains.setdefault(cell.stratum[place], []).append(at)
    rows, se, names = [], [], []
    for asked, parts in ((number.cv, whole), (number.by_cv or {}, domains)):
        for column, cv in asked.items():
            if not _number(cv) or cv < LEAST_CV:
                must = f"cv of {column} ≥ {LEAST_CV:g}"
                raise DesignError("bad_number", where=found.where, must=must, value=cv)
            spreads, sums = [spread_of(one) for one in found.values(column)], found.sums(column)
            for domain, inside in parts.items():
                name = f"{column} ({domain})" if domain else column
                total = abs(fsum(sums[at] for at in inside))
                if not total:
                    raise DesignError("no_cv", where=found.where, column=name)
                row = np.zeros(len(sums))
                row[inside] = np.array(spreads)[inside]
                rows.append(row)
                se.append(cv * total)
                names.append(name)
    cost = None if number.cost is None else _costs(number.cost, found)
    bounds = number.at_least, found.where, number.at_most
    return bethel(found.available, rows, se, cost, *bounds, names=names)


_SPREAD: dict[type, Callable[[Any, _Cells], list[int]]] = {
    Proportional: _proportional,
    SelfWeighting: _self_weighting,
    AtLeastShare: _at_least_share,
    Equal: _equal,
    Neyman: _neyman,
    CostOptimal: _cost_optimal,
    Power: _power,
    Bethel: _bethel,
}


# ------------------------------------------------------------------------------- values of the strata


def _number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)


def _lifted_spreads(of: str | Mapping[str, float], found: _Cells) -> list[float]:
    """Give the standard deviations, with units of unlikely parents counting as many as they stand for."""
    if isinstance(of, str):
        spreads = [spread_of(values) for values in found.values(of)]
    else:
        spreads = _stated(of, "of", found)
    return [spread * lift for spread, lift in zip(spreads, found.lift, strict=True)]


def _costs(cost: str | Mapping[str, float], found: _Cells) -> list[float]:
    if isinstance(cost, str):
        return [total / n for total, n in zip(found.sums(cost), found.available, strict=True)]
    return _stated(cost, "cost", found, above=True)


def _relative(values: Floats, column: str, where: str) -> float:
    """Give the coefficient of variation; 0 where nothing varies."""
    spread = spread_of(values)
    total = fsum(values.tolist())
    if spread and not total:
        raise DesignError("no_cv", where=where, column=column)
    return spread / abs(total / values.size) if spread else 0.0


def _stated(given: Mapping[str, float], name: str, found: _Cells, above: bool = False) -> list[float]:
    """Give the value stated for each cell, by its full name or by that of its stratum alone."""
    if not isinstance(given, Mapping):
        raise DesignError("column_or_stated", where=found.where, name=name, value=given)
    full = found.labels
    keys = [
        label if label in given else " / ".join(cell.stratum)
        for label, cell in zip(full, found.cells, strict=True)
    ]
    missing = [label for label, key in zip(full, keys, strict=True) if key not in given]
    unknown = [key for key in given if key not in keys]
    if missing or unknown:
        raise DesignError(
            "stated_strata", where=found.where, name=name, missing=_some(missing), unknown=_some(unknown)
        )
    values = [given[key] for key in keys]
    checked(values, name, len(values), found.where, above, full)
    return values


def _some(names: Sequence[str]) -> str:
    more = ["…"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more]) or "—"
