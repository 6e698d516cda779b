"""Domains: which rows an estimate is of, told by the values of some columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scoring.columns import Names, listed, refuse_missing, required
from scoring.variance import Codes, Floats


@dataclass(frozen=True)
class Domains:
    """Which domain each row is in.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
    labels : DataFrame
        One row per domain with the by-columns, in sorted order.
    """

    codes: Codes
    labels: pd.DataFrame

    def sums(self, values: Floats) -> Floats:
        """Sum the columns of values, shape (n, K), over each domain: shape (D, K)."""
        size = len(self.labels)
        return np.column_stack(
            [np.bincount(self.codes, weights=column, minlength=size) for column in values.T]
        )

    def name(self, at: int) -> str:
        return ", ".join(f"{column} {value}" for column, value in self.labels.iloc[at].items())


def domains_of(table: pd.DataFrame, by: Names | None, where: str = "survey") -> Domains:
    """Number the domains told by some columns; none of their values may be missing."""
    names = [] if by is None else listed(by)
    if not names:
        return Domains(np.zeros(len(table), dtype=np.intp), pd.DataFrame(index=[0]))
    codes = np.zeros(len(table), dtype=np.intp)
    levels: list[Any] = []
    for name in names:
        one, values = pd.factorize(required(table, name, where), sort=True)
        refuse_missing(np.flatnonzero(one < 0), name, where)
        codes = codes * len(values) + one
        levels.append(values)
    codes, present = pd.factorize(codes, sort=True)
    labels = {}
    for name, values in zip(reversed(names), reversed(levels), strict=True):
        labels[name] = values.take(present % len(values))
        present = present // len(values)
    return Domains(codes.astype(np.intp), pd.DataFrame({name: labels[name] for name in names}))
