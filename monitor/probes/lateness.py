"""How late the event loop came while something was under way: a wait that ran out meanwhile says nothing of who was waited for.

For datagrams the kernel's stamp tells what was in time. Connections have none: where the loop was late for more than
EXCUSING_SHARE of a time-out in all, what ran out is no miss, and it is asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.model.beat import next_beat
from monitor.model.clock import Clock

EVERY_S = 0.1
GRACE_S = 0.1
"""What any busy loop is late by now and then, and every time-out has room for."""
EXCUSING_SHARE = 0.25


class Lateness:
    """Measures how late the loop comes, by a beat that is only there while something is under way; see under_way()."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._under_way = 0
        self._counted_s = 0.0
        self._due_s = 0.0
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
        """Return by how many seconds the loop came late in all, a beat that is overdue included."""
        return self._counted_s + (self._overdue_s() if self._handle is not None else 0.0)

    def _overdue_s(self) -> float:
        late_s = self._clock.monotonic() - self._due_s
        return late_s if late_s > GRACE_S else 0.0

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        due_s = next_beat(now_s, EVERY_S)
        self._due_s = self._clock.monotonic() + due_s - now_s
        self._handle = loop.call_at(due_s, self._beat)

    def _beat(self) -> None:
        self._counted_s += self._overdue_s()
        self._arm()


class Late:
    """How late the loop has been since something began."""

    __slots__ = ("_before_s", "_lateness")

    def __init__(self, lateness: Lateness) -> None:
        self._lateness = lateness
        self._before_s = lateness.total_s

    @property
    def seconds(self) -> float:
        """Return by how many seconds in all; 0 where it came in time."""
        return self._lateness.total_s - self._before_s

    def excuses(self, timeout_s: float) -> bool:
        """Return whether a time-out that ran out meanwhile proves nothing."""
        return self.seconds > EXCUSING_SHARE * timeout_s

    def __str__(self) -> str:
        return f"void: our own loop was late by {self.seconds:.1f} s"
