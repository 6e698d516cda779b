"""The workbook says what the page says, as numbers and as text that is never a formula, and repeats."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from scipy.stats import t

from scoring.consequence import Bottom
from scoring.group import columns_of
from toolkit import Round, Scheme, Scores
from toolkit.files import write_table
from toolkit.report import write_report, write_workbook
from toolkit.report.excel import FONT
from toolkit.report.facts import DrawFacts, File, RoundFacts, round_facts
from toolkit.report.page import render
from toolkit.report.workbook import workbook
from toolkit.report.writing import INTERNAL, MADE
from toolkit.review import Change, reviewed
from toolkit.scores import score

SMALL = Path(__file__).parents[1] / "scenarios" / "small.toml"
RENAMED = {  # what a spreadsheet might take for a formula, a link, or a number
    "县公安局": "=1+1",
    "办事效率": '=HYPERLINK("http",1)',
    "部门类": "=A1",
    "代表委员": "@SUM(1,2)",
    "电信公司": "0012",
    "小型测评": "=NOW()",
    "一人兼两种身份怎么办": "+1+1",
}


@pytest.fixture(scope="module")
def played_round(played_folder: Path) -> Round:
    return Round.open(played_folder)


@pytest.fixture(scope="module")
def scores(played_round: Round) -> Scores:
    """The round's scores; some sheets hold no valid answer, so that counted and valid sheets differ."""
    found = score(played_round.scheme, played_round.drawn(), played_round.answers())
    valid = found.groups["n"] - np.where(found.groups["evaluatee"] == "县公安局", 2, 1)
    return replace(found, groups=found.groups.assign(n=valid))


@pytest.fixture(scope="module")
def facts(played_round: Round) -> RoundFacts:
    return round_facts(played_round)


@pytest.fixture(scope="module")
def book(scores: Scores, facts: RoundFacts) -> openpyxl.Workbook:
    return opened(workbook(scores, facts, made=True))


def opened(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():  # openpyxl itself calls what Python has deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        return openpyxl.load_workbook(io.BytesIO(data))


def head_rows(sheet: Worksheet) -> list[int]:
    """The rows that hold a table's heads: those with a fill."""
    return [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).fill.fill_type == "solid"]


def tables(sheet: Worksheet) -> Iterator[list[list[Cell]]]:
    """Every table of a sheet as rows of cells, the heads first."""
    merged = {where.min_row for where in sheet.merged_cells.ranges}
    for start in head_rows(sheet):
        width = sum(1 for at in range(1, sheet.max_column + 1) if sheet.cell(start, at).value is not None)
        end = start
        while end < sheet.max_row and end + 1 not in merged and sheet.cell(end + 1, 1).value is not None:
            end += 1
        yield [[sheet.cell(row, at) for at in range(1, width + 1)] for row in range(start, end + 1)]


def table(book: openpyxl.Workbook, name: str, number: int = 0) -> list[list[Cell]]:
    return list(tables(book[name]))[number]


def shown(cell: Cell) -> str:
    """What a reader of Excel sees: the number under its number format."""
    value, form = cell.value, cell.number_format
    if value is None or isinstance(value, str):
        return value or ""
    if form.endswith("%"):
        return f"{value:.{len(form.rstrip('%').partition('.')[2])}%}"
    if form.startswith("#,##0"):
        return "—" if value == 0 and form.endswith('"—"') else f"{value:,}"
    assert re.fullmatch(r"0(\.0+)?", form), form
    return f"{value:.{len(form.partition('.')[2])}f}"


def shown_rows(rows: list[list[Cell]]) -> list[list[str]]:
    return [[shown(cell) for cell in row] for row in rows[1:]]


def span(low: str, high: str) -> str:
    return low if low == high else f"{low}–{high}"


class Page(HTMLParser):
    """The tables of a page by caption (what stands after its number), body rows alone; and all its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.text = self.caption = ""
        self.inside = ""
        self.feed(re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "caption":
            self.caption, self.inside = "", "caption"
        if tag == "tbody":
            self.tables[self.caption.partition("　")[2]] = []
        if tag == "td":
            rows, self.inside = self.tables[self.caption.partition("　")[2]], "td"
            rows[-1].append("")
        if tag == "tr" and self.caption.partition("　")[2] in self.tables:
            self.tables[self.caption.partition("　")[2]].append([])
        if tag == "br" and self.inside == "td":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("caption", "td"):
            self.inside = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.inside == "caption":
            self.caption += data
        if self.inside == "td":
            rows = self.tables[self.caption.partition("　")[2]]
            rows[-1][-1] += data


@pytest.fixture(scope="module")
def page(scores: Scores, facts: RoundFacts) -> Page:
    return Page(render(scores, facts, made=True))


# --- the same numbers as the page ------------------------------------------------------------------------


def test_the_page_is_compared_whole(page: Page) -> None:
    assert list(page.tables) == [
        "被评单位",
        "调查对象和抽样方法（每个单位）",
        "每个单位的回答份数（最少–最多）和计分方式",
        "部门类：排名表",
        "部门类：各档评价的占比",
        "服务行业类：排名表",
        "服务行业类：各档评价的占比",
        "没有写明之处和本次的读法",
        "各次抽样",
        "文件",
    ]
    assert all(rows and all(rows) for rows in page.tables.values())


@pytest.mark.parametrize(("number", "name"), [(1, "部门类"), (2, "服务行业类")])
def test_league_tables_are_the_pages(book: openpyxl.Workbook, page: Page, number: int, name: str) -> None:
    rows = shown_rows(table(book, f"排名{number} {name}"))
    assert [[*row[:5], span(row[5], row[6]), *row[7:]] for row in rows] == page.tables[f"{name}：排名表"]


def test_group_counts_are_the_pages(book: openpyxl.Workbook, page: Page) -> None:
    rows = shown_rows(table(book, "回收"))
    gaps = [f"{row[8]} 分（{row[9]}）" if row[9] else row[8] for row in rows]
    told = [
        [*row[:2], span(row[2], row[3]), span(row[4], row[5]), row[6], row[7], gap]
        for row, gap in zip(rows, gaps, strict=True)
    ]
    assert told == page.tables["每个单位的回答份数（最少–最多）和计分方式"]
    assert "1" in [row[4] for row in told] and "—" in [row[4] for row in told], "both kinds are compared"
    assert told[0][2:4] == ["48", "46–47"]
    assert "无差别" in gaps and any("分（" in gap for gap in gaps)


def test_label_shares_are_the_pages(book: openpyxl.Workbook, page: Page) -> None:
    rows = shown_rows(table(book, "评价分布"))
    for name in ("部门类", "服务行业类"):
        assert [row[1:] for row in rows if row[0] == name] == page.tables[f"{name}：各档评价的占比"]


def test_plan_and_open_points_are_the_pages(book: openpyxl.Workbook, page: Page) -> None:
    _, unclear, groups, classes = map(shown_rows, tables(book["方法"]))
    assert [[str(at), *row] for at, row in enumerate(unclear, 1)] == page.tables["没有写明之处和本次的读法"]
    told = [[name, valid, weight, drawn] for name, drawn, weight, valid in groups]
    assert told == page.tables["调查对象和抽样方法（每个单位）"]
    told = [[name, units, indicators, by] for name, indicators, units, by in classes]
    assert told == page.tables["被评单位"]


def test_method_is_in_the_pages_words(book: openpyxl.Workbook, page: Page) -> None:
    text = re.sub(r"\s", "", page.text)
    steps = shown_rows(table(book, "方法"))
    assert [title for title, _ in steps] == [
        "每类对象的得分",
        "综合得分",
        "是否加权",
        "抽样误差",
        "名次",
        "名次区间",
    ]
    for title, told in steps:
        for line in told.replace("“回收”", "表 3").split("\n"):
            assert re.sub(r"\s", "", line.removeprefix("· ")) in text, title
    terms = dict(shown_rows(table(book, "说明")))
    assert all(terms[term] in page.text for term in ("综合得分", "抽样误差", "名次区间", "区间重叠"))


def test_receipt_is_the_pages(book: openpyxl.Workbook, page: Page, facts: RoundFacts) -> None:
    key, draws, files = map(shown_rows, tables(book["收据"]))
    assert key == [["本次的钥匙", facts.key]] and facts.key in page.text
    told = [[row[0], *row[3:], row[1], row[2]] for row in draws]
    assert told == page.tables["各次抽样"]
    told = [[name, f"{kind} {sheets} 份" if sheets else kind, digest] for name, kind, digest, sheets in files]
    assert told == page.tables["文件"]


# --- the numbers that the page does not show -------------------------------------------------------------


def test_group_scores_and_their_errors(book: openpyxl.Workbook, scores: Scores) -> None:
    rows = [[cell.value for cell in row] for row in table(book, "各类对象得分")[1:]]
    assert len(rows) == 5 * 4
    names = {group.name: group for group in scores.scheme.groups}
    found = scores.groups.set_index(["group", "evaluatee"])
    for of, who, group, result, margin, *counts, plain, design in rows:
        one = found.loc[(names[group].id, who)]
        assert of == scores.scheme.class_of(who).name
        assert result == pytest.approx(one["estimate"], abs=0.005 + 1e-9)
        reach = t.ppf(0.975, one["df"]) * one["se"] if one["se"] > 0 else 0.0  # oracle: scipy's quantile
        assert margin == pytest.approx(reach, abs=0.005 + 1e-9)
        assert counts == [names[group].valid, one["counted"], one["n"]]
        assert (plain, design) == pytest.approx((one["plain"], one["design"]), abs=0.005 + 1e-9)


def test_indicator_means_are_those_of_the_answers(
    book: openpyxl.Workbook, scores: Scores, all_sheets: pd.DataFrame
) -> None:
    head, *rows = table(book, "指标")
    names = columns_of(scores.scheme.indicators)
    assert [cell.value for cell in head] == ["单位", "调查对象", *names]
    groups = {group.name: group for group in scores.scheme.groups}
    compared = 0
    for who, group, *means in ([cell.value for cell in row] for row in rows):
        part = all_sheets[(all_sheets["group"] == groups[group].id) & (all_sheets["evaluatee"] == who)]
        for name, mean in zip(names, means, strict=True):
            if name not in scores.scheme.indicators[who]:
                assert mean is None
            elif groups[group].official == "plain":  # oracle: pandas' mean of the numbers alone
                due = pd.to_numeric(part[name], errors="coerce").mean()
                assert mean == pytest.approx(due, abs=0.005 + 1e-9)
                compared += 1
    assert compared == 3 * (3 * 3 + 2 * 2)


# --- numbers are numbers, text is text -------------------------------------------------------------------


def test_values_are_rounded_numbers_under_the_schemes_decimals(scores: Scores, facts: RoundFacts) -> None:
    scheme = replace(scores.scheme, ranking=replace(scores.scheme.ranking, decimals=1))
    book = opened(workbook(replace(scores, scheme=scheme), facts, made=False))
    for rows, columns in (
        (table(book, "排名1 部门类")[1:], range(3, 11)),
        (table(book, "各类对象得分")[1:], (3, 4, 8, 9)),
    ):
        for row in rows:
            for cell in (row[at] for at in columns):
                assert cell.data_type == "n" and cell.number_format == "0.0"
                assert cell.value == round(cell.value, 1), "no more decimals than are shown"
    for row in table(book, "评价分布")[1:]:
        assert all(cell.value == round(cell.value, 3) and cell.number_format == "0.0%" for cell in row[3:])
        assert isinstance(row[1].value, int)


def test_whole_decimals_have_no_point(scores: Scores, facts: RoundFacts) -> None:
    scheme = replace(scores.scheme, ranking=replace(scores.scheme.ranking, decimals=0))
    book = opened(workbook(replace(scores, scheme=scheme), facts, made=False))
    assert {cell.number_format for row in table(book, "排名1 部门类")[1:] for cell in row[3:7]} == {"0"}


def renamed(scores: Scores) -> Scores:
    text = scores.scheme.text
    for old, new in RENAMED.items():
        text = text.replace(f'"{old}"', f"'{new}'")
    return replace(
        scores,
        scheme=Scheme.read(text),
        table=scores.table.replace(RENAMED),
        groups=scores.groups.replace(RENAMED),
        indicators=scores.indicators.replace(RENAMED).rename(columns=RENAMED),
        labels=scores.labels.replace(RENAMED),
    )


def test_text_that_looks_like_a_formula_stays_text(scores: Scores) -> None:
    draws = (DrawFacts("=draw", ("=alg/1",), 1, 3, 3, "=digest"),)
    facts = RoundFacts(False, "=key", draws, (File("=a.csv", "00"),), (File("http://x", "11", 3),))
    data = workbook(renamed(scores), facts, made=False)
    book = opened(data)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"n", "s"}
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    for name in (*RENAMED.values(), "=draw", "=alg/1", "=digest", "=key", "=a.csv", "http://x"):
        assert any(name in text for text in texts), name
    assert any(text == "=1+1" for text in texts) and "0012" in texts
    assert texts.count("=NOW()：指标") == 1 and book["排名1 =A1"]["A1"].value == "=NOW()：=A1排名表"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        pages = [parts.read(name).decode() for name in parts.namelist() if "worksheets" in name]
        assert not any("vba" in name.lower() or "externalLink" in name for name in parts.namelist())
    assert not any("<f>" in one or "<hyperlink" in one for one in pages)


def test_another_reader_finds_the_same(scores: Scores, facts: RoundFacts, book: openpyxl.Workbook) -> None:
    data = io.BytesIO(workbook(scores, facts, made=True))
    read = pd.read_excel(data, sheet_name=None, header=None, engine="calamine")
    assert list(read) == book.sheetnames
    for name, frame in read.items():
        for row, line in enumerate(frame.to_numpy(dtype=object), 1):
            for at, value in enumerate(line, 1):
                other = book[name].cell(row, at).value
                assert value == other or (pd.isna(value) and other is None)


# --- made up, repeated, printed --------------------------------------------------------------------------


def test_made_up_is_said_on_every_sheet_and_every_printed_page(
    book: openpyxl.Workbook, scores: Scores, facts: RoundFacts
) -> None:
    assert len(book.sheetnames) == 11
    for sheet in book:
        assert sheet["A2"].value == MADE and "模拟数据" in MADE, sheet.title
        first, last = map(int, sheet.print_title_rows.replace("$", "").split(":"))
        assert first <= 2 <= last, "the line is repeated on every page"
        assert int(re.sub("[A-Z]", "", sheet.freeze_panes)) > 2, "and stays in sight"
    assert "模拟数据" in book.properties.title
    with zipfile.ZipFile(io.BytesIO(workbook(scores, facts, made=False))) as parts:
        assert not any("模拟".encode() in parts.read(name) for name in parts.namelist())


def test_the_first_sheet_tells_what_the_file_is(book: openpyxl.Workbook, scores: Scores) -> None:
    sheet = book.worksheets[0]
    assert sheet.title == "说明" and sheet["A1"].value == "小型测评：测评结果"
    facts, sheets = map(shown_rows, tables(sheet))
    assert dict(facts)["方案"] == "小型测评（small）" and dict(facts)["数据"] == MADE
    assert [name for name, _ in sheets] == book.sheetnames[1:]
    assert all(about for _, about in sheets)


def test_same_inputs_give_the_same_bytes(played_round: Round, scores: Scores, tmp_path: Path) -> None:
    first = write_workbook(played_round, scores, tmp_path / "一" / "report.xlsx")
    assert "theme_font_name" not in FONT, "XlsxWriter adds to what it is given"
    second = write_workbook(played_round, scores, str(tmp_path / "report.xlsx"))
    assert first.read_bytes() == second.read_bytes()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["report.xlsx", "一"], "no part is left"
    with zipfile.ZipFile(first) as parts:
        assert {one.date_time for one in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
        text = "".join(parts.read(name).decode() for name in parts.namelist())
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"1980-01-01T00:00:00Z"}
    assert str(played_round.folder) not in text


def test_made_rounds_are_told_by_their_journal(played: Round, scores: Scores, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    assert opened(write_workbook(played, scores, path).read_bytes())["收据"]["A2"].value != MADE
    assert opened(write_workbook(played, scores, path, made=True).read_bytes())["收据"]["A2"].value == MADE
    played.note("make", what="frames")
    assert opened(write_workbook(played, scores, path).read_bytes())["收据"]["A2"].value == MADE
    assert MADE in write_report(played, scores, tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "frozen", "rows"),
    [
        ("排名1 部门类", "D4", 3),
        ("排名2 服务行业类", "D4", 2),
        ("各类对象得分", "D4", 20),
        ("指标", "C4", 20),
        ("评价分布", "D4", 5),
        ("回收", "B4", 4),
    ],
)
def test_heads_stay_in_sight_and_filters_hold_the_table(
    book: openpyxl.Workbook, name: str, frozen: str, rows: int
) -> None:
    sheet = book[name]
    cells = table(book, name)
    assert sheet.freeze_panes == frozen and len(cells) == rows + 1
    assert sheet.auto_filter.ref == f"{cells[0][0].coordinate}:{cells[-1][-1].coordinate}"
    assert sheet.print_title_rows == "$1:$3"


def test_text_has_room(book: openpyxl.Workbook) -> None:
    """No text is cut: its lines at two characters for a Chinese one fit the row, or the cell beside."""

    def letters(text: str) -> int:
        return sum(2 if letter > "\u2e7f" else 1 for letter in text)

    checked = 0
    for sheet in book:
        for row in (row for rows in tables(sheet) for row in rows):
            for cell in row:
                if isinstance(cell.value, str):
                    width = sheet.column_dimensions[cell.column_letter].width
                    lines = sum(max(1, -(-letters(line) // width)) for line in cell.value.split("\n"))
                    assert lines * 16 <= (sheet.row_dimensions[cell.row].height or 16.5), cell.value
                    checked += 1
    assert checked > 200


# --- other schemes ---------------------------------------------------------------------------------------


def test_a_scale_without_labels_has_no_sheet_of_shares(scores: Scores, facts: RoundFacts) -> None:
    scheme = replace(scores.scheme, scale=replace(scores.scheme.scale, labels=()))
    book = opened(workbook(replace(scores, scheme=scheme), facts, made=False))
    assert "评价分布" not in book.sheetnames and "回收" in book.sheetnames


def test_labels_without_satisfied_have_no_sum(scores: Scores, facts: RoundFacts) -> None:
    labels = [replace(one, name=f"{one.name}档") for one in scores.scheme.scale.labels]
    names = {one.name: f"{one.name}档" for one in scores.scheme.scale.labels}
    scheme = replace(scores.scheme, scale=replace(scores.scheme.scale, labels=tuple(labels)))
    changed = replace(scores, scheme=scheme, labels=scores.labels.replace({"label": names}))
    head = table(opened(workbook(changed, facts, made=False)), "评价分布")[0]
    assert [cell.value for cell in head[-2:]] == ["满意档\n7–9 分", "很满意档\n10 分"]


def test_a_scheme_without_open_points_says_so(scores: Scores, facts: RoundFacts) -> None:
    book = opened(workbook(replace(scores, scheme=replace(scores.scheme, unclear=())), facts, made=False))
    assert shown_rows(table(book, "方法", 1)) == [["没有", ""]]


def test_classes_with_one_long_name_have_sheets_of_their_own(scores: Scores, facts: RoundFacts) -> None:
    long = "一二三四五六七八九十" * 4
    classes = tuple(replace(one, name=f"{long}{at}") for at, one in enumerate(scores.scheme.classes))
    book = opened(workbook(replace(scores, scheme=replace(scores.scheme, classes=classes)), facts, False))
    assert book.sheetnames[1][:3] == "排名1" and book.sheetnames[2][:3] == "排名2"
    assert [name for name, _ in shown_rows(table(book, "说明", 1))][:2] == book.sheetnames[1:3]


# ------------------------------------------------------------------------ provisional and reviewed


@pytest.fixture(scope="module")
def judged(scores: Scores) -> Scores:
    """A reviewed result under a rule of low satisfaction."""
    scheme = replace(scores.scheme, low_satisfaction_rule=Bottom(1))
    changes = [
        Change("县公安局", -1.25, "=1+1 信访属实", "县监察局"),
        Change("县教育局", 30.0, "更正", "县纠风办"),
    ]
    return reviewed(replace(scores, scheme=scheme), changes)


def test_changes_and_accountability_are_the_pages(judged: Scores, facts: RoundFacts) -> None:
    page = Page(render(judged, facts, made=True))
    book = opened(workbook(judged, facts, made=True))
    trail = [row[1:] for row in page.tables["复核变更"]]
    found = [
        [who, f"{points:+.2f}", shown(before), shown(after), f"{was} → {now}", reason, office]
        for who, points, before, after, was, now, reason, office in (
            [cell.value if at not in (2, 3) else cell for at, cell in enumerate(row)]
            for row in table(book, "复核变更")[1:]
        )
    ]
    assert found == trail
    assert trail[0][0] == "县公安局" and trail[0][1] == "-1.25" and trail[0][5] == "=1+1 信访属实"
    verdicts = page.tables["低满意度问责：符合办法的单位，和抽样误差之内可能符合或不符合的单位"]
    assert shown_rows(table(book, "低满意度问责")) == verdicts
    assert {row[3] for row in verdicts} >= {"是"}
    assert all(row[1] != "县教育局" for row in verdicts)  # it was lifted to the top


def test_a_provisional_result_is_marked_on_every_sheet_and_page(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    write_table(tmp_path / "a.csv", sheets[sheets["group"] != "inspectors"].iloc[::2])
    drawn.collect(tmp_path / "a.csv")
    found = drawn.score(provisional=True)
    facts = round_facts(drawn)
    text, book = render(found, facts, made=False), opened(workbook(found, facts, made=False))
    assert '<div class="watermark" aria-hidden="true"><span>内部参考</span></div>' in text
    assert INTERNAL in text and "模拟数据" not in text
    assert "名次能够确定" not in text and "名次随未收到的回答还会变动" in text
    for sheet in book:
        told = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert any(INTERNAL in one for one in told), sheet.title
    page = Page(text)
    for number, each in enumerate(found.scheme.classes, 1):
        league = table(book, f"排名{number} {each.name}")
        assert [shown(row[-1]) for row in league[1:]] == [
            row[-1] for row in page.tables[f"{each.name}：排名表"]
        ]
    assert all(one in text for one in found.left_out)
    final = render(replace(found, status="formal"), facts, made=False)
    assert "watermark" not in final.split("</style>")[1] and INTERNAL not in final and "正式结果" in final
