"""How much more or less a sample tells than a simple random one of its size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.columns import Names, listed, numeric
from scoring.domains import domains_of
from scoring.estimate import mean
from scoring.survey import Survey


def design_effects(survey: Survey, variables: Names, by: Names | None = None) -> pd.DataFrame:
    """Compare the variances of means with those of a simple random sample.

    Parameters
    ----------
    survey : Survey
    variables : str or list of str
        Numeric columns; a missing value is no answer to that variable alone.
    by : str or list of str, optional
        Columns that tell the domains.

    Returns
    -------
    DataFrame
        The by-columns, ``variable``, ``estimate``, ``se``, ``n`` (valid answers that have weight), ``deff``,
        ``deff_replace`` and ``n_effective``. NaN where the answers do not differ, and ``deff`` where the
        weights do not add up to more than n, so that they count no population.

    Raises
    ------
    AnswerError
        A column is missing, or a domain has no valid answer.

    Notes
    -----
    With the variance V of the mean, n valid answers whose weights sum to N, and
    ``S² = n / (n - 1) · sum w (y - ybar)² / N``: ``deff_replace`` is V / (S² / n), ``deff`` is
    V / (S² / n (1 - n/N)) (Kish 1965; R's ``svymean(deff = "replace")`` and ``deff = TRUE``), and
    ``n_effective`` = n / deff_replace, the answers that a simple random sample from a large population
    needs for the same error.

    Examples
    --------
    Both answers of a home agree: V = 2 (0.5² + 0.5²) = 1 where S²/n = 4/3 / 4 = 1/3.

    >>> table = pd.DataFrame({"home": [1, 1, 2, 2], "y": [1.0, 1.0, 3.0, 3.0], "w": 100.0})
    >>> found = design_effects(Survey(table, weight="w", psu="home"), "y")
    >>> found[["se", "n", "deff_replace", "n_effective"]].round(3).to_numpy().tolist()
    [[1.0, 4.0, 3.0, 1.333]]
    """
    means = mean(survey, variables, by=by)
    names = listed(variables)
    domains = domains_of(survey.table, by)
    values = numeric(survey.table, names)
    counts = ~np.isnan(values) & (survey.weights[:, None] != 0)
    n = domains.sums(counts.astype(np.float64)).ravel()
    weights = counts * survey.weights[:, None]
    size = domains.sums(weights).ravel()
    estimate = means.table["estimate"].to_numpy(dtype=np.float64).reshape(len(domains.labels), len(names))
    deviation = np.where(counts, values - estimate[domains.codes], 0.0)
    counted_answers = pd.DataFrame(np.where(counts, values, np.nan)).groupby(domains.codes)
    differ = (
        (counted_answers.max() > counted_answers.min()).to_numpy().ravel()
    )  # whatever is rounded in means
    nan = np.full(n.size, np.nan)
    spread = np.divide(
        domains.sums(weights * deviation**2).ravel() * n, size * (n - 1), out=nan.copy(), where=n > 1
    )
    replace = np.divide(np.diag(means.cov) * n, spread, out=nan.copy(), where=differ & (spread > 0))
    counted = size > n * (1 + 1e-9)
    result = means.table.drop(columns=["low", "high", "df", "n"])
    return result.assign(
        n=n.astype(np.int64),
        deff=np.divide(replace, 1 - n / size, out=nan.copy(), where=counted),
        deff_replace=replace,
        n_effective=np.divide(n, replace, out=nan.copy(), where=replace > 0),
    )
