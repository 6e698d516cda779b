"""Comparison: of one round with an earlier one, of streaks over years, of one round under several schemes."""

from toolkit.comparison.crosswalk import Crosswalk
from toolkit.comparison.schemes import SchemeChange, compare
from toolkit.comparison.streaks import Streaks, streaks
from toolkit.comparison.years import YearChange, compare_years

__all__ = [
    "Crosswalk",
    "SchemeChange",
    "Streaks",
    "YearChange",
    "compare",
    "compare_years",
    "streaks",
]
