"""The shift log as a workbook: a sheet for each part, times as times, ready to be printed across A4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.report.shift import ShiftLog
from monitor.report.wording import ShiftWording
from monitor.workbook import DURATION, TIME, Book, Sheet, SheetColumn, Value, duration

_SUMMARY_WIDTH = 100


def shift_xlsx(log: ShiftLog, say: ShiftWording, network: str, written_at: float) -> bytes:
    """Return the workbook. network: its name for the heading. written_at: epoch seconds."""
    book = Book()
    lines = (network, say.span(log), say.summary(log), say("written", time=say.voice.time(say.moment(written_at))))
    book.sheet(say("summary")).lines(say("title"), lines, width=_SUMMARY_WIDTH)
    _outages(book.sheet(say("outages")), log, say)
    _maintenance(book.sheet(say("maintenance")), log, say)
    _declines(book.sheet(say("declines")), log, say)
    _others(book.sheet(say("notes")), log, say)
    return book.octets()


def _outages(sheet: Sheet, log: ShiftLog, say: ShiftWording) -> None:
    columns = [
        SheetColumn(say("state")),
        SheetColumn(say("from"), TIME),
        SheetColumn(say("until"), TIME),
        SheetColumn(say("lasted"), DURATION),
        SheetColumn(say("where")),
        SheetColumn(say("area")),
        SheetColumn(say("level")),
        SheetColumn(say("hit_points")),
        SheetColumn(say("hit_endpoints")),
        SheetColumn(say("times")),
        SheetColumn(say("why")),
        SheetColumn(say("answered"), DURATION),
        SheetColumn(say("who")),
    ]
    rows: list[list[Value]] = [
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
    _fill(sheet, columns, rows, marked=len(log.open))


def _maintenance(sheet: Sheet, log: ShiftLog, say: ShiftWording) -> None:
    columns = [
        SheetColumn(say("from"), TIME),
        SheetColumn(say("until"), TIME),
        *map(SheetColumn, map(say, ("covers", "reason", "by"))),
    ]
    rows: list[list[Value]] = [
        [_moment(each.began, say), _moment(each.ended, say), say.covers(each), each.reason, say.announcer(each)]
        for each in log.maintenance
    ]
    _fill(sheet, columns, rows)


def _declines(sheet: Sheet, log: ShiftLog, say: ShiftWording) -> None:
    columns = [
        SheetColumn(say("target")),
        SheetColumn(say("area")),
        SheetColumn(say("times")),
        SheetColumn(say("lasted"), DURATION),
    ]
    rows: list[list[Value]] = [
        [say.name(each.target), say.area(each.target), each.times, duration(each.lasted_s), say.decline(each)]
        for each in log.declines
    ]
    _fill(sheet, [*columns, SheetColumn(say("why"))], rows)


def _others(sheet: Sheet, log: ShiftLog, say: ShiftWording) -> None:
    columns = [SheetColumn(say("from"), TIME), SheetColumn(say("until"), TIME), SheetColumn(say("why"))]
    rows: list[list[Value]] = [[_moment(gap.began, say), _moment(gap.ended, say), say.gap_in_full(gap)] for gap in log.gaps]
    rows += [[_moment(event.at, say), None, say.note(event)] for event in log.notes]
    _fill(sheet, columns, rows)


def _fill(sheet: Sheet, columns: Sequence[SheetColumn], rows: Sequence[Sequence[Value]], *, marked: int = 0) -> None:
    sheet.table(columns, rows, marked=marked)
    sheet.print_across()


def _moment(at: float | None, say: ShiftWording) -> datetime | None:
    """Return a moment as a workbook holds it: local, without a zone, to the second."""
    return None if at is None else say.moment(at).replace(tzinfo=None, microsecond=0)
