"""Calendars: what can be understood becomes occurrences, what can't be is left out and told with its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.load.calendar import slug
from monitor.load.calendar_lines import MOST_BYTES, MOST_EVENTS
from monitor.load.configuration import load
from monitor.load.schedule import Schedule
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


def told(schedule: Schedule, tmp_path: Path) -> list[str]:
    """Return what is told of a schedule's calendars; what is taken all the same has a + before it."""
    lines = (("" if each.is_left_out else "+") + str(each.fault) for each in schedule.notices)
    return [line.replace(str(tmp_path / "config") + "/", "") for line in lines]


def read(tmp_path: Path, text: str | bytes, usual: str = "", more: str = "") -> tuple[list[str], list[str]]:
    """Return the meetings of two months, by start and title, and what is told. more: of meetings.yaml."""
    folder = folder_of(tmp_path, "", usual)
    (folder / "lich.ics").write_bytes(text if isinstance(text, bytes) else text.encode())
    with (folder / "meetings.yaml").open("a", encoding="utf-8") as listed:
        listed.write(more)
    schedule = load(folder, {}).meetings
    found = schedule.between(datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 31, tzinfo=LOCAL))
    return [f"{meeting.start:%d.%m. %H:%M} {meeting.title}" for meeting in found], told(schedule, tmp_path)


def test_a_recurring_event_has_an_id_for_each_date(tmp_path: Path) -> None:
    found = held(tmp_path, calendar(WEEKLY), until=2)
    dates = ["02", "09", "16", "23", "30"]
    assert [f"tuan-2026-11-{date}" for date in dates] == [meeting.id for meeting in found]
    assert {("tuan", "Giao ban tuần", ("dc-xa",))} == {(meeting.series, meeting.title, meeting.endpoints) for meeting in found}
    assert {"+07:00"} == {meeting.start.isoformat()[-6:] for meeting in found}


def test_an_exception_is_left_out(tmp_path: Path) -> None:
    text = WEEKLY.replace("END:VEVENT", "EXDATE;TZID=Asia/Ho_Chi_Minh:20261109T080000\nEND:VEVENT")
    assert "tuan-2026-11-09" not in [meeting.id for meeting in held(tmp_path, calendar(text))]


def test_a_moved_occurrence_is_called_after_the_day_on_which_its_series_has_it(tmp_path: Path) -> None:
    moved = event(
        "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261116T080000", uid="w", title="Dời", start="20261118T140000", end="20261118T150000"
    )
    found = {meeting.id: meeting for meeting in held(tmp_path, calendar(WEEKLY, moved))}
    assert "tuan-2026-11-18" not in found
    assert ("Dời", "2026-11-18T14:00:00+07:00") == (found["tuan-2026-11-16"].title, found["tuan-2026-11-16"].start.isoformat())


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


def test_a_single_event_is_called_by_its_id_or_else_by_its_title(tmp_path: Path) -> None:
    named, plain = (
        event("X-MONITOR-ID:mot", uid="1"),
        event(uid="2", title="Họp đột xuất", start="20261201T080000", end="20261201T090000"),
    )
    one, other = (meeting.id for meeting in held(tmp_path, calendar(named, plain)))
    assert ("mot", "hop-dot-xuat-") == (one, other[:-8])


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


GOOD = event(uid="good", title="Tốt", start="20261203T080000", end="20261203T090000")
KEPT = ["03.12. 08:00 Tốt"]


@pytest.mark.parametrize(
    ("odd", "line"),
    [
        (event().replace("DTSTART:20261130T080000", "DTSTART;VALUE=DATE:20261130"), "lich.ics:7: lasts whole days, without a time"),
        (event().replace("DTSTART:20261130T080000", "DTSTART:20261130"), "lich.ics:7: lasts whole days"),
        (event("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", start="20261130T000000", end="20261201T000000"), "lich.ics:7: lasts whole days"),
        (event(end="20261202T170000"), "lich.ics:8: lasts longer than a day; check both times"),
        (event(end="20261130T080000"), "lich.ics:8: ends as it begins: a reminder"),
        (event(end="20261130T070000"), "lich.ics:8: ends before it begins; check both times"),
        (event("DURATION:-PT1H").replace("DTEND:20261130T100000\n", ""), "lich.ics:9: ends before it begins"),
        (event("DURATION:PT0S").replace("DTEND:20261130T100000\n", ""), "lich.ics:9: ends as it begins"),
        (event("DURATION:2h").replace("DTEND:20261130T100000\n", ""), "lich.ics:9: DURATION can't be read: '2h' is no duration"),
        (event().replace("DTEND:20261130T100000\n", ""), "lich.ics:4: does not say when it ends; give it a DTEND"),
        (event().replace("DTEND:20261130T100000", "DTEND;VALUE=DATE:20261130"), "lich.ics:8: DTEND has no time of day"),
        (event().replace("DTSTART:20261130T080000\n", ""), "lich.ics:4: an event has no DTSTART; say when it begins"),
        (event(start="2026xx"), "lich.ics:7: DTSTART can't be read: '2026xx' is no date and time; write it as RFC 5545 says"),
        (event(start="20261331T080000"), "lich.ics:7: DTSTART can't be read: '20261331T080000' is no date and time"),
        (event("DTSTART:20261130T083000"), "lich.ics:10: DTSTART stands here again, and differs from line 7; remove one"),
        (event("DTEND:20261130T110000"), "lich.ics:10: DTEND stands here again, and differs from line 8"),
        (
            event().replace("DTSTART:", "DTSTART;TZID=Mars/Olympus:"),
            "lich.ics:7: no time zone is called 'Mars/Olympus'; write TZID=",
        ),
        (event(start="16011130T080000", end="16011130T090000"), "lich.ics:7: the year 1601 is none for a meeting"),
        (event(start="21001130T080000", end="21001130T090000"), "lich.ics:7: the year 2100 is none for a meeting"),
        (event("RECURRENCE-ID:mai"), "lich.ics:10: RECURRENCE-ID can't be read: 'mai' is no date and time"),
        (event("RRULE:FREQ=WEEKLY;BYDAY=T2"), "lich.ics:10: 'BYDAY=T2' is not understood in a rule"),
        (event("RRULE:FREQ=WEEKLY;UNTIL=x"), "lich.ics:10: 'UNTIL=X' is not understood in a rule"),
        (event("RRULE:FREQ=WEEKLY;BYWEEKNO=20"), "lich.ics:10: 'BYWEEKNO=20' is not understood in a rule"),
        (event("RRULE:FREQ=SECONDLY"), "lich.ics:10: no meeting recurs with FREQ=SECONDLY; use DAILY"),
        (event("RRULE:INTERVAL=2"), "lich.ics:10: no meeting recurs with FREQ=?"),
        (event("RRULE:FREQ=DAILY;BYMINUTE=1,2,3,4,5;BYHOUR=1,2,3"), "lich.ics:10: no meeting recurs 15 times a day"),
        (event("RRULE:FREQ=DAILY;COUNT=1000000000"), "lich.ics:10: 'COUNT=1000000000' is not understood in a rule"),
        (event("RRULE:FREQ=DAILY;COUNT=5000"), "lich.ics:10: COUNT or INTERVAL is not from 1 to 1000"),
        (event("RRULE:FREQ=DAILY;INTERVAL=0"), "lich.ics:10: COUNT or INTERVAL is not from 1 to 1000"),
        (event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "lich.ics:10: the rule never comes true"),
        (event("RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU"), "lich.ics:10: the rule never comes true"),
        (event("RRULE:FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31"), "lich.ics:10: the rule never comes true"),
        (event("RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6"), "lich.ics:10: the rule never comes true"),
        (event("RRULE:FREQ=WEEKLY;UNTIL=20261101T000000Z"), "lich.ics:10: the rule never comes true"),
        (event("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "lich.ics:11: RRULE stands here again, and differs from line 10"),
        (event("RDATE:" + ",".join(["20261201T080000"] * 1001)), "lich.ics:10: names 1001 dates, more than 1000"),
        (
            event("X-MONITOR-PARTICIPANTS:dc-xaa"),
            "lich.ics:9: 'Họp' names nobody that is known here: dc-xaa; did you mean 'dc-xa'?",
        ),
        (event("X-MONITOR-PARTICIPANTS:ubnd"), "lich.ics:9: 'Họp' names nobody that is known here: ubnd; name an endpoint"),
        (event("X-MONITOR-PARTICIPANTS:Phòng họp"), "lich.ics:9: 'Họp' names nobody that is known here: phòng, họp"),
        (event("X-MONITOR-PARTICIPANTS:all -dc-xa"), "lich.ics:4: nobody takes part; name at least one"),
        (
            event().replace("X-MONITOR-PARTICIPANTS:all\n", ""),
            "lich.ics:4: hop.participants: 'Họp' does not say who takes part",
        ),
    ],
)
def test_an_odd_event_is_left_out_alone_and_told_with_its_line(tmp_path: Path, odd: str, line: str) -> None:
    found, lines = read(tmp_path, calendar(odd, GOOD))
    assert KEPT == found
    (said,) = lines
    assert said.startswith(line.replace(" hop.participants:", ""))


@pytest.mark.parametrize(
    ("odd", "title", "line"),
    [
        (event().replace("SUMMARY:Họp\n", ""), "Cuộc họp không có tên", "lich.ics:4: has no title, and is called 'Cuộc họp không"),
        (event(title=" "), "Cuộc họp không có tên", "lich.ics:4: has no title"),
        (event("SUMMARY:Khác"), "Họp", "lich.ics:10: SUMMARY stands here again, and differs: the first holds"),
        (
            event("STATUS:CONFIRMED", title="Canceled: Họp"),
            "Canceled: Họp",
            "lich.ics:6: 'Canceled: Họp' sounds cancelled, but STATUS",
        ),
        (event(title="Cancelled: Họp"), "Cancelled: Họp", "lich.ics:6: 'Cancelled: Họp' sounds cancelled"),
        (event(title="ĐÃ HỦY: Họp"), "ĐÃ HỦY: Họp", "lich.ics:6: 'ĐÃ HỦY: Họp' sounds cancelled"),
        (event(title="[Hoãn] Họp"), "[Hoãn] Họp", "lich.ics:6: '[Hoãn] Họp' sounds cancelled"),
        (event(title="x" * 300), "x" * 199 + "…", "lich.ics:6: its title is longer than 200 characters"),
        (event("X-MONITOR-HOTS:dc-xa"), "Họp", "lich.ics:10: no property is called X-MONITOR-HOTS; did you mean 'X-MONITOR-HOST'?"),
        (event("X-MONITOR-HOST:dc-xaa"), "Họp", "lich.ics:10: hop.host: no endpoint is called 'dc-xaa'; did you mean 'dc-xa'?"),
        (event("X-MONITOR-HOST:ubnd"), "Họp", "lich.ics:10: hop.host: 'ubnd' is a point of the network"),
        (event("X-MONITOR-LEVEL:tinh"), "Họp", "lich.ics:10: hop.level: no level is called 'tinh'"),
        (event("X-MONITOR-CALL-RATE:2"), "Họp", "lich.ics:10: hop.call_rate: '2' is no rate; did you mean '2M'?"),
        (event("X-MONITOR-PLATFORM:" + "x" * 70), "Họp", "lich.ics:10: hop.platform: "),
        (event("X-MONITOR-PLATFORM:a", "X-MONITOR-PLATFORM:b"), "Họp", "lich.ics:11: X-MONITOR-PLATFORM stands here again"),
        (event("X-MONITOR-PARTICIPANTS:dc-xa dc-nam"), "Họp", "lich.ics:9: hop.participants: no endpoint is called 'dc-nam'"),
        (event("X-MONITOR-PARTICIPANTS:DC-XA tag:kho"), "Họp", "lich.ics:9: hop.participants: no tag is called 'kho'"),
        (event("EXDATE:mai", "RRULE:FREQ=DAILY;COUNT=1"), "Họp", "lich.ics:10: EXDATE can't be read: 'mai' is no date and time"),
        (event("RDATE;TZID=Mars/Olympus:20261208T080000"), "Họp", "lich.ics:10: no time zone is called 'Mars/Olympus'"),
        (event("RDATE;VALUE=PERIOD:20261208T080000Z/PT30H"), "Họp", "lich.ics:10: 'PT30H' is no end of a time"),
        (event("RRULE:FREQ=WEEKLY;UNTIL=20261201"), "Họp", "lich.ics:10: UNTIL=20261201 is a day: it is meant to its end"),
    ],
)
def test_what_is_odd_and_understood_is_taken_and_told(tmp_path: Path, odd: str, title: str, line: str) -> None:
    found, lines = read(tmp_path, calendar(odd, GOOD))
    assert [f"30.11. 08:00 {title}", *KEPT] == found
    (said,) = lines
    assert said.startswith("+" + line)


@pytest.mark.parametrize(
    "odd",
    [
        event("GEO:1", "CLASS;X:a", "PRIORITY:cao", "SEQUENCE:a", "DTSTAMP:hôm qua"),
        event("DTSTART:20261130T010000Z", "SUMMARY:Họp", "STATUS:CONFIRMED", "STATUS:CONFIRMED"),
        event("ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "QUJD" * 200_000),
        event("X-ALT-DESC;FMTTYPE=text/html:" + "<p>Nội dung</p>" * 5_000),
        event("DESCRIPTION:" + "dài " * 30_000, "X-APPLE_TRAVEL.TIME;VALUE=DURATION:PT15M"),
        event("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "DURATION:PT5M", "SUMMARY:Nhắc", "END:VALARM"),
        event("DURATION:PT2H"),
    ],
)
def test_foreign_properties_and_long_values_do_no_harm(tmp_path: Path, odd: str) -> None:
    assert (["30.11. 08:00 Họp", *KEPT], []) == read(tmp_path, calendar(odd, GOOD))


# The file


def folded(text: str, width: int) -> bytes:
    """Return a calendar whose lines are folded after so many octets, wherever that falls within a letter."""
    lines = (line.encode() for line in text.splitlines())
    return b"\r\n".join(b"\r\n ".join(line[place : place + width] for place in range(0, len(line), width)) for line in lines)


@pytest.mark.parametrize("width", [3, 7, 20])
def test_octets_are_unfolded_before_they_are_letters(tmp_path: Path, width: int) -> None:
    title = "Hội nghị giao ban trực tuyến về chuyển đổi số"
    text = calendar(event(title=title), GOOD)
    assert ([f"30.11. 08:00 {title}", *KEPT], []) == read(tmp_path, folded(text, width))


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace("\n", "\n\n").encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.replace("BEGIN", "begin").replace("DTSTART", "dtstart").encode(),
        lambda text: text.removesuffix("END:VCALENDAR\n").removeprefix("BEGIN:VCALENDAR\n").encode(),
    ],
    ids=["CRLF", "CR", "empty lines", "BOM", "UTF-16", "UTF-16 without BOM", "small letters", "bare events"],
)
def test_whatever_ends_lines_or_encodes_letters_the_meetings_are_there(tmp_path: Path, written: Callable[[str], bytes]) -> None:
    assert (["30.11. 08:00 Họp Đồng Văn", *KEPT], []) == read(tmp_path, written(calendar(event(title="Họp Đồng Văn"), GOOD)))


def test_octets_that_are_no_utf8_are_told_and_cost_their_letters_alone(tmp_path: Path) -> None:
    content = calendar(event(title="Hop"), GOOD).encode().replace(b"SUMMARY:Hop", b"SUMMARY:H\xf2p")
    found, lines = read(tmp_path, content)
    assert (["30.11. 08:00 H\ufffdp", *KEPT], ["+lich.ics:6: is not UTF-8; save the calendar as UTF-8"]) == (found, lines)


@pytest.mark.parametrize(
    ("text", "found", "lines"),
    [
        (
            calendar(event(title="Hở").replace("END:VEVENT\n", ""), GOOD),
            ["30.11. 08:00 Hở", *KEPT],
            ["+lich.ics:4: VEVENT has not ended before BEGIN:VEVENT of line 10"],
        ),
        (
            calendar(GOOD, event(title="Hở").replace("END:VEVENT\n", "")),
            ["30.11. 08:00 Hở", *KEPT],
            ["+lich.ics:11: VEVENT has not ended before END:VCALENDAR of line 17"],
        ),
        (
            calendar(GOOD, event(title="Cụt")).partition("X-MONITOR-PARTICIPANTS:all\nEND:VEVENT\nEND")[0],
            KEPT,
            ["+lich.ics:1: VCALENDAR has no end", "lich.ics:11: VEVENT has no end; the file is cut off: export it again"],
        ),
        (
            calendar(GOOD, event(title="Mất đầu").replace("BEGIN:VEVENT\n", "")),
            KEPT,
            ["lich.ics:16: END:VEVENT ends nothing; export the calendar again"],
        ),
        (
            calendar(event("BEGIN:VALARM", "TRIGGER:-PT5M"), GOOD),
            ["30.11. 08:00 Họp", *KEPT],
            ["+lich.ics:10: VALARM has not ended before END:VEVENT of line 12"],
        ),
        (calendar(GOOD, "rác\n"), KEPT, ["+lich.ics:11: 1 line is no calendar's (the first is here)"]),
        (calendar(event(uid="a")) + calendar(GOOD), ["30.11. 08:00 Họp", *KEPT], []),
    ],
    ids=["no END", "no END at last", "cut off", "no BEGIN", "an alarm without END", "a stray line", "two calendars"],
)
def test_what_is_not_balanced_is_told_and_costs_no_other_event(
    tmp_path: Path, text: str, found: list[str], lines: list[str]
) -> None:
    meetings, told_lines = read(tmp_path, text)
    assert found == meetings
    assert [True] * len(lines) == [said.startswith(line) for said, line in zip(told_lines, lines, strict=True)]


def test_events_beyond_the_bound_are_left_out_and_told_once(tmp_path: Path) -> None:
    found, lines = read(tmp_path, calendar(GOOD, "".join(event(uid=str(n), start="x") for n in range(MOST_EVENTS + 1))))
    assert KEPT == found
    beyond = [line for line in lines if "behind the first" in line]
    assert ["lich.ics:35004: 2 events stand behind the first 5000; export only the calendar of meetings"] == beyond


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "lich.ics:1: is no calendar; export the calendar again as iCalendar (.ics)"),
        ("<html>Đăng nhập</html>".encode(), "lich.ics:1: is no calendar"),
        (b"\x00\xff" * 500, "lich.ics:1: is no calendar"),
        (b"PK\x03\x04" + bytes(range(256)), "lich.ics:1: is no calendar"),
        (b"BEGIN:VCARD\nFN:a\nEND:VCARD\n", "lich.ics:1: is no calendar"),
        (b" " * (MOST_BYTES + 1), "lich.ics: is larger than 20 MB"),
    ],
    ids=["nothing", "a page", "noise", "a workbook", "a card", "too large"],
)
def test_only_what_is_no_calendar_is_refused(tmp_path: Path, content: bytes, line: str) -> None:
    folder = folder_of(tmp_path, "")
    (folder / "lich.ics").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(folder, {})
    (fault,) = caught.value.faults
    assert str(fault).replace(f"{folder}/", "").startswith(line)


def test_a_calendar_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    (folder / "lich.ics").unlink()
    with pytest.raises(ConfigError, match=r"lich\.ics: can't be read: No such file or directory; see that it exists"):
        load(folder, {})


# Series, and what replaces their occurrences


def weekly(*lines: str, first: str = "20261207") -> str:
    return event(*lines, uid="w", title="Tuần", start=f"{first}T080000", end=f"{first}T090000")


def instead(day: str, *lines: str, title: str = "Thay", at: str = "", form: str = ":{day}T080000") -> str:
    start = f"DTSTART:{at}\nDTEND:{at[:9]}230000\n" if at else ""
    return f"BEGIN:VEVENT\nUID:w\nSUMMARY:{title}\nRECURRENCE-ID{form.format(day=day)}\n{start}" + "".join(
        f"{each}\n" for each in (*lines, "END:VEVENT")
    )


MONDAYS = ["07.12. 08:00 Tuần", "14.12. 08:00 Tuần", "21.12. 08:00 Tuần"]


@pytest.mark.parametrize("until", ["20261221", "20261221T010000Z", "20261221T080000", "20261221T080000+0700"])
def test_the_last_day_counts_however_until_tells_it(tmp_path: Path, until: str) -> None:
    found, lines = read(tmp_path, calendar(weekly(f"RRULE:FREQ=WEEKLY;UNTIL={until}")))
    assert MONDAYS == found
    assert ["+lich.ics:10: UNTIL=20261221 is a day: it is meant to its end; nothing needs doing where that is meant"] * (
        len(until) == 8
    ) == lines


@pytest.mark.parametrize(
    "excluded",
    [
        "EXDATE;VALUE=DATE:20261214",
        "EXDATE:20261214",
        "EXDATE:20261214T080000",
        "EXDATE:20261214T010000Z",
        "EXDATE:20261201,20261214T080000",
    ],
)
def test_a_date_excludes_what_its_day_or_its_moment_has(tmp_path: Path, excluded: str) -> None:
    assert ([MONDAYS[0], MONDAYS[2]], []) == read(tmp_path, calendar(weekly("RRULE:FREQ=WEEKLY;COUNT=3", excluded)))


def test_a_day_excludes_every_time_that_it_has(tmp_path: Path) -> None:
    text = weekly("RRULE:FREQ=DAILY;COUNT=4;BYHOUR=8,14", "EXDATE;VALUE=DATE:20261207")
    assert (["08.12. 08:00 Tuần", "08.12. 14:00 Tuần"], []) == read(tmp_path, calendar(text))


def test_the_day_of_a_series_in_utc_is_the_local_one(tmp_path: Path) -> None:
    text = event("RRULE:FREQ=DAILY;UNTIL=20261209", "EXDATE;VALUE=DATE:20261208", start="20261206T200000Z", end="20261206T210000Z")
    found, _ = read(tmp_path, calendar(text))
    assert ["07.12. 03:00 Họp", "09.12. 03:00 Họp"] == found


@pytest.mark.parametrize("form", [":{day}T080000", ":{day}T010000Z", ";VALUE=DATE:{day}", ";TZID=Asia/Bangkok:{day}T080000"])
def test_what_replaces_an_occurrence_says_which_in_any_form(tmp_path: Path, form: str) -> None:
    text = calendar(weekly("RRULE:FREQ=WEEKLY;COUNT=3"), instead("20261214", at="20261215T220000", form=form))
    assert ([MONDAYS[0], "15.12. 22:00 Thay", MONDAYS[2]], []) == read(tmp_path, text)


@pytest.mark.parametrize("form", [":{day}T080000", ";VALUE=DATE:{day}"])
@pytest.mark.parametrize("word", ["STATUS:CANCELLED", "STATUS:Cancelled"])
def test_a_cancelled_occurrence_needs_neither_start_nor_end(tmp_path: Path, form: str, word: str) -> None:
    text = calendar(weekly("RRULE:FREQ=WEEKLY;COUNT=3"), instead("20261214", word, form=form))
    assert ([MONDAYS[0], MONDAYS[2]], []) == read(tmp_path, text)


def test_what_replaces_all_that_follow_moves_them_all(tmp_path: Path) -> None:
    text = calendar(
        weekly("RRULE:FREQ=WEEKLY;COUNT=3"), instead("20261214", at="20261215T220000", form=";RANGE=THISANDFUTURE:{day}T080000")
    )
    assert ([MONDAYS[0], "15.12. 22:00 Thay", "22.12. 22:00 Thay"], []) == read(tmp_path, text)


def test_an_occurrence_whose_replacement_is_left_out_stays_as_it_was(tmp_path: Path) -> None:
    found, lines = read(tmp_path, calendar(weekly("RRULE:FREQ=WEEKLY;COUNT=3"), instead("20261214", "DTSTART;VALUE=DATE:20261214")))
    assert (MONDAYS, 1) == (found, len(lines))


def test_what_replaces_an_occurrence_of_a_series_that_is_not_here_is_a_meeting_by_itself(tmp_path: Path) -> None:
    lone = instead("20261214", "X-MONITOR-PARTICIPANTS:all", at="20261215T220000")
    assert (["15.12. 22:00 Thay"], []) == read(tmp_path, calendar(lone))
    assert (["15.12. 22:00 Thay"], []) == read(tmp_path / "2", calendar(lone.replace(":20261214T080000", ";VALUE=DATE:20261214")))


def test_single_dates_and_rules_to_leave_out_are_understood(tmp_path: Path) -> None:
    text = weekly(
        "RDATE:20261210T140000",
        "RDATE;VALUE=PERIOD:20261211T010000Z/PT30M",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXRULE:FREQ=WEEKLY;INTERVAL=2",
    )
    assert (["10.12. 14:00 Tuần", "11.12. 08:00 Tuần", "14.12. 08:00 Tuần"], []) == read(tmp_path, calendar(text))


# Several events of one identity


def numbered(title: str, *lines: str, uid: str = "s") -> str:
    return event(*lines, uid=uid, title=title)


@pytest.mark.parametrize(
    ("events", "title"),
    [
        ((numbered("Cũ", "SEQUENCE:1"), numbered("Mới", "SEQUENCE:2")), "Mới"),
        ((numbered("Mới", "SEQUENCE:10"), numbered("Cũ", "SEQUENCE:9")), "Mới"),
        ((numbered("Mới", "DTSTAMP:20261103T000000Z"), numbered("Cũ", "DTSTAMP:20261102T000000Z")), "Mới"),
        ((numbered("Cũ"), numbered("Mới")), "Mới"),
        ((numbered("Mới", "SEQUENCE:1"), numbered("Cũ", "DTSTAMP:20261103T000000Z")), "Mới"),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_the_highest_sequence_wins_then_the_later_stamp_then_the_later_event(
    tmp_path: Path, events: tuple[str, ...], title: str, apart: bool
) -> None:
    text = "".join(map(calendar, events)) if apart else calendar(*events)
    assert ([f"30.11. 08:00 {title}"], []) == read(tmp_path, text)


def cancelling(*events: str) -> str:
    return calendar(*events).replace("VERSION", "METHOD:CANCEL\nVERSION")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (cancelling(numbered("Hủy", "SEQUENCE:2")), []),
        (cancelling(numbered("Hủy", "SEQUENCE:2").replace("DTSTART:20261130T080000\nDTEND:20261130T100000\n", "")), []),
        (calendar(numbered("Họp", "SEQUENCE:1")) + cancelling(numbered("Hủy", "SEQUENCE:2")), []),
        (cancelling(numbered("Hủy", "SEQUENCE:1")) + calendar(numbered("Họp", "SEQUENCE:2")), ["30.11. 08:00 Họp"]),
        (calendar(numbered("Hủy", "STATUS:CANCELLED"), numbered("Họp", uid="t")), ["30.11. 08:00 Họp"]),
        (calendar(weekly("RRULE:FREQ=WEEKLY;COUNT=3")) + cancelling(instead("20261214", "SEQUENCE:1")), [MONDAYS[0], MONDAYS[2]]),
        (calendar(weekly("STATUS:CANCELLED", "RRULE:FREQ=WEEKLY"), instead("20261214", at="20261215T220000")), []),
    ],
)
def test_what_is_cancelled_is_not_held(tmp_path: Path, text: str, found: list[str]) -> None:
    assert (found, []) == read(tmp_path, text)


def test_events_without_uid_are_told_apart_by_title_and_start(tmp_path: Path) -> None:
    bare = [event(title=title).replace("UID:e\n", "") for title in ("Một", "Hai", "Một")]
    found, lines = read(tmp_path, calendar(*bare))
    assert (["30.11. 08:00 Hai", "30.11. 08:00 Một"], []) == (sorted(found), lines)


def test_an_id_that_another_meeting_has_is_told_and_costs_the_id_alone(tmp_path: Path) -> None:
    named = [event("X-MONITOR-ID:a", uid=uid, title=uid) for uid in ("một", "hai")]
    found, lines = read(tmp_path, calendar(*named))
    assert (2, 1) == (len(found), len(lines))
    assert lines[0].startswith("+lich.ics:18: hai.id: another meeting is called 'a' (")


# Who takes part


def room(name: str, mailbox: str, kind: str = "CUTYPE=ROOM;") -> str:
    return f'ATTENDEE;{kind}ROLE=NON-PARTICIPANT;CN="{name}":mailto:{mailbox}'


def invited(*attendees: str, **more: str) -> str:
    return event("X-NONE: participants", *attendees, **more)


def test_rooms_are_endpoints_by_their_mailbox(tmp_path: Path) -> None:
    text = calendar(
        invited(room("Phòng họp xã", "Hop.Xa@Tinh.Invalid")),
        invited(room("", "hop.xa@tinh.invalid", ""), uid="f", start="20261201T080000", end="20261201T090000"),
    )
    found, lines = read(tmp_path, text, more="rooms: {hop.xa@tinh.invalid: dc-xa}\n")
    assert (["30.11. 08:00 Họp", "01.12. 08:00 Họp"], []) == (found, lines)


@pytest.mark.parametrize(
    "attendee", [room("dc-xa", "phong@tinh.invalid"), room("Phòng họp", "DC-XA@tinh.invalid", "CUTYPE=RESOURCE;")]
)
def test_a_room_that_is_called_as_an_endpoint_is_taken_for_it_and_told(tmp_path: Path, attendee: str) -> None:
    folder = folder_of(tmp_path, calendar(invited(attendee)))
    schedule = load(folder, {}).meetings
    (meeting,) = schedule.between(datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 31, tzinfo=LOCAL))
    assert (("dc-xa",), True) == (meeting.endpoints, meeting.participants_by_name)
    (line,) = told(schedule, tmp_path)
    mailbox = attendee.rpartition(":")[2].lower()
    assert line.endswith(f"by its name alone; write into meetings.yaml: rooms: {{{mailbox}: dc-xa}}")
    (folder / "meetings.yaml").write_text(f"calendars: [lich.ics]\nrooms: {{{mailbox}: dc-xa}}\n")
    schedule = load(folder, {}).meetings
    (meeting,) = schedule.between(datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 31, tzinfo=LOCAL))
    assert (("dc-xa",), False, []) == (meeting.endpoints, meeting.participants_by_name, told(schedule, tmp_path))


@pytest.mark.parametrize(
    "attendee", [room("dc-xa", "dc-xa@tinh.invalid", ""), room("Phòng dc-xa", "x@tinh.invalid"), room("ubnd", "ubnd@x.invalid")]
)
def test_whoever_is_no_room_or_called_otherwise_is_nobody(tmp_path: Path, attendee: str) -> None:
    found, (line,) = read(tmp_path, calendar(invited(attendee), GOOD))
    assert KEPT == found
    assert line.startswith("lich.ics:4: 'Họp' does not say who takes part; ")
    assert ("rooms: {" in line) == ("CUTYPE" in attendee)


def test_what_the_event_says_comes_first_then_rooms_then_its_calendar_then_names(tmp_path: Path) -> None:
    sites = "endpoints:\n" + "".join(
        f"  - {{id: dc-{each}, name: {each}, point: xa, address: 10.2.17.{n}}}\n" for n, each in enumerate("abcd", 30)
    )
    folder = folder_of(tmp_path, "", "participants: {ids: [dc-c]}")
    (folder / "sites.d").mkdir()
    (folder / "sites.d" / "x.yaml").write_text(sites)
    (folder / "meetings.yaml").write_text((folder / "meetings.yaml").read_text() + "rooms: {b@x.invalid: dc-b}\n")
    both = room("dc-d", "d@x.invalid"), room("", "b@x.invalid")
    for lines, who in (
        (("X-MONITOR-PARTICIPANTS:dc-a", *both), "dc-a"),
        (("X-NONE: participants", *both), "dc-b"),
        (("X-NONE: participants", both[0]), "dc-c"),
    ):
        (folder / "lich.ics").write_text(calendar(event(*lines)))
        (meeting,) = load(folder, {}).meetings.between(datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 31, tzinfo=LOCAL))
        assert (who,) == meeting.endpoints


@pytest.mark.parametrize(
    ("rooms", "line"),
    [
        ("{a@x.invalid: dc-xaa}", "meetings.yaml:2: rooms: no endpoint is called 'dc-xaa'; did you mean 'dc-xa'?"),
        ("{a@x.invalid: ubnd}", "meetings.yaml:2: rooms: 'ubnd' is a point of the network"),
        ("{a@x.invalid: dc-xa, A@X.invalid: ubnd}", "meetings.yaml:2: rooms: 'A@X.invalid' is two endpoints"),
    ],
)
def test_rooms_are_hand_written_and_their_faults_refused(tmp_path: Path, rooms: str, line: str) -> None:
    folder = folder_of(tmp_path, calendar(GOOD))
    (folder / "meetings.yaml").write_text(f"calendars: [lich.ics]\nrooms: {rooms}\n")
    with pytest.raises(ConfigError) as caught:
        load(folder, {})
    assert str(caught.value.faults[0]).replace(f"{folder}/", "").startswith(line)


# Identity


def test_an_occurrence_carries_its_uid_and_the_start_that_its_series_gave_it(tmp_path: Path) -> None:
    text = calendar(
        weekly("RRULE:FREQ=WEEKLY;COUNT=2"),
        instead("20261214", at="20261215T220000"),
        event(uid="một"),
        GOOD.replace("UID:good\n", ""),
    )
    (source,) = load(folder_of(tmp_path, text), {}).meetings.sources
    found = source.calendar.between(datetime(2026, 11, 1, tzinfo=LOCAL), datetime(2026, 12, 31, tzinfo=LOCAL))
    held = sorted((each.title, each.uid, each.original_start and f"{each.original_start:%d.%m. %H:%M %Z}") for _, each in found)
    assert [("Họp", "một", None), ("Thay", "w", "14.12. 01:00 UTC"), ("Tuần", "w", "07.12. 01:00 UTC"), ("Tốt", "", None)] == held
