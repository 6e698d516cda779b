"""The gate: does each method draw what it states? Many draws of a small frame against the stated.

    python benchmarks/gate.py --draws 100000
    python benchmarks/gate.py pivotal sampford

For each case three p-values, each of which must be above 10^-4: the units' inclusion probabilities and
the joint ones by a Wald statistic, and a chi-square over all samples where each one's probability is known.

Why Wald: the counts of units in samples of fixed size are correlated and vary less than counts of
independent trials. The plain chi-square Σ (O − E)² / E of the N counts of a right method has mean N − n,
not N − 1 (each term's is 1 − π_k): with a large part of the frame in each sample it is near 0 and hardly
ever rejects, right or wrong. Dividing by the covariance that the indicators really have,

    T² = m d' V⁻ d,  d the mean indicators less what is stated, V their covariance over m draws,

gives a statistic that is χ² (here Hotelling's F, as V is estimated) for every design. Along directions
in which the indicators never vary, such as their sum, V has no inverse; there d itself must be 0.

Seeds are fixed, so a result is the same every time; over the 100 or so p-values of all cases, right
methods would all pass with a probability of at least 0.99 (Bonferroni).
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from tqdm import tqdm

from benchmarks.gate_cases import CASES, Case
from benchmarks.known_designs import Floats, Samples
from sampling.lottery import Stream

LEVEL = 1e-4
ROUNDING = 1e-10
BLOCK = 10_000
FEW = 5  # samples expected less often are counted together
RARE = 20  # so are pairs; a direction must vary as often for its variance to be estimated


def simulate(name: str, case: Case, draws: int, show: bool = False) -> NDArray[np.uint8]:
    """Draw many times: one row a sample, how often each unit is in it."""
    stream = Stream([2013, crc32(name.encode())])
    hits = np.zeros((draws, case.prob.size), dtype=np.uint8)
    for at in tqdm(range(draws), desc=name, leave=False, disable=None if show else True):
        hits[at] = np.bincount(case.draw(stream), minlength=case.prob.size)
    return hits


def wald(values: NDArray[np.uint8], expected: Floats) -> float:
    """Give the p-value of the mean of values, one row a draw, against what is expected.

    The variance of a direction along which a value changes in few draws, or none, cannot be estimated.
    There Bernstein's inequality bounds the chance of a mean so far from the expected; along one that
    never varies, m draws would have missed what makes up the difference d with e^(−3md/4).
    """
    draws, (units,) = len(values), expected.shape
    total, cross = np.zeros(units), np.zeros((units, units))
    for at in range(0, draws, BLOCK):  # sums of whole numbers: exact
        block = values[at : at + BLOCK].astype(np.float64)
        total += block.sum(axis=0)
        cross += block.T @ block
    mean = total / draws
    variance, directions = np.linalg.eigh((cross / draws - np.outer(mean, mean)) * draws / (draws - 1))
    along = np.abs(directions.T @ (mean - expected))
    free = variance * draws >= RARE
    few, spread = along[~free], np.maximum(variance[~free], 0.0)
    few[few < ROUNDING] = 0.0
    bound = np.exp(-draws * few**2 / (2 * spread + 4 / 3 * few + ROUNDING))
    found = min(1.0, bound.min(initial=1.0).item() * max(few.size, 1))
    count = int(free.sum())
    if count:
        statistic = draws * (along[free] ** 2 / variance[free]).sum()
        scale = (draws - count) / (count * (draws - 1))
        found = min(found, float(stats.f.sf(statistic * scale, count, draws - count)))
    return found


def wald_pairs(hits: NDArray[np.uint8], joint: Floats) -> float:
    """Give the p-value of the products of two units' hits, every pair, against what is stated.

    Pairs stated never to come must not; those expected less than 20 times are counted together, and left
    out if even so they are.
    """
    one, other = np.triu_indices(len(joint), 1)
    products, expected = hits[:, one] * hits[:, other], joint[one, other]
    if products[:, expected == 0].any():
        return 0.0
    rare = expected * len(hits) < RARE
    values, stated = products[:, ~rare], expected[~rare]
    if expected[rare].sum() * len(hits) >= RARE:
        values = np.column_stack([values, products[:, rare].sum(axis=1)])
        stated = np.append(stated, expected[rare].sum())
    return wald(values, stated)


def chi_square(hits: NDArray[np.uint8], samples: Samples) -> float:
    """Give the p-value of the counts of all samples; 0 if one is drawn that should not be."""
    found, counts = np.unique(hits, axis=0, return_counts=True)
    observed = {
        tuple(np.repeat(np.arange(len(row)), row).tolist()): int(count)
        for row, count in zip(found, counts, strict=True)
    }
    if set(observed) - set(samples):
        return 0.0
    cells, rest = [], np.zeros(2)
    for one, chance in samples.items():
        cell = np.array([observed.get(one, 0), chance * len(hits)])
        if cell[1] < FEW:
            rest += cell
        else:
            cells.append(cell)
    table = np.array([*cells, rest] if rest[1] else cells).T
    if table.shape[1] == 1:
        return 1.0
    statistic = ((table[0] - table[1]) ** 2 / table[1]).sum()
    return float(stats.chi2.sf(statistic, table.shape[1] - 1))


def p_values(case: Case, hits: NDArray[np.uint8]) -> dict[str, float]:
    """Give the p-value of everything that is stated."""
    found = {"units": wald(hits, case.prob)}
    if case.joint is not None:
        found["pairs"] = wald_pairs(hits, case.joint)
    if case.samples is not None:
        found["samples"] = chi_square(hits, case.samples)
    return found


def run(name: str, draws: int, show: bool = False) -> tuple[dict[str, float], float]:
    """Draw a case; give its p-values, and the seconds it took."""
    begun = time.perf_counter()
    case = CASES[name]()
    return p_values(case, simulate(name, case, draws, show)), time.perf_counter() - begun


def main() -> int:
    """Run the cases asked for and print a table; 1 if one fails."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("methods", nargs="*", help="beginnings of names of cases; all if none is given")
    arguments.add_argument("--draws", type=int, default=100_000)
    arguments.add_argument("--processes", type=int, default=1)
    chosen = arguments.parse_args()
    names = [name for name in CASES if not chosen.methods or name.startswith(tuple(chosen.methods))]
    if not names:
        print(f"no such method; known are: {'; '.join(CASES)}")
        return 1
    print(f"{chosen.draws:,} draws a case; p-values above {LEVEL:g} pass")
    print(f"{'':<42}{'units':>10}{'pairs':>10}{'samples':>10}{'seconds':>9}")
    failed, begun = [], time.perf_counter()
    with ProcessPoolExecutor(chosen.processes) as pool:
        alone = chosen.processes == 1
        todo = [chosen.draws] * len(names)
        results = map(run, names, todo, [True] * len(names)) if alone else pool.map(run, names, todo)
        for name, (found, seconds) in zip(names, results, strict=True):
            cells = "".join(
                f"{found[what]:>10.4f}" if what in found else f"{'':>10}"
                for what in ("units", "pairs", "samples")
            )
            bad = min(found.values()) <= LEVEL
            print(f"{name:<42}{cells}{seconds:>9.1f}{'  FAILS' if bad else ''}", flush=True)
            failed += [name] * bad
    print(f"{len(names) - len(failed)} of {len(names)} pass, {time.perf_counter() - begun:.0f} s")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
