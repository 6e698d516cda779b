"""One list for many evaluatees, each with its own sample, loads equal to within one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling.columns import Category
from sampling.coordination.lists import BETWEEN
from sampling.errors import DesignError
from sampling.lottery import Stream


@dataclass(frozen=True)
class Spread:
    """Draw one of several samples of the same list, so that everybody is in equally many, to within one.

    Parameters
    ----------
    among : tuple of str
        All that are sampled for (the evaluatees), in order.
    here : str
        The one that this draw is for.
    lottery : str
        Name of the lottery; the same for all of them.
    recused : str, optional
        Column of the frame that names those for whom a unit must not be drawn, joined by ``;``, or ``-``
        for none.

    Notes
    -----
    All samples have the same list, strata and n (``overlap`` refuses others): otherwise loads differ by more.
    In each stratum, one evaluatee after the other takes the n units with the smallest (load, number):
    the load is in how many samples a unit is already, the numbers are new for each evaluatee. Nothing
    tells two units apart but chance, so each sample is a simple random sample of its own. A recused
    unit is passed over, and the next takes its place; its load counts as if it had been drawn, so that
    being passed over makes nobody likelier to be drawn elsewhere. Each sample is then a simple random
    sample of those not recused, and loads are equal to within one but for the units passed over and
    those that took their places.
    """

    among: tuple[str, ...]
    here: str
    lottery: str
    recused: str | None = None

    def __post_init__(self) -> None:
        if self.here not in self.among or len(set(self.among)) < len(self.among):
            raise DesignError("not_among", where="Spread", here=self.here, among=", ".join(self.among))

    def plain(self) -> dict[str, Any]:
        """Give what a receipt holds."""
        return {
            "kind": "spread",
            "among": list(self.among),
            "here": self.here,
            "lottery": self.lottery,
            "recused": self.recused,
        }

    def barred(self, recused: Category) -> NDArray[np.bool_]:
        """Tell for whom each unit is recused, shape (evaluatees, N)."""
        named = [set(text.split(BETWEEN)) for text in recused.texts]
        table = np.array([[one in names for names in named] for one in self.among], dtype=bool)
        return table[:, recused.codes]


def spread_out(
    stream: Stream, size: int, n: int, steps: int, barred: NDArray[np.bool_] | None
) -> NDArray[np.intp]:
    """Give the sample of the last of so many steps.

    Parameters
    ----------
    stream : Stream
        One number for each unit and step, units in the order of their ids.
    size, n : int
        Units in the stratum, and in each sample.
    steps : int
        Samples before and this one.
    barred : ndarray of bool, shape (steps or more, size), optional
        Who is recused in each step; n others must be there.

    Returns
    -------
    ndarray of int, shape (n,)
        In the order they were taken.

    Examples
    --------
    Six units, four samples of three: the second takes those whom the first left.

    >>> [sorted(spread_out(Stream([1, 2]), 6, 3, steps, None).tolist()) for steps in (1, 2)]
    [[0, 2, 4], [1, 3, 5]]
    """
    load, order = np.zeros(size), np.arange(size)
    for _ in range(steps):
        order = np.argsort(load + stream.numbers(size), kind="stable")
        load[order[:n]] += 1
    if barred is None:
        return order[:n]
    free = order[~barred[steps - 1][order]]
    result: NDArray[np.intp] = free[:n]
    return result


def expected_overlaps(size: int, sizes: Sequence[int]) -> NDArray[np.float64]:
    """Give how many units each two samples of a spread are expected to share, nobody recused.

    Only whether a unit's load is the lower of the two that occur decides its chance, and how many have the
    lower load follows from the sizes: a Markov chain of two states.

    Parameters
    ----------
    size : int
        Units in the stratum.
    sizes : sequence of int, length E
        Of the samples, in their order.

    Returns
    -------
    ndarray of float, shape (E, E)
        The diagonal holds the sizes.

    Examples
    --------
    >>> expected_overlaps(6, [3, 3, 3]).tolist()
    [[3.0, 0.0, 1.5], [0.0, 3.0, 1.5], [1.5, 1.5, 3.0]]
    """
    steps = len(sizes)
    chance = np.empty((steps, 2))  # of being drawn, by state: low, high
    after = np.empty((steps, 2, 2))  # chance of being low afterwards, by state and whether drawn
    low, share_low = size, np.empty(steps)
    for step, n in enumerate(sizes):
        share_low[step] = low / size
        if n < low:
            chance[step] = n / low, 0.0
            after[step] = [[1.0, 0.0], [0.0, 0.0]]
            low -= n
        else:
            high = size - low
            chance[step] = 1.0, (n - low) / high if high else 0.0
            after[step] = [[1.0, 1.0], [1.0, 0.0]]
            low = size - (n - low)
    result = np.diag(np.asarray(sizes, dtype=np.float64))
    for a in range(steps):
        p_low, p_high = share_low[a] * chance[a, 0], (1 - share_low[a]) * chance[a, 1]
        both = p_low + p_high
        now = (p_low * after[a, 0, 1] + p_high * after[a, 1, 1]) / both
        for b in range(a + 1, steps):
            result[a, b] = result[b, a] = size * both * (now * chance[b, 0] + (1 - now) * chance[b, 1])
            now = now * (chance[b, 0] * after[b, 0, 1] + (1 - chance[b, 0]) * after[b, 0, 0]) + (1 - now) * (
                chance[b, 1] * after[b, 1, 1] + (1 - chance[b, 1]) * after[b, 1, 0]
            )
    return result


def overlap_costs(size: int, n: int, samples: int, sd: float, correlation: float) -> pd.DataFrame:
    """Set the same raters for everybody beside raters spread over the list: whom it costs, what it brings.

    Parameters
    ----------
    size : int
        Units of the list.
    n : int
        Raters of each evaluatee.
    samples : int
        Evaluatees.
    sd : float
        Standard deviation of a person's score of an evaluatee, in points.
    correlation : float
        Of one person's scores of two evaluatees, from -1 to 1: how far who is lenient is so to all.

    Returns
    -------
    DataFrame
        Rows ``same`` and ``spread``: ``people`` asked, ``least`` and ``most`` evaluatees a person rates,
        ``se_score`` of an evaluatee and ``se_difference`` of two, on average over all pairs.

    Raises
    ------
    DesignError
        A number is out of its range.

    Notes
    -----
    A score has the variance σ² (1/n - 1/N) either way. The difference of two has twice that, less twice
    ρ σ² (n_ab / n² - 1/N) (Tam 1984): n_ab is n for the same raters, and what ``expected_overlaps``
    says where they are spread.

    Examples
    --------
    The 580 delegates of 79 evaluatees, from a made-up list of 2,000:

    >>> overlap_costs(2000, 580, 79, sd=18, correlation=0.4).round(2).to_numpy().tolist()
    [[580.0, 79.0, 79.0, 0.63, 0.69], [2000.0, 22.0, 23.0, 0.63, 0.89]]
    """
    rules = (
        ("1 ≤ n ≤ size", n, 1 <= n <= size),
        ("samples ≥ 2", samples, samples >= 2),
        ("sd > 0", sd, 0 < sd < np.inf),
        ("-1 ≤ correlation ≤ 1", correlation, -1 <= correlation <= 1),
    )
    for must, value, kept in rules:
        if not kept:
            raise DesignError("bad_number", where="overlap_costs", must=must, value=value)
    shared = expected_overlaps(size, [n] * samples)
    apart = float(shared[np.triu_indices(samples, 1)].mean())
    alone = 1 / n - 1 / size
    least, more = divmod(n * samples, size)
    rows = []
    for people, low, high, common in (
        (n, samples, samples, float(n)),
        (min(size, n * samples), max(least, 1), least + (more > 0), apart),
    ):
        between = common / n**2 - 1 / size
        score, gap = sd * np.sqrt(alone), sd * np.sqrt(max(2 * alone - 2 * correlation * between, 0.0))
        rows.append((people, low, high, score, gap))
    columns = ["people", "least", "most", "se_score", "se_difference"]
    return pd.DataFrame(rows, index=pd.Index(["same", "spread"], name="overlap"), columns=columns)
