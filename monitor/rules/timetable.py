"""When each target is probed, and when it is expected to answer at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from monitor.model.inventory import Expected, ProbeOverride, Target
from monitor.model.profile import ConferenceProbes, Profile, WebPage
from monitor.model.settings import OfficeHours, Settings

BEFORE_MEETING = timedelta(minutes=60)
"""Technicians are on site an hour before: from then on an endpoint that is expected for meetings should answer."""

_AS_SET = ProbeOverride()
_HASH_SPAN = 2**32


@dataclass(frozen=True, slots=True)
class PlannedProbe:
    """One probe that a target has, with the settings and the target's own overrides already joined.

    probe: 'icmp', 'snmp', 'sip', 'tcp', 'h323' or 'web'. every_s: seconds from one turn to the next. timeout_s: of one packet
    (icmp), of the first try (snmp), of each transport (sip), of each step (others). packets, spacing_s, dscp: icmp only. retries,
    max_requests_per_second: snmp only. transports: sip only. ports: tcp only. web: what the kind of device has there, web only.
    """

    probe: str
    every_s: float
    timeout_s: float
    packets: int = 0
    spacing_s: float = 0.0
    dscp: int = 0
    retries: int = 0
    max_requests_per_second: int | None = None
    transports: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    web: WebPage | None = None

    @property
    def longest_s(self) -> float:
        """Return how long after its beginning a miss is known, in seconds."""
        match self.probe:
            case "icmp":
                return self.timeout_s + self.packets * self.spacing_s
            case "snmp":
                return self.timeout_s * (1 + 1.5 * self.retries)
            case "sip":
                return self.timeout_s * len(self.transports)
            case _:
                return self.timeout_s


def probe_plan(target: Target, settings: Settings, profile: Profile | None = None) -> tuple[PlannedProbe, ...]:
    """Return the probes of a target, icmp first.

    ICMP is there unless the target switches it off. SNMP is there only where the target has a credential that is set: without one
    there is no SNMP probe and no fault. The others are there where the profile, which says what kind of device it is, or the target
    itself says so; profile: None where unknown.
    """
    kind = ConferenceProbes() if profile is None else profile.probes
    planned = (
        _icmp(target, settings),
        _snmp(target, settings),
        _sip(target, settings, kind),
        _tcp(target, settings, kind),
        _h323(target, settings, kind),
        _web(target, settings, kind),
    )
    return tuple(probe for probe in planned if probe is not None)


def spread(target_id: str, every_s: float) -> float:
    """Return how many seconds into its interval a target's turn comes, 0 <= offset < every_s.

    Stable from run to run and from process to process (unlike hash()), so that a restart keeps every target's cadence.
    """
    return crc32(target_id.encode()) / _HASH_SPAN * every_s


def is_expected(
    expected: Expected,
    now_local: datetime,
    office_hours: OfficeHours,
    meetings: Sequence[tuple[datetime, datetime]] = (),
) -> bool:
    """Return whether a target should answer now; where it need not, its silence is `standby`.

    now_local: aware, in the settings' time zone. meetings: (start, end) of the target's meetings, aware. A meeting makes any target
    expected from an hour before its start to its end, whatever its office hours are.
    """
    if expected is Expected.ALWAYS or any(start - BEFORE_MEETING <= now_local < end for start, end in meetings):
        return True
    return expected is Expected.OFFICE_HOURS and _is_open(office_hours, now_local)


def _is_open(hours: OfficeHours, now_local: datetime) -> bool:
    return now_local.weekday() in hours.days and hours.from_time <= now_local.time() < hours.to_time


def _icmp(target: Target, settings: Settings) -> PlannedProbe | None:
    own, usual = target.probes.get("icmp", _AS_SET), settings.icmp
    if own.enabled is False:
        return None
    return PlannedProbe(
        probe="icmp",
        every_s=usual.every_s if own.every_s is None else own.every_s,
        timeout_s=usual.timeout_s if own.timeout_s is None else own.timeout_s,
        packets=usual.packets if own.packets is None else own.packets,
        spacing_s=usual.spacing_s if own.spacing_s is None else own.spacing_s,
        dscp=usual.dscp if own.dscp is None else own.dscp,
    )


def _snmp(target: Target, settings: Settings) -> PlannedProbe | None:
    own, usual = target.probes.get("snmp", _AS_SET), settings.snmp
    if own.enabled is False or target.credential not in settings.credentials:
        return None
    return PlannedProbe(
        probe="snmp",
        every_s=usual.every_s if own.every_s is None else own.every_s,
        timeout_s=usual.timeout_s if own.timeout_s is None else own.timeout_s,
        retries=usual.retries if own.retries is None else own.retries,
        max_requests_per_second=own.max_requests_per_second or usual.max_requests_per_second,
    )


def _sip(target: Target, settings: Settings, kind: ConferenceProbes) -> PlannedProbe | None:
    own, usual = target.probes.get("sip", _AS_SET), settings.sip
    if not (kind.sip if own.enabled is None else own.enabled):
        return None
    transports = own.transports or usual.transports
    return PlannedProbe("sip", own.every_s or usual.every_s, own.timeout_s or usual.timeout_s, transports=transports)


def _tcp(target: Target, settings: Settings, kind: ConferenceProbes) -> PlannedProbe | None:
    own, usual = target.probes.get("tcp", _AS_SET), settings.tcp
    ports = kind.tcp if own.ports is None else own.ports
    if own.enabled is False or not ports:
        return None
    return PlannedProbe("tcp", own.every_s or usual.every_s, own.timeout_s or usual.timeout_s, ports=ports)


def _h323(target: Target, settings: Settings, kind: ConferenceProbes) -> PlannedProbe | None:
    own, usual = target.probes.get("h323", _AS_SET), settings.h323
    if not (kind.h323 if own.enabled is None else own.enabled):
        return None
    return PlannedProbe("h323", own.every_s or usual.every_s, own.timeout_s or usual.timeout_s)


def _web(target: Target, settings: Settings, kind: ConferenceProbes) -> PlannedProbe | None:
    own, usual = target.probes.get("web", _AS_SET), settings.web
    page = kind.web or (WebPage() if own.enabled else None)
    if own.enabled is False or page is None:
        return None
    return PlannedProbe("web", own.every_s or usual.every_s, own.timeout_s or usual.timeout_s, web=page)
