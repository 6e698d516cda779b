"""Consequences of a result: whom a rule names, what follows, and how sure that is."""

from scoring.consequence.by_place import AtPlaces, Awards, awards, check_awards
from scoring.consequence.chances import (
    award_chances,
    draws_given_data,
    draws_of_rounds,
    streak_chance_given_data,
    streak_chance_if_all_equal,
)
from scoring.consequence.low import Below, Bottom, LowSatisfaction, Unstated, low_satisfaction
from scoring.consequence.streaks import Ladder, Step, check_ladder, in_places, ladder, ladder_of

__all__ = [
    "AtPlaces",
    "Awards",
    "Below",
    "Bottom",
    "Ladder",
    "LowSatisfaction",
    "Step",
    "Unstated",
    "award_chances",
    "awards",
    "check_awards",
    "check_ladder",
    "draws_given_data",
    "draws_of_rounds",
    "in_places",
    "ladder",
    "ladder_of",
    "low_satisfaction",
    "streak_chance_given_data",
    "streak_chance_if_all_equal",
]
