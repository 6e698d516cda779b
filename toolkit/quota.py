"""Quotas: cells from census counts, how many to interview in each, and what respondents then stand for."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling import Quota, quota_cells, quota_targets, rounded_targets
from toolkit.errors import RoundError, fault
from toolkit.resources import shipped
from toolkit.scheme import Group
from toolkit.scores import Drawn

CELL = "quota cell"
COUNT = "quota population"
FROM_MARGINS = "margins"


def census_cells(ages: Sequence[int], county: str | None = None, census: int = 2020) -> pd.DataFrame:
    """Give the residents of 广安 by sex and age group, as a frame for a quota.

    Counts are those of the national population census, in five-year groups.

    Parameters
    ----------
    ages : list of int
        Where groups begin, multiples of five; the last is open. Younger residents are left out.
    county : str, optional
        One county; without it all.
    census : int
        2010 or 2020.

    Returns
    -------
    DataFrame
        ``age_group``, ``sex`` (男, 女), ``population``.

    Raises
    ------
    ValueError
        A group begins inside a five-year group, or there is no such county in that census.

    Examples
    --------
    >>> census_cells([15, 40, 60], "邻水县").head(2).to_numpy().tolist()
    [['15-39', '男', 107629], ['15-39', '女', 95072]]
    """
    with shipped("geography").joinpath("guangan_age_sex.csv").open(encoding="utf8") as file:
        table = pd.read_csv(file)
    table = table[table["census"] == census]
    counties = table["county"].unique().tolist()
    if county is not None and county not in counties:
        raise ValueError(f"no county {county!r}; there are {', '.join(counties)}")
    first = table["age"].str.extract(r"^(\d+)", expand=False).astype(int)
    odd = [age for age in ages if age not in set(first)]
    if odd:
        raise ValueError(f"no census group begins at {odd[0]}; they begin at 0, 1, 5, 10, 15 …")
    edges = sorted(ages)
    names = [f"{a}-{b - 1}" for a, b in zip(edges, edges[1:], strict=False)] + [f"{edges[-1]}+"]
    at = np.searchsorted(edges, first, side="right") - 1
    kept = (at >= 0) & (True if county is None else table["county"] == county)
    groups = pd.Categorical.from_codes(np.maximum(at, 0), categories=pd.Index(names))
    found = table.assign(age_group=groups, sex=table["sex"].map({"male": "男", "female": "女"}))[kept]
    sums = found.groupby(["age_group", "sex"], observed=True, sort=False)["population"].sum()
    return sums.reset_index().astype({"age_group": str})


def quota_sheet(frame: pd.DataFrame, design: Quota, name: str) -> pd.DataFrame:
    """Give the cells of a quota with their population and how many to interview in each.

    Parameters
    ----------
    frame : DataFrame
        The design's columns; rows of one cell are added up.
        Or ``margin`` (one of the design's columns), ``category`` and the count, where the census
        gives no cells: these then follow from ``sampling.quota_cells``, as if the columns were independent,
        and the targets keep the margins, as ``sampling.rounded_targets`` does; a column ``source`` says so.
    design : Quota
    name : str
        The frame's name, for messages.

    Raises
    ------
    RoundError
        A column or margin is missing, or a count is not above 0.
    FrameError
        Margins contradict each other.
    """
    by = list(design.by)
    from_margins = {"margin", "category"} <= set(frame.columns) and not set(by) & set(frame.columns)
    columns = ["margin", "category"] if from_margins else by
    missing = [column for column in [*columns, design.size] if column not in frame]
    if missing:
        raise RoundError(name, [fault("", "answers_columns", file=name, missing=", ".join(missing))])
    counts = pd.to_numeric(frame[design.size], errors="coerce")
    bad = np.flatnonzero(~((counts > 0) & np.isfinite(counts)))
    if bad.size:
        found = {"frame": name, "count": bad.size, "column": design.size, "row": int(frame.index[bad[0]]) + 2}
        raise RoundError(name, [fault("", "quota_count", **found)])
    cells = frame[columns].astype(str).apply(lambda column: column.str.normalize("NFC").str.strip())
    if from_margins:
        return _margin_sheet(cells.assign(population=counts), design, name)
    table = cells.assign(population=counts).groupby(by, sort=False)["population"].sum().reset_index()
    sizes = pd.Series(table["population"].to_numpy(), index=_labels(table, by))
    sheet: pd.DataFrame = table.assign(target=quota_targets(sizes, design.n).to_numpy())
    return sheet


def _margin_sheet(table: pd.DataFrame, design: Quota, name: str) -> pd.DataFrame:
    """Give cells and targets that fit the margins of a table in lines."""
    sums = table.groupby(["margin", "category"], sort=False)["population"].sum()
    there = list(dict.fromkeys(table["margin"]))
    if set(there) != set(design.by):
        missing = ", ".join(sorted(set(design.by) ^ set(there)))
        raise RoundError(name, [fault("", "quota_margins", frame=name, found=missing)])
    cells = quota_cells({column: sums[column] for column in design.by})
    sheet = cells.rename("population").reset_index()
    return sheet.assign(target=rounded_targets(cells, design.n).to_numpy(), source=FROM_MARGINS)


def _labels(table: pd.DataFrame, by: Sequence[str]) -> pd.Index:
    found: pd.Index = pd.Index(table[list(by)].astype(str).agg(" / ".join, axis=1))
    return found


def cell_labels(rows: pd.DataFrame, group: Group) -> NDArray[Any]:
    """Name the cell that each row of answers says."""
    design = group.draws[-1].design
    assert isinstance(design, Quota)
    columns = [[unicodedata.normalize("NFC", str(one)).strip() for one in rows[c]] for c in design.by]
    return np.array([" / ".join(one) for one in zip(*columns, strict=True)], dtype=object)


def respondents(keys: pd.DataFrame, labels: NDArray[Any], sheet: pd.DataFrame, group: Group) -> pd.DataFrame:
    """Give those who answered in a cell of the quota, once for each evaluatee, with their cell's count.

    Parameters
    ----------
    keys : DataFrame
        ``respondent`` and ``evaluatee`` of the rows that can be read.
    labels : ndarray of str
        Their cells, as ``cell_labels`` gives them.
    sheet : DataFrame
        As ``quota_sheet`` gives it.
    group : Group
    """
    units = pd.DataFrame(
        {
            "evaluatee": keys["evaluatee"].to_numpy(),
            group.draws[-1].unit: keys["respondent"].to_numpy(),
            CELL: labels,
            COUNT: counts_of(sheet, group).reindex(labels).to_numpy(),
        }
    )
    known = units[units[COUNT].notna()]
    return known.drop_duplicates(["evaluatee", group.draws[-1].unit]).reset_index(drop=True)


def counts_of(sheet: pd.DataFrame, group: Group) -> pd.Series:
    """Give the population of every cell by its label."""
    design = group.draws[-1].design
    assert isinstance(design, Quota)
    return pd.Series(sheet["population"].to_numpy(dtype=np.float64), index=_labels(sheet, design.by))


def targets_of(sheet: pd.DataFrame, group: Group) -> pd.Series:
    """Give the interviews planned in every cell by its label."""
    design = group.draws[-1].design
    assert isinstance(design, Quota)
    return pd.Series(sheet["target"].to_numpy(dtype=np.int64), index=_labels(sheet, design.by))


def cells_of(keys: pd.DataFrame, units: pd.DataFrame, group: Group) -> pd.Series:
    """Give the cell of every ``respondent`` of an ``evaluatee``, as they stand among the units."""
    columns = ["evaluatee", group.draws[-1].unit]
    cells = units.set_index([units[column].astype(str) for column in columns])[CELL]
    wanted = pd.MultiIndex.from_arrays([keys["evaluatee"].astype(str), keys["respondent"].astype(str)])
    return pd.Series(cells.reindex(wanted).to_numpy(), index=keys.index, dtype=object)


def as_drawn(units: pd.DataFrame, group: Group, sheet: pd.DataFrame) -> Drawn:
    """Tell the roles of a quota's respondents.

    Errors are those of simple random sampling in every cell of every evaluatee: right only as far as
    whom the interviewer chose within a cell is as good as random.
    """
    unit = group.draws[-1].unit
    stratum = units["evaluatee"].astype(str) + " / " + units[CELL].astype(str)
    roles: Mapping[str, Any] = {"stratum": ["stratum"], "psu": [unit], "population": [COUNT]}
    cells = tuple(counts_of(sheet, group).index)
    return Drawn(units.assign(stratum=stratum.to_numpy()), roles, cells)
