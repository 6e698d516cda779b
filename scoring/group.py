"""From ratings to one group's scores, with one covariance over its evaluatees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.census import census_covariance
from scoring.columns import numeric
from scoring.domains import Domains, domains_of
from scoring.errors import AnswerError, EstimateError
from scoring.estimate import refuse_strays, single_units
from scoring.scale import Scale
from scoring.survey import Survey
from scoring.variance import Floats

Official = Literal["plain", "design"]


@dataclass(frozen=True)
class GroupScores:
    """One group's scores of its evaluatees, on the scale of the full mark.

    Attributes
    ----------
    evaluatees : list of str, length D
    estimate : ndarray of float, shape (D,)
        The official score.
    plain, design : ndarray of float, shape (D,)
        The score with every answer counting the same, and with the weights of the design.
    cov : ndarray of float, shape (D, D)
        Covariance of the official scores.
    df : ndarray of float, shape (D,)
        Degrees of freedom after Satterthwaite over strata and stages; infinite where there is no
        variance.
    n : ndarray of int, shape (D,)
        Answer sheets with at least one valid answer.
    means : ndarray of float, shape (D, K)
        Each indicator's mean rating, NaN where it is not asked.
    points : ndarray of float, shape (D, K)
        What its ratings count of the full mark, on average; their mean over the indicators is the score.
    shares, shares_se : ndarray of float, shape (D, L)
        Share of each label among valid answers, averaged over the indicators, and its error.
    """

    evaluatees: list[str]
    estimate: Floats
    plain: Floats
    design: Floats
    cov: Floats
    df: Floats
    n: NDArray[np.int64]
    means: Floats
    points: Floats
    shares: Floats
    shares_se: Floats


def group_scores(
    survey: Survey,
    indicators: Mapping[str, Sequence[str]],
    scale: Scale,
    *,
    by: str = "evaluatee",
    full_mark: float = 100.0,
    official: Official = "design",
    census_dont_know: NDArray[np.bool_] | None = None,
    unit: str | None = None,
) -> GroupScores:
    """Score every evaluatee by one group of respondents.

    The score is ``full mark / (high - low) × 1/K × sum_k (mean_k - low)``, each indicator's mean over
    its own valid answers: not the mean of respondents' means, nor of complete sheets, nor of pooled
    answers. Where the low end of the scale is best, it is ``high - mean_k`` in place of ``mean_k - low``;
    where labels have values, the mean of the values of the answers' labels, as ``Scale.points`` says.

    Parameters
    ----------
    survey : Survey
        Rows are answer sheets; rating columns hold numbers, NaN for no valid answer.
    indicators : mapping of str to list of str
        The indicators each evaluatee is rated on.
    scale : Scale
    by : str
        Column of evaluatees.
    full_mark : float
    official : "plain" or "design"
        Whether every valid answer counts the same, or with its weight. The error of either follows
        the design.
    census_dont_know : ndarray of bool, shape (n, K), optional
        Given for a census, in the order of ``columns_of(indicators)``: which answers are 不了解. The
        error then comes from missing answers alone, as ``census_covariance`` says.
    unit : str, optional
        For a census, the column of respondents.

    Returns
    -------
    GroupScores
        Evaluatees in sorted order.

    Raises
    ------
    AnswerError
        An indicator has no valid answer for an evaluatee; all answers about one come from one sampled unit.
    EstimateError
        The scale is faulty; an evaluatee in the answers has no indicators; or the survey has adjustment
        cells or is calibrated, and plain scores or a census are asked for.

    Examples
    --------
    Ratings 8 and 6, and 9 with one 不了解, on two indicators: 10/2 × (7 + 9) = 80.

    >>> table = pd.DataFrame({"evaluatee": "A", "q1": [8.0, 6.0], "q2": [9.0, np.nan]})
    >>> group_scores(Survey(table), {"A": ["q1", "q2"]}, Scale(0, 10)).estimate.tolist()
    [80.0]

    Answers 9, 7 and 2 with label values 100, 70 and 30: their mean.

    >>> from scoring.scale import Label
    >>> words = (Label("不满意", 0, 5, 30), Label("基本满意", 6, 7, 70), Label("满意", 8, 10, 100))
    >>> table = pd.DataFrame({"evaluatee": "A", "q1": [9.0, 7.0, 2.0]})
    >>> group_scores(Survey(table), {"A": ["q1"]}, Scale(0, 10, words)).estimate.round(3).tolist()
    [66.667]
    """
    points = scale.points(full_mark)
    if survey.response is not None and official == "plain":
        raise EstimateError("plain_with_cells", where="scores")
    if survey.response is not None and census_dont_know is not None:
        raise EstimateError("census_with_cells", where="scores")
    if survey.calibration is not None and (official == "plain" or census_dont_know is not None):
        raise EstimateError("plain_when_calibrated", where="scores", kind=survey.calibration.kind)
    domains = domains_of(survey.table, by)
    evaluatees = [str(one) for one in domains.labels[by]]
    absent = [one for one in evaluatees if not indicators.get(one)]
    if absent:
        raise EstimateError("no_indicators", where="scores", evaluatee=absent[0])
    columns = columns_of(indicators)
    asked = np.array([[column in indicators[one] for column in columns] for one in evaluatees])
    cells = _Cells.of(numeric(survey.table, columns, finite=False), domains, asked, scale, columns)
    refuse_strays(survey, cells.valid, columns)
    rate = asked / asked.sum(axis=1, keepdims=True)
    # What a rating brings: its distance from the bottom for the score, 1 in its label for a share.
    gains = np.vstack([points, *_label_hits(scale)])
    plain = _means(cells.counts(None), gains)
    cells.refuse_empty(plain.size, domains, columns)
    adjusted = any(one is not None for one in (survey.weight, survey.response, survey.calibration))
    design = _means(cells.counts(survey.weights), gains) if adjusted else plain
    cells.refuse_empty(design.size, domains, columns)
    chosen, weights = (plain, None) if official == "plain" else (design, survey.weights)
    size = len(evaluatees)
    if census_dont_know is None:
        z = cells.linearised(chosen, gains, rate, weights)
        cov = survey.covariance(z, domains.codes, size)
        answered = cells.valid.any(axis=1)
        counts = answered if weights is None else answered & (weights != 0)
        df = survey.satterthwaite(z[:, 0], domains.codes, size, np.asarray(counts))
        single = single_units(survey, domains, np.asarray(counts))
        if single.size:  # deviations from the unit's own mean add up to 0, which is no error
            names = [evaluatees[at] for at in single]
            raise AnswerError("single_unit_scores", where="scores", evaluatees="、".join(names), names=names)
    else:
        respondents = np.arange(len(cells.valid)) if unit is None else pd.factorize(survey.table[unit])[0]
        due = asked[domains.codes] & ~census_dont_know
        cov = census_covariance(cells.brought(gains), cells.valid, due, respondents, domains, rate)
        df = np.full(size, np.inf)
    width = len(gains)
    values = (chosen.mean * rate[:, :, None]).sum(axis=1)
    return GroupScores(
        evaluatees=evaluatees,
        estimate=values[:, 0],
        plain=(plain.mean[:, :, 0] * rate).sum(axis=1),
        design=(design.mean[:, :, 0] * rate).sum(axis=1),
        cov=cov[::width, ::width],
        df=df,
        n=np.bincount(domains.codes, weights=cells.valid.any(axis=1), minlength=size).astype(np.int64),
        means=np.where(asked, _mean_ratings(cells.counts(weights), chosen, points, scale), np.nan),
        points=np.where(asked, chosen.mean[:, :, 0], np.nan),
        shares=values[:, 1:],
        shares_se=np.sqrt(np.maximum(np.diag(cov), 0.0)).reshape(size, width)[:, 1:],
    )


def linearised_scores(
    survey: Survey,
    indicators: Mapping[str, Sequence[str]],
    scale: Scale,
    *,
    by: str = "evaluatee",
    full_mark: float = 100.0,
    official: Official = "design",
) -> Floats:
    """Give what each sheet adds to its evaluatee's score, linearised: for covariances with other totals.

    ``survey.covariance`` of these values is the covariance of ``group_scores``; beside those of another
    estimate from the same sheets, it gives the covariance of the two.

    Parameters
    ----------
    survey : Survey
    indicators : mapping of str to list of str
    scale : Scale
    by : str
    full_mark : float
    official : "plain" or "design"
        All as for ``group_scores``, which says what is wrong with them.

    Returns
    -------
    ndarray of float, shape (n,)
        Weighted.

    Examples
    --------
    Ratings 8 and 6 of 0 to 10: each is 10 points from the mean of 70, and half of that in the mean.

    >>> table = pd.DataFrame({"evaluatee": "A", "q1": [8.0, 6.0]})
    >>> linearised_scores(Survey(table), {"A": ["q1"]}, Scale(0, 10)).tolist()
    [5.0, -5.0]
    """
    domains, columns = domains_of(survey.table, by), columns_of(indicators)
    asked = np.array([[column in indicators[str(one)] for column in columns] for one in domains.labels[by]])
    cells = _Cells.of(numeric(survey.table, columns, finite=False), domains, asked, scale, columns)
    gains, weights = scale.points(full_mark)[None, :], None if official == "plain" else survey.weights
    means = _means(cells.counts(weights), gains)
    cells.refuse_empty(means.size, domains, columns)
    return cells.linearised(means, gains, asked / asked.sum(axis=1, keepdims=True), weights)[:, 0]


def columns_of(indicators: Mapping[str, Sequence[str]]) -> list[str]:
    """Give all indicators once, in order of appearance.

    >>> columns_of({"A": ["q1", "q2"], "B": ["q2", "q3"]})
    ['q1', 'q2', 'q3']
    """
    return list(dict.fromkeys(column for columns in indicators.values() for column in columns))


def _mean_ratings(counts: Floats, means: _Means, points: Floats, scale: Scale) -> Floats:
    """Give mean ratings, shape (D, K), from mean points where those tell them."""
    if scale.has_values:
        return scale.low + _means(counts, np.arange(points.size, dtype=np.float64)[None, :]).mean[:, :, 0]
    if scale.best == "high":
        return np.asarray(means.mean[:, :, 0] / points[1] + scale.low)
    return np.asarray(scale.high - means.mean[:, :, 0] / points[-2])


def _label_hits(scale: Scale) -> list[Floats]:
    ratings = np.arange(scale.low, scale.high + 1)
    return [((ratings >= label.low) & (ratings <= label.high)).astype(np.float64) for label in scale.labels]


@dataclass(frozen=True)
class _Cells:
    """Every answer as the number of its cell: evaluatee, indicator, rating (the last for none).

    Attributes
    ----------
    index : ndarray of int, shape (n, K)
    valid : ndarray of bool, shape (n, K)
    asked : ndarray of bool, shape (D, K)
    ratings : int
        Ratings on the scale, R.
    """

    index: NDArray[np.intp]
    valid: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    ratings: int

    @classmethod
    def of(
        cls, values: Floats, domains: Domains, asked: NDArray[np.bool_], scale: Scale, columns: Sequence[str]
    ) -> _Cells:
        ratings = scale.high - scale.low + 1
        valid: NDArray[np.bool_] = ~np.isnan(values) & asked[domains.codes]
        code = np.where(valid, values - scale.low, ratings)
        odd = np.argwhere(
            (code != np.floor(code)) | (code < 0) | (code > ratings) | (valid & (code == ratings))
        )
        if odd.size:
            row, k = odd[0]
            raise EstimateError(
                "bad_rating",
                where="scores",
                low=scale.low,
                high=scale.high,
                column=columns[k],
                value=values[row, k],
                row=row + 1,
            )
        place = domains.codes[:, None] * values.shape[1] + np.arange(values.shape[1])
        return cls(place * (ratings + 1) + code.astype(np.intp), valid, asked, ratings)

    def refuse_empty(self, size: Floats, domains: Domains, columns: Sequence[str]) -> None:
        """Name the first mean asked for that no answer counts in; size is its sum of weights, (D, K)."""
        empty = np.argwhere(self.asked & (size == 0))
        if empty.size:
            at, k = empty[0]
            raise AnswerError(
                "no_answer", where="scores", variable=columns[k], domain=f" ({domains.name(int(at))})"
            )

    def counts(self, weights: Floats | None) -> Floats:
        """Sum the weights in each cell, shape (D, K, R)."""
        size = self.asked.size * (self.ratings + 1)
        spread = None if weights is None else np.repeat(weights, self.index.shape[1])
        sums = np.bincount(self.index.ravel(), weights=spread, minlength=size)
        return sums.reshape(*self.asked.shape, self.ratings + 1)[:, :, :-1].astype(np.float64)

    def linearised(self, means: _Means, gains: Floats, rate: Floats, weights: Floats | None) -> Floats:
        """Give each row's linearised values of score and shares, shape (n, G)."""
        each = np.divide(rate, means.size, out=np.zeros_like(rate), where=self.asked)
        columns = []
        for g, gain in enumerate(gains):
            table = np.zeros((*self.asked.shape, self.ratings + 1))
            table[:, :, :-1] = (gain - means.mean[:, :, [g]]) * each[:, :, None]
            columns.append(table.ravel().take(self.index).sum(axis=1))
        rows = np.array(columns) if weights is None else np.array(columns) * weights
        return rows.T

    def brought(self, gains: Floats) -> Floats:
        """Give what every answer brings, shape (n, K, G), NaN where there is none."""
        table = np.column_stack([gains, np.full(len(gains), np.nan)])
        return np.moveaxis(table[:, self.index % (self.ratings + 1)], 0, -1)


@dataclass(frozen=True)
class _Means:
    """Sums of weights (D, K) and means of what ratings bring (D, K, G)."""

    size: Floats
    mean: Floats


def _means(counts: Floats, gains: Floats) -> _Means:
    size = counts.sum(axis=2)
    sums = counts @ gains.T
    return _Means(
        size, np.divide(sums, size[:, :, None], out=np.zeros_like(sums), where=size[:, :, None] > 0)
    )
