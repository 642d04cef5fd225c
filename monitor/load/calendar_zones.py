"""The time zones of a calendar: by the names that machines and programs give them, or as the file itself defines them (VTIMEZONE).

A name of the time zone database means what it means there; else the file's own definition holds, else what other programs mean by
the name (Windows' names, `(UTC+07:00) Bangkok, Hanoi, Jakarta`, `GMT+7`, names with a prefix). A definition belongs to its file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global

from monitor.load.calendar_lines import Component
from monitor.load.recurrence import LAST, Frequency, RuleError, parse_rule

_MOST_PARTS = 60
_MOST_CHANGES = 600
_DAY = timedelta(days=1)
_WALL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[Tt](\d\d)(\d\d)(\d\d)?)?[Zz]?")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)(?::?(\d\d))?")
_DISPLAYED = re.compile(r"\(?\s*(?:UTC|GMT)\s*(?:([+-])\s*(\d{1,2})(?::?([0-5]\d))?)?\s*\)?\s*(.*)", re.IGNORECASE | re.DOTALL)
_UTC_NAMES = frozenset(("utc", "gmt", "z", "zulu", "coordinated universal time", "tzone://microsoft/utc", "utc time"))
_UTC_KEYS = frozenset(("UTC", "GMT", "UCT", "Zulu", "Universal", "Greenwich", "GMT0", "GMT+0", "GMT-0"))
_HERE = ZoneInfo("Asia/Ho_Chi_Minh")
_LOCAL_NAMES = frozenset(("asia/hanoi", "asia/ha_noi", "hanoi", "ha noi", "hà nội", "vietnam", "việt nam", "indochina time", "ict"))
"""What people here write, and no database knows."""


class FileZone(tzinfo):
    """A zone as a VTIMEZONE defines it. changes: (when, by the clock before it, that clock's offset, the offset from then on)."""

    def __init__(self, name: str, changes: Iterable[tuple[datetime, timedelta, timedelta]]) -> None:
        ordered = sorted(changes, key=lambda each: each[0] - each[1])
        self._name = name
        self._offsets = [ordered[0][1], *(after for _, _, after in ordered)]
        self._utc = [wall - before for wall, before, _ in ordered]
        # By the clock on the wall: what it skips is told by the offset before, what it shows twice by the first time.
        self._wall = [utc + max(self._offsets[place], self._offsets[place + 1]) for place, utc in enumerate(self._utc)]

    def utcoffset(self, moment: datetime | None) -> timedelta:
        if moment is None:
            return self._offsets[-1]
        return self._offsets[bisect_right(self._wall, moment.replace(tzinfo=None))]

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        return self._name

    def fromutc(self, moment: datetime) -> datetime:
        return moment + self._offsets[bisect_right(self._utc, moment.replace(tzinfo=None))]


class CalendarZones:
    """The zones that the names of one file mean."""

    def __init__(self, definitions: Iterable[Component]) -> None:
        self._defined: dict[str, Component] = {}
        for each in definitions:
            name = each.first("TZID")
            if name is not None:
                self._defined.setdefault(name.value.strip(), each)
        self._known: dict[str, tzinfo | None] = {}

    def find(self, name: str) -> tzinfo | None:
        """Return what a name means, None where nobody knows."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> tzinfo | None:
        plain = name.strip()
        known = named(plain)
        if known is not None or not plain:
            return known
        definition = self._defined.get(plain)
        defined = None if definition is None else _as_defined(plain, definition)
        return defined or foreign(plain)


def named(name: str) -> tzinfo | None:
    """Return a zone of the time zone database, however its name is capitalised."""
    known = _names().get(name.casefold())
    if known is None:
        return None
    if known.removeprefix("Etc/") in _UTC_KEYS:
        return UTC
    try:
        return ZoneInfo(known)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def foreign(name: str) -> tzinfo | None:
    """Return what other programs mean by a name."""
    plain = " ".join(name.split()).strip("'\"")
    key = plain.casefold()
    if key in _UTC_NAMES:
        return UTC
    if key in _LOCAL_NAMES:
        return _HERE
    of_windows = _windows().get(key)
    if of_windows is not None:
        return named(of_windows)
    return _displayed(plain) or _behind_a_prefix(plain)


@cache
def _names() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _windows() -> Mapping[str, str]:
    return {str(name).casefold(): str(zone) for name, zone in get_global("windows_zone_mapping").items()}


@cache
def _cities() -> Mapping[str, tuple[str, ...]]:
    """City → the zones that are called after it."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(available_timezones()):
        city = name.rpartition("/")[2].replace("_", " ").casefold()
        found[city] = (*found.get(city, ()), name)
    return found


def _displayed(name: str) -> tzinfo | None:
    """Return what '(UTC+07:00) Bangkok, Hanoi, Jakarta' or 'GMT+7' means: the zone of its first known city, else the offset.

    Only a city whose clock shows that offset in January or July counts.
    """
    found = _DISPLAYED.fullmatch(name)
    if found is None or (not found[1] and not found[4]):
        return None
    hours = timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0))
    if hours >= _DAY:
        return None
    offset = -hours if found[1] == "-" else hours
    for city in found[4].split(","):
        for zone in map(named, _cities().get(" ".join(city.split()).casefold(), ())):
            if zone is not None and offset in (datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)):
                return zone
    # "(UTC" alone before words that are no city is no zone, but "(UTC) Coordinated Universal Time" is.
    if not found[1] and found[4].casefold() not in _UTC_NAMES:
        return None
    return timezone(offset)


def _behind_a_prefix(name: str) -> tzinfo | None:
    """Return the zone at the end of a name such as '/freeassociation.sourceforge.net/Asia/Ho_Chi_Minh'."""
    parts = [part for part in name.split("/") if part]
    for length in (3, 2):
        if len(parts) > length and (zone := named("/".join(parts[-length:]))) is not None:
            return zone
    return UTC if len(parts) > 1 and parts[-1].casefold() in _UTC_NAMES else None


def _as_defined(name: str, definition: Component) -> tzinfo | None:
    """Return a zone as its definition says; None where that is broken, or more than any zone needs."""
    if not 1 <= len(definition.parts) <= _MOST_PARTS:
        return None
    changes: list[tuple[datetime, timedelta, timedelta]] = []
    for part in definition.parts:
        before, after, begins = _offset(part, "TZOFFSETFROM"), _offset(part, "TZOFFSETTO"), _wall_times(part, "DTSTART")
        if before is None or after is None or not begins:
            return None
        times = _onsets(part, begins[0], before)
        if times is None or len(changes) + len(times) > _MOST_CHANGES * _MOST_PARTS:
            return None
        changes += ((each, before, after) for each in times)
    return FileZone(name, changes)


def _onsets(part: Component, begins: datetime, before: timedelta) -> list[datetime] | None:
    """Return when a STANDARD or DAYLIGHT begins to hold, by the clock before it; None where that can't be told."""
    found = {begins, *_wall_times(part, "RDATE")}
    for written in part.all("RRULE"):

        def until_of(text: str) -> datetime:
            wall = _wall(text)
            if wall is None:
                raise ValueError(text)
            return wall + before if text.endswith("Z") else wall

        try:
            rule = parse_rule(written.value, _sane(begins), until_of)
        except RuleError as error:
            if error.code == "rule_never":
                continue
            return None
        if rule.frequency is not Frequency.YEARLY:
            return None
        found.update(rule.between(begins, LAST))
    return sorted(found) if len(found) <= _MOST_CHANGES else None


def _sane(begins: datetime) -> datetime:
    """Return when a rule may begin at the earliest: the year 1601 of Outlook is 370 years before any meeting."""
    return begins.replace(year=begins.year + (1970 - begins.year + 3) // 4 * 4) if begins.year < 1970 else begins


def _offset(part: Component, name: str) -> timedelta | None:
    written = part.first(name)
    found = _OFFSET.fullmatch(written.value.strip()) if written is not None else None
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return None if offset >= _DAY else -offset if found[1] == "-" else offset


def _wall_times(part: Component, name: str) -> list[datetime]:
    found = (_wall(text.strip()) for written in part.all(name) for text in written.value.split(",")[:_MOST_CHANGES])
    return [each for each in found if each is not None]


def _wall(text: str) -> datetime | None:
    found = _WALL.fullmatch(text)
    try:
        return None if found is None else datetime(*(int(each or 0) for each in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None
