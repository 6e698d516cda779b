"""Which design each kind is, and designs back from the plain data of a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sampling.allocation.declared import ALLOCATIONS
from sampling.designs.composed import Multistage, Quota, Stratified
from sampling.designs.methods import (
    PPS,
    Balanced,
    Bernoulli,
    Census,
    Poisson,
    PPSWithReplacement,
    SimpleRandom,
    SpatiallyBalanced,
    Systematic,
)

KINDS: dict[str, type] = {
    **ALLOCATIONS,
    "simple_random": SimpleRandom,
    "bernoulli": Bernoulli,
    "systematic": Systematic,
    "pps": PPS,
    "pps_with_replacement": PPSWithReplacement,
    "poisson": Poisson,
    "balanced": Balanced,
    "spatially_balanced": SpatiallyBalanced,
    "census": Census,
    "stratified": Stratified,
    "multistage": Multistage,
    "quota": Quota,
}


def design_from(data: Mapping[str, Any]) -> Any:
    """Rebuild a design from the plain data of a receipt; what older receipts lack has its default.

    >>> from dataclasses import asdict
    >>> from sampling import Proportional
    >>> design = Stratified("level", Systematic(n=Proportional(20), order=("grade",)))
    >>> design_from(asdict(design)) == design
    True
    """
    if data["kind"] == "multistage":
        return Multistage({unit: design_from(stage) for unit, stage in data["stages"].items()})
    fields = {
        name: design_from(value)
        if isinstance(value, Mapping) and isinstance(value.get("kind"), str)
        else tuple(value)
        if isinstance(value, list)
        else value
        for name, value in data.items()
    }
    return KINDS[data["kind"]](**fields)
