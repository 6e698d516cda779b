"""Walk a design over a frame: read, allocate, select, and state every probability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from os import PathLike
from typing import Any

import pandas as pd

from sampling.allocation.numbers import numbers_of
from sampling.assemble import assembled, free_name
from sampling.cells import Cell, Reading, cells_of, read_frame
from sampling.collapse import collapsed
from sampling.coordination.apply import Coordinate, columns_of, draw_coordinated, refuse_other
from sampling.coordination.places import Places
from sampling.designs import (
    Design,
    Multistage,
    columns_read,
    method_of,
)
from sampling.errors import DesignError
from sampling.frame import canonical_text
from sampling.lottery import Lottery, Tickets
from sampling.methods import METHODS, Drawn, known, reserve_share
from sampling.parents import Parents
from sampling.phases import (
    RESPONDED,
    FirstPhase,
    first_phase,
    second_columns,
    second_roles,
)
from sampling.receipt import plain_design, standing_units
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
    if receipt.get("coordinate", {}).get("kind") == "at_most":
        raise DesignError("at_most_before", where=where, role=role, name=receipt["name"])
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
        if reserve_share(known(method_of(one), here), here) and stage != unit:
            raise DesignError("early_reserve", where=here)


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
    if reserve_share(known(method_of(design), where), where):
        raise DesignError("phase_reserve", where=where)
    first.refuse_other(table, where)
    alone, read = draw_in(table, design, key, name, unit, None, stage=first.stage + 1)
    if set(alone.roles) != EQUAL or alone.roles["population"] == [None]:
        raise DesignError("unequal_phase", where=where, found=type(method_of(design)).__name__)
    mine = {*first.added.values()} - {*columns_read(design)}
    units = alone.units[[column for column in table.columns if column not in mine]]
    stages = second_columns(first, first.rows_of(units, where), alone.stages)
    renamed = {column: free_name(column, units) for column in stages.columns}
    roles = second_roles(first, renamed, free_name(RESPONDED, units))
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
    method = known(method_of(design), where)
    if parents is not None and unit in parents.columns:
        raise DesignError("unit_before", where=where, unit=unit)
    above = 0 if parents is None else len(parents.columns)
    lottery = Lottery(key, name, stage or 1 + above)
    if coordinate is not None:
        refuse_other(coordinate, design, key, where)
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
    else:
        cells, drawn = draw_coordinated(coordinate, cells, asked, reserve, read, lottery, where)
    if parents is not None and entry.independent:
        _refuse_empty(cells, drawn, where)
    sample = assembled(
        lambda rows: frame.iloc[rows].reset_index(drop=True),
        read,
        cells,
        drawn,
        asked,
        design=design,
        unit=unit,
        lottery=lottery,
        parents=parents,
        coordinate=coordinate,
    )
    if isinstance(coordinate, Places) and coordinate.frame not in (None, sample.receipt["frame"]["sha256"]):
        raise DesignError("other_list", where=where, lottery=coordinate.lottery)
    return sample, read


def _refuse_empty(cells: list[Cell], drawn: list[Drawn], where: str) -> None:
    """Refuse drawn units with none drawn inside: without rows, they would be missing from the error."""
    inside = Counter({cell.parents: 0 for cell in cells})
    for cell, (picked, _) in zip(cells, drawn, strict=True):
        inside[cell.parents] += len(picked)
    empty = sorted(parent for parent, count in inside.items() if not count)
    if empty:
        raise DesignError("none_inside", where=where, count=len(empty), parent=" / ".join(empty[0]))
