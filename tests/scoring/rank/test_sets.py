"""Ranks and their joint confidence sets."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scoring import EstimateError, normals, rank_sets
from scoring.rank import checks, sure

ORACLES = Path(__file__).parents[2] / "oracles"
CSRANKS = json.loads((ORACLES / "rank_sets.json").read_text(encoding="utf-8"))


def ends(estimate: Any, cov: Any, **options: Any) -> list[tuple[int, int]]:
    table = rank_sets(estimate, cov, **options)
    return list(zip(table["low"].tolist(), table["high"].tolist(), strict=True))


def example(seed: int, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Estimates about one to three standard errors apart, with unequal variances and correlations."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(units, units))
    return rng.normal(0, 2.5 * units, units), root @ root.T + np.diag(rng.uniform(0.2, 3, units))


# ----------------------------------------------------------------------------- sets against other programs


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("case", ["independent", "correlated"])
def test_sets_of_csranks(case: str, seed: int) -> None:
    # Source and version in the file. Only its step-down ends: they are the same for all of its seeds.
    expected = CSRANKS[case]
    assert expected["same_for_5_seeds"]["L"]
    assert expected["same_for_5_seeds"]["U"]
    table = rank_sets(CSRANKS["estimate"], expected["cov"], level=CSRANKS["level"], seed=seed)
    assert table["rank"].tolist() == expected["rank"]
    assert table["low"].tolist() == expected["stepdown_low"]
    assert table["high"].tolist() == expected["stepdown_high"]


@pytest.mark.parametrize("units", [3, 10, 40])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_first_bar_is_tukeys_studentised_range(units: int, level: float) -> None:
    # Independent, equal variances: the largest studentised difference is the range over the square root of 2.
    bar = stats.studentized_range.ppf(level, units, np.inf) / np.sqrt(2)
    ahead = np.zeros(units)
    ahead[-1] = np.sqrt(2) * bar
    low_and_high = [(2, units)] * (units - 1) + [(1, 1)]
    assert ends(1.02 * ahead, np.eye(units), level=level) == low_and_high
    assert ends(0.98 * ahead, np.eye(units), level=level) == [(1, units)] * units


def test_step_down_separates_a_pair_that_one_step_does_not() -> None:
    # Nine gaps of 100 leave after the first step. The pair's 3.05 lies between the first bar, 3.16 (Tukey),
    # and the second: the 0.95 quantile of the largest of 45 reverse claims and one other, simulated here.
    gap = 3.05
    first = stats.studentized_range.ppf(0.95, 10, np.inf) / np.sqrt(2)
    normal = np.random.default_rng(5).normal(size=(100_000, 10))
    reverse = [(normal[:, k] - normal[:, :k].min(axis=1)) / np.sqrt(2) for k in range(1, 10)]
    last_pair = (normal[:, 8] - normal[:, 9]) / np.sqrt(2)
    second = np.quantile(np.max([*reverse, last_pair], axis=0), 0.95)
    assert second + 0.05 < gap < first - 0.05

    estimate = np.append(100.0 * np.arange(10, 1, -1), 200 - gap * np.sqrt(2))
    assert ends(estimate, np.eye(10)) == [(k, k) for k in range(1, 11)]


@pytest.mark.parametrize("seed", range(12))
def test_sets_equal_the_plain_definition(seed: int) -> None:
    # The same draws, every ordered pair laid out, every step computed anew from all draws.
    estimate, cov = example(seed, 7)
    order = np.argsort(-estimate)
    estimate, cov = estimate[order], cov[np.ix_(order, order)]
    draws = np.vstack(list(normals.normals(999, 7, seed))) @ np.linalg.cholesky(cov).T
    pairs = [(j, k) for j in range(7) for k in range(7) if j != k]
    error = {(j, k): np.sqrt(cov[j, j] + cov[k, k] - 2 * cov[j, k]) for j, k in pairs}
    proven: set[tuple[int, int]] = set()
    while True:
        still = [pair for pair in pairs if pair not in proven]
        largest = np.max([(draws[:, j] - draws[:, k]) / error[j, k] for j, k in still], axis=0)
        bar = np.sort(largest)[949]  # number 0.95 * 1000
        new = {(j, k) for j, k in still if (estimate[j] - estimate[k]) / error[j, k] > bar}
        if not new:
            break
        proven |= new
    expected = [
        (1 + sum((k, j) in proven for k in range(7)), 7 - sum((j, k) in proven for k in range(7)))
        for j in range(7)
    ]
    assert ends(estimate, cov, draws=999, seed=seed) == expected
    assert expected != [(1, 7)] * 7


@pytest.mark.parametrize("seed", range(6))
def test_few_df_is_holm_with_student_t(seed: int) -> None:
    # Holm (1979), each pair with its own degrees of freedom, one pair at a time.
    estimate, cov = example(seed, 9)
    df = np.random.default_rng(seed).uniform(5, 60, (9, 9))
    df = np.triu(df, 1) + np.triu(df, 1).T
    tail = {}
    for j in range(9):
        for k in range(j):
            t = (estimate[j] - estimate[k]) / np.sqrt(cov[j, j] + cov[k, k] - 2 * cov[j, k])
            tail[j, k] = 2 * stats.t.sf(abs(t), df[j, k])
    low, high = np.ones(9, int), np.full(9, 9)
    for position, (j, k) in enumerate(sorted(tail, key=lambda pair: tail[pair])):
        if tail[j, k] * (36 - position) > 0.05:
            break
        better, worse = (j, k) if estimate[j] > estimate[k] else (k, j)
        low[worse] += 1
        high[better] -= 1
    assert ends(estimate, cov, df=df) == list(zip(low.tolist(), high.tolist(), strict=True))
    assert high.min() < 9


def test_holm_stops_at_the_first_pair_it_keeps() -> None:
    # p-values 0.020, 0.024 and 0.9: 3 * 0.020 is above 0.05, so 2 * 0.024 is not asked for.
    estimate = np.sqrt(2) * np.append(stats.t.isf([0.010, 0.012], 40), 0.0)
    assert ends(estimate, np.eye(3), df=40) == [(1, 3)] * 3


def test_normals_are_the_published_philox() -> None:
    # Philox4x64-10 in plain integers, after Salmon, Moraes, Dror and Shaw (2011), "Parallel Random Numbers:
    # As Easy as 1, 2, 3"; the counter starts at 1. Normal quantiles from the standard library.
    mask, seed = 2**64 - 1, 20_261_122 + (7 << 64)

    def block(counter: int) -> list[int]:
        a, b, c, d = counter, 0, 0, 0
        key, twin = seed & mask, seed >> 64
        for _ in range(10):
            one, two = 0xD2E7470EE14C6C93 * a, 0xCA5A826395121157 * c
            a, b, c, d = (two >> 64) ^ b ^ key, two & mask, (one >> 64) ^ d ^ twin, one & mask
            key, twin = (key + 0x9E3779B97F4A7C15) & mask, (twin + 0xBB67AE8584CAA73B) & mask
        return [a, b, c, d]

    words = [word for counter in range(1, 376) for word in block(counter)]
    expected = [NormalDist().inv_cdf(((word >> 11) + 0.5) / 2**53) for word in words]
    found = np.vstack(list(normals.normals(300, 5, seed)))
    np.testing.assert_allclose(found, np.reshape(expected, (300, 5)), rtol=1e-12, atol=1e-15)


# ------------------------------------------------------------------------------------------- properties


@pytest.mark.parametrize("df", [None, 12.0])
@pytest.mark.parametrize("seed", range(8))
def test_relabelling_units_relabels_sets(seed: int, df: float | None) -> None:
    estimate, cov = example(seed, 8)
    estimate[3] = estimate[5]
    new = np.random.default_rng(seed + 100).permutation(8)
    table = rank_sets(estimate, cov, df=df)
    moved = rank_sets(estimate[new], cov[np.ix_(new, new)], df=df)
    pd.testing.assert_frame_equal(moved, table.iloc[new].reset_index(drop=True))


def test_relabelling_units_relabels_their_df() -> None:
    estimate, cov = example(2, 6)
    df = np.full((6, 6), 400.0)
    df[1, 4] = df[4, 1] = 3
    new = np.array([4, 2, 0, 5, 1, 3])
    table = rank_sets(estimate, cov, df=df)
    moved = rank_sets(estimate[new], cov[np.ix_(new, new)], df=df[np.ix_(new, new)])
    pd.testing.assert_frame_equal(moved, table.iloc[new].reset_index(drop=True))


@pytest.mark.parametrize("df", [None, 12.0])
def test_adding_a_constant_changes_nothing(df: float | None) -> None:
    estimate, cov = example(3, 8)
    expected = rank_sets(estimate, cov, df=df)
    pd.testing.assert_frame_equal(rank_sets(estimate + 1234.5, cov, df=df), expected)
    # An error shared by all moves all: it does not touch differences either.
    assert ends(estimate, np.eye(8) + 50.0) == ends(estimate, np.eye(8))


@pytest.mark.parametrize("seed", range(8))
def test_rank_lies_in_its_set(seed: int) -> None:
    estimate, cov = example(seed, 12)
    for df in (None, 30.0):
        table = rank_sets(np.round(estimate / 10), cov / 100, df=df)
        assert ((table["low"] <= table["rank"]) & (table["rank"] <= table["high"])).all()


@pytest.mark.parametrize("z", [0.0, 0.5, 1.6, 1.8, 1.955, 1.965, 2.3, 8.0])
def test_two_units_are_decided_by_the_z_test(z: float) -> None:
    cov = [[1.0, 0.4], [0.4, 2.0]]
    expected = [(1, 1), (2, 2)] if z > stats.norm.isf(0.025) else [(1, 2), (1, 2)]
    assert ends([z * np.sqrt(2.2), 0.0], cov) == expected


def test_two_units_with_df_are_decided_by_the_t_test() -> None:
    bar = stats.t.isf(0.025, 5) * np.sqrt(2)
    assert ends([1.001 * bar, 0.0], np.eye(2), df=5) == [(1, 1), (2, 2)]
    assert ends([0.999 * bar, 0.0], np.eye(2), df=5) == [(1, 2), (1, 2)]


@pytest.mark.parametrize("df", [None, 9.0])
def test_separated_units_have_one_rank_each(df: float | None) -> None:
    assert ends([20.0, 40.0, 10.0, 30.0], np.eye(4) / 100, df=df) == [(3, 3), (1, 1), (4, 4), (2, 2)]


@pytest.mark.parametrize("df", [None, 9.0])
def test_equal_units_may_have_any_rank(df: float | None) -> None:
    table = rank_sets([50.0] * 5, np.diag([1.0, 2, 3, 4, 5]), df=df)
    assert table["rank"].tolist() == [1] * 5
    assert table["low"].tolist() == [1] * 5
    assert table["high"].tolist() == [5] * 5


@pytest.mark.parametrize("df", [None, 9.0])
def test_one_unit(df: float | None) -> None:
    table = rank_sets([3.0], [[2.0]], df=df)
    assert table.to_dict("list") == {"rank": [1], "low": [1], "high": [1]}


def test_table() -> None:
    table = rank_sets(pd.Series([1.0, 9.0], index=["b", "a"]), pd.DataFrame(np.eye(2)))
    assert list(table.columns) == ["rank", "low", "high"]
    assert all(np.issubdtype(kind, np.integer) for kind in table.dtypes)
    pd.testing.assert_index_equal(table.index, pd.RangeIndex(2))


def test_covariance_matters() -> None:
    # Six units share nearly all their error, as evaluatees rated on one sheet do. Their differences have a
    # standard error of 0.316; without the covariance it would be 1.41 and hide the gaps of 1.5.
    estimate = 80 - 1.5 * np.arange(6)
    cov = np.full((6, 6), 0.95) + 0.05 * np.eye(6)
    assert ends(estimate, cov) == [(k, k) for k in range(1, 7)]
    apart = ends(estimate, np.diag(np.diag(cov)))
    assert all(high - low >= 2 for low, high in apart)


def test_correlated_differences_lower_the_bar() -> None:
    # Two sources of error drive eight units, so their 28 differences need a lower bar than those of eight
    # independent units. Bar simulated with another generator.
    angle = np.linspace(0, np.pi, 8, endpoint=False)
    loading = np.column_stack([np.cos(angle), np.sin(angle)])
    cov = loading @ loading.T
    error = np.sqrt(np.maximum(2 - 2 * cov, 0))
    draws = np.random.default_rng(8).normal(size=(100_000, 2)) @ loading.T
    largest = np.max([np.abs(draws[:, j] - draws[:, k]) / error[j, k] for j in range(8) for k in range(j)], 0)
    bar = np.quantile(largest, 0.95)
    assert bar < stats.studentized_range.ppf(0.95, 8, np.inf) / np.sqrt(2) - 0.2
    estimate = np.zeros(8)
    estimate[0] = error[0, 1:].min()
    assert ends(0.98 * bar * estimate, cov)[0] == (1, 8)
    assert ends(1.02 * bar * estimate, cov)[0][1] < 8


@pytest.mark.parametrize("df", [None, 9.0])
def test_units_without_error_are_ordered_exactly(df: float | None) -> None:
    estimate = [5.0, 5.0 + 1e-6, 5.0 + 1e-6 + 1e-10, 4.0]
    assert ends(estimate, np.zeros((4, 4)), df=df) == [(3, 3), (1, 2), (1, 2), (4, 4)]


@pytest.mark.parametrize("df", [None, 9.0])
def test_ties_are_never_separated_however_small_their_error(df: float | None) -> None:
    table = rank_sets([5.0, 5.0 + 5e-10, 4.0], np.eye(3) * 1e-24, df=df)
    assert table.to_dict("list") == {"rank": [1, 1, 3], "low": [1, 1, 3], "high": [2, 2, 3]}


@pytest.mark.parametrize("df", [None, 9.0])
def test_perfectly_correlated_units_are_ordered_exactly(df: float | None) -> None:
    # Units 0, 2 and 3 share all their error, unit 1 has its own: 0 and 2 tie, 3 is surely below them.
    shared = np.array([1.0, 0.0, 1.0, 1.0])
    cov = np.outer(shared, shared) * 0.3 + np.diag([0, 2.0, 0, 0])
    assert ends([7.0, 7.1, 7.0, 6.9999], cov, df=df) == [(1, 3), (1, 4), (1, 3), (3, 4)]


def test_zero_variance_pairs_need_no_df_and_count_for_none() -> None:
    # A Satterthwaite df of a difference without variance is 0 / 0. Two pairs of one sheet each: four
    # differences are tested, not six, by Holm: the bar is a two-sided 0.05 / 4.
    cov = np.kron(np.eye(2), np.ones((2, 2)))
    df = np.full((4, 4), 10.0)
    df[0, 1] = df[1, 0] = df[2, 3] = df[3, 2] = np.nan
    bar = stats.t.isf(0.05 / 8, 10) * np.sqrt(2)
    estimate = bar * np.array([1.001, 0.5, 0.4, 0.0])
    assert ends(estimate, cov, df=df) == [(1, 2), (2, 4), (1, 3), (3, 4)]
    assert ends(estimate * 0.998, cov, df=df) == [(1, 3), (2, 4), (1, 3), (2, 4)]


def test_rounding_in_cov_is_tolerated() -> None:
    estimate, _ = example(1, 6)
    root = np.random.default_rng(1).normal(size=(6, 2))
    cov = root @ root.T
    noise = np.random.default_rng(2).normal(0, 1e-10, (6, 6))
    rounded = cov - 1e-9 * np.eye(6) + noise + noise.T + noise / 100
    assert np.linalg.eigvalsh(rounded)[0] < -1e-10
    repaired = checks.covariance("cov", rounded, np.arange(6))
    assert np.linalg.eigvalsh(repaired)[0] > -1e-14
    np.testing.assert_allclose(repaired, cov, atol=1e-8)
    assert ends(estimate, rounded) == ends(estimate, cov)
    # A unit whose variance is 0 but for rounding.
    assert ends([1.0, 2.0, 3.0], np.diag([1.0, -1e-18, 1.0])) == ends([1.0, 2.0, 3.0], np.diag([1.0, 0, 1]))


def test_factor_gives_the_covariance_back() -> None:
    _, cov = example(6, 9)
    root = np.random.default_rng(6).normal(size=(9, 3))
    for matrix in (cov, root @ root.T, np.ones((9, 9)), np.zeros((9, 9))):
        factor = normals.factor(matrix)
        np.testing.assert_allclose(factor @ factor.T, matrix, atol=1e-12)
        np.testing.assert_array_equal(factor, np.tril(factor))


def test_same_seed_same_sets_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    estimate, cov = example(0, 7)
    expected = rank_sets(estimate, cov, draws=1000, seed=5)
    monkeypatch.setattr(normals, "BLOCK", 7 * 300)
    pd.testing.assert_frame_equal(rank_sets(estimate, cov, draws=1000, seed=5), expected)


@pytest.mark.parametrize("seed", range(5))
def test_many_df_holm_and_simulation_nearly_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    estimate, cov = rng.normal(0, 3, 12), np.diag(rng.uniform(0.5, 1.5, 12))
    simulated = rank_sets(estimate, cov, df=1e7)
    pd.testing.assert_frame_equal(simulated, rank_sets(estimate, cov))
    monkeypatch.setattr(sure, "FEW_DF", 1e8)
    holm = rank_sets(estimate, cov, df=1e7)
    # 66 pairs: Holm's first bar is 3.37, the simulated one 3.27; so a few ends of 24 move, by a rank or two.
    change = (holm[["low", "high"]] - simulated[["low", "high"]]).abs().to_numpy()
    assert change.sum() <= 4


def test_few_df_widen() -> None:
    estimate, cov = example(4, 15)
    widths = [int(np.subtract(*np.transpose(ends(estimate, cov, df=df))[::-1]).sum()) for df in (4, 30, None)]
    assert widths[0] > widths[1] >= widths[2]


# --------------------------------------------------------------------------------------------- coverage

TRUTH = np.array([5.0, 5.0, 5.0, 5.0, 5.0, 0.0, 0.0, 0.1])  # ties, and near ties


def covered(table: pd.DataFrame) -> bool:
    """Every set holds all the ranks that its unit shares."""
    better = (TRUTH[:, None] > TRUTH[None, :]).sum(axis=0)
    worse = (TRUTH[:, None] < TRUTH[None, :]).sum(axis=0)
    return bool(((table["low"] <= 1 + better) & (table["high"] >= 8 - worse)).all())


def root(rng: np.random.Generator) -> np.ndarray:
    return np.linalg.cholesky(0.5 * np.diag(rng.uniform(0.5, 1.5, 8)) + 0.3)


def test_joint_coverage_with_known_variances() -> None:
    rng = np.random.default_rng(2024)
    factor = root(rng)
    hits = 0
    width = 0.0
    for seed in range(400):
        table = rank_sets(TRUTH + factor @ rng.normal(size=8), factor @ factor.T, draws=2000, seed=seed)
        hits += covered(table)
        width += (table["high"] - table["low"]).mean() / 400
    assert hits / 400 >= 0.93
    assert width < 4  # not by saying nothing: the whole range is 7


def test_joint_coverage_with_few_df() -> None:
    rng = np.random.default_rng(1908)
    factor = root(rng)
    hits = ignored = 0
    for seed in range(400):
        answers = TRUTH + rng.normal(size=(10, 8)) @ factor.T * np.sqrt(10)
        estimate, cov = answers.mean(axis=0), np.cov(answers.T) / 10
        hits += covered(rank_sets(estimate, cov, df=9))
        ignored += covered(rank_sets(estimate, cov, draws=500, seed=seed))
    assert hits / 400 >= 0.93
    assert ignored / 400 < 0.85  # what the degrees of freedom are for


# ---------------------------------------------------------------------------------------------- messages

BAD: list[tuple[str, str, dict[str, Any]]] = [
    ("not_numbers", "rank_sets: estimate: must be numbers", {"estimate": ["好", 1, 2]}),
    ("not_numbers", "rank_sets: cov: must be numbers", {"cov": [[1, 2], [3]]}),
    ("no_estimates", r"its shape is \(0,\)", {"estimate": []}),
    ("no_estimates", r"its shape is \(1, 3\)", {"estimate": [[1, 2, 3]]}),
    ("estimate_not_finite", "2 of 3 are not, first nan at position 1", {"estimate": [1, np.nan, np.inf]}),
    ("cov_shape", r"it is \(2, 2\), estimates are 3", {"cov": np.eye(2)}),
    ("cov_not_finite", "row 1, column 1 is inf", {"cov": np.diag([1, np.inf, 1])}),
    ("not_symmetric", r"\(0, 1\) is 0.5 but \(1, 0\) is 0.0", {"cov": [[1, 0.5, 0], [0, 1, 0], [0, 0, 1]]}),
    ("cov_not_semidefinite", "smallest eigenvalue is -1", {"cov": [[1, 2, 0], [2, 1, 0], [0, 0, 1]]}),
    ("cov_not_semidefinite", "smallest eigenvalue is -", {"cov": np.diag([1, -0.1, 1])}),
    ("cov_not_semidefinite", "smallest eigenvalue is -", {"cov": [[0, 1, 0], [1, 0, 0], [0, 0, 0]]}),
    ("bad_level", "must lie between 0 and 1; it is 95", {"level": 95}),
    ("bad_level", "it is nan", {"level": float("nan")}),
    ("bad_draws", "at least 19; it is 18", {"draws": 18}),
    ("bad_draws", "whole number, .* it is 100.5", {"draws": 100.5}),
    ("bad_seed", "it is -1", {"seed": -1}),
    ("bad_seed", "it is None", {"seed": None}),
    ("df_shape", r"of shape \(3, 3\); its shape is \(3,\)", {"df": [9, 9, 9]}),
    ("df_not_positive", r"must be above 0; \(0, 1\) is 0.0", {"df": 0}),
    ("df_not_positive", r"\(0, 2\) is nan", {"df": [[9, 9, np.nan], [9, 9, 9], [np.nan, 9, 9]]}),
    (
        "not_symmetric",
        r"df: .*\(1, 2\) is 9.0 but \(2, 1\) is 8.0",
        {"df": [[9, 9, 9], [9, 9, 9], [9, 8, 9]]},
    ),
]


@pytest.mark.parametrize(("rule", "message", "change"), BAD)
def test_sets_refuse(rule: str, message: str, change: dict[str, Any]) -> None:
    options: dict[str, Any] = {"estimate": [3.0, 1.0, 2.0], "cov": np.eye(3)} | change
    with pytest.raises(EstimateError, match=message) as caught:
        rank_sets(**options)
    assert isinstance(caught.value, ValueError)
    assert caught.value.rule == rule
    assert caught.value.chinese.startswith("rank_sets: ")


def test_fewest_draws_are_enough() -> None:
    assert ends([50.0, 0.0, -50.0], np.eye(3), draws=19) == [(1, 1), (2, 2), (3, 3)]
