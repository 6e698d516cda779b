"""What every sheet looks like: widths, fonts, print, names that Excel takes."""

from __future__ import annotations

import io
import warnings

import numpy as np
import openpyxl
import pytest

from toolkit.report.excel import LINE, Column, Sheet, Table, sheet_name, workbook_bytes


def opened(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():  # openpyxl itself calls what Python has deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        return openpyxl.load_workbook(io.BytesIO(data))


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    table = Table((Column("单位"), Column("得分", "0.0")), (("甲局", 1.0),), notes=("说明",))
    sheets = [Sheet("一张", "一张表", "", (table,)), Sheet("两张", "两张表", "", (table, table))]
    return opened(workbook_bytes(sheets, "测评", ("模拟数据",)))


def test_what_is_not_finite_is_a_dash() -> None:
    rows = ((1.0, np.nan), (None, np.inf))
    sheet = Sheet("甲", "甲", "", (Table((Column("a", "0.0"), Column("b", "0.0")), rows),))
    cells = opened(workbook_bytes([sheet], "甲"))["甲"]
    assert [cell.value for cell in cells["A"]] == ["甲", "a", 1, None]
    assert [cell.value for cell in cells["B"]] == [None, "b", "—", "—"]


def test_sheets_print_on_a4_one_page_wide(book: openpyxl.Workbook) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((1, 0), (None, 0))


def test_columns_are_as_wide_as_their_text_up_to_a_limit() -> None:
    rows = (("很长很长的单位名称", "字" * 30, 1),)
    columns = (Column("单位"), Column("说明", widest=20), Column("依法履职", "0"))
    sheet = Sheet("甲", "甲", "", (Table(columns, rows),))
    cells = opened(workbook_bytes([sheet], "甲"))["甲"]
    assert 18 < cells.column_dimensions["A"].width < 21, "nine Chinese characters and some air"
    assert 20 < cells.column_dimensions["B"].width < 23
    assert cells.column_dimensions["C"].width > 10, "a head of 8, and the filter's button"
    assert cells.row_dimensions[3].height >= 3 * LINE, "60 characters in lines of some 20"


def test_the_font_is_a_chinese_one_everywhere(book: openpyxl.Workbook) -> None:
    fonts = {
        (cell.font.name, cell.font.charset) for sheet in book for row in sheet.iter_rows() for cell in row
    }
    assert fonts == {("Microsoft YaHei", 134)}
    assert {cell.font.scheme for sheet in book for row in sheet.iter_rows() for cell in row} == {None}


@pytest.mark.parametrize("name", ["甲/乙", "[甲]:*?\\", "'甲'", "𠀀" * 40, "甲\x07乙\ufffe", "a" * 40])
def test_sheet_names_are_such_as_excel_takes(name: str) -> None:
    made = sheet_name(f"排名1 {name}")
    assert not set(made) & set("[]:*?/\\") and made.isprintable()
    assert len(made.encode("utf-16-le")) <= 2 * 31
    assert not made.endswith("'")
