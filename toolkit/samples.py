"""The samples of a round as files: a CSV and a receipt each, or the sheet of a quota."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sampling import Quota, Sample, release
from sampling.draw import has_reserves
from toolkit.assignments import assigned, write_assigned
from toolkit.drawing import EACH, NO_KEYS, draw_all
from toolkit.errors import RoundError, fault
from toolkit.files import read_own_table, write_json, write_table
from toolkit.quota import quota_sheet
from toolkit.scheme import Draw, Group, Scheme

NUMBERS = ("prob", "weight", "population", "stage_prob")


def write_samples(
    scheme: Scheme,
    frames: Mapping[str, pd.DataFrame],
    key: str,
    folder: Path,
    own_keys: Mapping[str, str] = NO_KEYS,
) -> dict[str, int]:
    """Draw everything and write it, all or nothing; ``own_keys`` are those of draws that have their own.

    Returns
    -------
    dict
        Units drawn, by draw; for a quota, interviews over all evaluatees.
    """
    parts = folder.with_name(folder.name + ".part")
    shutil.rmtree(parts, ignore_errors=True)
    counts = {}
    try:
        for group, one, samples in draw_all(scheme, frames, key, own_keys):
            _refuse_columns(group, one, next(iter(samples.values())).units)
            for evaluatee, sample in samples.items():
                write_sample(_place(parts, one, evaluatee), sample)
            counts[one.name] = sum(len(sample.units) for sample in samples.values())
            for given in scheme.assignments:
                if given.draw == one.name:
                    own = own_keys.get(one.name, key)
                    write_assigned(parts, given, assigned(scheme, given, samples, frames[given.teams], own))
        for one, design in quotas(scheme):
            sheet = quota_sheet(frames[one.frame], design, one.frame)
            write_table(parts / f"{one.name}.csv", sheet)
            counts[one.name] = int(sheet["target"].sum()) * len(scheme.evaluatees)
    except BaseException:
        shutil.rmtree(parts, ignore_errors=True)
        raise
    shutil.rmtree(folder)
    parts.rename(folder)
    return counts


def _refuse_columns(group: Group, one: Draw, units: pd.DataFrame) -> None:
    """Name the columns of adjustment cells that the sample does not have."""
    lacking = [c for c in group.adjust_by or () if c not in units.columns]
    if one == group.draws[-1] and lacking:
        columns = ", ".join(units.columns)
        raise RoundError(
            group.id, [fault("", "adjust_column", group=group.id, column=c, columns=columns) for c in lacking]
        )


def quotas(scheme: Scheme) -> Iterator[tuple[Draw, Quota]]:
    """Give every quota of a scheme."""
    for group in scheme.groups:
        design = group.draws[-1].design
        if isinstance(design, Quota):
            yield group.draws[-1], design


def read_quota(folder: Path, one: Draw) -> pd.DataFrame:
    """Read the sheet of a quota: its cells, their population and target."""
    table = read_own_table(folder / f"{one.name}.csv")
    return table.astype({"population": np.float64, "target": np.int64})


def read_sample(folder: Path, one: Draw, evaluatee: str = EACH) -> Sample:
    """Read a sample as it was written."""
    return sample_at(_place(folder, one, evaluatee))


def write_sample(place: Path, sample: Sample) -> None:
    """Write a sample as a CSV and its receipt beside it; ``place`` is the path without an ending."""
    write_table(place.with_name(place.name + ".csv"), sample.units)
    write_json(place.with_name(place.name + ".receipt.json"), sample.receipt)


def sample_at(place: Path) -> Sample:
    """Read what ``write_sample`` wrote."""
    receipt = json.loads(place.with_name(place.name + ".receipt.json").read_text(encoding="utf8"))
    units = read_own_table(place.with_name(place.name + ".csv"))
    for plain, column in receipt["added"].items():
        if plain.startswith(NUMBERS):
            blank = units[column] == ""  # reserves have neither probability nor weight
            units[column] = units[column].mask(blank, "nan").astype(np.float64)
        elif plain == "order":
            units[column] = units[column].astype(np.int64)
    return Sample(units, receipt["roles"], receipt)


def worked(sample: Sample, released: Any) -> Sample:
    """Give the main units and the released reserves of a sample; one without reserves stays as it is."""
    if not has_reserves(sample.receipt):
        return sample
    if isinstance(released, list):
        released = {tuple(cell): number for cell, number in released}
    return release(sample, released)


def _place(folder: Path, one: Draw, evaluatee: str) -> Path:
    return folder / one.name / evaluatee if evaluatee else folder / one.name
