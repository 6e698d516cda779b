"""Times of interviews against going through all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring import interviews_per_day, timing
from tests.scoring.quality.made import sheets

DAY = np.datetime64("2013-09-02T08:00", "us")
MINUTE = np.timedelta64(1, "m")


def test_overlaps_and_gaps_as_gone_through() -> None:
    """Oracle: for each interview, all earlier ones of the interviewer."""
    random = np.random.default_rng(3)
    n = 300
    start = DAY + random.integers(0, 3 * 1440, n) * MINUTE
    end = start + random.integers(-3, 60, n) * MINUTE
    end[5], start[9] = np.datetime64("NaT"), np.datetime64("NaT")
    who = random.choice(["甲", "乙", "丙", ""], n)
    found = timing(sheets(np.full((n, 1), 9.0), interviewer=who, started=start, ended=end), 10)
    minutes = (end - start) / MINUTE
    np.testing.assert_allclose(found["minutes"], minutes)
    assert found["too_short"].tolist() == ((minutes >= 0) & (minutes < 10)).tolist()
    assert found["before_start"].tolist() == (minutes < 0).tolist()
    fine = (who != "") & (minutes >= 0)
    some = 0
    for i in range(n):
        if not fine[i]:
            assert not found["overlaps"].iloc[i] and np.isnan(found["gap_minutes"].iloc[i])
            continue
        before = fine & (who == who[i]) & ((start < start[i]) | ((start == start[i]) & (end < end[i])))
        open_ = before & (end > start[i])
        same = (start == start[i]) & (end == end[i]) & (who == who[i])
        if same.sum() > 1:
            continue  # equal interviews: one of them overlaps the other
        assert found["overlaps"].iloc[i] == open_.any()
        if open_.any():
            some += 1
            with_ = found["overlaps_with"].iloc[i]
            assert open_[with_] and end[with_] == end[open_].max()
        last = before[before].size and end[before].max()
        previous = np.flatnonzero(before)
        if previous.size and start[previous].max().astype("datetime64[D]") == start[i].astype(
            "datetime64[D]"
        ):
            assert found["gap_minutes"].iloc[i] == (start[i] - last) / MINUTE
        else:
            assert np.isnan(found["gap_minutes"].iloc[i])
    assert some > 50


def test_without_a_minimum_nothing_is_too_short() -> None:
    one = sheets([[9.0]], started=[pd.Timestamp("2013-09-02")], ended=[pd.Timestamp("2013-09-02")])
    assert not timing(one)["too_short"].any() and timing(one, 1)["too_short"].all()


def test_a_days_work() -> None:
    start = pd.to_datetime(
        ["2013-09-02 09:00", "2013-09-02 23:59", "2013-09-03 00:00", None, "2013-09-02 10:00"]
    )
    end = pd.to_datetime(["2013-09-02 09:20", None, "2013-09-03 00:30", None, "2013-09-02 10:05"])
    who = ["甲", "甲", "甲", "甲", "乙"]
    one = sheets(np.full((5, 1), 9.0), interviewer=who, started=start, ended=end)
    found = interviews_per_day(one)
    assert found[["interviewer", "interviews", "minutes"]].to_numpy().tolist() == [
        ["甲", 2, 20.0],
        ["乙", 1, 5.0],
        ["甲", 1, 30.0],
    ]
    assert found["last"].iloc[0] == start[1] and found["day"].iloc[2] == pd.Timestamp("2013-09-03")
