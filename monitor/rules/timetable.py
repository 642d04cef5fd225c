"""When each target is probed, and when it is expected to answer at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from monitor.model.inventory import Expected, ProbeOverride, Target
from monitor.model.profile import Profile
from monitor.model.settings import OfficeHours, Settings

BEFORE_MEETING = timedelta(minutes=60)
"""Technicians are on site an hour before: from then on an endpoint that is expected for meetings should answer."""

_AS_SET = ProbeOverride()
_HASH_SPAN = 2**32


@dataclass(frozen=True, slots=True)
class PlannedProbe:
    """One probe that a target has, with the settings and the target's own overrides already joined.

    probe: 'icmp' or 'snmp'. every_s: seconds from one turn to the next. timeout_s: of one packet (icmp) or of the first try (snmp).
    packets, spacing_s, dscp: icmp only. retries, max_requests_per_second: snmp only.
    """

    probe: str
    every_s: float
    timeout_s: float
    packets: int = 0
    spacing_s: float = 0.0
    dscp: int = 0
    retries: int = 0
    max_requests_per_second: int | None = None


def probe_plan(target: Target, settings: Settings, profile: Profile | None = None) -> tuple[PlannedProbe, ...]:
    """Return the probes of a target, icmp first.

    ICMP is there unless the target switches it off. SNMP is there only where the target has a credential that is set: without one
    there is no SNMP probe and no fault. profile: the target's, for probes that depend on the kind of device; None where unknown.
    """
    planned = (_icmp(target, settings), _snmp(target, settings))
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
    if not own.enabled:
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
    if not own.enabled or target.credential not in settings.credentials:
        return None
    return PlannedProbe(
        probe="snmp",
        every_s=usual.every_s if own.every_s is None else own.every_s,
        timeout_s=usual.timeout_s if own.timeout_s is None else own.timeout_s,
        retries=usual.retries if own.retries is None else own.retries,
        max_requests_per_second=own.max_requests_per_second or usual.max_requests_per_second,
    )
