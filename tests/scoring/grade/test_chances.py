"""How likely grades and places are: the flat prior, and the prior for the class."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from scoring import (
    EstimateError,
    Grade,
    Grading,
    TopPlaces,
    grade_chances,
    grades,
    place_chances,
    true_score_draws,
)
from scoring.grade.needed import ClassChance
from scoring.grade.posterior import Posterior

ORACLES = json.loads((Path(__file__).parents[2] / "oracles" / "grade.json").read_text(encoding="utf-8"))
SCHOOLS, MADE_UP = ORACLES["schools"], ORACLES["made_up"]
RULE = Grading((Grade("A", 90), Grade("B", 80), Grade("C", 60), Grade("D")))
MONTE_CARLO = 4 * 0.5 / np.sqrt(10_000)
"""Four standard errors of a share of 10,000 draws."""


def made_up(seed: int, units: int = 7, spread: float = 5.0) -> tuple[np.ndarray, np.ndarray]:
    """Estimates about 80 and a covariance with errors in common."""
    rng = np.random.default_rng(seed)
    load = rng.normal(size=(units, 3))
    return 80 + rng.normal(0, spread, units), np.diag(rng.uniform(1, 9, units)) + load @ load.T


def integrated(estimate: np.ndarray, cov: np.ndarray, value: Any, units: int) -> np.ndarray:
    """Posterior mean of value(tau, mean, cov of the true scores) by adaptive quadrature over tau.

    Written from the normal model by conditioning a (true, estimate) vector with a very wide prior of mu in
    place of the flat one; it shares nothing with the code tested.
    """
    wide = 1e8

    def parts(tau: float) -> tuple[float, np.ndarray, np.ndarray]:
        prior = tau**2 * np.eye(units) + wide
        seen = prior + cov
        gain = np.linalg.solve(seen, prior).T
        centre = estimate.mean()
        density = stats.multivariate_normal.pdf(estimate, np.full(units, centre), seen)
        return density, centre + gain @ (estimate - centre), prior - gain @ prior

    top = max(parts(tau)[0] for tau in np.linspace(0.05, 40, 400))

    def weighted(tau: float) -> np.ndarray:
        density, mean, posterior = parts(tau)
        return np.append(value(mean, posterior) * density, density) / top

    found = integrate.quad_vec(weighted, 0.0, 400.0, epsabs=1e-8, points=[1, 3, 6, 12, 25, 50])[0]
    return found[:-1] / found[-1]


def at_least(threshold: float) -> Any:
    return lambda mean, cov: stats.norm.sf(threshold, mean, np.sqrt(np.diag(cov)))


def test_given_tau_the_model_is_that_of_metafor() -> None:
    # Oracle: R metafor 3.8.1, rma with tau² given: REML log-likelihood, mean, BLUPs and their errors.
    for data in (SCHOOLS, MADE_UP):
        y, due = np.array(data["y"]), data["given_tau"]
        model = Posterior(
            np.array(due["tau"]), np.zeros(len(due["tau"])), *np.linalg.eigh(np.diag(data["v"]))
        )
        found = ClassChance.of(model, y, np.array([0.0]))
        np.testing.assert_allclose(model.centre(y), due["mean"], rtol=1e-9)
        np.testing.assert_allclose(found.mean, due["true"], rtol=1e-9)
        np.testing.assert_allclose(found.sd, due["sd"], rtol=1e-9)
        density = model.log_density(found.square)
        np.testing.assert_allclose(np.diff(density), np.diff(due["log_density"]), rtol=1e-9)


def test_given_tau_errors_in_common_count_as_in_metafor() -> None:
    # Oracle: rma.mv with the whole covariance and tau² given.
    y, due = np.array(MADE_UP["y"]), ORACLES["in_common"]
    model = Posterior(np.array(due["tau"]), np.zeros(3), *np.linalg.eigh(np.array(due["cov"])))
    found = ClassChance.of(model, y, np.array([0.0]))
    np.testing.assert_allclose(model.centre(y), due["mean"], rtol=1e-8)
    np.testing.assert_allclose(found.mean, due["true"], rtol=1e-8)
    np.testing.assert_allclose(
        np.diff(model.log_density(found.square)), np.diff(due["log_density"]), rtol=1e-8
    )


def test_the_eight_schools_are_as_in_the_book() -> None:
    # Oracle: Bayesian Data Analysis, 3rd ed., table 5.3: quantiles of 200 draws, so roughly.
    drawn = true_score_draws(SCHOOLS["y"], np.diag(SCHOOLS["v"]))
    np.testing.assert_allclose(np.median(drawn, axis=0), [10, 8, 7, 8, 5, 6, 10, 8], atol=1.5)
    low, high = np.quantile(drawn, [0.25, 0.75], axis=0)
    np.testing.assert_allclose(low, [7, 3, 2, 4, 1, 2, 7, 3], atol=2)
    np.testing.assert_allclose(high, [16, 12, 11, 11, 10, 10, 15, 13], atol=2)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_class_chances_are_the_integral_over_tau(seed: int) -> None:
    y, cov = made_up(seed)
    found = grade_chances(RULE, y, cov).table
    above = {c: integrated(y, cov, at_least(c), y.size) for c in (90, 80, 60)}
    np.testing.assert_allclose(found["A"], above[90], atol=MONTE_CARLO)
    np.testing.assert_allclose(found["B"], above[80] - above[90], atol=MONTE_CARLO)
    np.testing.assert_allclose(found["C"], above[60] - above[80], atol=MONTE_CARLO)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)


def test_class_draws_have_the_covariance_of_the_model() -> None:
    y, cov = made_up(4, units=6)
    drawn = true_score_draws(y, cov, draws=100_000)
    mean = integrated(y, cov, lambda mean, cov: mean, 6)
    second = integrated(y, cov, lambda mean, cov: (np.outer(mean, mean) + cov).ravel(), 6).reshape(6, 6)
    due = second - np.outer(mean, mean)
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.03)
    np.testing.assert_allclose(np.cov(drawn.T), due, atol=0.02 * np.diag(due).max())


def test_an_error_that_all_share_moves_no_place() -> None:
    # With a flat mean such an error is part of it; so P(place) is that of independent errors.
    y, cov = made_up(5)[0], np.diag([1.0, 4, 2, 6, 3, 5, 2])
    alone = place_chances(y, cov, first=[1, 3]).table
    shared = place_chances(y, cov + 25.0, first=[1, 3]).table
    np.testing.assert_allclose(shared, alone, atol=2 * MONTE_CARLO)
    flat = place_chances(y, cov + 25.0, first=[1, 3], prior="flat").table
    np.testing.assert_allclose(
        flat, place_chances(y, cov, first=[1, 3], prior="flat").table, atol=2 * MONTE_CARLO
    )


@pytest.mark.parametrize("df", [None, 3, [2, 4, 8, 16, 32, 64, np.inf]])
def test_flat_chances_are_student_t(df: Any) -> None:
    y, cov = made_up(6)
    found = grade_chances(RULE, y, cov, df=df, prior="flat")
    freedom = np.broadcast_to(np.inf if df is None else df, 7)
    above = {c: stats.t.sf((c - y) / np.sqrt(np.diag(cov)), freedom) for c in (90, 80, 60)}
    np.testing.assert_allclose(found.table["A"], above[90], atol=MONTE_CARLO)
    np.testing.assert_allclose(found.table["B"], above[80] - above[90], atol=MONTE_CARLO)
    np.testing.assert_allclose(found.table["D"], 1 - above[60], atol=MONTE_CARLO)


def test_with_few_degrees_of_freedom_the_class_prior_takes_the_variance_of_student_t() -> None:
    y, cov = made_up(7)
    df = np.array([3.0, 4, 6, 10, 30, 100, np.inf])
    factor = np.sqrt([3, 2, 1.5, 1.25, 30 / 28, 100 / 98, 1])
    few, wide = grade_chances(RULE, y, cov, df=df), grade_chances(RULE, y, cov * np.outer(factor, factor))
    pd.testing.assert_frame_equal(few.table, wide.table)


def test_the_flat_prior_says_that_it_is_not_calibrated() -> None:
    flat, given = (place_chances([1.0, 2, 3], np.eye(3), prior=prior) for prior in ("flat", "class"))
    assert (flat.prior, flat.calibrated) == ("flat prior, uncalibrated", False)
    assert (given.prior, given.calibrated) == ("class prior", True)
    assert "flat prior, uncalibrated" in str(flat.table)
    assert "flat prior, uncalibrated" in flat._repr_html_()
    assert list(flat.spread) == ["units", "error"]


def test_gates_are_judged_on_the_places_within_each_draw() -> None:
    # The same error for all: who is first is known, whether 90 is reached is not (P = 1/2).
    first = Grading((Grade("A", 90, gate=TopPlaces(1)), Grade("B")))
    shared = np.full((3, 3), 4.0)
    found = grade_chances(first, [90.0, 89.9, 70.0], shared, prior="flat").table["A"]
    np.testing.assert_allclose(found, [0.5, 0, 0], atol=MONTE_CARLO)
    assert place_chances(
        [90.0, 89.9, 70.0], shared, first=[1, 2], prior="flat"
    ).table.to_numpy().tolist() == [
        [1, 1],
        [0, 1],
        [0, 0],
    ]
    # Two alike, independent: each is first in half of the draws, and over 90 in half: 3/8 both, by symmetry.
    alike = grade_chances(first, [90.0, 90.0], 4 * np.eye(2), prior="flat").table["A"]
    np.testing.assert_allclose(alike, [3 / 8, 3 / 8], atol=MONTE_CARLO)


def test_outside_conditions_are_known() -> None:
    rule = Grading((Grade("A", 90, requires=("x",)), Grade("B", 60), Grade("C", capped_if=("z",))))
    held = pd.DataFrame({"x": [True, False, True, True], "z": [False, False, True, False]})
    found = grade_chances(rule, [90.0, 90.0, 90.0, 90.0], np.eye(4), conditions=held, prior="flat").table
    np.testing.assert_allclose(found.iloc[0], [0.5, 0.5, 0], atol=MONTE_CARLO)
    assert found.iloc[1:3].to_numpy().tolist() == [[0, 1, 0], [0, 0, 1]]


def test_places_sum_to_the_number_of_places() -> None:
    y, cov = made_up(8)
    for prior in ("class", "flat"):
        found = place_chances(y, cov, first=[1, 2, 5, 7], prior=prior).table  # type: ignore[arg-type]
        np.testing.assert_allclose(found.sum(), [1, 2, 5, 7], rtol=1e-12)


@pytest.mark.parametrize("prior", ["class", "flat"])
def test_neither_the_order_of_units_nor_other_classes_matter(prior: Any) -> None:
    (y, cov), (other, more) = made_up(9), made_up(10, units=4)
    alone = grade_chances(RULE, y, cov, prior=prior, draws=500).table.to_numpy()
    both = np.block([[cov, np.full((7, 4), 0.1)], [np.full((4, 7), 0.1), more]])
    by = np.array(["p"] * 7 + ["q"] * 4)
    mixed = np.random.default_rng(0).permutation(11)
    score = np.append(y, other)[mixed]
    found = grade_chances(RULE, score, both[np.ix_(mixed, mixed)], by=by[mixed], prior=prior, draws=500)
    back = found.table.iloc[np.argsort(mixed)]
    np.testing.assert_allclose(back[list(RULE.names)].to_numpy()[:7], alone, atol=1e-12)
    assert found.spread["class"].tolist() == list(dict.fromkeys(by[mixed]))
    assert found.spread.set_index("class")["units"].to_dict() == {"p": 7, "q": 4}


def test_the_spread_of_a_class_is_found_again() -> None:
    # 400 made-up units: true scores spread by 6, errors of 3; the posterior of tau is narrow about 6.
    rng = np.random.default_rng(11)
    y = 80 + rng.normal(0, 6, 400) + rng.normal(0, 3, 400)
    found = place_chances(y, 9 * np.eye(400), draws=2000).spread.iloc[0]
    due = np.sqrt(y.var(ddof=1) - 9)
    assert found["error"] == 3
    assert found["spread"] == pytest.approx(due, rel=0.01)
    # Its standard error is about sqrt(2 / 400) (tau² + 9) / (2 tau), by the chi-square of the variance.
    width = 2 * 1.96 * np.sqrt(2 / 400) * (due**2 + 9) / (2 * due)
    assert found["high"] - found["low"] == pytest.approx(width, rel=0.1)


def test_without_error_the_chances_are_the_grades() -> None:
    y, nothing = [95.0, 85.0, 85.0, 40.0], np.zeros((4, 4))
    for prior in ("class", "flat"):
        found = grade_chances(RULE, y, nothing, df=0, prior=prior).table  # type: ignore[arg-type]
        assert found.idxmax(axis=1).tolist() == grades(RULE, y)["grade"].tolist()
        assert found.max(axis=1).tolist() == [1, 1, 1, 1]
    assert place_chances(y, nothing, first=2).table[2].tolist() == [1, 1, 1, 0]
    assert place_chances([5.0] * 4, nothing).table[1].tolist() == [1, 1, 1, 1]


def test_one_unit_may_be_known_exactly_among_others() -> None:
    y, cov = made_up(12)
    cov[0], cov[:, 0] = 0.0, 0.0
    drawn = true_score_draws(y, cov)
    np.testing.assert_allclose(drawn[:, 0], y[0], atol=1e-6)
    assert (drawn[:, 1:].std(axis=0) > 0.5).all()


def test_what_is_given_a_chance_comes_true_that_often() -> None:
    # 300 made-up classes with mean and spread from wide flat priors, so that the model is exactly true; bins
    # of some 400 to 8,000 chances, correlated, so 5 points of room.
    rng, units = np.random.default_rng(21), 11
    rule = Grading((Grade("A", 83, gate=TopPlaces(3)), Grade("B", 80), Grade("C", 77), Grade("D")))
    cov = 0.8 * np.eye(units) + 0.2
    root, truths, estimates = np.linalg.cholesky(4 * cov), [], []
    for _ in range(300):
        truths.append(rng.uniform(70, 90) + rng.uniform(0, 10) * rng.normal(size=units))
        estimates.append(truths[-1] + root @ rng.normal(size=units))
    by, whole = np.repeat(np.arange(300), units), np.kron(np.eye(300), 4 * cov)
    true = grades(rule, np.concatenate(truths), by=by)["grade"].to_numpy()[:, None] == np.array(rule.names)
    found = grade_chances(rule, np.concatenate(estimates), whole, by=by, draws=400)
    chance = found.table[list(rule.names)].to_numpy()
    bins = pd.DataFrame({"chance": chance.ravel(), "true": true.ravel()}).groupby(
        (chance * 5).astype(int).clip(0, 4).ravel()
    )
    assert bins.size().min() > 300
    np.testing.assert_allclose(bins["chance"].mean(), bins["true"].mean(), atol=0.05)


def test_draws_are_the_same_on_every_machine() -> None:
    # Kept from a run of this code: raw words of Philox, normal quantiles, and no signs of eigenvectors.
    y, cov = made_up(13, units=4)
    first = true_score_draws(y, cov, draws=2, seed=5)[0]
    np.testing.assert_allclose(first, KEPT, rtol=1e-9)
    flat = true_score_draws(y, cov, df=9, prior="flat", draws=2, seed=5)[0]
    np.testing.assert_allclose(flat, KEPT_FLAT, rtol=1e-9)
    assert not np.allclose(true_score_draws(y, cov, draws=2, seed=6)[0], first)


KEPT = [76.2641482704445, 81.7770138376981, 81.15871027738604, 81.23487359107943]
KEPT_FLAT = [74.44625861352228, 84.86706028652623, 84.29754195885855, 77.53775314000579]

Y, COV = [80.0, 81.0, 90.0], np.eye(3)
REFUSED: dict[str, list[tuple[Any, str]]] = {
    "cov_shape": [(lambda: grade_chances(RULE, Y, np.eye(2)), "it is \\(2, 2\\), estimates are 3")],
    "cov_not_finite": [(lambda: place_chances(Y, np.diag([1, np.nan, 1])), "row 1, column 1 is nan")],
    "not_symmetric": [
        (lambda: place_chances(Y, np.triu(np.ones((3, 3)))), "place_chances: cov: must be symm")
    ],
    "cov_not_semidefinite": [(lambda: place_chances(Y, np.ones((3, 3)) - 2 * np.eye(3)), "eigenvalue")],
    "estimate_not_finite": [(lambda: place_chances([1.0, np.inf, 2.0], COV), "first inf at position 1")],
    "no_estimates": [(lambda: true_score_draws([], np.empty((0, 0))), "true_score_draws: estimate")],
    "other_length": [(lambda: grade_chances(RULE, Y, COV, df=[3, 4]), "df: must have one value .* it has 2")],
    "df_not_above_0": [
        (lambda: grade_chances(RULE, pd.Series(Y, [*"甲乙丙"]), COV, df=[3, 0, 4]), "position 乙 it is 0"),
        (lambda: grade_chances(RULE, Y, COV, df=np.nan), "position 0 it is nan"),
    ],
    "few_df": [
        (lambda: grade_chances(RULE, Y, COV, df=[3, 2, 4]), "error of 1 has 2 degrees .* more than 2")
    ],
    "small_class": [
        (lambda: grade_chances(RULE, Y[:2], COV[:2, :2]), "class 'all' has 2 units; .* at least 3"),
        (lambda: place_chances(Y * 2, np.eye(6), by=[1, 1, 1, 1, 2, 2]), "class 2 has 2 units"),
    ],
    "unknown_choice": [
        (lambda: place_chances(Y, COV, prior="none"), "must be one of class, flat; it is 'none'")
    ],
    "number_of_draws": [
        (lambda: place_chances(Y, COV, draws=0), "draws: .* it is 0"),
        (lambda: place_chances(Y, COV, draws=1e4), "it is 10000.0"),
    ],
    "bad_seed": [(lambda: place_chances(Y, COV, seed=-1), "seed: .* it is -1")],
    "bad_first": [
        (lambda: place_chances(Y, COV, first=0), "it is 0"),
        (lambda: place_chances(Y, COV, first=[]), "it is \\[\\]"),
        (lambda: place_chances(Y, COV, first=[1.5]), "it is \\[1.5\\]"),
    ],
    "condition_unknown": [
        (
            lambda: grade_chances(
                Grading((Grade("A", requires=("x",)), Grade("B"))),
                Y,
                COV,
                conditions=pd.DataFrame({"x": [1, 0, 2]}),
            ),
            "'x' holds for 2",
        )
    ],
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_gives_no_chances_is_refused(rule: str) -> None:
    for call, message in REFUSED[rule]:
        with pytest.raises(EstimateError, match=message) as caught:
            call()
        assert caught.value.rule == rule
        assert caught.value.chinese != str(caught.value)
