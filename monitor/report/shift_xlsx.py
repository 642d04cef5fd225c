"""The shift log as a workbook: a sheet for each part, times as times, ready to be printed across A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from monitor.report.shift import ShiftLog
from monitor.report.wording import Wording

Value = str | int | float | datetime | None
_HEAD = PatternFill("solid", start_color="FFE4E9EE")
_OPEN = PatternFill("solid", start_color="FFFBEEEC")
_TIME = "dd/mm/yyyy hh:mm"
_DURATION = "[h]:mm:ss"
_DAY_S = 86_400.0
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class _Column:
    """A column's heading, and how its numbers are shown: '' as they are."""

    heading: str
    form: str = ""


def shift_xlsx(log: ShiftLog, say: Wording, network: str, written_at: float) -> bytes:
    """Return the workbook. network: its name for the heading. written_at: epoch seconds."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    _summary(first, log, say, (network, say("written", time=f"{say.moment(written_at):%H:%M %d/%m/%Y}")))
    _outages(book.create_sheet(say("outages")), log, say)
    _maintenance(book.create_sheet(say("maintenance")), log, say)
    _declines(book.create_sheet(say("declines")), log, say)
    _others(book.create_sheet(say("notes")), log, say)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _summary(sheet: Worksheet, log: ShiftLog, say: Wording, lines: Sequence[str]) -> None:
    sheet.title = say("summary")
    for text in (say("title"), lines[0], say.span(log), say.summary(log), lines[1]):
        sheet.append([None])
        _put(sheet, sheet.max_row, 1, text)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.column_dimensions["A"].width = 100
    sheet["A4"].alignment = Alignment(wrap_text=True)


def _outages(sheet: Worksheet, log: ShiftLog, say: Wording) -> None:
    columns = [
        _Column(say("state")),
        _Column(say("from"), _TIME),
        _Column(say("until"), _TIME),
        _Column(say("lasted"), _DURATION),
        _Column(say("where")),
        _Column(say("area")),
        _Column(say("level")),
        _Column(say("hit_points")),
        _Column(say("hit_endpoints")),
        _Column(say("times")),
        _Column(say("why")),
        _Column(say("answered"), _DURATION),
        _Column(say("who")),
    ]
    rows: list[list[Value]] = [
        [
            say("is_open" if each.ended is None else "is_over"),
            _moment(each.began, say),
            _moment(each.ended, say),
            each.down_s / _DAY_S,
            say.name(each.target),
            say.area(each.target),
            say.level(each.target),
            each.points,
            each.endpoints,
            each.falls,
            say.why(each),
            None if each.answered_s is None else each.answered_s / _DAY_S,
            say.who(each),
        ]
        for each in (*log.open, *log.closed)
    ]
    _fill(sheet, columns, rows, marked=len(log.open))


def _maintenance(sheet: Worksheet, log: ShiftLog, say: Wording) -> None:
    columns = [_Column(say("from"), _TIME), _Column(say("until"), _TIME), *map(_Column, map(say, ("covers", "reason", "by")))]
    rows: list[list[Value]] = [
        [_moment(each.began, say), _moment(each.ended, say), say.covers(each), each.reason, say.announcer(each)]
        for each in log.maintenance
    ]
    _fill(sheet, columns, rows)


def _declines(sheet: Worksheet, log: ShiftLog, say: Wording) -> None:
    columns = [_Column(say("target")), _Column(say("area")), _Column(say("times")), _Column(say("lasted"), _DURATION)]
    rows: list[list[Value]] = [
        [say.name(each.target), say.area(each.target), each.times, each.lasted_s / _DAY_S, say.decline(each)]
        for each in log.declines
    ]
    _fill(sheet, [*columns, _Column(say("why"))], rows)


def _others(sheet: Worksheet, log: ShiftLog, say: Wording) -> None:
    columns = [_Column(say("from"), _TIME), _Column(say("until"), _TIME), _Column(say("why"))]
    rows: list[list[Value]] = [[_moment(gap.began, say), _moment(gap.ended, say), say.gap_in_full(gap)] for gap in log.gaps]
    rows += [[_moment(event.at, say), None, say.note(event)] for event in log.notes]
    _fill(sheet, columns, rows)


def _fill(sheet: Worksheet, columns: Sequence[_Column], rows: Sequence[Sequence[Value]], *, marked: int = 0) -> None:
    """Write a table. marked: so many rows at the top stand on a ground of their own."""
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(1, place, column.heading)
        cell.font, cell.fill = Font(bold=True), _HEAD
    for number, row in enumerate(rows, start=2):
        for place, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            written = _put(sheet, number, place, value)
            written.alignment = Alignment(vertical="top", wrap_text=True)
            if column.form and value is not None:
                written.number_format = column.form
            if number - 2 < marked:
                written.fill = _OPEN
    for place, column in enumerate(columns, start=1):
        longest = max((len(str(row[place - 1])) for row in rows if isinstance(row[place - 1], str)), default=0)
        width = 17 if column.form == _TIME else max(len(column.heading), longest) + 2
        sheet.column_dimensions[get_column_letter(place)].width = min(width, _WIDEST)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> Cell | MergedCell:
    """Write a value and return its cell; a text that begins like a formula stays a text: a note is what somebody typed."""
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _moment(at: float | None, say: Wording) -> datetime | None:
    """Return a moment as a workbook holds it: local, without a zone, to the second."""
    return None if at is None else say.moment(at).replace(tzinfo=None, microsecond=0)
