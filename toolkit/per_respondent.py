"""Cases that a plan counts from the survey itself (−0.4 per dissatisfied respondent), with their error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.group import linearised_scores
from scoring.ratings.rescale import has_label
from scoring.survey import Survey
from toolkit.answers import Answers
from toolkit.errors import RoundError
from toolkit.respondent_rule import ON, PerRespondent, per_respondent_faults
from toolkit.scheme import Group, Scheme
from toolkit.scores import Drawn, GroupSheets, group_sheets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cases:
    """How many respondents are a case, and how far sampling moves that.

    Attributes
    ----------
    count : ndarray of int, shape (E,)
        In the order of the scheme's evaluatees.
    cov : ndarray of float, shape (E, E)
        Covariance of the counts.
    cross : ndarray of float, shape (E, E)
        Covariance of evaluatee e's count (rows) with evaluatee f's composite of the survey (columns).
    groups : DataFrame
        One row per counted group and evaluatee: ``group``, ``evaluatee``, ``sheets`` (valid ones) and
        ``cases``.
    """

    count: NDArray[np.int64]
    cov: Floats
    cross: Floats
    groups: pd.DataFrame

    def brought(self, rule: PerRespondent) -> tuple[Floats, Floats, Floats]:
        """Give the points that the cases bring, their covariance, and that with the composite.

        With points p it is p × count, p² cov and p cross, so that the total's covariance is
        ``V + p (cross + crossᵀ) + p² cov``. Where ``most`` has set the points, sampling does not move
        them: a row of zeros (which leaves out that a count near the limit might not reach it).

        Parameters
        ----------
        rule : PerRespondent

        Returns
        -------
        points : ndarray of float, shape (E,)
        cov, cross : ndarray of float, shape (E, E)
        """
        points = rule.points * self.count
        most = np.inf if rule.most is None else rule.most
        each = np.where(np.abs(points) > most, 0.0, rule.points)
        return np.clip(points, -most, most), np.outer(each, each) * self.cov, each[:, None] * self.cross


def respondent_cases(
    scheme: Scheme, drawn: Mapping[str, Drawn], answers: Mapping[str, Answers], rule: PerRespondent
) -> Cases:
    """Count the respondents whose sheet bears a label, evaluatee by evaluatee.

    A sheet counts where it has a valid rating. Whoever rates an evaluatee in a group is one respondent
    there: with several groups their counts add up, without the groups' weights.

    Parameters
    ----------
    scheme : Scheme
    drawn : mapping of str to Drawn
        By group.
    answers : mapping of str to Answers
        By group, as ``toolkit.scores.score`` takes them.
    rule : PerRespondent

    Returns
    -------
    Cases

    Raises
    ------
    RoundError
        The rule does not fit the scheme, with every fault; or a sheet is not of the sample.
    AnswerError, EstimateError
        A variance cannot be estimated.

    Notes
    -----
    With the number n of valid sheets held fixed, the count of a group is n times a plain mean, so that the
    linearised value of a sheet is 1 or 0 less that mean. Its variance and its covariance with the
    group's score follow from the same design, in one call: both rest on the same people. The groups are
    drawn independently. Where the group is a census of a finite list, nobody was drawn: the count has no
    sampling error, and whoever did not answer is simply no case (missing answers add no error to it).
    """
    faults = list(per_respondent_faults(scheme, rule, rule.event))
    if faults:
        raise RoundError(scheme.id, faults)
    size = len(scheme.evaluatees)
    count, cov, cross = np.zeros(size, dtype=np.int64), np.zeros((size, size)), np.zeros((size, size))
    parts = []
    for group in scheme.groups:
        if rule.groups and group.id not in rule.groups:
            continue
        here = _Sheets.of(scheme, group, drawn[group.id], answers[group.id], rule)
        own, with_score = _moved(scheme, group, here.found, here.whom, here.deviation())
        sheets, cases = here.sheets, here.cases
        count += cases
        cov += own
        cross += group.weight * with_score
        told = {"group": group.id, "evaluatee": list(scheme.evaluatees), "sheets": sheets, "cases": cases}
        parts.append(pd.DataFrame(told))
    return Cases(count, cov, cross, pd.concat(parts, ignore_index=True))


@dataclass(frozen=True)
class RespondentPoints:
    """What all rules of cases bring together, with one error: the same sheets may be cases of several.

    Attributes
    ----------
    count : dict of str to ndarray of int, shape (E,)
        By the rule's event.
    cov : ndarray of float, shape (E, E)
        Covariance of the points of all rules together.
    cross : ndarray of float, shape (E, E)
        Covariance of evaluatee e's points (rows) with evaluatee f's composite of the survey (columns).
    """

    count: dict[str, NDArray[np.int64]]
    cov: Floats
    cross: Floats


def respondent_points(
    scheme: Scheme,
    drawn: Mapping[str, Drawn],
    answers: Mapping[str, Answers],
    rules: Sequence[PerRespondent],
) -> RespondentPoints:
    """Count the cases of several rules, and give the error of the points that they bring together.

    Each sheet's linearised points are the sum over the rules of points × (case − share of cases), so that the
    variance of +0.1 for each 很满意 and −0.4 for each 不满意 holds their covariance. A rule whose
    ``most`` has set the points of an evaluatee adds no error there.

    Parameters
    ----------
    scheme, drawn, answers
        As in ``respondent_cases``.
    rules : sequence of PerRespondent

    Raises
    ------
    RoundError, AnswerError, EstimateError
        As ``respondent_cases``.
    """
    size = len(scheme.evaluatees)
    count = {rule.event: np.zeros(size, dtype=np.int64) for rule in rules}
    each: list[tuple[Group, PerRespondent, _Sheets]] = []
    for group in scheme.groups:
        for rule in rules:
            if not rule.groups or group.id in rule.groups:
                here = _Sheets.of(scheme, group, drawn[group.id], answers[group.id], rule)
                count[rule.event] = count[rule.event] + here.cases
                each.append((group, rule, here))
    cov, cross = np.zeros((size, size)), np.zeros((size, size))
    for group in scheme.groups:
        own = [(rule, here) for of, rule, here in each if of == group]
        if own:
            z = sum(_slope(rule, count[rule.event])[here.whom] * here.deviation() for rule, here in own)
            found, whom = own[0][1].found, own[0][1].whom
            more, with_score = _moved(scheme, group, found, whom, np.asarray(z))
            cov += more
            cross += group.weight * with_score
    return RespondentPoints(count, cov, cross)


def _slope(rule: PerRespondent, count: NDArray[np.int64]) -> Floats:
    """Give the points that one more case brings: none where the rule's most is reached."""
    most = np.inf if rule.most is None else rule.most
    return np.where(np.abs(rule.points * count) > most, 0.0, rule.points)


@dataclass(frozen=True)
class _Sheets:
    """A group's sheets under one rule."""

    found: GroupSheets
    whom: NDArray[np.intp]
    valid: NDArray[np.bool_]
    case: NDArray[np.bool_]
    sheets: NDArray[np.int64]
    cases: NDArray[np.int64]

    @classmethod
    def of(cls, scheme: Scheme, group: Group, drawn: Drawn, answers: Answers, rule: PerRespondent) -> _Sheets:
        found = group_sheets(scheme, group, drawn, answers)
        size = len(scheme.evaluatees)
        names = pd.Index(found.table["evaluatee"].astype(str))
        whom = pd.Index(scheme.evaluatees).get_indexer(names).astype(np.intp)
        valid, case = _cases(scheme, answers.table.columns[2:], found.table, rule)
        sheets = np.bincount(whom, weights=valid, minlength=size).astype(np.int64)
        cases = np.bincount(whom, weights=case, minlength=size).astype(np.int64)
        return cls(found, whom, valid, case, sheets, cases)

    def deviation(self) -> Floats:
        """Give each sheet's linearised count."""
        share = np.divide(self.cases, self.sheets, out=np.zeros(self.sheets.size), where=self.sheets > 0)
        return np.where(self.valid, self.case - share[self.whom], 0.0)


def _moved(
    scheme: Scheme, group: Group, found: GroupSheets, whom: NDArray[np.intp], deviation: Floats
) -> tuple[Floats, Floats]:
    """Give the covariance of a total of linearised values, and that with the group's score."""
    size = len(scheme.evaluatees)
    if found.not_due is not None:  # a census of a finite list: nobody was drawn
        return np.zeros((size, size)), np.zeros((size, size))
    survey = Survey(found.table, lonely=scheme.lonely_psu, **found.roles)
    score = linearised_scores(
        survey, scheme.indicators, scheme.scale, full_mark=scheme.full_mark, official=group.official
    )
    both = survey.covariance(np.column_stack([deviation, score]), whom, size)
    return both[::2, ::2], both[::2, 1::2]


def _cases(
    scheme: Scheme, columns: pd.Index, table: pd.DataFrame, rule: PerRespondent
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which sheets have a valid rating, and which of them are a case."""
    hits = has_label(table[columns].to_numpy(dtype=np.float64), scheme.scale, rule.labels)
    rated = ~np.isnan(hits)
    valid = np.asarray(rated.any(axis=1))
    if rule.on not in ON:
        return valid, np.asarray(hits[:, columns.get_loc(rule.on)] == 1)
    if rule.on == "any":
        return valid, np.asarray((hits == 1).any(axis=1))
    return valid, np.asarray(valid & ((hits == 1) | ~rated).all(axis=1))
