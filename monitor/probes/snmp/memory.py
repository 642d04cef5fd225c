"""What is known of each agent from its earlier polls, kept as long as it is asked in the same way."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model.agent_limits import AgentLimits
from monitor.model.clock import Clock
from monitor.model.profile import Profile
from monitor.model.spec import SnmpSpec
from monitor.probes.names import Place
from monitor.probes.snmp.adaptive_limits import Devices, KnownAgent
from monitor.probes.snmp.exchange import Ask, Route
from monitor.probes.snmp.if_mib import KnownRow
from monitor.probes.snmp.steady import SteadyGet
from monitor.probes.snmp.value_plan import ValuePlan
from monitor.wire.oid import Oid

_MAX_KEPT = 50_000


@dataclass(slots=True)
class AgentMemory:
    """What was learnt of an agent, kept from poll to poll by whoever drives it.

    device: how whoever answers there wants to be asked; targets with one address share it. route: where it was asked last.
    profile: the one that reads it, None before the first contact. missing: objects that it refuses a whole GET for (v1).
    has_bulk: False where it knows no GETBULK. rows: the interfaces that are read directly; is_surveyed: False where the table has
    not been walked to its end since there was cause to.
    engine_id: snmpEngineID in hexadecimal, not asked of v1 agents. polls: since it was identified.
    plan: which objects the profile's values are made of, None until the device was surveyed.
    steady: the one GET that it is asked at each poll, None until a poll needed no other. plain: what it was asked outside of polls.
    """

    device: KnownAgent = field(default_factory=KnownAgent)
    route: Route | None = None
    profile: Profile | None = None
    sys_object_id: str = ""
    sys_descr: str = ""
    sys_name: str = ""
    engine_id: str = ""
    missing: set[Oid] = field(default_factory=set)
    has_bulk: bool = True
    rows: tuple[KnownRow, ...] = ()
    is_surveyed: bool = False
    uptime_ticks: int | None = None
    table_last_change_ticks: int | None = None
    polls: int = 0
    plan: ValuePlan | None = None
    steady: SteadyGet | None = None
    plain: Ask | None = None


class Memories:
    """Target → memory. A target whose address, credential, profile or interfaces changed starts anew; its device is known on."""

    def __init__(self, clock: Clock) -> None:
        self._devices = Devices(clock)
        self._kept: dict[str, tuple[SnmpSpec, AgentMemory]] = {}

    def of(self, spec: SnmpSpec, place: Place) -> AgentMemory:
        """Return the memory of the agent that a spec asks at a place. A brief spec uses it and never replaces it."""
        memory = self._known(spec)
        device = self._devices.at(place.address, spec.port)
        if memory is None:
            memory = AgentMemory(device)
            if not spec.brief:
                while len(self._kept) >= _MAX_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[spec.target] = (spec, memory)
        memory.device = device
        return memory

    def _known(self, spec: SnmpSpec) -> AgentMemory | None:
        kept = self._kept.get(spec.target)
        if kept is None or kept[0] is spec:
            return kept[1] if kept else None
        if _identity(kept[0]) != _identity(spec):
            return None
        if not spec.brief:
            self._kept[spec.target] = (spec, kept[1])
        return kept[1]

    def agent_limits(self, target: str) -> AgentLimits | None:
        """Return how one target's agent is asked now, None before its first poll."""
        kept = self._kept.get(target)
        return kept[1].device.agent_limits(kept[0]) if kept else None


def _identity(spec: SnmpSpec) -> tuple[object, ...]:
    credential = spec.credential
    return (
        (spec.address, spec.port, credential.name, credential.version, credential.community, credential.user),
        (spec.profile, spec.candidates, spec.wan_interface, spec.interfaces),
    )
