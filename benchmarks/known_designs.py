"""The probability of every sample, written out from each design's definition, for small frames.

Nothing here is shared with the methods it checks: each function follows the paper it names, one draw,
duel or start after the other, over every outcome. A sample is the sorted positions of its units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations, combinations_with_replacement, pairwise, permutations
from math import comb, factorial, prod

import numpy as np
from numpy.typing import NDArray

from sampling import inclusion_probabilities

Floats = NDArray[np.float64]
Samples = dict[tuple[int, ...], float]


def gathered(outcomes: Iterable[tuple[Iterable[int], float]]) -> Samples:
    """Add up the outcomes that end in the same sample."""
    samples: Samples = {}
    for units, chance in outcomes:
        if chance > 0:
            one = tuple(sorted(units))
            samples[one] = samples.get(one, 0.0) + chance
    return samples


def stated(samples: Samples, units: int) -> tuple[Floats, Floats]:
    """Give the expected hits of every unit, and of every two units together (their product's mean)."""
    prob, joint = np.zeros(units), np.zeros((units, units))
    for one, chance in samples.items():
        hits = np.bincount(np.array(one, dtype=np.intp), minlength=units)
        prob += chance * hits
        joint += chance * np.outer(hits, hits)
    np.fill_diagonal(joint, prob)
    return prob, joint


def weighted(weights: dict[tuple[int, ...], float]) -> Samples:
    """Make weights sum to 1."""
    total = sum(weights.values())
    return {one: weight / total for one, weight in weights.items()}


def in_random_order(design: Callable[[Floats], Samples], prob: Floats) -> Samples:
    """Average a design that goes along a list over all orders of the list."""
    orders = list(permutations(range(prob.size)))
    return gathered(
        ([order[at] for at in one], chance / len(orders))
        for order in orders
        for one, chance in design(prob[list(order)]).items()
    )


def simple_random_samples(units: int, n: int) -> Samples:
    """All samples of n are as likely."""
    return dict.fromkeys(combinations(range(units), n), 1 / comb(units, n))


def poisson_samples(prob: Floats) -> Samples:
    """Every unit on its own."""
    samples: Samples = {(): 1.0}
    for unit, one in enumerate(prob.tolist()):
        samples = gathered(
            outcome
            for s, chance in samples.items()
            for outcome in ((s, chance * (1 - one)), ((*s, unit), chance * one))
        )
    return samples


def systematic_samples(prob: Floats) -> Samples:
    """Madow (1949): a sample for every piece of starts between two ends, as likely as it is long."""
    ends = np.concatenate([[0.0], np.cumsum(prob)])
    cuts = np.unique(np.concatenate([ends % 1.0, [0.0, 1.0]]).round(12))
    outcomes = []
    for low, high in pairwise(cuts.tolist()):
        points = np.floor(ends - (low + high) / 2)
        outcomes.append((np.flatnonzero(np.diff(points)).tolist(), high - low))
    return gathered(outcomes)


def circular_samples(units: int, n: int) -> Samples:
    """Lahiri (1951): from each of N starts as likely, every N/n-th, rounded down, around the list."""
    return gathered(
        ([(start + step * (units // n)) % units for step in range(n)], 1 / units) for start in range(units)
    )


def pivotal_samples(prob: Floats) -> Samples:
    """Deville and Tillé (1998), along the list: a survivor meets each next unit in a duel."""

    def after(survivor: int, mass: float, at: int, taken: tuple[int, ...], chance: float) -> None:
        if at == prob.size:
            outcomes.append(((*taken, survivor) if mass > 0.5 else taken, chance))
            return
        both = mass + prob[at].item()
        if both < 1 - 1e-12:  # the winner lives on with both, the loser is out
            after(survivor, both, at + 1, taken, chance * mass / both)
            after(at, both, at + 1, taken, chance * prob[at].item() / both)
        else:  # the winner is drawn, the loser lives on with what is left
            first = (1 - prob[at].item()) / (2 - both)
            after(at, both - 1, at + 1, (*taken, survivor), chance * first)
            after(survivor, both - 1, at + 1, (*taken, at), chance * (1 - first))

    outcomes: list[tuple[tuple[int, ...], float]] = []
    after(0, prob[0].item(), 1, (), 1.0)
    return gathered(outcomes)


def chromy_samples(prob: Floats) -> Samples:
    """Chromy (1979), around a circle from a unit drawn with probability proportional to size.

    From a given unit the design is that of ordered pivotal sampling (Chauvet 2019).
    """
    units = np.arange(prob.size)
    return gathered(
        (np.roll(units, -first)[list(one)].tolist(), chance * prob[first].item() / prob.sum().item())
        for first in units
        for one, chance in pivotal_samples(np.roll(prob, -first)).items()
    )


def sampford_samples(prob: Floats) -> Samples:
    """Sampford (1967): odds multiplied, times the sum of 1 − π in the sample."""
    odds, n = prob / (1 - prob), round(prob.sum())
    return weighted(
        {s: prod(odds[list(s)]) * (1 - prob[list(s)]).sum() for s in combinations(range(prob.size), n)}
    )


def conditional_poisson_samples(prob: Floats) -> Samples:
    """Hájek (1981): odds multiplied, the odds such that the inclusion probabilities are those wanted."""
    odds, n = prob / (1 - prob), round(prob.sum())
    for _ in range(500):
        samples = weighted({s: prod(odds[list(s)]) for s in combinations(range(prob.size), n)})
        found = stated(samples, prob.size)[0]
        if np.abs(found - prob).max() < 1e-14:
            break
        odds = odds * (prob / (1 - prob)) / (found / (1 - found))
    return samples


def brewer_samples(prob: Floats, renormalised: bool = True) -> Samples:
    """Brewer (1975): n draws without replacement, each with p(1−p) / (1−rp), r draws being left.

    p is a unit's share of the sizes still in the list. Not renormalised, p stays the share of all sizes:
    what the svy package (svy-rs 0.19.1) does, which draws by other probabilities than it states.
    """

    def after(taken: tuple[int, ...], left: int, chance: float) -> None:
        if not left:
            outcomes.append((taken, chance))
            return
        rest = [unit for unit in range(prob.size) if unit not in taken]
        share = prob[rest] / (prob[rest].sum() if renormalised else prob.sum())
        weight = share * (1 - share) / (1 - left * share) if left > 1 else share
        for unit, one in zip(rest, weight / weight.sum(), strict=True):
            after((*taken, unit), left - 1, chance * one)

    outcomes: list[tuple[tuple[int, ...], float]] = []
    after((), round(prob.sum()), 1.0)
    return gathered(outcomes)


def tille_samples(prob: Floats) -> Samples:
    """Tillé (1996): from N units down to n, one is left out at a time, with 1 − π(size i) / π(size i+1)."""
    samples: Samples = {tuple(range(prob.size)): 1.0}
    before = np.ones(prob.size)
    for size in range(prob.size - 1, round(prob.sum()) - 1, -1):
        now = inclusion_probabilities(prob, size)
        out = 1 - now / before
        samples = gathered(
            ([unit for unit in one if unit != gone], chance * out[gone].item())
            for one, chance in samples.items()
            for gone in one
        )
        before = now
    return samples


def pareto_samples(prob: Floats) -> Samples:
    """Rosén (1997): the n smallest of U(1−λ) / ((1−U)λ); by integrating over the largest of them.

    The last unit of the sample is at x, the others of it below, all others above:
    p(s) = ∫ Σ_i f_i(x) Π_{j in s, j≠i} F_j(x) Π_{j not in s} (1−F_j(x)) dx, F(x) = λx / (1−λ+λx).
    With t = x / (1+x) the integrand is smooth on [0, 1]: 200 Gauss-Legendre points are exact here.
    """
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x = (1 + nodes) / (1 - nodes)
    bottom = 1 - prob[:, None] + prob[:, None] * x
    below, above = prob[:, None] * x / bottom, (1 - prob[:, None]) / bottom
    density = (prob * (1 - prob))[:, None] / bottom**2 * (2 / (1 - nodes) ** 2)  # dx = 2 / (1 − node)^2
    samples: Samples = {}
    for s in combinations(range(prob.size), round(prob.sum())):
        others = [unit for unit in range(prob.size) if unit not in s]
        last = sum(density[i] * below[[j for j in s if j != i]].prod(axis=0) for i in s)
        samples[s] = float(weights @ (last * above[others].prod(axis=0)))
    return samples


def replacement_samples(size: Floats, n: int) -> Samples:
    """Hansen and Hurwitz (1943): n independent draws; a sample repeats a unit as often as it is drawn."""
    share = size / size.sum()
    return {
        s: factorial(n) * prod(share[list(s)]) / prod(factorial(times) for times in Counter(s).values())
        for s in combinations_with_replacement(range(size.size), n)
    }
