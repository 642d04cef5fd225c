"""The schedule: every meeting of the configuration as occurrences with ids, between any two moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.errors import Notice
from monitor.load.calendar import Calendar, Occurrence
from monitor.load.calendar_event import Key
from monitor.model.meeting import Meeting


@dataclass(frozen=True, slots=True)
class Series:
    """What is common to the occurrences of an event. is_dated: their ids carry the date. place: file and line.

    participants_by_name: rooms that it invites are taken for the endpoints that are called as they are.
    """

    id: str
    is_dated: bool
    endpoints: tuple[str, ...]
    level: str = ""
    host: str = ""
    external_host: str = ""
    call_rate_bps: int | None = None
    platform: str = ""
    carrier: str = ""
    place: str = ""
    participants_by_name: bool = False


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """A calendar whose events are checked. series: by the event's key; those that are left out have none."""

    calendar: Calendar
    series: Mapping[Key, Series]


@dataclass(frozen=True, slots=True)
class Schedule:
    """All meetings of a configuration. singles: those of meetings.yaml. zone: in which ids have their dates.

    notices: what of its calendars is left out, and what is taken though it is odd.
    """

    zone: ZoneInfo
    singles: tuple[Meeting, ...] = ()
    sources: tuple[CalendarSource, ...] = field(default=())
    notices: tuple[Notice, ...] = field(default=())

    def between(self, start: datetime, end: datetime) -> tuple[Meeting, ...]:
        """Return the meetings that take place, in whole or in part, between two aware moments, the first to begin first."""
        found = [meeting for meeting in self.singles if meeting.start < end and meeting.end > start]
        for source in self.sources:
            found += (meeting for meeting in self._recurring(source, start, end) if meeting.start < end and meeting.end > start)
        return tuple(sorted(found, key=lambda meeting: (meeting.start, meeting.id)))

    def _recurring(self, source: CalendarSource, start: datetime, end: datetime) -> Iterable[Meeting]:
        """Yield the occurrences of whole days around a time: only a whole day tells whether there are two in it."""
        first = datetime.combine(self._day(start) - timedelta(days=1), time(), self.zone)
        last = datetime.combine(self._day(end) + timedelta(days=1), time(), self.zone)
        held = [(source.series[key], each) for key, each in source.calendar.between(first, last) if key in source.series]
        a_day = Counter((series.id, self._day(each.start)) for series, each in held)
        for series, each in held:
            if not each.is_cancelled:
                yield self._meeting(series, each, a_day[series.id, self._day(each.start)] > 1)

    def _meeting(self, series: Series, held: Occurrence, is_one_of_two: bool) -> Meeting:
        begins = held.start.astimezone(self.zone)
        dated = f"{series.id}-{begins:%Y-%m-%d}" + (f"-{begins:%H%M}" if is_one_of_two else "")
        return Meeting(
            id=dated if series.is_dated else series.id,
            series=series.id,
            title=held.title,
            start=begins,
            end=held.end.astimezone(self.zone),
            endpoints=series.endpoints,
            level=series.level,
            host=series.host,
            external_host=series.external_host,
            call_rate_bps=series.call_rate_bps,
            platform=series.platform,
            carrier=series.carrier,
            place=series.place,
            participants_by_name=series.participants_by_name,
        )

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


NO_MEETINGS = Schedule(ZoneInfo("Asia/Ho_Chi_Minh"))
