"""Do rank sets hold the truth? Made-up evaluatees of known scores, many samples, few degrees of freedom too.

    python benchmarks/rank_coverage.py --rounds 1000 --units 14

Estimates are means of answers whose variances are estimated from the same answers. Error is drawn in two
ways: "own", every evaluatee with its own sample, pair degrees of freedom after Satterthwaite; "shared", one
sample of respondents who rate all of them, so that errors go together. Truths, in standard errors:

- equal: all alike;
- spread: 1.5 apart, so that some are told apart and most neighbours are not;
- ties: groups of three alike, groups 6 apart;
- close: all within half a standard error of each other, no two alike: wrong directions are easy.

Shares of rounds in which all sets of joint=True hold at once; in which the sets of joint=False hold, on
average and for the worst-served evaluatee; in which all who truly are among the first three (the last three)
are among those who could be; and the mean width of the sets, joint and each. Nominal is 95 %; a share of
1,000 rounds has a simulation error of 0.7 points.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from scoring import could_be_bottom, could_be_top, rank_sets

KNOWN = np.inf
Case = tuple[np.ndarray, np.ndarray, np.ndarray | None]


def truths(units: int) -> dict[str, np.ndarray]:
    """Give the true scores of each scenario, in standard errors."""
    at = np.arange(units, dtype=np.float64)
    return {"equal": 0 * at, "spread": 1.5 * at, "ties": 6.0 * (at // 3), "close": 0.5 * at / units}


def own_samples(rng: np.random.Generator, truth: np.ndarray, df: float) -> Case:
    """Give estimates, covariance and pair degrees of freedom: every evaluatee has its own sample."""
    variance = np.resize([0.5, 1.0, 1.5], truth.size)
    estimate = truth + rng.normal(size=truth.size) * np.sqrt(variance)
    if df == KNOWN:
        return estimate, np.diag(variance), None
    seen = variance * rng.chisquare(df, truth.size) / df
    both = seen[:, None] + seen[None, :]
    return estimate, np.diag(seen), both**2 * df / (seen[:, None] ** 2 + seen[None, :] ** 2)


def shared_sample(rng: np.random.Generator, truth: np.ndarray, df: float) -> Case:
    """Give the same where df + 1 respondents rate all: half of the variance is shared."""
    variance = np.resize([0.5, 1.0, 1.5], truth.size)
    root = np.linalg.cholesky(0.5 * np.diag(variance) + 0.5)
    if df == KNOWN:
        return truth + root @ rng.normal(size=truth.size), root @ root.T, None
    n = int(df) + 1
    answers = truth + rng.normal(size=(n, truth.size)) @ root.T * np.sqrt(n)
    return answers.mean(axis=0), np.cov(answers.T) / n, np.full((truth.size, truth.size), df)


def one_case(sample: str, name: str, truth: np.ndarray, df: float, rounds: int) -> dict[str, object]:
    """Repeat one case; give the shares in which sets hold."""
    rng = np.random.default_rng([rounds, int(min(df, 1e6)), len(name), len(sample)])
    first = 1 + (truth[:, None] > truth[None, :]).sum(axis=0)
    last = truth.size - (truth[:, None] < truth[None, :]).sum(axis=0)
    held = {"all": 0, "first": 0, "last": 0}
    each = np.zeros(truth.size)
    width = np.zeros(2)
    draw = own_samples if sample == "own" else shared_sample
    for at in range(rounds):
        estimate, cov, pair_df = draw(rng, truth, df)
        joint, alone = (
            rank_sets(estimate, cov, df=pair_df, draws=1999, seed=at, joint=together)
            for together in (True, False)
        )
        held["all"] += bool(((joint["low"] <= first) & (joint["high"] >= last)).all())
        held["first"] += bool(could_be_top(joint, 3)[first <= 3].all())
        held["last"] += bool(could_be_bottom(joint, 3)[last > truth.size - 3].all())
        each += (alone["low"] <= first) & (alone["high"] >= last)
        width += [(sets["high"] - sets["low"] + 1).mean() for sets in (joint, alone)]
    return {
        "sample": sample,
        "truth": name,
        "df": "known" if df == KNOWN else f"{df:.0f}",
        "all hold": held["all"] / rounds,
        "each holds": each.mean() / rounds,
        "worst each": each.min() / rounds,
        "first 3": held["first"] / rounds,
        "last 3": held["last"] / rounds,
        "width": width[0] / rounds,
        "width each": width[1] / rounds,
    }


def main() -> None:
    """Run and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=1000)
    arguments.add_argument("--units", type=int, default=14)
    chosen = arguments.parse_args()
    start = time.monotonic()
    rows = [
        one_case(sample, name, truth, df, chosen.rounds)
        for sample in ("own", "shared")
        for name, truth in truths(chosen.units).items()
        for df in (3.0, 9.0, 30.0, KNOWN)
    ]
    table = pd.DataFrame(rows)
    print(f"{chosen.units} evaluatees, {chosen.rounds} rounds each, {time.monotonic() - start:.0f} s")
    print(table.round(3).to_string(index=False))
    shares = ["all hold", "each holds", "first 3", "last 3"]
    print(f"lowest of {', '.join(shares)}: {table[shares].to_numpy().min():.3f}; must be at least 0.93")


if __name__ == "__main__":
    main()
