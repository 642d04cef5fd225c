"""Names agents that misbehave: once when it begins and once when it ends, never at each poll, and never without bound.

A misbehaviour is told when it was seen twice without CLEAN_TO_END good polls between; it is over after so many good polls, a flood
after QUIET_S without one. What is not seen for LAPSE_S is dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType

from monitor.model.agent_fault import AgentFault, FaultKind, Unsolicited
from monitor.model.inventory import Inventory
from monitor.model.probe_kinds import SNMP
from monitor.model.reading import Outcome, Reading
from monitor.model.state import Event

SEEN_TO_BEGIN: Mapping[FaultKind, int] = MappingProxyType(dict.fromkeys(FaultKind, 2) | {FaultKind.LATE: 3})
"""One datagram may have been bent on its way; one poll may bring two late answers, one to each try."""
CLEAN_TO_END = 3
QUIET_S = 60.0
LAPSE_S = 3600.0
FLOOD_PER_S = 100.0
"""Datagrams a second from one agent that nobody asked for; a late answer or a doubled one is no flood."""
MOST_AN_HOUR = 6
"""Events of one target; beginnings beyond it are only counted."""
MOST_AT_ONCE = 40
REFILL_PER_S = 0.1
"""Events of all targets together: a bucket of so many that fills again slowly."""


@dataclass(slots=True)
class _Observed:
    """One misbehaviour of one target. seen_s: monotonic, of the last time. is_told: its beginning was an event."""

    agent_fault: AgentFault
    since: float
    seen_s: float
    seen: int = 0
    clean: int = 0
    is_open: bool = False
    is_told: bool = False


class AgentFaults:
    """Every misbehaviour that goes on. All methods are given now_s, monotonic, and wall, epoch seconds; none blocks."""

    def __init__(self, inventory: Inventory) -> None:
        self._observed: dict[str, dict[FaultKind, _Observed]] = {}
        self._engines: dict[str, dict[str, float]] = {}
        self._engine_of: dict[str, str] = {}
        self._events_s: dict[str, list[float]] = {}
        self._room = float(MOST_AT_ONCE)
        self._filled_s: float | None = None
        self._untold = 0
        self._untold_s = float("-inf")
        self._events: list[Event] = []
        self.follow(inventory)

    def follow(self, inventory: Inventory) -> None:
        """Follow a changed inventory; who is no longer in it is forgotten."""
        self._targets = inventory.targets
        self._ids = _ids_by_address(inventory)
        self._observed = {target: faults for target, faults in self._observed.items() if target in self._targets}
        self._events_s = {target: events_s for target, events_s in self._events_s.items() if target in self._targets}
        for target in self._engine_of.keys() - self._targets.keys():
            self._disown(target)

    @property
    def open(self) -> Mapping[str, tuple[AgentFault, ...]]:
        """Return what goes on now: id → misbehaviours."""
        found = {id_: tuple(each.agent_fault for each in faults.values() if each.is_open) for id_, faults in self._observed.items()}
        return MappingProxyType({id_: faults for id_, faults in found.items() if faults})

    def record_poll(self, reading: Reading, now_s: float, wall: float) -> None:
        """Record a poll of an agent: what it did wrong, or that it went well."""
        if reading.probe != SNMP.name or reading.target not in self._targets:
            return
        shown = [fault for fault in (reading.agent_fault, self._sharing(reading, now_s)) if fault is not None]
        for agent_fault in shown:
            self._see(reading.target, agent_fault, now_s, wall)
        if reading.target in self._observed and reading.outcome is Outcome.OK and reading.snmp and not reading.snmp.brief:
            self._find_clean(reading.target, {agent_fault.kind for agent_fault in shown}, now_s, wall)

    def record_unsolicited(self, unsolicited: Iterable[Unsolicited], over_s: float, now_s: float, wall: float) -> None:
        """Record what answered no open question over the last over_s seconds."""
        unasked = Counter[str]()
        for one in unsolicited:
            target = self._ids.get(one.address)
            if target is None:
                continue
            if one.late_s:
                self._see(target, AgentFault(FaultKind.LATE, {"late_s": round(one.late_s, 1)}), now_s, wall)
            unasked[target] += one.datagrams
        for target, datagrams in unasked.items():
            rate = datagrams / over_s if over_s > 0 else 0.0
            if rate >= FLOOD_PER_S:
                self._see(target, AgentFault(FaultKind.FLOODS, {"datagrams": round(rate)}), now_s, wall)

    def look(self, now_s: float, wall: float) -> Sequence[Event]:
        """Return what is to be told since the last call, oldest first; call it about once a second."""
        seen = [(id_, kind, each.seen_s) for id_, faults in self._observed.items() for kind, each in faults.items()]
        for target, kind, seen_s in seen:
            is_flood = kind is FaultKind.FLOODS
            if now_s - seen_s > (QUIET_S if is_flood else LAPSE_S):
                self._end(target, kind, "over" if is_flood else "unheard", now_s, wall)
        if self._untold and now_s - self._untold_s > LAPSE_S:
            self._untold_s = now_s
            self._events.append(Event(wall, "misbehaves", "", {"deed": "more", "count": self._untold}))
            self._untold = 0
        events, self._events = self._events, []
        return events

    def _see(self, target: str, agent_fault: AgentFault, now_s: float, wall: float) -> None:
        kind = agent_fault.kind
        observed = self._observed.setdefault(target, {}).setdefault(kind, _Observed(agent_fault, wall, now_s))
        observed.agent_fault, observed.seen_s, observed.clean = agent_fault, now_s, 0
        observed.seen += 1
        if observed.seen >= SEEN_TO_BEGIN[kind] and not observed.is_open:
            observed.is_open = True
            begun = Event(wall, "misbehaves", target, {**agent_fault.values, "deed": kind.value}, agent_fault.because)
            observed.is_told = self._tell(begun, now_s)

    def _find_clean(self, target: str, shown: Container[FaultKind], now_s: float, wall: float) -> None:
        """Count a good poll for every misbehaviour of a target that it did not show; how much comes unasked, no poll tells."""
        for kind, observed in list(self._observed[target].items()):
            if kind not in shown and kind is not FaultKind.FLOODS:
                observed.clean += 1
                if observed.clean >= CLEAN_TO_END:
                    self._end(target, kind, "over", now_s, wall)

    def _end(self, target: str, kind: FaultKind, how: str, now_s: float, wall: float) -> None:
        observed = self._observed[target].pop(kind)
        if not self._observed[target]:
            del self._observed[target]
        if observed.is_told:
            agent_fault = observed.agent_fault
            values = {**agent_fault.values, "deed": kind.value, "how": how, "lasted_s": round(wall - observed.since)}
            self._tell(Event(wall, "behaves", target, values, agent_fault.because), now_s)

    def _tell(self, event: Event, now_s: float) -> bool:
        """Make an event of it, unless there were too many; return whether there is one. The end of what was told is always told."""
        since_s = now_s if self._filled_s is None else self._filled_s
        self._room = min(float(MOST_AT_ONCE), self._room + (now_s - since_s) * REFILL_PER_S)
        self._filled_s = now_s
        recent = [event_s for event_s in self._events_s.get(event.target, ()) if now_s - event_s < LAPSE_S]
        if event.kind == "misbehaves" and (self._room < 1 or len(recent) >= MOST_AN_HOUR):
            self._untold += 1
            return False
        self._room -= 1
        self._events_s[event.target] = [*recent, now_s][-MOST_AN_HOUR:]
        self._events.append(event)
        return True

    def _sharing(self, reading: Reading, now_s: float) -> AgentFault | None:
        """Return whose snmpEngineID an agent has, too, None where it has its own; the one that was heard first is in its right."""
        if reading.snmp is None or not reading.snmp.engine_id:
            return None
        engine_id = reading.snmp.engine_id
        if self._engine_of.get(reading.target, engine_id) != engine_id:
            self._disown(reading.target)
        owners = self._engines.setdefault(engine_id, {})
        owners[reading.target] = now_s
        self._engine_of[reading.target] = engine_id
        # Only the first counts, so only it is looked at: where a whole batch of devices was cloned, there are hundreds behind it.
        while now_s - owners[first := next(iter(owners))] > LAPSE_S:
            del owners[first], self._engine_of[first]
        if first == reading.target:
            return None
        return AgentFault(FaultKind.SHARED_ENGINE, {"engine_id": engine_id, "one": first, "other": reading.target})

    def _disown(self, target: str) -> None:
        """Forget which snmpEngineID a target has."""
        engine_id = self._engine_of.pop(target)
        owners = self._engines[engine_id]
        del owners[target]
        if not owners:
            del self._engines[engine_id]


def _ids_by_address(inventory: Inventory) -> dict[str, str]:
    """Return address as the kernel writes it → id, also of those that answers may come from."""
    found: dict[str, str] = {}
    for target in inventory.targets.values():
        for text in (target.address, *target.answers_from):
            with suppress(ValueError):  # a name: what it sends unasked stays unattributed
                found.setdefault(str(ip_address(text)), target.id)
    return found
