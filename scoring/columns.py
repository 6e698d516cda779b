"""Columns of a table as arrays, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scoring.errors import AnswerError, EstimateError
from scoring.variance import Codes, Floats

Names = str | Sequence[str]


def listed(names: Names) -> list[str]:
    """Give one name, or several, as a list."""
    return [names] if isinstance(names, str) else list(names)


def required(table: pd.DataFrame, column: str, where: str = "survey") -> pd.Series:
    """Give a column, or say which columns there are."""
    if column not in table.columns:
        names = ", ".join(map(str, table.columns))
        raise AnswerError("no_column", where=where, column=column, columns=names)
    return table[column]


def numbers(table: pd.DataFrame, column: str, where: str = "survey") -> Floats:
    """Give a column as floats, NaN for what is no number."""
    values = required(table, column, where)
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def numeric(table: pd.DataFrame, names: Sequence[str], finite: bool = True) -> Floats:
    """Give columns as floats with NaN for no answer, shape (n, K)."""
    given = [required(table, name) for name in names]
    values = []
    for name, one in zip(names, given, strict=True):
        try:
            column = one.to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise EstimateError("not_numbers", where=f"column {name!r}", found=error) from None
        if finite and np.isinf(column).any():
            raise EstimateError("not_numbers", where=f"column {name!r}", found="a value is infinite")
        values.append(column)
    return np.array(values).T  # contiguous columns


def refuse_missing(missing: Codes, column: str, where: str = "survey") -> None:
    """Name the first of the rows in which a column is empty."""
    if missing.size:
        row = int(missing[0]) + 1
        raise AnswerError("missing_value", where=where, column=column, count=missing.size, row=row)


def column_codes(table: pd.DataFrame, column: str) -> Codes:
    """Number the values of a column in order of appearance; none may be missing."""
    codes = pd.factorize(required(table, column))[0]  # unused categories have no number
    refuse_missing(np.flatnonzero(codes < 0), column)
    return codes.astype(np.intp)


def base_weights(table: pd.DataFrame, column: str, where: str = "survey") -> Floats:
    """Give weights, shape (n,): finite, none negative, not all 0."""
    values = numbers(table, column, where)
    negative = np.flatnonzero(~(values >= 0) | ~np.isfinite(values))
    if negative.size:
        at = int(negative[0])
        value = table[column].iloc[at]
        raise AnswerError("bad_weight", where=where, column=column, row=at + 1, value=value)
    if not values.any():
        raise AnswerError("no_weight", where=where, column=column)
    return values
