"""A calendar's time zones mean what their writers mean, by the database's names, their own definitions, other programs' names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.load.calendar_lines import read_lines
from monitor.load.calendar_notices import NoticeList
from monitor.load.calendar_zones import CalendarZones, FileZone, foreign, named

BERLIN = """\
BEGIN:VTIMEZONE
TZID:Riêng
X-LIC-LOCATION:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def zones(text: str) -> CalendarZones:
    found = read_lines(f"BEGIN:VCALENDAR\n{text}END:VCALENDAR\n".encode(), "a.ics", NoticeList("a.ics"), [])
    assert found is not None
    return CalendarZones(found.zones)


def offset(zone: object, month: int = 12) -> float | None:
    """Return the hours that a zone is ahead of UTC in that month."""
    if zone is None:
        return None
    shift = datetime(2026, month, 10, 8, tzinfo=zone).utcoffset()  # type: ignore[arg-type]
    assert shift is not None
    return shift / timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "december", "july"),
    [
        ("Asia/Ho_Chi_Minh", 7, 7),
        ("asia/saigon", 7, 7),
        ("Asia/Hanoi", 7, 7),
        ("SE Asia Standard Time", 7, 7),
        ("W. Europe Standard Time", 1, 2),
        ("tzone://Microsoft/Utc", 0, 0),
        ("(UTC) Coordinated Universal Time", 0, 0),
        ("GMT", 0, 0),
        ("Etc/GMT-7", 7, 7),
        ("Z", 0, 0),
        ("(UTC+07:00) Bangkok, Hanoi, Jakarta", 7, 7),
        ("(GMT+07.00) Bangkok / Hanoi / Jakarta", 7, 7),
        ("(GMT+07:00) Bangkok, Hà Nội, Jakarta", 7, 7),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", 1, 2),
        ("(UTC+09:00) Nơi nào đó", 9, 9),
        ("GMT+7", 7, 7),
        ("UTC+0700", 7, 7),
        ("UTC-3:30", -3.5, -3.5),
        ("/freeassociation.sourceforge.net/Asia/Ho_Chi_Minh", 7, 7),
        ("/mozilla.org/20070129_1/Asia/Bangkok", 7, 7),
        ("/citadel.org/20190914_1/America/Argentina/Buenos_Aires", -3, -3),
        ("/freeassociation.sourceforge.net/UTC", 0, 0),
        ("Mars/Olympus", None, None),
        ("../../etc/passwd", None, None),
        ("GMT+77", None, None),
        ("(UTC", None, None),
        ("", None, None),
        ("\0", None, None),
        ("Asia", None, None),
    ],
)
def test_a_name_means_what_the_program_means_that_writes_it(name: str, december: float | None, july: float | None) -> None:
    zone = zones("").find(name)
    assert (december, july) == (offset(zone), offset(zone, 7))


def test_a_zone_that_the_file_defines_is_as_its_definition_says() -> None:
    zone, real = zones(BERLIN).find("Riêng"), ZoneInfo("Europe/Berlin")
    assert isinstance(zone, FileZone)
    for hours in range(0, 24 * 366 * 3, 5):
        moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        assert moment.astimezone(real).replace(tzinfo=None) == moment.astimezone(zone).replace(tzinfo=None)
        assert moment == moment.astimezone(zone).astimezone(UTC) or moment.astimezone(real).fold
    assert (1, 2) == (offset(zone), offset(zone, 7))


def test_a_name_of_the_database_means_what_it_means_there_whatever_the_file_says() -> None:
    assert 7 == offset(zones(BERLIN.replace("Riêng", "Asia/Bangkok")).find("Asia/Bangkok"))


@pytest.mark.parametrize(
    "broken",
    [
        BERLIN.replace("TZOFFSETTO:+0200", "TZOFFSETTO:hai"),
        BERLIN.replace("TZOFFSETFROM:+0200\n", ""),
        BERLIN.replace("FREQ=YEARLY", "FREQ=SECONDLY"),
        BERLIN.replace("FREQ=YEARLY;BYMONTH=10", "FREQ=DAILY"),
        BERLIN.replace("DTSTART:19700329T020000", "DTSTART:"),
        BERLIN.replace("STANDARD", "X-STANDARD").replace("DAYLIGHT", "X-DAYLIGHT"),
        BERLIN.replace("BEGIN:STANDARD", "BEGIN:STANDARD\n" + "RDATE:20200101T000000\n" * 5 + "TZOFFSETTO:x\n", 1),
    ],
)
def test_a_zone_whose_definition_is_broken_is_what_its_name_means(broken: str) -> None:
    assert zones(broken).find("Riêng") is None
    assert 1 == offset(zones(broken.replace("Riêng", "(UTC+01:00) Berlin")).find("(UTC+01:00) Berlin"))


def test_a_definition_may_name_foreign_things_and_years_long_gone() -> None:
    odd = BERLIN.replace("BEGIN:DAYLIGHT", "TZUNTIL:20400101T000000Z\nX-LIC:1\nBEGIN:DAYLIGHT", 1).replace(
        "END:VTIMEZONE",
        "BEGIN:STANDARD\nDTSTART:19160101T000000\nTZOFFSETFROM:+0053\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;UNTIL=19180101T000000Z\n"
        "END:STANDARD\nEND:VTIMEZONE",
    )
    assert (1, 2) == (offset(zones(odd).find("Riêng")), offset(zones(odd).find("Riêng"), 7))


def test_a_zone_belongs_to_its_file() -> None:
    assert zones(BERLIN).find("Riêng") is not None
    assert zones("").find("Riêng") is None
    assert (None, None) == (named("Riêng"), foreign("Riêng"))
