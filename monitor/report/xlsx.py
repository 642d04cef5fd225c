"""A report as a workbook: one sheet a section, numbers as numbers, so that a spreadsheet can go on counting."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from monitor.report.sections import Column, Form, Report, Section, Value

_DAY_S = 86_400.0
_FORMATS = {Form.RATIO: "0.000%", Form.SECONDS: "[h]:mm:ss", Form.COUNT: "0"}
_WIDTHS = {Form.TEXT: 34, Form.RATIO: 13, Form.SECONDS: 16, Form.COUNT: 10}
_HEADING = PatternFill("solid", fgColor="DDE5EE")
_LONGEST_TITLE = 31
"""Excel's limit for the name of a sheet."""


def written(report: Report, _language: str) -> bytes:
    """Return the workbook's file; its numbers are in no language."""
    return workbook(report)


def workbook(report: Report) -> bytes:
    """Return the workbook's file."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet), "a new workbook has a sheet"
    first.title = _sheet_name(report.title)
    first.append([report.title])
    first["A1"].font = Font(bold=True, size=14)
    for line in (*report.about, "", *report.notes):
        first.append([line])
        first.cell(first.max_row, 1).alignment = Alignment(wrap_text=True, vertical="top")
    first.column_dimensions["A"].width = 110
    for section in (*report.sections, *report.appendix):
        _fill(book.create_sheet(_sheet_name(section.title)), section)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(title: str) -> str:
    """Return as many whole words of a title as a sheet's name takes."""
    return textwrap.wrap(title, _LONGEST_TITLE, max_lines=1, placeholder="")[0]


def _fill(sheet: Worksheet, section: Section) -> None:
    sheet.append([column.heading for column in section.columns])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEADING
    for row in section.rows:
        sheet.append([_cell(value, column.form) for value, column in zip(row, section.columns, strict=True)])
    _shape(sheet, section.columns)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _cell(value: Value, form: Form) -> Value:
    """Return what a spreadsheet takes: it counts time in days. A text that begins like a formula stays a text."""
    if form is Form.SECONDS and isinstance(value, (int, float)):
        return value / _DAY_S
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


def _shape(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS[column.form]
        if column.form in _FORMATS:
            for (cell,) in sheet.iter_rows(min_row=2, min_col=place, max_col=place):
                cell.number_format = _FORMATS[column.form]
