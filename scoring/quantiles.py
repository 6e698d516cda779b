"""Quantiles with their intervals and covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.columns import Names, listed, numeric
from scoring.domains import Domains, domains_of
from scoring.errors import AnswerError, EstimateError
from scoring.estimate import Estimates, estimated, means_of
from scoring.interval import interval
from scoring.survey import Survey
from scoring.variance import Codes, Floats

SAME = 1e-10  # cumulated shares of weight that differ by less are equal


def quantile(
    survey: Survey,
    variables: Names,
    q: float | Sequence[float] = 0.5,
    by: Names | None = None,
    level: float = 0.95,
) -> Estimates:
    """Estimate quantiles, each over its own valid answers.

    Parameters
    ----------
    survey : Survey
        No weight may be negative.
    variables : str or list of str
        Numeric columns; a missing value is no answer to that variable alone.
    q : float or list of float
        Shares strictly between 0 and 1; 0.5 is the median. With a list the table has a column ``q``.
    by : str or list of str, optional
        Columns that tell the domains.
    level : float
        Confidence level of ``low`` and ``high``.

    Returns
    -------
    Estimates
        Quantiles in the order of domain, variable, q. A limit that would need less than nothing or more
        than everything of a domain's weight is NaN, and then so are ``se`` and its row of ``cov``.

    Raises
    ------
    AnswerError
        A column is missing, a domain has no valid answer, or a weight is negative.
    EstimateError
        ``q`` or ``level`` does not lie between 0 and 1, or a column is not numeric.

    Notes
    -----
    The quantile is the least answer x with F(x) >= q, F(x) the estimated share of answers up to x. Its
    limits are the quantiles at the limits of F there, F ± t se(F) (Woodruff 1952), and ``se`` is the
    interval's length over 2t: R's ``svyquantile`` with its defaults ``qrule = "math"`` and
    ``interval.type = "mean"``. As a quantile moves with its F (Bahadur 1966), quantiles are given the
    correlation of the Fs, and ``cov`` is that times the errors.

    Where q is below the weight share of the least answer, R 4.1.1 gives the second answer; here it is the
    least.

    Examples
    --------
    Up to 3 are 3/8, up to 4 are 4/8: the median is 4. F there has error sqrt(0.5 × 0.5 / 7) = 0.189 and
    t = 2.365, so the limits are the quantiles at 0.053 and 0.947: 1 and 8.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]})
    >>> quantile(Survey(table), "y").table[["estimate", "low", "high"]].to_numpy().tolist()
    [[4.0, 1.0, 8.0]]
    >>> quantile(Survey(table), "y", [0.25, 0.75]).table[["q", "estimate"]].to_numpy().tolist()
    [[0.25, 2.0], [0.75, 6.0]]
    """
    shares = _shares(q)
    if not 0 < level < 1:
        raise EstimateError("bad_level", where="level", value=level)
    names = listed(variables)
    domains = domains_of(survey.table, by)
    if "q" in domains.labels:
        raise EstimateError("by_hides_result", where="by", column="q")
    values = numeric(survey.table, names)
    weights = survey.weights
    negative = np.flatnonzero(weights < 0)
    if negative.size:
        raise AnswerError(
            "negative_weight", where="quantile", row=negative[0] + 1, value=weights[negative[0]]
        )

    answers = [Distribution.of(column, weights, domains) for column in values.T]
    of = np.repeat(np.arange(len(names)), shares.size)  # the variable of each column from here on
    found = np.column_stack(
        [answers[k].quantile(one) for k, one in zip(of, np.tile(shares, len(names)), strict=True)]
    )
    up_to = np.where(np.isnan(values[:, of]), np.nan, values[:, of] <= found[domains.codes])
    # Of the share of answers up to the quantile, with the covariance of the design or of replicates.
    share = estimated(survey, domains, [names[k] for k in of], means_of(up_to), level)
    table = share.table
    error, df = table["se"].to_numpy(), table["df"].to_numpy()
    limits = []
    for side in (table["low"].to_numpy(), table["high"].to_numpy()):
        by_column = zip(of, side.reshape(found.shape).T, strict=True)
        limit = np.column_stack([answers[k].quantile(one) for k, one in by_column]).ravel()
        limits.append(np.where((side < -SAME) | (side > 1 + SAME), np.nan, limit))
    low, high = limits
    reach = interval(np.zeros_like(df), np.ones_like(df), df, level)[1]
    se = (high - low) / (2 * reach)
    scale = np.divide(se, error, out=np.zeros_like(se), where=error > 0)
    table = table.assign(estimate=found.ravel(), se=se, low=low, high=high)
    if not np.isscalar(q):
        table.insert(len(domains.labels.columns) + 1, "q", np.tile(shares, len(names) * len(domains.labels)))
    return Estimates(table, share.cov * np.outer(scale, scale))


@dataclass(frozen=True)
class Distribution:
    """The answers to one question, sorted within domains.

    Attributes
    ----------
    values : ndarray of float, shape (m,)
    domain : ndarray of int, shape (m,)
    share : ndarray of float, shape (m,)
        Share of the domain's weight up to each answer.
    first, last : ndarray of int, shape (D,)
        Place of each domain's first and last answer.
    """

    values: Floats
    domain: Codes
    share: Floats
    first: Codes
    last: Codes

    @classmethod
    def of(cls, values: Floats, weights: Floats, domains: Domains) -> Distribution:
        """Sort the rows that have an answer and weight."""
        rows = np.flatnonzero(~np.isnan(values) & (weights > 0))
        rows = rows[np.lexsort((values[rows], domains.codes[rows]))]
        domain = domains.codes[rows]
        last = np.bincount(domain, minlength=len(domains.labels)).cumsum() - 1
        first = np.r_[0, last[:-1] + 1]
        up_to = np.r_[0.0, weights[rows].cumsum()]
        start = up_to[first]
        share = (up_to[1:] - start[domain]) / (up_to[last + 1] - start)[domain]
        return cls(values[rows], domain, share, first, last)

    def quantile(self, share: float | Floats) -> Floats:
        """Give each domain's least answer whose cumulated share reaches the one asked, shape (D,).

        Shares below 0 give the least answer of all and those above 1 the greatest.

        Examples
        --------
        Half lies at 2 or below.

        >>> import pandas as pd
        >>> from scoring.domains import domains_of
        >>> everyone = domains_of(pd.DataFrame(index=range(4)), None)
        >>> answers = Distribution.of(np.array([4.0, 1.0, 2.0, 3.0]), np.ones(4), everyone)
        >>> print(answers.quantile(0.5), answers.quantile(0.51))
        [2.] [3.]
        """
        if not self.values.size:
            return np.zeros(self.first.size)
        asked = np.broadcast_to(np.asarray(share, dtype=np.float64), self.first.shape)
        below = np.bincount(
            self.domain, weights=self.share < asked[self.domain] - SAME, minlength=self.first.size
        )
        at = np.minimum(self.first + below.astype(np.intp), self.last)
        return self.values[at]


def _shares(q: float | Sequence[float]) -> Floats:
    shares = np.atleast_1d(np.asarray(q, dtype=np.float64))
    bad = shares[~((shares > 0) & (shares < 1))]
    if bad.size or shares.ndim != 1 or not shares.size:
        raise EstimateError("bad_quantile", where="q", value=float(bad[0]) if bad.size else q)
    return shares
