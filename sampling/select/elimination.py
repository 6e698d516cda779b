"""Unequal probabilities, fixed size, one unit after the other: Brewer draws them, Tillé strikes them off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sampling.lottery import BITS, Stream
from sampling.select.equal import Positions
from sampling.sorting import ascending

Floats = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)
BLOCK = 1 << 16


def brewer(prob: Floats, stream: Stream) -> Positions:
    """Draw one unit after the other so that every unit comes to its probability (Brewer 1975).

    With r units still to draw and D the sum of the probabilities left (n less those drawn), the next
    one is unit k with probability proportional to ``prob_k (D - prob_k) / (D - r prob_k)`` among
    those not drawn (Tillé 2006, algorithm 6.10; R ``sampling::UPbrewer``; for n = 2, method 8 of
    Brewer and Hanif 1983). The shares must be made to sum to 1 over the units left, at every draw.

    Inclusion probabilities are exact. Joint ones have no short formula; all are positive.

    Each draw is by rejection, exactly: ``r prob / D`` only falls, so today's shares bound tomorrow's.
    Numbers come in blocks, as many for units as to accept them; the shares are computed anew when an
    eighth of the units left has been refused. Ten million units, 100,000 drawn: a second; one
    million, half of them drawn: two.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities, in (0, 1), summing to a whole number n of at least 1.
    stream : Stream
        Gives the numbers.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, ascending.

    Examples
    --------
    >>> brewer(np.array([0.2, 0.4, 0.6, 0.8]), Stream([1, 2]))
    array([2, 3])
    """
    left = round(float(prob.sum()))
    slack = 0.0
    drawn = np.zeros(prob.size, dtype=bool)
    while left:
        rest = np.flatnonzero(~drawn)
        bound = brewer_pull(prob[rest], left, slack)
        ends = np.cumsum(prob[rest] * bound)
        patience = rest.size // 8 + 16
        taken: set[int] = set()
        while left and patience:
            asked = min(left + 16, BLOCK)
            at = np.searchsorted(ends, stream.numbers(asked) * ends[-1], side="right")
            bars = stream.numbers(asked) * bound[at]
            tries = rest[at]
            for unit, one, bar in zip(tries.tolist(), prob[tries].tolist(), bars.tolist(), strict=True):
                if unit not in taken and bar < brewer_pull(one, left, slack):
                    taken.add(unit)
                    left, slack = left - 1, slack + (1.0 - one)
                else:
                    patience -= 1
                if not (left and patience):
                    break
        drawn[list(taken)] = True
    return np.flatnonzero(drawn)


def brewer_pull(prob: Number, left: int, slack: float) -> Number:
    """Give Brewer's share of a unit over its probability, up to what is the same for all units.

    ``(D - prob) / (D - left prob)`` with D = left + slack; slack, the sum of 1 - prob over the units
    drawn, is kept instead of D since nothing cancels then. It never rises for any unit: D and
    left / D only fall.

    >>> brewer_pull(0.5, 2, 0.0)
    1.5
    """
    return (slack + (left - prob)) / (slack + left * (1.0 - prob))


@dataclass(frozen=True)
class Elimination:
    """What Tillé's elimination does at each step, whichever units have gone.

    A unit is safe (certain) until the step at which its probability for the sample of that size
    falls below 1; from then on it is at risk. Smaller units come to be at risk first.

    Parameters
    ----------
    rank : ndarray of int, shape (N,)
        Positions by ascending probability; ties by position.
    prob : ndarray of float, shape (N,)
        Their probabilities, in that order.
    step : ndarray of int, shape (N,)
        Step, from 0 to N - n - 1, at which each comes to be at risk, in that order; step s leaves
        N - s - 1 units.
    risk : ndarray of int, shape (N - n,)
        How many units are at risk at a step, gone or not. After it, ``risk - s - 1`` of them are left.
    scale : ndarray of float, shape (N - n,)
        A unit at risk has probability ``scale * prob`` in the sample that a step leaves.
    """

    rank: Positions
    prob: Floats
    step: Positions
    risk: Positions
    scale: Floats

    def strike(self) -> Floats:
        """Give each unit's chance to be struck off at its first step, shape (N,), by rank."""
        return np.clip(1.0 - self.scale[self.step] * self.prob, 0.0, 1.0)


def elimination(prob: Floats) -> Elimination:
    """Lay out Tillé's elimination: unit by unit when it comes to be at risk, step by step the chances.

    With the c smallest at risk and T their total, the sample of size i gives them
    ``(i - (N - c)) prob / T``. That is below 1 for the c-th once ``i < T / prob_c + N - c``, a bound
    that falls with c, so every unit's step is known without going through the steps.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities, in (0, 1), summing to a whole number of at least 1.

    Examples
    --------
    From 4 units to 3, 2 and 1. In a sample of 3 the largest is certain, then none is.

    >>> plan = elimination(np.array([0.1, 0.2, 0.25, 0.45]))
    >>> plan.step, plan.risk
    (array([0, 0, 0, 1]), array([3, 4, 4]))
    """
    count = prob.size
    steps = count - round(float(prob.sum()))
    rank = ascending(prob)
    sorted_prob = prob[rank]
    total = np.cumsum(sorted_prob)
    free = np.arange(1, count + 1) - np.ceil(total / sorted_prob)
    step = np.maximum.accumulate(np.clip(free, 0, steps - 1).astype(np.intp))
    risk = np.cumsum(np.bincount(step, minlength=steps))
    left = risk - np.arange(1, steps + 1)
    return Elimination(rank, sorted_prob, step, risk, left / total[risk - 1])


def tille(prob: Floats, stream: Stream) -> Positions:
    """Strike off one unit after the other until n are left (Tillé 1996).

    Let p(k, i) be the probabilities in proportion to ``prob`` for a sample of i, units that would
    exceed 1 set to 1. Going from i + 1 units to i, unit k is struck off with probability
    ``1 - p(k, i) / p(k, i + 1)`` (Tillé 2006, algorithm 6.4; R ``sampling::UPtille``).

    Inclusion probabilities are exact, and so are the joint ones of ``sampling.joint.tille``.

    The design is drawn without going through its N - n steps. At each step all units that were at
    risk before have the same chance, so that only who is struck off among those that just came to
    be at risk is a matter of size; that is independent from step to step. All others are struck off
    by simple random sampling: going back, each unit that came to a pool of m units at risk, of which
    S are in the final sample, is in it with probability S / m. A sort and a loop of about
    n log(N / n) short turns: ten million units, 100,000 drawn, four seconds.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities, in (0, 1), summing to a whole number n of at least 1.
    stream : Stream
        Gives N - n numbers for the steps, then one for each unit not struck off at its first.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, ascending.

    Examples
    --------
    >>> tille(np.array([0.2, 0.4, 0.6, 0.8]), Stream([1, 2]))
    array([1, 3])
    """
    plan = elimination(prob)
    struck = _struck_at_once(plan, stream.numbers(plan.risk.size))
    kept = np.flatnonzero(~struck)[::-1]
    step = plan.step[kept]
    through = np.cumsum(np.bincount(step, minlength=plan.risk.size))
    turn = np.arange(kept.size) - (kept.size - through)[step]  # among those of its step, going back
    pool = (plan.risk - np.arange(1, plan.risk.size + 1))[step] - turn
    return np.sort(plan.rank[kept[_survivors(pool, stream.numbers(kept.size), round(float(prob.sum())))]])


def _struck_at_once(plan: Elimination, numbers: Floats) -> NDArray[np.bool_]:
    """Tell which units are struck off at the step that puts them at risk, by rank."""
    whole = np.rint(plan.strike() * 2.0**BITS).astype(np.int64)
    ends = np.concatenate([[0], np.cumsum(whole)])  # may wrap around; differences within a step do not
    first = np.concatenate([[0], plan.risk[:-1]])
    high = ends[1:] - ends[first][plan.step]
    point = (numbers * 2.0**BITS).astype(np.int64)[plan.step]
    struck: NDArray[np.bool_] = (point < high) & (point >= high - whole)
    # where nobody was at risk before, the step must strike off one of the new, whatever the rounding
    none = (first == np.arange(first.size)) & (np.bincount(plan.step[struck], minlength=first.size) == 0)
    struck[plan.risk[none] - 1] = True
    return struck


def _survivors(pool: Positions, numbers: Floats, left: int) -> Positions:
    """Take an item with probability (still to take) / pool, one after the other; give their places."""
    bars = numbers * pool
    taken: list[int] = []
    for start in range(0, pool.size, BLOCK):
        block = bars[start : start + BLOCK]
        hopeful = np.flatnonzero(block < left)
        for place, bar in zip((hopeful + start).tolist(), block[hopeful].tolist(), strict=True):
            if bar < left:
                taken.append(place)
                left -= 1
    return np.array(taken, dtype=np.intp)
