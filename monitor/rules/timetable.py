"""When each target is probed, and when it is expected to answer at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zlib import crc32

from monitor.model.inventory import Expected, Target
from monitor.model.probe_kinds import KINDS, AnySettings, Given, ProbeKind
from monitor.model.profile import Profile
from monitor.model.settings import OfficeHours, ProbeSettings, Settings
from monitor.model.spec import Basis, Spec

BEFORE_MEETING = timedelta(minutes=60)
"""Technicians are on site an hour before: from then on an endpoint that is expected for meetings should answer."""

_NO_PROFILES: Mapping[str, Profile] = MappingProxyType({})
_ANY_DEVICE = Profile("")
_HASH_SPAN = 2**32


@dataclass(frozen=True, slots=True)
class Turn:
    """One probe of one target on the timetable. offset_s: how far into each interval its turn comes."""

    probe: str
    every_s: float
    offset_s: float
    spec: Spec


def probe_plan(
    target: Target,
    settings: Settings,
    profiles: Mapping[str, Profile] = _NO_PROFILES,
    candidates: tuple[Profile, ...] | None = None,
) -> tuple[Turn, ...]:
    """Return the probes that a target has, in the order of their kinds, so that pings come first.

    profiles: by id; the target's own says what kind of device it is. candidates: those that may refine it, as candidates_of()
    returns them; None finds them anew.
    """
    profile = profiles.get(target.profile) or Profile(target.profile)
    refining = candidates_of(profiles) if candidates is None else candidates
    planned = []
    for kind in KINDS.values():
        own = own_settings(kind, target, settings, profile)
        if not _has(kind, target, settings, profile, own):
            continue
        planned.append(turn_of(kind, target, settings, own, profile=profile, candidates=refining))
    return tuple(planned)


def turn_of(
    kind: ProbeKind[AnySettings, Any],
    target: Target,
    settings: Settings,
    own: AnySettings,
    *,
    profile: Profile = _ANY_DEVICE,
    candidates: tuple[Profile, ...] = (),
) -> Turn:
    """Return when a target is asked by one kind of probe, and what. own: how that is set for it, as own_settings() returns it."""
    basis = Basis(
        target=target,
        settings=own,
        profile=profile,
        candidates=candidates,
        credential=settings.credentials.get(target.credential or ""),
        login=settings.logins.get(target.web.login),
        engine=settings.engine,
    )
    return Turn(kind.name, own.every_s, spread(target.id, own.every_s), kind.spec.of(basis))


def candidates_of(profiles: Mapping[str, Profile]) -> tuple[Profile, ...]:
    """Return the profiles that an agent may be recognised by."""
    return tuple(profile for profile in profiles.values() if profile.match is not None)


def own_settings(
    kind: ProbeKind[AnySettings, Any], target: Target, settings: Settings, profile: Profile = _ANY_DEVICE
) -> AnySettings:
    """Return how a kind of probe is set for one target: as monitor.yaml says, then its profile, then the target itself.

    profile: may be left out where only interval and waits are wanted; a profile says what a device is asked for, never how often
    or how long.
    """
    usual, override = kind.of(settings), target.probes.get(kind.name)
    of_profile = profile.probes.get(kind.name)
    if not of_profile and (override is None or not override.changes):
        return usual
    changes: dict[str, Any] = {**(of_profile or {}), **(override.changes if override else {})}
    return replace(usual, **changes)


def confirming(probe: str, spec: Spec) -> Spec | None:
    """Return the quick form of a spec that settles a suspicion: the same burst, or one short question; None: it is not asked."""
    how = KINDS[probe].confirmation
    if how is None:
        return None
    shortened = {name: min(getattr(spec, name), most) for name, most in how.at_most.items()}
    return replace(spec, confirms=True, **shortened, **how.changes)


def _has(kind: ProbeKind[Any, Any], target: Target, settings: Settings, profile: Profile, own: ProbeSettings) -> bool:
    """Return whether a target has a probe of a kind. own: as it would be set."""
    override = target.probes.get(kind.name)
    enabled = None if override is None else override.enabled
    if enabled is False or (kind.needs and not getattr(own, kind.needs)):
        return False
    if kind.given is Given.CREDENTIAL:
        return target.credential in settings.credentials
    return kind.given is Given.ALWAYS or bool(enabled or kind.needs or kind.name in profile.probes)


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
    is_office_hour = office_hours.from_time <= now_local.time() < office_hours.to_time
    return expected is Expected.OFFICE_HOURS and is_office_hour and now_local.weekday() in office_hours.days
