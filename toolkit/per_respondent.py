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
from toolkit.scores import Drawn, group_sheets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cases:
    """How many respondents are a case under each of R rules, and how far sampling moves that.

    Attributes
    ----------
    rules : tuple of PerRespondent, length R
    count : ndarray of int, shape (R, E)
        Evaluatees in the scheme's order.
    cov : ndarray of float, shape (R, E, R, E)
        Covariance of the counts.
    cross : ndarray of float, shape (R, E, E)
        Covariance of evaluatee e's count (first) with evaluatee f's composite of the survey.
    groups : DataFrame
        One row per rule, counted group and evaluatee: ``event``, ``group``, ``evaluatee``, ``sheets`` (valid
        ones) and ``cases``.
    """

    rules: tuple[PerRespondent, ...]
    count: NDArray[np.int64]
    cov: Floats
    cross: Floats
    groups: pd.DataFrame

    def brought(
        self, when: tuple[str, ...] = ("before", "after"), where: NDArray[np.bool_] | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """Give the points that the cases bring together, their covariance, and that with the composite.

        With points p of each case, p × count, p² cov and p cross, so that the total's covariance is
        ``V + cross + crossᵀ + cov``. Where ``most`` has set the points of a rule, sampling does not move
        them (which leaves out that a count near the limit might not reach it).

        Parameters
        ----------
        when : tuple of str
            Rules of which time.
        where : ndarray of bool, shape (E,), optional
            Whose points sampling moves; without it everybody's.

        Returns
        -------
        points : ndarray of float, shape (E,)
        cov, cross : ndarray of float, shape (E, E)
        """
        worth = np.array([one.points for one in self.rules])
        most = np.array([np.inf if one.most is None else one.most for one in self.rules])[:, None]
        own = np.array([one.when in when for one in self.rules])[:, None]
        points = worth[:, None] * self.count
        each = np.where(own & (np.abs(points) <= most), worth[:, None], 0.0)
        each = each if where is None else each * where
        cov = np.einsum("re,resf,sf->ef", each, self.cov, each)
        cross = np.einsum("re,ref->ef", each, self.cross)
        return np.where(own, np.clip(points, -most, most), 0.0).sum(axis=0), cov, cross

    def events(self, evaluatees: Sequence[str]) -> pd.DataFrame:
        """Give the cases as a table of events: ``evaluatee``, ``event``, ``count``."""
        names = [one.event for one in self.rules]
        grid = {"evaluatee": list(evaluatees) * len(names), "event": np.repeat(names, len(evaluatees))}
        return pd.DataFrame({**grid, "count": self.count.ravel()}).query("count > 0")


def respondent_cases(
    scheme: Scheme,
    drawn: Mapping[str, Drawn],
    answers: Mapping[str, Answers],
    rules: Sequence[PerRespondent],
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
    rules : sequence of PerRespondent
        Those of a plan together, since their counts come from the same people.

    Returns
    -------
    Cases

    Raises
    ------
    RoundError
        A rule does not fit the scheme, with every fault; or a sheet is not of the sample.
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
    faults = [one for rule in rules for one in per_respondent_faults(scheme, rule, rule.event)]
    if faults:
        raise RoundError(scheme.id, faults)
    size, number = len(scheme.evaluatees), len(rules)
    count = np.zeros((number, size), dtype=np.int64)
    cov, cross = np.zeros((number, size, number, size)), np.zeros((number, size, size))
    parts = []
    for group in scheme.groups:
        own = [at for at, rule in enumerate(rules) if not rule.groups or group.id in rule.groups]
        if not own:
            continue
        inside = [rules[at] for at in own]
        sheets, cases, both, with_score = _of_group(scheme, group, drawn[group.id], answers[group.id], inside)
        count[own] += cases
        cov[np.ix_(own, range(size), own, range(size))] += both
        cross[own] += group.weight * with_score
        for rule, each in zip(inside, cases, strict=True):
            told = {"event": rule.event, "group": group.id, "evaluatee": list(scheme.evaluatees)}
            parts.append(pd.DataFrame({**told, "sheets": sheets, "cases": each}))
    return Cases(tuple(rules), count, cov, cross, pd.concat(parts, ignore_index=True))


def _of_group(
    scheme: Scheme, group: Group, drawn: Drawn, answers: Answers, rules: Sequence[PerRespondent]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    """Give a group's valid sheets, its cases by rule, their covariance and that with the group's score."""
    found = group_sheets(scheme, group, drawn, answers)
    size, number = len(scheme.evaluatees), len(rules)
    whom = pd.Index(scheme.evaluatees).get_indexer(pd.Index(found.table["evaluatee"].astype(str)))
    columns = answers.table.columns[2:]
    valid = np.asarray(found.table[columns].notna().any(axis=1))
    told = [_cases(scheme, columns, found.table, rule) for rule in rules]
    sheets = np.bincount(whom, weights=valid, minlength=size)
    cases = np.array([np.bincount(whom, weights=one, minlength=size) for one in told])
    cov, cross = np.zeros((number, size, number, size)), np.zeros((number, size, size))
    if found.not_due is None:
        share = np.divide(cases, sheets, out=np.zeros_like(cases), where=sheets > 0)
        off = [np.where(valid, one - own[whom], 0.0) for one, own in zip(told, share, strict=True)]
        survey = Survey(found.table, lonely=scheme.lonely_psu, **found.roles)
        score = linearised_scores(
            survey, scheme.indicators, scheme.scale, full_mark=scheme.full_mark, official=group.official
        )
        both = survey.covariance(np.column_stack([*off, score]), whom.astype(np.intp), size)
        whole = both.reshape(size, number + 1, size, number + 1).transpose(1, 0, 3, 2)
        cov, cross = whole[:-1, :, :-1], whole[:-1, :, -1]
    return sheets.astype(np.int64), cases.astype(np.int64), cov, cross


def _cases(scheme: Scheme, columns: pd.Index, table: pd.DataFrame, rule: PerRespondent) -> NDArray[np.bool_]:
    """Tell which sheets are a case."""
    hits = has_label(table[columns].to_numpy(dtype=np.float64), scheme.scale, rule.labels)
    if rule.on not in ON:
        return np.asarray(hits[:, columns.get_loc(rule.on)] == 1)
    if rule.on == "any":
        return np.asarray((hits == 1).any(axis=1))
    rated = ~np.isnan(hits)
    return np.asarray(rated.any(axis=1) & ((hits == 1) | ~rated).all(axis=1))
