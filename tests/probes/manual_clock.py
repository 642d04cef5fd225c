"""A clock that stands still until a test moves it, and an engine that is moved with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from monitor.probes.snmp.prober import SnmpProber

_STEP_S = 0.05
_TURNS = 12
"""Turns of the loop in which a question reaches an agent in this process, and its answer the engine."""

Result = TypeVar("Result")


class ManualClock:
    """now_s serves as both clocks."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    def wall(self) -> float:
        return self.now_s


async def moved(
    clock: ManualClock, prober: SnmpProber, work: Coroutine[None, None, Result], at_each_step: Callable[[], None] = lambda: None
) -> Result:
    """Return what comes of some work of an engine while its clock is moved on in small steps."""
    task = asyncio.ensure_future(work)
    while not task.done():
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        clock.now_s += _STEP_S
        at_each_step()
        prober._transport._tick()
    return await task
