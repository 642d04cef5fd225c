"""How late the event loop came while something was under way, and time-outs that stand still meanwhile.

A wait that ran out while we ourselves were late says nothing of who was waited for, so the time is made up for: of an exchange, in
which we write and read, all the time by which the loop was late; of a connect, which the kernel makes alone once it was begun, only
the time in which the whole process stood still, since the machine may have stood still with it. But no more than MOST_MADE_UP times
in one wait: with a loop that is always late whoever is silent is told late, not never.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from monitor.model.clock import Clock, next_tick
from monitor.model.reason import Reason

EVERY_S = 0.1
GRACE_S = 0.1
"""What any busy loop is late by now and then, and every time-out has room for."""
EXCUSING_SHARE = 0.25
"""Of a time-out that can't stand still, pysnmp's: where the loop was late for more, it proves nothing."""
WORKING_SHARE = 0.25
"""A process that had a processor for so much of a time was busy, or kept waiting by others: the kernel was there all along."""
MOST_MADE_UP = 3
"""How often in one wait, for lateness: a stall that follows a stall is nothing rare, a fourth is how the loop is."""


class Lateness:
    """Measures how late the loop comes, by a tick that is only there while something is under way; see under_way()."""

    def __init__(self, clock: Clock, worked: Callable[[], float] = time.process_time) -> None:
        """worked: seconds for which this process has had a processor so far."""
        self._clock = clock
        self._worked = worked
        self._under_way = 0
        self._counted_s = self._counted_still_s = 0.0
        self._armed_s = self._due_s = 0.0
        self._worked_s = 0.0
        self._handle: asyncio.TimerHandle | None = None

    @contextmanager
    def under_way(self) -> Iterator[Late]:
        """Measure within the context, and yield what tells how late the loop has been since it began."""
        self._under_way += 1
        if self._handle is None:
            self._arm()
        try:
            yield Late(self)
        finally:
            self._under_way -= 1
            if not self._under_way and self._handle is not None:
                self._handle.cancel()
                self._handle = None

    @property
    def total_s(self) -> float:
        """Return by how many seconds the loop came late in all, a tick that is overdue included."""
        return self._counted_s + (self._overdue_s() if self._handle is not None else 0.0)

    @property
    def total_still_s(self) -> float:
        """Return how much of total_s the whole process stood still, instead of being busy."""
        return self._counted_still_s + (self._overdue_still_s() if self._handle is not None else 0.0)

    def _overdue_s(self) -> float:
        late_s = self._clock.monotonic() - self._due_s
        return late_s if late_s > GRACE_S else 0.0

    def _overdue_still_s(self) -> float:
        gap_s = self._clock.monotonic() - self._armed_s
        return self._overdue_s() if self._worked() - self._worked_s < gap_s * WORKING_SHARE else 0.0

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        due_s = next_tick(now_s, EVERY_S)
        self._armed_s, self._worked_s = self._clock.monotonic(), self._worked()
        self._due_s = self._armed_s + due_s - now_s
        self._handle = loop.call_at(due_s, self._tick)

    def _tick(self) -> None:
        self._counted_s += self._overdue_s()
        self._counted_still_s += self._overdue_still_s()
        self._arm()


class Late:
    """How late the loop has been since something began."""

    __slots__ = ("_before_s", "_before_still_s", "_lateness")

    def __init__(self, lateness: Lateness) -> None:
        self._lateness = lateness
        self._before_s = lateness.total_s
        self._before_still_s = lateness.total_still_s

    @property
    def seconds(self) -> float:
        """Return by how many seconds in all; 0 where it came in time."""
        return self._lateness.total_s - self._before_s

    @property
    def still_seconds(self) -> float:
        """Return for how many of these the whole process stood still."""
        return self._lateness.total_still_s - self._before_still_s

    def excuses(self, timeout_s: float) -> bool:
        """Return whether a time-out that ran out meanwhile proves nothing."""
        return self.seconds > EXCUSING_SHARE * timeout_s

    @property
    def reason(self) -> Reason:
        """Return what makes void whatever is judged by the clock meanwhile."""
        return Reason("loop_late", {"late_s": round(self.seconds, 3)})


class Wait:
    """A time-out from now on that stands still while we did; see left_s(). until_s: by the loop's clock, and may be moved."""

    __slots__ = ("_late", "_left", "_made_up_s", "_only_still", "until_s")

    def __init__(self, late: Late, seconds: float, *, only_still: bool = False) -> None:
        """only_still: what is waited for is the kernel's to do, so that being busy is no excuse of ours."""
        self.until_s = asyncio.get_running_loop().time() + seconds
        self._late = late
        self._only_still = only_still
        self._made_up_s = self._missed_s
        self._left = MOST_MADE_UP

    @property
    def _missed_s(self) -> float:
        return self._late.still_seconds if self._only_still else self._late.seconds

    def left_s(self) -> float:
        """Return how many seconds are left; none once it has run out for good."""
        now_s = asyncio.get_running_loop().time()
        missed_s = self._missed_s - self._made_up_s
        if now_s >= self.until_s and self._left and missed_s > 0:
            self._left -= 1
            self._made_up_s += missed_s
            self.until_s += missed_s
        return max(0.0, self.until_s - now_s)

    @asynccontextmanager
    async def limit(self) -> AsyncIterator[None]:
        """Break off what runs within once nothing is left. Raises TimeoutError.

        A loop that comes late finds the time over and what came meanwhile, both at once: what came goes first.
        """
        loop = asyncio.get_running_loop()
        handle: asyncio.TimerHandle | None = None

        def look() -> None:
            nonlocal handle
            if (left_s := self.left_s()) > 0:
                handle = loop.call_later(left_s, look)
            else:
                scope.reschedule(loop.time())

        handle = loop.call_later(self.left_s(), look)
        try:
            async with asyncio.timeout(None) as scope:
                yield
        finally:
            handle.cancel()
