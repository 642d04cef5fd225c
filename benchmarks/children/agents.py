"""What every SNMP child asks for, and how those on asyncio keep the same number of questions in flight."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

IF_TABLE = "1.3.6.1.2.1.2.2"
IF_X_TABLE = "1.3.6.1.2.1.31.1.1"
UPTIME_AND_ENGINE = ("1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.10.2.1.3.0", "1.3.6.1.6.3.10.2.1.2.0")
"""sysUpTime, snmpEngineTime, snmpEngineBoots: what the monitor asks at every poll, whatever the profile."""
INTERFACE_VALUES = (
    "1.3.6.1.2.1.2.2.1.8.1",
    "1.3.6.1.2.1.31.1.1.1.15.1",
    "1.3.6.1.2.1.31.1.1.1.6.1",
    "1.3.6.1.2.1.31.1.1.1.10.1",
    "1.3.6.1.2.1.2.2.1.14.1",
    "1.3.6.1.2.1.2.2.1.20.1",
    "1.3.6.1.2.1.2.2.1.13.1",
)
"""Of the first interface: state, speed, octets in 64 bits both ways, errors both ways, discards."""
TEN_VALUES = UPTIME_AND_ENGINE + INTERFACE_VALUES
Agent = TypeVar("Agent")


def permit_sockets() -> None:
    """Let this process open as many sockets as it may: some libraries need one an agent."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def ask_all(agents: Sequence[Agent], window: int, ask: Callable[[Agent], Awaitable[bool]]) -> int:
    """Ask every agent, `window` at a time, and return how many gave no full answer."""
    waiting = iter(agents)
    return sum(await asyncio.gather(*(_work(waiting, ask) for _ in range(min(window, len(agents))))))


async def _work(waiting: Iterator[Agent], ask: Callable[[Agent], Awaitable[bool]]) -> int:
    lost = 0
    for agent in waiting:
        lost += not await ask(agent)
    return lost
