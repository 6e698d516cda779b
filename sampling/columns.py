"""Columns of a frame as UTF-8 of fixed width or as codes, so that millions of rows fit and sort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.errors import FrameError
from sampling.frame import LARGEST_FLOAT_ID, canonical_text, checked_texts, refuse_missing, size_text
from sampling.lottery import SEPARATOR

Positions = NDArray[np.intp]
Utf8 = NDArray[np.bytes_]

BLOCK = 1 << 17
LARGEST_WHOLE = 2.0**63
FEWER = 8
SHORT_DIGITS = 10  # numbers of fewer fit 32 bits
BITS = 64


@dataclass(frozen=True)
class Category:
    """A column as codes of its distinct texts, which are sorted by code point.

    Attributes
    ----------
    codes : ndarray of int, shape (N,)
    texts : list of str
    """

    codes: Positions
    texts: list[str]

    def take(self, at: Positions) -> Category:
        """Give some of the rows."""
        return Category(self.codes[at], self.texts)


def blocks(count: int) -> Iterator[slice]:
    """Split rows into blocks, to hold little at a time."""
    return (slice(at, min(at + BLOCK, count)) for at in range(0, count, BLOCK))


def category(column: pd.Series, name: str, where: str, rows: Positions, exact: bool = False) -> Category:
    """Read a column as codes of its canonical texts: 7, 7.0 and "7" are the same.

    Raises
    ------
    FrameError
        As ``sampling.frame.canonical_text``.

    Examples
    --------
    >>> category(pd.Series([9, 10, "9"]), "level", "frame", np.arange(3)).texts
    ['10', '9']
    """
    refuse_missing(column, name, where, rows)
    codes, values = pd.factorize(column)
    texts = checked_texts(values.tolist(), codes, name, where, exact, rows)
    return category_of(codes, texts)


def category_of(codes: Positions, texts: Sequence[str]) -> Category:
    """Sort the texts of codes, and join those that are the same."""
    distinct = sorted(set(texts))
    rank = {text: at for at, text in enumerate(distinct)}
    return Category(np.array([rank[text] for text in texts], dtype=np.intp)[codes], distinct)


def size_category(sizes: NDArray[np.float64]) -> Category:
    """Read sizes as codes of their texts.

    >>> size_category(np.array([2.0, 0.5, 2.0])).codes
    array([1, 0, 1])
    """
    codes, values = pd.factorize(sizes)
    return category_of(codes, size_text(np.asarray(values)))


def unit_ids(column: pd.Series, name: str, where: str, rows: Positions) -> Utf8:
    """Read unit ids as UTF-8 of one width, padded with zero bytes.

    Raises
    ------
    FrameError
        As ``sampling.frame.canonical_text`` with ``exact``.

    Examples
    --------
    >>> unit_ids(pd.Series([7, 12]), "id", "frame", np.arange(2)).tolist()
    [b'7', b'12']
    """
    if not isinstance(column.dtype, np.dtype) or column.dtype.kind not in "iuf":
        return _text_ids(column, name, where, rows)
    values = column.to_numpy()
    if not values.size or values.min() < 0 or not values.max() < LARGEST_FLOAT_ID:  # so are NaN
        return _text_ids(column, name, where, rows)
    whole = values.astype(np.int64)
    return digits(whole) if bool((whole == values).all()) else _text_ids(column, name, where, rows)


def _text_ids(column: pd.Series, name: str, where: str, rows: Positions) -> Utf8:
    refuse_missing(column, name, where, rows)
    parts = []
    for block in blocks(len(column)):
        values = column.iloc[block].tolist()
        plain = _plain_texts(values)
        if plain is not None:
            parts.append(plain)
            continue
        try:
            texts = checked_texts(values, np.arange(len(values)), name, where, True, rows[block])
        except FrameError:
            canonical_text(column, name, where, exact=True, rows=rows)  # counts the fault in all blocks
            raise
        parts.append(encoded(texts))
    return np.concatenate(parts) if parts else np.empty(0, dtype="S1")


def _plain_texts(values: list[object]) -> Utf8 | None:
    """Encode values that are ASCII texts without control characters; None where any is something else."""
    try:
        joined = "\n".join(values)  # type: ignore[arg-type]
    except TypeError:
        return None
    clean = joined.isascii() and not any(one in joined for one in (SEPARATOR, "\r", "\0", "\n\n"))
    if not clean or joined.count("\n") != len(values) - 1 or joined[:1] in ("", "\n") or joined[-1] == "\n":
        return None
    return np.array(joined.encode().split(b"\n"), dtype=np.bytes_)


def encoded(texts: Sequence[str]) -> Utf8:
    """Give texts as UTF-8 of one width.

    >>> encoded(["a", "é"]).tolist()
    [b'a', b'\\xc3\\xa9']
    """
    if not texts:
        return np.empty(0, dtype="S1")
    return np.array("\x00".join(texts).encode().split(b"\x00"), dtype=np.bytes_)


def decoded(texts: Utf8) -> list[str]:
    """Give UTF-8 of one width as texts.

    >>> decoded(encoded(["a", "é"]))
    ['a', 'é']
    """
    return b"\x00".join(texts.tolist()).decode().split("\x00") if texts.size else []


def digits(values: NDArray[np.int64]) -> Utf8:
    """Write whole numbers of at least 0 as decimal digits.

    >>> digits(np.array([0, 7, 120])).tolist()
    [b'0', b'7', b'120']
    """
    if not values.size:
        return np.empty(0, dtype="S1")
    high = int(values.max())
    if high * FEWER < values.size:  # each number is written once
        return _written(np.arange(high + 1))[values]
    return _written(values)


def _written(values: NDArray[np.int64]) -> Utf8:
    shortest, width = len(str(values.min())), len(str(values.max()))
    result = np.zeros((values.size, width), dtype=np.uint8)
    for length in range(shortest, width + 1):
        at: Any = slice(None)
        if shortest < width:
            least = 10 ** (length - 1) if length > 1 else 0
            at = np.flatnonzero((values >= least) & (values < 10**length))
        left: NDArray[Any] = values[at]
        if length < SHORT_DIGITS:
            left = left.astype(np.uint32)  # short division is faster
        for place in range(length - 1, -1, -1):
            tenth = left // 10  # faster than divmod
            result[at, place] = left - tenth * 10 + ord("0")
            left = tenth
    return result.view(f"S{width}").ravel()


def size_digits(sizes: NDArray[np.float64]) -> Utf8:
    """Write sizes as ``sampling.frame.size_text`` does."""
    whole = bool((np.floor(sizes) == sizes).all())
    if whole and sizes.min(initial=0.0) >= 0 and sizes.max(initial=0.0) < LARGEST_WHOLE:
        return digits(sizes.astype(np.int64))
    return encoded(size_text(sizes))


def bytes_used(texts: Utf8) -> NDArray[np.bool_]:
    """Tell which of the 256 bytes texts hold; the padding is byte 0."""
    matrix = texts.view(np.uint8).reshape(texts.size, texts.itemsize)
    used = np.zeros(256, dtype=bool)
    for block in blocks(texts.size):
        used[matrix[block]] = True
    return used


def has_control_characters(texts: Utf8) -> bool:
    """Tell whether a text holds a character below the space.

    >>> has_control_characters(np.array([b"a b", b"c"])), has_control_characters(np.array([b"a\\tb"]))
    (False, True)
    """
    matrix = texts.view(np.uint8).reshape(texts.size, texts.itemsize)
    # Less one, the padding of 0 is 255.
    return any(bool((matrix[block] - np.uint8(1) < 31).any()) for block in blocks(texts.size))


def byte_keys(texts: Utf8) -> list[NDArray[np.uint64]] | None:
    """Pack texts into whole numbers that sort as the texts followed by U+001F do, most significant first.

    Returns
    -------
    list of ndarray of uint64, shape (N,)
        None if a text holds a control character, before which U+001F need not come.

    Examples
    --------
    >>> (keys,) = byte_keys(np.array([b"10", b"9", b"1"]))
    >>> np.argsort(keys)
    array([2, 0, 1])
    """
    if has_control_characters(texts):
        return None
    matrix = texts.view(np.uint8).reshape(texts.size, texts.itemsize)
    used = bytes_used(texts)
    used[0] = True
    rank = np.cumsum(used).astype(np.uint64) - np.uint64(1)
    bits = max(int(rank[-1]).bit_length(), 1)
    keys: list[NDArray[np.uint64]] = []
    for first in range(0, texts.itemsize, BITS // bits):
        key = np.zeros(texts.size, dtype=np.uint64)
        for place in range(first, min(first + BITS // bits, texts.itemsize)):
            key <<= np.uint64(bits)
            key |= rank[matrix[:, place]]
        keys.append(key)
    return keys


def joined_lines(columns: Sequence[Utf8], separator: str) -> bytes:
    """Join the columns of each row by a separator, and end each row by a line feed.

    >>> joined_lines([np.array([b"a", b"bb"]), np.array([b"1", b"2"])], "|")
    b'a|1\\nbb|2\\n'
    """
    rows = columns[0].size
    parts = []
    for at, column in enumerate(columns):
        parts.append(column.view(np.uint8).reshape(rows, column.itemsize))
        mark = separator if at + 1 < len(columns) else "\n"
        parts.append(np.full((rows, 1), ord(mark), dtype=np.uint8))
    flat = np.concatenate(parts, axis=1).ravel()
    return bytes(flat[flat != 0])
