"""The Chinese font of figures and pages, so that no reader ever sees boxes."""

from __future__ import annotations

import io
from functools import cache, lru_cache
from pathlib import Path

FAMILY = "Noto Sans SC"
STAND_IN = "〓"
FEATURES = ["ccmp", "chws", "halt", "kern", "locl"]
LICENCE = [0, 13, 14]


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


def subset_font(text: str) -> bytes:
    """Cut the font down to the characters of a text.

    Parameters
    ----------
    text : str
        Characters that the font lacks are left out.

    Returns
    -------
    bytes
        A WOFF file; the same characters give the same bytes.

    Examples
    --------
    >>> subset_font("民意")[:4], subset_font("民意") == subset_font("意民意")
    (b'wOFF', True)
    """
    return _cut("".join(sorted(set(text) & characters())))


@lru_cache(maxsize=8)
def _cut(letters: str) -> bytes:
    from fontTools import subset

    options = subset.Options(
        flavor="woff",
        layout_features=FEATURES,
        name_IDs=[1, 2, 4, 6, *LICENCE],
        hinting=False,
        recalc_timestamp=False,
        notdef_outline=True,
    )
    font = subset.load_font(str(font_path()), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    file = io.BytesIO()
    subset.save_font(font, file, options)
    font.close()
    return file.getvalue()
