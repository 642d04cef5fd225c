"""The probers that a configuration needs; pysnmp is loaded only where something asks for it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import cast

from monitor.model.clock import Clock
from monitor.model.probe_kinds import H323, ICMP, SIP, SNMP, TCP, WEB
from monitor.model.settings import Credential, Settings
from monitor.probes.h323.prober import H323Prober
from monitor.probes.icmp.prober import IcmpProber
from monitor.probes.sip.prober import SipProber
from monitor.probes.snmp.prober import SnmpProber
from monitor.probes.tcp import TcpProber
from monitor.probes.web import WebProber
from monitor.service.engines import Engine, SnmpEngines
from monitor.service.poller import OpenableProber, Prober

SERVICE_PROBERS: Mapping[str, Callable[[Clock], OpenableProber]] = {
    SIP.name: SipProber,
    TCP.name: TcpProber,
    H323.name: H323Prober,
    WEB.name: WebProber,
}
"""What makes the prober of each kind that brings what a service says (model/probe_kinds.py)."""


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
    snmp = snmp_engines(SNMP.of(settings).in_flight, of_version_3, clock)
    stack.callback(snmp.close)
    await snmp.open("fast")
    if of_version_3:
        await snmp.open("pysnmp")
    services = {name: make(clock) for name, make in SERVICE_PROBERS.items()}
    for prober in services.values():
        await prober.open()
        stack.callback(prober.close)
    return Probers(icmp, snmp, services)


def snmp_engines(in_flight: int, of_version_3: Sequence[Credential], clock: Clock) -> SnmpEngines:
    """Return the SNMP engines, none of them open yet. in_flight: how many questions may be on their way at once."""

    async def fast() -> Engine:
        return SnmpProber(clock, in_flight=in_flight)

    async def pysnmp() -> Engine:
        # 0.5 s of import: in a thread, or everything else would wait for it.
        module = await asyncio.to_thread(importlib.import_module, "monitor.probes.snmp.pysnmp_engine")
        return cast("Engine", module.PysnmpProber(clock, of_version_3, in_flight=min(in_flight, module.IN_FLIGHT)))

    return SnmpEngines({"fast": fast, "pysnmp": pysnmp})
