"""What drawing from files costs, up to 200 million rows under 2 GB, and that the sample is that of pandas.

    python benchmarks/large.py [--rows 200000000] [--folder /somewhere/with/40GB] [--memory 1GB] [--threads 2]

Each draw runs in a process of its own, so that its peak memory is its own; the time of the digest of the
frame, which sorts all lines, is told apart. Half, a quarter and an eighth of the files are drawn from too.
One part is drawn through pandas, through DuckDB and on a Dask cluster of two workers, and compared. All data
are made up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.memory import peak_megabytes

STRATA = 200
PART = 2_500_000  # rows of a file
MODULUS = 1_000_000_007  # a prime, so that ids do not repeat
STEP = 618_033_989


def write_part(path: Path, part: int, rows: int) -> None:
    """Make up some rows: ids of ten digits behind a letter in no order, 200 counties, sizes from 1 to 999."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rng = np.random.default_rng([1, part])
    at = np.arange(part * PART + 1, part * PART + 1 + rows, dtype=np.int64)
    number = pa.array(at * STEP % MODULUS + 1_000_000_000)
    ids = pc.binary_join_element_wise("R", number.cast(pa.string()), "")
    counties = pa.array([f"县{one:03d}" for one in range(STRATA)])
    code = pa.array(rng.integers(0, STRATA, rows, dtype=np.int32))
    size = pa.array(rng.integers(1, 1000, rows, dtype=np.int32))
    names = ["id", "county", "people"]
    pq.write_table(pa.table([ids, counties.take(code), size], names), path, row_group_size=250_000)


def design(name: str) -> Any:
    """Give one of the designs that are timed."""
    from sampling import Poisson, SimpleRandom, Stratified

    return {
        "stratified": Stratified("county", SimpleRandom(n=400)),
        "simple random": SimpleRandom(n=80_000),
        "poisson": Stratified("county", Poisson(n=400, size="people")),
    }[name]


def one_draw(name: str, folder: Path, memory: str, threads: int) -> None:
    """Draw once; print the seconds, of them those of the digest, the peak memory and the files of DuckDB."""
    from sampling import assemble, draw
    from sampling.files import DuckDB

    spilled, done, digest = [0], threading.Event(), [0.0]
    temp = Path(tempfile.mkdtemp(dir=folder.parent))

    def watch() -> None:
        while not done.wait(0.5):
            held = 0
            for one in temp.rglob("*"):
                try:
                    held += one.stat().st_blocks * 512
                except FileNotFoundError:
                    pass
            spilled[0] = max(spilled[0], held)

    make_receipt = assemble.make_receipt

    def timed(**given: Any) -> dict[str, Any]:
        start = time.perf_counter()
        made = make_receipt(**given)
        digest[0] = time.perf_counter() - start
        return made

    assemble.make_receipt = timed
    threading.Thread(target=watch, daemon=True).start()
    start = time.perf_counter()
    engine = DuckDB(memory, threads, str(temp))
    sample = draw(folder, design(name), key="k", name="bench", unit="id", engine=engine)
    taken = time.perf_counter() - start
    done.set()
    temp.rmdir()
    print(
        json.dumps(
            {
                "rows": sample.receipt["frame"]["units"],
                "drawn": len(sample.units),
                "seconds": taken,
                "digest": digest[0],
                "cpu": time.process_time(),
                "peak": peak_megabytes(),
                "spilled": spilled[0] / 1e6,
            }
        )
    )


def compare(folder: Path) -> None:
    """Draw from a slice in all three ways."""
    import pandas as pd
    from dask.distributed import Client, LocalCluster

    from sampling import draw
    from sampling.files import DuckDB

    given = dict(key="k", name="bench", unit="id")
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        for name in ("stratified", "simple random", "poisson"):
            made, seconds = [], []
            for frame, engine in ((None, None), (folder, DuckDB(threads=2)), (folder, client)):
                start = time.perf_counter()
                table = pd.read_parquet(folder) if frame is None else frame
                made.append(draw(table, design(name), **given, engine=engine))
                seconds.append(time.perf_counter() - start)
            same = all(one.receipt == made[0].receipt and one.units.equals(made[0].units) for one in made[1:])
            rows = made[0].receipt["frame"]["units"]
            times = ", ".join(f"{one:.1f} s" for one in seconds)
            print(
                f"{name} of {rows:,}: pandas, DuckDB, two Dask workers: {times}; same sample: {same}",
                flush=True,
            )


def linked(files: list[Path], folder: Path) -> Path:
    """Give a folder of some of the files."""
    folder.mkdir(exist_ok=True)
    for one in files:
        if not (folder / one.name).exists():
            os.link(one, folder / one.name)
    return folder


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "minyi-large")
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--one")
    asked = parser.parse_args()
    if asked.one == "compare":
        compare(asked.folder)
    elif asked.one:
        one_draw(asked.one, asked.folder, asked.memory, asked.threads)
    else:
        bench(asked.rows, asked.folder, asked.memory, asked.threads)


def bench(rows: int, folder: Path, memory: str, threads: int) -> None:
    """Make the files up, draw from them, and print what it took."""
    (folder / "all").mkdir(parents=True, exist_ok=True)
    files = [folder / "all" / f"part-{part:04d}.parquet" for part in range(-(-rows // PART))]
    for part, path in enumerate(files):
        if not path.exists():
            write_part(path, part, min(PART, rows - part * PART))
    print(
        f"{rows:,} rows in {len(files)} files, {sum(one.stat().st_size for one in files) / 1e9:.1f} GB",
        flush=True,
    )
    print(in_own_process("compare", linked(files[:2], folder / "slice"), memory, threads), end="", flush=True)
    for share in (8, 4, 2, 1):
        part = linked(files[: max(len(files) // share, 1)], folder / f"one-of-{share}")
        report("stratified", part, memory, threads)
    for name in ("simple random", "poisson"):
        report(name, folder / "all", memory, threads)


def in_own_process(name: str, folder: Path, memory: str, threads: int) -> str:
    """Do one thing in a process of its own; give what it prints."""
    here = Path(__file__).resolve()
    env = dict(os.environ, PYTHONPATH=str(here.parent.parent))
    options = ["--folder", str(folder), "--memory", memory, "--threads", str(threads)]
    command = [sys.executable, str(here), "--one", name, *options]
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def report(name: str, folder: Path, memory: str, threads: int) -> None:
    """Draw, and print what it took."""
    found = json.loads(in_own_process(name, folder, memory, threads))
    seconds, digest, rows = found["seconds"], found["digest"], found["rows"]
    each = seconds / rows * 1e6
    print(
        f"{name}: {found['drawn']:,} of {rows:,} in {seconds:.0f} s ({each:.2f} s a million), "
        f"{seconds - digest:.0f} s without the digest, {found['cpu']:.0f} s of processors; "
        f"peak {found['peak']:,.0f} MB, {found['spilled']:,.0f} MB of files",
        flush=True,
    )


if __name__ == "__main__":
    main()
