"""Scores that come from tables of offices, alone or beside a survey: their parts, periods and points."""

from toolkit.parts.kinds import (
    CaseLimit,
    Completed,
    CountsInto,
    Figures,
    Inspections,
    ScorePart,
    Start,
    Surveyed,
)

__all__ = ["CaseLimit", "Completed", "CountsInto", "Figures", "Inspections", "ScorePart", "Start", "Surveyed"]
