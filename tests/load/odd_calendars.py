"""Ten good calendars, and what becomes of them in other people's hands: `python -m tests.load.odd_calendars 1600`.

A damage touches one event. Whatever it is, the calendar is read, and every other meeting of it is there.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.errors import Fault
from monitor.load.configuration import load
from monitor.load.meetings import load_meetings
from monitor.model.inventory import Inventory
from tests.load.folders import make_folder

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEGIN = datetime(2026, 11, 1, tzinfo=ZONE)
END = BEGIN + timedelta(days=62)
WHO = "X-MONITOR-PARTICIPANTS:all"
VTIMEZONE = """BEGIN:VTIMEZONE
TZID:Giờ tỉnh
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0700
END:STANDARD
END:VTIMEZONE
"""
# What one event is made of: lines behind UID and SUMMARY, and the starts of what is held.
FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("DTSTART:20261203T080000|DTEND:20261203T093000", ("12-03 08:00",)),
    ("DTSTART:20261203T010000Z|DURATION:PT1H30M|SEQUENCE:3|STATUS:CONFIRMED", ("12-03 08:00",)),
    ("DTSTART;TZID=Asia/Ho_Chi_Minh:20261204T140000|DTEND;TZID=Asia/Ho_Chi_Minh:20261204T160000|LOCATION:Tầng 2", ("12-04 14:00",)),
    ("DTSTART;TZID=SE Asia Standard Time:20261204T140000|DTEND;TZID=SE Asia Standard Time:20261204T160000", ("12-04 14:00",)),
    (
        "DTSTART;TZID=Giờ tỉnh:20261207T080000|DTEND;TZID=Giờ tỉnh:20261207T090000|RRULE:FREQ=WEEKLY;COUNT=2",
        ("12-07 08:00", "12-14 08:00"),
    ),
    (
        "DTSTART:20261201T080000|DTEND:20261201T090000|RRULE:FREQ=DAILY;UNTIL=20261204T020000Z|EXDATE:20261202T080000",
        ("12-01 08:00", "12-03 08:00", "12-04 08:00"),
    ),
    ("DTSTART:20261112T080000|DTEND:20261112T090000|RRULE:FREQ=MONTHLY;BYDAY=2TH|EXDATE;VALUE=DATE:20261210", ("11-12 08:00",)),
    (
        "DTSTART:20261202T080000|DTEND:20261202T090000|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT15M|DESCRIPTION:Nhắc|END:VALARM",
        ("12-02 08:00",),
    ),
    (
        "DTSTART:20261205T080000|DTEND:20261205T090000|DESCRIPTION:dài|  dòng nối|ATTENDEE;CUTYPE=ROOM;CN=p:mailto:p@x.invalid",
        ("12-05 08:00",),
    ),
    (
        "DTSTART:20261208T080000|DTEND:20261208T090000|RDATE:20261209T080000|CATEGORIES:level=province,Đỏ|ATTACH:http://x.invalid/a:b",
        ("12-08 08:00", "12-09 08:00"),
    ),
)
MOVED = (
    "BEGIN:VEVENT|UID:{uid}|RECURRENCE-ID:20261214T080000|SUMMARY:{title}|DTSTART:20261216T100000|DTEND:20261216T110000|END:VEVENT"
)
ODD_LINES = [
    "DTSTART;VALUE=DATE:20261201",
    "DTSTART:16010101T000000",
    "DTSTART:",
    "DTEND:20261101T080000",
    "DTEND;VALUE=DATE:20261230",
    "DTEND:20261203T080000",
    "DURATION:-PT5M",
    "DURATION:nay",
    "RRULE:FREQ=SECONDLY",
    "RRULE:FREQ=DAILY;INTERVAL=14;BYDAY=TU",
    "RRULE:FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2",
    "RRULE:;;=",
    "RRULE:FREQ=DAILY;UNTIL=20261203",
    "EXDATE;VALUE=DATE:20261203",
    "EXDATE:x",
    "RDATE;VALUE=PERIOD:20261203T080000Z/PT99H",
    "EXRULE:FREQ=WEEKLY",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261203T080000",
    "RECURRENCE-ID;VALUE=DATE:20261207",
    "STATUS:CANCELLED",
    "STATUS:TENTATIVE",
    "SEQUENCE:-1",
    "SEQUENCE:99999999999",
    "UID:",
    "SUMMARY:",
    "SUMMARY:Hủy:",
    'SUMMARY;LANGUAGE="vi:x',
    "X-MONITOR-PARTICIPANTS:dc-nam",
    "X-MONITOR-HOST:ai",
    "X-MONITOR-CALL-RATE:nhanh",
    "CATEGORIES:participants=,host=x",
    "ATTENDEE;CUTYPE=ROOM:x",
    "GEO:1",
    "CLASS;:;",
    "TZUNTIL:2040",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VALARM",
    "END:VALARM",
    "BEGIN:VTODO",
    "END:VCALENDAR",
    "rác",
    ":",
    ";;;",
    "DTSTART;TZID=Mars/Olympus:20261203T080000",
    'DTSTART;TZID="(UTC+07:00)_Bangkok":20261203T080000',
]


@dataclass(frozen=True, slots=True)
class Unit:
    """One event, or a series with what replaces an occurrence. held: 'title start' of what takes place."""

    lines: tuple[str, ...]
    held: tuple[str, ...]


def good(number: int) -> list[Unit]:
    """Return the events of one of the ten calendars."""
    found = []
    for place in range(4):
        form, starts = FORMS[(number + place * 3) % len(FORMS)]
        title, uid = f"Họp {number}.{place}", f"{number}-{place}@lich"
        lines = ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", WHO, *form.split("|"), "END:VEVENT"]
        if "12-14 08:00" in starts:
            lines += MOVED.format(uid=uid, title=title).split("|")
            starts = (*starts[:1], "12-16 10:00")
        found.append(Unit(tuple(lines), tuple(f"{title} {start}" for start in starts)))
    return found


def _drop(lines: list[str], chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    del lines[place : place + chance.choice((1, 1, 1, 2, 4))]


def _double(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))


def _swap(lines: list[str], chance: random.Random) -> None:
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]


def _cut(lines: list[str], chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    lines[place] = lines[place][: chance.randrange(1, len(lines[place]) + 1)]


def _add(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randrange(1, len(lines) + 1), chance.choice(ODD_LINES).replace("_", " "))


def _replace(lines: list[str], chance: random.Random) -> None:
    odd = chance.choice(ODD_LINES).replace("_", " ")
    same = [place for place, line in enumerate(lines) if line.split(":")[0].split(";")[0] == odd.split(":")[0].split(";")[0]]
    lines[chance.choice(same) if same else chance.randrange(len(lines))] = odd


def _noise(lines: list[str], chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    letters = list(lines[place])
    for _ in range(chance.randint(1, 4)):
        letters[chance.randrange(len(letters))] = chr(
            chance.choice((chance.randrange(33, 127), chance.randrange(128, 0x2000), 9, 0))
        )
    lines[place] = "".join(letters)


DAMAGES: tuple[Callable[[list[str], random.Random], None], ...] = (
    _drop,
    _double,
    _swap,
    _cut,
    _add,
    _add,
    _replace,
    _replace,
    _noise,
)


def damaged(number: int) -> tuple[bytes, list[str]]:
    """Return a calendar one event of which is damaged, and what is held of the others; the same ones for a number."""
    chance = random.Random(number)
    units = good(number % 10)
    place = chance.randrange(len(units))
    lines = list(units[place].lines)
    for _ in range(chance.choice((1, 1, 2, 3))):
        if lines:
            chance.choice(DAMAGES)(lines, chance)
    if lines and lines[0][:1] in ("", " ", "\t"):
        # It would belong to the last line of another event.
        lines[0] = f"X{lines[0]}"
    parts = ["\n".join(lines if at == place else unit.lines) + "\n" for at, unit in enumerate(units)]
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{VTIMEZONE}{''.join(parts)}END:VCALENDAR\n"
    octets = text.encode("utf-8", "surrogatepass")
    return octets.replace(b"\n", chance.choice((b"\n", b"\r\n"))), [
        held for at, unit in enumerate(units) if at != place for held in unit.held
    ]


def lacking(content: bytes, expected: list[str], folder: Path, inventory: Inventory) -> list[str]:
    """Return what is wrong with how a calendar is read: faults, and meetings that are not there."""
    (folder / "lich.ics").write_bytes(content)
    faults: list[Fault] = []
    schedule = load_meetings(folder / "meetings.yaml", inventory, ZONE, faults)
    found = {f"{meeting.title} {meeting.start:%m-%d %H:%M}" for meeting in schedule.between(BEGIN, END)}
    return [*(str(fault) for fault in faults), *(held for held in expected if held not in found)]


def findings(count: int, folder: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each of the first calendars that is not read as it should be, and what is wrong."""
    make_folder(folder, profiles=("default",))
    (folder / "meetings.yaml").write_text("calendars: [lich.ics]\n", encoding="utf-8")
    (folder / "lich.ics").write_bytes(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    inventory = load(folder, {}).inventory
    for number in range(count):
        wrong = lacking(*damaged(number), folder, inventory)
        if wrong:
            yield number, wrong


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        wrong = list(findings(int(sys.argv[1]), Path(place) / "config"))
    for number, what in wrong:
        print(number, *what, sep="\n  ")
    print(f"{sys.argv[1]} calendars, {len(wrong)} not read as they should be")
    sys.exit(bool(wrong))
