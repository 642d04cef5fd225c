"""How the daemon watches: everything of monitor.yaml, with the defaults that hold without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from types import MappingProxyType

LAB_INTERFACE = "lab0"
"""The TUN device that plays every address in the lab's network; with `addresses: lab` nothing is sent but over it."""


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """How one kind of probe is set: what all of them have (the others' own stand in spec.py, one class a kind).

    every_s: interval of a target's turns. timeout_s: how long what it waits for is waited for; each kind says of what.
    """

    every_s: float = 60.0
    timeout_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Login:
    """User and password of management pages (RFC 7617)."""

    user: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """misses_to_down: bursts without any answer, the confirming ones counted, before a target is down.

    flapping_high, flapping_low: weighted share of state changes over the last 20 rounds, 0 to 1; above
    high it flaps, until below low.
    references: addresses outside the inventory, or target ids, that prove that we can see when the root is silent.
    stale_intervals: a target without evidence for so many of its intervals is unknown.
    """

    misses_to_down: int = 2
    flapping_high: float = 0.30
    flapping_low: float = 0.25
    references: tuple[str, ...] = ()
    stale_intervals: float = 3.0


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """Bounds beyond which an answering target is degraded, judged over window_s with at least min_packets.

    loss_ratio 0 to 1, by the exact binomial bound at confidence. rtt_s: absolute bound. rtt_usual_factor and rtt_usual_extra_s:
    also degraded when the RTT is above usual * factor and above usual + extra. jitter_s: RFC 3550 jitter.
    """

    loss_ratio: float = 0.01
    rtt_s: float = 0.3
    jitter_s: float = 0.03
    rtt_usual_factor: float = 3.0
    rtt_usual_extra_s: float = 0.05
    window_s: float = 300.0
    min_packets: int = 100
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Work that was announced: what it covers and when.

    ids, areas: what it covers (their union, and every child that is silent behind it); both empty: everything.
    start, end: aware datetimes, for a single window. days, from_time, to_time: for a weekly one (0 is Monday; to before from runs
    past midnight; the day is the one on which it begins), in the settings' time zone. Exactly one of the two forms is set.
    """

    reason: str
    ids: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    days: tuple[int, ...] = ()
    from_time: time | None = None
    to_time: time | None = None


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When `expected: office_hours` targets should answer, in the settings' time zone. days: 0 is Monday."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    from_time: time = time(7, 0)
    to_time: time = time(17, 0)


@dataclass(frozen=True, slots=True)
class Credential:
    """An SNMP credential, its secrets resolved. version: '1', '2c' or '3'.

    community: v1 and v2c. user, auth_*, priv_*: v3 (RFC 3414, 7860, 3826); a protocol of None means none.
    auth_protocol: md5 sha sha224 sha256 sha384 sha512. priv_protocol: des aes aes192 aes256 aes192c aes256c. context: contextName.
    """

    name: str
    version: str
    community: str = field(default="", repr=False)
    user: str = ""
    auth_protocol: str | None = None
    auth_key: str = field(default="", repr=False)
    priv_protocol: str | None = None
    priv_key: str = field(default="", repr=False)
    context: str = ""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """histogram: export wan_icmp_rtt_seconds. contacts: export wan_target_contact_info.

    series: at most so many a target, beside the histogram, further interfaces and what is said of conferences; what is too much
    is missing at the end of its profile's values.
    """

    histogram: bool = True
    contacts: bool = False
    series: int = 40


@dataclass(frozen=True, slots=True)
class MeetingSettings:
    """How meetings are watched and judged.

    first_s, second_s, last_s: how long before the start each check is made. live_every_s: between looks while it is on.
    shown_s: how long after its end a meeting's metrics are exported.
    packets, spacing_s: of a check's burst to each endpoint. at_once: endpoints that are probed at the same time.
    loss_ratio: what READY claims the loss to be below, at `confidence`, by the burst and the routine probes of the last recent_s.
    rtt_s, jitter_s: good up to here. rtt_most_s, jitter_most_s: beyond, no call is possible as it should be.
    history_s, outages: an endpoint that was cut off so many times in that time is at risk however well it is now.
    headroom: share of a circuit's contracted speed that may be used. call_factor: what a call takes of its nominal rate.
    attendance: share of the endpoints that must be able to join for a meeting to be held at all.
    """

    first_s: float = 86_400.0
    second_s: float = 3_600.0
    last_s: float = 900.0
    live_every_s: float = 45.0
    shown_s: float = 3_600.0
    packets: int = 300
    spacing_s: float = 0.02
    at_once: int = 60
    loss_ratio: float = 0.01
    confidence: float = 0.95
    recent_s: float = 10_800.0
    rtt_s: float = 0.2
    rtt_most_s: float = 0.3
    jitter_s: float = 0.01
    jitter_most_s: float = 0.03
    history_s: float = 604_800.0
    outages: int = 3
    headroom: float = 0.8
    call_factor: float = 1.2
    attendance: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything of monitor.yaml. listen: HOST:PORT. journal: an SQLAlchemy URL. language: vi or en.

    probes: kind of probe → how it is set; one that is not there is as usual. ProbeKind.of() reads it.
    """

    listen: str = "127.0.0.1:9877"
    advertise: str = ""
    journal: str = "sqlite:////var/lib/monitor/journal.db"
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    engine: str = "fast"
    probes: Mapping[str, ProbeSettings] = field(default_factory=lambda: MappingProxyType({}))
    health: HealthSettings = HealthSettings()
    quality: QualitySettings = QualitySettings()
    office_hours: OfficeHours = OfficeHours()
    maintenance: tuple[MaintenanceWindow, ...] = ()
    credentials: Mapping[str, Credential] = field(default_factory=lambda: MappingProxyType({}))
    logins: Mapping[str, Login] = field(default_factory=lambda: MappingProxyType({}))
    export: ExportSettings = ExportSettings()
    meetings: MeetingSettings = MeetingSettings()

    @property
    def origin(self) -> str:
        """Return the URL, without a slash at its end, by which others reach the daemon: `advertise`, else `listen`."""
        address = self.advertise.rstrip("/") or self.listen
        return address if "://" in address else f"http://{address}"
