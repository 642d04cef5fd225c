"""The probers that a configuration needs; pysnmp is loaded only where something asks for it."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import cast

from monitor.model.clock import Clock
from monitor.probes.icmp import IcmpProber
from monitor.probes.snmp import SnmpProber
from monitor.service.engines import Engine, SnmpEngines
from monitor.service.poller import Prober


@dataclass(frozen=True, slots=True)
class Probers:
    """What sends."""

    icmp: IcmpProber
    snmp: SnmpEngines

    @property
    def by_probe(self) -> dict[str, Prober]:
        """Return the probers by the name of their probe."""
        return {"icmp": self.icmp, "snmp": self.snmp}


async def open_probers(clock: Clock, stack: AsyncExitStack) -> Probers:
    """Open the probers; the stack closes them. Raises SetupError where this machine does not permit it."""
    icmp = IcmpProber(clock)
    await icmp.open()
    stack.callback(icmp.close)

    async def fast() -> Engine:
        return SnmpProber(clock)

    async def pysnmp() -> Engine:
        # 0.5 s of import: in a thread, or everything else would wait for it.
        module = await asyncio.to_thread(importlib.import_module, "monitor.probes.pysnmp_engine")
        return cast("Engine", module.PysnmpProber(clock))

    snmp = SnmpEngines({"fast": fast, "pysnmp": pysnmp})
    stack.callback(snmp.close)
    await snmp.open("fast")
    return Probers(icmp, snmp)
