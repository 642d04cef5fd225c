"""The monitor's own walk over its own transport: both tables side by side by GETBULK."""

from __future__ import annotations

import asyncio

from benchmarks.children.agents import IF_TABLE, IF_X_TABLE
from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses
from benchmarks.responder import PORT, VALUES_OF_A_WALK
from monitor.model.profile import Profile
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp import SnmpProber
from monitor.probes.snmp_walk import Walked
from monitor.service.clock import SystemClock
from monitor.wire.oid import parse_oid

_TABLES = (parse_oid(IF_TABLE), parse_oid(IF_X_TABLE))
_CREDENTIAL = Credential("benchmark", version="2c", community="public")


async def main() -> None:
    """Walk all agents once to warm up, then as many rounds as asked."""
    asked = parameters()
    specs = [
        SnmpSpec(each, each, _CREDENTIAL, Profile("none"), port=PORT, timeout_s=asked["timeout_s"], retries=0)
        for each in addresses(asked["agents"])
    ]
    prober = SnmpProber(SystemClock(), in_flight=asked["window"])
    await prober.open()
    await prober.walk(specs, _TABLES)
    watch, lost = Stopwatch(), 0
    for _ in range(asked["rounds"]):
        for walked in await prober.walk(specs, _TABLES):
            lost += not isinstance(walked, Walked) or bool(walked.reason) or len(walked.values) != VALUES_OF_A_WALK
    watch.tell(len(specs) * asked["rounds"], lost)
    prober.close()


asyncio.run(main())
