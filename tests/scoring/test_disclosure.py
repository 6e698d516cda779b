"""Hidden values cannot be worked out, and no cheaper choice of them would do: against other definitions."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from scoring import EstimateError, determined, suppress, told_of_few

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def margins(rows: int, columns: int) -> Floats:
    """The totals of a two-way table, rows first."""
    cells = np.arange(rows * columns).reshape(rows, columns)
    return np.array(
        [np.isin(cells, part).ravel() for part in (*cells, *cells.T)],
        dtype=np.float64,
    )


def by_linear_programs(relations: Floats, hidden: Bools) -> Bools:
    """A hidden value is determined if it can neither grow nor shrink while everything known stays."""
    found = np.zeros(hidden.size, dtype=bool)
    at = np.flatnonzero(hidden)
    for number, cell in enumerate(at):
        aim = np.zeros(at.size)
        aim[number] = -1.0
        moved = linprog(aim, A_eq=relations[:, at], b_eq=np.zeros(len(relations)), bounds=(-1, 1))
        found[cell] = -moved.fun < 1e-7
    return found


def bridges(rows: int, columns: int, hidden: Bools) -> Bools:
    """Gusfield (1988): of a table with margins, the edges whose loss parts the graph of hidden cells."""

    def parts(edges: list[tuple[int, int]]) -> int:
        of = list(range(rows + columns))
        for a, b in edges:
            of = [of[a] if one == of[b] else one for one in of]
        return len(set(of))

    at = np.flatnonzero(hidden)
    edges = [(int(one) // columns, rows + int(one) % columns) for one in at]
    found = np.zeros(hidden.size, dtype=bool)
    for number, cell in enumerate(at):
        found[cell] = parts(edges[:number] + edges[number + 1 :]) > parts(edges)
    return found


def is_safe(relations: Floats, people: NDArray[np.int64], least: int, hidden: Bools) -> bool:
    """No set of hidden cells of too few people has a known sum: by ranks of the relations themselves."""
    at = np.flatnonzero(hidden)
    small = [int(one) for one in at if 0 < people[one] < least]
    filled = [int(one) for one in at if people[one] > 0]  # a cell of nobody is known
    for size in range(1, len(small) + 1):
        for chosen in combinations(small, size):
            if people[list(chosen)].sum() >= least:
                continue
            # A sum of the chosen is known if their columns leave the span of the others'.
            rest = [one for one in filled if one not in chosen]
            known = np.linalg.matrix_rank(relations[:, rest]) if rest else 0
            if np.linalg.matrix_rank(relations[:, filled]) > known:
                return False
    return True


def cheapest(relations: Floats, people: NDArray[np.int64], least: int, cost: Floats) -> float:
    """The least cost of any choice that is safe, by trying all."""
    small = (people > 0) & (people < least)
    open_cells = np.flatnonzero(people >= least)
    found = np.inf
    for size in range(open_cells.size + 1):
        for more in combinations(open_cells, size):
            hidden = small.copy()
            hidden[list(more)] = True
            paid = float(cost[hidden].sum())
            if paid < found and is_safe(relations, people, least, hidden):
                found = paid
    return found


@pytest.mark.parametrize("seed", range(18))
def test_what_is_hidden_of_a_table_with_margins_is_safe_and_costs_least(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, columns = [(2, 3), (3, 3), (3, 4)][seed % 3]
    people = random.choice([0, 1, 2, 4, 5, 9, 30], size=rows * columns).astype(np.int64)
    relations, cost = margins(rows, columns), people + random.random(people.size)
    try:
        hidden = suppress(relations, people, 5, cost=cost)
    except EstimateError:
        assert cheapest(relations, people, 5, cost) == np.inf
        return
    assert hidden[(people > 0) & (people < 5)].all()
    assert not hidden[people == 0].any()
    assert is_safe(relations, people, 5, hidden)
    assert cost[hidden].sum() == pytest.approx(cheapest(relations, people, 5, cost), abs=1e-9)
    assert not told_of_few(relations, people, 5, hidden)
    assert not by_linear_programs(relations, hidden).any()
    assert not bridges(rows, columns, hidden).any()


@pytest.mark.parametrize("seed", range(20))
def test_values_are_determined_as_linear_programs_and_bridges_say(seed: int) -> None:
    random = np.random.default_rng(seed)
    hidden = random.random(20) < 0.45
    found = determined(margins(4, 5), hidden)
    np.testing.assert_array_equal(found, by_linear_programs(margins(4, 5), hidden))
    np.testing.assert_array_equal(found, bridges(4, 5, hidden))
    uneven = random.choice([-1.5, 0.0, 0.25, 1.0], size=(4, 20))
    np.testing.assert_array_equal(determined(uneven, hidden), by_linear_programs(uneven, hidden))


@pytest.mark.parametrize("seed", range(12))
def test_what_is_hidden_of_a_composite_and_its_indicators_costs_least(seed: int) -> None:
    """Three groups' scores in a composite, each the mean of two indicators: relations with shared cells."""
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.ones(3))
    relations = np.zeros((4, 9))
    relations[0, :3] = weights
    for group in range(3):
        relations[1 + group, [group, 3 + 2 * group, 4 + 2 * group]] = [-1, 0.5, 0.5]
    people = random.choice([1, 3, 6, 20], size=9)
    cost = people + random.random(9)
    try:
        hidden = suppress(relations, people, 5, cost=cost)
    except EstimateError:
        assert cheapest(relations, people, 5, cost) == np.inf
        return
    assert is_safe(relations, people, 5, hidden)
    assert cost[hidden].sum() == pytest.approx(cheapest(relations, people, 5, cost), abs=1e-9)


def test_two_that_hide_each_other_must_be_enough_people_together() -> None:
    # 2 and 1 are hidden; together they are 3, so a third goes; 2 and 3 are 5, which is enough.
    assert suppress([[0.6, 0.3, 0.1]], [900, 2, 1], 5).tolist() == [True, True, True]
    assert suppress([[0.6, 0.3, 0.1]], [900, 2, 3], 5).tolist() == [False, True, True]
    assert told_of_few([[0.6, 0.3, 0.1]], [900, 2, 1], 5, [False, True, True]) == [(1, 2)]


def test_cells_of_the_same_people_do_not_hide_each_other() -> None:
    # Two indicators answered by the same 3 of 20: their sum rests on three people, so a third is hidden.
    means = [[1.0, 1.0, 1.0]]
    assert suppress(means, [3, 3, 20], 5).tolist() == [True, True, False]
    assert suppress(means, [3, 3, 20], 5, shared=[0, 0, 0]).tolist() == [True, True, True]


def test_a_cell_of_nobody_is_no_cover() -> None:
    # An empty cell is known to be 0: it hides nothing, though hiding it is free.
    assert suppress([[1, 1, 1]], [2, 0, 40], 5).tolist() == [True, False, True]
    assert told_of_few([[1, 1, 1]], [2, 0, 40], 5, [True, True, False]) == [(0,)]
    assert told_of_few([[1, 1, 1]], [2, 0, 40], 5, [True, True, True]) == []


def test_nothing_small_hides_nothing_and_equal_costs_keep_the_first() -> None:
    assert not suppress([[1, 1, 1]], [5, 0, 40], 5).any()
    assert suppress([[1, 1, 1]], [2, 7, 7], 5).tolist() == [True, True, False]


def test_a_value_that_no_total_holds_hides_alone() -> None:
    assert suppress([[1, 1, 0]], [50, 60, 2], 5).tolist() == [False, False, True]


def test_a_total_that_itself_rests_on_few_is_told() -> None:
    with pytest.raises(EstimateError) as caught:
        suppress([[0.5, 0.5]], [1, 2], 5)
    assert caught.value.rule == "total_of_few"
    assert str(caught.value).startswith("suppress: a known total itself rests on fewer than 5 people")


def test_shapes_that_differ_are_told() -> None:
    with pytest.raises(EstimateError, match="found 2, 3, 3, 3") as caught:
        suppress([[0.5, 0.5]], [1, 2, 3], 5)
    assert caught.value.rule == "linked_shapes"
