"""monitor.yaml → Settings: how the daemon watches."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from monitor.errors import Fault
from monitor.load.credentials import credential_table, login_table, read_credential, read_logins
from monitor.load.document import Faulty, Node, read_file
from monitor.load.fields import Field, ListOf, MapOf, ReadMapping, Record, Table
from monitor.load.probes import SETTINGS, read_probes
from monitor.load.secrets import SecretStore
from monitor.load.suggest import did_you_mean
from monitor.load.values import Choice, ClockTime, Duration, Flag, Identifier, Moment, Number, Percent, Scalar, Text, Whole, aware
from monitor.model.settings import (
    ExportSettings,
    HealthSettings,
    MaintenanceWindow,
    MeetingSettings,
    OfficeHours,
    QualitySettings,
    Settings,
)
from monitor.model.spelling import nearest
from monitor.words import LANGUAGES
from monitor.words.phrase import Phrase, joined, phrase

_OURS = "Asia/Ho_Chi_Minh"
_ZONE_CURE = phrase("write_it_as", example=_OURS)
_OF_VIETNAM = (
    "hanoi",
    "saigon",
    "vietnam",
    "hochiminh",
    "hochiminhcity",
    "hcm",
    "hcmc",
    "danang",
    "haiphong",
    "hagiang",
    "ict",
    "vn",
)
"""What people call the zone, which IANA knows by one city alone: the nearest of its names to Asia/Hanoi would be Asia/Shanghai."""
_OFFSET_OF_VIETNAM = re.compile(r"(?:utc|gmt)?\+0?7(?::?00)?", re.IGNORECASE)
_LIKE = 0.8
"""So much alike are slips of a name; Shanghai and Hanoi are less."""

ENGINES = ("fast", "pysnmp")
DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


class Listen(Scalar):
    """HOST:PORT to listen on; an IPv6 host in brackets."""

    _PATTERN = re.compile(r"(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z._-]+):([0-9]{1,5})")
    written = "HOST:PORT"
    pattern = f"^{_PATTERN.pattern}$"

    def read(self, node: Node) -> str:
        text = node.text("host_and_port")
        found = self._PATTERN.fullmatch(text)
        if not found:
            meant = phrase("did_you_mean", near=f"127.0.0.1:{text.lstrip(':')}") if re.fullmatch(r":?[0-9]+", text) else None
            raise node.refuse("no_host_and_port", meant or Phrase("write_listen"), text=text)
        if int(found[2]) > 65535:
            raise node.refuse("no_port", port=found[2])
        return text


class Zone(Scalar):
    """A time zone by its IANA name."""

    written = "time zone"

    def read(self, node: Node) -> str:
        """Return the name; the machine knows it."""
        text = node.text("a_time_zone")
        try:
            zoneinfo.ZoneInfo(text)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            known = zoneinfo.available_timezones()
            cure = did_you_mean(text, sorted(known), _ZONE_CURE) if known else Phrase("install_tzdata")
            cure = phrase("did_you_mean", near=_OURS) if _OURS in known and _is_of_vietnam(text) else cure
            raise node.refuse("no_time_zone", cure, text=text) from None
        return text


def _is_of_vietnam(text: str) -> bool:
    """Return whether a name that IANA lacks means Vietnam's zone: 'Asia/Hanoii', 'Asia/Hà_Nội', 'UTC+7'."""
    city = re.sub(r"[\W_]", "", text.rpartition("/")[2])
    return bool(_OFFSET_OF_VIETNAM.fullmatch(text)) or nearest(city, _OF_VIETNAM, alike=_LIKE) is not None


class JournalUrl(Scalar):
    written = "SQLAlchemy URL"
    pattern = "^[a-z][a-z0-9+]*://"

    def read(self, node: Node) -> str:
        """Return it as it is written. A fault never quotes it: it may hold a password."""
        text = node.text("a_journal_url")
        if not re.match(r"[a-z][a-z0-9+]*://", text):
            raise node.refuse("no_journal_url")
        return text


FLAPPING = Table(
    (
        Field("high", Percent(), default=0.30, usual="30%", doc="above this share of changes over the last 20 rounds it flaps"),
        Field("low", Percent(), default=0.25, usual="25%", doc="below this share it no longer does"),
    )
)
HEALTH = Table(
    (
        Field(
            "misses_to_down",
            Whole(1, 100),
            default=2,
            usual="2",
            doc="bursts without an answer, confirming ones counted, until down",
        ),
        Field("flapping", FLAPPING, doc="when a target counts as flapping"),
        Field(
            "references",
            ListOf(Text(longest=253)),
            default=(),
            doc="addresses or ids that prove that we can see when the root is silent",
        ),
        Field(
            "stale_intervals",
            Number(1, 100),
            default=3.0,
            usual="3",
            doc="intervals without evidence after which a target is unknown",
        ),
    )
)
QUALITY = Record(
    QualitySettings,
    (
        Field(
            "loss",
            Percent(),
            attribute="loss_ratio",
            usual="1%",
            doc="loss beyond which a target is degraded, by the exact binomial bound",
        ),
        Field(
            "rtt", Duration(0.001, 60), attribute="rtt_s", usual="300ms", doc="round-trip time beyond which a target is degraded"
        ),
        Field(
            "jitter",
            Duration(0.0001, 60),
            attribute="jitter_s",
            usual="30ms",
            doc="jitter (RFC 3550) beyond which a target is degraded",
        ),
        Field("rtt_usual_factor", Number(1, 1000), usual="3", doc="also degraded above the site's usual RTT times this, and …"),
        Field(
            "rtt_usual_extra", Duration(0, 60), attribute="rtt_usual_extra_s", usual="50ms", doc="… above the usual RTT plus this"
        ),
        Field("window", Duration(10, 86400), attribute="window_s", usual="5m", doc="what is judged: the packets of this last time"),
        Field("min_packets", Whole(1, 100000), usual="100", doc="fewer packets in the window are too few to judge"),
        Field("confidence", Number(0.5, 0.9999), usual="0.95", doc="of the binomial bound"),
    ),
)
OFFICE_HOURS = Record(
    OfficeHours,
    (
        Field("days", ListOf(Choice(DAYS), least=1, once=True), usual="[mon, tue, wed, thu, fri]", doc="working days"),
        Field("from", ClockTime(), attribute="from_time", usual="07:00", doc="when they begin"),
        Field("to", ClockTime(), attribute="to_time", usual="17:00", doc="when they end"),
    ),
)
MAINTENANCE = Table(
    (
        Field("reason", Text(), required=True, doc="what the work is, as staff will read it"),
        Field("ids", ListOf(Identifier(), once=True), default=(), doc="targets that it covers"),
        Field("areas", ListOf(Identifier(), once=True), default=(), doc="areas that it covers; neither ids nor areas: everything"),
        Field("start", Moment(), doc="a single window: when it begins"),
        Field("end", Moment(), doc="a single window: when it ends"),
        Field("days", ListOf(Choice(DAYS), least=1, once=True), doc="a weekly window: the days on which it begins"),
        Field("from", ClockTime(), doc="a weekly window: when it begins"),
        Field("to", ClockTime(), doc="a weekly window: when it ends; before `from`: on the next day"),
    ),
    what="maintenance window",
)
EXPORT = Record(
    ExportSettings,
    (
        Field("histogram", Flag(), usual="true", doc="export the histogram of round-trip times"),
        Field("contacts", Flag(), usual="false", doc="export roles and telephones as wan_target_contact_info"),
        Field(
            "series", Whole(40, 200), usual="40", doc="at most so many series a target; its profile's values come last, in order"
        ),
    ),
)
MEETINGS = Record(
    MeetingSettings,
    (
        Field("first", Duration(60, 30 * 86400), attribute="first_s", usual="1d", doc="the first check, before the start"),
        Field("second", Duration(60, 86400), attribute="second_s", usual="1h", doc="the second check"),
        Field("last", Duration(30, 86400), attribute="last_s", usual="15m", doc="the last check, then the report is sealed"),
        Field("live_every", Duration(5, 3600), attribute="live_every_s", usual="45s", doc="between looks while a meeting is on"),
        Field("shown", Duration(0, 30 * 86400), attribute="shown_s", usual="1h", doc="how long after its end metrics are exported"),
        Field("packets", Whole(20, 10000), usual="300", doc="of a check's burst to each endpoint; 300 prove a loss below 1%"),
        Field("spacing", Duration(0.005, 1), attribute="spacing_s", usual="20ms", doc="between the packets of such a burst"),
        Field("at_once", Whole(1, 1000), usual="60", doc="endpoints that a check probes at the same time"),
        Field("loss", Percent(), attribute="loss_ratio", usual="1%", doc="what ready claims the loss to be below"),
        Field("confidence", Percent(), usual="95%", doc="how sure that claim is"),
        Field("recent", Duration(60, 86400), attribute="recent_s", usual="3h", doc="routine probes that count beside the burst"),
        Field("rtt", Duration(0.001, 10), attribute="rtt_s", usual="200ms", doc="a good round trip; beyond: at risk"),
        Field("rtt_most", Duration(0.001, 10), attribute="rtt_most_s", usual="300ms", doc="beyond: not ready"),
        Field("jitter", Duration(0.001, 10), attribute="jitter_s", usual="10ms", doc="a good jitter; beyond: at risk"),
        Field("jitter_most", Duration(0.001, 10), attribute="jitter_most_s", usual="30ms", doc="beyond: not ready"),
        Field("history", Duration(3600, 90 * 86400), attribute="history_s", usual="7d", doc="how far back outages count"),
        Field("outages", Whole(1, 1000), usual="3", doc="so many in that time make an endpoint at risk"),
        Field("headroom", Percent(), usual="80%", doc="share of a circuit's speed that may be used"),
        Field("call_factor", Number(1, 5), usual="1.2", doc="what a call takes of its nominal rate"),
        Field("attendance", Percent(), usual="100%", doc="share of the endpoints that must be able to join"),
    ),
)


def settings_table(store: SecretStore) -> Table:
    """Return the form of monitor.yaml; every key is optional."""
    usual = Settings()
    return Table(
        (
            Field("listen", Listen(), default=usual.listen, usual=usual.listen, doc="where pages, API and metrics are served"),
            Field("advertise", Text(), default="", doc="HOST:PORT or address by which others reach it, where that is another"),
            Field("journal", JournalUrl(), default=usual.journal, usual=usual.journal, doc="database of events and states"),
            Field("language", Choice(LANGUAGES), default=usual.language, usual=usual.language, doc="of pages and messages"),
            Field("timezone", Zone(), default=usual.timezone, usual=usual.timezone, doc="of office hours, windows and pages"),
            Field(
                "engine",
                Choice(ENGINES),
                default=usual.engine,
                usual=usual.engine,
                doc="SNMP engine; version 3 always takes pysnmp",
            ),
            Field("probes", SETTINGS, doc="how targets are probed"),
            Field("health", HEALTH, doc="when a target is down, flapping, unknown"),
            Field("quality", QUALITY, default=usual.quality, doc="when an answering target is degraded"),
            Field("office_hours", OFFICE_HOURS, default=usual.office_hours, doc="for targets with `expected: office_hours`"),
            Field("maintenance", ListOf(MAINTENANCE), default=(), doc="announced work: no alerts for what it covers"),
            Field("credentials", MapOf(Identifier(), credential_table(store)), default={}, doc="SNMP credentials by name"),
            Field(
                "logins",
                MapOf(Identifier(), login_table(store)),
                default={},
                doc="users of endpoints' management pages, by name",
            ),
            Field("export", EXPORT, default=usual.export, doc="what the metrics hold"),
            Field("meetings", MEETINGS, default=usual.meetings, doc="how meetings are watched and judged"),
        )
    )


def load_settings(path: Path, store: SecretStore, faults: list[Fault]) -> tuple[Settings, ReadMapping | None]:
    """Return the settings and the entry they were read from; faults are noted, and what is faulty stands at its default.

    A file that does not exist is an empty one: every key has a default, and the entry is None.
    """
    entry = read_file(path, settings_table(store), faults) if path.exists() else None
    return (Settings(), None) if entry is None else (_settings(entry), entry)


def _settings(entry: ReadMapping) -> Settings:
    plain = ("listen", "advertise", "journal", "language", "timezone", "engine", "quality", "office_hours", "export")
    return Settings(
        **{name: entry[name] for name in plain},
        probes=read_probes(entry["probes"]),
        meetings=_meetings(entry),
        health=_health(entry["health"]),
        maintenance=tuple(_windows(entry)),
        credentials=MappingProxyType(_credentials(entry["credentials"])),
        logins=MappingProxyType(read_logins(entry["logins"])),
    )


def _meetings(entry: ReadMapping) -> MeetingSettings:
    meetings: MeetingSettings = entry["meetings"]
    if not meetings.first_s > meetings.second_s > meetings.last_s:
        entry.refuse("meetings", "checks_out_of_order")
    for good, most in (("rtt", "rtt_most"), ("jitter", "jitter_most")):
        if getattr(meetings, f"{good}_s") > getattr(meetings, f"{most}_s"):
            entry.refuse("meetings", "bounds_crossed", good=good, most=most)
    return meetings


def _health(entry: ReadMapping | None) -> HealthSettings:
    if entry is None:
        return HealthSettings()
    flapping: ReadMapping | None = entry["flapping"]
    usual = HealthSettings()
    high = usual.flapping_high if flapping is None else flapping["high"]
    low = usual.flapping_low if flapping is None else flapping["low"]
    if low >= high:
        entry.refuse("flapping", "flapping_crossed", low=phrase("share", bound_ratio=low), high=phrase("share", bound_ratio=high))
    return HealthSettings(entry["misses_to_down"], high, low, entry["references"], entry["stale_intervals"])


def _credentials(entries: Mapping[str, ReadMapping]) -> dict[str, Any]:
    found = ((name, read_credential(name, entry)) for name, entry in entries.items())
    return {name: credential for name, credential in found if credential is not None}


def _windows(entry: ReadMapping) -> list[MaintenanceWindow]:
    zone = zoneinfo.ZoneInfo(entry["timezone"])
    windows: list[MaintenanceWindow] = []
    for each in entry["maintenance"]:
        try:
            windows.append(_window(each, zone))
        except Faulty:
            continue
    return windows


def _window(entry: ReadMapping, zone: zoneinfo.ZoneInfo) -> MaintenanceWindow:
    if not entry.is_whole:
        raise Faulty
    once = [name for name in ("start", "end") if entry.has(name)]
    weekly = [name for name in ("days", "from", "to") if entry.has(name)]
    if not (len(once) == 2 and not weekly) and not (len(weekly) == 3 and not once):
        raise entry.node.refuse("no_window", stands=joined("and", once + weekly) if once or weekly else Phrase("no_time_given"))
    start, end = (None if entry[key] is None else aware(entry[key], zone) for key in ("start", "end"))
    if start is not None and end is not None and start >= end:
        raise entry.refuse("end", "end_before_start")
    if weekly and entry["from"] == entry["to"]:
        raise entry.refuse("to", "same_as_from")
    return MaintenanceWindow(
        reason=entry["reason"],
        ids=entry["ids"],
        areas=entry["areas"],
        start=start,
        end=end,
        days=entry["days"] or (),
        from_time=entry["from"],
        to_time=entry["to"],
    )
