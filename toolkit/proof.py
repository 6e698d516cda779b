"""Prove a round: repeat its draws and its scores, and name what differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sampling import verify
from toolkit.answers import KEYS, as_text
from toolkit.files import file_digest, read_table
from toolkit.progress import watched
from toolkit.scores import score

if TYPE_CHECKING:
    from toolkit.round import Round

NUMBERS_AGREE = 1e-9


def round_differences(one: Round) -> Iterator[str]:
    """Name everything in a round that its own files do not repeat.

    Yields
    ------
    str
        One sentence for each difference.
    """
    yield from _draw_differences(one)
    if one.steps("collect"):
        yield from _answer_differences(one)
    if one.steps("score"):
        yield from _score_differences(one)


def _draw_differences(one: Round) -> Iterator[str]:
    frames = one.frames()
    for group in one.scheme.groups:
        for each in group.draws:
            lists = one.lists(frames[each.frame], each)
            samples = watched(one.samples(each), f"drawing {each.name} again", len(lists))
            for evaluatee, sample in samples:
                found = verify(sample, lists[evaluatee])
                yield from (f"{found.name}: {text}" for text in found.differences)


def _answer_differences(one: Round) -> Iterator[str]:
    for step in one.steps("collect"):
        path = one.folder / "answers" / "raw" / step["file"]
        if file_digest(path) != step["sha256"]:
            yield f"answers/raw/{step['file']}: not the file that was taken in"


def _score_differences(one: Round) -> Iterator[str]:
    results = one.folder / "results"
    answers = one.answers()
    scored = read_table(results / "answers.csv").fillna("")
    yield from _cell_differences(scored, as_text(answers, one.scheme.scale.dont_know[0]))
    again = score(one.scheme, one.drawn(), answers)
    tables = {
        "scores": again.table,
        "groups": again.groups,
        "indicators": again.indicators,
        "labels": again.labels,
    }
    for name, fresh in tables.items():
        yield from _number_differences(read_table(results / f"{name}.csv"), fresh, name)


def _cell_differences(then: pd.DataFrame, now: pd.DataFrame) -> Iterator[str]:
    """Compare the answers that were scored with the answers taken in, cell by cell."""
    a, b = then.set_index(KEYS), now.set_index(KEYS)
    for key in a.index.difference(b.index):
        yield f"answers: {_sheet(key)} was scored, but was not taken in"
    for key in b.index.difference(a.index):
        yield f"answers: {_sheet(key)} was taken in, but was not scored"
    both = a.index.intersection(b.index)
    a, b = a.loc[both], b.loc[both, list(a.columns)]
    for row, column in np.argwhere((a != b).to_numpy()):
        was, is_now = str(a.iat[row, column]), str(b.iat[row, column])
        where = f"{_sheet(both[row])}, {a.columns[column]}"
        yield f"answers: {where}: {was or 'blank'} was scored, {is_now or 'blank'} was taken in"


def _sheet(key: tuple[str, str, str]) -> str:
    group, respondent, evaluatee = key
    return f'{group} "{respondent}" on {evaluatee}'


def _number_differences(then: pd.DataFrame, now: pd.DataFrame, name: str) -> Iterator[str]:
    """Compare a table of results with the same computed again."""
    if list(then.columns) != list(now.columns) or len(then) != len(now):
        yield f"results/{name}.csv: not the rows and columns that scoring again gives"
        return
    for column in now.columns:
        if pd.api.types.is_numeric_dtype(now[column]):
            was = pd.to_numeric(then[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
            fresh = now[column].to_numpy(dtype=np.float64, na_value=np.nan)
            same = np.isclose(was, fresh, rtol=NUMBERS_AGREE, atol=NUMBERS_AGREE, equal_nan=True)
        else:
            was, fresh = then[column].to_numpy(), now[column].astype(str).to_numpy()
            same = was == fresh
        for row in np.flatnonzero(~same):
            where = f"{now['evaluatee'].iloc[row]}, {column}"
            yield f"results/{name}.csv: {where}: {was[row]} is written, scoring again gives {fresh[row]}"
