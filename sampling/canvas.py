"""Figures of rows: text in columns beside marks on a common axis, as high as the rows need."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from sampling.fonts import FAMILY, register_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Side = Literal["left", "center", "right"]
STYLE: Any = {"font.family": [FAMILY, "DejaVu Sans"], "font.size": 8.5, "axes.linewidth": 0.6}
WIDTH, ROW, TOP, BOTTOM = 7.1, 0.195, 0.36, 0.46  # inches
EDGE = 0.06  # inches
LETTER = 8.5 / 72  # inches, a Chinese character
MOST_LETTERS = 20
DARK, MIDDLE, LIGHT = "#000000", "#666666", "#d9d9d9"


@cache
def shown_figure() -> type[Figure]:
    """Give a figure that a notebook shows by itself, without pyplot; the font is known from then on."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    register_font()

    class ShownFigure(Figure):
        def _repr_png_(self) -> bytes:
            file = io.BytesIO()
            with rc_context(STYLE):
                self.savefig(file, format="png", dpi=130, metadata={"Software": None})
            return file.getvalue()

    return ShownFigure


@dataclass(frozen=True)
class Rows:
    """Rows of a figure, counted from the top; the heads stand in row -1.

    Attributes
    ----------
    axes : Axes
        Its y counts rows.
    left, right : float
        Its edges in inches from the figure's left.
    """

    axes: Axes
    left: float
    right: float

    def write(self, x: float, head: str, texts: Sequence[object], side: Side = "left") -> None:
        """Write a column of text at x inches, one text to a row."""
        across = (x - self.left) / (self.right - self.left)
        for y, text in enumerate([head, *texts], start=-1):
            self.axes.text(
                across,
                y,
                str(text),
                transform=self.axes.get_yaxis_transform(),
                ha=side,
                va="center",
                color=MIDDLE if y < 0 else DARK,
                parse_math=False,
            )

    def rule(self, above: int, strong: bool) -> None:
        """Draw a line over a row, from edge to edge of the figure."""
        inside = self.right - self.left
        self.axes.plot(
            ((EDGE - self.left) / inside, (WIDTH - EDGE - self.left) / inside),
            (above - 0.5, above - 0.5),
            transform=self.axes.get_yaxis_transform(),
            color=DARK if strong else LIGHT,
            linewidth=0.9 if strong else 0.6,
            clip_on=False,
            zorder=2,
        )


def rows_figure(size: int, *spans: tuple[float, float]) -> tuple[Figure, list[Rows]]:
    """Make a figure of rows with an axes in each span; call it inside ``rc_context(STYLE)``.

    Parameters
    ----------
    size : int
        Rows.
    *spans : tuple of float
        Left and right edge of each axes, in inches from the figure's left.
    """
    height = size * ROW + TOP + BOTTOM
    figure = shown_figure()(figsize=(WIDTH, height))
    made = []
    for left, right in spans:
        box = (left / WIDTH, BOTTOM / height, (right - left) / WIDTH, size * ROW / height)
        axes = figure.add_axes(box)
        axes.set_ylim(size - 0.5, -0.5)
        axes.set_yticks([])
        axes.tick_params(axis="x", length=2.5, width=0.6, labelfontfamily=FAMILY)
        axes.grid(axis="x", color=LIGHT, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        made.append(Rows(axes, left, right))
    return figure, made


def title(rows: Rows, text: str) -> None:
    """Write a title over the axes, in the line of the heads."""
    rows.axes.set_title(text, fontsize=8.5, y=1, pad=3.6, parse_math=False)


def letters(text: str) -> float:
    """Count a text's width in Chinese characters.

    >>> letters("x东公司")
    3.6
    """
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.6 for letter in text)


def short(text: str, most: float = MOST_LETTERS) -> str:
    """Cut a name that would leave the figure no room.

    >>> short("国家统计局广安调查队", most=6)
    '国家统计局…'
    """
    if letters(text) <= most:
        return text
    while letters(text) > most - 1:
        text = text[:-1]
    return text + "…"
