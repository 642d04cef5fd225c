"""icmplib.async_multiping: ping sockets (a raw one would get every other's replies), 50 targets at once, its default."""

from __future__ import annotations

import asyncio

from icmplib import async_multiping

from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses

_WARM_UP = 100


async def main() -> None:
    """Ping a few targets to warm up, then all of them."""
    asked = parameters()
    targets = addresses(asked["targets"])
    settings = {"count": asked["packets"], "interval": asked["spacing_s"], "timeout": asked["timeout_s"], "privileged": False}
    await async_multiping(targets[:_WARM_UP], **settings)
    watch = Stopwatch()
    hosts = await async_multiping(targets, **settings)
    sent = sum(host.packets_sent for host in hosts)
    watch.tell(sent, sent - sum(host.packets_received for host in hosts))


asyncio.run(main())
