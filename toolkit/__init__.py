"""What people call: schemes, rounds, files and reports."""

from toolkit.comparison import (
    Crosswalk,
    average_rounds,
    change_of_rounds,
    compare,
    compare_years,
    streaks,
)
from toolkit.errors import RoundError, SchemeError
from toolkit.round import Round
from toolkit.scheme import Scheme
from toolkit.scores import Scores

__all__ = [
    "Crosswalk",
    "Round",
    "RoundError",
    "Scheme",
    "SchemeError",
    "Scores",
    "compare",
    "compare_years",
    "average_rounds",
    "change_of_rounds",
    "streaks",
]
