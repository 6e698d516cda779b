"""The local pivotal method: beside a plain search, with every outcome enumerated, and by its spread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc

from sampling.lottery import Lottery, Stream
from sampling.select.duels import masses
from sampling.select.spatial import local_pivotal

steady = settings(deadline=None, derandomize=True)
BELOW_ONE = 1 - 2.0**-53


class Given:
    """A stream that gives the picks and then the duels it was made with."""

    def __init__(self, *numbers: list[float]) -> None:
        self.left = list(numbers)

    def numbers(self, count: int) -> np.ndarray:
        given = self.left.pop(0)
        return np.array(given + [0.0] * (count - len(given)))


def squares(at: np.ndarray) -> np.ndarray:
    total = np.zeros((len(at), len(at)))
    for column in at.T:
        total += (column[:, None] - column) ** 2
    return total


def nearest(distance: np.ndarray, unit: int, units: list[int]) -> int:
    return min((distance[unit, other], other) for other in units if other != unit)[1]


def plain(prob: np.ndarray, at: np.ndarray, stream: Stream) -> list[int]:
    """LPM 2 as Grafström, Lundström and Schelin tell it, every distance looked at in every step."""
    mass, one = masses(prob, round(prob.sum()))
    p = [Fraction(int(m), one) for m in mass]
    distance, units = squares(at), list(range(len(prob)))
    picks, duels = stream.numbers(len(prob)), stream.numbers(len(prob))
    step = 0
    while units:
        i = units[int(picks[step] * len(units))]
        j = nearest(distance, i, units)
        a, b = p[i], p[j]
        if a + b < 1:
            p[i], p[j] = (0, a + b) if duels[step] < float(b / (a + b)) else (a + b, 0)
        else:
            drawn = duels[step] < float((1 - a) / (2 - a - b))
            p[i], p[j] = (a + b - 1, 1) if drawn else (1, a + b - 1)
        winner, loser = (j, i) if p[j] > p[i] else (i, j)
        for unit in (winner, loser):
            if p[unit] in (0, 1):
                units[units.index(unit)] = units[-1]
                units.pop()
        step += 1
    return [unit for unit, one in enumerate(p) if one == 1]


def assert_plain(prob: np.ndarray, at: np.ndarray, seed: int) -> None:
    before = prob.copy(), at.copy()
    ours = local_pivotal(prob, at, Stream([seed, 1]))
    assert ours.tolist() == plain(prob, at, Stream([seed, 1]))
    assert len(ours) == round(prob.sum())
    assert (prob == before[0]).all() and (at == before[1]).all()


def probabilities(rng: np.random.Generator, units: int, n: int) -> np.ndarray:
    """Unequal probabilities that sum to n, none near 1."""
    prob = rng.uniform(0.5, 1.0, units)
    return prob * n / prob.sum()


@steady
@given(st.data())
def test_draws_are_the_plain_searchs(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    units = data.draw(st.integers(2, 60))
    n = data.draw(st.integers(1, max(1, units // 2)))
    columns = data.draw(st.integers(1, 3))
    # A small grid: many ties, many units at one spot; -0.0 is 0.0.
    kind = data.draw(st.sampled_from(["grid", "anywhere", "one spot"]))
    if kind == "grid":
        at = rng.integers(-2, 3, (units, columns)) * rng.choice([-1.0, 1.0], (units, columns))
    else:
        at = rng.normal(size=(units, columns)) if kind == "anywhere" else np.full((units, columns), 0.1)
    assert_plain(probabilities(rng, units, n), at, units)


@pytest.mark.parametrize("kind", ["village", "line", "lattice", "far", "nine columns"])
def test_draws_of_many_units_are_the_plain_searchs(kind: str) -> None:
    rng = np.random.default_rng(8)
    at = {
        "village": np.concatenate([rng.normal(0, 1e-6, (200, 2)), rng.uniform(-1, 1, (100, 2))]),
        "line": np.arange(300.0)[:, None],
        "lattice": np.stack(np.divmod(np.arange(300.0), 20), axis=1),
        "nine columns": np.round(rng.random((300, 9)), 1),  # added in another order, ties are none
        "far": 1e9 + np.round(rng.random((300, 2)), 1),
    }[kind]
    for seed in range(3):
        assert_plain(probabilities(rng, 300, [3, 30, 150][seed]), at, seed)


def test_equal_probabilities_that_end_on_whole_numbers() -> None:
    at = np.random.default_rng(3).random((50, 2))
    for seed in range(20):
        assert_plain(np.full(50, 0.2), at, seed)


def test_a_unit_rounded_to_certainty_is_drawn() -> None:
    at = np.arange(4.0)[:, None]
    for seed in range(10):
        drawn = local_pivotal(np.array([1.0, 1.0, 0.5, 0.5]), at, Stream([seed, 6])).tolist()
        assert drawn[:2] == [0, 1]
        assert len(drawn) == 3


def test_a_number_equal_to_the_chance_does_not_win() -> None:
    at = np.arange(2.0)[:, None]
    for number, drawn in ((0.5, 0), (np.nextafter(0.5, 0), 1)):
        stream = Given([0.0], [number])  # the first is picked, the second is the challenger
        assert local_pivotal(np.full(2, 0.5), at, stream).tolist() == [drawn]  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------- enumeration


def outcomes(prob: list[Fraction], at: np.ndarray) -> Iterator[tuple[list[float], list[float], Fraction]]:
    """Every way to pick and to duel: the numbers that make it so, and its exact chance."""
    distance = squares(at)

    def go(
        p: list[Fraction], units: list[int], picks: list[float], duels: list[float], likely: Fraction
    ) -> Iterator[tuple[list[float], list[float], Fraction]]:
        if not units:
            yield picks, duels, likely
            return
        for k, i in enumerate(units):
            j = nearest(distance, i, units)
            a, b = p[i], p[j]
            chance = b / (a + b) if a + b < 1 else (1 - a) / (2 - a - b)
            for number, part in ((0.0, chance), (BELOW_ONE, 1 - chance)):
                after = list(p)
                winner, loser = (j, i) if number == 0 else (i, j)
                after[winner], after[loser] = min(a + b, Fraction(1)), max(a + b - 1, Fraction(0))
                left = list(units)
                for unit in (winner, loser):
                    if after[unit] in (0, 1):
                        left[left.index(unit)] = left[-1]
                        left.pop()
                pick = (k + 0.5) / len(units)
                yield from go(after, left, [*picks, pick], [*duels, number], likely * part / len(units))

    yield from go(prob, list(range(len(prob))), [], [], Fraction(1))


@pytest.mark.parametrize(
    ("sixteenths", "at"),  # exact in floating point
    [
        ([3, 5, 4, 4], [[0, 0], [0, 1], [5, 5], [6, 5]]),
        ([6, 10, 8, 8], [[0, 0], [0, 1], [5, 5], [6, 5]]),
        ([4, 8, 12, 8], [[0, 0], [1, 0], [0, 1], [1, 1]]),  # ties
        ([12, 13, 11, 12], [[0, 0], [0, 0], [0, 0], [9, 9]]),  # three at one spot
        ([6, 9, 10, 12, 11], [[0, 0], [1, 0], [3, 0], [6, 0], [10, 0]]),
    ],
)
def test_every_outcome_enumerated_gives_the_stated_probabilities(
    sixteenths: list[int], at: list[list[float]]
) -> None:
    prob = [Fraction(one, 16) for one in sixteenths]
    found, everything = [Fraction(0)] * len(prob), Fraction(0)
    points = np.array(at, dtype=float)
    for picks, duels, likely in outcomes(prob, points):
        drawn = local_pivotal(np.array(sixteenths) / 16, points, Given(picks, duels)).tolist()  # type: ignore[arg-type]
        assert len(set(drawn)) == sum(prob)
        everything += likely
        for unit in drawn:
            found[unit] += likely
    assert everything == 1
    assert found == prob


# ------------------------------------------------------------------------------------------ simulation


def wald(indicators: np.ndarray, prob: np.ndarray) -> tuple[float, int]:
    """(mean − prob)' (covariance of the mean)⁻ (mean − prob) and its degrees of freedom."""
    gap = indicators.mean(axis=0) - prob
    values, vectors = np.linalg.eigh(np.cov(indicators.T) / len(indicators))
    keep = values > values.max() * 1e-9
    return float((((vectors.T @ gap)[keep]) ** 2 / values[keep]).sum()), int(keep.sum())


def test_wald_gate() -> None:
    rng = np.random.default_rng(4)
    prob, at = probabilities(rng, 12, 4), rng.random((12, 2))
    indicators = np.zeros((2000, 12))
    for seed, row in enumerate(indicators):
        row[local_pivotal(prob, at, Stream([seed, 7]))] = 1
    statistic, df = wald(indicators, prob)
    assert df == 11  # the size is fixed
    assert chdtrc(df, statistic) > 1e-3
    shifted, _ = wald(indicators, prob + np.array([0.06, -0.06, *[0] * 10]))
    assert chdtrc(df, shifted) < 1e-6


def voronoi(prob: np.ndarray, at: np.ndarray, drawn: np.ndarray) -> float:
    """Balance of Stevens and Olsen (2004): mean of (v − 1)², v the probabilities nearest to each drawn."""
    distance = squares(at)[:, drawn]
    ties = distance == distance.min(axis=1, keepdims=True)
    v = (prob[:, None] * ties / ties.sum(axis=1, keepdims=True)).sum(axis=0)
    return float(((v - 1) ** 2).mean())


def test_samples_are_spread_better_than_simple_random_ones() -> None:
    rng = np.random.default_rng(6)
    at, prob = rng.random((400, 2)), np.full(400, 0.1)
    local = [voronoi(prob, at, local_pivotal(prob, at, Stream([k, 2]))) for k in range(60)]
    simple = [voronoi(prob, at, rng.choice(400, 40, replace=False)) for _ in range(60)]
    assert np.mean(local) < 0.4 * np.mean(simple)


def test_time() -> None:
    rng = np.random.default_rng(7)
    at = np.round(rng.random((10_000, 2)), 3)  # every place holds a few
    stream = Lottery("key", "villages").stream([], ["岳池县"])
    start = time.process_time()
    assert local_pivotal(probabilities(rng, 10_000, 500), at, stream).size == 500
    assert time.process_time() - start < 5  # 0.5 s
