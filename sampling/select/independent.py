"""Selection of every unit for itself: samples of random size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sampling.select.equal import Positions


def bernoulli(numbers: NDArray[np.float64], rate: float) -> Positions:
    """Take every unit whose lottery number is below the rate.

    Each unit has probability ``rate`` (to 2^-53, the step of a lottery number), and two units
    rate^2; the sample's size is binomial (Särndal, Swensson and Wretman 1992, section 3.2).

    Parameters
    ----------
    numbers : ndarray of float, shape (N,)
        Lottery numbers in [0, 1), by position.
    rate : float
        Inclusion probability of every unit, from 0 to 1.

    Returns
    -------
    ndarray of int
        Positions, ascending; none to N of them.

    Examples
    --------
    >>> bernoulli(np.array([0.7, 0.1, 0.25]), 0.25)
    array([1])
    """
    return np.flatnonzero(numbers < rate)


def poisson(numbers: NDArray[np.float64], prob: NDArray[np.float64]) -> Positions:
    """Take every unit whose lottery number is below its probability.

    Each unit has its ``prob`` (to 2^-53), and two units the product of theirs; the size is random
    (Hájek 1964; Särndal, Swensson and Wretman 1992, section 3.5).

    Parameters
    ----------
    numbers : ndarray of float, shape (N,)
        Lottery numbers in [0, 1), by position.
    prob : ndarray of float, shape (N,)
        Inclusion probabilities.

    Returns
    -------
    ndarray of int
        Positions, ascending; none to N of them.

    Examples
    --------
    >>> poisson(np.array([0.7, 0.1, 0.25]), np.array([0.8, 0.05, 0.5]))
    array([0, 2])
    """
    return np.flatnonzero(numbers < prob)
