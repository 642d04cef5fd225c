"""The timetable of everybody: what the probers are asked to do, of every target and of the references, when, and whom they ask."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import chain

from monitor.load.configuration import Configuration
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.probe_kinds import ICMP
from monitor.model.profile import Profile
from monitor.model.settings import Settings
from monitor.rules.timetable import Turn, candidates_of, own_settings, probe_plan, turn_of

REFERENCE = "reference:"
"""Begins the id of an address outside the inventory that only proves that we can see."""


def turns(inventory: Inventory, settings: Settings, profiles: Mapping[str, Profile]) -> tuple[Turn, ...]:
    """Return every probe of every target and of the references, each with its place in its interval."""
    candidates = candidates_of(profiles)
    plans = (probe_plan(target, settings, profiles, candidates) for target in inventory.targets.values())
    outsiders = (reference_turn(reference, settings) for reference in references_outside(inventory.targets, settings))
    return (*chain.from_iterable(plans), *outsiders)


def addresses_asked(configuration: Configuration, targets: Container[str] | None = None) -> Iterator[str]:
    """Yield every address that probes of this configuration send to, each once, in the order of its targets.

    Traces go to no other: only a target that is asked is ever down. targets: ids; only what is sent for their sake. None: for the
    sake of all, and of the references.
    """
    all_turns = turns(configuration.inventory, configuration.settings, configuration.profiles)
    wanted = (turn for turn in all_turns if targets is None or turn.spec.target in targets)
    yield from dict.fromkeys(address for turn in wanted for address in turn.spec.asks)


def references_outside(targets: Iterable[str], settings: Settings) -> list[str]:
    """Return the references of the settings that are no targets themselves."""
    known = frozenset(targets)
    return [reference for reference in settings.health.references if reference not in known]


def reference_turn(reference: str, settings: Settings) -> Turn:
    """Return when a reference outside the inventory is pinged, and how: as a target that says nothing of its own."""
    outsider = Target(REFERENCE + reference, Kind.POINT, reference, reference, reference, level="", area="")
    return turn_of(ICMP, outsider, settings, own_settings(ICMP, outsider, settings))
