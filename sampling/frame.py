"""What a draw reads of a frame: checked, as one canonical text, whatever the file format or row order."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.errors import FrameError
from sampling.lottery import SEPARATOR

LARGEST_FLOAT_ID = 10**15
LARGEST_VALUE = 1e100  # whose square is a float too
FINGERPRINT = 8
LINE_BREAKS = ("\n", "\r", "\0")


def plain_text(value: object) -> str:
    """Give a value as text: whole numbers without a point.

    >>> plain_text(7.0), plain_text("7.0")
    ('7', '7.0')
    """
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def refuse_no_column(columns: Iterable[object], wanted: Iterable[str], where: str) -> None:
    """Refuse columns of which a wanted one is missing."""
    there = list(columns)
    for column in wanted:
        if column not in there:
            raise FrameError("no_column", where=where, column=column, columns=", ".join(map(str, there)))


def refuse_missing(column: pd.Series, name: str, where: str, rows: NDArray[np.intp]) -> None:
    """Refuse a column with missing values."""
    missing = np.flatnonzero(column.isna().to_numpy())
    if missing.size:
        row = int(rows[missing[0]]) + 1
        raise FrameError("missing_value", where=where, column=name, count=missing.size, row=row)


def refuse_repeated(ids: Sequence[str], where: str) -> None:
    """Refuse ids of which one stands twice."""
    repeated = [one for one, count in Counter(ids).items() if count > 1]
    if repeated:
        rows = [row + 1 for row, one in enumerate(ids) if one == repeated[0]]
        raise FrameError(
            "duplicate_ids", where=where, count=len(repeated), first=repeated[0], row_a=rows[0], row_b=rows[1]
        )


def canonical_text(
    column: pd.Series, name: str, where: str, exact: bool = False, rows: NDArray[np.intp] | None = None
) -> list[str]:
    """Give a column as text in normal form C: 7, 7.0 and "7" are the same.

    Parameters
    ----------
    column : Series, length N
    name, where : str
        For messages.
    exact : bool
        Refuse numbers that may not be what was typed, as ids must (Excel keeps 15 digits).
    rows : ndarray of int, shape (N,), optional
        Where each value stands in the whole frame, for messages.

    Raises
    ------
    FrameError
        A value is missing, holds a control character, or is refused as an id.

    Examples
    --------
    >>> canonical_text(pd.Series([7.0, 8.0]), "id", "frame")
    ['7', '8']
    """
    rows = np.arange(len(column), dtype=np.intp) if rows is None else rows
    refuse_missing(column, name, where, rows)
    codes, values = pd.factorize(column)
    texts = checked_texts(values.tolist(), codes, name, where, exact, rows)
    return [texts[code] for code in codes.tolist()]


def checked_texts(
    values: list[object],
    codes: NDArray[np.intp],
    name: str,
    where: str,
    exact: bool,
    rows: NDArray[np.intp],
) -> list[str]:
    """Give each distinct value as text, or say what is wrong with it."""
    if exact:
        numbers = [value for value in values if isinstance(value, float)]
        refused = [one for one in numbers if not (one.is_integer() and abs(one) < LARGEST_FLOAT_ID)]
        if refused:
            raise FrameError("float_id", where=where, column=name, value=refused[0])
    texts = [value if type(value) is str else plain_text(value) for value in values]
    joined = SEPARATOR.join(texts)
    if not unicodedata.is_normalized("NFC", joined):
        joined = unicodedata.normalize("NFC", joined)
        texts = [unicodedata.normalize("NFC", value) for value in texts]
    empty = [code for code, value in enumerate(texts) if value == ""] if "" in texts else []
    if empty:
        at = rows[codes == empty[0]]
        raise FrameError("missing_value", where=where, column=name, count=at.size, row=int(at[0]) + 1)
    if joined.count(SEPARATOR) != max(len(texts) - 1, 0) or any(one in joined for one in LINE_BREAKS):
        code = next(i for i, value in enumerate(texts) if set(value) & {*LINE_BREAKS, SEPARATOR})
        row = int(rows[codes == code][0]) + 1
        raise FrameError("forbidden_character", where=where, column=name, row=row, value=texts[code])
    return texts


def numbers(column: pd.Series) -> NDArray[np.float64]:
    """Give a column as floats, NaN where a value is no number; dates and truth values are none."""
    if column.dtype.kind in "mMbc":
        return np.full(len(column), np.nan)
    values: NDArray[np.float64] = pd.to_numeric(column, errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    return values


def positive_sizes(
    column: pd.Series, name: str, ids: NDArray[np.bytes_], where: str, rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give sizes as positive floats, or name the first that is not and its row in the whole frame."""
    sizes = numbers(column)
    _refuse_first("bad_size", ~(np.isfinite(sizes) & (sizes > 0)), column, name, ids, where, rows)
    return sizes


def finite_values(
    column: pd.Series, name: str, ids: NDArray[np.bytes_], where: str, rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give values of any sign as floats, or name the first that is none and its row in the whole frame."""
    values = numbers(column)
    _refuse_first("bad_value", ~(np.abs(values) < LARGEST_VALUE), column, name, ids, where, rows)
    return values


def _refuse_first(
    rule: str,
    bad: NDArray[np.bool_],
    column: pd.Series,
    name: str,
    ids: NDArray[np.bytes_],
    where: str,
    rows: NDArray[np.intp],
) -> None:
    if bad.any():
        at = int(np.argmax(bad))
        raise FrameError(
            rule,
            where=where,
            column=name,
            count=np.count_nonzero(bad),
            value=column.iloc[[at]].tolist()[0],
            unit=ids[at].decode(),
            row=int(rows[at]) + 1,
        )


def size_text(sizes: NDArray[np.float64]) -> list[str]:
    """Give sizes as text: whole numbers without a point, others as the shortest exact decimal.

    >>> size_text(np.array([7.0, 0.5]))
    ['7', '0.5']
    """
    return [plain_text(value) for value in sizes.tolist()]


def list_order_key(texts: Sequence[str]) -> NDArray[np.float64] | list[str]:
    """Give what a column sorts by: its numbers if every value is one, otherwise its code points.

    >>> list_order_key(["10", "9"])
    array([10.,  9.])
    >>> list_order_key(["10", "9a"])
    ['10', '9a']
    """
    values = numbers(pd.Series(list(texts), dtype=object))
    return list(texts) if np.isnan(values).any() else values


def frame_lines(columns: Sequence[Sequence[str]]) -> list[str]:
    """Join the id and the columns a design reads into one line for each unit."""
    return [SEPARATOR.join(values) for values in zip(*columns, strict=True)]


def frame_digest(blocks: Iterable[bytes]) -> str:
    """Give the SHA-256 of sorted lines, each ended by a line feed, which come in blocks.

    >>> frame_digest([b"a\\n", b"b\\n"]) == sha256(b"a\\nb\\n").hexdigest()
    True
    """
    digest = sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def fingerprints(lines: Iterable[str]) -> list[str]:
    """Give each line's first eight hexadecimal digits of SHA-256, to name a line that changed.

    >>> fingerprints(["a"])
    ['ca978112']
    """
    return [sha256(line.encode()).hexdigest()[:FINGERPRINT] for line in lines]
