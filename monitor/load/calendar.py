"""Calendars (.ics, RFC 5545) → occurrences of meetings: recurring, moved and cancelled ones, in whatever time zone they stand.

icalendar reads the file and recurring-ical-events expands it; what they are given is bounded first, and every fault has its line.
docs/meetings.md says how an event tells its participants, level and host.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import icalendar
import recurring_ical_events
import yaml

from monitor.errors import Fault, reason_of, said_by
from monitor.load.calendar_lines import PARSER_FAILS, EventLines, scan, unreadable
from monitor.load.document import Faulty, Node
from monitor.load.exchange.yaml_tree import MAP, STR, mapping, scalar, sequence, with_mark
from monitor.load.fields import ReadMapping, Table
from monitor.load.suggest import did_you_mean
from monitor.words.phrase import Phrase, phrase

MOST_A_DAY = 8
MOST_TIMES = 1_000
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_LAST = datetime(2099, 12, 31, tzinfo=UTC)
_SAID_BY_ALL = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND"}
_SAID_BY_LONG = _SAID_BY_ALL | {"BYMONTH", "BYMONTHDAY", "BYSETPOS"}
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# A rule that never comes true is looked for until the year 9999 whatever its UNTIL: 18 s for one by the day that names months.
_FREQUENCIES = {"DAILY": _SAID_BY_ALL, "WEEKLY": _SAID_BY_ALL, "MONTHLY": _SAID_BY_LONG, "YEARLY": _SAID_BY_LONG}
_PREFIX = "X-MONITOR-"
_ONCE = ("UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "STATUS", "RRULE", "SEQUENCE")
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_LISTS = {"level": "levels", "area": "areas", "tag": "tags"}

Key = tuple[str, datetime | None]
"""An event's UID, and which occurrence of the series it replaces; None is the series itself."""


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
class Calendar:
    """A calendar without faults. entries: what is said of every event, by its key. recurring: UIDs of series."""

    component: Any
    entries: Mapping[Key, ReadMapping]
    recurring: frozenset[str]

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[Key, Occurrence]]:
        """Yield what takes place between two aware moments, in no order, under the key of whose entry says what it is."""
        for event in recurring_ical_events.of(self.component, keep_recurrence_attributes=False).between(start, end):
            uid, instead_of = str(event["UID"]).strip(), event.get("RECURRENCE-ID")
            own = (uid, _utc(instead_of.dt) if instead_of is not None else None)
            yield (
                own if own in self.entries else (uid, None),
                Occurrence(
                    title=str(event.get("SUMMARY", "")).strip(),
                    start=event["DTSTART"].dt,
                    end=event["DTEND"].dt,
                    is_cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
                    uid=uid,
                    original_start=own[1] or (_utc(event["DTSTART"].dt) if uid in self.recurring else None),
                ),
            )


def load_calendar(path: Path, form: Table, zone: tzinfo, faults: list[Fault]) -> Calendar | None:
    """Return what a calendar says, None where it has faults. form: of what an event may say. zone: of times that name none."""
    file = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.append(Fault(file, 0, "", "unreadable", values={"reason": reason_of(error)}))
        return None
    return read_calendar(content, file, form, zone, faults)


def read_calendar(content: bytes, file: str, form: Table, zone: tzinfo, faults: list[Fault]) -> Calendar | None:
    """Do the same with what a file holds. file: its name for the faults."""
    before = len(faults)
    scanned = scan(content, file, faults)
    if scanned is None:
        return None
    text, lines = scanned
    try:
        component = icalendar.Calendar.from_ical(text)
        events = list(component.walk("VEVENT"))
    except PARSER_FAILS as error:
        faults.append(Fault(file, 0, "", "calendar_unclear", values={"reason": said_by("calendar_reader_says", error)}))
        return None
    if len(events) != len(lines):
        faults.append(Fault(file, 0, "", "calendar_unclear", values={"reason": Phrase("events_unclear")}))
        return None
    reader = _EventReader(file, form, zone, faults)
    told = [reader.event(event, line) for event, line in zip(events, lines, strict=True)]
    entries = reader.entries([each for each in told if each is not None])
    if len(faults) > before:
        return None
    try:
        list(recurring_ical_events.of(component).between(_FIRST, _FIRST + timedelta(hours=1)))
    except PARSER_FAILS as error:
        faults.append(Fault(file, 0, "", "calendar_unexpandable", values={"reason": said_by("calendar_reader_says", error)}))
        return None
    recurring = frozenset(str(event["UID"]).strip() for event in events if "RRULE" in event or "RDATE" in event)
    return Calendar(component, entries, recurring)


@dataclass(frozen=True, slots=True)
class _WrittenEvent:
    """One event as it is written. raw: key → (its text, its line)."""

    key: Key
    line: int
    raw: Mapping[str, tuple[str, int]]


class _EventReader:
    def __init__(self, file: str, form: Table, zone: tzinfo, faults: list[Fault]) -> None:
        self._file, self._form, self._zone, self._faults = file, form, zone, faults

    def event(self, event: Any, lines: EventLines) -> _WrittenEvent | None:
        """Return what an event says; its floating times are given the zone. None where it has faults, which are noted."""
        before = len(self._faults)
        for name, problem in event.errors:
            place, reason = unreadable(name and name.upper(), problem, lines)
            self._refuse(place, "property_unreadable", name=name or Phrase("a_line"), reason=reason)
        for name in _ONCE:
            if len(lines.places.get(name, ())) > 1:
                self._refuse(lines.places[name][1], "property_again", Phrase("remove_one"), name=name)
        uid, title = str(event.get("UID", "")).strip(), str(event.get("SUMMARY", "")).strip()
        for name, value in (("UID", uid), ("SUMMARY", title)):
            if not value:
                self._refuse(lines.line, "event_without", name=name)
        if len(self._faults) > before or not self._check_times(event, lines):
            return None
        self._check_rules(event, lines)
        raw = self._raw(event, lines, title)
        instead_of = event.get("RECURRENCE-ID")
        key = (uid, _utc(instead_of.dt) if instead_of is not None else None)
        return _WrittenEvent(key, lines.line, raw) if len(self._faults) == before else None

    def entries(self, told: Sequence[_WrittenEvent]) -> dict[Key, ReadMapping]:
        """Return what is said of each event, read by the form; what replaces an occurrence says what its series says."""
        series = {each.key[0]: each for each in told if each.key[1] is None}
        found: dict[Key, ReadMapping] = {}
        for each in told:
            if each.key in found:
                self._refuse(each.line, "second_uid", Phrase("remove_one"), uid=each.key[0])
                continue
            if each.key[0] not in series:
                self._refuse(each.line, "series_missing")
                continue
            entry = self._entry(each, {**series[each.key[0]].raw, **each.raw})
            if entry is not None:
                found[each.key] = entry
        return found

    def _refuse(self, line: int, code: str, remedy: Phrase | None = None, /, **values: object) -> None:
        self._faults.append(Fault(self._file, line, "", code, remedy, values))

    def _check_times(self, event: Any, lines: EventLines) -> bool:
        """Note times that are none, and give the zone to those that float; return whether both are there."""
        for name in _TIMES:
            for prop in _as_list(event.get(name)):
                for each in getattr(prop, "dts", [prop]):
                    if not self._settle(each, name, lines):
                        return False
        start = event.get("DTSTART")
        if start is None:
            self._refuse(lines.line, "event_without", Phrase("say_when"), name="DTSTART")
            return False
        try:
            lasts = event.end - start.dt
        except PARSER_FAILS as error:
            self._refuse(lines.line, "end_unclear", reason=said_by("calendar_reader_says", error))
            return False
        if not {"DTEND", "DURATION"} & set(event):
            self._refuse(lines.line, "no_end")
            return False
        if not timedelta(0) < lasts <= timedelta(days=1):
            place = lines.of("DTEND" if "DTEND" in event else "DURATION")
            self._refuse(place, "ends_before" if lasts <= timedelta(0) else "lasts_over_a_day", Phrase("check_both_times"))
            return False
        return True

    def _settle(self, value: Any, name: str, lines: EventLines) -> bool:
        moment = value.dt
        if isinstance(moment, tuple):
            self._refuse(lines.of(name), "period")
        elif isinstance(moment, date) and not isinstance(moment, datetime):
            self._refuse(lines.of(name), "no_time_in", name=name)
        elif not isinstance(moment, datetime):
            self._refuse(lines.of(name), "no_moment", phrase("write_it_as", example="20261130T080000"), name=name)
        elif moment.tzinfo is None and "TZID" in value.params:
            self._refuse(lines.of(name), "no_time_zone", Phrase("write_tzid"), text=value.params["TZID"])
        elif not 2000 <= moment.year <= 2099:
            self._refuse(lines.of(name), "year_out", year=moment.year)
        else:
            if moment.tzinfo is None:
                value.dt = moment.replace(tzinfo=self._zone)
            return True
        return False

    def _check_rules(self, event: Any, lines: EventLines) -> None:
        """Note rules that no meeting has, such as one a second; a rule without an end is given a far one."""
        place = lines.of("RRULE")
        rules = _as_list(event.get("RRULE"))
        if "EXRULE" in event:
            self._refuse(lines.of("EXRULE"), "exrule")
            return
        times = sum(len(getattr(each, "dts", [each])) for name in ("RDATE", "EXDATE") for each in _as_list(event.get(name)))
        if times > MOST_TIMES:
            self._refuse(lines.of("RDATE"), "too_many_dates", count=times, most=MOST_TIMES)
        for rule in rules:
            frequency = ",".join(map(str, rule.get("FREQ", [])))
            a_day = (
                max(1, len(rule.get("BYHOUR", []))) * max(1, len(rule.get("BYMINUTE", []))) * max(1, len(rule.get("BYSECOND", [])))
            )
            if frequency not in _FREQUENCIES:
                self._refuse(place, "frequency", Phrase("take_frequency"), frequency=frequency)
            elif a_day > MOST_A_DAY:
                self._refuse(place, "times_a_day", Phrase("take_frequency"), count=a_day)
            elif unknown := [each for each in rule if each.upper() not in _FREQUENCIES[frequency]]:
                self._refuse(place, "rule_part", name=unknown[0], frequency=frequency)
            elif any(not 1 <= int(each) <= MOST_TIMES for name in ("INTERVAL", "COUNT") for each in rule.get(name, [1])):
                self._refuse(place, "rule_count", most=MOST_TIMES)
            elif not _may_come_true(rule):
                self._refuse(place, "rule_never")
            else:
                self._try(event, rule, place)

    def _try(self, event: Any, rule: Any, place: int) -> None:
        """Expand a rule for its first day: what the library can't do must be told now, not when the meeting is due."""
        if "COUNT" not in rule and "UNTIL" not in rule:
            rule["UNTIL"] = [_LAST]
        alone = icalendar.Calendar()
        alone.add_component(event)
        begins = event["DTSTART"].dt
        try:
            list(recurring_ical_events.of(alone).between(begins, begins + timedelta(days=1)))
        except PARSER_FAILS as error:
            self._refuse(place, "rule_unreadable", Phrase("as_rfc5545"), reason=said_by("calendar_reader_says", error))

    def _raw(self, event: Any, lines: EventLines, title: str) -> dict[str, tuple[str, int]]:
        """Return what an event says by X-MONITOR-… and, where it has none of that name, by categories such as level=province."""
        raw = {"title": (title, lines.of("SUMMARY"))}
        for prop in _as_list(event.get("CATEGORIES")):
            for each in getattr(prop, "cats", [prop]):
                name, sign, value = str(each).partition("=")
                key = name.strip().lower().replace("-", "_")
                if sign and key in self._form.fields and key != "title":
                    told = raw.get(key, ("", 0))[0]
                    raw[key] = (f"{told} {value}".strip() if key == "participants" else value.strip(), lines.of("CATEGORIES"))
        for name in event:
            if name.upper().startswith(_PREFIX):
                key = name[len(_PREFIX) :].lower().replace("-", "_")
                if key not in self._form.fields:
                    known = [_PREFIX + each.upper().replace("_", "-") for each in self._form.fields if each != "title"]
                    self._refuse(lines.of(name.upper()), "no_property", did_you_mean(name, known), name=name)
                    continue
                values = " ".join(str(each).replace("\\,", ",") for each in _as_list(event.get(name)))
                raw[key] = (values.strip(), lines.of(name.upper()))
        return raw

    def _entry(self, told: _WrittenEvent, raw: Mapping[str, tuple[str, int]]) -> ReadMapping | None:
        """Read what an event says by the form, as if it stood in meetings.yaml."""
        pairs = [
            (with_mark(scalar(key), self._mark(line)), with_mark(_node(key, text), self._mark(line)))
            for key, (text, line) in raw.items()
        ]
        mark = self._mark(told.line)
        node = yaml.MappingNode(MAP, pairs, mark, mark, True)
        try:
            return self._form.read(Node(node, self._file, slug(raw["title"][0]), self._faults))
        except Faulty:
            return None

    def _mark(self, line: int) -> yaml.Mark:
        return yaml.Mark(self._file, 0, line - 1, 0, None, 0)


def _may_come_true(rule: Any) -> bool:
    """Return False for the 30th of February, a sixth Monday of a month, and their like."""
    months, days = (
        [int(each) for each in rule.get("BYMONTH", range(1, 13))],
        [abs(int(each)) for each in rule.get("BYMONTHDAY", [1])],
    )
    if any(not 1 <= abs(int(each)) <= 5 for each in rule.get("BYSETPOS", [1])) or not all(1 <= month <= 12 for month in months):
        return False
    return min(days) <= max(_LONGEST_MONTHS[month - 1] for month in months)


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
    for word in re.split(r"[\s,;]+", text.strip()):
        name, sign, value = word.partition(":")
        if word == "all":
            values["all"] = scalar("true")
        elif sign and name in _LISTS:
            lists.setdefault(_LISTS[name], []).append(scalar(value))
        elif word.startswith("-"):
            lists.setdefault("except", []).append(scalar(word[1:]))
        elif word:
            lists.setdefault("ids", []).append(scalar(word))
    return mapping(values | {name: sequence(items) for name, items in lists.items()})


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _utc(moment: Any) -> datetime | None:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else None
