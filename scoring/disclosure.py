"""Small groups: which of linked values are hidden, so that none of few people can be worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.errors import EstimateError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
ZERO = 1e-9
FEWEST = 3  # of two people, each would know the other's answer


@dataclass(frozen=True)
class SmallGroups:
    """What a plan says of small groups: values that rest on fewer people than this are not shown."""

    hide_below: int
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


def suppress(
    relations: ArrayLike,
    people: ArrayLike,
    least: int,
    *,
    shared: ArrayLike | None = None,
    cost: ArrayLike | None = None,
) -> Bools:
    """Choose what to hide: values of few people, and others from which these could be worked out.

    A reader knows the values that are shown and every total ``relations @ values``. Whatever follows from
    them, each shown value, each hidden one, and each weighted sum of hidden ones, then rests on at least
    ``least`` people; totals stay as they are. Among all ways to do so the cheapest is taken, by branching
    over the cells of a relation that tells too much; equal costs keep the cells that stand first.

    This is protection from exact disclosure. It does not widen the range that bounds of the scale leave
    to a hidden value, nor hide unanimity: a score at the end of the scale, or a share of 0 % or 100 %, tells
    everybody's answer, however many they are. Rounding what is shown is not counted as protection. Someone
    who knows his own answer learns at most a value of ``least − 1`` others. Two results of which the later
    adds a few people are two tables: what differs between them rests on those few.

    Parameters
    ----------
    relations : array_like of float, shape (R, V)
        Coefficients: a row for each total that is known, as margins of a table or a published composite.
    people : array_like of int, shape (V,)
        How many people each value rests on. With none there is nothing to hide, and nothing to hide behind.
    least : int
        Fewest people behind what is shown.
    shared : array_like, shape (V,), optional
        Equal for values that rest on the same people: together they count as the largest of them. By
        default no two values share anybody.
    cost : array_like of float, shape (V,), optional
        What hiding each value loses, above 0; by default its people.

    Returns
    -------
    ndarray of bool, shape (V,)
        True where hidden.

    Raises
    ------
    EstimateError
        Shapes differ, or a total itself rests on fewer people than ``least``.

    Notes
    -----
    Hidden values are known up to the null space N of the relations' hidden columns. Those of a set T enter a
    known sum of theirs alone exactly if the rows of N for T are linearly dependent; T of one cell is a value
    that is determined. For tables with margins this is Gusfield (1988, SIAM J. Comput. 17): a hidden
    cell is determined if its edge is a bridge of the bipartite graph of hidden cells. The sets and the
    branches are many where many values are small: for tables of some dozens of values.

    Examples
    --------
    Four groups' scores and their published composite: the score of 2 people follows from the others, so a
    second one is hidden.

    >>> suppress([[0.65, 0.05, 0.2, 0.1]], people=[1400, 2, 580, 15], least=5)
    array([False,  True, False,  True])
    """
    table, counts, kin, price = _read(relations, people, shared, cost)
    small = (counts > 0) & (counts < least)
    best: list[Bools] = []
    cheapest = np.inf
    stack = [(small, counts > 0)]  # what is hidden, and what may be hidden
    while stack:
        hidden, free = stack.pop()
        paid = float(price[hidden].sum())
        if paid >= cheapest - ZERO:
            continue
        told = next(_told(table, counts, kin, least, hidden), None)
        if told is None:
            best, cheapest = [hidden], paid
            continue
        # Of this relation another cell must be hidden, whatever else is.
        open_cells = np.flatnonzero(_relation(table, hidden, told) & ~hidden & free)
        order = open_cells[np.argsort(price[open_cells], kind="stable")]
        branches = []
        for at, cell in enumerate(order):
            more, left = hidden.copy(), free.copy()
            more[cell], left[order[:at]] = True, False
            branches.append((more, left))
        stack += branches[::-1]
    if not best:
        raise EstimateError("total_of_few", where="suppress", least=least)
    return best[0]


def determined(relations: ArrayLike, hidden: ArrayLike) -> Bools:
    """Tell which hidden values follow from the shown ones and the totals.

    Parameters
    ----------
    relations : array_like of float, shape (R, V)
    hidden : array_like of bool, shape (V,)

    Returns
    -------
    ndarray of bool, shape (V,)

    Examples
    --------
    A table of two by three with its margins: three hidden cells are no protection, four in a square are.

    >>> rows, columns = [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], np.tile(np.eye(3), 2)
    >>> margins = np.vstack([rows, columns])
    >>> determined(margins, [True, True, False, True, False, False])
    array([ True,  True, False,  True, False, False])
    >>> determined(margins, [True, True, False, True, True, False]).any()
    np.False_
    """
    table = _scaled(np.atleast_2d(np.asarray(relations, dtype=np.float64)))
    cells = np.asarray(hidden, dtype=bool)
    found = np.zeros(cells.shape, dtype=bool)
    found[cells] = np.linalg.norm(_null(table[:, cells]), axis=1) <= ZERO
    return found


def told_of_few(
    relations: ArrayLike,
    people: ArrayLike,
    least: int,
    hidden: ArrayLike,
    *,
    shared: ArrayLike | None = None,
) -> list[tuple[int, ...]]:
    """Audit what is hidden: sets of hidden values of which a sum is known and rests on too few people.

    Parameters
    ----------
    relations, people, least, shared
        As ``suppress`` takes them.
    hidden : array_like of bool, shape (V,)

    Returns
    -------
    list of tuple of int
        Positions; empty where nothing of few people can be worked out.

    Examples
    --------
    Two groups of 1 and 2 people hide each other from outsiders, but their sum is of three people, and the
    one of them learns what the two said.

    >>> told_of_few([[0.7, 0.2, 0.1]], [900, 1, 2], 5, [False, True, True])
    [(1, 2)]
    """
    table, counts, kin, _ = _read(relations, people, shared, None)
    cells = np.asarray(hidden, dtype=bool)
    return [tuple(map(int, one)) for one in _told(table, counts, kin, least, cells)]


def _read(
    relations: ArrayLike, people: ArrayLike, shared: ArrayLike | None, cost: ArrayLike | None
) -> tuple[Floats, Ints, NDArray[np.intp], Floats]:
    table, counts = np.atleast_2d(np.asarray(relations, dtype=np.float64)), np.asarray(people, dtype=np.int64)
    kin = np.arange(counts.size) if shared is None else np.unique(np.asarray(shared), return_inverse=True)[1]
    price = counts.astype(np.float64) if cost is None else np.asarray(cost, dtype=np.float64)
    sizes = (table.shape[1], *(one.size for one in (counts, kin, price)))
    if len(set(sizes)) > 1:
        raise EstimateError("linked_shapes", where="suppress", found=", ".join(map(str, sizes)))
    return _scaled(table), counts, kin, price


def _scaled(table: Floats) -> Floats:
    most = np.abs(table).max(axis=1, keepdims=True, initial=0.0)
    return table / np.where(most > 0, most, 1.0)


def _null(matrix: Floats) -> Floats:
    """Give an orthonormal basis of the null space, as columns."""
    _, values, right = np.linalg.svd(matrix, full_matrices=True)
    rank = int((values > ZERO * max(1.0, values.max(initial=0.0))).sum())
    return np.asarray(right[rank:].T, dtype=np.float64)


def _rank(matrix: Floats) -> int:
    return int(np.linalg.matrix_rank(matrix, tol=ZERO)) if matrix.size else 0


def _told(
    table: Floats, people: Ints, kin: NDArray[np.intp], least: int, hidden: Bools
) -> Iterator[NDArray[np.intp]]:
    """Find sets of hidden cells, of too few people together, of which a sum is known."""
    cells = np.flatnonzero(hidden)
    basis = _null(table[:, cells])
    none = people[cells] == 0
    known = _rank(basis[none])
    for chosen in _small_sets(people[cells], kin[cells], least):
        if _rank(basis[chosen | none]) < known + int(chosen.sum()):
            yield cells[chosen]


def _small_sets(people: Ints, kin: NDArray[np.intp], least: int) -> Iterator[Bools]:
    """Give the sets of cells that rest on fewer people than ``least`` together, all of whose kin are in."""
    small = (people > 0) & (people < least)
    families = np.unique(kin[small])

    def more(at: int, chosen: Bools, room: int) -> Iterator[Bools]:
        for number in range(at, families.size):
            own = small & (kin == families[number])
            for size in np.unique(people[own & (people <= room)]):
                wider = chosen | (own & (people <= size))
                yield wider
                yield from more(number + 1, wider, room - int(size))

    yield from more(0, np.zeros(people.size, dtype=bool), least - 1)


def _relation(table: Floats, hidden: Bools, told: NDArray[np.intp]) -> Bools:
    """Give the cells of a known sum whose only hidden ones are those told: one with few shown ones."""
    others = hidden.copy()
    others[told] = False
    known = _null(table[:, others].T).T @ table
    known[np.abs(known) <= ZERO] = 0.0
    known = known[(known[:, told] != 0).any(axis=1)]
    return np.asarray(known[np.count_nonzero(known, axis=1).argmin()] != 0, dtype=bool)
