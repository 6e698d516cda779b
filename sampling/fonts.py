"""The Chinese font of figures, so that no reader ever sees boxes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FAMILY = "Noto Sans SC"
STAND_IN = "〓"


def font_path() -> Path:
    """Give the file of Noto Sans SC.

    >>> font_path().name
    'NotoSansSC-Regular.otf'
    """
    from pylopdf_fonts_zh_cn import sans_path

    return Path(sans_path())


@cache
def register_font() -> None:
    """Tell matplotlib of the font, once."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(font_path())


@cache
def characters() -> frozenset[str]:
    """Give every character the font can show."""
    from fontTools.ttLib import TTFont

    with TTFont(font_path(), lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def showable(text: str) -> str:
    """Put 〓, the printers' mark for a missing sort, where the font has no glyph.

    >>> showable("市𠀀局\\n")
    '市〓局 '
    """
    plain = "".join(" " if letter.isspace() else letter for letter in text)
    return "".join(letter if letter in characters() else STAND_IN for letter in plain)
