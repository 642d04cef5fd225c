"""meetings.yaml and the calendars that it names → Schedule, checked against the inventory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from monitor.errors import Fault, Notice
from monitor.load.calendar import Calendar, CalendarEntry, load_calendar, slug
from monitor.load.calendar_event import LONGEST, Attendee, Key
from monitor.load.calendar_notices import NoticeList
from monitor.load.document import read_file
from monitor.load.fields import Either, Field, ListOf, MapOf, ReadMapping, Record, Table
from monitor.load.schedule import CalendarSource, Schedule, Series
from monitor.load.suggest import Suggester
from monitor.load.values import Flag, Identifier, Moment, Rate, Text, aware
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.meeting import Meeting, Participants
from monitor.rules.readiness.inputs import resolve_participants
from monitor.words.phrase import Phrase, phrase

CENTRAL = "central"
"""The level above the province's own: its meetings are held elsewhere."""

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
        Field(
            "rooms",
            MapOf(Text(longest=250), Identifier()),
            default=MappingProxyType({}),
            doc="mailbox of a room, as calendars invite it → the endpoint that it is",
        ),
    )
)
_NAMES = ListOf(Text(longest=250))
_WHOEVER = Record(
    Participants,
    tuple(replace(each, reader=each.reader if each.name == "all" else _NAMES) for each in PARTICIPANTS.table.fields.values()),
)
"""As calendars name who takes part: whatever is no id is nobody's, and costs the others nothing."""
EVENT = Table(
    (
        Field("id", Identifier(), doc="of the series"),
        Field("title", Text(longest=200), required=True, doc="SUMMARY"),
        *(replace(field, reader=_WHOEVER) if field.name == "participants" else field for field in MANNER),
    ),
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
    reader.read_rooms(entry)
    sources = [reader.source(each, path.parent, entry) for each in entry["calendars"]]
    return Schedule(
        zone,
        tuple(each for each in singles if each is not None),
        tuple(each for each in sources if each is not None),
        tuple(reader.notices),
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Who takes part in an event. is_by_name: its rooms are taken for the endpoints that are called as they are."""

    participants: Participants
    is_by_name: bool = False


class _MeetingReader:
    def __init__(self, inventory: Inventory | None, zone: ZoneInfo) -> None:
        self._inventory = inventory
        self._zone = zone
        self._suggest = Suggester()
        self.notices: list[Notice] = []
        self._claimed: dict[str, tuple[object, str]] = {}
        self._rooms: Mapping[str, str] = {}
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
        series = self._series(entry, entry["id"] or "")
        if series is None or start is None or end is None or not entry.is_whole:
            return None
        begins, ends = start.astimezone(self._zone), end.astimezone(self._zone)
        return series.meeting(series.id, entry["title"], begins, ends, series=series.id)

    def read_rooms(self, entry: ReadMapping) -> None:
        """Take what meetings.yaml says of rooms, for the calendars that follow."""
        found: dict[str, str] = {}
        for written, name in entry["rooms"].items():
            mailbox = written.strip().casefold().removeprefix("mailto:")
            if found.setdefault(mailbox, name) != name:
                entry.refuse("rooms", "room_twice", Phrase("remove_one"), name=written)
        self._check_endpoints(entry, "rooms", found.values())
        self._rooms = found

    def source(self, item: str | ReadMapping, folder: Path, whole: ReadMapping) -> CalendarSource | None:
        """Return a calendar with its events' series; what of it is left out is noted. None where it is none, or not there."""
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
        notices = NoticeList(str(folder / name))
        calendar = load_calendar(folder / name, EVENT, self._zone, whole.node.faults, notices)
        source = None if calendar is None else self._checked(calendar, usual, notices)
        self.notices += notices.all()
        return source

    def _checked(self, calendar: Calendar, usual: tuple[ReadMapping, ...], notices: NoticeList) -> CalendarSource:
        found: dict[Key, Series] = {}
        told: set[Attendee] = set()
        # A series before what replaces its occurrences, which is called as it is.
        for key, entry in sorted(calendar.entries.items(), key=lambda each: each[0][1] is not None):
            said = entry.said
            chosen = self._chosen(entry, usual, notices, told) if self._inventory is not None else None
            series = None if chosen is None else self._of_event(key, said, usual, chosen, found)
            if series is not None:
                found[key] = series
                for fault in said.node.faults:
                    notices.add(fault, is_left_out=False)
            elif chosen is not None:
                notices.leave_out(said.node.line, "nobody_takes_part")
        return CalendarSource(calendar, MappingProxyType(found))

    def _of_event(
        self,
        key: Key,
        said: ReadMapping,
        usual: tuple[ReadMapping, ...],
        chosen: _Chosen,
        found: Mapping[Key, Series],
    ) -> Series | None:
        """Return the series of an event: what it says, as far as that is known here, else what its calendar says."""
        assert self._inventory is not None
        known = self._understood(said)
        told = {name: value for each in usual for name, value in _said_by(each).items()} | known
        host, external = _host(told.get("host"))
        endpoints = resolve_participants(chosen.participants, self._inventory, host)
        if not endpoints:
            return None
        name, is_named = self._name(key, said, found)
        return Series(
            id=name,
            is_named=is_named,
            endpoints=endpoints,
            level=told.get("level", ""),
            host=host,
            external_host=external,
            call_rate_bps=told.get("call_rate"),
            platform=told.get("platform", ""),
            carrier=told.get("carrier", ""),
            place=f"{said.node.file}:{said.node.line}",
            participants_by_name=chosen.is_by_name,
        )

    def _name(self, key: Key, said: ReadMapping, found: Mapping[Key, Series]) -> tuple[str, bool]:
        """Return what a series is called, and whether it calls itself so."""
        head = found.get((key[0], None)) if key[1] is not None else None
        if head is not None:
            return head.id, head.is_named
        if said.has("id") and self._claim(said, said["id"], (said.node.file, key[0])):
            return said["id"], True
        return slug(said["title"] or ""), False

    def _chosen(
        self, entry: CalendarEntry, usual: tuple[ReadMapping, ...], notices: NoticeList, told: set[Attendee]
    ) -> _Chosen | None:
        """Return who takes part: by the event's own word, its rooms, its calendar, its rooms' names; None where nobody is known.

        told: rooms of which that was noted already.
        """
        said, title = entry.said, entry.said["title"]
        own: Participants = self._understood_participants(said)
        excluded = own.excluded
        if said.has("participants") and _names_anybody(said["participants"]):
            if _names_anybody(own):
                return _Chosen(own)
            asked = said["participants"]
            names = (*asked.ids, *asked.levels, *asked.areas, *asked.tags)
            notices.leave_out(
                said.places["participants"].line, "nobody_known", said.node.faults[0].remedy, title=title, names=names
            )
            return None
        by_mailbox = {each: self._rooms[each.mailbox] for each in entry.attendees if each.mailbox in self._rooms}
        if by_mailbox:
            self._tell_rooms(entry, by_mailbox, notices, told)
            return _Chosen(Participants(ids=tuple(dict.fromkeys(by_mailbox.values())), excluded=excluded))
        of_calendar: Participants | None = next((each["participants"] for each in usual if each.has("participants")), None)
        if of_calendar is not None:
            return _Chosen(replace(of_calendar, excluded=(*of_calendar.excluded, *excluded)))
        by_name = {each: name for each in entry.attendees if each.is_room and (name := self._called(each))}
        self._tell_rooms(entry, by_name, notices, told)
        if by_name:
            return _Chosen(Participants(ids=tuple(dict.fromkeys(by_name.values())), excluded=excluded), is_by_name=True)
        notices.leave_out(said.node.line, "no_participants", self._how_to_add(entry), title=title)
        return None

    def _called(self, room: Attendee) -> str:
        """Return the endpoint whose id is a room's name or mailbox, '' where there is none."""
        return next((each for each in (room.name, room.mailbox.partition("@")[0]) if each in self._endpoints), "")

    def _tell_rooms(self, entry: CalendarEntry, known: Mapping[Attendee, str], notices: NoticeList, told: set[Attendee]) -> None:
        """Note, once each, which rooms go by their names, and which of an event that has others nobody knows."""
        if not known:
            return
        for room in entry.attendees:
            seen = replace(room, line=0)
            if seen in told or room.mailbox in self._rooms or not room.is_room:
                continue
            told.add(seen)
            name = room.name or room.mailbox
            if room in known:
                written = phrase("write_room", written=f"rooms: {{{room.mailbox}: {known[room]}}}")
                notices.remark(room.line, "room_by_name", written, name=name, endpoint=known[room])
            else:
                notices.remark(room.line, "room_unknown", self._write_room(room), name=name)

    def _how_to_add(self, entry: CalendarEntry) -> Phrase | None:
        room = next((each for each in entry.attendees if each.is_room), None)
        return None if room is None else self._write_room(room)

    def _write_room(self, room: Attendee) -> Phrase:
        return phrase("write_room", written=f"rooms: {{{room.mailbox}: ID}}")

    def _claim(self, entry: ReadMapping, name: str, owner: object = None) -> bool:
        """Note an id that another meeting has, and return False then. owner: whose it is, where entries share a meeting."""
        place = entry.places.get("id", entry.node)
        mine = entry if owner is None else owner
        theirs, written = self._claimed.setdefault(name, (mine, f"{place.file}:{place.line}"))
        if theirs is mine or theirs == owner:
            return True
        entry.refuse("id", "second_meeting", Phrase("id_once"), name=name, place=written)
        return False

    def _series(self, entry: ReadMapping, name: str) -> Series | None:
        """Return what is said of a meeting of meetings.yaml; None where it is faulty."""
        before = len(entry.node.faults)
        self._check(entry)
        participants: Participants | None = entry["participants"]
        if self._inventory is None or participants is None or len(entry.node.faults) > before:
            return None
        host, external = _host(entry["host"])
        endpoints = resolve_participants(participants, self._inventory, host)
        if not endpoints:
            entry.refuse("participants", "nobody_takes_part")
            return None
        return Series(
            id=name,
            is_named=True,
            endpoints=endpoints,
            level=entry["level"] or "",
            host=host,
            external_host=external,
            call_rate_bps=entry["call_rate"],
            platform=entry["platform"] or "",
            carrier=entry["carrier"] or "",
            place=f"{entry.node.file}:{entry.node.line}",
        )

    def _check(self, entry: ReadMapping) -> None:
        """Note whatever an entry names that is not there."""
        self._understood(entry)
        if entry.has("participants"):
            self._understood_participants(entry)

    def _understood(self, entry: ReadMapping) -> dict[str, Any]:
        """Return what an entry says but for participants, as far as it names what is there; the rest is noted."""
        told = _said_by(entry)
        if self._inventory is None:
            return told
        level, host = told.get("level"), told.get("host")
        levels = (CENTRAL, *(each for each in self._inventory.levels if each != CENTRAL))
        if level is not None and not self._check_names(entry, "level", "level", (level,), levels):
            del told["level"]
        if isinstance(host, str) and not self._check_endpoints(entry, "host", (host,)):
            del told["host"]
        return told

    def _understood_participants(self, entry: ReadMapping) -> Participants:
        """Return whom an entry names that is there; the others are noted."""
        told: Participants = entry["participants"] or Participants()
        inventory = self._inventory
        if inventory is None:
            return told
        return Participants(
            everyone=told.everyone,
            ids=self._check_endpoints(entry, "participants", told.ids),
            excluded=self._check_endpoints(entry, "participants", told.excluded),
            levels=self._check_names(entry, "participants", "level", told.levels, inventory.levels),
            areas=self._check_names(entry, "participants", "area", told.areas, inventory.areas),
            tags=self._check_names(entry, "participants", "tag", told.tags, self._tags),
        )

    def _check_names(self, entry: ReadMapping, key: str, what: str, names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
        """Return the names that are known; note the others."""
        known, found = list(known), []
        for name in names:
            if name in known:
                found.append(name)
            else:
                otherwise = None if known else Phrase(f"no_target_has_{what}")
                entry.refuse(key, f"no_{what}", self._suggest.cure(name, known, otherwise), name=name)
        return tuple(found)

    def _check_endpoints(self, entry: ReadMapping, key: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names that are endpoints'; note the others. Of an inventory that has faults itself all are taken."""
        if self._inventory is None:
            return tuple(names)
        known = []
        for name in names:
            found = self._inventory.targets.get(name)
            if found is None:
                entry.refuse(key, "no_endpoint", self._suggest.cure(name, self._endpoints), name=name)
            elif found.kind is not Kind.ENDPOINT:
                below = [each for each in self._endpoints if name in self._inventory.targets[each].parents]
                cure = phrase("its_endpoint", name=below[0]) if below else Phrase("name_an_endpoint")
                entry.refuse(key, "is_point", cure, name=name)
            else:
                known.append(name)
        return tuple(known)


def _said_by(entry: ReadMapping) -> dict[str, Any]:
    """Return what an entry says of how a meeting is held, who takes part excepted."""
    return {field.name: entry[field.name] for field in MANNER if field.name != "participants" and entry.has(field.name)}


def _names_anybody(participants: Participants) -> bool:
    return participants.everyone or any((participants.ids, participants.levels, participants.areas, participants.tags))


def _host(said: str | ReadMapping | None) -> tuple[str, str]:
    """Return the endpoint that chairs and the name of who chairs from outside; one of them, or both, is ''."""
    if said is None:
        return "", ""
    return (said, "") if isinstance(said, str) else ("", said["external"] or "")
