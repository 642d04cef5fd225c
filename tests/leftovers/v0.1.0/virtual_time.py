"""Time that only passes while nobody works: a loop whose clock jumps to the next timer, and clocks that follow it.

A day of the daemon takes a minute so, and every run of it is the same to the microsecond.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from types import ModuleType
from typing import Any


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time stands still while anything is ready to run, or a thread owes an answer; else it jumps to the next timer."""

    def __init__(self) -> None:
        self._virtual_s = 1000.0
        self._owed = 0
        super().__init__(_Selector(self._pass))

    def time(self) -> float:
        return self._virtual_s

    def hold(self) -> None:
        """Keep the time from passing until `release`."""
        self._owed += 1

    def release(self) -> None:
        self._owed -= 1

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        future = super().run_in_executor(executor, func, *args)
        self.hold()
        future.add_done_callback(lambda _: self.release())
        return future

    def _pass(self, seconds: float | None) -> bool:
        """Let time pass, None: for ever; return whether it may."""
        if self._owed:
            return False
        if seconds is None:
            raise RuntimeError("everybody waits for somebody else")
        self._virtual_s += seconds
        return True


class _Selector(selectors.DefaultSelector):
    def __init__(self, passes: Callable[[float | None], bool]) -> None:
        super().__init__()
        self._passes = passes

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        return [] if self._passes(timeout) else super().select(None)


class VirtualClock:
    """Both clocks of the daemon. began: what the wall clock shows when the loop begins, epoch seconds."""

    def __init__(self, loop: VirtualLoop, began: float) -> None:
        self._loop = loop
        self._offset_s = began - loop.time()

    def monotonic(self) -> float:
        return self._loop.time()

    def wall(self) -> float:
        return self._loop.time() + self._offset_s

    async def until(self, moment: datetime) -> None:
        """Wait until the wall clock shows a moment."""
        await asyncio.sleep(moment.timestamp() - self.wall())


def give_clock(clock: VirtualClock, modules: Sequence[ModuleType]) -> None:
    """Have modules that ask datetime.now() be told the time of a clock.

    APScheduler takes no clock of ours, and reads the machine's: without this its rounds would open by another time than all else.
    """

    class Told(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Told:
            return cls.fromtimestamp(clock.wall(), tz or UTC)

    for module in modules:
        module.datetime = Told  # type: ignore[attr-defined]
