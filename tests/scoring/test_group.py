"""Group scores against hand examples and against the means they are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError, Survey, jackknife, mean
from scoring.group import GroupScores, columns_of, group_scores
from scoring.scale import Label, Scale

TEN = Scale(0, 10, (Label("不满意", 0, 5), Label("基本满意", 6, 7), Label("满意", 8, 10)))
ALL = {"市教育局": ["q1", "q2", "q3"], "市公安局": ["q1", "q2", "q3"], "市水务局": ["q1", "q2", "q3"]}
SOME = {"市教育局": ["q1", "q2", "q3"], "市公安局": ["q2"], "市水务局": ["q3", "q1"]}


def answers(seed: int, rows: int, evaluatees: list[str], missing: float = 0.25) -> pd.DataFrame:
    """Sheets of whole ratings with gaps, and weights that differ."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.integers(0, 11, (rows, 3)).astype(float), columns=["q1", "q2", "q3"])
    table = table.mask(rng.random((rows, 3)) < missing)
    return table.assign(evaluatee=np.resize(evaluatees, rows), w=rng.uniform(0.5, 4, rows))


def simple(seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    table = answers(seed, 90, list(ALL))
    return table.assign(h=table["evaluatee"], N=np.resize([40, 55, 70], 90)), {
        "stratum": "h",
        "population": "N",
    }


def panel(seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The same twenty members of 60 rate everyone."""
    table = answers(seed, 60, list(ALL))
    return table.assign(member=np.repeat(range(20), 3), N=60), {"psu": "member", "population": "N"}


def two_stages(seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Towns of unequal chances, one certain, shared by all evaluatees; people in them."""
    table = answers(seed, 96, list(ALL))
    town = np.repeat(range(8), 12)
    prob = np.array([0.1, 0.3, 0.25, 0.4, 1.0, 0.35, 0.6, 0.2])[town]
    table = table.assign(county=town // 4, town=town, person=np.resize(range(12), 96), p=prob, M=40 + town)
    return table, {
        "stratum": ["county", None],
        "psu": ["town", "person"],
        "prob": ["p", None],
        "population": [None, "M"],
    }


DESIGNS: dict[str, Callable[[int], tuple[pd.DataFrame, dict[str, Any]]]] = {
    "no design": lambda seed: (answers(seed, 60, list(ALL)), {}),
    "simple": simple,
    "panel": panel,
    "two stages": two_stages,
}


def linear_map(table: pd.DataFrame, indicators: dict[str, list[str]], columns: list[str]) -> np.ndarray:
    """What each mean, evaluatee by column, counts in each score: 10/K where the column is asked."""
    evaluatees = sorted(set(table["evaluatee"]))
    found = np.zeros((len(evaluatees), len(evaluatees) * len(columns)))
    for at, one in enumerate(evaluatees):
        for k, column in enumerate(columns):
            if column in indicators[one]:
                found[at, at * len(columns) + k] = 10 / len(indicators[one])
    return found


def close(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


# --------------------------------------------------------------------------------------- by hand


def test_a_score_is_ten_times_the_mean_of_the_means() -> None:
    # q1: (8 + 6)/2 = 7; q2: one 不了解, 9; so 10/2 × 16 = 80. Means of sheets give (85 + 60)/2 = 72.5,
    # complete sheets 85, pooled answers 76.67.
    table = pd.DataFrame({"evaluatee": "A", "q1": [8.0, 6], "q2": [9.0, np.nan]})
    found = group_scores(Survey(table), {"A": ["q1", "q2"]}, TEN)
    assert found.estimate.tolist() == [80.0]
    assert found.means.tolist() == [[7.0, 9.0]]
    assert found.n.tolist() == [2]


def test_the_scale_is_put_on_the_full_mark() -> None:
    # 1 to 5, mean 4: 20/(5 - 1) × (4 - 1) = 15; the mean has variance s²/n = 2/2, the score 5² times it.
    table = pd.DataFrame({"evaluatee": "A", "q": [5.0, 3.0]})
    found = group_scores(Survey(table), {"A": ["q"]}, Scale(1, 5), full_mark=20)
    assert found.estimate.tolist() == [15.0]
    assert found.means.tolist() == [[4.0]]
    np.testing.assert_allclose(found.cov, [[25.0]], rtol=1e-12)


def test_weights_count_only_in_the_design_score() -> None:
    # Plain (9 + 5)/2 = 7; weighted (3 × 9 + 5)/4 = 8.
    table = pd.DataFrame({"evaluatee": "A", "q": [9.0, 5.0], "w": [3.0, 1.0]})
    by = {one: group_scores(Survey(table, weight="w"), {"A": ["q"]}, TEN, official=one) for one in OFFICIAL}
    assert [by[one].estimate.item() for one in OFFICIAL] == [70.0, 80.0]
    for one in OFFICIAL:
        assert (by[one].plain.item(), by[one].design.item()) == (70.0, 80.0)


def test_shares_are_of_valid_answers_averaged_over_indicators() -> None:
    # q1: 8, 6, 3, one each; q2: 9 and 5, half each; q3 is not asked of A.
    table = pd.DataFrame({"evaluatee": "A", "q1": [8.0, 6, 3], "q2": [9.0, 5, np.nan], "q3": [1.0, 1, 1]})
    found = group_scores(Survey(table), {"A": ["q1", "q2"]}, TEN)
    close(found.shares, np.array([[(1 / 3 + 1 / 2) / 2, 1 / 6, (1 / 3 + 1 / 2) / 2]]))


def test_an_infinite_panel_has_the_variance_of_a_sample() -> None:
    # s² of 6, 8, 10 is 4: 10² × 4/3; of nine members a third less.
    table = pd.DataFrame({"evaluatee": "A", "q": [6.0, 8, 10], "N": 9})
    infinite = group_scores(Survey(table), {"A": ["q"]}, TEN).cov
    finite = group_scores(Survey(table, population="N"), {"A": ["q"]}, TEN).cov
    np.testing.assert_allclose([infinite.item(), finite.item()], [400 / 3, 400 / 3 * (1 - 3 / 9)], rtol=1e-12)


def test_members_in_common_make_scores_move_together() -> None:
    # Each member rates B one lower than A, so the difference has no error; members of their own have
    # the sum of both.
    table = pd.DataFrame({"evaluatee": list("AABB"), "member": [1, 2, 1, 2], "q": [9.0, 5, 8, 4]})
    contrast = np.array([1, -1])
    shared = group_scores(Survey(table, psu="member"), {"A": ["q"], "B": ["q"]}, TEN).cov
    assert contrast @ shared @ contrast == pytest.approx(0, abs=1e-9)
    apart = group_scores(
        Survey(table.assign(member=range(4)), psu="member", stratum="evaluatee"),
        {"A": ["q"], "B": ["q"]},
        TEN,
    ).cov
    assert contrast @ apart @ contrast == pytest.approx(np.diag(apart).sum(), rel=1e-12)


# ------------------------------------------------------------------------------- levels agree

OFFICIAL: tuple[Any, Any] = ("plain", "design")


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("official", OFFICIAL)
@pytest.mark.parametrize("indicators", [ALL, SOME])
def test_scores_are_a_linear_map_of_means(
    design: str, official: Any, indicators: dict[str, list[str]]
) -> None:
    table, roles = DESIGNS[design](7)
    columns = ["q1", "q2", "q3"]
    counted = Survey(table, weight="w", **roles) if official == "design" else Survey(table, **roles)
    means = mean(counted, columns, by="evaluatee")
    to = linear_map(table, indicators, columns)
    found = group_scores(Survey(table, weight="w", **roles), indicators, TEN, official=official)
    assert found.evaluatees == sorted(ALL)
    close(found.estimate, to @ means.table["estimate"].to_numpy())
    close(found.cov, to @ means.cov @ to.T)
    close(found.estimate, found.plain if official == "plain" else found.design)
    asked = to.reshape(3, 3, 3).sum(axis=1) > 0
    at = [columns_of(indicators).index(column) for column in columns]
    expected = np.where(asked, means.table["estimate"].to_numpy().reshape(3, 3), np.nan)
    np.testing.assert_allclose(found.means[:, at], expected, rtol=1e-9)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("indicators", [ALL, SOME])
def test_shares_are_a_linear_map_of_means_of_labels(design: str, indicators: dict[str, list[str]]) -> None:
    table, roles = DESIGNS[design](8)
    found = group_scores(Survey(table, weight="w", **roles), indicators, TEN)
    for at, label in enumerate(TEN.labels):
        hits = table.assign(
            **{
                q: table[q].between(label.low, label.high).astype(float).where(table[q].notna())
                for q in ("q1", "q2", "q3")
            }
        )
        means = mean(Survey(hits, weight="w", **roles), ["q1", "q2", "q3"], by="evaluatee")
        to = linear_map(table, indicators, ["q1", "q2", "q3"]) / 10
        close(found.shares[:, at], to @ means.table["estimate"].to_numpy())
        close(found.shares_se[:, at], np.sqrt(np.diag(to @ means.cov @ to.T)))
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize("official", OFFICIAL)
def test_answers_that_are_not_asked_do_not_count(official: Any) -> None:
    table, roles = panel(9)
    blank = table.copy()
    for evaluatee, asked in SOME.items():
        for column in set(ALL[evaluatee]) - set(asked):
            blank.loc[blank["evaluatee"] == evaluatee, column] = np.nan
    one, two = (
        group_scores(Survey(t, weight="w", **roles), SOME, TEN, official=official) for t in (table, blank)
    )
    for field in ("estimate", "cov", "means", "shares", "shares_se", "df", "n"):
        np.testing.assert_array_equal(getattr(one, field), getattr(two, field))


def test_a_sheet_without_a_valid_answer_counts_for_nothing_but_its_unit() -> None:
    table, roles = panel(10)
    empty = table.loc[:, ["q1", "q2", "q3"]].isna().all(axis=1)
    table.loc[[0, 1, 2], ["q1", "q2", "q3"]] = np.nan  # the first member rates nobody
    found = group_scores(Survey(table, **roles), ALL, TEN)
    rated = table[["q1", "q2", "q3"]].notna().any(axis=1)
    assert not empty[:3].any()
    assert found.n.tolist() == rated.groupby(table["evaluatee"]).sum().tolist()
    assert found.df.tolist() == (rated.groupby(table["evaluatee"]).sum() - 1).tolist()


def test_order_of_rows_and_evaluatees_does_not_matter() -> None:
    table, roles = two_stages(11)
    found = group_scores(Survey(table, weight="w", **roles), SOME, TEN)
    shuffled = table.sample(frac=1, random_state=4)
    turned = dict(reversed(SOME.items()))
    again = group_scores(Survey(shuffled, weight="w", **roles), turned, TEN)
    assert found.evaluatees == again.evaluatees == sorted(SOME)
    close(again.estimate, found.estimate)
    close(again.cov, found.cov)


def test_degrees_of_freedom_of_a_stratified_sample_follow_satterthwaite() -> None:
    q = pd.Series([2.0, 9, 4, 7, 6, 5, 6])
    table = pd.DataFrame({"evaluatee": "甲", "q1": q, "h": list("aaabbbb"), "N": [30] * 3 + [12] * 4})
    found = group_scores(Survey(table, stratum="h", population="N"), {"甲": ["q1"]}, TEN)
    # By hand: V_h = n_h (1 - f_h) s_h² of z = 10 (q - mean) / 7, on n_h - 1 degrees each.
    z = 10 * (q - q.mean()) / 7
    part = [3 * (1 - 3 / 30) * z[:3].var(), 4 * (1 - 4 / 12) * z[3:].var()]
    close(found.cov, [[sum(part)]])
    close(found.df, [sum(part) ** 2 / (part[0] ** 2 / 2 + part[1] ** 2 / 3)])


def test_degrees_of_freedom_of_two_stages_add_up_strata_of_both() -> None:
    table, roles = two_stages(12)
    found = group_scores(Survey(table, **roles), ALL, TEN)
    for at, one in enumerate(found.evaluatees):
        own = table[table["evaluatee"] == one]
        indicators = ALL[one]
        mean = own[indicators].mean()
        z = (own[indicators] - mean).div(own[indicators].notna().sum()).sum(axis=1) * 10 / len(indicators)
        answered = own[indicators].notna().any(axis=1).reindex(table.index, fill_value=False)
        parts = stage_variances(table, roles, z.reindex(table.index, fill_value=0.0), answered)
        close(found.cov[at, at], sum(variance for variance, _ in parts))
        close(found.df[at], sum(v for v, _ in parts) ** 2 / sum(v**2 / df for v, df in parts))


def stage_variances(
    table: pd.DataFrame, roles: dict[str, Any], z: pd.Series, own: pd.Series
) -> list[tuple[float, float]]:
    """Each stratum's variance and degrees of freedom, by loops over strata and units."""
    found, above = [], pd.Series(1.0, table.index)
    path: list[str] = []
    probs = roles.get("prob") or [None] * len(roles["psu"])
    for stratum, psu, population, prob in zip(
        roles["stratum"], roles["psu"], roles["population"], probs, strict=True
    ):
        outer = [*path, *([stratum] if stratum else [])]
        chance = pd.Series(0.0, table.index)
        for _, rows in table.groupby(outer) if outer else [((), table)]:
            of = rows.groupby(psu).ngroup()
            n = of.nunique()
            chance[rows.index] = rows[prob] if prob else n / rows[population]
            totals = z[rows.index].groupby(of).sum().to_numpy()
            left = 1 - chance[rows.index].groupby(of).first().to_numpy()
            if (left > 0).any():
                a = left / left.sum()
                spread = left * (totals - (a * totals).sum()) ** 2
                weight = above[rows.index].iloc[0] / (1 - (a**2).sum())
                open_units = (own[rows.index].groupby(of).any().to_numpy() & (left > 0)).sum()
                found.append((weight * spread.sum(), max(open_units - 1, 1)))
        path, above = [*outer, psu], above * chance
    return [(v, df) for v, df in found if v > 0]


# ----------------------------------------------------------------------------------- what is refused

Call = Callable[[], GroupScores]
TWO = pd.DataFrame({"evaluatee": ["甲", "甲", "乙", "乙"], "q": [8.0, 6, 5, 7], "w": [1.0, 1, 0, 0]})


def refused(q: list[Any]) -> Call:
    return lambda: group_scores(Survey(TWO.assign(q=q)), {"甲": ["q"], "乙": ["q"]}, TEN)


def bad_rating(value: object, row: int) -> tuple[str, str]:
    return (
        "scores: ratings must be whole numbers from 0 to 10, empty where there is none; "
        f"'q' has {value} in row {row}. Correct it.",
        f"scores：评分必须是 0 到 10 的整数，没有回答处留空；“q”第 {row} 行是 {value}。请改正。",
    )


NO_INDICATORS = (
    "scores: '乙' has no indicators. Give each evaluatee its indicators.",
    "scores：被评单位“乙”没有指标。请给每个被评单位指定指标。",
)
NO_ANSWER = (
    "scores: no valid answer to 'q' (evaluatee 乙). Leave it out or collect more.",
    "scores：“q” (evaluatee 乙)没有有效回答。请去掉或补充调查。",
)


@pytest.mark.parametrize(
    ("call", "error", "texts"),
    [
        (refused([8, 6.5, 5, 7]), EstimateError, bad_rating(6.5, 2)),
        (refused([8, 6, 11, 7]), EstimateError, bad_rating(11.0, 3)),
        (refused([8, 6, 5, -1]), EstimateError, bad_rating(-1.0, 4)),
        (refused([8, 6, 5, np.inf]), EstimateError, bad_rating("inf", 4)),
        (refused([8, 6, np.nan, np.nan]), AnswerError, NO_ANSWER),
        (
            lambda: group_scores(Survey(TWO, weight="w"), {"甲": ["q"], "乙": ["q"]}, TEN),
            AnswerError,
            NO_ANSWER,
        ),
        (lambda: group_scores(Survey(TWO), {"甲": ["q"]}, TEN), EstimateError, NO_INDICATORS),
        (lambda: group_scores(Survey(TWO), {"甲": ["q"], "乙": []}, TEN), EstimateError, NO_INDICATORS),
    ],
)
def test_says_what_cannot_be_scored(call: Call, error: type, texts: tuple[str, str]) -> None:
    with pytest.raises(error) as caught:
        call()
    assert (str(caught.value), caught.value.chinese) == texts


def test_scores_of_one_sampled_unit_are_refused_by_name() -> None:
    # Its deviations from its own mean add up to 0, so that its score would pass for exact.
    table = pd.DataFrame(
        {"evaluatee": [*"甲甲甲乙丙丙"], "home": [1, 2, 3, 1, 4, 4], "q": [8.0, 6, 7, 9, 5, 7]}
    )
    asked = {one: ["q"] for one in "甲乙丙"}
    with pytest.raises(AnswerError, match="about 丙、乙 come from one sampled unit each") as caught:
        group_scores(Survey(table, psu="home"), asked, TEN)
    assert caught.value.found["names"] == ["丙", "乙"] and "对 丙、乙 的有效回答" in caught.value.chinese
    with pytest.raises(AnswerError, match="about 丙、乙 come"):
        group_scores(jackknife(Survey(table, psu="home")), asked, TEN)
    certain = table.assign(h=table["home"] == 4, N=np.where(table["home"] == 4, 1, 9))
    with pytest.raises(AnswerError, match="about 乙 come"):
        group_scores(Survey(certain, stratum="h", psu="home", population="N"), asked, TEN)
