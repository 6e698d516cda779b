"""What differs between a sample, its receipt and the draw repeated: a sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sampling.cells import Reading
from sampling.frame import (
    FINGERPRINT,
    canonical_text,
    fingerprints,
    frame_lines,
    plain_text,
    refuse_no_column,
    size_text,
)
from sampling.lottery import SEPARATOR
from sampling.sample import Sample

COMPUTED = ("pareto/1",)  # probabilities by quadrature, whose last digits may depend on the machine
LAST_DIGITS = 1e-9
BEFORE = "receipt name key unit design".split()
Key = tuple[str, ...]


def all_differences(
    sample: Sample,
    again: Sample,
    stages: Sequence[Mapping[str, Any]],
    done: Sequence[tuple[Sample, Reading]],
    released: dict[Key, int] | None,
) -> list[str]:
    """Say in one sentence each what a sample and its receipt have otherwise than the draw repeated.

    Parameters
    ----------
    sample : Sample
    again : Sample
        The draw repeated, all its stages together.
    stages : sequence of mapping
        What the receipt says of each stage.
    done : sequence of (Sample, Reading)
        Each stage repeated, and what it read of the frame.
    released : dict, optional
        Of each stratum, how many reserves the receipt says were released.

    Raises
    ------
    FrameError
        The sample lacks a column that the draw read.
    """
    receipt, read = sample.receipt, done[-1][1]
    held = _held_lines(sample.units, receipt["name"], read)
    computed = any(one.receipt["algorithm"] in COMPUTED for one, _ in done)
    before = [
        f"stage {said['unit']}: {one}"
        for at, (said, (stage, above)) in enumerate(zip(stages[:-1], done[:-1], strict=True))
        for one in _stage_differences(sample.units, at, said, stage.receipt, above, computed)
    ]
    return [
        *before,
        *_frame_differences(receipt["frame"], again.receipt["frame"], read),
        *_value_differences(receipt, held, read),
        *_drawn_differences(receipt, again.receipt, released, held),
        *_probability_differences(sample, again, held, read, computed),
        *_cell_differences(receipt["cells"], again.receipt["cells"]),
        *_term_differences(_terms(receipt), _terms(again.receipt)),
        *(
            _within_differences(receipt["within"], again.receipt["within"], computed)
            if len(stages) > 1
            else []
        ),
        *_roles_differences(sample, again),
    ]


def _stage_differences(
    units: pd.DataFrame,
    at: int,
    said: Mapping[str, Any],
    again: Mapping[str, Any],
    read: Reading,
    computed: bool,
) -> list[str]:
    """Compare a stage before the last; its drawn units stand in the sample once for each unit inside."""
    held = list(dict.fromkeys(_held_lines(units, f"{again['name']} / stage {again['unit']}", read)))
    return [
        *_frame_differences(said["frame"], again["frame"], read),
        *_value_differences(again, held, read),
        *_receipt_differences(said, again),
        *_cell_differences(said["cells"], again["cells"]),
        *_term_differences(said, {field: again[field] for field in BEFORE}),
        *_term_differences(_terms(said), _terms(again)),
        *(_within_differences(said["within"], again["within"], computed) if at else []),
    ]


def _within_differences(
    said: Mapping[str, Any] | None, done: Mapping[str, Any] | None, computed: bool
) -> list[str]:
    """Compare the drawn units of the stage before with those that repeating it gives."""
    if said is None or done is None or said == done:
        return [] if said == done else [f"within: the receipt says {said!r}, repeating gives {done!r}"]
    mine, its = (
        Counter(str(_rounded(row) if computed else row) for row in one["drawn"]) for one in (said, done)
    )
    return [
        *_term_differences(said, {field: done[field] for field in ("name", "columns", "kinds")}),
        *(f"within: the receipt says {one}, repeating does not give it" for one in mine - its),
        *(f"within: repeating gives {one}, the receipt does not say it" for one in its - mine),
    ]


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row with probabilities to as many digits as hold on any machine."""
    return {name: f"{value:.9g}" if isinstance(value, float) else value for name, value in row.items()}


def _key_of(line: str, receipt: Mapping[str, Any]) -> Key:
    """Give parents and id of a line, which starts with the id and goes on with the parents."""
    fields = line.split(SEPARATOR)
    depth = 0 if receipt["within"] is None else len(receipt["within"]["columns"])
    return (*fields[1 : 1 + depth], fields[0])


def _name(key: Key) -> str:
    return f'unit "{key[-1]}"' + (f" of {' / '.join(key[:-1])}" if key[:-1] else "")


def _held_lines(units: pd.DataFrame, name: str, read: Reading) -> list[str]:
    """Give the sample's own units as lines of the frame."""
    where = f"sample {name}"
    refuse_no_column(units.columns, read.names, where)
    columns = []
    for column in read.names:
        values = units[column]
        if column in read.sizes:
            columns.append(size_text(pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)))
        else:
            columns.append(canonical_text(values, column, where))
    return frame_lines(columns)


def _frame_differences(said: Mapping[str, Any], done: Mapping[str, Any], read: Reading) -> list[str]:
    if said["sha256"] == done["sha256"] and said["units"] == done["units"]:
        return []
    found = []
    if said["fingerprints"]:
        marks = said["fingerprints"]
        left = Counter(marks[at : at + FINGERPRINT] for at in range(0, len(marks), FINGERPRINT))
        lines = list(read.texts_of_lines())
        for line, mark in zip(lines, fingerprints(lines), strict=True):
            if left[mark]:
                left[mark] -= 1
            else:
                unit = line.split(SEPARATOR)[0]
                found.append(
                    f'frame: unit "{unit}" is not in the frame that was drawn, or not with these values'
                )
        missing = sum(left.values())
        if missing:
            found.append(
                f"frame: {missing} of the {said['units']} lines that were drawn from are not in this frame"
            )
    found.append(f"frame: its digest is {done['sha256']}, the receipt says {said['sha256']}")
    return found


def _value_differences(receipt: Mapping[str, Any], held: list[str], read: Reading) -> list[str]:
    strange, ids = set(held), [line.split(SEPARATOR)[0] for line in held]
    for block in read.lines_with(ids):
        strange.difference_update(block.decode().split("\n"))
    if not strange:
        return []
    asked = {_key_of(line, receipt) for line in held}
    lines = (line for block in read.lines_with(ids) for line in block.decode().split("\n")[:-1])
    there = {key: line for line in lines if (key := _key_of(line, receipt)) in asked}
    found = []
    for line in held:
        key = _key_of(line, receipt)
        if key not in there:
            found.append(f"{_name(key)} stands in the sample, not in the frame")
        elif there[key] != line:
            pairs = zip(read.names, line.split(SEPARATOR), there[key].split(SEPARATOR), strict=True)
            found += [
                f"{_name(key)}: {column} is {mine!r} in the sample, {its!r} in the frame"
                for column, mine, its in pairs
                if mine != its
            ]
    return found


def released_numbers(cells: list[dict[str, Any]], released: dict[Key, int]) -> list[int]:
    """Give the released reserves of each cell, as far as it has any."""
    numbers = [released.get((*cell["parents"], *cell["stratum"]), 0) for cell in cells]
    return [min(max(k, 0), len(cell.get("reserve", []))) for k, cell in zip(numbers, cells, strict=True)]


def _drawn(receipt: Mapping[str, Any]) -> dict[Key, str]:
    """Give every unit of a receipt with what it was drawn as; reserves are drawn in an order."""
    roles = {}
    for cell in receipt["cells"]:
        ordered = "reserve" in cell
        times = Counter(cell["drawn"])
        for place, one in enumerate([*cell["drawn"], *cell.get("reserve", [])]):
            role = "main" if place < len(cell["drawn"]) else "reserve"
            role = f"{role}, {times[one]} times" if times[one] > 1 else role
            roles[(*cell["parents"], one)] = f"{role} {place + 1}" if ordered else role
    return roles


def _standing(receipt: Mapping[str, Any], released: dict[Key, int] | None) -> set[Key]:
    """Give the units that a sample should have: all that were drawn, or as many as were released."""
    if released is None:
        return set(_drawn(receipt))
    numbers = released_numbers(receipt["cells"], released)
    return {
        (*cell["parents"], one)
        for cell, k in zip(receipt["cells"], numbers, strict=True)
        for one in [*cell["drawn"], *cell.get("reserve", [])[:k]]
    }


def _receipt_differences(receipt: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """Compare which units were drawn, and as what."""
    said, done = _drawn(receipt), _drawn(again)
    return [
        *(
            f"{_name(key)} stands in the receipt, but repeating does not draw it"
            for key in sorted(said.keys() - done.keys())
        ),
        *(
            f"{_name(key)} is drawn on repeating, but does not stand in the receipt"
            for key in sorted(done.keys() - said.keys())
        ),
        *(
            f"{_name(key)} is {said[key]} in the receipt, repeating gives {done[key]}"
            for key in sorted(said.keys() & done.keys())
            if said[key] != done[key]
        ),
    ]


def _drawn_differences(
    receipt: Mapping[str, Any],
    again: Mapping[str, Any],
    released: dict[Key, int] | None,
    held: list[str],
) -> list[str]:
    standing = _standing(receipt, released)
    said = _drawn(receipt)
    counts = Counter(_key_of(line, receipt) for line in held)
    times = Counter((*cell["parents"], one) for cell in receipt["cells"] for one in cell["drawn"])
    return [
        *_receipt_differences(receipt, again),
        *(
            f"{_name(key)} stands in the sample, not in the receipt"
            for key in sorted(set(counts) - said.keys())
        ),
        *(
            f"{_name(key)} stands in the sample, but was not released"
            for key in sorted(set(counts) & (said.keys() - standing))
        ),
        *(f"{_name(key)} stands in the receipt, not in the sample" for key in sorted(standing - set(counts))),
        *(
            f"{_name(key)} stands {count} times in the sample"
            + (f", {times[key]} in the receipt" if times[key] > 1 else "")
            for key, count in counts.items()
            if key in standing and count != max(times[key], 1)
        ),
    ]


def _cell_differences(said: list[dict[str, Any]], done: list[dict[str, Any]]) -> list[str]:
    """Compare which strata there are and how many units each has."""
    counts = [
        {(*cell["parents"], *cell["stratum"]): cell["units"] for cell in cells} for cells in (said, done)
    ]
    return [
        f"stratum {' / '.join(place) or '(all)'}: the receipt says {counts[0].get(place)} units, "
        f"repeating gives {counts[1].get(place)}"
        for place in sorted(counts[0].keys() | counts[1].keys())
        if counts[0].get(place) != counts[1].get(place)
    ]


def _probability_differences(
    sample: Sample, again: Sample, held: list[str], read: Reading, computed: bool
) -> list[str]:
    """Compare what the draw added to each unit, such as its weight, bit for bit."""
    columns = again.receipt["added"].values()
    lines = _held_lines(again.units, again.receipt["name"], read)
    rows = {key: row for row, key in enumerate(_each_time(lines, again))}
    keys = _each_time(held, sample)
    here = np.array([row for row, key in enumerate(keys) if key in rows], dtype=np.intp)
    there = np.array([rows[keys[row]] for row in here], dtype=np.intp)
    found = []
    for column in columns:
        if column not in sample.units.columns:
            found.append(f"the sample has no column {column!r}")
            continue
        given, its = sample.units[column].iloc[here], again.units[column].iloc[there].to_numpy()
        # A table written and read again has blanks for empty text.
        if its.dtype.kind in "fiu":
            mine = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            mine = np.array(["" if pd.isna(one) else plain_text(one) for one in given.tolist()], dtype=object)
        same = (mine == its) | (pd.isna(mine) & pd.isna(its))
        if computed and its.dtype.kind == "f":
            same |= np.isclose(mine.astype(np.float64), its, rtol=LAST_DIGITS, atol=0)
        found += [
            f"{_name(keys[here[at]])}: {column} is {given.iloc[at]} in the sample, repeating gives {its[at]}"
            for at in np.flatnonzero(~same)
        ]
    return found


def _each_time(lines: list[str], sample: Sample) -> list[Key]:
    """Give the key of each line; of a unit drawn again, with which time it is in the order of its names."""
    keys = [_key_of(line, sample.receipt) for line in lines]
    if len(set(keys)) == len(keys):
        return keys
    names = sample.units.get(sample.receipt["added"].get(_psu(sample.receipt), ""))
    by_name = np.argsort(
        np.zeros(len(keys)) if names is None else names.astype(str).to_numpy(), kind="stable"
    )
    times: Counter[Key] = Counter()
    for row in by_name.tolist():
        key = keys[row]
        times[key] += 1
        keys[row] = key if times[key] == 1 else (f"time {times[key]}", *key)
    return keys


def _psu(receipt: Mapping[str, Any]) -> str:
    return "psu" if receipt["stage"] == 1 else f"psu_{receipt['stage']}"


def _roles_differences(sample: Sample, again: Sample) -> list[str]:
    if sample.roles == again.roles:
        return []
    return [f"roles: the sample says {sample.roles}, repeating gives {again.roles}"]


def _terms(receipt: Mapping[str, Any]) -> dict[str, Any]:
    terms = {field: receipt[field] for field in ("algorithm", "stage", "roles", "added")}
    more = {field: receipt[field] for field in ("released", "coordinate") if field in receipt}
    return {**terms, "columns": receipt["frame"]["columns"], **more}


def _term_differences(said: Mapping[str, Any], done: Mapping[str, Any]) -> list[str]:
    return [
        f"{field}: the receipt says {said[field]!r}, repeating gives {value!r}"
        for field, value in done.items()
        if said.get(field) != value
    ]
