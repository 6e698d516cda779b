"""How answers become scores and ranks, with their error."""

from scoring.adjust.calibration import calibrate, post_stratify, rake, trim
from scoring.adjust.diagnostics import WeightDiagnostics, weight_diagnostics
from scoring.adjust.propensity import Propensity, response_propensity
from scoring.errors import AnswerError, EstimateError
from scoring.estimate import Estimates, mean, ratio, share, total
from scoring.rank import (
    could_be_bottom,
    could_be_top,
    joint_intervals,
    open_ranks,
    rank_sets,
    rank_sets_of_counts,
    rank_sets_of_intervals,
    ranks,
    sure_differences,
    undecided_pairs,
)
from scoring.ratings.rate import index_score, satisfaction_rate, top_box_share
from scoring.ratings.read import Ratings, State, read_ratings
from scoring.ratings.rescale import has_label, rescaled, top_box, weighted_index
from scoring.replicate.make import bootstrap, brr, jackknife, replicate_weights, successive_differences
from scoring.response import response_rates
from scoring.scale import Label, Scale
from scoring.survey import Survey

__all__ = [
    "AnswerError",
    "EstimateError",
    "Estimates",
    "Label",
    "Propensity",
    "Ratings",
    "Scale",
    "State",
    "Survey",
    "WeightDiagnostics",
    "bootstrap",
    "brr",
    "calibrate",
    "could_be_bottom",
    "could_be_top",
    "has_label",
    "index_score",
    "jackknife",
    "joint_intervals",
    "mean",
    "open_ranks",
    "post_stratify",
    "rake",
    "rank_sets",
    "rank_sets_of_counts",
    "rank_sets_of_intervals",
    "ranks",
    "ratio",
    "read_ratings",
    "replicate_weights",
    "rescaled",
    "response_propensity",
    "response_rates",
    "satisfaction_rate",
    "share",
    "successive_differences",
    "sure_differences",
    "top_box",
    "top_box_share",
    "total",
    "trim",
    "undecided_pairs",
    "weight_diagnostics",
    "weighted_index",
]
