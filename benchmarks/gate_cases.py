"""What the gate draws: for each method, how a sample is drawn, and what is stated of it.

A small frame, where the probability of every sample is known, and a larger one. A case takes all its
numbers from one stream, so draws are independent and the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.known_designs import (
    Floats,
    Samples,
    brewer_samples,
    chromy_samples,
    circular_samples,
    conditional_poisson_samples,
    in_random_order,
    pareto_samples,
    pivotal_samples,
    poisson_samples,
    replacement_samples,
    sampford_samples,
    simple_random_samples,
    stated,
    systematic_samples,
    tille_samples,
)
from sampling import inclusion_probabilities
from sampling.joint import joint_probabilities
from sampling.lottery import BITS, Stream
from sampling.select.balance import cube
from sampling.select.duels import pivotal
from sampling.select.elimination import brewer, tille
from sampling.select.entropy import conditional_poisson, conditional_poisson_odds, sampford
from sampling.select.equal import circular_systematic, simple_random, systematic
from sampling.select.independent import bernoulli, poisson
from sampling.select.ordering import pareto, pareto_probabilities, pareto_targets
from sampling.select.pps import pps_systematic
from sampling.select.replacement import pps_with_replacement
from sampling.select.sequential import chromy
from sampling.select.spatial import local_pivotal

Positions = NDArray[np.intp]

SIZE = np.array([4.0, 7.0, 9.0, 14.0, 16.0, 10.0])
PROB = SIZE / 20  # 0.2 0.35 0.45 0.7 0.8 0.5: 3 of 6
MANY_SIZE = np.array([40, 3, 7, 12, 25, 9, 31, 5, 18, 22, 14, 8, 36, 11, 16, 27, 6, 20, 10, 29.0])
MANY = inclusion_probabilities(MANY_SIZE, 8)  # 8 of 20, from 0.07 to 0.92
UNITS, N = 7, 3  # of equal probabilities


@dataclass(frozen=True)
class Case:
    """A way to draw, and what is stated of it.

    Parameters
    ----------
    draw : callable
        Takes the stream, gives the positions of one sample.
    prob : ndarray, shape (N,)
        How often each unit is drawn in the mean.
    joint : ndarray, shape (N, N), optional
        The mean of the product of two units' hits: their joint inclusion probability.
    samples : dict, optional
        The probability of every sample.
    """

    draw: Callable[[Stream], Positions]
    prob: Floats
    joint: Floats | None = None
    samples: Samples | None = None


def known(draw: Callable[[Stream], Positions], samples: Samples, units: int) -> Case:
    """Make a case of a design all of whose samples are known."""
    return Case(draw, *stated(samples, units), samples)


def order(stream: Stream, units: int) -> Positions:
    """Give a random list order."""
    return np.argsort(stream.numbers(units), kind="stable")


def start(stream: Stream) -> int:
    """Give a random start."""
    return int(stream.numbers(1)[0] * 2**BITS)


def nominal(prob: Floats, stream: Stream) -> Positions:
    """Draw by Pareto's method with these nominal probabilities."""
    return pareto(prob, stream.numbers(prob.size), round(prob.sum()))


def in_list(prob: Floats) -> Positions:
    """Give the units in their own order."""
    return np.arange(prob.size)


EQUAL = np.full(UNITS, N / UNITS)
MANY_EQUAL = np.full(20, 8 / 20)
EIGHT = np.repeat([0.2, 0.8], 4)  # where Brewer's draws go wrong if not renormalised
HIT_SIZE = np.array([1.0, 2, 3, 6])
PLACES = np.random.Philox(key=1).random_raw(40).reshape(20, 2) / 2.0**64

CASES: dict[str, Callable[[], Case]] = {
    "census": lambda: Case(
        lambda stream: simple_random(order(stream, 4), 4), np.ones(4), np.ones((4, 4)), {(0, 1, 2, 3): 1.0}
    ),
    "simple_random": lambda: known(
        lambda stream: simple_random(order(stream, UNITS), N), simple_random_samples(UNITS, N), UNITS
    ),
    "simple_random, 20 units": lambda: Case(
        lambda stream: simple_random(order(stream, 20), 8),
        MANY_EQUAL,
        joint_probabilities(MANY_EQUAL, "simple_random"),
    ),
    "bernoulli": lambda: known(
        lambda stream: bernoulli(stream.numbers(UNITS), 0.3), poisson_samples(np.full(UNITS, 0.3)), UNITS
    ),
    "poisson": lambda: known(lambda stream: poisson(stream.numbers(6), PROB), poisson_samples(PROB), 6),
    "poisson, 20 units": lambda: Case(
        lambda stream: poisson(stream.numbers(20), MANY), MANY, joint_probabilities(MANY, "poisson")
    ),
    "systematic": lambda: known(
        lambda stream: systematic(np.arange(UNITS), N, start(stream)), systematic_samples(EQUAL), UNITS
    ),
    "systematic, 20 units": lambda: Case(
        lambda stream: systematic(np.arange(20), 8, start(stream)),
        MANY_EQUAL,
        joint_probabilities(MANY_EQUAL, "systematic"),
    ),
    "systematic in random order": lambda: known(
        lambda stream: systematic(order(stream, UNITS), N, start(stream)),
        simple_random_samples(UNITS, N),
        UNITS,
    ),
    "circular_systematic": lambda: known(
        lambda stream: circular_systematic(np.arange(UNITS), N, start(stream)),
        circular_samples(UNITS, N),
        UNITS,
    ),
    "pps_systematic": lambda: known(
        lambda stream: pps_systematic(in_list(PROB), SIZE, 3, start(stream)), systematic_samples(PROB), 6
    ),
    "pps_systematic, 20 units": lambda: Case(
        lambda stream: pps_systematic(in_list(MANY), MANY_SIZE, 8, start(stream)),
        MANY,
        joint_probabilities(MANY, "systematic"),
    ),
    "pps_systematic in random order": lambda: known(
        lambda stream: pps_systematic(order(stream, 6), SIZE, 3, start(stream)),
        in_random_order(systematic_samples, PROB),
        6,
    ),
    "pps_systematic in random order, 20 units": lambda: Case(
        lambda stream: pps_systematic(order(stream, 20), MANY_SIZE, 8, start(stream)), MANY
    ),
    "pivotal": lambda: known(
        lambda stream: pivotal(in_list(PROB), SIZE, 3, stream.numbers(6)), pivotal_samples(PROB), 6
    ),
    "pivotal, 20 units": lambda: Case(
        lambda stream: pivotal(in_list(MANY), MANY_SIZE, 8, stream.numbers(20)),
        MANY,
        joint_probabilities(MANY, "pivotal"),
    ),
    "pivotal in random order": lambda: known(
        lambda stream: pivotal(order(stream, 6), SIZE, 3, stream.numbers(6)),
        in_random_order(pivotal_samples, PROB),
        6,
    ),
    "pivotal in random order, 20 units": lambda: Case(
        lambda stream: pivotal(order(stream, 20), MANY_SIZE, 8, stream.numbers(20)), MANY
    ),
    "local_pivotal": lambda: Case(lambda stream: local_pivotal(PROB, PLACES[:6], stream), PROB),
    "local_pivotal, 20 units": lambda: Case(lambda stream: local_pivotal(MANY, PLACES, stream), MANY),
    "conditional_poisson": lambda: known(
        partial(conditional_poisson, PROB, odds=conditional_poisson_odds(PROB)),
        conditional_poisson_samples(PROB),
        6,
    ),
    "conditional_poisson, 20 units": lambda: Case(
        partial(conditional_poisson, MANY, odds=conditional_poisson_odds(MANY)),
        MANY,
        joint_probabilities(MANY, "conditional_poisson"),
    ),
    "sampford": lambda: known(lambda stream: sampford(PROB, stream), sampford_samples(PROB), 6),
    "sampford, 20 units": lambda: Case(
        lambda stream: sampford(MANY, stream), MANY, joint_probabilities(MANY, "sampford")
    ),
    "brewer": lambda: known(lambda stream: brewer(PROB, stream), brewer_samples(PROB), 6),
    "brewer, 4 of 8": lambda: known(lambda stream: brewer(EIGHT, stream), brewer_samples(EIGHT), 8),
    "brewer, 20 units": lambda: Case(lambda stream: brewer(MANY, stream), MANY),
    "tille": lambda: known(lambda stream: tille(PROB, stream), tille_samples(PROB), 6),
    "tille, 20 units": lambda: Case(
        lambda stream: tille(MANY, stream), MANY, joint_probabilities(MANY, "tille")
    ),
    "cube": lambda: Case(lambda stream: cube(PROB, PLACES[:6], stream), PROB),
    "cube, 20 units": lambda: Case(lambda stream: cube(MANY, PLACES, stream), MANY),
    "chromy": lambda: known(
        lambda stream: chromy(in_list(PROB), SIZE, 3, stream.numbers(6)), pivotal_samples(PROB), 6
    ),
    "chromy, 20 units": lambda: Case(
        lambda stream: chromy(in_list(MANY), MANY_SIZE, 8, stream.numbers(20)),
        MANY,
        joint_probabilities(MANY, "pivotal"),
    ),
    "chromy from a random unit": lambda: known(
        lambda stream: chromy(in_list(PROB), SIZE, 3, stream.numbers(6), start(stream)),
        chromy_samples(PROB),
        6,
    ),
    "pareto": lambda: replace(
        known(partial(nominal, PROB), pareto_samples(PROB), 6),
        prob=pareto_probabilities(PROB),
    ),
    "pareto, 20 units": lambda: Case(partial(nominal, MANY), pareto_probabilities(MANY)),
    "pareto with targets": lambda: Case(
        partial(nominal, pareto_targets(PROB)), PROB, samples=pareto_samples(pareto_targets(PROB))
    ),
    "pps_with_replacement": lambda: known(
        lambda stream: pps_with_replacement(HIT_SIZE, 3, stream), replacement_samples(HIT_SIZE, 3), 4
    ),
}
