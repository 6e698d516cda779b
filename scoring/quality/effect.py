"""How much of the answers' variance is the interviewers'."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import AnswerError
from scoring.quality.sheets import Sheets
from scoring.variance import Floats


@dataclass(frozen=True)
class InterviewerEffect:
    """The share of interviewers in the variance of sheets' means, strata taken out.

    Attributes
    ----------
    icc, icc_se : float
        Intraclass correlation and its standard error (from the curvature of the likelihood; NaN at 0).
    between, within : float
        Variances, in ratings squared.
    deff : float
        1 + (m - 1) icc: how much the variance of a mean grows; m is ``mean_interviews``.
    mean_interviews : float
        Σ n² / n: interviews of the interviewer of an interview.
    interviewers, n : int
    p : float
        Of no effect: likelihood ratio, half of χ² with 1 degree of freedom, as 0 is the edge.
    p_permutation : float or None
        Of no effect, interviewers shuffled within strata.
    alone : float
        Share of the sheets that lie in strata of one interviewer: they say nothing of his effect.
    confounded : bool
        Whether that holds for all: the strata take the effect up, and icc is NaN.
    chinese, english : str
        What it means, in a sentence.
    """

    icc: float
    icc_se: float
    between: float
    within: float
    deff: float
    mean_interviews: float
    interviewers: int
    n: int
    p: float
    p_permutation: float | None
    alone: float
    confounded: bool
    chinese: str
    english: str


def interviewer_effect(sheets: Sheets, permutations: int = 0, seed: int = 0) -> InterviewerEffect:
    """Estimate the interviewers' share of the variance by a mixed model.

    A sheet's mean rating = its stratum (fixed) + its interviewer (random) + the rest, by restricted
    maximum likelihood (REML). Where interviewers have towns of their own and no stratum holds two, effects
    of towns and interviewers cannot be told apart: with the town as stratum nothing is left (``confounded``);
    with another stratum the icc holds the towns too. Only interviewers assigned by chance within a town
    (interpenetration) separate them.

    Parameters
    ----------
    sheets : Sheets
    permutations : int
        Shuffles of interviewers within strata; 0 for none.
    seed : int

    Returns
    -------
    InterviewerEffect

    Raises
    ------
    AnswerError
        No interviewers are told.

    Notes
    -----
    Strata are swept out first, so that with V interviewers one matrix V × V, diagonalised once, gives the
    REML likelihood for every icc. In balanced data it is the ANOVA estimator ``(B - W) / (B + (m - 1) W)``.

    Examples
    --------
    Two interviews of each of three interviewers: B = 8, W = 1/2, (8 - 1/2) / (8 + 1/2) = 0.882.

    >>> from scoring import Scale, read_ratings
    >>> import pandas as pd
    >>> table = pd.DataFrame({"员": ["甲", "甲", "乙", "乙", "丙", "丙"], "q1": [5, 6, 7, 8, 9, 10]})
    >>> found = interviewer_effect(
    ...     Sheets.of(table, read_ratings(table, "q1", Scale(0, 10)), Scale(0, 10), interviewer="员")
    ... )
    >>> round(found.icc, 3), found.confounded
    (0.882, False)
    """
    if not len(sheets.interviewers):
        raise AnswerError("quality_lacks", where="interviewer_effect", needed="interviewer")
    y = sheets.means
    told = (sheets.interviewer >= 0) & np.isfinite(y)
    y = y[told]
    who = np.unique(sheets.interviewer[told], return_inverse=True)[1]
    stratum = np.unique(sheets.stratum[told], return_inverse=True)[1]
    interviewers = int(who.max(initial=-1)) + 1
    cells = np.unique(stratum * max(interviewers, 1) + who) // max(interviewers, 1)
    alone = float((np.bincount(cells, minlength=1)[stratum] == 1).mean()) if y.size else 1.0
    sizes = np.bincount(who, minlength=1)
    heavy = float((sizes**2).sum() / max(y.size, 1))
    model = _Model.of(y, who, stratum, interviewers)
    confounded = not (model.roots > 1e-9).any() or model.df - int((model.roots > 1e-9).sum()) < 1
    if confounded:
        icc = se = between = within = p = np.nan
        shuffled = None
    else:
        icc = model.best()
        se, p = model.error(icc), model.chance(icc)
        within = model.within(icc)
        between = within * icc / (1 - icc)
        shuffled = _shuffled(y, who, stratum, interviewers, permutations, seed) if permutations else None
    deff = 1 + (heavy - 1) * icc
    chinese, english = _words(icc, deff, p, alone, confounded)
    return InterviewerEffect(
        icc=icc,
        icc_se=se,
        between=between,
        within=within,
        deff=deff,
        mean_interviews=heavy,
        interviewers=interviewers,
        n=int(y.size),
        p=p,
        p_permutation=shuffled,
        alone=alone,
        confounded=confounded,
        chinese=chinese,
        english=english,
    )


@dataclass(frozen=True)
class _Model:
    """REML of one random factor, strata swept out; variances are told by the icc r, λ = r / (1 - r)."""

    roots: Floats
    """Eigenvalues of Z'MZ."""
    squares: Floats
    """Squared Z'My along their axes."""
    total: float
    """y'My."""
    df: int

    @staticmethod
    def of(y: Floats, who: NDArray[np.intp], stratum: NDArray[np.intp], interviewers: int) -> _Model:
        strata = int(stratum.max(initial=-1)) + 1
        size = np.bincount(stratum, minlength=strata)
        deviation = y - (np.bincount(stratum, y, strata) / size)[stratum]
        counts = np.zeros((strata, interviewers))
        np.add.at(counts, (stratum, who), 1.0)
        cross = np.diag(counts.sum(axis=0)) - counts.T @ (counts / size[:, None])
        roots, axes = np.linalg.eigh(cross)
        found = axes.T @ np.bincount(who, deviation, interviewers)
        roots = np.where(roots > 1e-9 * max(roots.max(initial=0.0), 1.0), roots, 0.0)
        return _Model(
            roots, np.where(roots > 0, found**2, 0.0), float(deviation @ deviation), y.size - strata
        )

    def within(self, icc: float) -> float:
        ratio = icc / (1 - icc)
        rest = self.total - float((ratio * self.squares / (1 + ratio * self.roots)).sum())
        return max(rest, 0.0) / self.df

    def fit(self, icc: float) -> float:
        """Give -2 log REML likelihood, but for a constant."""
        ratio = icc / (1 - icc)
        least = 1e-300 + 1e-15 * self.total / self.df
        return float(self.df * np.log(max(self.within(icc), least)) + np.log1p(ratio * self.roots).sum())

    def best(self) -> float:
        from scipy.optimize import minimize_scalar

        grid = 1 - np.append(np.geomspace(1, 1e-3, 60), 1e-4)
        fits = np.array([self.fit(one) for one in grid])
        at = int(fits.argmin())
        low, high = grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)]
        found = minimize_scalar(self.fit, bounds=(low, high), method="bounded", options={"xatol": 1e-10})
        return 0.0 if self.fit(0.0) <= float(found.fun) else float(found.x)

    def error(self, icc: float) -> float:
        step = min(icc, 1 - icc) / 50
        if not step > 0:
            return float("nan")
        bend = (self.fit(icc + step) - 2 * self.fit(icc) + self.fit(icc - step)) / step**2
        return float(np.sqrt(2 / bend)) if bend > 0 else float("nan")

    def chance(self, icc: float) -> float:
        from scipy.special import chdtrc

        gain = self.fit(0.0) - self.fit(icc)
        return 1.0 if icc == 0 else 0.5 * float(chdtrc(1, max(gain, 0.0)))


def _shuffled(
    y: Floats, who: NDArray[np.intp], stratum: NDArray[np.intp], interviewers: int, times: int, seed: int
) -> float:
    """Give how often shuffled interviewers differ as much: Σ (sum of deviations)² / interviews."""
    random = np.random.default_rng(seed)
    order = np.argsort(stratum, kind="stable")
    y, who, stratum = y[order], who[order], stratum[order]
    deviation = y - (np.bincount(stratum, y) / np.bincount(stratum))[stratum]
    size = np.bincount(who, minlength=interviewers)

    def statistic(values: Floats) -> float:
        return float((np.bincount(who, values, interviewers) ** 2 / size).sum())

    here = statistic(deviation)
    more = sum(
        statistic(deviation[np.lexsort((random.random(y.size), stratum))]) >= here * (1 - 1e-12)
        for _ in range(times)
    )
    return (1 + more) / (1 + times)


def _words(icc: float, deff: float, p: float, alone: float, confounded: bool) -> tuple[str, str]:
    if confounded:
        return (
            "各层只有一名访问员：访问员的影响与所在地、所评单位的差异混在一起，无法分开估计。",
            "Every stratum has one interviewer: his effect cannot be told from that of the place.",
        )
    chance = "< 0.001" if p < 0.001 else f"= {p:.3f}"
    chinese = f"层内评分差异的 {icc:.1%} 来自访问员（P {chance}），均值的方差为无此影响时的 {deff:.2f} 倍。"
    english = (
        f"{icc:.1%} of the variance within strata is the interviewers' (P {chance}); it multiplies the "
        f"variance of means by {deff:.2f}."
    )
    if alone > 0:
        chinese += f"{alone:.0%} 的答卷所在层只有一名访问员，不提供信息。"
        english += f" {alone:.0%} of the sheets lie in strata of one interviewer and tell nothing."
    return chinese, english
