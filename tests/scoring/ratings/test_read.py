"""Answers as they stand on sheets: ratings, and kinds of missing kept apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scoring import AnswerError, EstimateError
from scoring.ratings.read import State, read_ratings
from scoring.scale import Label, Scale

TEN = Scale(0, 10, not_asked=("未出示", "不适用"))
FIVE = Scale(1, 5, tuple(Label(n, r, r) for r, n in enumerate("很差 差 一般 好 很好".split(), 1)))


@pytest.mark.parametrize(
    ("stands", "scale", "rating"),
    [
        (7, TEN, 7.0),
        (7.0, TEN, 7.0),
        ("7", TEN, 7.0),
        (" 7.0 ", TEN, 7.0),
        ("１０", TEN, 10.0),
        ("-3", Scale(-3, 3), -3.0),
        ("\u22123", Scale(-3, 3), -3.0),
        ("\uff0d3", Scale(-3, 3), -3.0),
        ("+2", Scale(-3, 3), 2.0),
        (np.float64(-1), Scale(-3, 3), -1.0),
        ("100", Scale(0, 100), 100.0),
        ("一般", FIVE, 3.0),
    ],
)
def test_reads_a_rating(stands: object, scale: Scale, rating: float) -> None:
    found = read_ratings(pd.DataFrame({"q": pd.Series([stands], dtype=object)}), "q", scale)
    assert found.values["q"].tolist() == [rating]
    assert found.state["q"].tolist() == [State.RATED]


@pytest.mark.parametrize(
    ("stands", "state"),
    [
        ("不了解", State.DONT_KNOW),
        (" 不了解 ", State.DONT_KNOW),
        ("拒答", State.REFUSED),
        ("未出示", State.NOT_ASKED),
        ("不适用", State.NOT_ASKED),
        ("", State.BLANK),
        ("　", State.BLANK),
        (None, State.BLANK),
        (np.nan, State.BLANK),
        (pd.NA, State.BLANK),
    ],
)
def test_keeps_kinds_of_missing_apart(stands: object, state: State) -> None:
    found = read_ratings(pd.DataFrame({"q": pd.Series([stands, 5], dtype=object)}), ["q"], TEN)
    assert found.state["q"].tolist() == [state, State.RATED]
    np.testing.assert_array_equal(found.values["q"], [np.nan, 5])
    counts = found.counts().loc["q"]
    assert counts[state.name.lower()] == counts["rated"] == 1
    assert counts.sum() == 2


@pytest.mark.parametrize("kind", ["category", "string", "Int64", "float64"])
def test_reads_columns_of_any_kind(kind: str) -> None:
    plain = [3, None, 10] if kind in ("Int64", "float64") else ["3", None, "10"]
    table = pd.DataFrame({"q": pd.Series(plain, dtype=kind, index=[5, 6, 9])})
    found = read_ratings(table, "q", TEN)
    np.testing.assert_array_equal(found.values["q"], [3, np.nan, 10])
    assert found.state.index.tolist() == [5, 6, 9]


def test_a_label_of_several_ratings_is_no_rating() -> None:
    scale = Scale(0, 2, (Label("差", 0, 0), Label("好", 1, 2)))
    with pytest.raises(AnswerError, match="1 answers '差'"):
        read_ratings(pd.DataFrame({"q": ["差"]}), "q", scale)


def test_tells_every_text_it_cannot_read() -> None:
    table = pd.DataFrame({"q1": ["9", "11", "11", "好"], "q2": [1, 2.5, "+3", "-1"]}, index=[7, 7, 7, 7])
    with pytest.raises(AnswerError) as caught:
        read_ratings(table, ["q1", "q2"], TEN)
    told = "are neither a whole rating from 0 to 10 nor a known word (不了解、拒答、未出示、不适用)."
    lines = str(caught.value).splitlines()
    assert lines[0] == "ratings: 5 faults:"
    starts = [
        "- 2 answers '11' in column 'q1', first in row 2,",
        "- 1 answers '好' in column 'q1', first in row 4,",
        "- 1 answers '2.5' in column 'q2', first in row 2,",
        "- 1 answers '+3' in column 'q2', first in row 3,",
        "- 1 answers '-1' in column 'q2', first in row 4,",
    ]
    assert [line[: len(start)] for line, start in zip(lines[1:], starts, strict=True)] == starts
    assert all(told in line for line in lines[1:])
    assert "“q1”列有 2 个回答是“11”，第一个在第 2 行" in caught.value.chinese


def test_tells_at_most_twenty() -> None:
    with pytest.raises(AnswerError, match="^ratings: 30 faults") as caught:
        read_ratings(pd.DataFrame({"q": range(20, 50)}), "q", TEN)
    assert str(caught.value).count("\n- ") == 20


def test_needs_the_column_and_a_sound_scale() -> None:
    with pytest.raises(AnswerError, match="column 'q2' is needed; the table has q1"):
        read_ratings(pd.DataFrame({"q1": [1]}), ["q1", "q2"], TEN)
    with pytest.raises(EstimateError, match="several things"):
        read_ratings(pd.DataFrame({"q1": [1]}), "q1", Scale(0, 10, refused=("10",)))


def test_the_table_is_not_changed() -> None:
    table = pd.DataFrame({"q": ["9", "不了解"]})
    read_ratings(table, "q", TEN)
    assert table["q"].tolist() == ["9", "不了解"]
