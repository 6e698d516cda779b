"""Figures of a design and of a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sampling.canvas import (
    DARK,
    EDGE,
    LETTER,
    LIGHT,
    MIDDLE,
    ROW,
    STYLE,
    WIDTH,
    letters,
    rows_figure,
    short,
    shown_figure,
    title,
)
from sampling.designs import Design, Multistage, method_of, strata_columns
from sampling.fonts import showable
from sampling.show import strata_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sampling.sample import Sample

NAME, COUNTS = EDGE + 0.06, 1.3  # inches from the left, and for the counts on the right
MOST_STRATA = 60
GAP = 0.32  # inches between boxes
PAD = 0.12  # inches around the text of a box


def sample_figure(sample: Sample) -> Figure:
    """Draw the share that was drawn of every stratum, with the counts beside it.

    Parameters
    ----------
    sample : Sample
        Of more than 60 strata the first 60 are shown, and the others counted.

    Returns
    -------
    matplotlib.figure.Figure
        As high as the strata need; no state of pyplot is touched.
    """
    from matplotlib import rc_context

    strata = list(strata_of(sample.receipt))
    shown = strata[:MOST_STRATA]
    names = [short(showable(name or "all units")) for name, _, _ in shown]
    drawn, units = (np.array([one[at] for one in shown]) for at in (1, 2))
    left = NAME + max(letters(name) for name in [*names, "stratum"]) * LETTER + 0.2
    with rc_context(STYLE):
        figure, (rows,) = rows_figure(len(shown), (left, WIDTH - COUNTS))
        axes, at = rows.axes, np.arange(len(shown))
        axes.hlines(at, 0, 100 * drawn / units, color=LIGHT, linewidth=1.4, zorder=3)
        axes.plot(100 * drawn / units, at, "o", color=DARK, markersize=3.2, zorder=4, clip_on=False)
        axes.set_xlim(0, 100)
        rows.write(NAME, "stratum", names)
        rows.write(WIDTH - 0.72, "drawn", [f"{one:,}" for one in drawn], "right")
        rows.write(WIDTH - EDGE - 0.06, "in frame", [f"{one:,}" for one in units], "right")
        rows.rule(0, strong=True)
        for above in range(5, len(shown), 5):
            rows.rule(above, strong=False)
        title(rows, "share drawn, %")
        more = f" (… and {len(strata) - len(shown):,} more strata)" if len(strata) > len(shown) else ""
        name = short(showable(sample.receipt["name"]), 30)
        axes.set_xlabel(name + more, color=MIDDLE, parse_math=False)
    return figure


# --- a design as a tree ----------------------------------------------------------------------------------


def design_figure(design: Design | Multistage) -> Figure:
    """Draw a design as a tree: the frame, its strata if it has any, and what is done in each.

    Of several stages each stands below the one before.

    Returns
    -------
    matplotlib.figure.Figure
        No state of pyplot is touched.
    """
    from matplotlib import rc_context

    levels = [[["frame"]]]
    if isinstance(design, Multistage):
        above = ""
        for unit, one in design.stages.items():
            inside = f"{above} and " if above else ""
            shown = short(showable(unit), 13)
            levels += _levels(
                one, f"{shown}{f' in each {above}' if above else ''}", f"{shown} in each {inside}"
            )
            above = shown
    else:
        levels += _levels(design)
    heights = [_height(level[0]) for level in levels]
    height = sum(heights) + GAP * (len(levels) - 1) + 2 * PAD
    with rc_context(STYLE):
        figure = shown_figure()(figsize=(WIDTH, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        top, joints = PAD, list[tuple[float, float]]()
        for level, high in zip(levels, heights, strict=True):
            wide = max(letters(line) for text in level for line in text) * LETTER + 3 * PAD
            x = (WIDTH - len(level) * wide - GAP * (len(level) - 1)) / 2
            feet = []
            for text in level:
                _box(axes, x, top, wide, high, text)
                feet.append((x + wide / 2, top + high))
                for foot in joints:
                    axes.plot((foot[0], feet[-1][0]), (foot[1], top), color=MIDDLE, linewidth=0.6)
                x += wide + GAP
            joints, top = feet, top + high + GAP
    return figure


def _levels(design: Design, alone: str = "", inside: str = "in each ") -> list[list[list[str]]]:
    """Give the boxes of the strata, if there are any, and the box of the method: lines of text."""
    by = short(showable(" × ".join(strata_columns(design))), 13)
    head, *method = [short(showable(line), 50) for line in _lines(method_of(design))]
    if not by:
        return [[[f"{alone}: {head}" if alone else head, *method]]]
    return [[[f"{by} {at}"] for at in ("1", "2", "…")], [[f"{inside}stratum: {head}", *method]]]


def _height(lines: list[str]) -> float:
    return len(lines) * ROW + PAD


def _box(axes: Axes, x: float, y: float, wide: float, high: float, lines: list[str]) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), wide, high, fill=False, edgecolor=DARK, linewidth=0.6))
    for at, line in enumerate(lines):
        middle = y + PAD / 2 + (at + 0.5) * ROW
        axes.text(x + wide / 2, middle, line, ha="center", va="center", parse_math=False)


def _lines(part: Any) -> list[str]:
    """Tell a method and its parameters, one to a line, a part's own parameters in brackets."""
    return [type(part).__name__, *(f"{name}: {value}" for name, value in _given(part))]


def _given(part: Any) -> list[tuple[str, str]]:
    given = [(one.name, getattr(part, one.name)) for one in fields(part) if one.name != "kind"]
    return [(name, _text(value)) for name, value in given if value not in (None, (), {})]


def _text(value: object) -> str:
    if is_dataclass(value):
        inside = ", ".join(f"{name} {text}" for name, text in _given(value))
        return f"{type(value).__name__} ({inside})"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
