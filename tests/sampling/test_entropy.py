"""Conditional Poisson and Sampford sampling against the chances of all samples, written out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling import inclusion_probabilities
from sampling.lottery import Stream
from sampling.select import entropy
from sampling.select.entropy import conditional_poisson, conditional_poisson_odds, sampford

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "entropy.json").read_text(encoding="utf-8"))
PPS = json.loads((ORACLES / "sampling_pps.json").read_text(encoding="utf-8"))
steady = settings(deadline=None, derandomize=True)

UNLIKE = inclusion_probabilities([1, 2, 3, 5, 8, 11, 4], 3)
SPLIT = np.array([0.9, 0.9, 0.9, 0.1, 0.1, 0.1])  # here the two designs differ most
Design = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def subsets(units: int, n: int) -> np.ndarray:
    """All samples as rows of indicators."""
    found = np.zeros((len(list(combinations(range(units), n))), units))
    for row, one in zip(found, combinations(range(units), n), strict=True):
        row[list(one)] = 1
    return found


def maximum_entropy(prob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The definition: chances in proportion to the product of the odds of the units drawn."""
    rows = subsets(len(prob), round(prob.sum()))
    weight = np.where(rows > 0, conditional_poisson_odds(prob), 1.0).prod(axis=1)
    return rows, weight / weight.sum()


def sampfords(prob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The definition, Sampford (1967): a first unit by π/n, the others by odds, until all differ."""
    rows = subsets(len(prob), round(prob.sum()))
    odds = prob / (1 - prob)
    weight = np.zeros(len(rows))
    for at, row in enumerate(rows):
        drawn = np.flatnonzero(row)
        weight[at] = sum(prob[first] * odds[drawn[drawn != first]].prod() for first in drawn)
    return rows, weight / weight.sum()


DRAWS: dict[str, tuple[Callable[[np.ndarray, Stream], np.ndarray], Design]] = {
    "conditional_poisson": (conditional_poisson, maximum_entropy),
    "sampford": (sampford, sampfords),
}


def exact_inclusion(odds: np.ndarray, n: int) -> np.ndarray:
    """Oracle: units added one by one from both ends, so only sums of positive numbers; N n steps."""
    p = odds / (1 + odds)

    def sizes(prob: np.ndarray) -> np.ndarray:
        table = np.zeros((len(prob) + 1, n + 1))
        table[0, 0] = 1
        for at, one in enumerate(prob):
            table[at + 1] = table[at] * (1 - one)
            table[at + 1, 1:] += table[at, :-1] * one
        return table

    before, after = sizes(p), sizes(p[::-1])[::-1]
    with_unit = np.array(
        [one * (before[at, :n] @ after[at + 1, n - 1 :: -1]) for at, one in enumerate(p.tolist())]
    )
    return with_unit / before[-1, n]


@st.composite
def targets(draw: st.DrawFn) -> np.ndarray:
    """Probabilities of two to nine units, from nearly alike to nearly 0 and 1."""
    units = draw(st.integers(2, 9))
    n = draw(st.integers(1, units - 1))
    spread = draw(st.sampled_from([0.1, 1.0, 4.0, 9.0]))
    logs = draw(st.lists(st.floats(-1, 1), min_size=units, max_size=units))
    odds = entropy.tilted(np.exp(spread * np.array(logs)), n)
    return np.asarray(odds / (1 + odds))


# ----------------------------------------------------------------------------------------------- odds


@steady
@given(targets())
def test_odds_give_the_wanted_probabilities(prob: np.ndarray) -> None:
    rows, chance = maximum_entropy(prob)
    np.testing.assert_allclose(chance @ rows, prob, rtol=0, atol=1e-12)


@steady
@given(targets())
def test_odds_have_probabilities_that_sum_to_n(prob: np.ndarray) -> None:
    odds = conditional_poisson_odds(prob)
    assert (odds / (1 + odds)).sum() == pytest.approx(prob.sum(), rel=1e-12)


@pytest.mark.parametrize(
    "prob",
    [
        [0.5, 0.5],
        [0.9, 0.1],
        [1 - 1e-6, 1e-6],
        [0.999, 0.999, 0.002],
        [0.6, 0.4, 1 - 1e-9, 1e-9],
        [1 - 2**-53, 7e-18],  # P(S without the first = 1) is lost in rounding
        [1 - 2**-53, 3e-17, 1e-17],
    ],
)
def test_odds_settle_where_hardly_a_size_can_vary(prob: list[float]) -> None:
    wanted = np.array(prob)
    rows, chance = maximum_entropy(wanted)
    np.testing.assert_allclose(chance @ rows, wanted, rtol=0, atol=1e-12)


def test_odds_settle_where_rounds_do_not_shrink_the_error_evenly() -> None:
    # V = 0.22; the change of a round stays above half of the one before for a while.
    odds = entropy.tilted(np.array([0.03935, 0.01967, 25.45812, 40.23327, 0.05902, 18.6706]), 3)
    rows, chance = maximum_entropy(odds / (1 + odds))
    np.testing.assert_allclose(chance @ rows, odds / (1 + odds), rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [20, 200, 1800])
def test_odds_of_a_larger_frame_against_adding_units_one_by_one(n: int) -> None:
    size = np.random.default_rng(n).gamma(2.0, size=2000) + 0.01
    odds = entropy.tilted(size, n)
    prob = odds / (1 + odds)
    found = exact_inclusion(conditional_poisson_odds(prob), n)
    np.testing.assert_allclose(found, prob, rtol=1e-12)


@pytest.mark.parametrize("case", [name for name in R if name != "made_by"])
def test_odds_equal_r(case: str) -> None:
    # UPMEpiktildefrompik, stopped at 1e-11, also sums to n.
    prob = inclusion_probabilities(sizes_of(case), R[case]["n"])
    odds = conditional_poisson_odds(prob[prob < 1])
    np.testing.assert_allclose(odds / (1 + odds), R[case]["tilde"], rtol=2e-12)


def sizes_of(case: str) -> np.ndarray:
    if case.startswith("swiss"):
        return np.array(PPS["inclusion"]["swiss_200"]["size"], dtype=float)
    with (ORACLES / R[case]["data"]).open(encoding="utf-8") as file:
        return np.array([float(row[R[case]["column"]]) for row in csv.DictReader(file)])


# -------------------------------------------------------------------------------------------- samples


def chi_square(method: str, prob: np.ndarray, draws: int) -> float:
    """The p-value of how often each sample is drawn against its stated chance."""
    select, design = DRAWS[method]
    rows, chance = design(prob)
    code = {tuple(np.flatnonzero(row).tolist()): at for at, row in enumerate(rows)}
    options = {"odds": conditional_poisson_odds(prob)} if method == "conditional_poisson" else {}
    stream = Stream([4, len(prob)])
    counts = np.zeros(len(rows))
    for _ in range(draws):
        counts[code[tuple(select(prob, stream, **options).tolist())]] += 1
    few = chance * draws < 5  # put together, as a chi-square needs
    counts = np.append(counts[~few], counts[few].sum())
    expected = np.append(chance[~few], chance[few].sum()) * draws
    kept = expected > 0
    return float(stats.chisquare(counts[kept], expected[kept]).pvalue)


@pytest.mark.parametrize("prob", [UNLIKE, SPLIT], ids=["unlike", "split"])
@pytest.mark.parametrize("method", DRAWS)
def test_samples_are_as_likely_as_the_definition_says(method: str, prob: np.ndarray) -> None:
    assert chi_square(method, prob, 10_000) > 1e-4


@pytest.mark.parametrize("prob", [UNLIKE, SPLIT], ids=["unlike", "split"])
@pytest.mark.parametrize("method", DRAWS)
def test_samples_are_as_likely_when_the_frame_is_halved(
    method: str, prob: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What large frames do, on one small enough to write out all samples.
    monkeypatch.setattr(entropy, "EASY", 0.0)
    monkeypatch.setattr(entropy, "SMALL", 0.0)
    assert chi_square(method, prob, 1500) > 1e-4


def test_the_chi_square_tells_the_designs_apart() -> None:
    # With 10,000 samples it rejects maximum entropy drawn for Sampford, and with 1,500 the mistake of
    # taking the wanted probabilities for those of the Poisson sample (Sampford's without its first unit).
    (rows, entropy_chance), (_, sampford_chance) = maximum_entropy(SPLIT), sampfords(SPLIT)
    plain = np.where(rows > 0, SPLIT / (1 - SPLIT), 1).prod(axis=1)
    for draws, drawn, stated in (
        (10_000, entropy_chance, sampford_chance),
        (1500, plain / plain.sum(), sampford_chance),
        (1500, plain / plain.sum(), entropy_chance),
    ):
        apart = draws * ((drawn - stated) ** 2 / stated).sum()
        assert stats.ncx2.sf(stats.chi2.isf(1e-4, 19), 19, apart) > 0.9


@steady
@given(targets())
def test_sampfords_definition_has_the_wanted_probabilities(prob: np.ndarray) -> None:
    rows, chance = sampfords(prob)
    np.testing.assert_allclose(chance @ rows, prob, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", DRAWS)
def test_a_large_frame_is_drawn_from_as_stated(method: str) -> None:
    # 6,000 units, V = 360: halved four times. Units in 12 groups by probability, and by place.
    size = np.random.default_rng(5).gamma(1.5, size=6000) + 0.05
    prob = inclusion_probabilities(size, 450)
    assert not entropy.easy(6000, float((prob * (1 - prob)).sum()))
    groups = np.argsort(np.argsort(prob)) // 1000 + 6 * (np.arange(6000) % 2)
    odds = {"odds": conditional_poisson_odds(prob)} if method == "conditional_poisson" else {}
    stream = Stream([6, 6])
    found = np.zeros((250, 12))
    for row in found:
        drawn = DRAWS[method][0](prob, stream, **odds)
        assert len(drawn) == 450
        assert (np.diff(drawn) > 0).all()
        row += np.bincount(groups[drawn], minlength=12)
    miss = (found.mean(axis=0) - np.bincount(groups, prob))[:-1]  # the last follows from the sum
    covariance = np.cov(found[:, :-1].T) / len(found)
    assert stats.chi2.sf(miss @ np.linalg.solve(covariance, miss), 11) > 1e-4
    spread = prob * (1 - prob)
    # A group's count varies as conditional Poisson counts do, V_g (1 - V_g/V), and Sampford's nearly so.
    part = np.bincount(groups, spread)
    ratio = found.var(axis=0, ddof=1) / (part * (1 - part / spread.sum()))
    assert abs(ratio.mean() - 1) < 4.5 * (2 / 250 / 12) ** 0.5


# ------------------------------------------------------------------------------------------ the rest


@steady
@given(targets(), st.integers(0, 2**32))
def test_n_different_units_are_drawn_and_nothing_is_changed(prob: np.ndarray, seed: int) -> None:
    kept = prob.copy()
    n = round(prob.sum())
    for select, _ in DRAWS.values():
        drawn = select(prob, Stream([seed, 0]))
        assert drawn.dtype == np.intp
        assert len(set(drawn.tolist())) == len(drawn) == n
        assert drawn.tolist() == sorted(drawn.tolist())
    np.testing.assert_array_equal(prob, kept)


def test_known_odds_draw_the_same() -> None:
    odds = conditional_poisson_odds(UNLIKE)
    for seed in range(20):
        given_odds = conditional_poisson(UNLIKE, Stream([seed, 1]), odds)
        np.testing.assert_array_equal(given_odds, conditional_poisson(UNLIKE, Stream([seed, 1])))


def test_a_unit_of_several_tries_is_repeated_in_the_order_of_the_numbers() -> None:
    # By hand: try after try in the stream's order, whatever is asked for at a time.
    p = conditional_poisson_odds(UNLIKE)
    p = p / (1 + p)
    for seed in range(50):
        numbers = Stream([seed, 2]).numbers(7 * 200).reshape(200, 7)
        first = next(row for row in numbers if (row < p).sum() == 3)
        expected = np.flatnonzero(first < p)
        np.testing.assert_array_equal(conditional_poisson(UNLIKE, Stream([seed, 2])), expected)


@pytest.mark.parametrize("method", DRAWS)
def test_a_lottery_always_draws_the_same(method: str) -> None:
    # These very samples, as first drawn: an algorithm never changes its meaning.
    small = [DRAWS[method][0](UNLIKE, Stream([seed, 3])).tolist() for seed in range(4)]
    prob = inclusion_probabilities(1.0 + np.arange(20_000) % 7, 1000)
    large = DRAWS[method][0](prob, Stream([7, 7]))
    assert (small, large[:4].tolist(), int(large.sum())) == PINNED[method]


PINNED: dict[str, tuple[list[list[int]], list[int], int]] = {
    "conditional_poisson": ([[4, 5, 6], [3, 4, 5], [4, 5, 6], [3, 4, 5]], [40, 45, 115, 145], 10104919),
    "sampford": ([[1, 4, 5], [3, 4, 5], [3, 4, 5], [3, 4, 5]], [19, 31, 75, 101], 10137475),
}
