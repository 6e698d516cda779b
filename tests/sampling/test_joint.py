"""Joint inclusion probabilities against R, exact arithmetic of starts, enumeration, and invariants."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise, permutations
from math import comb, factorial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import DesignError, inclusion_probabilities
from sampling.allocation import allocate
from sampling.errors import TEMPLATES
from sampling.joint import METHODS, hajek, hartley_rao, joint_probabilities

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "joint_data.json").read_text(encoding="utf-8"))
OF_NINE = json.loads((ORACLES / "sampling_pps.json").read_text(encoding="utf-8"))
steady = settings(deadline=None, derandomize=True)
FIXED = [name for name, how in METHODS.items() if how.fixed]
EXACT_FIXED = [name for name in FIXED if name not in ("simple_random", "hajek", "hartley_rao")]
R_NAMES = {"conditional_poisson": "max_entropy"}


def data_sizes(name: str) -> np.ndarray:
    """Give the sizes of one of R's data sets; ``bern`` is a canton of the Swiss one."""
    if name in ("swiss", "bern"):
        size = np.array(OF_NINE["inclusion"]["swiss_200"]["size"])
        return size if name == "swiss" else size[np.array(R["bern"]) - 1]
    return pd.read_csv(ORACLES / f"{name}_sizes.csv").iloc[:, 1].to_numpy(dtype=float)


# --------------------------------------------------------------------------------------------------- R


@pytest.mark.parametrize("case", R["joint"])
def test_joint_probabilities_of_rs_data_equal_r(case: str) -> None:
    # R sampling 2.9, UPsystematicpi2() and the like: tests/oracles/joint_data.R
    expected, method = R["joint"][case], case.split("-")[0]
    prob = inclusion_probabilities(data_sizes(expected["data"]), expected["n"])
    joint = joint_probabilities(prob, method)
    part = np.array(expected["units"]) - 1
    np.testing.assert_allclose(joint[np.ix_(part, part)], expected["joint"], rtol=1e-9, atol=1e-12)
    assert (joint**2).sum() == pytest.approx(expected["squares"], rel=1e-9)
    at = np.arange(1, prob.size + 1)
    one, other = (at * 7) % 11 - 5.0, (at * 5) % 13 - 6.0
    # A form adds terms of both signs: the tolerance is for the sum of their absolute values.
    for left, right, value in ((one, one, expected["forms"][0]), (one, other, expected["forms"][1])):
        assert left @ joint @ right == pytest.approx(value, abs=1e-9 * (abs(left) @ joint @ abs(right)))


@pytest.mark.parametrize("method", ["systematic", "conditional_poisson", "sampford", "tille"])
def test_joint_probabilities_of_nine_units_equal_r(method: str) -> None:
    expected = OF_NINE["joint"][R_NAMES.get(method, method)]
    np.testing.assert_allclose(joint_probabilities(expected["pik"], method), expected["joint"], rtol=1e-9)


@pytest.mark.parametrize("case", R["strata"])
def test_stratified_allocation_and_probabilities_equal_r(case: str) -> None:
    # R sampling 2.9, inclusionprobastrata() with sizes by largest remainders: tests/oracles/joint_data.R
    expected = R["strata"][case]
    units = [int(value) for value in expected["units"]]
    n = allocate(expected["total"], units, units)
    assert n == expected["n"]
    assert all(
        prob * count == pytest.approx(of) for prob, count, of in zip(expected["pik"], units, n, strict=True)
    )
    labels, prob = np.repeat(np.arange(len(n)), units), np.repeat(expected["pik"], units)
    labels, prob = labels[prob > 0], prob[prob > 0]  # one small canton gets none
    joint = joint_probabilities(prob, "simple_random", labels)
    np.testing.assert_allclose(joint.sum(axis=1), prob * sum(n), rtol=1e-9)


# ------------------------------------------------------------------------------------------ systematic


def shared_starts(prob: list[Fraction]) -> np.ndarray:
    """The exact measure of starts that reach both of two units, by cutting [0, 1) at every end."""
    ends = [sum(prob[: k + 1], Fraction(0)) for k in range(len(prob))]
    cuts = sorted({end % 1 for end in ends} | {Fraction(0), Fraction(1)})
    joint = np.zeros((len(prob), len(prob)))
    for low, high in pairwise(cuts):
        middle = (low + high) / 2
        reached = [
            any(end - own <= middle + turn < end for turn in range(int(ends[-1])))
            for end, own in zip(ends, prob, strict=True)
        ]
        joint += np.outer(reached, reached) * float(high - low)
    return joint


@st.composite
def whole_sums(draw: st.DrawFn) -> list[Fraction]:
    """Probabilities below 1 with a whole sum, in whole parts of a common number."""
    n = draw(st.integers(1, 4))
    units = draw(st.integers(n + 1, 9))
    prob = inclusion_probabilities(
        draw(st.lists(st.integers(8, 11), min_size=units, max_size=units)),
        n,
    )
    parts = [Fraction(value).limit_denominator(10_000) for value in prob[:-1].tolist()]
    last = n - sum(parts, Fraction(0))
    return [*parts, last] if 0 < last < 1 else [Fraction(n, units)] * units


@steady
@given(whole_sums())
def test_systematic_pairs_are_the_starts_they_share(prob: list[Fraction]) -> None:
    found = joint_probabilities([float(one) for one in prob], "systematic")
    expected = shared_starts(prob)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert (found[expected == 0] == 0).all()  # never together is 0, not a rounding error


def test_systematic_follows_the_order_of_the_units() -> None:
    prob = np.array([0.25, 0.5, 0.75, 0.5])
    turned = joint_probabilities(prob[[2, 0, 1, 3]], "systematic")
    assert turned[1, 2] == pytest.approx(0.0)  # now [0.75, 1) and [1, 1.5)
    assert turned[0, 2] == pytest.approx(0.5)  # [0, 0.75) and [0, 0.5)


# -------------------------------------------------------------------------------------- approximations


def pair_in_random_order(size: list[int], n: int, k: int, other: int) -> float:
    """The exact probability of a pair of systematic sampling in random order, for whole sizes.

    Turned so that k stands first, the other unit follows after a random number of the rest, themselves
    a random subset: the number of subsets by count and sum gives the chance of every distance.
    """
    total, rest = sum(size), [one for at, one in enumerate(size) if at not in (k, other)]
    subsets = np.zeros((len(rest) + 1, total + 1))
    subsets[0, 0] = 1
    for one in rest:
        subsets[1:, one:] += subsets[:-1, :-one].copy()
    of_count = np.array([comb(len(rest), count) for count in range(len(rest) + 1)])
    chance = (subsets / of_count[:, None]).sum(axis=0) / (len(size) - 1)
    step = total / n
    ahead = (size[k] + np.arange(total + 1)) % step
    shared = np.maximum(np.minimum(size[k], ahead + size[other]) - ahead, 0)
    shared += np.maximum(np.minimum(size[k], ahead + size[other] - step), 0)
    return float(chance @ shared / step)


def test_the_exact_pair_is_the_mean_over_all_orders() -> None:
    size = [5, 6, 7, 8, 9, 10, 11]
    prob, joint = inclusion_probabilities(size, 3), np.zeros((7, 7))
    for rest in permutations(range(1, 7)):  # turning a list changes nothing, so the first unit stays first
        order = np.array([0, *rest])
        joint[np.ix_(order, order)] += joint_probabilities(prob[order], "systematic") / factorial(6)
    assert pair_in_random_order(size, 3, 0, 1) == pytest.approx(joint[0, 1])
    assert pair_in_random_order(size, 3, 6, 2) == pytest.approx(joint[6, 2])


@pytest.mark.parametrize(("k", "other"), [(0, 1), (2, 5), (4, 5)])
@pytest.mark.parametrize("n", [2, 3])
def test_hartley_rao_nears_the_exact_pair_by_the_cube_of_the_units(n: int, k: int, other: int) -> None:
    gaps = []
    for times in (16, 32):
        size = [5, 6, 7, 9, 12, 14] * times
        found = hartley_rao(inclusion_probabilities(size, n))[k, other]
        gaps.append(found / pair_in_random_order(size, n, k, other) - 1)
    assert gaps[0] / gaps[1] == pytest.approx(8, rel=0.1)
    assert abs(gaps[0]) < 1.5e-5


def test_hartley_rao_rows_sum_up_better_by_the_cube_of_the_units() -> None:
    # Each row must sum to n pi_k. Relative terms are kept to order N^-2, so that the error of a row falls
    # eightfold when every unit is split in two.
    prob = inclusion_probabilities([5, 6, 7, 9, 12, 14], 2)
    gaps = []
    for times in (16, 32, 64):
        split = np.repeat(prob, times) / times
        gaps.append(np.abs(hartley_rao(split).sum(axis=1) / (2 * split) - 1).max())
    assert gaps[0] / gaps[1] == pytest.approx(8, rel=0.15)
    assert gaps[1] / gaps[2] == pytest.approx(8, rel=0.15)


@pytest.mark.parametrize("units", [20, 40])
def test_hartley_rao_of_equal_probabilities_is_simple_random_to_order(units: int) -> None:
    # n(n-1)/N^2 (1 + 1/N + 1/N^2) of n(n-1)/N^2 (1 + 1/N + 1/N^2 + 1/N^3 + ...)
    prob = np.full(units, 4 / units)
    exact = joint_probabilities(prob, "simple_random")[0, 1]
    expected = 12 / units**2 * (1 + 1 / units + 1 / units**2)
    assert hartley_rao(prob)[0, 1] == pytest.approx(expected, rel=1e-12)
    assert expected == pytest.approx(exact, rel=1.1 / units**3)


def test_hajek_is_the_formula() -> None:
    prob = np.array([0.3, 0.6, 0.5, 0.6])
    spread = 0.3 * 0.7 + 0.6 * 0.4 + 0.5 * 0.5 + 0.6 * 0.4
    assert hajek(prob)[0, 1] == pytest.approx(0.3 * 0.6 * (1 - 0.7 * 0.4 / spread))


@pytest.mark.parametrize(
    ("method", "prob", "pair", "at_bound"),
    [
        ("hajek", [0.01, 0.01, 0.99, 0.99], (0, 1), 0),  # the formula gives -0.0024
        ("hartley_rao", [0.95, 0.6, 0.99, 0.03, 0.42, 0.01], (0, 2), 0.95),  # 1.02 times that
    ],
)
def test_approximations_stay_possible(
    method: str, prob: list[float], pair: tuple[int, int], at_bound: float
) -> None:
    joint = joint_probabilities(prob, method)
    assert joint[pair] == at_bound
    assert (joint >= np.maximum(np.add.outer(prob, prob) - 1, 0)).all()
    assert (joint <= np.minimum.outer(prob, prob)).all()


# ------------------------------------------------------------------------------------------ invariants


@pytest.mark.parametrize("method", FIXED)
def test_rows_sum_to_n_times_the_probability(method: str) -> None:
    # sum_l pi_kl = E(n I_k) = n pi_k whenever the size is fixed; here in two strata, one with a certain unit.
    one = np.full(12, 0.25) if method == "simple_random" else inclusion_probabilities(range(5, 17), 3)
    two = np.full(7, 1.0) if method == "simple_random" else inclusion_probabilities([90, 5, 6, 7, 7, 8, 9], 4)
    labels = np.repeat(["b", "a"], [12, 7])
    shuffled = np.random.default_rng(3).permutation(19)
    prob, labels = np.concatenate([one, two])[shuffled], labels[shuffled]
    joint = joint_probabilities(prob, method, labels)
    rough = 0.02 if method in ("hajek", "hartley_rao") else 1e-9
    np.testing.assert_allclose(joint.sum(axis=1), prob * prob.sum(), rtol=rough)
    np.testing.assert_array_equal(joint, joint.T)
    np.testing.assert_array_equal(np.diag(joint), prob)
    a, b = labels == "a", labels == "b"
    np.testing.assert_array_equal(joint[np.ix_(a, b)], np.outer(prob[a], prob[b]))
    np.testing.assert_array_equal(joint[np.ix_(a, a)], joint_probabilities(prob[a], method))


@pytest.mark.parametrize("method", METHODS)
def test_a_certain_unit_comes_with_another_as_often_as_that_one(method: str) -> None:
    prob = np.ones(4) if method == "simple_random" else np.array([0.5, 1.0, 0.75, 0.75, 1.0])
    joint = joint_probabilities(prob, method)
    np.testing.assert_array_equal(joint[1], prob)
    np.testing.assert_array_equal(joint[:, 1], prob)


@pytest.mark.parametrize("method", FIXED)
def test_one_drawn_never_comes_with_another(method: str) -> None:
    prob = np.full(4, 0.25) if method == "simple_random" else np.array([0.5, 0.2, 0.3])
    np.testing.assert_array_equal(joint_probabilities(prob, method), np.diag(prob))


def test_simple_random_and_independent_by_hand() -> None:
    assert joint_probabilities([0.6] * 5, "simple_random")[0, 1] == pytest.approx(3 * 2 / (5 * 4))
    for method in ("poisson", "bernoulli"):
        found = joint_probabilities([0.5, 0.5, 0.3], method)
        np.testing.assert_allclose(found, [[0.5, 0.25, 0.15], [0.25, 0.5, 0.15], [0.15, 0.15, 0.3]])


@pytest.mark.parametrize("method", METHODS)
def test_the_callers_values_stay(method: str) -> None:
    prob = np.ones(4) if method == "simple_random" else np.array([0.5, 1.0, 0.75, 0.75])
    labels, kept = np.array(["a"] * 4), prob.copy()
    joint_probabilities(prob, method, labels)
    np.testing.assert_array_equal(prob, kept)
    assert labels.tolist() == ["a"] * 4


# ---------------------------------------------------------------------------------------------- errors

KNOWN = ", ".join(METHODS)
WRONG: dict[str, list[tuple[dict[str, Any], str, str]]] = {
    "unknown_method": [
        (
            dict(prob=[0.5, 0.5], method=found),
            f"joint_probabilities: there is no method {found!r}. Use one of {KNOWN}.",
            f"joint_probabilities：没有 {found!r} 这种方法。请用 {KNOWN} 之一。",
        )
        for found in ("murthy", None, ["poisson"])
    ],
    "bad_shape": [
        (
            dict(prob=prob, method="poisson", stratum=stratum),
            f"joint_probabilities: {column!r} must be one list with a value for each unit, of shape "
            f"{expected}; its shape is {shape}. Give one value for each unit.",
            f"joint_probabilities：“{column}”必须是每个单位一个值的一列，形状应为 {expected}，"
            f"现在是 {shape}。请每个单位给一个值。",
        )
        for prob, stratum, column, shape, expected in (
            ([[0.5, 0.5]], None, "prob", "(1, 2)", "(N,)"),
            ([], None, "prob", "(0,)", "(N,)"),
            (0.5, None, "prob", "()", "(N,)"),
            ([0.5, 0.5], ["a"], "stratum", "(1,)", "(2,)"),
            ([0.5, 0.5], [("a", 1), ("b", 1)], "stratum", "(2, 2)", "(2,)"),
        )
    ],
    "bad_prob": [
        (
            dict(prob=[0.5, bad, 0.5, bad], method="simple_random"),
            "joint_probabilities: an inclusion probability must be above 0 and at most 1; 2 are not, first "
            f"{bad!r} of unit 1 (from 0). Correct it or leave the unit out.",
            "joint_probabilities：入样概率必须大于 0 且不超过 1；有 2 个不是，第一个是单位 1（从 0 数起）的 "
            f"{bad!r}。请改正或去掉该单位。",
        )
        for bad in (0.0, -0.5, 1.5, float("nan"), "many", None)
    ],
    "bad_sum": [
        (
            dict(prob=prob, method="systematic", stratum=stratum),
            f"joint_probabilities{where}: inclusion probabilities of a sample of fixed size must sum to "
            f"that size, a whole number; they sum to {total!r}. Use inclusion_probabilities(size, n), or a "
            "method of random size.",
            f"joint_probabilities{where}：定样本量方法的入样概率之和必须等于样本量（整数），"
            f"现在是 {total!r}。请用 inclusion_probabilities(size, n) 计算，或用样本量不固定的方法。",
        )
        for prob, stratum, where, total in (
            ([0.5, 0.25, 0.5], None, "", 1.25),
            ([0.5, 0.25, 0.5, 0.5], ["岳池县", "武胜县", "岳池县", "武胜县"], " / stratum 武胜县", 0.75),
            ([1.0, 1e-10], None, "", 1.0000000001),
        )
    ],
    "unequal_prob": [
        (
            dict(prob=[0.5, 0.5, 0.25, 0.75], method="simple_random", stratum=[1, 1, 2, 2]),
            "joint_probabilities / stratum 2: a simple random sample gives all units the same "
            "probability; they go from 0.25 to 0.75. Use another method, or stratify.",
            "joint_probabilities / stratum 2：简单随机抽样时各单位概率相同，这里从 0.25 到 0.75。"
            "请换用别的方法或分层。",
        )
    ],
    "missing_value": [
        (
            dict(prob=[0.5, 0.5], method="poisson", stratum=["a", None]),
            "joint_probabilities: 'stratum' must not be empty; 1 are, first in row 2. "
            "Fill it in or remove the row.",
            "joint_probabilities：“stratum”不能为空；有 1 处，第一处在第 2 行。请补上或删去该行。",
        )
    ],
}


@pytest.mark.parametrize(
    ("rule", "call", "english", "chinese"),
    [
        pytest.param(rule, *one, id=f"{rule}-{at}")
        for rule, some in WRONG.items()
        for at, one in enumerate(some)
    ],
)
def test_says_what_is_wrong_in_both_languages(
    rule: str, call: dict[str, Any], english: str, chinese: str
) -> None:
    with pytest.raises(DesignError) as caught:
        joint_probabilities(**call)
    assert (str(caught.value), caught.value.chinese, caught.value.rule) == (english, chinese, rule)
    assert rule in TEMPLATES


SIZES = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=12)


@steady
@given(SIZES, st.integers(1, 12), st.sampled_from([*EXACT_FIXED, "hajek", "hartley_rao"]))
def test_any_probabilities_of_any_sizes_have_joint_ones(size: list[float], n: int, method: str) -> None:
    prob = inclusion_probabilities(size, min(n, len(size)))
    prob = prob[prob > 0]
    joint = joint_probabilities(prob, method)
    assert (joint >= 0).all() and (joint <= np.minimum.outer(prob, prob)).all()
    if method in EXACT_FIXED:
        np.testing.assert_allclose(joint.sum(axis=1), prob * prob.sum(), rtol=1e-9, atol=1e-11)


PROBABILITIES = st.floats(0, 1.2) | st.sampled_from([0.5, 0.25, 1.0, float("nan")])


@steady
@given(st.lists(PROBABILITIES, max_size=7), st.sampled_from([*METHODS, "lottery"]), st.booleans())
def test_any_list_gives_a_matrix_or_an_error_of_ours(prob: list[float], method: str, strata: bool) -> None:
    labels = [at % 2 for at in range(len(prob))] if strata else None
    try:
        joint = joint_probabilities(prob, method, labels)
    except DesignError:
        return
    assert joint.shape == (len(prob), len(prob))
    assert (joint >= 0).all() and (joint <= np.minimum.outer(prob, prob)).all()
