"""A report as a workbook: one sheet a section, numbers as numbers, so that a spreadsheet can go on counting."""

from __future__ import annotations

from monitor import workbook
from monitor.report.sections import ColumnForm, Report, Section, Value
from monitor.words.voice import cell_share

_FORMATS = {
    ColumnForm.TEXT: "",
    ColumnForm.RATIO: "0.000%",
    ColumnForm.SECONDS: workbook.DURATION,
    ColumnForm.COUNT: workbook.WHOLE,
}
_WIDTHS = {ColumnForm.TEXT: 34, ColumnForm.RATIO: 13, ColumnForm.SECONDS: 16, ColumnForm.COUNT: 10}
_LINE_WIDTH = 110


def render_report(report: Report, _language: str) -> bytes:
    """Return the workbook's file; its numbers are in no language."""
    book = workbook.Book()
    book.sheet(report.title).lines(report.title, (*report.about, "", *report.notes), width=_LINE_WIDTH)
    for section in (*report.sections, *report.appendix):
        _fill(book.sheet(section.title), section)
    return book.octets()


def _fill(sheet: workbook.Sheet, section: Section) -> None:
    forms = [column.form for column in section.columns]
    columns = [workbook.SheetColumn(each.heading, _FORMATS[each.form], _WIDTHS[each.form]) for each in section.columns]
    sheet.table(columns, [[_cell(value, form) for value, form in zip(row, forms, strict=True)] for row in section.rows])
    sheet.page.auto_filter.ref = sheet.page.dimensions


def _cell(value: Value, form: ColumnForm) -> Value:
    if not isinstance(value, (int, float)):
        return value
    if form is ColumnForm.RATIO:
        return cell_share(value, 3)
    return workbook.duration(value) if form is ColumnForm.SECONDS else value
