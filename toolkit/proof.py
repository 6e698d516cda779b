"""Prove a round: repeat its draws and its scores, and name what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from sampling import Quota, Sample, verify
from sampling.designs import design_from
from sampling.draw import parents_of
from toolkit.answers import KEYS
from toolkit.assignments import assigned, assignment_differences
from toolkit.contests.contest import contest_differences
from toolkit.drawing import coordinate_of, design_of, draw_name, lists_of
from toolkit.errors import RoundError, fault
from toolkit.files import file_digest, read_own_table
from toolkit.intake import answer_rows
from toolkit.progress import watched
from toolkit.quota import quota_sheet
from toolkit.round import Round
from toolkit.samples import read_quota
from toolkit.scheme import Draw, Group
from toolkit.seal import seal_differences
from toolkit.trust.backcheck import backcheck_differences

NUMBERS_AGREE = 1e-9
UNUSABLE = (ValueError, TypeError, LookupError, AttributeError, OSError)  # what a damaged file may raise


def round_differences(one: Round) -> Iterator[str]:
    """Name everything in a round that its own files do not repeat.

    Yields
    ------
    str
        One sentence for each difference.

    Raises
    ------
    RoundError
        Nothing is drawn yet.
    """
    if one.scheme.draws and not one.steps("draw"):
        raise RoundError(one.folder.name, [fault("", "not_drawn")])
    for step in one.steps("create"):
        if file_digest(one.folder / "scheme.toml") != step["sha256"]:
            yield "scheme.toml: not the scheme that the round was created with"
    yield from one.lock_differences()
    yield from _draw_differences(one)
    if one.steps("draw"):
        yield from _assignment_differences(one)
    if one.steps("collect"):
        yield from _answer_differences(one)
    for step in one.steps("contacts"):
        name = f"answers/contacts/{step['file']}"
        if not (one.folder / name).is_file():
            yield f"{name}: is not there"
        elif file_digest(one.folder / name) != step["sha256"]:
            yield f"{name}: not the file that was taken in"
    yield from _table_differences(one)
    if one.steps("backcheck"):
        yield from _backcheck_differences(one)
    if one.steps("score"):
        yield from _score_differences(one)
    yield from contest_differences(one)
    if one.sealed:
        yield from seal_differences(one)


def _draw_differences(one: Round) -> Iterator[str]:
    for group in one.scheme.drawn_groups:
        before: Sample | None = None
        for each in group.draws:
            if isinstance(each.design, Quota):
                yield from _quota_differences(one, each, each.design)
                continue
            try:
                lists = lists_of(one.scheme, group, each, one.frame(each.frame), one.recusals())
            except UNUSABLE as error:
                yield f"frame {each.frame}: {error}"
                continue
            for evaluatee, table in watched(lists.items(), f"drawing {each.name} again", len(lists)):
                name = draw_name(one.scheme, each, evaluatee)
                try:
                    sample = one.sample(each.name, evaluatee)
                    found = verify(sample, table).differences
                    terms = list(_term_differences(one, group, each, evaluatee, table, sample, before))
                except UNUSABLE as error:
                    yield f"{name}: the sample or its receipt cannot be used: {error!r}"
                    continue
                yield from (f"{name}: {text}" for text in (*terms, *found))
                if not each.per_evaluatee:
                    before = sample


def _assignment_differences(one: Round) -> Iterator[str]:
    step, draws = one.steps("draw")[-1], {each.name: each for each in one.scheme.draws}
    for given in one.scheme.assignments:
        key = step.get("own_keys", {}).get(given.draw, step["key"])
        try:
            samples = dict(one.samples(draws[given.draw]))
            fresh = assigned(one.scheme, given, samples, one.frame(given.teams), key)
            yield from assignment_differences(one.folder / "samples", given, fresh)
        except UNUSABLE as error:
            yield f"samples/{given.name}.csv: cannot be compared: {error}"


def _backcheck_differences(one: Round) -> Iterator[str]:
    try:
        yield from backcheck_differences(one)
    except UNUSABLE as error:
        yield f"backchecks: a sample or its receipt cannot be used: {error!r}"


def _quota_differences(one: Round, each: Draw, design: Quota) -> Iterator[str]:
    name = f"samples/{each.name}.csv"
    try:
        written = read_quota(one.folder / "samples", each)
        fresh = quota_sheet(one.frame(each.frame), design, each.frame)
    except UNUSABLE as error:
        yield f"{name}: {error}"
        return
    if (
        written.astype(str).to_numpy().tolist()
        != fresh.astype(written.dtypes).astype(str).to_numpy().tolist()
    ):
        yield f"{name}: not the cells and targets that the frame {each.frame} gives"


def _term_differences(
    one: Round,
    group: Group,
    each: Draw,
    evaluatee: str,
    table: pd.DataFrame,
    sample: Sample,
    before: Sample | None,
) -> Iterator[str]:
    """Compare what a receipt says it drew by with the round, and the units of the stage before."""
    shared = coordinate_of(one.scheme, group, each, evaluatee, table)
    step = one.steps("draw")[-1]
    due: Mapping[str, Any] = {
        "key": step.get("own_keys", {}).get(each.name, step["key"]),
        "name": draw_name(one.scheme, each, evaluatee),
        "design": design_of(group, each, table),
        "coordinate": None if shared is None else shared.plain(),
    }
    said_of = {"coordinate": None, **sample.receipt, "design": design_from(sample.receipt["design"])}
    for field, value in due.items():
        if said_of[field] != value:
            yield f"{field}: the receipt says {said_of[field]!r}, the round {value!r}"
    said = sample.receipt["within"]
    if (said is None) != (each.within is None):
        yield f"within: the receipt says {said!r}, the round {each.within!r}"
    elif before is not None and said is not None:
        parents = parents_of(before)
        if said["name"] != parents.name or said["drawn"] != _plain(parents.table.to_dict("records")):
            yield f"within: the receipt does not say the units of {parents.name}"


def _plain(data: Any) -> Any:
    return json.loads(json.dumps(data))


def _answer_differences(one: Round) -> Iterator[str]:
    """Compare the files of answers with their digests, and name the cells that changed."""
    for step in one.steps("collect"):
        raw = one.folder / "answers" / "raw" / step["file"]
        scored = one.folder / "results" / "answers" / step["file"]
        if not raw.is_file():
            yield f"answers/raw/{step['file']}: is not there"
            continue
        if file_digest(raw) != step["sha256"]:
            yield f"answers/raw/{step['file']}: not the file that was taken in"
        if not scored.is_file():
            if one.steps("score"):
                yield f"answers/raw/{step['file']}: not among the answers scored last; score again"
            continue
        if file_digest(scored) != step["sha256"]:
            yield f"results/answers/{step['file']}: not the file that was taken in"
        if file_digest(scored) != file_digest(raw):
            try:
                rows = [answer_rows(path, one.scheme, step["group"]) for path in (scored, raw)]
                yield from _cell_differences(*rows)
            except UNUSABLE as error:
                yield f"answers: {step['file']} cannot be compared: {error}"


def _table_differences(one: Round) -> Iterator[str]:
    """Compare the tables of offices with their digests, and with those that were scored."""
    gone = {step["file"] for step in one.steps("give-back")}
    for step in one.steps("take"):
        raw = one.folder / "tables" / "raw" / step["file"]
        scored = one.folder / "results" / "tables" / step["file"]
        if not raw.is_file():
            yield f"tables/raw/{step['file']}: is not there"
        elif file_digest(raw) != step["sha256"]:
            yield f"tables/raw/{step['file']}: not the file that was taken in"
        if step["file"] in gone or not one.steps("score"):
            continue
        if not scored.is_file():
            yield f"tables/raw/{step['file']}: not among the tables scored last; score again"
        elif file_digest(scored) != step["sha256"]:
            yield f"results/tables/{step['file']}: not the file that was taken in"


def _score_differences(one: Round) -> Iterator[str]:
    results = one.folder / "results"
    try:
        admitted = one.admitted() if one.scheme.groups else None
        tables = one.result_tables(one.scores(admitted), admitted)
    except UNUSABLE as error:
        yield f"the scores cannot be computed again: {error}"
        return
    for name, fresh in tables.items():
        try:
            written = read_own_table(results / f"{name}.csv")
        except UNUSABLE as error:
            yield f"results/{name}.csv: {error}"
            continue
        yield from _number_differences(written, fresh, name)


def _cell_differences(then: pd.DataFrame, now: pd.DataFrame) -> Iterator[str]:
    """Compare the answers that were scored with the answers taken in, cell by cell."""
    then, now = (table.drop(columns=["file", "sheet", "row"]) for table in (then, now))
    a, b = (table[~table.duplicated(KEYS)].set_index(KEYS) for table in (then, now))
    for key in now.loc[now.duplicated(KEYS), KEYS].itertuples(index=False, name=None):
        yield f"answers: {_sheet(key)} stands twice in the file"
    for key in a.index.difference(b.index):
        yield f"answers: {_sheet(key)} was scored, but is not among the answers taken in"
    for key in b.index.difference(a.index):
        yield f"answers: {_sheet(key)} is among the answers taken in, but was not scored"
    columns = [column for column in a.columns if column in b.columns]
    both = a.index.intersection(b.index)
    a, b = a.loc[both, columns], b.loc[both, columns]
    for row, column in np.argwhere((a != b).to_numpy()):
        was, is_now = str(a.iat[row, column]), str(b.iat[row, column])
        where = f"{_sheet(both[row])}, {columns[column]}"
        yield f"answers: {where}: {was or 'blank'} was scored, {is_now or 'blank'} is in the file"


def _sheet(key: tuple[str, str, str]) -> str:
    group, respondent, evaluatee = key
    return f'{group} "{respondent}" on {evaluatee}'


def _number_differences(then: pd.DataFrame, now: pd.DataFrame, name: str) -> Iterator[str]:
    """Compare a table of results with the same computed again."""
    if list(then.columns) != list(now.columns) or len(then) != len(now):
        yield f"results/{name}.csv: not the rows and columns that scoring again gives"
        return
    text = pd.read_csv(StringIO(now.to_csv(index=False)), dtype=str, na_filter=False)  # as it is written
    for column in now.columns:
        if pd.api.types.is_numeric_dtype(now[column]) and not pd.api.types.is_bool_dtype(now[column]):
            was = pd.to_numeric(then[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
            fresh = now[column].to_numpy(dtype=np.float64, na_value=np.nan)
            same = np.isclose(was, fresh, rtol=NUMBERS_AGREE, atol=NUMBERS_AGREE, equal_nan=True)
        else:
            was, fresh = then[column].to_numpy(), text[column].to_numpy()
            same = was == fresh
        keys = [key for key in ("group", "evaluatee", "label") if key in now]
        for row in np.flatnonzero(~same):
            where = ", ".join([*now[keys].iloc[row], column])
            yield f"results/{name}.csv: {where}: {was[row]} is written, scoring again gives {fresh[row]}"
