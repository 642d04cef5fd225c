"""The monitor's own prober, opened once and asked for rounds as the daemon asks it."""

from __future__ import annotations

import asyncio

from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses
from monitor.model.reading import Reading
from monitor.model.spec import IcmpSpec
from monitor.probes.icmp.prober import IcmpProber
from monitor.service.process import SystemClock, spare_what_stays


class Tally:
    """Counts packets and those without a reply, as readings are delivered."""

    def __init__(self) -> None:
        self.sent = 0
        self.lost = 0

    def deliver(self, reading: Reading) -> None:
        """Take one target's reading; what was not sent counts as lost, since nothing hinders it here."""
        sample = reading.icmp
        if sample is None or not sample.sent:
            self.lost += 1
        else:
            self.sent += sample.sent
            self.lost += sample.sent - sample.received


async def main() -> None:
    """Ping all targets once to warm up, then as many rounds as asked."""
    asked = parameters()
    specs = [
        IcmpSpec(each, each, packets=asked["packets"], spacing_s=asked["spacing_s"], timeout_s=asked["timeout_s"])
        for each in addresses(asked["targets"])
    ]
    prober = IcmpProber(SystemClock())
    await prober.open()
    await prober.probe(specs, Tally().deliver)
    spare_what_stays()
    tally, watch = Tally(), Stopwatch()
    for _ in range(asked["rounds"]):
        await prober.probe(specs, tally.deliver)
    watch.tell(tally.sent, tally.lost, window=prober.window)
    prober.close()


asyncio.run(main())
