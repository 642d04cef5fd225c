"""The daemon watches itself: is the loop late, was the clock set, could we send?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from monitor.model.clock import Clock
from monitor.model.own_side import OwnSide
from monitor.model.reading import Outcome, Reading

EVERY_S = 0.25
REPORT_EVERY_S = 1.0
STEP_S = 1.0
"""A wall clock that moves against the monotonic one by more was set; NTP slews by less than a millisecond a second."""


@dataclass(frozen=True, slots=True)
class Link:
    """The link that our packets leave by, and whether it has a carrier (None where that can't be told)."""

    name: str
    carrier: bool | None


class Watch:
    """Measures the loop's lag, sees clock steps, counts what the kernel refused, and reports once a second."""

    def __init__(
        self,
        clock: Clock,
        *,
        report: Callable[[OwnSide], None],
        stepped: Callable[[float], None],
        look_at_link: Callable[[], Link],
        receive_drops: Callable[[], int],
    ) -> None:
        """report is given an OwnSide every REPORT_EVERY_S, stepped the seconds by which the wall clock was set."""
        self._clock = clock
        self._report = report
        self._stepped = stepped
        self._look_at_link = look_at_link
        self._receive_drops = receive_drops
        self._drops_before = receive_drops()
        self._offset_s = clock.wall() - clock.monotonic()
        self._reported_s = clock.monotonic()
        self._worst_lag_s = 0.0
        self._attempted = 0
        self._refused = 0
        self._refusal = ""

    def count(self, reading: Reading) -> None:
        """Count a burst that was handed to the kernel, and whether the kernel took it."""
        if reading.probe != "icmp":
            return
        self._attempted += 1
        if reading.outcome is Outcome.NOT_SENT:
            self._refused += 1
            self._refusal = reading.detail

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            due_s = self._clock.monotonic() + EVERY_S
            await asyncio.sleep(EVERY_S)
            self.look(self._clock.monotonic() - due_s)

    def look(self, lag_s: float) -> None:
        """Take one look. lag_s: by how much it came late."""
        now_s = self._clock.monotonic()
        self._worst_lag_s = max(self._worst_lag_s, lag_s)
        offset_s = self._clock.wall() - now_s
        moved_s, self._offset_s = offset_s - self._offset_s, offset_s
        if abs(moved_s) > STEP_S:
            self._stepped(moved_s)
        if now_s - self._reported_s >= REPORT_EVERY_S:
            self._reported_s = now_s
            self._report(self._own_side(now_s))

    def _own_side(self, now_s: float) -> OwnSide:
        link, drops = self._look_at_link(), self._receive_drops()
        seen = OwnSide(
            at_s=now_s,
            sends_attempted=self._attempted,
            sends_refused=self._refused,
            refusal=self._refusal,
            carrier=link.carrier,
            link=link.name,
            receive_drops=drops - self._drops_before,
            loop_lag_s=self._worst_lag_s,
        )
        self._drops_before, self._worst_lag_s = drops, 0.0
        self._attempted = self._refused = 0
        self._refusal = ""
        return seen
