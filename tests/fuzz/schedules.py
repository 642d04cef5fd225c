"""Schedules of meetings, damaged: meetings.yaml, and calendars (.ics), which are also expanded where they are read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.errors import Fault
from monitor.load.calendar import read_calendar
from monitor.load.calendar_notices import NoticeList
from monitor.load.meetings import EVENT
from monitor.load.recurrence import MOST_A_DAY, MOST_TIMES
from tests.fuzz.subject import must
from tests.fuzz.texts import YAML, Texts, loaded, words

_CONFIG = Path(__file__).parents[2] / "config"
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_BEGIN = datetime(2026, 11, 1, tzinfo=_ZONE)
_DAYS = 40
_RULES = """RRULE:FREQ=DAILY RRULE:FREQ=MONTHLY;BYDAY=-1MO RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29 FREQ=SECONDLY COUNT=99999999
INTERVAL=0 UNTIL=20261231T000000Z UNTIL=19000101 BYDAY=5MO,-5SU BYSETPOS=366 BYHOUR=0,1,2,3,4,5,6,7,8,9 WKST=XX ;;"""
_LINES = """DTSTART: DTEND: DTSTART;TZID=Asia/Bangkok: DTSTART;VALUE=DATE: DURATION:PT2H DURATION:-P1D DURATION:P999999999W
EXDATE: RDATE: RECURRENCE-ID: RECURRENCE-ID;RANGE=THISANDFUTURE: STATUS:CANCELLED BEGIN:VEVENT END:VEVENT BEGIN:VTIMEZONE
BEGIN:VALARM END:VCALENDAR UID: X-MONITOR-ID: X-MONITOR-PARTICIPANTS: X-MONITOR-PARTICIPANTS:all,-dc-xa level:commune area: TZID:
\\r\\n\\n_ """
_TIMES = "20261130T080000 20261130T080000Z 20261331T250000 00010101T000000 99991231T235959Z 20260229 -20261130"
_ICS = (*words(" ".join(f"{_RULES} {_LINES} {_TIMES}".split())), b"\xff", b"\xef\xbb\xbf")
_SERIES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:w
SUMMARY:Giao ban tuần
DTSTART;TZID=Asia/Ho_Chi_Minh:20261102T080000
DTEND;TZID=Asia/Ho_Chi_Minh:20261102T100000
RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20271231T000000Z
EXDATE;TZID=Asia/Ho_Chi_Minh:20261116T080000
X-MONITOR-ID:tuan
X-MONITOR-PARTICIPANTS:all
END:VEVENT
BEGIN:VEVENT
UID:w
SUMMARY:Giao ban tuần
RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261109T080000
DTSTART;TZID=Asia/Ho_Chi_Minh:20261110T140000
DURATION:PT2H
END:VEVENT
BEGIN:VEVENT
UID:once
SUMMARY:Họp báo
DTSTART:20261130T010000Z
DTEND:20261130T030000Z
STATUS:CANCELLED
X-MONITOR-PARTICIPANTS:level:commune,-dc-xa
END:VEVENT
END:VCALENDAR
""".encode()
_MEETINGS = """meetings:
  - {id: hop, title: Họp, start: 2026-11-30T08:00:00+07:00, end: 2026-11-30T10:00:00+07:00, host: dc-xa, participants: {all: true}}
  - id: xa
    title: Khối xã
    level: commune
    start: 2026-12-01 08:00
    end: 2026-12-01 09:00
    host: {external: Trung ương}
    call_rate: 2M
    participants: {levels: [commune], except: []}
""".encode()


def _calendar(data: bytes) -> Iterable[Fault]:
    faults: list[Fault] = []
    notices = NoticeList("lich.ics")
    read = read_calendar(data, "lich.ics", EVENT, _ZONE, faults, notices)
    must((read is None) == bool(faults), "read in spite of faults, or refused without one")
    if read is not None:
        held = [each for _, each in read.between(_BEGIN, _BEGIN + timedelta(days=_DAYS))]
        most = (MOST_A_DAY * (_DAYS + 3) + MOST_TIMES) * max(1, data.upper().count(b"BEGIN:VEVENT"))
        must(len(held) <= most, f"{len(held)} times in {_DAYS} days")
        must(all(each.start.tzinfo and each.start < each.end for each in held), "ends before it begins, or at no known time")
    return [*faults, *(each.fault for each in notices.all())]


SCHEDULES = (
    Texts("calendars", _calendar, _ICS, _SERIES, (_CONFIG / "lich-hop.ics").read_bytes()),
    Texts("meetings", loaded("meetings.yaml"), YAML, _MEETINGS),
)
