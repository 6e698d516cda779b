"""How likely it is that a consequence hits by chance, and that it hits the right unit.

Two questions with two names. "If all are equal": how often would a streak come about when nothing but chance
orders the units? "Given the data": how likely is it that the unit truly is where its score puts it?
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaincinv, ndtr

from scoring.consequence.by_place import Awards
from scoring.consequence.streaks import COUNTING, in_places
from scoring.errors import EstimateError
from scoring.normals import factor, normals
from scoring.rank.checks import Floats, class_rows, covariance, estimates, numbers, random_seed, square
from scoring.rank.places import places_of_rows

Counting = Literal["consecutive", "cumulative"]

FLAT: Final = "flat, uncalibrated"
"""The prior of `draws_given_data`, as results must name it."""


def streak_chance_if_all_equal(
    share: npt.ArrayLike, times: int, *, counting: Counting = "consecutive"
) -> float:
    """Probability that a given unit has a streak although all units are equal and only chance orders them.

    In each round a unit is among k of n with probability k / n, independently. Exact: by stepping from round
    to round over the length of what is in a row, or the number in all.

    Parameters
    ----------
    share : array_like, shape (R,)
        k / n of each round: how large a share of the class the first or last places are.
    times : int
        How often the unit is among them, at least.
    counting : {"consecutive", "cumulative"}
        In a row, anywhere within the rounds; or in all.

    Returns
    -------
    float
        Times the number of units: how many streaks chance makes on average.

    Raises
    ------
    EstimateError
        No rounds; a share not between 0 and 1; `times` below 1; an unknown word for `counting`.

    Examples
    --------
    By hand: three months, the bottom three of 33 each time: (3 / 33)^3 for one village, so that of 33
    villages 0.025 have it by chance.

    >>> round(streak_chance_if_all_equal([3 / 33] * 3, 3) * 33, 4)
    0.0248
    >>> round((3 / 33) ** 3 * 33, 4)
    0.0248

    Plan S3: three times last among ten communities in 52 weeks. In a row that takes luck; cumulated over
    the year, chance alone gives it to nearly everyone: a binomial of 52 and 0.1 is at least 3 with
    probability 1 - 0.0042 - 0.0241 - 0.0683 = 0.903.

    >>> round(streak_chance_if_all_equal([0.1] * 52, 3), 3)
    0.044
    >>> round(streak_chance_if_all_equal([0.1] * 52, 3, counting="cumulative"), 3)
    0.903
    """
    where = "streak_chance_if_all_equal"
    chance = estimates(f"{where}: share", share)
    if ((chance < 0) | (chance > 1)).any():
        value = chance[(chance < 0) | (chance > 1)][0]
        raise EstimateError("not_a_share", where=f"{where}: share", value=value)
    _check_counting(where, times, counting)
    state = np.zeros(times + 1)  # the chance of each count; the last is that of the streak, which stays
    state[0] = 1.0
    for hit in chance:
        moved = np.zeros_like(state)
        moved[1:] = state[:-1] * hit
        if counting == "consecutive":
            moved[0] = state[:-1].sum() * (1 - hit)
        else:
            moved[:-1] += state[:-1] * (1 - hit)
        moved[-1] += state[-1]
        state = moved
    return float(state[-1])


def draws_given_data(
    estimate: npt.ArrayLike,
    cov: npt.ArrayLike,
    *,
    df: float | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> Floats:
    """Draw what the true scores may be given the data: N(estimate, cov), the posterior of a flat prior.

    A flat prior takes no account of how alike units usually are, so chances from it are uncalibrated: they
    overstate differences where the units differ by little more than their error. Say so wherever they are
    shown. Draws from another posterior can take their place.

    Parameters
    ----------
    estimate : array_like, shape (p,)
    cov : array_like, shape (p, p)
    df : float, optional
        Degrees of freedom of the covariance: draws are multivariate Student t. Without them, normal.
    draws : int
    seed : int

    Returns
    -------
    ndarray of float, shape (draws, p)

    Raises
    ------
    EstimateError
        As `rank_sets`; fewer than 1 draws.

    Examples
    --------
    >>> scores = draws_given_data([80.0, 70.0], [[1.0, 0.0], [0.0, 4.0]])
    >>> scores.shape, scores.mean(axis=0).round(1).tolist(), scores.std(axis=0).round(1).tolist()
    ((10000, 2), [80.0, 70.0], [1.0, 2.0])
    """
    where = "draws_given_data"
    centre = estimates(f"{where}: estimate", estimate)
    whole = square(f"{where}: cov", cov, centre.size)
    lower = factor(covariance(f"{where}: cov", whole, np.arange(centre.size)))
    random_seed(where, seed)
    if draws < 1:
        raise EstimateError("below_one", where=f"{where}: draws", value=draws)
    freedom = np.inf if df is None else float(df)
    if not freedom > 0:
        raise EstimateError("df_not_above_0", where=f"{where}: df", value=freedom, position=0)
    estimated = bool(np.isfinite(freedom))
    normal = np.concatenate(list(normals(draws, centre.size + estimated, seed)))
    deviation = normal[:, : centre.size] @ lower.T
    if estimated:
        # The normal to spare gives the chi-square over df that all units of a draw share.
        deviation /= np.sqrt(gammaincinv(freedom / 2.0, ndtr(normal[:, -1:])) * 2.0 / freedom)
    result: Floats = centre + deviation
    return result


def draws_of_rounds(
    rounds: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]],
    *,
    df: float | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> Floats:
    """Draw the true scores of several rounds that share no answers: `draws_given_data` of each.

    Parameters
    ----------
    rounds : sequence of (estimate, cov)
        R rounds of the same p units; round r is drawn with seed + r.
    df, draws, seed
        As in `draws_given_data`.

    Returns
    -------
    ndarray of float, shape (draws, R, p)

    Raises
    ------
    EstimateError
        As `draws_given_data`; no rounds, or rounds of different units.

    Examples
    --------
    >>> one_round = ([80.0, 70.0], [[1.0, 0.0], [0.0, 4.0]])
    >>> draws_of_rounds([one_round] * 3, draws=100).shape
    (100, 3, 2)
    """
    parts = [
        draws_given_data(estimate, cov, df=df, draws=draws, seed=(seed + at) % 2**128)
        for at, (estimate, cov) in enumerate(rounds)
    ]
    if not parts:
        raise EstimateError("no_rounds", where="draws_of_rounds", shape=(0,))
    units = parts[0].shape[1]
    for part in parts:
        if part.shape[1] != units:
            raise EstimateError("other_length", where="draws_of_rounds", found=part.shape[1], units=units)
    return np.stack(parts, axis=1)


def streak_chance_given_data(
    scores: npt.ArrayLike,
    places: int,
    *,
    end: Literal["first", "last"],
    times: int | None = None,
    counting: Counting = "consecutive",
    by: npt.ArrayLike | None = None,
) -> Floats:
    """Probability that each unit truly was among the first or last in so many rounds, given the data.

    Parameters
    ----------
    scores : array_like, shape (S, R, p)
        Draws of the true scores of R rounds: `draws_of_rounds` (flat prior, uncalibrated), or another
        posterior.
    places : int
    end : {"first", "last"}
    times : int, optional
        In how many of the rounds, at least; in all of them if not given.
    counting : {"consecutive", "cumulative"}
        In a row, anywhere within the rounds; or in all.
    by : array_like, shape (p,), optional
        Class of each unit.

    Returns
    -------
    ndarray of float, shape (p,)

    Raises
    ------
    EstimateError
        `scores` of another shape or not finite; `times` below 1; more places than a class has units.

    Examples
    --------
    Two units, their difference with a standard error of 1, the second behind by 1 in each of three rounds:
    it truly was the last with probability 0.841 each time (normal), 0.841 ** 3 = 0.596 all three times.

    >>> scores = draws_of_rounds([([81.0, 80.0], [[0.5, 0.0], [0.0, 0.5]])] * 3)
    >>> streak_chance_given_data(scores, 1, end="last").round(2).tolist()
    [0.0, 0.6]
    """
    where = "streak_chance_given_data"
    values = numbers(f"{where}: scores", scores)
    if values.ndim != 3 or not values.size or not np.isfinite(values).all():
        raise EstimateError(
            "not_draws", where=f"{where}: scores", shape=values.shape, axes="draws, rounds, units"
        )
    wanted = values.shape[1] if times is None else times
    _check_counting(where, wanted, counting)
    place = _places_of_draws(values, by)
    truly = in_places(place, places, end=end, by=by)
    run = np.zeros(truly[:, 0].shape, dtype=np.int64)
    longest = np.zeros_like(run)
    for at in range(truly.shape[1]):
        run = np.where(truly[:, at], run + 1, 0 if counting == "consecutive" else run)
        longest = np.maximum(longest, run)
    result: Floats = (longest >= wanted).mean(axis=0)
    return result


def award_chances(
    rule: Awards,
    table: pd.DataFrame,
    scores: npt.ArrayLike,
    *,
    by: npt.ArrayLike | None = None,
    prior: str = FLAT,
) -> pd.DataFrame:
    """Probability, given the data, that each award or penalty goes to the right unit.

    Parameters
    ----------
    rule : Awards
    table : DataFrame
        What `awards` gave.
    scores : array_like, shape (S, p)
        Draws of the true scores: `draws_given_data` (flat prior, uncalibrated), or another posterior.
    by : array_like, shape (p,), optional
        Class of each unit, as given to `awards`.
    prior : str
        The prior of the draws, to stand beside the chances.

    Returns
    -------
    DataFrame
        The table with ``chance`` (that the unit truly is among the places of its rule), ``chance_place``
        (that it truly holds its place; tied units: one of those they share) and ``prior``.

    Raises
    ------
    EstimateError
        `scores` of another shape or not finite; `by` of another length.

    Examples
    --------
    Plan S4: the last of four pays 5,000. It is 1 behind the next, and the difference has a standard error
    of 1; the others are far ahead: normal, 0.841.

    >>> from scoring.consequence.by_place import AtPlaces, awards
    >>> rule = Awards((AtPlaces("last", 1, "处罚", (-5000,)),), ties="all", both_ends="neither")
    >>> score, cov = [95.0, 93.0, 81.0, 80.0], np.diag([0.5] * 4)
    >>> table = awards(rule, score)
    >>> found = award_chances(rule, table, draws_given_data(score, cov, draws=100_000))
    >>> found[["unit", "shown", "chance", "prior"]].round(2).to_numpy().tolist()
    [[3, '-5,000', 0.84, 'flat, uncalibrated']]
    """
    where = "award_chances"
    values = numbers(f"{where}: scores", scores)
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise EstimateError("not_draws", where=f"{where}: scores", shape=values.shape, axes="draws, units")
    unit, place, tied = (table[name].to_numpy(dtype=np.int64) for name in ("unit", "place", "tied"))
    from_first, from_last = _places_of_draws(values, by), _places_of_draws(-values, by)
    is_first = (table["end"] == "first").to_numpy()
    true_place = np.where(is_first, from_first[:, unit], from_last[:, unit])
    listed = np.array([one.places for one in rule.rules])[table["rule"].to_numpy(dtype=np.int64)]
    return table.assign(
        chance=(true_place <= listed).mean(axis=0),
        chance_place=((true_place >= place) & (true_place < place + tied)).mean(axis=0),
        prior=prior,
    )


def _places_of_draws(scores: Floats, by: npt.ArrayLike | None) -> npt.NDArray[np.int64]:
    """Give the place of every unit in its class in every draw (..., p); who ties shares the lowest."""
    result = np.empty(scores.shape, dtype=np.int64)
    for here in class_rows("scores", by, scores.shape[-1]):
        result[..., here] = places_of_rows(scores[..., here])
    return result


def _check_counting(where: str, times: int, counting: str) -> None:
    if times < 1:
        raise EstimateError("below_one", where=f"{where}: times", value=times)
    if counting not in COUNTING:
        known = ", ".join(COUNTING)
        raise EstimateError("unknown_choice", where=f"{where}: counting", known=known, value=counting)
