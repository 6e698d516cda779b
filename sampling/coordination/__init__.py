"""Samples that know of each other: apart, together, rotated, spread, and lists that share people."""

from sampling.coordination.lists import AtMost, listed
from sampling.coordination.overlap import loads, overlap
from sampling.coordination.places import Places, apart, rotated, together
from sampling.coordination.share_out import share_out
from sampling.coordination.spread import Spread, overlap_costs
from sampling.coordination.teams import assign_areas, pair_teams

__all__ = [
    "AtMost",
    "Places",
    "Spread",
    "apart",
    "assign_areas",
    "listed",
    "loads",
    "overlap",
    "overlap_costs",
    "pair_teams",
    "rotated",
    "share_out",
    "together",
]
