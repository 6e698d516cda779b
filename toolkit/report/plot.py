"""The caterpillar figure: every evaluatee's score with its interval, best on top."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.report.fonts import FAMILY, register_font, showable
from toolkit.report.ranking import Standing, standing
from toolkit.report.writing import fixed, weight
from toolkit.scores import Scores

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Side = Literal["left", "center", "right"]
STYLE: Any = {"font.family": [FAMILY, "DejaVu Sans"], "font.size": 8.5, "axes.linewidth": 0.6}
SVG: Any = {"svg.fonttype": "path", "svg.hashsalt": "minyi", "path.simplify": False}
WIDTH, ROW, TOP, BOTTOM = 7.1, 0.195, 0.36, 0.46  # inches
LETTER = 8.5 / 72  # inches, a Chinese character
MOST_LETTERS = 20
PLACE, SET, NAME, MARGIN = 0.22, 0.74, 1.12, 1.0  # inches from the left, and from the right
DARK, MIDDLE, LIGHT = "#000000", "#666666", "#d9d9d9"


def caterpillar(scores: Scores, class_id: str, made: bool = False) -> Figure:
    """Draw the scores of a class with their intervals, best on top.

    Parameters
    ----------
    scores : Scores
    class_id : str
        The class's id.
    made : bool
        Whether frames or answers are made up; the figure then says so.

    Returns
    -------
    matplotlib.figure.Figure
        As high as the class needs; no state of pyplot is touched. A notebook shows it as a picture.
    """
    from matplotlib import rc_context

    register_font()
    with rc_context(STYLE):
        return _figure(scores, standing(scores, class_id), made)


def figure_svg(figure: Figure) -> str:
    """Give a figure as SVG whose text is outlines; the same figure gives the same text."""
    from matplotlib import rc_context

    file = io.StringIO()
    with rc_context({**STYLE, **SVG}):
        figure.savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = file.getvalue()
    return re.sub(r"\s*\n\s*", "\n", text[text.index("<svg") :])


@cache
def _shown_figure() -> type[Figure]:
    """A figure that a notebook shows by itself, without pyplot."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    class ShownFigure(Figure):
        def _repr_png_(self) -> bytes:
            file = io.BytesIO()
            with rc_context(STYLE):
                self.savefig(file, format="png", dpi=130, metadata={"Software": None})
            return file.getvalue()

    return ShownFigure


def _figure(scores: Scores, here: Standing, made: bool) -> Figure:
    table, decimals = here.table, scores.scheme.ranking.decimals
    names = [_short(showable(str(name))) for name in table["evaluatee"]]
    left = NAME + max(_letters(name) for name in [*names, "单位"]) * LETTER + 0.15
    size, height = len(table), len(table) * ROW + TOP + BOTTOM
    figure = _shown_figure()(figsize=(WIDTH, height))
    box = (left / WIDTH, BOTTOM / height, (WIDTH - left - MARGIN) / WIDTH, size * ROW / height)
    axes = figure.add_axes(box)
    rows = np.arange(size)
    _frame(axes, table["low"].to_numpy(), table["high"].to_numpy(), size)
    axes.hlines(rows, table["low"], table["high"], color=DARK, linewidth=1.4, zorder=3)
    axes.plot(table["score"], rows, "o", color=DARK, markersize=3.2, zorder=4)
    columns: list[tuple[float, Side, str, Sequence[object]]] = [
        (PLACE, "center", "名次", table["rank"].tolist()),
        (SET, "center", "名次区间", table["places"].tolist()),
        (NAME, "left", "单位", names),
        (WIDTH - 0.5 * MARGIN + 0.06, "center", "得分 ± 误差", _scored(here, decimals)),
    ]
    for x, side, head, texts in columns:
        across = (x - left) / (WIDTH - left - MARGIN)
        for y, text in zip([-1.0, *rows], [head, *texts], strict=True):
            axes.text(
                across,
                y,
                str(text),
                transform=axes.get_yaxis_transform(),
                ha=side,
                va="center",
                color=MIDDLE if y < 0 else DARK,
                parse_math=False,
            )
    _lines(axes, here, left)
    axes.set_title("综合得分（模拟数据）" if made else "综合得分", fontsize=8.5, y=1, pad=3.6)
    axes.set_xlabel(f"横线为{weight(scores.scheme.level)}区间；粗线上下分得出高下", color=MIDDLE)
    return figure


def _frame(axes: Axes, low: Floats, high: Floats, size: int) -> None:
    from matplotlib.ticker import MaxNLocator

    ends = np.concatenate([low, high])
    ends = ends[np.isfinite(ends)]
    pad = 0.04 * max(float(np.ptp(ends)), 0.5)
    axes.set_xlim(ends.min() - pad, ends.max() + pad)
    axes.set_ylim(size - 0.5, -0.5)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, min_n_ticks=2))
    axes.tick_params(axis="x", length=2.5, width=0.6, labelfontfamily=FAMILY)
    axes.grid(axis="x", color=LIGHT, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)


def _lines(axes: Axes, here: Standing, left: float) -> None:
    """Rule off the head, every fifth row lightly, and strongly where places are told apart."""
    inside = WIDTH - left - MARGIN
    ends = ((0.06 - left) / inside, 1 + (MARGIN - 0.06) / inside)
    for at, cut in enumerate(here.cut):
        strong = at == 0 or cut
        if strong or at % 5 == 0:
            axes.plot(
                ends,
                (at - 0.5, at - 0.5),
                transform=axes.get_yaxis_transform(),
                color=DARK if strong else LIGHT,
                linewidth=0.9 if strong else 0.6,
                clip_on=False,
                zorder=2,
            )


def _scored(here: Standing, decimals: int) -> list[str]:
    pairs = zip(here.table["score"], here.table["margin"], strict=True)
    return [f"{fixed(score, decimals)} ± {fixed(margin, decimals)}" for score, margin in pairs]


def _letters(text: str) -> float:
    """Count a text's width in Chinese characters."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.6 for letter in text)


def _short(text: str) -> str:
    """Cut a name that would leave the figure no room."""
    if _letters(text) <= MOST_LETTERS:
        return text
    while _letters(text) > MOST_LETTERS - 1:
        text = text[:-1]
    return text + "…"
