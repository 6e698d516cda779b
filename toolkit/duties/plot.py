"""A duty as a picture: how much of what was due is done, a bar for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sampling.canvas import DARK, EDGE, LETTER, MIDDLE, STYLE, WIDTH, letters, rows_figure, short, title
from sampling.fonts import showable
from toolkit.errors import RoundError, fault

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from toolkit.duties.result import DutyResult

NAME, NUMBERS = EDGE + 0.06, 1.7  # inches
KEPT = ("kept", "broken", "overdue")


def duty_figure(result: DutyResult) -> Figure:
    """Draw the rate of a duty, a bar to each row of its table, with numerator and denominator beside it.

    Returns
    -------
    matplotlib.figure.Figure
        It says so if the tables are made up; no state of pyplot is touched.

    Raises
    ------
    RoundError
        The duty has no rate.
    """
    from matplotlib import rc_context
    from matplotlib.ticker import MultipleLocator

    table = result.table
    if "rate" not in table:
        raise RoundError("duties", [fault("", "duty_no_rate", name=result.duty.name)])
    done, due = ("done", "due") if "done" in table else ("kept", None)
    above, below = table[done], table[due] if due else table[list(KEPT)].sum(axis=1)
    names = [short(showable(str(one))) for one in table.iloc[:, 0]]
    rates = 100 * table["rate"]
    with rc_context(STYLE):
        left = NAME + max([2.0, *map(letters, names)]) * LETTER + 0.2
        figure, (rows,) = rows_figure(len(table), (left, WIDTH - NUMBERS))
        short_of = table["met"].eq(False).fillna(False).to_numpy(bool)
        colours = [DARK if one else MIDDLE for one in short_of]
        rows.axes.barh(range(len(table)), rates.fillna(0), height=0.5, color=colours, zorder=3)
        rows.axes.set_xlim(0, 100)
        rows.axes.xaxis.set_major_locator(MultipleLocator(25))
        rows.write(NAME, "", names)
        counted = [f"{up:,} ÷ {down:,}" for up, down in zip(above, below, strict=True)]
        rows.write(WIDTH - 0.75, "已做 ÷ 应做", counted, "right")
        told = rates.map("{:.1f}%".format).where(rates.notna(), "—")
        rows.write(WIDTH - EDGE - 0.05, "比率", told.tolist(), "right")
        rows.rule(0, strong=True)
        title(rows, short(showable(result.duty.name), 24) + ("（模拟数据）" if result.made else ""))
        rows.axes.set_xlabel(f"%，截至 {result.as_of}；黑条为没有做到", color=MIDDLE)
    return figure
