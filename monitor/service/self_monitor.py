"""The daemon watches itself: is the loop late, was the clock set, could we send?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from monitor.model.clock import Clock
from monitor.model.own_side import OwnSide
from monitor.model.ticks import next_beat
from monitor.service.loop_holder import HeldLog

log = logging.getLogger(__name__)
EVERY_S = 0.2
REPORT_EVERY_S = 1.0
HELD_S = 0.5
"""A look that comes later is worth a line in the log that says what held the loop."""
STEP_S = 1.0
"""A wall clock that moves against the monotonic one by more was set; NTP slews by less than a millisecond a second."""


class IcmpCounts(Protocol):
    """What the ICMP prober counts since it was opened."""

    sends_attempted: int
    sends_refused: int
    last_refusal: str

    @property
    def receive_drops(self) -> int:
        """Return how many replies the kernel dropped because our buffer was full."""


class Holder(Protocol):
    """What sees the loop from outside."""

    def beat(self) -> None:
        """Tell that the loop runs."""

    def take(self, lag_s: float) -> str:
        """Return what held the loop for lag_s until now, in words."""


class Watch:
    """Measures the loop's lag at each look, sees clock steps, takes what the sender counted, and reports once a second."""

    def __init__(
        self,
        clock: Clock,
        sender: IcmpCounts,
        look_at_link: Callable[[], tuple[str, bool | None]],
        holder: Holder,
        *,
        report: Callable[[OwnSide], None],
        see_lag: Callable[[float], None],
        stepped: Callable[[float], None],
    ) -> None:
        """look_at_link tells the link that our packets leave by and whether it has a carrier (None where that can't be told).

        holder names what held the loop.
        report is given an OwnSide every REPORT_EVERY_S, see_lag the seconds by which each look came late, stepped the seconds by
        which the wall clock was set.
        """
        self._clock = clock
        self._sender = sender
        self._look_at_link = look_at_link
        self._holder = holder
        self._held = HeldLog()
        self._report = report
        self._see_lag = see_lag
        self._stepped = stepped
        self._counted = _counts(sender)
        self._offset_s = clock.wall() - clock.monotonic()
        self._reported_s = clock.monotonic()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            now_s = asyncio.get_running_loop().time()
            due_s = self._clock.monotonic() + next_beat(now_s, EVERY_S) - now_s
            await asyncio.sleep(due_s - self._clock.monotonic())
            self.look(self._clock.monotonic() - due_s)

    def look(self, lag_s: float) -> None:
        """Take one look. lag_s: by how much it came late."""
        now_s = self._clock.monotonic()
        self._see_lag(lag_s)
        if lag_s > HELD_S:
            self._held.note(lag_s, self._holder.take(lag_s))
        self._holder.beat()
        if told := self._held.line(now_s):
            log.warning(told)
        offset_s = self._clock.wall() - now_s
        moved_s, self._offset_s = offset_s - self._offset_s, offset_s
        if abs(moved_s) > STEP_S:
            self._stepped(moved_s)
        if now_s - self._reported_s >= REPORT_EVERY_S:
            self._reported_s = now_s
            self._report(self._own_side(now_s))

    def _own_side(self, now_s: float) -> OwnSide:
        link, carrier = self._look_at_link()
        counts = _counts(self._sender)
        attempted, refused, drops = (new - old for new, old in zip(counts, self._counted, strict=True))
        seen = OwnSide(
            at_s=now_s,
            sends_attempted=attempted,
            sends_refused=refused,
            refusal=self._sender.last_refusal if refused else "",
            carrier=carrier,
            link=link,
            receive_drops=drops,
        )
        self._counted = counts
        return seen


def _counts(sender: IcmpCounts) -> tuple[int, int, int]:
    return sender.sends_attempted, sender.sends_refused, sender.receive_drops
