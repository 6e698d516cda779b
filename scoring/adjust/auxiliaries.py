"""What is known of the population, read beside the table: auxiliary columns and their totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.columns import listed, numbers, refuse_missing, required
from scoring.domains import domains_of
from scoring.errors import AnswerError
from scoring.variance import Codes, Floats

Counts = Mapping[Any, float] | pd.Series | pd.DataFrame
AGREE = 1e-9  # of sums of counts that must be equal


@dataclass(frozen=True)
class Cells:
    """Cells told by some columns, and how many of the population are in each.

    Attributes
    ----------
    by : tuple of str
    labels : list of tuple
        The C cells that have respondents, in sorted order.
    codes : ndarray of int, shape (n,)
        Each row's cell; -1 in rows without weight.
    counts : ndarray of float, shape (C,)
    """

    by: tuple[str, ...]
    labels: list[tuple[Any, ...]]
    codes: Codes
    counts: Floats

    @property
    def names(self) -> list[tuple[str, str]]:
        """The name of the columns and of each cell."""
        return [(named(self.by), named(label)) for label in self.labels]

    @property
    def indicators(self) -> Any:
        """Columns of 1 inside and 0 outside of each cell, sparse, shape (n, C)."""
        from scipy.sparse import csr_array

        inside = np.flatnonzero(self.codes >= 0)
        starts = np.concatenate([[0], np.cumsum(self.codes >= 0)])
        shape = (self.codes.size, len(self.labels))
        return csr_array((np.ones(inside.size), self.codes[inside], starts), shape=shape)


def named(values: Sequence[Any]) -> str:
    """Name a cell, or the columns that tell it."""
    return " / ".join(map(str, values))


def plain(value: Any) -> Any:
    """Give a number as Python's, which shows itself as written."""
    return value.item() if isinstance(value, np.generic) else value


def cells_of(table: pd.DataFrame, active: NDArray[np.bool_], by: Sequence[str], counts: Counts) -> Cells:
    """Read the cells of the rows that have weight, and their counts in the population.

    Parameters
    ----------
    table : DataFrame
    active : ndarray of bool, shape (n,)
        Rows with weight; the others are not read.
    by : sequence of str
    counts : mapping, Series or DataFrame
        Counts by cell (of several columns: by tuple), or the columns of ``by`` and one of counts.

    Raises
    ------
    AnswerError
        A column or a value is missing; a count is no number of at least 0, or is given twice; a cell of
        the population has no respondent, or respondents are in a cell without a count.
    """
    by = tuple(by)
    where = f"counts of {named(by)}"
    for column in by:
        values = required(table, column, "weights")
        refuse_missing(np.flatnonzero(values.isna().to_numpy() & active), column, "weights")
    known = _known(by, counts, where)
    rows = np.flatnonzero(active)
    domains = domains_of(table.iloc[rows], list(by), "weights")
    labels: list[tuple[Any, ...]] = list(domains.labels.itertuples(index=False, name=None))
    for at, label in enumerate(labels):
        if known.get(label, 0) == 0:
            found = int((domains.codes == at).sum())
            raise AnswerError("cell_without_count", where=where, name=named(label), rows=found)
    present = set(labels)
    empty = [label for label, count in known.items() if count > 0 and label not in present]
    if empty:
        name, count = named(empty[0]), known[empty[0]]
        raise AnswerError("cell_without_rows", where=where, name=name, count=count, cells=len(empty))
    codes = np.full(len(table), -1, dtype=np.intp)
    codes[rows] = domains.codes
    return Cells(by, labels, codes, np.array([known[label] for label in labels], dtype=np.float64))


def _known(by: tuple[str, ...], counts: Counts, where: str) -> dict[tuple[Any, ...], float]:
    """Give the counts by tuple of the values of the columns."""
    if isinstance(counts, pd.DataFrame):
        rest = [column for column in counts.columns if column not in by]
        lacking = [column for column in by if column not in counts.columns]
        if len(rest) != 1 or lacking:
            columns = ", ".join(map(str, counts.columns))
            raise AnswerError("counts_columns", where=where, by=named(by), columns=columns)
        pairs = list(zip(counts[list(by)].itertuples(index=False, name=None), counts[rest[0]], strict=True))
    else:
        if isinstance(counts, pd.Series) and counts.index.nlevels > 1 and set(counts.index.names) == set(by):
            counts = counts.reorder_levels([counts.index.names.index(column) for column in by])
        pairs = [(key if isinstance(key, tuple) else (key,), value) for key, value in counts.items()]
    known: dict[tuple[Any, ...], float] = {}
    for key, value in pairs:
        if len(key) != len(by):
            raise AnswerError("cell_width", where=where, name=named(key), by=named(by))
        if key in known:
            raise AnswerError("cell_twice", where=where, name=named(key))
        try:
            known[key] = float(value)
        except (TypeError, ValueError):
            known[key] = np.nan
        if not 0 <= known[key] < np.inf:
            raise AnswerError("bad_count", where=where, name=named(key), value=plain(value))
    if not any(known.values()):
        raise AnswerError("no_counts", where=where)
    return known


def refuse_contradictions(margins: Sequence[Cells], whole: float | None = None) -> None:
    """Name two margins that say different things of the same part of the population.

    Parameters
    ----------
    margins : sequence of Cells
    whole : float, optional
        The size of the population, where it is given by itself.
    """
    for one in margins:
        total = float(one.counts.sum())
        if whole is not None and not np.isclose(total, whole, rtol=AGREE, atol=0):
            raise AnswerError(
                "contradiction", where="weights", a=named(one.by), b="(1)", sum_a=total, sum_b=whole, of=""
            )
    for one, other in combinations(margins, 2):
        shared = [column for column in one.by if column in other.by]
        mine, theirs = _summed(one, shared), _summed(other, shared)
        for key in dict.fromkeys([*mine, *theirs]):
            sums = mine.get(key, 0.0), theirs.get(key, 0.0)
            if not np.isclose(*sums, rtol=AGREE, atol=0):
                raise AnswerError(
                    "contradiction",
                    where="weights",
                    a=named(one.by),
                    b=named(other.by),
                    sum_a=sums[0],
                    sum_b=sums[1],
                    of=f' of "{named(key)}"' if key else "",
                )


def _summed(cells: Cells, columns: Sequence[str]) -> dict[tuple[Any, ...], float]:
    places = [cells.by.index(column) for column in columns]
    sums: dict[tuple[Any, ...], float] = {}
    for label, count in zip(cells.labels, cells.counts, strict=True):
        key = tuple(label[at] for at in places)
        sums[key] = sums.get(key, 0.0) + float(count)
    return sums


@dataclass(frozen=True)
class Auxiliaries:
    """Columns of values with known totals.

    Attributes
    ----------
    names : list of tuple of str
        Auxiliary, and level of a category.
    x : ndarray or sparse array of float, shape (n, p)
    totals : ndarray of float, shape (p,)
    """

    names: list[tuple[str, str]]
    x: Any
    totals: Floats

    def only(self, kept: Sequence[int]) -> Auxiliaries:
        at = list(kept)
        return Auxiliaries([self.names[k] for k in at], self.x[:, at], self.totals[at])


def auxiliaries_of(table: pd.DataFrame, active: NDArray[np.bool_], totals: Mapping[Any, Any]) -> Auxiliaries:
    """Read auxiliary columns: ``(1)`` for the count, numbers with a total, categories with counts."""
    from scipy.sparse import csr_array, hstack

    if not totals:
        raise AnswerError("no_counts", where="totals")
    names: list[tuple[str, str]] = []
    blocks, known, margins = [], [], []
    for key, value in totals.items():
        if isinstance(value, Mapping | pd.Series | pd.DataFrame):
            cells = cells_of(table, active, listed(key), value)
            margins.append(cells)
            names += cells.names
            blocks.append(cells.indicators)
            known.append(cells.counts)
            continue
        try:
            total = float(value)
        except (TypeError, ValueError):
            total = np.nan
        if not np.isfinite(total) or (key == "(1)" and total <= 0):
            raise AnswerError("bad_count", where="totals", name=key, value=plain(value))
        column = np.ones(len(table)) if key == "(1)" else _values(table, active, key)
        names.append((str(key), ""))
        blocks.append(csr_array(np.where(active, column, 0.0)[:, None]))
        known.append(np.array([total]))
    whole = totals.get("(1)")
    refuse_contradictions(margins, None if whole is None else float(whole))
    x = hstack(blocks, format="csr")
    if x.nnz > x.shape[0] * x.shape[1] / 4:
        x = x.toarray()
    return Auxiliaries(names, x, np.concatenate(known))


def _values(table: pd.DataFrame, active: NDArray[np.bool_], column: str) -> Floats:
    empty = required(table, column, "totals").isna().to_numpy()
    refuse_missing(np.flatnonzero(empty & active), column, "totals")
    values = numbers(table, column, "totals")
    bad = np.flatnonzero(active & ~np.isfinite(values))
    if bad.size:
        row = int(bad[0])
        raise AnswerError(
            "auxiliary_not_number", where="totals", column=column, row=row + 1, value=table[column].iloc[row]
        )
    return values
