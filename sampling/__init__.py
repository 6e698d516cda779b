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
from sampling.joint import joint_probabilities
from sampling.probabilities import inclusion_probabilities
from sampling.spreads import Bethel, CostOptimal, Equal, Neyman, Power
from sampling.verify import Verification, verify
from sampling.weights import pseudo_weights, quota_targets, release

__all__ = [
    "Power",
    "Neyman",
    "Equal",
    "CostOptimal",
    "Bethel",
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
    "joint_probabilities",
    "pseudo_weights",
    "quota_targets",
    "release",
    "verify",
]
