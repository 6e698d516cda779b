"""Figures of a scheme and of a round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sampling.canvas import (
    DARK,
    EDGE,
    LETTER,
    MIDDLE,
    STYLE,
    WIDTH,
    Rows,
    letters,
    rows_figure,
    short,
    title,
)
from sampling.fonts import showable
from toolkit.report.writing import count
from toolkit.tally import counted_sheets
from toolkit.words import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

    from toolkit.round import Round
    from toolkit.scheme import Scheme

NAME, GAP = EDGE + 0.06, 0.3  # inches
ROOM = 1.35  # of the longest bar, for the number at its end


def scheme_figure(scheme: Scheme) -> Figure:
    """Draw each group's weight beside the answers planned of it, a bar for each.

    Returns
    -------
    matplotlib.figure.Figure
        No state of pyplot is touched.
    """
    from matplotlib import rc_context

    names, left = _names(scheme)
    half = (WIDTH - EDGE - left - GAP) / 2
    weights = [group.weight for group in scheme.groups]
    valid = [group.valid for group in scheme.groups]
    with rc_context(STYLE):
        figure, (one, other) = rows_figure(len(names), (left, left + half), (left + half + GAP, WIDTH - EDGE))
        one.write(NAME, "对象", names)
        _bars(one, [100 * each for each in weights], [percent(each) for each in weights])
        _bars(other, valid, [count(each) for each in valid])
        title(one, "权重（%）")
        title(other, "每个单位计划的有效回答（份）")
        other.rule(0, strong=True)
    return figure


def _bars(rows: Rows, values: Sequence[float], texts: Sequence[str]) -> None:
    at = np.arange(len(values))
    rows.axes.barh(at, values, height=0.5, color=MIDDLE, zorder=3)
    rows.axes.set_xlim(0, ROOM * max(values))
    rows.axes.xaxis.set_major_locator(_few())
    for y, value, text in zip(at, values, texts, strict=True):
        rows.axes.annotate(text, (value, y), xytext=(3, 0), textcoords="offset points", va="center")


def _few() -> Locator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4, integer=True, min_n_ticks=2)


def round_figure(one: Round) -> Figure:
    """Draw the answers of every group in per cent of the plan: least, median and most over evaluatees.

    Returns
    -------
    matplotlib.figure.Figure
        It says so if the round is made up; no state of pyplot is touched.

    Raises
    ------
    RoundError
        There are no answers yet.
    """
    from matplotlib import rc_context
    from matplotlib.ticker import MultipleLocator

    scheme, answers = one.scheme, one.answers()
    counts = [counted_sheets(scheme, answers[group.id]) for group in scheme.groups]
    planned = np.array([group.valid for group in scheme.groups])
    least, median, most = (np.array([of(each) for each in counts]) for of in (np.min, np.median, np.max))
    names, left = _names(scheme)
    with rc_context(STYLE):
        figure, (rows,) = rows_figure(len(names), (left, WIDTH - 2.1))
        axes, at = rows.axes, np.arange(len(names))
        axes.axvline(100, color=MIDDLE, linewidth=0.9, zorder=2)
        axes.hlines(at, 100 * least / planned, 100 * most / planned, color=DARK, linewidth=1.4, zorder=3)
        axes.plot(100 * median / planned, at, "o", color=DARK, markersize=3.2, zorder=4, clip_on=False)
        end = max(100.0, float((100 * most / planned).max()))
        axes.set_xlim(0, 1.04 * end)
        axes.xaxis.set_major_locator(MultipleLocator(25) if end < 150 else _few())
        rows.write(NAME, "对象", names)
        columns = {"最少": least, "中位": median, "最多": most, "计划": planned}
        for number, (head, values) in enumerate(columns.items()):
            rows.write(WIDTH - 1.6 + 0.5 * number, head, [f"{value:,g}" for value in values], "right")
        rows.rule(0, strong=True)
        title(rows, "计入的回答占计划的%（模拟数据）" if one.made else "计入的回答占计划的%")
        axes.set_xlabel(f"{count(len(scheme.evaluatees))} 个单位中最少、中位（点）和最多", color=MIDDLE)
    return figure


def _names(scheme: Scheme) -> tuple[list[str], float]:
    """Give the groups' names as they fit, and where an axes may begin beside them."""
    names = [short(showable(group.name)) for group in scheme.groups]
    return names, NAME + max(map(letters, names)) * LETTER + 0.2
