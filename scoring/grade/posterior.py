"""What the true scores of one class may be, given their estimates: flat prior, or a prior for the class.

The class prior is the normal hierarchical model: true scores spread about the class's mean, estimates about
the true scores, with one covariance for all,

    theta_j ~ N(mu, tau²),    y | theta ~ N(theta, V).

Sources: D. B. Rubin (1981), "Estimation in Parallel Randomized Experiments", Journal of Educational
Statistics 6, 377-401; C. N. Morris (1983), "Parametric Empirical Bayes Inference", JASA 78, 47-55; A.
Gelman and others (2013), Bayesian Data Analysis, 3rd ed., 5.4 (mu integrated, tau on a grid); the prior of
tau, flat, and why three units are the least it takes: A. Gelman (2006), "Prior distributions for variance
parameters in hierarchical models", Bayesian Analysis 1, 515-534.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtrit

from scoring.normals import factor, normals

Floats = npt.NDArray[np.float64]

GRID: Final = 1_000
"""Values of tau that stand for all."""

LEAST_UNITS: Final = 3
"""With a flat prior of tau fewer units give no proper posterior (Gelman 2006)."""

LEAST_DF: Final = 2
"""Student t has a variance only above this many degrees of freedom."""


@dataclass(frozen=True)
class Posterior:
    """What the hierarchical model says of one class of p units, given each of its g values of tau.

    Attributes
    ----------
    tau : ndarray of float, shape (g,)
    log_cell : ndarray of float, shape (g,)
        Logarithm of the prior probability of each tau's cell, up to a constant.
    roots : ndarray of float, shape (p,)
        Eigenvalues of the estimates' covariance.
    vectors : ndarray of float, shape (p, p)
    """

    tau: Floats
    log_cell: Floats
    roots: Floats
    vectors: Floats

    @classmethod
    def of(cls, estimate: Floats, cov: Floats) -> Posterior:
        """Choose the values of tau: midpoints of equal cells of u in (0, 1), tau = s u / (1 - u).

        So they reach from 0 without an end, densest about s, the spread of estimates and errors together.
        The flat prior puts on each cell its width, s / (1 - u)², over g.
        """
        roots, vectors = np.linalg.eigh(cov)
        roots = np.maximum(roots, 0.0)
        scale = float(np.sqrt(estimate.var() + roots.mean())) or 1.0
        u = (np.arange(GRID) + 0.5) / GRID
        return cls(scale * u / (1.0 - u), -2.0 * np.log1p(-u), roots, vectors)

    @cached_property
    def precision(self) -> Floats:
        """1 over the eigenvalues of V + tau² I: (g, p)."""
        result: Floats = 1.0 / (self.roots + self.tau[:, None] ** 2)
        return result

    @cached_property
    def mean_precision(self) -> Floats:
        """1' (V + tau² I)^-1 1, the precision of mu given tau: (g,)."""
        result: Floats = self.precision @ self.vectors.sum(axis=0) ** 2
        return result

    def weights(self, log_density: Floats) -> Floats:
        """Turn log p(y | tau) (g, ...) into the posterior probabilities of the values of tau (g, ...)."""
        shape = (-1,) + (1,) * (log_density.ndim - 1)
        log = log_density + self.log_cell.reshape(shape)
        weight = np.exp(log - log.max(axis=0))
        result: Floats = weight / weight.sum(axis=0)
        return result

    def log_density(self, square: Floats) -> Floats:
        """Give log p(y | tau) (g, ...), mu integrated, from the residuals' generalised square (g, ...)."""
        own = 0.5 * np.log(self.precision).sum(axis=1) - 0.5 * np.log(self.mean_precision)
        result: Floats = own.reshape((-1,) + (1,) * (square.ndim - 1)) - 0.5 * square
        return result

    def centre(self, estimate: Floats) -> Floats:
        """Mean of mu given tau: generalised least squares, (g,)."""
        ones = self.vectors.sum(axis=0)
        result: Floats = (self.precision @ (ones * (estimate @ self.vectors))) / self.mean_precision
        return result

    def tau_weights(self, estimate: Floats) -> Floats:
        """Posterior probabilities of the values of tau: (g,)."""
        residual = (estimate - self.centre(estimate)[:, None]) @ self.vectors
        return self.weights(self.log_density((residual**2 * self.precision).sum(axis=1)))


def widened(cov: Floats, freedom: Floats) -> Floats:
    """Give each error the variance of its Student t, df / (df - 2) times as large: (p, p), (p,) to (p, p)."""
    known = np.isinf(freedom)
    larger = np.sqrt(np.where(known, 1.0, freedom / np.where(known, 1.0, freedom - 2.0)))
    result: Floats = cov * np.outer(larger, larger)
    return result


def flat_draws(estimate: Floats, cov: Floats, freedom: Floats, draws: int, seed: int) -> Floats:
    """Draw true scores (draws, p) under a flat prior: the estimates plus errors.

    Errors are normal with the covariance ``cov``; those of few degrees of freedom are then stretched, each to
    its own Student t (a normal copula: margins are exact, dependence is that of the normals).
    """
    error = np.concatenate(list(normals(draws, estimate.size, seed))) @ factor(cov).T
    se = np.sqrt(np.diag(cov))
    few = np.flatnonzero(np.isfinite(freedom) & (se > 0.0))
    if few.size:
        z = error[:, few] / se[few]
        stretched = -stdtrit(freedom[few], ndtr(-np.abs(z)))  # in the tail that keeps its digits
        error[:, few] = np.copysign(stretched, z) * se[few]
    return estimate + error


def class_draws(
    estimate: Floats, cov: Floats, freedom: Floats, draws: int, seed: int
) -> tuple[Floats, Floats]:
    """Draw true scores (draws, p) under the class prior, and the tau of each draw (draws,).

    For each draw: tau from its posterior, mu given tau, then made-up true scores and estimates of the same
    model, moved by tau² (V + tau² I)^-1 times what the real estimates differ from the made-up ones. Nothing
    in it depends on the signs of eigenvectors, so draws agree between machines.
    """
    units = estimate.size
    wide = widened(cov, freedom)
    model = Posterior.of(estimate, wide)
    normal = np.concatenate(list(normals(draws, 2 * units + 2, seed)))
    cumulated = np.cumsum(model.tau_weights(estimate))
    chosen = np.minimum(np.searchsorted(cumulated, ndtr(normal[:, 0])), GRID - 1)
    tau = model.tau[chosen]
    mu = model.centre(estimate)[chosen] + normal[:, 1] / np.sqrt(model.mean_precision[chosen])
    true = mu[:, None] + tau[:, None] * normal[:, 2 : units + 2]
    made_up = true + normal[:, units + 2 :] @ factor(wide).T
    share = (tau[:, None] ** 2) * model.precision[chosen]
    moved: Floats = true + (((estimate - made_up) @ model.vectors) * share) @ model.vectors.T
    return moved, tau
