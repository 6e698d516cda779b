"""What docs/ shows runs as it is shown, and repeats what `sampling` draws.

Oracles: the output written in the pages, and `sampling.draw` on the same frame. Of the blocks, ``csv`` ones
are files, ``toml`` ones keys of a scheme, ``bash``, ``sql`` and ``python`` ones run in the order of the page
(each language in one session), and a ``text`` one is the output of the block before it. ``toml`` blocks of
one file's name are its pieces, in their order: a scheme of its own.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import duckdb
import numpy as np
import pandas as pd
import pytest

from sampling import (
    PPS,
    Balanced,
    Bernoulli,
    Census,
    Poisson,
    PPSWithReplacement,
    SimpleRandom,
    SpatiallyBalanced,
    Stratified,
    Systematic,
    draw,
)
from sampling.coordination.apply import ALGORITHMS
from sampling.designs import ALONG_A_LIST, Design, PPSMethod
from sampling.lottery import Lottery, numbers
from sampling.methods import METHODS
from toolkit import Scheme

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
PROOF = ROOT / "docs" / "proof.md"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = {"postgresql"}  # needs a server; the page says that no test runs it
BREAK = "-- next block --"
COMMANDS = 'minyi() { "$PYTHON" -m toolkit "$@"; }; python() { "$PYTHON" "$@"; }\n'
SETTING = {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "110"}


@dataclass
class Block:
    language: str
    file: str
    code: str
    output: str = ""


def blocks_of(page: Path) -> list[Block]:
    found: list[Block] = []
    for language, file, code in FENCE.findall(page.read_text("utf-8")):
        if language == "text":
            assert found and not found[-1].output, f"{page.name}: an output without its block: {code}"
            found[-1].output = code
        else:
            found.append(Block(language, file, code))
    return found


def code_of(page: Path, language: str) -> list[str]:
    return [block.code for block in blocks_of(page) if block.language == language]


def write_files(page: Path, folder: Path) -> None:
    for block in blocks_of(page):
        if block.language == "csv":
            (folder / block.file).write_text(block.code, "utf-8", newline="\n")
    for name, text in schemes_of(page).items():
        (folder / name).write_text(text, "utf-8", newline="\n")


def schemes_of(page: Path) -> dict[str, str]:
    """The scheme files of a page, put together from their pieces."""
    found: dict[str, str] = {}
    for block in blocks_of(page):
        if block.language == "toml" and block.file:
            found[block.file] = found.get(block.file, "") + block.code
    return found


def run_bash(codes: list[str], folder: Path) -> list[str]:
    lacking = [tool for tool in ("bash", "sha256sum") if shutil.which(tool) is None]
    if sys.platform == "win32" or lacking:
        pytest.skip(f"no {' and no '.join(lacking) or 'bash of its own on Windows'}")
    (folder / "data").symlink_to(ROOT / "data", target_is_directory=True)
    script = "set -eu\n" + COMMANDS + f"echo '{BREAK}'\n".join(codes)
    setting = {**os.environ, **SETTING}
    # Given as bytes, so that no system rewrites the ends of lines.
    ran = subprocess.run(
        ["bash"], input=script.encode(), cwd=folder, capture_output=True, check=False, env=setting
    )
    assert ran.returncode == 0 and not ran.stderr, ran.stderr.decode()
    return ran.stdout.decode().split(BREAK + "\n")


def run_sql(codes: list[str], folder: Path) -> list[str]:
    """Print what each block's last statement gives, as DuckDB's shell does with -csv."""
    printed = []
    with contextlib.chdir(folder), duckdb.connect() as connection:
        for code in codes:
            result = connection.execute(code)
            page = io.StringIO()
            if "SELECT" in code and "CREATE" not in code:
                write = csv.writer(page, lineterminator="\n")
                write.writerow([column[0] for column in result.description])
                write.writerows(result.fetchall())
            printed.append(page.getvalue())
    return printed


def run_python(codes: list[str], folder: Path) -> list[str]:
    return python_session(codes, folder)[0]


def python_session(codes: list[str], folder: Path) -> tuple[list[str], dict[str, Any]]:
    printed, names = [], {}
    with contextlib.chdir(folder):
        for code in codes:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, names)
            printed.append(out.getvalue())
    return printed, names


RUN: dict[str, Callable[[list[str], Path], list[str]]] = {
    "bash": run_bash,
    "sql": run_sql,
    "python": run_python,
}
SESSIONS = [
    pytest.param(page, language, id=f"{page.name}-{language}")
    for page in PAGES
    for language in RUN
    if code_of(page, language)
]


@pytest.mark.parametrize(("page", "language"), SESSIONS)
def test_blocks_give_the_output_under_them(page: Path, language: str, tmp_path: Path) -> None:
    write_files(page, tmp_path)
    outputs = RUN[language](code_of(page, language), tmp_path)
    shown = [block.output for block in blocks_of(page) if block.language == language]
    assert outputs == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_keys_that_are_shown_are_read_by_a_scheme(page: Path) -> None:
    text = (ROOT / "tests" / "scenarios" / "small.toml").read_text("utf-8")
    for block in blocks_of(page):
        if block.language == "toml" and not block.file:
            Scheme.read(f"{text}\n{block.code}")


GUIDES = [page for page in PAGES if schemes_of(page)]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_a_scheme_in_pieces_is_the_shipped_one(page: Path) -> None:
    for name, text in schemes_of(page).items():
        assert Scheme.read(text, name) == Scheme.load(name.removesuffix(".toml"))


def test_a_guide_is_there_in_both_languages_with_the_same_pieces() -> None:
    english, chinese = (ROOT / "docs" / f"plan-to-scheme{end}.md" for end in ("", ".zh"))
    pieces = [[b.code for b in blocks_of(page) if b.language == "toml"] for page in (english, chinese)]
    assert pieces[0] == pieces[1] and len(pieces[0]) > 5


def test_nothing_is_shown_that_is_not_run() -> None:
    assert PROOF in PAGES
    for page in PAGES:
        fences = re.findall(r"^ *(?:```|~~~).*$", page.read_text("utf-8"), re.MULTILINE)
        blocks = blocks_of(page)
        assert len(fences) == 2 * len(blocks) + 2 * sum(bool(block.output) for block in blocks)
        assert {block.language for block in blocks} <= {*RUN, *NOT_RUN, "csv", "toml"}
    assert {page.values[1] for page in SESSIONS if page.values[0] == PROOF} == set(RUN)


def drawn_by_sql(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """The units that the queries of the page draw, by the name of the draw."""
    codes = code_of(PROOF, "sql")
    found = {}
    for code, printed in zip(codes, run_sql(codes, folder), strict=True):
        rows = list(csv.DictReader(io.StringIO(printed)))
        if names := re.findall(r"'(demo/\w+)'", code):
            found[names[-1]] = sorted((row.get("town", ""), row["village"]) for row in rows)
    return found


def drawn_by_sampling(folder: Path, with_town: dict[str, bool]) -> dict[str, list[tuple[str, str]]]:
    samples = python_session(code_of(PROOF, "python"), folder)[1]["samples"]
    return {
        name: sorted(
            (town if with_town[name] else "", unicodedata.normalize("NFC", village))
            for town, village in sample.units[["town", "village"]].itertuples(index=False, name=None)
        )
        for name, sample in samples.items()
    }


def other_frame(seed: int) -> pd.DataFrame:
    """Villages of five towns, made up: equal sizes, giants, and ids that tempt a reader of CSV."""
    rng = np.random.default_rng(seed)
    odd = ["007", "7", "1E5", "é", "e\u0301e", "a b", 'V"1"', "V,2", "村", "Z", "z", "-"]
    units = len(odd) + 60
    towns = np.array(["甲镇", "乙镇", "丙镇", "丁镇"])[rng.integers(0, 4, units)]
    towns[:2] = "戊镇"  # as many as are drawn: all certain
    sizes = rng.choice([[1, 2, 3, 5, 9], [8, 10, 95, 2_000, 10**12]][seed % 2], units)
    villages = [*odd, *(f"V{i}" for i in range(60))]
    frame = pd.DataFrame({"village": villages, "town": towns, "households": sizes})
    return frame.sample(frac=1, random_state=seed)


@pytest.mark.parametrize("seed", [None, *range(12)])
def test_sql_draws_what_sampling_draws(seed: int | None, tmp_path: Path) -> None:
    write_files(PROOF, tmp_path)
    if seed is not None:
        other_frame(seed).to_csv(tmp_path / "villages.csv", index=False)
    by_sql = drawn_by_sql(tmp_path)
    assert len(by_sql) == 5
    assert by_sql == drawn_by_sampling(tmp_path, {name: bool(units[0][0]) for name, units in by_sql.items()})


def test_frame_digest_in_sql_is_that_of_the_receipt(tmp_path: Path) -> None:
    other_frame(0).to_csv(tmp_path / "villages.csv", index=False)
    printed = next(out for out in run_sql(code_of(PROOF, "sql"), tmp_path) if "frame_digest" in out)
    samples = python_session(code_of(PROOF, "python"), tmp_path)[1]["samples"]
    assert printed.split() == ["frame_digest", samples["demo/stratified"].receipt["frame"]["sha256"]]


BY_TOWN = "PARTITION BY town "
PPS_PLACE = "sha256(concat_ws(chr(31), announced_key(), 'order', 'demo/pps', '1', village)) AS place"
VARIANTS: list[tuple[str, list[tuple[str, str]], Design]] = [
    (
        "demo/pps",
        [(PPS_PLACE, "households::BIGINT AS place")],
        Stratified("town", PPS(n=2, size="households", order="households")),
    ),
    (
        "demo/pps",
        [(BY_TOWN, ""), ("PARTITION BY town", ""), ("'1', town", "'1', ''")],
        PPS(n=2, size="households"),
    ),
    (
        "demo/systematic",
        [
            ("(ORDER BY town, ", f"({BY_TOWN}ORDER BY "),
            ("OVER ()", f"OVER ({BY_TOWN})"),
            ("'1', ''", "'1', town"),
            ("5 - 1", "2 - 1"),
            ("units, 5", "units, 2"),
            ("SELECT village, row", "SELECT village, town, row"),
        ],
        Stratified("town", Systematic(n=2, order="households")),
    ),
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("name", "changes", "design"), VARIANTS)
def test_queries_changed_as_the_page_says_draw_what_sampling_draws(
    name: str, changes: list[tuple[str, str]], design: Design, seed: int, tmp_path: Path
) -> None:
    other_frame(seed).to_csv(tmp_path / "villages.csv", index=False)
    codes = code_of(PROOF, "sql")
    code = next(code for code in codes if name in code)
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    printed = run_sql([codes[0], code], tmp_path)[1]
    frame = pd.read_csv(tmp_path / "villages.csv", dtype=str)
    names = python_session(code_of(PROOF, "python")[:1], tmp_path)[1]
    sample = draw(frame, design, key=names["key"], name=name, unit="village")
    by_sql = [row["village"] for row in csv.DictReader(io.StringIO(printed))]
    assert sorted(by_sql) == sorted(sample.units["village"].str.normalize("NFC"))


def test_pps_probabilities_in_sql_are_those_of_the_sample(tmp_path: Path) -> None:
    write_files(PROOF, tmp_path)
    codes = code_of(PROOF, "sql")
    printed = next(out for out in run_sql(codes, tmp_path) if "prob" in out)
    by_sql = {row["village"]: float(row["prob"]) for row in csv.DictReader(io.StringIO(printed))}
    sample = python_session(code_of(PROOF, "python"), tmp_path)[1]["samples"]["demo/pps"]
    assert by_sql == pytest.approx(dict(sample.units[["village", "prob"]].to_numpy()), abs=5e-7)
    assert 1.0 in by_sql.values()


def digests_under(language: str) -> list[str]:
    outputs = "".join(block.output for block in blocks_of(PROOF) if block.language == language)
    return re.findall(r"^[0-9a-f]{64}$", outputs, re.MULTILINE)


def test_frame_digests_on_the_page_are_those_of_receipts() -> None:
    receipts = digests_under("python")
    assert len(set(receipts)) == 3
    assert set(receipts) <= set(digests_under("bash"))
    assert digests_under("sql") == [receipts[1]]


def test_simple_random_by_sha256sum_is_the_sample() -> None:
    blocks = blocks_of(PROOF)
    listed = next(b.output for b in blocks if b.language == "bash" and "head -n 3" in b.code)
    said = next(line for b in blocks for line in b.output.splitlines() if line.startswith("demo/simple "))
    assert sorted(line.split()[1] for line in listed.splitlines()) == said.split()[2:]


def test_the_number_on_the_page_is_the_lottery_number() -> None:
    shown = next(block for block in blocks_of(PROOF) if block.language == "python")
    key, fields = (
        re.search(r'key = "(.*)"', shown.code),
        re.search(r'"demo/simple", "1", "(.*?)"', shown.code),
    )
    assert key and fields
    found = numbers(Lottery(key[1], "demo/simple").digests("order", [], [fields[1]]))
    assert Fraction(found[0]) == Fraction(int(shown.output), 2**53)


def test_every_algorithm_is_on_the_page() -> None:
    orders: list[tuple[str, ...]] = [(), ("people",)]
    designs: list[Any] = [
        SimpleRandom(1),
        Bernoulli(0.5),
        Census(),
        Systematic(1),
        Systematic(1, circular=True),
    ]
    designs += [PPSWithReplacement(1, "people"), Poisson(1, "people")]
    designs += [Balanced(1, on=("x",)), SpatiallyBalanced(1, over=("x",))]
    designs += [
        PPS(1, "people", order, method)
        for method in get_args(PPSMethod)
        for order in (orders if method in ALONG_A_LIST else orders[:1])
    ]
    assert {type(one) for one in designs} == set(METHODS)
    ids = {METHODS[type(one)].algorithm(one) for one in designs} | {*ALGORITHMS.values()}
    assert len(ids) == len(designs) + len(ALGORITHMS)
    assert not {one for one in ids if f"`{one}`" not in PROOF.read_text("utf-8")}
