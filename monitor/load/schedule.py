"""The schedule: every meeting of the configuration as occurrences with ids, between any two moments.

docs/meetings.md says what an id is made of. None depends on which other meetings there are, unless two claim to be the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.errors import Notice
from monitor.load.calendar import Calendar, Occurrence
from monitor.load.calendar_event import Key
from monitor.model.meeting import NO_IDS, KeptSlug, KnownIds, Meeting

_HASH_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Series:
    """What is common to the occurrences of an event. place: file and line.

    id: what the event calls itself, else the slug of its title. is_named: it calls itself so.
    participants_by_name: rooms that it invites are taken for the endpoints that are called as they are.
    """

    id: str
    is_named: bool
    endpoints: tuple[str, ...]
    level: str = ""
    host: str = ""
    external_host: str = ""
    call_rate_bps: int | None = None
    platform: str = ""
    carrier: str = ""
    place: str = ""
    participants_by_name: bool = False

    def meeting(
        self, id_: str, title: str, start: datetime, end: datetime, *, series: str, old_ids: tuple[str, ...] = ()
    ) -> Meeting:
        """Return one of its occurrences. start, end: aware, in the zone in which they are told. series: the id of all of them."""
        return Meeting(
            id=id_,
            series=series,
            title=title,
            start=start,
            end=end,
            endpoints=self.endpoints,
            level=self.level,
            host=self.host,
            external_host=self.external_host,
            call_rate_bps=self.call_rate_bps,
            platform=self.platform,
            carrier=self.carrier,
            place=self.place,
            participants_by_name=self.participants_by_name,
            old_ids=old_ids,
        )


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """A calendar whose events are checked. series: by the event's key; those that are left out have none."""

    calendar: Calendar
    series: Mapping[Key, Series]

    def event(self, key: Key) -> Series:
        """Return what is said of an event as a whole: what replaces an occurrence is called as its series is."""
        return self.series.get((key[0], None), self.series[key])


@dataclass(frozen=True, slots=True)
class Schedule:
    """All meetings of a configuration. singles: those of meetings.yaml. zone: in which ids have their dates.

    known: what is kept of ids from before; without it an id begins with the slug of today's title.
    notices: what of its calendars is left out, and what is taken though it is odd.
    """

    zone: ZoneInfo
    singles: tuple[Meeting, ...] = ()
    sources: tuple[CalendarSource, ...] = field(default=())
    notices: tuple[Notice, ...] = field(default=())
    known: KnownIds = NO_IDS

    def knowing(self, known: KnownIds) -> Schedule:
        return replace(self, known=known)

    def new_slugs(self) -> tuple[KeptSlug, ...]:
        """Return the slugs of events that are seen for the first time: whoever keeps them keeps the ids."""
        found: dict[str, str] = {}
        for source in self.sources:
            for key in source.series:
                event, whole = event_of(key[0]), source.event(key)
                if not whole.is_named and event not in self.known.slugs:
                    found.setdefault(event, whole.id)
        return tuple(KeptSlug(event, slug) for event, slug in found.items())

    def between(self, start: datetime, end: datetime) -> tuple[Meeting, ...]:
        """Return the meetings that take place, in whole or in part, between two aware moments, the first to begin first."""
        whole_days = [meeting for source in self.sources for meeting in self._of_calendar(source, start, end)]
        every = [*self.singles, *_each_with_its_own_id(whole_days, {meeting.id for meeting in self.singles})]
        found = [meeting for meeting in every if meeting.start < end and meeting.end > start]
        return self._with_old_ids(sorted(found, key=lambda meeting: (meeting.start, meeting.id)))

    def _of_calendar(self, source: CalendarSource, start: datetime, end: datetime) -> Iterator[Meeting]:
        """Yield the occurrences of the days around a time: whoever says to be the same as another is mostly held that day, too."""
        first = datetime.combine(self._day(start) - timedelta(days=1), time(), self.zone)
        last = datetime.combine(self._day(end) + timedelta(days=1), time(), self.zone)
        every = (each for each in source.calendar.between(first, last) if each[0] in source.series and not each[1].is_cancelled)
        held = sorted(every, key=lambda each: (each[1].start, each[1].title, each[1].uid))
        yield from (self._meeting(source, key, each) for key, each in held)

    def _meeting(self, source: CalendarSource, key: Key, held: Occurrence) -> Meeting:
        series, event = source.series[key], source.event(key)
        slug = event.id if event.is_named else self.known.slugs.get(event_of(key[0]), event.id)
        return series.meeting(
            self._named(event.id, source.calendar.begins.get(key[0]), held) if event.is_named else unnamed(slug, held),
            held.title,
            held.start.astimezone(self.zone),
            held.end.astimezone(self.zone),
            series=event.id if event.is_named else f"{slug}-{_digits(held.uid or held.title, '')}",
            old_ids=() if event.is_named and held.original_start is None else self._ids_of_0_1({slug, series.id}, held),
        )

    def _named(self, name: str, usual: datetime | None, held: Occurrence) -> str:
        """Return the id of an occurrence whose event has one: with the date on which the series has it, where it is a series.

        The time of day is added where it is not that of the series itself: so two of one day are told apart, each by itself.
        usual: when the series begins, in its own zone; None where the series is not there.
        """
        if held.original_start is None:
            return name
        local = held.original_start.astimezone(self.zone)
        is_usual = usual is None or held.original_start.astimezone(usual.tzinfo).time() == usual.time()
        return f"{name}-{local:%Y-%m-%d}" + ("" if is_usual else f"-{local:%H%M%S}".removesuffix("00"))

    def _ids_of_0_1(self, names: set[str], held: Occurrence) -> tuple[str, ...]:
        """Return what version 0.1 called an occurrence: by the date on which it is held, and the time where there were two."""
        moments = [each.astimezone(self.zone) for each in (held.start, held.original_start) if each is not None]
        dated = [f"{name}-{each:%Y-%m-%d}" for name in sorted(names) for each in moments]
        timed = [f"{name}-{each:%Y-%m-%d-%H%M}" for name in sorted(names) for each in moments]
        return tuple(dict.fromkeys([*dated, *timed]))

    def _with_old_ids(self, meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
        """Return meetings with the ids that the journal knows to be theirs, and without those that are another's."""
        meetings = tuple(meetings)
        ids, renamed = {meeting.id for meeting in meetings}, self.known.renamed
        of_journal: dict[str, list[str]] = {}
        for (old, _), new in renamed.items():
            of_journal.setdefault(new, []).append(old)
        taken = {old: new for (old, _), new in renamed.items() if new in ids}
        return tuple(
            replace(
                meeting,
                old_ids=tuple(
                    old
                    for old in dict.fromkeys([*of_journal.get(meeting.id, ()), *meeting.old_ids])
                    if old not in ids and taken.get(old, meeting.id) == meeting.id
                ),
            )
            for meeting in meetings
        )

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def event_of(uid: str) -> str:
    """Return 64 hexadecimal digits that stand for an event's UID, which may be of any length."""
    return hashlib.sha256(uid.encode(errors="surrogatepass")).hexdigest()


def unnamed(slug: str, held: Occurrence) -> str:
    """Return the id of an occurrence whose event has none: a slug, and digits of what never changes about it.

    That is the event's UID, and when its series has it take place; a single event may be moved. Without UID it is title and start.
    """
    moment = held.original_start or (None if held.uid else held.start)
    return f"{slug}-{_digits(held.uid or held.title, '' if moment is None else f'{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}')}"


def _digits(name: str, moment: str) -> str:
    return event_of(f"{name}\n{moment}")[:_HASH_DIGITS]


def _each_with_its_own_id(meetings: Iterable[Meeting], taken: set[str]) -> Iterator[Meeting]:
    """Yield meetings; of those that have the same id, such as one that two calendars hold, all but the first get a number."""
    for meeting in meetings:
        id_, number = meeting.id, 1
        while id_ in taken:
            number += 1
            id_ = f"{meeting.id}-{number}"
        taken.add(id_)
        yield meeting if id_ == meeting.id else replace(meeting, id=id_)


NO_MEETINGS = Schedule(ZoneInfo("Asia/Ho_Chi_Minh"))
