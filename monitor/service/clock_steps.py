"""Steps of the wall clock: found by whoever looks at the clocks first, and told at once to everybody who goes by them."""

from __future__ import annotations

from collections.abc import Callable

from monitor.model.clock import Clock

STEP_S = 1.0
"""A wall clock that moves against the monotonic one by more was set; NTP slews by less than a millisecond a second."""


class WatchedClock:
    """Another Clock's time, and who is told when its wall clock was set."""

    def __init__(self, clock: Clock) -> None:
        self.monotonic, self.wall = clock.monotonic, clock.wall
        self._offset_s = clock.wall() - clock.monotonic()
        self._on_step: list[Callable[[float], None]] = []

    def on_step(self, callback: Callable[[float], None]) -> None:
        """Call back with the seconds by which the wall clock was set, once a step, in the order in which callbacks were given."""
        self._on_step.append(callback)

    def look(self) -> tuple[float, float]:
        """Return monotonic and epoch seconds; a step since the last look, anybody's, is told before."""
        now_s, wall = self.monotonic(), self.wall()
        offset_s = wall - now_s
        moved_s, self._offset_s = offset_s - self._offset_s, offset_s
        if abs(moved_s) > STEP_S:
            for callback in self._on_step:
                callback(moved_s)
        return now_s, wall
