"""Consequences of a result: who falls under a rule, and how sure that is."""

from scoring.consequence.low import Below, Bottom, LowSatisfaction, Unstated, low_satisfaction

__all__ = ["Below", "Bottom", "LowSatisfaction", "Unstated", "low_satisfaction"]
