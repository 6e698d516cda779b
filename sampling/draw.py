"""Walk a design over a frame: read, allocate, select, and state every probability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from sampling.allocation.numbers import numbers_of
from sampling.cells import Cell, Reading, cells_of, read_frame
from sampling.collapse import collapsed
from sampling.coordination.apply import (
    ALGORITHMS,
    Coordinate,
    columns_of,
    draw_coordinated,
    refuse_other,
)
from sampling.coordination.lists import AtMost
from sampling.coordination.places import Places
from sampling.designs import (
    Design,
    Method,
    Multistage,
    columns_read,
    method_of,
    strata_columns,
)
from sampling.errors import DesignError
from sampling.frame import canonical_text
from sampling.lottery import Lottery, Tickets
from sampling.methods import METHODS, Drawn, reserve_share
from sampling.parents import Parents
from sampling.phases import (
    RESPONDED,
    FirstPhase,
    first_phase,
    second_columns,
    second_roles,
)
from sampling.receipt import make_receipt, plain_design, standing_units
from sampling.sample import Sample

EQUAL = {"weight", "stratum", "psu", "population"}  # roles of a draw of fixed size with equal chances


def draw(
    frame: pd.DataFrame | str | PathLike[str],
    design: Design | Multistage,
    *,
    key: str,
    name: str,
    unit: str,
    within: Sample | None = None,
    after: Sample | None = None,
    coordinate: Coordinate | None = None,
    engine: Any = None,
) -> Sample:
    """Draw a sample that anyone with the frame and the receipt can draw again.

    The result does not depend on the order of the rows, the file they came from, or other units.

    Parameters
    ----------
    frame : DataFrame, str or path
        One row per unit. A path is a Parquet file, or a folder of them that need not fit into memory: see
        ``sampling.files``. From files SimpleRandom, Bernoulli and Poisson are drawn, in strata or without.
    design : Design
        SimpleRandom, Bernoulli, Systematic, PPS, PPSWithReplacement, Poisson, Balanced, SpatiallyBalanced or
        Census; Stratified, one of them in every stratum; or Multistage, several of these one inside the
        other, whose last units are the rows of the frame. Then the units of the stages before are
        drawn from the distinct ones in the frame, and the result is as if each stage had been drawn
        by itself, under the same name, with ``within``.
    key : str
        Decides all lottery numbers.
    name : str
        The draw's own name, such as ``"2013/市教育局/users"``; different names give independent draws.
    unit : str
        Column of unit ids, unique in the frame (with ``within``: in each parent).
    within : Sample, optional
        The drawn units of the stage before. The frame needs a column of that draw's unit name; rows
        of units that were not drawn are no part of the frame. A whole number ``n`` is then for every
        stratum of every drawn unit.
    after : Sample, optional
        The first of two phases. The frame then holds its units, all of them, with what was learnt of
        them; ``prob`` is the product of both phases' probabilities, and ``Sample.phases`` gives the rows
        whose variance ``roles`` tell. A second phase draws fixed numbers with equal chances in strata.
    coordinate : Places, AtMost or Spread, optional
        What this simple random sample, in strata or not, shares with others: ``apart(…)`` from samples of
        the same list, ``together(…)`` with a panel or ``rotated(…)`` out of it; a person drawn from
        ``AtMost`` so many lists; samples ``Spread`` over one list.
    engine : DuckDB or dask.distributed.Client, optional
        Where files are read; the sample is the same. Without it, by DuckDB in this process, with 1 GB.

    Returns
    -------
    Sample

    Raises
    ------
    FrameError
        A column, id or size is missing or bad; ids repeat; a drawn unit has no list; a column that an
        early stage reads differs between rows of one of its units.
    DesignError
        The design asks more than the frame has, or does not fit it.

    Examples
    --------
    Of county x two towns are asked; town a is so large that it is certain.

    >>> from sampling import PPS, Stratified
    >>> frame = pd.DataFrame({"town": list("abcdef"), "county": list("xxxyyy"), "people": [5, 1, 2, 4, 4, 4]})
    >>> towns = draw(frame, Stratified("county", PPS(n=2, size="people")), key="k", name="towns", unit="town")
    >>> towns.units["prob"].round(3).tolist()
    [0.667, 1.0, 0.667, 0.667]

    In one frame: two towns, and two persons in each.

    >>> from sampling import Multistage, SimpleRandom
    >>> frame = pd.DataFrame({"id": range(18), "town": [*"aaaaaabbbbbbcccccc"]})
    >>> design = Multistage({"town": SimpleRandom(n=2), "id": SimpleRandom(n=2)})
    >>> people = draw(frame, design, key="k", name="people", unit="id")
    >>> people.units[["town", "id", "prob"]].round(3).to_numpy().tolist()
    [['b', 11, 0.222], ['b', 7, 0.222], ['c', 13, 0.222], ['c', 17, 0.222]]
    """
    where = f"draw {name}"
    if isinstance(frame, str | PathLike):
        from sampling.files import draw_files

        others = {"within=": within, "after=": after, "coordinate=": coordinate}
        given = [name for name, value in others.items() if value is not None]
        if given:
            raise DesignError("not_from_files", where=where, found=given[0])
        return draw_files(frame, design, key, name, unit, engine)[0]
    parents = None if within is None else parents_of(within, where)
    if coordinate is not None and (after is not None or isinstance(design, Multistage)):
        raise DesignError("coordinate_method", where=where, found="Multistage" if after is None else "after=")
    if after is not None:
        if parents is not None or isinstance(design, Multistage):
            found = "Multistage" if parents is None else "within="
            raise DesignError("second_phase", where=where, found=found)
        return draw_after(frame, design, key, name, unit, phase_before(after, where))[0]
    stages = draw_stages(frame, design, key, name, unit, parents, coordinate)
    return joined([one for one, _ in stages], design)


def _free(name: str, units: pd.DataFrame) -> str:
    return _free(f"drawn_{name}", units) if name in units.columns else name


def phase_before(after: Sample, where: str) -> FirstPhase:
    """Give the units of a sample as a first phase."""
    parents = parents_of(after, where, "after")
    return first_phase(parents, after.receipt["stage"], after.roles, after.receipt["added"])


def parents_of(within: Sample, where: str = "draw", role: str = "within") -> Parents:
    """Give the drawn units of a sample as the parents of a next stage."""
    if not isinstance(within, Sample):
        raise DesignError("not_a_sample", where=where, role=role, found=type(within).__name__)
    receipt = within.receipt
    if "after" in receipt:
        raise DesignError("second_phase", where=where, found=f"{role}= {receipt['name']!r}")
    where = f"draw {receipt['name']}"
    if has_reserves(receipt) and "released" not in receipt:
        raise DesignError("unreleased", where=where)
    if not len(within.units) and not standing_units(receipt):
        raise DesignError("none_drawn", where=where)
    before = () if receipt["within"] is None else tuple(receipt["within"]["columns"])
    columns = (*before, receipt["unit"])
    table = within.stages.drop(columns=["weight", "role", "order"], errors="ignore")
    for at, column in enumerate(columns):
        table.insert(at, f"parent_{at + 1}", canonical_text(within.units[column], column, where))
    unequal = within.roles.get("prob") or [None] * len(within.roles["psu"])
    kinds = [
        {
            "stratified": stratum is not None,
            "unequal": prob is not None,
            **({"independent": True} if psu in within.roles.get("independent", ()) else {}),
            **({"replaced": True} if population is None else {}),
        }
        for stratum, prob, psu, population in zip(
            within.roles["stratum"], unequal, within.roles["psu"], within.roles["population"], strict=True
        )
    ]
    if any(kind.get("replaced") for kind in kinds):
        raise DesignError("drawn_again", where=where)
    parents = Parents(receipt["name"], columns, table, kinds)
    _refuse_touched(parents.ids, receipt, where)
    return parents


def _refuse_touched(units: list[tuple[str, ...]], receipt: Mapping[str, Any], where: str) -> None:
    """Refuse a sample that has other units than were drawn: its probabilities would not hold."""
    due = standing_units(receipt)
    for rule, found in (("strange_unit", set(units) - due), ("lost_unit", due - set(units))):
        if found:
            raise DesignError(rule, where=where, count=len(found), unit=" / ".join(min(found)))


def has_reserves(receipt: Mapping[str, Any]) -> bool:
    """Tell whether reserves were drawn, released or not."""
    return any("reserve" in cell for cell in receipt["cells"])


def draw_stages(
    frame: pd.DataFrame,
    design: Design | Multistage,
    key: str,
    name: str,
    unit: str,
    parents: Parents | None,
    coordinate: Coordinate | None = None,
) -> list[tuple[Sample, Reading]]:
    """Draw every stage of a design; give each stage's sample, as it would be drawn by itself, and reading."""
    if not isinstance(design, Multistage):
        return [draw_in(frame, design, key, name, unit, parents, coordinate=coordinate)]
    where = f"draw {name}"
    _check_stages(design, unit, where)
    drawn: list[tuple[Sample, Reading]] = []
    for column, one in design.stages.items():
        here = f"{where} / stage {column}"
        inside = parents_of(drawn[-1][0]) if drawn else parents
        table = frame if column == unit else collapsed(frame, one, column, inside, here)
        drawn.append(draw_in(table, one, key, name, column, inside, here))
    return drawn


def _check_stages(design: Multistage, unit: str, where: str) -> None:
    stages = list(design.stages)
    if not stages or stages[-1] != unit:
        raise DesignError("last_stage", where=where, unit=unit, stages=", ".join(stages) or "{}")
    for stage, one in design.stages.items():
        here = f"{where} / stage {stage}"
        if reserve_share(_known(method_of(one), here), here) and stage != unit:
            raise DesignError("early_reserve", where=here)


def _known(method: Method, where: str) -> Method:
    if type(method) not in METHODS:
        known = ", ".join(one.__name__ for one in METHODS)
        raise DesignError("bad_design", where=where, found=method, known=known)
    return method


def joined(stages: list[Sample], design: Design | Multistage) -> Sample:
    """Give the sample of the last stage, whose receipt holds the design and the receipts before."""
    last = stages[-1]
    if not isinstance(design, Multistage):
        return last
    before = [one.receipt for one in stages[:-1]]
    return Sample(last.units, last.roles, {**last.receipt, "design": plain_design(design), "before": before})


def draw_after(
    table: pd.DataFrame, design: Design, key: str, name: str, unit: str, first: FirstPhase
) -> tuple[Sample, Reading]:
    """Draw a second phase, with the first given as plain data; give what was read too."""
    where = f"draw {name}"
    if unit != first.unit:
        raise DesignError("phase_unit", where=where, unit=unit, first=first.unit)
    if reserve_share(_known(method_of(design), where), where):
        raise DesignError("phase_reserve", where=where)
    first.refuse_other(table, where)
    alone, read = draw_in(table, design, key, name, unit, None, stage=first.stage + 1)
    if set(alone.roles) != EQUAL or alone.roles["population"] == [None]:
        raise DesignError("unequal_phase", where=where, found=type(method_of(design)).__name__)
    mine = {*first.added.values()} - {*columns_read(design)}
    units = alone.units[[column for column in table.columns if column not in mine]]
    stages = second_columns(first, first.rows_of(units, where), alone.stages)
    renamed = {column: _free(column, units) for column in stages.columns}
    roles = second_roles(first, renamed, _free(RESPONDED, units))
    receipt = {**alone.receipt, "roles": roles, "added": renamed, "after": first.plain()}
    return Sample(pd.concat([units, stages.rename(columns=renamed)], axis=1), roles, receipt), read


def draw_in(
    frame: pd.DataFrame,
    design: Design,
    key: str,
    name: str,
    unit: str,
    parents: Parents | None,
    where: str = "",
    stage: int | None = None,
    coordinate: Coordinate | None = None,
) -> tuple[Sample, Reading]:
    """Draw one stage, with the stage before given as plain data; give what was read too."""
    where = where or f"draw {name}"
    method = _known(method_of(design), where)
    if parents is not None and unit in parents.columns:
        raise DesignError("unit_before", where=where, unit=unit)
    above = 0 if parents is None else len(parents.columns)
    lottery = Lottery(key, name, stage or 1 + above)
    if coordinate is not None:
        refuse_other(coordinate, method, key, where)
    read = read_frame(frame, design, unit, parents, where, columns_of(coordinate))
    cells = cells_of(read, design, parents)
    asked = numbers_of(cells, design, read, parents, where)
    reserve = reserve_share(method, where)
    entry = METHODS[type(method)]
    if coordinate is None:
        drawn = [
            entry.select(
                cell, method, n, read, Tickets(lottery, cell.parents, cell.stratum, read.ids[cell.at])
            )
            for cell, n in zip(cells, asked, strict=True)
        ]
        algorithm = entry.algorithm(method)
    else:
        cells, drawn = draw_coordinated(coordinate, cells, asked, reserve, read, lottery, where)
        algorithm = ALGORITHMS[type(coordinate)]
    if parents is not None and entry.independent:
        _refuse_empty(cells, drawn, where)
    stages = _stages(read, cells, drawn, parents, 1 + above, ordered=reserve > 0)
    if entry.replaced:
        stages[_marked("psu", 1 + above)] = _each_draw(read, cells, drawn)
    rows = np.concatenate([cell.at[picked] for cell, (picked, _) in zip(cells, drawn, strict=True)])
    units = frame.iloc[read.rows[rows]].reset_index(drop=True)
    renamed = {c: _free(f"drawn_{c}", units) for c in stages.columns if c in units.columns}
    roles = _roles(design, parents, 1 + above, renamed, isinstance(coordinate, AtMost))
    receipt = make_receipt(
        lottery=lottery,
        unit=unit,
        design=design,
        algorithm=algorithm,
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
    if isinstance(coordinate, Places) and coordinate.frame not in (None, receipt["frame"]["sha256"]):
        raise DesignError("other_list", where=where, lottery=coordinate.lottery)
    sample = Sample(pd.concat([units, stages.rename(columns=renamed)], axis=1), roles, receipt)
    return sample, read


def _stratum_names(cells: list[Cell]) -> list[str]:
    """Name the strata, so that no two of a parent have one name."""
    names = [" / ".join(cell.stratum) for cell in cells]
    if len({(cell.parents, name) for cell, name in zip(cells, names, strict=True)}) == len(cells):
        return names
    return [" / ".join(one.replace("/", "//") for one in cell.stratum) for cell in cells]


def _refuse_empty(cells: list[Cell], drawn: list[Drawn], where: str) -> None:
    """Refuse drawn units with none drawn inside: without rows, they would be missing from the error."""
    inside = Counter({cell.parents: 0 for cell in cells})
    for cell, (picked, _) in zip(cells, drawn, strict=True):
        inside[cell.parents] += len(picked)
    empty = sorted(parent for parent, count in inside.items() if not count)
    if empty:
        raise DesignError("none_inside", where=where, count=len(empty), parent=" / ".join(empty[0]))


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


def _roles(
    design: Design, parents: Parents | None, stage: int, renamed: dict[str, str], unequal: bool = False
) -> dict[str, Any]:
    """Say which drawn column plays which part, stage by stage."""
    above = [] if parents is None else parents.kinds
    cut = () if parents is None else parents.columns
    method = method_of(design)
    entry = METHODS[type(method)]
    unequal = unequal or getattr(method, "size", None) is not None or entry.independent
    own = {
        "stratified": any(column not in cut for column in strata_columns(design)),
        "unequal": unequal and not entry.replaced,
        "independent": entry.independent,
        "replaced": entry.replaced,
    }
    kinds = [*above, own]

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
