"""Calendars (.ics, RFC 5545) → occurrences of meetings: recurring, moved and cancelled ones, in whatever time zone they stand.

A calendar is somebody else's file: what can be understood is taken, what can't be is left out and told, and only a file that is no
calendar is refused. docs/meetings.md says how an event tells its participants, level and host, and what is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path

import yaml

from monitor.errors import Fault, reason_of
from monitor.load.calendar_event import LONGEST, Attendee, CalendarEvent, EventReader, Identity, Key, LeftOutError, Statements
from monitor.load.calendar_lines import Component, read_lines
from monitor.load.calendar_notices import NoticeList
from monitor.load.calendar_zones import CalendarZones
from monitor.load.document import Faulty, Node
from monitor.load.exchange.yaml_tree import MAP, STR, mapping, scalar, sequence, with_mark
from monitor.load.fields import ReadMapping, Table
from monitor.load.suggest import did_you_mean
from monitor.words.meeting import UNTITLED

_LISTS = {"level": "levels", "area": "areas", "tag": "tags"}
_LONGEST_WORD = 250
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which an event takes place. start, end: aware. is_cancelled: it will not be held.

    uid: the event's, '' where it has none: then title and start stand for it. original_start: in UTC, when the series would have it
    take place (the moment of RECURRENCE-ID where it was moved); None for a single event.
    """

    title: str
    start: datetime
    end: datetime
    is_cancelled: bool
    uid: str = ""
    original_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What is said of an event. said: read by the form; its faults are those of values that can't be read, and were left out.

    attendees: its own, or else those of its series.
    """

    said: ReadMapping
    attendees: tuple[Attendee, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a calendar has of meetings. entries: what is said of every event, by its key.

    begins: key of a series → its first time, aware, in its own zone: by it the time of the others is usual or not.
    """

    entries: Mapping[Key, CalendarEntry]
    begins: Mapping[str, datetime]
    singles: tuple[tuple[Key, Occurrence], ...] = ()
    series: tuple[_Series, ...] = ()

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[Key, Occurrence]]:
        """Yield what takes place between two aware moments, in no order, under the key of whose entry says what it is."""
        for key, each in self.singles:
            if each.start < end and each.end > start:
                yield key, each
        for series in self.series:
            for key, each in series.between(start, end):
                if each.start < end and each.end > start:
                    yield key, each


@dataclass(frozen=True, slots=True)
class _Series:
    """An event that recurs, and what stands in for some of its occurrences.

    instead: original moment in UTC, or local day → what replaces it, None where it is cancelled. onward: (moment of the first, what
    replaces it and all that follow).
    """

    event: CalendarEvent
    instead: Mapping[datetime | date, CalendarEvent | None]
    onward: tuple[tuple[datetime, CalendarEvent], ...]
    zone: tzinfo

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[Key, Occurrence]]:
        event = self.event
        furthest = max((abs(by.start.astimezone(UTC) - moment) for moment, by in self.onward), default=timedelta(0))
        for original, lasts in self._held(start - LONGEST - furthest, end + furthest):
            moment = original.astimezone(UTC)
            place: datetime | date | None = next((each for each in (moment, self._day(original)) if each in self.instead), None)
            if place is not None:
                # What replaces it is told by itself. A cancelled one counts on its day, or another would change its name.
                if self.instead[place] is None:
                    yield event_key(event), _occurrence(event, original, lasts, moment, is_cancelled=True)
                continue
            began = [(first, by) for first, by in self.onward if first < moment]
            if began:
                first, by = began[-1]
                zone = original.tzinfo
                moved = by.start.astimezone(zone).replace(tzinfo=None) - first.astimezone(zone).replace(tzinfo=None)
                held = (original.replace(tzinfo=None) + moved).replace(tzinfo=zone)
                yield (event.identity.key, first), _occurrence(by, held, by.lasts, moment)
            else:
                yield event_key(event), _occurrence(event, original, lasts, moment)

    def _held(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, timedelta]]:
        """Yield the original starts between two moments that no date excludes, each with how long it lasts."""
        event = self.event
        begins = event.start.replace(tzinfo=None)
        low, high = (_local(each, event.own_zone) for each in (first, last))
        found = {begins} if low <= begins <= high else set[datetime]()
        for rule in event.rules:
            found.update(rule.between(low, high))
        found.update(each for each in event.more or () if low <= each <= high)
        for rule in event.without:
            found.difference_update(rule.between(low, high))
        for naive in sorted(found):
            original = naive.replace(tzinfo=event.own_zone)
            if original.astimezone(UTC) not in event.excluded and self._day(original) not in event.excluded_days:
                yield original, (event.more or {}).get(naive, event.lasts)

    def _day(self, original: datetime) -> date:
        """Return the day on which people have it: of a series that is written in UTC, that of their own zone."""
        return (original.astimezone(self.zone) if self.event.own_zone == UTC else original).date()

    def original_of(self, day: date) -> datetime | None:
        """Return the moment of what the series has on a day, None where it has nothing then."""
        noon = datetime.combine(day, time(12), self.event.own_zone)
        return next((each.astimezone(UTC) for each, _ in self._held(noon - _DAY, noon + _DAY) if self._day(each) == day), None)


def load_calendar(path: Path, form: Table, zone: tzinfo, faults: list[Fault], notices: NoticeList) -> Calendar | None:
    """Return what a calendar says, None where it is none. form: of what an event may say. zone: of times that name none."""
    file = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.append(Fault(file, 0, "", "unreadable", values={"reason": reason_of(error)}))
        return None
    return read_calendar(content, file, form, zone, faults, notices)


def read_calendar(  # noqa: PLR0917
    content: bytes, file: str, form: Table, zone: tzinfo, faults: list[Fault], notices: NoticeList
) -> Calendar | None:
    """Do the same with what a file holds. file: its name for faults and notices."""
    lines = read_lines(content, file, notices, faults)
    if lines is None:
        return None
    known = frozenset(form.fields) - {"title"}
    names = [f"X-MONITOR-{each.upper().replace('_', '-')}" for each in form.fields if each != "title"]
    reader = EventReader(CalendarZones(lines.zones), zone, known, lambda name: did_you_mean(name, names), notices)
    found = _InForce(reader, notices)
    for number, event in enumerate(lines.events):
        found.add(event, number)
    return _Assembly(file, form, zone, notices).calendar(found)


class _InForce:
    """Of several events of one identity the one in force: by SEQUENCE, then by DTSTAMP, then the later in the file."""

    def __init__(self, reader: EventReader, notices: NoticeList) -> None:
        self._reader, self._notices = reader, notices
        self._chosen: dict[tuple[str, datetime | date | None], tuple[Identity, Component]] = {}

    def add(self, event: Component, number: int) -> None:
        try:
            identity = self._reader.identity(event, number)
        except LeftOutError as error:
            self._notices.leave_out(error.line, error.code, error.remedy, **error.values)
            return
        place = identity.key, identity.replaces
        if place not in self._chosen or self._chosen[place][0].rank < identity.rank:
            self._chosen[place] = identity, event

    def cancelled(self) -> Iterator[Identity]:
        yield from (identity for identity, _ in self._chosen.values() if identity.is_cancelled)

    def events(self) -> Iterator[CalendarEvent]:
        """Yield what is held, in the order of the file. What can't be read is noted."""
        for identity, event in sorted(self._chosen.values(), key=lambda each: each[1].line):
            if identity.is_cancelled:
                continue
            try:
                yield self._reader.event(event, identity)
            except LeftOutError as error:
                self._notices.leave_out(error.line, error.code, error.remedy, **error.values)


class _Assembly:
    """Puts series and what replaces their occurrences together."""

    def __init__(self, file: str, form: Table, zone: tzinfo, notices: NoticeList) -> None:
        self._file, self._form, self._zone, self._notices = file, form, zone, notices

    def calendar(self, found: _InForce) -> Calendar:
        off = {each.key: each.rank for each in found.cancelled() if each.replaces is None}
        heads: dict[str, CalendarEvent] = {}
        others: dict[str, list[CalendarEvent]] = {}
        for event in found.events():
            key = event.identity.key
            if event.identity.replaces is None:
                heads[key] = self._titled(event)
            elif key not in off or event.identity.rank[0] > off[key][0]:
                others.setdefault(key, []).append(event)
        others = {key: [self._titled(each, heads.get(key)) for each in events] for key, events in others.items()}
        gone: dict[str, list[datetime | date]] = {}
        for each in found.cancelled():
            if each.replaces is not None:
                gone.setdefault(each.key, []).append(each.replaces)
        entries: dict[Key, CalendarEntry] = {}
        singles: list[tuple[Key, Occurrence]] = []
        series: list[_Series] = []
        for key in dict.fromkeys([*heads, *others]):
            head = heads.get(key)
            if head is not None:
                entries[key, None] = self._entry(head, None)
            made = None if head is None else self._series(head, others.get(key, ()), gone.get(key, ()))
            for event in others.get(key, ()):
                moment = self._moment_of(event, made)
                if made is not None and (moment in made.event.excluded or event.identity.replaces in made.event.excluded_days):
                    continue
                entries[key, moment] = self._entry(event, head)
                singles.append(((key, moment), _occurrence(event, event.start, event.lasts, moment)))
            if made is not None and made.event.is_series:
                series.append(made)
            elif made is not None:
                singles += self._single(made)
        begins = {each.event.identity.key: each.event.start for each in series}
        return Calendar(entries, begins, tuple(singles), tuple(series))

    def _titled(self, event: CalendarEvent, head: CalendarEvent | None = None) -> CalendarEvent:
        """Return an event with a title: its own, its series', or one that is made up."""
        if event.title:
            return event
        if head is None:
            self._notices.remark(event.line, "untitled", title=UNTITLED)
        title = UNTITLED if head is None else head.title
        return replace(event, title=title, told={**event.told, "title": (title, event.line)})

    def _series(self, head: CalendarEvent, others: Iterable[CalendarEvent], gone: Iterable[datetime | date]) -> _Series:
        instead: dict[datetime | date, CalendarEvent | None] = dict.fromkeys(gone)
        instead |= {each.identity.replaces: each for each in others if each.identity.replaces is not None}
        made = _Series(head, instead, (), self._zone)
        onward = sorted((self._moment_of(each, made), each.line, each) for each in others if each.is_onward)
        return _Series(head, instead, tuple((moment, each) for moment, _, each in onward), self._zone)

    def _single(self, made: _Series) -> Iterator[tuple[Key, Occurrence]]:
        """Yield an event that does not recur, unless something replaces it; cancelled where that is all that is said of it."""
        event = made.event
        moment = event.start.astimezone(UTC)
        if moment not in made.instead and moment not in event.excluded and made._day(event.start) not in made.instead:
            yield event_key(event), _occurrence(event, event.start, event.lasts, None)

    def _moment_of(self, event: CalendarEvent, series: _Series | None) -> datetime:
        """Return which moment of a series an event replaces; of a day that which the series has then, else its own time of day."""
        replaces = event.identity.replaces
        if isinstance(replaces, datetime):
            return replaces
        assert replaces is not None
        found = series.original_of(replaces) if series is not None else None
        return found or datetime.combine(replaces, event.start.timetz()).astimezone(UTC)

    def _entry(self, event: CalendarEvent, head: CalendarEvent | None) -> CalendarEntry:
        """Read what an event says by the form, as if it stood in meetings.yaml; head, its series, speaks where it does not."""
        told: Statements = event.told if head is None else {**head.told, **event.told}
        pairs = [
            (with_mark(scalar(key), self._mark(line)), with_mark(_node(key, text), self._mark(line)))
            for key, (text, line) in told.items()
        ]
        mark = self._mark(event.line)
        node = Node(yaml.MappingNode(MAP, pairs, mark, mark, True), self._file, slug(event.title), [])
        try:
            said = self._form.read(node)
        except Faulty:  # a mapping is always read; what of it can't be is among its faults
            raise AssertionError(event) from None
        attendees = event.attendees or (head.attendees if head is not None else ())
        return CalendarEntry(said, attendees)

    def _mark(self, line: int) -> yaml.Mark:
        return yaml.Mark(self._file, 0, line - 1, 0, None, 0)


def event_key(event: CalendarEvent) -> Key:
    return event.identity.key, None


def _occurrence(
    event: CalendarEvent, start: datetime, lasts: timedelta, original: datetime | None, *, is_cancelled: bool = False
) -> Occurrence:
    end = (start.astimezone(UTC) + lasts).astimezone(start.tzinfo)
    return Occurrence(event.title, start, end, is_cancelled, event.identity.uid, original)


def _local(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def slug(title: str) -> str:
    """Return a title as an id: 'Giao ban trực tuyến' → 'giao-ban-truc-tuyen'."""
    plain = unicodedata.normalize("NFD", title.lower()).replace("đ", "d")
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].strip("-") or "meeting"


def _node(key: str, text: str) -> yaml.Node:
    if key == "participants":
        return _participants(text)
    if key == "host" and text.lower().startswith("external:"):
        return mapping({"external": scalar(text.partition(":")[2].strip(), is_text=True)})
    return yaml.ScalarNode(STR, text, None, None, '"')


def _participants(text: str) -> yaml.Node:
    """Return 'all -dc-xa level:commune' as the mapping that meetings.yaml would have."""
    lists: dict[str, list[yaml.Node]] = {}
    values: dict[str, yaml.Node] = {}
    for word in dict.fromkeys(filter(None, re.split(r"[\s,;]+", text.strip()))):
        kind, sign, name = word[:_LONGEST_WORD].partition(":")
        if word.lower() == "all":
            values["all"] = scalar("true")
        elif sign and name and kind.lower() in _LISTS:
            lists.setdefault(_LISTS[kind.lower()], []).append(_word(name))
        elif len(word) > 1 and word.startswith("-"):
            lists.setdefault("except", []).append(_word(word[1:_LONGEST_WORD].lower()))
        else:
            lists.setdefault("ids", []).append(_word(word[:_LONGEST_WORD].lower()))
    return mapping(values | {name: sequence(items) for name, items in lists.items()})


def _word(text: str) -> yaml.Node:
    return yaml.ScalarNode(STR, text, None, None, '"')
