"""The error that missing answers leave in a census: its formula, and whether it is unbiased."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import EstimateError, Survey
from scoring.group import GroupScores, group_scores
from scoring.scale import Label, Scale

TEN = Scale(0, 10, (Label("不满意", 0, 5), Label("满意", 6, 10)))
Q = ["q1", "q2", "q3"]


def sheets(ratings: np.ndarray) -> pd.DataFrame:
    """Ratings of members by evaluatees by items, NaN for none, as one row a sheet."""
    members, evaluatees, items = ratings.shape
    table = pd.DataFrame(ratings.reshape(-1, items), columns=Q[:items])
    return table.assign(
        evaluatee=np.tile([f"E{i}" for i in range(evaluatees)], members),
        member=np.repeat(np.arange(members), evaluatees),
    )


def census(ratings: np.ndarray, dont_know: np.ndarray | None = None, **options: Any) -> GroupScores:
    """Scores of a census; what is NaN and not 不了解 is missing."""
    table = sheets(ratings)
    none = np.zeros(ratings.shape, dtype=bool) if dont_know is None else dont_know
    indicators = dict.fromkeys(table["evaluatee"].unique(), Q[: ratings.shape[2]])
    return group_scores(
        Survey(table),
        indicators,
        TEN,
        census_dont_know=none.reshape(-1, ratings.shape[2]),
        unit="member",
        **options,
    )


def by_formula(ratings: np.ndarray, dont_know: np.ndarray) -> np.ndarray:
    """(10/K)² sum_kl S_kl sum_i a_ik a_il, item by item, over pairs of evaluatees.

    S_kl: deviations from each item's own mean, over sqrt((r_k - 1)(r_l - 1)); a_ik = o_ik/r_k - d_ik/N_k.
    """
    members, evaluatees, items = ratings.shape
    found = np.zeros((evaluatees, evaluatees))
    for a in range(evaluatees):
        for b in range(evaluatees):
            for k in range(items):
                for m in range(items):
                    y, x = ratings[:, a, k], ratings[:, b, m]
                    o, p = ~np.isnan(y), ~np.isnan(x)
                    d, e = ~dont_know[:, a, k], ~dont_know[:, b, m]
                    both = o & p
                    s = ((y - y[o].mean()) * (x - x[p].mean()))[both].sum()
                    s /= np.sqrt((o.sum() - 1) * (p.sum() - 1))
                    loads = ((o / o.sum() - d / d.sum()) * (p / p.sum() - e / e.sum())).sum()
                    found[a, b] += (10 / items) ** 2 * s * loads
    return found


def gaps(seed: int, members: int, missing: float, unsure: float) -> tuple[np.ndarray, np.ndarray]:
    """Ratings of three items of two evaluatees with gaps, and which gaps are 不了解."""
    rng = np.random.default_rng(seed)
    ratings = rng.integers(0, 11, (members, 2, 3)).astype(float)
    dont_know = rng.random(ratings.shape) < unsure
    ratings[dont_know | (rng.random(ratings.shape) < missing)] = np.nan
    return ratings, dont_know


# ------------------------------------------------------------------------------------- the formula


def test_where_all_are_due_it_is_the_formula_of_the_design() -> None:
    # (10/K)² sum_kl S_kl (r_kl / (r_k r_l) - 1/N) of one evaluatee, S from deviations as above.
    ratings = gaps(1, 30, 0.3, 0.0)[0][:, :1]
    answered = ~np.isnan(ratings[:, 0])
    r = answered.sum(axis=0)
    together = answered.T.astype(int) @ answered
    means = np.nanmean(ratings[:, 0], axis=0)
    deviation = np.where(answered, ratings[:, 0] - means, 0) / np.sqrt(r - 1)
    s = deviation.T @ deviation
    expected = (10 / 3) ** 2 * (s * (together / np.outer(r, r) - 1 / 30)).sum()
    found = census(ratings)
    assert found.cov.item() == pytest.approx(expected, rel=1e-9)
    assert found.estimate.item() == pytest.approx(10 / 3 * means.sum(), rel=1e-12)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from([0.05, 0.3]), st.sampled_from([0.0, 0.25]))
def test_with_members_who_do_not_know_it_is_the_general_formula(
    seed: int, missing: float, unsure: float
) -> None:
    ratings, dont_know = gaps(seed, 25, missing, unsure)
    found = census(ratings, dont_know).cov
    np.testing.assert_allclose(found, by_formula(ratings, dont_know), rtol=1e-9, atol=1e-9)
    assert np.linalg.eigvalsh(found).min() > -1e-9


def test_one_blank_of_three_by_hand() -> None:
    # S = 2, r = 2, N = 3: 10² × 2 (1/2 - 1/3).
    found = census(np.array([6.0, 8, np.nan]).reshape(3, 1, 1))
    assert found.cov.item() == pytest.approx(100 / 3, rel=1e-12)


def test_those_who_do_not_know_leave_the_domain() -> None:
    # Of five, one does not know and one is blank: as if there were four.
    ratings = np.array([6.0, 8, 9, np.nan, np.nan]).reshape(5, 1, 1)
    dont_know = np.array([0, 0, 0, 0, 1], dtype=bool).reshape(5, 1, 1)
    four = census(ratings[:4])
    five = census(ratings, dont_know)
    np.testing.assert_allclose(five.cov, four.cov, rtol=1e-12)
    np.testing.assert_allclose(five.shares_se, four.shares_se, rtol=1e-12)
    assert five.cov.item() < census(ratings).cov.item()


def test_a_full_census_has_no_error() -> None:
    ratings, dont_know = gaps(3, 12, 0.0, 0.3)  # every gap is 不了解
    found = census(ratings, dont_know)
    assert not found.cov.any()
    assert not found.shares_se.any()
    assert found.df.tolist() == [np.inf, np.inf]


def test_an_evaluatee_without_blanks_has_no_error_beside_one_with() -> None:
    ratings = gaps(4, 20, 0.0, 0.0)[0]
    ratings[0, 1, 2] = np.nan
    found = census(ratings)
    assert found.cov[0].tolist() == [0, 0]
    assert found.cov[1, 1] > 0


def test_evaluatees_are_tied_by_the_members_they_share() -> None:
    # With rows as members of their own the covariance between evaluatees is gone.
    ratings, dont_know = gaps(5, 20, 0.3, 0.0)
    table = sheets(ratings)
    options: dict[str, Any] = {"census_dont_know": dont_know.reshape(-1, 3)}
    apart = group_scores(Survey(table), dict.fromkeys(["E0", "E1"], Q), TEN, **options).cov
    shared = census(ratings).cov
    assert shared[0, 1] != 0
    assert apart[0, 1] == 0
    np.testing.assert_allclose(np.diag(apart), np.diag(shared), rtol=1e-9)


def test_shares_have_the_same_error_as_a_score_of_hits() -> None:
    ratings, dont_know = gaps(6, 25, 0.2, 0.2)
    found = census(ratings, dont_know)
    hits = np.where(np.isnan(ratings), np.nan, (ratings >= 6) * 10.0)
    as_score = census(hits, dont_know)
    np.testing.assert_allclose(found.shares[:, 1], as_score.estimate / 100, rtol=1e-12)
    np.testing.assert_allclose(found.shares_se[:, 1], np.sqrt(np.diag(as_score.cov)) / 100, rtol=1e-9)


# -------------------------------------------------------------------------------- is it unbiased


@pytest.mark.parametrize(("members", "answers"), [(6, 2), (7, 4), (8, 7)])
def test_one_item_is_unbiased_over_all_who_might_have_answered(members: int, answers: int) -> None:
    truth = np.random.default_rng(members).integers(0, 11, (members, 1, 1)).astype(float)
    scores, stated = [], []
    for some in combinations(range(members), answers):
        ratings = np.full_like(truth, np.nan)
        ratings[list(some)] = truth[list(some)]
        found = census(ratings)
        scores.append(found.estimate.item())
        stated.append(found.cov.item())
    assert np.mean(scores) == pytest.approx(10 * truth.mean(), rel=1e-12)
    assert np.mean(stated) == pytest.approx(np.var(scores), rel=1e-9)


def test_sheets_left_out_whole_are_unbiased_for_all_pairs_of_evaluatees() -> None:
    # Members who answer, answer everything: the whole matrix averages to the true one.
    truth = np.random.default_rng(2).integers(0, 11, (7, 3, 2)).astype(float)
    scores, stated = [], []
    for some in combinations(range(7), 4):
        ratings = np.full_like(truth, np.nan)
        ratings[list(some)] = truth[list(some)]
        found = census(ratings)
        scores.append(found.estimate)
        stated.append(found.cov)
    expected = np.cov(np.array(scores).T, bias=True)
    np.testing.assert_allclose(np.mean(stated, axis=0), expected, rtol=1e-9, atol=1e-9)


# ------------------------------------------------------------------------------- what is refused


def test_one_answer_with_others_missing_tells_no_spread() -> None:
    ratings = np.full((4, 2, 1), 7.0)
    ratings[1:, 1] = np.nan
    with pytest.raises(EstimateError) as caught:
        census(ratings)
    assert str(caught.value) == (
        "census: an indicator of 'E1' has fewer than two answers and others missing, so nothing tells their "
        "spread. Collect more, or count the group as an infinite panel."
    )
    assert caught.value.chinese == (
        "census：被评单位“E1”有一项指标回答不到两份，另有缺答，无从判断差异。请补充调查，或按无限总体计算该组。"
    )


def test_one_answer_is_enough_where_no_other_is_due() -> None:
    # E0 is known to one member alone; E1 lacks one of three answers: 10² × 2 (1/2 - 1/3).
    ratings = np.array([[7.0, np.nan, np.nan], [6, 8, np.nan]]).T.reshape(3, 2, 1)
    dont_know = np.array([[False, True, True], [False] * 3]).T.reshape(3, 2, 1)
    np.testing.assert_allclose(census(ratings, dont_know).cov, [[0, 0], [0, 100 / 3]], rtol=1e-12)
    assert census(ratings[:, :1], dont_know[:, :1]).cov.item() == 0


def test_indicators_that_are_not_asked_are_not_missing() -> None:
    # E0 is not asked q2 and q3, so only its q1 can be blank.
    ratings = gaps(7, 20, 0.2, 0.0)[0]
    table = sheets(ratings)
    found = group_scores(
        Survey(table), {"E0": ["q1"], "E1": Q}, TEN, census_dont_know=np.zeros((40, 3), bool), unit="member"
    ).cov
    assert found[0, 0] == pytest.approx(census(ratings[:, :1, :1]).cov.item(), rel=1e-9)
    assert found[1, 1] == pytest.approx(census(ratings[:, 1:]).cov.item(), rel=1e-9)
    blank = table.copy()
    blank.loc[blank["evaluatee"] == "E0", ["q2", "q3"]] = np.nan
    again = group_scores(
        Survey(blank), {"E0": ["q1"], "E1": Q}, TEN, census_dont_know=np.zeros((40, 3), bool), unit="member"
    ).cov
    np.testing.assert_array_equal(again, found)
