"""What tests of pictures and of HTML look at."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

VOID = {"br", "img", "hr", "meta"}
ADDRESS, DATE, TIME = r"\b0x[0-9a-f]{6,}", r"\d{4}-\d\d-\d\d", r"\d\d:\d\d"
PATH = r"(?<![\w.<])/(?:tmp|home|root|work|Users)/|[A-Z]:\\"
CHANGING = re.compile("|".join([ADDRESS, DATE, TIME, PATH]))


class Page(HTMLParser):
    """HTML as rows of cells' text; every tag must be closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []
        self.text = ""
        self.colours = set(re.findall(r"color:(#\w+)", page))
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.text += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


@pytest.fixture(scope="session")
def shown() -> Callable[[Any], Page]:
    """Read the HTML of an object: well-formed, quiet, and the same twice."""

    def read(value: Any) -> Page:
        html = value._repr_html_()
        assert html == value._repr_html_()
        page = Page(html)
        assert page.tags <= set("div strong span table thead tbody tr th td br".split())
        assert page.colours <= {"#888"}
        assert not (found := CHANGING.search(html)), found
        return page

    return read


@pytest.fixture(scope="session")
def overlaps() -> Callable[[Any], list[tuple[str, str]]]:
    """Give the pairs of texts of a figure that lie on each other, and what leaves the figure."""

    def find(figure: Any) -> list[tuple[str, str]]:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.text import Text

        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # a missing glyph warns, and a warning is an error
        renderer = canvas.get_renderer()
        ticks = [(axes, tick) for axes in figure.axes for tick in axes.xaxis.get_major_ticks()]
        idle = [
            tick.label1
            for axes, tick in ticks
            if not axes.get_xlim()[0] <= tick.get_loc() <= axes.get_xlim()[1]  # never drawn
        ]
        found = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
        texts = [one for one in found if one not in idle]
        boxes = [(one.get_text(), one.get_window_extent(renderer)) for one in texts]
        whole = figure.bbox
        outside = [
            (text, "outside")
            for text, box in boxes
            if box.x0 < whole.x0 or box.x1 > whole.x1 or box.y0 < whole.y0 or box.y1 > whole.y1
        ]
        return outside + [
            (a, b)
            for (a, one), (b, other) in itertools.combinations(boxes, 2)
            if min(one.x1, other.x1) - max(one.x0, other.x0) > 1
            and min(one.y1, other.y1) - max(one.y0, other.y0) > 3
        ]

    return find
