"""Targets and settings joined into what the probers are asked to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.model.inventory import Inventory, Target
from monitor.model.profile import Profile, WebPage
from monitor.model.settings import Settings
from monitor.model.spec import H323Spec, IcmpSpec, SipSpec, SnmpSpec, Spec, TcpSpec, WebSpec
from monitor.rules.timetable import PlannedProbe, probe_plan, spread

REFERENCE = "reference:"
"""Begins the id of an address outside the inventory that only proves that we can see."""

CONFIRM_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One probe of one target on the timetable. offset_s: how far into each interval its turn comes."""

    probe: str
    every_s: float
    offset_s: float
    spec: Spec


def turns(inventory: Inventory, settings: Settings, profiles: Mapping[str, Profile]) -> tuple[Turn, ...]:
    """Return every probe of every target and of the references, each with its place in its interval."""
    candidates = tuple(profile for profile in profiles.values() if profile.match is not None)
    found = [
        Turn(
            planned.probe,
            planned.every_s,
            spread(target.id, planned.every_s),
            _spec(target, planned, settings, profiles, candidates),
        )
        for target in inventory.targets.values()
        for planned in probe_plan(target, settings, profiles.get(target.profile))
    ]
    return (*found, *_reference_turns(inventory, settings))


def confirming(spec: Spec) -> Spec | None:
    """Return the quick form of a spec that settles a suspicion: the same burst, or one short question; None: it is not asked."""
    if isinstance(spec, IcmpSpec):
        return replace(spec, confirms=True)
    if isinstance(spec, H323Spec | WebSpec):
        return None
    # Not even where the agent was learned to be slower: a whole family waits for this answer before anybody is judged.
    timeout_s = min(spec.timeout_s, CONFIRM_TIMEOUT_S)
    if isinstance(spec, SnmpSpec):
        most_s = min(spec.timeout_max_s, CONFIRM_TIMEOUT_S)
        return replace(spec, confirms=True, brief=True, retries=0, timeout_s=timeout_s, timeout_max_s=most_s)
    return replace(spec, confirms=True, timeout_s=timeout_s)


def _spec(
    target: Target, planned: PlannedProbe, settings: Settings, profiles: Mapping[str, Profile], candidates: tuple[Profile, ...]
) -> Spec:
    match planned.probe:
        case "icmp":
            return _icmp(target, planned)
        case "snmp":
            return _snmp(target, planned, settings, profiles[target.profile], candidates)
        case "tcp":
            return TcpSpec(target.id, target.address, planned.ports, planned.timeout_s)
        case "web":
            return _web(target, planned, settings)
        case _:
            profile = profiles.get(target.profile)
            return _signalling(target, planned, settings, drops_strangers=profile is not None and profile.drops_strangers)


def _icmp(target: Target, planned: PlannedProbe) -> IcmpSpec:
    return IcmpSpec(
        target=target.id,
        address=target.address,
        packets=planned.packets,
        spacing_s=planned.spacing_s,
        timeout_s=planned.timeout_s,
        dscp=planned.dscp,
    )


def _snmp(target: Target, planned: PlannedProbe, settings: Settings, profile: Profile, candidates: tuple[Profile, ...]) -> SnmpSpec:
    assert target.credential is not None  # probe_plan gives SNMP only to targets with one
    credential = settings.credentials[target.credential]
    return SnmpSpec(
        target=target.id,
        address=target.address,
        credential=credential,
        profile=profile,
        candidates=candidates,
        port=settings.snmp.port,
        timeout_s=planned.timeout_s,
        retries=planned.retries,
        deadline_s=min(settings.snmp.deadline_s, planned.every_s),
        max_repetitions=target.max_repetitions or settings.snmp.max_repetitions,
        answers_from=target.answers_from,
        wan_interface=target.wan_interface,
        interfaces=target.interfaces,
        engine="pysnmp" if credential.version == "3" else target.engine or settings.engine,
        timeout_min_s=settings.snmp.timeout_min_s,
        timeout_max_s=settings.snmp.timeout_max_s,
        max_requests_per_second=planned.max_requests_per_second,
    )


def _signalling(target: Target, planned: PlannedProbe, settings: Settings, *, drops_strangers: bool) -> SipSpec | H323Spec:
    if planned.probe == "sip":
        return SipSpec(
            target=target.id,
            address=target.address,
            port=target.sip.port or settings.sip.port,
            transports=planned.transports,
            user=target.sip.user,
            domain=target.sip.domain,
            timeout_s=planned.timeout_s,
            drops_strangers=drops_strangers,
        )
    return H323Spec(
        target=target.id,
        address=target.address,
        port=target.h323.port or settings.h323.port,
        gatekeeper=settings.h323.gatekeeper,
        gatekeeper_port=settings.h323.gatekeeper_port,
        alias=target.h323.alias,
        timeout_s=planned.timeout_s,
        drops_strangers=drops_strangers,
    )


def _web(target: Target, planned: PlannedProbe, settings: Settings) -> WebSpec:
    page, access = planned.web or WebPage(), target.web
    login = settings.logins.get(access.login)
    return WebSpec(
        target=target.id,
        address=target.address,
        port=access.port or page.port,
        tls=page.tls,
        path=access.path or page.path,
        status=page.status,
        user="" if login is None else login.user,
        password="" if login is None else login.password,
        timeout_s=planned.timeout_s,
    )


def _reference_turns(inventory: Inventory, settings: Settings) -> Iterable[Turn]:
    icmp = settings.icmp
    for reference in settings.health.references:
        if reference in inventory.targets:
            continue
        name = REFERENCE + reference
        spec = IcmpSpec(name, reference, icmp.packets, icmp.spacing_s, icmp.timeout_s, icmp.dscp)
        yield Turn("icmp", icmp.every_s, spread(name, icmp.every_s), spec)
