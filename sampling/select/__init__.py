"""Selection methods on arrays: numbers in, positions out; one function each."""

from sampling.select.equal import Positions, simple_random, systematic
from sampling.select.pps import pps_systematic, whole_sizes

__all__ = ["Positions", "pps_systematic", "simple_random", "systematic", "whole_sizes"]
