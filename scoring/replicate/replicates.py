"""Replicates of a survey's weights, and covariances from estimates made again with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from scoring.errors import EstimateError
from scoring.variance import DENSE_CELLS, Codes, Floats, cell_totals

Centre = Literal["estimate", "mean"]


@dataclass(frozen=True)
class Replicates:
    """What each replicate multiplies the weights by, and how their estimates give a covariance.

    Attributes
    ----------
    kind : str
    unit : ndarray of int, shape (n,)
        Each row's unit; -1 for rows whose weight never changes.
    multipliers : ndarray of float, shape (units, R)
        Held for units, not for rows, as those of one PSU share them.
    scale : float
    rscales : ndarray of float, shape (R,)
        The covariance is ``scale * sum_r rscales_r (t_r - c)(t_r - c)'``, t_r the estimates of replicate r.
    centre : "estimate" or "mean"
        Whether c is the estimate from all, or the mean of the replicates' (those with rscales above 0).
    df : float, optional
        Degrees of freedom; without it those of the design, contributing PSUs less strata.
    """

    kind: str
    unit: Codes
    multipliers: Floats
    scale: float
    rscales: Floats
    centre: Centre = "estimate"
    df: float | None = None

    @property
    def count(self) -> int:
        """Number of replicates R."""
        return int(self.multipliers.shape[1])

    def weights(self, weights: Floats, replicate: int) -> Floats:
        """Give the weights of one replicate, shape (n,)."""
        factor = np.append(self.multipliers[:, replicate], 1.0)  # the last for unit -1
        return np.asarray(weights * factor[self.unit])

    def totals(self, z: Floats, domain: Codes, domains: int) -> Floats:
        """Add weighted row values, shape (n, K), up by domain in every replicate: shape (R, K, domains)."""
        units, width = len(self.multipliers), z.shape[1]
        varies = self.unit >= 0
        unit, fixed = self.unit, np.zeros((1, width, domains))
        if not varies.all():
            rest = np.flatnonzero(~varies)
            fixed = cell_totals(z[rest], np.zeros(rest.size, dtype=np.intp), 1, domain[rest], domains)
            z, unit, domain = z[varies], unit[varies], domain[varies]
        if units * width * domains > DENSE_CELLS:
            return fixed + self._sparse_totals(z, unit, domain, domains)
        cells = cell_totals(z, unit, units, domain, domains)
        made = self.multipliers.T @ cells.reshape(units, width * domains)
        return fixed + made.reshape(self.count, width, domains)

    def _sparse_totals(self, z: Floats, unit: Codes, domain: Codes, domains: int) -> Floats:
        """Do as ``totals`` where units reach into few of many domains."""
        from scipy.sparse import csr_array

        size = (domains, len(self.multipliers))
        columns = [csr_array((column, (domain, unit)), shape=size) @ self.multipliers for column in z.T]
        return np.asarray(np.stack(columns).transpose(2, 0, 1))

    def covariance(self, replicated: Floats, estimate: Floats) -> Floats:
        """Give the covariance of estimates, shape (m,), from those of the replicates, shape (R, m)."""
        lost = np.argwhere(~np.isfinite(replicated))
        if lost.size:
            raise EstimateError("lost_in_replicate", where="replicates", replicate=int(lost[0][0]) + 1)
        centre = estimate if self.centre == "estimate" else replicated[self.rscales > 0].mean(axis=0)
        apart = (replicated - centre) * np.sqrt(self.scale * self.rscales)[:, None]
        return np.asarray(apart.T @ apart)
