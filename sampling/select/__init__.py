"""Selection methods on arrays: numbers in, positions out; one function each."""

from sampling.select.duels import pivotal
from sampling.select.equal import Positions, circular_systematic, simple_random, systematic
from sampling.select.independent import bernoulli, poisson
from sampling.select.pps import pps_systematic, whole_sizes
from sampling.select.replacement import pps_with_replacement
from sampling.select.spatial import local_pivotal

__all__ = [
    "Positions",
    "bernoulli",
    "circular_systematic",
    "local_pivotal",
    "pivotal",
    "poisson",
    "pps_systematic",
    "pps_with_replacement",
    "simple_random",
    "systematic",
    "whole_sizes",
]
