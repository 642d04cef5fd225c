"""A workbook shows every text to the letter and computes nothing; numbers are numbers."""

from __future__ import annotations

import ast
import re
from datetime import datetime, timedelta
from io import BytesIO
from math import inf, nan
from pathlib import Path

import pytest
from openpyxl import load_workbook

from monitor.workbook import DURATION, TIME, Book, SheetColumn, Value, duration
from tests.workbooks import AWKWARD, cells

PACKAGE = Path(__file__).parent.parent / "monitor"
AT = datetime(2026, 11, 30, 7, 30)


def book_of(*values: Value, form: str = "") -> bytes:
    book = Book()
    sheet = book.sheet("x")
    for row, value in enumerate(values, start=1):
        sheet.put(row, 1, value, form)
    return book.octets()


@pytest.mark.parametrize("text", AWKWARD)
def test_a_text_is_a_text_wherever_it_stands(text: str) -> None:
    book = Book()
    book.sheet(text).lines(text, [text], width=20)
    book.sheet("bảng").table([SheetColumn(text, DURATION)], [[text], [text]], marked=1)
    lines, table = cells(book.octets()).values()
    assert ([[text], [text]], [[text], [text], [text]]) == (lines, table)


def test_a_text_that_would_be_a_formula_when_it_is_typed_anew_is_set_to_text() -> None:
    page = load_workbook(BytesIO(book_of("=1", "+1", "-1", "@a", "\t=1", "'=1", "a=1", 5)))["x"]
    assert ["@"] * 6 + ["General"] * 2 == [page.cell(row, 1).number_format for row in range(1, 9)]


@pytest.mark.parametrize(
    ("text", "written"),
    [("a\rb\r\nc\nd", "a\nb\nc\nd"), ("\r=1+1", "\n=1+1"), ("a\x00\x0bb\x1fc", "a�b�c".replace("a�", "a��")), ("\ud800", "�")],
)
def test_what_a_file_can_not_hold_is_seen_as_such_and_costs_no_report(text: str, written: str) -> None:
    assert {"x": [[written]]} == cells(book_of(text))


@pytest.mark.parametrize("value", [nan, inf, -inf, None, ""])
def test_what_is_no_number_leaves_a_cell_empty(value: Value) -> None:
    assert {"x": [[1], [None], [2]]} == cells(book_of(1, value, 2))


def test_numbers_times_and_durations_stay_what_they_are() -> None:
    book = Book()
    columns = [SheetColumn("a", "0.000%"), SheetColumn("b", TIME), SheetColumn("c", DURATION)]
    book.sheet("x").table(columns, [[0.999, AT, duration(26 * 3_600)], [None, None, duration(None)]])
    page = load_workbook(BytesIO(book.octets()))["x"]
    assert [0.999, AT, timedelta(hours=26)] == [cell.value for cell in page[2]]
    assert ["0.000%", TIME, DURATION] == [cell.number_format for cell in page[2]]
    assert [None] * 3 == [cell.value for cell in page[3]]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Báo cáo độ khả dụng của mạng tỉnh", "Báo cáo độ khả dụng của mạng"),
        ("a/b: [c]?", "a b c"),
        ("x" * 40, "x" * 31),
        ("'=1'", "=1"),
        ("", "–"),
        ("?", "–"),
        ("Xã\r\nLũng", "Xã Lũng"),
        ("x" * 30 + "'y", "x" * 30),
        ("History", "History 2"),
    ],
)
def test_a_sheet_is_named_as_excel_takes_it(title: str, name: str) -> None:
    book = Book()
    book.sheet(title)
    assert [name] == list(cells(book.octets()))


def test_two_sheets_of_one_title_are_two() -> None:
    book = Book()
    book.sheet("Sự cố").put(1, 1, 1)
    book.sheet("Sự cố").put(1, 1, 2)
    assert {"Sự cố": [[1]], "Sự cố 2": [[2]]} == cells(book.octets())


@pytest.mark.parametrize("title", ["y" * 40, "Báo cáo sẵn sàng trước phiên họp", "", "[]"])
def test_sheets_of_one_title_have_each_a_name_of_its_own_that_excel_takes(title: str) -> None:
    book = Book()
    for each in (title, title.upper(), title, *[title] * 8):
        book.sheet(each)
    names = list(cells(book.octets()))
    assert 11 == len({name.casefold() for name in names})
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", name) for name in names), names


def test_nothing_else_writes_workbooks() -> None:
    writers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "openpyxl" and "Workbook" in {alias.name for alias in node.names}
    }
    assert {"workbook.py"} == writers
