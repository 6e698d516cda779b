"""The cube method: beside exact fractions, with every outcome enumerated, and by its balance."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc

from sampling.lottery import Stream
from sampling.select.balance import _flight, _independent, cube
from sampling.select.duels import pivotal

steady = settings(deadline=None, derandomize=True)


def without_balance(units: int) -> np.ndarray:
    return np.empty((units, 0))


def unequal(rng: np.random.Generator, units: int, n: int) -> np.ndarray:
    """Unequal probabilities that sum to n <= units / 2."""
    prob = rng.uniform(0.4, 1.0, units)
    prob *= n / prob.sum()
    assert prob.max() < 1
    return prob


# ------------------------------------------------------------------------------------- exact fractions


def line_of(columns: list[list[Fraction]]) -> list[Fraction] | None:
    """Weights of the first columns that, with 1 of the last, add up to zero; None where there are none."""
    rows = [list(row) for row in zip(*columns, strict=True)]  # one equation a variable, last column right
    unknowns, pivots = len(columns) - 1, []
    for k in range(unknowns):
        row = next(i for i in range(len(rows)) if i not in pivots and rows[i][k])
        pivots.append(row)
        rows[row] = [value / rows[row][k] for value in rows[row]]
        for i in range(len(rows)):
            if i != row:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[row], strict=True)]
    if any(rows[i][-1] for i in range(len(rows)) if i not in pivots):
        return None
    return [-rows[row][-1] for row in pivots]


def plain(prob: Sequence[Fraction], x: Sequence[Sequence[Fraction]], stream: Stream) -> list[int]:
    """The fast cube of Chauvet and Tillé: a unit meets those in the air; then variables are dropped."""
    p = list(prob)
    units = np.argsort(stream.numbers(len(p)), kind="stable").tolist()
    moves = iter(stream.numbers(len(p)).tolist())
    ratios = [[Fraction(1), *(value / p[k] for value in row)] for k, row in enumerate(x)]
    for count in range(len(ratios[0]), 0, -1):
        air: list[int] = []
        for unit in units:
            both = [*air, unit]
            found = line_of([ratios[k][:count] for k in both])
            if found is None:
                air = both
                continue
            line = [(k, slope) for k, slope in zip(both, [*found, Fraction(1)], strict=True) if slope]
            up = min((1 - p[k]) / s if s > 0 else p[k] / -s for k, s in line)
            down = min(p[k] / s if s > 0 else (1 - p[k]) / -s for k, s in line)
            step = up if next(moves) < float(down / (up + down)) else -down
            for k, slope in line:
                p[k] += step * slope
            air = [k for k in both if 0 < p[k] < 1]
        units = [k for k in units if k in air]
    assert not units
    return [k for k, value in enumerate(p) if value == 1]


@steady
@given(st.data())
def test_draws_are_those_of_exact_fractions(data: st.DataObject) -> None:
    units = data.draw(st.integers(2, 12))
    # Probabilities in eighths that sum to a whole number: many units arrive at 0 or 1 together.
    eighths = data.draw(st.lists(st.integers(1, 7), min_size=units, max_size=units))
    for k in range(units):
        eighths[k] += min(-sum(eighths) % 8, 7 - eighths[k])
    assume(sum(eighths) % 8 == 0)
    columns = data.draw(st.integers(0, 3))
    x = data.draw(
        st.lists(
            st.lists(st.integers(-3, 3), min_size=columns, max_size=columns), min_size=units, max_size=units
        )
    )
    if columns == 3 and data.draw(st.booleans()):
        x = [[row[0], row[1], 2 * row[0] - row[1]] for row in x]  # collinear
    seed = [data.draw(st.integers(0, 99)), 3]
    prob, balance = np.array(eighths) / 8, np.array(x, dtype=float).reshape(units, columns)
    before = prob.copy(), balance.copy()
    expected = plain(
        [Fraction(value, 8) for value in eighths], [[Fraction(v) for v in row] for row in x], Stream(seed)
    )
    assert cube(prob, balance, Stream(seed)).tolist() == expected
    assert len(expected) == sum(eighths) // 8
    assert (prob == before[0]).all() and (balance == before[1]).all()


@pytest.mark.parametrize("seed", range(5))
def test_without_variables_it_is_the_pivotal_method(seed: int) -> None:
    rng = np.random.default_rng(seed)
    prob = unequal(rng, 200, 50)
    stream = Stream([seed, 5])
    order, moves = np.argsort(stream.numbers(200), kind="stable"), stream.numbers(200)
    numbers = np.zeros(200)
    numbers[order[1:]] = moves[:-1]  # the first unit of the list duels with nobody
    expected = np.sort(pivotal(order, prob, 50, numbers))
    assert cube(prob, without_balance(200), Stream([seed, 5])).tolist() == expected.tolist()


# ----------------------------------------------------------------------------------------- enumeration


class Probe:
    """A number that is below its threshold or not, as told, and notes with which chance."""

    def __init__(self, below: bool, chances: list[float]) -> None:
        self.below, self.chances = below, chances

    def __lt__(self, threshold: float) -> bool:
        self.chances.append(threshold if self.below else 1 - threshold)
        return self.below


class Told:
    """A stream of a given order, then of outcomes or numbers as told."""

    def __init__(self, order: list[float], outcomes: list[bool] | list[float]) -> None:
        self.chances: list[float] = []
        probes = [Probe(one, self.chances) if isinstance(one, bool) else one for one in outcomes]
        self.left = [np.array(order), np.array(probes, dtype=object)]

    def numbers(self, count: int) -> np.ndarray:
        given = self.left.pop(0)
        assert len(given) == count
        return given


def outcomes(prob: np.ndarray, x: np.ndarray, order: list[float]) -> Iterator[tuple[list[int], float]]:
    """Every sample with its chance, depth first: the last move that went up goes down the next time."""
    told: list[bool] = []
    while True:
        stream = Told(order, told + [True] * (len(prob) - len(told)))
        sample = cube(prob, x, stream).tolist()  # type: ignore[arg-type]
        used = len(stream.chances)
        yield sample, float(np.prod(stream.chances))
        told = (told + [True] * used)[:used]
        while told and not told[-1]:
            told.pop()
        if not told:
            return
        told[-1] = False


@pytest.mark.parametrize("columns", [0, 1, 2, 3])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_outcome_enumerated_gives_the_stated_probabilities(columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    prob, x = unequal(rng, 9, 4), rng.integers(0, 5, (9, columns)) * 1.0
    found, everything = np.zeros(9), 0.0
    for sample, likely in outcomes(prob, x, rng.random(9).tolist()):
        assert len(set(sample)) == 4
        found[sample] += likely
        everything += likely
    assert everything == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(found, prob, rtol=0, atol=1e-12)


def test_units_that_arrive_together_but_for_rounding_arrive_together() -> None:
    # Some of these leave a probability of about 1e-17 in the air by rounding alone, and take one move more.
    rng = np.random.default_rng(20)
    for seed in range(300):
        eighths = rng.choice([2, 6], 4)
        eighths = np.concatenate([eighths, 8 - eighths])
        x = rng.integers(0, 4, (8, 2))
        expected = plain(
            [Fraction(int(one), 8) for one in eighths],
            [[Fraction(int(one)) for one in row] for row in x],
            Stream([seed, 3]),
        )
        assert cube(eighths / 8, x * 1.0, Stream([seed, 3])).tolist() == expected


def test_a_number_equal_to_the_chance_goes_down() -> None:
    for number, drawn in ((0.5, 0), (np.nextafter(0.5, 0), 1)):
        stream = Told([0.1, 0.2], [float(number), 0.0])
        assert cube(np.full(2, 0.5), without_balance(2), stream).tolist() == [drawn]  # type: ignore[arg-type]


def test_ties_of_the_order_go_by_position() -> None:
    rng = np.random.default_rng(9)
    prob, ties, moves = unequal(rng, 300, 90), rng.choice([0.1, 0.2, 0.3], 300), rng.random(300)
    order = np.array(sorted(range(300), key=lambda unit: (ties[unit], unit)))
    numbers = np.zeros(300)
    numbers[order[1:]] = moves[:-1]
    expected = pivotal(order, prob, 90, numbers)
    found = cube(prob, without_balance(300), Told(ties.tolist(), moves.tolist()))  # type: ignore[arg-type]
    assert found.tolist() == np.sort(expected).tolist()


# --------------------------------------------------------------------------------------------- balance


def totals(values: np.ndarray, prob: np.ndarray, x: np.ndarray) -> np.ndarray:
    return (values[:, None] * x / prob[:, None]).sum(axis=0)


@pytest.mark.parametrize(
    "kind",
    ["plain", "offset", "scales", "nearly dependent", "powers", "strata", "collinear", "same", "heavy"],
)
def test_no_total_changes_in_flight(kind: str) -> None:
    rng = np.random.default_rng(11)
    units = 2000
    prob, x = unequal(rng, units, 300), rng.lognormal(size=(units, 4))
    independent = 5
    if kind == "offset":
        x += 1e8 * prob[:, None]
    elif kind == "scales":
        x *= [1e-9, 1.0, 1e9, 1e15]
    elif kind == "nearly dependent":
        x[:, 3] = x[:, 0] + x[:, 1] + 1e-7 * rng.normal(size=units)
    elif kind == "powers":
        x, independent = prob[:, None] * rng.random(units)[:, None] ** np.arange(1, 9), 9
    elif kind == "strata":  # long runs in which most columns are zero; the last adds up with the rest
        x, independent = (np.arange(units)[:, None] // 250 == np.arange(8)) * prob[:, None], 8
    elif kind == "collinear":
        x = np.column_stack([x**3, (x[:, 0] ** 3 - 3 * x[:, 1] ** 3), np.zeros(units), prob])
    elif kind == "same":
        x[:], independent = 7 * prob[:, None], 1
    elif kind == "heavy":
        x = x**6
    ratios = np.column_stack([np.ones(units), x / prob[:, None]])
    columns = _independent(ratios)
    assert columns.shape[1] == independent
    chance = prob.tolist()
    air = _flight(chance, columns, list(range(units)), iter(rng.random(units)))
    assert len(air) <= independent
    settled = np.delete(np.array(chance), air)
    assert set(settled.tolist()) == {0.0, 1.0}
    gap = np.abs((np.array(chance) - prob) @ ratios)
    assert (gap <= 1e-12 * (prob @ np.abs(ratios))).all()


def test_strata_whose_sizes_are_whole_are_kept_exactly() -> None:
    # Where the strata's probabilities sum to whole numbers, balancing on them stratifies.
    rng = np.random.default_rng(12)
    sizes, n = rng.integers(10, 60, 12), rng.integers(1, 6, 12)
    prob = np.concatenate([unequal(rng, size, k) for size, k in zip(sizes, n, strict=True)])
    stratum = np.repeat(np.arange(12), sizes)
    x = (stratum[:, None] == np.arange(12)) * prob[:, None]
    for seed in range(10):
        sample = cube(prob, x, Stream([seed, 8]))
        assert np.bincount(stratum[sample], minlength=12).tolist() == n.tolist()


def test_columns_that_say_nothing_new_change_nothing() -> None:
    rng = np.random.default_rng(13)
    prob, x = unequal(rng, 300, 40), rng.lognormal(size=(300, 2))
    more = np.column_stack([x, x, np.zeros(300), 2 * prob, -x[:, 0]])
    for seed in range(5):
        assert cube(prob, more, Stream([seed, 9])).tolist() == cube(prob, x, Stream([seed, 9])).tolist()


def test_the_last_variable_is_let_go_first() -> None:
    rng = np.random.default_rng(14)
    prob, x = np.full(60, 0.2), rng.normal(size=(60, 4)) + 3
    errors = np.array(
        [totals(np.isin(np.arange(60), cube(prob, x, Stream([k, 4]))), prob, x) for k in range(300)]
    )
    spread = errors.std(axis=0)
    assert spread[0] < 0.85 * spread[3]


def test_totals_are_far_nearer_than_a_simple_random_samples() -> None:
    rng = np.random.default_rng(15)
    units, n = 1000, 100
    prob, x = np.full(units, n / units), rng.lognormal(size=(units, 3))
    balanced = [totals(np.isin(np.arange(units), cube(prob, x, Stream([k, 6]))), prob, x) for k in range(40)]
    simple = [totals(np.isin(np.arange(units), rng.choice(units, n, False)), prob, x) for _ in range(40)]
    gap, wide = (((np.array(one) - x.sum(axis=0)) ** 2).mean(axis=0) for one in (balanced, simple))
    assert (gap < 0.25 * wide).all()
    # At most q + 1 = 4 units are in the air at landing; each moves its total by x / prob at most.
    assert (np.abs(np.array(balanced) - x.sum(axis=0)) <= 4 * (x / prob[:, None]).max(axis=0)).all()


# ------------------------------------------------------------------------------------------ simulation


def wald(indicators: np.ndarray, prob: np.ndarray) -> tuple[float, int]:
    """(mean − prob)' (covariance of the mean)⁻ (mean − prob) and its degrees of freedom."""
    gap = indicators.mean(axis=0) - prob
    values, vectors = np.linalg.eigh(np.cov(indicators.T) / len(indicators))
    keep = values > values.max() * 1e-9
    return float((((vectors.T @ gap)[keep]) ** 2 / values[keep]).sum()), int(keep.sum())


def test_wald_gate() -> None:
    rng = np.random.default_rng(16)
    prob, x = unequal(rng, 10, 4), rng.lognormal(size=(10, 2))
    indicators = np.zeros((1000, 10))
    for seed, row in enumerate(indicators):
        row[cube(prob, x, Stream([seed, 1]))] = 1
    statistic, df = wald(indicators, prob)
    assert df == 9  # the size is fixed
    assert chdtrc(df, statistic) > 1e-3
    shifted, _ = wald(indicators, prob + np.array([0.1, -0.1, *[0] * 8]))
    assert chdtrc(df, shifted) < 1e-6


@steady
@given(st.data())
def test_exactly_n_units_whatever_the_variables(data: st.DataObject) -> None:
    units = data.draw(st.integers(2, 30))
    n = data.draw(st.integers(1, max(1, units // 2)))
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    kind = st.sampled_from(["zero", "constant", "huge", "tiny", "normal", "dummy", "prob"])
    prob = unequal(rng, units, n) if units > 2 else np.array([0.3, 0.7])
    make = {
        "zero": lambda: np.zeros(units),
        "constant": lambda: np.full(units, 5.0),
        "huge": lambda: rng.lognormal(size=units) * 1e200,
        "tiny": lambda: rng.lognormal(size=units) * 1e-200,
        "normal": lambda: rng.normal(size=units),
        "dummy": lambda: rng.integers(0, 2, units) * 1.0,
        "prob": lambda: prob,
    }
    columns = [make[one]() for one in data.draw(st.lists(kind, max_size=8))]
    x = np.column_stack(columns) if columns else without_balance(units)
    sample = cube(prob, x, Stream([7, 7])).tolist()
    assert sample == sorted(set(sample))
    assert len(sample) == round(prob.sum())


def test_time() -> None:
    rng = np.random.default_rng(17)
    prob, x = unequal(rng, 10_000, 500), rng.lognormal(size=(10_000, 5))
    start = time.process_time()
    assert cube(prob, x, Stream([1, 2])).size == 500
    assert time.process_time() - start < 5  # 0.3 s
