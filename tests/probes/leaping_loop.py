"""An event loop whose time leaps to its next timer whenever nothing comes: a wait of minutes takes milliseconds, and is exact."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

_NEWS_S = 0.002
"""So long (of real time) is waited for what is on its way on loopback, before time leaps."""

Result = TypeVar("Result")


class LeapingLoop(asyncio.SelectorEventLoop):
    """now_s: its time, in seconds."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        """Return the loop's time."""
        return self.now_s


class _Leaping(selectors.DefaultSelector):
    def __init__(self, loop: LeapingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0 if timeout == 0 else _NEWS_S)
        if not ready and timeout:
            self._loop.now_s += timeout
        return ready


class LoopClock:
    """The loop's time as both clocks."""

    def __init__(self, loop: LeapingLoop) -> None:
        self._loop = loop

    def monotonic(self) -> float:
        """Return the loop's time."""
        return self._loop.now_s

    def wall(self) -> float:
        """Return the loop's time."""
        return self._loop.now_s


def run_leaping(work: Coroutine[Any, Any, Result]) -> Result:
    """Run some work in a loop of its own whose time leaps; it must not wait for a thread."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(work)


def clock_here() -> LoopClock:
    """Return the clock of the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    return LoopClock(loop)
