"""Joint inclusion probabilities: how likely two units are drawn together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sampling.errors import DesignError
from sampling.joint.entropy import conditional_poisson_joint, sampford_joint
from sampling.joint.pivotal import pivotal_joint
from sampling.joint.tille import tille_joint

Floats = NDArray[np.float64]
WHERE = "joint_probabilities"
SLACK = 1e-9  # how far, of n, a sum of probabilities may be from a whole number
NOTHING = 1e-12  # a measure of starts that rounding cannot tell from none


def joint_probabilities(prob: ArrayLike, method: str, stratum: ArrayLike | None = None) -> Floats:
    """Give the probability that each two units are drawn together.

    Units of different strata are drawn independently. Units with probability 1 are certain and set
    aside, as drawing does: each is drawn with another unit as often as that unit is.

    ========================== ======================================================================
    method
    ========================== ======================================================================
    ``"simple_random"``        exact: n(n−1) / (N(N−1)); probabilities are equal within a stratum
    ``"bernoulli"``            exact: π_k π_l
    ``"poisson"``              exact: π_k π_l
    ``"systematic"``           exact for the given order of units, with equal or unequal probabilities
    ``"conditional_poisson"``  exact
    ``"sampford"``             exact
    ``"tille"``                exact
    ``"pivotal"``              exact for the given order of units
    ``"hajek"``                approximation, see :func:`hajek`: large samples of high entropy
    ``"hartley_rao"``          approximation, see :func:`hartley_rao`: systematic in random order
    ========================== ======================================================================

    Parameters
    ----------
    prob : array_like of float, shape (N,)
        Inclusion probabilities, above 0 and at most 1. For every method but Bernoulli and Poisson they
        sum to the sample size of each stratum, a whole number (within one part in 10^9).
    method : str
        One of those above.
    stratum : array_like, shape (N,), optional
        A label for each unit; none missing.

    Returns
    -------
    ndarray of float, shape (N, N)
        Symmetric; on the diagonal ``prob`` itself. It holds N² numbers of 8 bytes.

    Raises
    ------
    DesignError
        An unknown method; a probability that is none; one sum that is no whole number; probabilities
        that differ in a simple random sample; labels that do not match the units.

    Examples
    --------
    Two of four units, then the same with the first certain.

    >>> joint_probabilities([0.5, 0.5, 0.5, 0.5], "simple_random")[0].round(4)
    array([0.5   , 0.1667, 0.1667, 0.1667])
    >>> joint_probabilities([1, 0.25, 0.25, 0.5], "systematic")
    array([[1.  , 0.25, 0.25, 0.5 ],
           [0.25, 0.25, 0.  , 0.  ],
           [0.25, 0.  , 0.25, 0.  ],
           [0.5 , 0.  , 0.  , 0.5 ]])
    """
    if not isinstance(method, str) or method not in METHODS:
        raise DesignError("unknown_method", where=WHERE, found=method, known=", ".join(METHODS))
    target = _checked(prob)
    how = METHODS[method]
    joint = np.multiply.outer(target, target)
    for where, members in _strata(stratum, target.size):
        inside = target[members]
        if method == "simple_random" and np.ptp(inside) > SLACK * inside.max():
            raise DesignError("unequal_prob", where=where, low=inside.min().item(), high=inside.max().item())
        rest = members[inside < 1]
        if how.fixed:
            n = _whole(target[rest], inside.sum().item(), where)
            if n == 1:
                joint[np.ix_(rest, rest)] = 0.0
                continue
        if rest.size:
            joint[np.ix_(rest, rest)] = how.joint(target[rest])
    np.fill_diagonal(joint, target)
    return joint


def simple_random_joint(prob: Floats) -> Floats:
    """Give n(n−1) / (N(N−1)) for every pair; equal probabilities below 1.

    >>> simple_random_joint(np.full(3, 2 / 3)).round(4)[0]
    array([0.6667, 0.3333, 0.3333])
    """
    units = prob.size
    n = round(prob.sum().item())
    joint = np.full((units, units), n * (n - 1) / (units * (units - 1)))
    np.fill_diagonal(joint, prob)
    return joint


def independent_joint(prob: Floats) -> Floats:
    """Give π_k π_l: every unit is drawn on its own.

    >>> independent_joint(np.array([0.5, 0.2]))
    array([[0.5, 0.1],
           [0.1, 0.2]])
    """
    joint = np.multiply.outer(prob, prob)
    np.fill_diagonal(joint, prob)
    return joint


def systematic_joint(prob: Floats) -> Floats:
    """Give the share of starts that reach both units, for a list in this order.

    With V_k = π_1 + … + π_k, a start u in [0, 1) reaches unit k if it lies between V_{k−1} and V_k on a
    circle of length 1: two units are reached together by the starts that their arcs share (Madow 1949;
    R ``sampling::UPsystematicpi2`` counts the same starts one by one). What is below 10^−12 is none.

    >>> systematic_joint(np.array([0.4, 0.8, 0.3, 0.5])).round(4)
    array([[0.4, 0.2, 0.2, 0. ],
           [0.2, 0.8, 0.1, 0.5],
           [0.2, 0.1, 0.3, 0. ],
           [0. , 0.5, 0. , 0.5]])
    """
    ends = np.cumsum(prob)
    starts = (ends - prob) * (round(ends[-1].item()) / ends[-1])
    joint = np.empty((prob.size, prob.size))
    for k in range(prob.size):  # row by row, so that memory is little more than the result's own
        ahead = (starts - starts[k]) % 1.0  # from the start of k's arc to that of l's
        reached = np.minimum(prob[k], ahead + prob) - ahead  # [0, π_k) and [ahead, ahead + π_l) ...
        again = np.minimum(prob[k], ahead + prob - 1.0)  # ... and the same one turn back
        both = np.maximum(reached, 0.0) + np.maximum(again, 0.0)
        joint[k] = np.minimum(both, np.minimum(prob[k], prob))  # rounding may give a little more
    joint[joint < NOTHING] = 0.0
    np.fill_diagonal(joint, prob)
    return np.asarray((joint + joint.T) / 2)


def hajek(prob: Floats) -> Floats:
    """Give Hájek's approximation, from the inclusion probabilities alone.

        π_kl ≈ π_k π_l {1 − (1 − π_k)(1 − π_l) / d},  d = Σ π_j (1 − π_j)

    It is for samples of fixed size and high entropy (conditional Poisson, Sampford, and nearly so
    Brewer, Pareto or systematic in random order): relative to (1 − π_k)(1 − π_l)/d its error vanishes
    as d grows (Hájek 1964, theorem 5.2). Where d is small the formula can leave what is possible; it is
    kept between max(0, π_k + π_l − 1) and min(π_k, π_l).

    >>> hajek(np.full(4, 0.5)).round(4)[0]
    array([0.5   , 0.1875, 0.1875, 0.1875])
    """
    apart = 1.0 - prob
    joint = np.multiply.outer(prob, prob)
    joint *= 1.0 - np.multiply.outer(apart, apart) / (prob * apart).sum()
    return _possible(joint, prob)


def hartley_rao(prob: Floats) -> Floats:
    """Give Hartley and Rao's approximation for systematic sampling of a list in random order.

    With s_2 = Σ π_j², s_3 = Σ π_j³, the terms to order N^−4, so the error is of order N^−5 as the
    number of units N grows and n stays (Hartley and Rao 1962, equation 5.15):

        π_kl ≈ π_k π_l (n−1)/n · {1 + (π_k + π_l)/n − s_2/n² + 2(π_k² + π_l² + π_k π_l)/n²
               − 3(π_k + π_l) s_2/n³ + 3 s_2²/n⁴ − 2 s_3/n³}

    It is kept between max(0, π_k + π_l − 1) and min(π_k, π_l). Relative errors with sizes 5 to 14 and
    n = 3: 4 to 10 % for 6 units, below 1 % for 12, below 0.1 % for 24, then an eighth for each doubling.

    >>> hartley_rao(np.full(10, 0.2)).round(4)[0, :2]  # exact is 1/45
    array([0.2   , 0.0222])
    """
    n = prob.sum().item()
    share = prob / n
    two, three = (share**2).sum(), (share**3).sum()
    both = np.add.outer(share, share)
    product = np.multiply.outer(share, share)
    joint = 1.0 + both - two + 2.0 * (both**2 - product) - 3.0 * two * both + 3.0 * two**2 - 2.0 * three
    joint *= n * (n - 1.0) * product
    return _possible(joint, prob)


class Method(NamedTuple):
    """How a method's joint probabilities are found below 1, and whether its size is fixed."""

    joint: Callable[[Floats], Floats]
    fixed: bool = True


METHODS: dict[str, Method] = {
    "simple_random": Method(simple_random_joint),
    "bernoulli": Method(independent_joint, fixed=False),
    "poisson": Method(independent_joint, fixed=False),
    "systematic": Method(systematic_joint),
    "conditional_poisson": Method(conditional_poisson_joint),
    "sampford": Method(sampford_joint),
    "tille": Method(tille_joint),
    "pivotal": Method(pivotal_joint),
    "hajek": Method(hajek),
    "hartley_rao": Method(hartley_rao),
}


def _possible(joint: Floats, prob: Floats) -> Floats:
    """Keep an approximation between the bounds of any two events; put prob on its diagonal."""
    np.clip(joint, np.add.outer(prob, prob) - 1.0, np.minimum.outer(prob, prob), out=joint)
    np.maximum(joint, 0.0, out=joint)
    np.fill_diagonal(joint, prob)
    return joint


def _checked(prob: ArrayLike) -> Floats:
    """Give the probabilities as floats, or say which is none."""
    given = np.asarray(prob, dtype=object)
    if given.ndim != 1 or given.size == 0:
        raise DesignError("bad_shape", where=WHERE, column="prob", shape=given.shape, expected="(N,)")
    target = np.array([_number(value) for value in given])
    bad = np.flatnonzero(~((target > 0) & (target <= 1)))
    if bad.size:
        at = int(bad[0])
        value = getattr(given[at], "item", lambda: given[at])()
        raise DesignError("bad_prob", where=WHERE, count=bad.size, value=value, unit=at)
    return target


def _number(value: Any) -> float:
    """Give a value as a float; what is no number is not a number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _strata(stratum: ArrayLike | None, units: int) -> list[tuple[str, NDArray[np.intp]]]:
    """Give each stratum's name in messages and its positions."""
    if stratum is None:
        return [(WHERE, np.arange(units))]
    labels = np.asarray(stratum, dtype=object)
    if labels.shape != (units,):
        raise DesignError("bad_shape", where=WHERE, column="stratum", shape=labels.shape, expected=(units,))
    codes, names = pd.factorize(labels)
    missing = np.flatnonzero(codes < 0)
    if missing.size:
        raise DesignError(
            "missing_value", where=WHERE, column="stratum", count=missing.size, row=int(missing[0]) + 1
        )
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    return [(f"{WHERE} / stratum {name}", part) for name, part in zip(names, parts, strict=True)]


def _whole(rest: Floats, total: float, where: str) -> int:
    """Give the sample size among units below 1, or say that the sum is no whole number."""
    left: float = rest.sum().item()
    n = round(left)
    if abs(left - n) > SLACK * max(total, 1.0) or (rest.size > 0 and n == 0):
        raise DesignError("bad_sum", where=where, total=total)
    return n
