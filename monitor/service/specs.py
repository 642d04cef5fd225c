"""The timetable of everybody: what the probers are asked to do, of every target and of the references, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model.inventory import Inventory
from monitor.model.probe_kinds import ICMP
from monitor.model.profile import Profile
from monitor.model.settings import Settings
from monitor.model.spec import IcmpSpec
from monitor.rules.timetable import Turn, candidates_of, probe_plan, spread

REFERENCE = "reference:"
"""Begins the id of an address outside the inventory that only proves that we can see."""


def turns(inventory: Inventory, settings: Settings, profiles: Mapping[str, Profile]) -> tuple[Turn, ...]:
    """Return every probe of every target and of the references, each with its place in its interval."""
    candidates = candidates_of(profiles)
    found = [turn for target in inventory.targets.values() for turn in probe_plan(target, settings, profiles, candidates)]
    return (*found, *(reference_turn(reference, settings) for reference in references_outside(inventory.targets, settings)))


def references_outside(targets: Iterable[str], settings: Settings) -> list[str]:
    """Return the references of the settings that are no targets themselves."""
    known = frozenset(targets)
    return [reference for reference in settings.health.references if reference not in known]


def reference_turn(reference: str, settings: Settings) -> Turn:
    """Return when a reference outside the inventory is pinged, and how."""
    name, icmp = REFERENCE + reference, ICMP.of(settings)
    spec = IcmpSpec(name, reference, icmp.packets, icmp.spacing_s, icmp.timeout_s, icmp.dscp)
    return Turn(ICMP.name, icmp.every_s, spread(name, icmp.every_s), spec)
