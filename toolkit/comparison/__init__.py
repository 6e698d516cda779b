"""Comparison: one round with an earlier one, means and streaks over rounds, a round under several schemes."""

from toolkit.comparison.average import RoundsAverage, average_rounds
from toolkit.comparison.changes import RoundChanges, change_of_rounds
from toolkit.comparison.crosswalk import Crosswalk
from toolkit.comparison.schemes import SchemeChange, compare
from toolkit.comparison.streaks import Streaks, streaks
from toolkit.comparison.years import YearChange, compare_years

__all__ = [
    "average_rounds",
    "change_of_rounds",
    "RoundChanges",
    "RoundsAverage",
    "Crosswalk",
    "SchemeChange",
    "Streaks",
    "YearChange",
    "compare",
    "compare_years",
    "streaks",
]
