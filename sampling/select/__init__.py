"""Selection methods on arrays: numbers in, positions out; one function each."""

from sampling.select.balance import cube
from sampling.select.duels import pivotal
from sampling.select.elimination import brewer, tille
from sampling.select.entropy import conditional_poisson, sampford
from sampling.select.equal import Positions, circular_systematic, simple_random, systematic
from sampling.select.independent import bernoulli, poisson
from sampling.select.ordering import pareto, pareto_probabilities, pareto_targets
from sampling.select.pps import pps_systematic, whole_sizes
from sampling.select.replacement import pps_with_replacement
from sampling.select.sequential import chromy
from sampling.select.spatial import local_pivotal

__all__ = [
    "Positions",
    "bernoulli",
    "brewer",
    "chromy",
    "circular_systematic",
    "conditional_poisson",
    "cube",
    "local_pivotal",
    "pareto",
    "pareto_probabilities",
    "pareto_targets",
    "pivotal",
    "poisson",
    "pps_systematic",
    "pps_with_replacement",
    "sampford",
    "simple_random",
    "systematic",
    "tille",
    "whole_sizes",
]
