"""Duties of a round on paper: their tables and work lists, in a folder that is not published."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.duties.result import DutiesReport
from toolkit.errors import RoundError, fault
from toolkit.files import write_table

if TYPE_CHECKING:
    from toolkit.round import Round

FOLDER = ("private", "duties")


def write_duties(one: Round, as_of: str) -> tuple[DutiesReport, Path]:
    """Check the duties of a round at a day, and write for each its table and its work list.

    Parameters
    ----------
    one : Round
    as_of : str
        Such as 2022-06-30.

    Returns
    -------
    tuple of DutiesReport and Path
        The results, and the folder ``private/duties/<day>``: files are numbered as the duties of the scheme.

    Raises
    ------
    RoundError
        The scheme has no duties, the day is none, or the tables do not fit together.
    """
    if not one.scheme.duties:
        raise RoundError(one.folder.name, [fault("", "no_duties")])
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        raise RoundError(one.folder.name, [fault("", "no_day", found=as_of)]) from None
    report, folder = one.duties(day), one.folder.joinpath(*FOLDER, str(day))
    number = {duty.name: at for at, duty in enumerate(one.scheme.duties, 1)}
    for result in report:
        at = f"{number[result.duty.name]:02d}"
        made = "-模拟" if result.made else ""
        write_table(folder / f"{at}{made}.csv", result.shown())
        if len(result.open):
            write_table(folder / f"{at}-清单{made}.csv", result.open)
    return report, folder
