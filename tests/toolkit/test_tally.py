"""What became of every answer, counted by another way: from the text of the sheets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from toolkit import Round, Scheme, Scores
from toolkit.answers import parse_answers
from toolkit.scheme import DontKnow
from toolkit.scores import score
from toolkit.tally import counted_sheets

RATINGS = {str(rating) for rating in range(11)}


def spoilt(sheets: pd.DataFrame) -> pd.DataFrame:
    """Blank and refuse some answers; one sheet says nothing but 不了解, one nothing at all."""
    sheets = sheets.reset_index(drop=True)
    rows = sheets["group"].isin(["users", "delegates"]) & (sheets["evaluatee"] != "县邮政局")
    some = sheets.index[rows]
    sheets.loc[some[::7], "办事效率"] = ""
    sheets.loc[some[3::11], "办事效率"] = "拒答"
    first = sheets.index[(sheets["group"] == "delegates") & (sheets["evaluatee"] == "县教育局")]
    three = ["依法履职", "办事效率", "清正廉洁"]
    sheets.loc[first[0], three] = "不了解"
    sheets.loc[first[1], three] = ""
    return sheets


def by_text(sheets: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Count the words of every column with pandas alone."""
    whole = scheme.dont_know.removed_per == "respondent"
    rows = []
    for group in scheme.groups:
        for one in scheme.evaluatees:
            asked = [*scheme.indicators[one]]
            part = sheets.loc[(sheets["group"] == group.id) & (sheets["evaluatee"] == one), asked]
            unknown = part.isin(["不了解"])
            removed = unknown.any(axis=1) if whole else None
            for name in asked:
                gone = unknown[name] if removed is None else removed
                kept = part.loc[~gone, name]
                valid = kept[kept.isin(RATINGS)]
                mean = valid.astype(float).mean()
                refused, blank = int((kept == "拒答").sum()), int((kept == "").sum())
                assert len(valid) + refused + blank == len(kept)
                rows.append((group.id, one, name, mean, len(valid), int(gone.sum()), refused, blank))
    columns = ["group", "evaluatee", "indicator", "mean", "valid", "dont_know", "refused", "blank"]
    return pd.DataFrame(rows, columns=columns)


def scored(drawn: Round, sheets: pd.DataFrame, **changes: Any) -> tuple[Scheme, Scores]:
    scheme = replace(drawn.scheme, **changes)
    return scheme, score(scheme, drawn.drawn(), parse_answers(sheets, scheme, "x"))


@pytest.mark.parametrize("removed_per", ["indicator", "respondent"])
def test_every_answer_is_counted_once(drawn: Round, sheets: pd.DataFrame, removed_per: Any) -> None:
    sheets = spoilt(sheets)
    scheme, scores = scored(drawn, sheets, dont_know=DontKnow(removed_per, True))
    due = by_text(sheets, scheme)
    due.insert(due.columns.get_loc("mean") + 1, "points", 10 * due["mean"])
    assert (due[["dont_know", "refused", "blank"]] > 0).any().all()
    plain = due["group"] != "staff"  # whose means are weighted
    pd.testing.assert_frame_equal(scores.answers[plain], due[plain])
    counts = ["group", "evaluatee", "indicator", "valid", "dont_know", "refused", "blank"]
    pd.testing.assert_frame_equal(scores.answers[counts], due[counts])
    wide = scores.indicators.set_index(["group", "evaluatee"])
    for row in scores.answers.to_dict("records"):
        assert row["mean"] == wide.loc[(row["group"], row["evaluatee"]), row["indicator"]]


@pytest.mark.parametrize("counts_as_answer", [True, False])
def test_a_sheet_of_nothing_does_not_count(
    drawn: Round, sheets: pd.DataFrame, counts_as_answer: bool
) -> None:
    scheme = replace(drawn.scheme, dont_know=DontKnow("indicator", counts_as_answer))
    sheets = spoilt(sheets)
    answers = parse_answers(sheets, scheme, "x")["delegates"]
    own = sheets[sheets["group"] == "delegates"]
    count = own.iloc[:, 3:].isin(RATINGS | {"不了解"} if counts_as_answer else RATINGS).any(axis=1)
    due = count.groupby(own["evaluatee"]).sum()
    assert counted_sheets(scheme, answers).tolist() == due.loc[[*scheme.evaluatees]].tolist()
    # Of 20 sheets on 县教育局 one is blank throughout, and one says only 不了解.
    assert due["县教育局"] == (19 if counts_as_answer else 18)


def test_counts_of_no_sheets(drawn: Round, sheets: pd.DataFrame) -> None:
    answers = parse_answers(sheets, drawn.scheme, "x")["users"]
    none = replace(answers, table=answers.table.iloc[:0], state=answers.state[:0])
    assert counted_sheets(drawn.scheme, none).tolist() == [0] * 5
