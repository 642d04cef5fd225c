"""Reports and shift logs as workbooks: a sheet for each part, numbers as numbers, times as times, to be printed across A4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.report.sections import ColumnForm, Report, Section
from monitor.report.sections import Value as ReportValue
from monitor.report.shift import ShiftLog
from monitor.report.wording import ShiftWording
from monitor.words.voice import cell_share
from monitor.workbook import DURATION, TIME, WHOLE, Book, Sheet, SheetColumn, Value, duration

_FORMATS = {ColumnForm.TEXT: "", ColumnForm.RATIO: "0.000%", ColumnForm.SECONDS: DURATION, ColumnForm.COUNT: WHOLE}
_WIDTHS = {ColumnForm.TEXT: 34, ColumnForm.RATIO: 13, ColumnForm.SECONDS: 16, ColumnForm.COUNT: 10}
_OUTAGE = (
    "state",
    "from",
    "until",
    "lasted",
    "where",
    "area",
    "level",
    "hit_points",
    "hit_endpoints",
    "times",
    "why",
    "answered",
    "who",
)
_SHIFT_FORMATS = {"from": TIME, "until": TIME, "lasted": DURATION, "answered": DURATION}
"""Column of a shift's sheets → how its numbers are shown."""
_LINE_WIDTH = 110
_SUMMARY_WIDTH = 100


def report_xlsx(report: Report, _language: str) -> bytes:
    """Return the workbook of a report; its numbers are in no language."""
    book = Book()
    book.sheet(report.title).lines(report.title, (*report.about, "", *report.notes), width=_LINE_WIDTH)
    for section in (*report.sections, *report.appendix):
        _fill_section(book.sheet(section.title), section)
    return book.octets()


def _fill_section(sheet: Sheet, section: Section) -> None:
    forms = [column.form for column in section.columns]
    columns = [SheetColumn(each.heading, _FORMATS[each.form], _WIDTHS[each.form]) for each in section.columns]
    sheet.table(columns, [[_cell(value, form) for value, form in zip(row, forms, strict=True)] for row in section.rows])
    sheet.page.auto_filter.ref = sheet.page.dimensions


def _cell(value: ReportValue, form: ColumnForm) -> Value:
    if not isinstance(value, (int, float)):
        return value
    if form is ColumnForm.RATIO:
        return cell_share(value, 3)
    return duration(value) if form is ColumnForm.SECONDS else value


def shift_xlsx(log: ShiftLog, say: ShiftWording, network: str, written_at: float) -> bytes:
    """Return the workbook of a shift. network: its name for the heading. written_at: epoch seconds."""
    book = Book()
    lines = (network, say.span(log), say.summary(log), say("written", time=say.voice.time(say.moment(written_at))))
    book.sheet(say("summary")).lines(say("title"), lines, width=_SUMMARY_WIDTH)

    def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Value]], *, marked: int = 0) -> None:
        sheet = book.sheet(say(title))
        sheet.table([SheetColumn(say(column), _SHIFT_FORMATS.get(column, "")) for column in columns], rows, marked=marked)
        sheet.print_across()

    table("outages", _OUTAGE, _outages(log, say), marked=len(log.open))
    works: list[list[Value]] = [
        [_moment(each.began, say), _moment(each.ended, say), say.covers(each), each.reason, say.announcer(each)]
        for each in log.maintenance
    ]
    table("maintenance", ("from", "until", "covers", "reason", "by"), works)
    declines: list[list[Value]] = [
        [say.name(each.target), say.area(each.target), each.times, duration(each.lasted_s), say.decline(each)]
        for each in log.declines
    ]
    table("declines", ("target", "area", "times", "lasted", "why"), declines)
    gaps: list[list[Value]] = [[_moment(gap.began, say), _moment(gap.ended, say), say.gap_in_full(gap)] for gap in log.gaps]
    table("notes", ("from", "until", "why"), [*gaps, *([_moment(event.at, say), None, say.note(event)] for event in log.notes)])
    return book.octets()


def _outages(log: ShiftLog, say: ShiftWording) -> list[list[Value]]:
    return [
        [
            say("is_open" if each.ended is None else "is_over"),
            _moment(each.began, say),
            _moment(each.ended, say),
            duration(each.down_s),
            say.name(each.target),
            say.area(each.target),
            say.level(each.target),
            each.points,
            each.endpoints,
            each.falls,
            say.why(each),
            duration(each.answered_s),
            say.who(each),
        ]
        for each in (*log.open, *log.closed)
    ]


def _moment(at: float | None, say: ShiftWording) -> datetime | None:
    """Return a moment as a workbook holds it: local, without a zone, to the second."""
    return None if at is None else say.moment(at).replace(tzinfo=None, microsecond=0)
