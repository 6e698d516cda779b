"""The variance of calibrated estimates against repeated draws of a made-up population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scoring import Survey, mean, post_stratify, rake


def many_draws(cells: bool, draws: int) -> tuple[Survey, pd.DataFrame]:
    """Samples of 60 and 90 of a made-up population of 1,500 in two strata, one under the other.

    Strata and cells lie within the draws, so that one table does the work of many.
    """
    rng = np.random.default_rng(11)
    size = 1500
    people = pd.DataFrame({"h": np.repeat([0, 1], [500, 1000]), "sex": rng.integers(0, 2, size)})
    people["age"] = rng.integers(0, 3, size)
    slope = 3.0 * people["h"]  # the strata with large weights differ from those with small
    people["q"] = slope * people["sex"] + 2 * people["age"] + rng.normal(0, 1.5, size)
    people["N"] = people["h"].map({0: 500, 1: 1000})
    people["w"] = people["N"] / people["h"].map({0: 90, 1: 60})
    rows = [
        part for _ in range(draws) for part in (rng.choice(500, 90, False), 500 + rng.choice(1000, 60, False))
    ]
    table = people.iloc[np.concatenate(rows)].reset_index(drop=True)
    table["draw"] = np.repeat(np.arange(draws), 150)
    table["stratum"] = table["draw"] * 2 + table["h"]
    roles = {}
    if cells:
        table["came"] = rng.random(len(table)) < np.where(table["sex"] == 0, 0.6, 0.8)
        table["q"] = table["q"].where(table["came"])
        table["cell"] = table["draw"] * 2 + table["sex"]
        roles = {"responded": "came", "cell": "cell"}
    return Survey(table, weight="w", stratum="stratum", population="N", **roles), people


@pytest.mark.parametrize("cells", [False, True])
def test_variance_agrees_with_repeated_draws(cells: bool) -> None:
    draws = 500
    survey, people = many_draws(cells, draws)
    counts = people.groupby(["sex", "age"]).size()
    each = pd.concat(dict.fromkeys(range(draws), counts))
    after = mean(post_stratify(survey, ["draw", "sex", "age"], each), "q", by="draw").table
    before = mean(survey, "q", by="draw").table
    spread = after["estimate"].var()
    # 500 draws tell a variance within a standard error of 6 per cent.
    assert (after["se"] ** 2).mean() / spread == pytest.approx(1, abs=0.15)
    assert (before["se"] ** 2).mean() / spread > 1.25
    assert after["estimate"].mean() == pytest.approx(
        people["q"].mean(), abs=0.25 * np.sqrt(spread)
    )  # of order 1/n


def test_raking_by_weighted_residuals_is_the_one_that_agrees_with_repeated_draws() -> None:
    draws, batch = 400, 20
    survey, people = many_draws(False, draws)
    ratios = {}
    for how in ("weighted", "sweeps"):
        estimates, variances = [], []
        for part in range(0, draws, batch):
            rows = survey.table["draw"].between(part, part + batch - 1)
            some = Survey(survey.table[rows], weight="w", stratum="stratum", population="N")
            margins = {
                ("draw", by): pd.concat({k: people[by].value_counts() for k in range(part, part + batch)})
                for by in ("sex", "age")
            }
            result = mean(rake(some, margins, residuals=how), "q", by="draw").table
            estimates += result["estimate"].tolist()
            variances += (result["se"] ** 2).tolist()
        ratios[how] = np.mean(variances) / np.var(estimates, ddof=1)
    assert ratios["weighted"] == pytest.approx(1, abs=0.2)
    assert ratios["sweeps"] > 1.15  # R's rake
