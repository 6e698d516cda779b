"""Weights varied: how often each place occurs, and which weight moves a score or place most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from scoring.composite.compose import Composed
from scoring.errors import EstimateError
from scoring.normals import uniforms
from scoring.rank.checks import random_seed
from scoring.rank.places import places_of_rows
from scoring.sensitivity.linear import Linear, Node
from scoring.variance import Floats

BLOCK: Final = 4096
"""Draws at once."""


@dataclass(frozen=True)
class WeightSensitivity:
    """What weights that vary do to places.

    Attributes
    ----------
    places : DataFrame
        ``evaluatee``, ``place`` and ``share``: of the draws in which it occurs; places that never occur are
        not there.
    sobol : DataFrame
        ``evaluatee``, ``moves`` ("score" or "place"), ``part``, ``of``, ``first`` and ``total``: the Sobol
        indices, NaN where nothing moves.
    """

    places: pd.DataFrame
    sobol: pd.DataFrame


def weight_sensitivity(
    found: Composed,
    within: float | Mapping[str, float] | None = None,
    *,
    concentration: float | None = None,
    normalise: bool = True,
    draws: int = 10_000,
    power: int = 12,
    seed: int = 0,
) -> WeightSensitivity:
    """Vary the weights of all parts together.

    Parameters
    ----------
    found : Composed
        Arithmetic throughout; who has no composite is left out.
    within : float or mapping of part to float
        Half-widths: each weight is drawn uniformly from its own ± this, apart from the others; parts that
        a mapping does not name keep theirs.
    concentration : float
        In place of ``within``: the weights of each level are drawn from a Dirichlet distribution with this
        times the weights; the larger, the nearer to them.
    normalise : bool
        Whether the weights drawn of each level are divided by their sum. Without it the composite of one
        level is linear in its weights, and a higher sum of weights gives everyone higher scores.
    draws : int
        For the shares of places.
    power : int
        2**power points for each Sobol index.
    seed : int

    Returns
    -------
    WeightSensitivity

    Raises
    ------
    EstimateError
        A part is geometric; an evaluatee with a composite lacks a part; there are no parts; not one of
        ``within`` and ``concentration`` is given, or it names unknown parts or could make a weight negative;
        bad draws, power or seed.

    Notes
    -----
    Sobol indices (Saltelli and others 2010, ``scipy.stats.sobol_indices``) need inputs that are
    independent: here the weights before they are divided by their sum, uniform, or gamma for the Dirichlet.
    ``first`` is the share of the variance that the weight explains alone, ``total`` that in which it has
    any part. Points are Sobol's sequence moved by one random shift; shift and draws come from raw words of
    Philox4x64-10 keyed by the seed, so that every machine repeats them.

    Examples
    --------
    80 and 60 against 70 and 76 at 0.7 and 0.3: equal at 16/26 = 0.615 of the first. Weights ± 0.05 never
    reach it; of those ± 0.2 the first is below 1.6 times the second with probability 0.176. Made up.

    >>> from scoring import Part, compose, figures
    >>> table = pd.DataFrame({"evaluatee": ["甲", "乙"], "群众": [80.0, 70.0], "代表": [60.0, 76.0]})
    >>> found = compose(Part("综合", parts=(Part("群众", 0.7), Part("代表", 0.3))), [figures(table)])
    >>> weight_sensitivity(found, 0.05).places.to_numpy().tolist()
    [['甲', 1, 1.0], ['乙', 2, 1.0]]
    >>> weight_sensitivity(found, 0.2).places["share"].round(1).tolist()
    [0.8, 0.2, 0.2, 0.8]
    """
    where = "weight_sensitivity"
    whole = Linear.of(where, found)
    if not whole.nodes:
        raise EstimateError("no_parts", where=where, part=found.tree.name)
    reach = _reach(where, whole.nodes, within, concentration)
    for name, value, most in (("draws", draws, 10**9), ("power", power, 24)):
        if not isinstance(value, int | np.integer) or not 1 <= value <= most:
            raise EstimateError("bad_draw_count", where=f"{where}: {name}", value=value, most=most)
    random_seed(where, seed)
    varied = _Varied(whole, reach, concentration, normalise)
    words = np.random.Philox(key=seed)
    shares = _place_shares(varied, draws, words)
    return WeightSensitivity(shares, _sobol(varied, power, words))


@dataclass(frozen=True)
class _Varied:
    """How uniform numbers become weights, scores and places.

    Attributes
    ----------
    whole : Linear
    reach : ndarray of float, shape (N,)
        Of the nodes.
    concentration : float, optional
    normalise : bool
    """

    whole: Linear
    reach: Floats
    concentration: float | None
    normalise: bool

    def scores(self, uniform: Floats) -> Floats:
        """Turn uniform numbers (m, N) into composites (m, D)."""
        nodes = self.whole.nodes
        weights = np.array([node.weight for node in nodes])
        if self.concentration is None:
            drawn = weights + self.reach * (2 * uniform - 1)
        else:
            drawn = gammaincinv(self.concentration * weights, uniform)
        level = pd.factorize(np.array([node.of for node in nodes], dtype=object))[0]
        if self.normalise:
            sums = np.stack([drawn[:, level == one].sum(axis=1) for one in range(level.max() + 1)], axis=1)
            drawn = drawn / sums[:, level]
        share: dict[str, Floats] = {}
        for at, node in enumerate(nodes):  # each before its parts
            share[node.name] = drawn[:, at] * share.get(node.of, np.ones(1))
        leaves = np.stack([share[name] for name in self.whole.leaves], axis=1)
        result: Floats = leaves @ self.whole.scores
        return result


def _place_shares(varied: _Varied, draws: int, words: np.random.Philox) -> pd.DataFrame:
    size, inputs = len(varied.whole.evaluatees), len(varied.whole.nodes)
    counts = np.zeros((size, size))
    for start in range(0, draws, BLOCK):
        rows = min(BLOCK, draws - start)
        rank = places_of_rows(varied.scores(uniforms(words, rows * inputs).reshape(rows, inputs)))
        np.add.at(counts, (np.broadcast_to(np.arange(size), rank.shape), rank - 1), 1)
    who, place = np.nonzero(counts)
    names = np.asarray(varied.whole.evaluatees, dtype=object)[who]
    return pd.DataFrame({"evaluatee": names, "place": place + 1, "share": counts[who, place] / draws})


def _sobol(varied: _Varied, power: int, words: np.random.Philox) -> pd.DataFrame:
    from scipy.stats import sobol_indices
    from scipy.stats.qmc import Sobol

    nodes, evaluatees = varied.whole.nodes, varied.whole.evaluatees
    inputs = len(nodes)
    points = (Sobol(2 * inputs, scramble=False).random_base2(power) + uniforms(words, 2 * inputs)) % 1.0
    a, b = points[:, :inputs], points[:, inputs:]

    def outputs(uniform: Floats) -> Floats:
        scores = varied.scores(np.clip(uniform, 2.0**-54, 1 - 2.0**-53))
        return np.concatenate([scores, places_of_rows(scores)], axis=1).T

    mixed = []
    for at in range(inputs):
        one = a.copy()
        one[:, at] = b[:, at]
        mixed.append(outputs(one))
    f_a, f_b, f_ab = outputs(a), outputs(b), np.array(mixed)
    spread = np.ptp(np.concatenate([f_a, f_b], axis=1), axis=1)
    moves = spread > 1e-9 * np.maximum(1.0, np.abs(f_a).max(axis=1))
    first, total = np.full((2, len(f_a), inputs), np.nan)
    if moves.any():
        chosen = {"f_A": f_a[moves], "f_B": f_b[moves], "f_AB": f_ab[:, moves]}
        indices = sobol_indices(func=chosen, n=len(a))
        first[moves], total[moves] = indices.first_order, indices.total_order
    rows = len(f_a)
    return pd.DataFrame(
        {
            "evaluatee": np.repeat(np.tile(np.asarray(evaluatees, dtype=object), 2), inputs),
            "moves": np.repeat(["score", "place"], rows // 2 * inputs),
            "part": [node.name for node in nodes] * rows,
            "of": [node.of for node in nodes] * rows,
            "first": first.ravel(),
            "total": total.ravel(),
        }
    )


def _reach(
    where: str,
    nodes: list[Node],
    within: float | Mapping[str, float] | None,
    concentration: float | None,
) -> Floats:
    """Check how weights vary, and give the half-width of each."""
    if (within is None) == (concentration is None):
        raise EstimateError("one_way_to_vary", where=where)
    if concentration is not None:
        if not 0 < concentration < np.inf:
            raise EstimateError("bad_concentration", where=where, value=concentration)
        return np.zeros(len(nodes))
    if isinstance(within, Mapping):
        odd = [name for name in within if name not in {node.name for node in nodes}]
        if odd:
            raise EstimateError("unknown_names", where=f"{where}: within", names=", ".join(odd))
        reach = np.array([float(within.get(node.name, 0.0)) for node in nodes])
    else:
        reach = np.full(len(nodes), np.nan if within is None else float(within))
    for node, one in zip(nodes, reach, strict=True):
        if not 0 <= one <= node.weight * (1 + 1e-12):
            raise EstimateError("bad_reach", where=where, part=node.name, weight=node.weight, value=one)
    return reach
