"""The variance of calibrated estimates: that of the residuals on what the weights were calibrated to.

Calibrated weights w_i = g_i d_i reproduce known totals T of auxiliaries x. For any coefficients b the
estimated total of u is ``sum w_i (u_i - x_i b) + T b``; with b the regression of u on x under the weights d
before calibration the effect of g on the first sum is of second order (Deville and Särndal 1992), so that
the variance is that of the total of

    z_i = w_i (u_i - x_i b),

taken over the design as it is, the residual under w and the regression under d. That is also what R's
``survey`` computes (``svyrecvar`` with ``postStrata``), for ``postStratify`` and every ``calibrate``. Where
a unit stands outside a domain its u is 0, but not its residual.

R's ``rake`` regresses otherwise: ten sweeps over the margins that subtract means in which all rows count
the same, whatever their weights. ``Calibration.sweeps`` repeats that; see ``scoring.rake``.

With adjustment cells for nonresponse, d are the adjusted weights. The residual total under d then is the
adjusted estimate of the total of u - x b, so its two terms of variance are those of ``scoring.nonresponse``,
of z in the place of the weighted answers.

A linearised value lies in one domain, its residual in all. So Z - L B is never written out where it is large:
Z has K values a row, L = w x has p, B = b has D K columns, and V(Z - L B) is put together from V(Z),
C(Z, L) and V(L), which is exact but for rounding. Where it is small enough it is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.nonresponse import Parts, Response, contributing
from scoring.variance import Codes, Floats, Stage, add_stage, first_rows, hajek

if TYPE_CHECKING:
    from scoring.survey import Survey

WRITTEN_OUT = 16_000_000  # residuals of rows times columns that are kept at once
SWEEPS = 10  # of R's svyrecvar over raked margins


@dataclass(frozen=True)
class Calibration:
    """Auxiliaries, and how weights were brought to their known totals.

    Attributes
    ----------
    kind : str
        "post-stratified", "raked" or "calibrated (method)".
    x : ndarray or sparse array of float, shape (n, p)
        Auxiliary values; 0 in rows without weight.
    factor : ndarray of float, shape (n,)
        The weight's factor g; 1 in rows without weight.
    metric : ndarray of float, shape (n,)
        Weights of the regression that gives the residuals.
    margins : DataFrame
        ``auxiliary``, ``level``, ``rows`` with weight, the totals ``before`` and ``after``, and ``target``.
    bounds : tuple of float, optional
        Of the factor.
    sweeps : tuple of slice, optional
        The margins' columns, where the regression is R's ten sweeps over them.
    """

    kind: str
    x: Any
    factor: Floats
    metric: Floats
    margins: pd.DataFrame
    bounds: tuple[float, float] | None = None
    sweeps: tuple[slice, ...] | None = None

    @cached_property
    def gram(self) -> Floats:
        """``X' M X``, shape (p, p)."""
        return dense(self.x.T @ scaled(self.x, self.metric))

    @cached_property
    def disjoint(self) -> bool:
        """Whether no row counts in two auxiliaries, as in post-strata."""
        from scipy.sparse import issparse

        return bool(issparse(self.x)) and int(np.diff(self.x.indptr).max(initial=0)) <= 1

    def coefficients(self, products: Floats) -> Floats:
        """Regress values on the auxiliaries, given their products ``X' M u``, shape (p, m)."""
        if self.disjoint:
            return np.asarray(products / dense(self.x.T @ self.metric)[:, None])
        if self.sweeps is not None:
            result = np.zeros_like(products)
            counts = np.diag(self.gram)[:, None]
            for _ in range(SWEEPS):
                for at in self.sweeps:
                    result[at] += (products[at] - self.gram[at] @ result) / counts[at]
            return result
        # Margins add up to the same total, so the coefficients are not unique; their residuals are.
        size = np.sqrt(np.diag(self.gram))
        values, vectors = np.linalg.eigh(self.gram / np.outer(size, size))
        kept = values > 1e-12 * values[-1]
        inner = vectors[:, kept].T @ (products / size[:, None])
        return np.asarray(vectors[:, kept] @ (inner / values[kept, None]) / size[:, None])


def dense(values: Any) -> Floats:
    """Give an array, sparse or not, as a full one."""
    return np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)


def scaled(x: Any, by: Floats) -> Any:
    """Multiply the rows of an array, sparse or not."""
    from scipy.sparse import diags_array, issparse

    return (diags_array(by) @ x).tocsr() if issparse(x) else x * by[:, None]


def _indicator(codes: Codes, size: int, values: Floats | None = None) -> Any:
    """The matrix that adds rows up by their code, shape (size, n)."""
    from scipy.sparse import csr_array

    ones = np.ones(codes.size) if values is None else values
    return csr_array((ones, (codes, np.arange(codes.size))), shape=(size, codes.size))


def _spread(z: Floats, domain: Codes, domains: int) -> Any:
    """Put each row's values into its domain's columns, sparse, shape (n, D K)."""
    from scipy.sparse import csr_array

    rows, width = z.shape
    columns = domain[:, None] * width + np.arange(width)
    starts = np.arange(rows + 1) * width
    return csr_array((z.ravel(), columns.ravel(), starts), shape=(rows, domains * width))


# A term of the variance is a quadratic form of values that each row brings to its own domain, `scale` times
# z, and of loads that it brings to all.


@dataclass(frozen=True)
class _Form:
    """Values ``scale z + load U``, U the mean of z in the row's cell; without cells, z itself."""

    scale: Floats | None
    load: Floats | None
    response: Response | None

    def of(self, values: Any) -> Any:
        """Take the form of full columns, shape (n, m)."""
        if self.scale is None or self.load is None or self.response is None:
            return values
        means = _cell_means(self.response, values)
        return dense(values) * self.scale[:, None] + self.load[:, None] * means[self.response.cell]


def _cell_means(response: Response, values: Any) -> Floats:
    sizes = np.where(response.sizes > 0, response.sizes, 1.0)
    return dense(_indicator(response.cell, sizes.size) @ values) / sizes[:, None]


def _forms(response: Response | None) -> list[_Form]:
    if response is None:
        return [_Form(None, None, None)]
    return [_Form(scale, load, response) for scale, load in response.loads]


def calibrated_covariance(survey: Survey, z: Floats, domain: Codes, domains: int) -> Floats:
    """Estimate the covariance of calibrated totals, as ``Survey.covariance`` does.

    Parameters
    ----------
    survey : Survey
        With a calibration.
    z : ndarray of float, shape (n, K)
        Row values, weighted with the calibrated weights.
    domain : ndarray of int, shape (n,)
    domains : int

    Returns
    -------
    ndarray of float, shape (D K, D K)
    """
    loads, slopes = _regressed(survey, z, domain, domains)
    size = domains * z.shape[1]
    result = np.zeros((size, size))
    forms = _forms(survey.response)
    if len(z) * size <= WRITTEN_OUT:
        residuals = dense(_spread(z, domain, domains)) - loads @ slopes
        for stage in survey.stages:
            if stage.varies:
                _add_full(result, stage, forms[0].of(residuals))
        for form in forms[1:]:
            totals = _indicator(*_last_units(survey)) @ form.of(residuals)
            result += totals.T @ totals
        return result
    lifted = [_lift(form, z, domain, domains, loads, slopes) for form in forms]
    for stage in survey.stages:
        if stage.varies:
            _add_lifted(result, stage, *lifted[0], domain, domains)
    for own, extra, slope in lifted[1:]:
        to_units = _indicator(*_last_units(survey))
        totals, more = to_units @ _spread(own, domain, domains), to_units @ extra
        mixed = dense(totals.T @ more) @ slope
        result += dense(totals.T @ totals) + mixed + mixed.T + slope.T @ dense(more.T @ more) @ slope
    return result


def _last_units(survey: Survey) -> tuple[Codes, int]:
    """Rows of one unit of the last stage respond together."""
    unit = survey.stages[-1].unit
    return unit, int(unit.max()) + 1


def _regressed(survey: Survey, z: Floats, domain: Codes, domains: int) -> tuple[Any, Floats]:
    """Give the auxiliaries times the weights, L, and the coefficients B, so that Z - L B are residuals."""
    known: Calibration = survey.calibration  # type: ignore[assignment]
    weights = survey.weights
    share = np.divide(known.metric, weights, out=np.zeros_like(weights), where=weights != 0)
    products = dense(known.x.T @ _spread(z * share[:, None], domain, domains))
    return scaled(known.x, weights), known.coefficients(products)


def _add_full(result: Floats, stage: Stage, values: Floats) -> None:
    """Add one stage's part of the covariance of columns that every row has."""
    centred, weight = _centred(stage, values)
    centred *= np.sqrt(weight)[:, None]
    result += centred.T @ centred


def _centred(stage: Stage, values: Any) -> tuple[Floats, Floats]:
    """Give units' totals less their stratum's mean, and the weights of their squares."""
    left, sums, factor = hajek(stage)
    totals = dense(_indicator(stage.unit, left.size) @ values)
    return totals - dense(_to_means(stage, left, sums) @ totals)[stage.stratum], left * factor[stage.stratum]


def _to_means(stage: Stage, left: Floats, sums: Floats) -> Any:
    """The matrix that takes units' totals to strata's means; 0 where those are not subtracted."""
    open_sums = np.where(np.isfinite(sums) & (sums > 0), sums, np.inf)
    return _indicator(stage.stratum, sums.size, left / open_sums[stage.stratum])


def _lift(
    form: _Form, z: Floats, domain: Codes, domains: int, loads: Any, slopes: Floats
) -> tuple[Floats, Any, Floats]:
    """Write a form of Z - L B as values in their own domain, and further columns times coefficients."""
    from scipy.sparse import csr_array, hstack, issparse

    if form.scale is None or form.load is None or form.response is None:
        return z, loads, -slopes
    means = _cell_means(form.response, _spread(z, domain, domains))
    means = means - _cell_means(form.response, loads) @ slopes
    cells = csr_array(_indicator(form.response.cell, len(means), form.load).T)
    extra = scaled(loads, form.scale)
    joined = hstack([extra, cells], format="csr") if issparse(extra) else np.hstack([extra, dense(cells)])
    return z * form.scale[:, None], joined, np.vstack([-slopes, means])


def _add_lifted(
    result: Floats, stage: Stage, z: Floats, extra: Any, slopes: Floats, domain: Codes, domains: int
) -> None:
    """Add one stage's part of the covariance of Z + E S, E with a few columns."""
    add_stage(result, stage, z, domain, domains)
    left, sums, factor = hajek(stage)
    to_units, to_means = _indicator(stage.unit, left.size), _to_means(stage, left, sums)
    own, more = to_units @ _spread(z, domain, domains), to_units @ extra
    weight = left * factor[stage.stratum]
    scale = np.where(np.isfinite(sums), sums * factor, 0.0)
    weighted, of_means = scaled(more, weight), scaled(to_means @ more, scale)
    across = dense(own.T @ weighted) - dense((to_means @ own).T @ of_means)
    within = dense(more.T @ weighted) - dense((to_means @ more).T @ of_means)
    mixed = across @ slopes
    result += mixed + mixed.T + slopes.T @ within @ slopes


def calibrated_parts(
    survey: Survey, z: Floats, domain: Codes, domains: int, counts: NDArray[np.bool_]
) -> Iterator[Parts]:
    """Give the parts of each domain's variance, as ``stage_parts`` does; z has shape (n,).

    Strata that a domain does not reach bring the residuals of all their units.
    """
    loads, slopes = _regressed(survey, z[:, None], domain, domains)
    forms = _forms(survey.response)
    step = max(WRITTEN_OUT // len(z), 1)

    def blocks(form: _Form, part: Callable[[Floats], Floats]) -> Floats:
        found = []
        for start in range(0, domains, step):
            here = slice(start, min(start + step, domains))
            values = -dense(loads @ slopes[:, here])
            inside = np.flatnonzero((domain >= here.start) & (domain < here.stop))
            values[inside, domain[inside] - start] += z[inside]
            found.append(part(form.of(values)))
        return np.hstack(found)

    def parts(variance: Floats, units: Floats, everyone: Floats) -> Parts:
        units = np.where(units > 0, units, everyone[:, None])
        return variance.ravel(), units.ravel(), np.tile(np.arange(domains), len(variance))

    for stage in survey.stages:

        def of_stage(values: Floats, stage: Stage = stage) -> Floats:
            centred, weight = _centred(stage, values)
            to_strata = _indicator(stage.stratum, int(stage.stratum.max()) + 1, weight)
            return dense(to_strata @ centred**2)

        left = 1 - stage.prob
        reached = counts & (left[stage.unit] > 0)
        units = contributing(stage.unit, left.size, stage.stratum, domain, domains, reached)
        everyone = np.bincount(stage.stratum, weights=left > 0).astype(np.float64)
        yield parts(blocks(forms[0], of_stage), units, everyone)
    if survey.response is not None:
        response = survey.response
        unit, size = _last_units(survey)
        cell = response.cell[first_rows(unit)]

        def of_cells(values: Floats) -> Floats:
            totals = _indicator(unit, size) @ values
            return dense(_indicator(cell, response.sizes.size) @ totals**2)

        units = contributing(unit, size, cell, domain, domains, counts)
        yield parts(blocks(forms[1], of_cells), units, response.units[1].astype(np.float64))


def margins_table(
    names: Sequence[tuple[str, str]], x: Any, before: Floats, after: Floats, targets: Floats
) -> pd.DataFrame:
    """Set the auxiliaries' totals before and after beside their targets."""
    counted = dense((x != 0).T @ (before > 0).astype(np.float64))
    table = pd.DataFrame(list(names), columns=["auxiliary", "level"])
    return table.assign(
        rows=np.rint(counted).astype(np.int64),
        before=dense(x.T @ before),
        after=dense(x.T @ after),
        target=np.asarray(targets, dtype=np.float64),
    )
