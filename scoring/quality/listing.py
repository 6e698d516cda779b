"""One list of interviewers: every signal, one probability, the reasons in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.errors import AnswerError
from scoring.quality.reasons import ABOUT, reason
from scoring.quality.sheets import Sheets
from scoring.quality.signals import Signal, signals
from scoring.quality.units import holm
from scoring.variance import Floats

TOLD = 0.05
"""A signal of a smaller p is among the reasons."""

MOST = 0.25
"""Share of the interviewers that can be marked one after the other."""


@dataclass(frozen=True)
class InterviewerList:
    """Interviewers in the order in which to look at their work.

    Attributes
    ----------
    table : DataFrame
        ``place``, ``interviewer``, ``n`` (sheets compared), ``p`` (all signals together), ``p_adjusted``
        (Holm over the interviewers), ``flagged`` (``p_adjusted`` at most the level), ``signal`` (the
        strongest), ``chinese`` and ``english`` (reasons, the strongest first; "" where no signal has
        p < 0.05).
    signals : DataFrame
        Of each interviewer in that order and each signal: ``interviewer``, ``signal``, ``observed``,
        ``expected``, ``z``, ``p``, ``chinese``, ``english``.
    left_out : DataFrame
        ``interviewer``, ``n``, ``chinese``, ``english``: who cannot be compared, and why.
    level : float
        The chance that any honest interviewer of the round is flagged.
    chinese, english : str
        What the list says and what not.
    """

    table: pd.DataFrame
    signals: pd.DataFrame
    left_out: pd.DataFrame
    level: float
    chinese: str
    english: str


def interviewer_list(
    sheets: Sheets, least_minutes: float | None = None, level: float = 0.05, least_interviews: int = 5
) -> InterviewerList:
    """Put interviewers into one order by everything in which their sheets differ from the others'.

    Parameters
    ----------
    sheets : Sheets
        With interviewers; with times where there are.
    least_minutes : float, optional
        The plan's shortest interview.
    level : float
        Chance, in a round without fraud, that anybody is flagged.
    least_interviews : int
        Who has fewer sheets to compare is not judged.

    Returns
    -------
    InterviewerList

    Raises
    ------
    AnswerError
        No interviewers are told; a number is out of its range.

    Notes
    -----
    Signals: ``straight`` (sheets of one answer), ``top`` (best ratings), ``dont_know`` (too few who do not
    know), ``spread`` (of answers within a sheet, too small or too large), ``range`` (sheets' means too near),
    ``digits`` (ratings preferred), ``twin_own`` and ``twin_other`` (near-duplicates), ``short``,
    ``overlap`` (impossible times); ``too_short`` (below the plan's minimum) is told beside ``short`` and has
    no p of its own. Each is compared within strata
    and against the honest differences between interviewers (``excess``). Their p-values are put together
    by Cauchy's combination ``p = 1/2 - arctan(mean tan((1/2 - p_s) π)) / π`` (Liu and Xie 2020), which holds
    in the tail whatever the dependence between signals; p_s above 0.99 count 0.99, so that being beyond
    doubt in one does not excuse another. Who is marked is taken out and the others are compared again without
    his sheets, which would make honest ones beside him stand out, until nobody more is.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> random = np.random.default_rng(3)
    >>> table = pd.DataFrame(random.integers(5, 11, (200, 6)), columns=list("abcdef"))
    >>> table["员"] = np.repeat([f"员{at:02d}" for at in range(10)], 20)
    >>> table.loc[table["员"] == "员04", list("abcdef")] = 9
    >>> scale = Scale(0, 10)
    >>> read = read_ratings(table, list("abcdef"), scale)
    >>> found = interviewer_list(Sheets.of(table, read, scale, interviewer="员"))
    >>> found.table[["place", "interviewer", "flagged"]].to_numpy().tolist()[0]
    [1, '员04', True]
    """
    for name, value, fine, must, chinese in (
        ("level", level, 0 < level < 1, "between 0 and 1", "在 0 与 1 之间"),
        ("least_interviews", least_interviews, least_interviews >= 1, "at least 1", "不小于 1"),
    ):
        if not fine:
            told = {"name": name, "value": value, "must": must, "chinese": chinese}
            raise AnswerError("quality_number", where="interviewer_list", **told)
    if not len(sheets.interviewers):
        raise AnswerError("quality_lacks", where="interviewer_list", needed="interviewer")
    kept = sheets
    parts: list[pd.DataFrame] = []
    told_of: list[pd.DataFrame] = []
    while True:
        round_ = _Pass.of(kept, least_minutes, least_interviews)
        judged = round_.order
        if not parts:
            n, left = round_.n, np.setdiff1d(np.arange(round_.n.size), judged)
        # Whoever is marked is taken out, so that nobody else is compared with his sheets.
        last = not judged.size or len(parts) >= MOST * len(sheets.interviewers)
        last = last or round_.p[judged[0]] * judged.size > level
        taken = judged if last else judged[:1]
        parts.append(round_.table(sheets, taken))
        told_of.append(round_.long(sheets, taken))
        if last:
            break
        kept = kept.without(int(judged[0]))
    table = pd.concat(parts, ignore_index=True)
    adjusted = np.maximum.accumulate(table["p_adjusted"].to_numpy(dtype=np.float64))
    table["p_adjusted"] = adjusted
    table.insert(0, "place", np.arange(1, len(table) + 1))
    table.insert(5, "flagged", adjusted <= level)
    long = pd.concat(told_of, ignore_index=True)
    grounds = long[long["p"] < TOLD].sort_values("p", kind="stable")
    for language, mark in (("chinese", "；"), ("english", "; ")):
        words = grounds.groupby("interviewer")[language].agg(mark.join)
        table[language] = table["interviewer"].map(words).astype(object).fillna("")
    return InterviewerList(table, long, _left_out(sheets, n, left, least_interviews), level, *about(level))


@dataclass(frozen=True)
class _Pass:
    """All signals of the sheets not yet taken out."""

    found: list[Signal]
    n: NDArray[np.intp]
    chances: Floats
    p: Floats
    order: NDArray[np.intp]
    """Who is judged, worst first."""

    @staticmethod
    def of(sheets: Sheets, least_minutes: float | None, least: int) -> _Pass:
        found = list(signals(sheets, least_minutes))
        n = np.max([one.found.n for one in found], axis=0)
        chances = np.stack([np.where(n >= least, one.found.p, np.nan) for one in found])
        p = together(chances)
        order = np.flatnonzero(np.isfinite(p))
        least_p = np.nanmin(np.where(np.isnan(chances), 1.0, chances), axis=0)
        return _Pass(found, n, chances, p, order[np.lexsort((least_p[order], p[order]))])

    def table(self, sheets: Sheets, taken: NDArray[np.intp]) -> pd.DataFrame:
        first = np.where(np.isnan(self.chances), 2.0, self.chances).argmin(axis=0)[taken]
        return pd.DataFrame(
            {
                "interviewer": sheets.interviewers[taken],
                "n": self.n[taken],
                "p": self.p[taken],
                "p_adjusted": holm(self.p[self.order])[: taken.size],
                "signal": np.array([one.name for one in self.found], dtype=object)[first],
            }
        )

    def long(self, sheets: Sheets, taken: NDArray[np.intp]) -> pd.DataFrame:
        """Give a row for each of those taken and each signal."""
        size, many = taken.size, len(self.found)

        def laid(parts: list[Floats]) -> Floats:
            """Lay (signals, taken) out by those taken."""
            return np.asarray(parts, dtype=np.float64).reshape(many, size).T.ravel()

        names = [one.name for one in self.found] * size
        observed = laid([one.observed[taken] for one in self.found])
        expected = laid([one.expected[taken] for one in self.found])
        signs = [-1.0 if one.side == "low" else 1.0 for one in self.found]
        told = [reason(*one) for one in zip(names, observed, expected, strict=True)]
        return pd.DataFrame(
            {
                "interviewer": np.repeat(sheets.interviewers[taken], many),
                "signal": pd.Series(names, dtype=object),
                "observed": observed,
                "expected": expected,
                "z": laid([s * one.found.z[taken] for s, one in zip(signs, self.found, strict=True)]),
                "p": laid([one.found.p[taken] for one in self.found]),
                "chinese": pd.Series([text for text, _ in told], dtype=object),
                "english": pd.Series([text for _, text in told], dtype=object),
            }
        )


def together(chances: Floats) -> Floats:
    """Combine p-values (S, V) to (V,) by Cauchy's distribution; NaN is left out.

    Examples
    --------
    >>> together(np.array([[0.01, 0.5], [0.5, 0.5]])).round(4).tolist()
    [0.02, 0.5]
    """
    clipped = np.clip(chances, 1e-300, 0.99)
    # tan((1/2 - p) π) = 1 / tan(p π), which does not lose the smallest p
    each = np.where(np.isnan(clipped), 0.0, 1 / np.tan(np.pi * np.where(np.isnan(clipped), 0.5, clipped)))
    count = (~np.isnan(chances)).sum(axis=0)
    mean = np.divide(each.sum(axis=0), count, out=np.full(count.size, np.nan), where=count > 0)
    result: Floats = np.arctan2(1.0, mean) / np.pi
    return result


def about(level: float) -> tuple[str, str]:
    """Say what the list is and is not."""
    chinese, english = ABOUT
    return chinese.format(level=level), english.format(level=level)


def _left_out(sheets: Sheets, n: NDArray[np.intp], left: NDArray[np.intp], least: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "interviewer": sheets.interviewers[left],
            "n": n[left],
            "chinese": f"可与同层其他访问员比较的答卷不足 {least} 份",
            "english": f"fewer than {least} sheets to compare with others of their strata",
        }
    )
