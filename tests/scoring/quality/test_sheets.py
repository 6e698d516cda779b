"""How sheets are read, what is refused, and what straight-lining is."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import (
    AnswerError,
    Scale,
    Sheets,
    bursts,
    interviewer_effect,
    interviewer_list,
    interviews_per_day,
    mode_gaps,
    near_duplicates,
    read_ratings,
    same_device,
    straight_lining,
    timing,
    unit_answers,
)
from scoring.errors.qualities import TEMPLATES
from tests.scoring.quality.made import SCALE, sheets

NAN = np.nan
TABLE = pd.DataFrame(
    {"员": ["乙", None, "甲", ""], "镇": ["x", "x", None, "y"], "q1": [9, 8, "不了解", "拒答"]}
)
WORDS = Scale(0, 10, refused=("拒答",))
READ = read_ratings(TABLE, "q1", WORDS)
DAY = pd.to_datetime(["2013-09-02 09:00", "2013-09-02 10:00"])
PLAIN = [[9.0], [8.0]]


def test_interviewers_and_strata_have_numbers() -> None:
    one = Sheets.of(TABLE, READ, WORDS, interviewer="员", stratum=["镇", "员"])
    assert one.interviewers.tolist() == ["乙", "甲"] and one.interviewer.tolist() == [0, -1, 1, -1]
    assert one.names_of(one.interviewer).tolist() == ["乙", "", "甲", ""]
    assert np.unique(one.stratum).size == 4  # (x, 乙), (x, none), (none, 甲), (y, "")
    assert one.answers[:, 0].tolist() == [14, 13, 1, 2]  # ratings after the five states


def test_one_interviewer_is_left_out_and_the_numbers_stay() -> None:
    one = sheets([[1.0], [2.0], [3.0]], interviewer=["a", "b", "c"], mode=["m", "m", "w"])
    rest = one.without(1)
    assert rest.interviewer.tolist() == [0, 2] and rest.values.tolist() == [[1.0], [3.0]]
    assert rest.index.tolist() == [0, 2] and rest.mode is not None and rest.mode.tolist() == ["m", "w"]
    assert len(one.index) == 3


@pytest.mark.parametrize(("best", "top"), [("high", [True, False]), ("low", [False, True])])
def test_top_is_the_best_rating(best: Any, top: list[bool]) -> None:
    found = straight_lining(sheets([[5.0] * 3, [1.0] * 3], Scale(1, 5, best=best)))
    assert found["top"].tolist() == top and found["straight"].all()


def test_straight_lines_as_written_out() -> None:
    """Oracle: itertools and statistics, row by row."""
    from itertools import groupby
    from statistics import stdev

    random = np.random.default_rng(4)
    values = random.integers(7, 10, (300, 5)).astype(float)
    values[random.random(values.shape) < 0.2] = NAN
    found = straight_lining(sheets(values), least_items=2)
    for row, told in zip(values.tolist(), found.to_dict("records"), strict=True):
        valid = [one for one in row if one == one]
        runs = [len(list(run)) for key, run in groupby(row, str) if key != "nan"]
        assert told["valid"] == len(valid) and told["longstring"] == max(runs, default=0)
        assert told["straight"] == (len(valid) >= 2 and len(set(valid)) == 1)
        np.testing.assert_allclose(told["irv"], stdev(valid) if len(valid) > 1 else NAN, atol=1e-12)
        np.testing.assert_allclose(told["mean"], sum(valid) / len(valid) if valid else NAN)


REFUSED: dict[str, tuple[str, Callable[[], object]]] = {
    "no column": (
        "no_column",
        lambda: Sheets.of(TABLE, READ, WORDS, mode="方式"),
    ),
    "labels repeat": (
        "quality_index",
        lambda: Sheets.of(pd.concat([TABLE, TABLE]), READ, WORDS),
    ),
    "another index": (
        "quality_index",
        lambda: Sheets.of(TABLE.iloc[::-1], READ, WORDS),
    ),
    "times as text": (
        "quality_time",
        lambda: Sheets.of(TABLE, READ, WORDS, started="镇"),
    ),
    "no times": ("quality_lacks", lambda: timing(sheets(PLAIN))),
    "no times a day": ("quality_lacks", lambda: interviews_per_day(sheets(PLAIN))),
    "no times in a burst": ("quality_lacks", lambda: bursts(sheets(PLAIN))),
    "no channel": ("quality_lacks", lambda: bursts(sheets(PLAIN, started=DAY), by="channel")),
    "no device": ("quality_lacks", lambda: same_device(sheets(PLAIN))),
    "no mode": ("quality_lacks", lambda: mode_gaps(sheets(PLAIN))),
    "nobody's effect": ("quality_lacks", lambda: interviewer_effect(sheets(PLAIN))),
    "nobody's list": ("quality_lacks", lambda: interviewer_list(sheets(PLAIN))),
    "no minutes": ("quality_number", lambda: timing(sheets(PLAIN, started=DAY, ended=DAY), 0)),
    "no window": ("quality_number", lambda: bursts(sheets(PLAIN, started=DAY), 0)),
    "level 1": ("quality_number", lambda: bursts(sheets(PLAIN, started=DAY), level=1.0)),
    "level 0": ("quality_number", lambda: interviewer_list(sheets(PLAIN, interviewer=["a", "b"]), level=0)),
    "none enough": (
        "quality_number",
        lambda: interviewer_list(sheets(PLAIN, interviewer=["a", "b"]), least_interviews=0),
    ),
    "level of units": ("quality_number", lambda: unit_answers(sheets(PLAIN), ["x", "y"], level=2)),
    "no chance": ("quality_number", lambda: near_duplicates(sheets(PLAIN), chance=0)),
    "no pairs": ("quality_number", lambda: near_duplicates(sheets(PLAIN), most=0)),
    "units short": ("quality_units", lambda: unit_answers(sheets(PLAIN), ["x"])),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(name: str) -> None:
    rule, action = REFUSED[name]
    with pytest.raises(AnswerError) as error:
        action()
    assert error.value.rule == rule and SCALE.high == 10


def test_every_message_is_raised_and_stands_in_both_languages() -> None:
    assert {rule for rule, _ in REFUSED.values()} - {"no_column"} == set(TEMPLATES)
    for english, chinese in TEMPLATES.values():
        assert max(english) < "\u4e00" and any("\u4e00" <= one <= "\u9fff" for one in chinese)
        fields = [{name for _, name, *_ in Formatter().parse(text) if name} for text in (english, chinese)]
        extra = {"must", "found", "chinese"}  # each language its own words
        assert fields[0] - extra == fields[1] - extra
