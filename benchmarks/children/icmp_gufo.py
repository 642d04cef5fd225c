"""gufo_ping: one Ping for all targets, a task for each of those under way.

At most so many targets at once: what costs it least of 100, 300, 1,000, 2,000 and 5,000, and overflows no buffer. Its buffer is
what the kernel grants to who asks by SO_RCVBUF. A burst is its own iter_rtt().
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from gufo.ping import Ping

from benchmarks.children.report import Stopwatch, parameters
from benchmarks.network import addresses

_BUFFER_BYTES = 16 * 1024 * 1024
_AT_ONCE = 300
_AT_ONCE_IN_BURSTS = 2_000


async def burst(ping: Ping, target: str, packets: int, spacing_s: float) -> int:
    """Return how many of the packets were lost."""
    if packets == 1:
        return int(await ping.ping(target) is None)
    return sum([rtt is None async for rtt in ping.iter_rtt(target, interval=spacing_s, count=packets)])


async def work(ping: Ping, waiting: Iterator[str], asked: dict[str, Any]) -> int:
    """Ping one target after the other until none is waiting."""
    lost = 0
    for target in waiting:
        lost += await burst(ping, target, asked["packets"], asked["spacing_s"])
    return lost


async def one_round(ping: Ping, targets: list[str], asked: dict[str, Any]) -> int:
    """Return how many packets were lost of one burst to each target."""
    waiting = iter(targets)
    at_once = min(_AT_ONCE if asked["packets"] == 1 else _AT_ONCE_IN_BURSTS, len(targets))
    return sum(await asyncio.gather(*(work(ping, waiting, asked) for _ in range(at_once))))


async def main() -> None:
    """Ping all targets once to warm up, then as many rounds as asked."""
    asked = parameters()
    targets = addresses(asked["targets"])
    ping = Ping(timeout=asked["timeout_s"], recv_buffer_size=_BUFFER_BYTES)
    await one_round(ping, targets, {**asked, "packets": 1})
    watch, lost = Stopwatch(), 0
    for _ in range(asked["rounds"]):
        lost += await one_round(ping, targets, asked)
    watch.tell(len(targets) * asked["packets"] * asked["rounds"], lost)


asyncio.run(main())
