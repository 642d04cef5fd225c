"""The monitor's own prober with a profile of seven values, which makes ten with those that every poll asks.

The first round identifies the agents, as in the daemon; from then on a poll is one GET, and ends as a Reading. What is learned
of an agent's answers is learned after two more.
"""

from __future__ import annotations

import asyncio

from benchmarks.children.agents import INTERFACE_VALUES
from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses
from benchmarks.responder import PORT
from monitor.model.profile import Profile, Value
from monitor.model.reading import Reading
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.prober import SnmpProber
from monitor.service.process import SystemClock, spare_what_stays

_PROFILE = Profile(
    "seven-values", interfaces=False, values=tuple(Value(f"wan_device_{at}", oid) for at, oid in enumerate(INTERFACE_VALUES))
)
_WARM_UP_ROUNDS = 3
_CREDENTIAL = Credential("benchmark", version="2c", community="public")


class Tally:
    """Counts the polls that brought no full answer."""

    def __init__(self) -> None:
        self.lost = 0

    def deliver(self, reading: Reading) -> None:
        """Take one agent's reading."""
        sample = reading.snmp
        self.lost += sample is None or not sample.complete or len(sample.values) != len(INTERFACE_VALUES)


async def main() -> None:
    """Poll all agents a few times to warm up, then as many rounds as asked."""
    asked = parameters()
    specs = [
        SnmpSpec(each, each, _CREDENTIAL, _PROFILE, port=PORT, timeout_s=asked["timeout_s"], retries=0)
        for each in addresses(asked["agents"])
    ]
    prober = SnmpProber(SystemClock(), in_flight=asked["window"])
    await prober.open()
    for _ in range(_WARM_UP_ROUNDS):
        await prober.probe(specs, Tally().deliver)
    spare_what_stays()
    tally, watch = Tally(), Stopwatch()
    for _ in range(asked["rounds"]):
        await prober.probe(specs, tally.deliver)
    watch.tell(len(specs) * asked["rounds"], tally.lost)
    prober.close()


asyncio.run(main())
