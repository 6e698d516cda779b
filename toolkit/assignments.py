"""What was drawn, given out to teams by lottery, so that no two teams have the same unit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pandas as pd

from sampling import Quota, Sample, pair_teams, share_out
from sampling.designs import method_of
from toolkit.errors import Fault, fault
from toolkit.files import read_own_table, write_json, write_table

if TYPE_CHECKING:
    from toolkit.scheme import Draw, Scheme

ALGORITHM = "share-out/1"
PAIRS = "pair-teams/1"
TEAM = "team"


@dataclass(frozen=True)
class Assignment:
    """Units of a draw, given out to teams by lottery; the loads of teams differ by one at most.

    Parameters
    ----------
    name : str
        Its own name; draws have others.
    draw : str
        The draw whose units are given out. A census of areas gives the areas out.
    teams : str
        Name of the file under the round's ``frames/``: one row per team, or per member with ``pair_by``.
    team : str
        Column of ids of teams, or of members.
    by : str, optional
        Column of the sample and of the teams: teams visit units of their own village only, and loads are
        equal to within one there. ``evaluatee`` where each evaluatee has its own list.
    pair_by : str, optional
        Members are put into teams of two by lottery first, both of different offices: the column of these.
    """

    name: str
    draw: str
    teams: str
    team: str
    by: str | None = None
    pair_by: str | None = None
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    @property
    def algorithms(self) -> list[str]:
        """The ids of the rules by which it is done, whose meaning never changes."""
        return [*([] if self.pair_by is None else [PAIRS]), ALGORITHM]

    @property
    def columns(self) -> list[str]:
        """The columns that are read of the teams; no other is kept."""
        return [one for one in (self.team, self.by, self.pair_by) if one is not None]


@dataclass(frozen=True)
class Assigned:
    """Who has which units.

    Attributes
    ----------
    units : DataFrame
        The units of the sample by place and team, and ``team``.
    pairs : DataFrame or None
        The members of teams that were put together by lottery.
    receipt : dict
        What it was done by, and the load of every team.
    """

    units: pd.DataFrame
    pairs: pd.DataFrame | None
    receipt: dict[str, Any]


def assigned(
    scheme: Scheme, one: Assignment, samples: Mapping[str, Sample], teams: pd.DataFrame, key: str
) -> Assigned:
    """Give the units of samples to teams, as anyone with the samples, the teams and the key can repeat it.

    Parameters
    ----------
    scheme : Scheme
    one : Assignment
    samples : mapping of str to Sample
        The samples of its draw, by evaluatee.
    teams : DataFrame
    key : str
        That of the draw.

    Raises
    ------
    FrameError, DesignError
        A column is missing, an id repeats, units have no team, or members cannot be paired.
    """
    name = f"{scheme.id}/{one.name}"
    unit = next(each.unit for each in scheme.draws if each.name == one.draw)
    units = pd.concat(
        [
            sample.units.drop(columns=list(sample.receipt["added"].values()), errors="ignore").assign(
                **({"evaluatee": evaluatee} if evaluatee else {})
            )
            for evaluatee, sample in samples.items()
        ],
        ignore_index=True,
    )
    pairs, column = None, one.team
    if one.pair_by is not None:
        pairs = pair_teams(teams, key=key, name=f"{name}/pairs", unit=one.team, office=one.pair_by)
        pairs = pairs[[TEAM, *(each for each in one.columns if each != TEAM)]].astype(str)
        teams, column = pairs[[TEAM]].drop_duplicates(), TEAM
    given = share_out(units, teams, key=key, name=name, unit=unit, team=column, by=one.by).fillna("")
    heads = [*([] if one.by is None else [one.by]), given.columns[-1]]
    sizes = given.groupby(heads, sort=True).size().reset_index(name="units")
    loads = [[*place, int(count)] for *place, count in sizes.to_numpy().tolist()]
    receipt = {"algorithms": one.algorithms, "name": name, "key": key, "draw": one.draw, "loads": loads}
    return Assigned(given, pairs, receipt)


def write_assigned(folder: Path, one: Assignment, found: Assigned) -> None:
    """Write who has which units, who is in which team, and the receipt, beside the samples."""
    write_table(folder / f"{one.name}.csv", found.units)
    write_json(folder / f"{one.name}.receipt.json", found.receipt)
    if found.pairs is not None:
        write_table(folder / f"{one.name}.teams.csv", found.pairs)


def loads_told(folder: Path, one: Assignment) -> dict[str, Any]:
    """Give what a page tells of an assignment: numbers, and nobody's name."""
    receipt = json.loads((folder / f"{one.name}.receipt.json").read_text("utf8"))
    loads = [count for *_, count in receipt["loads"]]
    least, most = min(loads), max(loads)
    each = f"{least}" if least == most else f"{least}—{most}"
    return {"name": one.name, "draw": one.draw, "units": sum(loads), "teams": len(loads), "each": each}


def assignment_differences(folder: Path, one: Assignment, fresh: Assigned) -> Iterator[str]:
    """Name what is no longer as sample, teams and key give it."""
    tables = {"": fresh.units, ".teams": fresh.pairs}
    for ending, table in tables.items():
        place = folder / f"{one.name}{ending}.csv"
        if table is not None:
            due = [list(table.columns), *table.astype(str).to_numpy().tolist()]
            written = read_own_table(place)
            if [list(written.columns), *written.astype(str).to_numpy().tolist()] != due:
                yield f"samples/{place.name}: not what the sample, the teams and the key give"
    place = folder / f"{one.name}.receipt.json"
    if json.loads(place.read_text("utf8")) != json.loads(json.dumps(fresh.receipt)):
        yield f"samples/{place.name}: not what the sample, the teams and the key give"


def assignment_faults(scheme: Any) -> Iterator[Fault]:
    """Say what an assignment of a scheme cannot be."""
    draws = {each.name: each for each in scheme.draws}
    for at, one in enumerate(scheme.assignments):
        path = f"assignments[{at}]"
        drawn = draws.get(one.draw)
        able = [each.name for each in draws.values() if _given_out(each)]
        if drawn is None or not _given_out(drawn):
            yield fault(f"{path}.draw", "assigned_draw", found=one.draw, known=", ".join(able) or "—")
        if one.by is not None and one.pair_by is not None:
            yield fault(f"{path}.pair_by", "assigned_pairs")
        if one.name in draws or [each.name for each in scheme.assignments].index(one.name) < at:
            yield fault(f"{path}.name", "assigned_name", name=one.name)


def _given_out(one: Draw) -> bool:
    return not isinstance(one.design, Quota) and not getattr(method_of(one.design), "reserve", 0)


def assignments_in_words(scheme: Scheme, language: Literal["zh", "en"]) -> list[str]:
    """Tell how units are given out to teams; nothing where none are."""
    lines = []
    for one in scheme.assignments:
        own = {"evaluatee": "被评单位"} if language == "zh" else {}
        called = {name: scheme.column_names.get(name, own.get(name, name)) for name in one.columns}
        zh = f"    分派 {one.name}：抽样 {one.draw} 抽中的，抽签分给名单 {one.teams} 的各组"
        en = f"    assignment {one.name}: the units of draw {one.draw}, by lottery, to teams of {one.teams}"
        if one.pair_by is not None:
            zh += f"（两人一组，先抽签编组，两人的{called[one.pair_by]}不同）"
            en += f" (of two members each, paired by lottery, of different {called[one.pair_by]})"
        if one.by is not None:
            zh += f"（只分给{called[one.by]}相同的组）"
            en += f" (of the same {called[one.by]})"
        zh += "；互不重复，各组个数最多差一个。"
        en += "; none to two teams, loads equal to within one."
        lines.append(zh if language == "zh" else en)
    return lines
