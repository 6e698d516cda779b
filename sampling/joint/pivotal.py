"""Joint inclusion probabilities of the pivotal method along a list, exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sampling.select.duels import masses


def pivotal_joint(prob: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the joint inclusion probabilities of the pivotal method along the list (Chauvet 2012).

    After each duel a unit is drawn, or the survivor, or out. Whatever happened, a later unit j is drawn
    with probability π_j, and the survivor with its mass. So for i before j, with D the probability
    that i is drawn before j comes, S that i then is the survivor, and a the survivor's mass,

        π_ij = D π_j + S max(0, a + π_j − 1),    D = π_i − S a,

    for in a duel of i with j both can be drawn in the end only if their masses add up to more than 1. S is
    the product of the chances to remain the survivor, since those depend on masses alone.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities in list order; those of 0 and 1 are set aside. The others sum to a whole
        number within 1e-9 of itself.

    Returns
    -------
    ndarray of float, shape (N, N)
        Symmetric, with ``prob`` on the diagonal. Zero where two units cannot be drawn together, as in one
        interval between whole numbers of the cumulated probabilities.

    Notes
    -----
    Exact up to rounding, for `sampling.select.duels.pivotal` with a fixed order; N² operations. In a
    random order they are the mean over orders.

    Examples
    --------
    Two intervals of two units: one of each is drawn, independently.

    >>> pivotal_joint(np.full(4, 0.5))
    array([[0.5 , 0.  , 0.25, 0.25],
           [0.  , 0.5 , 0.25, 0.25],
           [0.25, 0.25, 0.5 , 0.  ],
           [0.25, 0.25, 0.  , 0.5 ]])
    """
    joint = np.outer(prob, prob)
    undecided = np.flatnonzero((prob > 0) & (prob < 1))
    if undecided.size:
        chain = _chain(prob[undecided])
        joint[np.ix_(undecided, undecided)] = chain + chain.T
    np.fill_diagonal(joint, prob)
    return joint


def _chain(prob: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the upper triangle of the joint probabilities, zeros elsewhere."""
    mass, one = masses(prob, round(float(np.cumsum(prob)[-1])))
    before = (np.cumsum(mass) - mass) % one
    reach = before + mass
    ends = reach >= one
    met, own = before / one, mass / one
    spill = np.maximum(reach - one, 0) / one
    both = np.where(ends, 2 * one - reach, reach)
    entered = np.where(ends, one - mass, mass) / both  # the challenger is the survivor afterwards
    stayed = np.where(ends, one - before, before) / both  # the survivor is it still
    ended = np.cumsum(ends)
    upper = np.zeros((prob.size, prob.size))
    for i in range(prob.size - 1):
        survives = entered[i] * np.cumprod(np.concatenate([[1.0], stayed[i + 1 : -1]]))
        # Nobody is drawn before the interval ends: zero, not what rounding leaves of a difference.
        earlier = ended[i:-1] > ended[i] - ends[i]
        drawn = np.where(earlier, np.maximum(own[i] - survives * met[i + 1 :], 0.0), 0.0)
        upper[i, i + 1 :] = drawn * own[i + 1 :] + survives * spill[i + 1 :]
    return upper
