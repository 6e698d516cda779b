"""The share of satisfaction that a scheme declares, on its own base and beside it on others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.composite.groups import composite
from scoring.group import GroupScores, group_scores
from scoring.interval import logit_interval
from scoring.ratings.rate import IN_BASE
from scoring.ratings.rescale import has_label
from scoring.scale import Scale
from scoring.survey import Survey
from toolkit.answers import Answers, State
from toolkit.satisfaction_rule import Base, Satisfaction
from toolkit.scheme import Group, Scheme

if TYPE_CHECKING:
    from toolkit.scores import Drawn

COLUMNS = ["class", "evaluatee", "base", "share", "se", "low", "high"]
YES_NO = Scale(0, 1)


def satisfaction_table(
    scheme: Scheme, drawn: Mapping[str, Drawn], answers: Mapping[str, Answers]
) -> pd.DataFrame:
    """Estimate the share of satisfaction of every evaluatee, composite over the groups.

    Each indicator's share of its own base is averaged over the indicators and weighted over the groups,
    as scores are: with the design's weights or plain as the group's ``official`` says. Who is in the base
    without a rating is not satisfied. Where 不了解 removes a whole sheet, its ratings are in no base.
    Where nonresponse is adjusted for, who does not respond at all is in no base.

    Parameters
    ----------
    scheme : Scheme
        With ``satisfaction``; without it the table is empty.
    drawn : mapping of str to Drawn
    answers : mapping of str to Answers

    Returns
    -------
    DataFrame
        One row per base and evaluatee, the scheme's own base first: ``class``, ``evaluatee``, ``base``,
        ``share``, ``se`` and the limits ``low`` and ``high`` at the scheme's level (on the log odds, so that
        they stay within 0 and 1; a share of 0 or 1 has no error to tell).

    Raises
    ------
    RoundError, AnswerError, EstimateError
        As ``toolkit.scores.score``.
    """
    rule = scheme.satisfaction
    if rule is None:
        return pd.DataFrame(columns=COLUMNS)
    of_class = {one: each.id for each in scheme.classes for one in each.evaluatees}
    parts = []
    for base in sorted(rule.bases, key=lambda one: one != rule.base):
        groups = [
            _of_group(scheme, group, drawn[group.id], answers[group.id], rule, base)
            for group in scheme.groups
        ]
        whole = composite(groups, [group.weight for group in scheme.groups])
        order = [whole.evaluatees.index(one) for one in scheme.evaluatees]
        share, se = whole.estimate[order], np.sqrt(np.maximum(np.diag(whole.cov), 0.0))[order]
        share = np.where(np.abs(share - 1) < 1e-12, 1.0, share)  # weights that add up to 1 but for rounding
        low, high = logit_interval(share, se, whole.df[order], scheme.level)
        told = {
            "evaluatee": scheme.evaluatees,
            "base": base,
            "share": share,
            "se": se,
            "low": low,
            "high": high,
        }
        parts.append(pd.DataFrame(told))
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "class", table["evaluatee"].map(of_class))
    return table


def _of_group(
    scheme: Scheme, group: Group, drawn: Drawn, answers: Answers, rule: Satisfaction, base: Base
) -> GroupScores:
    """Score a group as ever, with 1 for who is satisfied and 0 for who else is in the base."""
    from toolkit.scores import RESPONDED, group_sheets

    found = group_sheets(scheme, group, drawn, _in_base(scheme, group, answers, rule, base))
    table = found.table
    if group.adjust_by is not None:
        columns = answers.table.columns[2:]
        silent = ~table[RESPONDED].to_numpy(dtype=bool)
        table = table.assign(**{name: table[name].mask(silent) for name in columns})
    return group_scores(
        Survey(table, lonely=scheme.lonely_psu, **found.roles),
        scheme.indicators,
        YES_NO,
        full_mark=1.0,
        official=group.official,
        census_dont_know=found.not_due,
        unit="respondent",
    )


def _in_base(scheme: Scheme, group: Group, answers: Answers, rule: Satisfaction, base: Base) -> Answers:
    """Put 1, 0 or NaN in place of ratings; what is in the base is then an answer like any other."""
    columns = answers.table.columns[2:]
    hits = has_label(answers.table[columns].to_numpy(dtype=np.float64), scheme.scale, rule.labels)
    empty = [int(one) for one in IN_BASE[base] if one != State.RATED]
    inside: NDArray[np.bool_] = np.isin(answers.state, empty)
    values = np.where(inside, 0.0, hits)
    table = answers.table.assign(**{name: values[:, k] for k, name in enumerate(columns)})
    # Whether a unit responded stays as the answers themselves tell it.
    state = answers.state if group.adjust_by is not None else np.where(inside, State.RATED, answers.state)
    return replace(answers, table=table, state=state.astype(np.int8))
