"""The lines of an iCalendar file (RFC 5545 section 3.1), unfolded, and their values, so that every fault can name its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import icalendar

from monitor.errors import Fault, said_by
from monitor.words.phrase import Phrase, phrase

PARSER_FAILS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What icalendar and recurring-ical-events raise for values that they were not made for."""
_MOMENTS = {"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE", "DTSTAMP", "CREATED", "LAST-MODIFIED"}
_NUMBERS = {"SEQUENCE", "PRIORITY"}

MOST_BYTES = 2_000_000
MOST_LINE = 20_000
MOST_EVENTS = 2_000
_VALUE = re.compile(r'[A-Za-z0-9-]+(?:;(?:"[^"]*"|[^":])*)?:')
_NAME = re.compile(r"([A-Za-z0-9-]+)[;:]")


@dataclass(slots=True)
class EventLines:
    """Where one VEVENT stands. places: a property's name in capitals → the lines on which it is written. values: → what, there."""

    line: int
    places: dict[str, list[int]] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)

    def of(self, name: str) -> int:
        """Return the first line of a property, the event's own where it has none."""
        return self.places.get(name, [self.line])[0]


def scan(content: bytes, file: str, faults: list[Fault]) -> tuple[str, list[EventLines]] | None:
    """Return the text and where its events stand, in their order; None where it is no calendar (its faults are noted).

    What is too big is refused unread: an expansion of what a mail brought must not stop the monitor.
    """
    before = len(faults)
    if len(content) > MOST_BYTES:
        faults.append(Fault(file, 0, "", "calendar_too_large", Phrase("export_meetings_only"), {"most": MOST_BYTES // 1_000_000}))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.append(Fault(file, line, "", "not_utf8", Phrase("save_calendar_utf8")))
        return None
    events = _scan_components(text, file, faults)
    if len(events) > MOST_EVENTS:
        quoted = {"count": len(events), "most": MOST_EVENTS}
        faults.append(Fault(file, events[MOST_EVENTS].line, "", "calendar_too_many", Phrase("export_meetings_only"), quoted))
    return (text, events) if len(faults) == before else None


def unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, content) of every content line, continuations joined; lines are counted from 1."""
    start, parts = 0, list[str]()
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield start, "".join(parts)
        start, parts = number, [line] if line.strip() else []
    if parts:
        yield start, "".join(parts)


def _scan_components(text: str, file: str, faults: list[Fault]) -> list[EventLines]:
    open_ones: list[tuple[str, int]] = []
    events: list[EventLines] = []
    calendars = 0
    for line, content in unfolded(text):
        found = _NAME.match(content)
        if found is None or len(content) > MOST_LINE:
            code = "line_too_long" if found else "no_calendar_line"
            quoted = {"count": len(content)} if found else {"text": content if len(content) <= 40 else content[:40] + "…"}
            faults.append(Fault(file, line, "", code, Phrase("export_calendar_ics"), quoted))
            if len(faults) > 20:
                break
            continue
        name, value = found[1].upper(), content[found.end() :].strip().upper()
        if name == "BEGIN":
            if not open_ones and value == "VCALENDAR":
                calendars += 1
            open_ones.append((value, line))
            if value == "VEVENT":
                events.append(EventLines(line))
        elif name == "END":
            if not open_ones or open_ones[-1][0] != value:
                opened = {"open": open_ones[-1][0], "line": open_ones[-1][1]} if open_ones else {}
                code = "ends_other" if open_ones else "ends_nothing"
                faults.append(Fault(file, line, "", code, Phrase("export_again"), {"value": value, **opened}))
                return events
            open_ones.pop()
        elif open_ones and open_ones[-1][0] == "VEVENT":
            events[-1].places.setdefault(name, []).append(line)
            # Behind the parameters, whose values may hold a colon in quotation marks.
            events[-1].values.setdefault(name, []).append(_VALUE.sub("", content, count=1))
    if open_ones and not faults:
        faults.append(Fault(file, open_ones[-1][1], "", "never_ends", values={"open": open_ones[-1][0]}))
    elif calendars != 1 and not faults:
        code = "many_calendars" if calendars else "no_calendar"
        faults.append(Fault(file, 1, "", code, Phrase("one_calendar"), {"count": calendars}))
    return events


def unreadable(name: str | None, problem: object, lines: EventLines) -> tuple[int, Phrase]:
    """Return on which line a property of an event can't be read, and why. name: None where it is not clear.

    problem: what icalendar says of it.
    """
    if name is None:
        return lines.line, said_by("no_property_line", problem)
    for line, text in _parts(name, lines):
        if name in _MOMENTS and not _is_read(icalendar.vDDDTypes.from_ical, text):
            return line, phrase("no_date_and_time", text=text)
        if name == "DURATION" and not _is_read(icalendar.vDDDTypes.from_ical, text):
            return line, phrase("no_duration", text=text)
        if name == "RRULE" and not _is_read(icalendar.vRecur.from_ical, text):
            return line, phrase("not_known_here", text=text)
        if name in _NUMBERS and not _is_read(int, text):
            return line, phrase("not_a_whole_number", text=text)
    return lines.of(name), said_by("calendar_reader_says", problem)


def _parts(name: str, lines: EventLines) -> Iterator[tuple[int, str]]:
    """Yield every value of a property with its line; of a rule its parts, each of which is one by itself."""
    for line, value in zip(lines.places.get(name, ()), lines.values.get(name, ()), strict=True):
        yield from ((line, part) for part in value.split(";" if name == "RRULE" else ","))


def _is_read(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except PARSER_FAILS:
        return False
    return True
