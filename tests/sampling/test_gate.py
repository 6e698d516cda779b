"""The gate of benchmarks/gate.py with fewer draws, and whether the gate itself can tell wrong from right.

Every case's stated probabilities are first held, exactly, to the enumeration of all its samples.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from benchmarks.gate import LEVEL, chi_square, main, run, simulate, wald, wald_pairs
from benchmarks.gate_cases import CASES, PROB, Case
from benchmarks.known_designs import (
    Floats,
    Samples,
    brewer_samples,
    conditional_poisson_samples,
    pareto_samples,
    pivotal_samples,
    replacement_samples,
    sampford_samples,
    simple_random_samples,
    stated,
    systematic_samples,
    tille_samples,
)
from sampling.joint import METHODS, joint_probabilities
from sampling.lottery import Stream
from sampling.select.ordering import pareto_probabilities, pareto_targets

DRAWS = 2000
SLOW = ("cube", "local_pivotal")  # milliseconds a draw


@pytest.mark.parametrize("name", CASES)
def test_every_method_draws_what_it_states(name: str) -> None:
    found, _ = run(name, DRAWS // 4 if name.startswith(SLOW) else DRAWS)
    assert min(found.values()) > LEVEL, found


# ------------------------------------------------------------------------------------ exact statements

BY_DEFINITION: dict[str, Callable[[Floats], Samples]] = {
    "systematic": systematic_samples,
    "conditional_poisson": conditional_poisson_samples,
    "sampford": sampford_samples,
    "tille": tille_samples,
    "pivotal": pivotal_samples,
}
FRAMES = [
    PROB,
    np.array([0.35, 0.8, 0.2, 0.45, 0.5, 0.7]),
    np.array([0.05, 0.15, 0.35, 0.45, 0.4, 0.6]),
    np.array([0.9, 0.95, 0.7, 0.85, 0.75, 0.25, 0.6]),
    np.full(6, 0.5),
]


@pytest.mark.parametrize("method", sorted(set(BY_DEFINITION) & set(METHODS)))
@pytest.mark.parametrize("frame", range(len(FRAMES)))
def test_joint_probabilities_are_those_of_all_samples(method: str, frame: int) -> None:
    prob = FRAMES[frame]
    found, joint = stated(BY_DEFINITION[method](prob), prob.size)
    np.testing.assert_allclose(found, prob, rtol=1e-10)
    np.testing.assert_allclose(joint_probabilities(prob, method), joint, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("design", [*BY_DEFINITION.values(), brewer_samples])
def test_designs_by_definition_sum_to_one_and_have_their_probabilities(
    design: Callable[[Floats], Samples],
) -> None:
    for prob in FRAMES:
        samples = design(prob)
        assert sum(samples.values()) == pytest.approx(1, abs=1e-12)
        assert {len(one) for one in samples} == {round(prob.sum())}
        np.testing.assert_allclose(stated(samples, prob.size)[0], prob, rtol=1e-10)


@pytest.mark.parametrize("frame", range(len(FRAMES)))
def test_paretos_computed_probabilities_are_those_of_all_samples(frame: int) -> None:
    prob = FRAMES[frame]
    for wanted, design in (
        (pareto_probabilities(prob), pareto_samples(prob)),
        (prob, pareto_samples(pareto_targets(prob))),
    ):
        assert sum(design.values()) == pytest.approx(1, abs=1e-12)
        np.testing.assert_allclose(stated(design, prob.size)[0], wanted, rtol=1e-10)


# ---------------------------------------------------------------------------------- the gate on trial


def drawn_from(samples: Samples, units: int, draws: int) -> np.ndarray:
    """Draw from a list of samples with their probabilities: one row a sample, as the gate has them."""
    rows = np.zeros((len(samples), units), dtype=np.uint8)
    for row, one in zip(rows, samples, strict=True):
        row[list(one)] = 1
    ends = np.cumsum(list(samples.values()))
    return rows[np.searchsorted(ends, Stream([1, 2]).numbers(draws) * ends[-1], side="right")]


def plain(hits: np.ndarray, prob: Floats) -> float:
    """The p-value that a plain chi-square of the counts would give: what the gate is not."""
    expected = len(hits) * prob
    return float(stats.chi2.sf(((hits.sum(axis=0) - expected) ** 2 / expected).sum(), prob.size - 1))


FOUR_OF_EIGHT = np.repeat([0.2, 0.8], 4)
THREE_OF_SIX = np.array([0.2, 0.3, 0.4, 0.6, 0.7, 0.8])


def test_it_rejects_brewer_without_renormalising() -> None:
    # svy (svy-rs 0.19.1) forgets to divide by the sizes left: 0.2 / 0.8 come out 0.2186 / 0.7814, the
    # frequencies that package shows too (40,000 samples: 0.2146 to 0.2194 and 0.7807 to 0.7827).
    wrong = brewer_samples(FOUR_OF_EIGHT, renormalised=False)
    np.testing.assert_allclose(stated(wrong, 8)[0], np.repeat([0.21863734, 0.78136266], 4), rtol=1e-7)
    assert wald(drawn_from(wrong, 8, 5000), FOUR_OF_EIGHT) < LEVEL
    assert wald(drawn_from(brewer_samples(FOUR_OF_EIGHT), 8, 5000), FOUR_OF_EIGHT) > 0.01


def test_it_rejects_pareto_with_its_nominal_probabilities() -> None:
    # Rosén's targets are not what comes out: 0.2 is 0.1936.
    design = pareto_samples(THREE_OF_SIX)
    out = stated(design, 6)[0]
    np.testing.assert_allclose(out[[0, 5]], [0.19364717, 0.80635283], rtol=1e-7)
    hits = drawn_from(design, 6, 100_000)
    assert wald(hits, THREE_OF_SIX) < LEVEL
    assert wald(hits, out) > 0.01


def test_it_rejects_pairs_and_samples_of_another_design_with_the_same_probabilities() -> None:
    hits = drawn_from(tille_samples(PROB), 6, 20_000)
    other = conditional_poisson_samples(PROB)
    assert wald(hits, PROB) > 0.01
    assert wald_pairs(hits, stated(other, 6)[1]) < LEVEL
    assert chi_square(hits, other) < LEVEL


def test_a_plain_chi_square_of_the_counts_misses_what_the_gate_sees() -> None:
    # Five of six units; Brewer without renormalising is off by 0.01 to 0.03. Counts vary so much less (by
    # 1 - pi) than a plain chi-square allows them that it finds nothing.
    prob = np.array([0.75, 0.75, 0.8, 0.8, 0.95, 0.95])
    wrong = brewer_samples(prob, renormalised=False)
    assert np.abs(stated(wrong, 6)[0] - prob).max() == pytest.approx(0.034, abs=5e-4)
    hits = drawn_from(wrong, 6, 1500)
    assert wald(hits, prob) < LEVEL
    assert plain(hits, prob) > 0.05


def test_p_values_of_a_right_method_are_uniform_and_those_of_a_plain_chi_square_are_not() -> None:
    # Nine of ten, 1,000 trials of 500 draws. The plain statistic has mean N - n = 1, not N - 1 = 9.
    prob = np.full(10, 0.9)
    trials = drawn_from(simple_random_samples(10, 9), 10, 500_000).reshape(1000, 500, 10)
    assert stats.kstest([wald(one, prob) for one in trials], "uniform").pvalue > 0.01
    assert min(plain(one, prob) for one in trials) > 0.05


def test_what_never_varies_must_be_met_exactly() -> None:
    three = np.tile(np.array([1, 1, 1, 0], dtype=np.uint8), (5000, 1))
    assert wald(three, np.array([1.0, 1.0, 1.0, 0.0])) == 1
    assert wald(three, np.array([1.0, 1.0, 0.99, 0.01])) < LEVEL
    hits = drawn_from(simple_random_samples(5, 2), 5, 5000)
    assert wald(hits, np.full(5, 0.4)) > 0.01
    assert wald(hits, np.full(5, 0.4) + 0.002) < LEVEL  # the sum is always 2, not 2.01


def test_a_pair_or_sample_that_must_not_come_is_seen_once() -> None:
    samples = {(0, 1): 0.5, (2, 3): 0.5}
    hits = np.zeros((5000, 4), dtype=np.uint8)
    hits[:2500, :2] = 1
    hits[2500:, 2:] = 1
    prob, joint = stated(samples, 4)
    assert chi_square(hits, samples) > 0.01 and wald_pairs(hits, joint) > 0.01
    hits[0] = [1, 0, 1, 0]
    assert wald(hits, prob) > 0.01
    assert chi_square(hits, samples) == 0 and wald_pairs(hits, joint) == 0


COMMON = {(0, at): 0.2 for at in range(1, 5)}
RARE = [pair for pair in simple_random_samples(10, 2) if pair not in COMMON]


def test_rare_samples_and_pairs_are_counted_together() -> None:
    # 41 of 45 pairs are expected 2.4 times each in 500 draws: alone they would say little, together they
    # come 30 times where it should be 100; the rest of the draws are empty.
    truth = COMMON | dict.fromkeys(RARE, 0.2 / len(RARE))
    less = COMMON | dict.fromkeys(RARE, 0.06 / len(RARE)) | {(): 0.14}
    joint, wrong = stated(truth, 10)[1], drawn_from(less, 10, 500)
    assert wald_pairs(wrong, joint) < LEVEL
    assert chi_square(wrong[wrong.any(axis=1)], truth) < LEVEL
    right = drawn_from(truth, 10, 500)
    assert chi_square(right, truth) > 0.01 and wald_pairs(right, joint) > 0.01


def test_rare_pairs_of_a_right_method_raise_no_alarm() -> None:
    # Each of 41 pairs comes some 10 times. Taken alone, the squares of such counts over themselves are so
    # skew that one trial in twenty would have a p-value of 2e-5.
    truth = COMMON | dict.fromkeys(RARE, 0.2 / len(RARE))
    joint = stated(truth, 10)[1]
    trials = drawn_from(truth, 10, 200_000).reshape(100, 2000, 10)
    assert sum(wald_pairs(one, joint) < 0.01 for one in trials) <= 4


def test_with_replacement_a_sample_counts_each_time_a_unit_is_drawn() -> None:
    # Two draws of two units, 1/4 and 3/4: samples 1/16, 6/16, 9/16; by hand.
    samples = replacement_samples(np.array([1.0, 3.0]), 2)
    assert samples == pytest.approx({(0, 0): 1 / 16, (0, 1): 6 / 16, (1, 1): 9 / 16})
    hits = np.repeat(np.array([[2, 0], [1, 1], [0, 2]], dtype=np.uint8), [63, 375, 562], axis=0)
    assert chi_square(hits, samples) > 0.99
    prob, joint = stated(samples, 2)
    assert prob.tolist() == [0.5, 1.5] and joint[0, 1] == 6 / 16
    assert wald(hits, prob) > 0.9 and wald_pairs(hits, joint) > 0.9


def test_draws_of_a_case_are_the_same_every_time_and_different_between_cases() -> None:
    case = CASES["poisson"]()
    first = simulate("poisson", case, 50)
    np.testing.assert_array_equal(first, simulate("poisson", case, 50))
    assert (first != simulate("poisson again", case, 50)).any()


def test_the_command_prints_a_table_and_fails_where_a_method_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    biased = Case(lambda stream: np.flatnonzero(stream.numbers(3) < 0.5), np.array([0.5, 0.5, 0.4]))
    monkeypatch.setitem(CASES, "biased", lambda: biased)
    monkeypatch.setattr("sys.argv", ["gate.py", "biased", "census", "--draws", "3000"])
    assert main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:4]] == ["census", "biased"]
    assert lines[2].split()[1:4] == ["1.0000"] * 3
    assert lines[3].endswith("FAILS") and lines[4].startswith("1 of 2 pass")
    monkeypatch.setattr("sys.argv", ["gate.py", "census", "--draws", "100"])
    assert main() == 0
    monkeypatch.setattr("sys.argv", ["gate.py", "lottery"])
    assert main() == 1
    assert "no such method; known are: census; " in capsys.readouterr().out
