"""Rates of satisfaction and indices, with their error: every one is a mean of what answers bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from scoring.columns import Names, listed
from scoring.domains import domains_of
from scoring.errors import EstimateError
from scoring.estimate import Estimates, mean
from scoring.interval import interval
from scoring.ratings.read import Ratings, State, read_ratings
from scoring.ratings.rescale import has_label, rescaled, top_box, weighted_index
from scoring.scale import Scale
from scoring.survey import Survey
from scoring.variance import Floats

Base = Literal["valid", "with_dont_know", "asked"]
IN_BASE: dict[str, tuple[State, ...]] = {
    "valid": (State.RATED,),
    "with_dont_know": (State.RATED, State.DONT_KNOW),
    "asked": (State.RATED, State.DONT_KNOW, State.REFUSED, State.BLANK),
}


def satisfaction_rate(
    survey: Survey,
    variables: Names,
    scale: Scale,
    labels: str | Sequence[str],
    by: Names | None = None,
    base: Base = "valid",
    level: float = 0.95,
) -> Estimates:
    """Estimate the share of answers that carry one of some labels.

    Parameters
    ----------
    survey : Survey
        Its table holds answers as they stand on sheets, words or numbers.
    variables : str or list of str
    scale : Scale
    labels : str or list of str
        Which labels count as satisfied; plans differ in 基本满意.
    by : str or list of str, optional
    base : "valid", "with_dont_know" or "asked"
        Share of whom: of ratings; of ratings and 不了解; of all who were asked, so that who refused or
        left it blank counts as well. Rows that did not respond, where the survey tells so, are in no base.
    level : float

    Returns
    -------
    Estimates
        One row per domain and variable; ``n`` counts the base.

    Raises
    ------
    AnswerError
        What stands there is neither rating nor word; or nobody is in the base.
    EstimateError
        A name is no label; the base is unknown; the scale is faulty.

    Examples
    --------
    Nine, seven, two, one 不了解 and one refusal: 2 of 3, 2 of 4 or 2 of 5.

    >>> import pandas as pd
    >>> from scoring.scale import Label
    >>> scale = Scale(0, 10, (Label("不满意", 0, 5), Label("基本满意", 6, 7), Label("满意", 8, 10)))
    >>> survey = Survey(pd.DataFrame({"q1": [9, "7", 2, "不了解", "拒答"]}))
    >>> for base in ("valid", "with_dont_know", "asked"):
    ...     rate = satisfaction_rate(survey, "q1", scale, ["基本满意", "满意"], base=base)
    ...     print(base, rate.table[["estimate", "n"]].round(3).to_numpy().tolist())
    valid [[0.667, 3.0]]
    with_dont_know [[0.5, 4.0]]
    asked [[0.4, 5.0]]
    """
    return _share(survey, variables, scale, lambda values: has_label(values, scale, labels), by, base, level)


def top_box_share(
    survey: Survey,
    variables: Names,
    scale: Scale,
    box: int,
    by: Names | None = None,
    base: Base = "valid",
    level: float = 0.95,
) -> Estimates:
    """Estimate the share of ratings at least as good as ``box``.

    Parameters, returns and errors are those of ``satisfaction_rate``; ``box`` is the worst rating in it.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey(pd.DataFrame({"q1": [10, 9, 8, 3]}))
    >>> top_box_share(survey, "q1", Scale(1, 10), 9).table["estimate"].tolist()
    [0.5]
    """
    return _share(survey, variables, scale, lambda values: top_box(values, scale, box), by, base, level)


def index_score(
    survey: Survey,
    weights: Mapping[str, float],
    scale: Scale,
    by: Names | None = None,
    full_mark: float = 100.0,
    level: float = 0.95,
) -> Estimates:
    """Estimate an index of several questions, each mean over its own valid answers.

    ``sum w_k points_k / sum w_k``, which for ratings of 1 to 10 is the index of ACSI (see
    ``weighted_index``). The weights are taken as known: where they were estimated from the same answers,
    as ACSI does, the error does not include theirs.

    Parameters
    ----------
    survey : Survey
    weights : mapping of str to float
        The questions and how much each counts.
    scale : Scale
    by : str or list of str, optional
    full_mark : float
    level : float

    Returns
    -------
    Estimates
        One row per domain; ``n`` counts rows with an answer to any of the questions.

    Raises
    ------
    AnswerError, EstimateError
        As ``satisfaction_rate``; or weights that cannot be used.

    Examples
    --------
    Means 8, 7 and 9 of 1 to 10, weights 2, 1 and 1: (2 × 7 + 6 + 8) / (9 × 4) × 100 = 77.78.

    >>> import pandas as pd
    >>> answers = pd.DataFrame({"overall": [9, 7], "expected": [7, 7], "ideal": [8, 10]})
    >>> result = index_score(Survey(answers), {"overall": 2, "expected": 1, "ideal": 1}, Scale(1, 10))
    >>> result.table[["variable", "estimate"]].round(2).to_numpy().tolist()
    [['index', 77.78]]
    """
    names = list(weights)
    importance = np.array(list(weights.values()), dtype=np.float64)
    weighted_index(np.zeros(len(names)), importance)  # what is wrong with weights is said first
    read = read_ratings(survey.table, names, scale)
    points = rescaled(read.values.to_numpy(), scale, full_mark)
    means = mean(_with(survey, names, points), names, by, level)
    domains = domains_of(survey.table, by)
    count = len(domains.labels)
    estimate = weighted_index(means.table["estimate"].to_numpy().reshape(count, -1), importance)
    to = np.kron(np.eye(count), importance / importance.sum())
    cov: Floats = to @ means.cov @ to.T
    valid = np.asarray((~np.isnan(points)).any(axis=1))
    df = survey.degrees_of_freedom(domains.codes, count, valid & (survey.weights != 0))
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
    low, high = interval(estimate, se, df, level)
    n = np.bincount(domains.codes, weights=valid, minlength=count).astype(np.int64)
    found = {"estimate": estimate, "se": se, "low": low, "high": high, "df": df, "n": n}
    return Estimates(domains.labels.assign(variable="index", **found).reset_index(drop=True), cov)


def _share(
    survey: Survey,
    variables: Names,
    scale: Scale,
    hits: Callable[[Floats], Floats],
    by: Names | None,
    base: Base,
    level: float,
) -> Estimates:
    if base not in IN_BASE:
        raise EstimateError("unknown_choice", where="base", known=", ".join(get_args(Base)), value=base)
    names = listed(variables)
    read = read_ratings(survey.table, names, scale)
    return mean(_with(survey, names, _of_base(read, hits, base)), names, by, level)


def _of_base(read: Ratings, hits: Callable[[Floats], Floats], base: Base) -> Floats:
    """Who is in the base without a rating is not satisfied: 0."""
    found = hits(read.values.to_numpy())
    counts = np.isin(read.state.to_numpy(), [int(one) for one in IN_BASE[base]])
    return np.where(counts, np.nan_to_num(found), np.nan)


def _with(survey: Survey, names: Sequence[str], values: Floats) -> Survey:
    """The survey with numbers in place of what stands on sheets, none for who did not respond."""
    if survey.response is not None:
        values = np.where(survey.response.responded[:, None], values, np.nan)
    columns = {name: values[:, k] for k, name in enumerate(names)}
    return replace(survey, table=survey.table.assign(**columns))
