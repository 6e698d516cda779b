"""How a sample is drawn, proven and weighted."""

from sampling.allocation.declared import (
    Bethel,
    CostOptimal,
    Equal,
    Neyman,
    Power,
    Proportional,
    SelfWeighting,
)
from sampling.designs import (
    PPS,
    Balanced,
    Bernoulli,
    Census,
    Multistage,
    Poisson,
    PPSWithReplacement,
    Quota,
    SimpleRandom,
    SpatiallyBalanced,
    Stratified,
    Systematic,
)
from sampling.draw import draw
from sampling.errors import DesignError, FrameError
from sampling.joint import joint_probabilities
from sampling.probabilities import inclusion_probabilities
from sampling.sample import Sample
from sampling.size import (
    SizePlan,
    cv_of,
    deff_of_clusters,
    deff_of_weights,
    difference_of,
    margin_of,
    size_for_cv,
    size_for_difference,
    size_for_grade,
    size_for_margin,
    sure_of,
)
from sampling.verify import Verification, verify
from sampling.weights import pseudo_weights, quota_targets, release

__all__ = [
    "Balanced",
    "Bernoulli",
    "Bethel",
    "Census",
    "CostOptimal",
    "DesignError",
    "Equal",
    "FrameError",
    "Multistage",
    "Neyman",
    "PPS",
    "PPSWithReplacement",
    "Poisson",
    "Power",
    "Proportional",
    "Quota",
    "Sample",
    "SelfWeighting",
    "SimpleRandom",
    "SizePlan",
    "SpatiallyBalanced",
    "Stratified",
    "Systematic",
    "Verification",
    "cv_of",
    "deff_of_clusters",
    "deff_of_weights",
    "difference_of",
    "draw",
    "inclusion_probabilities",
    "joint_probabilities",
    "margin_of",
    "pseudo_weights",
    "quota_targets",
    "release",
    "size_for_cv",
    "size_for_difference",
    "size_for_grade",
    "size_for_margin",
    "sure_of",
    "verify",
]
