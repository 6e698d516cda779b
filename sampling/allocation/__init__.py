"""How a total is spread over strata: on arrays, and declared in a design."""

from sampling.allocation.arrays import allocate, cost_optimal, equal, neyman, power
from sampling.allocation.precision import bethel

__all__ = ["allocate", "bethel", "cost_optimal", "equal", "neyman", "power"]
