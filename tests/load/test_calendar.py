"""Calendars: recurring, moved, cancelled and floating events become occurrences; broken ones and bombs are refused with a line."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from monitor.errors import ConfigError, Fault
from monitor.load.calendar import read_calendar, slug
from monitor.load.configuration import load
from monitor.load.meetings import EVENT
from monitor.model.meeting import Meeting
from tests.load.folders import make_folder

LOCAL = timezone(timedelta(hours=7))
WEEKLY = """\
BEGIN:VEVENT
UID:w
SUMMARY:Giao ban tuần
DTSTART;TZID=Asia/Ho_Chi_Minh:20261102T080000
DTEND;TZID=Asia/Ho_Chi_Minh:20261102T100000
RRULE:FREQ=WEEKLY;BYDAY=MO
X-MONITOR-ID:tuan
X-MONITOR-PARTICIPANTS:all
END:VEVENT
"""


def event(*lines: str, uid: str = "e", title: str = "Họp", start: str = "20261130T080000", end: str = "20261130T100000") -> str:
    """Return one event; its participants are all unless the lines say them."""
    who = () if any("articipants" in line.lower() for line in lines) else ("X-MONITOR-PARTICIPANTS:all",)
    parts = ("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART:{start}", f"DTEND:{end}", *who, *lines, "END:VEVENT")
    return "\n".join(parts) + "\n"


def calendar(*events: str) -> str:
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + "".join(events) + "END:VCALENDAR\n"


def folder_of(tmp_path: Path, text: str, usual: str = "") -> Path:
    folder = make_folder(tmp_path / "config", profiles=("default",))
    (folder / "lich.ics").write_text(text, encoding="utf-8")
    named = f"{{file: lich.ics, {usual}}}" if usual else "lich.ics"
    (folder / "meetings.yaml").write_text(f"calendars: [{named}]\n", encoding="utf-8")
    return folder


def held(tmp_path: Path, text: str, usual: str = "", until: int = 31) -> tuple[Meeting, ...]:
    """Return what takes place in November and December 2026."""
    schedule = load(folder_of(tmp_path, text, usual), {}).meetings
    return schedule.between(datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, until, tzinfo=LOCAL))


def faults(tmp_path: Path, text: str, usual: str = "") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder_of(tmp_path, text, usual), {})
    return [str(fault).replace(str(tmp_path / "config") + "/", "") for fault in caught.value.faults]


def test_a_recurring_event_has_an_id_for_each_date(tmp_path: Path) -> None:
    found = held(tmp_path, calendar(WEEKLY), until=2)
    dates = ["02", "09", "16", "23", "30"]
    assert [f"tuan-2026-11-{date}" for date in dates] == [meeting.id for meeting in found]
    assert {("tuan", "Giao ban tuần", ("dc-xa",))} == {(meeting.series, meeting.title, meeting.endpoints) for meeting in found}
    assert {"+07:00"} == {meeting.start.isoformat()[-6:] for meeting in found}


def test_an_exception_is_left_out(tmp_path: Path) -> None:
    text = WEEKLY.replace("END:VEVENT", "EXDATE;TZID=Asia/Ho_Chi_Minh:20261109T080000\nEND:VEVENT")
    assert "tuan-2026-11-09" not in [meeting.id for meeting in held(tmp_path, calendar(text))]


def test_a_moved_occurrence_is_called_after_the_day_on_which_it_is_held(tmp_path: Path) -> None:
    moved = event(
        "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261116T080000", uid="w", title="Dời", start="20261118T140000", end="20261118T150000"
    )
    found = {meeting.id: meeting for meeting in held(tmp_path, calendar(WEEKLY, moved))}
    assert "tuan-2026-11-16" not in found
    assert ("Dời", "2026-11-18T14:00:00+07:00") == (found["tuan-2026-11-18"].title, found["tuan-2026-11-18"].start.isoformat())


def test_what_replaces_an_occurrence_says_what_its_series_says_unless_it_says_otherwise(tmp_path: Path) -> None:
    series = WEEKLY.replace("END:VEVENT", "X-MONITOR-PLATFORM:mcu\nX-MONITOR-CARRIER:vnpt\nEND:VEVENT")
    moved = event(
        "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261116T080000", "X-MONITOR-CARRIER:viettel", "CATEGORIES:participants=all",
        uid="w", start="20261116T090000", end="20261116T100000",
    )  # fmt: skip
    found = {meeting.id: meeting for meeting in held(tmp_path, calendar(series, moved))}
    assert ("mcu", "viettel") == (found["tuan-2026-11-16"].platform, found["tuan-2026-11-16"].carrier)
    assert ("mcu", "vnpt") == (found["tuan-2026-11-23"].platform, found["tuan-2026-11-23"].carrier)


def test_a_cancelled_occurrence_is_not_held(tmp_path: Path) -> None:
    gone = event(
        "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261116T080000",
        "STATUS:CANCELLED",
        uid="w",
        start="20261116T080000",
        end="20261116T100000",
    )
    ids = [meeting.id for meeting in held(tmp_path, calendar(WEEKLY, gone))]
    assert "tuan-2026-11-16" not in ids
    assert "tuan-2026-11-23" in ids


def test_two_a_day_carry_their_time(tmp_path: Path) -> None:
    twice = event("RRULE:FREQ=DAILY;COUNT=2;BYHOUR=8,14", "X-MONITOR-ID:hai-buoi")
    found = [meeting.id for meeting in held(tmp_path, calendar(twice))]
    assert ["hai-buoi-2026-11-30-0800", "hai-buoi-2026-11-30-1400"] == found


def test_the_date_of_an_id_is_the_local_one(tmp_path: Path) -> None:
    text = event("RRULE:FREQ=DAILY;COUNT=1", "X-MONITOR-ID:dem", start="20261129T200000Z", end="20261129T210000Z")
    assert ["dem-2026-11-30"] == [meeting.id for meeting in held(tmp_path, calendar(text))]


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART:20261130T080000",
        "DTSTART:20261130T010000Z",
        "DTSTART;TZID=Asia/Ho_Chi_Minh:20261130T080000",
        "DTSTART;TZID=SE Asia Standard Time:20261130T080000",
        "DTSTART;TZID=Asia/Tokyo:20261130T100000",
    ],
    ids=["floating", "UTC", "named", "of Windows", "elsewhere"],
)
def test_times_are_those_of_their_zone_and_local_where_they_name_none(tmp_path: Path, start: str) -> None:
    text = f"BEGIN:VEVENT\nUID:z\nSUMMARY:Họp\n{start}\nDURATION:PT2H\nX-MONITOR-PARTICIPANTS:all\nEND:VEVENT\n"
    (meeting,) = held(tmp_path, calendar(text))
    assert ("2026-11-30T08:00:00+07:00", "2026-11-30T10:00:00+07:00") == (meeting.start.isoformat(), meeting.end.isoformat())


def test_a_single_event_is_called_by_its_id_or_else_by_title_and_date(tmp_path: Path) -> None:
    named, plain = (
        event("X-MONITOR-ID:mot", uid="1"),
        event(uid="2", title="Họp đột xuất", start="20261201T080000", end="20261201T090000"),
    )
    assert ["mot", "hop-dot-xuat-2026-12-01"] == [meeting.id for meeting in held(tmp_path, calendar(named, plain))]


def test_an_event_may_say_everything_by_categories(tmp_path: Path) -> None:
    text = event("CATEGORIES:participants=level:commune,host=dc-xa,Đỏ,level=province,call-rate=4M,id=nhom")
    (meeting,) = held(tmp_path, calendar(text))
    assert ("nhom", "dc-xa", "province", 4_000_000) == (meeting.id, meeting.host, meeting.level, meeting.call_rate_bps)


def test_what_an_event_does_not_say_its_calendar_says(tmp_path: Path) -> None:
    text = calendar(event("X-MONITOR-CARRIER:viettel").replace("X-MONITOR-PARTICIPANTS:all\n", ""))
    (meeting,) = held(tmp_path, text, "participants: {all: true}, carrier: vnpt, host: {external: Trung ương}")
    assert (("dc-xa",), "viettel", "Trung ương") == (meeting.endpoints, meeting.carrier, meeting.external_host)


def test_a_title_becomes_an_id() -> None:
    assert "giao-ban-truc-tuyen-thang-11" == slug("Giao ban trực tuyến tháng 11")
    assert ("hop-dac-biet", "meeting") == (slug("Họp đặc biệt!"), slug("***"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "lich.ics:1: is no calendar; one file is one calendar: BEGIN:VCALENDAR … END:VCALENDAR"),
        ("<html>Đăng nhập</html>", "lich.ics:1: '<html>Đăng nhập</html>' is no line of a calendar"),
        (calendar(WEEKLY)[:212], "lich.ics:4: VEVENT has no end; the file is cut off: export it again"),
        (calendar(WEEKLY.replace("END:VEVENT\n", "")), "lich.ics:12: END:VCALENDAR ends nothing (open is VEVENT of line 4)"),
        (calendar(event(start="2026xx")), "lich.ics:7: DTSTART can't be read: '2026xx' is no date and time"),
        (calendar(event(start="2026")), "lich.ics:7: DTSTART can't be read: '2026' is no date and time; write it as RFC 5545 says"),
        (
            calendar(event("EXDATE:20261207T080000", "EXDATE;TZID=Asia/Ho_Chi_Minh:20261214T080000,mai")),
            "lich.ics:11: EXDATE can't be read: 'mai' is no date and time",
        ),
        (calendar(event("DURATION:2h")), "lich.ics:10: DURATION can't be read: '2h' is no duration"),
        (calendar(event("RRULE:FREQ=WEEKLY;BYDAY=T2")), "lich.ics:10: RRULE can't be read: 'BYDAY=T2' is not known here"),
        (calendar(event("RRULE:FREQ=WEEKLY;UNTIL=x")), "lich.ics:10: RRULE can't be read: 'UNTIL=x' is not known here"),
        (calendar(event("SEQUENCE:a")), "lich.ics:10: SEQUENCE can't be read: must be a whole number, not 'a'"),
        (calendar(event("GEO:1")), "lich.ics:10: GEO can't be read: the reader of calendars says ('Expected 'float;float'"),
        (calendar(event("CLASS;X:a")), "lich.ics:4: a line can't be read: it is not written as name:value ('"),
        (calendar(event(end="20261130T070000")), "lich.ics:8: ends before it begins; check both times"),
        (calendar(event().replace("DTEND:20261130T100000\n", "")), "lich.ics:4: does not say when it ends; give it a DTEND"),
        (calendar(event(end="20261230T070000")), "lich.ics:8: lasts longer than a day"),
        (
            calendar(event().replace("DTSTART:20261130T080000", "DTSTART;VALUE=DATE:20261130")),
            "lich.ics:7: DTSTART has no time of day",
        ),
        (calendar(event().replace("DTSTART:", "DTSTART;TZID=Mars/Olympus:")), "lich.ics:7: no time zone is called 'Mars/Olympus'"),
        (calendar(event(start="16011130T080000", end="16011130T090000")), "lich.ics:7: the year 1601 is none for a meeting"),
        (
            calendar(event("X-MONITOR-HOTS:dc-xa")),
            "lich.ics:10: no property is called X-MONITOR-HOTS; did you mean 'X-MONITOR-HOST'?",
        ),
        (calendar(event("X-MONITOR-HOST:dc-xaa")), "lich.ics:10: hop.host: no endpoint is called 'dc-xaa'; did you mean 'dc-xa'?"),
        (calendar(event("X-MONITOR-PARTICIPANTS:ubnd")), "lich.ics:9: hop.participants: 'ubnd' is a point of the network"),
        (calendar(event("X-MONITOR-CALL-RATE:2")), "lich.ics:10: hop.call_rate: '2' is no rate; did you mean '2M'?"),
        (calendar(event("CATEGORIES:participants=").replace("X-M", "X-N")), "lich.ics:9: hop.participants: nobody takes part"),
        (
            calendar(event().replace("X-MONITOR-PARTICIPANTS:all\n", "")),
            "lich.ics:4: hop.participants: 'Họp' does not say who takes part",
        ),
        (calendar(event().replace("UID:e\n", "")), "lich.ics:4: an event has no UID"),
        (calendar(event(uid="1"), event(uid="1")), "lich.ics:11: another event has the UID 1"),
        (
            calendar(event("X-MONITOR-ID:a", uid="1"), event("X-MONITOR-ID:a", uid="2")),
            "lich.ics:18: hop.id: another meeting is called 'a'",
        ),
        (calendar(event("RECURRENCE-ID:20261116T080000")), "lich.ics:4: replaces an occurrence of a series that is not here"),
        (calendar(event("RRULE:FREQ=SECONDLY")), "lich.ics:10: no meeting recurs with FREQ=SECONDLY"),
        (calendar(event("RRULE:FREQ=DAILY;BYMINUTE=1,2,3,4,5;BYHOUR=1,2,3")), "lich.ics:10: no meeting recurs 15 times a day"),
        (calendar(event("RRULE:FREQ=DAILY;COUNT=1000000000")), "lich.ics:10: COUNT or INTERVAL is not from 1 to 1000"),
        (calendar(event("RRULE:FREQ=DAILY;INTERVAL=0")), "lich.ics:10: COUNT or INTERVAL is not from 1 to 1000"),
        (calendar(event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")), "lich.ics:10: BYMONTH can't be read beside FREQ=DAILY"),
        (calendar(event("RRULE:FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31")), "lich.ics:10: the rule never comes true"),
        (calendar(event("RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6")), "lich.ics:10: the rule never comes true"),
        (calendar(event("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY")), "lich.ics:11: RRULE stands here again; remove one"),
        (calendar(event("RDATE:" + ",".join(["20261201T080000"] * 1001))), "lich.ics:10: names 1001 dates, more than 1000"),
        (calendar(event("X-BIG:" + "x" * 30_000)), "lich.ics:10: a line of 30,006 characters"),
        (calendar(event("X-FAT:" + "x" * 15_000) * 150), "lich.ics: is larger than 2 MB"),
        (calendar("".join(event(uid=str(n)) for n in range(2_001))), "lich.ics:14004: has 2001 events, more than 2000"),
    ],
)
def test_what_is_broken_or_a_bomb_is_refused_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    found = faults(tmp_path, text)
    assert found
    assert found[0].startswith(told)


def test_a_calendar_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    (folder / "lich.ics").unlink()
    with pytest.raises(ConfigError, match=r"lich\.ics: can't be read: No such file or directory; see that it exists"):
        load(folder, {})


def test_whatever_is_damaged_becomes_faults_and_never_an_exception() -> None:
    """500 damaged calendars, always the same ones."""
    chance = random.Random(26)
    whole = calendar(WEEKLY, event("EXDATE:20261201T080000", "RDATE:20261203T080000", "CATEGORIES:a=b,level=x")).encode()
    refused = 0
    for _ in range(500):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(damaged))
            match chance.randrange(3):
                case 0:
                    damaged[place] = chance.randrange(256)
                case 1:
                    del damaged[place : place + chance.randint(1, 30)]
                case _:
                    damaged[place:place] = damaged[place : place + chance.randint(1, 30)]
        found: list[Fault] = []
        read = read_calendar(bytes(damaged), "lich.ics", EVENT, LOCAL, found)
        assert (read is None) == bool(found)
        refused += read is None
        if read is not None:
            list(read.between(datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 31, tzinfo=LOCAL)))
    assert 100 < refused < 500
