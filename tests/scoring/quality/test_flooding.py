"""Bursts, devices and series of identical sheets: formulas, and how often chance brings them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binom

from scoring import bursts, identical_runs, same_device
from tests.scoring.quality.made import sheets

DAY = np.datetime64("2013-09-02T00:00", "us")


def at(minutes: np.ndarray) -> np.ndarray:
    return DAY + np.rint(np.asarray(minutes) * 60e6).astype("timedelta64[us]")


def test_a_burst_as_written_out() -> None:
    minutes = np.array([0, 100, 130, 200, 201, 202.5, 204, 209.5, 211, 300, 320.0])
    found = bursts(sheets(np.ones((11, 1)), started=at(minutes))).iloc[0]
    # [200, 210) holds five; [80, 330) nine more but 0: ten in all
    assert found["count"] == 5 and found["expected"] == 10 / 25
    assert np.isclose(found["p"], min(1, 11 * binom(9, 1 / 25).sf(3)))
    assert found["first"] == pd.Timestamp(at(200)) and found["last"] == pd.Timestamp(at(209.5))


def test_even_arrivals_are_rarely_flagged_and_floods_are() -> None:
    """Invariant: busy mornings, level 5 %: at most 5 of 60 (above: 8 %); 25 a minute are found."""
    flagged = found = 0
    for seed in range(60):
        random = np.random.default_rng([2, seed])
        minutes = np.concatenate([random.uniform(0, 3000, 300), random.uniform(500, 800, 200)])
        flagged += bool(bursts(sheets(np.ones((500, 1)), started=at(minutes)))["flagged"].any())
        minutes[:25] = 1700 + random.random(25)
        row = bursts(sheets(np.ones((500, 1)), started=at(minutes))).iloc[0]
        found += row["flagged"] and abs((row["first"] - pd.Timestamp(at(1700))).total_seconds()) < 600
    assert flagged <= 5 and found == 60


def test_each_channel_is_looked_at_apart() -> None:
    minutes = np.concatenate([np.arange(0, 600, 15.0), 300 + np.arange(15) / 10])
    channel = ["码甲"] * 40 + ["码乙"] * 14 + [""]
    found = bursts(sheets(np.ones((55, 1)), started=at(minutes), channel=channel), by="channel")
    assert found["by"].tolist() == ["码乙", "码甲"] and found["count"].tolist() == [14, 1]
    assert found["flagged"].tolist() == [True, False]


def test_devices() -> None:
    values = [[9.0, 9.0], [9.0, 9.0], [8.0, 9.0], [9.0, 9.0], [9.0, 9.0], [1.0, 1.0]]
    one = sheets(values, device=["x", "x", "x", "y", "", "y"], started=at(np.arange(6.0)))
    found = same_device(one, least=2)
    assert found[["device", "sheets", "identical"]].to_numpy().tolist() == [["x", 3, 2], ["y", 2, 1]]
    assert found["last"].iloc[0] == pd.Timestamp(at(2))
    assert same_device(one)["device"].tolist() == ["x"]


def test_series_go_by_time_and_interviewer() -> None:
    values = np.array([9, 8, 8, 8, 8, 8, 7], dtype=float)[:, None] * [1, 1]
    who = ["甲", "甲", "乙", "甲", "甲", "甲", "甲"]
    times = at(np.array([5, 1, 2, 3, 9, 4, 8]))
    found = identical_runs(sheets(values, interviewer=who, started=times), least=2)
    # 甲 in time: rows 1, 3, 5 (8 8), 0 (9 9), 6 (7 7), 4 (8 8)
    assert found[["row", "last_row", "length", "answers"]].to_numpy().tolist() == [[1, 5, 3, "8 8"]]
    share = (5 - 3 + 1) / (7 - 3 + 1)
    assert np.isclose(found["p"].iloc[0], 1 - np.exp(-7 * (1 - share) * share**3))


def test_chance_brings_series_as_often_as_told() -> None:
    """Invariant: pattern of 20 %, series of 4 in 500 sheets: 1 - exp(-500 × 0.8 × 0.2^4) = 47 %."""
    random = np.random.default_rng(5)
    came = 0
    for _ in range(200):
        values = random.choice([10.0, *range(4)], 500, p=[0.2, 0.2, 0.2, 0.2, 0.2])
        values[values < 10] = np.arange((values < 10).sum()) % 9  # the others never in series
        came += (identical_runs(sheets(values[:, None]), least=4)["length"] >= 4).any()
    assert 0.38 < came / 200 < 0.56
