"""A composite from the scores of its parts, keeping every level with its covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scoring.composite.aggregate import Aggregated, aggregate
from scoring.composite.groups import difference_variance, satterthwaite
from scoring.composite.leaves import Leaves
from scoring.composite.part import Part
from scoring.errors import EstimateError, several
from scoring.interval import interval
from scoring.variance import Floats

Fault = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class PartScores:
    """The scores of one part of a composite.

    Attributes
    ----------
    name : str
    evaluatees : list of str, length D
    estimate : ndarray of float, shape (D,)
        NaN for who lacks the part.
    cov : ndarray of float, shape (D, D)
        NaN in the rows and columns of who lacks the part.
    df : ndarray of float, shape (D,)
        Satterthwaite degrees of freedom over the sources, infinite where there is no error.
    pair_df : ndarray of float, shape (D, D)
        Of each difference.
    """

    name: str
    evaluatees: list[str]
    estimate: Floats
    cov: Floats
    df: Floats
    pair_df: Floats

    @property
    def se(self) -> Floats:
        return np.asarray(np.sqrt(np.maximum(np.diag(self.cov), 0.0)))

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Give one row per evaluatee: ``estimate``, ``se``, ``low``, ``high`` and ``df``."""
        low, high = interval(self.estimate, self.se, self.df, level)
        shown = {"estimate": self.estimate, "se": self.se, "low": low, "high": high, "df": self.df}
        return pd.DataFrame({"evaluatee": self.evaluatees, **shown})


@dataclass(frozen=True)
class Composed:
    """A composite and all its parts.

    Attributes
    ----------
    tree : Part
    scores : dict of str to PartScores
        Of every part by its name, the whole first.
    counted : dict of str to ndarray of float, shape (D,)
        With which weight each part counts in what it is part of, for each evaluatee.
    missing : DataFrame
        One row for each part that an evaluatee lacks: ``evaluatee``, ``part``, ``of`` and the ``rule``
        by which it was dealt with.
    """

    tree: Part
    scores: dict[str, PartScores]
    counted: dict[str, Floats]
    missing: pd.DataFrame

    @property
    def whole(self) -> PartScores:
        """The composite itself."""
        return self.scores[self.tree.name]

    def steps(self, evaluatee: str) -> pd.DataFrame:
        """Show what an evaluatee's composite is made of, each part before its own parts.

        Parameters
        ----------
        evaluatee : str

        Returns
        -------
        DataFrame
            ``part``, ``of``, ``depth``, ``how`` (its parts are put together), ``weight`` (by the plan),
            ``counted`` (for this evaluatee), ``estimate``, ``se`` and ``df``.

        Raises
        ------
        EstimateError
            There is no such evaluatee.
        """
        if evaluatee not in self.whole.evaluatees:
            raise EstimateError("unknown_names", where="steps", names=evaluatee)
        at = self.whole.evaluatees.index(evaluatee)
        rows: list[dict[str, Any]] = []
        self._step(self.tree, "", 0, at, rows)
        return pd.DataFrame(rows)

    def _step(self, part: Part, of: str, depth: int, at: int, rows: list[dict[str, Any]]) -> None:
        found = self.scores[part.name]
        rows.append(
            {
                "part": part.name,
                "of": of,
                "depth": depth,
                "how": part.how if part.parts else "",
                "weight": part.weight if of else 1.0,
                "counted": self.counted[part.name][at],
                "estimate": found.estimate[at],
                "se": found.se[at],
                "df": found.df[at],
            }
        )
        for one in part.parts:
            self._step(one, part.name, depth + 1, at, rows)


def compose(tree: Part, sources: Sequence[Leaves]) -> Composed:
    """Put scores together as a tree says, with one covariance over all evaluatees at every part.

    The variance is that of the linear approximation (delta method), exact where everything is
    arithmetic: ``cov_jk = sum g_lj C_lj,mk g_mk`` over the given parts l and m, with g the derivative of an
    evaluatee's composite with respect to its own scores. Scores of one source move together as its
    covariance says, scores of different sources are independent.

    Degrees of freedom after Satterthwaite (1946), each source one term with the least degrees of freedom
    of its scores that count.

    Parameters
    ----------
    tree : Part
    sources : sequence of Leaves
        Scores of every part that is not made of parts, all on one scale.

    Returns
    -------
    Composed
        Evaluatees in the order in which they first appear.

    Raises
    ------
    EstimateError
        With everything that is wrong: weights that do not sum to 1, parts without scores or scores
        without a part; parts that an evaluatee lacks where the rule is "error"; a part of a product that
        is not above 0.

    Examples
    --------
    0.7 (0.65 × 80 + 0.35 × 90) + 0.3 × 96 = 87.25. Errors of 2 and 4 of the survey's parts, and none of the
    rate of completed tasks: 0.7² (0.65² × 4 + 0.35² × 16) = 1.7885.

    >>> survey = Part("群众满意度", 0.7, (Part("服务对象", 0.65), Part("职工", 0.35)))
    >>> plan = Part("综合", parts=(survey, Part("任务完成率", 0.3)))
    >>> one = np.ones((1, 1))
    >>> users = Leaves(("服务对象",), ("甲局",), 80 * one, np.full((1, 1, 1, 1), 4.0), 100 * one)
    >>> staff = Leaves(("职工",), ("甲局",), 90 * one, np.full((1, 1, 1, 1), 16.0), 19 * one)
    >>> from scoring import figures
    >>> done = figures(pd.DataFrame({"evaluatee": ["甲局"], "任务完成率": [96.0]}))
    >>> found = compose(plan, [users, staff, done])
    >>> found.whole.estimate.round(9).tolist(), found.whole.cov.round(9).tolist()
    ([87.25], [[1.7885]])
    >>> found.steps("甲局")[["part", "counted", "estimate", "se"]].round(3).to_numpy().tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['综合', 1.0, 87.25, 1.337], ['群众满意度', 0.7, 83.5, 1.91], ['服务对象', 0.65, 80.0, 2.0],
     ['职工', 0.35, 90.0, 4.0], ['任务完成率', 0.3, 96.0, 0.0]]
    """
    tree.checked()
    names = tree.leaves
    _refuse_unmatched(names, sources)
    evaluatees = list(dict.fromkeys(one for source in sources for one in source.evaluatees))
    walk = _Walk(names, evaluatees, _given(names, evaluatees, sources))
    walk.down(tree)
    if walk.faults:
        raise several(EstimateError, "composite", walk.faults)
    columns = ["evaluatee", "part", "of", "rule"]
    return Composed(
        tree=tree,
        scores={
            part.name: _part_scores(part.name, evaluatees, names, sources, walk.found[part.name])
            for part in tree.walk()
        },
        counted=walk.counted,
        missing=pd.DataFrame(walk.missing, columns=columns),
    )


class _Walk:
    """Values and gradients of all parts, from the leaves up."""

    def __init__(self, names: list[str], evaluatees: list[str], given: Floats) -> None:
        self.names, self.evaluatees, self.given = names, evaluatees, given
        self.found: dict[str, tuple[Floats, Floats]] = {}  # value (D,) and gradient (L, D)
        self.counted: dict[str, Floats] = {}
        self.missing: list[tuple[str, str, str, str]] = []
        self.faults: list[Fault] = []

    def down(self, part: Part) -> None:
        self.counted.setdefault(part.name, np.ones(len(self.evaluatees)))
        if not part.parts:
            at = self.names.index(part.name)
            gradient = np.zeros_like(self.given)
            gradient[at] = ~np.isnan(self.given[at])
            self.found[part.name] = (self.given[at], gradient)
            return
        for one in part.parts:
            self.down(one)
        values = np.array([self.found[one.name][0] for one in part.parts])
        together = self._together(part, values)
        gradients = np.array([self.found[one.name][1] for one in part.parts])
        self.found[part.name] = (together.value, (together.slope[:, None, :] * gradients).sum(axis=0))
        for one, counted in zip(part.parts, together.counted, strict=True):
            self.counted[one.name] = counted

    def _together(self, part: Part, values: Floats) -> Aggregated:
        for p, at in np.argwhere(np.isnan(values)):
            who, what = self.evaluatees[at], part.parts[p].name
            self.missing.append((who, what, part.name, part.missing))
            if part.missing == "error":
                self.faults.append(("part_missing", {"evaluatee": who, "part": what, "of": part.name}))
        if part.how == "geometric":
            for p, at in np.argwhere(values <= 0):
                named = {"evaluatee": self.evaluatees[at], "part": part.parts[p].name, "of": part.name}
                self.faults.append(("part_not_positive", {**named, "value": values[p, at]}))
            values = np.where(values <= 0, np.nan, values)
        return aggregate(values, [one.weight for one in part.parts], part.how, part.missing)


def _refuse_unmatched(names: list[str], sources: Sequence[Leaves]) -> None:
    given = [name for source in sources for name in source.names]
    faults: list[Fault] = [("part_without_scores", {"name": name}) for name in names if name not in given]
    faults += [("scores_without_part", {"name": name}) for name in given if name not in names]
    twice = dict.fromkeys(name for name in given if given.count(name) > 1)
    faults += [("scores_twice", {"name": name}) for name in twice]
    if faults:
        raise several(EstimateError, "composite", faults)


def _given(names: list[str], evaluatees: list[str], sources: Sequence[Leaves]) -> Floats:
    given = np.full((len(names), len(evaluatees)), np.nan)
    for source in sources:
        rows = [names.index(name) for name in source.names]
        given[np.ix_(rows, [evaluatees.index(one) for one in source.evaluatees])] = source.estimate
    return given


def _part_scores(
    name: str,
    evaluatees: list[str],
    names: list[str],
    sources: Sequence[Leaves],
    found: tuple[Floats, Floats],
) -> PartScores:
    """Add up what each source brings to a part's covariance."""
    value, gradient = found
    size = len(evaluatees)
    covs, freedoms, pair_freedoms = (
        [np.zeros((size, size))],
        [np.full(size, np.inf)],
        [np.full((size, size), np.inf)],
    )
    for source in sources:
        rows = [names.index(one) for one in source.names]
        here = [evaluatees.index(one) for one in source.evaluatees]
        g = gradient[np.ix_(rows, here)]
        used = np.flatnonzero(g.any(axis=1))
        if not used.size:
            continue
        g, own_cov, own_df = g[used], source.cov[used][:, :, used], source.df[used]
        cov = np.zeros((size, size))
        cov[np.ix_(here, here)] = (g[:, :, None, None] * own_cov * g).sum(axis=(0, 2))
        own = np.einsum("ajaj->aj", own_cov)
        counts = (g != 0) & (own > 0)
        df = np.full(size, np.inf)
        df[here] = np.where(counts, own_df, np.inf).min(axis=0)
        covs.append(cov)
        freedoms.append(df)
        pair_freedoms.append(np.minimum(df[:, None], df[None, :]))
    cov = np.sum(covs, axis=0)
    df = satterthwaite([np.diag(one) for one in covs], freedoms)
    pair_df = satterthwaite([difference_variance(one) for one in covs], pair_freedoms)
    lacks = np.isnan(value)
    either = lacks[:, None] | lacks[None, :]
    return PartScores(
        name=name,
        evaluatees=list(evaluatees),
        estimate=value,
        cov=np.where(either, np.nan, cov),
        df=np.where(lacks, np.nan, df),
        pair_df=np.where(either, np.nan, pair_df),
    )
