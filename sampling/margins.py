"""Quotas from margins: cells by iterative proportional fitting, and whole numbers that keep the margins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import combinations, product
from math import ceil, floor, isclose
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.errors import DesignError, FrameError
from sampling.weights import quota_targets

Floats = NDArray[np.float64]
Counts = Mapping[Any, float] | pd.Series
AGREE = 1e-9  # relative difference between the sums of two margins
CLOSE = 1e-10  # relative difference between a fitted sum and its margin
MOST_CYCLES = 20_000
WHOLE = 1e-6  # nearer to a whole number than this is one


def quota_cells(margins: Mapping[str | tuple[str, ...], Counts], seed: Counts | None = None) -> pd.Series:
    """Give the cells that have the margins of a census, by iterative proportional fitting.

    Where a census gives age and sex but not age by sex, the cells are those that fit both and otherwise keep
    the odds ratios of the seed. Without a seed that is independence: **an assumption, not a count.** Print
    it with every number that rests on such cells.

    Parameters
    ----------
    margins : mapping
        Of a column's name (or a tuple of several) to the population count of each category (or tuple of
        categories). Together the columns tell the cells.
    seed : mapping or Series, optional
        Counts of the cells from elsewhere, such as an older census, by tuples of categories in the order
        in which the margins first name the columns. A cell without a count is 0; what is 0 stays 0.

    Returns
    -------
    Series of float
        Indexed by cell, one level for each column. Every margin is met to a relative 1e-10.

    Raises
    ------
    FrameError
        A count is no number of at least 0; margins contradict each other, with both sums; the seed has
        cells that no margin knows; its zeros do not let a margin be met.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when
    the expected marginal totals are known. Annals of Mathematical Statistics 11(4), 427-444.

    Examples
    --------
    >>> quota_cells({"age": {"15-39": 600, "40+": 400}, "sex": {"f": 510, "m": 490}})
    age    sex
    15-39  f      306.0
           m      294.0
    40+    f      204.0
           m      196.0
    Name: population, dtype: float64
    """
    where = "quota_cells"
    given = {(key,) if isinstance(key, str) else tuple(key): value for key, value in margins.items()}
    tables = {columns: _margin(columns, counts, where) for columns, counts in given.items()}
    if not tables:
        raise FrameError("bad_margin", where=where, margin="—", cells="—")
    categories = _categories(tables, where)
    names = list(categories)
    arrays = {
        columns: np.array([table[one] for one in product(*(categories[c] for c in columns))]).reshape(
            [len(categories[c]) for c in columns]
        )
        for columns, table in tables.items()
    }
    _refuse_contradictions(arrays, categories, where)
    labels = list(product(*categories.values()))
    start = _seed(seed, names, labels, where).reshape([len(each) for each in categories.values()])
    axes = {columns: tuple(names.index(c) for c in columns) for columns in arrays}
    fitted = _fit(start, arrays, axes, categories, where)
    index = pd.MultiIndex.from_tuples(labels, names=names)
    return pd.Series(fitted.ravel(), index=index if len(names) > 1 else index.get_level_values(0)).rename(
        "population"
    )


def rounded_targets(cells: pd.Series, n: int) -> pd.Series:
    """Round interviews in cells to whole numbers so that the margins stay right.

    Rounding each cell for itself lets errors add up in the margins. Here every cell, and every category of
    every column, gets the whole number just below or just above its exact share, and the whole is n; among
    all such tables it is one with the least sum of differences from the exact shares (remainders compared
    to four decimals). No chance is involved: the same cells give the same numbers.

    Parameters
    ----------
    cells : Series
        Population by cell, one index level for each column, as ``quota_cells`` gives it.
    n : int
        Interviews in all cells together.

    Returns
    -------
    Series of int
        With the same index.

    Raises
    ------
    FrameError
        A count is no number of at least 0, or a cell stands twice.
    DesignError
        n is no whole number of at least 1; or no such table exists, which can happen with three columns or
        more.

    References
    ----------
    Cox, L. H. (1987). A constructive procedure for unbiased controlled rounding. Journal of the American
    Statistical Association 82(398), 520-524.

    Examples
    --------
    Exact shares are 1.5 in every cell, 3 in every margin.

    >>> cells = quota_cells({"age": {"-39": 50, "40-": 50}, "sex": {"f": 50, "m": 50}})
    >>> targets = rounded_targets(cells, 6)
    >>> sorted(targets), targets.groupby("sex").sum().tolist(), targets.groupby("age").sum().tolist()
    ([1, 1, 2, 2], [3, 3], [3, 3])
    """
    where = "rounded_targets"
    counts = _margin(tuple(str(name) for name in cells.index.names), cells, where)
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise DesignError("bad_n", where=where, n=n)
    values = np.array(list(counts.values()))
    exact = values * (int(n) / values.sum())
    groups = [cells.index.get_level_values(level) for level in range(cells.index.nlevels)]
    rows = [np.asarray(group == one) for group in groups for one in group.unique()]
    low, high = _below(exact), _above(exact)
    sums = np.array([exact[row].sum() for row in rows])
    found = _least(exact - low, np.array(rows), _below(sums), _above(sums), low, high, int(n))
    if found is None:
        raise DesignError("no_rounding", where=where, n=n)
    return pd.Series(found, index=cells.index, name="target")


def margin_targets(margins: Mapping[str, Counts], n: int) -> dict[str, pd.Series]:
    """Give the interviews in every category of every margin, for a quota that is not crossed.

    Interviewers keep each column's numbers, not the cells'. Respondents are then weighted by raking to the
    margins (iterative proportional fitting of weights): that the margins suffice, besides that within them
    whom the interviewer chose is as good as random, is a stronger assumption than that of crossed cells.

    Parameters
    ----------
    margins : mapping of str to mapping or Series
        Of a column's name to the population count of each category.
    n : int
        Interviews in all.

    Returns
    -------
    dict of Series of int
        By column; each sums to n, by largest remainder.

    Raises
    ------
    FrameError
        A count is no number above 0, or margins contradict each other, with both sums.
    DesignError
        n is no whole number of at least 1.

    Examples
    --------
    >>> targets = margin_targets({"age": {"15-39": 600, "40+": 400}, "sex": {"f": 510, "m": 490}}, 30)
    >>> targets["age"].to_dict(), targets["sex"].to_dict()
    ({'15-39': 18, '40+': 12}, {'f': 15, 'm': 15})
    """
    where = "margin_targets"
    arrays: dict[tuple[str, ...], Floats] = {}
    for name, counts in margins.items():
        arrays[(name,)] = np.array(list(_margin((name,), counts, where).values()))
    _refuse_contradictions(arrays, {}, where)
    return {name: quota_targets(counts, n) for name, counts in margins.items()}


# ------------------------------------------------------------------------------------- margins


def _margin(columns: tuple[str, ...], counts: Counts, where: str) -> dict[Any, float]:
    """Give a margin's counts by tuples of categories; refuse what is no count."""
    pairs = _pairs(counts, columns)
    table: dict[Any, float] = {}
    bad = []
    for label, count in pairs:
        fits = len(label) == len(columns) and label not in table and _is_count(count)
        bad += [] if fits else [label]
        table[label] = float(count) if fits else 0.0
    if bad or not sum(table.values()) > 0:
        raise FrameError(
            "bad_margin", where=where, margin=_told(columns), cells=", ".join(map(_told, bad or list(table)))
        )
    return table


def _pairs(counts: Counts, columns: Sequence[str]) -> list[tuple[tuple[Any, ...], Any]]:
    """Give counts by tuples of categories, in the order of the columns where a Series names its levels."""
    if isinstance(counts, pd.Series) and counts.index.nlevels > 1 and set(counts.index.names) == set(columns):
        counts = counts.reorder_levels([counts.index.names.index(column) for column in columns])
    return [(one if isinstance(one, tuple) else (one,), count) for one, count in counts.items()]


def _is_count(count: object) -> bool:
    if isinstance(count, bool) or not isinstance(count, int | float | np.integer | np.floating):
        return False
    return 0 <= float(count) < np.inf


def _categories(tables: Mapping[tuple[str, ...], dict[Any, float]], where: str) -> dict[str, list[Any]]:
    """Give the categories of every column, which all margins must share, and complete every margin."""
    found: dict[str, list[Any]] = {}
    first: dict[str, tuple[str, ...]] = {}
    for columns, table in tables.items():
        for at, column in enumerate(columns):
            own = list(dict.fromkeys(label[at] for label in table))
            if column not in found:
                found[column], first[column] = own, columns
            elif set(found[column]) != set(own):
                odd = [str(one) for one in [*found[column], *own] if (one in found[column]) != (one in own)]
                told = {"first": _told(first[column]), "second": _told(columns), "column": column}
                raise FrameError("margin_categories", where=where, cells=", ".join(odd), **told)
        for label in product(*(found[column] for column in columns)):
            table.setdefault(label, 0.0)
    return found


def _refuse_contradictions(
    arrays: Mapping[tuple[str, ...], Floats], categories: Mapping[str, list[Any]], where: str
) -> None:
    """Compare every two margins over the columns they share; with none, their totals."""
    for (one, a), (other, b) in combinations(arrays.items(), 2):
        shared = [column for column in one if column in other]
        sums = [_over(one, a, shared), _over(other, b, shared)]
        for at, label in enumerate(product(*(categories[column] for column in shared))):
            x, y = (float(each.ravel()[at]) for each in sums)
            if not isclose(x, y, rel_tol=AGREE):
                told = {"first": _told(one), "second": _told(other), "cell": _told(label) or "(all)"}
                raise FrameError("margins_disagree", where=where, one=f"{x:.12g}", other=f"{y:.12g}", **told)


def _over(columns: Sequence[str], array: Floats, shared: Sequence[str]) -> Floats:
    """Sum a margin over the columns that are not shared, the shared ones in their own order."""
    left = [column for column in columns if column in shared]
    summed = array.sum(axis=tuple(at for at, column in enumerate(columns) if column not in shared))
    result: Floats = np.transpose(summed, [left.index(column) for column in shared])
    return result


def _seed(
    seed: Counts | None, columns: Sequence[str], labels: Sequence[tuple[Any, ...]], where: str
) -> Floats:
    if seed is None:
        return np.ones(len(labels))
    pairs = _pairs(seed, columns)
    known, table = set(labels), dict(pairs)
    bad = [label for label, count in pairs if label not in known or not _is_count(count)]
    if bad or len(table) < len(pairs):
        raise FrameError("bad_seed", where=where, cells=", ".join(map(_told, bad or table)))
    return np.array([float(table.get(label, 0.0)) for label in labels])


def _fit(
    cells: Floats,
    margins: Mapping[tuple[str, ...], Floats],
    axes: Mapping[tuple[str, ...], tuple[int, ...]],
    categories: Mapping[str, list[Any]],
    where: str,
) -> Floats:
    """Scale the cells to one margin after the other until all are met."""
    every = range(cells.ndim)
    others = {columns: tuple(at for at in every if at not in axes[columns]) for columns in margins}
    shapes = {
        columns: [size if at in axes[columns] else 1 for at, size in enumerate(cells.shape)]
        for columns in margins
    }
    # A margin's own order of columns need not be that of the cells.
    due = {
        columns: np.transpose(margin, np.argsort(axes[columns])).reshape(shapes[columns])
        for columns, margin in margins.items()
    }
    for _ in range(MOST_CYCLES):
        for columns in margins:
            sums = cells.sum(axis=others[columns], keepdims=True)
            cells = cells * np.divide(due[columns], sums, out=np.zeros_like(sums), where=sums > 0)
        worst, at = 0.0, ("", 0.0, 0.0)
        for columns, margin in due.items():
            sums = cells.sum(axis=others[columns], keepdims=True)
            off = np.abs(sums - margin) / np.where(margin > 0, margin, 1.0)
            if float(off.max()) > worst:
                place = np.unravel_index(int(off.argmax()), off.shape)
                names = [categories[c][place[list(categories).index(c)]] for c in columns]
                worst, at = float(off.max()), (_told(names), float(margin[place]), float(sums[place]))
        if worst <= CLOSE:
            return cells
    raise FrameError("seed_zeros", where=where, cell=at[0], due=f"{at[1]:.12g}", found=f"{at[2]:.12g}")


def _told(label: Sequence[Any]) -> str:
    return " / ".join(map(str, label))


# ------------------------------------------------------------------------------ whole numbers


def _below(values: Floats) -> Floats:
    return np.array([floor(one + WHOLE) for one in values], dtype=np.float64)


def _above(values: Floats) -> Floats:
    return np.array([ceil(one - WHOLE) for one in values], dtype=np.float64)


def _least(
    remainder: Floats, rows: NDArray[np.bool_], least: Floats, most: Floats, low: Floats, high: Floats, n: int
) -> NDArray[np.int64] | None:
    """Choose which cells are rounded up; costs are whole and ties have an order of their own."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    # A fixed sequence without pattern makes the best table one, so that every version of the solver finds it.
    tie = [
        int.from_bytes(sha256(str(at).encode()).digest()[:2], "big") % 4096 for at in range(remainder.size)
    ]
    cost = 4096.0 * np.rint((1 - 2 * remainder) * 1e4) + np.array(tie)
    base = rows @ low
    whole = LinearConstraint(
        np.vstack([rows.astype(np.float64), np.ones(remainder.size)]),
        np.append(least - base, n - low.sum()),
        np.append(most - base, n - low.sum()),
    )
    found = milp(
        cost,
        constraints=whole,
        integrality=np.ones(remainder.size),
        bounds=Bounds(0, high - low),
        options={"mip_rel_gap": 0.0},
    )
    if not found.success:
        return None
    result: NDArray[np.int64] = (low + np.rint(found.x)).astype(np.int64)
    return result
