"""What the whole of scheme S1 costs: drawing samples, scoring answers; then errors, and large draws.

    python benchmarks/run.py

Each figure is the median of several runs in this one process, beside its floor: the least that any
program must do (compute the lottery numbers; sum the answers). Memory is the process's peak.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from benchmarks.memory import peak_megabytes
from scoring.group import columns_of
from toolkit import Round, Scheme
from toolkit.answers import parse_answers
from toolkit.demo import KEY, made_answers, made_round
from toolkit.files import read_table
from toolkit.scores import score
from toolkit.simulate import make_population


def timed(action: Callable[[], object], runs: int = 5) -> float:
    """Give the median seconds of several runs."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


def main() -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as folder:
        bench(Path(folder))
    for name in ("errors.py", "draws.py"):  # in processes of their own, whose memory is their own
        subprocess.run([sys.executable, str(Path(__file__).with_name(name))], check=True)


def bench(folder: Path) -> None:
    """Time the drawing and the scoring of S1 on made-up data kept in a folder."""
    population = make_population(Scheme.load("guangan-2013"))
    first = made_round(population, "bench", folder)
    rows = {name: len(frame) for name, frame in population.frames.items()}
    print(f"made-up frames: {', '.join(f'{name} {count:,}' for name, count in rows.items())}")

    def draw_all(name: str) -> float:
        one = Round.create(name, scheme="guangan-2013", folder=folder)
        shutil.copytree(first.folder / "frames", one.folder / "frames", dirs_exist_ok=True)
        return timed(lambda: one.draw(KEY), runs=1)

    drawing = [draw_all(f"bench-{at}") for at in range(3)]
    counts = first.draw(KEY)
    in_towns = numbers_needed(first)
    report("draw all of S1 from its files, with receipts", median(drawing))
    report(f"  floor: its {len(in_towns):,} lottery numbers alone", timed(lambda: hashes(in_towns), 3))
    print(f"  peak memory so far {peak_megabytes():,.0f} MB")

    path = made_answers(first, population)
    del population
    first.collect(path)
    drawn, answers = first.drawn(), first.answers()
    sheets = sum(len(one.table) for one in answers.values())
    respondents = f"{sum(counts.values()) - counts['towns']:,} respondents"
    print(
        f"answers: {sheets:,} sheets of {respondents}, {len(first.scheme.evaluatees)} evaluatees, four groups"
    )
    report(
        "score, full covariance, label shares, rank sets", timed(lambda: score(first.scheme, drawn, answers))
    )
    table = pd.concat([one.table for one in answers.values()], ignore_index=True)
    columns = columns_of(first.scheme.indicators)
    report("  floor: pandas means by evaluatee, no error", timed(lambda: means(table, columns)))
    report(
        "read and check the answers file",
        timed(lambda: parse_answers(read_table(path), first.scheme, "a"), 3),
    )
    print(f"peak memory {peak_megabytes():,.0f} MB")


def numbers_needed(one: Round) -> list[bytes]:
    """Give the texts whose lottery numbers the draws of service users need."""
    frames = one.frames()
    users = one.scheme.groups[0].draws
    towns = set(next(iter(one.samples(users[0])))[1].units["town"])
    ids = frames["users"].loc[frames["users"]["town"].isin(towns), "id"]
    return [f"{KEY}\x1forder\x1fguangan-2013/users\x1f2\x1f{name}".encode() for name in ids]


def hashes(texts: list[bytes]) -> np.ndarray:
    """Hash every text, as any lottery must."""
    return np.frombuffer(b"".join([sha256(text).digest() for text in texts]), dtype=">u8")


def means(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Average every indicator for every evaluatee."""
    return table.groupby("evaluatee", observed=True)[columns].mean()


def report(what: str, seconds: float) -> None:
    """Print a line of the table."""
    print(f"{what:<55}{seconds:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
