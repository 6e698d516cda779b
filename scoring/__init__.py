"""How answers become scores and ranks, with their error."""

from scoring.adjust.calibration import calibrate, post_stratify, rake, trim
from scoring.adjust.diagnostics import WeightDiagnostics, weight_diagnostics
from scoring.adjust.propensity import Propensity, response_propensity
from scoring.composite.aggregate import aggregate
from scoring.composite.change import change, round_change
from scoring.composite.compose import Composed, compose
from scoring.composite.leaves import Leaves, figures, leaf, leaves
from scoring.composite.part import Part
from scoring.consequence import (
    AtPlaces,
    Awards,
    Ladder,
    Step,
    award_chances,
    awards,
    draws_given_data,
    draws_of_rounds,
    ladder,
    ladder_of,
    streak_chance_given_data,
    streak_chance_if_all_equal,
)
from scoring.derived import contrast, derive, difference
from scoring.design_effect import design_effects
from scoring.disclosure import SmallGroups, determined, suppress, told_of_few
from scoring.errors import AnswerError, EstimateError
from scoring.estimate import Estimates, mean, ratio, share, total
from scoring.grade.bands import class_bands
from scoring.grade.chances import Chances, grade_chances, place_chances, true_score_draws
from scoring.grade.given import grades
from scoring.grade.needed import score_needed
from scoring.grade.rules import Grade, Grading, TopPlaces, TopShare
from scoring.points.adjust import Adjusted, adjusted, limited
from scoring.points.completion import Completion, completion_scores
from scoring.points.inspections import Average, Checks, Item, averaged, check_scores
from scoring.points.rules import AsDecided, EventLevel, PerCase, PerLevel, ScoreLimit, TotalLimit, Veto
from scoring.quality.digits import digit_preference
from scoring.quality.effect import InterviewerEffect, interviewer_effect
from scoring.quality.flooding import bursts, identical_runs, same_device
from scoring.quality.listing import InterviewerList, interviewer_list
from scoring.quality.modes import mode_gaps
from scoring.quality.sheets import Sheets
from scoring.quality.straight import straight_lining
from scoring.quality.times import interviews_per_day, timing
from scoring.quality.twins import near_duplicates, twins
from scoring.quality.units import unit_answers
from scoring.quantiles import quantile
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
from scoring.sensitivity.leave_out import leave_parts_out, leave_units_out
from scoring.sensitivity.swap import Swaps, swap_weights
from scoring.sensitivity.vary import WeightSensitivity, weight_sensitivity
from scoring.sensitivity.verdict import VerdictRule, place_verdicts
from scoring.survey import Survey

__all__ = [
    "Adjusted",
    "AnswerError",
    "AsDecided",
    "AtPlaces",
    "Average",
    "Awards",
    "Chances",
    "Checks",
    "Completion",
    "Composed",
    "EstimateError",
    "Estimates",
    "EventLevel",
    "Grade",
    "Grading",
    "InterviewerEffect",
    "InterviewerList",
    "Item",
    "Label",
    "Ladder",
    "Leaves",
    "Part",
    "PerCase",
    "PerLevel",
    "Propensity",
    "Ratings",
    "Scale",
    "ScoreLimit",
    "Sheets",
    "SmallGroups",
    "State",
    "Step",
    "Survey",
    "Swaps",
    "TopPlaces",
    "TopShare",
    "TotalLimit",
    "VerdictRule",
    "Veto",
    "WeightDiagnostics",
    "WeightSensitivity",
    "adjusted",
    "aggregate",
    "averaged",
    "award_chances",
    "awards",
    "bootstrap",
    "brr",
    "bursts",
    "calibrate",
    "change",
    "check_scores",
    "class_bands",
    "completion_scores",
    "compose",
    "contrast",
    "could_be_bottom",
    "could_be_top",
    "derive",
    "design_effects",
    "determined",
    "difference",
    "digit_preference",
    "draws_given_data",
    "draws_of_rounds",
    "figures",
    "grade_chances",
    "grades",
    "has_label",
    "identical_runs",
    "index_score",
    "interviewer_effect",
    "interviewer_list",
    "interviews_per_day",
    "jackknife",
    "joint_intervals",
    "ladder",
    "ladder_of",
    "leaf",
    "leave_parts_out",
    "leave_units_out",
    "leaves",
    "limited",
    "mean",
    "mode_gaps",
    "near_duplicates",
    "open_ranks",
    "place_chances",
    "place_verdicts",
    "post_stratify",
    "quantile",
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
    "round_change",
    "same_device",
    "satisfaction_rate",
    "score_needed",
    "share",
    "straight_lining",
    "streak_chance_given_data",
    "streak_chance_if_all_equal",
    "successive_differences",
    "suppress",
    "sure_differences",
    "swap_weights",
    "timing",
    "told_of_few",
    "top_box",
    "top_box_share",
    "total",
    "trim",
    "true_score_draws",
    "twins",
    "undecided_pairs",
    "unit_answers",
    "weight_diagnostics",
    "weight_sensitivity",
    "weighted_index",
]
