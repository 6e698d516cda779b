"""Overlapping samples of one population: the covariance of Tam (1984), by invariants and by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError, Survey, mean, post_stratify, rank_sets
from scoring.overlapping import semidefinite

SIZE, TAKEN, NAMES = 40, 18, "甲乙丙丁"
CHANCE = np.random.default_rng(2013)
# Made-up ratings: people differ in how they rate everybody.
RATINGS = CHANCE.normal(7, 1, (SIZE, len(NAMES))) + CHANCE.normal(0, 1.5, (SIZE, 1))


def sheets(members: list[np.ndarray], stratum: np.ndarray | None = None) -> pd.DataFrame:
    rows = [
        pd.DataFrame({"evaluatee": name, "person": who, "q": RATINGS[who % SIZE, at], "N": SIZE})
        for at, (name, who) in enumerate(zip(NAMES, members, strict=True))
    ]
    table = pd.concat(rows, ignore_index=True)
    if stratum is not None:
        table["part"] = stratum[table["person"]]
        table["N"] = np.bincount(stratum)[table["part"]]
    return table


def spread(rng: np.random.Generator, size: int = SIZE, taken: int = TAKEN) -> list[np.ndarray]:
    load, found = np.zeros(size), []
    for _ in NAMES:
        found.append(np.argsort(load + rng.random(size))[:taken])
        load[found[-1]] += 1
    return found


def test_alone_each_evaluatee_has_the_error_of_a_simple_random_sample() -> None:
    table = sheets(spread(np.random.default_rng(1)))
    together = mean(Survey(table, psu="person", population="N", overlapping="evaluatee"), "q", by="evaluatee")
    for row, (_, own) in enumerate(table.groupby("evaluatee", sort=True)):
        # (1 - n/N) s² / n
        assert together.cov[row, row] == pytest.approx((1 - TAKEN / SIZE) * own["q"].var() / TAKEN, rel=1e-12)
    assert (together.table["df"] == TAKEN - 1).all()


def test_the_same_raters_for_all_give_the_error_of_a_panel() -> None:
    stratum = np.arange(SIZE) % 2
    who = np.random.default_rng(1).permutation(SIZE)[:TAKEN]
    table = sheets([who] * 4, stratum)
    panel = mean(Survey(table, psu="person", population="N", stratum="part"), "q", by="evaluatee")
    survey = Survey(table, psu="person", population="N", stratum="part", overlapping="evaluatee")
    assert np.allclose(mean(survey, "q", by="evaluatee").cov, panel.cov, rtol=1e-10)
    assert survey.overlap(np.ones((len(table), 1)), np.repeat(np.arange(4), TAKEN), 4).shift == 0


def test_with_nobody_in_common_differences_are_cautious() -> None:
    table = sheets([np.arange(10), np.arange(10, 20), np.arange(20, 30), np.arange(30, 40)])
    cov = mean(Survey(table, psu="person", population="N", overlapping="evaluatee"), "q", by="evaluatee").cov
    sd = table.groupby("evaluatee")["q"].std().to_numpy()
    # Correlations that nobody can know are 1: K = -1/40.
    apart = ~np.eye(4, dtype=bool)
    assert cov[apart] == pytest.approx((-np.outer(sd, sd) / SIZE)[apart], rel=1e-9)


def test_a_lone_rater_of_a_stratum_counts_its_deviation_from_the_mean_of_all() -> None:
    stratum = (np.arange(SIZE) > 30).astype(int)
    table = sheets([np.array([1, 2, 35])] * 4, stratum)
    survey = {"psu": "person", "population": "N", "stratum": "part", "lonely": "adjust"}
    alone = mean(Survey(table, **survey), "q", by="evaluatee")  # type: ignore[arg-type]
    apart = mean(Survey(table, overlapping="evaluatee", **survey), "q", by="evaluatee")  # type: ignore[arg-type]
    assert np.diag(apart.cov) == pytest.approx(np.diag(alone.cov), rel=1e-10)


def test_the_correlation_of_other_samples_is_that_of_the_same_columns() -> None:
    # The second column is the first with its sign turned; 8 of 20 are common, so correlations are pooled.
    rng = np.random.default_rng(5)
    table = sheets(spread(rng, SIZE, 20))
    z = (table["q"] - table.groupby("evaluatee")["q"].transform("mean")).to_numpy()
    survey = Survey(table, psu="person", population="N", overlapping="evaluatee")
    cov = survey.covariance(np.column_stack([z, -z]), np.repeat(np.arange(4), 20), 4).reshape(4, 2, 4, 2)
    assert cov[:, 0, :, 0] == pytest.approx(cov[:, 1, :, 1]) and cov[:, 0, :, 1] == pytest.approx(
        -cov[:, 0, :, 0]
    )


# In the first some pairs never share a rater, and all have the same correlation; in the second every pair has
# 24 common raters and more, and correlations from -0.4 to 0.9.
ALIKE = np.full((4, 4), 0.6) + 0.4 * np.eye(4)
UNLIKE = np.array([[1, 0.9, 0.5, -0.4], [0.9, 1, 0.4, -0.3], [0.5, 0.4, 1, 0.1], [-0.4, -0.3, 0.1, 1]])


@pytest.mark.parametrize(("size", "taken", "correlation"), [(40, 18, ALIKE), (60, 42, UNLIKE)])
def test_over_many_draws_the_covariance_is_that_of_the_estimates(
    size: int, taken: int, correlation: np.ndarray
) -> None:
    rng = np.random.default_rng(3)
    raw = rng.normal(size=(size, 4))
    white = np.linalg.solve(np.linalg.cholesky(np.cov(raw.T)), (raw - raw.mean(axis=0)).T).T
    ratings = white @ np.linalg.cholesky(correlation).T  # exactly these correlations in the population
    draws, estimates, covariances = 1000, [], []
    for _ in range(draws):
        members = spread(rng, size, taken)
        table = sheets(members).assign(q=np.concatenate([ratings[who, at] for at, who in enumerate(members)]))
        survey = Survey(table.assign(N=size), psu="person", population="N", overlapping="evaluatee")
        z = table["q"].to_numpy() - table.groupby("evaluatee")["q"].transform("mean").to_numpy()
        estimates.append(table.groupby("evaluatee", sort=False)["q"].mean())
        covariances.append(survey.covariance(z[:, None] / taken, np.repeat(np.arange(4), taken), 4))
    true, said = np.cov(np.array(estimates).T), np.mean(covariances, axis=0)
    # An empirical covariance of m draws has the error sqrt((c_ab² + c_aa c_bb) / m).
    error = np.sqrt((true**2 + np.outer(np.diag(true), np.diag(true))) / draws)
    assert (np.abs(true - said) < 4 * error).all()
    apart = np.triu_indices(4, 1)
    assert (np.abs(true[apart]) > 8 * error[apart]).any()  # taking samples for independent would be seen


def test_differences_can_be_ranked() -> None:
    table = sheets(spread(np.random.default_rng(1)))
    found = mean(Survey(table, psu="person", population="N", overlapping="evaluatee"), "q", by="evaluatee")
    assert len(rank_sets(found.table["estimate"], found.cov)) == 4


def test_what_is_no_covariance_is_moved_least_and_told() -> None:
    fixed, shift = semidefinite(np.array([[4.0, 3.6], [3.6, 4.0]]))
    assert shift == 0 and fixed.tolist() == [[4.0, 3.6], [3.6, 4.0]]
    fixed, shift = semidefinite(np.array([[4.0, 4.4], [4.4, 4.0]]))
    # Two correlations above 1 become 1.
    assert fixed == pytest.approx(np.full((2, 2), 4.0)) and shift == pytest.approx(0.1)


def test_says_what_cannot_be_done() -> None:
    table = sheets(spread(np.random.default_rng(1))).assign(half=lambda t: t["person"] % 2, came=1)
    survey = Survey(table, psu="person", population="N", overlapping="evaluatee")
    with pytest.raises(EstimateError) as caught:
        mean(survey, "q", by="half")
    assert caught.value.rule == "domain_of_samples"
    for more in (
        {"psu": None},
        {"prob": "half"},
        {"psu": ["half", "person"]},
        {"responded": "came", "cell": "half"},
    ):
        with pytest.raises(AnswerError) as refused:
            Survey(table, **{"psu": "person", "overlapping": "evaluatee", **more})  # type: ignore[arg-type]
        assert refused.value.rule == "overlapping_stages"
    with pytest.raises(EstimateError) as populations:
        other = table.assign(N=np.where(table["evaluatee"] == "甲", 400, SIZE))
        mean(Survey(other, psu="person", population="N", overlapping="evaluatee"), "q", by="evaluatee")
    assert populations.value.rule == "other_populations" and "40 and 400 units" in str(populations.value)
    with pytest.raises(AnswerError, match="no adjustment or calibration"):
        post_stratify(survey, by="half", counts={0: 20, 1: 20})
