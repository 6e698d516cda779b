"""Tables are read alike from every kind of file, and written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from toolkit import RoundError
from toolkit.files import (
    file_digest,
    read_cells,
    read_table,
    write_bytes,
    write_json,
    write_table,
    write_text,
)

ROWS = [
    ["编号", "姓名", "单位", "人数"],
    ["007", "张三", "县教育局", "12"],
    ["51162319800101123X", "NA", "", "7.50"],
    ["1234567890123456", "null", "“引号”,逗号", "1e3"],
    ["0", "", "nan", "-3"],
]
TABLE = {
    "编号": ["007", "51162319800101123X", "1234567890123456", "0"],
    "姓名": ["张三", "NA", "null", None],
    "单位": ["县教育局", None, "“引号”,逗号", "nan"],
    "人数": ["12", "7.50", "1e3", "-3"],
}


def csv_text(rows: list[list[str]]) -> str:
    return "".join(",".join(f'"{one}"' if "," in one else one for one in row) + "\n" for row in rows)


def excel(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([None if one == "" else one for one in row])
    book.save(path)
    return path


def saved(encoding: str) -> Callable[[Path], Path]:
    def save(folder: Path) -> Path:
        (folder / "名单.csv").write_bytes(csv_text(ROWS).encode(encoding))
        return folder / "名单.csv"

    return save


FORMS: dict[str, Callable[[Path], Path]] = {
    "utf-8": saved("utf-8"),
    "utf-8 with a byte order mark": saved("utf-8-sig"),
    "gb18030": saved("gb18030"),
    "excel": lambda folder: excel(folder / "名单.xlsx", ROWS),
    "capital suffix": lambda folder: excel(folder / "a.xlsx", ROWS).rename(folder / "名单.XLSX"),
}


def content(table: pd.DataFrame) -> dict[str, list[str | None]]:
    return {name: [None if pd.isna(one) else one for one in table[name]] for name in table.columns}


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_file_gives_the_same_table_of_text(form: str, tmp_path: Path) -> None:
    table = read_table(FORMS[form](tmp_path))
    assert content(table) == TABLE
    assert {str(kind) for kind in table.dtypes} == {"str"}
    assert table.index.tolist() == [0, 1, 2, 3]


def test_ids_of_a_long_file_stay_text_to_its_end(tmp_path: Path) -> None:
    wide = 512  # pandas guesses types piece by piece, a million cells each
    rows = [",".join(f"id{k}" for k in range(wide)), *[",".join(["007"] * wide)] * 2500]
    (tmp_path / "x.csv").write_text("\n".join(rows), encoding="utf-8")
    table = read_table(tmp_path / "x.csv")
    assert table.shape == (2500, wide)
    assert (table == "007").all(axis=None)


def test_numbers_in_excel_are_read_as_they_are_shown(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["id", "size"], [7, 0.5], [123456789012345, 5000.0], ["007", True]]
    table = read_table(excel(tmp_path / "x.xlsx", rows))
    assert content(table) == {"id": ["7", "123456789012345", "007"], "size": ["0.5", "5000", "True"]}


def test_a_number_that_excel_has_rounded_is_refused_with_its_cell(tmp_path: Path) -> None:
    path = excel(
        tmp_path / "x.xlsx", [["name", "id"], ["a", "511623198001011234"], ["b", 511623198001011234]]
    )
    with pytest.raises(RoundError) as caught:
        read_table(path)
    assert [one.english for one in caught.value.faults] == [
        "x.xlsx, row 3, id: Excel has rounded this number of more than 15 digits; "
        "make the column text and enter it again"
    ]


def test_blank_rows_are_left_out_and_the_others_keep_their_place(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,name\n1,a\n\n,\n4,\n\n", encoding="utf-8")
    rows = [["id", "name"], ["1", "a"], ["", ""], ["", ""], ["4", ""], ["", ""]]
    for path in (tmp_path / "x.csv", excel(tmp_path / "x.xlsx", rows)):
        table = read_table(path)
        assert content(table) == {"id": ["1", "4"], "name": ["a", None]}
        assert (table.index + 2).tolist() == [2, 5]


def test_blank_lines_above_the_header_are_counted(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("\n\nid,name\n1,a\n", encoding="utf-8-sig")
    table = read_table(tmp_path / "x.csv")
    assert content(table) == {"id": ["1"], "name": ["a"]}
    assert (table.index + 2).tolist() == [4]


def test_names_of_columns_lose_blanks_and_a_blank_column_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(" id , name,\n 1,a ,\n", encoding="utf-8")
    assert content(read_table(tmp_path / "x.csv")) == {"id": [" 1"], "name": ["a "]}


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_systems_line_ends_are_read(ends: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(f"id,name{ends}1,a{ends}2,b{ends}".encode())
    assert content(read_table(tmp_path / "x.csv")) == {"id": ["1", "2"], "name": ["a", "b"]}


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.xls", b"id\n1\n", "only .csv and .xlsx are read"),
        ("x.txt", b"id\n1\n", "only .csv and .xlsx are read"),
        ("x", b"id\n1\n", "only .csv and .xlsx are read"),
        ("x.csv", b"id\n1\n\xff\xff", r"neither UTF-8 nor GB18030 \(byte 5\)"),
        ("x.csv", "id\n1\n".encode("utf-16"), "neither UTF-8 nor GB18030"),
        ("x.csv", b"", "has no rows"),
        ("x.csv", b"\n\n", "has no rows"),
        ("x.csv", b"id,name\n", "has no rows"),
        ("x.csv", b"id,name\n,\n\n", "has no rows"),
        ("x.csv", b"id,name\n1,a,b\n", "Expected 2 fields in line 2, saw 3"),
        ("x.csv", b"id,name\n1,a\n2,b,c\n", "Expected 2 fields in line 3, saw 3"),
        ("x.csv", b'id,name\n1,"a\n', "cannot be read as a table"),
        ("x.csv", b"id,id,name\n1,2,3\n", "column 'id' stands 2 times"),
        ("x.csv", b"id, id\n1,2\n", "column 'id' stands 2 times"),
        ("x.xlsx", b"id,name\n1,a\n", "cannot be read as a table"),
        ("x.xlsx", b"", "has no rows"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(
    name: str, data: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(RoundError, match=message):
        read_table(tmp_path / name)


def test_an_empty_excel_sheet_is_refused(tmp_path: Path) -> None:
    for rows in ([], [["id", "name"]]):
        with pytest.raises(RoundError, match="has no rows"):
            read_table(excel(tmp_path / "x.xlsx", rows))


@pytest.mark.parametrize("name", ["lost.csv", "lost.xlsx", "folder.csv"])
def test_a_file_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(RoundError, match=f"there is no file .*{name}"):
        read_table(tmp_path / name)


# ---------------------------------------------------------------------------------------- writing


def test_a_table_written_is_read_back(tmp_path: Path) -> None:
    write_table(tmp_path / "新 文件夹" / "x.csv", pd.DataFrame(TABLE))
    assert content(read_table(tmp_path / "新 文件夹" / "x.csv")) == TABLE
    assert (tmp_path / "新 文件夹" / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_floats_keep_every_bit_in_tables_and_json(tmp_path: Path) -> None:
    values = [0.1 + 0.2, 1 / 3, 2.5e-17, 1e22]
    write_table(tmp_path / "x.csv", pd.DataFrame({"a": values}))
    write_json(tmp_path / "x.json", {"a": values, "名": "值"})
    assert [float(one) for one in read_table(tmp_path / "x.csv")["a"]] == values
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {"a": values, "名": "值"}


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_bytes(path, b"new"),
        lambda path: write_text(path, "new"),
        lambda path: write_table(path, pd.DataFrame({"a": [1]})),
        lambda path: write_json(path, {"a": 1}),
    ],
)
@pytest.mark.parametrize("fails", ["write_bytes", "replace"])
def test_a_write_that_fails_leaves_the_old_file(
    write: Callable[[Path], None], fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"old")
    really_write = Path.write_bytes

    def half(self: Path, data: bytes) -> int:
        really_write(self, data[:1])
        raise OSError("disk full")

    def never(self: Path, target: Path) -> Path:
        raise OSError("power cut")

    monkeypatch.setattr(Path, fails, half if fails == "write_bytes" else never)
    with pytest.raises(OSError, match="disk full|power cut"):
        write(path)
    assert path.read_bytes() == b"old"
    monkeypatch.undo()
    write(path)
    assert path.read_bytes() != b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["x.csv"]


def test_a_digest_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert file_digest(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("name", ["x.xlsx", "x.csv"])
def test_a_file_without_a_byte_is_told_as_empty(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    for read in (read_table, read_cells):
        with pytest.raises(RoundError) as caught:
            read(tmp_path / name)
        assert [one.rule for one in caught.value.faults] == ["empty_file"]
