"""Scores from inspections, completion and cases, and points that events add or take."""
