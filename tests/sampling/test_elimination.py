"""Brewer and Tillé: every sample's probability by the papers' steps, in fractions and by draws."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from itertools import combinations, product
from math import lcm
from typing import cast

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling import inclusion_probabilities
from sampling.lottery import Stream
from sampling.select.elimination import _struck_at_once, brewer, brewer_pull, elimination, tille

Draw = Callable[[np.ndarray, Stream], np.ndarray]
Chances = dict[frozenset[int], Fraction]
BOTH = pytest.mark.parametrize("draw", [brewer, tille])
SIX = [Fraction(k, 20) for k in (3, 5, 8, 11, 15, 18)]  # n = 3
STEEP = [Fraction(k, 100) for k in (97, 94, 60, 40, 5, 4)]  # n = 3


def brewer_literal(prob: list[Fraction]) -> Chances:
    """Every sample's probability, draw by draw (Tillé 2006, algorithm 6.10; R UPbrewer)."""
    n = int(sum(prob))
    now: Chances = {frozenset(): Fraction(1)}
    for turn in range(1, n + 1):
        then: Chances = {}
        for drawn, chance in now.items():
            mass = n - sum((prob[k] for k in drawn), Fraction(0))
            rest = [k for k in range(len(prob)) if k not in drawn]
            share = [prob[k] * (mass - prob[k]) / (mass - prob[k] * (n - turn + 1)) for k in rest]
            for k, one in zip(rest, share, strict=True):
                then[drawn | {k}] = then.get(drawn | {k}, Fraction(0)) + chance * one / sum(share)
        now = then
    return now


def proportional(prob: list[Fraction], size: int) -> list[Fraction]:
    """Probabilities in proportion for a sample of a size, units that reach 1 set to 1."""
    certain = [False] * len(prob)
    while True:
        left = size - sum(certain)
        total = sum(p for p, is_certain in zip(prob, certain, strict=True) if not is_certain)
        found = [Fraction(1) if c else left * p / total for p, c in zip(prob, certain, strict=True)]
        if max(found) <= 1:
            return found
        certain = [p >= 1 for p in found]


def tille_literal(prob: list[Fraction]) -> Chances:
    """Every sample's probability, unit after unit struck off (Tillé 2006, algorithm 6.4; R UPtille)."""
    now: Chances = {frozenset(range(len(prob))): Fraction(1)}
    before = [Fraction(1)] * len(prob)
    for size in range(len(prob) - 1, int(sum(prob)) - 1, -1):
        after = proportional(prob, size)
        then: Chances = {}
        for left, chance in now.items():
            for k in left:
                one = chance * (1 - after[k] / before[k])
                if one:
                    then[left - {k}] = then.get(left - {k}, Fraction(0)) + one
        now, before = then, after
    assert sum(now.values()) == 1
    return now


def inclusion(chances: Chances, units: int) -> list[Fraction]:
    return [sum((c for drawn, c in chances.items() if k in drawn), Fraction(0)) for k in range(units)]


def drawn_often(draw: Draw, prob: np.ndarray, seed: int, times: int) -> np.ndarray:
    """Indicators of many draws, one row each."""
    found = np.zeros((times, prob.size), dtype=bool)
    for at in range(times):
        sample = draw(prob, Stream([seed, at]))
        assert sample.size == round(prob.sum()) and (np.diff(sample) > 0).all()
        found[at, sample] = True
    return found


def wald(found: np.ndarray, prob: np.ndarray) -> float:
    """P-value of the inclusion frequencies, by the covariance of the indicators (rank N - 1)."""
    gap = found.mean(axis=0) - prob
    statistic = len(found) * gap @ np.linalg.pinv(np.cov(found.T), hermitian=True) @ gap
    return float(stats.chi2(prob.size - 1).sf(statistic))


class Given:
    """A stream whose numbers are chosen: one list for each time it is asked."""

    def __init__(self, *lists: list[float]) -> None:
        self.lists = list(lists)

    def numbers(self, count: int) -> np.ndarray:
        now = self.lists.pop(0)
        assert len(now) >= count
        return np.array(now[:count])


# ------------------------------------------------------------------------------------- what they are for


@pytest.mark.parametrize("prob", [SIX, STEEP])
@pytest.mark.parametrize("literal", [brewer_literal, tille_literal])
def test_the_papers_steps_give_the_stated_probabilities(
    literal: Callable[[list[Fraction]], Chances], prob: list[Fraction]
) -> None:
    assert inclusion(literal(prob), 6) == prob


@pytest.mark.parametrize("prob", [SIX, STEEP])
@pytest.mark.parametrize(("draw", "literal"), [(brewer, brewer_literal), (tille, tille_literal)])
def test_samples_come_as_often_as_the_papers_steps_say(
    draw: Draw, literal: Callable[[list[Fraction]], Chances], prob: list[Fraction]
) -> None:
    chances = literal(prob)
    found = drawn_often(draw, np.array(prob, dtype=float), 11, 5_000)
    samples = [frozenset(np.flatnonzero(row).tolist()) for row in found]
    assert set(samples) <= set(chances)
    expected = {drawn: float(5_000 * chance) for drawn, chance in chances.items()}
    rare = {drawn for drawn, times in expected.items() if times < 5}
    kinds = [drawn for drawn in expected if drawn not in rare]
    seen = [samples.count(drawn) for drawn in kinds] + [sum(one in rare for one in samples)]
    awaited = [expected[drawn] for drawn in kinds] + [sum(expected[drawn] for drawn in rare)]
    keep = [at for at, times in enumerate(awaited) if times]
    assert stats.chisquare([seen[at] for at in keep], [awaited[at] for at in keep]).pvalue > 1e-3


@BOTH
@pytest.mark.parametrize(("count", "n", "spread"), [(30, 24, 0.6), (40, 4, 1.0), (25, 12, 0.0)])
def test_inclusion_passes_the_gate(draw: Draw, count: int, n: int, spread: float) -> None:
    prob = inclusion_probabilities(np.random.default_rng(8).lognormal(0, spread, count), n)
    prob = prob[prob < 1]
    assert wald(drawn_often(draw, prob, 12, 2_500), prob) > 1e-3


def test_the_gate_rejects_draws_in_proportion_to_size() -> None:
    # the unit drawn next in proportion to prob: known to miss the targets (Horvitz and Thompson 1952)
    def successive(prob: np.ndarray, stream: Stream) -> np.ndarray:
        sample: list[int] = []
        while len(sample) < round(prob.sum()):
            left = np.where(np.isin(np.arange(prob.size), sample), 0, prob).cumsum()
            sample.append(int(np.searchsorted(left, stream.numbers(1)[0] * left[-1], side="right")))
        return np.sort(sample)

    prob = np.array(SIX, dtype=float)
    assert wald(drawn_often(successive, prob, 12, 2_500), prob) < 1e-9


@BOTH
def test_hard_probabilities_are_drawn(draw: Draw) -> None:
    near = 1 - 2.0**-53
    for prob in (
        [near, near, 0.5, 0.5 + 2**-52],
        [1e-12, 1 - 1e-12],
        [0.5, 0.5],
        [1e-9] * 10 + [near, 1 - 1e-8],
    ):
        sizes = {draw(np.array(prob), Stream([1, at])).size for at in range(50)}
        assert sizes == {round(sum(prob))}


@BOTH
def test_prob_is_left_as_it_was_and_the_draw_is_the_same_again(draw: Draw) -> None:
    prob = np.array(STEEP, dtype=float)
    first, second = draw(prob, Stream([3, 3])), draw(prob, Stream([3, 3]))
    assert first.tolist() == second.tolist()
    assert prob.tolist() == [float(one) for one in STEEP]


@pytest.mark.parametrize(("draw", "digest"), [(brewer, "3f3ad2a7cb054eae"), (tille, "74bb2b362ce23cbe")])
def test_draws_stay_what_they_are(draw: Draw, digest: str) -> None:
    """A receipt must verify for ever: if this changes, the algorithm needs a new id (our own output)."""
    prob = inclusion_probabilities(np.arange(1.0, 301.0), 240)
    sample = draw(prob[prob < 1], Stream([1, 2]))
    assert sha256(sample.astype("<i8").tobytes()).hexdigest()[:16] == digest


# ------------------------------------------------------------------------------------------------ Brewer


@pytest.mark.parametrize("prob", [SIX, STEEP])
def test_brewer_steps_of_the_code_give_the_stated_probabilities(prob: list[Fraction]) -> None:
    # a tree over all draws, the shares from the function that the draw uses
    values, now = [float(one) for one in prob], {(): 1.0}
    for left in (3, 2, 1):
        then: dict[tuple[int, ...], float] = {}
        for drawn, chance in now.items():
            slack = sum(1 - values[k] for k in drawn)
            rest = [k for k in range(6) if k not in drawn]
            share = [values[k] * brewer_pull(values[k], left, slack) for k in rest]
            for k, one in zip(rest, share, strict=True):
                then[(*drawn, k)] = chance * one / sum(share)
        now = then
    found = [sum(chance for drawn, chance in now.items() if k in drawn) for k in range(6)]
    np.testing.assert_allclose(found, values, rtol=1e-12)


def test_brewer_number_on_the_border_of_two_units_is_the_second() -> None:
    stream = cast(Stream, Given([0.5] * 17, [0.0] * 17))
    assert brewer(np.array([0.5, 0.5]), stream).tolist() == [1]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(1e-6, 1 - 1e-6), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_brewer_bounds_never_rise(prob: list[float], random: object) -> None:
    # what rejection rests on: pull after any draws is at most pull before
    left, slack = 8, 0.0
    was = np.full(len(prob), np.inf)
    for one in prob[:8]:
        now = brewer_pull(np.array(prob), left, slack)
        assert (now <= was * (1 + 1e-12)).all() and (now > 0).all()
        was, left, slack = now, left - 1, slack + (1 - one)


# ------------------------------------------------------------------------------------------------- Tillé


@pytest.mark.parametrize(
    "prob",
    [
        [Fraction(k, 20) for k in (4, 9, 12, 15)],  # n = 2
        [Fraction(k, 20) for k in (1, 2, 18, 19)],  # n = 2, the large at risk last
        [Fraction(k, 20) for k in (2, 3, 5, 10)],  # n = 1
        [Fraction(k, 20) for k in (12, 13, 17, 18)],  # n = 3
        [Fraction(1, 2)] * 4,
        [Fraction(k, 4) for k in (1, 2, 3, 2)],  # equal ones, and a unit that reaches 1 exactly
    ],
)
def test_tille_numbers_counted_out_give_the_papers_samples(prob: list[Fraction]) -> None:
    """All numbers integrated out: the sample is the same between two cuts, so each piece is drawn once."""
    values = np.array(prob, dtype=float)
    plan = elimination(values)
    pieces = []
    for s in range(plan.risk.size):
        cuts = np.unique(np.concatenate([[0, 1], np.cumsum(plan.strike()[plan.step == s])]).round(14))
        cuts = cuts[cuts <= 1]
        pieces.append([((low + high) / 2, high - low) for low, high in zip(cuts[:-1], cuts[1:], strict=True)])
    grid = lcm(*range(1, len(prob)))  # a unit stays with probability (a whole number) / (at most N - 1)
    middles = [(at + 0.5) / grid for at in range(grid)]
    found: dict[frozenset[int], float] = {}
    for steps in product(*pieces):
        weight = np.prod([one for _, one in steps])
        for rest in product(middles, repeat=len(prob) - 1):
            stream = cast(Stream, Given([number for number, _ in steps], list(rest)))
            sample = frozenset(tille(values, stream).tolist())
            found[sample] = found.get(sample, 0.0) + weight / grid ** (len(prob) - 1)
    expected = tille_literal(prob)
    for drawn in map(frozenset, combinations(range(len(prob)), int(sum(prob)))):
        assert found.get(drawn, 0) == pytest.approx(float(expected.get(drawn, 0)), abs=1e-12)


def test_tille_number_on_the_border_of_two_units_is_the_second() -> None:
    # four equal units: each is struck off at the first step with probability 1/4
    plan = elimination(np.full(4, 0.5))
    for number, struck in ((0.0, 0), (0.25 - 2**-53, 0), (0.25, 1), (0.75, 3), (1 - 2**-53, 3)):
        assert np.flatnonzero(_struck_at_once(plan, np.array([number, 0.5]))).tolist() == [struck]


def test_tille_strikes_off_a_unit_where_rounded_chances_miss_one() -> None:
    # N equal units: 1/N in 53 bits, N times, may stay below 1, and the last number above it
    last = np.full(30, 1 - 2.0**-53)
    for count in range(2, 31):
        plan = elimination(np.full(count, 1 / count))
        assert np.flatnonzero(_struck_at_once(plan, last[: count - 1])).tolist() == [count - 1]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=12), st.integers(1, 11))
@example([2, 2, 3, 5] + [6] * 11, 4)  # equal ones reach 1 exactly: rounding puts them a step apart
def test_tille_plan_equals_the_probabilities_step_by_step(size: list[int], n: int) -> None:
    n = min(n, len(size) - 1)
    prob = [Fraction(n * one, sum(size)) for one in size]
    assume(max(prob) < 1)
    plan = elimination(np.array(prob, dtype=float))
    for s in range(len(size) - n):
        at_risk = plan.step <= s
        planned = np.where(at_risk, plan.scale[s] * plan.prob, 1.0)
        stated = proportional(prob, len(size) - s - 1)
        np.testing.assert_allclose(planned, [float(stated[k]) for k in plan.rank], rtol=1e-12)
        assert plan.risk[s] == at_risk.sum()
    assert plan.risk[-1] == len(size) and (np.diff(plan.step) >= 0).all()


def test_tille_equal_probabilities_are_simple_random() -> None:
    assert set(tille_literal([Fraction(2, 5)] * 5).values()) == {Fraction(1, 10)}
    found = drawn_often(tille, np.full(5, 0.4), 13, 2_500)
    kinds, seen = np.unique(found, axis=0, return_counts=True)
    assert len(kinds) == 10 and stats.chisquare(seen).pvalue > 1e-3
