"""What to draw, declared as frozen values; nothing here draws."""

from sampling.allocation.declared import AtLeastShare, Proportional, SelfWeighting
from sampling.designs.composed import Design, Multistage, Quota, Stratified
from sampling.designs.kinds import KINDS, design_from
from sampling.designs.methods import (
    ALONG_A_LIST,
    PPS,
    Balanced,
    Bernoulli,
    Census,
    Method,
    Poisson,
    PPSMethod,
    PPSWithReplacement,
    SimpleRandom,
    SpatiallyBalanced,
    Systematic,
)
from sampling.designs.reading import (
    columns_read,
    method_of,
    number_of,
    size_columns,
    strata_columns,
    value_columns,
)

__all__ = [
    "ALONG_A_LIST",
    "Balanced",
    "Bernoulli",
    "Census",
    "Design",
    "KINDS",
    "Method",
    "Multistage",
    "PPS",
    "PPSMethod",
    "PPSWithReplacement",
    "Poisson",
    "AtLeastShare",
    "Proportional",
    "Quota",
    "SelfWeighting",
    "SimpleRandom",
    "SpatiallyBalanced",
    "Stratified",
    "Systematic",
    "columns_read",
    "design_from",
    "method_of",
    "number_of",
    "size_columns",
    "strata_columns",
    "value_columns",
]
