"""Calibration of every replicate: what the weights are brought to holds in each, as in the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scoring.survey import Survey

WEIGHT = "weight in the replicate"


def in_replicates(survey: Survey, again: Callable[[Survey], Survey]) -> Survey:
    """Calibrate a survey that has replicates: the whole, then each replicate from its own weights.

    Parameters
    ----------
    survey : Survey
        With replicates.
    again : callable
        Calibrates a survey without replicates.

    Raises
    ------
    AnswerError
        What calibration itself raises, for the whole or a replicate (a cell that a replicate empties, say).
    """
    replicates = survey.replicates
    assert replicates is not None
    whole = again(replace(survey, replicates=None))
    weights = whole.weights
    made = np.ones((weights.size, replicates.count))
    for at in range(replicates.count):
        before = replicates.weights(survey.weights, at)
        one = again(Survey(survey.table.assign(**{WEIGHT: before}), weight=WEIGHT))
        np.divide(one.weights, weights, out=made[:, at], where=weights != 0)
    rows = np.arange(weights.size, dtype=np.intp)
    return replace(whole, replicates=replace(replicates, unit=rows, multipliers=made))
