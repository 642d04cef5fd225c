"""The machine's own clocks."""

from __future__ import annotations

import time


class SystemClock:
    """The Clock of a running daemon."""

    def monotonic(self) -> float:
        """Return time.monotonic(), the same clock as the event loop's."""
        return time.monotonic()

    def wall(self) -> float:
        """Return epoch seconds."""
        return time.time()
