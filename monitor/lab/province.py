"""The emulated province as it stands: devices, agents, conditions, paths; and what the faults that are active make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar

from monitor.lab.agent import Agent, Ills
from monitor.lab.conditions import Conference, LinkCondition
from monitor.lab.device import Device, make_device
from monitor.lab.faults import LabFault, apply_faults
from monitor.lab.mib import ENGINE_ID, Mib, ObjectInstance, device_mib
from monitor.lab.poly_mib import is_poly, poly_entries
from monitor.lab.recording import read_recording
from monitor.lab.topology import Path, find_paths, usual_link
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.scenario import AgentSettings, LinkSettings, Scenario, select
from monitor.model.settings import Credential
from monitor.wire.ber import OCTET_STRING
from monitor.wire.h323 import TransportAddress
from monitor.wire.snmp import V1, V2C

_MAPPED = bytes.fromhex("fd00") + bytes(10)
"""Every target with an IPv4 address also answers at fd00::a.b.c.d."""

Now = Callable[[], float]
Settings = TypeVar("Settings")

_POINT_TCP = frozenset((22, 443))
_ENDPOINT_TCP = frozenset((443, 1720, 5060))
_ENDPOINT_UDP = frozenset((5060,))
_PC_TCP = frozenset((135, 445, 5060))
"""A PC with a soft client has no page and takes no call from strangers; file sharing is open."""


@dataclass(slots=True)
class _Host:
    """What belongs to one target: its device, its agent (None without a credential), how its uplink usually is."""

    device: Device
    agent: Agent | None
    link: LinkSettings
    settings: AgentSettings
    mib_key: object = None


class Province:
    """Everything that the emulator plays. now: the lab's own clock, epoch seconds that only grow.

    gatekeeper: its address and RAS port. An address that is no target's is a further one of the root's.
    """

    def __init__(
        self,
        inventory: Inventory,
        credentials: Mapping[str, Credential],
        scenario: Scenario,
        now: Now,
        gatekeeper: TransportAddress | None = None,
    ) -> None:
        self.inventory = inventory
        self.now = now
        self.gatekeeper = gatekeeper
        self.ids_by_address = _addresses(inventory)
        if gatekeeper is not None:
            self.ids_by_address.setdefault(ip_address(gatekeeper[0]).packed, inventory.root)
        self.addresses = {target: address for address, target in reversed(self.ids_by_address.items()) if len(address) == 4}
        self.addresses_v6 = {target: address for address, target in reversed(self.ids_by_address.items()) if len(address) == 16}
        links, agents = _by_target(inventory, scenario.links), _by_target(inventory, scenario.agents)
        self._hosts = {
            target.id: _Host(
                make_device(target, now()),
                _agent(credentials.get(target.credential or "")),
                _link(inventory, target, links.get(target.id, ())),
                agents[target.id][-1] if target.id in agents else AgentSettings(),
            )
            for target in inventory.targets.values()
        }
        self.conditions: dict[str, LinkCondition] = {}
        self.paths: dict[str, Path] = {}
        self.is_blind = False
        self.apply(())

    def apply(self, faults: Sequence[LabFault]) -> None:
        """Let exactly these faults be active from now on."""
        now = self.now()
        before = self.conditions
        self.conditions = {target: _usual(host) for target, host in self._hosts.items()}
        if self.gatekeeper is not None:
            home = self.conditions[self.ids_by_address[ip_address(self.gatekeeper[0]).packed]]
            home.udp |= {self.gatekeeper[1]}
        ills = {target: Ills() for target in self._hosts}
        self.is_blind = any(fault.verb in ("blind", "unplug") for fault in faults)
        apply_faults(self.inventory, [fault for fault in faults if fault.targets], self.conditions, ills, now)
        self.paths = find_paths(self.inventory, self.conditions)
        for target, host in self._hosts.items():
            condition = self.conditions[target]
            if target in before and condition.is_powered and not before[target].is_powered:
                host.device.restart(now)
            limit = condition.limit
            is_connected = self.paths[target].is_whole
            capacity, offered = (limit.capacity_bps, limit.offered_bps) if limit else (None, None)
            host.device.carry(now, capacity, offered, is_connected)
            if host.agent is not None:
                host.agent.ills = ills[target]

    def device(self, target: str) -> Device:
        return self._hosts[target].device

    def agent(self, target: str) -> Agent | None:
        """Return a target's agent as it is now, None where it has none."""
        host = self._hosts[target]
        agent = host.agent
        if agent is None:
            return None
        is_busy = self.conditions[target].conference.is_busy
        key = (host.device.generation, host.device.booted_at, agent.ills.has_64_bits, agent.ills.engine_id, is_busy)
        if key != host.mib_key:
            host.mib_key = key
            agent.mib = _mib(host, agent.ills, lambda: self.conditions[target].conference)
        return agent

    def offered_bps(self, target: str, at: float) -> float:
        """Return the traffic that wants to pass a target's uplink, of the busier direction."""
        limit = self.conditions[target].limit
        if limit is not None and limit.offered_bps is not None:
            return limit.offered_bps
        interface = self._hosts[target].device.interfaces[-1]
        return max(interface.usual_receive.rate_bps(at), interface.usual_transmit.rate_bps(at))


def _addresses(inventory: Inventory) -> dict[bytes, str]:
    """Return address → id, the targets' own addresses first."""
    own = {ip_address(target.address).packed: target.id for target in inventory.targets.values()}
    mapped = {_MAPPED + address: target for address, target in own.items() if len(address) == 4}
    return own | {address: target for address, target in mapped.items() if address not in own}


def _by_target(inventory: Inventory, settings: Sequence[tuple[str, Settings]]) -> dict[str, list[Settings]]:
    """Return id → the settings whose selectors mean it, in their order."""
    found: dict[str, list[Settings]] = {}
    for selector, each in settings:
        for target in select(inventory, "all" if selector == "default" else selector):
            found.setdefault(target, []).append(each)
    return found


def _link(inventory: Inventory, target: Target, overrides: Sequence[LinkSettings]) -> LinkSettings:
    """Return how a target's uplink usually is: the emulator's own idea, with what the scenario says of it."""
    link = usual_link(target, inventory.targets[target.parents[0]] if target.parents else None)
    for each in overrides:
        link = LinkSettings(
            link.delay_s if each.delay_s is None else each.delay_s,
            link.jitter_s if each.jitter_s is None else each.jitter_s,
            link.loss_ratio if each.loss_ratio is None else each.loss_ratio,
            link.mtu if each.mtu is None else each.mtu,
        )
    return link


def _agent(credential: Credential | None) -> Agent | None:
    """Return an agent, None without a credential or with one of SNMPv3, which the lab does not speak."""
    if credential is None or credential.version == "3":
        return None
    return Agent(Mib(()), credential.community.encode(), (V1,) if credential.version == "1" else (V1, V2C))


def _mib(host: _Host, ills: Ills, state: Callable[[], Conference]) -> Mib:
    if host.settings.recording is not None:
        mib = read_recording(host.settings.recording, host.device.uptime_ticks)[0]
    else:
        mib = device_mib(host.device, ills.has_64_bits)
        if is_poly(host.device.target):
            mib = mib.plus(*poly_entries(host.device.target, state))
    engine_id = ills.engine_id
    return mib if engine_id is None else mib.plus(ObjectInstance(ENGINE_ID, OCTET_STRING, lambda _: engine_id))


def _usual(host: _Host) -> LinkCondition:
    link, target = host.link, host.device.target
    is_endpoint = target.kind is Kind.ENDPOINT
    of_endpoint = _PC_TCP if target.profile.startswith("pc") else _ENDPOINT_TCP
    return LinkCondition(
        link.delay_s or 0.0,
        link.jitter_s or 0.0,
        link.loss_ratio or 0.0,
        link.mtu or 1500,
        tcp=(of_endpoint if is_endpoint else _POINT_TCP) | frozenset(host.settings.tcp),
        udp=(_ENDPOINT_UDP if is_endpoint else frozenset[int]()) | frozenset(host.settings.udp),
    )
