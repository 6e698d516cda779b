"""Which grade each unit of one class gets, on arrays: for one set of scores or thousands of draws at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scoring.grade.rules import Grade, Grading
from scoring.rank.places import TIE, within

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int64]


def levels(rule: Grading, score: Floats, held: dict[str, Flags], rank_on: Floats | None = None) -> Levels:
    """Give the grade of each unit, 0 for the best: (m, p) for m sets of scores (m, p) of one class.

    Parameters
    ----------
    rule : Grading
    score : ndarray of float, shape (m, p)
    held : dict of str to ndarray of bool, shape (p,)
        Who meets which outside condition.
    rank_on : ndarray of float, shape (m, p), optional
        What places follow, if not the scores.

    Examples
    --------
    Best 90 and among the first two, then 80; 95, 92, 91 and 79:

    >>> from scoring.grade.rules import TopPlaces
    >>> rule = Grading((Grade("A", 90, gate=TopPlaces(2)), Grade("B", 80), Grade("C")))
    >>> levels(rule, np.array([[95.0, 92.0, 91.0, 79.0]]), {}).tolist()
    [[0, 0, 1, 2]]
    """
    by = score if rank_on is None else rank_on
    result = np.full(score.shape, len(rule.grades) - 1, dtype=np.int64)
    for level in reversed(range(len(rule.grades) - 1)):
        grade = rule.grades[level]
        good = reaches(grade, score) & allowed(rule, level, held, score.shape[1])
        if grade.gate is not None:
            good &= through(rule, grade, by, good)
        result[good] = level
    return result


def reaches(grade: Grade, score: Floats) -> Flags:
    """Who meets the grade's threshold: (m, p)."""
    if grade.at_least is None:
        return np.ones(score.shape, dtype=np.bool_)
    if grade.boundary == "in":
        return np.asarray(score >= grade.at_least - TIE)
    return np.asarray(score > grade.at_least + TIE)


def allowed(rule: Grading, level: int, held: dict[str, Flags], units: int) -> Flags:
    """Who meets the grade's outside conditions and is not capped at a worse grade: (p,)."""
    good = np.ones(units, dtype=np.bool_)
    for name in rule.grades[level].requires:
        good &= held[name]
    for worse in rule.grades[level + 1 :]:
        for name in worse.capped_if:
            good &= ~held[name]
    return good


def through(rule: Grading, grade: Grade, by: Floats, eligible: Flags) -> Flags:
    """Who passes the grade's gate: (m, p); the eligible (m, p) alone count where the rule says so."""
    assert grade.gate is not None
    counted = np.where(eligible, by, -np.inf) if rule.places_among == "eligible" else by
    return within(counted, grade.gate.last_place(by.shape[1]), rule.ties)
