"""Unequal probabilities with fixed size by duels along a list: the pivotal method.

Every quantity that decides a duel is a whole number: a unit's *mass* is its inclusion probability
times ``one``. So exactly n units are drawn whatever the sizes, and no unit is lost to rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sampling.select.equal import Positions

ROOM = 2**62  # n × total stays below, so that no sum of two masses leaves 64 bits
BLOCK = 2**16  # units at a time: fast in the cache, light in memory; no draw depends on it
ONE = 2**61  # stands for probability 1 where sizes are no whole numbers


def masses(size: NDArray[np.float64], n: int) -> tuple[NDArray[np.int64], int]:
    """Give inclusion probabilities n × size / total as whole numbers, and the one that stands for 1.

    Whole sizes give n × size and their total: exact. Others (or whole ones of which n × total reaches
    2^62) are rounded in units of 2^-61, and what rounding leaves of n is spread over the units in
    proportion to prob (1 − prob), so that the masses always sum to n × one.

    Parameters
    ----------
    size : ndarray of float, shape (N,)
        Positive sizes, or the probabilities themselves; none with n × size above the total.
    n : int
        Sample size, below N.

    Returns
    -------
    mass : ndarray of int64, shape (N,)
        From 1 to ``one``. A rounded one is off by less than 1e-15 × one, and at least 2^-61 × one.
    one : int

    Examples
    --------
    >>> masses(np.array([3.0, 2.0, 1.0]), 1)
    (array([3, 2, 1]), 6)
    >>> mass, one = masses(np.array([0.1, 0.7, 0.3, 0.9]), 2)
    >>> int(mass.sum()) == 2 * one
    True
    """
    if size.max() * size.size < ROOM and bool((size == np.floor(size)).all()):
        whole = size.astype(np.int64)
        total = int(whole.sum())
        if n * total < ROOM and n * int(whole.max()) <= total:
            return whole * n, total
    return _rounded(size, n), ONE


def _rounded(size: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    prob = size * (n / np.cumsum(size)[-1])
    # A plain sum may err by 1e-10 of itself; the sum of whole numbers does not.
    prob *= 1 - _excess(_scaled(prob), n) / (n * ONE)
    mass = _scaled(prob)
    room = np.subtract(1.0, prob)
    np.maximum(room, 0.0, out=room)
    room *= prob
    np.cumsum(room, out=room)
    room /= room[-1]
    spread = np.rint(room * _excess(mass, n)).astype(np.int64)
    mass -= spread
    mass[1:] += spread[:-1]
    np.clip(mass, 1, ONE, out=mass)
    excess = _excess(mass, n)  # not 0 only where units within 1e-15 of 0 or 1 were clipped
    mass[mass.argmax() if excess > 0 else mass.argmin()] -= excess
    return mass


def _scaled(prob: NDArray[np.float64]) -> NDArray[np.int64]:
    scaled = prob * ONE
    return np.rint(scaled, out=scaled).astype(np.int64)


def _excess(mass: NDArray[np.int64], n: int) -> int:
    """Tell by how much the masses exceed n × ONE; their sum wraps around 2^64, the answer does not."""
    return (int(mass.sum()) - n * ONE + 2**63) % 2**64 - 2**63


def pivotal(order: Positions, size: NDArray[np.float64], n: int, numbers: NDArray[np.float64]) -> Positions:
    """Let units duel along the list, the survivor with the next, until each is drawn or out.

    Deville and Tillé (1998); along a list, "ordered pivotal", Chauvet (2012). Called with a random
    order it is the random pivotal method; the numbers must then be independent of the order.

    The rule, for anyone who repeats it: a unit's probability is n × size / total. The first unit of the
    list is the survivor. Each next unit, the challenger, with probability b, meets the survivor, with
    a, and wins if *the challenger's own number* is below

    - b / (a + b), where a + b < 1: the winner survives with a + b, the loser is out;
    - (1 − a) / (2 − a − b), where a + b ≥ 1: the winner is drawn, the loser survives with a + b − 1
      (where that is 0 it is out, and the next unit survives without a duel).

    The survivor's a is the fractional part of the probabilities cumulated before the challenger, whoever
    won: so all duels are decided at once, and a survivor is the last unit that stayed.

    Parameters
    ----------
    order : ndarray of int, shape (N,)
        Positions in list order.
    size : ndarray of float
        Positive sizes, by position, no unit certain: n × size is below the total of the listed.
    n : int
        Sample size, from 1 to N − 1.
    numbers : ndarray of float
        A lottery number in [0, 1) of each unit, by position.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, in list order.

    Notes
    -----
    Probabilities and sums are whole numbers (see `masses`): exact for whole sizes of which n × total
    stays below 2^62, else within 1e-15. Only the quotient that a number is compared with is rounded, to
    within 2^-52 of itself. Joint probabilities of units that follow each other within one interval of
    the cumulated probabilities are zero: `sampling.joint.pivotal`. Units near each other in the list
    are seldom drawn together, so a sorted list is stratified implicitly, without the periodicity of
    systematic selection.

    Examples
    --------
    Three of equal size, one to draw. The second meets a = b = 1/3 and its 0.6 is not below 1/2; the third
    meets a = 2/3 and its 0.1 is below (1 − 2/3) / (2 − 2/3 − 1/3) = 1/3: it is drawn.

    >>> pivotal(np.arange(3), np.ones(3), 1, np.array([0.9, 0.6, 0.1]))
    array([2])
    """
    mass, one = masses(size[order], n)
    drawn: list[NDArray[np.intp]] = []
    phase, survivor = 0, 0
    for start in range(0, mass.size, BLOCK):
        after = np.cumsum(mass[start : start + BLOCK])
        after += phase
        phase = int(after[-1]) % one
        challenger = mass[start : start + BLOCK]
        before = (after - challenger) % one
        reach = before + challenger
        ends = np.flatnonzero(reach >= one)
        chance = challenger / reach
        chance[ends] = (one - before[ends]) / (2 * one - reach[ends])
        wins = numbers[order[start : start + BLOCK]] < chance
        stays = wins.copy()
        stays[ends] = ~wins[ends]
        # The last that stayed before each end; where none was, the end's challenger has chance 1.
        survivors = np.concatenate([[survivor], start + np.flatnonzero(stays)])
        met = survivors[np.searchsorted(survivors, start + ends) - 1]
        drawn.append(np.where(wins[ends], start + ends, met))
        survivor = int(survivors[-1])
    return order[np.sort(np.concatenate(drawn))]
