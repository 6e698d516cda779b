"""Outside conditions of grades, as an office fills them in: passed the acceptance, or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.errors import Fault, RoundError, fault, unknown_evaluatee
from toolkit.files import read_table
from toolkit.parts.tables import known_events, with_cases
from toolkit.scheme import Scheme

FILES = ("conditions.csv", "conditions.xlsx")
SAID = {"是": True, "否": False}
WAITING = "等级：外部条件（conditions.csv）还没有填报"


def due_conditions(scheme: Scheme) -> tuple[str, ...]:
    """Name the outside conditions that a scheme's grades rest on, and that no event tells."""
    rule = scheme.grading_and_vetoes
    events = known_events(scheme)
    return () if rule is None else tuple(one for one in rule.conditions if one not in events)


def conditions_of(
    scheme: Scheme, folder: Path, tables: Mapping[str, pd.DataFrame], needed: bool = True
) -> pd.DataFrame | None:
    """Give every condition that the grades rest on: filled in by an office, or met by a case of an event.

    Parameters
    ----------
    scheme, folder, needed
        As in ``read_conditions``.
    tables : mapping of str to DataFrame
        The round's tables of offices.
    """
    filled = read_conditions(scheme, folder, needed)
    rule = scheme.grading_and_vetoes
    told = [one for one in rule.conditions if one in known_events(scheme)] if rule is not None else []
    if not told or (filled is None and due_conditions(scheme)):
        return filled
    names = list(scheme.evaluatees)
    found = pd.DataFrame(index=pd.Index(names, name="evaluatee")) if filled is None else filled.copy()
    for event in told:
        found[event] = np.isin(names, list(with_cases(scheme, tables, event)))
    return found


def read_conditions(scheme: Scheme, folder: Path, needed: bool = True) -> pd.DataFrame | None:
    """Read the outside conditions from ``conditions`` (CSV or Excel) in a round's folder.

    Parameters
    ----------
    scheme : Scheme
    folder : Path
        The round's.
    needed : bool
        Whether it is an error that there is no such file.

    Returns
    -------
    DataFrame or None
        A column of true or false for each condition, by evaluatee in the scheme's order; None where the
        scheme has no conditions, or where they are not there and not needed.

    Raises
    ------
    RoundError
        There is no such file, or there are both, or a column is missing; an evaluatee has no row or several;
        what stands there is neither 是 nor 否. All such rows are named.
    """
    due = due_conditions(scheme)
    found = [path for path in map(folder.joinpath, FILES) if path.is_file()]
    if not due or not (found or needed):
        return None
    if len(found) > 1:
        raise RoundError(folder.name, [fault("", "conditions_twice", files=", ".join(FILES))])
    table = read_table(found[0]).fillna("") if found else pd.DataFrame()
    if not {"evaluatee", *due} <= set(table):
        told = {"due": ", ".join(due), "found": ", ".join(map(str, table)) or "—"}
        raise RoundError(folder.name, [fault("", "conditions_file", **told)])
    said = table.map(str.strip)
    faults = list(_faults(scheme, said, due))
    if faults:
        raise RoundError(found[0].name, faults)
    by_name = said.set_index("evaluatee").loc[list(scheme.evaluatees)]
    return pd.DataFrame({name: by_name[name].map(SAID).astype(bool) for name in due})


def _faults(scheme: Scheme, said: pd.DataFrame, due: tuple[str, ...]) -> Iterator[Fault]:
    names = said["evaluatee"]
    for one in names[~names.isin(scheme.evaluatees)].unique():
        yield unknown_evaluatee(str(one), scheme.evaluatees)
    counts = names.value_counts().reindex(list(scheme.evaluatees), fill_value=0)
    odd = counts.index[counts != 1]
    if len(odd):
        yield fault("", "condition_rows", found="、".join(odd))
    for column in due:
        for row in said.index[~said[column].isin(SAID)]:
            told = {"evaluatee": names[row], "column": column, "found": said[column][row]}
            yield fault("", "condition", row=int(str(row)) + 2, yes="是", no="否", **told)
