"""Frames in files: the oracle is the same draw of the same rows in memory, bit for bit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import (
    PPS,
    Bernoulli,
    Census,
    CostOptimal,
    DesignError,
    Equal,
    FrameError,
    Multistage,
    Neyman,
    Poisson,
    Power,
    Proportional,
    Sample,
    SelfWeighting,
    SimpleRandom,
    Stratified,
    Systematic,
    draw,
    release,
    verify,
)

pytest.importorskip("duckdb", reason="frames in files need the extra 'large'")
pa = pytest.importorskip("pyarrow", reason="frames in files need the extra 'large'")

import pyarrow.parquet as pq  # noqa: E402

from sampling.files import DuckDB, engines, reading, walk  # noqa: E402

GIVEN = {"key": "k", "name": "residents", "unit": "id"}


def in_files(frame: pd.DataFrame, folder: Path, cuts: tuple[int, ...] = (), rows: int | None = None) -> Path:
    """Write a frame in parts, cut before some rows, in small groups of rows."""
    folder.mkdir(exist_ok=True)
    ends = [0, *sorted(cuts), len(frame)]
    for at, (a, b) in enumerate(zip(ends, ends[1:], strict=False)):
        frame.iloc[a:b].to_parquet(folder / f"part-{at}.parquet", row_group_size=rows or 7)
    return folder


def same(folder: Path, design: Any, engine: Any = None, **options: Any) -> Sample:
    """Draw from files and from memory, and compare everything."""
    options = GIVEN | options
    frame = pd.read_parquet(folder)
    ours, theirs = draw(folder, design, engine=engine, **options), draw(frame, design, **options)
    pd.testing.assert_frame_equal(ours.units, theirs.units)
    assert (ours.receipt, ours.roles) == (theirs.receipt, theirs.roles)
    return ours


def residents(count: int = 240, seed: int = 1) -> pd.DataFrame:
    """Make up residents in three counties; ids are in no order, some not in normal form C."""
    rng = np.random.default_rng(seed)
    marks = ["é", "e\u0301", "가", "\u1100\u1161", "甲", "Z", "a b", "𠮷", "ﬁ"]
    ids = [f"{marks[at % len(marks)]}{at}" for at in rng.permutation(count).tolist()]
    return pd.DataFrame(
        {
            "name": [f"made up {at}" for at in range(count)],
            "id": ids,
            "county": rng.choice(["岳池县", "武胜县", "Cafe\u0301", "Café"], count),
            "people": rng.integers(1, 1000, count),
            "income": rng.pareto(1.1, count) * 10 + 0.1,
            "grade": rng.choice([1.5, 2.0, -3.25], count),
            "urban": rng.choice([True, False], count),
            "seen": pd.Series(pd.Timestamp("2013-05-01"), index=range(count)),
            "note": rng.choice(["x", None], count),
        }
    )


DESIGNS = {
    "simple random": SimpleRandom(n=20),
    "all": SimpleRandom(n=240),
    "with reserves": Stratified("county", SimpleRandom(n=9, reserve=0.5)),
    "reserves beyond the list": Stratified(("county", "urban"), SimpleRandom(n=7, reserve=30)),
    "by numbers": Stratified("grade", SimpleRandom(n=5)),
    "by the size itself": Stratified("people", SimpleRandom(n=1)),
    "by unit": Stratified("id", SimpleRandom(n=1)),
    "proportional": Stratified(("county", "urban"), SimpleRandom(n=Proportional(60))),
    "proportional to a sum": Stratified("county", SimpleRandom(n=Proportional(60, size="income"))),
    "equal": Stratified("county", SimpleRandom(n=Equal(60))),
    "stated": Stratified(
        "urban", SimpleRandom(n=Neyman(60, of={"True": 2.0, "False": 1.0}, at_least=3, at_most=50))
    ),
    "power": Stratified("urban", SimpleRandom(n=Power(60, of={"True": 2.0, "False": 1.0}, size="income"))),
    "costs": Stratified(
        "urban", SimpleRandom(n=CostOptimal(of={"True": 2.0, "False": 1.0}, cost="income", total=50))
    ),
    "bernoulli": Bernoulli(0.1),
    "all by rate": Bernoulli(1.0),
    "none": Bernoulli(1e-9),
    "bernoulli in strata": Stratified("county", Bernoulli(0.25)),
    "poisson": Poisson(n=30, size="people"),
    "poisson by parts": Poisson(n=30, size="income"),
    "poisson with many certain": Stratified("county", Poisson(n=40, size="income")),
    "poisson, all certain": Stratified("grade", Poisson(n=Proportional(240), size="people")),
    "poisson by the stratum": Stratified("people", Poisson(n=1, size="people")),
    "poisson and a sum": Stratified("county", Poisson(n=Proportional(50, size="people"), size="income")),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_files(residents(), tmp_path_factory.mktemp("frames") / "residents", (0, 30, 31, 31, 150))


@pytest.mark.parametrize("name", DESIGNS)
def test_sample_and_receipt_are_those_of_memory(folder: Path, name: str) -> None:
    sample = same(folder, DESIGNS[name])
    assert verify(sample, folder).differences == ()
    assert verify(sample, pd.read_parquet(folder)).differences == ()


def texts() -> st.SearchStrategy[str]:
    """Texts with tabs, letters in and out of normal form, and beyond 16 bits."""
    return st.text(st.sampled_from("aZ é\u0301가\u1100\u1161甲𠮷\t'\"\\!~01"), min_size=1, max_size=4)


@st.composite
def frames(draw_: Callable[..., Any]) -> tuple[pd.DataFrame, tuple[int, ...]]:
    kinds = st.sampled_from(["text", "whole", "real"])
    kind = draw_(kinds)
    one: Any = {
        "text": texts(),
        "whole": st.integers(-(2**63), 2**63 - 1),
        "real": st.integers(-(10**15) + 1, 10**15 - 1).map(float),
    }[kind]
    ids = draw_(st.lists(one, min_size=1, max_size=40, unique_by=lambda value: normal(value)))
    count = len(ids)

    def column(values: Any) -> Any:
        return draw_(st.lists(values, min_size=count, max_size=count))

    sizes = st.integers(1, 2**53) | st.floats(1e-28, 1e28) | st.integers(1, 9).map(float)
    frame = pd.DataFrame(
        {
            "id": ids,
            "a": column(texts() if draw_(st.booleans()) else st.sampled_from(["x", "e\u0301", "é"])),
            "b": column(
                st.integers(-2, 2) if draw_(st.booleans()) else st.sampled_from([0.0, -0.0, 0.1, 7.0])
            ),
            "size": column(st.integers(1, 50) if draw_(st.booleans()) else sizes),
        }
    )
    frame["size"] = pd.to_numeric(frame["size"])
    return frame, tuple(draw_(st.lists(st.integers(0, count), max_size=4)))


def normal(value: Any) -> Any:
    import unicodedata

    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@settings(max_examples=60, deadline=None)
@given(frames(), st.data())
def test_any_frame_in_any_split_gives_what_memory_gives(
    tmp_path_factory: pytest.TempPathFactory, cut: tuple[pd.DataFrame, tuple[int, ...]], data: st.DataObject
) -> None:
    frame, cuts = cut
    folder = in_files(frame, tmp_path_factory.mktemp("any") / "frame", cuts)
    method = data.draw(
        st.sampled_from(
            [
                SimpleRandom(n=1, reserve=1),
                SimpleRandom(n=Proportional(len(frame), at_least=1)),
                Bernoulli(0.5),
                Poisson(n=1, size="size"),
                Poisson(n=Proportional(len(frame), at_least=1), size="size"),
            ]
        )
    )
    by = data.draw(st.sampled_from([None, "a", "b", ("b", "a")]))
    design = method if by is None else Stratified(by, method)
    whole = pd.read_parquet(folder)
    options = GIVEN | {"key": data.draw(texts())}
    try:
        expected = draw(whole, design, **options)
    except FrameError as error:  # a size that is nothing beside the others
        assert error.rule == "negligible_size"
        with pytest.raises(FrameError, match="so small beside the others"):
            draw(folder, design, **options)
        return
    made = draw(folder, design, **options)
    pd.testing.assert_frame_equal(made.units, expected.units)
    assert made.receipt == expected.receipt


def test_splits_and_row_order_change_nothing(tmp_path: Path) -> None:
    frame, design = residents(), DESIGNS["with reserves"]
    first = draw(in_files(frame, tmp_path / "one"), design, **GIVEN)
    mixed = frame.sample(frac=1, random_state=2)
    second = draw(in_files(mixed, tmp_path / "many", tuple(range(0, 240, 40))), design, **GIVEN)
    assert first.receipt == second.receipt
    pd.testing.assert_frame_equal(first.units, second.units)


def test_one_file_is_a_frame(tmp_path: Path) -> None:
    path = in_files(residents(), tmp_path / "one") / "part-0.parquet"
    sample = same(path, DESIGNS["simple random"])
    assert verify(sample, str(path)).ok


def test_names_of_columns_may_be_anything(tmp_path: Path) -> None:
    names = {"id": 'I"d', "county": "COUNTY", "people": "file_row_number", "grade": "county", "name": "c0"}
    folder = in_files(residents().rename(columns=names), tmp_path / "named", (100,))
    same(folder, Stratified("COUNTY", Poisson(n=9, size="file_row_number")), unit='I"d', key="it's \\ 密钥")
    same(folder, Stratified("county", SimpleRandom(n=2)), unit='I"d')


def test_columns_have_the_types_of_the_whole_frame(tmp_path: Path) -> None:
    frame = residents()
    frame["age"] = pd.array(range(240), dtype="Int64")
    frame["floor"] = [1.0] * 239 + [None]  # whole numbers in the file; pandas reads floats for the blank
    frame["kept"] = pd.Series([True] * 239 + [None], dtype=object)
    frame["prob"] = 7  # a name that the draw wants
    folder = in_files(frame, tmp_path / "typed", (239,))
    for path in folder.iterdir():
        table = pq.read_table(path)
        at = table.schema.get_field_index("floor")
        table = table.set_column(at, "floor", table.column("floor").cast(pa.int32()))
        at = table.schema.get_field_index("kept")
        table = table.set_column(at, "kept", table.column("kept").cast(pa.bool_()))
        pq.write_table(table.replace_schema_metadata(None), path)
    for design in (SimpleRandom(n=3), Bernoulli(1e-9)):
        sample = same(folder, design)
        assert {"floor": "float64", "drawn_prob": "float64", "prob": "int64"}.items() <= {
            column: str(kind) for column, kind in sample.units.dtypes.items()
        }.items()


def test_an_index_that_was_written_is_no_column(tmp_path: Path) -> None:
    folder = in_files(residents().set_index("name"), tmp_path / "indexed", (50,))
    assert "name" not in same(folder, SimpleRandom(n=5)).units


def test_categories_are_strata(tmp_path: Path) -> None:
    frame = residents().astype({"county": "category"})
    folder = in_files(frame, tmp_path / "categories", (50,))
    ours = draw(folder, DESIGNS["with reserves"], **GIVEN)
    theirs = draw(frame, DESIGNS["with reserves"], **GIVEN)
    assert ours.receipt == theirs.receipt
    assert ours.units["county"].astype(str).tolist() == theirs.units["county"].astype(str).tolist()


def test_too_few_small_numbers_are_looked_for_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, times = walk._limits, []

    def meagre(*given: Any) -> Any:
        times.append(given[-1])
        return whole(*given[:-1], given[-1] / 50)

    monkeypatch.setattr(walk, "_limits", meagre)
    same(folder, DESIGNS["with reserves"])
    assert times[:2] == [1.0, 4.0]


def test_released_reserves_verify_on_files(folder: Path) -> None:
    sample = release(draw(folder, DESIGNS["with reserves"], **GIVEN), 2)
    assert verify(sample, folder).ok


def test_what_differs_is_named_as_in_memory(tmp_path: Path) -> None:
    frame, design = residents(), Stratified("county", Poisson(n=20, size="people"))
    sample = draw(frame, design, **GIVEN)
    drawn = frame.index[frame["id"].map(normal).isin(sample.units["psu"])]
    other = frame.copy()
    other.loc[drawn[0], "people"] += 1
    other.loc[drawn[1], "id"] = "strange"
    folder = in_files(other, tmp_path / "other", (9,))
    told = verify(sample, folder)
    assert told.differences == verify(sample, pd.read_parquet(folder)).differences
    assert len(told.differences) > 3
    assert (
        verify(sample, tmp_path / "nowhere.parquet").differences[0].startswith("the draw cannot be repeated")
    )


# ------------------------------------------------------------------------------------------- refused


def told(call: Callable[[], Any]) -> tuple[str, str, str]:
    with pytest.raises((FrameError, DesignError)) as caught:
        call()
    return caught.value.rule, str(caught.value), caught.value.chinese


def with_(**changes: tuple[int, Any]) -> pd.DataFrame:
    """Residents with one value changed in some columns."""
    frame = residents()
    for column, (row, value) in changes.items():
        values = frame[column].tolist()
        values[row] = value
        frame[column] = values
    return frame


TWICE = residents()["id"][3]
FAULTY = {
    "missing id": with_(id=(77, None)),
    "empty id": with_(id=(77, "")),
    "control character": with_(id=(77, "a\x1fb")),
    "line feed": with_(id=(120, "e\u0301\n")),
    "nought": with_(id=(120, "a\x00")),
    "part of an id": residents().assign(id=np.arange(240) + np.where(np.arange(240) == 99, 0.5, 0)),
    "long float id": residents().assign(id=np.arange(240) + np.where(np.arange(240) == 99, 1e15, 0)),
    "missing float id": residents().assign(id=np.where(np.arange(240) > 200, np.nan, np.arange(240))),
    "size 0": with_(people=(80, 0), income=(2, -1.0)),
    "negative size": with_(income=(81, -2.5)),
    "endless size": with_(income=(81, np.inf)),
    "missing size": with_(income=(81, None)),
    "missing whole size": with_(people=(81, None)),
    "missing stratum": with_(county=(60, None)),
    "empty stratum": with_(county=(60, "")),
    "forbidden in stratum": with_(county=(60, "e\u0301\r")),
    "missing number of stratum": with_(grade=(60, None)),
    "twice": with_(id=(200, TWICE)),
    "twice in another form": with_(id=(200, "e\u0301Q")).assign(
        id=lambda table: table["id"].where(table.index != 90, "éQ")
    ),
    "three times": with_(id=(200, TWICE)).assign(
        id=lambda table: table["id"].where(~table.index.isin([90, 91]), TWICE)
    ),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_refused_in_the_same_words_as_in_memory(tmp_path: Path, fault: str) -> None:
    folder = in_files(FAULTY[fault], tmp_path / "faulty", (70, 70, 95))
    design = Stratified(("county", "grade"), Poisson(n=Proportional(40, size="people"), size="income"))
    frame = pd.read_parquet(folder)
    expected = told(lambda: draw(frame, design, **GIVEN))
    assert told(lambda: draw(folder, design, **GIVEN)) == expected
    assert expected[0] in ("missing_value", "forbidden_character", "float_id", "bad_size", "duplicate_ids")


def test_negligible_size_is_refused_in_the_same_words(tmp_path: Path) -> None:
    frame = residents().assign(people=lambda table: np.where(table["income"] > 50, 2.0**50, 1e-9))
    folder = in_files(frame, tmp_path / "small", (70,))
    for design in (Poisson(n=2, size="people"), Stratified("urban", Poisson(n=2, size="people"))):
        expected = told(lambda d=design: draw(pd.read_parquet(folder), d, **GIVEN))
        assert expected[0] == "negligible_size"
        assert told(lambda d=design: draw(folder, d, **GIVEN)) == expected


def test_sizes_that_cannot_be_added_up_exactly_are_refused(tmp_path: Path) -> None:
    for value in (1e29, 1e-29):
        folder = in_files(with_(income=(81, value)), tmp_path / f"{value}")
        assert told(lambda f=folder: draw(f, Poisson(n=2, size="income"), **GIVEN))[0] == "bad_size"


def test_the_same_design_errors(folder: Path) -> None:
    frame = pd.read_parquet(folder)
    for design in (
        SimpleRandom(n=241),
        SimpleRandom(n=0),
        SimpleRandom(n=2, reserve=-1),
        Stratified("county", SimpleRandom(n=Proportional(2))),
        Stratified("county", SimpleRandom(n=SelfWeighting(20))),
        Stratified("town", SimpleRandom(n=2)),
        Stratified("county", Poisson(n=1000, size="people")),
        "everyone",
    ):
        expected = told(lambda d=design: draw(frame, d, **GIVEN))
        assert told(lambda d=design: draw(folder, d, **GIVEN)) == expected
    assert told(lambda: draw(folder, SimpleRandom(n=1), **GIVEN | {"key": ""}))[0] == "bad_key"


def test_an_empty_frame_is_refused(tmp_path: Path) -> None:
    folder = in_files(residents().iloc[:0], tmp_path / "empty", (0, 0))
    assert told(lambda: draw(folder, SimpleRandom(n=1), **GIVEN))[0] == "empty_frame"


NOT_FROM_FILES = [
    (PPS(n=2, size="people"), "PPS"),
    (Stratified("county", Systematic(n=2)), "Systematic"),
    (Census(), "Census"),
    (Multistage({"county": SimpleRandom(n=2), "id": SimpleRandom(n=2)}), "Multistage"),
    (Stratified("county", SimpleRandom(n=Neyman(30, of="income"))), "Neyman by a column"),
]


@pytest.mark.parametrize(("design", "found"), NOT_FROM_FILES)
def test_what_files_cannot_give_is_refused(folder: Path, design: Any, found: str) -> None:
    rule, english, chinese = told(lambda: draw(folder, design, **GIVEN))
    assert rule == "not_from_files"
    assert english.startswith(f"draw residents: {found} cannot be drawn from files; SimpleRandom, ")
    assert english.endswith("draw(pd.read_parquet(path), …).")
    assert chinese.startswith(f"draw residents：{found} 不能直接从文件抽；")


def test_stages_and_phases_are_refused(folder: Path) -> None:
    first = draw(folder, SimpleRandom(n=5), **GIVEN)
    for role in ("within", "after"):
        rule, english, _ = told(lambda r=role: draw(folder, SimpleRandom(n=2), **GIVEN, **{r: first}))
        assert (rule, english.split(" cannot")[0]) == ("not_from_files", f"draw residents: {role}=")
    later = draw(first.units, SimpleRandom(n=2), **GIVEN | {"name": "later"}, after=first)
    assert "after= cannot be drawn from files" in verify(later, folder).differences[0]
    people = pd.DataFrame({"id": first.units["psu"], "person": range(5)})
    inside = draw(people, SimpleRandom(n=1), key="k", name="inside", unit="person", within=first)
    assert "within= cannot be drawn from files" in verify(inside, folder).differences[0]


def test_files_that_are_no_frame(tmp_path: Path, folder: Path) -> None:
    def tell(path: Path) -> tuple[str, str, str]:
        return told(lambda: draw(path, SimpleRandom(n=1), **GIVEN))

    def beside(name: str, change: Callable[[pd.DataFrame], Any]) -> Path:
        made = in_files(residents(), tmp_path / name, (70,))
        change(residents()).to_parquet(made / "part-x.parquet")
        return made

    rule, english, chinese = tell(tmp_path / "nowhere")
    assert rule == "no_parquet"
    assert english == (
        f"draw residents: {tmp_path / 'nowhere'} must be a Parquet file, or a folder that holds *.parquet "
        "files and nothing else; found nowhere. Correct the path, or put the files into one folder."
    )
    assert chinese.endswith("现有 nowhere。请改路径，或把文件放进同一文件夹。")
    bare = tmp_path / "bare"
    bare.mkdir()
    assert tell(bare)[0] == "no_parquet"
    (bare / "inner").mkdir()
    assert "found inner." in tell(bare)[1]
    (bare / "inner").rename(bare / "_inner")
    (bare / "part.parquet").write_text("no parquet")
    rule, english, chinese = tell(bare)
    assert rule == "bad_parquet"
    assert english.startswith("draw residents: part.parquet cannot be read as Parquet: ")
    assert chinese.startswith("draw residents：part.parquet 不能按 Parquet 读取：")
    rule, english, chinese = tell(beside("typed", lambda table: table.astype({"people": float})))
    assert rule == "unlike_files"
    assert english == (
        "draw residents: all files must have the same columns, of the same types and in the same order; "
        "part-x.parquet has people: double, part-0.parquet has people: int64. Write it again like the others."
    )
    assert chinese.endswith(
        "part-x.parquet 是 people: double，part-0.parquet 是 people: int64。请按其他文件重新生成。"
    )
    assert (
        "part-x.parquet has 8 columns, part-0.parquet has 9 columns"
        in tell(beside("fewer", lambda table: table.drop(columns="note")))[1]
    )


def test_types_that_cannot_be_read(folder: Path) -> None:
    rule, english, chinese = told(lambda: draw(folder, Stratified("seen", SimpleRandom(n=1)), **GIVEN))
    assert (rule, english.split(",")[0]) == ("column_type", "draw residents: 'seen' holds timestamp[us]")
    assert chinese.startswith("draw residents：“seen”的类型是 timestamp[us]，不能用：")
    assert told(lambda: draw(folder, Poisson(n=2, size="county"), **GIVEN))[0] == "column_type"
    assert told(lambda: draw(folder, Poisson(n=2, size="urban"), **GIVEN))[0] == "column_type"


def test_needs_packages_and_an_engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, english, chinese = told(lambda: draw(folder, SimpleRandom(n=1), **GIVEN, engine="spark"))
    assert (rule, english) == (
        "bad_engine",
        "draw residents: engine= takes DuckDB(…) or a Dask client; it is a str.",
    )
    assert chinese == "draw residents：engine= 要给 DuckDB(…) 或 Dask 的 Client，现在是 str。"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    rule, english, chinese = told(lambda: draw(folder, SimpleRandom(n=1), **GIVEN))
    assert (rule, english) == (
        "needs_package",
        "draw residents: frames in files need duckdb, pyarrow. Install them: pip install 'minyi[large]', "
        "for a Dask cluster 'minyi[cluster]'.",
    )
    assert chinese.startswith("draw residents：读文件名单需要 duckdb, pyarrow。")


def test_duckdb_is_not_loaded_for_frames_in_memory() -> None:
    code = (
        "import sys, pandas as pd; from sampling import SimpleRandom, draw, verify\n"
        "frame = pd.DataFrame({'id': range(5)})\n"
        "verify(draw(frame, SimpleRandom(n=2), key='k', name='x', unit='id'), frame)\n"
        "print(sorted({'duckdb', 'distributed', 'sampling.files'} & {*sys.modules}))"
    )
    made = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert made.stdout == "[]\n"


# ------------------------------------------------------------------------------------- exact numbers


def test_sums_of_any_sizes_are_exact(tmp_path: Path) -> None:
    """Oracle: sums of fractions in Python."""
    rng = np.random.default_rng(3)
    sizes = np.concatenate([10.0 ** rng.uniform(-28, 28, 300), rng.random(300), rng.integers(1, 2**53, 300)])
    frame = pd.DataFrame({"id": range(900), "half": [*"ab"] * 450, "size": sizes})
    folder = in_files(frame, tmp_path / "sums", (100, 500))
    source = walk.opened(folder, "test")
    design = Stratified("half", Poisson(n=1, size="size"))
    asked = walk._asked(source, design, "id", walk.Lottery("k", "x"), "test")
    counts = walk.counted(source, asked, engines.Here(DuckDB()), "test")
    for at, name in enumerate("ab"):
        exact = sum(map(Fraction, frame["size"][frame["half"] == name].tolist()), Fraction(0))
        assert counts.strata[at].sums == (exact,)


def test_certainty_follows_falling_thresholds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Powers of three make each next unit certain only once the larger ones are; many rounds."""
    frame = pd.DataFrame({"id": range(30), "size": 3.0 ** np.arange(30)})
    folder = in_files(frame, tmp_path / "falling", (10,))
    asked: list[Any] = []
    each = engines.Here.each

    def counted(self: Any, task: Any, *given: Any) -> Any:
        asked.append(task.__name__)
        return each(self, task, *given)

    monkeypatch.setattr(engines.Here, "each", counted)
    for n in (1, 2, 5, 12, 29, 30):
        same(folder, Poisson(n=n, size="size"))
    assert asked.count("large_sizes") > 6


def test_a_share_of_exactly_one_is_certain(tmp_path: Path) -> None:
    """Two of sizes 0.1, 0.1, 0.2 and 0.4: twice 0.4 is the sum in binary fractions, or is not, exactly."""
    for sizes in ([0.1, 0.1, 0.2, 0.4], [1.0, 1.0, 2.0, 4.0], [0.1, 0.2, 0.3, 0.6]):
        frame = pd.DataFrame({"id": [*"abcd"], "size": sizes})
        same(in_files(frame, tmp_path / str(sizes)), Poisson(n=2, size="size"))


def test_normal_forms_and_digits_are_those_of_python() -> None:
    """All code points, pairs of marks, and doubles of every kind."""
    import unicodedata

    import duckdb

    points = [chr(one) for one in range(1, 0x110000) if not 0xD800 <= one < 0xE000]
    marks = [chr(one) for one in range(0x300, 0x370)]
    pairs = [a + b for a in "aAeoO\u1100\u1161ớ" for b in marks] + [a + b + "e" for a in marks for b in marks]
    texts = pa.table({"text": points + pairs})
    with duckdb.connect() as connection:
        connection.register("texts", texts)
        found = connection.sql("SELECT text, nfc_normalize(text) AS made FROM texts").to_arrow_table()
        rng = np.random.default_rng(4)
        bits = rng.integers(0, 2**63 - 1, 100_000, dtype=np.int64).view(np.float64)
        values = np.concatenate([bits, rng.random(50_000) * 10.0 ** rng.integers(-20, 20, 50_000)])
        values = values[np.isfinite(values)]
        values = values[np.floor(values) != values]
        connection.register("numbers", pa.table({"number": values}))
        digits = connection.sql(
            "SELECT number, CAST(number AS VARCHAR) AS made FROM numbers"
        ).to_arrow_table()
    wrong = [row for row in found.to_pylist() if unicodedata.normalize("NFC", row["text"]) != row["made"]]
    assert wrong == []
    assert [row for row in digits.to_pylist() if repr(row["number"]) != row["made"]] == []


def test_many_repeats_are_counted_and_the_first_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.concat([residents(), residents(), residents().iloc[::-1]])
    folder = in_files(frame, tmp_path / "doubled", (300,))
    expected = told(lambda: draw(pd.read_parquet(folder), SimpleRandom(n=1), **GIVEN))
    assert told(lambda: draw(folder, SimpleRandom(n=1), **GIVEN)) == expected
    whole = engines.Here.lines

    def one_by_one(*given: Any) -> Iterator[Any]:
        for batch in whole(*given):
            yield from (batch.slice(at, 1) for at in range(len(batch)))

    monkeypatch.setattr(engines.Here, "lines", one_by_one)
    assert told(lambda: draw(folder, SimpleRandom(n=1), **GIVEN)) == expected
    monkeypatch.setattr(reading, "MOST_NAMED", 1)
    assert "480 repeat" in told(lambda: draw(folder, SimpleRandom(n=1), **GIVEN))[1]


# ------------------------------------------------------------------------------------------- cluster


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="a cluster needs the extra 'cluster'")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, timeout=120) as made,
    ):
        yield made


def test_two_workers_give_what_memory_gives(
    folder: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "RANGE", 25)  # nine ranges, more than wait at a time
    for name in ("with reserves", "poisson with many certain", "bernoulli"):
        sample = same(folder, DESIGNS[name], engine=client)
    assert verify(sample, folder, engine=client).ok


def test_a_cluster_refuses_repeated_ids(tmp_path: Path, client: Any) -> None:
    folder = in_files(FAULTY["three times"], tmp_path / "faulty", (70, 95))
    expected = told(lambda: draw(pd.read_parquet(folder), SimpleRandom(n=1), **GIVEN))
    assert told(lambda: draw(folder, SimpleRandom(n=1), **GIVEN, engine=client)) == expected
