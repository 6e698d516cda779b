"""Quiet HTML of the results of this package."""

from __future__ import annotations

import html
from collections.abc import Sequence

import pandas as pd

MOST_ROWS = 40
GREY = "color:#888"


def escaped(value: object) -> str:
    """Give a value as HTML; numbers with a comma between thousands, at most six digits.

    >>> escaped("<b>"), escaped(6194.0), escaped(1.2345678), escaped(float("nan"))
    ('&lt;b&gt;', '6,194', '1.23457', '–')
    """
    if isinstance(value, float):
        if value != value:
            return "–"
        return f"{value:,.1f}".removesuffix(".0") if abs(value) >= 1e5 else f"{value:,.6g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else html.escape(str(value))


def page(title: str, note: str, parts: Sequence[tuple[str, pd.DataFrame]]) -> str:
    """Write tables under a heading; empty ones are left out."""
    shown = "".join(_part(name, table) for name, table in parts if len(table))
    heading = f'<div><strong>{escaped(title)}</strong> <span style="{GREY}">{escaped(note)}</span></div>'
    return f"<div>{heading}{shown}</div>"


def _part(name: str, table: pd.DataFrame) -> str:
    right = [pd.api.types.is_numeric_dtype(table[column]) for column in table.columns]
    heads = "".join(_cell("th", column, at) for column, at in zip(table.columns, right, strict=True))
    lines = zip(*(table[column].tolist() for column in table.columns), strict=True)
    rows = [
        f"<tr>{''.join(_cell('td', value, at) for value, at in zip(line, right, strict=True))}</tr>"
        for line, _ in zip(lines, range(MOST_ROWS), strict=False)
    ]
    more = len(table) - MOST_ROWS
    rest = f'<div><span style="{GREY}">… and {more:,} more</span></div>' if more > 0 else ""
    head = f'<div><span style="{GREY}">{escaped(name)}</span></div>'
    return f"{head}<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>{rest}"


def _cell(tag: str, value: object, right: bool) -> str:
    return f'<{tag} style="text-align:{"right" if right else "left"}">{escaped(value)}</{tag}>'
