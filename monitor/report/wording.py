"""The words of a shift log: names, times and reasons of one language and one time zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.model.inventory import Inventory, Kind
from monitor.model.reason import Reason
from monitor.model.state import Acknowledgement, Event
from monitor.report.shift import Decline, Gap, Maintenance, Outage, ShiftLog
from monitor.words import page, say
from monitor.words.events import tell_event
from monitor.words.probe_details import path_text, tell_details
from monitor.words.report import SHIFT
from monitor.words.short_names import line_name
from monitor.words.state_reasons import explain
from monitor.words.states import LEVELS
from monitor.words.voice import voice

_NAMED = 3
"""Of more covered targets only so many are named."""


class ShiftWording:
    """Says what a shift log says. day: of which a time of day needs no date."""

    def __init__(self, language: str, zone: ZoneInfo, inventory: Inventory, day: float) -> None:
        self.language = language
        self.voice = voice(language)
        self.zone = zone
        self._inventory = inventory
        self._day = self.moment(day).date()
        areas = {id_: area.name for id_, area in inventory.areas.items()}
        self._names: Mapping[str, str] = areas | {id_: target.name for id_, target in inventory.targets.items()}

    def __call__(self, key: str, **values: object) -> str:
        return say(SHIFT, key, self.language, **values)

    def moment(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, self.zone)

    def time(self, at: float | None) -> str:
        """Return the time of day, with the date where it is another day's; '' for none."""
        if at is None:
            return ""
        moment = self.moment(at)
        return self.voice.clock(moment) if moment.date() == self._day else self.voice.short_time(moment)

    def clock(self, at: float) -> str:
        return self.voice.clock(self.moment(at))

    def date(self, at: float) -> str:
        return self.voice.weekday(self.moment(at))

    def age(self, seconds: float) -> str:
        return self.voice.duration(seconds)

    def span(self, log: ShiftLog) -> str:
        lasts = self.age(log.until - log.since)
        since = f"{self.date(log.since)}, {self.clock(log.since)}"
        is_one_day = self.moment(log.since).date() == self.moment(log.until).date()
        until = ("" if is_one_day else f"{self.date(log.until)}, ") + self.clock(log.until)
        return self("span", since=since, until=until, lasts=lasts)

    def summary(self, log: ShiftLog) -> str:
        count = len(log.outages)
        parts = []
        if count:
            untaken, behind = sum(outage.is_untaken for outage in log.open), sum(bool(outage.behind) for outage in log.open)
            numbers = {"sum_closed": len(log.closed), "sum_open": len(log.open), "sum_behind": behind, "sum_untaken": untaken}
            told = ", ".join(self(key, count=number) for key, number in numbers.items() if number)
            parts.append(f"{self('sum', count=count)}: {told}")
        more = {"sum_maintenance": len(log.maintenance), "sum_gaps": len(log.gaps)}
        parts += [self(key, count=number) for key, number in more.items() if number]
        begin = "" if count else self("sum_none") + (" " if parts else "")
        return begin + (". ".join(each[:1].upper() + each[1:] for each in parts) + "." if parts else "")

    def name(self, id_: str) -> str:
        """Return a target's name, offices abbreviated, endpoints by their short name; an unknown id as it is."""
        target = self._inventory.targets.get(id_)
        if target is None:
            return id_
        short = self._inventory.short_name(target)
        return line_name(target.name, short, self.language, is_endpoint=target.kind is Kind.ENDPOINT)

    def area(self, id_: str) -> str:
        target = self._inventory.targets.get(id_)
        return self._names.get(target.area, target.area) if target is not None else ""

    def level(self, id_: str) -> str:
        target = self._inventory.targets.get(id_)
        if target is None:
            return ""
        return say(LEVELS, target.level, self.language) if target.level in LEVELS else target.level

    def reason(self, reason: Reason) -> str:
        try:
            text = explain(reason.code, reason.values, self.language, self._names)
        except KeyError:
            text = reason.code
        return text[:1].upper() + text[1:]

    def hit(self, outage: Outage) -> str:
        counts = (("points", outage.points), ("endpoints", outage.endpoints))
        return ", ".join(page.counted(kind, count, self.language) for kind, count in counts if count)

    def why(self, outage: Outage) -> str:
        """Return what was seen of an outage: the reason, where the path breaks, and how often it fell."""
        # A path that was whole when it was traced was traced too late: the target was back.
        is_too_late = outage.path is not None and outage.path.code == "path_whole"
        path = "" if is_too_late else path_text(outage.path, self.language)
        falls = self("falls", count=outage.falls) if outage.falls > 1 else ""
        return "; ".join(filter(None, (self.reason(outage.reason), path, falls)))

    def path(self, outage: Outage) -> str:
        """Return what was found on its path, '' where nothing was looked for."""
        return "" if outage.path is None else tell_details((outage.path,), self.language)

    def who(self, outage: Outage) -> str:
        """Return who took it on, in order, and what it is behind now; '' for what is over and was nobody's."""
        return "; ".join(self.takers(outage))

    def takers(self, outage: Outage) -> list[str]:
        """Return the same, one by one."""
        told = [self._acknowledged(taken) for taken in outage.taken]
        if outage.behind:
            return [*told, self("now_behind", cause=self.name(outage.behind))]
        if outage.is_untaken:
            return [*told, self("no_one_now" if told else "untaken")]
        return told

    def _acknowledged(self, by: Acknowledgement) -> str:
        return self("taken", by=by.by, time=self.time(by.at), note=f": {by.note}" if by.note else "")

    def covers(self, maintenance: Maintenance) -> str:
        names = [self.name(id_) for id_ in maintenance.ids] + [self._names.get(id_, id_) for id_ in maintenance.areas]
        if len(names) <= _NAMED + 1:
            return ", ".join(names)
        return self("many_covered", some=", ".join(names[:_NAMED]), more=len(names) - _NAMED)

    def announcer(self, maintenance: Maintenance) -> str:
        return maintenance.by or self("configured")

    def decline(self, decline: Decline) -> str:
        return self.reason(decline.reason) + (f" ({self('still')})" if decline.is_open else "")

    def gap(self, gap: Gap) -> str:
        return self.note(gap.event) if gap.event is not None and gap.kind == "blind" else self(gap.kind)

    def gap_in_full(self, gap: Gap) -> str:
        """Return the same, with what is known of its beginning where that is no moment."""
        return self.gap(gap) if gap.began is not None else f"{self.gap(gap)} ({self.began(gap)})"

    def began(self, gap: Gap) -> str:
        """Return when a gap began, or after when; 'unclear' where not even that is known."""
        if gap.began is not None:
            return self.time(gap.began)
        return self("unclear") if gap.after is None else self("after", time=self.time(gap.after))

    def lasted(self, gap: Gap, until: float) -> str:
        """Return how long a gap lasted, at most where its beginning is not known; to the shift's end where it goes on."""
        began = gap.after if gap.began is None else gap.began
        if began is None:
            return self("unclear")
        lasts = self.age((gap.ended or until) - began)
        return lasts if gap.began is not None else self("at_most", lasts=lasts)

    def ended(self, ended: float | None) -> str:
        return self("still") if ended is None else self.time(ended)

    def note(self, event: Event) -> str:
        return tell_event(event.kind, event.target, event.values, event.told, self.language, self._names)
