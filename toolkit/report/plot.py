"""The caterpillar figure: every evaluatee's score with its interval, best on top."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sampling.canvas import DARK, LETTER, MIDDLE, STYLE, WIDTH, Rows, letters, rows_figure, short, title
from sampling.fonts import showable
from toolkit.report.ranking import Standing, standing
from toolkit.report.writing import fixed, tags, weight
from toolkit.scores import Scores

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
SVG: Any = {"svg.fonttype": "path", "svg.hashsalt": "minyi", "path.simplify": False}
PLACE, SET, NAME, MARGIN = 0.22, 0.74, 1.12, 1.0  # inches from the left, and from the right


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


def _figure(scores: Scores, here: Standing, made: bool) -> Figure:
    table, decimals = here.table, scores.scheme.ranking.decimals
    names = [short(showable(str(name))) for name in table["evaluatee"]]
    left = NAME + max(letters(name) for name in [*names, "单位"]) * LETTER + 0.15
    figure, (rows,) = rows_figure(len(table), (left, WIDTH - MARGIN))
    axes, at = rows.axes, np.arange(len(table))
    _scale(axes, table["low"].to_numpy(), table["high"].to_numpy())
    axes.hlines(at, table["low"], table["high"], color=DARK, linewidth=1.4, zorder=3)
    axes.plot(table["score"], at, "o", color=DARK, markersize=3.2, zorder=4)
    sampled = bool((table["margin"] > 0).any())
    rows.write(PLACE, "名次", table["rank"].tolist(), "center")
    if sampled:
        rows.write(SET, "名次区间", table["places"].tolist(), "center")
    rows.write(NAME, "单位", names)
    told = _scored(here, decimals) if sampled else [fixed(one, decimals) for one in table["score"]]
    rows.write(WIDTH - 0.5 * MARGIN + 0.06, "得分 ± 误差" if sampled else "得分", told, "center")
    _lines(rows, here, sampled)
    marks = tags(made, scores.status)
    title(rows, f"综合得分（{'、'.join(marks)}）" if marks else "综合得分")
    shown = f"横线为{weight(scores.scheme.level)}区间；粗线上下分得出高下"
    axes.set_xlabel(shown if sampled else "得分不由抽样得来，没有抽样误差", color=MIDDLE)
    return figure


def _scale(axes: Axes, low: Floats, high: Floats) -> None:
    from matplotlib.ticker import MaxNLocator

    ends = np.concatenate([low, high])
    ends = ends[np.isfinite(ends)]
    pad = 0.04 * max(float(np.ptp(ends)), 0.5)
    axes.set_xlim(ends.min() - pad, ends.max() + pad)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, min_n_ticks=2))


def _lines(rows: Rows, here: Standing, sampled: bool) -> None:
    """Rule off the head, every fifth row lightly, and strongly where places are told apart by a sample."""
    for at, cut in enumerate(here.cut):
        strong = at == 0 or (cut and sampled)
        if strong or at % 5 == 0:
            rows.rule(at, strong)


def _scored(here: Standing, decimals: int) -> list[str]:
    pairs = zip(here.table["score"], here.table["margin"], strict=True)
    return [f"{fixed(score, decimals)} ± {fixed(margin, decimals)}" for score, margin in pairs]
