"""The variance of totals adjusted for nonresponse in weighting cells, on arrays.

Within each cell c of the N drawn units' weights, w_i* = w_i sum_c w / sum_c w r for those who responded
(r_i = 1), 0 for the others. The variance follows the reverse framework of Fay (1991) and Shao and Steel
(1999): first everyone in the population turns out to respond or not, then the sample is drawn. So it
has two terms,

    V = E V(sampling | who responds) + V E(estimate | who responds).

**First term.** With the population's response indicators fixed, the estimate of a total of u is
sum_c N_c U_c / R_c, where N_c, U_c and R_c are expansion estimates over the *full* sample: of the cell's
size, of its respondents' total of u, and of their number. Its Taylor linearisation is the total of

    w_i u_c + g_c w_i* r_i (u_i - u_c),     u_c = U_c / R_c,

over all drawn units. Its design variance is taken at every stage, over all drawn units. In the code
z_i = w_i* u_i, so that u_c = sum_c z / sum_c w; a domain or a column of z has its own u_c, and in a cell
that reaches into several domains each drawn unit counts in all of them.

**Second term.** Over the response, the expectation over samples is about sum_U pi_i w_i r_i
(u_i - u_c) / phi_c with independent r_i of probability phi_c within the cell, of variance
sum_U pi_i² w_i² (u_i - u_c)² (1 - phi_c) / phi_c, estimated from respondents by

    sum_c m_c / (m_c - 1) sum_i pi_i (1 - phi_c) (z_i - w_i* u_c)²,     phi_c = sum_c w r / sum_c w.

It does not shrink with the sampling fraction: with weights 1 / pi it is w_i (1 - phi_c) / phi_c²
(u_i - u_c)², N² S² (1/r - 1/N) for a census of which r of N responded. Where the design says that the
population is infinite, pi is 0 and so is the term. Rows of one unit of the last stage respond together:
their values are added up before squaring, so evaluatees that share respondents covary.

**Small samples.** n_c units of a cell are drawn, m_c respond. m_c / (m_c - 1) makes the spread within
the cell unbiased. g_c² = m_c (n_c - 1) / (n_c (m_c - 1)) is 1 over the chance that two respond together,
m (m - 1) / (n (n - 1)), in units of the squared rate (m / n)². With both, the sum of the two terms is
without bias, given the numbers m_c, for simple random samples, in strata and in stages, whose cells lie
within the last stage's strata; it is then the two-phase estimator of Särndal, Swensson and Wretman
(1992, section 15.6), in one cell exactly S² (1/r - 1/N). Elsewhere it is right for large cells.
Both terms are positive semidefinite.

Assumed: given its cell, whether a unit responds depends neither on its answers nor on other units'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.variance import (
    DENSE_CELLS,
    Codes,
    Floats,
    Stage,
    add_stage,
    first_rows,
    hajek,
    paired,
    stage_parts,
)

Parts = tuple[Floats, Floats, Codes]


@dataclass(frozen=True)
class Response:
    """Which drawn rows responded, and the cells in which their weights are adjusted.

    Attributes
    ----------
    responded : ndarray of bool, shape (n,)
    cell : ndarray of int, shape (n,)
    weight : ndarray of float, shape (n,)
        Before adjustment.
    unit : ndarray of int, shape (n,)
        Rows of one unit respond together.
    prob : ndarray of float, shape (n,)
        Inclusion probability over all stages.
    """

    responded: NDArray[np.bool_]
    cell: Codes
    weight: Floats
    unit: Codes
    prob: Floats

    @cached_property
    def sizes(self) -> Floats:
        """Each cell's sum of weights, shape (C,)."""
        return np.bincount(self.cell, weights=self.weight).astype(np.float64)

    @cached_property
    def rate(self) -> Floats:
        """Each cell's weighted response rate, shape (C,)."""
        answered = np.bincount(self.cell, weights=self.weight * self.responded)
        return np.divide(answered, self.sizes, out=np.ones_like(self.sizes), where=self.sizes > 0)

    @cached_property
    def units(self) -> tuple[Codes, Codes]:
        """Each cell's drawn and responding units, shape (C,)."""
        first = first_rows(paired(self.cell, self.unit))
        size = self.sizes.size
        drawn = np.bincount(self.cell[first], minlength=size)
        return drawn, np.bincount(self.cell[first][self.responded[first]], minlength=size)

    @cached_property
    def adjusted(self) -> Floats:
        """Weights after adjustment, shape (n,)."""
        return np.where(self.responded, self.weight, 0.0) / self.rate[self.cell]

    @cached_property
    def loads(self) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """What a row brings to the first term and to the second, shapes (n,): times z, and times u_c."""
        drawn, answered = self.units
        whole = answered == drawn  # then nothing is carried over
        gain = np.sqrt(answered * (drawn - 1) / np.where(whole, 1, drawn * np.maximum(answered - 1, 1)))
        gain = np.where(whole, 1.0, gain)[self.cell]
        spare = np.sqrt((1 - self.rate) * answered / np.maximum(answered - 1, 1))[self.cell]
        spare = spare * np.sqrt(self.prob)
        return (gain, self.weight - gain * self.adjusted), (spare, -spare * self.adjusted)

    def covariance(self, stages: Sequence[Stage], z: Floats, domain: Codes, domains: int) -> Floats:
        """Give the covariance of totals of z, as ``Survey.covariance`` does."""
        sampled, answered = self._terms(z, domain, domains)
        result = np.zeros((domains * z.shape[1],) * 2)
        for stage in stages:
            if not stage.varies:
                continue
            if len(sampled.means):
                _add_spread_stage(result, stage, sampled, domains)
            else:
                add_stage(result, stage, sampled.z, sampled.domain, domains)
        _add_products(result, self.unit, answered, domains)
        return result

    def parts(
        self, stages: Sequence[Stage], z: Floats, domain: Codes, domains: int, counts: NDArray[np.bool_]
    ) -> Iterator[Parts]:
        """Give the parts of each domain's variance, as ``stage_parts`` does; z has shape (n,)."""
        sampled, answered = self._terms(z[:, None], domain, domains)
        for stage in stages:
            if len(sampled.means):
                yield _spread_parts(stage, sampled, domain, domains, counts)
            else:
                yield stage_parts(stage, sampled.z[:, 0], sampled.domain, counts)
        yield _cell_parts(self, answered, domain, domains, counts)

    def _terms(self, z: Floats, domain: Codes, domains: int) -> tuple[_Spread, _Spread]:
        """Give the values whose design variance is the first term, and whose squares are the second."""
        rows = np.flatnonzero(self.responded)
        pair = paired(self.cell[rows], domain[rows])
        first = rows[first_rows(pair)]
        cell_of, domain_of = self.cell[first], domain[first]
        safe = np.where(self.sizes > 0, self.sizes, 1.0)[cell_of]
        means = np.column_stack([np.bincount(pair, weights=column[rows]) / safe for column in z.T])
        own = np.zeros(self.sizes.size, dtype=np.intp)
        own[cell_of] = np.arange(first.size)
        drawn, answered = self.units
        # In a complete cell every drawn unit speaks for itself, however many domains it reaches.
        wide = (np.bincount(cell_of, minlength=own.size) > 1) & (answered < drawn)
        narrow = (answered < drawn) & ~wide
        spread = _Spread(
            z,
            np.where(narrow[self.cell], domain_of[own[self.cell]], domain),
            np.zeros(len(z)),
            np.where(wide, np.cumsum(wide) - 1, 0)[self.cell],
            np.zeros((int(wide.sum()), domains, z.shape[1])),
        )
        inside = wide[cell_of]
        spread.means[(np.cumsum(wide) - 1)[cell_of[inside]], domain_of[inside]] = means[inside]
        (gain, sampled), (spare, answering) = self.loads

        def term(scale: Floats, load: Floats) -> _Spread:
            values = z * scale[:, None]
            near, far = narrow[self.cell], wide[self.cell]
            values[near] += load[near, None] * means[own[self.cell[near]]]
            return replace(spread, z=values, load=np.where(far, load, 0.0))

        return term(gain, sampled), term(spare, answering)


@dataclass(frozen=True)
class _Spread:
    """Row values of which some count in several domains.

    Row i brings z_i to its own domain, and load_i times means[cell_i] to all.

    Attributes
    ----------
    z : ndarray of float, shape (n, K)
    domain : ndarray of int, shape (n,)
    load : ndarray of float, shape (n,)
    cell : ndarray of int, shape (n,)
        Among the C cells that reach into several domains; any where load is 0.
    means : ndarray of float, shape (C, D, K)
    """

    z: Floats
    domain: Codes
    load: Floats
    cell: Codes
    means: Floats


# A row has K values in its domain and one load in its cell, so totals by unit are kept sparse over
# domains and cells side by side; the cells' loads are carried to the domains at the very end.


def _unit_totals(spread: _Spread, unit: Codes, units: int, domains: int) -> Any:
    """Sum by unit, sparse, shape (U, D K + C)."""
    from scipy.sparse import csr_array

    rows, width = spread.z.shape
    columns = np.empty((rows, width + 1), dtype=np.intp)
    columns[:, :-1] = spread.domain[:, None] * width + np.arange(width)
    columns[:, -1] = domains * width + spread.cell
    values = np.column_stack([spread.z, spread.load])
    if not len(spread.means):
        columns, values = columns[:, :-1], values[:, :-1]
    starts = np.arange(rows + 1) * columns.shape[1]
    table = csr_array(
        (values.ravel(), columns.ravel(), starts), shape=(rows, domains * width + len(spread.means))
    )
    if units == rows:
        return table
    return csr_array((np.ones(rows), (unit, np.arange(rows))), shape=(units, rows)) @ table


def _products(totals: Any, weight: Floats) -> Floats:
    """Sum the weighted products of all pairs of columns over the rows of a sparse table."""
    totals = totals.multiply(np.sqrt(weight)[:, None]).tocsr()
    rows, columns = totals.shape
    if totals.nnz < rows * columns / 10:
        sparse: Floats = (totals.T @ totals).toarray()
        return sparse
    result = np.zeros((columns, columns))
    step = max(DENSE_CELLS // columns, 1)
    for start in range(0, rows, step):
        dense = totals[start : start + step].toarray()
        result += dense.T @ dense
    return result


def _carry(result: Floats, wide: Floats, spread: _Spread) -> None:
    """Add the covariance of domains and cells side by side to that of the domains."""
    size = len(result)
    means = spread.means.reshape(len(spread.means), size)
    across = wide[:size, size:] @ means
    result += wide[:size, :size] + across + across.T + means.T @ wide[size:, size:] @ means


def _add_products(result: Floats, unit: Codes, spread: _Spread, domains: int) -> None:
    units = int(unit.max()) + 1
    _carry(result, _products(_unit_totals(spread, unit, units, domains), np.ones(units)), spread)


def _add_spread_stage(result: Floats, stage: Stage, spread: _Spread, domains: int) -> None:
    """Add one stage's part of the covariance, as ``add_stage`` does."""
    left, sums, factor, centred = _strata(stage)
    totals = _unit_totals(spread, stage.unit, left.size, domains)
    means = (_by_stratum(stage, left, sums) @ totals).multiply(centred[:, None]).tocsr()
    wide = _products(totals, left * factor[stage.stratum]) - _products(means, sums * factor)
    _carry(result, wide, spread)


def _strata(stage: Stage) -> tuple[Floats, Floats, Floats, Floats]:
    """Give ``hajek``'s values with finite sums, and 1 for each stratum that is centred at its own mean."""
    left, sums, factor = hajek(stage)
    centred = np.isfinite(sums).astype(np.float64)
    own = np.bincount(stage.stratum, weights=left)
    return left, np.where(centred > 0, sums, own), factor, centred


def _by_stratum(stage: Stage, left: Floats, sums: Floats) -> Any:
    """The matrix that takes units' values to their strata's means A, sparse, shape (H, U)."""
    from scipy.sparse import csr_array

    share = np.divide(left, sums[stage.stratum], out=np.zeros_like(left), where=sums[stage.stratum] > 0)
    return csr_array((share, (stage.stratum, np.arange(left.size))), shape=(sums.size, left.size))


def _blocks(spread: _Spread, unit: Codes, units: int, domains: int) -> Iterator[tuple[int, Floats]]:
    """Give units' totals, the domains from the given one on at a time: shape (U, B); K is 1."""
    from scipy.sparse import csr_array

    loads = csr_array((spread.load, (unit, spread.cell)), shape=(units, max(len(spread.means), 1)))
    step = max(DENSE_CELLS // units, 1)
    for start in range(0, domains, step):
        size = min(step, domains - start)
        inside = (spread.domain >= start) & (spread.domain < start + size)
        place = unit[inside] * size + spread.domain[inside] - start
        sums = np.bincount(place, weights=spread.z[inside, 0], minlength=units * size)
        totals: Floats = sums.reshape(units, size).astype(np.float64)
        if len(spread.means):
            totals = totals + loads @ spread.means[:, start : start + size, 0]
        yield start, totals


def contributing(
    unit: Codes, units: int, group: Codes, domain: Codes, domains: int, counts: NDArray[np.bool_]
) -> Floats:
    """Count the units of each group that contribute to each domain: shape (groups, D)."""
    found = np.flatnonzero(counts)
    cell = paired(unit[found], domain[found]) if found.size else found
    first = found[first_rows(cell)] if found.size else found
    size = int(group.max()) + 1
    place = group[unit[first]] * domains + domain[first]
    return np.bincount(place, minlength=size * domains).reshape(size, domains).astype(np.float64)


def _spread_parts(
    stage: Stage, spread: _Spread, domain: Codes, domains: int, counts: NDArray[np.bool_]
) -> Parts:
    left, sums, factor, centred = _strata(stage)
    to_means = _by_stratum(stage, left, sums)
    variance = np.zeros((sums.size, domains))
    for start, totals in _blocks(spread, stage.unit, left.size, domains):
        means = centred[:, None] * (to_means @ totals)
        here = to_means @ totals**2 - means**2
        variance[:, start : start + totals.shape[1]] = (factor * sums)[:, None] * np.maximum(here, 0.0)
    open_rows = counts & (left[stage.unit] > 0)
    units = contributing(stage.unit, left.size, stage.stratum, domain, domains, open_rows)
    return variance.ravel(), units.ravel(), np.tile(np.arange(domains), sums.size)


def _cell_parts(
    response: Response, spread: _Spread, domain: Codes, domains: int, counts: NDArray[np.bool_]
) -> Parts:
    """Give each cell's part of the second term."""
    from scipy.sparse import csr_array

    first = first_rows(response.unit)
    cell = response.cell[first]
    size = response.sizes.size
    to_cells = csr_array((np.ones(cell.size), (cell, np.arange(cell.size))), shape=(size, cell.size))
    variance = np.zeros((size, domains))
    for start, totals in _blocks(spread, response.unit, cell.size, domains):
        variance[:, start : start + totals.shape[1]] = to_cells @ totals**2
    units = contributing(response.unit, cell.size, cell, domain, domains, counts)
    units = np.vstack([units, np.zeros((size - len(units), domains))])
    return variance.ravel(), units.ravel(), np.tile(np.arange(domains), size)
