"""One VEVENT (RFC 5545 section 3.6.1) as it is written → one CalendarEvent: when it takes place, and what it says of itself.

What can't be a meeting raises LeftOutError, with the line and why; what is odd and understood all the same is noted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import partial
from typing import TypeVar

from monitor.load.calendar_lines import Component, ContentLine
from monitor.load.calendar_notices import NoticeList
from monitor.load.calendar_zones import CalendarZones
from monitor.load.recurrence import MOST_TIMES, Rule, RuleError, parse_rule
from monitor.words.phrase import Phrase, phrase

LONGEST = timedelta(days=1)
LONGEST_TITLE = 200
YEARS = range(2000, 2100)
_CLOCKS = range(1900, 9001)
"""Years in which a moment may be moved from zone to zone."""
_NOTHING = timedelta(0)
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[Tt](\d\d)(\d\d)(\d\d)?(Z|z|[+-]\d\d:?\d\d)?)?")
_DURATION = re.compile(r"([+-])?P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_DOUBTFUL = re.compile(
    r"\W*(?:(?:đã|bị|đã bị)\s+|tạm\s+)?(?:cancell?ed|canceled event|hủy|huỷ|hoãn|postponed)\s*[\]):：–-]", re.IGNORECASE
)
"""How programs and people mark a title of what won't be held, without saying so in STATUS."""
_CANCELLED = ("CANCELLED", "CANCELED")
_ROOMS = ("ROOM", "RESOURCE")
_PREFIX = "X-MONITOR-"

Key = tuple[str, datetime | None]
"""An event's UID, and which occurrence of the series it replaces; None is the series itself, or a single event."""
Statements = Mapping[str, tuple[str, int]]
"""What an event says of itself: key → (its text, its line)."""
T = TypeVar("T")


class LeftOutError(Exception):
    """An event that is no meeting, or can't be read. It never leaves load/."""

    def __init__(self, line: int, code: str, remedy: Phrase | None = None, /, **values: object) -> None:
        super().__init__(code)
        self.line, self.code, self.remedy, self.values = line, code, remedy, values


@dataclass(frozen=True, slots=True)
class Attendee:
    """Whoever is invited. mailbox: in lower case, without mailto:. is_room: of CUTYPE ROOM or RESOURCE."""

    mailbox: str
    name: str
    is_room: bool
    line: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Which event it is, and which of several of that identity is in force: the one with the greatest rank.

    uid: '' where it has none. key: the UID, or what stands for it. replaces: the moment of RECURRENCE-ID in UTC, or its day where
    it names no time; None for a series or a single event.
    """

    uid: str
    key: str
    replaces: datetime | date | None
    rank: tuple[int, str, int]
    is_cancelled: bool
    line: int


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """What can be held. start: aware, in the event's own zone. own_zone: that zone, in which its rules and days are meant.

    title: '' where it has none.
    excluded: moments in UTC, excluded_days: local ones, on which the series is not held. more: further times in that zone, naive,
    and how long each lasts. is_onward: what replaces an occurrence replaces all that follow it, too (RANGE=THISANDFUTURE).
    """

    identity: Identity
    line: int
    title: str
    start: datetime
    lasts: timedelta
    told: Statements
    attendees: tuple[Attendee, ...]
    own_zone: tzinfo
    rules: tuple[Rule, ...] = ()
    without: tuple[Rule, ...] = ()
    more: Mapping[datetime, timedelta] | None = None
    excluded: frozenset[datetime] = frozenset()
    excluded_days: frozenset[date] = frozenset()
    is_onward: bool = False

    @property
    def is_series(self) -> bool:
        return bool(self.rules or self.more)


class EventReader:
    """Reads the events of one file. known: keys of what an event may say as X-MONITOR-… zone: of times that name none."""

    def __init__(
        self,
        zones: CalendarZones,
        zone: tzinfo,
        known: frozenset[str],
        unknown: Callable[[str], Phrase | None],
        notices: NoticeList,
    ) -> None:
        """unknown: what to do about a property X-MONITOR-… that is none."""
        self._zones, self._zone, self._known, self._unknown, self._notices = zones, zone, known, unknown, notices

    def identity(self, event: Component, number: int) -> Identity:
        """Return which event it is. number: its place in the file. Raises LeftOutError where that can't be told."""
        uid = _text(_first(event, "UID"))[:500]
        key = uid
        if not uid:
            start = event.first("DTSTART")
            key = f"\n{_title(event)}\n{start.value.strip() if start else number}"
        status = _text(_first(event, "STATUS")).upper()
        sequence = re.fullmatch(r"\+?(\d{1,9})", _text(_first(event, "SEQUENCE")))
        stamp = _text(_first(event, "DTSTAMP"))
        return Identity(
            uid,
            key,
            self._replaces(event),
            (int(sequence[1]) if sequence else 0, stamp if _MOMENT.fullmatch(stamp) else "", number),
            status in _CANCELLED or event.calendar.method == "CANCEL",
            event.line,
        )

    def event(self, event: Component, identity: Identity) -> CalendarEvent:
        """Return an event that is not cancelled. Raises LeftOutError where it is no meeting, or can't be understood."""
        begins = event.first("DTSTART")
        if begins is None:
            raise LeftOutError(event.line, "event_without", Phrase("say_when"), name="DTSTART")
        start = self._once(event, "DTSTART", self._start)
        whole_day = _text(_first(event, "X-MICROSOFT-CDO-ALLDAYEVENT")).upper()
        if not isinstance(start, datetime) or whole_day == "TRUE":
            raise LeftOutError(begins.line, "whole_day")
        own_zone = start.tzinfo
        assert own_zone is not None
        end = self._end(event, start, own_zone)
        lasts = end.astimezone(UTC) - start.astimezone(UTC)
        self._check_length(event, lasts)
        title = self._titled(event)
        rules, without = (self._rules(event, name, start, own_zone) for name in ("RRULE", "EXRULE"))
        excluded, days = self._excluded(event, own_zone)
        onward = event.first("RECURRENCE-ID")
        return CalendarEvent(
            identity,
            event.line,
            title,
            start,
            lasts,
            self._statements(event, title),
            tuple(_attendees(event)),
            own_zone,
            rules,
            without,
            self._more(event, start, own_zone, lasts),
            excluded,
            days,
            is_onward=onward is not None and onward.parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        )

    # When

    def _replaces(self, event: Component) -> datetime | date | None:
        if event.first("RECURRENCE-ID") is None:
            return None
        start = event.first("DTSTART")
        zone = self._zone
        if start is not None and "TZID" in start.parameters:
            zone = self._zones.find(start.parameters["TZID"]) or zone
        found = self._once(event, "RECURRENCE-ID", lambda written: self._moment(written, written.value, zone))
        return found.astimezone(UTC) if isinstance(found, datetime) else found

    def _start(self, written: ContentLine) -> datetime | date:
        found = self._moment(written, written.value, self._zone)
        if found.year not in YEARS:
            raise LeftOutError(written.line, "year_out", year=found.year)
        return found

    def _moment(self, written: ContentLine, text: str, zone: tzinfo) -> datetime | date:
        """Return a moment, aware, or a day. zone: of what names none. Raises LeftOutError."""
        text = text.strip()
        try:
            moment, own = _written_moment(text)
        except ValueError:
            reason = phrase("no_date_and_time", text=text[:40])
            raise LeftOutError(written.line, "property_unreadable", name=written.name, reason=reason) from None
        if not isinstance(moment, datetime):
            return moment
        if moment.year not in _CLOCKS:
            raise LeftOutError(written.line, "year_out", year=moment.year)
        return moment.replace(tzinfo=own or self._zone_of(written) or zone)

    def _zone_of(self, written: ContentLine) -> tzinfo | None:
        """Return the zone that a property names, None where it names none. Raises LeftOutError where nobody knows it."""
        name = written.parameters.get("TZID", "").strip()
        if not name:
            return None
        zone = self._zones.find(name)
        if zone is None:
            raise LeftOutError(written.line, "no_time_zone", Phrase("write_tzid"), text=name[:80])
        return zone

    def _once(self, event: Component, name: str, read: Callable[[ContentLine], T]) -> T:
        """Return what a property says that may stand there but once; twice is no matter where both mean the same."""
        first, *others = event.all(name)
        found = read(first)
        for other in others:
            if read(other) != found:
                raise LeftOutError(other.line, "property_differs", Phrase("remove_one"), name=name, line=first.line)
        return found

    def _end(self, event: Component, start: datetime, zone: tzinfo) -> datetime:
        if event.all("DTEND"):
            end = self._once(event, "DTEND", lambda written: self._moment(written, written.value, zone))
            if not isinstance(end, datetime):
                raise LeftOutError(event.line_of("DTEND"), "no_time_in", name="DTEND")
            return end
        if not event.all("DURATION"):
            raise LeftOutError(event.line, "no_end")
        lasts = self._once(event, "DURATION", self._duration)
        return (start.astimezone(UTC) + lasts).astimezone(zone)

    def _duration(self, written: ContentLine) -> timedelta:
        lasts = _duration(written.value)
        if lasts is None:
            reason = phrase("no_duration", text=written.value.strip()[:40])
            raise LeftOutError(written.line, "property_unreadable", name=written.name, reason=reason)
        return lasts

    def _check_length(self, event: Component, lasts: timedelta) -> None:
        place = event.line_of("DTEND" if event.all("DTEND") else "DURATION")
        if lasts < _NOTHING:
            raise LeftOutError(place, "ends_before", Phrase("check_both_times"))
        if lasts == _NOTHING:
            raise LeftOutError(place, "lasts_nothing")
        if lasts > LONGEST:
            raise LeftOutError(place, "lasts_over_a_day", Phrase("check_both_times"))

    # How often

    def _rules(self, event: Component, name: str, start: datetime, zone: tzinfo) -> tuple[Rule, ...]:
        found: dict[str, Rule] = {}
        begins = start.replace(tzinfo=None)
        for written in event.all(name):
            try:
                rule = parse_rule(written.value, begins, partial(self._until, written, zone))
            except RuleError as error:
                raise LeftOutError(written.line, error.code, **error.values) from None
            found.setdefault(" ".join(written.value.upper().split()), rule)
        if name == "RRULE" and len(found) > 1:
            lines = [written.line for written in event.all(name)]
            raise LeftOutError(lines[1], "property_differs", Phrase("remove_one"), name=name, line=lines[0])
        return tuple(found.values())

    def _until(self, written: ContentLine, zone: tzinfo, text: str) -> datetime:
        """Return the last moment of UNTIL as naive local time; a day is meant to its end, which is told."""
        moment, own = _written_moment(text)
        if not isinstance(moment, datetime):
            self._notices.remark(written.line, "until_is_day", text=text)
            local = datetime.combine(moment, time(23, 59, 59))
            # A series in UTC is written by programs for people who live in a zone: their day is meant.
            return local if zone != UTC else local.replace(tzinfo=self._zone).astimezone(UTC).replace(tzinfo=None)
        if own is None or moment.year not in _CLOCKS:
            return moment
        return moment.replace(tzinfo=own).astimezone(zone).replace(tzinfo=None)

    def _more(self, event: Component, start: datetime, zone: tzinfo, lasts: timedelta) -> Mapping[datetime, timedelta] | None:
        found: dict[datetime, timedelta] = {}
        for written, text in self._items(event, "RDATE"):
            begin, sign, end = text.partition("/")
            try:
                moment = self._moment(written, begin, zone)
                if not isinstance(moment, datetime):
                    moment = datetime.combine(moment, start.timetz())
                length = self._period(written, moment, end, zone) if sign else lasts
            except LeftOutError as error:
                self._notices.remark(error.line, error.code, error.remedy, **error.values)
                continue
            if moment.year in YEARS:
                found[moment.astimezone(zone).replace(tzinfo=None)] = length
        return found or None

    def _period(self, written: ContentLine, begin: datetime, end: str, zone: tzinfo) -> timedelta:
        lasts = _duration(end)
        if lasts is None:
            until = self._moment(written, end, zone)
            lasts = until.astimezone(UTC) - begin.astimezone(UTC) if isinstance(until, datetime) else _NOTHING
        if not _NOTHING < lasts <= LONGEST:
            raise LeftOutError(written.line, "period", text=end[:40])
        return lasts

    def _excluded(self, event: Component, zone: tzinfo) -> tuple[frozenset[datetime], frozenset[date]]:
        moments, days = set[datetime](), set[date]()
        for written, text in self._items(event, "EXDATE"):
            try:
                moment = self._moment(written, text, zone)
            except LeftOutError as error:
                self._notices.remark(error.line, error.code, error.remedy, **error.values)
                continue
            if isinstance(moment, datetime):
                moments.add(moment.astimezone(UTC))
            else:
                days.add(moment)
        return frozenset(moments), frozenset(days)

    def _items(self, event: Component, name: str) -> Iterator[tuple[ContentLine, str]]:
        """Yield each value of a property that may have many. Raises LeftOutError where they are more than any meeting has."""
        found = [(written, text) for written in event.all(name) for text in written.value.split(",") if text.strip()]
        if len(found) > MOST_TIMES:
            raise LeftOutError(event.line_of(name), "too_many_dates", count=len(found), most=MOST_TIMES)
        yield from found

    # What it says of itself

    def _titled(self, event: Component) -> str:
        title = _title(event)
        if len({_text(each) for each in event.all("SUMMARY")}) > 1:
            self._notices.remark(event.all("SUMMARY")[1].line, "property_again", name="SUMMARY")
        if _DOUBTFUL.match(title):
            self._notices.remark(event.line_of("SUMMARY"), "perhaps_cancelled", title=title[:80])
        if len(title) > LONGEST_TITLE:
            self._notices.remark(event.line_of("SUMMARY"), "title_cut", most=LONGEST_TITLE)
            return title[: LONGEST_TITLE - 1].rstrip() + "…"
        return title

    def _statements(self, event: Component, title: str) -> Statements:
        """Return what it says by X-MONITOR-… and, where it has none of that name, by categories such as level=province."""
        told = {"title": (title, event.line_of("SUMMARY"))} if title else {}
        for written in event.all("CATEGORIES"):
            for each in re.split(r"(?<!\\),", written.value):
                name, sign, value = _plain(each).partition("=")
                key = name.strip().lower().replace("-", "_")
                if sign and key in self._known:
                    before = told.get(key, ("", 0))[0] if key == "participants" else ""
                    told[key] = (f"{before} {value}".strip(), written.line)
        for name, lines in event.properties.items():
            if not name.startswith(_PREFIX):
                continue
            key = name[len(_PREFIX) :].lower().replace("-", "_")
            if key not in self._known:
                self._notices.remark(lines[0].line, "no_property", self._unknown(name), name=name)
                continue
            values = dict.fromkeys(_text(each) for each in lines)
            if key != "participants" and len(values) > 1:
                self._notices.remark(lines[1].line, "property_again", name=name)
            chosen = " ".join(values) if key == "participants" else next(iter(values))
            if chosen:
                told[key] = (chosen, lines[0].line)
        return told


def _first(event: Component, name: str) -> ContentLine | None:
    return next((each for each in event.all(name) if each.value.strip()), None)


def _title(event: Component) -> str:
    return _text(_first(event, "SUMMARY"))


def _text(written: ContentLine | None) -> str:
    return "" if written is None else _plain(written.value)


def _plain(value: str) -> str:
    """Return a TEXT value (RFC 5545 section 3.3.11) on one line, without what no terminal or sheet could show."""
    text = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    text = "".join(each if each.isprintable() else " " for each in unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def _duration(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups()[1:])
    lasts = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    # Nothing of a day or more is taken; years of it would only overflow what it is added to.
    most = timedelta(days=400)
    return max(-most, min(-lasts if found[1] == "-" else lasts, most))


def _written_moment(text: str) -> tuple[datetime | date, tzinfo | None]:
    """Return a day, or a naive moment and the zone written with it (Z, +0700), if any. Raises ValueError for anything else."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day = date(int(found[1]), int(found[2]), int(found[3]))
    if found[4] is None:
        return day, None
    clock = time(int(found[4]), int(found[5]), min(int(found[6] or 0), 59))
    return datetime.combine(day, clock), _offset_zone(found[7]) if found[7] else None


def _offset_zone(text: str) -> tzinfo:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=min(hours, 23), minutes=min(minutes, 59))
    return timezone(-offset if text[0] == "-" else offset)


def _attendees(event: Component) -> Iterator[Attendee]:
    for written in event.all("ATTENDEE"):
        mailbox = re.sub(r"(?i)^\s*mailto:", "", written.value).strip().casefold()
        kind = written.parameters.get("CUTYPE", "").strip().upper()
        yield Attendee(mailbox, _plain(written.parameters.get("CN", "")), kind in _ROOMS, written.line)
