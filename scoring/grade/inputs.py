"""What the functions on grades take: checked, in the order given, class by class."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.errors import EstimateError
from scoring.grade.rules import Grading
from scoring.rank.checks import numbers

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Units:
    """The units to be graded: their index, numbers (p,) and classes.

    Attributes
    ----------
    index : Index
        Names of the units, or 0 to p - 1.
    values : ndarray of float, shape (p,)
    classes : Series or None
        The class of each unit.
    """

    index: pd.Index[Any]
    values: Floats
    classes: pd.Series[Any] | None

    def rows(self) -> Iterator[tuple[Hashable, Places]]:
        """Yield each class, in the order of its first unit, and its rows."""
        if self.classes is None:
            yield None, np.arange(self.values.size)
            return
        codes, names = pd.factorize(self.classes)
        for code, name in enumerate(names):
            yield name, np.flatnonzero(codes == code)

    def frame(self) -> pd.DataFrame:
        """Start a table: a row for each unit, with its class where there are several."""
        table = pd.DataFrame(index=self.index)
        if self.classes is not None:
            table["class"] = self.classes.to_numpy()
        return table


def units_of(where: str, values: npt.ArrayLike, by: npt.ArrayLike | None) -> Units:
    """Check the numbers (p,), p at least 1, all finite, and the classes of the units."""
    index = values.index if isinstance(values, pd.Series) else None
    found = numbers(where, values)
    if found.ndim != 1 or found.size == 0:
        raise EstimateError("no_estimates", where=where, shape=found.shape)
    names = pd.RangeIndex(found.size) if index is None else index
    bad = np.flatnonzero(~np.isfinite(found))
    if bad.size:
        told = {"count": bad.size, "size": found.size, "value": found[bad[0]], "position": names[bad[0]]}
        raise EstimateError("estimate_not_finite", where=where, **told)
    if by is None:
        return Units(names, found, None)
    classes = pd.Series(by).reset_index(drop=True)
    if len(classes) != found.size:
        raise EstimateError("other_length", where=f"{where}, by", found=len(classes), units=found.size)
    missing = np.flatnonzero(classes.isna())
    if missing.size:
        raise EstimateError("no_class", where=f"{where}, by", count=missing.size, position=names[missing[0]])
    return Units(names, found, classes)


def freedom_of(where: str, df: float | npt.ArrayLike | None, units: Units, cov: Floats) -> Floats:
    """Read degrees of freedom (p,), positive where there is an error; None is infinite."""
    size = units.values.size
    freedom = numbers(where, np.inf if df is None else df)
    if freedom.ndim == 0:
        freedom = np.full(size, float(freedom))
    if freedom.shape != (size,):
        raise EstimateError("other_length", where=where, found=freedom.size, units=size)
    wrong = np.flatnonzero((np.diag(cov) > 0.0) & ~(freedom > 0.0))
    if wrong.size:
        position, value = units.index[wrong[0]], freedom[wrong[0]]
        raise EstimateError("df_not_above_0", where=where, position=position, value=value)
    freedom[np.diag(cov) == 0.0] = np.inf
    return freedom


def conditions_of(rule: Grading, conditions: pd.DataFrame | None, units: Units) -> dict[str, Flags]:
    """Read who meets which outside condition: each the rule names, (p,); nothing may be unknown."""
    where = "grades: conditions"
    table = pd.DataFrame(index=units.index) if conditions is None else conditions
    if not isinstance(units.index, pd.RangeIndex) and table.index.is_unique:
        table = table.reindex(units.index)  # by name; a unit that is not there is unknown
    elif len(table) != len(units.index):
        raise EstimateError("condition_rows", where=where, found=len(table), units=len(units.index))
    held = {}
    for name in rule.conditions:
        if name not in table.columns:
            raise EstimateError("no_column", where=where, column=name, columns=", ".join(map(str, table)))
        values = table[name]
        known = values.isin([True, False])
        if not known.all():
            position = int((~known).to_numpy().argmax())
            raise EstimateError(
                "condition_unknown",
                where=where,
                unit=units.index[position],
                condition=name,
                value=values.iloc[position],
            )
        held[name] = values.to_numpy(dtype=np.bool_)
    return held
