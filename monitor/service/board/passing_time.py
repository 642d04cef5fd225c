"""Passing time: a time in which we stood still ourselves makes nothing older and no wait longer."""

from __future__ import annotations

from collections.abc import Callable

from monitor.service.clock_steps import WatchedClock

STALL_S = 0.5
"""A step that comes later than this after its time: the loop, the process or the machine stood still, and nobody else did."""


class PassingTime:
    """Looks at the clocks for the board, and tells whoever keeps what must not age by what it finds.

    Of stalls in a row each but the first counts as STALL_S: with a loop that is always late an outage is told late and not never,
    and no wait ends in one leap.
    evidence_since_s: before then no evidence could come (monotonic).
    """

    def __init__(self, clock: WatchedClock, on_stall: Callable[[float, float], None]) -> None:
        """on_stall: called with how long we stood still, until when."""
        self._clock, self._on_stall = clock, on_stall
        self.evidence_since_s = clock.monotonic()
        self._due_s = float("inf")
        self._has_moved = self._had_moved = False

    def stepped(self, due_s: float) -> None:
        """Note that the board took a step, and when its next one is due at the latest (monotonic)."""
        self._had_moved, self._has_moved = self._has_moved, False
        self.expect(due_s)

    def expect(self, due_s: float) -> None:
        """Note when the board's next step is due at the latest (monotonic)."""
        self._due_s = due_s

    def hurry(self, due_s: float) -> None:
        self._due_s = min(self._due_s, due_s)

    def begin_evidence(self, now_s: float) -> None:
        self.evidence_since_s = now_s

    def now(self) -> tuple[float, float]:
        """Look at both clocks, before anything is stamped by them; return monotonic and epoch seconds."""
        now_s, wall = self._clock.look()
        late_s = now_s - self._due_s
        if late_s > STALL_S:
            late_s = late_s - STALL_S if self._had_moved else late_s
            self._due_s, self._has_moved = now_s, True
            self.evidence_since_s = min(self.evidence_since_s + late_s, now_s)
            self._on_stall(late_s, now_s)
        return now_s, wall
