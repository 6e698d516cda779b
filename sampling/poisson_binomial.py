"""How many units a Poisson sample draws, with and without one of its units.

All from the characteristic function at a few points. P(S = c) is the mean, over M points t spread
evenly on the circle, of phi(t) exp(-ict), apart from P(S = c ± M), P(S = c ± 2M) …, which M makes
nothing; points where phi is nothing are left out. What is left are some 15 points, for 20 units as
for 10 million. Every term is a product, so the relative error of phi, and the absolute error of a
probability beside the greatest, is some 1e-16 times the root of the number of units at worst.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

TINY = 40.0  # a probability below exp(-40) = 4e-18 is nothing
BLOCK = 2**17  # values of a table held at one time


def reach(variance: float) -> int:
    """Give a distance from its mean that a sum of indicators exceeds with a probability below exp(-40).

    Bernstein's inequality: P(S - E S >= m) <= exp(-m² / (2V + 2m/3)), and the same below.

    >>> reach(10_000.0)
    908
    """
    return int(TINY / 3 + sqrt((TINY / 3) ** 2 + 2 * TINY * variance)) + 1


@dataclass(frozen=True)
class SizeDistribution:
    """Distribution of the size S of a Poisson sample.

    Attributes
    ----------
    units : int
        N.
    mean, variance : float
        Of S.
    points : int
        M, odd, so that no point is -1, where one unit of probability 1/2 makes phi nothing.
    angles : ndarray of float, shape (J,)
        t = 2πj/M for j = 0 … J-1; those of -j follow by conjugation.
    phi : ndarray of complex, shape (J,)
        Mean of exp(itS).
    """

    units: int
    mean: float
    variance: float
    points: int
    angles: Floats
    phi: Complexes

    def terms(self, count: int) -> Complexes:
        """Give the terms, shape (J,), whose real parts sum to P(S = count).

        Divided by 1 + p_k (exp(it) - 1) they sum to the same without unit k.
        """
        turns = np.arange(len(self.angles)) * (count % self.points) % self.points
        weight = np.full(len(self.angles), 2.0 / self.points)
        weight[0] = 1.0 / self.points
        return np.asarray(weight * self.phi * np.exp(-2j * pi * turns / self.points))

    def chance(self, count: int) -> float:
        """Give P(S = count), and 0 where points are too few to tell, half of them off the mean."""
        told = self.units < self.points or 2.0 * abs(count - self.mean) < self.points
        if not told or not 0 <= count <= self.units:
            return 0.0
        return float(self.terms(count).real.sum())


def size_distribution(prob: Floats, window: int = 1) -> SizeDistribution:
    """Find how many units a Poisson sample draws.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Probabilities of independent draws.
    window : int
        1 where only sizes near the mean matter; 2 makes those whose probability is given as 0
        rarer than exp(-40).

    Examples
    --------
    >>> size = size_distribution(np.array([0.5, 0.5, 0.2]))
    >>> [round(size.chance(count), 12) for count in range(4)]
    [0.2, 0.45, 0.3, 0.05]
    """
    variance = float((prob * (1.0 - prob)).sum())
    points = (min(window * reach(variance), len(prob)) + 6) | 1  # 6: sizes without one, two or three units
    angles = 2.0 * pi / points * np.arange(points // 2 + 1)
    # |phi(t)|² = prod(1 - 4 sin²(t/2) p q) <= exp(-4 sin²(t/2) V)
    angles = angles[np.sin(angles / 2.0) ** 2 * variance <= TINY / 2.0 + 1.0]
    steps = turns(angles)
    phi = np.ones(len(angles), dtype=np.complex128)
    for units in blocks(len(prob), len(angles)):
        phi *= np.multiply.reduce(1.0 + prob[units] * steps[:, None], axis=1)
    return SizeDistribution(len(prob), float(prob.sum()), variance, points, angles, phi)


def turns(angles: Floats) -> Complexes:
    """Give exp(it) - 1 without loss where t is small, shape (J,)."""
    steps = -2.0 * np.sin(angles / 2.0) ** 2 + 1j * np.sin(angles)
    return np.asarray(steps, dtype=np.complex128)


def blocks(units: int, points: int) -> list[slice]:
    """Cut the units so that a table of a block by the points stays small."""
    step = max(1, BLOCK // points)
    return [slice(start, start + step) for start in range(0, units, step)]


def without_one(prob: Floats, size: SizeDistribution, count: int) -> tuple[Floats, Floats]:
    """Give P(S without k = count - 1) and P(S without k = count), each of shape (N,).

    Unit k is in a Poisson sample that has ``count`` units with odds p/(1-p) times their ratio.

    Examples
    --------
    >>> prob = np.array([0.5, 0.5, 0.2])
    >>> [one.round(12).tolist() for one in without_one(prob, size_distribution(prob), 1)]
    [[0.4, 0.4, 0.25], [0.5, 0.5, 0.5]]
    """
    shrink = 4.0 * np.sin(size.angles / 2.0) ** 2
    conj = turns(size.angles).conj()
    # Re(c / (1 + p z)) = (Re c + p Re(c z*)) / (1 - 4 sin²(t/2) p q)
    columns = []
    for wanted in (count - 1, count):
        terms = size.terms(wanted)
        columns += [terms.real, (terms * conj).real]
    numerators = np.stack(columns, axis=1)
    fewer, same = np.empty(len(prob)), np.empty(len(prob))
    for units in blocks(len(prob), len(shrink)):
        one = prob[units]
        parts = (1.0 / (1.0 - (one * (1.0 - one))[:, None] * shrink)) @ numerators
        fewer[units] = parts[:, 0] + one * parts[:, 1]
        same[units] = parts[:, 2] + one * parts[:, 3]
    return fewer, same
