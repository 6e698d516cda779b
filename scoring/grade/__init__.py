"""Grades: the rule a plan declares, who gets which, and how sure that is."""
