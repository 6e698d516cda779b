"""Two phases: what a second phase needs to know of the first, and the rows that scoring takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.cells import cells_of, read_frame
from sampling.designs import columns_read, design_from
from sampling.errors import DesignError, FrameError
from sampling.frame import canonical_text, frame_digest, refuse_no_column
from sampling.parents import Parents

RESPONDED = "phase_drawn"
WHOLE = "(all)"


@dataclass(frozen=True)
class FirstPhase:
    """The units of a first phase, as a second phase needs them.

    Attributes
    ----------
    name, unit : str
        Its draw, and the column of its units.
    stage : int
        Of its lottery numbers.
    ids : list of str
    table : DataFrame
        One row per unit: ``prob`` and the columns of its stages, under their own names.
    roles, added : mapping
        As in its sample and its receipt.
    """

    name: str
    unit: str
    stage: int
    ids: list[str]
    table: pd.DataFrame
    roles: Mapping[str, Any]
    added: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        """Give what a receipt holds."""
        drawn = self.table.to_dict("records")
        return {
            "name": self.name,
            "unit": self.unit,
            "stage": self.stage,
            "roles": dict(self.roles),
            "added": dict(self.added),
            "drawn": [{"id": one, **row} for one, row in zip(self.ids, drawn, strict=True)],
        }

    def rows_of(self, units: pd.DataFrame, where: str) -> NDArray[np.intp]:
        """Give the row here of each row of a table of such units, and -1 for any other."""
        ids = canonical_text(units[self.unit], self.unit, where, exact=True)
        row_of = {one: row for row, one in enumerate(self.ids)}
        return np.array([row_of.get(one, -1) for one in ids], dtype=np.intp)

    def refuse_other(self, table: pd.DataFrame, where: str) -> None:
        """Refuse a table that has not every unit, has others, or has other values of the first phase."""
        refuse_no_column(table.columns, [self.unit], where)
        rows = self.rows_of(table, where)
        strange = np.flatnonzero(rows < 0)
        if strange.size:
            at = int(strange[0])
            raise FrameError(
                "not_in_phase",
                where=where,
                first=self.name,
                count=strange.size,
                unit=table[self.unit].iloc[at],
                row=at + 1,
            )
        missing = sorted(set(self.ids) - {self.ids[row] for row in rows})
        if missing:
            raise FrameError(
                "missing_in_phase", where=where, first=self.name, count=len(missing), unit=missing[0]
            )
        for plain, column in self.added.items():
            if column in table.columns and plain in (*self.table.columns, "weight"):
                due = 1.0 / self.table["prob"] if plain == "weight" else self.table[plain]
                self._refuse_values(table[column], due.to_numpy()[rows], rows, where)

    def _refuse_values(self, given: pd.Series, due: NDArray[Any], rows: NDArray[np.intp], where: str) -> None:
        if due.dtype.kind in "iuf":
            same = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan) == due
        else:  # a table written and read again has blanks for empty text, and numbers for their digits
            mine = given.astype(object).where(given.notna(), "")
            same = np.array([str(a) == b or _digits(a) == b for a, b in zip(mine, due, strict=True)])
        if not same.all():
            at = int(np.flatnonzero(~same)[0])
            raise FrameError(
                "other_in_phase",
                where=where,
                column=given.name,
                first=self.name,
                unit=self.ids[rows[at]],
                a=given.iloc[[at]].tolist()[0],
                b=due.tolist()[at],
            )


def _digits(value: object) -> str | None:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else None


def first_phase(
    parents: Parents, stage: int, roles: Mapping[str, Any], added: Mapping[str, str]
) -> FirstPhase:
    """Make a first phase of the units that a sample holds."""
    name, unit = parents.name, parents.columns[-1]
    ids = [names[-1] for names in parents.ids]
    repeated = np.flatnonzero(pd.Series(ids).duplicated())
    if repeated.size:
        first, row_b = ids[repeated[0]], int(repeated[0]) + 1
        raise FrameError(
            "duplicate_ids",
            where=f"draw {name}",
            count=repeated.size,
            first=first,
            row_a=ids.index(first) + 1,
            row_b=row_b,
        )
    table = parents.table[["prob", *parents.stage_columns]]
    return FirstPhase(name, unit, stage, ids, table, roles, added)


def first_phase_from(receipt: Mapping[str, Any]) -> FirstPhase:
    """Give the first phase that a receipt was drawn after."""
    after = receipt["after"]
    table = pd.DataFrame(after["drawn"])
    return FirstPhase(
        after["name"],
        after["unit"],
        after["stage"],
        table["id"].tolist(),
        table.drop(columns="id"),
        after["roles"],
        after["added"],
    )


def second_columns(first: FirstPhase, rows: NDArray[np.intp], drawn: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of the units drawn in the second phase: of both, of the first, of the second."""
    above = first.table.iloc[rows].reset_index(drop=True)
    prob = above["prob"] * drawn["prob"]
    own = {
        "first_weight": 1.0 / above["prob"],
        "phase_stratum": drawn["stratum"].where(drawn["stratum"] != "", WHOLE),
        "phase_population": drawn["population"],
        "phase_prob": drawn["prob"],
    }
    whole = pd.DataFrame({"prob": prob, "weight": 1.0 / prob, "role": drawn["role"]})
    return pd.concat([whole, above.drop(columns="prob"), pd.DataFrame(own)], axis=1)


def second_roles(first: FirstPhase, added: Mapping[str, str], responded: str) -> dict[str, Any]:
    """Say which columns of the rows of both phases play which part."""
    plain = {column: name for name, column in first.added.items()}

    def now(columns: Any) -> Any:
        if isinstance(columns, str):
            return added[plain[columns]]
        return [None if one is None else added[plain[one]] for one in columns]

    roles = {role: now(columns) for role, columns in first.roles.items() if role != "weight"}
    return {
        "weight": added["first_weight"],
        **roles,
        "responded": responded,
        "cell": added["phase_stratum"],
    }


def phase_table(receipt: Mapping[str, Any], table: pd.DataFrame) -> pd.DataFrame:
    """Give all rows of the first phase with what the variance of two phases needs."""
    where = f"draw {receipt['name']}"
    if "after" not in receipt:
        raise DesignError("no_phases", where=where)
    first, design = first_phase_from(receipt), design_from(receipt["design"])
    first.refuse_other(table, where)
    read = read_frame(table, design, first.unit, None, where)
    if frame_digest(read.lines()) != receipt["frame"]["sha256"]:
        raise FrameError("other_rows", where=where)
    stratum = np.empty(len(table), dtype=object)
    for cell in cells_of(read, design, None):
        stratum[read.rows[cell.at]] = " / ".join(cell.stratum) or WHOLE
    drawn = {one for cell in receipt["cells"] for one in cell["drawn"]}
    added, responded = receipt["added"], receipt["roles"]["responded"]
    rows = first.rows_of(table, where)
    above = first.table.iloc[rows].reset_index(drop=True)
    own = {
        **{added[column]: above[column] for column in above.columns if column != "prob"},
        added["first_weight"]: 1.0 / above["prob"],
        added["phase_stratum"]: stratum.astype(str),
        responded: np.array([first.ids[row] in drawn for row in rows]),
    }
    gone = {*first.added.values(), *added.values(), responded} - set(columns_read(design))
    kept = table[[column for column in table.columns if column not in gone]].reset_index(drop=True)
    return pd.concat([kept, pd.DataFrame(own)], axis=1)
