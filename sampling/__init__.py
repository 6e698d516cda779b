"""How a sample is drawn, proven and weighted."""

from sampling.designs import (
    PPS,
    Balanced,
    Bernoulli,
    Census,
    Multistage,
    Poisson,
    PPSWithReplacement,
    Proportional,
    Quota,
    SelfWeighting,
    SimpleRandom,
    SpatiallyBalanced,
    Stratified,
    Systematic,
)
from sampling.draw import Sample, draw
from sampling.errors import DesignError, FrameError
from sampling.probabilities import inclusion_probabilities
from sampling.verify import Verification, verify
from sampling.weights import pseudo_weights, quota_targets, release

__all__ = [
    "PPS",
    "Balanced",
    "Bernoulli",
    "Census",
    "DesignError",
    "FrameError",
    "PPSWithReplacement",
    "Poisson",
    "Multistage",
    "Proportional",
    "Quota",
    "Sample",
    "SelfWeighting",
    "SimpleRandom",
    "SpatiallyBalanced",
    "Stratified",
    "Systematic",
    "Verification",
    "draw",
    "inclusion_probabilities",
    "pseudo_weights",
    "quota_targets",
    "release",
    "verify",
]
