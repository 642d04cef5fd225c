"""The probers that a configuration needs; pysnmp is loaded only where something asks for it."""

from __future__ import annotations

import asyncio
import importlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol, cast

from monitor.model.agent_fault import Unsolicited
from monitor.model.agent_limits import AgentLimits
from monitor.model.clock import Clock
from monitor.model.probe_kinds import H323, ICMP, SIP, SNMP, TCP, WEB
from monitor.model.reading import Deliver
from monitor.model.settings import Credential, Settings
from monitor.model.spec import SnmpSpec
from monitor.probes.h323.prober import H323Prober
from monitor.probes.icmp.prober import IcmpProber
from monitor.probes.sip.prober import SipProber
from monitor.probes.snmp.prober import SnmpProber
from monitor.probes.tcp import TcpProber
from monitor.probes.web import WebProber
from monitor.service.poller import OpenableProber, Prober

SERVICE_PROBERS: Mapping[str, Callable[[Clock], OpenableProber]] = {
    SIP.name: SipProber,
    TCP.name: TcpProber,
    H323.name: H323Prober,
    WEB.name: WebProber,
}
"""What makes the prober of each kind that brings what a service says (model/probe_kinds.py)."""


class Engine(OpenableProber, Protocol):
    def drain_unsolicited(self) -> tuple[Unsolicited, ...]:
        """Return what answered no open question since the last call, by source and kind; () where it does not know."""

    def agent_limits(self, target: str) -> AgentLimits | None:
        """Return what was learned of one target's agent, None before its first poll."""


class SnmpEngines:
    """One prober in front of several: 'fast' for v1 and v2c, 'pysnmp' for v3 and for whoever prefers it.

    A heavy one costs nothing until a poll asks for it, at the start or after a reload.
    """

    def __init__(self, in_flight: int, of_version_3: Sequence[Credential], clock: Clock) -> None:
        """in_flight: how many questions may be on their way at once."""
        self._in_flight = in_flight
        self._of_version_3 = of_version_3
        self._clock = clock
        self._engines: dict[str, Engine] = {}
        self._opening = asyncio.Lock()

    async def open(self, name: str) -> Engine:
        """Return an engine, made and opened at the first call."""
        async with self._opening:
            if name not in self._engines:
                engine = SnmpProber(self._clock, in_flight=self._in_flight) if name == "fast" else await self._pysnmp()
                await engine.open()
                self._engines[name] = engine
            return self._engines[name]

    async def _pysnmp(self) -> Engine:
        # 0.5 s of import: in a thread, or everything else would wait for it.
        module = await asyncio.to_thread(importlib.import_module, "monitor.probes.snmp.pysnmp_engine")
        in_flight = min(self._in_flight, module.IN_FLIGHT)
        return cast("Engine", module.PysnmpProber(self._clock, self._of_version_3, in_flight=in_flight))

    async def probe(self, specs: Sequence[SnmpSpec], deliver: Deliver) -> None:
        by_engine: dict[str, list[SnmpSpec]] = defaultdict(list)
        for spec in specs:
            by_engine[spec.engine].append(spec)
        async with asyncio.TaskGroup() as group:
            for name, chosen in by_engine.items():
                engine = self._engines.get(name) or await self.open(name)
                group.create_task(engine.probe(chosen, deliver))

    @property
    def receive_drops(self) -> int:
        return sum(engine.receive_drops for engine in self._engines.values())

    def drain_unsolicited(self) -> tuple[Unsolicited, ...]:
        return tuple(one for engine in self._engines.values() for one in engine.drain_unsolicited())

    def agent_limits(self, target: str) -> AgentLimits | None:
        learned = (engine.agent_limits(target) for engine in self._engines.values())
        return next((agent_limits for agent_limits in learned if agent_limits is not None), None)

    def close(self) -> None:
        for engine in self._engines.values():
            engine.close()


@dataclass(frozen=True, slots=True)
class Probers:
    icmp: IcmpProber
    snmp: SnmpEngines
    services: Mapping[str, OpenableProber]

    @property
    def by_probe(self) -> dict[str, Prober]:
        return {ICMP.name: self.icmp, SNMP.name: self.snmp, **self.services}

    @property
    def receive_drops(self) -> int:
        """Return how many packets the kernel has dropped because one of our sockets was full."""
        return self.icmp.receive_drops + self.snmp.receive_drops + sum(each.receive_drops for each in self.services.values())


async def open_probers(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Probers:
    """Open the probers; the stack closes them. Raises SetupError where this machine does not permit it.

    Where a credential is of version 3 its pysnmp engine is made now, not in the middle of a round.
    """
    of_version_3 = [credential for credential in settings.credentials.values() if credential.version == "3"]
    icmp = IcmpProber(clock)
    await icmp.open()
    stack.callback(icmp.close)
    snmp = SnmpEngines(SNMP.of(settings).in_flight, of_version_3, clock)
    stack.callback(snmp.close)
    await snmp.open("fast")
    if of_version_3:
        await snmp.open("pysnmp")
    services = {name: make(clock) for name, make in SERVICE_PROBERS.items()}
    for prober in services.values():
        await prober.open()
        stack.callback(prober.close)
    return Probers(icmp, snmp, services)
