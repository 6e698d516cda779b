"""Ruined files of offices: each is read right, or refused with the cell named. Everybody in them is made up.

The expected rows stand beside each file, as a person would read it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from toolkit import Round, RoundError, frames
from toolkit.frames.register import opened, state_of
from toolkit.frames.rows import Reading

FILES = Path(__file__).parents[1] / "scenarios" / "frames"
HEADS = ["编号", "姓名", "联系电话", "乡镇"]
A = ["A1", "模拟甲", "13800000011", "东01镇"]
B = ["A2", "模拟乙", "13800000012", "东02镇"]
C = ["A3", "模拟丙", "13800000013", "西11镇"]
READ = [tuple(A), tuple(B), tuple(C)]


def excel(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = ("名单",), **ruin: Any) -> bytes:
    """Make a workbook; ``merge`` ranges and ``hide`` rows of its first sheet, and ``hide_sheets``."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in zip(names, sheets, strict=True):
        page = book.create_sheet(name)
        for line in lines:
            page.append(list(line))
    first = book.worksheets[0]
    for area in ruin.get("merge", ()):
        first.merge_cells(area)
    for row in ruin.get("hide", ()):
        first.row_dimensions[row].hidden = True
    for name in ruin.get("hide_sheets", ()):
        book[name].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def read(make_round: Callable[..., Round], tmp_path: Path) -> Callable[..., Reading]:
    """Take a file in as 县教育局 sends it, and read it under the mapping that is proposed."""
    one = make_round(users=None)

    def take(data: bytes, name: str = "县教育局.xlsx", **what: Any) -> Reading:
        (tmp_path / name).write_bytes(data)
        frames.add(one, tmp_path / name, frame="users", office="县教育局", **what)
        state = state_of(one)
        found = opened(one, state, state.in_force[0])
        assert not found.lacking
        return found.read(one)

    return take


def rows(reading: Reading, *columns: str, good: bool = True) -> list[tuple[str, ...]]:
    table = reading.rows[~reading.rows["_out"].astype(bool)] if good else reading.rows
    kept = list(columns or ("number", "name", "phone", "town"))
    return [tuple(map(str, row)) for row in table[kept].to_numpy().tolist()]


def told(reading: Reading) -> list[tuple[str, str, bool]]:
    return [(f"{one.sheet}!{one.cell}", one.rule, one.out) for one in reading.findings]


def test_title_rows_above_and_notes_below(read: Callable[..., Reading]) -> None:
    found = read(
        excel(
            [
                ["县教育局服务对象名单（模拟）"],
                ["填报单位：县教育局", None, "填报日期：2013年5月"],
                HEADS,
                A,
                B,
                C,
            ]
            + [["合计", "3人", "3"], [], ["注：以上为模拟"], ["填表人：模拟某", "审核人：模拟某"]],
            merge=["A1:D1"],
        )
    )
    assert rows(found) == READ
    assert told(found) == [(f"名单!A{row}", "unread", False) for row in (7, 9, 10)]


def test_merged_headings_over_two_rows_are_joined(read: Callable[..., Reading]) -> None:
    top = ["编号", "姓名", "联系方式", None, "乡镇"]
    below = [None, None, "手机", "座机", None]
    body = [[*one[:3], f"0826-234567{at}", one[3]] for at, one in enumerate((A, B, C))]
    found = read(excel([top, below, *body], merge=["A1:A2", "B1:B2", "C1:D1", "E1:E2"]))
    assert rows(found) == READ
    assert rows(found, "phone2") == [("08262345670",), ("08262345671",), ("08262345672",)]


def test_headings_merged_downwards_join_those_that_stand_a_row_lower(read: Callable[..., Reading]) -> None:
    lines = [["编号", "姓名"], [None, None, "联系电话", "乡镇"], A, B, C]
    assert rows(read(excel(lines, merge=["A1:A2", "B1:B2"]))) == READ


def test_a_column_without_a_heading_is_told_where_it_holds_something(read: Callable[..., Reading]) -> None:
    assert told(read(excel([HEADS, [*A, "x"], B]))) == [("名单!E2", "no_heading", False)]
    below = [None, None, None, None, "注：模拟"]
    assert told(read(excel([HEADS, A, below]))) == [("名单!E3", "unread", False)]


def test_two_tables_side_by_side_and_one_below(read: Callable[..., Reading]) -> None:
    lines = [[*HEADS, None, *HEADS], [*A, None, *B], [], ["补充名单"], HEADS, C]
    assert sorted(rows(read(excel(lines)))) == READ


def test_tables_side_by_side_may_have_their_columns_in_another_order(read: Callable[..., Reading]) -> None:
    assert sorted(rows(read(excel([[*HEADS, None, *HEADS[::-1]], [*A, None, *B[::-1]], C])))) == READ


def test_a_list_set_in_two_halves_without_a_gap(read: Callable[..., Reading]) -> None:
    assert sorted(rows(read(excel([[*HEADS, *HEADS], [*A, *B], C])))) == READ


def test_a_blank_column_inside_a_table_does_not_split_it(read: Callable[..., Reading]) -> None:
    lines = [[*HEADS[:2], None, *HEADS[2:]], *([*one[:2], None, *one[2:]] for one in (A, B, C))]
    assert rows(read(excel(lines))) == READ


def test_tables_side_by_side_may_begin_on_other_rows(read: Callable[..., Reading]) -> None:
    lines = [[*HEADS], [*A, None, "补充"], [*B, None, *HEADS], [None] * 5 + C]
    found = read(excel(lines))
    assert sorted(rows(found)) == READ
    assert told(found) == []


def test_several_sheets_are_one_list(read: Callable[..., Reading]) -> None:
    found = read(excel([HEADS, A, B], [["乡镇", "联系电话", "姓名", "编号"], C[::-1]], names=("一", "二")))
    assert rows(found) == READ
    assert list(found.rows["_sheet"]) == ["一", "一", "二"]


def test_a_second_table_without_known_headings_is_refused_with_its_cell(read: Callable[..., Reading]) -> None:
    below = [["代码", "户名", "联络", "片区"], ["9", "模拟丁", "13800000014", "东01镇"]]
    with pytest.raises(RoundError, match=r"县教育局.xlsx!名单!A5: another table seems to begin here"):
        read(excel([HEADS, A, B, [], *below]))
    beside = [[*HEADS, None, "代码", "片区"], [*A, None, 9, "x"], [*B, None, 8, "y"]]
    with pytest.raises(
        RoundError, match=r"县教育局.xlsx!名单!F1: no heading of this table is known"
    ) as caught:
        read(excel(beside))
    assert "县教育局.xlsx!名单!F1" in caught.value.chinese


def test_headings_that_nobody_knows_are_refused_until_they_are_named(read: Callable[..., Reading]) -> None:
    lines = [["代码", "称呼", "联络", "片区"], A, B, C]
    with pytest.raises(RoundError, match=r"县教育局.xlsx!名单!A1: no heading"):
        read(excel(lines))
    named = {"代码": "number", "称呼": "name", "联络": "phone", "片区": "town"}
    assert rows(read(excel(lines), heads=named)) == READ


def test_a_part_of_a_heading_over_two_rows_may_be_named(read: Callable[..., Reading]) -> None:
    lines = [["代码", "联络", None, "片区"], [None, "本人", "家人", None]]
    lines += [[one[0], one[2], None, one[3]] for one in (A, B, C)]
    named = {"代码": "number", "片区": "town", "本人": "phone"}
    with pytest.raises(RoundError, match="no heading '本'"):
        read(excel(lines, merge=["A1:A2", "B1:C1", "D1:D2"]), heads=named | {"本": "phone"})
    found = read(excel(lines, merge=["A1:A2", "B1:C1", "D1:D2"]), heads=named)
    assert rows(found, "number", "town") == [(one[0], one[3]) for one in (A, B, C)]


def test_ids_as_floats_and_telephones_as_numbers(read: Callable[..., Reading]) -> None:
    lines = [HEADS, [11.0, "模拟甲", 13800000011.0, "东01镇"], [12, "模拟乙", 13800000012, "东02镇"]]
    lines += [[13.5, "模拟丙", 13800000013, "西11镇"], [999999999999999.0, "模拟丁", "", "东01镇"]]
    found = read(excel(lines))
    assert rows(found, "number", "phone") == [
        ("11", "13800000011"),
        ("12", "13800000012"),
        ("999999999999999", ""),
    ]
    assert told(found) == [("名单!A4", "fraction", True)]


def test_a_number_of_more_than_15_digits_is_refused_with_its_cell(read: Callable[..., Reading]) -> None:
    heads = [*HEADS, "身份证号"]
    lines = [heads, [*A, "11010519491231002X"], [*B, 110105199003072417], [*C, "1.10105E+17"]]
    found = read(excel(lines))
    assert rows(found) == [tuple(A)]
    assert told(found) == [("名单!E3", "long_number", True), ("名单!E4", "shortened", True)]


def test_full_width_digits_and_telephones_as_people_type_them(read: Callable[..., Reading]) -> None:
    typed = ["１３８００００００１１", "+86 138-0000-0012", "138 0000 0013（妻）"]
    lines = [HEADS, *([one[0], one[1], phone, one[3]] for one, phone in zip((A, B, C), typed, strict=True))]
    lines[1][0], lines[2][0] = "Ａ１", " A 2"
    found = read(excel(lines))
    assert rows(found, "number", "phone") == [("A1", "13800000011"), ("A2", "13800000012"), ("A3", "")]
    assert told(found) == [("名单!C4", "phone", False)]


def test_hidden_rows_and_sheets_are_read_and_have_to_be_decided(
    make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one, path = make_round(users=None), tmp_path / "县教育局.xlsx"
    data = excel([HEADS, A, B], [HEADS, C], names=("名单", "旧"), hide=[3], hide_sheets=["旧"])
    path.write_bytes(data)
    listed = frames.add(one, path, frame="users", office="县教育局")
    assert list(listed.tables["hidden"]) == [1, 1] and listed.rows == 3
    with pytest.raises(RoundError, match=r"2 hidden rows, first 县教育局.xlsx!名单!3"):
        frames.map_heads(one, "县教育局")
    assert frames.map_heads(one, "县教育局", hidden="leave-out").rows == 1
    assert frames.map_heads(one, "县教育局", hidden="keep").rows == 3
    signs = frames.check(one).signs.set_index("sign")
    assert signs.at["hidden", "count"] == 2 and signs.at["hidden", "rows"] == "名单!A3、旧!A2"


def test_merged_cells_are_filled_down_but_never_over_persons(read: Callable[..., Reading]) -> None:
    lines = [
        HEADS,
        A,
        [*B[:3], None],
        C,
        ["A4", "模拟丁", "13800000014", "东01镇"],
        ["A5", None, None, "东01镇"],
    ]
    found = read(excel(lines, merge=["D2:D3", "B5:B6"]))
    assert rows(found) == [tuple(A), ("A2", "模拟乙", "13800000012", "东01镇"), tuple(C)]
    assert told(found) == [("名单!B5", "merged_person", True), ("名单!B6", "merged_person", True)]
    across = read(excel([HEADS, A, ["A2", "模拟乙", None, "东02镇"]], merge=["B3:C3"]))
    assert told(across) == [("名单!B3", "merged_across", True)]


def test_broken_formulas_are_named_and_not_taken_for_empty(read: Callable[..., Reading]) -> None:
    data = excel([HEADS, A, [*B[:3], "=D2"], [*C[:3], "#N/A"]])
    found = read(data)
    assert rows(found) == [tuple(A)]
    assert told(found) == [("名单!D3", "not_computed", True), ("名单!D4", "error_value", True)]


def test_leading_zeros_that_excel_may_have_dropped(read: Callable[..., Reading]) -> None:
    found = read(excel([HEADS, ["0011", *A[1:]], [12, *B[1:]], [13, *C[1:]]]))
    assert rows(found, "number") == [("0011",), ("12",), ("13",)]
    assert told(found) == [("名单!A3", "zeros", False), ("名单!A4", "zeros", False)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_under_the_name_of_excel(read: Callable[..., Reading], encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(line) for line in (HEADS, A, B, C))
    assert rows(read(text.encode(encoding), "县教育局.xls")) == READ


def test_a_real_xls_is_read_and_says_what_it_cannot_show(
    make_round: Callable[..., Round], tmp_path: Path
) -> None:
    listed = frames.add(make_round(users=None), FILES / "real.xls", frame="users", office="县教育局")
    assert listed.blind and listed.rows == 2
    assert list(listed.tables["place"]) == ["名单!A2:D4"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ((FILES / "locked.xlsx").read_bytes(), "password"),
        (b"", "empty"),
        (b" \r\n", "empty"),
        (excel([[]]), "empty"),
        ("<html><table><tr><td>姓名</td></tr></table>".encode(), "web_page"),
        (b"PK\x03\x04 cut short", "unreadable"),
        (excel([HEADS, A])[:-200], "unreadable"),
        (b"\xff\xfe\x00\xd8a", "unreadable"),
        (b"%PDF-1.4\x00\x01", "unreadable"),
        (b"\xff\xff\n\x80", "unreadable"),
        (excel([["本月无服务对象"]]), "no_table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_kept(
    make_round: Callable[..., Round], tmp_path: Path, data: bytes, rule: str
) -> None:
    one, path = make_round(users=None), tmp_path / "县教育局.xlsx"
    path.write_bytes(data)
    journal = (one.folder / "journal.jsonl").read_bytes()
    with pytest.raises(RoundError) as caught:
        frames.add(one, path, frame="users", office="县教育局")
    assert [fault.rule for fault in caught.value.faults] == [rule]
    assert (one.folder / "journal.jsonl").read_bytes() == journal
    assert not (one.folder / "private").exists()


def test_all_faults_of_a_file_are_told_at_once_and_good_rows_stay(read: Callable[..., Reading]) -> None:
    heads = [*HEADS, "身份证号"]
    lines = [
        heads,
        [*A, "110105194912310021"],  # the check digit is X
        ["", "", "", "东01镇", "123"],
        [*B[:3], "东99镇", ""],
        [*C[:2], "1380000", "", ""],
        ["A9", "模拟己", "13800000019", "东03镇", ""],
    ]
    found = read(excel(lines))
    assert rows(found) == [tuple(A), ("A9", "模拟己", "13800000019", "东03镇")]
    assert sorted(told(found)) == [
        ("名单!B3", "no_identity", True),
        ("名单!C5", "phone", False),
        ("名单!D4", "not_in_list", True),
        ("名单!D5", "blank", True),
        ("名单!E2", "id_card", False),
        ("名单!E3", "id_card", False),
    ]


def test_ranges_are_those_of_openpyxl() -> None:
    from toolkit.frames.cells import address

    for column in (1, 26, 27, 52, 702, 703):
        assert range_boundaries(address(6, column - 1)) == (column, 7, column, 7)
