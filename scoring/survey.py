"""Answers with the roles of their columns, and the variance of totals under their design."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.adjust.residuals import Calibration, calibrated_covariance, calibrated_parts
from scoring.columns import base_weights, column_codes, required
from scoring.errors import AnswerError
from scoring.nonresponse import Parts, Response
from scoring.overlapping import Overlap, overlap_covariance
from scoring.replicate.replicates import Replicates
from scoring.stages import Columns, open_units, place_of, read_stages
from scoring.variance import (
    Codes,
    Floats,
    Stage,
    add_stage,
    cell_totals,
    count_pairs,
    first_rows,
    stage_parts,
)


@dataclass(frozen=True)
class Survey:
    """A table of answers and how its rows were sampled.

    Parameters
    ----------
    table : DataFrame
        One row per answer sheet.
    weight : str, optional
        Column of weights; without it every row counts 1.
    stratum : str or list, optional
        Column of strata, or one per stage (None where a stage has none).
    psu : str or list, optional
        Column of sampled units, or one per stage, read within their stratum and the unit before;
        without it the rows are the units.
    population : str or list, optional
        Column counting that stage's units in the stratum, or one per stage; without it the population
        is infinite.
    prob : str or list, optional
        Column of that stage's inclusion probabilities, or one per stage, where they are unequal; it
        goes before ``population``.
    independent : str or list, optional
        Those of the ``psu`` columns whose units were drawn independently of each other (Bernoulli and
        Poisson sampling), so that their number is left to chance.
    responded, cell : str, optional
        Column of whether the row's unit responded (true or false, 1 or 0), and column of adjustment
        cells; both or neither. The rows are then all drawn units, respondents and eligible
        nonrespondents, whose answers are empty; ``weight`` is the weight before adjustment, and in
        each cell the respondents take over the weight of the others.
    overlapping : str, optional
        Column of samples, where several were drawn from the same population and overlap, such as each
        evaluatee's own raters from one list. Units (one stage) keep their ids over all of them, and a
        domain lies in one sample. Covariances between samples then follow from the common units, as
        ``scoring.overlapping`` says.
    lonely : "error", "adjust", "certainty" or "average"
        What to do where a stratum has one sampled unit out of several, as R's ``survey.lonely.psu``: name
        it; take its deviation from the mean of all linearised values, which is 0 (cautious, since it holds
        the difference of the stratum from the rest); count it as certain, so that its stratum adds nothing
        (bold); or give it the average of the other strata (first stage alone).
    calibration : Calibration, optional
        What ``post_stratify``, ``rake`` and ``calibrate`` give: factors of the weights, and the auxiliaries
        on which linearised values are regressed for the variance (``scoring.adjust.residuals``).
    replicates : Replicates, optional
        What ``jackknife``, ``brr``, ``bootstrap``, ``successive_differences`` and ``replicate_weights`` give:
        errors then come from estimates made again with each replicate's weights.

    Raises
    ------
    AnswerError
        A column is missing, a weight, population or probability is bad, or a stratum has one sampled
        unit out of several and ``lonely`` is "error" (or "average", where there are no others to average
        over). With cells: ``responded`` is neither true nor false, or differs between rows of one unit; a
        cell has no respondent, or one out of several units.

    Notes
    -----
    The variance of a total of row values z is the sum over stages and strata of

    .. math:: c \\sum_i (1 - \\pi_i)(t_i - A)(t_i - A)', \\quad
              A = \\sum_i (1-\\pi_i) t_i / \\sum_i (1 - \\pi_i)

    with t the units' totals of z, times the probabilities of the units before, and
    c = 1 / (1 - sum a_i²), a_i = (1 - pi_i) / sum (1 - pi_i): Deville (1999), Hájek (1964). With
    equal probabilities it is (1 - n/N) n/(n-1) times the sum of squares. A unit drawn for certain
    adds nothing at its own stage, so it acts as a stratum whose next-stage units are the PSUs.

    Units drawn independently have A = 0 and c = 1: the variance of Poisson sampling.

    With ``responded`` and ``cell`` the variance has the terms that ``scoring.nonresponse`` derives:
    that of the adjusted estimate over all drawn units at every stage, and that of who responds, which
    stays when everyone is drawn. Within a cell all units are taken to respond with the same
    probability, independently; rows of one unit of the last stage respond together. A nonrespondent
    may stand in any domain that has answers: only its weight and its cell are read.

    Examples
    --------
    Four of ten were drawn, three answered, 1, 2 and 6: s² = 7, and 7 (1/3 - 1/10) = 1.633.

    >>> from scoring import mean
    >>> table = pd.DataFrame({"y": [1.0, 2.0, 6.0, None], "N": 10, "came": [1, 1, 1, 0], "cell": "all"})
    >>> survey = Survey(table, population="N", responded="came", cell="cell")
    >>> survey.weights.round(3).tolist()
    [1.333, 1.333, 1.333, 0.0]
    >>> mean(survey, "y").cov.round(3).tolist()
    [[1.633]]
    """

    table: pd.DataFrame
    weight: str | None = None
    stratum: Columns = None
    psu: Columns = None
    population: Columns = None
    prob: Columns = None
    lonely: Literal["error", "adjust", "certainty", "average"] = "error"
    responded: str | None = None
    cell: str | None = None
    independent: Columns = None
    overlapping: str | None = None
    calibration: Calibration | None = field(default=None, repr=False, compare=False)
    replicates: Replicates | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not len(self.table):
            raise AnswerError("no_rows", where="survey")
        _ = self.base, self.stages, self.weights  # what is wrong is said at once

    @cached_property
    def base(self) -> Floats:
        """Weights of the rows before adjustment, shape (n,)."""
        if self.weight is None:
            return np.ones(len(self.table))
        return base_weights(self.table, self.weight)

    @cached_property
    def weights(self) -> Floats:
        """Weights of the rows, shape (n,); adjusted where there are cells, 0 for nonrespondents."""
        weights = self.base if self.response is None else self.response.adjusted
        return weights if self.calibration is None else weights * self.calibration.factor

    @cached_property
    def response(self) -> Response | None:
        """Who responded, and the adjustment cells."""
        return _response(self)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of sampling, first to last."""
        if self.overlapping is not None and (self.cell is not None or self.calibration is not None):
            raise AnswerError("overlapping_stages", where="survey")
        return read_stages(
            self.table,
            self.stratum,
            self.psu,
            self.population,
            self.prob,
            independent=self.independent,
            lonely=self.lonely,
            overlapping=self.overlapping,
        )

    @cached_property
    def effective(self) -> tuple[Codes, Codes]:
        """Each row's PSU and stratum for degrees of freedom, looking through certain units.

        Rows that are certain at every stage, and to respond, have -1.
        """
        psu, stratum, _ = open_units(self.stages)
        if self.response is not None:  # among certain units, who responds is what varies
            rate = self.response.rate[self.response.cell]
            here = (psu < 0) & (rate < 1)
            psu[here] = self.response.unit[here] + int(psu.max()) + 1
            stratum[here] = self.response.cell[here] + int(stratum.max()) + 1
        return psu, stratum

    def degrees_of_freedom(self, domain: Codes, domains: int, counts: NDArray[np.bool_]) -> Floats:
        """Count, for each domain, the contributing PSUs less their strata.

        Parameters
        ----------
        domain : ndarray of int, shape (n,)
        domains : int
        counts : ndarray of bool, shape (n,)
            Which rows contribute.

        Returns
        -------
        ndarray of float, shape (domains,)
            Infinite where every contributing unit is certain.
        """
        if self.replicates is not None and self.replicates.df is not None:
            return np.full(domains, self.replicates.df)
        psus, strata = self.contributing(domain, domains, counts)
        return np.where(psus > 0, psus - strata, np.inf).astype(np.float64)

    def contributing(self, domain: Codes, domains: int, counts: NDArray[np.bool_]) -> tuple[Codes, Codes]:
        """Count the PSUs and the strata that reach each domain, certain ones apart, shape (domains,) each."""
        psu, stratum = self.effective
        counts = counts & (psu >= 0)
        if not counts.all():
            domain, psu, stratum = domain[counts], psu[counts], stratum[counts]
        return count_pairs(domain, domains, psu), count_pairs(domain, domains, stratum)

    def satterthwaite(self, z: Floats, domain: Codes, domains: int, counts: NDArray[np.bool_]) -> Floats:
        """Give the degrees of freedom of the variance of each domain's total.

        The variance is a sum of parts, one for each stage and stratum, which differ in size and in the
        units they rest on: ``V² / sum (V_h² / (m_h - 1))``, m_h the open units that contribute (Satterthwaite
        1946). Where one stratum brings most of the variance, few units tell it, however many there are
        in the others; counting PSUs less strata would say too much.

        Parameters
        ----------
        z : ndarray of float, shape (n,)
            Row values, weighted.
        domain : ndarray of int, shape (n,)
            Domain of each row.
        domains : int
        counts : ndarray of bool, shape (n,)
            Which rows contribute.

        Returns
        -------
        ndarray of float, shape (domains,)
            Infinite where there is no variance.
        """
        if self.replicates is not None and self.replicates.df is not None:
            return np.full(domains, self.replicates.df)
        whole, load = np.zeros(domains), np.zeros(domains)
        parts: Iterable[Parts] = (stage_parts(stage, z, domain, counts) for stage in self.stages)
        if self.calibration is not None:
            parts = calibrated_parts(self, z, domain, domains, counts)
        elif self.response is not None:
            parts = self.response.parts(self.stages, z, domain, domains, counts)
        for variance, units, of in parts:
            whole += np.bincount(of, weights=variance, minlength=domains)
            freedom = np.maximum(units - 1, 1.0)  # a lone contributor still varies against the others' zeros
            load += np.bincount(of, weights=variance**2 / freedom, minlength=domains)
        result: Floats = np.divide(whole**2, load, out=np.full(domains, np.inf), where=load > 0)
        return result

    def covariance(self, z: Floats, domain: Codes, domains: int) -> Floats:
        """Estimate the covariance of totals of row values, each in its row's domain.

        Parameters
        ----------
        z : ndarray of float, shape (n, K)
            Row values, weighted.
        domain : ndarray of int, shape (n,)
            Domain of each row.
        domains : int
            Number of domains D.

        Returns
        -------
        ndarray of float, shape (D K, D K)
            In the order of domain, then column of z.
        """
        if self.replicates is not None:
            found = (
                self.replicates.totals(z, domain, domains)
                .transpose(0, 2, 1)
                .reshape(-1, domains * z.shape[1])
            )
            whole = cell_totals(z, np.zeros_like(domain), 1, domain, domains)[0]
            return self.replicates.covariance(found, whole.T.ravel())
        if self.calibration is not None:
            return calibrated_covariance(self, z, domain, domains)
        if self.response is not None:
            return self.response.covariance(self.stages, z, domain, domains)
        if self.overlapping is not None:
            return self.overlap(z, domain, domains).cov
        size = domains * z.shape[1]
        result = np.zeros((size, size))
        for stage in self.stages:
            if stage.varies:
                add_stage(result, stage, z, domain, domains)
        return result

    def overlap(self, z: Floats, domain: Codes, domains: int) -> Overlap:
        """Estimate as ``covariance`` does for overlapping samples, and tell what had to be changed for it."""
        table, names = self.table, [self.overlapping, self.psu, self.stratum]
        sample, unit, stratum = (
            np.zeros(len(table), dtype=np.intp) if name is None else column_codes(table, name)
            for name in (one if one is None or isinstance(one, str) else one[0] for one in names)
        )
        return overlap_covariance(self.stages[0], sample, unit, stratum, z, domain, domains)


def _response(survey: Survey) -> Response | None:
    if survey.responded is None and survey.cell is None:
        return None
    if survey.responded is None or survey.cell is None:
        missing = "responded" if survey.responded is None else "cell"
        raise AnswerError("half_response", where="survey", missing=missing)
    column = required(survey.table, survey.responded)
    bad = np.flatnonzero(~column.isin([True, False]).to_numpy())
    if bad.size:
        value = column.iloc[int(bad[0])]
        raise AnswerError(
            "bad_response", where="survey", column=survey.responded, row=bad[0] + 1, value=value
        )
    responded = column.to_numpy(dtype=np.float64) > 0
    last = survey.stages[-1]
    apart = np.flatnonzero(responded != responded[first_rows(last.unit)[last.unit]])
    if apart.size:
        raise AnswerError("responds_apart", where="survey", column=survey.responded, row=apart[0] + 1)
    prob = (last.above * last.prob)[last.unit]
    found = Response(responded, column_codes(survey.table, survey.cell), survey.base, last.unit, prob)
    drawn, answered = found.units
    few = np.flatnonzero((answered == 0) | (found.rate == 0) | ((answered == 1) & (drawn > 1)))
    if few.size:
        row = int(np.flatnonzero(found.cell == few[0])[0])
        rule = "lonely_respondent" if answered[few[0]] == 1 and found.rate[few[0]] > 0 else "empty_cell"
        name = place_of(survey.table, [survey.cell], row)
        raise AnswerError(rule, where="survey", name=name, count=len(few), units=drawn[few[0]])
    return found
