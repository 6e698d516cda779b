"""Joint probabilities of Tillé's elimination against R and against the sum over its samples."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sampling import inclusion_probabilities
from sampling.joint.tille import tille_joint

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "tille_pi2.json").read_text(encoding="utf-8"))["cases"]
SMALL = json.loads((ORACLES / "sampling_pps.json").read_text(encoding="utf-8"))["joint"]["tille"]


@pytest.mark.parametrize("case", R)
def test_equals_r_on_municipalities(case: str) -> None:
    # R sampling 2.9, UPtillepi2(): tests/oracles/tille_pi2.R
    prob = np.array(R[case]["pik"])
    joint = tille_joint(prob)
    rows = np.array(R[case]["rows"], dtype=int) - 1
    np.testing.assert_allclose(joint[rows], R[case]["joint"], rtol=1e-9, atol=1e-15)
    assert (joint**2).sum() == pytest.approx(R[case]["squares"], rel=1e-11)


def test_equals_r_on_ten_units() -> None:
    # R sampling 2.9, UPtillepi2(): tests/oracles/sampling_pps.R
    np.testing.assert_allclose(tille_joint(np.array(SMALL["pik"])), SMALL["joint"], rtol=1e-9)


def literal(prob: list[Fraction], size: int) -> list[Fraction]:
    """Probabilities in proportion for a sample of a size, units that reach 1 set to 1."""
    certain = [False] * len(prob)
    while True:
        left = size - sum(certain)
        total = sum(p for p, is_certain in zip(prob, certain, strict=True) if not is_certain)
        found = [Fraction(1) if c else left * p / total for p, c in zip(prob, certain, strict=True)]
        if max(found) <= 1:
            return found
        certain = [p >= 1 for p in found]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=8), st.integers(1, 7))
def test_is_the_product_over_all_steps(size: list[int], n: int) -> None:
    # Tillé 1996: product over sizes i = N-1 .. n of 1 - v_k - v_l, v = 1 - p(k, i) / p(k, i + 1)
    n = min(n, len(size) - 1)
    prob = [Fraction(n * one, sum(size)) for one in size]
    assume(max(prob) < 1)
    joint = np.array([[Fraction(1)] * len(prob)] * len(prob), dtype=object)
    now = [Fraction(1)] * len(prob)
    for left in range(len(prob) - 1, n - 1, -1):
        then = literal(prob, left)
        v = [1 - a / b for a, b in zip(then, now, strict=True)]
        for k, other in combinations(range(len(prob)), 2):
            joint[k, other] *= 1 - v[k] - v[other]
            joint[other, k] = joint[k, other]
        now = then
    np.fill_diagonal(joint, prob)
    found = tille_joint(np.array(prob, dtype=float))
    np.testing.assert_allclose(found, joint.astype(float), rtol=1e-10, atol=1e-14)
    assert (found >= 0).all()


def test_rows_sum_to_n_times_the_probability() -> None:
    size = np.random.default_rng(5).lognormal(0, 0.8, 1500)
    prob = inclusion_probabilities(size, 150)
    prob = prob[prob < 1]
    joint = tille_joint(prob)
    np.testing.assert_allclose(joint.sum(axis=1), prob.sum() * prob, rtol=1e-9)
    assert (joint == joint.T).all() and (joint >= 0).all()
    apart = ~np.eye(len(prob), dtype=bool)
    assert (joint < np.outer(prob, prob))[apart].all()  # Sen-Yates-Grundy terms are positive (Tillé 1996)
