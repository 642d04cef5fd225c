"""meetings.yaml and the calendars that it names → Schedule, checked against the inventory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from monitor.errors import Fault
from monitor.load.calendar import Calendar, Key, load_calendar, slug
from monitor.load.document import read_file
from monitor.load.fields import Either, Field, ListOf, ReadMapping, Record, Table
from monitor.load.schedule import CalendarSource, Schedule, Series
from monitor.load.suggest import Suggester
from monitor.load.values import Flag, Identifier, Moment, Rate, Text, aware
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.meeting import Meeting, Participants
from monitor.rules.readiness.inputs import resolve_participants
from monitor.words.phrase import Phrase, phrase

CENTRAL = "central"
"""The level above the province's own: its meetings are held elsewhere."""
LONGEST = timedelta(days=1)

_IDS = ListOf(Identifier(), once=True)
PARTICIPANTS = Record(
    Participants,
    (
        Field("all", Flag(), attribute="everyone", usual="false", doc="every endpoint of the inventory"),
        Field("ids", _IDS, doc="endpoints"),
        Field("levels", _IDS, doc="every endpoint of these levels"),
        Field("areas", _IDS, doc="every endpoint of these areas"),
        Field("tags", ListOf(Text(longest=60), once=True), doc="every endpoint with one of these tags"),
        Field("except", _IDS, attribute="excluded", doc="endpoints that do not take part"),
    ),
)
EXTERNAL = Table((Field("external", Text(longest=120), required=True, doc="who chairs, where that is none of our endpoints"),))
MANNER = (
    Field("level", Identifier(), doc="level of the meeting: central, or one of the inventory's"),
    Field("host", Either(Identifier(), EXTERNAL), doc="the endpoint that chairs, or {external: its name}"),
    Field("call_rate", Rate(), doc="bit/s of each call; without it each endpoint's own"),
    Field("platform", Text(longest=60), doc="what joins the calls, such as mcu"),
    Field("carrier", Text(longest=60), doc="whose network carries it"),
    Field("participants", PARTICIPANTS, doc="who takes part: the union of what is named, less the exceptions"),
)
_WHO = Field("participants", PARTICIPANTS, required=True, doc="who takes part: the union of what is named, less the exceptions")
MEETING = Table(
    (
        Field("id", Identifier(), required=True, doc="stands in addresses, metrics and reports"),
        Field("title", Text(longest=200), required=True, doc="as staff know it"),
        Field("start", Moment(), required=True, doc="when it begins"),
        Field("end", Moment(), required=True, doc="when it ends"),
        *(_WHO if field.name == "participants" else field for field in MANNER),
    ),
    what="meeting",
    key="id",
)
CALENDAR = Table(
    (Field("file", Text(longest=250), required=True, doc="an .ics file, from this folder"), *MANNER), what="calendar", key="file"
)
FILE = Table(
    (
        Field("meetings", ListOf(MEETING), default=(), doc="single meetings"),
        Field(
            "calendars",
            ListOf(Either(Text(longest=250), CALENDAR)),
            default=(),
            doc="calendars (.ics), each with what holds for events that do not say it",
        ),
    )
)
EVENT = Table(
    (Field("id", Identifier(), doc="of the series"), Field("title", Text(longest=200), required=True, doc="SUMMARY"), *MANNER),
    what="event",
)


def load_meetings(path: Path, inventory: Inventory | None, zone: ZoneInfo, faults: list[Fault]) -> Schedule:
    """Return the schedule of a file, an empty one where there is no such file; all its faults are noted.

    inventory: None where it has faults itself: then only the form is checked. zone: of times that name none, and of ids' dates.
    """
    entry = read_file(path, FILE, faults) if path.exists() else None
    if entry is None:
        return Schedule(zone)
    reader = _MeetingReader(inventory, zone)
    singles = [reader.single(each) for each in entry["meetings"]]
    sources = [reader.source(each, path.parent, entry) for each in entry["calendars"]]
    return Schedule(zone, tuple(each for each in singles if each is not None), tuple(each for each in sources if each is not None))


class _MeetingReader:
    def __init__(self, inventory: Inventory | None, zone: ZoneInfo) -> None:
        self._inventory = inventory
        self._zone = zone
        self._suggest = Suggester()
        self._claimed: dict[str, ReadMapping] = {}
        self._files: set[str] = set()
        targets: Mapping[str, Target] = {} if inventory is None else inventory.targets
        self._endpoints = [name for name, target in targets.items() if target.kind is Kind.ENDPOINT]
        self._tags = sorted({tag for target in targets.values() for tag in target.tags})

    def single(self, entry: ReadMapping) -> Meeting | None:
        """Return a meeting of meetings.yaml, None where it has faults."""
        start, end = (None if entry[key] is None else aware(entry[key], self._zone) for key in ("start", "end"))
        if start is not None and end is not None:
            if end <= start:
                entry.refuse("end", "end_before_start")
            elif end - start > LONGEST:
                entry.refuse("end", "hours_after_start", lasted_s=(end - start).total_seconds())
        if entry.has("id"):
            self._claim(entry, entry["id"])
        series = self._series(entry, (), entry["id"] or "", is_dated=False)
        if series is None or start is None or end is None or not entry.is_whole:
            return None
        return Meeting(
            id=series.id,
            series=series.id,
            title=entry["title"],
            start=start.astimezone(self._zone),
            end=end.astimezone(self._zone),
            endpoints=series.endpoints,
            level=series.level,
            host=series.host,
            external_host=series.external_host,
            call_rate_bps=series.call_rate_bps,
            platform=series.platform,
            carrier=series.carrier,
            place=series.place,
        )

    def source(self, item: str | ReadMapping, folder: Path, whole: ReadMapping) -> CalendarSource | None:
        """Return a calendar with its events' series, None where anything of it is faulty."""
        usual = () if isinstance(item, str) else (item,)
        name: str | None = item if isinstance(item, str) else item["file"]
        if name is None:
            return None
        if name in self._files:
            whole.refuse("calendars", "calendar_twice", Phrase("remove_one"), name=name)
            return None
        self._files.add(name)
        for entry in usual:
            self._check(entry)
        calendar = load_calendar(folder / name, EVENT, self._zone, whole.node.faults)
        return None if calendar is None else self._checked(calendar, usual)

    def _checked(self, calendar: Calendar, usual: tuple[ReadMapping, ...]) -> CalendarSource | None:
        found: dict[Key, Series] = {}
        is_whole = True
        for key, entry in calendar.entries.items():
            name = entry["id"] or slug(entry["title"])
            if key[1] is not None:
                name = found[key[0], None].id if (key[0], None) in found else name
            elif entry.has("id"):
                self._claim(entry, name)
            recurs = key[0] in calendar.recurring
            series = self._series(entry, usual, name, is_dated=recurs or not entry.has("id"))
            is_whole = is_whole and series is not None
            if series is not None:
                found[key] = series
        return CalendarSource(calendar, MappingProxyType(found)) if is_whole else None

    def _claim(self, entry: ReadMapping, name: str) -> None:
        """Note an id that another meeting has."""
        known = self._claimed.setdefault(name, entry)
        if known is not entry:
            place = known.places.get("id", known.node)
            entry.refuse("id", "second_meeting", Phrase("id_once"), name=name, place=f"{place.file}:{place.line}")

    def _series(self, entry: ReadMapping, usual: tuple[ReadMapping, ...], name: str, *, is_dated: bool) -> Series | None:
        """Return what is said of a meeting, by itself or else by its calendar; None where it is faulty."""
        before = len(entry.node.faults)
        self._check(entry)
        told = {field.name: _said(field.name, entry, usual) for field in MANNER}
        participants: Participants | None = told["participants"]
        # Whatever has a start stands in meetings.yaml, whose form asks for participants itself.
        if participants is None and "participants" not in entry.places and "start" not in entry.values:
            entry.refuse("participants", "no_participants", title=entry["title"])
        if self._inventory is None or participants is None or len(entry.node.faults) > before:
            return None
        host, external = (
            (told["host"], "") if isinstance(told["host"], str) else ("", (told["host"] or {"external": ""})["external"])
        )
        endpoints = resolve_participants(participants, self._inventory, host)
        if not endpoints:
            entry.refuse("participants", "nobody_takes_part")
            return None
        return Series(
            id=name,
            is_dated=is_dated,
            endpoints=endpoints,
            level=told["level"] or "",
            host=host,
            external_host=external or "",
            call_rate_bps=told["call_rate"],
            platform=told["platform"] or "",
            carrier=told["carrier"] or "",
            place=f"{entry.node.file}:{entry.node.line}",
        )

    def _check(self, entry: ReadMapping) -> None:
        inventory = self._inventory
        if inventory is None:
            return
        level, host, participants = entry["level"], entry["host"], entry["participants"]
        levels = (CENTRAL, *(each for each in inventory.levels if each != CENTRAL))
        if level is not None:
            self._check_names(entry, "level", "level", (level,), levels)
        if isinstance(host, str):
            self._check_endpoints(entry, "host", (host,))
        if participants is None:
            return
        self._check_endpoints(entry, "participants", (*participants.ids, *participants.excluded))
        self._check_names(entry, "participants", "level", participants.levels, inventory.levels)
        self._check_names(entry, "participants", "area", participants.areas, inventory.areas)
        self._check_names(entry, "participants", "tag", participants.tags, self._tags)

    def _check_names(self, entry: ReadMapping, key: str, what: str, names: Iterable[str], known: Iterable[str]) -> None:
        known = list(known)
        for name in names:
            if name not in known:
                otherwise = None if known else Phrase(f"no_target_has_{what}")
                entry.refuse(key, f"no_{what}", self._suggest.cure(name, known, otherwise), name=name)

    def _check_endpoints(self, entry: ReadMapping, key: str, names: Iterable[str]) -> None:
        assert self._inventory is not None
        for name in names:
            found = self._inventory.targets.get(name)
            if found is None:
                entry.refuse(key, "no_endpoint", self._suggest.cure(name, self._endpoints), name=name)
            elif found.kind is not Kind.ENDPOINT:
                below = [each for each in self._endpoints if name in self._inventory.targets[each].parents]
                cure = phrase("its_endpoint", name=below[0]) if below else Phrase("name_an_endpoint")
                entry.refuse(key, "is_point", cure, name=name)


def _said(name: str, entry: ReadMapping, usual: tuple[ReadMapping, ...]) -> Any:
    """Return what an entry says, else what holds for its calendar."""
    return next((each[name] for each in (entry, *usual) if each.has(name)), None)
