"""How many units to draw for what is asked, and what a number of units reaches."""

from sampling.size.plan import SizePlan, size_for_cv, size_for_difference, size_for_grade, size_for_margin
from sampling.size.reach import (
    cv_of,
    deff_of_clusters,
    deff_of_weights,
    difference_of,
    margin_of,
    sure_of,
)

__all__ = [
    "SizePlan",
    "cv_of",
    "deff_of_clusters",
    "deff_of_weights",
    "difference_of",
    "margin_of",
    "size_for_cv",
    "size_for_difference",
    "size_for_grade",
    "size_for_margin",
    "sure_of",
]
