"""Which value of a calendar's property can't be read, and what it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import icalendar

from monitor.errors import said_by
from monitor.load.calendar_lines import EventLines
from monitor.words.phrase import Phrase, phrase

PARSER_FAILS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What icalendar and recurring-ical-events raise for values that they were not made for."""
_MOMENTS = {"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE", "DTSTAMP", "CREATED", "LAST-MODIFIED"}
_NUMBERS = {"SEQUENCE", "PRIORITY"}


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
