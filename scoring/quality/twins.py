"""Sheets nearer to another than chance brings: near-duplicates within and between interviewers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.errors import AnswerError
from scoring.quality.matches import Matches, count_matches, equal_blocks
from scoring.quality.sheets import Sheets
from scoring.quality.straight import is_straight
from scoring.variance import Codes, Floats

MANY_ITEMS = 12
"""From here a pair of two interviewers can be told from chance."""

ALIKE = 100
"""Sheets as common as each other among which a nearest twin is ranked."""

COLUMNS = ["row", "twin", "interviewer", "twin_interviewer", "same_interviewer", "equal", "items", "chance"]


def twins(sheets: Sheets) -> pd.DataFrame:
    """Tell of each sheet how near its nearest twins are, and how likely that is.

    No share of equal answers is suspicious in itself: how often sheets agree depends on the number of items
    and on how alike people are (Simmons, Mercer, Schwarzer and Kennedy 2016 on Kuriakose and Robbins's 85 %).
    So the others' sheets are the measure, of the same sheet: an all-10 sheet has twins everywhere.

    Parameters
    ----------
    sheets : Sheets

    Returns
    -------
    DataFrame
        A row for each sheet: ``best_own`` (most equal answers with another sheet of the interviewer; NaN
        without one), ``own_chance`` = 1 - (1 - f)^m, the chance of a twin as near among m own sheets when
        the share f of other interviewers' sheets is as near; ``best_other`` (with another interviewer's
        sheet, an earlier one where all starting times are told), ``other_rank`` (0 to 1: place of
        ``best_other`` among at least 100 sheets that as many of the others' resemble).

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> rows = [("甲", 3, 7, 5), ("甲", 3, 7, 5), ("乙", 9, 9, 9), ("乙", 9, 8, 9), ("丙", 9, 9, 9)]
    >>> table = pd.DataFrame(rows, columns=["员", "q1", "q2", "q3"])
    >>> read = read_ratings(table, ["q1", "q2", "q3"], Scale(0, 10))
    >>> found = twins(Sheets.of(table, read, Scale(0, 10), interviewer="员"))
    >>> found[["best_own", "own_chance", "best_other"]].to_numpy().tolist()
    [[3.0, 0.25, 0.0], [3.0, 0.25, 0.0], [2.0, 0.5, 3.0], [2.0, 0.5, 2.0], [nan, nan, 3.0]]
    """
    found = count_matches(sheets.answers, sheets.interviewer, order_in_time(sheets))
    return pd.DataFrame(
        {
            "best_own": np.where(found.best_own < 0, np.nan, found.best_own),
            "own_chance": own_chance(found),
            "best_other": np.where(found.best_other < 0, np.nan, found.best_other),
            "other_rank": other_rank(found),
        },
        index=sheets.index,
    )


def own_chance(found: Matches) -> Floats:
    """Give the chance of so near a twin among the interviewer's own sheets, NaN without own ones."""
    best, many = found.best_own, found.own.sum(axis=1)
    share = found.rarity[np.arange(best.size), np.maximum(best, 0)]
    chance: Floats = 1 - (1 - share) ** many.astype(np.float64)
    return np.where((many > 0) & (found.others.sum(axis=1) > 0), chance, np.nan)


def own_nearness(found: Matches) -> Floats:
    """Give the log of the mean over own sheets of 1 / rarity of so many equal answers, NaN without own ones.

    It tells how many near ones there are as well as how near they are.
    """
    many = found.own.sum(axis=1)
    total = (found.own / found.rarity).sum(axis=1)
    some = (many > 0) & (found.others.sum(axis=1) > 0)
    result: Floats = np.log(np.divide(total, many, out=np.ones(many.size), where=some))
    return np.where(some, result, np.nan)


def other_rank(found: Matches) -> Floats:
    """Give the place (0 to 1, ties in the middle) of the nearest twin elsewhere among sheets as common."""
    best = found.best_other
    some = best >= 0
    result = np.full(some.size, np.nan)
    inside = pd.Series(best[some]).groupby(_alike(found.common[some]))
    result[some] = ((inside.rank(method="average") - 0.5) / inside.transform("size")).to_numpy()
    return result


def copied_elsewhere(found: Matches) -> Floats:
    """Give the log likelihood ratio of a copy of another's sheet against a sheet of its own.

    For someone who copies half of his sheets, every second with one answer in ten (one at least) changed:
    ``log(1/2 + x/4p + y/4q)`` where x tells whether an equal sheet is there, y one that near, and p and q how
    many of the others as common have such.
    """
    items = found.own.shape[1] - 1
    some = found.best_other >= 0
    group = _alike(found.common[some])
    size = np.bincount(group)[group]
    ratio = np.full(group.size, 0.5)
    for changed in (0, max(items // 10, 1)):
        there = found.earlier[some][:, max(items - changed, 0) :].any(axis=1).astype(np.float64)
        others = (np.bincount(group, there)[group] - there + 0.5) / size
        ratio += there / others / 4
    result = np.full(some.size, np.nan)
    result[some] = np.log(ratio)
    return result


def _alike(common: Floats) -> NDArray[np.intp]:
    """Number groups of at least so many sheets that are about as common."""
    groups = max(common.size // ALIKE, 1)
    rank = pd.Series(common).rank(method="average").to_numpy(dtype=np.float64)
    return np.floor((rank - 0.5) * groups / max(common.size, 1)).astype(np.intp)


def near_duplicates(sheets: Sheets, chance: float = 0.01, most: int = 200) -> pd.DataFrame:
    """List pairs of sheets to look at, the rarest first.

    Parameters
    ----------
    sheets : Sheets
    chance : float
        Up to 11 items: pairs within an interviewer with an ``own_chance`` of at most this, for either
        sheet; honest interviews give about as many of 100 sheets. From 12 items all pairs, whoever asked,
        with an error probability over all pairs of at most this.
    most : int
        At most as many pairs.

    Returns
    -------
    DataFrame
        ``row``, ``twin`` (labels of the index), ``interviewer``, ``twin_interviewer`` ("" where not told),
        ``same_interviewer``, ``equal``, ``items``, ``chance``, ``straight`` (both have one answer to all).

    Raises
    ------
    AnswerError
        The chance is not between 0 and 1, or ``most`` is below 1.

    Notes
    -----
    With few items only the number of an interviewer's twins tells something, not a pair. With many, the
    equal answers of a sheet with all others have a mean and standard deviation of their own, and a pair
    counts when it is far out for both: the normal's two-tailed probability times the number of pairs.

    Examples
    --------
    >>> from scoring import Scale, read_ratings
    >>> random = np.random.default_rng(1)
    >>> table = pd.DataFrame(random.integers(5, 11, (40, 60)), columns=[f"q{k}" for k in range(60)])
    >>> table.loc[7] = table.loc[31]
    >>> sheets = Sheets.of(table, read_ratings(table, list(table.columns), Scale(0, 10)), Scale(0, 10))
    >>> near_duplicates(sheets)[["row", "twin", "equal"]].to_numpy().tolist()
    [[7, 31, 60]]
    """
    for name, value, fine, must, chinese in (
        ("chance", chance, 0 < chance < 1, "between 0 and 1", "在 0 与 1 之间"),
        ("most", most, most >= 1, "at least 1", "不小于 1"),
    ):
        if not fine:
            told = {"name": name, "value": value, "must": must, "chinese": chinese}
            raise AnswerError("quality_number", where="near_duplicates", **told)
    first, second, equal, p = (_far_pairs if sheets.answers.shape[1] >= MANY_ITEMS else _own_pairs)(
        sheets, chance
    )
    order = np.argsort(p, kind="stable")[:most]
    first, second, equal, p = first[order], second[order], equal[order], p[order]
    straight = is_straight(sheets, 3)
    who = sheets.interviewer
    return pd.DataFrame(
        {
            "row": np.asarray(sheets.index, dtype=object)[first],
            "twin": np.asarray(sheets.index, dtype=object)[second],
            "interviewer": sheets.names_of(who[first]),
            "twin_interviewer": sheets.names_of(who[second]),
            "same_interviewer": (who[first] == who[second]) & (who[first] >= 0),
            "equal": equal.astype(np.intp),
            "items": np.full(first.size, sheets.answers.shape[1]),
            "chance": p,
            "straight": straight[first] & straight[second],
        }
    )


def order_in_time(sheets: Sheets) -> Codes | None:
    """Give places in time, or None where a starting time is not told."""
    if sheets.started is None or np.isnat(sheets.started).any():
        return None
    return np.unique(sheets.started, return_inverse=True)[1].astype(np.intp)


def _own_pairs(sheets: Sheets, chance: float) -> tuple[Any, ...]:
    """Give pairs within interviewers whose sheets are rarely so near."""
    answers, who = sheets.answers, sheets.interviewer
    found = count_matches(answers, who)
    rare = own_chance(found)
    picked = np.flatnonzero(rare <= chance)
    # Each with all sheets of its interviewer, laid out one after the other.
    by_who = np.argsort(who, kind="stable")
    size = np.bincount(who[who >= 0], minlength=len(sheets.interviewers))
    start = np.cumsum(size) - size + int((who < 0).sum())
    many = size[who[picked]]
    one = np.repeat(picked, many)
    step = np.arange(one.size) - np.repeat(np.cumsum(many) - many, many)
    two = by_who[start[who[one]] + step]
    equal = (answers[one] == answers[two]).sum(axis=1)
    kept = (one != two) & (equal == found.best_own[one])
    pairs = pd.DataFrame({"a": one, "b": two, "equal": equal, "p": rare[one]})[kept]
    pairs[["a", "b"]] = np.sort(pairs[["a", "b"]].to_numpy(), axis=1)
    pairs = pairs.groupby(["a", "b"], as_index=False).min()
    return tuple(pairs[name].to_numpy() for name in ("a", "b", "equal", "p"))


def _far_pairs(sheets: Sheets, chance: float) -> tuple[Any, ...]:
    """Give pairs whose equal answers are far above those that either has with all others."""
    from scipy.special import ndtri

    answers = sheets.answers
    n = len(answers)
    pairs = max(n * (n - 1) / 2, 1)
    least = -float(ndtri(chance / pairs))
    mean, deviation = np.empty(n), np.empty(n)
    for rows, equal in equal_blocks(answers):
        others = equal.astype(np.float64)
        others[np.arange(rows.size), rows] = np.nan
        mean[rows], deviation[rows] = np.nanmean(others, axis=1), np.nanstd(others, axis=1)
    found: list[tuple[Any, ...]] = []
    scale = np.where(deviation > 0, deviation, np.inf)
    for rows, equal in equal_blocks(answers):
        z = np.minimum((equal - mean[rows, None]) / scale[rows, None], (equal - mean) / scale)
        a, b = np.nonzero((z >= least) & (rows[:, None] < np.arange(n)))
        found.append((rows[a], b, equal[a, b], z[a, b]))
    one, two, equal, z = (np.concatenate(part) for part in zip(*found, strict=True))
    from scipy.special import ndtr

    return one, two, equal, np.minimum(ndtr(-z) * pairs, 1.0)
