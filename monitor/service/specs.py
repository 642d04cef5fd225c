"""Targets and settings joined into what the probers are asked to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.model.inventory import Inventory, Target
from monitor.model.profile import Profile
from monitor.model.settings import Settings
from monitor.model.spec import IcmpSpec, SnmpSpec
from monitor.rules.timetable import PlannedProbe, probe_plan, spread

Spec = IcmpSpec | SnmpSpec

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


def confirming(spec: Spec) -> Spec:
    """Return the quick form of a spec that settles a suspicion: the same burst, or one short question to the agent."""
    if isinstance(spec, IcmpSpec):
        return replace(spec, confirms=True)
    # Not even where the agent was learned to be slower: a whole family waits for this answer before anybody is judged.
    timeout_s, most_s = min(spec.timeout_s, CONFIRM_TIMEOUT_S), min(spec.timeout_max_s, CONFIRM_TIMEOUT_S)
    return replace(spec, confirms=True, brief=True, retries=0, timeout_s=timeout_s, timeout_max_s=most_s)


def _spec(
    target: Target, planned: PlannedProbe, settings: Settings, profiles: Mapping[str, Profile], candidates: tuple[Profile, ...]
) -> Spec:
    if planned.probe == "icmp":
        return IcmpSpec(
            target=target.id,
            address=target.address,
            packets=planned.packets,
            spacing_s=planned.spacing_s,
            timeout_s=planned.timeout_s,
            dscp=planned.dscp,
        )
    assert target.credential is not None  # probe_plan gives SNMP only to targets with one
    credential = settings.credentials[target.credential]
    return SnmpSpec(
        target=target.id,
        address=target.address,
        credential=credential,
        profile=profiles[target.profile],
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


def _reference_turns(inventory: Inventory, settings: Settings) -> Iterable[Turn]:
    icmp = settings.icmp
    for reference in settings.health.references:
        if reference in inventory.targets:
            continue
        name = REFERENCE + reference
        spec = IcmpSpec(name, reference, icmp.packets, icmp.spacing_s, icmp.timeout_s, icmp.dscp)
        yield Turn("icmp", icmp.every_s, spread(name, icmp.every_s), spec)
