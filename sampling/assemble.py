"""From what was selected in every cell to a sample: its rows, their columns, roles and receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sampling.cells import Cell, Reading
from sampling.columns import Positions
from sampling.coordination.apply import ALGORITHMS, Coordinate
from sampling.coordination.lists import AtMost
from sampling.designs import Design, method_of, strata_columns
from sampling.lottery import Lottery
from sampling.methods import METHODS, Drawn, reserve_share
from sampling.parents import Parents
from sampling.receipt import make_receipt
from sampling.sample import Sample


def assembled(
    take: Callable[[Positions], pd.DataFrame],
    read: Reading,
    cells: list[Cell],
    drawn: list[Drawn],
    asked: list[int],
    *,
    design: Design,
    unit: str,
    lottery: Lottery,
    parents: Parents | None = None,
    coordinate: Coordinate | None = None,
) -> Sample:
    """Make a sample of what was drawn.

    Parameters
    ----------
    take : callable
        Gives rows of the frame by their places, with an index from 0.
    read : Reading
    cells : list of Cell
    drawn : list of (ndarray of int, ndarray of float)
        Of each cell the positions drawn in it, and their probabilities.
    asked : list of int
        Main units of each cell; what was drawn beyond them are reserves.
    """
    method = method_of(design)
    entry, reserve = METHODS[type(method)], reserve_share(method, lottery.name) > 0
    stage = 1 if parents is None else 1 + len(parents.columns)
    stages = _stages(read, cells, drawn, parents, stage, ordered=reserve)
    if isinstance(coordinate, AtMost):
        stages = _thinned(stages, coordinate, read, cells, drawn, stage)
    if entry.replaced:
        stages[_marked("psu", stage)] = _each_draw(read, cells, drawn)
    rows = np.concatenate([cell.at[picked] for cell, (picked, _) in zip(cells, drawn, strict=True)])
    units = take(read.rows[rows])
    renamed = {c: free_name(f"drawn_{c}", units) for c in stages.columns if c in units.columns}
    roles = _roles(design, parents, stage, renamed, isinstance(coordinate, AtMost))
    receipt = make_receipt(
        lottery=lottery,
        unit=unit,
        design=design,
        algorithm=entry.algorithm(method) if coordinate is None else ALGORITHMS[type(coordinate)],
        coordinate=None if coordinate is None else coordinate.plain(),
        read=read,
        parents=parents,
        roles=roles,
        added={column: renamed.get(column, column) for column in stages.columns},
        cells=[
            {
                "parents": list(cell.parents),
                "stratum": list(cell.stratum),
                "units": cell.units,
                "drawn": read.ids_at(cell.at[picked[:n] if reserve else picked]),
                **({"reserve": read.ids_at(cell.at[picked[n:]])} if reserve else {}),
            }
            for cell, n, (picked, _) in zip(cells, asked, drawn, strict=True)
        ],
    )
    return Sample(pd.concat([units, stages.rename(columns=renamed)], axis=1), roles, receipt)


def free_name(name: str, units: pd.DataFrame) -> str:
    """Give a name that no column has."""
    return free_name(f"drawn_{name}", units) if name in units.columns else name


def _stratum_names(cells: list[Cell]) -> list[str]:
    """Name the strata, so that no two of a parent have one name."""
    names = [" / ".join(cell.stratum) for cell in cells]
    if len({(cell.parents, name) for cell, name in zip(cells, names, strict=True)}) == len(cells):
        return names
    return [" / ".join(one.replace("/", "//") for one in cell.stratum) for cell in cells]


def _each_draw(read: Reading, cells: list[Cell], drawn: list[Drawn]) -> list[str]:
    """Name every draw of units that can be drawn again: T1, T1 (2), T1 (3)."""
    names = []
    for cell, (picked, _) in zip(cells, drawn, strict=True):
        ids = read.ids_at(cell.at[picked])
        taken, before, time = set(ids), "", 1
        for one in ids:  # draws of one unit follow each other
            name, time = one, 1 if one != before else time
            while one == before and name in taken:
                time += 1
                name = f"{one} ({time})"
            taken.add(name)
            names.append(name)
            before = one
    return names


def _marked(name: str, stage: int) -> str:
    return name if stage == 1 else f"{name}_{stage}"


def _stages(
    read: Reading,
    cells: list[Cell],
    drawn: list[Drawn],
    parents: Parents | None,
    stage: int,
    ordered: bool,
) -> pd.DataFrame:
    """Give one row per drawn unit: probability, weight, role, and every stage's columns."""
    sizes = [len(picked) for picked, _ in drawn]
    at = np.concatenate([cell.at[picked] for cell, (picked, _) in zip(cells, drawn, strict=True)])
    prob = np.concatenate([prob for _, prob in drawn])
    own = {
        _marked("stratum", stage): np.repeat(_stratum_names(cells), sizes),
        _marked("psu", stage): read.ids_at(at),
        _marked("population", stage): np.repeat([cell.units for cell in cells], sizes),
        _marked("stage_prob", stage): prob,
    }
    above = {}
    if parents is not None:
        row_of = {one: row for row, one in enumerate(parents.ids)}
        rows = np.repeat([row_of[cell.parents] for cell in cells], sizes)
        above = {column: parents.table[column].to_numpy()[rows] for column in parents.stage_columns}
        prob = prob * parents.table["prob"].to_numpy()[rows]
    role = np.where(np.isnan(prob), "reserve", "main")
    place = {"order": np.concatenate([np.arange(1, size + 1) for size in sizes])} if ordered else {}
    return pd.DataFrame({"prob": prob, "weight": 1.0 / prob, "role": role, **place, **above, **own})


def _thinned(
    stages: pd.DataFrame,
    coordinate: AtMost,
    read: Reading,
    cells: list[Cell],
    drawn: list[Drawn],
    stage: int,
) -> pd.DataFrame:
    """Add the chance of each unit to stay on its list, as a stage of its own inside the unit.

    Staying is independent, then n of the N' that stay are drawn. The other way round it is the same
    design: n of N', each then kept or not; and a variance that looks stage by stage needs it so.
    """
    at = np.concatenate([cell.at[picked] for cell, (picked, _) in zip(cells, drawn, strict=True)])
    chance = coordinate.chances(read.texts(coordinate.lists).take(at))
    prob = stages["prob"] * chance
    own: dict[str, Any] = {
        _marked("psu", stage + 1): read.ids_at(at),
        _marked("stage_prob", stage + 1): chance,
    }
    return stages.assign(prob=prob, weight=1.0 / prob, **own)


def _roles(
    design: Design, parents: Parents | None, stage: int, renamed: dict[str, str], thinned: bool
) -> dict[str, Any]:
    """Say which drawn column plays which part, stage by stage."""
    above = [] if parents is None else parents.kinds
    cut = () if parents is None else parents.columns
    method = method_of(design)
    entry = METHODS[type(method)]
    unequal = getattr(method, "size", None) is not None or entry.independent
    own = {
        "stratified": any(column not in cut for column in strata_columns(design)),
        "unequal": unequal and not entry.replaced,
        "independent": entry.independent,
        "replaced": entry.replaced,
    }
    kinds = [*above, own]
    if thinned:
        kinds.append({"stratified": False, "unequal": True, "independent": True, "replaced": True})

    def columns(name: str, having: Callable[[dict[str, bool]], bool]) -> list[str | None]:
        names = [_marked(name, at + 1) for at in range(len(kinds))]
        return [
            renamed.get(one, one) if having(kind) else None for one, kind in zip(names, kinds, strict=True)
        ]

    roles: dict[str, Any] = {
        "weight": renamed.get("weight", "weight"),
        "stratum": columns("stratum", lambda kind: kind["stratified"]),
        "psu": columns("psu", lambda kind: True),
        "population": columns("population", lambda kind: not kind.get("replaced")),
    }
    if any(kind["unequal"] for kind in kinds):
        roles["prob"] = columns("stage_prob", lambda kind: kind["unequal"])
    if any(kind.get("independent") for kind in kinds):
        alone = columns("psu", lambda kind: kind.get("independent", False))
        roles["independent"] = [one for one in alone if one is not None]
    return roles
