"""Made-up frames and answers with a known truth, to try a scheme before it is used.

Everything here is made up. Frames follow real census counts where there are some; people, registers
and answers are invented. The same scheme and seed give the same data on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from scoring.group import columns_of
from scoring.scale import Scale
from toolkit.errors import RoundError, fault
from toolkit.resources import shipped
from toolkit.scheme import Group, Scheme
from toolkit.scores import Scores

Floats = NDArray[np.float64]
DONT_KNOW, BLANK, NOT_ASKED = -1, -2, -3
BODIES = ("党代表", "人大代表", "政协委员")
LEVELS = ("市级", "县级", "乡镇级")
MEAN_RATING = 7.9
MADE = "模拟"


class Chance:
    """Named streams of random numbers: a name gives the same numbers whatever else is drawn."""

    def __init__(self, seed: int | str) -> None:
        self.seed = seed

    def uniform(self, name: str, *shape: int) -> Floats:
        """Give numbers inside (0, 1) from the raw words of a Philox generator."""
        key = sha256(f"{self.seed}\x1f{name}".encode()).digest()
        words = np.random.Philox(key=np.frombuffer(key[:16], dtype="<u8")).random_raw(int(np.prod(shape)))
        return ((words >> np.uint64(11)).astype(np.float64) + 0.5).reshape(shape) * 2.0**-53

    def normal(self, name: str, *shape: int) -> Floats:
        """Give standard normal numbers."""
        return np.asarray(ndtri(self.uniform(name, *shape)))

    def whole(self, name: str, low: int, high: int) -> int:
        """Give a whole number from low to high."""
        return low + int(self.uniform(name, 1)[0] * (high - low + 1))


@dataclass(frozen=True)
class Population:
    """Made-up frames, what everyone in them would answer, and the scores that follow.

    Attributes
    ----------
    scheme : Scheme
    seed : int
    frames : dict of DataFrame
        By frame name, as an office would send them; a column ``made`` says 模拟 in every row.
    ratings : dict of ndarray of int8
        By group: shape (people, K) where each evaluatee has its own people, otherwise
        (people, evaluatees, K); steps above the worst rating, -1 is 不了解, -2 blank, -3 not asked.
    truth : DataFrame
        One row per evaluatee: each group's score and the composite over all who would answer validly.
    """

    scheme: Scheme
    seed: int
    frames: dict[str, pd.DataFrame]
    ratings: dict[str, NDArray[np.int8]]
    truth: pd.DataFrame

    def people(self, group: Group) -> pd.DataFrame:
        """Give everyone in a group's frame once, in the order of the ratings."""
        return _people(group, self.frames)


def make_population(scheme: Scheme, seed: int = 2013) -> Population:
    """Make up the frames of a scheme and everyone's answers.

    Parameters
    ----------
    scheme : Scheme
        Its frames are among towns, users, staff, delegates and inspectors.
    seed : int

    Returns
    -------
    Population

    Raises
    ------
    RoundError
        The scheme asks for a frame nobody knows how to make up.
    """
    chance = Chance(seed)
    evaluatees = scheme.evaluatees
    towns = _towns()
    makers = {
        "towns": lambda: towns,
        "users": lambda: _users(chance, evaluatees, towns),
        "staff": lambda: _staff(chance, evaluatees),
        "delegates": lambda: _delegates(chance),
        "inspectors": lambda: pd.DataFrame({"person": [f"J{i:02d}" for i in range(1, 16)]}),
    }
    wanted = [draw.frame for group in scheme.groups for draw in group.draws]
    unknown = [name for name in wanted if name not in makers]
    if unknown:
        raise RoundError("simulate", [fault("", "no_frame", name=name, folder="frames") for name in unknown])
    frames = {name: makers[name]().assign(made=MADE) for name in dict.fromkeys(wanted)}
    asked = np.array(
        [[c in scheme.indicators[one] for c in columns_of(scheme.indicators)] for one in evaluatees]
    )
    quality = 0.45 * chance.normal("quality", len(evaluatees))[:, None] + 0.15 * chance.normal(
        "items", *asked.shape
    )
    ratings: dict[str, NDArray[np.int8]] = {}
    truth: dict[str, Any] = {"evaluatee": list(evaluatees)}
    for group in scheme.groups:
        people = _people(group, frames)
        made = _ratings(chance, scheme, group, people, quality, asked, towns)
        ratings[group.id] = made
        truth[group.id] = _true_scores(scheme, group, people, made, asked)
    table = pd.DataFrame(truth)
    table["composite"] = sum(group.weight * table[group.id] for group in scheme.groups)
    return Population(scheme, seed, frames, ratings, table)


def make_answers(population: Population, respondents: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the answer sheets of drawn respondents, as text.

    Parameters
    ----------
    population : Population
    respondents : mapping of str to DataFrame
        By group, the drawn people: the unit column and, where lists differ, ``evaluatee``.

    Returns
    -------
    DataFrame
        ``group``, ``respondent``, ``evaluatee``, a column for each indicator, and ``made``.
    """
    scheme = population.scheme
    columns = columns_of(scheme.indicators)
    said = map(str, worst_first(scheme.scale))
    words = np.array([*said, "", "", scheme.scale.dont_know[0]], dtype=object)  # the last for codes below 0
    sheets = []
    for group in scheme.groups:
        draw = group.draws[-1]
        people = pd.Index(_people(group, population.frames)[draw.unit])
        drawn = respondents[group.id]
        at = people.get_indexer(pd.Index(drawn[draw.unit]))
        made = population.ratings[group.id][at]
        if draw.per_evaluatee:
            who, whom = drawn[draw.unit].to_numpy(), drawn["evaluatee"].to_numpy()
            if not group.own_lists:
                made = made[np.arange(len(at)), pd.Index(scheme.evaluatees).get_indexer(pd.Index(whom))]
        else:
            who = np.repeat(drawn[draw.unit].to_numpy(), len(scheme.evaluatees))
            whom = np.tile(np.array(scheme.evaluatees, dtype=object), len(drawn))
        cells = words[made.reshape(-1, len(columns))]
        heads = {"group": group.id, "respondent": who, "evaluatee": whom}
        sheets.append(pd.DataFrame({**heads, **{c: cells[:, k] for k, c in enumerate(columns)}}))
    return pd.concat(sheets, ignore_index=True).assign(made=MADE)


def worst_first(scale: Scale) -> NDArray[np.int64]:
    """Give the ratings of a scale from the worst to the best.

    >>> from scoring.scale import Scale
    >>> worst_first(Scale(1, 3, best="low")).tolist()
    [3, 2, 1]
    """
    ratings = np.arange(scale.low, scale.high + 1)
    return ratings if scale.best == "high" else ratings[::-1]


def compare_truth(scores: Scores, population: Population) -> pd.DataFrame:
    """Set the made-up truth beside the estimates.

    Returns
    -------
    DataFrame
        ``evaluatee``, ``truth``, ``estimate``, ``low``, ``high`` and ``inside``: whether the interval
        holds the truth.
    """
    truth = population.truth.set_index("evaluatee")["composite"]
    table = scores.table[["evaluatee", "estimate", "low", "high"]].copy()
    table.insert(1, "truth", truth.loc[table["evaluatee"]].to_numpy())
    return table.assign(inside=table["truth"].between(table["low"], table["high"]))


def _towns() -> pd.DataFrame:
    with shipped("geography").joinpath("guangan_towns.csv").open(encoding="utf8") as file:
        return pd.read_csv(file)


def _users(chance: Chance, evaluatees: Sequence[str], towns: pd.DataFrame) -> pd.DataFrame:
    """Registers of 5,000 to 13,000 clients each, over all towns in proportion to residents."""
    parts = []
    names, counties = towns["town"].to_numpy(dtype=object), towns["county"].to_numpy(dtype=object)
    for number, one in enumerate(evaluatees, 1):
        size = chance.whole(f"register {one}", 5000, 13000)
        pull = towns["population"].to_numpy() * np.exp(0.3 * chance.normal(f"pull {one}", len(towns)))
        ends = np.cumsum(pull / pull.sum())
        ends[-1] = 1.0
        scattered = np.searchsorted(ends, chance.uniform(f"town {one}", size))
        town = np.concatenate([np.repeat(np.arange(len(towns)), 2), scattered])
        ids = [f"U{number:02d}-{i:05d}" for i in range(1, town.size + 1)]
        parts.append(
            pd.DataFrame({"evaluatee": one, "id": ids, "county": counties[town], "town": names[town]})
        )
    return pd.concat(parts, ignore_index=True)


def _staff(chance: Chance, evaluatees: Sequence[str]) -> pd.DataFrame:
    """Staff lists of 40 to 400, at three levels; one evaluatee, the library, has only 12."""
    parts = []
    for number, one in enumerate(evaluatees, 1):
        size = 12 if one.endswith("图书馆") else chance.whole(f"staff {one}", 40, 400)
        level = np.searchsorted([0.45, 0.8, 1.0], chance.uniform(f"level {one}", size))
        office = 1 + (chance.uniform(f"office {one}", size) * 8).astype(int)
        parts.append(
            pd.DataFrame(
                {
                    "evaluatee": one,
                    "id": [f"S{number:02d}-{i:03d}" for i in range(1, size + 1)],
                    "level": np.array(LEVELS, dtype=object)[level],
                    "office": office.astype(str),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _delegates(chance: Chance) -> pd.DataFrame:
    """A list of seats of about 1,100 persons, some of whom hold two."""
    people = 1100
    body = np.searchsorted([0.35, 0.7, 1.0], chance.uniform("body", people))
    seats = pd.DataFrame(
        {"person": [f"D{i:04d}" for i in range(1, people + 1)], "body": np.array(BODIES)[body]}
    )
    two = np.flatnonzero(chance.uniform("second seat", people) < 0.04)
    second = pd.DataFrame(
        {"person": seats["person"].iloc[two], "body": np.array(BODIES)[(body[two] + 1) % 3]}
    )
    return pd.concat([seats, second], ignore_index=True)


def _people(group: Group, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    draw = group.draws[-1]
    return frames[draw.frame].drop_duplicates(draw.unit) if draw.merge_rows else frames[draw.frame]


def _ratings(
    chance: Chance,
    scheme: Scheme,
    group: Group,
    people: pd.DataFrame,
    quality: Floats,
    asked: NDArray[np.bool_],
    towns: pd.DataFrame,
) -> NDArray[np.int8]:
    """Latent satisfaction from evaluatee, place, person and item, rounded to the scale."""
    name, width = group.id, asked.shape[1]
    own = {"staff": 0.6, "inspectors": -0.4}.get(name, 0.0)
    shift = MEAN_RATING + own + quality + 0.12 * chance.normal(f"{name} view", len(quality))[:, None]
    if group.own_lists:
        at = pd.Index(scheme.evaluatees).get_indexer(pd.Index(people["evaluatee"]))
        shape: tuple[int, ...] = (len(people), width)
        latent = shift[at] + 1.1 * chance.normal(f"{name} person", len(people), 1)
        if "town" in people:
            town = pd.Index(towns["town"]).get_indexer(pd.Index(people["town"]))
            latent += 0.25 * chance.normal("town", len(towns))[town][:, None]
            latent += 0.20 * chance.normal("town by evaluatee", len(towns), len(quality))[town, at][:, None]
        due = asked[at]
        unknown = chance.uniform(f"{name} knows", *shape) < 0.04
    else:
        shape = (len(people), len(quality), width)
        lenient = 0.6 * chance.normal(f"{name} person", len(people), 1, 1)
        latent = shift + lenient + 0.9 * chance.normal(f"{name} meets", len(people), len(quality), 1)
        due = np.broadcast_to(asked, shape)
        rarely = 0.10 if name == "delegates" else 0.01
        strange = chance.uniform(f"{name} stranger", len(people), len(quality), 1) < rarely
        unknown = strange | (chance.uniform(f"{name} knows", *shape) < 0.02)
    latent = latent + 1.0 * chance.normal(f"{name} item", *shape)
    steps = scheme.scale.high - scheme.scale.low
    made = np.clip(np.rint(latent * (steps / 10)), 0, steps).astype(np.int8)  # latent runs from 0 to 10
    made[unknown] = DONT_KNOW
    made[chance.uniform(f"{name} blank", *shape) < 0.006] = BLANK
    made[~due] = NOT_ASKED
    return made


def _true_scores(
    scheme: Scheme, group: Group, people: pd.DataFrame, made: NDArray[np.int8], asked: NDArray[np.bool_]
) -> Floats:
    scale, valid = scheme.scale, made >= 0
    points = scale.points(scheme.full_mark)[worst_first(scale) - scale.low]
    if group.own_lists:
        at = pd.Index(scheme.evaluatees).get_indexer(pd.Index(people["evaluatee"]))

        def sums(values: NDArray[np.float64]) -> Floats:
            return np.column_stack([np.bincount(at, weights=c, minlength=len(asked)) for c in values.T])
    else:

        def sums(values: NDArray[np.float64]) -> Floats:
            return np.asarray(values.sum(axis=0))

    counts = sums(valid.astype(np.float64))
    counted = np.where(valid, points[made], 0.0)
    means = np.divide(sums(counted), counts, out=np.zeros(asked.shape), where=counts > 0)
    return np.asarray((means * asked / asked.sum(axis=1, keepdims=True)).sum(axis=1))
