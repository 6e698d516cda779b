"""A scheme's text taken apart into statements, and put together again with words above them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.new.keys import EXPLAINED, pattern_of

Language = Literal["zh", "en"]
Path = tuple[str, ...]
WIDTH = 100


@dataclass(frozen=True)
class Statement:
    """Some lines of a TOML file, and the paths of the keys that they state; none for comments and blanks."""

    text: str
    paths: tuple[Path, ...] = ()

    @property
    def is_head(self) -> bool:
        """Whether it opens a table."""
        return bool(self.paths) and self.text.lstrip().startswith("[")


def statements(text: str) -> Iterator[Statement]:
    """Take a TOML text apart; the lines of all statements together are the text.

    >>> for one in statements('[scale]  # of 2\\nlabels = [\\n  { name = "好" },\\n]\\n'):
    ...     print(one.paths)
    (('scale',),)
    (('scale', 'labels'), ('scale', 'labels', 'name'))
    """
    table: Path = ()
    held = ""
    for line in text.splitlines(keepends=True):
        held += line
        try:
            stated = tomllib.loads(held)
        except tomllib.TOMLDecodeError:  # goes on in the next line
            continue
        paths = tuple(dict.fromkeys(_paths(stated)))
        if paths and held.lstrip().startswith("["):
            table = max(paths, key=len)
        else:
            paths = tuple((*table, *path) for path in paths)
        yield Statement(held, paths)
        held = ""
    if held:
        raise ValueError(held)  # of a text that no TOML reader would read


def _paths(value: Any, at: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key)
            yield from _paths(inner, (*at, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, at)


def explained(text: str, language: Language = "zh") -> str:
    """Put the words of every kind of key above the statement that states it first.

    Parameters
    ----------
    text : str
        Of a scheme file; it stays as it is between the new comments.
    language : "zh" or "en"

    Examples
    --------
    >>> print(explained('level = 0.9  # 比常规低\\n'), end="")
    # level：区间和名次区间的置信水平，0 到 1 之间，一般 0.95
    level = 0.9  # 比常规低
    """
    told: set[str] = set()
    lines: list[str] = []
    for one in statements(text):
        for at, path in enumerate(one.paths):
            pattern = pattern_of(path)
            if pattern is None or pattern in told:
                continue
            told.add(pattern)
            words = EXPLAINED[pattern][0 if language == "zh" else 1]
            if words:
                lines.append(comment(path[-1], words, language, inner=at > 0 and not one.is_head))
        lines.append(one.text)
    return "".join(lines)


def comment(key: str, words: str, language: Language, inner: bool = False) -> str:
    """Write what a key decides as lines of comments; a key inside another's value stands further in."""
    start = ("    " if inner else "") + key + ("：" if language == "zh" else ": ")
    return "".join(f"# {line}\n" for line in wrapped(start + words, "      " if inner else "  "))


def wrapped(text: str, indent: str = "") -> list[str]:
    """Break a text into lines; a Chinese character counts as two and no line begins with its punctuation.

    >>> [len(line) for line in wrapped("长" * 49 + "。")]
    [48, 2]
    """
    lines, line = [], ""
    for piece in re.findall(r"\s+|[\x21-\x7e]+[，。；：、）”]*|.[，。；：、）”]*", text):
        if line.strip() and _width(line + piece.rstrip()) > WIDTH - 2:
            lines.append(line.rstrip())
            line = indent + piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)
