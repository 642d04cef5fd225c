"""The monitor's own prober, asked for a plain GET or a walk: SnmpProber.get() and walk(), as docs/snmp.md shows them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from benchmarks.children.agents import IF_TABLE, IF_X_TABLE, TEN_VALUES
from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses
from benchmarks.responder import PORT, VALUES_OF_A_WALK
from monitor.model.profile import Profile
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import ExchangeError
from monitor.probes.snmp.prober import SnmpProber
from monitor.service.process import SystemClock, spare_what_stays
from monitor.wire.ber import EXCEPTIONS
from monitor.wire.oid import parse_oid

_TEN_OIDS = tuple(parse_oid(oid) for oid in TEN_VALUES)
_TABLES = (parse_oid(IF_TABLE), parse_oid(IF_X_TABLE))
_WARM_UP_ROUNDS = 3
"""What is learned of an agent's answers is learned by then, as in a daemon that runs all day."""
_CREDENTIAL = Credential("benchmark", version="2c", community="public")


async def get(prober: SnmpProber, specs: Sequence[SnmpSpec]) -> int:
    """Ask every agent for ten values; return how many gave no full answer."""
    answers = await prober.get(specs, _TEN_OIDS)
    return sum(isinstance(each, ExchangeError) or not EXCEPTIONS.isdisjoint(each.tags) for each in answers)


async def walk(prober: SnmpProber, specs: Sequence[SnmpSpec]) -> int:
    """Walk both tables of every agent side by side; return how many did not come whole."""
    walks = await prober.walk(specs, _TABLES)
    return sum(isinstance(each, ExchangeError) or bool(each.reason) or len(each.values) != VALUES_OF_A_WALK for each in walks)


async def main() -> None:
    """Ask all agents a few times to warm up, then as many rounds as asked."""
    asked = parameters()
    ask = get if sys.argv[1] == "get" else walk
    specs = [
        SnmpSpec(each, each, _CREDENTIAL, Profile("none"), port=PORT, timeout_s=asked["timeout_s"], retries=0)
        for each in addresses(asked["agents"])
    ]
    prober = SnmpProber(SystemClock(), in_flight=asked["window"])
    await prober.open()
    for _ in range(_WARM_UP_ROUNDS):
        await ask(prober, specs)
    spare_what_stays()
    watch, lost = Stopwatch(), 0
    for _ in range(asked["rounds"]):
        lost += await ask(prober, specs)
    watch.tell(len(specs) * asked["rounds"], lost)
    prober.close()


asyncio.run(main())
