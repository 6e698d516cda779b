"""The variance of totals under stages of sampling, on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Lonely = Literal["adjust", "certainty", "average"]

DENSE_CELLS = 4_000_000


@dataclass(frozen=True)
class Stage:
    """One stage of sampling, as codes.

    Attributes
    ----------
    unit : ndarray of int, shape (n,)
        Each row's unit.
    stratum : ndarray of int, shape (U,)
        Each unit's stratum (within its unit of the stage before).
    prob : ndarray of float, shape (U,)
        Each unit's inclusion probability at this stage; 0 for an infinite population.
    above : ndarray of float, shape (U,)
        Product of the probabilities of the units it lies in.
    independent : bool
        Whether the units were drawn independently of each other, so that their number is chance.
    lonely : "adjust", "certainty" or "average"
        What the variance of a stratum is taken for where one of several units was drawn.
    """

    unit: Codes
    stratum: Codes
    prob: Floats
    above: Floats
    independent: bool = False
    lonely: Lonely = "adjust"

    @property
    def varies(self) -> bool:
        """Whether any unit was drawn by chance."""
        return bool((self.above * (1 - self.prob) > 0).any())


def paired(a: Codes, b: Codes) -> Codes:
    """Number the pairs of two codes in order of appearance."""
    codes: Codes = pd.factorize(a * (int(b.max()) + 1) + b)[0].astype(np.intp)
    return codes


def first_rows(codes: Codes) -> Codes:
    """Give each code's first row; codes count up from 0 in order of appearance."""
    first = np.empty(int(codes.max()) + 1, dtype=np.intp)
    first[codes[::-1]] = np.arange(codes.size - 1, -1, -1)
    return first


def count_pairs(domain: Codes, domains: int, codes: Codes) -> Codes:
    """Count the different codes in each domain, shape (domains,)."""
    size = int(codes.max(initial=-1)) + 1
    if size * domains <= DENSE_CELLS:
        found = np.bincount(codes * domains + domain, minlength=size * domains).reshape(size, domains)
        return np.asarray(np.count_nonzero(found, axis=0), dtype=np.intp)
    return np.bincount(pd.unique(domain + domains * codes) % domains, minlength=domains)


def add_stage(result: Floats, stage: Stage, z: Floats, domain: Codes, domains: int) -> None:
    """Add one stage's part of the covariance."""
    left, sums, factor = hajek(stage)
    unit_domain = domain[first_rows(stage.unit)]
    if bool((domain == unit_domain[stage.unit]).all()):
        totals = _unit_totals(z, stage.unit, left.size)
        _add_single_domain(result, stage.stratum, left, sums, factor, totals, unit_domain, domains)
    else:
        _add_many_domains(result, stage, left, sums, factor, z, domain, domains)


def stage_parts(
    stage: Stage, z: Floats, domain: Codes, counts: NDArray[np.bool_]
) -> tuple[Floats, Floats, Codes]:
    """Give each stratum's part of each domain's variance.

    Parameters
    ----------
    stage : Stage
    z : ndarray of float, shape (n,)
        Row values, weighted.
    domain : ndarray of int, shape (n,)
    counts : ndarray of bool, shape (n,)
        Which rows contribute.

    Returns
    -------
    variance, units : ndarray of float, shape (P,)
        One part for every stratum that a domain reaches, and the open units (drawn, not certain) that
        contribute to it.
    domain : ndarray of int, shape (P,)
    """
    left, sums, factor = hajek(stage)
    cell = paired(stage.unit, domain)
    first = first_rows(cell)
    total, unit = np.bincount(cell, weights=z), stage.unit[first]
    part = paired(stage.stratum[unit], domain[first])
    stratum, of = stage.stratum[unit][first_rows(part)], domain[first][first_rows(part)]
    squares = np.bincount(part, weights=left[unit] * total**2)
    linear = np.bincount(part, weights=left[unit] * total)
    means = np.divide(linear**2, sums[stratum], out=np.zeros_like(linear), where=sums[stratum] > 0)
    variance = factor[stratum] * np.maximum(squares - means, 0.0)
    contributes = (np.bincount(cell, weights=counts) > 0) & (left[unit] > 0)
    return variance, np.bincount(part, weights=contributes).astype(np.float64), of


def hajek(stage: Stage) -> tuple[Floats, Floats, Floats]:
    """Give each unit's 1 - prob, their sum in each stratum, and each stratum's factor c.

    A stratum with one open unit has an infinite sum: its mean is then 0, the mean of all linearised
    values, and its factor 1. So have all where units were drawn independently. Under the rule "certainty"
    its factor is 0; under "average" too, and the factors of all others make up for it.
    """
    left: Floats = 1 - stage.prob
    sums: Floats = np.bincount(stage.stratum, weights=left).astype(np.float64)
    open_units = np.bincount(stage.stratum, weights=left > 0)
    alone = open_units == 1
    sums[open_units >= 1 if stage.independent else alone] = np.inf
    squares = np.bincount(stage.stratum, weights=left * left)
    varying = sums > 0
    factor = np.zeros(sums.size)
    factor[varying] = 1 / (1 - squares[varying] / sums[varying] ** 2)
    factor[stage.stratum] *= stage.above  # the same for all units of a stratum
    if stage.lonely != "adjust" and not stage.independent:
        factor[alone] = 0.0
        if stage.lonely == "average" and alone.any():
            factor *= alone.size / np.count_nonzero(~alone)
    return left, sums, factor


def _unit_totals(z: Floats, unit: Codes, units: int) -> Floats:
    if units == unit.size:
        return z
    return np.column_stack([np.bincount(unit, weights=column, minlength=units) for column in z.T])


def _add_single_domain(
    result: Floats,
    stratum: Codes,
    left: Floats,
    sums: Floats,
    factor: Floats,
    totals: Floats,
    domain: Codes,
    domains: int,
) -> None:
    """Units that lie in one domain each: blocks within domains, then what strata share between them."""
    width = totals.shape[1]
    blocks = result.reshape(domains, width, domains, width)
    each = np.arange(domains)
    group = paired(stratum, domain)
    first = first_rows(group)
    size = np.bincount(group, weights=left)
    sum_of = np.column_stack([np.bincount(group, weights=left * column) for column in totals.T])
    mean = np.divide(sum_of, size[:, None], out=np.zeros_like(sum_of), where=size[:, None] > 0)
    centred = [totals[:, k] - mean[:, k].take(group) for k in range(width)]
    scale_of = left * factor[stratum]
    for k in range(width):
        weighted = centred[k] * scale_of
        for other in range(k + 1):
            part = np.bincount(domain, weights=weighted * centred[other], minlength=domains)
            blocks[each, k, each, other] += part
            if other != k:
                blocks[each, other, each, k] += part
    stratum_of, domain_of = stratum[first], domain[first]
    between = (np.bincount(stratum_of)[stratum_of] > 1) | np.isinf(sums[stratum_of])
    shared = between & (size > 0) & (factor[stratum_of] > 0)
    if not shared.any():
        return
    stratum_of, domain_of, size, mean = stratum_of[shared], domain_of[shared], size[shared], mean[shared]
    scale = np.sqrt(factor[stratum_of] * size)
    scaled = mean * scale[:, None]
    own: Any = (domain_of, slice(None), domain_of)
    np.add.at(blocks, own, scaled[:, :, None] * scaled[:, None, :])
    for rows in _chunks(stratum_of, domains * width):
        local, h = pd.factorize(stratum_of[rows])
        dense = np.zeros((h.size, domains, width))
        dense[local, domain_of[rows]] = mean[rows] * size[rows, None]
        dense = dense.reshape(h.size, -1) * np.sqrt(factor[h] / sums[h])[:, None]
        result -= dense.T @ dense


def _chunks(stratum: Codes, width: int) -> list[Codes]:
    """Split positions by whole strata so that a dense block over them stays small."""
    order = np.argsort(stratum, kind="stable")
    most = max(DENSE_CELLS // width, 1)
    if order.size <= most:
        return [order]
    starts = np.flatnonzero(np.r_[True, np.diff(stratum[order]) != 0])
    cuts, begin = [], 0
    for start in starts[1:].tolist():
        if start - begin >= most:
            cuts.append(start)
            begin = start
    return np.split(order, cuts)


def _add_many_domains(
    result: Floats,
    stage: Stage,
    left: Floats,
    sums: Floats,
    factor: Floats,
    z: Floats,
    domain: Codes,
    domains: int,
) -> None:
    """Units that reach into several domains, such as panel members and shared towns."""
    width = z.shape[1]
    size = domains * width
    found = np.zeros((size, size))  # in the order of column of z, then domain
    for units in _chunks(stage.stratum, size):
        place = np.full(left.size, -1, dtype=np.intp)
        place[units] = np.arange(units.size)
        rows = place[stage.unit]
        inside = slice(None) if units.size == left.size else rows >= 0
        totals = cell_totals(z[inside], rows[inside], units.size, domain[inside], domains)
        totals = totals.reshape(units.size, size)
        stratum = stage.stratum[units]
        starts = np.flatnonzero(np.r_[True, np.diff(stratum) != 0])
        weight = left[units]
        root = np.sqrt(weight * factor[stratum])[:, None]
        present = sums[stratum[starts]]
        # Stratum by stratum, while its rows are in the processor's cache.
        for start, end, whole in zip(starts, np.r_[starts[1:], units.size], present, strict=True):
            here = totals[start:end]
            if whole > 0:
                here -= weight[start:end] @ here / whole
            here *= root[start:end]
        found += totals.T @ totals
    blocks = found.reshape(width, domains, width, domains)
    result += blocks.transpose(1, 0, 3, 2).reshape(size, size)


def cell_totals(z: Floats, unit: Codes, units: int, domain: Codes, domains: int) -> Floats:
    """Add row values, shape (n, K), up by unit and domain: shape (units, K, domains)."""
    cell = unit * domains + domain
    totals = np.empty((units, z.shape[1], domains))
    for k, column in enumerate(z.T):
        totals[:, k] = np.bincount(cell, weights=column, minlength=units * domains).reshape(units, domains)
    return totals
