"""Pareto order sampling: a draw, the inclusion probabilities it has, and how to have those one wants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.select.equal import Positions

Floats = NDArray[np.float64]

FEW = 400  # from so many units in a class of logits on, nodes stand for them
NODES = 24  # Chebyshev nodes of a class, which is 1 wide
NOTHING = 60.0  # exp(-60) adds nothing to a sum of 1
ROUNDS = 100


def pareto(prob: Floats, numbers: Floats, n: int) -> Positions:
    """Take the n units with the smallest ``u / (1 - u) * (1 - prob) / prob`` (Rosén 1997).

    Ties go to the first position. Inclusion probabilities come near ``prob`` and do not equal it:
    nominal 0.2 comes out 0.193 for 3 of 6 (0.2, 0.2, 0.5, 0.5, 0.8, 0.8). ``pareto_probabilities``
    computes them, and ``pareto_targets`` finds nominal ones that come out as wanted.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Nominal inclusion probabilities, in (0, 1).
    numbers : ndarray of float, shape (N,)
        Lottery numbers in [0, 1), by position.
    n : int
        At most N.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, ascending.

    Examples
    --------
    >>> pareto(np.array([0.2, 0.4, 0.6, 0.8]), np.array([0.1, 0.5, 0.7, 0.5]), 2)
    array([0, 3])
    """
    rank = numbers / (1.0 - numbers) * ((1.0 - prob) / prob)
    last = np.partition(rank, n - 1)[n - 1]
    taken = rank < last
    taken[np.flatnonzero(rank == last)[: n - int(taken.sum())]] = True
    return np.flatnonzero(taken)


def pareto_probabilities(prob: Floats) -> Floats:
    """Give the inclusion probabilities of ``pareto`` for its nominal ones.

    With odds o = prob / (1 - prob), a unit's ranking variable has distribution
    F(t) = t o / (1 + t o). Given that exactly n of them are below t, the n units are a conditional
    Poisson sample with odds o, whatever t. Let c be that sample's inclusion probabilities, x = log t
    and K(x) = sum of log(1 - prob + prob e^x), less n x. Then Pareto sampling has::

        integral of d(x) [F_k(x) sum_l c_l (1 - F_l(x)) + c_k F_k(x) (1 - F_k(x))] dx

    with d = exp(-K) over the integral of exp(-K) sum_l c_l (1 - F_l): the n-th smallest is another
    unit, or is k. No term is negative. c comes from the inverse Fourier transform of a product over
    units. Both integrals are trapezoid sums of analytic functions, which converge geometrically; the
    step is halved until nothing changes. (Aires 1999 has a recursion over units, of order N^2 n.)

    Where a class of logits has 400 units or more, 24 Chebyshev nodes stand for them in sums, and the
    result is interpolated back: both to the last digits, since all functions are analytic in the logit.

    Relative error below 1e-11 against the recursion for N up to 2,000, and the same with and without
    nodes. One million units take half a second, whatever n.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Nominal probabilities, in (0, 1), summing to a whole number n of at least 1.

    Returns
    -------
    ndarray of float, shape (N,)
        They sum to n.

    Examples
    --------
    >>> pareto_probabilities(np.array([0.2, 0.2, 0.5, 0.5, 0.8, 0.8])).round(4)
    array([0.1927, 0.1927, 0.5   , 0.5   , 0.8073, 0.8073])
    """
    return _from_logits(np.log(prob) - np.log1p(-prob), round(float(prob.sum())))


def _from_logits(logit: Floats, n: int) -> Floats:
    units = _compress(logit)
    return units.spread(_mixed(units, n, _conditional_poisson(units, n)))


def pareto_targets(prob: Floats) -> Floats:
    """Find nominal probabilities with which ``pareto`` has ``prob``.

    Logits move by the logit of what is wanted less that of what comes out, until both agree to
    1e-12: by somewhat less, (1 - d) times, for a unit with a part d of the sum of prob (1 - prob),
    since the others move as well. Odds times a constant leave the design as it is, so they are
    scaled for the result to sum to n. Three to twenty rounds of ``pareto_probabilities``.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Wanted inclusion probabilities, in (0, 1), summing to a whole number n of at least 1.

    Returns
    -------
    ndarray of float, shape (N,)
        Nominal probabilities, summing to n.

    Raises
    ------
    ArithmeticError
        What comes out does not settle; not seen.

    Examples
    --------
    >>> nominal = pareto_targets(np.array([0.2, 0.2, 0.5, 0.5, 0.8, 0.8]))
    >>> nominal.round(4)
    array([0.2073, 0.2073, 0.5   , 0.5   , 0.7927, 0.7927])
    >>> pareto_probabilities(nominal).round(10)
    array([0.2, 0.2, 0.5, 0.5, 0.8, 0.8])
    """
    wanted, n = np.log(prob) - np.log1p(-prob), round(float(prob.sum()))
    part = prob * (1.0 - prob) / float((prob * (1.0 - prob)).sum())
    logit = wanted
    for _ in range(ROUNDS):
        found = np.minimum(_from_logits(logit, n), 1.0 - 2.0**-53)
        if bool((np.abs(found - prob) <= 1e-12 * prob + 1e-15).all()):
            return _inverse(logit)
        logit = logit + (1.0 - np.minimum(part, 0.5)) * (wanted - np.log(found) + np.log1p(-found))
        for _ in range(3):  # to the sum n, by Newton's method
            nominal = _inverse(logit)
            logit = logit + (n - float(nominal.sum())) / float((nominal * (1.0 - nominal)).sum())
    raise ArithmeticError(f"pareto_targets: no settled result after {ROUNDS} rounds")


def _inverse(logit: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-logit))


@dataclass(frozen=True)
class _Units:
    """Units by their logits: themselves, and nodes that stand for many.

    ``logit`` and ``weight`` have shape (J,). ``alone`` are positions of the units that stand first
    there, one each; then come NODES for each of ``classes``, with positions and lower end.
    """

    logit: Floats
    weight: Floats
    alone: Positions
    classes: list[tuple[Positions, Floats]]

    def spread(self, values: Floats) -> Floats:
        """Bring values at nodes back to the N units."""
        count = self.alone.size + sum(at.size for at, _ in self.classes)
        found = np.empty(count)
        found[self.alone] = values[: self.alone.size]
        nodes = values[self.alone.size :].reshape(-1, NODES)
        for (at, place), one in zip(self.classes, nodes, strict=True):
            found[at] = np.polynomial.chebyshev.chebval(place, _transform() @ one)
        return found


def _transform() -> Floats:
    """Give the matrix from values at Chebyshev nodes to coefficients, (NODES, NODES)."""
    matrix: Floats = np.cos(np.outer(np.arange(NODES), _angles()))
    return matrix * (np.where(np.arange(NODES), 2.0, 1.0) / NODES)[:, None]


def _angles() -> Floats:
    return np.pi * (np.arange(NODES) + 0.5) / NODES


def _compress(logit: Floats) -> _Units:
    """Let Chebyshev nodes stand for units of near logit.

    The sum of an analytic g over units is the sum of its values at nodes times weights; a weight is
    the sum over units of the node's Lagrange polynomial, by the sums of Chebyshev polynomials.
    """
    floor = np.floor(logit).astype(np.int16)
    order = np.argsort(floor, kind="stable")
    kinds, counts = np.unique(floor, return_counts=True)
    groups = np.split(order, np.cumsum(counts)[:-1])
    alone = np.concatenate([at for at in groups if at.size < FEW] or [np.empty(0, dtype=np.intp)])
    logits, weights, classes = [logit[alone]], [np.ones(alone.size)], []
    for low, at in zip(kinds, groups, strict=True):
        if at.size >= FEW:
            place = 2.0 * (logit[at] - low) - 1.0  # in [-1, 1)
            last, now, sums = np.ones(at.size), place, [float(at.size)]
            for _ in range(NODES - 1):
                sums.append(float(now.sum()))
                last, now = now, 2.0 * place * now - last
            logits.append(low + (np.cos(_angles()) + 1.0) / 2.0)
            weights.append(np.array(sums) @ _transform())
            classes.append((at, place))
    return _Units(np.concatenate(logits), np.concatenate(weights), alone, classes)


def _conditional_poisson(units: _Units, n: int) -> Floats:
    """Give inclusion probabilities at nodes of the conditional Poisson sample of n, shape (J,).

    prob P(the others count n - 1) / P(all count n), each the mean over a circle of the centred
    characteristic function; M points on it are exact where the count is within M of n, which fails
    with probability below exp(-40) (Bernstein).
    """
    prob, rest = _inverse(units.logit), _inverse(-units.logit)
    mean = float(units.weight @ prob)
    spread = float(units.weight @ (prob * rest))
    reach = 40 / 3 + np.sqrt((40 / 3) ** 2 + 80 * spread) + abs(n - mean) + 2
    points = int(min(reach, float(units.weight.sum()) + 2)) | 1
    whole, without = 0.0, np.zeros(prob.size)
    for turn in range(points // 2 + 1):
        angle = 2.0 * np.pi * turn / points
        factor = 1.0 + prob * np.expm1(1j * angle)
        size = 0.5 * np.log1p(-4.0 * prob * rest * np.sin(angle / 2.0) ** 2)
        length = float(units.weight @ size)
        if length < -NOTHING:
            break  # and shorter still at all larger angles
        bend = float(units.weight @ (np.angle(factor) - prob * angle)) - angle * (n - mean)
        value = (2.0 if turn else 1.0) * np.exp(length + 1j * bend)
        whole += value.real
        without += (value * np.exp(1j * angle) / factor).real
    return prob * without / whole


def _mixed(units: _Units, n: int, poisson: Floats) -> Floats:
    """Give Pareto's inclusion probabilities at nodes, shape (J,)."""
    size, share = units.weight, units.weight * poisson
    large = units.logit > 0  # K from the smaller of prob and 1 - prob, which keeps its digits
    small = _inverse(np.where(large, -1.0, 1.0) * units.logit)
    count = float(size @ large) - n

    def energy(x: Floats) -> Floats:
        turned = np.where(large, -x[:, None], x[:, None])
        return np.log1p(small * np.expm1(turned)) @ size + count * x

    def terms(grid: Floats) -> tuple[Floats, float]:
        values, whole = np.zeros(small.size), 0.0
        for x in np.array_split(grid, 1 + grid.size * small.size // 2**20):
            density = np.exp(-energy(x))
            below, above = _inverse(units.logit + x[:, None]), _inverse(-units.logit - x[:, None])
            others = above @ share
            values += density @ (below * (others[:, None] + poisson * above))
            whole += float(density @ others)
        return values, whole

    step = min(0.5, 1.0 / np.sqrt(float(size @ (small * (1.0 - small)))))
    ends = [step, step]
    for side, sign in enumerate((-1.0, 1.0)):
        while energy(np.array([sign * ends[side]]))[0] < NOTHING:
            ends[side] *= 2.0
    grid = step * np.arange(-round(ends[0] / step), round(ends[1] / step) + 1)
    values, whole = terms(grid)
    for _ in range(8):
        more, extra = terms(grid + step / 2.0)
        before = values / whole
        values, whole, grid, step = (
            values + more,
            whole + extra,
            np.append(grid, grid + step / 2.0),
            step / 2.0,
        )
        if np.abs(values / whole / before - 1.0).max() < 1e-13:
            break
    return values / whole
