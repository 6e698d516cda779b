"""Ranks, and how sure they are: places, sets of places the data leave open, and what is surely better."""

from scoring.rank.counts import rank_sets_of_counts
from scoring.rank.intervals import joint_intervals, rank_sets_of_intervals
from scoring.rank.places import TIE, ranks
from scoring.rank.sets import could_be_bottom, could_be_top, open_ranks, rank_sets
from scoring.rank.sure import sure_differences, undecided_pairs

__all__ = [
    "TIE",
    "could_be_bottom",
    "could_be_top",
    "joint_intervals",
    "open_ranks",
    "rank_sets",
    "rank_sets_of_counts",
    "rank_sets_of_intervals",
    "ranks",
    "sure_differences",
    "undecided_pairs",
]
