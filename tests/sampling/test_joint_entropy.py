"""Joint inclusion probabilities against the chances of all samples written out, and against R."""

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

from sampling import inclusion_probabilities
from sampling.joint.entropy import conditional_poisson_joint, sampford_joint
from sampling.select.entropy import conditional_poisson_odds, tilted

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "entropy.json").read_text(encoding="utf-8"))
PPS = json.loads((ORACLES / "sampling_pps.json").read_text(encoding="utf-8"))
JOINT: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "max_entropy": conditional_poisson_joint,
    "sampford": sampford_joint,
}
# R's own matrix is a measure only where its rows sum to what they must; Sampford's at swiss_20 do not.
CASES = [(case, method) for case in R for method in JOINT if R[case].get(f"{method}_sums", 1) < 1e-9]


def sizes_of(case: str) -> np.ndarray:
    if case.startswith("swiss"):
        return np.array(PPS["inclusion"]["swiss_200"]["size"], dtype=float)
    with (ORACLES / R[case]["data"]).open(encoding="utf-8") as file:
        return np.array([float(row[R[case]["column"]]) for row in csv.DictReader(file)])


@st.composite
def targets(draw: st.DrawFn) -> np.ndarray:
    units = draw(st.integers(2, 9))
    n = draw(st.integers(1, units - 1))
    spread = draw(st.sampled_from([0.1, 1.0, 4.0]))
    logs = draw(st.lists(st.floats(-1, 1), min_size=units, max_size=units))
    odds = tilted(np.exp(spread * np.array(logs)), n)
    return np.asarray(odds / (1 + odds))


def enumerated(prob: np.ndarray, method: str) -> np.ndarray:
    """The definitions: product of odds, for Sampford of π times the sum of 1-π, over all samples."""
    rows = np.array([np.isin(range(len(prob)), s) for s in combinations(range(len(prob)), round(prob.sum()))])
    odds = conditional_poisson_odds(prob) if method == "max_entropy" else prob / (1 - prob)
    chance = np.where(rows, odds, 1.0).prod(axis=1)
    if method == "sampford":
        chance *= rows @ (1 - prob)
    return np.asarray((rows.T * (chance / chance.sum())) @ rows)


@pytest.mark.parametrize("method", JOINT)
@settings(deadline=None, derandomize=True)
@given(prob=targets())
def test_pairs_equal_all_samples_written_out(method: str, prob: np.ndarray) -> None:
    np.testing.assert_allclose(JOINT[method](prob), enumerated(prob, method), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("case", "method"), CASES)
def test_pairs_equal_r(case: str, method: str) -> None:
    # R's maximum entropy differs by up to 4e-11 of a pair: it subtracts nearly equal numbers.
    prob = inclusion_probabilities(sizes_of(case), R[case]["n"])
    prob = prob[prob < 1]
    at = np.array(R[case]["shown"]) - 1
    tolerance = 1e-10 if method == "max_entropy" else 1e-13
    np.testing.assert_allclose(JOINT[method](prob)[np.ix_(at, at)], R[case][method], rtol=tolerance)


@pytest.mark.parametrize("method", JOINT)
def test_pairs_equal_rs_whole_matrix(method: str) -> None:
    stored = PPS["joint"][method]
    found = JOINT[method](np.array(stored["pik"]))
    np.testing.assert_allclose(found, stored["joint"], rtol=0, atol=1e-13)


@pytest.mark.parametrize("case", ["belgian_200", "mu284_60", "swiss_20"])
@pytest.mark.parametrize("method", JOINT)
def test_pairs_of_large_frames_keep_their_laws(method: str, case: str) -> None:
    # Sum over l of π_kl = n π_k, which R's Sampford breaks at swiss_20; and 0 < π_kl < π_k π_l.
    prob = inclusion_probabilities(sizes_of(case), R[case]["n"])
    prob = prob[prob < 1]
    joint = JOINT[method](prob)
    np.testing.assert_allclose(joint.sum(axis=1), round(prob.sum()) * prob, rtol=1e-13)
    np.testing.assert_array_equal(joint, joint.T)
    np.testing.assert_array_equal(np.diag(joint), prob)
    off = ~np.eye(len(prob), dtype=bool)
    assert ((joint > 0) & (joint < np.outer(prob, prob)))[off].all()


@pytest.mark.parametrize("method", JOINT)
def test_one_unit_makes_no_pair(method: str) -> None:
    # Exactly 0: what divides by it must not find 1e-19.
    prob = np.arange(1.0, 41.0) / 820
    np.testing.assert_array_equal(JOINT[method](prob), np.diag(prob))


@pytest.mark.parametrize("method", JOINT)
def test_units_alike_are_a_simple_random_sample(method: str) -> None:
    # n (n-1) / N / (N-1), also where R's formula is 0/0.
    joint = JOINT[method](np.full(500, 0.4))
    np.testing.assert_allclose(joint[0, 1:], 200 * 199 / 500 / 499, rtol=1e-13)


def test_known_odds_give_the_same_pairs() -> None:
    prob = np.array(PPS["joint"]["max_entropy"]["pik"])
    known = conditional_poisson_joint(prob, conditional_poisson_odds(prob))
    np.testing.assert_array_equal(known, conditional_poisson_joint(prob))
