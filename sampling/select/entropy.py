"""Selection of a fixed number of units by Poisson sampling given its size: maximum entropy and Sampford."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sampling.lottery import Stream
from sampling.poisson_binomial import Floats, size_distribution, without_one
from sampling.select.equal import Positions

EASY = 25.0  # a Poisson sample whose size varies no more is simply repeated: 13 tries,
SMALL = 40_000.0  # as is one with N V^½ no greater: 100,000 numbers
BATCH = 4096  # numbers asked for at one time to repeat
ROUNDS = 100


def conditional_poisson_odds(prob: Floats) -> Floats:
    """Find the odds of the Poisson sampling which, given its size, has the wanted probabilities.

    Conditional Poisson sampling draws s, of n units, with a probability in proportion to the product
    of the odds w_k of its units: of all designs of n units with the same inclusion probabilities it has
    the greatest entropy (Hájek 1981). Its inclusion probabilities are given by π_k/(1-π_k) =
    w_k P(S without k = n-1) / P(S without k = n), with S the size of a Poisson sample of probabilities
    w/(1+w). Starting from the odds of the wanted probabilities, each round multiplies w_k by
    (wanted odds / odds had)^a: the fixed point of Chen, Dempster and Liu (1994) and Deville (2000),
    taken on odds.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Wanted inclusion probabilities, inside (0, 1), that sum to a whole number n.

    Returns
    -------
    ndarray of float, shape (N,)
        Odds w, scaled so that w/(1+w) sum to n. The inclusion probabilities they give are ``prob`` to
        1e-12, and to 1e-11 of themselves unless V, the sum of p(1-p), is far below 1.

    Notes
    -----
    Log odds had, derived by log w, are the indicators' covariances divided by the row's variance. The
    eigenvalues of this matrix are 0, for a factor common to all w, which changes nothing, and others
    between 1 and 2 that exceed 1 by 1 in all (seen in every design enumerated), the nearer to 1 the
    more the size varies. So with a = V/(V + max p(1-p)), from 2/3 to 1, an error shrinks to about a
    third in a round at worst, to about a 1/V-th in large frames: three rounds for 10,000 of a million
    (0.3 s each), some 10 to 50 of 0.1 ms in small ones.

    Sines, powers and sums are the same on all machines only up to the last digits. A draw changes with
    a probability of about n times the relative difference of the odds: 1e-10 for n = 10,000.

    Examples
    --------
    One unit of two or more: odds in proportion to the probabilities.

    >>> odds = conditional_poisson_odds(np.array([0.5, 0.3, 0.2]))
    >>> (odds / odds.sum()).round(12)
    array([0.5, 0.3, 0.2])
    """
    count = round(float(prob.sum()))
    wanted = odds = tilted(prob / (1.0 - prob), count)
    changes: list[float] = []
    for _ in range(ROUNDS):
        p = odds / (1.0 + odds)
        spread = p * (1.0 - p)
        fewer, same = without_one(p, size_distribution(p), count)
        sound = np.minimum(fewer, same) > 1e-13 * np.maximum(fewer, same)
        ratio = np.where(sound, wanted * same / np.where(sound, odds * fewer, 1.0), 1.0)
        variance = float(spread.sum())
        new = tilted(odds * ratio ** (variance / (variance + float(spread.max()))), count)
        changes.append(float(np.abs(new / odds - 1.0).max()))
        odds = new
        if changes[-1] < 2e-14 or (len(changes) > 3 and changes[-4] / 2.0 < changes[-1] < 1e-4):
            break  # the second: only rounding is left
    return odds


def tilted(odds: Floats, count: int) -> Floats:
    """Multiply odds by one factor so that their probabilities sum to the count, by Newton's method.

    The factor changes no sample's probability given the size, and makes this size the likeliest.

    >>> tilted(np.array([0.1, 0.1, 0.1, 0.1]), 2).round(12)
    array([1., 1., 1., 1.])
    """
    for _ in range(ROUNDS):
        p = odds / (1.0 + odds)
        short = count - float(p.sum())
        if abs(short) <= 1e-13 * count:
            break
        step = short / float((p * (1.0 - p)).sum())
        odds = odds * np.exp(min(1.0, max(-1.0, step)))
    return odds


def conditional_poisson(prob: Floats, stream: Stream, odds: Floats | None = None) -> Positions:
    """Draw by maximum entropy: a Poisson sample given that it has n units.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities, inside (0, 1), that sum to a whole number n.
    stream : Stream
        Where the random numbers come from.
    odds : ndarray of float, shape (N,), optional
        ``conditional_poisson_odds(prob)``, where many samples are drawn with the same.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, ascending. Inclusion probabilities are ``prob``; those of two units are
        ``conditional_poisson_joint``.

    Notes
    -----
    Units in the order of the frame, each drawn where its number is below p = w/(1+w), all again until
    the sample has n units: so where V, the sum of p(1-p), is at most 25, or N V^½ at most 40,000. Else
    the units stand in order of their odds (equal ones in that of the frame) and are halved into every
    other one, A, and the rest, B. A Poisson sample of A that has ``a`` units is kept with probability
    P(S_B = n-a) / max P(S_B), the highest being at the mean of S_B, rounded up or down (Darroch 1964);
    the next number decides. Then the same with n-a units of B, its odds tilted to that size. This is
    exact and costs some two numbers a unit, where repeating the whole costs (2πV)^½: 0.8 s for 10,000
    of a million, given the odds.

    Examples
    --------
    >>> conditional_poisson(np.full(5, 0.4), Stream([1, 2]))
    array([1, 3])
    """
    count = round(float(prob.sum()))
    return poisson_of_size(conditional_poisson_odds(prob) if odds is None else odds, count, stream)


def poisson_of_size(odds: Floats, count: int, stream: Stream) -> Positions:
    """Draw a Poisson sample given its size, as ``conditional_poisson`` says.

    Parameters
    ----------
    odds : ndarray of float, shape (N,)
        With the mean size near the count.
    count : int
        From 0 to N.
    stream : Stream

    Returns
    -------
    ndarray of int, shape (count,)

    Examples
    --------
    >>> poisson_of_size(np.ones(4), 3, Stream([1, 2]))
    array([0, 1, 2])
    """
    chosen = np.zeros(len(odds), dtype=bool)
    units: Positions | None = None  # None is all
    while True:
        if count == 0 or count == len(odds):
            hit = np.full(len(odds), count > 0)
            break
        if units is not None:
            odds = tilted(odds, count)
        p = odds / (1.0 + odds)
        variance = float((p * (1.0 - p)).sum())
        if easy(len(p), variance):
            hit = repeated(p, count, variance, stream)
            break
        if units is None:
            units = np.argsort(odds, kind="stable")
            odds, p = odds[units], p[units]
        rest = size_distribution(p[1::2], window=2)
        highest = max(rest.chance(int(rest.mean)), rest.chance(int(rest.mean) + 1))
        while True:
            numbers = stream.numbers((len(p) + 1) // 2 + 1)
            hit = numbers[:-1] < p[::2]
            left = count - int(np.count_nonzero(hit))
            if numbers[-1] * highest < rest.chance(left):
                break
        chosen[units[::2][hit]] = True
        units, odds, count = units[1::2], odds[1::2], left
    if units is None:
        return np.flatnonzero(hit)
    chosen[units[hit]] = True
    return np.flatnonzero(chosen)


def easy(units: int, variance: float) -> bool:
    """Tell whether to repeat a Poisson sample until it has its size.

    >>> easy(10_000_000, 25.0), easy(4000, 100.0), easy(4001, 100.0)
    (True, True, False)
    """
    return variance <= EASY or units * sqrt(variance) <= SMALL


def repeated(
    p: Floats, count: int, variance: float, stream: Stream, firsts: Floats | None = None
) -> NDArray[np.bool_]:
    """Draw Poisson samples until one has the count, a batch of tries at a time.

    With cumulated weights ``firsts``, a number before each try picks a unit that is in it anyway.
    """
    extra = 0 if firsts is None else 1
    width = len(p) + extra
    batch = max(1, min(1 + int(sqrt(variance)), BATCH // width))
    while True:
        numbers = stream.numbers(batch * width).reshape(batch, width)
        hits = numbers[:, extra:] < p
        if firsts is not None:
            hits[np.arange(batch), pick(firsts, numbers[:, 0])] = True
        fit = np.flatnonzero(np.count_nonzero(hits, axis=1) == count)
        if len(fit):
            return np.asarray(hits[fit[0]])


def sampford(prob: Floats, stream: Stream) -> Positions:
    """Draw by Sampford's method: p(s) in proportion to the product of odds times the sum of 1-π in s.

    Sampford (1967) draws a first unit with π/n and n-1 more, with replacement, in proportion to the
    odds w = π/(1-π), until all differ: p(s) ∝ Σ_j π_j Π_{k≠j} w_k = Π_k w_k Σ_j (1-π_j), over j, k in s.
    So a sample is one unit j and n-1 others that are a Poisson sample, with probabilities π, of the
    rest given its size; the chance of j is in proportion to π_j (1-π_j) P(S without j = n-1).

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities, inside (0, 1), that sum to a whole number n.
    stream : Stream
        Where the random numbers come from.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions, ascending. Inclusion probabilities are ``prob`` exactly; those of two units are
        ``sampford_joint``.

    Notes
    -----
    Where ``easy`` says so both parts are drawn together: one number gives j in proportion to π(1-π), N
    numbers a Poisson sample of all units in the order of the frame; j's own is ignored, and all is
    repeated until j and the others are n. Else one number gives j from its chances, and the others come
    from ``poisson_of_size``. Neither a large n nor π near 1 makes it slow: 10,000 of a million take a
    second.

    Examples
    --------
    >>> sampford(np.array([0.4, 0.6, 0.5, 0.5]), Stream([1, 2]))
    array([0, 1])
    """
    count = round(float(prob.sum()))
    spread = prob * (1.0 - prob)
    total = np.cumsum(spread)
    if easy(len(prob), float(total[-1])):
        return np.flatnonzero(repeated(prob, count, float(total[-1]), stream, total))
    fewer, _ = without_one(prob, size_distribution(prob), count)
    first = pick(np.cumsum(spread * fewer), stream.numbers(1))[0]
    others = np.delete(np.arange(len(prob)), first)
    drawn = others[poisson_of_size((prob / (1.0 - prob))[others], count - 1, stream)]
    return np.sort(np.append(drawn, first))


def pick(total: Floats, numbers: Floats) -> Positions:
    """Pick places with chances in proportion to the steps of cumulated values.

    A number on an edge picks the next, so that 0 picks no unit without a chance.

    >>> pick(np.array([0.0, 3.0, 4.0]), np.array([0.0, 0.74, 0.75]))
    array([1, 1, 2])
    """
    found = np.searchsorted(total, numbers * total[-1], side="right")
    return np.asarray(np.minimum(found, len(total) - 1), dtype=np.intp)
