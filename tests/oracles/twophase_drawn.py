"""Write twophase_drawn.csv: first and second phases as `draw` draws them from a made-up population.

Run from the root of the repository:  python tests/oracles/twophase_drawn.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sampling import Census, Multistage, Proportional, SimpleRandom, Stratified, draw

HERE = Path(__file__).parent
EIGHT = SimpleRandom(n=8)
DESIGNS = {
    "srs": (SimpleRandom(n=90), Stratified("answer", EIGHT)),
    "strata": (Stratified("county", SimpleRandom(n=36)), Stratified(("county", "answer"), SimpleRandom(n=4))),
    "clusters": (Multistage({"town": SimpleRandom(n=9), "id": Census()}), Stratified("answer", EIGHT)),
    "crossing": (Stratified("county", SimpleRandom(n=Proportional(96))), Stratified("answer", EIGHT)),
    "unequal": (Stratified("county", SimpleRandom(n=32)), Stratified("answer", EIGHT)),
}


def population() -> pd.DataFrame:
    """400 made-up persons in 25 towns in three counties, of 96, 128 and 176 persons."""
    at = np.arange(400)
    town = at // 16
    county = np.select([town < 6, town < 14], ["x", "y"], "z")
    score = (at * 7919 % 101 + 6 * (town % 5)) / 13
    answer = np.select([score > 6, score > 3], ["yes", "no"], "unsure")
    y = np.round(score + (at * 104729 % 37) / 9, 3)
    return pd.DataFrame({"id": at, "town": town, "county": county, "answer": answer, "y": y})


def phases(name: str) -> tuple[pd.DataFrame, object]:
    """Give both phases' rows, y known where the second drew them, and the second sample."""
    one, two = DESIGNS[name]
    first = draw(population(), one, key="oracle", name=f"{name}/1", unit="id")
    second = draw(first.units, two, key="oracle", name=f"{name}/2", unit="id", after=first)
    rows = second.phases(first.units)
    return rows.assign(y=rows["y"].where(rows["phase_drawn"])), second


if __name__ == "__main__":
    parts = []
    for name in DESIGNS:
        rows = phases(name)[0].sort_values("id")
        kept = ["id", "town", "county", "answer", "y", "population", "first_weight", "phase_stratum"]
        parts.append(rows[kept].assign(design=name, drawn=rows["phase_drawn"].astype(int)))
    table = pd.concat(parts)
    table.to_csv(HERE / "twophase_drawn.csv", index=False, lineterminator="\n")
