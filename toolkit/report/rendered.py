"""Self-contained pages: a template, what it shows, and a font of just the signs that stand in it."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from toolkit.report.fonts import subset_font

if TYPE_CHECKING:
    from jinja2 import Environment


def rendered(name: str, content: Mapping[str, Any]) -> str:
    """Give the text of a page; the same content gives the same text.

    Parameters
    ----------
    name : str
        Of a template beside this file; those that extend ``annex.html`` have its style, and need ``made``
        (the notice of made-up data, or nothing).
    content : mapping
        What it shows; every value is escaped.
    """
    page = _room().get_template(name)
    text = html.unescape(page.render(content, font=""))
    return page.render(content, font=base64.b64encode(subset_font(text)).decode("ascii"))


@cache
def _room() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("toolkit.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
