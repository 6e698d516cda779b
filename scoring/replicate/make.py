"""Surveys whose errors come from replicates: made from the design, or read from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from scoring.columns import numbers
from scoring.errors import EstimateError
from scoring.rank.checks import random_seed
from scoring.replicate.multipliers import half_samples, leave_one_out, redrawn, successive
from scoring.replicate.replicates import Centre, Replicates
from scoring.stages import open_units
from scoring.survey import Survey
from scoring.variance import Codes, Floats, first_rows

Kind = Literal["jackknife", "jackknife-1", "brr", "fay", "bootstrap", "successive differences"]


def jackknife(survey: Survey) -> Survey:
    """Leave out one PSU after the other: JKn; without strata, JK1.

    Parameters
    ----------
    survey : Survey
        Of one stage that varies; certain units are looked through.

    Returns
    -------
    Survey
        The same, its errors from replicates.

    Raises
    ------
    EstimateError
        A stratum has one PSU; later stages have finite populations under a first one that has; the survey
        has adjustment cells, is calibrated, overlapping, or has replicates already.

    Notes
    -----
    With n PSUs in a stratum, N in its population and t_i the estimate without PSU i, whose weight the others
    take over, the variance is the sum over strata of ``(1 - n/N) (n - 1)/n sum (t_i - t)²`` (Wolter 2007,
    chapter 4). Of a total it is exactly that of linearisation. Unequal probabilities p without replacement
    take 1 - p_i in the place of 1 - n/N. Calibrate after this, not before: each replicate is then calibrated.

    Examples
    --------
    Four of ten, 1 to 4: as the formula, s²/4 (1 - 4/10) = 0.25.

    >>> from scoring import mean
    >>> table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "N": 10})
    >>> mean(jackknife(Survey(table, population="N")), "y").cov.round(9).tolist()
    [[0.25]]
    """
    psus = _psus(survey, "jackknife", equal=False)
    n = np.bincount(psus.stratum)[psus.stratum]
    made = leave_one_out(psus.stratum)
    return _with(survey, "jackknife", psus, made, 1.0, (n - 1) / n * (1 - psus.prob))


def brr(survey: Survey, rho: float = 0.0) -> Survey:
    """Take balanced half-samples of strata with two PSUs each; with rho, Fay's milder kind.

    Parameters
    ----------
    survey : Survey
        Two PSUs in every stratum, with replacement or of populations so large that they pass for infinite.
    rho : float
        From 0 (BRR: half the PSUs leave) to below 1; Fay's method leaves all at least rho of their weight,
        so that small domains are never lost. 0.3 and 0.5 are usual.

    Returns
    -------
    Survey

    Raises
    ------
    EstimateError
        As ``jackknife``; or a stratum has another number of PSUs or a finite population, or rho is out of
        range.

    Notes
    -----
    McCarthy (1966); Fay as in Judkins (1990): ``1 / (R (1 - rho)²) sum (t_r - t)²``. The half-samples follow
    a Hadamard matrix whose order exceeds the number of strata, so each stratum is balanced too.

    Examples
    --------
    Two strata with 1, 3 and 2, 6: the total's variance is (3-1)² + (6-2)² = 20.

    >>> from scoring import total
    >>> table = pd.DataFrame({"y": [1.0, 3.0, 2.0, 6.0], "h": [*"aabb"]})
    >>> survey = Survey(table, stratum="h")
    >>> total(brr(survey), "y").cov.round(9).tolist(), total(brr(survey, rho=0.3), "y").cov.round(9).tolist()
    ([[20.0]], [[20.0]])
    """
    if not 0 <= rho < 1:
        raise EstimateError("bad_rho", where="brr: rho", value=rho)
    psus = _psus(survey, "brr")
    sizes = np.bincount(psus.stratum)
    odd = np.flatnonzero(sizes != 2)
    if odd.size:
        name = psus.name(survey, int(odd[0]))
        raise EstimateError("not_pairs", where="brr", name=name, psus=sizes[odd[0]], count=odd.size)
    if (psus.prob > 0).any():
        raise EstimateError("finite_pairs", where="brr")
    made = half_samples(psus.stratum, rho)
    scale = 1 / (made.shape[1] * (1 - rho) ** 2)
    return _with(survey, "brr" if rho == 0 else "fay", psus, made, scale, np.ones(made.shape[1]))


def bootstrap(survey: Survey, replicates: int = 500, seed: int = 0) -> Survey:
    """Draw the PSUs of every stratum again, n - 1 of n with replacement, and rescale their weights.

    Parameters
    ----------
    survey : Survey
        Equal probabilities within each stratum.
    replicates : int
        At least 2. Errors of the errors are about ``1 / sqrt(2 R)``: 3 % with 500.
    seed : int
        From 0 to 2**128 - 1. The same seed and order of rows give the same replicates on every machine.

    Returns
    -------
    Survey

    Raises
    ------
    EstimateError
        As ``jackknife``; or probabilities differ within a stratum, or replicates or seed are out of range.

    Notes
    -----
    Rao and Wu (1988), Rao, Wu and Yue (1992): a PSU drawn r times has its weight times
    ``1 + sqrt(1 - n/N) (r n/(n-1) - 1)``; the variance is ``1/R sum (t_r - t)²``.

    Examples
    --------
    Four of ten, 1 to 4, whose variance is 0.25 by formula:

    >>> from scoring import mean
    >>> table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "N": 10})
    >>> mean(bootstrap(Survey(table, population="N"), 20_000), "y").cov.round(2).tolist()
    [[0.25]]
    """
    if not isinstance(replicates, int | np.integer) or replicates < 2:
        raise EstimateError("bad_replicates", where="bootstrap: replicates", value=replicates)
    random_seed("bootstrap", seed)
    psus = _psus(survey, "bootstrap")
    made = redrawn(psus.stratum, psus.prob, int(replicates), int(seed))
    return _with(survey, "bootstrap", psus, made, 1 / replicates, np.ones(replicates))


def successive_differences(survey: Survey) -> Survey:
    """Compare each PSU with the next of its stratum, in the order of the table: for systematic samples.

    Parameters
    ----------
    survey : Survey
        PSUs in the order in which they were drawn; equal probabilities within each stratum.

    Returns
    -------
    Survey

    Raises
    ------
    EstimateError
        As ``bootstrap``.

    Notes
    -----
    Fay and Train (1995); Wolter (2007), section 8.2. Of a total: ``(1 - n/N) / 2 sum (t_i - t_(i+1))²``, the
    last PSU of a stratum beside its first. No estimate of a systematic sample's variance is unbiased: this
    takes what runs along the order out of the error; in a random order it is that of simple random sampling.

    Examples
    --------
    1, 2, 4, 7 of eight: (1 - 4/8)/2 × (1 + 4 + 9 + 36) = 12.5 for the total of the four.

    >>> from scoring import total
    >>> table = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0], "N": 8})
    >>> total(successive_differences(Survey(table, population="N")), "y").cov.round(9).tolist()
    [[12.5]]
    """
    psus = _psus(survey, "successive differences")
    made = successive(psus.stratum, psus.prob)
    return _with(survey, "successive differences", psus, made, 4 / made.shape[1], np.ones(made.shape[1]))


def replicate_weights(
    survey: Survey,
    columns: Sequence[str],
    *,
    scale: float,
    rscales: Sequence[float] | None = None,
    centre: Centre = "estimate",
    combined: bool = True,
    df: float | None = None,
) -> Survey:
    """Take replicate weights from columns of the table, as statistical offices publish them.

    Parameters
    ----------
    survey : Survey
        With its weight; strata and PSUs are not needed and not read.
    columns : list of str, length R
        At least 2.
    scale : float
        What the publisher says: (R-1)/R for JK1, 1 for JKn with ``rscales`` (n-1)/n, 1/R for BRR and the
        bootstrap, 1/(R (1-rho)²) for Fay's, 4/R for successive differences.
    rscales : sequence of float, length R, optional
        1 without it.
    centre : "estimate" or "mean"
        Around what squares are taken; "mean" is R's default (mse = FALSE).
    combined : bool
        Whether the columns are weights, or what weights are to be multiplied by.
    df : float, optional
        Degrees of freedom; without it the rank of the weights, less 1 (as R's ``degf``).

    Returns
    -------
    Survey

    Raises
    ------
    AnswerError
        A column is missing, or has no number.
    EstimateError
        Fewer than two columns; scales negative, infinite or of another length; ``centre`` is unknown, ``df``
        not above 0; a row without weight has some in a replicate; the survey has adjustment cells, is
        calibrated, overlapping, or has replicates already.

    Examples
    --------
    >>> from scoring import mean
    >>> table = pd.DataFrame({"y": [1.0, 3.0], "w": [1.0, 1.0], "r1": [0.0, 2.0], "r2": [2.0, 0.0]})
    >>> survey = replicate_weights(Survey(table, weight="w"), ["r1", "r2"], scale=1 / 2)
    >>> mean(survey, "y").table[["estimate", "se", "df"]].to_numpy().tolist()
    [[2.0, 1.0, 1.0]]
    """
    where = "replicate weights"
    _refuse_others(survey, where)
    if centre not in get_args(Centre):
        known = ", ".join(get_args(Centre))
        raise EstimateError("unknown_choice", where=f"{where}: centre", value=centre, known=known)
    if df is not None and not df > 0:
        raise EstimateError("bad_df", where=f"{where}: df", value=df)
    if len(columns) < 2:
        raise EstimateError("bad_replicates", where=where, value=len(columns))
    found = np.column_stack([numbers(survey.table, column) for column in columns])
    bad = np.argwhere(~np.isfinite(found))
    if bad.size:
        row, at = bad[0]
        raise EstimateError("not_numbers", where=f"column {columns[at]!r}", found=f"row {row + 1} has none")
    weights = survey.weights
    if combined:
        lost = np.flatnonzero((weights == 0) & (found != 0).any(axis=1))
        if lost.size:
            raise EstimateError("weight_from_nothing", where=where, row=lost[0] + 1)
        found = np.divide(found, weights[:, None], out=np.ones_like(found), where=weights[:, None] != 0)
    shares = np.ones(len(columns)) if rscales is None else np.asarray(rscales, dtype=np.float64)
    if (
        shares.shape != (len(columns),)
        or not (np.isfinite(shares) & (shares >= 0)).all()
        or not 0 < scale < np.inf
    ):
        raise EstimateError("bad_scales", where=where, count=len(columns))
    if df is None:
        df = float(np.linalg.matrix_rank(found * weights[:, None], tol=None) - 1)
    rows = np.arange(len(found), dtype=np.intp)
    return replace(
        survey, replicates=Replicates("given", rows, found, float(scale), shares, centre=centre, df=df)
    )


@dataclass(frozen=True)
class _Psus:
    """The units that vary: rows' units (-1 for certain ones), and each unit's stratum and probability."""

    unit: Codes
    stratum: Codes
    prob: Floats

    def name(self, survey: Survey, stratum: int) -> str:
        row = int(np.flatnonzero(self.unit == np.flatnonzero(self.stratum == stratum)[0])[0])
        asked = survey.stratum if isinstance(survey.stratum, str) else next(iter(survey.stratum or ()), None)
        return "(all)" if asked is None else str(survey.table[asked].iloc[row])


def _psus(survey: Survey, where: str, equal: bool = True) -> _Psus:
    """Give the units that replicates leave out, looking through certain ones."""
    _refuse_others(survey, where)
    unit, stratum, at = open_units(survey.stages)
    prob = np.ones(unit.size)
    for number, stage in enumerate(survey.stages):
        if (stage.above[stage.unit] * (1 - stage.prob[stage.unit]) * (at < number) > 0).any():
            raise EstimateError("later_stages", where=where)
        prob[at == number] = stage.prob[stage.unit[at == number]]
    varies = np.flatnonzero(unit >= 0)
    if not varies.size:
        raise EstimateError("nothing_varies", where=where)
    codes = np.full(unit.size, -1, dtype=np.intp)
    codes[varies] = pd.factorize(unit[varies])[0]
    first = varies[first_rows(codes[varies])]
    of = pd.factorize(stratum[first])[0].astype(np.intp)
    found = _Psus(codes, of, prob[first])
    lonely = np.flatnonzero(np.bincount(of) == 1)
    if lonely.size:
        raise EstimateError("lonely_replicate", where=where, name=found.name(survey, int(lonely[0])))
    if equal:
        apart = np.flatnonzero(found.prob != found.prob[first_rows(of)][of])
        if apart.size:
            name = found.name(survey, int(of[apart[0]]))
            raise EstimateError("unequal_in_stratum", where=where, name=name)
    return found


def _refuse_others(survey: Survey, where: str) -> None:
    """Name what a survey has that its replicates would not know of."""
    facts = {
        "adjustment cells": survey.response,
        "calibrated weights": survey.calibration,
        "overlapping samples": survey.overlapping,
        "replicates": survey.replicates,
        "units drawn independently": survey.independent or None,
    }
    for name, found in facts.items():
        if found is not None:
            raise EstimateError("not_replicated", where=where, found=name)


def _with(
    survey: Survey, kind: str, psus: _Psus, multipliers: Floats, scale: float, rscales: Floats
) -> Survey:
    return replace(survey, replicates=Replicates(kind, psus.unit, multipliers, float(scale), rscales))
