"""Draw with reserves many times, release them in replicates, and count how often each unit is worked.

    python benchmarks/replicates.py [draws]

Made up: 12 and 9 units in two strata, of each 3 main and 3 reserves, in replicates of 2. Where the number of
replicates is settled without looking at who was drawn, each unit's share must be (n + k)/N; the greatest of
the 21 standardised differences is shown with its p-value after Bonferroni. Where a replicate is released
because fewer than 2 of the main units of the first stratum can be met, the shares of those who can and of
those who cannot be met are set beside the mean of the stated probabilities.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from scipy.stats import norm

from sampling import SimpleRandom, Stratified, draw, release

SIZES = {"x": 12, "y": 9}
DESIGN = Stratified("stratum", SimpleRandom(n=3, reserve=1.0))


def frame() -> pd.DataFrame:
    """Give the made-up units; every second one can be met."""
    rows = [(f"{name}{at}", name, at % 2 == 0) for name, size in SIZES.items() for at in range(size)]
    return pd.DataFrame(rows, columns=["id", "stratum", "met"])


def shares(draws: int, replicates: int | None, start: int = 0) -> tuple[pd.Series, pd.Series]:
    """Give how often each unit was worked, and the mean of the probability stated for its stratum.

    Parameters
    ----------
    draws : int
    replicates : int, optional
        Released in every draw; without it one is released where fewer than 2 of the main units of the
        first stratum can be met.
    start : int
        Number of the first key.
    """
    units = frame()
    met = units.set_index("id")["met"]
    counts = pd.Series(0, index=units["id"])
    stated = dict.fromkeys(SIZES, 0.0)
    for number in range(start, start + draws):
        sample = draw(units[["id", "stratum"]], DESIGN, key=f"replicates {number}", name="r", unit="id")
        main = sample.units[(sample.units["role"] == "main") & (sample.units["stratum"] == "x")]
        k = int(met[main["id"]].sum() < 2) if replicates is None else replicates
        worked = release(sample, k, size=2).units
        counts[worked["id"]] += 1
        for name, prob in worked.groupby("stratum")["prob"].first().items():
            stated[str(name)] += float(prob)
    due = units["stratum"].map(stated) / draws
    return counts / draws, due.set_axis(units["id"])


def main() -> None:
    """Print what the simulation gives."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for k in (0, 1, 2):
        found, due = shares(draws, k, start=k * draws)
        z = float(((found - due) / np.sqrt(due * (1 - due) / draws)).abs().max())
        p = min(1.0, len(found) * 2 * float(norm.sf(z)))
        told = ", ".join(f"{one:.4f}" for one in due.unique())
        print(f"{k} replicates: stated {told}; greatest |z| of {len(found)} units {z:.2f}, p {p:.2f}")
    found, due = shares(draws, None, start=3 * draws)
    first = frame().set_index("id").query("stratum == 'x'")
    for met, rows in first.groupby("met"):
        who = "can be met" if met else "cannot be met"
        worked, stated = found[rows.index].mean(), due[rows.index].mean()
        print(f"by contacts, who {who}: {worked:.4f}; stated, mean {stated:.4f}")


if __name__ == "__main__":
    main()
