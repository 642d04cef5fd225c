"""The octets of an iCalendar file (RFC 5545) → its calendars, time zones and events, line by line.

A calendar is somebody else's file: whatever its lines are, what can be told apart is, and what is odd about them is noted. Only
what has neither a calendar nor an event in it is none. Of long values (attachments, descriptions) nothing is kept.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.errors import Fault
from monitor.load.calendar_notices import NoticeList
from monitor.words.phrase import Phrase

MOST_BYTES = 20_000_000
MOST_EVENTS = 5_000
_LONGEST = 100_000
"""Letters of a value that are kept; a thousand dates are fewer."""
_KEPT = frozenset(
    [
        "UID",
        "SUMMARY",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "EXRULE",
        "RECURRENCE-ID",
        "STATUS",
        "SEQUENCE",
        "DTSTAMP",
        "ATTENDEE",
        "CATEGORIES",
        "TZID",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "METHOD",
        "X-MICROSOFT-CDO-ALLDAYEVENT",
    ]
)
_OWN = "X-MONITOR-"
_OF_TIMES = frozenset(["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "DTSTAMP"])
"""Their values hold no colon, so what is before the last one is not theirs: TZID=tzone://Microsoft/Utc may stand unquoted."""
_TOP_LEVEL = frozenset(["VEVENT", "VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY", "VPOLL"])
"""What stands in a calendar and in nothing else: where one begins, an open one has ended."""
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"B\0E\0", "utf-16-le"), (b"\0B\0E", "utf-16-be"))
"""How UTF-16 begins, with its mark or without, and what decodes it."""
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]*)(?=[;:])")
_QUOTED_HEAD = re.compile(r'(?:"[^"]*"|[^":])*:')
_PARAMETER = re.compile(r';\s*([A-Za-z0-9_.-]+)\s*=\s*((?:"[^"]*"|[^";])*)')
_CARETS = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}
"""RFC 6868."""


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One property. line: where it begins. name: in capitals; parameters: by names in capitals, without quotation marks."""

    line: int
    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True)
class WrittenCalendar:
    """One VCALENDAR. method: of iTIP (RFC 5546), in capitals, '' where it names none."""

    method: str = ""


@dataclass(slots=True)
class Component:
    """A VEVENT, a VTIMEZONE, or a STANDARD or DAYLIGHT of one: its properties by name, each where it stands."""

    kind: str
    line: int
    calendar: WrittenCalendar
    properties: dict[str, list[ContentLine]] = field(default_factory=dict)
    parts: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[ContentLine]:
        return self.properties.get(name, [])

    def first(self, name: str) -> ContentLine | None:
        found = self.properties.get(name)
        return found[0] if found else None

    def line_of(self, name: str) -> int:
        """Return the first line of a property, the component's own where it has none."""
        found = self.properties.get(name)
        return found[0].line if found else self.line


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a file holds. events, zones: in their order; those of all its calendars."""

    events: tuple[Component, ...]
    zones: tuple[Component, ...]


def read_lines(content: bytes, file: str, notices: NoticeList, faults: list[Fault]) -> CalendarFile | None:
    """Return what a file holds; None where it is no calendar, or too large to be looked at: then its fault is noted."""
    if len(content) > MOST_BYTES:
        faults.append(Fault(file, 0, "", "calendar_too_large", Phrase("export_meetings_only"), {"most": MOST_BYTES // 1_000_000}))
        return None
    walk = _Walk(notices)
    undecoded = 0
    for line, octets in unfolded(_as_utf8(content)):
        text = octets.decode("utf-8", "replace")
        if "\ufffd" in text and not undecoded and not _is_utf8(octets):
            undecoded = line
        walk.feed(line, text)
    found = walk.end()
    if not walk.calendars and not found.events:
        faults.append(Fault(file, 1, "", "no_calendar", Phrase("export_calendar_ics")))
        return None
    if undecoded:
        notices.remark(undecoded, "not_utf8", Phrase("save_calendar_utf8"))
    return found


def unfolded(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (line, octets) of every content line, continuations joined; lines are counted from 1, empty ones are none.

    Octets are joined, not letters: a writer may fold within one (RFC 5545 section 3.1). A line ends with CRLF, LF or CR.
    """
    start, parts = 0, list[bytes]()
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", content), start=1):
        if line[:1] in (b" ", b"\t") and parts:
            parts.append(line[1:])
        elif line.strip():
            if parts:
                yield start, b"".join(parts)
            start, parts = number, [line]
    if parts:
        yield start, b"".join(parts)


def parse_line(line: int, text: str) -> ContentLine | None:
    """Return one content line; None where it is none."""
    found = _NAME.match(text)
    if found is None:
        return None
    name = found[1].upper()
    colon = _colon(name, text, found.end())
    if colon < 0:
        return None
    head = text[found.end() : colon]
    parameters = {each[1].upper(): _parameter(each[2]) for each in _PARAMETER.finditer(head)} if head else {}
    return ContentLine(line, name, parameters, text[colon + 1 : colon + 1 + _LONGEST])


def _colon(name: str, text: str, begin: int) -> int:
    """Return where the value's colon is: behind the parameters, whose values may hold one in quotation marks, or without them."""
    if name in _OF_TIMES:
        return text.rfind(":", begin)
    if name == "ATTENDEE" and (mail := text.lower().rfind(":mailto:", begin)) >= 0:
        return mail
    found = _QUOTED_HEAD.match(text, begin)
    return found.end() - 1 if found else text.find(":", begin)


def _parameter(text: str) -> str:
    value = text.strip().replace('"', "")
    return re.sub(r"\^[nN'^]", lambda found: _CARETS[found[0]], value) if "^" in value else value


def _as_utf8(content: bytes) -> bytes:
    if content.startswith(codecs.BOM_UTF8):
        return content[len(codecs.BOM_UTF8) :]
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            return content.decode(encoding, "replace").encode()
    return content


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Walk:
    """Goes through a file's lines and keeps what is open. calendars: how many began."""

    def __init__(self, notices: NoticeList) -> None:
        self.calendars = 0
        self._notices = notices
        self._calendar = WrittenCalendar()
        self._open: list[Component] = []
        self._events: list[Component] = []
        self._zones: list[Component] = []
        self._beyond: list[int] = []
        self._unclear: list[int] = []

    def feed(self, line: int, text: str) -> None:
        found = parse_line(line, text)
        if found is None:
            # Of what stands in a calendar alone: a page of a portal is no calendar in which each line is odd.
            if self.calendars:
                self._unclear.append(line)
        elif found.name == "BEGIN":
            self._begin(line, found.value.strip().upper())
        elif found.name == "END":
            self._end(line, found.value.strip().upper())
        elif self._open:
            self._keep(found)

    def end(self) -> CalendarFile:
        """Return what was found. What is open is cut off: an event that has no end may lack the half of what it says."""
        for each in self._open:
            if each.kind == "VEVENT":
                self._notices.leave_out(each.line, "never_ends", open=each.kind)
            elif each.kind == "VCALENDAR":
                self._notices.remark(each.line, "never_ends", open=each.kind)
        if self._unclear:
            self._notices.remark(self._unclear[0], "lines_unclear", count=len(self._unclear))
        if self._beyond:
            remedy = Phrase("export_meetings_only")
            self._notices.leave_out(self._beyond[0], "calendar_too_many", remedy, count=len(self._beyond), most=MOST_EVENTS)
        return CalendarFile(tuple(self._events), tuple(self._zones))

    def _begin(self, line: int, kind: str) -> None:
        if kind == "VCALENDAR":
            self._close(0, line, f"BEGIN:{kind}")
            self.calendars += 1
            self._calendar = WrittenCalendar()
        elif kind in _TOP_LEVEL:
            self._close(1 if self._open and self._open[0].kind == "VCALENDAR" else 0, line, f"BEGIN:{kind}")
        self._open.append(Component(kind, line, self._calendar))

    def _end(self, line: int, kind: str) -> None:
        place = next((number for number in range(len(self._open) - 1, -1, -1) if self._open[number].kind == kind), None)
        if place is None:
            note = self._notices.leave_out if kind == "VEVENT" else self._notices.remark
            note(line, "ends_nothing", value=kind)
            return
        self._close(place + 1, line, f"END:{kind}")
        self._closed(self._open.pop())

    def _close(self, depth: int, line: int, before: str) -> None:
        """Close what is open deeper than that, which its own END should have done."""
        while len(self._open) > depth:
            each = self._open.pop()
            self._notices.remark(each.line, "ends_late", open=each.kind, line=line, before=before)
            self._closed(each)

    def _closed(self, component: Component) -> None:
        if component.kind == "VEVENT":
            if len(self._events) < MOST_EVENTS:
                self._events.append(component)
            else:
                self._beyond.append(component.line)
        elif component.kind == "VTIMEZONE":
            self._zones.append(component)
        elif component.kind in ("STANDARD", "DAYLIGHT") and self._open and self._open[-1].kind == "VTIMEZONE":
            self._open[-1].parts.append(component)

    def _keep(self, found: ContentLine) -> None:
        of = self._open[-1]
        if of.kind == "VCALENDAR":
            if found.name == "METHOD":
                self._calendar.method = found.value.strip().upper()
        elif of.kind in ("VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT") and (found.name in _KEPT or found.name.startswith(_OWN)):
            of.properties.setdefault(found.name, []).append(found)
