"""Weights after the field: calibration to what is known of the population, trimming, and their diagnosis."""
