"""Collapse a frame to the units of a stage: one row for each, with what that stage's design reads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sampling.cells import first_rows, rows_of_drawn
from sampling.columns import Category, Positions, category, encoded
from sampling.designs import Design, columns_read, size_columns, value_columns
from sampling.errors import FrameError
from sampling.frame import numbers, positive_sizes
from sampling.parents import Parents


def collapsed(
    frame: pd.DataFrame, design: Design, unit: str, parents: Parents | None, where: str
) -> pd.DataFrame:
    """Give the first row of each unit, in the columns that tell it and those that its design reads.

    Rows of parents that were not drawn are no part of the frame.

    Raises
    ------
    FrameError
        A column is missing, an id or a value is missing or bad, or a column that the design reads is
        not the same in all rows of a unit.

    Examples
    --------
    >>> from sampling import PPS
    >>> frame = pd.DataFrame({"town": list("aab"), "people": [9, 9, 4], "id": [1, 2, 3]})
    >>> collapsed(frame, PPS(n=1, size="people"), "town", None, "draw").to_numpy().tolist()
    [['a', 9], ['b', 4]]
    """
    above = () if parents is None else parents.columns
    values = [column for column in columns_read(design) if column not in (unit, *above)]
    rows, read = rows_of_drawn(frame, (unit, *above, *values), parents, where)
    tells = [read[column] for column in above]
    tells.append(category(frame[unit].iloc[rows], unit, where, rows, exact=True))
    code, first = _numbered(tells)
    sizes, numeric = size_columns(design), (*size_columns(design), *value_columns(design))
    for column in values:
        given = frame[column].iloc[rows]
        if column in numeric:
            found = numbers(given)
            same = (found == found[first][code]) | (np.isnan(found) & np.isnan(found[first][code]))
        else:
            codes = category(given, column, where, rows).codes
            same = codes == codes[first][code]
        if not same.all():
            raise _varying(given, tells, code, first, np.flatnonzero(~same), rows, where)
        if column in sizes:
            ids = encoded(tells[-1].texts)[tells[-1].codes[first]]
            positive_sizes(given.iloc[first], column, ids, where, rows[first])
    return frame[[unit, *above, *values]].iloc[rows[first]]


def _numbered(tells: list[Category]) -> tuple[Positions, Positions]:
    """Number the units in the order of their first rows; give each row's number and the first rows."""
    code = tells[0].codes
    for one in tells[1:]:
        code = pd.factorize(code)[0] * len(one.texts) + one.codes
    code = pd.factorize(code)[0].astype(np.intp)
    return code, first_rows(code, int(code.max()) + 1)


def _varying(
    given: pd.Series,
    tells: list[Category],
    code: Positions,
    first: Positions,
    bad: Positions,
    rows: Positions,
    where: str,
) -> FrameError:
    at = int(bad[0])
    other = int(first[code[at]])
    return FrameError(
        "varies_in_unit",
        where=where,
        column=given.name,
        count=np.unique(code[bad]).size,
        unit=" / ".join(one.texts[one.codes[at]] for one in tells),
        row_a=int(rows[other]) + 1,
        a=given.iloc[[other]].tolist()[0],
        row_b=int(rows[at]) + 1,
        b=given.iloc[[at]].tolist()[0],
    )
